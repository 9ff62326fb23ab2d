//! The REST side: what the bot writes, and how Discord answers it.

use std::sync::Arc;

use axum::{
    Json,
    body::to_bytes,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{APPLICATION, EPHEMERAL, FIRST_ANSWER, Inner, Message, State as Known, TOKEN, limits};

/// No, in Discord's words.
struct No(StatusCode, u64, String);

type Answered = Result<Value, No>;

impl No {
    fn unknown(what: &str) -> Self {
        let code = match what {
            "message" => 10_008,
            "webhook" => 10_015,
            _ => 10_062,
        };
        Self(StatusCode::NOT_FOUND, code, format!("Unknown {what}"))
    }
}

pub(super) async fn call(State(discord): State<Arc<Inner>>, request: Request) -> Response {
    let method = request.method().to_string();
    let path = request.uri().path().to_owned();
    let signed = request.headers().get("authorization").is_some_and(|sent| *sent == *format!("Bot {TOKEN}"));
    let body = to_bytes(request.into_body(), 1 << 20).await.unwrap_or_default();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let path = path.trim_start_matches("/api/v10").trim_matches('/').to_owned();
    let parts: Vec<&str> = path.split('/').collect();
    let open = matches!(parts.as_slice(), ["gateway"] | ["interactions" | "webhooks", ..]);
    if !signed && !open {
        let no = json!({"message": "401: Unauthorized", "code": 0});
        return (StatusCode::UNAUTHORIZED, Json(no)).into_response();
    }
    if let ("PATCH", ["channels", _, "messages", _]) = (method.as_str(), parts.as_slice())
        && let Some(wait) = discord.change(|state| state.limit_edit.take())
    {
        discord.change(|state| state.limited_at.push((Instant::now(), wait)));
        let seconds = wait.as_secs_f64();
        let no = json!({"message": "You are being rate limited.", "retry_after": seconds, "global": false, "code": 0});
        return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", seconds.to_string())], Json(no)).into_response();
    }
    let address = discord.address;
    let answered = discord.change(|state| match (method.as_str(), parts.as_slice()) {
        ("GET", ["gateway"]) => Ok(json!({"url": format!("ws://{address}/gw")})),
        ("GET", ["gateway", "bot"]) => Ok(json!({
            "url": format!("ws://{address}/gw"), "shards": 1,
            "session_start_limit": {"total": 1000, "remaining": 999, "reset_after": 1000, "max_concurrency": 1},
        })),
        ("PUT", ["applications", _, "commands"]) => register(state, &body),
        ("POST", ["interactions", id, token, "callback"]) => callback(state, id, token, &body),
        ("POST", ["webhooks", _, token]) => follow_up(state, token, &body),
        ("GET", ["webhooks", _, token, "messages", id]) => Ok(of_answer(state, token, id)?.json()),
        ("PATCH", ["webhooks", _, token, "messages", id]) => {
            let message = of_answer(state, token, id)?;
            edit(message, &body)
        }
        ("DELETE", ["webhooks", _, token, "messages", id]) => {
            of_answer(state, token, id)?.deleted = true;
            Ok(Value::Null)
        }
        ("POST", ["channels", channel, "messages"]) => {
            check(&limits::new_message(&body))?;
            let channel = channel.parse().map_err(|_| No::unknown("channel"))?;
            Ok(write(state, channel, &body).json())
        }
        ("PATCH", ["channels", _, "messages", id]) => edit(standing(state, id)?, &body),
        ("GET", ["channels", _, "messages", id]) => Ok(standing(state, id)?.json()),
        ("DELETE", ["channels", _, "messages", id]) => {
            standing(state, id)?.deleted = true;
            Ok(Value::Null)
        }
        _ => Err(No(StatusCode::IM_A_TEAPOT, 0, format!("this Discord knows no {method} {path}"))),
    });
    match answered {
        Ok(Value::Null) => StatusCode::NO_CONTENT.into_response(),
        Ok(value) => Json(value).into_response(),
        Err(No(status, code, text)) => {
            // Who writes to a message that is gone finds out so; everything else is a mistake of ours.
            if code != 10_008 {
                discord.change(|state| state.problems.push(format!("{method} /{path} {body}: {text}")));
            }
            (status, Json(json!({"code": code, "message": text}))).into_response()
        }
    }
}

fn check(problems: &[String]) -> Result<(), No> {
    if problems.is_empty() {
        return Ok(());
    }
    Err(No(StatusCode::BAD_REQUEST, 50_035, problems.join("; ")))
}

fn register(state: &mut Known, body: &Value) -> Answered {
    let mut commands = body.as_array().cloned().unwrap_or_default();
    check(&limits::commands(&commands))?;
    for (number, command) in (1..).zip(&mut commands) {
        command["id"] = json!((APPLICATION + 100 + number).to_string());
        command["application_id"] = json!(APPLICATION.to_string());
        command["version"] = json!("1");
        if command["type"].is_null() {
            command["type"] = json!(1);
        }
        if command["default_member_permissions"].is_null() {
            command["default_member_permissions"] = Value::Null;
        }
    }
    state.commands.clone_from(&commands);
    state.registrations += 1;
    Ok(Value::Array(commands))
}

fn callback(state: &mut Known, id: &str, token: &str, body: &Value) -> Answered {
    let id: u64 = id.parse().map_err(|_| No::unknown("interaction"))?;
    let interaction = state.interactions.get_mut(&id).ok_or_else(|| No::unknown("interaction"))?;
    if token != format!("answer-{id}") {
        return Err(No::unknown("interaction"));
    }
    if interaction.first.is_some() {
        return Err(No(StatusCode::BAD_REQUEST, 40_060, "Interaction has already been acknowledged.".to_owned()));
    }
    let after = interaction.at.elapsed();
    if after > FIRST_ANSWER {
        return Err(No::unknown("interaction"));
    }
    let kind = body["type"].as_u64().unwrap_or_default();
    let data = &body["data"];
    match kind {
        4 => check(&limits::new_message(data))?,
        5 | 6 => {}
        7 => check(&limits::message(data))?,
        _ => return Err(No(StatusCode::BAD_REQUEST, 50_035, format!("callbacks of type {kind} are not known here"))),
    }
    interaction.first = Some((kind, after));
    let channel = interaction.channel.id;
    if kind == 4 || kind == 5 {
        let message = write(state, channel, data);
        message.thinking = kind == 5;
        let message = message.id;
        if let Some(interaction) = state.interactions.get_mut(&id) {
            interaction.messages.push(message);
        }
    }
    Ok(Value::Null)
}

/// The first follow-up to "thinking" takes its place, and who sees it was settled then; all others are messages more.
fn follow_up(state: &mut Known, token: &str, body: &Value) -> Answered {
    check(&limits::new_message(body))?;
    let id = answered(state, token)?;
    let interaction = state.interactions.get(&id).ok_or_else(|| No::unknown("webhook"))?;
    let channel = interaction.channel.id;
    let waiting = interaction
        .messages
        .iter()
        .copied()
        .find(|id| state.messages.get(id).is_some_and(|message| message.thinking && !message.deleted));
    if let Some(message) = waiting.and_then(|id| state.messages.get_mut(&id)) {
        message.thinking = false;
        fill(message, body);
        return Ok(message.json());
    }
    let message = write(state, channel, body);
    let (message, json) = (message.id, message.json());
    if let Some(interaction) = state.interactions.get_mut(&id) {
        interaction.messages.push(message);
    }
    Ok(json)
}

fn answered(state: &Known, token: &str) -> Result<u64, No> {
    let id = token.strip_prefix("answer-").and_then(|id| id.parse::<u64>().ok());
    let id = id.filter(|id| state.interactions.get(id).is_some_and(|known| known.first.is_some()));
    id.ok_or_else(|| No::unknown("webhook"))
}

fn of_answer<'a>(state: &'a mut Known, token: &str, id: &str) -> Result<&'a mut Message, No> {
    let interaction = answered(state, token)?;
    let messages = state.interactions.get(&interaction).map(|known| known.messages.clone()).unwrap_or_default();
    let message = match id {
        "@original" => messages.first().copied(),
        id => id.parse().ok().filter(|id| messages.contains(id)),
    };
    let message = message.and_then(|id| state.messages.get_mut(&id)).filter(|message| !message.deleted);
    message.ok_or_else(|| No::unknown("message"))
}

