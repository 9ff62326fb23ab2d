//! Whose a database is: a lock on a file beside it, and in that file a notice of the server that has it.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::open::path_of;
use crate::store::StoreError;

/// What a server tells of itself while it has a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Its process.
    pub pid: u32,
    /// Its version.
    pub version: String,
    /// Since when it serves, in Unix milliseconds: another number is another start.
    pub since: i64,
    /// Why it was not upgraded when it was last asked, by the number of times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<(u32, String)>,
}

/// Who has a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// Nobody.
    Nobody,
    /// A command, or a server that has just begun or is about to end.
    Somebody,
    /// A server.
    Server(Notice),
    /// That is not told of such a database.
    Untold,
}

impl Notice {
    /// Writes it down, over the last one, so that who reads meanwhile finds either. Only who has the database may.
    pub(in crate::store) fn write(&self, url: &str) -> Result<(), StoreError> {
        let beside = beside(&path_of(url)?);
        let text = serde_json::to_string(self).unwrap_or_default();
        let written = OpenOptions::new().write(true).open(&beside).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.set_len(text.len() as u64)
        });
        written.map_err(not_writable(&beside))
    }

    /// What stands first in a text: the end of a longer one may still be behind it.
    fn read(text: &str) -> Option<Self> {
        serde_json::Deserializer::from_str(text).into_iter().next()?.ok()
    }
}

/// Who has a database. Takes nothing from anybody who wants it meanwhile, but for an instant.
pub(in crate::store) fn holder(url: &str) -> Result<Holder, StoreError> {
    let beside = beside(&path_of(url)?);
    let file = match File::open(&beside) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Holder::Nobody),
        Err(error) => return Err(not_writable(&beside)(error)),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(Holder::Nobody),
        Err(TryLockError::WouldBlock) => {
            let text = io::read_to_string(file).map_err(not_writable(&beside))?;
            Ok(Notice::read(&text).map_or(Holder::Somebody, Holder::Server))
        }
        Err(TryLockError::Error(source)) => Err(not_writable(&beside)(source)),
    }
}

/// Makes the directory, and takes the one lock that says whose the file is.
///
/// On a file beside the database, because closing any handle of the database itself would drop SQLite's own locks.
pub(super) fn take(path: &Path) -> Result<File, StoreError> {
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        fs::create_dir_all(directory).map_err(not_writable(directory))?;
    }
    let beside = beside(path);
    let file =
        OpenOptions::new().write(true).create(true).truncate(false).open(&beside).map_err(not_writable(&beside))?;
    match file.try_lock() {
        Ok(()) => {
            // What the last holder said of itself is not true of this one.
            file.set_len(0).map_err(not_writable(&beside))?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { database: path.display().to_string() }),
        Err(TryLockError::Error(source)) => Err(not_writable(&beside)(source)),
    }
}

/// Where the database is a link, the lock is beside what it points at: another link to the same file finds it too.
fn beside(path: &Path) -> PathBuf {
    let mut beside = real(path).into_os_string();
    beside.push(".lock");
    beside.into()
}

/// The directory that a database is in.
pub(super) fn directory(url: &str) -> Result<PathBuf, StoreError> {
    let path = real(&path_of(url)?);
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    Ok(parent.unwrap_or(Path::new(".")).to_owned())
}

/// The file itself, where `path` may be a link to it.
pub(super) fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

pub(super) fn not_writable(path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::NotWritable { path, source: source.into() }
}
