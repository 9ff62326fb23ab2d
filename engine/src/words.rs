//! Words that a room may not want to read: found and masked, everything else kept as it was typed.
//!
//! Three lists: `rustrict`'s for languages in Latin letters (with its tricks: `sh!t`, `f.u.c.k`), a short Russian one of our
//! own, and the room's. `rustrict` only finds: its own masking would drop accents from names.

mod russian;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeSet, HashSet},
    ops::Range,
    sync::Arc,
};

use rustrict::{Censor, Type};

/// The longest word with signs in it that is looked at as a whole, in characters.
const WHOLE: usize = 64;
/// How many words of a line that are more signs than letters are looked at. They are what costs the finder most: a line of
/// nothing else would take it some ten milliseconds.
const RIDDLES: usize = 8;
/// The longest word that is spelt out letter by letter.
const SPELT: usize = 40;

/// How often the same letter in a row is looked at.
const DRAWN: usize = 4;

/// Harmless words and names that the finder takes for something else, in small letters.
const HARMLESS: &[&str] = &[
    "babcock",
    "dyke",
    "dykes",
    "fagott",
    "hancock",
    "hitchcock",
    "matsushita",
    "nazi",
    "nazis",
    "shiitake",
    "shiitakes",
    "shitake",
    "shitakes",
    "woodcock",
    "yamashita",
];

/// The text with its bad words masked by `*`, one for each character; none where there is nothing to mask.
///
/// `extra` are words of the room's own, in any language and letter case, each a word by itself. Links are never masked: they
/// would lead nowhere. Takes well under a few milliseconds for 2,000 characters, whatever they are.
pub fn mask(text: &str, extra: &BTreeSet<Arc<str>>) -> Option<String> {
    let extra: HashSet<String> = extra.iter().map(|word| word.trim().to_lowercase()).collect();
    let bad = Finder { extra, riddles: RIDDLES }.find(text);
    if bad.is_empty() {
        return None;
    }
    let mut masked = String::with_capacity(text.len());
    let mut kept = 0;
    for range in bad {
        masked.push_str(&text[kept..range.start]);
        masked.extend(
            text[range.clone()].chars().filter(|c| !is_accent(*c)).map(|c| if c.is_whitespace() { c } else { '*' }),
        );
        kept = range.end;
    }
    masked.push_str(&text[kept..]);
    Some(masked)
}

struct Finder {
    extra: HashSet<String>,
    riddles: usize,
}

impl Finder {
    /// Where the bad words are, in order, in bytes.
    fn find(mut self, text: &str) -> Vec<Range<usize>> {
        let mut bad = Vec::new();
        // Letters that stand alone, one after the other: "f u c k".
        let mut spelt: Vec<Range<usize>> = Vec::new();
        for token in pieces(text, char::is_whitespace) {
            let letters = text[token.clone()].chars().filter(|c| !is_accent(*c)).count();
            if letters == 1 && text[token.clone()].chars().any(char::is_alphanumeric) {
                spelt.push(token);
                continue;
            }
            self.spelt(text, &mut spelt, &mut bad);
            self.token(text, token, &mut bad);
        }
        self.spelt(text, &mut spelt, &mut bad);
        bad
    }

    /// A token between white space: word by word first, then as a whole.
    fn token(&mut self, text: &str, token: Range<usize>, bad: &mut Vec<Range<usize>>) {
        let whole = &text[token.clone()];
        if whole.contains("://") {
            return;
        }
        let words: Vec<Range<usize>> = pieces(whole, |c| !is_letter(c)).collect();
        let before = bad.len();
        for word in &words {
            if self.is_bad(&whole[word.clone()]) {
                bad.push(token.start + word.start..token.start + word.end);
            }
        }
        let (Some(first), Some(last)) = (whole.find(is_part), whole.rfind(is_part)) else { return };
        let end = last + whole[last..].chars().next().map_or(0, char::len_utf8);
        let core = &whole[first..end];
        let plain = words.len() == 1 && words[0] == (first..end);
        if bad.len() == before && !plain && self.is_bad_with_signs(core) {
            bad.push(token.start + first..token.start + end);
        }
    }

    fn spelt(&self, text: &str, letters: &mut Vec<Range<usize>>, bad: &mut Vec<Range<usize>>) {
        if (3..=SPELT).contains(&letters.len()) {
            let word: String = letters.iter().map(|letter| &text[letter.clone()]).collect();
            if self.is_bad(&word) {
                bad.push(letters[0].start..letters[letters.len() - 1].end);
            }
        }
        letters.clear();
    }

    /// A word of letters and digits only.
    fn is_bad(&self, word: &str) -> bool {
        let small = word.to_lowercase();
        if self.extra.contains(&small) {
            return true;
        }
        if small.chars().nth(1).is_none() || HARMLESS.contains(&&*small) {
            return false;
        }
        russian::is_bad(&small) || (!russian::is_russian(&small) && finds(word))
    }

    /// A word with signs in it, from its first letter to its last.
    fn is_bad_with_signs(&mut self, word: &str) -> bool {
        if self.extra.contains(&word.to_lowercase()) {
            return true;
        }
        let all = word.chars().take(WHOLE + 1).count();
        if all > WHOLE {
            return false;
        }
        if word.chars().filter(|c| c.is_alphabetic()).count() * 2 < all {
            if self.riddles == 0 {
                return false;
            }
            self.riddles -= 1;
        }
        let letters: String = word.chars().filter(|c| is_letter(*c)).collect::<String>().to_lowercase();
        russian::is_bad(&letters) || (!russian::is_russian(&letters) && finds(word))
    }
}

/// Whether the finder calls it a swear word or a slur; what is only mild, mean or about sex is left to the room.
fn finds(word: &str) -> bool {
    // Of a letter drawn out for long, each more is a match more to it.
    let letters: Vec<char> = word.chars().collect();
    let short = letters.chunk_by(|one, next| one == next).flat_map(|run| &run[..run.len().min(DRAWN)]);
    Censor::new(short.copied()).analyze().is((Type::PROFANE | Type::OFFENSIVE) & Type::MODERATE_OR_HIGHER)
}

/// The pieces of a text between characters of a kind, in bytes.
fn pieces(text: &str, between: impl Fn(char) -> bool) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(|c| !between(c))?;
        let end = text[start..].find(&between).map_or(text.len(), |length| start + length);
        at = end;
        Some(start..end)
    })
}

/// What words are made of.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || is_accent(c)
}

/// The same, and signs that stand for letters at the beginning or the end of a word.
fn is_part(c: char) -> bool {
    is_letter(c) || matches!(c, '@' | '$')
}

/// Marks that stand on the letter before them.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{487}')
}
