//! How many sockets are open at once, by whom and from where. Nothing is timed here: a seat is free when its socket ends.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How many sockets may be open at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sockets {
    /// From one address: generous, for a whole house or school may have one.
    pub per_address: u32,
    /// By one person, in all rooms together.
    pub per_person: u32,
}

impl Default for Sockets {
    fn default() -> Self {
        Self { per_address: 200, per_person: 50 }
    }
}

/// Who sits where: the sockets that are open, by the hash of whom they count for. As many entries as there are sockets at
/// most, and those are bounded by the listener.
#[derive(Debug, Default)]
pub(super) struct Seats(Mutex<HashMap<u64, u32>>);

/// A socket that is open. It counts until this is dropped.
#[derive(Debug)]
pub struct Seat {
    seats: Arc<Seats>,
    key: u64,
}

impl Seats {
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A seat, where fewer than `limit` are taken.
    pub(super) fn take(self: &Arc<Self>, key: u64, limit: u32) -> Option<Seat> {
        let mut open = self.lock();
        let taken = open.entry(key).or_default();
        if *taken >= limit.max(1) {
            return None;
        }
        *taken += 1;
        Some(Seat { seats: self.clone(), key })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Entry::Occupied(mut taken) = self.seats.lock().entry(self.key) {
            *taken.get_mut() -= 1;
            if *taken.get() == 0 {
                taken.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_free_again_when_its_socket_ends_and_nothing_is_left_behind() {
        let seats = Arc::new(Seats::default());
        let first = seats.take(1, 2).unwrap();
        let second = seats.take(1, 2).unwrap();
        assert!(seats.take(1, 2).is_none());
        let other = seats.take(2, 2).unwrap();
        drop(first);
        let third = seats.take(1, 2).unwrap();
        assert!(seats.take(1, 2).is_none());
        drop((second, third, other));
        assert!(seats.lock().is_empty());
    }
}
