//! How much is too much: one limiter for all doors.
//!
//! A [`Rule`] is counted by a token bucket, once for all doors. A dialect whose clients know another arithmetic names its
//! own [`Policy`]. Pure: the present is an argument, and the keys' number is bounded. What a key is, is told by its hash:
//! nothing is allocated to look one up.

mod bucket;
mod guesses;
mod meter;
mod seats;
mod sliding;
mod window;

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::{BuildHasher, Hash},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use serde::{Deserialize, Serialize};

pub(crate) use self::guesses::Guess;
pub use self::{
    bucket::Bucket,
    meter::{Meter, Policy, Standing},
    seats::{Seat, Sockets},
    sliding::Sliding,
    window::{Points, Window},
};
use self::{
    guesses::{Blind, Together},
    seats::Seats,
};
use crate::{
    changes::Others,
    ids::PersonId,
    refusal::{Code, Refusal},
    time::{Millis, PlayTime},
};

/// What was taken, by key.
type Meters = HashMap<u64, Meter>;

/// How many keys are remembered. Past that those that are full again are forgotten, and where that is not enough, all:
/// under an attack from so many addresses a fresh start for everybody is the lesser evil.
const KEYS: usize = 100_000;
/// After how long somebody with too many sockets may ask again: nobody knows when one of them ends.
const SEAT_WAIT: Millis = Millis::seconds(10);

/// What is limited.
///
/// Of several nodes each counts for itself, so that whoever goes to all of them may have as many times as much: what is counted so costs work, which
/// there are as many nodes for, and a question to the others for each frame and call would cost more. Guesses count on all together
/// ([`is_of_all`](Self::is_of_all)), whatever node they are made at: there are no more of what is guessed where there are more nodes. A dialect's own
/// policies are counted by each node too: what can be guessed by a dialect is paid for by these rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Frames of one socket, pings and reports among them.
    Frames,
    /// Commands of one connection or caller.
    Commands,
    /// Calls of an API, in points: of one person, or of one address where nobody says who they are.
    Calls,
    /// Lines of chat of one person.
    Chat,
    /// The same of all people behind one address.
    ChatOfAddress,
    /// Rooms made by one person or address.
    Rooms,
    /// Guests made from one address.
    Guests,
    /// Links looked at for one person.
    Links,
    /// The same for all people behind one address.
    LinksOfAddress,
    /// Invites and codes that turned out wrong, from one address.
    WrongInvites,
    /// Codes and passwords of rooms that turned out wrong, from all addresses together. Not links: those are too long for that.
    WrongInvitesOfAll,
    /// Guesses at passwords, at one account and from one address; those that were right are given back.
    Logins,
}

impl Rule {
    /// Whether all nodes count it together: as far as they hear of each other.
    pub fn is_of_all(self) -> bool {
        matches!(self, Self::WrongInvites | Self::WrongInvitesOfAll | Self::Logins)
    }

    /// What the address pays by when a person behind it pays by this.
    fn of_address(self) -> Self {
        match self {
            Self::Chat => Self::ChatOfAddress,
            Self::Links => Self::LinksOfAddress,
            other => other,
        }
    }
}

/// So many at once, and so many a minute for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// At once.
    pub burst: u32,
    /// Regained in a minute.
    pub per_minute: u32,
}

/// The allowance of each rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowances {
    /// See [`Rule::Frames`].
    pub frames: Allowance,
    /// See [`Rule::Commands`].
    pub commands: Allowance,
    /// See [`Rule::Calls`].
    pub calls: Allowance,
    /// See [`Rule::Chat`].
    pub chat: Allowance,
    /// See [`Rule::ChatOfAddress`].
    pub chat_of_address: Allowance,
    /// See [`Rule::Rooms`].
    pub rooms: Allowance,
    /// See [`Rule::Guests`].
    pub guests: Allowance,
    /// See [`Rule::Links`].
    pub links: Allowance,
    /// See [`Rule::LinksOfAddress`].
    pub links_of_address: Allowance,
    /// See [`Rule::WrongInvites`].
    pub wrong_invites: Allowance,
    /// See [`Rule::WrongInvitesOfAll`].
    pub wrong_invites_of_all: Allowance,
    /// Sockets open at once.
    pub sockets: Sockets,
    /// See [`Rule::Logins`].
    pub logins: Allowance,
}

