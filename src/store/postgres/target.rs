//! A database that an installation moves into: it takes rows piece by piece, and has written down how far it is.
//!
//! Each piece is one transaction with that note, so that nothing is there twice or missing whenever it breaks off.

use std::time::Duration;

use anyhow::{Context, bail};
use engine::{records::Record, time::WallTime};
use futures_util::{Stream, StreamExt, TryStreamExt};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::time::{Instant, sleep, timeout};

use super::{
    connect::{explained, writing},
    line::{Alone, Line},
    open::{suits, update},
    tables::{BEGIN, RecordRows},
};
use crate::store::{
    StoreError, address,
    batch::row_key,
    moving::{
        packed::Packed,
        tables::{Cell, NUMBERED, TABLES, Table, key_of, noted},
    },
    writer::Failed,
};

/// How long a move that was killed may still have the database: the server notices soon.
const HOLDER: Duration = Duration::from_secs(5);
/// How long a piece may take, on a disk that is slow and has other work.
const PIECE: Duration = Duration::from_mins(5);

/// The session reads by the keys, so that the server gives rows as it finds them, and what it counts takes as long as it takes.
const SESSION: &str = "SET statement_timeout = 0; SET idle_session_timeout = 0; SET enable_seqscan = off; \
    SET enable_bitmapscan = off; SET enable_sort = off";

const NOTED: &str = "SELECT to_regclass('moved') IS NOT NULL";

const HALF: &str = "SELECT file FROM moved WHERE ended_at IS NULL";

/// A database that is being moved into, or was.
pub(in crate::store) struct Target {
    url: String,
    line: Line,
}

/// What a database knows of a move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct Note {
    /// Which installation it is.
    pub(in crate::store) installation: String,
    /// Where its file was.
    pub(in crate::store) file: String,
    /// When it began.
    pub(in crate::store) begun_at: WallTime,
    /// What is written next.
    pub(in crate::store) at: At,
    /// When all was there.
    pub(in crate::store) ended_at: Option<WallTime>,
}

/// How far a move is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct At {
    /// Which of [`TABLES`].
    pub(in crate::store) table: usize,
    /// The key of its last row that is there.
    pub(in crate::store) behind: Option<Vec<Cell>>,
}

/// Looks whether a database is more than a part of what is moved into it.
pub(super) async fn is_whole(url: &str, connection: &mut PgConnection) -> Result<(), StoreError> {
    let half = async {
        if !sqlx::query_scalar::<_, bool>(NOTED).fetch_one(&mut *connection).await? {
            return Ok(None);
        }
        sqlx::query_scalar::<_, String>(HALF).fetch_optional(connection).await
    };
    match half.await.map_err(|error| explained(url, error))? {
        Some(file) => Err(StoreError::HalfMoved { database: address::shown(url), file }),
        None => Ok(()),
    }
}

impl Target {
    /// Takes a database for itself, making its tables where there are none.
    pub(in crate::store) async fn open(url: &str) -> anyhow::Result<Self> {
        let until = Instant::now() + HOLDER;
        let mut line = loop {
            match Line::open(writing(url)?, Alone::Yes).await.map_err(|error| explained(url, error))? {
                Some(line) => break line,
                None if Instant::now() < until => sleep(HOLDER / 50).await,
                None => bail!("a server is running on {}: stop it, and move then", address::shown(url)),
            }
        };
        let connection = line.get().await?;
        suits(url, connection).await?;
        update(url, connection, Alone::Yes).await?;
        sqlx::raw_sql(SESSION).execute(connection).await.map_err(|error| explained(url, error))?;
        Ok(Self { url: url.to_owned(), line })
    }

    /// What is known of a move into it.
    pub(in crate::store) async fn note(&mut self) -> anyhow::Result<Option<Note>> {
        type Row = (String, String, i64, String, Option<String>, Option<i64>);
        let note = "SELECT installation, file, begun_at, at_table, behind, ended_at FROM moved";
        let note: Option<Row> = sqlx::query_as(note).fetch_optional(self.line.get().await?).await?;
        let Some((installation, file, begun_at, at_table, behind, ended_at)) = note else { return Ok(None) };
        let unread = || format!("what {} has written down of a move is nothing that this version knows", self.shown());
        let table = TABLES.iter().position(|table| table.name == at_table).with_context(unread)?;
        let behind = behind.map(|behind| key_of(&behind).with_context(unread)).transpose()?;
        let at = At { table, behind };
        Ok(Some(Note { installation, file, begun_at: WallTime(begun_at), at, ended_at: ended_at.map(WallTime) }))
    }

