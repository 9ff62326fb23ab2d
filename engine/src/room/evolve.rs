//! The one place that changes lasting state, for an event that just happened as for one that is read back.

use std::{collections::BTreeSet, sync::Arc};

use super::{Member, Penalty, Proposal, Room, RoomState, Schedule, chat::LINES_KEPT, queue, undo, votes};
use crate::{
    archive::SOMEBODY,
    event::{Cause, Event, EventKind, Presence, Who},
    ids::PersonId,
    media::Item,
    room::Role,
    time::{PlayTime, WallTime},
};

/// How many items that were on a loaded room remembers, to go back to; the rest is in the store.
const PLAYED_KEPT: usize = 50;

impl Room {
    pub(super) fn evolve(&mut self, event: &Arc<Event>) {
        self.view.state.evolve(event);
        match &event.kind {
            EventKind::RoleChanged { person, .. } => self.reseat(*person),
            EventKind::United { gone, stays } => {
                self.reseat(*gone);
                self.reseat(*stays);
            }
            EventKind::Said(line) => {
                // A journal that is read back after a snapshot tells lines again that the store gave already.
                let known = self.view.chat.iter().any(|told| told.kind.is_line(line.id));
                // An empty one was taken away since, or its person is forgotten.
                if !known && !line.text.is_empty() {
                    let chat = Arc::make_mut(&mut self.view.chat);
                    chat.push_back(event.clone());
                    if chat.len() > LINES_KEPT {
                        chat.pop_front();
                    }
                }
            }
            EventKind::Erased { line } => Arc::make_mut(&mut self.view.chat).retain(|told| told.seq != *line),
            // Without a text it was taken away since, or its person is forgotten.
            EventKind::Reworded { line, text } if !text.is_empty() => {
                let chat = Arc::make_mut(&mut self.view.chat);
                if let Some(told) = chat.iter_mut().find(|told| told.seq == *line)
                    && let EventKind::Said(said) = &mut Arc::make_mut(told).kind
                {
                    said.text = text.clone();
                }
            }
            EventKind::Forgotten { person } => {
                // Not what they wrote since: a store gives the last lines before the journal is read back.
                let theirs = |told: &Event| told.by.as_ref().is_some_and(|by| by.person == *person);
                Arc::make_mut(&mut self.view.chat).retain(|told| told.seq > event.seq || !theirs(told));
            }
            // What is gone does not come back, whoever reads its journal.
            EventKind::Deleted => self.deleted = true,
            _ => {}
        }
    }

    /// Somebody's role changed: what the presence of their connections says follows.
    pub(super) fn reseat(&mut self, person: PersonId) {
        let lasting = self.view.members.get(&person).map_or(Role::Guest, |member| member.role);
        let theirs = |seat: &&Arc<Presence>| seat.who.person == person;
        let seats: Vec<_> = self.view.presence.values().filter(theirs).cloned().collect();
        for seat in seats {
            let seat = Presence { role: lasting.max(seat.vouched), ..Presence::clone(&seat) };
            self.view.presence.insert(seat.connection, Arc::new(seat));
        }
    }
}

