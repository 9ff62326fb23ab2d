//! Asking who decides.

use super::*;

#[tokio::test]
async fn who_is_asked_for_leave_is_mentioned_and_nobody_else_is() {
    let world = World::new().await;
    let (telegram, club) = (&world.telegram, club());
    world.watches(&club, &ANA, SINTEL).await;
    let room = world.room(&club).await;
    assert_eq!(telegram.hears(&club, &ANA, "/settings preset hosts").await, "preset: hosts");
    world.crowds(room).await;
    let asked = telegram.says(&club, &BEN, "/seek 2:00");
    let no = telegram.message_in(&club, |sent| sent.replies_to == Some(asked)).await;
    assert!(no.text.starts_with("Only Ana and co-hosts can seek here. Ask Ana"), "{}", no.text);
    let press = telegram.presses(&no, "Ask Ana", &BEN);
    telegram.toast(&press).await;
    let question = telegram.message_in(&club, |sent| sent.text.starts_with("Ben asks to go to 2:00.")).await;
    assert!(question.text.contains("Ana, is that fine?"), "{}", question.text);
    let called: Vec<_> = question.entities.iter().filter(|entity| entity["type"] == "text_mention").collect();
    let called: Vec<_> = called.iter().map(|entity| entity["user"]["id"].as_i64()).collect();
    assert_eq!(called, [Some(ANA.id)], "{:?}", question.entities);
    assert_eq!(question.labels(), [["Yes", "No"]]);
    telegram.message_is(&no, |sent| sent.keyboard.is_empty()).await;
    // Who decides says yes, and it is done.
    let press = telegram.presses(&question, "Yes", &ANA);
    telegram.toast(&press).await;
    telegram.message_is(&question, |sent| sent.text.starts_with("Now at 2:00.")).await;
    assert_eq!(world.view(&club).await.playback.position, Millis::seconds(120));
}
