//! Many rooms that all write to one PostgreSQL: by one process, and by three nodes that each have a third of them.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};

use super::{
    super::{
        Plan,
        party::{Party, welcomed},
        report::{Pairs, Spreads, Table, microseconds, milliseconds, quantile},
        viewer::{Desk, Load, Tally, Viewer},
    },
    House,
    crossing::stop,
};

const NODES: usize = 3;
/// Rooms in all.
const ROOMS: usize = 90;
/// Commands of which the next is only sent when the last was answered.
const ALONE: usize = 300;
/// Before what is counted.
const WARM: Duration = Duration::from_millis(500);
/// The database says of itself what was a second ago.
const LATE: Duration = Duration::from_millis(1_200);

/// Processes with rooms of their own, and a closed loop of commands in each room.
struct Side<'a> {
    parties: &'a [Party],
    desks: Vec<Rc<Desk>>,
    load: Rc<Load>,
    tally: Rc<Tally>,
    _sockets: Vec<Viewer>,
}

/// Of one leg: commands, commits and log flushes a second, and CPU of all nodes and of PostgreSQL per command, in µs.
struct Leg {
    commands: f64,
    commits: f64,
    flushes: f64,
    cpu: [f64; 2],
}

impl<'a> Side<'a> {
    async fn open(parties: &'a [Party], clips: &str) -> anyhow::Result<Self> {
        let (tally, load) = (Rc::new(Tally::default()), Rc::new(Load::default()));
        let (mut desks, mut sockets) = (Vec::new(), Vec::new());
        for party in parties {
            let hosts = party.guests(ROOMS / parties.len()).await?;
            let rooms = party.rooms(&hosts, clips).await?;
            for (room, host) in rooms.iter().zip(&hosts) {
                let desk = Desk::new(&load);
                sockets.push(party.desk(room, host, &tally, &desk).await?);
                desks.push(desk);
            }
        }
        welcomed(&tally, desks.len() as u64).await?;
        Ok(Self { parties, desks, load, tally, _sockets: sockets })
    }

    fn cpu(&self) -> anyhow::Result<f64> {
        self.parties.iter().map(|party| Ok(microseconds(party.process.cpu()?))).sum()
    }

