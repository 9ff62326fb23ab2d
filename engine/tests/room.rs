//! The house rules of a room, told by script. See `room/script.rs` for how a script reads.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]
#![expect(clippy::needless_raw_string_hashes, reason = "as expect-test writes them")]

#[path = "room/adding.rs"]
mod adding;
#[path = "room/chat.rs"]
mod chat;
#[path = "room/client.rs"]
mod client;
#[path = "room/failing.rs"]
mod failing;
#[path = "room/keeping.rs"]
mod keeping;
#[path = "room/modes.rs"]
mod modes;
#[path = "room/moving.rs"]
mod moving;
#[path = "room/participants.rs"]
mod participants;
#[path = "room/people.rs"]
mod people;
#[path = "room/playback.rs"]
mod playback;
#[path = "room/presence.rs"]
mod presence;
#[path = "room/queue.rs"]
mod queue;
#[path = "room/random.rs"]
mod random;
#[path = "room/restore.rs"]
mod restore;
#[path = "room/rights.rs"]
mod rights;
#[path = "room/rules.rs"]
mod rules;
#[path = "room/schedule.rs"]
mod schedule;
#[path = "room/script.rs"]
mod script;
#[path = "room/segments.rs"]
mod segments;
#[path = "room/shelf.rs"]
mod shelf;
#[path = "room/told.rs"]
mod told;
#[path = "room/undo.rs"]
mod undo;
#[path = "room/votes.rs"]
mod votes;
#[path = "room/waiting.rs"]
mod waiting;
#[path = "room/words.rs"]
mod words;
