//! What people do, as updates that the bot fetches or is sent.

use std::time::Duration;

use axum::response::Response;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    ANONYMOUS, BOT, BOT_ID, Chat, FakeTelegram, Press, Sent, State, User, bot_json,
    methods::{hang_up, no, yes},
};

/// What somebody writes, put together for [`FakeTelegram::says_with`].
#[derive(Debug, Clone)]
pub(crate) struct Note {
    json: Value,
    file: Option<Vec<u8>>,
}

impl Note {
    /// Words; commands, links and @names in them are marked as Telegram marks them.
    pub(crate) fn text(text: &str) -> Self {
        Self { json: json!({"text": text, "entities": entities(text)}), file: None }
    }

    /// A picture with a caption.
    pub(crate) fn photo(caption: &str) -> Self {
        let size = json!({"file_id": "photo", "file_unique_id": "photo", "width": 90, "height": 90, "file_size": 1000});
        Self { json: json!({"photo": [size], "caption": caption, "caption_entities": entities(caption)}), file: None }
    }

    /// A video with a caption; its content can be fetched by `getFile`.
    pub(crate) fn video(name: &str, kind: &str, caption: &str, content: &[u8]) -> Self {
        let video = json!({
            "width": 640, "height": 360, "duration": 60, "file_name": name, "mime_type": kind, "file_size": content.len(),
        });
        let json = json!({"video": video, "caption": caption, "caption_entities": entities(caption)});
        Self { json, file: Some(content.to_vec()) }
    }

    /// A file with a caption; its content can be fetched by `getFile`.
    pub(crate) fn document(name: &str, kind: &str, caption: &str, content: &[u8]) -> Self {
        let document = json!({"file_name": name, "mime_type": kind, "file_size": content.len()});
        let json = json!({"document": document, "caption": caption, "caption_entities": entities(caption)});
        Self { json, file: Some(content.to_vec()) }
    }

    /// As an answer to one of the bot's messages.
    pub(crate) fn replying_to(mut self, message: &Sent) -> Self {
        self.json["reply_to_message"] = json!({
            "message_id": message.id, "date": 1_767_225_600, "from": bot_json(), "text": message.text,
            "chat": {"id": message.chat, "type": if message.chat > 0 { "private" } else { "supergroup" }, "title": "", "first_name": ""},
        });
        self
    }

    /// By an inline result of the bot.
    pub(crate) fn via_bot(mut self) -> Self {
        self.json["via_bot"] = bot_json();
        self
    }

    /// Written by another bot.
    pub(crate) fn by_bot(mut self, id: i64, name: &str) -> Self {
        self.json["from"] = json!({"id": id, "is_bot": true, "first_name": name, "username": name});
        self
    }

    /// With an entity more: `text_link` with a `url`, for instance. Offset and length in UTF-16 units.
    pub(crate) fn with_entity(mut self, entity: Value) -> Self {
        let key = if self.json["text"].is_string() { "entities" } else { "caption_entities" };
        self.json[key].as_array_mut().unwrap().push(entity);
        self
    }

    /// With any other field of a message, for instance `forward_origin`.
    pub(crate) fn with(mut self, key: &str, value: Value) -> Self {
        self.json[key] = value;
        self
    }
}

/// Commands, links and @names, as Telegram marks them.
fn entities(text: &str) -> Value {
    let mut found = Vec::new();
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        let length = bare.encode_utf16().count();
        let kind = match bare {
            _ if bare.starts_with('/')
                && bare.len() > 1
                && bare[1..].starts_with(|c: char| c.is_ascii_alphanumeric()) =>
            {
                Some("bot_command")
            }
            _ if bare.starts_with("http://") || bare.starts_with("https://") => Some("url"),
            _ if bare.starts_with('@') && bare.len() > 4 => Some("mention"),
            _ => None,
        };
        found.extend(kind.map(|kind| json!({"type": kind, "offset": at, "length": length})));
        at += word.encode_utf16().count();
    }
    Value::Array(found)
}

pub(super) fn message_json(chat: &Chat, id: i64) -> Value {
    let mut message = json!({"message_id": id, "date": 1_767_225_600, "chat": chat.json()});
    if let Some(topic) = chat.topic {
        message["message_thread_id"] = json!(topic);
        message["is_topic_message"] = json!(true);
    }
    message
}

impl State {
    pub(super) fn push(&mut self, mut update: Value) {
        let number = self.number();
        update["update_id"] = json!(number);
        self.updates.push_back(update);
    }

    /// Whether the bot hears of a message in a chat, with the privacy that it has there.
    fn hears(&self, chat: &Chat, message: &Value) -> bool {
        if !matches!(chat.kind, "group" | "supergroup") || self.sees_all || self.bot_is_admin(chat.id) {
            return true;
        }
        let Some(text) = message["text"].as_str().or(message["caption"].as_str()) else {
            // Service messages are heard, pictures without words are not.
            return ["photo", "video", "document"].iter().all(|kind| message[kind].is_null());
        };
        let command = text.strip_prefix('/').and_then(|rest| rest.split_whitespace().next());
        let command = command.is_some_and(|word| word.split_once('@').is_none_or(|(_, to)| to == BOT));
        command || message["reply_to_message"]["from"]["id"] == BOT_ID || !message["via_bot"].is_null()
    }

