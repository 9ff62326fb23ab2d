//! A client that knows the events and nothing else: what they mean by their documentation, made once more.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use engine::{
    event::{Event, EventKind},
    ids::{ItemId, PersonId},
    media::Item,
    room::{Playback, Role, RoomSettings, RoomState, Status},
};

pub struct Client {
    settings: RoomSettings,
    current: Option<Arc<Item>>,
    queue: Vec<Arc<Item>>,
    shelf: Vec<Arc<Item>>,
    votes: BTreeSet<(ItemId, PersonId)>,
    playback: Option<Playback>,
    /// By number: who is for it, and who is against it.
    proposals: BTreeMap<u64, BTreeMap<PersonId, bool>>,
    roles: BTreeMap<PersonId, Role>,
    banned: BTreeSet<PersonId>,
    muted: BTreeSet<PersonId>,
    coming: BTreeSet<PersonId>,
    seated: BTreeSet<PersonId>,
    status: Status,
    played: u64,
}

impl Client {
    pub fn new(founded: &Event) -> Self {
        let EventKind::Founded(founding) = &founded.kind else { panic!("a room begins with its founding") };
        Self {
            settings: founding.settings.clone(),
            current: None,
            queue: Vec::new(),
            shelf: Vec::new(),
            votes: BTreeSet::new(),
            playback: None,
            proposals: BTreeMap::new(),
            roles: founding.host.iter().map(|host| (host.person, Role::Host)).collect(),
            banned: BTreeSet::new(),
            muted: BTreeSet::new(),
            coming: BTreeSet::new(),
            seated: BTreeSet::new(),
            status: Status::Live,
            played: 0,
        }
    }

    fn leaves_queue(&mut self, item: ItemId) -> Option<Arc<Item>> {
        let index = self.queue.iter().position(|queued| queued.id == item)?;
        self.votes.retain(|(voted, _)| *voted != item);
        Some(self.queue.remove(index))
    }

    /// The higher of two roles, every penalty.
    fn unite(&mut self, gone: PersonId, stays: PersonId) {
        if let Some(role) = self.roles.remove(&gone) {
            let own = self.roles.entry(stays).or_insert(role);
            *own = role.max(*own);
        }
        for list in [&mut self.banned, &mut self.muted, &mut self.coming, &mut self.seated] {
            if list.remove(&gone) {
                list.insert(stays);
            }
        }
        self.votes = self.votes.iter().map(|(item, who)| (*item, if *who == gone { stays } else { *who })).collect();
        for ballots in self.proposals.values_mut() {
            if let Some(yes) = ballots.remove(&gone) {
                let own = ballots.entry(stays).or_insert(yes);
                *own |= yes;
            }
        }
    }

