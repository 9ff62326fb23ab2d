//! What happens in a room, as frames: encoded once, shared by all sockets.

use std::sync::Arc;

use crate::websocket::Utf8Bytes;
use engine::{
    command::Actor,
    event::{Cause, Event, EventKind, Signal},
    ids::ConnectionId,
    room::{Permission, Role, RoomView, roles},
    rooms::Heard,
    time::PlayTime,
};
use serde::Serialize;
use uuid::Uuid;

use super::{
    DeedWire, ItemWire, PlaybackWire, PlayedWire, PresenceWire, RoomWire, WhoWire,
    crowd::{Change, Crowd, Named},
    settings::ChangedWire,
    text,
};
use crate::{
    dialects::{Frame, Whole},
    links::Links,
};

#[derive(Serialize)]
struct EventFrame<'a> {
    r#type: &'static str,
    epoch: u64,
    seq: u64,
    s: i64,
    at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<WhoWire>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undoes: Option<u64>,
    #[serde(flatten)]
    what: What<'a>,
}

/// The table of kinds in `docs/API.md`.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum What<'a> {
    Founded,
    Changed(Box<ChangedWire>),
    RoleChanged {
        person: Uuid,
        name: &'a str,
        role: &'static str,
    },
    Playback {
        playback: PlaybackWire,
        cause: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        category: Option<&'static str>,
    },
    Played(Box<PlayedWire>),
    Added {
        items: Vec<ItemWire>,
        index: usize,
    },
    Removed {
        item: Uuid,
    },
    Moved {
        item: Uuid,
        index: usize,
    },
    Reordered {
        items: Vec<Uuid>,
    },
    Cleared,
    Shelved {
        kept: bool,
        position_ms: i64,
    },
    Unshelved {
        discarded: bool,
    },
    ItemChanged {
        item: Box<ItemWire>,
    },
    Voted {
        item: Uuid,
        person: Uuid,
        up: bool,
    },
    Proposed {
        what: DeedWire,
        until: i64,
        item: Option<Uuid>,
    },
    Balloted {
        proposal: u64,
        person: Uuid,
        yes: bool,
    },
    Decided {
        proposal: u64,
        verdict: &'static str,
    },
    Said {
        id: Uuid,
        text: &'a str,
        position_ms: Option<i64>,
    },
    Erased {
        line: u64,
    },
    Reworded {
        line: u64,
        text: &'a str,
    },
    Reacted {
        emoji: &'a str,
        position_ms: Option<i64>,
    },
    Joined {
        person: Uuid,
        name: &'a str,
    },
    Left {
        person: Uuid,
    },
    Kicked {
        person: Uuid,
        name: &'a str,
    },
    Banned {
        person: Uuid,
        name: &'a str,
        until: Option<i64>,
    },
    Unbanned {
        person: Uuid,
    },
    Muted {
        person: Uuid,
        name: &'a str,
        until: Option<i64>,
    },
    Unmuted {
        person: Uuid,
    },
    InviteRenewed {
        invite: &'a str,
        code: &'a str,
    },
    Scheduled {
        start: Option<i64>,
        end: Option<i64>,
    },
    StatusChanged {
        status: &'static str,
    },
    Coming {
        person: Uuid,
        name: &'a str,
        coming: bool,
    },
    Forgotten {
        person: Uuid,
    },
    United {
        gone: Uuid,
        stays: Uuid,
    },
    Deleted,
}

