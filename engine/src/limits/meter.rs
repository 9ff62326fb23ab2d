//! How something is counted: three kinds of meter behind one face, so that a door can keep the rule its clients know.
//!
//! Pure: the present is an argument. [`bucket`](super::bucket), [`window`](super::window) and
//! [`sliding`](super::sliding) hold the arithmetic, [`Limits`](super::Limits) the table of meters.

use super::{
    Allowance,
    bucket::Bucket,
    sliding::Sliding,
    window::{Points, Window},
};
use crate::time::{Millis, PlayTime};

/// How much, and how it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// So many at once, and a steady stream for ever.
    Bucket(Allowance),
    /// So many points from the first one on, then none until the window ends; or, where it blocks, for as long as it
    /// blocks, and then anew.
    Window {
        /// How many, and for how long they are counted.
        points: Points,
        /// How long who asks for more gets nothing. Zero: until the window ends.
        block: Millis,
    },
    /// So many points in any stretch of time, as told from two fixed windows: the last one counts by the part of it that
    /// is not past yet.
    Sliding(Points),
}

/// What was counted for one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meter {
    /// See [`Policy::Bucket`].
    Bucket(Bucket),
    /// See [`Policy::Window`].
    Window(Window),
    /// See [`Policy::Sliding`].
    Sliding(Sliding),
}

/// Where somebody stands: all that a door prints in headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// How many points there are at most.
    pub limit: u32,
    /// How many are left now.
    pub remaining: u32,
    /// How long until it is better: a bucket is full, a window ends, a block is over. Zero where all is there already.
    pub reset: Millis,
    /// Refused, and how long until the same would be let through; at least one millisecond.
    pub retry_after: Option<Millis>,
}

impl Policy {
    /// A meter on which nothing was counted yet.
    pub fn meter(self, now: PlayTime) -> Meter {
        match self {
            Self::Bucket(allowance) => Meter::Bucket(Bucket::new(allowance, now)),
            Self::Window { points, block } => Meter::Window(Window::new(points, block, now)),
            Self::Sliding(points) => Meter::Sliding(Sliding::new(points, now)),
        }
    }
}

impl Meter {
    /// Takes `cost` points, all or none. A cost of zero only looks.
    pub fn spend(&mut self, cost: u32, now: PlayTime) -> Standing {
        match self {
            Self::Bucket(bucket) => bucket.spend(cost, now),
            Self::Window(window) => window.spend(cost, now),
            Self::Sliding(sliding) => sliding.spend(cost, now),
        }
    }

    /// Takes points that are gone already, whether they were there or not. Nobody else counts what a window counts.
    pub fn owe(&mut self, cost: u32, now: PlayTime) {
        match self {
            Self::Bucket(bucket) => bucket.owe(cost, now),
            Self::Window(_) | Self::Sliding(_) => {}
        }
    }

    /// Gives points back. Never more than were taken.
    pub fn refund(&mut self, points: u32, now: PlayTime) {
        match self {
            Self::Bucket(bucket) => bucket.refund(points, now),
            Self::Window(window) => window.refund(points, now),
            Self::Sliding(sliding) => sliding.refund(points, now),
        }
    }

    /// Whether it says no more than a new one would.
    pub fn is_as_new(&self, now: PlayTime) -> bool {
        match self {
            Self::Bucket(bucket) => bucket.is_as_new(now),
            Self::Window(window) => window.is_as_new(now),
            Self::Sliding(sliding) => sliding.is_as_new(now),
        }
    }
}
