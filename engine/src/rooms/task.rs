//! The task that owns one room.

mod followers;
mod standing_in;

use std::{future::pending, sync::Arc, time::Duration};

use futures_util::{StreamExt, future::BoxFuture, stream::FuturesOrdered};
use tokio::{
    sync::oneshot,
    time::{Instant, timeout},
};

use self::followers::{Asker, Followers};
use super::{
    Done, Heard, Listening, News,
    cluster::Cluster,
    front::{Counted, Front},
    wire::{End, Said},
};
use crate::{
    command::{Actor, Command},
    event::Visit,
    ids::{ConnectionId, ItemId},
    ports::{Entry, Letter},
    refusal::{Code, Fault, No},
    room::{Room, RoomView, Turn},
};

/// After how many events a snapshot is written, which lets the journal before it go.
const SNAPSHOT_EVERY: usize = 256;
/// How long a room waits before it tries again to read itself back after a write failed; doubled up to [`PATIENCE`].
const RECOVERY: Duration = Duration::from_millis(500);
/// The longest such wait: so long after the disk is well again at most, people can do something again.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many visits wait for a disk that takes none; beyond that the oldest go, which are a statistic.
const VISITS: usize = 1_000;
/// How long letting a room go may take: where that fails, others wait for the end of the lease.
const FAREWELL: Duration = Duration::from_secs(2);

/// What can be asked of a room's task.
#[derive(Debug)]
pub(super) enum Ask {
    /// Do this; answer where there is somebody to answer. Boxed: a mailbox has places for many, and every room has one.
    Command { asked: Box<(Actor, Command)>, reply: Option<oneshot::Sender<Settled>> },
    /// Tell me everything from now on.
    Listen { reply: oneshot::Sender<Listening> },
    /// Another node says something of the room.
    Node(Box<(Letter, Said)>),
    /// Another node has the room by now.
    Lost,
}

/// What became of a command.
#[derive(Debug)]
pub(super) enum Settled {
    Done(Done),
    No(No),
    /// The room was put away before it read the question.
    PutAway(Box<(Actor, Command)>),
}

/// What is answered when a commit is through.
struct Answer {
    /// To whom.
    asker: Asker,
    /// For a good end.
    settled: Settled,
    /// Who came by it, and did not if the end is a bad one.
    arrived: Option<ConnectionId>,
}

/// What became of what was handed to the journal.
struct Settling {
    result: Result<(), Fault>,
    answer: Option<Answer>,
    /// The room as it stands with its events; none where it had none.
    view: Option<Arc<RoomView>>,
    /// Who left by it.
    visits: Vec<Visit>,
}

type Commit = BoxFuture<'static, Settling>;

pub(super) struct RoomTask {
    /// Whether this room is counted among those that play.
    counted: Counted,
    front: Front,
    room: Room,
    /// The other nodes that look on, where there are others.
    followers: Option<Box<Followers>>,
    /// Commands under way, in order: an answer never overtakes the one before it.
    commits: FuturesOrdered<Commit>,
    /// The room as the disk surely has it: what is true where a commit failed.
    stored: Option<Arc<RoomView>>,
    /// Who left and could not be written down yet.
    visits: Vec<Visit>,
    /// Events since the last snapshot.
    unsnapped: usize,
    /// What was on when it was last said that another item begins.
    on: Option<ItemId>,
    /// When the room last went back to what is on disk.
    went_back_at: Option<Instant>,
    /// The room was told otherwise than it is stored, and is being read back: nothing of it may be written.
    void: bool,
    /// Another node has the room by now.
    taken: bool,
}

impl RoomTask {
    pub(super) fn new(front: Front, room: Room) -> Self {
        let cluster = front.shared.cluster.as_ref();
        if let Some(cluster) = cluster {
            cluster.holds(front.id, room.view().epoch);
        }
        let followers = cluster.map(|cluster| Box::new(Followers::new(cluster.clone(), front.id)));
        Self {
            counted: Counted::new(front.shared.clone()),
            front,
            room,
            followers,
            commits: FuturesOrdered::new(),
            stored: None,
            visits: Vec::new(),
            unsnapped: 0,
            on: None,
            went_back_at: None,
            void: false,
            taken: false,
        }
    }

    /// Goes on with a room that another node had. `turn` is what that brought about: part of the whole that everybody gets, for
    /// under the epoch of before something may have been told that was never stored.
    pub(super) fn take_over(&mut self, turn: &Turn) {
        if turn.events.is_empty() {
            self.stored = Some(Arc::new(self.room.view().clone()));
        }
        if let Some(followers) = &mut self.followers {
            followers.expect(&self.room.view().presence);
        }
        self.journal(turn, None, None);
        self.count();
        self.publish(Turn::default(), None, true);
    }

