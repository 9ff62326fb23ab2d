//! When a room opens and closes.

use expect_test::expect;

use crate::script::story;

#[test]
fn a_room_gathers_opens_and_ends_by_the_wall_clock() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana schedules from 60s to 120s
            #2 scheduled from 60s to 120s by ana
            #3 room is soon by ana
        0.25s ...
            here: ana
        1s ana adds a 10m, b 60s
            #4 a b queued at 0 by ana
            #5 a waits at 0s for start (start by ana)
        2s ben arrives
            -
        2s ben says 1 soon!
            #6 said "soon!" at 0s by ben
        2.25s ...
            here: ben
        60s ...
            #7 room is live
            #8 a plays from 0s at 60.5s (start)
        60s look
            a plays from 0s at 60.5s, at 0s now; queue: b; here: ana ben; next tick: 90s
        119s look
            a plays from 0s at 60.5s, at 58.5s now; queue: b; here: ana ben; next tick: 120s
        120s ...
            #9 room is ended
            #10 a stands at 59.5s (closed)
        130s ben says 2 over
            no: room_ended
        130s ana plays
            no: room_ended
        130s ana adds c 60s
            no: room_ended
        130s ana skips
            no: room_ended
        130s ana erases 5
            no: no_such_line
    "#]]);
}

