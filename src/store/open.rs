//! Finding, locking and updating the file, with errors that a person at a terminal can act on.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    ConnectOptions, SqlitePool,
    error::DatabaseError,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

/// All that ever changed in the shape of the file. Never edit one that was released; add the next.
pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

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
        "{} was written by a newer onecouch (its migration {migration} is unknown to this one); \
         run that version, or restore a backup from before the upgrade",
        path.display()
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// The first migration that this version does not have.
        migration: i64,
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
    let lock = lock(&path)?;

    let options = SqliteConnectOptions::new()
        .filename(&path)
        .busy_timeout(BUSY)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging();
    let writable = options
        .clone()
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .pragma("journal_size_limit", JOURNAL_SIZE_LIMIT);
    // Connections are kept for ever: there is nobody at the other end who could have hung up.
    let pool = || SqlitePoolOptions::new().idle_timeout(None).max_lifetime(None).test_before_acquire(false);

    let failed = |error| explained(&path, error);
    let writer = pool().max_connections(1).connect_with(writable).await.map_err(failed)?;
    MIGRATIONS.run(&writer).await.map_err(|error| unmigrated(&path, error))?;
    let run = sqlx::query_scalar(NEW_RUN).fetch_one(&writer).await.map_err(failed)?;
    sqlx::query(FORGET_RUNS).bind(run).execute(&writer).await.map_err(failed)?;
    // After the writer, which alone may make the file and recover its log.
    let readers = pool().max_connections(READERS).connect_with(options.read_only(true)).await.map_err(failed)?;
    let rooms: i64 = sqlx::query_scalar(COUNT_ROOMS).fetch_one(&readers).await.map_err(failed)?;
    tracing::info!(path = %path.display(), rooms, "database open");
    Ok(Opened { writer, readers, run, lock })
}

fn path_of(url: &str) -> Result<PathBuf, StoreError> {
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

/// Makes the directory, and takes the one lock that says whose the file is.
///
/// On a file beside the database, because closing any handle of the database itself would drop SQLite's own locks.
fn lock(path: &Path) -> Result<File, StoreError> {
    let not_writable = |path: &Path| {
        let path = path.to_owned();
        move |source: io::Error| StoreError::NotWritable { path, source: source.into() }
    };
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        fs::create_dir_all(directory).map_err(not_writable(directory))?;
    }
    // Where the database is a link, the lock is beside what it points at: another link to the same file finds it too.
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut beside = real.into_os_string();
    beside.push(".lock");
    let beside = PathBuf::from(beside);
    let file =
        OpenOptions::new().write(true).create(true).truncate(false).open(&beside).map_err(not_writable(&beside))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path: path.into() }),
        Err(TryLockError::Error(source)) => Err(not_writable(&beside)(source)),
    }
}

fn unmigrated(path: &Path, error: MigrateError) -> StoreError {
    let path_buf = path.to_owned();
    match error {
        MigrateError::VersionMissing(migration) => StoreError::Newer { path: path_buf, migration },
        MigrateError::Execute(error) => explained(path, error),
        other => StoreError::Migration { path: path_buf, source: other.into() },
    }
}

fn explained(path: &Path, error: sqlx::Error) -> StoreError {
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
