//! How often the bot may write: to one chat, and in all.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use axum::response::Response;
use serde_json::json;
use tokio::time::Instant;

use super::{Chat, FakeTelegram, State, methods::refuse};

/// Calls that were on their way when a first 429 was answered did not ignore it.
const ON_THE_WAY: Duration = Duration::from_millis(150);

pub(super) struct Limits {
    /// Messages and edits that one group takes in how long.
    group: (usize, Duration),
    /// The same for everything together.
    overall: (usize, Duration),
    /// Refuses a second message to a chat within a second.
    strict: bool,
    chats: HashMap<i64, VecDeque<Instant>>,
    all: VecDeque<Instant>,
    /// When a chat was told to wait, and until when.
    refused: HashMap<i64, (Instant, Instant)>,
    /// The next call to that chat is refused for so many seconds.
    next: HashMap<i64, u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            group: (20, Duration::from_mins(1)),
            overall: (30, Duration::from_secs(1)),
            strict: false,
            chats: HashMap::new(),
            all: VecDeque::new(),
            refused: HashMap::new(),
            next: HashMap::new(),
        }
    }
}

/// How long until there is room for one more.
fn wait(times: &mut VecDeque<Instant>, (most, per): (usize, Duration), now: Instant) -> Option<Duration> {
    while times.front().is_some_and(|at| now - *at >= per) {
        times.pop_front();
    }
    let over = times.len().checked_sub(most)?;
    times.get(over).map(|at| per.saturating_sub(now - *at))
}

/// Rounded up, one at least.
fn whole_seconds(time: Duration) -> u64 {
    (time.as_secs() + u64::from(time.subsec_nanos() > 0)).max(1)
}

impl State {
    /// One message or edit to a chat; how it is refused, where it is one too many.
    pub(super) fn floods(&mut self, chat: i64, method: &str, edit: bool) -> Option<Response> {
        let now = Instant::now();
        let limits = &mut self.limits;
        if let Some((at, until)) = limits.refused.get(&chat).copied() {
            if now < until {
                if now - at > ON_THE_WAY {
                    self.breach(format!(
                        "{method} to {chat} within the {:?} that a 429 still asked to wait",
                        until - now
                    ));
                }
                return Some(self.wait(until));
            }
            limits.refused.remove(&chat);
        }
        let group = if chat < 0 { limits.group } else { (usize::MAX, Duration::from_mins(1)) };
        let times = limits.chats.entry(chat).or_default();
        let mut pause = limits.next.remove(&chat).map(Duration::from_secs);
        pause = pause.max(wait(times, group, now));
        pause = pause.max(wait(&mut limits.all, limits.overall, now));
        let too_fast = times.back().is_some_and(|last| now - *last < Duration::from_secs(1));
        if pause.is_none() && limits.strict && !edit && too_fast {
            // A second is over before anybody could be blamed for the next call.
            return Some(self.wait(now + Duration::from_secs(1)));
        }
        let Some(pause) = pause else {
            times.push_back(now);
            limits.all.push_back(now);
            return None;
        };
        let until = now + Duration::from_secs(whole_seconds(pause));
        limits.refused.insert(chat, (now, until));
        Some(self.wait(until))
    }

    fn wait(&mut self, until: Instant) -> Response {
        self.floods += 1;
        let left = whole_seconds(until.saturating_duration_since(Instant::now()));
        refuse(429, &format!("Too Many Requests: retry after {left}"), &json!({"retry_after": left}))
    }
}

impl FakeTelegram {
    /// Refuses a second message to a chat within a second, beside all other limits. Whoever does not wait for that second
    /// is refused again, but does not fail the story; edits do not count.
    pub(crate) fn is_strict(&self) {
        self.change(|state| state.limits.strict = true);
    }

    /// A group takes so many messages and edits together in so long (20 in 60 s unless told).
    pub(crate) fn takes_messages(&self, messages: usize, per: Duration) {
        self.change(|state| state.limits.group = (messages, per));
    }

    /// All chats together take so many messages and edits in so long (30 in 1 s unless told).
    pub(crate) fn takes_messages_overall(&self, messages: usize, per: Duration) {
        self.change(|state| state.limits.overall = (messages, per));
    }

    /// The next message or edit to that chat is refused with a wish to wait for so many seconds. Whoever writes there
    /// before they are over fails the story.
    pub(crate) fn refuses_next(&self, chat: &Chat, seconds: u64) {
        self.change(|state| state.limits.next.insert(chat.id, seconds));
    }

    /// Waits until so many calls were refused with 429.
    pub(crate) async fn flooded(&self, times: usize) {
        self.until("a call to be refused for its number", |state| (state.floods >= times).then_some(())).await;
    }

    /// Every edit takes so long from now on.
    pub(crate) fn slows_edits(&self, by: Duration) {
        self.change(|state| state.slow_edits = by);
    }

    /// The most edits in that chat that ever were on their way at the same moment.
    pub(crate) fn most_edits_in_flight(&self, chat: &Chat) -> usize {
        self.state().edits_in_flight.get(&chat.id).map_or(0, |(_, most)| *most)
    }

    /// Waits until so many edits in that chat are on their way at this moment.
    pub(crate) async fn edits_in_flight(&self, chat: &Chat, edits: usize) {
        let now = |state: &State| state.edits_in_flight.get(&chat.id).map_or(0, |(now, _)| *now);
        self.until("edits on their way", |state| (now(state) >= edits).then_some(())).await;
    }
}
