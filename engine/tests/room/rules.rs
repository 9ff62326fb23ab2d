//! What holds after every line of a script, whatever it was.

use std::sync::Arc;

use engine::{
    command::Actor,
    event::{Door, Event, EventKind},
    media::Item,
    room::{self, Permission, Role, RoomView, Status, Waiting, roles},
    time::Millis,
};

use crate::script::World;

fn ensure(holds: bool, what: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("broken: {what}")) }
}

impl World {
    pub fn check(&self) -> Result<(), String> {
        if self.room.is_deleted() {
            return ensure(self.room.next_deadline(self.now()).is_none(), "a room that is gone wants nothing");
        }
        self.check_film()?;
        self.check_people()?;
        let view = self.room.view();
        ensure(view.seq == self.journal.len() as u64, "the journal holds every event")?;
        ensure(view.chat.len() <= room::chat::LINES_KEPT, "a room remembers fifty lines")?;
        ensure(view.played.len() <= 50 && view.undo.len() <= 20, "a room remembers no more than it says")?;
        ensure(view.undo.iter().all(|known| known.seq <= view.seq), "what can be taken back has happened")?;
        let said = self.journal.iter().filter(|event| matches!(event.kind, EventKind::Said(_))).count() as u64;
        ensure(view.tally.lines == said, "lines are counted")?;
        match self.client.disagrees(view) {
            Some(what) => Err(format!("broken: who knows only the events knows {what}")),
            None => Ok(()),
        }
    }

    fn check_film(&self) -> Result<(), String> {
        let view = self.room.view();
        let current = view.current.as_ref().map(|item| item.id);
        ensure(view.playback.item == current, "the vector's item is the current item")?;
        let mut ids: Vec<_> = view.queue.iter().map(|item| item.id).chain(current).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        ensure(ids.len() == count, "an item stands in the room once")?;
        ensure(view.queue.len() <= self.limits.queue, "the queue holds what it may")?;
        ensure(current.is_some() || view.queue.is_empty(), "something is on while the queue holds anything")?;
        let playback = &view.playback;
        ensure(current.is_some() || !playback.playing && playback.waiting.is_none(), "nothing does not play")?;
        ensure(!(playback.playing && playback.waiting.is_some()), "what waits does not play")?;
        let status = view.schedule.status;
        ensure(
            status.is_open() || !playback.playing && playback.waiting.is_none(),
            "in a room that is closed nothing goes on",
        )?;
        let deadline = self.room.next_deadline(self.now());
        match playback.waiting {
            Some(Waiting::Viewer) => ensure(
                !self.room.watched() || status == Status::Soon,
                "nothing waits for a viewer while somebody watches",
            )?,
            Some(Waiting::Start) => ensure(status == Status::Soon, "the hour is awaited before it has come")?,
            Some(Waiting::Ready | Waiting::Stall) => {
                ensure(self.room.watched(), "nobody waits for players where none is")?;
                let soon = deadline.is_some_and(|due| due <= self.now().play + Millis::seconds(10));
                ensure(soon, "nobody waits for players for ever")?;
            }
            None => {}
        }
        ensure((250..=4000).contains(&playback.rate.0), "it runs as fast as a room may")?;
        let position = view.position(self.now().play);
        let end = view.current.as_deref().and_then(Item::ends).unwrap_or(Millis(i64::MAX));
        ensure((Millis::ZERO..=end).contains(&position), "the position lies within the item")?;
        ensure(
            view.votes.iter().all(|(item, of)| !of.is_empty() && view.queue.iter().any(|queued| queued.id == *item)),
            "votes are for what is queued",
        )
    }

