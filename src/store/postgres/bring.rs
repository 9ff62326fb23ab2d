//! Taking in a whole room from elsewhere.

use engine::{
    ports::{Brought, Landing},
    time::WallTime,
};
use sqlx::{Connection, PgConnection};

use super::{
    past::{ChatRows, HistoryRows, JournalRows},
    tables::{BEGIN, RecordRows, RoomRows, SnapshotRows, held, keep_others_out},
    writer::uncommitted,
};
use crate::store::{
    batch::{Change, HeldRoom, row_key},
    rows::{HeadRow, head},
    writer::Failed,
};

/// How many events are written at once: a statement has an end.
const CHUNK: usize = 5_000;

const THERE: &str = "SELECT id, title, public, made_at, seq, host, due_at FROM rooms WHERE id = $1";

/// Writes it in one transaction of its own, unless something is in its way.
pub(super) async fn bring(
    connection: &mut PgConnection,
    brought: &Brought,
    run: i64,
    now: WallTime,
) -> Result<Landing, Failed> {
    let Brought { epoch, head: room, state, chat, history, journal, new } = brought;
    let mut transaction = connection.begin_with(BEGIN).await?;
    let keys = new.iter().map(|record| row_key(&record.key())).collect();
    keep_others_out(&mut transaction, &[room.id].into(), &keys).await?;
    let there: Option<HeadRow> = sqlx::query_as(THERE).bind(room.id.0).fetch_optional(&mut *transaction).await?;
    if let Some(there) = there {
        return Ok(Landing::There(head(there)));
    }
    let asked: Vec<_> = keys.into_iter().collect();
    let taken = held(&mut transaction, &asked, now).await?;
    if let Some(record) = new.iter().find(|record| taken.contains(&row_key(&record.key()))) {
        return Ok(Landing::Taken(record.key()));
    }
    let row = HeldRoom {
        epoch: *epoch,
        seq: state.seq,
        title: room.title.clone(),
        public: room.public,
        made_at: room.made_at,
        host: room.host,
        due_at: room.due_at,
        run,
        last_beat: None,
        // What is brought is nobody's.
        free: true,
        owner: None,
        change: Change::Whole,
    };
    let mut rows = RoomRows::default();
    rows.push(room.id, &row)?;
    rows.write(&mut transaction).await?;
    let mut snapshots = SnapshotRows::default();
    snapshots.push(room.id, state)?;
    snapshots.write(&mut transaction).await?;
    for chunk in chat.chunks(CHUNK) {
        let mut rows = ChatRows::default();
        chunk.iter().try_for_each(|event| rows.push(room.id, event))?;
        rows.write(&mut transaction).await?;
    }
    for chunk in history.chunks(CHUNK) {
        let mut rows = HistoryRows::default();
        chunk.iter().try_for_each(|event| rows.push(room.id, event))?;
        rows.write(&mut transaction).await?;
    }
    for chunk in journal.chunks(CHUNK) {
        let mut rows = JournalRows::default();
        chunk.iter().try_for_each(|event| rows.push(room.id, event))?;
        rows.write(&mut transaction).await?;
    }
    let mut records = RecordRows::default();
    new.iter().try_for_each(|record| records.push(&row_key(&record.key()), record))?;
    records.write(&mut transaction).await?;
    transaction.commit().await.map_err(uncommitted)?;
    Ok(Landing::Written)
}

#[cfg(test)]
pub(super) fn statements() -> Vec<&'static str> {
    vec![THERE]
}
