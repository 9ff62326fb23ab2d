//! Time as an argument.
//!
//! Two clocks that never meet: [`PlayTime`] moves playback and only ever goes forward, [`WallTime`] is what people read
//! on a wall and what schedules are written in. A jump of the wall clock moves no film.
//!
//! Only [`Clock`] reads the machine's clocks; everything below `rooms` gets a [`Now`].

use std::{
    ops::{Add, Sub},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};

/// A moment on the playback clock, in milliseconds.
///
/// It starts at the wall time of the process' start, so that it reads like Unix milliseconds, and from there on follows
/// the monotonic clock. It is the `s` and `at` of the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlayTime(pub i64);

/// A moment on the wall clock, in Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WallTime(pub i64);

/// A length of time or a position in a film, in milliseconds. Never negative where it is a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub i64);

/// The present, on both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// For playback and every timer of a room.
    pub play: PlayTime,
    /// For times that people see.
    pub wall: WallTime,
}

impl Add<Millis> for PlayTime {
    type Output = Self;
    fn add(self, rhs: Millis) -> Self {
        Self(self.0.saturating_add(rhs.0))
    }
}

impl Sub for PlayTime {
    type Output = Millis;
    fn sub(self, rhs: Self) -> Millis {
        Millis(self.0.saturating_sub(rhs.0))
    }
}

impl Sub for WallTime {
    type Output = Millis;
    fn sub(self, rhs: Self) -> Millis {
        Millis(self.0.saturating_sub(rhs.0))
    }
}

impl Add<Millis> for WallTime {
    type Output = Self;
    fn add(self, rhs: Millis) -> Self {
        Self(self.0.saturating_add(rhs.0))
    }
}

impl Add for Millis {
    type Output = Self;
    fn add(self, rhs: Self) -> Self {
        Self(self.0.saturating_add(rhs.0))
    }
}

impl Millis {
    /// The beginning of a film.
    pub const ZERO: Self = Self(0);

    /// Whole seconds as milliseconds.
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// As a [`Duration`]; what is negative becomes zero.
    pub fn duration(self) -> Duration {
        Duration::from_millis(self.0.max(0).unsigned_abs())
    }
}

/// The machine's clocks, handed to whoever runs rooms.
///
/// Built on tokio's clock, so that a test that pauses tokio's time owns this one too.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    origin: tokio::time::Instant,
    started: WallTime,
}

impl Clock {
    /// A clock whose playback time starts at the present wall time.
    pub fn start() -> Self {
        Self { origin: tokio::time::Instant::now(), started: wall() }
    }

    /// When it was started.
    pub fn started(&self) -> WallTime {
        self.started
    }

    /// The present.
    pub fn now(&self) -> Now {
        Now { play: self.play_time(), wall: wall() }
    }

    /// The present on the playback clock alone, which is cheaper: what a pong is stamped with.
    pub fn play_time(&self) -> PlayTime {
        let elapsed = i64::try_from(self.origin.elapsed().as_millis()).unwrap_or(i64::MAX);
        PlayTime(self.started.0.saturating_add(elapsed))
    }

    /// The instant at which the playback clock will read `at`; the present where that is past.
    pub fn instant_of(&self, at: PlayTime) -> tokio::time::Instant {
        self.origin + Millis(at.0.saturating_sub(self.started.0)).duration()
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place of the engine that reads the wall clock")]
fn wall() -> WallTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    WallTime(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
