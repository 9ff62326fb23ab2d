//! Transactions that may be done again, on a connection that may be lost.

use std::{future::Future, time::Duration};

use engine::{
    ids::{PersonId, RoomId},
    ports::{Brought, Landing},
    time::WallTime,
};
use sqlx::PgPool;
use tokio::time::{sleep, timeout};

use super::{
    bring,
    connect::code,
    forget,
    line::{Alone, Line},
    past, tables,
};
use crate::store::{
    queue::Job,
    writer::{Committed, Failed, Moment, SWEEP_ROWS, Tables},
};

/// How long a commit may take: as long as a statement may, and half of that for all others.
const COMMIT: Duration = Duration::from_secs(15);
/// How long a transaction may take that grows with what it is about.
const LONG: Duration = Duration::from_mins(2);
/// How often one is done again that got in the way of another. One of two always gets through, so that this is never reached
/// unless something is wrong.
const TRIES: u32 = 10;
/// How long the first of them is put off; each one after that as much longer.
const PAUSE: Duration = Duration::from_millis(20);

/// A database to be written to.
#[derive(Debug)]
pub(super) struct PgTables {
    /// The connection that writes.
    pub(super) line: Line,
    /// Which row of `runs` this process is.
    pub(super) run: i64,
    /// Whether it has the database for itself.
    pub(super) alone: Alone,
    /// To be closed with it.
    pub(super) readers: PgPool,
}

/// How often a transaction was done again.
#[derive(Debug, Default)]
struct Tries {
    /// Because it got in the way of another.
    crossed: u32,
    /// Because its connection was lost.
    lost: u32,
}

impl PgTables {
    /// Does away with what a transaction left behind that failed. Then it may be done again, or it failed for good.
    async fn again(&mut self, error: Failed, tries: &mut Tries) -> Result<(), Failed> {
        match after(&error) {
            After::Again if tries.crossed < TRIES => {
                tries.crossed += 1;
                tracing::debug!(%error, "two transactions were in each other's way: again");
                // Else it might be in the way again before the other one has noticed that it was let through.
                sleep(PAUSE * tries.crossed).await;
                Ok(())
            }
            After::Anew if tries.lost == 0 => {
                self.line.hang_up();
                tries.lost += 1;
                Ok(())
            }
            After::Again | After::Nothing => Err(error),
            After::Anew | After::HungUp => {
                self.line.hang_up();
                Err(error)
            }
        }
    }
}

/// What can be done about a transaction that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    /// The same again: another was in its way, and it is rolled back.
    Again,
    /// The same again on another connection: the last was lost before anything was committed.
    Anew,
    /// Nothing, and the connection is of no use any more.
    HungUp,
    /// Nothing; it is rolled back.
    Nothing,
}

fn after(error: &Failed) -> After {
    match error {
        Failed::Database(error) if error.as_database_error().is_some() => match &*code(error) {
            "40001" | "40P01" => After::Again,
            // The server ends, was ended, or ended this connection.
            "25P03" | "57P01" | "57P02" | "57P03" | "57P05" => After::Anew,
            code if code.starts_with("08") => After::Anew,
            _ => After::Nothing,
        },
        Failed::Database(_) => After::Anew,
        Failed::Unsure(_) | Failed::Slow(_) | Failed::Away(_) | Failed::Taken => After::HungUp,
        Failed::Json(_) | Failed::Number(_) => After::Nothing,
    }
}

async fn within<T>(patience: Duration, work: impl Future<Output = Result<T, Failed>> + Send) -> Result<T, Failed> {
    timeout(patience, work).await.unwrap_or(Err(Failed::Slow(patience)))
}

/// What became of a commit. Where the server says no it is rolled back; where it says nothing, nobody knows.
pub(super) fn uncommitted(error: sqlx::Error) -> Failed {
    if code(&error).starts_with("40") { Failed::Database(error) } else { Failed::Unsure(error) }
}

impl Tables for PgTables {
    const LOOK_AT: &'static str = "PostgreSQL, its log, its disk, and the way to it";

    async fn transact(&mut self, jobs: &[Job], moment: Moment) -> Result<Committed, Failed> {
        let mut tries = Tries::default();
        loop {
            let (run, alone) = (self.run, self.alone);
            let work = async { tables::transact(self.line.get().await?, run, alone, jobs, moment).await };
            match within(COMMIT, work).await {
                Ok(committed) => return Ok(committed),
                Err(error) => self.again(error, &mut tries).await?,
            }
        }
    }

    async fn forget(&mut self, person: PersonId) -> Result<Vec<RoomId>, Failed> {
        let mut tries = Tries::default();
        loop {
            let work = async { forget::forget(self.line.get().await?, person).await };
            match within(LONG, work).await {
                Ok(rooms) => return Ok(rooms),
                Err(error) => self.again(error, &mut tries).await?,
            }
        }
    }

    async fn bring(&mut self, brought: &Brought, now: WallTime) -> Result<Landing, Failed> {
        let mut tries = Tries::default();
        loop {
            let run = self.run;
            let work = async { bring::bring(self.line.get().await?, brought, run, now).await };
            match within(LONG, work).await {
                Ok(landing) => return Ok(landing),
                Err(error) => self.again(error, &mut tries).await?,
            }
        }
    }

    async fn sweep(&mut self, now: WallTime, visits_from: WallTime) -> Result<(), Failed> {
        let mut tries = Tries::default();
        loop {
            let work = async {
                let connection = self.line.get().await?;
                tables::sweep(connection, now, SWEEP_ROWS).await?;
                Ok(past::sweep(connection, visits_from, SWEEP_ROWS).await?)
            };
            match within(COMMIT, work).await {
                Ok(()) => return Ok(()),
                Err(error) => self.again(error, &mut tries).await?,
            }
        }
    }

    async fn close(self) {
        self.readers.close().await;
        self.line.close().await;
    }
}
