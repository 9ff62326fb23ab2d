//! Runs rooms: one task each, which alone owns the room's state, reads the clock for it and keeps its order.
//!
//! In one turn of a room an event is numbered, handed to the journal and told to everybody who listens. Whoever asked is
//! answered after the journal's commit, and answers keep the order of the questions. Rooms are loaded when somebody asks
//! for them and put away when nobody would miss them. Nothing outside this module may assume that a room lives here: of several
//! nodes that share a store one has it, and the others [follow](following).

mod calls;
mod cluster;
mod following;
mod front;
mod names;
mod neighbours;
mod tap;
mod task;
mod wire;

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use dashmap::DashMap;
use tokio::{
    sync::{OnceCell, mpsc, oneshot},
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub(crate) use self::calls::Earlier;
use self::{
    cluster::Cluster,
    following::Follower,
    front::Front,
    task::{Ask, RoomTask, Settled},
};
pub use self::{
    cluster::{Membership, NodeStanding},
    names::DialectName,
    tap::{News, Tap, Wanted},
};
use crate::{
    command::{Actor, Command},
    event::{Event, Signal},
    ids::{ConnectionId, Entropy, NodeId, PersonId, RoomId},
    ports::{Attendance, Bus, Entry, Loaded, RoomHead, Store, Taken, Trail},
    refusal::{Code, Fault, No, Refusal},
    room::{Changes, Founding, Here, Host, Preset, Room, RoomLimits, RoomSettings, RoomView, Turn},
    survey::{Glance, Sought},
    time::{Clock, Millis, WallTime},
    turns::Turns,
};

/// How long somebody who asks waits for a place in a room's mailbox before the room counts as busy.
const MAILBOX_PATIENCE: Duration = Duration::from_millis(1_500);
/// How often it is looked which rooms' time has come: they open and close within a second of their hour.
const DUE_EVERY: Duration = Duration::from_millis(500);
/// How many of them are loaded at a time.
const DUE_AT_ONCE: usize = 256;
/// How many questions a room's mailbox holds.
const MAILBOX: usize = 256;
/// How long it is looked for the node that has a room: until the lease of one that died is over, and a little longer.
const FINDING: Duration = Duration::from_secs(15);
/// How soon it is looked again.
const LOOK_AGAIN: Duration = Duration::from_millis(300);
/// A room that another process had goes on as it was if that process was alive so lately: those who watched never stopped.
const LATELY: Millis = Millis::seconds(30);

/// How rooms are run.
#[derive(Debug, Clone, Copy)]
pub struct RoomsSettings {
    /// How much a room holds.
    pub limits: RoomLimits,
    /// How long a quiet room stays in memory after the last question.
    pub idle: Millis,
}

impl Default for RoomsSettings {
    fn default() -> Self {
        Self { limits: RoomLimits::default(), idle: Millis::seconds(300) }
    }
}

/// What a room shall be made with.
#[derive(Debug, Clone, Default)]
pub struct NewRoom {
    /// What is set otherwise than the preset has it; the maker's name gives a title where there is none.
    pub changes: Changes,
    /// Who may do what.
    pub preset: Preset,
    /// Nobody is its host: whoever has an account may claim it.
    pub ownerless: bool,
    /// A name that it is found by in a dialect, besides invite and code.
    pub name: Option<DialectName>,
}

impl NewRoom {
    /// A room of the usual kind, with a title where there is one.
    pub fn titled(title: Option<String>) -> Self {
        Self { changes: Changes { title: title.map(Into::into), ..Changes::default() }, ..Self::default() }
    }
}

/// What a command came to, once it is on disk.
#[derive(Debug, Clone)]
pub struct Done {
    /// The events it made, in order; none where nothing changed.
    pub events: Vec<Arc<Event>>,
    /// The room after it.
    pub view: Arc<RoomView>,
}

/// What one turn of a room tells those who listen.
#[derive(Debug, Clone)]
pub struct Heard {
    /// What happened; empty where `signals` are all there is.
    pub events: Vec<Arc<Event>>,
    /// What is of the moment.
    pub signals: Vec<Signal>,
    /// The room after it.
    pub view: Arc<RoomView>,
    /// The room was loaded anew: `view` replaces all that was told before.
    pub reset: bool,
}

/// A listener's end: everything from `view` on, without gap or repetition.
#[derive(Debug)]
pub struct Listening {
    /// The room at the moment of listening.
    pub view: Arc<RoomView>,
    /// The last events before that moment, oldest first, for those who come back.
    pub recent: VecDeque<Arc<Event>>,
    /// What comes. Ends where the room is put away, or the listener was too slow to follow.
    pub heard: mpsc::Receiver<Arc<Heard>>,
}

/// All rooms.
#[derive(Clone)]
pub struct Rooms {
    shared: Arc<Shared>,
}

struct Shared {
    /// Where rooms are kept.
    store: Arc<dyn Store>,
    clock: Clock,
    entropy: Entropy,
    settings: RoomsSettings,
    /// Rooms in memory, or on their way into it: the cell makes two who ask at once wait for one load.
    loaded: DashMap<RoomId, Arc<OnceCell<Handle>>>,
    /// How many rooms play, so that the heartbeat rests while none does.
    playing: AtomicUsize,
    /// Held from the moment a room takes a dialect's name until it is there: who asks for the same name meanwhile would take
    /// it for that of a room that never came to be. Held as well while a name is drawn, so that two who ask are told one.
    naming: Turns,
    /// The last connection number given.
    connections: AtomicU64,
    /// Rooms in which another item begins and parts of it may be skipped.
    begun: mpsc::Sender<RoomId>,
    /// The other end, until somebody takes it.
    begun_by: Mutex<Option<mpsc::Receiver<RoomId>>>,
    /// Says which rooms had events, where somebody wants to know.
    tap: Arc<Tap>,
    /// What makes this process one of several nodes, if it is.
    cluster: Option<Arc<Cluster>>,
    /// Ends every room's task.
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// How a room's task is reached.
#[derive(Debug, Clone)]
struct Handle {
    mailbox: mpsc::Sender<Ask>,
    view: Arc<ArcSwap<RoomView>>,
    /// Cancelled when the task has written its last and another may load the room.
    gone: CancellationToken,
}

/// A room's cell in the hands of somebody who makes the room, loads it or waits for that.
struct Hold<'a> {
    shared: &'a Shared,
    room: RoomId,
    cell: Arc<OnceCell<Handle>>,
}

impl Drop for Hold<'_> {
    /// Leaves no empty cell behind where it came to nothing, or nobody waited for the end of it. But never takes it away
    /// from under somebody who tries next: a third would load the room into another cell, and it would live twice.
    fn drop(&mut self) {
        if !self.cell.initialized() {
            // Two are the one in the list and this one; more are only made by who holds the list's lock.
            let forgotten = |cell: &Arc<OnceCell<Handle>>| !cell.initialized() && Arc::strong_count(cell) <= 2;
            self.shared.loaded.remove_if(&self.room, |_, cell| Arc::ptr_eq(cell, &self.cell) && forgotten(cell));
        }
    }
}

