//! A process under test, with all its sockets: how many frames have come, when the last one of a round did, and what the
//! process ran meanwhile.
//!
//! All sockets live on one thread, so that they leave the other core to the process.

use std::{
    cell::{Cell, RefCell},
    fs,
    future::poll_fn,
    io::{BufRead, BufReader, Read, Write},
    net::{self, SocketAddr},
    pin::Pin,
    process::{Child, Command, Stdio},
    rc::Rc,
    task::Poll,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use clap::ValueEnum;
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf},
    net::TcpStream,
    sync::Notify,
    task::JoinHandle,
};

use super::child::{Arrangement, OPEN, Way, encode};

/// How long a round may take to reach everybody.
const PATIENCE: Duration = Duration::from_secs(20);

thread_local! {
    /// One read buffer for all sockets: nobody waits while it is lent.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; 256 * 1024]);
}

/// A process under test and its sockets.
pub struct Server {
    process: Process,
    orders: net::TcpStream,
    /// What asks for a round.
    order: Vec<u8>,
    tally: Rc<Tally>,
    readers: Vec<Reader>,
}

impl Server {
    /// Starts one, and opens its sockets. Must be called within a `LocalSet`.
    pub async fn start(way: Way, arrangement: Arrangement, sockets: u32, bytes: u32) -> anyhow::Result<Self> {
        let (process, addresses) = Process::start(way, arrangement)?;
        let (address, orders) = addresses.split_once(' ').context("no two addresses")?;
        let address: SocketAddr = address.parse()?;
        let mut orders = net::TcpStream::connect(orders)?;
        orders.set_nodelay(true)?;
        orders.write_all(&sockets.to_be_bytes())?;
        let text = vec![b'x'; usize::try_from(bytes)?];
        let tally = Rc::new(Tally::new(encode(&text)));
        let open = |_| Reader::open(address, &tally);
        let readers = stream::iter(0..sockets).map(open).buffer_unordered(64).try_collect().await?;
        // It has them all, past their handshakes.
        orders.read_exact(&mut [0])?;
        let order = [&bytes.to_be_bytes()[..], &text].concat();
        Ok(Self { process, orders, order, tally, readers })
    }

    /// How many sockets it has.
    pub fn sockets(&self) -> usize {
        self.readers.len()
    }

    /// Has the frame written to all sockets, and says how long it took until the last of them had it.
    pub async fn round(&mut self) -> anyhow::Result<Duration> {
        self.tally.expect(self.readers.len() as u64);
        let sent = Instant::now();
        self.orders.write_all(&self.order)?;
        Ok(self.tally.reached().await? - sent)
    }

    /// What it has run.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        self.process.cpu()
    }
}

/// What the sockets of a process got.
#[derive(Debug)]
struct Tally {
    /// What each of them gets, again and again.
    frame: Vec<u8>,
    frames: Cell<u64>,
    goal: Cell<u64>,
    reached: Cell<Option<Instant>>,
    /// Sockets that ended by themselves.
    lost: Cell<u64>,
    wake: Notify,
}

impl Tally {
    fn new(frame: Vec<u8>) -> Self {
        Self {
            frame,
            frames: Cell::default(),
            goal: Cell::default(),
            reached: Cell::default(),
            lost: Cell::default(),
            wake: Notify::new(),
        }
    }

    /// From now on, notes when so many more frames have come.
    fn expect(&self, frames: u64) {
        self.goal.set(self.frames.get() + frames);
        self.reached.set(None);
    }

    /// When the last of the expected frames came.
    async fn reached(&self) -> anyhow::Result<Instant> {
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
                self.goal.get() - self.frames.get(),
                self.lost.get()
            ),
        }
    }

    fn count(&self) {
        let frames = self.frames.get() + 1;
        self.frames.set(frames);
        if frames == self.goal.get() {
            self.reached.set(Some(Instant::now()));
            self.wake.notify_one();
        }
    }
}

/// One open socket, which is read until it is dropped.
struct Reader(JoinHandle<()>);

impl Drop for Reader {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Reader {
    async fn open(address: SocketAddr, tally: &Rc<Tally>) -> anyhow::Result<Self> {
        let mut stream = TcpStream::connect(address).await?;
        let request = format!(
            "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        // Nothing more comes before the first round, so what is read here is the answer alone.
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            ensure!(stream.read_buf(&mut answer).await? > 0, "the socket ended in its handshake");
        }
        ensure!(answer.starts_with(b"HTTP/1.1 101"), "no socket: {}", String::from_utf8_lossy(&answer));
        let tally = tally.clone();
        Ok(Self(tokio::task::spawn_local(async move {
            if let Err(error) = read(stream, &tally).await {
                tally.lost.set(tally.lost.get() + 1);
                if tally.lost.get() == 1 {
                    eprintln!("  a socket ended: {error:#}");
                }
            }
        })))
    }
}

/// Reads and counts until the socket ends. A byte that is not the one expected ends it: all ways write the same.
async fn read(mut stream: TcpStream, tally: &Tally) -> anyhow::Result<()> {
    // How much of the frame under way has come.
    let mut at = 0;
    loop {
        poll_fn(|context| {
            BUFFER.with_borrow_mut(|shared| {
                let mut buffer = ReadBuf::new(shared);
                match Pin::new(&mut stream).poll_read(context, &mut buffer) {
                    Poll::Pending => Poll::Pending,
                    Poll::Ready(Err(error)) => Poll::Ready(Err(error.into())),
                    Poll::Ready(Ok(())) => Poll::Ready(take(buffer.filled(), &mut at, tally)),
                }
            })
        })
        .await?;
    }
}

/// Counts the frames that end in `fresh`.
fn take(mut fresh: &[u8], at: &mut usize, tally: &Tally) -> anyhow::Result<()> {
    ensure!(!fresh.is_empty(), "the server closed it");
    while !fresh.is_empty() {
        let missing = tally.frame.get(*at..).unwrap_or_default();
        let (piece, rest) = fresh.split_at(missing.len().min(fresh.len()));
        ensure!(missing.starts_with(piece), "these are not the bytes that were to be written");
        fresh = rest;
        *at += piece.len();
        if *at == tally.frame.len() {
            *at = 0;
            tally.count();
        }
    }
    Ok(())
}

/// A process of ours; ended with us.
#[derive(Debug)]
struct Process {
    child: Child,
}

impl Process {
    /// Starts one and waits until it is open; its addresses are returned.
    fn start(way: Way, arrangement: Arrangement) -> anyhow::Result<(Self, String)> {
        let mut command = Command::new(std::env::current_exe()?);
        for (option, value) in
            [("--child", way.to_possible_value()), ("--arrangement", arrangement.to_possible_value())]
        {
            command.arg(option).arg(value.context("it has no name")?.get_name());
        }
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("cannot start myself")?;
        let stdout = child.stdout.take().context("the process has no output")?;
        let process = Self { child };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let addresses = line.strip_prefix(OPEN).context("the process ended before it was open")?;
        Ok((process, addresses.trim().to_owned()))
    }

    /// Time that its threads ran, in nanoseconds of resolution. Threads that ended are not in it; none of these do.
    fn cpu(&self) -> anyhow::Result<Duration> {
        let mut ran = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let text = fs::read_to_string(task?.path().join("schedstat"))?;
            let first = text.split_whitespace().next().context("schedstat is empty")?;
            ran += first.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(ran))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Of no effect on one that ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
