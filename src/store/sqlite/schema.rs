//! How far a database is: which migrations made it, and which version had it last.

use std::{collections::BTreeMap, fmt, path::Path};

use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool, migrate::MigrateError};

use super::open::{MIGRATIONS, StoreError, explained, path_of, read_only, unmigrated};

const VERSION: &str = "PRAGMA user_version";

/// The latest version of onecouch that had a database: none where it was last open before versions were written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Version(i64);

impl Version {
    /// This one.
    pub fn ours() -> Self {
        let part = |text: &str| text.parse::<i64>().unwrap_or_default();
        let (major, minor) = (part(env!("CARGO_PKG_VERSION_MAJOR")), part(env!("CARGO_PKG_VERSION_MINOR")));
        Self((major * 1_000 + minor) * 1_000 + part(env!("CARGO_PKG_VERSION_PATCH")))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ..=0 => f.write_str("a newer onecouch"),
            version => write!(f, "onecouch {}.{}.{}", version / 1_000_000, version / 1_000 % 1_000, version % 1_000),
        }
    }
}

/// How far a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// Its last migration.
    pub migration: i64,
    /// How many rooms it has.
    pub rooms: i64,
}

/// The last migration that this version knows.
pub(super) fn known() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// Writes down that this version has it, unless a later one had it, and says which it was. SQLite keeps the number in the
/// file's head, and so do copies.
pub(super) async fn sign(writer: &SqlitePool) -> Result<Version, sqlx::Error> {
    let version: Version = sqlx::query_scalar(VERSION).fetch_one(writer).await.map(Version)?;
    if version < Version::ours() {
        let sign = sqlx::AssertSqlSafe(format!("{VERSION} = {}", Version::ours().0));
        sqlx::query(sign).execute(writer).await?;
    }
    Ok(version)
}

/// Looks whether this version can go on with a database, without changing it; beside a running server too. Nothing where
/// there is no such file: it would be made.
pub async fn look(url: &str) -> Result<Option<Schema>, StoreError> {
    let path = path_of(url)?;
    if !path.exists() {
        return Ok(None);
    }
    let options = read_only(&path);
    let mut connection = options.connect().await.map_err(|error| explained(&path, error))?;
    let schema = schema(&path, &mut connection).await?;
    connection.close().await.map_err(|error| explained(&path, error))?;
    Ok(Some(schema))
}

/// The same of one that is open. What no onecouch made has migration 0.
pub(super) async fn schema(path: &Path, connection: &mut SqliteConnection) -> Result<Schema, StoreError> {
    let failed = |error| explained(path, error);
    let by = sqlx::query_scalar(VERSION).fetch_one(&mut *connection).await.map(Version).map_err(failed)?;
    let begun = "SELECT count(*) FROM sqlite_schema WHERE name IN ('_sqlx_migrations', 'rooms')";
    let begun: i64 = sqlx::query_scalar(begun).fetch_one(&mut *connection).await.map_err(failed)?;
    if begun < 2 {
        return Ok(Schema { migration: 0, rooms: 0 });
    }
    let done: Vec<(i64, Vec<u8>)> = sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations ORDER BY version")
        .fetch_all(&mut *connection)
        .await
        .map_err(failed)?;
    let known: BTreeMap<i64, &[u8]> =
        MIGRATIONS.iter().map(|migration| (migration.version, &*migration.checksum)).collect();
    for (version, checksum) in &done {
        let unlike = match known.get(version) {
            None => MigrateError::VersionMissing(*version),
            Some(known) if known != checksum => MigrateError::VersionMismatch(*version),
            Some(_) => continue,
        };
        return Err(unmigrated(path, unlike, by));
    }
    let rooms = sqlx::query_scalar("SELECT count(*) FROM rooms").fetch_one(&mut *connection).await.map_err(failed)?;
    Ok(Schema { migration: done.last().map_or(0, |(version, _)| *version), rooms })
}
