//! The processes that are measured: each accepts sockets, then writes what each order holds to all of them, in its way.

use std::{
    io::{ErrorKind, Read, Write},
    net,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, bail, ensure};
use axum::{
    Router,
    extract::ws::{self, WebSocketUpgrade},
    routing::get,
    serve::ListenerExt,
};
use bytes::Bytes;
use clap::ValueEnum;
use fastwebsockets::{Frame, Payload};
use futures_util::SinkExt;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Notify, mpsc},
};
use tokio_tungstenite::tungstenite::{
    self,
    protocol::{Role, WebSocketConfig},
};

/// What a process says when it is open; its addresses for sockets and for orders follow.
pub const OPEN: &str = "open at ";
/// Threads that run the tasks: as many as the machine of `docs/PERFORMANCE.md` has cores.
const WORKERS: usize = 2;
/// The answer to a handshake; it fits the one key that the generator sends.
const GREETING: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// What a frame is written through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Way {
    /// A loop over blocking sockets, without tokio.
    Bare,
    /// axum's socket as its handlers get it, over hyper's upgraded connection.
    Axum,
    /// tokio-tungstenite on the connection itself, as it comes.
    Tungstenite,
    /// The same, told to gather nothing.
    TungsteniteUnbuffered,
    /// fastwebsockets on the connection itself.
    Fastwebsockets,
    /// tokio-websockets on the connection itself.
    TokioWebsockets,
    /// No library: the frame's bytes, made once for all sockets.
    Own,
}

impl Way {
    /// What the table calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare: `write(2)`",
            Self::Axum => "axum",
            Self::Tungstenite => "tokio-tungstenite",
            Self::TungsteniteUnbuffered => "tokio-tungstenite, `write_buffer_size` 0",
            Self::Fastwebsockets => "fastwebsockets",
            Self::TokioWebsockets => "tokio-websockets",
            Self::Own => "own: encoded once, `try_write`",
        }
    }
}

/// Who writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Arrangement {
    /// One task, to one socket after the other.
    InTurn,
    /// A task for each socket, woken when there is something to write.
    TaskEach,
}

impl Arrangement {
    /// What the table calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::InTurn => "in turn",
            Self::TaskEach => "a task each",
        }
    }
}

/// One of the processes. Ends when the orders do.
pub fn run(way: Way, arrangement: Arrangement) -> anyhow::Result<()> {
    if way == Way::Bare {
        return bare();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build()?;
    // As a task, since what is blocked on here would run on a third thread.
    runtime.block_on(async { tokio::spawn(through(way, arrangement)).await? })
}

/// Accepts as many sockets as the first order says, then writes what each further order holds to each of them, one
/// `write(2)` per socket and frame.
fn bare() -> anyhow::Result<()> {
    let (listener, orders) = (net::TcpListener::bind("127.0.0.1:0")?, net::TcpListener::bind("127.0.0.1:0")?);
    println!("{OPEN}{} {}", listener.local_addr()?, orders.local_addr()?);
    let (mut orders, _) = orders.accept()?;
    let mut number = [0; 4];
    orders.read_exact(&mut number)?;
    let mut sockets = Vec::new();
    for _ in 0..u32::from_be_bytes(number) {
        let (mut socket, _) = listener.accept()?;
        socket.set_nodelay(true)?;
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut part = [0; 1024];
            let read = socket.read(&mut part)?;
            ensure!(read > 0, "a socket ended before it was greeted");
            request.extend_from_slice(part.get(..read).unwrap_or_default());
        }
        socket.write_all(GREETING)?;
        sockets.push(socket);
    }
    orders.write_all(b"k")?;
    while orders.read_exact(&mut number).is_ok() {
        let mut text = vec![0; usize::try_from(u32::from_be_bytes(number))?];
        orders.read_exact(&mut text)?;
        let frame = encode(&text);
        for socket in &mut sockets {
            socket.write_all(&frame)?;
        }
    }
    Ok(())
}

