//! How large the file is, for who runs the server.

use std::path::{Path, PathBuf};

use engine::refusal::Fault;
use sqlx::SqlitePool;

use crate::store::{Size, rows::unread};

const FILE: &str = "SELECT file FROM pragma_database_list WHERE name = 'main'";

/// Looks how large it is.
pub(super) async fn size(readers: &SqlitePool) -> Result<Size, Fault> {
    let file: String = sqlx::query_scalar(FILE).fetch_one(readers).await.map_err(unread)?;
    // Asking a file for its size reads no disk that would hold up anybody.
    let database = PathBuf::from(&file);
    let log = PathBuf::from(format!("{file}-wal"));
    let length = |path: &Path| path.metadata().map_or(0, |data| data.len());
    Ok(Size { database: length(&database), log: length(&log), free: free(&database) })
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
