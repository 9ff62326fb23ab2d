//! Copies of a database: made while a server writes, and put back while none does.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail, ensure};
use engine::{
    ports::Retention,
    time::{Clock, WallTime},
};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::{
    SqliteStore,
    lock::{self, directory, real},
    open::{options, path_of, read_only},
    schema::schema,
};
use crate::store::{Schema, Still, StoreError};

/// A copy that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// What is in it.
    pub schema: Schema,
    /// Its length in bytes.
    pub bytes: u64,
}

/// A copy that was put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What is in it.
    pub schema: Schema,
    /// Where the database went that was there before.
    pub aside: Option<PathBuf>,
}

/// Copies a database as it is at one moment, whoever writes meanwhile, and looks whether the copy is sound. It appears
/// under its name when it is whole and on the disk, and only its owner may read it.
///
/// It reads as any reader does, so that the server neither waits nor has to be asked. The server's log grows until it is done.
pub(in crate::store) async fn backup(url: &str, to: &Path, replace: bool) -> anyhow::Result<Copied> {
    let path = path_of(url)?;
    ensure!(path.exists(), "there is no database at {}: set database.url to the server's", path.display());
    let claimed = (!replace).then(|| claim(to)).transpose()?;
    let part = beside(to, &format!(".{}.part", std::process::id()));
    let copied = copy(&path, &part).await.and_then(|copied| {
        File::open(&part)?.sync_all()?;
        fs::rename(&part, to)?;
        sync_directory_of(to)?;
        Ok(copied)
    });
    if copied.is_err() {
        let _ = fs::remove_file(&part);
        if claimed.is_some() {
            let _ = fs::remove_file(to);
        }
    }
    copied.with_context(|| format!("{} is not copied to {}", path.display(), to.display()))
}

/// A copy of a database beside it, open, which goes with what is returned.
pub(in crate::store) async fn still(url: &str) -> anyhow::Result<Still> {
    let place = directory(url)?;
    let place = tempfile::Builder::new()
        .prefix(".export-")
        .tempdir_in(&place)
        .with_context(|| format!("a copy of the database is made first, and {} cannot be written", place.display()))?;
    let copy = place.path().join("copy.db");
    backup(url, &copy, false).await?;
    // What is kept is the server's affair: nothing is too old to be read.
    let all = Retention::days(u32::MAX, u32::MAX);
    let store = SqliteStore::open(copy.to_str().context("its path is not UTF-8")?, all).await?;
    Ok(Still { store: Arc::new(store), copy: Some(place) })
}

/// The name alone, so that nobody else takes it and nothing that has it is lost.
fn claim(to: &Path) -> anyhow::Result<File> {
    private(OpenOptions::new().write(true).create_new(true)).open(to).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            anyhow::anyhow!("{} is there already: name another file, or write --replace", to.display())
        }
        _ => anyhow::anyhow!("cannot write {}: {error}", to.display()),
    })
}

/// Copies it to a file that only its owner may read, and looks whether the copy is sound.
pub(super) async fn copy(path: &Path, part: &Path) -> anyhow::Result<Copied> {
    let name = part.to_str().context("its name is not UTF-8, which SQLite needs")?;
    // SQLite fills an empty file, and leaves its mode as it is.
    private(OpenOptions::new().write(true).create(true).truncate(true)).open(part)?;
    let mut from = read_only(path).connect().await?;
    sqlx::query("VACUUM INTO ?1").bind(name).execute(&mut from).await?;
    from.close().await?;
    let mut made = read_only(part).connect().await?;
    sound(&mut made, ALL).await?;
    let schema = schema(part, &mut made).await?;
    made.close().await?;
    Ok(Copied { schema, bytes: fs::metadata(part)?.len() })
}

/// Puts a copy in the place of a database that nobody has open. What was there stays beside it under a dated name.
pub(in crate::store) async fn restore(url: &str, from: &Path) -> anyhow::Result<Restored> {
    let named = path_of(url)?;
    let _lock = match lock::take(&named) {
        Err(StoreError::InUse { database }) => {
            bail!("a server is running on {database}: stop it, and restore then")
        }
        other => other?,
    };
    let path = real(&named);
    ensure!(real(from) != path, "{} is the database itself: name a copy", from.display());
    let part = beside(&path, ".restoring");
    let now = Clock::start().now().wall;
    let restored = match prepare(from, &part, now).await {
        Ok(schema) => put(&part, &path, now).await.map(|aside| Restored { schema, aside }),
        Err(error) => Err(error),
    };
    if restored.is_err() {
        for end in ["", "-wal", "-shm", "-journal"] {
            let _ = fs::remove_file(beside(&part, end));
        }
    }
    restored.with_context(|| format!("{} is not restored, and {} is as it was", from.display(), named.display()))
}

