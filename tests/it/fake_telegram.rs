//! A small Bot API server: what Telegram publishes of its limits, and people who write and press.
//!
//! Reached over a real socket by the real client library. Whoever waits is woken by what happens. A breach of a published
//! limit answers as Telegram does, and fails the story at its next wait or at its end.
//!
//! By noun: `updates` (what people do), `methods` (what the bot may call), `messages` (what a message may be), `markup`
//! (entities and keyboards), `limits` (how often), `members` (who is what where), `inline`, `polls`, `webhook`,
//! `mini_app` (who opens one), `stories` (that it can refuse at all).

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]
#![expect(clippy::result_large_err, reason = "a no is a whole response")]
#![expect(dead_code, reason = "a whole Telegram: what no story uses yet is there for the next one")]

mod inline;
mod limits;
mod markup;
mod members;
mod messages;
mod methods;
pub(crate) mod mini_app;
mod polls;
mod stories;
mod updates;
mod webhook;

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    net::Ipv4Addr,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use axum::{
    Router,
    routing::{any, get},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Notify, time::Instant};
use url::Url;

pub(crate) use self::{inline::InlineAnswer, members::Rank, messages::Sent, methods::Call, polls::Poll, updates::Note};

/// How long a story waits for anything.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long a pressed button may go without an answer.
const PRESS_LIFE: Duration = Duration::from_secs(10);
/// What the bot is called.
pub(crate) const BOT: &str = "couch_bot";
/// The bot as a user.
pub(crate) const BOT_ID: i64 = 110_201_543;
/// What BotFather gave.
pub(crate) const TOKEN: &str = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaws";
/// Who writes in the name of a group.
pub(crate) const ANONYMOUS: i64 = 1_087_968_824;

/// A chat, or a topic within one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chat {
    pub(crate) id: i64,
    kind: &'static str,
    title: &'static str,
    topic: Option<i64>,
}

impl Chat {
    /// The chat between somebody and the bot.
    pub(crate) fn private(user: &User) -> Self {
        Self { id: user.id, kind: "private", title: user.name, topic: None }
    }

    /// A small group; its identity is negative.
    pub(crate) fn group(id: i64, title: &'static str) -> Self {
        Self { id, kind: "group", title, topic: None }
    }

    /// A large group, which is a forum.
    pub(crate) fn supergroup(id: i64, title: &'static str) -> Self {
        Self { id, kind: "supergroup", title, topic: None }
    }

    /// A channel, in which only administrators write.
    pub(crate) fn channel(id: i64, title: &'static str) -> Self {
        Self { id, kind: "channel", title, topic: None }
    }

    /// A topic of a forum.
    pub(crate) fn topic(self, topic: i64) -> Self {
        Self { topic: Some(topic), ..self }
    }

    fn json(&self) -> Value {
        match self.kind {
            "private" => json!({"id": self.id, "type": "private", "first_name": self.title}),
            "supergroup" => json!({"id": self.id, "type": "supergroup", "title": self.title, "is_forum": true}),
            kind => json!({"id": self.id, "type": kind, "title": self.title}),
        }
    }
}

/// Somebody on Telegram. Speaks en and has no @name unless [`FakeTelegram::speaks`] and [`FakeTelegram::is_called`] say so.
#[derive(Debug, Clone, Copy)]
pub(crate) struct User {
    pub(crate) id: i64,
    pub(crate) name: &'static str,
}

/// The notice that a pressed button gave.
#[derive(Debug, Clone)]
pub(crate) struct Toast {
    pub(crate) text: String,
    pub(crate) alert: bool,
    /// Where the press leads instead (`t.me/bot?start=…`).
    pub(crate) url: Option<String>,
    /// How long the button turned.
    pub(crate) after: Duration,
}

/// A pressed button.
struct Press {
    at: Instant,
    toast: Option<Toast>,
    excused: bool,
}

