//! What Discord does not take, and what we would not have it given.

use serde_json::Value;

/// A message as it is sent: on its own, as an answer, as an edit.
pub(super) fn message(body: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    over("content", &body["content"], 2000, &mut problems);
    let mut total = 0;
    for embed in list(&body["embeds"]) {
        total += over("an embed's title", &embed["title"], 256, &mut problems);
        total += over("an embed's description", &embed["description"], 4096, &mut problems);
        total += over("an embed's footer", &embed["footer"]["text"], 2048, &mut problems);
        total += over("an embed's author", &embed["author"]["name"], 256, &mut problems);
        for field in list(&embed["fields"]) {
            total += over("a field's name", &field["name"], 256, &mut problems);
            total += over("a field's value", &field["value"], 1024, &mut problems);
        }
        for url in [&embed["url"], &embed["thumbnail"]["url"], &embed["image"]["url"]] {
            if let Some(url) = url.as_str()
                && !url.starts_with("http://")
                && !url.starts_with("https://")
            {
                problems.push(format!("{url} is neither http nor https"));
            }
        }
    }
    if total > 6000 {
        problems.push(format!("the embeds have {total} characters, 6000 at most"));
    }
    if list(&body["embeds"]).len() > 10 {
        problems.push("more than 10 embeds".to_owned());
    }
    problems.extend(components(&body["components"]));
    if body["allowed_mentions"]["parse"].as_array().is_none_or(|parse| !parse.is_empty()) {
        problems.push(format!("does not say that nobody is mentioned: {}", body["allowed_mentions"]));
    }
    problems
}

/// The length of a text, noted where it is over the limit.
fn over(what: &str, text: &Value, limit: usize, problems: &mut Vec<String>) -> usize {
    let length = text.as_str().map_or(0, |text| text.encode_utf16().count());
    if length > limit {
        problems.push(format!("{what} has {length} characters, {limit} at most"));
    }
    length
}

/// A message that is new must show something.
pub(super) fn new_message(body: &Value) -> Vec<String> {
    let mut problems = message(body);
    if body["content"].as_str().unwrap_or_default().is_empty() && list(&body["embeds"]).is_empty() {
        problems.push("cannot send an empty message".to_owned());
    }
    problems
}

fn components(rows: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    let mut ids = Vec::new();
    if list(rows).len() > 5 {
        problems.push("more than 5 rows".to_owned());
    }
    for row in list(rows) {
        let buttons = list(&row["components"]);
        if buttons.is_empty() || buttons.len() > 5 {
            problems.push(format!("a row of {} buttons", buttons.len()));
        }
        for button in buttons {
            let label = button["label"].as_str().unwrap_or_default().chars().count();
            if !(1..=80).contains(&label) {
                problems.push(format!("a label of {label} characters"));
            }
            match (button["style"].as_u64(), button["custom_id"].as_str(), button["url"].as_str()) {
                (Some(5), None, Some(url)) if url.len() <= 512 && url.starts_with("http") => {}
                (Some(1..=4), Some(id), None) if (1..=100).contains(&id.chars().count()) => ids.push(id.to_owned()),
                _ => problems.push(format!("not a button: {button}")),
            }
        }
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    if ids.len() < count {
        problems.push("two buttons with the same custom_id".to_owned());
    }
    problems
}

/// A whole list of commands, as it is registered.
pub(super) fn commands(list_of: &[Value]) -> Vec<String> {
    let mut problems = Vec::new();
    if list_of.len() > 100 {
        problems.push("more than 100 commands".to_owned());
    }
    for command in list_of {
        named(command, 1, &mut problems);
        let sum = characters(command);
        if sum > 8000 {
            problems.push(format!("command {} has {sum} characters in all", command["name"]));
        }
    }
    problems
}

fn named(of: &Value, depth: usize, problems: &mut Vec<String>) {
    let name = of["name"].as_str().unwrap_or_default();
    let fits = |c: char| c == '-' || c == '_' || c.is_ascii_digit() || (c.is_alphabetic() && !c.is_uppercase());
    if !(1..=32).contains(&name.chars().count()) || !name.chars().all(fits) {
        problems.push(format!("{name:?} cannot be a command's or option's name"));
    }
    let description = of["description"].as_str().unwrap_or_default().chars().count();
    if !(1..=100).contains(&description) {
        problems.push(format!("{name} is described in {description} characters"));
    }
    let options = list(&of["options"]);
    if options.len() > 25 || depth > 3 {
        problems.push(format!("{name} has too many options, or too deep ones"));
    }
    let mut optional = false;
    for option in options {
        let required = option["required"].as_bool().unwrap_or_default();
        if required && optional {
            problems.push(format!("{name} has a required option behind an optional one"));
        }
        optional |= !required && option["type"].as_u64() > Some(2);
        named(option, depth + 1, problems);
    }
}

fn characters(of: &Value) -> usize {
    let own = ["name", "description"].iter().filter_map(|key| of[key].as_str()).map(|text| text.chars().count());
    own.sum::<usize>() + list(&of["options"]).iter().map(characters).sum::<usize>()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