impl Default for Allowances {
    fn default() -> Self {
        Self {
            frames: Allowance { burst: 200, per_minute: 3_000 },
            commands: Allowance { burst: 20, per_minute: 600 },
            calls: Allowance { burst: 1_000, per_minute: 3_000 },
            chat: Allowance { burst: 5, per_minute: 60 },
            chat_of_address: Allowance { burst: 50, per_minute: 600 },
            rooms: Allowance { burst: 10, per_minute: 10 },
            guests: Allowance { burst: 30, per_minute: 30 },
            links: Allowance { burst: 20, per_minute: 30 },
            links_of_address: Allowance { burst: 100, per_minute: 150 },
            wrong_invites: Allowance { burst: 10, per_minute: 10 },
            wrong_invites_of_all: Allowance { burst: 600, per_minute: 600 },
            sockets: Sockets::default(),
            logins: Allowance { burst: 10, per_minute: 10 },
        }
    }
}

impl Allowances {
    fn of(&self, rule: Rule) -> Allowance {
        match rule {
            Rule::Frames => self.frames,
            Rule::Commands => self.commands,
            Rule::Calls => self.calls,
            Rule::Chat => self.chat,
            Rule::ChatOfAddress => self.chat_of_address,
            Rule::Rooms => self.rooms,
            Rule::Guests => self.guests,
            Rule::Links => self.links,
            Rule::LinksOfAddress => self.links_of_address,
            Rule::WrongInvites => self.wrong_invites,
            Rule::WrongInvitesOfAll => self.wrong_invites_of_all,
            Rule::Logins => self.logins,
        }
    }
}

/// Counts what was taken. Shared by all doors.
#[derive(Debug)]
pub struct Limits {
    allowances: Allowances,
    /// Makes of a rule and a key what stands for both in the table. Its seed is the process' own, so nobody outside can
    /// make two keys that meet; that two of a hundred thousand meet by themselves is no matter.
    hash: RandomState,
    /// Held for a look-up and a subtraction, never across an await.
    meters: Mutex<Meters>,
    /// Those of dialects' own policies, apart: what a flood of them drives out is no guess at a password.
    dialects: Mutex<Meters>,
    /// Who counts guesses too, where there are other nodes.
    together: OnceLock<Together>,
    /// Sockets that are open.
    seats: Arc<Seats>,
}

impl Limits {
    /// Nothing taken yet.
    pub fn new(allowances: Allowances) -> Self {
        Self {
            allowances,
            hash: RandomState::new(),
            meters: Mutex::default(),
            dialects: Mutex::default(),
            together: OnceLock::new(),
            seats: Arc::default(),
        }
    }

    /// Takes one from what `key` may do, or says how long to wait.
    pub fn take(&self, rule: Rule, key: &(impl Hash + ?Sized), now: PlayTime) -> Result<(), Refusal> {
        self.spend(rule, key, 1, now).allowed()
    }

    /// Takes one for a person, and one for the address they come from where the door knows it: a thousand guests behind
    /// one address are one flooder. Who may not take both takes none.
    pub fn take_for(&self, rule: Rule, person: PersonId, from: Option<&str>, now: PlayTime) -> Result<(), Refusal> {
        self.take(rule, &person, now)?;
        let Some(from) = from else { return Ok(()) };
        self.take(rule.of_address(), from, now).inspect_err(|_| self.give_back(rule, &person, now))
    }

