//! Telegram: the bot by long polling.
//!
//! Fetches updates and hands them to [`chat`], keeping the order within a chat; [`screen`] draws live cards, [`words`] makes
//! messages of answers. The library's own dispatcher is not used: it would let one slow link hold up a chat, and cannot say
//! when a lost connection came back.

mod chat;
mod screen;
mod words;

use std::{collections::HashMap, sync::Arc, time::Duration};

use engine::records::Platform;
use teloxide::{
    ApiError, Bot, RequestError,
    payloads::{GetUpdatesSetters, SetMyCommandsSetters},
    requests::Requester,
    types::{AllowedUpdate, BotCommand, BotCommandScope, ChatId, Me, Update},
};
use tokio::sync::oneshot;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use self::{chat::Chats, screen::Messages};
use crate::{
    commands::COMMANDS,
    core::Core,
    live_card::{Cards, Pace},
};

/// How long Telegram holds a question for updates; below the client's 17 s.
const POLL_SECONDS: u32 = 10;
/// How long a command may hold up those behind it in its chat: a slow link no longer than this.
const IN_ORDER: Duration = Duration::from_millis(500);
/// How many updates are worked on at once; past that, the rest waits at Telegram.
const AT_ONCE: usize = 512;
/// How long the work under way may take when the server stops.
const FAREWELL: Duration = Duration::from_secs(4);
/// The longest pause between attempts while Telegram cannot be reached.
const PATIENCE: Duration = Duration::from_mins(1);

/// What an operator sets.
#[derive(Clone)]
pub struct TelegramSettings {
    /// What BotFather gave.
    pub token: String,
    /// Another Bot API server than Telegram's.
    pub api_url: Option<Url>,
}

impl std::fmt::Debug for TelegramSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TelegramSettings").field("token", &"•••").field("api_url", &self.api_url).finish()
    }
}

/// Why the bot cannot be: nothing that another try would change.
#[derive(Debug, thiserror::Error)]
pub enum TelegramError {
    /// Telegram does not know the token.
    #[error("Telegram does not know this token: put the one that BotFather shows into telegram.token")]
    Token,
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
    let mut line = Line { down: false, failures: 0, token: settings.token };
    let Some(me) = introduce(&bot, &mut line, &stop).await? else { return Ok(()) };
    tracing::info!(bot = me.username(), "the Telegram bot is there");

    let messages = Arc::new(Messages::new(bot.clone(), core.clone()));
    let cards = Cards::new(core.clone(), messages.clone(), Platform::Telegram, Pace::TELEGRAM, stop.clone());
    cards.restore();
    let chats = Arc::new(Chats::new(core, bot.clone(), messages, cards.clone(), me));
    let result = poll(&bot, &chats, &mut line, &stop).await;
    cards.finished().await;
    result
}

/// Says hello: who are we, no webhook, and the list of commands. Nothing where the server stops meanwhile.
async fn introduce(bot: &Bot, line: &mut Line, stop: &CancellationToken) -> Result<Option<Me>, TelegramError> {
    loop {
        let attempt = async {
            let me = bot.get_me().await?;
            // A webhook left over from another program would keep every update from us.
            bot.delete_webhook().await?;
            let commands = COMMANDS.iter().map(|command| BotCommand::new(command.name, command.description));
            match bot.set_my_commands(commands).scope(BotCommandScope::Default).await {
                Err(RequestError::Api(error)) if error != ApiError::InvalidToken => {
                    tracing::warn!(%error, "Telegram does not take the list of commands: they work, but no menu shows them");
                }
                listed => drop(listed?),
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

/// Fetches updates until the end, and works on them.
async fn poll(bot: &Bot, chats: &Arc<Chats>, line: &mut Line, stop: &CancellationToken) -> Result<(), TelegramError> {
    let tasks = TaskTracker::new();
    let mut queues = Queues::default();
    let mut offset = 0;
    let result = loop {
        let fetch = bot.get_updates().offset(offset).timeout(POLL_SECONDS).allowed_updates([
            AllowedUpdate::Message,
            AllowedUpdate::CallbackQuery,
            AllowedUpdate::MyChatMember,
        ]);
        let fetched = tokio::select! {
            () = stop.cancelled() => break Ok(()),
            fetched = fetch => fetched,
        };
        match fetched {
            Ok(updates) => {
                line.works();
                for update in updates {
                    offset = update.id.as_offset();
                    queues.work_on(update, chats, &tasks);
                }
                while tasks.len() >= AT_ONCE && !stop.is_cancelled() {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
            Err(error) => {
                if let Err(error) = line.fails(&error, stop).await {
                    break Err(error);
                }
            }
        }
    };
    tasks.close();
    if tokio::time::timeout(FAREWELL, tasks.wait()).await.is_err() {
        tracing::warn!(left = tasks.len(), "answers to Telegram were given up: the server stops");
    }
    if result.is_ok() && offset != 0 {
        // What was worked on is not told again after the restart.
        let goodbye = bot.get_updates().offset(offset).timeout(0).limit(1);
        let _ = tokio::time::timeout(Duration::from_secs(1), goodbye).await;
    }
    result
}

/// The order of work within chats: each update waits for the one before it in its chat, but for no more than its command.
#[derive(Default)]
struct Queues {
    /// Per chat, what tells that the last update there is through.
    last: HashMap<Option<ChatId>, oneshot::Receiver<()>>,
}

impl Queues {
    fn work_on(&mut self, update: Update, chats: &Arc<Chats>, tasks: &TaskTracker) {
        if self.last.len() > AT_ONCE {
            // Those that are through, or whose task is gone, hold nobody up.
            self.last.retain(|_, last| matches!(last.try_recv(), Err(oneshot::error::TryRecvError::Empty)));
        }
        let (through, next) = oneshot::channel();
        let before = self.last.insert(update.chat().map(|chat| chat.id), next);
        let chats = chats.clone();
        tasks.spawn(async move {
            if let Some(before) = before {
                let _ = before.await;
            }
            let work = chats.update(update);
            tokio::pin!(work);
            if tokio::time::timeout(IN_ORDER, &mut work).await.is_err() {
                drop(through);
                work.await;
            }
        });
    }
}

/// The connection to Telegram, and what is logged of it: one line when it goes, one when it is back.
struct Line {
    down: bool,
    failures: u32,
    /// Stands in the addresses that errors quote.
    token: String,
}

impl Line {
    fn works(&mut self) {
        if self.down {
            tracing::info!("Telegram answers again");
        }
        (self.down, self.failures) = (false, 0);
    }

    /// Waits before the next attempt; an error where none makes sense.
    async fn fails(&mut self, error: &RequestError, stop: &CancellationToken) -> Result<(), TelegramError> {
        let pause = match error {
            RequestError::Api(ApiError::InvalidToken) => return Err(TelegramError::Token),
            RequestError::RetryAfter(seconds) => seconds.duration(),
            _ => Duration::from_secs(1 << self.failures.min(6)).min(PATIENCE),
        };
        if !self.down {
            let problem = error.to_string().replace(&self.token, "•••");
            tracing::warn!(problem, "Telegram does not answer: trying again until it does");
        }
        (self.down, self.failures) = (true, self.failures.saturating_add(1));
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
        Ok(())
    }
}
