//! An engine on a store whose commits and loads the test holds back, counts and spoils.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use async_trait::async_trait;
use engine::{
    Engine, Settings,
    command::{Actor, Command, Spot},
    event::{Door, Event, EventKind},
    ids::{CallId, ItemId, MessageId, PersonId, RoomId},
    media::{Media, Player},
    memory::MemoryStore,
    ports::{
        Attendance, Brought, Change, Entry, Held, Landing, Loaded, NodeHead, Pending, Renewed, Resolve, RoomHead,
        Store, Taken, Totals, Trail,
    },
    records::{Find, Key, Record},
    refusal::{Code, Fault, No},
    room::{Changes, RoomView, Visibility},
    rooms::{Done, Heard, Listening, NewRoom},
    table::Table,
    time::{Clock, Millis, PlayTime, WallTime},
};
use tokio::{sync::watch, time::timeout};
use uuid::Uuid;

/// An engine and the store below it.
pub struct House {
    pub engine: Engine,
    pub store: TestStore,
}

impl House {
    pub fn new() -> Self {
        Self::on(TestStore::on(MemoryStore::new()), Table::default(), &Settings::default())
    }

    pub fn with(resolve: impl Resolve) -> Self {
        Self::on(TestStore::on(MemoryStore::new()), resolve, &Settings::default())
    }

    pub fn quick_to_unload(idle: Millis) -> Self {
        let mut settings = Settings::default();
        settings.rooms.idle = idle;
        Self::on(TestStore::on(MemoryStore::new()), Table::default(), &settings)
    }

    fn on(store: TestStore, resolve: impl Resolve, settings: &Settings) -> Self {
        let engine = Engine::new(Arc::new(store.clone()), Arc::new(resolve), Clock::start(), settings);
        Self { engine, store }
    }

    /// The next process, on the same disk. The old one is not stopped by it.
    pub fn restart(&self) -> Self {
        Self::on(TestStore::on(self.store.inner.reopen()), Table::default(), &Settings::default())
    }

    /// A room of ana's that everybody may enter who knows it.
    pub async fn room(&self) -> RoomId {
        self.engine.rooms.create(&ana(), seen_as(Visibility::Unlisted)).await.unwrap().id
    }

    pub fn ask<'a>(
        &'a self,
        room: RoomId,
        actor: &Actor,
        command: Command,
    ) -> impl Future<Output = Result<Done, No>> + use<'a> {
        self.engine.rooms.command(room, actor.clone(), command)
    }

    pub async fn view(&self, room: RoomId) -> Arc<RoomView> {
        self.engine.rooms.view(room).await.unwrap()
    }

    /// The room's position at this moment.
    pub async fn position(&self, room: RoomId) -> Millis {
        self.view(room).await.position(self.engine.clock.play_time())
    }

    /// Somebody opens the room in a browser.
    pub async fn arrives(&self, room: RoomId, actor: &Actor) {
        let connection = self.engine.rooms.connection();
        self.ask(room, actor, Command::Arrive { connection, watches: true }).await.unwrap();
    }
}

/// A room that is seen so.
pub fn seen_as(visibility: Visibility) -> NewRoom {
    NewRoom { changes: Changes { visibility: Some(visibility), ..Changes::default() }, ..NewRoom::default() }
}

pub fn person(name: &str) -> Actor {
    let number = name.bytes().fold(0, |number, byte| number * 256 + u128::from(byte));
    let person = PersonId(Uuid::from_u128(number));
    Actor { person, name: name.into(), door: Door::Viewer, connection: None, granted: None, registered: false }
}

pub fn ana() -> Actor {
    person("ana")
}

pub fn ben() -> Actor {
    person("ben")
}

/// A line of chat; each call is another line.
pub fn line(text: &str) -> Command {
    Command::Say { id: MessageId(fresh()), text: text.to_owned() }
}

/// A clip of a minute, of an identity of its own, for the end of the queue.
pub fn clip(name: &str) -> Command {
    film(name, Millis::seconds(60), Spot::End)
}

pub fn film(name: &str, duration: Millis, spot: Spot) -> Command {
    let media = Media {
        title: Some(name.to_owned()),
        duration: Some(duration),
        ..Media::bare(format!("https://films.example/{name}.mp4"), Player::Video)
    };
    Command::add(ItemId(fresh()), media, &ana(), WallTime(0), spot)
}

