//! A commit that fails after its events were told.

use std::time::Duration;

use engine::{
    command::{Command, Deed, Report},
    refusal::Code,
    room::{Changes, Restore, Role, Visibility, Waiting},
    rooms::NewRoom,
};
use futures_util::FutureExt;
use tokio::time::{sleep, timeout};

use crate::house::{House, ana, ben, clip, code, line, next, seen_as};

#[tokio::test(start_paused = true)]
async fn what_could_not_be_stored_did_not_happen_and_everybody_is_told() {
    let house = House::new();
    let room = house.room().await;
    house.arrives(room, &ben()).await;
    house.ask(room, &ana(), line("before")).await.unwrap();
    let mut listening = house.engine.rooms.listen(room).await.unwrap();

    house.store.spoil_commits(1);
    assert_eq!(code(house.ask(room, &ana(), clip("film")).await), Code::NotStored);
    let told = next(&mut listening).await.unwrap();
    assert_eq!((told.reset, told.events.len(), told.view.seq), (false, 2, 4));
    let truth = next(&mut listening).await.unwrap();
    assert!(truth.reset);
    assert_eq!((truth.view.epoch, truth.view.seq, &truth.view.current), (2, 2, &None));
    assert_eq!(truth.view.watching(), 1, "ben is still here");
    assert_eq!(house.engine.rooms.counts(), (1, 0), "nothing plays");

    let done = house.ask(room, &ana(), clip("film")).await.unwrap();
    assert_eq!((done.view.epoch, done.view.seq), (2, 4));
    assert!(done.view.playback.playing);
    let next = next(&mut listening).await.unwrap();
    assert_eq!((next.reset, next.events[0].seq), (false, 3));
}

