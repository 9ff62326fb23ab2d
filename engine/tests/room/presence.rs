//! Who is here.

use expect_test::expect;

use crate::script::{World, story};

#[test]
fn comings_and_goings_are_told_a_quarter_of_a_second_later_at_once() {
    story(expect![[r#"
        0s ana arrives
            -
        0.1s ben arrives
            -
        0.2s ana reports rtt 80
            -
        0.25s ...
            here: ana ben
        1s ben departs
            -
        1.1s cas arrives
            -
        1.2s cas departs
            -
        1.25s ...
            gone: ben cas
        2s look
            nothing on, at 0s now; queue: none; here: ana; next tick: never
    "#]]);
}

#[test]
fn who_comes_back_on_the_same_connection_is_here() {
    story(expect![[r#"
        0s ana arrives
            -
        0.25s ...
            here: ana
        1s ana departs
            -
        1.1s ana arrives
            -
        1.25s ...
            here: ana
        2s look
            nothing on, at 0s now; queue: none; here: ana; next tick: never
    "#]]);
}

#[test]
fn a_report_that_says_nothing_new_is_not_told() {
    story(expect![[r#"
        0s ana arrives
            -
        0.25s ...
            here: ana
        1s ana reports rtt 80
            -
        1.25s ...
            here: ana
        2s ana reports rtt 80
            -
        3s ana reports rtt 80 buffering
            -
    "#]]);
}

#[test]
fn a_thousand_who_come_within_a_second_are_a_handful_of_batches() {
    let joins: Vec<String> = (0..1000).map(|n| format!("{}.{:03}s p{n} arrives", n / 1000, n)).collect();
    let world = World::play(joins.iter().map(String::as_str).chain(["2s look"])).unwrap();
    let batches = world.transcript.lines().filter(|line| line.contains("here: ") && !line.contains("queue")).count();
    assert_eq!(batches, 4, "{}", world.transcript);
    assert_eq!(world.room.view().watching(), 1000);
}

#[test]
fn two_windows_are_two_connections_of_one_who_watches() {
    let world = World::play(["0s ana arrives", "0s ana/2 arrives", "0s ben listens"].into_iter()).unwrap();
    assert_eq!((world.room.view().presence.len(), world.room.view().watching()), (3, 1));
}

#[test]
fn a_departure_that_is_told_twice_is_one() {
    story(expect![[r#"
        0s ana arrives
            -
        0.25s ...
            here: ana
        1s ana departs
            -
        1.25s ...
            gone: ana
        2s ana departs
            -
    "#]]);
}

#[test]
fn how_long_people_stayed_is_told_however_they_left() {
    let script = [
        "0s ana arrives",
        "0s ben arrives",
        "1s cas arrives",
        "2s dee arrives",
        "10s ben departs",
        "20s ana kicks cas",
        "21s dee listens",
        "30s ana deletes",
    ];
    let world = World::play(script.into_iter()).unwrap();
    let stayed: Vec<_> =
        world.visits.iter().map(|visit| (visit.came.0 - 7_000_000_000, visit.left.0 - visit.came.0)).collect();
    assert_eq!(stayed, [(0, 10_000), (1_000, 19_000), (2_000, 19_000), (0, 30_000), (21_000, 9_000)]);
}

#[test]
fn who_only_listens_from_now_on_watches_no_more() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds clip 10m
            #2 clip queued at 0 by ana
            #3 clip plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        5s ana listens
            -
        5.25s ...
            here: ana
        35s ...
            #4 clip stands at 34.5s (empty)
        40s look
            clip stands at 34.5s, at 34.5s now; queue: none; here: ana; next tick: never
    "#]]);
}

/// Who is on the first connection: person, name, since.
fn first(world: &World) -> (String, i64) {
    let (_, presence) = world.room.view().presence.iter().next().unwrap();
    (presence.who.name.to_string(), presence.since.0)
}

#[test]
fn who_logs_in_keeps_the_window_and_begins_a_visit_of_their_own() {
    let lines = ["0s ana arrives", "0.25s ben arrives", "2s cas is on ana", "3s look"];
    let world = World::play(lines.into_iter()).unwrap();
    let (name, since) = first(&world);
    assert_eq!(name, "cas");
    assert_eq!(world.visits.len(), 1, "ana's, who is no more here");
    assert_eq!((world.visits[0].left.0 - world.visits[0].came.0, world.visits[0].left.0), (2_000, since));
    assert_eq!(world.room.view().presence.len(), 2);
    // Who is only called otherwise is on the same visit.
    let world = World::play(["0s ana arrives", "0s ben arrives", "2s ana is on ana"].into_iter()).unwrap();
    assert!(world.visits.is_empty());
    let since: Vec<_> = world.room.view().presence.values().map(|presence| presence.since).collect();
    assert_eq!(since[0], since[1], "since they came");
}

#[test]
fn whom_the_room_does_not_let_in_cannot_be_who_somebody_becomes() {
    story(expect![[r#"
        with capacity 2
        0s ana arrives
            -
        0s ben arrives
            -
        0.25s ...
            here: ana ben
        2s eve is on ben
            -
        2.25s ...
            here: ben
        3s cas is on ben
            -
        3s ben is on nobody
            no: not_here
        3.25s ...
            here: ben
        4s dan arrives
            no: room_full limit="2"
        5s ana is on ben
            -
        5.25s ...
            here: ben
        6s dan arrives
            -
        6.25s ...
            here: dan
        7s cas is on ben
            no: room_full limit="2"
    "#]]);
}
