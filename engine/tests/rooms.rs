//! Rooms as tasks: order, answers, lives, listeners, and what a link becomes.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

#[path = "rooms/answers.rs"]
mod answers;
#[path = "rooms/failing.rs"]
mod failing;
#[path = "rooms/house.rs"]
mod house;
#[path = "rooms/intake.rs"]
mod intake;
#[path = "rooms/invites.rs"]
mod invites;
#[path = "rooms/listening.rs"]
mod listening;
#[path = "rooms/lives.rs"]
mod lives;
#[path = "rooms/places.rs"]
mod places;
#[path = "rooms/selves.rs"]
mod selves;
