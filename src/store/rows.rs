//! What both databases keep in the same columns, read and counted.

use engine::{
    ids::{PersonId, RoomId},
    ports::RoomHead,
    refusal::Fault,
    time::WallTime,
};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::writer::Failed;

/// Identity, title, whether it is public, when it was made, its last number, its host, when it is due.
pub(super) type HeadRow = (Uuid, String, bool, i64, i64, Option<Uuid>, Option<i64>);

pub(super) fn head((id, title, public, made_at, seq, host, due_at): HeadRow) -> RoomHead {
    RoomHead {
        id: RoomId(id),
        title: title.into(),
        public,
        made_at: WallTime(made_at),
        seq: seq.unsigned_abs(),
        host: host.map(PersonId),
        due_at: due_at.map(WallTime),
    }
}

pub(super) fn all<T: DeserializeOwned>(what: &str, bodies: &[String]) -> Result<Vec<T>, Fault> {
    bodies.iter().map(|body| parsed(what, body)).collect()
}

pub(super) fn parsed<T: DeserializeOwned>(what: &str, body: &str) -> Result<T, Fault> {
    serde_json::from_str(body).map_err(|error| Fault::new(format!("what is stored of {what} cannot be read: {error}")))
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(super) fn unread(error: sqlx::Error) -> Fault {
    Fault::new(format!("cannot read the database: {error}"))
}

/// How many rows at most.
pub(super) fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// The number that a page ends before; none is before all of them.
pub(super) fn below(before: Option<u64>) -> i64 {
    before.map_or(i64::MAX, above)
}

/// The number that a page begins behind.
pub(super) fn above(after: u64) -> i64 {
    i64::try_from(after).unwrap_or(i64::MAX)
}

/// A number as a database has it.
pub(super) fn number(value: u64) -> Result<i64, Failed> {
    i64::try_from(value).map_err(|_| Failed::Number(value))
}
