//! One struct per section; every field says what it is, its default and why.

use std::{fmt, net::SocketAddr, num::NonZeroU32, path::PathBuf};

use axum::http::StatusCode;
use bots::discord::activity::PublicKey;
use engine::limits::{self, Allowance, Allowances, Policy, Sockets};
pub use engine::secret::Secret;
use engine::{
    time::Millis,
    uploads::{MB, UploadsSettings},
    webhooks::WebhooksSettings,
};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::resolve::{OEmbed, ResolveSettings, YoutubeApi};

/// Far more than one server of the usual size has viewers, and below what systems commonly allow in open files.
const CONNECTIONS: NonZeroU32 = NonZeroU32::new(10_000).expect("it is not zero");

/// A browser has seven at most: a socket, and six to load things by.
const CONNECTIONS_PER_ADDRESS: u32 = 2_000;

/// Long enough for a phone that changes from one network to another, short enough that nobody waits for ghosts.
const SILENCE_S: NonZeroU32 = NonZeroU32::new(60).expect("it is not zero");

/// A season: who watches once in a while is remembered.
const SESSIONS_DAYS: NonZeroU32 = NonZeroU32::new(90).expect("it is not zero");

/// With the pauses between them about 13 minutes.
const ATTEMPTS: NonZeroU32 = NonZeroU32::new(6).expect("it is not zero");

/// As many people as a small server's line carries.
const RELAY_STREAMS: NonZeroU32 = NonZeroU32::new(200).expect("it is not zero");

const HOUR: NonZeroU32 = NonZeroU32::new(3_600).expect("it is not zero");

/// What most receivers need is a tenth of a second.
const DELIVERY_SECONDS: NonZeroU32 = NonZeroU32::new(10).expect("it is not zero");

/// The listener, and where people reach it.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Where to listen. Loopback by default: what faces the internet is a decision.
    pub listen: SocketAddr,
    /// What people open in their browser; stands in every invite link. The listener's address where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<Url>,
    /// Networks of reverse proxies whose `X-Forwarded-For` is believed. None by default.
    pub trusted_proxies: Vec<IpNet>,
    /// Connections open at once, sockets among them; whoever comes beyond is told to come back. Lowered at the start where
    /// the system allows fewer open files.
    pub connections: NonZeroU32,
    /// A socket of which nothing was heard for so many seconds is closed: whoever was on it is gone without a word. It is
    /// pinged before, after five twelfths of that.
    pub silence_s: NonZeroU32,
    /// Where Prometheus reads `/metrics`: a listener of its own, because it is not for everybody. Empty turns it off.
    pub metrics_listen: String,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            trusted_proxies: Vec::new(),
            connections: CONNECTIONS,
            silence_s: SILENCE_S,
            metrics_listen: "127.0.0.1:9090".to_owned(),
        }
    }
}

/// Where everything lasting is.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// A SQLite file, `sqlite://PATH`, made where there is none, with its directory; or a database of PostgreSQL,
    /// `postgres://NAME:PASSWORD@HOST/DATABASE`. A secret where it has a password.
    pub url: String,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("url", &crate::store::shown(&self.url)).finish()
    }
}

impl Default for Database {
    fn default() -> Self {
        Self { url: "sqlite://data/onecouch.db".to_owned() }
    }
}

/// Several processes that share a database of PostgreSQL and are one server together.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cluster {
    /// The NATS server by which they speak, `nats://HOST:4222` or `tls://HOST:4222`, with name and password where it asks for them;
    /// several of a cluster with commas between them. A process is alone where none is given. A secret where it has a password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nats_url: Option<Secret>,
    /// A file that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nats_url_file: Option<PathBuf>,
    /// This node's own address, by which it is told apart from the others: `http://10.0.0.5:8080`. People never see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_url: Option<Url>,
}

