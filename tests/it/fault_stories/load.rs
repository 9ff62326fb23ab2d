//! Many at once: every command is answered, keys outlive a restart, and the end is an orderly one.

use std::{collections::HashMap, time::Duration};

use futures_util::{SinkExt, StreamExt, future::join_all};
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::time::{Instant, timeout};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use super::count;
use crate::{
    fake_web::FakeWeb,
    process::Process,
    viewer::Viewer,
    world::{Caller, World, in_room},
};

/// How many sockets command at once, and how many commands each has under way: below what one may have.
const SOCKETS: usize = 100;
const UNDER_WAY: usize = 4;
const ANSWERS: [&str; 3] = ["ack", "refused", "reply"];
/// How long this machine may take for anything here, busy as it may be.
const LONG: Duration = Duration::from_mins(1);
/// How many are in the room when the server is to end.
const CROWD: u64 = 1_000;

/// Something that somebody may ask for; some of it cannot be done.
fn command(socket: usize, n: usize) -> Value {
    match n % 10 {
        0 => json!({ "do": "say", "text": format!("{socket} {n}") }),
        1 => json!({ "do": "seek", "position_ms": n }),
        2 => json!({ "do": "pause" }),
        3 => json!({ "do": "play" }),
        4 => json!({ "do": "react", "emoji": "👏" }),
        5 => json!({ "do": "seek" }),
        6 => json!({ "do": "frobnicate" }),
        7 => json!({ "do": "say", "text": "/now" }),
        8 => json!({ "do": "set_rate", "rate": 99 }),
        _ => json!({ "do": "change", "title": format!("{socket} {n}") }),
    }
}

#[tokio::test]
async fn every_command_of_a_hundred_sockets_is_answered_once() {
    let each = usize::try_from(count("ONECOUCH_COMMANDS", 20)).unwrap();
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.post("/api/v1/rooms", json!({ "url": world.link("/files/demo.mp4") })).await.created();
    let mut sockets = Vec::new();
    for n in 0..SOCKETS {
        let person = world.person(&format!("Guest {n}")).await;
        person.joins(&room).await;
        let hello = json!({ "type": "hello", "token": person.token, "watches": false });
        sockets.push(Viewer::open_with(&world, &room, hello).await);
    }
    let asking = sockets.into_iter().enumerate().map(async |(socket, mut viewer)| {
        let mut answers: HashMap<String, Vec<String>> = HashMap::new();
        let mut slowest = Duration::ZERO;
        for start in (0..each).step_by(UNDER_WAY) {
            let asked = Instant::now();
            let some = start..(start + UNDER_WAY).min(each);
            for n in some.clone() {
                let mut frame = command(socket, n);
                (frame["type"], frame["id"]) = (json!("command"), json!(format!("{socket}-{n}")));
                viewer.sends(frame).await;
            }
            for n in some {
                let answer = |frame: &Value| ANSWERS.contains(&frame["type"].as_str().unwrap());
                let frame = timeout(LONG, viewer.next_frame(answer)).await;
                let frame = frame.unwrap_or_else(|_| panic!("{socket}-{n} or one before was never answered")).unwrap();
                let id = frame["id"].as_str().expect("an answer to nothing").to_owned();
                answers.entry(id).or_default().push(frame["type"].as_str().unwrap().to_owned());
            }
            slowest = slowest.max(asked.elapsed());
        }
        // Nothing comes behind: what is answered once is answered once.
        viewer.sends(json!({ "type": "ping", "c": 1 })).await;
        let behind = |frame: &Value| frame["type"] == "pong" || ANSWERS.contains(&frame["type"].as_str().unwrap());
        let last = timeout(LONG, viewer.next_frame(behind)).await.expect("a pong").unwrap();
        assert_eq!(last["type"], "pong", "an answer too many");
        (answers, slowest)
    });
    let all = join_all(asking).await;
    let (mut kinds, mut slowest) = (HashMap::<String, usize>::new(), Duration::ZERO);
    for (socket, (answers, slow)) in all.into_iter().enumerate() {
        for n in 0..each {
            let of = answers.get(&format!("{socket}-{n}")).map_or(&[][..], Vec::as_slice);
            assert_eq!(of.len(), 1, "command {n} of socket {socket} was answered {of:?}");
            *kinds.entry(of[0].clone()).or_default() += 1;
        }
        slowest = slowest.max(slow);
    }
    println!("{} commands: {kinds:?}; {UNDER_WAY} at once took {slowest:?} at most", SOCKETS * each);
    assert_eq!(kinds.values().sum::<usize>(), SOCKETS * each);
    assert!(ANSWERS.iter().all(|kind| kinds.contains_key(*kind)), "{kinds:?}");
}

