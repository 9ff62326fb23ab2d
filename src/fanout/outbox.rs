//! What waits to be written to one socket: bounded, so that a slow reader hurts only itself.

use std::{
    net::IpAddr,
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use engine::event::Out;
use tokio::sync::Notify;

use crate::websocket::{Packet, Packets};

/// How many frames may wait.
const FRAMES: usize = 64;
/// After how many rounds of silence a socket is pinged: 25 s of the usual minute.
const PING_AFTER: u32 = 5;
/// After how many rounds of silence a socket is dead.
pub(super) const DEAD_AFTER: u32 = 12;

/// One socket's outbox.
#[derive(Debug, Default)]
pub struct Outbox {
    /// Held for a push or a swap, never across an await.
    waiting: Mutex<Waiting>,
    wake: Notify,
    /// Rounds of the shared timer since something was read from the socket.
    silent: AtomicU32,
    /// The room's hub ended.
    ended: AtomicBool,
    /// Its person must go.
    out: OnceLock<Out>,
    /// Where it comes from, where that is known.
    from: Option<IpAddr>,
}

#[derive(Debug, Default)]
struct Waiting {
    frames: Packets,
    /// How well the reader follows.
    reader: Reader,
    /// What the shared timer asks for.
    round: Option<Round>,
}

/// How well a reader follows.
#[derive(Debug, Default, PartialEq, Eq)]
enum Reader {
    #[default]
    Follows,
    /// Frames were dropped: the whole room comes before anything else.
    Lost,
    /// Frames were dropped again before it took that.
    Hopeless,
}

/// What the shared timer asks for.
#[derive(Debug, PartialEq, Eq)]
enum Round {
    Ping,
    Dead,
}

/// What is to be done for a socket next.
#[derive(Debug, PartialEq, Eq)]
pub enum Parcel {
    /// Write those that were handed over, in order, at once.
    Frames,
    /// Write the whole room: what waited is gone.
    Snapshot,
    /// Ask whether anybody is there.
    Ping,
    /// Close: too slow twice.
    TooSlow,
    /// Close: nothing was heard for too long.
    Dead,
    /// Close: the room ended.
    Ended,
    /// Close: the person must go. What they were still told was written.
    Out(Out),
}

impl Outbox {
    /// An empty one, of a socket that comes from there.
    pub fn of(from: Option<IpAddr>) -> Self {
        Self { from, ..Self::default() }
    }

    /// Where its socket comes from, where that is known.
    pub fn from(&self) -> Option<IpAddr> {
        self.from
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a frame behind those that wait. An overflow empties the outbox and asks for one snapshot; a second one before
    /// that is taken ends the socket.
    pub fn push(&self, frame: &Packet) {
        let mut waiting = self.lock();
        if waiting.frames.len() >= FRAMES {
            waiting.frames.clear();
            waiting.reader = if waiting.reader == Reader::Follows { Reader::Lost } else { Reader::Hopeless };
            metrics::counter!("onecouch_outbox_overflows_total").increment(1);
        }
        waiting.frames.push(frame.clone());
        drop(waiting);
        self.wake.notify_one();
    }

    /// Everything that was told is void: the whole room comes next.
    pub fn lose(&self) {
        let mut waiting = self.lock();
        waiting.frames.clear();
        waiting.reader = Reader::Lost;
        drop(waiting);
        self.wake.notify_one();
    }

    /// Waits for something to do. Frames are put into `into`, which is empty, and what it can hold is used for those that come
    /// next.
    pub async fn next(&self, into: &mut Packets) -> Parcel {
        loop {
            // Of a room that is gone who was in it is told that, and not to come back.
            if self.ended.load(Ordering::Relaxed) && self.out.get().is_none() {
                return Parcel::Ended;
            }
            {
                let mut waiting = self.lock();
                match waiting.reader {
                    Reader::Follows => {}
                    Reader::Lost => return Parcel::Snapshot,
                    Reader::Hopeless => return Parcel::TooSlow,
                }
                if !waiting.frames.is_empty() {
                    std::mem::swap(&mut waiting.frames, into);
                    return Parcel::Frames;
                }
                if let Some(why) = self.out.get() {
                    return Parcel::Out(*why);
                }
                match waiting.round.take() {
                    Some(Round::Ping) => return Parcel::Ping,
                    Some(Round::Dead) => return Parcel::Dead,
                    None => {}
                }
            }
            self.wake.notified().await;
        }
    }

    /// Forgets what waits, because the whole room is written instead.
    pub fn forget(&self) {
        let mut waiting = self.lock();
        waiting.frames.clear();
        waiting.reader = Reader::Follows;
    }

    /// Something was read from the socket: it lives.
    pub fn heard_from(&self) {
        self.silent.store(0, Ordering::Relaxed);
    }

    /// A round of the shared timer.
    pub fn look_over(&self) {
        let silent = self.silent.fetch_add(1, Ordering::Relaxed) + 1;
        if silent == PING_AFTER || silent >= DEAD_AFTER {
            let mut waiting = self.lock();
            waiting.round = Some(if silent >= DEAD_AFTER { Round::Dead } else { Round::Ping });
            drop(waiting);
            self.wake.notify_one();
        }
    }

    /// Its person must go.
    pub fn out(&self, why: Out) {
        let _ = self.out.set(why);
        self.wake.notify_one();
    }

    /// The room is gone.
    pub fn room_ended(&self) {
        self.ended.store(true, Ordering::Relaxed);
        self.wake.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::websocket::Utf8Bytes;

    async fn next(outbox: &Outbox) -> (Parcel, Packets) {
        let mut frames = Packets::default();
        (outbox.next(&mut frames).await, frames)
    }

    fn frames(of: impl IntoIterator<Item = usize>) -> (Parcel, Packets) {
        (Parcel::Frames, of.into_iter().map(frame).collect())
    }

    fn frame(n: usize) -> Packet {
        Utf8Bytes::from(n.to_string()).into()
    }

    #[tokio::test]
    async fn a_reader_that_keeps_up_gets_everything_in_order() {
        let outbox = Outbox::default();
        (0..3).for_each(|n| outbox.push(&frame(n)));
        assert_eq!(next(&outbox).await, frames(0..3));
    }

    #[tokio::test]
    async fn a_slow_reader_gets_one_snapshot_then_is_asked_to_come_back() {
        let outbox = Outbox::default();
        (0..=FRAMES).for_each(|n| outbox.push(&frame(n)));
        assert_eq!(next(&outbox).await.0, Parcel::Snapshot);
        outbox.forget();
        outbox.push(&frame(99));
        assert_eq!(next(&outbox).await, frames([99]));
        (0..=2 * FRAMES).for_each(|n| outbox.push(&frame(n)));
        assert_eq!(next(&outbox).await.0, Parcel::TooSlow);
    }

    #[tokio::test]
    async fn silence_is_asked_about_once_and_then_ends() {
        let outbox = Outbox::default();
        (0..PING_AFTER).for_each(|_| outbox.look_over());
        assert_eq!(next(&outbox).await.0, Parcel::Ping);
        outbox.heard_from();
        (0..DEAD_AFTER).for_each(|_| outbox.look_over());
        assert_eq!(next(&outbox).await.0, Parcel::Dead);
    }
}
