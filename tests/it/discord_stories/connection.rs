//! The connection: how it comes about, breaks and ends.

use super::*;

#[tokio::test]
async fn a_bot_that_is_sent_to_another_gateway_comes_back_and_goes_on() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    world.discord.reconnect();
    world.discord.resumed().await;
    let answer = world.asks(BEN, "/seek time:0:10").await;
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
    for (code, error) in [(4004, DiscordError::BadToken), (4013, DiscordError::RefusedIntents)] {
        let discord = FakeDiscord::start().await;
        discord.refuse(code);
        let (_core, _stop, bot) = start(&discord, &MemoryStore::new());
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

#[tokio::test]
async fn a_bot_that_may_not_read_messages_comes_without_and_says_so() {
    let discord = FakeDiscord::start().await;
    discord.grants_message_content(false);
    let world = World::on(discord).await;
    let intents = world.discord.identity()["intents"].as_u64().unwrap();
    assert_eq!(intents & (1 << 15), 0);
    assert!(!world.core.reads(Platform::Discord));
    world.watches(ANA, SINTEL).await;
    let reading = World::new().await;
    reading.watches(ANA, SINTEL).await;
    assert!(reading.core.reads(Platform::Discord));
}

#[tokio::test]
async fn discord_may_be_down_for_a_while_and_nobody_else_waits() {
    let world = World::new().await;
    let card = world.watches(ANA, SINTEL).await;
    world.discord.goes_down();
    let person = world.engine.people.guest("Vera").await.unwrap().person;
    let vera = Caller { granted: Some(Role::Guest), ..Caller::new(person) }.actor(Door::Viewer);
    let room = place(FILM_CLUB);
    let room = world.engine.room_of(&room).await.unwrap();
    let played = world.engine.rooms.command(room, vera, Deed::PLAY.into());
    tokio::time::timeout(Duration::from_secs(1), played).await.unwrap().unwrap();
    world.discord.tried_in_vain(1).await;
    world.discord.comes_back();
    assert_eq!(world.card("**Playing**").await.id, card.id);
}

#[tokio::test]
async fn a_channel_that_is_deleted_has_no_room_any_more() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    world.discord.asks(THREAD, BEN, &format!("/watch link:{LAUNDROMAT}")).await;
    let other = Channel::text(1_200_000_000_000_000_009, "elsewhere");
    world.discord.asks(other, BEN, &format!("/watch link:{LAUNDROMAT}")).await;
    for gone in [FILM_CLUB, THREAD] {
        world.discord.deletes_channel(gone);
        until(|| async { world.engine.places.get(&place(gone)).await.unwrap().is_none() }).await;
    }
    assert!(world.engine.places.get(&place(other)).await.unwrap().is_some(), "the others stay");
    world.discord.guild_fails(GUILD);
    world.asks(ANA, "/now").await;
    assert!(world.engine.places.get(&place(other)).await.unwrap().is_some(), "a guild that fails is there still");
    world.discord.removes_bot(GUILD);
    until(|| async { world.engine.places.get(&place(other)).await.unwrap().is_none() }).await;
}
