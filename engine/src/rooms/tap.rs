//! Says which rooms had events, to whoever must read them from the journal: webhooks.
//!
//! Costs a room nothing as long as nobody wants to know of it or of its host. What waits is a set of rooms, so that it is
//! never longer than there are rooms, however slow the reader is.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::ids::{PersonId, RoomId};

/// Of which rooms somebody wants to know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// These.
    pub rooms: HashSet<RoomId>,
    /// All that these people host.
    pub hosts: HashSet<PersonId>,
}

impl Wanted {
    fn has(&self, room: RoomId, host: Option<PersonId>) -> bool {
        self.rooms.contains(&room) || host.is_some_and(|host| self.hosts.contains(&host))
    }
}

/// A room has events, and they are on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// Which.
    pub room: RoomId,
    /// Its host after them.
    pub host: Option<PersonId>,
    /// The number of the first of them.
    pub first: u64,
    /// The last of them ended the room: nothing of it is kept.
    pub gone: bool,
}

/// What rooms tell, and its one reader hears.
#[derive(Debug, Default)]
pub struct Tap {
    wanted: ArcSwap<Wanted>,
    /// What was not read yet, by room.
    waiting: Mutex<BTreeMap<RoomId, News>>,
    /// Something waits.
    some: Notify,
}

impl Tap {
    /// From now on these rooms are told, and no others.
    pub fn want(&self, wanted: Wanted) {
        self.wanted.store(wanted.into());
    }

    /// All that was told since the last time; waits for it.
    pub async fn next(&self) -> Vec<News> {
        loop {
            let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
            if !waiting.is_empty() {
                return waiting.into_values().collect();
            }
            self.some.notified().await;
        }
    }

    /// Whether anybody wants to know of a room.
    pub(super) fn wants(&self, room: RoomId, host: Option<PersonId>) -> bool {
        self.wanted.load().has(room, host)
    }

    /// Tells.
    pub(super) fn tell(&self, news: News) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let known = waiting.entry(news.room).or_insert(news);
        *known = News { first: known.first.min(news.first), gone: known.gone || news.gone, ..news };
        drop(waiting);
        self.some.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Entropy;

    #[tokio::test]
    async fn a_room_that_was_told_twice_is_read_once_from_its_first_event_on() {
        let (tap, room, host) = (Tap::default(), Entropy.room(), Entropy.person());
        assert!(!tap.wants(room, Some(host)));
        tap.want(Wanted { hosts: [host].into(), ..Wanted::default() });
        assert!(tap.wants(room, Some(host)) && !tap.wants(room, None));
        let news = |first, gone| News { room, host: Some(host), first, gone };
        for told in [news(7, false), news(9, true), news(10, false)] {
            tap.tell(told);
        }
        assert_eq!(tap.next().await, [news(7, true)]);
        tap.tell(news(11, false));
        assert_eq!(tap.next().await, [news(11, false)]);
    }
}
