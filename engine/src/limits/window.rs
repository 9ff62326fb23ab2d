//! A fixed window of points: it begins with the first point that is taken, and who asks for too much may be kept out for a
//! while of its own. This is how OpenTogetherTube counts.

use super::Standing;
use crate::time::{Millis, PlayTime};

/// So many points in so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Points {
    /// How many.
    pub points: u32,
    /// For how long they are counted; at least a millisecond.
    pub per: Millis,
}

/// A window of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    points: Points,
    block: Millis,
    used: u32,
    /// When all that was counted is forgotten: the end of the window, or of the block.
    ends: PlayTime,
    blocked: bool,
}

impl Window {
    /// One that has not begun.
    pub fn new(points: Points, block: Millis, now: PlayTime) -> Self {
        Self { points, block, used: 0, ends: now, blocked: false }
    }

    /// Takes `cost` points, all or none. More than there are begins the block, where there is one; what is asked for
    /// during a block does not make it longer.
    pub fn spend(&mut self, cost: u32, now: PlayTime) -> Standing {
        if now >= self.ends {
            (self.used, self.blocked) = (0, false);
        }
        let (limit, used) = (self.points.points, self.used.saturating_add(cost));
        let refused = self.blocked || used > limit;
        if !refused && self.used == 0 && cost > 0 {
            self.ends = now + Millis(self.points.per.0.max(1));
        }
        if !refused {
            self.used = used;
        } else if !self.blocked && self.block.0 > 0 {
            self.blocked = true;
            self.ends = now + self.block;
        }
        let reset = Millis((self.ends - now).0.max(0));
        Standing {
            limit,
            remaining: if self.blocked { 0 } else { limit.saturating_sub(self.used) },
            reset,
            // A call that is dearer than all points together is refused in a window that has not begun, too.
            retry_after: refused.then(|| if reset.0 > 0 { reset } else { Millis(self.points.per.0.max(1)) }),
        }
    }

    /// Gives points back. A block goes on: it is for having asked too much.
    pub fn refund(&mut self, points: u32, now: PlayTime) {
        if now < self.ends {
            self.used = self.used.saturating_sub(points);
        }
    }

    /// Whether the window, or the block, is over.
    pub fn is_as_new(&self, now: PlayTime) -> bool {
        now >= self.ends
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OpenTogetherTube's: 1000 points an hour, then nothing for two minutes, then anew.
    fn hour(block: i64) -> Window {
        Window::new(Points { points: 1_000, per: Millis::seconds(3_600) }, Millis::seconds(block), PlayTime(0))
    }

    fn at(seconds: i64) -> PlayTime {
        PlayTime(seconds * 1_000)
    }

    #[test]
    fn who_takes_more_than_there_is_waits_two_minutes_and_begins_anew() {
        let mut window = hour(120);
        let first = window.spend(900, at(10));
        assert_eq!((first.limit, first.remaining, first.reset), (1_000, 100, Millis::seconds(3_600)));
        let no = window.spend(200, at(70));
        assert_eq!((no.remaining, no.reset, no.retry_after), (0, Millis::seconds(120), Some(Millis::seconds(120))));
        let no = window.spend(1, at(130));
        assert_eq!(no.retry_after, Some(Millis::seconds(60)), "asking meanwhile makes it no longer");
        let anew = window.spend(200, at(190));
        assert_eq!((anew.remaining, anew.retry_after, anew.reset), (800, None, Millis::seconds(3_600)));
    }

    #[test]
    fn without_a_block_the_window_is_waited_for_and_cheap_calls_still_fit() {
        let mut window = hour(0);
        window.spend(990, at(0));
        assert_eq!(window.spend(50, at(600)).retry_after, Some(Millis::seconds(3_000)));
        assert_eq!(window.spend(10, at(601)).retry_after, None);
        assert_eq!(window.spend(1, at(3_599)).retry_after, Some(Millis::seconds(1)));
        assert_eq!(window.spend(1, at(3_600)).remaining, 999);
    }

    #[test]
    fn what_is_given_back_can_be_spent_again_and_ends_no_block() {
        let mut window = hour(120);
        window.spend(1_000, at(0));
        window.refund(100, at(1));
        assert_eq!(window.spend(100, at(2)).remaining, 0);
        window.spend(1, at(3));
        window.refund(5_000, at(4));
        assert_eq!(window.spend(1, at(5)).retry_after, Some(Millis::seconds(118)));
    }

    #[test]
    fn a_look_begins_no_window_and_the_impossible_says_when_to_ask_again() {
        let mut window = hour(0);
        assert_eq!(window.spend(0, at(5)).reset, Millis::ZERO);
        assert!(window.is_as_new(at(5)));
        assert_eq!(window.spend(1_001, at(5)).retry_after, Some(Millis::seconds(3_600)));
        let mut odd = Window::new(Points { points: 0, per: Millis(-5) }, Millis(-5), at(0));
        assert_eq!(odd.spend(1, at(0)).retry_after, Some(Millis(1)));
    }
}
