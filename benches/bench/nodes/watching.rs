//! People who just watch: each says every 1.5 s how its player does and asks every 2 s for the time, as the page does. What that
//! costs a node and the bus, in rooms of ten and in one room, alone and with everybody spread over three nodes.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::Context;

use super::{
    super::{
        Plan,
        fanout::quiet,
        party::Party,
        report::{Table, microseconds},
        viewer::{Tally, Viewer},
    },
    House,
    crossing::stop,
    house::Carried,
};

const NODES: usize = 3;
/// People of each room in the one part, and how many such rooms.
const ROOM: usize = 10;
const ROOMS: usize = 30;
/// People of the one room in the other part.
const CROWDS: [usize; 2] = [300, 900];
/// How often a page reports, and pings.
const REPORT: Duration = Duration::from_millis(1_500);
const PING: Duration = Duration::from_secs(2);
/// How finely that is spread over time.
const STEP: Duration = Duration::from_millis(25);

/// Rooms with their people, on one or several processes.
struct Houses {
    /// Who is in a room, and what is on there.
    people: Vec<(Viewer, Rc<str>)>,
    tally: Rc<Tally>,
}

/// What somebody who watches costs in a second, with what is on by itself taken out: CPU of each process in µs, NATS and PostgreSQL last.
struct Cost {
    cpu: Vec<f64>,
    carried: Carried,
    frames: f64,
    bytes: f64,
}

impl Houses {
    /// Rooms of so many people, who are dealt to the processes in turn; so are the rooms.
    async fn open(parties: &[Party], rooms: usize, each: usize, clips: &str) -> anyhow::Result<Self> {
        let (mut people, tally) = (Vec::new(), Rc::new(Tally::default()));
        for number in 0..rooms {
            let own = parties.get(number % parties.len()).context("no process")?;
            let guests = own.guests(each).await?;
            let made = own.rooms(guests.get(..1).unwrap_or_default(), clips).await?;
            let (room, host) = (made.first().context("no room")?, guests.first().context("no host")?);
            let item: Rc<str> = own.item(room, host).await?.into();
            for at in 0..parties.len() {
                let party = parties.get((number + at) % parties.len()).context("no process")?;
                let here: Vec<_> = guests.iter().skip(at).step_by(parties.len()).cloned().collect();
                let viewers = party.sockets(room, &here, &tally).await?;
                if at == 0 {
                    viewers.first().context("no viewer")?.command("play")?;
                }
                people.extend(viewers.into_iter().map(|viewer| (viewer, item.clone())));
            }
        }
        quiet(&tally).await;
        Ok(Self { people, tally })
    }

    /// All of them watch for a while.
    async fn watch(&self, time: Duration) -> anyhow::Result<()> {
        let count = self.people.len();
        let due =
            |every: Duration, passed: Duration| (count as f64 * passed.as_secs_f64() / every.as_secs_f64()).floor();
        let (from, mut said) = (Instant::now(), [0_u64; 2]);
        let mut steps = tokio::time::interval(STEP);
        while from.elapsed() < time {
            steps.tick().await;
            let passed = from.elapsed();
            for (said, every) in said.iter_mut().zip([REPORT, PING]) {
                while (*said as f64) < due(every, passed) {
                    // Prime to the number of people, so that neighbours do not speak one after the other.
                    let at = usize::try_from(*said)?.wrapping_mul(7_919) % count;
                    let (viewer, item) = self.people.get(at).context("nobody")?;
                    if every == REPORT {
                        viewer.report(item, *said / count as u64 * 7 + at as u64)?;
                    } else {
                        viewer.ping(*said)?;
                    }
                    *said += 1;
                }
            }
        }
        Ok(())
    }

