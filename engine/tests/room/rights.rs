//! Who may do what.

use expect_test::expect;

use crate::script::story;

#[test]
fn where_everyone_may_a_guest_does_all_but_settings_and_roles() {
    story(expect![[r#"
        preset everyone
        0s ben arrives
            -
        0s ben adds clip 60s, other 60s, third 60s
            #2 clip other third queued at 0 by ben
            #3 clip plays from 0s at 0.5s (start by ben)
        0.25s ...
            here: ben
        1s ben pauses
            #4 clip stands at 0.5s (pause by ben)
        1s ben plays
            #5 clip plays from 0.5s at 1.5s (play by ben)
        1s ben seeks 10s
            #6 clip plays from 10s at 1.5s (seek by ben)
        1s ben moves third 0
            #7 third moved to 0 by ben
        1s ben picks third
            #8 clip left at 10s
            #9 third plays from 0s at 1.5s (pick by ben)
        1s ben skips
            #10 third left at 0s
            #11 other plays from 0s at 1.5s (skip by ben)
        1s ben clears
            -
        1s ben says 1 hello
            #12 said "hello" at 0s by ben
        1s ben types
            ben is writing
        2s ben renames Mine
            no: not_allowed host="ana" least="cohost" permission="title" what="change the title" who="ana and co-hosts"
        2s ben opens public
            no: not_allowed host="ana" least="cohost" permission="visibility" what="change who is let in" who="ana and co-hosts"
        2s ben makes ana guest
            no: not_allowed host="ana" least="host" permission="own" what="do that" who="ana"
    "#]]);
}

#[test]
fn where_hosts_decide_a_guest_watches_and_writes() {
    story(expect![[r#"
        preset hosts
        0s ana adds clip 60s, other 60s
            #2 clip other queued at 0 by ana
            #3 clip waits at 0s (start by ana)
        0s ben arrives
            #4 clip plays from 0s at 0.5s (arrival)
        0.25s ...
            here: ben
        1s ben pauses
            no: not_allowed host="ana" least="cohost" permission="playback" what="play and pause" who="ana and co-hosts"
        1s ben plays
            no: not_allowed host="ana" least="cohost" permission="playback" what="play and pause" who="ana and co-hosts"
        1s ben seeks 10s
            no: not_allowed host="ana" least="cohost" permission="seek" what="seek" who="ana and co-hosts"
        1s ben skips
            no: not_allowed host="ana" least="cohost" permission="skip" what="skip" who="ana and co-hosts"
        1s ben adds third 60s
            no: not_allowed host="ana" least="moderator" permission="add" what="add to the queue" who="ana and moderators"
        1s ben moves other 0
            no: not_allowed host="ana" least="moderator" permission="order" what="order the queue" who="ana and moderators"
        1s ben picks other
            no: not_allowed host="ana" least="cohost" permission="play_now" what="choose what plays" who="ana and co-hosts"
        1s ben removes other
            no: not_allowed host="ana" least="moderator" permission="remove" what="remove from the queue" who="ana and moderators"
        1s ben clears
            no: not_allowed host="ana" least="moderator" permission="remove" what="remove from the queue" who="ana and moderators"
        1s ben says 1 hello
            #5 said "hello" at 0.5s by ben
        1s ben types
            ben is writing
        1s ben renames Mine
            no: not_allowed host="ana" least="cohost" permission="title" what="change the title" who="ana and co-hosts"
        1s ben makes ana guest
            no: not_allowed host="ana" least="host" permission="own" what="do that" who="ana"
    "#]]);
}

#[test]
fn a_moderator_keeps_the_queue_and_a_cohost_the_film() {
    story(expect![[r#"
        preset hosts
        dan is granted cohost
        0s mia arrives
            -
        0s ana makes mia moderator
            #2 mia is moderator by ana
        0.25s ...
            here: mia
        1s mia adds clip 60s, other 60s
            #3 clip other queued at 0 by mia
            #4 clip plays from 0s at 1.5s (start by mia)
        1s mia adds next third 60s
            #5 third queued at 0 by mia
        1s mia pauses
            no: not_allowed host="ana" least="cohost" permission="playback" what="play and pause" who="ana and co-hosts"
        1s mia renames Hers
            no: not_allowed host="ana" least="cohost" permission="title" what="change the title" who="ana and co-hosts"
        2s dan pauses
            #6 clip stands at 0.5s (pause by dan)
        2s dan seeks 10s
            #7 clip stands at 10s (seek by dan)
        2s dan renames His
            #8 renamed "His" by dan
        2s dan opens public
            #9 now public by dan
    "#]]);
}

#[test]
fn an_invited_room_is_closed_to_all_others() {
    story(expect![[r#"
        visibility invite
        gil is granted guest
        0s ben arrives
            no: not_a_member
        0s ben says 1 hello
            no: not_a_member
        0s ben adds clip 60s
            no: not_a_member
        0s ben reports rtt 10
            no: not_a_member
        0s ben types
            no: not_a_member
        1s gil arrives
            -
        1s gil says 2 hello
            #2 said "hello" by gil
        1.25s ...
            here: gil
        2s ana opens unlisted
            #3 now unlisted by ana
        2s ben arrives
            -
        2.25s ...
            here: ben
        3s ana opens unlisted
            -
        4s ana opens invite
            #4 now invite by ana
        5s ben says 3 still_here
            #5 said "still here" by ben
    "#]]);
}

#[test]
fn nobody_reports_for_another() {
    story(expect![[r#"
        0s ana arrives
            -
        0s ben reports rtt 10
            no: not_a_member
        0s ben arrives
            -
        0s ben reports rtt 10
            -
    "#]]);
}

#[test]
fn roles_are_given_below_ones_own() {
    story(expect![[r#"
        dan is granted cohost
        0s ben arrives
            -
        0s cas arrives
            -
        0s mia arrives
            -
        0.25s ...
            here: ben cas mia
        1s ana makes ben cohost
            #2 ben is cohost by ana
        1s ana makes ben cohost
            -
        2s ben makes cas cohost
            no: role_too_high
        2s ben makes mia cohost
            no: role_too_high
        2s ben makes cas host
            no: not_allowed host="ana" least="host" permission="own" what="do that" who="ana"
        2s ben makes ana guest
            no: not_allowed host="ana" least="host" permission="own" what="do that" who="ana"
        2s ben makes mia moderator
            #3 mia is moderator by ben
        3s dan makes ben guest
            no: role_too_high
        3s dan makes mia guest
            #4 mia is guest by dan
        4s mia makes ben guest
            no: not_allowed host="ana" least="cohost" permission="demote_cohost" what="unmake co-hosts" who="ana and co-hosts"
        5s ana makes ana cohost
            no: bad_input problem="A host cannot step down. Make somebody else the host."
        5s ana makes zoe moderator
            no: no_such_person
        6s ana makes ben registered
            no: bad_input problem="Nobody is made registered: it is who has an account."
        6s ben makes ben moderator
            #5 ben is moderator by ben
        6s ben makes ben cohost
            no: not_allowed host="ana" least="cohost" permission="promote_cohost" what="make co-hosts" who="ana and co-hosts"
        7s ana makes ben guest
            #6 ben is guest by ana
        7s look roles
            ana host
    "#]]);
}

#[test]
fn a_room_that_is_handed_over_has_one_host() {
    story(expect![[r#"
        0s ben arrives
            -
        0s ana makes ben host
            #2 ana is cohost by ana
            #3 ben is host by ana
        0.25s ...
            here: ben
        1s ana makes ben guest
            no: not_allowed host="ben" least="host" permission="own" what="do that" who="ben"
        1s ana renames Mine
            #4 renamed "Mine" by ana
        2s ben makes ana guest
            #5 ana is guest by ben
        3s ana renames Other
            no: not_allowed host="ben" least="cohost" permission="title" what="change the title" who="ben and co-hosts"
    "#]]);
}

#[test]
fn a_key_with_every_right_hands_a_room_over_but_does_not_take_it_from_its_host() {
    story(expect![[r#"
        key is granted host
        0s ben arrives
            -
        0.25s ...
            here: ben
        1s key makes ana guest
            no: role_too_high
        2s key makes ben host
            #2 ana is cohost by key
            #3 ben is host by key
        3s key makes ana guest
            #4 ana is guest by key
    "#]]);
}

#[test]
fn a_name_that_was_given_with_a_role_stands_without_the_person() {
    story(expect![[r#"
        0s ben arrives
            -
        0s ana makes ben moderator
            #2 ben is moderator by ana
        0.25s ...
            here: ben
        1s ben departs
            -
        1.25s ...
            gone: ben
        2s ana makes ben cohost
            #3 ben is cohost by ana
    "#]]);
}
