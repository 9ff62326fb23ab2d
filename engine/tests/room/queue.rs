//! What plays next.

use expect_test::expect;

use crate::script::story;

#[test]
fn items_go_to_the_end_to_the_front_or_on_at_once() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds one 60s
            #2 one queued at 0 by ana
            #3 one plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s ana adds two 60s, three 60s
            #4 two three queued at 0 by ana
        2s ben adds next four 60s, five 60s
            #5 four five queued at 0 by ben
        3s look
            one plays from 0s at 0.5s, at 2.5s now; queue: four five two three; here: ana; next tick: 60.5s
        4s ben adds now six 60s, seven 60s
            #6 six seven queued at 0 by ben
            #7 one left at 3.5s
            #8 six plays from 0s at 4.5s (pick by ben)
        5s look
            six plays from 0s at 4.5s, at 0.5s now; queue: seven four five two three; here: ana; next tick: 64.5s
    "#]]);
}

#[test]
fn items_move_and_past_the_end_is_the_end() {
    story(expect![[r#"
        0s ana adds on 60s, a 1s, b 1s, c 1s
            #2 on a b c queued at 0 by ana
            #3 on waits at 0s (start by ana)
        1s ana moves c 0
            #4 c moved to 0 by ana
        1s ana moves c 99
            #5 c moved to 2 by ana
        1s ana moves c 2
            -
        1s ana moves a 1
            #6 a moved to 1 by ana
        1s ana moves on 0
            no: no_such_item
        1s look
            on waits at 0s, at 0s now; queue: b a c; here: none; next tick: never
    "#]]);
}

#[test]
fn items_are_taken_out_picked_and_cleared() {
    story(expect![[r#"
        0s ana adds on 60s, a 60s, b 60s, c 60s
            #2 on a b c queued at 0 by ana
            #3 on waits at 0s (start by ana)
        1s ana removes a
            #4 a removed by ana
        1s ana removes a
            no: no_such_item
        1s ana removes on
            no: no_such_item
        2s ana picks c
            #5 on left at 0s
            #6 c plays from 0s at 2s (pick by ana)
        2s ana picks on
            no: no_such_item
        3s look
            c plays from 0s at 2s, at 1s now; queue: b; here: none; next tick: 62s
        4s ana clears
            #7 queue cleared by ana
        4s ana clears
            -
        5s look
            c plays from 0s at 2s, at 3s now; queue: none; here: none; next tick: 62s
    "#]]);
}

#[test]
fn a_full_queue_takes_nothing_more_not_even_a_part() {
    story(expect![[r#"
        holds 3
        0s ana adds on 60s
            #2 on queued at 0 by ana
            #3 on waits at 0s (start by ana)
        0s ana adds a 1s, b 1s
            #4 a b queued at 0 by ana
        1s ana adds c 1s, d 1s
            no: queue_full limit="3"
        1s ana adds c 1s
            #5 c queued at 2 by ana
        1s ana adds d 1s
            no: queue_full limit="3"
        1s ana adds now d 1s
            no: queue_full limit="3"
        2s ana removes a
            #6 a removed by ana
        2s ana adds d 1s
            #7 d queued at 2 by ana
    "#]]);
}

#[test]
fn an_item_is_in_the_room_once_and_nothing_is_no_item() {
    story(expect![[r#"
        0s ana adds on 60s, a 60s
            #2 on a queued at 0 by ana
            #3 on waits at 0s (start by ana)
        1s ana adds a 60s
            no: bad_input problem="An item of that identity is in the room already. Make a new identity."
        1s ana adds on 60s
            no: bad_input problem="An item of that identity is in the room already. Make a new identity."
        1s ana adds b 1s, c 1s, b 1s
            no: bad_input problem="An item of that identity is in the room already. Make a new identity."
        1s ana adds nothing
            no: bad_input problem="There is nothing to add. Send at least one link."
        1s look
            on waits at 0s, at 0s now; queue: a; here: none; next tick: never
    "#]]);
}

#[test]
fn what_is_found_out_later_is_filled_in_and_the_end_gets_its_time() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds riddle, next
            #2 riddle next queued at 0 by ana
            #3 riddle plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        1s look
            riddle plays from 0s at 0.5s, at 0.5s now; queue: next; here: ana; next tick: never
        5s room describes riddle Riddle 60s
            #4 riddle is "Riddle", 60s
        5s room describes riddle Riddle 60s
            -
        5s room describes next Next 90s
            #5 next is "Next", 90s
        5s room describes stranger 90s
            -
        6s ana describes riddle 1s
            no: bad_input problem="Only the server does that."
        7s look
            riddle plays from 0s at 0.5s, at 6.5s now; queue: next; here: ana; next tick: 60.5s
        60.5s ...
            #6 riddle left at 60s
            #7 next plays from 0s at 61s (start)
        61s look
            next plays from 0s at 61s, at 0s now; queue: none; here: ana; next tick: 151s
    "#]]);
}

#[test]
fn a_length_shorter_than_where_it_stands_ends_the_item() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds riddle, next 60s
            #2 riddle next queued at 0 by ana
            #3 riddle plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        20s room describes riddle 10s
            #4 riddle is "riddle", 10s
        20s ...
            #5 riddle left at 10s
            #6 next plays from 0s at 20.5s (start)
        20.1s look
            next plays from 0s at 20.5s, at 0s now; queue: none; here: ana; next tick: 80.5s
    "#]]);
}

#[test]
fn a_late_look_that_found_no_length_does_not_take_away_the_one_a_player_found() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ana adds riddle
            #2 riddle queued at 0 by ana
            #3 riddle plays from 0s at 0.5s (start by ana)
        0.25s ...
            here: ana
        3s ana reports length 60s
            #4 riddle is "riddle", 60s
        3.25s ...
            here: ana
        5s room describes riddle Riddle
            #5 riddle is "Riddle", 60s
        60.5s ...
            #6 riddle left at 60s
            #7 nothing on (end)
        100s look
            nothing on, at 0s now; queue: none; here: ana; next tick: never
    "#]]);
}
