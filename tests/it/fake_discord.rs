//! A small Discord: a real server with REST and a gateway, so that stories go through the real client.
//!
//! It keeps what the bot wrote, and it is strict where Discord is: limits of messages and commands, one first answer per
//! interaction within three seconds. It is stricter in one thing: whatever is written must say that it mentions nobody.
//! A breach answers as Discord does, and fails the story at the next wait or at its end.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod gateway;
mod limits;
mod rest;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use axum::{Router, routing::get};
use serde_json::{Value, json};
use tokio::{
    sync::{Notify, mpsc},
    time::Instant,
};
use url::Url;

/// The token that the bot must show.
pub(crate) const TOKEN: &str = "fake.token.discord";
/// The bot's application, which is its user too.
pub(crate) const APPLICATION: u64 = 900_000_000_000_000_001;
const GUILD: u64 = 900_000_000_000_000_002;
/// How long a story waits for what must come.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long Discord waits for the first answer to an interaction.
const FIRST_ANSWER: Duration = Duration::from_secs(3);
/// The flag of a message that only one person sees.
const EPHEMERAL: u64 = 1 << 6;

/// Where people write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Channel {
    pub(crate) id: u64,
    /// 0 a channel of a guild, 1 a direct message, 11 a thread.
    kind: u64,
    name: Option<&'static str>,
}

impl Channel {
    pub(crate) const fn text(id: u64, name: &'static str) -> Self {
        Self { id, kind: 0, name: Some(name) }
    }

    pub(crate) const fn thread(id: u64, name: &'static str) -> Self {
        Self { id, kind: 11, name: Some(name) }
    }

    pub(crate) const fn direct(id: u64) -> Self {
        Self { id, kind: 1, name: None }
    }
}

/// Somebody who writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    /// Bits of what they may do in the guild.
    permissions: u64,
}

impl User {
    pub(crate) const fn member(id: u64, name: &'static str) -> Self {
        // View the channel, send messages, use commands.
        Self { id, name, permissions: (1 << 10) | (1 << 11) | (1 << 31) }
    }

    pub(crate) const fn manager(id: u64, name: &'static str) -> Self {
        Self { id, name, permissions: (1 << 10) | (1 << 11) | (1 << 31) | (1 << 4) }
    }

    fn json(self) -> Value {
        json!({
            "id": self.id.to_string(), "username": self.name.to_lowercase(), "discriminator": "0",
            "global_name": self.name, "avatar": null, "bot": false,
        })
    }
}

/// What the bot wrote.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) id: u64,
    pub(crate) channel: u64,
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    flags: u64,
    /// How often it was edited.
    pub(crate) edits: usize,
    /// When it was edited, for stories about budgets.
    pub(crate) edited_at: Vec<Instant>,
    pub(crate) deleted: bool,
    /// It only says that the bot is thinking so far.
    thinking: bool,
}

impl Message {
    /// Only the one who asked sees it.
    pub(crate) fn ephemeral(&self) -> bool {
        self.flags & EPHEMERAL != 0
    }

    /// All that can be read in it.
    pub(crate) fn text(&self) -> String {
        let mut text = vec![self.content.clone()];
        for embed in &self.embeds {
            text.extend(["title", "description"].iter().filter_map(|key| embed[key].as_str().map(str::to_owned)));
            text.extend(embed["footer"]["text"].as_str().map(str::to_owned));
            for field in embed["fields"].as_array().into_iter().flatten() {
                text.extend(["name", "value"].iter().filter_map(|key| field[key].as_str().map(str::to_owned)));
            }
        }
        text.retain(|part| !part.is_empty());
        text.join("\n")
    }

    /// The title of its card; nothing where it is none.
    pub(crate) fn title(&self) -> Option<&str> {
        self.embeds.first()?["title"].as_str()
    }

    fn buttons(&self) -> impl Iterator<Item = &Value> {
        self.components.iter().flat_map(|row| row["components"].as_array().into_iter().flatten())
    }

    /// What stands on its buttons.
    pub(crate) fn labels(&self) -> Vec<&str> {
        self.buttons().filter_map(|button| button["label"].as_str()).collect()
    }

    /// Where a button leads, if it is a link.
    pub(crate) fn link(&self, label: &str) -> Option<&str> {
        self.buttons().find(|button| button["label"] == label)?["url"].as_str()
    }