impl Rooms {
    /// Runs rooms on a store. Must be called within a tokio runtime.
    pub fn new(store: Arc<dyn Store>, clock: Clock, settings: RoomsSettings) -> Self {
        Self::on(store, clock, settings, None)
    }

    /// Runs rooms as one of several nodes on a store that they share. The store holds a lease for this node already, and the
    /// clock reads the same playback time as theirs. Must be called within a tokio runtime.
    pub fn clustered(store: Arc<dyn Store>, clock: Clock, settings: RoomsSettings, membership: Membership) -> Self {
        Self::on(store, clock, settings, Some(Arc::new(Cluster::new(membership))))
    }

    fn on(store: Arc<dyn Store>, clock: Clock, settings: RoomsSettings, cluster: Option<Arc<Cluster>>) -> Self {
        let (begun, begun_by) = mpsc::channel(MAILBOX);
        let naming = Turns::one(store.clone(), "names");
        let shared = Arc::new(Shared {
            begun,
            begun_by: Mutex::new(Some(begun_by)),
            store,
            clock,
            entropy: Entropy,
            settings,
            loaded: DashMap::new(),
            playing: AtomicUsize::new(0),
            naming,
            connections: AtomicU64::new(0),
            tap: Arc::default(),
            cluster,
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        });
        shared.tasks.spawn(beat(shared.clone()));
        shared.tasks.spawn(wake(shared.clone()));
        let rooms = Self { shared };
        let shared = &rooms.shared;
        if shared.cluster.is_some() {
            shared.tasks.spawn(cluster::keep_lease(shared.clone()));
            rooms.beside(neighbours::answer_neighbours(shared.clone()));
            // To the very end: what others ask for while rooms are put away is not left without an answer.
            tokio::spawn(cluster::hear_nodes(shared.clone()));
        }
        rooms
    }

