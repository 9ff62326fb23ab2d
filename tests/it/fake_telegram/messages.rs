//! The bot's messages: what may be sent and edited, and how they stand.

use axum::response::Response;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    Chat, FakeTelegram, State, bot_json,
    markup::{check_keyboard, keyboard, plain},
    methods::{Answered, no, refuse},
    polls::Poll,
    updates::message_json,
};

/// A message of the bot, as it stands in the chat now.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    /// 0 for what was sent by an inline result.
    pub(crate) chat: i64,
    pub(crate) topic: Option<i64>,
    pub(crate) id: i64,
    /// Its words without marks; of a picture, the caption.
    pub(crate) text: String,
    /// What is marked in it, whether it was sent so or as HTML or Markdown.
    pub(crate) entities: Vec<Value>,
    pub(crate) keyboard: Vec<Vec<Value>>,
    pub(crate) replies_to: Option<i64>,
    /// When it was sent, then when it was edited.
    pub(crate) times: Vec<Instant>,
    /// The picture, where it is one: a link, a file's identity, or `upload`.
    pub(crate) photo: Option<String>,
    pub(crate) poll: Option<Poll>,
    /// Sent without a sound.
    pub(crate) silent: bool,
    /// What it says about link previews, as it was sent.
    pub(crate) preview: Value,
    /// Its identity, where it was sent by an inline result.
    pub(crate) inline: Option<String>,
}

impl Sent {
    /// What stands on its buttons, row by row.
    pub(crate) fn labels(&self) -> Vec<Vec<String>> {
        let label = |button: &Value| button["text"].as_str().unwrap_or_default().to_owned();
        self.keyboard.iter().map(|row| row.iter().map(label).collect()).collect()
    }

    /// Where the buttons lead that open pages.
    pub(crate) fn links(&self) -> Vec<String> {
        self.keyboard.iter().flatten().filter_map(|button| button["url"].as_str().map(str::to_owned)).collect()
    }

    /// Where the buttons lead that open mini apps.
    pub(crate) fn web_apps(&self) -> Vec<String> {
        let url = |button: &Value| button["web_app"]["url"].as_str().map(str::to_owned);
        self.keyboard.iter().flatten().filter_map(url).collect()
    }

    /// How often it was edited.
    pub(crate) fn edits(&self) -> usize {
        self.times.len() - 1
    }

    /// What the button of that label carries.
    pub(crate) fn data_of(&self, label: &str) -> Option<String> {
        let button = self.keyboard.iter().flatten().find(|button| button["text"] == label)?;
        button["callback_data"].as_str().map(str::to_owned)
    }

    pub(super) fn same(&self, other: &Self) -> bool {
        (self.chat, self.id) == (other.chat, other.id)
    }

    pub(super) fn json(&self, chat: &Chat) -> Value {
        let mut message = message_json(&Chat { topic: self.topic, ..*chat }, self.id);
        if chat.kind == "channel" {
            message["sender_chat"] = chat.json();
        } else {
            message["from"] = bot_json();
        }
        if self.photo.is_some() {
            message["photo"] =
                json!([{"file_id": "sent", "file_unique_id": "sent", "width": 90, "height": 90, "file_size": 1000}]);
            message["caption"] = json!(self.text);
        } else if let Some(poll) = &self.poll {
            message["poll"] = poll.json();
        } else {
            message["text"] = json!(self.text);
        }
        if !self.keyboard.is_empty() {
            message["reply_markup"] = json!({"inline_keyboard": self.keyboard});
        }
        message
    }
}

/// A no that is the bot's own mistake, or one that it can only find out.
pub(super) enum Refused {
    Fault(String),
    Fate(Response),
}

impl From<Response> for Refused {
    fn from(response: Response) -> Self {
        Self::Fate(response)
    }
}

impl State {
    /// The chat that a call is for.
    pub(super) fn chat(&self, request: &Value) -> Result<Chat, Response> {
        let id = &request["chat_id"];
        let id = id.as_i64().or_else(|| id.as_str()?.parse().ok());
        let chat = id.and_then(|id| self.chats.get(&id)).copied();
        let chat = chat.ok_or_else(|| no(400, "Bad Request: chat not found"))?;
        if let Some(new) = self.migrated.get(&chat.id) {
            let description = "Bad Request: group chat was upgraded to a supergroup chat";
            return Err(refuse(400, description, &json!({"migrate_to_chat_id": new})));
        }
        match self.kept_out(&chat) {
            Some(no) => Err(no),
            None => Ok(chat),
        }
    }

