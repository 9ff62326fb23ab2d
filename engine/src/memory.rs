//! The [`Store`] port in memory: everything a database keeps, for as long as the process lives.
//!
//! For a server that is only tried out, and for tests. What it has in common with a database is in [`archive`]. Several nodes
//! may share one, each by its own end, and so may the bus between them.

mod bus;
mod held;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;

use tokio::time::Instant;
use uuid::Uuid;

pub use self::bus::{MemoryBus, Weather};
use crate::{
    archive::{self, Attending},
    event::{ChatLine, Event, EventKind, Visit},
    ids::{CallId, NodeId, PersonId, RoomId},
    ports::{
        Alone, Attendance, Brought, Change, Entry, Held, LEASE, Landing, Loaded, NodeHead, OWN_DEEDS, Pending, Post,
        Renewed, Retention, RoomHead, Store, Taken, Totals, Trail,
    },
    records::{Find, Key, Record},
    refusal::{Fault, No},
    room::{RoomState, chat::LINES_KEPT},
    time::{Clock, PlayTime, WallTime},
};

/// After how many records and visits those that are old enough are thrown out.
const SWEEP_EVERY: usize = 1_024;

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
    /// What is kept for how long.
    retention: Retention,
}

#[derive(Debug, Default)]
struct Shelves {
    /// Each process, in the order in which they opened the shelves.
    runs: Vec<Run>,
    rooms: HashMap<RoomId, Shelf>,
    /// Which process has which post.
    posts: BTreeMap<Post, usize>,
    /// By kind and text, so that what is found is in the order in which a database has it.
    records: BTreeMap<(&'static str, String), Record>,
    /// What one node has and no other, and whether that one let go of the shelves.
    held: HashMap<String, Arc<Mutex<bool>>>,
    /// Records and visits that were written since the last sweep.
    unswept: usize,
}

/// One process.
#[derive(Debug, Default)]
struct Run {
    /// The last moment at which it was alive.
    beat: Option<PlayTime>,
    /// Its lease, where it is one of several nodes.
    lease: Option<Lease>,
}

#[derive(Debug)]
struct Lease {
    node: NodeId,
    until: Instant,
}

impl Run {
    /// The node that this is, if its lease is good.
    fn alive(&self) -> Option<NodeId> {
        self.lease.as_ref().filter(|lease| lease.until > Instant::now()).map(|lease| lease.node)
    }
}

/// One room.
#[derive(Debug)]
struct Shelf {
    epoch: u64,
    head: RoomHead,
    /// Which process had it last.
    run: usize,
    /// That process let go of it.
    free: bool,
    snapshot: Option<Arc<RoomState>>,
    /// All of what came after the snapshot, and before it what the audit keeps.
    journal: Vec<Arc<Event>>,
    /// For ever, in order.
    chat: Vec<Arc<Event>>,
    /// What was played; for ever, in order.
    history: Vec<Arc<Event>>,
    /// Who was there, in the order in which they left.
    visits: Vec<Visit>,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::keeping(Retention::default())
    }

    /// An empty store that keeps what no room needs any more for so long.
    pub fn keeping(retention: Retention) -> Self {
        Self::on(Arc::default(), retention)
    }

    /// What the next process finds: all that is here, held by nobody yet.
    ///
    /// This one is not closed by it, as little as a process that hangs is stopped by its successor.
    #[must_use]
    pub fn reopen(&self) -> Self {
        Self::on(self.shelves.clone(), self.retention)
    }

    /// A node's own end of the same shelves, with a lease of its own from now on.
    #[must_use]
    pub fn node(&self, node: NodeId) -> Self {
        let store = self.reopen();
        lock(&store.shelves).runs[store.run].lease = Some(Lease { node, until: Instant::now() + LEASE });
        store
    }

    /// The place of this process among all that ever opened the shelves.
    pub fn slot(&self) -> u16 {
        u16::try_from(self.run).unwrap_or(u16::MAX)
    }

    /// Cuts this process off from the shelves, or lets it on again.
    pub fn cut(&self, cut: bool) {
        *lock(&self.closed) = cut;
    }

    /// Ends this node's lease, as where nothing was heard of it for too long: others may have its rooms, and it does not know.
    pub fn lapse(&self) {
        if let Some(lease) = &mut lock(&self.shelves).runs[self.run].lease {
            lease.until = Instant::now();
        }
    }

