//! How a room comes back. That every script's room comes back from its journal is checked by the scripts themselves.

use engine::{
    ports::Loaded,
    refusal::Fault,
    room::{Room, RoomLimits},
    time::{Now, PlayTime, WallTime},
};
use expect_test::expect;

use crate::script::{World, story};

#[test]
fn a_film_goes_on_from_the_last_beat_and_pauses_if_nobody_comes_back() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds clip 60s
            #2 clip queued at 0 by ana
            #3 clip plays from 0s at 0.5s (start by ana)
        0s ana seeks 10s
            #4 clip plays from 10s at 0.5s (seek by ana)
        0.25s ...
            here: ana
        20s restarts alive 19.5s
            #5 clip plays from 29s at 20s (restore)
        21s look
            clip plays from 29s at 20s, at 30s now; queue: none; here: none; next tick: 50s
        50s ...
            #6 clip stands at 59s (empty)
        60s look
            clip stands at 59s, at 59s now; queue: none; here: none; next tick: never
    "#]]);
}

#[test]
fn who_comes_back_in_time_finds_it_running() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds clip 10m
            #2 clip queued at 0 by ana
            #3 clip plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        20s restarts alive 20s
            #4 clip plays from 19.5s at 20s (restore)
        49s ana arrives
            -
        49.25s ...
            here: ana
        60s look
            clip plays from 19.5s at 20s, at 59.5s now; queue: none; here: ana; next tick: 600.5s
    "#]]);
}

#[test]
fn a_beat_before_the_last_start_or_none_at_all_is_taken_as_the_start() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds clip 60s
            #2 clip queued at 0 by ana
            #3 clip plays from 0s at 0.5s (start by ana)
        0s ana seeks 10s
            #4 clip plays from 10s at 0.5s (seek by ana)
        0.1s restarts alive 0s
            #5 clip plays from 10s at 0.1s (restore)
        0.2s ana arrives
            -
        0.45s ...
            here: ana
        5s ana seeks 20s
            #6 clip plays from 20s at 5.5s (seek by ana)
        9s restarts
            #7 clip plays from 20s at 9s (restore)
        9s look
            clip plays from 20s at 9s, at 20s now; queue: none; here: none; next tick: 39s
    "#]]);
}

#[test]
fn a_beat_past_the_end_is_the_end() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds clip 60s, next 60s
            #2 clip next queued at 0 by ana
            #3 clip plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        50s restarts alive 70s
            #4 clip plays from 60s at 50s (restore)
        50s ...
            #5 clip left at 60s
            #6 next waits at 0s (start)
        50s ana arrives
            #7 next plays from 0s at 50.5s (arrival)
        50.25s ...
            here: ana
        51s look
            next plays from 0s at 50.5s, at 0.5s now; queue: none; here: ana; next tick: 110.5s
    "#]]);
}

#[test]
fn what_stood_stands_and_what_waited_waits() {
    story(expect![[r#"
        0s ana adds clip 60s
            #2 clip queued at 0 by ana
            #3 clip waits at 0s (start by ana)
        5s restarts alive 5s
            -
        6s ana arrives
            #4 clip plays from 0s at 6.5s (arrival)
        6.25s ...
            here: ana
        10s ana pauses
            #5 clip stands at 3.5s (pause by ana)
        20s restarts alive 20s
            -
        21s look
            clip stands at 3.5s, at 3.5s now; queue: none; here: none; next tick: never
        22s ana says 1 hello
            #6 said "hello" at 3.5s by ana
        22s ana makes ana guest
            no: bad_input problem="A host cannot step down. Make somebody else the host."
        22s restarts
            -
        23s look
            clip stands at 3.5s, at 3.5s now; queue: none; here: none; next tick: never
    "#]]);
}

#[test]
fn roles_chat_title_and_queue_come_back() {
    let world = World::play(
        [
            "0s ben arrives",
            "0s ana makes ben cohost",
            "1s ben adds clip 60s, other 60s, third 60s",
            "1s ben moves third 0",
            "2s ben renames Friday films",
            "2s ben opens public",
            "2s ben says 1 hello",
            "3s restarts",
        ]
        .into_iter(),
    )
    .unwrap();
    let view = world.room.view();
    assert_eq!((&*view.settings.title, view.epoch, view.chat.len(), view.members.len()), ("Friday films", 2, 1, 2));
    let queue: Vec<_> = view.queue.iter().map(|item| item.media.label()).collect();
    assert_eq!(queue, ["third", "other"]);
    assert!(view.presence.is_empty(), "nobody is here yet");
}

#[test]
fn a_journal_with_a_hole_is_a_fault_and_not_a_room() {
    let world = World::play(["0s ana adds clip 60s", "1s ana pauses"].into_iter()).unwrap();
    let restore = |spoil: fn(&mut Loaded)| -> Result<u64, Fault> {
        let mut loaded = world.loaded(None);
        spoil(&mut loaded);
        let now = Now { play: PlayTime(5), wall: WallTime(5) };
        Room::restore(world.room.view().id, now, loaded, RoomLimits::default()).map(|(room, _)| room.view().seq)
    };
    assert_eq!(restore(|_| ()), Ok(4));
    restore(|loaded| drop(loaded.events.remove(2))).unwrap_err();
    restore(|loaded| drop(loaded.events.remove(0))).unwrap_err();
    restore(|loaded| loaded.events.clear()).unwrap_err();
}
