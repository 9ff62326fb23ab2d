//! What nobody's player can show, and what nobody can steer.

use expect_test::expect;

use crate::script::story;

#[test]
fn what_no_player_can_show_gives_way_to_the_next_after_ten_seconds() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ben arrives
            -
        0s ana adds dead 3600s, b 60s
            #2 dead b queued at 0 by ana
            #3 dead plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana ben
        1s ana reports failed
            -
        1.25s ...
            here: ana
        2s ben reports failed
            -
        2.25s ...
            here: ben
        5s look
            dead plays from 0s at 0.5s, at 4.5s now; queue: b; here: ana ben; next tick: 12s
        12s ...
            #4 dead left at 11.5s
            #5 b waits at 0s for ready (failed)
        13.5s ...
            #6 b plays from 0s at 14s (ready)
        20s look
            b plays from 0s at 14s, at 6s now; queue: none; here: ana ben; next tick: 74s
    "#]]);
}

#[test]
fn one_who_can_show_it_is_enough_and_one_who_waits_for_a_tap_may_yet() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ben arrives
            -
        0s ana adds hard 3600s, b 60s
            #2 hard b queued at 0 by ana
            #3 hard plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana ben
        1s ana reports failed
            -
        1s ben reports failed
            -
        1.25s ...
            here: ana ben
        5s ben reports blocked
            -
        5.25s ...
            here: ben
        60s look
            hard plays from 0s at 0.5s, at 59.5s now; queue: b; here: ana ben; next tick: 3600.5s
        61s ben reports failed
            -
        61.25s ...
            here: ben
        65s cas arrives
            -
        65.25s ...
            here: cas
        80s look
            hard plays from 0s at 0.5s, at 79.5s now; queue: b; here: ana ben cas; next tick: 3600.5s
        81s cas departs
            -
        81.25s ...
            gone: cas
        91s ...
            #4 hard left at 90.5s
            #5 b waits at 0s for ready (failed)
        92.5s ...
            #6 b plays from 0s at 93s (ready)
        95s look
            b plays from 0s at 93s, at 2s now; queue: none; here: ana ben; next tick: 153s
    "#]]);
}

#[test]
fn without_a_next_item_it_stays_and_the_next_one_added_comes_at_once() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds dead
            #2 dead queued at 0 by ana
            #3 dead plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana reports failed
            -
        1.25s ...
            here: ana
        100s look
            dead plays from 0s at 0.5s, at 99.5s now; queue: none; here: ana; next tick: never
        101s ana adds b 60s
            #4 b queued at 0 by ana
        101s ...
            #5 dead left at 100.5s
            #6 b waits at 0s for ready (failed)
        102s look
            b waits at 0s for ready, at 0s now; queue: none; here: ana; next tick: 102.5s
    "#]]);
}

#[test]
fn what_failed_before_says_nothing_of_the_next_item_and_a_pause_gives_time() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds dead 3600s, b 60s, c 60s
            #2 dead b c queued at 0 by ana
            #3 dead plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana reports failed
            -
        1.25s ...
            here: ana
        2s ana pauses
            #4 dead stands at 1.5s (pause by ana)
        60s look
            dead stands at 1.5s, at 1.5s now; queue: b c; here: ana; next tick: never
        61s ana plays
            #5 dead plays from 1.5s at 61.5s (play by ana)
        70s look
            dead plays from 1.5s at 61.5s, at 10s now; queue: b c; here: ana; next tick: 71.5s
        71.5s ...
            #6 dead left at 11.5s
            #7 b waits at 0s for ready (failed)
        71.5s look
            b waits at 0s for ready, at 0s now; queue: c; here: ana; next tick: 73s
        73s ...
            #8 b plays from 0s at 73.5s (ready)
        90s look
            b plays from 0s at 73.5s, at 16.5s now; queue: c; here: ana; next tick: 133.5s
    "#]]);
}

#[test]
fn a_round_does_not_bring_back_what_nobody_could_see() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana sets queue_mode "loop"
            #2 set to {"queue_mode":"loop"} by ana
        0s ana adds dead 3600s, b 60s
            #3 dead b queued at 0 by ana
            #4 dead plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana reports failed
            -
        1.25s ...
            here: ana
        11s ...
            #5 dead left at 10.5s
            #6 b waits at 0s for ready (failed)
        11.5s look
            b waits at 0s for ready, at 0s now; queue: none; here: ana; next tick: 12.5s
    "#]]);
}

#[test]
fn nobody_waits_for_players_that_take_no_orders() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ben arrives
            -
        0s ana reports on nothing
            -
        0s ben reports on nothing
            -
        0.25s ...
            here: ana ben
        1s ana adds stream embed live, film 60s
            #2 stream film queued at 0 by ana
            #3 stream plays from 0s at 1.5s (start by ana)
        2s look
            stream plays from 0s at 1.5s, at 0.5s now; queue: film; here: ana ben; next tick: never
        3s ana skips
            #4 stream left at 1.5s
            #5 film waits at 0s for ready (skip by ana)
        4s look
            film waits at 0s for ready, at 0s now; queue: none; here: ana ben; next tick: 4.5s
    "#]]);
}

#[test]
fn an_advertisement_holds_nobody_up() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ben arrives
            -
        0s ana reports on nothing
            -
        0s ben reports on nothing
            -
        0.25s ...
            here: ana ben
        1s ana adds film 60s
            #2 film queued at 0 by ana
            #3 film waits at 0s for ready (start by ana)
        1.5s ana reports
            -
        2s ben reports advert
            #4 film plays from 0s at 2.5s (ready)
    "#]]);
}
