//! A sliding window, told from two fixed ones: the last one counts by the part of it that is not past yet. This is how
//! Clipper counts.

use super::{Standing, window::Points};
use crate::time::{Millis, PlayTime};

/// A sliding window of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sliding {
    points: Points,
    /// Beginning of the present fixed window. They lie alike for all keys, at multiples of their length.
    begins: PlayTime,
    /// Taken in the window before.
    before: u32,
    /// Taken in the present window.
    used: u32,
}

impl Sliding {
    /// One in which nothing was taken yet.
    pub fn new(points: Points, now: PlayTime) -> Self {
        let mut new = Self { points, begins: PlayTime(0), before: 0, used: 0 };
        new.begins = new.begin_of(now);
        new
    }

    fn per(&self) -> i64 {
        self.points.per.0.max(1)
    }

    fn begin_of(&self, now: PlayTime) -> PlayTime {
        PlayTime(now.0.saturating_sub(now.0.rem_euclid(self.per())))
    }

    /// The same, with the windows that `now` lies in. Time that goes back stays where it was.
    fn at(mut self, now: PlayTime) -> Self {
        let begins = self.begin_of(now);
        if begins > self.begins {
            let next = (begins - self.begins).0 == self.per();
            self.before = if next { self.used } else { 0 };
            (self.used, self.begins) = (0, begins);
        }
        self
    }

    /// Takes `cost` points, all or none.
    pub fn spend(&mut self, cost: u32, now: PlayTime) -> Standing {
        *self = self.at(now);
        let (limit, per) = (i128::from(self.points.points), i128::from(self.per()));
        let past = i128::from((now - self.begins).0.max(0));
        // In points · milliseconds, so that nothing is rounded.
        let counted = i128::from(self.before) * (per - past) + i128::from(self.used) * per;
        let refused = counted + i128::from(cost) * per > limit * per;
        let retry_after = refused.then(|| self.wait(cost, past));
        let counted = if refused { counted } else { counted + i128::from(cost) * per };
        if !refused {
            self.used = self.used.saturating_add(cost);
        }
        let remaining = ((limit * per - counted) / per).max(0);
        let idle = self.used == 0 && self.before == 0;
        Standing {
            limit: self.points.points,
            remaining: u32::try_from(remaining).unwrap_or(u32::MAX),
            reset: if idle { Millis::ZERO } else { millis(per - past) },
            retry_after,
        }
    }

    /// How long until `cost` fits: when enough of the last window is past, else when enough of this one is.
    fn wait(&self, cost: u32, past: i128) -> Millis {
        let (limit, per) = (i128::from(self.points.points), i128::from(self.per()));
        // Of a window that counts `taken`, how far into the next one one must be until it leaves `room` points free.
        let fits = |taken: u32, room: i128| {
            let taken = i128::from(taken);
            if room < 0 {
                None
            } else if taken == 0 {
                Some(0)
            } else {
                Some((per - room * per / taken).max(0))
            }
        };
        let free = limit - i128::from(cost);
        let here = fits(self.before, free - i128::from(self.used)).map(|at| at - past);
        let wait = match here {
            Some(wait) => wait,
            None => per - past + fits(self.used, free).unwrap_or(per),
        };
        millis(wait.max(1))
    }

    /// Gives back points that were taken in the present window.
    pub fn refund(&mut self, points: u32, now: PlayTime) {
        *self = self.at(now);
        self.used = self.used.saturating_sub(points);
    }

    /// Whether both windows are past.
    pub fn is_as_new(&self, now: PlayTime) -> bool {
        let now = self.at(now);
        now.before == 0 && now.used == 0
    }
}

fn millis(long: i128) -> Millis {
    Millis(i64::try_from(long).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Clipper's chat: ten a minute.
    fn ten_a_minute() -> Sliding {
        Sliding::new(Points { points: 10, per: Millis::seconds(60) }, PlayTime(0))
    }

    #[test]
    fn the_last_minute_counts_by_the_part_that_is_not_past() {
        let mut sliding = ten_a_minute();
        for left in (0..10).rev() {
            assert_eq!(sliding.spend(1, PlayTime(59_000)).remaining, left);
        }
        let no = sliding.spend(1, PlayTime(59_500));
        // A tenth of the next minute must be past until nine of ten count.
        assert_eq!((no.remaining, no.reset, no.retry_after), (0, Millis(500), Some(Millis(6_500))));
        assert_eq!(sliding.spend(1, PlayTime(65_999)).retry_after, Some(Millis(1)));
        assert_eq!(sliding.spend(1, PlayTime(66_000)).retry_after, None);
        let half = sliding.spend(0, PlayTime(90_000));
        assert_eq!(half.remaining, 4, "five of the ten, and the one of this minute");
    }

    #[test]
    fn who_is_told_to_wait_is_let_through_then_and_not_before() {
        for (before, used, cost, past) in [(10, 0, 1, 0), (3, 9, 2, 100), (7, 4, 5, 30_000), (0, 10, 10, 59_999)] {
            let mut sliding = Sliding { before, used, ..ten_a_minute() };
            let Millis(wait) = sliding.spend(cost, PlayTime(past)).retry_after.unwrap();
            assert!(sliding.spend(cost, PlayTime(past + wait - 1)).retry_after.is_some(), "{before} {used} {cost}");
            assert_eq!(sliding.spend(cost, PlayTime(past + wait)).retry_after, None, "{before} {used} {cost}");
        }
    }

    #[test]
    fn two_minutes_later_nothing_is_remembered() {
        let mut sliding = ten_a_minute();
        sliding.spend(10, PlayTime(30_000));
        assert!(!sliding.is_as_new(PlayTime(119_999)));
        assert!(sliding.is_as_new(PlayTime(120_000)));
        assert_eq!(sliding.spend(10, PlayTime(120_000)).remaining, 0);
    }

    #[test]
    fn what_is_given_back_can_be_spent_again_and_the_impossible_is_refused_for_ever() {
        let mut sliding = ten_a_minute();
        sliding.spend(10, PlayTime(0));
        sliding.refund(4, PlayTime(1));
        assert_eq!(sliding.spend(4, PlayTime(2)).remaining, 0);
        assert!(sliding.spend(11, PlayTime(1_000_000)).retry_after.is_some());
        let mut odd = Sliding::new(Points { points: u32::MAX, per: Millis(i64::MAX) }, PlayTime(i64::MAX));
        odd.spend(u32::MAX, PlayTime(i64::MAX));
        assert!(odd.spend(u32::MAX, PlayTime(i64::MIN)).retry_after.is_some());
    }
}
