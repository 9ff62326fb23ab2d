//! A small Discord: a real server with REST and a gateway, so that stories go through the real client.
//!
//! It keeps what the bot wrote, and it is strict where Discord is: limits of messages, components, commands, calls, and one
//! first answer per interaction within three seconds. It is stricter in one thing: whatever is written must say that it
//! mentions nobody but those whom it calls by `<@id>`. A breach answers as Discord does, and fails the story at the next wait or at its end.
//!
//! By noun: `guilds` (guilds, channels, roles, voices), `messages` (what stands in channels), `interactions` and `typing`
//! (commands, buttons, menus, modals), `commands` (what may be registered), `limits` (what a message may be), `buckets`
//! (how often), `events` (scheduled events), `activities` (rooms in Discord's own frame), `gateway` and `rest` (the two doors), `stories` (that it can refuse at all).

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]
#![expect(dead_code, reason = "a whole Discord: what no story uses yet is there for the next one")]

mod activities;
mod buckets;
mod commands;
mod events;
mod gateway;
mod guilds;
mod interactions;
mod limits;
mod messages;
mod rest;
mod stories;
mod typing;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use axum::{Router, routing::get};
use serde_json::{Value, json};
use tokio::{sync::Notify, time::Instant};
use url::Url;

use self::{
    activities::Activities,
    buckets::Buckets,
    gateway::{Order, Session},
    guilds::Place,
    interactions::Interaction,
};
pub(crate) use self::{
    activities::{CLIENT_SECRET, Opened},
    events::ScheduledEvent,
    guilds::{Guild, Role, Thread, permission},
    interactions::{Answer, Asked, Choice, Modal},
    messages::{Message, Post, Said},
    rest::Call,
};

/// The token that the bot must show.
pub(crate) const TOKEN: &str = "fake.token.discord";
/// The bot's application, which is its user too.
pub(crate) const APPLICATION: u64 = 900_000_000_000_000_001;
/// The guild that is there from the start, and that channels belong to unless they say otherwise.
pub(crate) const GUILD: u64 = 900_000_000_000_000_002;
/// A guild in which people use the bot that is not in it.
pub(crate) const FOREIGN_GUILD: u64 = 900_000_000_000_000_003;
/// How long a story waits for what must come.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where people write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Channel {
    pub(crate) id: u64,
    /// 0 a channel of a guild, 1 a direct message with the bot, 2 voice, 3 letters among people, 11 a thread, 15 a forum.
    kind: u64,
    name: Option<&'static str>,
    /// 0 outside of guilds.
    guild: u64,
    /// What a thread hangs on; 0 for everything else.
    parent: u64,
}

impl Channel {
    const fn new(id: u64, kind: u64, name: Option<&'static str>) -> Self {
        Self { id, kind, name, guild: GUILD, parent: 0 }
    }

    /// A text channel of [`GUILD`].
    pub(crate) const fn text(id: u64, name: &'static str) -> Self {
        Self::new(id, 0, Some(name))
    }

    /// A thread of [`GUILD`].
    pub(crate) const fn thread(id: u64, name: &'static str) -> Self {
        Self::new(id, 11, Some(name))
    }

    /// A voice channel of [`GUILD`].
    pub(crate) const fn voice(id: u64, name: &'static str) -> Self {
        Self::new(id, 2, Some(name))
    }

    /// A forum of [`GUILD`].
    pub(crate) const fn forum(id: u64, name: &'static str) -> Self {
        Self::new(id, 15, Some(name))
    }

    /// Letters between one person and the bot.
    pub(crate) const fn direct(id: u64) -> Self {
        Self { guild: 0, ..Self::new(id, 1, None) }
    }

    /// Letters among people, where somebody uses the bot as an app of their own: only interaction tokens work there.
    pub(crate) const fn among_people(id: u64) -> Self {
        Self { guild: 0, ..Self::new(id, 3, None) }
    }

    /// A channel of a guild that the bot is not in, where somebody uses it as an app of their own: only interaction tokens
    /// work there, for five follow-ups at most.
    pub(crate) const fn foreign(id: u64, name: &'static str) -> Self {
        Self { guild: FOREIGN_GUILD, ..Self::new(id, 0, Some(name)) }
    }

    /// The same channel in another guild.
    pub(crate) const fn in_guild(self, guild: u64) -> Self {
        Self { guild, ..self }
    }

