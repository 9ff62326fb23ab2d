//! Who asks is answered in order, and when it is on disk.

use std::time::Duration;

use engine::{
    command::{Actor, Deed, SeekTo},
    refusal::Code,
    time::Millis,
};
use futures_util::{
    FutureExt, StreamExt,
    stream::{FuturesOrdered, FuturesUnordered},
};
use tokio::time::timeout;

use crate::house::{House, ana, ben, clip, code, line, next, said};

#[tokio::test(start_paused = true)]
async fn what_two_people_ask_at_once_happens_and_is_answered_in_the_order_of_asking() {
    let house = House::new();
    let room = house.room().await;
    let asked = FuturesUnordered::new();
    for n in 0..40 {
        let who = if n % 2 == 0 { ana() } else { ben() };
        let ask = house.engine.rooms.command(room, who, line(&format!("line {n}")));
        asked.push(ask.map(move |done| (n, done.unwrap())));
    }
    let answered: Vec<_> = asked.collect().await;
    assert_eq!(answered.len(), 40);
    assert!(answered.windows(2).all(|two| two[0].1.view.seq < two[1].1.view.seq), "answers keep the order");
    for (n, done) in &answered {
        assert_eq!(done.events.len(), 1);
        assert_eq!(said(&done.events[0]), Some(&*format!("line {n}")));
        assert_eq!(done.view.seq, done.events[0].seq);
    }
}

#[tokio::test(start_paused = true)]
async fn who_asks_one_thing_after_the_other_without_waiting_gets_them_in_that_order() {
    let house = House::new();
    let room = house.room().await;
    let mut asks = FuturesOrdered::new();
    for n in 0..100 {
        let mut ask = Box::pin(house.engine.rooms.command(room, ana(), line(&format!("line {n}"))));
        assert!((&mut ask).now_or_never().is_none());
        asks.push_back(ask);
    }
    let seqs: Vec<_> = asks.map(|done| done.unwrap().view.seq).collect().await;
    assert_eq!(seqs, (2..102).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn an_answer_comes_after_the_commit_while_viewers_hear_and_see_it_at_once() {
    let house = House::new();
    let room = house.room().await;
    let mut listening = house.engine.rooms.listen(room).await.unwrap();
    house.store.hold_commits();

    let mut asked = Box::pin(house.ask(room, &ana(), clip("film")));
    timeout(Duration::from_secs(60), &mut asked).await.expect_err("not on disk, so no answer");
    let heard = next(&mut listening).await.unwrap();
    assert_eq!(heard.events.iter().map(|event| event.seq).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(house.view(room).await.current.as_ref().unwrap().media.label(), "film");

    // A refusal speaks of a state that is not on disk yet: it waits its turn too.
    let mut refused = Box::pin(house.ask(room, &ben(), Deed::Seek { to: SeekTo::At(Millis::seconds(61)) }.into()));
    timeout(Duration::from_secs(60), &mut refused).await.expect_err("no answer overtakes another");

    house.store.release_commits();
    assert_eq!(asked.await.unwrap().view.seq, 3);
    assert_eq!(code(refused.await), Code::SeekPastEnd);
}

#[tokio::test(start_paused = true)]
async fn a_line_that_the_room_forgot_is_reworded_by_who_wrote_it_and_counts_as_a_line() {
    let house = House::new();
    let room = house.room().await;
    let first = house.ask(room, &ana(), line("first")).await.unwrap().events[0].seq;
    for n in 0..60 {
        house.ask(room, &ana(), line(&n.to_string())).await.unwrap();
    }
    let reword = async |actor: Actor, text: &str| {
        house.engine.reword(room, &actor, None, first, text.to_owned()).await.map(|done| done.events.len())
    };
    assert_eq!(code(reword(ben(), "mine").await), Code::NotAllowed);
    assert_eq!(code(reword(ben(), "first").await), Code::NotAllowed);
    assert_eq!(reword(ana(), "the first").await.unwrap(), 1);
    assert_eq!(reword(ana(), "the first").await.unwrap(), 0, "it reads so already");
    let stored = house.engine.rooms.line(room, first).await.unwrap().unwrap();
    assert_eq!(said(&stored), Some("the first"));
    let mut answers = Vec::new();
    for n in 0..10 {
        answers.push(reword(ana(), &n.to_string()).await);
    }
    assert_eq!(code(answers.pop().unwrap()), Code::SlowDown);
}
