//! The steps of setting up the Telegram bot, checked one by one at the Bot API.

use bots::commands::{COMMANDS, CommandInfo};
use serde_json::{Value, json};
use url::Url;

use super::{Finding, client};
use crate::config::{Secret, Telegram};

/// Ports that Telegram brings updates to.
const WEBHOOK_PORTS: [u16; 4] = [443, 80, 88, 8443];

/// What the configuration wants of Telegram besides the bot.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// Where people find the server.
    pub public_url: Option<&'a Url>,
    /// Where Telegram should bring updates; they are fetched where there is none.
    pub webhook_url: Option<&'a Url>,
    /// The short name of the Mini App that rooms open in.
    pub mini_app: Option<&'a str>,
}

/// Asks Telegram about the bot. One note where there is none.
pub async fn look(config: &Telegram, wanted: Wanted<'_>) -> Vec<Finding> {
    if config.token.is_none() {
        return vec![Finding::Note("telegram.token is not set: the Telegram bot is off".to_owned())];
    }
    let me = match ask(config, "getMe", json!({})).await {
        Ok(me) => me,
        Err(finding) => return vec![finding],
    };
    let name = me["username"].as_str().unwrap_or("?");
    let mut findings = vec![Finding::Good(format!("Telegram knows the bot @{name}"))];
    findings.push(groups(&me));
    findings.push(privacy(&me));
    findings.push(inline(&me));
    findings.push(buttons(wanted.public_url));
    findings.push(mini_app(&me, name, wanted));
    findings.push(commands(config).await);
    findings.extend(updates(config, wanted.webhook_url).await);
    findings
}

fn groups(me: &Value) -> Finding {
    if me["can_join_groups"] == true {
        return Finding::Good("the Telegram bot can be added to groups".to_owned());
    }
    Finding::Bad("the Telegram bot cannot be added to groups: write /setjoingroups to @BotFather, Enable".to_owned())
}

fn privacy(me: &Value) -> Finding {
    if me["can_read_all_group_messages"] == true {
        return Finding::Good("Telegram lets the bot read group chat (privacy mode is off)".to_owned());
    }
    Finding::Note(
        "Telegram shows the bot only commands and answers to it (privacy mode is on): chat is not carried over to rooms and \
         pasted links are not noticed. Write /setprivacy to @BotFather, Disable, then add the bot to the group anew; or make \
         it an administrator of the group"
            .to_owned(),
    )
}

fn inline(me: &Value) -> Finding {
    if me["supports_inline_queries"] == true {
        return Finding::Good("the Telegram bot can be asked in any chat (inline mode)".to_owned());
    }
    Finding::Note(
        "the Telegram bot cannot be asked in chats that it is not in: write /setinline to @BotFather if it should"
            .to_owned(),
    )
}

fn buttons(public_url: Option<&Url>) -> Finding {
    match public_url {
        Some(url) if url.scheme() == "https" => Finding::Good("Telegram can show buttons that open rooms".to_owned()),
        _ => Finding::Note(
            "Telegram shows no buttons that open rooms, the link stands in the text instead: set http.public_url to a \
             public https address"
                .to_owned(),
        ),
    }
}

fn mini_app(me: &Value, name: &str, wanted: Wanted<'_>) -> Finding {
    let https = wanted.public_url.is_some_and(|url| url.scheme() == "https");
    match wanted.mini_app {
        Some(app) if https => Finding::Good(format!(
            "rooms open within Telegram as https://t.me/{name}/{app}: open it once, Telegram tells nobody else whether it is \
             there"
        )),
        Some(_) => Finding::Bad(
            "telegram.mini_app is set, but Telegram opens https addresses only: set http.public_url to one".to_owned(),
        ),
        None if me["has_main_web_app"] == true => Finding::Note(
            "the bot has a main Mini App of its own, but telegram.mini_app is not set: rooms open in the browser"
                .to_owned(),
        ),
        None => Finding::Note(
            "telegram.mini_app is not set: rooms open in the browser. Write /newapp to @BotFather for a Mini App, with \
             http.public_url and /tg behind it as its address"
                .to_owned(),
        ),
    }
}

