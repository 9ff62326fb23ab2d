//! Evenings on Telegram: the real client, the real engine, a Bot API server of our own.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod asking;
mod bridge;
mod buttons;
mod cards;
mod commands;
mod doors;
mod groups;
mod line;
mod menus;
mod offers;
mod pictures;
mod polls;
mod table;
mod webhook;

use std::{sync::Arc, time::Duration};

use bots::{
    Core,
    telegram::{self, TelegramError, TelegramSettings},
};
use engine::{
    Engine, Settings,
    command::{Actor, Command, Deed, SeekTo, Spot},
    event::Door,
    ids::{PersonId, RoomId},
    memory::MemoryStore,
    ports::Resolve,
    records::{PlaceId, PlaceSettings, Platform},
    refusal::Code,
    room::{Preset, Role, RoomView},
    rooms::NewRoom,
    table::Table,
    time::{Clock, Millis},
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use serde_json::json;

use crate::fake_telegram::{BOT, Chat, FakeTelegram, Note, Rank, Sent, TOKEN, User};

const SINTEL: &str = "https://films.example/sintel.mp4";
const LAUNDROMAT: &str = "https://films.example/laundromat.mp4";
pub(crate) const ANA: User = User { id: 7, name: "Ana" };
pub(crate) const BEN: User = User { id: 8, name: "Ben" };

struct World {
    telegram: FakeTelegram,
    engine: Engine,
    store: MemoryStore,
    url: &'static str,
    stop: CancellationToken,
    bot: JoinHandle<Result<(), TelegramError>>,
}

impl World {
    async fn new() -> Self {
        Self::at("https://couch.example/").await
    }

    async fn at(url: &'static str) -> Self {
        Self::with(FakeTelegram::start().await, MemoryStore::new(), url, TOKEN)
    }

    fn with(telegram: FakeTelegram, store: MemoryStore, url: &'static str, token: &str) -> Self {
        Self::with_app(telegram, store, url, token, None)
    }

    fn with_app(telegram: FakeTelegram, store: MemoryStore, url: &'static str, token: &str, app: Option<&str>) -> Self {
        Self::made(telegram, store, url, token, app, Arc::new(films()), &Settings::default())
    }

    fn made(
        telegram: FakeTelegram,
        store: MemoryStore,
        url: &'static str,
        token: &str,
        app: Option<&str>,
        films: Arc<dyn Resolve>,
        settings: &Settings,
    ) -> Self {
        let engine = Engine::new(Arc::new(store.clone()), films, Clock::start(), settings);
        let core = Core::new(engine.clone(), url.parse().unwrap());
        let (token, api_url) = (token.to_owned(), Some(telegram.url.clone()));
        let mini_app = app.map(str::to_owned);
        let settings = TelegramSettings { token, api_url, mini_app, webhook: None };
        let stop = CancellationToken::new();
        let bot = tokio::spawn(telegram::run(core, settings, stop.clone()));
        Self { telegram, engine, store, url, stop, bot }
    }

    async fn stops(self) -> (FakeTelegram, MemoryStore, &'static str) {
        self.stop.cancel();
        let ended = tokio::time::timeout(Duration::from_secs(5), self.bot).await;
        ended.expect("the bot ends when the server stops").unwrap().unwrap();
        self.engine.rooms.shutdown().await;
        (self.telegram, self.store, self.url)
    }

    async fn restarts(self) -> Self {
        let (telegram, store, url) = self.stops().await;
        Self::with(telegram, store.reopen(), url, TOKEN)
    }

    /// Somebody starts the evening; the card that comes of it.
    async fn watches(&self, chat: &Chat, user: &User, link: &str) -> Sent {
        self.telegram.says(chat, user, &format!("/watch {link}"));
        self.card(chat, "\n").await
    }

    /// The chat's card, once it says this.
    async fn card(&self, chat: &Chat, says: &str) -> Sent {
        self.telegram.message_in(chat, |sent| sent.replies_to.is_none() && sent.text.contains(says)).await
    }

    /// What the chat is set to.
    async fn sets(&self, chat: &Chat, change: impl FnOnce(&mut PlaceSettings)) {
        self.engine.places.change(&chat.place(), change).await.unwrap().unwrap();
    }

    /// A room in which guests look on and vote, tied to the chat.
    async fn strict_room(&self, chat: &Chat) -> RoomId {
        let new = NewRoom { preset: Preset::Hosts, ..NewRoom::default() };
        let room = self.engine.rooms.create(&cleo(), new).await.unwrap().id;
        self.engine.places.tie(chat.place(), room).await.unwrap();
        self.engine.intake.queue(room, &cleo(), SINTEL, Spot::End).await.unwrap();
        self.crowds(room).await;
        room
    }

    /// So many watch that one voice decides nothing.
    async fn crowds(&self, room: RoomId) {
        let mut watching = vec![cleo()];
        for (subject, name) in [("7", "Ana"), ("8", "Ben"), ("21", "Dora"), ("22", "Emil")] {
            let caller = self.engine.people.on_platform(Platform::Telegram, subject, name).await.unwrap();
            watching.push(caller.actor(Door::Viewer).granted(Role::Guest));
        }
        for actor in watching {
            let connection = self.engine.rooms.connection();
            let actor = Actor { connection: Some(connection), ..actor };
            self.engine.rooms.command(room, actor, Command::Arrive { connection, watches: true }).await.unwrap();
        }
        let mut listening = self.engine.rooms.listen(room).await.unwrap();
        while listening.view.watching() < 5 {
            listening.view = listening.heard.recv().await.unwrap().view.clone();
        }
    }

    /// Waits until the room is like this.
    async fn until(&self, room: RoomId, like: impl Fn(&RoomView) -> bool) {
        let mut listening = self.engine.rooms.listen(room).await.unwrap();
        while !like(&listening.view) {
            let heard = tokio::time::timeout(Duration::from_secs(10), listening.heard.recv()).await;
            listening.view = heard.expect("the room never became like that").unwrap().view.clone();
        }
    }

    async fn room(&self, chat: &Chat) -> RoomId {
        self.engine.room_of(&chat.place()).await.unwrap()
    }

    async fn view(&self, chat: &Chat) -> Arc<RoomView> {
        self.engine.rooms.view(self.room(chat).await).await.unwrap()
    }

    /// Somebody in the room's own page does something.
    async fn viewer_does(&self, room: RoomId, command: Command) {
        self.engine.rooms.command(room, cleo(), command).await.unwrap();
    }
}

fn films() -> Table {
    Table::default().video(SINTEL, "Sintel", Millis::seconds(888)).video(
        LAUNDROMAT,
        "Cosmos Laundromat",
        Millis::seconds(730),
    )
}

/// Somebody in the room's own page.
fn cleo() -> Actor {
    Actor {
        person: PersonId(uuid::Uuid::from_u128(77)),
        name: "Cleo".into(),
        door: Door::Viewer,
        connection: None,
        granted: Some(Role::Guest),
        registered: false,
    }
}

trait Placed {
    fn place(&self) -> PlaceId;
}

impl Placed for Chat {
    fn place(&self) -> PlaceId {
        PlaceId { platform: Platform::Telegram, chat: self.id, topic: None }
    }
}

pub(crate) fn club() -> Chat {
    Chat::group(-100, "Friday film club")
}
