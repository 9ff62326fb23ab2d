//! TikTok: single videos, by the number in their link. Its short links do not carry the number.

use engine::media::Media;

use super::{Address, embed, is_number};

pub(super) fn owns(host: &str) -> bool {
    host == "tiktok.com"
}

pub(super) fn read(address: &Address<'_>) -> Option<Media> {
    let (id, link) = match address.path.as_slice() {
        [name, "video", id] if is_handle(name) => (*id, format!("https://www.tiktok.com/{name}/video/{id}")),
        ["player", "v1", id] | ["embed", "v2" | "v3", id] | ["embed", id] => {
            (*id, format!("https://www.tiktok.com/player/v1/{id}"))
        }
        _ => return None,
    };
    is_number_of_tiktok(id).then(|| {
        let mut media = embed(link, "tiktok", id);
        media.title = Some(format!("TikTok video {id}"));
        media
    })
}

/// Theirs have nineteen digits.
fn is_number_of_tiktok(id: &str) -> bool {
    id.split_at_checked(18).map_or(is_number(id), |(head, tail)| {
        is_number(head) && (tail.is_empty() || tail.len() <= 2 && is_number(tail))
    })
}

fn is_handle(name: &str) -> bool {
    name.strip_prefix('@').is_some_and(|name| {
        (1..=30).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_'))
    })
}