impl Cluster {
    /// What is wrong with it, if anything is.
    pub(super) fn check(&self, database: &str, public_url: Option<&Url>) -> Result<(), String> {
        let (nats, node) = match (&self.nats_url, &self.node_url) {
            (None, None) => return Ok(()),
            (Some(_), None) => {
                return Err("cluster.nats_url is set and cluster.node_url is not: write this node's own address there, such as \
                            http://10.0.0.5:8080, another one on each node"
                    .to_owned());
            }
            (None, Some(_)) => {
                return Err("cluster.node_url is set and cluster.nats_url is not: write the address of the NATS server there, the same \
                            one on each node, or leave out both"
                    .to_owned());
            }
            (Some(nats), Some(node)) => (nats, node),
        };
        if !crate::store::is_shared(database) {
            return Err("cluster.nats_url is set, and database.url names a file, which nodes cannot share: write \
                        postgres://NAME:PASSWORD@HOST/DATABASE there, the same one on each node"
                .to_owned());
        }
        if !matches!(node.scheme(), "http" | "https") || node.host_str().is_none() {
            return Err(format!("cluster.node_url is {node}: write an address such as http://10.0.0.5:8080"));
        }
        if public_url.is_none() {
            return Err("cluster.nats_url is set and http.public_url is not: write the address there at which people reach all nodes, \
                        that of the load balancer"
                .to_owned());
        }
        crate::bus::check(nats.reveal()).map_err(|error| error.to_string())
    }
}

/// How long is kept what no room needs any more.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Days for which what happened in a room can be looked up beyond what the room itself needs. With 0 it goes as soon as
    /// the room has written down how it stands. The log of who runs the server is kept as long; with 0 there is none.
    pub audit_days: u32,
    /// Days for which it is known who was in a room and how long, for the statistics. With 0 not even for one.
    pub visits_days: u32,
    /// Days that a session is good, from its making: whoever does not come back by then is a new guest, or signs in again.
    pub sessions_days: NonZeroU32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { audit_days: 90, visits_days: 365, sessions_days: SESSIONS_DAYS }
    }
}

impl Retention {
    /// As the store wants them.
    pub fn of_store(&self) -> engine::ports::Retention {
        engine::ports::Retention::days(self.audit_days, self.visits_days)
    }

    /// For how long the log of who runs the server is kept.
    pub fn audit(&self) -> Millis {
        self.of_store().audit
    }

    /// How long a session is good.
    pub fn session(&self) -> Millis {
        Millis::seconds(i64::from(self.sessions_days.get()) * 24 * 3600)
    }
}

/// Credentials of the server itself.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Auth {
    /// An API key with every right, good as long as it stands here. None by default: no key is better than a known one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bootstrap_key: Option<Secret>,
    /// A file that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bootstrap_key_file: Option<PathBuf>,
}

/// The Discord bot.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Discord {
    /// The bot's token; turns the bot on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret>,
    /// A file that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_file: Option<PathBuf>,
    /// The application's id. Asked from Discord where it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_id: Option<u64>,
    /// Another address of Discord's API: a proxy, or a fake. Discord's own where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_url: Option<Url>,
    /// The application is set up as an activity: a command launches the room within Discord.
    pub activity: bool,
    /// The application's secret, by which people who launch the activity are known. Needed for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,
    /// A file that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret_file: Option<PathBuf>,
    /// The application's public key, 64 hexadecimal digits: what says that Discord's proxy sent it must be signed by it. Not
    /// looked at where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
}

impl Discord {
    /// What Discord's proxy signs with.
    pub fn proxy_key(&self) -> Option<PublicKey> {
        self.public_key.as_ref().and_then(|key| key.parse().ok())
    }

    /// What is wrong with it, if anything is.
    pub(super) fn check(&self) -> Result<(), String> {
        match &self.public_key {
            Some(key) if self.proxy_key().is_none() => Err(format!(
                "discord.public_key is {key:?}: copy the 64 digits from General Information of the application"
            )),
            _ => Ok(()),
        }
    }
}

