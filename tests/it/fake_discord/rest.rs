//! The REST side: what the bot asks and writes, and how Discord answers it.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    body::to_bytes,
    extract::{Request, State as Shared},
    http::{HeaderMap, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    APPLICATION, FakeDiscord, Inner, State, TOKEN, activities,
    buckets::Verdict,
    commands, events, gateway,
    guilds::{self, permission},
    interactions, limits, messages,
};

/// No, in Discord's words.
#[derive(Debug)]
pub(super) struct No {
    pub(super) status: StatusCode,
    pub(super) code: u64,
    pub(super) text: String,
    /// A mistake of the bot, and no turn that the story took.
    pub(super) breach: bool,
}

/// `Null` for an answer without content.
pub(super) type Answered = Result<Value, No>;

impl No {
    /// Something that is not there (any more); finding that out is no mistake.
    pub(super) fn unknown(what: &str, code: u64) -> Self {
        Self { status: StatusCode::NOT_FOUND, code, text: format!("Unknown {what}"), breach: false }
    }

    /// Something that the story took from the bot.
    pub(super) fn forbidden(code: u64, text: &str) -> Self {
        Self { status: StatusCode::FORBIDDEN, code, text: text.to_owned(), breach: false }
    }

    /// A body that breaks a limit.
    pub(super) fn invalid(text: impl Into<String>) -> Self {
        Self::bad(50_035, text)
    }

    pub(super) fn bad(code: u64, text: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, text: text.into(), breach: true }
    }
}

/// A call that the bot made.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) at: Instant,
    pub(crate) method: String,
    /// Without `/api/v10/` before it and a query behind it.
    pub(crate) path: String,
    pub(crate) body: Value,
    pub(crate) status: u16,
}

/// An edit on its way: counted until it is dropped, also where the client hangs up.
struct InFlight<'a> {
    discord: &'a Inner,
    channel: u64,
}

impl<'a> InFlight<'a> {
    fn new(discord: &'a Inner, channel: u64) -> Self {
        discord.change(|state| {
            let (now, most) = state.edits_in_flight.entry(channel).or_default();
            *now += 1;
            *most = (*most).max(*now);
        });
        Self { discord, channel }
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.discord.change(|state| {
            state.edits_in_flight.entry(self.channel).and_modify(|(now, _)| *now -= 1);
        });
    }
}

pub(super) async fn call(Shared(discord): Shared<Arc<Inner>>, request: Request) -> Response {
    let at = Instant::now();
    let method = request.method().to_string();
    let path = request.uri().path().trim_start_matches("/api/v10").trim_matches('/').to_owned();
    let wants_body = request.uri().query().is_some_and(|query| query.contains("with_response=true"));
    let signed = request.headers().get("authorization").is_some_and(|sent| *sent == *format!("Bot {TOKEN}"));
    let bearer = request.headers().get("authorization").and_then(|sent| sent.to_str().ok()?.strip_prefix("Bearer "));
    let bearer = bearer.and_then(|token| discord.state().bearer(token)).filter(|_| path == "users/@me");
    let kind = request.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let fields = kind.starts_with("application/x-www-form-urlencoded");
    let form = request.headers().get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"multipart"));
    let body = to_bytes(request.into_body(), 32 << 20).await.unwrap_or_default();
    let body = if fields {
        url::form_urlencoded::parse(&body).map(|(name, value)| (name.into_owned(), Value::from(&*value))).collect()
    } else if form {
        payload(&body)
    } else {
        serde_json::from_slice(&body).unwrap_or_default()
    };
    let parts: Vec<&str> = path.split('/').collect();

    let mut headers = HeaderMap::new();
    let early = discord.change(|state| early(state, &method, &parts, signed || bearer.is_some(), &mut headers));
    let response = match early {
        Some(response) => response,
        None => {
            // Counted and slowed before anything else is looked at.
            let edited = discord.change(|state| edited_place(state, &method, &parts));
            let edit = edited.map(|channel| InFlight::new(&discord, channel));
            let slow = discord.state().slow_edits;
            if edit.is_some() && !slow.is_zero() {
                tokio::time::sleep(slow).await;
            }
            let address = discord.address;
            let answered = discord.change(|state| {
                let answered = match bearer {
                    Some(user) => Ok(activities::me(user)),
                    None => answer(state, &method, &parts, &body, address, wants_body),
                };
                answered.inspect_err(|no| {
                    if no.breach {
                        state.breach(format!("{method} /{path} {body}: {}", no.text));
                    }
                })
            });
            match answered {
                Ok(Value::Null) => StatusCode::NO_CONTENT.into_response(),
                Ok(value) => Json(value).into_response(),
                // OAuth has words of its own.
                Err(No { status, text, .. }) if parts == ["oauth2", "token"] => {
                    (status, Json(json!({"error": text}))).into_response()
                }
                Err(No { status, code, text, .. }) => {
                    (status, Json(json!({"code": code, "message": text}))).into_response()
                }
            }
        }
    };
    let status = response.status().as_u16();
    discord.change(|state| state.calls.push(Call { at, method, path, body, status }));
    (headers, response).into_response()
}

