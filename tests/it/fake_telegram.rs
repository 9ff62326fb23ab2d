//! A small Bot API server: what Telegram publishes of its limits, and people who write and press.
//!
//! Reached over a real socket by the real client library. Nothing here sleeps: whoever waits is woken by what happens.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

use std::{
    collections::{HashMap, HashSet, VecDeque},
    net::{IpAddr, Ipv4Addr},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State as Shared},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::any,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Notify, time::Instant};
use url::{Host, Url};

/// How long a story waits for anything.
const PATIENCE: Duration = Duration::from_secs(15);
/// What the bot is called.
pub(crate) const BOT: &str = "couch_bot";
/// What BotFather gave.
pub(crate) const TOKEN: &str = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaws";

/// A chat, or a topic within one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chat {
    pub(crate) id: i64,
    kind: &'static str,
    title: &'static str,
    topic: Option<i64>,
}

impl Chat {
    pub(crate) fn private(user: &User) -> Self {
        Self { id: user.id, kind: "private", title: user.name, topic: None }
    }

    pub(crate) fn group(id: i64, title: &'static str) -> Self {
        Self { id, kind: "group", title, topic: None }
    }

    pub(crate) fn supergroup(id: i64, title: &'static str) -> Self {
        Self { id, kind: "supergroup", title, topic: None }
    }

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

/// Somebody on Telegram.
#[derive(Debug, Clone, Copy)]
pub(crate) struct User {
    pub(crate) id: i64,
    pub(crate) name: &'static str,
}

impl User {
    fn json(&self) -> Value {
        json!({"id": self.id, "is_bot": false, "first_name": self.name, "language_code": "en"})
    }
}

/// A message of the bot, as it stands in the chat now.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) chat: i64,
    pub(crate) topic: Option<i64>,
    pub(crate) id: i64,
    pub(crate) text: String,
    pub(crate) keyboard: Vec<Vec<Value>>,
    pub(crate) replies_to: Option<i64>,
    /// When it was sent, then when it was edited.
    pub(crate) times: Vec<Instant>,
}

impl Sent {
    pub(crate) fn labels(&self) -> Vec<Vec<String>> {
        let label = |button: &Value| button["text"].as_str().unwrap_or_default().to_owned();
        self.keyboard.iter().map(|row| row.iter().map(label).collect()).collect()
    }

    /// Where the buttons lead that open pages.
    pub(crate) fn links(&self) -> Vec<String> {
        self.keyboard.iter().flatten().filter_map(|button| button["url"].as_str().map(str::to_owned)).collect()
    }

    fn data_of(&self, label: &str) -> Option<String> {
        let button = self.keyboard.iter().flatten().find(|button| button["text"] == label)?;
        button["callback_data"].as_str().map(str::to_owned)
    }
}

/// The notice that a pressed button gave.
#[derive(Debug, Clone)]
pub(crate) struct Toast {
    pub(crate) text: String,
    pub(crate) alert: bool,
}

/// All that is true at the moment.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) sent: Vec<Sent>,
    toasts: HashMap<String, Option<Toast>>,
    /// Every call but the polling, by method.
    pub(crate) calls: Vec<String>,
    pub(crate) commands: Vec<(String, String)>,
    pub(crate) webhook: Option<String>,
    /// How far the bot has confirmed what it was told.
    pub(crate) confirmed: i64,
    updates: VecDeque<Value>,
    numbers: i64,
    chats: HashMap<i64, Chat>,
    admins: HashSet<(i64, i64)>,
    migrated: HashMap<i64, i64>,
    /// Refuses a second message to a chat within a second.
    strict: bool,
    /// Hangs up on everybody.
    down: bool,
    polls_while_down: usize,
    pub(crate) floods: usize,
}

/// The server.
#[derive(Clone)]
pub(crate) struct FakeTelegram {
    state: Arc<Mutex<State>>,
    changed: Arc<Notify>,
    pub(crate) url: Url,
}

