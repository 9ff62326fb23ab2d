//! The live card.

use super::*;

#[tokio::test]
async fn a_link_in_a_group_makes_a_room_and_a_card() {
    let world = World::new().await;
    let card = world.watches(&club(), &ANA, SINTEL).await;
    assert_eq!(card.text, "Sintel\nStarts when the first person opens the room\nAdded by Ana. Nothing comes next.");
    let rows = [vec!["Play", "−10 s", "+10 s"], vec!["Skip", "Queue", "I’m coming"], vec!["Open the room"]];
    assert_eq!(card.labels(), rows);
    let view = world.view(&club()).await;
    assert_eq!(card.links(), [format!("https://couch.example/j/{}", view.invite)]);
    assert_eq!((&*view.settings.title, view.current.as_ref().unwrap().media.label()), ("Friday film club", "Sintel"));
}

#[tokio::test]
async fn a_seek_in_the_browser_reaches_the_card_within_what_telegram_allows() {
    let world = World::new().await;
    world.watches(&club(), &ANA, SINTEL).await;
    let room = world.room(&club()).await;
    world.viewer_does(room, Command::from(Deed::Pause)).await;
    for second in 1..=120 {
        world.viewer_does(room, Command::from(Deed::Seek { to: SeekTo::At(Millis::seconds(second)) })).await;
    }
    let card = world.card(&club(), "Paused at 2:00 of 14:48").await;
    assert_eq!(card.times.len(), 2, "a hundred changes are one drawing");
    assert!(card.times[1] - card.times[0] >= Duration::from_millis(3_900), "{:?}", card.times);
}

#[tokio::test]
async fn a_restart_keeps_the_card_and_its_buttons() {
    let world = World::new().await;
    let card = world.watches(&club(), &ANA, SINTEL).await;
    let room = world.room(&club()).await;
    let asked = world.telegram.says(&club(), &ANA, "/pause");
    world.telegram.answer_to(&club(), asked).await;
    let world = world.restarts().await;
    world.viewer_does(room, Command::from(Deed::Seek { to: SeekTo::At(Millis::seconds(60)) })).await;
    let drawn = world.card(&club(), "Paused at 1:00 of 14:48").await;
    assert_eq!(drawn.id, card.id);
    let press = world.telegram.presses(&card, "+10 s", &BEN);
    assert_eq!(world.telegram.toast(&press).await.text, "Now at 1:10.");
    let answers = world.telegram.state().sent.iter().filter(|sent| sent.replies_to == Some(asked)).count();
    assert_eq!(answers, 1, "a command is not run again after a restart");
}

#[tokio::test]
async fn a_deleted_card_comes_again_when_somebody_wants_it() {
    let world = World::new().await;
    let card = world.watches(&club(), &ANA, SINTEL).await;
    world.telegram.deletes(&card);
    let answer = world.telegram.hears(&club(), &BEN, &format!("/watch {LAUNDROMAT}")).await;
    assert_eq!(answer, "Queued as number 1: Cosmos Laundromat (12:10).");
    let new = world.card(&club(), "Next is Cosmos Laundromat, 1 in the queue.").await;
    assert_ne!(new.id, card.id);
}

#[tokio::test]
async fn a_server_without_a_public_name_puts_its_link_into_the_text() {
    let world = World::at("http://localhost:8080").await;
    let card = world.watches(&club(), &ANA, SINTEL).await;
    assert!(card.links().is_empty());
    let view = world.view(&club()).await;
    assert!(card.text.ends_with(&format!("\nOpen the room: http://localhost:8080/j/{}", view.invite)), "{}", card.text);
}

#[tokio::test]
async fn a_card_is_pinned_without_a_sound_where_the_bot_may() {
    let world = World::new().await;
    world.watches(&club(), &ANA, SINTEL).await;
    assert_eq!(world.telegram.calls_of("pinchatmessage"), 0);
    let attic = Chat::group(-200, "Attic");
    world.telegram.ranks_bot(&attic, &ANA, Rank::Admin);
    let card = world.watches(&attic, &ANA, SINTEL).await;
    let calls = world.telegram.called("pinchatmessage", 1).await;
    assert_eq!(calls[0].request["disable_notification"], true);
    assert_eq!(world.telegram.pins(&attic), [card.id]);
}

#[tokio::test]
async fn a_card_out_of_sight_comes_again_below_and_the_old_one_lets_go() {
    for (number, admin) in [(500, false), (501, true)] {
        let world = World::new().await;
        let cinema = Chat::supergroup(-1_000_000_000_000 - number, "Cinema");
        if admin {
            world.telegram.ranks_bot(&cinema, &ANA, Rank::Admin);
        }
        let old = world.watches(&cinema, &ANA, SINTEL).await;
        if admin {
            world.telegram.called("pinchatmessage", 1).await;
        }
        let end = tokio::time::Instant::now() + Duration::from_secs(5);
        while world.engine.places.get(&cinema.place()).await.unwrap().unwrap().card != Some(old.id) {
            assert!(tokio::time::Instant::now() < end, "the card was not written down");
            tokio::task::yield_now().await;
        }
        // A card that is new waits a minute before it comes again; one of before a restart does not.
        let world = world.restarts().await;
        // Where the bot may not read them, the numbers of messages tell how many there were.
        for _ in 0..12 {
            world.telegram.says(&cinema, &BEN, "hm");
        }
        world.telegram.hears(&cinema, &BEN, "/now").await;
        let below = |sent: &Sent| sent.replies_to.is_none() && sent.id > old.id && !sent.keyboard.is_empty();
        let new = world.telegram.message_in(&cinema, below).await;
        assert_eq!(new.labels(), old.labels());
        world.telegram.message_is(&old, |sent| sent.keyboard.is_empty()).await;
        if admin {
            world.telegram.called("unpinchatmessage", 1).await;
            world.telegram.called("pinchatmessage", 2).await;
            assert_eq!(world.telegram.pins(&cinema), [new.id]);
        } else {
            assert_eq!(world.telegram.calls_of("pinchatmessage"), 0);
        }
    }
}

#[tokio::test]
async fn a_card_speaks_the_language_of_its_chat_and_rings_for_nobody() {
    let world = World::new().await;
    world.telegram.makes_admin(&club(), &ANA);
    let card = world.watches(&club(), &ANA, SINTEL).await;
    assert!(card.silent, "a card rang");
    let asked = world.telegram.says(&club(), &ANA, "/settings language de");
    world.telegram.answer_to(&club(), asked).await;
    let german = world.telegram.message_is(&card, |sent| sent.text.contains("Hinzugefügt von Ana.")).await;
    assert!(german.labels().iter().flatten().any(|label| label == "Ich bin dabei"), "{:?}", german.labels());
    // Who speaks English is answered in English all the same.
    assert_eq!(world.telegram.hears(&club(), &BEN, "/seek 1:00").await, "Now at 1:00.");
}
