//! Keeps the cards of one platform true: a task per chat that listens to its room and draws what changed.
//!
//! At most one drawing per chat is under way, and what changes meanwhile is drawn once, as it is then. Which message is the
//! card is written down with the place, so that a restart finds it again.

use std::{sync::Arc, time::Duration};

use dashmap::{DashMap, mapref::entry::Entry};
use engine::{
    ids::RoomId,
    records::{PlaceId, Platform},
    refusal::{Code, No, Refusal},
    rooms::Listening,
};
use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Budget, Card, Pace, Screen, ScreenError, card};
use crate::core::Core;

/// How many cards a start brings back. Each holds its room in memory, some tens of kilobytes.
const RESTORED: usize = 1_000;
/// How far apart they are looked at, so that a start is no flood.
const RESTORE_EVERY: Duration = Duration::from_millis(50);
/// A card whose room did nothing for so long lets the room go; the next command in its chat takes it up again.
const QUIET: Duration = Duration::from_hours(6);
/// How long to wait after a drawing failed for an unknown reason; doubled each time, up to [`PATIENCE`].
const AGAIN: Duration = Duration::from_secs(5);
/// The longest such wait.
const PATIENCE: Duration = Duration::from_mins(5);

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
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// How a chat's task is reached.
struct Kept {
    room: RoomId,
    nudges: mpsc::Sender<Nudge>,
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
        let (kept, tasks) = (DashMap::new(), TaskTracker::new());
        Self { shared: Arc::new(Shared { core, screen, platform, pace, kept, stop, tasks }) }
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

    /// The room of this chat was spoken of: its card, if it has one, is kept true from now on.
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

    /// The chat is gone, or known by another identity: its card is left alone.
    pub fn forget(&self, place: &PlaceId) {
        self.shared.kept.remove(place);
    }

    /// Waits until all of its tasks have ended, after `stop`.
    pub async fn finished(&self) {
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }
}

impl Shared {
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
        // Where a task of another room was kept, its channel ends here, and so does it.
        let kept = entry.insert_entry(Kept { room, nudges });
        drop(kept);
        let keeper = Keeper {
            budget: Budget::new(self.pace),
            shared: self.clone(),
            place: place.clone(),
            room,
            nudges: heard,
            message: None,
            shown: None,
            wanted: false,
            failures: 0,
        };
        self.tasks.spawn(keeper.run());
    }
}

/// The task of one chat.
struct Keeper {
    shared: Arc<Shared>,
    place: PlaceId,
    room: RoomId,
    nudges: mpsc::Receiver<Nudge>,
    budget: Budget,
    /// The message that is the card.
    message: Option<i64>,
    /// What it shows; unknown after a restart.
    shown: Option<Card>,
    /// Somebody asked for a card, and there is none.
    wanted: bool,
    /// Failed drawings in a row.
    failures: u32,
}

impl Keeper {
    async fn run(mut self) {
        match self.shared.core.engine().places.get(&self.place).await {
            Ok(place) => self.message = place.filter(|place| place.room == self.room).and_then(|place| place.card),
            Err(no) => tracing::error!(place = %self.place, %no, "which message is the live card could not be read"),
        }
        loop {
            let stop = self.shared.stop.clone();
            let ended = tokio::select! {
                () = stop.cancelled() => return,
                ended = self.keep() => ended,
            };
            if ended {
                break;
            }
        }
        // Who nudges from now on finds the channel closed and starts anew; who did so before is heard here.
        self.nudges.close();
        let kept = &self.shared.kept;
        kept.remove_if(&self.place, |_, kept| kept.room == self.room && kept.nudges.is_closed());
        while let Ok(nudge) = self.nudges.try_recv() {
            self.shared.clone().nudge(&self.place, self.room, nudge);
        }
    }

