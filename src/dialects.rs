//! The published APIs that are spoken at the edge, one folder each: routes, wire types and codec, and no rule.
//!
//! Adding one is a folder here and a line in [`Dialect`]; what is a rule for everybody goes into the engine.

pub mod native;

use axum::extract::ws::Utf8Bytes;
use engine::{event::Event, room::RoomView, rooms::Heard, time::PlayTime};

use crate::links::Links;

/// The dialects that have sockets. An event is encoded once for each of them that has one in the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    /// Our own.
    Native,
}

/// One encoded frame, shared by every socket that gets it.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The number of the event it tells; none for what is of the moment.
    pub seq: Option<u64>,
    /// The bytes.
    pub text: Utf8Bytes,
}

impl Dialect {
    /// What a turn of a room is in this dialect.
    pub fn frames(self, heard: &Heard, links: &Links, s: PlayTime) -> Vec<Frame> {
        match self {
            Self::Native => native::wire::frames(heard, links, s),
        }
    }

    /// One event, for who missed it.
    pub fn event(self, epoch: u64, event: &Event, links: &Links, s: PlayTime) -> Frame {
        match self {
            Self::Native => native::wire::event(epoch, event, links, s),
        }
    }

    /// The whole room, as part of a greeting.
    pub fn room(self, view: &RoomView, links: &Links, s: PlayTime) -> Whole {
        match self {
            Self::Native => native::wire::whole(view, links, s),
        }
    }

    /// The whole room as frames of its own, for who could not follow.
    pub fn snapshot(self, whole: &Whole, s: PlayTime) -> Vec<Utf8Bytes> {
        match self {
            Self::Native => native::wire::snapshot(whole, s),
        }
    }
}

/// A whole room as text, shared by all who are greeted with it.
///
/// Who is here is told in pieces: a socket keeps a write buffer as large as the largest frame it was ever sent, and a
/// thousand people who are each greeted with the names of a thousand would cost as much.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The room, with the first of those who are here.
    pub room: Utf8Bytes,
    /// The others, as frames that follow.
    pub rest: Vec<Utf8Bytes>,
}
