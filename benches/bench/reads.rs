//! Reading a room over HTTP, beside a handler that returns a constant of the same size.

use std::{
    cell::Cell,
    net::SocketAddr,
    path::Path,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{
    Plan,
    party::Party,
    process::Process,
    report::{Pairs, Table, microseconds},
};

/// Connections that are kept open, each with one request under way.
const CONNECTIONS: usize = 8;

/// Measures `GET /api/v1/rooms/{id}`.
pub async fn run(plan: &Plan, place: &Path, http: &Process, clips: &str, table: &mut Table) -> anyhow::Result<()> {
    let party = Party::start(&plan.server, place, clips)?;
    let hosts = party.guests(1).await?;
    let rooms = party.rooms(&hosts, clips).await?;
    let (host, room) = (hosts.first().context("no host")?, rooms.first().context("no room")?);
    let ask = |path: &str, address: SocketAddr| {
        format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {host}\r\n\r\n")
    };
    let ours = (party.address, ask(&format!("/api/v1/rooms/{room}"), party.address));
    let length = Connection::open(ours.0).await?.get(ours.1.as_bytes()).await?;
    let address: SocketAddr = clips.parse()?;
    let bare = (address, ask(&format!("/constant/{length}/{room}"), address));
    eprintln!("reads of a room of {length} bytes");
    let (mut throughput, mut cpu) = (Pairs::default(), Pairs::default());
    for _ in 0..plan.pairs.min(5) {
        let ours = leg(&party.process, &ours, plan.leg).await?;
        let bare = leg(http, &bare, plan.leg).await?;
        throughput.push(ours.0, bare.0);
        cpu.push(ours.1, bare.1);
    }
    table.pairs("GET of a room, 8 connections: requests", "per s", &throughput);
    table.pairs("GET of a room, 8 connections: CPU per request", "µs", &cpu);
    party.process.stop()
}

/// Requests a second, and microseconds of CPU per request.
async fn leg(
    process: &Process,
    (address, request): &(SocketAddr, String),
    time: Duration,
) -> anyhow::Result<(f64, f64)> {
    let (done, request): (Rc<Cell<u64>>, Rc<str>) = (Rc::default(), request.as_str().into());
    let mut tasks = tokio::task::JoinSet::new();
    let until = Instant::now() + time;
    let before = process.cpu()?;
    for _ in 0..CONNECTIONS {
        let (mut connection, request, done) = (Connection::open(*address).await?, request.clone(), done.clone());
        tasks.spawn_local(async move {
            while Instant::now() < until {
                connection.get(request.as_bytes()).await?;
                done.set(done.get() + 1);
            }
            anyhow::Ok(())
        });
    }
    let from = Instant::now();
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    let spent = process.ran_since(before)?;
    let done = done.get() as f64;
    Ok((done / from.elapsed().as_secs_f64(), microseconds(spent) / done))
}

/// A connection that is kept open.
pub struct Connection {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Connection {
    /// Opens one.
    pub async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, answer: Vec::with_capacity(16 * 1024) })
    }

    /// Asks, and reads the answer to its end; the length of its body.
    pub async fn get(&mut self, request: &[u8]) -> anyhow::Result<usize> {
        self.stream.write_all(request).await?;
        self.answer.clear();
        loop {
            ensure!(self.stream.read_buf(&mut self.answer).await? > 0, "the connection ended");
            let Some(head) = self.answer.windows(4).position(|part| part == b"\r\n\r\n") else { continue };
            let text = std::str::from_utf8(self.answer.get(..head).unwrap_or_default())?;
            ensure!(text.starts_with("HTTP/1.1 200"), "no good answer: {text}");
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.context("an answer without a length")?.parse()?;
            if self.answer.len() >= head + 4 + length {
                return Ok(length);
            }
        }
    }
}
