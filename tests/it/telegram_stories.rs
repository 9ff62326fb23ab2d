//! Evenings on Telegram: the real client, the real engine, a Bot API server of our own.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

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
    records::{PlaceId, Platform},
    refusal::Code,
    room::{Preset, Role, RoomView},
    rooms::NewRoom,
    table::Table,
    time::{Clock, Millis},
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::fake_telegram::{BOT, Chat, FakeTelegram, Sent, TOKEN, User};

const SINTEL: &str = "https://films.example/sintel.mp4";
const LAUNDROMAT: &str = "https://films.example/laundromat.mp4";
const ANA: User = User { id: 7, name: "Ana" };
const BEN: User = User { id: 8, name: "Ben" };

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
        let table = Table::default().video(SINTEL, "Sintel", Millis::seconds(888)).video(
            LAUNDROMAT,
            "Cosmos Laundromat",
            Millis::seconds(730),
        );
        let engine = Engine::new(Arc::new(store.clone()), Arc::new(table), Clock::start(), &Settings::default());
        let core = Core::new(engine.clone(), url.parse().unwrap());
        let settings = TelegramSettings { token: token.to_owned(), api_url: Some(telegram.url.clone()) };
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

    async fn room(&self, chat: &Chat) -> RoomId {
        let place = PlaceId { platform: Platform::Telegram, chat: chat.id, topic: None };
        self.engine.room_of(&place).await.unwrap()
    }

    async fn view(&self, chat: &Chat) -> Arc<RoomView> {
        self.engine.rooms.view(self.room(chat).await).await.unwrap()
    }

    /// Somebody in the room's own page does something.
    async fn viewer_does(&self, room: RoomId, command: Command) {
        self.engine.rooms.command(room, cleo(), command).await.unwrap();
    }
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

fn club() -> Chat {
    Chat::group(-100, "Friday film club")
}

#[tokio::test]
async fn a_link_in_a_group_makes_a_room_and_a_card() {
    let world = World::new().await;
    let card = world.watches(&club(), &ANA, SINTEL).await;
    assert_eq!(card.text, "Sintel\nStarts when the first person opens the room\nAdded by Ana. Nothing comes next.");
    let rows = [vec!["Play", "−10 s", "+10 s"], vec!["Skip", "Queue"], vec!["Open the room"]];
    assert_eq!(card.labels(), rows);
    let view = world.view(&club()).await;
    assert_eq!(card.links(), [format!("https://couch.example/j/{}", view.invite)]);
    assert_eq!((&*view.settings.title, view.current.as_ref().unwrap().media.label()), ("Friday film club", "Sintel"));
    let commands = world.telegram.state().commands.clone();
    let names: Vec<&str> = commands.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["watch", "queue", "pause", "play", "seek", "skip", "now", "invite", "help"]);
}

#[tokio::test]
async fn every_command_is_answered() {
    let world = World::new().await;
    let (telegram, club) = (&world.telegram, club());
    world.watches(&club, &ANA, SINTEL).await;
    let mut dialogue = Vec::new();
    for line in [
        "/queue add https://films.example/laundromat.mp4",
        "/watch https://films.example/sintel.mp4",
        "/queue remove 2",
        "/queue",
        "/play",
        "/pause",
        "/seek 1:30",
        "/seek@couch_bot +30",
        "/now",
        "/skip",
    ] {
        dialogue.push(telegram.hears(&club, &BEN, line).await);
    }
    assert_eq!(
        dialogue,
        [
            "Queued as number 1: Cosmos Laundromat (12:10).",
            "Queued as number 2: Sintel (14:48).",
            "Removed Sintel.",
            "Now playing Sintel.\n1. Cosmos Laundromat (12:10), from Ben",
            "Playing from 0:00.",
            "Paused at 0:00.",
            "Now at 1:30.",
            "Now at 2:00.",
            "Sintel\nPaused, at 2:00 of 14:48.\nNext is Cosmos Laundromat, 1 in the queue.",
            "Now playing Cosmos Laundromat.",
        ]
    );
    assert!(telegram.hears(&club, &BEN, "/invite").await.starts_with("Come and watch: https://couch.example/j/"));
    assert!(telegram.hears(&club, &BEN, "/help").await.contains("/seek TIME: "));
}

