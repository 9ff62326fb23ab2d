//! What Telegram says about who opens a Mini App: signed with the bot's token, so that nobody else can say it.
//!
//! The rule is Telegram's own: <https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app>.
//! All fields but `hash` are sorted, joined by line ends and signed by HMAC-SHA256; its key is the HMAC-SHA256 of the token by
//! the word `WebAppData`. `signature`, by which those who do not have the token check it, is one of the fields.
//!
//! Pure: no clock, no store. Whoever calls also sees to it that the same data is used once: [`Vouched::once`] names them.

use std::{collections::BTreeMap, fmt};

use engine::time::{Millis, WallTime};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use sha2::Sha256;

/// How long it is good. After that it may have been read by somebody else.
pub const GOOD_FOR: Millis = Millis::seconds(3600);
/// How far Telegram's clock may go before ours.
const AHEAD: Millis = Millis::seconds(60);
/// The longest that is read, in bytes: Telegram's own are below two thousand, with the longest start parameter.
const LIMIT: usize = 8 * 1024;
/// The longest start parameter, in characters.
const START_LIMIT: usize = 512;
/// What the key is made with.
const KEY: &[u8] = b"WebAppData";

/// Checks with a bot's token.
#[derive(Clone)]
pub struct Seal {
    /// HMAC of the token. Not the token: what is not here cannot be shown.
    key: [u8; 32],
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seal").finish_non_exhaustive()
    }
}

/// Somebody whom Telegram vouched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    /// Telegram's id of them, which is the id of their private chat with the bot too.
    pub id: i64,
    /// Their name there, as the bot sees it in chats.
    pub name: String,
    /// What the link carried that they opened: `startapp`.
    pub start: Option<String>,
    /// Until when this is good.
    pub until: WallTime,
    /// What it is known by: the same for nothing else.
    pub once: String,
}

/// Why it is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotVouched {
    /// Not written as Telegram writes it.
    #[error("not what Telegram writes")]
    Malformed,
    /// Not signed with this bot's token.
    #[error("not signed with this bot's token")]
    Forged,
    /// Said too long ago.
    #[error("said more than an hour ago")]
    Expired,
    /// Said later than now.
    #[error("said in the future")]
    Early,
}

/// As much of Telegram's user as is of interest.
#[derive(Deserialize)]
struct User {
    id: i64,
    first_name: String,
    #[serde(default)]
    last_name: String,
}

impl Seal {
    /// For the bot with this token.
    pub fn new(token: &str) -> Self {
        Self { key: sign(KEY, token.as_bytes()).finalize().into_bytes().into() }
    }

    /// Who opens the Mini App, if Telegram says so and said it within the hour before `now`.
    pub fn check(&self, init_data: &str, now: WallTime) -> Result<Vouched, NotVouched> {
        if init_data.len() > LIMIT {
            return Err(NotVouched::Malformed);
        }
        let mut fields = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(init_data.as_bytes()) {
            // Of two values somebody else might read the other one.
            if fields.insert(name.into_owned(), value.into_owned()).is_some() {
                return Err(NotVouched::Malformed);
            }
        }
        let hash = fields.remove("hash").ok_or(NotVouched::Malformed)?;
        let shown = bytes_of(&hash).ok_or(NotVouched::Malformed)?;
        let lines: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        // Compares in constant time.
        sign(&self.key, lines.join("\n").as_bytes()).verify_slice(&shown).map_err(|_| NotVouched::Forged)?;

        let said: i64 = fields.get("auth_date").and_then(|at| at.parse().ok()).ok_or(NotVouched::Malformed)?;
        let said = WallTime(said.checked_mul(1000).ok_or(NotVouched::Malformed)?);
        if said > now + AHEAD {
            return Err(NotVouched::Early);
        }
        let until = said + GOOD_FOR;
        if until < now {
            return Err(NotVouched::Expired);
        }
        let user = fields.get("user").and_then(|user| serde_json::from_str::<User>(user).ok());
        let user = user.filter(|user| user.id > 0).ok_or(NotVouched::Malformed)?;
        let start = fields.remove("start_param").filter(|start| !start.is_empty());
        if start.as_deref().is_some_and(|start| !is_start(start)) {
            return Err(NotVouched::Malformed);
        }
        Ok(Vouched {
            id: user.id,
            name: format!("{} {}", user.first_name, user.last_name).trim().to_owned(),
            start,
            until,
            once: format!("telegram\n{}\n{hash}", user.id),
        })
    }
}

