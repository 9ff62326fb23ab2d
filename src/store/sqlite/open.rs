//! Finding, locking and updating the file, with errors that a person at a terminal can act on.

use std::{
    fs::File,
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    ConnectOptions, SqlitePool,
    error::DatabaseError,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{lock, schema};
use crate::store::{
    StoreError, address,
    schema::{Version, known},
};

/// All that ever changed in the shape of the file. Never edit one that was released; add the next.
pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/sqlite");

/// How long SQLite waits for somebody else's lock, such as that of a backup.
const BUSY: Duration = Duration::from_secs(5);
/// What remains of the write-ahead log after a checkpoint, at most: 64 MB.
const JOURNAL_SIZE_LIMIT: &str = "67108864";
/// Reads are short; four at once keep two cores busy.
const READERS: u32 = 4;

/// An open database.
#[derive(Debug)]
pub(super) struct Opened {
    /// One connection, which only the writer uses.
    pub(super) writer: SqlitePool,
    /// Connections that cannot write.
    pub(super) readers: SqlitePool,
    /// Which row of `runs` this process is.
    pub(super) run: i64,
    /// Keeps other processes out for as long as it is open.
    pub(super) lock: File,
}

const NEW_RUN: &str = "INSERT INTO runs (last_beat) VALUES (NULL) RETURNING id";

const FORGET_RUNS: &str =
    "DELETE FROM runs WHERE id <> ?1 AND NOT EXISTS (SELECT 1 FROM rooms WHERE rooms.run = runs.id)";

const COUNT_ROOMS: &str = "SELECT count(*) FROM rooms";

pub(super) async fn open(url: &str) -> Result<Opened, StoreError> {
    let path = path_of(url)?;
    let lock = lock::take(&path)?;

    let writable = options(&path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .pragma("journal_size_limit", JOURNAL_SIZE_LIMIT);
    // Connections are kept for ever: there is nobody at the other end who could have hung up.
    let pool = || SqlitePoolOptions::new().idle_timeout(None).max_lifetime(None).test_before_acquire(false);

    let failed = |error| explained(&path, error);
    let writer = pool().max_connections(1).connect_with(writable).await.map_err(failed)?;
    // Before the migrations, so that whoever cannot go on with what they leave behind can say which version they were of.
    let by = schema::sign(&writer).await.map_err(failed)?;
    MIGRATIONS.run(&writer).await.map_err(|error| unmigrated(&path, error, by))?;
    let run = sqlx::query_scalar(NEW_RUN).fetch_one(&writer).await.map_err(failed)?;
    sqlx::query(FORGET_RUNS).bind(run).execute(&writer).await.map_err(failed)?;
    // After the writer, which alone may make the file and recover its log.
    let readers = pool().max_connections(READERS).connect_with(read_only(&path)).await.map_err(failed)?;
    let rooms: i64 = sqlx::query_scalar(COUNT_ROOMS).fetch_one(&readers).await.map_err(failed)?;
    tracing::info!(path = %path.display(), rooms, "database open");
    Ok(Opened { writer, readers, run, lock })
}

/// How any of our connections treats a file.
pub(super) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging()
}

/// The same for one that changes nothing.
pub(super) fn read_only(path: &Path) -> SqliteConnectOptions {
    options(path).read_only(true)
}

pub(in crate::store) fn path_of(url: &str) -> Result<PathBuf, StoreError> {
    let not_sqlite = || StoreError::Address { url: address::shown(url) };
    let path = match url.strip_prefix("sqlite:") {
        Some(rest) => {
            let rest = rest.strip_prefix("//").unwrap_or(rest);
            // What other tools write behind it; it is what we do anyway.
            let rest = rest.strip_suffix("?mode=rwc").unwrap_or(rest);
            if rest.contains('?') {
                return Err(not_sqlite());
            }
            rest
        }
        None if url.contains("://") => return Err(not_sqlite()),
        None => url,
    };
    // A database in memory would have to be one connection for all; the engine's own store in memory is better at that.
    if path.is_empty() || path.ends_with('/') || path.contains(":memory:") {
        return Err(not_sqlite());
    }
    Ok(path.into())
}

pub(super) fn unmigrated(path: &Path, error: MigrateError, by: Version) -> StoreError {
    let database = path.display().to_string();
    match error {
        MigrateError::VersionMissing(migration) => StoreError::Newer {
            database,
            migration,
            known: known(&MIGRATIONS),
            by: by.of_newer(),
            way_back: "onecouch restore FILE",
        },
        MigrateError::Execute(error) => explained(path, error),
        other => StoreError::Migration { database, source: other.into() },
    }
}

pub(super) fn explained(path: &Path, error: sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(DatabaseError::code).and_then(|code| code.parse::<u32>().ok());
    let (path, source) = (path.to_owned(), error.into());
    // Primary result codes of https://sqlite.org/rescode.html; what is above them refines them.
    match code.map(|code| code & 0xff) {
        Some(5 | 6) => StoreError::Locked { path, source },
        Some(11 | 26) => StoreError::Damaged { path, source },
        Some(3 | 8 | 13 | 14 | 23) => StoreError::NotWritable { path, source },
        _ => {
            StoreError::Other { database: path.display().to_string(), source, look_at: "its disk and its permissions" }
        }
    }
}
