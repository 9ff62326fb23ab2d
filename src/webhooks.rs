//! Delivers webhooks: what happened in rooms, signed, to addresses that people named.
//!
//! The engine's [`webhooks`](engine::webhooks) knows what is due to whom; here are the requests, through the guarded client,
//! and the patience with receivers that fail. Of several nodes one at a time delivers: its [`Round`] hears which rooms have news, and the
//! others [pass theirs on](nodes).

mod nodes;
mod round;

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, header},
};
use engine::{
    Engine,
    ids::{Entropy, RoomId, WebhookId},
    ports::Post,
    refusal::Refusal,
    webhooks::{Batch, Outcome, Webhook},
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;
use uuid::Uuid;

use self::round::Round;
use crate::{
    config::Config,
    dialects::native::wire::event::told,
    resolve::{Guard, Limits},
};

/// How many bytes of events one delivery has, if it has more than one event.
const BODY: usize = 256 * 1024;
/// How long a person waits for a test.
const TEST: Duration = Duration::from_secs(15);

/// Delivers webhooks. Clones are the same one.
#[derive(Clone)]
pub struct Courier {
    shared: Arc<Shared>,
}

struct Shared {
    engine: Engine,
    /// The only way out.
    guard: Guard,
    /// Attempts at one delivery.
    attempts: u32,
    tasks: TaskTracker,
}

/// What is sent.
struct Delivery {
    id: Uuid,
    /// `events` or `ping`.
    kind: &'static str,
    body: Bytes,
}

impl Courier {
    /// Starts to deliver; nothing where webhooks are switched off.
    pub fn start(
        config: &Config,
        engine: &Engine,
        stop: &CancellationToken,
        tasks: &TaskTracker,
    ) -> anyhow::Result<Option<Self>> {
        let settings = config.webhooks;
        if !settings.enabled {
            return Ok(None);
        }
        let limits = Limits { total: Duration::from_secs(settings.timeout_seconds.get().into()), ..Limits::default() };
        let guard = Guard::new(&config.resolve.allow_private, limits).context("webhooks cannot be delivered")?;
        let shared = Shared { engine: engine.clone(), guard, attempts: settings.attempts.get(), tasks: tasks.clone() };
        let courier = Self { shared: Arc::new(shared) };
        let (worker, posts, stop) = (courier.clone(), engine.posts.clone(), stop.clone());
        tasks.spawn(async move {
            let work = |stop| Round::new(worker.clone(), stop).run();
            posts.keep(Post::Webhooks, stop, work, || nodes::pass_on(&worker.shared.engine)).await;
        });
        Ok(Some(courier))
    }

    /// What the text of an address alone forbids.
    pub fn check(&self, url: &Url) -> Result<(), Refusal> {
        self.shared.guard.check(url)
    }

    /// Sends a ping now. Says what came of it; it does not count.
    pub async fn test(&self, webhook: &Webhook) -> Outcome {
        let id = Entropy.webhook().0;
        let ping = Delivery { id, kind: "ping", body: body(id, webhook.id, webhook.room, "") };
        self.post(webhook, &ping, TEST).await
    }

    /// One attempt.
    async fn post(&self, webhook: &Webhook, delivery: &Delivery, patience: Duration) -> Outcome {
        let sent = async {
            let url = Url::parse(&webhook.url).map_err(|_| Refusal::new(engine::refusal::Code::BadLink))?;
            let timestamp = self.shared.engine.clock.now().wall.0 / 1_000;
            let headers = headers(webhook, delivery, timestamp);
            let deadline = Instant::now() + patience.min(self.shared.guard.limits().total);
            self.shared.guard.post(&url, headers, delivery.body.clone(), deadline).await
        };
        match sent.await {
            Ok(status) => Outcome::Status(status.as_u16()),
            Err(refusal) => Outcome::Error(refusal.code.name().to_owned()),
        }
    }
}

/// As many of the events of a batch as one delivery carries; the batch is cut to them.
fn delivery(webhook: &Webhook, room: RoomId, batch: &mut Batch) -> Delivery {
    let mut events = String::new();
    let mut count = 0;
    for event in &batch.events {
        let event = told(event).to_string();
        if count > 0 {
            if events.len() + event.len() > BODY {
                break;
            }
            events.push(',');
        }
        events.push_str(&event);
        count += 1;
    }
    batch.keep(count);
    let first = batch.events.first().map_or(batch.to, |event| event.seq);
    let id = delivery_id(webhook.id, room, first, batch.to);
    Delivery { id, kind: "events", body: body(id, webhook.id, Some(room), &events) }
}

/// The same for the same events, also after a restart: so that a receiver knows what it has already.
fn delivery_id(webhook: WebhookId, room: RoomId, first: u64, to: u64) -> Uuid {
    let digest = Sha256::digest(format!("delivery {webhook} {room} {first} {to}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(bytes)
}

/// `events` are JSON already, with commas between them.
fn body(id: Uuid, webhook: WebhookId, room: Option<RoomId>, events: &str) -> Bytes {
    let room = room.map_or_else(|| "null".to_owned(), |room| format!("\"{room}\""));
    format!(r#"{{"id":"{id}","webhook":"{webhook}","room":{room},"events":[{events}]}}"#).into()
}

fn headers(webhook: &Webhook, delivery: &Delivery, timestamp: i64) -> HeaderMap {
    let signature = signature(&webhook.secret.0, timestamp, &delivery.body);
    let texts = [
        ("onecouch-event", delivery.kind.to_owned()),
        ("onecouch-delivery", delivery.id.to_string()),
        ("onecouch-timestamp", timestamp.to_string()),
        ("onecouch-signature", format!("v1={signature}")),
    ];
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, text) in texts {
        // Letters, digits and signs of ASCII: all of them can stand in a header.
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(name, value);
        }
    }
    headers
}

/// HMAC-SHA-256 over `timestamp.body`, in hexadecimal.
fn signature(secret: &str, timestamp: i64, body: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(format!("{timestamp}.").as_bytes());
    mac.update(body);
    mac.finalize().into_bytes().iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_what_others_compute_too() {
        // As `printf '1795000000.{"a":1}' | openssl dgst -sha256 -hmac key` has it.
        let known = "1bd16f4bb96630234f5d9db1391a58d04079ea2aaf515271f43b4b91dcdfe987";
        assert_eq!(signature("key", 1_795_000_000, br#"{"a":1}"#), known);
    }
}
