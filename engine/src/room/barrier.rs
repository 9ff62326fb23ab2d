//! Waiting for each other: until an item is loaded everywhere, and while somebody's player fetches. Never for ever, and
//! never for somebody who does not say how they are.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Room, Turn,
    playback::{Playback, Waiting},
    roles::Role,
    settings::WaitFor,
};
use crate::{
    command::{Actor, Report},
    event::{Cause, EventKind, Phase, Presence},
    ids::ConnectionId,
    media::Item,
    time::{Millis, Now, PlayTime},
};

/// How many of a hundred must be ready: one of five may be slow without anybody noticing.
const QUORUM: usize = 80;
/// How many starts somebody may miss before the room does not wait for them any more.
const MISSES: u8 = 2;
/// How long a player may fetch before the room stands still for it: most stalls are over by then.
const STALL: Millis = Millis(700);
/// How long the room stands still for it at most.
const STALL_LIMIT: Millis = Millis::seconds(10);

/// For whom a room waits. Of the moment: a room that is loaded anew waits for its first viewer instead.
#[derive(Debug, Clone, Default)]
pub(super) struct Barrier {
    /// When it has waited long enough.
    deadline: Option<PlayTime>,
    /// The event since which it waits; what a player says that had not heard of it is old.
    since: u64,
    /// Whose player is ready for what it waits for.
    ready: BTreeSet<ConnectionId>,
    /// Who ever said how they are. Nobody waits for one who never did.
    reporting: BTreeSet<ConnectionId>,
    /// Whose player was ready since they came. Who joins and loads stops nobody.
    in_step: BTreeSet<ConnectionId>,
    /// How many starts in a row somebody missed.
    misses: BTreeMap<ConnectionId, u8>,
    /// Whose player fetches in the middle of the film, and since when.
    stalled: BTreeMap<ConnectionId, PlayTime>,
}

impl Barrier {
    pub(super) fn forget(&mut self, connection: ConnectionId) {
        self.ready.remove(&connection);
        self.reporting.remove(&connection);
        self.in_step.remove(&connection);
        self.misses.remove(&connection);
        self.stalled.remove(&connection);
    }

    /// Another item, another position: what was ready is not any more.
    pub(super) fn begin_anew(&mut self, since: u64) {
        self.deadline = None;
        self.since = since;
        self.ready.clear();
        self.stalled.clear();
    }
}

impl Room {
    /// Those who can be waited for: they show the film with our own player, in the foreground, speak of how they are, and
    /// did not lag behind lately.
    fn waited_for(&self) -> impl Iterator<Item = &Arc<Presence>> {
        self.view.presence.values().filter(|seat| {
            seat.is_in_step() && !seat.hidden && !seat.lagging && self.barrier.reporting.contains(&seat.connection)
        })
    }

    /// Whether a start of an item would have to wait for anybody. What nobody can steer says nothing of how it is, either.
    pub(super) fn has_to_wait(&self, item: &Item) -> bool {
        item.media.player.is_steered() && self.view.settings.ready_patience.0 > 0 && self.waited_for().next().is_some()
    }

    /// Whether the item that is on would have to wait for anybody before it goes on.
    pub(super) fn has_to_wait_here(&self) -> bool {
        self.view.current.as_deref().is_some_and(|current| self.has_to_wait(current))
    }

    /// Waits from now on, for what the last event made of the film.
    pub(super) fn wait_until_ready(&mut self, now: Now, patience: Millis) {
        self.barrier.begin_anew(self.view.seq);
        self.barrier.deadline = Some(now.play + patience);
    }

    pub(super) fn barrier_deadline(&self) -> Option<PlayTime> {
        match self.view.playback.waiting {
            Some(Waiting::Ready | Waiting::Stall) => self.barrier.deadline,
            None if self.view.playback.playing => {
                let stalled = self.barrier.stalled.iter();
                let stalled = stalled.filter(|(connection, _)| self.stops_for(**connection));
                // Who fetched before it ran has as long as everybody else from there on.
                stalled.map(|(_, since)| (*since).max(self.view.playback.at) + STALL).min()
            }
            _ => None,
        }
    }

    fn stops_for(&self, connection: ConnectionId) -> bool {
        let Some(seat) = self.view.presence.get(&connection) else { return false };
        let policy = match self.view.settings.wait_for {
            WaitFor::None => false,
            WaitFor::Host => seat.role >= Role::Cohost,
            WaitFor::All => true,
        };
        policy && seat.is_in_step() && !seat.hidden && !seat.lagging && self.barrier.in_step.contains(&connection)
    }

