//! The modes of the queue: by hand, by votes, round and round, over and over, in turns.

use expect_test::expect;

use crate::script::story;

#[test]
fn in_a_queue_by_votes_the_most_wanted_comes_first_and_equals_keep_their_order() {
    story(expect![[r#"
        with queue_mode "vote"
        0s ana arrives
            -
        0s ana adds on 10m, a 60s, b 60s, c 60s
            #2 on a b c queued at 0 by ana
            #3 on plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        0.5s look votes
            a:0 b:0 c:0
        1s ben votes for c
            #4 ben votes for c
            #5 c moved to 0
        1s gil votes for b
            #6 gil votes for b
            #7 b moved to 1
        1s look votes
            c:1 b:1 a:0
        2s ben votes for b
            #8 ben votes for b
            #9 b moved to 0
        2s look votes
            b:2 c:1 a:0
        3s ben votes for b
            -
        3s ben votes off b
            #10 ben votes off b
        3s gil votes off b
            #11 gil votes off b
            #12 b moved to 1
        4s gil votes off b
            -
        4s look votes
            c:1 b:0 a:0
        5s ben votes for on
            no: no_such_item
        5s ben votes for nowhere
            no: no_such_item
        5s ana adds d 60s
            #13 d queued at 3 by ana
        5s look votes
            c:1 b:0 a:0 d:0
    "#]]);
}

#[test]
fn what_is_voted_for_where_the_queue_is_by_hand_stays_where_it_is() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds on 10m, a 60s, b 60s
            #2 on a b queued at 0 by ana
            #3 on plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ben votes for b
            #4 ben votes for b
        1s look votes
            a:0 b:1
        2s ana sets queue_mode vote
            #5 set to {"queue_mode":"vote"} by ana
            #6 queue is b a by ana
        2s look votes
            b:1 a:0
    "#]]);
}

#[test]
fn votes_go_with_the_item_and_when_the_queue_is_cleared() {
    story(expect![[r#"
        with queue_mode "vote"
        0s ana arrives
            -
        0s ana adds on 10m, a 60s, b 60s
            #2 on a b queued at 0 by ana
            #3 on plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ben votes for b
            #4 ben votes for b
            #5 b moved to 0
        2s ana removes b
            #6 b removed by ana
        2s ana undoes
            #7 b queued at 0 by ana (undoes #6)
        2s look votes
            b:0 a:0
        3s ben votes for a
            #8 ben votes for a
            #9 a moved to 0
        3s ana clears
            #10 queue cleared by ana
        3s ana undoes
            #11 a b queued at 0 by ana (undoes #10)
        3s look votes
            a:0 b:0
    "#]]);
}

#[test]
fn round_and_round_what_was_played_goes_to_the_end() {
    story(expect![[r#"
        with queue_mode "loop"
        0s ana arrives
            -
        0s ana adds a 10s, b 10s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        10.5s ...
            #4 a left at 10s
            #5 a queued at 1
            #6 b plays from 0s at 11s (start)
        21s ...
            #7 b left at 10s
            #8 b queued at 1
            #9 a plays from 0s at 21.5s (start)
        21.5s ana skips
            #10 a left at 0s
            #11 a queued at 1
            #12 b plays from 0s at 22s (skip by ana)
        22s look
            b plays from 0s at 22s, at 0s now; queue: a; here: ana; next tick: 32s
        32s ...
            #13 b left at 10s
            #14 b queued at 1
            #15 a plays from 0s at 32.5s (start)
        40s look
            a plays from 0s at 32.5s, at 7.5s now; queue: b; here: ana; next tick: 42.5s
    "#]]);
}

#[test]
fn round_and_round_alone_it_starts_again() {
    story(expect![[r#"
        with queue_mode "loop"
        0s ana arrives
            -
        0s ana adds a 10s from 2s
            #2 a queued at 0 by ana
            #3 a plays from 2s at 0.5s (start by ana)
        0.25s ...
            here: ana
        8.5s ...
            #4 a plays from 2s at 9s (again)
        12s ana skips
            #5 a plays from 2s at 12.5s (again by ana)
        13s look
            a plays from 2s at 12.5s, at 2.5s now; queue: none; here: ana; next tick: 20.5s
    "#]]);
}

#[test]
fn over_and_over_until_somebody_picks_another() {
    story(expect![[r#"
        with queue_mode "dj"
        0s ana arrives
            -
        0s ana adds a 10s, b 10s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        10.5s ...
            #4 a plays from 0s at 11s (again)
        12s ana skips
            #5 a plays from 0s at 12.5s (again by ana)
        13s ana picks b
            #6 a left at 0.5s
            #7 b plays from 0s at 13.5s (pick by ana)
        23.5s ...
            #8 b plays from 0s at 24s (again)
        24s look
            b plays from 0s at 24s, at 0s now; queue: none; here: ana; next tick: 34s
    "#]]);
}

#[test]
fn what_goes_round_in_an_empty_room_waits_for_somebody() {
    story(expect![[r#"
        with queue_mode "loop"
        0s ana adds a 10s
            #2 a queued at 0 by ana
            #3 a waits at 0s (start by ana)
        0s ana plays
            #4 a plays from 0s at 0s (play by ana)
        10s ...
            #5 a waits at 0s (again)
        100s look
            a waits at 0s, at 0s now; queue: none; here: none; next tick: never
        101s ana arrives
            #6 a plays from 0s at 101.5s (arrival)
        101.25s ...
            here: ana
        102s look
            a plays from 0s at 101.5s, at 0.5s now; queue: none; here: ana; next tick: 111.5s
    "#]]);
}

#[test]
fn what_is_too_short_to_be_seen_does_not_start_a_thousand_times_a_second() {
    story(expect![[r#"
        with queue_mode "dj"
        0s ana arrives
            -
        0s ana adds a 0s
            #2 a queued at 0 by ana
            #3 a plays from 0s at 1s (start by ana)
        0s ana reports rtt 1
            -
        0.25s ...
            here: ana
        1s ...
            #4 a plays from 0s at 2s (again)
        2s ...
            #5 a plays from 0s at 3s (again)
        3s ...
            #6 a plays from 0s at 4s (again)
        3s look
            a plays from 0s at 4s, at 0s now; queue: none; here: ana; next tick: 4s
        4s ...
            #7 a plays from 0s at 5s (again)
        4s ana sets queue_mode loop
            #8 set to {"queue_mode":"loop"} by ana
        5s ...
            #9 a plays from 0s at 6s (again)
        5s ana adds b 0.001s
            #10 b queued at 0 by ana
        6s ...
            #11 a left at 0s
            #12 a queued at 1
            #13 b waits at 0s for ready (start)
        7s look
            b waits at 0s for ready, at 0s now; queue: a; here: ana; next tick: 7.5s
    "#]]);
}

#[test]
fn in_turns_nobody_waits_behind_somebodys_three() {
    story(expect![[r#"
        with queue_mode "fair"
        0s ana arrives
            -
        0s ana adds on 10m
            #2 on queued at 0 by ana
            #3 on plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana adds a1 60s, a2 60s, a3 60s
            #4 a1 queued at 0 by ana
            #5 a2 queued at 1 by ana
            #6 a3 queued at 2 by ana
        2s ben adds b1 60s, b2 60s
            #7 b1 queued at 0 by ben
            #8 b2 queued at 2 by ben
        3s gil adds g1 60s
            #9 g1 queued at 1 by gil
        4s look
            on plays from 0s at 0.5s, at 3.5s now; queue: b1 g1 a1 b2 a2 a3; here: ana; next tick: 600.5s
        5s ana adds next now1 60s
            #10 now1 queued at 0 by ana
        5s look
            on plays from 0s at 0.5s, at 4.5s now; queue: now1 b1 g1 a1 b2 a2 a3; here: ana; next tick: 600.5s
    "#]]);
}

#[test]
fn a_queue_that_becomes_one_in_turns_is_ordered_so_and_that_can_be_taken_back() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds on 10m, a1 60s, a2 60s
            #2 on a1 a2 queued at 0 by ana
            #3 on plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ben adds b1 60s, b2 60s
            #4 b1 b2 queued at 2 by ben
        2s ana sets queue_mode fair
            #5 set to {"queue_mode":"fair"} by ana
            #6 queue is b1 a1 b2 a2 by ana
        3s ana undoes
            #7 queue is a1 a2 b1 b2 by ana (undoes #6)
        3s look
            on plays from 0s at 0.5s, at 2.5s now; queue: a1 a2 b1 b2; here: ana; next tick: 600.5s
        4s ben sets queue_mode vote
            no: not_allowed host="ana" least="cohost" permission="queue_mode" what="change how the queue works" who="ana and co-hosts"
    "#]]);
}
