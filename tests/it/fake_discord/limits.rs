//! What Discord does not take in a message or a modal, and what we would not have it given.

use serde_json::{Value, json};

use super::{
    State, list,
    messages::{V2, parts},
    rest::No,
};

/// No, for all that is wrong.
fn refuse(problems: &[String]) -> Result<(), No> {
    if problems.is_empty() { Ok(()) } else { Err(No::invalid(problems.join("; "))) }
}

/// A message that is new must show something.
pub(super) fn new_message(state: &State, body: &Value) -> Result<(), No> {
    let flags = body["flags"].as_u64().unwrap_or_default();
    let mut problems = message(body, flags);
    let empty = |key: &str| body[key].as_str().unwrap_or_default().is_empty() && list(&body[key]).is_empty();
    if empty("content") && empty("embeds") && (flags & V2 == 0 || empty("components")) {
        problems.push("cannot send an empty message".to_owned());
    }
    refuse(&problems)?;
    takes_pictures(body)?;
    takes_v2(state, flags)
}

/// An edit: what is in it, and what comes of it.
pub(super) fn edited(state: &State, id: u64, body: &Value) -> Result<(), No> {
    let known = state.messages.get(&id).ok_or_else(|| No::unknown("Message", 10_008))?;
    let flags = body["flags"].as_u64().unwrap_or(known.flags);
    let mut problems = message(body, flags | (known.flags & V2));
    if known.flags & V2 != 0 && flags & V2 == 0 {
        problems.push("a message of components stays one: the flag cannot be removed".to_owned());
    }
    if (flags | known.flags) & V2 != 0 {
        let content =
            body.get("content").map_or(!known.content.is_empty(), |new| !new.as_str().unwrap_or_default().is_empty());
        let embeds = body.get("embeds").map_or(!known.embeds.is_empty(), |new| !list(new).is_empty());
        if content || embeds {
            problems.push("a message of components keeps neither content nor embeds".to_owned());
        }
    }
    refuse(&problems)?;
    takes_pictures(body)?;
    takes_v2(state, flags)
}

