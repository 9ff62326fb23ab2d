//! Keeping people out, of one room or of all.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::client::{Program, Reply, first_version, until, with};
use crate::world::World;

async fn writes(program: &Program, user: &str, room: &str) -> Reply {
    program.post("/external/message/send", json!({ "userId": user, "roomId": room, "text": "hello" })).await
}

fn ban(user: &str, more: Value) -> Value {
    with(json!({ "userId": user, "value": true, "type": "IN_ROOM", "roomId": "r" }), more)
}

#[tokio::test]
async fn somebody_is_kept_out_of_a_room_and_let_in_again() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    program.makes(first_version("r")).await;
    program.makes(first_version("other")).await;
    let more = json!({ "expires": "2124-12-31 05:33:32", "reason": 2, "description": "the same line" });
    let told = program.post("/external/ban", ban("eve", more)).await.is(201);
    assert_eq!(told["user"]["externalId"], "eve");
    let mut rest = told.clone();
    rest.as_object_mut().unwrap().remove("user");
    assert_eq!(
        rest,
        json!({ "userId": "eve", "value": true, "type": "IN_ROOM", "roomId": "r", "expires": "2124-12-31 05:33:32",
            "reason": 2, "description": "the same line" })
    );
    assert_eq!(writes(&program, "eve", "r").await.no().0, 403);
    writes(&program, "eve", "other").await.is(201);
    let id = program.native(&world, "r").await["id"].as_str().unwrap().to_owned();
    let bans = world.bot().get(&format!("/api/v1/rooms/{id}/bans")).await.ok();
    assert!(bans.to_string().contains("FLOOD: the same line"), "why is there for those who keep order: {bans}");
    for _ in 0..2 {
        program.post("/external/ban", ban("eve", json!({ "value": false }))).await.is(201);
    }
    writes(&program, "eve", "r").await.is(201);
}

#[tokio::test]
async fn a_ban_ends_by_itself() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    program.makes(first_version("r")).await;
    let soon = Timestamp::from_millisecond(Timestamp::now().as_millisecond() + 1_500).unwrap();
    let told = program.post("/external/ban", ban("eve", json!({ "expires": soon.to_string() }))).await.is(201);
    assert_eq!(told["expires"], soon.strftime("%Y-%m-%d %H:%M:%S").to_string());
    assert_eq!(writes(&program, "eve", "r").await.no().0, 403);
    until("the ban ends", || async { writes(&program, "eve", "r").await.status == 201 }).await;
}

#[tokio::test]
async fn somebody_is_kept_out_of_all_rooms_also_of_those_that_come() {
    let mut world = World::start().await;
    let (program, other) = (Program::start(&world).await, Program::start(&world).await);
    program.makes(first_version("old")).await;
    let all = |value: bool| json!({ "userId": "eve", "value": value, "type": "IN_APP", "reason": null });
    let told = program.post("/external/ban", all(true)).await.is(201);
    assert_eq!((&told["type"], &told["roomId"], &told["expires"]), (&json!("IN_APP"), &Value::Null, &Value::Null));
    world.restart().await;
    program.makes(first_version("new")).await;
    program.reads("asked for").await;
    for room in ["old", "new", "asked for"] {
        assert_eq!(writes(&program, "eve", room).await.no().0, 403, "{room}");
    }
    writes(&program, "ben", "new").await.is(201);
    other.makes(first_version("new")).await;
    writes(&other, "eve", "new").await.is(201);
    program.post("/external/ban", all(false)).await.is(201);
    program.makes(first_version("newer")).await;
    for room in ["old", "new", "newer"] {
        writes(&program, "eve", room).await.is(201);
    }
}

#[tokio::test]
async fn a_ban_that_makes_no_sense_is_refused_by_name() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    program.makes(first_version("r")).await;
    program.post("/external/ban", json!({})).await.is_invalid(&["userId", "value", "type"]);
    for (more, field) in [
        (json!({ "type": "EVERYWHERE" }), "type"),
        (json!({ "value": "maybe" }), "value"),
        (json!({ "value": null }), "value"),
        (json!({ "roomId": "" }), "roomId"),
        (json!({ "reason": 9 }), "reason"),
        (json!({ "reason": "FLOOD" }), "reason"),
        (json!({ "expires": "tomorrow" }), "expires"),
        (json!({ "expires": "2024-12-31 05:33:32" }), "expires must be in the future"),
        (json!({ "description": 7 }), "description"),
        (json!({ "description": "x".repeat(181) }), "description"),
    ] {
        program.post("/external/ban", ban("eve", more)).await.is_invalid(&[field]);
    }
    let mut nowhere = ban("eve", json!({}));
    nowhere["roomId"] = json!("nowhere");
    assert_eq!(program.post("/external/ban", nowhere).await.no().0, 404);
    writes(&program, "eve", "r").await.is(201);
}