    /// Takes `cost` points by a rule; where `key` stands after it, whether refused or not. A cost of zero only looks.
    pub fn spend(&self, rule: Rule, key: &(impl Hash + ?Sized), cost: u32, now: PlayTime) -> Standing {
        let policy = Policy::Bucket(self.allowances.of(rule));
        let (place, blind) = self.place(rule, key);
        let standing = spend(&self.meters, place, policy, cost, now);
        if let (Some(together), Some(key)) = (self.together.get(), blind)
            && standing.retry_after.is_none()
            && cost > 0
        {
            together.tell(Guess { rule, key, points: i64::from(cost) });
        }
        standing
    }

    /// Takes `cost` points by a dialect's own policy. `name` keeps its keys apart from all others; a key is always counted
    /// by the policy that it was first seen with.
    pub fn spend_by(
        &self,
        name: &'static str,
        policy: Policy,
        key: &(impl Hash + ?Sized),
        cost: u32,
        now: PlayTime,
    ) -> Standing {
        spend(&self.dialects, self.hash.hash_one((name, key)), policy, cost, now)
    }

    /// Gives one back that was taken for something which turned out to be fine.
    pub fn give_back(&self, rule: Rule, key: &(impl Hash + ?Sized), now: PlayTime) {
        let (place, blind) = self.place(rule, key);
        refund(&self.meters, place, 1, now);
        if let (Some(together), Some(key)) = (self.together.get(), blind) {
            together.tell(Guess { rule, key, points: -1 });
        }
    }

    /// Gives points back that were taken by a dialect's own policy.
    pub fn give_back_by(&self, name: &'static str, key: &(impl Hash + ?Sized), points: u32, now: PlayTime) {
        refund(&self.dialects, self.hash.hash_one((name, key)), points, now);
    }

    /// Tells other nodes of guesses from here on, by keys that say nothing to who does not know the secret.
    pub(crate) fn count_with(&self, others: Others, secret: &str) {
        let _ = self.together.set(Together::new(others, secret));
    }

    /// Counts what was taken, or given back, on another node. Nothing is refused: it is done.
    pub(crate) fn heed(&self, guess: &Guess, now: PlayTime) {
        let Guess { rule, key, points } = guess;
        if !rule.is_of_all() {
            return;
        }
        let (place, count) =
            (self.hash.hash_one((rule, key)), u32::try_from(points.unsigned_abs()).unwrap_or(u32::MAX));
        if *points > 0 {
            let policy = Policy::Bucket(self.allowances.of(*rule));
            with_room(&mut lock(&self.meters), now).entry(place).or_insert_with(|| policy.meter(now)).owe(count, now);
        } else {
            refund(&self.meters, place, count, now);
        }
    }

    /// Where a key is counted; and how others are told of it, where they are.
    fn place(&self, rule: Rule, key: &(impl Hash + ?Sized)) -> (u64, Option<Blind>) {
        match self.together.get().filter(|_| rule.is_of_all()) {
            None => (self.hash.hash_one((rule, key)), None),
            Some(together) => {
                let blind = together.blind(rule, key);
                (self.hash.hash_one((rule, &blind)), Some(blind))
            }
        }
    }

    /// Forgets a key that will not come again.
    pub fn forget(&self, rule: Rule, key: &(impl Hash + ?Sized)) {
        lock(&self.meters).remove(&self.place(rule, key).0);
    }

    /// A socket more from an address. It counts until the seat is dropped.
    pub fn seat_from(&self, address: &str) -> Result<Seat, Refusal> {
        let limit = self.allowances.sockets.per_address;
        let seat = self.seats.take(self.hash.hash_one(("address", address)), limit);
        seat.ok_or_else(|| too_many_sockets(limit))
    }

    /// A socket more of a person. It counts until the seat is dropped.
    pub fn seat_of(&self, person: PersonId) -> Result<Seat, Refusal> {
        let limit = self.allowances.sockets.per_person;
        let seat = self.seats.take(self.hash.hash_one(("person", person)), limit);
        seat.ok_or_else(|| too_many_sockets(limit))
    }
}

fn lock(meters: &Mutex<Meters>) -> MutexGuard<'_, Meters> {
    meters.lock().unwrap_or_else(PoisonError::into_inner)
}

