//! Moderators, and those who want to be forgotten.

use serde_json::json;

use super::client::{Program, first_version};
use crate::world::World;

#[tokio::test]
async fn somebody_is_made_a_moderator_before_they_were_ever_there() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    program.makes(first_version("r")).await;
    for _ in 0..2 {
        let body = json!({ "decryptedUserId": "user 1", "roomId": "r" });
        assert_eq!(program.post("/user/external/moder", body).await.is(201), json!(true));
    }
    let members = program.native(&world, "r").await["members"].clone();
    let moderators = members.as_array().unwrap().iter().filter(|member| member["role"] == "moderator").count();
    assert_eq!(moderators, 1, "{members}");
    program.post("/user/external/moder", json!({})).await.is_invalid(&["decryptedUserId", "roomId"]);
    program
        .post("/user/external/moder", json!({ "userId": "u", "roomId": "r" }))
        .await
        .is_invalid(&["decryptedUserId"]);
    let nowhere = json!({ "decryptedUserId": "u", "roomId": "nowhere" });
    assert_eq!(program.post("/user/external/moder", nowhere).await.no().0, 404);
}

#[tokio::test]
async fn somebody_who_is_forgotten_leaves_no_line_and_no_name() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    program.makes(first_version("r")).await;
    let line = |user: &str| json!({ "userId": user, "roomId": "r", "text": format!("of {user}") });
    let ana = program.post("/external/message/send", line("ana")).await.is(201);
    program.post("/external/message/send", line("ben")).await.is(201);
    assert_eq!(program.post("/user/external/delete", json!({ "userId": "ana" })).await.is(201), json!(true));
    let id = program.native(&world, "r").await["id"].as_str().unwrap().to_owned();
    let chat = world.bot().get(&format!("/api/v1/rooms/{id}/chat")).await.ok();
    let texts: Vec<&str> = chat.as_array().unwrap().iter().map(|line| line["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["of ben"]);
    assert_eq!(program.post("/user/external/delete", json!({ "userId": "ana" })).await.no().0, 404);
    assert_eq!(program.post("/user/external/delete", json!({ "userId": "nobody" })).await.no().0, 404);
    program.post("/user/external/delete", json!({})).await.is_invalid(&["userId"]);
    let again = program.post("/external/message/send", line("ana")).await.is(201);
    assert_ne!(again["user"]["id"], ana["user"]["id"], "who comes again is somebody new");
    let other = Program::start(&world).await;
    assert_eq!(other.post("/user/external/delete", json!({ "userId": "ben" })).await.no().0, 404, "another's people");
}

#[tokio::test]
async fn a_program_deletes_nobody_who_is_somebody_here_by_themself() {
    let world = World::start().await;
    let program = Program::start(&world).await;
    program.makes(first_version("r")).await;
    let cleo = world.person("Cleo").await;
    cleo.post("/api/v1/accounts", json!({ "username": "Cleo", "password": "a long one for stories" })).await.created();
    let code = cleo.post("/api/v1/people/me/link-codes", json!({})).await.created();
    // Cleo is one person with whom the program calls `cleo`.
    program.post("/external/message/send", json!({ "userId": "cleo", "roomId": "r", "text": "hi" })).await.is(201);
    let engine = world.engine();
    let subject = engine.people.known_to(program.key.as_deref().unwrap(), "cleo").await.unwrap().unwrap();
    engine.link(subject, code["code"].as_str().unwrap(), "127.0.0.1").await.unwrap();

    program.post("/user/external/delete", json!({ "userId": "cleo" })).await.is(201);
    assert_eq!(cleo.get("/api/v1/people/me").await.ok()["name"], "Cleo", "the account is there");
    assert_eq!(engine.people.known_to(program.key.as_deref().unwrap(), "cleo").await.unwrap(), None);
}
