//! Which of the writes that were gathered for one commit the rules allow, and what they come to together.
//!
//! Nothing here touches a database: the writer fills in what the store holds, has every job judged in order, and writes
//! the sum. So one that is refused costs the others nothing, and where the sum cannot be written the same jobs can be judged
//! again.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use engine::{
    archive::{ends, follows},
    event::{Event, EventKind, Visit},
    ids::{NodeId, PersonId, RoomId},
    ports::{self, Entry, RoomHead},
    records::{Key, Record},
    refusal::Fault,
    room::RoomState,
    time::{PlayTime, WallTime},
};

use super::{
    queue::{Job, Judged, Raised, Raising},
    writer::Moment,
};

/// The kind and text of a record's key, as the table has them.
pub(super) type RecordKey = (&'static str, String);

/// What the jobs of one commit come to.
#[derive(Debug)]
pub(super) struct Batch {
    /// This process.
    run: i64,
    /// For what expires.
    now: WallTime,
    /// What was before it is not kept beyond a snapshot.
    pub(super) audit_from: WallTime,
    /// Every room that a job is about, as the store has it, then as it will be.
    pub(super) rooms: HashMap<RoomId, HeldRoom>,
    /// New events, in order.
    pub(super) journal: Vec<(RoomId, Arc<Event>)>,
    /// Lines that were taken away, in this batch or long ago.
    pub(super) erased: Vec<(RoomId, u64)>,
    /// How lines read now, by room and number: the last wording of each.
    pub(super) reworded: BTreeMap<(RoomId, u64), Arc<str>>,
    /// Who left.
    pub(super) visits: Vec<(RoomId, Visit)>,
    /// New snapshots.
    pub(super) snapshots: HashMap<RoomId, Arc<RoomState>>,
    /// Rooms that are gone, with all that belongs to them.
    pub(super) gone: Vec<RoomId>,
    /// Every record that a job wants for itself or writes.
    pub(super) records: BTreeMap<RecordKey, Slot>,
    /// This process is a node that was not heard of for too long, and takes no room.
    pub(super) lease_is_over: bool,
    /// This process' last beat.
    pub(super) beat: Option<PlayTime>,
    /// Whether the store has yet to hear of it.
    pub(super) beats: bool,
}

/// A room's row.
#[derive(Debug, Clone)]
pub(super) struct HeldRoom {
    pub(super) epoch: u64,
    pub(super) seq: u64,
    pub(super) title: Arc<str>,
    pub(super) public: bool,
    pub(super) made_at: WallTime,
    pub(super) host: Option<PersonId>,
    pub(super) due_at: Option<WallTime>,
    pub(super) run: i64,
    /// Of that run, as the store has it; what this one's is, the batch knows better.
    pub(super) last_beat: Option<PlayTime>,
    /// Who has it has let go of it.
    pub(super) free: bool,
    /// The other node that has it, where that is alive.
    pub(super) owner: Option<NodeId>,
    /// How much of the row must be written.
    pub(super) change: Change,
}

/// How much of a room's row must be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// Nothing.
    None,
    /// The number of its last event, which no index has: by far the most common.
    Seq,
    /// All of it.
    Whole,
}

/// What is, or will be, under a record's key.
#[derive(Debug)]
pub(super) enum Slot {
    /// Something that the store has.
    Held,
    /// Something new.
    Written(Record),
    /// Nothing any more.
    Deleted,
}

/// The rooms whose rows the jobs must be judged by.
pub(super) fn rooms_asked(jobs: &[Job]) -> HashSet<RoomId> {
    let room = |job: &Job| match job {
        Job::Append(entry, _) => Some(entry.room),
        Job::Raise(room, _) | Job::GiveUp(room, ..) => Some(*room),
        _ => None,
    };
    jobs.iter().filter_map(room).collect()
}

