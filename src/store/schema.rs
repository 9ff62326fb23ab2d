//! How far a database is: which migrations made it, and which version had it last.

use std::{collections::BTreeMap, fmt};

use sqlx::migrate::{MigrateError, Migrator};

/// The latest version of onecouch that had a database: none where it was last open before versions were written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Version(pub(super) i64);

impl Version {
    /// This one.
    pub fn ours() -> Self {
        let part = |text: &str| text.parse::<i64>().unwrap_or_default();
        let (major, minor) = (part(env!("CARGO_PKG_VERSION_MAJOR")), part(env!("CARGO_PKG_VERSION_MINOR")));
        Self((major * 1_000 + minor) * 1_000 + part(env!("CARGO_PKG_VERSION_PATCH")))
    }

    /// It where it is later than this one, else one of before versions were written down: of what this one does not know,
    /// this one was not the author.
    pub(super) fn of_newer(self) -> Self {
        if self > Self::ours() { self } else { Self::default() }
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schema {
    /// Its last migration.
    pub migration: i64,
    /// How many rooms it has.
    pub rooms: i64,
}

/// The last migration that this version knows.
pub(super) fn known(migrations: &Migrator) -> i64 {
    migrations.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// The last of the migrations that made a database, by number and checksum, in order; an error where one of them is none of
/// ours.
pub(super) fn last(migrations: &Migrator, done: &[(i64, Vec<u8>)]) -> Result<i64, MigrateError> {
    let known: BTreeMap<i64, &[u8]> =
        migrations.iter().map(|migration| (migration.version, &*migration.checksum)).collect();
    for (version, checksum) in done {
        match known.get(version) {
            None => return Err(MigrateError::VersionMissing(*version)),
            Some(known) if known != checksum => return Err(MigrateError::VersionMismatch(*version)),
            Some(_) => {}
        }
    }
    Ok(done.last().map_or(0, |(version, _)| *version))
}
