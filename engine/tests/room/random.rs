//! Random scripts: whatever people do, in whatever order, the invariants of `script.rs` hold, a refused command leaves no
//! trace, and the room comes back from its journal as it is.
//!
//! A script that fails is cut down until no line can be spared and printed, to be pasted into a story.
//! `ROOM_SCRIPTS=100000` plays more of them, `ROOM_SEED=17` begins elsewhere.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use crate::script::World;

/// How many scripts are played, and how many lines each has: some seconds without optimisation.
const SCRIPTS: u64 = 300;
const LINES: usize = 120;

#[test]
fn whatever_people_do_the_rules_of_the_house_hold() {
    let number = |name: &str, default| std::env::var(name).map_or(default, |value| value.parse().unwrap());
    let first = number("ROOM_SEED", 0);
    let scripts = number("ROOM_SCRIPTS", SCRIPTS);
    let mut unheard = WORDS.to_vec();
    for seed in first..first + scripts {
        let script = write(seed);
        match play(&script) {
            Ok(transcript) => unheard.retain(|word| !transcript.contains(word)),
            Err(_) => {
                let script = cut(script, |script| play(script).is_err());
                panic!("seed {seed}:\n{}\n\n{}", script.join("\n"), play(&script).unwrap_err());
            }
        }
    }
    assert!(scripts < SCRIPTS || unheard.is_empty(), "these scripts are too tame: {unheard:?} never came of them");
}

/// What comes of so many scripts, or they test nothing.
const WORDS: &[&str] = &[
    " queued at ",
    " removed by ",
    " moved to ",
    "queue cleared",
    "queue is ",
    " left at ",
    "put on the shelf",
    "put away at",
    ", from ",
    ", till ",
    " sponsor ",
    " votes for ",
    " votes off ",
    "skip proposed",
    " is for #",
    " is against #",
    " passed",
    " rejected",
    " expired",
    " void",
    "(undoes #",
    " is host",
    " is cohost",
    " is moderator",
    " is trusted",
    " is guest",
    "grants changed",
    "renamed ",
    "now public",
    "now invite",
    "now private",
    "set to {\"queue_mode\":\"loop\"}",
    "set to {\"wait_for\":\"all\"}",
    " said ",
    " erased by",
    " reworded ",
    "reacted ",
    " kicked by",
    " banned until",
    " banned for ",
    " unbanned\n",
    " muted until",
    " unmuted\n",
    "invite is ",
    "scheduled from ",
    "room is soon",
    "room is live",
    "room is ended",
    "room is disabled",
    "room is record",
    " comes",
    " stays away",
    " forgotten",
    "room deleted",
    ", live",
    "(play by",
    "(pause by",
    "(seek by",
    "(skip by",
    "(back by",
    "(pick by",
    "(rate by",
    "(start by",
    "(start)",
    "(end)",
    "(again)",
    "(again by",
    "(arrival)",
    "(ready)",
    "(stall)",
    "(segment(sponsor))",
    "(empty)",
    "(closed",
    "(restore)",
    "for ready",
    "for stall",
    "for start",
    "is writing",
    "here: ",
    "gone: ",
    "out (kicked)",
    "out (banned)",
    "out (closed)",
    "no: no_such_room",
    "no: not_a_member",
    "no: not_allowed",
    "no: no_such_person",
    "no: role_too_high",
    "no: banned",
    "no: muted",
    "no: slow_mode",
    "no: no_links_here",
    "no: said_already",
    "no: room_full",
    "no: room_ended",
    "no: room_closed",
    "no: has_host",
    "no: needs_account",
    "no: ends_before_start",
    "no: bad_rate",
    "no: bad_subtitles",
    "no: already_queued",
    "no: your_share_is_full",
    "no: nothing_before",
    "no: nothing_to_undo",
    "no: nothing_to_restore",
    "no: no_such_proposal",
    "no: not_here",
    "no: no_such_line",
    "no: nothing_playing",
    "no: queue_full",
    "no: no_such_item",
    "no: seek_past_end",
    "no: seek_live",
    "no: length_unknown",
    "no: bad_time",
    "no: text_empty",
    "no: bad_input",
];

#[test]
fn a_failing_script_is_cut_down_to_what_matters() {
    let script: Vec<String> = (0..100).map(|n| format!("{n}s")).collect();
    let needed = |script: &[String]| ["3s", "50s", "99s"].iter().all(|need| script.iter().any(|line| line == need));
    assert_eq!(cut(script, needed), ["3s", "50s", "99s"]);
}

