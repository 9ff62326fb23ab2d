//! The published APIs that are spoken at the edge, one folder each: routes, wire types and codec, and no rule.
//!
//! Adding one is a folder here, its routes in `src/http.rs` and, where it has sockets, a line in [`Dialect`] and [`Voice`];
//! what is a rule for everybody goes into the engine.

pub mod clipper;
pub mod native;
pub mod opentogethertube;
pub mod watch2gether;
pub mod watchers;

use std::{collections::VecDeque, sync::Arc};

use axum::response::Response;
use bots::Locale;
use serde::{Deserialize, Serialize};

use crate::{http::error::ApiError, websocket::Utf8Bytes};
use engine::{
    Engine,
    event::{Event, Out},
    ids::ConnectionId,
    refusal::{No, Refusal},
    room::RoomView,
    rooms::Heard,
    time::PlayTime,
};

use crate::links::Links;

/// The dialects that have sockets. An event is encoded once for each of them that has one in the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// Our own.
    Native,
    /// OpenTogetherTube's.
    OpenTogetherTube,
    /// Clipper's.
    Clipper,
}

/// A no as the API says it that a path belongs to, for what is decided before any route: in the reader's language where that API has
/// languages.
pub fn refused(path: &str, refusal: Refusal, locale: Locale) -> Response {
    let under = |prefixes: &[&str]| prefixes.iter().any(|prefix| path.starts_with(prefix));
    if under(&["/api/v1/watch-parties", "/v1/watch-parties", "/api/v1/users/", "/v1/users/"]) {
        clipper::refused(refusal)
    } else if under(&["/api/v1/"]) {
        ApiError::told(&refusal, locale)
    } else if under(&["/external/", "/user/external/", "/room/premade"]) {
        watchers::refused(refusal)
    } else if under(&["/api/"]) {
        opentogethertube::refused(&refusal)
    } else if under(&["/rooms/", "/w2g_", "/streams/"]) {
        watch2gether::refused(refusal)
    } else {
        ApiError::told(&refusal, locale)
    }
}

/// One encoded frame, shared by every socket that gets it.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The number of the event it tells; none for what is of the moment.
    pub seq: Option<u64>,
    /// Whom it is not for: who came was told already that they did.
    pub except: Option<ConnectionId>,
    /// The bytes.
    pub text: Utf8Bytes,
}

impl Frame {
    /// What is of the moment, for everybody.
    pub fn passing(text: Utf8Bytes) -> Self {
        Self { seq: None, except: None, text }
    }
}

/// One room as a dialect tells it, with what that dialect must remember from one turn to the next.
#[derive(Debug)]
pub enum Voice {
    /// Our own remembers whom it named of those who are here.
    Native(native::wire::crowd::Crowd),
    /// OpenTogetherTube's tells what changed, so it remembers what it told.
    OpenTogetherTube(Box<opentogethertube::sync::Voice>),
    /// Clipper's tells who came and went by person, so it remembers whom it told of.
    Clipper(Box<clipper::voice::Voice>),
}

impl Voice {
    /// Begins to tell of a room from this view on.
    pub async fn of(dialect: Dialect, engine: &Engine, view: &Arc<RoomView>) -> Result<Self, No> {
        Ok(match dialect {
            Dialect::Native => Self::Native(native::wire::crowd::Crowd::of(view)),
            Dialect::OpenTogetherTube => {
                Self::OpenTogetherTube(Box::new(opentogethertube::sync::Voice::of(engine, view).await?))
            }
            Dialect::Clipper => Self::Clipper(Box::new(clipper::voice::Voice::of(view))),
        })
    }

    /// What a turn of the room is.
    pub fn frames(&mut self, heard: &Heard, links: &Links, s: PlayTime) -> Vec<Frame> {
        match self {
            Self::Native(crowd) => native::wire::frames(heard, crowd, links, s),
            Self::OpenTogetherTube(voice) => voice.frames(heard, s),
            Self::Clipper(voice) => voice.frames(heard, s),
        }
    }

    /// Whether no socket of this dialect stays in a room that is as it is, and why.
    pub fn over(&self, view: &RoomView) -> Option<Out> {
        match self {
            Self::Native(_) | Self::OpenTogetherTube(_) => None,
            Self::Clipper(_) => clipper::voice::over(view),
        }
    }

    /// Events that happened before, for who missed them; none where the dialect has no coming back.
    pub fn recent(&self, epoch: u64, events: &VecDeque<Arc<Event>>, links: &Links, s: PlayTime) -> VecDeque<Frame> {
        match self {
            Self::Native(_) => events.iter().map(|event| native::wire::event(epoch, event, links, s)).collect(),
            Self::OpenTogetherTube(_) | Self::Clipper(_) => VecDeque::new(),
        }
    }

    /// The whole room, as part of a greeting.
    pub fn room(&self, view: &RoomView, links: &Links, s: PlayTime) -> Whole {
        match self {
            Self::Native(_) => native::wire::whole(view, links, s),
            Self::OpenTogetherTube(voice) => voice.whole(view, s),
            Self::Clipper(voice) => voice.whole(view, s),
        }
    }

    /// Whether a whole room that was told is told the same way a moment later, as long as nothing happens in it.
    pub fn keeps(&self) -> bool {
        match self {
            Self::Native(_) => true,
            // It says where the film is, and not when.
            Self::OpenTogetherTube(_) | Self::Clipper(_) => false,
        }
    }

    /// The whole room as frames of its own, for who could not follow.
    pub fn snapshot(&self, whole: &Whole, s: PlayTime) -> Vec<Utf8Bytes> {
        match self {
            Self::Native(_) => native::wire::snapshot(whole, s),
            Self::OpenTogetherTube(_) | Self::Clipper(_) => {
                [whole.room.clone()].into_iter().chain(whole.rest.iter().cloned()).collect()
            }
        }
    }

    /// All that was told is void, and this is told instead.
    pub fn reset(&mut self, view: &Arc<RoomView>) {
        match self {
            Self::Native(crowd) => *crowd = native::wire::crowd::Crowd::of(view),
            Self::OpenTogetherTube(voice) => voice.reset(view),
            Self::Clipper(voice) => voice.reset(view),
        }
    }

    /// What the person who runs the server has to say to everybody.
    pub fn announcement(&self, text: &str, s: PlayTime) -> Utf8Bytes {
        match self {
            Self::Native(_) => native::wire::announcement(text, s),
            Self::OpenTogetherTube(_) => opentogethertube::sync::announcement(text),
            Self::Clipper(voice) => voice.announcement(text, s),
        }
    }
}

/// A whole room as text, shared by all who are greeted with it.
///
/// Who is here is told in pieces: a client reads one before the next one has come.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The room, with the first of those who are here.
    pub room: Utf8Bytes,
    /// The others, as frames that follow.
    pub rest: Vec<Utf8Bytes>,
}