    /// Rooms in which another item begins, for the one who looks after that.
    pub(crate) fn begun(&self) -> Option<mpsc::Receiver<RoomId>> {
        self.shared.begun_by.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Makes a room; `actor` becomes its host.
    ///
    /// # Errors
    ///
    /// `name_taken` where another room has the name that a dialect is to know it by.
    pub async fn create(&self, actor: &Actor, new: NewRoom) -> Result<Arc<RoomView>, No> {
        if self.shared.stop.is_cancelled() {
            return Err(Code::Stopping.into());
        }
        let mut settings = RoomSettings::new(format!("{}'s couch", actor.name).into(), new.preset);
        settings.change(&new.changes.checked()?);
        let id = self.shared.entropy.room();
        let naming = match &new.name {
            Some(name) => {
                let turn = self.shared.naming.next().await?;
                self.claim_dialect_name(id, name).await?;
                Some(turn)
            }
            None => None,
        };
        let (invite, code) = self.name_room(id).await?;
        let host = (!new.ownerless).then(|| Host { person: actor.person, name: actor.name.clone() });
        let founding = Founding { settings, preset: new.preset, host, invite: invite.into(), code: code.into() };
        let (room, turn) = Room::found(id, 1, self.shared.clock.now(), founding, self.shared.settings.limits);
        let view = Arc::new(room.view().clone());
        let head = view.head();
        let entry = Entry { room: id, epoch: 1, events: turn.events.clone(), snapshot: None, head, visits: Vec::new() };
        // Lists may show the room before this answer comes: whoever finds it there waits for this life of it.
        let place = self.shared.place(id);
        let made = place.cell.get_or_try_init(async || {
            if let Some(turn) = &naming {
                turn.still().await?;
            }
            self.shared.store.append(entry).await?;
            if self.shared.tap.wants(id, view.head().host) {
                self.shared.tap.tell(News { room: id, host: view.head().host, first: 1, gone: false });
            }
            Ok::<_, No>(self.shared.clone().run(room, turn))
        });
        made.await?;
        drop(naming);
        Ok(view)
    }

    /// Does what somebody asks of a room; answers when it is on disk.
    pub async fn command(&self, room: RoomId, actor: Actor, command: Command) -> Result<Done, No> {
        let (door, from) = (actor.door.name(), Instant::now());
        let done = self.ask(room, actor, command).await;
        metrics::histogram!("onecouch_command_duration_seconds", "door" => door).record(from.elapsed());
        let outcome = match &done {
            Ok(_) => "done",
            Err(No::Refusal(refusal)) => {
                let code = refusal.code.name();
                metrics::counter!("onecouch_refusals_total", "by" => "room", "code" => code).increment(1);
                "refused"
            }
            Err(No::Fault(_)) => "failed",
        };
        metrics::counter!("onecouch_commands_total", "door" => door, "outcome" => outcome).increment(1);
        done
    }

    async fn ask(&self, room: RoomId, actor: Actor, command: Command) -> Result<Done, No> {
        let mut ask = Some(Box::new((actor, command)));
        while let Some(asked) = ask.take() {
            let handle = self.shared.handle(room).await?;
            let (reply, answer) = oneshot::channel();
            let question = Ask::Command { asked, reply: Some(reply) };
            match tokio::time::timeout(MAILBOX_PATIENCE, handle.mailbox.reserve()).await {
                Err(_) => return Err(Code::Busy.into()),
                Ok(Err(_)) => {
                    handle.gone.cancelled().await;
                    if let Ask::Command { asked, .. } = question {
                        ask = Some(asked);
                    }
                    continue;
                }
                Ok(Ok(permit)) => permit.send(question),
            }
            match answer.await {
                Ok(Settled::Done(done)) => return Ok(done),
                Ok(Settled::No(no)) => return Err(no),
                // The room was put away with the question still in its mailbox: ask its next life.
                Ok(Settled::PutAway(asked)) => {
                    handle.gone.cancelled().await;
                    ask = Some(asked);
                }
                Err(_) => return Err(Fault::new(format!("the task of room {room} ended without an answer")).into()),
            }
        }
        Err(Code::Stopping.into())
    }

    /// Lets a room know something that needs no answer: a report, a departure. Lost if the room's mailbox is full, and of
    /// no matter where the room is not loaded.
    pub fn tell(&self, room: RoomId, actor: Actor, command: Command) {
        if let Some(handle) = self.shared.present(room) {
            let _ = handle.mailbox.try_send(Ask::Command { asked: Box::new((actor, command)), reply: None });
        }
    }

    /// The same for what must not be lost while the room lives.
    pub async fn tell_surely(&self, room: RoomId, actor: Actor, command: Command) {
        if let Some(handle) = self.shared.present(room) {
            let _ = handle.mailbox.send(Ask::Command { asked: Box::new((actor, command)), reply: None }).await;
        }
    }

    /// All that can be seen of a room, without a turn of its task.
    pub async fn view(&self, room: RoomId) -> Result<Arc<RoomView>, No> {
        Ok(self.shared.handle(room).await?.view.load_full())
    }

    /// What is seen of a room that is in memory; nothing of one that is not, and none is loaded for it.
    pub fn awake(&self, room: RoomId) -> Option<Arc<RoomView>> {
        self.shared.present(room).map(|handle| handle.view.load_full())
    }

    /// What is seen of all rooms that are in memory of this node.
    pub fn all_awake(&self) -> Vec<Arc<RoomView>> {
        let views = self.shared.loaded.iter().filter_map(|cell| cell.get().map(|handle| handle.view.load_full()));
        views.collect()
    }

    /// Listens to a room from this moment on.
    pub async fn listen(&self, room: RoomId) -> Result<Listening, No> {
        loop {
            let handle = self.shared.handle(room).await?;
            let (reply, answer) = oneshot::channel();
            // What could not be sent is dropped here: it holds the other end of `answer`, which would wait for it for ever.
            let asked = handle.mailbox.send(Ask::Listen { reply }).await.is_ok();
            match answer.await {
                Ok(listening) if asked => return Ok(listening),
                _ if handle.mailbox.is_closed() => handle.gone.cancelled().await,
                // The room is there, but what it holds cannot be read back from the disk at the moment.
                _ => return Err(Code::NotStored.into()),
            }
        }
    }

    /// Says which rooms had events. It has one reader.
    pub fn tap(&self) -> &Arc<Tap> {
        &self.shared.tap
    }

    pub(crate) fn store(&self) -> &Arc<dyn Store> {
        &self.shared.store
    }

    /// The public rooms, newest first, behind `before` in that order.
    pub async fn public(&self, before: Option<RoomId>, limit: usize) -> Result<Vec<RoomHead>, No> {
        Ok(self.shared.store.public_rooms(before, limit).await?)
    }

    /// Lines of a room's chat, newest first, below number `before`.
    pub async fn chat(&self, room: RoomId, before: Option<u64>, limit: usize) -> Result<Vec<Event>, No> {
        Ok(self.shared.store.chat(room, before, limit).await?)
    }

    /// One line of a room's chat, if it is there.
    pub async fn line(&self, room: RoomId, seq: u64) -> Result<Option<Event>, No> {
        Ok(self.shared.store.line(room, seq).await?)
    }

    /// What was played in a room, newest first, below number `before`.
    pub async fn history(&self, room: RoomId, before: Option<u64>, limit: usize) -> Result<Vec<Event>, No> {
        Ok(self.shared.store.history(room, before, limit).await?)
    }

    /// Who did what in a room, newest first.
    pub async fn audit(&self, room: RoomId, trail: &Trail) -> Result<Vec<Event>, No> {
        Ok(self.shared.store.audit(room, trail).await?)
    }

    /// How many were in a room and how long, those who are here now among them.
    pub async fn attendance(&self, view: &RoomView) -> Result<Attendance, No> {
        let left = self.shared.store.attendance(view.id).await?;
        let now = self.shared.clock.now().wall;
        let here = view.presence.values().map(|seat| (now - seat.since).0.max(0));
        let stayed = Millis(left.stayed.0.saturating_add(here.sum::<i64>()));
        let (visits, people) = (view.presence.len() as u64, view.people() as u64);
        // Who is here now may have been here before: at least as many, at most all of them more.
        let people = left.people.max(people);
        Ok(Attendance { people, visits: left.visits + visits, peak: left.peak.max(view.people() as u64), stayed })
    }

    /// The rooms of a host, newest first, behind `before` in that order.
    pub async fn hosted(&self, person: PersonId, before: Option<RoomId>, limit: usize) -> Result<Vec<RoomHead>, No> {
        Ok(self.shared.store.hosted(person, before, limit).await?)
    }

    /// The rooms somebody was in and when they last left them, the latest first, before `before`.
    pub async fn visited(
        &self,
        person: PersonId,
        before: Option<WallTime>,
        limit: usize,
    ) -> Result<Vec<(RoomId, WallTime)>, No> {
        Ok(self.shared.store.visited(person, before, limit).await?)
    }

    /// What somebody wrote anywhere, by room and number, behind `after` in that order.
    pub async fn lines_of(
        &self,
        person: PersonId,
        after: Option<(RoomId, u64)>,
        limit: usize,
    ) -> Result<Vec<(RoomId, Event)>, No> {
        Ok(self.shared.store.lines_of(person, after, limit).await?)
    }

    /// Takes somebody out of all that is stored of rooms; the rooms that may still remember them.
    pub(crate) async fn forget(&self, person: PersonId) -> Result<Vec<RoomId>, No> {
        self.shared.store.forget(person).await
    }

    /// The rooms that somebody is in at this moment, on any node: no visit of theirs is written down yet.
    ///
    /// # Errors
    ///
    /// `busy` where a node that is alive does not say.
    pub(crate) async fn with(&self, person: PersonId) -> Result<BTreeSet<RoomId>, No> {
        self.shared.with(person).await
    }

    /// How these rooms are, where they are in memory, on any node that answers.
    pub(crate) async fn glances(&self, rooms: Vec<RoomId>) -> HashMap<RoomId, Glance> {
        self.shared.glances(rooms).await
    }

    /// The rooms in memory that are sought, on any node that answers.
    pub(crate) async fn all_awake_anywhere(&self, sought: Sought) -> Vec<Glance> {
        self.shared.awake(sought).await
    }

    /// A number for a new connection, which no other on any node has.
    pub fn connection(&self) -> ConnectionId {
        let slot = self.shared.cluster.as_ref().map_or(0, |cluster| cluster.slot);
        ConnectionId::on(slot, self.shared.connections.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// What this process and the other nodes speak by, where there are others.
    pub fn bus(&self) -> Option<&Arc<dyn Bus>> {
        self.shared.cluster.as_ref().map(|cluster| &cluster.bus)
    }

    /// Does something beside the rooms, until they end.
    pub(crate) fn beside(&self, work: impl Future<Output = ()> + Send + 'static) {
        let ended = self.shared.stop.clone().cancelled_owned();
        self.shared.tasks.spawn(async move {
            tokio::select! {
                () = ended => {}
                () = work => {}
            }
        });
    }

    /// Which node this process is, where there are others.
    pub fn node(&self) -> Option<NodeId> {
        self.shared.cluster.as_ref().map(|cluster| cluster.node)
    }

    /// How many rooms are in memory, and how many of them play that this process has.
    pub fn counts(&self) -> (usize, usize) {
        (self.shared.loaded.len(), self.shared.playing.load(Ordering::Relaxed))
    }

    /// What is seen of the rooms in memory that this process has: of several nodes each room is one's.
    pub fn all_own(&self) -> Vec<Arc<RoomView>> {
        let mut views = self.all_awake();
        if let Some(cluster) = &self.shared.cluster {
            views.retain(|view| cluster.has(view.id));
        }
        views
    }

    /// Writes every room down where it stands and ends; whoever asks later is told that the server stops.
    pub async fn shutdown(&self) {
        self.shared.stop.cancel();
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
        if let Some(cluster) = &self.shared.cluster {
            cluster.fall_silent();
        }
        if let Err(fault) = self.shared.store.beat(self.shared.clock.play_time()).await {
            tracing::error!(%fault, "the last heartbeat could not be written: playing rooms come back a second early");
        }
    }
}

impl Shared {
    fn present(&self, room: RoomId) -> Option<Handle> {
        self.loaded.get(&room).and_then(|cell| cell.get().cloned())
    }

    /// The room's handle; loads the room where it is not in memory.
    async fn handle(self: &Arc<Self>, room: RoomId) -> Result<Handle, No> {
        if self.stop.is_cancelled() {
            return Err(Code::Stopping.into());
        }
        let place = self.place(room);
        place.cell.get_or_try_init(|| self.clone().load(room)).await.cloned()
    }

    fn place(&self, room: RoomId) -> Hold<'_> {
        Hold { shared: self, room, cell: self.loaded.entry(room).or_default().clone() }
    }

    async fn load(self: Arc<Self>, room: RoomId) -> Result<Handle, No> {
        if self.cluster.is_some() {
            return Box::pin(self.find(room)).await;
        }
        let loaded = self.store.load(room).await?.ok_or(Code::NoSuchRoom)?;
        let restored = Room::restore(room, self.clock.now(), loaded, self.settings.limits)?;
        self.wake_up(restored)
    }

    /// Takes a room for this node, or follows the node that has it. That one may be dead: it is asked again until it answers, or
    /// its lease is over.
    async fn find(self: Arc<Self>, room: RoomId) -> Result<Handle, No> {
        let until = Instant::now() + FINDING;
        loop {
            // Without a lease it could have a room as little as keep it.
            let Ok(taken) = tokio::time::timeout(MAILBOX_PATIENCE, self.take(room)).await else {
                return Err(Code::NotStored.into());
            };
            match taken? {
                Taken::Nowhere => return Err(Code::NoSuchRoom.into()),
                Taken::Here(loaded) => {
                    let room = self.stand_up(room, *loaded)?;
                    return self.wake_up(room);
                }
                Taken::Elsewhere(node) => {
                    if let Some(handle) = self.clone().follow(room, node).await {
                        return Ok(handle);
                    }
                }
            }
            if Instant::now() > until {
                return Err(Code::Busy.into());
            }
            tokio::select! {
                () = self.stop.cancelled() => return Err(Code::Stopping.into()),
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
    }

    /// Takes a room, once this node's lease is good.
    async fn take(&self, room: RoomId) -> Result<Taken, No> {
        if let Some(cluster) = &self.cluster {
            cluster.until_trusted(true).await;
        }
        self.store.take(room).await
    }

    fn stand_up(&self, room: RoomId, loaded: Loaded) -> Result<(Room, Turn), Fault> {
        let now = self.clock.now();
        if loaded.last_beat.is_some_and(|beat| now.play - beat < LATELY) {
            Room::continued(room, now, loaded, Here::new(), self.settings.limits)
        } else {
            Room::restore(room, now, loaded, self.settings.limits)
        }
    }

    fn wake_up(self: Arc<Self>, (mut room, mut turn): (Room, Turn)) -> Result<Handle, No> {
        if room.is_deleted() {
            return Err(Code::NoSuchRoom.into());
        }
        // Who had it loaded sees it as it is by now: hours may have come while it was away.
        room.tick(self.clock.now(), &mut turn);
        Ok(self.run(room, turn))
    }

    fn run(self: Arc<Self>, room: Room, turn: Turn) -> Handle {
        let (handle, front) = self.clone().front(room.view());
        let mut task = RoomTask::new(front, room);
        task.begin(turn);
        self.tasks.spawn(live(task));
        handle
    }

    /// Follows a room that another node has; nothing where that one does not answer, or does not have it any more.
    async fn follow(self: Arc<Self>, room: RoomId, owner: NodeId) -> Option<Handle> {
        let cluster = self.cluster.clone()?;
        let (told, whole) = following::greet(&cluster, room, owner).await?;
        let (handle, front) = self.clone().front(&whole.view);
        let follower = Follower::new(front, cluster, owner, told, *whole);
        self.tasks.spawn(look_on(follower));
        Some(handle)
    }

    fn front(self: Arc<Self>, view: &RoomView) -> (Handle, Front) {
        let (mailbox, asks) = mpsc::channel(MAILBOX);
        let seen = Arc::new(ArcSwap::from_pointee(view.clone()));
        let handle = Handle { mailbox, view: seen.clone(), gone: CancellationToken::new() };
        let front = Front::new(self, view.id, asks, seen, handle.gone.clone());
        (handle, front)
    }
}

/// A room's life on this node, from when it was loaded.
async fn live(task: RoomTask) {
    if let Some((front, room)) = task.run().await
        && let Some(cluster) = front.shared.cluster.clone()
    {
        // Only where nodes die and come back, so no idle room keeps a place for it.
        Box::pin(look_on(Follower::demoted(front, cluster, &room))).await;
    }
}

/// A room's life on this node, from when another one had it.
async fn look_on(mut follower: Follower) {
    while let Some(task) = follower.run().await {
        let Some((front, room)) = task.run().await else { return };
        let Some(cluster) = front.shared.cluster.clone() else { return };
        follower = Follower::demoted(front, cluster, &room);
    }
}

/// While any room plays, one row a second: so that after a crash a film is found within a second of where it was.
async fn beat(shared: Arc<Shared>) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tokio::select! {
            () = shared.stop.cancelled() => return,
            _ = second.tick() => {}
        }
        if shared.playing.load(Ordering::Relaxed) > 0 {
            let beat = shared.store.beat(shared.clock.play_time()).await;
            if let (Err(fault), false) = (&beat, failing) {
                tracing::error!(%fault, "the heartbeat could not be written: after a crash films come back too early");
            }
            failing = beat.is_err();
        }
    }
}

/// Loads rooms in which something is due though nobody asks for them: an hour at which they open or close, an end. Those in
/// memory keep their own time.
async fn wake(shared: Arc<Shared>) {
    let mut look = tokio::time::interval(DUE_EVERY);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = shared.stop.cancelled() => return,
            _ = look.tick() => {}
        }
        // Those in memory may stand among the due for as long as somebody is there: they take nobody's place.
        let limit = DUE_AT_ONCE.saturating_add(shared.loaded.len());
        match shared.store.due(shared.clock.now().wall, limit).await {
            Ok(due) => {
                let away = due.into_iter().filter(|room| !shared.loaded.contains_key(room));
                for room in away.take(DUE_AT_ONCE) {
                    if let Err(No::Fault(fault)) = shared.handle(room).await {
                        tracing::error!(%room, %fault, "a room whose time has come cannot be loaded");
                    }
                }
            }
            Err(fault) => tracing::error!(%fault, "nobody knows which rooms' time has come"),
        }
    }
}

impl From<Refusal> for Settled {
    fn from(refusal: Refusal) -> Self {
        Self::No(refusal.into())
    }
}
