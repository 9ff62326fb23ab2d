//! Whoever keeps a line open by a credential hears when that is good no more, and when somebody else holds it or is called
//! otherwise.
//!
//! An idle line costs nothing: it waits for a bell of its credential, and for one of its person.

use std::{
    hash::Hash,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use dashmap::DashMap;
use tokio::sync::Notify;

use crate::ids::PersonId;

/// The credentials by which lines are open, and the people for whom they are.
#[derive(Debug, Clone, Default)]
pub(super) struct Endings {
    /// By the hash of the secret.
    open: Arc<DashMap<String, Arc<Bell>>>,
    people: Arc<DashMap<PersonId, Arc<Bell>>>,
}

/// What lines wait for. Each has two, so it is small: a `watch` shares its waiters out for crowds, and is 344 bytes.
#[derive(Debug, Default)]
struct Bell {
    /// How often it rang; [`OVER`] after the last time.
    rung: AtomicU64,
    ring: Notify,
}

/// It rings no more.
const OVER: u64 = u64::MAX;

impl Bell {
    fn changed(&self) {
        // A bell that is over stays so.
        let _ = self.rung.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |rung| rung.checked_add(1));
        self.ring.notify_waiters();
    }

    fn over(&self) {
        self.rung.store(OVER, Ordering::SeqCst);
        self.ring.notify_waiters();
    }
}

/// Somebody's ear at a bell.
#[derive(Debug)]
struct Ear {
    bell: Arc<Bell>,
    heard: u64,
}

impl Ear {
    /// Waits until it rings; several times may be one. At once, and again and again, where it is over.
    async fn next(&mut self) -> Told {
        let mut wait = pin!(self.bell.ring.notified());
        loop {
            // Before it is looked at, so that no ring falls in between.
            wait.as_mut().enable();
            let rung = self.bell.rung.load(Ordering::SeqCst);
            if rung == OVER {
                return Told::Ended;
            }
            if rung != self.heard {
                self.heard = rung;
                return Told::Changed;
            }
            wait.as_mut().await;
            wait.set(self.bell.ring.notified());
        }
    }
}

/// What a line hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Somebody else may hold the credential, or who holds it may be called otherwise, or have an account.
    Changed,
    /// The credential is good no more.
    Ended,
}

/// One open line, from [`People::until_ended`](super::People::until_ended).
#[derive(Debug)]
pub struct Ending {
    endings: Endings,
    hash: String,
    /// Taken when it is dropped.
    line: Option<Ear>,
    person: Option<(PersonId, Ear)>,
}

impl Endings {
    /// Hears of a credential from now on.
    pub(super) fn of(&self, hash: String) -> Ending {
        let line = hear(&self.open, hash.clone());
        Ending { endings: self.clone(), hash, line: Some(line), person: None }
    }

    /// Tells everybody who listens that a credential is good no more.
    pub(super) fn tell(&self, hash: &str) {
        if let Some((_, bell)) = self.open.remove(hash) {
            bell.over();
        }
    }

    /// Tells everybody who listens that what a credential opens may be something else.
    pub(super) fn changed(&self, hash: &str) {
        if let Some(bell) = self.open.get(hash) {
            bell.changed();
        }
    }

    /// Tells everybody who listens that what their credential opens may be something else.
    pub(super) fn all_changed(&self) {
        self.open.iter().for_each(|bell| bell.changed());
    }

    /// Tells all lines of somebody that something about them changed.
    pub(super) fn person_changed(&self, person: PersonId) {
        if let Some(bell) = self.people.get(&person) {
            bell.changed();
        }
    }
}

impl Ending {
    /// Waits until the credential is good no more. Nothing is lost where the wait is given up and begun again.
    pub async fn ended(&mut self) {
        while self.next().await == Told::Changed {}
    }

    /// Waits for the next thing to hear: several changes may be one. Nothing is lost where the wait is given up and begun
    /// again; an end is told as often as one asks.
    pub async fn next(&mut self) -> Told {
        let (line, person) = (&mut self.line, &mut self.person);
        let credential = async {
            match line {
                Some(line) => line.next().await,
                None => Told::Ended,
            }
        };
        let holder = async {
            match person {
                Some((_, ear)) => ear.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            told = credential => told,
            told = holder => told,
        }
    }

    /// Hears of this person from now on, and of no other; says whether it did not before.
    pub(super) fn follow(&mut self, person: PersonId) -> bool {
        if self.person.as_ref().is_some_and(|(known, _)| *known == person) {
            return false;
        }
        self.leave_person();
        self.person = Some((person, hear(&self.endings.people, person)));
        true
    }

    fn leave_person(&mut self) {
        if let Some((person, heard)) = self.person.take() {
            // First, so that the last of a person finds nobody else.
            drop(heard);
            self.endings.people.remove_if(&person, |_, bell| Arc::strong_count(bell) == 1);
        }
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        // As with a person.
        self.line = None;
        self.endings.open.remove_if(&self.hash, |_, bell| Arc::strong_count(bell) == 1);
        self.leave_person();
    }
}

fn hear<K: Eq + Hash>(bells: &DashMap<K, Arc<Bell>>, key: K) -> Ear {
    let bell = bells.entry(key).or_default().clone();
    let heard = bell.rung.load(Ordering::SeqCst);
    Ear { bell, heard }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn each_hears_of_its_own_credential_and_nobody_is_remembered_who_left() {
        let endings = Endings::default();
        let (mut one, mut same, mut other) = (endings.of("a".into()), endings.of("a".into()), endings.of("b".into()));
        assert!(one.ended().now_or_never().is_none());
        endings.tell("a");
        for ending in [&mut one, &mut same] {
            assert_eq!(ending.ended().now_or_never(), Some(()));
            assert_eq!(ending.ended().now_or_never(), Some(()), "as often as one asks");
        }
        assert!(other.ended().now_or_never().is_none());
        // What is opened later by the same name is another one, and is not forgotten with the first.
        let mut later = endings.of("a".into());
        drop((one, same));
        assert!(later.ended().now_or_never().is_none());
        drop((later, other));
        assert!(endings.open.is_empty());
    }

    #[test]
    fn a_change_is_heard_once_by_the_lines_that_it_is_about() {
        let endings = Endings::default();
        let (ana, ben) = (PersonId(uuid::Uuid::from_u128(1)), PersonId(uuid::Uuid::from_u128(2)));
        let (mut one, mut other) = (endings.of("a".into()), endings.of("b".into()));
        assert!(one.follow(ana) && other.follow(ben));
        assert!(!one.follow(ana), "known already");
        let heard = |ending: &mut Ending| ending.next().now_or_never();
        endings.changed("a");
        endings.changed("a");
        assert_eq!((heard(&mut one), heard(&mut one), heard(&mut other)), (Some(Told::Changed), None, None));
        endings.person_changed(ben);
        assert_eq!((heard(&mut one), heard(&mut other)), (None, Some(Told::Changed)));
        // Who became somebody else hears of whom they are.
        assert!(one.follow(ben));
        endings.person_changed(ana);
        assert_eq!(heard(&mut one), None);
        endings.person_changed(ben);
        assert_eq!((heard(&mut one), heard(&mut other)), (Some(Told::Changed), Some(Told::Changed)));
        assert!(one.ended().now_or_never().is_none(), "a change is no end");
        endings.tell("a");
        assert_eq!(heard(&mut one), Some(Told::Ended));
        drop((one, other));
        assert!(endings.open.is_empty() && endings.people.is_empty());
    }
}
