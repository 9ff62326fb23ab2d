//! Who has a room that is followed: found, greeted, looked after, and succeeded.

use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use tokio::time::Instant;

use super::{AGAIN, Follower, NO_HURRY, PATIENCE, Ripe, lanes::unknown};
use crate::{
    ids::{ConnectionId, NodeId, RoomId},
    ports::{Hearing, Loaded, Taken, Unheard},
    refusal::{Fault, No},
    room::{Room, Turn},
    rooms::{
        Done, Settled,
        cluster::Cluster,
        task::RoomTask,
        wire::{self, Position, Reply, Said, Seats, What, Whole},
    },
};

/// How often the node that has the room hears that this one follows, and this one whether it missed something.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(4);
/// How many questions in a row may stay without an answer before the node counts as gone.
const MISSES: u32 = 2;

/// Begins to follow a room: what is told of it from now on, and how it stands.
pub(in crate::rooms) async fn greet(cluster: &Cluster, room: RoomId, owner: NodeId) -> Option<(Hearing, Box<Whole>)> {
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

/// What was found out.
pub(super) enum Errand {
    Hears(Result<Hearing, Unheard>),
    /// What a node answered that is thought to have the room; whether it was told who is connected here.
    Asked {
        owner: NodeId,
        greets: bool,
        answer: Result<Bytes, Unheard>,
    },
    Taken(Result<Taken, No>),
}

impl Follower {
    pub(super) fn begin_errand(&mut self) {
        let (cluster, id) = (self.cluster.clone(), self.front.id);
        if self.told.is_none() {
            let subject = wire::room_subject(id);
            self.errand = Some(async move { Errand::Hears(cluster.bus.hear(&subject).await) }.boxed());
        } else if let Some(owner) = self.owner {
            let view = self.room.view();
            let knows = self.n.map(|n| Position { epoch: view.epoch, seq: view.seq, n });
            let seats = (!self.greeted).then(|| self.seats());
            let greets = seats.is_some();
            // Who comes or goes from here on may have to be said anew.
            self.greeted = true;
            let said = Said { room: id, from: cluster.node, what: What::Follow { slot: cluster.slot, knows, seats } };
            let answer = cluster.bus.ask(&wire::node_subject(owner), wire::write(&said), PATIENCE);
            self.errand = Some(async move { Errand::Asked { owner, greets, answer: answer.await } }.boxed());
        } else if cluster.is_trusted() {
            let store = self.front.shared.store.clone();
            self.errand = Some(async move { Errand::Taken(store.take(id).await) }.boxed());
        } else {
            self.errand_at = Instant::now() + AGAIN;
        }
    }

    /// What was found out. The room, where this node has it now.
    pub(super) fn heed(&mut self, errand: Errand) -> Option<Box<Loaded>> {
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
            Errand::Asked { owner, .. } if self.owner != Some(owner) => {}
            Errand::Asked { greets, answer, .. } => {
                if greets && answer.is_err() {
                    self.greeted = false;
                }
                self.heed_owner(answer, greets);
            }
        }
        None
    }

    fn heed_owner(&mut self, answer: Result<Bytes, Unheard>, greets: bool) {
        let now = Instant::now();
        match answer {
            Ok(body) => match wire::read(&body) {
                Ok(Reply::Same) => self.tie(),
                Ok(Reply::Whole(whole)) => {
                    self.adopt(*whole);
                    self.tie();
                }
                Ok(Reply::Strange) => self.greeted = false,
                Ok(Reply::Busy) => {
                    self.greeted &= !greets;
                    self.errand_at = now + AGAIN;
                }
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
        (self.tied, self.misses, self.freed) = (true, 0, None);
        self.errand_at = Instant::now() + HEARTBEAT;
        let early = std::mem::take(&mut self.early);
        for told in early {
            self.take_in(told);
        }
        self.send_all();
    }

    /// Whoever had the room does not answer, or has it no more: who has it is looked up, at once where somebody was there a
    /// moment ago.
    pub(super) fn come_loose(&mut self, pause: Duration) {
        let pause = if self.tied { Duration::ZERO } else { pause };
        (self.owner, self.tied, self.greeted, self.misses) = (None, false, false, 0);
        self.errand_at = Instant::now() + pause;
    }

    /// This node has the room now: as it is stored, and with those in it who are here.
    pub(super) fn take_over(&mut self, loaded: Loaded) -> Result<(Room, Turn), Fault> {
        let mut here = self.room.view().presence.clone();
        // Whose coming was not answered comes anew, and is told whether they did.
        let coming = self.lanes.arriving();
        let gone = |connection: &ConnectionId| {
            coming.contains(connection)
                || self.leaving.contains(connection)
                || self.freed.is_some_and(|slot| connection.slot() == slot)
        };
        let gone: Vec<_> = here.keys().filter(|connection| gone(connection)).copied().collect();
        for connection in gone {
            here.remove(&connection);
        }
        let (now, limits) = (self.front.shared.clock.now(), self.front.shared.settings.limits);
        Room::continued(self.front.id, now, loaded, here, limits)
    }

    pub(super) fn into_owner(mut self, room: Room, turn: &Turn) -> RoomTask {
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
            let view = task.view();
            if wanted.is_seen_in(&view) {
                wanted.settle(Settled::Done(Done { view, ..done }));
            } else if let Ok((asked, reply)) = wanted.once_more() {
                task.take_on(*asked, reply);
            }
        }
        for hint in hints {
            task.take_on(hint, None);
        }
        for wanted in lanes.into_wanted() {
            match wanted.once_more() {
                Ok((asked, reply)) => task.take_on(*asked, reply),
                Err(wanted) => wanted.settle(unknown()),
            }
        }
        task
    }
}
