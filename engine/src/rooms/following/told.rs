//! What is told of a room by the node that has it, and what of that is new to those who listen here.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{Follower, NO_HURRY, announced::Announced};
use crate::{
    event::{Event, Out, PresenceDelta, Signal},
    ids::{ConnectionId, Entropy},
    ports::Letter,
    room::{Here, Room},
    rooms::{
        Heard,
        wire::{self, End, Hint, Told, Whole},
    },
};

/// Of several nodes that could take a room that was let go, the first one who has somebody in it does: within so many ms, and others
/// so many later.
const JITTER: u64 = 50;
/// How many messages are kept for when the whole room is there: more than come until then, or it is asked for again.
const EARLY: usize = 64;

impl Follower {
    pub(super) fn hear_owner(&mut self, letter: &Letter) {
        match wire::read::<Told>(&letter.body) {
            Ok(told) => self.take_in(told),
            Err(fault) => {
                tracing::error!(room = %self.front.id, %fault, "what is told of a room is not understood");
                self.miss();
            }
        }
    }

    /// Something is missing: the whole is asked for.
    pub(super) fn miss(&mut self) {
        self.n = None;
        self.errand_at = Instant::now();
    }

    pub(super) fn take_in(&mut self, told: Told) {
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
                if self.early.len() < EARLY {
                    self.early.push(told);
                }
            }
        }
    }

    fn apply(&mut self, told: Told) {
        let Told { n, events, signals, here, mut gone, voters, .. } = told;
        if !events.iter().all(|event| self.room.follow(event)) {
            return self.miss();
        }
        // Who is connected here, did not leave and was not shown the door is gone only for an owner that took this node for dead,
        // and is told so anew.
        let (known, own) = (gone.len(), self.cluster.slot);
        let out = |connection: &ConnectionId| {
            let shown = |hint: &Hint| matches!(hint, Hint::Out { connections, .. } if connections.contains(connection));
            signals.iter().any(shown)
        };
        gone.retain(|connection| connection.slot() != own || self.leaving.contains(connection) || out(connection));
        if gone.len() < known {
            self.greeted = false;
            self.errand_at = Instant::now();
        }
        for connection in &gone {
            self.leaving.remove(connection);
        }
        for seat in &here {
            self.coming.remove(&seat.connection);
        }
        let changed: Vec<_> = here.iter().map(|seat| seat.connection).chain(gone.iter().copied()).collect();
        self.room.see(here, &gone, voters);
        self.n = Some(n);
        for event in &events {
            self.front.remember(event);
        }
        let signals: Vec<_> = signals.into_iter().map(|hint: Hint| hint.signal(&self.room)).collect();
        self.show(events, signals, false);
        self.announced.see(changed.into_iter(), &self.room.view().presence);
        self.ripen();
    }

    /// The whole room, as the owner has it. Those who listen are told what they do not know yet: nothing, what was missed, or that
    /// all is other than they were told.
    pub(super) fn adopt(&mut self, whole: Whole) {
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
            let delta = self.announced.towards(&view.presence);
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
    pub(super) fn show(&mut self, events: Vec<Arc<Event>>, signals: Vec<Signal>, reset: bool) {
        let view = Arc::new(self.room.view().clone());
        self.front.view.store(view.clone());
        if reset {
            self.announced = Announced::new(view.presence.clone());
        }
        self.announced.tell(&signals);
        if reset || !events.is_empty() || !signals.is_empty() {
            self.front.tell(Heard { events, signals, view, reset });
        }
    }
}
