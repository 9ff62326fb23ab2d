//! Chats in which an answer is about to become the card, so that two who ask at once get one.

use dashmap::DashSet;
use engine::records::PlaceId;
use tokio::sync::Notify;

/// The chats where that is so at this moment.
#[derive(Default)]
pub(super) struct Posting {
    places: DashSet<PlaceId>,
    over: Notify,
}

/// Held while a card is posted.
pub(super) struct Posted<'a> {
    posting: &'a Posting,
    place: &'a PlaceId,
}

impl Posting {
    /// Nothing where somebody else posts one there.
    pub(super) fn begin<'a>(&'a self, place: &'a PlaceId) -> Option<Posted<'a>> {
        self.places.insert(place.clone()).then_some(Posted { posting: self, place })
    }

    /// Waits until nobody posts one there.
    pub(super) async fn over(&self, place: &PlaceId) {
        loop {
            let mut over = std::pin::pin!(self.over.notified());
            // From here on nothing is missed, so that what comes between the look and the wait is no loss.
            over.as_mut().enable();
            if !self.places.contains(place) {
                return;
            }
            over.await;
        }
    }
}

impl Drop for Posted<'_> {
    fn drop(&mut self) {
        self.posting.places.remove(self.place);
        self.posting.over.notify_waiters();
    }
}
