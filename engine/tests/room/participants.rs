//! Places that people keep without a connection.

use expect_test::expect;

use crate::script::story;

#[test]
fn a_place_is_kept_until_it_is_given_up_and_the_first_day_is_remembered() {
    story(expect![[r#"
        0s ben joins
            #2 ben joined by ben
        0s ben joins
            -
        1s ben arrives
            -
        1.25s ...
            here: ben
        2s ben departs
            -
        2.25s ...
            gone: ben
        3s look places
            ben from 0s
        4s ben leaves for good
            #3 ben left by ben
        4s ben leaves for good
            -
        5s look places
            ben from 0s till 4s
        6s ben joins
            #4 ben joined by ben
        7s look places
            ben from 0s
        8s restarts
            -
        9s look places
            ben from 0s
    "#]]);
}

#[test]
fn places_count_for_the_capacity_and_one_is_the_hosts() {
    story(expect![[r#"
        with capacity 3
        0s ben joins
            #2 ben joined by ben
        0s cas arrives
            -
        0s dee joins
            no: room_full limit="3"
        0s dee arrives
            no: room_full limit="3"
        0.25s ...
            here: cas
        1s ben arrives
            -
        1.25s ...
            here: ben
        2s ana joins
            #3 ana joined by ana
        3s cas departs
            -
        3s dee joins
            #4 dee joined by dee
        3.25s ...
            gone: cas
        4s dee arrives
            -
    "#]]);
}

#[test]
fn who_leaves_loses_what_they_have_open_through_that_door_alone() {
    story(expect![[r#"
        0s ben joins
            #2 ben joined by ben
        0s ben arrives
            -
        0.25s ...
            here: ben
        1s ben leaves for good
            #3 ben left by ben
            out (left): ben
    "#]]);
}

#[test]
fn who_is_shown_the_door_or_kept_out_has_no_place_any_more() {
    story(expect![[r#"
        0s ben joins
            #2 ben joined by ben
        0s cas joins
            #3 cas joined by cas
        1s ana kicks ben
            #4 ben kicked by ana
        1s ana kicks ben
            no: no_such_person
        2s ana bans cas
            #5 cas banned by ana
        3s look places
            ben from 0s till 1s cas from 0s till 2s
        4s ben joins
            #6 ben joined by ben
        4s cas joins
            no: banned
        5s ana makes dee moderator
            no: no_such_person
        5s dee joins
            #7 dee joined by dee
        6s ana makes dee moderator
            #8 dee is moderator by ana
    "#]]);
}

#[test]
fn nobody_joins_what_is_over_and_who_joined_is_still_told() {
    story(expect![[r#"
        0s ben joins
            #2 ben joined by ben
        1s ana turns ended
            #3 room is ended by ana
        2s cas joins
            no: room_ended
        2s ben joins
            -
        3s look places
            ben from 0s
    "#]]);
}

#[test]
fn two_selves_have_one_place_and_who_is_forgotten_has_none() {
    story(expect![[r#"
        0s ben joins
            #2 ben joined by ben
        1s bea joins
            #3 bea joined by bea
        2s bea leaves for good
            #4 bea left by bea
        3s room unites ben bea
            #5 ben is bea now
        4s look places
            bea from 0s
        5s room forgets bea
            #6 bea forgotten
        6s look places
            none
    "#]]);
}
