//! Parts of a video that a room skips.

use expect_test::expect;

use crate::script::story;

#[test]
fn what_a_room_does_not_want_to_see_is_skipped() {
    story(expect![[r#"
        with skip_segments ["sponsor"]
        0s ana arrives
            -
        0s ana adds a 60s
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s room segments a 2s-5s intro 10s-20s sponsor
            #4 a is "a", 60s, intro 2s-5s, sponsor 10s-20s
        10.5s ...
            #5 a plays from 20s at 10.5s (segment(sponsor))
        30s look
            a plays from 20s at 10.5s, at 39.5s now; queue: none; here: ana; next tick: 50.5s
    "#]]);
}

#[test]
fn who_seeks_into_a_part_sees_it() {
    story(expect![[r#"
        with skip_segments ["sponsor"]
        0s ana arrives
            -
        0s ana adds a 60s
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s room segments a 10s-20s sponsor
            #4 a is "a", 60s, sponsor 10s-20s
        5s ana seeks 15s
            #5 a plays from 15s at 5.5s (seek by ana)
        12s look
            a plays from 15s at 5.5s, at 21.5s now; queue: none; here: ana; next tick: 50.5s
        13s ana seeks 5s
            #6 a plays from 5s at 13.5s (seek by ana)
        18.5s ...
            #7 a plays from 20s at 18.5s (segment(sponsor))
        30s look
            a plays from 20s at 18.5s, at 31.5s now; queue: none; here: ana; next tick: 58.5s
    "#]]);
}

#[test]
fn parts_that_run_into_each_other_are_one() {
    story(expect![[r#"
        with skip_segments ["sponsor","intro"]
        0s ana arrives
            -
        0s ana adds a 60s
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s room segments a 10s-20s sponsor 15s-30s intro 30s-35s sponsor
            #4 a is "a", 60s, sponsor 10s-20s, intro 15s-30s, sponsor 30s-35s
        10.5s ...
            #5 a plays from 35s at 10.5s (segment(sponsor))
        20s look
            a plays from 35s at 10.5s, at 44.5s now; queue: none; here: ana; next tick: 35.5s
    "#]]);
}

#[test]
fn what_becomes_known_or_wanted_later_does_not_go_back() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds a 60s
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s room segments a 5s-8s sponsor 20s-30s sponsor 40s-45s sponsor
            #4 a is "a", 60s, sponsor 5s-8s, sponsor 20s-30s, sponsor 40s-45s
        25.5s ana sets skip_segments ["sponsor"]
            #5 set to {"skip_segments":["sponsor"]} by ana
        25.5s ...
            #6 a plays from 30s at 25.5s (segment(sponsor))
        26s look
            a plays from 30s at 25.5s, at 30.5s now; queue: none; here: ana; next tick: 35.5s
        27s room segments a 5s-8s sponsor
            #7 a is "a", 60s, sponsor 5s-8s
        36s room segments a 20s-22s sponsor 30s-42s sponsor
            #8 a is "a", 60s, sponsor 20s-22s, sponsor 30s-42s
        36s ...
            #9 a plays from 42s at 36s (segment(sponsor))
        40s ana sets skip_segments []
            #10 set to {"skip_segments":[]} by ana
    "#]]);
}

#[test]
fn a_part_past_the_end_ends_with_the_item() {
    story(expect![[r#"
        with skip_segments ["outro"]
        0s ana arrives
            -
        0s ana adds a 60s, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s room segments a 50s-90s outro
            #4 a is "a", 60s, outro 50s-90s
        50.5s ...
            #5 a plays from 60s at 50.5s (segment(outro))
            #6 a left at 60s
            #7 b plays from 0s at 51s (start)
        70s look
            b plays from 0s at 51s, at 19s now; queue: none; here: ana; next tick: 111s
    "#]]);
}

#[test]
fn a_part_that_begins_past_the_end_or_nowhere_is_none() {
    story(expect![[r#"
        with skip_segments ["outro"]
        0s ana arrives
            -
        0s ana adds a 60s, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s room segments a 20s-20s outro 70s-90s outro
            #4 a is "a", 60s, outro 20s-20s, outro 70s-90s
        60.5s ...
            #5 a left at 60s
            #6 b plays from 0s at 61s (start)
        65s look
            b plays from 0s at 61s, at 4s now; queue: none; here: ana; next tick: 121s
    "#]]);
}

#[test]
fn a_room_that_is_woken_late_skips_what_is_left() {
    story(expect![[r#"
        with skip_segments ["sponsor"]
        0s ana arrives
            -
        0s ana adds a 60s
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s room segments a 5s-8s sponsor 20s-30s sponsor
            #4 a is "a", 60s, sponsor 5s-8s, sponsor 20s-30s
        25s asleep
        tick
            #5 a plays from 30s at 25s (segment(sponsor))
        26s look
            a plays from 30s at 25s, at 31s now; queue: none; here: ana; next tick: 55s
    "#]]);
}

#[test]
fn at_another_speed_it_is_skipped_when_it_comes() {
    story(expect![[r#"
        with skip_segments ["sponsor"]
        0s ana arrives
            -
        0s ana adds a 60s
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        0.5s room segments a 20s-30s sponsor
            #4 a is "a", 60s, sponsor 20s-30s
        0.5s ana runs 2
            #5 a plays 2x from 0s at 0.5s (rate by ana)
        10.5s ...
            #6 a plays 2x from 30s at 10.5s (segment(sponsor))
        20s look
            a plays 2x from 30s at 10.5s, at 49s now; queue: none; here: ana; next tick: 25.5s
    "#]]);
}

#[test]
fn only_the_room_itself_says_what_is_what() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds a 60s
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana segments a 1s-60s sponsor
            no: bad_input problem="Only the server does that."
        1s room segments nowhere 1s-60s sponsor
            -
    "#]]);
}
