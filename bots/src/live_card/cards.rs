//! Keeps the cards of one platform true: a task per chat that listens to its room and draws what changed.
//!
//! At most one drawing per chat is under way, and what changes meanwhile is drawn once, as it is then. Which message is the
//! card is written down with the place, so that a restart finds it again.
//!
//! A card that others buried is posted anew, when somebody asks for it or it changes. The new one is written down before
//! the old one loses its buttons: a process that dies between the two leaves an old card with buttons, which work and are
//! not kept true.

mod below;
mod keeper;

use std::{sync::Arc, time::Duration};

use dashmap::{DashMap, mapref::entry::Entry};
use engine::{
    ids::RoomId,
    records::{PlaceId, Platform},
};
use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{below::Below, keeper::Keeper};
use super::{Card, Pace, Screen};
use crate::core::Core;

/// How many cards a start brings back. Each holds its room in memory, some tens of kilobytes.
const RESTORED: usize = 1_000;
/// How far apart they are looked at, so that a start is no flood.
const RESTORE_EVERY: Duration = Duration::from_millis(50);
/// The cards of one platform.
#[derive(Clone)]
pub struct Cards {
    shared: Arc<Shared>,
}

struct Shared {
    core: Core,
    screen: Arc<dyn Screen>,
    platform: Platform,
    pace: Pace,
    /// The chats that have a task now.
    kept: DashMap<PlaceId, Kept>,
    /// How much stands below the cards: outlives the tasks, so that a card that was let go is known to be buried.
    below: DashMap<PlaceId, Arc<Below>>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// How a chat's task is reached.
struct Kept {
    room: RoomId,
    nudges: mpsc::Sender<Nudge>,
    /// Cancelled when that task draws no more.
    ended: CancellationToken,
}

/// What a frontend lets a chat's task know.
#[derive(Debug)]
enum Nudge {
    /// The room is spoken of: keep the card, if there is one.
    See,
    /// Somebody wants a card: post one, if there is none.
    Show,
    /// The frontend posted it by itself.
    Adopt(i64, Box<Card>),
}

impl Cards {
    /// No cards yet. Ends when `stop` is cancelled.
    pub fn new(core: Core, screen: Arc<dyn Screen>, platform: Platform, pace: Pace, stop: CancellationToken) -> Self {
        let (kept, below, tasks) = (DashMap::new(), DashMap::new(), TaskTracker::new());
        Self { shared: Arc::new(Shared { core, screen, platform, pace, kept, below, stop, tasks }) }
    }

    /// Takes up the cards that were there before a restart, so that a room that is changed through another door changes
    /// them too. Goes on behind the caller's back.
    pub fn restore(&self) {
        let shared = self.shared.clone();
        self.shared.tasks.spawn(async move {
            let places = match shared.core.engine().places.on(shared.platform).await {
                Ok(places) => places,
                Err(no) => return tracing::error!(%no, "live cards could not be read back: they stand still"),
            };
            for place in places.into_iter().filter(|place| place.card.is_some()).take(RESTORED) {
                shared.clone().nudge(&place.id, place.room, Nudge::See);
                tokio::select! {
                    () = shared.stop.cancelled() => return,
                    () = tokio::time::sleep(RESTORE_EVERY) => {}
                }
            }
        });
    }

    /// The room of this chat was spoken of, or what the chat is set to changed: its card, if it has one, is kept true from
    /// now on. To be called too when the chat is tied to another room or to none: the card loses its buttons then.
    pub fn see(&self, place: &PlaceId, room: RoomId) {
        self.shared.clone().nudge(place, room, Nudge::See);
    }

    /// The same, and a card is posted where there is none.
    pub fn show(&self, place: &PlaceId, room: RoomId) {
        self.shared.clone().nudge(place, room, Nudge::Show);
    }

    /// The frontend posted the card by itself, as this message, showing this: it is kept true from now on.
    pub fn adopt(&self, place: &PlaceId, message: i64, shown: Card) {
        self.shared.clone().nudge(place, shown.room, Nudge::Adopt(message, Box::new(shown)));
    }

    /// Something stands in this chat that was not there before, and the platform gave it this number: a card with more
    /// than ten such below it is posted anew at the next occasion. Costs next to nothing where there is no card.
    pub fn passed(&self, place: &PlaceId, message: i64) {
        if let Some(below) = self.shared.below.get(place) {
            below.passed(message);
        }
    }

    /// The chat is gone, or known by another identity: its card is left alone.
    pub fn forget(&self, place: &PlaceId) {
        self.shared.kept.remove(place);
        self.shared.count();
        self.shared.below.remove(place);
    }

    /// Waits until all of its tasks have ended, after `stop`.
    pub async fn finished(&self) {
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }
}

impl Shared {
    /// Says how many cards there are.
    fn count(&self) {
        let platform = self.platform.name();
        metrics::gauge!("onecouch_bot_cards", "platform" => platform).set(self.kept.len() as f64);
    }

    fn nudge(self: Arc<Self>, place: &PlaceId, room: RoomId, nudge: Nudge) {
        if self.stop.is_cancelled() {
            return;
        }
        let mut nudge = nudge;
        let entry = self.kept.entry(place.clone());
        if let Entry::Occupied(kept) = &entry
            && kept.get().room == room
        {
            match kept.get().nudges.try_send(nudge) {
                Ok(()) => return,
                // So many nudges wait already that this one says nothing new.
                Err(mpsc::error::TrySendError::Full(_)) => return,
                Err(mpsc::error::TrySendError::Closed(unheard)) => nudge = unheard,
            }
        }
        let (nudges, heard) = mpsc::channel(16);
        // The channel is empty and open.
        let _ = nudges.try_send(nudge);
        let ended = CancellationToken::new();
        // Where a task of another room was kept, its channel ends here, and so does it: not before this one draws.
        let before = match &entry {
            Entry::Occupied(kept) => Some(kept.get().ended.clone()),
            Entry::Vacant(_) => None,
        };
        drop(entry.insert_entry(Kept { room, nudges, ended: ended.clone() }));
        self.count();
        let below = self.below.entry(place.clone()).or_default().clone();
        let keeper = Keeper::new(self.clone(), place.clone(), room, heard, below);
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            let _ended = ended.drop_guard();
            if let Some(before) = before {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = before.cancelled() => {}
                }
            }
            keeper.run().await;
        });
    }
}

#[cfg(test)]
mod stories;
