//! Who runs the server: whoever holds the key of its configuration, and nobody where there is none.

use onecouch::config::Config;
use serde_json::json;

use crate::{
    opentogethertube::client::Client,
    world::{BOOTSTRAP_KEY, Caller, World},
};

#[tokio::test]
async fn a_fresh_server_has_no_key_and_nobody_runs_it() {
    assert!(Config::default().auth.bootstrap_key.is_none(), "no key is better than a known one");
    let world = World::start_with(|config| config.auth.bootstrap_key = None).await;
    let ana = world.person("Ana").await;
    let account = json!({ "username": "ana", "password": "correct horse 7" });
    ana.post("/api/v1/accounts", account).await.created();
    let room = ana.makes_room("Hers").await;
    let guesses = ["", "admin", "root", "onecouch", "changeme", "password", BOOTSTRAP_KEY, &"0".repeat(64)];
    let strangers = guesses.map(|guess| Caller::new(&world.url(""), Some(guess.to_owned())));
    let eve = world.person("Eve").await;
    for caller in strangers.iter().chain([&eve, &world.nobody()]) {
        let key = json!({ "name": "Mine", "scopes": ["admin"] });
        let announcement = json!({ "text": "I run this" });
        for answer in [
            caller.post("/api/v1/keys", key).await,
            caller.get("/api/v1/keys").await,
            caller.post("/api/v1/announcements", announcement).await,
            caller.delete(&format!("/api/v1/rooms/{}", room["id"].as_str().unwrap())).await,
        ] {
            assert!([401, 403].contains(&answer.status), "{:?}: {} {}", caller.token, answer.status, answer.text);
        }
        let theirs = Client { key: caller.token.clone(), ..Client::nobody(&world) };
        let answer = theirs.post("/api/announce", json!({ "text": "I run this" })).await;
        assert!(answer.status >= 400, "{:?}: {}", caller.token, answer.text);
    }
    assert_eq!(ana.get(&format!("/api/v1/rooms/{}", room["id"].as_str().unwrap())).await.status, 200);
    // Who has an account makes keys for themself alone.
    for scope in ["admin", "act", "platforms"] {
        let more = ana.post("/api/v1/keys", json!({ "name": "More", "scopes": [scope] })).await;
        assert_eq!(more.no(), (403, "scope_missing".to_owned()), "{scope}");
    }
}
