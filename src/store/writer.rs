//! The one task that writes, whatever it writes to.
//!
//! It takes all that is queued, up to 256 jobs, into one transaction of a few statements, each of which writes all rows
//! of its table at once; then it answers. It never waits for more to come: while one commit is on its way to the disk,
//! the next gathers by itself.

use std::{future::Future, time::Duration};

use engine::{
    ids::{PersonId, RoomId},
    ports::{Brought, Landing, Retention},
    refusal::Fault,
    time::{Clock, PlayTime, WallTime},
};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior},
};
use tokio_util::sync::DropGuard;

use super::{
    batch::Batch,
    queue::{Job, Judged},
};

/// How many jobs share a commit, at most.
const BATCH: usize = 256;
/// How often expired records and old visits are looked for. At most [`SWEEP_ROWS`] of each go each time, so that no
/// commit waits long for it.
const SWEEP_EVERY: Duration = Duration::from_mins(1);
/// How many of a kind go at once: 1.4 million a day.
pub(super) const SWEEP_ROWS: i64 = 1_000;

/// Why a transaction failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error("{0} is more than a database can count")]
    Number(u64),
    /// Nobody knows what became of it.
    #[error("the connection was lost at the commit, which may have been written or not: {0}")]
    Unsure(sqlx::Error),
    #[error("the server cannot be reached: {0}")]
    Away(sqlx::Error),
    #[error("the server does not answer within {} s", .0.as_secs())]
    Slow(Duration),
    /// It is not ours to write to.
    #[error("another onecouch has the database by now")]
    Taken,
}

/// What a writer writes to: the part of its work that is said in SQL. None of it is done where it fails.
pub(super) trait Tables: Send + 'static {
    /// Where to look when nothing can be written, as the end of a sentence.
    const LOOK_AT: &'static str;

    /// Judges these jobs by what the database holds, and writes what is allowed, in one transaction.
    fn transact(&mut self, jobs: &[Job], moment: Moment) -> impl Future<Output = Result<Committed, Failed>> + Send;

    /// Takes somebody out of what is kept of rooms. Answers where they were known.
    fn forget(&mut self, person: PersonId) -> impl Future<Output = Result<Vec<RoomId>, Failed>> + Send;

    /// Takes in a room from elsewhere.
    fn bring(&mut self, brought: &Brought, now: WallTime) -> impl Future<Output = Result<Landing, Failed>> + Send;

    /// Deletes some of the records that expired by `now`, and of the visits that ended before `visits_from`.
    fn sweep(&mut self, now: WallTime, visits_from: WallTime) -> impl Future<Output = Result<(), Failed>> + Send;

    /// Lets go of the database.
    fn close(self) -> impl Future<Output = ()> + Send;
}

/// By what a commit is judged beside the jobs and what the database holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    /// For what expires.
    pub(super) now: WallTime,
    /// What was before it is not kept beyond a snapshot.
    pub(super) audit_from: WallTime,
    /// The last beat of this process that is stored.
    pub(super) beat: Option<PlayTime>,
}

/// What came of a transaction.
#[derive(Debug)]
pub(super) struct Committed {
    /// What to answer, in the order of the jobs.
    pub(super) answers: Vec<Judged>,
    /// Whether anything was written: none of it had to be where nothing was allowed.
    pub(super) written: bool,
    /// The last beat of this process that is stored by now.
    pub(super) beat: Option<PlayTime>,
}

impl Committed {
    /// All of the batch is written.
    pub(super) fn of(batch: &Batch, answers: Vec<Judged>) -> Self {
        Self { answers, written: true, beat: batch.beat }
    }

    /// The batch came to nothing.
    pub(super) fn nothing(batch: &Batch, answers: Vec<Judged>) -> Self {
        Self { written: false, ..Self::of(batch, answers) }
    }
}

/// What the task owns.
#[derive(Debug)]
pub(super) struct Writer<T> {
    /// Where to.
    tables: T,
    /// For what expires.
    clock: Clock,
    /// What is kept for how long.
    retention: Retention,
    /// The last beat of this process that is stored.
    beat: Option<PlayTime>,
    /// How many commits failed since the last that was written.
    failed: u64,
}

impl<T: Tables> Writer<T> {
    pub(super) fn new(tables: T, clock: Clock, retention: Retention) -> Self {
        Self { tables, clock, retention, beat: None, failed: 0 }
    }

    /// Writes until the store is closed or dropped and all that was queued is done. `closed` goes when the database is
    /// free.
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
        self.tables.close().await;
        drop(closed);
    }

    /// Writes all of these in one piece, then answers all of them. Leaves `jobs` empty.
    ///
    /// Only forgetting and bringing are apart, behind them: they take the longer the more somebody said.
    async fn commit(&mut self, jobs: &mut Vec<Job>) {
        let apart: Vec<_> = jobs.extract_if(.., |job| matches!(job, Job::Forget(..) | Job::Bring(..))).collect();
        metrics::counter!("onecouch_store_jobs_total").increment(jobs.len() as u64);
        let from = Instant::now();
        let committed = self.transact(jobs).await;
        metrics::histogram!("onecouch_store_commit_duration_seconds").record(from.elapsed());
        match committed {
            Ok(answers) => {
                for (job, judged) in jobs.drain(..).zip(answers) {
                    job.answer(judged);
                }
            }
            Err(error) => {
                let fault = self.failed(&error);
                for job in jobs.drain(..) {
                    job.fail(fault.clone());
                }
            }
        }
        for job in apart {
            // Whoever does not listen any more does not want to know.
            match job {
                Job::Forget(person, reply) => {
                    let forgotten = self.tables.forget(person).await;
                    let _ = reply.send(forgotten.map_err(|error| self.failed(&error)));
                }
                Job::Bring(brought, reply) => {
                    let landed = self.tables.bring(&brought, self.clock.now().wall).await;
                    let _ = reply.send(landed.map_err(|error| self.failed(&error)));
                }
                _ => {}
            }
        }
    }

    async fn transact(&mut self, jobs: &[Job]) -> Result<Vec<Judged>, Failed> {
        let now = self.clock.now().wall;
        let moment = Moment { now, audit_from: self.retention.audit_from(now), beat: self.beat };
        let committed = self.tables.transact(jobs, moment).await?;
        self.beat = committed.beat;
        if committed.written && std::mem::take(&mut self.failed) > 0 {
            tracing::info!("the database can be written to again");
        }
        Ok(committed.answers)
    }

    /// Says in the log what is wrong with the database: once, however long it lasts.
    fn failed(&mut self, error: &Failed) -> Fault {
        let fault = Fault::new(format!("cannot write to the database: {error}"));
        if self.failed == 0 {
            tracing::error!(
                %fault,
                "nothing can be stored: rooms go on, and whoever changes something is told; look at {}",
                T::LOOK_AT
            );
        }
        self.failed += 1;
        metrics::counter!("onecouch_store_commit_failures_total").increment(1);
        fault
    }

    async fn sweep(&mut self) {
        let now = self.clock.now().wall;
        if let Err(error) = self.tables.sweep(now, self.retention.visits_from(now)).await {
            tracing::warn!(%error, "expired records and old visits could not be deleted; tried again in a minute");
        }
    }
}
