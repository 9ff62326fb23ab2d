//! The engine's [`Store`] on SQLite.
//!
//! One file in WAL mode. [`writer`] has the one connection that writes; [`tables`] and [`past`] are how what was allowed is
//! written down, [`forget`] how a person leaves what was, [`bring`] how a room comes from elsewhere. [`read`], [`recall`] and
//! [`survey`] read beside it on connections of their own and never wait for it. [`open`] finds the file, locks it ([`lock`])
//! and brings it up to date; [`schema`] knows how far it is, [`copy`] makes and puts back copies, [`source`] reads all of one
//! that moves elsewhere.

#[cfg(test)]
mod before;
mod bring;
mod copy;
mod forget;
mod lock;
mod open;
mod past;
#[cfg(test)]
mod plans;
mod read;
mod recall;
mod schema;
mod size;
mod source;
mod survey;
mod tables;
mod writer;

use async_trait::async_trait;
use engine::{
    event::Event,
    ids::{CallId, PersonId, RoomId},
    ports::{Attendance, Brought, Change, Entry, Landing, Loaded, Pending, Retention, RoomHead, Store, Totals, Trail},
    records::{Find, Key, Record},
    refusal::{Fault, No},
    time::{Clock, PlayTime, WallTime},
};
use sqlx::SqlitePool;

pub use self::{
    copy::{Copied, Restored},
    lock::{Holder, Notice},
};
pub(super) use self::{
    copy::{backup, restore, still},
    lock::holder,
    open::path_of,
    schema::look,
    source::{Counts, Source, is_database},
};
use super::{
    Database, Size, StoreError,
    queue::{Job, Queue, Raising},
    writer::Writer,
};

/// A store on a SQLite file.
///
/// Close it in the end: dropping it writes what is queued too, but nobody can wait for that.
#[derive(Debug)]
pub struct SqliteStore {
    /// To the writer.
    queue: Queue,
    /// Only for reading.
    readers: SqlitePool,
    /// For what expires.
    clock: Clock,
}

impl SqliteStore {
    /// Opens a database, making it and its directory where there is none.
    ///
    /// `url` is `sqlite://PATH`, `sqlite:PATH` or the path alone. Must be called on a tokio runtime, which the writer
    /// then lives on. Errors name the file and what to do next.
    pub async fn open(url: &str, retention: Retention) -> Result<Self, StoreError> {
        let opened = open::open(url).await?;
        let (queue, jobs, closed) = Queue::new();
        let (clock, readers) = (Clock::start(), opened.readers.clone());
        tokio::spawn(Writer::new(opened, clock, retention).work(jobs, closed));
        Ok(Self { queue, readers, clock })
    }
}

#[async_trait]
impl Database for SqliteStore {
    fn waiting(&self) -> usize {
        self.queue.waiting()
    }

    async fn size(&self) -> Result<Size, Fault> {
        size::size(&self.readers).await
    }
}

#[async_trait]
impl Store for SqliteStore {
    fn append(&self, entry: Entry) -> Pending<Result<(), Fault>> {
        self.queue.append(entry)
    }

    async fn load(&self, room: RoomId) -> Result<Option<Loaded>, No> {
        let Raising::Here(raised) = self.queue.ask(|reply| Job::Raise(room, reply)).await? else { return Ok(None) };
        // Whoever held the room before cannot write any more, so that what is read now stays as it is.
        Ok(Some(read::room(&self.readers, room, raised).await?))
    }

    async fn beat(&self, at: PlayTime) -> Result<(), Fault> {
        self.queue.ask(|reply| Job::Beat(at, reply)).await.map_err(|no| Fault::new(no.to_string()))
    }

    async fn public_rooms(&self, before: Option<RoomId>, limit: usize) -> Result<Vec<RoomHead>, Fault> {
        read::heads(&self.readers, None, before, limit).await
    }

    async fn all_rooms(&self, after: Option<RoomId>, limit: usize) -> Result<Vec<RoomId>, Fault> {
        read::all_rooms(&self.readers, after, limit).await
    }

    async fn bring(&self, brought: Brought) -> Result<Landing, Fault> {
        self.queue.told(|reply| Job::Bring(Box::new(brought), reply)).await.flatten()
    }

    async fn hosted(&self, person: PersonId, before: Option<RoomId>, limit: usize) -> Result<Vec<RoomHead>, Fault> {
        read::heads(&self.readers, Some(person), before, limit).await
    }

    async fn visited(
        &self,
        person: PersonId,
        before: Option<WallTime>,
        limit: usize,
    ) -> Result<Vec<(RoomId, WallTime)>, Fault> {
        recall::visited(&self.readers, person, before, limit).await
    }

    async fn due(&self, now: WallTime, limit: usize) -> Result<Vec<RoomId>, Fault> {
        read::due(&self.readers, now, limit).await
    }

    async fn chat(&self, room: RoomId, before: Option<u64>, limit: usize) -> Result<Vec<Event>, Fault> {
        recall::chat(&self.readers, room, before, limit).await
    }

    async fn line(&self, room: RoomId, seq: u64) -> Result<Option<Event>, Fault> {
        recall::line(&self.readers, room, seq).await
    }

    async fn made_by(&self, room: RoomId, person: PersonId, call: CallId) -> Result<Vec<Event>, Fault> {
        recall::made_by(&self.readers, room, person, call).await
    }

    async fn lines_of(
        &self,
        person: PersonId,
        after: Option<(RoomId, u64)>,
        limit: usize,
    ) -> Result<Vec<(RoomId, Event)>, Fault> {
        recall::lines_of(&self.readers, person, after, limit).await
    }

    async fn history(&self, room: RoomId, before: Option<u64>, limit: usize) -> Result<Vec<Event>, Fault> {
        recall::history(&self.readers, room, before, limit).await
    }

    async fn audit(&self, room: RoomId, trail: &Trail) -> Result<Vec<Event>, Fault> {
        recall::audit(&self.readers, room, trail).await
    }

    async fn events_after(&self, room: RoomId, after: u64, limit: usize) -> Result<Vec<Event>, Fault> {
        recall::events_after(&self.readers, room, after, limit).await
    }

    async fn attendance(&self, room: RoomId) -> Result<Attendance, Fault> {
        recall::attendance(&self.readers, room).await
    }

    async fn forget(&self, person: PersonId) -> Result<Vec<RoomId>, No> {
        self.queue.ask(|reply| Job::Forget(person, reply)).await
    }

    async fn get(&self, key: Key) -> Result<Option<Record>, Fault> {
        read::record(&self.readers, &key, self.clock.now().wall).await
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
        read::find(&self.readers, &find, self.clock.now().wall).await
    }

    async fn last_records(&self, kind: &str, before: Option<&str>, limit: usize) -> Result<Vec<Record>, Fault> {
        survey::last_records(&self.readers, kind, before, self.clock.now().wall, limit).await
    }

    async fn last_rooms(&self, before: Option<RoomId>, limit: usize) -> Result<Vec<RoomHead>, Fault> {
        survey::last_rooms(&self.readers, before, limit).await
    }

    async fn totals(&self) -> Result<Totals, Fault> {
        survey::totals(&self.readers).await
    }

    async fn close(&self) {
        self.queue.close().await;
    }
}