/// The transcript, or what is wrong.
fn play(script: &[String]) -> Result<String, String> {
    let played = catch_unwind(AssertUnwindSafe(|| World::play(script.iter().map(String::as_str))));
    played.map_or_else(
        |panic| {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            Err(text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default())
        },
        |played| played.map(|world| world.transcript),
    )
}

/// Leaves out halves, then quarters, down to single lines, as long as it still fails.
fn cut(mut script: Vec<String>, fails: impl Fn(&[String]) -> bool) -> Vec<String> {
    let mut size = script.len().div_ceil(2);
    loop {
        let (mut from, before) = (0, script.len());
        while from < script.len() {
            let mut shorter = script.clone();
            shorter.drain(from..(from + size).min(script.len()));
            if fails(&shorter) { script = shorter } else { from += size }
        }
        if size == 1 && script.len() == before {
            return script;
        }
        size = size.div_ceil(2);
    }
}

/// A script of somebody who knows all words and no sense.
fn write(seed: u64) -> Vec<String> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut script =
        vec!["gil is granted guest", "dan is granted cohost", "reg is registered", "tess comes by telegram"];
    script.push("tess is granted guest");
    script.push(pick(&mut rng, &["preset everyone", "preset hosts", "preset hosts", "preset open"]));
    for (chance, line) in [
        (4, "visibility invite"),
        (8, "visibility private"),
        (4, "holds 4"),
        (8, "nobody's"),
        (8, "key is granted host"),
        (3, "with vote_skip true"),
        (4, "with capacity 3"),
        (2, "with vote_percent 100"),
        (3, "with queue_mode \"vote\""),
        (3, "with queue_mode \"fair\""),
        (3, "with queue_mode \"loop\""),
        (3, "with wait_for \"all\", ready_seek true, ready_resume true"),
        (3, "with restore \"prompt\""),
        (4, "with skip_segments [\"sponsor\"]"),
        (12, "with expires_after 60s"),
        (3, "with slow_mode 10s"),
        (3, "with moderation true"),
        (8, "with restore \"never\""),
        (3, "with items_per_person 2, duplicates false"),
    ] {
        if rng.random_ratio(1, chance) {
            script.push(line);
        }
    }
    let mut script: Vec<_> = script.into_iter().map(str::to_owned).collect();
    // Half of them begin in a room that is full of life.
    if rng.random_ratio(1, 2) {
        let opening =
            ["ana arrives", "ben arrives", "gil arrives", "ana adds a 60m, b 10m, c 60s", "ana plays", "ben reports"];
        script.extend(opening.map(|line| format!("0s {line}")));
    }
    let mut at = 0_u64;
    for said in 0..LINES {
        // Many at the same moment, some a little apart, some far.
        at += match rng.random_range(0..80) {
            0..36 => 0,
            36..60 => rng.random_range(1..400),
            60..76 => rng.random_range(400..15_000),
            76..79 => rng.random_range(15_000..100_000),
            _ => rng.random_range(100_000..700_000),
        };
        let everybody = [
            "ana", "ana", "ana", "ana", "ana/2", "ben", "ben", "ben", "ben/2", "gil", "gil", "dan", "key", "eve",
            "reg", "tess",
        ];
        let who = pick(&mut rng, &everybody);
        let deed = line(&mut rng, who, at, said);
        script.push(format!("{}.{:03}s {deed}", at / 1000, at % 1000));
    }
    script
}

fn pick<'a>(rng: &mut StdRng, from: &[&'a str]) -> &'a str {
    from.choose(rng).unwrap()
}

const ITEMS: &[&str] = &["a", "b", "c", "d", "e", "f", "g", "h"];

fn item(rng: &mut StdRng) -> &'static str {
    ITEMS.choose(rng).unwrap()
}

fn person(rng: &mut StdRng) -> &'static str {
    pick(rng, &["ana", "ben", "ben", "gil", "gil", "dan", "eve", "reg", "tess"])
}

