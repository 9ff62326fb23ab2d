//! Who opens a Mini App: what Telegram says about them, signed with the bot's token.

use engine::time::WallTime;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;
use url::form_urlencoded::Serializer;

use super::{TOKEN, User};

/// What Telegram says where somebody opens the Mini App by a link that carries this.
pub(crate) fn opens(user: &User, start: Option<&str>, at: WallTime) -> String {
    let who = json!({ "id": user.id, "first_name": user.name, "last_name": "", "language_code": "en" });
    let mut fields = vec![
        ("auth_date", (at.0 / 1000).to_string()),
        ("chat_instance", "-3788475317572404878".to_owned()),
        ("chat_type", "group".to_owned()),
        // For those who do not have the token; Telegram's own key is nobody else's.
        (
            "signature",
            "zL-ucjNyREiHDE8aihFwpfR9aggP2xiAo3NSpfe-p7IbCisNlDKlo7Kb6G4D0Ao2mBrSgEk4maLSdv6MLIlADQ".to_owned(),
        ),
        ("user", who.to_string()),
    ];
    if let Some(start) = start {
        fields.push(("start_param", start.to_owned()));
    }
    signed(TOKEN, &fields)
}

/// These fields with their `hash`.
pub(crate) fn signed(token: &str, fields: &[(&str, String)]) -> String {
    let mut lines: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    lines.sort();
    let hash = sign(&sign(b"WebAppData", token), &lines.join("\n"));
    let hash = hash.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    Serializer::new(String::new()).extend_pairs(fields).append_pair("hash", &hash).finish()
}

fn sign(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
