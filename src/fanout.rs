//! From one turn of a room to every socket in it: encoded once per dialect, the same bytes for all.
//!
//! A [`Hub`] is one room in one dialect. It listens to the room once, encodes what it hears once, puts the shared bytes into the
//! bounded [`Outbox`] of each of its sockets, and writes them there. The cost of an event is one encoding, and a push and a write
//! per socket; the tasks of sockets sleep. What happens while it writes is written together. A room without sockets has no hub.

mod nodes;
mod outbox;

use std::{
    collections::{BTreeMap, VecDeque},
    ops::Bound,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::websocket::Utf8Bytes;
use dashmap::DashMap;
use engine::{
    Engine,
    event::{Out, Signal},
    ids::{ConnectionId, RoomId},
    refusal::No,
    room::RoomView,
    rooms::{Heard, Listening},
    time::PlayTime,
};
use tokio::sync::OnceCell;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use self::outbox::{Outbox, Parcel};
use crate::{
    dialects::{Dialect, Frame, Voice, Whole},
    links::Links,
    websocket::{FRAMES, Packet},
};

/// How many events a hub keeps encoded for those who come back.
const RECENT: usize = 256;
/// How long a hub whose last socket left stays, so that who comes back gets what was missed.
const LINGER: Duration = Duration::from_secs(60);
/// To how many sockets is written between two looks at what else happened, and before others on this processor have their turn.
const AT_ONCE: usize = 64;
/// How many frames more are told while all sockets are written to once. Far below what an outbox holds, so that a burst
/// is not taken for a slow reader.
const MEANWHILE: usize = FRAMES / 4;

/// The longest announcement, in characters: it covers part of the film until it is closed.
pub const ANNOUNCEMENT: usize = 1_000;

/// A hub, or one on its way: the cell makes two who come at once wait for one listening.
type Cell = Arc<OnceCell<Arc<Hub>>>;

/// All hubs.
#[derive(Clone)]
pub struct Fanout {
    engine: Engine,
    links: Links,
    hubs: Arc<DashMap<(RoomId, Dialect), Cell>>,
    /// How often sockets are looked over: one timer for all of them.
    round: Duration,
    /// Frames that were written.
    written: metrics::Counter,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// One room in one dialect.
pub struct Hub {
    links: Links,
    /// How the room is told; held while a turn or a whole room is encoded, taken before `state` where both are.
    voice: Mutex<Voice>,
    /// Held for pushes and look-ups, never across an await.
    state: Mutex<State>,
}

struct State {
    view: Arc<RoomView>,
    /// The last events, encoded, oldest first.
    recent: VecDeque<Frame>,
    /// The room as text, made when the first one asks and good until something changes.
    whole: Option<Whole>,
    sockets: BTreeMap<ConnectionId, Arc<Outbox>>,
    /// The room is gone: nobody may join this hub any more.
    over: bool,
}

/// What a socket that joins a hub begins with.
pub struct Joined {
    /// The events that were missed; none where it begins with the whole room.
    pub missed: Option<Vec<Utf8Bytes>>,
    /// The whole room, where it begins with that.
    pub whole: Whole,
    /// The room as it was told up to here.
    pub view: Arc<RoomView>,
    /// The present.
    pub s: PlayTime,
}

impl Fanout {
    /// No hubs yet. `links` stand in what rooms show; a socket of which nothing is heard for `silence` is closed.
    pub fn new(engine: Engine, links: Links, silence: Duration, stop: CancellationToken, tasks: TaskTracker) -> Self {
        let written = metrics::counter!("onecouch_frames_written_total");
        let round = silence / outbox::DEAD_AFTER;
        let fanout = Self { engine, links, hubs: Arc::default(), round, written, stop, tasks };
        fanout.tasks.spawn(fanout.clone().look_after_sockets());
        if let Some(bus) = fanout.engine.rooms.bus() {
            fanout.tasks.spawn(nodes::hear(fanout.clone(), bus.clone()));
        }
        fanout
    }

    /// Puts a socket into its room's hub: from here on it misses nothing.
    ///
    /// `resume` is the position it knows; where that is still in memory it gets what came after it, else the whole room.
    pub async fn join(
        &self,
        room: RoomId,
        dialect: Dialect,
        connection: ConnectionId,
        outbox: &Arc<Outbox>,
        resume: Option<(u64, u64)>,
    ) -> Result<(Arc<Hub>, Joined), No> {
        loop {
            let cell = self.hubs.entry((room, dialect)).or_default().clone();
            let hub = cell.get_or_try_init(|| self.open(room, dialect, &cell)).await;
            let hub = match hub {
                Ok(hub) => hub.clone(),
                Err(no) => {
                    self.hubs.remove_if(&(room, dialect), |_, known| Arc::ptr_eq(known, &cell) && cell.get().is_none());
                    return Err(no);
                }
            };
            if let Some(joined) = hub.join(connection, outbox, resume, self.engine.clock.play_time()) {
                return Ok((hub, joined));
            }
            // The hub ended between the look-up and the joining; its task takes it out of the table.
            self.hubs.remove_if(&(room, dialect), |_, known| Arc::ptr_eq(known, &cell));
        }
    }

    async fn open(&self, room: RoomId, dialect: Dialect, cell: &Cell) -> Result<Arc<Hub>, No> {
        let listening = self.engine.rooms.listen(room).await?;
        let voice = Voice::of(dialect, &self.engine, &listening.view).await?;
        let s = self.engine.clock.play_time();
        let recent = voice.recent(listening.view.epoch, &listening.recent, &self.links, s);
        let state = State { view: listening.view.clone(), recent, whole: None, sockets: BTreeMap::new(), over: false };
        let hub = Arc::new(Hub { links: self.links.clone(), voice: Mutex::new(voice), state: Mutex::new(state) });
        let (fanout, cell, task) = (self.clone(), cell.clone(), hub.clone());
        self.tasks.spawn(async move {
            fanout.run(&task, room, listening).await;
            fanout.hubs.remove_if(&(room, dialect), |_, known| Arc::ptr_eq(known, &cell));
            task.end();
        });
        Ok(hub)
    }

    /// Hears the room until it ends, or until no socket has been here for a while.
    async fn run(&self, hub: &Hub, room: RoomId, mut listening: Listening) {
        let mut round = tokio::time::interval(LINGER);
        let mut idle_rounds = 0;
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return,
                heard = listening.heard.recv() => {
                    if let Some(heard) = heard {
                        hub.tell(&heard, self.engine.clock.play_time());
                        self.write(hub, &mut listening).await;
                        continue;
                    }
                    // Too slow for the room, or the room failed: begin anew, and tell the whole room.
                    match self.engine.rooms.listen(room).await {
                        Ok(anew) => listening = anew,
                        Err(_) => return,
                    }
                    hub.reset(&listening.view);
                }
                _ = round.tick() => {
                    idle_rounds = if hub.lock().sockets.is_empty() { idle_rounds + 1 } else { 0 };
                    if idle_rounds > 1 && hub.end_if_empty() {
                        return;
                    }
                }
            }
        }
    }

    /// Writes what waits to all sockets, until nothing does. What the room tells meanwhile is put behind it.
    async fn write(&self, hub: &Hub, listening: &mut Listening) {
        let mut part = Vec::with_capacity(AT_ONCE);
        let mut behind = None;
        let mut told = 0;
        loop {
            hub.some(behind, &mut part);
            let more = part.len() == AT_ONCE;
            behind = part.last().map(|(connection, _)| *connection).filter(|_| more);
            let frames: u64 = part.drain(..).map(|(_, outbox)| outbox.flush()).sum();
            self.written.increment(frames);
            while told < MEANWHILE
                && let Ok(heard) = listening.heard.try_recv()
            {
                told += hub.tell(&heard, self.engine.clock.play_time());
            }
            if more {
                tokio::task::yield_now().await;
            } else if std::mem::take(&mut told) == 0 || self.stop.is_cancelled() {
                return;
            }
        }
    }

    /// Closes the sockets that a dialect has in a room, on all nodes, as if the room were gone. They may come again.
    pub fn close(&self, room: RoomId, dialect: Dialect) {
        nodes::tell(self, &nodes::Word::Close(room, dialect));
        self.close_here(room, dialect);
    }

    fn close_here(&self, room: RoomId, dialect: Dialect) {
        let hub = self.hubs.get(&(room, dialect)).and_then(|cell| cell.get().cloned());
        if let Some(hub) = hub {
            hub.lock().sockets.values().for_each(|outbox| outbox.out(Out::Deleted));
        }
    }

    /// Closes the sockets whose addresses are kept out by now.
    fn bar(&self) {
        let banned = |outbox: &Outbox| outbox.from().is_some_and(|from| self.engine.addresses.is_banned(from));
        for hub in self.hubs.iter() {
            let Some(hub) = hub.value().get() else { continue };
            let state = hub.lock();
            state.sockets.values().filter(|outbox| banned(outbox)).for_each(|outbox| outbox.out(Out::Barred));
        }
    }

    /// How many sockets are open, by the dialect that they speak.
    pub fn sockets(&self) -> BTreeMap<Dialect, usize> {
        let mut sockets = BTreeMap::new();
        for hub in self.hubs.iter() {
            if let Some(known) = hub.value().get() {
                *sockets.entry(hub.key().1).or_default() += known.lock().sockets.len();
            }
        }
        sockets
    }

    /// Tells everybody in every room, on all nodes, something that the person who runs the server has to say.
    pub fn announce(&self, text: &str) {
        nodes::tell(self, &nodes::Word::Announce(text.to_owned()));
        self.announce_here(text);
    }

    fn announce_here(&self, text: &str) {
        let s = self.engine.clock.play_time();
        for hub in self.hubs.iter() {
            if let Some(hub) = hub.value().get() {
                let frame = hub.voice().announcement(text, s).into();
                let outboxes: Vec<_> =
                    hub.lock().sockets.values().cloned().inspect(|outbox| outbox.push(&frame)).collect();
                self.written.increment(outboxes.iter().map(|outbox| outbox.flush()).sum());
            }
        }
    }

    /// One timer for all sockets: pings those that were quiet, and lets those go that are dead. Whose address is kept out goes at once, whichever
    /// node was told to.
    async fn look_after_sockets(self) {
        let mut round = tokio::time::interval(self.round);
        round.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut kept_out = self.engine.addresses.changes();
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return,
                Ok(()) = kept_out.changed() => {
                    self.bar();
                    continue;
                }
                _ = round.tick() => {}
            }
            let mut sockets = 0;
            for entry in self.hubs.iter() {
                let Some(hub) = entry.value().get() else { continue };
                let state = hub.lock();
                sockets += state.sockets.len();
                for outbox in state.sockets.values() {
                    outbox.look_over();
                }
            }
            #[expect(clippy::cast_precision_loss, reason = "nobody has 2^52 sockets")]
            metrics::gauge!("onecouch_sockets").set(sockets as f64);
        }
    }
}