    /// Whether the bot is only there as somebody's own app.
    const fn is_foreign(self) -> bool {
        self.kind == 3 || self.guild == FOREIGN_GUILD
    }

    fn guild(self) -> Option<u64> {
        (self.guild != 0).then_some(self.guild)
    }
}

/// Somebody who writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    /// Bits of what they may do in the guild.
    permissions: u64,
    roles: &'static [u64],
    locale: &'static str,
}

impl User {
    /// Somebody who may view channels, send messages and use commands. Speaks en-US, has no roles.
    pub(crate) const fn member(id: u64, name: &'static str) -> Self {
        Self { id, name, permissions: (1 << 10) | (1 << 11) | (1 << 31), roles: &[], locale: "en-US" }
    }

    /// The same, who may manage channels too.
    pub(crate) const fn manager(id: u64, name: &'static str) -> Self {
        let member = Self::member(id, name);
        Self { permissions: member.permissions | (1 << 4), ..member }
    }

    /// The same person with Discord set to a language, such as `de`.
    pub(crate) const fn speaking(self, locale: &'static str) -> Self {
        Self { locale, ..self }
    }

    /// The same person with roles in the guild.
    pub(crate) const fn with_roles(self, roles: &'static [u64]) -> Self {
        Self { roles, ..self }
    }

    /// The same person with more permission bits, for instance those of [`permission`].
    pub(crate) const fn with_permissions(self, bits: u64) -> Self {
        Self { permissions: self.permissions | bits, ..self }
    }

    fn json(self) -> Value {
        json!({
            "id": self.id.to_string(), "username": self.name.to_lowercase(), "discriminator": "0",
            "global_name": self.name, "avatar": null, "bot": false,
        })
    }

    fn member_json(self) -> Value {
        let roles: Vec<String> = self.roles.iter().map(u64::to_string).collect();
        json!({
            "user": self.json(), "nick": null, "avatar": null, "roles": roles, "premium_since": null, "deaf": false,
            "joined_at": "2024-01-01T00:00:00+00:00", "mute": false, "flags": 0, "pending": false,
            "permissions": self.permissions.to_string(), "communication_disabled_until": null,
        })
    }
}

/// All that is true at the moment.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct State {
    /// The last identity given.
    last_id: u64,
    commands: Vec<Value>,
    /// How often commands were registered.
    registrations: usize,
    messages: BTreeMap<u64, Message>,
    /// What people wrote, by identity.
    said: BTreeMap<u64, Value>,
    interactions: BTreeMap<u64, Interaction>,
    guilds: BTreeMap<u64, Guild>,
    channels: BTreeMap<u64, Place>,
    /// Letters with people, by person.
    letters: HashMap<u64, u64>,
    users: BTreeMap<u64, Value>,
    events: BTreeMap<u64, ScheduledEvent>,
    identified: Vec<Value>,
    resumed: usize,
    sessions: Vec<Session>,
    last_session: u64,
    /// Presences that the bot set, with their time.
    presences: Vec<(Instant, Value)>,
    /// How many shards are recommended.
    shards: u64,
    /// Closes the next one that identifies, with this code.
    refuse: Option<u16>,
    /// Privileged intents that the developer portal grants.
    granted: u64,
    /// What the developer portal is set to, as the application says it, where it is not as usual.
    application: serde_json::Map<String, Value>,
    /// The next edit of a message is refused for so long.
    limit_edit: Option<Duration>,
    /// When a call was refused for its number, and for how long.
    limited_at: Vec<(Instant, Duration)>,
    buckets: Buckets,
    /// How long an edit takes.
    slow_edits: Duration,
    /// Per channel: edits on their way now, and the most that ever were.
    edits_in_flight: HashMap<u64, (usize, usize)>,
    refuses_v2: bool,
    has_activity: bool,
    activities: Activities,
    letters_closed: Vec<u64>,
    down: bool,
    tried_while_down: usize,
    revoked: bool,
    calls: Vec<Call>,
    /// What the bot did that Discord would not have had.
    problems: Vec<String>,
}

struct Inner {
    state: Mutex<State>,
    changed: Notify,
    address: std::net::SocketAddr,
}

/// The small Discord.
pub(crate) struct FakeDiscord {
    inner: Arc<Inner>,
    server: tokio::task::JoinHandle<()>,
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.state());
        self.changed.notify_waiters();
        result
    }
}

