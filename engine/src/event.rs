//! All that a room can tell.
//!
//! An [`Event`] is the lasting effect of a command or a timer: numbered, journaled, enough by itself to bring a room
//! from one state to the next. A [`Signal`] is of the moment: neither numbered nor stored.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    ids::{ConnectionId, ItemId, MessageId, PersonId},
    media::{Item, Media},
    room::{Founding, Playback, Role, Visibility},
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
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What happened, with all that is needed to make it so again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventKind {
    /// The room was made. Always number 1.
    Founded(Founding),
    /// Somebody got another role.
    RoleChanged {
        /// Who.
        person: PersonId,
        /// Their name at that moment.
        name: Arc<str>,
        /// The new role.
        role: Role,
    },
    /// The room got another title.
    Renamed {
        /// The new title.
        title: Arc<str>,
    },
    /// The room lets other people in than before.
    VisibilityChanged {
        /// From now on.
        visibility: Visibility,
    },
    /// The playback vector changed. Where its item differs from the one before, the new one left the queue.
    Playback {
        /// The vector from now on.
        playback: Playback,
        /// What changed it.
        cause: Cause,
    },
    /// An item came into the queue.
    Added {
        /// The item.
        item: Arc<Item>,
        /// Where it stands, from 0.
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
    /// The queue was emptied; the current item plays on.
    Cleared,
    /// More became known about an item, queued or current: its title, its length.
    Described {
        /// Which.
        item: ItemId,
        /// All that is known now.
        media: Arc<Media>,
    },
    /// Somebody wrote a line.
    Said(ChatLine),
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
    /// Somebody chose this item.
    Pick,
    /// An item started by itself: the first one queued, or the next one at an end.
    Start,
    /// The last item came to its end.
    End,
    /// The first viewer came to an item that stood waiting.
    Arrival,
    /// Everybody left.
    Empty,
    /// The room was loaded again, where it had stood.
    Restore,
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
#[derive(Debug, Clone, PartialEq)]
pub enum Signal {
    /// Who is here changed; gathered over a quarter of a second, so that a thousand joins are a handful of frames.
    Presence(Arc<PresenceDelta>),
    /// Somebody is writing.
    Typing(Who),
}

/// Changes of presence since the last one told.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PresenceDelta {
    /// Connections that came, or whose state changed.
    pub here: Vec<Arc<Presence>>,
    /// Connections that went.
    pub gone: Vec<ConnectionId>,
}

/// One connection of a person who is here.
#[derive(Debug, Clone, PartialEq)]
pub struct Presence {
    /// The connection.
    pub connection: ConnectionId,
    /// Whose it is, and through which door.
    pub who: Who,
    /// What they may do.
    pub role: Role,
    /// Whether it plays the film; a bot's or an API's socket may only listen.
    pub watches: bool,
    /// How its player is doing.
    pub phase: Phase,
    /// How far it is from the room's time in ms, ahead is positive; none while not measured.
    pub drift_ms: Option<i32>,
    /// Round trip to the server in ms, as the connection measured it.
    pub rtt_ms: Option<u32>,
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
}
