//! What an installation is kept in: the tables of both databases, as far as they are the same, in the order in which nothing is
//! written before what it refers to.

use sqlx::{ColumnIndex, Decode, Row, Type};
use uuid::Uuid;

/// A table that both have.
#[derive(Debug)]
pub(in crate::store) struct Table {
    /// What it is called in both.
    pub(in crate::store) name: &'static str,
    /// Those that both have.
    pub(super) columns: &'static [Column],
    /// How many of them, from the first on, are its key.
    pub(super) keys: usize,
}

/// A column of a table.
#[derive(Debug)]
pub(super) struct Column {
    /// What it is called in PostgreSQL.
    pub(super) name: &'static str,
    kind: Kind,
    /// How SQLite tells it, where it has no column of that name.
    told: Option<&'static str>,
}

/// What a column holds.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// An identity: 16 bytes, or `uuid`.
    Id,
    Number,
    /// 0 or 1, or `boolean`.
    Truth,
    Text,
}

/// What stands in a row's column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) enum Cell {
    Nothing,
    Id(Uuid),
    Number(i64),
    Truth(bool),
    Text(String),
}

const fn id(name: &'static str) -> Column {
    Column { name, kind: Kind::Id, told: None }
}

const fn number(name: &'static str) -> Column {
    Column { name, kind: Kind::Number, told: None }
}

const fn truth(name: &'static str) -> Column {
    Column { name, kind: Kind::Truth, told: None }
}

const fn text(name: &'static str) -> Column {
    Column { name, kind: Kind::Text, told: None }
}

/// SQLite finds it by an index over what is in the event.
const LINE: Column = Column { told: Some("CASE kind WHEN 'reworded' THEN event ->> '$.line' END"), ..number("line") };

/// All of them. A run of a moved installation is no node's, and who had a room last has not let go of it: those columns stay as
/// PostgreSQL fills them.
pub(in crate::store) static TABLES: [Table; 8] = [
    Table { name: "runs", columns: &[number("id"), number("last_beat")], keys: 1 },
    Table {
        name: "rooms",
        columns: &[
            id("id"),
            number("epoch"),
            number("seq"),
            text("title"),
            truth("public"),
            number("made_at"),
            id("host"),
            number("due_at"),
            number("run"),
        ],
        keys: 1,
    },
    Table { name: "snapshots", columns: &[id("room"), number("seq"), text("body")], keys: 1 },
    Table {
        name: "journal",
        columns: &[
            id("room"),
            number("seq"),
            number("at"),
            text("kind"),
            id("person"),
            id("subject"),
            LINE,
            text("event"),
        ],
        keys: 2,
    },
    Table { name: "chat", columns: &[id("room"), number("seq"), id("person"), text("event")], keys: 2 },
    Table {
        name: "history",
        columns: &[id("room"), number("seq"), id("person"), id("subject"), text("event")],
        keys: 2,
    },
    Table {
        name: "visits",
        columns: &[number("id"), id("room"), id("person"), number("came"), number("gone")],
        keys: 1,
    },
    Table {
        name: "records",
        columns: &[text("kind"), text("key"), text("owner"), text("body"), number("expires_at")],
        keys: 2,
    },
];

/// Those whose rows are numbered by the database.
pub(in crate::store) const NUMBERED: [&str; 2] = ["runs", "visits"];

impl Table {
    /// Reads all rows of it in the order of its key, in SQLite; behind a key where there is one to go on from.
    pub(in crate::store) fn read_from_sqlite(&self, behind: bool) -> String {
        self.read(behind, "?", Column::as_sqlite_tells)
    }

    /// The same in PostgreSQL.
    pub(in crate::store) fn read_from_postgres(&self) -> String {
        self.read(false, "$", |column| column.name)
    }

    fn read(&self, behind: bool, sign: &str, told: impl Fn(&Column) -> &'static str) -> String {
        let columns: Vec<_> = self.columns.iter().map(told).collect();
        let keys: Vec<_> = self.columns[..self.keys].iter().map(|key| key.name).collect();
        let (columns, keys, table) = (columns.join(", "), keys.join(", "), self.name);
        let bounds: Vec<_> = (1..=self.keys).map(|number| format!("{sign}{number}")).collect();
        let from = if behind { format!("WHERE ({keys}) > ({})", bounds.join(", ")) } else { String::new() };
        format!("SELECT {columns} FROM {table} {from} ORDER BY {keys}")
    }

    /// Has PostgreSQL take rows as [`packed`](super::packed) writes them.
    pub(in crate::store) fn written_to_postgres(&self) -> String {
        let columns: Vec<_> = self.columns.iter().map(|column| column.name).collect();
        format!("COPY {} ({}) FROM STDIN (FORMAT binary)", self.name, columns.join(", "))
    }

