//! What one process of a store has, and no other.

use std::{fmt, time::Duration};

use async_trait::async_trait;

/// How long somebody who wants what another process has waits for it, before they are told that it is busy.
pub const HELD_PATIENCE: Duration = Duration::from_secs(5);

/// Something that nobody else has, on any process of a store, until this is dropped; or until the process dies, or is cut off from the store.
#[async_trait]
pub trait Held: fmt::Debug + Send + Sync {
    /// Whether it is still so. Asks the store: what was cut off in between nobody tells. For the moment before what it guards is
    /// written; what happens between the two is not seen.
    async fn still(&self) -> bool;
}

/// What a process has whose store is nobody else's.
#[derive(Debug, Clone, Copy)]
pub struct Alone;

#[async_trait]
impl Held for Alone {
    async fn still(&self) -> bool {
        true
    }
}