/// The Telegram bot.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Telegram {
    /// The bot's token; turns the bot on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret>,
    /// A file that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_file: Option<PathBuf>,
    /// Another address of the Bot API: one's own Bot API server, or a fake. Telegram's own where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_url: Option<Url>,
    /// Where Telegram brings updates: this server's public address with a path below `/telegram/webhook`. They are fetched
    /// where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_url: Option<Url>,
    /// What Telegram shows when it brings one: 1 to 256 characters of `A-Za-z0-9_-`. Made from the token where none is
    /// given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_secret: Option<Secret>,
    /// A file that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_secret_file: Option<PathBuf>,
    /// Short name of the bot's Mini App, as BotFather knows it: rooms open in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mini_app: Option<String>,
}

impl Telegram {
    /// Where the webhook is, below which the host listens for updates.
    pub const WEBHOOK: &'static str = "/telegram/webhook";

    /// What is wrong with it, if anything is.
    pub(super) fn check(&self) -> Result<(), String> {
        if let Some(url) = &self.webhook_url {
            let below =
                url.path().strip_prefix(Self::WEBHOOK).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            if url.scheme() != "https" || !below || url.query().is_some() {
                return Err(format!(
                    "telegram.webhook_url is {url}: write an address such as https://couch.example{}",
                    Self::WEBHOOK
                ));
            }
        }
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        if let Some(secret) = &self.webhook_secret
            && (secret.reveal().len() > 256 || !plain(secret.reveal()))
        {
            return Err(
                "telegram.webhook_secret has characters that Telegram does not take: use up to 256 of A-Za-z0-9_-"
                    .to_owned(),
            );
        }
        if let Some(app) = &self.mini_app
            && (app.is_empty() || app.len() > 64 || !plain(app))
        {
            return Err(format!(
                "telegram.mini_app is {app:?}: write the short name that you gave BotFather, such as couch"
            ));
        }
        Ok(())
    }
}

/// Looking at links.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Resolve {
    /// Hosts (`nas.local`, `192.168.1.5:8000`) that links may lead to although they are not on the public internet. None
    /// by default: whoever may queue a link could otherwise have this server look around in its own network.
    pub allow_private: Vec<String>,
    /// A key of YouTube's Data API: lengths of videos, playlists, and searching by words. Off without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub youtube_key: Option<Secret>,
    /// A file that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub youtube_key_file: Option<PathBuf>,
    /// Where that API is. YouTube's own by default.
    pub youtube_api_url: Url,
    /// An Invidious server that finds videos by words; asked rather than YouTube. None by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_url: Option<Url>,
    /// A SponsorBlock server, for rooms that skip advertising and the like in YouTube's videos. None by default: it learns a
    /// little of what is watched here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sponsorblock_url: Option<Url>,
    /// Where titles of videos are asked for.
    pub oembed: OEmbed,
}

impl Default for Resolve {
    fn default() -> Self {
        Self {
            allow_private: Vec::new(),
            youtube_key: None,
            youtube_key_file: None,
            youtube_api_url: Url::parse("https://www.googleapis.com/youtube/v3")
                .expect("a link that stands here in full"),
            search_url: None,
            sponsorblock_url: None,
            oembed: OEmbed::default(),
        }
    }
}

impl Resolve {
    /// As the resolver wants it.
    pub fn settings(&self) -> ResolveSettings {
        let youtube = |key| YoutubeApi { url: self.youtube_api_url.clone(), key };
        ResolveSettings {
            allow_private: self.allow_private.clone(),
            oembed: self.oembed.clone(),
            youtube: self.youtube_key.clone().map(youtube),
            search: self.search_url.clone(),
            sponsorblock: self.sponsorblock_url.clone(),
            ..ResolveSettings::default()
        }
    }
}

