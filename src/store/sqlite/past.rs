//! What the writer says to the tables of what happened in rooms: journal, chat, history and visits, and what of them is
//! taken away again.

use engine::{
    archive::{author, subject},
    event::{EventKind, Visit},
    ids::{PersonId, RoomId},
    records::Record,
    time::WallTime,
};
use sqlx::{SqliteConnection, SqlitePool};

use super::tables::{hex, rows};
use crate::store::{batch::Batch, rows::number, writer::Failed};

pub(super) const WRITE_JOURNAL: &str = "INSERT INTO journal (room, seq, at, kind, person, subject, event) \
    SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, unhex(value ->> 4), unhex(value ->> 5), \
        value -> 6 FROM json_each(?1)";

pub(super) const WRITE_CHAT: &str = "INSERT INTO chat (room, seq, person, event) \
    SELECT unhex(value ->> 0), value ->> 1, unhex(value ->> 2), value -> 3 FROM json_each(?1)";

pub(super) const WRITE_HISTORY: &str = "INSERT INTO history (room, seq, person, subject, event) \
    SELECT unhex(value ->> 0), value ->> 1, unhex(value ->> 2), unhex(value ->> 3), value -> 4 FROM json_each(?1)";

const WRITE_VISITS: &str = "INSERT INTO visits (room, person, came, gone) \
    SELECT unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3 FROM json_each(?1)";

/// The chat has the last wording, the journal all of them.
const REWORD_LINES: &str = "UPDATE chat SET event = json_set(chat.event, '$.text', new.text) \
    FROM (SELECT unhex(value ->> 0) AS room, value ->> 1 AS seq, value ->> 2 AS text FROM json_each(?1)) AS new \
    WHERE chat.room = new.room AND chat.seq = new.seq";

const ERASE_LINES: &str = "DELETE FROM chat WHERE (room, seq) IN \
    (SELECT unhex(value ->> 0), value ->> 1 FROM json_each(?1))";

/// The journal keeps that something was said.
const ERASE_TEXTS: &str = "UPDATE journal SET event = json_set(event, '$.text', '') WHERE kind = 'said' AND \
    (room, seq) IN (SELECT unhex(value ->> 0), value ->> 1 FROM json_each(?1))";

/// How it was worded later goes too.
const ERASE_WORDINGS: &str = "UPDATE journal INDEXED BY journal_reworded SET event = json_set(event, '$.text', '') \
    WHERE kind = 'reworded' AND \
    (room, event ->> '$.line') IN (SELECT unhex(value ->> 0), value ->> 1 FROM json_each(?1))";

/// Looks at no more rows than it deletes, and at the first that stays. One bound, so that the index ends there.
const PRUNE_JOURNAL: &str = "DELETE FROM journal WHERE (room, seq) IN \
    (SELECT old.room, old.seq FROM json_each(?1) AS new \
     CROSS JOIN journal AS old ON old.room = unhex(new.value ->> 0) AND old.seq <= min(new.value ->> 1, coalesce( \
        (SELECT kept.seq - 1 FROM journal AS kept \
         WHERE kept.room = unhex(new.value ->> 0) AND kept.at >= new.value ->> 2 ORDER BY kept.seq LIMIT 1), \
        new.value ->> 1)))";

/// In the order in which nothing is left without what it refers to.
const END_ROOMS: [&str; 6] = [
    "DELETE FROM visits WHERE room IN (SELECT unhex(value) FROM json_each(?1))",
    "DELETE FROM history WHERE room IN (SELECT unhex(value) FROM json_each(?1))",
    "DELETE FROM chat WHERE room IN (SELECT unhex(value) FROM json_each(?1))",
    "DELETE FROM journal WHERE room IN (SELECT unhex(value) FROM json_each(?1))",
    "DELETE FROM snapshots WHERE room IN (SELECT unhex(value) FROM json_each(?1))",
    "DELETE FROM rooms WHERE id IN (SELECT unhex(value) FROM json_each(?1))",
];

const END_RECORDS: &str = "DELETE FROM records WHERE (kind, key) IN \
    (SELECT old.kind, old.key FROM json_each(?1) AS gone \
     CROSS JOIN records AS old INDEXED BY records_owner \
        ON old.kind = gone.value ->> 0 AND old.owner = gone.value ->> 1)";

