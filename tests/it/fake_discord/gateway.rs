//! The gateway: hello, identify or resume, heartbeats, and what happens.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{
        State as Shared,
        ws::{CloseFrame, Message as Frame, WebSocket, WebSocketUpgrade},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::{sync::mpsc, time::Instant};

use super::{APPLICATION, FakeDiscord, Inner, State, TOKEN};

/// Guilds, channels, threads, roles.
pub(super) const GUILDS: u64 = 1 << 0;
pub(super) const VOICE_STATES: u64 = 1 << 7;
pub(super) const GUILD_MESSAGES: u64 = 1 << 9;
pub(super) const DIRECT_MESSAGES: u64 = 1 << 12;
pub(super) const MESSAGE_CONTENT: u64 = 1 << 15;
pub(super) const SCHEDULED_EVENTS: u64 = 1 << 16;
/// Members, presences, content: those that the developer portal must grant.
const PRIVILEGED: u64 = (1 << 1) | (1 << 8) | MESSAGE_CONTENT;
/// How many presences may be set in how long.
const PRESENCES: (usize, Duration) = (5, Duration::from_secs(20));
/// How many frames one connection may send in a minute.
const FRAMES: usize = 120;

/// What a socket is told to do.
#[derive(Debug, Clone)]
pub(super) enum Order {
    Send(Value),
    Close(u16),
    /// Ends the connection without a word.
    Hang,
    /// Keeps the connection, but neither says nor acknowledges anything on it any more.
    Silence,
}

/// What a bot identified for. It outlives its connection, so that it can be resumed.
pub(super) struct Session {
    id: String,
    intents: u64,
    /// Which shard, of how many.
    shard: (u64, u64),
    /// Everything that it was told, with sequence numbers from 1.
    log: Vec<Value>,
    pub(super) socket: Option<mpsc::UnboundedSender<Order>>,
}

impl Session {
    fn tell(&mut self, name: &str, data: &Value) {
        let frame = json!({"op": 0, "t": name, "s": self.log.len() + 1, "d": data});
        self.log.push(frame.clone());
        self.send(frame);
    }

    fn send(&self, frame: Value) {
        if let Some(socket) = &self.socket {
            // A socket that is gone is noticed where it is read.
            let _ = socket.send(Order::Send(frame));
        }
    }
}

impl State {
    /// Tells every session that asked for one of these intents (0: everybody) and whose shard the guild is on.
    pub(super) fn tell(&mut self, intents: u64, guild: Option<u64>, name: &str, data: &Value) {
        for session in &mut self.sessions {
            let shard = guild.map_or(0, |guild| (guild >> 22) % session.shard.1);
            if (intents != 0 && session.intents & intents == 0) || shard != session.shard.0 {
                continue;
            }
            let mut data = data.clone();
            if session.intents & MESSAGE_CONTENT == 0 && !is_seen_anyway(&data) {
                hide(&mut data);
            }
            session.tell(name, &data);
        }
    }

    /// Tells every socket what to do.
    pub(super) fn order(&self, order: &Order) {
        for socket in self.sessions.iter().filter_map(|session| session.socket.as_ref()) {
            let _ = socket.send(order.clone());
        }
    }

    fn connected(&self) -> bool {
        self.sessions.iter().any(|session| session.socket.is_some())
    }

    fn identifies(&mut self, hello: &Value, socket: &mpsc::UnboundedSender<Order>, address: std::net::SocketAddr) {
        self.last_session += 1;
        let shard = |at: usize, or: u64| hello["shard"][at].as_u64().unwrap_or(or);
        let shard = (shard(0, 0), shard(1, 1).max(1));
        let intents = hello["intents"].as_u64().unwrap_or_default();
        let id = format!("session-{}", self.last_session);
        let here = self.guilds.values().filter(|guild| !guild.left && (guild.id >> 22) % shard.1 == shard.0);
        let here: Vec<u64> = here.map(|guild| guild.id).collect();
        let guilds: Vec<Value> = here.iter().map(|id| json!({"id": id.to_string(), "unavailable": true})).collect();
        let mut session = Session { id, intents, shard, log: Vec::new(), socket: Some(socket.clone()) };
        session.tell(
            "READY",
            &json!({
                "v": 10, "guilds": guilds, "session_id": session.id, "user": bot(),
                "resume_gateway_url": format!("ws://{address}/gw"), "shard": [shard.0, shard.1],
                "application": {"id": APPLICATION.to_string(), "flags": 0},
            }),
        );
        if intents & GUILDS != 0 {
            for guild in here {
                session.tell("GUILD_CREATE", &self.guild_json(guild, intents));
            }
        }
        self.sessions.push(session);
        self.identified.push(hello.clone());
    }

    /// Goes on with a session; false where there is none.
    fn resumes(&mut self, wish: &Value, socket: &mpsc::UnboundedSender<Order>) -> bool {
        let Some(session) = self.sessions.iter_mut().find(|session| wish["session_id"] == *session.id) else {
            return false;
        };
        let seen = wish["seq"].as_u64().and_then(|seq| usize::try_from(seq).ok()).unwrap_or_default();
        if seen > session.log.len() {
            return false;
        }
        session.socket = Some(socket.clone());
        for frame in &session.log[seen..] {
            session.send(frame.clone());
        }
        session.tell("RESUMED", &json!({"_trace": []}));
        self.resumed += 1;
        true
    }

