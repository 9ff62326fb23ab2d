//! A command that enters where its room is not: how long until all sockets of all nodes have what came of it, and what it costs
//! each process on the way. Beside it the same on one process, with as many sockets.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::Context;

use super::{
    super::{
        Plan,
        fanout::{ROUNDS, quiet},
        party::Party,
        report::{Pairs, Spreads, Table, median, microseconds, milliseconds, quantile},
        viewer::{Tally, Viewer},
    },
    House,
    house::Carried,
};

/// Sockets at each of the nodes: what is paid for an event is what is paid with the first, less what a socket costs.
const SOCKETS: [usize; 3] = [1, 24, 100];
/// Nodes: the first has the room, at the second people say what is to be done.
const NODES: usize = 3;
/// Between two commands.
const APART: Duration = Duration::from_millis(50);
/// Commands of a burst.
const BURST: u32 = 24;
/// Each by somebody else, or all by one: what one person says at a node that has not the room is done one after the other.
const BURST_OF: usize = 24;
/// How long each process is left alone, for what it needs then.
const IDLE: Duration = Duration::from_secs(4);

/// One or several processes that have a room together, and the sockets in it.
struct Side<'a> {
    house: &'a House,
    parties: &'a [Party],
    tally: Rc<Tally>,
    /// Whose commands are sent in turn: those at the last process but one, where there are several.
    viewers: Vec<Viewer>,
    asking: usize,
    each: usize,
    position: u64,
    /// CPU seconds per second that each process needs by itself, those of NATS and PostgreSQL last.
    idle: Vec<f64>,
    carried: Carried,
}

/// What so many commands cost: microseconds of CPU of each process, those of NATS and PostgreSQL last, per command, and what
/// the bus carried for it; and how many ms each took until the last socket had it.
struct Leg {
    cpu: Vec<f64>,
    carried: Carried,
    last: Vec<f64>,
}

impl<'a> Side<'a> {
    async fn open(house: &'a House, parties: &'a [Party], each: usize, clips: &str) -> anyhow::Result<Self> {
        let (first, tally) = (parties.first().context("no process")?, Rc::new(Tally::default()));
        // As many people as sockets, wherever those are.
        let guests = first.guests(each * NODES).await?;
        let rooms = first.rooms(guests.get(..1).unwrap_or_default(), clips).await?;
        let room = rooms.first().context("no room")?;
        let mut viewers = Vec::new();
        for (party, people) in parties.iter().zip(guests.chunks(each * NODES / parties.len())) {
            viewers.extend(party.sockets(room, people, &tally).await?);
        }
        viewers.first().context("no viewer")?.command("play")?;
        quiet(&tally).await;
        let asking = if parties.len() > 1 { each } else { 0 };
        let (idle, carried) = (Vec::new(), Carried::default());
        let mut side = Self { house, parties, tally, viewers, asking, each, position: 0, idle, carried };
        side.leg(4, 1, 2).await?;
        let (from, before, carried) = (Instant::now(), side.cpu()?, house.nats.carried().await?);
        tokio::time::sleep(IDLE).await;
        let took = from.elapsed().as_secs_f64();
        side.idle = side.cpu()?.iter().zip(&before).map(|(now, then)| (now - then) / 1e6 / took).collect();
        side.carried = house.nats.carried().await?.since(carried).times(1.0 / took);
        Ok(side)
    }

    /// What each process ran, in microseconds.
    fn cpu(&self) -> anyhow::Result<Vec<f64>> {
        let mut ran = Vec::new();
        for party in self.parties {
            ran.push(microseconds(party.process.cpu()?));
        }
        ran.push(microseconds(self.house.nats.process.cpu()?));
        ran.push(microseconds(self.house.database_cpu()?));
        Ok(ran)
    }

