//! What people in Discord see: the bot itself, through serenity and poise, against a small Discord.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bots::{
    Action, Core,
    commands::COMMANDS,
    discord::{self, DiscordError, DiscordSettings},
};
use engine::{
    Engine, Settings,
    command::Deed,
    event::Door,
    ids::{Entropy, RoomId},
    media::Media,
    memory::MemoryStore,
    people::Caller,
    ports::{Resolve, Store},
    records::{PlaceId, Platform},
    refusal::Refusal,
    room::{Preset, Role, RoomView},
    rooms::NewRoom,
    table::Table,
    time::{Clock, Millis},
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::fake_discord::{APPLICATION, Answer, Channel, FakeDiscord, Message, TOKEN, User};

const FILM_CLUB: Channel = Channel::text(1_200_000_000_000_000_001, "film-club");
const THREAD: Channel = Channel::thread(1_200_000_000_000_000_002, "friday");
const LETTERS: Channel = Channel::direct(1_200_000_000_000_000_003);
const ANA: User = User::member(1_100_000_000_000_000_001, "Ana");
const BEN: User = User::member(1_100_000_000_000_000_002, "Ben");
const MOD: User = User::manager(1_100_000_000_000_000_003, "Mod");

const SINTEL: &str = "https://films.example/sintel.mp4";
const LAUNDROMAT: &str = "https://films.example/laundromat.mp4";
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
        self.0.recognise(link)
    }

    async fn probe(&self, link: &Url) -> Result<Media, Refusal> {
        if matches!(link.host_str(), Some("slow.example" | "silent.example")) {
            std::future::pending::<()>().await;
        }
        self.0.probe(link).await
    }

    async fn search(&self, words: &str) -> Result<Vec<Media>, Refusal> {
        self.0.search(words).await
    }
}

fn links() -> Arc<dyn Resolve> {
    let table = Table::default()
        .video(SINTEL, "Sintel", Millis::seconds(888))
        .video(LAUNDROMAT, "Cosmos Laundromat", Millis::seconds(730))
        .video(HOSTILE, HOSTILE_TITLE, Millis::seconds(60))
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
    stop: CancellationToken,
    bot: JoinHandle<Result<(), DiscordError>>,
}

fn start(
    discord: &FakeDiscord,
    store: &MemoryStore,
) -> (Engine, CancellationToken, JoinHandle<Result<(), DiscordError>>) {
    let store: Arc<dyn Store> = Arc::new(store.clone());
    let engine = Engine::new(store, links(), Clock::start(), &Settings::default());
    let core = Core::new(engine.clone(), Url::parse("https://couch.example").unwrap());
    let stop = CancellationToken::new();
    let bot = tokio::spawn(discord::run(core, settings(discord, TOKEN), stop.clone()));
    (engine, stop, bot)
}

fn settings(discord: &FakeDiscord, token: &str) -> DiscordSettings {
    DiscordSettings { token: token.to_owned(), application_id: Some(APPLICATION), api_url: Some(discord.url()) }
}

impl World {
    async fn new() -> Self {
        let discord = FakeDiscord::start().await;
        let store = MemoryStore::new();
        let (engine, stop, bot) = start(&discord, &store);
        discord.identified().await;
        Self { discord, store, engine, stop, bot }
    }

    /// Ends the server in order and starts it again on what it stored.
    async fn restart(mut self) -> Self {
        let before = self.discord.identified().await;
        self.stop.cancel();
        self.bot.await.unwrap().unwrap();
        self.engine.rooms.shutdown().await;
        self.store = self.store.reopen();
        (self.engine, self.stop, self.bot) = start(&self.discord, &self.store);
        self.discord.registered(before + 1).await;
        assert_eq!(self.discord.identified().await, before + 1);
        self
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
        let answer = self.asks(user, &format!("/watch url:{link}")).await;
        assert!(answer.message().title().is_some(), "a card: {}", answer.text());
        answer.message().clone()
    }

    /// The card once it shows this.
    async fn card(&self, text: &str) -> Message {
        self.discord.card_in(FILM_CLUB, |card| card.text().contains(text)).await
    }
}

