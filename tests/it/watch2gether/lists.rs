//! Playlists by name: what people asked for and were promised.

use serde_json::json;

use super::{Bot, ask, no, of};
use crate::world::World;

#[tokio::test]
async fn a_list_is_made_filled_read_activated_cleared_and_deleted_by_its_name() {
    let world = World::start().await;
    let bot = Bot::new(&world, "Movie bot").await;
    let (film, other) = (world.link("/files/film.mp4"), world.link("/files/film.webm"));
    let room = bot.makes_room(json!({ "share": film })).await;
    let made = bot
        .post(&of(&room, "/playlists/create"), json!({ "title": "Rainy days", "add_items": [{ "url": film }] }))
        .await;
    assert_eq!(
        (made.status, &made.body["title"], &made.body["count"]),
        (200, &json!("Rainy days"), &json!(1)),
        "{}",
        made.text
    );
    let key = made.body["key"].as_str().unwrap().to_owned();
    for name in ["Rainy%20days", "rainy%20DAYS", &key] {
        let path = of(&room, &format!("/playlists/{name}/playlist_items/sync_update"));
        let filled = bot
            .post(
                &path,
                json!({ "add_items": [{ "url": other, "title": "Other", "thumb": "https://p.example/1.jpg" }] }),
            )
            .await;
        assert_eq!((filled.status, filled.text.as_str()), (200, ""), "{name}");
    }
    let listed = bot.get(&of(&room, "/playlists")).await.body;
    assert_eq!((&listed["selectedPlaylist"], &listed["lists"][0]["key"]), (&json!("current"), &json!("current")));
    assert_eq!((&listed["lists"][1]["title"], &listed["lists"][1]["count"]), (&json!("Rainy days"), &json!(4)));
    for path in [
        of(&room, "/playlists/Rainy%20days/playlist_items"),
        of(&room, &format!("/playlists/{key}/playlist_items")).replace("/rooms/", "/streams/"),
    ] {
        let items = bot.get(&path).await.body;
        assert_eq!(
            (items.as_array().unwrap().len(), &items[1]["title"], &items[1]["thumb"]),
            (4, &json!("Other"), &json!("https://p.example/1.jpg"))
        );
    }

    // What comes is the list; what is on stays.
    let before = bot.get(&of(&room, "/playlists/current/playlist_items")).await.body;
    bot.post(&of(&room, "/playlists/current/playlist_items/sync_update"), json!({ "add_items": [{ "url": other }] }))
        .await;
    let active = bot.post(&of(&room, "/playlists/sync_update"), json!({ "active_list": "rainy days" })).await;
    assert_eq!((active.status, &active.body["queued"]), (200, &json!(4)), "{}", active.text);
    assert_eq!(active.body["item"]["key"], before[0]["key"]);

    assert_eq!(bot.post(&of(&room, "/playlists/current/clear"), json!({})).await.body["success"], true);
    assert_eq!(bot.get(&of(&room, "/playlists/current/playlist_items")).await.body.as_array().unwrap().len(), 1);
    assert_eq!(bot.post(&of(&room, "/playlists/current/clear"), json!({})).await.status, 200, "empty is empty");
    bot.post(&of(&room, "/playlists/Rainy%20days/clear"), json!({})).await;
    assert_eq!(bot.get(&of(&room, "/playlists/Rainy%20days/playlist_items")).await.body, json!([]));
    assert_eq!(bot.post(&of(&room, "/playlists/Rainy%20days/delete"), json!({})).await.body["success"], true);
    bot.post(&of(&room, "/playlists/create"), json!({ "title": "Two" })).await;
    let path = of(&room, "/playlists/Two");
    let deleted = ask(&world, reqwest::Method::DELETE, &path, |request| request.header("x-api-key", &bot.key));
    assert_eq!(deleted.await.status, 200);
    assert_eq!(bot.get(&of(&room, "/playlists")).await.body["lists"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn lists_that_are_not_there_or_not_to_be_touched_are_told_so() {
    let world = World::start().await;
    let (bot, other) = (Bot::new(&world, "Movie bot").await, Bot::new(&world, "Other").await);
    let room = bot.makes_room(json!({ "moderated_playlist": true })).await;
    other.post(&of(&room, "/join_room"), json!({})).await;
    bot.post(&of(&room, "/playlists/create"), json!({ "title": "Empty" })).await;
    let films = json!({ "add_items": [{ "url": world.link("/files/film.mp4") }] });
    for (path, body, status, code) in [
        ("/playlists/create", json!({}), 400, "invalid_request"),
        ("/playlists/create", json!({ "title": "current" }), 400, "invalid_request"),
        ("/playlists/create", json!({ "title": "empty" }), 409, "name_taken"),
        (
            "/playlists/create",
            json!({ "title": "Bad", "add_items": [{ "url": "http://127.0.0.1:1/a.mp4" }] }),
            400,
            "private_address",
        ),
        ("/playlists/nothing/playlist_items/sync_update", films.clone(), 404, "playlist_not_found"),
        ("/playlists/nothing/clear", json!({}), 404, "playlist_not_found"),
        ("/playlists/current/delete", json!({}), 409, "not_a_playlist"),
        ("/playlists/sync_update", json!({}), 400, "invalid_request"),
        ("/playlists/sync_update", json!({ "active_list": "nothing" }), 404, "playlist_not_found"),
        ("/playlists/sync_update", json!({ "active_list": "Empty" }), 400, "invalid_request"),
    ] {
        let answer = bot.post(&of(&room, path), body.clone()).await;
        assert_eq!(no(&answer), (status, code), "{path} {body}");
    }
    for (path, body) in [
        ("/playlists/create", json!({ "title": "Mine" })),
        ("/playlists/Empty/playlist_items/sync_update", films),
        ("/playlists/Empty/delete", json!({})),
        ("/playlists/Empty/clear", json!({})),
    ] {
        assert_eq!(no(&other.post(&of(&room, path), body).await), (403, "playlist_moderated"), "{path}");
    }
    assert_eq!(other.get(&of(&room, "/playlists")).await.status, 200, "looking is free");
}
