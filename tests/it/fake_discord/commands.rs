//! Commands as they are registered: what Discord takes, and what it offers to whom.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    APPLICATION, FakeDiscord, State, list,
    rest::{Answered, No},
};

/// The languages that Discord has.
const LOCALES: [&str; 33] = [
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR",
    "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko", "ar",
];

/// Takes a whole list of commands in place of the one that was there.
pub(super) fn register(state: &mut State, body: &Value) -> Answered {
    let mut commands = list(body).to_vec();
    state.registrations += 1;
    let problems = problems(&commands);
    if !problems.is_empty() {
        return Err(No::invalid(problems.join("; ")));
    }
    let is_entry = |command: &&Value| command["type"] == 4;
    if state.commands.iter().any(|known| is_entry(&known)) && !commands.iter().any(|new| is_entry(&new)) {
        return Err(No {
            status: StatusCode::BAD_REQUEST,
            code: 50_240,
            text:
                "You cannot remove this app's Entry Point command in a bulk update operation. Please include the Entry \
                   Point command in your update request or delete it separately."
                    .to_owned(),
            breach: true,
        });
    }
    for (number, command) in (1..).zip(&mut commands) {
        command["id"] = json!((APPLICATION + 100 + number).to_string());
        command["application_id"] = json!(APPLICATION.to_string());
        command["version"] = json!("1");
        for (key, or) in [("type", json!(1)), ("description", json!("")), ("default_member_permissions", Value::Null)] {
            if command[key].is_null() {
                command[key] = or;
            }
        }
    }
    state.commands.clone_from(&commands);
    Ok(Value::Array(commands))
}

