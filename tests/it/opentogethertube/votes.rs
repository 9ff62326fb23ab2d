//! Votes for what comes next, and taking back.

use serde_json::{Value, json};

use super::client::Client;
use crate::{viewer::Viewer, world::World};

const UNDO: &str = "/api/room/couch/undo";

/// A film on, one that waits; Ana in it with a socket.
async fn couch(world: &World) -> (Client, Viewer, Value) {
    let person = world.person("Ana").await;
    let ana = Client::of(world, &person);
    ana.makes("couch").await;
    for film in ["demo.mp4", "film.mp4"] {
        ana.post("/api/room/couch/queue", json!({ "url": world.link(&format!("/files/{film}")) })).await.ok();
    }
    let room = ana.native(world, "couch").await;
    let mut viewer = Viewer::open(world, &room, &person).await;
    viewer.does(json!({ "do": "pause" })).await;
    (ana, viewer, room)
}

fn video(world: &World, film: &str) -> Value {
    json!({ "service": "direct", "id": world.link(&format!("/files/{film}")) })
}

#[tokio::test]
async fn who_is_there_has_one_vote_and_takes_it_back() {
    let world = World::start().await;
    let (ana, _viewer, _) = couch(&world).await;
    let ben = Client::guest(&world, "Ben").await;
    let film = video(&world, "film.mp4");
    let votes = async || {
        let room = ana.native(&world, "couch").await;
        room["votes"].as_object().unwrap().values().map(|people| people.as_array().unwrap().len()).sum::<usize>()
    };
    // Its server knows the room's name in one spelling here.
    for spelling in ["couch", "COUCH", "couch"] {
        ana.post(&format!("/api/room/{spelling}/vote"), film.clone()).await.ok();
        assert_eq!(votes().await, 1);
    }
    assert_eq!(ben.post("/api/room/couch/vote", film.clone()).await.no(), (400, "ClientNotFoundInRoomException"));
    assert_eq!(ben.delete("/api/room/couch/vote", film.clone()).await.no(), (400, "ClientNotFoundInRoomException"));
    assert_eq!(votes().await, 1);
    for _ in 0..2 {
        ana.delete("/api/room/couch/vote", film.clone()).await.ok();
        assert_eq!(votes().await, 0);
    }
    let no = ana.post("/api/room/couch/vote", video(&world, "song.mp3")).await;
    assert_eq!(no.no(), (400, "VideoNotFoundException"));
    assert_eq!(ana.post("/api/room/couch/vote", json!({})).await.no(), (400, "ZodValidationError"));
    assert_eq!(ana.post("/api/room/nowhere/vote", film).await.no(), (404, "RoomNotFoundException"));
}

#[tokio::test]
async fn votes_order_a_queue_by_votes() {
    let world = World::start().await;
    let (ana, _viewer, _) = couch(&world).await;
    ana.post("/api/room/couch/queue", video(&world, "song.mp3")).await.ok();
    ana.patch("/api/room/couch", json!({ "queueMode": "vote" })).await.ok();
    ana.post("/api/room/couch/vote", video(&world, "song.mp3")).await.ok();
    let queue = ana.reads("couch").await["queue"].clone();
    let ids: Vec<_> = queue.as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [world.link("/files/song.mp3"), world.link("/files/film.mp4")]);
}

/// An event as its socket tells it.
fn event(kind: u64, additional: &Value) -> Value {
    json!({ "data": { "event": { "action": "event", "request": { "type": kind }, "user": { "id": "00000000-0000-4000-8000-000000000000" },
        "additional": additional } } })
}

