//! Taking a database and bringing it up to date.

use engine::{ids::NodeId, ports::LEASE};
use sqlx::{PgConnection, PgPool};

use super::{
    connect::{explained, reader_of_all, readers, unmigrated, writing},
    line::{Alone, Line},
    schema::{self, MIGRATIONS, schema},
    target::is_whole,
    writer::PgTables,
};
use crate::store::{StoreError, address, schema::known, writer::Failed};

/// The oldest that we know to work: 15.0.
const OLDEST: i32 = 150_000;

const SUITS: &str = "SELECT current_setting('server_version_num')::int, current_setting('server_version'), \
    current_setting('server_encoding'), current_setting('transaction_read_only')";

/// Bringing a large database up to date takes as long as it takes.
const PATIENCE: &str = "SET statement_timeout = 0";

const PATIENCE_AS_EVER: &str = "RESET statement_timeout";

/// A node begins with a lease.
const NEW_RUN: &str = "INSERT INTO runs (node, lease_until) \
    VALUES ($1, CASE WHEN $1::uuid IS NOT NULL THEN clock_timestamp() + $2 * interval '1 second' END) RETURNING id";

/// Of those that no room needs. A node whose lease is over may come back; not after a day.
const FORGET_RUNS: &str = "DELETE FROM runs WHERE id <> $1 AND coalesce(lease_until < now() - interval '1 day', true) \
    AND NOT EXISTS (SELECT 1 FROM rooms WHERE rooms.run = runs.id)";

const ANY_RUNS: &str = "SELECT to_regclass('runs') IS NOT NULL";

const NODES_LIVE: &str = "SELECT EXISTS (SELECT 1 FROM runs WHERE lease_until > clock_timestamp())";

const COUNT_ROOMS: &str = "SELECT count(*) FROM rooms";

/// Takes the database, as it is to be written to and to be read.
pub(super) async fn open(url: &str, node: Option<NodeId>) -> Result<(PgTables, PgPool), StoreError> {
    let alone = if node.is_some() { Alone::No } else { Alone::Yes };
    let (database, failed) = (address::shown(url), |error| explained(url, error));
    let Some(mut line) = Line::open(writing(url)?, alone).await.map_err(failed)? else {
        return Err(StoreError::NotShared { database });
    };
    let lost = |error| match error {
        Failed::Database(error) | Failed::Away(error) => explained(url, error),
        other => StoreError::Unreachable { database: address::shown(url), source: other.into() },
    };
    let connection = line.get().await.map_err(lost)?;
    suits(url, connection).await?;
    update(url, connection, alone).await?;
    is_whole(url, connection).await?;
    let run = sqlx::query_scalar(NEW_RUN).bind(node.map(|node| node.0)).bind(LEASE.as_secs_f64());
    let run = run.fetch_one(&mut *connection).await.map_err(failed)?;
    sqlx::query(FORGET_RUNS).bind(run).execute(&mut *connection).await.map_err(failed)?;
    let rooms: i64 = sqlx::query_scalar(COUNT_ROOMS).fetch_one(connection).await.map_err(failed)?;
    let readers = readers(url)?;
    tracing::info!(database, rooms, "database open");
    Ok((PgTables { line, run, alone, readers: readers.clone() }, readers))
}

/// Looks whether it is one that we can use.
pub(super) async fn suits(url: &str, connection: &mut PgConnection) -> Result<(), StoreError> {
    let suits: (i32, String, String, String) =
        sqlx::query_as(SUITS).fetch_one(connection).await.map_err(|error| explained(url, error))?;
    let (number, version, encoding, read_only) = suits;
    let database = address::shown(url);
    if number < OLDEST {
        Err(StoreError::TooOld { database, version })
    } else if encoding != "UTF8" {
        Err(StoreError::Encoding { database, encoding })
    } else if read_only == "on" {
        Err(StoreError::ReadOnly { database })
    } else {
        Ok(())
    }
}

/// Does what later versions did to the tables. Where there is nothing to do the role need not be their owner.
///
/// Of several nodes one does it, while no other is there: those of an earlier version would not know the tables any more.
pub(super) async fn update(url: &str, connection: &mut PgConnection, alone: Alone) -> Result<(), StoreError> {
    let failed = |error| explained(url, error);
    // Before it is looked at, so that whoever cannot go on with what this version leaves behind can say which it was.
    let by = schema::sign(connection).await.map_err(failed)?;
    if schema(url, connection).await?.migration < known(&MIGRATIONS) {
        if alone == Alone::No && nodes_live(connection).await.map_err(failed)? {
            return Err(StoreError::EarlierNodes { database: address::shown(url) });
        }
        // Of those that begin together one does it: the library has a lock for that.
        sqlx::query(PATIENCE).execute(&mut *connection).await.map_err(failed)?;
        MIGRATIONS.run(&mut *connection).await.map_err(|error| unmigrated(url, error, by))?;
        sqlx::query(PATIENCE_AS_EVER).execute(&mut *connection).await.map_err(failed)?;
        schema::sign(connection).await.map_err(failed)?;
    }
    Ok(())
}

/// Whether nodes are there that go by the tables as they are.
async fn nodes_live(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let begun: bool = sqlx::query_scalar(ANY_RUNS).fetch_one(&mut *connection).await?;
    if !begun {
        return Ok(false);
    }
    sqlx::query_scalar(NODES_LIVE).fetch_one(connection).await
}

/// In one transaction that never ends, so that all is of one moment.
const MOMENT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// Opens a database to be read beside whoever has it.
pub(super) async fn still(url: &str) -> Result<PgPool, StoreError> {
    let failed = |error| explained(url, error);
    let readers = reader_of_all(url)?;
    let mut connection = super::connect::connect(&writing(url)?).await.map_err(failed)?;
    suits(url, &mut connection).await?;
    if schema(url, &mut connection).await?.migration < known(&MIGRATIONS) {
        let source = "its tables are of an earlier version, or not there: start the server with this version first";
        return Err(StoreError::Migration { database: address::shown(url), source: source.into() });
    }
    is_whole(url, &mut connection).await?;
    let mut connection = readers.acquire().await.map_err(failed)?;
    sqlx::query(MOMENT).execute(&mut *connection).await.map_err(failed)?;
    drop(connection);
    Ok(readers)
}

/// Only for [`plans`](super::plans).
#[cfg(test)]
pub(super) fn statements() -> Vec<&'static str> {
    vec![FORGET_RUNS]
}
