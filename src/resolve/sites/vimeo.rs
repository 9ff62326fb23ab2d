//! Vimeo: numbers, and for unlisted videos a hash without which they do not play. The hash stands in the canonical link.

use engine::media::{Media, Player};

use super::{Address, is_id, is_number};

pub(super) fn owns(host: &str) -> bool {
    matches!(host, "vimeo.com" | "player.vimeo.com")
}

pub(super) fn read(address: &Address<'_>) -> Option<Media> {
    let (id, hash) = match (address.host, address.path.as_slice()) {
        (_, ["video" | "videos", id]) => (*id, None),
        ("player.vimeo.com", _) => return None,
        (_, ["channels", _, id] | ["groups", _, "videos", id]) => (*id, None),
        (_, ["album" | "showcase", _, "video", id]) => (*id, None),
        (_, ["manage", "videos", id, rest @ ..]) => (*id, rest.first().copied()),
        (_, [id]) => (*id, None),
        (_, [id, hash] | [id, hash, "privacy"]) => (*id, Some(*hash)),
        _ => return None,
    };
    if !is_number(id) {
        return None;
    }
    let hash = hash.map(str::to_owned).or_else(|| address.query("h")).filter(|hash| is_id(hash, 40));
    let link = match hash {
        Some(hash) => format!("https://vimeo.com/{id}/{hash}"),
        None => format!("https://vimeo.com/{id}"),
    };
    let mut media = Media::bare(link, Player::Vimeo);
    media.provider_id = Some(id.to_owned());
    Some(media)
}