    fn json(&self) -> Value {
        json!({
            "id": self.id.to_string(), "channel_id": self.channel.to_string(), "content": self.content,
            "author": {"id": APPLICATION.to_string(), "username": "onecouch", "discriminator": "0", "avatar": null, "bot": true},
            "timestamp": "2026-01-01T00:00:00.000000+00:00", "edited_timestamp": null, "tts": false,
            "mention_everyone": false, "mentions": [], "mention_roles": [], "attachments": [], "embeds": self.embeds,
            "components": self.components, "pinned": false, "type": 0, "flags": self.flags,
        })
    }
}

/// Something that a person did and that wants an answer.
#[derive(Debug, Clone)]
struct Interaction {
    channel: Channel,
    at: Instant,
    /// The type of the first answer, and how long it took.
    first: Option<(u64, Duration)>,
    /// Messages of the answer, in order.
    messages: Vec<u64>,
}

/// How an interaction was answered.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// The type of the first answer: 4 a message, 5 "thinking", 6 nothing to see, 7 the message changed.
    pub(crate) first: u64,
    /// How long the first answer took.
    pub(crate) after: Duration,
    /// What was written, where something was.
    pub(crate) message: Option<Message>,
}

impl Answer {
    /// What was written. A story that expects nothing asks `message` instead.
    pub(crate) fn message(&self) -> &Message {
        self.message.as_ref().expect("the answer is a message")
    }

    pub(crate) fn text(&self) -> String {
        self.message().text()
    }
}

#[derive(Default)]
struct State {
    /// The last identity given.
    last_id: u64,
    commands: Vec<Value>,
    /// How often commands were registered.
    registrations: usize,
    messages: BTreeMap<u64, Message>,
    interactions: BTreeMap<u64, Interaction>,
    identified: Vec<Value>,
    resumed: usize,
    /// Gateway sockets that are past their greeting.
    sessions: Vec<mpsc::UnboundedSender<Value>>,
    /// Closes the next one that identifies, with this code.
    refuse: Option<u16>,
    /// The next edit of a message is refused for so long.
    limit_edit: Option<Duration>,
    /// When an edit was refused.
    limited_at: Vec<(Instant, Duration)>,
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

/// What a story holds in hand to ask for the answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked(u64);

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
    fn id(&mut self) -> u64 {
        self.last_id = self.last_id.max(1_300_000_000_000_000_000) + 1;
        self.last_id
    }

    fn overdue(&mut self) {
        for (id, interaction) in &self.interactions {
            if interaction.first.is_none() && interaction.at.elapsed() > FIRST_ANSWER {
                self.problems.push(format!("interaction {id} has no answer after 3 s"));
            }
        }
    }
}

impl FakeDiscord {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let inner = Arc::new(Inner { state: Mutex::default(), changed: Notify::new(), address });
        let router = Router::new().route("/gw", get(gateway::open)).fallback(rest::call).with_state(inner.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { inner, server }
    }

    /// What `discord.api_url` is set to.
    pub(crate) fn url(&self) -> Url {
        Url::parse(&format!("http://{}", self.inner.address)).unwrap()
    }

    /// Waits until `look` finds something.
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

    /// Waits until the bot is on the gateway with its commands registered; tells how often it identified.
    pub(crate) async fn identified(&self) -> usize {
        self.wait("the bot to come", |state| {
            (!state.sessions.is_empty() && !state.commands.is_empty()).then_some(state.identified.len())
        })
        .await
    }

    /// What the bot said of itself when it identified last.
    pub(crate) fn identity(&self) -> Value {
        self.inner.state().identified.last().cloned().unwrap_or_default()
    }

    /// Waits until the bot came back to its session.
    pub(crate) async fn resumed(&self) -> usize {
        self.wait("the bot to resume", |state| (state.resumed > 0).then_some(state.resumed)).await
    }

    /// The commands as they are registered.
    pub(crate) fn commands(&self) -> Vec<Value> {
        self.inner.state().commands.clone()
    }

    /// Waits until commands were registered so many times.
    pub(crate) async fn registered(&self, times: usize) {
        self.wait("commands to be registered", |state| (state.registrations >= times).then_some(())).await;
    }

    /// Closes every gateway socket with a code.
    pub(crate) fn kick(&self, code: u16) {
        self.push(&json!({"op": "close", "code": code}));
    }

    /// Asks the bot to connect anew.
    pub(crate) fn reconnect(&self) {
        self.push(&json!({"op": 7, "d": null, "s": null, "t": null}));
    }

