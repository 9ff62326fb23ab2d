//! The line to Telegram: when it breaks, when it asks to wait, when it repeats itself.

use super::*;

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

#[tokio::test]
async fn what_comes_twice_is_done_once() {
    let world = World::new().await;
    world.telegram.hears(&club(), &ANA, "/help").await;
    let asked = world.telegram.says(&club(), &ANA, "/help");
    world.telegram.repeats_last();
    world.telegram.answer_to(&club(), asked).await;
    world.telegram.hears(&club(), &ANA, "/help").await;
    let answers = world.telegram.messages(&club()).iter().filter(|sent| sent.replies_to == Some(asked)).count();
    assert_eq!(answers, 1);
}

#[tokio::test]
async fn while_telegram_asks_to_wait_nothing_is_written_there_and_elsewhere_it_is() {
    let world = World::new().await;
    let attic = Chat::group(-200, "Attic");
    world.watches(&club(), &ANA, SINTEL).await;
    world.telegram.refuses_next(&club(), 3);
    let asked = world.telegram.says(&club(), &ANA, "/help");
    world.telegram.flooded(1).await;
    // A change that the card would show, and another question.
    world.viewer_does(world.room(&club()).await, Command::from(Deed::Skip)).await;
    let also = world.telegram.says(&club(), &BEN, "/now");
    world.telegram.hears(&attic, &BEN, "/help").await;
    // Whoever writes before the time is over fails the story.
    world.telegram.answer_to(&club(), asked).await;
    world.telegram.answer_to(&club(), also).await;
    assert_eq!(world.telegram.state().floods, 1);
}

#[tokio::test]
async fn a_token_that_is_taken_back_ends_the_bot_alone() {
    let world = World::new().await;
    world.watches(&club(), &ANA, SINTEL).await;
    let room = world.room(&club()).await;
    world.telegram.revokes_token();
    world.telegram.says(&club(), &ANA, "/help");
    let error = tokio::time::timeout(Duration::from_secs(15), world.bot).await.unwrap().unwrap().unwrap_err();
    assert!(matches!(error, TelegramError::Token));
    world.engine.rooms.command(room, cleo(), Command::from(Deed::Skip)).await.unwrap();
}

#[tokio::test]
async fn who_blocked_the_bot_finds_everything_as_it_was() {
    let world = World::new().await;
    let alone = Chat::private(&ANA);
    world.watches(&alone, &ANA, SINTEL).await;
    let room = world.room(&alone).await;
    world.telegram.ranks_bot(&alone, &ANA, Rank::Kicked);
    world.telegram.told().await;
    world.viewer_does(room, Command::from(Deed::Skip)).await;
    world.telegram.ranks_bot(&alone, &ANA, Rank::Member);
    assert!(!world.telegram.hears(&alone, &ANA, "/now").await.is_empty());
    assert_eq!(world.room(&alone).await, room);
}

#[tokio::test]
async fn an_outage_of_telegram_passes_and_what_was_asked_meanwhile_is_answered_once() {
    let world = World::new().await;
    world.telegram.hears(&club(), &ANA, "/help").await;
    world.telegram.fails_with(502);
    let asked = world.telegram.says(&club(), &ANA, "/help");
    world.telegram.tried_in_vain().await;
    world.telegram.comes_back();
    world.telegram.answer_to(&club(), asked).await;
    world.telegram.hears(&club(), &ANA, "/help").await;
    let answers = world.telegram.messages(&club()).iter().filter(|sent| sent.replies_to == Some(asked)).count();
    assert_eq!(answers, 1);
}

#[tokio::test]
async fn when_all_chats_together_are_too_many_everybody_is_answered_a_little_later() {
    let world = World::new().await;
    world.telegram.hears(&club(), &ANA, "/help").await;
    world.telegram.takes_messages_overall(3, Duration::from_secs(2));
    let chats = [1, 2, 3, 4, 5, 6].map(|number| Chat::group(-500 - number, "Film club"));
    let asked = chats.map(|chat| world.telegram.says(&chat, &ANA, "/help"));
    for (chat, message) in chats.iter().zip(asked) {
        // Whoever writes before the time is over fails the story.
        world.telegram.answer_to(chat, message).await;
    }
    assert!(world.telegram.state().floods > 0, "Telegram never asked to wait");
}