impl FakeTelegram {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let state = State { numbers: 1_000, ..State::default() };
        let fake = Self { state: Arc::new(Mutex::new(state)), changed: Arc::default(), url };
        let app = Router::new().route("/{bot}/{method}", any(call)).with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        fake
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let value = change(&mut self.state());
        self.changed.notify_waiters();
        value
    }

    /// Somebody writes. Answers with the message's identity.
    pub(crate) fn says(&self, chat: &Chat, user: &User, text: &str) -> i64 {
        let from = user.json();
        self.tells(chat, &json!({"from": from, "text": text}))
    }

    /// An administrator writes in the name of the group.
    pub(crate) fn says_as_the_group(&self, chat: &Chat, text: &str) -> i64 {
        let from = json!({"id": 1_087_968_824, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot"});
        self.tells(chat, &json!({"from": from, "sender_chat": chat.json(), "text": text}))
    }

    fn tells(&self, chat: &Chat, content: &Value) -> i64 {
        self.change(|state| {
            state.chats.insert(chat.id, *chat);
            state.numbers += 1;
            let id = state.numbers;
            let mut message = message_json(chat, id);
            for (key, value) in content.as_object().unwrap() {
                message[key] = value.clone();
            }
            state.push(json!({ "message": message }));
            id
        })
    }

    /// The group becomes a supergroup with another identity.
    pub(crate) fn migrates(&self, from: &Chat, to: &Chat) {
        self.change(|state| {
            state.chats.insert(to.id, *to);
            state.migrated.insert(from.id, to.id);
        });
        let by = json!({"id": 1, "is_bot": false, "first_name": "Somebody"});
        self.tells(from, &json!({"from": by, "migrate_to_chat_id": to.id}));
        self.tells(to, &json!({"from": by, "migrate_from_chat_id": from.id}));
    }

    /// Somebody presses a button by what stands on it. Answers with the press' identity.
    pub(crate) fn presses(&self, message: &Sent, label: &str, user: &User) -> String {
        let data = message.data_of(label).unwrap_or_else(|| panic!("no button {label:?} on {message:?}"));
        self.presses_data(message, &data, user)
    }

    /// Somebody presses a button that carries this.
    pub(crate) fn presses_data(&self, message: &Sent, data: &str, user: &User) -> String {
        self.change(|state| {
            state.numbers += 1;
            let id = state.numbers.to_string();
            let chat = Chat { topic: message.topic, ..state.chats[&message.chat] };
            let mut shown = message_json(&chat, message.id);
            shown["from"] = bot_json();
            shown["text"] = json!(message.text);
            state.toasts.insert(id.clone(), None);
            state.push(json!({"callback_query":
                {"id": id, "from": user.json(), "chat_instance": "1", "data": data, "message": shown}}));
            id
        })
    }

    /// Somebody deletes a message of the bot; Telegram does not tell.
    pub(crate) fn deletes(&self, message: &Sent) {
        self.change(|state| state.sent.retain(|sent| (sent.chat, sent.id) != (message.chat, message.id)));
    }

    pub(crate) fn makes_admin(&self, chat: &Chat, user: &User) {
        self.change(|state| state.admins.insert((chat.id, user.id)));
    }

    pub(crate) fn is_strict(&self) {
        self.change(|state| state.strict = true);
    }

    pub(crate) fn has_webhook(&self, url: &str) {
        self.change(|state| state.webhook = Some(url.to_owned()));
    }

    /// Hangs up on everybody until [`FakeTelegram::comes_back`].
    pub(crate) fn goes_down(&self) {
        self.change(|state| (state.down, state.polls_while_down) = (true, 0));
    }

    pub(crate) fn comes_back(&self) {
        self.change(|state| state.down = false);
    }

    /// Waits until the bot has tried in vain.
    pub(crate) async fn tried_in_vain(&self) {
        self.until("a poll while the server is down", |state| (state.polls_while_down > 0).then_some(())).await;
    }

    /// Waits until something can be found; fails the story when it takes too long.
    pub(crate) async fn until<T>(&self, what: &str, look: impl Fn(&State) -> Option<T>) -> T {
        let end = Instant::now() + PATIENCE;
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if let Some(found) = look(&self.state()) {
                return found;
            }
            if tokio::time::timeout_at(end, changed).await.is_err() {
                let state = self.state();
                panic!("waited in vain for {what}\nsent: {:#?}\ncalls: {:?}", state.sent, state.calls);
            }
        }
    }

    /// The first message in the chat (or topic) that is like this.
    pub(crate) async fn message_in(&self, chat: &Chat, like: impl Fn(&Sent) -> bool) -> Sent {
        let here = |sent: &&Sent| sent.chat == chat.id && sent.topic == chat.topic && like(sent);
        self.until("a message", |state| state.sent.iter().find(here).cloned()).await
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
        self.until("a pressed button to be answered", |state| state.toasts[press].clone()).await
    }

    async fn updates(&self, request: &Value) -> Response {
        let offset = request["offset"].as_i64().unwrap_or(0);
        let end = Instant::now() + Duration::from_secs(request["timeout"].as_u64().unwrap_or(0));
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            {
                let mut state = self.state();
                if state.down {
                    state.polls_while_down += 1;
                    drop(state);
                    self.changed.notify_waiters();
                    return hang_up();
                }
                if state.webhook.is_some() {
                    return no(409, "Conflict: can't use getUpdates method while webhook is active");
                }
                state.updates.retain(|update| update["update_id"].as_i64() >= Some(offset));
                if offset > state.confirmed {
                    state.confirmed = offset;
                    drop(state);
                    self.changed.notify_waiters();
                    continue;
                }
                if !state.updates.is_empty() {
                    return yes(&json!(state.updates.iter().take(100).collect::<Vec<_>>()));
                }
            }
            if tokio::time::timeout_at(end, changed).await.is_err() {
                return yes(&json!([]));
            }
        }
    }
}

