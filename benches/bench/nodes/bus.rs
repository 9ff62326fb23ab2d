//! What NATS itself does for a message: paced, and as fast as they come. A server with little to do wakes for each message; one with
//! much to do takes many at once.

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use engine::ports::Bus as _;
use futures_util::StreamExt;
use onecouch::bus::NatsBus;

use super::{
    super::{
        Plan,
        report::{Table, microseconds},
    },
    House,
};

/// Nodes that hear each room, and rooms.
const NODES: usize = 3;
const ROOMS: usize = 300;
/// About as long as what is told of an event.
const BYTES: usize = 350;
/// Messages a second; 0 for as many as go.
const PACES: [u32; 3] = [1_000, 10_000, 0];
/// How many are told at once.
const AT_ONCE: u32 = 50;

/// Measures it: every message is told by one node and heard by the two others.
pub async fn run(plan: &Plan, house: &House, table: &mut Table) -> anyhow::Result<()> {
    let mut nodes = Vec::new();
    for number in 0..NODES {
        nodes.push(NatsBus::connect(&house.nats.url, "bench", &number.to_string()).await?);
    }
    let heard: Rc<Cell<u64>> = Rc::default();
    let mut ears = Vec::new();
    for room in 0..ROOMS {
        for node in (0..NODES).filter(|node| *node != room % NODES) {
            let mut hearing = nodes[node].hear(&subject(room)).await?;
            let heard = heard.clone();
            ears.push(tokio::task::spawn_local(async move {
                while hearing.next().await.is_some() {
                    heard.set(heard.get() + 1);
                }
            }));
        }
    }
    let body = Bytes::from(vec![b'x'; BYTES]);
    for pace in PACES {
        let (before, carried, from) = (house.nats.process.cpu()?, house.nats.carried().await?, Instant::now());
        let mut told = 0_u32;
        while from.elapsed() < plan.leg * 2 {
            for _ in 0..AT_ONCE {
                let room = usize::try_from(told)? % ROOMS;
                nodes[room % NODES].tell(&subject(room), body.clone());
                told += 1;
            }
            if pace > 0 {
                let due = Duration::from_secs(1) * told / pace;
                tokio::time::sleep(due.saturating_sub(from.elapsed())).await;
            } else {
                // No faster than they are heard, or what is too much would be dropped.
                while u64::from(told) * (NODES as u64 - 1) > heard.get() + 4_000 {
                    tokio::task::yield_now().await;
                }
            }
        }
        let took = from.elapsed().as_secs_f64();
        tokio::time::sleep(Duration::from_millis(300)).await;
        let spent = microseconds(house.nats.process.ran_since(before)?);
        let carried = house.nats.carried().await?.since(carried);
        let all = carried.messages[0] + carried.messages[1];
        heard.set(0);
        let name = if pace == 0 { "as many as go".to_owned() } else { format!("{pace} messages a second") };
        table.alone(&format!("NATS, {name} to it, twice as many from it: to and from it"), "per s", all / took);
        table.alone(
            &format!("NATS, {name} to it, twice as many from it: CPU per message, to or from it"),
            "µs",
            spent / all,
        );
    }
    for ear in ears {
        ear.abort();
    }
    Ok(())
}

fn subject(room: usize) -> String {
    format!("onecouch.room.00000000-0000-0000-0000-{room:012}")
}
