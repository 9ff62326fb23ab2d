//! What breaks: a node, its line, its store. Films go on, and nothing that was answered is lost or done twice.

use std::{sync::Arc, time::Duration};

use engine::{
    command::{Command, Deed},
    event::{Cause, EventKind, Signal},
    refusal::{Code, No},
    rooms::Listening,
    time::Millis,
};
use futures_util::FutureExt;
use tokio::time::{Instant, sleep, timeout};

use crate::{
    house::{ana, ben, clip, code, film, line, next, person},
    nodes::{Cluster, agree, lines, until},
};

/// All that a listener has heard by now.
fn heard_so_far(listening: &mut Listening) -> Vec<Arc<engine::rooms::Heard>> {
    std::iter::from_fn(|| listening.heard.recv().now_or_never().flatten()).collect()
}

#[tokio::test(start_paused = true)]
async fn when_the_node_dies_that_has_a_room_films_go_on_and_commands_work_again_within_fifteen_seconds() {
    let cluster = Cluster::new();
    let [one, two, three] = cluster.three();
    let room = one.room().await;
    let (_, ben) = two.arrives(room, &ben()).await;
    let (dead, _) = one.arrives(room, &person("eve")).await;
    three.arrives(room, &person("dan")).await;
    two.ask(room, &ana(), film("long", Millis::seconds(3_600), engine::command::Spot::Now)).await.unwrap();
    sleep(Duration::from_secs(60)).await;
    let mut heard = two.listen(room).await;
    let before = two.view(room).await;

    one.dies();
    let died = Instant::now();
    let (_, done) = two.asks_until_done(room, &ben, &line("still here")).await;
    assert!(died.elapsed() < Duration::from_secs(15), "{:?}", died.elapsed());
    assert_eq!((done.view.epoch, done.view.seq), (before.epoch + 1, before.seq + 1), "one line is all that happened");
    assert_eq!(done.view.playback, before.playback, "the film went on as if nothing had been");
    let told = heard_so_far(&mut heard);
    assert_eq!(told.iter().filter(|told| told.reset).count(), 1, "everybody is told the new epoch once");
    sleep(Duration::from_secs(20)).await;
    let view = two.view(room).await;
    assert!(
        !view.presence.contains_key(&dead) && view.watching() == 2,
        "who was on the dead node is gone, nobody else"
    );
    assert!(agree(&view, &*three.view(room).await));
}

#[tokio::test(start_paused = true)]
async fn a_node_that_stops_hands_its_rooms_over_at_once() {
    let cluster = Cluster::new();
    let [one, two, three] = cluster.three();
    let room = one.room().await;
    two.arrives(room, &ben()).await;
    two.ask(room, &ana(), clip("film")).await.unwrap();
    let (leaves, _) = one.arrives(room, &person("eve")).await;
    three.view(room).await;
    let before = two.view(room).await.playback;
    let stopped = Instant::now();
    let stop = tokio::spawn({
        let rooms = one.rooms.clone();
        async move { rooms.shutdown().await }
    });
    let (refused, done) = two.asks_until_done(room, &ana(), &line("hello")).await;
    assert!(stopped.elapsed() < Duration::from_millis(500) && refused == 0, "{:?} {refused}", stopped.elapsed());
    assert_eq!(done.view.epoch, 2);
    assert_eq!((done.view.playback, done.view.presence.contains_key(&leaves)), (before, false));
    stop.await.unwrap();
    three.ask(room, &ana(), line("me too")).await.unwrap();
    assert!(agree(&*two.view(room).await, &*three.view(room).await));
    assert_eq!(code(one.ask(room, &ana(), line("late")).await), Code::Stopping);
}

