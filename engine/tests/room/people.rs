//! Roles, grants, and whose a room is.

use expect_test::expect;

use crate::script::story;

#[test]
fn each_role_is_given_and_taken_by_who_may() {
    story(expect![[r#"
        preset hosts
        0s a arrives
            -
        0s b arrives
            -
        0s c arrives
            -
        0s d arrives
            -
        0.25s ...
            here: a b c d
        1s ana makes a cohost
            #2 a is cohost by ana
        1s ana makes b moderator
            #3 b is moderator by ana
        1s ana makes c trusted
            #4 c is trusted by ana
        2s b makes d trusted
            #5 d is trusted by b
        2s b makes c guest
            #6 c is guest by b
        2s b makes d moderator
            no: not_allowed host="ana" least="cohost" permission="promote_moderator" what="make moderators" who="ana and co-hosts"
        2s b makes a guest
            no: not_allowed host="ana" least="cohost" permission="demote_cohost" what="unmake co-hosts" who="ana and co-hosts"
        2s c makes d guest
            no: not_allowed host="ana" least="moderator" permission="demote_trusted" what="make people not trusted" who="ana and moderators"
        3s a makes c moderator
            #7 c is moderator by a
        3s a makes b trusted
            #8 b is trusted by a
        3s a makes d cohost
            no: role_too_high
        4s ana makes a moderator
            #9 a is moderator by ana
        4s a makes a host
            no: not_allowed host="ana" least="host" permission="own" what="do that" who="ana"
        4s look roles
            ana host a moderator b trusted c moderator d trusted
    "#]]);
}

#[test]
fn a_cohost_with_the_right_makes_others_but_no_more_than_themselves() {
    story(expect![[r#"
        0s a arrives
            -
        0s b arrives
            -
        0.25s ...
            here: a b
        1s ana makes a cohost
            #2 a is cohost by ana
        2s a makes b cohost
            no: role_too_high
        2s a makes b moderator
            #3 b is moderator by a
        2s a makes b host
            no: not_allowed host="ana" least="host" permission="own" what="do that" who="ana"
        3s b makes b trusted
            #4 b is trusted by b
        3s b makes b moderator
            no: not_allowed host="ana" least="cohost" permission="promote_moderator" what="make moderators" who="ana and co-hosts"
    "#]]);
}

#[test]
fn a_room_is_handed_over_to_one() {
    story(expect![[r#"
        0s ben arrives
            -
        0.25s ...
            here: ben
        1s ana makes ben host
            #2 ana is cohost by ana
            #3 ben is host by ana
        1s look roles
            ana cohost ben host
        2s ana makes ana host
            no: not_allowed host="ben" least="host" permission="own" what="do that" who="ben"
        2s ana deletes
            no: not_allowed host="ben" least="host" permission="own" what="do that" who="ben"
        3s ben makes ana host
            #4 ben is cohost by ben
            #5 ana is host by ben
        3s look roles
            ana host ben cohost
    "#]]);
}

#[test]
fn nobodys_room_belongs_to_the_first_with_an_account_who_wants_it() {
    story(expect![[r#"
        nobody's
        reg is registered
        rob is registered
        0s ben claims
            no: needs_account
        1s reg claims
            #2 reg is host by reg
        2s rob claims
            no: has_host host="reg"
        2s look roles
            reg host
    "#]]);
}

#[test]
fn an_invited_account_is_more_than_a_guest_and_an_uninvited_one_is_nobody() {
    story(expect![[r#"
        visibility invite
        preset hosts
        reg is registered
        rob is registered
        reg is granted guest
        0s rob arrives
            no: not_a_member
        0s reg arrives
            -
        0.25s ...
            here: reg
        1s look reg
            reg registered
        1s ana grants registered +add
            #2 grants changed by ana
        2s reg adds a 60s
            #3 a queued at 0 by reg
            #4 a plays from 0s at 2.5s (start by reg)
        2s rob adds b 60s
            no: not_a_member
    "#]]);
}

#[test]
fn who_grants_must_be_allowed_to_and_gives_nothing_they_have_not() {
    story(expect![[r#"
        preset hosts
        mia is granted moderator
        tim is granted trusted
        0s mia grants trusted +add
            no: not_allowed host="ana" least="cohost" permission="grant_trusted" what="change what trusted people may do" who="ana and co-hosts"
        1s ana grants moderator +grant_trusted +grant_guests
            #2 grants changed by ana
        2s mia grants trusted +add
            #3 grants changed by mia
        2s mia grants trusted +playback
            no: grant_too_high what="play and pause"
        2s mia grants guest +order -chat
            #4 grants changed by mia
        2s mia grants moderator +playback
            no: not_allowed host="ana" least="cohost" permission="grant_moderators" what="change what moderators may do" who="ana and co-hosts"
        3s tim adds a 60s
            #5 a queued at 0 by tim
            #6 a waits at 0s (start by tim)
        3s ben moves a 0
            no: no_such_item
        3s ben says 1 hello
            no: not_allowed host="ana" least="cohost" permission="chat" what="write here" who="ana and co-hosts"
        4s mia grants guest -vote
            #7 grants changed by mia
        4s mia grants registered +add
            no: not_allowed host="ana" least="cohost" permission="grant_registered" what="change what people with an account may do" who="ana and co-hosts"
        5s ana grants guest +own
            -
        5s ana grants guest +ban
            -
    "#]]);
}

#[test]
fn what_one_role_has_all_above_it_have() {
    story(expect![[r#"
        preset hosts
        mia is granted moderator
        tim is granted trusted
        reg is registered
        0s ana grants registered +add
            #2 grants changed by ana
        1s ben adds a 60s
            no: not_allowed host="ana" least="registered" permission="add" what="add to the queue" who="people with an account"
        1s reg adds b 60s
            #3 b queued at 0 by reg
            #4 b waits at 0s (start by reg)
        1s tim adds c 60s
            #5 c queued at 0 by tim
        1s mia adds d 60s
            #6 d queued at 1 by mia
        2s ana grants moderator -add
            #7 grants changed by ana
        2s mia adds e 60s
            #8 e queued at 2 by mia
        3s ana grants registered -add
            #9 grants changed by ana
        3s mia adds f 60s
            no: not_allowed host="ana" least="cohost" permission="add" what="add to the queue" who="ana and co-hosts"
    "#]]);
}

#[test]
fn the_open_preset_lets_everybody_name_the_room() {
    story(expect![[r#"
        preset open
        0s ben renames Friday films
            #2 renamed "Friday films" by ben
        0s ben sets about Come!
            #3 set to {"about":"Come!"} by ben
        0s ben opens public
            #4 now public by ben
        0s ben sets password "hash"
            no: not_allowed host="ana" least="cohost" permission="access" what="change password and capacity" who="ana and co-hosts"
        0s ben sets capacity 5
            no: not_allowed host="ana" least="cohost" permission="access" what="change password and capacity" who="ana and co-hosts"
        0s ben makes ben cohost
            no: not_allowed host="ana" least="cohost" permission="promote_cohost" what="make co-hosts" who="ana and co-hosts"
    "#]]);
}

#[test]
fn settings_out_of_range_are_refused_and_nothing_of_them_is_kept() {
    story(expect![[r#"
        0s ana sets vote_percent 0
            no: bad_input problem="That is a percentage: at most 100, and a vote needs at least 1."
        0s ana sets vote_percent 101
            no: bad_input problem="That is a percentage: at most 100, and a vote needs at least 1."
        0s ana sets capacity 1
            no: bad_input problem="A capacity is 2 to 100,000 people."
        0s ana sets ready_patience 6s
            no: bad_input problem="A start waits for 0 to 5 seconds."
        0s ana sets slow_mode 7h
            no: bad_input problem="Slow mode is 0 seconds to 6 hours."
        0s ana sets colour red
            no: bad_input problem="A colour is written as #rrggbb."
        0s ana sets picture ftp://films.example/x.png
            no: bad_scheme
        0s ana sets expires_after 1s
            no: bad_input problem="A temporary room is gone after one minute to one year without anybody."
        0s ana sets vote_percent 60, capacity 1
            no: bad_input problem="A capacity is 2 to 100,000 people."
        0s ana sets vote_percent 50
            -
        0s ana sets vote_percent 60, vote_skip true
            #2 set to {"vote_skip":true,"vote_percent":60} by ana
        0s ana sets about _
            -
        0s ana renews invite
            #3 invite is "another", CODE45 by ana
        0s ben renews invite
            no: not_allowed host="ana" least="trusted" permission="invite" what="manage invites" who="ana and trusted people"
    "#]]);
}

#[test]
fn there_are_no_more_people_than_seats_and_one_is_the_hosts() {
    story(expect![[r#"
        with capacity 3
        0s ben arrives
            -
        0s ben/2 arrives
            -
        0s cas arrives
            -
        0s dee arrives
            no: room_full limit="3"
        0.25s ...
            here: ben ben/2 cas
        1s ana arrives
            -
        1s ana/2 arrives
            -
        1.25s ...
            here: ana ana/2
        2s ben departs
            -
        2s dee arrives
            no: room_full limit="3"
        2.25s ...
            gone: ben
        3s ben/2 departs
            -
        3s dee arrives
            -
        3.25s ...
            here: dee; gone: ben/2
        4s ben arrives
            no: room_full limit="3"
        5s ana sets capacity 2
            #2 set to {"capacity":2} by ana
        6s cas departs
            -
        6s ben arrives
            no: room_full limit="2"
        6.25s ...
            gone: cas
        7s ana departs
            -
        7s ana/2 departs
            -
        7s ben arrives
            no: room_full limit="2"
        7.25s ...
            gone: ana ana/2
        8s ana arrives
            -
    "#]]);
}

#[test]
fn in_a_room_of_nobody_no_seat_is_kept() {
    story(expect![[r#"
        nobody's
        with capacity 2
        0s ben arrives
            -
        0s cas arrives
            -
        0s dee arrives
            no: room_full limit="2"
    "#]]);
}

#[test]
fn who_is_in_is_in() {
    story(expect![[r#"
        0s ben arrives
            -
        0.25s ...
            here: ben
        1s ana opens invite
            #2 now invite by ana
        2s ben says 1 hello
            #3 said "hello" by ben
        3s ben departs
            -
        3.25s ...
            gone: ben
        4s ben says 2 hello
            no: not_a_member
        4s ben arrives
            no: not_a_member
        5s ana opens private
            #4 now private by ana
        5s ben arrives
            no: no_such_room
    "#]]);
}

#[test]
fn a_password_stands_before_an_open_room_too() {
    story(expect![[r#"
        with password "hash"
        gil is granted guest
        0s ben arrives
            no: room_password_needed
        0s ben says 1 hello
            no: room_password_needed
        0s gil arrives
            -
        0.25s ...
            here: gil
        1s ana sets password null
            #2 set to {"password":null} by ana
        1s ben arrives
            -
        1.25s ...
            here: ben
        2s ana sets password "other"
            #3 set to {"password":"other"} by ana
        2s ben says 2 hello
            #4 said "hello" by ben
        3s ben departs
            -
        3.25s ...
            gone: ben
        4s ben arrives
            no: room_password_needed
    "#]]);
}

#[test]
fn who_is_forgotten_has_no_name_in_anything() {
    story(expect![[r#"
        0s ben arrives
            -
        0s ben adds a 10m, b 10m
            #2 a b queued at 0 by ben
            #3 a plays from 0s at 0.5s (start by ben)
        0s ben says 1 hello
            #4 said "hello" at 0s by ben
        0s ana says 2 hello
            #5 said "hello" at 0s by ana
        0s ben comes
            #6 ben comes
        0s ana makes ben moderator
            #7 ben is moderator by ana
        0s ben skips
            #8 a left at 0s
            #9 b plays from 0s at 0.5s (skip by ben)
        0.25s ...
            here: ben
        1s ben departs
            -
        1.25s ...
            gone: ben
        2s ana forgets ben
            no: bad_input problem="Only the server does that."
        2s room forgets ben
            #10 ben forgotten
        3s look names
            b:Somebody a:Somebody
        3s look lines
            #5
        3s look coming
            none
        3s look roles
            ana host
        3s look undo
            none
        4s ben says 3 again
            #11 said "again" at 3.5s by ben
        5s restarts
            #12 b plays from 0s at 5s (restore)
        6s look lines
            #5 #11
    "#]]);
}

#[test]
fn who_is_forgotten_has_no_name_in_queue_and_shelf_either() {
    story(expect![[r#"
        with restore "prompt"
        ben comes by telegram
        0s ben adds a 10m, b 10m
            #2 a b queued at 0 by ben
            #3 a waits at 0s (start by ben)
        300s ...
            #4 put on the shelf at 0s
        400s look shelf
            a b
        401s ben adds c 10m, d 10m, e 10m
            #5 c d e queued at 0 by ben
            #6 c waits at 0s (start by ben)
        402s look names
            c:ben d:ben e:ben a:ben b:ben
        403s room forgets ben
            #7 ben forgotten
        403s look names
            c:Somebody d:Somebody e:Somebody a:Somebody b:Somebody
    "#]]);
}

#[test]
fn two_selves_of_one_person_are_one_with_the_higher_role_and_every_penalty() {
    story(expect![[r#"
        0s ben arrives
            -
        0s bea arrives
            -
        0s ana makes ben moderator
            #2 ben is moderator by ana
        0.25s ...
            here: ben bea
        1s ana mutes bea until 60s
            #3 bea muted until 60s by ana
        2s ana unites ben bea
            no: bad_input problem="Only the server does that."
        2s room unites ben bea
            #4 ben is bea now
        2s look roles
            ana host ben moderator (other name)
        2s bea says 1 hello
            no: muted seconds="58" until="7000060000"
    "#]]);
}

#[test]
fn whose_other_self_is_banned_is_out() {
    story(expect![[r#"
        0s ben arrives
            -
        0s bea arrives
            -
        0.25s ...
            here: ben bea
        1s ana bans ben
            #2 ben banned by ana
            out (banned): ben
        1.25s ...
            gone: ben
        2s room unites ben bea
            #3 ben is bea now
            out (banned): bea
        2.25s ...
            gone: bea
        3s bea arrives
            no: banned
    "#]]);
}

#[test]
fn a_short_penalty_of_one_self_ends_no_long_one_of_the_other() {
    story(expect![[r#"
        0s ben arrives
            -
        0s bea arrives
            -
        0.25s ...
            here: ben bea
        1s ana mutes bea
            #2 bea muted by ana
        1s ana mutes ben until 60s
            #3 ben muted until 60s by ana
        2s room unites ben bea
            #4 ben is bea now
        61s bea says 1 hello
            no: muted
    "#]]);
}

#[test]
fn who_voted_as_two_has_one_vote_as_one() {
    story(expect![[r#"
        0s ana adds a 10m, b 10m
            #2 a b queued at 0 by ana
            #3 a waits at 0s (start by ana)
        0s ben arrives
            #4 a plays from 0s at 0.5s (arrival)
        0s bea arrives
            -
        0.25s ...
            here: ben bea
        1s ben votes for b
            #5 ben votes for b
        1s bea votes for b
            #6 bea votes for b
        2s room unites ben bea
            #7 ben is bea now
        2s look votes
            b:1
    "#]]);
}
