//! A room that another node has: the same front with another task behind it. Commands go to the node that has the room, and what
//! that one tells is seen and heard here as if it were here. Where that node is gone, this one takes the room in its place, and
//! those who hold on to the front notice nothing but the whole room told anew.

mod lanes;

use std::{collections::BTreeSet, future::pending, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use imbl::ordmap::DiffItem;
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout},
};

use self::lanes::{Landed, Lanes, Wanted, unknown};
use super::{
    Ask, Done, Heard, Settled,
    cluster::Cluster,
    front::Front,
    task::RoomTask,
    wire::{self, End, Hint, Position, Reply, Said, Seats, Told, What, Whole},
};
use crate::{
    command::{Actor, Command},
    event::{Event, Out, Presence, PresenceDelta, Signal},
    ids::{ConnectionId, Entropy, NodeId, RoomId},
    ports::{Hearing, Letter, Line, Loaded, Taken, Unheard},
    refusal::{Code, Fault, No},
    room::{Here, Room, Turn},
};

/// How long one question to another node may take.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// How often the node that has the room hears that this one follows, and this one whether it missed something.
const HEARTBEAT: Duration = Duration::from_secs(4);
/// How soon it is tried again to find who has the room.
const AGAIN: Duration = Duration::from_millis(300);
/// How long an answer waits until what it speaks of is seen here.
const CATCH_UP: Duration = Duration::from_secs(1);
/// How long what is of no matter is gathered.
const GATHER: Duration = Duration::from_millis(50);
/// How much of it is gathered.
const GATHERED: usize = 64;
/// How many questions in a row may stay without an answer before the node counts as gone.
const MISSES: u32 = 2;
/// Of several nodes that could take a room that was let go, the first one who has somebody in it does: within so many ms, and others
/// so many later.
const JITTER: u64 = 50;
const NO_HURRY: Duration = Duration::from_secs(1);

/// A room that another node has.
pub(super) struct Follower {
    front: Front,
    cluster: Arc<Cluster>,
    /// The room as it was told.
    room: Room,
    /// Number of the last message that is part of that; none where something is known to be missing.
    n: Option<u64>,
    /// What is told of the room, once it is heard.
    told: Option<Hearing>,
    line: watch::Receiver<Line>,
    /// Who is thought to have the room.
    owner: Option<NodeId>,
    /// That node has said how the room stands: it can be asked to do something.
    tied: bool,
    /// It knows who is connected here.
    greeted: bool,
    /// How often the owner did not answer, one after the other.
    misses: u32,
    /// What is being found out, and when the next thing is.
    errand: Option<BoxFuture<'static, Errand>>,
    errand_at: Instant,
    /// What was told while something before it was missing.
    early: Vec<Told>,
    /// Connections of this node of which is not known whether they came, and those that left whatever the owner says.
    coming: BTreeSet<ConnectionId>,
    leaving: BTreeSet<ConnectionId>,
    /// The place of a node that let go of the room: who was connected to it is going.
    freed: Option<u16>,
    /// What is to be done where the room is.
    lanes: Lanes,
    flights: FuturesUnordered<BoxFuture<'static, Landed>>,
    /// What is done, and not seen here yet.
    ripe: Vec<Ripe>,
    /// What is told to the owner, of no matter whether it is lost, and when.
    hints: Vec<(Actor, Command)>,
    hints_at: Option<Instant>,
    /// There is no such room any more.
    over: bool,
}

/// An answer that waits until what it speaks of is seen here.
struct Ripe {
    lane: lanes::Key,
    wanted: Wanted,
    done: Done,
    position: Position,
    until: Instant,
}

/// What was found out.
enum Errand {
    Hears(Result<Hearing, Unheard>),
    Asked(NodeId, Result<Bytes, Unheard>),
    Taken(Result<Taken, No>),
}