#[tokio::test]
async fn the_first_watch_makes_a_room_and_answers_with_the_card() {
    let world = World::new().await;
    let answer = world.asks(ANA, &format!("/watch url:{SINTEL}")).await;
    assert_eq!(answer.first, 4, "at once");
    let card = answer.message();
    assert!(!card.ephemeral(), "everybody sees it");
    assert_eq!(card.title(), Some("Sintel"));
    assert!(card.text().contains("when the first person opens the room"), "{}", card.text());
    assert!(card.text().contains("Added by Ana"), "{}", card.text());
    assert_eq!(card.embeds[0]["color"], 0x00fa_8440);
    assert_eq!(card.labels(), ["Play", "−10 s", "+10 s", "Skip", "Queue", "Open the room"]);
    let room = world.room(FILM_CLUB).await;
    assert_eq!(&*room.settings.title, "film-club");
    assert_eq!(room.current.as_ref().unwrap().media.title.as_deref(), Some("Sintel"));
    let link = format!("https://couch.example/j/{}", room.invite);
    assert_eq!(card.link("Open the room"), Some(link.as_str()));
    assert_eq!(world.discord.messages(FILM_CLUB).len(), 1, "the answer is the card, and the only message");
}

#[tokio::test]
async fn the_second_watch_queues_and_the_card_says_what_comes_next() {
    let world = World::new().await;
    let card = world.watches(ANA, SINTEL).await;
    let answer = world.asks(BEN, &format!("/watch url:{LAUNDROMAT}")).await;
    assert!(answer.text().contains("number 1"), "{}", answer.text());
    assert_eq!(answer.message().labels(), ["Open the room"]);
    let next = world.card("Next is Cosmos Laundromat, 1 in the queue").await;
    assert_eq!(next.id, card.id, "the same message, edited");
    assert_eq!(world.discord.messages(FILM_CLUB).len(), 2);
    let list = world.asks(BEN, "/queue list").await;
    assert!(list.text().contains("1. Cosmos Laundromat"), "{}", list.text());
    world.asks(ANA, "/queue remove number:1").await;
    assert!(world.room(FILM_CLUB).await.queue.is_empty());
    world.asks(ANA, &format!("/queue add url:{SINTEL}")).await;
    assert_eq!(world.room(FILM_CLUB).await.queue.len(), 1);
}

#[tokio::test]
async fn two_who_start_at_once_get_one_room_and_one_card() {
    let world = World::new().await;
    let first = world.discord.types(FILM_CLUB, ANA, &format!("/watch url:{SINTEL}")).await;
    let second = world.discord.types(FILM_CLUB, BEN, &format!("/watch url:{LAUNDROMAT}")).await;
    let answers = [world.discord.answer_to(first).await, world.discord.answer_to(second).await];
    let cards = answers.iter().filter(|answer| answer.message().title().is_some()).count();
    assert_eq!(cards, 1, "{:?}", world.discord.messages(FILM_CLUB));
    assert_eq!(world.room(FILM_CLUB).await.queue.len(), 1);
    world.card("1 in the queue").await;
    let cards = world.discord.messages(FILM_CLUB).into_iter().filter(|message| message.title().is_some());
    assert_eq!(cards.count(), 1);
}

#[tokio::test]
async fn what_is_typed_changes_the_room_and_then_the_card() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    world.asks(ANA, &format!("/watch url:{LAUNDROMAT}")).await;
    let answer = world.asks(BEN, "/seek to:1:30").await;
    assert!(answer.text().contains("1:30"), "{}", answer.text());
    assert_eq!(world.room(FILM_CLUB).await.playback.position, Millis::seconds(90));
    world.asks(BEN, "/play").await;
    assert!(world.room(FILM_CLUB).await.playback.playing);
    let playing = world.card("**Playing**").await;
    assert!(playing.text().contains(", ends <t:"), "{}", playing.text());
    assert_eq!(playing.labels()[0], "Pause");
    world.asks(BEN, "/pause").await;
    assert!(!world.room(FILM_CLUB).await.playback.playing);
    assert_eq!(world.card("**Paused**").await.labels()[0], "Play");
    let answer = world.asks(BEN, "/skip").await;
    assert!(answer.text().contains("Cosmos Laundromat"), "{}", answer.text());
    world.discord.card_in(FILM_CLUB, |card| card.title() == Some("Cosmos Laundromat")).await;
    let answer = world.asks(BEN, "/now").await;
    assert!(answer.text().contains("Cosmos Laundromat"), "{}", answer.text());
}

