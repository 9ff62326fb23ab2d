//! All that a room can tell.
//!
//! An [`Event`] is the lasting effect of a command or a timer: numbered, journaled, enough by itself to bring a room
//! from one state to the next. A [`Signal`] is of the moment: neither numbered nor stored.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    command::Deed,
    ids::{CallId, ConnectionId, ItemId, MessageId, PersonId},
    media::{Category, Item},
    room::{Changes, Founding, Playback, Role, Status},
    time::{Millis, WallTime},
};

/// Through which door somebody comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// The room's own page in a browser.
    Viewer,
    /// The native REST and WebSocket API, used by somebody else's program.
    Api,
    /// The Discord bot.
    Discord,
    /// The Telegram bot.
    Telegram,
    /// A client of OpenTogetherTube's API.
    #[serde(rename = "opentogethertube")]
    OpenTogetherTube,
    /// A client of Watch2Gether's API.
    #[serde(rename = "watch2gether")]
    Watch2Gether,
    /// A client of watchers.io's API.
    Watchers,
    /// A client of Clipper's watch parties.
    Clipper,
    /// The room itself: an item's end, an empty couch, a title that was found.
    Room,
}

impl Door {
    /// The stable name, as it is stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Api => "api",
            Self::Discord => "discord",
            Self::Telegram => "telegram",
            Self::OpenTogetherTube => "opentogethertube",
            Self::Watch2Gether => "watch2gether",
            Self::Watchers => "watchers",
            Self::Clipper => "clipper",
            Self::Room => "room",
        }
    }
}

/// Who did something: kept with the deed, so that it reads the same after the person renamed themselves or left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// The person.
    pub person: PersonId,
    /// Their name at that moment.
    pub name: Arc<str>,
    /// The door they came through.
    pub door: Door,
}