#[tokio::test]
async fn what_cannot_be_is_answered_with_the_next_step() {
    let world = World::new().await;
    let telegram = &world.telegram;
    let answer = telegram.hears(&club(), &ANA, "/pause").await;
    assert_eq!(answer, "Nothing is on in this chat yet. Start with /watch and a link.");
    let answer = telegram.hears(&club(), &ANA, "/watch").await;
    assert_eq!(answer, "Put a link behind it: /watch https://…");
    let answer = telegram.hears(&club(), &ANA, "/watch javascript:alert(1)").await;
    assert_eq!(answer, "Only http and https links can be watched.");
    world.watches(&club(), &ANA, SINTEL).await;
    let answer = telegram.hears(&club(), &ANA, "/seek soon").await;
    assert_eq!(answer, "soon is not a time. Write 1:30, 90, +30, -1m or 50%.");
    let answer = telegram.hears(&club(), &ANA, &format!("/seek {}", "9".repeat(4_000))).await;
    assert!(answer.len() < 200, "{answer}");
}

#[tokio::test]
async fn a_button_pauses_for_everybody() {
    let world = World::new().await;
    let card = world.watches(&club(), &ANA, SINTEL).await;
    let press = world.telegram.presses(&card, "Play", &BEN);
    let toast = world.telegram.toast(&press).await;
    assert_eq!((toast.text.as_str(), toast.alert), ("Playing from 0:00.", false));
    assert!(world.view(&club()).await.playback.playing);

    let card = world.card(&club(), "Playing for nobody yet, ends at ").await;
    assert_eq!(card.labels()[0], ["Pause", "−10 s", "+10 s"]);
    let press = world.telegram.presses(&card, "Pause", &BEN);
    assert!(world.telegram.toast(&press).await.text.starts_with("Paused at 0:0"));
    assert!(!world.view(&club()).await.playback.playing);
    let press = world.telegram.presses(&card, "Queue", &BEN);
    let toast = world.telegram.toast(&press).await;
    assert!(toast.alert && toast.text.starts_with("Now playing Sintel.\n"), "{toast:?}");
}

#[tokio::test]
async fn a_button_that_was_made_up_does_nothing_and_does_not_keep_turning() {
    let world = World::new().await;
    let attic = Chat::group(-200, "Attic");
    let card = world.watches(&club(), &ANA, SINTEL).await;
    let other = world.watches(&attic, &BEN, LAUNDROMAT).await;
    let foreign = format!("v1:sk:{}", world.room(&attic).await.0.simple());
    for data in ["v0:whatever", "", foreign.as_str()] {
        let press = world.telegram.presses_data(&card, data, &ANA);
        let toast = world.telegram.toast(&press).await;
        assert!(toast.alert && toast.text.starts_with("This "), "{data}: {toast:?}");
    }
    assert_eq!(world.view(&attic).await.current.as_ref().unwrap().media.label(), "Cosmos Laundromat");
    assert_eq!(other.times.len(), 1);
}

#[tokio::test]
async fn a_seek_in_the_browser_reaches_the_card_within_what_telegram_allows() {
    let world = World::new().await;
    world.watches(&club(), &ANA, SINTEL).await;
    let room = world.room(&club()).await;
    world.viewer_does(room, Command::from(Deed::Pause)).await;
    for second in 1..=120 {
        world.viewer_does(room, Command::from(Deed::Seek { to: SeekTo::At(Millis::seconds(second)) })).await;
    }
    let card = world.card(&club(), "Paused at 2:00 of 14:48").await;
    assert_eq!(card.times.len(), 2, "a hundred changes are one drawing");
    assert!(card.times[1] - card.times[0] >= Duration::from_millis(3_900), "{:?}", card.times);
}

#[tokio::test]
async fn a_restart_keeps_the_card_and_its_buttons() {
    let world = World::new().await;
    let card = world.watches(&club(), &ANA, SINTEL).await;
    let room = world.room(&club()).await;
    let asked = world.telegram.says(&club(), &ANA, "/pause");
    world.telegram.answer_to(&club(), asked).await;
    let world = world.restarts().await;
    world.viewer_does(room, Command::from(Deed::Seek { to: SeekTo::At(Millis::seconds(60)) })).await;
    let drawn = world.card(&club(), "Paused at 1:00 of 14:48").await;
    assert_eq!(drawn.id, card.id);
    let press = world.telegram.presses(&card, "+10 s", &BEN);
    assert_eq!(world.telegram.toast(&press).await.text, "Now at 1:10.");
    let answers = world.telegram.state().sent.iter().filter(|sent| sent.replies_to == Some(asked)).count();
    assert_eq!(answers, 1, "a command is not run again after a restart");
}

