//! What the writer says to the tables: one statement each, over arrays that have a column of all rows. What happened in the
//! rooms is in [`past`].
//!
//! Whatever a batch is judged by is locked until it is committed. Rows are locked themselves, in the order of their keys, so
//! that of two who want the same one waits, and neither for the other. What is not there yet has no row: whoever is about to
//! write a record or to make a room takes one of [`STRIPES`] locks for it first, which are taken in order too.

use std::collections::{BTreeSet, HashMap};

use engine::{
    ids::{NodeId, PersonId, RoomId},
    records::Record,
    room::RoomState,
    time::{PlayTime, WallTime},
};
use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::{
    lease,
    line::{Alone, OURS},
    past,
    writer::uncommitted,
};
use crate::store::{
    batch::{Batch, Change, HeldRoom, RecordKey, Slot, records_asked, records_touched, rooms_asked, rooms_founded},
    queue::Job,
    rows::number,
    writer::{Committed, Failed, Moment},
};

/// How many locks there are for what is not there yet. The server has room for 6,400 as it is installed, for all of us.
const STRIPES: u32 = 1_024;

/// Every statement sees what was committed before it, so that what is read behind a lock is what the lock was for. It is said
/// because a database may be set to something else.
pub(super) const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// Judges and writes in one transaction.
pub(super) async fn transact(
    connection: &mut PgConnection,
    run: i64,
    alone: Alone,
    jobs: &[Job],
    moment: Moment,
) -> Result<Committed, Failed> {
    let mut transaction = connection.begin_with(BEGIN).await?;
    keep_others_out(&mut transaction, &rooms_founded(jobs), &records_touched(jobs)).await?;
    let others = alone == Alone::No;
    let rooms = held_rooms(&mut transaction, run, others, jobs).await?;
    let records = held_records(&mut transaction, jobs, moment.now).await?;
    let mut batch = Batch::new(run, moment, rooms, records);
    if others && jobs.iter().any(|job| matches!(job, Job::Raise(..))) {
        batch.lease_is_over = lease::is_over(&mut transaction, run).await?;
    }
    let answers = jobs.iter().map(|job| batch.judge(job)).collect();
    if batch.is_empty() {
        transaction.rollback().await?;
        return Ok(Committed::nothing(&batch, answers));
    }
    write(&batch, &mut transaction, run).await?;
    transaction.commit().await.map_err(uncommitted)?;
    Ok(Committed::of(&batch, answers))
}

const LOCK: &str = "SELECT pg_advisory_xact_lock($1, stripe) FROM unnest($2::int4[]) AS stripe";

/// Waits until nobody else is about to write these records, or to make these rooms.
pub(super) async fn keep_others_out(
    connection: &mut PgConnection,
    rooms: &BTreeSet<RoomId>,
    records: &BTreeSet<RecordKey>,
) -> Result<(), Failed> {
    let rooms = rooms.iter().map(|room| stripe("", &room.to_string()));
    let stripes: BTreeSet<i32> = records.iter().map(|(kind, key)| stripe(kind, key)).chain(rooms).collect();
    if !stripes.is_empty() {
        let stripes: Vec<i32> = stripes.into_iter().collect();
        sqlx::query(LOCK).bind(OURS).bind(stripes).execute(connection).await?;
    }
    Ok(())
}

/// Which lock something has. All versions must agree on it.
fn stripe(kind: &str, key: &str) -> i32 {
    let hash = Sha256::new().chain_update(kind).chain_update([0]).chain_update(key).finalize();
    let first = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
    // None is the lock that says whose the database is.
    i32::try_from(first % STRIPES).unwrap_or_default() + 1
}

/// The beat is asked for by row: where the room has come to another process meanwhile, it is that one's.
const HELD_ROOMS: &str = "SELECT id, epoch, seq, title, public, made_at, host, due_at, run, \
        (SELECT last_beat FROM runs WHERE runs.id = rooms.run), free, \
        (SELECT node FROM runs WHERE runs.id = rooms.run AND NOT rooms.free AND $2 AND runs.id <> $3 \
            AND lease_until > clock_timestamp()) \
    FROM rooms WHERE id = ANY($1) ORDER BY id FOR UPDATE";

type RoomRow = (Uuid, i64, i64, String, bool, i64, Option<Uuid>, Option<i64>, i64, Option<i64>, bool, Option<Uuid>);

/// The rooms that the jobs are about. Where there are `others`, those that are alive have what they have.
async fn held_rooms(
    connection: &mut PgConnection,
    run: i64,
    others: bool,
    jobs: &[Job],
) -> Result<HashMap<RoomId, HeldRoom>, Failed> {
    let asked: Vec<Uuid> = rooms_asked(jobs).into_iter().map(|room| room.0).collect();
    if asked.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<RoomRow> =
        sqlx::query_as(HELD_ROOMS).bind(asked).bind(others).bind(run).fetch_all(connection).await?;
    let state = |(id, epoch, seq, title, public, made_at, host, due_at, run, last_beat, free, owner): RoomRow| {
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
            free,
            owner: owner.map(NodeId),
            change: Change::None,
        };
        (RoomId(id), state)
    };
    Ok(rows.into_iter().map(state).collect())
}

