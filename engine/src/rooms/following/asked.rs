//! What is asked of a room that another node has: handed on, asked again, and answered when what it speaks of is seen here.

use std::time::Duration;

use futures_util::FutureExt;
use tokio::{sync::oneshot, time::Instant};

use super::{
    AGAIN, Follower, PATIENCE, Ripe,
    lanes::{self, Landed, Wanted, unknown},
};
use crate::{
    command::{Actor, Command},
    ports::Unheard,
    refusal::Code,
    rooms::{
        Ask, Done, Settled,
        wire::{self, Reply, Said, What},
    },
};

/// How long what is of no matter is gathered.
const GATHER: Duration = Duration::from_millis(50);
/// How much of it is gathered.
const GATHERED: usize = 64;
/// How long an answer waits until what it speaks of is seen here.
const CATCH_UP: Duration = Duration::from_secs(1);

impl Follower {
    pub(super) fn hear(&mut self, ask: Ask) {
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

    fn pass_on(&mut self, asked: Box<(Actor, Command)>, reply: Option<oneshot::Sender<Settled>>) {
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

    pub(super) fn tell_hints(&mut self) {
        self.hints_at = None;
        let hints = std::mem::take(&mut self.hints);
        if let Some(owner) = self.owner.filter(|_| self.tied && !hints.is_empty()) {
            self.cluster.hint(owner, self.front.id, What::Hints(hints));
        }
    }

    pub(super) fn send_all(&mut self) {
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

    pub(super) fn land(&mut self, landed: Landed) {
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
                    self.nobody_came(&wanted);
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
    pub(super) fn ripen(&mut self) {
        let (epoch, now) = (self.room.view().epoch, Instant::now());
        let seen = |ripe: &mut Ripe| {
            epoch > ripe.position.epoch || (epoch == ripe.position.epoch && self.n >= Some(ripe.position.n))
        };
        let ready: Vec<_> = self.ripe.extract_if(.., |ripe| ripe.until <= now || seen(ripe)).collect();
        for Ripe { lane, mut wanted, done, position, .. } in ready {
            let view = self.front.view.load_full();
            if wanted.is_seen_in(&view) {
                wanted.settle(Settled::Done(Done { view, ..done }));
            } else {
                // They came to a room that nobody here heard of since, and may be in none by now: they try again.
                wanted.doubt.get_or_insert((self.cluster.node, position.epoch));
                self.give_up_on(wanted);
            }
            self.lanes.ripened(&lane);
            self.send(lane);
        }
    }

    /// Who is told that they did not come is not here, whatever became of it where the room is.
    fn nobody_came(&mut self, wanted: &Wanted) {
        if let Command::Arrive { connection, .. } = wanted.asked.1 {
            self.coming.remove(&connection);
            if wanted.doubt.is_some() || self.room.view().presence.contains_key(&connection) {
                self.leaving.insert(connection);
                self.greeted = false;
            }
        }
    }

    /// What could not be done, or of which is not known whether it was.
    pub(super) fn give_up_on(&mut self, wanted: Wanted) {
        self.nobody_came(&wanted);
        if matches!(wanted.asked.1, Command::Depart { .. }) {
            // The owner hears with the next greeting who is connected here.
            self.greeted = false;
        }
        let doubt = wanted.doubt.is_some();
        wanted.settle(if doubt { unknown() } else { Settled::No(Code::Busy.into()) });
    }
}