/// The JSON of a form with files.
fn payload(form: &[u8]) -> Value {
    let form = String::from_utf8_lossy(form);
    let part = form.split("name=\"payload_json\"").nth(1).and_then(|rest| rest.split_once("\r\n\r\n"));
    let json = part.and_then(|(_, rest)| rest.split("\r\n--").next());
    json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

/// What is answered without a look at what is asked for.
fn early(state: &mut State, method: &str, parts: &[&str], signed: bool, headers: &mut HeaderMap) -> Option<Response> {
    if state.down {
        state.tried_while_down += 1;
        return Some((StatusCode::SERVICE_UNAVAILABLE, "upstream connect error").into_response());
    }
    let open = matches!(parts, ["gateway"] | ["oauth2", "token"] | ["interactions" | "webhooks", ..]);
    if (!signed || state.revoked) && !open {
        let no = json!({"message": "401: Unauthorized", "code": 0});
        return Some((StatusCode::UNAUTHORIZED, Json(no)).into_response());
    }
    if let ("PATCH", ["channels", channel, "messages", _]) = (method, parts)
        && let Some(wait) = state.limit_edit.take()
    {
        state.buckets.close(channel, wait);
    }
    match state.buckets.take(method, parts)? {
        Verdict::Go { limit, remaining, reset_after, bucket } => {
            let seconds = format!("{:.3}", reset_after.as_secs_f64());
            for (name, value) in [
                ("x-ratelimit-limit", limit.to_string()),
                ("x-ratelimit-remaining", remaining.to_string()),
                ("x-ratelimit-reset-after", seconds),
                ("x-ratelimit-bucket", bucket),
            ] {
                headers.insert(name, HeaderValue::from_str(&value).ok()?);
            }
            None
        }
        Verdict::Wait { after, global, bucket, ignored } => {
            state.limited_at.push((Instant::now(), after));
            if ignored {
                let path = parts.join("/");
                state
                    .breach(format!("{method} /{path} within the {after:?} that a 429 still asked to wait ({bucket})"));
            }
            // Rounded up, so that whoever waits for so long has waited enough.
            let seconds = (after.as_secs_f64() * 1000.0).ceil() / 1000.0;
            let no =
                json!({"message": "You are being rate limited.", "retry_after": seconds, "global": global, "code": 0});
            for (name, value) in [
                ("retry-after", seconds.to_string()),
                ("x-ratelimit-reset-after", seconds.to_string()),
                ("x-ratelimit-remaining", "0".to_owned()),
                ("x-ratelimit-scope", if global { "global" } else { "user" }.to_owned()),
                ("x-ratelimit-bucket", bucket),
            ] {
                headers.insert(name, HeaderValue::from_str(&value).ok()?);
            }
            if global {
                headers.insert("x-ratelimit-global", HeaderValue::from_static("true"));
            }
            Some((StatusCode::TOO_MANY_REQUESTS, Json(no)).into_response())
        }
    }
}

/// The channel whose message an edit is for; what fills in a "thinking" is none.
fn edited_place(state: &State, method: &str, parts: &[&str]) -> Option<u64> {
    let id = match (method, parts) {
        ("PATCH", ["channels", _, "messages", id]) => id.parse().ok()?,
        ("PATCH", ["webhooks", _, token, "messages", id]) => interactions::of_answer(state, token, id).ok()?,
        _ => return None,
    };
    state.messages.get(&id).filter(|message| !message.thinking && !message.ephemeral()).map(|message| message.channel)
}

fn answer(
    state: &mut State,
    method: &str,
    parts: &[&str],
    body: &Value,
    address: std::net::SocketAddr,
    wants_body: bool,
) -> Answered {
    match (method, parts) {
        ("GET", ["gateway"]) => Ok(json!({"url": format!("ws://{address}/gw")})),
        ("GET", ["gateway", "bot"]) => Ok(json!({
            "url": format!("ws://{address}/gw"), "shards": state.shards,
            "session_start_limit": {"total": 1000, "remaining": 999, "reset_after": 1000, "max_concurrency": 1},
        })),
        ("GET", ["users", "@me"]) => Ok(gateway::bot()),
        ("GET", ["users", id]) => {
            let id: u64 = id.parse().map_err(|_| No::unknown("User", 10_013))?;
            Ok(state.users.get(&id).cloned().unwrap_or_else(|| guilds::stranger(id)))
        }
        ("POST", ["users", "@me", "channels"]) => guilds::begin_letters(state, body),
        ("GET", ["applications", "@me"] | ["oauth2", "applications", "@me"]) => {
            let mut application = json!({
                "id": APPLICATION.to_string(), "name": "onecouch", "icon": null, "description": "", "bot_public": true,
                "bot_require_code_grant": false, "verify_key": "00", "owner": guilds::stranger(1), "team": null,
                "flags": if state.granted == 0 { 0 } else { 1 << 19 }, "approximate_guild_count": state.guilds.len(),
            });
            for (key, value) in &state.application {
                application[key] = value.clone();
            }
            Ok(application)
        }
        ("POST", ["oauth2", "token"]) => activities::exchange(state, body),
        ("GET", ["applications", application, "activity-instances", instance]) => {
            activities::instance(state, application, instance)
        }
        ("GET", ["guilds", guild, "members", user]) => activities::member(state, guild, user),
        ("GET", ["applications", _, "commands"]) => Ok(Value::Array(state.commands.clone())),
        ("PUT", ["applications", _, "commands"]) => commands::register(state, body),
        ("POST", ["interactions", id, token, "callback"]) => interactions::callback(state, id, token, body, wants_body),
        ("POST", ["webhooks", _, token]) => interactions::follow_up(state, token, body),
        ("GET", ["webhooks", _, token, "messages", id]) => {
            Ok(state.messages[&interactions::of_answer(state, token, id)?].json())
        }
        ("PATCH", ["webhooks", _, token, "messages", id]) => {
            let id = interactions::of_answer(state, token, id)?;
            messages::edit(state, id, body)
        }
        ("DELETE", ["webhooks", _, token, "messages", id]) => {
            let id = interactions::of_answer(state, token, id)?;
            messages::delete(state, id);
            Ok(Value::Null)
        }
        ("GET", ["guilds", guild]) => {
            let id = state.may_in_guild(guild, 0)?;
            Ok(state.guild_json(id, u64::MAX))
        }
        ("GET", ["guilds", guild, list @ ("channels" | "roles")]) => {
            let id = state.may_in_guild(guild, 0)?;
            Ok(state.guild_json(id, u64::MAX)[*list].clone())
        }
        ("POST", ["guilds", guild, "scheduled-events"]) => events::create(state, guild, body),
        ("GET", ["guilds", guild, "scheduled-events", id]) => events::get(state, guild, id),
        ("PATCH", ["guilds", guild, "scheduled-events", id]) => events::change(state, guild, id, body),
        ("DELETE", ["guilds", guild, "scheduled-events", id]) => events::delete(state, guild, id),
        (_, ["channels", channel, rest @ ..]) => in_channel(state, method, channel, rest, body),
        _ => Err(nothing(method, parts)),
    }
}

fn nothing(method: &str, parts: &[&str]) -> No {
    No { status: StatusCode::IM_A_TEAPOT, ..No::bad(0, format!("this Discord knows no {method} {}", parts.join("/"))) }
}

fn in_channel(state: &mut State, method: &str, channel: &str, rest: &[&str], body: &Value) -> Answered {
    match (method, rest) {
        ("GET", []) => {
            let known = state.may(channel, 0)?;
            let mut json = state.channels[&known.id].json();
            json["permission_overwrites"] = Value::Array(state.overwrites());
            Ok(json)
        }
        ("PATCH", []) => state.change_channel(channel, body),
        ("POST", ["typing"]) => {
            let known = state.may(channel, permission::SEND_MESSAGES)?;
            state.channels.entry(known.id).and_modify(|place| place.typing += 1);
            Ok(Value::Null)
        }
        ("POST", ["messages"]) => {
            let known = state.may(channel, permission::SEND_MESSAGES)?;
            guilds::letters_open(state, known.id)?;
            limits::new_message(state, body)?;
            if let Some(to) = body["message_reference"]["message_id"].as_str()
                && body["message_reference"]["fail_if_not_exists"] != false
            {
                messages::any(state, channel, to)
                    .map_err(|_| No { breach: false, ..No::invalid("Unknown message") })?;
            }
            let id = messages::write(state, known.id, body);
            Ok(state.messages[&id].json())
        }
        ("GET", ["messages", id]) => {
            state.may(channel, 0)?;
            messages::any(state, channel, id)
        }
        ("PATCH", ["messages", id]) => {
            let known = state.may(channel, 0)?;
            let id = of_bot(state, known.id, id)?;
            if state.is_archived(known.id) {
                return Err(No { breach: false, ..No::bad(50_083, "Thread is archived") });
            }
            messages::edit(state, id, body)
        }
        ("DELETE", ["messages", id]) => {
            let known = state.may(channel, 0)?;
            let id = of_bot(state, known.id, id)?;
            messages::delete(state, id);
            Ok(Value::Null)
        }
        ("PUT" | "DELETE", ["messages", "pins", id] | ["pins", id]) => {
            let known = state.may(channel, permission::PIN_MESSAGES)?;
            messages::any(state, channel, id)?;
            let id: u64 = id.parse().map_err(|_| No::unknown("Message", 10_008))?;
            if let Some(place) = state.channels.get_mut(&known.id) {
                place.pins.retain(|pinned| *pinned != id);
                if method == "PUT" {
                    place.pins.push(id);
                }
            }
            Ok(Value::Null)
        }
        ("PUT", ["messages", id, "reactions", _, "@me"]) => {
            state.may(channel, 0)?;
            messages::any(state, channel, id)?;
            Ok(Value::Null)
        }
        ("POST", ["messages", id, "threads"]) => state.make_thread(channel, Some(id), body),
        ("POST", ["threads"]) => state.make_thread(channel, None, body),
        _ => Err(nothing(method, rest)),
    }
}

/// A message of the bot in that channel; those of others it can neither edit nor delete.
fn of_bot(state: &State, channel: u64, id: &str) -> Result<u64, No> {
    if id.parse().ok().and_then(|id: u64| state.said.get(&id)).is_some() {
        return Err(No {
            status: StatusCode::FORBIDDEN,
            ..No::bad(50_005, "Cannot edit a message authored by another user")
        });
    }
    let id = messages::standing(state, id)?;
    if state.messages[&id].channel != channel {
        return Err(No::unknown("Message", 10_008));
    }
    Ok(id)
}

impl FakeDiscord {
    /// The calls of a method whose path contains this, in order, refused ones too. Paths are as in Discord's documents:
    /// `channels/1/messages/2`.
    pub(crate) fn calls(&self, method: &str, path: &str) -> Vec<Call> {
        let state = self.inner.state();
        state.calls.iter().filter(|call| call.method == method && call.path.contains(path)).cloned().collect()
    }

    /// Waits until there are so many such calls; all of them.
    pub(crate) async fn called(&self, method: &str, path: &str, times: usize) -> Vec<Call> {
        self.wait("a call", |state| {
            let fits = |call: &&Call| call.method == method && call.path.contains(path);
            let calls: Vec<Call> = state.calls.iter().filter(fits).cloned().collect();
            (calls.len() >= times).then_some(calls)
        })
        .await
    }

    /// How many calls were answered with each status.
    pub(crate) fn statuses(&self) -> HashMap<u16, usize> {
        let mut counts = HashMap::new();
        for call in &self.inner.state().calls {
            *counts.entry(call.status).or_default() += 1;
        }
        counts
    }

    /// The developer portal was told something that the application says.
    pub(crate) fn is_set(&self, key: &str, value: Value) {
        self.inner.change(|state| state.application.insert(key.to_owned(), value));
    }
}