/// Films that are kept here, or pass through.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Media {
    /// A directory of films, sounds and subtitles beside them, served with ranges. None by default. Everybody with a session
    /// sees what is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dir: Option<PathBuf>,
    /// Whether people with the right in a room may bring films of their own, into `uploads` in that directory. Off by
    /// default: a disk is soon full.
    pub uploads: bool,
    /// Whether guests may too. Off by default: whoever can become a new guest at will has no quota.
    pub guest_uploads: bool,
    /// Megabytes of one file at most. 4,000 by default: a film in good quality.
    pub file_mb: u64,
    /// Megabytes of one person's files at most. 10,000 by default: a few films.
    pub quota_mb: u64,
    /// Megabytes of all people's files at most. 100,000 by default.
    pub total_mb: u64,
    /// Megabytes of the disk that uploads leave free. 2,000 by default: the database needs some, and shares the disk
    /// with them on most machines.
    pub keep_free_mb: u64,
    /// Whether films and HLS streams that browsers cannot fetch by themselves pass through this server. Off by default: it
    /// costs its bandwidth.
    pub relay: bool,
    /// How many such streams are open at once. 200 by default.
    pub relay_streams: NonZeroU32,
}

impl Default for Media {
    fn default() -> Self {
        let uploads = UploadsSettings::default();
        Self {
            dir: None,
            uploads: uploads.enabled,
            guest_uploads: uploads.guests,
            file_mb: uploads.file / MB,
            quota_mb: uploads.per_person / MB,
            total_mb: uploads.total / MB,
            keep_free_mb: 2_000,
            relay: false,
            relay_streams: RELAY_STREAMS,
        }
    }
}

impl Media {
    /// What is wrong with it, if anything is.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.uploads && self.dir.is_none() {
            return Err("media.uploads needs media.dir: name the directory in which uploads shall be kept".to_owned());
        }
        Ok(())
    }

    /// As the engine wants them.
    pub fn uploads(&self) -> UploadsSettings {
        UploadsSettings {
            enabled: self.uploads,
            guests: self.guest_uploads,
            file: self.file_mb.saturating_mul(MB),
            per_person: self.quota_mb.saturating_mul(MB),
            total: self.total_mb.saturating_mul(MB),
        }
    }
}

/// Sending mail: links by which people get a new password.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    /// The mail server, with name and password: `smtps://user:password@mail.example.com`. A secret because of them. None by
    /// default: such links stand in the log then, for the person who runs this server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_url: Option<Secret>,
    /// A file that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_url_file: Option<PathBuf>,
    /// Who the mail is from: `onecouch <couch@example.com>`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// Where people say who they are on other sites.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Oauth {
    /// Where browsers are sent to log in with Discord, which takes `discord.client_secret` and `discord.application_id`.
    /// Discord's own address where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discord_url: Option<Url>,
}

impl Oauth {
    /// What is wrong with it, if anything is.
    pub(super) fn check(&self) -> Result<(), String> {
        match &self.discord_url {
            Some(url) if !matches!(url.scheme(), "http" | "https") => {
                Err(format!("oauth.discord_url is {url}: write an address that begins with https://"))
            }
            _ => Ok(()),
        }
    }
}

/// Telling other programs what happens in rooms, by requests to addresses that people name.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Webhooks {
    /// Whether there are any. On by default: nothing runs until somebody makes one, and they reach public addresses and
    /// `resolve.allow_private` alone.
    pub enabled: bool,
    /// How many one person may have. 10 by default: a few programs, with one for trying out.
    pub per_person: usize,
    /// Attempts at one delivery, from 1 on; then what is in it is given up. 6 by default: over a quarter of an hour, longer
    /// than a restart takes.
    pub attempts: NonZeroU32,
    /// Seconds that one attempt may take. 10 by default: whoever needs longer should answer first and work then.
    pub timeout_seconds: NonZeroU32,
}

impl Default for Webhooks {
    fn default() -> Self {
        Self { enabled: true, per_person: 10, attempts: ATTEMPTS, timeout_seconds: DELIVERY_SECONDS }
    }
}