    /// A row that one of both databases told.
    pub(in crate::store) fn row<'r, R>(&self, row: &'r R) -> Result<Vec<Cell>, sqlx::Error>
    where
        R: Row,
        usize: ColumnIndex<R>,
        Option<Uuid>: Decode<'r, R::Database> + Type<R::Database>,
        Option<i64>: Decode<'r, R::Database> + Type<R::Database>,
        Option<bool>: Decode<'r, R::Database> + Type<R::Database>,
        Option<String>: Decode<'r, R::Database> + Type<R::Database>,
    {
        let cell = |(index, column): (usize, &Column)| {
            Ok(match column.kind {
                Kind::Id => row.try_get::<Option<Uuid>, _>(index)?.map_or(Cell::Nothing, Cell::Id),
                Kind::Number => row.try_get::<Option<i64>, _>(index)?.map_or(Cell::Nothing, Cell::Number),
                Kind::Truth => row.try_get::<Option<bool>, _>(index)?.map_or(Cell::Nothing, Cell::Truth),
                Kind::Text => row.try_get::<Option<String>, _>(index)?.map_or(Cell::Nothing, Cell::Text),
            })
        };
        self.columns.iter().enumerate().map(cell).collect()
    }

    /// The key of a row.
    pub(in crate::store) fn key<'c>(&self, cells: &'c [Cell]) -> &'c [Cell] {
        &cells[..self.keys.min(cells.len())]
    }
}

impl Column {
    fn as_sqlite_tells(&self) -> &'static str {
        self.told.unwrap_or(self.name)
    }
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing"),
            Self::Id(id) => id.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Truth(truth) => truth.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// How a key is written down, to be read again.
pub(in crate::store) fn noted(key: &[Cell]) -> String {
    let value = |cell: &Cell| match cell {
        Cell::Nothing => serde_json::Value::Null,
        Cell::Id(id) => serde_json::json!({ "id": id }),
        Cell::Number(number) => serde_json::json!(number),
        Cell::Truth(truth) => serde_json::json!(truth),
        Cell::Text(text) => serde_json::json!(text),
    };
    serde_json::Value::Array(key.iter().map(value).collect()).to_string()
}

/// A key that was written down; nothing where it is none.
pub(in crate::store) fn key_of(noted: &str) -> Option<Vec<Cell>> {
    let values: Vec<serde_json::Value> = serde_json::from_str(noted).ok()?;
    let cell = |value: &serde_json::Value| {
        Some(match value {
            serde_json::Value::Object(id) => Cell::Id(id.get("id")?.as_str()?.parse().ok()?),
            serde_json::Value::String(text) => Cell::Text(text.clone()),
            number => Cell::Number(number.as_i64()?),
        })
    };
    values.iter().map(cell).collect()
}

/// All columns that are moved, by their tables, for tests that compare.
#[cfg(test)]
pub(in crate::store) fn named() -> std::collections::BTreeSet<(String, String)> {
    let columns = |table: &'static Table| table.columns.iter().map(|column| (table.name.into(), column.name.into()));
    TABLES.iter().flat_map(columns).collect()
}

/// What says how far the tables are, and how far a move is: that is not moved.
#[cfg(test)]
pub(in crate::store) const ABOUT_ITSELF: [&str; 3] = ["_sqlx_migrations", "about", "moved"];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use engine::ports::{Retention, Store};

    use super::*;
    use crate::store::SqliteStore;

    #[tokio::test]
    async fn no_column_of_a_file_is_left_behind() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("couch.db").display().to_string();
        SqliteStore::open(&file, Retention::default()).await.unwrap().close().await;
        let hand = sqlx::SqlitePool::connect(&file).await.unwrap();
        let all = "SELECT tables.name, columns.name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns \
            WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite%'";
        let all: BTreeSet<(String, String)> = sqlx::query_as(all).fetch_all(&hand).await.unwrap().into_iter().collect();
        let mut moved = named();
        // It is made of the event.
        moved.remove(&("journal".into(), "line".into()));
        let left: Vec<_> = all.difference(&moved).filter(|(table, _)| !ABOUT_ITSELF.contains(&&**table)).collect();
        assert!(left.is_empty() && moved.is_subset(&all), "{left:?}");
    }

    #[test]
    fn a_key_is_read_as_it_was_noted() {
        let key = [Cell::Id(Uuid::max()), Cell::Number(-7), Cell::Text("a\0\"b".into())];
        assert_eq!(key_of(&noted(&key)).unwrap(), key);
        assert_eq!((key_of("{}"), key_of("[{}]"), key_of("[1.5]"), key_of("")), (None, None, None, None));
    }
}