/// One numbered thing that happened in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its number in the room, from 1, without gaps.
    pub seq: u64,
    /// When, on the wall.
    pub at: WallTime,
    /// Who did it; nobody where the room did it by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Who>,
    /// The number of the event that it takes back, if it is an undoing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<u64>,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What happened, with all that is needed to make it so again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventKind {
    /// The room was made. Always number 1.
    Founded(Box<Founding>),
    /// Settings changed.
    Changed {
        /// Those that did.
        changes: Box<Changes>,
    },
    /// Somebody got another role.
    RoleChanged {
        /// Who.
        person: PersonId,
        /// Their name at that moment.
        name: Arc<str>,
        /// The new role.
        role: Role,
    },
    /// The playback vector changed. Where its item differs from the one before, the new one left the queue.
    Playback {
        /// The vector from now on.
        playback: Playback,
        /// What changed it.
        cause: Cause,
    },
    /// The current item is left: it was played, to its end or not.
    Played(Played),
    /// Items came into the queue, one behind the other.
    Added {
        /// The items.
        items: Vec<Arc<Item>>,
        /// Where the first of them stands, from 0.
        index: usize,
    },
    /// An item left the queue unplayed.
    Removed {
        /// Which.
        item: ItemId,
    },
    /// An item stands elsewhere in the queue.
    Moved {
        /// Which.
        item: ItemId,
        /// Where it stands now, from 0.
        index: usize,
    },
    /// The whole queue stands in another order.
    Reordered {
        /// All of it.
        items: Vec<ItemId>,
    },
    /// The queue was emptied; the current item plays on.
    Cleared,
    /// Everybody left, and the queue was put away: onto the shelf, or for good.
    Shelved {
        /// It may be had again.
        kept: bool,
        /// Where the current item stood.
        position: Millis,
    },
    /// The shelf was emptied: into the queue, behind what is there, or away. What is in the room again already stays where
    /// it is.
    Unshelved {
        /// Away.
        discarded: bool,
    },
    /// An item, queued or current, is another now: more is known of it, or it was edited.
    ItemChanged {
        /// As it is now.
        item: Arc<Item>,
    },
    /// Somebody voted for a queued item, or took the vote back.
    Voted {
        /// Which.
        item: ItemId,
        /// Who.
        person: PersonId,
        /// For it.
        up: bool,
    },
    /// Something was put to the vote.
    Proposed {
        /// What, with the voice of who did.
        deed: Deed,
        /// Until when votes are counted.
        until: WallTime,
        /// For which item it was proposed: with another it is void.
        item: Option<ItemId>,
    },
    /// Somebody voted on a proposal.
    Balloted {
        /// Its number: that of the event which proposed it.
        proposal: u64,
        /// Who.
        person: PersonId,
        /// For it.
        yes: bool,
    },
    /// A proposal came to its end. Where it passed, what it proposed follows.
    Decided {
        /// Which.
        proposal: u64,
        /// How.
        verdict: Verdict,
    },
    /// Somebody wrote a line.
    Said(ChatLine),
    /// A line was taken away.
    Erased {
        /// The number of the event that it was.
        line: u64,
    },
    /// A line has another wording, given by who wrote it.
    Reworded {
        /// The number of the event that it was.
        line: u64,
        /// How it reads now; empty once the line was taken away or its person forgotten.
        text: Arc<str>,
    },
    /// Somebody reacted to what is on.
    Reacted {
        /// The emoji.
        emoji: Arc<str>,
        /// Where the film stood, if one was on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        position: Option<Millis>,
    },
    /// Somebody took a place, which they keep whether a connection of theirs is open or not.
    Joined {
        /// Who.
        person: PersonId,
        /// Their name at that moment.
        name: Arc<str>,
    },
    /// Somebody gave their place up.
    Left {
        /// Who.
        person: PersonId,
    },
    /// Somebody was shown the door.
    Kicked {
        /// Who.
        person: PersonId,
        /// Their name at that moment.
        name: Arc<str>,
    },
    /// Somebody is kept out.
    Banned {
        /// Who.
        person: PersonId,
        /// Their name at that moment.
        name: Arc<str>,
        /// Until when; for ever where none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<WallTime>,
        /// Why, or nothing.
        reason: Arc<str>,
    },
    /// Somebody may come in again.
    Unbanned {
        /// Who.
        person: PersonId,
    },
    /// Somebody may not write.
    Muted {
        /// Who.
        person: PersonId,
        /// Their name at that moment.
        name: Arc<str>,
        /// Until when; for ever where none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<WallTime>,
    },
    /// Somebody may write again.
    Unmuted {
        /// Who.
        person: PersonId,
    },
    /// Invite link and spoken code are others now.
    InviteRenewed {
        /// The new token.
        invite: Arc<str>,
        /// The new code.
        code: Arc<str>,
    },
    /// It was said when the room opens and closes.
    Scheduled {
        /// It opens.
        start: Option<WallTime>,
        /// It closes.
        end: Option<WallTime>,
    },
    /// The room opened, closed, or was hidden.
    StatusChanged {
        /// From now on.
        status: Status,
    },
    /// Somebody is coming, or not after all.
    Coming {
        /// Who.
        person: PersonId,
        /// Their name at that moment.
        name: Arc<str>,
        /// They are.
        coming: bool,
    },
    /// Somebody's name was taken out of all that the room remembers.
    Forgotten {
        /// Who.
        person: PersonId,
    },
    /// Two of somebody's selves are one person now.
    United {
        /// Who is not any more.
        gone: PersonId,
        /// Who stays.
        stays: PersonId,
    },
    /// The room is gone.
    Deleted,
}

impl Event {
    /// Whether something was said or queued by this call, and not brought back by taking something else back.
    pub fn is_made_by(&self, call: CallId) -> bool {
        self.undoes.is_none()
            && match &self.kind {
                EventKind::Said(line) => call.made(line.id.0),
                EventKind::Added { items, .. } => items.iter().any(|item| call.made(item.id.0)),
                _ => false,
            }
    }
}