    fn tell(&mut self, kind: &str, chat: &Chat, content: &Value) -> i64 {
        self.chats.insert(chat.id, Chat { topic: None, ..*chat });
        let id = self.number();
        let mut message = message_json(chat, id);
        for (key, value) in content.as_object().unwrap() {
            message[key] = value.clone();
        }
        self.said.insert((chat.id, id), message.clone());
        if self.hears(chat, &message) {
            self.push(json!({ kind: message }));
        }
        id
    }
}

impl FakeTelegram {
    /// Somebody writes. Answers with the message's identity. In groups the bot hears only commands and answers to itself,
    /// unless [`FakeTelegram::sees_all`] or it is an administrator there.
    pub(crate) fn says(&self, chat: &Chat, user: &User, text: &str) -> i64 {
        self.says_with(chat, user, Note::text(text))
    }

    /// Somebody writes something with more to it than words.
    pub(crate) fn says_with(&self, chat: &Chat, user: &User, note: Note) -> i64 {
        self.change(|state| {
            let mut json = note.json;
            if json["from"].is_null() {
                json["from"] = state.user_json(user);
                let known = json["from"].clone();
                state.people.insert(user.id, known);
            }
            if let Some(content) = note.file {
                let id = format!("file-{}", state.number());
                for kind in ["video", "document"] {
                    if json[kind].is_object() {
                        json[kind]["file_id"] = json!(id);
                        json[kind]["file_unique_id"] = json!(id);
                    }
                }
                state.files.insert(id, content);
            }
            state.tell("message", chat, &json)
        })
    }

