//! The chat frontends.
//!
//! [`commands`] lists what can be typed, [`grammar`] reads it, [`Core`] runs it and [`reply`] says what came of it: the
//! same for Discord, Telegram and the chat box of the room's own page. [`live_card`] keeps one message per chat true to
//! its room. The platforms themselves are thin: they turn their messages into an [`Asker`] and a line, and a
//! [`reply::Reply`] into their messages.

pub mod commands;
mod core;
pub mod discord;
pub mod grammar;
pub mod live_card;
pub mod reply;
pub mod telegram;

pub use self::{
    core::{Ask, Asker, Core},
    reply::{Action, Button, Reply},
};