impl Hub {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn voice(&self) -> MutexGuard<'_, Voice> {
        self.voice.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn join(
        &self,
        connection: ConnectionId,
        outbox: &Arc<Outbox>,
        resume: Option<(u64, u64)>,
        s: PlayTime,
    ) -> Option<Joined> {
        let voice = self.voice();
        let mut state = self.lock();
        if state.over {
            return None;
        }
        state.sockets.insert(connection, outbox.clone());
        // It may have come to its end since they were let in.
        if let Some(why) = voice.over(&state.view) {
            outbox.out(why);
        }
        let missed = resume.and_then(|(epoch, seq)| state.missed(epoch, seq));
        let whole = state.whole(&voice, &self.links, s);
        Some(Joined { missed, whole, view: state.view.clone(), s })
    }

    /// Takes a socket out.
    pub fn leave(&self, connection: ConnectionId) {
        self.lock().sockets.remove(&connection);
    }

    /// Lets a socket whose outbox overflowed begin anew with the whole room; what waited in the outbox is part of it.
    pub fn begin_anew(&self, outbox: &Outbox, s: PlayTime) {
        let voice = self.voice();
        let mut state = self.lock();
        let whole = state.whole(&voice, &self.links, s);
        outbox.begin_anew(voice.snapshot(&whole, s).into_iter().map(Packet::from));
    }

