//! A viewer as cheap as can be: a socket whose frames are counted by what they begin with.
//!
//! All viewers live on one thread, so that they leave the other core to the server.

use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::VecDeque,
    future::poll_fn,
    net::SocketAddr,
    pin::Pin,
    rc::Rc,
    task::Poll,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf},
    net::{
        TcpSocket, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::Notify,
    task::JoinHandle,
};

/// How long a broadcast may take to reach everybody.
const PATIENCE: Duration = Duration::from_secs(20);

/// What fits into the line of somebody who takes nothing, in bytes.
const LITTLE: u32 = 4096;

thread_local! {
    /// One read buffer for all viewers: nobody waits while it is lent.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; 256 * 1024]);
}

/// What a group of viewers got.
#[derive(Debug, Default)]
pub struct Tally {
    pub events: Cell<u64>,
    pub welcomes: Cell<u64>,
    pub frames: Cell<u64>,
    pub bytes: Cell<u64>,
    /// Viewers whose socket ended by itself.
    pub lost: Cell<u64>,
    /// The last event's frame, with its header.
    pub sample: RefCell<Vec<u8>>,
    goal: Cell<u64>,
    reached: Cell<Option<Instant>>,
    wake: Notify,
}

impl Tally {
    /// From now on, notes when so many more events have come.
    pub fn expect(&self, events: u64) {
        self.goal.set(self.events.get() + events);
        self.reached.set(None);
    }

    /// When the last of the expected events came.
    pub async fn reached(&self) -> anyhow::Result<Instant> {
        let wait = async {
            loop {
                if let Some(at) = self.reached.get() {
                    return at;
                }
                self.wake.notified().await;
            }
        };
        match tokio::time::timeout(PATIENCE, wait).await {
            Ok(at) => Ok(at),
            Err(_) => bail!(
                "{} of the expected frames did not come, and {} sockets ended",
                self.goal.get() - self.events.get(),
                self.lost.get()
            ),
        }
    }

    fn event(&self) {
        let events = self.events.get() + 1;
        self.events.set(events);
        if events == self.goal.get() {
            self.reached.set(Some(Instant::now()));
            self.wake.notify_one();
        }
    }
}

/// A closed loop of commands: each answer sends the next.
#[derive(Debug, Default)]
pub struct Desk {
    load: Rc<Load>,
    writer: OnceCell<Rc<OwnedWriteHalf>>,
    sent_at: RefCell<VecDeque<Instant>>,
    position: Cell<u64>,
}

/// What all desks together do.
#[derive(Debug, Default)]
pub struct Load {
    pub running: Cell<bool>,
    pub in_flight: Cell<u64>,
    pub acked: Cell<u64>,
    pub refused: Cell<u64>,
    pub took: RefCell<Vec<Duration>>,
    /// When the first was answered well.
    pub first: Cell<Option<Instant>>,
}

impl Desk {
    pub fn new(load: &Rc<Load>) -> Rc<Self> {
        Rc::new(Self { load: load.clone(), ..Self::default() })
    }

    /// Sends one more seek.
    pub fn send(&self) -> anyhow::Result<()> {
        let writer = self.writer.get().context("the socket is not open")?;
        self.position.set((self.position.get() + 1) % 20_000);
        seek(writer, self.position.get())?;
        self.sent_at.borrow_mut().push_back(Instant::now());
        self.load.in_flight.set(self.load.in_flight.get() + 1);
        Ok(())
    }

    fn answered(&self, well: bool) -> anyhow::Result<()> {
        let load = &self.load;
        load.in_flight.set(load.in_flight.get().saturating_sub(1));
        if let Some(at) = self.sent_at.borrow_mut().pop_front() {
            load.took.borrow_mut().push(at.elapsed());
        }
        let count = if well { &load.acked } else { &load.refused };
        count.set(count.get() + 1);
        if well && load.first.get().is_none() {
            load.first.set(Some(Instant::now()));
        }
        if load.running.get() && well { self.send() } else { Ok(()) }
    }
}

