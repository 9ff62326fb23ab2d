//! Bodies of watchers.io's programs: see [`crate::fuzzing`].

use engine::room::settings::{ABOUT_LIMIT, LINK_LIMIT, TITLE_LIMIT};

use super::{body::Fields, rooms, times};

/// A body is a form where it begins with a line `form`, else JSON. What is not refused fits into a room.
pub fn bodies(data: &[u8]) {
    let fields = match data.strip_prefix(b"form\n") {
        Some(form) => Fields::read("application/x-www-form-urlencoded", form),
        None => Fields::read("application/json", data),
    };
    let Ok(fields) = fields else { return };
    for nullable in [true, false] {
        let Ok(changes) = rooms::fuzzed(&fields, nullable) else { continue };
        assert!(changes.title.is_none_or(|title| title.chars().count() <= TITLE_LIMIT));
        assert!(changes.about.is_none_or(|about| about.chars().count() <= ABOUT_LIMIT));
        for link in [changes.picture, changes.stream_url, changes.source_url].into_iter().flatten().flatten() {
            assert!(link.len() <= LINK_LIMIT && !link.chars().any(char::is_control), "{link:?}");
        }
    }
    let _ = times::read(&String::from_utf8_lossy(data));
}
