//! What is put into the queue: how many, twice or not, from where to where, with which subtitles.

use expect_test::expect;

use crate::script::story;

#[test]
fn several_at_once_come_in_their_order_and_all_or_none() {
    story(expect![[r#"
        holds 3
        0s ana arrives
            -
        0s ana adds on 60s, a 60s, b 60s
            #2 on a b queued at 0 by ana
            #3 on plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana adds c 60s, d 60s
            no: queue_full limit="3"
        1s ana adds c 60s
            #4 c queued at 2 by ana
        1s look
            on plays from 0s at 0.5s, at 0.5s now; queue: a b c; here: ana; next tick: 60.5s
    "#]]);
}

#[test]
fn the_same_link_may_be_kept_out_and_of_many_the_new_ones_come_in() {
    story(expect![[r#"
        with duplicates false
        0s ana arrives
            -
        0s ana adds on 60s, a 60s
            #2 on a queued at 0 by ana
            #3 on plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana adds b 60s like a
            no: already_queued
        1s ana adds c 60s like on
            no: already_queued
        1s ana adds d 60s like a, e 60s, f 60s like e
            #4 e queued at 1 by ana
        1s look
            on plays from 0s at 0.5s, at 0.5s now; queue: a e; here: ana; next tick: 60.5s
        2s ana removes a
            #5 a removed by ana
        2s ana adds g 60s like a
            #6 g queued at 1 by ana
    "#]]);
}

#[test]
fn somebodys_share_is_so_many_items_and_those_who_keep_order_have_more() {
    story(expect![[r#"
        with items_per_person 2
        0s ana arrives
            -
        0s ana adds on 10m
            #2 on queued at 0 by ana
            #3 on plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ben adds a 60s, b 60s
            #4 a b queued at 0 by ben
        1s ben adds c 60s
            no: your_share_is_full limit="2 items"
        1s ben removes a
            #5 a removed by ben
        1s ben adds c 60s, d 60s
            no: your_share_is_full limit="2 items"
        1s ben adds c 60s
            #6 c queued at 1 by ben
        2s ana adds e 60s, f 60s, g 60s
            #7 e f g queued at 2 by ana
    "#]]);
}

#[test]
fn somebodys_share_is_so_many_minutes_of_what_is_known() {
    story(expect![[r#"
        with minutes_per_person 2
        0s ana arrives
            -
        0s ana adds on 10m
            #2 on queued at 0 by ana
            #3 on plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ben adds a 60s, b 61s
            no: your_share_is_full limit="2 minutes"
        1s ben adds a 60s, b 10m from 1m till 2m
            #4 a b queued at 0 by ben
        1s ben adds c 1s
            no: your_share_is_full limit="2 minutes"
        1s ben adds riddle
            #5 riddle queued at 2 by ben
        1s ben adds channel live
            #6 channel queued at 3 by ben
    "#]]);
}

#[test]
fn an_item_begins_and_ends_where_it_was_said() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds a 60s from 10s till 20s, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 10s at 0.5s (start by ana)
        0.25s ...
            here: ana
        5s look
            a plays from 10s at 0.5s, at 14.5s now; queue: b; here: ana; next tick: 10.5s
        10.5s ...
            #4 a left at 20s
            #5 b plays from 0s at 11s (start)
        11s look
            b plays from 0s at 11s, at 0s now; queue: none; here: ana; next tick: 71s
    "#]]);
}

#[test]
fn an_end_before_the_start_or_a_start_past_the_end_is_none() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds a 60s from 20s till 10s
            no: ends_before_start
        0s ana adds a 60s from 20s till 20s
            no: ends_before_start
        0s ana adds a 60s from 60s
            no: seek_past_end duration="1:00" duration_ms="60000"
        0s ana adds a 60s from 20s till 90s
            #2 a queued at 0 by ana
            #3 a plays from 20s at 0.5s (start by ana)
        0s ana adds b 60s subtitles javascript:alert(1)//x.vtt
            no: bad_subtitles
        0s ana adds b 60s subtitles https://films.example/b.txt
            no: bad_subtitles
        0s ana adds b 60s subtitles https://films.example/b.SRT?x
            #4 b queued at 0 by ana
    "#]]);
}

#[test]
fn what_is_queued_can_be_edited_by_who_added_it_or_may() {
    story(expect![[r#"
        preset hosts
        ben is granted guest
        mia is granted moderator
        0s ana arrives
            -
        0s ana adds on 60s
            #2 on queued at 0 by ana
            #3 on plays from 0s at 0.5s (start by ana)
        0s ana grants guest +add
            #4 grants changed by ana
        0.25s ...
            here: ana
        1s ben adds a 60s
            #5 a queued at 0 by ben
        2s ben edits a start 10s end 50s subtitles https://films.example/a.vtt
            #6 a is "a", 60s, from 10s, till 50s, with https://films.example/a.vtt by ben
        2s ben edits a start 10s
            -
        2s ben edits a start 50s
            no: ends_before_start
        2s ben edits a end none subtitles none
            #7 a is "a", 60s, from 10s by ben
        2s gil edits a start none
            no: not_allowed host="ana" least="moderator" permission="edit" what="change what is queued" who="ana and moderators"
        2s ben edits on end 30s
            no: not_allowed host="ana" least="moderator" permission="edit" what="change what is queued" who="ana and moderators"
        2s mia edits a start none
            #8 a is "a", 60s by mia
        2s mia edits nowhere start none
            no: no_such_item
    "#]]);
}

#[test]
fn the_end_of_what_is_on_can_be_moved_and_it_ends_there() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds a 60s, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        5s ana edits a end 20s
            #4 a is "a", 60s, till 20s by ana
        10s ana seeks 30s
            no: seek_past_end duration="0:20" duration_ms="20000"
        20.5s ...
            #5 a left at 20s
            #6 b plays from 0s at 21s (start)
        25s look
            b plays from 0s at 21s, at 4s now; queue: none; here: ana; next tick: 81s
    "#]]);
}

#[test]
fn an_end_before_where_it_stands_ends_it_and_paused_it_stands_at_the_end() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds a 60s, b 60s
            #2 a b queued at 0 by ana
            #3 a plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        30s ana edits a end 20s
            #4 a is "a", 60s, till 20s by ana
        30s ...
            #5 a left at 20s
            #6 b plays from 0s at 30.5s (start)
        40s ana pauses
            #7 b stands at 9.5s (pause by ana)
        40s ana seeks 30s
            #8 b stands at 30s (seek by ana)
        41s ana edits b end 10s
            #9 b is "b", 60s, till 10s by ana
        41s look
            b stands at 30s, at 10s now; queue: none; here: ana; next tick: never
        42s ana plays
            #10 b plays from 10s at 42.5s (play by ana)
    "#]]);
}

#[test]
fn moved_by_hand_to_a_place_and_removed_by_who_added_it() {
    story(expect![[r#"
        preset hosts
        ben is granted guest
        0s ana arrives
            -
        0s ana adds on 60s, a 60s, b 60s
            #2 on a b queued at 0 by ana
            #3 on plays from 0s at 0.5s (start by ana)
        0s ana grants guest +add
            #4 grants changed by ana
        0.25s ...
            here: ana
        1s ben adds c 60s
            #5 c queued at 2 by ben
        1s ben moves c 0
            no: not_allowed host="ana" least="moderator" permission="order" what="order the queue" who="ana and moderators"
        1s ben removes a
            no: not_allowed host="ana" least="moderator" permission="remove" what="remove from the queue" who="ana and moderators"
        1s ben removes c
            #6 c removed by ben
        1s ana moves b 0
            #7 b moved to 0 by ana
        1s look
            on plays from 0s at 0.5s, at 0.5s now; queue: b a; here: ana; next tick: 60.5s
    "#]]);
}

#[test]
fn a_shuffle_is_told_as_the_order_it_came_to() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds on 60s, a 1s, b 1s, c 1s, d 1s, e 1s
            #2 on a b c d e queued at 0 by ana
            #3 on plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana shuffles 7
            #4 queue is d e c a b by ana
        1s ana shuffles 7
            #5 queue is a b c d e by ana
        2s ana undoes
            #6 queue is d e c a b by ana (undoes #5)
        2s ana undoes
            #7 queue is a b c d e by ana (undoes #4)
        2s look
            on plays from 0s at 0.5s, at 1.5s now; queue: a b c d e; here: ana; next tick: 60.5s
        3s ana clears
            #8 queue cleared by ana
        3s ana shuffles 1
            -
    "#]]);
}