    /// In which epoch a room stands.
    pub fn epoch(&self, room: RoomId) -> Option<u64> {
        lock(&self.shelves).rooms.get(&room).map(|shelf| shelf.epoch)
    }

    fn on(shelves: Arc<Mutex<Shelves>>, retention: Retention) -> Self {
        let mut store = Self { shelves, run: 0, closed: Arc::default(), clock: Clock::start(), retention };
        let mut open = lock(&store.shelves);
        let run = open.runs.len();
        open.runs.push(Run::default());
        drop(open);
        store.run = run;
        store
    }

    /// The shelves, unless this process let go of them.
    fn open(&self) -> Result<MutexGuard<'_, Shelves>, Fault> {
        if *lock(&self.closed) {
            return Err(Fault::new("the store is closed"));
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
        let written = self.open().and_then(|mut shelves| {
            let now = self.wall();
            shelves.append(entry, self.run, self.retention.audit_from(now))?;
            shelves.sweep(now, self.retention);
            Ok(())
        });
        Box::pin(std::future::ready(written))
    }

    async fn load(&self, room: RoomId) -> Result<Option<Loaded>, No> {
        Ok(self.open()?.load(room, self.run))
    }

    async fn take(&self, room: RoomId) -> Result<Taken, No> {
        let mut shelves = self.open()?;
        let run = &shelves.runs[self.run];
        if run.lease.is_some() && run.alive().is_none() {
            return Err(Fault::new("this node's lease is over").into());
        }
        if let Some(shelf) = shelves.rooms.get(&room).filter(|shelf| !shelf.free && shelf.run != self.run)
            && let Some(node) = shelves.runs[shelf.run].alive()
        {
            return Ok(Taken::Elsewhere(node));
        }
        Ok(shelves.load(room, self.run).map_or(Taken::Nowhere, |loaded| Taken::Here(Box::new(loaded))))
    }

    async fn give_up(&self, room: RoomId, epoch: u64) -> Result<(), Fault> {
        let mut shelves = self.open()?;
        if let Some(shelf) = shelves.rooms.get_mut(&room).filter(|shelf| shelf.epoch == epoch && shelf.run == self.run)
        {
            shelf.free = true;
        }
        Ok(())
    }

    async fn renew(&self) -> Result<Renewed, Fault> {
        let mut shelves = self.open()?;
        let Some(lease) = &mut shelves.runs[self.run].lease else { return Ok(Renewed::InTime) };
        let now = Instant::now();
        let renewed = if lease.until > now { Renewed::InTime } else { Renewed::TooLate };
        lease.until = now + LEASE;
        Ok(renewed)
    }

    async fn lost(&self, held: &[(RoomId, u64)]) -> Result<Vec<RoomId>, Fault> {
        let shelves = self.open()?;
        let stands = |room: &RoomId| shelves.rooms.get(room).map(|shelf| shelf.epoch);
        Ok(held.iter().filter(|(room, epoch)| stands(room) != Some(*epoch)).map(|(room, _)| *room).collect())
    }

    async fn hold(&self, post: Post) -> Result<bool, Fault> {
        let mut shelves = self.open()?;
        if shelves.runs[self.run].lease.is_none() {
            return Ok(true);
        }
        let others = shelves.posts.get(&post).copied().filter(|run| *run != self.run);
        let free = others.is_none_or(|run| shelves.runs[run].alive().is_none());
        let held = free && shelves.runs[self.run].alive().is_some();
        if held {
            shelves.posts.insert(post, self.run);
        }
        Ok(held)
    }

    async fn leave(&self, post: Post) -> Result<(), Fault> {
        let mut shelves = self.open()?;
        if shelves.posts.get(&post) == Some(&self.run) {
            shelves.posts.remove(&post);
        }
        Ok(())
    }

