//! The task of one chat: listens to the room and draws what changed.

use std::{sync::Arc, time::Duration};

use engine::{
    ids::RoomId,
    records::PlaceId,
    refusal::{Code, No, Refusal},
    rooms::Listening,
    time::{Millis, PlayTime},
};
use tokio::sync::mpsc;

use super::{Nudge, Shared, below::Below};
use crate::{
    live_card::{Budget, Card, ScreenError, card},
    words::Locale,
};

/// A card whose room did nothing for so long lets the room go; the next command in its chat takes it up again.
const QUIET: Duration = Duration::from_hours(6);
/// How long to wait after a drawing failed for an unknown reason; doubled each time, up to [`PATIENCE`].
const AGAIN: Duration = Duration::from_secs(5);
/// The longest such wait.
const PATIENCE: Duration = Duration::from_mins(5);
/// At least so long between two postings of a card anew.
const ANEW_EVERY: Millis = Millis::seconds(60);
/// How often it is tried to take the buttons from an old card.
const DISARMINGS: u32 = 3;
/// How long a drawing that is on its way may take when the server stops.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Why a task does not go on as it did.
enum End {
    /// The room must be listened to anew.
    Anew,
    /// There is nothing to do until somebody nudges again.
    Quiet,
    /// The room is gone, or not this chat's any more.
    Over,
}

/// The task of one chat.
pub(super) struct Keeper {
    shared: Arc<Shared>,
    place: PlaceId,
    room: RoomId,
    nudges: mpsc::Receiver<Nudge>,
    budget: Budget,
    /// The language of the chat.
    locale: Locale,
    /// The message that is the card.
    message: Option<i64>,
    /// What it shows; unknown after a restart.
    shown: Option<Card>,
    /// Somebody asked for a card, and there is none.
    wanted: bool,
    /// What stands below the card.
    below: Arc<Below>,
    /// Somebody took an interest since the card was buried.
    asked_for: bool,
    /// Not to be posted anew before this.
    anew_at: PlayTime,
    /// Cards of before that still have buttons, and how often it was tried to take them.
    old: Vec<(i64, u32)>,
    /// Failed drawings in a row.
    failures: u32,
}

impl Keeper {
    pub(super) fn new(
        shared: Arc<Shared>,
        place: PlaceId,
        room: RoomId,
        nudges: mpsc::Receiver<Nudge>,
        below: Arc<Below>,
    ) -> Self {
        Self {
            budget: Budget::new(shared.pace),
            shared,
            place,
            room,
            nudges,
            locale: Locale::English,
            message: None,
            shown: None,
            wanted: false,
            below,
            asked_for: false,
            anew_at: PlayTime(i64::MIN),
            old: Vec::new(),
            failures: 0,
        }
    }