/// Their keys begin with the room; nothing but the person follows the colon, and a semicolon comes after it.
const END_ADMISSIONS: &str = "DELETE FROM records WHERE (kind, key) IN \
    (SELECT old.kind, old.key FROM json_each(?1) AS gone \
     CROSS JOIN records AS old \
        ON old.kind = 'admission' AND old.key > gone.value || ':' AND old.key < gone.value || ';')";

impl Batch {
    /// Writes what happened, and takes away what is not to be kept.
    pub(super) async fn write_past(&self, connection: &mut SqliteConnection) -> Result<(), Failed> {
        let (mut journal, mut chat, mut history) = (Vec::new(), Vec::new(), Vec::new());
        for (room, event) in &self.journal {
            let (id, seq) = (hex(room.0), number(event.seq)?);
            let (person, subject) = (author(event).map(key), subject(event).map(key));
            match &event.kind {
                EventKind::Said(_) => chat.push((id.clone(), seq, person.clone(), event)),
                EventKind::Played(_) => history.push((id.clone(), seq, person.clone(), subject.clone(), event)),
                _ => {}
            }
            let covered = self.snapshots.get(room).is_some_and(|snapshot| event.seq <= snapshot.seq);
            if !covered || event.at >= self.audit_from {
                journal.push((id, seq, event.at, event.kind.name(), person, subject, event));
            }
        }
        rows(connection, WRITE_JOURNAL, &journal).await?;
        rows(connection, WRITE_CHAT, &chat).await?;
        rows(connection, WRITE_HISTORY, &history).await?;

        let visit = |(room, visit): &(RoomId, Visit)| (hex(room.0), key(visit.person), visit.came, visit.left);
        let visits: Vec<_> = self.visits.iter().map(visit).collect();
        rows(connection, WRITE_VISITS, &visits).await?;

        let mut reworded = Vec::new();
        for ((room, line), text) in &self.reworded {
            reworded.push((hex(room.0), number(*line)?, text));
        }
        rows(connection, REWORD_LINES, &reworded).await?;

        let mut erased = Vec::new();
        for (room, line) in &self.erased {
            erased.push((hex(room.0), number(*line)?));
        }
        rows(connection, ERASE_LINES, &erased).await?;
        rows(connection, ERASE_TEXTS, &erased).await?;
        rows(connection, ERASE_WORDINGS, &erased).await?;

        let mut prunes = Vec::new();
        for (room, snapshot) in &self.snapshots {
            prunes.push((hex(room.0), number(snapshot.seq)?, self.audit_from));
        }
        rows(connection, PRUNE_JOURNAL, &prunes).await
    }

    /// Takes away all of the rooms that are gone.
    pub(super) async fn write_ends(&self, connection: &mut SqliteConnection) -> Result<(), Failed> {
        let gone: Vec<_> = self.gone.iter().map(|room| hex(room.0)).collect();
        for statement in END_ROOMS {
            rows(connection, statement, &gone).await?;
        }
        let kinds = |owner: String| Record::OF_ROOMS.map(|kind| (kind, owner.clone()));
        let owned: Vec<_> = self.gone.iter().flat_map(|room| kinds(room.to_string())).collect();
        rows(connection, END_RECORDS, &owned).await?;
        let rooms: Vec<_> = self.gone.iter().map(RoomId::to_string).collect();
        rows(connection, END_ADMISSIONS, &rooms).await
    }
}

pub(super) fn key(person: PersonId) -> String {
    hex(person.0)
}

const SWEEP: &str =
    "DELETE FROM visits WHERE id IN (SELECT id FROM visits INDEXED BY visits_gone WHERE gone < ?1 LIMIT ?2)";

/// Deletes some of the visits that ended before `from`.
pub(super) async fn sweep(pool: &SqlitePool, from: WallTime, limit: i64) -> Result<(), sqlx::Error> {
    sqlx::query(SWEEP).bind(from.0).bind(limit).execute(pool).await.map(drop)
}

#[cfg(test)]
pub(super) fn statements() -> Vec<&'static str> {
    let written = [WRITE_JOURNAL, WRITE_CHAT, WRITE_HISTORY, WRITE_VISITS];
    let taken =
        [REWORD_LINES, ERASE_LINES, ERASE_TEXTS, ERASE_WORDINGS, PRUNE_JOURNAL, END_RECORDS, END_ADMISSIONS, SWEEP];
    [&written[..], &taken, &END_ROOMS].concat()
}
