//! One struct per section; every field says what it is, its default and why.

use std::{net::SocketAddr, num::NonZeroU32, path::PathBuf};

use engine::limits::{Allowance, Allowances};
pub use engine::secret::Secret;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::resolve::OEmbed;

/// Far more than one server of the usual size has viewers, and below what systems commonly allow in open files.
const CONNECTIONS: NonZeroU32 = NonZeroU32::new(10_000).expect("it is not zero");

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
            metrics_listen: "127.0.0.1:9090".to_owned(),
        }
    }
}

/// Where everything lasting is.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// A SQLite file; made where there is none, with its directory.
    pub url: String,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: "sqlite://data/onecouch.db".to_owned() }
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
}

/// Looking at links.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Resolve {
    /// Hosts (`nas.local`, `192.168.1.5:8000`) that links may lead to although they are not on the public internet. None
    /// by default: whoever may queue a link could otherwise have this server look around in its own network.
    pub allow_private: Vec<String>,
    /// Where titles of videos are asked for.
    pub oembed: OEmbed,
}

/// How much is too much: so many at once, and so many a minute for ever.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Items in a queue.
    pub queue_items: usize,
    /// Frames of one socket, pings and reports among them.
    pub frames: Rate,
    /// Commands of one socket or caller.
    pub commands: Rate,
    /// Lines of chat of one person.
    pub chat: Rate,
    /// Rooms made by one person.
    pub rooms: Rate,
    /// Guests made from one address.
    pub guests: Rate,
    /// Links looked at for one person.
    pub links: Rate,
    /// Invites and codes that turned out wrong, from one address.
    pub wrong_invites: Rate,
    /// The same from all addresses together.
    pub wrong_invites_of_all: Rate,
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
        let Allowances { frames, commands, chat, rooms, guests, links, wrong_invites, wrong_invites_of_all } =
            Allowances::default();
        Self {
            queue_items: engine::room::queue::QUEUE_LIMIT,
            frames: frames.into(),
            commands: commands.into(),
            chat: chat.into(),
            rooms: rooms.into(),
            guests: guests.into(),
            links: links.into(),
            wrong_invites: wrong_invites.into(),
            wrong_invites_of_all: wrong_invites_of_all.into(),
        }
    }
}

impl Limits {
    /// As the engine wants them.
    pub fn allowances(&self) -> Allowances {
        Allowances {
            frames: self.frames.into(),
            commands: self.commands.into(),
            chat: self.chat.into(),
            rooms: self.rooms.into(),
            guests: self.guests.into(),
            links: self.links.into(),
            wrong_invites: self.wrong_invites.into(),
            wrong_invites_of_all: self.wrong_invites_of_all.into(),
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
