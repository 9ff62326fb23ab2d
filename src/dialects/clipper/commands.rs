//! What its clients ask for: one JSON object a frame, read before anything is done.

use engine::{
    command::SeekTo,
    ids::{ItemId, RoomId},
    refusal::Refusal,
    time::Millis,
};
use serde_json::{Map, Value};

use super::body;

/// How many characters a line may have.
const LINE: usize = 1_000;
/// How many a reaction may have: families of emoji are several.
const EMOJI: usize = 10;

/// Something that a client asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Asked {
    /// Whether anybody is there.
    Ping,
    /// Where the film is.
    Sync,
    /// Something about the film.
    Film(Film),
    /// A line.
    Say(String),
    /// A reaction. Where the film stands the server knows itself.
    React(String),
    /// To tell that they are writing, or that they are no more. Who writes no more shows that by silence.
    Type(bool),
}

/// Something about the film.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Film {
    Play,
    Pause,
    Seek(SeekTo),
    /// On to this clip, or to the next.
    Skip(Option<ItemId>),
}

/// What a frame asks for. Which clock its `timestamp` has is of no matter: nothing is made of it.
pub(super) fn read(text: &str, party: RoomId) -> Result<Asked, Refusal> {
    let frame = match serde_json::from_str(text) {
        Ok(Value::Object(frame)) => frame,
        Ok(_) => return Err(Refusal::input("Send one JSON object with a type.")),
        Err(error) => return Err(Refusal::input(format_args!("This frame is not JSON: {error}."))),
    };
    let there = |name: &str| frame.get(name).filter(|value| !value.is_null());
    let other = |named: &Value| named.as_str().and_then(|named| named.parse().ok()) != Some(party);
    if there("party_id").is_some_and(other) {
        return Err(Refusal::input("This socket is of another party. Open one there, or leave party_id out."));
    }
    let sort =
        there("type").and_then(Value::as_str).ok_or_else(|| Refusal::input("type must say what is asked for."))?;
    Ok(match sort {
        "ping" => Asked::Ping,
        "sync-request" => Asked::Sync,
        "play" => Asked::Film(Film::Play),
        "pause" => Asked::Film(Film::Pause),
        "seek" => Asked::Film(Film::Seek(SeekTo::At(position(there("position"))?))),
        "skip" => {
            let clip = |value: &Value| value.as_str().and_then(|clip| clip.parse().ok());
            let clip =
                there("clip_id").map(|value| clip(value).ok_or_else(|| Refusal::input("clip_id must be a UUID.")));
            Asked::Film(Film::Skip(clip.transpose()?))
        }
        "chat" => Asked::Say(line(&frame, "message", LINE)?),
        "reaction" => Asked::React(line(&frame, "emoji", EMOJI)?),
        "typing" => Asked::Type(match there("is_typing") {
            Some(Value::Bool(typing)) => *typing,
            Some(_) => return Err(Refusal::input("is_typing must be true or false.")),
            None => false,
        }),
        other => {
            let other: String = other.chars().take(40).collect();
            return Err(Refusal::input(format_args!("There is no {other:?}. Read docs/API.md.")));
        }
    })
}

/// Seconds from the start, of whatever kind of number.
fn position(value: Option<&Value>) -> Result<Millis, Refusal> {
    let seconds = value.and_then(body::number).filter(|seconds| *seconds >= 0.0);
    let seconds = seconds.ok_or_else(|| Refusal::input("position must be a number of seconds, 0 or more."))?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is later than the end of time is past the end of the film"
    )]
    Ok(Millis((seconds * 1_000.0).round() as i64))
}

fn line(frame: &Map<String, Value>, name: &str, limit: usize) -> Result<String, Refusal> {
    let text = frame.get(name).and_then(Value::as_str).filter(|text| (1..=limit).contains(&text.chars().count()));
    text.map(str::to_owned).ok_or_else(|| Refusal::input(format_args!("{name} must be 1 to {limit} characters.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTY: &str = "0189c6a2-7a5c-7000-8000-000000000001";

    fn asked(text: &str) -> Option<Asked> {
        read(text, PARTY.parse().unwrap()).ok()
    }

    #[test]
    fn a_position_is_a_number_of_any_kind() {
        for (position, ms) in
            [("120", 120_000), ("0", 0), ("-0.0", 0), ("12.3456", 12_346), ("\"42.5\"", 42_500), ("1e300", i64::MAX)]
        {
            let seek = Asked::Film(Film::Seek(SeekTo::At(Millis(ms))));
            assert_eq!(asked(&format!(r#"{{"type":"seek","position":{position}}}"#)), Some(seek), "{position}");
        }
        for position in
            ["-1", "-0.001", "null", "true", "[1]", "\"\"", "\"soon\"", "\"NaN\"", "\"inf\"", "1e309", "NaN"]
        {
            assert_eq!(asked(&format!(r#"{{"type":"seek","position":{position}}}"#)), None, "{position}");
        }
        assert_eq!(asked(r#"{"type":"seek"}"#), None);
    }

    #[test]
    fn another_party_is_not_this_one() {
        let play = Some(Asked::Film(Film::Play));
        assert_eq!(asked(&format!(r#"{{"type":"play","party_id":"{PARTY}"}}"#)), play);
        assert_eq!(asked(&format!(r#"{{"type":"play","party_id":"{}"}}"#, PARTY.to_uppercase())), play);
        assert_eq!(asked(r#"{"type":"play","party_id":null,"timestamp":{"odd":true}}"#), play);
        for other in ["\"0189c6a2-7a5c-7000-8000-000000000002\"", "\"\"", "7", "{}"] {
            assert_eq!(asked(&format!(r#"{{"type":"play","party_id":{other}}}"#)), None, "{other}");
        }
    }
}
