//! What ended its own server ends nothing here, and floods are told so.

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::socket_client::{Socket, makes_party, queues, types};
use crate::world::World;

#[tokio::test]
async fn odd_frames_are_refused_one_by_one_and_harm_nobody() {
    let world = World::start().await;
    let (ana, eve) = (world.person("Ana").await, world.person("Eve").await);
    let party = makes_party(&world, &ana).await.id;
    queues(&world, party, &ana, "film").await;
    let mut host = Socket::open(&world, party, &ana).await;
    let mut odd = Socket::join(&world, party, &eve).await;
    host.so_far(&world, &ana).await;
    let deep = format!("{}{}", "[".repeat(25_000), "]".repeat(25_000));
    let nested = format!(r#"{{"type":"play","timestamp":{}1{}}}"#, r#"{"a":"#.repeat(8_000), "}".repeat(8_000));
    let long = format!(r#"{{"type":"{}"}}"#, "x".repeat(60_000));
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
        "\u{0}",
        r#"{"type":"#,
        r#"{"type":5}"#,
        r#"{"type":null}"#,
        r#"{"type":["play"]}"#,
        r#"{"type":"PLAY"}"#,
        r#"{"type":"seek","position":NaN}"#,
        r#"{"type":"seek","position":1e309}"#,
        r#"{"type":"seek","position":-1e309}"#,
        r#"{"type":"seek","position":{"a":1}}"#,
        r#"{"type":"chat","message":{"a":1}}"#,
        r#"{"type":"chat","message":"\ud800"}"#,
        r#"{"type":"reaction","emoji":["x"]}"#,
        r#"{"type":"skip","clip_id":{}}"#,
        r#"{"type":"play","party_id":{}}"#,
        &deep,
        &nested,
        &long,
    ] {
        odd.sends_raw(Message::text(text)).await;
        let (code, message) = odd.is_refused().await;
        assert_eq!(code, "INVALID_COMMAND", "{message}");
        assert!(message.len() < 200, "{message}");
    }
    odd.sends_raw(Message::binary(br#"{"type":"play"}"#.to_vec())).await;
    assert_eq!(odd.is_refused().await.0, "INVALID_COMMAND");
    odd.sends_raw(Message::Ping(vec![1, 2].into())).await;
    assert_eq!(types(&host.so_far(&world, &ana).await), Vec::<&str>::new());
    odd.sends("chat", json!({ "message": "still here" })).await;
    assert_eq!(host.hears("chat_message").await["chat_message"]["message"], "still here");

    // A frame over the limit ends that socket, and no other.
    odd.sends_raw(Message::text("x".repeat(65 * 1_024))).await;
    assert_eq!(odd.is_closed().await.1, 1009);
    assert_eq!(host.asks().await["is_playing"], true);
}

#[tokio::test]
async fn who_sends_nothing_but_nonsense_is_let_go_in_the_end() {
    let world = World::start().await;
    let (ana, eve) = (world.person("Ana").await, world.person("Eve").await);
    let party = makes_party(&world, &ana).await.id;
    let mut odd = Socket::join(&world, party, &eve).await;
    for _ in 0..201 {
        odd.sends_raw(Message::text("{")).await;
    }
    let (heard, code) = odd.is_closed().await;
    assert_eq!((heard.len(), code), (200, 1008));
}

#[tokio::test]
async fn a_flood_of_commands_is_slowed_down_and_then_cut_off() {
    let world = World::start_with(|config| {
        config.limits.commands = onecouch::config::Limits::default().commands;
        config.limits.frames = onecouch::config::Limits::default().frames;
    })
    .await;
    let ana = world.person("Ana").await;
    let party = makes_party(&world, &ana).await.id;
    let mut calm = Socket::open(&world, party, &ana).await;
    queues(&world, party, &ana, "film").await;
    let mut flood = Socket::open(&world, party, &ana).await;
    for n in 0..400 {
        flood.sends("seek", json!({ "position": n })).await;
    }
    let (heard, code) = flood.is_closed().await;
    let limited = heard.iter().filter(|frame| frame["code"] == "RATE_LIMITED" && frame["retry_after"].is_u64());
    assert!(limited.count() > 100, "{heard:?}");
    assert_eq!(code, 1008);
    let sought = calm.so_far(&world, &ana).await.iter().filter(|frame| frame["type"] == "seek").count();
    assert!((1..200).contains(&sought), "{sought} of 400 came through");
}