/// Discord fetches the pictures that it shows, and not from everywhere: which page a film is from is not the bot's fault.
fn takes_pictures(body: &Value) -> Result<(), No> {
    let found = |text: &str| text.contains(r#""url":"http://picture/"#);
    if found(&body["embeds"].to_string()) || found(&body["components"].to_string()) {
        return Err(No { breach: false, ..No::invalid("Invalid Form Body: Not a well formed URL.") });
    }
    Ok(())
}

fn takes_v2(state: &State, flags: u64) -> Result<(), No> {
    if flags & V2 != 0 && state.refuses_v2 {
        return Err(No {
            breach: false,
            ..No::invalid("Invalid Form Body: flags: components of this kind are not taken here")
        });
    }
    Ok(())
}

fn message(body: &Value, flags: u64) -> Vec<String> {
    let mut problems = Vec::new();
    over("content", &body["content"], 2000, &mut problems);
    let mut total = 0;
    for embed in list(&body["embeds"]) {
        total += over("an embed's title", &embed["title"], 256, &mut problems);
        total += over("an embed's description", &embed["description"], 4096, &mut problems);
        total += over("an embed's footer", &embed["footer"]["text"], 2048, &mut problems);
        total += over("an embed's author", &embed["author"]["name"], 256, &mut problems);
        if list(&embed["fields"]).len() > 25 {
            problems.push("an embed has more than 25 fields".to_owned());
        }
        for field in list(&embed["fields"]) {
            let name = over("a field's name", &field["name"], 256, &mut problems);
            let value = over("a field's value", &field["value"], 1024, &mut problems);
            if name == 0 || value == 0 {
                problems.push("a field has a name and a value".to_owned());
            }
            total += name + value;
        }
        for url in [&embed["url"], &embed["thumbnail"]["url"], &embed["image"]["url"], &embed["author"]["url"]] {
            web_url(url, &mut problems);
        }
    }
    if total > 6000 {
        problems.push(format!("the embeds have {total} characters, 6000 at most"));
    }
    if list(&body["embeds"]).len() > 10 {
        problems.push("more than 10 embeds".to_owned());
    }
    let rows = list(&body["components"]);
    if flags & V2 == 0 {
        legacy(rows, &mut problems);
    } else {
        if !body["content"].as_str().unwrap_or_default().is_empty() || !list(&body["embeds"]).is_empty() {
            problems.push("a message of components has neither content nor embeds".to_owned());
        }
        modern(rows, &mut problems);
    }
    unique(rows, &mut problems);
    if body["allowed_mentions"]["parse"].as_array().is_none_or(|parse| !parse.is_empty()) {
        problems.push(format!("does not say that nobody is mentioned: {}", body["allowed_mentions"]));
    }
    if !list(&body["allowed_mentions"]["roles"]).is_empty() {
        problems.push(format!("does not say that no role is mentioned: {}", body["allowed_mentions"]));
    }
    // Who may be notified is named, and is named for a reason.
    for user in list(&body["allowed_mentions"]["users"]).iter().filter_map(Value::as_str) {
        if !body["content"].as_str().unwrap_or_default().contains(&format!("<@{user}>")) {
            problems.push(format!("{user} may be notified and is not called"));
        }
    }
    problems
}

fn web_url(url: &Value, problems: &mut Vec<String>) {
    if let Some(url) = url.as_str() {
        if !url.starts_with("http://") && !url.starts_with("https://") {
            problems.push(format!("{url} is neither http nor https"));
        }
        if url.chars().count() > 2048 {
            problems.push("a link of more than 2048 characters".to_owned());
        }
    }
}

/// The length of a text, noted where it is over the limit.
fn over(what: &str, text: &Value, limit: usize, problems: &mut Vec<String>) -> usize {
    let length = text.as_str().map_or(0, |text| text.encode_utf16().count());
    if length > limit {
        problems.push(format!("{what} has {length} characters, {limit} at most"));
    }
    length
}

fn between(what: &str, text: &Value, most: usize, problems: &mut Vec<String>) {
    if over(what, text, most, problems) == 0 {
        problems.push(format!("{what} is empty"));
    }
}

/// Rows alone, at most five.
fn legacy(rows: &[Value], problems: &mut Vec<String>) {
    if rows.len() > 5 {
        problems.push("more than 5 rows".to_owned());
    }
    for part in rows {
        if part["type"] == 1 {
            row(part, problems);
        } else {
            problems.push(format!("a component of type {} needs the flag of components", part["type"]));
        }
    }
}

fn modern(rows: &[Value], problems: &mut Vec<String>) {
    let all = parts(rows);
    if all.len() > 40 {
        problems.push(format!("{} components, 40 at most", all.len()));
    }
    let text: usize =
        all.iter().filter_map(|part| part["content"].as_str()).map(|text| text.encode_utf16().count()).sum();
    if text > 4000 {
        problems.push(format!("the text displays have {text} characters, 4000 at most"));
    }
    for part in rows {
        if part["type"] == 17 {
            let inner = list(&part["components"]);
            if inner.is_empty() {
                problems.push("an empty container".to_owned());
            }
            if part["accent_color"].as_u64().is_some_and(|colour| colour > 0x00ff_ffff) {
                problems.push("a colour beyond ffffff".to_owned());
            }
            for part in inner {
                block(part, problems);
            }
        } else {
            block(part, problems);
        }
    }
}

/// What may stand at the top, and in a container.
fn block(part: &Value, problems: &mut Vec<String>) {
    match part["type"].as_u64() {
        Some(1) => row(part, problems),
        Some(9) => {
            let texts = list(&part["components"]);
            if !(1..=3).contains(&texts.len()) || texts.iter().any(|text| text["type"] != 10) {
                problems.push("a section has one to three text displays".to_owned());
            }
            for text in texts {
                block(text, problems);
            }
            match part["accessory"]["type"].as_u64() {
                Some(2) => button(&part["accessory"], problems),
                Some(11) => media(&part["accessory"]["media"], problems),
                _ => problems.push("a section has a button or a thumbnail beside it".to_owned()),
            }
        }
        Some(10) => between("a text display", &part["content"], 4000, problems),
        Some(12) => {
            let items = list(&part["items"]);
            if !(1..=10).contains(&items.len()) {
                problems.push(format!("a gallery of {} pictures", items.len()));
            }
            for item in items {
                media(&item["media"], problems);
                over("a picture's description", &item["description"], 1024, problems);
            }
        }
        Some(13) => {
            if !part["file"]["url"].as_str().unwrap_or_default().starts_with("attachment://") {
                problems.push("a file refers to an attachment".to_owned());
            }
        }
        Some(14) => {
            if !part["spacing"].is_null() && !matches!(part["spacing"].as_u64(), Some(1 | 2)) {
                problems.push("a separator's spacing is 1 or 2".to_owned());
            }
        }
        _ => problems.push(format!("a component of type {} cannot stand here", part["type"])),
    }
}

fn media(media: &Value, problems: &mut Vec<String>) {
    let url = media["url"].as_str().unwrap_or_default();
    if !["https://", "http://", "attachment://"].iter().any(|scheme| url.starts_with(scheme)) || url.len() > 2048 {
        problems.push(format!("{url:?} is no picture"));
    }
}

/// Up to five buttons, or one menu.
fn row(row: &Value, problems: &mut Vec<String>) {
    let inner = list(&row["components"]);
    match inner {
        [menu] if matches!(menu["type"].as_u64(), Some(3 | 5..=8)) => select(menu, problems),
        [] => problems.push("an empty row".to_owned()),
        buttons => {
            if buttons.len() > 5 {
                problems.push(format!("a row of {} buttons", buttons.len()));
            }
            for inner in buttons {
                button(inner, problems);
            }
        }
    }
}

fn button(button: &Value, problems: &mut Vec<String>) {
    let label = over("a label", &button["label"], 80, problems);
    if label == 0 && button["emoji"].is_null() {
        problems.push("a button without label and emoji".to_owned());
    }
    let host =
        |url: &str| url::Url::parse(url).ok().and_then(|url| url.host_str().map(|host| host.contains(['.', ':'])));
    match (button["type"].as_u64(), button["style"].as_u64(), button["custom_id"].as_str(), button["url"].as_str()) {
        (Some(2), Some(5), None, Some(url))
            if url.len() <= 512
                && ["http://", "https://", "discord://"].iter().any(|scheme| url.starts_with(scheme))
                && host(url) == Some(true) => {}
        (Some(2), Some(1..=4), Some(id), None) if (1..=100).contains(&id.chars().count()) => {}
        _ => problems.push(format!("not a button: {button}")),
    }
}

fn select(menu: &Value, problems: &mut Vec<String>) {
    between("a menu's custom_id", &menu["custom_id"], 100, problems);
    over("a menu's placeholder", &menu["placeholder"], 150, problems);
    let (least, most) = (menu["min_values"].as_u64().unwrap_or(1), menu["max_values"].as_u64().unwrap_or(1));
    if least > 25 || !(1..=25).contains(&most) || least > most {
        problems.push(format!("a menu of {least} to {most} values"));
    }
    if menu["type"] != 3 {
        return;
    }
    let options = list(&menu["options"]);
    if !(1..=25).contains(&options.len()) || most > options.len() as u64 {
        problems.push(format!("a menu of {} options, {most} of which can be chosen", options.len()));
    }
    let mut values: Vec<_> = options.iter().filter_map(|option| option["value"].as_str()).collect();
    values.sort_unstable();
    values.dedup();
    if values.len() < options.len() {
        problems.push("two options of a menu with the same value".to_owned());
    }
    for option in options {
        between("an option's label", &option["label"], 100, problems);
        between("an option's value", &option["value"], 100, problems);
        over("an option's description", &option["description"], 100, problems);
    }
}

fn unique(components: &[Value], problems: &mut Vec<String>) {
    let mut ids: Vec<_> = parts(components).into_iter().filter_map(|part| part["custom_id"].as_str()).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() < count {
        problems.push("two components with the same custom_id".to_owned());
    }
}

/// A modal, as a first answer of type 9.
pub(super) fn modal(data: &Value) -> Result<(), No> {
    let mut problems = Vec::new();
    between("a modal's title", &data["title"], 45, &mut problems);
    between("a modal's custom_id", &data["custom_id"], 100, &mut problems);
    let rows = list(&data["components"]);
    if !(1..=5).contains(&rows.len()) {
        problems.push(format!("a modal of {} rows", rows.len()));
    }
    for row in rows {
        let input = match (row["type"].as_u64(), list(&row["components"])) {
            (Some(1), [input]) if input["type"] == 4 => {
                between("an input's label", &input["label"], 45, &mut problems);
                input
            }
            (Some(18), []) => {
                between("a label", &row["label"], 45, &mut problems);
                over("a label's description", &row["description"], 100, &mut problems);
                &row["component"]
            }
            (Some(10), []) => continue,
            _ => {
                problems.push(format!("not a row of a modal: {row}"));
                continue;
            }
        };
        between("an input's custom_id", &input["custom_id"], 100, &mut problems);
        match input["type"].as_u64() {
            Some(4) => {
                if !matches!(input["style"].as_u64(), Some(1 | 2)) {
                    problems.push("an input is short or a paragraph".to_owned());
                }
                over("an input's value", &input["value"], 4000, &mut problems);
                over("an input's placeholder", &input["placeholder"], 100, &mut problems);
                let (least, most) =
                    (input["min_length"].as_u64().unwrap_or(0), input["max_length"].as_u64().unwrap_or(4000));
                if least > most || !(1..=4000).contains(&most) {
                    problems.push(format!("an input of {least} to {most} characters"));
                }
            }
            Some(3 | 5..=8) => select(input, &mut problems),
            _ => problems.push(format!("not an input: {input}")),
        }
    }
    unique(rows, &mut problems);
    refuse(&problems)
}

/// The choices of an autocompletion.
pub(super) fn choices(data: &Value, kind: u64) -> Result<(), No> {
    let mut problems = Vec::new();
    let choices = list(&data["choices"]);
    if choices.len() > 25 {
        problems.push(format!("{} choices, 25 at most", choices.len()));
    }
    for choice in choices {
        between("a choice's name", &choice["name"], 100, &mut problems);
        over("a choice's value", &choice["value"], 100, &mut problems);
        let fits = match kind {
            3 => choice["value"].is_string(),
            4 => choice["value"].is_i64() || choice["value"].is_u64(),
            _ => choice["value"].is_number(),
        };
        if !fits {
            problems.push(format!("a choice of another type than its option: {}", json!(choice)));
        }
    }
    refuse(&problems)
}
