//! What people press.

use super::*;

#[tokio::test]
async fn a_button_pauses_for_everybody() {
    let world = World::new().await;
    let card = world.watches(&club(), &ANA, SINTEL).await;
    let press = world.telegram.presses(&card, "Play", &BEN);
    let toast = world.telegram.toast(&press).await;
    assert_eq!((toast.text.as_str(), toast.alert), ("Playing from 0:00.", false));
    assert!(world.view(&club()).await.playback.playing);

    let card = world.card(&club(), "Playing for nobody yet, ends at ").await;
    assert_eq!(card.labels()[0], ["Pause", "−10 s", "+10 s"]);
    let press = world.telegram.presses(&card, "Pause", &BEN);
    assert!(world.telegram.toast(&press).await.text.starts_with("Paused at 0:0"));
    assert!(!world.view(&club()).await.playback.playing);
    let press = world.telegram.presses(&card, "Queue", &BEN);
    let toast = world.telegram.toast(&press).await;
    assert!(toast.alert && toast.text.starts_with("Now playing Sintel.\n"), "{toast:?}");
}

#[tokio::test]
async fn a_button_that_was_made_up_does_nothing_and_does_not_keep_turning() {
    let world = World::new().await;
    let attic = Chat::group(-200, "Attic");
    let card = world.watches(&club(), &ANA, SINTEL).await;
    let other = world.watches(&attic, &BEN, LAUNDROMAT).await;
    let foreign = bots::Action::Skip.data(world.room(&attic).await);
    for data in ["v0:whatever", "", foreign.as_str()] {
        let press = world.telegram.presses_data(&card, data, &ANA);
        let toast = world.telegram.toast(&press).await;
        assert!(toast.alert && toast.text.starts_with("This "), "{data}: {toast:?}");
    }
    assert_eq!(world.view(&attic).await.current.as_ref().unwrap().media.label(), "Cosmos Laundromat");
    assert_eq!(other.times.len(), 1);
}

#[tokio::test]
async fn a_question_goes_away_once_it_is_answered() {
    let world = World::new().await;
    let (telegram, club) = (&world.telegram, club());
    world.watches(&club, &ANA, SINTEL).await;
    world.telegram.hears(&club, &ANA, &format!("/queue add {LAUNDROMAT}")).await;
    for (button, says, left) in [("Cancel", "Left as it is.", 1), ("Empty the queue", "The queue is empty.", 0)] {
        let asked = telegram.says(&club, &ANA, "/queue clear");
        let question = telegram.message_in(&club, |sent| sent.replies_to == Some(asked)).await;
        let press = telegram.presses(&question, button, &ANA);
        telegram.toast(&press).await;
        let after = telegram.message_is(&question, |sent| sent.text.starts_with(says)).await;
        assert!(!after.labels().iter().flatten().any(|label| label == button), "{after:?}");
        assert_eq!(world.view(&club).await.queue.len(), left);
    }
}

#[tokio::test]
async fn a_vote_counts_on_the_message_that_asks_for_it() {
    let world = World::new().await;
    let (telegram, club) = (&world.telegram, club());
    let room = world.strict_room(&club).await;
    let asked = telegram.says(&club, &ANA, "/seek 2:00");
    let no = telegram.message_in(&club, |sent| sent.replies_to == Some(asked)).await;
    assert!(no.text.starts_with("Only "), "{}", no.text);
    let press = telegram.presses(&no, "Put it to the vote", &ANA);
    telegram.toast(&press).await;
    let vote = telegram.message_is(&no, |sent| sent.labels() == [["Yes", "No"]]).await;
    let press = telegram.presses(&vote, "No", &BEN);
    telegram.toast(&press).await;
    telegram.message_is(&vote, |sent| sent.text != vote.text).await;
    let view = world.engine.rooms.view(room).await.unwrap();
    assert!(view.proposals.values().all(|proposal| proposal.no.len() == 1), "{:?}", view.proposals);
}

#[tokio::test]
async fn who_may_not_skip_is_told_below_the_card_what_can_be_done() {
    let world = World::new().await;
    let (telegram, club) = (&world.telegram, club());
    world.strict_room(&club).await;
    telegram.says(&club, &ANA, "/now");
    let card = world.card(&club, "Sintel\n").await;
    let press = telegram.presses(&card, "+10 s", &BEN);
    assert!(telegram.toast(&press).await.alert);
    let below = telegram.message_in(&club, |sent| sent.text.starts_with("Ben: Only ")).await;
    assert!(below.labels().iter().flatten().any(|label| label == "Put it to the vote"), "{:?}", below.labels());
}

#[tokio::test]
async fn a_number_below_the_queue_plays_what_it_stands_for() {
    let world = World::new().await;
    world.watches(&club(), &ANA, SINTEL).await;
    world.telegram.hears(&club(), &ANA, &format!("/queue add {LAUNDROMAT}")).await;
    let asked = world.telegram.says(&club(), &ANA, "/queue");
    let queue = world.telegram.message_in(&club(), |sent| sent.replies_to == Some(asked)).await;
    let press = world.telegram.presses(&queue, "1", &BEN);
    assert_eq!(world.telegram.toast(&press).await.text, "Now playing Cosmos Laundromat.");
}
