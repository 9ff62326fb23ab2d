//! Where the film stands.

use expect_test::expect;

use crate::script::story;

#[test]
fn the_first_item_stands_until_somebody_watches_and_starts_for_them() {
    story(expect![[r#"
        0s ana adds clip 60s
            #2 clip queued at 0 by ana
            #3 clip waits at 0s (start by ana)
        5s ana listens
            -
        5.25s ...
            here: ana
        6s look
            clip waits at 0s, at 0s now; queue: none; here: ana; next tick: never
        10s ben arrives
            #4 clip plays from 0s at 10.5s (arrival)
        10.25s ...
            here: ben
        11s look
            clip plays from 0s at 10.5s, at 0.5s now; queue: none; here: ana ben; next tick: 70.5s
    "#]]);
}

#[test]
fn the_first_item_starts_at_once_where_somebody_watches() {
    story(expect![[r#"
        0s ana arrives
            -
        0.25s ...
            here: ana
        1s ana adds clip 60s
            #2 clip queued at 0 by ana
            #3 clip plays from 0s at 1.5s (start by ana)
        1.2s look
            clip plays from 0s at 1.5s, at 0s now; queue: none; here: ana; next tick: 61.5s
        2s look
            clip plays from 0s at 1.5s, at 0.5s now; queue: none; here: ana; next tick: 61.5s
    "#]]);
}

#[test]
fn an_explicit_play_runs_at_once_though_nobody_watches() {
    story(expect![[r#"
        0s ana adds clip 60s
            #2 clip queued at 0 by ana
            #3 clip waits at 0s (start by ana)
        3s ana plays
            #4 clip plays from 0s at 3s (play by ana)
        63s ...
            #5 clip left at 60s
            #6 nothing on (end)
        100s look
            nothing on, at 0s now; queue: none; here: none; next tick: never
    "#]]);
}

#[test]
fn an_explicit_play_runs_on_though_everybody_left_long_ago() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds clip 10m
            #2 clip queued at 0 by ana
            #3 clip plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        10s ana pauses
            #4 clip stands at 9.5s (pause by ana)
        11s ana departs
            -
        11.25s ...
            gone: ana
        60s ana plays
            #5 clip plays from 9.5s at 60s (play by ana)
        120s look
            clip plays from 9.5s at 60s, at 69.5s now; queue: none; here: none; next tick: 650.5s
        120s ana adds now other 10m
            #6 other queued at 0 by ana
            #7 clip left at 69.5s
            #8 other plays from 0s at 120s (pick by ana)
        200s look
            other plays from 0s at 120s, at 80s now; queue: none; here: none; next tick: 720s
    "#]]);
}

#[test]
fn items_follow_each_other_at_their_ends_and_then_nothing_is_on() {
    story(expect![[r#"
        0s ben arrives
            -
        0.25s ...
            here: ben
        1s ana adds one 10s, two 0.5s, three 2s
            #2 one two three queued at 0 by ana
            #3 one plays from 0s at 1.5s (start by ana)
        11.5s ...
            #4 one left at 10s
            #5 two plays from 0s at 12s (start)
        12.5s ...
            #6 two left at 0.5s
            #7 three plays from 0s at 13s (start)
        15s ...
            #8 three left at 2s
            #9 nothing on (end)
        60s look
            nothing on, at 0s now; queue: none; here: ben; next tick: never
    "#]]);
}

#[test]
fn a_room_that_is_woken_late_does_what_was_due_before_it_listens() {
    story(expect![[r#"
        0s ben arrives
            -
        0.25s ...
            here: ben
        1s ana adds one 10s, two 10s
            #2 one two queued at 0 by ana
            #3 one plays from 0s at 1.5s (start by ana)
        20s asleep
        ana seeks 9s
            #4 one left at 10s
            #5 two plays from 0s at 20.5s (start)
            #6 two plays from 9s at 20.5s (seek by ana)
        look
            two plays from 9s at 20.5s, at 9s now; queue: none; here: ben; next tick: 21.5s
    "#]]);
}

#[test]
fn a_tick_too_many_is_harmless() {
    story(expect![[r#"
        0s ana adds one 10s
            #2 one queued at 0 by ana
            #3 one waits at 0s (start by ana)
        tick
            -
        1s tick
            -
        2s ana plays
            #4 one plays from 0s at 2s (play by ana)
        tick
            -
        3s tick
            -
        11.999s tick
            -
        12s ...
            #5 one left at 10s
            #6 nothing on (end)
        13s tick
            -
    "#]]);
}

#[test]
fn seeking_goes_to_a_time_by_a_distance_or_to_a_part() {
    story(expect![[r#"
        0s ana adds clip 60s
            #2 clip queued at 0 by ana
            #3 clip waits at 0s (start by ana)
        0s ana plays
            #4 clip plays from 0s at 0s (play by ana)
        10s ana seeks 30s
            #5 clip plays from 30s at 10s (seek by ana)
        20s ana seeks -15s
            #6 clip plays from 25s at 20s (seek by ana)
        20s ana seeks +2.5s
            #7 clip plays from 27.5s at 20s (seek by ana)
        20s ana seeks 50%
            #8 clip plays from 30s at 20s (seek by ana)
        20s ana seeks 100%
            #9 clip plays from 60s at 20s (seek by ana)
    "#]]);
}

#[test]
fn before_the_start_is_the_start_and_past_the_end_is_refused_with_the_length() {
    story(expect![[r#"
        0s ana adds clip 90s
            #2 clip queued at 0 by ana
            #3 clip waits at 0s (start by ana)
        0s ana seeks -1m
            #4 clip waits at 0s (seek by ana)
        0s ana seeks to -1s
            no: bad_time input="-1000 ms"
        0s ana seeks 91s
            no: seek_past_end duration="1:30" duration_ms="90000"
        0s ana seeks +91s
            no: seek_past_end duration="1:30" duration_ms="90000"
        0s ana seeks 90s
            #5 clip waits at 90s (seek by ana)
        0s ana seeks 200%
            #6 clip waits at 90s (seek by ana)
    "#]]);
}

#[test]
fn what_is_paused_or_waits_stays_so_when_somebody_seeks() {
    story(expect![[r#"
        0s ana adds clip 90s
            #2 clip queued at 0 by ana
            #3 clip waits at 0s (start by ana)
        1s ana seeks 10s
            #4 clip waits at 10s (seek by ana)
        2s ben arrives
            #5 clip plays from 10s at 2.5s (arrival)
        2.25s ...
            here: ben
        4s ben pauses
            #6 clip stands at 11.5s (pause by ben)
        5s ben seeks 80s
            #7 clip stands at 80s (seek by ben)
        9s look
            clip stands at 80s, at 80s now; queue: none; here: ben; next tick: never
    "#]]);
}

#[test]
fn live_has_nowhere_to_seek_to_and_no_end() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds channel live
            #2 channel queued at 0 by ana
            #3 channel plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana seeks 10s
            no: seek_live
        1s ana seeks 50%
            no: seek_live
        1s ana seeks -10s
            no: seek_live
        9000s look
            channel plays from 0s at 0.5s, at 8999.5s now; queue: none; here: ana; next tick: never
    "#]]);
}

#[test]
fn a_part_of_an_unknown_length_is_refused_but_times_are_not() {
    story(expect![[r#"
        0s ana adds riddle
            #2 riddle queued at 0 by ana
            #3 riddle waits at 0s (start by ana)
        0s ana plays
            #4 riddle plays from 0s at 0s (play by ana)
        1s ana seeks 50%
            no: length_unknown
        1s ana seeks 3m
            #5 riddle plays from 180s at 1s (seek by ana)
        1s ana seeks 25h
            no: seek_past_end duration="24:00:00" duration_ms="86400000"
        9000s look
            riddle plays from 180s at 1s, at 9179s now; queue: none; here: none; next tick: never
    "#]]);
}

#[test]
fn where_nothing_is_on_there_is_nothing_to_do() {
    story(expect![[r#"
        0s ana plays
            no: nothing_playing
        0s ana pauses
            no: nothing_playing
        0s ana seeks 1s
            no: nothing_playing
        0s ana skips
            no: nothing_playing
    "#]]);
}

#[test]
fn play_and_pause_said_twice_are_said_once() {
    story(expect![[r#"
        0s ana adds clip 60s
            #2 clip queued at 0 by ana
            #3 clip waits at 0s (start by ana)
        0s ana plays
            #4 clip plays from 0s at 0s (play by ana)
        1s ana plays
            -
        5s ana pauses
            #5 clip stands at 5s (pause by ana)
        9s ana pauses
            -
        9s ben plays
            #6 clip plays from 5s at 9s (play by ben)
    "#]]);
}

#[test]
fn a_pause_before_the_start_stands_where_it_would_have_started() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds clip 60s
            #2 clip queued at 0 by ana
            #3 clip plays from 0s at 0.5s (start by ana)
        0.2s ana pauses
            #4 clip stands at 0s (pause by ana)
        0.25s ...
            here: ana
        1s ana seeks 30s
            #5 clip stands at 30s (seek by ana)
        2s ana plays
            #6 clip plays from 30s at 2.5s (play by ana)
        2.3s ana pauses
            #7 clip stands at 30s (pause by ana)
        3s look
            clip stands at 30s, at 30s now; queue: none; here: ana; next tick: never
    "#]]);
}

#[test]
fn a_pause_keeps_what_waits_from_starting_for_the_first_viewer() {
    story(expect![[r#"
        0s ana adds clip 60s
            #2 clip queued at 0 by ana
            #3 clip waits at 0s (start by ana)
        1s ana pauses
            #4 clip stands at 0s (pause by ana)
        2s ben arrives
            -
    "#]]);
}

#[test]
fn a_start_is_set_ahead_by_the_round_trips_of_those_who_watch() {
    story(expect![[r#"
        0s ana adds clip 60m
            #2 clip queued at 0 by ana
            #3 clip waits at 0s (start by ana)
        0s ana seeks 1s
            #4 clip waits at 1s (seek by ana)
        0s ana plays
            #5 clip plays from 1s at 0s (play by ana)
        0s ana seeks 2s
            #6 clip plays from 2s at 0s (seek by ana)
        1s ana arrives
            -
        1s ana seeks 3s
            #7 clip plays from 3s at 1.5s (seek by ana)
        1s ana reports rtt 4
            -
        1s ana seeks 4s
            #8 clip plays from 4s at 1.12s (seek by ana)
        1s ana reports rtt 100
            -
        1s ana seeks 5s
            #9 clip plays from 5s at 1.25s (seek by ana)
        1s ben arrives
            -
        1s ben reports rtt 200
            -
        1s ana seeks 6s
            #10 clip plays from 6s at 1.4s (seek by ana)
        1s ben reports rtt 2000
            -
        1s ana seeks 7s
            #11 clip plays from 7s at 1.8s (seek by ana)
        1s bot listens
            -
        1s bot reports rtt 5000
            -
        1s ben departs
            -
        1s ana seeks 8s
            #12 clip plays from 8s at 1.25s (seek by ana)
    "#]]);
}

#[test]
fn of_twenty_one_the_slowest_does_not_hold_up_the_rest() {
    let mut script = String::from("0s ana adds clip 60m\n0s ana plays\n");
    for viewer in 1..=20 {
        script.push_str(&format!("0s v{viewer} arrives\n0s v{viewer} reports rtt 40\n"));
    }
    script.push_str("0s slow arrives\n0s slow reports rtt 4000\n1s ana seeks 1s");
    let transcript = crate::script::World::play(script.lines()).unwrap().transcript;
    assert!(transcript.ends_with("clip plays from 1s at 1.16s (seek by ana)\n"), "{transcript}");
}

#[test]
fn skipping_leaves_for_the_next_item_and_then_for_nothing() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds one 60s, two 60s
            #2 one two queued at 0 by ana
            #3 one plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        5s ana skips
            #4 one left at 4.5s
            #5 two plays from 0s at 5.5s (skip by ana)
        9s ana skips
            #6 two left at 3.5s
            #7 nothing on (skip by ana)
        9s look
            nothing on, at 0s now; queue: none; here: ana; next tick: never
    "#]]);
}

#[test]
fn a_room_that_everybody_left_pauses_after_half_a_minute() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds clip 10m
            #2 clip queued at 0 by ana
            #3 clip plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        10s ana departs
            -
        10.25s ...
            gone: ana
        40s ...
            #4 clip stands at 39.5s (empty)
        50s look
            clip stands at 39.5s, at 39.5s now; queue: none; here: none; next tick: never
        60s ana arrives
            -
        60.25s ...
            here: ana
        61s look
            clip stands at 39.5s, at 39.5s now; queue: none; here: ana; next tick: never
    "#]]);
}

#[test]
fn a_reload_within_half_a_minute_pauses_nobody() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds clip 10m
            #2 clip queued at 0 by ana
            #3 clip plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        10s ana departs
            -
        10.25s ...
            gone: ana
        39.999s ana/2 arrives
            -
        40.249s ...
            here: ana/2
        80s look
            clip plays from 0s at 0.5s, at 79.5s now; queue: none; here: ana/2; next tick: 600.5s
        80s ben arrives
            -
        80.25s ...
            here: ben
        90s ana/2 departs
            -
        90.25s ...
            gone: ana/2
        140s look
            clip plays from 0s at 0.5s, at 139.5s now; queue: none; here: ben; next tick: 600.5s
    "#]]);
}

#[test]
fn what_only_listens_keeps_nothing_running() {
    story(expect![[r#"
        0s bot listens
            -
        0s ana arrives
            -
        0s ana adds clip 10m
            #2 clip queued at 0 by ana
            #3 clip plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: bot ana
        10s ana departs
            -
        10.25s ...
            gone: ana
        40s ...
            #4 clip stands at 39.5s (empty)
        50s look
            clip stands at 39.5s, at 39.5s now; queue: none; here: bot; next tick: never
    "#]]);
}

#[test]
fn live_goes_on_though_everybody_left() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds channel live
            #2 channel queued at 0 by ana
            #3 channel plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        10s ana departs
            -
        10.25s ...
            gone: ana
        500s look
            channel plays from 0s at 0.5s, at 499.5s now; queue: none; here: none; next tick: never
    "#]]);
}

#[test]
fn an_unknown_length_ends_when_half_of_the_viewers_say_so() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ben arrives
            -
        0s cas arrives
            -
        0s bot listens
            -
        0s ana adds riddle, next 60s
            #2 riddle next queued at 0 by ana
            #3 riddle plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana ben cas bot
        9s bot reports ended
            -
        9s ana reports ended
            -
        9.25s ...
            here: ana bot
        10s ana reports ended
            -
        10s ben reports ended on next
            -
        10.25s ...
            here: ben
        11s ben reports ended
            #4 riddle left at 10.5s
            #5 next waits at 0s for ready (start)
    "#]]);
}

#[test]
fn the_last_item_of_unknown_length_leaves_nothing_on() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds riddle
            #2 riddle queued at 0 by ana
            #3 riddle plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        9s ana reports ended
            #4 riddle left at 8.5s
            #5 nothing on (end)
        9.25s ...
            here: ana
        10s look
            nothing on, at 0s now; queue: none; here: ana; next tick: never
    "#]]);
}

#[test]
fn who_leaves_no_longer_counts_among_those_who_wait_for_an_end() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ben arrives
            -
        0s cas arrives
            -
        0s ana adds riddle, next 60s
            #2 riddle next queued at 0 by ana
            #3 riddle plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana ben cas
        9s ana reports ended
            -
        9.25s ...
            here: ana
        10s cas departs
            #4 riddle left at 9.5s
            #5 next waits at 0s for ready (start)
    "#]]);
}

#[test]
fn an_end_that_somebody_reported_is_forgotten_once_the_length_is_known_or_somebody_seeks() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ben arrives
            -
        0s cas arrives
            -
        0s ana adds riddle, other, third
            #2 riddle other third queued at 0 by ana
            #3 riddle plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana ben cas
        9s ana reports ended
            -
        9.25s ...
            here: ana
        10s ben reports length 60s
            #4 riddle is "riddle", 60s
        10.25s ...
            here: ben
        11s cas departs
            -
        11.25s ...
            gone: cas
        12s look
            riddle plays from 0s at 0.5s, at 11.5s now; queue: other third; here: ana ben; next tick: 60.5s
        13s ana skips
            #5 riddle left at 12.5s
            #6 other waits at 0s for ready (skip by ana)
        13s cas arrives
            -
        13.25s ...
            here: cas
        14.5s ...
            #7 other plays from 0s at 15s (ready)
        20s ana reports ended
            -
        21s ben seeks 0s
            #8 other plays from 0s at 21.5s (seek by ben)
        22s cas departs
            -
        22.25s ...
            gone: cas
        23s look
            other plays from 0s at 21.5s, at 1.5s now; queue: third; here: ana ben; next tick: never
    "#]]);
}

#[test]
fn a_known_length_is_the_clocks_business_alone() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds clip 60s
            #2 clip queued at 0 by ana
            #3 clip plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        9s ana reports ended
            -
        9.25s ...
            here: ana
        10s look
            clip plays from 0s at 0.5s, at 9.5s now; queue: none; here: ana; next tick: 60.5s
    "#]]);
}

#[test]
fn a_length_that_a_player_found_is_taken_once() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds riddle
            #2 riddle queued at 0 by ana
            #3 riddle plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        10s ana reports length 0.5s
            -
        10s ana reports length 5s
            -
        10s ana reports length 25h
            -
        10s ana reports length 60s
            #4 riddle is "riddle", 60s
        10.25s ...
            here: ana
        11s ana reports length 90s
            -
        60.5s ...
            #5 riddle left at 60s
            #6 nothing on (end)
        100s look
            nothing on, at 0s now; queue: none; here: ana; next tick: never
    "#]]);
}

#[test]
fn a_length_is_believed_only_of_those_who_may_skip_and_never_of_live() {
    story(expect![[r#"
        preset hosts
        0s ana arrives
            -
        0s ben arrives
            -
        0s ana adds riddle, channel live
            #2 riddle channel queued at 0 by ana
            #3 riddle plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana ben
        1s ben reports length 60s
            -
        1.25s ...
            here: ben
        2s ana skips
            #4 riddle left at 1.5s
            #5 channel waits at 0s for ready (skip by ana)
        3s ana reports length 60s
            -
    "#]]);
}
