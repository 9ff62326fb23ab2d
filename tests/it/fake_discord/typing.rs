//! What Discord's own client makes of what people type and choose from its menus.
//!
//! What it would not send fails the story: commands that are not offered there, options that are missing or do not fit.

use serde_json::{Value, json};

use super::{
    Asked, Channel, Choice, FakeDiscord, Message, Said, State, User, guilds::stranger, interactions::Deed, list,
};

impl FakeDiscord {
    /// A person types a command: `/queue add url:https://… next:True`. Command and option names are those of the person's
    /// language, or the common ones. Users, channels and roles are given by identity, choices by name or value.
    pub(crate) async fn types(&self, channel: Channel, user: User, line: &str) -> Asked {
        self.identified().await;
        let (data, _) = self.parse(channel, user, line, false);
        self.interact(channel, user, &Deed { kind: 2, data, target: None, focused: 0 })
    }

    /// A person types a command and waits for the answer.
    pub(crate) async fn asks(&self, channel: Channel, user: User, line: &str) -> super::Answer {
        let asked = self.types(channel, user, line).await;
        self.answer_to(asked).await
    }

    /// A person is typing a command and stands in its last option, which must be one that is completed: `/watch url:sin`.
    pub(crate) async fn is_typing(&self, channel: Channel, user: User, line: &str) -> Asked {
        self.identified().await;
        let (data, focused) = self.parse(channel, user, line, true);
        self.interact(channel, user, &Deed { kind: 4, data, target: None, focused })
    }

    /// The same, and waits for what is offered.
    pub(crate) async fn completes(&self, channel: Channel, user: User, line: &str) -> Vec<Choice> {
        let asked = self.is_typing(channel, user, line).await;
        self.choices(asked).await
    }

    /// A person opens the menu of a message that somebody wrote, and picks an app's command by name.
    pub(crate) async fn uses_on_said(&self, command: &str, said: Said, user: User) -> Asked {
        let message = self.inner.state().said.get(&said.id).cloned().expect("there is such a message");
        self.uses_on(command, said.channel, message, user).await
    }

    /// The same with a message of the bot.
    pub(crate) async fn uses_on_message(
        &self,
        command: &str,
        channel: Channel,
        message: &Message,
        user: User,
    ) -> Asked {
        self.uses_on(command, channel, message.json(), user).await
    }

    async fn uses_on(&self, command: &str, channel: Channel, message: Value, user: User) -> Asked {
        self.identified().await;
        let command = self.offered(3, command, channel, user);
        let id = message["id"].clone();
        let resolved = json!({"messages": {id.as_str().unwrap_or_default(): message}});
        let data =
            json!({"id": command["id"], "name": command["name"], "type": 3, "target_id": id, "resolved": resolved});
        self.interact(channel, user, &Deed { kind: 2, data, target: None, focused: 0 })
    }

    /// A person opens the menu of somebody, and picks an app's command by name.
    pub(crate) async fn uses_on_user(&self, command: &str, channel: Channel, target: User, user: User) -> Asked {
        self.identified().await;
        let command = self.offered(2, command, channel, user);
        let id = target.id.to_string();
        let mut member = target.member_json();
        member.as_object_mut().unwrap().remove("user");
        let mut resolved = json!({"users": {&id: target.json()}});
        if channel.guild().is_some() {
            resolved["members"] = json!({&id: member});
        }
        let data =
            json!({"id": command["id"], "name": command["name"], "type": 2, "target_id": id, "resolved": resolved});
        self.interact(channel, user, &Deed { kind: 2, data, target: None, focused: 0 })
    }

    /// A person launches the app by its entry point command. One whose handler is 2 is launched by Discord itself, and the
    /// bot hears nothing: then there is nothing to answer, and the story fails here.
    pub(crate) async fn launches(&self, channel: Channel, user: User) -> Asked {
        self.identified().await;
        let command = self.commands().into_iter().find(|command| command["type"] == 4).expect("an entry point command");
        assert!(command["handler"] == 1, "Discord launches the activity itself");
        let data = json!({"id": command["id"], "name": command["name"], "type": 4});
        self.interact(channel, user, &Deed { kind: 2, data, target: None, focused: 0 })
    }

