//! Nodes that die without a word, end in order, and stand still.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{
    crowd::{Crowd, spread},
    house::House,
};
use crate::chance::{Dice, count};

/// How long a room may have no owner.
const TAKE_OVER: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_answered_is_lost_however_often_a_node_is_killed() {
    let kills = count("ONECOUCH_NODE_KILLS", 6);
    let Some(mut house) = House::open().await else { return };
    let crowd = Crowd::comes(&house, kills).await;
    let rooms = crowd.rooms();
    let mut dice = Dice::new(count("ONECOUCH_SEED", 7));
    // When each room lost its owner.
    let mut deaths: Vec<(usize, Instant)> = Vec::new();
    let (mut owners_killed, from) = (0, Instant::now());
    for kill in 0..kills {
        sleep(Duration::from_millis(200 + dice.below(1_500))).await;
        let owners = house.owners().await;
        let living = house.living();
        let victim = living[usize::try_from(dice.below(living.len() as u64)).unwrap()];
        let had: Vec<_> =
            owners.iter().filter(|(_, owner)| *owner == Some(victim)).map(|(room, _)| room.clone()).collect();
        let died = Instant::now();
        house.kills(victim).await;
        owners_killed += u64::from(!had.is_empty());
        deaths.extend(rooms.iter().enumerate().filter(|(_, room)| had.contains(room)).map(|(room, _)| (room, died)));
        // Now and then another one dies before it is back: one lives.
        if dice.below(4) == 0 && house.living().len() == 2 && kill + 1 < kills {
            continue;
        }
        for down in 0..super::house::NODES {
            if !house.board.is_alive(down) {
                sleep(Duration::from_millis(dice.below(2_000))).await;
                house.starts(down).await;
            }
        }
        // Mostly the next one dies while rooms have no owner.
        if kills > 10 && dice.below(3) == 0 && !crowd.is_answered(&house, 2 * TAKE_OVER).await {
            house.board.is_wrong(format!("after kill {kill} rooms were not answered for {:?}", 2 * TAKE_OVER));
        }
    }
    for down in 0..super::house::NODES {
        if !house.board.is_alive(down) {
            house.starts(down).await;
        }
    }
    assert!(crowd.is_answered(&house, 2 * TAKE_OVER).await, "rooms come back");
    let lasted = from.elapsed();
    let report = crowd.goes(&house).await;
    // The first answer of a room to what was asked after its owner's death; where the next owner died before, only that one counts.
    let mut gaps = Vec::new();
    for (index, (room, died)) in deaths.iter().enumerate() {
        let answered =
            report.answered[*room].iter().filter(|(began, _)| began >= died).map(|(_, answered)| *answered).min();
        let next = deaths[index + 1..].iter().find(|(other, _)| other == room).map(|(_, died)| *died);
        if let Some(answered) = answered.filter(|answered| next.is_none_or(|next| *answered < next)) {
            gaps.push(answered - *died);
        }
    }
    let slow = gaps.iter().filter(|gap| **gap > TAKE_OVER).count();
    println!(
        "{kills} kills in {lasted:.0?}, {owners_killed} of them of owners; without an owner: {}; {}",
        spread(&mut gaps),
        report.text
    );
    assert_eq!(slow, 0, "rooms were without an owner for longer than {TAKE_OVER:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_stood_still_tells_nothing_stale_and_accepts_nothing() {
    let stops = count("ONECOUCH_NODE_STOPS", 1);
    let Some(mut house) = House::open().await else { return };
    let crowd = Crowd::comes(&house, 3).await;
    for stop in 0..stops {
        let owners = house.owners().await;
        let node = owners.iter().find_map(|(_, owner)| *owner).unwrap_or(0);
        house.signals(node, "-STOP").await;
        sleep(Duration::from_secs(12)).await;
        house.signals(node, "-CONT").await;
        assert!(crowd.is_answered(&house, TAKE_OVER).await, "after stop {stop}");
    }
    let report = crowd.goes(&house).await;
    println!("{stops} nodes stood still for 12 s: {}", report.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_ends_in_order_and_comes_back_costs_nobody_anything() {
    let ends = count("ONECOUCH_NODE_ENDS", 3);
    let Some(mut house) = House::open().await else { return };
    let crowd = Crowd::comes(&house, 5).await;
    let mut dice = Dice::new(11);
    for _ in 0..ends {
        sleep(Duration::from_millis(200 + dice.below(1_000))).await;
        let node = usize::try_from(dice.below(super::house::NODES as u64)).unwrap();
        house.ends(node).await;
        sleep(Duration::from_millis(dice.below(1_000))).await;
        house.starts(node).await;
    }
    let report = crowd.goes(&house).await;
    println!("{ends} orderly ends: {}", report.text);
}
