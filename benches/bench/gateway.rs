//! A command's way from Discord's gateway to the sockets of those who watch: what is ours of it.
//!
//! The gateway here is a small one on loopback: it hands the bot a command and notes when the answer comes back. Beside it
//! stands the same seek, asked for by one of the sockets.

use std::{
    path::Path,
    rc::Rc,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context;
use axum::{
    Json, Router,
    body::Bytes,
    extract::{
        Path as Segments, State,
        ws::{Message, WebSocket, WebSocketUpgrade},
    },
    http::{Method, StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc};

use super::{
    Plan,
    party::Party,
    report::{Table, milliseconds, quantile},
    viewer::Tally,
};

const APPLICATION: &str = "900000000000000001";
const CHANNEL: &str = "900000000000000003";
/// Sockets in the room: a large party.
const WATCHING: usize = 100;
/// Between two commands.
const APART: Duration = Duration::from_millis(25);
/// Commands of one leg.
const ROUNDS: u64 = 40;
/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A small Discord.
struct Small {
    address: String,
    /// To the bot's socket, while it is there.
    socket: Mutex<Option<mpsc::UnboundedSender<Value>>>,
    /// First answers: when, and what.
    answers: mpsc::UnboundedSender<(Instant, Value)>,
    ids: AtomicU64,
}

/// What the generator holds of it.
struct Gateway {
    small: Arc<Small>,
    answers: mpsc::UnboundedReceiver<(Instant, Value)>,
}

impl Gateway {
    async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (answered, answers) = mpsc::unbounded_channel();
        let address = listener.local_addr()?.to_string();
        let ids = AtomicU64::new(1_000_000_000_000_000_000);
        let small = Arc::new(Small { address, socket: Mutex::default(), answers: answered, ids });
        let router = Router::new()
            .route("/gw", get(open))
            .route("/gw/", get(open))
            .route("/api/v10/interactions/{id}/{token}/callback", post(callback))
            .fallback(any(rest))
            .with_state(small.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { small, answers })
    }

    /// Waits until the bot is there.
    async fn connected(&self) -> anyhow::Result<()> {
        let from = Instant::now();
        while self.small.socket.lock().unwrap_or_else(PoisonError::into_inner).is_none() {
            anyhow::ensure!(from.elapsed() < PATIENCE, "the bot did not come to the gateway");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Somebody gives a command with one option.
    fn command(&self, name: &str, option: &str, value: &str) -> anyhow::Result<()> {
        let id = self.small.ids.fetch_add(1, Ordering::Relaxed).to_string();
        let interaction = json!({
            "id": id, "application_id": APPLICATION, "type": 2, "token": format!("token-{id}"), "version": 1,
            "channel_id": CHANNEL, "app_permissions": "2147483647", "locale": "en-US", "entitlements": [],
            "authorizing_integration_owners": {}, "context": 1, "attachment_size_limit": 524_288_000,
            "channel": {"id": CHANNEL, "type": 1, "permissions": "2147483647"},
            "user": user("910000000000000001", "ana", false),
            "data": {"id": "1", "name": name, "type": 1, "options": [{"name": option, "type": 3, "value": value}]},
        });
        let frame = json!({"op": 0, "t": "INTERACTION_CREATE", "d": interaction});
        let socket = self.small.socket.lock().unwrap_or_else(PoisonError::into_inner);
        socket.as_ref().context("the bot is gone")?.send(frame).context("the bot is gone")
    }

    async fn answer(&mut self) -> anyhow::Result<(Instant, Value)> {
        tokio::time::timeout(PATIENCE, self.answers.recv()).await?.context("no answers any more")
    }
}

fn user(id: &str, name: &str, bot: bool) -> Value {
    json!({"id": id, "username": name, "discriminator": "0", "global_name": name, "avatar": null, "bot": bot})
}

async fn open(State(small): State<Arc<Small>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| async move {
        // The other side may go at any moment.
        let _ = talk(&small, socket).await;
    })
}

async fn talk(small: &Small, mut socket: WebSocket) -> Result<(), axum::Error> {
    let say = |frame: Value| Message::Text(frame.to_string().into());
    socket.send(say(json!({"op": 10, "d": {"heartbeat_interval": 41250}}))).await?;
    let (sender, mut pushed) = mpsc::unbounded_channel::<Value>();
    let mut seq = 1_u64;
    loop {
        tokio::select! {
            frame = socket.recv() => {
                let Some(Ok(Message::Text(text))) = frame else { return Ok(()) };
                let frame: Value = serde_json::from_str(&text).unwrap_or_default();
                match frame["op"].as_u64() {
                    Some(1) => socket.send(say(json!({"op": 11, "d": null}))).await?,
                    Some(2) => {
                        let ready = json!({"op": 0, "t": "READY", "s": seq, "d": {
                            "v": 10, "guilds": [], "session_id": "session", "user": user(APPLICATION, "onecouch", true),
                            "resume_gateway_url": format!("ws://{}/gw", small.address), "shard": [0, 1],
                            "application": {"id": APPLICATION, "flags": 0},
                        }});
                        socket.send(say(ready)).await?;
                        *small.socket.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender.clone());
                    }
                    _ => {}
                }
            }
            frame = pushed.recv() => {
                let Some(mut frame) = frame else { return Ok(()) };
                seq += 1;
                frame["s"] = json!(seq);
                socket.send(say(frame)).await?;
            }
        }
    }
}

async fn callback(
    State(small): State<Arc<Small>>,
    Segments((_, _)): Segments<(String, String)>,
    body: Bytes,
) -> StatusCode {
    let at = Instant::now();
    // With a file it is more than JSON; nothing here asks for one.
    let _ = small.answers.send((at, serde_json::from_slice(&body).unwrap_or_default()));
    StatusCode::NO_CONTENT
}

/// All else: as little as the bot goes on with.
async fn rest(State(small): State<Arc<Small>>, method: Method, uri: Uri) -> Response {
    let path = uri.path();
    if path.ends_with("/gateway/bot") || path.ends_with("/gateway") {
        let limit = json!({"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1});
        let url = format!("ws://{}/gw", small.address);
        return Json(json!({"url": url, "shards": 1, "session_start_limit": limit})).into_response();
    }
    if path.ends_with("/commands") {
        return Json(json!([])).into_response();
    }
    if method == Method::DELETE {
        return StatusCode::NO_CONTENT.into_response();
    }
    if path.contains("/messages") || path.contains("/webhooks/") {
        return Json(json!({
            "id": small.ids.fetch_add(1, Ordering::Relaxed).to_string(), "channel_id": CHANNEL, "content": "",
            "author": user(APPLICATION, "onecouch", true), "timestamp": "2026-01-01T00:00:00.000000+00:00",
            "edited_timestamp": null, "tts": false, "mention_everyone": false, "mentions": [], "mention_roles": [],
            "attachments": [], "embeds": [], "pinned": false, "type": 0, "components": [],
        }))
        .into_response();
    }
    Json(user(APPLICATION, "onecouch", true)).into_response()
}

/// Measures seeks that come through the gateway, and beside them seeks that come through a socket.
pub async fn run(plan: &Plan, place: &Path, clips: &str, table: &mut Table) -> anyhow::Result<()> {
    let mut gateway = Gateway::start().await?;
    let api = format!("http://{}", gateway.small.address);
    let settings = [
        ("ONECOUCH__DISCORD__TOKEN", "bench.token.discord"),
        ("ONECOUCH__DISCORD__APPLICATION_ID", APPLICATION),
        ("ONECOUCH__DISCORD__API_URL", &api),
    ];
    let party = Party::start_with(&plan.server, place, clips, &settings)?;
    eprintln!("a party of {WATCHING} in a Discord channel");
    gateway.connected().await?;
    gateway.command("watch", "link", &format!("http://{clips}/clip.mp4"))?;
    let (_, card) = gateway.answer().await?;
    let card = card.to_string();
    let invite = card.split("/j/").nth(1).and_then(|rest| rest.get(..16)).context("the card shows no way in")?;
    let guests = party.guests(WATCHING).await?;
    let room = party.join(invite, &guests).await?;
    let tally = Rc::new(Tally::default());
    let viewers = party.sockets(&room, &guests, &tally).await?;
    let first = viewers.first().context("no viewer")?;
    tokio::time::sleep(Duration::from_secs(2)).await;

    eprintln!("seeks through the gateway");
    let (mut seen, mut answered, mut by_socket) = (Vec::new(), Vec::new(), Vec::new());
    let mut position = 0_u64;
    let mut due = tokio::time::interval(APART);
    // The first leg warms both.
    for leg in 0..=plan.pairs {
        for round in 0..ROUNDS * 2 {
            due.tick().await;
            position += 1;
            tally.expect(WATCHING as u64);
            let sent = Instant::now();
            if round % 2 == 0 {
                gateway.command("seek", "time", &(10 + position % 10).to_string())?;
                let reached = tally.reached().await?;
                let (at, _) = gateway.answer().await?;
                if leg > 0 {
                    seen.push(milliseconds(reached - sent));
                    answered.push(milliseconds(at - sent));
                }
            } else {
                first.seek(position * 7)?;
                let reached = tally.reached().await?;
                if leg > 0 {
                    by_socket.push(milliseconds(reached - sent));
                }
            }
        }
    }
    anyhow::ensure!(tally.lost.get() == 0, "{} sockets were lost", tally.lost.get());
    for (name, part) in [("p50", 0.5), ("p99", 0.99)] {
        let (ours, bare) = (quantile(&seen, part), quantile(&by_socket, part));
        table.both(
            &format!("/seek from the gateway's frame to the last of {WATCHING} sockets, beside a socket's, {name}"),
            "ms",
            ours,
            bare,
        );
        table.alone(
            &format!("/seek from the gateway's frame to its answer at Discord, {name}"),
            "ms",
            quantile(&answered, part),
        );
    }
    drop(viewers);
    party.process.stop()
}
