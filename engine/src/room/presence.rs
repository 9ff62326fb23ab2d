//! Who is here, and how their players are doing.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Here, Member, Room, Turn,
    roles::{self, Permission},
};
use crate::{
    command::{Actor, Report},
    event::{EventKind, Phase, Presence, PresenceDelta, Signal, Visit},
    ids::{ConnectionId, PersonId},
    media::{Item, Media},
    refusal::{Code, Refusal},
    time::{Millis, Now},
};

/// Changes of presence are gathered this long, so that a thousand people who come at once are a handful of frames.
const PRESENCE_BATCH: Millis = Millis(250);

impl Room {
    /// Whether somebody's browser shows the film.
    pub fn watched(&self) -> bool {
        self.view.presence.values().any(|presence| presence.watches)
    }

    pub(super) fn arrive(
        &mut self,
        now: Now,
        actor: &Actor,
        connection: ConnectionId,
        watches: bool,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        let role = self.require_entry(actor)?;
        self.require_seat(actor)?;
        let presence = Presence {
            connection,
            who: actor.who(),
            role,
            vouched: roles::vouched(actor),
            watches,
            since: now.wall,
            phase: Phase::Idle,
            drift_ms: None,
            rtt_ms: None,
            lagging: false,
            hidden: false,
        };
        // Who comes again on the same connection, perhaps only to listen now, has left first.
        self.depart(now, connection, turn);
        self.note_presence(now, Arc::new(presence));
        self.count_failures(now);
        if watches {
            self.empty_since = None;
            self.alone_since = None;
            self.start_for_first_viewer(now, turn);
        }
        Ok(())
    }

    /// Writes down that somebody on a connection is called otherwise, or is somebody else, who must be let in as who comes.
    pub(super) fn introduce(
        &mut self,
        now: Now,
        actor: &Actor,
        connection: ConnectionId,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        let role = self.require_entry(actor)?;
        let known = self.view.presence.get(&connection).ok_or(Code::NotHere)?.clone();
        let other = known.who.person != actor.person;
        if other {
            // The seat that they have is theirs to give: it is free for whom they are now.
            self.view.presence.remove(&connection);
            if let Err(refusal) = self.require_seat(actor) {
                self.view.presence.insert(connection, known);
                return Err(refusal);
            }
            turn.visits.push(Visit { person: known.who.person, came: known.since, left: now.wall });
        }
        let next = Presence {
            who: actor.who(),
            role,
            vouched: roles::vouched(actor),
            since: if other { now.wall } else { known.since },
            ..Presence::clone(&known)
        };
        if next != *known {
            self.note_presence(now, Arc::new(next));
        }
        if other {
            self.count_failures(now);
            self.end_by_viewers(now, turn);
        }
        Ok(())
    }

    pub(super) fn depart(&mut self, now: Now, connection: ConnectionId, turn: &mut Turn) {
        let Some(gone) = self.view.presence.remove(&connection) else { return };
        self.ended.remove(&connection);
        self.barrier.forget(connection);
        self.count_failures(now);
        turn.visits.push(Visit { person: gone.who.person, came: gone.since, left: now.wall });
        self.left_at = Some(now.wall);
        self.untold.insert(connection);
        self.presence_due.get_or_insert(now.play + PRESENCE_BATCH);
        if gone.watches && !self.watched() {
            self.empty_since = Some(now.play);
            self.alone_since = Some(now.play);
        }
        self.end_by_viewers(now, turn);
        self.look_at_barrier(now, turn);
    }

