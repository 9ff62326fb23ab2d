//! From the address of a video's page to the address of the frame that other pages may show it in.
//!
//! Offline and pure: what the link alone tells, nothing asked. Links are read as links, never as text: a platform's name in
//! a path or in another host's name is no platform. Fed with a frame's address, [`embed`] gives the same one back.

#[cfg(test)]
mod tests;

use url::{Url, form_urlencoded};

use crate::time::Millis;

/// The address of the frame that shows what `source` leads to; none where no platform is recognised, or where it has no
/// frame for that (recordings on Kick, handles on YouTube).
///
/// `parent_host` is the host whose page shows the frame, as a `Host` header carries it: Twitch plays nowhere else. A port is
/// cut off, because Twitch wants none; where it is no host, Twitch has no frame.
pub fn embed(source: &str, parent_host: &str) -> Option<String> {
    let url = read(source)?;
    let link = Link::of(&url)?;
    match link.host {
        "youtube.com" | "music.youtube.com" | "gaming.youtube.com" | "youtube-nocookie.com" | "youtu.be" => {
            youtube(&link, true)
        }
        "twitch.tv" | "go.twitch.tv" | "player.twitch.tv" | "clips.twitch.tv" => twitch(&link, parent_host),
        "kick.com" | "player.kick.com" => kick(&link),
        "facebook.com" | "fb.com" | "fb.watch" => facebook(&link, true),
        "vimeo.com" | "player.vimeo.com" => vimeo(&link),
        _ => None,
    }
}

/// Where a link says that its film begins; none at the beginning.
pub fn start_of(link: &Url) -> Option<Millis> {
    let seconds = Link::of(link)?.start()?;
    Some(Millis::seconds(i64::from(seconds)))
}

/// A link as people paste it: `//host/…` and `host/…` too.
fn read(source: &str) -> Option<Url> {
    let source = source.trim();
    let url = if source.starts_with("//") {
        Url::parse(&format!("https:{source}"))
    } else {
        match Url::parse(source) {
            Err(url::ParseError::RelativeUrlWithoutBase) => Url::parse(&format!("https://{source}")),
            // In "twitch.tv:443/x" the host reads like a scheme.
            Ok(url) if url.scheme().contains('.') => Url::parse(&format!("https://{source}")),
            parsed => parsed,
        }
    };
    // A port other than the usual one is somebody else's server, whatever its name.
    url.ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.port().is_none())
}

/// A link in the parts by which platforms tell their pages apart.
struct Link<'a> {
    /// The host without the prefixes that only choose a layout.
    host: &'a str,
    /// The parts of the path, without empty ones.
    path: Vec<&'a str>,
    url: &'a Url,
}

impl<'a> Link<'a> {
    fn of(url: &'a Url) -> Option<Self> {
        let host = url.host_str()?.trim_end_matches('.');
        let host =
            ["www.", "m.", "web.", "mobile."].iter().find_map(|prefix| host.strip_prefix(prefix)).unwrap_or(host);
        Some(Self { host, path: url.path_segments()?.filter(|part| !part.is_empty()).collect(), url })
    }

    /// The first value of a query parameter.
    fn query(&self, name: &str) -> Option<String> {
        self.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// Where to start, in seconds; none at the beginning.
    fn start(&self) -> Option<u32> {
        let fragment = self.url.fragment().unwrap_or_default();
        let fragment = || form_urlencoded::parse(fragment.as_bytes()).find(|(key, _)| key == "t").map(|(_, at)| at);
        ["t", "start", "time_continue", "time"]
            .iter()
            .find_map(|name| seconds(&self.query(name)?))
            .or_else(|| seconds(&fragment()?))
            .filter(|at| *at > 0)
    }
}

/// `90`, `90s`, `1m30s`, `1h2m3s`, `1:02:03`.
fn seconds(text: &str) -> Option<u32> {
    let text = text.trim();
    if text.contains(':') {
        let parts: Vec<&str> = text.split(':').collect();
        let fits = parts.len() <= 3 && parts.iter().all(|part| is_number(part, 6));
        return fits
            .then(|| parts.iter().try_fold(0_u32, |sum, part| sum.checked_mul(60)?.checked_add(part.parse().ok()?)))?;
    }
    if is_number(text, 9) {
        return text.parse().ok();
    }
    let mut rest = text;
    let mut sum = 0_u32;
    for (unit, length) in [('h', 3600), ('m', 60), ('s', 1)] {
        if let Some((count, behind)) = rest.split_once(unit) {
            let count: u32 = is_number(count, 6).then(|| count.parse().ok())??;
            sum = count.checked_mul(length).and_then(|part| sum.checked_add(part))?;
            rest = behind;
        }
    }
    (rest.is_empty() && !text.is_empty()).then_some(sum)
}

/// As Twitch writes it: `1h2m3s`.
fn clock(seconds: u32) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{rest}s"),
        (0, _) => format!("{minutes}m{rest}s"),
        _ => format!("{hours}h{minutes}m{rest}s"),
    }
}