    fn presence(&mut self, presence: &Value) {
        let now = Instant::now();
        self.presences.push((now, presence.clone()));
        let recent = self.presences.iter().filter(|(at, _)| now - *at < PRESENCES.1).count();
        if recent > PRESENCES.0 {
            self.breach(format!("{recent} presences within {} s", PRESENCES.1.as_secs()));
        }
    }
}

/// Letters to the bot, what it wrote itself, and what mentions it.
fn is_seen_anyway(message: &Value) -> bool {
    let us = APPLICATION.to_string();
    message["guild_id"].is_null()
        || message["author"]["id"] == us
        || super::list(&message["mentions"]).iter().any(|user| user["id"] == us)
}

fn hide(data: &mut Value) {
    // Only messages have an author.
    if data["author"].is_object() {
        data["content"] = json!("");
        for part in ["embeds", "attachments", "components"] {
            data[part] = json!([]);
        }
    }
}

pub(super) fn bot() -> Value {
    json!({
        "id": APPLICATION.to_string(), "username": "onecouch", "discriminator": "0", "avatar": null, "bot": true,
        "verified": true, "mfa_enabled": false, "email": null, "flags": 0,
    })
}

pub(super) async fn open(Shared(discord): Shared<Arc<Inner>>, upgrade: WebSocketUpgrade) -> Response {
    if discord.change(|state| {
        state.tried_while_down += usize::from(state.down);
        state.down
    }) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    upgrade.on_upgrade(move |socket| async move {
        let (orders, told) = mpsc::unbounded_channel();
        // The other side may go at any moment.
        let left_for_good = talk(&discord, socket, &orders, told).await.unwrap_or(false);
        discord.change(|state| {
            let ours = |session: &Session| session.socket.as_ref().is_some_and(|known| known.same_channel(&orders));
            if left_for_good {
                state.sessions.retain(|session| !ours(session));
            }
            for session in state.sessions.iter_mut().filter(|session| ours(session)) {
                session.socket = None;
            }
        });
    })
}

/// True where the other side ended its session.
async fn talk(
    discord: &Inner,
    mut socket: WebSocket,
    orders: &mpsc::UnboundedSender<Order>,
    mut told: mpsc::UnboundedReceiver<Order>,
) -> Result<bool, axum::Error> {
    let hello = json!({"op": 10, "d": {"heartbeat_interval": 1500, "_trace": []}, "s": null, "t": null});
    send(&mut socket, &hello).await?;
    let mut silent = false;
    let mut frames = Vec::new();
    loop {
        tokio::select! {
            frame = socket.recv() => {
                let Some(Ok(frame)) = frame else { return Ok(false) };
                let text = match frame {
                    Frame::Text(text) => text,
                    Frame::Close(Some(CloseFrame { code: 1000 | 1001, .. })) => return Ok(true),
                    _ => continue,
                };
                let Ok(frame) = serde_json::from_str::<Value>(&text) else { return close(&mut socket, 4002).await };
                if silent {
                    continue;
                }
                let now = Instant::now();
                frames.retain(|at| now - *at < Duration::from_mins(1));
                frames.push(now);
                if frames.len() > FRAMES {
                    discord.change(|state| state.breach("more than 120 frames in a minute on the gateway"));
                    return close(&mut socket, 4008).await;
                }
                match frame["op"].as_u64() {
                    Some(1) => send(&mut socket, &json!({"op": 11, "d": null, "s": null, "t": null})).await?,
                    Some(2) => {
                        if let Some(code) = refusal(discord, &frame["d"]) {
                            return close(&mut socket, code).await;
                        }
                        discord.change(|state| state.identifies(&frame["d"], orders, discord.address));
                        let shown = &frame["d"]["presence"];
                        if shown.is_object() {
                            discord.change(|state| state.presence(shown));
                        }
                    }
                    Some(6) => {
                        if !is_ours(&frame["d"]) || discord.state().revoked {
                            return close(&mut socket, 4004).await;
                        }
                        if !discord.change(|state| state.resumes(&frame["d"], orders)) {
                            send(&mut socket, &json!({"op": 9, "d": false, "s": null, "t": null})).await?;
                        }
                    }
                    Some(3) => discord.change(|state| state.presence(&frame["d"])),
                    _ => {}
                }
            }
            order = told.recv() => match order {
                Some(Order::Send(frame)) if !silent => send(&mut socket, &frame).await?,
                Some(Order::Close(code)) => return close(&mut socket, code).await,
                Some(Order::Hang) | None => return Ok(false),
                Some(Order::Silence) => silent = true,
                Some(Order::Send(_)) => {}
            }
        }
    }
}

fn is_ours(hello: &Value) -> bool {
    hello["token"] == TOKEN || hello["token"] == format!("Bot {TOKEN}")
}

