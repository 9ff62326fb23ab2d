//! A room's front: what those who use it hold on to, whoever runs it, here or on another node.

use std::{
    collections::VecDeque,
    sync::{Arc, atomic::Ordering},
};

use arc_swap::ArcSwap;
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use super::{Ask, Heard, Listening, Shared};
use crate::{event::Event, ids::RoomId, room::RoomView};

/// How many events a room remembers for those who come back.
const RECENT: usize = 256;
/// How many turns a listener may be behind before it is let go; it may listen anew.
const LISTENER: usize = 1_024;

pub(super) struct Front {
    pub(super) shared: Arc<Shared>,
    pub(super) id: RoomId,
    pub(super) asks: mpsc::Receiver<Ask>,
    /// What readers see without asking; replaced once a turn.
    pub(super) view: Arc<ArcSwap<RoomView>>,
    pub(super) listeners: Vec<mpsc::Sender<Arc<Heard>>>,
    /// The last events, oldest first.
    pub(super) recent: VecDeque<Arc<Event>>,
    /// When somebody last asked.
    pub(super) asked_at: Instant,
    gone: CancellationToken,
}

impl Front {
    pub(super) fn new(
        shared: Arc<Shared>,
        id: RoomId,
        asks: mpsc::Receiver<Ask>,
        view: Arc<ArcSwap<RoomView>>,
        gone: CancellationToken,
    ) -> Self {
        let (listeners, recent) = (Vec::new(), VecDeque::new());
        Self { shared, id, asks, view, listeners, recent, asked_at: Instant::now(), gone }
    }

    /// Somebody hears everything from now on.
    pub(super) fn listen(&mut self, reply: oneshot::Sender<Listening>) {
        let (sender, heard) = mpsc::channel(LISTENER);
        let view = self.view.load_full();
        if reply.send(Listening { view, recent: self.recent.clone(), heard }).is_ok() {
            self.listeners.push(sender);
        }
    }

    /// Keeps an event for those who come back.
    pub(super) fn remember(&mut self, event: &Arc<Event>) {
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(event.clone());
    }

    /// Tells everybody who listens. A listener that cannot follow is let go: it notices the end and listens anew.
    pub(super) fn tell(&mut self, heard: Heard) {
        let heard = Arc::new(heard);
        self.listeners.retain(|listener| listener.try_send(heard.clone()).is_ok());
    }

    /// Whether nobody listens any more.
    pub(super) fn is_unheard(&mut self) -> bool {
        self.listeners.retain(|listener| !listener.is_closed());
        self.listeners.is_empty()
    }
}

impl Drop for Front {
    /// Whatever ended the task, a panic too: the room may be loaded anew, and nobody waits for this life of it.
    fn drop(&mut self) {
        // As long as this lives, the room's cell is its.
        self.shared.loaded.remove(&self.id);
        self.gone.cancel();
    }
}

/// Whether a room is counted among those that play.
pub(super) struct Counted {
    shared: Arc<Shared>,
    playing: bool,
}

impl Counted {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, playing: false }
    }

    pub(super) fn set(&mut self, playing: bool) {
        if playing != self.playing {
            self.playing = playing;
            if playing {
                self.shared.playing.fetch_add(1, Ordering::Relaxed);
            } else {
                self.shared.playing.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.set(false);
    }
}
