//! A whole installation that moves from its SQLite file to PostgreSQL.

mod breaking_off;
mod going_on;
mod measured;
mod refusals;

use std::{fs, path::Path};

use serde_json::Value;
use sqlx::{Connection, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{Place, Said};
use crate::postgres::Server;

const SQLITE: &str = "[http]\nlisten = \"127.0.0.1:0\"\nmetrics_listen = \"\"\ntrusted_proxies = [\"127.0.0.0/8\"]\n\
    [auth]\nbootstrap_key = \"the-key-of-the-operator\"";

impl Place {
    /// A place with an installation in a file.
    async fn on_sqlite() -> Self {
        Self::new(SQLITE).await
    }

    /// It keeps all it has in a database of PostgreSQL from now on.
    fn is_on(&self, url: &str) {
        self.is_set(&format!("{SQLITE}\n[database]\nurl = \"{url}\""));
    }

    /// Has it move what is in its file.
    async fn moves(&self) -> Said {
        self.runs(&["import", "data/onecouch.db"]).await
    }

    /// Another place with a copy of the file as it lies there.
    async fn copied(&self) -> Self {
        let other = Self::on_sqlite().await;
        fs::create_dir(other.path("data")).unwrap();
        for end in ["", "-wal"] {
            let file = |place: &Self| place.path(&format!("data/onecouch.db{end}"));
            if file(self).exists() {
                fs::copy(file(self), file(&other)).unwrap();
            }
        }
        other
    }
}

async fn file(path: &Path) -> SqliteConnection {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path).create_if_missing(true)).await.unwrap()
}

async fn told_to_file(path: &Path, statements: &str) {
    let mut file = file(path).await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned())).execute(&mut file).await.unwrap();
    file.close().await.unwrap();
}

/// All that both tell of their rows in the same words, whatever each has them written as.
const DUMP: [(&str, &str, &str); 8] = [
    (
        "runs",
        "SELECT concat_ws('|', id, last_beat, 0) FROM runs ORDER BY id",
        "SELECT concat_ws('|', id, last_beat, 0) FROM runs ORDER BY id",
    ),
    (
        "rooms",
        "SELECT concat_ws('|', lower(hex(id)), epoch, seq, title, public, made_at, lower(hex(host)), \
            coalesce(due_at, '-'), run) FROM rooms ORDER BY id",
        "SELECT concat_ws('|', replace(id::text, '-', ''), epoch, seq, title, public::int, made_at, \
            coalesce(replace(host::text, '-', ''), ''), coalesce(due_at::text, '-'), run) FROM rooms ORDER BY id",
    ),
    (
        "snapshots",
        "SELECT concat_ws('|', lower(hex(room)), seq, body) FROM snapshots ORDER BY room",
        "SELECT concat_ws('|', replace(room::text, '-', ''), seq, body) FROM snapshots ORDER BY room",
    ),
    (
        "journal",
        "SELECT concat_ws('|', lower(hex(room)), seq, at, kind, lower(hex(person)), \
            lower(hex(subject)), \
            coalesce(CASE kind WHEN 'reworded' THEN json_extract(event, '$.line') END, '-'), event) \
            FROM journal ORDER BY room, seq",
        "SELECT concat_ws('|', replace(room::text, '-', ''), seq, at, kind, coalesce(replace(person::text, '-', ''), ''), \
            coalesce(replace(subject::text, '-', ''), ''), coalesce(line::text, '-'), event) FROM journal ORDER BY room, seq",
    ),
    (
        "chat",
        "SELECT concat_ws('|', lower(hex(room)), seq, lower(hex(person)), event) FROM chat ORDER BY room, seq",
        "SELECT concat_ws('|', replace(room::text, '-', ''), seq, coalesce(replace(person::text, '-', ''), ''), event) \
            FROM chat ORDER BY room, seq",
    ),
    (
        "history",
        "SELECT concat_ws('|', lower(hex(room)), seq, lower(hex(person)), \
            lower(hex(subject)), event) FROM history ORDER BY room, seq",
        "SELECT concat_ws('|', replace(room::text, '-', ''), seq, coalesce(replace(person::text, '-', ''), ''), \
            coalesce(replace(subject::text, '-', ''), ''), event) FROM history ORDER BY room, seq",
    ),
    (
        "visits",
        "SELECT concat_ws('|', id, lower(hex(room)), lower(hex(person)), came, gone) FROM visits ORDER BY id",
        "SELECT concat_ws('|', id, replace(room::text, '-', ''), replace(person::text, '-', ''), came, gone) \
            FROM visits ORDER BY id",
    ),
    (
        "records",
        "SELECT concat_ws('|', kind, key, coalesce(owner, '-'), body, coalesce(expires_at, '-')) FROM records ORDER BY kind, key",
        "SELECT concat_ws('|', kind, key, coalesce(owner, '-'), body, coalesce(expires_at::text, '-')) \
            FROM records WHERE body NOT LIKE '%\"installation.move\"%' ORDER BY kind, key",
    ),
];

/// Sees that a database has what a file has, row by row, without asking the program. Answers how many rows each table has.
async fn are_the_same(path: &Path, hand: &mut PgConnection) -> Vec<(&'static str, usize)> {
    let mut file = file(path).await;
    let mut counts = Vec::new();
    for (table, old, new) in DUMP {
        let old: Vec<String> = sqlx::query_scalar(old).fetch_all(&mut file).await.unwrap();
        let new: Vec<String> = sqlx::query_scalar(new).fetch_all(&mut *hand).await.unwrap();
        for (old, new) in old.iter().zip(&new) {
            assert_eq!(old, new, "{table}");
        }
        assert_eq!(old.len(), new.len(), "{table}");
        counts.push((table, old.len()));
    }
    file.close().await.unwrap();
    counts
}

/// The rooms of an export, without when each was read back.
fn rooms_of(export: &str) -> Vec<Value> {
    let room = |line: &str| -> Value {
        let mut room: Value = serde_json::from_str(line).unwrap();
        // That a playing film stood still when nobody was there any more is an event of the reading itself.
        let last = room["state"]["seq"].clone();
        for event in room["journal"].as_array_mut().unwrap() {
            if event["seq"] == last && event["kind"] == "playback" {
                event["at"] = Value::Null;
                event["playback"]["at"] = Value::Null;
                room["state"]["touched_at"] = Value::Null;
                room["state"]["playback"]["at"] = Value::Null;
                break;
            }
        }
        room
    };
    export.lines().skip(1).map(room).collect()
}

/// What the server knows of a move, as somebody with psql sees it: of which table, behind what, and whether it has ended.
async fn note(server: &Server, database: &str) -> Option<(String, Option<String>, bool)> {
    let mut hand = server.hand(database).await;
    let noted: bool = sqlx::query_scalar("SELECT to_regclass('moved') IS NOT NULL").fetch_one(&mut hand).await.unwrap();
    let note = "SELECT at_table, behind, ended_at IS NOT NULL FROM moved";
    let note = if noted { sqlx::query_as(note).fetch_optional(&mut hand).await.unwrap() } else { None };
    hand.close().await.unwrap();
    note
}
