//! A room that lives on another node, as far as that can be seen from here; and what the one who has it makes of those who look
//! on from elsewhere.

use std::{collections::BTreeSet, sync::Arc};

use super::{Here, Role, Room, RoomLimits, Turn, roles};
use crate::{
    command::Actor,
    event::{Event, Out, Presence, Signal},
    ids::{ConnectionId, PersonId, RoomId},
    ports::Loaded,
    refusal::{Code, Fault},
    time::Now,
};

impl Room {
    /// What happened where the room lives; false where something before it is missing, and then nothing is changed.
    pub(crate) fn follow(&mut self, event: &Arc<Event>) -> bool {
        let next = event.seq == self.view.seq + 1;
        if next {
            self.evolve(event);
        }
        next
    }

    /// Who is here now, and whose votes count, where the room lives. Whoever is to hear of that is told by who says so: it is no
    /// part of what is told with the next batch.
    pub(crate) fn see(
        &mut self,
        here: Vec<Arc<Presence>>,
        gone: &[ConnectionId],
        voters: Option<Arc<BTreeSet<PersonId>>>,
    ) {
        for connection in gone {
            self.untold.remove(connection);
            self.view.presence.remove(connection);
        }
        for seat in here {
            self.untold.remove(&seat.connection);
            self.view.presence.insert(seat.connection, seat);
        }
        if let Some(voters) = voters {
            self.view.voters = voters;
        }
    }

    /// Somebody who looks on from another node is here, though the room does not know it: it forgot that node, or is another
    /// life of itself. Who may not be here any more is told to go.
    pub(crate) fn take_back(&mut self, now: Now, seat: &Arc<Presence>, turn: &mut Turn) {
        if self.view.presence.contains_key(&seat.connection) {
            return;
        }
        let actor = Actor {
            person: seat.who.person,
            name: seat.who.name.clone(),
            door: seat.who.door,
            connection: Some(seat.connection),
            granted: Some(seat.vouched),
            registered: seat.vouched >= Role::Registered,
        };
        match roles::enter(&self.view, &actor) {
            Ok(role) => {
                self.note_presence(now, Arc::new(Presence { role, ..Presence::clone(seat) }));
                self.count_failures(now);
                if seat.watches {
                    self.empty_since = None;
                    self.alone_since = None;
                    self.start_for_first_viewer(now, turn);
                }
            }
            Err(refusal) => {
                let why = if refusal.code == Code::RoomClosed { Out::Closed } else { Out::Banned };
                turn.signals.push(Signal::Out { connections: vec![seat.connection], why });
            }
        }
    }

    /// A connection is gone that nobody said goodbye for: its node is, or has forgotten it.
    pub(crate) fn leave_by_itself(&mut self, now: Now, connection: ConnectionId, turn: &mut Turn) {
        self.tick(now, turn);
        self.depart(now, connection, turn);
    }

    /// Stands a room up that goes on elsewhere than it was a moment ago: nodes have one playback clock, and those who watch never
    /// stopped. Only what it waited for is not known any more.
    pub(crate) fn continued(
        id: RoomId,
        now: Now,
        loaded: Loaded,
        here: Here,
        limits: RoomLimits,
    ) -> Result<(Self, Turn), Fault> {
        let (mut room, _) = Self::read(id, loaded, limits)?;
        let mut turn = Turn::default();
        if !room.deleted {
            room.wait_for_somebody(now, &mut turn);
            room.left_at = Some(now.wall);
            room.alone_since = Some(now.play);
            room.empty_since = room.view.playback.playing.then_some(now.play);
            let members = room.view.members.clone();
            room.reseat_all(now, here, &members, &mut turn);
            // What a seat says of its role is as old as the view that it is of.
            let lasting =
                |seat: &Presence| room.view.members.get(&seat.who.person).map_or(Role::Guest, |known| known.role);
            let other = room.view.presence.values().filter(|seat| seat.role != lasting(seat).max(seat.vouched));
            let other: BTreeSet<_> = other.map(|seat| seat.who.person).collect();
            for person in other {
                room.reseat(person);
            }
        }
        Ok((room, turn))
    }
}
