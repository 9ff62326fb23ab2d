//! Reading, on connections that cannot write and wait for nobody: what rooms stand up from, lists of them, records. What
//! happened in them is in [`recall`](super::recall).

use engine::{
    ids::{PersonId, RoomId},
    ports::{Loaded, RoomHead},
    records::{Find, Key, Record},
    refusal::Fault,
    room::{RoomState, chat::LINES_KEPT},
    time::{PlayTime, WallTime},
};
use sqlx::PgPool;
use tokio::sync::mpsc;
use tokio_util::sync::DropGuard;
use uuid::Uuid;

use super::{connect::unread, tables::text};
use crate::store::{
    queue::{Job, Raised, Raising},
    rows::{HeadRow, all, count, head, parsed},
};

/// In one statement, so that it is of one moment.
const ROOM: &str = "WITH snapshot AS MATERIALIZED (SELECT seq, body FROM snapshots WHERE room = $1) \
    SELECT 0 AS part, seq, body FROM snapshot \
    UNION ALL SELECT 1, seq, event FROM journal \
        WHERE room = $1 AND seq > coalesce((SELECT seq FROM snapshot), 0) \
    UNION ALL (SELECT 2, seq, event FROM chat WHERE room = $1 ORDER BY seq DESC LIMIT $2) \
    ORDER BY part, seq";

/// All that a room stands up from.
pub(super) async fn room(pool: &PgPool, id: RoomId, raised: Raised) -> Result<Loaded, Fault> {
    let query = sqlx::query_as(ROOM).bind(id.0).bind(count(LINES_KEPT));
    let parts: Vec<(i32, i64, String)> = query.fetch_all(pool).await.map_err(unread)?;
    let what = format!("room {id}");
    let mut loaded = Loaded {
        epoch: raised.epoch,
        snapshot: None,
        events: Vec::new(),
        chat: Vec::new(),
        last_beat: raised.last_beat,
    };
    for (part, _, body) in parts {
        match part {
            0 => loaded.snapshot = Some(parsed::<RoomState>(&what, &body)?),
            1 => loaded.events.push(parsed(&what, &body)?),
            _ => loaded.chat.push(parsed(&what, &body)?),
        }
    }
    Ok(loaded)
}

/// As it would be raised.
const RAISED: &str = "SELECT epoch + 1, (SELECT last_beat FROM runs WHERE runs.id = rooms.run), \
        current_setting('transaction_isolation') \
    FROM rooms WHERE id = $1";

/// Answers in the writer's place where nothing is to be written: a room is told as if it had been raised.
pub(super) async fn raise(pool: PgPool, mut jobs: mpsc::Receiver<Job>, closed: DropGuard) {
    while let Some(job) = jobs.recv().await {
        match job {
            Job::Raise(room, reply) => {
                let _ = reply.send(as_raised(&pool, room).await);
            }
            Job::Close => jobs.close(),
            other => other.fail(Fault::new("nothing is written to a database that is only read")),
        }
    }
    pool.close().await;
    drop(closed);
}

async fn as_raised(pool: &PgPool, room: RoomId) -> Result<Raising, Fault> {
    let row: Option<(i64, Option<i64>, String)> =
        sqlx::query_as(RAISED).bind(room.0).fetch_optional(pool).await.map_err(unread)?;
    let Some((epoch, last_beat, isolation)) = row else { return Ok(Raising::Nowhere) };
    if isolation != "repeatable read" {
        return Err(Fault::new("the connection was lost, and what is read now is of another moment: begin again"));
    }
    Ok(Raising::Here(Raised { epoch: epoch.unsigned_abs(), last_beat: last_beat.map(PlayTime) }))
}

const PUBLIC_ROOMS: &str = "SELECT id, title, public, made_at, seq, host, due_at FROM rooms \
    WHERE public AND id < $1 ORDER BY id DESC LIMIT $2";

const HOSTED: &str = "SELECT id, title, public, made_at, seq, host, due_at FROM rooms \
    WHERE host = $3 AND id < $1 ORDER BY id DESC LIMIT $2";

