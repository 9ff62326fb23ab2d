//! The engine's [`Store`] on a database: SQLite ([`sqlite`]), or PostgreSQL ([`postgres`]) where `database.url` names one.
//!
//! What is the same for both is here: [`queue`] is the line in which writes wait, [`writer`] the one task that takes them
//! out of it and answers, [`batch`] knows which of the gathered ones the rules allow, [`rows`] reads what both keep alike.
//! [`address`] tells which of them is meant, [`error`] why it cannot be opened, [`schema`] how far it is; by [`moving`] all there is
//! goes from one to the other.

mod address;
mod batch;
mod error;
pub mod moving;
mod postgres;
mod queue;
mod rows;
mod schema;
mod sqlite;
mod writer;

use std::{path::Path, sync::Arc};

use anyhow::bail;
use async_trait::async_trait;
use engine::{
    ports::{Retention, Store},
    refusal::Fault,
};
use tempfile::TempDir;

use self::address::Kind;
pub use self::{
    address::{check, is_shared, shown},
    error::{Cause, StoreError},
    postgres::PgStore,
    schema::{Schema, Version},
    sqlite::{Copied, Holder, Notice, Restored, SqliteStore},
};

/// A [`Store`] on a database, with what only who runs the server asks of it.
#[async_trait]
pub trait Database: Store {
    /// How many writes wait for a commit.
    fn waiting(&self) -> usize;

    /// How large it is.
    async fn size(&self) -> Result<Size, Fault>;
}

/// How much a database takes, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// The database itself.
    pub database: u64,
    /// The write-ahead log beside it; 0 where there is none, or it is no affair of ours.
    pub log: u64,
    /// What is free on their disk for this user, where the system tells.
    pub free: Option<u64>,
}

/// Opens the database that an address names, making what is not there of it, and brings it up to date.
///
/// Must be called on a tokio runtime, which its writer then lives on. Errors name the database and what to do next.
pub async fn open(url: &str, retention: Retention) -> Result<Arc<dyn Database>, StoreError> {
    Ok(match address::kind(url) {
        Kind::Sqlite => Arc::new(SqliteStore::open(url, retention).await?),
        Kind::Postgres => Arc::new(PgStore::open(url, retention).await?),
    })
}

/// Looks whether this version can go on with a database, without changing it; beside a running server too. Nothing where
/// there is no such file, or none of our tables: they would be made.
pub async fn look(url: &str) -> Result<Option<Schema>, StoreError> {
    match address::kind(url) {
        Kind::Sqlite => sqlite::look(url).await,
        Kind::Postgres => postgres::look(url).await,
    }
}

/// A database as it is at one moment, to be read. Whatever is done to it is not done to the database.
pub struct Still {
    /// To read.
    pub store: Arc<dyn Store>,
    /// What it reads, where that is a copy, which goes with it.
    copy: Option<TempDir>,
}

impl Still {
    /// Lets go of it.
    pub async fn close(self) {
        self.store.close().await;
        drop(self.copy);
    }
}

/// A database as it is at this moment, whoever writes meanwhile.
pub async fn still(url: &str) -> anyhow::Result<Still> {
    match address::kind(url) {
        Kind::Sqlite => sqlite::still(url).await,
        Kind::Postgres => Ok(Still { store: Arc::new(PgStore::still(url).await?), copy: None }),
    }
}

/// Copies a SQLite file as it is at one moment, whoever writes meanwhile. PostgreSQL has a program of its own for that.
pub async fn backup(url: &str, to: &Path, replace: bool) -> anyhow::Result<Copied> {
    match address::kind(url) {
        Kind::Sqlite => sqlite::backup(url, to, replace).await,
        Kind::Postgres => bail!(
            "{} is PostgreSQL's to copy, while the server runs: pg_dump --format=custom --file={} DATABASE",
            shown(url),
            to.display()
        ),
    }
}

/// Puts a copy of a SQLite file back. PostgreSQL has a program of its own for that.
pub async fn restore(url: &str, from: &Path) -> anyhow::Result<Restored> {
    match address::kind(url) {
        Kind::Sqlite => sqlite::restore(url, from).await,
        Kind::Postgres => bail!(
            "{} is PostgreSQL's to restore, while no server runs: \
             pg_restore --clean --if-exists --single-transaction --dbname=DATABASE {}",
            shown(url),
            from.display()
        ),
    }
}

/// Whether something is a database: by its address, or as it begins, where it is a file of SQLite's.
pub fn is_database(from: &str) -> bool {
    address::kind(from) == Kind::Postgres || from.starts_with("sqlite:") || sqlite::is_database(Path::new(from))
}

/// Which process has a database, where a file beside it says so.
pub fn holder(url: &str) -> Result<Holder, StoreError> {
    match address::kind(url) {
        Kind::Sqlite => sqlite::holder(url),
        Kind::Postgres => Ok(Holder::Untold),
    }
}

/// Writes down which process has a database, beside it where it is a file.
pub fn announce(url: &str, notice: &Notice) -> Result<(), StoreError> {
    match address::kind(url) {
        Kind::Sqlite => notice.write(url),
        Kind::Postgres => Ok(()),
    }
}
