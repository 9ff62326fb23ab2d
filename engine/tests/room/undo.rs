//! Taking back.

use expect_test::expect;

use crate::script::story;

#[test]
fn a_seek_is_taken_back_to_where_it_was() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds a 10m
            #2 a queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        10.5s ana seeks 5m
            #4 a plays from 300s at 11s (seek by ana)
        20.5s ana undoes
            #5 a plays from 10.5s at 21s (seek by ana) (undoes #4)
        21s ana undoes
            no: nothing_to_undo
    "#]]);
}

#[test]
fn a_skip_is_taken_back_and_what_came_waits_first() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds a 10m, b 10m, c 10m
            #2 a b c queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        10.5s ana skips
            #4 a left at 10s
            #5 b plays from 0s at 11s (skip by ana)
        20.5s ana undoes
            #6 a b queued at 0 (undoes #5)
            #7 a plays from 10.5s at 21s (back by ana) (undoes #5)
        21s look
            a plays from 10.5s at 21s, at 10.5s now; queue: b c; here: ana; next tick: 610.5s
        21s look played
            none
        22s ana undoes
            #8 b removed by ana (undoes #2)
            #9 c removed by ana (undoes #2)
        23s look
            a plays from 10.5s at 21s, at 12.5s now; queue: none; here: ana; next tick: 610.5s
    "#]]);
}

#[test]
fn a_choice_is_taken_back() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds a 10m, b 10m, c 10m
            #2 a b c queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        10s ana picks c
            #4 a left at 9.5s
            #5 c plays from 0s at 10.5s (pick by ana)
        11s ana undoes
            #6 a c queued at 0 (undoes #5)
            #7 a plays from 10s at 11.5s (back by ana) (undoes #5)
        11s look
            a plays from 10s at 11.5s, at 10s now; queue: c b; here: ana; next tick: 601.5s
        12s ana picks b keeping
            #8 a queued at 0
            #9 b plays from 0s at 12.5s (pick by ana)
        12s look
            b plays from 0s at 12.5s, at 0s now; queue: a c; here: ana; next tick: 612.5s
        13s ana undoes
            #10 a removed (undoes #9)
            #11 a b queued at 0 (undoes #9)
            #12 a plays from 11s at 13.5s (back by ana) (undoes #9)
        13s look
            a plays from 11s at 13.5s, at 11s now; queue: b c; here: ana; next tick: 602.5s
    "#]]);
}

#[test]
fn going_back_is_taken_back_as_a_whole() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds a 10m, b 10m
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        10s ana skips
            #4 a left at 9.5s
            #5 b plays from 0s at 10.5s (skip by ana)
        20s ana goes back
            #6 a b queued at 0
            #7 a plays from 0s at 20.5s (back by ana)
        20s look
            a plays from 0s at 20.5s, at 0s now; queue: b; here: ana; next tick: 620.5s
        21s ana undoes
            #8 b removed (undoes #7)
            #9 b a queued at 0 (undoes #7)
            #10 b plays from 10s at 21.5s (back by ana) (undoes #7)
        21s look
            b plays from 10s at 21.5s, at 10s now; queue: a; here: ana; next tick: 611.5s
    "#]]);
}

#[test]
fn what_was_added_removed_cleared_moved_shuffled_and_edited_is_as_it_was() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds on 10m, a 60s, b 60s, c 60s
            #2 on a b c queued at 0 by ana
            #3 on plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana adds d 60s, e 60s
            #4 d e queued at 3 by ana
        1s ana undoes
            #5 d removed by ana (undoes #4)
            #6 e removed by ana (undoes #4)
        2s ana removes b
            #7 b removed by ana
        2s ana undoes
            #8 b queued at 1 by ana (undoes #7)
        3s ana moves c 0
            #9 c moved to 0 by ana
        3s ana undoes
            #10 c moved to 2 by ana (undoes #9)
        4s ana shuffles 3
            #11 queue is c b a by ana
        4s ana undoes
            #12 queue is a b c by ana (undoes #11)
        5s ana clears
            #13 queue cleared by ana
        5s ana undoes
            #14 a b c queued at 0 by ana (undoes #13)
        6s ana edits a start 10s
            #15 a is "a", 60s, from 10s by ana
        6s ana undoes
            #16 a is "a", 60s by ana (undoes #15)
        7s look
            on plays from 0s at 0.5s, at 6.5s now; queue: a b c; here: ana; next tick: 600.5s
        8s look undo
            #2
    "#]]);
}

#[test]
fn pressing_it_twice_takes_back_two_and_not_the_taking_back() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds on 10m, a 60s, b 60s
            #2 on a b queued at 0 by ana
            #3 on plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana removes a
            #4 a removed by ana
        2s ana removes b
            #5 b removed by ana
        3s ana undoes
            #6 b queued at 0 by ana (undoes #5)
        4s ana undoes
            #7 a queued at 0 by ana (undoes #4)
        4s look
            on plays from 0s at 0.5s, at 3.5s now; queue: a b; here: ana; next tick: 600.5s
        5s ana undoes
            #8 a removed by ana (undoes #2)
            #9 b removed by ana (undoes #2)
        5s ana undoes
            no: nothing_to_undo
    "#]]);
}

