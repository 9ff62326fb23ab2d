//! Listeners hear everything from their moment on.

use std::{sync::Arc, time::Duration};

use engine::{
    command::{Command, Deed},
    event::Signal,
    rooms::Listening,
};
use futures_util::future::join_all;
use tokio::time::{sleep, timeout};

use crate::house::{House, ana, ben, line, next};

/// Everything a listener hears until `last`, which is one after the other from where it began.
async fn follow(mut listening: Listening, last: u64) {
    let mut seq = listening.view.seq;
    let recent: Vec<_> = listening.recent.iter().map(|event| event.seq).collect();
    assert_eq!(recent.last().copied(), Some(seq), "what was before ends where the view stands");
    assert!(recent.windows(2).all(|two| two[0] + 1 == two[1]));
    while seq < last {
        let heard = next(&mut listening).await.unwrap();
        for event in &heard.events {
            assert_eq!(event.seq, seq + 1, "no gap and no repetition");
            seq += 1;
        }
        assert_eq!(heard.view.seq, seq);
        assert!(!heard.reset);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_begins_to_listen_at_any_moment_hears_all_from_there_on() {
    let house = Arc::new(House::new());
    let room = house.room().await;
    let speaker = |who: engine::command::Actor| {
        let house = house.clone();
        tokio::spawn(async move {
            for n in 0..300 {
                house.ask(room, &who, line(&n.to_string())).await.unwrap();
            }
        })
    };
    let speakers = [speaker(ana()), speaker(ben())];
    let mut followers = Vec::new();
    while house.view(room).await.seq < 500 {
        let listening = house.engine.rooms.listen(room).await.unwrap();
        followers.push(tokio::spawn(follow(listening, 601)));
        tokio::task::yield_now().await;
    }
    let all = join_all(speakers.into_iter().chain(followers));
    for ended in timeout(Duration::from_secs(20), all).await.unwrap() {
        ended.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_listener_that_does_not_keep_up_is_let_go_and_nobody_else_notices() {
    let house = House::new();
    let room = house.room().await;
    let mut slow = house.engine.rooms.listen(room).await.unwrap();
    let quick = house.engine.rooms.listen(room).await.unwrap();
    let quick = tokio::spawn(follow(quick, 1201));
    for n in 0..1200 {
        house.ask(room, &ana(), line(&n.to_string())).await.unwrap();
    }
    quick.await.unwrap();
    let mut heard = 0;
    while next(&mut slow).await.is_some() {
        heard += 1;
    }
    assert_eq!(heard, 1024, "what it was given, then the end");
    assert_eq!(house.engine.rooms.listen(room).await.unwrap().view.seq, 1201, "it may listen anew");
}

#[tokio::test(start_paused = true)]
async fn what_changes_nothing_is_not_told() {
    let house = House::new();
    let room = house.room().await;
    let mut listening = house.engine.rooms.listen(room).await.unwrap();
    house.ask(room, &ana(), Deed::Clear.into()).await.unwrap();
    house.ask(room, &ana(), Deed::PLAY.into()).await.unwrap_err();
    timeout(Duration::from_secs(60), listening.heard.recv()).await.expect_err("there is nothing to tell");
    house.ask(room, &ana(), Command::Type).await.unwrap();
    let heard = next(&mut listening).await.unwrap();
    assert!(heard.events.is_empty() && matches!(&heard.signals[..], [Signal::Typing(who)] if &*who.name == "ana"));
}

#[tokio::test(start_paused = true)]
async fn who_is_here_is_told_a_quarter_of_a_second_later() {
    let house = House::new();
    let room = house.room().await;
    let mut listening = house.engine.rooms.listen(room).await.unwrap();
    let asked = tokio::time::Instant::now();
    house.arrives(room, &ana()).await;
    house.arrives(room, &ben()).await;
    let heard = next(&mut listening).await.unwrap();
    assert_eq!(asked.elapsed().as_millis().div_ceil(10), 25, "{:?}", asked.elapsed());
    assert!(matches!(&heard.signals[..], [Signal::Presence(delta)] if delta.here.len() == 2));
}

#[tokio::test(start_paused = true)]
async fn listeners_hear_the_end_where_the_server_stops() {
    let house = House::new();
    let room = house.room().await;
    let mut listening = house.engine.rooms.listen(room).await.unwrap();
    house.engine.rooms.shutdown().await;
    assert!(next(&mut listening).await.is_none());
    sleep(Duration::from_secs(1)).await;
    house.engine.rooms.listen(room).await.unwrap_err();
}
