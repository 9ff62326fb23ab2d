//! What people write, and what the room is called.

use engine::event::EventKind;
use expect_test::expect;

use crate::script::{World, story};

#[test]
fn a_line_stands_beside_the_film() {
    story(expect![[r#"
        0s ana says 1 nothing_on
            #2 said "nothing on" by ana
        1s ana adds clip 60s
            #3 clip queued at 0 by ana
            #4 clip waits at 0s (start by ana)
        1s ana plays
            #5 clip plays from 0s at 1s (play by ana)
        13.5s ben says 2 look_at_that
            #6 said "look at that" at 12.5s by ben
    "#]]);
}

#[test]
fn the_same_line_sent_twice_is_one() {
    story(expect![[r#"
        0s ana says 1 hello
            #2 said "hello" by ana
        1s ana says 1 hello
            -
        1s ana says 2 hello
            #3 said "hello" by ana
    "#]]);
}

#[test]
fn a_line_holds_two_thousand_characters_and_not_none() {
    story(expect![[r#"
        0s ana writes 1 2000
            #2 said "яяяяяяяяяяяяяяяяяяяяяяяяяяяяяяяяяяяяяяяя" by ana
        0s ana writes 2 2001
            no: text_too_long limit="2000"
        0s ana writes 3 0
            no: text_empty
        0s ana says 4 _
            no: text_empty
    "#]]);
}

#[test]
fn a_room_remembers_the_last_fifty_lines() {
    let lines: Vec<String> = (1..=120).map(|n| format!("{n}s ana says {n} line{n}")).collect();
    let world = World::play(lines.iter().map(String::as_str)).unwrap();
    let chat = &world.room.view().chat;
    let said: Vec<_> = chat
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::Said(line) => Some(line.text.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(said, (71..=120).map(|n| format!("line{n}")).collect::<Vec<_>>());
}

#[test]
fn an_identity_used_again_after_fifty_lines_comes_back_from_the_journal_as_it_was_told() {
    let lines = (1..=60).map(|n| format!("{n}s ana says {n} line{n}"));
    let again = (61..=70).map(|n| format!("{n}s ana says {} again{n}", n - 60));
    let script: Vec<String> = lines.chain(again).collect();
    // The replay at the end of every script is the test.
    World::play(script.iter().map(String::as_str)).unwrap();
}

#[test]
fn a_title_is_one_line_of_255_characters() {
    let long = format!("0s ana renames {}", "x".repeat(256));
    let world = World::play([long.as_str()].into_iter()).unwrap();
    assert!(world.transcript.contains("no: text_too_long limit=\"255\""), "{}", world.transcript);
    story(expect![[r#"
        0s ana renames Friday films
            #2 renamed "Friday films" by ana
        1s ana renames Friday   films
            -
        2s ana renames _
            no: text_empty
        3s ben renames Mine
            no: not_allowed host="ana" least="cohost" permission="title" what="change the title" who="ana and co-hosts"
    "#]]);
}

#[test]
fn a_line_is_reworded_by_who_wrote_it_and_by_nobody_else() {
    story(expect![[r#"
        0s ben says 1 helo
            #2 said "helo" by ben
        0s ben rewords 2 to hello
            #3 #2 reworded "hello" by ben
        1s look said
            #2 "hello"
        1s ben rewords 2 to hello
            -
        1s ana rewords 2 to I_am_silly
            no: not_allowed what="reword this line" who="who wrote it"
        1s gil rewords 2 to me_too
            no: not_allowed what="reword this line" who="who wrote it"
        2s ben rewords 1 to founded
            no: no_such_line
        2s ben rewords 99 to hi
            no: no_such_line
        2s ben rewords 99 of ben to hi
            no: no_such_line
        3s ben rewords 2 to _
            no: text_empty
        4s ben erases 2
            #4 #2 erased by ben
        4s ben rewords 2 to hello
            no: no_such_line
        4s look tally
            Tally { lines: 1, reactions: 0, played: 0 }
    "#]]);
}

#[test]
fn a_reworded_line_keeps_to_what_a_line_keeps_to_but_for_slow_mode() {
    story(expect![[r#"
        0s ben says 1 hello
            #2 said "hello" by ben
        0s ana says 2 other
            #3 said "other" by ana
        0s ana sets slow_mode 60s
            #4 set to {"slow_mode":60000} by ana
        0s ana sets moderation true
            #5 set to {"moderation":true} by ana
        0s ana sets profanity_filter true
            #6 set to {"profanity_filter":true} by ana
        1s ben says 3 again
            no: slow_mode retry_after_ms="59000" seconds="59"
        1s ben rewords 2 to see_https://films.example
            no: no_links_here
        1s ben rewords 2 to what_shit
            #7 #2 reworded "what ****" by ben
        1s ben rewords 2 to what_shit
            -
        2s ana makes ben trusted
            #8 ben is trusted by ana
        2s ben rewords 2 to see_https://films.example
            #9 #2 reworded "see https://films.example" by ben
        3s ana mutes ben
            #10 ben muted by ana
        3s ben rewords 2 to never
            no: muted
        3s look said
            #2 "see https://films.example" #3 "other"
    "#]]);
}

#[test]
fn a_line_of_long_ago_is_reworded_where_the_store_knows_who_wrote_it() {
    let lines: Vec<String> = (1..=60).map(|n| format!("{n}s ana says {n} line{n}")).collect();
    let script = [&lines[..], &["61s ana rewords 2 of ana to older".into(), "61s ben rewords 3 of ana to mine".into()]];
    let world = World::play(script.concat().iter().map(String::as_str)).unwrap();
    assert!(world.transcript.contains("#62 #2 reworded \"older\" by ana"), "{}", world.transcript);
    assert!(world.transcript.contains("no: not_allowed"), "{}", world.transcript);
    assert!(world.room.view().chat.iter().all(|told| told.seq > 2));
}