/// Begins to follow a room: what is told of it from now on, and how it stands.
pub(super) async fn greet(cluster: &Cluster, room: RoomId, owner: NodeId) -> Option<(Hearing, Box<Whole>)> {
    let told = cluster.bus.hear(&wire::room_subject(room)).await.ok()?;
    let what = What::Follow { slot: cluster.slot, knows: None, seats: Some(Seats::default()) };
    let said = Said { room, from: cluster.node, what };
    let answer = cluster.bus.ask(&wire::node_subject(owner), wire::write(&said), PATIENCE).await.ok()?;
    match wire::read(&answer) {
        Ok(Reply::Whole(whole)) => Some((told, whole)),
        Ok(_) => None,
        Err(fault) => {
            tracing::error!(%room, %fault, "a room cannot be followed");
            None
        }
    }
}

impl Follower {
    pub(super) fn new(front: Front, cluster: Arc<Cluster>, owner: NodeId, told: Hearing, whole: Whole) -> Self {
        let Whole { n, view, recent } = whole;
        let room = Room::seen(&view, view.presence.clone(), front.shared.settings.limits);
        let mut follower = Self::loose(front, cluster, room);
        follower.front.recent = recent.into();
        (follower.n, follower.told, follower.owner) = (Some(n), Some(told), Some(owner));
        (follower.tied, follower.greeted) = (true, true);
        follower.errand_at = Instant::now() + HEARTBEAT;
        follower
    }

    /// A room that this node had, and another has by now.
    pub(super) fn demoted(front: Front, cluster: Arc<Cluster>, room: &Room) -> Self {
        let room = Room::seen(room.view(), room.view().presence.clone(), front.shared.settings.limits);
        Self::loose(front, cluster, room)
    }

    fn loose(front: Front, cluster: Arc<Cluster>, room: Room) -> Self {
        Self {
            line: cluster.bus.line(),
            front,
            cluster,
            room,
            n: None,
            told: None,
            owner: None,
            tied: false,
            greeted: false,
            misses: 0,
            errand: None,
            errand_at: Instant::now(),
            early: Vec::new(),
            coming: BTreeSet::new(),
            leaving: BTreeSet::new(),
            freed: None,
            lanes: Lanes::default(),
            flights: FuturesUnordered::new(),
            ripe: Vec::new(),
            hints: Vec::new(),
            hints_at: None,
            over: false,
        }
    }