    /// `rounds` times `at_once` commands of so many people in turn, waited for.
    async fn leg(&mut self, rounds: u32, at_once: u32, people: usize) -> anyhow::Result<Leg> {
        let commands = f64::from(rounds * at_once);
        let (carried, before, from) = (self.house.nats.carried().await?, self.cpu()?, Instant::now());
        let mut last = Vec::new();
        let mut due = tokio::time::interval(APART);
        for _ in 0..rounds {
            due.tick().await;
            self.tally.expect(self.viewers.len() as u64 * u64::from(at_once));
            let sent = Instant::now();
            for _ in 0..at_once {
                self.position += 7;
                let turn = usize::try_from(self.position / 7)? % self.each.min(people);
                self.viewers.get(self.asking + turn).context("no viewer")?.seek(self.position)?;
            }
            last.push(milliseconds(self.tally.reached().await? - sent));
        }
        // The last answer belongs to it.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let took = from.elapsed();
        let own = self.idle.iter().copied().chain(std::iter::repeat(0.0)).map(|idle| idle * microseconds(took));
        let spent = self.cpu()?.into_iter().zip(before).zip(own);
        let cpu = spent.map(|((now, then), idle)| (now - then - idle).max(0.0) / commands).collect();
        let by_itself = self.carried.times(took.as_secs_f64());
        let carried = self.house.nats.carried().await?.since(carried).since(by_itself).times(1.0 / commands);
        Ok(Leg { cpu, carried, last })
    }
}

/// All of a side's figures.
#[derive(Default)]
struct Seen {
    cpu: Vec<Vec<f64>>,
    carried: Vec<Carried>,
    last: Vec<f64>,
}

impl Seen {
    fn note(&mut self, leg: Leg) -> f64 {
        let middle = median(&leg.last);
        self.cpu.push(leg.cpu);
        self.carried.push(leg.carried);
        self.last.extend(leg.last);
        middle
    }

    /// Microseconds per command of one of the processes, counted from the end where `at` is below 0.
    fn cpu(&self, at: isize) -> f64 {
        median(&self.cpus(at))
    }

    /// The same, leg by leg.
    fn cpus(&self, at: isize) -> Vec<f64> {
        let of = |leg: &Vec<f64>| {
            let at = if at < 0 { leg.len().checked_add_signed(at)? } else { at.unsigned_abs() };
            leg.get(at).copied()
        };
        self.cpu.iter().filter_map(of).collect()
    }

    fn carried(&self, of: impl Fn(&Carried) -> f64) -> f64 {
        median(&self.carried.iter().map(of).collect::<Vec<_>>())
    }
}

/// Measures three nodes beside one process on PostgreSQL, and that beside one on a file.
pub async fn run(
    plan: &Plan,
    house: &House,
    clips: &str,
    table: &mut Table,
    stores: &mut Table,
    spreads: &mut Spreads,
) -> anyhow::Result<()> {
    let database = house.database().await;
    let nodes: Vec<Party> = (0..NODES).map(|_| house.node(&database)).collect::<anyhow::Result<_>>()?;
    let alone = [house.alone().await?];
    let on_a_file = [house.on_a_file("crossing")?];
    for each in SOCKETS {
        let all = each * NODES;
        eprintln!("{NODES} × {each} sockets");
        let mut several = Side::open(house, &nodes, each, clips).await?;
        let mut one = Side::open(house, &alone, each, clips).await?;
        let mut file = Side::open(house, &on_a_file, each, clips).await?;
        let name = format!("{all} sockets, a seek");
        let (mut seen, mut p50) =
            ([Seen::default(), Seen::default(), Seen::default()], [Pairs::default(), Pairs::default()]);
        for _ in 0..plan.pairs {
            let [ours, alone, on_a_file] = &mut seen;
            let ours = ours.note(several.leg(ROUNDS, 1, 2).await?);
            let alone = alone.note(one.leg(ROUNDS, 1, 2).await?);
            let on_a_file = on_a_file.note(file.leg(ROUNDS, 1, 2).await?);
            p50[0].push(ours, alone);
            p50[1].push(alone, on_a_file);
        }
        tell(&name, &seen, &p50, table, stores);
        let [ours, alone, on_a_file] = &seen;
        processes(&name, ours, alone, table);
        stores.both(&format!("{name}: CPU of the process"), "µs", alone.cpu(0), on_a_file.cpu(0));
        spread(&name, ours, alone, spreads);
        for (at, way) in ["to NATS", "from NATS"].iter().enumerate() {
            table.alone(&format!("{name}: messages {way}"), "messages", ours.carried(|one| one.messages[at]));
            table.alone(&format!("{name}: bytes {way}"), "bytes", ours.carried(|one| one.bytes[at]));
        }

        for people in [1, BURST_OF].into_iter().filter(|people| *people <= each) {
            let name = format!("{all} sockets, {BURST} seeks at once by {people}");
            let (mut seen, mut p50): ([Seen; 3], [Pairs; 2]) = Default::default();
            for _ in 0..plan.pairs {
                let [ours, alone, on_a_file] = &mut seen;
                let ours = ours.note(several.leg(2, BURST, people).await?);
                let alone = alone.note(one.leg(2, BURST, people).await?);
                let on_a_file = on_a_file.note(file.leg(2, BURST, people).await?);
                p50[0].push(ours, alone);
                p50[1].push(alone, on_a_file);
            }
            tell(&name, &seen, &p50, table, stores);
            processes(&name, &seen[0], &seen[1], table);
            spread(&name, &seen[0], &seen[1], spreads);
        }
        for side in [&several, &one, &file] {
            anyhow::ensure!(side.tally.lost.get() == 0, "{} sockets were lost", side.tally.lost.get());
        }
    }
    stop(nodes.into_iter().chain(alone).chain(on_a_file))
}

