//! Ways to the server: how long anything may take there, and what may be in the way.

use std::{io, time::Duration};

use engine::refusal::Fault;
use sqlx::{
    ConnectOptions, Connection, PgConnection, PgPool,
    error::DatabaseError,
    migrate::MigrateError,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::time::timeout;

use super::schema::MIGRATIONS;
use crate::store::{
    StoreError, address,
    schema::{Version, known},
};

/// How long a connection may take to be there.
pub(super) const CONNECT: Duration = Duration::from_secs(5);
/// How long a read may take, a second more than [`STATEMENT_READ`]: the server's word is the better one.
pub(super) const READ: Duration = Duration::from_secs(6);
/// The same where all there is is read, by one connection that all wait for.
pub(super) const READ_ALL: Duration = Duration::from_mins(10);
/// How long a read may wait for a connection: a server that is restarted is back by then, and one that is away is told.
const ACQUIRE: Duration = Duration::from_secs(2);
/// How long that try may take: several that were lost without a word fit into one wait.
const TRIAL: Duration = Duration::from_millis(400);
/// After so long without use a connection is tried before it is used: it may have been lost.
const TRIED_AFTER: Duration = Duration::from_secs(1);
/// Reads are short; the way to the server may not be.
const READERS: u32 = 8;

/// After how long the server itself gives up a statement, by what it is for.
const STATEMENT_READ: &str = "5s";
const STATEMENT_WRITE: &str = "10s";
const STATEMENT_READ_ALL: &str = "5min";
const STATEMENT_RENEW: &str = "2s";

/// Of what a server is told for each connection. Whoever is gone without a word, as where a line is cut, holds its locks no
/// longer than 30 s.
const SESSION: [(&str, &str); 5] = [
    ("tcp_keepalives_idle", "15"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
    ("lock_timeout", "10s"),
    ("idle_in_transaction_session_timeout", "30s"),
];

/// A connection that writes.
pub(super) fn writing(url: &str) -> Result<PgConnectOptions, StoreError> {
    Ok(options(url, STATEMENT_WRITE)?.options(SESSION))
}

fn reading(url: &str, patience: &str) -> Result<PgConnectOptions, StoreError> {
    Ok(options(url, patience)?.options([("default_transaction_read_only", "on")]))
}

fn options(url: &str, patience: &str) -> Result<PgConnectOptions, StoreError> {
    let address = address::parsed(url)?;
    let options = PgConnectOptions::from_url(&address)
        .map_err(|error| StoreError::NoPostgres { url: address::shown(url), why: error.to_string() })?;
    Ok(options.options([("statement_timeout", patience)]).disable_statement_logging())
}

/// Connections that cannot write. None is made before it is needed.
pub(super) fn readers(url: &str) -> Result<PgPool, StoreError> {
    let pool = PgPoolOptions::new().max_connections(READERS).acquire_timeout(ACQUIRE).test_before_acquire(false);
    let pool = pool.before_acquire(|connection, of| {
        Box::pin(async move {
            Ok(of.idle_for < TRIED_AFTER || matches!(timeout(TRIAL, connection.ping()).await, Ok(Ok(()))))
        })
    });
    Ok(pool.connect_lazy_with(reading(url, STATEMENT_READ)?))
}

/// The one connection by which a lease is renewed. What takes as long as a lease is of no use to it.
pub(super) fn renewing(url: &str) -> Result<PgPool, StoreError> {
    let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(ACQUIRE).test_before_acquire(false);
    let pool = pool.idle_timeout(None).max_lifetime(None);
    Ok(pool.connect_lazy_with(options(url, STATEMENT_RENEW)?.options(SESSION)))
}

/// The connection that has what no other node may have.
pub(super) fn having(url: &str) -> Result<PgConnectOptions, StoreError> {
    Ok(options(url, STATEMENT_RENEW)?.options(SESSION))
}

/// The one connection by which all is read.
pub(super) fn reader_of_all(url: &str) -> Result<PgPool, StoreError> {
    let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(READ_ALL).test_before_acquire(false);
    let pool = pool.idle_timeout(None).max_lifetime(None);
    Ok(pool.connect_lazy_with(reading(url, STATEMENT_READ_ALL)?))
}

/// Connects, or says within [`CONNECT`] why not.
pub(super) async fn connect(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    let silent = |_| io::Error::new(io::ErrorKind::TimedOut, format!("no answer within {} s", CONNECT.as_secs()));
    timeout(CONNECT, options.connect()).await.map_err(silent)?
}

/// The five signs by which PostgreSQL says what is wrong:
/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
pub(super) fn code(error: &sqlx::Error) -> String {
    error.as_database_error().and_then(DatabaseError::code).unwrap_or_default().into_owned()
}

/// Signs of what passes: no connection, none free, a lock or a disk that takes too long, a server that ends or begins.
const PASSING: [&str; 8] = ["08", "53300", "55P03", "57014", "57P01", "57P02", "57P03", "57P05"];

/// What became of a read. Where the server was not reached, or ends, it can be read again by itself.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(super) fn unread(error: sqlx::Error) -> Fault {
    let text = format!("cannot read the database: {error}");
    let passes = match &error {
        sqlx::Error::Database(_) => PASSING.iter().any(|class| code(&error).starts_with(class)),
        error => matches!(
            error,
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed | sqlx::Error::Protocol(_)
        ),
    };
    if passes { Fault::passing(text) } else { Fault::new(text) }
}

/// Why a database cannot be opened.
pub(super) fn explained(url: &str, error: sqlx::Error) -> StoreError {
    let (database, code) = (address::shown(url), code(&error));
    let by_server = error.as_database_error().is_some();
    let source = error.into();
    match &*code {
        "28000" | "28P01" => StoreError::Login { database, source },
        "3D000" => StoreError::NoDatabase { database, source },
        "42501" => StoreError::NoRights { database, source },
        "25006" => StoreError::ReadOnly { database },
        // It begins or ends, or has no room for another connection.
        "57P01" | "57P02" | "57P03" | "53300" => StoreError::Unreachable { database, source },
        _ if by_server => StoreError::Other { database, source, look_at: "the log of PostgreSQL" },
        _ => StoreError::Unreachable { database, source },
    }
}

/// Why its tables cannot be brought up to date.
pub(super) fn unmigrated(url: &str, error: MigrateError, by: Version) -> StoreError {
    let database = address::shown(url);
    match error {
        MigrateError::VersionMissing(migration) => StoreError::Newer {
            database,
            migration,
            known: known(&MIGRATIONS),
            by: by.of_newer(),
            way_back: "pg_restore FILE",
        },
        MigrateError::Execute(error) => explained(url, error),
        MigrateError::ExecuteMigration(error, _) if matches!(&*code(&error), "42501" | "25006") => {
            explained(url, error)
        }
        other => StoreError::Migration { database, source: other.into() },
    }
}
