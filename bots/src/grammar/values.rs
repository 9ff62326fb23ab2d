//! What stands behind a command, read: numbers, times, lengths, moments, people, votes.

use engine::{
    command::SeekTo,
    ids::{ItemId, PersonId},
    records::Platform,
    refusal::{Code, Refusal},
    room::{QueueMode, Rate, Role},
    text,
    time::Millis,
};
use uuid::Uuid;

use crate::{
    Ask,
    ask::{Day, ItemRef, PersonRef, Until, Vote, When},
    words::{self, Locale},
};

/// What an error message repeats of what was typed, in characters.
const ECHO: usize = 40;

/// The number of an item as people see it, from 1.
pub fn number(text: &str) -> Result<usize, Refusal> {
    let digits = text.trim().trim_start_matches('#').trim_end_matches('.');
    match digits.parse::<usize>() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(words::hint("hint-number")),
    }
}

/// A queued item: by its number, or as [`ItemId`]s are written where something was chosen from a list.
pub fn item(text: &str) -> Result<ItemRef, Refusal> {
    match Uuid::try_parse(text.trim()) {
        Ok(id) => Ok(ItemRef::Id(ItemId(id))),
        Err(_) => number(text).map(ItemRef::Number),
    }
}

/// Somebody: a mention of a platform, an identity, or a name.
pub fn person(text: &str) -> PersonRef {
    let text = text.trim();
    let mention = text.strip_prefix("<@").and_then(|rest| rest.strip_suffix('>'));
    if let Some(id) = mention.map(|id| id.trim_start_matches('!')).filter(|id| id.bytes().all(|b| b.is_ascii_digit())) {
        return PersonRef::Subject(Platform::Discord, id.to_owned());
    }
    if let Some(id) = text.strip_prefix("tg:").filter(|id| id.bytes().all(|b| b.is_ascii_digit())) {
        return PersonRef::Subject(Platform::Telegram, id.to_owned());
    }
    match Uuid::try_parse(text) {
        Ok(id) => PersonRef::Id(PersonId(id)),
        Err(_) => PersonRef::Name(text.trim_start_matches('@').to_owned()),
    }
}

/// How the queue is ordered.
pub fn mode(text: &str) -> Result<QueueMode, Refusal> {
    const MODES: [QueueMode; 5] = [QueueMode::Manual, QueueMode::Vote, QueueMode::Loop, QueueMode::Dj, QueueMode::Fair];
    let text = text.trim().to_lowercase();
    MODES.into_iter().find(|mode| is_choice(&text, mode.name())).ok_or_else(|| words::hint("hint-mode"))
}

/// A role that can be given.
pub fn role(text: &str) -> Result<Role, Refusal> {
    let text = text.trim().to_lowercase();
    let given = Role::ALL.into_iter().filter(|role| *role != Role::Registered);
    given.into_iter().find(|role| is_choice(&text, role.name())).ok_or_else(|| words::hint("hint-role"))
}

/// Whether a text is one of these choices of ours, in any language.
pub fn is_word(text: &str, choices: &[&str]) -> bool {
    let text = text.trim().to_lowercase();
    choices.iter().any(|choice| is_choice(&text, choice))
}

/// The same for one, of a text in small letters.
fn is_choice(text: &str, choice: &str) -> bool {
    let key = format!("choice-{choice}");
    text == choice
        || Locale::ALL
            .iter()
            .any(|locale| words::find(*locale, &key, &[]).is_some_and(|word| word.to_lowercase() == text))
}

/// How fast: `1.5`, `1,5x`, `150%`.
pub fn speed(text: &str) -> Result<Rate, Refusal> {
    let text = text.trim().trim_end_matches(['x', 'X', '×']).trim().replace(',', ".");
    let (number, scale) = text.strip_suffix('%').map_or((text.as_str(), 1.0), |part| (part, 100.0));
    let plain = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let factor = number.trim().parse::<f64>().ok().filter(|_| plain).ok_or(Code::BadRate)?;
    Rate::of(factor / scale)
}

