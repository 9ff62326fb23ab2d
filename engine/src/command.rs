//! All that a person can ask of a room, as one value. Every door makes the same one.

use std::sync::Arc;

use crate::{
    event::{Door, Phase, Who},
    ids::{ConnectionId, ItemId, MessageId, PersonId},
    media::{Item, Media},
    room::{Role, Visibility},
    time::{Millis, WallTime},
};

/// Who asks: a person, the door they came through, and what that door grants them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person.
    pub person: PersonId,
    /// Their name, as it will stand beside the deed.
    pub name: Arc<str>,
    /// The door.
    pub door: Door,
    /// The socket it came over, if it was one.
    pub connection: Option<ConnectionId>,
    /// What the door vouches for: a member of the chat that the room is tied to is at least a guest, an administrator of
    /// it a co-host, a valid invite a guest. The room keeps the rule of what each may do.
    pub granted: Option<Role>,
}

impl Actor {
    /// What stands beside a deed of theirs.
    pub fn who(&self) -> Who {
        Who { person: self.person, name: self.name.clone(), door: self.door }
    }

    /// The same person, with what a door vouches for.
    #[must_use]
    pub fn granted(mut self, role: Role) -> Self {
        self.granted = self.granted.max(Some(role));
        self
    }
}

/// Where to seek to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeekTo {
    /// A position from the start.
    At(Millis),
    /// So much later, or earlier where it is negative; earlier than the start is the start.
    By(Millis),
    /// A part of the length in thousandths of a percent, 0 to 100,000.
    Fraction(u32),
}

/// Where in the queue new items go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Spot {
    /// Behind the last.
    #[default]
    End,
    /// Before the first: plays when the current one ends.
    Next,
    /// Plays at once; the current one is left.
    Now,
}

/// How one connection is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// The item it speaks of.
    pub item: Option<ItemId>,
    /// How its player is doing.
    pub phase: Phase,
    /// Distance to the room's time in ms, ahead is positive.
    pub drift_ms: Option<i32>,
    /// Round trip in ms.
    pub rtt_ms: Option<u32>,
    /// The length of the item as its player found it; taken where the room knows none.
    pub duration: Option<Millis>,
    /// Its player came to the end of the item; counts where the room knows no length.
    pub ended: bool,
}

/// All that can be asked of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// A connection opened. `watches` is false for one that only listens.
    Arrive {
        /// The new connection.
        connection: ConnectionId,
        /// Whether it plays the film.
        watches: bool,
    },
    /// A connection closed.
    Depart {
        /// Which.
        connection: ConnectionId,
    },
    /// How a connection is doing.
    Report {
        /// Which.
        connection: ConnectionId,
        /// How it is doing.
        report: Report,
    },
    /// I am writing.
    Type,
    /// Play on from where the room stands.
    Play,
    /// Stand still, at once.
    Pause,
    /// Go elsewhere in the current item.
    Seek(SeekTo),
    /// Leave the current item for the next one.
    Skip,
    /// Play this queued item now.
    Pick {
        /// Which.
        item: ItemId,
    },
    /// Put items into the queue; where nothing plays, the first one starts.
    Add {
        /// In this order.
        items: Vec<Arc<Item>>,
        /// Where.
        spot: Spot,
    },
    /// Take an item out of the queue.
    Remove {
        /// Which.
        item: ItemId,
    },
    /// Put a queued item elsewhere.
    Move {
        /// Which.
        item: ItemId,
        /// Its new place from 0; past the end is the end.
        index: usize,
    },
    /// Empty the queue; the current item plays on.
    Clear,
    /// More is known about an item now.
    Describe {
        /// Which.
        item: ItemId,
        /// All that is known.
        media: Arc<Media>,
    },
    /// Write a line.
    Say {
        /// Its identity, made by the caller so that the same line sent twice is one.
        id: MessageId,
        /// The text, as it was typed.
        text: String,
    },
    /// Give the room another title.
    Rename {
        /// As it was typed.
        title: String,
    },
    /// Let other people in than before.
    SetVisibility {
        /// From now on.
        visibility: Visibility,
    },
    /// Give somebody another role.
    SetRole {
        /// Whom: somebody who is here, or has a role already.
        person: PersonId,
        /// Which.
        role: Role,
    },
}

impl Command {
    /// Puts one medium into the queue, in the name of `actor`.
    pub fn add(id: ItemId, media: Media, actor: &Actor, at: WallTime, spot: Spot) -> Self {
        let item = Item { id, media: Arc::new(media), added_by: actor.who(), added_at: at };
        Self::Add { items: vec![Arc::new(item)], spot }
    }
}