    fn topic_open(&self, chat: &Chat, topic: Option<i64>) -> Result<(), Response> {
        let Some(topic) = topic else { return Ok(()) };
        if self.deleted_topics.contains(&(chat.id, topic)) || chat.kind != "supergroup" {
            return Err(no(400, "Bad Request: message thread not found"));
        }
        if self.closed_topics.contains(&(chat.id, topic)) && !self.bot_is_admin(chat.id) {
            return Err(no(400, "Bad Request: TOPIC_CLOSED"));
        }
        Ok(())
    }

    /// A picture by link above a text, as those that Telegram cannot fetch.
    fn pictured(&self, request: &Value) -> Result<(), Response> {
        if self.refuses_pictures && request["link_preview_options"]["url"].is_string() {
            return Err(no(400, "Bad Request: WEBPAGE_CURL_FAILED"));
        }
        Ok(())
    }

    /// Words and marks of a message, of one of these keys.
    pub(super) fn words(request: &Value, caption: bool) -> Result<(String, Vec<Value>), Refused> {
        let (key, marks, most) =
            if caption { ("caption", "caption_entities", 1024) } else { ("text", "entities", 4096) };
        let text = request[key].as_str().unwrap_or_default();
        let (text, entities) = plain(text, request["parse_mode"].as_str(), &request[marks]).map_err(Refused::Fault)?;
        if !caption && text.trim().is_empty() {
            return Err(Refused::Fault("Bad Request: message text is empty".to_owned()));
        }
        if text.encode_utf16().count() > most {
            let what = if caption { "message caption is too long" } else { "message is too long" };
            return Err(Refused::Fault(format!("Bad Request: {what}")));
        }
        Ok((text, entities))
    }

    pub(super) fn buttons(request: &Value, private: bool) -> Result<Vec<Vec<Value>>, Refused> {
        let keyboard = keyboard(request);
        check_keyboard(&keyboard, private)
            .map_err(|(text, fate)| if fate { Refused::Fate(no(400, &text)) } else { Refused::Fault(text) })?;
        Ok(keyboard)
    }

    /// A message, whatever is in it.
    pub(super) fn sends(&mut self, method: &str, request: &Value) -> Result<Value, Refused> {
        let chat = self.chat(request)?;
        let topic = request["message_thread_id"].as_i64();
        self.topic_open(&chat, topic)?;
        let photo = (method == "sendphoto").then(|| request["photo"].as_str().unwrap_or("upload").to_owned());
        if let Some(photo) = &photo
            && (photo.is_empty() || self.refuses_pictures)
        {
            return Err(no(400, "Bad Request: wrong file identifier/HTTP URL specified").into());
        }
        self.pictured(request)?;
        let poll = if method == "sendpoll" { Some(self.poll(request).map_err(Refused::Fault)?) } else { None };
        let (text, entities) = match &poll {
            Some(poll) => (poll.question.clone(), Vec::new()),
            None => Self::words(request, photo.is_some() || method == "senddocument")?,
        };
        let keyboard = Self::buttons(request, chat.kind == "private")?;
        let replies_to = request["reply_parameters"]["message_id"].as_i64();
        if let Some(to) = replies_to
            && !self.is_there(chat.id, to)
            && request["reply_parameters"]["allow_sending_without_reply"] != true
        {
            return Err(no(400, "Bad Request: message to be replied not found").into());
        }
        if let Some(flood) = self.floods(chat.id, method, false) {
            return Err(flood.into());
        }
        let sent = Sent {
            chat: chat.id,
            topic,
            id: self.number(),
            text,
            entities,
            keyboard,
            replies_to,
            times: vec![Instant::now()],
            photo,
            poll,
            silent: request["disable_notification"] == true,
            preview: request["link_preview_options"].clone(),
            inline: None,
        };
        let answer = sent.json(&chat);
        self.sent.push(sent);
        Ok(answer)
    }

