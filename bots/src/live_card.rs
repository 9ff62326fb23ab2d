//! The live card: one message per chat that always tells what is on, with the buttons to change it.
//!
//! [`card()`] says what it shows, without a word about any platform. A platform is a [`Screen`]; [`Cards`] decides when
//! a screen is drawn anew, within the [`Pace`] that the platform allows.

mod budget;
mod cards;
mod face;

use std::time::Duration;

use async_trait::async_trait;
use engine::{ids::RoomId, records::PlaceId, time::Millis};

pub use self::{
    budget::{Budget, Pace},
    cards::Cards,
    face::card,
};
use crate::{reply::Button, words::Locale};

/// What a card shows. Equal cards look the same, so an equal one is not drawn again.
///
/// Nothing on it runs: where a platform has words that count by themselves (Discord's `<t:…:R>`), they stand for
/// `ends_at_wall_ms`, elsewhere the time of day does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Whose card it is.
    pub room: RoomId,
    /// The language of its place.
    pub locale: Locale,
    /// What is on, else what the room is called.
    pub title: String,
    /// Its state in words, without a full stop: "Playing for 5 people". A platform adds the end to it, where there is one.
    pub status: String,
    /// More, each a line of its own.
    pub lines: Vec<String>,
    /// At most seven: what can be done, then the way in as the last one.
    pub buttons: Vec<Button>,
    /// The way in.
    pub link: String,
    /// Link of a still picture.
    pub image: Option<String>,
    /// When it ends, in whole seconds of Unix time in ms; only while it plays and has a known length.
    pub ends_at_wall_ms: Option<i64>,
    /// When the room opens, in whole seconds of Unix time in ms; only while it is not open yet and somebody said when. It
    /// belongs behind the status, which is "Opens" then.
    pub opens_at_wall_ms: Option<i64>,
    /// Where it stands, if it stands.
    pub paused_at: Option<Millis>,
}

/// Where cards and lines are shown: a chat platform. What it writes notifies nobody but those whom a line calls.
#[async_trait]
pub trait Screen: Send + Sync + 'static {
    /// Posts a card; answers with the identity of its message.
    async fn show(&self, place: &PlaceId, card: &Card) -> Result<i64, ScreenError>;

    /// Makes that message show this card.
    async fn edit(&self, place: &PlaceId, message: i64, card: &Card) -> Result<(), ScreenError>;

    /// Takes the buttons from a card that another one replaced, or the message where nothing else is left of it.
    async fn disarm(&self, place: &PlaceId, message: i64) -> Result<(), ScreenError>;

    /// Writes a line; answers with the identity of its message.
    async fn say(&self, place: &PlaceId, line: &Line) -> Result<i64, ScreenError>;

    /// Makes that message say this.
    async fn reword(&self, place: &PlaceId, message: i64, line: &Line) -> Result<(), ScreenError>;

    /// Takes messages of ours away.
    async fn erase(&self, place: &PlaceId, message: i64) -> Result<(), ScreenError>;
}

/// A line for a chat: what somebody wrote elsewhere, or what the room tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// Who wrote it, where somebody did: shown in bold before the text.
    pub name: Option<String>,
    /// The text, plain, of at most [`Line::LIMIT`] characters; line feeds may be in it.
    pub text: String,
    /// People of that platform who are notified, by the platform's ids of them. The text names them already.
    pub calls: Vec<String>,
    /// What can be pressed below it, for this room.
    pub buttons: Vec<Button>,
    /// The room it is about.
    pub room: Option<RoomId>,
}

impl Line {
    /// How many characters a text has at most. With the name before it and what a platform adds to keep it harmless, one
    /// message of Discord or Telegram holds it.
    pub const LIMIT: usize = 1_800;
}

/// Why a card could not be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScreenError {
    /// The platform wants to be left alone for so long.
    #[error("the platform asks to wait {0:?}")]
    RetryAfter(Duration),
    /// The message, or the chat, is not there any more or not ours to write in: do not try again.
    #[error("the message or the chat is gone")]
    Gone,
    /// Anything else: worth another try later.
    #[error("{0}")]
    Failed(String),
}
