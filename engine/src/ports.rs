//! What a host must bring to the engine.
//!
//! Each port has two real implementations: `Store` in memory (here) and on SQLite (the host), `Resolve` by table (here)
//! and over the network (the host).

use std::{future::Future, pin::Pin, sync::Arc};

use async_trait::async_trait;
use url::Url;

use crate::{
    event::Event,
    ids::RoomId,
    media::Media,
    records::{Find, Key, Record},
    refusal::{Fault, Refusal},
    room::Snapshot,
    time::{PlayTime, WallTime},
};

/// A future that is not borrowed from anything.
pub type Pending<T> = Pin<Box<dyn Future<Output = T> + Send + 'static>>;

/// Lasting memory: the journal of rooms and the records beside it.
///
/// All of it speaks domain types; none of it knows a rule.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Queues what a room did for the next commit, at once and in the order of the calls; the future resolves when it is
    /// on disk. Dropping the future takes nothing back.
    fn append(&self, entry: Entry) -> Pending<Result<(), Fault>>;

    /// Takes a room into this process: raises its epoch, which is from now on the only one that may append, and gives
    /// back what it needs to stand up again. Nothing where there is no such room.
    async fn load(&self, room: RoomId) -> Result<Option<Loaded>, Fault>;

    /// Notes that rooms play at this moment, so that a crash costs no more than the time since.
    async fn beat(&self, at: PlayTime) -> Result<(), Fault>;

    /// The public rooms, newest first, behind `before` in that order.
    async fn public_rooms(&self, before: Option<RoomId>, limit: usize) -> Result<Vec<RoomHead>, Fault>;

    /// Lines of a room's chat, newest first, with a number below `before`.
    async fn chat(&self, room: RoomId, before: Option<u64>, limit: usize) -> Result<Vec<Event>, Fault>;

    /// One record.
    async fn get(&self, key: Key) -> Result<Option<Record>, Fault>;

    /// Writes all of these or none; resolves when they are on disk.
    async fn put(&self, records: Vec<Record>) -> Result<(), Fault>;

    /// Writes all of these unless one of their keys is taken: then writes none and answers false.
    async fn claim(&self, records: Vec<Record>) -> Result<bool, Fault>;

    /// Deletes a record, if there is one.
    async fn delete(&self, key: Key) -> Result<(), Fault>;

    /// All records of a kind that answer to a question.
    async fn find(&self, find: Find) -> Result<Vec<Record>, Fault>;

    /// Writes what is queued, then lets go of the disk. Later calls are faults.
    async fn close(&self);
}

/// What one turn of a room leaves behind: written in one piece or not at all.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Whose.
    pub room: RoomId,
    /// The epoch the room was loaded under; an older one than the store's is refused.
    pub epoch: u64,
    /// The events, numbered on from the last.
    pub events: Vec<Arc<Event>>,
    /// The whole state after them, where it is time for one; the journal before it can go.
    pub snapshot: Option<Arc<Snapshot>>,
    /// What lists show of the room after them.
    pub head: RoomHead,
}

/// What lists show of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomHead {
    /// Which.
    pub id: RoomId,
    /// Its title.
    pub title: Arc<str>,
    /// Whether lists show it.
    pub public: bool,
    /// When it was made.
    pub made_at: WallTime,
    /// Number of its last event.
    pub seq: u64,
}

/// What a room stands up from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The new epoch.
    pub epoch: u64,
    /// The last snapshot; the founding event is in `events` where there is none.
    pub snapshot: Option<Snapshot>,
    /// All events after it, in order.
    pub events: Vec<Event>,
    /// The last lines of chat in order, at most 50.
    pub chat: Vec<Event>,
    /// The last moment at which the process that had the room was surely alive, on that process' playback clock.
    pub last_beat: Option<PlayTime>,
}

/// Finds out what a link is.
#[async_trait]
pub trait Resolve: Send + Sync + 'static {
    /// What the link alone tells, without asking anybody: the provider and its id, or the kind of file by its name. None
    /// where only a look can tell.
    fn recognise(&self, link: &Url) -> Result<Option<Media>, Refusal>;

    /// Looks: title, length, kind, picture. Takes as long as the other side does, within the host's limits.
    async fn probe(&self, link: &Url) -> Result<Media, Refusal>;

    /// Finds media by words.
    async fn search(&self, words: &str) -> Result<Vec<Media>, Refusal>;
}