impl EventKind {
    /// Whether a line of this identity was said.
    pub fn is_line(&self, id: MessageId) -> bool {
        matches!(self, Self::Said(line) if line.id == id)
    }

    /// The names of all kinds.
    pub const NAMES: [&'static str; 35] = [
        "founded",
        "changed",
        "role_changed",
        "playback",
        "played",
        "added",
        "removed",
        "moved",
        "reordered",
        "cleared",
        "shelved",
        "unshelved",
        "item_changed",
        "voted",
        "proposed",
        "balloted",
        "decided",
        "said",
        "erased",
        "reworded",
        "reacted",
        "joined",
        "left",
        "kicked",
        "banned",
        "unbanned",
        "muted",
        "unmuted",
        "invite_renewed",
        "scheduled",
        "status_changed",
        "coming",
        "forgotten",
        "united",
        "deleted",
    ];

    /// The stable name, as it is stored and asked for.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Founded(_) => "founded",
            Self::Changed { .. } => "changed",
            Self::RoleChanged { .. } => "role_changed",
            Self::Playback { .. } => "playback",
            Self::Played(_) => "played",
            Self::Added { .. } => "added",
            Self::Removed { .. } => "removed",
            Self::Moved { .. } => "moved",
            Self::Reordered { .. } => "reordered",
            Self::Cleared => "cleared",
            Self::Shelved { .. } => "shelved",
            Self::Unshelved { .. } => "unshelved",
            Self::ItemChanged { .. } => "item_changed",
            Self::Voted { .. } => "voted",
            Self::Proposed { .. } => "proposed",
            Self::Balloted { .. } => "balloted",
            Self::Decided { .. } => "decided",
            Self::Said(_) => "said",
            Self::Erased { .. } => "erased",
            Self::Reworded { .. } => "reworded",
            Self::Reacted { .. } => "reacted",
            Self::Joined { .. } => "joined",
            Self::Left { .. } => "left",
            Self::Kicked { .. } => "kicked",
            Self::Banned { .. } => "banned",
            Self::Unbanned { .. } => "unbanned",
            Self::Muted { .. } => "muted",
            Self::Unmuted { .. } => "unmuted",
            Self::InviteRenewed { .. } => "invite_renewed",
            Self::Scheduled { .. } => "scheduled",
            Self::StatusChanged { .. } => "status_changed",
            Self::Coming { .. } => "coming",
            Self::Forgotten { .. } => "forgotten",
            Self::United { .. } => "united",
            Self::Deleted => "deleted",
        }
    }
}

/// An item that was left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Played {
    /// What was on.
    pub item: Arc<Item>,
    /// Where it stood when it was left.
    pub position: Millis,
    /// Since when it was on; on the wall.
    pub since: WallTime,
}

/// How a proposal ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is done.
    Passed,
    /// Too many were against it, or somebody who decides was.
    Rejected,
    /// Nobody cared in time.
    Expired,
    /// What it was about is over.
    Void,
}

impl Verdict {
    /// The stable name, as it is stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Void => "void",
        }
    }
}

/// What changed the playback vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Somebody pressed play.
    Play,
    /// Somebody pressed pause.
    Pause,
    /// Somebody seeked.
    Seek,
    /// Somebody skipped to the next item, or to nothing.
    Skip,
    /// Somebody went back to the item before.
    Back,
    /// Somebody chose this item.
    Pick,
    /// Somebody changed the speed.
    Rate,
    /// An item started by itself: the first one queued, or the next one at an end.
    Start,
    /// The last item came to its end.
    End,
    /// It starts again, as the queue's mode wants.
    Again,
    /// The first viewer came to an item that stood waiting.
    Arrival,
    /// Those who watch have loaded it, or it waited long enough.
    Ready,
    /// Somebody's player fetches, and the room waits for them.
    Stall,
    /// No player here could show the item before.
    Failed,
    /// A part of it was skipped.
    Segment(Category),
    /// Everybody left.
    Empty,
    /// The room closed.
    Closed,
    /// The room was loaded again, where it had stood.
    Restore,
}

