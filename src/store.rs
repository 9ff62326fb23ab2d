//! Where all that lasts is kept: the engine's [`Store`](engine::ports::Store) on SQLite.

mod sqlite;

pub use self::sqlite::*;
