//! Sites that forbid embedding or protect their films: refused by name, so that nobody waits for a player that cannot be.

use super::Address;

/// Registered domains, and what people call the site.
const SITES: &[(&str, &str)] = &[
    ("netflix.com", "Netflix"),
    ("disneyplus.com", "Disney+"),
    ("hotstar.com", "Disney+ Hotstar"),
    ("primevideo.com", "Prime Video"),
    ("hulu.com", "Hulu"),
    ("max.com", "Max"),
    ("hbomax.com", "Max"),
    ("peacocktv.com", "Peacock"),
    ("paramountplus.com", "Paramount+"),
    ("tv.apple.com", "Apple TV+"),
    ("music.apple.com", "Apple Music"),
    ("music.amazon.com", "Amazon Music"),
    ("crunchyroll.com", "Crunchyroll"),
    ("discoveryplus.com", "Discovery+"),
    ("showtime.com", "Showtime"),
    ("starz.com", "Starz"),
    ("mubi.com", "MUBI"),
    ("dazn.com", "DAZN"),
    ("nowtv.com", "NOW"),
    ("wowtv.de", "WOW"),
    ("viaplay.com", "Viaplay"),
    ("spotify.com", "Spotify"),
    ("deezer.com", "Deezer"),
    ("tidal.com", "TIDAL"),
];

/// The name of the site, if it is one of them.
pub(super) fn find(address: &Address<'_>) -> Option<&'static str> {
    let listed = SITES.iter().find(|(domain, _)| is_under(address.host, domain)).map(|(_, name)| *name);
    listed.or_else(|| is_amazon_video(address).then_some("Prime Video"))
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
