//! What a client of the native socket may send.

use engine::{
    command::{Report, SeekTo, Spot},
    event::Phase,
    ids::{ItemId, PersonId},
    refusal::{Code, Refusal},
    room::{Role, Visibility},
    secret::Secret,
    time::Millis,
};
use serde::Deserialize;
use uuid::Uuid;

/// One frame.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientFrame {
    /// The first one.
    Hello(Hello),
    /// What time is it there?
    Ping {
        /// Comes back as it is.
        c: serde_json::Number,
    },
    /// Do this.
    Command(CommandFrame),
    /// How I am doing.
    Report(ReportFrame),
    /// I am writing.
    Typing,
}

/// Who I am and what I know.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Hello {
    /// A session token or key, where the handshake did not carry one.
    pub token: Option<Secret>,
    /// Whether I show the film.
    #[serde(default = "yes")]
    pub watches: bool,
    /// The position I know, on a reconnect.
    pub resume: Option<Position>,
}

/// A position in a room's story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Position {
    /// Which life of the room.
    pub epoch: u64,
    /// The last event known.
    pub seq: u64,
}

fn yes() -> bool {
    true
}

/// A command, with an identity of the client's own.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct CommandFrame {
    /// Comes back with the answer: 1 to 64 characters.
    pub id: String,
    /// What to do.
    #[serde(flatten)]
    pub what: Do,
}

/// What can be done: the table of `docs/API.md`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Do {
    /// Play on.
    Play,
    /// Stand still.
    Pause,
    /// On to the next.
    Skip,
    /// Empty the queue.
    Clear,
    /// Go elsewhere.
    Seek(SeekFields),
    /// Queue a link.
    Add {
        /// The link.
        url: String,
        /// Where.
        #[serde(default)]
        spot: SpotField,
    },
    /// Take an item out.
    Remove {
        /// Which.
        item: Uuid,
    },
    /// Play an item now.
    Pick {
        /// Which.
        item: Uuid,
    },
    /// Put an item elsewhere.
    Move {
        /// Which.
        item: Uuid,
        /// Where to, from 0.
        index: usize,
    },
    /// Write a line, or run a slash command.
    Say {
        /// The text.
        text: String,
    },
    /// Give the room a title.
    Rename {
        /// The title.
        title: String,
    },
    /// Let other people in than before.
    SetVisibility {
        /// From now on.
        visibility: Visibility,
    },
    /// Give somebody a role.
    SetRole {
        /// Whom.
        person: Uuid,
        /// Which.
        role: Role,
    },
}

/// Where to seek to: one of the fields.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, utoipa::ToSchema)]
pub struct SeekFields {
    /// From the start.
    pub position_ms: Option<i64>,
    /// From here, back where negative.
    pub by_ms: Option<i64>,
    /// Of the length, 0 to 100.
    #[schema(minimum = 0, maximum = 100)]
    pub percent: Option<f64>,
}

impl TryFrom<SeekFields> for SeekTo {
    type Error = Refusal;

    fn try_from(fields: SeekFields) -> Result<Self, Refusal> {
        match fields {
            SeekFields { position_ms: Some(position), by_ms: None, percent: None } => Ok(Self::At(Millis(position))),
            SeekFields { position_ms: None, by_ms: Some(distance), percent: None } => Ok(Self::By(Millis(distance))),
            SeekFields { position_ms: None, by_ms: None, percent: Some(percent) } => {
                if !(0.0..=100.0).contains(&percent) {
                    return Err(Refusal::new(Code::BadTime).with("input", format_args!("{percent}%")));
                }
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100,000")]
                Ok(Self::Fraction((percent * 1000.0).round() as u32))
            }
            _ => Err(Refusal::input("Say where to seek to with one of position_ms, by_ms or percent.")),
        }
    }
}

/// Where in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpotField {
    /// Behind the last.
    #[default]
    End,
    /// Before the first.
    Next,
    /// Plays at once.
    Now,
}

impl From<SpotField> for Spot {
    fn from(spot: SpotField) -> Self {
        match spot {
            SpotField::End => Self::End,
            SpotField::Next => Self::Next,
            SpotField::Now => Self::Now,
        }
    }
}

