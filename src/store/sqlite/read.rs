//! Reading, on connections that cannot write and wait for nobody: what rooms stand up from, lists of them, records. What
//! happened in them is in [`recall`](super::recall).

use engine::{
    ids::{PersonId, RoomId},
    ports::{Loaded, RoomHead},
    records::{Find, Key, Record},
    refusal::Fault,
    room::{RoomState, chat::LINES_KEPT},
    time::WallTime,
};
use sqlx::{SqlitePool, sqlite::SqliteArguments};
use uuid::Uuid;

use super::recall::CHAT;
use crate::store::{
    queue::Raised,
    rows::{HeadRow, all, count, head, parsed, unread},
};

const SNAPSHOT: &str = "SELECT seq, body FROM snapshots WHERE room = ?1";

const JOURNAL: &str = "SELECT event FROM journal WHERE room = ?1 AND seq > ?2 ORDER BY seq";

/// All that a room stands up from, of one moment.
pub(super) async fn room(pool: &SqlitePool, id: RoomId, raised: Raised) -> Result<Loaded, Fault> {
    let mut moment = pool.begin().await.map_err(unread)?;
    let snapshot: Option<(i64, String)> =
        sqlx::query_as(SNAPSHOT).bind(id.0).fetch_optional(&mut *moment).await.map_err(unread)?;
    let after = snapshot.as_ref().map_or(0, |(seq, _)| *seq);
    let journal = sqlx::query_scalar(JOURNAL).bind(id.0).bind(after);
    let journal: Vec<String> = journal.fetch_all(&mut *moment).await.map_err(unread)?;
    let chat = sqlx::query_scalar(CHAT).bind(id.0).bind(i64::MAX).bind(count(LINES_KEPT));
    let chat: Vec<String> = chat.fetch_all(&mut *moment).await.map_err(unread)?;
    moment.rollback().await.map_err(unread)?;

    let what = format!("room {id}");
    Ok(Loaded {
        epoch: raised.epoch,
        snapshot: snapshot.map(|(_, body)| parsed::<RoomState>(&what, &body)).transpose()?,
        events: all(&what, &journal)?,
        chat: chat.iter().rev().map(|line| parsed(&what, line)).collect::<Result<_, _>>()?,
        last_beat: raised.last_beat,
    })
}

const PUBLIC_ROOMS: &str = "SELECT id, title, public, made_at, seq, host, due_at FROM rooms INDEXED BY rooms_public \
    WHERE public = 1 AND id < ?1 ORDER BY id DESC LIMIT ?2";

const HOSTED: &str = "SELECT id, title, public, made_at, seq, host, due_at FROM rooms INDEXED BY rooms_host \
    WHERE host = ?3 AND id < ?1 ORDER BY id DESC LIMIT ?2";

/// Public rooms, or those of a host, newest first.
pub(super) async fn heads(
    pool: &SqlitePool,
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

const ALL_ROOMS: &str = "SELECT id FROM rooms WHERE id > ?1 ORDER BY id LIMIT ?2";

/// All rooms, oldest first.
pub(super) async fn all_rooms(pool: &SqlitePool, after: Option<RoomId>, limit: usize) -> Result<Vec<RoomId>, Fault> {
    let after = after.map_or(Uuid::nil(), |after| after.0);
    let rooms: Vec<Uuid> =
        sqlx::query_scalar(ALL_ROOMS).bind(after).bind(count(limit)).fetch_all(pool).await.map_err(unread)?;
    Ok(rooms.into_iter().map(RoomId).collect())
}

const DUE: &str = "SELECT id FROM rooms INDEXED BY rooms_due WHERE due_at <= ?1 ORDER BY due_at, id LIMIT ?2";

/// Rooms in which something must happen by now, the longest due first.
pub(super) async fn due(pool: &SqlitePool, now: WallTime, limit: usize) -> Result<Vec<RoomId>, Fault> {
    let due: Vec<Uuid> =
        sqlx::query_scalar(DUE).bind(now.0).bind(count(limit)).fetch_all(pool).await.map_err(unread)?;
    Ok(due.into_iter().map(RoomId).collect())
}

const RECORD: &str =
    "SELECT body FROM records WHERE kind = ?1 AND key = ?2 AND (expires_at IS NULL OR expires_at > ?3)";

/// One record, unless it expired.
pub(super) async fn record(pool: &SqlitePool, key: &Key, now: WallTime) -> Result<Option<Record>, Fault> {
    let query = sqlx::query_scalar(RECORD).bind(key.kind()).bind(key.text()).bind(now.0);
    let body: Option<String> = query.fetch_optional(pool).await.map_err(unread)?;
    body.map(|body| parsed(key.kind(), &body)).transpose()
}

const RECORDS_OF: &str = "SELECT body FROM records INDEXED BY records_owner \
    WHERE kind = ?1 AND owner = ?2 AND (expires_at IS NULL OR expires_at > ?3) ORDER BY key";

/// No key goes on with the last of all characters, so that it is behind everything that begins with the prefix.
const RECORDS_UNDER: &str = "SELECT body FROM records \
    WHERE kind = ?1 AND key >= ?2 AND key < ?2 || char(0x10FFFF) AND (expires_at IS NULL OR expires_at > ?3) \
    ORDER BY key";

/// Records that answer to a question, in the order of their keys.
pub(super) async fn find(pool: &SqlitePool, find: &Find, now: WallTime) -> Result<Vec<Record>, Fault> {
    let prefix = find.prefix().unwrap_or_default();
    let query: sqlx::query::QueryScalar<'_, sqlx::Sqlite, String, SqliteArguments> = match find.owner() {
        Some(owner) => sqlx::query_scalar(RECORDS_OF).bind(find.kind()).bind(owner),
        None => sqlx::query_scalar(RECORDS_UNDER).bind(find.kind()).bind(prefix.clone()),
    };
    let bodies = query.bind(now.0).fetch_all(pool).await.map_err(unread)?;
    let mut records: Vec<Record> = all(find.kind(), &bodies)?;
    // No question is about both today; the answer would be right if one were.
    records.retain(|record| record.key().text().starts_with(&prefix));
    Ok(records)
}

#[cfg(test)]
pub(super) fn statements() -> Vec<&'static str> {
    vec![SNAPSHOT, JOURNAL, ALL_ROOMS, PUBLIC_ROOMS, HOSTED, DUE, RECORD, RECORDS_OF, RECORDS_UNDER]
}
