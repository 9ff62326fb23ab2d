//! Messages as Telegram sends them, for unit stories.

use serde_json::{Value, json};
use teloxide::types::Message;

/// A message of Ana's in a group, with these fields more.
pub(super) fn whole(fields: &str) -> Value {
    let mut whole = json!({"message_id": 5, "date": 0,
        "chat": {"id": -1, "type": "group", "title": "Club"},
        "from": {"id": 7, "is_bot": false, "first_name": "Ana"}});
    let more: Value = serde_json::from_str(fields).unwrap();
    for (key, value) in more.as_object().unwrap() {
        whole[key] = value.clone();
    }
    whole
}

/// The same as teloxide reads it.
pub(super) fn message(fields: &str) -> Message {
    serde_json::from_value(whole(fields)).unwrap()
}
