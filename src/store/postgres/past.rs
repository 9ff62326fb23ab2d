//! What the writer says to the tables of what happened in rooms: journal, chat, history and visits, and what of them is
//! taken away again.

use engine::{
    archive::{author, subject},
    event::{Event, EventKind},
    ids::{PersonId, RoomId},
    records::Record,
    time::WallTime,
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::tables::text;
use crate::store::{batch::Batch, rows::number, writer::Failed};

const WRITE_JOURNAL: &str = "INSERT INTO journal (room, seq, at, kind, person, subject, line, event) \
    SELECT * FROM unnest($1::uuid[], $2::int8[], $3::int8[], $4::text[], $5::uuid[], $6::uuid[], $7::int8[], $8::text[])";

/// Events for the journal, a column each.
#[derive(Default)]
pub(super) struct JournalRows {
    rooms: Vec<Uuid>,
    seqs: Vec<i64>,
    at: Vec<i64>,
    kinds: Vec<&'static str>,
    people: Vec<Option<Uuid>>,
    subjects: Vec<Option<Uuid>>,
    lines: Vec<Option<i64>>,
    events: Vec<String>,
}

impl JournalRows {
    pub(super) fn push(&mut self, room: RoomId, event: &Event) -> Result<(), Failed> {
        let line = match &event.kind {
            EventKind::Reworded { line, .. } => Some(number(*line)?),
            _ => None,
        };
        self.rooms.push(room.0);
        self.seqs.push(number(event.seq)?);
        self.at.push(event.at.0);
        self.kinds.push(event.kind.name());
        self.people.push(id(author(event)));
        self.subjects.push(id(subject(event)));
        self.lines.push(line);
        self.events.push(serde_json::to_string(event)?);
        Ok(())
    }

    pub(super) async fn write(self, connection: &mut PgConnection) -> Result<(), Failed> {
        if self.rooms.is_empty() {
            return Ok(());
        }
        let query = sqlx::query(WRITE_JOURNAL).bind(self.rooms).bind(self.seqs).bind(self.at).bind(self.kinds);
        let query = query.bind(self.people).bind(self.subjects).bind(self.lines).bind(self.events);
        query.execute(connection).await?;
        Ok(())
    }
}

const WRITE_CHAT: &str = "INSERT INTO chat (room, seq, person, event) \
    SELECT * FROM unnest($1::uuid[], $2::int8[], $3::uuid[], $4::text[])";

/// Lines for the chat, a column each.
#[derive(Default)]
pub(super) struct ChatRows {
    rooms: Vec<Uuid>,
    seqs: Vec<i64>,
    people: Vec<Option<Uuid>>,
    events: Vec<String>,
}

impl ChatRows {
    pub(super) fn push(&mut self, room: RoomId, event: &Event) -> Result<(), Failed> {
        self.rooms.push(room.0);
        self.seqs.push(number(event.seq)?);
        self.people.push(id(author(event)));
        self.events.push(serde_json::to_string(event)?);
        Ok(())
    }

    pub(super) async fn write(self, connection: &mut PgConnection) -> Result<(), Failed> {
        if self.rooms.is_empty() {
            return Ok(());
        }
        let query = sqlx::query(WRITE_CHAT).bind(self.rooms).bind(self.seqs).bind(self.people).bind(self.events);
        query.execute(connection).await?;
        Ok(())
    }
}

const WRITE_HISTORY: &str = "INSERT INTO history (room, seq, person, subject, event) \
    SELECT * FROM unnest($1::uuid[], $2::int8[], $3::uuid[], $4::uuid[], $5::text[])";

/// What was played, a column each.
#[derive(Default)]
pub(super) struct HistoryRows {
    rooms: Vec<Uuid>,
    seqs: Vec<i64>,
    people: Vec<Option<Uuid>>,
    subjects: Vec<Option<Uuid>>,
    events: Vec<String>,
}

impl HistoryRows {
    pub(super) fn push(&mut self, room: RoomId, event: &Event) -> Result<(), Failed> {
        self.rooms.push(room.0);
        self.seqs.push(number(event.seq)?);
        self.people.push(id(author(event)));
        self.subjects.push(id(subject(event)));
        self.events.push(serde_json::to_string(event)?);
        Ok(())
    }

    pub(super) async fn write(self, connection: &mut PgConnection) -> Result<(), Failed> {
        if self.rooms.is_empty() {
            return Ok(());
        }
        let query = sqlx::query(WRITE_HISTORY).bind(self.rooms).bind(self.seqs).bind(self.people);
        query.bind(self.subjects).bind(self.events).execute(connection).await?;
        Ok(())
    }
}

fn id(person: Option<PersonId>) -> Option<Uuid> {
    person.map(|person| person.0)
}

const WRITE_VISITS: &str = "INSERT INTO visits (room, person, came, gone) \
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int8[], $4::int8[])";

/// Events that stand somewhere, to be written anew.
pub(super) type Standing = Vec<(Uuid, i64, String)>;

const LINES: &str = "SELECT chat.room, chat.seq, chat.event FROM unnest($1::uuid[], $2::int8[]) AS line (room, seq) \
    JOIN chat ON chat.room = line.room AND chat.seq = line.seq FOR UPDATE OF chat";

const REWRITE_CHAT: &str = "UPDATE chat SET event = new.event \
    FROM unnest($1::uuid[], $2::int8[], $3::text[]) AS new (room, seq, event) \
    WHERE chat.room = new.room AND chat.seq = new.seq";

pub(super) const REWRITE_JOURNAL: &str = "UPDATE journal SET event = new.event \
    FROM unnest($1::uuid[], $2::int8[], $3::text[]) AS new (room, seq, event) \
    WHERE journal.room = new.room AND journal.seq = new.seq";

const ERASE_LINES: &str = "DELETE FROM chat USING unnest($1::uuid[], $2::int8[]) AS line (room, seq) \
    WHERE chat.room = line.room AND chat.seq = line.seq";

/// The journal keeps that something was said.
const TEXTS: &str = "SELECT journal.room, journal.seq, journal.event \
    FROM unnest($1::uuid[], $2::int8[]) AS line (room, seq) \
    JOIN journal ON journal.room = line.room AND journal.seq = line.seq FOR UPDATE OF journal";

/// How it was worded later goes too.
const WORDINGS: &str = "SELECT journal.room, journal.seq, journal.event \
    FROM unnest($1::uuid[], $2::int8[]) AS line (room, seq) \
    JOIN journal ON journal.room = line.room AND journal.line = line.seq FOR UPDATE OF journal";

/// Looks at no more rows than it deletes, and at the first that stays.
const PRUNE_JOURNAL: &str = "WITH old AS MATERIALIZED ( \
        SELECT new.room, least(new.seq, coalesce( \
            (SELECT kept.seq - 1 FROM journal AS kept \
             WHERE kept.room = new.room AND kept.at >= $3 ORDER BY kept.seq LIMIT 1), new.seq)) AS last \
        FROM unnest($1::uuid[], $2::int8[]) AS new (room, seq)) \
    DELETE FROM journal USING old WHERE journal.room = old.room AND journal.seq <= old.last";

/// In the order in which nothing is left without what it refers to.
const END_ROOMS: [&str; 6] = [
    "DELETE FROM visits WHERE room = ANY($1)",
    "DELETE FROM history WHERE room = ANY($1)",
    "DELETE FROM chat WHERE room = ANY($1)",
    "DELETE FROM journal WHERE room = ANY($1)",
    "DELETE FROM snapshots WHERE room = ANY($1)",
    "DELETE FROM rooms WHERE id = ANY($1)",
];

const END_RECORDS: &str = "DELETE FROM records USING unnest($1::text[], $2::text[]) AS gone (kind, owner) \
    WHERE records.kind = gone.kind AND records.owner = gone.owner";

/// Their keys begin with the room; nothing but the person follows the colon, and a semicolon comes after it.
const END_ADMISSIONS: &str = "DELETE FROM records USING unnest($1::text[]) AS gone (room) \
    WHERE records.kind = 'admission' AND records.key > gone.room || ':' AND records.key < gone.room || ';'";

/// Writes what happened, and takes away what is not to be kept.
pub(super) async fn write_past(batch: &Batch, connection: &mut PgConnection) -> Result<(), Failed> {
    let (mut journal, mut chat) = (JournalRows::default(), ChatRows::default());
    let mut history = HistoryRows::default();
    for (room, event) in &batch.journal {
        match &event.kind {
            EventKind::Said(_) => chat.push(*room, event)?,
            EventKind::Played(_) => history.push(*room, event)?,
            _ => {}
        }
        let covered = batch.snapshots.get(room).is_some_and(|snapshot| event.seq <= snapshot.seq);
        if !covered || event.at >= batch.audit_from {
            journal.push(*room, event)?;
        }
    }
    journal.write(connection).await?;
    chat.write(connection).await?;
    history.write(connection).await?;
    write_visits(batch, connection).await?;
    reword(batch, connection).await?;
    erase(batch, connection).await?;

    if !batch.snapshots.is_empty() {
        let (mut rooms, mut seqs) = (Vec::new(), Vec::new());
        for (room, snapshot) in &batch.snapshots {
            rooms.push(room.0);
            seqs.push(number(snapshot.seq)?);
        }
        let query = sqlx::query(PRUNE_JOURNAL).bind(rooms).bind(seqs).bind(batch.audit_from.0);
        query.execute(connection).await?;
    }
    Ok(())
}

async fn write_visits(batch: &Batch, connection: &mut PgConnection) -> Result<(), Failed> {
    if batch.visits.is_empty() {
        return Ok(());
    }
    let rooms: Vec<_> = batch.visits.iter().map(|(room, _)| room.0).collect();
    let people: Vec<_> = batch.visits.iter().map(|(_, visit)| visit.person.0).collect();
    let came: Vec<_> = batch.visits.iter().map(|(_, visit)| visit.came.0).collect();
    let gone: Vec<_> = batch.visits.iter().map(|(_, visit)| visit.left.0).collect();
    sqlx::query(WRITE_VISITS).bind(rooms).bind(people).bind(came).bind(gone).execute(connection).await?;
    Ok(())
}

/// The chat has the last wording, the journal all of them.
async fn reword(batch: &Batch, connection: &mut PgConnection) -> Result<(), Failed> {
    if batch.reworded.is_empty() {
        return Ok(());
    }
    let (mut rooms, mut lines) = (Vec::new(), Vec::new());
    for (room, line) in batch.reworded.keys() {
        rooms.push(room.0);
        lines.push(number(*line)?);
    }
    let query = sqlx::query_as(LINES).bind(rooms).bind(lines);
    let standing: Standing = query.fetch_all(&mut *connection).await?;
    let reword = |room: Uuid, event: &mut Event| {
        if let (EventKind::Said(line), Some(text)) = (&mut event.kind, batch.reworded.get(&(RoomId(room), event.seq))) {
            line.text = text.clone();
        }
    };
    rewrite(connection, REWRITE_CHAT, standing, reword).await
}

async fn erase(batch: &Batch, connection: &mut PgConnection) -> Result<(), Failed> {
    if batch.erased.is_empty() {
        return Ok(());
    }
    let (mut rooms, mut lines) = (Vec::new(), Vec::new());
    for (room, line) in &batch.erased {
        rooms.push(room.0);
        lines.push(number(*line)?);
    }
    sqlx::query(ERASE_LINES).bind(&rooms).bind(&lines).execute(&mut *connection).await?;
    for told in [TEXTS, WORDINGS] {
        let query = sqlx::query_as(told).bind(&rooms).bind(&lines);
        let standing: Standing = query.fetch_all(&mut *connection).await?;
        let erase = |_, event: &mut Event| match &mut event.kind {
            EventKind::Said(line) => line.text = "".into(),
            EventKind::Reworded { text, .. } => *text = "".into(),
            _ => {}
        };
        rewrite(connection, REWRITE_JOURNAL, standing, erase).await?;
    }
    Ok(())
}

/// Takes away all of the rooms that are gone.
pub(super) async fn write_ends(batch: &Batch, connection: &mut PgConnection) -> Result<(), Failed> {
    if batch.gone.is_empty() {
        return Ok(());
    }
    let gone: Vec<_> = batch.gone.iter().map(|room| room.0).collect();
    for statement in END_ROOMS {
        sqlx::query(statement).bind(&gone).execute(&mut *connection).await?;
    }
    let (mut kinds, mut owners) = (Vec::new(), Vec::new());
    for room in &batch.gone {
        for kind in Record::OF_ROOMS {
            kinds.push(kind);
            owners.push(room.to_string());
        }
    }
    sqlx::query(END_RECORDS).bind(kinds).bind(owners).execute(&mut *connection).await?;
    let rooms: Vec<_> = batch.gone.iter().map(|room| text(&room.to_string())).collect();
    sqlx::query(END_ADMISSIONS).bind(rooms).execute(connection).await?;
    Ok(())
}

/// Changes events that stand somewhere. They are read and written here, because a database that read them would have to
/// understand them as we do.
pub(super) async fn rewrite(
    connection: &mut PgConnection,
    statement: &'static str,
    standing: Standing,
    change: impl Fn(Uuid, &mut Event),
) -> Result<(), Failed> {
    if standing.is_empty() {
        return Ok(());
    }
    let (mut rooms, mut seqs, mut events) = (Vec::new(), Vec::new(), Vec::new());
    for (room, seq, event) in standing {
        let mut event: Event = serde_json::from_str(&event)?;
        change(room, &mut event);
        rooms.push(room);
        seqs.push(seq);
        events.push(serde_json::to_string(&event)?);
    }
    sqlx::query(statement).bind(rooms).bind(seqs).bind(events).execute(connection).await?;
    Ok(())
}

const SWEEP: &str = "DELETE FROM visits WHERE id IN \
    (SELECT id FROM visits WHERE gone < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)";

/// Deletes some of the visits that ended before `from`.
pub(super) async fn sweep(connection: &mut PgConnection, from: WallTime, limit: i64) -> Result<(), sqlx::Error> {
    sqlx::query(SWEEP).bind(from.0).bind(limit).execute(connection).await.map(drop)
}

#[cfg(test)]
pub(super) fn statements() -> Vec<&'static str> {
    let written = [WRITE_JOURNAL, WRITE_CHAT, WRITE_HISTORY, WRITE_VISITS];
    let rewritten = [LINES, REWRITE_CHAT, REWRITE_JOURNAL, ERASE_LINES, TEXTS, WORDINGS];
    let taken = [PRUNE_JOURNAL, END_RECORDS, END_ADMISSIONS, SWEEP];
    [&written[..], &rewritten, &taken, &END_ROOMS].concat()
}
