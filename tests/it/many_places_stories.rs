//! Many chats share a few rooms: the platforms' limits hold in each of them, and all show the same in the end.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

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
    ids::{PersonId, RoomId},
    memory::MemoryStore,
    records::{PlaceId, Platform},
    room::Role,
    rooms::NewRoom,
    table::Table,
    time::{Clock, Millis},
};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    fake_discord::{APPLICATION, Channel, FakeDiscord, TOKEN as DISCORD_TOKEN, User as Member},
    fake_telegram::{Chat, FakeTelegram, TOKEN as TELEGRAM_TOKEN, User},
};

const SINTEL: &str = "https://films.example/sintel.mp4";
/// How many chats there are on each platform, and how many rooms they share.
const CHATS: usize = 50;
const ROOMS: usize = 10;
/// How often each room is changed, and how long all of them take for it.
const ROUNDS: i64 = 12;
const ROUND: Duration = Duration::from_secs(1);

fn channel(number: usize) -> Channel {
    Channel::text(1_200_000_000_000_000_000 + number as u64, "film-club")
}

fn group(number: usize) -> Chat {
    Chat::supergroup(-1_001_000_000_000 - i64::try_from(number).unwrap(), "Film club")
}

/// Somebody in the rooms' own pages, who hosts them.
fn host() -> Actor {
    Actor {
        person: PersonId(uuid::Uuid::from_u128(77)),
        name: "Cleo".into(),
        door: Door::Viewer,
        connection: None,
        granted: Some(Role::Host),
        registered: false,
    }
}

#[tokio::test]
async fn a_hundred_chats_of_ten_rooms_show_the_same_within_what_their_platforms_allow() {
    let (discord, telegram) = (FakeDiscord::start().await, FakeTelegram::start().await);
    let table = Table::default().video(SINTEL, "Sintel", Millis::seconds(888));
    let store = Arc::new(MemoryStore::new());
    let engine = Engine::new(store, Arc::new(table), Clock::start(), &Settings::default());
    let core = Core::new(engine.clone(), Url::parse("https://couch.example").unwrap());
    let stop = CancellationToken::new();
    let settings = DiscordSettings {
        token: DISCORD_TOKEN.to_owned(),
        application_id: Some(APPLICATION),
        api_url: Some(discord.url()),
        activity: false,
    };
    let on_discord = tokio::spawn(discord::run(core.clone(), settings, stop.clone()));
    let settings = TelegramSettings {
        token: TELEGRAM_TOKEN.to_owned(),
        api_url: Some(telegram.url.clone()),
        mini_app: None,
        webhook: None,
    };
    let on_telegram = tokio::spawn(telegram::run(core, settings, stop.clone()));
    discord.identified().await;

    // Each chat is tied to its room, and somebody in each of them asks for a film.
    let mut rooms: Vec<RoomId> = Vec::new();
    for _ in 0..ROOMS {
        rooms.push(engine.rooms.create(&host(), NewRoom::titled(Some("Film night".into()))).await.unwrap().id);
    }
    for number in 0..CHATS {
        let room = rooms[number % ROOMS];
        let chat = i64::try_from(channel(number).id).unwrap();
        engine.places.tie(PlaceId { platform: Platform::Discord, chat, topic: None }, room).await.unwrap();
        let chat = group(number).id;
        engine.places.tie(PlaceId { platform: Platform::Telegram, chat, topic: None }, room).await.unwrap();
        let member = Member::member(1_100_000_000_000_000_000 + number as u64, "Ana");
        discord.asks(channel(number), member, &format!("/watch link:{SINTEL}")).await;
        let user = User { id: 1_000 + i64::try_from(number).unwrap(), name: "Ben" };
        telegram.says(&group(number), &user, &format!("/watch {SINTEL}"));
        telegram.message_in(&group(number), |sent| sent.text.contains("Sintel")).await;
    }

    // The rooms change all the time, and then rest.
    for round in 0..=ROUNDS {
        for room in &rooms {
            let to = SeekTo::At(Millis::seconds(if round == ROUNDS { 444 } else { round }));
            engine.rooms.command(*room, host(), Command::Do(Deed::Pause)).await.unwrap();
            engine.rooms.command(*room, host(), Command::Do(Deed::Seek { to })).await.unwrap();
            tokio::time::sleep(ROUND / u32::try_from(ROOMS).unwrap()).await;
        }
    }
    for number in 0..CHATS {
        discord.card_in(channel(number), |card| card.text().contains("at 7:24")).await;
        telegram.message_in(&group(number), |sent| sent.text.contains("Paused at 7:24")).await;
    }

    for number in 0..CHATS {
        assert!(discord.most_edits_in_flight(channel(number)) <= 1, "two edits at once in channel {number}");
        assert!(telegram.most_edits_in_flight(&group(number)) <= 1, "two edits at once in group {number}");
        let edits = |call: &&crate::fake_telegram::Call| {
            call.method.starts_with("editmessage") && call.request["chat_id"] == group(number).id
        };
        let log = telegram.state().log.clone();
        let times: Vec<_> = log.iter().filter(edits).map(|call| call.at).collect();
        assert!(times.len() <= 10, "{} edits within a minute in group {number}", times.len());
        let hasty = times.windows(2).find(|two| two[1] - two[0] < Duration::from_millis(3_900));
        assert!(hasty.is_none(), "two edits within four seconds in group {number}");
    }
    assert_eq!(discord.refused_calls(), 0, "Discord never had to ask to wait");
    stop.cancel();
    on_discord.await.unwrap().unwrap();
    on_telegram.await.unwrap().unwrap();
    engine.rooms.shutdown().await;
}