    fn check_people(&self) -> Result<(), String> {
        let view = self.room.view();
        let hosts = view.members.values().filter(|member| member.role == Role::Host).count();
        // The last who was made host is it, unless they wanted to be forgotten, or became somebody else.
        let host = self.journal.iter().fold(None, |host, event| match &event.kind {
            EventKind::Founded(founding) => founding.host.as_ref().map(|host| host.person),
            EventKind::RoleChanged { person, role: Role::Host, .. } => Some(*person),
            EventKind::Forgotten { person } if host == Some(*person) => None,
            EventKind::United { gone, stays } if host == Some(*gone) => Some(*stays),
            _ => host,
        });
        let owned = host.is_some();
        ensure(hosts == usize::from(owned), "there is one host")?;
        ensure(!view.members.values().any(|member| member.role < Role::Trusted), "a guest is no member")?;
        for seat in view.presence.values() {
            let kept_out = view.bans.contains_key(&seat.who.person) && seat.role < Role::Host;
            ensure(!kept_out, "nobody is here who is kept out")?;
        }
        let own = |proposal: &room::Proposal| {
            view.proposals.values().filter(|known| known.by.person == proposal.by.person).count()
        };
        ensure(
            view.proposals.len() <= 8 && view.proposals.values().all(|known| own(known) <= 2),
            "nobody floods the room with proposals",
        )?;
        ensure(view.proposals.values().all(|known| known.yes.is_disjoint(&known.no)), "nobody is for it and against it")
    }

    /// After a tick, what is over is over.
    pub fn check_penalties(&self) -> Result<(), String> {
        let view = self.room.view();
        let over = |penalty: &room::Penalty| penalty.until.is_some_and(|until| until <= self.now().wall);
        ensure(
            self.room.is_deleted() || !view.bans.values().chain(view.mutes.values()).any(over),
            "nobody is kept out longer than it was said",
        )
    }

    /// Somebody came in: there was a seat for them, and one is left for the host.
    pub fn check_capacity(&self, before: &RoomView, actor: &Actor) -> Result<(), String> {
        let view = self.room.view();
        let Some(capacity) = view.settings.capacity.filter(|_| !before.is_here(actor.person)) else { return Ok(()) };
        let host = view.host().map(|(host, _)| host);
        let kept = usize::from(host.is_some_and(|host| !view.is_here(host)));
        ensure(view.people() + kept <= capacity as usize, "there are no more people than seats")
    }

    /// Nobody does what they may not. `before` is the room before they did it.
    pub fn check_rights(before: &RoomView, actor: &Actor, events: &[Arc<Event>]) -> Result<(), String> {
        if actor.door == Door::Room {
            return Ok(());
        }
        let own = roles::role_of(before, actor);
        let may = roles::permissions_of(before, actor);
        let needs = |permission: Permission| ensure(may.has(permission), permission.words());
        for event in events.iter().filter(|event| event.by.as_ref().is_some_and(|by| by.person == actor.person)) {
            ensure(own.is_some(), "only who is let in does anything")?;
            match &event.kind {
                EventKind::Voted { person, .. } | EventKind::Balloted { person, .. } => {
                    needs(Permission::Vote)?;
                    ensure(*person == actor.person, "everybody votes for themself")?;
                }
                EventKind::Said(_) | EventKind::Reacted { .. } | EventKind::Reworded { .. } => {
                    needs(Permission::Chat)?;
                    ensure(
                        own == Some(Role::Host) || !before.mutes.contains_key(&actor.person),
                        "who is muted is silent",
                    )?;
                    if let EventKind::Reworded { line, .. } = event.kind {
                        let mut lines = before.chat.iter().filter(|told| told.seq == line);
                        let mine = lines.all(|told| told.by.as_ref().is_some_and(|by| by.person == actor.person));
                        ensure(mine, "nobody puts words into another's mouth")?;
                    }
                }
                EventKind::Changed { changes } => {
                    let (old, new) = (before.settings.grants, changes.grants.unwrap_or(before.settings.grants));
                    for role in [Role::Guest, Role::Registered, Role::Trusted, Role::Moderator] {
                        let given = new.of(role).without(old.of(role));
                        ensure(given.without(may).bits() == 0, "nobody grants what they have not")?;
                    }
                }
                EventKind::RoleChanged { person, role, .. } if *person != actor.person => {
                    ensure(Some(*role) <= own, "nobody makes somebody more than they are")?;
                }
                EventKind::Kicked { person, .. }
                | EventKind::Banned { person, .. }
                | EventKind::Muted { person, .. } => {
                    let theirs = before.members.get(person).map(|member| member.role);
                    ensure(theirs < own, "nobody is sent away by who is not above them")?;
                }
                EventKind::Deleted => needs(Permission::Own)?,
                EventKind::Erased { line } => {
                    let mine = before.chat.iter().find(|told| told.seq == *line);
                    let mine = mine.is_none_or(|line| line.by.as_ref().is_some_and(|by| by.person == actor.person));
                    ensure(mine || may.has(Permission::Moderate), "nobody takes away what another wrote")?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}
