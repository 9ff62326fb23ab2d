//! Order: who is shown the door, kept out, silenced; slow mode and moderation; taking lines away.

use expect_test::expect;

use crate::script::story;

#[test]
fn who_is_shown_the_door_may_come_again() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ben arrives
            -
        0s ben/2 arrives
            -
        0s cas arrives
            -
        0.25s ...
            here: ana ben ben/2 cas
        1s cas kicks ben
            no: not_allowed host="ana" least="moderator" permission="kick" what="show people the door" who="ana and moderators"
        1s ana kicks ana
            no: role_too_high
        1s ana kicks zoe
            no: no_such_person
        1s ana kicks ben
            #2 ben kicked by ana
            out (kicked): ben ben/2
        1.25s ...
            gone: ben ben/2
        2s ana kicks ben
            no: no_such_person
        3s ben arrives
            -
    "#]]);
}

#[test]
fn in_a_room_by_invitation_who_was_shown_the_door_is_out() {
    story(expect![[r#"
        visibility unlisted
        0s ben arrives
            -
        0.25s ...
            here: ben
        1s ana opens invite
            #2 now invite by ana
        2s ben says 1 hello
            #3 said "hello" by ben
        3s ana kicks ben
            #4 ben kicked by ana
            out (kicked): ben
        3.25s ...
            gone: ben
        4s ben arrives
            no: not_a_member
        5s ben says 2 hello
            no: not_a_member
    "#]]);
}

#[test]
fn nobody_sends_away_who_is_not_below_them() {
    story(expect![[r#"
        dan is granted cohost
        0s ben arrives
            -
        0s dan arrives
            -
        0s ana arrives
            -
        0.25s ...
            here: ben dan ana
        1s ana makes ben moderator
            #2 ben is moderator by ana
        2s ben kicks dan
            no: role_too_high
        2s ben bans ana
            no: role_too_high
        2s ben mutes dan
            no: role_too_high
        2s dan kicks ana
            no: role_too_high
        2s dan mutes ben
            #3 ben muted by dan
        2s dan kicks ben
            #4 ben kicked by dan
            out (kicked): ben
    "#]]);
}

#[test]
fn who_is_banned_is_out_until_it_is_over() {
    story(expect![[r#"
        0s ben arrives
            -
        0s ben says 1 hello
            #2 said "hello" by ben
        0.25s ...
            here: ben
        1s ana makes ben moderator
            #3 ben is moderator by ana
        2s ana bans ben until 60s because too_loud
            #4 ben banned until 60s for "too loud" by ana
            out (banned): ben
        2.25s ...
            gone: ben
        3s ben arrives
            no: banned until="7000060000"
        3s ben says 2 hello
            no: banned until="7000060000"
        3s look roles
            ana host
        60s ...
            #5 ben unbanned
        60s ben arrives
            -
        60s look ben
            ben guest
    "#]]);
}

#[test]
fn a_ban_is_for_ever_or_taken_back_and_knows_whom() {
    story(expect![[r#"
        0s ben arrives
            -
        0.25s ...
            here: ben
        1s ana bans ben
            #2 ben banned by ana
            out (banned): ben
        1.25s ...
            gone: ben
        2s ana bans zoe
            no: no_such_person
        2s ana bans ben until 1s
            no: bad_input problem="That time has passed. Name one in the future, or none for ever."
        2s ben unbans ben
            no: banned
        10000s ben arrives
            no: banned
        10001s ana unbans ben
            #3 ben unbanned by ana
        10001s ana unbans ben
            no: no_such_person
        10002s ben arrives
            -
    "#]]);
}

#[test]
fn a_ban_outlives_a_restart() {
    story(expect![[r#"
        0s ben arrives
            -
        0.25s ...
            here: ben
        1s ana bans ben until 60s
            #2 ben banned until 60s by ana
            out (banned): ben
        1.25s ...
            gone: ben
        2s restarts
            -
        3s ben arrives
            no: banned until="7000060000"
        60s ...
            #3 ben unbanned
        100s restarts
            -
        100s ben arrives
            -
    "#]]);
}

#[test]
fn who_is_muted_is_silent_until_it_is_over() {
    story(expect![[r#"
        0s ben arrives
            -
        0.25s ...
            here: ben
        1s ana mutes ben until 60s
            #2 ben muted until 60s by ana
        2s ben says 1 hello
            no: muted seconds="58" until="7000060000"
        2s ben reacts 🎉
            no: muted seconds="58" until="7000060000"
        2s ben types
            -
        2s ben adds a 60s
            #3 a queued at 0 by ben
            #4 a plays from 0s at 2.5s (start by ben)
        60s ...
            #5 ben unmuted
        60s ben says 2 hello
            #6 said "hello" at 57.5s by ben
        61s ana mutes ben
            #7 ben muted by ana
        61s ana unmutes ben
            #8 ben unmuted by ana
        61s ana unmutes ben
            no: no_such_person
        61s ben says 3 hello
            #9 said "hello" at 58.5s by ben
    "#]]);
}

#[test]
fn a_wall_clock_that_jumps_ends_a_ban_when_the_wall_says_so() {
    story(expect![[r#"
        0s ben arrives
            -
        0.25s ...
            here: ben
        1s ana mutes ben until 10h
            #2 ben muted until 36000s by ana
        2s wall +9h
        3s ben says 1 hello
            no: muted seconds="3597" until="7036000000"
        4s wall +1h
        4s ...
            #3 ben unmuted
        100s ben says 2 hello
            #4 said "hello" by ben
    "#]]);
}

#[test]
fn slow_mode_is_for_those_who_do_not_keep_order() {
    story(expect![[r#"
        with slow_mode 10s
        0s ben says 1 one
            #2 said "one" by ben
        1s ben says 2 two
            no: slow_mode retry_after_ms="9000" seconds="9"
        1s gil says 3 one
            #3 said "one" by gil
        9.999s ben says 4 two
            no: slow_mode retry_after_ms="1" seconds="1"
        10s ben says 5 two
            #4 said "two" by ben
        10s ana says 6 one
            #5 said "one" by ana
        10s ana says 7 two
            #6 said "two" by ana
        10s ben sets slow_mode 0s
            no: not_allowed host="ana" least="moderator" permission="moderate" what="moderate the chat" who="ana and moderators"
    "#]]);
}

#[test]
fn moderation_keeps_links_of_guests_out_and_the_same_line_twice() {
    story(expect![[r#"
        with moderation true
        reg is registered
        0s ben says 1 see_https://films.example
            no: no_links_here
        0s ben says 2 see_www.films.example
            no: no_links_here
        0s ben says 3 hello
            #2 said "hello" by ben
        1s ben says 4 hello
            no: said_already
        1s reg says 5 https://films.example
            no: no_links_here
        2s ana makes ben trusted
            #3 ben is trusted by ana
        2s ben arrives
            -
        2.25s ...
            here: ben
        3s ana makes ben trusted
            -
        3s ben says 6 see_https://films.example
            #4 said "see https://films.example" by ben
        4s ana says 7 same
            #5 said "same" by ana
        4s ana says 8 same
            #6 said "same" by ana
    "#]]);
}

#[test]
fn lines_are_taken_away_by_who_wrote_them_or_moderates() {
    story(expect![[r#"
        0s ben says 1 one
            #2 said "one" by ben
        0s ben says 2 two
            #3 said "two" by ben
        1s gil erases 2
            no: not_allowed host="ana" least="moderator" permission="moderate" what="moderate the chat" who="ana and moderators"
        1s ben erases 2
            #4 #2 erased by ben
        1s ben erases 2
            no: no_such_line
        2s ana erases 3
            #5 #3 erased by ana
        3s ana erases 99
            no: no_such_line
        3s gil erases 99 of ben
            no: not_allowed host="ana" least="moderator" permission="moderate" what="moderate the chat" who="ana and moderators"
        3s ben erases 99 of ben
            #6 #99 erased by ben
        3s look lines
            none
        3s look tally
            Tally { lines: 2, reactions: 0, played: 0 }
    "#]]);
}

#[test]
fn reactions_stand_beside_the_film_and_are_counted() {
    story(expect![[r#"
        0s ana adds a 60s
            #2 a queued at 0 by ana
            #3 a waits at 0s (start by ana)
        0s ana plays
            #4 a plays from 0s at 0s (play by ana)
        5s ben reacts 🎉
            #5 reacted 🎉 at 5s by ben
        6s ben reacts 12345678901234567
            no: text_too_long limit="16"
        6s ben reacts _
            no: text_empty
        6s look tally
            Tally { lines: 0, reactions: 1, played: 0 }
        60s ...
            #6 a left at 60s
            #7 nothing on (end)
        70s look tally
            Tally { lines: 0, reactions: 1, played: 1 }
    "#]]);
}

#[test]
fn equals_do_not_send_each_other_away() {
    story(expect![[r#"
        0s mia arrives
            -
        0s max arrives
            -
        0s ana makes mia moderator
            #2 mia is moderator by ana
        0s ana makes max moderator
            #3 max is moderator by ana
        0.25s ...
            here: mia max
        1s mia kicks max
            no: role_too_high
        1s mia bans max
            no: role_too_high
        1s mia mutes max
            no: role_too_high
        2s ana makes max trusted
            #4 max is trusted by ana
        3s mia kicks max
            #5 max kicked by mia
            out (kicked): max
    "#]]);
}
