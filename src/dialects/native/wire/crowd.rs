//! Whom a room names among those who are here. In a crowd each who comes would otherwise be told of everybody, and everybody of each
//! who comes: a thousand would be a million names.

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

use engine::{
    event::{Presence, PresenceDelta},
    ids::ConnectionId,
    room::{RoomView, roles::Role},
};

use super::PresenceWire;

/// How many connections are named. Of more than that the first ones are, and all who have a lasting role; the others are counted.
const CROWD: usize = 200;

/// Who is named in a room as it is.
pub struct Named<'a> {
    /// They, in the order in which they came.
    pub here: Vec<&'a Arc<Presence>>,
    /// How many connections there are beside theirs. Whose they are is not looked up: in a crowd that would cost more than the
    /// few who are here twice are worth.
    pub others: usize,
}

impl<'a> Named<'a> {
    /// Those of a room.
    pub fn of(view: &'a RoomView) -> Self {
        if view.presence.len() <= CROWD {
            return Self { here: view.presence.values().collect(), others: 0 };
        }
        let is_named = |(at, one): &(usize, &Arc<Presence>)| *at < CROWD || one.role >= Role::Trusted;
        let here: Vec<_> = view.presence.values().enumerate().filter(is_named).map(|(_, one)| one).collect();
        let others = view.presence.len() - here.len();
        Self { here, others }
    }

    /// They, as they are told.
    pub fn wire(&self) -> Vec<PresenceWire> {
        self.here.iter().map(|one| PresenceWire::from(&***one)).collect()
    }
}

/// Whom the sockets of a room were told of.
#[derive(Debug, Default)]
pub struct Crowd {
    told: BTreeSet<ConnectionId>,
}

/// What they are told of a change.
#[derive(Debug, Default, PartialEq)]
pub struct Change {
    /// Who came, changed, or is named from now on.
    pub here: Vec<Arc<Presence>>,
    /// Who went, or is named no more.
    pub gone: Vec<ConnectionId>,
    /// How many connections there are beside those that are named.
    pub others: usize,
}

impl Crowd {
    /// Begins with a room whose whole is told.
    pub fn of(view: &RoomView) -> Self {
        Self { told: Named::of(view).here.into_iter().map(|one| one.connection).collect() }
    }

    /// What is told of a change, after which the room is as `view` shows it.
    pub fn change(&mut self, delta: &PresenceDelta, view: &RoomView) -> Change {
        let Named { here: named, others } = Named::of(view);
        let changed: HashSet<_> = delta.here.iter().map(|one| one.connection).collect();
        let before = std::mem::replace(&mut self.told, named.iter().map(|one| one.connection).collect());
        let is_news = |one: &&&Arc<Presence>| changed.contains(&one.connection) || !before.contains(&one.connection);
        let here = named.iter().filter(is_news).map(|one| Arc::clone(one)).collect();
        // Who came since the last change, and is gone by now, was named to whoever came meanwhile.
        let gone: BTreeSet<_> = before.difference(&self.told).chain(&delta.gone).copied().collect();
        Change { here, gone: gone.into_iter().collect(), others }
    }
}

#[cfg(test)]
mod tests {
    use engine::{
        event::{Door, Phase, Who},
        ids::{Entropy, PersonId},
        room::{Founding, Preset, Room, RoomLimits, RoomSettings},
        time::{Now, PlayTime, WallTime},
    };
    use uuid::Uuid;

    use super::*;

    fn person(number: u64) -> Presence {
        let who = Who { person: PersonId(Uuid::from_u128(number.into())), name: "Ana".into(), door: Door::Viewer };
        Presence {
            connection: ConnectionId(number),
            who,
            role: Role::Guest,
            vouched: Role::Guest,
            watches: true,
            since: WallTime(0),
            phase: Phase::Idle,
            drift_ms: None,
            rtt_ms: None,
            lagging: false,
            hidden: false,
        }
    }

    fn people(count: u64) -> Vec<Presence> {
        (1..=count).map(person).collect()
    }

    fn view_of(people: Vec<Presence>) -> RoomView {
        let settings = RoomSettings::new("Film night".into(), Preset::Open);
        let founding = Founding { settings, preset: Preset::Open, host: None, invite: "i".into(), code: "c".into() };
        let now = Now { play: PlayTime(0), wall: WallTime(0) };
        let (room, _) = Room::found(Entropy.room(), 1, now, founding, RoomLimits::default());
        let presence = people.into_iter().map(|one| (one.connection, Arc::new(one))).collect();
        RoomView { presence, ..room.view().clone() }
    }

    fn numbers(here: &[Arc<Presence>]) -> Vec<u64> {
        here.iter().map(|one| one.connection.0).collect()
    }

    #[test]
    fn of_a_crowd_the_first_are_named_and_who_has_a_role() {
        let mut all = people(CROWD as u64 + 50);
        all[CROWD + 9].role = Role::Trusted;
        let view = view_of(all);
        let named = Named::of(&view);
        let numbers: Vec<u64> = named.here.iter().map(|one| one.connection.0).collect();
        assert_eq!(numbers, (1..=CROWD as u64).chain([CROWD as u64 + 10]).collect::<Vec<_>>());
        assert_eq!(named.others, 49);
    }

    #[test]
    fn who_comes_into_a_crowd_is_counted_and_who_moves_up_is_named() {
        let crowd = CROWD as u64;
        let view = view_of(people(crowd));
        let mut told = Crowd::of(&view);

        let more = view_of(people(crowd + 2));
        let came = more.presence.values().skip(CROWD).cloned().collect();
        let change = told.change(&PresenceDelta { here: came, gone: Vec::new() }, &more);
        assert_eq!(change, Change { here: Vec::new(), gone: Vec::new(), others: 2 });

        let mut left = people(crowd + 2);
        left.remove(4);
        let view = view_of(left);
        let change = told.change(&PresenceDelta { here: Vec::new(), gone: vec![ConnectionId(5)] }, &view);
        assert_eq!((numbers(&change.here), change.gone, change.others), (vec![crowd + 1], vec![ConnectionId(5)], 1));
    }

    #[test]
    fn who_came_and_went_before_anybody_was_told_is_gone_all_the_same() {
        let view = view_of(people(2));
        let mut told = Crowd::of(&view);
        let change = told.change(&PresenceDelta { here: Vec::new(), gone: vec![ConnectionId(3)] }, &view);
        assert_eq!(change.gone, [ConnectionId(3)], "somebody was greeted with them");
    }

    #[test]
    fn in_a_small_room_all_that_changes_is_told() {
        let view = view_of(people(3));
        let mut told = Crowd::of(&view);
        let mut after = people(4);
        after.remove(0);
        after[0].lagging = true;
        let view = view_of(after);
        let changed: Vec<_> = [2, 4].iter().map(|number| view.presence[&ConnectionId(*number)].clone()).collect();
        let change = told.change(&PresenceDelta { here: changed, gone: vec![ConnectionId(1)] }, &view);
        assert_eq!((numbers(&change.here), change.gone, change.others), (vec![2, 4], vec![ConnectionId(1)], 0));
    }
}
