//! The bus between nodes, through a real NATS server.

use std::time::Duration;

use bytes::Bytes;
use engine::ports::{Bus, Line, Unheard};
use futures_util::StreamExt;
use onecouch::bus::{BusError, NatsBus};
use tokio::time::timeout;

use crate::{nats::Nats, world::PATIENCE};

const SHORT: Duration = Duration::from_millis(200);

async fn line(nats: &Nats, node: &str) -> NatsBus {
    NatsBus::connect(&nats.url(), "house", node).await.unwrap()
}

fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

/// What this node said so far was heard by the server: it answers what is asked after it.
async fn settled(bus: &NatsBus) {
    assert_eq!(bus.ask("nobody", Bytes::new(), PATIENCE).await, Err(Unheard::Nobody));
}

/// Waits until a line is up, or is not.
async fn until(bus: &NatsBus, up: bool) -> Line {
    let mut line = bus.line();
    let line = timeout(PATIENCE, line.wait_for(|line| line.up == up)).await;
    *line.unwrap_or_else(|_| panic!("the line was to be {}", if up { "up" } else { "down" })).unwrap()
}

#[tokio::test]
async fn who_asks_over_the_bus_is_answered_or_told_why_not() {
    let Some(nats) = Nats::start().await else { return };
    let (one, other) = (line(&nats, "one").await, line(&nats, "other").await);
    let ask = |text: &str| one.ask("room.1", bytes(text), SHORT);
    assert_eq!(ask("anybody?").await, Err(Unheard::Nobody));
    let mut heard = other.hear("room.1").await.unwrap();
    settled(&other).await;
    let asked = one.ask("room.1", bytes("first"), PATIENCE);
    let letter = timeout(PATIENCE, heard.next()).await.unwrap().unwrap();
    letter.answer(&other, bytes("yes"));
    assert_eq!((&letter.body[..], asked.await), (&b"first"[..], Ok(bytes("yes"))));
    assert_eq!(ask("unanswered").await, Err(Unheard::Late));
    drop(heard);
    settled(&other).await;
    assert_eq!(ask("gone").await, Err(Unheard::Nobody));
}

#[tokio::test]
async fn installations_on_one_server_never_meet() {
    let Some(nats) = Nats::start().await else { return };
    let one = line(&nats, "one").await;
    let stranger = NatsBus::connect(&nats.url(), "elsewhere", "one").await.unwrap();
    let _heard = stranger.hear("room.1").await.unwrap();
    settled(&stranger).await;
    assert_eq!(one.ask("room.1", bytes("hello"), SHORT).await, Err(Unheard::Nobody));
}

#[tokio::test]
async fn what_is_told_and_asked_arrives_in_the_order_of_the_calls() {
    let Some(nats) = Nats::start().await else { return };
    let (one, other) = (line(&nats, "one").await, line(&nats, "other").await);
    let mut heard = other.hear("room.1").await.unwrap();
    settled(&other).await;
    let mut asked = Vec::new();
    for n in 0..10_000 {
        match n % 100 {
            0 => asked.push(one.ask("room.1", bytes(&n.to_string()), PATIENCE)),
            _ => one.tell("room.1", bytes(&n.to_string())),
        }
    }
    for n in 0..10_000 {
        let letter = timeout(PATIENCE, heard.next()).await.expect("none is lost").unwrap();
        assert_eq!(letter.body, bytes(&n.to_string()));
        assert_eq!(letter.reply_to.is_some(), n % 100 == 0, "{n}");
        letter.answer(&other, letter.body.clone());
    }
    for (n, asked) in asked.into_iter().enumerate() {
        assert_eq!(asked.await, Ok(bytes(&(n * 100).to_string())), "each asker has its own answer");
    }
}

#[tokio::test]
async fn a_room_larger_than_a_message_of_the_server_crosses_in_parts() {
    let Some(nats) = Nats::start().await else { return };
    let (one, other) = (line(&nats, "one").await, line(&nats, "other").await);
    let whole: Bytes = (0..6_000_000_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
    let mut heard = other.hear("room.1").await.unwrap();
    settled(&other).await;
    let asked = one.ask("room.1", whole.clone(), PATIENCE);
    one.tell("room.1", bytes("small"));
    let letter = timeout(PATIENCE, heard.next()).await.unwrap().unwrap();
    assert!(letter.body == whole, "{} bytes", letter.body.len());
    letter.answer(&other, letter.body.clone());
    assert!(asked.await == Ok(whole), "and so does the answer");
    let behind = timeout(PATIENCE, heard.next()).await.unwrap().unwrap();
    assert_eq!(behind.body, bytes("small"));
    assert_eq!(one.ask("room.2", (0..2_000_000).map(|_| 0).collect(), PATIENCE).await, Err(Unheard::Nobody));
}

#[tokio::test]
async fn a_bus_that_was_away_is_back_by_itself_and_says_that_it_was() {
    let Some(mut nats) = Nats::start().await else { return };
    let (one, other) = (line(&nats, "one").await, line(&nats, "other").await);
    let mut heard = other.hear("room.1").await.unwrap();
    settled(&other).await;
    nats.dies().await;
    assert_eq!(until(&one, false).await, Line { up: false, generation: 1 });
    until(&other, false).await;
    assert_eq!(one.ask("room.1", bytes("lost"), SHORT).await, Err(Unheard::Cut));
    one.tell("room.1", bytes("lost too"));
    assert!(one.hear("room.2").await.is_err());
    nats.comes_back().await;
    assert_eq!(until(&one, true).await, Line { up: true, generation: 2 });
    until(&other, true).await;
    settled(&other).await;
    // The ears of before hear again, and nothing that was said meanwhile.
    let asked = one.ask("room.1", bytes("back"), PATIENCE);
    let letter = timeout(PATIENCE, heard.next()).await.unwrap().unwrap();
    letter.answer(&other, bytes("yes"));
    assert_eq!((&letter.body[..], asked.await), (&b"back"[..], Ok(bytes("yes"))));
}

#[tokio::test]
async fn an_address_that_is_none_or_where_nobody_is_is_said_without_its_password() {
    let failed = async |url: &str| NatsBus::connect(url, "house", "one").await.err().expect(url);
    for url in ["http://127.0.0.1:4222", "nats:// nowhere"] {
        assert!(matches!(failed(url).await, BusError::Address { .. }), "{url}");
    }
    let said = failed("nats://ana:s3cret@127.0.0.1:1").await.to_string();
    assert!(said.contains("nats://ana:***@127.0.0.1:1") && said.contains("cannot be reached"), "{said}");
    let said = failed("nats://t0ken@127.0.0.1:1").await.to_string();
    assert!(!said.contains("t0ken"), "{said}");
}
