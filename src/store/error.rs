//! Why a database could not be opened, in sentences that a person at a terminal can act on.

use std::path::PathBuf;

use super::schema::Version;

/// Why a database could not be opened, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Not the address of a database.
    #[error(
        "database.url is {url:?}, which is no SQLite file: write sqlite://PATH, for example sqlite://data/onecouch.db, or \
         postgres://NAME:PASSWORD@HOST/DATABASE"
    )]
    Address {
        /// What was given, without a password.
        url: String,
    },
    /// Not the address of a database of PostgreSQL.
    #[error("database.url is {url}, and {why}: write postgres://NAME:PASSWORD@HOST/DATABASE")]
    NoPostgres {
        /// What was given, without a password.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// Another onecouch has it open.
    #[error("{database} is in use by another onecouch; stop that one, or give this one a database.url of its own")]
    InUse {
        /// The database.
        database: String,
    },
    /// Another onecouch has a database open that several could share.
    #[error(
        "{database} is in use by another onecouch; stop that one, give this one a database.url of its own, or make both nodes of one server \
         (cluster.nats_url: docs/SCALING.md)"
    )]
    NotShared {
        /// The database.
        database: String,
    },
    /// A part of an installation is in it.
    #[error(
        "{database} has a part of {file}: a move into it broke off; finish that with onecouch import {file}, or make the database \
         anew (DROP DATABASE, CREATE DATABASE)"
    )]
    HalfMoved {
        /// The database.
        database: String,
        /// Where the installation is moved from.
        file: String,
    },
    /// A newer version made it.
    #[error(
        "{database} was written by {by} (migration {migration}), and this is onecouch {ours}, which knows migrations up to \
         {known}; run {by} or a later one, or restore a backup from before the upgrade: {way_back}",
        ours = env!("CARGO_PKG_VERSION"),
    )]
    Newer {
        /// The database.
        database: String,
        /// The first migration that this version does not have.
        migration: i64,
        /// The last that it has.
        known: i64,
        /// Which version that was.
        by: Version,
        /// The command that puts a backup back.
        way_back: &'static str,
    },
    /// Nodes of an earlier version have it.
    #[error(
        "{database} has to be brought up to date for onecouch {ours}, and nodes of an earlier version are using it: stop all of them, then \
         start this one first",
        ours = env!("CARGO_PKG_VERSION"),
    )]
    EarlierNodes {
        /// The database.
        database: String,
    },
    /// Its tables are not what this version would have made.
    #[error("{database} cannot be brought up to date: {source}; restore a backup, or run the version that made it")]
    Migration {
        /// The database.
        database: String,
        /// What the database said.
        source: Cause,
    },

    /// The directory of a file cannot be made or written to, or the file cannot.
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
    /// Some other program holds a lock on the file.
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

    /// No server of PostgreSQL answers.
    #[error(
        "{database} cannot be reached: {source}; look whether PostgreSQL runs there and takes connections from here \
         (listen_addresses, pg_hba.conf, sslmode)"
    )]
    Unreachable {
        /// The database.
        database: String,
        /// What was said.
        source: Cause,
    },
    /// The server lets nobody in by that name and password.
    #[error("{database} lets nobody in: {source}; look at the name and password in database.url, and at pg_hba.conf")]
    Login {
        /// The database.
        database: String,
        /// What PostgreSQL said.
        source: Cause,
    },
    /// The server has no such database.
    #[error(
        "{database} is not there: {source}; make it: CREATE DATABASE name OWNER role ENCODING 'UTF8' TEMPLATE template0"
    )]
    NoDatabase {
        /// The database.
        database: String,
        /// What PostgreSQL said.
        source: Cause,
    },
    /// The role may not do what it must.
    #[error(
        "{database} lets this role not make or change its tables: {source}; ALTER DATABASE name OWNER TO role gives it leave"
    )]
    NoRights {
        /// The database.
        database: String,
        /// What PostgreSQL said.
        source: Cause,
    },
    /// The server takes no writes.
    #[error(
        "{database} takes no writes: it is read-only, such as a standby; name the server that does in database.url"
    )]
    ReadOnly {
        /// The database.
        database: String,
    },
    /// The server is of an older version.
    #[error("{database} is PostgreSQL {version}, and onecouch needs 15 or newer: upgrade the server, or name another")]
    TooOld {
        /// The database.
        database: String,
        /// Its version.
        version: String,
    },
    /// Texts are kept there otherwise than as we write them.
    #[error("{database} keeps texts as {encoding}: make it anew with ENCODING 'UTF8' TEMPLATE template0")]
    Encoding {
        /// The database.
        database: String,
        /// How it keeps them.
        encoding: String,
    },

    /// Anything else.
    #[error("cannot open {database}: {source}; look at {look_at}")]
    Other {
        /// The database.
        database: String,
        /// What was said.
        source: Cause,
        /// Where what is wrong may be.
        look_at: &'static str,
    },
}

impl StoreError {
    /// Whether another onecouch has it open.
    pub fn is_in_use(&self) -> bool {
        matches!(self, Self::InUse { .. } | Self::NotShared { .. })
    }
}

/// What another library or the system said.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;
