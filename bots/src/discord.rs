//! The Discord bot: the commands and cards of the core, through the gateway.
//!
//! [`run`] keeps the bot connected. `commands`, `menus`, `buttons` and `forms` turn what people do into questions for the
//! core, `completing` finishes what they type; `watching` carries a question out, `answer` and `card` make messages of what
//! comes of it and `asking` gets them there. `gateway` hears what happens besides, `screen` draws live cards and says lines
//! (in the party's thread where `threads` made one), `following` keeps scheduled `events` and the bot's `presence` true,
//! `lacking` says which permission is missing. `wire` is the way to Discord, `registering` tells it the commands, `text`
//! keeps other people's words harmless. [`activity`] lets people into rooms from within Discord. No inbound HTTP; of the privileged intents only the one to read messages, and it
//! goes without where that is not granted.

pub mod activity;
mod answer;
mod asker;
mod asking;
mod buttons;
mod card;
mod commands;
mod completing;
mod events;
mod following;
mod forms;
mod gateway;
mod install;
mod lacking;
mod menus;
pub mod oauth;
mod posting;
mod presence;
mod registering;
mod screen;
pub(crate) mod text;
mod threads;
mod watching;
mod wire;

use std::{fmt, sync::Arc, time::Duration};

use dashmap::{DashMap, DashSet};
use engine::{
    ids::RoomId,
    records::{PlaceId, Platform},
};
use poise::serenity_prelude as serenity;
use serenity::{GatewayError, http::HttpError};
use tokio_util::sync::CancellationToken;
use url::Url;

pub use self::install::{PERMISSIONS, install_link};
use self::{
    following::Following,
    posting::Posting,
    screen::{DiscordScreen, Looks},
    wire::Wire,
};
use crate::{
    Asker, Core, Standing,
    bridge::Bridge,
    live_card::{Cards, Pace},
};

/// How long to wait after a connection that did not come about; doubled each time, up to [`PATIENCE`].
const AGAIN: Duration = Duration::from_secs(2);
/// The longest such wait.
const PATIENCE: Duration = Duration::from_mins(5);
/// How long Discord may take to take note of our leaving.
const FAREWELL: Duration = Duration::from_secs(3);

/// What the bot needs to know.
#[derive(Clone)]
pub struct DiscordSettings {
    /// The bot's token, without "Bot ".
    pub token: String,
    /// The application's id; asked of Discord where it is not given.
    pub application_id: Option<u64>,
    /// Where Discord is found instead of <https://discord.com>: a proxy that keeps Discord's limits itself.
    pub api_url: Option<Url>,
    /// The application is an activity too: it has a command that launches it within Discord.
    pub activity: bool,
}

impl fmt::Debug for DiscordSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DiscordSettings")
            .field("token", &"…")
            .field("application_id", &self.application_id)
            .field("api_url", &self.api_url.as_ref().map(Url::as_str))
            .field("activity", &self.activity)
            .finish()
    }
}

/// Why the bot cannot run until somebody changes something. What passes by itself is tried again and is none of these.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiscordError {
    /// 401, or close code 4004.
    #[error(
        "Discord does not know this token. Copy the bot's token from https://discord.com/developers/applications \
         (your application, Bot, Reset Token) into discord.token, then restart. Everything else goes on without Discord."
    )]
    BadToken,
    /// Close codes 4013 and 4014.
    #[error(
        "Discord refuses the intents that the bot asks for. Allow them at https://discord.com/developers/applications \
         (your application, Bot, Privileged Gateway Intents), then restart. Everything else goes on without Discord."
    )]
    RefusedIntents,
    /// `discord.application_id` is no id.
    #[error(
        "discord.application_id cannot be 0. Leave it out, or copy it from https://discord.com/developers/applications."
    )]
    BadApplicationId,
    /// Something that should not happen.
    #[error("the Discord bot cannot start: {0}")]
    Other(String),
}

/// What each command and button is handed.
#[derive(Clone)]
struct Shared {
    core: Core,
    cards: Cards,
    bridge: Bridge,
    following: Following,
    wire: Arc<Wire>,
    looks: Arc<Looks>,
    /// Chats in which an answer is about to become the card.
    posting: Arc<Posting>,
    /// The chats that threads of parties hang in, by the threads.
    threads: Arc<DashMap<i64, PlaceId>>,
    /// What was told to be lacking, and in which channel.
    told: Arc<DashSet<(u64, u64)>>,
    activity: bool,
    stop: CancellationToken,
}

impl Shared {
    /// The room of a chat was spoken of there.
    async fn see(&self, asker: &Asker, place: &PlaceId, room: RoomId) {
        let places = &self.core.engine().places;
        match places.get(place).await {
            Ok(None) => {
                // It was just untied: what stands there stays as it is.
                self.cards.forget(place);
                self.bridge.forget(place);
                return;
            }
            Ok(Some(tied)) if asker.community.is_some() && tied.settings.community != asker.community => {
                if let Err(no) = places.change(place, |settings| settings.community = asker.community).await {
                    tracing::error!(%place, %no, "the guild of a chat could not be stored");
                }
            }
            _ => {}
        }
        self.bridge.see(place, room);
        self.following.see(room);
    }
}