impl<'a> What<'a> {
    /// A kind; without links for who plays nothing.
    fn new(kind: &'a EventKind, links: Option<&Links>) -> Self {
        match kind {
            EventKind::Founded(_) => Self::Founded,
            EventKind::Changed { changes } => Self::Changed(Box::new(ChangedWire::new(changes, links))),
            EventKind::RoleChanged { person, name, role } => {
                Self::RoleChanged { person: person.0, name, role: role.name() }
            }
            EventKind::Playback { playback, cause } => {
                let category = if let Cause::Segment(category) = cause { Some(category.name()) } else { None };
                Self::Playback { playback: playback.into(), cause: cause.name(), category }
            }
            EventKind::Played(played) => Self::Played(Box::new(PlayedWire::new(played, links))),
            EventKind::Added { items, index } => Self::Added { items: super::items(items, links), index: *index },
            EventKind::Removed { item } => Self::Removed { item: item.0 },
            EventKind::Moved { item, index } => Self::Moved { item: item.0, index: *index },
            EventKind::Reordered { items } => Self::Reordered { items: items.iter().map(|item| item.0).collect() },
            EventKind::Cleared => Self::Cleared,
            EventKind::Shelved { kept, position } => Self::Shelved { kept: *kept, position_ms: position.0 },
            EventKind::Unshelved { discarded } => Self::Unshelved { discarded: *discarded },
            EventKind::ItemChanged { item } => Self::ItemChanged { item: Box::new(super::item(item, links)) },
            EventKind::Voted { item, person, up } => Self::Voted { item: item.0, person: person.0, up: *up },
            EventKind::Proposed { deed, until, item } => {
                Self::Proposed { what: deed.into(), until: until.0, item: item.map(|item| item.0) }
            }
            EventKind::Balloted { proposal, person, yes } => {
                Self::Balloted { proposal: *proposal, person: person.0, yes: *yes }
            }
            EventKind::Decided { proposal, verdict } => Self::Decided { proposal: *proposal, verdict: verdict.name() },
            EventKind::Said(line) => {
                Self::Said { id: line.id.0, text: &line.text, position_ms: line.position.map(|p| p.0) }
            }
            EventKind::Erased { line } => Self::Erased { line: *line },
            EventKind::Reworded { line, text } => Self::Reworded { line: *line, text },
            EventKind::Reacted { emoji, position } => Self::Reacted { emoji, position_ms: position.map(|p| p.0) },
            EventKind::Joined { person, name } => Self::Joined { person: person.0, name },
            EventKind::Left { person } => Self::Left { person: person.0 },
            EventKind::Kicked { person, name } => Self::Kicked { person: person.0, name },
            // The reason is between those who ban and the one who is banned.
            EventKind::Banned { person, name, until, .. } => {
                Self::Banned { person: person.0, name, until: until.map(|until| until.0) }
            }
            EventKind::Unbanned { person } => Self::Unbanned { person: person.0 },
            EventKind::Muted { person, name, until } => {
                Self::Muted { person: person.0, name, until: until.map(|until| until.0) }
            }
            EventKind::Unmuted { person } => Self::Unmuted { person: person.0 },
            EventKind::InviteRenewed { invite, code } => Self::InviteRenewed { invite, code },
            EventKind::Scheduled { start, end } => {
                Self::Scheduled { start: start.map(|at| at.0), end: end.map(|at| at.0) }
            }
            EventKind::StatusChanged { status } => Self::StatusChanged { status: status.name() },
            EventKind::Coming { person, name, coming } => Self::Coming { person: person.0, name, coming: *coming },
            EventKind::Forgotten { person } => Self::Forgotten { person: person.0 },
            EventKind::United { gone, stays } => Self::United { gone: gone.0, stays: stays.0 },
            EventKind::Deleted => Self::Deleted,
        }
    }
}

/// One event as a frame.
pub fn event(epoch: u64, event: &Event, links: &Links, s: PlayTime) -> Frame {
    let frame = EventFrame {
        r#type: "event",
        epoch,
        seq: event.seq,
        s: s.0,
        at: event.at.0,
        by: event.by.as_ref().map(WhoWire::from),
        undoes: event.undoes,
        what: What::new(&event.kind, Some(links)),
    };
    Frame { seq: Some(event.seq), except: None, text: text(&frame) }
}

/// One event as it is told later, without the frame.
pub fn told(event: &Event) -> serde_json::Value {
    #[derive(Serialize)]
    struct Told<'a> {
        seq: u64,
        at: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<WhoWire>,
        #[serde(skip_serializing_if = "Option::is_none")]
        undoes: Option<u64>,
        #[serde(flatten)]
        what: What<'a>,
    }
    let by = event.by.as_ref().map(WhoWire::from);
    let told = Told { seq: event.seq, at: event.at.0, by, undoes: event.undoes, what: What::new(&event.kind, None) };
    // Nothing in it can fail to be JSON: names are texts, numbers are whole.
    serde_json::to_value(told).unwrap_or_default()
}

/// A turn of a room as frames, for sockets that were told of this crowd.
pub fn frames(heard: &Heard, crowd: &mut Crowd, links: &Links, s: PlayTime) -> Vec<Frame> {
    let events = heard.events.iter().map(|told| event(heard.view.epoch, told, links, s));
    let signals = heard.signals.iter().flat_map(|signal| signal_texts(signal, &heard.view, crowd, s));
    let signals = signals.map(Frame::passing);
    events.chain(signals).collect()
}