    pub fn hear(&mut self, event: &Event) {
        match &event.kind {
            EventKind::Changed { changes } => {
                // Each that is there replaces what was.
                let mut all = serde_json::to_value(&self.settings).unwrap();
                let serde_json::Value::Object(new) = serde_json::to_value(changes).unwrap() else { unreachable!() };
                all.as_object_mut().unwrap().extend(new);
                self.settings = serde_json::from_value(all).unwrap();
            }
            EventKind::RoleChanged { person, role: Role::Guest, .. } => drop(self.roles.remove(person)),
            EventKind::RoleChanged { person, role, .. } => drop(self.roles.insert(*person, *role)),
            EventKind::Playback { playback, .. } => {
                if playback.item != self.current.as_ref().map(|item| item.id) {
                    self.current = playback.item.map(|item| self.leaves_queue(item).expect("it stood in the queue"));
                }
                self.playback = Some(*playback);
            }
            EventKind::Played(_) => self.played += 1,
            EventKind::Added { items, index } => {
                for (n, item) in items.iter().enumerate() {
                    self.queue.insert(index + n, item.clone());
                }
            }
            EventKind::Removed { item } => drop(self.leaves_queue(*item).expect("it stood in the queue")),
            EventKind::Moved { item, index } => {
                let from = self.queue.iter().position(|queued| queued.id == *item).expect("it stood in the queue");
                let moved = self.queue.remove(from);
                self.queue.insert(*index, moved);
            }
            EventKind::Reordered { items } => {
                assert_eq!(items.len(), self.queue.len(), "a new order names all of them");
                let find = |item: &ItemId| self.queue.iter().find(|queued| queued.id == *item).unwrap().clone();
                self.queue = items.iter().map(find).collect();
            }
            EventKind::Cleared => {
                self.queue.clear();
                self.votes.clear();
            }
            EventKind::Shelved { kept, position } => {
                let first =
                    self.current.take().map(|item| Arc::new(Item { start: Some(*position), ..Item::clone(&item) }));
                let all: Vec<_> = first.into_iter().chain(self.queue.drain(..)).collect();
                self.shelf = if *kept { all } else { Vec::new() };
                self.votes.clear();
                self.playback = None;
            }
            EventKind::Unshelved { discarded } => {
                let put_away = std::mem::take(&mut self.shelf);
                if !discarded {
                    let known: Vec<_> = self.queue.iter().chain(&self.current).map(|item| item.id).collect();
                    self.queue.extend(put_away.into_iter().filter(|item| !known.contains(&item.id)));
                }
            }
            EventKind::ItemChanged { item } => {
                let all = self.current.iter_mut().chain(&mut self.queue);
                all.filter(|known| known.id == item.id).for_each(|known| *known = item.clone());
            }
            EventKind::Voted { item, person, up: true } => drop(self.votes.insert((*item, *person))),
            EventKind::Voted { item, person, up: false } => drop(self.votes.remove(&(*item, *person))),
            EventKind::Proposed { .. } => {
                let by = event.by.as_ref().expect("somebody proposes").person;
                self.proposals.insert(event.seq, BTreeMap::from([(by, true)]));
            }
            EventKind::Balloted { proposal, person, yes } => {
                self.proposals.get_mut(proposal).expect("it is open").insert(*person, *yes);
            }
            EventKind::Decided { proposal, .. } => drop(self.proposals.remove(proposal).expect("it was open")),
            EventKind::Banned { person, .. } => {
                self.banned.insert(*person);
                self.seated.remove(person);
                self.roles.remove(person);
            }
            EventKind::Unbanned { person } => drop(self.banned.remove(person)),
            EventKind::Muted { person, .. } => drop(self.muted.insert(*person)),
            EventKind::Unmuted { person } => drop(self.muted.remove(person)),
            EventKind::StatusChanged { status } => self.status = *status,
            EventKind::Coming { person, coming: true, .. } => drop(self.coming.insert(*person)),
            EventKind::Coming { person, coming: false, .. } => drop(self.coming.remove(person)),
            EventKind::Joined { person, .. } => drop(self.seated.insert(*person)),
            EventKind::Left { person } | EventKind::Kicked { person, .. } => drop(self.seated.remove(person)),
            EventKind::Forgotten { person } => {
                self.seated.remove(person);
                self.coming.remove(person);
                self.roles.remove(person);
                for item in self.current.iter_mut().chain(&mut self.queue).chain(&mut self.shelf) {
                    if item.added_by.person == *person {
                        Arc::make_mut(item).added_by.name = "Somebody".into();
                    }
                }
            }
            EventKind::United { gone, stays } => self.unite(*gone, *stays),
            EventKind::Founded(_)
            | EventKind::Said(_)
            | EventKind::Erased { .. }
            | EventKind::Reworded { .. }
            | EventKind::Reacted { .. }
            | EventKind::InviteRenewed { .. }
            | EventKind::Scheduled { .. }
            | EventKind::Deleted => {}
        }
    }

    /// Where it does not agree with the room, the first thing.
    pub fn disagrees(&self, room: &RoomState) -> Option<&'static str> {
        let votes = room.votes.iter().flat_map(|(item, people)| people.iter().map(|person| (*item, *person)));
        let ballots = |proposal: &engine::room::Proposal| {
            let yes = proposal.yes.iter().map(|person| (*person, true));
            yes.chain(proposal.no.iter().map(|person| (*person, false))).collect::<BTreeMap<_, _>>()
        };
        let checks = [
            (self.settings == *room.settings, "settings"),
            (self.current == room.current, "what is on"),
            (self.queue == *room.queue, "the queue"),
            (self.shelf == *room.shelf, "the shelf"),
            (self.votes == votes.collect(), "the votes"),
            (self.playback.is_none_or(|playback| playback == room.playback), "the vector"),
            (self.playback.is_some() || room.playback.item.is_none(), "that something is on"),
            (
                self.proposals == room.proposals.iter().map(|(number, known)| (*number, ballots(known))).collect(),
                "what is put to the vote",
            ),
            (self.roles == room.members.iter().map(|(who, member)| (*who, member.role)).collect(), "the roles"),
            (self.banned.iter().eq(room.bans.keys()), "who is kept out"),
            (self.muted.iter().eq(room.mutes.keys()), "who may not write"),
            (self.coming.iter().eq(room.coming.keys()), "who is coming"),
            (
                self.seated == room.participants.keys().copied().filter(|who| room.has_place(*who)).collect(),
                "who has a place",
            ),
            (self.status == room.schedule.status, "whether it is open"),
            (self.played == room.tally.played, "how much was played"),
        ];
        checks.into_iter().find(|(agrees, _)| !agrees).map(|(_, what)| what)
    }
}
