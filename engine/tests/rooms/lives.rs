//! A room comes when somebody asks for it, and goes when nobody would miss it.

use std::{sync::Arc, time::Duration};

use engine::{
    command::{Command, Deed, Spot},
    event::{Cause, EventKind, Out, Signal},
    ids::RoomId,
    refusal::Code,
    room::{Changes, Restore, Visibility},
    rooms::NewRoom,
    time::Millis,
};
use futures_util::{FutureExt, future::join_all};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::house::{House, ana, ben, clip, code, film, line, next, seen_as};

const IDLE: Duration = Duration::from_secs(300);

#[tokio::test(start_paused = true)]
async fn a_room_that_nobody_asks_for_is_put_away_and_comes_back_in_its_next_life() {
    let house = House::new();
    let room = house.room().await;
    house.ask(room, &ana(), line("good night")).await.unwrap();
    sleep(Duration::from_secs(299)).await;
    assert_eq!(house.engine.rooms.counts(), (1, 0));
    sleep(Duration::from_secs(2)).await;
    assert_eq!(house.engine.rooms.counts(), (0, 0));
    assert_eq!(house.store.loads(), 0);

    let view = house.view(room).await;
    assert_eq!((view.epoch, view.seq, view.chat.len()), (2, 2, 1));
    assert_eq!(house.ask(room, &ben(), line("good morning")).await.unwrap().view.seq, 3);
}

#[tokio::test(start_paused = true)]
async fn a_room_stays_while_somebody_is_there_listens_or_the_film_runs() {
    let house = House::new();
    let (visited, heard, playing) = (house.room().await, house.room().await, house.room().await);
    house.arrives(visited, &ben()).await;
    let listening = house.engine.rooms.listen(heard).await.unwrap();
    house.ask(playing, &ana(), film("long", Millis::seconds(7200), Spot::Now)).await.unwrap();
    sleep(IDLE * 3).await;
    for room in [visited, heard, playing] {
        assert_eq!(house.view(room).await.epoch, 1);
    }
    drop(listening);
    sleep(IDLE * 2).await;
    assert_eq!(house.view(heard).await.epoch, 2);
}

