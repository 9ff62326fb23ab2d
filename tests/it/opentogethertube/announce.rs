//! What the person who runs the server says to everybody.

use serde_json::{Value, json};

use super::auth::{Grants, named};
use crate::{
    viewer::Viewer,
    world::{Answer, BOOTSTRAP_KEY, Caller, World},
};

async fn announces(caller: &Caller, key: Option<&str>, body: Value) -> Answer {
    caller
        .send(reqwest::Method::POST, "/api/announce", |request| match key {
            Some(key) => request.header("apikey", key).json(&body),
            None => request.json(&body),
        })
        .await
}

#[tokio::test]
async fn an_announcement_is_heard_in_every_room() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let rooms = [ana.makes_room("One").await, ana.makes_room("Two").await];
    let mut viewers = Vec::new();
    for room in &rooms {
        viewers.push(Viewer::open(&world, room, &ana).await);
    }
    let text = "Back in a minute: <b>restart</b>";
    let answer = announces(&world.nobody(), Some(BOOTSTRAP_KEY), json!({ "text": text })).await;
    assert_eq!((answer.status, answer.body), (200, json!({ "success": true, "data": {} })));
    for viewer in &mut viewers {
        assert_eq!(viewer.hears_any("an announcement", |frame| frame["type"] == "announcement").await["text"], text);
    }
    let said = world.bot().post("/api/v1/announcements", json!({ "text": "Again." })).await.ok();
    assert_eq!(said["text"], "Again.");
    for viewer in &mut viewers {
        viewer.hears_any("an announcement", |frame| frame["type"] == "announcement" && frame["text"] == "Again.").await;
    }
}

#[tokio::test]
async fn nobody_else_announces_anything() {
    let world = World::start().await;
    let guest = world.comes().await;
    let body = json!({ "text": "Hello" });
    assert_eq!(named(&announces(&world.nobody(), None, body.clone()).await), (400, "MissingToken".into()));
    assert_eq!(named(&announces(&guest, None, body.clone()).await), (400, "MissingApiKey".into()));
    assert_eq!(named(&announces(&guest, Some("nobodys"), body.clone()).await), (400, "Error".into()));
    let key = world.bot().post("/api/v1/keys", json!({ "name": "Bot", "scopes": ["rooms"] })).await.created();
    let key = key["secret"].as_str().unwrap();
    assert_eq!(named(&announces(&guest, Some(key), body.clone()).await), (400, "InvalidApiKey".into()));
    for body in [json!({}), json!({ "text": "" }), json!({ "text": 7 }), json!({ "text": "x".repeat(1_001) })] {
        let answer = announces(&guest, Some(BOOTSTRAP_KEY), body.clone()).await;
        assert_eq!(named(&answer), (400, "BadApiArgumentException".into()), "{body}");
        assert_eq!(answer.body["error"]["arg"], "text");
    }
    let bot = Caller::new(&world.url(""), Some(key.to_owned()));
    for caller in [&guest, &bot] {
        assert_eq!(caller.post("/api/v1/announcements", body.clone()).await.no(), (403, "scope_missing".into()));
    }
    assert_eq!(
        world.bot().post("/api/v1/announcements", json!({ "text": " " })).await.no(),
        (400, "text_empty".into())
    );
}
