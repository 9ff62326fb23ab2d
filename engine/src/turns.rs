//! One after the other, by what is changed: whoever reads something, judges it and writes it waits until nobody else does, in this process and on
//! all nodes that share its store. Who changes something else does not wait.
//!
//! Here they wait in a line, and the first of it asks the store. So a process that is alone pays for its own lock and for nothing else.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use tokio::{
    sync::{Mutex, MutexGuard},
    time::Instant,
};

use crate::{
    ports::{HELD_PATIENCE, Held, Store},
    refusal::{Code, No},
};

/// How many changes of one kind may go on at once. A fixed number, so that nothing grows with the keys there are; two that share one
/// wait for each other for nothing, for the length of a commit.
const SHARES: usize = 64;

/// Whose turn it is, for changes of one kind.
pub(crate) struct Turns {
    store: Arc<dyn Store>,
    /// What is changed: under this name all nodes wait.
    what: &'static str,
    /// A lock for each share of all keys.
    shares: Box<[Mutex<()>]>,
}

/// Somebody's turn, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    /// Given back before the next of this process is let in: in the order of the fields.
    held: Box<dyn Held>,
    _here: MutexGuard<'a, ()>,
}

impl Turn<'_> {
    /// Refuses where it is not surely their turn any more, because the store was away meanwhile: nothing of what was judged may be written.
    ///
    /// # Errors
    ///
    /// `busy`: whoever tries again waits for a turn anew.
    pub(crate) async fn still(&self) -> Result<(), No> {
        if self.held.still().await { Ok(()) } else { Err(Code::Busy.into()) }
    }
}

impl Turns {
    /// One change at a time.
    pub(crate) fn one(store: Arc<dyn Store>, what: &'static str) -> Self {
        Self::with(store, what, 1)
    }

    /// One change of each key at a time.
    pub(crate) fn of_each(store: Arc<dyn Store>, what: &'static str) -> Self {
        Self::with(store, what, SHARES)
    }

    fn with(store: Arc<dyn Store>, what: &'static str, shares: usize) -> Self {
        Self { store, what, shares: (0..shares).map(|_| Mutex::default()).collect() }
    }

    /// Waits until nobody else changes this.
    ///
    /// # Errors
    ///
    /// `busy` where another node does for longer than [`HELD_PATIENCE`], `not_stored` where the store is away.
    pub(crate) async fn of(&self, key: &str) -> Result<Turn<'_>, No> {
        self.share(self.share_of(key), Instant::now()).await
    }

    /// Waits until nobody else changes anything of the kind.
    pub(crate) async fn next(&self) -> Result<Turn<'_>, No> {
        self.share(0, Instant::now()).await
    }

    /// Waits until nobody else changes either of these. Always in the same order, so that two never wait for each other.
    pub(crate) async fn of_both(&self, one: &str, other: &str) -> Result<(Turn<'_>, Option<Turn<'_>>), No> {
        let (one, other, from) = (self.share_of(one), self.share_of(other), Instant::now());
        let first = self.share(one.min(other), from).await?;
        let second = if one == other { None } else { Some(self.share(one.max(other), from).await?) };
        Ok((first, second))
    }

    /// Waits until nobody else of this process changes this: for what is read, and remembered here.
    pub(crate) async fn here(&self, key: &str) -> MutexGuard<'_, ()> {
        self.shares[self.share_of(key)].lock().await
    }

    async fn share(&self, share: usize, from: Instant) -> Result<Turn<'_>, No> {
        let here = self.shares[share].lock().await;
        // Who waited for others of this process has waited: else a line of a hundred behind a node that hangs would wait a hundred times.
        let left = HELD_PATIENCE.saturating_sub(from.elapsed());
        let held = self.store.exclusive(&format!("{}/{share}", self.what), left).await?;
        Ok(Turn { held, _here: here })
    }

    fn share_of(&self, key: &str) -> usize {
        // All nodes must agree on it, and the hasher of the standard library may be another in its next version.
        let hash = Sha256::digest(key.as_bytes());
        usize::from(u16::from_be_bytes([hash[0], hash[1]])) % self.shares.len()
    }
}