    /// Follows until that is over, or this node has the room itself.
    pub(super) async fn run(mut self) -> Option<RoomTask> {
        let stop = self.front.shared.stop.clone();
        while !self.over && !self.room.is_deleted() {
            if self.errand.is_none() && self.errand_at <= Instant::now() {
                self.begin_errand();
            }
            let idle_at = self.front.asked_at + self.front.shared.settings.idle.duration();
            let wake = self.wake().map_or(idle_at, |wake| wake.min(idle_at));
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                letter = next(&mut self.told) => match letter {
                    Some(letter) => self.hear_owner(&letter),
                    None => self.told = None,
                },
                errand = end_of(&mut self.errand) => {
                    self.errand = None;
                    if let Some(loaded) = self.heed(errand) {
                        match self.take_over(*loaded) {
                            Ok((room, turn)) => return Some(self.into_owner(room, &turn)),
                            Err(fault) => {
                                tracing::error!(room = %self.front.id, %fault, "a room cannot be taken over");
                                self.errand_at = Instant::now() + NO_HURRY;
                            }
                        }
                    }
                }
                Some(landed) = self.flights.next(), if !self.flights.is_empty() => self.land(landed),
                ask = self.front.asks.recv() => match ask {
                    Some(ask) => self.hear(ask),
                    None => break,
                },
                Ok(()) = self.line.changed() => {
                    if self.line.borrow_and_update().up {
                        // Something may have been told meanwhile.
                        self.errand_at = Instant::now();
                    }
                }
                () = sleep_until(wake) => {
                    self.do_what_is_due();
                    if Instant::now() >= idle_at {
                        if self.may_go() {
                            break;
                        }
                        self.front.asked_at = Instant::now();
                    }
                }
            }
        }
        self.end().await;
        None
    }

    /// When something is due.
    fn wake(&self) -> Option<Instant> {
        let errand = self.errand.is_none().then_some(self.errand_at);
        let ripe = self.ripe.iter().map(|ripe| ripe.until).min();
        [errand, self.hints_at, ripe, self.lanes.until()].into_iter().flatten().min()
    }

    fn do_what_is_due(&mut self) {
        let now = Instant::now();
        if self.hints_at.is_some_and(|due| due <= now) {
            self.tell_hints();
        }
        self.ripen();
        for wanted in self.lanes.expire(now) {
            self.give_up_on(wanted);
        }
    }

    fn may_go(&mut self) -> bool {
        self.front.is_unheard()
            && self.own_seats().next().is_none()
            && self.coming.is_empty()
            && self.lanes.is_empty()
            && self.front.asks.is_empty()
    }

    // ── who has the room ──

    fn begin_errand(&mut self) {
        let (cluster, id) = (self.cluster.clone(), self.front.id);
        if self.told.is_none() {
            let subject = wire::room_subject(id);
            self.errand = Some(async move { Errand::Hears(cluster.bus.hear(&subject).await) }.boxed());
        } else if let Some(owner) = self.owner {
            let view = self.room.view();
            let knows = self.n.map(|n| Position { epoch: view.epoch, seq: view.seq, n });
            let seats = (!self.greeted).then(|| self.seats());
            let said = Said { room: id, from: cluster.node, what: What::Follow { slot: cluster.slot, knows, seats } };
            let answer = cluster.bus.ask(&wire::node_subject(owner), wire::write(&said), PATIENCE);
            self.errand = Some(async move { Errand::Asked(owner, answer.await) }.boxed());
        } else if cluster.is_trusted() {
            let store = self.front.shared.store.clone();
            self.errand = Some(async move { Errand::Taken(store.take(id).await) }.boxed());
        } else {
            self.errand_at = Instant::now() + AGAIN;
        }
    }

    /// What was found out. The room, where this node has it now.
    fn heed(&mut self, errand: Errand) -> Option<Box<Loaded>> {
        let now = Instant::now();
        self.errand_at = now;
        match errand {
            Errand::Hears(Ok(told)) => {
                self.told = Some(told);
                self.n = None;
            }
            Errand::Hears(Err(_)) => self.errand_at = now + AGAIN,
            Errand::Taken(Ok(Taken::Here(loaded))) => return Some(loaded),
            Errand::Taken(Ok(Taken::Nowhere)) => self.over = true,
            Errand::Taken(Ok(Taken::Elsewhere(node))) => {
                // It may have been found before and have said nothing.
                self.owner = self.owner.or(Some(node));
            }
            Errand::Taken(Err(no)) => {
                tracing::debug!(room = %self.front.id, %no, "who has a room cannot be read");
                self.errand_at = now + NO_HURRY;
            }
            // Another one has said meanwhile that it has it.
            Errand::Asked(node, _) if self.owner != Some(node) => {}
            Errand::Asked(_, answer) => self.heed_owner(answer),
        }
        None
    }

    fn heed_owner(&mut self, answer: Result<Bytes, Unheard>) {
        let now = Instant::now();
        match answer {
            Ok(body) => match wire::read(&body) {
                Ok(Reply::Same) => self.tie(),
                Ok(Reply::Whole(whole)) => {
                    self.adopt(*whole);
                    self.tie();
                }
                Ok(Reply::Strange) => self.greeted = false,
                Ok(Reply::Busy) => self.errand_at = now + AGAIN,
                Ok(_) => self.come_loose(AGAIN),
                Err(fault) => {
                    tracing::error!(room = %self.front.id, %fault, "a room cannot be followed");
                    self.errand_at = now + NO_HURRY;
                }
            },
            // The bus is away: films play on, and nobody is told anything.
            Err(Unheard::Cut) => self.errand_at = now + AGAIN,
            Err(Unheard::Late) => {
                self.misses += 1;
                if self.misses >= MISSES {
                    self.come_loose(AGAIN);
                }
            }
            Err(Unheard::Nobody) => self.come_loose(AGAIN),
        }
    }

    /// The owner is there, and knows who is connected here.
    fn tie(&mut self) {
        (self.tied, self.greeted, self.misses, self.freed) = (true, true, 0, None);
        self.errand_at = Instant::now() + HEARTBEAT;
        let early = std::mem::take(&mut self.early);
        for told in early {
            self.take_in(told);
        }
        self.send_all();
    }

    /// Whoever had the room does not answer, or has it no more: who has it is looked up, at once where somebody was there a
    /// moment ago.
    fn come_loose(&mut self, pause: Duration) {
        let pause = if self.tied { Duration::ZERO } else { pause };
        (self.owner, self.tied, self.greeted, self.misses) = (None, false, false, 0);
        self.errand_at = Instant::now() + pause;
    }

    /// This node has the room now: as it is stored, and with those in it who are here.
    fn take_over(&mut self, loaded: Loaded) -> Result<(Room, Turn), Fault> {
        let mut here = self.room.view().presence.clone();
        let gone = |connection: &ConnectionId| {
            self.leaving.contains(connection) || self.freed.is_some_and(|slot| connection.slot() == slot)
        };
        let gone: Vec<_> = here.keys().filter(|connection| gone(connection)).copied().collect();
        for connection in gone {
            here.remove(&connection);
        }
        let (now, limits) = (self.front.shared.clock.now(), self.front.shared.settings.limits);
        Room::continued(self.front.id, now, loaded, here, limits)
    }

    fn into_owner(mut self, room: Room, turn: &Turn) -> RoomTask {
        let (seq, before) = (room.view().seq - turn.events.len() as u64, self.room.view().seq);
        tracing::info!(room = %self.front.id, epoch = room.view().epoch, seq, before, "this node has this room now");
        if seq != before {
            // What was told last was not stored, or is not known here.
            self.front.recent.clear();
        }
        let Self { front, lanes, ripe, hints, .. } = self;
        let mut task = RoomTask::new(front, room);
        task.take_over(turn);
        for Ripe { wanted, done, .. } in ripe {
            wanted.settle(Settled::Done(Done { view: task.view(), ..done }));
        }
        for hint in hints {
            task.take_on(Box::new(hint), None);
        }
        for wanted in lanes.into_wanted() {
            match wanted.once_more() {
                Ok((asked, reply)) => task.take_on(asked, reply),
                Err(wanted) => wanted.settle(unknown()),
            }
        }
        task
    }

    // ── what is told of it ──

    fn hear_owner(&mut self, letter: &Letter) {
        match wire::read::<Told>(&letter.body) {
            Ok(told) => self.take_in(told),
            Err(fault) => {
                tracing::error!(room = %self.front.id, %fault, "what is told of a room is not understood");
                self.miss();
            }
        }
    }

    /// Something is missing: the whole is asked for.
    fn miss(&mut self) {
        self.n = None;
        self.errand_at = Instant::now();
    }

    fn take_in(&mut self, told: Told) {
        let epoch = self.room.view().epoch;
        if told.epoch < epoch {
            // Of one who does not know yet that another has the room.
            return;
        }
        if self.owner != Some(told.node) {
            if told.epoch == epoch && self.tied {
                return;
            }
            self.owner = Some(told.node);
            (self.tied, self.greeted, self.misses) = (false, false, 0);
            self.miss();
        }
        if let End::Free { slot } = told.end {
            let hurry = Duration::from_millis(Entropy.seed() % JITTER);
            let pause = if self.own_seats().next().is_some() { hurry } else { NO_HURRY + hurry };
            self.come_loose(pause);
            self.errand_at = Instant::now() + pause;
            self.freed = Some(slot);
            return;
        }
        match self.n {
            Some(n) if told.epoch == epoch && told.n <= n => {}
            Some(n) if told.epoch == epoch && told.n == n + 1 && told.end == End::None => self.apply(told),
            _ => {
                self.miss();
                // All that is missing is one whole room away, and what is told until then may be behind that.
                if self.early.len() < GATHERED {
                    self.early.push(told);
                }
            }
        }
    }

    fn apply(&mut self, told: Told) {
        let Told { n, events, signals, here, gone, voters, .. } = told;
        if !events.iter().all(|event| self.room.follow(event)) {
            return self.miss();
        }
        for connection in &gone {
            self.leaving.remove(connection);
        }
        for seat in &here {
            self.coming.remove(&seat.connection);
        }
        self.room.see(here, &gone, voters);
        self.n = Some(n);
        for event in &events {
            self.front.remember(event);
        }
        let signals: Vec<_> = signals.into_iter().map(|hint: Hint| hint.signal(&self.room)).collect();
        self.show(events, signals, false);
        self.ripen();
    }

    /// The whole room, as the owner has it. Those who listen are told what they do not know yet: nothing, what was missed, or that
    /// all is other than they were told.
    fn adopt(&mut self, whole: Whole) {
        let Whole { n, view, recent } = whole;
        let before = self.front.view.load_full();
        self.room = Room::seen(&view, view.presence.clone(), self.front.shared.settings.limits);
        self.n = Some(n);
        self.early.retain(|told| told.epoch > view.epoch || (told.epoch == view.epoch && told.n > n));
        self.coming.retain(|connection| !view.presence.contains_key(connection));
        self.leaving.retain(|connection| view.presence.contains_key(connection));
        let out = self.shown_the_door(&before.presence, &view.presence);
        let missed: Vec<_> = recent.iter().filter(|event| event.seq > before.seq).cloned().collect();
        let known =
            view.epoch == before.epoch && view.seq >= before.seq && missed.len() as u64 == view.seq - before.seq;
        if known {
            for event in &missed {
                self.front.remember(event);
            }
            let delta = delta(&before.presence, &view.presence);
            let signals =
                if delta == PresenceDelta::default() { Vec::new() } else { vec![Signal::Presence(Arc::new(delta))] };
            self.show(missed, signals, false);
        } else {
            self.front.recent = recent.into();
            self.show(Vec::new(), Vec::new(), true);
        }
        if let Some(out) = out {
            self.show(Vec::new(), vec![out], false);
        }
        self.ripen();
    }

    /// Whoever is connected here, and is not in the room any more though it knew of them, was shown the door while this node did
    /// not hear of it.
    fn shown_the_door(&self, before: &Here, now: &Here) -> Option<Signal> {
        let own = before.keys().filter(|connection| connection.slot() == self.cluster.slot);
        let out = own.filter(|connection| !self.leaving.contains(*connection) && !now.contains_key(*connection));
        let connections: Vec<_> = out.copied().collect();
        (!connections.is_empty()).then_some(Signal::Out { connections, why: Out::Kicked })
    }

    /// Shows the room as it is known now, and tells those who listen what is new.
    fn show(&mut self, events: Vec<Arc<Event>>, signals: Vec<Signal>, reset: bool) {
        let view = Arc::new(self.room.view().clone());
        self.front.view.store(view.clone());
        if reset || !events.is_empty() || !signals.is_empty() {
            self.front.tell(Heard { events, signals, view, reset });
        }
    }

    // ── who is connected here ──

    fn own_seats(&self) -> impl Iterator<Item = &Arc<Presence>> {
        let own =
            |connection: &ConnectionId| connection.slot() == self.cluster.slot && !self.leaving.contains(connection);
        self.room.view().presence.iter().filter(move |(connection, _)| own(connection)).map(|(_, seat)| seat)
    }

    fn seats(&self) -> Seats {
        Seats { here: self.own_seats().cloned().collect(), coming: self.coming.clone() }
    }

    // ── what is asked of it ──

    fn hear(&mut self, ask: Ask) {
        match ask {
            Ask::Command { asked, reply } => {
                self.front.asked_at = Instant::now();
                self.pass_on(asked, reply);
            }
            Ask::Listen { reply } => {
                self.front.asked_at = Instant::now();
                self.front.listen(reply);
            }
            Ask::Node(said) => said.0.answer(&*self.cluster.bus, wire::write(&Reply::NotMine)),
            Ask::Lost => {}
        }
    }

    fn pass_on(&mut self, asked: Box<(Actor, Command)>, reply: Option<tokio::sync::oneshot::Sender<Settled>>) {
        match &asked.1 {
            Command::Report { .. } | Command::Type if reply.is_none() => {
                self.hints.push(*asked);
                self.hints_at.get_or_insert_with(|| Instant::now() + GATHER);
                if self.hints.len() >= GATHERED {
                    self.tell_hints();
                }
                return;
            }
            Command::Arrive { connection, .. } => {
                self.coming.insert(*connection);
                self.leaving.remove(connection);
            }
            Command::Depart { connection } => {
                self.coming.remove(connection);
                self.leaving.insert(*connection);
            }
            _ => {}
        }
        if self.lanes.is_full_for(&asked.0) {
            return self.give_up_on(Wanted::new(0, asked, reply));
        }
        let lane = self.lanes.add(Wanted::new(self.cluster.number(), asked, reply));
        self.send(lane);
    }

    fn tell_hints(&mut self) {
        self.hints_at = None;
        let hints = std::mem::take(&mut self.hints);
        if let Some(owner) = self.owner.filter(|_| self.tied && !hints.is_empty()) {
            self.cluster.hint(owner, self.front.id, What::Hints(hints));
        }
    }

    fn send_all(&mut self) {
        for lane in self.lanes.waiting() {
            self.send(lane);
        }
    }

    /// Has the first of a lane done, where it can be.
    fn send(&mut self, lane: lanes::Key) {
        let Some(owner) = self.owner.filter(|_| self.tied) else { return };
        let epoch = self.room.view().epoch;
        while let Some(wanted) = self.lanes.first(&lane) {
            // It may have been done in another life of the room, or is of no harm twice.
            if wanted.may_be_sent((owner, epoch)) {
                let what = What::Do { number: wanted.number, epoch, asked: wanted.asked.clone() };
                let said = Said { room: self.front.id, from: self.cluster.node, what };
                let answer = self.cluster.bus.ask(&wire::node_subject(owner), wire::write(&said), PATIENCE);
                let life = (owner, epoch);
                self.lanes.fly(&lane, life);
                self.flights.push(async move { Landed { lane, life, answer: answer.await } }.boxed());
                return;
            }
            if let Some(wanted) = self.lanes.pop(&lane) {
                self.give_up_on(wanted);
            }
        }
    }

    fn land(&mut self, landed: Landed) {
        let Landed { lane, life, answer } = landed;
        self.lanes.landed(&lane);
        let reply = match answer {
            Ok(body) => wire::read::<Reply>(&body).unwrap_or_else(|fault| Reply::No(fault.into())),
            Err(unheard) => return self.land_unheard(lane, life, unheard),
        };
        match reply {
            Reply::Done { events, position } => {
                if let Some(wanted) = self.lanes.take_to_ripen(&lane) {
                    let done = Done { events, view: self.front.view.load_full() };
                    self.ripe.push(Ripe { lane, wanted, done, position, until: Instant::now() + CATCH_UP });
                    self.ripen();
                    if !self.ripe.is_empty() {
                        // What tells of it may have been lost.
                        self.errand_at = self.errand_at.min(Instant::now() + AGAIN / 2);
                    }
                }
            }
            Reply::No(no) => {
                if let Some(wanted) = self.lanes.pop(&lane) {
                    if let Command::Arrive { connection, .. } = wanted.asked.1 {
                        self.coming.remove(&connection);
                    }
                    wanted.settle_by(life, Settled::No(no));
                }
                self.send(lane);
            }
            Reply::Busy => {
                let doubt = self.lanes.first_mut(&lane).is_some_and(|wanted| wanted.doubt.is_some());
                if doubt {
                    self.errand_at = self.errand_at.min(Instant::now() + AGAIN);
                } else if let Some(wanted) = self.lanes.pop(&lane) {
                    self.give_up_on(wanted);
                    self.send(lane);
                }
            }
            // Another life of the room, or another node's: it is asked there, unless it may have been done before.
            Reply::Moved => {
                self.tied = false;
                self.miss();
            }
            _ => {
                if self.owner == Some(life.0) {
                    self.come_loose(AGAIN);
                }
            }
        }
    }

    /// There was no answer to the first of a lane.
    fn land_unheard(&mut self, lane: lanes::Key, life: lanes::Life, unheard: Unheard) {
        let of_owner = self.owner == Some(life.0);
        match unheard {
            Unheard::Late => {
                if let Some(wanted) = self.lanes.first_mut(&lane) {
                    wanted.doubt.get_or_insert(life);
                }
                // Whether the owner is there at all is found out beside it.
                if self.errand.is_none() {
                    self.errand_at = Instant::now();
                }
            }
            Unheard::Nobody if of_owner => self.come_loose(AGAIN),
            // It is asked again when the line is back.
            Unheard::Cut if of_owner => {
                self.tied = false;
                self.errand_at = self.errand_at.min(Instant::now() + AGAIN);
            }
            Unheard::Nobody | Unheard::Cut => {}
        }
        for wanted in self.lanes.expire(Instant::now()) {
            self.give_up_on(wanted);
        }
        self.send(lane);
    }

    /// Answers what is seen here by now, or takes too long for that.
    fn ripen(&mut self) {
        let (epoch, now) = (self.room.view().epoch, Instant::now());
        let seen = |ripe: &mut Ripe| {
            epoch > ripe.position.epoch || (epoch == ripe.position.epoch && self.n >= Some(ripe.position.n))
        };
        let ready: Vec<_> = self.ripe.extract_if(.., |ripe| ripe.until <= now || seen(ripe)).collect();
        for Ripe { lane, wanted, done, .. } in ready {
            let view = self.front.view.load_full();
            wanted.settle(Settled::Done(Done { view, ..done }));
            self.lanes.ripened(&lane);
            self.send(lane);
        }
    }

    /// What could not be done, or of which is not known whether it was.
    fn give_up_on(&mut self, wanted: Wanted) {
        match &wanted.asked.1 {
            // Whether they came is not known: they did not, then.
            Command::Arrive { connection, .. } => {
                self.coming.remove(connection);
                if self.leaving.insert(*connection) {
                    self.greeted = false;
                }
            }
            // The owner hears with the next greeting who is connected here.
            Command::Depart { .. } => self.greeted = false,
            _ => {}
        }
        let doubt = wanted.doubt.is_some();
        wanted.settle(if doubt { unknown() } else { Settled::No(Code::Busy.into()) });
    }

    // ── the end ──

    /// Nobody's question is lost.
    async fn end(mut self) {
        let stopping = self.front.shared.stop.is_cancelled();
        let gone = self.over || self.room.is_deleted();
        if !gone && let Some(owner) = self.owner {
            self.tell_hints();
            self.cluster.hint(owner, self.front.id, What::Leave);
        }
        self.front.asks.close();
        while !self.flights.is_empty()
            && let Ok(Some(landed)) = timeout(PATIENCE, self.flights.next()).await
        {
            self.tied = false;
            self.land(landed);
        }
        let view = self.front.view.load_full();
        for Ripe { wanted, done, .. } in std::mem::take(&mut self.ripe) {
            wanted.settle(Settled::Done(Done { view: view.clone(), ..done }));
        }
        let settled = |asked: Box<(Actor, Command)>| {
            if gone {
                Settled::No(Code::NoSuchRoom.into())
            } else if stopping {
                Settled::No(Code::Stopping.into())
            } else {
                Settled::PutAway(asked)
            }
        };
        for wanted in std::mem::take(&mut self.lanes).into_wanted() {
            match wanted.once_more() {
                Ok((asked, Some(reply))) => drop(reply.send(settled(asked))),
                Ok((_, None)) => {}
                Err(wanted) => wanted.settle(unknown()),
            }
        }
        while let Some(ask) = self.front.asks.recv().await {
            match ask {
                Ask::Command { asked, reply: Some(reply) } => drop(reply.send(settled(asked))),
                Ask::Node(said) => said.0.answer(&*self.cluster.bus, wire::write(&Reply::NotMine)),
                _ => {}
            }
        }
    }
}

/// What makes one who knows who was here know who is.
fn delta(before: &Here, now: &Here) -> PresenceDelta {
    let mut delta = PresenceDelta::default();
    for change in before.diff(now) {
        match change {
            DiffItem::Add(_, seat) => delta.here.push(seat.clone()),
            DiffItem::Update { old: (_, old), new: (_, new) } => {
                if old != new {
                    delta.here.push(new.clone());
                }
            }
            DiffItem::Remove(connection, _) => delta.gone.push(*connection),
        }
    }
    delta
}

async fn next(told: &mut Option<Hearing>) -> Option<Letter> {
    match told {
        Some(told) => told.next().await,
        None => pending().await,
    }
}

async fn end_of(errand: &mut Option<BoxFuture<'static, Errand>>) -> Errand {
    match errand {
        Some(errand) => errand.await,
        None => pending().await,
    }
}