    /// Listens and draws, until the room must be listened to anew (false) or there is nothing left to do (true).
    async fn keep(&mut self) -> bool {
        // What was nudged comes first: without a card and without anybody who wants one, no room need be loaded.
        while let Ok(nudge) = self.nudges.try_recv() {
            self.heed(nudge).await;
        }
        if self.message.is_none() && !self.wanted {
            return true;
        }
        let engine = self.shared.core.engine().clone();
        let Listening { mut view, mut heard, .. } = match engine.rooms.listen(self.room).await {
            Ok(listening) => listening,
            Err(No::Refusal(Refusal { code: Code::NoSuchRoom | Code::Stopping, .. })) => return true,
            Err(no) => {
                tracing::warn!(place = %self.place, %no, "a live card cannot follow its room yet");
                tokio::time::sleep(AGAIN).await;
                return false;
            }
        };
        loop {
            if self.message.is_none() && !self.wanted {
                return true;
            }
            let now = engine.clock.now();
            let card = card(&view, now, &self.shared.core);
            let stale = self.message.is_none() || self.shown.as_ref() != Some(&card);
            let due = stale.then(|| self.budget.next());
            if due.is_some_and(|due| due <= now.play) {
                self.draw(card).await;
                continue;
            }
            let wake = due.map_or_else(|| tokio::time::Instant::now() + QUIET, |due| engine.clock.instant_of(due));
            tokio::select! {
                nudge = self.nudges.recv() => match nudge {
                    Some(nudge) => self.heed(nudge).await,
                    // The chat has another room now, or is forgotten.
                    None => return true,
                },
                turn = heard.recv() => match turn {
                    Some(turn) => view = turn.view.clone(),
                    // The room was put away, or went faster than we: look again.
                    None => return false,
                },
                () = tokio::time::sleep_until(wake) => {
                    if due.is_none() && !view.playback.playing {
                        return true;
                    }
                }
            }
        }
    }

    async fn heed(&mut self, nudge: Nudge) {
        match nudge {
            Nudge::See => {}
            Nudge::Show => self.wanted = true,
            Nudge::Adopt(message, card) => {
                self.budget.spend(self.shared.core.engine().clock.play_time());
                (self.message, self.shown, self.wanted) = (Some(message), Some(*card), false);
                self.write_down().await;
            }
        }
    }

    async fn draw(&mut self, card: Card) {
        let result = match self.message {
            Some(message) => self.shared.screen.edit(&self.place, message, &card).await,
            None => match self.shared.screen.show(&self.place, &card).await {
                Ok(message) => {
                    self.message = Some(message);
                    self.write_down().await;
                    Ok(())
                }
                Err(error) => Err(error),
            },
        };
        let now = self.shared.core.engine().clock.play_time();
        if result != Err(ScreenError::Gone) {
            self.budget.spend(now);
        }
        match result {
            Ok(()) => {
                if self.failures > 0 {
                    tracing::info!(place = %self.place, "a live card is drawn again");
                }
                (self.shown, self.wanted, self.failures) = (Some(card), false, 0);
            }
            Err(ScreenError::RetryAfter(wait)) => self.budget.hold(now, wait),
            Err(ScreenError::Gone) => {
                // Somebody deleted it. Who wants one gets a new one; nobody gets one unasked.
                if self.message.take().is_some() {
                    self.shown = None;
                    self.write_down().await;
                } else {
                    self.wanted = false;
                }
            }
            Err(ScreenError::Failed(problem)) => {
                if self.failures == 0 {
                    tracing::warn!(place = %self.place, problem, "a live card could not be drawn: trying again");
                }
                self.budget.hold(now, (AGAIN * 2_u32.pow(self.failures.min(6))).min(PATIENCE));
                self.failures = self.failures.saturating_add(1);
            }
        }
    }

    async fn write_down(&self) {
        if let Err(no) = self.shared.core.engine().places.set_card(&self.place, self.message).await {
            tracing::error!(place = %self.place, %no, "which message is the live card could not be stored");
        }
    }
}

#[cfg(test)]
mod stories;
