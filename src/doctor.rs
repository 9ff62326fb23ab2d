//! `onecouch doctor`: checks what an operator can get wrong, one line each, with what to fix.

use std::{process::ExitCode, time::Duration};

use crate::{
    config::{Config, Secret},
    mail::Mailer,
    store::SqliteStore,
};

/// How long a platform may take to answer.
const PATIENCE: Duration = Duration::from_secs(8);

/// What a check found.
enum Finding {
    Good(String),
    /// Worth knowing; everything works all the same.
    Note(String),
    /// To be mended, and how.
    Bad(String),
}

/// Checks all of it. Fails where something is to be mended.
pub async fn run(config: &Config) -> ExitCode {
    let findings = [
        data_directory(config).await,
        listener(config).await,
        public_url(config),
        discord(config).await,
        telegram(config).await,
        mail(config).await,
        bootstrap_key(config),
    ];
    let mut code = ExitCode::SUCCESS;
    for finding in findings {
        match finding {
            Finding::Good(text) => println!("ok    {text}"),
            Finding::Note(text) => println!("note  {text}"),
            Finding::Bad(text) => {
                println!("fix   {text}");
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

/// Whether a server of this configuration answers; for container health checks, which have no other program.
pub async fn healthcheck(config: &Config) -> ExitCode {
    let mut address = config.http.listen;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    match client().get(format!("http://{address}/readyz")).send().await {
        Ok(answer) if answer.status().is_success() => ExitCode::SUCCESS,
        Ok(answer) => {
            eprintln!("onecouch answers {}", answer.status());
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("onecouch does not answer: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn data_directory(config: &Config) -> Finding {
    match SqliteStore::open(&config.database.url, config.retention.of_store()).await {
        Ok(store) => {
            engine::ports::Store::close(&store).await;
            Finding::Good(format!("{} can be opened and written", config.database.url))
        }
        Err(crate::store::StoreError::InUse { .. }) => {
            Finding::Good(format!("{} is in use by a running server", config.database.url))
        }
        Err(error) => Finding::Bad(format!("database.url: {error}")),
    }
}

async fn listener(config: &Config) -> Finding {
    let address = config.http.listen;
    match tokio::net::TcpListener::bind(address).await {
        Ok(_) => Finding::Good(format!("{address} is free to listen on")),
        Err(_) if healthcheck(config).await == ExitCode::SUCCESS => {
            Finding::Good(format!("onecouch answers on {address}"))
        }
        Err(error) => Finding::Bad(format!("http.listen: {address}: {error}. Choose a free address")),
    }
}

fn public_url(config: &Config) -> Finding {
    match &config.http.public_url {
        None => Finding::Note(format!(
            "http.public_url is not set: invite links say http://{}, which only works on this machine",
            config.http.listen
        )),
        Some(url) if url.scheme() == "http" => Finding::Note(format!(
            "http.public_url is {url}: without https, browsers keep some features and chats show no buttons"
        )),
        Some(url) => Finding::Good(format!("invite links begin with {url}")),
    }
}

async fn discord(config: &Config) -> Finding {
    let Some(token) = &config.discord.token else {
        return Finding::Note("discord.token is not set: the Discord bot is off".to_owned());
    };
    let base = config.discord.api_url.as_ref().map_or("https://discord.com", |url| url.as_str());
    let url = format!("{}/api/v10/applications/@me", base.trim_end_matches('/'));
    let answer = client().get(url).header("authorization", format!("Bot {}", token.reveal())).send().await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return Finding::Bad(format!("Discord cannot be reached: {}", error.without_url())),
    };
    match answer.status().as_u16() {
        200 => {
            let app: serde_json::Value = answer.json().await.unwrap_or_default();
            // GATEWAY_MESSAGE_CONTENT and its limited form, by which Discord lets a bot read chat.
            let reads_chat = app["flags"].as_u64().is_some_and(|flags| flags & (1 << 18 | 1 << 19) != 0);
            let reads = if reads_chat { "may" } else { "may not" };
            Finding::Good(format!(
                "Discord knows the bot {}; it {reads} read chat (message content intent), which commands do not need",
                app["name"].as_str().unwrap_or("without a name")
            ))
        }
        401 => {
            Finding::Bad("discord.token is not valid: copy it anew from the Bot page of your application".to_owned())
        }
        status => Finding::Bad(format!("Discord answers {status} to the token")),
    }
}

async fn telegram(config: &Config) -> Finding {
    let Some(token) = &config.telegram.token else {
        return Finding::Note("telegram.token is not set: the Telegram bot is off".to_owned());
    };
    let base = config.telegram.api_url.as_ref().map_or("https://api.telegram.org", |url| url.as_str());
    let answer = client().get(telegram_url(base, token)).send().await;
    let answer = match answer {
        Ok(answer) => answer,
        // The address holds the token: it must not be printed.
        Err(error) => return Finding::Bad(format!("Telegram cannot be reached: {}", error.without_url())),
    };
    match answer.status().as_u16() {
        200 => {
            let me: serde_json::Value = answer.json().await.unwrap_or_default();
            let me = &me["result"];
            let reads = if me["can_read_all_group_messages"] == true { "may" } else { "may not" };
            Finding::Good(format!(
                "Telegram knows the bot @{}; it {reads} read group chat (privacy mode), which commands do not need",
                me["username"].as_str().unwrap_or("?")
            ))
        }
        401 | 404 => Finding::Bad("telegram.token is not valid: ask @BotFather for it again".to_owned()),
        status => Finding::Bad(format!("Telegram answers {status} to the token")),
    }
}

fn telegram_url(base: &str, token: &Secret) -> String {
    format!("{}/bot{}/getMe", base.trim_end_matches('/'), token.reveal())
}

async fn mail(config: &Config) -> Finding {
    match Mailer::new(&config.mail) {
        Err(error) => Finding::Bad(error.to_string()),
        Ok(None) => Finding::Note(
            "mail.smtp_url is not set: links for new passwords stand in the log, for you to pass on".to_owned(),
        ),
        Ok(Some(mailer)) => match mailer.try_it().await {
            Ok(()) => Finding::Good("the mail server answers".to_owned()),
            Err(error) => Finding::Bad(format!("mail.smtp_url: {error}")),
        },
    }
}

fn bootstrap_key(config: &Config) -> Finding {
    if config.auth.bootstrap_key.is_some() {
        Finding::Note("auth.bootstrap_key is set: whoever has it may do everything".to_owned())
    } else {
        Finding::Good("no bootstrap key is set".to_owned())
    }
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().timeout(PATIENCE).build().unwrap_or_default()
}