/// How a client is doing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ReportFrame {
    /// The item it speaks of.
    pub item: Option<Uuid>,
    /// How its player is doing.
    #[serde(default)]
    pub phase: Phase,
    /// Distance to the room's time.
    pub drift_ms: Option<i32>,
    /// Round trip.
    pub rtt_ms: Option<u32>,
    /// The item's length, as its player found it.
    pub duration_ms: Option<i64>,
    /// Its player came to the end.
    #[serde(default)]
    pub ended: bool,
}

impl From<ReportFrame> for Report {
    fn from(frame: ReportFrame) -> Self {
        Self {
            item: frame.item.map(ItemId),
            phase: frame.phase,
            drift_ms: frame.drift_ms,
            rtt_ms: frame.rtt_ms,
            duration: frame.duration_ms.map(Millis),
            ended: frame.ended,
        }
    }
}

/// Reads a frame, or says what is wrong with it.
pub fn read(text: &str) -> Result<ClientFrame, Refusal> {
    let frame: ClientFrame = serde_json::from_str(text)
        .map_err(|error| Refusal::input(format_args!("This frame is not understood: {error}.")))?;
    if let ClientFrame::Command(command) = &frame
        && !(1..=64).contains(&command.id.chars().count())
    {
        return Err(Refusal::input("A command's id has 1 to 64 characters."));
    }
    Ok(frame)
}

/// The id of a command in a frame that was not understood otherwise, so that even its refusal finds home.
pub fn id_of(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Id {
        id: String,
    }
    serde_json::from_str::<Id>(text).ok().map(|frame| frame.id.chars().take(64).collect())
}

impl Do {
    /// The engine's command; none where it takes more than the room: a link, a line.
    pub fn command(&self) -> Result<Option<engine::command::Command>, Refusal> {
        use engine::command::Command;
        Ok(Some(match self {
            Self::Play => Command::Play,
            Self::Pause => Command::Pause,
            Self::Skip => Command::Skip,
            Self::Clear => Command::Clear,
            Self::Seek(fields) => Command::Seek(SeekTo::try_from(*fields)?),
            Self::Remove { item } => Command::Remove { item: ItemId(*item) },
            Self::Pick { item } => Command::Pick { item: ItemId(*item) },
            Self::Move { item, index } => Command::Move { item: ItemId(*item), index: *index },
            Self::Rename { title } => Command::Rename { title: title.clone() },
            Self::SetVisibility { visibility } => Command::SetVisibility { visibility: *visibility },
            Self::SetRole { person, role } => Command::SetRole { person: PersonId(*person), role: *role },
            Self::Add { .. } | Self::Say { .. } => return Ok(None),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_frame_of_the_documentation_is_read() {
        for text in [
            r#"{"type": "hello", "token": "x", "watches": true, "resume": {"epoch": 3, "seq": 41}}"#,
            r#"{"type": "hello"}"#,
            r#"{"type": "ping", "c": 5120.25}"#,
            r#"{"type": "command", "id": "c1", "do": "seek", "position_ms": 90000}"#,
            r#"{"type": "command", "id": "c1", "do": "add", "url": "https://x.example/a.mp4", "spot": "next"}"#,
            r#"{"type": "command", "id": "c1", "do": "play"}"#,
            r#"{"type": "report", "item": null, "phase": "ready", "drift_ms": 4, "rtt_ms": 31, "duration_ms": 634000, "ended": false}"#,
            r#"{"type": "typing"}"#,
        ] {
            read(text).unwrap_or_else(|refusal| panic!("{text}: {refusal}"));
        }
    }

    #[test]
    fn a_wrong_frame_is_told_what_is_wrong_and_still_finds_home() {
        let text = r#"{"type": "command", "id": "c7", "do": "fly"}"#;
        let refusal = read(text).unwrap_err();
        assert!(refusal.to_string().contains("fly"), "{refusal}");
        assert_eq!(id_of(text).as_deref(), Some("c7"));
        assert!(read(r#"{"type": "command", "id": "", "do": "play"}"#).is_err());
        for both in [r#"{"position_ms": 1, "by_ms": 1}"#, "{}", r#"{"percent": 101}"#, r#"{"percent": -0.1}"#] {
            let fields: SeekFields = serde_json::from_str(both).unwrap();
            assert!(SeekTo::try_from(fields).is_err(), "{both}");
        }
    }
}
