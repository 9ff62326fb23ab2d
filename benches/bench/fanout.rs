//! One room with many sockets: what it costs to join, to sit there, and to hear of a seek.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::Command,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::Context;
use futures_util::{StreamExt, TryStreamExt, stream};

use super::{
    Plan, bare,
    party::Party,
    process::Process,
    report::{Pairs, Table, median, microseconds, milliseconds, quantile},
    viewer::{Tally, Viewer},
};

/// Between two broadcasts.
const APART: Duration = Duration::from_millis(50);
/// Broadcasts of one leg.
pub const ROUNDS: u32 = 20;
/// Broadcasts of a burst.
const BURST: u32 = 48;

/// The write loop, with its viewers.
pub struct Bare {
    process: Process,
    orders: TcpStream,
    tally: Rc<Tally>,
    _viewers: Vec<Viewer>,
    /// What it writes.
    pub frame: Vec<u8>,
}

impl Bare {
    /// Starts one with so many viewers.
    pub async fn start(sockets: usize) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        let (process, addresses) = Process::start(command.arg("--child=writes"), bare::WRITES_OPEN)?;
        let (viewers, orders) = addresses.split_once(' ').context("no two addresses")?;
        let viewers: SocketAddr = viewers.parse()?;
        let mut orders = TcpStream::connect(orders)?;
        orders.set_nodelay(true)?;
        orders.write_all(&u32::try_from(sockets)?.to_be_bytes())?;
        let tally = Rc::new(Tally::default());
        let open = |_| Viewer::open(viewers, "/", "", &tally, None);
        let viewers = stream::iter(0..sockets).map(open).buffer_unordered(64).try_collect().await?;
        orders.read_exact(&mut [0])?;
        Ok(Self { process, orders, tally, _viewers: viewers, frame: Vec::new() })
    }

    fn broadcast(&mut self, times: u32) -> anyhow::Result<()> {
        let mut order = times.to_be_bytes().to_vec();
        order.extend(u32::try_from(self.frame.len())?.to_be_bytes());
        order.extend(&self.frame);
        Ok(self.orders.write_all(&order)?)
    }
}

/// One leg of a pair.
pub struct Leg {
    /// Microseconds of CPU per delivered frame.
    pub cpu: f64,
    /// Milliseconds until the last socket had it, per broadcast.
    pub last: Vec<f64>,
}

/// What is under test and what it is compared with.
pub struct Pair<'a> {
    pub party: &'a Party,
    /// The sockets of each room.
    pub rooms: &'a [Vec<Viewer>],
    pub tally: &'a Tally,
    pub bare: Bare,
    /// The server's CPU seconds per second while nothing happens.
    pub idle: f64,
    /// So that no two seeks in a row are the same.
    pub position: u64,
}

impl Pair<'_> {
    /// So many seeks in each room, one after the other, from two of its sockets in turn. Nobody may have more than 32 under way.
    fn seek(&mut self, times: u32) -> anyhow::Result<()> {
        for _ in 0..times {
            self.position += 7;
            let turn = usize::try_from(self.position / 7 % 2)?;
            for room in self.rooms {
                room.get(turn % room.len()).context("no viewer")?.seek(self.position)?;
            }
        }
        Ok(())
    }

    fn process(&self, ours: bool) -> &Process {
        if ours { &self.party.process } else { &self.bare.process }
    }

    /// `rounds` times: `at_once` broadcasts, waited for.
    pub async fn leg(&mut self, ours: bool, rounds: u32, at_once: u32) -> anyhow::Result<Leg> {
        let sockets = self.rooms.iter().map(|room| room.len() as u64).sum::<u64>();
        let (from, before) = (Instant::now(), self.process(ours).cpu()?);
        let mut last = Vec::new();
        let mut due = tokio::time::interval(APART);
        for _ in 0..rounds {
            due.tick().await;
            if ours { self.tally } else { &self.bare.tally }.expect(sockets * u64::from(at_once));
            let sent = Instant::now();
            if ours {
                self.seek(at_once)?;
            } else {
                self.bare.broadcast(at_once)?;
            }
            let reached = if ours { self.tally } else { &self.bare.tally }.reached().await?;
            last.push(milliseconds(reached - sent));
        }
        // The answer to the last seek, and the sleep after it, belong to it.
        tokio::time::sleep(Duration::from_millis(30)).await;
        let idle = if ours { from.elapsed().mul_f64(self.idle) } else { Duration::ZERO };
        let spent = self.process(ours).ran_since(before)?.saturating_sub(idle);
        Ok(Leg { cpu: microseconds(spent) / (sockets * u64::from(rounds * at_once)) as f64, last })
    }
}

