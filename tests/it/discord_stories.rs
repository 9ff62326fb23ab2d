//! What people in Discord see: the bot itself, through serenity and poise, against a small Discord.
//!
//! By noun: `activity` (rooms in Discord's own frame), `watching` (answers), `cards`, `commands` (every one of them), `lines` and `notices`, `languages`, `buttons`, `menus`, `rights`, `options` (threads,
//! events, presence, where the bot is a guest), `registering`, `connection`.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod activity;
mod buttons;
mod cards;
mod commands;
mod connection;
mod languages;
mod lines;
mod menus;
mod notices;
mod options;
mod registering;
mod rights;
mod watching;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bots::{
    Action, Core,
    commands::COMMANDS,
    discord::{self, DiscordError, DiscordSettings},
};
use engine::{
    Engine, Settings,
    command::{Actor, Command, Deed},
    event::Door,
    ids::{Entropy, RoomId},
    media::Media,
    memory::MemoryStore,
    people::Caller,
    ports::{Resolve, Store},
    records::{PlaceId, PlaceSettings, Platform},
    refusal::Refusal,
    room::{Preset, Role, RoomView},
    rooms::NewRoom,
    table::Table,
    time::{Clock, Millis},
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::fake_discord::{APPLICATION, Answer, Channel, FakeDiscord, GUILD, Message, TOKEN, User};

const FILM_CLUB: Channel = Channel::text(1_200_000_000_000_000_001, "film-club");
const THREAD: Channel = Channel::thread(1_200_000_000_000_000_002, "friday");
const LETTERS: Channel = Channel::direct(1_200_000_000_000_000_003);
const ANA: User = User::member(1_100_000_000_000_000_001, "Ana");
const BEN: User = User::member(1_100_000_000_000_000_002, "Ben");
const MOD: User = User::manager(1_100_000_000_000_000_003, "Mod");

const SINTEL: &str = "https://films.example/sintel.mp4";
const LAUNDROMAT: &str = "https://films.example/laundromat.mp4";
const BUNNY: &str = "https://films.example/bunny.mp4";
const ELEPHANTS: &str = "https://films.example/elephants.mp4";
/// A film with a picture of it.
const PICTURED: &str = "https://films.example/pictured.mp4";
/// A film whose page says that it has a picture that Discord does not take.
const MISPICTURED: &str = "https://mispictured.example/film.mp4";
const PICTURE: &str = "https://pictures.example/sintel.jpg";
const HOSTILE: &str = "https://films.example/hostile.mp4";
const HOSTILE_TITLE: &str = "@everyone **<@1>** [free](https://evil.example) ||x|| `y` discord.gg/evil";
/// Links to hosts that never answer: one whose name tells what it is, one that does not.
const SLOW: &str = "https://slow.example/film.mp4";
const SILENT: &str = "https://silent.example/watch";

/// Media by table, but for hosts that never answer.
struct Links(Table);

#[async_trait]
impl Resolve for Links {
    fn recognise(&self, link: &Url) -> Result<Option<Media>, Refusal> {
        Ok(self.0.recognise(link)?.map(pictured))
    }

    async fn probe(&self, link: &Url) -> Result<Media, Refusal> {
        if matches!(link.host_str(), Some("slow.example" | "silent.example")) {
            std::future::pending::<()>().await;
        }
        self.0.probe(link).await.map(pictured)
    }

    async fn search(&self, words: &str) -> Result<Vec<Media>, Refusal> {
        self.0.search(words).await
    }
}

fn pictured(media: Media) -> Media {
    let thumbnail = match media.url.as_str() {
        PICTURED => Some(PICTURE.into()),
        MISPICTURED => Some("http://picture/film.png".into()),
        _ => media.thumbnail.clone(),
    };
    Media { thumbnail, ..media }
}

fn links() -> Arc<dyn Resolve> {
    let table = Table::default()
        .video(SINTEL, "Sintel", Millis::seconds(888))
        .video(LAUNDROMAT, "Cosmos Laundromat", Millis::seconds(730))
        .video(PICTURED, "Sintel", Millis::seconds(888))
        .video(BUNNY, "Big Buck Bunny", Millis::seconds(596))
        .video(ELEPHANTS, "Elephants Dream", Millis::seconds(653))
        .video(HOSTILE, HOSTILE_TITLE, Millis::seconds(60))
        .video(MISPICTURED, "film.mp4", Millis::seconds(60))
        .video(SLOW, "film.mp4", Millis::seconds(60));
    Arc::new(Links(table))
}

fn place(channel: Channel) -> PlaceId {
    PlaceId { platform: Platform::Discord, chat: i64::try_from(channel.id).unwrap(), topic: None }
}

/// A Discord, a store and a bot.
struct World {
    discord: FakeDiscord,
    store: MemoryStore,
    engine: Engine,
    core: Core,
    stop: CancellationToken,
    bot: JoinHandle<Result<(), DiscordError>>,
}

type Started = (Core, CancellationToken, JoinHandle<Result<(), DiscordError>>);

fn start(discord: &FakeDiscord, store: &MemoryStore) -> Started {
    start_with(store, settings(discord, TOKEN))
}

fn start_with(store: &MemoryStore, settings: DiscordSettings) -> Started {
    let store: Arc<dyn Store> = Arc::new(store.clone());
    let engine = Engine::new(store, links(), Clock::start(), &Settings::default());
    let core = Core::new(engine, Url::parse("https://couch.example").unwrap());
    let stop = CancellationToken::new();
    let bot = tokio::spawn(discord::run(core.clone(), settings, stop.clone()));
    (core, stop, bot)
}

fn settings(discord: &FakeDiscord, token: &str) -> DiscordSettings {
    DiscordSettings {
        token: token.to_owned(),
        application_id: Some(APPLICATION),
        api_url: Some(discord.url()),
        activity: false,
    }
}

impl World {
    async fn new() -> Self {
        Self::on(FakeDiscord::start().await).await
    }

    /// A bot on a Discord that was prepared.
    async fn on(discord: FakeDiscord) -> Self {
        let store = MemoryStore::new();
        let (core, stop, bot) = start(&discord, &store);
        discord.identified().await;
        Self { discord, store, engine: core.engine().clone(), core, stop, bot }
    }

    /// Ends the server in order and starts it again on what it stored.
    async fn restart(mut self) -> Self {
        let before = self.discord.identified().await;
        self.stop.cancel();
        self.bot.await.unwrap().unwrap();
        self.engine.rooms.shutdown().await;
        self.store = self.store.reopen();
        (self.core, self.stop, self.bot) = start(&self.discord, &self.store);
        self.engine = self.core.engine().clone();
        self.discord.identified_times(before + 1).await;
        self
    }

    /// What the film club is set to from now on.
    async fn sets(&self, change: impl FnOnce(&mut PlaceSettings)) {
        self.engine.places.change(&place(FILM_CLUB), change).await.unwrap().unwrap();
    }

    /// Somebody who came to the room's own page.
    async fn vera(&self) -> Actor {
        let person = self.engine.people.guest("Vera").await.unwrap().person;
        Caller { granted: Some(Role::Guest), ..Caller::new(person) }.actor(Door::Viewer)
    }

    /// Somebody does something in a browser.
    async fn does_in_a_browser(&self, command: impl Into<Command>) {
        let room = self.room_of(FILM_CLUB).await;
        self.engine.rooms.command(room, self.vera().await, command.into()).await.unwrap();
    }

    /// Somebody writes in a browser.
    async fn says_in_a_browser(&self, text: &str) {
        self.does_in_a_browser(Command::Say { id: Entropy.message(), text: text.into() }).await;
    }

    /// A person presses a button and waits for the answer.
    async fn presses(&self, message: &Message, label: &str, user: User) -> Answer {
        let pressed = self.discord.presses(FILM_CLUB, message, label, user);
        self.discord.answer_to(pressed).await
    }

    async fn room_of(&self, channel: Channel) -> RoomId {
        self.engine.room_of(&place(channel)).await.unwrap()
    }

    async fn room(&self, channel: Channel) -> Arc<RoomView> {
        self.engine.rooms.view(self.room_of(channel).await).await.unwrap()
    }

    async fn asks(&self, user: User, line: &str) -> Answer {
        self.discord.asks(FILM_CLUB, user, line).await
    }

    /// Starts a film in the film club; the card.
    async fn watches(&self, user: User, link: &str) -> Message {
        let answer = self.asks(user, &format!("/watch link:{link}")).await;
        assert!(answer.message().title().is_some(), "a card: {}", answer.text());
        answer.message().clone()
    }

    /// The card once it shows this.
    async fn card(&self, text: &str) -> Message {
        self.discord.card_in(FILM_CLUB, |card| card.text().contains(text)).await
    }
}

/// Waits for what no message tells of.
async fn until<F: Future<Output = bool>>(mut is_so: impl FnMut() -> F) {
    let so = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), so).await.unwrap();
}