/// The frame of a text, with its header, as a server writes it.
pub fn encode(text: &[u8]) -> Vec<u8> {
    // The high bit of the first: it is whole.
    let mut frame = match text.len() {
        length @ 0..=125 => vec![0x81, length as u8],
        length @ 126..=0xffff => [&[0x81, 126][..], &(length as u16).to_be_bytes()].concat(),
        length => [&[0x81, 127][..], &(length as u64).to_be_bytes()].concat(),
    };
    frame.extend_from_slice(text);
    frame
}

/// The same with tokio, through a library or none.
async fn through(way: Way, arrangement: Arrangement) -> anyhow::Result<()> {
    let (listener, orders) = (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
    println!("{OPEN}{} {}", listener.local_addr()?, orders.local_addr()?);
    let (mut orders, _) = orders.accept().await?;
    let count = orders.read_u32().await?;
    if way == Way::Axum {
        return serve(orders, upgraded(listener, count).await?, arrangement).await;
    }
    let streams = greeted(&listener, count).await?;
    match way {
        Way::Bare | Way::Axum => bail!("it is not made of tokio's connections"),
        Way::Tungstenite => serve(orders, tungstenites(streams, None).await, arrangement).await,
        Way::TungsteniteUnbuffered => {
            let config = WebSocketConfig::default().write_buffer_size(0);
            serve(orders, tungstenites(streams, Some(config)).await, arrangement).await
        }
        Way::Fastwebsockets => {
            let wrap = |stream| fastwebsockets::WebSocket::after_handshake(stream, fastwebsockets::Role::Server);
            serve(orders, streams.into_iter().map(wrap).collect(), arrangement).await
        }
        Way::TokioWebsockets => {
            // A message is one frame however long it is, as everywhere else here.
            let config = tokio_websockets::Config::default().frame_size(usize::MAX);
            let builder = tokio_websockets::ServerBuilder::new().config(config);
            serve(orders, streams.into_iter().map(|stream| builder.serve(stream)).collect(), arrangement).await
        }
        Way::Own => serve(orders, streams, arrangement).await,
    }
}

/// So many sockets of axum.
async fn upgraded(listener: TcpListener, count: u32) -> anyhow::Result<Vec<ws::WebSocket>> {
    let (open, mut opened) = mpsc::unbounded_channel();
    let handler = |upgrade: WebSocketUpgrade| async move {
        upgrade.on_upgrade(move |socket| async move {
            // Nobody takes more of them than were ordered.
            let _ = open.send(socket);
        })
    };
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    tokio::spawn(axum::serve(listener, Router::new().route("/", get(handler))).into_future());
    let mut sockets = Vec::new();
    for _ in 0..count {
        sockets.push(opened.recv().await.context("axum ended")?);
    }
    Ok(sockets)
}

/// So many connections, each past its handshake.
async fn greeted(listener: &TcpListener, count: u32) -> anyhow::Result<Vec<TcpStream>> {
    let mut streams = Vec::new();
    for _ in 0..count {
        let (mut stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            ensure!(stream.read_buf(&mut request).await? > 0, "a socket ended before it was greeted");
        }
        stream.write_all(GREETING).await?;
        streams.push(stream);
    }
    Ok(streams)
}

type Tungstenite = tokio_tungstenite::WebSocketStream<TcpStream>;

async fn tungstenites(streams: Vec<TcpStream>, config: Option<WebSocketConfig>) -> Vec<Tungstenite> {
    let mut sockets = Vec::new();
    for stream in streams {
        sockets.push(Tungstenite::from_raw_socket(stream, Role::Server, config).await);
    }
    sockets
}

/// A socket, to be written to.
trait Socket: Send + 'static {
    /// What is made once per round; each socket gets a clone.
    type Message: Clone + Send + 'static;

    /// Makes one.
    fn message(text: Bytes) -> anyhow::Result<Self::Message>;

    /// Writes one, and waits until the kernel has it.
    fn write(&mut self, message: Self::Message) -> impl Future<Output = anyhow::Result<()>> + Send;
}

impl Socket for ws::WebSocket {
    type Message = ws::Message;

    fn message(text: Bytes) -> anyhow::Result<ws::Message> {
        Ok(ws::Message::Text(text.try_into()?))
    }

    async fn write(&mut self, message: ws::Message) -> anyhow::Result<()> {
        Ok(self.send(message).await?)
    }
}

impl Socket for Tungstenite {
    type Message = tungstenite::Message;

