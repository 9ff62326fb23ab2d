//! How typed commands read: from a line to an [`Ask`]. The same on Telegram, in the room's chat box and, for the options
//! of its commands, on Discord.

use engine::{
    command::SeekTo,
    refusal::{Code, Refusal},
    text,
    time::Millis,
};

use crate::Ask;

/// What an error message repeats of what was typed, in characters.
const ECHO: usize = 40;

/// Reads a command line, with or without its slash, and with or without the name of a bot: `/seek@couch_bot 1:30`.
pub fn parse(line: &str) -> Result<Ask, Refusal> {
    let line = line.trim();
    let (word, rest) = first_word(line.strip_prefix('/').unwrap_or(line));
    let name = word.split('@').next().unwrap_or(word).to_ascii_lowercase();
    match name.as_str() {
        "watch" => link(rest, "/watch").map(|link| Ask::Watch { link }),
        "queue" => queue(rest),
        "pause" => Ok(Ask::Pause),
        "play" => Ok(Ask::Play),
        "seek" if rest.is_empty() => {
            Err(Refusal::input("Say where to go, such as /seek 1:30, /seek +30 or /seek 50%."))
        }
        "seek" => seek(rest).map(Ask::Seek),
        "skip" => Ok(Ask::Skip),
        "now" => Ok(Ask::Now),
        "invite" => Ok(Ask::Invite),
        "help" => Ok(Ask::Help),
        _ => Err(Refusal::new(Code::NoSuchCommand).with("command", format_args!("/{}", echo(&name)))),
    }
}

fn queue(rest: &str) -> Result<Ask, Refusal> {
    let (word, rest) = first_word(rest);
    match word.to_ascii_lowercase().as_str() {
        "" | "list" => Ok(Ask::QueueList),
        "add" => link(rest, "/queue add").map(|link| Ask::QueueAdd { link }),
        "remove" => number(rest).map(|number| Ask::QueueRemove { number }),
        _ => Err(Refusal::input("Write /queue list, /queue add and a link, or /queue remove and a number.")),
    }
}

fn link(rest: &str, command: &str) -> Result<String, Refusal> {
    if rest.is_empty() {
        return Err(Refusal::input(format_args!("Put a link behind it: {command} https://…")));
    }
    Ok(rest.to_owned())
}

/// The number of an item as people see it, from 1.
pub fn number(text: &str) -> Result<usize, Refusal> {
    let digits = text.trim().trim_start_matches('#').trim_end_matches('.');
    match digits.parse::<usize>() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(Refusal::input("Say which one by its number in /queue list, such as /queue remove 2.")),
    }
}

/// Reads where to seek to: `1:30`, `1:02:03`, `90`, `90s`, `1m30s`, `1h`, the same after `+` or `-` for so much later or
/// earlier, or `50%`.
pub fn seek(text: &str) -> Result<SeekTo, Refusal> {
    let trimmed = text.trim();
    let read = || {
        if let Some(part) = trimmed.strip_suffix('%') {
            return percent(part.trim()).map(SeekTo::Fraction);
        }
        if let Some(later) = trimmed.strip_prefix('+') {
            return length(later.trim()).map(SeekTo::By);
        }
        // Phones like to make a true minus or a dash of it.
        if let Some(earlier) = trimmed.strip_prefix(['-', '\u{2212}', '\u{2013}']) {
            return length(earlier.trim()).map(|Millis(ms)| SeekTo::By(Millis(-ms)));
        }
        length(trimmed).map(SeekTo::At)
    };
    read().ok_or_else(|| Refusal::new(Code::BadTime).with("input", echo(text)))
}

/// Thousandths of a percent.
fn percent(text: &str) -> Option<u32> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, "0"));
    if !(1..=3).contains(&rest.len()) {
        return None;
    }
    let thousandths = digits(rest)? * 10_i64.pow(3 - u32::try_from(rest.len()).ok()?);
    let sum = digits(whole)?.checked_mul(1000)?.checked_add(thousandths)?;
    u32::try_from(sum).ok().filter(|sum| *sum <= 100_000)
}

/// A length without a sign.
fn length(text: &str) -> Option<Millis> {
    let seconds = if text.contains(':') { clock(text)? } else { units(text)? };
    Some(Millis::seconds(seconds))
}

/// `1:30` or `1:02:03`; what stands behind a colon has two digits below 60.
fn clock(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let mut sum = digits(parts.next()?)?;
    let mut colons = 0;
    for part in parts {
        colons += 1;
        let part = digits(part).filter(|value| part.len() == 2 && *value < 60)?;
        sum = sum.checked_mul(60)?.checked_add(part)?;
    }
    (colons <= 2).then_some(sum)
}

/// `90`, `90s`, `1h 2m`, `1m30`: units from the greatest to the smallest, each once.
fn units(text: &str) -> Option<i64> {
    let mut left = 3600;
    let mut sum = 0_i64;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let value = digits(&rest[..end])?;
        let mut behind = rest[end..].chars();
        let unit = match behind.next() {
            Some('h' | 'H') => 3600,
            Some('m' | 'M') => 60,
            Some('s' | 'S') | None => 1,
            Some(_) => return None,
        };
        if unit > left {
            return None;
        }
        left = unit / 60;
        sum = sum.checked_add(value.checked_mul(unit)?)?;
        rest = behind.as_str().trim_start();
    }
    (!text.is_empty()).then_some(sum)
}

