//! Play, pause, seek, skip, next, back.

use serde_json::json;

use super::{Bot, no, of};
use crate::world::World;

#[tokio::test]
async fn a_bot_plays_pauses_seeks_and_skips() {
    let world = World::start().await;
    let bot = Bot::new(&world, "Movie bot").await;
    // Ten minutes by the word of the one who queues it: the film of the fake web is shorter.
    let room =
        bot.makes_room(json!({ "share": [world.link("/files/film.mp4"), world.link("/files/film.webm")] })).await;
    let played = bot.post(&of(&room, "/play"), json!({})).await.body;
    assert_eq!((&played["success"], &played["playing"], &played["queued"]), (&json!(true), &json!(true), &json!(1)));
    assert_eq!(bot.post(&of(&room, "/pause"), json!({})).await.body["playing"], false);
    for (path, body, position) in [
        ("/seek", json!({ "position": 1 }), 1.0),
        ("/seek", json!({ "position": "0:01" }), 1.0),
        ("/seek", json!({ "position": 0.25 }), 0.25),
        ("/skip", json!({ "seconds": 0.5 }), 0.75),
        ("/skip", json!({ "minutes": "0.01" }), 1.35),
        ("/skip", json!({ "minutes": -5 }), 0.0),
        ("/seek", json!({ "position": "+1" }), 1.0),
    ] {
        let answer = bot.post(&of(&room, path), body.clone()).await;
        assert_eq!((answer.status, &answer.body["position"]), (200, &json!(position)), "{path} {body} {}", answer.text);
    }
    let next = bot.post(&of(&room, "/next"), json!({})).await.body;
    assert_eq!(next["item"]["url"], world.link("/files/film.webm"));
    let back = bot.post(&of(&room, "/previous"), json!({})).await.body;
    assert_eq!(back["item"]["url"], world.link("/files/film.mp4"));
}

#[tokio::test]
async fn what_a_player_cannot_do_is_told() {
    let world = World::start().await;
    let (bot, other) = (Bot::new(&world, "Movie bot").await, Bot::new(&world, "Other").await);
    let room = bot.makes_room(json!({ "moderated": true })).await;
    assert_eq!(no(&bot.post(&of(&room, "/next"), json!({})).await), (409, "nothing_playing"));
    bot.post(&of(&room, "/sync_update"), json!({ "item_url": world.link("/files/film.mp4") })).await;
    for (path, body, status, code) in [
        ("/seek", json!({}), 400, "invalid_request"),
        ("/seek", json!({ "position": "soon" }), 400, "invalid_request"),
        ("/seek", json!({ "position": -1 }), 400, "invalid_request"),
        ("/seek", json!({ "position": 5_000 }), 400, "seek_past_end"),
        ("/skip", json!({}), 400, "invalid_request"),
        ("/skip", json!({ "minutes": "a lot" }), 400, "invalid_request"),
        ("/skip", json!({ "minutes": 1e9 }), 400, "invalid_request"),
        ("/stop", json!({}), 404, "no_such_path"),
    ] {
        assert_eq!(no(&bot.post(&of(&room, path), body.clone()).await), (status, code), "{path} {body}");
    }
    assert_eq!(no(&other.post(&of(&room, "/pause"), json!({})).await), (403, "not_a_member"));
    other.post(&of(&room, "/join_room"), json!({})).await;
    for path in ["/play", "/pause", "/next", "/previous"] {
        assert_eq!(no(&other.post(&of(&room, path), json!({})).await), (403, "room_moderated"), "{path}");
    }
    assert_eq!(no(&bot.get(&of(&room, "/pause")).await), (405, "bad_method"));
}
