//! Answers and cards as Telegram's messages: plain text, so that nothing that a title holds is taken for markup, and an
//! inline keyboard.

use std::fmt::Write as _;

use engine::ids::RoomId;
use teloxide::types::{InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity};
use url::{Host, Url};

use crate::{
    live_card::Card,
    reply::{Button, Reply},
};

/// How long a message may be, in UTF-16 code units.
const MESSAGE: usize = 4_096;
/// How long the notice may be that a pressed button gives, in characters.
pub(super) const TOAST: usize = 200;
/// How many buttons that do something stand in a row.
const ROW: usize = 3;

/// One message.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Words {
    pub(super) text: String,
    /// Parts that are set in bold: the title of a card.
    pub(super) entities: Vec<MessageEntity>,
    pub(super) keyboard: Option<InlineKeyboardMarkup>,
}

/// An answer. With `links`, pages open from buttons; else their addresses stand in the text.
pub(super) fn reply(reply: &Reply, links: bool) -> Words {
    let mut text = reply.text.clone();
    let keyboard = keyboard(&mut text, &reply.buttons, reply.room, links);
    Words { text: clip(&text, MESSAGE), entities: Vec::new(), keyboard }
}

/// A live card.
pub(super) fn card(card: &Card, links: bool) -> Words {
    let mut text = format!("{}\n{}", card.title, card.status);
    if let Some(ends_at) = card.ends_at_wall_ms {
        // The time of day, as nothing on Telegram counts down by itself; nobody here knows where the readers live.
        let minutes = ends_at.div_euclid(60_000);
        let _ =
            write!(text, ", ends at {:02}:{:02} UTC", minutes.div_euclid(60).rem_euclid(24), minutes.rem_euclid(60));
    }
    for line in &card.lines {
        let _ = write!(text, "\n{line}");
    }
    let keyboard = keyboard(&mut text, &card.buttons, Some(card.room), links);
    let bold = MessageEntity::bold(0, card.title.encode_utf16().count());
    Words { text: clip(&text, MESSAGE), entities: vec![bold], keyboard }
}

fn keyboard(text: &mut String, buttons: &[Button], room: Option<RoomId>, links: bool) -> Option<InlineKeyboardMarkup> {
    let mut acts = Vec::new();
    let mut pages = Vec::new();
    for button in buttons {
        match button {
            Button::Act { label, action } => {
                acts.extend(room.map(|room| InlineKeyboardButton::callback(label, action.data(room))));
            }
            Button::Link { label, url } => match Url::parse(url) {
                Ok(page) if links && can_be_linked(&page) => {
                    pages.push(vec![InlineKeyboardButton::url(label, page)]);
                }
                // An answer that says the link already need not say it again.
                _ if text.contains(url.as_str()) => {}
                _ => {
                    let _ = write!(text, "\n{label}: {url}");
                }
            },
        }
    }
    let rows: Vec<_> = acts.chunks(ROW).map(<[_]>::to_vec).chain(pages).collect();
    (!rows.is_empty()).then(|| InlineKeyboardMarkup::new(rows))
}

/// Whether Telegram lets a button open this page: it refuses the whole message where a button leads to a machine that has
/// no public name.
fn can_be_linked(page: &Url) -> bool {
    let Some(Host::Domain(name)) = page.host() else { return false };
    let local = [".localhost", ".local", ".internal", ".lan", ".home.arpa"];
    name.contains('.') && !local.iter().any(|end| name.ends_with(end))
}

/// What fits into a notice.
pub(super) fn toast(text: &str) -> String {
    if text.chars().count() <= TOAST {
        return text.to_owned();
    }
    text.chars().take(TOAST - 1).chain(['…']).collect()
}

/// At most `limit` UTF-16 code units of a text.
fn clip(text: &str, limit: usize) -> String {
    if text.encode_utf16().count() <= limit {
        return text.to_owned();
    }
    let mut left = limit - 1;
    let cut = text.chars().take_while(|c| {
        let fits = c.len_utf16() <= left;
        left = left.saturating_sub(c.len_utf16());
        fits
    });
    cut.chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::Action;

    fn answer(url: &str) -> Reply {
        let room = RoomId(uuid::Uuid::from_u128(1));
        let buttons = [Action::Pause, Action::Back10, Action::Forward10, Action::Skip].into_iter().map(Button::act);
        Reply {
            text: "On.".to_owned(),
            refused: false,
            private: false,
            buttons: buttons.chain([Button::open(url.to_owned())]).collect(),
            room: Some(room),
        }
    }

    #[test]
    fn buttons_stand_in_rows_and_the_way_in_below_them() {
        let words = reply(&answer("https://couch.example/j/abc"), true);
        let rows: Vec<usize> = words.keyboard.unwrap().inline_keyboard.iter().map(Vec::len).collect();
        assert_eq!((words.text.as_str(), rows), ("On.", vec![3, 1, 1]));
    }

    #[test]
    fn a_server_without_a_public_name_has_its_link_in_the_text() {
        for url in ["http://localhost:8080/j/a", "http://127.0.0.1:8080/j/a", "http://couch/j/a", "http://[::1]/j/a"] {
            let words = reply(&answer(url), true);
            assert_eq!(words.text, format!("On.\nOpen the room: {url}"));
            assert_eq!(words.keyboard.unwrap().inline_keyboard.len(), 2, "{url}");
        }
        assert_eq!(
            reply(&answer("https://couch.example/j/a"), false).text,
            "On.\nOpen the room: https://couch.example/j/a"
        );
    }

    #[test]
    fn what_is_too_long_is_cut_where_telegram_counts() {
        let long = Reply { text: "\u{1F6CB}".repeat(3_000), ..answer("https://couch.example/j/abc") };
        let words = reply(&long, true);
        assert_eq!(words.text.encode_utf16().count(), 4_095);
        assert!(words.text.ends_with('…'));
        assert_eq!(toast(&"é".repeat(300)).chars().count(), 200);
        assert_eq!(toast("Paused."), "Paused.");
    }
}