/// What Telegram lets a link carry.
fn is_start(text: &str) -> bool {
    text.len() <= START_LIMIT && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

fn sign(key: &[u8], text: &[u8]) -> Hmac<Sha256> {
    // An HMAC takes keys of any length.
    #[expect(clippy::unwrap_used, reason = "an HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text);
    mac
}

/// The 32 bytes that 64 small hexadecimal digits write: one way of writing each, so that none is good twice.
fn bytes_of(hex: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, []) = hex.as_bytes().as_chunks::<2>() else { return None };
    let bytes: Option<Vec<u8>> = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect();
    bytes?.try_into().ok()
}

/// Data as Telegram would sign it, for the bot with this token.
#[cfg(any(test, fuzzing))]
pub(crate) fn signed(token: &str, fields: &[(&str, &str)]) -> String {
    let mut lines: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    lines.sort();
    let hash = sign(&Seal::new(token).key, lines.join("\n").as_bytes()).finalize().into_bytes();
    let hash = hash.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).append_pair("hash", &hash).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the libraries that `docs.telegram-mini-apps.com` describes.
    const TOKEN: &str = "5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8";
    const PUBLISHED: &str = "query_id=AAHdF6IQAAAAAN0XohDhrOrc&user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%22%2C%22last_name%22%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%7D&auth_date=1662771648&hash=c501b71e775f74ce10e377dea85a7ea24ecd640b223ea86dfe453e0eaed2e2b2";
    const SAID: WallTime = WallTime(1_662_771_648_000);

    /// The later one of the same libraries, which has a `signature`.
    const LATER_TOKEN: &str = "7342037359:AAFZehRPBRs8Seg40oDjTMIW8uTGPuW1zfQ";
    const LATER: &str = "user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%20%2B%20-%20%3F%20%5C%2F%22%2C%22last_name%22%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%2C%22allows_write_to_pm%22%3Atrue%2C%22photo_url%22%3A%22https%3A%5C%2F%5C%2Ft.me%5C%2Fi%5C%2Fuserpic%5C%2F320%5C%2F4FPEE4tmP3ATHa57u6MqTDih13LTOiMoKoLDRG4PnSA.svg%22%7D&chat_instance=8134722200314281151&chat_type=private&auth_date=1733584787&signature=zL-ucjNyREiHDE8aihFwpfR9aggP2xiAo3NSpfe-p7IbCisNlDKlo7Kb6G4D0Ao2mBrSgEk4maLSdv6MLIlADQ&hash=2174df5b000556d044f3f020384e879c8efcab55ddea2ced4eb752e93e7080d6";
    const LATER_SAID: WallTime = WallTime(1_733_584_787_000);

    fn check(init_data: &str, now: WallTime) -> Result<Vouched, NotVouched> {
        Seal::new(TOKEN).check(init_data, now)
    }

    fn signed(fields: &[(&str, &str)]) -> String {
        super::signed(TOKEN, fields)
    }

    #[test]
    fn the_published_examples_are_believed() {
        let vouched = check(PUBLISHED, SAID).unwrap();
        assert_eq!((vouched.id, vouched.name.as_str(), vouched.start), (279_058_397, "Vladislav Kibenko", None));
        assert_eq!(vouched.until, SAID + GOOD_FOR);
        let later = Seal::new(LATER_TOKEN).check(LATER, LATER_SAID).unwrap();
        assert_eq!(later.name, "Vladislav + - ? / Kibenko");
        assert_ne!(vouched.once, later.once);
    }

    #[test]
    fn the_order_of_the_fields_is_of_no_matter() {
        let mut fields: Vec<&str> = PUBLISHED.split('&').collect();
        fields.reverse();
        assert_eq!(check(&fields.join("&"), SAID), check(PUBLISHED, SAID));
    }

    #[test]
    fn whatever_is_changed_is_not_believed() {
        for (from, to) in [
            ("279058397", "279058398"),
            ("Vladislav", "Vladimir"),
            ("auth_date=1662771648", "auth_date=1662771649"),
            ("query_id=AAHdF6IQAAAAAN0XohDhrOrc&", ""),
            ("hash=c5", "hash=c4"),
            ("&hash=", "&start_param=abc&hash="),
        ] {
            let changed = PUBLISHED.replace(from, to);
            assert_ne!(changed, PUBLISHED);
            assert_eq!(check(&changed, SAID), Err(NotVouched::Forged), "{to}");
        }
        // The signature for others is part of what is signed, and cannot be left out or swapped.
        let without = LATER.replace("signature=zL", "signature=zM");
        assert_eq!(Seal::new(LATER_TOKEN).check(&without, LATER_SAID), Err(NotVouched::Forged));
        // Another bot's.
        assert_eq!(check(LATER, LATER_SAID), Err(NotVouched::Forged));
        assert_eq!(Seal::new("").check(PUBLISHED, SAID), Err(NotVouched::Forged));
    }

    #[test]
    fn what_is_said_twice_or_badly_written_is_not_believed() {
        let twice = PUBLISHED.replace("&hash=", "&user=%7B%22id%22%3A1%7D&hash=");
        let hash = PUBLISHED.rsplit('=').next().unwrap();
        for text in [
            "",
            "hash=",
            "&&&",
            "%FF=%FF&hash=00",
            &twice,
            &format!("{PUBLISHED}&hash={hash}"),
            &PUBLISHED.replace(hash, &hash.to_uppercase()),
            &PUBLISHED.replace(hash, &format!("{hash}00")),
            &PUBLISHED.replace("&hash=", "&hush="),
            &format!("{PUBLISHED}&x={}", "y".repeat(LIMIT)),
        ] {
            assert_eq!(check(text, SAID), Err(NotVouched::Malformed), "{text:.80}");
        }
    }

    #[test]
    fn it_is_good_for_an_hour_and_not_before_it_was_said() {
        check(PUBLISHED, SAID + GOOD_FOR).unwrap();
        assert_eq!(check(PUBLISHED, SAID + GOOD_FOR + Millis(1)), Err(NotVouched::Expired));
        check(PUBLISHED, WallTime(SAID.0 - AHEAD.0)).unwrap();
        assert_eq!(check(PUBLISHED, WallTime(SAID.0 - AHEAD.0 - 1)), Err(NotVouched::Early));
    }

    #[test]
    fn the_link_that_was_opened_is_told_and_nobody_is_nobody() {
        let said = (SAID.0 / 1000).to_string();
        let ana = r#"{"id":4711,"first_name":"Ana","last_name":""}"#;
        let open = |start: &str| check(&signed(&[("auth_date", &said), ("user", ana), ("start_param", start)]), SAID);
        let vouched = open("Xy12-_Ab").unwrap();
        assert_eq!((vouched.name.as_str(), vouched.start.as_deref()), ("Ana", Some("Xy12-_Ab")));
        assert_eq!(open("").unwrap().start, None);
        assert_eq!(open("../r/1"), Err(NotVouched::Malformed));
        assert_eq!(open(&"a".repeat(START_LIMIT + 1)), Err(NotVouched::Malformed));
        for user in
            ["", "null", "{}", r#"{"id":0,"first_name":"x"}"#, r#"{"id":-5,"first_name":"x"}"#, r#"{"id":"4711"}"#]
        {
            let data = signed(&[("auth_date", &said), ("user", user)]);
            assert_eq!(check(&data, SAID), Err(NotVouched::Malformed), "{user}");
        }
        assert_eq!(check(&signed(&[("user", ana)]), SAID), Err(NotVouched::Malformed));
        let ages = i64::MAX.to_string();
        assert_eq!(check(&signed(&[("auth_date", &ages), ("user", ana)]), SAID), Err(NotVouched::Malformed));
    }

    #[test]
    fn a_seal_shows_no_secret() {
        assert_eq!(format!("{:?}", Seal::new(TOKEN)), "Seal { .. }");
    }
}
