//! The chat frontends: each runs beside the rooms, on one node at a time, and its failure stops nothing but itself.

use std::sync::Arc;

use axum::{Router, body::Bytes};
use bots::{
    Core, Standing,
    discord::DiscordSettings,
    telegram::{
        TelegramSettings,
        webhook::{Door, NotTaken},
    },
};
use engine::{
    ports::{Bus, Post, Unheard},
    posts::Posts,
    records::Platform,
};
use futures_util::StreamExt;
use tokio::time::{Duration, sleep};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    config::{self, Config},
    http,
};

/// Where updates of Telegram are handed to the node that has the bot.
const UPDATES: &str = "telegram.updates";
/// How long that may take, in which Telegram waits for us.
const PATIENCE: Duration = Duration::from_secs(5);
/// How soon it is tried again to hear the others.
const AGAIN: Duration = Duration::from_millis(500);

/// The frontends that the configuration asks for.
pub struct Frontends {
    discord: Option<DiscordSettings>,
    telegram: config::Telegram,
    /// Where Telegram brings updates, where it is to bring them.
    door: Option<TelegramDoor>,
}

impl Frontends {
    /// `bus` leads to the other nodes, where there are any.
    pub fn new(config: &Config, bus: Option<Arc<dyn Bus>>) -> Self {
        let telegram = config.telegram.clone();
        let door = webhook(&telegram).map(|door| TelegramDoor { door, bus });
        Self { discord: discord(config), telegram, door }
    }

    /// The ways in that platforms have.
    pub fn routes(&self) -> Router {
        self.door.clone().map(http::telegram::router).unwrap_or_default()
    }

    /// Runs them, each whenever this node has its post, until the end.
    pub fn start(self, core: &Core, posts: &Posts, stop: &CancellationToken, tasks: &TaskTracker) {
        let elsewhere = |core: &Core, platform| {
            let core = core.clone();
            move || {
                is_elsewhere(&core, platform);
                std::future::ready(())
            }
        };
        if let Some(settings) = self.discord {
            let (core, posts, stop) = (core.clone(), posts.clone(), stop.clone());
            core.stands(Platform::Discord, Standing::Starting);
            let meanwhile = elsewhere(&core, Platform::Discord);
            tasks.spawn(async move {
                let work = |stop| discord_until(core.clone(), settings.clone(), stop);
                posts.keep(Post::Discord, stop, work, meanwhile).await;
            });
        }
        if self.telegram.token.is_some() {
            let (core, posts, stop) = (core.clone(), posts.clone(), stop.clone());
            core.stands(Platform::Telegram, Standing::Starting);
            let (telegram, door) = (self.telegram, self.door);
            let meanwhile = elsewhere(&core, Platform::Telegram);
            tasks.spawn(async move {
                let work = |stop| telegram_until(core.clone(), &telegram, door.as_ref(), stop);
                posts.keep(Post::Telegram, stop, work, meanwhile).await;
            });
        }
    }
}

/// The bot begins here.
fn begins(core: &Core, platform: Platform) {
    core.stands(platform, Standing::Starting);
    metrics::gauge!("onecouch_bot_configured", "platform" => platform.name()).set(1.0);
}

/// Another node has the bot.
fn is_elsewhere(core: &Core, platform: Platform) {
    core.stands(platform, Standing::Elsewhere);
    for gauge in ["onecouch_bot_configured", "onecouch_bot_up"] {
        metrics::gauge!(gauge, "platform" => platform.name()).set(0.0);
    }
}

async fn discord_until(core: Core, settings: DiscordSettings, stop: CancellationToken) {
    begins(&core, Platform::Discord);
    if let Err(error) = bots::discord::run(core.clone(), settings, stop).await {
        core.stands(Platform::Discord, Standing::Ended);
        tracing::error!(%error, "Discord is off until the next start; everything else goes on");
    }
}

async fn telegram_until(core: Core, telegram: &config::Telegram, door: Option<&TelegramDoor>, stop: CancellationToken) {
    let Some(token) = &telegram.token else { return };
    begins(&core, Platform::Telegram);
    let settings = TelegramSettings {
        token: token.reveal().to_owned(),
        api_url: telegram.api_url.clone(),
        mini_app: telegram.mini_app.clone(),
        webhook: door.map(|door| door.door.inbox()),
    };
    let running = bots::telegram::run(core.clone(), settings, stop);
    let handed_in = async {
        if let Some(door) = door {
            door.hear().await;
        }
        std::future::pending::<()>().await;
    };
    let ended = tokio::select! {
        ended = running => ended,
        () = handed_in => Ok(()),
    };
    if let Err(error) = ended {
        core.stands(Platform::Telegram, Standing::Ended);
        tracing::error!(%error, "Telegram is off until the next start; everything else goes on");
    }
}

/// What the Discord bot needs to know, where there is one.
pub(crate) fn discord(config: &Config) -> Option<DiscordSettings> {
    let discord = &config.discord;
    discord.token.as_ref().map(|token| DiscordSettings {
        token: token.reveal().to_owned(),
        application_id: discord.application_id,
        api_url: discord.api_url.clone(),
        // Without the secret nobody could come in, and so nothing is to be launched.
        activity: discord.activity && discord.client_secret.is_some(),
    })
}

/// The way by which Telegram brings updates, where it is to bring them.
fn webhook(telegram: &config::Telegram) -> Option<Door> {
    let (url, token) = (telegram.webhook_url.clone()?, telegram.token.as_ref()?);
    // The same for all nodes and after each start, so that what Telegram brings meanwhile is known.
    let secret = telegram.webhook_secret.clone().unwrap_or_else(|| token.of_purpose("what Telegram shows"));
    Some(Door::new(url, secret.reveal()))
}

/// Where Telegram brings updates: to any node, and from there to the one that has the bot.
#[derive(Clone)]
pub(crate) struct TelegramDoor {
    door: Door,
    bus: Option<Arc<dyn Bus>>,
}

impl TelegramDoor {
    /// The path at which updates come in.
    pub(crate) fn path(&self) -> &str {
        self.door.path()
    }

    /// Takes an update from whoever shows the secret.
    pub(crate) async fn take(&self, shown: Option<&[u8]>, body: Bytes) -> Result<(), NotTaken> {
        self.door.knows(shown)?;
        match (self.door.take(&body), &self.bus) {
            (Err(NotTaken::Away), Some(bus)) => match bus.ask(UPDATES, body, PATIENCE).await {
                Ok(answer) if answer.is_empty() => Ok(()),
                Ok(_) | Err(Unheard::Nobody | Unheard::Late | Unheard::Cut) => Err(NotTaken::Away),
            },
            (taken, _) => taken,
        }
    }

    /// Takes what other nodes hand on, for as long as the bot is here.
    async fn hear(&self) {
        let Some(bus) = &self.bus else { return };
        loop {
            if let Ok(mut heard) = bus.hear(UPDATES).await {
                while let Some(letter) = heard.next().await {
                    let taken = self.door.take(&letter.body);
                    let answer = if taken.is_ok() { Bytes::new() } else { Bytes::from_static(b"no") };
                    letter.answer(&**bus, answer);
                }
            }
            sleep(AGAIN).await;
        }
    }
}
