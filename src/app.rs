//! What handlers and sockets share, and what several doors do alike.

use std::{num::NonZeroU32, ops::Deref, sync::Arc, time::Duration};

use axum::body::Bytes;
use bots::{
    discord::activity::{Activity, PublicKey},
    telegram::init_data::Seal,
};
use dashmap::DashMap;
use engine::{
    Engine,
    command::Actor,
    ids::RoomId,
    records::Answer,
    refusal::No,
    room::{Changes, RoomView},
};
use ipnet::IpNet;
use moka::sync::Cache;
use tokio::sync::OnceCell;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    cluster::Node,
    config::{Costs, Watch2Gether},
    dialects::{
        native::wire::settings::ChangeRoom,
        opentogethertube::{self, discord::DiscordLogin},
    },
    fanout::Fanout,
    links::Links,
    mail::Mailer,
    media::{captions::Captions, dock::Dock, library::Library, relay::Relay},
    picture::Painter,
    webhooks::Courier,
};

/// What handlers and sockets share. Each request has it cloned for it several times over, which is one count.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// All of it.
pub struct Shared {
    /// The rules.
    pub engine: Engine,
    /// The commands of chats and chat boxes.
    pub core: bots::Core,
    /// From rooms to sockets.
    pub fanout: Fanout,
    /// Where people reach this server, without a slash at the end.
    pub public_url: Arc<str>,
    /// The origin of that address.
    pub origin: Arc<str>,
    /// The links of its own that this server gives out.
    pub links: Links,
    /// The networks of reverse proxies whose word about client addresses counts.
    pub proxies: Arc<[IpNet]>,
    /// What calls of the native API cost.
    pub costs: Costs,
    /// How many times as many calls as there are let through by Clipper's API; none where nothing is counted.
    pub clipper: Option<NonZeroU32>,
    /// What OpenTogetherTube's API keeps beside the rooms.
    pub opentogethertube: Arc<opentogethertube::Kept>,
    /// What is set about Watch2Gether's API.
    pub watch2gether: Watch2Gether,
    /// Answers that are on their way, by idempotency key: who asks the same meanwhile waits for the same.
    pub answers: Arc<DashMap<String, Arc<OnceCell<Answer>>>>,
    /// Rooms as they were read last: most reads find a room as the one before did.
    pub texts: Cache<RoomId, (Arc<RoomView>, Bytes)>,
    /// Delivers webhooks, where there are any.
    pub courier: Option<Courier>,
    /// For mail, where it is set up.
    pub mail: Option<Mailer>,
    /// Films that are kept here, where there are any.
    pub library: Option<Arc<Library>>,
    /// Where people bring them.
    pub dock: Option<Dock>,
    /// Subtitles as WebVTT.
    pub captions: Arc<Captions>,
    /// Films that pass through, where any do.
    pub relay: Option<Arc<Relay>>,
    /// Draws what chats show of links.
    pub painter: Painter,
    /// Knows what Telegram vouched for, where there is a bot.
    pub telegram: Option<Arc<Seal>>,
    /// The way in from within Discord, where it is set up.
    pub activity: Option<Activity>,
    /// Logging in with Discord, where it is set up.
    pub discord_login: Option<DiscordLogin>,
    /// What Discord's proxy signs with, where it is to be held to that.
    pub proxy_key: Option<PublicKey>,
    /// What makes this process one of several nodes, if it is.
    pub node: Option<Arc<Node>>,
    /// Cancelled when the server stops.
    pub stop: CancellationToken,
    /// What must end before the server does.
    pub tasks: TaskTracker,
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl From<Shared> for App {
    fn from(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl App {
    /// No room read yet. A thousand are kept, each for a minute.
    pub fn no_texts() -> Cache<RoomId, (Arc<RoomView>, Bytes)> {
        Cache::builder().max_capacity(1_000).time_to_live(Duration::from_mins(1)).build()
    }

    /// Settings as the engine has them, with the hash of a new password.
    pub async fn changes(&self, change: ChangeRoom) -> Result<Changes, No> {
        let password = match &change.password {
            Some(Some(password)) => Some(Some(self.engine.room_password(password).await?)),
            Some(None) => Some(None),
            None => None,
        };
        Ok(change.into_changes(password))
    }

    /// Runs a slash command of the chat box, for somebody at this address, and answers in their language.
    pub async fn slash(
        &self,
        room: RoomId,
        actor: Actor,
        from: Arc<str>,
        locale: bots::Locale,
        line: &str,
    ) -> bots::Reply {
        let asker = bots::Asker {
            actor,
            room: Some(room),
            place: None,
            place_name: None,
            community: None,
            steward: false,
            leads: false,
            in_voice: None,
            locale,
            place_locale: locale,
            address: Some(from),
        };
        self.core.run(&asker, line).await
    }
}
