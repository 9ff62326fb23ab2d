//! What the native dialect says, and how: the wire types of `docs/API.md`, made from the engine's.

use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;
use engine::{
    event::{Cause, Event, EventKind, Phase, Presence, PresenceDelta, Signal, Who},
    media::{Item, Media},
    room::{Playback, RoomView},
    rooms::Heard,
    time::{Now, PlayTime},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::dialects::{Frame, Whole};

/// Who did something, and through which door.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WhoWire {
    /// The person.
    pub person: Uuid,
    /// Their name at that moment.
    #[schema(value_type = String)]
    pub name: Arc<str>,
    /// `viewer`, `api`, `discord`, `telegram` or `room`.
    pub door: &'static str,
}

impl From<&Who> for WhoWire {
    fn from(who: &Who) -> Self {
        Self { person: who.person.0, name: who.name.clone(), door: who.door.name() }
    }
}

/// The playback vector: `position(t) = position_ms + rate · (t − at)` while playing and `t ≥ at`, else `position_ms`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlaybackWire {
    /// What is on; null where nothing is.
    pub item: Option<Uuid>,
    /// Where it stood, or will stand, at `at`.
    pub position_ms: i64,
    /// 1.0 is as fast as life.
    pub rate: f64,
    /// Whether it moves.
    pub playing: bool,
    /// When it starts to move, on the server's playback clock.
    pub at: i64,
    /// Stands at its start until the first viewer comes.
    pub waiting: bool,
}

impl From<&Playback> for PlaybackWire {
    fn from(playback: &Playback) -> Self {
        Self {
            item: playback.item.map(|item| item.0),
            position_ms: playback.position.0,
            rate: playback.rate.factor(),
            playing: playback.playing,
            at: playback.at.0,
            waiting: playback.waiting,
        }
    }
}

/// A medium.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MediaWire {
    /// Its link.
    pub url: String,
    /// `video`, `audio`, `hls`, `dash`, `youtube`, `vimeo`, `twitch` or `dailymotion`.
    pub player: &'static str,
    /// The provider's own id of it.
    pub provider_id: Option<String>,
    /// Once known.
    pub title: Option<String>,
    /// Once known.
    pub duration_ms: Option<i64>,
    /// A still picture.
    pub thumbnail: Option<String>,
    /// Has no length and no end by the clock.
    pub live: bool,
}

impl From<&Media> for MediaWire {
    fn from(media: &Media) -> Self {
        Self {
            url: media.url.clone(),
            player: media.player.name(),
            provider_id: media.provider_id.clone(),
            title: media.title.clone(),
            duration_ms: media.duration.map(|duration| duration.0),
            thumbnail: media.thumbnail.clone(),
            live: media.live,
        }
    }
}

/// An item of a queue.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ItemWire {
    /// Its identity in the room.
    pub id: Uuid,
    /// What it plays.
    #[serde(flatten)]
    pub media: MediaWire,
    /// Who put it there.
    pub added_by: WhoWire,
    /// When, in Unix milliseconds.
    pub added_at: i64,
}

impl From<&Item> for ItemWire {
    fn from(item: &Item) -> Self {
        Self {
            id: item.id.0,
            media: MediaWire::from(&*item.media),
            added_by: WhoWire::from(&item.added_by),
            added_at: item.added_at.0,
        }
    }
}

/// Somebody with a lasting role.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MemberWire {
    /// The person.
    pub person: Uuid,
    /// Their name.
    #[schema(value_type = String)]
    pub name: Arc<str>,
    /// `moderator`, `cohost` or `host`.
    pub role: &'static str,
}

/// One connection of somebody who is here.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PresenceWire {
    /// Its number.
    pub connection: u64,
    /// Whose it is.
    #[serde(flatten)]
    pub who: WhoWire,
    /// What they may do.
    pub role: &'static str,
    /// Whether it shows the film.
    pub watches: bool,
    /// `idle`, `buffering`, `ready`, `blocked` or `failed`.
    pub phase: &'static str,
    /// Distance to the room's time, ahead is positive.
    pub drift_ms: Option<i32>,
    /// Round trip.
    pub rtt_ms: Option<u32>,
}

