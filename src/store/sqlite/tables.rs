//! What the writer says to the tables: one statement each, over a JSON array that has all rows. What happened in the
//! rooms is in [`past`](super::past).

use std::collections::HashMap;

use engine::{
    ids::{PersonId, RoomId},
    time::{PlayTime, WallTime},
};
use serde::Serialize;
use sqlx::{SqliteConnection, SqlitePool};
use uuid::Uuid;

use crate::store::{
    batch::{Batch, Change, HeldRoom, RecordKey, Slot, records_asked, rooms_asked},
    queue::Job,
    rows::number,
    writer::Failed,
};

/// By position in what was asked, as with records below: nothing need be parsed back.
const HELD_ROOMS: &str = "SELECT asked.key, epoch, seq, title, public, made_at, host, due_at, run, last_beat \
    FROM json_each(?1) AS asked \
    CROSS JOIN rooms ON rooms.id = unhex(asked.value) \
    LEFT JOIN runs ON runs.id = rooms.run";

type RoomRow = (i64, i64, i64, String, bool, i64, Option<Uuid>, Option<i64>, i64, Option<i64>);

/// The rooms that the jobs are about.
pub(super) async fn held_rooms(
    connection: &mut SqliteConnection,
    jobs: &[Job],
) -> Result<HashMap<RoomId, HeldRoom>, Failed> {
    let asked: Vec<RoomId> = rooms_asked(jobs).into_iter().collect();
    if asked.is_empty() {
        return Ok(HashMap::new());
    }
    let json = serde_json::to_string(&asked.iter().map(|room| hex(room.0)).collect::<Vec<_>>())?;
    let rows: Vec<RoomRow> = sqlx::query_as(HELD_ROOMS).bind(json).fetch_all(connection).await?;
    let state = |(index, epoch, seq, title, public, made_at, host, due_at, run, last_beat): RoomRow| {
        let state = HeldRoom {
            epoch: epoch.unsigned_abs(),
            seq: seq.unsigned_abs(),
            title: title.into(),
            public,
            made_at: WallTime(made_at),
            host: host.map(PersonId),
            due_at: due_at.map(WallTime),
            run,
            last_beat: last_beat.map(PlayTime),
            free: false,
            owner: None,
            change: Change::None,
        };
        Some((*asked.get(usize::try_from(index).ok()?)?, state))
    };
    Ok(rows.into_iter().filter_map(state).collect())
}

const HELD_RECORDS: &str = "SELECT asked.key FROM json_each(?1) AS asked \
    CROSS JOIN records ON records.kind = asked.value ->> 0 AND records.key = asked.value ->> 1 \
    WHERE expires_at IS NULL OR expires_at > ?2";

/// Of the records that jobs ask about, those that are there.
pub(super) async fn held_records(
    connection: &mut SqliteConnection,
    jobs: &[Job],
    now: WallTime,
) -> Result<Vec<RecordKey>, Failed> {
    let asked: Vec<RecordKey> = records_asked(jobs).into_iter().collect();
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let json = serde_json::to_string(&asked)?;
    let held: Vec<i64> = sqlx::query_scalar(HELD_RECORDS).bind(json).bind(now.0).fetch_all(connection).await?;
    Ok(held.into_iter().filter_map(|index| asked.get(usize::try_from(index).ok()?).cloned()).collect())
}

pub(super) const WRITE_ROOMS: &str = "INSERT INTO rooms (id, epoch, seq, title, public, made_at, host, due_at, run) \
    SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, unhex(value ->> 6), \
        value ->> 7, value ->> 8 \
    FROM json_each(?1) WHERE true \
    ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq, title = excluded.title, \
        public = excluded.public, host = excluded.host, due_at = excluded.due_at, run = excluded.run";

const COUNT_ON: &str = "UPDATE rooms SET seq = new.seq \
    FROM (SELECT unhex(value ->> 0) AS id, value ->> 1 AS seq FROM json_each(?1)) AS new WHERE rooms.id = new.id";

pub(super) const WRITE_SNAPSHOTS: &str = "INSERT INTO snapshots (room, seq, body) \
    SELECT unhex(value ->> 0), value ->> 1, value -> 2 FROM json_each(?1) WHERE true \
    ON CONFLICT (room) DO UPDATE SET seq = excluded.seq, body = excluded.body";

