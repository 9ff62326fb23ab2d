//! Words for Discord: what people and pages wrote stays text, whatever it looks like.

/// How long a message may be, in UTF-16 units: what Discord counts in is not written down, and this is the strictest.
pub(crate) const MESSAGE_LIMIT: usize = 2_000;
/// How long the title of an embed may be.
pub(super) const TITLE_LIMIT: usize = 256;
/// How long the text of an embed may be.
pub(super) const DESCRIPTION_LIMIT: usize = 4_096;

/// Breaks what Discord would make something of without showing.
const BREAK: char = '\u{200B}';

/// Makes a text show as it is: no markup, no mention, no link, no invitation, nothing invisible but our own breaks.
///
/// That nobody is notified is not left to this: every message also says that it mentions nobody.
pub(crate) fn plain(text: &str) -> String {
    // First, because what is invisible would hide the rest from us and not from Discord.
    let text: String = text.chars().filter(|c| !invisible(*c)).collect();
    let mut shown = String::with_capacity(text.len() + text.len() / 8);
    let mut line_begins = true;
    for (at, c) in text.char_indices() {
        match c {
            '\\' | '*' | '_' | '~' | '`' | '|' | '[' | ']' | '(' | ')' | '<' | '>' | '#' => {
                shown.push('\\');
                shown.push(c);
            }
            // At the beginning of a line it would make a list.
            '-' | '+' if line_begins => {
                shown.push('\\');
                shown.push(c);
            }
            '@' => shown.extend([c, BREAK]),
            // "https://" and "<t:1:R>" alike; a time such as 1:30 stays whole.
            ':' if text[at + 1..].starts_with('/') => shown.extend([c, BREAK]),
            // Invitations show as invitations even without a scheme.
            '.' if ends_with_discord(&text[..at]) => shown.extend([BREAK, c]),
            _ => shown.push(c),
        }
        line_begins = c == '\n' || (line_begins && c == ' ');
    }
    shown
}

/// The same, but for `links` of our own that stand in the text: they stay links.
pub(super) fn plain_around<'a>(text: &str, links: impl IntoIterator<Item = &'a str>) -> String {
    let found =
        links.into_iter().filter(|link| !link.is_empty()).find_map(|link| text.split_once(link).zip(Some(link)));
    match found {
        Some(((before, after), link)) => format!("{}{link}{}", plain(before), plain(after)),
        None => plain(text),
    }
}