impl State {
    fn new() -> Self {
        Self {
            last_id: 1_300_000_000_000_000_000,
            commands: Vec::new(),
            registrations: 0,
            messages: BTreeMap::new(),
            said: BTreeMap::new(),
            interactions: BTreeMap::new(),
            guilds: BTreeMap::from([(GUILD, Guild::new(GUILD, "Couch"))]),
            channels: BTreeMap::new(),
            letters: HashMap::new(),
            users: BTreeMap::new(),
            events: BTreeMap::new(),
            identified: Vec::new(),
            resumed: 0,
            sessions: Vec::new(),
            last_session: 0,
            presences: Vec::new(),
            shards: 1,
            refuse: None,
            granted: gateway::MESSAGE_CONTENT,
            application: serde_json::Map::new(),
            limit_edit: None,
            limited_at: Vec::new(),
            buckets: Buckets::default(),
            slow_edits: Duration::ZERO,
            edits_in_flight: HashMap::new(),
            refuses_v2: false,
            has_activity: false,
            activities: Activities::default(),
            letters_closed: Vec::new(),
            down: false,
            tried_while_down: 0,
            revoked: false,
            calls: Vec::new(),
            problems: Vec::new(),
        }
    }

    fn id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    fn meets(&mut self, user: User) {
        self.users.insert(user.id, user.json());
    }

    fn breach(&mut self, problem: impl Into<String>) {
        self.problems.push(problem.into());
    }
}

impl FakeDiscord {
    /// Listens on a free port of loopback.
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let inner = Arc::new(Inner { state: Mutex::new(State::new()), changed: Notify::new(), address });
        let router = Router::new().route("/gw", get(gateway::open)).fallback(rest::call).with_state(inner.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { inner, server }
    }

    /// What `discord.api_url` is set to.
    pub(crate) fn url(&self) -> Url {
        Url::parse(&format!("http://{}", self.inner.address)).unwrap()
    }

    /// Waits until `look` finds something; fails the story for what the bot did wrong, or when it takes too long.
    async fn wait<T>(&self, what: &str, mut look: impl FnMut(&mut State) -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        loop {
            let mut changed = std::pin::pin!(self.inner.changed.notified());
            changed.as_mut().enable();
            {
                let mut state = self.inner.state();
                state.overdue();
                assert!(state.problems.is_empty(), "Discord objects: {:#?}", state.problems);
                if let Some(found) = look(&mut state) {
                    return found;
                }
            }
            if tokio::time::timeout_at(until, changed).await.is_err() {
                let state = self.inner.state();
                panic!("waited in vain for {what}; messages: {:#?}", state.messages);
            }
        }
    }

    /// What the bot did wrong so far; reading it forgives it. For stories about this fake itself, and for those that
    /// expect a breach.
    pub(crate) fn takes_problems(&self) -> Vec<String> {
        let mut state = self.inner.state();
        state.overdue();
        for interaction in state.interactions.values_mut().filter(|known| known.is_late()) {
            interaction.excused = true;
        }
        std::mem::take(&mut state.problems)
    }

    /// Answers 503 to everything, drops all gateway sockets and takes no new ones, until [`Self::comes_back`]. Interactions
    /// without an answer are forgiven.
    pub(crate) fn goes_down(&self) {
        self.inner.change(|state| {
            (state.down, state.tried_while_down) = (true, 0);
            for interaction in state.interactions.values_mut() {
                interaction.excused |= interaction.first.is_none();
            }
            state.order(&Order::Hang);
        });
    }

    /// Ends [`Self::goes_down`]. Sessions can be resumed.
    pub(crate) fn comes_back(&self) {
        self.inner.change(|state| state.down = false);
    }

    /// Waits until the bot has tried in vain so many times since it went down, by REST or gateway.
    pub(crate) async fn tried_in_vain(&self, times: usize) {
        self.wait("a try in vain", |state| (state.tried_while_down >= times).then_some(())).await;
    }

    /// The token is taken back: 401 everywhere but on interaction tokens, and the gateway closes with 4004.
    pub(crate) fn revokes_token(&self) {
        self.inner.change(|state| {
            state.revoked = true;
            state.order(&Order::Close(4004));
        });
    }
}

impl Drop for FakeDiscord {
    fn drop(&mut self) {
        self.server.abort();
        let mut state = self.inner.state();
        state.overdue();
        if !std::thread::panicking() {
            assert!(state.problems.is_empty(), "Discord objects: {:#?}", state.problems);
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