#[tokio::test]
async fn a_no_is_read_only_by_the_one_who_asked() {
    let world = World::new().await;
    for line in ["/pause", "/now", "/invite", "/queue list", "/seek to:soon", "/watch url:ftp://films.example/a"] {
        let answer = world.asks(ANA, line).await;
        assert!(answer.message().ephemeral(), "{line}: {}", answer.text());
    }
    let answer = world.asks(ANA, "/seek to:soon").await;
    assert!(answer.text().contains("is not a time"), "{}", answer.text());
    let help = world.asks(ANA, "/help").await;
    assert!(help.message().ephemeral() && help.text().contains("/watch"), "{}", help.text());
    assert!(world.discord.messages(FILM_CLUB).is_empty());
}

#[tokio::test]
async fn a_button_changes_the_room_and_tells_only_what_must_be_read() {
    let world = World::new().await;
    let card = world.watches(ANA, SINTEL).await;
    let pressed = world.discord.presses(FILM_CLUB, &card, "Play", BEN);
    let answer = world.discord.answer_to(pressed).await;
    assert_eq!((answer.first, answer.message.is_none()), (6, true), "nothing to read: the card shows it");
    assert!(world.room(FILM_CLUB).await.playback.playing);
    let card = world.card("**Playing**").await;
    let pressed = world.discord.presses(FILM_CLUB, &card, "+10 s", BEN);
    world.discord.answer_to(pressed).await;
    assert!(world.room(FILM_CLUB).await.playback.position >= Millis::seconds(10));
    let pressed = world.discord.presses(FILM_CLUB, &card, "Queue", BEN);
    let answer = world.discord.answer_to(pressed).await;
    assert!(answer.message().ephemeral() && answer.text().contains("Sintel"), "{}", answer.text());
    let pressed = world.discord.presses(FILM_CLUB, &card, "Skip", BEN);
    world.discord.answer_to(pressed).await;
    let pressed = world.discord.presses(FILM_CLUB, &card, "Pause", BEN);
    let answer = world.discord.answer_to(pressed).await;
    assert!(answer.message().ephemeral() && answer.text().contains("Nothing is on"), "{}", answer.text());
}

#[tokio::test]
async fn a_button_that_somebody_made_up_opens_no_other_room() {
    let world = World::new().await;
    let card = world.watches(ANA, SINTEL).await;
    world.discord.asks(THREAD, BEN, &format!("/watch url:{LAUNDROMAT}")).await;
    let other = world.room_of(THREAD).await;
    for id in [Action::Play.data(other), Action::Play.data(Entropy.room()), "v0:nonsense".to_owned()] {
        let forged = world.discord.forges(FILM_CLUB, &card, &id, ANA);
        let answer = world.discord.answer_to(forged).await;
        assert!(answer.message().ephemeral(), "{}", answer.text());
    }
    assert!(!world.room(THREAD).await.playback.playing);
}

#[tokio::test]
async fn a_button_from_before_a_restart_still_works() {
    let world = World::new().await;
    let card = world.watches(ANA, SINTEL).await;
    world.asks(ANA, "/seek to:2:00").await;
    let world = world.restart().await;
    let pressed = world.discord.presses(FILM_CLUB, &card, "Play", BEN);
    assert_eq!(world.discord.answer_to(pressed).await.first, 6);
    let room = world.room(FILM_CLUB).await;
    assert!(room.playback.playing && room.playback.position >= Millis::seconds(120));
    assert_eq!(world.card("**Playing**").await.id, card.id, "the card of before is still the card");
}

#[tokio::test]
async fn a_card_from_before_a_restart_shows_what_is_done_in_a_browser() {
    let world = World::new().await;
    let card = world.watches(ANA, SINTEL).await;
    let world = world.restart().await;
    let person = world.engine.people.guest("Vera").await.unwrap().person;
    let vera = Caller { granted: Some(Role::Guest), ..Caller::new(person) }.actor(Door::Viewer);
    world.engine.rooms.command(world.room_of(FILM_CLUB).await, vera, Deed::PLAY.into()).await.unwrap();
    assert_eq!(world.card("**Playing**").await.id, card.id);
}

