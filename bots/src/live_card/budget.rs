//! How often a card may be drawn: pure arithmetic, the present is an argument.

use std::{collections::VecDeque, time::Duration};

use engine::time::{Millis, PlayTime};

/// What a platform allows per chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// At least so long between two drawings.
    pub between: Millis,
    /// At most so many in any minute; at least 1.
    pub per_minute: usize,
}

impl Pace {
    /// Telegram: groups take some 20 messages and edits a minute, and half of that is left for answers.
    pub const TELEGRAM: Self = Self { between: Millis::seconds(4), per_minute: 10 };
    /// Discord: what its headers say beyond that is for the screen to obey.
    pub const DISCORD: Self = Self { between: Millis::seconds(2), per_minute: 30 };
}

/// What is left of a pace in one chat.
#[derive(Debug, Clone)]
pub struct Budget {
    pace: Pace,
    /// The drawings of the last minute, oldest first; never more than the pace allows.
    spent: VecDeque<PlayTime>,
    /// Not before this, because the platform said so.
    held_until: Option<PlayTime>,
}

impl Budget {
    /// All of it.
    pub fn new(pace: Pace) -> Self {
        Self { pace, spent: VecDeque::new(), held_until: None }
    }

    /// When the next drawing may be; a moment in the past means now.
    pub fn next(&self) -> PlayTime {
        let after_last = self.spent.back().map(|last| *last + self.pace.between);
        let minute = (self.spent.len() >= self.pace.per_minute).then(|| self.spent.front()).flatten();
        let after_minute = minute.map(|first| *first + Millis::seconds(60));
        [after_last, after_minute, self.held_until].into_iter().flatten().max().unwrap_or(PlayTime(i64::MIN))
    }

    /// One was drawn, or tried.
    pub fn spend(&mut self, now: PlayTime) {
        self.spent.push_back(now);
        while self.spent.len() > self.pace.per_minute.max(1) {
            self.spent.pop_front();
        }
    }

    /// The platform asks for quiet; a shorter wish never takes back a longer one.
    pub fn hold(&mut self, now: PlayTime, wait: Duration) {
        let until = now + Millis(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
        self.held_until = self.held_until.max(Some(until));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws whenever it may, from `from` until before `to`; when it drew.
    fn draw_all(budget: &mut Budget, from: i64, to: i64) -> Vec<i64> {
        let mut drawn = Vec::new();
        let mut now = from;
        while now < to {
            now = now.max(budget.next().0);
            if now >= to {
                break;
            }
            budget.spend(PlayTime(now));
            drawn.push(now);
        }
        drawn
    }

    #[test]
    fn the_first_change_is_drawn_at_once() {
        assert!(Budget::new(Pace::TELEGRAM).next() <= PlayTime(0));
    }

    #[test]
    fn a_card_that_changes_all_the_time_stays_within_what_telegram_allows() {
        let drawn = draw_all(&mut Budget::new(Pace::TELEGRAM), 0, 600_000);
        assert!(drawn.windows(2).all(|two| two[1] - two[0] >= 4_000), "{drawn:?}");
        for start in &drawn {
            let minute = drawn.iter().filter(|at| (*start..start + 60_000).contains(at)).count();
            assert!(minute <= 10, "{minute} drawings in the minute from {start}");
        }
        // And it is used, not merely kept to.
        assert_eq!(drawn.len(), 100);
    }

    #[test]
    fn a_platform_that_asks_for_quiet_gets_it() {
        let mut budget = Budget::new(Pace::TELEGRAM);
        budget.spend(PlayTime(0));
        budget.hold(PlayTime(100), Duration::from_secs(30));
        budget.hold(PlayTime(200), Duration::from_secs(1));
        assert_eq!(budget.next(), PlayTime(30_100));
    }
}