    /// An edit of words, caption, picture or keyboard.
    pub(super) fn edits(&mut self, method: &str, request: &Value) -> Result<Value, Refused> {
        let inline = request["inline_message_id"].as_str();
        let chat = if inline.is_some() { None } else { Some(self.chat(request)?) };
        let id = request["message_id"].as_i64();
        let place = self.sent.iter().position(|sent| match &chat {
            None => sent.inline.as_deref() == inline,
            Some(chat) => sent.chat == chat.id && Some(sent.id) == id,
        });
        let Some(place) = place else {
            let foreign = chat.is_some_and(|chat| id.is_some_and(|id| self.is_there(chat.id, id)));
            let text = if foreign { "message can't be edited" } else { "message to edit not found" };
            return Err(no(400, &format!("Bad Request: {text}")).into());
        };
        let mut new = self.sent[place].clone();
        if let Some(chat) = &chat {
            self.topic_open(chat, new.topic)?;
        }
        self.pictured(request)?;
        match method {
            "editmessagetext" if new.photo.is_some() => {
                return Err(Refused::Fault("Bad Request: there is no text in the message to edit".to_owned()));
            }
            "editmessagetext" => (new.text, new.entities) = Self::words(request, false)?,
            "editmessagecaption" if new.photo.is_none() => {
                return Err(Refused::Fault("Bad Request: there is no caption in the message to edit".to_owned()));
            }
            "editmessagecaption" => (new.text, new.entities) = Self::words(request, true)?,
            "editmessagemedia" => {
                let media = &request["media"];
                if media["type"] != "photo" {
                    return Err(Refused::Fault(format!("this Telegram knows no media of type {}", media["type"])));
                }
                if self.refuses_pictures {
                    return Err(no(400, "Bad Request: wrong file identifier/HTTP URL specified").into());
                }
                new.photo = Some(media["media"].as_str().unwrap_or("upload").to_owned());
                (new.text, new.entities) = Self::words(media, true)?;
            }
            _ => {}
        }
        new.keyboard = Self::buttons(request, chat.is_some_and(|chat| chat.kind == "private"))?;
        let old = &self.sent[place];
        if (&old.text, &old.entities, &old.keyboard, &old.photo)
            == (&new.text, &new.entities, &new.keyboard, &new.photo)
        {
            self.idle_edits += 1;
            let text = "Bad Request: message is not modified: specified new message content and reply markup are exactly the \
                        same as a current content and reply markup of the message";
            return Err(no(400, text).into());
        }
        if let Some(flood) = self.floods(new.chat, method, true) {
            return Err(flood.into());
        }
        new.times.push(Instant::now());
        let answer = chat.map_or_else(|| json!(true), |chat| new.json(&chat));
        self.sent[place] = new;
        Ok(answer)
    }

    pub(super) fn deletes(&mut self, request: &Value) -> Answered {
        let chat = self.chat(request)?;
        let id = request["message_id"].as_i64().unwrap_or_default();
        let before = self.sent.len();
        self.sent.retain(|sent| (sent.chat, sent.id) != (chat.id, id));
        if self.sent.len() < before {
            return Ok(json!(true));
        }
        if !self.said.contains_key(&(chat.id, id)) {
            return Err(no(400, "Bad Request: message to delete not found"));
        }
        if !self.bot_is_admin(chat.id) {
            return Err(no(400, "Bad Request: message can't be deleted"));
        }
        self.said.remove(&(chat.id, id));
        Ok(json!(true))
    }

    pub(super) fn pin(&mut self, method: &str, request: &Value) -> Answered {
        let chat = self.chat(request)?;
        if chat.kind != "private" && !self.bot_is_admin(chat.id) {
            return Err(no(400, "Bad Request: not enough rights to manage pinned messages in the chat"));
        }
        let id = request["message_id"].as_i64().unwrap_or_default();
        if method == "unpinallchatmessages" {
            self.pins.retain(|(known, _)| *known != chat.id);
            return Ok(json!(true));
        }
        if !self.is_there(chat.id, id) {
            return Err(no(400, "Bad Request: message to pin not found"));
        }
        self.pins.retain(|pin| *pin != (chat.id, id));
        if method == "pinchatmessage" {
            self.pins.push((chat.id, id));
        }
        Ok(json!(true))
    }
}

impl FakeTelegram {
    /// Pictures by link are refused from now on (400), as those that Telegram cannot fetch.
    pub(crate) fn refuses_pictures(&self) {
        self.change(|state| state.refuses_pictures = true);
    }

    /// Whether somebody's message still stands.
    pub(crate) fn stands(&self, chat: &Chat, message: i64) -> bool {
        self.state().is_there(chat.id, message)
    }
}
