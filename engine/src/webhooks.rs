//! Webhooks: addresses that are told what happens in rooms, so that programs can react without a socket.
//!
//! Here are the records and the rules: who may have one, which events are due to it, how it fails. A host brings the
//! delivery. What is due is read from the journal behind a [`Cursor`] per webhook and room, so that nothing is lost to a
//! restart and nothing of a room waits in memory; [`Tap`](crate::rooms::Tap) only says which rooms to look at.

use std::{collections::BTreeSet, fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::{
    actor_in,
    changes::{self, Others},
    command::Actor,
    event::{Door, Event, EventKind},
    ids::{Entropy, PersonId, RoomId, WebhookId},
    people::{Caller, People},
    ports::{Change, Store, Trail},
    records::{Find, Key, Record},
    refusal::{Code, No, Refusal},
    room::{RoomView, roles},
    rooms::{Rooms, Wanted},
    time::{Clock, Millis, WallTime},
    turns::Turns,
};

/// How many events one delivery has at most.
pub const BATCH: usize = 100;
/// How long a webhook may fail without one success before it is switched off: three days, a long weekend.
pub const PATIENCE: Millis = Millis::seconds(3 * 24 * 3_600);
/// How many characters its address may have.
const URL_LIMIT: usize = 2_000;
/// How many rooms of a host are read at once.
const ROOMS: usize = 500;

/// What a host sets about webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhooksSettings {
    /// How many one person may have; with 0 nobody makes any.
    pub per_person: usize,
}

impl Default for WebhooksSettings {
    fn default() -> Self {
        Self { per_person: 10 }
    }
}

/// What a delivery is signed with: 64 characters of `[a-z0-9]`. Prints as dots.
///
/// Stored as it is: whoever signs needs the secret itself, and a hash of it would be the secret then.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SigningSecret(pub String);

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("••••••")
    }
}

/// An address that is told what happens in rooms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Its identity.
    pub id: WebhookId,
    /// Whose: it hears what they may hear.
    pub person: PersonId,
    /// The public id of the key that made it, where a key did: it goes when that key is revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Where deliveries go.
    pub url: String,
    /// The room; all that its person hosts where none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomId>,
    /// The kinds of events, as [`EventKind::name`] gives them; all where empty.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub events: BTreeSet<String>,
    /// What deliveries are signed with.
    pub secret: SigningSecret,
    /// When it was made.
    pub made_at: WallTime,
    /// How it does.
    #[serde(default)]
    pub health: Health,
}

/// How a webhook does. Only who delivers changes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Deliveries that were taken.
    pub delivered: u64,
    /// Attempts that failed.
    pub failed: u64,
    /// Events that were given up.
    pub dropped: u64,
    /// The last attempt.
    pub last: Option<Attempt>,
    /// Since when no attempt succeeded; none while the last one did.
    pub failing_since: Option<WallTime>,
    /// When it was switched off, after it had failed for [`PATIENCE`].
    pub off_since: Option<WallTime>,
}

/// One attempt to deliver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it ended.
    pub at: WallTime,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was answered with this status; 200 to 299 is success.
    Status(u16),
    /// It was not answered: the name of the refusal that says why.
    Error(String),
}

impl Outcome {
    /// Whether the delivery was taken.
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Status(200..=299))
    }
}

/// How much of a room a webhook was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The webhook.
    pub webhook: WebhookId,
    /// The room.
    pub room: RoomId,
    /// Number of the last event that is settled: delivered, given up, or not for it.
    pub seq: u64,
}

impl Webhook {
    /// Whether it is to be told of such an event.
    pub fn wants(&self, event: &Event) -> bool {
        self.events.is_empty() || self.events.contains(event.kind.name())
    }

    /// Whether it was switched off.
    pub fn is_off(&self) -> bool {
        self.health.off_since.is_some()
    }

    /// The same after an attempt: one that failed for too long is switched off.
    #[must_use]
    pub fn after(mut self, attempt: Attempt) -> Self {
        let health = &mut self.health;
        if attempt.outcome.is_success() {
            health.delivered += 1;
            health.failing_since = None;
        } else {
            health.failed += 1;
            let since = *health.failing_since.get_or_insert(attempt.at);
            if attempt.at - since >= PATIENCE {
                health.off_since = Some(attempt.at);
            }
        }
        health.last = Some(attempt);
        self
    }
}

/// What somebody wants to be told.
#[derive(Debug, Clone, Default)]
pub struct NewWebhook {
    /// Where deliveries go. Whether the host may send there is for the host to say.
    pub url: String,
    /// The room; all that they host where none.
    pub room: Option<RoomId>,
    /// The kinds of events; all where empty.
    pub events: BTreeSet<String>,
}

