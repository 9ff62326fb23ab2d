//! One couch: what is done through one door is seen through all the others. `lines` is what people write, `opentogethertube` a client of another API,
//! `everybody` all of them at once.

mod everybody;
mod lines;
mod opentogethertube;

use engine::{
    command::Command,
    ids::RoomId,
    records::{PlaceId, Platform},
    room::Changes,
};
use onecouch::config::Secret;
use serde_json::{Value, json};

use crate::{
    fake_discord::{self, APPLICATION, Channel, FakeDiscord},
    fake_telegram::{self, Chat, FakeTelegram},
    viewer::Viewer,
    world::{Caller, World, in_room},
};

const FILM_CLUB: Channel = Channel::text(1_200_000_000_000_000_001, "film-club");
const ANA: fake_discord::User = fake_discord::User::member(1_100_000_000_000_000_001, "Ana");
const BORIS: fake_telegram::User = fake_telegram::User { id: 8, name: "Boris" };

/// Who manages the group on Telegram.
const CHIEF: fake_telegram::User = fake_telegram::User { id: 9, name: "Chief" };

/// A server with both bots, and a group on Telegram.
struct Stage {
    world: World,
    discord: FakeDiscord,
    telegram: FakeTelegram,
    chat: Chat,
}

impl Stage {
    async fn opens() -> Self {
        let (discord, telegram) = (FakeDiscord::start().await, FakeTelegram::start().await);
        let chat = Chat::group(-100_500, "Film club");
        telegram.makes_admin(&chat, &CHIEF);
        let (discord_url, telegram_url) = (discord.url(), telegram.url.clone());
        let world = World::start_with(|config| {
            config.discord.token = Some(Secret::new(fake_discord::TOKEN));
            config.discord.application_id = Some(APPLICATION);
            config.discord.api_url = Some(discord_url);
            config.telegram.token = Some(Secret::new(fake_telegram::TOKEN));
            config.telegram.api_url = Some(telegram_url);
        })
        .await;
        discord.identified().await;
        Self { world, discord, telegram, chat }
    }

    /// The room of the channel on Discord is that of the group too, and somebody's browser and program are in it.
    async fn with(self, room: RoomId) -> Couch {
        let Self { world, discord, telegram, chat } = self;
        let group = PlaceId { platform: Platform::Telegram, chat: chat.id, topic: None };
        world.engine().places.tie(group, room).await.unwrap();
        let program = world.bot();
        let room = program.get(&format!("/api/v1/rooms/{room}")).await.ok();
        let viewer = Viewer::open(&world, &room, &program).await;
        Couch { world, discord, telegram, chat, room, viewer, program }
    }
}

/// The place of the channel on Discord.
fn channel() -> PlaceId {
    PlaceId { platform: Platform::Discord, chat: i64::try_from(FILM_CLUB.id).unwrap(), topic: None }
}

/// A room with a place in Discord, one in Telegram, somebody's browser and somebody's program.
struct Couch {
    world: World,
    discord: FakeDiscord,
    telegram: FakeTelegram,
    chat: Chat,
    room: Value,
    viewer: Viewer,
    program: Caller,
}

impl Couch {
    /// A film of a minute is on, and stands at its start.
    async fn with_a_film_that_stands() -> Self {
        Box::pin(Self::with_a_film()).await
    }

    async fn with_a_film() -> Self {
        let stage = Stage::opens().await;
        stage.discord.asks(FILM_CLUB, ANA, &format!("/watch link:{}", stage.world.link("/files/demo.mp4"))).await;
        let room = stage.world.engine().room_of(&channel()).await.unwrap();
        let couch = stage.with(room).await;
        couch.stands_at_its_start().await;
        couch
    }

    /// Somebody pauses the film before it began.
    async fn stands_at_its_start(&self) {
        self.telegram.hears(&self.chat, &BORIS, "/pause").await;
        self.telegram.says(&self.chat, &BORIS, "/now");
        self.telegram.message_in(&self.chat, |sent| sent.text.contains("Paused at 0:00 of 1:00")).await;
    }