/// ASCII digits only; nine of them are more than any film has seconds.
fn digits(text: &str) -> Option<i64> {
    let plain = (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim()))
}

/// What was typed, safe to repeat.
fn echo(text: &str) -> String {
    text::clipped(text, ECHO).unwrap_or_else(|| "That".to_owned())
}

#[cfg(test)]
mod tests {
    use engine::room::clock_text;

    use super::*;

    fn at(seconds: i64) -> SeekTo {
        SeekTo::At(Millis::seconds(seconds))
    }

    fn by(seconds: i64) -> SeekTo {
        SeekTo::By(Millis::seconds(seconds))
    }

    #[test]
    fn a_time_reads_the_way_people_write_it() {
        for (text, to) in [
            ("1:30", at(90)),
            ("1:02:03", at(3723)),
            ("90:00", at(5400)),
            ("90", at(90)),
            ("90s", at(90)),
            ("1m30s", at(90)),
            ("1m30", at(90)),
            ("1h 2m", at(3720)),
            ("1h", at(3600)),
            ("0", at(0)),
            ("+30", by(30)),
            ("+ 1:30", by(90)),
            ("-1m", by(-60)),
            ("\u{2212}10", by(-10)),
            ("50%", SeekTo::Fraction(50_000)),
            ("12.5 %", SeekTo::Fraction(12_500)),
            ("100%", SeekTo::Fraction(100_000)),
        ] {
            assert_eq!(seek(text), Ok(to), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused_with_what_was_typed() {
        for text in [
            "",
            "abc",
            "1:5",
            "1:60",
            "1:2:3:4",
            ":30",
            "1:",
            "5s1m",
            "1m1m",
            "m",
            "101%",
            "%",
            "-5%",
            "1.5",
            "+",
            "--1",
            "١:٣٠",
            "9999999999",
            "1:30x",
        ] {
            let refusal = seek(text).expect_err(text);
            assert_eq!(refusal.code, Code::BadTime, "{text}");
        }
        assert_eq!(seek("soon").unwrap_err().to_string(), "soon is not a time. Write 1:30, 90, +30, -1m or 50%.");
    }

    #[test]
    fn a_time_that_is_shown_can_be_typed() {
        for seconds in (0..200_000).step_by(997) {
            assert_eq!(seek(&clock_text(Millis::seconds(seconds))), Ok(at(seconds)));
        }
    }

    #[test]
    fn commands_are_understood_with_and_without_slash_and_bot_name() {
        for line in ["/seek 1:30", "seek 1:30", "/seek@couch_bot 1:30", "  /SEEK   1:30 "] {
            assert_eq!(parse(line), Ok(Ask::Seek(at(90))), "{line}");
        }
        assert_eq!(parse("/watch https://a/b c"), Ok(Ask::Watch { link: "https://a/b c".to_owned() }));
        assert_eq!(parse("/queue"), Ok(Ask::QueueList));
        assert_eq!(parse("/queue remove #3"), Ok(Ask::QueueRemove { number: 3 }));
        assert_eq!(parse("/queue\nadd\nhttps://a"), Ok(Ask::QueueAdd { link: "https://a".to_owned() }));
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(parse("/watch").unwrap_err().to_string(), "Put a link behind it: /watch https://…");
        assert_eq!(parse("/queue remove 0").unwrap_err().code, Code::BadInput);
        assert_eq!(parse("/queue remove all").unwrap_err().code, Code::BadInput);
        assert_eq!(parse("/queue shuffle").unwrap_err().code, Code::BadInput);
        assert_eq!(parse("/seek").unwrap_err().code, Code::BadInput);
        assert_eq!(parse("/dance").unwrap_err().to_string(), "There is no command /dance. Look at /help.");
        assert_eq!(parse("").unwrap_err().code, Code::NoSuchCommand);
    }

    /// Whatever is typed, there is an answer, and none that is longer than a message may be.
    #[test]
    fn no_line_brings_it_down() {
        const PIECES: &[&str] = &[
            "/",
            "@",
            "seek",
            "queue",
            "remove",
            "add",
            "watch",
            " ",
            "\n",
            ":",
            "+",
            "-",
            "%",
            ".",
            "0",
            "9",
            "99999999",
            "h",
            "m",
            "s",
            "\u{2212}",
            "é",
            "\u{202E}",
            "\u{0}",
            "👩‍👩‍👧",
            "١",
            "#",
            "ß",
            "İ",
        ];
        // A fixed sequence of Knuth's generator: the same lines each time.
        let mut state = 42_u64;
        let mut draw = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % below
        };
        for _ in 0..50_000 {
            let mut line = String::new();
            for _ in 0..draw(12) {
                line.push_str(PIECES[draw(PIECES.len())]);
            }
            let _ = seek(&line);
            if let Err(refusal) = parse(&format!("/seek {line}")).and(parse(&line)) {
                assert!(refusal.to_string().chars().count() < 200, "{line:?}: {refusal}");
            }
        }
    }
}
