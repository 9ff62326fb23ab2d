//! Updates that Telegram brings by itself, to the whole server.

use onecouch::config::Secret;

use super::{ANA, BEN, club};
use crate::{
    fake_telegram::{FakeTelegram, TOKEN},
    world::World,
};

const HOOK: &str = "https://couch.example/telegram/webhook/a";

async fn hooked(telegram: &FakeTelegram) -> World {
    let api = telegram.url.clone();
    World::start_with(|config| {
        config.telegram.token = Some(Secret::new(TOKEN));
        config.telegram.api_url = Some(api);
        config.telegram.webhook_url = Some(HOOK.parse().unwrap());
    })
    .await
}

#[tokio::test]
async fn telegram_brings_updates_and_a_stranger_does_not() {
    let telegram = FakeTelegram::start().await;
    let mut world = hooked(&telegram).await;
    assert_eq!(telegram.webhook().await, HOOK);
    telegram.routes("https://couch.example", &world.url(""));
    assert!(telegram.hears(&club(), &ANA, "/help").await.contains("/watch"));
    assert!(telegram.state().secret.as_ref().unwrap().len() >= 32);

    let client = reqwest::Client::new();
    let post = async |path: &str, secret: Option<&str>, body: String| {
        let mut request = client.post(world.url(path)).body(body);
        if let Some(secret) = secret {
            request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
        }
        request.send().await.unwrap().status().as_u16()
    };
    let forged = r#"{"update_id": 9, "message": {"message_id": 1, "date": 1, "text": "/help",
        "chat": {"id": -100, "type": "group", "title": "Club"},
        "from": {"id": 7, "is_bot": false, "first_name": "Ana"}}}"#;
    let secret = telegram.state().secret.clone().unwrap();
    let before = telegram.state().sent.len();
    for shown in [None, Some(""), Some("wrong"), Some(&secret[1..])] {
        assert_eq!(post("/telegram/webhook/a", shown, forged.to_owned()).await, 401, "{shown:?}");
    }
    assert_eq!(post("/telegram/webhook/b", Some(&secret), forged.to_owned()).await, 404);
    assert_eq!(post("/telegram/webhook/a", Some(&secret), "x".repeat(300_000)).await, 413);
    telegram.hears(&club(), &ANA, "/help").await;
    assert_eq!(telegram.state().sent.len(), before + 1, "a stranger was answered");
    world.stop().await;
    // What is written meanwhile waits for the next start.
    assert_eq!(telegram.state().webhook.as_deref(), Some(HOOK));
}

#[tokio::test]
async fn what_telegram_brings_twice_is_done_once() {
    let telegram = FakeTelegram::start().await;
    let mut world = hooked(&telegram).await;
    telegram.webhook().await;
    let asked = telegram.says(&club(), &BEN, "/help");
    telegram.repeats_last();
    telegram.routes("https://couch.example", &world.url(""));
    telegram.delivered(2).await;
    telegram.answer_to(&club(), asked).await;
    telegram.hears(&club(), &BEN, "/help").await;
    assert_eq!(telegram.messages(&club()).iter().filter(|sent| sent.replies_to == Some(asked)).count(), 1);
    world.stop().await;
}

#[tokio::test]
async fn a_server_without_a_webhook_has_no_such_page() {
    let world = World::start().await;
    let status = reqwest::Client::new().post(world.url("/telegram/webhook")).send().await.unwrap().status();
    assert!(status.is_client_error());
}

#[tokio::test]
async fn the_operators_own_secret_is_the_one_that_telegram_shows() {
    let telegram = FakeTelegram::start().await;
    let api = telegram.url.clone();
    let mut world = World::start_with(|config| {
        config.telegram.token = Some(Secret::new(TOKEN));
        config.telegram.api_url = Some(api);
        config.telegram.webhook_url = Some(HOOK.parse().unwrap());
        config.telegram.webhook_secret = Some(Secret::new("the_operators-own"));
    })
    .await;
    telegram.webhook().await;
    assert_eq!(telegram.state().secret.as_deref(), Some("the_operators-own"));
    telegram.routes("https://couch.example", &world.url(""));
    telegram.hears(&club(), &ANA, "/help").await;
    world.stop().await;
}
