//! Streamable: short codes.

use engine::media::Media;

use super::{Address, embed};

pub(super) fn owns(host: &str) -> bool {
    host == "streamable.com"
}

pub(super) fn read(address: &Address<'_>) -> Option<Media> {
    let code = match address.path.as_slice() {
        [code] | ["e" | "o" | "s", code] | ["e" | "o" | "s", code, _] => *code,
        _ => return None,
    };
    let fits = (4..=8).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric());
    // Its own pages are words of the same length.
    let page = matches!(
        code,
        "login" | "signup" | "terms" | "privacy" | "about" | "upload" | "pricing" | "settings" | "contact"
    );
    (fits && !page).then(|| {
        let mut media = embed(format!("https://streamable.com/{code}"), "streamable", code);
        media.title = Some(format!("Streamable {code}"));
        media
    })
}