#[test]
fn what_can_be_taken_back_has_a_number_and_no_other_does_anything() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds on 10m, a 60s, b 60s
            #2 on a b queued at 0 by ana
            #3 on plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana removes a
            #4 a removed by ana
        2s ana says 1 hello
            #5 said "hello" at 1.5s by ana
        3s ana undoes 5
            no: nothing_to_undo
        3s ana undoes 1
            no: nothing_to_undo
        3s ana undoes 99
            no: nothing_to_undo
        3s ana undoes 4
            #6 a queued at 0 by ana (undoes #4)
        3s ana undoes 4
            no: nothing_to_undo
    "#]]);
}

#[test]
fn ones_own_anybody_takes_back_and_anothers_who_may_do_the_opposite() {
    story(expect![[r#"
        preset hosts
        ben is granted guest
        mia is granted moderator
        0s ana arrives
            -
        0s ana grants guest +add
            #2 grants changed by ana
        0s ana adds on 10m, a 60s
            #3 on a queued at 0 by ana
            #4 on plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ben adds b 60s
            #5 b queued at 1 by ben
        2s ben undoes 5
            #6 b removed by ben (undoes #5)
        3s ben adds c 60s
            #7 c queued at 1 by ben
        4s gil undoes
            no: not_allowed host="ana" least="moderator" permission="remove" what="remove from the queue" who="ana and moderators"
        4s mia undoes
            #8 c removed by mia (undoes #7)
        5s ana seeks 5m
            #9 on plays from 300s at 5.5s (seek by ana)
        6s mia undoes
            no: not_allowed host="ana" least="cohost" permission="seek" what="seek" who="ana and co-hosts"
        6s ben undoes
            no: not_allowed host="ana" least="cohost" permission="seek" what="seek" who="ana and co-hosts"
    "#]]);
}

#[test]
fn what_is_gone_meanwhile_is_passed_over() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds a 5s, b 60s, c 5s, d 60s
            #2 a b c d queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana removes b
            #4 b removed by ana
        2s ana edits c start 1s
            #5 c is "c", 5s, from 1s by ana
        5.5s ...
            #6 a left at 5s
            #7 c plays from 1s at 6s (start)
        10s ...
            #8 c left at 5s
            #9 d plays from 0s at 10.5s (start)
        20s look undo
            #2 #4 #5
        20s ana undoes 5
            no: nothing_to_undo
        20s ana undoes
            #10 b queued at 0 by ana (undoes #4)
        20s look
            d plays from 0s at 10.5s, at 9.5s now; queue: b; here: ana; next tick: 70.5s
    "#]]);
}

#[test]
fn what_comes_back_into_an_empty_room_is_put_on() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds a 5s, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana removes b
            #4 b removed by ana
        5.5s ...
            #5 a left at 5s
            #6 nothing on (end)
        8s ana undoes
            #7 b queued at 0 by ana (undoes #4)
            #8 b plays from 0s at 8.5s (start by ana) (undoes #4)
        9s look
            b plays from 0s at 8.5s, at 0.5s now; queue: none; here: ana; next tick: 68.5s
    "#]]);
}

#[test]
fn taking_an_edit_back_keeps_what_became_known() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds on 60s, a
            #2 on a queued at 0 by ana
            #3 on plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana edits a start 10s
            #4 a is "a", of unknown length, from 10s by ana
        2s room describes a Title 60s
            #5 a is "Title", 60s, from 10s
        3s ana undoes
            #6 a is "Title", 60s by ana (undoes #4)
    "#]]);
}

#[test]
fn a_full_queue_takes_nothing_back_in() {
    story(expect![[r#"
        holds 2
        0s ana arrives
            -
        0s ana adds on 10m
            #2 on queued at 0 by ana
            #3 on plays from 0s at 0.5s (start by ana)
        0s ana adds a 60s, b 60s
            #4 a b queued at 0 by ana
        0.25s ...
            here: ana
        1s ana removes a
            #5 a removed by ana
        1s ana adds c 60s
            #6 c queued at 1 by ana
        2s ana undoes 5
            no: queue_full limit="2"
        3s ana skips
            #7 on left at 2.5s
            #8 b plays from 0s at 3.5s (skip by ana)
        3s ana adds d 60s
            #9 d queued at 1 by ana
        4s ana undoes 8
            no: queue_full limit="2"
        4s ana undoes
            #10 d removed by ana (undoes #9)
        4s ana goes back
            #11 on b queued at 0
            #12 on plays from 0s at 4.5s (back by ana)
    "#]]);
}

#[test]
fn after_a_restart_it_is_still_known() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds on 10m, a 60s
            #2 on a queued at 0 by ana
            #3 on plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana removes a
            #4 a removed by ana
        5s restarts alive 5s
            #5 on plays from 4.5s at 5s (restore)
        6s ana undoes
            #6 a queued at 0 by ana (undoes #4)
        6s ana undoes
            #7 a removed by ana (undoes #2)
    "#]]);
}

#[test]
fn in_a_room_that_has_ended_nothing_is_taken_back() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds on 10m, a 60s
            #2 on a queued at 0 by ana
            #3 on plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana removes a
            #4 a removed by ana
        2s ana turns ended
            #5 room is ended by ana
            #6 on stands at 1.5s (closed by ana)
        3s ana undoes
            no: room_ended
    "#]]);
}
