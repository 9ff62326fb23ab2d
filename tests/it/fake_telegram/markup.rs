//! Entities, marked-up text and keyboards: what Telegram takes of them.

use std::net::IpAddr;

use serde_json::{Value, json};
use url::{Host, Url};

use super::list;

/// What a text is once its marks are taken out, and the marks as entities.
pub(super) fn plain(text: &str, mode: Option<&str>, entities: &Value) -> Result<(String, Vec<Value>), String> {
    let cannot = |what: String| format!("Bad Request: can't parse entities: {what}");
    let (text, entities) = match mode.map(str::to_lowercase).as_deref() {
        None => (text.to_owned(), list(entities).to_vec()),
        Some("html") => html(text).map_err(cannot)?,
        Some("markdownv2") => markdown(text).map_err(cannot)?,
        Some(other) => return Err(format!("Bad Request: unsupported parse_mode {other}")),
    };
    let length = text.encode_utf16().count() as u64;
    for entity in &entities {
        let (at, count) = (entity["offset"].as_u64(), entity["length"].as_u64());
        let (Some(at), Some(count)) = (at, count) else { return Err("Bad Request: ENTITY_BOUNDS_INVALID".to_owned()) };
        if count == 0 || at + count > length {
            return Err("Bad Request: ENTITY_BOUNDS_INVALID".to_owned());
        }
        if entity["type"] == "text_link" && !entity["url"].is_string() {
            return Err(cannot("a text_link without url".to_owned()));
        }
    }
    if entities.len() > 100 {
        return Err("Bad Request: ENTITIES_TOO_LONG".to_owned());
    }
    Ok((text, entities))
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn html(text: &str) -> Result<(String, Vec<Value>), String> {
    let (mut out, mut open, mut entities) = (String::new(), Vec::<(String, usize, Option<String>)>::new(), Vec::new());
    let mut rest = text;
    while let Some(next) = rest.find(['<', '&']) {
        out.push_str(&rest[..next]);
        rest = &rest[next..];
        if rest.starts_with('&') {
            let known = [("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"), ("&quot;", "\"")];
            match known.iter().find(|(name, _)| rest.starts_with(name)) {
                Some((name, means)) => {
                    out.push_str(means);
                    rest = &rest[name.len()..];
                }
                None => {
                    out.push('&');
                    rest = &rest[1..];
                }
            }
            continue;
        }
        let end =
            rest.find('>').ok_or_else(|| format!("Unclosed start tag at byte offset {}", text.len() - rest.len()))?;
        let tag = &rest[1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            let (opened, at, url) = open.pop().ok_or_else(|| format!("Unexpected end tag {name:?}"))?;
            if opened != name.trim() {
                return Err(format!("Unmatched end tag, expected \"</{opened}>\", found \"</{name}>\""));
            }
            if units(&out) > at {
                let kind = match opened.as_str() {
                    "b" | "strong" => "bold",
                    "i" | "em" => "italic",
                    "u" | "ins" => "underline",
                    "s" | "strike" | "del" => "strikethrough",
                    "a" => "text_link",
                    other => other,
                };
                let mut entity = json!({"type": kind, "offset": at, "length": units(&out) - at});
                if let Some(url) = url {
                    entity["url"] = json!(url);
                }
                entities.push(entity);
            }
            continue;
        }
        let name = tag.split_whitespace().next().unwrap_or_default().to_lowercase();
        let known = [
            "b",
            "strong",
            "i",
            "em",
            "u",
            "ins",
            "s",
            "strike",
            "del",
            "span",
            "tg-spoiler",
            "a",
            "tg-emoji",
            "code",
            "pre",
            "blockquote",
        ];
        if !known.contains(&name.as_str()) {
            return Err(format!("Unsupported start tag {name:?} at byte offset {}", text.len() - rest.len()));
        }
        let url = tag.split_once("href=").map(|(_, url)| url.trim_matches(['"', '\'']).replace("&amp;", "&"));
        open.push((name, units(&out), url));
    }
    out.push_str(rest);
    match open.pop() {
        Some((name, ..)) => Err(format!("Can't find end tag corresponding to start tag {name:?}")),
        None => Ok((out, entities)),
    }
}

fn markdown(text: &str) -> Result<(String, Vec<Value>), String> {
    let (mut out, mut open, mut entities) = (String::new(), Vec::<(&str, usize)>::new(), Vec::new());
    let mut rest = text;
    let mut line_start = true;
    while let Some(c) = rest.chars().next() {
        let code = open.last().filter(|(mark, _)| mark.starts_with('`')).map(|(mark, _)| *mark);
        if c == '\\' && rest[1..].starts_with(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric()) {
            out.push_str(&rest[1..2]);
            rest = &rest[2..];
            line_start = false;
            continue;
        }
        let marks: &[&str] = if code.is_some() { &["```", "`"] } else { &["```", "`", "__", "||", "*", "_", "~"] };
        if let Some(mark) =
            marks.iter().find(|mark| rest.starts_with(**mark)).filter(|mark| code.is_none_or(|code| code == **mark))
        {
            rest = &rest[mark.len()..];
            if open.last().is_some_and(|(known, _)| known == mark) {
                let (_, at) = open.pop().unwrap_or_default();
                let kind = match *mark {
                    "*" => "bold",
                    "_" => "italic",
                    "__" => "underline",
                    "~" => "strikethrough",
                    "||" => "spoiler",
                    "`" => "code",
                    _ => "pre",
                };
                if units(&out) > at {
                    entities.push(json!({"type": kind, "offset": at, "length": units(&out) - at}));
                }
            } else {
                open.push((mark, units(&out)));
            }
            continue;
        }
        if code.is_none() {
            match c {
                '[' => open.push(("[", units(&out))),
                ']' if open.last().is_some_and(|(mark, _)| *mark == "[") => {
                    let (_, at) = open.pop().unwrap_or_default();
                    let link = rest[1..].strip_prefix('(').and_then(|link| link.split_once(')'));
                    let (url, after) = link.ok_or("Can't find end of a URL")?;
                    entities.push(json!({"type": "text_link", "offset": at, "length": units(&out) - at, "url": url}));
                    rest = after;
                    continue;
                }
                '>' if line_start => {}
                '_' | '*' | ']' | '(' | ')' | '~' | '`' | '>' | '#' | '+' | '-' | '=' | '|' | '{' | '}' | '.' | '!' => {
                    return Err(format!("Character '{c}' is reserved and must be escaped with the preceding '\\'"));
                }
                _ => out.push(c),
            }
        } else {
            out.push(c);
        }
        line_start = c == '\n';
        rest = &rest[c.len_utf8()..];
    }
    match open.pop() {
        Some((mark, _)) => Err(format!("Can't find end of the entity that begins with {mark:?}")),
        None => Ok((out, entities)),
    }
}

pub(super) fn keyboard(request: &Value) -> Vec<Vec<Value>> {
    list(&request["reply_markup"]["inline_keyboard"]).iter().map(|row| list(row).to_vec()).collect()
}

/// What Telegram does not take of a keyboard; true where it is no more than what can only be found out by trying.
pub(super) fn check_keyboard(keyboard: &[Vec<Value>], private: bool) -> Result<(), (String, bool)> {
    let fault = |text: &str| Err((format!("Bad Request: {text}"), false));
    let count: usize = keyboard.iter().map(Vec::len).sum();
    if count > 100 || keyboard.iter().any(|row| row.len() > 8) {
        return fault("reply markup is too long");
    }
    for button in keyboard.iter().flatten() {
        let unallowed = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard";
        if button["text"].as_str().is_none_or(str::is_empty) {
            return fault(unallowed);
        }
        let kinds = [
            "url",
            "callback_data",
            "web_app",
            "login_url",
            "switch_inline_query",
            "switch_inline_query_current_chat",
            "switch_inline_query_chosen_chat",
            "copy_text",
            "callback_game",
            "pay",
        ];
        if kinds.iter().filter(|kind| !button[**kind].is_null()).count() != 1 {
            return fault(unallowed);
        }
        if button["callback_data"].as_str().is_some_and(|data| !(1..=64).contains(&data.len())) {
            return fault("BUTTON_DATA_INVALID");
        }
        if button["copy_text"]["text"].as_str().is_some_and(|text| !(1..=256).contains(&text.chars().count())) {
            return fault("BUTTON_COPY_TEXT_INVALID");
        }
        if let Some(url) = button["web_app"]["url"].as_str() {
            if !private {
                return fault("BUTTON_TYPE_INVALID");
            }
            if !url.starts_with("https://") {
                return fault("inline keyboard button Web App URL is invalid: Only HTTPS links are allowed");
            }
        }
        // A server cannot know what Telegram makes of its own name.
        if button["url"].as_str().is_some_and(|url| !is_public(url)) {
            return Err(("Bad Request: BUTTON_URL_INVALID".to_owned(), true));
        }
    }
    Ok(())
}

pub(super) fn is_public(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    match url.host() {
        Some(Host::Domain(name)) => name.contains('.') && name != "localhost",
        Some(Host::Ipv4(address)) => !IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => !IpAddr::from(address).is_loopback(),
        None => url.scheme() == "tg",
    }
}
