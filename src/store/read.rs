//! Reading, on connections that cannot write and wait for nobody.

use engine::{
    event::Event,
    ids::RoomId,
    ports::{Loaded, RoomHead},
    records::{Find, Key, Record},
    refusal::Fault,
    room::{Snapshot, chat::LINES_KEPT},
    time::WallTime,
};
use serde::de::DeserializeOwned;
use sqlx::{SqlitePool, sqlite::SqliteArguments};
use uuid::Uuid;

use super::writer::Raised;

const SNAPSHOT: &str = "SELECT body FROM snapshots WHERE room = ?1";

const JOURNAL: &str = "SELECT event FROM journal WHERE room = ?1 ORDER BY seq";

const CHAT: &str = "SELECT event FROM chat WHERE room = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3";

/// All that a room stands up from, of one moment.
pub(super) async fn room(pool: &SqlitePool, id: RoomId, raised: Raised) -> Result<Loaded, Fault> {
    let mut moment = pool.begin().await.map_err(unread)?;
    let snapshot: Option<String> =
        sqlx::query_scalar(SNAPSHOT).bind(&id.0.as_bytes()[..]).fetch_optional(&mut *moment).await.map_err(unread)?;
    let journal: Vec<String> =
        sqlx::query_scalar(JOURNAL).bind(&id.0.as_bytes()[..]).fetch_all(&mut *moment).await.map_err(unread)?;
    let chat = sqlx::query_scalar(CHAT).bind(&id.0.as_bytes()[..]).bind(i64::MAX).bind(count(LINES_KEPT));
    let chat: Vec<String> = chat.fetch_all(&mut *moment).await.map_err(unread)?;
    moment.rollback().await.map_err(unread)?;

    let what = format!("room {id}");
    Ok(Loaded {
        epoch: raised.epoch,
        snapshot: snapshot.map(|body| parsed::<Snapshot>(&what, &body)).transpose()?,
        events: all(&what, &journal)?,
        chat: chat.iter().rev().map(|line| parsed(&what, line)).collect::<Result<_, _>>()?,
        last_beat: raised.last_beat,
    })
}

/// Lines of chat, newest first.
pub(super) async fn chat(
    pool: &SqlitePool,
    room: RoomId,
    before: Option<u64>,
    limit: usize,
) -> Result<Vec<Event>, Fault> {
    let before = before.map_or(i64::MAX, |before| i64::try_from(before).unwrap_or(i64::MAX));
    let query = sqlx::query_scalar(CHAT).bind(&room.0.as_bytes()[..]).bind(before).bind(count(limit));
    let lines: Vec<String> = query.fetch_all(pool).await.map_err(unread)?;
    all(&format!("the chat of room {room}"), &lines)
}

const PUBLIC_ROOMS: &str = "SELECT id, title, made_at, seq FROM rooms INDEXED BY rooms_public \
    WHERE public = 1 AND id < ?1 ORDER BY id DESC LIMIT ?2";

/// Public rooms, newest first.
pub(super) async fn public_rooms(
    pool: &SqlitePool,
    before: Option<RoomId>,
    limit: usize,
) -> Result<Vec<RoomHead>, Fault> {
    // Identities sort by the time of their making, and none is the greatest there can be.
    let before = before.map_or(Uuid::max(), |before| before.0);
    let query = sqlx::query_as(PUBLIC_ROOMS).bind(&before.as_bytes()[..]).bind(count(limit));
    let rows: Vec<(Vec<u8>, String, i64, i64)> = query.fetch_all(pool).await.map_err(unread)?;
    let head = |(id, title, made_at, seq): (Vec<u8>, String, i64, i64)| {
        let id = Uuid::from_slice(&id).map_err(|error| Fault(format!("a room has an impossible identity: {error}")))?;
        Ok(RoomHead {
            id: RoomId(id),
            title: title.into(),
            public: true,
            made_at: WallTime(made_at),
            seq: seq.unsigned_abs(),
        })
    };
    rows.into_iter().map(head).collect()
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

fn all<T: DeserializeOwned>(what: &str, bodies: &[String]) -> Result<Vec<T>, Fault> {
    bodies.iter().map(|body| parsed(what, body)).collect()
}

fn parsed<T: DeserializeOwned>(what: &str, body: &str) -> Result<T, Fault> {
    serde_json::from_str(body).map_err(|error| Fault(format!("what is stored of {what} cannot be read: {error}")))
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn unread(error: sqlx::Error) -> Fault {
    Fault(format!("cannot read the database: {error}"))
}

fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