fn refusal(discord: &Inner, identify: &Value) -> Option<u16> {
    let mut state = discord.state();
    if !is_ours(identify) || state.revoked {
        return Some(4004);
    }
    let asked = identify["intents"].as_u64().unwrap_or_default();
    if asked & PRIVILEGED & !state.granted != 0 {
        return Some(4014);
    }
    state.refuse.take()
}

async fn send(socket: &mut WebSocket, frame: &Value) -> Result<(), axum::Error> {
    socket.send(Frame::Text(frame.to_string().into())).await
}

async fn close(socket: &mut WebSocket, code: u16) -> Result<bool, axum::Error> {
    socket.send(Frame::Close(Some(CloseFrame { code, reason: "".into() }))).await?;
    // Until the other side has read it.
    while let Some(Ok(_)) = socket.recv().await {}
    // Session timed out, authentication failed, intents refused: there is nothing to resume.
    Ok(matches!(code, 4004 | 4007 | 4009..=4014))
}

impl FakeDiscord {
    /// Waits until the bot is on the gateway with its commands registered; tells how often it identified.
    pub(crate) async fn identified(&self) -> usize {
        self.wait("the bot to come", |state| {
            (state.connected() && !state.commands.is_empty()).then_some(state.identified.len())
        })
        .await
    }

    /// Waits until the bot has identified so many times and is connected.
    pub(crate) async fn identified_times(&self, times: usize) {
        self.wait("the bot to identify", |state| (state.connected() && state.identified.len() >= times).then_some(()))
            .await;
    }

    /// What the bot said of itself when it identified last.
    pub(crate) fn identity(&self) -> Value {
        self.inner.state().identified.last().cloned().unwrap_or_default()
    }

    /// Waits until the bot came back to its session; how often it did.
    pub(crate) async fn resumed(&self) -> usize {
        self.resumed_times(1).await
    }

    /// Waits until the bot came back to its session so many times; how often it did.
    pub(crate) async fn resumed_times(&self, times: usize) -> usize {
        self.wait("the bot to resume", |state| (state.resumed >= times).then_some(state.resumed)).await
    }

    /// Closes every gateway socket with a code. 4000 can be resumed, 4004 and 4014 end everything.
    pub(crate) fn kick(&self, code: u16) {
        self.inner.change(|state| state.order(&Order::Close(code)));
    }

    /// Ends every gateway connection without a word; what happens meanwhile is told again after a resume.
    pub(crate) fn drops_connections(&self) {
        self.inner.change(|state| state.order(&Order::Hang));
    }

    /// Asks the bot to connect anew (opcode 7).
    pub(crate) fn reconnect(&self) {
        let frame = json!({"op": 7, "d": null, "s": null, "t": null});
        self.inner.change(|state| state.order(&Order::Send(frame)));
    }

    /// Says that the session is over (opcode 9): the bot must identify anew, or may resume where `resumable`.
    pub(crate) fn invalidates_session(&self, resumable: bool) {
        let frame = json!({"op": 9, "d": resumable, "s": null, "t": null});
        self.inner.change(|state| {
            state.order(&Order::Send(frame));
            if !resumable {
                for session in &mut state.sessions {
                    "over".clone_into(&mut session.id);
                }
            }
        });
    }

    /// Leaves the present connections open, but acknowledges no heartbeat and tells nothing on them any more. New
    /// connections work: the bot is expected to come back by itself, and then hears what it missed.
    pub(crate) fn goes_silent(&self) {
        self.inner.change(|state| state.order(&Order::Silence));
    }

    /// Closes the next one that identifies, with a code.
    pub(crate) fn refuse(&self, code: u16) {
        self.inner.state().refuse = Some(code);
    }

    /// Whether the developer portal grants the intent to read messages (it does unless told). Who asks for it in vain is
    /// closed with 4014; who does not ask gets messages without their content.
    pub(crate) fn grants_message_content(&self, granted: bool) {
        self.inner.change(|state| state.granted = if granted { MESSAGE_CONTENT } else { 0 });
    }

    /// How many shards Discord recommends (1 unless told).
    pub(crate) fn recommends_shards(&self, shards: u64) {
        self.inner.change(|state| state.shards = shards);
    }

    /// The presences that the bot set, each with its time, as they were sent: `{"status", "activities": [{"type", "name",
    /// "state"?}]}`. More than 5 in 20 s fail the story.
    pub(crate) fn presences(&self) -> Vec<(Instant, Value)> {
        self.inner.state().presences.clone()
    }

    /// Waits until the last presence has an activity whose name or state contains this; the presence.
    pub(crate) async fn presence(&self, contains: &str) -> Value {
        self.wait("a presence", |state| {
            let (_, last) = state.presences.last()?;
            let says = |activity: &Value| {
                ["name", "state"].iter().any(|key| activity[key].as_str().is_some_and(|text| text.contains(contains)))
            };
            super::list(&last["activities"]).iter().any(says).then(|| last.clone())
        })
        .await
    }
}