    /// The tables that have rows, but for those that every start leaves one in.
    pub(in crate::store) async fn filled(&mut self) -> anyhow::Result<Vec<&'static str>> {
        let mut filled = Vec::new();
        for table in TABLES.iter().filter(|table| table.name != "runs") {
            let any = AssertSqlSafe(format!("SELECT EXISTS (SELECT 1 FROM {})", table.name));
            if sqlx::query_scalar::<_, bool>(any).fetch_one(self.line.get().await?).await? {
                filled.push(table.name);
            }
        }
        Ok(filled)
    }

    /// How many rows a table has.
    pub(in crate::store) async fn count(&mut self, table: &Table) -> anyhow::Result<u64> {
        let count = AssertSqlSafe(format!("SELECT count(*) FROM {}", table.name));
        let count: i64 = sqlx::query_scalar(count).fetch_one(self.line.get().await?).await?;
        Ok(count.unsigned_abs())
    }

    /// Begins: from here on no server takes it.
    pub(in crate::store) async fn begins(
        &mut self,
        installation: &str,
        file: &str,
        now: WallTime,
    ) -> anyhow::Result<()> {
        let mut transaction = self.line.get().await?.begin_with(BEGIN).await?;
        // Of servers that had it while it was empty.
        sqlx::query("DELETE FROM runs").execute(&mut *transaction).await?;
        let note = "INSERT INTO moved (installation, file, begun_at, at_table) VALUES ($1, $2, $3, $4)";
        let note = sqlx::query(note).bind(installation).bind(file).bind(now.0).bind(TABLES[0].name);
        note.execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// Writes rows of a table, and how far it is by that.
    pub(in crate::store) async fn takes(&mut self, table: &Table, rows: Packed, last: &[Cell]) -> anyhow::Result<()> {
        let connection = self.line.get().await?;
        let piece = async {
            let mut transaction = connection.begin_with(BEGIN).await?;
            let mut copy = transaction.copy_in_raw(&table.written_to_postgres()).await?;
            copy.send(rows.finished()).await?;
            copy.finish().await?;
            let at = "UPDATE moved SET at_table = $1, behind = $2";
            sqlx::query(at).bind(table.name).bind(noted(last)).execute(&mut *transaction).await?;
            transaction.commit().await
        };
        match timeout(PIECE, piece).await {
            Ok(written) => Ok(written?),
            Err(_) => bail!("no answer within {} s", PIECE.as_secs()),
        }
    }

    /// Has the database go on numbering behind what is there, and look at what it has.
    pub(in crate::store) async fn settles(&mut self) -> anyhow::Result<()> {
        for table in NUMBERED {
            let behind = AssertSqlSafe(format!(
                "SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 0) + 1, false) FROM {table}"
            ));
            sqlx::query(behind).execute(self.line.get().await?).await?;
        }
        // Else it would do so by and by, and choose its ways badly until then.
        for table in &TABLES {
            let analyze = AssertSqlSafe(format!("ANALYZE {}", table.name));
            sqlx::query(analyze).execute(self.line.get().await?).await?;
        }
        Ok(())
    }

    /// All rows of a table in the order of keys.
    pub(in crate::store) async fn rows(
        &mut self,
        table: &'static Table,
    ) -> Result<impl Stream<Item = anyhow::Result<Vec<Cell>>> + Unpin, Failed> {
        let url = &self.url;
        let rows = sqlx::query(AssertSqlSafe(table.read_from_postgres())).fetch(self.line.get().await?);
        let rows = rows.map_err(anyhow::Error::from).map(|row| table.row(&row?).map_err(anyhow::Error::from));
        let unread = move |error: anyhow::Error| error.context(format!("{} cannot be read", address::shown(url)));
        Ok(rows.map_err(unread).boxed())
    }

    /// All is there: servers may have it. Beside it the database has this record by then, and nothing else.
    pub(in crate::store) async fn ends(&mut self, act: &Record, now: WallTime) -> anyhow::Result<()> {
        let mut transaction = self.line.get().await?.begin_with(BEGIN).await?;
        let mut records = RecordRows::default();
        records.push(&row_key(&act.key()), act)?;
        records.write(&mut transaction).await?;
        sqlx::query("UPDATE moved SET ended_at = $1").bind(now.0).execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// How it is shown to people.
    pub(in crate::store) fn shown(&self) -> String {
        address::shown(&self.url)
    }

    /// Gives it back.
    pub(in crate::store) async fn close(self) {
        self.line.close().await;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use engine::ports::{Retention, Store};

    use super::super::{PgStore, plans::server};
    use crate::store::moving::tables::{ABOUT_ITSELF, named};

    /// What a moved installation has not yet: nodes.
    const OF_NODES: [(&str, &str); 7] = [
        ("runs", "node"),
        ("runs", "lease_until"),
        ("runs", "url"),
        ("runs", "began"),
        ("rooms", "free"),
        ("posts", "name"),
        ("posts", "run"),
    ];

    #[tokio::test]
    async fn every_column_is_filled() {
        let Some(server) = server::shared() else { return };
        let database = server.database().await;
        PgStore::open(&server.url(&database), Retention::default()).await.unwrap().close().await;
        let mut hand = server.hand(&database).await;
        let all =
            "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'public'";
        let all: BTreeSet<(String, String)> =
            sqlx::query_as(all).fetch_all(&mut hand).await.unwrap().into_iter().collect();
        let moved = named();
        let known = |(table, column): &(String, String)| {
            ABOUT_ITSELF.contains(&&**table) || OF_NODES.contains(&(&**table, &**column))
        };
        let left: Vec<_> = all.difference(&moved).filter(|column| !known(column)).collect();
        assert!(left.is_empty() && moved.is_subset(&all), "{left:?}");
        let numbered = "SELECT table_name::text FROM information_schema.columns WHERE is_identity = 'YES' ORDER BY 1";
        let numbered: Vec<String> = sqlx::query_scalar(numbered).fetch_all(&mut hand).await.unwrap();
        assert_eq!(numbered, super::NUMBERED);
    }
}
