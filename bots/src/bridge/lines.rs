//! How lines read on the other side.

use engine::room::chat::LINE_LIMIT;

use crate::{live_card::Line, reply::shortened};

/// How much of a line a quotation of it shows, in characters.
const QUOTED: usize = 80;
/// The longest link of an attachment that is carried.
const LINK_LIMIT: usize = 1_000;

/// What stands around a text from a chat in its room: stays as it is when the text is edited.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Frame {
    /// The line that it answers.
    before: String,
    /// What is attached to it.
    after: String,
}

impl Frame {
    /// With what it answers, where that is known: a name and a text.
    pub(super) fn new(quote: Option<(String, String)>, attachments: &[String]) -> Self {
        let quoted = |(name, text): (String, String)| {
            // A quotation within a quotation would be longer than what is said.
            let text = text.lines().find(|line| !line.starts_with("> ")).unwrap_or_default();
            format!("> {name}: {}\n", shortened(text, QUOTED))
        };
        let before = quote.map(quoted).unwrap_or_default();
        let mut after = String::new();
        for link in attachments.iter().filter(|link| link.len() <= LINK_LIMIT) {
            // A text of at least a few words has room beside them.
            if before.len() + after.len() + link.len() < LINE_LIMIT - 200 {
                after.push('\n');
                after.push_str(link);
            }
        }
        Self { before, after }
    }

    /// A text within it, cut to what a room takes; none where nothing is said.
    pub(super) fn around(&self, text: &str) -> Option<String> {
        let text = text.trim();
        if text.is_empty() && self.after.is_empty() {
            return None;
        }
        let taken = self.before.chars().count() + self.after.chars().count();
        let text = shortened(text, LINE_LIMIT.saturating_sub(taken));
        let after = if text.is_empty() { self.after.trim_start() } else { &self.after };
        Some(format!("{}{text}{after}", self.before))
    }
}

/// A line of the room in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// Its number in the room.
    pub seq: u64,
    /// Who said it.
    pub name: String,
    /// What; none where it was taken away.
    pub text: Option<String>,
}

/// Several lines as one message; none where nothing is left of them. One person's name stands once.
pub(super) fn message(lines: &[Told]) -> Option<Line> {
    let left: Vec<(&str, &str)> =
        lines.iter().filter_map(|line| Some((line.name.as_str(), line.text.as_deref()?))).collect();
    let (first, _) = left.first()?;
    let one = left.iter().all(|(name, _)| name == first);
    let texts = left.iter().map(|(name, text)| if one { (*text).to_owned() } else { format!("{name}: {text}") });
    let text = shortened(&texts.collect::<Vec<_>>().join("\n"), Line::LIMIT);
    Some(Line { name: one.then(|| (*first).to_owned()), text, ..Line::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(seq: u64, name: &str, text: &str) -> Told {
        Told { seq, name: name.to_owned(), text: Some(text.to_owned()) }
    }

    #[test]
    fn a_line_too_long_for_the_room_loses_its_end_and_keeps_what_is_attached() {
        let link = "https://files.example/a.png".to_owned();
        let frame = Frame::new(Some(("Ben".into(), "b".repeat(500))), std::slice::from_ref(&link));
        let said = frame.around(&"ä".repeat(5_000)).unwrap();
        assert_eq!(said.chars().count(), LINE_LIMIT);
        assert!(said.starts_with("> Ben: bbb") && said.ends_with(&format!("…\n{link}")));
    }

    #[test]
    fn a_picture_without_a_word_is_its_link() {
        let frame = Frame::new(None, &["https://files.example/a.png".to_owned()]);
        assert_eq!(frame.around("  ").as_deref(), Some("https://files.example/a.png"));
        assert_eq!(Frame::default().around(" \n"), None);
    }

    #[test]
    fn an_answer_to_an_answer_quotes_what_was_said_and_not_what_was_quoted() {
        let frame = Frame::new(Some(("Ben".into(), "> Ana: hi\nhello".into())), &[]);
        assert_eq!(frame.around("well").as_deref(), Some("> Ben: hello\nwell"));
    }

    #[test]
    fn lines_of_one_person_stand_below_one_name_and_those_of_several_below_none() {
        let one = message(&[told(1, "Ana", "hi"), told(2, "Ana", "there")]).unwrap();
        assert_eq!((one.name.as_deref(), one.text.as_str()), (Some("Ana"), "hi\nthere"));
        let two = message(&[told(1, "Ana", "hi"), told(2, "Ben", "there")]).unwrap();
        assert_eq!((two.name, two.text.as_str()), (None, "Ana: hi\nBen: there"));
        let gone = Told { text: None, ..told(1, "Ana", "") };
        assert_eq!(message(&[gone.clone(), told(2, "Ben", "there")]).unwrap().name.as_deref(), Some("Ben"));
        assert_eq!(message(&[gone]), None);
    }
}
