//! What Watch2Gether's programs send, however they send it: see [`crate::fuzzing`].

use axum::http::{HeaderMap, HeaderValue, header};

use super::{create, fields::Fields, items};

/// The first line is the query, the second the content type, the rest the body. What is read is what it says, or refused.
pub fn fields(data: &[u8]) {
    let mut parts = data.splitn(3, |byte| *byte == b'\n');
    let mut part = || parts.next().unwrap_or_default();
    let (query, kind, body) = (String::from_utf8_lossy(part()), part(), part());
    let mut headers = HeaderMap::new();
    headers.extend(HeaderValue::from_bytes(kind).map(|kind| (header::CONTENT_TYPE, kind)));
    let Ok(fields) = Fields::read(Some(&query), &headers, body) else { return };
    for name in ["share", "item_url", "title", "bg_opacity", "time", "add_items"] {
        if let Ok(Some(text)) = fields.text(name) {
            assert!(!text.is_empty() && text.trim() == text, "{text:?}");
        }
        if let Ok(Some(number)) = fields.number(name) {
            assert!(number.is_finite(), "{number}");
        }
        let _ = fields.flag(name);
    }
    if let Ok(wishes) = items::wishes(&fields) {
        assert!((1..=items::ITEMS).contains(&wishes.len()));
        assert!(wishes.iter().all(|wish| !wish.link.is_empty()));
    }
    if let Ok(wishes) = create::wishes(&fields) {
        assert!(wishes.len() <= items::ITEMS);
        assert!(wishes.iter().all(|wish| !wish.link.contains(char::is_whitespace)));
    }
    if let Ok(changes) = create::changes(&fields) {
        assert!(changes.opacity.is_none_or(|opacity| opacity <= 100), "{changes:?}");
        assert!(changes.volume.flatten().is_none_or(|volume| volume <= 100), "{changes:?}");
    }
}
