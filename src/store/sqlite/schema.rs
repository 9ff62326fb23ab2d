//! How far a file is.

use std::path::Path;

use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool};

use super::open::{MIGRATIONS, explained, path_of, read_only, unmigrated};
use crate::store::{
    StoreError,
    schema::{Schema, Version, last},
};

const VERSION: &str = "PRAGMA user_version";

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
pub(in crate::store) async fn look(url: &str) -> Result<Option<Schema>, StoreError> {
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
    let migration = last(&MIGRATIONS, &done).map_err(|unlike| unmigrated(path, unlike, by))?;
    let rooms = sqlx::query_scalar("SELECT count(*) FROM rooms").fetch_one(&mut *connection).await.map_err(failed)?;
    Ok(Schema { migration, rooms })
}