    /// Closes the next one that identifies.
    pub(crate) fn refuse(&self, code: u16) {
        self.inner.state().refuse = Some(code);
    }

    /// The next edit of a message is refused, with a wish to wait.
    pub(crate) fn limit_edit(&self, retry_after: Duration) {
        self.inner.state().limit_edit = Some(retry_after);
    }

    /// Waits until an edit was refused; when, and for how long.
    pub(crate) async fn limited(&self) -> (Instant, Duration) {
        self.wait("an edit to be refused", |state| state.limited_at.last().copied()).await
    }

    fn push(&self, frame: &Value) {
        self.inner.state().sessions.retain(|session| session.send(frame.clone()).is_ok());
    }

    /// A person types a command, as Discord's own client would send it.
    pub(crate) async fn types(&self, channel: Channel, user: User, line: &str) -> Asked {
        self.identified().await;
        let data = self.parse(line);
        self.interact(channel, user, 2, &data, None)
    }

    /// A person presses a button.
    pub(crate) fn presses(&self, channel: Channel, message: &Message, label: &str, user: User) -> Asked {
        let now = self.message(message.id);
        assert!(!now.deleted, "nobody can press a button of a deleted message");
        let button = now.buttons().find(|button| button["label"] == label);
        let id = button.and_then(|button| button["custom_id"].as_str());
        let id = id.unwrap_or_else(|| panic!("no button {label} among {:?}", now.labels()));
        self.interact(channel, user, 3, &json!({"custom_id": id, "component_type": 2}), Some(now.json()))
    }

    /// Somebody sends a button that they made up.
    pub(crate) fn forges(&self, channel: Channel, message: &Message, custom_id: &str, user: User) -> Asked {
        let data = json!({"custom_id": custom_id, "component_type": 2});
        self.interact(channel, user, 3, &data, Some(message.json()))
    }

    fn interact(&self, channel: Channel, user: User, kind: u64, data: &Value, message: Option<Value>) -> Asked {
        let id = self.inner.change(|state| {
            let id = state.id();
            let interaction = Interaction { channel, at: Instant::now(), first: None, messages: Vec::new() };
            state.interactions.insert(id, interaction);
            id
        });
        let mut event = json!({
            "id": id.to_string(), "application_id": APPLICATION.to_string(), "type": kind, "data": data,
            "channel_id": channel.id.to_string(), "token": format!("answer-{id}"), "version": 1,
            "app_permissions": "2147483647", "locale": "en-US", "entitlements": [],
            "authorizing_integration_owners": {"0": GUILD.to_string()}, "context": u64::from(channel.kind == 1),
            "channel": {"id": channel.id.to_string(), "type": channel.kind, "name": channel.name,
                        "permissions": user.permissions.to_string()},
            "attachment_size_limit": 524_288_000,
        });
        if let Some(message) = message {
            event["message"] = message;
        }
        if channel.kind == 1 {
            event["user"] = user.json();
        } else {
            event["guild_id"] = json!(GUILD.to_string());
            event["guild_locale"] = json!("en-US");
            event["member"] = json!({
                "user": user.json(), "nick": null, "avatar": null, "roles": [], "premium_since": null, "deaf": false,
                "joined_at": "2024-01-01T00:00:00+00:00", "mute": false, "flags": 0, "pending": false,
                "permissions": user.permissions.to_string(), "communication_disabled_until": null,
            });
        }
        self.push(&json!({"op": 0, "t": "INTERACTION_CREATE", "s": 0, "d": event}));
        Asked(id)
    }

    /// The line as the data of an interaction; what Discord's client would not send fails the story.
    fn parse(&self, line: &str) -> Value {
        let commands = self.commands();
        let line = line.strip_prefix('/').expect("commands begin with /");
        let (name, mut rest) = line.split_once(' ').unwrap_or((line, ""));
        let command = commands.iter().find(|command| command["name"] == name);
        let command = command.unwrap_or_else(|| panic!("/{name} is not registered"));
        let options = command["options"].as_array().cloned().unwrap_or_default();
        let mut data = json!({"id": command["id"], "name": name, "type": 1});
        if options.iter().any(|option| option["type"] == 1) {
            let (sub, sub_rest) = rest.split_once(' ').unwrap_or((rest, ""));
            let known = options.iter().find(|option| option["name"] == sub);
            let known = known.unwrap_or_else(|| panic!("/{name} {sub} is not registered"));
            rest = sub_rest;
            let options = known["options"].as_array().cloned().unwrap_or_default();
            data["options"] = json!([{"name": sub, "type": 1, "options": values(&options, rest)}]);
        } else {
            data["options"] = values(&options, rest);
        }
        data
    }