#[test]
fn across_a_restart() {
    story(expect![[r#"
        0s ana schedules from 60s to 120s
            #2 scheduled from 60s to 120s by ana
            #3 room is soon by ana
        0s ana adds a 10m
            #4 a queued at 0 by ana
            #5 a waits at 0s for start (start by ana)
        10s restarts
            -
        20s look
            a waits at 0s for start, at 0s now; queue: none; here: none; next tick: 50s
        60s ...
            #6 room is live
            #7 a plays from 0s at 60s (start)
        60s look
            a plays from 0s at 60s, at 0s now; queue: none; here: none; next tick: 90s
        70s restarts alive 70s
            #8 a plays from 10s at 70s (restore)
        119s look
            a plays from 10s at 70s, at 59s now; queue: none; here: none; next tick: 120s
        120s ...
            #9 room is ended
            #10 a stands at 60s (closed)
        200s restarts
            -
        201s look
            a stands at 60s, at 60s now; queue: none; here: none; next tick: never
    "#]]);
}

#[test]
fn it_opens_late_when_the_server_was_away() {
    story(expect![[r#"
        0s ana schedules from 60s to 120s
            #2 scheduled from 60s to 120s by ana
            #3 room is soon by ana
        0s ana adds a 10m
            #4 a queued at 0 by ana
            #5 a waits at 0s for start (start by ana)
        300s asleep
        restarts
            -
        300s ...
            #6 room is live
            #7 a plays from 0s at 300s (start)
            #8 room is ended
            #9 a stands at 0s (closed)
        301s look
            a stands at 0s, at 0s now; queue: none; here: none; next tick: never
    "#]]);
}

#[test]
fn what_somebody_says_goes_before_what_was_planned() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana schedules from 60s to 120s
            #2 scheduled from 60s to 120s by ana
            #3 room is soon by ana
        0.25s ...
            here: ana
        1s ana turns live
            #4 room is live by ana
        70s look
            nothing on, at 0s now; queue: none; here: ana; next tick: 100s
        71s ana turns ended
            #5 room is ended by ana
        72s ana turns live
            #6 room is live by ana
        120s ...
            #7 room is ended
        130s look
            nothing on, at 0s now; queue: none; here: ana; next tick: never
        131s ana turns soon
            #8 scheduled from open to open by ana
            #9 room is soon by ana
        131s ana adds a 60s
            #10 a queued at 0 by ana
            #11 a waits at 0s for start (start by ana)
        200s ana turns live
            #12 room is live by ana
            #13 a plays from 0s at 200.5s (start by ana)
    "#]]);
}

#[test]
fn an_end_before_the_start_is_refused_and_one_that_has_passed_ends_it() {
    story(expect![[r#"
        0s ana schedules from 60s to 50s
            no: ends_before_start
        0s ana schedules from 60s to 60s
            no: ends_before_start
        1s ben schedules from 60s
            no: not_allowed host="ana" least="cohost" permission="schedule" what="change the schedule" who="ana and co-hosts"
        5s ana schedules to 4s
            #2 scheduled from open to 4s by ana
            #3 room is ended
        6s ana schedules from 60s
            #4 scheduled from 60s to open by ana
            #5 room is soon by ana
        7s ana schedules nothing
            #6 scheduled from open to open by ana
            #7 room is live by ana
        8s ana schedules nothing
            -
    "#]]);
}

#[test]
fn a_wall_clock_that_jumps_opens_it_when_the_wall_says_so() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds a 10m
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0s ana pauses
            #4 a stands at 0s (pause by ana)
        0s ana schedules from 1h to 2h
            #5 scheduled from 3600s to 7200s by ana
            #6 room is soon by ana
        0.25s ...
            here: ana
        10s wall +1h
        10s ...
            #7 room is live
        50s look
            a stands at 0s, at 0s now; queue: none; here: ana; next tick: 80s
        60s wall -1h
        90s look
            a stands at 0s, at 0s now; queue: none; here: ana; next tick: 120s
        91s wall +2h
        91s ...
            #8 room is ended
        130s look
            a stands at 0s, at 0s now; queue: none; here: ana; next tick: never
    "#]]);
}

#[test]
fn a_film_that_was_announced_starts_though_nobody_watches_and_goes_on() {
    story(expect![[r#"
        0s ana schedules from 60s
            #2 scheduled from 60s to open by ana
            #3 room is soon by ana
        1s ana adds a 60s, b 60s
            #4 a b queued at 0 by ana
            #5 a waits at 0s for start (start by ana)
        60s ...
            #6 room is live
            #7 a plays from 0s at 60s (start)
        120s ...
            #8 a left at 60s
            #9 b plays from 0s at 120s (start)
        180s ...
            #10 b left at 60s
            #11 nothing on (end)
        300s look
            nothing on, at 0s now; queue: none; here: none; next tick: never
    "#]]);
}

#[test]
fn what_waited_for_a_viewer_waits_for_the_hour() {
    story(expect![[r#"
        0s ana adds a 10m
            #2 a queued at 0 by ana
            #3 a waits at 0s (start by ana)
        1s ana schedules from 60s
            #4 scheduled from 60s to open by ana
            #5 room is soon by ana
        2s ben arrives
            -
        2.25s ...
            here: ben
        60s ...
            #6 room is live
            #7 a plays from 0s at 60.5s (start)
        61s look
            a plays from 0s at 60.5s, at 0.5s now; queue: none; here: ben; next tick: 660.5s
    "#]]);
}

#[test]
fn going_back_or_round_before_the_hour_waits_for_it() {
    story(expect![[r#"
        with queue_mode "dj"
        0s ana schedules from 60s
            #2 scheduled from 60s to open by ana
            #3 room is soon by ana
        1s ana adds a 60s, b 60s
            #4 a b queued at 0 by ana
            #5 a waits at 0s for start (start by ana)
        2s ana arrives
            -
        2s ana skips
            #6 a waits at 0s for start (again by ana)
        2.25s ...
            here: ana
        3s ana sets queue_mode manual
            #7 set to {"queue_mode":"manual"} by ana
        4s ana skips
            #8 a left at 0s
            #9 b waits at 0s for start (skip by ana)
        5s ana goes back
            #10 a b queued at 0
            #11 a waits at 0s for start (back by ana)
        60s ...
            #12 room is live
            #13 a plays from 0s at 60.5s (start)
        61s look
            a plays from 0s at 60.5s, at 0.5s now; queue: b; here: ana; next tick: 120.5s
    "#]]);
}

#[test]
fn a_room_that_is_disabled_is_the_hosts_and_cohosts_alone() {
    story(expect![[r#"
        0s ana arrives
            -
        0s dan arrives
            -
        0s ben arrives
            -
        0s ana adds a 10m
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0s ana makes dan cohost
            #4 dan is cohost by ana
        0.25s ...
            here: ana dan ben
        1s ana turns disabled
            #5 room is disabled by ana
            #6 a stands at 0.5s (closed by ana)
            out (closed): ben
        1.25s ...
            gone: ben
        2s ben arrives
            no: room_closed
        2s ben says 1 hello
            no: room_closed
        2s dan says 2 hello
            no: room_closed
        2s dan plays
            no: room_closed
        3s dan turns live
            #7 room is live by dan
        4s ben arrives
            -
    "#]]);
}

#[test]
fn a_room_with_a_recording_is_over() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds a 10m
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana turns record
            #4 room is record by ana
            #5 a stands at 0.5s (closed by ana)
        2s ana plays
            no: room_ended
        2s ben arrives
            -
    "#]]);
}

#[test]
fn an_end_that_viewers_report_starts_nothing_in_a_closed_room() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds a, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana turns ended
            #4 room is ended by ana
            #5 a stands at 0.5s (closed by ana)
        2s ana reports ended
            -
    "#]]);
}

#[test]
fn ending_and_opening_are_two_rights() {
    story(expect![[r#"
        preset hosts
        mia is granted moderator
        0s ana grants moderator +end
            #2 grants changed by ana
        1s mia turns ended
            #3 room is ended by mia
        2s mia turns live
            no: not_allowed host="ana" least="cohost" permission="schedule" what="change the schedule" who="ana and co-hosts"
        2s ben turns ended
            no: not_allowed host="ana" least="moderator" permission="end" what="end the room" who="ana and moderators"
    "#]]);
}

#[test]
fn who_is_coming_is_a_list() {
    story(expect![[r#"
        0s ben comes
            #2 ben comes
        0s ben comes
            -
        0s cas comes
            #3 cas comes
        0s look coming
            ben cas
        1s ben stays away
            #4 ben stays away
        1s ben stays away
            -
        1s look coming
            cas
        2s ana bans cas
            #5 cas banned by ana
        2s cas comes
            no: banned
    "#]]);
}

#[test]
fn a_temporary_room_is_gone_when_nobody_was_in_it_for_so_long() {
    story(expect![[r#"
        with expires_after 60s
        0s ana says 1 hello
            #2 said "hello" by ana
        30s ana arrives
            -
        30.25s ...
            here: ana
        500s ana departs
            -
        500.25s ...
            gone: ana
        559s ana types
            ana is writing
        560s ...
            #3 room deleted
        600s ana arrives
            no: no_such_room
    "#]]);
}

#[test]
fn a_temporary_room_is_gone_though_it_was_not_in_memory() {
    story(expect![[r#"
        with expires_after 60s
        0s ana says 1 hello
            #2 said "hello" by ana
        30s restarts
            -
        60s ...
            #3 room deleted
        61s look
            nothing on, at 0s now; queue: none; here: none; next tick: never
    "#]]);
}

#[test]
fn a_temporary_room_that_was_down_while_it_played_waits_for_those_who_come_back() {
    story(expect![[r#"
        with expires_after 60s
        0s ana arrives
            -
        0s ana adds a 10m
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        100s restarts alive 100s
            #4 a plays from 99.5s at 100s (restore)
        130s ...
            #5 a stands at 129.5s (empty)
        150s ana arrives
            -
        150.25s ...
            here: ana
        300s look
            a stands at 129.5s, at 129.5s now; queue: none; here: ana; next tick: never
    "#]]);
}

#[test]
fn a_room_that_is_deleted_is_gone_for_everybody() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ben arrives
            -
        0.25s ...
            here: ana ben
        1s ben deletes
            no: not_allowed host="ana" least="host" permission="own" what="do that" who="ana"
        2s ana deletes
            #2 room deleted by ana
            out (deleted): ana ben
        3s ben says 1 hello
            no: no_such_room
        3s ana arrives
            no: no_such_room
        100s look
            nothing on, at 0s now; queue: none; here: none; next tick: never
    "#]]);
}

#[test]
fn what_plays_when_the_room_closes_again_waits_for_the_hour() {
    story(expect![[r#"
        0s ana arrives
            -
        0.25s ...
            here: ana
        1s ana adds a 10m
            #2 a queued at 0 by ana
            #3 a plays from 0s at 1.5s (start by ana)
        10s ana turns soon
            #4 room is soon by ana
            #5 a waits at 8.5s for start (closed by ana)
        11s look
            a waits at 8.5s for start, at 8.5s now; queue: none; here: ana; next tick: never
        20s ana turns live
            #6 room is live by ana
            #7 a plays from 8.5s at 20.5s (start by ana)
        21s look
            a plays from 8.5s at 20.5s, at 9s now; queue: none; here: ana; next tick: 612s
    "#]]);
}
