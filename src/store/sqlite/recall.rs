//! Reading what happened in rooms: chat, history, audit, visits.

use engine::{
    archive::Attending,
    event::{Event, Visit},
    ids::{CallId, PersonId, RoomId},
    ports::{Attendance, OWN_DEEDS, Trail},
    refusal::Fault,
    time::WallTime,
};
use futures_util::TryStreamExt;
use sqlx::SqlitePool;
use uuid::Uuid;

use crate::store::rows::{above, all, below, count, parsed, unread};

pub(super) const CHAT: &str = "SELECT event FROM chat WHERE room = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3";

const HISTORY: &str = "SELECT event FROM history WHERE room = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3";

/// Lines of chat, newest first.
pub(super) async fn chat(
    pool: &SqlitePool,
    room: RoomId,
    before: Option<u64>,
    limit: usize,
) -> Result<Vec<Event>, Fault> {
    page(pool, CHAT, room, before, limit).await
}

/// What was played, newest first.
pub(super) async fn history(
    pool: &SqlitePool,
    room: RoomId,
    before: Option<u64>,
    limit: usize,
) -> Result<Vec<Event>, Fault> {
    page(pool, HISTORY, room, before, limit).await
}

async fn page(
    pool: &SqlitePool,
    statement: &'static str,
    room: RoomId,
    before: Option<u64>,
    limit: usize,
) -> Result<Vec<Event>, Fault> {
    let query = sqlx::query_scalar(statement).bind(room.0).bind(below(before)).bind(count(limit));
    let events: Vec<String> = query.fetch_all(pool).await.map_err(unread)?;
    all(&format!("room {room}"), &events)
}

const LINE: &str = "SELECT event FROM chat WHERE room = ?1 AND seq = ?2";

/// One line of chat.
pub(super) async fn line(pool: &SqlitePool, room: RoomId, seq: u64) -> Result<Option<Event>, Fault> {
    let Ok(seq) = i64::try_from(seq) else { return Ok(None) };
    let query = sqlx::query_scalar(LINE).bind(room.0).bind(seq);
    let line: Option<String> = query.fetch_optional(pool).await.map_err(unread)?;
    line.map(|line| parsed(&format!("room {room}"), &line)).transpose()
}

const MADE_BY: &str = "SELECT event FROM \
        (SELECT seq, event FROM journal INDEXED BY journal_person WHERE person = ?1 AND room = ?2 \
            ORDER BY seq DESC LIMIT ?3) \
    WHERE instr(event, ?4) > 0 ORDER BY seq";

/// What somebody said or queued in a room by a call.
pub(super) async fn made_by(
    pool: &SqlitePool,
    room: RoomId,
    person: PersonId,
    call: CallId,
) -> Result<Vec<Event>, Fault> {
    let query = sqlx::query_scalar(MADE_BY).bind(person.0).bind(room.0).bind(count(OWN_DEEDS)).bind(call.text());
    let events: Vec<String> = query.fetch_all(pool).await.map_err(unread)?;
    // Others speak of what it made.
    let mut made = all::<Event>(&format!("room {room}"), &events)?;
    made.retain(|event| event.is_made_by(call));
    Ok(made)
}

const LINES_OF: &str = "SELECT room, event FROM chat INDEXED BY chat_person \
    WHERE person = ?1 AND (room, seq) > (?2, ?3) ORDER BY room, seq LIMIT ?4";

/// What somebody wrote anywhere, by room and number.
pub(super) async fn lines_of(
    pool: &SqlitePool,
    person: PersonId,
    after: Option<(RoomId, u64)>,
    limit: usize,
) -> Result<Vec<(RoomId, Event)>, Fault> {
    let (room, seq) = after.map_or((Uuid::nil(), 0), |(room, seq)| (room.0, above(seq)));
    let query = sqlx::query_as(LINES_OF).bind(person.0).bind(room).bind(seq);
    let lines: Vec<(Uuid, String)> = query.bind(count(limit)).fetch_all(pool).await.map_err(unread)?;
    lines.iter().map(|(room, line)| Ok((RoomId(*room), parsed(&format!("room {room}"), line)?))).collect()
}

