//! What the bot may call.

use std::io;

use axum::{
    body::{Body, Bytes},
    extract::{Path, State as Shared},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{BOT_ID, FakeTelegram, State, TOKEN, Toast, bot_json, list, messages::Refused};

/// A call that the bot made.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) at: Instant,
    /// In lower case.
    pub(crate) method: String,
    pub(crate) request: Value,
    pub(crate) status: u16,
}

/// A result, or how it is refused.
pub(super) type Answered = Result<Value, Response>;

/// Emoji that can be a reaction.
const REACTIONS: &str = "👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾🤷😡";

/// An edit on its way: counted until it is dropped, also where the client hangs up.
struct InFlight<'a> {
    telegram: &'a FakeTelegram,
    chat: i64,
}

impl<'a> InFlight<'a> {
    fn new(telegram: &'a FakeTelegram, chat: i64) -> Self {
        telegram.change(|state| {
            let (now, most) = state.edits_in_flight.entry(chat).or_default();
            *now += 1;
            *most = (*most).max(*now);
        });
        Self { telegram, chat }
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.telegram.change(|state| {
            state.edits_in_flight.entry(self.chat).and_modify(|(now, _)| *now -= 1);
        });
    }
}

pub(super) async fn call(
    Shared(telegram): Shared<FakeTelegram>,
    Path((bot, method)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if bot != format!("bot{TOKEN}") {
        return no(401, "Unauthorized");
    }
    let at = Instant::now();
    let method = method.to_lowercase();
    let boundary =
        headers.get("content-type").and_then(|kind| kind.to_str().ok()).and_then(|kind| kind.split_once("boundary="));
    let request = match boundary {
        Some((_, boundary)) => form(&body, boundary.trim_matches('"')),
        None => serde_json::from_slice(&body).unwrap_or(Value::Null),
    };
    if method == "getupdates" {
        return telegram.updates(&request).await;
    }
    let edit = method.starts_with("editmessage");
    let _edit = edit.then(|| InFlight::new(&telegram, request["chat_id"].as_i64().unwrap_or_default()));
    let slow = telegram.state().slow_edits;
    if edit && !slow.is_zero() {
        tokio::time::sleep(slow).await;
    }
    telegram.change(|state| {
        if state.down {
            return hang_up();
        }
        if let Some(status) = state.failing {
            return no(status, "Bad Gateway");
        }
        if state.revoked {
            return no(401, "Unauthorized");
        }
        state.calls.push(method.clone());
        let response = match state.call(&method, &request) {
            Ok(value) => yes(&value),
            Err(Refused::Fate(response)) => response,
            Err(Refused::Fault(text)) => {
                state.breach(format!("{method} {request}: {text}"));
                no(400, &text)
            }
        };
        state.log.push(Call { at, method: method.clone(), request, status: response.status().as_u16() });
        response
    })
}

/// A file that somebody sent.
pub(super) async fn file(
    Shared(telegram): Shared<FakeTelegram>,
    Path((bot, name)): Path<(String, String)>,
) -> Response {
    let content = telegram.state().files.get(&name).cloned();
    match content {
        Some(content) if bot == format!("bot{TOKEN}") => content.into_response(),
        _ => no(404, "Not Found"),
    }
}

/// A form as JSON: numbers, truths and nested things as such, words as words.
fn form(body: &[u8], boundary: &str) -> Value {
    let text = String::from_utf8_lossy(body);
    let mut fields = json!({});
    for part in text.split(&format!("--{boundary}")) {
        let Some((head, value)) = part.split_once("\r\n\r\n") else { continue };
        let Some(name) = head.split("name=\"").nth(1).and_then(|rest| rest.split('"').next()) else { continue };
        let value = value.strip_suffix("\r\n").unwrap_or(value);
        let words = ["text", "caption", "parse_mode", "url", "secret_token", "question", "photo", "inline_message_id"];
        fields[name] = match serde_json::from_str(value) {
            _ if head.contains("filename=") => json!("upload"),
            Ok(json) if !words.contains(&name) => json,
            _ => json!(value),
        };
    }
    fields
}

impl State {
    fn call(&mut self, method: &str, request: &Value) -> Result<Value, Refused> {
        Ok(match method {
            "getme" => {
                let mut me = bot_json();
                for (key, value) in [
                    ("can_join_groups", true),
                    ("can_read_all_group_messages", self.sees_all),
                    ("supports_inline_queries", !self.has_no_inline),
                    ("can_connect_to_business", false),
                    ("has_main_web_app", false),
                ] {
                    me[key] = json!(value);
                }
                for (key, value) in &self.me {
                    me[key] = value.clone();
                }
                me
            }
            "getwebhookinfo" => {
                let mut info = json!({
                    "url": self.webhook.clone().unwrap_or_default(), "has_custom_certificate": false,
                    "pending_update_count": self.updates.len(),
                });
                if let Some(error) = self.webhook_error {
                    (info["last_error_date"], info["last_error_message"]) = (json!(1_700_000_000), json!(error));
                }
                info
            }
            "setwebhook" => self.set_webhook(request)?,
            "deletewebhook" => {
                self.webhook = None;
                if request["drop_pending_updates"] == true {
                    self.updates.clear();
                }
                json!(true)
            }
            "setmycommands" => self.set_commands(request)?,
            "getmycommands" => {
                let commands = self.scoped_commands.get(&self.scope(request)?).cloned().unwrap_or_default();
                let json = |(name, about): &(String, String)| json!({"command": name, "description": about});
                json!(commands.iter().map(json).collect::<Vec<_>>())
            }
            "deletemycommands" => {
                let scope = self.scope(request)?;
                if scope == ("default".to_owned(), String::new()) {
                    self.commands.clear();
                }
                self.scoped_commands.remove(&scope);
                json!(true)
            }
            "setchatmenubutton" => {
                let button = request["menu_button"].clone();
                if button["type"] == "web_app"
                    && !button["web_app"]["url"].as_str().unwrap_or_default().starts_with("https://")
                {
                    return Err(Refused::Fault("Bad Request: menu button Web App URL is invalid".to_owned()));
                }
                self.menu_buttons.insert(request["chat_id"].as_i64().unwrap_or(0), button);
                json!(true)
            }
            "getchatmember" => {
                let chat = self.chat(request)?;
                self.member(&chat, request["user_id"].as_i64().unwrap_or_default())
            }
            "getchatadministrators" => {
                let chat = self.chat(request)?;
                self.administrators(&chat)?
            }
            "getchat" => self.full_chat(request)?,
            "leavechat" => {
                let chat = self.chat(request)?;
                self.left.push(chat.id);
                self.ranks.insert((chat.id, BOT_ID), super::Rank::Left);
                json!(true)
            }
            "answercallbackquery" => self.answer(request)?,
            "answerinlinequery" => self.answer_inline(request)?,
            "sendmessage" | "sendphoto" | "senddocument" | "sendpoll" => self.sends(method, request)?,
            "editmessagetext" | "editmessagecaption" | "editmessagemedia" | "editmessagereplymarkup" => {
                self.edits(method, request)?
            }
            "deletemessage" => self.deletes(request)?,
            "pinchatmessage" | "unpinchatmessage" | "unpinallchatmessages" => self.pin(method, request)?,
            "stoppoll" => self.stop_poll(request)?,
            "sendchataction" => self.chat(request).map(|_| json!(true))?,
            "createforumtopic" => self.create_topic(request)?,
            "setmessagereaction" => self.react(request)?,
            "getfile" => {
                let id = request["file_id"].as_str().unwrap_or_default();
                let content = self.files.get(id).ok_or_else(|| no(400, "Bad Request: invalid file id"))?;
                if content.len() > 20 << 20 {
                    return Err(no(400, "Bad Request: file is too big").into());
                }
                json!({"file_id": id, "file_unique_id": id, "file_size": content.len(), "file_path": id})
            }
            _ => {
                self.breach(format!("this Telegram knows no {method}"));
                return Err(no(404, "Not Found").into());
            }
        })
    }

    fn scope(&self, request: &Value) -> Result<(String, String), Refused> {
        let scope = &request["scope"];
        let kind = scope["type"].as_str().unwrap_or("default");
        let key = match kind {
            "default" | "all_private_chats" | "all_group_chats" | "all_chat_administrators" => kind.to_owned(),
            "chat" | "chat_administrators" | "chat_member" => {
                let chat = self.chat(scope)?;
                let member = scope["user_id"].as_i64().map(|user| format!(":{user}")).unwrap_or_default();
                format!("{kind}:{}{member}", chat.id)
            }
            other => return Err(Refused::Fault(format!("Bad Request: can't parse BotCommandScope: {other}"))),
        };
        let language = request["language_code"].as_str().unwrap_or_default();
        if !(language.is_empty() || (language.len() == 2 && language.bytes().all(|b| b.is_ascii_lowercase()))) {
            return Err(Refused::Fault("Bad Request: LANG_CODE_INVALID".to_owned()));
        }
        Ok((key, language.to_owned()))
    }

    fn set_commands(&mut self, request: &Value) -> Result<Value, Refused> {
        let field = |command: &Value, name: &str| command[name].as_str().unwrap_or_default().to_owned();
        let commands = list(&request["commands"]).iter();
        let commands: Vec<(String, String)> =
            commands.map(|command| (field(command, "command"), field(command, "description"))).collect();
        let fits = |(name, description): &(String, String)| {
            (1..=32).contains(&name.len())
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
                && (1..=256).contains(&description.chars().count())
        };
        let scope = self.scope(request)?;
        if commands.len() > 100 || !commands.iter().all(fits) {
            return Err(Refused::Fault("Bad Request: BOT_COMMAND_INVALID".to_owned()));
        }
        if scope == ("default".to_owned(), String::new()) {
            self.commands.clone_from(&commands);
        }
        self.scoped_commands.insert(scope, commands);
        Ok(json!(true))
    }

    fn answer(&mut self, request: &Value) -> Result<Value, Refused> {
        let text = request["text"].as_str().unwrap_or_default().to_owned();
        let query = request["callback_query_id"].as_str().unwrap_or_default();
        let old = "Bad Request: query is too old and response timeout expired or query id is invalid";
        match self.presses.get_mut(query) {
            Some(press) if press.toast.is_some() => Err(Refused::Fault(format!("{old} (answered before)"))),
            // Whoever was away for so long can only find out.
            Some(press) if press.excused => Err(no(400, old).into()),
            Some(_) if text.chars().count() > 200 => Err(Refused::Fault("Bad Request: MESSAGE_TOO_LONG".to_owned())),
            Some(press) => {
                press.toast = Some(Toast {
                    text,
                    alert: request["show_alert"] == true,
                    url: request["url"].as_str().map(str::to_owned),
                    after: press.at.elapsed(),
                });
                Ok(json!(true))
            }
            None => Err(Refused::Fault(old.to_owned())),
        }
    }

    fn full_chat(&self, request: &Value) -> Answered {
        let chat = self.chat(request)?;
        let mut json = chat.json();
        for (key, value) in [
            ("accent_color_id", json!(0)),
            ("max_reaction_count", json!(11)),
            (
                "accepted_gift_types",
                json!({"unlimited_gifts": true, "limited_gifts": true, "unique_gifts": true, "premium_subscription": true}),
            ),
        ] {
            json[key] = value;
        }
        Ok(json)
    }

    fn create_topic(&mut self, request: &Value) -> Result<Value, Refused> {
        let chat = self.chat(request)?;
        let name = request["name"].as_str().unwrap_or_default();
        if !(1..=128).contains(&name.chars().count()) {
            return Err(Refused::Fault("Bad Request: TOPIC_TITLE_INVALID".to_owned()));
        }
        if chat.kind != "supergroup" {
            return Err(no(400, "Bad Request: the chat is not a forum").into());
        }
        if !self.bot_is_admin(chat.id) {
            return Err(no(400, "Bad Request: not enough rights to create a topic").into());
        }
        let id = self.number();
        Ok(json!({"message_thread_id": id, "name": name, "icon_color": 7_322_096}))
    }

    fn react(&mut self, request: &Value) -> Result<Value, Refused> {
        let chat = self.chat(request)?;
        let message = request["message_id"].as_i64().unwrap_or_default();
        if !self.is_there(chat.id, message) {
            return Err(no(400, "Bad Request: message to react not found").into());
        }
        let emoji: Vec<String> =
            list(&request["reaction"]).iter().filter_map(|one| one["emoji"].as_str().map(str::to_owned)).collect();
        let bare = |emoji: &String| emoji.trim_end_matches('\u{fe0f}').to_owned();
        if emoji.len() > 1 || emoji.iter().any(|one| one.is_empty() || !REACTIONS.contains(&bare(one))) {
            return Err(Refused::Fault("Bad Request: REACTION_INVALID".to_owned()));
        }
        self.reactions.insert((chat.id, message), emoji);
        Ok(json!(true))
    }
}

pub(super) fn yes(result: &Value) -> Response {
    axum::Json(json!({"ok": true, "result": result})).into_response()
}

pub(super) fn no(code: u16, description: &str) -> Response {
    refuse(code, description, &Value::Null)
}

pub(super) fn refuse(code: u16, description: &str, parameters: &Value) -> Response {
    let mut body = json!({"ok": false, "error_code": code, "description": description});
    if !parameters.is_null() {
        body["parameters"] = parameters.clone();
    }
    (StatusCode::from_u16(code).unwrap(), axum::Json(body)).into_response()
}

/// An answer that breaks off: not a server error, after which the client library would rest for ten seconds.
pub(super) fn hang_up() -> Response {
    let broken = futures_util::stream::once(async { Err::<Bytes, _>(io::Error::other("hung up")) });
    Response::new(Body::from_stream(broken))
}
