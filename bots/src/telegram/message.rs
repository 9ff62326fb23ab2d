//! Answers and cards as Telegram's messages: plain text, so that nothing that a title holds is taken for markup, and an
//! inline keyboard.

use std::fmt::Write as _;

use engine::ids::RoomId;
use teloxide::types::{InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, MessageEntityKind, User, UserId};
use url::{Host, Url};

use crate::{
    live_card::{Card, Line},
    reply::{Action, Button, Reply, shortened},
    say,
};

/// How long a message may be, in UTF-16 code units.
const MESSAGE: usize = 4_096;
/// How long the notice may be that a pressed button gives, in characters.
pub(super) const TOAST: usize = 200;
/// How many buttons that do something stand in a row.
const ROW: usize = 3;

/// How long the question of a poll may be, in characters.
const QUESTION: usize = 300;
/// How many numbers to choose from stand below an answer.
const NUMBERS: usize = 8;
/// How many people an answer calls at most.
const CALLS: usize = 20;

/// One message.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Words {
    pub(super) text: String,
    /// Parts that are set in bold, and people who are called.
    pub(super) entities: Vec<MessageEntity>,
    pub(super) keyboard: Option<InlineKeyboardMarkup>,
    /// A picture that is shown above the text.
    pub(super) picture: Option<Url>,
}

/// How pages are opened from a message.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Ways {
    /// From buttons; else their addresses stand in the text.
    pub(super) links: bool,
    /// Rooms open in this Mini App, `https://t.me/BOT/APP`.
    pub(super) app: Option<String>,
}

/// Somebody who is called: who, and by which name.
pub(super) type Called = (UserId, String);

/// An answer.
pub(super) fn reply(reply: &Reply, called: &[Called], ways: &Ways) -> Words {
    let mut text = quiet(&reply.text);
    let mut rows = keyboard(&mut text, &reply.buttons, reply.room, ways);
    // What a choice does stands in itself.
    let numbers = reply.choices.iter().take(NUMBERS).enumerate().filter(|(_, it)| Action::parse(&it.value).is_some());
    let numbers: Vec<_> = numbers
        .map(|(index, choice)| InlineKeyboardButton::callback(number_of(&choice.label, index), choice.value.clone()))
        .collect();
    if !numbers.is_empty() {
        rows.insert(0, numbers);
    }
    written(text, Vec::new(), called, rows)
}

/// A line that was written elsewhere, or that the room tells.
pub(super) fn line(line: &Line, called: &[Called], ways: &Ways) -> Words {
    let (mut text, bold) = match &line.name {
        Some(name) => {
            let name = quiet(name);
            let bold = MessageEntity::bold(0, name.encode_utf16().count());
            (format!("{name}: {}", quiet(&line.text)), vec![bold])
        }
        None => (quiet(&line.text), Vec::new()),
    };
    let rows = keyboard(&mut text, &line.buttons, line.room, ways);
    written(text, bold, called, rows)
}

/// A live card.
pub(super) fn card(card: &Card, ways: &Ways) -> Words {
    let title = quiet(&card.title);
    let mut text = format!("{title}\n{}", card.status);
    if let Some(ends_at) = card.ends_at_wall_ms {
        // The time of day, as nothing on Telegram counts down by itself; nobody here knows where the readers live.
        let minutes = ends_at.div_euclid(60_000);
        let at = format!("{:02}:{:02}", minutes.div_euclid(60).rem_euclid(24), minutes.rem_euclid(60));
        text.push_str(&say!(card.locale, "telegram-card-ends", at = at));
    }
    for line in &card.lines {
        let _ = write!(text, "\n{}", quiet(line));
    }
    let rows = keyboard(&mut text, &card.buttons, Some(card.room), ways);
    let bold = MessageEntity::bold(0, title.encode_utf16().count());
    let picture = card.image.as_deref().and_then(|link| Url::parse(link).ok()).filter(|link| link.scheme() == "https");
    Words { picture, ..written(text, vec![bold], &[], rows) }
}

/// Telegram's own bot, which some answers send people to; it reads no calls.
const FATHER: &str = "BotFather";

/// A text that calls nobody: Telegram makes a call of every @name that it finds by itself, whoever wrote it.
pub(crate) fn quiet(text: &str) -> String {
    let mut quiet = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        quiet.push(c);
        let rest = chars.as_str();
        let name = rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
        if c == '@' && name && !rest.starts_with(FATHER) {
            // No width, and no place to break a line.
            quiet.push('\u{2060}');
        }
    }
    quiet
}