/// The next events of a room that are settled together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    /// What the webhook is told, in order; none where all of them are not for it.
    pub events: Vec<Event>,
    /// Number of the last event that is settled with it.
    pub to: u64,
    /// There may be more behind it.
    pub more: bool,
    /// Nothing of it is told because its person may not hear it: it must not be told later either.
    pub withheld: bool,
}

impl Batch {
    /// Keeps the first `count` of its events for now.
    pub fn keep(&mut self, count: usize) {
        if let Some(last) = count.checked_sub(1).and_then(|last| self.events.get(last))
            && count < self.events.len()
        {
            self.to = last.seq;
            self.more = true;
            self.events.truncate(count);
        }
    }
}

/// All webhooks.
#[derive(Clone)]
pub struct Webhooks {
    store: Arc<dyn Store>,
    rooms: Rooms,
    people: People,
    clock: Clock,
    settings: WebhooksSettings,
    /// Held while somebody's are counted and one is made.
    making: Arc<Turns>,
    /// There are others than before.
    changed: Arc<Notify>,
    /// The other nodes are told so.
    others: Others,
}

impl Webhooks {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        rooms: Rooms,
        people: People,
        clock: Clock,
        settings: WebhooksSettings,
    ) -> Self {
        let making = Arc::new(Turns::one(store.clone(), "webhooks"));
        Self { store, rooms, people, clock, settings, making, changed: Arc::default(), others: Others::default() }
    }

    /// The same as one of several nodes.
    #[must_use]
    pub(crate) fn among(mut self, others: Others) -> Self {
        self.others = others;
        self
    }

    /// Makes one, for somebody who may be in its room. It is told what happens from now on. Its secret is to be shown
    /// once, now.
    pub async fn make(&self, by: &Caller, actor: &Actor, new: NewWebhook) -> Result<Webhook, No> {
        if self.settings.per_person == 0 {
            return Err(Code::NoWebhooks.into());
        }
        if new.url.chars().count() > URL_LIMIT {
            return Err(Refusal::new(Code::TextTooLong).with("limit", URL_LIMIT).into());
        }
        if let Some(odd) = new.events.iter().find(|kind| !EventKind::NAMES.contains(&kind.as_str())) {
            let known = EventKind::NAMES.join(", ");
            return Err(Refusal::input(format_args!("There are no events called {odd}. There are {known}.")).into());
        }
        let id = Entropy.webhook();
        let mut records = Vec::new();
        if let Some(room) = new.room {
            let view = self.rooms.view(room).await?;
            roles::enter(&view, actor)?;
            // A cursor from the start: where it is missing later, the room is gone.
            records.push(Record::WebhookCursor(Cursor { webhook: id, room, seq: view.seq }));
        }
        let webhook = Webhook {
            id,
            person: by.person.id,
            key: by.key.as_ref().map(|key| key.id.to_string()),
            url: new.url,
            room: new.room,
            events: new.events,
            secret: SigningSecret(Entropy.token()),
            made_at: self.clock.now().wall,
            health: Health::default(),
        };
        records.push(Record::Webhook(Box::new(webhook.clone())));

        let turn = self.making.next().await?;
        if self.of(by.person.id).await?.len() >= self.settings.per_person {
            return Err(Refusal::new(Code::TooManyWebhooks).with("limit", self.settings.per_person).into());
        }
        turn.still().await?;
        self.store.put(records).await?;
        self.changed_here();
        Ok(webhook)
    }

    /// Somebody's, the oldest first.
    pub async fn of(&self, person: PersonId) -> Result<Vec<Webhook>, No> {
        Ok(webhooks(self.store.find(Find::WebhooksOf(person)).await?))
    }

    /// All of them, the oldest first.
    pub async fn all(&self) -> Result<Vec<Webhook>, No> {
        Ok(webhooks(self.store.find(Find::Webhooks).await?))
    }

    /// One of somebody's.
    pub async fn own(&self, person: PersonId, id: WebhookId) -> Result<Webhook, No> {
        let webhook = self.get(id).await?.filter(|webhook| webhook.person == person);
        webhook.ok_or_else(|| Code::NoSuchWebhook.into())
    }

    /// One, as it is now.
    pub async fn get(&self, id: WebhookId) -> Result<Option<Webhook>, No> {
        match self.store.get(Key::Webhook(id)).await? {
            Some(Record::Webhook(webhook)) => Ok(Some(*webhook)),
            _ => Ok(None),
        }
    }

    /// Deletes one of somebody's.
    pub async fn delete(&self, person: PersonId, id: WebhookId) -> Result<(), No> {
        self.own(person, id).await?;
        self.end(id).await
    }

    /// A room is gone, and with it the webhooks that were about it alone.
    pub async fn room_is_gone(&self, room: RoomId) -> Result<(), No> {
        for webhook in self.all().await?.into_iter().filter(|webhook| webhook.room == Some(room)) {
            self.end(webhook.id).await?;
        }
        Ok(())
    }

    async fn end(&self, id: WebhookId) -> Result<(), No> {
        let mut delete: Vec<Key> = self.store.find(Find::CursorsUnder(id)).await?.iter().map(Record::key).collect();
        delete.push(Key::Webhook(id));
        self.store.change(Change { delete, ..Change::default() }).await?;
        self.changed_here();
        Ok(())
    }

    fn changed_here(&self) {
        self.others.tell(&changes::Change::Webhooks);
        self.are_others();
    }

    /// There may be others than before.
    pub(crate) fn are_others(&self) {
        self.changed.notify_one();
    }

    /// Waits until webhooks were made or deleted since the last time. It has one listener.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Has rooms tell what these want to hear, and nothing else.
    pub fn listen_for<'a>(&self, webhooks: impl IntoIterator<Item = &'a Webhook>) {
        let mut wanted = Wanted::default();
        for webhook in webhooks.into_iter().filter(|webhook| !webhook.is_off()) {
            match webhook.room {
                Some(room) => wanted.rooms.insert(room),
                None => wanted.hosts.insert(webhook.person),
            };
        }
        self.rooms.tap().want(wanted);
    }

    /// The rooms of which a webhook may have missed something, found without loading any. One that is about a room that
    /// is gone ends here.
    pub async fn behind(&self, webhook: &Webhook) -> Result<Vec<RoomId>, No> {
        if let Some(room) = webhook.room {
            let Some(cursor) = self.cursor(webhook, room).await? else {
                self.end(webhook.id).await?;
                return Ok(Vec::new());
            };
            let missed = self.store.events_after(room, cursor, 1).await?;
            return Ok(missed.iter().map(|_| room).collect());
        }
        let mut behind = Vec::new();
        let mut before = None;
        loop {
            let heads = self.store.hosted(webhook.person, before, ROOMS).await?;
            for head in &heads {
                let cursor = match self.cursor(webhook, head.id).await? {
                    Some(cursor) => cursor,
                    None => self.since(head.id, webhook.made_at).await?,
                };
                if cursor < head.seq {
                    behind.push(head.id);
                }
            }
            match heads.last() {
                Some(last) if heads.len() == ROOMS => before = Some(last.id),
                _ => return Ok(behind),
            }
        }
    }

    async fn cursor(&self, webhook: &Webhook, room: RoomId) -> Result<Option<u64>, No> {
        match self.store.get(Key::WebhookCursor(webhook.id, room)).await? {
            Some(Record::WebhookCursor(cursor)) => Ok(Some(cursor.seq)),
            _ => Ok(None),
        }
    }

    /// The number of the last event of a room before a moment.
    async fn since(&self, room: RoomId, moment: WallTime) -> Result<u64, No> {
        let mut trail = Trail { limit: 1, ..Trail::default() };
        loop {
            let page = self.store.audit(room, &trail).await?;
            if let Some(earlier) = page.iter().find(|event| event.at < moment) {
                return Ok(earlier.seq);
            }
            match page.last() {
                Some(first) if page.len() == trail.limit => {
                    trail = Trail { before: Some(first.seq), limit: BATCH, ..trail };
                }
                Some(first) => return Ok(first.seq - 1),
                None => return Ok(trail.before.map_or(0, |before| before - 1)),
            }
        }
    }

    /// The next events of a room for a webhook; none where it knows all. `first` is the number of the first event that it
    /// is to be told of where it was told nothing yet.
    pub async fn next(&self, webhook: &Webhook, room: RoomId, first: Option<u64>) -> Result<Option<Batch>, No> {
        let cursor = match (self.cursor(webhook, room).await?, first) {
            (Some(cursor), _) => cursor,
            (None, Some(first)) => {
                // At once: what comes before the first delivery must not be lost to a restart.
                self.settle(webhook.clone(), Some((room, first - 1))).await?;
                first - 1
            }
            (None, None) => self.since(room, webhook.made_at).await?,
        };
        let mut events = self.store.events_after(room, cursor, BATCH).await?;
        let Some(to) = events.last().map(|last| last.seq) else { return Ok(None) };
        let more = events.len() == BATCH;
        events.retain(|event| webhook.wants(event));
        if events.is_empty() {
            return Ok(Some(Batch { to, more, ..Batch::default() }));
        }
        match self.may_hear(webhook, room).await {
            Ok(()) => Ok(Some(Batch { events, to, more, withheld: false })),
            Err(No::Refusal(refusal)) if is_passing(refusal.code) => Err(refusal.into()),
            Err(No::Refusal(_)) => Ok(Some(Batch { events: Vec::new(), to, more, withheld: true })),
            Err(fault) => Err(fault),
        }
    }

    /// Refuses where a webhook's person may not be in a room at this moment, or does not host it where it is about rooms
    /// that they host.
    pub async fn may_hear(&self, webhook: &Webhook, room: RoomId) -> Result<(), No> {
        let view = self.rooms.view(room).await?;
        let caller = self.people.by_id(webhook.person).await?.ok_or(Refusal::new(Code::NoSuchPerson))?;
        let actor = actor_in(&self.people, &view, &caller, Door::Api).await?;
        roles::enter(&view, &actor)?;
        if webhook.room.is_none() && !hosts(&view, webhook.person) {
            return Err(Code::NotAMember.into());
        }
        Ok(())
    }

    /// Writes down how a webhook does, and how much of a room is settled, unless it was deleted meanwhile: then false.
    pub async fn settle(&self, webhook: Webhook, settled: Option<(RoomId, u64)>) -> Result<bool, No> {
        let id = webhook.id;
        // Whose it is may be another by now: two selves became one.
        let Some(now) = self.get(id).await? else { return Ok(false) };
        let webhook = Webhook { health: webhook.health, ..now };
        let cursor = settled.map(|(room, seq)| Record::WebhookCursor(Cursor { webhook: id, room, seq }));
        let put = std::iter::once(Record::Webhook(Box::new(webhook))).chain(cursor).collect();
        self.store.change(Change { held: vec![Key::Webhook(id)], put, ..Change::default() }).await
    }
}

