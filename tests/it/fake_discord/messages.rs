//! What stands in channels: what the bot wrote, and what people write.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    APPLICATION, Channel, FakeDiscord, State, User, gateway, limits, list,
    rest::{Answered, No},
};

/// The flag of a message that only one person sees.
pub(super) const EPHEMERAL: u64 = 1 << 6;
/// The flag of a message that is made of components alone.
pub(super) const V2: u64 = 1 << 15;
/// Flags that a bot may set: no previews, ephemeral, silent, components.
const SETTABLE: u64 = (1 << 2) | EPHEMERAL | (1 << 12) | V2;

/// What the bot wrote.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) id: u64,
    pub(crate) channel: u64,
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(super) flags: u64,
    /// The message that it answers to, by reference.
    pub(crate) replies_to: Option<u64>,
    /// How often it was edited.
    pub(crate) edits: usize,
    /// When it was written.
    pub(crate) written_at: Instant,
    /// When it was edited, for stories about budgets.
    pub(crate) edited_at: Vec<Instant>,
    pub(crate) deleted: bool,
    /// It only says that the bot is thinking so far.
    pub(super) thinking: bool,
}

impl Message {
    /// Only the one who asked sees it.
    pub(crate) fn ephemeral(&self) -> bool {
        self.flags & EPHEMERAL != 0
    }

    /// It is made of components alone (Components V2).
    pub(crate) fn is_v2(&self) -> bool {
        self.flags & V2 != 0
    }

    /// Link previews are suppressed.
    pub(crate) fn without_previews(&self) -> bool {
        self.flags & (1 << 2) != 0
    }

    /// All that can be read in it: content, embeds, text displays wherever they stand. Not what stands on buttons.
    pub(crate) fn text(&self) -> String {
        let mut text = vec![self.content.clone()];
        for embed in &self.embeds {
            text.extend(["title", "description"].iter().filter_map(|key| embed[key].as_str().map(str::to_owned)));
            text.extend(embed["footer"]["text"].as_str().map(str::to_owned));
            for field in list(&embed["fields"]) {
                text.extend(["name", "value"].iter().filter_map(|key| field[key].as_str().map(str::to_owned)));
            }
        }
        text.extend(self.displays().map(str::to_owned));
        text.retain(|part| !part.is_empty());
        text.join("\n")
    }

    /// The text displays of its components, in order.
    fn displays(&self) -> impl Iterator<Item = &str> {
        parts(&self.components)
            .into_iter()
            .filter(|part| part["type"] == 10)
            .filter_map(|part| part["content"].as_str())
    }

    /// The title of its card: of its first embed, or the first line in its container, without marks around it (`## [A
    /// film](link)` is `A film`). Nothing where it is no card.
    pub(crate) fn title(&self) -> Option<&str> {
        if let Some(embed) = self.embeds.first() {
            return embed["title"].as_str();
        }
        self.components.iter().find(|part| part["type"] == 17)?;
        let line = self.displays().next()?.lines().next()?;
        let line = line.trim_start_matches('#').trim().trim_matches('*');
        match line.strip_prefix('[').and_then(|rest| rest.split_once("](")) {
            Some((title, _)) => Some(title),
            None => Some(line),
        }
    }

    /// Pictures of its embeds or components.
    pub(crate) fn pictures(&self) -> Vec<&str> {
        let embeds = self.embeds.iter().flat_map(|embed| [&embed["image"]["url"], &embed["thumbnail"]["url"]]);
        let parts = parts(&self.components);
        let galleries = parts.iter().filter(|part| part["type"] == 12).flat_map(|part| list(&part["items"]));
        let galleries = galleries.map(|item| &item["media"]["url"]);
        let thumbnails = parts.iter().filter(|part| part["type"] == 11).map(|part| &part["media"]["url"]);
        embeds.chain(galleries).chain(thumbnails).filter_map(Value::as_str).collect()
    }

    /// Its buttons as they were sent, wherever they stand.
    pub(crate) fn buttons(&self) -> impl Iterator<Item = &Value> {
        parts(&self.components).into_iter().filter(|part| part["type"] == 2)
    }

    /// Its menus as they were sent.
    pub(crate) fn menus(&self) -> Vec<&Value> {
        parts(&self.components).into_iter().filter(|part| matches!(part["type"].as_u64(), Some(3 | 5..=8))).collect()
    }

    /// What stands on its buttons; of one with an emoji alone, that.
    pub(crate) fn labels(&self) -> Vec<&str> {
        self.buttons().filter_map(|button| button["label"].as_str().or(button["emoji"]["name"].as_str())).collect()
    }

    /// The button with that label, emoji or custom_id.
    pub(crate) fn button(&self, label: &str) -> Option<&Value> {
        self.buttons()
            .find(|button| button["label"] == label || button["emoji"]["name"] == label || button["custom_id"] == label)
    }