#[tokio::test]
async fn a_deleted_card_comes_again_when_somebody_wants_it() {
    let world = World::new().await;
    let card = world.watches(&club(), &ANA, SINTEL).await;
    world.telegram.deletes(&card);
    let answer = world.telegram.hears(&club(), &BEN, &format!("/watch {LAUNDROMAT}")).await;
    assert_eq!(answer, "Queued as number 1: Cosmos Laundromat (12:10).");
    let new = world.card(&club(), "Next is Cosmos Laundromat, 1 in the queue.").await;
    assert_ne!(new.id, card.id);
}

#[tokio::test]
async fn a_group_is_left_in_peace_and_a_private_chat_is_not() {
    let world = World::new().await;
    let telegram = &world.telegram;
    for text in ["/dance", "/start", "hello", "https://films.example/sintel.mp4", "/pause@other_bot", "/"] {
        telegram.says(&club(), &ANA, text);
    }
    // What comes behind them in the chat is answered after them.
    telegram.hears(&club(), &ANA, "/help").await;
    assert_eq!(telegram.state().sent.len(), 1);
    let answer = telegram.hears(&club(), &ANA, &format!("/dance@{BOT}")).await;
    assert_eq!(answer, "There is no command /dance. Look at /help.");

    let alone = Chat::private(&ANA);
    assert_eq!(telegram.hears(&alone, &ANA, "/dance").await, "There is no command /dance. Look at /help.");
    let answer = telegram.hears(&alone, &ANA, "hello").await;
    assert_eq!(answer, "Send me a link to watch it together, or /help to see all commands.");
    assert!(telegram.hears(&alone, &ANA, "/start").await.starts_with("Send me a link, and I make a room"));
    telegram.says(&alone, &ANA, SINTEL);
    assert!(world.card(&alone, "Starts when").await.text.starts_with("Sintel\n"));
}

#[tokio::test]
async fn an_invite_makes_a_private_chat_the_remote_control() {
    let world = World::new().await;
    world.watches(&club(), &ANA, SINTEL).await;
    let invite = world.view(&club()).await.invite.clone();
    let alone = Chat::private(&BEN);
    let answer = world.telegram.hears(&alone, &BEN, &format!("/start {invite}")).await;
    assert_eq!(answer, "You are invited to Friday film club.");
    assert_eq!(world.telegram.hears(&alone, &BEN, "/seek 3:00").await, "Now at 3:00.");
    assert_eq!(world.view(&club()).await.playback.position, Millis::seconds(180));
    let answer = world.telegram.hears(&alone, &BEN, "/start AAAAAAAAAAAAAAAA").await;
    assert_eq!(answer, "This invite link does not work any more. Ask for a new one.");
}

#[tokio::test]
async fn an_invite_in_a_group_of_ones_own_makes_nobody_a_co_host() {
    let world = World::new().await;
    world.watches(&club(), &ANA, SINTEL).await;
    let invite = world.view(&club()).await.invite.clone();
    let own = Chat::group(-666, "Mallory's");
    world.telegram.makes_admin(&own, &BEN);
    let answer = world.telegram.hears(&own, &BEN, &format!("/start@{BOT} {invite}")).await;
    assert_eq!(answer, "You are invited to Friday film club.");
    let answer = world.telegram.hears(&own, &BEN, "/seek 3:00").await;
    assert!(answer.starts_with("Nothing is on in this chat yet."), "{answer}");
    assert_eq!(world.view(&club()).await.playback.position, Millis::ZERO);
}

#[tokio::test]
async fn each_topic_of_a_forum_has_a_room_of_its_own() {
    let world = World::new().await;
    let forum = Chat::supergroup(-1_000_500, "Cinema");
    let (films, series) = (forum.topic(4), forum.topic(9));
    world.watches(&films, &ANA, SINTEL).await;
    let card = world.watches(&series, &ANA, LAUNDROMAT).await;
    assert!(card.text.starts_with("Cosmos Laundromat\n"), "{}", card.text);
    let answer = world.telegram.hears(&films, &BEN, "/queue").await;
    assert!(answer.starts_with("Now playing Sintel."), "{answer}");
    let press = world.telegram.presses(&card, "+10 s", &BEN);
    assert_eq!(world.telegram.toast(&press).await.text, "Now at 0:10.");
}

#[tokio::test]
async fn a_group_that_grows_keeps_its_room() {
    let world = World::new().await;
    world.watches(&club(), &ANA, SINTEL).await;
    let room = world.room(&club()).await;
    let grown = Chat::supergroup(-1_000_100, "Friday film club");
    world.telegram.migrates(&club(), &grown);
    let card = world.card(&grown, "Sintel").await;
    assert_eq!(world.room(&grown).await, room);
    let press = world.telegram.presses(&card, "Skip", &ANA);
    assert!(world.telegram.toast(&press).await.text.starts_with("That was the last one."));
}

