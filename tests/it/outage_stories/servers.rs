//! PostgreSQL and NATS, ended and back again.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{crowd::Crowd, house::House};
use crate::chance::{Dice, count};

/// How soon all goes on after a server is back.
const RECOVER: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_answered_is_lost_however_often_postgresql_and_nats_are_restarted() {
    let restarts = count("ONECOUCH_SERVER_RESTARTS", 2);
    let Some(mut house) = House::open().await else { return };
    let crowd = Crowd::comes(&house, restarts).await;
    let mut dice = Dice::new(count("ONECOUCH_SEED", 13));
    let (from, mut back) = (Instant::now(), Vec::new());
    for restart in 0..restarts {
        for server in ["postgresql", "nats"] {
            sleep(Duration::from_millis(300 + dice.below(1_000))).await;
            let away = Duration::from_millis(dice.below(5_000));
            if server == "nats" {
                house.nats.dies().await;
                sleep(away).await;
                house.nats.comes_back().await;
            } else {
                house.database_ends(if dice.below(2) == 0 { "INT" } else { "QUIT" });
                sleep(away).await;
                house.database_begins();
            }
            let again = Instant::now();
            if !crowd.is_answered(&house, RECOVER).await {
                house
                    .board
                    .is_wrong(format!("after restart {restart} of {server} rooms were not answered for {RECOVER:?}"));
            }
            back.push(again.elapsed());
        }
    }
    let lasted = from.elapsed();
    let report = crowd.goes(&house).await;
    let back = super::crowd::spread(&mut back);
    println!(
        "{restarts} restarts of each server in {lasted:.0?}; all rooms answered after it was back: {back}; {}",
        report.text
    );
}