/// What to vote on: nothing, a number of the queue, yes or no, or what is put to the vote.
pub fn vote(text: &str) -> Result<Vote, Refusal> {
    let (word, rest) = first_word(text);
    let word = word.trim_start_matches('/').to_lowercase();
    let ask = match word.as_str() {
        "" => return Ok(Vote::Show),
        "play" => Ask::Play,
        "pause" => Ask::Pause,
        "skip" => Ask::Skip,
        "back" => Ask::Back,
        "shuffle" => Ask::QueueShuffle,
        "clear" => Ask::QueueClear { sure: true },
        "seek" => Ask::Seek(seek(rest)?),
        "forward" => Ask::Forward(long(rest)),
        "rewind" => Ask::Rewind(long(rest)),
        "speed" => Ask::Speed(speed(rest)?),
        "pick" => Ask::Pick { item: item(rest)? },
        "remove" => Ask::QueueRemove { item: item(rest)? },
        _ if is_choice(&word, "yes") => return ballot(rest, true),
        _ if is_choice(&word, "no") => return ballot(rest, false),
        _ => return item(text).map(Vote::Item).map_err(|_| words::hint("hint-vote")),
    };
    Ok(Vote::For(Box::new(ask)))
}

fn ballot(rest: &str, yes: bool) -> Result<Vote, Refusal> {
    let proposal = rest.trim().trim_start_matches('#');
    let proposal =
        (!proposal.is_empty()).then(|| proposal.parse().map_err(|_| words::hint("hint-vote"))).transpose()?;
    Ok(Vote::Ballot { proposal, yes })
}

/// A moment: `20:30`, `tomorrow 20:30`, `2026-12-31 23:59`, `in 2h`, `+90m`, `now`.
pub fn when(text: &str) -> Result<When, Refusal> {
    let text = text.trim().to_lowercase();
    let bad = || words::hint("hint-when").with("input", echo(&text));
    if is_choice(&text, "now") {
        return Ok(When::In(Millis::ZERO));
    }
    let (first, rest) = first_word(&text);
    let ahead = text.strip_prefix('+').or_else(|| is_choice(first, "in").then_some(rest));
    if let Some(ahead) = ahead {
        return long(ahead).map(When::In).ok_or_else(bad);
    }
    let (day, time) = if is_choice(first, "today") {
        (Day::Ahead(0), rest)
    } else if is_choice(first, "tomorrow") {
        (Day::Ahead(1), rest)
    } else if let Some(day) = date(first) {
        (day, rest)
    } else {
        (Day::Next, text.as_str())
    };
    match time_of_day(time) {
        Some((hour, minute)) => Ok(When::At { day, hour, minute }),
        // A length with a unit is no time of day: 90m, 1h30m.
        None if day == Day::Next && text.contains(char::is_alphabetic) => long(&text).map(When::In).ok_or_else(bad),
        None => Err(bad()),
    }
}

/// The same, where there may be none any more.
pub fn until(text: &str) -> Result<Until, Refusal> {
    if is_word(text, &["off", "never", "none"]) { Ok(Until::Off) } else { when(text).map(Until::At) }
}

fn date(text: &str) -> Option<Day> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let in_shape = parts.next().is_none() && year.len() == 4 && month.len() <= 2 && day.len() <= 2;
    let date = Day::On { year: year.parse().ok()?, month: month.parse().ok()?, day: day.parse().ok()? };
    in_shape.then_some(date)
}

/// `20:30`, `8:30pm`, `20h`, `8 pm`.
fn time_of_day(text: &str) -> Option<(i8, i8)> {
    let text = text.trim();
    let (text, shift) = match (text.strip_suffix("pm"), text.strip_suffix("am")) {
        (Some(text), _) => (text.trim(), Some(12)),
        (_, Some(text)) => (text.trim(), Some(0)),
        _ => (text, None),
    };
    let (hour, minute) = match text.split_once([':', 'h']) {
        Some((hour, "")) => (hour, 0),
        Some((hour, minute)) => (hour, digits(minute).filter(|_| minute.len() == 2)?),
        None => (text, shift.map(|_: i64| 0)?),
    };
    let hour = match (digits(hour)?, shift) {
        (hour, None) => hour,
        (hour @ 1..=12, Some(shift)) => hour % 12 + shift,
        _ => return None,
    };
    let fits = (0..24).contains(&hour) && (0..60).contains(&minute);
    fits.then(|| Some((i8::try_from(hour).ok()?, i8::try_from(minute).ok()?))).flatten()
}