/// Why a connection ended before anybody wanted it to.
enum Lost {
    /// Nothing will be better the next time.
    ForGood(DiscordError),
    /// We may not read what people write, and ask no more for that.
    Unread,
    /// Worth another try.
    ForNow(String),
}

/// Runs the bot until `stop` is cancelled. A Discord that cannot be reached is tried again; an error means that somebody
/// has to change something first.
pub async fn run(core: Core, settings: DiscordSettings, stop: CancellationToken) -> Result<(), DiscordError> {
    if settings.application_id == Some(0) {
        return Err(DiscordError::BadApplicationId);
    }
    // Ends the cards too where the bot ends by itself, or its future is dropped.
    let stop = stop.child_token();
    let _ended = stop.clone().drop_guard();
    let (wire, looks) = (Arc::new(Wire::new(&settings)?), Arc::<Looks>::default());
    let screen = Arc::new(DiscordScreen::new(core.clone(), wire.clone(), looks.clone()));
    let shared = Shared {
        cards: Cards::new(core.clone(), screen.clone(), Platform::Discord, Pace::DISCORD, stop.clone()),
        bridge: Bridge::new(core.clone(), screen, Platform::Discord, stop.clone()),
        following: Following::new(core.clone(), wire.clone(), stop.clone()),
        core,
        wire,
        looks,
        posting: Arc::default(),
        threads: Arc::default(),
        told: Arc::default(),
        activity: settings.activity,
        stop: stop.clone(),
    };
    let mut failures = 0_u32;
    let mut restored = false;
    let mut reads = true;
    let result = loop {
        let connected = || {
            if !std::mem::replace(&mut restored, true) {
                shared.cards.restore();
                shared.bridge.restore();
                shared.following.restore(shared.threads.clone());
            }
        };
        let since = tokio::time::Instant::now();
        let ended = connect(&settings, shared.clone(), reads, connected).await;
        gateway::is_up(false);
        match ended {
            Ok(()) => break Ok(()),
            Err(Lost::Unread) => {
                reads = false;
                shared.core.set_reads(Platform::Discord, false);
                tracing::warn!(
                    "Discord does not let the bot read messages, so nothing that people write is carried into rooms. To \
                     change that, allow Message Content Intent at https://discord.com/developers/applications (your \
                     application, Bot, Privileged Gateway Intents), then restart. Everything else goes on."
                );
            }
            Err(Lost::ForGood(error)) => break Err(error),
            Err(Lost::ForNow(problem)) => {
                if since.elapsed() > PATIENCE {
                    failures = 0;
                }
                let wait = (AGAIN * 2_u32.pow(failures.min(8))).min(PATIENCE);
                shared.core.stands(Platform::Discord, Standing::Down);
                tracing::warn!(problem, seconds = wait.as_secs(), "Discord is out of reach: trying again");
                failures = failures.saturating_add(1);
                tokio::select! {
                    () = stop.cancelled() => break Ok(()),
                    () = tokio::time::sleep(wait) => {}
                }
            }
        }
    };
    stop.cancel();
    shared.cards.finished().await;
    shared.bridge.finished().await;
    shared.following.finished().await;
    result
}

/// One life of a connection: until it is stopped, or lost in a way that serenity does not mend by itself.
async fn connect(
    settings: &DiscordSettings,
    shared: Shared,
    reads: bool,
    connected: impl FnOnce(),
) -> Result<(), Lost> {
    let stop = shared.stop.clone();
    let http = http(settings);
    // Asked first because serenity would go to the real Discord where the configured one does not answer, and because a
    // wrong token shows here without a gateway.
    let gateway = tokio::select! {
        () = stop.cancelled() => return Ok(()),
        gateway = http.get_bot_gateway() => gateway.map_err(|error| lost(&error))?,
    };
    connected();
    let client = serenity::ClientBuilder::new_with_http(http, intents(reads));
    // What is kept true on these connections ends with them.
    let here = stop.child_token();
    let _over = here.clone().drop_guard();
    let mut client = client.framework(framework(shared, reads, here)).await.map_err(|error| lost(&error))?;
    let shards = client.shard_manager.clone();
    let ended = tokio::select! {
        () = stop.cancelled() => Ok(()),
        ended = client.start_shards(gateway.shards.max(1)) => ended,
        never = gateway::look(shards.clone()) => match never {},
    };
    let farewell = async move {
        if tokio::time::timeout(FAREWELL, shards.shutdown_all()).await.is_err() {
            tracing::debug!("Discord did not take note of our leaving in time");
        }
    };
    if stop.is_cancelled() {
        farewell.await;
    } else {
        // The shard that failed never answers: nobody need wait for that.
        tokio::spawn(farewell);
    }
    match ended {
        Err(serenity::Error::Gateway(GatewayError::DisallowedGatewayIntents)) if reads => Err(Lost::Unread),
        Err(error) => Err(lost(&error)),
        Ok(()) if stop.is_cancelled() => Ok(()),
        Ok(()) => Err(Lost::ForNow("the gateway's connections ended".to_owned())),
    }
}

