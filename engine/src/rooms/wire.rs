//! What nodes say to each other of a room, as JSON.

use std::{collections::BTreeSet, sync::Arc};

use bytes::Bytes;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    command::{Actor, Command},
    event::{Event, Out, Presence, PresenceDelta, Signal, Who},
    ids::{ConnectionId, NodeId, PersonId, RoomId},
    refusal::{Fault, No},
    room::{Room, RoomView},
};

/// What is said to the node that has a room.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Said {
    /// Of which room.
    pub(super) room: RoomId,
    /// By which node.
    pub(super) from: NodeId,
    pub(super) what: What,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
    /// I follow. Answered by [`Reply::Same`], [`Reply::Whole`] or [`Reply::Strange`].
    Follow {
        /// My place among the nodes: the connections of that place are mine.
        slot: u16,
        /// How far I am; nowhere yet where none.
        knows: Option<Position>,
        /// Who is connected to me, unless I have said that to this life of the room.
        seats: Option<Seats>,
    },
    /// I follow no more.
    Leave,
    /// Do this. Answered by [`Reply::Done`], [`Reply::No`], [`Reply::Moved`].
    Do {
        /// Never twice for two commands of one node: where it is asked again it is the same.
        number: u64,
        /// The life of the room that is asked.
        epoch: u64,
        asked: Box<(Actor, Command)>,
    },
    /// Do these, of no matter whether they are lost.
    Hints(Vec<(Actor, Command)>),
}

/// Who is connected to a node.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Seats {
    /// They are here.
    pub(super) here: Vec<Arc<Presence>>,
    /// They are on their way: whether they are here is not known there.
    pub(super) coming: BTreeSet<ConnectionId>,
}

/// What the node that has a room answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reply {
    /// I do not have it.
    NotMine,
    /// More than I can take is asked of it; this was not done.
    Busy,
    /// It stands in another epoch; this was not done.
    Moved,
    /// I do not know who is connected to you: say that too.
    Strange,
    /// You are where I am.
    Same,
    /// So it stands.
    Whole(Box<Whole>),
    /// It is done, and stored.
    Done {
        /// What came of it.
        events: Vec<Arc<Event>>,
        /// How far I am, which is behind that.
        position: Position,
    },
    /// It was not done.
    No(No),
}

/// How far somebody knows a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    pub(super) epoch: u64,
    /// Number of the last event.
    pub(super) seq: u64,
    /// Number of the last message in which the owner told of the room.
    pub(super) n: u64,
}

/// A room as it stands.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Whole {
    /// Number of the last message that is part of it.
    pub(super) n: u64,
    pub(super) view: RoomView,
    /// The last events, oldest first.
    pub(super) recent: Vec<Arc<Event>>,
}

/// What the node that has a room tells all who follow it: one turn.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Told {
    /// By which node.
    pub(super) node: NodeId,
    pub(super) epoch: u64,
    /// The last one's and one.
    pub(super) n: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) events: Vec<Arc<Event>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) signals: Vec<Hint>,
    /// Who came, or is there in another way, since the last message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) here: Vec<Arc<Presence>>,
    /// Who went since then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) gone: Vec<ConnectionId>,
    /// Whose votes count, if those are others now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) voters: Option<Arc<BTreeSet<PersonId>>>,
    #[serde(default)]
    pub(super) end: End,
}

/// Whether what was told goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum End {
    /// It does.
    #[default]
    None,
    /// All that was told is void: ask for the whole room.
    Void,
    /// I let go of it: whoever wants it may have it. Who was connected to me, at this place, is going.
    Free {
        /// Mine.
        slot: u16,
    },
}

/// A signal; who is here is told in the same message, so that only their connections are named.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Hint {
    Presence { here: Vec<ConnectionId>, gone: Vec<ConnectionId> },
    Typing(Who),
    Out { connections: Vec<ConnectionId>, why: Out },
}

impl From<&Signal> for Hint {
    fn from(signal: &Signal) -> Self {
        match signal {
            Signal::Presence(delta) => {
                let here = delta.here.iter().map(|seat| seat.connection).collect();
                Self::Presence { here, gone: delta.gone.clone() }
            }
            Signal::Typing(who) => Self::Typing(who.clone()),
            Signal::Out { connections, why } => Self::Out { connections: connections.clone(), why: *why },
        }
    }
}

impl Hint {
    /// The signal, in a room that knows who is here.
    pub(super) fn signal(self, room: &Room) -> Signal {
        match self {
            Self::Presence { here, mut gone } => {
                let seats = &room.view().presence;
                // Who is told to be gone and is here all the same was only forgotten.
                gone.retain(|connection| !seats.contains_key(connection));
                let here = here.iter().filter_map(|connection| seats.get(connection).cloned()).collect();
                Signal::Presence(Arc::new(PresenceDelta { here, gone }))
            }
            Self::Typing(who) => Signal::Typing(who),
            Self::Out { connections, why } => Signal::Out { connections, why },
        }
    }
}

/// Where a node is spoken to.
pub(super) fn node_subject(node: NodeId) -> String {
    format!("onecouch.node.{node}")
}

/// Where is told what happens in a room.
pub(super) fn room_subject(room: RoomId) -> String {
    format!("onecouch.room.{room}")
}

/// As it crosses.
pub(super) fn write(what: &impl Serialize) -> Bytes {
    // Whatever crosses has names for keys and no numbers that JSON has not.
    serde_json::to_vec(what).unwrap_or_default().into()
}

/// As it was meant. What a node of another version means may not be understood.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Fault> {
    serde_json::from_slice(body)
        .map_err(|error| Fault::new(format!("another node says what is not understood: {error}")))
}