    /// Where a button leads, if it is a link.
    pub(crate) fn link(&self, label: &str) -> Option<&str> {
        self.button(label)?["url"].as_str()
    }

    pub(super) fn json(&self) -> Value {
        let mut json = json!({
            "id": self.id.to_string(), "channel_id": self.channel.to_string(), "content": self.content,
            "author": {"id": APPLICATION.to_string(), "username": "onecouch", "discriminator": "0", "avatar": null, "bot": true},
            "timestamp": "2026-01-01T00:00:00.000000+00:00", "edited_timestamp": null, "tts": false,
            "mention_everyone": false, "mentions": [], "mention_roles": [], "attachments": [], "embeds": self.embeds,
            "components": self.components, "pinned": false, "type": 0, "flags": self.flags,
        });
        if self.edits > 0 {
            json["edited_timestamp"] = json!("2026-01-01T00:00:01.000000+00:00");
        }
        if let Some(to) = self.replies_to {
            json["message_reference"] = json!({"message_id": to.to_string(), "channel_id": self.channel.to_string()});
        }
        json
    }
}

/// All components with what is nested in them, outer ones first.
pub(super) fn parts(components: &[Value]) -> Vec<&Value> {
    let mut all = Vec::new();
    for part in components {
        all.push(part);
        all.extend(parts(list(&part["components"])));
        for inner in [&part["accessory"], &part["component"]] {
            if inner.is_object() {
                all.extend(parts(std::slice::from_ref(inner)));
            }
        }
    }
    all
}

/// A message that the bot reaches by its channel: what only one person sees is not among them.
pub(super) fn standing(state: &State, id: &str) -> Result<u64, No> {
    let message = id.parse().ok().and_then(|id: u64| state.messages.get(&id));
    let message = message.filter(|message| !message.deleted && !message.ephemeral());
    message.map(|message| message.id).ok_or_else(|| No::unknown("Message", 10_008))
}

/// A message of the bot or of somebody else.
pub(super) fn any(state: &State, channel: &str, id: &str) -> Answered {
    if let Ok(id) = standing(state, id) {
        return Ok(state.messages[&id].json());
    }
    let said = id.parse().ok().and_then(|id: u64| state.said.get(&id)).filter(|said| said["channel_id"] == channel);
    said.cloned().ok_or_else(|| No::unknown("Message", 10_008))
}

/// The bot writes; what it wrote was checked before.
pub(super) fn write(state: &mut State, channel: u64, body: &Value) -> u64 {
    let id = state.id();
    let message = Message {
        id,
        channel,
        content: String::new(),
        embeds: Vec::new(),
        components: Vec::new(),
        flags: body["flags"].as_u64().unwrap_or_default() & SETTABLE,
        replies_to: body["message_reference"]["message_id"].as_str().and_then(|id| id.parse().ok()),
        edits: 0,
        written_at: Instant::now(),
        edited_at: Vec::new(),
        deleted: false,
        thinking: false,
    };
    state.messages.insert(id, message);
    fill(state, id, body);
    state.wakes(channel);
    tell(state, id, "MESSAGE_CREATE");
    id
}

/// The bot edits; what it edited is checked here, together with what stays.
pub(super) fn edit(state: &mut State, id: u64, body: &Value) -> Answered {
    limits::edited(state, id, body)?;
    fill(state, id, body);
    let message = state.messages.get_mut(&id).ok_or_else(|| No::unknown("Message", 10_008))?;
    message.thinking = false;
    message.edits += 1;
    message.edited_at.push(Instant::now());
    let json = message.json();
    tell(state, id, "MESSAGE_UPDATE");
    Ok(json)
}

pub(super) fn fill(state: &mut State, id: u64, body: &Value) {
    let Some(message) = state.messages.get_mut(&id) else { return };
    if let Some(content) = body.get("content") {
        content.as_str().unwrap_or_default().clone_into(&mut message.content);
    }
    if let Some(embeds) = body.get("embeds") {
        message.embeds = list(embeds).to_vec();
    }
    if let Some(components) = body.get("components") {
        message.components = list(components).to_vec();
    }
    if let Some(flags) = body["flags"].as_u64() {
        // Who sees a message was settled when it was written.
        message.flags = (flags & SETTABLE & !EPHEMERAL) | (message.flags & (EPHEMERAL | V2));
    }
}

/// The bot deletes one of its messages.
pub(super) fn delete(state: &mut State, id: u64) {
    tell(state, id, "MESSAGE_DELETE");
    if let Some(message) = state.messages.get_mut(&id) {
        message.deleted = true;
    }
}