/// Walks back through the room until enough of the kind was found.
const AUDIT: &str = "SELECT event FROM journal \
    WHERE room = ?1 AND seq < ?2 AND (?3 IS NULL OR kind = ?3) ORDER BY seq DESC LIMIT ?4";

const AUDIT_OF: &str = "SELECT event FROM journal INDEXED BY journal_person \
    WHERE person = ?5 AND room = ?1 AND seq < ?2 AND (?3 IS NULL OR kind = ?3) ORDER BY seq DESC LIMIT ?4";

/// What happened, newest first.
pub(super) async fn audit(pool: &SqlitePool, room: RoomId, trail: &Trail) -> Result<Vec<Event>, Fault> {
    let Trail { before, limit, person, kind } = trail;
    let statement = if person.is_some() { AUDIT_OF } else { AUDIT };
    let query = sqlx::query_scalar(statement).bind(room.0).bind(below(*before));
    let mut query = query.bind(kind.as_deref()).bind(count(*limit));
    if let Some(person) = person {
        query = query.bind(person.0);
    }
    let events: Vec<String> = query.fetch_all(pool).await.map_err(unread)?;
    all(&format!("room {room}"), &events)
}

const EVENTS_AFTER: &str = "SELECT event FROM journal WHERE room = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";

/// What happened, oldest first.
pub(super) async fn events_after(
    pool: &SqlitePool,
    room: RoomId,
    after: u64,
    limit: usize,
) -> Result<Vec<Event>, Fault> {
    let query = sqlx::query_scalar(EVENTS_AFTER).bind(room.0).bind(above(after)).bind(count(limit));
    let events: Vec<String> = query.fetch_all(pool).await.map_err(unread)?;
    all(&format!("room {room}"), &events)
}

const VISITS: &str = "SELECT person, came, gone FROM visits INDEXED BY visits_room \
    WHERE room = ?1 ORDER BY person, came";

/// Counts who was in a room, without having all visits in memory.
pub(super) async fn attendance(pool: &SqlitePool, room: RoomId) -> Result<Attendance, Fault> {
    let mut attending = Attending::default();
    let mut visits = sqlx::query_as(VISITS).bind(room.0).fetch(pool);
    while let Some((person, came, gone)) = visits.try_next().await.map_err(unread)? {
        attending.add(&Visit { person: PersonId(person), came: WallTime(came), left: WallTime(gone) });
    }
    Ok(attending.sum())
}

/// Looks at all visits of one person: which was the last of a room is known only then.
const VISITED: &str = "SELECT room, max(gone) AS last FROM visits INDEXED BY visits_person \
    WHERE person = ?1 GROUP BY room HAVING last < ?2 ORDER BY last DESC, room DESC LIMIT ?3";

/// Where somebody was, the latest first.
pub(super) async fn visited(
    pool: &SqlitePool,
    person: PersonId,
    before: Option<WallTime>,
    limit: usize,
) -> Result<Vec<(RoomId, WallTime)>, Fault> {
    let before = before.map_or(i64::MAX, |before| before.0);
    let query = sqlx::query_as(VISITED).bind(person.0).bind(before).bind(count(limit));
    let rooms: Vec<(Uuid, i64)> = query.fetch_all(pool).await.map_err(unread)?;
    Ok(rooms.into_iter().map(|(room, last)| (RoomId(room), WallTime(last))).collect())
}

#[cfg(test)]
pub(super) fn statements() -> Vec<&'static str> {
    vec![CHAT, HISTORY, LINE, MADE_BY, LINES_OF, AUDIT, AUDIT_OF, EVENTS_AFTER, VISITS, VISITED]
}