    /// What is asked of it before it runs.
    pub(super) fn take_on(&mut self, asked: (Actor, Command), reply: Option<oneshot::Sender<Settled>>) {
        self.do_now(asked, reply.map(Asker::Here));
    }

    /// The room as it stands.
    pub(super) fn view(&self) -> Arc<RoomView> {
        self.front.view.load_full()
    }

    /// Begins with a room that was made, or read from the disk. `turn` is what its founding or its return brought about.
    pub(super) fn begin(&mut self, turn: Turn) {
        // The founding is on disk already; a return is not.
        let founded = self.room.view().epoch == 1 && self.room.view().seq == 1;
        if founded {
            self.front.recent.extend(turn.events);
            self.stored = Some(self.front.view.load_full());
        } else {
            self.hand_over(turn, None);
        }
    }

    /// Runs the room until it is put away. What is left of it where another node has it by now.
    pub(super) async fn run(mut self) -> Option<(Front, Room)> {
        let stop = self.front.shared.stop.clone();
        let cluster = self.front.shared.cluster.clone();
        // Its time may have been over when it was loaded.
        while !self.room.is_deleted() && !self.taken {
            if !self.is_trusted() && !stop.is_cancelled() {
                Box::pin(self.stand_by()).await;
                continue;
            }
            let idle_at = self.front.asked_at + self.front.shared.settings.idle.duration();
            let clock = self.front.shared.clock;
            let deadline = self.room.next_deadline(clock.now()).map(|due| clock.instant_of(due));
            let mut wake = deadline.unwrap_or(idle_at);
            if let Some(silent_at) = self.followers.as_ref().and_then(|followers| followers.silent_at()) {
                wake = wake.min(silent_at);
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(settling) = self.commits.next(), if !self.commits.is_empty() => {
                    self.settle(settling).await;
                }
                ask = self.front.asks.recv() => match ask {
                    Some(ask) => {
                        self.hear(ask);
                        if self.room.is_deleted() {
                            break;
                        }
                    }
                    None => break,
                },
                () = lapse(cluster.as_deref()) => {}
                () = tokio::time::sleep_until(wake) => {
                    // A process that was stopped wakes up here.
                    if !self.is_trusted() {
                        continue;
                    }
                    self.forget_silent();
                    let mut turn = Turn::default();
                    self.room.tick(self.front.shared.clock.now(), &mut turn);
                    self.hand_over(turn, None);
                    if self.room.is_deleted() || (Instant::now() >= idle_at && self.may_go()) {
                        break;
                    }
                    if deadline.is_none() && Instant::now() >= idle_at {
                        self.front.asked_at = Instant::now();
                    }
                }
            }
        }
        // Boxed, as what follows a failure is: a room that is idle keeps no place for either.
        if self.taken && !stop.is_cancelled() {
            return Box::pin(self.give_way()).await;
        }
        Box::pin(self.put_away()).await;
        None
    }

    /// Whether this node may do with the room what lasts.
    fn is_trusted(&self) -> bool {
        self.front.shared.cluster.as_ref().is_none_or(|cluster| cluster.is_trusted())
    }

    /// Whether what happens now can be written down.
    fn may_write(&self) -> bool {
        !self.void && self.is_trusted()
    }

    fn may_go(&mut self) -> bool {
        self.room.is_quiet()
            && self.front.is_unheard()
            && self.followers.as_ref().is_none_or(|followers| followers.is_empty())
            && self.commits.is_empty()
            && self.front.asks.is_empty()
    }

    fn hear(&mut self, ask: Ask) {
        match ask {
            Ask::Command { asked, reply } => {
                self.front.asked_at = Instant::now();
                self.do_now(*asked, reply.map(Asker::Here));
            }
            Ask::Listen { reply } => {
                self.front.asked_at = Instant::now();
                self.front.listen(reply);
            }
            Ask::Node(said) => {
                let (letter, said) = *said;
                if let Some((asked, by)) = self.hear_node(letter, said) {
                    self.do_now(*asked, by);
                }
            }
            Ask::Lost => self.taken = true,
        }
    }