/// Puts it together: the people called stand in a line of their own.
fn written(
    mut text: String,
    mut entities: Vec<MessageEntity>,
    called: &[Called],
    rows: Vec<Vec<InlineKeyboardButton>>,
) -> Words {
    for (index, (user, name)) in called.iter().take(CALLS).enumerate() {
        text.push_str(if index == 0 { "\n" } else { ", " });
        let offset = text.encode_utf16().count();
        text.push_str(&quiet(name));
        let length = text.encode_utf16().count() - offset;
        if offset + length < MESSAGE {
            entities.push(mention(*user, name, offset, length));
        }
    }
    let keyboard = (!rows.is_empty()).then(|| InlineKeyboardMarkup::new(rows));
    Words { text: clip(&text, MESSAGE), entities, keyboard, picture: None }
}

/// The one way of calling somebody who has no @name. Telegram looks at the identity alone.
fn mention(id: UserId, name: &str, offset: usize, length: usize) -> MessageEntity {
    let user = User {
        id,
        is_bot: false,
        first_name: name.to_owned(),
        last_name: None,
        username: None,
        language_code: None,
        is_premium: false,
        added_to_attachment_menu: false,
    };
    MessageEntity::new(MessageEntityKind::TextMention { user }, offset, length)
}

/// The number that a choice has in the text, else its own.
fn number_of(label: &str, index: usize) -> String {
    let digits: String = label.chars().take_while(char::is_ascii_digit).collect();
    if digits.is_empty() { (index + 1).to_string() } else { digits }
}