/// All that is true at the moment. Stories read it by [`FakeTelegram::state`] and wait for it by [`FakeTelegram::until`].
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Default)]
pub(crate) struct State {
    /// The bot's messages as they stand now; deleted ones are not among them.
    pub(crate) sent: Vec<Sent>,
    presses: HashMap<String, Press>,
    /// Every call but the polling, by method in lower case.
    pub(crate) calls: Vec<String>,
    /// The same with what was sent, and when.
    pub(crate) log: Vec<Call>,
    /// The commands of the default scope without a language.
    pub(crate) commands: Vec<(String, String)>,
    /// Commands by scope (`default`, `all_group_chats`, `chat:-100`, `chat_member:-100:7`) and language (empty: all).
    pub(crate) scoped_commands: BTreeMap<(String, String), Vec<(String, String)>>,
    /// Menu buttons by chat (0: everybody), as they were sent.
    pub(crate) menu_buttons: HashMap<i64, Value>,
    pub(crate) webhook: Option<String>,
    /// What must stand in the header of updates to the webhook.
    pub(crate) secret: Option<String>,
    /// Status of each delivery to the webhook.
    pub(crate) deliveries: Vec<u16>,
    /// How far the bot has confirmed what it was told.
    pub(crate) confirmed: i64,
    /// The kinds of updates that the bot asked for, as far as it said.
    pub(crate) allowed_updates: Option<Vec<String>>,
    /// Reactions of the bot, by chat and message.
    pub(crate) reactions: HashMap<(i64, i64), Vec<String>>,
    /// Chats that the bot left by itself.
    pub(crate) left: Vec<i64>,
    /// How often a call was refused with 429.
    pub(crate) floods: usize,
    /// How often an edit changed nothing ("message is not modified").
    pub(crate) idle_edits: usize,
    /// What the bot did that Telegram would not have had.
    pub(crate) problems: Vec<String>,
    updates: VecDeque<Value>,
    numbers: i64,
    chats: HashMap<i64, Chat>,
    ranks: HashMap<(i64, i64), Rank>,
    people: HashMap<i64, Value>,
    languages: HashMap<i64, &'static str>,
    names: HashMap<i64, &'static str>,
    /// What people wrote, by chat and message.
    said: HashMap<(i64, i64), Value>,
    pins: Vec<(i64, i64)>,
    closed_topics: HashSet<(i64, i64)>,
    deleted_topics: HashSet<(i64, i64)>,
    migrated: HashMap<i64, i64>,
    files: HashMap<String, Vec<u8>>,
    inline: HashMap<String, inline::Query>,
    limits: limits::Limits,
    /// How long an edit takes.
    slow_edits: Duration,
    /// Per chat: edits on their way now, and the most that ever were.
    edits_in_flight: HashMap<i64, (usize, usize)>,
    /// The bot sees everything in groups.
    sees_all: bool,
    /// What BotFather was told, as `getMe` says it, where it is not as usual.
    me: serde_json::Map<String, Value>,
    /// What went wrong with the webhook, as `getWebhookInfo` says it.
    webhook_error: Option<&'static str>,
    has_no_inline: bool,
    refuses_pictures: bool,
    /// Where the webhook's host really is: from, to.
    routes: Vec<(String, String)>,
    /// Hangs up on everybody.
    down: bool,
    /// Answers everybody with this status.
    failing: Option<u16>,
    revoked: bool,
    polls_while_down: usize,
}

/// The server. Clones are the same server.
#[derive(Clone)]
pub(crate) struct FakeTelegram {
    state: Arc<Mutex<State>>,
    changed: Arc<Notify>,
    pub(crate) url: Url,
    /// Held by stories alone: the last one looks for problems.
    _end: Option<Arc<End>>,
}

/// Looks for problems when a story ends.
struct End(Arc<Mutex<State>>);

