//! What one socket is told: bounded, so that a slow reader hurts only itself.

use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use engine::event::Out;
use tokio::sync::Notify;

use crate::websocket::{FRAMES, Flushed, Packet, Wire};

/// After how many rounds of silence a socket is pinged: 25 s of the usual minute.
const PING_AFTER: u32 = 5;
/// After how many rounds of silence a socket is dead.
pub(super) const DEAD_AFTER: u32 = 12;

/// One socket's outbox. Who tells a room puts frames in and writes them; what the line does not take at once is left to the
/// socket's task, which is woken for it.
#[derive(Debug)]
pub struct Outbox {
    /// Where frames wait, and go.
    wire: Arc<Wire>,
    /// Held for a look or a change, never across an await; taken before what the wire keeps.
    state: Mutex<State>,
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
struct State {
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
    /// Frames were dropped, so many since the first: the whole room comes before anything else.
    Lost(usize),
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
    /// Wait until the line has taken what waits.
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
    /// One for a line that comes from there. What the room tells is held back until it was greeted.
    pub fn new(wire: Arc<Wire>, from: Option<IpAddr>) -> Self {
        wire.hold();
        Self {
            wire,
            state: Mutex::default(),
            wake: Notify::new(),
            silent: AtomicU32::new(0),
            ended: AtomicBool::new(false),
            out: OnceLock::new(),
            from,
        }
    }

