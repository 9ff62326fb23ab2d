//! Who is here, as far as those who listen were told: who comes is seen at once and told a moment later, and the word of that may
//! be lost on its way from the node that has the room.

use std::{collections::BTreeSet, sync::Arc};

use imbl::ordmap::DiffItem;

use crate::{
    event::{PresenceDelta, Signal},
    ids::ConnectionId,
    room::Here,
};

/// What all who listen know of who is here.
pub(super) struct Announced {
    /// All were told of these.
    here: Here,
    /// Of these some know how they are, and others what was told before.
    unsure: BTreeSet<ConnectionId>,
}

impl Announced {
    /// All know this.
    pub(super) fn new(here: Here) -> Self {
        Self { here, unsure: BTreeSet::new() }
    }

    /// All are told these.
    pub(super) fn tell(&mut self, signals: &[Signal]) {
        for signal in signals {
            let Signal::Presence(delta) = signal else { continue };
            for connection in &delta.gone {
                self.here.remove(connection);
                self.unsure.remove(connection);
            }
            for seat in &delta.here {
                self.here.insert(seat.connection, seat.clone());
                self.unsure.remove(&seat.connection);
            }
        }
    }

    /// Of these is seen `now` how they are. Whoever begins to listen, or is shown the room with what is told next, knows that
    /// before the others are told.
    pub(super) fn see(&mut self, connections: impl Iterator<Item = ConnectionId>, now: &Here) {
        for connection in connections {
            let told = match (self.here.get(&connection), now.get(&connection)) {
                (Some(told), Some(now)) => Arc::ptr_eq(told, now),
                (told, now) => told.is_none() && now.is_none(),
            };
            if !told {
                self.here.remove(&connection);
                self.unsure.insert(connection);
            }
        }
    }

    /// What makes everybody know that these are here, and nobody else.
    pub(super) fn towards(&self, now: &Here) -> PresenceDelta {
        let mut delta = PresenceDelta::default();
        for change in self.here.diff(now) {
            match change {
                DiffItem::Add(_, seat) | DiffItem::Update { new: (_, seat), .. } => delta.here.push(seat.clone()),
                DiffItem::Remove(connection, _) => delta.gone.push(*connection),
            }
        }
        delta.gone.extend(self.unsure.iter().filter(|connection| !now.contains_key(*connection)));
        delta
    }
}
