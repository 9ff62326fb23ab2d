//! Voting, and asking who decides.

use super::*;

/// Maya's room, in which guests only watch; Ana and Ben watch too.
async fn strict() -> (Core, RoomId) {
    let core = core();
    let room = core.run(&maya(), &format!("/watch {SINTEL}")).await.room.unwrap();
    core.run(&maya(), "/play").await;
    core.run(&maya(), &format!("/watch {LAUNDROMAT}")).await;
    assert!(!core.run(&maya(), "/settings preset hosts").await.refused);
    for asker in [maya(), ana(), ben()] {
        core.watches(&asker, room).await;
    }
    (core, room)
}

#[tokio::test]
async fn who_may_not_is_told_who_may_and_asks_them_or_the_others() {
    let (core, room) = strict().await;
    let reply = core.run(&ana(), "/speed 1.5").await;
    assert_eq!(
        reply.text,
        "Only Maya and co-hosts can change the speed here. Ask Maya, or put it to the others with /vote."
    );
    assert!(reply.refused && reply.private);
    assert_eq!(buttons(&reply), ["Ask Maya", "Put it to the vote"]);

    let asked = core.press(&ana(), action(&reply, "Ask Maya"), room).await;
    assert_eq!(asked.text, "Ana asks for speed 1.5. Maya, is that fine?");
    assert_eq!((asked.calls.as_slice(), asked.private), ([maya().actor.person].as_slice(), false));
    assert_eq!(buttons(&asked), ["Yes", "No"]);
    let answer = core.press(&maya(), action(&asked, "Yes"), room).await;
    assert_eq!(answer.text, "The speed is 1.5.");
    assert!(core.press(&ben(), action(&asked, "Yes"), room).await.refused, "it is over");

    let reply = core.run(&ana(), "/seek +1m").await;
    let asked = core.press(&ana(), action(&reply, "Ask Maya"), room).await;
    assert!(asked.text.starts_with("Ana asks to go to 1:0"), "{}", asked.text);
    assert_eq!(
        core.press(&maya(), action(&asked, "No"), room).await.text.split(": ").nth(1),
        Some("too many are against it. It stays as it is.")
    );
}

#[tokio::test]
async fn what_can_be_put_to_the_vote_is_offered_and_what_cannot_is_only_refused() {
    let (core, room) = strict().await;
    for line in ["/queue clear", "/queue shuffle", "/queue remove 1", "/pause", "/back", "/skip", "/seek 50%"] {
        let reply = core.run(&ana(), line).await;
        assert!(reply.refused && reply.private, "{line}");
        assert_eq!(buttons(&reply), ["Ask Maya", "Put it to the vote"], "{line}");
    }
    for line in [
        "/queue move 1 2",
        "/mode dj",
        "/end",
        "/kick Ben",
        "/schedule in 1h",
        "/watch https://films.example/sintel.mp4",
    ] {
        let reply = core.run(&ana(), line).await;
        assert!(reply.refused && reply.buttons.is_empty(), "{line}: {reply:?}");
    }
    let reply = core.run(&ana(), "/queue clear").await;
    let begun = core.press(&ana(), action(&reply, "Put it to the vote"), room).await;
    assert_eq!((begun.text.as_str(), begun.private), ("Empty the queue: 1 of 2. Ends in 1 minute.", false));
    assert_eq!(core.press(&ben(), action(&begun, "Yes"), room).await.text, "The queue is empty. What is on plays on.");
}

#[tokio::test]
async fn a_vote_shows_how_it_stands_until_it_is_done() {
    let (core, room) = strict().await;
    let begun = core.run(&ana(), "/vote skip").await;
    // Three watch, half of them is two.
    assert_eq!(begun.text, "Skip: 1 of 2. Ends in 1 minute.");
    assert!(!begun.private);
    assert_eq!(core.text(&ana(), "/vote skip").await, "Skip: 1 of 2. Ends in 1 minute.", "twice is once");
    assert_eq!(core.text(&ben(), "/vote").await, "Skip: 1 of 2. Ends in 1 minute.");
    assert_eq!(core.press(&ben(), action(&begun, "Yes"), room).await.text, "Now playing Cosmos Laundromat.");
    let nothing = core.run(&ben(), "/vote").await;
    assert!(nothing.private && nothing.text.starts_with("Nothing is voted on."), "{nothing:?}");
}

