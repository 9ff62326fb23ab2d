//! How long a move takes, and how much memory.

use std::{process::Stdio, time::Duration};

use tokio::time::{Instant, sleep};

use super::{Place, breaking_off::many};
use crate::postgres;

/// By hand: `cargo test -p onecouch --test it how_long_a_large_move -- --ignored --nocapture`.
#[tokio::test]
#[ignore = "it takes minutes, and is there to be looked at"]
async fn how_long_a_large_move_takes() {
    let Some(databases) = postgres::own(&[]) else { return };
    let number =
        |name: &str, default: u32| std::env::var(name).ok().and_then(|told| told.parse().ok()).unwrap_or(default);
    let (rooms, events) = (number("ONECOUCH_ROOMS", 100_000), number("ONECOUCH_EVENTS", 10));
    let place = Place::on_sqlite().await;
    many(&place, rooms, events).await;
    let bytes = std::fs::metadata(place.database()).unwrap().len();
    let database = databases.database().await;
    place.is_on(&databases.url(&database));
    let mut command = place.command(&["import", "data/onecouch.db"]);
    let from = Instant::now();
    let mut child = command.stdout(Stdio::inherit()).stderr(Stdio::inherit()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id().unwrap());
    let mut peak = String::new();
    while child.try_wait().unwrap().is_none() {
        let told = std::fs::read_to_string(&status).unwrap_or_default();
        if let Some(line) = told.lines().find(|line| line.starts_with("VmHWM")) {
            peak = line.split_whitespace().skip(1).collect::<Vec<_>>().join(" ");
        }
        sleep(Duration::from_millis(20)).await;
    }
    println!(
        "{rooms} rooms with {events} events each, {:.0} MB: {:.1} s, at most {peak} of memory",
        bytes as f64 / 1e6,
        from.elapsed().as_secs_f64()
    );
    assert!(child.wait().await.unwrap().success());
}
