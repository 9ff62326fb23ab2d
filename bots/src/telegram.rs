//! Telegram: the bot, by long polling or by webhook.
//!
//! Takes updates and hands them to [`chat`] by way of [`updates`], which keeps the order within a chat. What people press is
//! [`press`]'s, what they type behind the bot's name anywhere [`inline`]'s, votes in Telegram's own polls are [`polls`]'.
//! [`pen`] writes answers, [`screen`] draws live cards, both through the [`gate`] that keeps to what Telegram asks for;
//! [`message`] makes messages of answers. [`menus`] tells Telegram which commands there are, [`ranks`] knows who leads a chat,
//! [`links`] finds links, [`answered`] what a command means that answers a message. [`init_data`] checks what Telegram says of who opens a
//! Mini App.
//!
//! The library's own dispatcher is not used: it would let one slow link hold up a chat, and cannot say when a lost connection
//! came back; nor is its webhook listener, which queues without bounds.

mod answered;
mod chat;
#[cfg(test)]
mod fixture;
mod gate;
pub mod init_data;
mod inline;
mod links;
mod menus;
pub(crate) mod message;
mod pen;
mod polls;
mod press;
mod ranks;
mod screen;
mod start;
mod updates;
pub mod webhook;

use std::{sync::Arc, time::Duration};

use engine::records::Platform;
use teloxide::{
    ApiError, Bot, RequestError,
    payloads::{GetUpdatesSetters, SetWebhookSetters},
    requests::Requester,
    types::Me,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use url::Url;

use self::{
    chat::Chats,
    pen::Pen,
    updates::{Queues, WANTED},
    webhook::Inbox,
};
use crate::{
    Standing,
    bridge::Bridge,
    core::Core,
    live_card::{Cards, Pace},
};

/// How long Telegram holds a question for updates; below the client's 17 s.
const POLL_SECONDS: u32 = 10;
/// The longest pause between attempts while Telegram cannot be reached.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often it is looked whether Telegram still knows where to bring updates, and still knows the bot.
const LOOK_AGAIN: Duration = Duration::from_mins(5);
/// How many groups may be moving at once.
const MOVING: usize = 1_000;

/// What an operator sets.
pub struct TelegramSettings {
    /// What BotFather gave.
    pub token: String,
    /// Another Bot API server than Telegram's.
    pub api_url: Option<Url>,
    /// Short name of the bot's Mini App, where it has one: rooms open in it.
    pub mini_app: Option<String>,
    /// Where Telegram brings updates; they are fetched where there is none.
    pub webhook: Option<Inbox>,
}

impl std::fmt::Debug for TelegramSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TelegramSettings")
            .field("token", &"•••")
            .field("api_url", &self.api_url)
            .field("mini_app", &self.mini_app)
            .field("webhook", &self.webhook)
            .finish()
    }
}

/// Why the bot cannot be: nothing that another try would change.
#[derive(Debug, thiserror::Error)]
pub enum TelegramError {
    /// Telegram does not know the token.
    #[error("Telegram does not know this token: put the one that BotFather shows into telegram.token")]
    Token,
    /// Telegram will not bring updates to that address.
    #[error("Telegram does not take telegram.webhook_url: {0}")]
    Webhook(String),
    /// No HTTP client can be made on this machine.
    #[error("no HTTP client for Telegram: {0}")]
    Client(String),
}

/// Runs the bot until `stop` is cancelled. Whatever can pass by itself is waited for; only what needs the operator is an
/// error, and then the rest of the server goes on without the bot.
pub async fn run(core: Core, settings: TelegramSettings, stop: CancellationToken) -> Result<(), TelegramError> {
    let client =
        teloxide::net::default_reqwest_settings().build().map_err(|error| TelegramError::Client(error.to_string()))?;
    let mut bot = Bot::with_client(&settings.token, client);
    if let Some(api_url) = settings.api_url {
        bot = bot.set_api_url(api_url);
    }
    let mut line = Line { core: core.clone(), down: false, failures: 0, token: settings.token };
    let Some(me) = introduce(&bot, settings.webhook.as_ref(), &mut line, &stop).await? else { return Ok(()) };
    tracing::info!(bot = me.username(), webhook = settings.webhook.is_some(), "the Telegram bot is there");
    core.set_reads(Platform::Telegram, me.can_read_all_group_messages);
    core.is_known_as(Platform::Telegram, me.username());

    // Everything below ends with the bot, also where only the bot ends.
    let stop = stop.child_token();
    let app = settings.mini_app.as_deref();
    let menus = tokio::spawn(menus::register(
        bot.clone(),
        app.map(|app| format!("https://t.me/{}/{app}", me.username())),
        stop.clone(),
    ));
    let (tells, moves) = mpsc::channel(MOVING);
    let pen = Arc::new(Pen::new(bot.clone(), core.clone(), &me, app, tells));
    let cards = Cards::new(core.clone(), pen.clone(), Platform::Telegram, Pace::TELEGRAM, stop.clone());
    cards.restore();
    let bridge = Bridge::new(core.clone(), pen.clone(), Platform::Telegram, stop.clone());
    bridge.restore();
    let chats = Arc::new(Chats::new(core, pen, cards.clone(), bridge.clone(), me, stop.clone()));
    let following = tokio::spawn(chats.clone().follow(moves, stop.clone()));

    let queues = Queues::new(chats);
    let result = match settings.webhook {
        Some(inbox) => receive(&bot, inbox, queues, &mut line, &stop).await,
        None => poll(&bot, queues, &mut line, &stop).await,
    };
    stop.cancel();
    cards.finished().await;
    bridge.finished().await;
    let _ = tokio::join!(menus, following);
    result
}