impl From<&Presence> for PresenceWire {
    fn from(presence: &Presence) -> Self {
        Self {
            connection: presence.connection.0,
            who: WhoWire::from(&presence.who),
            role: presence.role.name(),
            watches: presence.watches,
            phase: phase_name(presence.phase),
            drift_ms: presence.drift_ms,
            rtt_ms: presence.rtt_ms,
        }
    }
}

/// A line of chat.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LineWire {
    /// The number of the event that it was.
    pub seq: u64,
    /// When, in Unix milliseconds.
    pub at: i64,
    /// Who wrote it.
    pub by: Option<WhoWire>,
    /// Its identity.
    pub id: Uuid,
    /// The text.
    #[schema(value_type = String)]
    pub text: Arc<str>,
    /// Where the film stood.
    pub position_ms: Option<i64>,
}

impl LineWire {
    /// The line that an event is, if it is one.
    pub fn of(event: &Event) -> Option<Self> {
        let EventKind::Said(line) = &event.kind else { return None };
        Some(Self {
            seq: event.seq,
            at: event.at.0,
            by: event.by.as_ref().map(WhoWire::from),
            id: line.id.0,
            text: line.text.clone(),
            position_ms: line.position.map(|position| position.0),
        })
    }
}

/// All that can be seen of a room.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RoomWire {
    /// The room.
    pub id: Uuid,
    /// Which life of the room this is.
    pub epoch: u64,
    /// Number of its last event.
    pub seq: u64,
    /// Its title.
    #[schema(value_type = String)]
    pub title: Arc<str>,
    /// `public`, `unlisted` or `invite`.
    pub visibility: &'static str,
    /// `everyone` or `hosts`.
    pub preset: &'static str,
    /// The token of its invite link.
    #[schema(value_type = String)]
    pub invite: Arc<str>,
    /// Its invite link.
    pub invite_url: String,
    /// The code to be spoken.
    #[schema(value_type = String)]
    pub code: Arc<str>,
    /// When it was made, in Unix milliseconds.
    pub made_at: i64,
    /// Where the film stands.
    pub playback: PlaybackWire,
    /// What is on.
    pub current: Option<ItemWire>,
    /// What comes next.
    pub queue: Vec<ItemWire>,
    /// Who has a lasting role.
    pub members: Vec<MemberWire>,
    /// Who is here.
    pub here: Vec<PresenceWire>,
    /// The last lines of chat, oldest first.
    pub chat: Vec<LineWire>,
}

impl RoomWire {
    /// A room, as it is seen under `public_url`.
    pub fn new(view: &RoomView, public_url: &str) -> Self {
        Self {
            id: view.id.0,
            epoch: view.epoch,
            seq: view.seq,
            title: view.title.clone(),
            visibility: view.visibility.name(),
            preset: view.preset.name(),
            invite: view.invite.clone(),
            invite_url: invite_url(public_url, &view.invite),
            code: view.code.clone(),
            made_at: view.made_at.0,
            playback: PlaybackWire::from(&view.playback),
            current: view.current.as_deref().map(ItemWire::from),
            queue: view.queue.iter().map(|item| ItemWire::from(&**item)).collect(),
            members: members(view),
            here: here(view),
            chat: view.chat.iter().filter_map(|event| LineWire::of(event)).collect(),
        }
    }
}

/// The invite link of a token.
pub fn invite_url(public_url: &str, token: &str) -> String {
    format!("{}/j/{token}", public_url.trim_end_matches('/'))
}

