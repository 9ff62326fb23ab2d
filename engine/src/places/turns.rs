//! One after the other, by what is changed: who changes something else does not wait.

use std::{
    array,
    hash::{DefaultHasher, Hash, Hasher},
};

use tokio::sync::{Mutex, MutexGuard};

/// How many changes may go on at once. A fixed number, so that nothing grows with the places there are; two that share one
/// wait for each other for nothing, for the length of a commit.
const COUNT: usize = 64;

/// A lock for each of so many shares of all keys.
pub(super) struct Turns([Mutex<()>; COUNT]);

impl Default for Turns {
    fn default() -> Self {
        Self(array::from_fn(|_| Mutex::default()))
    }
}

impl Turns {
    /// Waits until nobody else changes this.
    pub(super) async fn of(&self, key: &impl Hash) -> MutexGuard<'_, ()> {
        self.0[share(key)].lock().await
    }

    /// Waits until nobody else changes either of these. Always in the same order, so that two never wait for each other.
    pub(super) async fn of_both<K: Hash>(
        &self,
        one: &K,
        other: &K,
    ) -> (MutexGuard<'_, ()>, Option<MutexGuard<'_, ()>>) {
        let (one, other) = (share(one), share(other));
        let first = self.0[one.min(other)].lock().await;
        let second = if one == other { None } else { Some(self.0[one.max(other)].lock().await) };
        (first, second)
    }
}

fn share(key: &impl Hash) -> usize {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    // Below `COUNT`, whatever the width of a pointer.
    usize::try_from(hasher.finish() % COUNT as u64).unwrap_or_default()
}