/// How long it took.
fn tell(name: &str, seen: &[Seen; 3], p50: &[Pairs; 2], table: &mut Table, stores: &mut Table) {
    let name = format!("{name}: until the last socket has it");
    table.pairs(&format!("{name}, p50"), "ms", &p50[0]);
    stores.pairs(&format!("{name}, p50"), "ms", &p50[1]);
    let [ours, alone, on_a_file] = seen.each_ref().map(|seen| quantile(&seen.last, 0.99));
    table.both(&format!("{name}, p99"), "ms", ours, alone);
    stores.both(&format!("{name}, p99"), "ms", alone, on_a_file);
}

/// What each process ran for a command.
fn processes(name: &str, ours: &Seen, alone: &Seen, table: &mut Table) {
    let sum = |seen: &Seen, nodes: isize| (0..nodes).map(|node| seen.cpu(node)).sum::<f64>();
    table.both(&format!("{name}: CPU of the node that has the room"), "µs", ours.cpu(0), alone.cpu(0));
    table.alone(&format!("{name}: CPU of the node that was asked"), "µs", ours.cpu(1));
    table.alone(&format!("{name}: CPU of a node that only hears"), "µs", ours.cpu(2));
    table.both(&format!("{name}: CPU of all nodes"), "µs", sum(ours, 3), sum(alone, 1));
    table.alone(&format!("{name}: CPU of NATS"), "µs", ours.cpu(-2));
    table.both(&format!("{name}: CPU of PostgreSQL"), "µs", ours.cpu(-1), alone.cpu(-1));
}

/// How all of that is spread.
fn spread(name: &str, ours: &Seen, alone: &Seen, spreads: &mut Spreads) {
    spreads.push(&format!("{name}: until the last socket has it, {NODES} nodes"), "ms", &ours.last);
    spreads.push(&format!("{name}: until the last socket has it, one process"), "ms", &alone.last);
    for (who, at) in [("has the room", 0), ("was asked", 1), ("only hears", 2)] {
        spreads.push(&format!("{name}: CPU of the node that {who}"), "µs", &ours.cpus(at));
    }
    spreads.push(&format!("{name}: CPU of NATS"), "µs", &ours.cpus(-2));
    spreads.push(&format!("{name}: CPU of PostgreSQL"), "µs", &ours.cpus(-1));
    spreads.push(&format!("{name}: CPU of one process"), "µs", &alone.cpus(0));
}

/// Ends processes in order.
pub fn stop(parties: impl IntoIterator<Item = Party>) -> anyhow::Result<()> {
    parties.into_iter().try_for_each(|party| party.process.stop())
}
