//! The chat frontends.
//!
//! [`commands`] lists what can be typed, [`grammar`] reads it into an [`Ask`], [`Core`] does it and [`reply`] says what came
//! of it, in the [`words`] of a language: the same for Discord, Telegram and the chat box of the room's own page. [`live_card`] keeps one message per chat true to
//! its room. The platforms themselves are thin: they turn their messages into an [`Asker`] and a line, and a
//! [`reply::Reply`] into their messages.

pub mod ask;
pub mod bridge;
pub mod commands;
mod core;
pub mod discord;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod grammar;
pub mod live_card;
pub mod reply;
mod standing;
pub mod telegram;
pub mod words;

pub use self::{
    ask::Ask,
    core::{Asker, CHOICES, Core},
    reply::{Action, Button, Choice, Reply},
    standing::Standing,
    words::Locale,
};
