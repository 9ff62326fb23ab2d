//! Sites whose films no other page can show, refused by name, so that nobody waits for a player that cannot be.

use engine::refusal::Code;

use super::Address;

/// Registered domains that protect what they show (DRM), and what people call the site.
const PROTECTED: &[(&str, &str)] = &[
    ("netflix.com", "Netflix"),
    ("disneyplus.com", "Disney+"),
    ("hotstar.com", "JioHotstar"),
    ("primevideo.com", "Prime Video"),
    ("hulu.com", "Hulu"),
    ("max.com", "Max"),
    ("hbomax.com", "Max"),
    ("hbo.com", "HBO"),
    ("peacocktv.com", "Peacock"),
    ("paramountplus.com", "Paramount+"),
    ("skyshowtime.com", "SkyShowtime"),
    ("tv.apple.com", "Apple TV+"),
    ("music.apple.com", "Apple Music"),
    ("music.amazon.com", "Amazon Music"),
    ("crunchyroll.com", "Crunchyroll"),
    ("hidive.com", "HIDIVE"),
    ("viki.com", "Viki"),
    ("discoveryplus.com", "Discovery+"),
    ("showtime.com", "Showtime"),
    ("starz.com", "Starz"),
    ("amcplus.com", "AMC+"),
    ("shudder.com", "Shudder"),
    ("mubi.com", "MUBI"),
    ("criterionchannel.com", "The Criterion Channel"),
    ("rakuten.tv", "Rakuten TV"),
    ("canalplus.com", "Canal+"),
    ("dazn.com", "DAZN"),
    ("nowtv.com", "NOW"),
    ("wowtv.de", "WOW"),
    ("viaplay.com", "Viaplay"),
    ("itv.com", "ITVX"),
    ("channel4.com", "Channel 4"),
    ("crave.ca", "Crave"),
    ("stan.com.au", "Stan"),
    ("zee5.com", "ZEE5"),
    ("sonyliv.com", "SonyLIV"),
    ("iq.com", "iQIYI"),
    ("globoplay.globo.com", "Globoplay"),
    ("plus.rtl.de", "RTL+"),
    ("joyn.de", "Joyn"),
    ("tubitv.com", "Tubi"),
    ("pluto.tv", "Pluto TV"),
    ("spotify.com", "Spotify"),
    ("deezer.com", "Deezer"),
    ("tidal.com", "TIDAL"),
];

/// Those that would play, but let no other page frame them, or not without a script of theirs in it.
const UNFRAMED: &[(&str, &str)] = &[
    ("instagram.com", "Instagram"),
    ("threads.net", "Threads"),
    ("threads.com", "Threads"),
    ("twitter.com", "X"),
    ("x.com", "X"),
    ("snapchat.com", "Snapchat"),
    ("linkedin.com", "LinkedIn"),
    ("patreon.com", "Patreon"),
];

/// The name of the site and why not, if it is one of them.
pub(super) fn find(address: &Address<'_>) -> Option<(&'static str, Code)> {
    let among = |list: &[(&str, &'static str)]| {
        list.iter().find(|(domain, _)| is_under(address.host, domain)).map(|(_, name)| *name)
    };
    if let Some(name) = among(PROTECTED) {
        return Some((name, Code::SiteProtected));
    }
    if let Some(name) = among(UNFRAMED) {
        return Some((name, Code::SiteRefused));
    }
    if is_amazon_video(address) {
        return Some(("Prime Video", Code::SiteProtected));
    }
    let iplayer = is_under(address.host, "bbc.co.uk") && address.path.first() == Some(&"iplayer");
    iplayer.then_some(("BBC iPlayer", Code::SiteProtected))
}

fn is_under(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// The shops of Amazon hold films too: `amazon.com/gp/video/…`, `amazon.co.uk/Title/dp/…?…` is a shop page and no film.
fn is_amazon_video(address: &Address<'_>) -> bool {
    let shop = address.host.strip_prefix("amazon.").is_some_and(|rest| {
        matches!(rest.split('.').collect::<Vec<_>>().as_slice(), [last] | ["co" | "com", last] if (2..=3).contains(&last.len()))
    });
    shop && matches!(address.path.as_slice(), ["gp", "video", ..] | ["video" | "Amazon-Video" | "Prime-Video", ..])
}