    /// A command of a kind that is offered to that person there.
    fn offered(&self, kind: u64, name: &str, channel: Channel, user: User) -> Value {
        let commands = self.commands();
        let command = commands.iter().find(|command| command["type"] == kind && is_called(command, name, user));
        let command = command.unwrap_or_else(|| panic!("{name} is not registered"));
        assert!(is_offered(command, channel, user), "{name} is not offered to {} there", user.name);
        command.clone()
    }

    /// The line as the data of an interaction, and the type of its last option.
    fn parse(&self, channel: Channel, user: User, line: &str, completing: bool) -> (Value, u64) {
        let line = line.strip_prefix('/').expect("commands begin with /");
        let (name, mut rest) = line.split_once(' ').unwrap_or((line, ""));
        let command = self.offered(1, name, channel, user);
        let mut data = json!({"id": command["id"], "name": command["name"], "type": 1});
        let mut path = Vec::new();
        let mut at = command;
        while list(&at["options"]).iter().any(|option| matches!(option["type"].as_u64(), Some(1 | 2))) {
            let (sub, sub_rest) = rest.split_once(' ').unwrap_or((rest, ""));
            let known = list(&at["options"]).iter().find(|option| is_called(option, sub, user));
            let known = known.unwrap_or_else(|| panic!("/{name} {sub} is not registered")).clone();
            path.push((known["name"].clone(), known["type"].clone()));
            rest = sub_rest;
            at = known;
        }
        let mut resolved = json!({});
        let (mut options, focused) =
            values(&self.inner.state(), list(&at["options"]), user, rest, completing, &mut resolved);
        for (name, kind) in path.into_iter().rev() {
            options = json!([{"name": name, "type": kind, "options": options}]);
        }
        data["options"] = options;
        if resolved.as_object().is_some_and(|resolved| !resolved.is_empty()) {
            data["resolved"] = resolved;
        }
        (data, focused)
    }
}

fn is_called(known: &Value, name: &str, user: User) -> bool {
    known["name"] == name || known["name_localizations"][user.locale] == name
}

fn is_offered(command: &Value, channel: Channel, user: User) -> bool {
    let context = match channel.kind {
        1 => 1,
        3 => 2,
        _ => 0,
    };
    let has = |key: &str, value: u64, or: bool| match command[key].as_array() {
        Some(list) => list.iter().any(|one| *one == value),
        None => or,
    };
    let needed = command["default_member_permissions"].as_str().and_then(|bits| bits.parse::<u64>().ok());
    let may =
        needed.is_none_or(|needed| user.permissions & needed == needed && (needed != 0 || user.permissions & 8 != 0));
    let installed = u64::from(channel.is_foreign());
    has("contexts", context, true)
        && has("integration_types", installed, installed == 0)
        && (channel.guild().is_none() || channel.is_foreign() || may)
}