    /// Everybody sees the film stand there, and the browser hears who did it.
    async fn all_see_it_stand_at(&mut self, seconds: i64, name: &str, door: &str) {
        let event = self.viewer.hears_playback("seek").await;
        assert_eq!(event["playback"]["position_ms"], seconds * 1_000);
        assert_eq!((&event["by"]["name"], &event["by"]["door"]), (&json!(name), &json!(door)));
        let playback = self.program.get(&in_room(&self.room, "/playback")).await.ok();
        assert_eq!((&playback["now_ms"], &playback["playing"]), (&json!(seconds * 1_000), &json!(false)));
        let stands = format!("at 0:{seconds:02}");
        self.discord.card_in(FILM_CLUB, |card| card.text().contains(&format!("**Paused** {stands}"))).await;
        self.telegram.message_in(&self.chat, |sent| sent.text.contains(&format!("Paused {stands}"))).await;
    }

    async fn ends(mut self) {
        self.world.stop().await;
    }
}

#[tokio::test]
async fn a_seek_in_discord_is_seen_everywhere() {
    let mut couch = Couch::with_a_film_that_stands().await;
    let answer = couch.discord.asks(FILM_CLUB, ANA, "/seek time:0:11").await;
    assert!(answer.text().contains("0:11"), "{}", answer.text());
    couch.all_see_it_stand_at(11, "Ana", "discord").await;
    couch.ends().await;
}

#[tokio::test]
async fn a_seek_in_telegram_is_seen_everywhere() {
    let mut couch = Couch::with_a_film_that_stands().await;
    couch.telegram.hears(&couch.chat, &BORIS, "/seek 0:12").await;
    couch.all_see_it_stand_at(12, "Boris", "telegram").await;
    couch.ends().await;
}

#[tokio::test]
async fn a_seek_over_the_socket_is_seen_everywhere() {
    let mut couch = Couch::with_a_film_that_stands().await;
    couch.viewer.does(json!({ "do": "seek", "position_ms": 13_000 })).await;
    couch.all_see_it_stand_at(13, "bootstrap", "api").await;
    couch.ends().await;
}

#[tokio::test]
async fn a_seek_typed_into_the_chat_box_is_seen_everywhere() {
    let mut couch = Couch::with_a_film_that_stands().await;
    couch.viewer.says("/seek 0:14").await;
    couch.all_see_it_stand_at(14, "bootstrap", "api").await;
    couch.ends().await;
}

#[tokio::test]
async fn a_seek_over_rest_is_seen_everywhere() {
    let mut couch = Couch::with_a_film_that_stands().await;
    couch.program.post(&in_room(&couch.room, "/playback/seek"), json!({ "to": "0:15" })).await.ok();
    couch.all_see_it_stand_at(15, "bootstrap", "api").await;
    couch.ends().await;
}

#[tokio::test]
async fn after_a_restart_the_cards_still_follow_and_the_buttons_still_work() {
    let mut couch = Couch::with_a_film_that_stands().await;
    couch.world.restart().await;
    couch.discord.identified().await;
    couch.program = couch.world.bot();
    couch.viewer = Viewer::open(&couch.world, &couch.room, &couch.program).await;
    let card = couch.discord.card_in(FILM_CLUB, |card| card.text().contains("Paused")).await;
    couch.discord.presses(FILM_CLUB, &card, "Play", ANA);
    couch.viewer.hears_playback("play").await;
    couch.telegram.message_in(&couch.chat, |sent| sent.text.contains("Playing")).await;
    couch.program.post(&in_room(&couch.room, "/playback/pause"), json!({})).await.ok();
    couch.viewer.hears_playback("pause").await;
    couch.viewer.does(json!({ "do": "seek", "position_ms": 16_000 })).await;
    couch.all_see_it_stand_at(16, "bootstrap", "api").await;
    couch.ends().await;
}