/// Measures one room.
pub async fn run(plan: &Plan, place: &Path, clips: &str, table: &mut Table) -> anyhow::Result<()> {
    let sockets = plan.sockets;
    let party = Party::start(&plan.server, place, clips)?;
    eprintln!("{sockets} guests and a room");
    let guests = party.guests(sockets).await?;
    let rooms = party.rooms(guests.get(..1).unwrap_or_default(), clips).await?;
    let room = rooms.first().context("no room")?;
    tokio::time::sleep(Duration::from_secs(2)).await;

    eprintln!("{sockets} sockets join");
    let alone = rate(&party, plan.idle / 5).await?;
    let (resident, before, from) = (party.process.resident()?, party.process.cpu()?, Instant::now());
    let tally = Rc::new(Tally::default());
    let viewers = party.sockets(room, &guests, &tally).await?;
    let took = from.elapsed();
    quiet(&tally).await;
    let spent = party.process.ran_since(before)?;
    let count = sockets as f64;
    table.alone(&format!("{sockets} joins: CPU"), "s", spent.as_secs_f64());
    table.alone(&format!("{sockets} joins: time until all are welcomed"), "s", took.as_secs_f64());
    table.alone(&format!("{sockets} joins: frames sent, per socket"), "frames", tally.frames.get() as f64 / count);
    table.alone(&format!("{sockets} joins: sent, per socket"), "kB", tally.bytes.get() as f64 / 1e3 / count);

    eprintln!("{sockets} sockets sit there");
    viewers.first().context("no viewer")?.command("pause")?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    table.alone("resident memory per idle socket", "kB", (party.process.resident()? - resident) / count);
    let idle = rate(&party, plan.idle).await?;
    table.alone("CPU per idle socket and second", "µs", (idle - alone) * 1e6 / count);

    eprintln!("seeks to {sockets} sockets");
    viewers.first().context("no viewer")?.command("play")?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let bare = Bare::start(sockets).await?;
    let rooms = [viewers];
    let mut pair = Pair { party: &party, rooms: &rooms, tally: &tally, bare, idle, position: 0 };
    // To warm both, and to see what a seek looks like.
    pair.leg(true, 4, 1).await?;
    pair.bare.frame.clone_from(&tally.sample.borrow());
    pair.leg(false, 4, 1).await?;
    eprintln!("  a seek is {} bytes on the wire", pair.bare.frame.len());

    let (mut cpu, mut p50, mut all) = (Pairs::default(), Pairs::default(), (Vec::new(), Vec::new()));
    for _ in 0..plan.pairs {
        let ours = pair.leg(true, ROUNDS, 1).await?;
        let bare = pair.leg(false, ROUNDS, 1).await?;
        cpu.push(ours.cpu, bare.cpu);
        p50.push(median(&ours.last), median(&bare.last));
        all.0.extend(ours.last);
        all.1.extend(bare.last);
    }
    table.pairs("seek: CPU per delivered frame", "µs", &cpu);
    table.pairs("seek: until the last socket has it, p50", "ms", &p50);
    table.both("seek: until the last socket has it, p99", "ms", quantile(&all.0, 0.99), quantile(&all.1, 0.99));

    let (mut cpu, mut last) = (Pairs::default(), Pairs::default());
    for _ in 0..plan.pairs.min(3) {
        let ours = pair.leg(true, 1, BURST).await?;
        let bare = pair.leg(false, 1, BURST).await?;
        cpu.push(ours.cpu, bare.cpu);
        last.push(median(&ours.last), median(&bare.last));
    }
    table.pairs(&format!("{BURST} seeks at once: CPU per delivered frame"), "µs", &cpu);
    table.pairs(&format!("{BURST} seeks at once: until the last socket has the last"), "ms", &last);
    stalled(plan, &mut pair, room, &guests, table).await?;
    anyhow::ensure!(tally.lost.get() == 0, "{} sockets were lost", tally.lost.get());
    drop(rooms);
    party.process.stop()
}

/// The same beside one in a hundred who takes nothing. They are let go ten seconds after their lines are full, so both are measured in turn, with new ones
/// each time.
async fn stalled(
    plan: &Plan,
    pair: &mut Pair<'_>,
    room: &str,
    guests: &[String],
    table: &mut Table,
) -> anyhow::Result<()> {
    let mut took = [Vec::new(), Vec::new()];
    for _ in 0..plan.pairs.div_ceil(2) {
        took[1].extend(pair.leg(true, ROUNDS, 1).await?.last);
        let stalled = pair.party.stalled(room, &guests[..guests.len().div_ceil(100)]).await?;
        // Until nothing fits into their lines any more.
        for _ in 0..8 {
            pair.leg(true, 1, BURST).await?;
        }
        took[0].extend(pair.leg(true, ROUNDS, 1).await?.last);
        drop(stalled);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let [with, without] = took.map(|took| (median(&took), quantile(&took, 0.99)));
    let name = "seek beside 1 % who take nothing: until the last of the others has it";
    table.both(&format!("{name}, p50; beside: without them"), "ms", with.0, without.0);
    table.both(&format!("{name}, p99; beside: without them"), "ms", with.1, without.1);
    Ok(())
}

/// CPU seconds per second of a server that is left alone.
pub async fn rate(party: &Party, time: Duration) -> anyhow::Result<f64> {
    let (from, before) = (Instant::now(), party.process.cpu()?);
    tokio::time::sleep(time).await;
    Ok(party.process.ran_since(before)?.as_secs_f64() / from.elapsed().as_secs_f64())
}

/// Waits until nothing has come for a second.
pub async fn quiet(tally: &Tally) {
    loop {
        let before = tally.frames.get();
        tokio::time::sleep(Duration::from_secs(1)).await;
        if tally.frames.get() == before {
            return;
        }
    }
}
