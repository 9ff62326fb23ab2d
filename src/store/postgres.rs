//! The engine's [`Store`] on PostgreSQL, 15 or newer.
//!
//! As on SQLite there is one task that writes, on one connection, and others read beside it. What differs: the connection
//! may be lost, and is then made anew ([`mod@line`]); what writes are judged by is locked ([`tables`]), so that the rules hold
//! though somebody else writes at the same time; a transaction that got in another's way is done again ([`writer`]).
//! [`past`], [`forget`] and [`bring`] write and [`read`], [`recall`] and [`survey`] read as their neighbours in
//! [`sqlite`](super::sqlite) do. [`exclusive`] is what one node has and no other. [`connect`] knows how to get there and what may be in the way, [`open`] what is done then,
//! [`schema`] how far the tables are. Into [`target`] a whole installation moves.

mod bring;
mod connect;
mod exclusive;
mod forget;
mod lease;
mod line;
mod open;
mod past;
#[cfg(test)]
mod plans;
mod posts;
mod read;
mod recall;
mod schema;
mod survey;
mod tables;
mod target;
mod writer;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use async_trait::async_trait;
use engine::{
    event::Event,
    ids::{CallId, NodeId, PersonId, RoomId},
    ports::{
        Alone, Attendance, Brought, Change, Entry, Held, Landing, Loaded, NodeHead, Pending, Post, Renewed, Retention,
        RoomHead, Store, Taken, Totals, Trail,
    },
    records::{Find, Key, Record},
    refusal::{Fault, No},
    time::{Clock, PlayTime, WallTime},
};
use sqlx::PgPool;
use uuid::Uuid;

use self::{exclusive::Exclusives, lease::Lease};
pub(super) use self::{schema::look, target::Target};
use super::{
    Database, Size, StoreError,
    queue::{Job, Queue, Raising},
    writer::Writer,
};

/// A store on a database of PostgreSQL.
///
/// Close it in the end: dropping it writes what is queued too, but nobody can wait for that.
#[derive(Debug)]
pub struct PgStore {
    /// To the writer.
    queue: Queue,
    /// Only for reading.
    readers: PgPool,
    /// How long a read may take.
    patience: Duration,
    /// The last read could not reach the server, and that was logged.
    unread: AtomicBool,
    /// For what expires.
    clock: Clock,
    /// Which row of `runs` this process is.
    run: i64,
    /// Where it is one of several nodes.
    lease: Option<Lease>,
    /// What it has that no other node may have meanwhile, where there are others.
    exclusives: Option<Exclusives>,
}

impl PgStore {
    /// Opens a database, making its tables where there are none. Nobody else may have it.
    ///
    /// `url` is `postgres://NAME:PASSWORD@HOST/DATABASE`. Must be called on a tokio runtime, which the writer then lives
    /// on. Errors name the database, without the password, and what to do next.
    pub async fn open(url: &str, retention: Retention) -> Result<Self, StoreError> {
        Self::open_as(url, retention, None).await
    }

    /// The same as one of several nodes, beside others that do so too. Its lease is good for [`LEASE`](engine::ports::LEASE) from here. Two writes never both win
    /// what one of them can have, and a room is written to under its last epoch alone.
    pub async fn open_as_node(url: &str, retention: Retention, node: NodeId) -> Result<Self, StoreError> {
        Self::open_as(url, retention, Some(node)).await
    }

    async fn open_as(url: &str, retention: Retention, node: Option<NodeId>) -> Result<Self, StoreError> {
        let (tables, readers) = open::open(url, node).await?;
        let run = tables.run;
        let lease = node
            .map(|node| Ok(Lease { pool: connect::renewing(url)?, posts: connect::renewing(url)?, node, run }))
            .transpose()?;
        let exclusives = node.map(|_| Ok(Exclusives::new(connect::having(url)?))).transpose()?;
        let (queue, jobs, closed) = Queue::new();
        let clock = Clock::start();
        tokio::spawn(Writer::new(tables, clock, retention).work(jobs, closed));
        Ok(Self {
            queue,
            readers,
            patience: connect::READ,
            unread: AtomicBool::new(false),
            clock,
            run,
            lease,
            exclusives,
        })
    }

    /// This node's place among the others, by which the numbers of its connections differ from theirs: it comes again only after 65,535 others.
    pub fn slot(&self) -> u16 {
        u16::try_from((self.run - 1).rem_euclid(65_535) + 1).unwrap_or(u16::MAX)
    }

    /// The time of the database, which all nodes go by.
    pub async fn time(&self) -> Result<WallTime, Fault> {
        match &self.lease {
            Some(lease) => self.within(lease.time()).await,
            None => Ok(self.clock.now().wall),
        }
    }

    /// Which installation this database is: what its nodes are told apart by from those of others on the same bus.
    pub async fn installation(&self) -> Result<Uuid, Fault> {
        self.read(posts::installation(&self.readers)).await
    }

    /// Says to all who look at the nodes where this one is.
    pub async fn stands_at(&self, url: &str) -> Result<(), Fault> {
        match &self.lease {
            Some(lease) => lease.stands_at(url).await,
            None => Ok(()),
        }
    }

