//! Text that people type, made safe to show: one place, whatever the door.

use crate::refusal::{Code, Refusal};

/// How many characters a name may have.
pub const NAME_LIMIT: usize = 48;

/// One line: white space folded, nothing invisible; 1 to `limit` characters.
pub fn line(text: &str, limit: usize) -> Result<String, Refusal> {
    let shown: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(visible).collect();
    bounded(shown.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "), limit)
}

/// Several lines: as typed, nothing invisible but line feeds; 1 to `limit` characters.
pub fn lines(text: &str, limit: usize) -> Result<String, Refusal> {
    let shown: String = text.chars().filter(|c| *c == '\n' || visible(c)).collect();
    bounded(shown.trim().to_owned(), limit)
}

/// A person's name.
pub fn name(text: &str) -> Result<String, Refusal> {
    line(text, NAME_LIMIT)
}

/// Cuts a text from elsewhere, such as the title of a page, to what fits; nothing where nothing is left.
pub fn clipped(text: &str, limit: usize) -> Option<String> {
    let cut: String = text.chars().take(limit * 4).collect();
    let cut: String = line(&cut, limit * 4).ok()?.chars().take(limit).collect();
    // The cut may have come behind a space.
    Some(cut.trim_end().to_owned())
}

fn bounded(text: String, limit: usize) -> Result<String, Refusal> {
    if text.is_empty() {
        return Err(Code::TextEmpty.into());
    }
    if text.chars().count() > limit {
        return Err(Refusal::new(Code::TextTooLong).with("limit", limit));
    }
    Ok(text)
}

/// No control characters, none that turn the reading direction of what follows, none that have no width: a name made of
/// them would pass for another's. The joiner stays: families of emoji are held together by it.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that `filter` wants")]
fn visible(c: &char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200B}' | '\u{200C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{061C}' | '\u{180E}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{00AD}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_what_is_seen_and_loses_what_is_not() {
        assert_eq!(name("  Ana\u{202E}  de\tla\u{200B} Cruz ").unwrap(), "Ana de la Cruz");
        assert_eq!(name("\u{200B}\u{FEFF}").unwrap_err().code, Code::TextEmpty);
        assert_eq!(name(&"x".repeat(49)).unwrap_err().code, Code::TextTooLong);
        assert_eq!(name(&"ж".repeat(48)).unwrap().chars().count(), 48);
    }

    #[test]
    fn what_is_cut_ends_with_a_word() {
        assert_eq!(clipped("one two", 4).as_deref(), Some("one"));
        assert_eq!(clipped(" \u{200B} ", 4), None);
    }

    #[test]
    fn lines_keep_their_breaks() {
        assert_eq!(lines("one\r\ntwo\n", 10).unwrap(), "one\ntwo");
    }
}
