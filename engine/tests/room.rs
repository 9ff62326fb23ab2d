//! The house rules of a room, told by script. See `room/script.rs` for how a script reads.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]
#![expect(clippy::needless_raw_string_hashes, reason = "as expect-test writes them")]

#[path = "room/chat.rs"]
mod chat;
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
#[path = "room/script.rs"]
mod script;
