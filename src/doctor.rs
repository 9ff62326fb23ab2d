//! `onecouch doctor`: checks what an operator can get wrong, one line each, with what to fix.
//!
//! Here is what concerns the server itself, and in [`media`] its films; [`discord`] and [`telegram`] ask the platforms.

pub mod discord;
mod media;
pub mod telegram;

use std::{fmt, process::ExitCode, time::Duration};

use crate::{bus::NatsBus, config::Config, mail::Mailer, store};

/// How long a platform may take to answer.
const PATIENCE: Duration = Duration::from_secs(8);

/// What a check found, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// As it should be.
    Good(String),
    /// Worth knowing; everything works all the same.
    Note(String),
    /// To be mended, and how.
    Bad(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Good(text) => write!(f, "ok    {text}"),
            Self::Note(text) => write!(f, "note  {text}"),
            Self::Bad(text) => write!(f, "fix   {text}"),
        }
    }
}

/// Checks all of it. Fails where something is to be mended.
pub async fn run(config: &Config) -> ExitCode {
    let findings = look(config).await;
    for finding in &findings {
        println!("{finding}");
    }
    if findings.iter().any(|finding| matches!(finding, Finding::Bad(_))) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// What there is to say, in the order of setting it all up.
pub async fn look(config: &Config) -> Vec<Finding> {
    let mut findings = vec![data_directory(config).await];
    findings.extend(bus(config).await);
    findings.extend([listener(config).await, public_url(config)]);
    findings.extend(discord::look(&config.discord).await);
    findings.extend(activity_address(config));
    // Updates are fetched, and there is no Mini App, until the configuration has keys for them.
    let wanted = telegram::Wanted {
        public_url: config.http.public_url.as_ref(),
        webhook_url: config.telegram.webhook_url.as_ref(),
        mini_app: config.telegram.mini_app.as_deref(),
    };
    findings.extend(telegram::look(&config.telegram, wanted).await);
    findings.extend(media::look(config));
    findings.push(mail(config).await);
    findings.push(bootstrap_key(config));
    findings
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
    let database = store::shown(&config.database.url);
    match store::open(&config.database.url, config.retention.of_store()).await {
        Ok(store) => {
            store.close().await;
            Finding::Good(format!("{database} can be opened and written"))
        }
        Err(error) if error.is_in_use() => Finding::Good(format!("{database} is in use by a running server")),
        Err(error) => Finding::Bad(format!("database.url: {error}")),
    }
}

/// Whether the bus between nodes is there, where there are to be several.
async fn bus(config: &Config) -> Option<Finding> {
    let nats = config.cluster.nats_url.as_ref()?;
    Some(match NatsBus::connect(nats.reveal(), "doctor", "doctor").await {
        Ok(_) => Finding::Good("the bus between nodes answers".to_owned()),
        Err(error) => Finding::Bad(error.to_string()),
    })
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

/// Discord's proxy brings what an activity loads, by https.
fn activity_address(config: &Config) -> Option<Finding> {
    let https = config.http.public_url.as_ref().is_some_and(|url| url.scheme() == "https");
    (config.discord.activity && !https).then(|| {
        Finding::Bad(
            "discord.activity is on, but http.public_url is no https address: Discord's proxy reaches no other"
                .to_owned(),
        )
    })
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
