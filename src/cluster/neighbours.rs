//! The other nodes, as this one hears them on the bus: each says every few seconds that it is there.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use axum::body::Bytes;
use bots::Core;
use engine::{
    ids::NodeId,
    ports::{Bus, Letter},
    records::Platform,
    time::{Clock, PlayTime},
};
use futures_util::{FutureExt, StreamExt};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, MissedTickBehavior, sleep};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::bus::NatsBus;

/// What nodes say to each other, in all parts of the program: raised where an earlier version would not understand it.
const PROTOCOL: u32 = 1;
/// Where all say it.
const SUBJECT: &str = "nodes";
/// Where the time is asked for: whoever reads the nodes' playback clock answers.
const TIME: &str = "nodes.time";
/// How often.
const EVERY: Duration = Duration::from_secs(3);
/// How long after its last word a node is heard no more.
const FORGOTTEN: Duration = Duration::from_secs(12);
/// How soon it is tried again to hear them.
const AGAIN: Duration = Duration::from_millis(500);
/// How often the time is asked for, for the quickest answer, and how long one may take.
const TRIES: usize = 5;
const ANSWER: Duration = Duration::from_millis(500);

/// What a node says.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Hello {
    node: NodeId,
    url: Arc<str>,
    /// How it speaks with other nodes, and which version it is.
    protocol: u32,
    version: String,
    /// Counts what it said, so that it knows its own words again.
    number: u64,
    /// All shall say so at once.
    #[serde(default)]
    call: bool,
    /// What platforms know the bots by, as far as it knows.
    #[serde(default)]
    bots: Vec<(Platform, String)>,
}

/// Another node.
#[derive(Debug, Clone)]
pub struct Neighbour {
    /// Which.
    pub node: NodeId,
    /// Where it says that it is.
    pub url: Arc<str>,
    /// Its version, where it speaks otherwise than this one: they do not understand each other.
    pub other_version: Option<Arc<str>>,
}

/// The other nodes. Clones are the same ones; what they do ends with the last.
#[derive(Clone)]
pub struct Neighbours(Arc<(Shared, DropGuard)>);

#[derive(Clone)]
struct Shared {
    bus: NatsBus,
    node: NodeId,
    url: Arc<str>,
    state: Arc<Mutex<State>>,
    /// What is told whoever asks for the time.
    clock: Arc<OnceLock<Clock>>,
    /// Knows what platforms know the bots by.
    core: Arc<OnceLock<Core>>,
}

#[derive(Default)]
struct State {
    heard: HashMap<NodeId, (Neighbour, Instant)>,
    /// Number of this node's last word, and when it was said.
    said: (u64, Option<Instant>),
    /// How long the last of its words that it heard was on its way, there and back.
    lag: Option<(Duration, Instant)>,
    /// Somebody called.
    called: bool,
}

impl Neighbours {
    /// Hears them from now on, and says that this node is there.
    pub(super) fn around(bus: NatsBus, node: NodeId, url: &str) -> Self {
        let shared =
            Shared { bus, node, url: url.into(), state: Arc::default(), clock: Arc::default(), core: Arc::default() };
        let stop = CancellationToken::new();
        for work in [shared.clone().hear().boxed(), shared.clone().answer().boxed()] {
            let stop = stop.clone();
            tokio::spawn(async move {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = work => {}
                }
            });
        }
        Self(Arc::new((shared, stop.drop_guard())))
    }

    /// Has all say at once that they are there.
    pub(super) fn call(&self) {
        self.0.0.say(true);
    }

    /// Whether a node was heard lately.
    pub fn hears(&self, node: NodeId) -> bool {
        self.0.0.state().heard.get(&node).is_some_and(|(_, at)| at.elapsed() < FORGOTTEN)
    }

    /// All that were heard lately, in no order.
    pub fn all(&self) -> Vec<Neighbour> {
        let state = self.0.0.state();
        let lately = state.heard.values().filter(|(_, at)| at.elapsed() < FORGOTTEN);
        lately.map(|(neighbour, _)| neighbour.clone()).collect()
    }

    /// How long this node's own word was on its way by the bus, there and back; nothing where none came back lately.
    pub fn lag(&self) -> Option<Duration> {
        self.0.0.state().lag.filter(|(_, at)| at.elapsed() < FORGOTTEN).map(|(lag, _)| lag)
    }

    /// Tells the others what platforms know the bots by, and learns it from them.
    pub fn tells_bots(&self, core: Core) {
        // There is one.
        let _ = self.0.0.core.set(core);
    }

    /// The nodes' playback time, as far as the quickest of a few answers tells; nothing where nobody answers.
    pub(super) async fn time(&self) -> Option<PlayTime> {
        let mut best: Option<(Duration, Instant, i64)> = None;
        for _ in 0..TRIES {
            let asked = Instant::now();
            let Ok(answer) = self.0.0.bus.ask(TIME, Bytes::new(), ANSWER).await else { return None };
            let time = std::str::from_utf8(&answer).ok()?.parse().ok()?;
            let took = asked.elapsed();
            if best.is_none_or(|(quickest, ..)| took < quickest) {
                best = Some((took, asked, time));
            }
        }
        let (took, asked, time) = best?;
        // It was read halfway.
        let since = asked.elapsed().saturating_sub(took / 2).as_millis();
        Some(PlayTime(time + i64::try_from(since).unwrap_or(i64::MAX)))
    }

    /// Tells the time from now on.
    pub(super) fn tells_time(&self, clock: Clock) {
        // It has one from its start to its end.
        let _ = self.0.0.clock.set(clock);
    }
}