#[tokio::test(start_paused = true)]
async fn what_was_asked_meanwhile_did_not_happen_either() {
    let house = House::new();
    let room = house.room().await;
    house.store.hold_commits();
    house.store.spoil_commits(1);
    let mut first = Box::pin(house.ask(room, &ana(), line("one")));
    let mut second = Box::pin(house.ask(room, &ben(), line("two")));
    assert!((&mut first).now_or_never().is_none() && (&mut second).now_or_never().is_none());
    sleep(Duration::from_secs(1)).await;
    assert_eq!(house.view(room).await.seq, 3, "both were told");
    house.store.release_commits();
    assert_eq!((code(first.await), code(second.await)), (Code::NotStored, Code::NotStored));
    let view = house.view(room).await;
    assert_eq!((view.epoch, view.seq, view.chat.len()), (2, 1, 0));
    assert_eq!(house.ask(room, &ben(), line("three")).await.unwrap().view.seq, 2);
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_was_not_stored_leaves_the_film_running() {
    let house = House::new();
    let room = house.room().await;
    house.arrives(room, &ben()).await;
    house.ask(room, &ana(), clip("film")).await.unwrap();
    sleep(Duration::from_secs(20)).await;
    house.store.spoil_commits(1);
    assert_eq!(code(house.ask(room, &ana(), Deed::Pause.into()).await), Code::NotStored);
    sleep(Duration::from_secs(1)).await;
    let view = house.view(room).await;
    assert!(view.playback.playing);
    assert_eq!(house.engine.rooms.counts(), (1, 1));
    let position = house.position(room).await.0;
    assert!((19_500..=20_500).contains(&position), "{position}");
    // Ben watches: the film does not stop for want of viewers.
    sleep(Duration::from_secs(35)).await;
    assert!(house.view(room).await.playback.playing);
}

#[tokio::test(start_paused = true)]
async fn who_was_told_that_they_did_not_come_is_not_there() {
    let house = House::new();
    let room = house.room().await;
    house.ask(room, &ana(), clip("film")).await.unwrap();
    assert!(house.view(room).await.playback.waiting.is_some());
    // The first viewer starts the film, and that cannot be stored.
    house.store.spoil_commits(1);
    let connection = house.engine.rooms.connection();
    let arrive = Command::Arrive { connection, watches: true };
    assert_eq!(code(house.ask(room, &ben(), arrive).await), Code::NotStored);
    sleep(Duration::from_secs(1)).await;
    let view = house.view(room).await;
    assert!(view.presence.is_empty() && view.playback.waiting == Some(Waiting::Viewer));

    house.arrives(room, &ben()).await;
    assert!(house.view(room).await.playback.playing);
}

#[tokio::test(start_paused = true)]
async fn while_the_disk_cannot_be_read_either_people_are_told_so_and_then_it_goes_on() {
    let house = House::new();
    let room = house.room().await;
    house.store.spoil_commits(1);
    house.store.spoil_loads(3);
    assert_eq!(code(house.ask(room, &ana(), line("lost")).await), Code::NotStored);
    assert_eq!(code(house.ask(room, &ana(), line("lost too")).await), Code::NotStored);
    let again = async {
        while house.ask(room, &ana(), line("again")).await.is_err() {
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(Duration::from_secs(10), again).await.unwrap();
    let view = house.view(room).await;
    assert_eq!((view.seq, view.chat.len(), view.epoch), (2, 1, 2));
}

#[tokio::test(start_paused = true)]
async fn a_disk_that_takes_nothing_for_long_stops_no_film_and_keeps_nobody_out() {
    let house = House::new();
    let room = house.room().await;
    house.arrives(room, &ben()).await;
    house.ask(room, &ana(), clip("film")).await.unwrap();
    let mut listening = house.engine.rooms.listen(room).await.unwrap();
    house.store.spoil_commits(1);
    house.store.spoil_loads(usize::MAX);
    sleep(Duration::from_secs(10)).await;
    assert_eq!(code(house.ask(room, &ana(), Deed::Pause.into()).await), Code::NotStored);
    let truth = async {
        loop {
            let heard = next(&mut listening).await.unwrap();
            if heard.reset {
                return heard;
            }
        }
    };
    let truth = truth.await;
    assert!(truth.view.playback.playing, "the pause was told, and did not happen");
    assert_eq!((truth.view.epoch, truth.view.watching()), (1, 1));

    // Twenty seconds on the film has moved as far, though nothing could be written all the while.
    sleep(Duration::from_secs(20)).await;
    let position = house.position(room).await.0;
    assert!((29_000..=31_000).contains(&position), "{position}");
    assert_eq!(code(house.ask(room, &ana(), line("lost")).await), Code::NotStored);
    // People come, are seen by each other, and go.
    let connection = house.engine.rooms.connection();
    house.ask(room, &ana(), Command::Arrive { connection, watches: true }).await.unwrap();
    let mut late = house.engine.rooms.listen(room).await.unwrap();
    assert_eq!(late.view.watching(), 2);
    house.engine.rooms.tell_surely(room, ana(), Command::Depart { connection }).await;
    while house.view(room).await.watching() != 1 {
        sleep(Duration::from_millis(10)).await;
    }
    // The film comes to its end, which cannot be written; who comes then comes in all the same.
    sleep(Duration::from_secs(60)).await;
    let connection = house.engine.rooms.connection();
    house.ask(room, &ana(), Command::Arrive { connection, watches: true }).await.unwrap();

    house.store.spoil_loads(0);
    sleep(Duration::from_secs(6)).await;
    house.ask(room, &ana(), line("kept")).await.unwrap();
    let view = house.view(room).await;
    assert_eq!((view.epoch, view.chat.len(), view.presence.len()), (2, 1, 2));
    while !next(&mut late).await.unwrap().reset {}
    assert_eq!(house.engine.rooms.counts().0, 1);
}

#[tokio::test(start_paused = true)]
async fn that_somebody_left_could_not_be_written_down_and_that_hurts_nobody() {
    let house = House::new();
    let room = house.room().await;
    house.arrives(room, &ana()).await;
    let connection = house.engine.rooms.connection();
    house.ask(room, &ben(), Command::Arrive { connection, watches: true }).await.unwrap();
    sleep(Duration::from_secs(5)).await;
    house.store.spoil_commits(1);
    house.engine.rooms.tell_surely(room, ben(), Command::Depart { connection }).await;
    sleep(Duration::from_secs(1)).await;
    assert_eq!(house.view(room).await.epoch, 1, "nothing that was told is void");
    // It is written down with what comes next.
    house.ask(room, &ana(), line("hello")).await.unwrap();
    let view = house.view(room).await;
    assert_eq!(house.engine.rooms.attendance(&view).await.unwrap().visits, 2);
}

#[tokio::test(start_paused = true)]
async fn a_room_that_cannot_be_founded_is_none() {
    let house = House::new();
    house.store.spoil_commits(1);
    house.engine.rooms.create(&ana(), NewRoom::default()).await.unwrap_err();
    assert_eq!(house.engine.rooms.counts(), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_role_that_was_not_stored_is_not_shown_beside_the_name() {
    let house = House::new();
    let room = house.room().await;
    house.arrives(room, &ben()).await;
    house.store.spoil_commits(1);
    let role = Command::SetRole { person: ben().person, role: Role::Cohost };
    assert_eq!(code(house.ask(room, &ana(), role).await), Code::NotStored);
    sleep(Duration::from_secs(1)).await;
    let view = house.view(room).await;
    assert_eq!(view.members.len(), 1);
    assert!(view.presence.values().all(|presence| presence.role == Role::Guest), "{:?}", view.presence);
}

#[tokio::test(start_paused = true)]
async fn who_leaves_while_the_disk_is_broken_does_not_come_back_with_it() {
    let house = House::new();
    let room = house.room().await;
    let connection = house.engine.rooms.connection();
    house.ask(room, &ben(), Command::Arrive { connection, watches: true }).await.unwrap();
    house.store.spoil_commits(1);
    house.store.spoil_loads(1);
    assert_eq!(code(house.ask(room, &ana(), line("lost")).await), Code::NotStored);
    house.engine.rooms.tell_surely(room, ben(), Command::Depart { connection }).await;
    sleep(Duration::from_secs(2)).await;
    let view = house.view(room).await;
    assert_eq!((view.epoch, view.presence.len()), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_film_that_is_read_back_running_is_told_as_a_whole_and_not_as_a_gap() {
    let house = House::new();
    let room = house.room().await;
    house.arrives(room, &ben()).await;
    house.ask(room, &ana(), clip("film")).await.unwrap();
    let mut listening = house.engine.rooms.listen(room).await.unwrap();
    house.store.spoil_commits(1);
    assert_eq!(code(house.ask(room, &ana(), line("lost")).await), Code::NotStored);
    let mut told = Vec::new();
    while told.last() != Some(&(true, 0)) {
        let heard = next(&mut listening).await.unwrap();
        // Presence is told in its own time.
        if heard.reset || !heard.events.is_empty() {
            told.push((heard.reset, heard.events.len()));
        }
    }
    assert_eq!(told, [(false, 1), (true, 0)], "the lost line, then the whole room");
    let view = house.view(room).await;
    assert!(view.playback.playing && view.chat.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_film_that_waited_for_players_goes_on_after_the_disk_was_broken_for_those_who_are_here() {
    let house = House::new();
    let room = house.room().await;
    let connection = house.engine.rooms.connection();
    house.ask(room, &ben(), Command::Arrive { connection, watches: true }).await.unwrap();
    house.ask(room, &ben(), Command::Report { connection, report: Report::default() }).await.unwrap();
    house.ask(room, &ana(), clip("film")).await.unwrap();
    assert_eq!(house.view(room).await.playback.waiting, Some(Waiting::Ready));
    house.store.spoil_commits(1);
    assert_eq!(code(house.ask(room, &ana(), line("lost")).await), Code::NotStored);
    sleep(Duration::from_secs(1)).await;
    let view = house.view(room).await;
    assert!(view.playback.playing && view.playback.waiting.is_none(), "{:?}", view.playback);
}

#[tokio::test(start_paused = true)]
async fn a_queue_is_not_put_away_under_those_who_watch_after_the_disk_was_broken() {
    let house = House::new();
    let changes = Changes { restore: Some(Restore::Never), ..seen_as(Visibility::Unlisted).changes };
    let room = house.engine.rooms.create(&ana(), NewRoom { changes, ..NewRoom::default() }).await.unwrap().id;
    house.arrives(room, &ben()).await;
    house.ask(room, &ana(), clip("film")).await.unwrap();
    house.ask(room, &ana(), Deed::Pause.into()).await.unwrap();
    house.store.spoil_commits(1);
    assert_eq!(code(house.ask(room, &ana(), line("lost")).await), Code::NotStored);
    sleep(Duration::from_secs(1000)).await;
    assert!(house.view(room).await.current.is_some());
}