    async fn leg(&self, house: &House, in_flight: usize, time: Duration) -> anyhow::Result<Leg> {
        let load = &self.load;
        load.running.set(true);
        for desk in &self.desks {
            for _ in 0..in_flight {
                desk.send()?;
            }
        }
        tokio::time::sleep(WARM + LATE).await;
        load.took.borrow_mut().clear();
        let [commits, flushes] = house.commits().await?;
        let (acked, cpu, database, from) = (load.acked.get(), self.cpu()?, house.database_cpu()?, Instant::now());
        tokio::time::sleep(time).await;
        let (acked, took) = ((load.acked.get() - acked) as f64, from.elapsed().as_secs_f64());
        let cpu = [self.cpu()? - cpu, microseconds(house.database_cpu()?.saturating_sub(database))];
        let [commits, flushes] = {
            let now = house.commits().await?;
            [now[0] - commits, now[1] - flushes]
        };
        load.running.set(false);
        for _ in 0..2_000 {
            if load.in_flight.get() == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        ensure!(load.in_flight.get() == 0, "{} commands were not answered", load.in_flight.get());
        ensure!(load.refused.get() == 0, "{} commands were refused", load.refused.get());
        ensure!(self.tally.lost.get() == 0, "{} sockets were lost", self.tally.lost.get());
        Ok(Leg {
            commands: acked / took,
            commits: commits / took,
            flushes: flushes / took,
            cpu: cpu.map(|cpu| cpu / acked),
        })
    }
}

/// How long one command takes until it is answered, where nothing else happens; ms, at a process of `parties`.
async fn answers(parties: &[Party], at: usize, clips: &str) -> anyhow::Result<Vec<f64>> {
    let (own, party) = (parties.first().context("no process")?, parties.get(at).context("no process")?);
    let (tally, load) = (Rc::new(Tally::default()), Rc::new(Load::default()));
    let hosts = own.guests(1).await?;
    let rooms = own.rooms(&hosts, clips).await?;
    let desk = Desk::new(&load);
    let (room, host) = (rooms.first().context("no room")?, hosts.first().context("no host")?);
    let _socket = party.desk(room, host, &tally, &desk).await?;
    welcomed(&tally, 1).await?;
    load.running.set(true);
    desk.send()?;
    while load.acked.get() < ALONE as u64 {
        ensure!(load.refused.get() == 0, "a command was refused");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    load.running.set(false);
    Ok(load.took.take().iter().skip(ALONE / 10).map(|took| milliseconds(*took)).collect())
}

/// Measures it with 1 to 8 commands under way in each room.
pub async fn run(
    plan: &Plan,
    house: &House,
    clips: &str,
    table: &mut Table,
    spreads: &mut Spreads,
) -> anyhow::Result<()> {
    let database = house.database().await;
    let nodes: Vec<Party> = (0..NODES).map(|_| house.node(&database)).collect::<anyhow::Result<_>>()?;
    let alone = [house.alone().await?];
    let file = [house.on_a_file("writing")?];
    let name = "one command at a time: until it is answered";
    let [mut ours, mut own, mut bare, mut sqlite] = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..plan.pairs.min(5) {
        ours.extend(answers(&nodes, 1, clips).await?);
        own.extend(answers(&nodes, 0, clips).await?);
        bare.extend(answers(&alone, 0, clips).await?);
        sqlite.extend(answers(&file, 0, clips).await?);
    }
    for part in [0.5, 0.99] {
        let [ours, own, bare] = [&ours, &own, &bare].map(|took| quantile(took, part));
        table.both(&format!("{name}, asked where the room is not, p{:.0}", part * 100.0), "ms", ours, bare);
        table.both(&format!("{name}, asked where it is, p{:.0}", part * 100.0), "ms", own, bare);
    }
    spreads.push(&format!("{name}, asked where the room is not"), "ms", &ours);
    spreads.push(&format!("{name}, one process"), "ms", &bare);
    spreads.push(&format!("{name}, on a file"), "ms", &sqlite);
    stop(file)?;
    let (several, one) = (Side::open(&nodes, clips).await?, Side::open(&alone, clips).await?);
    for in_flight in [1, 4, 8] {
        let name = format!("{ROOMS} rooms × {in_flight} under way");
        let mut pairs: [Pairs; 5] = Default::default();
        for side in [&several, &one] {
            side.load.took.take();
        }
        let mut took = [Vec::new(), Vec::new()];
        for _ in 0..plan.pairs.min(4) {
            let legs =
                [several.leg(house, in_flight, plan.leg * 2).await?, one.leg(house, in_flight, plan.leg * 2).await?];
            for (side, took) in [&several, &one].iter().zip(&mut took) {
                took.extend(side.load.took.take().iter().map(|took| milliseconds(*took)));
            }
            let of = |leg: &Leg| [leg.commands, leg.commits, leg.flushes, leg.cpu[0], leg.cpu[1]];
            for (pairs, (ours, alone)) in pairs.iter_mut().zip(of(&legs[0]).into_iter().zip(of(&legs[1]))) {
                pairs.push(ours, alone);
            }
        }
        let [commands, commits, flushes, nodes, postgres] = pairs;
        table.pairs(&format!("{name}: durable commands"), "per s", &commands);
        table.pairs(&format!("{name}: commits"), "per s", &commits);
        table.pairs(&format!("{name}: times the log went to the disk"), "per s", &flushes);
        for part in [0.5, 0.99] {
            let [ours, alone] = took.each_ref().map(|took| quantile(took, part));
            table.both(&format!("{name}: until the answer, p{:.0}", part * 100.0), "ms", ours, alone);
        }
        table.pairs(&format!("{name}: CPU of the nodes per command"), "µs", &nodes);
        table.pairs(&format!("{name}: CPU of PostgreSQL per command"), "µs", &postgres);
    }
    drop((several, one));
    stop(nodes.into_iter().chain(alone))
}