impl Shared {
    /// Held for look-ups, never across an await.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, call: bool) {
        let mut state = self.state();
        state.said = (state.said.0 + 1, Some(Instant::now()));
        let number = state.said.0;
        drop(state);
        let known = |platform| Some((platform, self.core.get()?.known_as(platform)?));
        let bots = [Platform::Discord, Platform::Telegram].into_iter().filter_map(known).collect();
        let (protocol, version) = (PROTOCOL, env!("CARGO_PKG_VERSION").to_owned());
        let hello = Hello { node: self.node, url: self.url.clone(), protocol, version, number, call, bots };
        match serde_json::to_vec(&hello) {
            Ok(body) => self.bus.tell(SUBJECT, Bytes::from(body)),
            Err(error) => tracing::error!(%error, "this node cannot say that it is there"),
        }
    }

    async fn hear(self) {
        loop {
            if let Ok(mut heard) = self.bus.hear(SUBJECT).await {
                self.say(true);
                let mut every = tokio::time::interval(EVERY);
                every.set_missed_tick_behavior(MissedTickBehavior::Delay);
                loop {
                    tokio::select! {
                        _ = every.tick() => self.say(false),
                        letter = heard.next() => match letter {
                            Some(letter) => self.note(&letter),
                            None => break,
                        },
                    }
                    if std::mem::take(&mut self.state().called) {
                        self.say(false);
                    }
                }
            }
            sleep(AGAIN).await;
        }
    }

    fn note(&self, letter: &Letter) {
        let hello: Hello = match serde_json::from_slice(&letter.body) {
            Ok(hello) => hello,
            Err(error) => {
                tracing::error!(%error, "the word of another node is not understood");
                return;
            }
        };
        let now = Instant::now();
        let mut state = self.state();
        if hello.node == self.node {
            if let (number, Some(at)) = state.said
                && number == hello.number
            {
                state.lag = Some((now - at, now));
            }
            return;
        }
        state.called |= hello.call;
        if let Some(core) = self.core.get() {
            hello.bots.iter().for_each(|(platform, name)| core.remember_known_as(*platform, name));
        }
        let other_version = (hello.protocol != PROTOCOL).then(|| hello.version.into());
        let neighbour = Neighbour { node: hello.node, url: hello.url, other_version };
        state.heard.retain(|_, (_, at)| at.elapsed() < FORGOTTEN);
        if state.heard.insert(hello.node, (neighbour.clone(), now)).is_none() {
            drop(state);
            tracing::info!(node = %neighbour.node, url = %neighbour.url, "another node is there");
        }
    }

    /// Tells whoever asks what time it is.
    async fn answer(self) {
        loop {
            if let Ok(mut heard) = self.bus.hear(TIME).await {
                while let Some(letter) = heard.next().await {
                    if let Some(clock) = self.clock.get() {
                        let time = clock.play_time().0.to_string();
                        letter.answer(&self.bus, Bytes::from(time));
                    }
                }
            }
            sleep(AGAIN).await;
        }
    }
}
