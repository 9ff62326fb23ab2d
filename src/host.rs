//! The host: builds everything from the configuration, runs it, and ends it in order.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use axum::Router;
use bots::{
    discord::activity::{Activity, ActivitySettings},
    telegram::init_data::Seal,
};
use engine::{
    Engine, Settings, people::PeopleSettings, room::RoomLimits, rooms::RoomsSettings, time::Clock, uploads::MB,
};
use tokio::{
    net::TcpListener,
    time::{Instant, sleep},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use crate::{
    app::{App, Shared},
    cluster::Node,
    config::Config,
    dialects::opentogethertube::{self, discord::DiscordLogin},
    fanout::Fanout,
    frontends::{self, Frontends},
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
    /// What makes it one of several nodes, if it is.
    node: Option<Arc<Node>>,
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
        let Ground { store, clock, node } = Ground::of(config).await?;
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
        let engine = match &node {
            None => Engine::new(store.clone(), resolver.clone(), clock, &settings),
            Some(node) => Engine::clustered(store.clone(), resolver.clone(), clock, &settings, node.membership.clone()),
        };
        engine.addresses.load().await.context("which addresses are kept out cannot be read")?;
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let core = bots::Core::new(engine.clone(), public_url.clone());
        let node = node.map(Arc::new);
        if let Some(node) = &node {
            node.neighbours.tells_bots(core.clone());
            tasks.spawn(Node::keep_time(node.store.clone(), clock, stop.clone()));
        }
        let address_text: Arc<str> = public_url.as_str().trim_end_matches('/').into();
        let links = Links::new(&address_text, signer.clone(), engine.clock);
        let keep_free = config.media.keep_free_mb.saturating_mul(MB);
        let dock = library.clone().map(|library| Dock::new(library, engine.uploads.clone(), keep_free));
        if let Some(dock) = &dock {
            tasks.spawn(dock.clone().keep_tidy(stop.clone()));
        }
        let streams = usize::try_from(config.media.relay_streams.get()).unwrap_or(usize::MAX);
        let relay = signer.map(|signer| Arc::new(Relay::new(resolver.clone(), signer, streams)));
        let watch =
            Arc::new(Watch { engine: engine.clone(), store: store.clone(), relay: relay.clone(), node: node.clone() });
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
            node: node.clone(),
            stop: stop.clone(),
            tasks: tasks.clone(),
        });
        let frontends = Frontends::new(config, engine.rooms.bus().cloned());
        let proxied = app.activity.is_some();
        let all = http::router(app).merge(routes).merge(frontends.routes());
        let crowd = Some(listen::Crowd::new(config.limits.connections_per_address, &config.http.trusted_proxies));
        let bounds = listen::Settings { proxied, crowd, ..listen::Settings::new(config.http.connections) };
        tasks.spawn(listen::serve(listener, all, bounds, stop.clone(), tasks.clone()));
        frontends.start(&core, &engine.posts, &stop, &tasks);
        Ok(Self { address, public_url, engine, store, watch, node, stop, tasks })
    }

    /// Ends in order: sockets are told to come back, rooms write down where they stand, the journal is flushed.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        let end = async {
            self.engine.rooms.shutdown().await;
            self.tasks.wait().await;
            if let Some(node) = &self.node {
                // The others hear that its rooms are theirs to take.
                node.bus.flush().await;
            }
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

/// What a server stands on.
struct Ground {
    store: Arc<dyn Database>,
    clock: Clock,
    /// What makes it one of several nodes, if it is.
    node: Option<Node>,
}

impl Ground {
    async fn of(config: &Config) -> anyhow::Result<Self> {
        Ok(match Node::join(config).await? {
            Some(node) => Self { store: node.store.clone(), clock: node.clock, node: Some(node) },
            None => Self { store: open_store(config).await?, clock: Clock::start(), node: None },
        })
    }
}

/// Opens the database. Who has it may be just about to let go of it: a command, or the server before this one.
async fn open_store(config: &Config) -> Result<Arc<dyn Database>, StoreError> {
    let until = Instant::now() + HOLDER;
    loop {
        match store::open(&config.database.url, config.retention.of_store()).await {
            Err(error) if error.is_in_use() && Instant::now() < until => sleep(HOLDER / 40).await,
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
    let (Some(bot), Some(secret)) = (frontends::discord(config), &discord.client_secret) else {
        tracing::warn!(
            "discord.activity is on, and rooms do not open within Discord: that takes discord.token and discord.client_secret. \
             `onecouch doctor` says what is missing"
        );
        return Ok(None);
    };
    let settings = ActivitySettings { bot, client_secret: secret.reveal().to_owned() };
    Ok(Some(Activity::new(core.clone(), settings)?))
}