fn youtube(link: &Link<'_>, follow: bool) -> Option<String> {
    let list = link.query("list").filter(|list| is_list(list));
    let id = match (link.host, link.path.as_slice()) {
        ("youtu.be", [id]) => (*id).to_owned(),
        ("youtu.be", _) => return None,
        (_, ["watch" | "watch_popup"]) => match link.query("v") {
            Some(id) => id,
            None => return Some(series(&list?)),
        },
        (_, ["playlist"] | ["embed", "videoseries"]) => return Some(series(&list?)),
        (_, ["channel", id, "live"]) => return channel(id),
        (_, ["embed", "live_stream"]) => return channel(&link.query("channel")?),
        (_, ["shorts" | "live" | "embed" | "v" | "e", id]) => (*id).to_owned(),
        // A wrapper around another link of the same site, once.
        (_, ["attribution_link"]) if follow => {
            let inner = link.url.join(&link.query("u")?).ok()?;
            let inner = Link::of(&inner)?;
            let same = matches!(inner.host, "youtube.com" | "youtu.be");
            return same.then(|| youtube(&inner, false))?;
        }
        _ => return None,
    };
    if !is_id(&id, 11..=11) {
        return None;
    }
    let start = link.start().map(|at| format!("start={at}"));
    let list = list.map(|list| format!("list={list}"));
    let extras: Vec<String> = start.into_iter().chain(list).collect();
    let mark = if extras.is_empty() { "" } else { "?" };
    Some(format!("https://www.youtube.com/embed/{id}{mark}{}", extras.join("&")))
}

fn series(list: &str) -> String {
    format!("https://www.youtube.com/embed/videoseries?list={list}")
}

fn channel(id: &str) -> Option<String> {
    let fits = id.starts_with("UC") && is_id(id, 24..=24);
    fits.then(|| format!("https://www.youtube.com/embed/live_stream?channel={id}"))
}

/// Lists that everybody may see: what one likes and what one keeps for later are one's own.
fn is_list(list: &str) -> bool {
    is_id(list, 2..=64) && !matches!(list, "WL" | "LL")
}

/// First parts of a path on Twitch that are pages of the site, not channels.
const TWITCH_PAGES: &[&str] = &[
    "clip",
    "collections",
    "directory",
    "downloads",
    "drops",
    "embed",
    "jobs",
    "login",
    "moderator",
    "p",
    "popout",
    "search",
    "settings",
    "signup",
    "store",
    "subscriptions",
    "team",
    "turbo",
    "videos",
    "wallet",
];

fn twitch(link: &Link<'_>, parent_host: &str) -> Option<String> {
    const PLAYER: &str = "https://player.twitch.tv/";
    let clip = |slug: &str| is_id(slug, 1..=120).then(|| format!("https://clips.twitch.tv/embed?clip={slug}"));
    let recording = |number: &str| is_number(number, 18).then(|| format!("{PLAYER}?video=v{number}"));
    let collection = |id: &str| is_id(id, 1..=64).then(|| format!("{PLAYER}?collection={id}"));
    let named = |name: &str| is_channel(name).then(|| format!("{PLAYER}?channel={name}"));
    let frame = match (link.host, link.path.as_slice()) {
        ("clips.twitch.tv", ["embed"]) => clip(&link.query("clip")?),
        ("clips.twitch.tv", [slug]) => clip(slug),
        ("clips.twitch.tv", _) => None,
        ("player.twitch.tv", []) => match (link.query("video"), link.query("collection"), link.query("channel")) {
            (Some(video), _, _) => recording(video.strip_prefix('v').unwrap_or(&video)),
            (_, Some(id), _) => collection(&id),
            (_, _, Some(name)) => named(&name),
            _ => None,
        },
        ("player.twitch.tv", _) => None,
        (_, ["videos", number]) => recording(number),
        (_, ["collections", id]) => collection(id),
        (_, [name]) => named(name),
        (_, [name, _, _]) if !is_channel(name) => None,
        (_, [_, "v" | "video", number]) => recording(number),
        (_, [_, "clip", slug]) => clip(slug),
        _ => None,
    }?;
    let time = if frame.contains("?video=") { link.start() } else { None };
    let time = time.map(|at| format!("&time={}", clock(at))).unwrap_or_default();
    Some(format!("{frame}&parent={}{time}", parent(parent_host)?))
}

