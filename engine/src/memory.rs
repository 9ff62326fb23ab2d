//! The [`Store`] port in memory: everything a database keeps, for as long as the process lives.
//!
//! For a server that is only tried out, and for tests. [`follows`] is the rule of both stores about what may be appended.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use crate::{
    event::{Event, EventKind},
    ids::RoomId,
    ports::{Entry, Loaded, Pending, RoomHead, Store},
    records::{Find, Key, Record},
    refusal::Fault,
    room::{Snapshot, chat::LINES_KEPT},
    time::{Clock, PlayTime, WallTime},
};

/// After how many writes of records those that expired are thrown out.
const SWEEP_EVERY: usize = 1_024;

/// Checks that an entry goes on where its room stands, and says at which number the room stands after it.
///
/// `held` is the epoch and the last number the store has, none where it has no such room. The numbers are checked
/// because after a failed commit the room's next entries may be on their way already: they must fail too.
pub fn follows(entry: &Entry, held: Option<(u64, u64)>) -> Result<u64, Fault> {
    let room = entry.room;
    let founding =
        entry.epoch == 1 && matches!(entry.events.first().map(|first| &first.kind), Some(EventKind::Founded(_)));
    let (epoch, mut seq) = match held {
        Some(held) => held,
        None if founding => (1, 0),
        None => return Err(Fault(format!("there is no room {room}"))),
    };
    if entry.epoch != epoch {
        return Err(Fault(format!("stale epoch: room {room} is in epoch {epoch}, the entry is of {}", entry.epoch)));
    }
    for event in &entry.events {
        if event.seq != seq + 1 {
            return Err(Fault(format!("room {room} needs event {} next, the entry has {}", seq + 1, event.seq)));
        }
        seq = event.seq;
    }
    match &entry.snapshot {
        Some(snapshot) if snapshot.seq != seq => {
            Err(Fault(format!("room {room} is at event {seq}, the entry has a snapshot at {}", snapshot.seq)))
        }
        _ => Ok(seq),
    }
}

/// A store in memory. Clones are the same store.
#[derive(Debug, Clone)]
pub struct MemoryStore {
    shelves: Arc<Mutex<Shelves>>,
    /// Which process this is, in the order in which they opened the shelves.
    run: usize,
    /// Whether this process let go of the shelves.
    closed: Arc<Mutex<bool>>,
    /// For what expires.
    clock: Clock,
}

#[derive(Debug, Default)]
struct Shelves {
    /// Per process, the last moment at which it was alive.
    beats: Vec<Option<PlayTime>>,
    rooms: HashMap<RoomId, Shelf>,
    /// By kind and text, so that what is found is in the order in which a database has it.
    records: BTreeMap<(&'static str, String), Record>,
    /// Writes of records since the last sweep.
    unswept: usize,
}

/// One room.
#[derive(Debug)]
struct Shelf {
    epoch: u64,
    head: RoomHead,
    run: usize,
    snapshot: Option<Arc<Snapshot>>,
    /// Since the snapshot.
    journal: Vec<Arc<Event>>,
    /// For ever, in order.
    chat: Vec<Arc<Event>>,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::on(Arc::default())
    }

    /// What the next process finds: all that is here, held by nobody yet.
    ///
    /// This one is not closed by it, as little as a process that hangs is stopped by its successor.
    #[must_use]
    pub fn reopen(&self) -> Self {
        Self::on(self.shelves.clone())
    }

    fn on(shelves: Arc<Mutex<Shelves>>) -> Self {
        let mut store = Self { shelves, run: 0, closed: Arc::default(), clock: Clock::start() };
        let mut open = lock(&store.shelves);
        let run = open.beats.len();
        open.beats.push(None);
        drop(open);
        store.run = run;
        store
    }

    /// The shelves, unless this process let go of them.
    fn open(&self) -> Result<MutexGuard<'_, Shelves>, Fault> {
        if *lock(&self.closed) {
            return Err(Fault("the store is closed".into()));
        }
        Ok(lock(&self.shelves))
    }

    fn wall(&self) -> WallTime {
        self.clock.now().wall
    }
}

