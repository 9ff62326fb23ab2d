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

/// All that ever changed in the shape of the file. Never edit one that was released; add the next.
pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/sqlite");

/// How long SQLite waits for somebody else's lock, such as that of a backup.
const BUSY: Duration = Duration::from_secs(5);
/// What remains of the write-ahead log after a checkpoint, at most: 64 MB.
const JOURNAL_SIZE_LIMIT: &str = "67108864";
/// Reads are short; four at once keep two cores busy.
const READERS: u32 = 4;

/// Why a database could not be opened, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Not the address of a SQLite file.
    #[error(
        "database.url is {url:?}, which is no SQLite file: write sqlite://PATH, for example sqlite://data/onecouch.db"
    )]
    Address {
        /// What was given.
        url: String,
    },
    /// The directory cannot be made or written to, or the file cannot.
    #[error(
        "cannot write {}: {source}; give this user write access to it and its directory, or set database.url elsewhere",
        path.display()
    )]
    NotWritable {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: Cause,
    },
    /// Another onecouch has it open.
    #[error(
        "{} is in use by another onecouch; stop that one, or give this one a database.url of its own",
        path.display()
    )]
    InUse {
        /// The database.
        path: PathBuf,
    },
    /// Some other program holds a lock on it.
    #[error("{} is locked by another program, such as a backup; try again when that is done", path.display())]
    Locked {
        /// The database.
        path: PathBuf,
        /// What SQLite said.
        source: Cause,
    },
    /// Not a database, or a broken one.
    #[error(
        "{} is damaged or no SQLite database ({source}); restore a backup, or move the file away to begin anew",
        path.display()
    )]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What SQLite said.
        source: Cause,
    },
    /// A newer version made it.
    #[error(
        "{} was written by {by} (migration {migration}), and this is onecouch {ours}, which knows migrations up to \
         {known}; run {by} or a later one, or restore a backup from before the upgrade: onecouch restore FILE",
        path.display(),
        ours = env!("CARGO_PKG_VERSION"),
        known = schema::known(),
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// The first migration that this version does not have.
        migration: i64,
        /// Which version that was.
        by: schema::Version,
    },
    /// Its tables are not what this version would have made.
    #[error(
        "{} cannot be brought up to date: {source}; restore a backup, or run the version that made it",
        path.display()
    )]
    Migration {
        /// The database.
        path: PathBuf,
        /// What SQLite said.
        source: Cause,
    },
    /// Anything else.
    #[error("cannot open {}: {source}; look at its disk and its permissions", path.display())]
    Other {
        /// The database.
        path: PathBuf,
        /// What was said.
        source: Cause,
    },
}

/// What another library or the system said.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

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

pub(super) fn path_of(url: &str) -> Result<PathBuf, StoreError> {
    let not_sqlite = || StoreError::Address { url: url.into() };
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

pub(super) fn unmigrated(path: &Path, error: MigrateError, by: schema::Version) -> StoreError {
    let path_buf = path.to_owned();
    match error {
        MigrateError::VersionMissing(migration) => {
            // Where no later version is written down, it was one of before they were.
            let by = if by > schema::Version::ours() { by } else { schema::Version::default() };
            StoreError::Newer { path: path_buf, migration, by }
        }
        MigrateError::Execute(error) => explained(path, error),
        other => StoreError::Migration { path: path_buf, source: other.into() },
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
        _ => StoreError::Other { path, source },
    }
}
