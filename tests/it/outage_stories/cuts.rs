//! A node that is cut off from the bus, from the database, or from both.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{
    crowd::Crowd,
    house::{House, NODES},
    line::Way,
};
use crate::chance::{Dice, count};

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
