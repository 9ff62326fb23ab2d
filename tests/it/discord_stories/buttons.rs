//! What is pressed, chosen and filled in.

use super::*;

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
    world.discord.asks(THREAD, BEN, &format!("/watch link:{LAUNDROMAT}")).await;
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
    world.asks(ANA, "/seek time:2:00").await;
    let world = world.restart().await;
    let pressed = world.discord.presses(FILM_CLUB, &card, "Play", BEN);
    assert_eq!(world.discord.answer_to(pressed).await.first, 6);
    let room = world.room(FILM_CLUB).await;
    assert!(room.playback.playing && room.playback.position >= Millis::seconds(120));
    assert_eq!(world.card("**Playing**").await.id, card.id, "the card of before is still the card");
}

#[tokio::test]
async fn a_question_is_for_one_and_goes_away_with_its_answer_also_after_a_restart() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    world.asks(ANA, &format!("/queue add link:{LAUNDROMAT}")).await;
    let question = world.asks(ANA, "/queue clear").await;
    assert!(question.message().ephemeral());
    assert_eq!(question.message().labels(), ["Empty the queue", "Cancel"]);
    let answer = world.presses(question.message(), "Cancel", ANA).await;
    assert_eq!((answer.first, answer.message().labels().len()), (7, 0), "the question itself says so");
    assert_eq!(world.room(FILM_CLUB).await.queue.len(), 1);
    let question = world.asks(ANA, "/queue clear").await;
    let world = world.restart().await;
    let answer = world.presses(question.message(), "Empty the queue", ANA).await;
    assert_eq!((answer.first, answer.message().labels().len()), (7, 0));
    assert!(answer.text().contains("empty"), "{}", answer.text());
    assert!(world.room(FILM_CLUB).await.queue.is_empty());
}

#[tokio::test]
async fn what_is_chosen_below_the_queue_plays() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    world.asks(ANA, &format!("/queue add link:{LAUNDROMAT}")).await;
    let list = world.asks(ANA, "/queue list").await;
    let menus = list.message().menus();
    let label = menus[0]["options"][0]["label"].as_str().unwrap().to_owned();
    assert!(label.contains("Cosmos Laundromat"), "{label}");
    let world = world.restart().await;
    let chosen = world.discord.chooses(FILM_CLUB, list.message(), "", &[&label], BEN);
    let answer = world.discord.answer_to(chosen).await;
    assert!(matches!(answer.first, 4 | 6), "{answer:?}");
    let room = world.room(FILM_CLUB).await;
    assert_eq!(room.current.as_ref().unwrap().media.title.as_deref(), Some("Cosmos Laundromat"));
}

#[tokio::test]
async fn the_queue_comes_as_a_file_to_the_one_who_wants_it() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    let asked = world.discord.types(FILM_CLUB, ANA, "/queue export form:links").await;
    let answer = world.discord.answer_to(asked).await;
    assert!(answer.message().ephemeral());
    let calls = world.discord.calls("POST", &format!("interactions/{}", asked.id()));
    assert_eq!(calls[0].body["data"]["attachments"][0]["filename"], "onecouch-queue.txt");
}
