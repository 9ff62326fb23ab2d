//! Rooms on several nodes: one has a room, the others follow it, and people notice nothing of which is which.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

#[path = "cluster/changes.rs"]
mod changes;
#[path = "cluster/following.rs"]
mod following;
#[path = "cluster/guesses.rs"]
mod guesses;
#[path = "rooms/house.rs"]
#[expect(dead_code, reason = "other stories need more of it")]
mod house;
#[path = "cluster/nodes.rs"]
mod nodes;
#[path = "cluster/random.rs"]
mod random;
#[path = "cluster/selves.rs"]
mod selves;
#[path = "cluster/survey.rs"]
mod survey;
#[path = "cluster/taking_over.rs"]
mod taking_over;