    /// What a player says of itself.
    pub(super) fn hear_report(&mut self, now: Now, connection: ConnectionId, report: &Report, turn: &mut Turn) {
        self.barrier.reporting.insert(connection);
        let current = self.view.current.as_ref().map(|item| item.id);
        if report.item.is_none() || report.item != current {
            self.look_at_barrier(now, turn);
            return;
        }
        match report.phase {
            // Who cannot play, waits for a tap or sees an advertisement does not get any readier.
            Phase::Ready | Phase::Blocked | Phase::Failed | Phase::Advert => {
                self.barrier.stalled.remove(&connection);
                self.barrier.in_step.insert(connection);
                if report.seq.is_none_or(|seq| seq >= self.barrier.since) {
                    self.barrier.ready.insert(connection);
                    self.barrier.misses.remove(&connection);
                    self.note_lagging(now, connection, false);
                }
            }
            Phase::Buffering | Phase::Idle => {
                self.barrier.ready.remove(&connection);
                if report.phase == Phase::Buffering {
                    self.barrier.stalled.entry(connection).or_insert(now.play);
                }
            }
        }
        self.look_at_barrier(now, turn);
    }

    /// Goes on, if nobody is waited for any more.
    pub(super) fn look_at_barrier(&mut self, now: Now, turn: &mut Turn) {
        match self.view.playback.waiting {
            Some(Waiting::Ready) => {
                let (mut all, mut ready) = (0, 0);
                for seat in self.waited_for() {
                    all += 1;
                    ready += usize::from(self.barrier.ready.contains(&seat.connection));
                }
                if ready * 100 >= all * QUORUM {
                    self.run(now, None, Cause::Ready, turn);
                }
            }
            Some(Waiting::Stall) if !self.barrier.stalled.keys().any(|connection| self.stops_for(*connection)) => {
                self.run(now, None, Cause::Ready, turn);
            }
            _ => {}
        }
    }

    /// It has waited long enough, or stands still for somebody now.
    pub(super) fn stop_waiting(&mut self, now: Now, turn: &mut Turn) {
        match self.view.playback.waiting {
            Some(Waiting::Ready) => {
                let waited = self.waited_for().map(|seat| seat.connection);
                let late: Vec<_> = waited.filter(|connection| !self.barrier.ready.contains(connection)).collect();
                for connection in late {
                    let misses = self.barrier.misses.entry(connection).or_default();
                    *misses = misses.saturating_add(1);
                    if *misses >= MISSES {
                        self.note_lagging(now, connection, true);
                    }
                }
                self.run(now, None, Cause::Ready, turn);
            }
            Some(Waiting::Stall) => {
                let late: Vec<_> =
                    self.barrier.stalled.keys().copied().filter(|connection| self.stops_for(*connection)).collect();
                for connection in late {
                    self.note_lagging(now, connection, true);
                }
                self.run(now, None, Cause::Ready, turn);
            }
            _ => {
                let position = self.view.position(now.play);
                let before = self.view.playback;
                let waiting = Some(Waiting::Stall);
                let playback = Playback { position, playing: false, waiting, at: now.play, ..before };
                // Those who fetch are still the same: only the deadline is new.
                self.emit(now, None, EventKind::Playback { playback, cause: Cause::Stall }, turn);
                self.barrier.deadline = Some(now.play + STALL_LIMIT);
            }
        }
    }

    fn note_lagging(&mut self, now: Now, connection: ConnectionId, lagging: bool) {
        let Some(seat) = self.view.presence.get(&connection).filter(|seat| seat.lagging != lagging) else { return };
        let seat = Presence { lagging, ..Presence::clone(seat) };
        self.note_presence(now, Arc::new(seat));
    }

    /// What stood waiting runs.
    pub(super) fn run(&mut self, now: Now, by: Option<&Actor>, cause: Cause, turn: &mut Turn) {
        let lead = self.view.current.as_deref().map_or(Millis::ZERO, |current| self.start_lead(current));
        let playback = Playback { playing: true, waiting: None, at: now.play + lead, ..self.view.playback };
        self.barrier.deadline = None;
        self.emit(now, by, EventKind::Playback { playback, cause }, turn);
    }
}