fn line(rng: &mut StdRng, who: &str, at: u64, said: usize) -> String {
    let what = rng.random_range(0..100);
    // Who may do most does most of what only few may.
    let who = match what {
        14..24 if rng.random_ratio(1, 2) => pick(rng, &["ana", "ana", "ben"]),
        38..47 | 66..71 if rng.random_ratio(1, 2) => pick(rng, &["ben", "gil"]),
        71..86 if rng.random_ratio(1, 2) => "ana",
        _ => who,
    };
    let deed = match what {
        0..10 => "arrives".to_owned(),
        10 => "listens".to_owned(),
        11..14 => "departs".to_owned(),
        14..24 => report(rng, said),
        24..38 => deed(rng),
        38..43 => format!("proposes {}", deed(rng)),
        43..47 => {
            let number = if rng.random_ratio(1, 3) { format!(" {}", rng.random_range(1..60)) } else { String::new() };
            format!("{}{number}", pick(rng, &["agrees", "objects", "objects"]))
        }
        47..56 => {
            let spot = pick(rng, &["", "", "", "", "next ", "now "]);
            let count = rng.random_range(1..5);
            let names: Vec<_> = ITEMS.sample(rng, count).collect();
            let items: Vec<String> = names.into_iter().map(|name| new_item(rng, name)).collect();
            format!("adds {spot}{}", items.join(", "))
        }
        56..58 => format!("moves {} {}", item(rng), rng.random_range(0..6)),
        58 => format!("edits {} {}", item(rng), pick(rng, EDITS)),
        59..63 => format!("votes {} {}", pick(rng, &["for", "for", "off"]), item(rng)),
        63..65 => match rng.random_range(0..4) {
            0 => format!("undoes {}", rng.random_range(1..40)),
            _ => "undoes".to_owned(),
        },
        65 => pick(rng, &["restores", "restores", "discards"]).to_owned(),
        66..71 => chat(rng, said),
        71..75 => settings(rng),
        75..78 => format!(
            "makes {} {}",
            person(rng),
            pick(rng, &["guest", "guest", "guest", "trusted", "moderator", "cohost", "host"])
        ),
        78..83 => people(rng, at),
        83 => pick(
            rng,
            &[
                "comes",
                "stays away",
                "joins",
                "joins",
                "leaves for good",
                "claims",
                "renews invite",
                "types",
                "adds nothing",
            ],
        )
        .to_owned(),
        84 => schedule(rng, at),
        85 => {
            format!(
                "turns {}",
                pick(
                    rng,
                    &[
                        "live", "live", "live", "live", "live", "live", "live", "live", "soon", "ended", "record",
                        "disabled"
                    ]
                )
            )
        }
        86..89 => {
            let who = pick(rng, &["room", "room", "room", "room", who]);
            let item = item(rng);
            return match rng.random_range(0..6) {
                0..3 => {
                    format!("{who} describes {item} {}", pick(rng, &["60s", "5s", "", "Title", "live", "Title 90s"]))
                }
                3..5 => format!("{who} segments {item} {}", pick(rng, SEGMENTS)),
                _ => format!("{who} forgets {}", person(rng)),
            };
        }
        89 if rng.random_ratio(1, 10) => "deletes".to_owned(),
        _ => {
            let second = at / 1000;
            let alive = second.saturating_sub(rng.random_range(0..5));
            let restarts = format!("restarts alive {alive}s");
            let what = [
                "tick",
                "tick",
                "asleep",
                "asleep",
                "wall +1s",
                "wall -1s",
                "wall +20m",
                "wall -20m",
                "restarts",
                &restarts,
            ];
            return pick(rng, &what).to_owned();
        }
    };
    format!("{who} {deed}")
}

fn deed(rng: &mut StdRng) -> String {
    let item = item(rng);
    match rng.random_range(0..18) {
        0..3 => "plays".to_owned(),
        3 => format!("plays in {}", pick(rng, &["5s", "30s", "1h", "2h", "-1s"])),
        4 => "pauses".to_owned(),
        5..8 => {
            let to = ["0s", "5s", "59s", "60s", "10m", "-30s", "+30s", "+2s", "50%", "99%", "100%", "to -1s"];
            format!("seeks {}", pick(rng, &to))
        }
        8..11 => "skips".to_owned(),
        11 => "goes back".to_owned(),
        12 => format!("runs {}", pick(rng, &["0.25", "0.5", "1", "1.25", "4", "5", "0.1"])),
        13 | 14 => format!("picks {item}{}", pick(rng, &["", "", " keeping"])),
        15 => format!("removes {item}"),
        16 => format!("shuffles {}", rng.random_range(0..100)),
        _ => "clears".to_owned(),
    }
}

const EDITS: &[&str] = &[
    "start 10s",
    "end 30s",
    "start 5s end 20s",
    "start none end none",
    "start 30s end 10s",
    "end 0.001s",
    "subtitles https://films.example/x.vtt",
    "subtitles javascript:x",
    "subtitles none",
];

const SEGMENTS: &[&str] = &[
    "10s-20s sponsor",
    "0s-5s sponsor 4s-8s intro",
    "50s-900s sponsor",
    "1s-2s intro 30s-40s sponsor 35s-45s sponsor",
    "",
];

