//! A file whose installation moves elsewhere: all there is in it, as it is at one moment. Nothing in it is changed.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use futures_util::{Stream, StreamExt, TryStreamExt};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};
use uuid::Uuid;

use super::{
    copy,
    lock::{self, real},
    open::{MIGRATIONS, options, path_of, read_only, unmigrated},
    schema::schema,
};
use crate::store::{
    StoreError,
    moving::tables::{Cell, TABLES, Table},
    schema::{Version, known},
};

/// By what all files of SQLite begin: <https://www.sqlite.org/fileformat.html#magic_header_string>.
const HEADER: &[u8; 16] = b"SQLite format 3\0";

/// Whether what is there is a file of SQLite's.
pub(in crate::store) fn is_database(path: &Path) -> bool {
    let mut first = [0; HEADER.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut first));
    read.is_ok() && first == *HEADER
}

/// An installation in a file.
pub(in crate::store) struct Source {
    /// The file itself, whatever link was named.
    pub(in crate::store) path: PathBuf,
    /// Which installation it is: another where a server ran on it since.
    pub(in crate::store) installation: String,
    /// One that reads, in a transaction that does not end.
    connection: SqliteConnection,
    /// What is read where the file is of an earlier version.
    _copy: Option<Copy>,
    /// Keeps servers away.
    _lock: File,
}

/// How much there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::store) struct Counts {
    /// How many rows each table has, in the order of [`TABLES`].
    pub(in crate::store) rows: [u64; TABLES.len()],
    /// How many of them are people.
    pub(in crate::store) people: u64,
}

impl Source {
    /// Opens a file as the only one who has it.
    ///
    /// What was last open in an earlier version is copied beside it, and the copy brought up to date and read.
    pub(in crate::store) async fn open(url: &str) -> anyhow::Result<Self> {
        let path = path_of(url).map_err(|_| {
            anyhow::anyhow!("{url} is no file of SQLite's: write its path, or sqlite://PATH, as in sqlite:///var/lib/onecouch/onecouch.db")
        })?;
        let file = fs::metadata(&path).with_context(|| format!("cannot read {}", path.display()))?;
        ensure!(file.is_file(), "{} is no file", path.display());
        File::open(&path).with_context(|| format!("cannot read {}", path.display()))?;
        ensure!(is_database(&path), "{} is no SQLite database", path.display());
        let path = real(&path);
        let lock = match lock::take(&path) {
            Err(StoreError::InUse { database }) => {
                bail!("a server is running on {database}: stop it, and move it then")
            }
            Err(StoreError::NotWritable { path: beside, source }) => bail!(
                "nobody may open {} meanwhile, and the file that says so, {}, cannot be written: {source}; \
                 give this user write access to its directory, or move a copy of it",
                path.display(),
                beside.display()
            ),
            other => other?,
        };
        let mut connection = read_only(&path).connect().await.with_context(|| unreadable(&path))?;
        let schema = schema(&path, &mut connection).await?;
        ensure!(schema.migration > 0, "{} is no database of onecouch", path.display());
        let installation = installation(&mut connection).await.with_context(|| unreadable(&path))?;
        let mut copy = None;
        if schema.migration < known(&MIGRATIONS) {
            connection.close().await?;
            let made = Copy::of(&path).await.with_context(|| {
                format!("an earlier version had {}, and a copy of it cannot be brought up to date", path.display())
            })?;
            connection = read_only(&made.0).connect().await?;
            copy = Some(made);
        }
        // Whoever else writes to it meanwhile, such as a person with the sqlite3 program, is not seen.
        sqlx::query("BEGIN").execute(&mut connection).await?;
        Ok(Self { path, installation, connection, _copy: copy, _lock: lock })
    }

    /// Fails where it is damaged, before anything of it is anywhere else.
    pub(in crate::store) async fn is_sound(&mut self) -> anyhow::Result<()> {
        // What the indices say need not be looked at: none is read.
        copy::sound(&mut self.connection, "PRAGMA quick_check(3)").await.with_context(|| unreadable(&self.path))
    }

