//! A room that another node has: the same front with another task behind it. Commands go to the node that has the room, and what
//! that one tells is seen and heard here as if it were here. Where that node is gone, this one takes the room in its place, and
//! those who hold on to the front notice nothing but the whole room told anew.

mod announced;
mod asked;
mod lanes;
mod owner;
mod told;

use std::{collections::BTreeSet, future::pending, sync::Arc, time::Duration};

use futures_util::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout},
};

pub(super) use self::owner::greet;
use self::{
    announced::Announced,
    lanes::{Landed, Lanes, Wanted, unknown},
    owner::{Errand, HEARTBEAT},
};
use super::{
    Ask, Done, Settled,
    cluster::Cluster,
    front::Front,
    task::RoomTask,
    wire::{self, Position, Reply, Seats, Told, What, Whole},
};
use crate::{
    command::{Actor, Command},
    event::Presence,
    ids::{ConnectionId, NodeId},
    ports::{Hearing, Letter, Line},
    refusal::Code,
    room::Room,
};

/// How long one question to another node may take.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// How soon it is tried again to find who has the room.
const AGAIN: Duration = Duration::from_millis(300);
/// How soon it is where nobody waits for that, or it just failed for another reason.
const NO_HURRY: Duration = Duration::from_secs(1);

/// A room that another node has.
pub(super) struct Follower {
    front: Front,
    cluster: Arc<Cluster>,
    /// The room as it was told.
    room: Room,
    /// Who is here, as those who listen were told.
    announced: Announced,
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
            announced: Announced::new(room.view().presence.clone()),
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

    fn own_seats(&self) -> impl Iterator<Item = &Arc<Presence>> {
        let own =
            |connection: &ConnectionId| connection.slot() == self.cluster.slot && !self.leaving.contains(connection);
        self.room.view().presence.iter().filter(move |(connection, _)| own(connection)).map(|(_, seat)| seat)
    }

    fn seats(&self) -> Seats {
        Seats { here: self.own_seats().cloned().collect(), coming: self.coming.clone() }
    }

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
