//! What becomes of the queue of a room that everybody left.

use expect_test::expect;

use crate::script::story;

#[test]
fn always_it_is_there_when_somebody_comes_back() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds a 10m, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        5s ana departs
            -
        5.25s ...
            gone: ana
        35s ...
            #4 a stands at 34.5s (empty)
        1000s look
            a stands at 34.5s, at 34.5s now; queue: b; here: none; next tick: never
        1000s ana arrives
            -
        1000.25s ...
            here: ana
        1001s ana plays
            #5 a plays from 34.5s at 1001.5s (play by ana)
    "#]]);
}

#[test]
fn on_the_shelf_it_waits_for_an_answer() {
    story(expect![[r#"
        with restore "prompt"
        0s ana arrives
            -
        0s ana adds a 10m, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        5s ana departs
            -
        5.25s ...
            gone: ana
        35s ...
            #4 a stands at 34.5s (empty)
        305s ...
            #5 put on the shelf at 34.5s
        1000s look
            nothing on, at 0s now; queue: none; here: none; next tick: never
        1000s look shelf
            a b
        1001s ana arrives
            -
        1001.25s ...
            here: ana
        1002s ana restores
            #6 taken from the shelf by ana
            #7 a plays from 34.5s at 1002.5s (start by ana)
        1002s ana restores
            no: nothing_to_restore
        1003s look
            a plays from 34.5s at 1002.5s, at 35s now; queue: b; here: ana; next tick: 1568s
    "#]]);
}

#[test]
fn on_the_shelf_it_may_be_left_to_nobody() {
    story(expect![[r#"
        with restore "prompt"
        0s ana arrives
            -
        0s ana adds a 10m, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        5s ana departs
            -
        5.25s ...
            gone: ana
        35s ...
            #4 a stands at 34.5s (empty)
        305s ...
            #5 put on the shelf at 34.5s
        1000s ana discards
            #6 shelf emptied by ana
        1000s look shelf
            none
    "#]]);
}

#[test]
fn who_may_not_add_does_not_restore() {
    story(expect![[r#"
        with restore "prompt"
        preset hosts
        ben is granted guest
        0s ana arrives
            -
        0s ana adds a 10m, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        5s ana departs
            -
        5.25s ...
            gone: ana
        35s ...
            #4 a stands at 34.5s (empty)
        305s ...
            #5 put on the shelf at 34.5s
        1000s ben restores
            no: not_allowed host="ana" least="moderator" permission="add" what="add to the queue" who="ana and moderators"
        1000s ben discards
            no: not_allowed host="ana" least="moderator" permission="remove" what="remove from the queue" who="ana and moderators"
    "#]]);
}

#[test]
fn never_it_is_gone() {
    story(expect![[r#"
        with restore "never"
        0s ana arrives
            -
        0s ana adds a 10m, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        5s ana departs
            -
        5.25s ...
            gone: ana
        35s ...
            #4 a stands at 34.5s (empty)
        305s ...
            #5 put away at 34.5s
        1000s ana restores
            no: nothing_to_restore
        1000s look
            nothing on, at 0s now; queue: none; here: none; next tick: never
    "#]]);
}

#[test]
fn while_somebody_watches_or_does_something_or_it_plays_nothing_is_put_away() {
    story(expect![[r#"
        with restore "never"
        0s ana arrives
            -
        0s ana adds a 60m, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        5s ana pauses
            #4 a stands at 4.5s (pause by ana)
        1000s look
            a stands at 4.5s, at 4.5s now; queue: b; here: ana; next tick: never
        1000s ana departs
            -
        1000.25s ...
            gone: ana
        1100s ben says 1 hello
            #5 said "hello" at 4.5s by ben
        1390s look
            a stands at 4.5s, at 4.5s now; queue: b; here: none; next tick: 1400s
        1400s ...
            #6 put away at 4.5s
        1400s look
            nothing on, at 0s now; queue: none; here: none; next tick: never
    "#]]);
}

#[test]
fn what_is_put_away_after_a_restart_too() {
    story(expect![[r#"
        with restore "prompt"
        0s ana arrives
            -
        0s ana adds a 10m, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        5s ana pauses
            #4 a stands at 4.5s (pause by ana)
        10s restarts alive 10s
            -
        309.9s look
            a stands at 4.5s, at 4.5s now; queue: b; here: none; next tick: 310s
        310s ...
            #5 put on the shelf at 4.5s
        400s look
            nothing on, at 0s now; queue: none; here: none; next tick: never
    "#]]);
}

#[test]
fn what_somebody_went_back_to_does_not_come_from_the_shelf_again() {
    story(expect![[r#"
        with restore "prompt"
        0s ana arrives
            -
        0s ana adds a 10m, b 10m
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana skips
            #4 a left at 0.5s
            #5 b plays from 0s at 1.5s (skip by ana)
        2s ana goes back
            #6 a b queued at 0
            #7 a plays from 0s at 2.5s (back by ana)
        3s ana pauses
            #8 a stands at 0.5s (pause by ana)
        4s ana departs
            -
        4.25s ...
            gone: ana
        304s ...
            #9 put on the shelf at 0.5s
        400s ana arrives
            -
        400s look shelf
            a b
        400.25s ...
            here: ana
        401s ana undoes 5
            #10 a queued at 0 (undoes #5)
            #11 a plays from 1s at 401.5s (back by ana) (undoes #5)
        402s ana restores
            #12 taken from the shelf by ana
        402s look
            a plays from 1s at 401.5s, at 1.5s now; queue: b; here: ana; next tick: 1000.5s
    "#]]);
}

#[test]
fn a_shelf_that_does_not_fit_stays_on_it() {
    story(expect![[r#"
        with restore "prompt"
        holds 2
        0s ana arrives
            -
        0s ana adds a 10m
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0s ana adds b 60s, c 60s
            #4 b c queued at 0 by ana
        0.25s ...
            here: ana
        4s ana departs
            -
        4.25s ...
            gone: ana
        34s ...
            #5 a stands at 33.5s (empty)
        304s ...
            #6 put on the shelf at 33.5s
        400s ana adds on 10m
            #7 on queued at 0 by ana
            #8 on waits at 0s (start by ana)
        400s ana restores
            no: queue_full limit="2"
        401s look shelf
            a b c
    "#]]);
}

#[test]
fn who_is_back_in_time_keeps_it_however_long_they_sit_there() {
    story(expect![[r#"
        with restore "never"
        0s ana arrives
            -
        0s ana adds a 60m, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        5s ana pauses
            #4 a stands at 4.5s (pause by ana)
        6s ana departs
            -
        6.25s ...
            gone: ana
        200s ana arrives
            -
        200.25s ...
            here: ana
        2000s look
            a stands at 4.5s, at 4.5s now; queue: b; here: ana; next tick: never
    "#]]);
}
