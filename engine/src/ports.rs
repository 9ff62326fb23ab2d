//! What a host must bring to the engine.
//!
//! Each port has several real implementations: `Store` in memory (here), on SQLite and on PostgreSQL (the host), `Resolve` by table (here)
//! and over the network (the host), `Bus`, for several nodes, in memory (here) and on NATS (the host).

mod bus;
mod held;
mod nodes;

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use url::Url;

pub use self::{
    bus::{Bus, Hearing, Letter, Line, Unheard},
    held::{Alone, HELD_PATIENCE, Held},
    nodes::{NodeHead, Post},
};
use crate::{
    event::{Event, Visit},
    ids::{CallId, NodeId, PersonId, RoomId},
    lists::List,
    media::{Category, Media, Segment},
    records::{Find, Key, Record},
    refusal::{Fault, No, Refusal},
    room::RoomState,
    time::{Millis, PlayTime, WallTime},
};

/// Among how many of the last things that somebody did in a room is looked for what they did by a call: whoever calls again because
/// nobody answered does less than that in between.
pub const OWN_DEEDS: usize = 1_000;

/// A future that is not borrowed from anything.
pub type Pending<T> = Pin<Box<dyn Future<Output = T> + Send + 'static>>;

/// Lasting memory: the journal of rooms and the records beside it.
///
/// All of it speaks domain types; none of it knows a rule. What is to be written and cannot be, because the disk is full,
/// broken or locked, is refused as `not_stored`; the store logs why.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Queues what a room did for the next commit, at once and in the order of the calls; the future resolves when it is
    /// on disk. Dropping the future takes nothing back.
    fn append(&self, entry: Entry) -> Pending<Result<(), Fault>>;

    /// Takes a room into this process: raises its epoch, which is from now on the only one that may append, and gives
    /// back what it needs to stand up again. Nothing where there is no such room.
    async fn load(&self, room: RoomId) -> Result<Option<Loaded>, No>;

    /// Takes a room into this process, unless another node has it that is alive. A store of one process is all its rooms' node.
    ///
    /// What a node founds is its own, and what is [brought](Self::bring) is nobody's. Of several nodes that take a room at once one has it. A node whose own lease is over takes nothing: that is a fault.
    async fn take(&self, room: RoomId) -> Result<Taken, No> {
        Ok(self.load(room).await?.map_or(Taken::Nowhere, |loaded| Taken::Here(Box::new(loaded))))
    }

    /// Lets go of a room that stands in this epoch: whoever takes it next has it at once. Nothing where it stands in another.
    async fn give_up(&self, room: RoomId, epoch: u64) -> Result<(), Fault> {
        let (_, _) = (room, epoch);
        Ok(())
    }

    /// Keeps this process' lease alive, on which all its rooms hang, for another [`LEASE`].
    async fn renew(&self) -> Result<Renewed, Fault> {
        Ok(Renewed::InTime)
    }

    /// Which of these rooms, each with the epoch that it was taken under, another node took since, or are gone.
    async fn lost(&self, held: &[(RoomId, u64)]) -> Result<Vec<RoomId>, Fault> {
        let _ = held;
        Ok(Vec::new())
    }

    /// Takes a post, or keeps it: whether this node has it now, as long as its lease is good. False where another node has it that is
    /// alive. A process that is alone has all posts.
    async fn hold(&self, post: Post) -> Result<bool, Fault> {
        let _ = post;
        Ok(true)
    }

    /// Lets go of a post, if this node has it: whoever takes it next has it at once.
    async fn leave(&self, post: Post) -> Result<(), Fault> {
        let _ = post;
        Ok(())
    }

    /// All nodes whose leases are good, the oldest first; none where a process is alone.
    async fn nodes(&self) -> Result<Vec<NodeHead>, Fault> {
        Ok(Vec::new())
    }

    /// Which of these rooms nodes have that are alive, each with the node's address; none where a process is alone.
    async fn owners(&self, rooms: &[RoomId]) -> Result<Vec<(RoomId, Arc<str>)>, Fault> {
        let _ = rooms;
        Ok(Vec::new())
    }

    /// Waits until nobody else has `key`, on any process of this store, and has it then. Whoever dies has nothing any more. As many as there are may be had at once.
    /// A store of one process has nothing to wait for: within a process whoever asks takes turns anyway.
    ///
    /// # Errors
    ///
    /// `busy` where somebody else has it for as long as `patience`, `not_stored` where the store is away.
    async fn exclusive(&self, key: &str, patience: Duration) -> Result<Box<dyn Held>, No> {
        let (_, _) = (key, patience);
        Ok(Box::new(Alone))
    }

    /// Notes that rooms play at this moment, so that a crash costs no more than the time since.
    async fn beat(&self, at: PlayTime) -> Result<(), Fault>;

    /// The public rooms, newest first, behind `before` in that order.
    async fn public_rooms(&self, before: Option<RoomId>, limit: usize) -> Result<Vec<RoomHead>, Fault>;

    /// All rooms, oldest first, behind `after` in that order.
    async fn all_rooms(&self, after: Option<RoomId>, limit: usize) -> Result<Vec<RoomId>, Fault>;

    /// Writes a whole room as it was elsewhere, in one piece with what comes with it. Nothing is written where there is such a
    /// room, or a condition does not hold.
    async fn bring(&self, brought: Brought) -> Result<Landing, Fault>;

    /// The rooms of a host, newest first, behind `before` in that order.
    async fn hosted(&self, person: PersonId, before: Option<RoomId>, limit: usize) -> Result<Vec<RoomHead>, Fault>;

    /// The rooms somebody was in, each once with the moment at which they last left it: the latest first, before `before`.
    async fn visited(
        &self,
        person: PersonId,
        before: Option<WallTime>,
        limit: usize,
    ) -> Result<Vec<(RoomId, WallTime)>, Fault>;

    /// The rooms in which something must happen by now though nobody asks for it, the longest due first; not those of other nodes
    /// that are alive.
    async fn due(&self, now: WallTime, limit: usize) -> Result<Vec<RoomId>, Fault>;

    /// Lines of a room's chat, newest first, with a number below `before`. Erased ones are not there, and reworded ones read as
    /// they were worded last.
    async fn chat(&self, room: RoomId, before: Option<u64>, limit: usize) -> Result<Vec<Event>, Fault>;

    /// One line of a room's chat.
    async fn line(&self, room: RoomId, seq: u64) -> Result<Option<Event>, Fault>;

    /// What somebody said or queued in a room by this call, oldest first, if it is among the last [`OWN_DEEDS`] of theirs there and
    /// the journal has it yet.
    async fn made_by(&self, room: RoomId, person: PersonId, call: CallId) -> Result<Vec<Event>, Fault>;

    /// What somebody wrote anywhere, by room and number, behind `after` in that order.
    async fn lines_of(
        &self,
        person: PersonId,
        after: Option<(RoomId, u64)>,
        limit: usize,
    ) -> Result<Vec<(RoomId, Event)>, Fault>;

    /// What was played in a room, newest first, with a number below `before`.
    async fn history(&self, room: RoomId, before: Option<u64>, limit: usize) -> Result<Vec<Event>, Fault>;

    /// What happened in a room, as far back as it is kept, newest first.
    async fn audit(&self, room: RoomId, trail: &Trail) -> Result<Vec<Event>, Fault>;

    /// What happened in a room behind number `after`, as far back as it is kept, oldest first.
    async fn events_after(&self, room: RoomId, after: u64, limit: usize) -> Result<Vec<Event>, Fault>;

    /// How many were in a room, and how long; those who are there now are not counted yet.
    async fn attendance(&self, room: RoomId) -> Result<Attendance, Fault>;

    /// Takes somebody out of all that is kept of rooms: their lines, and their name. What they did stays as Somebody's,
    /// their visits as nobody's. Answers the rooms that may remember them in what they hold in memory and in snapshots.
    async fn forget(&self, person: PersonId) -> Result<Vec<RoomId>, No>;

    /// One record.
    async fn get(&self, key: Key) -> Result<Option<Record>, Fault>;

    /// Writes all of these or none; resolves when they are on disk.
    async fn put(&self, records: Vec<Record>) -> Result<(), No>;

    /// Writes all of these unless one of their keys is taken: then writes none and answers false.
    async fn claim(&self, records: Vec<Record>) -> Result<bool, No>;

    /// Changes several records in one piece, unless a condition of it does not hold: then changes none and answers false.
    async fn change(&self, change: Change) -> Result<bool, No>;

    /// Deletes a record, if there is one.
    async fn delete(&self, key: Key) -> Result<(), No>;

    /// All records of a kind that answer to a question.
    async fn find(&self, find: Find) -> Result<Vec<Record>, Fault>;

    /// Records of a kind, the last key first, behind `before` in that order.
    async fn last_records(&self, kind: &str, before: Option<&str>, limit: usize) -> Result<Vec<Record>, Fault>;

    /// All rooms, newest first, behind `before` in that order.
    async fn last_rooms(&self, before: Option<RoomId>, limit: usize) -> Result<Vec<RoomHead>, Fault>;

    /// How much there is.
    async fn totals(&self) -> Result<Totals, Fault>;

    /// Writes what is queued, then lets go of the disk. Later calls are faults.
    async fn close(&self);
}