/// Says hello: who are we, and how updates come. Nothing where the server stops meanwhile.
async fn introduce(
    bot: &Bot,
    inbox: Option<&Inbox>,
    line: &mut Line,
    stop: &CancellationToken,
) -> Result<Option<Me>, TelegramError> {
    loop {
        let attempt = async {
            let me = bot.get_me().await?;
            match inbox {
                Some(inbox) => hook(bot, inbox).await?,
                // A webhook left over from another program would keep every update from us.
                None => drop(bot.delete_webhook().await?),
            }
            Ok(me)
        };
        let result = tokio::select! {
            () = stop.cancelled() => return Ok(None),
            result = attempt => result,
        };
        match result {
            Ok(me) => {
                line.works();
                return Ok(Some(me));
            }
            Err(error) => line.fails(&error, stop).await?,
        }
    }
}

/// Tells Telegram where to bring updates.
async fn hook(bot: &Bot, inbox: &Inbox) -> Result<(), RequestError> {
    let secret = inbox.secret.to_string();
    bot.set_webhook(inbox.url.clone()).allowed_updates(WANTED).secret_token(secret).await.map(drop)
}

/// Fetches updates until the end, and works on them.
async fn poll(bot: &Bot, mut queues: Queues, line: &mut Line, stop: &CancellationToken) -> Result<(), TelegramError> {
    let mut offset = 0;
    let result = loop {
        let fetch = bot.get_updates().offset(offset).timeout(POLL_SECONDS).allowed_updates(WANTED);
        let fetched = tokio::select! {
            () = stop.cancelled() => break Ok(()),
            fetched = fetch => fetched,
        };
        match fetched {
            Ok(updates) => {
                line.works();
                for update in updates {
                    offset = update.id.as_offset();
                    queues.work_on(update);
                }
                queues.room(stop).await;
            }
            Err(error) => {
                if let Err(error) = line.fails(&error, stop).await {
                    break Err(error);
                }
            }
        }
    };
    queues.finished().await;
    if result.is_ok() && offset != 0 {
        // What was worked on is not told again after the restart.
        let goodbye = bot.get_updates().offset(offset).timeout(0).limit(1);
        let _ = tokio::time::timeout(Duration::from_secs(1), goodbye).await;
    }
    result
}

/// Takes updates that Telegram brings until the end, and works on them. The webhook stays: what comes meanwhile waits for
/// the next start.
async fn receive(
    bot: &Bot,
    mut inbox: Inbox,
    mut queues: Queues,
    line: &mut Line,
    stop: &CancellationToken,
) -> Result<(), TelegramError> {
    let mut look = tokio::time::interval_at(tokio::time::Instant::now() + LOOK_AGAIN, LOOK_AGAIN);
    let result = loop {
        tokio::select! {
            () = stop.cancelled() => break Ok(()),
            update = inbox.updates.recv() => match update {
                Some(update) => {
                    queues.work_on(update);
                    queues.room(stop).await;
                }
                // The listener ended: so does the server.
                None => break Ok(()),
            },
            _ = look.tick() => {
                let looked = async {
                    if bot.get_webhook_info().await?.url.as_ref() != Some(&inbox.url) {
                        hook(bot, &inbox).await?;
                    }
                    Ok(())
                };
                match looked.await {
                    Ok(()) => line.works(),
                    Err(error) => if let Err(error) = line.fails(&error, stop).await {
                        break Err(error);
                    }
                }
            }
        }
    };
    queues.finished().await;
    result
}

/// The connection to Telegram, and what is logged of it: one line when it goes, one when it is back.
struct Line {
    core: Core,
    down: bool,
    failures: u32,
    /// Stands in the addresses that errors quote.
    token: String,
}

impl Line {
    fn works(&mut self) {
        if self.down {
            tracing::info!("Telegram answers again");
            self.core.stands(Platform::Telegram, Standing::Up);
        }
        (self.down, self.failures) = (false, 0);
        metrics::gauge!("onecouch_bot_up", "platform" => "telegram").set(1.0);
    }

    /// Waits before the next attempt; an error where none makes sense.
    async fn fails(&mut self, error: &RequestError, stop: &CancellationToken) -> Result<(), TelegramError> {
        metrics::gauge!("onecouch_bot_up", "platform" => "telegram").set(0.0);
        let pause = match error {
            RequestError::Api(ApiError::InvalidToken) => return Err(TelegramError::Token),
            RequestError::Api(error @ (ApiError::WebhookRequireHttps | ApiError::BadWebhookPort)) => {
                return Err(TelegramError::Webhook(error.to_string()));
            }
            RequestError::RetryAfter(seconds) => seconds.duration(),
            _ => Duration::from_secs(1 << self.failures.min(6)).min(PATIENCE),
        };
        if !self.down {
            let problem = error.to_string().replace(&self.token, "•••");
            tracing::warn!(problem, "Telegram does not answer: trying again until it does");
        }
        self.core.stands(Platform::Telegram, Standing::Down);
        (self.down, self.failures) = (true, self.failures.saturating_add(1));
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
        Ok(())
    }
}