fn fresh() -> Uuid {
    static LAST: AtomicU64 = AtomicU64::new(1);
    Uuid::from_u128(u128::from(LAST.fetch_add(1, SeqCst)))
}

/// What a listener hears next; none where it is let go. On a paused clock the minute costs nothing.
pub async fn next(listening: &mut Listening) -> Option<Arc<Heard>> {
    timeout(Duration::from_secs(60), listening.heard.recv()).await.expect("nothing was told")
}

/// The code of a refusal.
pub fn code<T: std::fmt::Debug>(answer: Result<T, No>) -> Code {
    match answer {
        Err(No::Refusal(refusal)) => refusal.code,
        other => panic!("no refusal: {other:?}"),
    }
}

pub fn said(event: &Event) -> Option<&str> {
    match &event.kind {
        EventKind::Said(line) => Some(&line.text),
        _ => None,
    }
}

/// A store in memory with a hand on it.
#[derive(Clone)]
pub struct TestStore {
    pub inner: MemoryStore,
    hand: Arc<Hand>,
}

struct Hand {
    /// Whether commits are told of. They are made at once: what is held back is the word.
    commits: watch::Sender<bool>,
    loads: watch::Sender<bool>,
    loaded: AtomicUsize,
    /// How many of the next commits, and loads, fail.
    bad_commits: AtomicUsize,
    bad_loads: AtomicUsize,
}

impl TestStore {
    pub fn on(inner: MemoryStore) -> Self {
        let hand = Hand {
            commits: watch::Sender::new(true),
            loads: watch::Sender::new(true),
            loaded: AtomicUsize::new(0),
            bad_commits: AtomicUsize::new(0),
            bad_loads: AtomicUsize::new(0),
        };
        Self { inner, hand: Arc::new(hand) }
    }

    pub fn hold_commits(&self) {
        self.hand.commits.send_replace(false);
    }

    pub fn release_commits(&self) {
        self.hand.commits.send_replace(true);
    }

    pub fn hold_loads(&self) {
        self.hand.loads.send_replace(false);
    }

    pub fn release_loads(&self) {
        self.hand.loads.send_replace(true);
    }

    /// How many loads were asked for.
    pub fn loads(&self) -> usize {
        self.hand.loaded.load(SeqCst)
    }

    pub fn spoil_commits(&self, next: usize) {
        self.hand.bad_commits.store(next, SeqCst);
    }

    pub fn spoil_loads(&self, next: usize) {
        self.hand.bad_loads.store(next, SeqCst);
    }
}

async fn open(gate: &watch::Sender<bool>) {
    gate.subscribe().wait_for(|open| *open).await.unwrap();
}

/// Whether one more is to fail.
fn spoiled(left: &AtomicUsize) -> Result<(), Fault> {
    match left.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)) {
        Ok(_) => Err(Fault::new("the disk is full")),
        Err(_) => Ok(()),
    }
}

#[async_trait]
impl Store for TestStore {
    fn append(&self, entry: Entry) -> Pending<Result<(), Fault>> {
        let written = spoiled(&self.hand.bad_commits).map(|()| self.inner.append(entry));
        let hand = self.hand.clone();
        Box::pin(async move {
            open(&hand.commits).await;
            written?.await
        })
    }

    async fn load(&self, room: RoomId) -> Result<Option<Loaded>, No> {
        self.hand.loaded.fetch_add(1, SeqCst);
        open(&self.hand.loads).await;
        spoiled(&self.hand.bad_loads)?;
        self.inner.load(room).await
    }

    async fn take(&self, room: RoomId) -> Result<Taken, No> {
        self.hand.loaded.fetch_add(1, SeqCst);
        open(&self.hand.loads).await;
        spoiled(&self.hand.bad_loads)?;
        self.inner.take(room).await
    }

    async fn give_up(&self, room: RoomId, epoch: u64) -> Result<(), Fault> {
        self.inner.give_up(room, epoch).await
    }

    async fn renew(&self) -> Result<Renewed, Fault> {
        self.inner.renew().await
    }

    async fn nodes(&self) -> Result<Vec<NodeHead>, Fault> {
        self.inner.nodes().await
    }