    /// Opens a database to be read as it is at this moment, beside whoever has it. Nothing can be written through this;
    /// rooms are loaded as they would be, and none is taken from anybody.
    pub(super) async fn still(url: &str) -> Result<Self, StoreError> {
        let readers = open::still(url).await?;
        let (queue, jobs, closed) = Queue::new();
        tokio::spawn(read::raise(readers.clone(), jobs, closed));
        Ok(Self {
            queue,
            readers,
            patience: connect::READ_ALL,
            unread: AtomicBool::new(false),
            clock: Clock::start(),
            run: 0,
            lease: None,
            exclusives: None,
        })
    }

    /// Logs once that nothing can be read, and that it can be again: whoever asks meanwhile is told no more than that.
    fn note<T>(&self, read: &Result<T, Fault>) {
        match read {
            Err(fault) if fault.passes() && !self.unread.swap(true, Relaxed) => {
                tracing::error!(%fault, "nothing can be read");
            }
            Ok(_) if self.unread.load(Relaxed) && self.unread.swap(false, Relaxed) => {
                tracing::info!("the database can be read again");
            }
            _ => {}
        }
    }

    /// Reads with those who read, and notes whether that can be done.
    async fn read<T>(&self, read: impl Future<Output = Result<T, Fault>> + Send) -> Result<T, Fault> {
        let read = self.within(read).await;
        self.note(&read);
        read
    }

    /// Waits as long as a read may take. The server gives up before, where it is there at all.
    async fn within<T>(&self, read: impl Future<Output = Result<T, Fault>> + Send) -> Result<T, Fault> {
        let patience = self.patience;
        tokio::time::timeout(patience, read).await.unwrap_or_else(|_| {
            Err(Fault::passing(format!("cannot read the database: no answer within {} s", patience.as_secs())))
        })
    }
}

#[async_trait]
impl Database for PgStore {
    fn waiting(&self) -> usize {
        self.queue.waiting()
    }

    async fn size(&self) -> Result<Size, Fault> {
        self.read(survey::size(&self.readers)).await
    }
}

#[async_trait]
impl Store for PgStore {
    fn append(&self, entry: Entry) -> Pending<Result<(), Fault>> {
        self.queue.append(entry)
    }

    async fn load(&self, room: RoomId) -> Result<Option<Loaded>, No> {
        match self.take(room).await? {
            Taken::Nowhere => Ok(None),
            Taken::Here(loaded) => Ok(Some(*loaded)),
            Taken::Elsewhere(node) => Err(Fault::new(format!("node {node} has room {room}")).into()),
        }
    }

    async fn take(&self, room: RoomId) -> Result<Taken, No> {
        match self.queue.ask(|reply| Job::Raise(room, reply)).await? {
            Raising::Nowhere => Ok(Taken::Nowhere),
            Raising::Elsewhere(node) => Ok(Taken::Elsewhere(node)),
            Raising::Over => Err(Fault::new("the lease of this node is over: it takes no room").into()),
            Raising::Here(raised) => {
                // Whoever held the room before cannot write any more, so that what is read now stays as it is.
                let loaded = self.read(read::room(&self.readers, room, raised)).await?;
                Ok(Taken::Here(Box::new(loaded)))
            }
        }
    }

    async fn give_up(&self, room: RoomId, epoch: u64) -> Result<(), Fault> {
        if self.lease.is_none() {
            return Ok(());
        }
        self.queue.told(|reply| Job::GiveUp(room, epoch, reply)).await.flatten()
    }

    async fn renew(&self) -> Result<Renewed, Fault> {
        match &self.lease {
            Some(lease) => lease.renew().await,
            None => Ok(Renewed::InTime),
        }
    }

    async fn lost(&self, held: &[(RoomId, u64)]) -> Result<Vec<RoomId>, Fault> {
        if self.lease.is_none() || held.is_empty() {
            return Ok(Vec::new());
        }
        self.read(lease::lost(&self.readers, held)).await
    }

    async fn hold(&self, post: Post) -> Result<bool, Fault> {
        match &self.lease {
            Some(lease) => self.within(lease.hold(post)).await,
            None => Ok(true),
        }
    }

    async fn leave(&self, post: Post) -> Result<(), Fault> {
        match &self.lease {
            Some(lease) => lease.leave(post).await,
            None => Ok(()),
        }
    }

    async fn nodes(&self) -> Result<Vec<NodeHead>, Fault> {
        if self.lease.is_none() {
            return Ok(Vec::new());
        }
        self.read(posts::nodes(&self.readers)).await
    }

    async fn owners(&self, rooms: &[RoomId]) -> Result<Vec<(RoomId, Arc<str>)>, Fault> {
        if self.lease.is_none() || rooms.is_empty() {
            return Ok(Vec::new());
        }
        self.read(posts::owners(&self.readers, rooms)).await
    }

    async fn exclusive(&self, key: &str, patience: Duration) -> Result<Box<dyn Held>, No> {
        match &self.exclusives {
            Some(exclusives) => exclusives.take(key, patience).await,
            None => Ok(Box::new(Alone)),
        }
    }