/// The gateway hears of the bot's own messages too.
fn tell(state: &mut State, id: u64, name: &str) {
    let Some(message) = state.messages.get(&id).filter(|message| !message.ephemeral()) else { return };
    let channel = state.channels.get(&message.channel).map(|place| place.channel);
    let Some(channel) = channel.filter(|channel| !channel.is_foreign()) else { return };
    let mut data = if name == "MESSAGE_DELETE" {
        json!({"id": id.to_string(), "channel_id": channel.id.to_string()})
    } else {
        message.json()
    };
    happens(state, channel, name, &mut data);
}

fn happens(state: &mut State, channel: Channel, name: &str, data: &mut Value) {
    match channel.guild() {
        Some(guild) => {
            data["guild_id"] = json!(guild.to_string());
            state.tell(gateway::GUILD_MESSAGES, Some(guild), name, data);
        }
        None => state.tell(gateway::DIRECT_MESSAGES, None, name, data),
    }
}

/// What somebody writes, put together for [`FakeDiscord::says_with`].
#[derive(Debug, Clone)]
pub(crate) struct Post {
    json: Value,
    author: Option<Value>,
}

impl Post {
    /// Words alone.
    pub(crate) fn text(content: &str) -> Self {
        Self { json: json!({"content": content, "attachments": [], "embeds": []}), author: None }
    }

    /// With a file: name, type such as `video/mp4`, and where it can be fetched.
    pub(crate) fn with_file(mut self, name: &str, kind: &str, url: &str) -> Self {
        let files = self.json["attachments"].as_array_mut().unwrap();
        let id = (files.len() + 1).to_string();
        files.push(
            json!({"id": id, "filename": name, "content_type": kind, "size": 1024, "url": url, "proxy_url": url}),
        );
        self
    }

    /// With an embed, such as Discord makes of a link.
    pub(crate) fn with_embed(mut self, embed: Value) -> Self {
        self.json["embeds"].as_array_mut().unwrap().push(embed);
        self
    }

    /// As an answer to a message, the bot's or anybody's.
    pub(crate) fn replying_to(mut self, message: u64) -> Self {
        self.json["message_reference"] = json!({"message_id": message.to_string()});
        self.json["type"] = json!(19);
        self
    }

    /// Written by another bot.
    pub(crate) fn by_bot(mut self, id: u64, name: &str) -> Self {
        self.author = Some(json!({
            "id": id.to_string(), "username": name, "discriminator": "0", "global_name": null, "avatar": null, "bot": true,
        }));
        self
    }

    /// Written by a webhook.
    pub(crate) fn by_webhook(mut self, id: u64, name: &str) -> Self {
        self = self.by_bot(id, name);
        self.json["webhook_id"] = json!(id.to_string());
        self
    }

    /// Of another type, for instance 7 for "joined the guild".
    pub(crate) fn of_type(mut self, kind: u64) -> Self {
        self.json["type"] = json!(kind);
        self
    }
}

/// A message that somebody wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) id: u64,
    pub(crate) channel: Channel,
}

impl FakeDiscord {
    /// Somebody writes words. Heard with content only by who identified with `MESSAGE_CONTENT`; in letters to the bot, and
    /// where it is mentioned by `<@id>`, by everybody who hears of messages at all.
    pub(crate) fn says(&self, channel: Channel, user: User, text: &str) -> Said {
        self.says_with(channel, user, Post::text(text))
    }

    /// Somebody writes something with more to it than words.
    pub(crate) fn says_with(&self, channel: Channel, user: User, post: Post) -> Said {
        self.inner.change(|state| {
            state.meets(user);
            state.knows(channel);
            if channel.kind == 1 {
                state.letters.insert(user.id, channel.id);
            }
            let id = state.id();
            let mut json = post.json;
            let by_person = post.author.is_none();
            let text = json["content"].as_str().unwrap_or_default();
            let named = |id: &u64| text.contains(&format!("<@{id}>"));
            let mut mentions: Vec<_> =
                state.users.iter().filter(|(id, _)| named(id)).map(|(_, one)| one.clone()).collect();
            mentions.extend(named(&APPLICATION).then(gateway::bot));
            for (key, value) in [
                ("id", json!(id.to_string())),
                ("channel_id", json!(channel.id.to_string())),
                ("author", post.author.unwrap_or_else(|| user.json())),
                ("timestamp", json!("2026-01-01T00:00:00.000000+00:00")),
                ("edited_timestamp", Value::Null),
                ("tts", json!(false)),
                ("mention_everyone", json!(false)),
                ("mentions", Value::Array(mentions)),
                ("mention_roles", json!([])),
                ("components", json!([])),
                ("pinned", json!(false)),
                ("flags", json!(0)),
            ] {
                json[key] = value;
            }
            if json["type"].is_null() {
                json["type"] = json!(0);
            }
            if let Some(to) = json["message_reference"]["message_id"].as_str().and_then(|id| id.parse::<u64>().ok()) {
                json["message_reference"]["channel_id"] = json!(channel.id.to_string());
                let referenced = state.messages.get(&to).map(Message::json).or_else(|| state.said.get(&to).cloned());
                json["referenced_message"] = referenced.unwrap_or_default();
            }
            state.said.insert(id, json.clone());
            if by_person && channel.guild().is_some() {
                let mut member = user.member_json();
                member.as_object_mut().unwrap().remove("user");
                json["member"] = member;
            }
            state.wakes(channel.id);
            happens(state, channel, "MESSAGE_CREATE", &mut json);
            Said { id, channel }
        })
    }

