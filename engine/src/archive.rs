//! What every [`Store`](crate::ports::Store) must agree on: what may be appended, whom an event names and how it reads
//! when they are forgotten, and how those who were there are counted.

use std::sync::Arc;

use crate::{
    event::{Event, EventKind, Visit, Who},
    ids::PersonId,
    media::Item,
    ports::{Attendance, Entry},
    refusal::Fault,
    time::{Millis, WallTime},
};

/// What somebody is called who wants to be forgotten.
pub(crate) const SOMEBODY: &str = "Somebody";

/// Checks that an entry goes on where its room stands, and says at which number the room stands after it.
///
/// `held` is the epoch and the last number the store has, none where it has no such room. The numbers are checked
/// because after a failed commit the room's next entries may be on their way already: they must fail too.
pub fn follows(entry: &Entry, held: Option<(u64, u64)>) -> Result<u64, Fault> {
    let room = entry.room;
    let founding =
        entry.epoch == 1 && matches!(entry.events.first().map(|first| &first.kind), Some(EventKind::Founded(_)));
    let (epoch, mut seq) = match held {
        Some(held) => held,
        None if founding => (1, 0),
        None => return Err(Fault::new(format!("there is no room {room}"))),
    };
    if entry.epoch != epoch {
        return Err(Fault::new(format!(
            "stale epoch: room {room} is in epoch {epoch}, the entry is of {}",
            entry.epoch
        )));
    }
    for event in &entry.events {
        if event.seq != seq + 1 {
            return Err(Fault::new(format!("room {room} needs event {} next, the entry has {}", seq + 1, event.seq)));
        }
        seq = event.seq;
    }
    match &entry.snapshot {
        Some(snapshot) if snapshot.seq != seq => {
            Err(Fault::new(format!("room {room} is at event {seq}, the entry has a snapshot at {}", snapshot.seq)))
        }
        _ => Ok(seq),
    }
}

/// Whether an entry is the last of its room: nothing of it is kept then.
pub fn ends(entry: &Entry) -> bool {
    entry.events.iter().any(|event| matches!(event.kind, EventKind::Deleted))
}

/// Who did it.
pub fn author(event: &Event) -> Option<PersonId> {
    event.by.as_ref().map(|by| by.person)
}

/// Whose name stands in an event beside that of who did it. Where there are several, the first of them.
pub fn subject(event: &Event) -> Option<PersonId> {
    let author = author(event);
    let other = |person: PersonId| Some(person).filter(|_| Some(person) != author);
    match &event.kind {
        EventKind::Founded(founding) => founding.host.as_ref().and_then(|host| other(host.person)),
        EventKind::RoleChanged { person, .. }
        | EventKind::Kicked { person, .. }
        | EventKind::Banned { person, .. }
        | EventKind::Muted { person, .. }
        | EventKind::Joined { person, .. }
        | EventKind::Coming { person, .. } => other(*person),
        EventKind::Played(played) => other(played.item.added_by.person),
        EventKind::Added { items, .. } => items.iter().find_map(|item| other(item.added_by.person)),
        EventKind::ItemChanged { item } => other(item.added_by.person),
        _ => None,
    }
}

/// The event as it reads once somebody is forgotten: their name is nobody's in particular, what they wrote is empty.
#[must_use]
pub fn without(event: &Event, person: PersonId) -> Event {
    let mut event = event.clone();
    let author = author(&event) == Some(person);
    if let Some(by) = event.by.as_mut().filter(|by| by.person == person) {
        by.name = SOMEBODY.into();
    }
    match &mut event.kind {
        EventKind::Said(line) if author => line.text = "".into(),
        EventKind::Reworded { text, .. } if author => *text = "".into(),
        EventKind::Founded(founding) => {
            if let Some(host) = founding.host.as_mut().filter(|host| host.person == person) {
                host.name = SOMEBODY.into();
            }
        }
        EventKind::RoleChanged { person: of, name, .. }
        | EventKind::Kicked { person: of, name }
        | EventKind::Banned { person: of, name, .. }
        | EventKind::Muted { person: of, name, .. }
        | EventKind::Joined { person: of, name }
        | EventKind::Coming { person: of, name, .. }
            if *of == person =>
        {
            *name = SOMEBODY.into();
        }
        EventKind::Played(played) => nameless(&mut played.item, person),
        EventKind::Added { items, .. } => items.iter_mut().for_each(|item| nameless(item, person)),
        EventKind::ItemChanged { item } => nameless(item, person),
        _ => {}
    }
    event
}