/// Nothing here leaves a shelf half done, so that a panic elsewhere while it is held spoils nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl Store for MemoryStore {
    fn append(&self, entry: Entry) -> Pending<Result<(), Fault>> {
        let written = self.open().and_then(|mut shelves| shelves.append(entry, self.run));
        Box::pin(std::future::ready(written))
    }

    async fn load(&self, room: RoomId) -> Result<Option<Loaded>, Fault> {
        let mut shelves = self.open()?;
        let Shelves { beats, rooms, .. } = &mut *shelves;
        Ok(rooms.get_mut(&room).map(|shelf| {
            let last_beat = beats.get(shelf.run).copied().flatten();
            shelf.epoch += 1;
            shelf.run = self.run;
            let recent = shelf.chat.len().saturating_sub(LINES_KEPT);
            Loaded {
                epoch: shelf.epoch,
                snapshot: shelf.snapshot.as_deref().cloned(),
                events: shelf.journal.iter().map(|event| Event::clone(event)).collect(),
                chat: shelf.chat[recent..].iter().map(|event| Event::clone(event)).collect(),
                last_beat,
            }
        }))
    }

    async fn beat(&self, at: PlayTime) -> Result<(), Fault> {
        self.open()?.beats[self.run] = Some(at);
        Ok(())
    }

    async fn public_rooms(&self, before: Option<RoomId>, limit: usize) -> Result<Vec<RoomHead>, Fault> {
        let shelves = self.open()?;
        let listed = |head: &&RoomHead| head.public && before.is_none_or(|before| head.id < before);
        let mut heads: Vec<_> = shelves.rooms.values().map(|shelf| &shelf.head).filter(listed).cloned().collect();
        heads.sort_unstable_by_key(|head| std::cmp::Reverse(head.id));
        heads.truncate(limit);
        Ok(heads)
    }

    async fn chat(&self, room: RoomId, before: Option<u64>, limit: usize) -> Result<Vec<Event>, Fault> {
        let shelves = self.open()?;
        let lines = shelves.rooms.get(&room).map_or(&[][..], |shelf| &shelf.chat);
        let older = lines.iter().rev().filter(|line| before.is_none_or(|before| line.seq < before));
        Ok(older.take(limit).map(|line| Event::clone(line)).collect())
    }

    async fn get(&self, key: Key) -> Result<Option<Record>, Fault> {
        Ok(self.open()?.good(&key, self.wall()).cloned())
    }

    async fn put(&self, records: Vec<Record>) -> Result<(), Fault> {
        self.open()?.put(records, self.wall());
        Ok(())
    }

    async fn claim(&self, records: Vec<Record>) -> Result<bool, Fault> {
        let mut shelves = self.open()?;
        let now = self.wall();
        let free = records.iter().all(|record| shelves.good(&record.key(), now).is_none());
        if free {
            shelves.put(records, now);
        }
        Ok(free)
    }

    async fn delete(&self, key: Key) -> Result<(), Fault> {
        self.open()?.records.remove(&(key.kind(), key.text()));
        Ok(())
    }

    async fn find(&self, find: Find) -> Result<Vec<Record>, Fault> {
        let (kind, owner, prefix) = (find.kind(), find.owner(), find.prefix().unwrap_or_default());
        let now = self.wall();
        let shelves = self.open()?;
        let from_prefix = shelves.records.range((kind, prefix.clone())..);
        let answers = from_prefix.take_while(|((of, text), _)| *of == kind && text.starts_with(&prefix));
        Ok(answers
            .map(|(_, record)| record)
            .filter(|record| (owner.is_none() || record.owner() == owner) && is_good(record, now))
            .cloned()
            .collect())
    }

    async fn close(&self) {
        *lock(&self.closed) = true;
    }
}

impl Shelves {
    fn append(&mut self, entry: Entry, run: usize) -> Result<(), Fault> {
        let stands = self.rooms.get(&entry.room).map(|shelf| (shelf.epoch, shelf.head.seq));
        let seq = follows(&entry, stands)?;
        let head = RoomHead { seq, ..entry.head };
        let room = self.rooms.entry(entry.room).or_insert_with(|| Shelf {
            epoch: entry.epoch,
            head: head.clone(),
            run,
            snapshot: None,
            journal: Vec::new(),
            chat: Vec::new(),
        });
        room.head = head;
        room.chat.extend(entry.events.iter().filter(|event| matches!(event.kind, EventKind::Said(_))).cloned());
        room.journal.extend(entry.events);
        if let Some(snapshot) = entry.snapshot {
            room.journal.retain(|event| event.seq > snapshot.seq);
            room.snapshot = Some(snapshot);
        }
        Ok(())
    }

    /// The record of that key, unless it expired.
    fn good(&self, key: &Key, now: WallTime) -> Option<&Record> {
        self.records.get(&(key.kind(), key.text())).filter(|record| is_good(record, now))
    }

    fn put(&mut self, records: Vec<Record>, now: WallTime) {
        self.unswept += records.len();
        for record in records {
            let key = record.key();
            self.records.insert((key.kind(), key.text()), record);
        }
        if self.unswept >= SWEEP_EVERY {
            self.unswept = 0;
            self.records.retain(|_, record| is_good(record, now));
        }
    }
}

fn is_good(record: &Record, now: WallTime) -> bool {
    record.expires_at().is_none_or(|until| until > now)
}
