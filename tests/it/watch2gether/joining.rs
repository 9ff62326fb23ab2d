//! Entering rooms, and who a bot is.

use serde_json::json;

use super::{Bot, no, of, open, post};
use crate::world::{World, in_room};

#[tokio::test]
async fn entering_a_room_makes_a_member_under_a_name_of_its_own() {
    let world = World::start().await;
    let (bot, other) = (Bot::new(&world, "Movie bot").await, Bot::new(&world, "Second bot").await);
    let room = bot.makes_room(json!({})).await;
    let joined = other.post(&of(&room, "/join_room"), json!({ "nname": "DJ" })).await;
    assert_eq!(joined.status, 200, "{}", joined.text);
    let told = &joined.body;
    assert_eq!(
        (&told["streamkey"], &told["owner"], &told["user"]["nname"]),
        (&room["streamkey"], &json!(false), &json!("DJ"))
    );
    for field in ["access_key", "confirmed_user", "confirmed_email", "persistent_name", "plus", "pro", "location"] {
        assert!(told.get(field).is_some(), "{field}: {}", joined.text);
    }
    assert_eq!(told["access_key"], json!(null), "whoever may not invite gets no way in to hand on");
    // It is called so from now on, whatever it does.
    other.post(&of(&room, "/sync_update"), json!({ "item_url": world.link("/files/film.mp4") })).await;
    let native = open(&world, &of(&room, "")).await;
    let native = json!({ "id": super::location(&native).trim_start_matches("/r/") });
    let current = other.native().get(&in_room(&native, "")).await.ok()["current"].clone();
    assert_eq!((&current["added_by"]["name"], &current["added_by"]["door"]), (&json!("DJ"), &json!("watch2gether")));
    let owner = bot.post(&of(&room, "/join_room"), json!({})).await.body;
    assert_eq!((&owner["owner"], &owner["user"]["role"]), (&json!(true), &json!("owner")));
    assert!(owner["access_key"].is_string());
}

#[tokio::test]
async fn an_access_key_is_a_way_in_and_leads_to_rooms_that_other_doors_made() {
    let world = World::start().await;
    let bot = Bot::new(&world, "Movie bot").await;
    let ana = world.person("Ana").await;
    let native = ana.makes_room("Film club").await;
    let invite = native["invite"].as_str().unwrap();
    let joined = bot.post("/rooms/default/join_room", json!({ "access_key": invite })).await;
    assert_eq!((joined.status, &joined.body["access_key"]), (200, &json!(invite)), "{}", joined.text);
    let streamkey = joined.body["streamkey"].as_str().unwrap();
    assert_eq!(streamkey.len(), 18);
    let again = bot.post(&of(&joined.body, "/join_room"), json!({ "access_key": invite })).await;
    assert_eq!(again.body["streamkey"], streamkey, "the name stays");
    let played =
        bot.post(&of(&joined.body, "/sync_update"), json!({ "item_url": world.link("/files/film.mp4") })).await;
    assert_eq!(played.status, 200, "{}", played.text);
    assert_eq!(ana.get(&in_room(&native, "")).await.ok()["current"]["added_by"]["name"], "Movie bot");

    // By invitation is by invitation.
    let stranger = Bot::new(&world, "Stranger").await;
    assert_eq!(no(&stranger.post(&of(&joined.body, "/join_room"), json!({})).await), (403, "not_a_member"));
    let wrong = stranger.post("/rooms/default/join_room", json!({ "access_key": "nosuchinvite0000" })).await;
    assert_eq!((no(&wrong).0, &wrong.body["field"]), (404, &json!("access_key")));
    let open_room = bot.makes_room(json!({})).await;
    let mixed = stranger.post(&of(&open_room, "/join_room"), json!({ "access_key": invite })).await;
    assert_eq!((no(&mixed), &mixed.body["field"]), ((400, "invalid_request"), &json!("access_key")));
    assert_eq!(no(&stranger.post("/rooms/default/join_room", json!({})).await), (404, "room_not_found"));
    assert_eq!(
        no(&post(&world, &of(&open_room, "/join_room"), json!({ "nname": "Eve" })).await),
        (401, "missing_api_key")
    );
    let nameless = stranger.post(&of(&open_room, "/join_room"), json!({ "nname": "x".repeat(49) })).await;
    assert_eq!(no(&nameless), (400, "text_too_long"));
}

#[tokio::test]
async fn a_key_is_looked_at_without_touching_anything_and_its_bot_is_renamed() {
    let world = World::start().await;
    let bot = Bot::new(&world, "Movie bot").await;
    let reader = Bot::with(&world, "Reader", &["read"]).await;
    for answer in [bot.get("/w2g_key/verify").await, bot.post("/w2g_key/verify", json!({})).await] {
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!((&answer.body["valid"], &answer.body["name"]), (&json!(true), &json!("Movie bot")));
        assert_eq!(answer.body["can_change_rooms"], true);
        assert!(!answer.text.contains(&bot.key));
    }
    assert_eq!(reader.get("/w2g_key/verify").await.body["can_change_rooms"], false);
    assert_eq!(no(&post(&world, "/w2g_key/verify", json!({ "w2g_api_key": "nope" })).await), (401, "invalid_api_key"));
    assert_eq!(no(&post(&world, "/w2g_key/verify", json!({})).await), (401, "missing_api_key"));
    assert_eq!(world.engine().rooms.counts().0, 0);

    let renamed = bot.post("/w2g_key/update", json!({ "name": "  Kino\u{202E} bot " })).await;
    assert_eq!(renamed.body["name"], "Kino bot");
    assert_eq!(bot.get("/w2g_key/verify").await.body["name"], "Kino bot");
    assert_eq!(no(&bot.post("/w2g_key/update", json!({})).await), (400, "invalid_request"));
    assert_eq!(no(&bot.post("/w2g_key/update", json!({ "name": "\u{200B}" })).await), (400, "text_empty"));
    assert_eq!(no(&reader.post("/w2g_key/update", json!({ "name": "X" })).await), (403, "scope_missing"));
    let operator = json!({ "w2g_api_key": crate::world::BOOTSTRAP_KEY, "name": "X" });
    assert_eq!(no(&post(&world, "/w2g_key/update", operator).await), (403, "needs_session"));
    assert_eq!(no(&bot.post("/w2g_key/anything", json!({})).await), (404, "no_such_path"));
}
