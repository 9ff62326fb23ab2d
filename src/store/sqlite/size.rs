//! How large the file is, for who runs the server.

use std::path::{Path, PathBuf};

use engine::refusal::Fault;

use super::{SqliteStore, read};

/// How much the database takes, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// The file itself.
    pub database: u64,
    /// The write-ahead log beside it; 0 where there is none.
    pub log: u64,
    /// What is free on their disk for this user, where the system tells.
    pub free: Option<u64>,
}

const FILE: &str = "SELECT file FROM pragma_database_list WHERE name = 'main'";

impl SqliteStore {
    /// How many writes wait for a commit.
    pub fn waiting(&self) -> usize {
        self.jobs.max_capacity() - self.jobs.capacity()
    }

    /// Looks how large it is.
    pub async fn size(&self) -> Result<Size, Fault> {
        let file: String = sqlx::query_scalar(FILE).fetch_one(&self.readers).await.map_err(read::unread)?;
        // Asking a file for its size reads no disk that would hold up anybody.
        let database = PathBuf::from(&file);
        let log = PathBuf::from(format!("{file}-wal"));
        let length = |path: &Path| path.metadata().map_or(0, |data| data.len());
        Ok(Size { database: length(&database), log: length(&log), free: free(&database) })
    }
}

#[cfg(unix)]
fn free(path: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}