impl State {
    fn push(&mut self, mut update: Value) {
        self.numbers += 1;
        update["update_id"] = json!(self.numbers);
        self.updates.push_back(update);
    }

    fn call(&mut self, method: &str, body: &[u8]) -> Response {
        self.calls.push(method.to_owned());
        let request: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        match method {
            "getme" => yes(&bot_json()),
            "getwebhookinfo" => yes(&json!({
                "url": self.webhook.clone().unwrap_or_default(),
                "has_custom_certificate": false, "pending_update_count": 0,
            })),
            "setwebhook" => {
                // The one method that comes as a form.
                let form = String::from_utf8_lossy(body);
                let url = form.split("name=\"url\"").nth(1).and_then(|rest| rest.split_whitespace().next());
                self.webhook = Some(url.unwrap_or_default().to_owned());
                yes(&json!(true))
            }
            "deletewebhook" => {
                self.webhook = None;
                yes(&json!(true))
            }
            "setmycommands" => self.set_commands(&request),
            "getchatmember" => {
                let user = json!({"id": request["user_id"], "is_bot": false, "first_name": "Somebody"});
                let key = (request["chat_id"].as_i64().unwrap_or(0), request["user_id"].as_i64().unwrap_or(0));
                let status = if self.admins.contains(&key) { "creator" } else { "member" };
                yes(&json!({"status": status, "user": user, "is_anonymous": false}))
            }
            "answercallbackquery" => self.answer(&request),
            "sendmessage" => self.send(&request),
            "editmessagetext" => self.edit(&request),
            _ => no(404, "Not Found"),
        }
    }

    fn set_commands(&mut self, request: &Value) -> Response {
        let field = |command: &Value, name: &str| command[name].as_str().unwrap_or_default().to_owned();
        let commands: Vec<(String, String)> = request["commands"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|command| (field(command, "command"), field(command, "description")))
            .collect();
        let fits = |(name, description): &(String, String)| {
            (1..=32).contains(&name.len())
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
                && (1..=256).contains(&description.chars().count())
        };
        if commands.len() > 100 || !commands.iter().all(fits) {
            return no(400, "Bad Request: BOT_COMMAND_INVALID");
        }
        self.commands = commands;
        yes(&json!(true))
    }

    fn answer(&mut self, request: &Value) -> Response {
        let text = request["text"].as_str().unwrap_or_default().to_owned();
        let query = request["callback_query_id"].as_str().unwrap_or_default();
        match self.toasts.get_mut(query) {
            Some(toast @ None) if text.chars().count() <= 200 => {
                *toast = Some(Toast { text, alert: request["show_alert"] == true });
                yes(&json!(true))
            }
            Some(None) => no(400, "Bad Request: MESSAGE_TOO_LONG"),
            _ => no(400, "Bad Request: query is too old and response timeout expired or query id is invalid"),
        }
    }

    fn send(&mut self, request: &Value) -> Response {
        let Some(chat) = request["chat_id"].as_i64().and_then(|id| self.chats.get(&id)).copied() else {
            return no(400, "Bad Request: chat not found");
        };
        if let Some(new) = self.migrated.get(&chat.id) {
            let description = "Bad Request: group chat was upgraded to a supergroup chat";
            return refuse(400, description, &json!({"migrate_to_chat_id": new}));
        }
        if let Err(problem) = check(request) {
            return no(400, problem);
        }
        let now = Instant::now();
        let last = self.sent.iter().filter(|sent| sent.chat == chat.id).filter_map(|sent| sent.times.first()).max();
        if self.strict && last.is_some_and(|last| now - *last < Duration::from_secs(1)) {
            self.floods += 1;
            return refuse(429, "Too Many Requests: retry after 1", &json!({"retry_after": 1}));
        }
        self.numbers += 1;
        let sent = Sent {
            chat: chat.id,
            topic: request["message_thread_id"].as_i64(),
            id: self.numbers,
            text: request["text"].as_str().unwrap_or_default().to_owned(),
            keyboard: keyboard(request),
            replies_to: request["reply_parameters"]["message_id"].as_i64(),
            times: vec![now],
        };
        let answer = shown(&chat, &sent);
        self.sent.push(sent);
        answer
    }

