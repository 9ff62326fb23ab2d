//! Tokens: `GET /api/auth/grant`, and how they are shown.

use std::collections::BTreeSet;

use onecouch::config::Rate;
use serde_json::{Value, json};

use crate::world::{Answer, BOOTSTRAP_KEY, Caller, World};

/// People of this dialect.
pub(super) trait Grants {
    /// Somebody whose client just asked for a token.
    async fn comes(&self) -> Caller;
}

impl Grants for World {
    async fn comes(&self) -> Caller {
        let granted = self.nobody().get("/api/auth/grant").await;
        assert_eq!(granted.status, 200, "{}", granted.text);
        Caller::new(&self.url(""), granted.body["token"].as_str().map(str::to_owned))
    }
}

/// A no of this dialect: its status, its name (empty where it has none) and its sentence.
pub(super) fn no(answer: &Answer) -> (u16, String, String) {
    assert_eq!(answer.body["success"], false, "{} {}", answer.status, answer.text);
    let error = &answer.body["error"];
    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    assert!(text("message").len() > 5, "a no without a sentence: {}", answer.text);
    (answer.status, text("name"), text("message"))
}

/// The status and the name of a no.
pub(super) fn named(answer: &Answer) -> (u16, String) {
    let (status, name, _) = no(answer);
    (status, name)
}

/// A good answer, which says the same at the top and under `data`.
pub(super) fn good(answer: Answer) -> Value {
    assert!((200..300).contains(&answer.status), "{} {}", answer.status, answer.text);
    assert_eq!(answer.body["success"], true, "{}", answer.text);
    if let Some(data) = answer.body["data"].as_object() {
        for (name, value) in data {
            assert_eq!(&answer.body[name], value, "{}", answer.text);
        }
    }
    answer.body
}

#[tokio::test]
async fn a_grant_is_a_new_guest_with_a_name_and_a_cookie() {
    let world = World::start().await;
    let granted = world.nobody().get("/api/auth/grant").await;
    assert_eq!(granted.status, 200);
    assert_eq!(granted.body.as_object().unwrap().len(), 1, "bare: {}", granted.text);
    let token = granted.body["token"].as_str().unwrap();
    assert!(token.len() == 64 && token.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{token}");
    let cookie = granted.headers["set-cookie"].to_str().unwrap();
    assert_eq!(cookie, format!("token={token}; HttpOnly; SameSite=Lax; Path=/"), "until the browser ends, on http");
    assert_eq!(granted.headers["cache-control"], "no-store");
    let mut names = BTreeSet::new();
    for _ in 0..5 {
        let me = world.comes().await.get("/api/user").await;
        assert_eq!((me.status, &me.body["loggedIn"]), (200, &json!(false)));
        assert_eq!(me.body.as_object().unwrap().len(), 2, "bare: {}", me.text);
        let name = me.body["username"].as_str().unwrap().to_owned();
        assert_eq!(name.split('_').count(), 3, "{name}");
        names.insert(name);
    }
    assert!(names.len() > 1, "all are called the same");
}

#[tokio::test]
async fn behind_https_the_cookie_is_for_https_alone() {
    let world =
        World::start_with(|config| config.http.public_url = Some("https://couch.example/".parse().unwrap())).await;
    let granted = world.nobody().get("/api/auth/grant").await;
    assert!(granted.headers["set-cookie"].to_str().unwrap().contains("; Secure"));
}

#[tokio::test]
async fn a_token_that_is_good_is_granted_again_and_a_cookie_alone_is_not_looked_at() {
    let world = World::start().await;
    let ana = world.comes().await;
    let token = ana.token.clone().unwrap();
    let again = ana.get("/api/auth/grant").await;
    assert_eq!(again.body["token"], *token);
    assert!(again.headers["set-cookie"].to_str().unwrap().starts_with(&format!("token={token};")));
    let by_cookie = world
        .nobody()
        .send(reqwest::Method::GET, "/api/auth/grant", |request| request.header("cookie", format!("token={token}")))
        .await;
    assert_ne!(by_cookie.body["token"], *token);
    let stranger = Caller::new(&world.url(""), Some("x".repeat(684)));
    let other = stranger.get("/api/auth/grant").await;
    assert_eq!(other.status, 200);
    assert_ne!(other.body["token"], "x".repeat(684));
    // A key stays where it is.
    let bot = world.bot().get("/api/auth/grant").await;
    assert_eq!(bot.body["token"], BOOTSTRAP_KEY);
    assert!(!bot.headers.contains_key("set-cookie"));
    // One token for all doors.
    assert_eq!(ana.get("/api/v1/sessions/current").await.ok()["name"], ana.get("/api/user").await.body["username"]);
}

#[tokio::test]
async fn a_token_is_shown_by_header_or_cookie_and_without_one_its_no_is_told() {
    let world = World::start().await;
    let ana = world.comes().await;
    let token = ana.token.clone().unwrap();
    let name = ana.get("/api/user").await.body["username"].clone();
    let with = async |name: &'static str, value: String| {
        world.nobody().send(reqwest::Method::GET, "/api/user", |request| request.header(name, value)).await
    };
    assert_eq!(with("cookie", format!("token={token}")).await.body["username"], name);
    assert_eq!(with("authorization", format!("Bearer {token}")).await.body["username"], name);
    let none = world.nobody().get("/api/user").await;
    let sentence = "Missing auth token. Get a token from /api/auth/grant first.";
    assert_eq!(no(&none), (400, "MissingToken".into(), sentence.into()));
    assert_eq!(named(&with("authorization", "Bearer nobodys".into()).await), (401, "MissingToken".into()));
    assert_eq!(named(&with("cookie", "token=nobodys".into()).await), (401, "MissingToken".into()));
    // A key of its own header is looked at first, and is nobody's session.
    let wrong = with("apikey", "nobodys".into()).await;
    assert_eq!(no(&wrong), (400, "Error".into(), "apikey is invalid".into()));
    assert_eq!(named(&with("apikey", BOOTSTRAP_KEY.into()).await), (400, "MissingToken".into()));
    // A page of somebody else's cannot act by the cookie.
    let foreign = world
        .nobody()
        .send(reqwest::Method::POST, "/api/user", |request| {
            request
                .header("cookie", format!("token={token}"))
                .header("origin", "https://elsewhere.example")
                .json(&json!({ "username": "Eve" }))
        })
        .await;
    assert_eq!(foreign.status, 403, "{}", foreign.text);
    assert_eq!(ana.get("/api/user").await.body["username"], name);
}

#[tokio::test]
async fn guests_from_one_address_are_limited_and_their_tokens_outlive_a_restart() {
    let mut world = World::start_with(|config| config.limits.guests = Rate { burst: 2, per_minute: 1 }).await;
    let ana = world.comes().await;
    world.comes().await;
    let third = world.nobody().get("/api/auth/grant").await;
    assert_eq!(named(&third), (429, "TooManyRequests".into()));
    assert!(third.headers.contains_key("retry-after"));
    assert_eq!(ana.get("/api/auth/grant").await.status, 200, "what one has costs nothing");
    world.restart().await;
    assert_eq!(ana.get("/api/user").await.status, 200);
}