/// The records that must be there, or must not, for the jobs to be allowed.
pub(super) fn records_asked(jobs: &[Job]) -> BTreeSet<RecordKey> {
    let mut asked = BTreeSet::new();
    for job in jobs {
        match job {
            Job::Claim(records, _) => asked.extend(records.iter().map(|record| row_key(&record.key()))),
            Job::Change(change, _) => {
                asked.extend(change.new.iter().map(|record| row_key(&record.key())));
                asked.extend(change.held.iter().map(row_key));
            }
            _ => {}
        }
    }
    asked
}

/// All records that the jobs are about, whatever is asked of them.
pub(super) fn records_touched(jobs: &[Job]) -> BTreeSet<RecordKey> {
    let mut touched = records_asked(jobs);
    for job in jobs {
        match job {
            Job::Put(records, _) => touched.extend(records.iter().map(|record| row_key(&record.key()))),
            Job::Change(change, _) => {
                touched.extend(change.put.iter().map(|record| row_key(&record.key())));
                touched.extend(change.delete.iter().map(row_key));
            }
            Job::Delete(key, _) => {
                touched.insert(row_key(key));
            }
            _ => {}
        }
    }
    touched
}

/// The rooms that the jobs would make.
pub(super) fn rooms_founded(jobs: &[Job]) -> BTreeSet<RoomId> {
    let founded = |entry: &Entry| entry.events.first().is_some_and(|first| matches!(first.kind, EventKind::Founded(_)));
    let room = |job: &Job| match job {
        Job::Append(entry, _) if founded(entry) => Some(entry.room),
        _ => None,
    };
    jobs.iter().filter_map(room).collect()
}

impl Batch {
    /// A batch of nothing, on top of what the store holds of what was asked for. `run` is this process.
    pub(super) fn new(run: i64, moment: Moment, rooms: HashMap<RoomId, HeldRoom>, held: Vec<RecordKey>) -> Self {
        Self {
            run,
            now: moment.now,
            audit_from: moment.audit_from,
            rooms,
            journal: Vec::new(),
            erased: Vec::new(),
            reworded: BTreeMap::new(),
            visits: Vec::new(),
            snapshots: HashMap::new(),
            gone: Vec::new(),
            records: held.into_iter().map(|key| (key, Slot::Held)).collect(),
            lease_is_over: false,
            beat: moment.beat,
            beats: false,
        }
    }

    /// Takes a job up, if the rules allow it.
    pub(super) fn judge(&mut self, job: &Job) -> Judged {
        match job {
            Job::Append(entry, _) => Judged::Done(self.append(entry)),
            Job::Raise(room, _) => Judged::Raised(self.raise(*room)),
            Job::GiveUp(room, epoch, _) => {
                self.give_up(*room, *epoch);
                Judged::Done(Ok(()))
            }
            Job::Beat(at, _) => {
                (self.beat, self.beats) = (Some(*at), true);
                Judged::Done(Ok(()))
            }
            Job::Put(records, _) => {
                self.put(records);
                Judged::Done(Ok(()))
            }
            Job::Claim(records, _) => {
                let free = !records.iter().any(|record| self.is_taken(&record.key()));
                if free {
                    self.put(records);
                }
                Judged::Held(free)
            }
            Job::Change(change, _) => Judged::Held(self.change(change)),
            Job::Delete(key, _) => {
                self.records.insert(row_key(key), Slot::Deleted);
                Judged::Done(Ok(()))
            }
            Job::Forget(..) | Job::Bring(..) | Job::Close => Judged::Apart,
        }
    }

    /// Whether there is anything to write.
    pub(super) fn is_empty(&self) -> bool {
        !self.beats
            && self.rooms.values().all(|room| room.change == Change::None)
            && self.snapshots.is_empty()
            && self.visits.is_empty()
            && self.gone.is_empty()
            && self.records.values().all(|slot| matches!(slot, Slot::Held))
    }

