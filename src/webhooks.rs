//! Delivers webhooks: what happened in rooms, signed, to addresses that people named.
//!
//! The engine's [`webhooks`](engine::webhooks) knows what is due to whom; here are the requests, through the guarded client,
//! and the patience with receivers that fail. One task hears which rooms have news. A webhook to which something is due has
//! a task of its own as long as that is so, so that a slow receiver delays nobody but itself; what waits for it are rooms,
//! never events.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::Context;
use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, header},
};
use engine::{
    Engine,
    ids::{Entropy, PersonId, RoomId, WebhookId},
    refusal::{No, Refusal},
    rooms::News,
    webhooks::{Attempt, Batch, Outcome, Webhook},
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;
use uuid::Uuid;

use crate::{
    config::Config,
    dialects::native::wire::event::told,
    resolve::{Guard, Limits},
};

/// How long is waited after each failure; after more of them as long as after the last.
const BACK_OFF: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
];
/// How long is waited after a fault of our own.
const RECOVERY: Duration = Duration::from_secs(5);
/// How often all webhooks are read anew while there are any: whose they are may have changed.
const READ_EVERY: Duration = Duration::from_mins(1);
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
    stop: CancellationToken,
    tasks: TaskTracker,
    /// Webhooks that have a task at the moment, and what is to be looked at for them, in turn. A room stands there once,
    /// with the first event that is due where the webhook was told nothing of it yet.
    at_work: Mutex<AtWork>,
}

type AtWork = HashMap<WebhookId, VecDeque<(RoomId, Option<u64>)>>;

/// The webhooks that are not off, by what they hear.
#[derive(Default)]
struct Known {
    people: HashMap<WebhookId, PersonId>,
    by_room: HashMap<RoomId, Vec<WebhookId>>,
    by_host: HashMap<PersonId, Vec<WebhookId>>,
}

/// What came of looking at one room for one webhook.
enum Looked {
    /// It knows all.
    Done,
    /// There is more.
    More,
    /// It is gone or off, or the server stops.
    End,
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
        let shared = Shared {
            engine: engine.clone(),
            guard,
            attempts: settings.attempts.get(),
            stop: stop.clone(),
            tasks: tasks.clone(),
            at_work: Mutex::default(),
        };
        let courier = Self { shared: Arc::new(shared) };
        tasks.spawn(courier.clone().run());
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

