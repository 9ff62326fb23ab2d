//! While nothing breaks: whatever node somebody is on, they see and do the same.

use std::time::Duration;

use engine::{
    command::{Command, Deed, Report},
    event::Signal,
    ids::RoomId,
    memory::Weather,
    refusal::Code,
    rooms::RoomsSettings,
    time::Millis,
};
use futures_util::{FutureExt, StreamExt, stream::FuturesOrdered};
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use crate::{
    house::{ana, ben, clip, code, line, next, person},
    nodes::{Cluster, agree, until},
};

#[tokio::test(start_paused = true)]
async fn what_is_done_on_any_node_is_seen_and_heard_on_all() {
    let cluster = Cluster::new();
    let [one, two, three] = cluster.three();
    // A node that has just begun does not hear the others yet.
    sleep(Duration::from_millis(1)).await;
    let room = one.room().await;
    let mut heard = three.listen(room).await;
    assert_eq!(heard.recent.len(), 1);
    let done = two.ask(room, &ana(), clip("film")).await.unwrap();
    assert_eq!((done.events.len(), done.view.seq, done.view.epoch), (2, 3, 1));
    assert_eq!(two.view(room).await.seq, 3, "who did it sees it at once");
    let told = next(&mut heard).await.unwrap();
    assert_eq!(told.events.iter().map(|event| event.seq).collect::<Vec<_>>(), [2, 3]);
    assert!(!told.reset && told.view.current.is_some());
    three.arrives(room, &ben()).await;
    until("all see ben", async || {
        one.view(room).await.is_here(ben().person) && two.view(room).await.is_here(ben().person)
    })
    .await;
    let told = next(&mut heard).await.unwrap();
    let mut signals: Vec<_> = told.signals.clone();
    if signals.is_empty() {
        signals = next(&mut heard).await.unwrap().signals.clone();
    }
    assert!(matches!(&signals[..], [Signal::Presence(delta)] if delta.here.len() == 1), "{signals:?}");
    sleep(Duration::from_secs(2)).await;
    for node in [&two, &three] {
        assert!(agree(&*node.view(room).await, &*one.view(room).await));
    }
    assert_eq!(code(two.ask(room, &ben(), Command::Delete).await), Code::NotAllowed);
    assert_eq!(one.store.loads() + two.store.loads() + three.store.loads(), 2, "each looked once who has it");
}

#[tokio::test(start_paused = true)]
async fn one_message_carries_a_turn_to_however_many_nodes_and_none_where_nobody_follows() {
    let cluster = Cluster::new();
    let [one, two, three] = cluster.three();
    let room = one.room().await;
    let before = cluster.bus.carried();
    one.ask(room, &ana(), line("to myself")).await.unwrap();
    assert_eq!(cluster.bus.carried(), before);
    two.view(room).await;
    three.view(room).await;
    let before = cluster.bus.carried();
    one.ask(room, &ana(), line("to all")).await.unwrap();
    assert_eq!(cluster.bus.carried(), before + 1);
    until("it arrived", async || three.view(room).await.seq == 3 && two.view(room).await.seq == 3).await;
}

#[tokio::test(start_paused = true)]
async fn what_somebody_asks_without_waiting_is_done_in_that_order_though_letters_are_lost() {
    let cluster = Cluster::new();
    let [one, two, _three] = cluster.three();
    let room = one.room().await;
    two.view(room).await;
    cluster.bus.weather(Weather { lost: 100, delay: 30 }, 5);
    let mut asks = FuturesOrdered::new();
    for n in 0..50 {
        let (who, line) = (ana(), line(&n.to_string()));
        let mut ask = Box::pin(two.rooms.command(room, who, line));
        assert!((&mut ask).now_or_never().is_none());
        asks.push_back(ask);
    }
    let mut last = 0;
    let mut done = 0;
    while let Some(answer) = asks.next().await {
        if let Ok(answer) = answer {
            let seq = answer.events[0].seq;
            assert!(seq > last, "{seq} after {last}");
            last = seq;
            done += 1;
        }
    }
    assert!(done > 10, "{done}");
    cluster.bus.weather(Weather::default(), 0);
    sleep(Duration::from_secs(10)).await;
    let journal = one.rooms.chat(room, None, 1000).await.unwrap();
    let texts: Vec<_> =
        journal.iter().rev().filter_map(crate::house::said).map(|text| text.parse::<u32>().unwrap()).collect();
    assert!(texts.windows(2).all(|two| two[0] < two[1]), "each once, in order: {texts:?}");
    assert!(agree(&*one.view(room).await, &*two.view(room).await));
}

#[tokio::test(start_paused = true)]
async fn a_follower_goes_when_nobody_would_miss_it_and_then_the_room_does() {
    let cluster = Cluster::with(RoomsSettings { idle: Millis::seconds(20), ..RoomsSettings::default() });
    let [one, two, _three] = cluster.three();
    let room = one.room().await;
    let (connection, ben) = two.arrives(room, &ben()).await;
    sleep(Duration::from_secs(200)).await;
    assert_eq!((one.rooms.counts().0, two.rooms.counts().0), (1, 1), "ben is there");
    two.rooms.tell_surely(room, ben, Command::Depart { connection }).await;
    sleep(Duration::from_secs(60)).await;
    assert_eq!((one.rooms.counts().0, two.rooms.counts().0), (0, 0));
    // Whoever comes next has it, and waits for no lease.
    let asked = Instant::now();
    assert_eq!(two.view(room).await.epoch, 2);
    assert!(asked.elapsed() < Duration::from_millis(10));
}