impl RoomState {
    fn evolve(&mut self, event: &Event) {
        undo::note(self, event);
        self.seq = event.seq;
        self.touched_at = event.at;
        match &event.kind {
            EventKind::Founded(_) => self.playback.at = PlayTime(0),
            EventKind::Changed { changes } => Arc::make_mut(&mut self.settings).change(changes),
            EventKind::RoleChanged { person, name, role } => {
                let members = Arc::make_mut(&mut self.members);
                if *role == Role::Guest {
                    members.remove(person);
                } else {
                    members.insert(*person, Member { name: name.clone(), role: *role });
                }
            }
            EventKind::Playback { playback, cause } => {
                // What one went back to is not to be gone back to again.
                if *cause == Cause::Back && self.played.back().is_some_and(|last| Some(last.item.id) == playback.item) {
                    Arc::make_mut(&mut self.played).pop_back();
                }
                if playback.item != self.current.as_ref().map(|item| item.id) {
                    self.current = playback.item.and_then(|item| self.take(item));
                    self.current_since = event.at;
                }
                self.playback = *playback;
            }
            EventKind::Played(played) => {
                self.tally.played += 1;
                let kept = Arc::make_mut(&mut self.played);
                kept.push_back(Arc::new(played.clone()));
                if kept.len() > PLAYED_KEPT {
                    kept.pop_front();
                }
            }
            EventKind::Added { items, index } => {
                let queue = Arc::make_mut(&mut self.queue);
                let index = (*index).min(queue.len());
                queue.splice(index..index, items.iter().cloned());
            }
            EventKind::Removed { item } => drop(self.take(*item)),
            EventKind::Moved { item, index } => {
                let queue = Arc::make_mut(&mut self.queue);
                if let Some(from) = queue.iter().position(|queued| queued.id == *item) {
                    let moved = queue.remove(from);
                    queue.insert((*index).min(queue.len()), moved);
                }
            }
            EventKind::Reordered { items } => queue::reorder(Arc::make_mut(&mut self.queue).as_mut_slice(), items),
            EventKind::Cleared => {
                self.queue = Arc::default();
                self.votes = Arc::default();
            }
            EventKind::Shelved { kept, position } => {
                let first =
                    self.current.take().map(|item| Arc::new(Item { start: Some(*position), ..Item::clone(&item) }));
                let queue = std::mem::take(&mut self.queue);
                self.shelf = Arc::new(first.into_iter().chain(queue.iter().cloned()).filter(|_| *kept).collect());
                self.votes = Arc::default();
                self.playback = super::Playback::nothing(self.playback.at);
            }
            EventKind::Unshelved { discarded } => {
                let put_away = std::mem::take(&mut self.shelf);
                if !discarded {
                    // Somebody may have gone back to one of them meanwhile.
                    let gone = put_away.iter().filter(|item| self.item(item.id).is_none()).cloned().collect::<Vec<_>>();
                    Arc::make_mut(&mut self.queue).extend(gone);
                }
            }
            EventKind::ItemChanged { item } => {
                if let Some(current) = self.current.as_mut().filter(|current| current.id == item.id) {
                    *current = item.clone();
                } else if let Some(index) = self.queue.iter().position(|queued| queued.id == item.id) {
                    Arc::make_mut(&mut self.queue)[index] = item.clone();
                }
            }
            EventKind::Voted { item, person, up } => {
                let votes = Arc::make_mut(&mut self.votes);
                let of = Arc::make_mut(votes.entry(*item).or_default());
                if *up {
                    of.insert(*person);
                } else {
                    of.remove(person);
                }
                if of.is_empty() {
                    votes.remove(item);
                }
            }
            EventKind::Proposed { deed, until, item } => {
                if let Some(by) = &event.by {
                    votes::proposed(&mut self.proposals, event.seq, by, deed, *until, *item);
                }
            }
            EventKind::Balloted { proposal, person, yes } => {
                if let Some(proposal) = Arc::make_mut(&mut self.proposals).get_mut(proposal) {
                    let (to, from) = if *yes {
                        (&mut proposal.yes, &mut proposal.no)
                    } else {
                        (&mut proposal.no, &mut proposal.yes)
                    };
                    from.remove(person);
                    to.insert(*person);
                }
            }
            EventKind::Decided { proposal, .. } => drop(Arc::make_mut(&mut self.proposals).remove(proposal)),
            EventKind::Said(_) => self.tally.lines += 1,
            EventKind::Reacted { .. } => self.tally.reactions += 1,
            EventKind::Joined { person, name } => self.take_place(*person, name, event.at),
            EventKind::Left { person } | EventKind::Kicked { person, .. } => self.give_place_up(*person, event.at),
            EventKind::Erased { .. } | EventKind::Reworded { .. } | EventKind::Deleted => {}
            EventKind::Banned { person, name, until, reason } => {
                let ban = Penalty { name: name.clone(), until: *until, reason: reason.clone() };
                Arc::make_mut(&mut self.bans).insert(*person, ban);
                self.give_place_up(*person, event.at);
                // Whoever is kept out is nothing here any more.
                if self.members.contains_key(person) {
                    Arc::make_mut(&mut self.members).remove(person);
                }
            }
            EventKind::Unbanned { person } => drop(Arc::make_mut(&mut self.bans).remove(person)),
            EventKind::Muted { person, name, until } => {
                let mute = Penalty { name: name.clone(), until: *until, reason: "".into() };
                Arc::make_mut(&mut self.mutes).insert(*person, mute);
            }
            EventKind::Unmuted { person } => drop(Arc::make_mut(&mut self.mutes).remove(person)),
            EventKind::InviteRenewed { invite, code } => {
                self.invite = invite.clone();
                self.code = code.clone();
            }
            EventKind::Scheduled { start, end } => {
                self.schedule = Schedule { start: *start, end: *end, ..self.schedule };
            }
            EventKind::StatusChanged { status } => {
                self.schedule = Schedule { status: *status, since: Some(event.at), ..self.schedule };
            }
            EventKind::Coming { person, name, coming } => {
                let list = Arc::make_mut(&mut self.coming);
                if *coming {
                    list.insert(*person, name.clone());
                } else {
                    list.remove(person);
                }
            }
            EventKind::Forgotten { person } => self.forget(*person),
            EventKind::United { gone, stays } => self.unite(*gone, *stays),
        }
    }

