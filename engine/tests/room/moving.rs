//! Back, faster, and later.

use expect_test::expect;

use crate::script::story;

#[test]
fn back_goes_to_what_was_on_and_what_is_on_waits_first() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds a 10s, b 60s, c 60s
            #2 a b c queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        10.5s ...
            #4 a left at 10s
            #5 b plays from 0s at 11s (start)
        20s look played
            a
        20s ana goes back
            #6 a b queued at 0
            #7 a plays from 0s at 20.5s (back by ana)
        21s look
            a plays from 0s at 20.5s, at 0.5s now; queue: b c; here: ana; next tick: 30.5s
        21s look played
            none
        22s ana goes back
            no: nothing_before
        30.5s ...
            #8 a left at 10s
            #9 b plays from 9s at 31s (start)
        31.5s look
            b plays from 9s at 31s, at 9.5s now; queue: c; here: ana; next tick: 82s
        40s look played
            a
    "#]]);
}

#[test]
fn back_twice_goes_back_twice() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds a 60s, b 60s, c 60s
            #2 a b c queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana skips
            #4 a left at 0.5s
            #5 b plays from 0s at 1.5s (skip by ana)
        2s ana skips
            #6 b left at 0.5s
            #7 c plays from 0s at 2.5s (skip by ana)
        3s ana goes back
            #8 b c queued at 0
            #9 b plays from 0s at 3.5s (back by ana)
        4s ana goes back
            #10 a b queued at 0
            #11 a plays from 0s at 4.5s (back by ana)
        5s ana goes back
            no: nothing_before
        5s look
            a plays from 0s at 4.5s, at 0.5s now; queue: b c; here: ana; next tick: 64.5s
    "#]]);
}

#[test]
fn back_in_a_room_that_stands_stands_and_in_one_that_waits_waits() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds a 60s, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana skips
            #4 a left at 0.5s
            #5 b plays from 0s at 1.5s (skip by ana)
        2s ana pauses
            #6 b stands at 0.5s (pause by ana)
        3s ana goes back
            #7 a b queued at 0
            #8 a stands at 0s (back by ana)
        4s look
            a stands at 0s, at 0s now; queue: b; here: ana; next tick: never
        5s ana skips
            #9 a left at 0s
            #10 b plays from 0.5s at 5.5s (skip by ana)
        6s ana departs
            -
        6.25s ...
            gone: ana
        36s ...
            #11 b stands at 31s (empty)
        40s ana skips
            #12 b left at 31s
            #13 nothing on (skip by ana)
        41s ana adds c 60s
            #14 c queued at 0 by ana
            #15 c waits at 0s (start by ana)
        42s ana goes back
            #16 b c queued at 0
            #17 b waits at 0.5s (back by ana)
        43s look
            b waits at 0.5s, at 0.5s now; queue: c; here: none; next tick: never
    "#]]);
}

#[test]
fn a_speed_is_kept_and_moves_the_end() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds a 60s, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        10.5s ana runs 2
            #4 a plays 2x from 10s at 10.5s (rate by ana)
        20.5s ana runs 0.25
            #5 a plays 0.25x from 30s at 20.5s (rate by ana)
        20.5s ana runs 0.25
            -
        21s ana runs 4
            #6 a plays 4x from 30.125s at 21s (rate by ana)
        21s ana runs 4.001
            no: bad_rate
        21s ana runs 0.249
            no: bad_rate
        28.469s ...
            #7 a left at 60s
            #8 b plays 4x from 0s at 28.969s (start)
        40s look
            b plays 4x from 0s at 28.969s, at 44.124s now; queue: none; here: ana; next tick: 43.969s
    "#]]);
}

#[test]
fn a_speed_in_a_countdown_or_a_pause_changes_nothing_else() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds a 60s
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        5.5s ana pauses
            #4 a stands at 5s (pause by ana)
        6s ana runs 2
            #5 a stands at 5s (rate by ana)
        7s ana plays in 10s
            #6 a plays 2x from 5s at 17s (play by ana)
        8s ana runs 1.5
            #7 a plays 1.5x from 5s at 17s (rate by ana)
        20s look
            a plays 1.5x from 5s at 17s, at 9.5s now; queue: none; here: ana; next tick: 53.667s
    "#]]);
}

#[test]
fn a_countdown_is_up_to_an_hour() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds a 60s
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana pauses
            #4 a stands at 0.5s (pause by ana)
        2s ana plays in 5s
            #5 a plays from 0.5s at 7s (play by ana)
        3s look
            a plays from 0.5s at 7s, at 0.5s now; queue: none; here: ana; next tick: 66.5s
        4s ana plays in 10s
            #6 a plays from 0.5s at 14s (play by ana)
        20s look
            a plays from 0.5s at 14s, at 6.5s now; queue: none; here: ana; next tick: 73.5s
        21s ana plays in 1h
            #7 a plays from 7.5s at 3621s (play by ana)
        21s ana plays in 1.001h
            no: bad_input problem="A countdown is up to an hour long."
        21s ana plays in -1s
            no: bad_input problem="A countdown is up to an hour long."
    "#]]);
}

#[test]
fn a_countdown_starts_a_queue() {
    story(expect![[r#"
        0s ana adds a 60s
            #2 a queued at 0 by ana
            #3 a waits at 0s (start by ana)
        1s ana pauses
            #4 a stands at 0s (pause by ana)
        2s ana plays in 5s
            #5 a plays from 0s at 7s (play by ana)
        10s look
            a plays from 0s at 7s, at 3s now; queue: none; here: none; next tick: 67s
        67s ...
            #6 a left at 60s
            #7 nothing on (end)
        100s ana plays in 5s
            no: nothing_playing
    "#]]);
}
