//! Clipper's watch parties, as its clients know them.

mod asking;
mod auth;
pub(crate) mod client;
mod coming;
mod frames;
mod going;
mod handshake;
mod hostile;
mod joining;
mod kicking;
mod lists;
mod numbers;
mod pages;
mod parties;
mod rates;
mod settings;
pub(crate) mod socket_client;
mod talk;
