//! Who may write to which chat when: after Telegram asked to wait, nobody writes there before that is over.
//!
//! One gate for answers, cards and lines of a chat, one call at a time, so that no second call is on its way while the
//! first is being refused. Answers go first: somebody waits for them. All chats together keep below what Telegram takes from
//! a bot: a room with many groups changes in all of them at once.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use dashmap::DashMap;
use engine::time::{Clock, Millis, PlayTime};
use teloxide::RequestError;
use tokio::sync::{Mutex, Notify, OwnedMutexGuard};

/// Two chats refused within so long: it is the bot as a whole that writes too much.
const TOGETHER: Millis = Millis::seconds(1);
/// How many cards and lines are written in any second, in all chats together: Telegram takes some 30 messages, and answers
/// want their share.
const A_SECOND: usize = 20;
/// How long a card or line stands back behind answers.
const STANDS_BACK: Duration = Duration::from_secs(5);
/// Beyond so many chats those that are of no use any more are put away.
const CHATS: usize = 10_000;

/// The gates of all chats.
pub(super) struct Gate {
    clock: Clock,
    chats: DashMap<i64, Chat>,
    /// Held for every chat.
    all: std::sync::Mutex<All>,
}

/// The gate of one chat.
#[derive(Default)]
struct Chat {
    /// Nobody before this.
    held_until: Option<PlayTime>,
    /// Who calls now.
    turn: Arc<Mutex<()>>,
    /// Answers that wait or are on their way.
    answers: usize,
    /// Told when there is one less.
    answered: Arc<Notify>,
}

/// A turn to call. Whoever has it tells what came of the call by [`Turn::came`].
pub(super) struct Turn<'a> {
    gate: &'a Gate,
    chat: i64,
    _held: OwnedMutexGuard<()>,
}

/// What holds for every chat.
#[derive(Default)]
struct All {
    /// The last refusal: which chat, and when.
    last: Option<(i64, PlayTime)>,
    held_until: Option<PlayTime>,
    /// When cards and lines of the last second were let through, the oldest first; some of them are still to come.
    paced: VecDeque<PlayTime>,
}

impl All {
    /// When the next card or line may be written.
    fn pace(&mut self, now: PlayTime) -> PlayTime {
        while self.paced.front().is_some_and(|first| *first + Millis::seconds(1) <= now) {
            self.paced.pop_front();
        }
        let before = self.paced.len().checked_sub(A_SECOND).and_then(|index| self.paced.get(index));
        let at = before.map_or(now, |before| (*before + Millis::seconds(1)).max(now));
        self.paced.push_back(at);
        at
    }
}

impl Gate {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, chats: DashMap::new(), all: std::sync::Mutex::default() }
    }

    /// How long a chat is closed yet.
    fn closed(&self, chat: i64) -> Option<PlayTime> {
        let own = self.chats.get(&chat).and_then(|chat| chat.held_until);
        own.max(self.all().held_until).filter(|until| *until > self.clock.play_time())
    }

    /// Waits for a turn to answer; none where Telegram asks to wait for longer than the answer is worth.
    pub(super) async fn for_answer(&self, chat: i64, worth: Duration) -> Option<Turn<'_>> {
        let waits = Waits::new(self, chat);
        let turn = self.chats.entry(chat).or_default().turn.clone();
        let held = turn.lock_owned().await;
        while let Some(until) = self.closed(chat) {
            if (until - self.clock.play_time()).duration() > worth {
                return None;
            }
            tokio::time::sleep_until(self.clock.instant_of(until)).await;
        }
        drop(waits);
        Some(Turn { gate: self, chat, _held: held })
    }

    /// A turn to draw or tell something; how long to wait where there is none.
    pub(super) async fn for_screen(&self, chat: i64) -> Result<Turn<'_>, Duration> {
        let stands_back = async {
            loop {
                let answered = self.chats.entry(chat).or_default().answered.clone();
                let answered = answered.notified();
                tokio::pin!(answered);
                answered.as_mut().enable();
                if self.chats.get(&chat).is_none_or(|chat| chat.answers == 0) {
                    return;
                }
                answered.await;
            }
        };
        self.open(chat)?;
        // Answers that never end must not hold a card up for ever.
        let _ = tokio::time::timeout(STANDS_BACK, stands_back).await;
        let turn = self.chats.entry(chat).or_default().turn.clone();
        let held = turn.lock_owned().await;
        let at = self.all().pace(self.clock.play_time());
        tokio::time::sleep_until(self.clock.instant_of(at)).await;
        self.open(chat)?;
        Ok(Turn { gate: self, chat, _held: held })
    }

    fn all(&self) -> std::sync::MutexGuard<'_, All> {
        self.all.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn open(&self, chat: i64) -> Result<(), Duration> {
        match self.closed(chat) {
            Some(until) => Err((until - self.clock.play_time()).duration()),
            None => Ok(()),
        }
    }

    fn refused(&self, chat: i64, wait: Duration) {
        metrics::counter!("onecouch_bot_waits_total", "platform" => "telegram").increment(1);
        let now = self.clock.play_time();
        // Telegram counts in whole seconds, from when it answered: a little more is never too early.
        let until = now + Millis(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX / 2).saturating_add(50));
        {
            let mut gate = self.chats.entry(chat).or_default();
            gate.held_until = gate.held_until.max(Some(until));
        }
        let mut all = self.all();
        if all.last.is_some_and(|(other, at)| other != chat && now - at <= TOGETHER) {
            all.held_until = all.held_until.max(Some(until));
        }
        all.last = Some((chat, now));
        drop(all);
        if self.chats.len() > CHATS {
            self.chats.retain(|_, chat| {
                chat.answers > 0
                    || Arc::strong_count(&chat.turn) > 1
                    || chat.held_until.is_some_and(|until| until > now)
            });
        }
    }
}