#[tokio::test(start_paused = true)]
async fn reports_of_players_cross_without_an_answer() {
    let cluster = Cluster::new();
    let [one, two, _three] = cluster.three();
    let room = one.room().await;
    let (connection, ben) = two.arrives(room, &ben()).await;
    let report = Report { rtt_ms: Some(42), ..Report::default() };
    two.rooms.tell(room, ben, Command::Report { connection, report });
    until("it is known", async || one.view(room).await.presence[&connection].rtt_ms == Some(42)).await;
    until("it is known there, too", async || two.view(room).await.presence[&connection].rtt_ms == Some(42)).await;
}

#[tokio::test(start_paused = true)]
async fn connections_of_all_nodes_have_different_numbers_that_javascript_can_count() {
    let cluster = Cluster::new();
    let nodes = cluster.three();
    let mut numbers: Vec<_> =
        nodes.iter().flat_map(|node| [node.rooms.connection(), node.rooms.connection()]).collect();
    assert!(numbers.iter().all(|number| number.0 < 1 << 53));
    numbers.dedup();
    assert_eq!(numbers.len(), 6);
}

#[tokio::test(start_paused = true)]
async fn who_came_is_told_though_the_word_of_it_was_lost_after_they_were_seen() {
    let cluster = Cluster::new();
    let [one, two, three] = cluster.three();
    let room = one.room().await;
    let mut heard = three.listen(room).await;
    let (ben, _) = two.arrives(room, &ben()).await;
    until("ben is seen", async || three.view(room).await.presence.contains_key(&ben)).await;
    // Who came is told to people a moment after it is told to nodes.
    cluster.bus.weather(Weather { lost: 1_000, delay: 0 }, 1);
    sleep(Duration::from_millis(500)).await;
    cluster.bus.weather(Weather::default(), 0);
    let told = async {
        loop {
            let told = next(&mut heard).await.unwrap();
            let here = |signal: &Signal| matches!(signal, Signal::Presence(delta) if delta.here[0].connection == ben);
            if told.signals.iter().any(here) {
                break;
            }
        }
    };
    timeout(Duration::from_secs(10), told).await.expect("nobody was told that ben is here");
}

#[tokio::test(start_paused = true)]
async fn who_went_is_told_though_only_some_had_seen_that_they_came() {
    let cluster = Cluster::new();
    let [one, two, three] = cluster.three();
    let room = one.room().await;
    let mut heard = three.listen(room).await;
    let (connection, ben) = two.arrives(room, &ben()).await;
    // With this they are shown to whoever is shown the room as it was told last, though nobody was told of them.
    one.ask(room, &ana(), line("hello")).await.unwrap();
    assert!(next(&mut heard).await.unwrap().view.presence.contains_key(&connection));
    cluster.bus.weather(Weather { lost: 1_000, delay: 0 }, 1);
    sleep(Duration::from_millis(500)).await;
    cluster.bus.weather(Weather::default(), 0);
    three.bus.cut(true);
    two.rooms.tell_surely(room, ben, Command::Depart { connection }).await;
    sleep(Duration::from_secs(1)).await;
    three.bus.cut(false);
    let told = async {
        loop {
            let told = next(&mut heard).await.unwrap();
            let gone = |signal: &Signal| matches!(signal, Signal::Presence(delta) if delta.gone.contains(&connection));
            if told.signals.iter().any(gone) {
                break;
            }
        }
    };
    timeout(Duration::from_secs(10), told).await.expect("nobody was told that ben is gone");
}

#[tokio::test(start_paused = true)]
async fn a_room_that_is_deleted_on_one_node_is_gone_on_all() {
    let cluster = Cluster::new();
    let [one, two, three] = cluster.three();
    let room = one.room().await;
    let mut heard = three.listen(room).await;
    let done = two.ask(room, &ana(), Command::Delete).await.unwrap();
    assert_eq!(done.events.len(), 1);
    assert_eq!(next(&mut heard).await.unwrap().events.len(), 1);
    assert!(next(&mut heard).await.is_none(), "it ends");
    for node in [&one, &two, &three] {
        assert_eq!(code(node.rooms.view(room).await), Code::NoSuchRoom);
    }
    assert_eq!(code(two.rooms.view(RoomId(Uuid::from_u128(7))).await), Code::NoSuchRoom);
}

#[tokio::test(start_paused = true)]
async fn who_comes_in_on_one_node_meets_who_is_on_another() {
    let cluster = Cluster::new();
    let [one, two, three] = cluster.three();
    let room = one.room().await;
    two.arrives(room, &ben()).await;
    let (_, eve) = three.arrives(room, &person("eve")).await;
    let kick = Command::Kick { person: eve.person };
    let mut heard = three.listen(room).await;
    two.ask(room, &ana(), kick).await.unwrap();
    let out = async {
        loop {
            let told = next(&mut heard).await.unwrap();
            if told
                .signals
                .iter()
                .any(|signal| matches!(signal, Signal::Out { connections, .. } if connections.len() == 1))
            {
                break told;
            }
        }
    };
    assert!(!timeout(Duration::from_secs(5), out).await.unwrap().view.is_here(eve.person));
    one.ask(room, &ana(), clip("film")).await.unwrap();
    three.ask(room, &ana(), Deed::Pause).await.unwrap();
    assert!(!three.view(room).await.playback.playing, "who paused it sees it stand");
}