fn spend(meters: &Mutex<Meters>, key: u64, policy: Policy, cost: u32, now: PlayTime) -> Standing {
    with_room(&mut lock(meters), now).entry(key).or_insert_with(|| policy.meter(now)).spend(cost, now)
}

/// With room for one more.
fn with_room(meters: &mut Meters, now: PlayTime) -> &mut Meters {
    if meters.len() >= KEYS {
        meters.retain(|_, meter| !meter.is_as_new(now));
        if meters.len() > KEYS / 2 {
            meters.clear();
        }
    }
    meters
}

fn refund(meters: &Mutex<Meters>, key: u64, points: u32, now: PlayTime) {
    if let Some(meter) = lock(meters).get_mut(&key) {
        meter.refund(points, now);
    }
}

impl Standing {
    /// As the refusal that every door of ours tells: wait so long.
    pub fn allowed(self) -> Result<(), Refusal> {
        match self.retry_after {
            None => Ok(()),
            Some(wait) => Err(wait_for(Code::SlowDown, wait, self.limit)),
        }
    }
}

/// A length of time in whole seconds, as headers and people want it: rounded up.
pub fn whole_seconds(wait: Millis) -> i64 {
    wait.0.saturating_add(999) / 1000
}

fn too_many_sockets(limit: u32) -> Refusal {
    wait_for(Code::TooManySockets, SEAT_WAIT, limit)
}