/// A length of time, days and weeks too: `90`, `1:30`, `2h`, `3d`, `1w`.
pub fn long(text: &str) -> Option<Millis> {
    let text = text.trim().to_lowercase();
    for (unit, seconds) in [("w", 7 * 86_400), ("d", 86_400)] {
        if let Some(count) = text.strip_suffix(unit) {
            return digits(count.trim())?.checked_mul(seconds).map(Millis::seconds);
        }
    }
    length(&text)
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

pub(super) fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim()))
}

/// What was typed, safe to repeat.
pub(crate) fn echo(text: &str) -> String {
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
    fn a_moment_reads_the_way_people_write_it() {
        let clock = |day, hour, minute| When::At { day, hour, minute };
        for (text, moment) in [
            ("now", When::In(Millis::ZERO)),
            ("20:30", clock(Day::Next, 20, 30)),
            ("8:30pm", clock(Day::Next, 20, 30)),
            ("8 pm", clock(Day::Next, 20, 0)),
            ("12am", clock(Day::Next, 0, 0)),
            ("20h", clock(Day::Next, 20, 0)),
            ("today 20:30", clock(Day::Ahead(0), 20, 30)),
            ("Tomorrow 8:30", clock(Day::Ahead(1), 8, 30)),
            ("2026-12-31 23:59", clock(Day::On { year: 2026, month: 12, day: 31 }, 23, 59)),
            ("in 2h", When::In(Millis::seconds(7_200))),
            ("+90m", When::In(Millis::seconds(5_400))),
            ("in 3d", When::In(Millis::seconds(3 * 86_400))),
            ("90m", When::In(Millis::seconds(5_400))),
            ("1h30m", When::In(Millis::seconds(5_400))),
        ] {
            assert_eq!(when(text), Ok(moment), "{text}");
        }
        for text in
            ["", "soon", "25:00", "20:61", "13pm", "tomorrow", "2026-12-31", "31.12.2026 20:30", "90", "in a bit"]
        {
            assert_eq!(when(text).map_err(|refusal| refusal.code), Err(Code::BadInput), "{text}");
        }
        for text in ["off", "never", "Off "] {
            assert_eq!(until(text), Ok(Until::Off), "{text}");
        }
    }

    #[test]
    fn a_vote_is_for_what_can_be_voted_on() {
        let ask = |ask| Ok(Vote::For(Box::new(ask)));
        for (text, read) in [
            ("", Ok(Vote::Show)),
            ("skip", ask(Ask::Skip)),
            ("/skip", ask(Ask::Skip)),
            ("Seek 7:30", ask(Ask::Seek(at(450)))),
            ("speed 1.5", ask(Ask::Speed(Rate(1500)))),
            ("forward", ask(Ask::Forward(None))),
            ("remove 2", ask(Ask::QueueRemove { item: ItemRef::Number(2) })),
            ("pick #2", ask(Ask::Pick { item: ItemRef::Number(2) })),
            ("clear", ask(Ask::QueueClear { sure: true })),
            ("2", Ok(Vote::Item(ItemRef::Number(2)))),
            ("yes", Ok(Vote::Ballot { proposal: None, yes: true })),
            ("no #12", Ok(Vote::Ballot { proposal: Some(12), yes: false })),
        ] {
            assert_eq!(vote(text), read, "{text}");
        }
        for text in ["dance", "yes maybe", "remove all", "0"] {
            assert!(vote(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_speed_and_a_length_read_the_way_people_write_them() {
        for text in ["1.5", "1,5", "1.5x", "1.5 ×", "150%"] {
            assert_eq!(speed(text), Ok(Rate(1500)), "{text}");
        }
        for text in ["", "fast", "0", "5", "-1", "1e1"] {
            assert!(speed(text).is_err(), "{text}");
        }
        for (text, seconds) in [("90", 90), ("1:30", 90), ("2h", 7_200), ("3d", 259_200), ("1w", 604_800)] {
            assert_eq!(long(text), Some(Millis::seconds(seconds)), "{text}");
        }
        assert_eq!(long("a while"), None);
    }
}