/// Who has a lasting role.
pub fn members(view: &RoomView) -> Vec<MemberWire> {
    let member = |(person, member): (&engine::ids::PersonId, &engine::room::Member)| MemberWire {
        person: person.0,
        name: member.name.clone(),
        role: member.role.name(),
    };
    view.members.iter().map(member).collect()
}

/// Who is here.
pub fn here(view: &RoomView) -> Vec<PresenceWire> {
    view.presence.values().map(|presence| PresenceWire::from(&**presence)).collect()
}

/// Where a room's film stands, with the position at this moment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PositionWire {
    /// The vector.
    #[serde(flatten)]
    pub playback: PlaybackWire,
    /// Where it stands now.
    pub now_ms: i64,
    /// The present on the playback clock.
    pub s: i64,
    /// What is on.
    pub current: Option<ItemWire>,
}

impl PositionWire {
    /// A room's position at `now`.
    pub fn new(view: &RoomView, now: Now) -> Self {
        Self {
            playback: PlaybackWire::from(&view.playback),
            now_ms: view.position(now.play).0,
            s: now.play.0,
            current: view.current.as_deref().map(ItemWire::from),
        }
    }
}

#[derive(Serialize)]
struct EventFrame<'a> {
    r#type: &'static str,
    epoch: u64,
    seq: u64,
    s: i64,
    at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<WhoWire>,
    #[serde(flatten)]
    what: What<'a>,
}