#[tokio::test]
async fn what_events_told_is_taken_back_by_what_they_say_and_only_once() {
    let world = World::start().await;
    let (ana, mut viewer, room) = couch(&world).await;
    let position = async || ana.native(&world, "couch").await["playback"]["position_ms"].clone();
    let queued = async || ana.reads("couch").await["queue"].as_array().unwrap().len();

    viewer.does(json!({ "do": "seek", "position_ms": 20_000 })).await;
    viewer.does(json!({ "do": "seek", "position_ms": 40_000 })).await;
    let seek = event(4, &json!({ "prevPosition": 20 }));
    ana.post(UNDO, seek.clone()).await.ok();
    assert_eq!(position().await, 20_000);
    assert_eq!(ana.post(UNDO, seek).await.no(), (400, "Error"), "it is taken back already");
    assert_eq!(position().await, 20_000);

    let film = video(&world, "film.mp4");
    ana.delete("/api/room/couch/queue", film.clone()).await.ok();
    assert_eq!(queued().await, 0);
    let removed = event(6, &json!({ "video": film, "queueIdx": 0 }));
    ana.post(UNDO, removed.clone()).await.ok();
    assert_eq!(queued().await, 1);
    assert_eq!(ana.post(UNDO, removed).await.no(), (400, "Error"));
    assert_eq!(queued().await, 1, "theirs puts it in a second time");

    ana.post("/api/room/couch/queue", video(&world, "song.mp3")).await.ok();
    ana.post(UNDO, event(5, &json!({ "video": video(&world, "song.mp3") }))).await.ok();
    assert_eq!(queued().await, 1);

    // By its number, whatever else is said.
    let skipped = viewer.does(json!({ "do": "skip" })).await;
    let seq = (1..=skipped["seq"].as_u64().unwrap()).rev();
    assert_eq!(ana.native(&world, "couch").await["current"]["url"], world.link("/files/film.mp4"));
    let mut by_number = event(3, &json!({}));
    for seq in seq.take(4) {
        by_number["data"]["event"]["seq"] = json!(seq);
        if ana.post(UNDO, by_number.clone()).await.status == 200 {
            break;
        }
    }
    let back = ana.native(&world, "couch").await;
    assert_eq!(
        (&back["current"]["url"], &back["playback"]["position_ms"]),
        (&json!(world.link("/files/demo.mp4")), &json!(20_000))
    );
    let _ = room;
}

#[tokio::test]
async fn nobody_brings_anything_in_by_an_event_that_was_not() {
    let world = World::start().await;
    let (ana, _viewer, room) = couch(&world).await;
    let ben = Client::guest(&world, "Ben").await;
    let before = ana.native(&world, "couch").await;
    let eve = json!({ "service": "direct", "id": "https://eve.example/trick.mp4" });
    for (kind, more) in [
        (3, json!({ "video": eve, "prevPosition": 5 })),
        (6, json!({ "video": eve, "queueIdx": 0 })),
        (5, json!({ "videos": [eve] })),
        (4, json!({ "prevPosition": 55 })),
        (4, json!({ "prevPosition": "NaN" })),
    ] {
        let no = ana.post(UNDO, event(kind, &more)).await;
        assert!(no.status == 400 || kind == 4 && more["prevPosition"].is_string(), "{kind} {}", no.text);
    }
    // What is never taken back is let be.
    for kind in [0, 2, 11, 77] {
        ana.post(UNDO, event(kind, &json!({}))).await.ok();
    }
    assert_eq!(ana.native(&world, "couch").await["seq"], before["seq"]);
    for odd in [json!({}), json!({ "data": null }), json!({ "data": { "event": 5 } })] {
        assert_eq!(ana.post(UNDO, odd).await.no(), (400, "BadApiArgumentException"));
    }
    let no = ana.post(UNDO, json!({ "data": { "event": { "request": "skip" } } })).await;
    assert_eq!(no.no(), (400, "ZodValidationError"));
    // Who has no connection there, and who may not.
    let removed = event(6, &json!({ "video": video(&world, "film.mp4"), "queueIdx": 0 }));
    assert_eq!(ben.post(UNDO, removed.clone()).await.no(), (400, "ClientNotFoundInRoomException"));
    ana.delete("/api/room/couch/queue", video(&world, "film.mp4")).await.ok();
    let eve = world.person("Eve").await;
    let _there = Viewer::open(&world, &room, &eve).await;
    let owner = Client::account(&world, "owner").await;
    owner.patch("/api/room/couch", json!({ "claim": true })).await.ok();
    owner.patch("/api/room/couch", json!({ "grants": [[0, 0]] })).await.ok();
    let no = Client::of(&world, &eve).post(UNDO, removed).await;
    assert_eq!(no.no(), (400, "PermissionDeniedException"));
}
