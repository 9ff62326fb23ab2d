//! What libFuzzer runs of this crate, and its unit tests on the corpus: see docs/CONTRIBUTING.md. Each takes any bytes and
//! panics where a promise is broken.

use engine::time::{Millis, WallTime};

use crate::{
    Action, Locale,
    discord::{
        activity::{PublicKey, Signed},
        text,
    },
    grammar,
    telegram::{init_data, message},
    words,
};

#[cfg(test)]
#[path = "../../fuzz/replay.rs"]
mod replay;

/// A typed command. Whatever is typed is understood or told no, in every language, and what is told is short.
pub fn commands(data: &[u8]) {
    let line = String::from_utf8_lossy(data);
    let refusals = [
        grammar::parse(&line).err(),
        grammar::seek(&line).err(),
        grammar::when(&line).err(),
        grammar::until(&line).err(),
        grammar::speed(&line).err(),
        grammar::vote(&line).err(),
        grammar::item(&line).err(),
    ];
    for refusal in refusals.into_iter().flatten() {
        for locale in Locale::ALL {
            let said = words::refusal(locale, &refusal);
            assert!((5..1_000).contains(&said.chars().count()), "{said:?}");
        }
    }
    let _ = grammar::person(&line);
    if let Some(long) = grammar::long(&line) {
        assert!(long >= Millis::ZERO, "{long:?}");
    }
    if let Ok(speed) = grammar::speed(&line) {
        assert!(speed.checked().is_ok(), "{speed:?}");
    }
}

/// What a button says of itself: what is understood is written and understood the same again, as short as platforms ask.
pub fn buttons(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some((action, room)) = Action::parse(&text) {
        let written = action.data(room);
        assert!(written.len() <= 64, "{written}");
        assert_eq!(Action::parse(&written), Some((action, room)), "{written}");
    }
}

/// What is said to come from Telegram: nobody who has not the token is believed, and of who has only a whole word is.
pub fn init_data(data: &[u8]) {
    const TOKEN: &str = "1234567:a-token-of-nobody";
    let now = WallTime(1_700_000_000_000);
    let text = String::from_utf8_lossy(data);
    let seal = init_data::Seal::new(TOKEN);
    assert!(seal.check(&text, now).is_err(), "believed without a signature");
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(data)
        .filter(|(name, _)| name != "hash")
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let signed = init_data::signed(TOKEN, &fields);
    if let Ok(vouched) = seal.check(&signed, now) {
        assert!(vouched.id > 0);
        assert!(vouched.until >= now && vouched.until.0 <= now.0 + init_data::GOOD_FOR.0 + 60_000, "{vouched:?}");
        let plain = |start: &String| start.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        assert!(vouched.start.as_ref().is_none_or(plain), "{vouched:?}");
        assert!(init_data::Seal::new("another").check(&signed, now).is_err(), "believed by another's token");
        assert!(seal.check(&format!("{signed}&extra=1"), now).is_err(), "believed with more than was signed");
    }
}

/// What is said to come from Discord's proxy: three headers, a line each. Nobody has the key.
pub fn proxy_signature(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.split('\n');
    let mut line = || lines.next().unwrap_or_default();
    let signed = Signed { signature: line(), timestamp: line(), payload: line() };
    let _ = line().parse::<PublicKey>();
    // The base point of the curve: a point of it, whose secret nobody uses.
    if let Ok(key) = "5866666666666666666666666666666666666666666666666666666666666666".parse() {
        assert!(signed.check(&key, 1_700_000_000).is_err(), "believed without a signature");
    }
}

/// Words of people on platforms: nothing in them does anything there, and they are as short as the platform asks.
pub fn chats(data: &[u8]) {
    let title = String::from_utf8_lossy(data);
    text::check(&title);
    for limit in [10, text::MESSAGE_LIMIT] {
        let fitted = text::fit(&text::plain(&title), limit);
        assert!(fitted.encode_utf16().count() <= limit, "{fitted:?}");
    }
    let quiet = message::quiet(&title);
    let calls = quiet.match_indices('@').any(|(at, _)| {
        let rest = &quiet[at + 1..];
        !rest.starts_with("BotFather") && rest.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_')
    });
    assert!(!calls, "{quiet:?}");
    assert!(message::caption(&title).encode_utf16().count() <= 1_024);
    assert!(message::toast(&title).chars().count() <= 200);
}

#[cfg(test)]
mod tests {
    use super::replay::replay;

    #[test]
    fn a_command_is_understood_or_refused_whatever_is_typed() {
        replay("commands", super::commands);
    }

    #[test]
    fn a_button_is_ours_or_nothing_whatever_it_says() {
        replay("buttons", super::buttons);
    }

    #[test]
    fn only_telegram_is_believed_whatever_is_said() {
        replay("init_data", super::init_data);
    }

    #[test]
    fn only_discord_is_believed_whatever_is_said() {
        replay("proxy_signature", super::proxy_signature);
    }

    #[test]
    fn words_do_nothing_in_chats_whatever_they_are() {
        replay("chats", super::chats);
    }
}