/// Public rooms, or those of a host, newest first.
pub(super) async fn heads(
    pool: &PgPool,
    host: Option<PersonId>,
    before: Option<RoomId>,
    limit: usize,
) -> Result<Vec<RoomHead>, Fault> {
    // Identities sort by the time of their making, and none is the greatest there can be.
    let before = before.map_or(Uuid::max(), |before| before.0);
    let statement = if host.is_some() { HOSTED } else { PUBLIC_ROOMS };
    let mut query = sqlx::query_as(statement).bind(before).bind(count(limit));
    if let Some(host) = &host {
        query = query.bind(host.0);
    }
    let rows: Vec<HeadRow> = query.fetch_all(pool).await.map_err(unread)?;
    Ok(rows.into_iter().map(head).collect())
}

const ALL_ROOMS: &str = "SELECT id FROM rooms WHERE id > $1 ORDER BY id LIMIT $2";

/// All rooms, oldest first.
pub(super) async fn all_rooms(pool: &PgPool, after: Option<RoomId>, limit: usize) -> Result<Vec<RoomId>, Fault> {
    let after = after.map_or(Uuid::nil(), |after| after.0);
    let rooms: Vec<Uuid> =
        sqlx::query_scalar(ALL_ROOMS).bind(after).bind(count(limit)).fetch_all(pool).await.map_err(unread)?;
    Ok(rooms.into_iter().map(RoomId).collect())
}

/// Those that another node has keep their own time.
const DUE: &str = "SELECT id FROM rooms WHERE due_at <= $1 \
    AND (free OR run = $3 OR run NOT IN (SELECT id FROM runs WHERE lease_until > clock_timestamp())) \
    ORDER BY due_at, id LIMIT $2";

/// Rooms in which something must happen by now, the longest due first.
pub(super) async fn due(pool: &PgPool, run: i64, now: WallTime, limit: usize) -> Result<Vec<RoomId>, Fault> {
    let due: Vec<Uuid> =
        sqlx::query_scalar(DUE).bind(now.0).bind(count(limit)).bind(run).fetch_all(pool).await.map_err(unread)?;
    Ok(due.into_iter().map(RoomId).collect())
}

const RECORD: &str =
    "SELECT body FROM records WHERE kind = $1 AND key = $2 AND (expires_at IS NULL OR expires_at > $3)";

/// One record, unless it expired.
pub(super) async fn record(pool: &PgPool, key: &Key, now: WallTime) -> Result<Option<Record>, Fault> {
    let query = sqlx::query_scalar(RECORD).bind(key.kind()).bind(text(&key.text())).bind(now.0);
    let body: Option<String> = query.fetch_optional(pool).await.map_err(unread)?;
    body.map(|body| parsed(key.kind(), &body)).transpose()
}

const RECORDS_OF: &str = "SELECT body FROM records \
    WHERE kind = $1 AND owner = $2 AND (expires_at IS NULL OR expires_at > $3) ORDER BY key";

const RECORDS_UNDER: &str = "SELECT body FROM records \
    WHERE kind = $1 AND key >= $2 AND key < $4 AND (expires_at IS NULL OR expires_at > $3) ORDER BY key";

/// No key goes on with the last of all letters, so that it is behind everything that begins with the same.
pub(super) const LAST: char = char::MAX;

/// Records that answer to a question, in the order of their keys.
pub(super) async fn find(pool: &PgPool, find: &Find, now: WallTime) -> Result<Vec<Record>, Fault> {
    let prefix = find.prefix().unwrap_or_default();
    let query = match find.owner() {
        Some(owner) => sqlx::query_scalar(RECORDS_OF).bind(find.kind()).bind(text(&owner)).bind(now.0),
        None => {
            let from = text(&prefix);
            let until = format!("{from}{LAST}");
            sqlx::query_scalar(RECORDS_UNDER).bind(find.kind()).bind(from).bind(now.0).bind(until)
        }
    };
    let bodies: Vec<String> = query.fetch_all(pool).await.map_err(unread)?;
    let mut records: Vec<Record> = all(find.kind(), &bodies)?;
    // No question is about both today; the answer would be right if one were.
    records.retain(|record| record.key().text().starts_with(&prefix));
    Ok(records)
}

#[cfg(test)]
pub(super) fn statements() -> Vec<&'static str> {
    vec![ROOM, RAISED, ALL_ROOMS, PUBLIC_ROOMS, HOSTED, DUE, RECORD, RECORDS_OF, RECORDS_UNDER]
}