#[tokio::test]
async fn several_votes_have_buttons_each() {
    let (core, _) = strict().await;
    core.run(&ana(), "/vote pause").await;
    core.run(&ben(), "/vote seek 7:30").await;
    let all = core.run(&ana(), "/vote").await;
    assert_eq!(all.text.lines().count(), 2);
    assert_eq!(buttons(&all), ["Yes: Pause", "No: Pause", "Yes: Go to 7:30", "No: Go to 7:30"]);
    assert_eq!(core.text(&ben(), "/vote yes").await, "That vote is over, or there are several: name the one you mean.");
    let number = all.text.strip_prefix('#').unwrap().split(' ').next().unwrap().to_owned();
    assert!(core.text(&ben(), &format!("/vote yes {number}")).await.starts_with("Paused at "));
}

#[tokio::test]
async fn where_skipping_is_voted_on_even_the_host_votes() {
    let core = core();
    let room = core.run(&maya(), &format!("/watch {SINTEL}")).await.room.unwrap();
    assert_eq!(core.text(&maya(), "/settings vote_skip on").await, "vote_skip: on");
    core.run(&maya(), "/settings vote_percent 100").await;
    for asker in [maya(), ana(), ben()] {
        core.watches(&asker, room).await;
    }
    let reply = core.press(&ana(), Action::Skip, room).await;
    assert_eq!((reply.text.as_str(), reply.private), ("Skip: 1 of 3. Ends in 1 minute.", false));
    assert_eq!(core.text(&maya(), "/skip").await, "Skip: 2 of 3. Ends in 1 minute.");
    assert_eq!(
        core.press(&ben(), action(&reply, "No"), room).await.text,
        "Skip: too many are against it. It stays as it is."
    );
}

#[tokio::test]
async fn in_a_queue_of_votes_a_number_is_a_vote_and_twice_takes_it_back() {
    let core = core();
    core.run(&ana(), &format!("/watch {SINTEL}")).await;
    core.run(&ana(), &format!("/watch {LAUNDROMAT}")).await;
    assert_eq!(
        core.text(&ben(), "/vote 1").await,
        "You voted for Cosmos Laundromat: 1 vote. Votes do not order the queue yet: /mode vote changes that."
    );
    core.run(&ana(), "/mode vote").await;
    assert!(core.text(&ana(), "/queue").await.ends_with("1. Cosmos Laundromat (12:10), from Ana, 1 vote"));
    assert_eq!(core.text(&ana(), "/vote 1").await, "You voted for Cosmos Laundromat: 2 votes.");
    assert_eq!(core.text(&ben(), "/vote 1").await, "You took your vote for Cosmos Laundromat back: 1 vote is left.");
    assert_eq!(core.text(&ben(), "/vote 7").await, "That item is not in the queue. Look at /queue list.");
    assert!(core.text(&ben(), "/vote everything").await.starts_with("Vote on something such as /vote skip"));
}

#[tokio::test]
async fn where_the_voice_channel_votes_others_are_told_to_join_it() {
    let (core, _) = strict().await;
    let changed = core.engine().places.change(&place(7), |settings| settings.voice = true).await;
    assert!(changed.unwrap().is_some());
    let outside = Asker { in_voice: Some(false), ..ana() };
    for line in ["/vote skip", "/vote 1", "/vote yes"] {
        let reply = core.run(&outside, line).await;
        assert_eq!(reply.text, "Only who is in the voice channel votes here. Join it, then vote again.", "{line}");
    }
    let inside = Asker { in_voice: Some(true), ..ana() };
    assert!(!core.run(&inside, "/vote skip").await.refused);
}

#[tokio::test]
async fn what_was_done_is_taken_back_once() {
    let core = core();
    let room = core.run(&ana(), &format!("/watch {SINTEL}")).await.room.unwrap();
    let reply = core.run(&ana(), "/seek 5:00").await;
    let undo = action(&reply, "Undo");
    assert_eq!(core.press(&ana(), undo, room).await.text, "Taken back.");
    assert!(core.text(&ana(), "/now").await.contains("0:00"));
    assert_eq!(
        core.press(&ana(), undo, room).await.text,
        "There is nothing to take back, or it was taken back already."
    );
}