    pub(super) async fn run(mut self) {
        let Some(own) = self.look(true).await else { return };
        let mut end = if own { End::Anew } else { End::Over };
        let stop = self.shared.stop.clone();
        while matches!(end, End::Anew) {
            let keep = self.keep();
            tokio::pin!(keep);
            end = tokio::select! {
                () = stop.cancelled() => {
                    // A card that is just being posted is written down first: else the next start would post another.
                    let _ = tokio::time::timeout(LAST_WORDS, keep).await;
                    return;
                }
                end = &mut keep => end,
            };
        }
        if matches!(end, End::Over) {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.leave() => {}
            }
        }
        // Who nudges from now on finds the channel closed and starts anew; who did so before is heard here.
        self.nudges.close();
        let kept = &self.shared.kept;
        kept.remove_if(&self.place, |_, kept| kept.room == self.room && kept.nudges.is_closed());
        self.shared.count();
        if self.message.is_none() {
            self.shared.below.remove_if(&self.place, |_, below| Arc::ptr_eq(below, &self.below));
        }
        if matches!(end, End::Over) {
            return;
        }
        while let Ok(nudge) = self.nudges.try_recv() {
            self.shared.clone().nudge(&self.place, self.room, nudge);
        }
    }

    /// Reads what is written down of the place: its language, at first also which message is the card. False where the
    /// chat has not this room any more; none where the server stops.
    async fn look(&mut self, first: bool) -> Option<bool> {
        loop {
            match self.shared.core.engine().places.get(&self.place).await {
                Ok(Some(place)) if place.room == self.room => {
                    self.locale = place.settings.locale.as_deref().map(Locale::of).unwrap_or_default();
                    if first {
                        self.message = place.card;
                    }
                    return Some(true);
                }
                Ok(_) => return Some(false),
                Err(no) if first => {
                    tracing::error!(place = %self.place, %no, "which message is the live card could not be read yet");
                    tokio::select! {
                        () = self.shared.stop.cancelled() => return None,
                        () = tokio::time::sleep(AGAIN) => {}
                    }
                }
                Err(no) => {
                    tracing::warn!(place = %self.place, %no, "what a chat is set to could not be read");
                    return Some(true);
                }
            }
        }
    }

    /// Listens and draws.
    async fn keep(&mut self) -> End {
        // What was nudged comes first: without a card and without anybody who wants one, no room need be loaded.
        while let Ok(nudge) = self.nudges.try_recv() {
            if !self.heed(nudge).await {
                return End::Over;
            }
        }
        if self.has_nothing_to_do() {
            return End::Quiet;
        }
        let engine = self.shared.core.engine().clone();
        let Listening { mut view, mut heard, .. } = match engine.rooms.listen(self.room).await {
            Ok(listening) => listening,
            Err(No::Refusal(Refusal { code: Code::NoSuchRoom, .. })) => return End::Over,
            Err(No::Refusal(Refusal { code: Code::Stopping, .. })) => return End::Quiet,
            Err(no) => {
                tracing::warn!(place = %self.place, %no, "a live card cannot follow its room yet");
                tokio::time::sleep(AGAIN).await;
                return End::Anew;
            }
        };
        loop {
            if self.has_nothing_to_do() {
                return End::Quiet;
            }
            let now = engine.clock.now();
            let card = card(&view, now, &self.shared.core, self.locale);
            let stale = self.message.is_none() || self.shown.as_ref() != Some(&card);
            let again = self.buried() && (self.asked_for || stale);
            let anew = again && self.anew_at <= now.play;
            let due = if stale || anew || !self.old.is_empty() {
                Some(self.budget.next())
            } else {
                again.then(|| self.budget.next().max(self.anew_at))
            };
            if due.is_some_and(|due| due <= now.play) {
                let over = !view.schedule.status.is_open();
                let restored = self.shown.is_none() && self.message.is_some();
                if self.old.iter().any(|(_, tries)| *tries == 0) {
                    // First, or a room in which much happens would leave it no turn.
                    self.disarm_one().await;
                } else if anew && !over {
                    self.post_anew(card).await;
                } else if stale {
                    self.draw(card).await;
                    if over && restored && self.shown.is_some() {
                        // It was over before we came, and now its card says so: that was the last of it.
                        self.message = None;
                        self.write_down().await;
                    }
                } else {
                    // What is over stays where it is.
                    self.asked_for &= !over;
                    self.disarm_one().await;
                }
                continue;
            }
            let wake = due.map_or_else(|| tokio::time::Instant::now() + QUIET, |due| engine.clock.instant_of(due));
            tokio::select! {
                () = self.shared.stop.cancelled() => return End::Quiet,
                nudge = self.nudges.recv() => match nudge {
                    Some(nudge) => if !self.heed(nudge).await {
                        return End::Over;
                    },
                    // The chat has another room now.
                    None if self.shared.kept.contains_key(&self.place) => return End::Over,
                    // It is forgotten: nothing of ours is left in it.
                    None => return End::Quiet,
                },
                turn = heard.recv() => match turn {
                    Some(turn) => view = turn.view.clone(),
                    // The room was put away, or went faster than we: look again.
                    None => return End::Anew,
                },
                () = tokio::time::sleep_until(wake) => {
                    if due.is_none() && !view.playback.playing {
                        return End::Quiet;
                    }
                }
            }
        }
    }

    fn has_nothing_to_do(&self) -> bool {
        self.message.is_none() && !self.wanted && self.old.is_empty()
    }

    /// Whether so much stands below the card that it is out of sight.
    fn buried(&self) -> bool {
        self.message.is_some_and(|message| self.below.buries(&self.place, message))
    }

    /// False where the chat has not this room any more.
    async fn heed(&mut self, nudge: Nudge) -> bool {
        match nudge {
            Nudge::See => {}
            Nudge::Show => self.wanted = true,
            Nudge::Adopt(message, card) => {
                self.budget.spend(self.shared.core.engine().clock.play_time());
                self.replace(message).await;
                (self.shown, self.wanted) = (Some(*card), false);
            }
        }
        self.asked_for |= self.buried();
        self.look(false).await != Some(false)
    }

    /// This message is the card from now on; the one before loses its buttons.
    async fn replace(&mut self, message: i64) {
        self.below.clear();
        self.asked_for = false;
        let before = self.message.replace(message);
        if before == Some(message) {
            return;
        }
        self.write_down().await;
        self.old.extend(before.map(|before| (before, 0)));
    }

    async fn draw(&mut self, card: Card) {
        let Some(message) = self.message else {
            return self.post_anew(card).await;
        };
        let result = self.shared.screen.edit(&self.place, message, &card).await;
        self.note(&result);
        match result {
            Ok(()) => (self.shown, self.wanted) = (Some(card), false),
            Err(ScreenError::Gone) => {
                // Somebody deleted it. Who wants one gets a new one; nobody gets one unasked.
                (self.message, self.shown) = (None, None);
                self.write_down().await;
            }
            Err(_) => {}
        }
    }

    /// Posts a card: the first one, or another below what buried the one before.
    async fn post_anew(&mut self, card: Card) {
        let result = self.shared.screen.show(&self.place, &card).await;
        self.note(&result);
        match result {
            Ok(message) => {
                self.anew_at = self.now() + ANEW_EVERY;
                self.replace(message).await;
                (self.shown, self.wanted) = (Some(card), false);
            }
            // Nothing can be posted there. A card that is there already stays, and is tried later.
            Err(ScreenError::Gone) => {
                self.wanted = false;
                self.anew_at = self.now() + ANEW_EVERY;
                self.asked_for = false;
                self.below.clear();
            }
            Err(_) => {}
        }
    }

    /// Takes the buttons from a card of before.
    async fn disarm_one(&mut self) {
        let next = self.old.iter().enumerate().min_by_key(|(_, (_, tries))| *tries).map(|(index, _)| index);
        let Some((message, tries)) = next.map(|index| self.old.swap_remove(index)) else { return };
        let result = self.shared.screen.disarm(&self.place, message).await;
        self.note(&result);
        let waits = match result {
            Ok(()) | Err(ScreenError::Gone) => return,
            Err(ScreenError::RetryAfter(_)) => true,
            Err(ScreenError::Failed(_)) => tries + 1 < DISARMINGS,
        };
        if waits {
            self.old.push((message, tries + 1));
        }
    }

    /// The room is gone, or not this chat's any more: what is left of it here loses its buttons.
    async fn leave(&mut self) {
        if let Some(message) = self.message.take() {
            self.old.push((message, 0));
            // Where the chat has another room, that one's card is none of ours.
            if self.look(false).await == Some(true) {
                self.write_down().await;
            }
        }
        while !self.old.is_empty() {
            tokio::time::sleep_until(self.shared.core.engine().clock.instant_of(self.budget.next())).await;
            self.disarm_one().await;
        }
    }

    fn now(&self) -> PlayTime {
        self.shared.core.engine().clock.play_time()
    }

    /// What came of a drawing: what it cost, and how long the platform is left alone.
    fn note<T>(&mut self, result: &Result<T, ScreenError>) {
        let now = self.now();
        // What the platform put off was not drawn, and is not to be paid for with the drawings after it.
        if !matches!(result, Err(ScreenError::Gone | ScreenError::RetryAfter(_))) {
            self.budget.spend(now);
        }
        match result {
            Ok(_) => {
                if self.failures > 0 {
                    tracing::info!(place = %self.place, "a live card is drawn again");
                }
                self.failures = 0;
            }
            Err(ScreenError::RetryAfter(wait)) => self.budget.hold(now, *wait),
            Err(ScreenError::Gone) => {}
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
