//! Somebody watches something: the answer, the card and what becomes of it.

use super::*;

#[tokio::test]
async fn the_first_watch_makes_a_room_and_answers_with_the_card() {
    let world = World::new().await;
    let answer = world.asks(ANA, &format!("/watch link:{SINTEL}")).await;
    assert_eq!(answer.first, 4, "at once");
    let card = answer.message();
    assert!(!card.ephemeral(), "everybody sees it");
    assert_eq!(card.title(), Some("Sintel"));
    assert!(card.text().contains("when the first person opens the room"), "{}", card.text());
    assert!(card.text().contains("Added by Ana"), "{}", card.text());
    assert!(card.is_v2(), "made of components");
    assert_eq!(card.components[0]["accent_color"], 0x00fa_8440);
    assert_eq!(card.labels(), ["Play", "−10 s", "+10 s", "Skip", "Queue", "I’m coming", "Open the room"]);
    let room = world.room(FILM_CLUB).await;
    assert_eq!(&*room.settings.title, "film-club");
    assert_eq!(room.current.as_ref().unwrap().media.title.as_deref(), Some("Sintel"));
    let link = format!("https://couch.example/j/{}", room.invite);
    assert_eq!(card.link("Open the room"), Some(link.as_str()));
    assert_eq!(world.discord.messages(FILM_CLUB).len(), 1, "the answer is the card, and the only message");
}

#[tokio::test]
async fn the_second_watch_queues_and_the_card_says_what_comes_next() {
    let world = World::new().await;
    let card = world.watches(ANA, SINTEL).await;
    let answer = world.asks(BEN, &format!("/watch link:{LAUNDROMAT}")).await;
    assert!(answer.text().contains("number 1"), "{}", answer.text());
    assert_eq!(answer.message().labels(), ["Open the room"]);
    let next = world.card("Next is Cosmos Laundromat, 1 in the queue").await;
    assert_eq!(next.id, card.id, "the same message, edited");
    assert_eq!(world.discord.messages(FILM_CLUB).len(), 2);
    let list = world.asks(BEN, "/queue list").await;
    assert!(list.text().contains("1. Cosmos Laundromat"), "{}", list.text());
    world.asks(ANA, "/queue remove item:1").await;
    assert!(world.room(FILM_CLUB).await.queue.is_empty());
    world.asks(ANA, &format!("/queue add link:{SINTEL}")).await;
    assert_eq!(world.room(FILM_CLUB).await.queue.len(), 1);
}

#[tokio::test]
async fn two_who_start_at_once_get_one_room_and_one_card() {
    let world = World::new().await;
    let first = world.discord.types(FILM_CLUB, ANA, &format!("/watch link:{SINTEL}")).await;
    let second = world.discord.types(FILM_CLUB, BEN, &format!("/watch link:{LAUNDROMAT}")).await;
    let answers = [world.discord.answer_to(first).await, world.discord.answer_to(second).await];
    let cards = answers.iter().filter(|answer| answer.message().title().is_some()).count();
    assert_eq!(cards, 1, "{:?}", world.discord.messages(FILM_CLUB));
    assert_eq!(world.room(FILM_CLUB).await.queue.len(), 1);
    world.card("1 in the queue").await;
    let cards = world.discord.messages(FILM_CLUB).into_iter().filter(|message| message.title().is_some());
    assert_eq!(cards.count(), 1);
}

#[tokio::test]
async fn what_is_typed_changes_the_room_and_then_the_card() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    world.asks(ANA, &format!("/watch link:{LAUNDROMAT}")).await;
    let answer = world.asks(BEN, "/seek time:1:30").await;
    assert!(answer.text().contains("1:30"), "{}", answer.text());
    assert_eq!(world.room(FILM_CLUB).await.playback.position, Millis::seconds(90));
    world.asks(BEN, "/play").await;
    assert!(world.room(FILM_CLUB).await.playback.playing);
    let playing = world.card("**Playing**").await;
    assert!(playing.text().contains(", ends <t:"), "{}", playing.text());
    assert_eq!(playing.labels()[0], "Pause");
    world.asks(BEN, "/pause").await;
    assert!(!world.room(FILM_CLUB).await.playback.playing);
    assert_eq!(world.card("**Paused**").await.labels()[0], "Play");
    let answer = world.asks(BEN, "/skip").await;
    assert!(answer.text().contains("Cosmos Laundromat"), "{}", answer.text());
    world.discord.card_in(FILM_CLUB, |card| card.title() == Some("Cosmos Laundromat")).await;
    let answer = world.asks(BEN, "/now").await;
    assert!(answer.text().contains("Cosmos Laundromat"), "{}", answer.text());
}

#[tokio::test]
async fn a_no_is_read_only_by_the_one_who_asked() {
    let world = World::new().await;
    for line in ["/pause", "/now", "/invite", "/queue list", "/seek time:soon", "/watch link:ftp://films.example/a"] {
        let answer = world.asks(ANA, line).await;
        assert!(answer.message().ephemeral(), "{line}: {}", answer.text());
    }
    let answer = world.asks(ANA, "/seek time:soon").await;
    assert!(answer.text().contains("is not a time"), "{}", answer.text());
    let help = world.asks(ANA, "/help").await;
    assert!(help.message().ephemeral() && help.text().contains("/watch"), "{}", help.text());
    assert!(world.discord.messages(FILM_CLUB).is_empty());
}