#[tokio::test]
async fn administrators_come_as_co_hosts_and_others_as_guests() {
    let world = World::new().await;
    let (telegram, club) = (&world.telegram, club());
    telegram.makes_admin(&club, &BEN);
    // A room in which guests only look on.
    let new = NewRoom { preset: Preset::Hosts, ..NewRoom::default() };
    let room = world.engine.rooms.create(&cleo(), new).await.unwrap().id;
    let place = PlaceId { platform: Platform::Telegram, chat: club.id, topic: None };
    world.engine.places.tie(place, room).await.unwrap();
    world.engine.intake.queue(room, &cleo(), SINTEL, Spot::End).await.unwrap();

    let answer = telegram.hears(&club, &ANA, "/seek 1:00").await;
    assert_eq!(answer, "Only Cleo and co-hosts may seek here. Ask them.");
    assert_eq!(telegram.hears(&club, &BEN, "/seek 2:00").await, "Now at 2:00.");
    let asked = telegram.says_as_the_group(&club, "/seek 3:00");
    assert_eq!(telegram.answer_to(&club, asked).await, "Now at 3:00.");
    let recent = world.engine.rooms.listen(room).await.unwrap().recent;
    let by: Vec<&str> = recent.iter().filter_map(|event| event.by.as_ref()).map(|who| &*who.name).collect();
    assert!(by.ends_with(&["Ben", "Friday film club"]), "{by:?}");
}

#[tokio::test]
async fn a_server_without_a_public_name_puts_its_link_into_the_text() {
    let world = World::at("http://localhost:8080").await;
    let card = world.watches(&club(), &ANA, SINTEL).await;
    assert!(card.links().is_empty());
    let view = world.view(&club()).await;
    assert!(card.text.ends_with(&format!("\nOpen the room: http://localhost:8080/j/{}", view.invite)), "{}", card.text);
}

#[tokio::test]
async fn who_writes_faster_than_telegram_allows_is_answered_a_little_later() {
    let world = World::new().await;
    world.telegram.is_strict();
    let asked = [1, 2, 3].map(|_| world.telegram.says(&club(), &ANA, "/help"));
    for message in asked {
        world.telegram.answer_to(&club(), message).await;
    }
    assert!(world.telegram.state().floods > 0, "Telegram never asked to wait");
}

#[tokio::test]
async fn a_lost_connection_comes_back_by_itself() {
    let world = World::new().await;
    world.telegram.hears(&club(), &ANA, "/help").await;
    world.telegram.goes_down();
    // Wakes the poll that is under way.
    let asked = world.telegram.says(&club(), &ANA, "/help");
    world.telegram.tried_in_vain().await;
    world.telegram.comes_back();
    world.telegram.answer_to(&club(), asked).await;
}

#[tokio::test]
async fn a_webhook_left_over_is_taken_away() {
    let telegram = FakeTelegram::start().await;
    telegram.has_webhook("https://elsewhere.example/hook");
    let world = World::with(telegram, MemoryStore::new(), "https://couch.example", TOKEN);
    world.telegram.hears(&club(), &ANA, "/help").await;
    assert_eq!(world.telegram.state().webhook, None);
}

#[tokio::test]
async fn a_wrong_token_is_said_and_stops_nobody_else() {
    let telegram = FakeTelegram::start().await;
    let world = World::with(telegram, MemoryStore::new(), "https://couch.example", "1:wrong");
    let error = tokio::time::timeout(Duration::from_secs(5), world.bot).await.unwrap().unwrap().unwrap_err();
    assert!(matches!(error, TelegramError::Token));
    assert!(error.to_string().contains("telegram.token") && !error.to_string().contains("wrong"), "{error}");
    let place = PlaceId { platform: Platform::Telegram, chat: 1, topic: None };
    let no = world.engine.room_of(&place).await.unwrap_err();
    assert!(matches!(no, engine::refusal::No::Refusal(refusal) if refusal.code == Code::NoRoomHere));
}

#[tokio::test]
async fn a_stop_is_quick_and_confirms_what_was_answered() {
    let world = World::new().await;
    world.telegram.hears(&club(), &ANA, "/help").await;
    let (telegram, ..) = world.stops().await;
    let state = telegram.state();
    assert!(state.confirmed > 0);
}