    /// A message as it stands now.
    pub(crate) fn message(&self, id: u64) -> Message {
        self.inner.state().messages.get(&id).cloned().expect("there is such a message")
    }

    /// Somebody with the right to do so deletes a message.
    pub(crate) fn deletes(&self, message: &Message) {
        self.inner.change(|state| state.messages.get_mut(&message.id).unwrap().deleted = true);
    }

    /// All messages that stand in a channel for everybody to see, in order.
    pub(crate) fn messages(&self, channel: Channel) -> Vec<Message> {
        let state = self.inner.state();
        let seen = |message: &&Message| message.channel == channel.id && !message.deleted && !message.ephemeral();
        state.messages.values().filter(seen).cloned().collect()
    }

    /// Waits for a message in a channel.
    pub(crate) async fn message_in(&self, channel: Channel, fits: impl Fn(&Message) -> bool) -> Message {
        self.wait("a message", |state| {
            let mut messages = state.messages.values();
            let found = messages.rfind(|message| message.channel == channel.id && !message.deleted && fits(message));
            found.cloned()
        })
        .await
    }

    /// Waits for a card in a channel: a message with an embed.
    pub(crate) async fn card_in(&self, channel: Channel, fits: impl Fn(&Message) -> bool) -> Message {
        self.message_in(channel, |message| message.title().is_some() && !message.ephemeral() && fits(message)).await
    }

    /// Waits for the whole answer: where it began with "thinking", for what came of it.
    pub(crate) async fn answer_to(&self, asked: Asked) -> Answer {
        self.wait("an answer", |state| {
            let interaction = state.interactions.get(&asked.0)?;
            let (first, after) = interaction.first?;
            let mut messages = interaction.messages.iter().filter_map(|id| state.messages.get(id));
            let message = messages.rfind(|message| !message.thinking && !message.deleted).cloned();
            if message.is_none() && first != 6 {
                return None;
            }
            Some(Answer { first, after, message })
        })
        .await
    }

    /// Waits for the first answer alone: its type.
    pub(crate) async fn first_answer_to(&self, asked: Asked) -> u64 {
        self.wait("a first answer", |state| state.interactions.get(&asked.0)?.first.map(|(kind, _)| kind)).await
    }

    /// A person types a command and waits for the answer.
    pub(crate) async fn asks(&self, channel: Channel, user: User, line: &str) -> Answer {
        let asked = self.types(channel, user, line).await;
        self.answer_to(asked).await
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

/// `to:1:30 title:The end` as options.
fn values(options: &[Value], line: &str) -> Value {
    let begins = |option: &Value| {
        let mark = format!("{}:", option["name"].as_str().unwrap_or_default());
        let found = line.match_indices(&mark).find(|(at, _)| *at == 0 || line[..*at].ends_with(' '));
        found.map(|(at, _)| (at, at + mark.len()))
    };
    let mut found: Vec<(&Value, usize, usize)> =
        options.iter().filter_map(|option| begins(option).map(|(from, to)| (option, from, to))).collect();
    found.sort_by_key(|(_, from, _)| *from);
    assert!(!found.is_empty() || line.is_empty(), "{line:?} names no option");
    let missing = options
        .iter()
        .find(|option| option["required"] == true && !found.iter().any(|(known, ..)| known["name"] == option["name"]));
    assert!(missing.is_none(), "a required option is missing: {missing:?}");
    let ends = found.iter().skip(1).map(|(_, from, _)| *from).chain([line.len()]);
    let filled = found.iter().zip(ends).map(|((option, _, from), to)| {
        let text = line[*from..to].trim();
        let value = match option["type"].as_u64() {
            Some(3) => json!(text),
            Some(4) => {
                let number: i64 = text.parse().expect("Discord's client takes whole numbers only");
                let least = option["min_value"].as_i64().unwrap_or(i64::MIN);
                assert!(number >= least, "Discord's client takes no number below {least}");
                json!(number)
            }
            Some(5) => json!(text == "True"),
            other => panic!("options of type {other:?} are not known here"),
        };
        json!({"name": option["name"], "type": option["type"], "value": value})
    });
    filled.collect()
}
