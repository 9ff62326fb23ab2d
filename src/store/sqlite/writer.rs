//! The one task that writes.
//!
//! It takes all that is queued, up to 256 jobs, into one transaction of a few statements, each of which writes all rows
//! of its table from one JSON array; then it answers. It never waits for more to come: while one commit is on its way to
//! the disk, the next gathers by itself.

use std::time::Duration;

use engine::{
    ids::{PersonId, RoomId},
    ports::{Brought, Change, Entry, Landing, Retention},
    records::{Key, Record},
    refusal::Fault,
    time::{Clock, PlayTime},
};
use sqlx::{Connection, SqliteConnection};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, MissedTickBehavior},
};
use tokio_util::sync::DropGuard;

use super::{
    batch::{Batch, Verdict},
    bring, forget,
    open::Opened,
    past,
    tables::{self, Failed},
};

/// How many jobs share a commit, at most.
const BATCH: usize = 256;
/// How often expired records and old visits are looked for. At most [`SWEEP_ROWS`] of each go each time, so that no
/// commit waits long for it.
const SWEEP_EVERY: Duration = Duration::from_mins(1);
/// How many of a kind go at once: 1.4 million a day.
const SWEEP_ROWS: i64 = 1_000;

/// Where an answer goes.
pub(super) type Reply<T> = oneshot::Sender<Result<T, Fault>>;

/// Something to write.
#[derive(Debug)]
pub(super) enum Job {
    /// What a room did.
    Append(Entry, Reply<()>),
    /// A room that is taken into this process.
    Raise(RoomId, Reply<Option<Raised>>),
    /// A sign of life.
    Beat(PlayTime, Reply<()>),
    /// Records, whatever was there.
    Put(Vec<Record>, Reply<()>),
    /// Records, if nothing is there.
    Claim(Vec<Record>, Reply<bool>),
    /// Records that change together, if their conditions hold.
    Change(Change, Reply<bool>),
    /// A record to be forgotten.
    Delete(Key, Reply<()>),
    /// A person to be taken out of all that is kept of rooms.
    Forget(PersonId, Reply<Vec<RoomId>>),
    /// A whole room from elsewhere.
    Bring(Box<Brought>, Reply<Landing>),
    /// Nothing more will come.
    Close,
}

/// A room that was taken into this process.
#[derive(Debug)]
pub(super) struct Raised {
    /// The new epoch.
    pub(super) epoch: u64,
    /// When the process that had it was last alive.
    pub(super) last_beat: Option<PlayTime>,
}

/// What the task owns.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) opened: Opened,
    /// For what expires.
    pub(super) clock: Clock,
    /// What is kept for how long.
    pub(super) retention: Retention,
    /// The last beat of this process that is on disk.
    pub(super) beat: Option<PlayTime>,
    /// How many commits failed since the last that was written.
    pub(super) failed: u64,
}

