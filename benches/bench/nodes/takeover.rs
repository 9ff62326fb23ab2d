//! The node that has some rooms goes: killed without a word, or asked to stop. How long until the first command of somebody in such a
//! room, at another node, is answered.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::Context;
use rustix::process::Signal;

use super::{
    super::{
        Plan,
        fanout::quiet,
        party::Party,
        report::{Spreads, Table, milliseconds, quantile},
        viewer::{Desk, Load, Tally, Viewer},
    },
    House,
    crossing::stop,
};

/// Nodes that go at about the same time: each has its lease for itself.
const VICTIMS: usize = 3;
/// Rooms of each of them.
const ROOMS: usize = 10;
/// The lease is renewed so often: one that dies does so at any moment between two renewals.
const RENEWAL: Duration = Duration::from_secs(3);
/// Who was refused asks again so soon.
const AGAIN: Duration = Duration::from_millis(100);
/// How often it is looked for that.
const LOOK: Duration = Duration::from_millis(20);
/// Until then somebody has it.
const PATIENCE: Duration = Duration::from_secs(60);

/// Somebody in a room at the node that stays.
struct Guest {
    desk: Rc<Desk>,
    load: Rc<Load>,
    _socket: Viewer,
}

/// Kills nodes, and then stops some: `plan.pairs` times [`VICTIMS`] of each.
pub async fn run(
    plan: &Plan,
    house: &House,
    clips: &str,
    table: &mut Table,
    spreads: &mut Spreads,
) -> anyhow::Result<()> {
    let database = house.database().await;
    let stays = house.node(&database)?;
    let mut all = Vec::new();
    for signal in [Signal::KILL, Signal::TERM] {
        let mut took = Vec::new();
        for round in 0..plan.pairs {
            took.extend(gone(house, &database, &stays, clips, signal, round).await?);
            eprintln!("  {} rooms, the last after {:.0} ms", took.len(), took.last().copied().unwrap_or_default());
        }
        all.push(took);
    }
    let (stopped, killed) = (all.pop().context("none")?, all.pop().context("none")?);
    for (name, part) in [("p50", 0.5), ("p99", 0.99), ("most", 1.0), ("least", 0.0)] {
        let name = format!("the node that has a room goes, until somebody at another is answered: {name}");
        table.both(&name, "ms", quantile(&killed, part), quantile(&stopped, part));
    }
    spreads.push("a room is without a node that was killed", "ms", &killed);
    spreads.push("a room is without a node that was stopped", "ms", &stopped);
    table.both("rooms that this was asked of", "rooms", killed.len() as f64, stopped.len() as f64);
    stop([stays])
}

/// Has some nodes go; how many ms each of their rooms was without one.
async fn gone(
    house: &House,
    database: &str,
    stays: &Party,
    clips: &str,
    signal: Signal,
    round: usize,
) -> anyhow::Result<Vec<f64>> {
    let mut waits = tokio::task::JoinSet::new();
    let tally = Rc::new(Tally::default());
    let mut going = Vec::new();
    for victim in 0..VICTIMS {
        let party = house.node(database)?;
        let hosts = party.guests(ROOMS).await?;
        let rooms = party.rooms(&hosts, clips).await?;
        let mut guests = Vec::new();
        for (room, host) in rooms.iter().zip(&hosts) {
            let load = Rc::new(Load::default());
            let desk = Desk::new(&load);
            let socket = stays.desk(room, host, &tally, &desk).await?;
            socket.command("play")?;
            guests.push(Guest { desk, load, _socket: socket });
        }
        // Spread over the time between two renewals, the same way each time that this is run.
        let pause = RENEWAL.mul_f64(((round * VICTIMS + victim) as f64 * 0.618).fract());
        going.push((party, guests, pause));
    }
    quiet(&tally).await;
    for (party, guests, pause) in going {
        waits.spawn_local(async move {
            tokio::time::sleep(pause).await;
            let from = Instant::now();
            party.process.signal(signal)?;
            let mut took = Vec::new();
            // The command "play" above has been answered: what counts is what is answered from here on.
            for guest in &guests {
                guest.load.first.set(None);
                guest.desk.send()?;
            }
            for guest in &guests {
                let mut asked = Instant::now();
                let answered = loop {
                    if let Some(at) = guest.load.first.get() {
                        break at;
                    }
                    anyhow::ensure!(from.elapsed() < PATIENCE, "a room was without a node for a minute");
                    tokio::time::sleep(LOOK).await;
                    if guest.load.in_flight.get() == 0 && guest.load.first.get().is_none() && asked.elapsed() >= AGAIN {
                        guest.desk.send()?;
                        asked = Instant::now();
                    }
                };
                took.push(milliseconds(answered - from));
            }
            // Where it was asked to stop, it has by now or does so soon; dropping it ends it.
            drop((party, guests));
            anyhow::Ok(took)
        });
    }
    let mut took = Vec::new();
    while let Some(waited) = waits.join_next().await {
        took.extend(waited??);
    }
    Ok(took)
}