    async fn nodes(&self) -> Result<Vec<NodeHead>, Fault> {
        let shelves = self.open()?;
        let (now, wall) = (Instant::now(), self.wall());
        let head = |(run, of): (usize, &Run)| {
            let node = of.alive()?;
            let left = of.lease.as_ref().map_or(Duration::ZERO, |lease| lease.until - now);
            let rooms = shelves.rooms.values().filter(|shelf| shelf.run == run && !shelf.free).count();
            let posts = shelves.posts.iter().filter(|(_, holder)| **holder == run).map(|(post, _)| *post);
            Some(NodeHead {
                node,
                url: "".into(),
                began: wall,
                lease_until: WallTime(wall.0 + i64::try_from(left.as_millis()).unwrap_or(i64::MAX)),
                rooms: rooms as u64,
                posts: posts.collect(),
            })
        };
        Ok(shelves.runs.iter().enumerate().filter_map(head).collect())
    }

    async fn exclusive(&self, key: &str, patience: Duration) -> Result<Box<dyn Held>, No> {
        if self.open()?.runs[self.run].lease.is_none() {
            return Ok(Box::new(Alone));
        }
        Ok(Box::new(held::wait(self, key, patience).await?))
    }

    async fn beat(&self, at: PlayTime) -> Result<(), Fault> {
        self.open()?.runs[self.run].beat = Some(at);
        Ok(())
    }

    async fn public_rooms(&self, before: Option<RoomId>, limit: usize) -> Result<Vec<RoomHead>, Fault> {
        Ok(self.open()?.heads(before, limit, |head| head.public))
    }

    async fn all_rooms(&self, after: Option<RoomId>, limit: usize) -> Result<Vec<RoomId>, Fault> {
        let shelves = self.open()?;
        let mut rooms: Vec<_> =
            shelves.rooms.keys().copied().filter(|id| after.is_none_or(|after| *id > after)).collect();
        rooms.sort_unstable();
        rooms.truncate(limit);
        Ok(rooms)
    }

    async fn bring(&self, brought: Brought) -> Result<Landing, Fault> {
        let mut shelves = self.open()?;
        let now = self.wall();
        if let Some(there) = shelves.rooms.get(&brought.head.id) {
            return Ok(Landing::There(there.head.clone()));
        }
        if let Some(taken) = brought.new.iter().map(Record::key).find(|key| shelves.good(key, now).is_some()) {
            return Ok(Landing::Taken(taken));
        }
        let Brought { epoch, head, state, chat, history, journal, new } = brought;
        let events = |events: Vec<Event>| events.into_iter().map(Arc::new).collect();
        let brought = Shelf {
            epoch,
            head: head.clone(),
            run: self.run,
            free: true,
            snapshot: Some(state),
            journal: events(journal),
            chat: events(chat),
            history: events(history),
            visits: Vec::new(),
        };
        shelves.rooms.insert(head.id, brought);
        shelves.put(new);
        Ok(Landing::Written)
    }

    async fn hosted(&self, person: PersonId, before: Option<RoomId>, limit: usize) -> Result<Vec<RoomHead>, Fault> {
        Ok(self.open()?.heads(before, limit, |head| head.host == Some(person)))
    }

    async fn visited(
        &self,
        person: PersonId,
        before: Option<WallTime>,
        limit: usize,
    ) -> Result<Vec<(RoomId, WallTime)>, Fault> {
        let shelves = self.open()?;
        let last = |(id, shelf): (&RoomId, &Shelf)| {
            let theirs = shelf.visits.iter().filter(|visit| visit.person == person);
            Some((*id, theirs.map(|visit| visit.left).max()?))
        };
        let mut rooms: Vec<_> = shelves.rooms.iter().filter_map(last).collect();
        rooms.retain(|(_, left)| before.is_none_or(|before| *left < before));
        rooms.sort_unstable_by_key(|(id, left)| Reverse((*left, *id)));
        rooms.truncate(limit);
        Ok(rooms)
    }

    async fn due(&self, now: WallTime, limit: usize) -> Result<Vec<RoomId>, Fault> {
        let shelves = self.open()?;
        let free = |shelf: &&Shelf| shelf.free || shelf.run == self.run || shelves.runs[shelf.run].alive().is_none();
        let due = shelves.rooms.values().filter(free);
        let due = due.filter_map(|shelf| Some((shelf.head.due_at?, shelf.head.id)));
        let mut due: Vec<_> = due.filter(|(at, _)| *at <= now).collect();
        due.sort_unstable();
        Ok(due.into_iter().take(limit).map(|(_, id)| id).collect())
    }

