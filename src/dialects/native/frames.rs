//! What a client of the native socket may send.

use engine::{
    command::{Command, Deed, Edit, Report, SeekTo, Spot},
    event::Phase,
    ids::{Entropy, ItemId, PersonId},
    refusal::{Code, Refusal},
    room::{Rate, Role, Status},
    secret::Secret,
    time::{Millis, WallTime},
};
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use super::wire::settings::ChangeRoom;

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
    /// I read another language from now on.
    Locale {
        /// Which, such as `de`.
        locale: String,
    },
}

/// Who I am and what I know.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Hello {
    /// A session token or key, where the handshake did not carry one.
    pub token: Option<Secret>,
    /// Whether I show the film.
    #[serde(default = "yes")]
    pub watches: bool,
    /// The language of refusals and replies, such as `de`; English where it is none of ours.
    #[serde(default)]
    pub locale: String,
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

/// What can be done: the two tables of `docs/API.md`.
#[derive(Debug, Clone, PartialEq)]
pub enum Do {
    /// Something that can be put to the vote.
    Deed(DeedFields),
    /// All else.
    Other(Box<Other>),
}

/// The one word tells which of the two it is, so that a mistake in a field is told as such.
impl<'de> Deserialize<'de> for Do {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = serde_json::Map::deserialize(deserializer)?;
        let is_deed = fields.get("do").and_then(|name| name.as_str()).is_some_and(|name| DEEDS.contains(&name));
        let value = serde_json::Value::Object(fields);
        if is_deed {
            return serde_json::from_value(value).map(Self::Deed).map_err(serde::de::Error::custom);
        }
        serde_json::from_value(value).map(Box::new).map(Self::Other).map_err(serde::de::Error::custom)
    }
}

/// The names of [`DeedFields`].
const DEEDS: [&str; 10] = ["play", "pause", "seek", "skip", "back", "set_rate", "pick", "remove", "shuffle", "clear"];

/// What can also be put to the vote.
#[derive(Debug, Clone, PartialEq, Deserialize, utoipa::ToSchema)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum DeedFields {
    /// Play on.
    Play {
        /// So much later: up to an hour.
        #[serde(default)]
        after_ms: i64,
    },
    /// Stand still.
    Pause,
    /// Go elsewhere.
    Seek(SeekFields),
    /// On to the next.
    Skip,
    /// Back to the one before.
    Back,
    /// Another speed.
    SetRate {
        /// 0.25 to 4.
        rate: f64,
    },
    /// Play an item now.
    Pick {
        /// Which.
        item: Uuid,
        /// What is on goes on after it.
        #[serde(default)]
        keep: bool,
    },
    /// Take an item out.
    Remove {
        /// Which.
        item: Uuid,
    },
    /// Put the queue into an order of chance.
    Shuffle,
    /// Empty the queue.
    Clear,
}

impl TryFrom<DeedFields> for Deed {
    type Error = Refusal;

    fn try_from(fields: DeedFields) -> Result<Self, Refusal> {
        Ok(match fields {
            DeedFields::Play { after_ms } => Self::Play { after: Millis(after_ms) },
            DeedFields::Pause => Self::Pause,
            DeedFields::Seek(fields) => Self::Seek { to: SeekTo::try_from(fields)? },
            DeedFields::Skip => Self::Skip,
            DeedFields::Back => Self::Back,
            DeedFields::SetRate { rate } => Self::SetRate { rate: Rate::of(rate)? },
            DeedFields::Pick { item, keep } => Self::Pick { item: ItemId(item), keep },
            DeedFields::Remove { item } => Self::Remove { item: ItemId(item) },
            DeedFields::Shuffle => Self::Shuffle { seed: Entropy.seed() },
            DeedFields::Clear => Self::Clear,
        })
    }
}

/// What cannot be put to the vote.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Other {
    /// Put something to the vote.
    Propose {
        /// What.
        what: DeedFields,
    },
    /// Vote on a proposal.
    Ballot {
        /// Which; the only one where there is one.
        proposal: Option<u64>,
        /// For it.
        yes: bool,
    },
    /// Queue a link.
    Add {
        /// The link.
        url: String,
        /// Where.
        #[serde(default)]
        spot: SpotField,
    },
    /// Put an item elsewhere.
    Move {
        /// Which.
        item: Uuid,
        /// Where to, from 0.
        index: usize,
    },
    /// Change an item.
    Edit {
        /// Which.
        item: Uuid,
        /// What of it.
        #[serde(flatten)]
        edit: EditFields,
    },
    /// Vote for an item.
    Vote {
        /// Which.
        item: Uuid,
        /// For it.
        up: bool,
    },
    /// Take back.
    Undo {
        /// The number of the event; the last one where none.
        seq: Option<u64>,
    },
    /// What lies on the shelf.
    Restore {
        /// Away with it.
        #[serde(default)]
        discard: bool,
    },
    /// Write a line, or run a slash command.
    Say {
        /// The text.
        text: String,
    },
    /// Take a line away.
    Erase {
        /// The number of the event that it was.
        line: u64,
    },
    /// Give a line of one's own another wording.
    Reword {
        /// The number of the event that it was.
        line: u64,
        /// The text.
        text: String,
    },
    /// React to what is on.
    React {
        /// An emoji.
        emoji: String,
    },
    /// Change settings.
    Change(Box<ChangeRoom>),
    /// Give somebody a role.
    SetRole {
        /// Whom.
        person: Uuid,
        /// Which.
        role: Role,
    },
    /// Become the host of a room that has none.
    Claim,
    /// Show somebody the door.
    Kick {
        /// Whom.
        person: Uuid,
    },
    /// Keep somebody out.
    Ban {
        /// Whom.
        person: Uuid,
        /// How long and why.
        #[serde(flatten)]
        ban: BanFields,
    },
    /// Let somebody in again.
    Unban {
        /// Whom.
        person: Uuid,
    },
    /// Keep somebody from writing.
    Mute {
        /// Whom.
        person: Uuid,
        /// How long; for ever where none.
        for_ms: Option<i64>,
    },
    /// Let somebody write again.
    Unmute {
        /// Whom.
        person: Uuid,
    },
    /// Another invite link and spoken code.
    RenewInvite,
    /// When the room opens and closes.
    Schedule(ScheduleFields),
    /// Open, close, hide the room.
    SetStatus {
        /// From now on.
        status: Status,
    },
    /// I am coming.
    Come {
        /// Or not.
        coming: bool,
    },
}