    /// Hears what there is to deliver, and for whom.
    async fn run(self) {
        let webhooks = &self.shared.engine.webhooks;
        let tap = self.shared.engine.rooms.tap().clone();
        let mut again = tokio::time::interval(READ_EVERY);
        again.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut known, mut read) = (Known::default(), false);
        loop {
            tokio::select! {
                () = self.shared.stop.cancelled() => return,
                () = webhooks.changed() => read = self.read(&mut known).await,
                // The first tick is at once.
                _ = again.tick(), if !read || !known.people.is_empty() => read = self.read(&mut known).await,
                news = tap.next(), if !known.people.is_empty() => {
                    for news in news {
                        self.hear(news, &known).await;
                    }
                }
            }
        }
    }

    /// Reads all webhooks, and has those that are new look at what they missed. False where that failed.
    async fn read(&self, known: &mut Known) -> bool {
        match self.try_read(known).await {
            Ok(()) => true,
            Err(no) => {
                tracing::error!(%no, "the webhooks could not be read; tried again in a minute");
                false
            }
        }
    }

    async fn try_read(&self, known: &mut Known) -> Result<(), No> {
        let webhooks = &self.shared.engine.webhooks;
        let all = webhooks.all().await?;
        // From here on news are kept, so that nothing is between them and what is looked up below.
        webhooks.listen_for(&all);
        let mut now = Known::default();
        for webhook in all.iter().filter(|webhook| !webhook.is_off()) {
            if known.people.get(&webhook.id) != Some(&webhook.person) {
                for room in webhooks.behind(webhook).await? {
                    self.give(webhook.id, room, None);
                }
            }
            now.people.insert(webhook.id, webhook.person);
            match webhook.room {
                Some(room) => now.by_room.entry(room).or_default().push(webhook.id),
                None => now.by_host.entry(webhook.person).or_default().push(webhook.id),
            }
        }
        *known = now;
        Ok(())
    }

    async fn hear(&self, news: News, known: &Known) {
        if news.gone {
            if let Err(no) = self.shared.engine.webhooks.room_is_gone(news.room).await {
                tracing::error!(room = %news.room, %no, "the webhooks of a room that is gone stay until the next start");
            }
            return;
        }
        for id in known.by_room.get(&news.room).into_iter().flatten() {
            self.give(*id, news.room, None);
        }
        for id in news.host.and_then(|host| known.by_host.get(&host)).into_iter().flatten() {
            self.give(*id, news.room, Some(news.first));
        }
    }

    fn at_work(&self) -> MutexGuard<'_, AtWork> {
        // Nothing leaves it half done.
        self.shared.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has a webhook look at a room, behind all others that it is to look at.
    fn give(&self, id: WebhookId, room: RoomId, first: Option<u64>) {
        let mut at_work = self.at_work();
        let idle = !at_work.contains_key(&id);
        let rooms = at_work.entry(id).or_default();
        if !rooms.iter().any(|(waiting, _)| *waiting == room) {
            rooms.push_back((room, first));
        }
        drop(at_work);
        if idle {
            self.shared.tasks.spawn(Work { courier: self.clone(), id, done: false }.run());
        }
    }

    /// Delivers the next events of a room, or gives them up.
    async fn look(&self, id: WebhookId, room: RoomId, first: Option<u64>) -> Result<Looked, No> {
        let webhooks = &self.shared.engine.webhooks;
        let Some(mut webhook) = webhooks.get(id).await?.filter(|webhook| !webhook.is_off()) else {
            return Ok(Looked::End);
        };
        let Some(mut batch) = webhooks.next(&webhook, room, first).await? else { return Ok(Looked::Done) };
        if batch.events.is_empty() {
            // What is not for it is passed over again next time: that is cheaper than to write it down each time.
            let done = !(batch.withheld || batch.more) || webhooks.settle(webhook, Some((room, batch.to))).await?;
            return Ok(if done { looked(&batch) } else { Looked::End });
        }
        let delivery = delivery(&webhook, room, &mut batch);
        for attempt in 0..self.shared.attempts {
            if let Some(pause) = attempt.checked_sub(1) {
                if self.rest(pause_after(pause)).await {
                    return Ok(Looked::End);
                }
                let Some(now) = webhooks.get(id).await? else { return Ok(Looked::End) };
                webhook = now;
                match webhooks.may_hear(&webhook, room).await {
                    Ok(()) => {}
                    // They may not any more: the next look settles it.
                    Err(No::Refusal(_)) => return Ok(Looked::More),
                    Err(fault) => return Err(fault),
                }
            }
            let sent = tokio::select! {
                () = self.shared.stop.cancelled() => return Ok(Looked::End),
                sent = self.post(&webhook, &delivery, self.shared.guard.limits().total) => sent,
            };
            let success = sent.is_success();
            if !success {
                tracing::debug!(webhook = %id, outcome = ?sent, attempt, "a webhook could not be delivered");
            }
            webhook = webhook.after(Attempt { at: self.shared.engine.clock.now().wall, outcome: sent });
            let off = webhook.is_off();
            let settled = success.then_some((room, batch.to));
            if success {
                metrics::counter!("onecouch_webhook_deliveries_total").increment(1);
            } else {
                metrics::counter!("onecouch_webhook_failures_total").increment(1);
            }
            if !webhooks.settle(webhook.clone(), settled).await? {
                return Ok(Looked::End);
            }
            if success {
                return Ok(looked(&batch));
            }
            if off {
                tracing::warn!(webhook = %id, "a webhook failed for three days and is switched off");
                return Ok(Looked::End);
            }
        }
        let dropped = batch.events.len() as u64;
        metrics::counter!("onecouch_webhook_dropped_events_total").increment(dropped);
        tracing::warn!(webhook = %id, %room, dropped, "a webhook failed again and again: these events are given up");
        webhook.health.dropped += dropped;
        Ok(if webhooks.settle(webhook, Some((room, batch.to))).await? { looked(&batch) } else { Looked::End })
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

    /// Waits. True where the server stops.
    async fn rest(&self, pause: Duration) -> bool {
        tokio::select! {
            () = self.shared.stop.cancelled() => true,
            () = tokio::time::sleep(pause) => false,
        }
    }
}

/// The task of one webhook to which something is due.
struct Work {
    courier: Courier,
    id: WebhookId,
    /// It came to its end, and another may have begun since.
    done: bool,
}

impl Work {
    async fn run(mut self) {
        while let Some((room, first)) = self.next() {
            match self.courier.look(self.id, room, first).await {
                Ok(Looked::Done) => {}
                Ok(Looked::More) => self.courier.give(self.id, room, first),
                Ok(Looked::End) => return,
                Err(no) => {
                    if let No::Fault(fault) = &no {
                        tracing::error!(webhook = %self.id, %room, %fault, "a webhook waits for us");
                    }
                    self.courier.give(self.id, room, first);
                    if self.courier.rest(RECOVERY).await {
                        return;
                    }
                }
            }
        }
    }

    /// The next room, or the end of this task: in one step, so that what is given from then on begins another.
    fn next(&mut self) -> Option<(RoomId, Option<u64>)> {
        let mut at_work = self.courier.at_work();
        let next = at_work.get_mut(&self.id).and_then(VecDeque::pop_front);
        if next.is_none() {
            at_work.remove(&self.id);
        }
        drop(at_work);
        self.done = next.is_none();
        next
    }
}

impl Drop for Work {
    /// Whatever ended it early, a panic too: what comes next begins another.
    fn drop(&mut self) {
        if !self.done {
            self.courier.at_work().remove(&self.id);
        }
    }
}

fn looked(batch: &Batch) -> Looked {
    if batch.more { Looked::More } else { Looked::Done }
}

fn pause_after(failure: u32) -> Duration {
    let index = usize::try_from(failure).unwrap_or(usize::MAX);
    BACK_OFF[index.min(BACK_OFF.len() - 1)]
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

    #[test]
    fn pauses_grow_and_then_stay() {
        let pauses: Vec<_> = (0..7).map(|failure| pause_after(failure).as_secs()).collect();
        assert_eq!(pauses, [1, 5, 30, 120, 600, 600, 600]);
    }
}