    /// The next sockets behind one, in no order but always the same.
    fn some(&self, behind: Option<ConnectionId>, into: &mut Vec<(ConnectionId, Arc<Outbox>)>) {
        let behind = behind.map_or(Bound::Unbounded, Bound::Excluded);
        let state = self.lock();
        let some = state.sockets.range((behind, Bound::Unbounded)).take(AT_ONCE);
        into.extend(some.map(|(connection, outbox)| (*connection, outbox.clone())));
    }

    /// The room's last position, for a pong.
    pub fn position(&self) -> (u64, u64) {
        let state = self.lock();
        (state.view.epoch, state.view.seq)
    }

    /// Puts a turn into all outboxes; how many frames that are.
    fn tell(&self, heard: &Heard, s: PlayTime) -> usize {
        if heard.reset {
            self.reset(&heard.view);
            return 0;
        }
        let mut voice = self.voice();
        let frames = voice.frames(heard, &self.links, s);
        let count = frames.len();
        let over = voice.over(&heard.view);
        let mut state = self.lock();
        drop(voice);
        state.view = heard.view.clone();
        state.whole = None;
        for frame in frames {
            let packet = Packet::from(frame.text.clone());
            for (connection, outbox) in &state.sockets {
                if frame.except != Some(*connection) {
                    outbox.push(&packet);
                }
            }
            if frame.seq.is_some() {
                if state.recent.len() == RECENT {
                    state.recent.pop_front();
                }
                state.recent.push_back(frame);
            }
        }
        if let Some(why) = over {
            state.sockets.values().for_each(|outbox| outbox.out(why));
        }
        for signal in &heard.signals {
            if let Signal::Out { connections, why } = signal {
                for outbox in connections.iter().filter_map(|connection| state.sockets.get(connection)) {
                    outbox.out(*why);
                }
            }
        }
        count
    }