impl Cause {
    /// The stable name, as it is sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Play => "play",
            Self::Pause => "pause",
            Self::Seek => "seek",
            Self::Skip => "skip",
            Self::Back => "back",
            Self::Pick => "pick",
            Self::Rate => "rate",
            Self::Start => "start",
            Self::End => "end",
            Self::Again => "again",
            Self::Arrival => "arrival",
            Self::Ready => "ready",
            Self::Stall => "stall",
            Self::Failed => "failed",
            Self::Segment(_) => "segment",
            Self::Empty => "empty",
            Self::Closed => "closed",
            Self::Restore => "restore",
        }
    }
}

/// One line of chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatLine {
    /// Its identity.
    pub id: MessageId,
    /// The text: 1 to 2,000 characters, no control characters but the line feed.
    pub text: Arc<str>,
    /// Where the film stood, if one was on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Millis>,
}

/// A thing of the moment, for those who are connected now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Who is here changed; gathered over a quarter of a second, so that a thousand joins are a handful of frames.
    Presence(Arc<PresenceDelta>),
    /// Somebody is writing.
    Typing(Who),
    /// These connections are closed.
    Out {
        /// Which; none is left of them in the room.
        connections: Vec<ConnectionId>,
        /// Why.
        why: Out,
    },
}

/// Why somebody must go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Out {
    /// They left by themselves, wherever they said so.
    Left,
    /// Somebody showed them the door; they may come again.
    Kicked,
    /// They are kept out.
    Banned,
    /// The room is over, and their door shows none that is.
    Ended,
    /// The room is hidden.
    Closed,
    /// The room is gone.
    Deleted,
    /// They were deleted themselves: nobody is who they were.
    Forgotten,
    /// Their address is kept out of this server.
    Barred,
}

/// How long somebody stayed: a fact of the past that changes nothing, for the statistics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Who.
    pub person: PersonId,
    /// When their connection opened.
    pub came: WallTime,
    /// When it closed.
    pub left: WallTime,
}

/// Changes of presence since the last one told.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PresenceDelta {
    /// Connections that came, or whose state changed.
    pub here: Vec<Arc<Presence>>,
    /// Connections that went.
    pub gone: Vec<ConnectionId>,
}

/// One connection of a person who is here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Presence {
    /// The connection.
    pub connection: ConnectionId,
    /// Whose it is, and through which door.
    pub who: Who,
    /// What they may do.
    pub role: Role,
    /// What their door vouched for when they came: they are no less while they are here, whatever the room remembers.
    pub vouched: Role,
    /// Whether it plays the film; a bot's or an API's socket may only listen.
    pub watches: bool,
    /// Since when.
    pub since: WallTime,
    /// How its player is doing.
    pub phase: Phase,
    /// How far it is from the room's time in ms, ahead is positive; none while not measured.
    pub drift_ms: Option<i32>,
    /// Round trip to the server in ms, as the connection measured it.
    pub rtt_ms: Option<u32>,
    /// Missed two starts, or stood too long: the room does not wait for it until it is ready again.
    pub lagging: bool,
    /// Its page lies in the background.
    pub hidden: bool,
}

impl Presence {
    /// Whether a player of ours shows the film there: it starts by the room's clock and says how it is, so others can wait
    /// for it. Players of other APIs' clients start when they hear of it, and go by their own.
    pub fn is_in_step(&self) -> bool {
        self.watches && matches!(self.who.door, Door::Viewer | Door::Api)
    }
}

/// How a viewer's player is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nothing loaded yet.
    #[default]
    Idle,
    /// Fetching, cannot play on.
    Buffering,
    /// Plays, or could.
    Ready,
    /// The browser wants a tap before there is sound.
    Blocked,
    /// The medium cannot be played there.
    Failed,
    /// Its provider shows an advertisement, and the film stands meanwhile.
    Advert,
}