pub(super) const WRITE_RECORDS: &str = "INSERT INTO records (kind, key, owner, body, expires_at) \
    SELECT value ->> 0, value ->> 1, value ->> 2, value -> 3, value ->> 4 FROM json_each(?1) WHERE true \
    ON CONFLICT (kind, key) DO UPDATE SET owner = excluded.owner, body = excluded.body, \
        expires_at = excluded.expires_at";

const DELETE_RECORDS: &str = "DELETE FROM records WHERE (kind, key) IN \
    (SELECT value ->> 0, value ->> 1 FROM json_each(?1))";

const BEAT: &str = "UPDATE runs SET last_beat = ?1 WHERE id = ?2";

impl Batch {
    /// Writes the sum of all that was allowed.
    pub(super) async fn write(&self, connection: &mut SqliteConnection, run: i64) -> Result<(), Failed> {
        let (mut whole, mut counted) = (Vec::new(), Vec::new());
        for (id, room) in &self.rooms {
            match room.change {
                Change::None => {}
                Change::Seq => counted.push((hex(id.0), number(room.seq)?)),
                Change::Whole => whole.push((
                    hex(id.0),
                    number(room.epoch)?,
                    number(room.seq)?,
                    &room.title,
                    i64::from(room.public),
                    room.made_at,
                    room.host.map(|host| hex(host.0)),
                    room.due_at,
                    room.run,
                )),
            }
        }
        rows(connection, WRITE_ROOMS, &whole).await?;
        rows(connection, COUNT_ON, &counted).await?;

        let mut snapshots = Vec::new();
        for (room, snapshot) in &self.snapshots {
            snapshots.push((hex(room.0), number(snapshot.seq)?, snapshot));
        }
        rows(connection, WRITE_SNAPSHOTS, &snapshots).await?;
        self.write_past(connection).await?;
        // Before the records are written: a name that a room leaves may be another's in the same batch.
        self.write_ends(connection).await?;

        let (mut written, mut deleted) = (Vec::new(), Vec::new());
        for (key @ (kind, text), slot) in &self.records {
            match slot {
                Slot::Held => {}
                Slot::Written(record) => written.push((kind, text, record.owner(), record, record.expires_at())),
                Slot::Deleted => deleted.push(key),
            }
        }
        rows(connection, WRITE_RECORDS, &written).await?;
        rows(connection, DELETE_RECORDS, &deleted).await?;

        if let Some(at) = self.beat.filter(|_| self.beats) {
            sqlx::query(BEAT).bind(at.0).bind(run).execute(&mut *connection).await?;
        }
        Ok(())
    }
}

const SWEEP: &str = "DELETE FROM records WHERE (kind, key) IN \
    (SELECT kind, key FROM records WHERE expires_at <= ?1 LIMIT ?2)";

/// Deletes some of the records that expired.
pub(super) async fn sweep(pool: &SqlitePool, now: WallTime, limit: i64) -> Result<(), sqlx::Error> {
    sqlx::query(SWEEP).bind(now.0).bind(limit).execute(pool).await.map(drop)
}

/// Runs a statement over a JSON array of rows, if there are any.
pub(super) async fn rows<T: Serialize>(
    connection: &mut SqliteConnection,
    statement: &'static str,
    rows: &[T],
) -> Result<(), Failed> {
    if !rows.is_empty() {
        sqlx::query(statement).bind(serde_json::to_string(rows)?).execute(connection).await?;
    }
    Ok(())
}

/// JSON has no bytes; SQLite turns this into the 16 that a key is.
pub(super) fn hex(id: Uuid) -> String {
    id.simple().to_string()
}

#[cfg(test)]
pub(super) fn statements() -> Vec<&'static str> {
    let asked = [HELD_ROOMS, HELD_RECORDS];
    let written = [WRITE_ROOMS, COUNT_ON, WRITE_SNAPSHOTS, WRITE_RECORDS, DELETE_RECORDS, BEAT, SWEEP];
    [&asked[..], &written].concat()
}
