//! Discord and Telegram, away and back, through the real client libraries.

use std::{sync::Arc, time::Duration};

use bots::{
    Core,
    discord::{self, DiscordSettings},
    telegram::{self, TelegramSettings},
};
use engine::{
    Engine, Settings,
    command::{Actor, Command, Deed, SeekTo},
    event::Door,
    ids::{Entropy, PersonId, RoomId},
    memory::MemoryStore,
    records::{PlaceId, Platform},
    room::Role,
    rooms::NewRoom,
    table::Table,
    time::{Clock, Millis},
};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    fake_discord::{APPLICATION, Channel, FakeDiscord, TOKEN as DISCORD_TOKEN, User as Member},
    fake_telegram::{Chat, FakeTelegram, TOKEN as TELEGRAM_TOKEN, User},
};

const SINTEL: &str = "https://films.example/sintel.mp4";
const CHANNEL: Channel = Channel::text(1_200_000_000_000_000_001, "film-club");
const MAYA: Member = Member::member(1_100_000_000_000_000_001, "Maya");
const BEN: User = User { id: 7, name: "Ben" };
/// How long the client libraries may take to notice that a platform is back: the slowest rests for ten seconds.
const BACK: Duration = Duration::from_secs(40);

fn group() -> Chat {
    Chat::supergroup(-1_001_000_000_001, "Film club")
}

/// A room with a chat on each platform, in which everything is told.
struct Couch {
    discord: FakeDiscord,
    telegram: FakeTelegram,
    engine: Engine,
    room: RoomId,
    stop: CancellationToken,
}

impl Couch {
    async fn new() -> Self {
        let (discord, telegram) = (FakeDiscord::start().await, FakeTelegram::start().await);
        let table = Table::default().video(SINTEL, "Sintel", Millis::seconds(888));
        let engine = Engine::new(Arc::new(MemoryStore::new()), Arc::new(table), Clock::start(), &Settings::default());
        let room = engine.rooms.create(&cleo(), NewRoom::titled(Some("Film night".into()))).await.unwrap().id;
        let on_discord = PlaceId { platform: Platform::Discord, chat: i64::try_from(CHANNEL.id).unwrap(), topic: None };
        let on_telegram = PlaceId { platform: Platform::Telegram, chat: group().id, topic: None };
        for place in [&on_discord, &on_telegram] {
            engine.places.tie(place.clone(), room).await.unwrap();
            let tell = |set: &mut engine::records::PlaceSettings| (set.notices, set.lines_out) = (true, true);
            engine.places.change(place, tell).await.unwrap();
        }
        // They are there when the bots start: what was bridged before a restart is taken up.
        let core = Core::new(engine.clone(), Url::parse("https://couch.example").unwrap());
        let stop = CancellationToken::new();
        let settings = DiscordSettings {
            token: DISCORD_TOKEN.to_owned(),
            application_id: Some(APPLICATION),
            api_url: Some(discord.url()),
            activity: false,
        };
        tokio::spawn(discord::run(core.clone(), settings, stop.clone()));
        let settings = TelegramSettings {
            token: TELEGRAM_TOKEN.to_owned(),
            api_url: Some(telegram.url.clone()),
            mini_app: None,
            webhook: None,
        };
        tokio::spawn(telegram::run(core, settings, stop.clone()));
        discord.identified().await;
        discord.asks(CHANNEL, MAYA, &format!("/watch link:{SINTEL}")).await;
        telegram.says(&group(), &BEN, "/now");
        telegram.message_in(&group(), |sent| sent.text.contains("Sintel")).await;
        let couch = Self { discord, telegram, engine, room, stop };
        couch.does(Deed::Pause).await;
        couch.seeks(1).await;
        couch.discord.card_in(CHANNEL, |card| card.text().contains("at 0:01")).await;
        couch
    }

    /// Somebody does something in the room's own page, and never waits for a platform.
    async fn does(&self, command: impl Into<Command>) {
        let done = self.engine.rooms.command(self.room, cleo(), command.into());
        timeout(Duration::from_secs(1), done).await.expect("the room waited for a platform").unwrap();
    }

    async fn seeks(&self, second: i64) {
        self.does(Deed::Seek { to: SeekTo::At(Millis::seconds(second)) }).await;
    }

    async fn says(&self, text: &str) {
        self.does(Command::Say { id: Entropy.message(), text: text.to_owned() }).await;
    }

    /// Much happens, of which a card shows the last.
    async fn changes(&self) {
        for second in 10..40 {
            self.seeks(second).await;
        }
        self.says("said meanwhile").await;
        self.seeks(444).await;
    }

    async fn ends(self) {
        self.stop.cancel();
        self.engine.rooms.shutdown().await;
    }
}

fn cleo() -> Actor {
    Actor {
        person: PersonId(uuid::Uuid::from_u128(77)),
        name: "Cleo".into(),
        door: Door::Viewer,
        connection: None,
        granted: Some(Role::Host),
        registered: false,
    }
}

/// Looks until it is so: for longer than the fakes wait.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + BACK;
    while !is_so() {
        assert!(Instant::now() < end, "never {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// How many messages hold this text.
fn on_discord(couch: &Couch, text: &str) -> usize {
    couch.discord.messages(CHANNEL).iter().filter(|message| message.text().contains(text)).count()
}

fn on_telegram(couch: &Couch, text: &str) -> usize {
    couch.telegram.messages(&group()).iter().filter(|sent| sent.text.contains(text)).count()
}

#[tokio::test]
async fn a_discord_that_is_gone_for_a_while_hears_the_rest_once_and_sees_the_last_state() {
    let couch = Couch::new().await;
    couch.discord.goes_down();
    couch.changes().await;
    couch.discord.tried_in_vain(3).await;
    // The other platform is told meanwhile.
    until("told on Telegram", || on_telegram(&couch, "said meanwhile") == 1).await;
    assert_eq!(on_discord(&couch, "said meanwhile"), 0);

    couch.discord.comes_back();
    until("told on Discord", || on_discord(&couch, "said meanwhile") == 1).await;
    until("shown on the card", || on_discord(&couch, "at 7:24") >= 1).await;
    // Whoever asks is answered by the same gateway, and nothing comes a second time.
    couch.discord.asks(CHANNEL, MAYA, "/now").await;
    assert_eq!(on_discord(&couch, "said meanwhile"), 1);
    for step in ["at 0:15", "at 0:30"] {
        assert_eq!(on_discord(&couch, step), 0, "steps that nobody needs to know were shown: {step}");
    }
    couch.ends().await;
}

#[tokio::test]
async fn a_telegram_that_refuses_connections_then_fails_then_asks_to_wait_is_told_everything_once() {
    let couch = Couch::new().await;
    couch.telegram.goes_down();
    couch.changes().await;
    couch.telegram.says(&group(), &BEN, "/help");
    couch.telegram.tried_in_vain().await;
    until("told on Discord", || on_discord(&couch, "said meanwhile") == 1).await;
    couch.telegram.fails_with(502);
    couch.telegram.tried_in_vain().await;
    couch.telegram.comes_back();
    // Whoever writes there before those seconds are over fails the story.
    couch.telegram.refuses_next(&group(), 2);

    until("told on Telegram", || on_telegram(&couch, "said meanwhile") == 1).await;
    until("shown on the card", || on_telegram(&couch, "7:24") >= 1).await;
    couch.says("said afterwards").await;
    until("told afterwards", || on_telegram(&couch, "said afterwards") == 1).await;
    assert_eq!(on_telegram(&couch, "said meanwhile"), 1);
    couch.ends().await;
}