    /// Takes an item out of the queue, and the votes for it.
    fn take(&mut self, item: crate::ids::ItemId) -> Option<Arc<Item>> {
        let index = self.queue.iter().position(|queued| queued.id == item)?;
        if self.votes.contains_key(&item) {
            Arc::make_mut(&mut self.votes).remove(&item);
        }
        Some(Arc::make_mut(&mut self.queue).remove(index))
    }

    /// What one self of somebody was, the other is: the higher of two roles and the longer of two penalties, for nobody gets
    /// rid of a ban by becoming somebody else.
    fn unite(&mut self, gone: PersonId, stays: PersonId) {
        let members = Arc::make_mut(&mut self.members);
        if let Some(member) = members.remove(&gone) {
            let own = members.get(&stays).map(|own| own.role);
            if own.is_none_or(|own| own < member.role) {
                members.insert(stays, member);
            }
        }
        for penalties in [&mut self.bans, &mut self.mutes] {
            if penalties.contains_key(&gone) {
                let penalties = Arc::make_mut(penalties);
                if let Some(penalty) = penalties.remove(&gone) {
                    let ends = |penalty: &Penalty| penalty.until.unwrap_or(WallTime(i64::MAX));
                    if penalties.get(&stays).is_none_or(|own| ends(own) < ends(&penalty)) {
                        penalties.insert(stays, penalty);
                    }
                }
            }
        }
        if self.coming.contains_key(&gone) {
            let coming = Arc::make_mut(&mut self.coming);
            if let Some(name) = coming.remove(&gone) {
                coming.insert(stays, name);
            }
        }
        if self.participants.contains_key(&gone) {
            let participants = Arc::make_mut(&mut self.participants);
            if let Some(known) = participants.remove(&gone) {
                let own = participants.entry(stays).or_insert_with(|| known.clone());
                own.since = own.since.min(known.since);
                // None is later than any: who keeps one of two places keeps it.
                own.left = own.left.zip(known.left).map(|(one, other)| one.max(other));
            }
        }
        // One person has one voice.
        let one_voice = |people: &mut BTreeSet<PersonId>| {
            if people.remove(&gone) {
                people.insert(stays);
            }
        };
        if self.votes.values().any(|people| people.contains(&gone)) {
            for people in Arc::make_mut(&mut self.votes).values_mut() {
                one_voice(Arc::make_mut(people));
            }
        }
        for proposal in Arc::make_mut(&mut self.proposals).values_mut() {
            one_voice(&mut proposal.yes);
            one_voice(&mut proposal.no);
            // Who was of two minds is for it.
            let Proposal { yes, no, .. } = proposal;
            no.retain(|person| !yes.contains(person));
        }
    }

    /// Takes somebody's name out of everything.
    fn forget(&mut self, person: PersonId) {
        let nameless = |item: &mut Arc<Item>| {
            if item.added_by.person == person {
                let added_by = Who { name: SOMEBODY.into(), ..item.added_by.clone() };
                *item = Arc::new(Item { added_by, ..Item::clone(item) });
            }
        };
        self.current.iter_mut().for_each(nameless);
        Arc::make_mut(&mut self.queue).iter_mut().for_each(nameless);
        Arc::make_mut(&mut self.shelf).iter_mut().for_each(nameless);
        for played in Arc::make_mut(&mut self.played) {
            if played.item.added_by.person == person {
                nameless(&mut Arc::make_mut(played).item);
            }
        }
        // What could be taken back may hold items of theirs.
        self.undo = Arc::default();
        // Nobody comes back under that identity: a room of theirs may be claimed.
        if self.members.contains_key(&person) {
            Arc::make_mut(&mut self.members).remove(&person);
        }
        for penalties in [&mut self.bans, &mut self.mutes] {
            for (_, penalty) in Arc::make_mut(penalties).iter_mut().filter(|(who, _)| **who == person) {
                penalty.name = SOMEBODY.into();
            }
        }
        for proposal in Arc::make_mut(&mut self.proposals).values_mut().filter(|known| known.by.person == person) {
            proposal.by.name = SOMEBODY.into();
        }
        Arc::make_mut(&mut self.coming).remove(&person);
        if self.participants.contains_key(&person) {
            Arc::make_mut(&mut self.participants).remove(&person);
        }
    }
}