/// How long a node has its rooms after it last renewed its lease.
pub const LEASE: Duration = Duration::from_secs(10);

/// What became of taking a room.
#[derive(Debug)]
pub enum Taken {
    /// There is no such room.
    Nowhere,
    /// This process has it now.
    Here(Box<Loaded>),
    /// Another node has it, and is alive as far as the store knows.
    Elsewhere(NodeId),
}

/// How a lease stood when it was renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewed {
    /// It was alive: nobody can have taken anything.
    InTime,
    /// It was over, and others may have taken rooms since.
    TooLate,
}

/// Several changes of records that belong together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Written, on condition that none of their keys is taken.
    pub new: Vec<Record>,
    /// A condition: all of these are there.
    pub held: Vec<Key>,
    /// Written, whatever was there.
    pub put: Vec<Record>,
    /// Deleted, where they are there; before anything is written.
    pub delete: Vec<Key>,
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
    /// The whole state after them, where it is time for one; the journal before it is for the audit alone.
    pub snapshot: Option<Arc<RoomState>>,
    /// What lists show of the room after them.
    pub head: RoomHead,
    /// Who left, and how long they stayed. An entry may have these and no events.
    pub visits: Vec<Visit>,
}

/// A whole room from elsewhere.
#[derive(Debug, Clone)]
pub struct Brought {
    /// The epoch that it stands in; loading raises it.
    pub epoch: u64,
    /// What lists show of it; its number is that of the state.
    pub head: RoomHead,
    /// Its state.
    pub state: Arc<RoomState>,
    /// Lines of its chat, in order, as they were worded last.
    pub chat: Vec<Event>,
    /// What was played in it, in order.
    pub history: Vec<Event>,
    /// What happened in it as far as that is kept, in order, none behind the state. For the audit alone.
    pub journal: Vec<Event>,
    /// Written with it, on condition that none of their keys is taken.
    pub new: Vec<Record>,
}