/// `to:1:30 title:The end` as options, and the type of the last one.
fn values(
    state: &State,
    options: &[Value],
    user: User,
    line: &str,
    completing: bool,
    resolved: &mut Value,
) -> (Value, u64) {
    let begins = |option: &Value| {
        let names = [option["name"].as_str(), option["name_localizations"][user.locale].as_str()];
        let found = names.into_iter().flatten().find_map(|name| {
            let mark = format!("{name}:");
            let found = line.match_indices(&mark).find(|(at, _)| *at == 0 || line[..*at].ends_with(' '));
            found.map(|(at, _)| (at, at + mark.len()))
        });
        found.map(|(from, to)| (option.clone(), from, to))
    };
    let mut found: Vec<(Value, usize, usize)> = options.iter().filter_map(begins).collect();
    found.sort_by_key(|(_, from, _)| *from);
    assert!(!found.is_empty() || line.is_empty(), "{line:?} names no option");
    let missing = options
        .iter()
        .find(|option| option["required"] == true && !found.iter().any(|(known, ..)| known["name"] == option["name"]));
    assert!(completing || missing.is_none(), "a required option is missing: {missing:?}");
    let ends: Vec<usize> = found.iter().skip(1).map(|(_, from, _)| *from).chain([line.len()]).collect();
    let mut filled = Vec::new();
    for (number, ((option, _, from), to)) in found.iter().zip(&ends).enumerate() {
        let text = line[*from..*to].trim();
        let focused = completing && number + 1 == found.len();
        if focused {
            assert!(option["autocomplete"] == true, "{} is not completed", option["name"]);
        }
        let value = if focused { json!(text) } else { value(state, option, user, text, resolved) };
        let mut one = json!({"name": option["name"], "type": option["type"], "value": value});
        if focused {
            one["focused"] = json!(true);
        }
        filled.push(one);
    }
    let last = found.last().and_then(|(option, ..)| option["type"].as_u64()).unwrap_or_default();
    (Value::Array(filled), last)
}

/// A text as the value of an option.
fn value(state: &State, option: &Value, user: User, text: &str, resolved: &mut Value) -> Value {
    let name = &option["name"];
    let choices = list(&option["choices"]);
    if !choices.is_empty() {
        let called = |choice: &&Value| {
            is_called(choice, text, user)
                || choice["value"] == text
                || choice["value"].as_f64().is_some_and(|value| Some(value) == text.parse().ok())
        };
        let choice = choices.iter().find(called);
        return choice.unwrap_or_else(|| panic!("{text:?} is no choice of {name}"))["value"].clone();
    }
    let within = |number: f64| {
        let least = option["min_value"].as_f64().unwrap_or(f64::MIN);
        let most = option["max_value"].as_f64().unwrap_or(f64::MAX);
        assert!((least..=most).contains(&number), "Discord's client takes {least} to {most} for {name}");
    };
    match option["type"].as_u64() {
        Some(3) => {
            let length = text.chars().count() as u64;
            let (least, most) =
                (option["min_length"].as_u64().unwrap_or(0), option["max_length"].as_u64().unwrap_or(6000));
            assert!((least..=most).contains(&length), "Discord's client takes {least} to {most} characters for {name}");
            json!(text)
        }
        Some(4) => {
            let number: i64 = text.parse().expect("Discord's client takes whole numbers only");
            within(number as f64);
            json!(number)
        }
        Some(5) => json!(text == "True"),
        Some(10) => {
            let number: f64 = text.parse().expect("Discord's client takes numbers only");
            within(number);
            json!(number)
        }
        Some(6) => {
            let id: u64 = text.parse().expect("users are given by identity");
            resolved["users"][text] = state.users.get(&id).cloned().unwrap_or_else(|| stranger(id));
            resolved["members"][text] = json!({
                "roles": [], "joined_at": "2024-01-01T00:00:00+00:00", "deaf": false, "mute": false, "flags": 0,
                "pending": false, "nick": null, "avatar": null, "premium_since": null, "permissions": "0",
                "communication_disabled_until": null,
            });
            json!(text)
        }
        Some(7) => {
            let id: u64 = text.parse().expect("channels are given by identity");
            let mut channel = state.channels.get(&id).expect("that channel is known").json();
            channel["permissions"] = json!("0");
            resolved["channels"][text] = channel;
            json!(text)
        }
        Some(8) => {
            let roles = |guild: &super::Guild| guild.role_json(text.parse().unwrap_or_default());
            let role = state.guilds.values().find_map(roles).expect("that role is known");
            resolved["roles"][text] = role;
            json!(text)
        }
        other => panic!("options of type {other:?} are not known here"),
    }
}