    /// Everything that was told is void: everybody gets the whole room.
    fn reset(&self, view: &Arc<RoomView>) {
        let mut voice = self.voice();
        voice.reset(view);
        let over = voice.over(view);
        let mut state = self.lock();
        state.view = view.clone();
        state.whole = None;
        state.recent.clear();
        for outbox in state.sockets.values() {
            outbox.lose();
            if let Some(why) = over {
                outbox.out(why);
            }
        }
    }

    fn end_if_empty(&self) -> bool {
        let mut state = self.lock();
        state.over = state.sockets.is_empty();
        state.over
    }

    fn end(&self) {
        let mut state = self.lock();
        state.over = true;
        for outbox in state.sockets.values() {
            outbox.room_ended();
        }
    }
}

impl State {
    /// What came after a position, if all of it is still here.
    fn missed(&self, epoch: u64, seq: u64) -> Option<Vec<Utf8Bytes>> {
        if epoch != self.view.epoch || seq > self.view.seq {
            return None;
        }
        let later = || self.recent.iter().filter(|frame| frame.seq.is_some_and(|number| number > seq));
        let missing = usize::try_from(self.view.seq - seq).ok()?;
        (later().count() == missing).then(|| later().map(|frame| frame.text.clone()).collect())
    }

    fn whole(&mut self, voice: &Voice, links: &Links, s: PlayTime) -> Whole {
        if !voice.keeps() {
            return voice.room(&self.view, links, s);
        }
        self.whole.get_or_insert_with(|| voice.room(&self.view, links, s)).clone()
    }
}