/// What became of a room from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Landing {
    /// It is there.
    Written,
    /// It was there before, or another under its identity: so it stands.
    There(RoomHead),
    /// Something else has one of the keys.
    Taken(Key),
}

/// What lists show of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Whose it is.
    pub host: Option<PersonId>,
    /// When something must happen in it though nobody asks for it.
    pub due_at: Option<WallTime>,
}

/// Which part of a room's journal is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trail {
    /// Only what has a number below this.
    pub before: Option<u64>,
    /// So many at most.
    pub limit: usize,
    /// Only what this person did.
    pub person: Option<PersonId>,
    /// Only what has this name, as [`EventKind::name`](crate::event::EventKind::name) gives it.
    pub kind: Option<String>,
}

/// How much a store holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Rooms.
    pub rooms: u64,
    /// People, those who were deleted among them.
    pub people: u64,
    /// Those of them who have an account.
    pub accounts: u64,
    /// What it takes on disk, in bytes, with what is not folded in yet; 0 where it is on none.
    pub bytes: u64,
}

/// How many were in a room. Those who were forgotten count as one person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attendance {
    /// Different people.
    pub people: u64,
    /// Visits, each window for itself.
    pub visits: u64,
    /// The most people who were there at once.
    pub peak: u64,
    /// How long all of them stayed together, nobody twice at the same time.
    pub stayed: Millis,
}

/// For how long a store keeps what no room needs any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// The journal before a room's snapshot; what is older goes with the next snapshot.
    pub audit: Millis,
    /// Visits, from their end.
    pub visits: Millis,
}

impl Retention {
    /// So many days; what is kept for none goes as soon as it can.
    pub const fn days(audit: u32, visits: u32) -> Self {
        Self { audit: days(audit), visits: days(visits) }
    }

    /// What happened before this is not kept for the audit.
    pub fn audit_from(&self, now: WallTime) -> WallTime {
        from(now, self.audit)
    }

    /// Visits that ended before this are not kept.
    pub fn visits_from(&self, now: WallTime) -> WallTime {
        from(now, self.visits)
    }
}

/// 90 days of what happened, a year of who was there.
impl Default for Retention {
    fn default() -> Self {
        Self::days(90, 365)
    }
}

const fn days(days: u32) -> Millis {
    Millis::seconds(days as i64 * 24 * 3_600)
}

/// Clocks that were set back make events of the future: where nothing is kept, not even those are.
fn from(now: WallTime, kept: Millis) -> WallTime {
    if kept <= Millis::ZERO { WallTime(i64::MAX) } else { WallTime(now.0.saturating_sub(kept.0)) }
}

/// What a room stands up from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The new epoch.
    pub epoch: u64,
    /// The last snapshot; the founding event is in `events` where there is none.
    pub snapshot: Option<RoomState>,
    /// All events after it, in order, however long the journal is kept.
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

    /// Finds media by words, the best first; at most eight.
    async fn search(&self, words: &str) -> Result<Vec<Media>, Refusal>;

    /// The parts of these categories that may be skipped: in order, not overlapping, within the medium. None where nobody
    /// knows of any, which is so for every provider that leaves this out.
    async fn segments(&self, media: &Media, categories: &[Category]) -> Result<Vec<Segment>, Refusal> {
        let (_, _) = (media, categories);
        Ok(Vec::new())
    }

    /// The list that a link leads to; none where it leads to something else, such as one film. `no_lists` where it is a
    /// list that this server cannot read.
    async fn list(&self, link: &Url) -> Result<Option<List>, Refusal> {
        let _ = link;
        Ok(None)
    }
}
