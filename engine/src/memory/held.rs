//! What one node has and no other, as long as it has its shelves.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use tokio::time::{Instant, sleep};

use super::{MemoryStore, Shelves, lock};
use crate::{
    ports,
    refusal::{Code, Fault, No},
};

/// How soon it is looked again.
const AGAIN: Duration = Duration::from_millis(5);

/// Something that a node has.
#[derive(Debug)]
pub(super) struct Held {
    shelves: Arc<Mutex<Shelves>>,
    key: String,
    /// Tells it from whoever has it next, and whether its node let go of the shelves.
    closed: Arc<Mutex<bool>>,
}

/// Waits until nobody else has this.
pub(super) async fn wait(store: &MemoryStore, key: &str, patience: Duration) -> Result<Held, No> {
    let until = Instant::now() + patience;
    loop {
        if let Some(held) = take(store, key)? {
            return Ok(held);
        }
        if Instant::now() >= until {
            return Err(Code::Busy.into());
        }
        sleep(AGAIN).await;
    }
}

fn take(store: &MemoryStore, key: &str) -> Result<Option<Held>, Fault> {
    let mut shelves = store.open()?;
    // A node that is gone has nothing.
    if shelves.held.get(key).is_some_and(|closed| !*lock(closed)) {
        return Ok(None);
    }
    shelves.held.insert(key.to_owned(), store.closed.clone());
    Ok(Some(Held { shelves: store.shelves.clone(), key: key.to_owned(), closed: store.closed.clone() }))
}

impl Held {
    fn is_ours(&self, shelves: &Shelves) -> bool {
        !*lock(&self.closed) && shelves.held.get(&self.key).is_some_and(|closed| Arc::ptr_eq(closed, &self.closed))
    }
}

#[async_trait]
impl ports::Held for Held {
    async fn still(&self) -> bool {
        self.is_ours(&lock(&self.shelves))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut shelves = lock(&self.shelves);
        if shelves.held.get(&self.key).is_some_and(|closed| Arc::ptr_eq(closed, &self.closed)) {
            shelves.held.remove(&self.key);
        }
    }
}
