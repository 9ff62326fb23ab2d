//! A node that is cut off from the bus, from the database, or from both.

use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep, timeout};

use super::{
    crowd::Crowd,
    house::{House, NODES},
    line::Way,
};
use crate::{
    chance::{Dice, count},
    world::{Caller, in_room},
};

/// How soon all goes on after a line is open again.
const RECOVER: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_cut_off_loses_nothing_and_tells_nothing_stale() {
    let cuts = count("ONECOUCH_NODE_CUTS", 3);
    let Some(house) = House::open().await else { return };
    let crowd = Crowd::comes(&house, cuts).await;
    let mut dice = Dice::new(count("ONECOUCH_SEED", 17));
    let (from, mut back) = (Instant::now(), Vec::new());
    for cut in 0..cuts {
        sleep(Duration::from_millis(300 + dice.below(1_000))).await;
        let node = usize::try_from(dice.below(NODES as u64)).unwrap();
        // Each of the six in turn; the first three of them alike.
        let what = ["bus", "database", "both"][usize::try_from(cut % 3).unwrap()];
        let way = if (cut / 3 + cut) % 2 == 0 { Way::Silent } else { Way::Reset };
        house.cuts(node, what, way);
        let most = if cuts > 6 { 19_000 } else { 7_000 };
        let away = Duration::from_millis(1_000 + dice.below(most));
        sleep(away).await;
        house.cuts(node, what, Way::Open);
        let again = Instant::now();
        if !crowd.is_answered(&house, RECOVER).await {
            house.board.is_wrong(format!(
                "cut {cut} of node {node} from {what} ({way:?}, {away:?}): rooms were not answered for {RECOVER:?}"
            ));
        }
        back.push(again.elapsed());
    }
    let lasted = from.elapsed();
    let report = crowd.goes(&house).await;
    let back = super::crowd::spread(&mut back);
    println!("{cuts} cuts in {lasted:.0?}; all rooms answered after the line was open: {back}; {}", report.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_looked_up_is_told_as_that_and_is_there_when_the_database_is() {
    let Some(house) = House::open().await else { return };
    let [one, two] = [0, 1].map(|node| Caller::new(&house.board.urls[node], None));
    let ana = two.post("/api/v1/sessions", json!({ "name": "Ana" })).await.created();
    let two = Caller::new(&house.board.urls[1], ana["token"].as_str().map(str::to_owned));
    let room = two.post("/api/v1/rooms", json!({ "title": "Elsewhere" })).await.created();
    let ana = Caller::new(&house.board.urls[0], ana["token"].as_str().map(str::to_owned));
    house.cuts(0, "database", Way::Reset);
    // Neither who asks nor the room is in this node's memory.
    assert_eq!(ana.get(&in_room(&room, "")).await.no(), (503, "not_read".to_owned()));
    let page = format!("/j/{}", room["invite"].as_str().unwrap().rsplit('/').next().unwrap());
    assert_eq!(one.get(&page).await.status, 503, "a page says nothing of whether there is such a room");
    house.cuts(0, "database", Way::Open);
    let there = async {
        while ana.get(&in_room(&room, "")).await.status != 200 || one.get(&page).await.status != 200 {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(RECOVER, there).await.expect("both can be looked up again");
    let said = house.said(0);
    assert_eq!(said.matches("nothing can be read").count(), 1, "once, however many asked: {said}");
}