#[tokio::test]
async fn a_call_that_is_made_again_after_a_restart_has_the_answer_of_the_first() {
    let mut world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Once").await;
    let path = in_room(&room, "/chat");
    let with = |key: &'static str, text: &'static str| {
        move |request: reqwest::RequestBuilder| request.header("idempotency-key", key).json(&json!({ "text": text }))
    };
    let first = ana.send(reqwest::Method::POST, &path, with("k1", "hello")).await;
    assert_eq!(first.status, 201);
    world.restart().await;
    let again = ana.send(reqwest::Method::POST, &path, with("k1", "hello")).await;
    assert_eq!((again.status, &again.headers["idempotency-replayed"]), (201, &"true".parse().unwrap()));
    assert_eq!(again.body, first.body);
    let other = ana.send(reqwest::Method::POST, &path, with("k1", "something else")).await;
    assert_eq!(other.no(), (409, "idempotency_key_reused".to_owned()));
    assert_eq!(ana.get(&path).await.ok().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_line_that_is_said_again_is_there_once_though_its_first_answer_was_not_kept() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Once").await;
    let path = in_room(&room, "/chat");
    let says = |key: &'static str, text: &'static str| {
        let with = move |request: reqwest::RequestBuilder| {
            request.header("idempotency-key", key).json(&json!({ "text": text }))
        };
        ana.send(reqwest::Method::POST, &path, with)
    };
    let first = says("k1", "hello").await.created();
    // As a crash leaves it between the line and the kept answer.
    let options = SqliteConnectOptions::new().filename(&world.config.database.url);
    let mut file = SqliteConnection::connect_with(&options).await.unwrap();
    let forgotten = sqlx::query("DELETE FROM records WHERE kind = 'answer'").execute(&mut file).await.unwrap();
    assert_eq!(forgotten.rows_affected(), 1);
    file.close().await.unwrap();
    assert_eq!(says("k1", "hello").await.created(), first);
    says("k2", "hello").await.created();
    assert_eq!(ana.get(&path).await.ok().as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_server_with_a_thousand_viewers_ends_in_order_and_in_time() {
    let crowd = usize::try_from(count("ONECOUCH_CROWD", CROWD)).unwrap();
    let (place, web) = (tempfile::tempdir().unwrap(), FakeWeb::start().await);
    let mut process = Process::start(place.path(), &web).await;
    let session = Caller::new(&process.url, None).post("/api/v1/sessions", json!({ "name": "Ana" })).await.created();
    let ana = Caller::new(&process.url, session["token"].as_str().map(str::to_owned));
    let room = ana.makes_room("Crowd").await;
    let url = format!("{}{}", process.url.replacen("http", "ws", 1), in_room(&room, "/ws"));
    let mut crowded = Vec::new();
    while crowded.len() < crowd {
        let coming = (crowded.len()..crowd).take(50).map(async |_| {
            let (mut socket, _) = connect_async(&url).await.unwrap();
            let hello = json!({ "type": "hello", "token": ana.token, "watches": false });
            socket.send(Message::text(hello.to_string())).await.unwrap();
            let greeting = timeout(LONG, socket.next()).await.expect("a greeting").unwrap().unwrap();
            assert!(greeting.to_text().unwrap().contains("\"type\":\"welcome\""), "{greeting}");
            socket
        });
        crowded.extend(join_all(coming).await);
    }
    // A hundred of them say something at the moment of the end, before they hear anything of it, and all hear how it goes.
    let last_words = |n: usize| format!("last words of {n}");
    let speaks = |n: &usize| n.is_multiple_of((crowd / 100).max(1));
    for (n, socket) in crowded.iter_mut().enumerate().filter(|(n, _)| speaks(n)) {
        let say = json!({ "type": "command", "id": last_words(n), "do": "say", "text": last_words(n) });
        socket.send(Message::text(say.to_string())).await.unwrap();
    }
    let watching = crowded.into_iter().enumerate().map(async |(n, mut socket)| {
        let (mut code, mut acked) = (None, None);
        while let Some(Ok(message)) = timeout(LONG, socket.next()).await.expect("an end") {
            match message {
                // Thousands of frames, of which one is of interest.
                Message::Text(text) if text.contains("\"type\":\"ack\"") => acked = Some(last_words(n)),
                Message::Close(frame) => code = frame.map(|frame| u16::from(frame.code)),
                _ => {}
            }
        }
        (code, acked)
    });
    let (heard, status) = tokio::join!(join_all(watching), async {
        let from = Instant::now();
        process.is_terminated().await;
        let status = process.ends_within(Duration::from_secs(5)).await;
        println!("the end with {crowd} viewers took {:?}", from.elapsed());
        status
    });
    assert_eq!(status.code(), Some(0));
    let told = heard.iter().filter(|(code, _)| *code == Some(1012)).count();
    println!("{told} of {crowd} were told to come back");
    assert_eq!(told, crowd, "all are told to come back");

    let file = place.path().join("data/onecouch.db");
    let log = std::fs::metadata(file.with_extension("db-wal")).map_or(0, |log| log.len());
    assert_eq!(log, 0, "the log is folded into the database");
    let mut file = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file)).await.unwrap();
    let lines: Vec<String> = sqlx::query_scalar(
        "SELECT json_extract(event, '$.text') FROM journal WHERE json_extract(event, '$.kind') = 'said'",
    )
    .fetch_all(&mut file)
    .await
    .unwrap();
    let acked: Vec<_> = heard.iter().filter_map(|(_, acked)| acked.as_ref()).collect();
    assert!(acked.iter().all(|line| lines.contains(line)), "{acked:?} {lines:?}");
    println!("{} of those who spoke were answered", acked.len());
    assert!(!acked.is_empty(), "nobody was answered: nothing was put to the test");
    file.close().await.unwrap();
    let again = timeout(Duration::from_secs(20), Process::start(place.path(), &web)).await.unwrap();
    again.dies().await;
}
