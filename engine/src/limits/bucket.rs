//! A token bucket: so many at once, and a steady stream for ever.

use super::{Allowance, Standing};
use crate::time::{Millis, PlayTime};

/// One point, in the grains that are counted. A bucket that regains n points a minute regains n grains a millisecond, so
/// steps of any size add up without a remainder.
const POINT: i64 = 60_000;

/// A bucket of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    burst: u32,
    per_minute: u32,
    /// Grains.
    left: i64,
    at: PlayTime,
}

impl Bucket {
    /// A full one. A burst and a stream of zero count as one: what is never let through is not a limit.
    pub fn new(allowance: Allowance, now: PlayTime) -> Self {
        let (burst, per_minute) = (allowance.burst.max(1), allowance.per_minute.max(1));
        Self { burst, per_minute, left: i64::from(burst) * POINT, at: now }
    }

    fn full(&self) -> i64 {
        i64::from(self.burst) * POINT
    }

    fn left_at(&self, now: PlayTime) -> i64 {
        let gained = (now - self.at).0.max(0).saturating_mul(i64::from(self.per_minute));
        self.left.saturating_add(gained).min(self.full())
    }

    /// How long until `missing` grains more are there, rounded up.
    fn wait(&self, missing: i64) -> Millis {
        let rate = i64::from(self.per_minute);
        Millis(missing.saturating_add(rate - 1) / rate)
    }

    /// Takes `cost` points, all or none. What costs more than a full bucket costs a full bucket.
    pub fn spend(&mut self, cost: u32, now: PlayTime) -> Standing {
        self.left = self.left_at(now);
        self.at = self.at.max(now);
        let cost = i64::from(cost.min(self.burst)) * POINT;
        let retry_after = (self.left < cost).then(|| self.wait(cost - self.left));
        if retry_after.is_none() {
            self.left -= cost;
        }
        Standing {
            limit: self.burst,
            remaining: u32::try_from(self.left / POINT).unwrap_or(0),
            reset: self.wait(self.full() - self.left),
            retry_after,
        }
    }

    /// Takes `cost` points that are gone already, also where there are none: a debt of a full bucket at most.
    pub fn owe(&mut self, cost: u32, now: PlayTime) {
        self.left = (self.left_at(now) - i64::from(cost.min(self.burst)) * POINT).max(-self.full());
        self.at = self.at.max(now);
    }

    /// Gives points back, up to a full bucket.
    pub fn refund(&mut self, points: u32, now: PlayTime) {
        self.left = self.left_at(now).saturating_add(i64::from(points) * POINT).min(self.full());
        self.at = self.at.max(now);
    }

    /// Whether it is full.
    pub fn is_as_new(&self, now: PlayTime) -> bool {
        self.left_at(now) >= self.full()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ten_a_minute() -> Bucket {
        Bucket::new(Allowance { burst: 10, per_minute: 10 }, PlayTime(0))
    }

    #[test]
    fn small_steps_add_up() {
        let mut bucket = ten_a_minute();
        for _ in 0..10 {
            assert_eq!(bucket.spend(1, PlayTime(0)).retry_after, None);
        }
        // Ten a minute is one in six seconds, asked for every seven milliseconds.
        let first = (1..1_000).map(|n| n * 7).find(|ms| bucket.spend(1, PlayTime(*ms)).retry_after.is_none());
        assert_eq!(first, Some(6_006));
    }

    #[test]
    fn a_dear_call_takes_more_and_one_dearer_than_the_whole_takes_the_whole() {
        let mut bucket = ten_a_minute();
        let standing = bucket.spend(7, PlayTime(0));
        assert_eq!((standing.limit, standing.remaining, standing.reset), (10, 3, Millis::seconds(42)));
        let standing = bucket.spend(7, PlayTime(0));
        assert_eq!((standing.remaining, standing.retry_after), (3, Some(Millis::seconds(24))));
        assert_eq!(bucket.spend(99, PlayTime(0)).retry_after, Some(Millis::seconds(42)));
        assert_eq!(bucket.spend(99, PlayTime(42_000)).retry_after, None);
    }

    #[test]
    fn a_clock_that_stands_or_goes_back_gives_nothing() {
        let mut bucket = Bucket::new(Allowance { burst: 1, per_minute: 60 }, PlayTime(10_000));
        assert_eq!(bucket.spend(1, PlayTime(10_000)).retry_after, None);
        assert_eq!(bucket.spend(1, PlayTime(0)).retry_after, Some(Millis(1_000)));
        assert_eq!(bucket.spend(1, PlayTime(10_999)).retry_after, Some(Millis(1)));
        assert_eq!(bucket.spend(1, PlayTime(11_000)).retry_after, None);
    }

    #[test]
    fn what_is_owed_is_paid_back_before_anything_can_be_taken_again() {
        let mut bucket = ten_a_minute();
        bucket.owe(11, PlayTime(0));
        bucket.owe(2, PlayTime(0));
        let standing = bucket.spend(1, PlayTime(0));
        assert_eq!((standing.remaining, standing.retry_after), (0, Some(Millis::seconds(18))));
        bucket.refund(3, PlayTime(0));
        assert_eq!(bucket.spend(1, PlayTime(0)).retry_after, None);
        for _ in 0..100 {
            bucket.owe(10, PlayTime(0));
        }
        assert_eq!(bucket.spend(1, PlayTime(0)).retry_after, Some(Millis::seconds(66)), "no more than twice as long");
    }

    #[test]
    fn numbers_that_make_no_sense_harm_nothing() {
        let mut none = Bucket::new(Allowance { burst: 0, per_minute: 0 }, PlayTime(0));
        assert_eq!(none.spend(1, PlayTime(0)).retry_after, None);
        assert_eq!(none.spend(1, PlayTime(0)).retry_after, Some(Millis::seconds(60)));
        let mut all = Bucket::new(Allowance { burst: u32::MAX, per_minute: u32::MAX }, PlayTime(i64::MIN));
        assert_eq!(all.spend(u32::MAX, PlayTime(i64::MIN)).remaining, 0);
        all.refund(u32::MAX, PlayTime(i64::MAX));
        assert!(all.is_as_new(PlayTime(i64::MAX)));
    }
}