fn chat(rng: &mut StdRng, said: usize) -> String {
    let text = pick(rng, &["hello", "hello", "hello", "see_https://films.example", "_"]).to_owned();
    match rng.random_range(0..13) {
        0..5 => format!("says {} {text}", pick(rng, &["1", &said.to_string(), &said.to_string()])),
        10 => format!("rewords {} to {text}", rng.random_range(1..30)),
        11..13 => format!("rewords last to {}", pick(rng, &["well", &text])),
        5..8 => format!("erases {}", rng.random_range(1..30)),
        _ => format!("reacts {}", pick(rng, &["🎉", "🎉", "_"])),
    }
}

fn settings(rng: &mut StdRng) -> String {
    let named =
        ["skip", "add", "vote", "chat", "ban", "grant_guests", "grant_trusted", "promote_trusted", "own", "kick"];
    match rng.random_range(0..10) {
        0 => format!("renames {}", pick(rng, &["Films", "More_films", "_"])),
        1 | 2 => format!("opens {}", pick(rng, &["public", "unlisted", "unlisted", "invite", "private"])),
        3 | 4 => {
            let role = pick(rng, &["guest", "registered", "trusted", "moderator"]);
            format!("grants {role} {}{}", pick(rng, &["+", "+", "-"]), pick(rng, &named))
        }
        _ => {
            let what = [
                "queue_mode manual",
                "queue_mode vote",
                "queue_mode loop",
                "queue_mode dj",
                "queue_mode fair",
                "duplicates false",
                "duplicates true",
                "items_per_person 1",
                "items_per_person null",
                "minutes_per_person 2",
                "vote_skip true",
                "vote_skip false",
                "vote_percent 60",
                "vote_percent 0",
                "ready_start false",
                "ready_seek true",
                "ready_resume true",
                "ready_patience 5s",
                "ready_patience 0s",
                "ready_patience 6s",
                "wait_for all",
                "wait_for host",
                "wait_for none",
                "skip_segments [\"sponsor\",\"intro\"]",
                "skip_segments []",
                "restore prompt",
                "restore never",
                "restore always",
                "slow_mode 10s",
                "slow_mode 0s",
                "moderation true",
                "capacity 2",
                "capacity 1",
                "capacity null",
                "password \"hash\"",
                "password null",
                "expires_after null",
            ];
            format!("sets {}", pick(rng, &what))
        }
    }
}

fn people(rng: &mut StdRng, at: u64) -> String {
    let until = at / 1000 + rng.random_range(0..60);
    let person = if rng.random_ratio(1, 2) { "ben" } else { person(rng) };
    match rng.random_range(0..9) {
        0 | 1 => format!("kicks {person}"),
        2 => format!("bans {person} because rude"),
        3 => format!("bans {person} until {until}s"),
        4 | 5 => format!("unbans {person}"),
        6 => format!("mutes {person} until {until}s"),
        7 => format!("mutes {person}"),
        _ => format!("unmutes {person}"),
    }
}

fn schedule(rng: &mut StdRng, at: u64) -> String {
    let at = at / 1000;
    let start = at + rng.random_range(0..30);
    let end = (start + rng.random_range(0..30)).saturating_sub(3);
    match rng.random_range(0..4) {
        0 => "schedules nothing".to_owned(),
        1 => format!("schedules from {start}s"),
        2 => format!("schedules to {end}s"),
        _ => format!("schedules from {start}s to {end}s"),
    }
}

fn new_item(rng: &mut StdRng, name: &str) -> String {
    let mut text = name.to_owned();
    text.push(' ');
    text.push_str(pick(rng, &["60s", "10m", "60m", "60m", "0.001s", "0s", "3s", "", "", "live"]));
    if rng.random_ratio(1, 6) {
        text.push_str(pick(
            rng,
            &[" from 10s", " till 30s", " from 5s till 20s", " from 0s till 0.001s", " like a", " like b"],
        ));
    }
    text
}

fn report(rng: &mut StdRng, said: usize) -> String {
    let mut text = "reports".to_owned();
    text.push_str(pick(rng, &["", "", "", " buffering", " buffering", " idle", " blocked", " failed"]));
    let rtt = rng.random_range(0..900).to_string();
    let knows = rng.random_range(0..said + 2).to_string();
    for (chance, word, value) in [
        (2, "rtt", rtt.as_str()),
        (3, "drift", "-40"),
        (4, "length", pick(rng, &["60s", "3s", "25h", "0s", "-5s"])),
        (3, "ended", ""),
        (8, "hidden", ""),
        (4, "knows", &knows),
        (12, "on", item(rng)),
    ] {
        if rng.random_ratio(1, chance) {
            text.push_str(&format!(" {word} {value}"));
        }
    }
    text
}
