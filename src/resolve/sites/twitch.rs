//! Twitch: channels (live), recordings and clips. It has no oEmbed, so the title is the channel's name, or what it is.
//!
//! The provider's id says which of the three: `name` is a channel, `v123` a recording, `clip:Slug` a clip.

use engine::media::{Media, Player};

use super::{Address, is_id, is_number};

/// First parts of a path that are pages of the site, not channels.
const PAGES: &[&str] = &[
    "clip",
    "collections",
    "creatorcamp",
    "directory",
    "downloads",
    "drops",
    "embed",
    "event",
    "following",
    "friends",
    "inventory",
    "jobs",
    "login",
    "moderator",
    "p",
    "popout",
    "prime",
    "search",
    "settings",
    "signup",
    "store",
    "subs",
    "subscriptions",
    "team",
    "turbo",
    "u",
    "user",
    "videos",
    "wallet",
];

pub(super) fn owns(host: &str) -> bool {
    matches!(host, "twitch.tv" | "go.twitch.tv" | "player.twitch.tv" | "clips.twitch.tv")
}

pub(super) fn read(address: &Address<'_>) -> Option<Media> {
    match (address.host, address.path.as_slice()) {
        ("clips.twitch.tv", ["embed"]) => clip(&address.query("clip")?),
        ("clips.twitch.tv", [slug]) => clip(slug),
        ("player.twitch.tv", _) => match address.query("video") {
            Some(video) => recording(video.strip_prefix('v').unwrap_or(&video)),
            None => channel(&address.query("channel")?),
        },
        ("clips.twitch.tv", _) => None,
        (_, ["videos", number] | [_, "v" | "video" | "videos", number]) => recording(number),
        (_, [_, "clip", slug]) => clip(slug),
        (_, ["popout" | "moderator", name, ..]) => channel(name),
        (_, [name] | [name, "about" | "schedule" | "home"]) => channel(name),
        _ => None,
    }
}

fn channel(name: &str) -> Option<Media> {
    let name = name.to_ascii_lowercase();
    let fits = (3..=25).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !fits || PAGES.contains(&name.as_str()) {
        return None;
    }
    let mut media = Media::bare(format!("https://www.twitch.tv/{name}"), Player::Twitch);
    media.title = Some(name.clone());
    media.provider_id = Some(name);
    media.live = true;
    Some(media)
}

fn recording(number: &str) -> Option<Media> {
    is_number(number).then(|| {
        let mut media = Media::bare(format!("https://www.twitch.tv/videos/{number}"), Player::Twitch);
        media.title = Some(format!("Twitch video {number}"));
        media.provider_id = Some(format!("v{number}"));
        media
    })
}

fn clip(slug: &str) -> Option<Media> {
    is_id(slug, 100).then(|| {
        let mut media = Media::bare(format!("https://clips.twitch.tv/{slug}"), Player::Twitch);
        media.title = Some(format!("Twitch clip {slug}"));
        media.provider_id = Some(format!("clip:{slug}"));
        media
    })
}
