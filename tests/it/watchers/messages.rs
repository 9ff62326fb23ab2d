//! Lines in the name of a project's people.

use serde_json::{Value, json};

use super::client::{Program, first_version};
use crate::{viewer::Viewer, world::World};

fn line(user: &str, text: &str) -> Value {
    json!({ "userId": user, "roomId": "r", "text": text })
}

#[tokio::test]
async fn a_line_is_told_whole_and_heard_in_the_room() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    let room = program.makes(first_version("r")).await;
    let native = program.native(&world, "r").await;
    let ana = world.person("Ana").await;
    let mut viewer = Viewer::open(&world, &native, &ana).await;

    let told = program.post("/external/message/send", line("user 7/ä", "hello")).await.is(201);
    assert_eq!(viewer.hears("said").await["text"], "hello");
    assert_eq!(told["success"], true, "what the older version looks at");
    assert_eq!((&told["text"], &told["type"]), (&json!("hello"), &json!("USER")));
    assert_eq!((&told["isVisible"], &told["isPinned"]), (&json!(true), &json!(false)));
    assert!(told["createdAt"].as_str().unwrap().ends_with('Z'));
    assert_eq!(told["user"]["externalId"], "user 7/ä");
    assert_eq!(told["room"], json!({ "id": room["id"], "externalRoomId": "r" }));
    for id in [&told["id"], &told["user"]["id"], &told["talker"]["id"]] {
        assert!(id.as_u64().is_some_and(|id| id > 0 && id < 1 << 53), "{told}");
    }

    let next = program.post("/external/message/send", line("user 7/ä", "again")).await.is(201);
    assert_eq!((&next["user"], &next["talker"]), (&told["user"], &told["talker"]), "the same person");
    assert_ne!(next["id"], told["id"]);
    let other = program.post("/external/message/send", line("somebody else", "hi")).await.is(201);
    assert_ne!(other["user"]["id"], told["user"]["id"]);
}

#[tokio::test]
async fn a_line_that_lacks_something_is_refused_by_name() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    program.makes(first_version("r")).await;
    program.post("/external/message/send", json!({})).await.is_invalid(&["userId", "roomId", "text"]);
    for field in ["userId", "roomId", "text"] {
        let mut body = line("u", "hi");
        body[field] = json!("");
        program.post("/external/message/send", body.clone()).await.is_invalid(&[field]);
        body[field] = json!(5);
        program.post("/external/message/send", body).await.is_invalid(&[field]);
    }
    program.post("/external/message/send", line(&"u".repeat(256), "hi")).await.is_invalid(&["userId"]);
    program.post("/external/message/send", line(&"ю".repeat(255), "hi")).await.is(201);
    program.post("/external/message/send", line("u", &"x".repeat(2_001))).await.is_invalid(&["2000"]);
    program.post("/external/message/send", line("u", " \n ")).await.is_invalid(&[]);
    let nowhere = json!({ "userId": "u", "roomId": "nowhere", "text": "hi" });
    assert_eq!(program.post("/external/message/send", nowhere).await.no().0, 404);
}

#[tokio::test]
async fn a_room_keeps_its_rules_for_lines_that_a_program_writes() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    program.makes(first_version("r")).await;
    program.patch("r", json!({ "enableModeration": true, "enableAntimat": true })).await.is(200);
    assert_eq!(program.post("/external/message/send", line("u", "look: https://a.example")).await.no().0, 403);
    let told = program.post("/external/message/send", line("u", "what the fuck")).await.is(201);
    assert!(!told["text"].as_str().unwrap().contains("fuck"), "{told}");
    program.sets("r", "ENDED").await;
    assert_eq!(program.post("/external/message/send", line("u", "hello")).await.no().0, 409);
    program.sets("r", "DISABLED").await;
    assert_eq!(program.post("/external/message/send", line("u", "hello")).await.no().0, 403);
}
