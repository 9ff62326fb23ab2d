//! Kick: channels, which are live. Its recordings and clips have no published embed.

use engine::media::Media;

use super::{Address, embed};

/// First parts of a path that are pages of the site, not channels.
const PAGES: &[&str] = &[
    "about",
    "browse",
    "categories",
    "category",
    "clips",
    "community-guidelines",
    "dashboard",
    "dmca-policy",
    "following",
    "messages",
    "privacy-policy",
    "search",
    "settings",
    "subscriptions",
    "terms-of-service",
    "transactions",
    "video",
    "videos",
];

pub(super) fn owns(host: &str) -> bool {
    matches!(host, "kick.com" | "player.kick.com")
}

pub(super) fn read(address: &Address<'_>) -> Option<Media> {
    let name = match address.path.as_slice() {
        [name] | ["popout", name, ..] => name.to_ascii_lowercase(),
        _ => return None,
    };
    let fits =
        (2..=25).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if !fits || PAGES.contains(&name.as_str()) {
        return None;
    }
    let mut media = embed(format!("https://kick.com/{name}"), "kick", &name);
    media.title = Some(name);
    media.live = true;
    Some(media)
}