impl Writer {
    /// Writes until the store is closed or dropped and all that was queued is done. `closed` goes when the file is free.
    pub(super) async fn work(mut self, mut jobs: mpsc::Receiver<Job>, closed: DropGuard) {
        let mut sweep = tokio::time::interval(SWEEP_EVERY);
        sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut gathered = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                count = jobs.recv_many(&mut gathered, BATCH) => {
                    if count == 0 {
                        break;
                    }
                    if gathered.iter().any(|job| matches!(job, Job::Close)) {
                        jobs.close();
                    }
                    self.commit(&mut gathered).await;
                }
                _ = sweep.tick() => self.sweep().await,
            }
        }
        let Opened { writer, readers, lock, .. } = self.opened;
        readers.close().await;
        if let Err(error) = sqlx::query(CHECKPOINT).execute(&writer).await {
            // Nothing is lost: the log beside the file has it all, and the next start reads it.
            tracing::warn!(%error, "the write-ahead log could not be folded into the database");
        }
        writer.close().await;
        drop(lock);
        drop(closed);
    }

    /// Writes all of these in one piece, then answers all of them. Leaves `jobs` empty.
    ///
    /// Only forgetting and bringing are apart, behind them: they take the longer the more somebody said.
    async fn commit(&mut self, jobs: &mut Vec<Job>) {
        let apart: Vec<_> = jobs.extract_if(.., |job| matches!(job, Job::Forget(..) | Job::Bring(..))).collect();
        let mut verdicts = Vec::with_capacity(jobs.len());
        metrics::counter!("onecouch_store_jobs_total").increment(jobs.len() as u64);
        let from = Instant::now();
        let committed = self.transact(jobs, &mut verdicts).await;
        metrics::histogram!("onecouch_store_commit_duration_seconds").record(from.elapsed());
        let committed = committed.map_err(|error| self.failed(&error));
        for job in jobs.drain(..) {
            job.fail(committed.clone());
        }
        for verdict in verdicts {
            verdict(committed.clone());
        }
        for job in apart {
            // Whoever does not listen any more does not want to know.
            match job {
                Job::Forget(person, reply) => {
                    let forgotten = self.forget(person).await;
                    let _ = reply.send(forgotten.map_err(|error| self.failed(&error)));
                }
                Job::Bring(brought, reply) => {
                    let taken = self.bring(&brought).await;
                    let _ = reply.send(taken.map_err(|error| self.failed(&error)));
                }
                _ => {}
            }
        }
    }

    async fn bring(&mut self, brought: &Brought) -> Result<Landing, Failed> {
        let now = self.clock.now().wall;
        let mut connection = self.opened.writer.acquire().await?;
        let landed = bring::bring(&mut connection, brought, self.opened.run, now).await;
        if landed.is_err() {
            connection.close_on_drop();
        }
        landed
    }

    async fn forget(&mut self, person: PersonId) -> Result<Vec<RoomId>, Failed> {
        let mut connection = self.opened.writer.acquire().await?;
        let rooms = forget::forget(&mut connection, person).await;
        if rooms.is_err() {
            connection.close_on_drop();
        }
        rooms
    }

    /// Moves the jobs over to their verdicts, which hold if this succeeds.
    async fn transact(&mut self, jobs: &mut Vec<Job>, verdicts: &mut Vec<Verdict>) -> Result<(), Failed> {
        let mut connection = self.opened.writer.acquire().await?;
        let outcome = self.transact_on(&mut connection, jobs, verdicts).await;
        if outcome.is_err() {
            // SQLite may have rolled back by itself, and then nobody knows whether a transaction is open. A fresh
            // connection has none.
            connection.close_on_drop();
        }
        outcome
    }

    async fn transact_on(
        &mut self,
        connection: &mut SqliteConnection,
        jobs: &mut Vec<Job>,
        verdicts: &mut Vec<Verdict>,
    ) -> Result<(), Failed> {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let now = self.clock.now().wall;
        let rooms = tables::held_rooms(&mut transaction, jobs).await?;
        let records = tables::held_records(&mut transaction, jobs, now).await?;
        let audit_from = self.retention.audit_from(now);
        let mut batch = Batch::new(self.opened.run, self.beat, now, audit_from, rooms, records);
        verdicts.extend(jobs.drain(..).map(|job| batch.judge(job)));
        if batch.is_empty() {
            return Ok(transaction.rollback().await?);
        }
        batch.write(&mut transaction, self.opened.run).await?;
        transaction.commit().await?;
        self.beat = batch.beat;
        if std::mem::take(&mut self.failed) > 0 {
            tracing::info!("the database can be written to again");
        }
        Ok(())
    }

    /// Says in the log what is wrong with the disk: once, however long it lasts.
    fn failed(&mut self, error: &Failed) -> Fault {
        let fault = Fault(format!("cannot write to the database: {error}"));
        if self.failed == 0 {
            tracing::error!(
                %fault,
                "nothing can be stored: rooms go on, and whoever changes something is told; look at the disk's space, its \
                 permissions, and who else has the file open"
            );
        }
        self.failed += 1;
        metrics::counter!("onecouch_store_commit_failures_total").increment(1);
        fault
    }

    async fn sweep(&self) {
        let now = self.clock.now().wall;
        if let Err(error) = tables::sweep(&self.opened.writer, now, SWEEP_ROWS).await {
            tracing::warn!(%error, "expired records could not be deleted; tried again in a minute");
        }
        let from = self.retention.visits_from(now);
        if let Err(error) = past::sweep(&self.opened.writer, from, SWEEP_ROWS).await {
            tracing::warn!(%error, "old visits could not be deleted; tried again in a minute");
        }
    }
}

const CHECKPOINT: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

impl Job {
    /// Tells whoever waits that it could not even be tried.
    fn fail(self, outcome: Result<(), Fault>) {
        let Err(fault) = outcome else { return };
        match self {
            Self::Append(_, reply) | Self::Beat(_, reply) | Self::Put(_, reply) | Self::Delete(_, reply) => {
                let _ = reply.send(Err(fault));
            }
            Self::Raise(_, reply) => {
                let _ = reply.send(Err(fault));
            }
            Self::Claim(_, reply) | Self::Change(_, reply) => {
                let _ = reply.send(Err(fault));
            }
            Self::Forget(_, reply) => {
                let _ = reply.send(Err(fault));
            }
            Self::Bring(_, reply) => {
                let _ = reply.send(Err(fault));
            }
            Self::Close => {}
        }
    }
}