    /// One seat is the host's, whoever comes first.
    pub(super) fn require_seat(&self, actor: &Actor) -> Result<(), Refusal> {
        match self.view.settings.capacity {
            Some(capacity) if self.view.is_full_for(Some(actor.person)) => {
                Err(Refusal::new(Code::RoomFull).with("limit", capacity))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn report(
        &mut self,
        now: Now,
        actor: &Actor,
        connection: ConnectionId,
        report: &Report,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        let known = self.view.presence.get(&connection).filter(|known| known.who.person == actor.person);
        let known = known.ok_or(Code::NotAMember)?.clone();
        let next = Presence {
            phase: report.phase,
            hidden: report.hidden,
            drift_ms: report.drift_ms,
            rtt_ms: report.rtt_ms,
            ..Presence::clone(&known)
        };
        if next != *known {
            self.note_presence(now, Arc::new(next));
        }
        let current = self.view.current.clone();
        if let Some(current) = current.filter(|current| report.item == Some(current.id)) {
            self.learn_duration(now, actor, &current, report, turn);
            self.hear_failure(now, connection, report);
            if report.ended && known.watches && current.media.duration.is_none() && self.ended.insert(connection) {
                self.end_by_viewers(now, turn);
            }
        }
        self.hear_report(now, connection, report, turn);
        Ok(())
    }

    /// A player knows the length of what a look at the link did not tell. Believed once, of those who may skip anyway.
    fn learn_duration(&mut self, now: Now, actor: &Actor, current: &Item, report: &Report, turn: &mut Turn) {
        let Some(duration) = report.duration else { return };
        let plausible = (1_000..=24 * 3_600_000).contains(&duration.0) && duration >= self.view.position(now.play);
        let unknown = current.media.duration.is_none() && !current.media.live;
        if unknown && plausible && self.may(actor, Permission::Skip) {
            let media = Arc::new(Media { duration: Some(duration), ..Media::clone(&current.media) });
            let item = Arc::new(Item { media, ..current.clone() });
            self.emit(now, None, EventKind::ItemChanged { item }, turn);
        }
    }

    /// Where no length is known, an item ends when half of the people who watch say so; one with three windows is one.
    fn end_by_viewers(&mut self, now: Now, turn: &mut Turn) {
        let known = self.view.current.as_ref().is_none_or(|item| item.ends().is_some());
        let person = |connection: &ConnectionId| self.view.presence.get(connection).map(|seat| seat.who.person);
        let ended: BTreeSet<_> = self.ended.iter().filter_map(person).collect();
        if !ended.is_empty() && ended.len() * 2 >= self.view.watching() && !known && self.require_open().is_ok() {
            self.end(now, turn);
        }
    }

    /// Writes down who is here; the others hear of it with the next batch.
    pub(super) fn note_presence(&mut self, now: Now, presence: Arc<Presence>) {
        self.untold.insert(presence.connection);
        self.presence_due.get_or_insert(now.play + PRESENCE_BATCH);
        self.view.presence.insert(presence.connection, presence);
    }

    /// Puts those who are connected back into a room that was read back from the store under them. Who had another role
    /// in `before`, what was told and is not true, has that of the store again.
    pub(crate) fn reseat_all(&mut self, now: Now, here: Here, before: &BTreeMap<PersonId, Member>, turn: &mut Turn) {
        self.view.presence = here;
        let members = self.view.members.clone();
        let known: BTreeSet<_> = before.keys().chain(members.keys()).copied().collect();
        for person in known.into_iter().filter(|person| before.get(person) != members.get(person)) {
            self.reseat(person);
        }
        if self.watched() {
            self.empty_since = None;
            self.alone_since = None;
            self.start_for_first_viewer(now, turn);
        }
    }

    pub(super) fn tell_presence(&mut self, turn: &mut Turn) {
        self.presence_due = None;
        let mut delta = PresenceDelta::default();
        // Each as it is now, whatever it was meanwhile.
        for connection in std::mem::take(&mut self.untold) {
            match self.view.presence.get(&connection) {
                Some(seat) => delta.here.push(seat.clone()),
                None => delta.gone.push(connection),
            }
        }
        if delta != PresenceDelta::default() {
            turn.signals.push(Signal::Presence(Arc::new(delta)));
        }
    }
}
