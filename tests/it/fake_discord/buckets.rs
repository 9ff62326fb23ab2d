//! How often something may be called: a bucket per route and channel, one for everything.

use std::{collections::HashMap, time::Duration};

use tokio::time::Instant;

use super::FakeDiscord;

/// Calls that were on their way when a first 429 was answered did not ignore it.
const ON_THE_WAY: Duration = Duration::from_millis(150);

/// All buckets.
pub(super) struct Buckets {
    windows: HashMap<String, Window>,
    /// How many messages and edits a channel takes in how long.
    messages: (u32, Duration),
    /// The same for all calls together.
    global: (u32, Duration),
}

impl Default for Buckets {
    fn default() -> Self {
        Self { windows: HashMap::new(), messages: (5, Duration::from_secs(5)), global: (50, Duration::from_secs(1)) }
    }
}

struct Window {
    calls: u32,
    reset: Instant,
    /// When a 429 was answered, and until when it holds.
    refused: Option<(Instant, Instant)>,
}

/// What a bucket says.
pub(super) enum Verdict {
    /// The headers of the answer: limit, remaining, seconds until the reset, name.
    Go {
        limit: u32,
        remaining: u32,
        reset_after: Duration,
        bucket: String,
    },
    Wait {
        after: Duration,
        global: bool,
        bucket: String,
        ignored: bool,
    },
}

impl Buckets {
    /// One call. `None` for calls that nothing limits.
    pub(super) fn take(&mut self, method: &str, parts: &[&str]) -> Option<Verdict> {
        if !matches!(parts, ["interactions" | "webhooks" | "gateway", ..]) {
            let (limit, per) = self.global;
            if let wait @ Verdict::Wait { .. } = self.call("global", limit, per, true) {
                return Some(wait);
            }
        }
        let (key, limit, per) = self.route(method, parts)?;
        Some(self.call(&key, limit, per, false))
    }

    fn route(&self, method: &str, parts: &[&str]) -> Option<(String, u32, Duration)> {
        let five = Duration::from_secs(5);
        Some(match (method, parts) {
            ("POST", ["channels", channel, "messages"]) | ("PATCH", ["channels", channel, "messages", _]) => {
                (format!("messages-{channel}"), self.messages.0, self.messages.1)
            }
            ("DELETE", ["channels", channel, "messages", _]) => {
                (format!("deletes-{channel}"), 5, Duration::from_secs(1))
            }
            ("POST", ["channels", channel, "threads"] | ["channels", channel, "messages", _, "threads"]) => {
                (format!("threads-{channel}"), 5, five)
            }
            (
                "PUT" | "DELETE",
                ["channels", channel, "pins" | "messages", "pins", ..] | ["channels", channel, "pins", _],
            ) => (format!("pins-{channel}"), 5, five),
            ("PATCH", ["channels", channel]) => (format!("channel-{channel}"), 5, five),
            ("POST" | "PATCH" | "DELETE", ["guilds", guild, "scheduled-events", ..]) => {
                (format!("events-{guild}"), 5, five)
            }
            ("PUT", ["applications", _, "commands"]) => ("commands".to_owned(), 5, five),
            ("POST" | "PATCH" | "DELETE", ["webhooks", _, token, ..]) => {
                (format!("token-{token}"), 5, Duration::from_secs(2))
            }
            _ => return None,
        })
    }

    fn call(&mut self, key: &str, limit: u32, per: Duration, global: bool) -> Verdict {
        let now = Instant::now();
        let window = self.windows.entry(key.to_owned()).or_insert(Window { calls: 0, reset: now + per, refused: None });
        let bucket = key.to_owned();
        if let Some((at, until)) = window.refused {
            if now < until {
                return Verdict::Wait { after: until - now, global, bucket, ignored: now - at > ON_THE_WAY };
            }
            window.refused = None;
        }
        if now >= window.reset {
            (window.calls, window.reset) = (0, now + per);
        }
        if window.calls >= limit {
            window.refused = Some((now, window.reset));
            return Verdict::Wait { after: window.reset - now, global, bucket, ignored: false };
        }
        window.calls += 1;
        Verdict::Go { limit, remaining: limit - window.calls, reset_after: window.reset - now, bucket }
    }

    /// The channel's bucket of messages is closed for so long.
    pub(super) fn close(&mut self, channel: &str, wait: Duration) {
        let now = Instant::now();
        let window = Window { calls: 0, reset: now + wait, refused: Some((now, now + wait)) };
        self.windows.insert(format!("messages-{channel}"), window);
    }
}

impl FakeDiscord {
    /// Every channel takes so many messages and edits together in so long (5 in 5 s unless told). Begins anew.
    pub(crate) fn takes_messages(&self, calls: u32, per: Duration) {
        self.inner.change(|state| {
            state.buckets.messages = (calls, per);
            state.buckets.windows.clear();
        });
    }

    /// All calls together are limited to so many in so long (50 in 1 s unless told); interactions do not count.
    pub(crate) fn takes_calls(&self, calls: u32, per: Duration) {
        self.inner.change(|state| {
            state.buckets.global = (calls, per);
            state.buckets.windows.clear();
        });
    }

    /// The next edit of a channel's message is refused, with a wish to wait; so is everything that is written to that
    /// channel until then, and whoever writes nevertheless fails the story.
    pub(crate) fn limit_edit(&self, retry_after: Duration) {
        self.inner.state().limit_edit = Some(retry_after);
    }

    /// Waits until a call was refused for its number; when the last was, and for how long.
    pub(crate) async fn limited(&self) -> (Instant, Duration) {
        self.wait("a call to be refused for its number", |state| state.limited_at.last().copied()).await
    }

    /// How many calls were refused for their number.
    pub(crate) fn refused_calls(&self) -> usize {
        self.inner.state().limited_at.len()
    }

    /// Every edit of a message takes so long from now on.
    pub(crate) fn slows_edits(&self, by: Duration) {
        self.inner.change(|state| state.slow_edits = by);
    }

    /// The most edits of messages in that channel that ever were on their way at the same moment. Whatever fills in a
    /// "thinking" is no edit.
    pub(crate) fn most_edits_in_flight(&self, channel: super::Channel) -> usize {
        self.inner.state().edits_in_flight.get(&channel.id).map_or(0, |(_, most)| *most)
    }

    /// Waits until so many edits of messages in that channel are on their way at this moment.
    pub(crate) async fn edits_in_flight(&self, channel: super::Channel, edits: usize) {
        let on_the_way = |state: &mut super::State| state.edits_in_flight.get(&channel.id).map_or(0, |(now, _)| *now);
        self.wait("edits on their way", |state| (on_the_way(state) >= edits).then_some(())).await;
    }
}
