//! Subtitles as WebVTT, the one form that browsers show: from bytes in whatever encoding, as WebVTT or SubRip.

use std::fmt::Write as _;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Tags of SubRip that WebVTT has as well.
const TAGS: [&str; 3] = ["b", "i", "u"];
/// Entities that stand for themselves where they are written already.
const ENTITIES: [&str; 6] = ["&amp;", "&lt;", "&gt;", "&nbsp;", "&lrm;", "&rlm;"];
/// Bytes of a line that are shown; no screen has room for more.
const LINE: usize = 2_000;
/// Bytes within which a tag ends; what is longer is text. So a line costs no more than its length, whatever is in it.
const TAG: usize = 200;

/// Subtitles as WebVTT; none where there are none in it.
pub fn webvtt(bytes: &[u8]) -> Option<String> {
    let text = decode(bytes);
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}'], "\n").replace('\0', "");
    let begins = text.strip_prefix("WEBVTT");
    if begins.is_some_and(|rest| rest.is_empty() || rest.starts_with(['\n', ' ', '\t'])) {
        return text.contains("-->").then_some(text);
    }
    subrip(&text)
}

/// As the mark at the beginning says; else UTF-8 where it is that, and else what old programs on Windows wrote.
fn decode(bytes: &[u8]) -> String {
    let (encoding, rest): (&'static Encoding, &[u8]) = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => (UTF_8, rest),
        [0xff, 0xfe, rest @ ..] => (UTF_16LE, rest),
        [0xfe, 0xff, rest @ ..] => (UTF_16BE, rest),
        rest if std::str::from_utf8(rest).is_ok() => (UTF_8, rest),
        rest => (WINDOWS_1252, rest),
    };
    encoding.decode_without_bom_handling(rest).0.into_owned()
}

/// A cue begins with the line of its times; what stands above it, a number, is not needed.
fn subrip(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let cues: Vec<(usize, Times)> =
        lines.iter().enumerate().filter_map(|(at, line)| Some((at, times(line)?))).collect();
    let mut out = String::from("WEBVTT\n");
    let mut any = false;
    for (place, (at, times)) in cues.iter().enumerate() {
        let next = cues.get(place + 1).map(|(next, _)| *next);
        let mut body: Vec<&str> = lines[at + 1..next.unwrap_or(lines.len())].iter().map(|line| line.trim()).collect();
        if next.is_some()
            && body.last().is_some_and(|line| !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit()))
        {
            // A number that is a line of its own cue, and no counter, has no empty line above it.
            let above = body.len().checked_sub(2).map(|above| body[above]);
            if above.is_none_or(str::is_empty) {
                body.pop();
            }
        }
        let top = body.iter().any(|line| ["{\\an7}", "{\\an8}", "{\\an9}"].iter().any(|mark| line.contains(mark)));
        let body: Vec<String> = body.iter().map(|line| clean(line)).filter(|line| !line.trim().is_empty()).collect();
        if body.is_empty() || times.to <= times.from {
            continue;
        }
        any = true;
        let place = if top { " line:0" } else { "" };
        // Writing to a String cannot fail.
        let _ = write!(out, "\n{} --> {}{place}\n{}\n", stamp(times.from), stamp(times.to), body.join("\n"));
    }
    any.then_some(out)
}

/// From when to when, in milliseconds.
struct Times {
    from: u64,
    to: u64,
}

/// `00:00:01,000 --> 00:00:02,500 X1:…`: with a comma or a full stop, with or without hours.
fn times(line: &str) -> Option<Times> {
    let (from, rest) = line.split_once("-->")?;
    let to = rest.split_whitespace().next()?;
    Some(Times { from: moment(from.trim())?, to: moment(to)? })
}

