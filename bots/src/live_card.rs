//! The live card: one message per chat that always tells what is on, with the buttons to change it.
//!
//! [`card`] says what it shows, without a word about any platform. A platform is a [`Screen`]; [`Cards`] decides when
//! a screen is drawn anew, within the [`Pace`] that the platform allows.

mod budget;
mod cards;

use std::time::Duration;

use async_trait::async_trait;
use engine::{
    ids::RoomId,
    records::PlaceId,
    room::{RoomView, clock_text},
    time::{Millis, Now, PlayTime},
};

pub use self::{
    budget::{Budget, Pace},
    cards::Cards,
};
use crate::{
    core::{Core, until},
    reply::{Action, Button, label, people},
};

/// What a card shows. Equal cards look the same, so an equal one is not drawn again.
///
/// Nothing on it runs: where a platform has words that count by themselves (Discord's `<t:…:R>`), they stand for
/// `ends_at_wall_ms`, elsewhere the time of day does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Whose card it is.
    pub room: RoomId,
    /// What is on, else what the room is called.
    pub title: String,
    /// Its state in words, without a full stop: "Playing for 5 people". A platform adds the end to it, where there is one.
    pub status: String,
    /// More, each a line of its own.
    pub lines: Vec<String>,
    /// At most six: what can be done, then the way in as the last one.
    pub buttons: Vec<Button>,
    /// The way in.
    pub link: String,
    /// Link of a still picture.
    pub image: Option<String>,
    /// When it ends, in whole seconds of Unix time in ms; only while it plays and has a known length.
    pub ends_at_wall_ms: Option<i64>,
    /// Where it stands, if it stands.
    pub paused_at: Option<Millis>,
}

/// Where cards are shown: a chat platform.
#[async_trait]
pub trait Screen: Send + Sync + 'static {
    /// Posts a card; answers with the identity of its message.
    async fn show(&self, place: &PlaceId, card: &Card) -> Result<i64, ScreenError>;

    /// Makes that message show this card.
    async fn edit(&self, place: &PlaceId, message: i64, card: &Card) -> Result<(), ScreenError>;
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

/// What a room's card shows.
pub fn card(view: &RoomView, now: Now, core: &Core) -> Card {
    let link = core.invite_link(view);
    let open = Button::open(link.clone());
    let blank = Card {
        room: view.id,
        title: view.settings.title.to_string(),
        status: "Nothing is on".to_owned(),
        lines: vec!["Add something with /watch and a link.".to_owned()],
        buttons: vec![open.clone()],
        link,
        image: None,
        ends_at_wall_ms: None,
        paused_at: None,
    };
    let Some(item) = &view.current else { return blank };
    let media = &item.media;
    let playback = &view.playback;
    let at = view.position(now.play);
    let status = if playback.playing {
        let what = if media.live { "Live" } else { "Playing" };
        format!("{what} for {}", people(view.watching()))
    } else if let Some(waiting) = playback.waiting {
        let from = if at.0 > 0 { format!(" at {}", clock_text(at)) } else { String::new() };
        format!("Starts{from} {}", until(waiting))
    } else {
        let length = media.duration.map(|length| format!(" of {}", clock_text(length))).unwrap_or_default();
        format!("Paused at {}{length}", clock_text(at))
    };
    let next = match view.queue.first() {
        Some(next) => format!("Next is {}, {} in the queue.", label(next.media.label()), view.queue.len()),
        None => "Nothing comes next.".to_owned(),
    };
    let mut actions = vec![if playback.playing { Action::Pause } else { Action::Play }];
    if !media.live {
        actions.extend([Action::Back10, Action::Forward10]);
    }
    actions.extend([Action::Skip, Action::Queue]);
    let buttons = actions.into_iter().map(Button::act).chain([open]).collect();
    Card {
        title: label(media.label()),
        status,
        lines: vec![format!("Added by {}. {next}", item.added_by.name)],
        buttons,
        image: media.thumbnail.clone(),
        ends_at_wall_ms: item.ends().and_then(|end| playback.time_of(end)).map(|end| wall_second(end, now)),
        paused_at: (!playback.playing && playback.waiting.is_none()).then_some(at),
        ..blank
    }
}

/// A moment of the playback clock on the wall, in whole seconds. The distance of the two clocks is rounded by itself:
/// else the milliseconds in which it trembles would now and then make another second, and an equal card a new one.
fn wall_second(at: PlayTime, now: Now) -> i64 {
    let apart = (now.wall.0 - now.play.0 + 500).div_euclid(1000);
    (at.0.div_euclid(1000) + apart) * 1000
}