/// What stands in no epoch that ever was: an epoch is raised whenever a room is loaded, which is less than once a second.
fn epoch(now: WallTime) -> i64 {
    now.0 / 1_000
}

const NEW_EPOCHS: &str = "UPDATE rooms SET epoch = max(epoch + 1, ?1)";

/// Copies a copy beside the database, looks whether it is one, and makes it ready.
async fn prepare(from: &Path, part: &Path, now: WallTime) -> anyhow::Result<Schema> {
    for end in ["", "-wal"] {
        let (from, part) = (beside(from, end), beside(part, end));
        // What was copied as files while it was open has its last writes in a log of its own.
        if !end.is_empty() && !from.exists() {
            let _ = fs::remove_file(&part);
            continue;
        }
        let mut source = File::open(&from).with_context(|| format!("cannot read {}", from.display()))?;
        let mut target = private(OpenOptions::new().write(true).create(true).truncate(true)).open(&part)?;
        io::copy(&mut source, &mut target)?;
    }
    let damaged = "it is damaged, or no SQLite database";
    let mut copy = options(part).connect().await.context(damaged)?;
    sound(&mut copy, ALL).await.context(damaged)?;
    let schema = schema(from, &mut copy).await?;
    ensure!(schema.migration > 0, "it is no database of onecouch");
    // Whoever was in a room after the copy was made knows more of it than it will: nobody may take up where they were.
    sqlx::query(NEW_EPOCHS).bind(epoch(now)).execute(&mut copy).await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut copy).await?;
    sqlx::query("PRAGMA journal_mode = DELETE").execute(&mut copy).await?;
    copy.close().await?;
    File::open(part)?.sync_all()?;
    Ok(schema)
}

/// Moves it where the database is, and that out of the way.
async fn put(part: &Path, path: &Path, now: WallTime) -> anyhow::Result<Option<PathBuf>> {
    let aside = if path.exists() {
        let stamp = jiff::Timestamp::from_millisecond(now.0)?.strftime("%Y%m%dT%H%M%SZ").to_string();
        let aside = unused(path, &format!(".before-restore-{stamp}"));
        // A log that stays would be taken for that of the restored one. Where it cannot be folded in it goes along.
        if let Ok(mut old) = options(path).connect().await {
            let _ = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut old).await;
            let _ = old.close().await;
        }
        for end in ["-wal", "-shm"] {
            if beside(path, end).exists() {
                fs::rename(beside(path, end), beside(&aside, end))?;
            }
        }
        // With a second name there is a database under the first at every moment. Not all file systems have such names.
        if fs::hard_link(path, &aside).is_err() {
            fs::rename(path, &aside)?;
        }
        Some(aside)
    } else {
        None
    };
    fs::rename(part, path)?;
    sync_directory_of(path)?;
    Ok(aside)
}

/// Has SQLite look at all there is.
const ALL: &str = "PRAGMA integrity_check(3)";

/// Fails where it is not whole.
pub(super) async fn sound(connection: &mut SqliteConnection, check: &'static str) -> anyhow::Result<()> {
    let said: Vec<String> = sqlx::query_scalar(check).fetch_all(&mut *connection).await?;
    ensure!(said == ["ok"], "it is damaged: {}", said.join("; "));
    let broken: i64 =
        sqlx::query_scalar("SELECT count(*) FROM pragma_foreign_key_check").fetch_one(&mut *connection).await?;
    ensure!(broken == 0, "it is damaged: {broken} rows refer to what is not there");
    Ok(())
}

/// The same name with something behind it.
pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    name.into()
}

/// As [`beside`], with a number behind it where something has that name: two may be put back within a second.
fn unused(path: &Path, end: &str) -> PathBuf {
    let mut name = beside(path, end);
    let mut number = 2;
    while name.exists() {
        name = beside(path, &format!("{end}-{number}"));
        number += 1;
    }
    name
}

/// For the owner alone: a database has what people wrote, and hashes of their passwords.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// A name is on the disk when its directory is.
fn sync_directory_of(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}