impl Webhooks {
    /// As the engine wants them.
    pub fn settings(&self) -> WebhooksSettings {
        WebhooksSettings { per_person: if self.enabled { self.per_person } else { 0 } }
    }
}

/// Watch2Gether's API, for bots that were written for it.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Watch2Gether {
    /// Whether a room can be made and entered without a key, as there. Off by default: whoever finds this server could fill
    /// it with rooms.
    pub keyless_rooms: bool,
    /// What a key that is none is answered with by the two calls about items: 403 as there, or 401. 403 by default, for
    /// clients tell a wrong key from a room that they are not in by the reason, and not by the status.
    pub wrong_key_status: u16,
}

impl Default for Watch2Gether {
    fn default() -> Self {
        Self { keyless_rooms: false, wrong_key_status: 403 }
    }
}

impl Watch2Gether {
    /// What is wrong with it, if anything is.
    pub(super) fn check(self) -> Result<(), String> {
        match self.wrong_key_status {
            401 | 403 => Ok(()),
            other => Err(format!("watch2gether.wrong_key_status is {other}: write 403 or 401")),
        }
    }

    /// That status.
    pub fn wrong_key(self) -> StatusCode {
        if self.wrong_key_status == 401 { StatusCode::UNAUTHORIZED } else { StatusCode::FORBIDDEN }
    }
}

/// How much is too much: so many at once, and so many a minute for ever.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Items in a queue.
    pub queue_items: usize,
    /// Connections open at once from one address, sockets among them; a proxy of `http.trusted_proxies` has any number. 2,000 by
    /// default: 200 browsers behind one address, with a socket and what they load beside it.
    pub connections_per_address: u32,
    /// Sockets open at once from one address. 200 by default: a school may have one address.
    pub sockets_per_address: u32,
    /// Sockets open at once by one person. 50 by default: nobody has as many windows.
    pub sockets_per_person: u32,
    /// Frames of one socket, pings and reports among them.
    pub frames: Rate,
    /// Commands of one socket or caller.
    pub commands: Rate,
    /// Calls of the API, in points: of one person, or of one address where nobody says who they are.
    pub calls: Rate,
    /// What calls cost, in points.
    pub costs: Costs,
    /// Lines of chat of one person.
    pub chat: Rate,
    /// The same of all people behind one address.
    pub chat_of_address: Rate,
    /// Rooms made by one person, and from one address.
    pub rooms: Rate,
    /// Guests made from one address.
    pub guests: Rate,
    /// Links looked at for one person.
    pub links: Rate,
    /// The same for all people behind one address.
    pub links_of_address: Rate,
    /// Invites and codes that turned out wrong, from one address.
    pub wrong_invites: Rate,
    /// Codes and passwords of rooms that turned out wrong, from all addresses together. Not links: nobody guesses those.
    pub wrong_invites_of_all: Rate,
    /// Guesses at passwords, at one account and from one address.
    pub logins: Rate,
    /// Points of OpenTogetherTube's API, which counts in its own way.
    pub opentogethertube: Points,
    /// Clipper's calls, for each address and path.
    pub clipper: ClipperLimits,
}

/// Points of one address in a window that begins with the first of them.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Points {
    /// Whether they are counted. On by default, as there.
    pub enabled: bool,
    /// How many there are. 1,000 by default, as there: 20 rooms, or 200 videos.
    pub points: u32,
    /// Seconds that a window lasts. An hour by default, as there.
    pub seconds: NonZeroU32,
    /// Seconds for which who asks for more gets nothing; then the count begins anew. 120 by default, as there.
    pub block_seconds: u32,
}

impl Default for Points {
    fn default() -> Self {
        Self { enabled: true, points: 1_000, seconds: HOUR, block_seconds: 120 }
    }
}

