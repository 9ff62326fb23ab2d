//! Time as an argument.
//!
//! Two clocks that never meet: [`PlayTime`] moves playback and only ever goes forward, [`WallTime`] is what people read
//! on a wall and what schedules are written in. A jump of the wall clock moves no film.
//!
//! Only [`Clock`] reads the machine's clocks; everything below `rooms` gets a [`Now`].

use std::{
    ops::{Add, Sub},
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use arc_swap::ArcSwap;
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
    /// How far it is led away from its own pace; none for a process that is alone. For as long as the process: a clock is copied
    /// everywhere and kept by nobody in particular.
    led: Option<&'static ArcSwap<Slew>>,
}

/// A correction under way.
#[derive(Debug, Clone, Copy)]
struct Slew {
    /// By how much it was led away when this began, in ms.
    from: i64,
    /// By how much it is to be.
    to: i64,
    /// When this began, in ms since the clock's origin.
    since: i64,
}

/// So many milliseconds a clock goes on by itself while it is led one: nobody sees a film run by a thousandth slower or faster.
const PACE: i64 = 1_000;

impl Slew {
    /// By how much the clock is led away, so long after its origin.
    fn at(self, elapsed: i64) -> i64 {
        let most = (elapsed - self.since).max(0) / PACE;
        self.from + (self.to - self.from).clamp(-most, most)
    }
}

impl Clock {
    /// A clock whose playback time starts at the present wall time.
    pub fn start() -> Self {
        Self { origin: tokio::time::Instant::now(), started: wall(), led: None }
    }

    /// A clock whose playback time starts at a time that all nodes of a cluster know, and that may be
    /// [corrected](Self::correct): nodes read the same playback time to within milliseconds.
    pub fn start_at(wall: WallTime) -> Self {
        let led = ArcSwap::from_pointee(Slew { from: 0, to: 0, since: 0 });
        // One for each process.
        Self { origin: tokio::time::Instant::now(), started: wall, led: Some(Box::leak(Box::new(led))) }
    }

    /// Leads the playback clock so far forward, or back where it is negative, at one millisecond a second: it never goes back, nor
    /// jumps. What was still to be corrected is forgotten, for whoever measured found that too. Nothing for a clock that was not
    /// [started at](Self::start_at) a time that others know.
    pub fn correct(&self, by: Millis) {
        if let Some(led) = self.led {
            let since = self.elapsed();
            let from = led.load().at(since);
            led.store(Arc::new(Slew { from, to: from.saturating_add(by.0), since }));
        }
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
        let elapsed = self.elapsed();
        let led = self.led.map_or(0, |led| led.load().at(elapsed));
        PlayTime(self.started.0.saturating_add(elapsed).saturating_add(led))
    }

    /// The instant at which the playback clock will read `at`, as far as it is not led on until then; the present where that is
    /// past.
    pub fn instant_of(&self, at: PlayTime) -> tokio::time::Instant {
        let led = self.led.map_or(0, |led| led.load().at(self.elapsed()));
        self.origin + Millis(at.0.saturating_sub(self.started.0).saturating_sub(led)).duration()
    }

    fn elapsed(&self) -> i64 {
        i64::try_from(self.origin.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place of the engine that reads the wall clock")]
fn wall() -> WallTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    WallTime(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_clock_is_led_slowly_and_never_back() {
        let clock = Clock::start_at(WallTime(1_000_000));
        assert_eq!(clock.play_time(), PlayTime(1_000_000));
        for (by, after) in [(-5, 1_009_995), (20, 1_020_005), (-3, 1_030_002)] {
            clock.correct(Millis(by));
            let mut last = clock.play_time();
            for _ in 0..10_000 {
                tokio::time::advance(Duration::from_millis(1)).await;
                let now = clock.play_time();
                assert!((0..=2).contains(&(now - last).0), "{last:?} to {now:?}");
                last = now;
            }
            assert_eq!(last, PlayTime(after), "what was left of a correction is forgotten with the next");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_is_found_on_a_clock_that_was_led_away() {
        let clock = Clock::start_at(WallTime(0));
        clock.correct(Millis(-4));
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!(clock.play_time(), PlayTime(9_996));
        assert_eq!(clock.instant_of(PlayTime(10_996)), tokio::time::Instant::now() + Duration::from_secs(1));
    }
}
