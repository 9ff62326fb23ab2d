//! Taking in a whole room from elsewhere.

use engine::{
    archive::{author, subject},
    event::Event,
    ports::{Brought, Landing},
    time::WallTime,
};
use sqlx::{Connection, SqliteConnection};

use super::{
    past::{WRITE_CHAT, WRITE_HISTORY, WRITE_JOURNAL, key},
    tables::{WRITE_RECORDS, WRITE_ROOMS, WRITE_SNAPSHOTS, hex, rows},
};
use crate::store::{
    rows::{HeadRow, head, number},
    writer::Failed,
};

const THERE: &str = "SELECT id, title, public, made_at, seq, host, due_at FROM rooms WHERE id = ?1";

const TAKEN: &str =
    "SELECT count(*) FROM records WHERE kind = ?1 AND key = ?2 AND (expires_at IS NULL OR expires_at > ?3)";

/// Writes it in one transaction of its own, unless something is in its way.
pub(super) async fn bring(
    connection: &mut SqliteConnection,
    brought: &Brought,
    run: i64,
    now: WallTime,
) -> Result<Landing, Failed> {
    let Brought { epoch, head: room, state, chat, history, journal, new } = brought;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let there: Option<HeadRow> = sqlx::query_as(THERE).bind(room.id.0).fetch_optional(&mut *transaction).await?;
    if let Some(there) = there {
        return Ok(Landing::There(head(there)));
    }
    for record in new {
        let key = record.key();
        let taken = sqlx::query_scalar(TAKEN).bind(key.kind()).bind(key.text()).bind(now.0);
        let taken: i64 = taken.fetch_one(&mut *transaction).await?;
        if taken > 0 {
            return Ok(Landing::Taken(key));
        }
    }
    let id = hex(room.id.0);
    let row = (
        &id,
        number(*epoch)?,
        number(state.seq)?,
        &room.title,
        i64::from(room.public),
        room.made_at,
        room.host.map(key),
        room.due_at,
        run,
    );
    rows(&mut transaction, WRITE_ROOMS, &[row]).await?;
    rows(&mut transaction, WRITE_SNAPSHOTS, &[(&id, number(state.seq)?, state)]).await?;
    let named = |event: &Event| (author(event).map(key), subject(event).map(key));
    let (mut said, mut played, mut happened) = (Vec::new(), Vec::new(), Vec::new());
    for event in chat {
        said.push((&id, number(event.seq)?, named(event).0, event));
    }
    for event in history {
        let (person, subject) = named(event);
        played.push((&id, number(event.seq)?, person, subject, event));
    }
    for event in journal {
        let (person, subject) = named(event);
        happened.push((&id, number(event.seq)?, event.at, event.kind.name(), person, subject, event));
    }
    rows(&mut transaction, WRITE_CHAT, &said).await?;
    rows(&mut transaction, WRITE_HISTORY, &played).await?;
    rows(&mut transaction, WRITE_JOURNAL, &happened).await?;
    let written = |record: &engine::records::Record| {
        (record.key().kind(), record.key().text(), record.owner(), record.clone(), record.expires_at())
    };
    rows(&mut transaction, WRITE_RECORDS, &new.iter().map(written).collect::<Vec<_>>()).await?;
    transaction.commit().await?;
    Ok(Landing::Written)
}

#[cfg(test)]
pub(super) fn statements() -> Vec<&'static str> {
    vec![THERE, TAKEN]
}