#[tokio::test]
async fn a_film_with_a_hostile_title_is_only_a_film_with_a_title() {
    let world = World::new().await;
    let card = world.watches(ANA, HOSTILE).await;
    let now = world.asks(ANA, "/now").await;
    let queued = world.asks(ANA, &format!("/watch link:{HOSTILE}")).await;
    for text in [card.text(), now.text(), queued.text(), world.card("Next is").await.text()] {
        for trick in ["@everyone", "@1", "](", "https://evil", "||", " `y", "discord.gg"] {
            assert!(!text.contains(trick), "{trick} in {text:?}");
        }
    }
    let room = world.room(FILM_CLUB).await;
    let invite = world.asks(ANA, "/invite").await;
    assert!(invite.text().contains(&format!("https://couch.example/j/{}", room.invite)), "{}", invite.text());
}

#[tokio::test]
async fn a_slow_link_is_answered_in_time_and_queued_later() {
    let world = World::new().await;
    let asked = world.discord.types(FILM_CLUB, ANA, &format!("/watch link:{SLOW}")).await;
    assert_eq!(world.discord.first_answer_to(asked).await, 5, "thinking");
    let answer = world.discord.answer_to(asked).await;
    assert_eq!(answer.message().title(), Some("film.mp4"));
    assert!(answer.after < Duration::from_secs(3));
    world.asks(ANA, "/play").await;
    assert_eq!(world.card("**Playing**").await.id, answer.message().id, "it became the card");
}

#[tokio::test]
async fn a_slow_no_is_still_read_only_by_the_one_who_asked() {
    let world = World::new().await;
    let asked = world.discord.types(FILM_CLUB, ANA, &format!("/watch link:{SILENT}")).await;
    assert_eq!(world.discord.first_answer_to(asked).await, 5, "thinking");
    let answer = world.discord.answer_to(asked).await;
    assert!(answer.message().ephemeral(), "{}", answer.text());
    assert!(answer.text().contains("cannot be reached"), "{}", answer.text());
    assert!(world.discord.messages(FILM_CLUB).is_empty(), "what said thinking is gone");
}

#[tokio::test]
async fn threads_and_letters_have_rooms_of_their_own() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    let thread = world.discord.asks(THREAD, BEN, &format!("/watch link:{LAUNDROMAT}")).await;
    let letters = world.discord.asks(LETTERS, MOD, &format!("/watch link:{LAUNDROMAT}")).await;
    for answer in [thread, letters] {
        assert_eq!(answer.message().title(), Some("Cosmos Laundromat"));
    }
    assert_eq!(&*world.room(FILM_CLUB).await.settings.title, "film-club");
    assert_eq!(&*world.room(THREAD).await.settings.title, "friday");
    assert_eq!(&*world.room(LETTERS).await.settings.title, "Mod's couch");
}

#[tokio::test]
async fn a_card_that_was_deleted_comes_back_with_the_next_watch() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    world.asks(BEN, "/play").await;
    let card = world.card("**Playing**").await;
    world.discord.deletes(&card);
    world.asks(BEN, &format!("/watch link:{LAUNDROMAT}")).await;
    let again = world.card("Next is Cosmos Laundromat").await;
    assert_ne!(again.id, card.id);
    world.asks(BEN, "/pause").await;
    assert_eq!(world.card("**Paused**").await.id, again.id, "and is kept true");
}

#[tokio::test]
async fn a_busy_card_is_edited_no_more_often_than_discord_likes() {
    let world = World::new().await;
    let card = world.watches(ANA, SINTEL).await;
    world.discord.limit_edit(Duration::from_millis(3_200));
    for line in ["/play", "/pause", "/seek time:1:00", "/seek time:2:00", "/seek time:3:00"] {
        world.asks(BEN, line).await;
    }
    let (at, wait) = world.discord.limited().await;
    let edited = world.card("3:00").await;
    let first = edited.edited_at[0];
    assert!(first - at >= wait, "edited {:?} after being asked to wait {wait:?}", first - at);
    assert_eq!((edited.id, edited.edits), (card.id, 1), "five changes are one edit");
    world.asks(BEN, "/seek time:4:00").await;
    let edited = world.card("4:00").await;
    let gap = edited.edited_at[1] - edited.edited_at[0];
    assert!(gap >= Duration::from_millis(1_900), "{gap:?} between two edits");
}

#[tokio::test]
async fn a_card_from_before_a_restart_shows_what_is_done_in_a_browser() {
    let world = World::new().await;
    let card = world.watches(ANA, SINTEL).await;
    let world = world.restart().await;
    let person = world.engine.people.guest("Vera").await.unwrap().person;
    let vera = Caller { granted: Some(Role::Guest), ..Caller::new(person) }.actor(Door::Viewer);
    world.engine.rooms.command(world.room_of(FILM_CLUB).await, vera, Deed::PLAY.into()).await.unwrap();
    assert_eq!(world.card("**Playing**").await.id, card.id);
}