    async fn chat(&self, room: RoomId, before: Option<u64>, limit: usize) -> Result<Vec<Event>, Fault> {
        Ok(self.open()?.page(room, before, limit, |shelf| &shelf.chat, |_| true))
    }

    async fn line(&self, room: RoomId, seq: u64) -> Result<Option<Event>, Fault> {
        let shelves = self.open()?;
        let line = shelves.rooms.get(&room).and_then(|shelf| shelf.chat.iter().find(|line| line.seq == seq));
        Ok(line.map(|line| Event::clone(line)))
    }

    async fn made_by(&self, room: RoomId, person: PersonId, call: CallId) -> Result<Vec<Event>, Fault> {
        let shelves = self.open()?;
        let events = shelves.rooms.get(&room).into_iter().flat_map(|shelf| shelf.journal.iter().rev());
        let theirs = events.filter(|event| archive::author(event) == Some(person)).take(OWN_DEEDS);
        let mut made: Vec<_> = theirs.filter(|event| event.is_made_by(call)).map(|event| Event::clone(event)).collect();
        made.reverse();
        Ok(made)
    }

    async fn lines_of(
        &self,
        person: PersonId,
        after: Option<(RoomId, u64)>,
        limit: usize,
    ) -> Result<Vec<(RoomId, Event)>, Fault> {
        let shelves = self.open()?;
        let lines = shelves.rooms.iter().flat_map(|(id, shelf)| shelf.chat.iter().map(|line| (*id, line)));
        let theirs = lines.filter(|(_, line)| archive::author(line) == Some(person));
        let mut page: Vec<_> = theirs.filter(|(id, line)| after.is_none_or(|after| (*id, line.seq) > after)).collect();
        page.sort_unstable_by_key(|(id, line)| (*id, line.seq));
        Ok(page.into_iter().take(limit).map(|(id, line)| (id, Event::clone(line))).collect())
    }

    async fn history(&self, room: RoomId, before: Option<u64>, limit: usize) -> Result<Vec<Event>, Fault> {
        Ok(self.open()?.page(room, before, limit, |shelf| &shelf.history, |_| true))
    }

    async fn audit(&self, room: RoomId, trail: &Trail) -> Result<Vec<Event>, Fault> {
        let wanted = |event: &Event| {
            trail.person.is_none_or(|person| archive::author(event) == Some(person))
                && trail.kind.as_deref().is_none_or(|kind| event.kind.name() == kind)
        };
        Ok(self.open()?.page(room, trail.before, trail.limit, |shelf| &shelf.journal, wanted))
    }

    async fn events_after(&self, room: RoomId, after: u64, limit: usize) -> Result<Vec<Event>, Fault> {
        let shelves = self.open()?;
        let journal = shelves.rooms.get(&room).map_or(&[][..], |shelf| &shelf.journal);
        let newer = &journal[journal.partition_point(|event| event.seq <= after)..];
        Ok(newer.iter().take(limit).map(|event| Event::clone(event)).collect())
    }

    async fn attendance(&self, room: RoomId) -> Result<Attendance, Fault> {
        let mut visits = self.open()?.rooms.get(&room).map_or_else(Vec::new, |shelf| shelf.visits.clone());
        visits.sort_unstable_by_key(|visit| (visit.person, visit.came));
        let mut attending = Attending::default();
        for visit in &visits {
            attending.add(visit);
        }
        Ok(attending.sum())
    }

    async fn forget(&self, person: PersonId) -> Result<Vec<RoomId>, No> {
        let mut shelves = self.open()?;
        let touched = shelves.rooms.iter_mut().filter_map(|(id, shelf)| shelf.forget(person).then_some(*id));
        Ok(touched.collect::<BTreeSet<_>>().into_iter().collect())
    }

    async fn get(&self, key: Key) -> Result<Option<Record>, Fault> {
        Ok(self.open()?.good(&key, self.wall()).cloned())
    }

    async fn put(&self, records: Vec<Record>) -> Result<(), No> {
        let mut shelves = self.open()?;
        shelves.put(records);
        shelves.sweep(self.wall(), self.retention);
        Ok(())
    }

    async fn claim(&self, records: Vec<Record>) -> Result<bool, No> {
        let mut shelves = self.open()?;
        let now = self.wall();
        let free = records.iter().all(|record| shelves.good(&record.key(), now).is_none());
        if free {
            shelves.put(records);
            shelves.sweep(now, self.retention);
        }
        Ok(free)
    }

