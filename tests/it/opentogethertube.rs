//! OpenTogetherTube's API, as its own client and others' programs use it. What is expected was written down from its
//! published behaviour, by hand.

mod account;
mod announce;
mod auth;
pub(crate) mod client;
mod data;
mod discord;
mod frames;
mod hardening;
mod joining;
mod lines;
mod pages;
mod people;
mod points;
mod queue;
mod requests;
mod rooms;
pub(crate) mod socket_client;
mod votes;