fn moment(text: &str) -> Option<u64> {
    let (clock, millis) = text.split_once([',', '.']).unwrap_or((text, "0"));
    let mut seconds = 0_u64;
    let parts: Vec<&str> = clock.split(':').collect();
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    for part in parts {
        let number: u32 = part.trim().parse().ok()?;
        seconds = seconds * 60 + u64::from(number);
    }
    // Written with fewer digits it is tenths or hundredths all the same.
    let millis = millis.trim();
    if millis.is_empty() || millis.len() > 9 || !millis.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits: String = millis.chars().chain("00".chars()).take(3).collect();
    Some(seconds * 1000 + digits.parse::<u64>().ok()?)
}

fn stamp(millis: u64) -> String {
    let seconds = millis / 1000;
    format!("{:02}:{:02}:{:02}.{:03}", seconds / 3600, seconds / 60 % 60, seconds % 60, millis % 1000)
}

/// What stands before the end of a tag, and what behind it; none where it does not end soon.
fn tag_until(text: &str, end: char) -> Option<(&str, &str)> {
    let at = text[..text.floor_char_boundary(TAG)].find(end)?;
    Some((&text[..at], &text[at + end.len_utf8()..]))
}

/// A line with the tags that WebVTT knows, and all else as text.
fn clean(line: &str) -> String {
    let mut rest = &line[..line.floor_char_boundary(LINE)];
    let mut out = String::with_capacity(rest.len());
    while let Some(first) = rest.chars().next() {
        if let Some(tag) = rest.strip_prefix('<').and_then(|after| tag_until(after, '>')) {
            let (inside, after) = tag;
            let name = inside.trim_start_matches('/').trim().to_ascii_lowercase();
            if TAGS.contains(&name.as_str()) {
                let slash = if inside.starts_with('/') { "/" } else { "" };
                let _ = write!(out, "<{slash}{name}>");
                rest = after;
                continue;
            }
            // Fonts and colours, and what is no tag at all: "1 < 2 and 3 > 2".
            if inside.trim_start_matches('/').starts_with(|c: char| c.is_ascii_alphabetic()) {
                rest = after;
                continue;
            }
        }
        if let Some((_, after)) = rest.strip_prefix("{\\").and_then(|inside| tag_until(inside, '}')) {
            rest = after;
            continue;
        }
        if let Some(entity) = ENTITIES.iter().find(|entity| rest.starts_with(**entity)) {
            out.push_str(entity);
            rest = &rest[entity.len()..];
            continue;
        }
        match first {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            other => out.push(other),
        }
        rest = &rest[first.len_utf8()..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const SRT: &str =
        "1\r\n00:00:01,000 --> 00:00:02,500\r\nHello\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nTwo\r\nlines\r\n";
    const VTT: &str = "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nHello\n\n00:00:03.000 --> 00:00:04.000\nTwo\nlines\n";

    fn made(text: &str) -> String {
        webvtt(text.as_bytes()).unwrap_or_default()
    }

    /// The lines of the only cue of a text.
    fn line(text: &str) -> String {
        let made = made(&format!("1\n00:00:01,000 --> 00:00:02,000\n{text}\n"));
        made.lines().skip(3).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn subrip_becomes_webvtt_whatever_its_line_ends() {
        assert_eq!(made(SRT), VTT);
        assert_eq!(made(&SRT.replace("\r\n", "\n")), VTT);
        assert_eq!(made(&SRT.replace("\r\n", "\r")), VTT);
        assert_eq!(made(&format!("\u{feff}{SRT}")), VTT);
        assert_eq!(made(&SRT.replace(',', ".")), VTT);
        assert_eq!(made("0:01,5 --> 0:02,25 X1:10 X2:20\nshort"), "WEBVTT\n\n00:00:01.500 --> 00:00:02.250\nshort\n");
        assert_eq!(
            made("100:00:01,000 --> 100:00:02,000\nlate").lines().nth(2),
            Some("100:00:01.000 --> 100:00:02.000")
        );
    }

    #[test]
    fn every_encoding_that_subtitles_come_in_is_read() {
        let text = "1\n00:00:01,000 --> 00:00:02,000\nÄrger – „ok“\n";
        let read = |bytes: &[u8]| webvtt(bytes).unwrap_or_default().lines().last().map(str::to_owned);
        let expected = Some("Ärger – „ok“".to_owned());
        assert_eq!(read(text.as_bytes()), expected);
        let little: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(read(&little), expected);
        let big: Vec<u8> = [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        assert_eq!(read(&big), expected);
        let (western, _, lost) = WINDOWS_1252.encode(text);
        assert!(!lost);
        assert_eq!(read(&western), expected);
    }

    #[test]
    fn tags_that_webvtt_knows_stay_and_all_else_is_text() {
        assert_eq!(line("<i>Hello</i> <B>you</B>"), "<i>Hello</i> <b>you</b>");
        assert_eq!(line("<font color=\"#ff0000\">red</font> <c.x>class</c> <v Bob>voice"), "red class voice");
        assert_eq!(line("{\\an8}{\\pos(1,2)}up {here}"), "up {here}");
        assert_eq!(line("R&D &amp; 1 < 2 > 0 <3"), "R&amp;D &amp; 1 &lt; 2 &gt; 0 &lt;3");
        assert_eq!(line("a --> b"), "a --&gt; b");
        assert!(made("1\n00:00:01,000 --> 00:00:02,000\n{\\an8}up\n").contains("00:00:02.000 line:0\nup"));
    }

    #[test]
    fn a_line_of_a_megabyte_is_cut_and_costs_no_more_than_a_short_one() {
        for (part, shown) in [("<", "&lt;"), ("< ", "&lt; "), ("{\\", "{\\"), ("<1>", "&lt;1&gt;"), ("ä", "ä")] {
            let made = line(&format!("{}x", part.repeat((1 << 20) / part.len())));
            let whole = LINE / part.len();
            assert!(made.starts_with(&shown.repeat(whole)), "{part}");
            assert!(made.len() < shown.len() * (whole + 1) + 4, "{part}");
        }
        assert_eq!(line(&format!("<i {}>a", "x".repeat(TAG))), format!("&lt;i {}&gt;a", "x".repeat(TAG)));
    }

    #[test]
    fn odd_subtitles_lose_what_is_odd_and_keep_the_rest() {
        // No empty line between cues, no numbers, a number that is said, an empty line within a cue.
        let text = "00:00:01,000 --> 00:00:02,000\nOne\n00:00:03,000 --> 00:00:04,000\n1984\n\n3\n00:00:05,000 --> 00:00:06,000\nA\n\nB\n";
        assert_eq!(
            made(text),
            "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nOne\n\n00:00:03.000 --> 00:00:04.000\n1984\n\n00:00:05.000 --> 00:00:06.000\nA\nB\n"
        );
        let backwards = "00:00:04,000 --> 00:00:03,000\nnever\n\n00:00:05,000 --> 00:00:06,000\nonce\n";
        assert_eq!(made(backwards).matches("-->").count(), 1);
    }

    #[test]
    fn what_is_no_subtitles_is_none() {
        for text in
            ["", "hello", "<html>-->", "WEBVTTX\n", "1\n00:00:01 -> 00:00:02\nx", "x --> y\nz", "WEBVTT\n\nno cues"]
        {
            assert_eq!(webvtt(text.as_bytes()), None, "{text:?}");
        }
        assert_eq!(webvtt(b"\x89PNG\r\n\x1a\n\0\0\0"), None);
    }

    #[test]
    fn webvtt_stays_as_it_is() {
        let text = "WEBVTT - made by hand\n\nNOTE x\n\n00:01.000 --> 00:02.000 align:start\n<v Bob>Hi\n";
        assert_eq!(made(text), text);
        assert_eq!(made(&format!("\u{feff}{}", text.replace('\n', "\r\n"))), text);
    }
}