    async fn change(&self, change: Change) -> Result<bool, No> {
        let mut shelves = self.open()?;
        let now = self.wall();
        let holds = change.new.iter().all(|record| shelves.good(&record.key(), now).is_none())
            && change.held.iter().all(|key| shelves.good(key, now).is_some());
        if holds {
            for key in change.delete {
                shelves.records.remove(&(key.kind(), key.text()));
            }
            shelves.put(change.new);
            shelves.put(change.put);
        }
        Ok(holds)
    }

    async fn delete(&self, key: Key) -> Result<(), No> {
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

    async fn last_records(&self, kind: &str, before: Option<&str>, limit: usize) -> Result<Vec<Record>, Fault> {
        let now = self.wall();
        let shelves = self.open()?;
        let of_kind = shelves.records.iter().rev().filter(|((of, _), _)| *of == kind);
        let behind = of_kind.filter(|((_, key), _)| before.is_none_or(|before| key.as_str() < before));
        Ok(behind.map(|(_, record)| record).filter(|record| is_good(record, now)).take(limit).cloned().collect())
    }

    async fn last_rooms(&self, before: Option<RoomId>, limit: usize) -> Result<Vec<RoomHead>, Fault> {
        Ok(self.open()?.heads(before, limit, |_| true))
    }

    async fn totals(&self) -> Result<Totals, Fault> {
        let shelves = self.open()?;
        let of = |kind: &str| shelves.records.keys().filter(|(of, _)| *of == kind).count() as u64;
        Ok(Totals { rooms: shelves.rooms.len() as u64, people: of("person"), accounts: of("account"), bytes: 0 })
    }

    async fn close(&self) {
        *lock(&self.closed) = true;
    }
}

impl Shelves {
    /// Gives a room to a process, in its next epoch.
    fn load(&mut self, room: RoomId, process: usize) -> Option<Loaded> {
        let Self { runs, rooms, .. } = self;
        let kept = rooms.get_mut(&room)?;
        let last_beat = runs.get(kept.run).and_then(|run| run.beat);
        kept.epoch += 1;
        (kept.run, kept.free) = (process, false);
        let recent = kept.chat.len().saturating_sub(LINES_KEPT);
        Some(Loaded {
            epoch: kept.epoch,
            snapshot: kept.snapshot.as_deref().cloned(),
            events: kept.after_snapshot().iter().map(|event| Event::clone(event)).collect(),
            chat: kept.chat[recent..].iter().map(|event| Event::clone(event)).collect(),
            last_beat,
        })
    }

    /// Of what was before `audit_from` a snapshot leaves nothing.
    fn append(&mut self, entry: Entry, run: usize, audit_from: WallTime) -> Result<(), Fault> {
        let stands = self.rooms.get(&entry.room).map(|shelf| (shelf.epoch, shelf.head.seq));
        let seq = archive::follows(&entry, stands)?;
        if archive::ends(&entry) {
            self.rooms.remove(&entry.room);
            self.records.retain(|_, record| !record.goes_with(entry.room));
            return Ok(());
        }
        let head = RoomHead { seq, ..entry.head };
        let room = self.rooms.entry(entry.room).or_insert_with(|| Shelf {
            epoch: entry.epoch,
            head: head.clone(),
            run,
            free: false,
            snapshot: None,
            journal: Vec::new(),
            chat: Vec::new(),
            history: Vec::new(),
            visits: Vec::new(),
        });
        room.head = head;
        self.unswept += entry.visits.len();
        room.visits.extend(entry.visits);
        for event in entry.events {
            room.journal.push(event.clone());
            match event.kind {
                EventKind::Said(_) => room.chat.push(event),
                EventKind::Played(_) => room.history.push(event),
                EventKind::Erased { line } => room.erase(line),
                EventKind::Reworded { line, ref text } => room.reword(line, text),
                _ => {}
            }
        }
        if let Some(snapshot) = entry.snapshot {
            let kept = |event: &Arc<Event>| event.seq > snapshot.seq || event.at >= audit_from;
            let cut = room.journal.iter().position(kept).unwrap_or(room.journal.len());
            room.journal.drain(..cut);
            room.snapshot = Some(snapshot);
        }
        Ok(())
    }

