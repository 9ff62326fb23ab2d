//! Rumble: only the links of its embeds carry the id that its embed needs; those of its pages carry another.

use engine::media::Media;

use super::{Address, embed};

pub(super) fn owns(host: &str) -> bool {
    host == "rumble.com"
}

pub(super) fn read(address: &Address<'_>) -> Option<Media> {
    let ["embed", id] = address.path.as_slice() else { return None };
    let fits = (3..=20).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.')
        && id.bytes().any(|b| b == b'v');
    fits.then(|| {
        let mut media = embed(format!("https://rumble.com/embed/{id}/"), "rumble", id);
        media.title = Some(format!("Rumble {id}"));
        media
    })
}

/// Whether it is the page of a video: `/v1a59rb-words-of-the-title.html`.
pub(super) fn hides(address: &Address<'_>) -> bool {
    matches!(address.path.as_slice(), [page] if page.starts_with('v') && page.contains('-'))
}
