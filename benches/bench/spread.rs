//! Many rooms with a few sockets each: what a seek in all of them costs.

use std::{path::Path, rc::Rc, time::Duration};

use anyhow::Context;

use super::{
    Plan,
    fanout::{Bare, Pair, quiet, rate},
    party::Party,
    report::{Pairs, Table, median},
    viewer::Tally,
};

/// Sockets in each room.
pub const EACH: usize = 10;
/// Seeks of one leg, in each room.
const ROUNDS: u32 = 5;

/// Measures ten times as many rooms as write in the other parts.
pub async fn run(plan: &Plan, place: &Path, clips: &str, table: &mut Table) -> anyhow::Result<()> {
    let rooms = plan.rooms * 10;
    let sockets = rooms * EACH;
    let party = Party::start(&plan.server, place, clips)?;
    eprintln!("{sockets} guests and {rooms} rooms");
    let guests = party.guests(sockets).await?;
    let hosts: Vec<String> = guests.chunks(EACH).filter_map(|room| room.first().cloned()).collect();
    let made = party.rooms(&hosts, clips).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;

    let resident = party.process.resident()?;
    let tally = Rc::new(Tally::default());
    let mut houses = Vec::new();
    for (room, people) in made.iter().zip(guests.chunks(EACH)) {
        houses.push(party.sockets(room, people, &tally).await?);
    }
    quiet(&tally).await;
    let grown = party.process.resident()? - resident;
    let name = format!("{rooms} rooms of {EACH}");
    table.alone(&format!("{name}: resident memory per idle socket, its room included"), "kB", grown / sockets as f64);
    let idle = rate(&party, plan.idle).await?;
    table.alone(&format!("{name}: CPU per idle socket and second"), "µs", idle * 1e6 / sockets as f64);

    eprintln!("seeks in {rooms} rooms");
    for house in &houses {
        house.first().context("no viewer")?.command("play")?;
    }
    quiet(&tally).await;
    let bare = Bare::start(sockets).await?;
    let mut pair = Pair { party: &party, rooms: &houses, tally: &tally, bare, idle, position: 0 };
    pair.leg(true, 2, 1).await?;
    pair.bare.frame.clone_from(&tally.sample.borrow());
    pair.leg(false, 2, 1).await?;
    let (mut cpu, mut last) = (Pairs::default(), Pairs::default());
    for _ in 0..plan.pairs {
        let ours = pair.leg(true, ROUNDS, 1).await?;
        let bare = pair.leg(false, ROUNDS, 1).await?;
        cpu.push(ours.cpu, bare.cpu);
        last.push(median(&ours.last), median(&bare.last));
    }
    table.pairs(&format!("{name}, a seek in each: CPU per delivered frame"), "µs", &cpu);
    table.pairs(&format!("{name}, a seek in each: until the last socket of the last room has it"), "ms", &last);
    anyhow::ensure!(tally.lost.get() == 0, "{} sockets were lost", tally.lost.get());
    drop(houses);
    party.process.stop()
}