#[tokio::test(start_paused = true)]
async fn a_node_that_lost_the_bus_tells_its_viewers_nothing_and_then_what_they_missed() {
    let cluster = Cluster::new();
    let [one, two, _three] = cluster.three();
    let room = one.room().await;
    two.arrives(room, &ben()).await;
    one.ask(room, &ana(), clip("film")).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    let mut heard = two.listen(room).await;
    two.bus.cut(true);
    sleep(Duration::from_secs(8)).await;
    two.bus.cut(false);
    sleep(Duration::from_secs(2)).await;
    assert!(heard_so_far(&mut heard).is_empty(), "nothing had happened, and nothing is told");

    two.bus.cut(true);
    one.ask(room, &ana(), line("missed")).await.unwrap();
    one.ask(room, &ana(), line("missed, too")).await.unwrap();
    sleep(Duration::from_secs(3)).await;
    let busy = two.ask(room, &ben(), line("into the void")).await;
    assert_eq!(code(busy), Code::Busy);
    assert!(heard_so_far(&mut heard).is_empty());
    two.bus.cut(false);
    let told = next(&mut heard).await.unwrap();
    assert_eq!((told.reset, told.events.len(), told.view.seq), (false, 2, 5));
    assert_eq!(one.view(room).await.watching(), 1);
    // For longer than a node is waited for: ben was gone meanwhile, and is here again.
    two.bus.cut(true);
    sleep(Duration::from_secs(20)).await;
    assert_eq!((one.view(room).await.watching(), two.view(room).await.watching()), (0, 1));
    two.bus.cut(false);
    until("ben is back", async || one.view(room).await.watching() == 1).await;
    assert!(heard_so_far(&mut heard).iter().all(|told| !told.reset));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_is_given_again_and_nothing_is_done_twice() {
    let cluster = Cluster::new();
    let [one, two, _three] = cluster.three();
    let room = one.room().await;
    two.view(room).await;
    one.store.hold_commits();
    let ana = ana();
    let mut asked = Box::pin(two.ask(room, &ana, clip("film")));
    timeout(Duration::from_millis(100), &mut asked).await.expect_err("it is not on disk yet");
    one.bus.cut(true);
    one.store.release_commits();
    timeout(Duration::from_millis(1_000), &mut asked).await.expect_err("the answer was lost");
    one.bus.cut(false);
    let done = asked.await.unwrap();
    assert_eq!(done.events.len(), 2);
    let view = one.view(room).await;
    assert_eq!((view.seq, view.queue.len()), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn where_nobody_knows_whether_it_was_done_that_is_said() {
    let cluster = Cluster::new();
    let [one, two, _three] = cluster.three();
    let room = one.room().await;
    two.view(room).await;
    one.store.hold_commits();
    let ana = ana();
    let mut asked = Box::pin(two.ask(room, &ana, clip("film")));
    timeout(Duration::from_millis(100), &mut asked).await.expect_err("it is not on disk yet");
    one.dies();
    assert_eq!(code(asked.await), Code::MaybeDone);
    // It was, as it happens; and once.
    let (_, done) = two.asks_until_done(room, &ana, &Deed::Pause.into()).await;
    assert!(done.view.current.is_some() && done.view.queue.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_node_without_its_store_refuses_what_lasts_and_films_go_on() {
    let cluster = Cluster::new();
    let [one, two, _three] = cluster.three();
    let room = one.room().await;
    one.arrives(room, &ben()).await;
    one.ask(room, &ana(), clip("film")).await.unwrap();
    sleep(Duration::from_secs(10)).await;
    let mut heard = one.listen(room).await;
    one.store.inner.cut(true);
    sleep(Duration::from_millis(8_500)).await;
    // Its lease is over, or nearly: it does not even try.
    assert_eq!(code(one.ask(room, &ana(), Deed::Pause).await), Code::NotStored);
    let view = one.view(room).await;
    assert!(view.playback.playing && view.watching() == 1);
    let (connection, _) = one.arrives(room, &person("eve")).await;
    assert!(one.view(room).await.presence.contains_key(&connection), "people come in all the same");
    // Nobody took the room meanwhile: nobody is told anything.
    one.store.inner.cut(false);
    sleep(Duration::from_secs(2)).await;
    let done = one.ask(room, &ana(), Deed::Pause).await.unwrap();
    assert_eq!(done.view.epoch, 1);
    let told = heard_so_far(&mut heard);
    assert!(told.iter().all(|told| !told.reset), "{told:?}");
    two.view(room).await;
}

#[tokio::test(start_paused = true)]
async fn who_lost_a_room_while_it_was_away_follows_who_has_it() {
    let cluster = Cluster::new();
    let [one, two, _three] = cluster.three();
    let room = one.room().await;
    let (here, ana) = one.arrives(room, &ana()).await;
    let (there, ben) = two.arrives(room, &ben()).await;
    one.ask(room, &ana, film("long", Millis::seconds(3_600), engine::command::Spot::Now)).await.unwrap();
    sleep(Duration::from_secs(5)).await;
    let (mut heard, playback) = (one.listen(room).await, one.view(room).await.playback);
    one.store.inner.cut(true);
    one.bus.cut(true);
    let (_, done) = two.asks_until_done(room, &ben, &line("taken")).await;
    assert_eq!((done.view.epoch, done.view.playback), (2, playback));
    assert!(matches!(one.ask(room, &ana, line("lost")).await, Err(No::Refusal(no)) if no.code == Code::NotStored));
    sleep(Duration::from_secs(20)).await;
    assert_eq!(two.view(room).await.watching(), 1, "nobody waits for a node for so long");
    one.store.inner.cut(false);
    one.bus.cut(false);
    until("it follows", async || one.view(room).await.epoch == 2).await;
    until("both are here", async || two.view(room).await.watching() == 2).await;
    let view = two.view(room).await;
    assert!(view.presence.contains_key(&here) && view.presence.contains_key(&there));
    let told = heard_so_far(&mut heard);
    assert_eq!(told.iter().filter(|told| told.reset).count(), 1, "the whole room, once");
    one.ask(room, &ana, line("back")).await.unwrap();
    let store = two.rooms.chat(room, None, 10).await.unwrap();
    assert_eq!(store.len(), 2);
    assert_eq!(lines(&cluster.disk, room, "lost").await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_room_whose_node_died_before_anybody_else_looked_is_found_when_the_lease_is_over() {
    let cluster = Cluster::new();
    let [one, two, _three] = cluster.three();
    let room = one.room().await;
    one.ask(room, &ana(), line("alone")).await.unwrap();
    one.dies();
    let asked = Instant::now();
    let view = two.view(room).await;
    assert_eq!((view.epoch, view.chat.len()), (2, 1));
    assert!(asked.elapsed() < Duration::from_secs(12), "{:?}", asked.elapsed());
}

#[tokio::test(start_paused = true)]
async fn whoever_opens_the_room_while_nobody_has_it_waits_for_the_next_who_does() {
    let cluster = Cluster::new();
    let [one, two, three] = cluster.three();
    let room = one.room().await;
    let (_, ben) = two.arrives(room, &ben()).await;
    one.dies();
    let died = Instant::now();
    // On a node that follows the room, and on one that does not know it yet.
    let comes = async |node: &crate::nodes::Node, name: &str| {
        let (_, actor) = node.arrives(room, &person(name)).await;
        node.ask(room, &actor, line("hello")).await.unwrap();
    };
    let refused = async {
        sleep(Duration::from_millis(10)).await;
        code(two.ask(room, &ben, Deed::Pause).await)
    };
    let ((), (), code) = tokio::join!(comes(&two, "dan"), comes(&three, "eve"), refused);
    assert_eq!(code, Code::Busy, "who is there already is told that it is not done");
    assert!(died.elapsed() < Duration::from_secs(15), "{:?}", died.elapsed());
    until("all are there", async || two.view(room).await.watching() == 3 && three.view(room).await.watching() == 3)
        .await;
    assert_eq!(two.view(room).await.epoch, 2);
}

#[tokio::test(start_paused = true)]
async fn whoever_opens_the_room_is_not_left_waiting_for_ever() {
    let cluster = Cluster::new();
    let [one, two, _three] = cluster.three();
    let room = one.room().await;
    two.view(room).await;
    // Nobody could have it: its node is alive, and cannot be reached.
    two.bus.cut(true);
    let asked = Instant::now();
    let connection = two.rooms.connection();
    let dan = engine::command::Actor { connection: Some(connection), ..person("dan") };
    assert_eq!(code(two.ask(room, &dan, Command::Arrive { connection, watches: true }).await), Code::Busy);
    let waited = asked.elapsed();
    assert!((Duration::from_secs(14)..Duration::from_secs(17)).contains(&waited), "{waited:?}");
    two.bus.cut(false);
    two.arrives(room, &dan).await;
    until("they are there", async || one.view(room).await.watching() == 1).await;
}

#[tokio::test(start_paused = true)]
async fn what_was_due_while_nobody_had_the_room_happens_once_then() {
    let cluster = Cluster::new();
    let [one, two, three] = cluster.three();
    let room = one.room().await;
    two.arrives(room, &ben()).await;
    three.arrives(room, &person("dan")).await;
    one.ask(room, &ana(), clip("one")).await.unwrap();
    one.ask(room, &ana(), clip("two")).await.unwrap();
    sleep(Duration::from_secs(58)).await;
    one.dies();
    sleep(Duration::from_secs(20)).await;
    let view = two.view(room).await;
    assert_eq!(view.current.as_ref().unwrap().media.label(), "two");
    assert_eq!(view.played.len(), 1);
    assert!(agree(&view, &*three.view(room).await));
    let journal = two.rooms.audit(room, &engine::ports::Trail { limit: 100, ..Default::default() }).await.unwrap();
    let restored =
        |event: &&engine::event::Event| matches!(event.kind, EventKind::Playback { cause: Cause::Restore, .. });
    assert_eq!(journal.iter().filter(restored).count(), 0, "no film was put back");
}

#[tokio::test(start_paused = true)]
async fn who_was_shown_the_door_while_their_node_was_away_is_told_so_when_it_is_back() {
    for (command, away) in [(false, 3), (true, 3), (true, 30)] {
        let cluster = Cluster::new();
        let [one, two, _three] = cluster.three();
        let room = one.room().await;
        let (connection, eve) = two.arrives(room, &person("eve")).await;
        let mut heard = two.listen(room).await;
        let (person, reason) = (eve.person, String::new());
        let command = if command { Command::Ban { person, until: None, reason } } else { Command::Kick { person } };
        two.bus.cut(true);
        one.ask(room, &ana(), command).await.unwrap();
        sleep(Duration::from_secs(away)).await;
        two.bus.cut(false);
        let told =
            async {
                loop {
                    let told = next(&mut heard).await.unwrap();
                    if told.signals.iter().any(
                        |signal| matches!(signal, Signal::Out { connections, .. } if connections[..] == [connection]),
                    ) {
                        return told;
                    }
                }
            };
        let told = timeout(Duration::from_secs(10), told).await.unwrap();
        assert!(!told.view.is_here(person) && !one.view(room).await.is_here(person));
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_one_who_stopped_may_have_done_the_next_is_not_asked_to_do() {
    let cluster = Cluster::new();
    let [one, two, three] = cluster.three();
    let room = one.room().await;
    two.view(room).await;
    three.arrives(room, &ben()).await;
    one.store.hold_commits();
    let ana = ana();
    let mut asked = Box::pin(two.ask(room, &ana, clip("film")));
    timeout(Duration::from_millis(100), &mut asked).await.expect_err("it is not on disk yet");
    one.bus.cut(true);
    one.store.release_commits();
    timeout(Duration::from_millis(100), &mut asked).await.expect_err("the answer was lost");
    one.bus.cut(false);
    one.rooms.shutdown().await;
    assert_eq!(code(asked.await), Code::MaybeDone, "nobody knows");
    let view = three.view(room).await;
    assert_eq!((view.epoch, view.current.is_some(), view.queue.len()), (2, true, 0), "it was done, once");
}

#[tokio::test(start_paused = true)]
async fn what_may_have_been_done_is_not_done_again_by_the_next_though_it_would_be_something_else() {
    let cluster = Cluster::new();
    let [one, two, three] = cluster.three();
    let room = one.room().await;
    two.view(room).await;
    three.arrives(room, &ben()).await;
    for name in ["first", "second", "third", "fourth"] {
        one.ask(room, &ana(), clip(name)).await.unwrap();
    }
    one.store.hold_commits();
    let ana = ana();
    let mut asked = Box::pin(two.ask(room, &ana, Deed::Skip));
    timeout(Duration::from_millis(100), &mut asked).await.expect_err("it is not on disk yet");
    one.bus.cut(true);
    one.store.release_commits();
    timeout(Duration::from_millis(100), &mut asked).await.expect_err("the answer was lost");
    one.bus.cut(false);
    one.rooms.shutdown().await;
    assert_eq!(code(asked.await), Code::MaybeDone);
    let view = three.view(room).await;
    assert_eq!(
        (view.epoch, view.current.as_ref().unwrap().media.label()),
        (2, "second"),
        "one was skipped, and not two"
    );
}

#[tokio::test(start_paused = true)]
async fn who_lost_a_room_and_does_not_know_it_writes_nothing_to_it() {
    let cluster = Cluster::new();
    let [one, two, _three] = cluster.three();
    let room = one.room().await;
    one.ask(room, &ana(), line("mine")).await.unwrap();
    // By its own clock it may go on for seconds, and its next number is the one that the room needs.
    one.store.inner.lapse();
    let before = two.view(room).await;
    assert_eq!((before.epoch, before.seq), (2, one.view(room).await.seq));
    assert_eq!(one.view(room).await.epoch, 1);
    let answer = one.ask(room, &ana(), line("still mine?")).await;
    assert!(answer.is_err(), "{answer:?}");
    assert_eq!(lines(&cluster.disk, room, "still mine?").await, 0);
    two.ask(room, &ben(), line("no, mine")).await.unwrap();
    until("it follows", async || agree(&*one.view(room).await, &*two.view(room).await)).await;
    one.ask(room, &ana(), line("yours")).await.unwrap();
    assert_eq!((cluster.disk.epoch(room), two.view(room).await.seq), (Some(2), before.seq + 2));
}