    fn append(&mut self, entry: &Entry) -> Result<(), Fault> {
        let held = self.rooms.get(&entry.room).map(|room| (room.epoch, room.seq));
        let seq = follows(entry, held)?;
        if ends(entry) {
            self.end(entry.room);
            return Ok(());
        }
        let RoomHead { title, public, made_at, host, due_at, .. } = entry.head.clone();
        let room = self.rooms.entry(entry.room).or_insert_with(|| HeldRoom {
            epoch: entry.epoch,
            seq,
            title: title.clone(),
            public,
            made_at,
            host,
            due_at,
            run: self.run,
            last_beat: None,
            free: false,
            owner: None,
            change: Change::Whole,
        });
        if seq != room.seq {
            room.change = room.change.max(Change::Seq);
        }
        if (&title, public, host, due_at) != (&room.title, room.public, room.host, room.due_at) {
            room.change = Change::Whole;
        }
        (room.seq, room.title, room.public, room.host, room.due_at) = (seq, title, public, host, due_at);
        for event in &entry.events {
            match &event.kind {
                EventKind::Erased { line } => self.erased.push((entry.room, *line)),
                EventKind::Reworded { line, text } => {
                    self.reworded.insert((entry.room, *line), text.clone());
                }
                _ => {}
            }
            self.journal.push((entry.room, event.clone()));
        }
        self.visits.extend(entry.visits.iter().map(|visit| (entry.room, visit.clone())));
        if let Some(snapshot) = &entry.snapshot {
            self.snapshots.insert(entry.room, snapshot.clone());
        }
        Ok(())
    }

    /// Nothing is left of a room, neither of what the store has nor of what this batch would have written.
    fn end(&mut self, id: RoomId) {
        self.rooms.remove(&id);
        self.journal.retain(|(room, _)| *room != id);
        self.erased.retain(|(room, _)| *room != id);
        self.reworded.retain(|(room, _), _| *room != id);
        self.visits.retain(|(room, _)| *room != id);
        self.snapshots.remove(&id);
        for slot in self.records.values_mut() {
            if matches!(slot, Slot::Written(record) if record.goes_with(id)) {
                *slot = Slot::Deleted;
            }
        }
        self.gone.push(id);
    }

    fn raise(&mut self, id: RoomId) -> Raising {
        let Some(room) = self.rooms.get_mut(&id) else { return Raising::Nowhere };
        if let Some(owner) = room.owner {
            return Raising::Elsewhere(owner);
        }
        if self.lease_is_over {
            return Raising::Over;
        }
        let last_beat = if room.run == self.run { self.beat } else { room.last_beat };
        room.epoch += 1;
        (room.run, room.free) = (self.run, false);
        room.change = Change::Whole;
        Raising::Here(Raised { epoch: room.epoch, last_beat })
    }

    fn give_up(&mut self, id: RoomId, epoch: u64) {
        if let Some(room) = self.rooms.get_mut(&id).filter(|room| room.epoch == epoch && room.run == self.run) {
            room.free = true;
            room.change = Change::Whole;
        }
    }

    fn put(&mut self, records: &[Record]) {
        let slots = records.iter().map(|record| (row_key(&record.key()), Slot::Written(record.clone())));
        self.records.extend(slots);
    }

    fn change(&mut self, change: &ports::Change) -> bool {
        let ports::Change { new, held, put, delete } = change;
        let holds = !new.iter().any(|record| self.is_taken(&record.key())) && held.iter().all(|key| self.is_taken(key));
        if holds {
            self.records.extend(delete.iter().map(|key| (row_key(key), Slot::Deleted)));
            self.put(new);
            self.put(put);
        }
        holds
    }

    fn is_taken(&self, key: &Key) -> bool {
        match self.records.get(&row_key(key)) {
            Some(Slot::Held) => true,
            Some(Slot::Written(record)) => record.expires_at().is_none_or(|until| until > self.now),
            Some(Slot::Deleted) | None => false,
        }
    }
}

/// A record's key, as the table has it.
pub(super) fn row_key(key: &Key) -> RecordKey {
    (key.kind(), key.text())
}