#[tokio::test]
async fn who_may_change_the_channel_may_change_a_room_of_hosts() {
    let world = World::new().await;
    let host = world.engine.people.guest("Hilda").await.unwrap().person;
    let caller = Caller::new(host);
    let new = NewRoom { preset: Preset::Hosts, ..NewRoom::default() };
    let room = world.engine.rooms.create(&caller.actor(Door::Viewer), new).await.unwrap();
    world.engine.places.tie(place(FILM_CLUB), room.id).await.unwrap();
    let answer = world.asks(ANA, &format!("/watch url:{SINTEL}")).await;
    assert!(answer.message().ephemeral() && answer.text().contains("Only Hilda"), "{}", answer.text());
    let card = world.watches(MOD, SINTEL).await;
    let pressed = world.discord.presses(FILM_CLUB, &card, "Play", ANA);
    let answer = world.discord.answer_to(pressed).await;
    assert!(answer.message().ephemeral() && answer.text().contains("Only Hilda"), "{}", answer.text());
    let pressed = world.discord.presses(FILM_CLUB, &card, "Play", MOD);
    assert_eq!(world.discord.answer_to(pressed).await.first, 6);
    assert!(world.room(FILM_CLUB).await.playback.playing);
}

#[tokio::test]
async fn a_film_with_a_hostile_title_is_only_a_film_with_a_title() {
    let world = World::new().await;
    let card = world.watches(ANA, HOSTILE).await;
    let now = world.asks(ANA, "/now").await;
    let queued = world.asks(ANA, &format!("/watch url:{HOSTILE}")).await;
    for text in [card.text(), now.text(), queued.text(), world.card("Next is").await.text()] {
        for trick in ["@everyone", "@1", "](", "https://evil", "||", " `y", "discord.gg"] {
            assert!(!text.contains(trick), "{trick} in {text:?}");
        }
    }
    let room = world.room(FILM_CLUB).await;
    let invite = world.asks(ANA, "/invite").await;
    assert!(invite.text().contains(&format!("https://couch.example/j/{}", room.invite)), "{}", invite.text());
}

#[tokio::test]
async fn a_slow_link_is_answered_in_time_and_queued_later() {
    let world = World::new().await;
    let asked = world.discord.types(FILM_CLUB, ANA, &format!("/watch url:{SLOW}")).await;
    assert_eq!(world.discord.first_answer_to(asked).await, 5, "thinking");
    let answer = world.discord.answer_to(asked).await;
    assert_eq!(answer.message().title(), Some("film.mp4"));
    assert!(answer.after < Duration::from_secs(3));
    world.asks(ANA, "/play").await;
    assert_eq!(world.card("**Playing**").await.id, answer.message().id, "it became the card");
}

#[tokio::test]
async fn a_slow_no_is_still_read_only_by_the_one_who_asked() {
    let world = World::new().await;
    let asked = world.discord.types(FILM_CLUB, ANA, &format!("/watch url:{SILENT}")).await;
    assert_eq!(world.discord.first_answer_to(asked).await, 5, "thinking");
    let answer = world.discord.answer_to(asked).await;
    assert!(answer.message().ephemeral(), "{}", answer.text());
    assert!(answer.text().contains("cannot be reached"), "{}", answer.text());
    assert!(world.discord.messages(FILM_CLUB).is_empty(), "what said thinking is gone");
}

#[tokio::test]
async fn threads_and_letters_have_rooms_of_their_own() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    let thread = world.discord.asks(THREAD, BEN, &format!("/watch url:{LAUNDROMAT}")).await;
    let letters = world.discord.asks(LETTERS, MOD, &format!("/watch url:{LAUNDROMAT}")).await;
    for answer in [thread, letters] {
        assert_eq!(answer.message().title(), Some("Cosmos Laundromat"));
    }
    assert_eq!(&*world.room(FILM_CLUB).await.settings.title, "film-club");
    assert_eq!(&*world.room(THREAD).await.settings.title, "friday");
    assert_eq!(&*world.room(LETTERS).await.settings.title, "Mod's couch");
}

#[tokio::test]
async fn a_card_that_was_deleted_comes_back_with_the_next_watch() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    world.asks(BEN, "/play").await;
    let card = world.card("**Playing**").await;
    world.discord.deletes(&card);
    world.asks(BEN, &format!("/watch url:{LAUNDROMAT}")).await;
    let again = world.card("Next is Cosmos Laundromat").await;
    assert_ne!(again.id, card.id);
    world.asks(BEN, "/pause").await;
    assert_eq!(world.card("**Paused**").await.id, again.id, "and is kept true");
}

