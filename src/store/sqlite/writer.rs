//! The one connection that writes to the file.

use engine::{
    ids::{PersonId, RoomId},
    ports::{Brought, Landing},
    time::WallTime,
};
use sqlx::{Connection, SqliteConnection};

use super::{bring, forget, open::Opened, past, tables};
use crate::store::{
    batch::Batch,
    queue::Job,
    writer::{Committed, Failed, Moment, SWEEP_ROWS, Tables},
};

const CHECKPOINT: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

impl Tables for Opened {
    const LOOK_AT: &'static str = "the disk's space, its permissions, and who else has the file open";

    async fn transact(&mut self, jobs: &[Job], moment: Moment) -> Result<Committed, Failed> {
        let mut connection = self.writer.acquire().await?;
        let outcome = transact(&mut connection, self.run, jobs, moment).await;
        if outcome.is_err() {
            // SQLite may have rolled back by itself, and then nobody knows whether a transaction is open. A fresh
            // connection has none.
            connection.close_on_drop();
        }
        outcome
    }

    async fn forget(&mut self, person: PersonId) -> Result<Vec<RoomId>, Failed> {
        let mut connection = self.writer.acquire().await?;
        let rooms = forget::forget(&mut connection, person).await;
        if rooms.is_err() {
            connection.close_on_drop();
        }
        rooms
    }

    async fn bring(&mut self, brought: &Brought, now: WallTime) -> Result<Landing, Failed> {
        let mut connection = self.writer.acquire().await?;
        let landed = bring::bring(&mut connection, brought, self.run, now).await;
        if landed.is_err() {
            connection.close_on_drop();
        }
        landed
    }

    async fn sweep(&mut self, now: WallTime, visits_from: WallTime) -> Result<(), Failed> {
        tables::sweep(&self.writer, now, SWEEP_ROWS).await?;
        Ok(past::sweep(&self.writer, visits_from, SWEEP_ROWS).await?)
    }

    async fn close(self) {
        let Self { writer, readers, lock, .. } = self;
        readers.close().await;
        if let Err(error) = sqlx::query(CHECKPOINT).execute(&writer).await {
            // Nothing is lost: the log beside the file has it all, and the next start reads it.
            tracing::warn!(%error, "the write-ahead log could not be folded into the database");
        }
        writer.close().await;
        drop(lock);
    }
}

async fn transact(
    connection: &mut SqliteConnection,
    run: i64,
    jobs: &[Job],
    moment: Moment,
) -> Result<Committed, Failed> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let rooms = tables::held_rooms(&mut transaction, jobs).await?;
    let records = tables::held_records(&mut transaction, jobs, moment.now).await?;
    let mut batch = Batch::new(run, moment, rooms, records);
    let answers = jobs.iter().map(|job| batch.judge(job)).collect();
    if batch.is_empty() {
        transaction.rollback().await?;
        return Ok(Committed::nothing(&batch, answers));
    }
    batch.write(&mut transaction, run).await?;
    transaction.commit().await?;
    Ok(Committed::of(&batch, answers))
}
