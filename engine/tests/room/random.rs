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
const LINES: usize = 80;

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
    " is host",
    " is cohost",
    " is moderator",
    " is guest",
    "renamed ",
    "now public",
    "now invite",
    " said ",
    ", live",
    "(play by",
    "(pause by",
    "(seek by",
    "(skip by",
    "(pick by",
    "(start by",
    "(start)",
    "(end)",
    "(arrival)",
    "(empty)",
    "(restore)",
    "is writing",
    "here: ",
    "gone: ",
    "no: not_a_member",
    "no: not_allowed",
    "no: no_such_person",
    "no: role_too_high",
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
    let mut script = Vec::new();
    if rng.random_ratio(1, 3) {
        script.push("preset hosts".to_owned());
    }
    if rng.random_ratio(1, 4) {
        script.push("visibility invite".to_owned());
    }
    if rng.random_ratio(1, 4) {
        script.push("holds 4".to_owned());
    }
    script.extend(["gil is granted guest", "dan is granted cohost"].map(str::to_owned));
    if rng.random_ratio(1, 8) {
        script.push("key is granted host".to_owned());
    }
    let mut at = 0_u64;
    for said in 0..LINES {
        // Many at the same moment, some a little apart, some far.
        at += match rng.random_range(0..10) {
            0..4 => 0,
            4..7 => rng.random_range(1..400),
            7..9 => rng.random_range(400..15_000),
            _ => rng.random_range(15_000..100_000),
        };
        let who = pick(&mut rng, &["ana", "ana", "ana", "ana/2", "ben", "ben/2", "gil", "dan", "key", "eve"]);
        let deed = deed(&mut rng, who, at, said);
        script.push(format!("{}.{:03}s {deed}", at / 1000, at % 1000));
    }
    script
}

fn pick<'a>(rng: &mut StdRng, from: &[&'a str]) -> &'a str {
    from.choose(rng).unwrap()
}

fn deed(rng: &mut StdRng, who: &str, at: u64, said: usize) -> String {
    let item = pick(rng, &["a", "b", "c", "d", "e", "f", "g"]);
    let person = pick(rng, &["ana", "ben", "gil", "dan", "eve"]);
    let deed = match rng.random_range(0..34) {
        0..4 => "arrives".to_owned(),
        4 => "listens".to_owned(),
        5..7 => "departs".to_owned(),
        7..10 => report(rng, item),
        10 => "types".to_owned(),
        11..13 => "plays".to_owned(),
        13 => "pauses".to_owned(),
        14..17 => {
            let to = ["0s", "5s", "59s", "60s", "10m", "-30s", "+30s", "+2s", "50%", "99%", "100%", "to -1s"];
            format!("seeks {}", pick(rng, &to))
        }
        17 => "skips".to_owned(),
        18 => format!("picks {item}"),
        19..22 => {
            let spot = pick(rng, &["", "", "", "next ", "now "]);
            let count = rng.random_range(1..5);
            let items: Vec<String> = (0..count).map(|_| new_item(rng)).collect();
            format!("adds {spot}{}", items.join(", "))
        }
        22 => format!("removes {item}"),
        23 | 30 | 31 => format!("moves {item} {}", rng.random_range(0..6)),
        24 => pick(rng, &["clears", "renames Films", "renames More_films", "renames _", "adds nothing"]).to_owned(),
        25 => {
            let who = pick(rng, &["room", "room", "room", who]);
            return format!("{who} describes {item} {}", pick(rng, &["60s", "5s", "", "Title", "live", "Title 90s"]));
        }
        26 => format!("says {} hello", pick(rng, &["1", "2", &said.to_string()])),
        27 => format!("opens {}", pick(rng, &["public", "unlisted", "invite"])),
        28 | 32 | 33 => format!("makes {person} {}", pick(rng, &["guest", "guest", "moderator", "cohost", "host"])),
        _ => {
            let second = at / 1000;
            let alive = second.saturating_sub(rng.random_range(0..5));
            let what = ["tick", "asleep", "asleep", "restarts", &format!("restarts alive {alive}s")];
            return pick(rng, &what).to_owned();
        }
    };
    format!("{who} {deed}")
}

fn new_item(rng: &mut StdRng) -> String {
    let name = pick(rng, &["a", "b", "c", "d", "e", "f", "g"]);
    format!("{name} {}", pick(rng, &["60s", "10m", "60m", "60m", "0.001s", "0s", "3s", "", "", "live"]))
}

fn report(rng: &mut StdRng, item: &str) -> String {
    let mut text = "reports".to_owned();
    if rng.random_ratio(1, 2) {
        text.push_str(&format!(" rtt {}", rng.random_range(0..900)));
    }
    if rng.random_ratio(1, 3) {
        text.push_str(&format!(" length {}", pick(rng, &["60s", "3s", "25h", "0s", "-5s"])));
    }
    if rng.random_ratio(1, 2) {
        text.push_str(" ended");
    }
    if rng.random_ratio(1, 4) {
        text.push_str(&format!(" on {item}"));
    }
    text
}
