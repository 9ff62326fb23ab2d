//! How much is too much: one limiter for all doors.
//!
//! A token bucket per rule and key. Pure: the present is an argument, and the keys' number is bounded.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    refusal::{Code, Refusal},
    time::{Millis, PlayTime},
};

/// How many keys are remembered. Past that those that are full again are forgotten, and where that is not enough, all:
/// under an attack from so many addresses a fresh start for everybody is the lesser evil.
const KEYS: usize = 100_000;

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// Frames of one socket, pings and reports among them.
    Frames,
    /// Commands of one connection or caller.
    Commands,
    /// Lines of chat of one person.
    Chat,
    /// Rooms made by one person or address.
    Rooms,
    /// Guests made from one address.
    Guests,
    /// Links looked at for one person or address.
    Links,
    /// Invites and codes that turned out wrong, from one address.
    WrongInvites,
    /// The same from all addresses together.
    WrongInvitesOfAll,
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
    /// See [`Rule::Chat`].
    pub chat: Allowance,
    /// See [`Rule::Rooms`].
    pub rooms: Allowance,
    /// See [`Rule::Guests`].
    pub guests: Allowance,
    /// See [`Rule::Links`].
    pub links: Allowance,
    /// See [`Rule::WrongInvites`].
    pub wrong_invites: Allowance,
    /// See [`Rule::WrongInvitesOfAll`].
    pub wrong_invites_of_all: Allowance,
}

impl Default for Allowances {
    fn default() -> Self {
        Self {
            frames: Allowance { burst: 200, per_minute: 3_000 },
            commands: Allowance { burst: 20, per_minute: 600 },
            chat: Allowance { burst: 5, per_minute: 60 },
            rooms: Allowance { burst: 10, per_minute: 10 },
            guests: Allowance { burst: 30, per_minute: 30 },
            links: Allowance { burst: 20, per_minute: 30 },
            wrong_invites: Allowance { burst: 10, per_minute: 10 },
            wrong_invites_of_all: Allowance { burst: 600, per_minute: 600 },
        }
    }
}

impl Allowances {
    fn of(&self, rule: Rule) -> Allowance {
        match rule {
            Rule::Frames => self.frames,
            Rule::Commands => self.commands,
            Rule::Chat => self.chat,
            Rule::Rooms => self.rooms,
            Rule::Guests => self.guests,
            Rule::Links => self.links,
            Rule::WrongInvites => self.wrong_invites,
            Rule::WrongInvitesOfAll => self.wrong_invites_of_all,
        }
    }
}

/// Counts what was taken. Shared by all doors.
#[derive(Debug)]
pub struct Limits {
    allowances: Allowances,
    /// Held for a look-up and a subtraction, never across an await.
    buckets: Mutex<HashMap<(Rule, Box<str>), Bucket>>,
}

/// What is left of an allowance, in milli-units so that small steps add up.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: i64,
    at: PlayTime,
}

impl Limits {
    /// Nothing taken yet.
    pub fn new(allowances: Allowances) -> Self {
        Self { allowances, buckets: Mutex::new(HashMap::new()) }
    }

    /// Takes one from what `key` may do, or says how long to wait.
    pub fn take(&self, rule: Rule, key: &str, now: PlayTime) -> Result<(), Refusal> {
        let wait = self.spend(rule, key, now);
        if wait.0 == 0 { Ok(()) } else { Err(slow_down(wait)) }
    }

    /// Gives one back that was taken for something which turned out to be fine.
    pub fn give_back(&self, rule: Rule, key: &str) {
        let full = i64::from(self.allowances.of(rule).burst.max(1)) * 1000;
        if let Some(bucket) = self.lock().get_mut(&(rule, key.into())) {
            bucket.left = (bucket.left + 1000).min(full);
        }
    }

    /// Forgets a key that will not come again.
    pub fn forget(&self, rule: Rule, key: &str) {
        self.lock().remove(&(rule, key.into()));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(Rule, Box<str>), Bucket>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Subtracts one; how long to wait where less than that is left.
    fn spend(&self, rule: Rule, key: &str, now: PlayTime) -> Millis {
        let Allowance { burst, per_minute } = self.allowances.of(rule);
        let full = i64::from(burst.max(1)) * 1000;
        let rate = i64::from(per_minute.max(1));
        let mut buckets = self.lock();
        if buckets.len() >= KEYS {
            // A bucket that would be full by now says nothing.
            buckets.retain(|(rule, _), bucket| {
                let Allowance { burst, per_minute } = self.allowances.of(*rule);
                let gained = (now - bucket.at).0.max(0).saturating_mul(i64::from(per_minute)) / 60;
                bucket.left.saturating_add(gained) < i64::from(burst) * 1000
            });
            if buckets.len() > KEYS / 2 {
                buckets.clear();
            }
        }
        let bucket = buckets.entry((rule, key.into())).or_insert(Bucket { left: full, at: now });
        // One unit is 1000 milli-units, so a minute regains rate · 1000: a millisecond rate / 60.
        let gained = (now - bucket.at).0.max(0).saturating_mul(rate) / 60;
        if gained > 0 {
            *bucket = Bucket { left: bucket.left.saturating_add(gained).min(full), at: now };
        }
        if bucket.left < 1000 {
            return Millis(((1000 - bucket.left) * 60 / rate).max(1));
        }
        bucket.left -= 1000;
        Millis::ZERO
    }
}

fn slow_down(wait: Millis) -> Refusal {
    Refusal::new(Code::SlowDown).with("seconds", (wait.0 + 999) / 1000).with("retry_after_ms", wait.0)
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
        limits.give_back(Rule::WrongInvites, "a");
        limits.take(Rule::WrongInvites, "a", PlayTime(0)).unwrap();
        limits.take(Rule::WrongInvites, "a", PlayTime(0)).unwrap_err();
    }

    #[test]
    fn a_million_addresses_leave_no_more_than_the_bound() {
        let limits = Limits::new(Allowances::default());
        for n in 0..300_000 {
            let _ = limits.take(Rule::Guests, &n.to_string(), PlayTime(n / 100));
        }
        assert!(limits.lock().len() <= KEYS);
    }

    #[test]
    fn small_steps_add_up() {
        let limits = Limits::new(Allowances::default());
        for _ in 0..10 {
            limits.take(Rule::WrongInvites, "a", PlayTime(0)).unwrap();
        }
        // Ten a minute is one in six seconds, asked for every millisecond.
        let first = (1..=7_000).find(|ms| limits.take(Rule::WrongInvites, "a", PlayTime(*ms)).is_ok());
        assert_eq!(first, Some(6_000));
    }
}
