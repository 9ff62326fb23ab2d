//! What who runs the server sees of all that is stored: pages from the newest on, and how much there is.

use engine::{
    ids::RoomId,
    ports::{RoomHead, Totals},
    records::Record,
    refusal::Fault,
    time::WallTime,
};
use sqlx::PgPool;
use uuid::Uuid;

use super::{connect::unread, read::LAST, tables::text};
use crate::store::{
    Size,
    rows::{HeadRow, all, count, head},
};

const LAST_RECORDS: &str = "SELECT body FROM records \
    WHERE kind = $1 AND key < $2 AND (expires_at IS NULL OR expires_at > $3) \
    ORDER BY key DESC LIMIT $4";

/// Records of a kind, the last key first.
pub(super) async fn last_records(
    pool: &PgPool,
    kind: &str,
    before: Option<&str>,
    now: WallTime,
    limit: usize,
) -> Result<Vec<Record>, Fault> {
    let before = before.map_or_else(|| LAST.to_string(), text);
    let query = sqlx::query_scalar(LAST_RECORDS).bind(kind).bind(before).bind(now.0).bind(count(limit));
    let bodies: Vec<String> = query.fetch_all(pool).await.map_err(unread)?;
    all(kind, &bodies)
}

const LAST_ROOMS: &str =
    "SELECT id, title, public, made_at, seq, host, due_at FROM rooms WHERE id < $1 ORDER BY id DESC LIMIT $2";

/// All rooms, newest first.
pub(super) async fn last_rooms(pool: &PgPool, before: Option<RoomId>, limit: usize) -> Result<Vec<RoomHead>, Fault> {
    let before = before.map_or(Uuid::max(), |before| before.0);
    let rows: Vec<HeadRow> =
        sqlx::query_as(LAST_ROOMS).bind(before).bind(count(limit)).fetch_all(pool).await.map_err(unread)?;
    Ok(rows.into_iter().map(head).collect())
}

const TOTALS: &str = "SELECT (SELECT count(*) FROM rooms), (SELECT count(*) FROM records WHERE kind = 'person'), \
    (SELECT count(*) FROM records WHERE kind = 'account'), \
    pg_database_size(current_database())";

/// How much there is.
pub(super) async fn totals(pool: &PgPool) -> Result<Totals, Fault> {
    let (rooms, people, accounts, bytes): (i64, i64, i64, i64) =
        sqlx::query_as(TOTALS).fetch_one(pool).await.map_err(unread)?;
    let [rooms, people, accounts, bytes] = [rooms, people, accounts, bytes].map(i64::unsigned_abs);
    Ok(Totals { rooms, people, accounts, bytes })
}

const SIZE: &str = "SELECT pg_database_size(current_database())";

/// Looks how large the database is. Its log, and what is free on its disk, are the server's affair.
pub(super) async fn size(pool: &PgPool) -> Result<Size, Fault> {
    let database: i64 = sqlx::query_scalar(SIZE).fetch_one(pool).await.map_err(unread)?;
    Ok(Size { database: database.unsigned_abs(), log: 0, free: None })
}

#[cfg(test)]
pub(super) fn statements() -> Vec<&'static str> {
    // How much there is walks tables, for who runs the server alone.
    vec![LAST_RECORDS, LAST_ROOMS]
}
