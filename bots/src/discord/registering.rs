//! Tells Discord which commands there are: only where they differ from those that it knows, because each change reaches
//! people's clients late.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use poise::serenity_prelude as serenity;
use serde_json::{Value, json};
use serenity::{
    CommandType, CreateCommand, EntryPointHandlerType,
    http::{LightMethod, Request, Route},
};
use tokio_util::sync::CancellationToken;

use super::commands::everywhere;
use crate::{Locale, say, words};

/// How often that is tried before it is given up.
const ATTEMPTS: u32 = 6;
/// How long to wait in between; doubled each time.
const AGAIN: Duration = Duration::from_secs(2);
/// The type of the command that launches the app within Discord.
const ENTRY_POINT: u64 = 4;

/// What we say of commands, options and choices.
const SAID: [&str; 18] = [
    "type",
    "name",
    "name_localizations",
    "description",
    "description_localizations",
    "options",
    "choices",
    "value",
    "required",
    "autocomplete",
    "min_value",
    "max_value",
    "min_length",
    "max_length",
    "contexts",
    "integration_types",
    "handler",
    "default_member_permissions",
];

/// The command that launches the app within Discord. We answer it ourselves, and it has a name of its own: poise does not
/// expect one with the name of a command that is typed.
fn entry_point() -> CreateCommand {
    let key = "discord-launch";
    let (by, places) = everywhere();
    let mut command = CreateCommand::new(say!(Locale::English, key))
        .kind(CommandType::PrimaryEntryPoint)
        .handler(EntryPointHandlerType::AppHandler)
        .integration_types(by)
        .contexts(places);
    for (tag, name) in super::commands::localized(|locale| words::find(locale, key, &[])).iter() {
        command = command.name_localized(tag.as_ref(), name.as_ref());
    }
    command
}

/// Registers these, and one that launches the app where it is an activity.
pub(super) async fn register(
    http: Arc<serenity::Http>,
    commands: Vec<CreateCommand>,
    activity: bool,
    stop: CancellationToken,
) {
    let entry_point = activity.then(entry_point);
    let commands: Vec<Value> = commands.into_iter().chain(entry_point).map(|command| json!(command)).collect();
    for attempt in 0..ATTEMPTS {
        match attempt_once(&http, &commands).await {
            Ok(()) => return,
            Err(error) if attempt + 1 == ATTEMPTS => {
                tracing::error!(%error, "the commands could not be registered at Discord: it offers those of the last start");
            }
            Err(error) => {
                tracing::warn!(%error, "the commands could not be registered at Discord: trying again");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(AGAIN * 2_u32.pow(attempt)) => {}
                }
            }
        }
    }
}

async fn attempt_once(http: &serenity::Http, ours: &[Value]) -> Result<(), serenity::Error> {
    let application_id = http.application_id().ok_or(serenity::http::HttpError::ApplicationIdMissing)?;
    let route = Route::Commands { application_id };
    let all = Request::new(route, LightMethod::Get).params(Some(vec![("with_localizations", "true".to_owned())]));
    let known: Vec<Value> = http.fire(all).await?;
    let mut wanted = ours.to_vec();
    // An application that is an activity has one already, and Discord refuses a list without it (code 50240).
    if !wanted.iter().any(|command| command["type"] == ENTRY_POINT) {
        wanted.extend(known.iter().filter(|command| command["type"] == ENTRY_POINT).map(kept));
    }
    if same(&known, &wanted) {
        tracing::debug!("Discord knows all commands as they are");
        return Ok(());
    }
    let body = serde_json::to_vec(&wanted)?;
    let _: Value = http.fire(Request::new(route, LightMethod::Put).body(Some(body))).await?;
    tracing::info!(commands = wanted.len(), "the commands are registered at Discord");
    Ok(())
}

/// A command of Discord's list, to be sent back as it is.
fn kept(command: &Value) -> Value {
    let fields = command.as_object().into_iter().flatten();
    let said = fields.filter(|(name, value)| SAID.contains(&name.as_str()) && !value.is_null());
    Value::Object(said.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// Whether two lists of commands are the same, in whatever order.
fn same(known: &[Value], wanted: &[Value]) -> bool {
    let by_name = |list: &[Value]| -> BTreeMap<(u64, String), Value> {
        list.iter()
            .map(|command| {
                let key =
                    (command["type"].as_u64().unwrap_or(1), command["name"].as_str().unwrap_or_default().to_owned());
                (key, essence(command))
            })
            .collect()
    };
    known.len() == wanted.len() && by_name(known) == by_name(wanted)
}

/// What we say of a command: without what Discord adds, and without what says nothing.
fn essence(command: &Value) -> Value {
    match command {
        Value::Object(fields) => {
            let said = fields.iter().filter(|(name, _)| SAID.contains(&name.as_str()));
            let said = said.filter_map(|(name, value)| {
                let value = match (name.as_str(), value) {
                    // Texts by language keep all of their keys.
                    (_, Value::Object(_)) if name.ends_with("_localizations") => value.clone(),
                    // Sets.
                    ("contexts" | "integration_types", Value::Array(list)) => {
                        let mut list: Vec<_> = list.iter().filter_map(Value::as_u64).collect();
                        list.sort_unstable();
                        json!(list)
                    }
                    ("type", Value::Number(kind)) if kind.as_u64() == Some(1) && !fields.contains_key("required") => {
                        return None;
                    }
                    (_, value) => essence(value),
                };
                let nothing = value.is_null()
                    || value == json!(false)
                    || value == json!("")
                    || value.as_array().is_some_and(Vec::is_empty)
                    || value.as_object().is_some_and(serde_json::Map::is_empty);
                (!nothing).then(|| (name.clone(), value))
            });
            Value::Object(said.collect())
        }
        Value::Array(list) => Value::Array(list.iter().map(essence).collect()),
        // 1 and 1.0 are the same number.
        Value::Number(number) => json!(number.as_f64()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::slice;

    use super::*;

    #[test]
    fn what_discord_adds_and_leaves_out_makes_no_other_command() {
        let ours = json!({
            "name": "seek", "description": "Go", "name_localizations": {"de": "springen"}, "contexts": [0, 1],
            "options": [{"type": 3, "name": "time", "description": "When", "required": true, "choices": [], "min_value": 1}],
        });
        let theirs = json!({
            "id": "7", "version": "1", "type": 1, "nsfw": false, "default_member_permissions": null, "dm_permission": true,
            "name": "seek", "description": "Go", "name_localizations": {"de": "springen"}, "contexts": [1, 0],
            "description_localizations": null, "application_id": "1",
            "options": [{"type": 3, "name": "time", "description": "When", "required": true, "min_value": 1.0}],
        });
        assert!(same(slice::from_ref(&theirs), slice::from_ref(&ours)));
        for (at, value) in [
            ("/description", json!("Gone")),
            ("/name_localizations/de", json!("gehen")),
            ("/options/0/required", json!(false)),
            ("/contexts", json!([0])),
        ] {
            let mut other = ours.clone();
            *other.pointer_mut(at).unwrap() = value;
            assert!(!same(slice::from_ref(&theirs), &[other]), "{at}");
        }
        assert!(!same(&[theirs.clone(), theirs.clone()], slice::from_ref(&ours)));
        assert!(!same(&[], &[ours]));
    }
}
