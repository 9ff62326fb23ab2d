//! How much stands below a card.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering::Relaxed};

use engine::records::{PlaceId, Platform};

/// A card with more than so many messages below it is out of sight.
const BURIED: u32 = 10;
/// Telegram's larger groups, whose chats are below this, number their messages one by one. In small groups all chats of the
/// bot share the numbers.
const SUPERGROUPS: i64 = -1_000_000_000_000;

/// What was posted in a chat since its card.
#[derive(Debug, Default)]
pub(super) struct Below {
    /// How many messages we were told of.
    told: AtomicU32,
    /// The number of the last one.
    last: AtomicI64,
}

impl Below {
    /// One more.
    pub(super) fn passed(&self, message: i64) {
        // A count that has said enough need not grow for ever.
        if self.told.load(Relaxed) <= BURIED {
            self.told.fetch_add(1, Relaxed);
        }
        self.last.fetch_max(message, Relaxed);
    }

    /// There is a new card.
    pub(super) fn clear(&self) {
        self.told.store(0, Relaxed);
        self.last.store(0, Relaxed);
    }

    /// Whether a card of this number is out of sight. Where messages are numbered one by one, those count that the
    /// platform does not let the bot read.
    pub(super) fn buries(&self, place: &PlaceId, card: i64) -> bool {
        let numbered = place.platform == Platform::Telegram && place.chat < SUPERGROUPS;
        let by_number = numbered && self.last.load(Relaxed).saturating_sub(card) > i64::from(BURIED);
        by_number || self.told.load(Relaxed) > BURIED
    }
}