impl Drop for End {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let mut state = self.0.lock().unwrap();
        state.overdue();
        assert!(state.problems.is_empty(), "Telegram objects: {:#?}", state.problems);
    }
}

impl FakeTelegram {
    /// Listens on a free port of loopback.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let state = Arc::new(Mutex::new(State { numbers: 1_000, ..State::default() }));
        let fake = Self { state: state.clone(), changed: Arc::default(), url, _end: None };
        let app = Router::new()
            .route("/{bot}/{method}", any(methods::call))
            .route("/file/{bot}/{name}", get(methods::file))
            .with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        tokio::spawn(webhook::deliver(fake.clone()));
        Self { _end: Some(Arc::new(End(state))), ..fake }
    }

    /// What is true now. Held no longer than a line.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let value = change(&mut self.state());
        self.changed.notify_waiters();
        value
    }

    /// Waits until something can be found; fails the story for what the bot did wrong, or when it takes too long.
    pub(crate) async fn until<T>(&self, what: &str, look: impl Fn(&State) -> Option<T>) -> T {
        let end = Instant::now() + PATIENCE;
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            {
                let mut state = self.state();
                state.overdue();
                if !state.problems.is_empty() {
                    let problems = state.problems.clone();
                    drop(state);
                    panic!("Telegram objects: {problems:#?}");
                }
                if let Some(found) = look(&state) {
                    return found;
                }
            }
            if tokio::time::timeout_at(end, changed).await.is_err() {
                let state = self.state();
                let text = format!("sent: {:#?}\ncalls: {:?}", state.sent, state.calls);
                drop(state);
                panic!("waited in vain for {what}\n{text}");
            }
        }
    }

    /// What the bot did wrong so far; reading it forgives it. For stories about this fake itself, and for those that
    /// expect a breach.
    pub(crate) fn takes_problems(&self) -> Vec<String> {
        let mut state = self.state();
        state.overdue();
        for press in state.presses.values_mut().filter(|press| press.at.elapsed() > PRESS_LIFE) {
            press.excused = true;
        }
        std::mem::take(&mut state.problems)
    }

    /// The first message in the chat (or topic) that is like this.
    pub(crate) async fn message_in(&self, chat: &Chat, like: impl Fn(&Sent) -> bool) -> Sent {
        let here = |sent: &&Sent| sent.chat == chat.id && sent.topic == chat.topic && like(sent);
        self.until("a message", |state| state.sent.iter().find(here).cloned()).await
    }

    /// All messages of the bot that stand in the chat (or topic), in order.
    pub(crate) fn messages(&self, chat: &Chat) -> Vec<Sent> {
        let here = |sent: &&Sent| sent.chat == chat.id && sent.topic == chat.topic;
        self.state().sent.iter().filter(here).cloned().collect()
    }

    /// Waits until a message of the bot is like this.
    pub(crate) async fn message_is(&self, message: &Sent, like: impl Fn(&Sent) -> bool) -> Sent {
        let same = |sent: &&Sent| (sent.chat, sent.id) == (message.chat, message.id) && like(sent);
        self.until("a message to change", |state| state.sent.iter().find(same).cloned()).await
    }

    /// Waits until a message of the bot is deleted, by whomever.
    pub(crate) async fn gone(&self, message: &Sent) {
        let same = |sent: &Sent| (sent.chat, sent.id) == (message.chat, message.id);
        self.until("a message to go", |state| (!state.sent.iter().any(same)).then_some(())).await;
    }

    /// The answer to that message.
    pub(crate) async fn answer_to(&self, chat: &Chat, message: i64) -> String {
        self.message_in(chat, |sent| sent.replies_to == Some(message)).await.text
    }

    /// Somebody writes, and this is answered.
    pub(crate) async fn hears(&self, chat: &Chat, user: &User, text: &str) -> String {
        let message = self.says(chat, user, text);
        self.answer_to(chat, message).await
    }

    /// The notice that this press gave.
    pub(crate) async fn toast(&self, press: &str) -> Toast {
        self.until("a pressed button to be answered", |state| state.presses[press].toast.clone()).await
    }

    /// A pressed button needs no answer: the story takes the bot away meanwhile.
    pub(crate) fn excuses(&self, press: &str) {
        self.change(|state| state.presses.get_mut(press).unwrap().excused = true);
    }

    /// The messages that are pinned in a chat.
    pub(crate) fn pins(&self, chat: &Chat) -> Vec<i64> {
        self.state().pins.iter().filter(|(known, _)| *known == chat.id).map(|(_, message)| *message).collect()
    }

    /// Waits until a method (in lower case) was called so many times; the calls.
    pub(crate) async fn called(&self, method: &str, times: usize) -> Vec<Call> {
        self.until("a call", |state| {
            let calls: Vec<Call> = state.log.iter().filter(|call| call.method == method).cloned().collect();
            (calls.len() >= times).then_some(calls)
        })
        .await
    }

    /// How often a method (in lower case) was called, for instance `getchatadministrators`.
    pub(crate) fn calls_of(&self, method: &str) -> usize {
        self.state().calls.iter().filter(|call| *call == method).count()
    }

    /// Waits until commands are set for a scope (`default`, `all_group_chats`, …) and language (empty: all).
    pub(crate) async fn commands_of(&self, scope: &str, language: &str) -> Vec<(String, String)> {
        let key = (scope.to_owned(), language.to_owned());
        self.until("commands", |state| state.scoped_commands.get(&key).cloned()).await
    }

    /// Hangs up on everybody until [`FakeTelegram::comes_back`]. Presses without an answer are forgiven.
    pub(crate) fn goes_down(&self) {
        self.change(|state| {
            (state.down, state.polls_while_down) = (true, 0);
            state.presses.values_mut().for_each(|press| press.excused |= press.toast.is_none());
        });
    }

    /// Answers everything with a status, such as 502, until [`FakeTelegram::comes_back`]. The client library rests for ten
    /// seconds after each. Presses without an answer are forgiven.
    pub(crate) fn fails_with(&self, status: u16) {
        self.goes_down();
        self.change(|state| (state.down, state.failing) = (false, Some(status)));
    }

    /// Ends [`FakeTelegram::goes_down`] and [`FakeTelegram::fails_with`].
    pub(crate) fn comes_back(&self) {
        self.change(|state| (state.down, state.failing) = (false, None));
    }

    /// Waits until the bot has tried in vain.
    pub(crate) async fn tried_in_vain(&self) {
        self.until("a poll while the server is down", |state| (state.polls_while_down > 0).then_some(())).await;
    }

    /// The token is taken back: 401 everywhere.
    pub(crate) fn revokes_token(&self) {
        self.change(|state| state.revoked = true);
    }
}

impl State {
    fn breach(&mut self, problem: impl Into<String>) {
        self.problems.push(problem.into());
    }

    fn number(&mut self) -> i64 {
        self.numbers += 1;
        self.numbers
    }

    fn user_json(&self, user: &User) -> Value {
        let language = self.languages.get(&user.id).copied().unwrap_or("en");
        let mut json = json!({"id": user.id, "is_bot": false, "first_name": user.name, "language_code": language});
        if let Some(name) = self.names.get(&user.id) {
            json["username"] = json!(name);
        }
        json
    }

    fn overdue(&mut self) {
        let late = |(id, press): (&String, &Press)| {
            let late = press.toast.is_none() && !press.excused && press.at.elapsed() > PRESS_LIFE;
            late.then(|| format!("the button of press {id} turned for more than 10 s"))
        };
        let late: Vec<String> = self.presses.iter().filter_map(late).collect();
        self.problems.extend(late);
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn bot_json() -> Value {
    json!({"id": BOT_ID, "is_bot": true, "first_name": "onecouch", "username": BOT})
}
