//! What becomes of something that was good: texts, JSON, bytes.

use serde_json::{Value, json};

use super::dice::Dice;

/// Texts that readers stumble over.
const ODD: &[&str] = &[
    "",
    " ",
    "\u{0}",
    "null",
    "undefined",
    "NaN",
    "Infinity",
    "-1",
    "0",
    "1e400",
    "-1e400",
    "1e308",
    "9223372036854775808",
    "18446744073709551616",
    "0x7f",
    "00000000-0000-0000-0000-000000000000",
    "../../etc/passwd",
    "..%2f..%2f",
    "%00",
    "%ff",
    "%",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "\u{202e}evil",
    "\u{200b}\u{feff}",
    "👩\u{200d}👩\u{200d}👧",
    "İ",
    "\r\nset-cookie: a=b",
    "javascript:alert(1)",
    "http://127.0.0.1:1/a.mp4",
    "http://[::1]/a.mp4",
    "http://0x7f.1/",
    "file:///etc/passwd",
    "https://",
    "//",
    "{{7*7}}",
    "@everyone",
];

/// A text that nobody expects there.
pub fn odd(dice: &mut Dice) -> String {
    match dice.below(12) {
        0 => "x".repeat(1 << dice.below(15)),
        1 => "ж".repeat(300),
        2 => dice.below(1_000_000).to_string(),
        _ => (*dice.one_of(ODD)).to_owned(),
    }
}

/// A value that nobody expects there.
pub fn odd_value(dice: &mut Dice) -> Value {
    match dice.below(16) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(false),
        3 => json!([]),
        4 => json!({}),
        5 => json!(-1),
        6 => json!(u64::MAX),
        7 => json!(i64::MIN),
        8 => json!(1e308),
        9 => json!(0.1),
        10 => json!([[null]]),
        11 => json!([odd(dice), 7, {}]),
        12 => (0..100).fold(json!(1), |inner, _| json!([inner])),
        _ => json!(odd(dice)),
    }
}

/// Somewhere in it something is otherwise.
pub fn value(dice: &mut Dice, value: &mut Value) {
    match value {
        Value::Object(fields) if !fields.is_empty() && !dice.once_in(6) => {
            let name = fields.keys().nth(dice.below(fields.len())).unwrap().clone();
            match dice.below(8) {
                0 => drop(fields.remove(&name)),
                1 => drop(fields.insert(odd(dice), odd_value(dice))),
                2 => {
                    let moved = fields.remove(&name).unwrap();
                    fields.insert(name.to_uppercase(), moved);
                }
                _ => self::value(dice, &mut fields[&name]),
            }
        }
        Value::Array(items) if !items.is_empty() && !dice.once_in(4) => {
            let place = dice.below(items.len());
            match dice.below(5) {
                0 => drop(items.remove(place)),
                1 => {
                    let again = items[place].clone();
                    items.extend(std::iter::repeat_n(again, 1 + dice.below(600)));
                }
                _ => self::value(dice, &mut items[place]),
            }
        }
        Value::String(text) if dice.once_in(2) => *text = self::text(dice, text),
        other => *other = odd_value(dice),
    }
}

/// A text with something odd in it, or cut.
pub fn text(dice: &mut Dice, text: &str) -> String {
    let at = text.floor_char_boundary(dice.below(text.len() + 1));
    match dice.below(4) {
        0 => text[..at].to_owned(),
        1 => odd(dice),
        _ => format!("{}{}{}", &text[..at], odd(dice), &text[at..]),
    }
}

/// Bytes of which some are others, or gone, or there twice.
pub fn bytes(dice: &mut Dice, bytes: &mut Vec<u8>) {
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len() + 1);
        let end = (at + dice.below(40)).min(bytes.len());
        match dice.below(6) {
            0 => drop(bytes.drain(at..end)),
            1 => bytes.truncate(at),
            2 => drop(bytes.splice(at..at, odd(dice).into_bytes())),
            3 => drop(bytes.splice(at..at, [0xff, 0xc3, 0xed, 0xa0, 0x80])),
            4 => drop(bytes.splice(at..at, bytes[at..end].repeat(dice.below(100)))),
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = dice.below(256).to_le_bytes()[0];
                }
            }
        }
    }
}