fn is_channel(name: &str) -> bool {
    let fits = (3..=25).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    fits && !TWITCH_PAGES.iter().any(|page| name.eq_ignore_ascii_case(page))
}

/// The bare host out of what a `Host` header or a public address says.
fn parent(host: &str) -> Option<String> {
    let host = host.trim();
    let url = if host.contains("://") { Url::parse(host) } else { Url::parse(&format!("http://{host}")) };
    let host = url.ok()?.host_str()?.to_owned();
    let fits = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    fits.then_some(host)
}

/// Only channels: for recordings and clips Kick publishes no frame.
fn kick(link: &Link<'_>) -> Option<String> {
    let [name] = link.path.as_slice() else { return None };
    let reserved = ["video", "videos", "categories", "browse", "category", "clips"];
    let fits = is_id(name, 3..=25) && !reserved.iter().any(|page| name.eq_ignore_ascii_case(page));
    (fits && link.query("clip").is_none()).then(|| format!("https://player.kick.com/{name}"))
}

/// The frame takes the page's address; what of that only tells who sent the link is left out.
fn facebook(link: &Link<'_>, follow: bool) -> Option<String> {
    const SITE: &str = "https://www.facebook.com";
    let page = match (link.host, link.path.as_slice()) {
        ("fb.watch", [code]) if is_id(code, 1..=64) => format!("https://fb.watch/{code}/"),
        ("fb.watch", _) => return None,
        (_, ["plugins", "video.php"]) if follow => {
            let inner = read(&link.query("href")?)?;
            let inner = Link::of(&inner)?;
            let same = matches!(inner.host, "facebook.com" | "fb.com" | "fb.watch");
            return same.then(|| facebook(&inner, false))?;
        }
        (_, ["watch"]) => format!("{SITE}/watch/?v={}", video(&link.query("v")?)?),
        (_, ["watch", "live"]) => format!("{SITE}/watch/live/?v={}", video(&link.query("v")?)?),
        (_, ["video.php"]) => format!("{SITE}/watch/?v={}", video(&link.query("v")?)?),
        (_, ["reel", id]) => format!("{SITE}/reel/{}", video(id)?),
        (_, ["share", "v", code]) if is_id(code, 1..=64) => format!("{SITE}/share/v/{code}/"),
        (_, [page, "videos", id] | [page, "videos", _, id]) => format!("{SITE}/{page}/videos/{}/", video(id)?),
        _ => return None,
    };
    Some(format!("{SITE}/plugins/video.php?href={}&show_text=false", encoded(&page)))
}

fn video(id: &str) -> Option<&str> {
    is_number(id, 24).then_some(id)
}

fn vimeo(link: &Link<'_>) -> Option<String> {
    let (id, hash) = match (link.host, link.path.as_slice()) {
        (_, ["event", id] | ["event", id, "embed"]) => return event(id, None),
        (_, ["event", id, "embed", hash] | ["event", id, hash]) => return event(id, Some(hash)),
        (_, ["video", id]) => (*id, None),
        ("player.vimeo.com", _) => return None,
        (_, ["channels", _, id] | ["groups", _, "videos", id] | ["album" | "showcase", _, "video", id]) => (*id, None),
        (_, ["manage", "videos", id] | [id] | [id, "privacy"]) => (*id, None),
        (_, ["manage", "videos", id, hash] | [id, hash] | [id, hash, "privacy"]) => (*id, Some(*hash)),
        _ => return None,
    };
    if !is_number(id, 18) {
        return None;
    }
    let hash = hash.map(str::to_owned).or_else(|| link.query("h")).filter(|hash| is_hash(hash));
    let hash = hash.map(|hash| format!("?h={hash}")).unwrap_or_default();
    let start = link.start().map(|at| format!("#t={at}s")).unwrap_or_default();
    Some(format!("https://player.vimeo.com/video/{id}{hash}{start}"))
}

fn event(id: &str, hash: Option<&str>) -> Option<String> {
    if !is_number(id, 18) {
        return None;
    }
    match hash {
        None => Some(format!("https://vimeo.com/event/{id}/embed")),
        Some(hash) => is_hash(hash).then(|| format!("https://vimeo.com/event/{id}/embed/{hash}")),
    }
}

fn is_hash(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn is_id(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

fn is_number(text: &str, limit: usize) -> bool {
    (1..=limit).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