/// Whether the menu lists our commands. It is written when the server starts.
async fn commands(config: &Telegram) -> Finding {
    let mut known = 0;
    // Where those who keep order have a menu of their own, it is the longest; else everybody has the same.
    for scope in ["all_chat_administrators", "all_group_chats", "default"] {
        let listed = match ask(config, "getMyCommands", json!({ "scope": { "type": scope } })).await {
            Ok(listed) => listed,
            Err(finding) => return finding,
        };
        let listed = listed.as_array().map(Vec::as_slice).unwrap_or_default();
        let is_listed = |info: &&CommandInfo| listed.iter().any(|command| command["command"] == info.name);
        known = known.max(COMMANDS.iter().filter(is_listed).count());
    }
    if known == 0 {
        return Finding::Note(
            "Telegram's menu lists none of the commands: start the server, which writes it".to_owned(),
        );
    }
    Finding::Good(format!("Telegram's menu lists {known} commands"))
}

/// How updates come, and what went wrong with that last.
async fn updates(config: &Telegram, wanted: Option<&Url>) -> Vec<Finding> {
    let info = match ask(config, "getWebhookInfo", json!({})).await {
        Ok(info) => info,
        Err(finding) => return vec![finding],
    };
    let set = info["url"].as_str().unwrap_or_default();
    let mut findings = Vec::new();
    match wanted {
        None if set.is_empty() => findings.push(Finding::Good("updates of Telegram are fetched".to_owned())),
        None => findings.push(Finding::Note(format!(
            "Telegram brings updates to {set}, but telegram.webhook_url is not set: the server takes that away when it starts"
        ))),
        Some(url) if url.scheme() != "https" => {
            findings.push(Finding::Bad(format!("telegram.webhook_url is {url}: Telegram takes https addresses only")));
        }
        Some(url) if !url.port_or_known_default().is_some_and(|port| WEBHOOK_PORTS.contains(&port)) => {
            findings.push(Finding::Bad(format!("telegram.webhook_url is {url}: Telegram takes the ports 443, 80, 88 and 8443")));
        }
        Some(url) if url.as_str() == set => findings.push(Finding::Good(format!("Telegram brings updates to {set}"))),
        Some(url) => findings.push(Finding::Note(format!(
            "Telegram does not bring updates to {url} yet: start the server, which asks for it"
        ))),
    }
    if let Some(error) = info["last_error_message"].as_str().filter(|_| !set.is_empty()) {
        let waiting = info["pending_update_count"].as_u64().unwrap_or(0);
        findings.push(Finding::Bad(format!(
            "Telegram could not bring updates to {set}: {error}; {waiting} wait. Open that address from outside, and look at \
             your reverse proxy"
        )));
    }
    findings
}

async fn ask(config: &Telegram, method: &str, body: Value) -> Result<Value, Finding> {
    let base = config.api_url.as_ref().map_or("https://api.telegram.org", |url| url.as_str());
    let token = config.token.as_ref().map(Secret::reveal).unwrap_or_default();
    let url = format!("{}/bot{token}/{method}", base.trim_end_matches('/'));
    // The address holds the token: it must not be printed.
    let unreachable =
        |error: reqwest::Error| Finding::Bad(format!("Telegram cannot be reached: {}", error.without_url()));
    let answer = client().post(url).json(&body).send().await.map_err(unreachable)?;
    match answer.status().as_u16() {
        200 => answer.json::<Value>().await.map(|mut answer| answer["result"].take()).map_err(unreachable),
        401 | 404 => Err(Finding::Bad("telegram.token is not valid: write /token to @BotFather for it".to_owned())),
        status => Err(Finding::Bad(format!("Telegram answers {status} to {method}"))),
    }
}