fn keyboard(
    text: &mut String,
    buttons: &[Button],
    room: Option<RoomId>,
    ways: &Ways,
) -> Vec<Vec<InlineKeyboardButton>> {
    let mut acts = Vec::new();
    let mut pages = Vec::new();
    for button in buttons {
        match button {
            Button::Act { label, action } => {
                acts.extend(room.map(|room| InlineKeyboardButton::callback(label, action.data(room))));
            }
            Button::Link { label, url } => match Url::parse(&opened(url, ways)) {
                Ok(page) if ways.links && can_be_linked(&page) => {
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
    acts.chunks(ROW).map(<[_]>::to_vec).chain(pages).collect()
}

/// Where a page is opened: the way into a room leads through the Mini App, where there is one. A `web_app` button would
/// be refused in groups; a link to the app works everywhere.
fn opened(url: &str, ways: &Ways) -> String {
    match (&ways.app, invite_of(url)) {
        (Some(app), Some(token)) => format!("{app}?startapp={token}"),
        _ => url.to_owned(),
    }
}

/// The invite that a link carries: `…/j/TOKEN`.
pub(super) fn invite_of(url: &str) -> Option<&str> {
    let (before, token) = url.rsplit_once("/j/")?;
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    (before.contains("://") && (1..=64).contains(&token.len()) && token.bytes().all(fits)).then_some(token)
}

/// What a poll asks.
pub(super) fn question(text: &str) -> String {
    shortened(text.trim(), QUESTION)
}

/// What may stand with a file, in UTF-16 code units.
pub(crate) fn caption(text: &str) -> String {
    clip(text, 1_024)
}

/// Whether Telegram lets a button open this page: it refuses the whole message where a button leads to a machine that has
/// no public name.
fn can_be_linked(page: &Url) -> bool {
    let Some(Host::Domain(name)) = page.host() else { return false };
    let local = [".localhost", ".local", ".internal", ".lan", ".home.arpa"];
    name.contains('.') && !local.iter().any(|end| name.ends_with(end))
}

/// What fits into a notice.
pub(crate) fn toast(text: &str) -> String {
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
    use crate::{Locale, reply::Choice};

    fn ways(links: bool) -> Ways {
        Ways { links, app: None }
    }

    fn answer(url: &str) -> Reply {
        let room = RoomId(uuid::Uuid::from_u128(1));
        let buttons = [Action::Pause, Action::Back10, Action::Forward10, Action::Skip]
            .into_iter()
            .map(|action| Button::act(Locale::English, action));
        Reply {
            text: "On.".to_owned(),
            buttons: buttons.chain([Button::open(Locale::English, url.to_owned())]).collect(),
            room: Some(room),
            ..Reply::default()
        }
    }

    #[test]
    fn buttons_stand_in_rows_and_the_way_in_below_them() {
        let words = reply(&answer("https://couch.example/j/abc"), &[], &ways(true));
        let rows: Vec<usize> = words.keyboard.unwrap().inline_keyboard.iter().map(Vec::len).collect();
        assert_eq!((words.text.as_str(), rows), ("On.", vec![3, 1, 1]));
    }

    #[test]
    fn a_server_without_a_public_name_has_its_link_in_the_text() {
        for url in ["http://localhost:8080/j/a", "http://127.0.0.1:8080/j/a", "http://couch/j/a", "http://[::1]/j/a"] {
            let words = reply(&answer(url), &[], &ways(true));
            assert_eq!(words.text, format!("On.\nOpen the room: {url}"));
            assert_eq!(words.keyboard.unwrap().inline_keyboard.len(), 2, "{url}");
        }
        assert_eq!(
            reply(&answer("https://couch.example/j/a"), &[], &ways(false)).text,
            "On.\nOpen the room: https://couch.example/j/a"
        );
    }

    #[test]
    fn what_is_too_long_is_cut_where_telegram_counts() {
        let long = Reply { text: "\u{1F6CB}".repeat(3_000), ..answer("https://couch.example/j/abc") };
        let words = reply(&long, &[], &ways(true));
        assert_eq!(words.text.encode_utf16().count(), 4_095);
        assert!(words.text.ends_with('…'));
        assert_eq!(toast(&"é".repeat(300)).chars().count(), 200);
        assert_eq!(toast("Paused."), "Paused.");
    }

    #[test]
    fn the_way_into_a_room_leads_through_the_mini_app_where_there_is_one() {
        let ways = Ways { links: true, app: Some("https://t.me/couch_bot/couch".to_owned()) };
        let words = reply(&answer("https://couch.example/j/a-b_c"), &[], &ways);
        let last = words.keyboard.unwrap().inline_keyboard.pop().unwrap().pop().unwrap();
        assert_eq!(
            last,
            InlineKeyboardButton::url("Open the room", "https://t.me/couch_bot/couch?startapp=a-b_c".parse().unwrap())
        );
    }

    #[test]
    fn who_is_called_stands_below_and_is_named_to_telegram() {
        let called = [(UserId(7), "Ana".to_owned()), (UserId(8), "Бен".to_owned())];
        let words = reply(&Reply { text: "Come.".into(), ..Reply::default() }, &called, &ways(true));
        assert_eq!(words.text, "Come.\nAna, Бен");
        let at: Vec<_> = words.entities.iter().map(|entity| (entity.offset, entity.length)).collect();
        assert_eq!(at, [(6, 3), (11, 3)]);
    }

    #[test]
    fn a_name_in_a_title_or_a_line_calls_nobody() {
        let said = Line { name: Some("@ana".into()), text: "hey @everyone and @ben_1, a@b".into(), ..Line::default() };
        let words = line(&said, &[], &ways(true));
        assert_eq!(words.text, "@\u{2060}ana: hey @\u{2060}everyone and @\u{2060}ben_1, a@\u{2060}b");
        assert_eq!(words.entities[0].length, 5, "the name alone is bold");
        let said = Reply { text: "Now playing: @ben live @ 8".to_owned(), ..Reply::default() };
        let text = reply(&said, &[(UserId(7), "@ana".to_owned())], &ways(true)).text;
        assert_eq!(text, "Now playing: @\u{2060}ben live @ 8\n@\u{2060}ana");
    }

    #[test]
    fn what_can_be_chosen_is_a_row_of_its_numbers() {
        let room = RoomId(uuid::Uuid::from_u128(1));
        let item = |number| Action::Pick(engine::ids::ItemId(uuid::Uuid::from_u128(number)));
        let choices =
            (3..13).map(|number| Choice { label: format!("{number}. Sintel"), value: item(number).data(room) });
        let reply_ = Reply { choices: choices.collect(), ..answer("https://couch.example/j/a") };
        let rows = reply(&reply_, &[], &ways(true)).keyboard.unwrap().inline_keyboard;
        let labels: Vec<_> = rows[0].iter().map(|button| button.text.as_str()).collect();
        assert_eq!(labels, ["3", "4", "5", "6", "7", "8", "9", "10"]);
    }
}
