//! The steps of setting up the Discord bot, checked one by one at Discord's own API.

use bots::{
    commands::COMMANDS,
    discord::{PERMISSIONS, install_link},
};
use serde_json::Value;

use super::{Finding, client};
use crate::config::{Discord, Secret};

/// The bits of an application's `flags` that say that its bot may read chat: granted, and switched on where the bot is
/// small enough not to be asked why.
const READS_CHAT: u64 = 1 << 18 | 1 << 19;

/// Asks Discord about the bot. One note where there is none.
pub async fn look(config: &Discord) -> Vec<Finding> {
    if config.token.is_none() {
        return vec![Finding::Note("discord.token is not set: the Discord bot is off".to_owned())];
    }
    let application = match get(config, "applications/@me").await {
        Ok(application) => application,
        Err(finding) => return vec![finding],
    };
    let id = application["id"].as_str().unwrap_or_default();
    let name = application["name"].as_str().unwrap_or("without a name");
    let mut findings = vec![Finding::Good(format!("Discord knows the bot {name} (application {id})"))];
    if let Some(configured) = config.application_id.filter(|configured| configured.to_string() != id) {
        findings.push(Finding::Bad(format!(
            "discord.application_id is {configured}, but the token is of application {id}: write that, or leave it out"
        )));
    }
    findings.push(intent(&application));
    findings.push(Finding::Good(format!("Discord install link: {}", install_link(id))));
    findings.extend(contexts(&application));
    findings.extend(servers(&application));
    findings.push(commands(config, id).await);
    findings.extend(activity(config, &application));
    findings
}

/// Whether the bot may read chat.
fn intent(application: &Value) -> Finding {
    if application["flags"].as_u64().is_some_and(|flags| flags & READS_CHAT != 0) {
        return Finding::Good("Discord lets the bot read chat (Message Content Intent)".to_owned());
    }
    Finding::Note(
        "Discord does not let the bot read chat: commands, buttons and cards work, but chat is not carried over to rooms and \
         pasted links are not noticed. Switch on Message Content Intent on the Bot page of the application"
            .to_owned(),
    )
}

/// Whether it can be added to servers and to people, and with what.
fn contexts(application: &Value) -> Vec<Finding> {
    let contexts = &application["integration_types_config"];
    if !contexts.is_object() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    match contexts.get("0") {
        None => findings.push(Finding::Bad(
            "Discord lets nobody add the bot to a server: tick Guild Install on the Installation page of the application"
                .to_owned(),
        )),
        Some(server) => findings.push(server_button(&server["oauth2_install_params"])),
    }
    findings.push(if contexts.get("1").is_some() {
        Finding::Good("people can add the bot to themselves on Discord (User Install)".to_owned())
    } else {
        Finding::Note(
            "people cannot add the bot to themselves on Discord: tick User Install on the Installation page of the \
             application if they should"
                .to_owned(),
        )
    });
    findings
}

/// What the bot is given by the button on its profile, which has scopes and permissions of its own.
fn server_button(given: &Value) -> Finding {
    if given.is_null() {
        return Finding::Note(
            "Discord's own button for adding the bot to a server has no scopes: use the install link, or set the default \
             install settings on the Installation page of the application"
                .to_owned(),
        );
    }
    let scopes = given["scopes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let granted = given["permissions"].as_str().and_then(|bits| bits.parse::<u64>().ok()).unwrap_or(0);
    // Administrators may do everything.
    let all = granted & 1 << 3 != 0;
    let missing: Vec<_> = ["bot", "applications.commands"]
        .into_iter()
        .filter(|scope| !scopes.iter().any(|given| given == scope))
        .chain(PERMISSIONS.iter().filter(|(_, bit)| !all && granted & bit == 0).map(|(name, _)| *name))
        .collect();
    if missing.is_empty() {
        return Finding::Good(
            "Discord's own button for adding the bot to a server gives all that is needed".to_owned(),
        );
    }
    Finding::Note(format!(
        "Discord's own button for adding the bot to a server lacks {}: use the install link, or add them to the default \
         install settings on the Installation page of the application",
        missing.join(", ")
    ))
}

fn servers(application: &Value) -> Option<Finding> {
    Some(match application["approximate_guild_count"].as_u64()? {
        0 => Finding::Note("the bot is in no Discord server yet: open the install link".to_owned()),
        1 => Finding::Good("the bot is in 1 Discord server".to_owned()),
        count => Finding::Good(format!("the bot is in about {count} Discord servers")),
    })
}

/// Whether Discord shows our commands. They are registered when the server starts.
async fn commands(config: &Discord, id: &str) -> Finding {
    let registered = match get(config, &format!("applications/{id}/commands")).await {
        Ok(registered) => registered,
        Err(finding) => return finding,
    };
    let registered = registered.as_array().map(Vec::as_slice).unwrap_or_default();
    // Those that are typed; entries of menus are no commands of the list.
    let typed = |command: &&Value| command["type"].as_u64().unwrap_or(1) == 1;
    let names: Vec<_> = registered.iter().filter(typed).filter_map(|command| command["name"].as_str()).collect();
    let known = COMMANDS.iter().filter(|command| names.contains(&command.name)).count();
    if known == COMMANDS.len() && names.len() == known {
        return Finding::Good(format!("Discord shows all {known} commands"));
    }
    let strange = names.len() - known;
    let others = if strange == 0 { String::new() } else { format!(", and {strange} that are none of ours") };
    Finding::Note(format!(
        "Discord shows {known} of {} commands{others}: start the server, which registers them",
        COMMANDS.len()
    ))
}

/// What rooms within Discord need. Whether Activities are enabled for the application, and what its URL mappings are, Discord
/// tells nobody.
fn activity(config: &Discord, application: &Value) -> Vec<Finding> {
    if !config.activity {
        return Vec::new();
    }
    let mut findings = vec![if config.client_secret.is_some() {
        Finding::Good(
            "rooms open within Discord (discord.activity), where Activities are enabled in the portal".to_owned(),
        )
    } else {
        Finding::Bad(
            "discord.activity is on, but discord.client_secret is not set: Reset Secret on the OAuth2 page of the application \
             shows one"
                .to_owned(),
        )
    }];
    let known = application["verify_key"].as_str().unwrap_or_default();
    if let Some(key) = config.public_key.as_deref().filter(|key| !key.eq_ignore_ascii_case(known)) {
        findings.push(Finding::Bad(format!(
            "discord.public_key is {key}, but that of the application is {known}: write that, or leave it out"
        )));
    }
    findings
}

async fn get(config: &Discord, path: &str) -> Result<Value, Finding> {
    let base = config.api_url.as_ref().map_or("https://discord.com", |url| url.as_str());
    let url = format!("{}/api/v10/{path}", base.trim_end_matches('/'));
    let token = config.token.as_ref().map(Secret::reveal).unwrap_or_default();
    let answer = client().get(url).header("authorization", format!("Bot {token}")).send().await;
    let unreachable =
        |error: reqwest::Error| Finding::Bad(format!("Discord cannot be reached: {}", error.without_url()));
    let answer = answer.map_err(unreachable)?;
    match answer.status().as_u16() {
        200 => answer.json().await.map_err(unreachable),
        401 => Err(Finding::Bad(
            "discord.token is not valid: Reset Token on the Bot page of the application shows a new one".to_owned(),
        )),
        status => Err(Finding::Bad(format!("Discord answers {status} to the question for {path}"))),
    }
}
