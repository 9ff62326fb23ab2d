//! How the bots' lines to their platforms stand, for who runs the server.

use std::sync::atomic::{AtomicU8, Ordering};

/// How a bot's line to its platform stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// There is no such bot.
    Off,
    /// It was not there yet.
    Starting,
    /// It is there.
    Up,
    /// The platform does not answer; it is asked again until it does.
    Down,
    /// It is gone until the next start: only the person who runs the server can change that.
    Ended,
    /// Another node has it.
    Elsewhere,
}

/// All there are, in the order of their numbers.
const ALL: [Standing; 6] =
    [Standing::Off, Standing::Starting, Standing::Up, Standing::Down, Standing::Ended, Standing::Elsewhere];

/// A standing that is changed and read without waiting.
#[derive(Debug, Default)]
pub(crate) struct Stands(AtomicU8);

impl Stands {
    pub(crate) fn set(&self, standing: Standing) {
        self.0.store(standing as u8, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> Standing {
        ALL.get(usize::from(self.0.load(Ordering::Relaxed))).copied().unwrap_or(Standing::Off)
    }
}
