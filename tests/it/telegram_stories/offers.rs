//! Links that people post among other things, and messages that a command answers.

use super::*;

const TALK: &str = "this one? https://films.example/laundromat.mp4";

/// What somebody wrote, as Telegram brings it along with an answer.
fn written(id: i64, chat: &Chat, text: &str) -> serde_json::Value {
    let link = text.find("https://").map(|at| json!({"type": "url", "offset": at, "length": text.len() - at}));
    json!({"message_id": id, "date": 1, "text": text, "entities": link.into_iter().collect::<Vec<_>>(),
        "from": {"id": ANA.id, "is_bot": false, "first_name": ANA.name},
        "chat": {"id": chat.id, "type": "group", "title": "Friday film club"}})
}

#[tokio::test]
async fn a_link_among_talk_is_offered_where_the_chat_shares_its_lines() {
    let world = World::new().await;
    let (telegram, club) = (&world.telegram, club());
    telegram.sees_all();
    world.watches(&club, &ANA, SINTEL).await;
    telegram.says(&club, &BEN, TALK);
    // Nobody switched it on yet.
    telegram.hears(&club, &BEN, "/help").await;
    assert!(!telegram.messages(&club).iter().any(|sent| sent.text.starts_with("Queue it")));

    world.sets(&club, |settings| settings.lines_in = true).await;
    telegram.says(&club, &BEN, "see https://news.example/story.html");
    let said = telegram.says(&club, &BEN, TALK);
    let offer = telegram.message_in(&club, |sent| sent.replies_to == Some(said)).await;
    assert_eq!(offer.labels(), [["Queue it"]]);
    // The offer needs no memory.
    let world = world.restarts().await;
    let press = world.telegram.presses(&offer, "Queue it", &ANA);
    assert!(world.telegram.toast(&press).await.text.contains("Cosmos Laundromat"));
    world.telegram.gone(&offer).await;
    assert_eq!(world.view(&club).await.queue.len(), 1);
    let offers = world.telegram.messages(&club).iter().filter(|sent| sent.text.starts_with("Queue it")).count();
    assert_eq!(offers, 0, "a page that nobody can play was offered");
}

#[tokio::test]
async fn watch_as_an_answer_takes_the_link_of_what_it_answers() {
    let world = World::new().await;
    let (telegram, club) = (&world.telegram, club());
    world.watches(&club, &ANA, SINTEL).await;
    let note = Note::text("/watch").with("reply_to_message", written(3, &club, TALK));
    let said = telegram.says_with(&club, &BEN, note);
    let answer = telegram.answer_to(&club, said).await;
    assert!(answer.contains("Cosmos Laundromat"), "{answer}");
}

#[tokio::test]
async fn a_film_as_a_file_is_answered_with_what_to_do() {
    let world = World::new().await;
    let (telegram, club) = (&world.telegram, club());
    let said = telegram.says_with(&club, &BEN, Note::video("a.mp4", "video/mp4", "/watch", b"film"));
    let answer = telegram.answer_to(&club, said).await;
    assert!(answer.starts_with("Telegram gives no link to a file"), "{answer}");
    let alone = Chat::private(&BEN);
    let said = telegram.says_with(&alone, &BEN, Note::video("a.mp4", "video/mp4", "", b"film"));
    assert_eq!(telegram.answer_to(&alone, said).await, answer);
}
