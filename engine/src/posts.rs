//! What one node at a time does for all: the bots' lines to their platforms, the delivery of webhooks.
//!
//! A post hangs on the lease of the node that has it, as rooms do. A node that cannot renew its lease stops what it does before
//! another may begin. A process that is alone has all posts and asks nobody.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::{
    ports::{Post, Store},
    rooms::Rooms,
};

/// How often a node that does not have a post asks for it: so long nobody does what its last holder did.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// How often one that has it looks whether its lease is good: it has this long, and what is between its trust and the lease, to end.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// After how many of those looks it asks the store. Only a node that was not heard of for a lease can have lost it.
const ASK_AGAIN: u32 = 6;
/// How long the store may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// The posts, as this node sees them. Clones are the same ones.
#[derive(Clone)]
pub struct Posts {
    store: Arc<dyn Store>,
    rooms: Rooms,
    held: Arc<[AtomicBool; Post::ALL.len()]>,
}

impl Posts {
    pub(crate) fn new(store: Arc<dyn Store>, rooms: Rooms) -> Self {
        Self { store, rooms, held: Arc::default() }
    }

    /// Whether this node has a post now.
    pub fn has(&self, post: Post) -> bool {
        self.held[post as usize].load(Ordering::Relaxed)
    }

    /// Does `work` whenever this node has the post, until `stop`, and `meanwhile` whenever another one has it. The work is told to end by
    /// its token; where it ends by itself it is not begun again, and the post is left to others. What is done meanwhile is dropped where it stands.
    pub async fn keep<W: Future<Output = ()>, M: Future<Output = ()>>(
        &self,
        post: Post,
        stop: CancellationToken,
        work: impl Fn(CancellationToken) -> W,
        meanwhile: impl Fn() -> M,
    ) {
        while self.take(post, &stop, &meanwhile).await {
            self.held[post as usize].store(true, Ordering::Relaxed);
            let here = stop.child_token();
            // A bot is large, and this waits for years.
            let mut working = Box::pin(work(here.clone()));
            let lost = tokio::select! {
                () = &mut working => false,
                () = self.lost(post) => true,
            };
            if lost {
                tracing::warn!(post = post.name(), "this node does it no more: its lease is over");
                here.cancel();
                working.await;
            }
            self.held[post as usize].store(false, Ordering::Relaxed);
            if !lost {
                if let Err(fault) = self.store.leave(post).await {
                    tracing::debug!(post = post.name(), %fault, "a post is not left: others wait for the end of the lease");
                }
                return;
            }
        }
    }

    /// Waits until this node has it. False where it is not to wait any more.
    async fn take<M: Future<Output = ()>>(
        &self,
        post: Post,
        stop: &CancellationToken,
        meanwhile: &impl Fn() -> M,
    ) -> bool {
        if stop.is_cancelled() {
            return false;
        }
        if self.ask(post).await {
            return true;
        }
        let meanwhile = async {
            meanwhile().await;
            std::future::pending::<()>().await;
        };
        let taken = async {
            loop {
                sleep(ASK_EVERY).await;
                if self.ask(post).await {
                    return;
                }
            }
        };
        tokio::select! {
            () = stop.cancelled() => false,
            () = taken => true,
            () = meanwhile => false,
        }
    }

    /// Whether this node has it now, or could take it.
    async fn ask(&self, post: Post) -> bool {
        if !self.rooms.is_trusted() {
            return false;
        }
        match timeout(PATIENCE, self.store.hold(post)).await {
            Ok(Ok(held)) => held,
            Ok(Err(fault)) => {
                tracing::debug!(post = post.name(), %fault, "nobody knows who has a post");
                false
            }
            Err(_) => {
                tracing::debug!(post = post.name(), "the store does not say who has a post");
                false
            }
        }
    }

    /// Waits until this node does not have it any more, as far as it can know.
    async fn lost(&self, post: Post) {
        if self.rooms.node().is_none() {
            return std::future::pending().await;
        }
        for look in 1_u32.. {
            sleep(LOOK_EVERY).await;
            if !self.rooms.is_trusted() {
                return;
            }
            // That the store does not answer says nothing: the lease ends, or it answers the next time.
            if look.is_multiple_of(ASK_AGAIN) && matches!(timeout(PATIENCE, self.store.hold(post)).await, Ok(Ok(false)))
            {
                return;
            }
        }
    }
}