    fn do_now(&mut self, (actor, command): (Actor, Command), by: Option<Asker>) {
        if !self.may_write() {
            return self.hear_standing_in(&actor, &command, by);
        }
        let mut turn = Turn::default();
        let arrived = match command {
            Command::Arrive { connection, .. } => Some(connection),
            _ => None,
        };
        let murmur = matches!(command, Command::Report { .. });
        let done = self.room.apply(self.front.shared.clock.now(), &actor, command, &mut turn);
        let settled = match done {
            Ok(()) => {
                let view = Arc::new(self.room.view().clone());
                Settled::Done(Done { events: turn.events.clone(), view })
            }
            Err(refusal) => refusal.into(),
        };
        self.hand_over(turn, by.map(|asker| Answer { asker, settled, arrived }));
        // How players do is told to other nodes when it is told to people.
        if !murmur {
            self.tell_nodes();
        }
    }

    /// One turn's way out: to the journal, to those who listen, and, once it is on disk, to who asked.
    fn hand_over(&mut self, turn: Turn, answer: Option<Answer>) {
        let view = (!turn.is_empty()).then(|| Arc::new(self.room.view().clone()));
        self.journal(&turn, answer, view.as_ref());
        self.publish(turn, view, false);
    }

    /// `view` is the room as it is now, where somebody has that by hand.
    fn journal(&mut self, turn: &Turn, answer: Option<Answer>, view: Option<&Arc<RoomView>>) {
        if turn.events.is_empty() && turn.visits.is_empty() {
            if answer.is_some() {
                // Nothing to write, but what the answer speaks of may still be on its way to the disk.
                let settling = Settling { result: Ok(()), answer, view: None, visits: Vec::new() };
                self.commits.push_back(Box::pin(std::future::ready(settling)));
            }
        } else {
            let stands =
                (!turn.events.is_empty()).then(|| view.cloned().unwrap_or_else(|| Arc::new(self.room.view().clone())));
            let mut visits = std::mem::take(&mut self.visits);
            visits.extend_from_slice(&turn.visits);
            self.unsnapped += turn.events.len();
            // A snapshot costs as much as the room is large: the larger, the rarer.
            let view = self.room.view();
            let every = SNAPSHOT_EVERY.max(view.queue.len() + view.shelf.len());
            let snapshot = (self.unsnapped >= every).then(|| Arc::new(self.room.view().state.clone()));
            if snapshot.is_some() {
                self.unsnapped = 0;
            }
            let (id, head) = (self.room.view().id, self.room.view().head());
            let news = turn.events.first().map(|first| {
                let news = News { room: id, host: head.host, first: first.seq, gone: self.room.is_deleted() };
                (self.front.shared.tap.clone(), news)
            });
            let commit = self.front.shared.store.append(Entry {
                room: id,
                epoch: self.room.view().epoch,
                events: turn.events.clone(),
                snapshot,
                head,
                visits: visits.clone(),
            });
            self.commits.push_back(Box::pin(async move {
                let result = commit.await;
                // Not before they can be read, nor is it asked before that: whoever wants them from now on reads them.
                if let (Ok(()), Some((tap, news))) = (&result, news)
                    && tap.wants(news.room, news.host)
                {
                    tap.tell(news);
                }
                Settling { result, answer, view: stands, visits }
            }));
            for event in &turn.events {
                self.front.remember(event);
            }
            self.count();
        }
    }

    fn publish(&mut self, turn: Turn, view: Option<Arc<RoomView>>, reset: bool) {
        if turn.is_empty() && !reset {
            // Who came is told with others who did, but who looks sees them at once: they can be spoken of already.
            if !self.front.view.load().presence.ptr_eq(&self.room.view().presence) {
                self.front.view.store(Arc::new(self.room.view().clone()));
            }
            return;
        }
        let view = view.unwrap_or_else(|| Arc::new(self.room.view().clone()));
        self.front.view.store(view.clone());
        if !view.settings.skip_segments.is_empty() {
            let on = view.current.as_ref().map(|item| item.id);
            if on != self.on {
                self.on = on;
                // Where so many begin at once that this is full, some skip nothing; no room waits for it.
                let _ = self.front.shared.begun.try_send(view.id);
            }
        }
        if let Some(followers) = &mut self.followers {
            followers.tell(&view, &turn, if reset { End::Void } else { End::None });
        }
        self.front.tell(Heard { events: turn.events, signals: turn.signals, view, reset });
    }

    fn count(&mut self) {
        self.counted.set(self.room.view().playback.playing);
    }

    async fn settle(&mut self, settling: Settling) {
        let Settling { result, answer, view, visits } = settling;
        let room = self.room.view().id;
        match result {
            Ok(()) => {
                self.stored = view.or_else(|| self.stored.take());
                if let Some(Answer { asker, settled, .. }) = answer {
                    self.answer(asker, settled);
                }
            }
            Err(fault) if view.is_some() => {
                tracing::error!(%room, %fault, "a room's events could not be stored: it goes back to what is on disk");
                self.keep_visits(visits);
                Box::pin(self.go_back(answer)).await;
            }
            Err(fault) => {
                // Nothing that was told is void: that somebody left is written down with what comes next.
                tracing::warn!(%room, %fault, "who left a room could not be stored yet");
                self.keep_visits(visits);
                if let Some(Answer { asker, settled, .. }) = answer {
                    self.answer(asker, settled);
                }
            }
        }
    }

