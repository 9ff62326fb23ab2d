//! Waiting for each other's players.

use expect_test::expect;

use crate::script::story;

#[test]
fn four_of_five_are_enough_and_the_first_item_may_take_twice_as_long() {
    story(expect![[r#"
        0s p1 arrives
            -
        0s p2 arrives
            -
        0s p3 arrives
            -
        0s p4 arrives
            -
        0s p5 arrives
            -
        0s p1 reports on nothing
            -
        0s p2 reports on nothing
            -
        0s p3 reports on nothing
            -
        0s p4 reports on nothing
            -
        0s p5 reports on nothing
            -
        0.25s ...
            here: p1 p2 p3 p4 p5
        1s ana adds a 60s, b 60s
            #2 a b queued at 0 by ana
            #3 a waits at 0s for ready (start by ana)
        1.5s p1 reports
            -
        1.5s p2 reports
            -
        1.5s p3 reports
            -
        2s p4 reports
            #4 a plays from 0s at 2.5s (ready)
        3s ana skips
            #5 a left at 0.5s
            #6 b waits at 0s for ready (skip by ana)
        4.5s ...
            #7 b plays from 0s at 5s (ready)
        10s look
            b plays from 0s at 5s, at 5s now; queue: none; here: p1 p2 p3 p4 p5; next tick: 65s
    "#]]);
}

#[test]
fn nobody_is_waited_for_who_does_not_report_or_only_listens_or_comes_by_a_chat() {
    story(expect![[r#"
        tess comes by telegram
        0s ana arrives
            -
        0s ben arrives
            -
        0s bot listens
            -
        0s bot reports
            -
        0s tess arrives
            -
        0s tess reports
            -
        0.25s ...
            here: ana ben bot tess
        1s ana adds a 60s
            #2 a queued at 0 by ana
            #3 a plays from 0s at 1.5s (start by ana)
        2s ben reports
            -
        2.25s ...
            here: ben
        3s ana adds now b 60s
            #4 b queued at 0 by ana
            #5 a left at 1.5s
            #6 b waits at 0s for ready (pick by ana)
        3.5s ben reports
            #7 b plays from 0s at 4s (ready)
    "#]]);
}

#[test]
fn who_is_late_twice_is_waited_for_no_more_until_they_are_ready() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ben arrives
            -
        0s ana reports
            -
        0s ben reports idle
            -
        0.25s ...
            here: ana ben
        1s ana adds a 60s, b 60s, c 60s, d 60s
            #2 a b c d queued at 0 by ana
            #3 a waits at 0s for ready (start by ana)
        2s ana reports
            -
        3s look ben
            ben guest
        4s ...
            #4 a plays from 0s at 4.5s (ready)
        10s ana skips
            #5 a left at 5.5s
            #6 b waits at 0s for ready (skip by ana)
        10.5s ana reports
            -
        11.5s ...
            #7 b plays from 0s at 12s (ready)
        11.75s ...
            here: ben
        12s look ben
            ben guest lagging
        13s ana skips
            #8 b left at 1s
            #9 c waits at 0s for ready (skip by ana)
        13.5s ana reports
            #10 c plays from 0s at 14s (ready)
        20s ben reports
            -
        20.25s ...
            here: ben
        20.5s look ben
            ben guest
        21s ana skips
            #11 c left at 7s
            #12 d waits at 0s for ready (skip by ana)
    "#]]);
}

#[test]
fn who_has_the_page_in_the_background_is_not_waited_for() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ben arrives
            -
        0s ana reports
            -
        0s ben reports hidden
            -
        0.25s ...
            here: ana ben
        1s ana adds a 60s, b 60s
            #2 a b queued at 0 by ana
            #3 a waits at 0s for ready (start by ana)
        1.1s ana reports
            #4 a plays from 0s at 1.6s (ready)
        2s ben reports
            -
        2.25s ...
            here: ben
        3s ana skips
            #5 a left at 1.4s
            #6 b waits at 0s for ready (skip by ana)
        3.1s ana reports
            -
        3.2s ben reports idle hidden
            #7 b plays from 0s at 3.7s (ready)
    "#]]);
}

#[test]
fn who_cannot_play_or_waits_for_a_tap_is_as_ready_as_they_will_be() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ben arrives
            -
        0s ana reports
            -
        0s ben reports
            -
        0.25s ...
            here: ana ben
        1s ana adds a 60s
            #2 a queued at 0 by ana
            #3 a waits at 0s for ready (start by ana)
        1.1s ana reports failed
            -
        1.2s ben reports blocked
            #4 a plays from 0s at 1.7s (ready)
    "#]]);
}

#[test]
fn what_a_player_says_of_before_is_old() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana reports
            -
        0.25s ...
            here: ana
        1s ana adds a 60s
            #2 a queued at 0 by ana
            #3 a waits at 0s for ready (start by ana)
        1.1s ana reports knows 1
            -
        1.2s ana reports on nothing
            -
        1.3s ana reports knows 3
            #4 a plays from 0s at 1.8s (ready)
        2s ana seeks 30s
            #5 a plays from 30s at 2.5s (seek by ana)
    "#]]);
}

#[test]
fn while_it_waits_it_can_be_started_paused_skipped_and_moved() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana reports
            -
        0.25s ...
            here: ana
        1s ana adds a 60s, b 60s, c 60s, d 60s
            #2 a b c d queued at 0 by ana
            #3 a waits at 0s for ready (start by ana)
        1.1s ana plays
            #4 a plays from 0s at 1.6s (play by ana)
        2s ana skips
            #5 a left at 0.4s
            #6 b waits at 0s for ready (skip by ana)
        2.1s ana pauses
            #7 b stands at 0s (pause by ana)
        2.2s ana reports
            -
        3s ana skips
            #8 b left at 0s
            #9 c waits at 0s for ready (skip by ana)
        3.5s ana skips
            #10 c left at 0s
            #11 d waits at 0s for ready (skip by ana)
        4s ana seeks 30s
            #12 d waits at 30s for ready (seek by ana)
        5s ...
            #13 d plays from 30s at 5.5s (ready)
        10s look
            d plays from 30s at 5.5s, at 34.5s now; queue: none; here: ana; next tick: 35.5s
        11s ana departs
            -
    "#]]);
}

#[test]
fn who_leaves_is_not_waited_for() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ben arrives
            -
        0s ana reports
            -
        0s ben reports
            -
        0.25s ...
            here: ana ben
        1s ana adds a 60s
            #2 a queued at 0 by ana
            #3 a waits at 0s for ready (start by ana)
        1.1s ana reports
            -
        1.2s ben departs
            #4 a plays from 0s at 1.7s (ready)
    "#]]);
}