    async fn cost(&self, parties: &[Party], house: &House, time: Duration) -> anyhow::Result<[Cost; 2]> {
        let mut costs = Vec::new();
        for idle in [true, false] {
            let cpu = || -> anyhow::Result<Vec<f64>> {
                let own = parties.iter().map(|party| party.process.cpu());
                let all = own.chain([house.nats.process.cpu(), house.database_cpu()]);
                all.map(|cpu| Ok(microseconds(cpu?))).collect()
            };
            if !idle {
                // Everybody has said something, and phases are what they are going to be.
                self.watch(REPORT * 2).await?;
            }
            let (frames, bytes) = (self.tally.frames.get(), self.tally.bytes.get());
            let (before, carried, from) = (cpu()?, house.nats.carried().await?, Instant::now());
            if idle {
                tokio::time::sleep(time).await;
            } else {
                self.watch(time).await?;
            }
            let per = 1.0 / from.elapsed().as_secs_f64() / self.people.len() as f64;
            let cpu = cpu()?.iter().zip(&before).map(|(now, then)| (now - then) * per).collect();
            let carried = house.nats.carried().await?.since(carried).times(per);
            let (frames, bytes) = (self.tally.frames.get() - frames, self.tally.bytes.get() - bytes);
            costs.push(Cost { cpu, carried, frames: frames as f64 * per, bytes: bytes as f64 * per });
        }
        anyhow::ensure!(self.tally.lost.get() == 0, "{} sockets were lost", self.tally.lost.get());
        costs.try_into().map_err(|_| anyhow::anyhow!("two costs"))
    }
}

/// Measures rooms of ten, and one room of hundreds.
pub async fn run(plan: &Plan, house: &House, clips: &str, table: &mut Table) -> anyhow::Result<()> {
    let database = house.database().await;
    let nodes: Vec<Party> = (0..NODES).map(|_| house.node(&database)).collect::<anyhow::Result<_>>()?;
    let alone = [house.alone().await?];
    let time = plan.idle.min(Duration::from_secs(12));
    let sizes = [(ROOMS, ROOM)].into_iter().chain(CROWDS.map(|crowd| (1, crowd)));
    for (rooms, each) in sizes {
        let name = format!("{rooms} × {each} who watch, per viewer and second");
        eprintln!("{rooms} rooms of {each}");
        let several = Houses::open(&nodes, rooms, each, clips).await?;
        let ours = several.cost(&nodes, house, time).await?;
        drop(several);
        let one = Houses::open(&alone, rooms, each, clips).await?;
        let bare = one.cost(&alone, house, time).await?;
        drop(one);
        let nodes_of = |cost: &Cost, count: usize| cost.cpu.iter().take(count).sum::<f64>();
        let last = |cost: &Cost, back: usize| cost.cpu.iter().rev().nth(back).copied().unwrap_or(f64::NAN);
        let [idle, ours] = &ours;
        let [quiet, bare] = &bare;
        table.both(&format!("{name}: CPU of all nodes"), "µs", nodes_of(ours, NODES), nodes_of(bare, 1));
        if rooms == 1 {
            table.alone(&format!("{name}: CPU of the node that has the room"), "µs", nodes_of(ours, 1));
        }
        table.both(
            &format!("{name}: CPU of all nodes, saying nothing"),
            "µs",
            nodes_of(idle, NODES),
            nodes_of(quiet, 1),
        );
        table.alone(&format!("{name}: CPU of NATS"), "µs", last(ours, 1));
        table.alone(&format!("{name}: CPU of NATS, saying nothing"), "µs", last(idle, 1));
        table.both(&format!("{name}: CPU of PostgreSQL"), "µs", last(ours, 0), last(bare, 0));
        for (at, way) in ["to NATS", "from NATS"].iter().enumerate() {
            table.alone(&format!("{name}: messages {way}"), "messages", ours.carried.messages[at]);
            table.alone(&format!("{name}: bytes {way}"), "bytes", ours.carried.bytes[at]);
            table.alone(&format!("{name}: messages {way}, saying nothing"), "messages", idle.carried.messages[at]);
        }
        table.both(&format!("{name}: frames to sockets"), "frames", ours.frames, bare.frames);
        table.both(&format!("{name}: bytes to sockets"), "kB", ours.bytes / 1e3, bare.bytes / 1e3);
    }
    stop(nodes.into_iter().chain(alone))
}