    /// An administrator writes in the name of the group.
    pub(crate) fn says_as_the_group(&self, chat: &Chat, text: &str) -> i64 {
        let from = json!({"id": ANONYMOUS, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot"});
        let sender = Chat { topic: None, ..*chat }.json();
        let content = json!({"from": from, "sender_chat": sender, "text": text, "entities": entities(text)});
        self.change(|state| state.tell("message", chat, &content))
    }

    /// A channel posts something.
    pub(crate) fn posts(&self, channel: &Chat, text: &str) -> i64 {
        let content = json!({"sender_chat": channel.json(), "text": text, "entities": entities(text)});
        self.change(|state| state.tell("channel_post", channel, &content))
    }

    /// Somebody changes what they wrote.
    pub(crate) fn corrects(&self, chat: &Chat, message: i64, text: &str) {
        self.change(|state| {
            let mut json = state.said[&(chat.id, message)].clone();
            json["text"] = json!(text);
            json["entities"] = entities(text);
            json["edit_date"] = json!(1_767_225_700);
            state.said.insert((chat.id, message), json.clone());
            if state.hears(chat, &json) {
                state.push(json!({ "edited_message": json }));
            }
        });
    }

    /// The group becomes a supergroup with another identity.
    pub(crate) fn migrates(&self, from: &Chat, to: &Chat) {
        let by = json!({"id": 1, "is_bot": false, "first_name": "Somebody"});
        self.change(|state| {
            state.chats.insert(to.id, *to);
            state.migrated.insert(from.id, to.id);
            state.tell("message", from, &json!({"from": by, "migrate_to_chat_id": to.id}));
            state.tell("message", to, &json!({"from": by, "migrate_from_chat_id": from.id}));
        });
    }

    /// The group becomes a supergroup, but the bot hears of it only when it writes to the old one.
    pub(crate) fn migrates_silently(&self, from: &Chat, to: &Chat) {
        self.change(|state| {
            state.chats.insert(to.id, *to);
            state.migrated.insert(from.id, to.id);
        });
    }

    /// Somebody presses a button by what stands on it. Answers with the press' identity. It must be answered once within
    /// 10 s.
    pub(crate) fn presses(&self, message: &Sent, label: &str, user: &User) -> String {
        let now = self.state().sent.iter().find(|sent| sent.same(message)).cloned();
        let now = now.expect("nobody can press a button of a deleted message");
        // Whoever looks at an older keyboard can press that too.
        let data = now.data_of(label).or_else(|| message.data_of(label));
        let data = data.unwrap_or_else(|| panic!("no button {label:?} on {now:?}"));
        self.presses_data(&now, &data, user)
    }

    /// Somebody presses a button that carries this.
    pub(crate) fn presses_data(&self, message: &Sent, data: &str, user: &User) -> String {
        self.change(|state| {
            let id = state.number().to_string();
            let from = state.user_json(user);
            state.people.insert(user.id, from.clone());
            let mut query = json!({"id": id, "from": from, "chat_instance": "1", "data": data});
            match &message.inline {
                Some(inline) => query["inline_message_id"] = json!(inline),
                None => {
                    let known = state.chats[&message.chat];
                    let chat = Chat { topic: message.topic, ..known };
                    query["message"] = message.json(&chat);
                    let meant = message.replies_to.and_then(|id| state.said.get(&(message.chat, id)));
                    if let Some(meant) = meant {
                        query["message"]["reply_to_message"] = meant.clone();
                    }
                }
            }
            state.presses.insert(id.clone(), Press { at: Instant::now(), toast: None, excused: false });
            state.push(json!({ "callback_query": query }));
            id
        })
    }

    /// Somebody deletes a message of the bot; Telegram does not tell.
    pub(crate) fn deletes(&self, message: &Sent) {
        self.change(|state| state.sent.retain(|sent| !sent.same(message)));
    }

    /// Somebody has their Telegram in a language, such as `de`.
    pub(crate) fn speaks(&self, user: &User, language: &'static str) {
        self.change(|state| state.languages.insert(user.id, language));
    }

    /// Somebody has an @name.
    pub(crate) fn is_called(&self, user: &User, name: &'static str) {
        self.change(|state| state.names.insert(user.id, name));
    }

    /// Privacy mode is off: the bot hears everything in groups. On unless told.
    pub(crate) fn sees_all(&self) {
        self.change(|state| state.sees_all = true);
    }

    /// Somebody closes a topic: 400 `TOPIC_CLOSED`.
    pub(crate) fn closes_topic(&self, topic: &Chat) {
        self.change(|state| state.closed_topics.insert((topic.id, topic.topic.unwrap())));
    }

    /// Somebody deletes a topic with all that stands in it: 400 "message thread not found".
    pub(crate) fn deletes_topic(&self, topic: &Chat) {
        self.change(|state| {
            state.deleted_topics.insert((topic.id, topic.topic.unwrap()));
            state.sent.retain(|sent| (sent.chat, sent.topic) != (topic.id, topic.topic));
        });
    }

    /// The last update is told once more, under the same number.
    pub(crate) fn repeats_last(&self) {
        self.change(|state| {
            let last = state.updates.back().cloned().expect("an update that is not confirmed yet");
            state.updates.push_back(last);
        });
    }

    /// Any update at all, such as one of a kind that the client library does not know. Without `update_id`.
    pub(crate) fn pushes(&self, update: Value) {
        self.change(|state| state.push(update));
    }

    /// Waits until the bot has confirmed everything that it was told, or has been sent it.
    pub(crate) async fn told(&self) {
        self.until("updates to be confirmed", |state| state.updates.is_empty().then_some(())).await;
    }

    pub(super) async fn updates(&self, request: &Value) -> Response {
        let offset = request["offset"].as_i64().unwrap_or(0);
        let most = request["limit"].as_u64().map_or(100, |limit| usize::try_from(limit).unwrap_or(100).clamp(1, 100));
        let end = Instant::now() + Duration::from_secs(request["timeout"].as_u64().unwrap_or(0));
        if let Some(kinds) = request["allowed_updates"].as_array() {
            let kinds = kinds.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            self.change(|state| state.allowed_updates = Some(kinds));
        }
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            {
                let mut state = self.state();
                if state.down || state.failing.is_some() || state.revoked {
                    state.polls_while_down += 1;
                    let (failing, revoked) = (state.failing, state.revoked);
                    drop(state);
                    self.changed.notify_waiters();
                    return match failing {
                        _ if revoked => no(401, "Unauthorized"),
                        Some(status) => no(status, "Bad Gateway"),
                        None => hang_up(),
                    };
                }
                if state.webhook.is_some() {
                    return no(
                        409,
                        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
                    );
                }
                let before = state.updates.len();
                state.updates.retain(|update| update["update_id"].as_i64() >= Some(offset));
                state.drop_unasked();
                if offset > state.confirmed || state.updates.len() < before {
                    state.confirmed = state.confirmed.max(offset);
                    drop(state);
                    self.changed.notify_waiters();
                    continue;
                }
                if !state.updates.is_empty() {
                    return yes(&json!(state.updates.iter().take(most).collect::<Vec<_>>()));
                }
            }
            if tokio::time::timeout_at(end, changed).await.is_err() {
                return yes(&json!([]));
            }
        }
    }
}

impl State {
    /// Updates of kinds that the bot did not ask for never come.
    pub(super) fn drop_unasked(&mut self) {
        let asked = self.allowed_updates.clone().unwrap_or_default();
        self.updates.retain(|update| {
            let kind =
                update.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).find(|key| *key != "update_id");
            let kind = kind.unwrap_or_default();
            if asked.is_empty() {
                // What must be asked for by name.
                !matches!(kind, "chat_member" | "message_reaction" | "message_reaction_count")
            } else {
                asked.iter().any(|one| one == kind)
            }
        });
    }

    pub(super) fn is_there(&self, chat: i64, message: i64) -> bool {
        self.said.contains_key(&(chat, message)) || self.sent.iter().any(|sent| (sent.chat, sent.id) == (chat, message))
    }
}
