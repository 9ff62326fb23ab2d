//! Everybody reads their own language; a card and what is told to all are in that of the place.

use bots::{Locale, say};

use super::*;

const JONAS: User = User::member(1_100_000_000_000_000_005, "Jonas").speaking("de");

#[tokio::test]
async fn a_german_reads_a_german_no_while_the_card_stays_as_it_is() {
    let world = World::new().await;
    let nothing = world.asks(JONAS, "/pause").await;
    assert!(nothing.message().ephemeral());
    let no = Refusal::new(engine::refusal::Code::NoRoomHere);
    let german = bots::words::refusal(Locale::German, &no);
    assert_ne!(german, bots::words::refusal(Locale::English, &no));
    assert_eq!(nothing.text(), german);

    let card = world.watches(ANA, SINTEL).await;
    let answer = world.asks(JONAS, "/play").await;
    assert_eq!(answer.text(), say!(Locale::German, "playing-from", at = "0:00"), "his answer is his");
    let playing = world.card("**Playing** for nobody yet").await;
    assert_eq!((playing.id, playing.labels()[0]), (card.id, "Pause"));

    let hint = world.asks(JONAS, "/seek time:bald").await;
    assert!(hint.message().ephemeral() && hint.text().starts_with("bald ist"), "{}", hint.text());
    // Also what is pressed on an English card.
    let answer = world.presses(&playing, "Queue", JONAS).await;
    let first = say!(Locale::German, "now-playing", title = "Sintel");
    assert!(answer.message().ephemeral() && answer.text().starts_with(&first), "{}", answer.text());
    world.asks(JONAS, "/skip").await;
    world.card("**Nothing** is on").await;
}

#[tokio::test]
async fn a_chat_that_is_set_to_german_has_a_german_card_whoever_asks() {
    for v2 in [true, false] {
        let discord = FakeDiscord::start().await;
        if !v2 {
            discord.refuses_v2();
        }
        let world = World::on(discord).await;
        let card = world.watches(ANA, SINTEL).await;
        assert_eq!(card.is_v2(), v2);
        let answer = world.asks(MOD, "/settings setting:language value:Deutsch").await;
        assert_eq!(answer.text(), "language: Deutsch", "who asks reads English");
        let words = |id: &str| bots::words::say(Locale::German, id, &[]);
        let status = say!(Locale::German, "card-starts", when = words("until-viewer"));
        let (first, rest) = status.split_once(' ').unwrap();
        let german = world.card(&format!("**{first}** {rest}")).await;
        assert_eq!((german.id, german.is_v2()), (card.id, v2));
        let added = say!(Locale::German, "card-added-by", name = "Ana");
        assert!(german.text().contains(&added), "{}", german.text());
        let labels = ["play", "back10", "forward10", "skip", "queue", "coming", "open"];
        assert_eq!(german.labels(), labels.map(|name| words(&format!("button-{name}"))));
        let answer = world.presses(&german, &words("button-play"), ANA).await;
        assert_eq!(answer.first, 6);
        let playing = say!(Locale::German, "card-playing", people = say!(Locale::German, "people", count = 0_i64));
        let (first, rest) = playing.split_once(' ').unwrap();
        let german = world.card(&format!("**{first}** {rest}")).await;
        assert!(german.text().contains("<t:") && !german.text().contains("ends"), "{}", german.text());
        // It is the place's own, and outlives a restart.
        let world = world.restart().await;
        world.asks(ANA, "/pause").await;
        let paused = say!(Locale::German, "paused", at = "");
        let paused = paused.split_whitespace().next().unwrap_or_default();
        assert_ne!(paused, "Paused");
        world.discord.card_in(FILM_CLUB, |card| card.labels().first() == Some(&words("button-play").as_str())).await;
    }
}

#[tokio::test]
async fn a_german_guild_has_german_cards_from_the_start() {
    let world = World::new().await;
    world.discord.adds_guild(crate::fake_discord::Guild::new(GERMANS, "Sofa").speaking("de"));
    let channel = Channel::text(1_200_000_000_000_000_050, "filmabend").in_guild(GERMANS);
    let answer = world.discord.asks(channel, ANA, &format!("/watch link:{SINTEL}")).await;
    let label = bots::words::say(Locale::German, "button-open", &[]);
    assert_eq!(answer.message().labels().last(), Some(&label.as_str()), "{}", answer.text());
}

const GERMANS: u64 = 900_000_000_000_000_050;