/// By position in what was asked: nothing need be parsed back.
const HELD_RECORDS: &str = "SELECT asked.position FROM unnest($1::text[], $2::text[]) WITH ORDINALITY \
        AS asked (kind, key, position) \
    JOIN records ON records.kind = asked.kind AND records.key = asked.key \
    WHERE expires_at IS NULL OR expires_at > $3 \
    ORDER BY records.kind, records.key FOR UPDATE OF records";

/// Of the records that jobs ask about, those that are there.
async fn held_records(connection: &mut PgConnection, jobs: &[Job], now: WallTime) -> Result<Vec<RecordKey>, Failed> {
    let asked: Vec<RecordKey> = records_asked(jobs).into_iter().collect();
    held(connection, &asked, now).await
}

/// Of these records, those that are there.
pub(super) async fn held(
    connection: &mut PgConnection,
    asked: &[RecordKey],
    now: WallTime,
) -> Result<Vec<RecordKey>, Failed> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let (kinds, keys): (Vec<_>, Vec<_>) = asked.iter().map(|(kind, key)| (*kind, text(key))).unzip();
    let held: Vec<i64> =
        sqlx::query_scalar(HELD_RECORDS).bind(kinds).bind(keys).bind(now.0).fetch_all(connection).await?;
    Ok(held.into_iter().filter_map(|position| asked.get(usize::try_from(position - 1).ok()?).cloned()).collect())
}

const WRITE_ROOMS: &str = "INSERT INTO rooms (id, epoch, seq, title, public, made_at, host, due_at, run, free) \
    SELECT * FROM unnest($1::uuid[], $2::int8[], $3::int8[], $4::text[], $5::bool[], $6::int8[], $7::uuid[], $8::int8[], \
        $9::int8[], $10::bool[]) \
    ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq, title = excluded.title, \
        public = excluded.public, host = excluded.host, due_at = excluded.due_at, run = excluded.run, \
        free = excluded.free";

/// Rooms to be written, a column each.
#[derive(Default)]
pub(super) struct RoomRows {
    ids: Vec<Uuid>,
    epochs: Vec<i64>,
    seqs: Vec<i64>,
    titles: Vec<String>,
    public: Vec<bool>,
    made_at: Vec<i64>,
    hosts: Vec<Option<Uuid>>,
    due_at: Vec<Option<i64>>,
    runs: Vec<i64>,
    free: Vec<bool>,
}

impl RoomRows {
    pub(super) fn push(&mut self, id: RoomId, room: &HeldRoom) -> Result<(), Failed> {
        self.ids.push(id.0);
        self.epochs.push(number(room.epoch)?);
        self.seqs.push(number(room.seq)?);
        self.titles.push(text(&room.title));
        self.public.push(room.public);
        self.made_at.push(room.made_at.0);
        self.hosts.push(room.host.map(|host| host.0));
        self.due_at.push(room.due_at.map(|at| at.0));
        self.runs.push(room.run);
        self.free.push(room.free);
        Ok(())
    }

    pub(super) async fn write(self, connection: &mut PgConnection) -> Result<(), Failed> {
        if self.ids.is_empty() {
            return Ok(());
        }
        let query = sqlx::query(WRITE_ROOMS).bind(self.ids).bind(self.epochs).bind(self.seqs).bind(self.titles);
        let query = query
            .bind(self.public)
            .bind(self.made_at)
            .bind(self.hosts)
            .bind(self.due_at)
            .bind(self.runs)
            .bind(self.free);
        query.execute(connection).await?;
        Ok(())
    }
}

const COUNT_ON: &str = "UPDATE rooms SET seq = new.seq FROM unnest($1::uuid[], $2::int8[]) AS new (id, seq) \
    WHERE rooms.id = new.id";

const WRITE_SNAPSHOTS: &str = "INSERT INTO snapshots (room, seq, body) \
    SELECT * FROM unnest($1::uuid[], $2::int8[], $3::text[]) \
    ON CONFLICT (room) DO UPDATE SET seq = excluded.seq, body = excluded.body";

/// Snapshots to be written, a column each.
#[derive(Default)]
pub(super) struct SnapshotRows {
    rooms: Vec<Uuid>,
    seqs: Vec<i64>,
    bodies: Vec<String>,
}

impl SnapshotRows {
    pub(super) fn push(&mut self, room: RoomId, state: &RoomState) -> Result<(), Failed> {
        self.rooms.push(room.0);
        self.seqs.push(number(state.seq)?);
        self.bodies.push(serde_json::to_string(state)?);
        Ok(())
    }

