//! The room API of watchers.io, as programs of its customers use it. What is expected was written down from the two published
//! versions, by hand.

mod bans;
pub(crate) mod client;
mod doors;
mod hours;
mod messages;
mod people;
mod rooms;