#[tokio::test(start_paused = true)]
async fn who_asks_while_a_room_is_being_put_away_is_answered_by_its_next_life() {
    let house = House::new();
    let room = house.room().await;
    house.ask(room, &ana(), line("good night")).await.unwrap();
    // Its last snapshot is on its way to the disk.
    house.store.hold_commits();
    sleep(IDLE * 2).await;
    let mut asked = Box::pin(house.ask(room, &ben(), line("wait")));
    let mut listening = Box::pin(house.engine.rooms.listen(room));
    timeout(IDLE, &mut asked).await.expect_err("the old life holds the room");
    assert!((&mut listening).now_or_never().is_none());
    assert_eq!(house.store.loads(), 0);

    house.store.release_commits();
    let done = asked.await.unwrap();
    assert_eq!((done.view.epoch, done.view.seq), (2, 3));
    assert_eq!(listening.await.unwrap().view.epoch, 2);
    assert_eq!(house.store.loads(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_question_is_lost_where_a_room_comes_and_goes_all_the_time() {
    let house = Arc::new(House::quick_to_unload(Millis::ZERO));
    let room = house.room().await;
    let people = (0..8_u64).map(|person| {
        let house = house.clone();
        tokio::spawn(async move {
            let who = if person % 2 == 0 { ana() } else { ben() };
            for n in 0..150 {
                if n % 20 == 7 {
                    house.engine.rooms.listen(room).await.unwrap();
                }
                house.ask(room, &who, line(&format!("{person}-{n}"))).await.unwrap();
                // Long enough for the room to go, now and then.
                sleep(Duration::from_millis((n + person) % 3)).await;
            }
        })
    });
    for person in join_all(people).await {
        person.unwrap();
    }
    let view = house.view(room).await;
    assert_eq!(view.seq, 1 + 8 * 150, "each line once");
    assert!(view.epoch > 2, "it came and went");
}

#[tokio::test(start_paused = true)]
async fn two_hundred_who_come_at_once_load_a_room_once() {
    let house = House::new();
    let room = house.room().await;
    house.engine.rooms.shutdown().await;
    let house = house.restart();
    house.store.hold_loads();
    let mut asks = Box::pin(join_all((0..200).map(|_| house.engine.rooms.view(room))));
    timeout(Duration::from_secs(1), &mut asks).await.expect_err("the load is under way");
    house.store.release_loads();
    assert!(asks.await.into_iter().all(|view| view.unwrap().epoch == 2));
    assert_eq!((house.store.loads(), house.engine.rooms.counts()), (1, (1, 0)));
}

#[tokio::test(start_paused = true)]
async fn a_room_that_there_is_not_leaves_nothing_behind() {
    let house = House::new();
    let nowhere = RoomId(Uuid::from_u128(7));
    let asks = join_all((0..50).map(|_| house.ask(nowhere, &ana(), Deed::PLAY.into()))).await;
    assert!(asks.into_iter().all(|answer| code(answer) == Code::NoSuchRoom));
    assert_eq!(house.engine.rooms.counts(), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_room_that_cannot_be_loaded_is_tried_again_by_the_next_who_asks() {
    let house = House::new();
    let room = house.room().await;
    house.engine.rooms.shutdown().await;
    let house = house.restart();
    house.store.spoil_loads(1);
    house.engine.rooms.view(room).await.unwrap_err();
    assert_eq!(house.engine.rooms.counts(), (0, 0));
    assert_eq!(house.view(room).await.epoch, 2);
}

#[tokio::test(start_paused = true)]
async fn where_one_of_many_fails_to_load_a_room_the_next_loads_it_for_all() {
    let house = House::new();
    let room = house.room().await;
    house.engine.rooms.shutdown().await;
    let house = house.restart();
    house.store.hold_loads();
    house.store.spoil_loads(1);
    let mut asks = Box::pin(join_all((0..10).map(|_| house.engine.rooms.view(room))));
    timeout(Duration::from_secs(1), &mut asks).await.expect_err("the load is under way");
    house.store.release_loads();
    let answers = asks.await;
    assert_eq!(answers.iter().filter(|view| view.is_err()).count(), 1);
    assert!(answers.into_iter().flatten().all(|view| view.epoch == 2));
    assert_eq!(house.view(room).await.epoch, 2, "there is one of it");
    assert_eq!((house.store.loads(), house.engine.rooms.counts()), (2, (1, 0)));
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_waiting_for_a_room_leaves_nothing_behind() {
    let house = House::new();
    let room = house.room().await;
    house.engine.rooms.shutdown().await;
    let house = house.restart();
    house.store.hold_loads();
    timeout(Duration::from_secs(1), house.engine.rooms.view(room)).await.expect_err("the load is under way");
    assert_eq!(house.engine.rooms.counts(), (0, 0));
    house.store.release_loads();
    assert_eq!(house.view(room).await.seq, 1);
}

#[tokio::test(start_paused = true)]
async fn a_room_found_in_the_list_while_it_is_still_being_made_lives_once() {
    let house = House::new();
    house.store.hold_commits();
    let new = seen_as(Visibility::Public);
    let ana = ana();
    let mut made = Box::pin(house.engine.rooms.create(&ana, new));
    timeout(Duration::from_secs(1), &mut made).await.expect_err("not told yet");
    let listed = house.engine.rooms.public(None, 10).await.unwrap()[0].id;
    let mut asked = Box::pin(house.ask(listed, &ben(), line("first")));
    timeout(Duration::from_secs(1), &mut asked).await.expect_err("it waits for the room");

    house.store.release_commits();
    let (made, asked) = futures_util::join!(made, asked);
    assert_eq!((made.unwrap().id, asked.unwrap().view.epoch), (listed, 1));
    assert_eq!(house.ask(listed, &ana, line("second")).await.unwrap().view.seq, 3);
    assert_eq!(house.store.loads(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_stop_writes_a_playing_room_where_it_stands_and_the_next_process_goes_on_from_there() {
    let house = House::new();
    let room = house.room().await;
    house.arrives(room, &ben()).await;
    house.ask(room, &ana(), clip("film")).await.unwrap();
    assert_eq!(house.engine.rooms.counts(), (1, 1));
    // Half a second of it is the lead.
    sleep(Duration::from_millis(10_800)).await;
    house.engine.rooms.shutdown().await;
    assert_eq!(code(house.ask(room, &ana(), Deed::Pause.into()).await), Code::Stopping);
    assert_eq!(code(house.engine.rooms.view(room).await), Code::Stopping);
    sleep(Duration::from_secs(3600)).await;

    let house = house.restart();
    let mut heard = house.engine.rooms.listen(room).await.unwrap();
    assert_eq!(house.position(room).await, Millis(10_300));
    let event = heard.recent.pop_back().unwrap();
    assert!(matches!(event.kind, EventKind::Playback { cause: Cause::Restore, .. }), "{event:?}");
    house.arrives(room, &ben()).await;
    sleep(Duration::from_secs(10)).await;
    assert_eq!(house.position(room).await, Millis(20_300));
    assert_eq!(house.engine.rooms.counts(), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn who_asked_before_a_stop_is_answered_by_the_disk_and_who_asked_into_it_is_told_to_come_back() {
    let house = House::new();
    let room = house.room().await;
    house.store.hold_commits();
    let mut before = Box::pin(house.ask(room, &ana(), line("before")));
    timeout(Duration::from_secs(1), &mut before).await.expect_err("not on disk yet");
    let mut into = Box::pin(house.ask(room, &ben(), line("into")));
    // It lies in the mailbox when the room's task wakes up and finds that the server stops.
    assert!((&mut into).now_or_never().is_none());
    let mut stop = Box::pin(house.engine.rooms.shutdown());
    timeout(Duration::from_secs(1), &mut stop).await.expect_err("a stop waits for the disk");
    house.store.release_commits();
    stop.await;
    assert_eq!(before.await.unwrap().view.seq, 2);
    assert_eq!(code(into.await), Code::Stopping);
    assert_eq!(house.restart().view(room).await.seq, 2);
}

#[tokio::test(start_paused = true)]
async fn after_a_crash_a_film_is_found_within_a_second_of_where_it_was() {
    let house = House::new();
    let room = house.room().await;
    house.arrives(room, &ben()).await;
    house.ask(room, &ana(), clip("film")).await.unwrap();
    sleep(Duration::from_millis(20_700)).await;
    let stood = house.position(room).await;
    let next = house.restart();
    let found = next.position(room).await;
    assert!((0..=1000).contains(&(stood.0 - found.0)), "stood at {stood:?}, found at {found:?}");
    // Whoever hangs and wakes up finds the room taken.
    assert_eq!(code(house.ask(room, &ana(), Deed::Pause.into()).await), Code::NotStored);
}

#[tokio::test(start_paused = true)]
async fn timers_run_without_anybody_asking() {
    let house = House::new();
    let room = house.room().await;
    house.arrives(room, &ben()).await;
    house.ask(room, &ana(), clip("one")).await.unwrap();
    house.ask(room, &ana(), clip("two")).await.unwrap();
    sleep(Duration::from_millis(60_499)).await;
    assert_eq!(house.view(room).await.current.as_ref().unwrap().media.label(), "one");
    sleep(Duration::from_millis(2)).await;
    assert_eq!(house.view(room).await.current.as_ref().unwrap().media.label(), "two");
    sleep(Duration::from_secs(61)).await;
    assert_eq!(house.view(room).await.current, None);
    assert_eq!(house.engine.rooms.counts(), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_room_that_is_deleted_ends_for_those_who_listen_and_is_no_room_for_those_who_ask() {
    let house = House::new();
    let room = house.room().await;
    house.arrives(room, &ben()).await;
    house.ask(room, &ana(), clip("film")).await.unwrap();
    assert_eq!(house.engine.rooms.counts(), (1, 1));
    let mut listening = house.engine.rooms.listen(room).await.unwrap();
    assert_eq!(code(house.ask(room, &ben(), Command::Delete).await), Code::NotAllowed);
    let done = house.ask(room, &ana(), Command::Delete).await.unwrap();
    assert!(matches!(done.events[..], [ref event] if event.kind == EventKind::Deleted));
    // Presence may be told before it.
    let told = loop {
        let heard = next(&mut listening).await.unwrap();
        if !heard.events.is_empty() {
            break heard;
        }
    };
    assert_eq!(told.events[0].kind, EventKind::Deleted);
    assert!(matches!(&told.signals[..], [Signal::Out { connections, why: Out::Deleted }] if connections.len() == 1));
    assert!(next(&mut listening).await.is_none(), "it ends");
    assert_eq!(house.engine.rooms.counts(), (0, 0), "nothing plays, nothing is held");
}

#[tokio::test(start_paused = true)]
async fn who_asks_while_a_room_is_deleted_is_told_that_it_is_gone() {
    let house = House::new();
    let room = house.room().await;
    house.store.hold_commits();
    let mut delete = Box::pin(house.ask(room, &ana(), Command::Delete));
    assert!((&mut delete).now_or_never().is_none());
    let mut late = Box::pin(house.ask(room, &ben(), line("hello")));
    assert!((&mut late).now_or_never().is_none());
    timeout(Duration::from_secs(1), &mut delete).await.expect_err("not on disk yet");
    house.store.release_commits();
    assert_eq!(delete.await.unwrap().view.seq, 2);
    assert_eq!(code(late.await), Code::NoSuchRoom);
    assert_eq!(code(house.engine.rooms.view(room).await), Code::NoSuchRoom);
    assert_eq!(code(house.restart().engine.rooms.listen(room).await), Code::NoSuchRoom);
    assert_eq!(house.engine.rooms.counts(), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn whoever_is_shown_the_door_is_told_of_it_with_their_connections() {
    let house = House::new();
    let room = house.room().await;
    house.arrives(room, &ben()).await;
    house.arrives(room, &ben()).await;
    let mut listening = house.engine.rooms.listen(room).await.unwrap();
    house.ask(room, &ana(), Command::Kick { person: ben().person }).await.unwrap();
    let told = loop {
        let heard = next(&mut listening).await.unwrap();
        if !heard.events.is_empty() {
            break heard;
        }
    };
    assert!(matches!(&told.signals[..], [Signal::Out { connections, why: Out::Kicked }] if connections.len() == 2));
    assert_eq!(told.view.watching(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_was_shelved_is_asked_for_by_who_comes_back_to_the_next_life_of_the_room() {
    let house = House::new();
    let changes = Changes { restore: Some(Restore::Prompt), ..seen_as(Visibility::Unlisted).changes };
    let room = house.engine.rooms.create(&ana(), NewRoom { changes, ..NewRoom::default() }).await.unwrap().id;
    house.ask(room, &ana(), clip("film")).await.unwrap();
    house.ask(room, &ana(), clip("next")).await.unwrap();
    // It stays until the queue is put away, then goes itself.
    sleep(Duration::from_secs(299)).await;
    assert_eq!(house.view(room).await.queue.len(), 1);
    sleep(Duration::from_secs(2)).await;
    assert_eq!(house.view(room).await.shelf.len(), 2);
    sleep(IDLE * 2).await;
    assert_eq!(house.engine.rooms.counts(), (0, 0));
    let done = house.ask(room, &ana(), Command::Restore { discard: false }).await.unwrap();
    assert_eq!((done.view.queue.len(), done.view.shelf.len()), (1, 0));
    assert!(done.view.epoch > 1);
}
