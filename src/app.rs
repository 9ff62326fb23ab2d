//! What handlers and sockets share, and what several doors do alike.

use std::{sync::Arc, time::Duration};

use axum::body::Bytes;
use dashmap::DashMap;
use engine::{
    Engine,
    command::{Actor, Command, Spot},
    ids::{Entropy, RoomId},
    limits::Rule,
    records::Answer,
    refusal::No,
    room::RoomView,
    rooms::Done,
};
use ipnet::IpNet;
use moka::sync::Cache;
use tokio::sync::OnceCell;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::fanout::Fanout;

/// What handlers and sockets share.
#[derive(Clone)]
pub struct App {
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
    /// The networks of reverse proxies whose word about client addresses counts.
    pub proxies: Arc<[IpNet]>,
    /// Answers that are on their way, by idempotency key: who asks the same meanwhile waits for the same.
    pub answers: Arc<DashMap<String, Arc<OnceCell<Answer>>>>,
    /// Rooms as they were read last: most reads find a room as the one before did.
    pub texts: Cache<RoomId, (Arc<RoomView>, Bytes)>,
    /// Cancelled when the server stops.
    pub stop: CancellationToken,
    /// What must end before the server does.
    pub tasks: TaskTracker,
}

impl App {
    /// No room read yet. A thousand are kept, each for a minute.
    pub fn no_texts() -> Cache<RoomId, (Arc<RoomView>, Bytes)> {
        Cache::builder().max_capacity(1_000).time_to_live(Duration::from_mins(1)).build()
    }

    /// Queues a link in somebody's name.
    pub async fn queue(&self, room: RoomId, actor: &Actor, url: &str, spot: Spot) -> Result<Done, No> {
        self.engine.limits.take(Rule::Links, &actor.person.to_string(), self.engine.clock.play_time())?;
        Ok(self.engine.intake.queue(room, actor, url, spot).await?.done)
    }

    /// Writes a line in somebody's name.
    pub async fn say(&self, room: RoomId, actor: Actor, text: String) -> Result<Done, No> {
        self.engine.limits.take(Rule::Chat, &actor.person.to_string(), self.engine.clock.play_time())?;
        self.engine.rooms.command(room, actor, Command::Say { id: Entropy.message(), text }).await
    }

    /// Runs a slash command of the chat box.
    pub async fn slash(&self, room: RoomId, actor: Actor, line: &str) -> bots::Reply {
        let asker = bots::Asker { actor, room: Some(room), place: None, place_name: None };
        self.core.run(&asker, line).await
    }
}