    /// Counts all of it.
    pub(in crate::store) async fn counts(&mut self) -> anyhow::Result<Counts> {
        let mut counts = Counts::default();
        for (table, rows) in TABLES.iter().zip(&mut counts.rows) {
            let count = AssertSqlSafe(format!("SELECT count(*) FROM {}", table.name));
            let count: i64 = sqlx::query_scalar(count).fetch_one(&mut self.connection).await?;
            *rows = count.unsigned_abs();
        }
        let people = "SELECT count(*) FROM records WHERE kind = 'person'";
        let people: i64 = sqlx::query_scalar(people).fetch_one(&mut self.connection).await?;
        counts.people = people.unsigned_abs();
        Ok(counts)
    }

    /// All rows of a table behind a key, in the order of keys.
    pub(in crate::store) fn rows(
        &mut self,
        table: &'static Table,
        behind: Option<&[Cell]>,
    ) -> impl Stream<Item = anyhow::Result<Vec<Cell>>> + Unpin {
        let mut query = sqlx::query(AssertSqlSafe(table.read_from_sqlite(behind.is_some())));
        for cell in behind.unwrap_or_default() {
            query = match cell {
                Cell::Nothing => query.bind(None::<i64>),
                Cell::Id(id) => query.bind(*id),
                Cell::Number(number) => query.bind(*number),
                Cell::Truth(truth) => query.bind(*truth),
                Cell::Text(text) => query.bind(text.clone()),
            };
        }
        let path = &self.path;
        let rows = query.fetch(&mut self.connection);
        let rows = rows.map_err(anyhow::Error::from).map(|row| table.row(&row?).map_err(anyhow::Error::from));
        rows.map_err(move |error| error.context(format!("{}: {} cannot be read", path.display(), table.name))).boxed()
    }

    /// Lets go of the file.
    pub(in crate::store) async fn close(self) {
        let Self { connection, _copy, _lock, .. } = self;
        let _ = connection.close().await;
    }
}

fn unreadable(path: &Path) -> String {
    format!("{} is not moved, and is as it was", path.display())
}

/// Which installation a file has, and as it stands. Whatever ran on it opened it, which leaves another run behind; and no
/// two were brought up to date in the same instant within the same time.
async fn installation(connection: &mut SqliteConnection) -> Result<String, sqlx::Error> {
    let mut hash = Sha256::new();
    let made = "SELECT version, installed_on, execution_time FROM _sqlx_migrations ORDER BY version";
    let mut made = sqlx::query_as::<_, (i64, String, i64)>(made).fetch(&mut *connection);
    while let Some((version, at, took)) = made.try_next().await? {
        hash.update(version.to_be_bytes());
        hash.update(at);
        hash.update(took.to_be_bytes());
    }
    drop(made);
    let mut runs =
        sqlx::query_as::<_, (i64, Option<i64>)>("SELECT id, last_beat FROM runs ORDER BY id").fetch(&mut *connection);
    while let Some((id, beat)) = runs.try_next().await? {
        hash.update(id.to_be_bytes());
        hash.update(beat.unwrap_or(i64::MIN).to_be_bytes());
    }
    drop(runs);
    let rooms = "SELECT id, epoch, seq FROM rooms ORDER BY id";
    let mut rooms = sqlx::query_as::<_, (Uuid, i64, i64)>(rooms).fetch(&mut *connection);
    while let Some((id, epoch, seq)) = rooms.try_next().await? {
        hash.update(id);
        hash.update(epoch.to_be_bytes());
        hash.update(seq.to_be_bytes());
    }
    drop(rooms);
    let hash: [u8; 32] = hash.finalize().into();
    let (half, _) = hash.split_at(16);
    // It is as long as the half of it is.
    Ok(format!("{:032x}", half.try_into().map_or(0, u128::from_be_bytes)))
}

/// A copy that is brought up to date, and goes with this.
struct Copy(PathBuf);

impl Copy {
    async fn of(path: &Path) -> anyhow::Result<Self> {
        // One name, so that what is left of one that was killed is found.
        let copy = Self(copy::beside(path, ".moving"));
        copy.remove();
        copy::copy(path, &copy.0).await?;
        let mut connection = options(&copy.0).connect().await?;
        // What is in the way of it the file is named for, which people know.
        let migrated = MIGRATIONS.run(&mut connection).await;
        migrated.map_err(|error| unmigrated(path, error, Version::default()))?;
        connection.close().await?;
        Ok(copy)
    }

    fn remove(&self) {
        for end in ["", "-wal", "-shm", "-journal"] {
            let _ = fs::remove_file(copy::beside(&self.0, end));
        }
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        self.remove();
    }
}