    fn edit(&mut self, request: &Value) -> Response {
        let (chat, id) = (request["chat_id"].as_i64(), request["message_id"].as_i64());
        let Some(sent) = self.sent.iter_mut().find(|sent| (Some(sent.chat), Some(sent.id)) == (chat, id)) else {
            return no(400, "Bad Request: message to edit not found");
        };
        if let Err(problem) = check(request) {
            return no(400, problem);
        }
        let (text, keyboard) = (request["text"].as_str().unwrap_or_default(), keyboard(request));
        if sent.text == text && sent.keyboard == keyboard {
            return no(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the \
                 same as a current content and reply markup of the message",
            );
        }
        text.clone_into(&mut sent.text);
        sent.keyboard = keyboard;
        sent.times.push(Instant::now());
        shown(&self.chats[&sent.chat], sent)
    }
}

async fn call(
    Shared(fake): Shared<FakeTelegram>,
    Path((bot, method)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    if bot != format!("bot{TOKEN}") {
        return no(401, "Unauthorized");
    }
    let method = method.to_lowercase();
    if method == "getupdates" {
        return fake.updates(&serde_json::from_slice(&body).unwrap_or(Value::Null)).await;
    }
    fake.change(|state| if state.down { hang_up() } else { state.call(&method, &body) })
}

/// What Telegram checks of a message before it looks at the chat.
fn check(request: &Value) -> Result<(), &'static str> {
    let text = request["text"].as_str().unwrap_or_default();
    let length = text.encode_utf16().count();
    if text.trim().is_empty() {
        return Err("Bad Request: message text is empty");
    }
    if length > 4_096 {
        return Err("Bad Request: message is too long");
    }
    for entity in request["entities"].as_array().into_iter().flatten() {
        let end = entity["offset"].as_u64().unwrap_or(0) + entity["length"].as_u64().unwrap_or(0);
        if end > u64::try_from(length).unwrap() {
            return Err("Bad Request: ENTITY_BOUNDS_INVALID");
        }
    }
    for button in keyboard(request).iter().flatten() {
        if button["text"].as_str().is_none_or(str::is_empty) {
            return Err(
                "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
            );
        }
        if button["callback_data"].as_str().is_some_and(|data| !(1..=64).contains(&data.len())) {
            return Err("Bad Request: BUTTON_DATA_INVALID");
        }
        if button["url"].as_str().is_some_and(|url| !is_public(url)) {
            return Err("Bad Request: BUTTON_URL_INVALID");
        }
    }
    Ok(())
}

fn is_public(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    match url.host() {
        Some(Host::Domain(name)) => name.contains('.') && name != "localhost",
        Some(Host::Ipv4(address)) => !IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => !IpAddr::from(address).is_loopback(),
        None => false,
    }
}

fn keyboard(request: &Value) -> Vec<Vec<Value>> {
    let rows = request["reply_markup"]["inline_keyboard"].as_array().into_iter().flatten();
    rows.map(|row| row.as_array().cloned().unwrap_or_default()).collect()
}

fn message_json(chat: &Chat, id: i64) -> Value {
    let mut message = json!({"message_id": id, "date": 1_767_225_600, "chat": chat.json()});
    if let Some(topic) = chat.topic {
        message["message_thread_id"] = json!(topic);
        message["is_topic_message"] = json!(true);
    }
    message
}

fn bot_json() -> Value {
    json!({
        "id": 110_201_543, "is_bot": true, "first_name": "onecouch", "username": BOT, "can_join_groups": true,
        "can_read_all_group_messages": false, "supports_inline_queries": false, "can_connect_to_business": false,
        "has_main_web_app": false,
    })
}

fn shown(chat: &Chat, sent: &Sent) -> Response {
    let mut message = message_json(&Chat { topic: sent.topic, ..*chat }, sent.id);
    message["from"] = bot_json();
    message["text"] = json!(sent.text);
    yes(&message)
}

fn yes(result: &Value) -> Response {
    axum::Json(json!({"ok": true, "result": result})).into_response()
}

fn no(code: u16, description: &str) -> Response {
    refuse(code, description, &Value::Null)
}

fn refuse(code: u16, description: &str, parameters: &Value) -> Response {
    let mut body = json!({"ok": false, "error_code": code, "description": description});
    if !parameters.is_null() {
        body["parameters"] = parameters.clone();
    }
    (StatusCode::from_u16(code).unwrap(), axum::Json(body)).into_response()
}

/// An answer that breaks off: not a server error, after which the client library would rest for ten seconds.
fn hang_up() -> Response {
    let broken = futures_util::stream::once(async { Err::<Bytes, _>(std::io::Error::other("hung up")) });
    Response::new(Body::from_stream(broken))
}
