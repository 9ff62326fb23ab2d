//! Lines of chat and reactions, by REST.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{client::Client, parties::NONE};
use crate::world::World;

fn names(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn a_line_is_written_told_and_read_oldest_first() {
    let world = World::start().await;
    let (ana, ben) = (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await);
    let (id, code) = ana.makes().await;
    let path = format!("/{id}/messages");
    assert_eq!(ana.get(&path).await.ok(), json!({ "messages": [], "count": 0 }));
    ben.joins(&code).await;
    let first = ana.post(&path, json!({ "message": "Hello" })).await.made();
    let second = ben.post(&path, json!({ "message": "Привет 👋" })).await.made();
    let fields = ["id", "watch_party_id", "user_id", "username", "display_name", "message", "created_at"];
    assert_eq!(names(&first), BTreeSet::from(fields));
    for (name, value) in [
        ("watch_party_id", json!(id)),
        ("user_id", json!(ben.id().await)),
        ("username", json!("Ben")),
        ("display_name", json!("Ben")),
        ("message", json!("Привет 👋")),
    ] {
        assert_eq!(second[name], value, "{name}");
    }
    assert_eq!(ben.get(&path).await.ok(), json!({ "messages": [first, second], "count": 2 }));
    // What is said through any other door is there as well.
    ana.native().post(&format!("/api/v1/rooms/{id}/chat"), json!({ "text": "From the viewer" })).await;
    assert_eq!(ben.get(&path).await.ok()["messages"][2]["message"], "From the viewer");
}

#[tokio::test]
async fn the_last_hundred_lines_are_told() {
    let world = World::start().await;
    let ana = Client::guest(&world, "Ana").await;
    let (id, _) = ana.makes().await;
    let path = format!("/{id}/messages");
    for n in 0..103 {
        ana.post(&path, json!({ "message": format!("line {n}") })).await.made();
    }
    let told = ana.get(&path).await.ok();
    let lines = told["messages"].as_array().unwrap();
    assert_eq!((told["count"].as_u64(), lines.len()), (Some(100), 100));
    assert_eq!((&lines[0]["message"], &lines[99]["message"]), (&json!("line 3"), &json!("line 102")));
}

#[tokio::test]
async fn a_line_has_one_to_a_thousand_characters_and_a_reaction_one_to_ten() {
    let world = World::start().await;
    let ana = Client::guest(&world, "Ana").await;
    let (id, _) = ana.makes().await;
    let (messages, react) = (format!("/{id}/messages"), format!("/{id}/react"));
    for good in ["x".to_owned(), "ж".repeat(1_000)] {
        assert_eq!(ana.post(&messages, json!({ "message": good })).await.made()["message"], *good);
    }
    // A family of emoji has seven characters and 25 bytes.
    for good in ["👍", "👨‍👩‍👧‍👦", "🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉"] {
        assert_eq!(ana.post(&react, json!({ "emoji": good })).await.made()["emoji"], good);
    }
    for bad in [json!({}), json!({ "message": "" }), json!({ "message": " \n" }), json!({ "message": null })] {
        assert_eq!(ana.post(&messages, bad.clone()).await.no().0, 400, "{bad}");
    }
    for bad in [json!({ "message": "x".repeat(1_001) }), json!({ "message": 7 }), json!([])] {
        assert_eq!(ana.post(&messages, bad).await.no().0, 400);
    }
    for bad in [
        json!({}),
        json!({ "emoji": "" }),
        json!({ "emoji": "x".repeat(11) }),
        json!({ "emoji": 7 }),
        json!({ "emoji": "👍", "video_timestamp": "soon" }),
        json!({ "emoji": "👍", "video_timestamp": [] }),
    ] {
        assert_eq!((ana.post(&react, bad.clone()).await.no().0), 400, "{bad}");
    }
    assert_eq!(ana.get(&messages).await.ok()["count"], 2);
}

#[tokio::test]
async fn a_reaction_says_when_it_was() {
    let world = World::start().await;
    let ana = Client::guest(&world, "Ana").await;
    let (id, _) = ana.makes().await;
    let path = format!("/{id}/react");
    // Nothing is on: what its client says is told back, else nothing.
    let reaction = ana.post(&path, json!({ "emoji": "🔥" })).await.made();
    let fields = ["id", "watch_party_id", "user_id", "username", "emoji", "created_at"];
    assert_eq!(names(&reaction), BTreeSet::from(fields));
    assert_eq!(
        ana.post(&path, json!({ "emoji": "🔥", "video_timestamp": 12.345 })).await.made()["video_timestamp"],
        12.35
    );
    ana.post(&format!("/{id}/clips"), json!({ "url": world.link("/files/film.mp4") })).await.made();
    let seek = json!({ "position_ms": 1_250 });
    ana.native().post(&format!("/api/v1/rooms/{id}/playback/seek"), seek).await.ok();
    ana.native().post(&format!("/api/v1/rooms/{id}/playback/pause"), json!({})).await.ok();
    let reaction = ana.post(&path, json!({ "emoji": "🔥" })).await.made();
    assert_eq!((reaction["video_timestamp"].clone(), &reaction["username"]), (json!(1.25), &json!("Ana")));
    assert_eq!(ana.reads(&id).await["current_position_seconds"], 1);
    assert_eq!(ana.post(&path, json!({ "emoji": "🔥", "video_timestamp": 7 })).await.made()["video_timestamp"], 7.0);
}

#[tokio::test]
async fn only_who_takes_part_talks_and_only_while_it_goes_on() {
    let world = World::start().await;
    let (ana, ben) = (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await);
    let made = ana.makes_with(json!({ "visibility": "public" })).await;
    let (id, code) = (made["id"].as_str().unwrap(), made["invite_code"].as_str().unwrap());
    let talks = [("messages", json!({ "message": "Hello" })), ("react", json!({ "emoji": "👍" }))];
    let outside = (403, "FORBIDDEN", "Not a participant of this watch party");
    for (what, body) in &talks {
        let path = format!("/{id}/{what}");
        assert_eq!(ben.post(&path, body.clone()).await.no(), outside);
        assert_eq!(Client::nobody(&world).post(&path, body.clone()).await.no().0, 401);
        assert_eq!(ben.post(&format!("/{NONE}/{what}"), body.clone()).await.no().0, 404);
        assert_eq!(
            ben.post(&format!("/abc/{what}"), body.clone()).await.no(),
            (400, "INVALID_REQUEST", "Invalid party ID")
        );
        ben.joins(code).await;
        ben.post(&path, body.clone()).await.made();
        ben.delete(&format!("/{id}/leave")).await.ok();
        assert_eq!(ben.post(&path, body.clone()).await.no(), outside);
    }
    ana.post(&format!("/{id}/end"), json!({})).await.ok();
    for (what, body) in &talks {
        let no = ana.post(&format!("/{id}/{what}"), body.clone()).await;
        assert_eq!(no.no(), (400, "INVALID_REQUEST", "party has ended"));
    }
    assert_eq!(ana.get(&format!("/{id}/messages")).await.ok()["count"], 1, "it is still read");
}
