//! Votes as polls of Telegram.

use super::*;

async fn voting() -> (World, Sent) {
    let world = World::new().await;
    world.strict_room(&club()).await;
    world.sets(&club(), |settings| settings.polls = true).await;
    let asked = world.telegram.says(&club(), &ANA, "/vote seek 2:00");
    let poll = world.telegram.message_in(&club(), |sent| sent.replies_to == Some(asked)).await;
    (world, poll)
}

#[tokio::test]
async fn who_chooses_in_a_poll_votes() {
    let (world, poll) = voting().await;
    let shown = poll.poll.clone().expect("a poll");
    assert!(!shown.anonymous && shown.options == ["Yes", "No"], "{shown:?}");
    world.telegram.votes(&poll, &BEN, &[0]);
    let room = world.room(&club()).await;
    let mut listening = world.engine.rooms.listen(room).await.unwrap();
    while listening.view.proposals.values().next().is_some_and(|proposal| proposal.yes.len() < 2) {
        listening.view = listening.heard.recv().await.unwrap().view.clone();
    }
    // Decided elsewhere, the poll ends too.
    world.viewer_does(room, Command::from(Deed::Skip)).await;
    world.telegram.called("stoppoll", 1).await;
    world.telegram.message_is(&poll, |sent| sent.poll.as_ref().is_some_and(|poll| poll.closed)).await;
}

#[tokio::test]
async fn a_poll_of_before_a_restart_is_only_a_poll() {
    let (world, poll) = voting().await;
    let world = world.restarts().await;
    world.telegram.votes(&poll, &BEN, &[0]);
    world.telegram.told().await;
    world.telegram.hears(&club(), &BEN, "/help").await;
    let view = world.view(&club()).await;
    assert!(view.proposals.values().all(|proposal| proposal.yes.len() < 2));
}

#[tokio::test]
async fn who_finds_the_poll_in_another_chat_does_not_vote() {
    let (world, poll) = voting().await;
    world.telegram.ranks(&club(), &BEN, Rank::Left);
    world.telegram.votes(&poll, &BEN, &[0]);
    world.telegram.called("getchatmember", 1).await;
    world.telegram.hears(&Chat::private(&BEN), &BEN, "/help").await;
    let view = world.view(&club()).await;
    assert!(view.proposals.values().all(|proposal| proposal.yes.len() < 2));
}

#[tokio::test]
async fn who_decides_a_poll_is_told_below_it_and_it_is_done() {
    let (world, poll) = voting().await;
    for id in [8, 21, 22] {
        let room = world.room(&club()).await;
        if world.view(&club()).await.proposals.is_empty() {
            break;
        }
        let before = world.view(&club()).await.seq;
        world.telegram.votes(&poll, &User { id, name: "Somebody" }, &[0]);
        world.until(room, |view| view.seq > before).await;
    }
    let decided = world.telegram.message_in(&club(), |sent| sent.replies_to == Some(poll.id)).await;
    assert_eq!(decided.text, "Now at 2:00.");
    assert_eq!(world.view(&club()).await.playback.position, Millis::seconds(120));
    world.telegram.message_is(&poll, |sent| sent.poll.as_ref().is_some_and(|poll| poll.closed)).await;
}
