//! What a chat is told of what people do in its room: once, and not what stands there already.

use super::*;

/// A film club that is told what happens; nothing was told yet.
async fn telling() -> (World, Message) {
    let world = World::new().await;
    let card = world.watches(ANA, SINTEL).await;
    let answer = world.asks(MOD, "/settings setting:notices value:on").await;
    assert!(answer.text().contains("notices: on"), "{}", answer.text());
    (world, card)
}

/// Waits for this notice, which stands there once.
async fn told(world: &World, notice: &str) {
    world.discord.message_in(FILM_CLUB, |message| message.text().contains(notice)).await;
    assert_eq!(times(world, notice), 1, "{notice}");
}

fn times(world: &World, text: &str) -> usize {
    let all = world.discord.messages(FILM_CLUB);
    all.iter().map(|message| message.text().matches(text).count()).sum()
}

#[tokio::test]
async fn what_is_done_elsewhere_is_told_and_what_is_typed_here_is_not_told_twice() {
    let (world, _) = telling().await;
    world.asks(BEN, "/seek time:1:00").await;
    world.asks(ANA, &format!("/queue add link:{LAUNDROMAT}")).await;
    world.does_in_a_browser(Deed::PLAY).await;
    told(&world, "Vera plays on from 1:00.").await;
    for name in ["Ben", "Ana"] {
        assert_eq!(times(&world, &format!("{name} ")), 0, "{:?}", world.discord.messages(FILM_CLUB));
    }
}

#[tokio::test]
async fn what_is_pressed_on_the_card_is_told_because_no_answer_stands_there() {
    let (world, card) = telling().await;
    world.presses(&card, "Play", BEN).await;
    told(&world, "Ben plays on from 0:00.").await;
}

#[tokio::test]
async fn what_somebody_was_asked_about_alone_is_told_to_the_others() {
    let (world, _) = telling().await;
    world.asks(ANA, &format!("/queue add link:{LAUNDROMAT}")).await;
    let question = world.asks(MOD, "/queue clear").await;
    assert!(question.message().ephemeral());
    world.presses(question.message(), "Empty the queue", MOD).await;
    assert!(world.room(FILM_CLUB).await.queue.is_empty());
    told(&world, "Mod emptied the queue").await;
}

#[tokio::test]
async fn who_only_looks_is_not_taken_for_who_did_it() {
    let (world, card) = telling().await;
    for line in ["/now", "/queue list", "/who", "/help", "/mode", "/vote"] {
        world.asks(BEN, line).await;
    }
    world.presses(&card, "Play", BEN).await;
    told(&world, "Ben plays on from 0:00.").await;
}