    /// Somebody changes what they wrote.
    pub(crate) fn corrects(&self, said: Said, text: &str) {
        self.inner.change(|state| {
            let known = state.said.get_mut(&said.id).expect("there is such a message");
            known["content"] = json!(text);
            known["edited_timestamp"] = json!("2026-01-01T00:00:01.000000+00:00");
            let mut data = known.clone();
            happens(state, said.channel, "MESSAGE_UPDATE", &mut data);
        });
    }

    /// Discord adds an embed to what somebody wrote, as it does with links: an update without a correction.
    pub(crate) fn unfurls(&self, said: Said, embed: &Value) {
        self.inner.change(|state| {
            let known = state.said.get_mut(&said.id).expect("there is such a message");
            known["embeds"] = json!([embed]);
            let mut data = known.clone();
            happens(state, said.channel, "MESSAGE_UPDATE", &mut data);
        });
    }

    /// Somebody deletes what was written.
    pub(crate) fn unsays(&self, said: Said) {
        self.inner.change(|state| {
            state.said.remove(&said.id);
            let mut data = json!({"id": said.id.to_string(), "channel_id": said.channel.id.to_string()});
            happens(state, said.channel, "MESSAGE_DELETE", &mut data);
        });
    }

    /// Somebody deletes many messages of one channel at once, the bot's too.
    pub(crate) fn deletes_many(&self, channel: Channel, ids: &[u64]) {
        self.inner.change(|state| {
            for id in ids {
                state.said.remove(id);
                if let Some(message) = state.messages.get_mut(id) {
                    message.deleted = true;
                }
            }
            let ids: Vec<String> = ids.iter().map(u64::to_string).collect();
            let mut data = json!({"ids": ids, "channel_id": channel.id.to_string()});
            happens(state, channel, "MESSAGE_DELETE_BULK", &mut data);
        });
    }

    /// A message of the bot as it stands now.
    pub(crate) fn message(&self, id: u64) -> Message {
        self.inner.state().messages.get(&id).cloned().expect("there is such a message")
    }

    /// Somebody with the right to do so deletes a message of the bot.
    pub(crate) fn deletes(&self, message: &Message) {
        self.inner.change(|state| delete(state, message.id));
    }

    /// All messages of the bot that stand in a channel for everybody to see, in order.
    pub(crate) fn messages(&self, channel: Channel) -> Vec<Message> {
        let state = self.inner.state();
        let seen = |message: &&Message| message.channel == channel.id && !message.deleted && !message.ephemeral();
        state.messages.values().filter(seen).cloned().collect()
    }

    /// Waits for a message of the bot in a channel; the last one that fits.
    pub(crate) async fn message_in(&self, channel: Channel, fits: impl Fn(&Message) -> bool) -> Message {
        self.wait("a message", |state| {
            let mut messages = state.messages.values();
            let found = messages.rfind(|message| message.channel == channel.id && !message.deleted && fits(message));
            found.cloned()
        })
        .await
    }

    /// Waits for a card in a channel: a message with an embed, or with a container (Components V2).
    pub(crate) async fn card_in(&self, channel: Channel, fits: impl Fn(&Message) -> bool) -> Message {
        self.message_in(channel, |message| message.title().is_some() && !message.ephemeral() && fits(message)).await
    }

    /// Waits until a message of the bot is like this.
    pub(crate) async fn message_is(&self, id: u64, like: impl Fn(&Message) -> bool) -> Message {
        self.wait("a message to change", |state| state.messages.get(&id).filter(|message| like(message)).cloned()).await
    }

    /// Waits until a message of the bot is deleted, by whomever.
    pub(crate) async fn gone(&self, message: &Message) {
        self.message_is(message.id, |message| message.deleted).await;
    }

    /// Components V2 are refused from now on (400, code 50035), which is not the bot's fault.
    pub(crate) fn refuses_v2(&self) {
        self.inner.change(|state| state.refuses_v2 = true);
    }
}
