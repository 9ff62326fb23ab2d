//! What ended its own server ends nothing here.

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::socket_client::{OttSocket, makes_room};
use crate::world::World;

#[tokio::test]
async fn frames_that_ended_its_own_server_are_let_be() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    makes_room(&world, &ana, "hard").await;
    let mut other = OttSocket::join(&world, "hard", &ana).await;
    let mut odd = OttSocket::join(&world, "hard", &ana).await;
    let deep = format!("{}{}", "[".repeat(25_000), "]".repeat(25_000));
    let nested = format!(r#"{{"action":"req","request":{}1{}}}"#, r#"{"a":"#.repeat(8_000), "}".repeat(8_000));
    for text in [
        "",
        " ",
        "null",
        "NaN",
        "Infinity",
        "5",
        "\"x\"",
        "[]",
        "{}",
        "{",
        "{\"action\":",
        r#"{"action":5}"#,
        r#"{"action":null}"#,
        r#"{"action":"fly"}"#,
        r#"{"action":"req"}"#,
        r#"{"action":"req","request":null}"#,
        r#"{"action":"req","request":[]}"#,
        r#"{"action":"req","request":{"type":null}}"#,
        r#"{"action":"req","request":{"type":4,"value":1e999}}"#,
        r#"{"action":"req","request":{"type":4,"value":NaN}}"#,
        r#"{"action":"req","request":{"type":-1}}"#,
        r#"{"action":"req","request":{"type":2.5}}"#,
        r#"{"action":"status"}"#,
        r#"{"action":"status","status":7}"#,
        r#"{"action":"notify"}"#,
        r#"{"action":"notify","message":{}}"#,
        r#"{"action":"auth","token":"x"}"#,
        "\u{0}",
        &deep,
        &nested,
    ] {
        odd.sends_raw(Message::text(text)).await;
    }
    odd.sends_raw(Message::binary(vec![0xff; 100])).await;
    odd.sends_raw(Message::Ping(vec![1, 2].into())).await;
    odd.asks(json!({ "type": 11, "text": "still here" })).await;
    let said = other.hears("a line", |frame| frame["action"] == "chat").await;
    assert_eq!(said["text"], "still here");
    assert_eq!(other.so_far().await, Vec::<serde_json::Value>::new());

    // A frame over the limit ends that socket, and no other.
    odd.sends_raw(Message::text("x".repeat(2_000_000))).await;
    assert_eq!(odd.is_closed().await.0, 1009);
    assert_eq!(other.so_far().await, Vec::<serde_json::Value>::new());
}

#[tokio::test]
async fn who_sends_nothing_but_nonsense_is_let_go_in_the_end() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    makes_room(&world, &ana, "patience").await;
    let mut other = OttSocket::join(&world, "patience", &ana).await;
    let mut odd = OttSocket::join(&world, "patience", &ana).await;
    for _ in 0..201 {
        odd.sends_raw(Message::text("{")).await;
    }
    assert_eq!(odd.is_closed().await.0, 4000);
    assert_eq!(other.so_far().await, Vec::<serde_json::Value>::new());
}

#[tokio::test]
async fn ten_thousand_requests_in_a_row_are_too_many() {
    let world = World::start_with(|config| {
        config.limits.commands = onecouch::config::Limits::default().commands;
        config.limits.frames = onecouch::config::Limits::default().frames;
    })
    .await;
    let (ana, eve) = (world.person("Ana").await, world.person("Eve").await);
    makes_room(&world, &ana, "flood").await;
    let mut calm = OttSocket::join(&world, "flood", &ana).await;
    let mut flood = OttSocket::join(&world, "flood", &eve).await;
    for n in 0..10_000 {
        if !flood.try_sends(json!({ "action": "req", "request": { "type": 11, "text": format!("flood {n}") } })).await {
            break;
        }
    }
    assert_eq!(flood.is_closed().await.0, 4000);
    let heard = calm.so_far().await.iter().filter(|frame| frame["action"] == "chat").count();
    assert!((1..200).contains(&heard), "{heard} of 10,000 lines came through");
}

#[tokio::test]
async fn one_address_and_one_person_have_so_many_sockets_and_no_more() {
    let world = World::start_with(|config| config.limits.sockets_per_person = 2).await;
    let ana = world.person("Ana").await;
    makes_room(&world, &ana, "seats").await;
    let (_one, _two) = (OttSocket::join(&world, "seats", &ana).await, OttSocket::join(&world, "seats", &ana).await);
    let mut third = OttSocket::connect(&world, "seats").await;
    third.sends(json!({ "action": "auth", "token": ana.token })).await;
    assert_eq!(third.is_closed().await.0, 1013);
}