#[test]
fn a_long_seek_and_going_on_wait_where_the_room_wants_it() {
    story(expect![[r#"
        with ready_seek true, ready_resume true, ready_patience 2s
        0s ana arrives
            -
        0s ana adds a 10m
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0s ana reports
            -
        0.25s ...
            here: ana
        1s ana seeks 4s
            #4 a plays from 4s at 1.5s (seek by ana)
        2s ana seeks 5m
            #5 a waits at 300s for ready (seek by ana)
        2.5s ana reports
            #6 a plays from 300s at 3s (ready)
        10s ana pauses
            #7 a stands at 307s (pause by ana)
        11s ana plays
            #8 a waits at 307s for ready (play by ana)
        12s look
            a waits at 307s for ready, at 307s now; queue: none; here: ana; next tick: 13s
        13s ...
            #9 a plays from 307s at 13.5s (ready)
        20s ana pauses
            #10 a stands at 313.5s (pause by ana)
        21s ana plays
            #11 a waits at 313.5s for ready (play by ana)
        21.5s ana plays
            #12 a plays from 313.5s at 22s (play by ana)
        22s ana pauses
            #13 a stands at 313.5s (pause by ana)
        23s ana plays in 5s
            #14 a plays from 313.5s at 28s (play by ana)
    "#]]);
}

#[test]
fn where_it_is_switched_off_nobody_waits() {
    story(expect![[r#"
        with ready_start false, ready_seek true, ready_patience 0s
        0s ana arrives
            -
        0s ana reports
            -
        0.25s ...
            here: ana
        1s ana adds a 10m
            #2 a queued at 0 by ana
            #3 a plays from 0s at 1.5s (start by ana)
        2s ana seeks 5m
            #4 a plays from 300s at 2.5s (seek by ana)
    "#]]);
}

#[test]
fn while_somebodys_player_fetches_everybody_waits_for_ten_seconds() {
    story(expect![[r#"
        with wait_for "all"
        0s ana arrives
            -
        0s ben arrives
            -
        0s ana adds a 10m
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana ben
        1s ben reports
            -
        1.25s ...
            here: ben
        5s ben reports buffering
            -
        5.25s ...
            here: ben
        5.5s ben reports
            -
        5.75s ...
            here: ben
        6s ben reports buffering
            -
        6.25s ...
            here: ben
        6.7s ...
            #4 a waits at 6.2s for stall (stall)
        8s ben reports
            #5 a plays from 6.2s at 8.5s (ready)
        8.25s ...
            here: ben
        10s ben reports buffering
            -
        10.25s ...
            here: ben
        10.7s ...
            #6 a waits at 8.4s for stall (stall)
        20.7s ...
            #7 a plays from 8.4s at 21.2s (ready)
        20.95s ...
            here: ben
        30s look ben
            ben guest lagging
        31s ben reports
            -
        31.25s ...
            here: ben
        31.5s look ben
            ben guest
        32s ben reports buffering
            -
        32.25s ...
            here: ben
        32.7s ...
            #8 a waits at 19.9s for stall (stall)
        40s look
            a waits at 19.9s for stall, at 19.9s now; queue: none; here: ana ben; next tick: 42.7s
    "#]]);
}

#[test]
fn only_for_the_host_and_for_nobody() {
    story(expect![[r#"
        with wait_for "host"
        0s ana arrives
            -
        0s ben arrives
            -
        0s ana adds a 10m
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana ben
        1s ana reports
            -
        1s ben reports
            -
        1.25s ...
            here: ana ben
        5s ben reports buffering
            -
        5.25s ...
            here: ben
        7s ana reports buffering
            -
        7.25s ...
            here: ana
        7.7s ...
            #4 a waits at 7.2s for stall (stall)
        8s ana reports
            #5 a plays from 7.2s at 8.5s (ready)
        8.25s ...
            here: ana
        9s ana sets wait_for none
            #6 set to {"wait_for":"none"} by ana
        10s ana reports buffering
            -
        10.25s ...
            here: ana
        20s look
            a plays from 7.2s at 8.5s, at 18.7s now; queue: none; here: ana ben; next tick: 601.3s
    "#]]);
}

#[test]
fn while_somebodys_player_fetches_it_can_be_started_paused_skipped_and_moved() {
    story(expect![[r#"
        with wait_for "all", ready_start false
        0s ana arrives
            -
        0s ana adds a 10m, b 10m
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana reports
            -
        1.25s ...
            here: ana
        5s ana reports buffering
            -
        5.25s ...
            here: ana
        5.7s ...
            #4 a waits at 5.2s for stall (stall)
        6s ana seeks 5m
            #5 a plays from 300s at 6.5s (seek by ana)
        7s ana reports buffering
            -
        7.7s ...
            #6 a waits at 301.2s for stall (stall)
        8s ana plays
            #7 a plays from 301.2s at 8.5s (play by ana)
        9s ana reports buffering
            -
        9.7s ...
            #8 a waits at 302.4s for stall (stall)
        10s ana pauses
            #9 a stands at 302.4s (pause by ana)
        11s ana reports
            -
        11.25s ...
            here: ana
        12s ana plays
            #10 a plays from 302.4s at 12.5s (play by ana)
        13s ana reports buffering
            -
        13.25s ...
            here: ana
        13.7s ...
            #11 a waits at 303.6s for stall (stall)
        14s ana skips
            #12 a left at 303.6s
            #13 b plays from 0s at 14.5s (skip by ana)
        30s look
            b plays from 0s at 14.5s, at 15.5s now; queue: none; here: ana; next tick: 614.5s
    "#]]);
}

#[test]
fn who_fetches_and_leaves_or_looks_away_is_not_waited_for() {
    story(expect![[r#"
        with wait_for "all"
        0s ana arrives
            -
        0s ben arrives
            -
        0s ana adds a 10m
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana ben
        1s ana reports
            -
        1s ben reports
            -
        1.25s ...
            here: ana ben
        5s ben reports buffering
            -
        5.25s ...
            here: ben
        5.7s ...
            #4 a waits at 5.2s for stall (stall)
        6s ben departs
            #5 a plays from 5.2s at 6.5s (ready)
        6.25s ...
            gone: ben
        7s ana reports buffering
            -
        7.25s ...
            here: ana
        7.7s ...
            #6 a waits at 6.4s for stall (stall)
        8s ana reports buffering hidden
            #7 a plays from 6.4s at 8.5s (ready)
    "#]]);
}

#[test]
fn who_fetches_before_it_runs_has_as_long_as_everybody() {
    story(expect![[r#"
        with wait_for "all"
        0s ana arrives
            -
        0s ben arrives
            -
        0s ana reports
            -
        0s ana adds clip 10m
            #2 clip queued at 0 by ana
            #3 clip waits at 0s for ready (start by ana)
        0.1s ana reports
            #4 clip plays from 0s at 0.6s (ready)
        0.25s ...
            here: ana ben
        1s ana adds now a 10m
            #5 a queued at 0 by ana
            #6 clip left at 0.4s
            #7 a waits at 0s for ready (pick by ana)
        1.1s ana reports buffering
            -
        1.35s ...
            here: ana
        2.5s ...
            #8 a plays from 0s at 3s (ready)
        3.7s ...
            #9 a waits at 0.7s for stall (stall)
        10s ana reports
            #10 a plays from 0.7s at 10.5s (ready)
        10.25s ...
            here: ana
        12s look
            a plays from 0.7s at 10.5s, at 2.2s now; queue: none; here: ana ben; next tick: 609.8s
    "#]]);
}

#[test]
fn joining_never_pauses_anybody() {
    story(expect![[r#"
        with wait_for "all", ready_seek true, ready_resume true
        0s ana arrives
            -
        0s ana adds a 10m
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        5s ana reports
            -
        5.25s ...
            here: ana
        6s ben arrives
            -
        6.1s ben reports buffering
            -
        6.25s ...
            here: ben
        7s dee arrives
            -
        7s dee reports idle
            -
        7s cas arrives
            -
        7s cas reports
            -
        7.25s ...
            here: dee cas
        9s look
            a plays from 0s at 0.5s, at 8.5s now; queue: none; here: ana ben dee cas; next tick: 600.5s
        10s ben reports
            -
        10.25s ...
            here: ben
        11s ben reports buffering
            -
        11.25s ...
            here: ben
        11.7s ...
            #4 a waits at 11.2s for stall (stall)
        12s look
            a waits at 11.2s for stall, at 11.2s now; queue: none; here: ana ben dee cas; next tick: 21.7s
    "#]]);
}

#[test]
fn live_ends_when_half_of_those_who_watch_say_so() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ben arrives
            -
        0s cas arrives
            -
        0s ana adds channel live, b 60s
            #2 channel b queued at 0 by ana
            #3 channel plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana ben cas
        5s ana reports ended
            -
        5.25s ...
            here: ana
        6s ana/2 arrives
            -
        6s ana/2 reports ended
            -
        6.25s ...
            here: ana/2
        7s ben reports ended
            #4 channel left at 6.5s
            #5 b waits at 0s for ready (start)
    "#]]);
}

#[test]
fn after_a_restart_it_goes_on_with_the_first_who_is_back() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana reports
            -
        0.25s ...
            here: ana
        1s ana adds a 10m
            #2 a queued at 0 by ana
            #3 a waits at 0s for ready (start by ana)
        2s restarts alive 2s
            #4 a waits at 0s (restore)
        3s ana arrives
            #5 a plays from 0s at 3.5s (arrival)
    "#]]);
}

#[test]
fn how_far_those_who_watch_are_apart() {
    story(expect![[r#"
        0s look drift
            None
        0s ana arrives
            -
        0s ben arrives
            -
        0s cas arrives
            -
        0s bot listens
            -
        0s ana reports drift 10
            -
        0s ben reports drift -40
            -
        0s cas reports drift 300
            -
        0s bot reports drift 9000
            -
        0s look drift
            Some((40, 300))
    "#]]);
}

#[test]
fn players_of_other_apis_hold_nobody_up_and_start_when_they_hear_of_it() {
    story(expect![[r#"
        with wait_for "all"
        otto comes by opentogethertube
        0s otto arrives
            -
        0s otto reports on nothing
            -
        0.25s ...
            here: otto
        0.5s ana adds a 60s
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        1s otto reports
            -
        2s otto reports buffering
            -
        2.25s ...
            here: otto
        5s look
            a plays from 0s at 0.5s, at 4.5s now; queue: none; here: otto; next tick: 60.5s
        6s ben arrives
            -
        6.25s ...
            here: ben
        7s ana seeks 30s
            #4 a plays from 30s at 7.5s (seek by ana)
    "#]]);
}