/// A message that the bot reaches by its channel: what only one person sees is not among them.
fn standing<'a>(state: &'a mut Known, id: &str) -> Result<&'a mut Message, No> {
    let message = id.parse().ok().and_then(|id: u64| state.messages.get_mut(&id));
    message.filter(|message| !message.deleted && !message.ephemeral()).ok_or_else(|| No::unknown("message"))
}

fn write<'a>(state: &'a mut Known, channel: u64, body: &Value) -> &'a mut Message {
    let id = state.id();
    let mut message = Message {
        id,
        channel,
        content: String::new(),
        embeds: Vec::new(),
        components: Vec::new(),
        flags: body["flags"].as_u64().unwrap_or_default() & EPHEMERAL,
        edits: 0,
        edited_at: Vec::new(),
        deleted: false,
        thinking: false,
    };
    fill(&mut message, body);
    state.messages.entry(id).or_insert(message)
}

fn edit(message: &mut Message, body: &Value) -> Answered {
    check(&limits::message(body))?;
    fill(message, body);
    message.thinking = false;
    message.edits += 1;
    message.edited_at.push(Instant::now());
    Ok(message.json())
}

fn fill(message: &mut Message, body: &Value) {
    if let Some(content) = body["content"].as_str() {
        content.clone_into(&mut message.content);
    }
    if let Some(embeds) = body["embeds"].as_array() {
        message.embeds.clone_from(embeds);
    }
    if let Some(components) = body["components"].as_array() {
        message.components.clone_from(components);
    }
}