impl Points {
    /// As the engine counts them; none where nothing is counted.
    pub fn policy(&self) -> Option<Policy> {
        let points = limits::Points { points: self.points, per: Millis::seconds(self.seconds.get().into()) };
        self.enabled.then_some(Policy::Window { points, block: Millis::seconds(self.block_seconds.into()) })
    }
}

/// How often Clipper's calls may be made.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClipperLimits {
    /// Whether they are counted. On by default, as there.
    pub enabled: bool,
    /// How many times as many as there. 1 by default: 10 parties and 30 joins an hour, 10 lines and 30 reactions a minute.
    pub times: NonZeroU32,
}

impl Default for ClipperLimits {
    fn default() -> Self {
        Self { enabled: true, times: NonZeroU32::MIN }
    }
}

impl ClipperLimits {
    /// How many times as many as there; none where nothing is counted.
    pub fn factor(&self) -> Option<NonZeroU32> {
        self.enabled.then_some(self.times)
    }
}

/// What calls of the API cost, in points of `limits.calls`. Nothing is charged for what costs 0.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Costs {
    /// What changes nothing. 1 by default: the measure of all others.
    pub read: u32,
    /// What changes something. 3 by default: it is written to disk and told to everybody.
    pub write: u32,
    /// What has a link looked at. 10 by default: it makes requests of our own.
    pub link: u32,
    /// What makes a room. 30 by default: rooms stay.
    pub room: u32,
}

impl Default for Costs {
    fn default() -> Self {
        Self { read: 1, write: 3, link: 10, room: 30 }
    }
}

/// One allowance.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// At once.
    pub burst: u32,
    /// Regained in a minute.
    pub per_minute: u32,
}

impl From<Allowance> for Rate {
    fn from(allowance: Allowance) -> Self {
        Self { burst: allowance.burst, per_minute: allowance.per_minute }
    }
}

impl From<Rate> for Allowance {
    fn from(rate: Rate) -> Self {
        Self { burst: rate.burst, per_minute: rate.per_minute }
    }
}

impl Default for Limits {
    fn default() -> Self {
        let rules = Allowances::default();
        Self {
            queue_items: engine::room::queue::QUEUE_LIMIT,
            connections_per_address: CONNECTIONS_PER_ADDRESS,
            sockets_per_address: rules.sockets.per_address,
            sockets_per_person: rules.sockets.per_person,
            frames: rules.frames.into(),
            commands: rules.commands.into(),
            calls: rules.calls.into(),
            costs: Costs::default(),
            chat: rules.chat.into(),
            chat_of_address: rules.chat_of_address.into(),
            rooms: rules.rooms.into(),
            guests: rules.guests.into(),
            links: rules.links.into(),
            links_of_address: rules.links_of_address.into(),
            wrong_invites: rules.wrong_invites.into(),
            wrong_invites_of_all: rules.wrong_invites_of_all.into(),
            logins: rules.logins.into(),
            opentogethertube: Points::default(),
            clipper: ClipperLimits::default(),
        }
    }
}

impl Limits {
    /// As the engine wants them.
    pub fn allowances(&self) -> Allowances {
        Allowances {
            sockets: Sockets { per_address: self.sockets_per_address, per_person: self.sockets_per_person },
            frames: self.frames.into(),
            commands: self.commands.into(),
            calls: self.calls.into(),
            chat: self.chat.into(),
            chat_of_address: self.chat_of_address.into(),
            rooms: self.rooms.into(),
            guests: self.guests.into(),
            links: self.links.into(),
            links_of_address: self.links_of_address.into(),
            wrong_invites: self.wrong_invites.into(),
            wrong_invites_of_all: self.wrong_invites_of_all.into(),
            logins: self.logins.into(),
        }
    }
}

/// What is logged.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// What to log, as `tracing` filters say it: `info`, `onecouch=debug,info`.
    pub filter: String,
    /// How: lines for people, or one JSON object per line.
    pub format: LogFormat,
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info".to_owned(), format: LogFormat::Lines }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Lines,
    /// For machines.
    Json,
}
