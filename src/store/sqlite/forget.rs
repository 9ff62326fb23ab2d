//! Taking a person out of all that is kept of rooms.

use engine::{
    archive::without,
    event::Event,
    ids::{PersonId, RoomId},
};
use sqlx::{Connection, SqliteConnection};
use uuid::Uuid;

use super::tables::{hex, rows};
use crate::store::writer::Failed;

/// How many events are read and written at once, so that memory does not grow with what somebody did.
const CHUNK: i64 = 500;

const KNOWN_IN: &str = "SELECT room FROM journal WHERE person = ?1 \
    UNION SELECT room FROM journal WHERE subject = ?1 \
    UNION SELECT room FROM history WHERE person = ?1 \
    UNION SELECT room FROM history WHERE subject = ?1 \
    UNION SELECT room FROM chat WHERE person = ?1 \
    UNION SELECT room FROM visits WHERE person = ?1 \
    UNION SELECT id FROM rooms WHERE host = ?1 \
    ORDER BY 1";

/// Where somebody's name stands, and how such a row is written again.
const NAMED: [(&str, &str); 4] = [
    (
        "SELECT room, seq, event FROM journal INDEXED BY journal_person \
            WHERE person = ?1 AND (room, seq) > (?2, ?3) ORDER BY room, seq LIMIT ?4",
        REWRITE_JOURNAL,
    ),
    (
        "SELECT room, seq, event FROM journal INDEXED BY journal_subject \
            WHERE subject = ?1 AND (room, seq) > (?2, ?3) ORDER BY room, seq LIMIT ?4",
        REWRITE_JOURNAL,
    ),
    (
        "SELECT room, seq, event FROM history INDEXED BY history_person \
            WHERE person = ?1 AND (room, seq) > (?2, ?3) ORDER BY room, seq LIMIT ?4",
        REWRITE_HISTORY,
    ),
    (
        "SELECT room, seq, event FROM history INDEXED BY history_subject \
            WHERE subject = ?1 AND (room, seq) > (?2, ?3) ORDER BY room, seq LIMIT ?4",
        REWRITE_HISTORY,
    ),
];

const REWRITE_JOURNAL: &str = "UPDATE journal SET event = new.event \
    FROM (SELECT unhex(value ->> 0) AS room, value ->> 1 AS seq, value -> 2 AS event FROM json_each(?1)) AS new \
    WHERE journal.room = new.room AND journal.seq = new.seq";

const REWRITE_HISTORY: &str = "UPDATE history SET event = new.event \
    FROM (SELECT unhex(value ->> 0) AS room, value ->> 1 AS seq, value -> 2 AS event FROM json_each(?1)) AS new \
    WHERE history.room = new.room AND history.seq = new.seq";

const NO_LINES: &str = "DELETE FROM chat WHERE person = ?1";

const NOBODYS_VISITS: &str = "UPDATE visits SET person = zeroblob(16) WHERE person = ?1";

/// Takes somebody out, in one transaction of its own. Answers where they were known.
pub(super) async fn forget(connection: &mut SqliteConnection, person: PersonId) -> Result<Vec<RoomId>, Failed> {
    let id = person.0;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let rooms: Vec<Uuid> = sqlx::query_scalar(KNOWN_IN).bind(id).fetch_all(&mut *transaction).await?;
    for (named, rewrite) in NAMED {
        let mut behind = (Uuid::nil(), 0);
        loop {
            let query = sqlx::query_as(named).bind(id).bind(behind.0).bind(behind.1).bind(CHUNK);
            let found: Vec<(Uuid, i64, String)> = query.fetch_all(&mut *transaction).await?;
            let Some((room, seq, _)) = found.last() else { break };
            behind = (*room, *seq);
            let mut rewritten = Vec::with_capacity(found.len());
            for (room, seq, event) in &found {
                let event: Event = serde_json::from_str(event)?;
                rewritten.push((hex(*room), *seq, without(&event, person)));
            }
            rows(&mut transaction, rewrite, &rewritten).await?;
        }
    }
    sqlx::query(NO_LINES).bind(id).execute(&mut *transaction).await?;
    sqlx::query(NOBODYS_VISITS).bind(id).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(rooms.into_iter().map(RoomId).collect())
}

#[cfg(test)]
pub(super) fn statements() -> Vec<&'static str> {
    let named = NAMED.map(|(named, _)| named);
    [&named[..], &[KNOWN_IN, REWRITE_JOURNAL, REWRITE_HISTORY, NO_LINES, NOBODYS_VISITS]].concat()
}