/// One open socket.
#[derive(Debug)]
pub struct Viewer {
    writer: Rc<OwnedWriteHalf>,
    reader: JoinHandle<()>,
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

/// Opens a socket on a line and asks for what it is to be.
async fn upgraded(mut stream: TcpStream, address: SocketAddr, path: &str) -> anyhow::Result<TcpStream> {
    stream.set_nodelay(true)?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    // The server says nothing more until it has heard our hello, so what is read here is the answer alone.
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        ensure!(stream.read_buf(&mut answer).await? > 0, "the socket ended in its handshake");
    }
    ensure!(answer.starts_with(b"HTTP/1.1 101"), "no socket: {}", String::from_utf8_lossy(&answer));
    Ok(stream)
}

fn say_hello(writer: &OwnedWriteHalf, token: &str) -> anyhow::Result<()> {
    send(writer, 0x1, format!(r#"{{"type":"hello","token":"{token}"}}"#).as_bytes())
}

/// Somebody who comes into a room and takes nothing of what they are told.
#[derive(Debug)]
pub struct Stalled {
    _line: (OwnedReadHalf, OwnedWriteHalf),
}

impl Stalled {
    /// Opens a socket that hardly anything fits into.
    pub async fn open(address: SocketAddr, path: &str, token: &str) -> anyhow::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(LITTLE)?;
        let line = upgraded(socket.connect(address).await?, address, path).await?.into_split();
        say_hello(&line.1, token)?;
        Ok(Self { _line: line })
    }
}

impl Viewer {
    /// Opens a socket and says hello. Must be called within a `LocalSet`.
    pub async fn open(
        address: SocketAddr,
        path: &str,
        token: &str,
        tally: &Rc<Tally>,
        desk: Option<Rc<Desk>>,
    ) -> anyhow::Result<Self> {
        let stream = upgraded(TcpStream::connect(address).await?, address, path).await?;
        let (reader, writer) = stream.into_split();
        let writer = Rc::new(writer);
        if let Some(desk) = &desk {
            let _ = desk.writer.set(writer.clone());
        }
        say_hello(&writer, token)?;
        let (tally, answers) = (tally.clone(), writer.clone());
        let reader = tokio::task::spawn_local(async move {
            if let Err(error) = read(reader, &answers, &tally, desk.as_deref()).await {
                tally.lost.set(tally.lost.get() + 1);
                if tally.lost.get() == 1 {
                    eprintln!("  a socket ended: {error:#}");
                }
            }
        });
        Ok(Self { writer, reader })
    }

    /// Asks for a seek; `position` is below 20,000 ms.
    pub fn seek(&self, position: u64) -> anyhow::Result<()> {
        seek(&self.writer, position)
    }

    /// Says how its player does, as the page does while a film plays: a drift that is another each time.
    pub fn report(&self, item: &str, drift: u64) -> anyhow::Result<()> {
        let report = format!(
            r#"{{"type":"report","item":"{item}","phase":"ready","drift_ms":{},"rtt_ms":31,"seq":3,"hidden":false,"duration_ms":634000,"ended":false}}"#,
            drift % 40
        );
        send(&self.writer, 0x1, report.as_bytes())
    }

    /// Asks for the time, as the page does.
    pub fn ping(&self, at: u64) -> anyhow::Result<()> {
        send(&self.writer, 0x1, format!(r#"{{"type":"ping","c":{at}.25}}"#).as_bytes())
    }

    /// Sends a command without fields.
    pub fn command(&self, what: &str) -> anyhow::Result<()> {
        send(&self.writer, 0x1, format!(r#"{{"type":"command","id":"c","do":"{what}"}}"#).as_bytes())
    }
}

/// A seek to somewhere between the tenth and the thirtieth second: all such frames have the same length.
fn seek(writer: &OwnedWriteHalf, position: u64) -> anyhow::Result<()> {
    let position = 10_000 + position % 20_000;
    send(writer, 0x1, format!(r#"{{"type":"command","id":"c","do":"seek","position_ms":{position}}}"#).as_bytes())
}

/// Sends a small frame. Its mask is zero, which is as good as any other on loopback.
fn send(writer: &OwnedWriteHalf, opcode: u8, payload: &[u8]) -> anyhow::Result<()> {
    // The high bits: the frame is whole, and masked.
    let mut frame = vec![0x80 | opcode];
    match u8::try_from(payload.len()) {
        Ok(length @ 0..=125) => frame.push(0x80 | length),
        _ => {
            frame.push(0xFE);
            frame.extend(u16::try_from(payload.len())?.to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    let written = writer.try_write(&frame).context("a frame could not be sent")?;
    ensure!(written == frame.len(), "a frame went out in part");
    Ok(())
}

/// Reads and counts until the socket ends.
async fn read(
    mut reader: OwnedReadHalf,
    writer: &OwnedWriteHalf,
    tally: &Tally,
    desk: Option<&Desk>,
) -> anyhow::Result<()> {
    // What came of a frame that has not come whole.
    let mut rest: Vec<u8> = Vec::new();
    loop {
        poll_fn(|context| {
            BUFFER.with_borrow_mut(|shared| {
                let mut buffer = ReadBuf::new(shared);
                match Pin::new(&mut reader).poll_read(context, &mut buffer) {
                    Poll::Pending => Poll::Pending,
                    Poll::Ready(Err(error)) => Poll::Ready(Err(error.into())),
                    Poll::Ready(Ok(())) => {
                        let fresh = buffer.filled();
                        if fresh.is_empty() {
                            return Poll::Ready(Err(anyhow::anyhow!("the server closed it")));
                        }
                        tally.bytes.set(tally.bytes.get() + fresh.len() as u64);
                        Poll::Ready(if rest.is_empty() {
                            frames(fresh, writer, tally, desk).map(|used| rest.extend(fresh.iter().skip(used)))
                        } else {
                            rest.extend_from_slice(fresh);
                            frames(&rest, writer, tally, desk).map(|used| {
                                rest.drain(..used);
                            })
                        })
                    }
                }
            })
        })
        .await?;
        if rest.is_empty() && rest.capacity() > 4096 {
            rest = Vec::new();
        }
    }
}

/// Takes the whole frames that `bytes` begins with; how many bytes they are.
fn frames(bytes: &[u8], writer: &OwnedWriteHalf, tally: &Tally, desk: Option<&Desk>) -> anyhow::Result<usize> {
    let mut used = 0;
    while let Some((opcode, frame, header)) = bytes.get(used..).and_then(frame) {
        used += frame.len();
        let payload = frame.get(header..).unwrap_or_default();
        tally.frames.set(tally.frames.get() + 1);
        match opcode {
            0x1 if payload.starts_with(br#"{"type":"event""#) => {
                if tally.events.get().is_multiple_of(1000) {
                    *tally.sample.borrow_mut() = frame.to_vec();
                }
                tally.event();
            }
            0x1 if payload.starts_with(br#"{"type":"welcome""#) => tally.welcomes.set(tally.welcomes.get() + 1),
            0x1 if payload.starts_with(br#"{"type":"ack""#) => {
                desk.map_or(Ok(()), |desk| desk.answered(true))?;
            }
            0x1 if payload.starts_with(br#"{"type":"refused""#) => {
                eprintln!("  refused: {}", String::from_utf8_lossy(payload));
                desk.map_or(Ok(()), |desk| desk.answered(false))?;
            }
            0x8 => {
                let reason = payload.get(2..).unwrap_or_default();
                bail!("the server closed it: {}", String::from_utf8_lossy(reason));
            }
            0x9 => send(writer, 0xA, payload)?,
            _ => {}
        }
    }
    Ok(used)
}

/// The first whole frame: its opcode, all of it, and how long its header is.
fn frame(bytes: &[u8]) -> Option<(u8, &[u8], usize)> {
    let (first, second) = (*bytes.first()?, *bytes.get(1)?);
    let (header, length) = match second & 0x7f {
        126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
        length => (2, usize::from(length)),
    };
    Some((first & 0xf, bytes.get(..header + length)?, header))
}
