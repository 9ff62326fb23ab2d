//! The host: builds everything from the configuration, runs it, and ends it in order.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use axum::Router;
use bots::{
    Standing,
    discord::{
        DiscordSettings,
        activity::{Activity, ActivitySettings},
    },
    telegram::{init_data::Seal, webhook},
};
use engine::{
    Engine, Settings, ids::Entropy, people::PeopleSettings, records::Platform, room::RoomLimits, rooms::RoomsSettings,
    time::Clock, uploads::MB,
};
use tokio::{
    net::TcpListener,
    time::{Instant, sleep},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use crate::{
    app::{App, Shared},
    config::{Config, Secret},
    dialects::opentogethertube::{self, discord::DiscordLogin},
    fanout::Fanout,
    http::{self, listen},
    links::Links,
    listeners,
    mail::Mailer,
    media::{
        captions::Captions,
        dock::Dock,
        library::Library,
        relay::{Relay, Signer},
    },
    picture::Painter,
    resolve::Resolver,
    store::{self, Database, StoreError},
    telemetry::watch::Watch,
    webhooks::Courier,
};

/// How long the end may take; what is not through by then is let go.
const GRACE: Duration = Duration::from_secs(4);

/// How long the database may take to fold its log in after that.
const LAST_WRITES: Duration = Duration::from_millis(800);

/// How long somebody else may have the database at the start: an `onecouch key`, or the last writes of a process that ends.
const HOLDER: Duration = Duration::from_secs(2);

/// A running server.
pub struct Host {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where people reach it.
    pub public_url: Url,
    /// The rules behind it.
    pub engine: Engine,
    /// Where it is kept.
    pub store: Arc<dyn Database>,
    /// What its metrics look at.
    pub watch: Arc<Watch>,
    stop: CancellationToken,
    /// Sockets, hubs, bots and the listener.
    tasks: TaskTracker,
}

impl Host {
    /// Starts everything that the configuration asks for. Sockets are accepted when this returns.
    pub async fn start(config: &Config) -> anyhow::Result<Self> {
        Self::start_with(config, Router::new()).await
    }

    /// The same, with routes beside the usual ones.
    pub async fn start_with(config: &Config, routes: Router) -> anyhow::Result<Self> {
        Self::start_on(config, routes, listeners::listen(config.http.listen)?).await
    }

    /// The same, on a socket that is open.
    pub async fn start_on(config: &Config, routes: Router, listener: TcpListener) -> anyhow::Result<Self> {
        let mailer = Mailer::new(&config.mail)?;
        let store = open_store(config).await?;
        let address = listener.local_addr()?;
        let public_url = match &config.http.public_url {
            Some(url) => url.clone(),
            None => Url::parse(&format!("http://{address}"))?,
        };
        let library = config.media.dir.as_deref().map(|dir| Library::open(dir, public_url.as_str())).transpose()?;
        let library = library.map(Arc::new);
        let resolver = Arc::new(Resolver::new(config.resolve.settings())?.with_library(library.clone()));
        let signer = if config.media.relay { Some(Arc::new(Signer::open(&*store).await?)) } else { None };
        let settings = Settings {
            rooms: RoomsSettings {
                limits: RoomLimits { queue: config.limits.queue_items },
                ..RoomsSettings::default()
            },
            allowances: config.limits.allowances(),
            people: PeopleSettings {
                bootstrap_key: config.auth.bootstrap_key.clone(),
                session: config.retention.session(),
            },
            webhooks: config.webhooks.settings(),
            uploads: config.media.uploads(),
            acts_kept: config.retention.audit(),
        };
        let engine = Engine::new(store.clone(), resolver.clone(), Clock::start(), &settings);
        engine.addresses.load().await.context("which addresses are kept out cannot be read")?;
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let core = bots::Core::new(engine.clone(), public_url.clone());
        let address_text: Arc<str> = public_url.as_str().trim_end_matches('/').into();
        let links = Links::new(&address_text, signer.clone(), engine.clock);
        let keep_free = config.media.keep_free_mb.saturating_mul(MB);
        let dock = library.clone().map(|library| Dock::new(library, engine.uploads.clone(), keep_free));
        if let Some(dock) = &dock {
            tasks.spawn(dock.clone().keep_tidy(stop.clone()));
        }
        let streams = usize::try_from(config.media.relay_streams.get()).unwrap_or(usize::MAX);
        let relay = signer.map(|signer| Arc::new(Relay::new(resolver.clone(), signer, streams)));
        let watch = Arc::new(Watch { engine: engine.clone(), store: store.clone(), relay: relay.clone() });
        let courier = Courier::start(config, &engine, &stop, &tasks)?;
        let silence = Duration::from_secs(config.http.silence_s.get().into());
        let app = App::from(Shared {
            engine: engine.clone(),
            core: core.clone(),
            fanout: Fanout::new(engine.clone(), links.clone(), silence, stop.clone(), tasks.clone()),
            public_url: address_text,
            links,
            origin: public_url.origin().ascii_serialization().into(),
            proxies: config.http.trusted_proxies.clone().into(),
            costs: config.limits.costs,
            clipper: config.limits.clipper.factor(),
            opentogethertube: Arc::new(opentogethertube::Kept::new(config.limits.opentogethertube.policy())),
            watch2gether: config.watch2gether,
            answers: Arc::default(),
            texts: App::no_texts(),
            courier,
            mail: mailer,
            captions: Arc::new(Captions::new(resolver, library.clone())),
            library,
            dock,
            relay,
            painter: Painter::default(),
            telegram: config.telegram.token.as_ref().map(|token| Arc::new(Seal::new(token.reveal()))),
            activity: discord_activity(config, &core)?,
            discord_login: DiscordLogin::new(config, public_url.as_str().trim_end_matches('/'))?,
            proxy_key: config.discord.proxy_key(),
            stop: stop.clone(),
            tasks: tasks.clone(),
        });
        let (door, inbox) = telegram_webhook(config).unzip();
        let proxied = app.activity.is_some();
        let all = http::router(app).merge(routes).merge(door.map(http::telegram::router).unwrap_or_default());
        let crowd = Some(listen::Crowd::new(config.limits.connections_per_address, &config.http.trusted_proxies));
        let bounds = listen::Settings { proxied, crowd, ..listen::Settings::new(config.http.connections) };
        tasks.spawn(listen::serve(listener, all, bounds, stop.clone(), tasks.clone()));
        start_bots(config, inbox, &core, &stop, &tasks);
        Ok(Self { address, public_url, engine, store, watch, stop, tasks })
    }

    /// Ends in order: sockets are told to come back, rooms write down where they stand, the journal is flushed.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        let end = async {
            self.engine.rooms.shutdown().await;
            self.tasks.wait().await;
        };
        if tokio::time::timeout(GRACE, end).await.is_err() {
            tracing::warn!("some connections did not end in time and were cut off");
        }
        // A disk that does not answer must not keep the process: what was answered is on it already.
        if tokio::time::timeout(LAST_WRITES, self.store.close()).await.is_err() {
            tracing::warn!("the database could not be closed in time");
        }
    }
}