    pub(super) async fn write(self, connection: &mut PgConnection) -> Result<(), Failed> {
        if self.rooms.is_empty() {
            return Ok(());
        }
        let query = sqlx::query(WRITE_SNAPSHOTS).bind(self.rooms).bind(self.seqs).bind(self.bodies);
        query.execute(connection).await?;
        Ok(())
    }
}

const WRITE_RECORDS: &str = "INSERT INTO records (kind, key, owner, body, expires_at) \
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int8[]) \
    ON CONFLICT (kind, key) DO UPDATE SET owner = excluded.owner, body = excluded.body, \
        expires_at = excluded.expires_at";

/// Records to be written, a column each.
#[derive(Default)]
pub(super) struct RecordRows {
    kinds: Vec<&'static str>,
    keys: Vec<String>,
    owners: Vec<Option<String>>,
    bodies: Vec<String>,
    expire_at: Vec<Option<i64>>,
}

impl RecordRows {
    pub(super) fn push(&mut self, (kind, key): &RecordKey, record: &Record) -> Result<(), Failed> {
        self.kinds.push(kind);
        self.keys.push(text(key));
        self.owners.push(record.owner().map(|owner| text(&owner)));
        self.bodies.push(serde_json::to_string(record)?);
        self.expire_at.push(record.expires_at().map(|at| at.0));
        Ok(())
    }

    pub(super) async fn write(self, connection: &mut PgConnection) -> Result<(), Failed> {
        if self.kinds.is_empty() {
            return Ok(());
        }
        let query = sqlx::query(WRITE_RECORDS).bind(self.kinds).bind(self.keys).bind(self.owners);
        query.bind(self.bodies).bind(self.expire_at).execute(connection).await?;
        Ok(())
    }
}

const DELETE_RECORDS: &str = "DELETE FROM records USING unnest($1::text[], $2::text[]) AS gone (kind, key) \
    WHERE records.kind = gone.kind AND records.key = gone.key";

const BEAT: &str = "UPDATE runs SET last_beat = $1 WHERE id = $2";

/// Writes the sum of all that was allowed.
async fn write(batch: &Batch, connection: &mut PgConnection, run: i64) -> Result<(), Failed> {
    let (mut whole, mut counted) = (RoomRows::default(), (Vec::new(), Vec::new()));
    for (id, room) in &batch.rooms {
        match room.change {
            Change::None => {}
            Change::Seq => {
                counted.0.push(id.0);
                counted.1.push(number(room.seq)?);
            }
            Change::Whole => whole.push(*id, room)?,
        }
    }
    whole.write(connection).await?;
    if !counted.0.is_empty() {
        sqlx::query(COUNT_ON).bind(counted.0).bind(counted.1).execute(&mut *connection).await?;
    }
    let mut snapshots = SnapshotRows::default();
    for (room, snapshot) in &batch.snapshots {
        snapshots.push(*room, snapshot)?;
    }
    snapshots.write(connection).await?;
    past::write_past(batch, connection).await?;
    // Before the records are written: a name that a room leaves may be another's in the same batch.
    past::write_ends(batch, connection).await?;

    let (mut written, mut deleted) = (RecordRows::default(), (Vec::new(), Vec::new()));
    for (key, slot) in &batch.records {
        match slot {
            Slot::Held => {}
            Slot::Written(record) => written.push(key, record)?,
            Slot::Deleted => {
                deleted.0.push(key.0);
                deleted.1.push(text(&key.1));
            }
        }
    }
    written.write(connection).await?;
    if !deleted.0.is_empty() {
        sqlx::query(DELETE_RECORDS).bind(deleted.0).bind(deleted.1).execute(&mut *connection).await?;
    }
    if let Some(at) = batch.beat.filter(|_| batch.beats) {
        sqlx::query(BEAT).bind(at.0).bind(run).execute(connection).await?;
    }
    Ok(())
}

/// What somebody writes again at this moment is not waited for: it does not expire.
const SWEEP: &str = "DELETE FROM records WHERE (kind, key) IN \
    (SELECT kind, key FROM records WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)";

/// Deletes some of the records that expired.
pub(super) async fn sweep(connection: &mut PgConnection, now: WallTime, limit: i64) -> Result<(), sqlx::Error> {
    sqlx::query(SWEEP).bind(now.0).bind(limit).execute(connection).await.map(drop)
}

/// A text as PostgreSQL takes it, which has one letter less than others: what has it would fail all that is written with
/// it. In JSON it is written otherwise, so that nothing but what is found by changes.
pub(super) fn text(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

#[cfg(test)]
pub(super) fn statements() -> Vec<&'static str> {
    let asked = [HELD_ROOMS, HELD_RECORDS];
    let written = [WRITE_ROOMS, COUNT_ON, WRITE_SNAPSHOTS, WRITE_RECORDS, DELETE_RECORDS, BEAT, SWEEP];
    [&asked[..], &written].concat()
}