    async fn lost(&self, held: &[(RoomId, u64)]) -> Result<Vec<RoomId>, Fault> {
        self.inner.lost(held).await
    }

    async fn exclusive(&self, key: &str, patience: Duration) -> Result<Box<dyn Held>, No> {
        self.inner.exclusive(key, patience).await
    }

    async fn beat(&self, at: PlayTime) -> Result<(), Fault> {
        self.inner.beat(at).await
    }

    async fn public_rooms(&self, before: Option<RoomId>, limit: usize) -> Result<Vec<RoomHead>, Fault> {
        self.inner.public_rooms(before, limit).await
    }

    async fn all_rooms(&self, after: Option<RoomId>, limit: usize) -> Result<Vec<RoomId>, Fault> {
        self.inner.all_rooms(after, limit).await
    }

    async fn bring(&self, brought: Brought) -> Result<Landing, Fault> {
        self.inner.bring(brought).await
    }

    async fn hosted(&self, person: PersonId, before: Option<RoomId>, limit: usize) -> Result<Vec<RoomHead>, Fault> {
        self.inner.hosted(person, before, limit).await
    }

    async fn visited(
        &self,
        person: PersonId,
        before: Option<WallTime>,
        limit: usize,
    ) -> Result<Vec<(RoomId, WallTime)>, Fault> {
        self.inner.visited(person, before, limit).await
    }

    async fn due(&self, now: WallTime, limit: usize) -> Result<Vec<RoomId>, Fault> {
        self.inner.due(now, limit).await
    }

    async fn chat(&self, room: RoomId, before: Option<u64>, limit: usize) -> Result<Vec<Event>, Fault> {
        self.inner.chat(room, before, limit).await
    }

    async fn line(&self, room: RoomId, seq: u64) -> Result<Option<Event>, Fault> {
        self.inner.line(room, seq).await
    }

    async fn made_by(&self, room: RoomId, person: PersonId, call: CallId) -> Result<Vec<Event>, Fault> {
        self.inner.made_by(room, person, call).await
    }

    async fn lines_of(
        &self,
        person: PersonId,
        after: Option<(RoomId, u64)>,
        limit: usize,
    ) -> Result<Vec<(RoomId, Event)>, Fault> {
        self.inner.lines_of(person, after, limit).await
    }

    async fn history(&self, room: RoomId, before: Option<u64>, limit: usize) -> Result<Vec<Event>, Fault> {
        self.inner.history(room, before, limit).await
    }

    async fn audit(&self, room: RoomId, trail: &Trail) -> Result<Vec<Event>, Fault> {
        self.inner.audit(room, trail).await
    }

    async fn events_after(&self, room: RoomId, after: u64, limit: usize) -> Result<Vec<Event>, Fault> {
        self.inner.events_after(room, after, limit).await
    }

    async fn attendance(&self, room: RoomId) -> Result<Attendance, Fault> {
        self.inner.attendance(room).await
    }

    async fn forget(&self, person: PersonId) -> Result<Vec<RoomId>, No> {
        self.inner.forget(person).await
    }

    async fn get(&self, key: Key) -> Result<Option<Record>, Fault> {
        self.inner.get(key).await
    }

    async fn put(&self, records: Vec<Record>) -> Result<(), No> {
        self.inner.put(records).await
    }

    async fn claim(&self, records: Vec<Record>) -> Result<bool, No> {
        self.inner.claim(records).await
    }

    async fn change(&self, change: Change) -> Result<bool, No> {
        self.inner.change(change).await
    }

    async fn delete(&self, key: Key) -> Result<(), No> {
        self.inner.delete(key).await
    }

    async fn find(&self, find: Find) -> Result<Vec<Record>, Fault> {
        self.inner.find(find).await
    }

    async fn last_records(&self, kind: &str, before: Option<&str>, limit: usize) -> Result<Vec<Record>, Fault> {
        self.inner.last_records(kind, before, limit).await
    }

    async fn last_rooms(&self, before: Option<RoomId>, limit: usize) -> Result<Vec<RoomHead>, Fault> {
        self.inner.last_rooms(before, limit).await
    }

    async fn totals(&self) -> Result<Totals, Fault> {
        self.inner.totals().await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}