    /// The newest heads behind `before` that are wanted.
    fn heads(&self, before: Option<RoomId>, limit: usize, wanted: impl Fn(&RoomHead) -> bool) -> Vec<RoomHead> {
        let listed = |head: &&RoomHead| wanted(head) && before.is_none_or(|before| head.id < before);
        let mut heads: Vec<_> = self.rooms.values().map(|shelf| &shelf.head).filter(listed).cloned().collect();
        heads.sort_unstable_by_key(|head| Reverse(head.id));
        heads.truncate(limit);
        heads
    }

    /// The newest events of one of a room's lists, numbered below `before`, that are wanted.
    fn page(
        &self,
        room: RoomId,
        before: Option<u64>,
        limit: usize,
        list: impl Fn(&Shelf) -> &Vec<Arc<Event>>,
        wanted: impl Fn(&Event) -> bool,
    ) -> Vec<Event> {
        let events = self.rooms.get(&room).map_or(&[][..], |shelf| list(shelf));
        let older = events.iter().rev().filter(|event| before.is_none_or(|before| event.seq < before));
        older.filter(|event| wanted(event)).take(limit).map(|event| Event::clone(event)).collect()
    }

    /// The record of that key, unless it expired.
    fn good(&self, key: &Key, now: WallTime) -> Option<&Record> {
        self.records.get(&(key.kind(), key.text())).filter(|record| is_good(record, now))
    }

    fn put(&mut self, records: Vec<Record>) {
        self.unswept += records.len();
        for record in records {
            let key = record.key();
            self.records.insert((key.kind(), key.text()), record);
        }
    }

    /// Throws out what is old enough, if enough was written since the last time.
    fn sweep(&mut self, now: WallTime, retention: Retention) {
        if self.unswept < SWEEP_EVERY {
            return;
        }
        self.unswept = 0;
        self.records.retain(|_, record| is_good(record, now));
        let from = retention.visits_from(now);
        for shelf in self.rooms.values_mut() {
            shelf.visits.retain(|visit| visit.left >= from);
        }
    }
}

impl Shelf {
    fn after_snapshot(&self) -> &[Arc<Event>] {
        let seq = self.snapshot.as_ref().map_or(0, |snapshot| snapshot.seq);
        &self.journal[self.journal.partition_point(|event| event.seq <= seq)..]
    }

    /// Takes a line out of the chat, and all its wordings out of the journal.
    fn erase(&mut self, line: u64) {
        self.chat.retain(|said| said.seq != line);
        let from = self.journal.partition_point(|event| event.seq < line);
        for event in &mut self.journal[from..] {
            match &event.kind {
                EventKind::Said(_) if event.seq == line => {}
                EventKind::Reworded { line: of, .. } if *of == line => {}
                _ => continue,
            }
            if let EventKind::Said(ChatLine { text, .. }) | EventKind::Reworded { text, .. } =
                &mut Arc::make_mut(event).kind
            {
                *text = "".into();
            }
        }
    }

    /// Gives a line of the chat another wording; the journal keeps how it read before.
    fn reword(&mut self, line: u64, wording: &Arc<str>) {
        if let Ok(index) = self.chat.binary_search_by_key(&line, |event| event.seq)
            && let EventKind::Said(said) = &mut Arc::make_mut(&mut self.chat[index]).kind
        {
            said.text = wording.clone();
        }
    }

    /// Takes somebody out. Answers whether they were ever here.
    fn forget(&mut self, person: PersonId) -> bool {
        let named = |event: &Event| [archive::author(event), archive::subject(event)].contains(&Some(person));
        let mut known = self.head.host == Some(person);
        for event in self.journal.iter_mut().chain(&mut self.history).filter(|event| named(event)) {
            known = true;
            *event = Arc::new(archive::without(event, person));
        }
        let lines = self.chat.len();
        self.chat.retain(|line| archive::author(line) != Some(person));
        known |= lines > self.chat.len();
        for visit in self.visits.iter_mut().filter(|visit| visit.person == person) {
            known = true;
            visit.person = PersonId(Uuid::nil());
        }
        known
    }
}

fn is_good(record: &Record, now: WallTime) -> bool {
    record.expires_at().is_none_or(|until| until > now)
}