/// What is wrong with a list of commands.
fn problems(commands: &[Value]) -> Vec<String> {
    let mut problems = Vec::new();
    let kind = |command: &Value| command["type"].as_u64().unwrap_or(1);
    for (of, most) in [(1, 100), (2, 15), (3, 15), (4, 1)] {
        let mut names: Vec<_> =
            commands.iter().filter(|one| kind(one) == of).filter_map(|one| one["name"].as_str()).collect();
        if names.len() > most {
            problems.push(format!("{} commands of type {of}, {most} at most", names.len()));
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        if names.len() < count {
            problems.push(format!("two commands of type {of} with the same name"));
        }
    }
    for command in commands {
        let name = &command["name"];
        match kind(command) {
            1 => named(command, 0, &mut problems),
            2..=4 => {
                let localised = command["name_localizations"].as_object().into_iter().flatten();
                for name in localised.map(|(_, name)| name).chain([name]) {
                    if !(1..=32).contains(&name.as_str().unwrap_or_default().chars().count()) {
                        problems.push(format!("{name} cannot be a command's name"));
                    }
                }
                let described = command["description"].as_str().unwrap_or_default().chars().count();
                if !list(&command["options"]).is_empty() || (kind(command) < 4 && described > 0) || described > 100 {
                    problems.push(format!("{name} has no options and no description"));
                }
                if kind(command) == 4 && !matches!(command["handler"].as_u64(), None | Some(1 | 2)) {
                    problems.push(format!("{name} has no such handler"));
                }
            }
            other => problems.push(format!("{name} is a command of type {other}")),
        }
        for (key, most) in [("contexts", 2), ("integration_types", 1)] {
            if list(&command[key]).iter().any(|value| value.as_u64().is_none_or(|value| value > most)) {
                problems.push(format!("{name} has {key} that are none: {}", command[key]));
            }
        }
        let needed = &command["default_member_permissions"];
        if !needed.is_null() && needed.as_str().and_then(|bits| bits.parse::<u64>().ok()).is_none() {
            problems.push(format!("{name} asks for permissions that are none: {needed}"));
        }
        let sum = characters(command);
        if sum > 8000 {
            problems.push(format!("command {name} has {sum} characters in all, 8000 at most"));
        }
    }
    problems
}

/// `^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$`, in lower case where there is one.
fn is_name(name: &str) -> bool {
    let fits = |c: char| {
        matches!(c, '-' | '_' | '\'' | '\u{900}'..='\u{97f}' | '\u{e01}'..='\u{e3a}' | '\u{e40}'..='\u{e5b}')
            || ((c.is_alphabetic() || c.is_numeric()) && c.to_lowercase().eq([c]))
    };
    (1..=32).contains(&name.chars().count()) && name.chars().all(fits)
}

/// A chat command or an option, with what is below it.
fn named(of: &Value, depth: usize, problems: &mut Vec<String>) {
    let name = of["name"].as_str().unwrap_or_default();
    let described = |text: &str| (1..=100).contains(&text.chars().count());
    if !is_name(name) {
        problems.push(format!("{name:?} cannot be a command's or option's name"));
    }
    if !described(of["description"].as_str().unwrap_or_default()) {
        problems.push(format!("{name} is described in no or too many characters: {}", of["description"]));
    }
    for (key, fits) in [("name_localizations", is_name as fn(&str) -> bool), ("description_localizations", described)] {
        for (locale, text) in of[key].as_object().into_iter().flatten() {
            if !LOCALES.contains(&locale.as_str()) {
                problems.push(format!("{name} is localised for {locale:?}, which Discord does not have"));
            }
            if !fits(text.as_str().unwrap_or_default()) {
                problems.push(format!("{name} has unfit {key} for {locale}: {text}"));
            }
        }
    }
    choices(of, problems);
    let options = list(&of["options"]);
    if options.len() > 25 {
        problems.push(format!("{name} has more than 25 options"));
    }
    let kinds: Vec<u64> = options.iter().map(|option| option["type"].as_u64().unwrap_or_default()).collect();
    let below = |kind: &u64| matches!(kind, 1 | 2);
    if kinds.iter().any(below) && !kinds.iter().all(below) {
        problems.push(format!("{name} mixes subcommands and options"));
    }
    // A command has groups, a group has subcommands, a subcommand has options.
    let of_kind = of["type"].as_u64().filter(|_| depth > 0);
    let fits = |kind: &u64| matches!((of_kind, kind), (None, 1..=11) | (Some(2), 1) | (Some(1), 3..=11));
    if !kinds.iter().all(fits) || (of["type"] == 2 && depth > 0 && options.is_empty()) {
        problems.push(format!("{name} has options of types {kinds:?}, which cannot stand there"));
    }
    let mut names: Vec<_> = options.iter().filter_map(|option| option["name"].as_str()).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() < options.len() {
        problems.push(format!("{name} has two options with the same name"));
    }
    for locale in LOCALES {
        let mut names: Vec<_> = options
            .iter()
            .filter_map(|option| option["name_localizations"][locale].as_str().or(option["name"].as_str()))
            .collect();
        names.sort_unstable();
        names.dedup();
        if names.len() < options.len() {
            problems.push(format!("{name} has two options with the same name in {locale}"));
        }
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

fn choices(option: &Value, problems: &mut Vec<String>) {
    let (name, choices) = (&option["name"], list(&option["choices"]));
    if choices.len() > 25 {
        problems.push(format!("{name} has more than 25 choices"));
    }
    if !choices.is_empty() && option["autocomplete"] == true {
        problems.push(format!("{name} has choices and autocompletion"));
    }
    if option["autocomplete"] == true && !matches!(option["type"].as_u64(), Some(3 | 4 | 10)) {
        problems.push(format!("{name} cannot be completed: it is of type {}", option["type"]));
    }
    for choice in choices {
        let localised = choice["name_localizations"].as_object().into_iter().flatten().map(|(_, name)| name);
        for text in localised.chain([&choice["name"]]) {
            if !(1..=100).contains(&text.as_str().unwrap_or_default().chars().count()) {
                problems.push(format!("{name} has a choice that is called {text}"));
            }
        }
        let of_type = match option["type"].as_u64() {
            Some(3) => choice["value"].is_string(),
            Some(4) => choice["value"].is_i64() || choice["value"].is_u64(),
            _ => choice["value"].is_number(),
        };
        if !of_type {
            problems.push(format!("{name} has a choice of another type: {}", choice["value"]));
        }
        if choice["value"].as_str().is_some_and(|value| value.chars().count() > 100) {
            problems.push(format!("{name} has a choice with a value of more than 100 characters"));
        }
    }
}

/// All names, descriptions and values together; of several languages the longest text counts.
fn characters(of: &Value) -> usize {
    let length = |text: &Value| text.as_str().map_or(0, |text| text.chars().count());
    let longest = |key: &str| {
        let localised = of[format!("{key}_localizations")].as_object().into_iter().flatten();
        localised.map(|(_, text)| length(text)).chain([length(&of[key])]).max().unwrap_or_default()
    };
    let below = list(&of["options"]).iter().chain(list(&of["choices"])).map(characters).sum::<usize>();
    longest("name") + longest("description") + length(&of["value"]) + below
}

impl FakeDiscord {
    /// The commands as they are registered.
    pub(crate) fn commands(&self) -> Vec<Value> {
        self.inner.state().commands.clone()
    }

    /// Waits until commands were registered so many times, well or badly.
    pub(crate) async fn registered(&self, times: usize) {
        self.wait("commands to be registered", |state| (state.registrations >= times).then_some(())).await;
    }

    /// How often a list of commands was sent (PUT).
    pub(crate) fn registrations(&self) -> usize {
        self.inner.state().registrations
    }

    /// The application has an entry point command already, as one with an activity gets by itself. A list of commands
    /// without one is refused then (400, code 50240).
    pub(crate) fn has_entry_point(&self) {
        self.inner.change(|state| {
            state.has_activity = true;
            state.commands.push(json!({
                "id": (APPLICATION + 99).to_string(), "application_id": APPLICATION.to_string(), "version": "1",
                "name": "Launch", "description": "", "type": 4, "handler": 2, "default_member_permissions": null,
                "integration_types": [0, 1], "contexts": [0, 1, 2],
            }));
        });
    }
}