/// Opens the database. Who has it may be just about to let go of it: a command, or the server before this one.
async fn open_store(config: &Config) -> Result<Arc<dyn Database>, StoreError> {
    let until = Instant::now() + HOLDER;
    loop {
        match store::open(&config.database.url, config.retention.of_store()).await {
            Err(StoreError::InUse { .. }) if Instant::now() < until => sleep(HOLDER / 40).await,
            opened => return opened,
        }
    }
}

/// The way in from within Discord, where all of it is set up.
fn discord_activity(config: &Config, core: &bots::Core) -> anyhow::Result<Option<Activity>> {
    let discord = &config.discord;
    if !discord.activity {
        return Ok(None);
    }
    let (Some(bot), Some(secret)) = (discord_bot(config), &discord.client_secret) else {
        tracing::warn!(
            "discord.activity is on, and rooms do not open within Discord: that takes discord.token and discord.client_secret. \
             `onecouch doctor` says what is missing"
        );
        return Ok(None);
    };
    let settings = ActivitySettings { bot, client_secret: secret.reveal().to_owned() };
    Ok(Some(Activity::new(core.clone(), settings)?))
}

/// What the Discord bot needs to know, where there is one.
fn discord_bot(config: &Config) -> Option<DiscordSettings> {
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
fn telegram_webhook(config: &Config) -> Option<(webhook::Door, webhook::Inbox)> {
    let telegram = &config.telegram;
    let url = telegram.webhook_url.clone().filter(|_| telegram.token.is_some())?;
    let secret = telegram.webhook_secret.clone().unwrap_or_else(|| Secret::new(Entropy.token()));
    Some(webhook::webhook(url, secret.reveal()))
}

/// The chat frontends: each runs beside the rooms, and its failure stops nothing but itself.
fn start_bots(
    config: &Config,
    inbox: Option<webhook::Inbox>,
    core: &bots::Core,
    stop: &CancellationToken,
    tasks: &TaskTracker,
) {
    for (platform, token) in [("discord", &config.discord.token), ("telegram", &config.telegram.token)] {
        let configured = if token.is_some() { 1.0 } else { 0.0 };
        metrics::gauge!("onecouch_bot_configured", "platform" => platform).set(configured);
    }
    if let Some(settings) = discord_bot(config) {
        let (core, stop) = (core.clone(), stop.clone());
        core.stands(Platform::Discord, Standing::Starting);
        tasks.spawn(async move {
            if let Err(error) = bots::discord::run(core.clone(), settings, stop).await {
                core.stands(Platform::Discord, Standing::Ended);
                tracing::error!(%error, "Discord is off until the next start; everything else goes on");
            }
        });
    }
    if let Some(token) = &config.telegram.token {
        let settings = bots::telegram::TelegramSettings {
            token: token.reveal().to_owned(),
            api_url: config.telegram.api_url.clone(),
            mini_app: config.telegram.mini_app.clone(),
            webhook: inbox,
        };
        let (core, stop) = (core.clone(), stop.clone());
        core.stands(Platform::Telegram, Standing::Starting);
        tasks.spawn(async move {
            if let Err(error) = bots::telegram::run(core.clone(), settings, stop).await {
                core.stands(Platform::Telegram, Standing::Ended);
                tracing::error!(%error, "Telegram is off until the next start; everything else goes on");
            }
        });
    }
}
