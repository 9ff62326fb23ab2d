//! Many rooms that all write: commands answered after their commit, beside the disk's own pace.

use std::{path::Path, rc::Rc, time::Duration};

use anyhow::ensure;

use super::{
    Plan, bare,
    party::{Party, welcomed},
    report::{Pairs, Table, microseconds, milliseconds, quantile},
    viewer::{Desk, Load, Tally},
};

/// Before what is counted.
const WARM: Duration = Duration::from_millis(300);

/// Measures the writer with closed loops of seeks, one per room, with 1 to 8 commands under way in each.
pub async fn run(plan: &Plan, place: &Path, clips: &str, table: &mut Table) -> anyhow::Result<()> {
    let party = Party::start(&plan.server, place, clips)?;
    eprintln!("{} rooms", plan.rooms);
    let hosts = party.guests(plan.rooms).await?;
    let rooms = party.rooms(&hosts, clips).await?;
    let (tally, load) = (Rc::new(Tally::default()), Rc::new(Load::default()));
    let (mut desks, mut sockets) = (Vec::new(), Vec::new());
    for (room, host) in rooms.iter().zip(&hosts) {
        let desk = Desk::new(&load);
        sockets.push(party.desk(room, host, &tally, &desk).await?);
        desks.push(desk);
    }
    welcomed(&tally, rooms.len() as u64).await?;

    for in_flight in [1, 2, 4, 8] {
        eprintln!("seeks in {} rooms, {in_flight} under way in each", plan.rooms);
        let (mut throughput, mut cpu) = (Pairs::default(), Vec::new());
        load.took.take();
        for _ in 0..plan.pairs.min(3) {
            // The disk is the one thing that others share with us without a word: half before, half after.
            let bare = bare::disk(place, plan.leg / 2)?;
            load.running.set(true);
            for desk in &desks {
                for _ in 0..in_flight {
                    desk.send()?;
                }
            }
            tokio::time::sleep(WARM).await;
            load.took.borrow_mut().clear();
            let (acked, before, from) = (load.acked.get(), party.process.cpu()?, std::time::Instant::now());
            tokio::time::sleep(plan.leg).await;
            let (acked, took) = ((load.acked.get() - acked) as f64, from.elapsed());
            cpu.push(microseconds(party.process.ran_since(before)?) / acked);
            load.running.set(false);
            for _ in 0..2_000 {
                if load.in_flight.get() == 0 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            ensure!(load.in_flight.get() == 0, "{} commands were not answered", load.in_flight.get());
            ensure!(load.refused.get() == 0, "{} commands were refused", load.refused.get());
            ensure!(tally.lost.get() == 0, "{} sockets were lost", tally.lost.get());
            let bare = f64::midpoint(bare, bare::disk(place, plan.leg / 2)?);
            throughput.push(acked / took.as_secs_f64(), bare);
        }
        let took: Vec<f64> = load.took.borrow().iter().map(|took| milliseconds(*took)).collect();
        let name = format!("{} rooms × {in_flight} under way", plan.rooms);
        table.pairs(&format!("{name}: durable commands, beside fdatasync of 4 KiB"), "per s", &throughput);
        table.alone(&format!("{name}: until the answer, p50"), "ms", quantile(&took, 0.5));
        table.alone(&format!("{name}: until the answer, p99"), "ms", quantile(&took, 0.99));
        table.alone(&format!("{name}: CPU per command"), "µs", quantile(&cpu, 0.5));
    }
    drop(sockets);
    party.process.stop()
}
