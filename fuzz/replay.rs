//! Fuzz targets without libFuzzer: each is run on its corpus and on a bounded number of mutations of it, the same each time.
//! Part of the unit tests of each crate that has targets; nightly and libFuzzer are needed only to look for more.

use std::{fs, path::Path, time::Instant};

/// How many mutations a target is given, unless `ONECOUCH_FUZZ_RUNS` says otherwise.
const RUNS: usize = 1_500;
/// After how long a target that is slow on this machine has had enough of them, in seconds.
const ENOUGH: u64 = 3;
/// Inputs are cut to this length, as libFuzzer is told to: 64 KiB and a little.
const LONGEST: usize = 80 * 1024;

/// What parsers stumble over.
const PIECES: &[&[u8]] = &[
    b"\0",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\\ud800",
    b"\"\\ud83d\"",
    b"1e400",
    b"-1e400",
    b"1e308",
    b"-0",
    b"NaN",
    b"9223372036854775807",
    b"-9223372036854775808",
    b"18446744073709551616",
    b"0.1e-400",
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"\"\"",
    b"[[[[[[[[",
    b"{\"a\":",
    b"\r",
    b"\n",
    b"\r\n\r\n",
    b"\t",
    b"%00",
    b"%ff",
    b"%",
    b"&",
    b"=",
    b"<",
    b">",
    b"\"",
    b"'",
    b"\\",
    b"//",
    b"..",
    b":",
    b"@",
    b"#",
    b"?",
    b"\xe2\x80\xae",
    b"\xe2\x80\x8b",
    b"\xcc\x80",
    b"\xf0\x9f\x91\xa9\xe2\x80\x8d",
    b"\xd9\xa1",
    b"\xc4\xb0",
    b"\xef\xbc\x91",
    b"-->",
    b"#EXT",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\xff\xff\xff\xff\xff",
];

/// Runs a target on all that is kept for it, and on mutations. Where it panics, the input is printed and kept in
/// `fuzz/artifacts`.
#[expect(clippy::disallowed_methods, reason = "how long a test takes is no time of a room's")]
pub fn replay(name: &'static str, target: fn(&[u8])) {
    let place = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = [place.join("fuzz"), place.join("../fuzz")].into_iter().find(|root| root.is_dir());
    let root = root.expect("the folder fuzz");
    let mut names: Vec<_> = fs::read_dir(root.join("corpus").join(name))
        .unwrap_or_else(|error| panic!("{name} has no corpus: {error}"))
        .map(|entry| entry.expect("an entry").path())
        .collect();
    names.sort();
    let corpus: Vec<Vec<u8>> = names.iter().map(|path| fs::read(path).expect("a file")).collect();
    assert!(!corpus.is_empty(), "{name} has no corpus");
    let run = |what: String, input: &[u8]| {
        let mut told = Told { name, what, input, root: &root, done: false };
        target(input);
        told.done = true;
    };
    for (path, input) in names.iter().zip(&corpus) {
        run(path.display().to_string(), input);
    }
    for input in limits(&corpus) {
        run("a bound".to_owned(), &input);
    }
    let runs = std::env::var("ONECOUCH_FUZZ_RUNS").map_or(RUNS, |runs| runs.parse().expect("a number"));
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let from = Instant::now();
    for number in 0..runs {
        let input = mutated(&mut dice, &corpus);
        run(format!("mutation {number}"), &input);
        if runs == RUNS && from.elapsed().as_secs() >= ENOUGH {
            break;
        }
    }
}

/// What is nested ten thousand deep, and what is 64 KiB long: alone, and in the middle of what is good.
fn limits(corpus: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut limits = vec![Vec::new()];
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(10_000), close.repeat(10_000)).into_bytes();
    let long = |piece: &[u8]| piece.repeat((64 << 10) / piece.len());
    let all = [
        deep("[", "]"),
        deep("{\"a\":", "}"),
        deep("<a>", "</a>"),
        deep("(", ")"),
        deep("\"", "\""),
        long(b"x"),
        long(b"\0"),
        long(b"\n"),
        long(b"9"),
        long(b"\""),
        long(b"<"),
        long(b"&a"),
        long(" \u{202e}".as_bytes()),
        long("é".as_bytes()),
    ];
    for piece in all {
        for (n, good) in corpus.iter().enumerate().take(3) {
            let at = good.len() * (n + 1) / 4;
            limits.push([&good[..at], &piece, &good[at..]].concat());
        }
        limits.push(piece);
    }
    limits
}

fn mutated(dice: &mut Dice, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut input = corpus[dice.below(corpus.len())].clone();
    for _ in 0..=dice.below(6) {
        let at = dice.below(input.len() + 1);
        let end = at + dice.below(input.len() - at + 1).min(64);
        match dice.below(10) {
            0 => drop(input.drain(at..end)),
            1 => drop(input.splice(at..at, input[at..end].to_vec())),
            2..=4 => {
                let piece = PIECES[dice.below(PIECES.len())];
                let until = if dice.below(2) == 0 { at } else { end };
                drop(input.splice(at..until, piece.iter().copied()));
            }
            5 => input.truncate(end),
            6 => {
                let other = &corpus[dice.below(corpus.len())];
                let from = dice.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            7 => drop(input.splice(at..at, input[at..end].repeat(2 + dice.below(20)))),
            _ => {
                if let Some(byte) = input.get_mut(at) {
                    *byte = match dice.below(4) {
                        0 => 0,
                        1 => *byte ^ (1 << dice.below(8)),
                        _ => dice.below(256).to_le_bytes()[0],
                    };
                }
            }
        }
        input.truncate(LONGEST);
    }
    input
}

/// Says what the input was, where the target did not come to its end.
struct Told<'a> {
    name: &'static str,
    what: String,
    input: &'a [u8],
    root: &'a Path,
    done: bool,
}

impl Drop for Told<'_> {
    fn drop(&mut self) {
        if !self.done {
            let shown = String::from_utf8_lossy(&self.input[..self.input.len().min(2_000)]);
            eprintln!("{}: {}, {} bytes: {shown:?}", self.name, self.what, self.input.len());
            let kept = self.root.join("artifacts").join(self.name);
            let _ = fs::create_dir_all(&kept);
            let _ = fs::write(kept.join("from-tests"), self.input);
        }
    }
}

/// A sequence of numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap_or(usize::MAX) % limit
    }
}