fn signal_texts(signal: &Signal, view: &RoomView, crowd: &mut Crowd, s: PlayTime) -> Vec<Utf8Bytes> {
    match signal {
        Signal::Presence(delta) => presence(&crowd.change(delta, view), s),
        // It ends sockets, and is not told.
        Signal::Out { .. } => Vec::new(),
        Signal::Typing(who) => vec![text(&serde_json::json!({ "type": "typing", "by": WhoWire::from(who) }))],
    }
}

fn presence(change: &Change, s: PlayTime) -> Vec<Utf8Bytes> {
    let mut here: Vec<_> = change.here.iter().map(|presence| PresenceWire::from(&**presence)).collect();
    let gone: Vec<_> = change.gone.iter().map(|connection| connection.0).collect();
    let rest = rest(&mut here, change.others, s);
    let first = PresenceFrame { r#type: "presence", s: s.0, here: &here, gone: &gone, others: change.others };
    std::iter::once(text(&first)).chain(rest).collect()
}

/// How many connections one frame names: about 11 kB.
const HERE: usize = 64;

/// The room as text, to be put into a greeting or a snapshot.
pub fn whole(view: &RoomView, links: &Links, s: PlayTime) -> Whole {
    let mut room = RoomWire::new(view, links);
    let rest = rest(&mut room.here, room.others, s);
    Whole { room: text(&room), rest }
}

/// Takes out what is too much for one frame, as frames that follow it.
fn rest(here: &mut Vec<PresenceWire>, others: usize, s: PlayTime) -> Vec<Utf8Bytes> {
    let left = here.split_off(here.len().min(HERE));
    let frame = |here| text(&PresenceFrame { r#type: "presence", s: s.0, here, gone: &[], others });
    left.chunks(HERE).map(frame).collect()
}

/// The room as frames of its own.
pub fn snapshot(whole: &Whole, s: PlayTime) -> Vec<Utf8Bytes> {
    let first = format!(r#"{{"type":"snapshot","s":{},"room":{}}}"#, s.0, &*whole.room);
    std::iter::once(first.into()).chain(whole.rest.iter().cloned()).collect()
}

/// What the person who runs the server has to say to everybody.
pub fn announcement(announced: &str, s: PlayTime) -> Utf8Bytes {
    text(&AnnouncementFrame { r#type: "announcement", s: s.0, text: announced })
}

#[derive(Serialize)]
struct AnnouncementFrame<'a> {
    r#type: &'static str,
    s: i64,
    text: &'a str,
}

#[derive(Serialize)]
struct PresenceFrame<'a> {
    r#type: &'static str,
    s: i64,
    here: &'a [PresenceWire],
    gone: &'a [u64],
    others: usize,
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
    /// What you are.
    pub role: &'static str,
    /// What you may do.
    pub may: Vec<&'static str>,
}

impl YouWire {
    /// Somebody who is in a room.
    pub fn new(view: &RoomView, actor: &Actor, connection: ConnectionId) -> Self {
        let role = roles::role_of(view, actor).unwrap_or(Role::Guest);
        let may = view.settings.grants.of(role).iter().map(Permission::name).collect();
        Self { connection: connection.0, person: actor.person.0, name: actor.name.clone(), role: role.name(), may }
    }
}

/// The greeting with the whole room.
pub fn welcome(you: &YouWire, whole: &Whole, s: PlayTime) -> Vec<Utf8Bytes> {
    let first =
        format!(r#"{{"type":"welcome","protocol":1,"s":{},"you":{},"room":{}}}"#, s.0, &*text(you), &*whole.room);
    std::iter::once(first.into()).chain(whole.rest.iter().cloned()).collect()
}

/// Who they are from now on, for whom it is to.
pub fn you(you: &YouWire, s: PlayTime) -> Utf8Bytes {
    #[derive(Serialize)]
    struct YouFrame<'a> {
        r#type: &'static str,
        s: i64,
        you: &'a YouWire,
    }
    text(&YouFrame { r#type: "you", s: s.0, you })
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
        others: usize,
    }
    let named = Named::of(view);
    let (mut here, others) = (named.wire(), named.others);
    let rest = rest(&mut here, others, s);
    let resumed = Resumed { r#type: "resumed", you, epoch: view.epoch, seq: view.seq, s: s.0, here, others };
    std::iter::once(text(&resumed)).chain(rest).collect()
}
