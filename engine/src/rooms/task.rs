//! The task that owns one room.

mod standing_in;

use std::{
    collections::VecDeque,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use arc_swap::ArcSwap;
use futures_util::{StreamExt, future::BoxFuture, stream::FuturesOrdered};
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use super::{Done, Heard, Listening, News, Shared};
use crate::{
    command::{Actor, Command},
    event::{Event, Visit},
    ids::{ConnectionId, ItemId},
    ports::Entry,
    refusal::{Code, Fault, No},
    room::{Room, RoomView, Turn},
};

/// How many events a room remembers for those who come back.
const RECENT: usize = 256;
/// After how many events a snapshot is written, which lets the journal before it go.
const SNAPSHOT_EVERY: usize = 256;
/// How many turns a listener may be behind before it is let go; it may listen anew.
const LISTENER: usize = 1_024;
/// How long a room waits before it tries again to read itself back after a write failed; doubled up to [`PATIENCE`].
const RECOVERY: Duration = Duration::from_millis(500);
/// The longest such wait: so long after the disk is well again at most, people can do something again.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many visits wait for a disk that takes none; beyond that the oldest go, which are a statistic.
const VISITS: usize = 1_000;

/// What can be asked of a room's task.
#[derive(Debug)]
pub(super) enum Ask {
    /// Do this; answer where there is somebody to answer. Boxed: a mailbox has places for many, and every room has one.
    Command { asked: Box<(Actor, Command)>, reply: Option<oneshot::Sender<Settled>> },
    /// Tell me everything from now on.
    Listen { reply: oneshot::Sender<Listening> },
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
    reply: oneshot::Sender<Settled>,
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
    shared: Arc<Shared>,
    room: Room,
    asks: mpsc::Receiver<Ask>,
    /// What readers see without asking; replaced once a turn.
    view: Arc<ArcSwap<RoomView>>,
    gone: CancellationToken,
    listeners: Vec<mpsc::Sender<Arc<Heard>>>,
    /// The last events, oldest first.
    recent: VecDeque<Arc<Event>>,
    /// Commits under way, in order: an answer never overtakes the one before it.
    commits: FuturesOrdered<Commit>,
    /// The room as the disk surely has it: what is true where a commit failed.
    stored: Option<Arc<RoomView>>,
    /// Who left and could not be written down yet.
    visits: Vec<Visit>,
    /// Events since the last snapshot.
    unsnapped: usize,
    /// What was on when it was last said that another item begins.
    on: Option<ItemId>,
    /// Whether this room is counted among those that play.
    counted: bool,
    /// When somebody last asked.
    asked_at: Instant,
    /// When the room last went back to what is on disk.
    went_back_at: Option<Instant>,
}

impl RoomTask {
    pub(super) fn new(
        shared: Arc<Shared>,
        room: Room,
        asks: mpsc::Receiver<Ask>,
        view: Arc<ArcSwap<RoomView>>,
        gone: CancellationToken,
    ) -> Self {
        Self {
            shared,
            room,
            asks,
            view,
            gone,
            listeners: Vec::new(),
            recent: VecDeque::new(),
            commits: FuturesOrdered::new(),
            stored: None,
            visits: Vec::new(),
            unsnapped: 0,
            on: None,
            counted: false,
            asked_at: Instant::now(),
            went_back_at: None,
        }
    }

    /// Runs the room until it is put away. `turn` is what its founding or its return brought about.
    pub(super) async fn run(mut self, turn: Turn) {
        // The founding is on disk already; a return is not.
        let founded = self.room.view().epoch == 1 && self.room.view().seq == 1;
        if founded {
            self.recent.extend(turn.events);
            self.stored = Some(self.view.load_full());
        } else {
            self.hand_over(turn, None);
        }
        let stop = self.shared.stop.clone();
        // Its time may have been over when it was loaded.
        while !self.room.is_deleted() {
            let idle_at = self.asked_at + self.shared.settings.idle.duration();
            let deadline =
                self.room.next_deadline(self.shared.clock.now()).map(|due| self.shared.clock.instant_of(due));
            let wake = deadline.unwrap_or(idle_at);
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(settling) = self.commits.next(), if !self.commits.is_empty() => {
                    self.settle(settling).await;
                }
                ask = self.asks.recv() => match ask {
                    Some(ask) => {
                        self.hear(ask);
                        if self.room.is_deleted() {
                            break;
                        }
                    }
                    None => break,
                },
                () = tokio::time::sleep_until(wake) => {
                    let mut turn = Turn::default();
                    self.room.tick(self.shared.clock.now(), &mut turn);
                    self.hand_over(turn, None);
                    if self.room.is_deleted() || (Instant::now() >= idle_at && self.may_go()) {
                        break;
                    }
                    if deadline.is_none() {
                        self.asked_at = Instant::now();
                    }
                }
            }
        }
        // Boxed, as what follows a failure is: a room that is idle keeps no place for either.
        Box::pin(self.put_away()).await;
    }

    fn may_go(&mut self) -> bool {
        self.listeners.retain(|listener| !listener.is_closed());
        self.room.is_quiet() && self.listeners.is_empty() && self.commits.is_empty() && self.asks.is_empty()
    }

    fn hear(&mut self, ask: Ask) {
        self.asked_at = Instant::now();
        match ask {
            Ask::Command { asked, reply } => {
                let (actor, command) = *asked;
                let mut turn = Turn::default();
                let arrived = match command {
                    Command::Arrive { connection, .. } => Some(connection),
                    _ => None,
                };
                let done = self.room.apply(self.shared.clock.now(), &actor, command, &mut turn);
                let settled = match done {
                    Ok(()) => {
                        let view = Arc::new(self.room.view().clone());
                        Settled::Done(Done { events: turn.events.clone(), view })
                    }
                    Err(refusal) => refusal.into(),
                };
                self.hand_over(turn, reply.map(|reply| Answer { reply, settled, arrived }));
            }
            Ask::Listen { reply } => self.listen(reply),
        }
    }

    fn listen(&mut self, reply: oneshot::Sender<Listening>) {
        let (sender, heard) = mpsc::channel(LISTENER);
        let view = self.view.load_full();
        if reply.send(Listening { view, recent: self.recent.clone(), heard }).is_ok() {
            self.listeners.push(sender);
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
                (self.shared.tap.clone(), news)
            });
            let commit = self.shared.store.append(Entry {
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
                if self.recent.len() == RECENT {
                    self.recent.pop_front();
                }
                self.recent.push_back(event.clone());
            }
            self.count();
        }
    }

    fn publish(&mut self, turn: Turn, view: Option<Arc<RoomView>>, reset: bool) {
        if turn.is_empty() && !reset {
            // Who came is told with others who did, but who looks sees them at once: they can be spoken of already.
            if !self.view.load().presence.ptr_eq(&self.room.view().presence) {
                self.view.store(Arc::new(self.room.view().clone()));
            }
            return;
        }
        let view = view.unwrap_or_else(|| Arc::new(self.room.view().clone()));
        self.view.store(view.clone());
        if !view.settings.skip_segments.is_empty() {
            let on = view.current.as_ref().map(|item| item.id);
            if on != self.on {
                self.on = on;
                // Where so many begin at once that this is full, some skip nothing; no room waits for it.
                let _ = self.shared.begun.try_send(view.id);
            }
        }
        let heard = Arc::new(Heard { events: turn.events, signals: turn.signals, view, reset });
        // A listener that cannot follow is let go: it notices the end and listens anew.
        self.listeners.retain(|listener| listener.try_send(heard.clone()).is_ok());
    }

    fn count(&mut self) {
        let playing = self.room.view().playback.playing;
        if playing != self.counted {
            self.counted = playing;
            if playing {
                self.shared.playing.fetch_add(1, Ordering::Relaxed);
            } else {
                self.shared.playing.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }

    async fn settle(&mut self, settling: Settling) {
        let Settling { result, answer, view, visits } = settling;
        let room = self.room.view().id;
        match result {
            Ok(()) => {
                self.stored = view.or_else(|| self.stored.take());
                if let Some(answer) = answer {
                    let _ = answer.reply.send(answer.settled);
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
                if let Some(answer) = answer {
                    let _ = answer.reply.send(answer.settled);
                }
            }
        }
    }

    /// Puts visits by until something can be written.
    fn keep_visits(&mut self, visits: Vec<Visit>) {
        self.visits.extend(visits);
        self.visits.drain(..self.visits.len().saturating_sub(VISITS));
    }

    /// The end: nobody's question is lost, the state is written down, and the next who asks may load it.
    async fn put_away(mut self) {
        self.asks.close();
        while let Some(Settling { result, answer, view, visits }) = self.commits.next().await {
            if result.is_err() {
                self.keep_visits(visits);
            }
            if let Some(Answer { reply, settled, .. }) = answer {
                let holds = result.is_ok() || view.is_none();
                let _ = reply.send(if holds { settled } else { Settled::No(Code::NotStored.into()) });
            }
        }
        let stopping = self.shared.stop.is_cancelled();
        // Not `try_recv`: somebody may hold a place in the mailbox and be about to fill it.
        while let Some(ask) = self.asks.recv().await {
            if let Ask::Command { asked, reply: Some(reply) } = ask {
                let settled = if self.room.is_deleted() {
                    Settled::No(Code::NoSuchRoom.into())
                } else if stopping {
                    Settled::No(Code::Stopping.into())
                } else {
                    Settled::PutAway(asked)
                };
                let _ = reply.send(settled);
            }
        }
        let id = self.room.view().id;
        // Whoever is still here leaves with the process.
        let now = self.shared.clock.now().wall;
        let here = self.room.view().presence.values();
        let leaving = here.map(|seat| Visit { person: seat.who.person, came: seat.since, left: now });
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
            if let Err(fault) = self.shared.store.append(entry).await {
                // Nothing is lost: the journal holds it all.
                tracing::warn!(room = %id, %fault, "a room was put away without a snapshot");
            }
        }
    }
}

impl Drop for RoomTask {
    /// Whatever ended the task, a panic too: the room may be loaded anew, and nobody waits for this life of it.
    fn drop(&mut self) {
        if self.counted {
            self.shared.playing.fetch_sub(1, Ordering::Relaxed);
        }
        // As long as this task lives, the room's cell is this task's.
        self.shared.loaded.remove(&self.room.view().id);
        self.gone.cancel();
    }
}
