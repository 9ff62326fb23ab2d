//! How far the tables of a database are.

use sqlx::{Connection, PgConnection, migrate::Migrator};

use super::{
    connect::{connect, explained, unmigrated, writing},
    open::suits,
    target::is_whole,
};
use crate::store::{
    StoreError,
    schema::{Schema, Version, last},
};

/// All that ever changed in the shape of the tables. Never edit one that was released; add the next.
pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("./migrations/postgres");

const SIGNED: &str = "SELECT to_regclass('about') IS NOT NULL";

const VERSION: &str = "SELECT version FROM about";

/// A later one that had it stays written down.
const SIGN: &str = "INSERT INTO about (version) VALUES ($1) \
    ON CONFLICT (one) DO UPDATE SET version = excluded.version WHERE about.version < excluded.version";

const BEGUN: &str = "SELECT to_regclass('_sqlx_migrations') IS NOT NULL AND to_regclass('rooms') IS NOT NULL";

const DONE: &str = "SELECT version, checksum FROM _sqlx_migrations ORDER BY version";

const ROOMS: &str = "SELECT count(*) FROM rooms";

/// Which version had it last, if any wrote that down.
async fn version(connection: &mut PgConnection) -> Result<Option<Version>, sqlx::Error> {
    if !sqlx::query_scalar::<_, bool>(SIGNED).fetch_one(&mut *connection).await? {
        return Ok(None);
    }
    let version: Option<i64> = sqlx::query_scalar(VERSION).fetch_optional(connection).await?;
    Ok(Some(Version(version.unwrap_or_default())))
}

/// Writes down that this version has it, unless a later one had it, and says which it was.
pub(super) async fn sign(connection: &mut PgConnection) -> Result<Version, sqlx::Error> {
    let Some(by) = version(connection).await? else { return Ok(Version::default()) };
    if by < Version::ours() {
        sqlx::query(SIGN).bind(Version::ours().0).execute(connection).await?;
    }
    Ok(by)
}

/// Looks whether this version can go on with a database, without changing it; beside a running server too. Nothing where
/// its tables are to be made.
pub(in crate::store) async fn look(url: &str) -> Result<Option<Schema>, StoreError> {
    let failed = |error| explained(url, error);
    let mut connection = connect(&writing(url)?).await.map_err(failed)?;
    suits(url, &mut connection).await?;
    let schema = schema(url, &mut connection).await?;
    is_whole(url, &mut connection).await?;
    connection.close().await.map_err(failed)?;
    Ok(Some(schema).filter(|schema| schema.migration > 0))
}

/// The same of one that is open. What no onecouch made has migration 0.
pub(super) async fn schema(url: &str, connection: &mut PgConnection) -> Result<Schema, StoreError> {
    let failed = |error| explained(url, error);
    if !sqlx::query_scalar::<_, bool>(BEGUN).fetch_one(&mut *connection).await.map_err(failed)? {
        return Ok(Schema { migration: 0, rooms: 0 });
    }
    let by = version(connection).await.map_err(failed)?.unwrap_or_default();
    let done: Vec<(i64, Vec<u8>)> = sqlx::query_as(DONE).fetch_all(&mut *connection).await.map_err(failed)?;
    let migration = last(&MIGRATIONS, &done).map_err(|unlike| unmigrated(url, unlike, by))?;
    let rooms = sqlx::query_scalar(ROOMS).fetch_one(connection).await.map_err(failed)?;
    Ok(Schema { migration, rooms })
}