/// An answer that waits.
struct Waits<'a> {
    gate: &'a Gate,
    chat: i64,
}

impl<'a> Waits<'a> {
    fn new(gate: &'a Gate, chat: i64) -> Self {
        gate.chats.entry(chat).or_default().answers += 1;
        Self { gate, chat }
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        if let Some(mut chat) = self.gate.chats.get_mut(&self.chat) {
            chat.answers = chat.answers.saturating_sub(1);
            chat.answered.notify_waiters();
        }
    }
}

impl Turn<'_> {
    /// What came of the call: where Telegram asks to wait, the gate closes.
    pub(super) fn came<T>(self, result: Result<T, RequestError>) -> Result<T, RequestError> {
        if let Err(RequestError::RetryAfter(wait)) = &result {
            self.gate.refused(self.chat, wait.duration());
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use teloxide::types::Seconds;

    use super::*;

    fn refused() -> Result<(), RequestError> {
        Err(RequestError::RetryAfter(Seconds::from_seconds(30)))
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_refusal_a_chat_is_left_alone_and_others_are_not() {
        let gate = Gate::new(Clock::start());
        gate.for_answer(1, Duration::MAX).await.unwrap().came(refused()).unwrap_err();
        let wait = gate.for_screen(1).await.err().unwrap();
        assert!(wait > Duration::from_secs(29), "{wait:?}");
        assert!(gate.for_answer(1, Duration::from_secs(5)).await.is_none(), "nobody waits so long for an answer");
        assert!(gate.for_screen(2).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn two_chats_refused_at_once_close_them_all() {
        let gate = Gate::new(Clock::start());
        for chat in [1, 2] {
            gate.for_answer(chat, Duration::MAX).await.unwrap().came(refused()).unwrap_err();
        }
        assert!(gate.for_screen(3).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn fifty_groups_at_once_are_written_to_at_the_pace_of_a_bot() {
        let clock = Clock::start();
        let gate = Gate::new(clock);
        let from = clock.play_time();
        let mut when = Vec::new();
        for chat in 0..50 {
            drop(gate.for_screen(chat).await.unwrap());
            when.push((clock.play_time() - from).0);
        }
        for second in when.windows(A_SECOND + 1) {
            assert!(second[A_SECOND] - second[0] >= 1_000, "{when:?}");
        }
        assert!((2_000..3_000).contains(&when[49]), "{when:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_card_stands_back_behind_answers() {
        let gate = Arc::new(Gate::new(Clock::start()));
        let first = gate.for_answer(1, Duration::MAX).await.unwrap();
        let (order, mut went) = tokio::sync::mpsc::unbounded_channel();
        let tasks: Vec<_> = ["answer", "card"]
            .into_iter()
            .map(|who| {
                let (gate, order) = (gate.clone(), order.clone());
                tokio::spawn(async move {
                    if who == "card" {
                        // It came first, and goes last.
                        drop(gate.for_screen(1).await);
                    } else {
                        drop(gate.for_answer(1, Duration::MAX).await);
                    }
                    order.send(who).unwrap();
                })
            })
            .collect();
        tokio::task::yield_now().await;
        drop(first);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!((went.recv().await, went.recv().await), (Some("answer"), Some("card")));
    }
}
