//! The host of onecouch: what the engine's ports are on a real machine, and the doors people come through.
//!
//! [`host`] builds everything from [`config`]: the [`store`], what [`resolve`] finds out about links, the doors in
//! [`http`] and [`dialects`], the chat frontends of the `bots` crate. [`fanout`] carries what happens in rooms to
//! [`socket`]s, [`webhooks`] to other programs. [`media`] is the films that are kept here or pass through, [`links`] where they play from. [`keys`] is the command line's way to API keys, [`upkeep`] and [`upgrade`] that to copies of the database and to another version
//! on the same [`listeners`], [`export`] and [`import`] that from one installation to another. [`mail`] what only one person may read.
//! [`cluster`] makes a process one of several nodes, which speak by the [`bus`].

pub mod app;
pub mod bus;
pub mod cluster;
pub mod config;
pub mod demo;
pub mod dialects;
pub mod doctor;
pub mod export;
pub mod fanout;
pub mod frontends;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod host;
pub mod http;
pub mod import;
pub mod keys;
pub mod links;
pub mod listeners;
pub mod mail;
pub mod media;
pub mod opened;
pub mod picture;
pub mod recovery;
pub mod resolve;
pub mod socket;
pub mod store;
pub mod supervisor;
pub mod telemetry;
#[cfg(unix)]
pub mod upgrade;
pub mod upkeep;
pub mod webhooks;
pub mod websocket;
