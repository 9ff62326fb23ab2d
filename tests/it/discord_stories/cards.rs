//! The live card itself: how it looks, and what becomes of it where people write below it.

use serde_json::json;

use super::*;

/// The room has so many who watch.
async fn watch(world: &World, people: usize) {
    let room = world.room_of(FILM_CLUB).await;
    for number in 0..people {
        let person = world.engine.people.guest(&format!("Guest {number}")).await.unwrap().person;
        let connection = world.engine.rooms.connection();
        let caller = Caller { granted: Some(Role::Guest), ..Caller::new(person) };
        let actor = Actor { connection: Some(connection), ..caller.actor(Door::Viewer) };
        world.engine.rooms.command(room, actor, Command::Arrive { connection, watches: true }).await.unwrap();
    }
}

#[tokio::test]
async fn the_card_looks_as_it_was_designed() {
    let world = World::new().await;
    world.watches(ANA, PICTURED).await;
    for link in [LAUNDROMAT, BUNNY, ELEPHANTS, LAUNDROMAT, BUNNY, ELEPHANTS] {
        world.asks(BEN, &format!("/queue add link:{link}")).await;
    }
    watch(&world, 5).await;
    world.asks(ANA, "/play").await;
    let card = world.discord.card_in(FILM_CLUB, |card| {
        card.text().contains("**Playing** for 5 people") && card.text().contains("6 in the queue")
    });
    let card = card.await;
    let room = world.room_of(FILM_CLUB).await;
    let view = world.room(FILM_CLUB).await;
    let text = card.text();
    let ends = text.split_once("<t:").unwrap().1.split_once(":R>").unwrap().0.to_owned();
    let left = ends.parse::<i64>().unwrap() - world.engine.clock.now().wall.0 / 1000;
    assert!((880..=889).contains(&left), "it ends in {left} seconds");
    let button = |label: &str, style: u8, action: Action| json!({"type": 2, "style": style, "label": label, "custom_id": action.data(room)});
    let link = format!("https://couch.example/j/{}", view.invite);
    let mut drawn = json!(card.components);
    without_defaults(&mut drawn);
    assert_eq!(
        drawn,
        json!([{"type": 17, "accent_color": 0x00fa_8440, "components": [
            {"type": 12, "items": [{"media": {"url": PICTURE}}]},
            {"type": 10, "content": "## Sintel"},
            {"type": 10, "content": format!(
                "**Playing** for 5 people, ends <t:{ends}:R>\n-# Added by Ana. Next is Cosmos Laundromat, 6 in the queue."
            )},
            {"type": 14},
            {"type": 1, "components": [
                button("Pause", 1, Action::Pause),
                button("−10 s", 2, Action::Back10),
                button("+10 s", 2, Action::Forward10),
                button("Skip", 2, Action::Skip),
            ]},
            {"type": 1, "components": [
                button("Queue", 2, Action::Queue(0)),
                button("I’m coming", 2, Action::Coming),
                {"type": 2, "style": 5, "label": "Open the room", "url": link},
            ]},
        ]}])
    );
}

/// What means nothing: that a button can be pressed.
fn without_defaults(part: &mut serde_json::Value) {
    match part {
        serde_json::Value::Object(fields) => {
            fields.retain(|name, value| !(name == "disabled" && *value == json!(false)));
            fields.values_mut().for_each(without_defaults);
        }
        serde_json::Value::Array(all) => all.iter_mut().for_each(without_defaults),
        _ => {}
    }
}

#[tokio::test]
async fn a_skip_that_is_voted_on_says_so_on_its_button() {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    watch(&world, 4).await;
    world.asks(MOD, "/settings setting:vote_skip value:on").await;
    world.asks(BEN, "/skip").await;
    let card =
        world.discord.card_in(FILM_CLUB, |card| card.labels().iter().any(|label| label.starts_with("Skip, 1 of ")));
    let card = card.await;
    assert_eq!(card.labels()[4..], ["Queue", "I’m coming", "Open the room"]);
}

/// People write until the card is out of sight.
fn bury(world: &World) {
    for number in 0..11 {
        world.discord.says(FILM_CLUB, BEN, &format!("and another thing, {number}"));
    }
}

/// A card that was buried is posted anew; the new one, and what is left of the old one.
async fn posted_anew(world: &World, old: &Message) -> (Message, Message) {
    let new = world.discord.card_in(FILM_CLUB, |card| card.id != old.id && card.text().contains("**Playing**")).await;
    let left = world.discord.message_is(old.id, |card| card.labels().is_empty()).await;
    (new, left)
}

#[tokio::test]
async fn a_card_that_was_buried_is_posted_anew_and_the_old_one_has_no_buttons() {
    for v2 in [true, false] {
        let discord = FakeDiscord::start().await;
        if !v2 {
            discord.refuses_v2();
        }
        let world = World::on(discord).await;
        let old = world.watches(ANA, SINTEL).await;
        bury(&world);
        world.asks(BEN, "/play").await;
        let (new, left) = posted_anew(&world, &old).await;
        assert_eq!((new.is_v2(), left.is_v2(), left.deleted), (v2, v2, false));
        assert_eq!(left.title(), Some("Sintel"), "it still says what it was about");
        assert_eq!(new.labels().len(), 7);
        let known = i64::try_from(new.id).ok();
        until(|| async { world.engine.places.get(&place(FILM_CLUB)).await.unwrap().unwrap().card == known }).await;
        // The new one is the card, also after a restart.
        let world = world.restart().await;
        assert_eq!(world.presses(&new, "Pause", BEN).await.first, 6);
        assert!(!world.room(FILM_CLUB).await.playback.playing);
        assert_eq!(world.card("**Paused**").await.id, new.id);
        assert!(world.discord.message(old.id).labels().is_empty(), "and the old one stays as it is");
    }
}

#[tokio::test]
async fn a_card_in_sight_is_edited_where_it_stands() {
    let world = World::new().await;
    let card = world.watches(ANA, SINTEL).await;
    for number in 0..5 {
        world.discord.says(FILM_CLUB, BEN, &format!("hm, {number}"));
    }
    world.asks(BEN, "/play").await;
    assert_eq!(world.card("**Playing**").await.id, card.id);
}

#[tokio::test]
async fn an_embed_of_before_is_edited_as_one_after_a_restart() {
    let discord = FakeDiscord::start().await;
    discord.refuses_v2();
    let world = World::on(discord).await;
    let card = world.watches(ANA, SINTEL).await;
    let world = world.restart().await;
    let answer = world.presses(&card, "Play", BEN).await;
    assert_eq!(answer.first, 6);
    let playing = world.card("**Playing** for nobody yet, ends <t:").await;
    assert_eq!((playing.id, playing.is_v2(), playing.title()), (card.id, false, Some("Sintel")));
    assert_eq!(playing.labels(), ["Pause", "−10 s", "+10 s", "Skip", "Queue", "I’m coming", "Open the room"]);
}
