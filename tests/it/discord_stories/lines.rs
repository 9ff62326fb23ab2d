//! Lines between the chat and its room.

use super::*;
use crate::fake_discord::Post;

/// What stands last in the room's chat.
async fn last(world: &World, text: &str) {
    until(|| async {
        let room = world.room(FILM_CLUB).await;
        room.chat.back().is_some_and(|line| format!("{line:?}").contains(text))
    })
    .await;
}

#[tokio::test]
async fn what_people_write_goes_to_the_room_and_what_bots_write_does_not() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    world.sets(|settings| settings.lines_in = true).await;
    world.asks(ANA, "/now").await;
    world.discord.says_with(FILM_CLUB, BEN, Post::text("beep").by_bot(77, "Beeper"));
    world.discord.says_with(FILM_CLUB, BEN, Post::text("hook").by_webhook(78, "Hook"));
    world.discord.says_with(FILM_CLUB, BEN, Post::text("joined").of_type(7));
    let said = world.discord.says(FILM_CLUB, BEN, "hey <:party:123> all");
    last(&world, "hey :party: all").await;
    let room = world.room(FILM_CLUB).await;
    let all = format!("{:?}", room.chat);
    for other in ["beep", "hook", "joined"] {
        assert!(!all.contains(other), "{all}");
    }
    world.discord.corrects(said, "hello all");
    last(&world, "hello all").await;
    world.discord.unsays(said);
    until(|| async { !format!("{:?}", world.room(FILM_CLUB).await.chat).contains("hello all") }).await;
}

#[tokio::test]
async fn what_is_said_in_the_room_stands_in_the_chat_harmless_and_in_the_partys_thread() {
    let world = World::new().await;
    let card = world.watches(ANA, SINTEL).await;
    world.sets(|settings| settings.lines_out = true).await;
    world.asks(ANA, "/now").await;
    world.says_in_a_browser("@everyone **look** https://evil.example").await;
    let line = world.discord.message_in(FILM_CLUB, |message| message.text().starts_with("**Vera**")).await;
    assert!(line.without_previews());
    for trick in ["@everyone", " **look", "https://evil"] {
        assert!(!line.text().contains(trick), "{}", line.text());
    }
    // A thread from now on.
    let thread = Channel::thread(1_200_000_000_000_000_030, "party");
    world.discord.has_channel(thread);
    world.sets(|settings| settings.thread = i64::try_from(thread.id).ok()).await;
    world.says_in_a_browser("in here").await;
    world.discord.message_in(thread, |message| message.text().contains("in here")).await;
    assert!(world.discord.messages(FILM_CLUB).iter().all(|message| !message.text().contains("in here")));
    world.discord.deletes_channel(thread);
    world.says_in_a_browser("where are you").await;
    world.discord.message_in(FILM_CLUB, |message| message.text().contains("where are you")).await;
    assert!(!world.discord.message(card.id).deleted);
}

#[tokio::test]
async fn where_discord_lets_nobody_read_who_wants_lines_is_told_what_to_click() {
    let discord = FakeDiscord::start().await;
    discord.grants_message_content(false);
    let world = World::on(discord).await;
    world.watches(ANA, SINTEL).await;
    for setting in ["chat_in", "bridge"] {
        let answer = world.asks(MOD, &format!("/settings setting:{setting} value:on")).await;
        let text = answer.text().replace('\\', "");
        assert!(text.starts_with(&format!("{setting}: on\n")), "{text}");
        assert!(text.contains("“Message Content Intent” for the bot in Discord’s developer portal"), "{text}");
    }
    let answer = world.asks(MOD, "/settings setting:chat_out value:on").await;
    assert!(!answer.text().contains("Intent"), "what comes here needs nothing: {}", answer.text());
    let reading = World::new().await;
    reading.watches(ANA, SINTEL).await;
    let answer = reading.asks(MOD, "/settings setting:chat_in value:on").await;
    assert!(!answer.text().contains("Intent"), "{}", answer.text());
}

#[tokio::test]
async fn only_who_manages_the_chat_says_where_its_lines_go() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    let answer = world.asks(BEN, "/settings setting:bridge value:on").await;
    assert!(answer.message().ephemeral() && answer.text().contains("Only who manages this chat"), "{}", answer.text());
    let known = || async { world.engine.places.get(&place(FILM_CLUB)).await.unwrap().unwrap().settings };
    assert!(!known().await.lines_in && !known().await.lines_out);
    world.asks(MOD, "/settings setting:bridge value:on").await;
    assert!(known().await.lines_in && known().await.lines_out);
}