fn nameless(item: &mut Arc<Item>, person: PersonId) {
    if item.added_by.person == person {
        let added_by = Who { name: SOMEBODY.into(), ..item.added_by.clone() };
        *item = Arc::new(Item { added_by, ..Item::clone(item) });
    }
}

/// Counts those who were in a room, visit by visit.
#[derive(Debug, Default)]
pub struct Attending {
    attendance: Attendance,
    /// The person whose visits are told at the moment, and their stay that may still grow.
    stay: Option<Visit>,
    /// When somebody came, +1, or went, -1. Each person once, however many windows they had open.
    steps: Vec<(WallTime, i32)>,
}

impl Attending {
    /// One more visit. They come by person, and of one person by when they came.
    pub fn add(&mut self, visit: &Visit) {
        self.attendance.visits += 1;
        // A clock that was set back in between makes nobody stay for less than nothing.
        let left = visit.left.max(visit.came);
        match &mut self.stay {
            Some(stay) if stay.person == visit.person && visit.came <= stay.left => stay.left = stay.left.max(left),
            stay => {
                let same = stay.as_ref().is_some_and(|stay| stay.person == visit.person);
                self.attendance.people += u64::from(!same);
                let over = stay.replace(Visit { left, ..visit.clone() });
                self.count(over.as_ref());
            }
        }
    }

    /// The sum of them.
    #[must_use]
    pub fn sum(mut self) -> Attendance {
        let last = self.stay.take();
        self.count(last.as_ref());
        // Of one moment first those who go: whoever comes then was not there with them.
        self.steps.sort_unstable();
        let mut here = 0_i64;
        for (_, step) in self.steps {
            here += i64::from(step);
            self.attendance.peak = self.attendance.peak.max(here.unsigned_abs());
        }
        self.attendance
    }

    fn count(&mut self, stay: Option<&Visit>) {
        let Some(&Visit { came, left, .. }) = stay else { return };
        self.attendance.stayed = self.attendance.stayed + Millis(left.0.saturating_sub(came.0));
        // Whoever was there for less than the clock can tell was there.
        self.steps.extend([(came, 1), (left.max(came + Millis(1)), -1)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Entropy;

    fn counted(visits: &[(u8, i64, i64)]) -> Attendance {
        let people: Vec<_> = (0..4).map(|_| Entropy.person()).collect();
        let mut visits: Vec<_> = visits
            .iter()
            .map(|(who, came, left)| Visit {
                person: people[usize::from(*who)],
                came: WallTime(*came),
                left: WallTime(*left),
            })
            .collect();
        visits.sort_by_key(|visit| (visit.person, visit.came));
        let mut attending = Attending::default();
        for visit in &visits {
            attending.add(visit);
        }
        attending.sum()
    }

    #[test]
    fn nobody_was_there() {
        assert_eq!(counted(&[]), Attendance::default());
    }

    #[test]
    fn two_windows_are_one_person() {
        let sum = counted(&[(0, 0, 100), (0, 50, 150), (0, 60, 70), (0, 200, 210), (1, 140, 205)]);
        assert_eq!(sum, Attendance { people: 2, visits: 5, peak: 2, stayed: Millis(150 + 10 + 65) });
    }

    #[test]
    fn who_comes_when_another_goes_was_not_there_with_them() {
        assert_eq!(counted(&[(0, 0, 100), (1, 100, 200), (2, 200, 200)]).peak, 1);
        assert_eq!(counted(&[(0, 0, 100), (1, 99, 200), (2, 99, 99), (3, 300, 400)]).peak, 3);
    }

    #[test]
    fn a_clock_that_was_set_back_takes_nothing_away() {
        let sum = counted(&[(0, 100, 40)]);
        assert_eq!((sum.peak, sum.stayed), (1, Millis(0)));
    }
}