    /// Where its socket comes from, where that is known.
    pub fn from(&self) -> Option<IpAddr> {
        self.from
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a frame behind those that wait; it is written by the next [flush](Self::flush). An overflow empties the outbox and
    /// asks for one snapshot; a second one before that is taken ends the socket.
    pub fn push(&self, frame: &Packet) {
        let mut state = self.lock();
        match &mut state.reader {
            Reader::Follows if self.wire.push(frame) => return,
            Reader::Follows => {
                self.wire.clear();
                state.reader = Reader::Lost(1);
            }
            Reader::Lost(dropped) if *dropped < FRAMES => {
                *dropped += 1;
                return;
            }
            Reader::Lost(_) => state.reader = Reader::Hopeless,
            Reader::Hopeless => return,
        }
        drop(state);
        metrics::counter!("onecouch_outbox_overflows_total").increment(1);
        self.wake.notify_one();
    }

    /// Writes what waits, as far as the line takes it at once; how many frames that were.
    pub fn flush(&self) -> u64 {
        match self.wire.flush() {
            Ok(Flushed { packets, all: true }) => packets,
            Ok(Flushed { packets, all: false }) => {
                self.wake.notify_one();
                packets
            }
            // Its task finds out why, and ends.
            Err(_) => {
                self.wake.notify_one();
                0
            }
        }
    }

    /// Everything that was told is void: the whole room comes next.
    pub fn lose(&self) {
        let mut state = self.lock();
        self.wire.clear();
        state.reader = Reader::Lost(0);
        drop(state);
        self.wake.notify_one();
    }

    /// Waits for something to do.
    pub async fn next(&self) -> Parcel {
        loop {
            // Of a room that is gone who was in it is told that, and not to come back.
            if self.ended.load(Ordering::Relaxed) && self.out.get().is_none() {
                return Parcel::Ended;
            }
            {
                let mut state = self.lock();
                match state.reader {
                    Reader::Follows => {}
                    Reader::Lost(_) => return Parcel::Snapshot,
                    Reader::Hopeless => return Parcel::TooSlow,
                }
                if self.wire.waits() {
                    return Parcel::Frames;
                }
                if let Some(why) = self.out.get() {
                    return Parcel::Out(*why);
                }
                match state.round.take() {
                    Some(Round::Ping) => return Parcel::Ping,
                    Some(Round::Dead) => return Parcel::Dead,
                    None => {}
                }
            }
            self.wake.notified().await;
        }
    }

    /// Puts the whole room in the place of what waits, and goes on from there.
    pub fn begin_anew(&self, whole: impl IntoIterator<Item = Packet>) {
        let mut state = self.lock();
        self.wire.clear();
        self.wire.put(whole);
        state.reader = Reader::Follows;
    }

    /// Something was read from the socket: it lives.
    pub fn heard_from(&self) {
        self.silent.store(0, Ordering::Relaxed);
    }

    /// A round of the shared timer.
    pub fn look_over(&self) {
        let silent = self.silent.fetch_add(1, Ordering::Relaxed) + 1;
        if silent == PING_AFTER || silent >= DEAD_AFTER {
            let mut state = self.lock();
            state.round = Some(if silent >= DEAD_AFTER { Round::Dead } else { Round::Ping });
            drop(state);
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
    use tokio::{
        io::AsyncReadExt,
        net::{TcpListener, TcpStream},
        sync::Semaphore,
    };

    use super::*;
    use crate::{http::listen::Seat, websocket::Utf8Bytes};

    /// An outbox whose room has greeted, and the client's end of its line.
    async fn outbox() -> (Outbox, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        stream.writable().await.unwrap();
        let seat = Seat::new(Arc::new(Semaphore::new(1)).acquire_owned().await.unwrap(), None);
        let wire = Arc::new(Wire::new(stream, seat));
        let outbox = Outbox::new(wire.clone(), None);
        wire.release([]);
        (outbox, client)
    }

    fn frame(n: usize) -> Packet {
        Utf8Bytes::from(format!("{n:03}")).into()
    }

    /// What a client reads: so many frames of three figures each.
    async fn read(client: &mut TcpStream, frames: usize) -> Vec<usize> {
        let mut bytes = vec![0; frames * 5];
        client.read_exact(&mut bytes).await.unwrap();
        let text = |frame: &[u8]| std::str::from_utf8(&frame[2..]).unwrap().parse().unwrap();
        bytes.chunks(5).map(text).collect()
    }

    #[tokio::test]
    async fn a_reader_that_keeps_up_gets_everything_in_order_and_nobody_is_woken() {
        let (outbox, mut client) = outbox().await;
        (0..3).for_each(|n| outbox.push(&frame(n)));
        assert_eq!(outbox.flush(), 3);
        assert_eq!(read(&mut client, 3).await, [0, 1, 2]);
        outbox.push(&frame(3));
        assert_eq!((outbox.flush(), outbox.flush()), (1, 0));
        outbox.out(Out::Kicked);
        assert_eq!(outbox.next().await, Parcel::Out(Out::Kicked));
    }

    #[tokio::test]
    async fn what_a_room_tells_comes_behind_its_greeting() {
        let (outbox, mut client) = outbox().await;
        outbox.wire.hold();
        outbox.push(&frame(2));
        assert_eq!(outbox.flush(), 0);
        outbox.wire.release([frame(0), frame(1)]);
        outbox.push(&frame(3));
        assert_eq!(outbox.flush(), 4);
        assert_eq!(read(&mut client, 4).await, [0, 1, 2, 3]);
    }

    #[tokio::test]
    async fn a_slow_reader_gets_one_snapshot_then_is_asked_to_come_back() {
        let (outbox, mut client) = outbox().await;
        (0..=FRAMES).for_each(|n| outbox.push(&frame(n)));
        assert_eq!(outbox.next().await, Parcel::Snapshot);
        outbox.push(&frame(98));
        outbox.begin_anew([frame(500)]);
        outbox.push(&frame(99));
        assert_eq!(outbox.next().await, Parcel::Frames);
        outbox.flush();
        assert_eq!(read(&mut client, 2).await, [500, 99]);
        (0..=2 * FRAMES).for_each(|n| outbox.push(&frame(n)));
        assert_eq!(outbox.next().await, Parcel::TooSlow);
    }

    #[tokio::test]
    async fn a_whole_room_of_many_frames_is_no_overflow() {
        let (outbox, mut client) = outbox().await;
        outbox.lose();
        assert_eq!(outbox.next().await, Parcel::Snapshot);
        outbox.begin_anew((0..3 * FRAMES).map(frame));
        outbox.push(&frame(999));
        assert_eq!(outbox.next().await, Parcel::Frames);
        assert_eq!(outbox.flush(), 3 * FRAMES as u64 + 1);
        assert_eq!(read(&mut client, 3 * FRAMES + 1).await.last(), Some(&999));
    }

    #[tokio::test]
    async fn silence_is_asked_about_once_and_then_ends() {
        let (outbox, _client) = outbox().await;
        (0..PING_AFTER).for_each(|_| outbox.look_over());
        assert_eq!(outbox.next().await, Parcel::Ping);
        outbox.heard_from();
        (0..DEAD_AFTER).for_each(|_| outbox.look_over());
        assert_eq!(outbox.next().await, Parcel::Dead);
    }
}