    /// Puts visits by until something can be written.
    fn keep_visits(&mut self, visits: Vec<Visit>) {
        self.visits.extend(visits);
        self.visits.drain(..self.visits.len().saturating_sub(VISITS));
    }

    /// All that is under way comes to its end.
    async fn finish(&mut self) {
        while let Some(Settling { result, answer, view, visits }) = self.commits.next().await {
            if result.is_err() {
                self.keep_visits(visits);
            }
            if let Some(Answer { asker, settled, arrived }) = answer {
                let holds = result.is_ok() || view.is_none();
                if let Some(arrived) = arrived.filter(|_| !holds) {
                    self.room.see(Vec::new(), &[arrived], None);
                }
                self.answer(asker, if holds { settled } else { Settled::No(Code::NotStored.into()) });
            }
        }
    }

    /// Another node has the room. What that one does not know of was never stored.
    async fn give_way(mut self) -> Option<(Front, Room)> {
        tracing::info!(room = %self.front.id, "another node has this room by now");
        self.finish().await;
        if let Some(cluster) = &self.front.shared.cluster {
            cluster.lets_go(self.front.id);
        }
        Some((self.front, self.room))
    }

    /// The end: nobody's question is lost, the state is written down, and the next who asks may load it.
    async fn put_away(mut self) {
        self.front.asks.close();
        self.finish().await;
        let stopping = self.front.shared.stop.is_cancelled();
        // Not `try_recv`: somebody may hold a place in the mailbox and be about to fill it.
        while let Some(ask) = self.front.asks.recv().await {
            let (asked, by) = match ask {
                Ask::Command { asked, reply: Some(reply) } => (asked, Asker::Here(reply)),
                Ask::Node(said) => {
                    let (letter, said) = *said;
                    match self.hear_node(letter, said) {
                        Some((asked, Some(by))) => (asked, by),
                        _ => continue,
                    }
                }
                _ => continue,
            };
            let settled = if self.room.is_deleted() {
                Settled::No(Code::NoSuchRoom.into())
            } else if stopping && matches!(by, Asker::Here(_)) {
                Settled::No(Code::Stopping.into())
            } else {
                Settled::PutAway(asked)
            };
            self.answer(by, settled);
        }
        let id = self.front.id;
        // Whoever is still here leaves with the process.
        let now = self.front.shared.clock.now().wall;
        let here = self.room.view().presence.values().filter(|seat| self.is_own(seat));
        let leaving = here.map(|seat| Visit { person: seat.who.person, came: seat.since, left: now });
        let leaving: Vec<_> = leaving.collect();
        let visits: Vec<_> = std::mem::take(&mut self.visits).into_iter().chain(leaving).collect();
        if !self.room.is_deleted() && (self.unsnapped > 0 || !visits.is_empty()) {
            let entry = Entry {
                room: id,
                epoch: self.room.view().epoch,
                events: Vec::new(),
                snapshot: (self.unsnapped > 0).then(|| Arc::new(self.room.view().state.clone())),
                head: self.room.view().head(),
                visits,
            };
            if let Err(fault) = self.front.shared.store.append(entry).await {
                // Nothing is lost: the journal holds it all.
                tracing::warn!(room = %id, %fault, "a room was put away without a snapshot");
            }
        }
        if let Some(cluster) = self.front.shared.cluster.clone() {
            self.let_go(&cluster).await;
        }
    }

    /// Whichever node wants the room may have it.
    async fn let_go(&mut self, cluster: &Cluster) {
        cluster.lets_go(self.front.id);
        if self.room.is_deleted() {
            return;
        }
        let given_up = self.front.shared.store.give_up(self.front.id, self.room.view().epoch);
        if let Ok(Ok(())) = timeout(FAREWELL, given_up).await
            && let Some(followers) = &mut self.followers
            && !followers.is_empty()
        {
            followers.tell(self.room.view(), &Turn::default(), End::Free { slot: cluster.slot });
        }
    }
}

/// Waits until this node may do nothing with its rooms that lasts; for ever in a process that is alone.
async fn lapse(cluster: Option<&Cluster>) {
    match cluster {
        Some(cluster) => Box::pin(cluster.until_trusted(false)).await,
        None => pending().await,
    }
}
