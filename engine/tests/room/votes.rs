//! What is put to the vote.

use expect_test::expect;

use crate::script::story;

#[test]
fn what_somebody_may_not_do_half_of_those_who_watch_do_together() {
    story(expect![[r#"
        preset hosts
        0s ana arrives
            -
        0s ana adds a 10m, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0s ben arrives
            -
        0s cas arrives
            -
        0s dee arrives
            -
        0.25s ...
            here: ana ben cas dee
        1s ben proposes pauses
            #4 pause proposed until 61s by ben
        1s look votings
            #4 pause 1:0 by ben
        2s ben agrees
            -
        3s cas agrees
            #5 cas is for #4
            #6 #4 passed
            #7 a stands at 2.5s (pause by ben)
        3s look votings
            none
    "#]]);
}

#[test]
fn who_may_do_it_does_it_and_decides_what_others_propose() {
    story(expect![[r#"
        preset hosts
        0s ana arrives
            -
        0s ana adds a 10m, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0s ben arrives
            -
        0s cas arrives
            -
        0.25s ...
            here: ana ben cas
        1s ana proposes seeks 5m
            #4 a plays from 300s at 1.5s (seek by ana)
        2s ben proposes skips
            #5 skip proposed until 62s by ben
        3s ana objects
            #6 #5 rejected
        4s cas proposes skips
            #7 skip proposed until 64s by cas
        5s ana agrees
            #8 #7 passed
            #9 a left at 303.5s
            #10 b plays from 0s at 5.5s (skip by cas)
    "#]]);
}

#[test]
fn too_many_against_it_end_it_and_one_may_think_again() {
    story(expect![[r#"
        preset hosts
        with vote_percent 75
        0s ana arrives
            -
        0s ana adds a 10m
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0s ben arrives
            -
        0s cas arrives
            -
        0s dee arrives
            -
        0.25s ...
            here: ana ben cas dee
        1s ben proposes clears
            no: queue_empty
        1s ana adds b 60s
            #4 b queued at 0 by ana
        1s ben proposes clears
            #5 clear proposed until 61s by ben
        2s cas objects
            #6 cas is against #5
        2s cas agrees
            #7 cas is for #5
        2s look votings
            #5 clear 2:0 by ben
        3s cas objects
            #8 cas is against #5
        3s dee objects
            #9 dee is against #5
            #10 #5 rejected
    "#]]);
}

#[test]
fn nobody_cared_in_time() {
    story(expect![[r#"
        preset hosts
        0s ana arrives
            -
        0s ana adds a 10m, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0s ben arrives
            -
        0s cas arrives
            -
        0.25s ...
            here: ana ben cas
        1s ben proposes removes b
            #4 remove proposed until 61s by ben
        61s ...
            #5 #4 expired
        100s look votings
            none
        100s cas agrees 4
            no: no_such_proposal
    "#]]);
}

#[test]
fn what_it_was_about_is_over() {
    story(expect![[r#"
        preset hosts
        0s ana arrives
            -
        0s ana adds a 10s, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0s ben arrives
            -
        0s cas arrives
            -
        0.25s ...
            here: ana ben cas
        1s ben proposes seeks 5s
            #4 seek proposed until 61s by ben
        1s ben proposes picks b
            #5 pick proposed until 61s by ben
        10.5s ...
            #6 a left at 10s
            #7 b plays from 0s at 11s (start)
            #8 #4 void
        15s look votings
            #5 pick 1:0 by ben
        16s ana agrees
            #9 #5 void
    "#]]);
}

#[test]
fn what_cannot_be_done_any_more_does_not_pass() {
    story(expect![[r#"
        preset hosts
        0s ana arrives
            -
        0s ana adds a 60s, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0s ben arrives
            -
        0s cas arrives
            -
        0.25s ...
            here: ana ben cas
        1s ben proposes removes b
            #4 remove proposed until 61s by ben
        2s ana removes b
            #5 b removed by ana
        3s ana agrees
            #6 #4 void
    "#]]);
}

#[test]
fn what_cannot_be_done_is_not_put_to_the_vote() {
    story(expect![[r#"
        preset hosts
        0s ben arrives
            -
        0s cas arrives
            -
        0s ben proposes plays
            no: nothing_playing
        0s ben proposes pauses
            no: nothing_playing
        0s ben proposes skips
            no: nothing_playing
        0s ben proposes goes back
            no: nothing_before
        0s ben proposes clears
            no: queue_empty
        0s ben proposes shuffles 1
            no: queue_empty
        0s ben proposes seeks 5s
            no: nothing_playing
        0s ben proposes removes b
            no: no_such_item
        0s ben proposes runs 9
            no: bad_rate
        0s ana adds a 60s
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ben cas
        1s ben proposes seeks 2m
            no: seek_past_end duration="1:00" duration_ms="60000"
        1s ben proposes plays in 2h
            no: bad_input problem="A countdown is up to an hour long."
        1s ben objects 7
            no: no_such_proposal
    "#]]);
}

#[test]
fn one_may_have_two_open_and_only_who_is_here_votes() {
    story(expect![[r#"
        preset hosts
        gil is granted guest
        0s ana arrives
            -
        0s ana adds a 60s, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0s ben arrives
            -
        0s cas arrives
            -
        0.25s ...
            here: ana ben cas
        1s ben proposes clears
            #4 clear proposed until 61s by ben
        1s ben proposes seeks 5s
            #5 seek proposed until 61s by ben
        1s ben proposes pauses
            no: too_many_proposals limit="2"
        1s gil proposes pauses
            no: not_here
        1s gil agrees 4
            no: not_here
        1s zoe agrees
            no: no_such_proposal
        1s cas agrees
            no: no_such_proposal
        1s cas objects 5
            #6 cas is against #5
        2s ana grants guest -vote
            #7 grants changed by ana
        2s cas agrees 4
            no: not_allowed host="ana" least="cohost" permission="vote" what="vote" who="ana and co-hosts"
        2s ana grants guest -propose
            #8 grants changed by ana
        2s cas proposes pauses
            no: not_allowed host="ana" least="cohost" permission="propose" what="propose things" who="ana and co-hosts"
    "#]]);
}

#[test]
fn skipping_may_be_everybodys_business_even_for_the_host() {
    story(expect![[r#"
        with vote_skip true
        0s ana arrives
            -
        0s ana adds a 60s, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0s ben arrives
            -
        0s cas arrives
            -
        0.25s ...
            here: ana ben cas
        1s ana skips
            #4 skip proposed until 61s by ana
        1s ana skips
            -
        2s cas skips
            #5 cas is for #4
            #6 #4 passed
            #7 a left at 1.5s
            #8 b plays from 0s at 2.5s (skip by ana)
        3s ana skips
            #9 skip proposed until 63s by ana
        3s ana objects
            #10 ana is against #9
        3s ben objects
            #11 ben is against #9
            #12 #9 rejected
    "#]]);
}

#[test]
fn people_who_leave_lower_the_bar() {
    story(expect![[r#"
        with vote_skip true
        0s ana arrives
            -
        0s ana adds a 10m, b 10m
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0s ben arrives
            -
        0s cas arrives
            -
        0s dee arrives
            -
        0s eve arrives
            -
        0.25s ...
            here: ana ben cas dee eve
        1s ana skips
            #4 skip proposed until 61s by ana
        2s ben skips
            #5 ben is for #4
        3s cas departs
            #6 #4 passed
            #7 a left at 2.5s
            #8 b plays from 0s at 3.5s (skip by ana)
        3.25s ...
            gone: cas
        4s dee departs
            -
    "#]]);
}

#[test]
fn the_voice_of_who_left_counts_no_more() {
    story(expect![[r#"
        with vote_skip true, vote_percent 60
        0s ana arrives
            -
        0s ana adds a 10m, b 10m
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0s ben arrives
            -
        0s cas arrives
            -
        0s dee arrives
            -
        0.25s ...
            here: ana ben cas dee
        1s dee skips
            #4 skip proposed until 61s by dee
        1s ben skips
            #5 ben is for #4
        2s dee departs
            -
        2.25s ...
            gone: dee
        3s ana skips
            #6 ana is for #4
            #7 #4 passed
            #8 a left at 2.5s
            #9 b plays from 0s at 3.5s (skip by dee)
    "#]]);
}

#[test]
fn whoever_did_something_in_the_chat_lately_votes_too() {
    story(expect![[r#"
        with vote_skip true, vote_percent 100
        tess comes by telegram
        theo comes by telegram
        0s ana arrives
            -
        0s ana adds a 60m, b 10m
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s tess says 1 hello
            #4 said "hello" at 0.5s by tess
        2s ana skips
            #5 skip proposed until 62s by ana
        3s tess skips
            #6 tess is for #5
            #7 #5 passed
            #8 a left at 2.5s
            #9 b plays from 0s at 3.5s (skip by ana)
    "#]]);
}

#[test]
fn after_ten_minutes_of_silence_in_the_chat_one_votes_no_more() {
    story(expect![[r#"
        with vote_skip true, vote_percent 100
        tess comes by telegram
        0s ana arrives
            -
        0s ana adds a 60m, b 10m
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s tess says 1 hello
            #4 said "hello" at 0.5s by tess
        580s ana skips
            #5 skip proposed until 640s by ana
        601s ...
            #6 #5 passed
            #7 a left at 600.5s
            #8 b plays from 0s at 601.5s (skip by ana)
        602s look
            b plays from 0s at 601.5s, at 0.5s now; queue: none; here: ana; next tick: 1201.5s
    "#]]);
}

#[test]
fn a_chat_alone_votes_though_nobody_has_the_room_open() {
    story(expect![[r#"
        with vote_skip true
        tess comes by telegram
        theo comes by discord
        0s ana adds a 60m, b 10m
            #2 a b queued at 0 by ana
            #3 a waits at 0s (start by ana)
        1s theo says 1 hello
            #4 said "hello" at 0s by theo
        1s tess says 2 hello
            #5 said "hello" at 0s by tess
        1s ana skips
            no: not_here
        2s tess skips
            #6 skip proposed until 62s by tess
            #7 #6 passed
            #8 a left at 0s
            #9 b waits at 0s (skip by tess)
    "#]]);
}

#[test]
fn a_restart_leaves_what_is_put_to_the_vote_open() {
    story(expect![[r#"
        preset hosts
        0s ana arrives
            -
        0s ana adds a 10m, b 10m
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0s ben arrives
            -
        0s cas arrives
            -
        0s dee arrives
            -
        0.25s ...
            here: ana ben cas dee
        1s ben proposes clears
            #4 clear proposed until 61s by ben
        5s restarts alive 5s
            #5 a plays from 4.5s at 5s (restore)
        6s look votings
            #4 clear 1:0 by ben
        7s cas arrives
            -
        7s dee arrives
            -
        7s cas agrees
            #6 cas is for #4
            #7 #4 passed
            #8 queue cleared by ben
    "#]]);
}

#[test]
fn in_a_room_that_has_ended_nothing_passes() {
    story(expect![[r#"
        preset hosts
        0s ana arrives
            -
        0s ana adds a 10m, b 10m
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0s ben arrives
            -
        0s cas arrives
            -
        0s dee arrives
            -
        0.25s ...
            here: ana ben cas dee
        1s ben proposes clears
            #4 clear proposed until 61s by ben
        2s ana turns ended
            #5 room is ended by ana
            #6 a stands at 1.5s (closed by ana)
            #7 #4 void
        3s cas agrees
            no: room_ended
    "#]]);
}

#[test]
fn who_proposed_what_passed_does_not_take_it_back_alone() {
    story(expect![[r#"
        preset hosts
        0s ana arrives
            -
        0s ana adds a 10m
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0s ben arrives
            -
        0.25s ...
            here: ana ben
        1s ben proposes seeks 5m
            #4 seek proposed until 61s by ben
            #5 #4 passed
            #6 a plays from 300s at 1.5s (seek by ben)
        2s ana agrees
            no: no_such_proposal
        60s ben undoes
            no: not_allowed host="ana" least="cohost" permission="seek" what="seek" who="ana and co-hosts"
        61s ana undoes
            #7 a plays from 1s at 61.5s (seek by ana) (undoes #6)
    "#]]);
}