    fn message(text: Bytes) -> anyhow::Result<tungstenite::Message> {
        Ok(tungstenite::Message::Text(text.try_into()?))
    }

    async fn write(&mut self, message: tungstenite::Message) -> anyhow::Result<()> {
        Ok(self.send(message).await?)
    }
}

impl Socket for fastwebsockets::WebSocket<TcpStream> {
    /// Its own frames cannot be cloned, but borrow.
    type Message = Bytes;

    fn message(text: Bytes) -> anyhow::Result<Bytes> {
        Ok(text)
    }

    async fn write(&mut self, message: Bytes) -> anyhow::Result<()> {
        Ok(self.write_frame(Frame::text(Payload::Borrowed(&message))).await?)
    }
}

impl Socket for tokio_websockets::WebSocketStream<TcpStream> {
    type Message = tokio_websockets::Message;

    fn message(text: Bytes) -> anyhow::Result<tokio_websockets::Message> {
        Ok(tokio_websockets::Message::text(text))
    }

    async fn write(&mut self, message: tokio_websockets::Message) -> anyhow::Result<()> {
        Ok(self.send(message).await?)
    }
}

/// Our own way: the message is the frame's bytes.
impl Socket for TcpStream {
    type Message = Bytes;

    fn message(text: Bytes) -> anyhow::Result<Bytes> {
        Ok(encode(&text).into())
    }

    async fn write(&mut self, message: Bytes) -> anyhow::Result<()> {
        let mut rest = &message[..];
        while !rest.is_empty() {
            match self.try_write(rest) {
                Ok(written) => rest = rest.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.writable().await?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// Writes what each order holds to all sockets.
async fn serve<S: Socket>(mut orders: TcpStream, sockets: Vec<S>, arrangement: Arrangement) -> anyhow::Result<()> {
    orders.write_all(b"k").await?;
    match arrangement {
        Arrangement::InTurn => in_turn(orders, sockets).await,
        Arrangement::TaskEach => task_each(orders, sockets).await,
    }
}

async fn in_turn<S: Socket>(mut orders: TcpStream, mut sockets: Vec<S>) -> anyhow::Result<()> {
    while let Some(text) = order(&mut orders).await? {
        let message = S::message(text)?;
        for socket in &mut sockets {
            socket.write(message.clone()).await?;
        }
    }
    Ok(())
}

async fn task_each<S: Socket>(mut orders: TcpStream, sockets: Vec<S>) -> anyhow::Result<()> {
    let seat = |socket| {
        let seat = Arc::new(Seat::default());
        tokio::spawn(sit(socket, seat.clone()));
        seat
    };
    let seats: Vec<_> = sockets.into_iter().map(seat).collect();
    while let Some(text) = order(&mut orders).await? {
        let message = S::message(text)?;
        for seat in &seats {
            seat.put(message.clone());
        }
    }
    Ok(())
}

/// Where a socket's task finds what it shall write. One place is enough: the generator gives no order before all have
/// what the last one held.
struct Seat<M> {
    message: Mutex<Option<M>>,
    wake: Notify,
}

impl<M> Default for Seat<M> {
    fn default() -> Self {
        Self { message: Mutex::new(None), wake: Notify::new() }
    }
}

impl<M> Seat<M> {
    fn put(&self, message: M) {
        *self.message.lock().unwrap_or_else(PoisonError::into_inner) = Some(message);
        self.wake.notify_one();
    }

    fn take(&self) -> Option<M> {
        self.message.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The task of one socket.
async fn sit<S: Socket>(mut socket: S, seat: Arc<Seat<S::Message>>) {
    loop {
        seat.wake.notified().await;
        let Some(message) = seat.take() else { continue };
        if let Err(error) = socket.write(message).await {
            // The socket ends with its task, and the generator says so.
            eprintln!("  a frame could not be written: {error:#}");
            return;
        }
    }
}

/// The text to write next; none where the generator has gone.
async fn order(orders: &mut TcpStream) -> anyhow::Result<Option<Bytes>> {
    let Ok(length) = orders.read_u32().await else { return Ok(None) };
    let mut text = vec![0; usize::try_from(length)?];
    orders.read_exact(&mut text).await?;
    Ok(Some(text.into()))
}
