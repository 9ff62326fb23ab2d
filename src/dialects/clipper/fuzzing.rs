//! Frames and bodies of Clipper's clients, whatever they are: see [`crate::fuzzing`].

use engine::{command::SeekTo, time::Millis};

use super::{
    body::Fields,
    commands::{self, Asked, Film},
    parties,
};

/// A frame is understood or refused shortly; a place in a film is never before its beginning.
pub fn frames(data: &[u8]) {
    let party = engine::ids::RoomId(uuid::Uuid::from_u128(9));
    match commands::read(&String::from_utf8_lossy(data), party) {
        Ok(Asked::Film(Film::Seek(to))) => assert!(matches!(to, SeekTo::At(at) if at >= Millis::ZERO), "{to:?}"),
        Ok(Asked::Say(text)) => assert!((1..=1_000).contains(&text.chars().count())),
        Ok(Asked::React(emoji)) => assert!((1..=10).contains(&emoji.chars().count())),
        Ok(_) => {}
        Err(refusal) => assert!(refusal.to_string().len() < 300, "{refusal}"),
    }
}

/// A body is read or refused; a number in it is one.
pub fn bodies(data: &[u8]) {
    let Ok(fields) = Fields::read(data) else { return };
    for name in ["title", "position", "max_participants", "role", "limit"] {
        if let Ok(Some(number)) = fields.number(name) {
            assert!(number.is_finite(), "{number}");
        }
        let _ = (fields.text(name), fields.line(name, 1..=200));
    }
    if let Some(capacity) = parties::fuzzed(&fields) {
        assert!((2..=1_000).contains(&capacity), "{capacity}");
    }
}
