//! Menus of messages and people, the form, and what is offered while somebody types.

use serde_json::json;

use super::*;
use crate::fake_discord::Post;

#[tokio::test]
async fn a_video_that_somebody_wrote_of_is_queued_from_its_menu() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    let film = Post::text("").with_file("film.mp4", "video/mp4", LAUNDROMAT);
    let picture =
        Post::text("").with_file("cat.png", "image/png", "https://pictures.example/cat.png").with_embed(json!({
            "type": "video", "url": LAUNDROMAT,
        }));
    let posts = [Post::text(&format!("watch <{LAUNDROMAT}>, then {SINTEL}")), film, picture];
    for (number, post) in (1..).zip(posts) {
        let said = world.discord.says_with(FILM_CLUB, BEN, post);
        let asked = world.discord.uses_on_said("Queue this video", said, ANA).await;
        let answer = world.discord.answer_to(asked).await;
        assert!(answer.text().contains("Cosmos Laundromat"), "{}", answer.text());
        assert_eq!(world.room(FILM_CLUB).await.queue.len(), number);
    }
    let said = world.discord.says(FILM_CLUB, BEN, "no link at all");
    let asked = world.discord.uses_on_said("Queue this video", said, ANA).await;
    let answer = world.discord.answer_to(asked).await;
    assert!(answer.message().ephemeral() && answer.text().contains("no link"), "{}", answer.text());
}

#[tokio::test]
async fn who_is_invited_from_the_menu_is_called_and_nobody_else_is() {
    let world = World::new().await;
    let asked = world.discord.uses_on_user("Invite to party", FILM_CLUB, BEN, ANA).await;
    assert!(world.discord.answer_to(asked).await.message().ephemeral(), "there is no room yet");
    world.watches(ANA, SINTEL).await;
    let asked = world.discord.uses_on_user("Invite to party", FILM_CLUB, BEN, ANA).await;
    let answer = world.discord.answer_to(asked).await;
    assert!(!answer.message().ephemeral(), "Ben must see it");
    assert!(answer.text().ends_with(&format!("<@{}>", BEN.id)), "{}", answer.text());
    assert_eq!(answer.message().labels(), ["Open the room"]);
    let calls = world.discord.calls("POST", &format!("interactions/{}", asked.id()));
    assert_eq!(calls[0].body["data"]["allowed_mentions"], json!({"parse": [], "users": [BEN.id.to_string()]}));
}

#[tokio::test]
async fn several_links_are_added_by_a_form_also_after_a_restart() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    let list = world.asks(ANA, "/queue list").await;
    let world = world.restart().await;
    let pressed = world.discord.presses(FILM_CLUB, list.message(), "Add several", BEN);
    let form = world.discord.modal(pressed).await;
    assert_eq!(form.title, "Add several links");
    let sent = world.discord.submits(pressed, &[("Links", LAUNDROMAT)]).await;
    let answer = world.discord.answer_to(sent).await;
    assert!(answer.text().contains("Cosmos Laundromat"), "{}", answer.text());
    assert_eq!(world.room(FILM_CLUB).await.queue.len(), 1);
    world.card("Next is Cosmos Laundromat").await;
}

#[tokio::test]
async fn what_is_typed_is_completed_at_once_whatever_comes_of_it() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    for line in [
        "/watch link:sin",
        "/seek time:1",
        "/queue remove item:c",
        "/playlist load playlist:f",
        "/settings setting:t",
        "/help command:se",
        "/vote what:s",
        "/schedule when:to",
        "/kick person:b",
    ] {
        let offered = world.discord.completes(FILM_CLUB, MOD, line).await;
        assert!(offered.len() <= 25, "{line}: {offered:?}");
    }
}