#[tokio::test]
async fn a_busy_card_is_edited_no_more_often_than_discord_likes() {
    let world = World::new().await;
    let card = world.watches(ANA, SINTEL).await;
    world.discord.limit_edit(Duration::from_millis(3_200));
    for line in ["/play", "/pause", "/seek to:1:00", "/seek to:2:00", "/seek to:3:00"] {
        world.asks(BEN, line).await;
    }
    let (at, wait) = world.discord.limited().await;
    let edited = world.card("3:00").await;
    let first = edited.edited_at[0];
    assert!(first - at >= wait, "edited {:?} after being asked to wait {wait:?}", first - at);
    assert_eq!((edited.id, edited.edits), (card.id, 1), "five changes are one edit");
    world.asks(BEN, "/seek to:4:00").await;
    let edited = world.card("4:00").await;
    let gap = edited.edited_at[1] - edited.edited_at[0];
    assert!(gap >= Duration::from_millis(1_900), "{gap:?} between two edits");
}

#[tokio::test]
async fn discord_offers_the_commands_of_the_one_list() {
    let world = World::new().await;
    let offered = world.discord.commands();
    let names: Vec<_> = offered.iter().map(|command| command["name"].as_str().unwrap()).collect();
    let listed: Vec<_> = COMMANDS.iter().map(|command| command.name).collect();
    assert_eq!(names, listed);
    for (command, listed) in offered.iter().zip(COMMANDS) {
        assert_eq!(command["description"], listed.description);
        assert_eq!(command["integration_types"], serde_json::json!([0]), "installed in guilds");
        assert_eq!(command["contexts"], serde_json::json!([0, 1]), "used there and in letters");
        let below = command["options"].as_array().into_iter().flatten().filter(|option| option["type"] == 1);
        let below: Vec<_> = below.map(|option| option["name"].as_str().unwrap()).collect();
        let listed: Vec<_> = listed.subcommands.iter().map(|command| command.name).collect();
        assert_eq!(below, listed);
    }
    // Of the privileged ones (members 1 << 1, presences 1 << 8, message content 1 << 15) it asks for none.
    let intents = world.discord.identity()["intents"].as_u64().unwrap();
    assert_eq!(intents & ((1 << 1) | (1 << 8) | (1 << 15)), 0);
}

#[tokio::test]
async fn a_bot_that_is_sent_to_another_gateway_comes_back_and_goes_on() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    world.discord.reconnect();
    world.discord.resumed().await;
    let answer = world.asks(BEN, "/seek to:0:10").await;
    assert!(answer.text().contains("0:10"), "{}", answer.text());
}

#[tokio::test]
async fn a_wrong_token_ends_the_bot_with_words_that_say_what_to_do() {
    let discord = FakeDiscord::start().await;
    let engine = Engine::new(Arc::new(MemoryStore::new()), links(), Clock::start(), &Settings::default());
    let core = Core::new(engine, Url::parse("https://couch.example").unwrap());
    for token in ["wrong", "not\na\nheader", ""] {
        let ended = discord::run(core.clone(), settings(&discord, token), CancellationToken::new());
        let ended = tokio::time::timeout(Duration::from_secs(10), ended).await.unwrap();
        assert_eq!(ended, Err(DiscordError::BadToken), "{token:?}");
    }
    assert!(DiscordError::BadToken.to_string().contains("discord.token"));
    assert!(!format!("{:?}", settings(&discord, TOKEN)).contains(TOKEN), "a token is not shown");
}

#[tokio::test]
async fn a_gateway_that_closes_for_good_ends_the_bot() {
    for (code, error) in [(4004, DiscordError::BadToken), (4014, DiscordError::RefusedIntents)] {
        let discord = FakeDiscord::start().await;
        discord.refuse(code);
        let (_engine, _stop, bot) = start(&discord, &MemoryStore::new());
        let ended = tokio::time::timeout(Duration::from_secs(10), bot).await.unwrap().unwrap();
        assert_eq!(ended, Err(error), "{code}");
    }
    // A token that is taken back while the bot runs.
    let world = World::new().await;
    world.discord.kick(4004);
    let ended = tokio::time::timeout(Duration::from_secs(10), world.bot).await.unwrap().unwrap();
    assert_eq!(ended, Err(DiscordError::BadToken));
}

#[tokio::test]
async fn a_server_that_stops_leaves_discord_in_order() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    world.stop.cancel();
    let ended = tokio::time::timeout(Duration::from_secs(5), world.bot).await.unwrap().unwrap();
    assert_eq!(ended, Ok(()));
}