/// What is asked to be told of.
fn intents(reads: bool) -> serenity::GatewayIntents {
    use serenity::GatewayIntents as Of;
    let open = Of::GUILDS | Of::GUILD_MESSAGES | Of::GUILD_VOICE_STATES | Of::DIRECT_MESSAGES;
    if reads { open | Of::MESSAGE_CONTENT } else { open }
}

fn lost(error: &serenity::Error) -> Lost {
    match error {
        serenity::Error::Gateway(GatewayError::InvalidAuthentication | GatewayError::NoAuthentication) => {
            Lost::ForGood(DiscordError::BadToken)
        }
        serenity::Error::Gateway(GatewayError::DisallowedGatewayIntents | GatewayError::InvalidGatewayIntents) => {
            Lost::ForGood(DiscordError::RefusedIntents)
        }
        serenity::Error::Http(HttpError::UnsuccessfulRequest(response)) if response.status_code == 401 => {
            Lost::ForGood(DiscordError::BadToken)
        }
        // A token that cannot even stand in a header.
        serenity::Error::Http(HttpError::InvalidHeader(_)) => Lost::ForGood(DiscordError::BadToken),
        error => Lost::ForNow(error.to_string()),
    }
}

/// Discord's REST interface as it is configured.
fn http(settings: &DiscordSettings) -> serenity::Http {
    let mut http = serenity::HttpBuilder::new(settings.token.trim()).default_allowed_mentions(answer::nobody());
    if let Some(id) = settings.application_id.and_then(std::num::NonZeroU64::new) {
        http = http.application_id(id.into());
    }
    if let Some(url) = &settings.api_url {
        // serenity's limiter would not go through the proxy at all.
        http = http.proxy(url.as_str().trim_end_matches('/')).ratelimiter_disabled(true);
    }
    http.build()
}

fn framework(shared: Shared, reads: bool, here: CancellationToken) -> poise::Framework<Shared, serenity::Error> {
    let options = poise::FrameworkOptions {
        commands: commands::all(),
        on_error: |error| Box::pin(failed(error)),
        event_handler: |framework, event| {
            Box::pin(async move {
                gateway::happened(framework.serenity_context, framework.user_data, event).await;
                Ok(())
            })
        },
        allowed_mentions: Some(answer::nobody()),
        ..poise::FrameworkOptions::default()
    };
    poise::Framework::builder()
        .options(options)
        .initialize_owners(false)
        .setup(move |ctx, ready, framework| {
            tracing::info!(bot = ready.user.name, guilds = ready.guilds.len(), "on Discord");
            shared.core.set_reads(Platform::Discord, reads);
            shared.core.is_known_as(Platform::Discord, &ready.application.id.to_string());
            let commands = commands::created(&framework.options().commands);
            // Apart, because nothing is answered before the setup is over.
            tokio::spawn(registering::register(ctx.http.clone(), commands, shared.activity, here.clone()));
            let (shards, shown) = (framework.shard_manager().clone(), shared.following.playing().clone());
            tokio::spawn(shown.keep(shards, here));
            Box::pin(async move { Ok(shared) })
        })
        .build()
}

/// What poise could not do with a command.
async fn failed(error: poise::FrameworkError<'_, Shared, serenity::Error>) {
    let text = match &error {
        // The answer itself could not be given, so another one would fail too.
        poise::FrameworkError::Command { error, ctx, .. } => {
            tracing::debug!(command = ctx.command().qualified_name.as_ref(), "a command could not be answered");
            asking::report(error, "a command could not be answered");
            return;
        }
        poise::FrameworkError::UnknownInteraction { interaction, .. } => {
            // What launches the app is answered by the event handler.
            if interaction.data.kind != serenity::CommandType::PrimaryEntryPoint {
                tracing::warn!(command = interaction.data.name, "Discord sent a command that is none of ours");
            }
            return;
        }
        poise::FrameworkError::CommandStructureMismatch { .. } => {
            "This command changed. Wait a minute until Discord knows, then try again."
        }
        _ => "Something went wrong. Try again.",
    };
    tracing::warn!(%error, "a command could not be run");
    if let Some(ctx) = error.ctx() {
        let message = poise::CreateReply::default().content(text).ephemeral(true).allowed_mentions(answer::nobody());
        if let Err(error) = ctx.send(message).await {
            tracing::warn!(%error, "nor could that be told");
        }
    }
}