/// Whether a refusal is of the moment: what is due stays due.
fn is_passing(code: Code) -> bool {
    code == Code::Stopping || code.passes()
}

fn hosts(view: &RoomView, person: PersonId) -> bool {
    view.head().host == Some(person)
}

fn webhooks(records: Vec<Record>) -> Vec<Webhook> {
    let webhook = |record| if let Record::Webhook(webhook) = record { Some(*webhook) } else { None };
    let mut webhooks: Vec<_> = records.into_iter().filter_map(webhook).collect();
    webhooks.sort_by_key(|webhook| webhook.id);
    webhooks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn webhook() -> Webhook {
        Webhook {
            id: Entropy.webhook(),
            person: Entropy.person(),
            key: None,
            url: "https://bot.example/".to_owned(),
            room: None,
            events: BTreeSet::new(),
            secret: SigningSecret("very-secret".to_owned()),
            made_at: WallTime(0),
            health: Health::default(),
        }
    }

    fn attempt(days: i64, outcome: Outcome) -> Attempt {
        Attempt { at: WallTime(days * 24 * 3_600_000), outcome }
    }

    #[test]
    fn three_days_without_a_success_switch_it_off() {
        let broken = || Outcome::Status(500);
        let failing = webhook().after(attempt(1, broken())).after(attempt(3, Outcome::Error("busy".into())));
        assert_eq!(failing.health.failing_since, Some(attempt(1, broken()).at));
        assert!(!failing.is_off());
        let mended = failing.clone().after(attempt(3, Outcome::Status(204)));
        assert!(!mended.after(attempt(4, broken())).is_off());
        let off = failing.after(attempt(4, broken()));
        assert!(off.is_off());
        assert_eq!((off.health.delivered, off.health.failed), (0, 3));
    }

    #[test]
    fn what_is_kept_of_a_batch_is_settled_and_no_more() {
        let event = |seq| Event { seq, at: WallTime(0), by: None, undoes: None, kind: EventKind::Cleared };
        let whole = Batch { events: vec![event(3), event(5), event(9)], to: 12, ..Batch::default() };
        for (count, to, left) in [(2, 5, 2), (3, 12, 3), (7, 12, 3)] {
            let mut batch = whole.clone();
            batch.keep(count);
            assert_eq!((batch.to, batch.events.len(), batch.more), (to, left, count == 2));
        }
    }

    #[test]
    fn a_secret_is_stored_and_never_printed() {
        let webhook = webhook();
        assert!(!format!("{webhook:?}").contains("very-secret"));
        let stored = serde_json::to_string(&webhook).unwrap();
        assert_eq!(serde_json::from_str::<Webhook>(&stored).unwrap(), webhook);
    }

    #[test]
    fn the_kinds_that_one_may_ask_for_are_those_that_there_are() {
        let source = include_str!("event.rs").split("pub fn name(&self)").nth(1).unwrap();
        let table = source.split("\n    }\n").next().unwrap();
        let named: Vec<_> = table.split('"').skip(1).step_by(2).collect();
        assert_eq!(named, EventKind::NAMES);
    }
}