    async fn beat(&self, at: PlayTime) -> Result<(), Fault> {
        self.queue.ask(|reply| Job::Beat(at, reply)).await.map_err(|no| Fault::new(no.to_string()))
    }

    async fn public_rooms(&self, before: Option<RoomId>, limit: usize) -> Result<Vec<RoomHead>, Fault> {
        self.read(read::heads(&self.readers, None, before, limit)).await
    }

    async fn all_rooms(&self, after: Option<RoomId>, limit: usize) -> Result<Vec<RoomId>, Fault> {
        self.read(read::all_rooms(&self.readers, after, limit)).await
    }

    async fn bring(&self, brought: Brought) -> Result<Landing, Fault> {
        self.queue.told(|reply| Job::Bring(Box::new(brought), reply)).await.flatten()
    }

    async fn hosted(&self, person: PersonId, before: Option<RoomId>, limit: usize) -> Result<Vec<RoomHead>, Fault> {
        self.read(read::heads(&self.readers, Some(person), before, limit)).await
    }

    async fn visited(
        &self,
        person: PersonId,
        before: Option<WallTime>,
        limit: usize,
    ) -> Result<Vec<(RoomId, WallTime)>, Fault> {
        self.read(recall::visited(&self.readers, person, before, limit)).await
    }

    async fn due(&self, now: WallTime, limit: usize) -> Result<Vec<RoomId>, Fault> {
        self.read(read::due(&self.readers, self.run, now, limit)).await
    }

    async fn chat(&self, room: RoomId, before: Option<u64>, limit: usize) -> Result<Vec<Event>, Fault> {
        self.read(recall::chat(&self.readers, room, before, limit)).await
    }

    async fn line(&self, room: RoomId, seq: u64) -> Result<Option<Event>, Fault> {
        self.read(recall::line(&self.readers, room, seq)).await
    }

    async fn made_by(&self, room: RoomId, person: PersonId, call: CallId) -> Result<Vec<Event>, Fault> {
        self.read(recall::made_by(&self.readers, room, person, call)).await
    }

    async fn lines_of(
        &self,
        person: PersonId,
        after: Option<(RoomId, u64)>,
        limit: usize,
    ) -> Result<Vec<(RoomId, Event)>, Fault> {
        self.read(recall::lines_of(&self.readers, person, after, limit)).await
    }

    async fn history(&self, room: RoomId, before: Option<u64>, limit: usize) -> Result<Vec<Event>, Fault> {
        self.read(recall::history(&self.readers, room, before, limit)).await
    }

    async fn audit(&self, room: RoomId, trail: &Trail) -> Result<Vec<Event>, Fault> {
        self.read(recall::audit(&self.readers, room, trail)).await
    }

    async fn events_after(&self, room: RoomId, after: u64, limit: usize) -> Result<Vec<Event>, Fault> {
        self.read(recall::events_after(&self.readers, room, after, limit)).await
    }

    async fn attendance(&self, room: RoomId) -> Result<Attendance, Fault> {
        self.read(recall::attendance(&self.readers, room)).await
    }

    async fn forget(&self, person: PersonId) -> Result<Vec<RoomId>, No> {
        self.queue.ask(|reply| Job::Forget(person, reply)).await
    }

    async fn get(&self, key: Key) -> Result<Option<Record>, Fault> {
        self.read(read::record(&self.readers, &key, self.clock.now().wall)).await
    }

    async fn put(&self, records: Vec<Record>) -> Result<(), No> {
        self.queue.ask(|reply| Job::Put(records, reply)).await
    }

    async fn claim(&self, records: Vec<Record>) -> Result<bool, No> {
        self.queue.ask(|reply| Job::Claim(records, reply)).await
    }

    async fn change(&self, change: Change) -> Result<bool, No> {
        self.queue.ask(|reply| Job::Change(change, reply)).await
    }

    async fn delete(&self, key: Key) -> Result<(), No> {
        self.queue.ask(|reply| Job::Delete(key, reply)).await
    }

    async fn find(&self, find: Find) -> Result<Vec<Record>, Fault> {
        self.read(read::find(&self.readers, &find, self.clock.now().wall)).await
    }

    async fn last_records(&self, kind: &str, before: Option<&str>, limit: usize) -> Result<Vec<Record>, Fault> {
        self.read(survey::last_records(&self.readers, kind, before, self.clock.now().wall, limit)).await
    }

    async fn last_rooms(&self, before: Option<RoomId>, limit: usize) -> Result<Vec<RoomHead>, Fault> {
        self.read(survey::last_rooms(&self.readers, before, limit)).await
    }

    async fn totals(&self) -> Result<Totals, Fault> {
        self.read(survey::totals(&self.readers)).await
    }

    async fn close(&self) {
        self.queue.close().await;
        if let Some(exclusives) = &self.exclusives {
            exclusives.close().await;
        }
        if let Some(lease) = &self.lease {
            lease.end().await;
        }
    }
}
