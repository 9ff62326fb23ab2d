//! What is under a socket: its line, and what waits to be written to it, whoever has it to tell.
//!
//! A room's turn is written to all of its sockets by the one who tells it, without waking their tasks; a task writes what the line did
//! not take at once. All of it goes through one queue, so no frame stands in the middle of another.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::Bytes;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::timeout,
};

use super::packet::{Packet, Packets};
use crate::http::listen::Seat;

/// How many frames of a room may wait.
pub const FRAMES: usize = 64;
/// How long a write may make no progress.
const WRITE: Duration = Duration::from_secs(10);
/// How long what waits may take, however little at a time is taken of it.
const PATIENCE: Duration = Duration::from_mins(1);
/// How many pieces one call takes at most.
const PIECES: usize = 64;

/// A line and what waits for it.
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    /// Held for a push or for the calls that write, never across an await.
    waiting: Mutex<Waiting>,
    /// Their place among the server's connections.
    _seat: Seat,
}

#[derive(Debug, Default)]
struct Waiting {
    packets: Packets,
    /// How many packets were written to their end, ever.
    written: u64,
    /// How many of those that wait, at most, are for this socket alone. The bound is for the others.
    own: usize,
    /// Nothing of the room is written before its greeting is.
    held: bool,
}

/// A peer that is gone, or takes nothing.
#[derive(Debug, PartialEq, Eq)]
pub struct Stuck;

/// What a write came to that waits for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flushed {
    /// How many packets went out to their end.
    pub packets: u64,
    /// Whether none is left that may be written.
    pub all: bool,
}

impl Wire {
    /// A line with nothing waiting.
    pub fn new(stream: TcpStream, seat: Seat) -> Self {
        Self { stream, waiting: Mutex::default(), _seat: seat }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a frame of the room behind those that wait; whether there was room for it.
    pub fn push(&self, packet: &Packet) -> bool {
        let mut waiting = self.lock();
        let fits = waiting.packets.len() < FRAMES + waiting.own;
        if fits {
            waiting.packets.push(packet.clone());
        }
        fits
    }

    /// Puts what is for this socket alone behind all that waits: it is not bounded, for who puts it here waits until it is
    /// written.
    pub fn put(&self, packets: impl IntoIterator<Item = Packet>) {
        let waiting = &mut *self.lock();
        let before = waiting.packets.len();
        waiting.packets.extend(packets);
        waiting.own += waiting.packets.len() - before;
    }

    /// What the room tells is gathered from here on and not written.
    pub fn hold(&self) {
        self.lock().held = true;
    }

    /// Puts the greeting before what was gathered, and holds nothing any more.
    pub fn release(&self, greeting: impl IntoIterator<Item = Packet>) {
        let mut waiting = self.lock();
        let gathered = waiting.packets.take_untouched();
        waiting.packets.extend(greeting);
        waiting.own = waiting.packets.len();
        waiting.packets.extend(gathered);
        waiting.held = false;
    }

    /// Throws away what waits, but for a frame that is written in part.
    pub fn clear(&self) {
        let mut waiting = self.lock();
        waiting.packets.take_untouched();
        waiting.own = waiting.packets.len();
    }

    /// Whether something waits that may be written.
    pub fn waits(&self) -> bool {
        let waiting = self.lock();
        !waiting.held && !waiting.packets.is_empty()
    }

    /// Writes what waits, as far as the line takes it at once, in as few calls as the system allows.
    ///
    /// # Errors
    ///
    /// What the system says of a line that is broken.
    pub fn flush(&self) -> io::Result<Flushed> {
        let mut waiting = self.lock();
        if waiting.held {
            return Ok(Flushed { packets: 0, all: true });
        }
        let before = waiting.written;
        while !waiting.packets.is_empty() {
            match self.write(&waiting.packets) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => {
                    let ended = waiting.packets.advance(count);
                    waiting.written += ended;
                    waiting.own = waiting.own.min(waiting.packets.len());
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Ok(Flushed { packets: waiting.written - before, all: false });
                }
                Err(error) => return Err(error),
            }
        }
        waiting.packets.shrink();
        Ok(Flushed { packets: waiting.written - before, all: true })
    }

    fn write(&self, packets: &Packets) -> io::Result<usize> {
        if let Some(piece) = packets.only_piece() {
            return self.stream.try_write(piece);
        }
        let mut pieces = [IoSlice::new(&[]); PIECES];
        let count = packets.pieces(&mut pieces);
        self.stream.try_write_vectored(&pieces[..count])
    }

    /// Waits until all is written that waits now. What comes behind it may be written with it. Nothing is lost or doubled where the wait is
    /// given up.
    ///
    /// # Errors
    ///
    /// [`Stuck`] where the line is broken, where nothing could be written for ten seconds, or not all in a minute.
    pub async fn flushed(&self) -> Result<(), Stuck> {
        // Mostly the line takes it at once, and no clock is asked.
        if self.flush().map_err(|_| Stuck)?.all {
            return Ok(());
        }
        let until = {
            let waiting = self.lock();
            waiting.written + waiting.packets.len() as u64
        };
        let written = async {
            loop {
                timeout(WRITE, self.stream.writable()).await.map_err(|_| Stuck)?.map_err(|_| Stuck)?;
                if self.flush().map_err(|_| Stuck)?.all || self.lock().written >= until {
                    return Ok(());
                }
            }
        };
        timeout(PATIENCE, written).await.unwrap_or(Err(Stuck))
    }
}

/// The line as the library wants it: it reads it, and what it writes itself, answers to pings and the closing, waits with all else.
pub struct Half(pub Arc<Wire>);

impl AsyncRead for Half {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let stream = &self.0.stream;
        loop {
            ready!(stream.poll_read_ready(cx))?;
            match stream.try_read(into.initialize_unfilled()) {
                Ok(count) => {
                    into.advance(count);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Half {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0.put([Packet::raw(Bytes::copy_from_slice(bytes))]);
        Poll::Ready(Ok(bytes.len()))
    }

    /// Where the line takes not all, whoever reads the socket [waits](Wire::flushed) for it.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.0.flush().map(|_| ()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(rustix::net::shutdown(&self.0.stream, rustix::net::Shutdown::Write).map_err(Into::into))
    }
}
