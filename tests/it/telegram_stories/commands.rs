//! What people type.

use super::*;

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
    assert_eq!(answer, "Something is missing: /watch LINK [mode:…] [title:…] [when:…]");
    let answer = telegram.hears(&club(), &ANA, "/watch javascript:alert(1)").await;
    assert_eq!(answer, "Only http and https links can be watched.");
    world.watches(&club(), &ANA, SINTEL).await;
    let answer = telegram.hears(&club(), &ANA, "/seek soon").await;
    assert_eq!(answer, "soon is not a time. Write 1:30, 90, +30, -1m or 50%.");
    let answer = telegram.hears(&club(), &ANA, &format!("/seek {}", "9".repeat(4_000))).await;
    assert!(answer.len() < 200, "{answer}");
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
async fn people_are_answered_in_their_language() {
    let world = World::new().await;
    world.telegram.speaks(&ANA, "de-AT");
    world.watches(&club(), &BEN, SINTEL).await;
    let english = world.telegram.hears(&club(), &BEN, "/help").await;
    let german = world.telegram.hears(&club(), &ANA, "/help").await;
    assert_eq!(german, bots::commands::help(bots::Locale::German));
    assert_eq!(english, bots::commands::help(bots::Locale::English));
    // A no, too.
    let attic = Chat::group(-200, "Attic");
    let no = world.telegram.hears(&attic, &ANA, "/pause").await;
    assert_eq!(no, "In diesem Chat läuft noch nichts. Fang mit /watch und einem Link an.");
}

#[tokio::test]
async fn what_the_first_watch_did_besides_is_said_and_what_the_card_says_is_not() {
    let world = World::new().await;
    let (telegram, club, attic) = (&world.telegram, club(), Chat::group(-200, "Attic"));
    let answer = telegram.hears(&club, &ANA, &format!("/watch {SINTEL} title:\"Film night\" mode:vote")).await;
    assert!(answer.contains("\nThe room is called Film night from now on."), "{answer}");
    assert!(answer.contains("\nThe queue is ordered by votes: /vote and a number."), "{answer}");
    world.card(&club, "Added by Ana.").await;

    let missing = "https://films.example/missing.mp4";
    let asked = telegram.says(&attic, &BEN, &format!("/watch {LAUNDROMAT} {missing}"));
    let answer = telegram.answer_to(&attic, asked).await;
    assert!(answer.contains(&format!("Left out {missing}: ")), "{answer}");

    let loft = Chat::group(-300, "Loft");
    let asked = telegram.says(&loft, &ANA, &format!("/watch {SINTEL}"));
    world.card(&loft, "Added by Ana.").await;
    telegram.hears(&loft, &ANA, "/help").await;
    assert!(!telegram.messages(&loft).iter().any(|sent| sent.replies_to == Some(asked)), "the card is the answer");
}

#[tokio::test]
async fn a_chat_that_is_untied_has_nothing_left_to_press_and_hears_nothing_more() {
    let world = World::new().await;
    let (telegram, club) = (&world.telegram, club());
    telegram.makes_admin(&club, &ANA);
    let card = world.watches(&club, &ANA, SINTEL).await;
    let room = world.room(&club).await;
    assert_eq!(telegram.hears(&club, &ANA, "/settings bridge on").await.lines().next(), Some("bridge: on"));
    world.engine.say(room, cleo(), None, "before".to_owned()).await.unwrap();
    world.card(&club, "Cleo: before").await;
    let asked = telegram.says(&club, &ANA, "/unlink");
    let question = telegram.message_in(&club, |sent| sent.replies_to == Some(asked)).await;
    let press = telegram.presses(&question, "Untie this chat", &ANA);
    telegram.toast(&press).await;
    telegram.message_is(&question, |sent| sent.text.starts_with("This chat is untied from Friday film club.")).await;
    telegram.message_is(&card, |sent| sent.keyboard.is_empty()).await;
    assert!(world.engine.places.get(&club.place()).await.unwrap().is_none());
    let edits = telegram.message_is(&card, |_| true).await.edits();
    world.engine.say(room, cleo(), None, "after".to_owned()).await.unwrap();
    world.viewer_does(room, Command::from(Deed::Skip)).await;
    assert_eq!(
        telegram.hears(&club, &BEN, "/now").await,
        "Nothing is on in this chat yet. Start with /watch and a link."
    );
    assert!(!telegram.messages(&club).iter().any(|sent| sent.text.contains("after")));
    assert_eq!(telegram.message_is(&card, |_| true).await.edits(), edits, "a card of no room was drawn");
}

#[tokio::test]
async fn a_queue_comes_as_a_file() {
    let world = World::new().await;
    world.watches(&club(), &ANA, SINTEL).await;
    let said = world.telegram.says(&club(), &ANA, "/queue export");
    world.telegram.message_in(&club(), |sent| sent.replies_to == Some(said)).await;
    assert_eq!(world.telegram.calls_of("senddocument"), 1);
}