/// Cuts an escaped text to a limit in UTF-16 units: between lines where it can, never behind a lone backslash.
pub(crate) fn fit(text: &str, limit: usize) -> String {
    if length(text) <= limit {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut left = limit.saturating_sub(2);
    for line in text.split_inclusive('\n') {
        let Some(rest) = left.checked_sub(length(line)) else { break };
        kept.push_str(line);
        left = rest;
    }
    if kept.trim().is_empty() {
        kept.clear();
        let mut left = limit.saturating_sub(2);
        for c in text.chars() {
            let Some(rest) = left.checked_sub(c.len_utf16()) else { break };
            kept.push(c);
            left = rest;
        }
        let backslashes = kept.len() - kept.trim_end_matches('\\').len();
        if backslashes % 2 == 1 {
            kept.pop();
        }
    }
    kept.push('…');
    kept
}

fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

fn ends_with_discord(text: &str) -> bool {
    ["discord", "discordapp"].into_iter().any(|name| {
        let from = text.len().checked_sub(name.len());
        from.and_then(|from| text.get(from..)).is_some_and(|end| end.eq_ignore_ascii_case(name))
    })
}

/// Without width, or turning the direction of what follows. The joiner stays: families of emoji are held together by it.
fn invisible(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200B}' | '\u{200C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{00AD}' | '\u{061C}' | '\u{180E}')
}

/// Panics where a title does anything in Discord, or does not read as it was written.
#[cfg(any(test, fuzzing))]
pub(crate) fn check(title: &str) {
    let plain = plain(title);
    let left = live(&plain).to_lowercase();
    assert!(!left.contains(['*', '_', '~', '`', '|', '[', ']', '(', ')', '<', '>', '#']), "{title:?}: {left:?}");
    for trick in ["@everyone", "@here", "@1", "@!", "@&", "://", "discord.", "discordapp."] {
        assert!(!left.contains(trick), "{title:?}: {left:?}");
    }
    assert!(!left.lines().any(|line| line.trim_start().starts_with(['-', '+'])), "{title:?}: {left:?}");
    assert!(!left.chars().any(|c| c != BREAK && invisible(c)), "{title:?}: {left:?}");
    let seen: String = title.chars().filter(|c| !invisible(*c)).collect();
    assert_eq!(shown(&plain), seen);
}

/// What is left that Discord could make something of, once escaped characters are letters.
#[cfg(any(test, fuzzing))]
fn live(text: &str) -> String {
    let mut chars = text.chars();
    let mut live = String::new();
    while let Some(c) = chars.next() {
        live.extend(if c == '\\' { chars.next().map(|_| 'x') } else { Some(c) });
    }
    live
}

/// How Discord shows it: a backslash makes the next character a letter.
#[cfg(any(test, fuzzing))]
fn shown(text: &str) -> String {
    let mut chars = text.chars().filter(|c| *c != BREAK);
    let mut shown = String::new();
    while let Some(c) = chars.next() {
        shown.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &[&str] = &[
        "@everyone look",
        "@here",
        "<@123456789012345678>",
        "<@!123456789012345678>",
        "<@&123456789012345678>",
        "@\u{200B}everyone",
        "<#123456789012345678>",
        "</watch:123456789012345678>",
        "<id:browse>",
        "<t:1700000000:R>",
        "<:party:123456789012345678>",
        "<a:party:123456789012345678>",
        "[free film](https://evil.example)",
        "[free film](<https://evil.example>)",
        "https://evil.example",
        "<https://evil.example>",
        "HTTPS://EVIL.EXAMPLE",
        "steam://run/1",
        "discord.gg/evil",
        "DISCORD.GG/evil",
        "discord.com/invite/evil",
        "discordapp.com/invite/evil",
        "disc\u{200B}ord.gg/evil",
        "discord\u{200B}.gg/evil",
        "https:\u{200B}//evil.example",
        "https\u{00AD}://evil.example",
        "**bold**",
        "__under__",
        "_a_",
        "~~gone~~",
        "||spoiler||",
        "`code`",
        "```\nblock\n```",
        "`` ` ``",
        "# heading",
        "### heading",
        "> quote",
        ">>> quote",
        "- item",
        "-# small",
        "+ item",
        "\\*not escaped\\*",
        "\\\\<@1>",
        "a\u{202E}b",
        "a\u{2066}b\u{2069}",
        "\u{FEFF}@everyone",
        "a\u{0007}b",
    ];

    #[test]
    fn no_title_does_anything_in_discord_and_each_still_reads_as_it_was_written() {
        for title in HOSTILE {
            check(title);
        }
        assert_eq!(plain("Sintel (2010), 1:30 – part 2.5"), "Sintel \\(2010\\), 1:30 – part 2.5");
    }

    #[test]
    fn our_own_link_stays_a_link() {
        let link = "https://couch.example/j/A_b";
        assert_eq!(plain_around(&format!("Come *now*: {link}"), [link]), format!("Come \\*now\\*: {link}"));
        assert!(!plain_around("Come: https://evil.example", [link]).contains("https://evil"));
    }

    #[test]
    fn a_long_text_is_cut_where_it_does_no_harm() {
        assert_eq!(fit("short", 10), "short");
        assert_eq!(fit("first\nsecond\n", 10), "first\n…");
        assert_eq!(fit("\n\nsecond one", 10), "\n\nsecond…");
        assert_eq!(fit("abc\\*def", 6), "abc…");
        assert_eq!(fit("ab\\\\cdef", 6), "ab\\\\…");
        for limit in [10, MESSAGE_LIMIT] {
            assert!(length(&fit(&plain(&"𝄞*".repeat(3000)), limit)) <= limit);
        }
    }
}