/// The table of kinds in `docs/API.md`.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum What<'a> {
    Founded,
    RoleChanged { person: Uuid, name: &'a str, role: &'static str },
    Renamed { title: &'a str },
    VisibilityChanged { visibility: &'static str },
    Playback { playback: PlaybackWire, cause: Cause },
    Added { item: ItemWire, index: usize },
    Removed { item: Uuid },
    Moved { item: Uuid, index: usize },
    Cleared,
    Described { item: Uuid, media: MediaWire },
    Said { id: Uuid, text: &'a str, position_ms: Option<i64> },
}

impl<'a> From<&'a EventKind> for What<'a> {
    fn from(kind: &'a EventKind) -> Self {
        match kind {
            EventKind::Founded(_) => Self::Founded,
            EventKind::RoleChanged { person, name, role } => {
                Self::RoleChanged { person: person.0, name, role: role.name() }
            }
            EventKind::Renamed { title } => Self::Renamed { title },
            EventKind::VisibilityChanged { visibility } => Self::VisibilityChanged { visibility: visibility.name() },
            EventKind::Playback { playback, cause } => Self::Playback { playback: playback.into(), cause: *cause },
            EventKind::Added { item, index } => Self::Added { item: ItemWire::from(&**item), index: *index },
            EventKind::Removed { item } => Self::Removed { item: item.0 },
            EventKind::Moved { item, index } => Self::Moved { item: item.0, index: *index },
            EventKind::Cleared => Self::Cleared,
            EventKind::Described { item, media } => Self::Described { item: item.0, media: MediaWire::from(&**media) },
            EventKind::Said(line) => {
                Self::Said { id: line.id.0, text: &line.text, position_ms: line.position.map(|p| p.0) }
            }
        }
    }
}

/// One event as a frame.
pub fn event(epoch: u64, event: &Event, s: PlayTime) -> Frame {
    let frame = EventFrame {
        r#type: "event",
        epoch,
        seq: event.seq,
        s: s.0,
        at: event.at.0,
        by: event.by.as_ref().map(WhoWire::from),
        what: What::from(&event.kind),
    };
    Frame { seq: Some(event.seq), text: text(&frame) }
}

/// A turn of a room as frames.
pub fn frames(heard: &Heard, s: PlayTime) -> Vec<Frame> {
    let events = heard.events.iter().map(|told| event(heard.view.epoch, told, s));
    let signals = heard.signals.iter().flat_map(|signal| signal_texts(signal, s));
    let signals = signals.map(|text| Frame { seq: None, text });
    events.chain(signals).collect()
}

fn signal_texts(signal: &Signal, s: PlayTime) -> Vec<Utf8Bytes> {
    match signal {
        Signal::Presence(delta) => presence(delta, s),
        Signal::Typing(who) => vec![text(&serde_json::json!({ "type": "typing", "by": WhoWire::from(who) }))],
    }
}

fn presence(delta: &PresenceDelta, s: PlayTime) -> Vec<Utf8Bytes> {
    let mut here: Vec<_> = delta.here.iter().map(|presence| PresenceWire::from(&**presence)).collect();
    let gone: Vec<_> = delta.gone.iter().map(|connection| connection.0).collect();
    let rest = rest(&mut here, s);
    let first = PresenceFrame { r#type: "presence", s: s.0, here: &here, gone: &gone };
    std::iter::once(text(&first)).chain(rest).collect()
}

/// How many connections one frame names: about 11 kB.
const HERE: usize = 64;

/// The room as text, to be put into a greeting or a snapshot.
pub fn whole(view: &RoomView, public_url: &str, s: PlayTime) -> Whole {
    let mut room = RoomWire::new(view, public_url);
    let rest = rest(&mut room.here, s);
    Whole { room: text(&room), rest }
}

/// Takes out what is too much for one frame, as frames that follow it.
fn rest(here: &mut Vec<PresenceWire>, s: PlayTime) -> Vec<Utf8Bytes> {
    let others = here.split_off(here.len().min(HERE));
    others.chunks(HERE).map(|here| text(&PresenceFrame { r#type: "presence", s: s.0, here, gone: &[] })).collect()
}

/// The room as frames of its own.
pub fn snapshot(whole: &Whole, s: PlayTime) -> Vec<Utf8Bytes> {
    let first = format!(r#"{{"type":"snapshot","s":{},"room":{}}}"#, s.0, &*whole.room);
    std::iter::once(first.into()).chain(whole.rest.iter().cloned()).collect()
}

#[derive(Serialize)]
struct PresenceFrame<'a> {
    r#type: &'static str,
    s: i64,
    here: &'a [PresenceWire],
    gone: &'a [u64],
}

/// Whom a greeting speaks to.
#[derive(Debug, Clone, Serialize)]
pub struct YouWire {
    /// The number of this connection.
    pub connection: u64,
    /// Who you are.
    pub person: Uuid,
    /// Your name.
    pub name: Arc<str>,
    /// What you may do.
    pub role: &'static str,
}

/// The greeting with the whole room.
pub fn welcome(you: &YouWire, whole: &Whole, s: PlayTime) -> Vec<Utf8Bytes> {
    let first =
        format!(r#"{{"type":"welcome","protocol":1,"s":{},"you":{},"room":{}}}"#, s.0, &*text(you), &*whole.room);
    std::iter::once(first.into()).chain(whole.rest.iter().cloned()).collect()
}

/// The end of what was missed.
pub fn resumed(you: &YouWire, view: &RoomView, s: PlayTime) -> Vec<Utf8Bytes> {
    #[derive(Serialize)]
    struct Resumed<'a> {
        r#type: &'static str,
        you: &'a YouWire,
        epoch: u64,
        seq: u64,
        s: i64,
        here: Vec<PresenceWire>,
    }
    let mut here = here(view);
    let rest = rest(&mut here, s);
    let resumed = Resumed { r#type: "resumed", you, epoch: view.epoch, seq: view.seq, s: s.0, here };
    std::iter::once(text(&resumed)).chain(rest).collect()
}

fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Idle => "idle",
        Phase::Buffering => "buffering",
        Phase::Ready => "ready",
        Phase::Blocked => "blocked",
        Phase::Failed => "failed",
    }
}

/// JSON of a value that has no map with keys that are not text, and so always has one.
pub fn text(value: &impl Serialize) -> Utf8Bytes {
    serde_json::to_string(value).unwrap_or_default().into()
}