/// What of an item is to be changed; null takes away.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, utoipa::ToSchema)]
pub struct EditFields {
    /// Where it begins.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    pub start_ms: Option<Option<i64>>,
    /// Where it ends.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    pub end_ms: Option<Option<i64>>,
    /// Link of its subtitles: a `.vtt` or `.srt` file.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub subtitles: Option<Option<String>>,
}

impl From<EditFields> for Edit {
    fn from(fields: EditFields) -> Self {
        let millis = |given: Option<Option<i64>>| given.map(|given| given.map(Millis));
        Self { start: millis(fields.start_ms), end: millis(fields.end_ms), subtitles: fields.subtitles }
    }
}

/// How long somebody is kept out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, utoipa::ToSchema)]
pub struct BanFields {
    /// How long; for ever where none.
    pub for_ms: Option<i64>,
    /// Why: up to 200 characters.
    #[serde(default)]
    pub reason: String,
}

/// When a room opens and closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, utoipa::ToSchema)]
pub struct ScheduleFields {
    /// It opens by itself, in Unix milliseconds.
    pub start: Option<i64>,
    /// It closes by itself.
    pub end: Option<i64>,
}

/// What is there was given, also where it is null.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
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
    /// The room's last event that it knows.
    pub seq: Option<u64>,
    /// Its page lies in the background.
    #[serde(default)]
    pub hidden: bool,
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
            seq: frame.seq,
            hidden: frame.hidden,
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

impl Other {
    /// The engine's command; none where it takes more than the room: a link, a line, a password, a new link. `now` is
    /// what times that are told as lengths count from.
    pub fn command(&self, now: WallTime) -> Result<Option<Command>, Refusal> {
        let until = |length: &Option<i64>| length.map(|length| now + Millis(length));
        Ok(Some(match self {
            Self::Propose { what } => Command::Propose(Deed::try_from(what.clone())?),
            Self::Ballot { proposal, yes } => Command::Ballot { proposal: *proposal, yes: *yes },
            Self::Move { item, index } => Command::Move { item: ItemId(*item), index: *index },
            Self::Edit { item, edit } => Command::Edit { item: ItemId(*item), edit: edit.clone().into() },
            Self::Vote { item, up } => Command::Vote { item: ItemId(*item), up: *up },
            Self::Undo { seq } => Command::Undo { seq: *seq },
            Self::Restore { discard } => Command::Restore { discard: *discard },
            Self::React { emoji } => Command::React { emoji: emoji.clone() },
            Self::SetRole { person, role } => Command::SetRole { person: PersonId(*person), role: *role },
            Self::Claim => Command::Claim,
            Self::Kick { person } => Command::Kick { person: PersonId(*person) },
            Self::Ban { person, ban } => {
                let (until, reason) = (until(&ban.for_ms), ban.reason.clone());
                Command::Ban { person: PersonId(*person), until, reason }
            }
            Self::Unban { person } => Command::Unban { person: PersonId(*person) },
            Self::Mute { person, for_ms } => Command::Mute { person: PersonId(*person), until: until(for_ms) },
            Self::Unmute { person } => Command::Unmute { person: PersonId(*person) },
            Self::Schedule(fields) => {
                Command::Schedule { start: fields.start.map(WallTime), end: fields.end.map(WallTime) }
            }
            Self::SetStatus { status } => Command::SetStatus { status: *status },
            Self::Come { coming } => Command::Come { coming: *coming },
            Self::Add { .. }
            | Self::Say { .. }
            | Self::Erase { .. }
            | Self::Reword { .. }
            | Self::Change(_)
            | Self::RenewInvite => return Ok(None),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_frame_of_the_documentation_is_read() {
        for text in [
            r#"{"type": "hello", "token": "x", "watches": true, "locale": "de", "resume": {"epoch": 3, "seq": 41}}"#,
            r#"{"type": "hello"}"#,
            r#"{"type": "ping", "c": 5120.25}"#,
            r#"{"type": "command", "id": "c1", "do": "seek", "position_ms": 90000}"#,
            r#"{"type": "command", "id": "c1", "do": "add", "url": "https://x.example/a.mp4", "spot": "next"}"#,
            r#"{"type": "command", "id": "c1", "do": "play"}"#,
            r#"{"type": "report", "item": null, "phase": "ready", "drift_ms": 4, "rtt_ms": 31, "duration_ms": 634000, "ended": false}"#,
            r#"{"type": "typing"}"#,
            r#"{"type": "locale", "locale": "ru"}"#,
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
