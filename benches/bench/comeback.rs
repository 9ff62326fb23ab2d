//! A server that was full starts again: everybody comes back, all at once and without the patience that they are asked for.

use std::{
    path::Path,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::Context;

use super::{
    Plan,
    fanout::quiet,
    party::Party,
    report::{Table, milliseconds},
    viewer::Tally,
};

/// How many come back for each socket of the other parts.
pub const TIMES: usize = 5;

/// Measures one room whose server is stopped and started.
pub async fn run(plan: &Plan, place: &Path, clips: &str, table: &mut Table) -> anyhow::Result<()> {
    let sockets = plan.sockets * TIMES;
    let party = Party::start(&plan.server, place, clips)?;
    eprintln!("{sockets} guests and a room");
    let guests = party.guests(sockets).await?;
    let rooms = party.rooms(guests.get(..1).unwrap_or_default(), clips).await?;
    let room = rooms.first().context("no room")?;
    let tally = Rc::new(Tally::default());
    let viewers = party.sockets(room, &guests, &tally).await?;
    viewers.first().context("no viewer")?.command("play")?;
    quiet(&tally).await;

    eprintln!("the server starts again");
    drop(viewers);
    let from = Instant::now();
    party.process.stop()?;
    let name = format!("{sockets} come back after a restart");
    table.alone(&format!("{name}: the stop"), "ms", milliseconds(from.elapsed()));
    let from = Instant::now();
    let party = Party::start(&plan.server, place, clips)?;
    table.alone(&format!("{name}: the start, until it is open"), "ms", milliseconds(from.elapsed()));
    let (resident, before, from) = (party.process.resident()?, party.process.cpu()?, Instant::now());
    let tally = Rc::new(Tally::default());
    let viewers = party.sockets(room, &guests, &tally).await?;
    table.alone(&format!("{name}: until all are welcomed"), "s", from.elapsed().as_secs_f64());
    quiet(&tally).await;
    table.alone(&format!("{name}: CPU"), "s", party.process.ran_since(before)?.as_secs_f64());
    let per = sockets as f64;
    table.alone(&format!("{name}: sent, per socket"), "kB", tally.bytes.get() as f64 / 1e3 / per);
    table.alone(&format!("{name}: resident before them"), "MB", resident / 1e3);
    table.alone(&format!("{name}: resident at most"), "MB", party.process.peak()? / 1e3);

    // They are where the room is: all of them hear the next seek.
    tally.expect(sockets as u64);
    let sent = Instant::now();
    viewers.first().context("no viewer")?.seek(7)?;
    let heard = tally.reached().await? - sent;
    table.alone(&format!("{name}: the next seek, until the last has it"), "ms", milliseconds(heard));
    tokio::time::sleep(Duration::from_millis(30)).await;
    anyhow::ensure!(tally.lost.get() == 0, "{} sockets were lost", tally.lost.get());
    drop(viewers);
    party.process.stop()
}