fn wait_for(code: Code, wait: Millis, limit: u32) -> Refusal {
    Refusal::new(code).with("seconds", whole_seconds(wait)).with("retry_after_ms", wait.0).with("limit", limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_then_the_pace_is_held() {
        let limits = Limits::new(Allowances::default());
        let at = PlayTime(1_000_000);
        for _ in 0..20 {
            limits.take(Rule::Commands, "ana", at).unwrap();
        }
        let no = limits.take(Rule::Commands, "ana", at).unwrap_err();
        assert_eq!((no.code, no.args["retry_after_ms"].as_str()), (Code::SlowDown, "100"));
        limits.take(Rule::Commands, "ben", at).unwrap();
        limits.take(Rule::Commands, "ana", at + Millis(100)).unwrap();
        limits.take(Rule::Commands, "ana", at + Millis(150)).unwrap_err();
    }

    #[test]
    fn what_is_given_back_can_be_taken_again_and_no_more() {
        let limits = Limits::new(Allowances::default());
        for _ in 0..10 {
            limits.take(Rule::WrongInvites, "a", PlayTime(0)).unwrap();
        }
        limits.give_back(Rule::WrongInvites, "a", PlayTime(0));
        limits.take(Rule::WrongInvites, "a", PlayTime(0)).unwrap();
        limits.take(Rule::WrongInvites, "a", PlayTime(0)).unwrap_err();
    }

    #[test]
    fn a_million_addresses_leave_no_more_than_the_bound() {
        let limits = Limits::new(Allowances::default());
        for n in 0..300_000_i64 {
            let _ = limits.take(Rule::Guests, &n, PlayTime(n / 100));
        }
        assert!(lock(&limits.meters).len() <= KEYS);
    }

    #[test]
    fn a_thousand_guests_behind_one_address_are_one_flooder() {
        let limits = Limits::new(Allowances::default());
        let guests = (0..1_000).map(|n| PersonId(uuid::Uuid::from_u128(n)));
        let said = guests.clone().filter(|who| limits.take_for(Rule::Chat, *who, Some("1.2.3.4"), PlayTime(0)).is_ok());
        assert_eq!(said.count(), 50);
        // Whom the address kept from it has lost nothing of their own, and other doors know no address.
        let last = PersonId(uuid::Uuid::from_u128(999));
        for _ in 0..5 {
            limits.take_for(Rule::Chat, last, None, PlayTime(0)).unwrap();
        }
        limits.take_for(Rule::Chat, last, Some("5.6.7.8"), PlayTime(0)).unwrap_err();
    }

    #[test]
    fn each_dialect_counts_as_its_clients_know_it_and_apart_from_the_others() {
        let limits = Limits::new(Allowances::default());
        let hour = Points { points: 1_000, per: Millis::seconds(3_600) };
        let points = Policy::Window { points: hour, block: Millis::seconds(120) };
        let route = Policy::Sliding(Points { points: 10, per: Millis::seconds(60) });
        assert_eq!(limits.spend_by("points", points, "a", 1_000, PlayTime(0)).remaining, 0);
        assert_eq!(limits.spend_by("routes", route, &("a", "/messages"), 1, PlayTime(0)).remaining, 9);
        assert_eq!(limits.spend_by("routes", route, &("a", "/react"), 1, PlayTime(0)).remaining, 9);
        limits.give_back_by("points", "a", 100, PlayTime(0));
        assert_eq!(limits.spend_by("points", points, "a", 100, PlayTime(0)).retry_after, None);
        let blocked = limits.spend_by("points", points, "a", 1, PlayTime(0));
        assert_eq!(blocked.retry_after, Some(Millis::seconds(120)));
        limits.take(Rule::Calls, "a", PlayTime(0)).unwrap();
    }

    #[test]
    fn a_flood_of_guesses_on_other_nodes_leaves_no_more_than_the_bound() {
        let limits = Limits::new(Allowances::default());
        for n in 0..300_000_u64 {
            let key = Blind(format!("{n:032x}"));
            limits.heed(&Guess { rule: Rule::Logins, key, points: 1 }, PlayTime(0));
        }
        let held = lock(&limits.meters).len();
        assert!((1..=KEYS).contains(&held), "{held}");
        limits.heed(&Guess { rule: Rule::Frames, key: Blind("frames".into()), points: 1 }, PlayTime(0));
        assert_eq!(lock(&limits.meters).len(), held, "of what is not counted together nothing is heeded");
    }

    #[test]
    fn a_flood_of_a_dialects_keys_gives_no_guess_back() {
        let limits = Limits::new(Allowances::default());
        for _ in 0..10 {
            limits.take(Rule::Logins, "ana", PlayTime(0)).unwrap();
        }
        let route = Policy::Sliding(Points { points: 20, per: Millis::seconds(3_600) });
        for n in 0..250_000_i64 {
            limits.spend_by("routes", route, &("eve", n), 1, PlayTime(0));
        }
        limits.take(Rule::Logins, "ana", PlayTime(0)).unwrap_err();
    }

    #[test]
    fn a_blocked_one_stays_blocked_while_others_come_and_go() {
        let limits = Limits::new(Allowances::default());
        let points = Points { points: 1, per: Millis::seconds(1) };
        let policy = Policy::Window { points, block: Millis::seconds(3_600) };
        limits.spend_by("x", policy, "eve", 2, PlayTime(0));
        // Each is gone after a second, and there are never half as many as the table holds.
        for n in 0..200_000_i64 {
            limits.spend_by("x", policy, &n, 1, PlayTime(n));
        }
        assert!(limits.spend_by("x", policy, "eve", 1, PlayTime(200_000)).retry_after.is_some());
    }

    #[test]
    fn the_twenty_first_socket_is_one_too_many() {
        let sockets = Sockets { per_address: 20, per_person: 2 };
        let limits = Limits::new(Allowances { sockets, ..Allowances::default() });
        let seats: Vec<Seat> = (0..20).map(|_| limits.seat_from("1.2.3.4").unwrap()).collect();
        let no = limits.seat_from("1.2.3.4").unwrap_err();
        assert_eq!((no.code, no.args["limit"].as_str()), (Code::TooManySockets, "20"));
        assert!(no.to_string().contains("20"), "{no}");
        let ana = PersonId(uuid::Uuid::from_u128(1));
        let _own = (limits.seat_of(ana).unwrap(), limits.seat_of(ana).unwrap());
        limits.seat_of(ana).unwrap_err();
        drop(seats);
        limits.seat_from("1.2.3.4").unwrap();
    }
}
