//! What a command leaves out, taken from the message that it answers: what to watch, or who is meant.

use engine::refusal::Refusal;
use teloxide::types::Message;

use super::links;
use crate::{grammar, words};

/// A line with what it leaves out but the message that it answers has: what to watch, or who is meant.
pub(super) fn completed(line: &str, message: &Message) -> Result<String, Refusal> {
    let mut words = line.trim_start_matches('/').split_whitespace().map(str::to_lowercase);
    let words: Vec<String> = words.by_ref().take(4).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let meant = answered(message);
    let found = |all: bool| -> Result<Option<String>, Refusal> {
        let found: Vec<String> = meant.map(links::of).unwrap_or_default();
        match (found.first(), all) {
            (Some(_), true) => Ok(Some(found.join("\n"))),
            (Some(first), false) => Ok(Some(first.clone())),
            // Telegram gives bots no public link to a file; those that it gives hold the bot's secret.
            (None, _) if has_film(message) || meant.is_some_and(has_film) => Err(words::hint("telegram-file")),
            (None, _) => Ok(None),
        }
    };
    let person = || {
        let from = meant.and_then(|meant| meant.from.as_ref()).filter(|from| !from.is_bot);
        from.map(|from| format!("tg:{}", from.id))
    };
    Ok(match words.as_slice() {
        ["watch"] => found(false)?.map_or_else(|| line.to_owned(), |link| format!("{line} {link}")),
        ["queue", "add" | "next" | "import"] => {
            found(true)?.map_or_else(|| line.to_owned(), |link| format!("{line} {link}"))
        }
        ["kick" | "ban" | "unban"] => person().map_or_else(|| line.to_owned(), |person| format!("{line} {person}")),
        ["role", role] if grammar::role(role).is_ok() => {
            person().map_or_else(|| line.to_owned(), |person| format!("/role {person} {role}"))
        }
        _ => line.to_owned(),
    })
}

/// The message that somebody answers. In a topic Telegram says that of every message, for the one that began the topic.
pub(super) fn answered(message: &Message) -> Option<&Message> {
    message.reply_to_message().filter(|meant| meant.forum_topic_created().is_none())
}

/// Whether a file hangs on a message that could be watched, were there a link to it.
pub(super) fn has_film(message: &Message) -> bool {
    message.video().is_some()
        || message.animation().is_some()
        || message.audio().is_some()
        || message.video_note().is_some()
        || message.document().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telegram::fixture::{message, whole};
    use crate::words::Locale;

    fn answering(text: &str, meant: &str) -> Message {
        let mut answer = whole("{}");
        (answer["text"], answer["reply_to_message"]) = (text.into(), whole(meant));
        serde_json::from_value(answer).unwrap()
    }

    const LINKS: &str = r#"{"text": "see here and https://films.example/a.mp4", "entities": [
        {"type": "text_link", "offset": 4, "length": 4, "url": "https://films.example/b.mp4"},
        {"type": "url", "offset": 13, "length": 27}]}"#;

    #[test]
    fn a_command_that_answers_a_message_is_about_that_message() {
        for (line, full) in [
            ("/watch", "/watch https://films.example/b.mp4"),
            ("/queue add", "/queue add https://films.example/b.mp4\nhttps://films.example/a.mp4"),
            ("/kick", "/kick tg:7"),
            ("/role trusted", "/role tg:7 trusted"),
            ("/role Ben", "/role Ben"),
            ("/watch https://films.example/c.mp4", "/watch https://films.example/c.mp4"),
            ("/pause", "/pause"),
        ] {
            assert_eq!(completed(line, &answering(line, LINKS)).unwrap(), full);
            assert_eq!(completed(line, &message(&format!(r#"{{"text": "{line}"}}"#))).unwrap(), line);
        }
        let film = r#"{"video": {"file_id": "a", "file_unique_id": "a", "file_size": 1, "width": 1, "height": 1,
            "duration": 1, "mime_type": "video/mp4"}}"#;
        let no = completed("/watch", &answering("/watch", film)).unwrap_err();
        assert!(words::refusal(Locale::English, &no).contains("file"), "{no:?}");
    }
}
