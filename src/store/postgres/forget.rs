//! Taking a person out of all that is kept of rooms.

use engine::{
    archive::without,
    event::Event,
    ids::{PersonId, RoomId},
};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::{
    past::{REWRITE_JOURNAL, Standing, rewrite},
    tables::BEGIN,
    writer::uncommitted,
};
use crate::store::writer::Failed;

/// How many events are read and written at once, so that memory does not grow with what somebody did.
const CHUNK: i64 = 500;

const KNOWN_IN: &str = "SELECT room FROM journal WHERE person = $1 \
    UNION SELECT room FROM journal WHERE subject = $1 \
    UNION SELECT room FROM history WHERE person = $1 \
    UNION SELECT room FROM history WHERE subject = $1 \
    UNION SELECT room FROM chat WHERE person = $1 \
    UNION SELECT room FROM visits WHERE person = $1 \
    UNION SELECT id FROM rooms WHERE host = $1 \
    ORDER BY 1";

/// Where somebody's name stands, and how such a row is written again.
const NAMED: [(&str, &str); 4] = [
    (
        "SELECT room, seq, event FROM journal \
            WHERE person = $1 AND (room, seq) > ($2, $3) ORDER BY room, seq LIMIT $4 FOR UPDATE",
        REWRITE_JOURNAL,
    ),
    (
        "SELECT room, seq, event FROM journal \
            WHERE subject = $1 AND (room, seq) > ($2, $3) ORDER BY room, seq LIMIT $4 FOR UPDATE",
        REWRITE_JOURNAL,
    ),
    (
        "SELECT room, seq, event FROM history \
            WHERE person = $1 AND (room, seq) > ($2, $3) ORDER BY room, seq LIMIT $4 FOR UPDATE",
        REWRITE_HISTORY,
    ),
    (
        "SELECT room, seq, event FROM history \
            WHERE subject = $1 AND (room, seq) > ($2, $3) ORDER BY room, seq LIMIT $4 FOR UPDATE",
        REWRITE_HISTORY,
    ),
];

const REWRITE_HISTORY: &str = "UPDATE history SET event = new.event \
    FROM unnest($1::uuid[], $2::int8[], $3::text[]) AS new (room, seq, event) \
    WHERE history.room = new.room AND history.seq = new.seq";

const NO_LINES: &str = "DELETE FROM chat WHERE person = $1";

const NOBODYS_VISITS: &str = "UPDATE visits SET person = $2 WHERE person = $1";

/// Takes somebody out, in one transaction of its own. Answers where they were known.
pub(super) async fn forget(connection: &mut PgConnection, person: PersonId) -> Result<Vec<RoomId>, Failed> {
    let id = person.0;
    let mut transaction = connection.begin_with(BEGIN).await?;
    let rooms: Vec<Uuid> = sqlx::query_scalar(KNOWN_IN).bind(id).fetch_all(&mut *transaction).await?;
    for (named, statement) in NAMED {
        let mut behind = (Uuid::nil(), 0);
        loop {
            let query = sqlx::query_as(named).bind(id).bind(behind.0).bind(behind.1).bind(CHUNK);
            let found: Standing = query.fetch_all(&mut *transaction).await?;
            let Some((room, seq, _)) = found.last() else { break };
            behind = (*room, *seq);
            let forget = |_, event: &mut Event| *event = without(event, person);
            rewrite(&mut transaction, statement, found, forget).await?;
        }
    }
    sqlx::query(NO_LINES).bind(id).execute(&mut *transaction).await?;
    sqlx::query(NOBODYS_VISITS).bind(id).bind(Uuid::nil()).execute(&mut *transaction).await?;
    transaction.commit().await.map_err(uncommitted)?;
    Ok(rooms.into_iter().map(RoomId).collect())
}

#[cfg(test)]
pub(super) fn statements() -> Vec<&'static str> {
    let named = NAMED.map(|(named, _)| named);
    [&named[..], &[KNOWN_IN, REWRITE_HISTORY, NO_LINES, NOBODYS_VISITS]].concat()
}
