//! Rooms that move to another installation.

use std::fs;

use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::Place;
use crate::{
    opentogethertube::client::Client,
    world::{Caller, in_room},
};

const SETTINGS: &str =
    "[http]\nlisten = \"127.0.0.1:0\"\nmetrics_listen = \"\"\n[auth]\nbootstrap_key = \"the-key-of-the-operator\"";

async fn statement(place: &Place, statement: String) {
    let options = SqliteConnectOptions::new().filename(place.database());
    let mut file = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut file).await.unwrap();
    file.close().await.unwrap();
}

async fn count(place: &Place, of: &'static str) -> i64 {
    let options = SqliteConnectOptions::new().filename(place.database());
    let mut file = SqliteConnection::connect_with(&options).await.unwrap();
    let count = sqlx::query_scalar(of).fetch_one(&mut file).await.unwrap();
    file.close().await.unwrap();
    count
}

async fn session(url: &str, name: &str) -> (Caller, Value) {
    let session = Caller::new(url, None).post("/api/v1/sessions", json!({ "name": name })).await.created();
    (Caller::new(url, session["token"].as_str().map(str::to_owned)), session)
}

fn operator(url: &str) -> Caller {
    Caller::new(url, Some("the-key-of-the-operator".to_owned()))
}

/// All that the API tells of a room, but for what another installation has of its own.
async fn looks(url: &str, room: &Value) -> Value {
    let who = operator(url);
    let mut state = who.get(&in_room(room, "")).await.ok();
    for own in ["epoch", "invite", "invite_url", "code", "here"] {
        state.as_object_mut().unwrap().remove(own);
    }
    // The moment that it is told at.
    state["playback"].as_object_mut().unwrap().remove("at");
    let mut looks = json!({ "state": state });
    for what in ["chat", "history", "playlists"] {
        looks[what] = who.get(&in_room(room, &format!("/{what}"))).await.body;
    }
    let mut audit = who.get(&in_room(room, "/audit?limit=100")).await.ok();
    for event in audit.as_array_mut().unwrap() {
        for own in ["invite", "code"] {
            event.as_object_mut().unwrap().remove(own);
        }
    }
    looks["audit"] = audit;
    looks
}

/// An installation with three rooms, and what `onecouch export` says of it while it runs.
async fn exported() -> (Place, Vec<Value>, Vec<Value>, String, Value) {
    let place = Place::new(SETTINGS).await;
    let server = place.serves().await;
    let url = server.url.clone();
    let ((ana, ana_session), (ben, ben_session)) = (session(&url, "Ana").await, session(&url, "Ben").await);
    let link = place.link("/files/film.mp4");
    let full = ana.post("/api/v1/rooms", json!({ "title": "Full", "url": link })).await.created();
    ben.joins(&full).await;
    for number in 0..3 {
        ana.post(&in_room(&full, "/queue"), json!({ "url": format!("{link}?n={number}") })).await.created();
        ben.post(&in_room(&full, "/chat"), json!({ "text": format!("line {number}") })).await.created();
    }
    let said = ben.post(&in_room(&full, "/chat"), json!({ "text": "mistkae" })).await.created();
    ben.patch(&in_room(&full, &format!("/chat/{}", said["seq"])), json!({ "text": "mistake" })).await.ok();
    ana.post(&in_room(&full, "/playback/skip"), json!({})).await.ok();
    ana.post(&in_room(&full, "/playback/seek"), json!({ "position_ms": 3_000 })).await.ok();
    let ben_id = ben_session["person"]["id"].as_str().unwrap();
    ana.put(&in_room(&full, &format!("/members/{ben_id}/role")), json!({ "role": "moderator" })).await.ok();
    ana.patch(&in_room(&full, ""), json!({ "queue_mode": "vote", "slow_mode_ms": 5_000, "password": "sesame" }))
        .await
        .ok();
    let saved = ana.post(&in_room(&full, "/playlists"), json!({ "name": "Fridays" })).await;
    assert!(saved.status < 300, "{}", saved.text);
    let quiet = ana.makes_room("Quiet").await;
    let guest = Client::at(&url, ana.token.clone());
    guest.makes("Couch").await;
    let named = json!({ "id": guest.id_of("couch").await });

    let rooms = vec![full, quiet, named];
    let mut seen = Vec::new();
    for room in &rooms {
        seen.push(looks(&url, room).await);
    }
    let text = place.runs(&["export"]).await.good();
    assert_eq!(text.lines().count(), 4, "{text}");
    // None of it opens a door, there or here.
    for room in &rooms {
        let state = operator(&url).get(&in_room(room, "")).await.ok();
        for secret in [&state["invite"], &state["code"]] {
            assert!(!text.contains(secret.as_str().unwrap()), "{secret}");
        }
    }
    for session in [&ana_session, &ben_session] {
        assert!(!text.contains(session["token"].as_str().unwrap()));
    }
    let one = place.runs(&["export", "--room", rooms[1]["id"].as_str().unwrap()]).await.good();
    assert_eq!(one.lines().count(), 2);
    assert!(one.contains("Quiet") && !one.contains("Full"));
    let no = place.runs(&["export", "--room", "01a1fe4c-9000-7000-8000-000000000001"]).await.no();
    assert!(no.contains("there is no room 01a1fe4c-9000-7000-8000-000000000001"), "{no}");
    server.stops().await;
    (place, rooms, seen, text, ben_session["person"]["id"].clone())
}

#[tokio::test]
async fn rooms_look_the_same_in_another_installation() {
    let (from, rooms, seen, text, _) = exported().await;
    let to = Place::new(SETTINGS).await;
    fs::write(to.path("rooms.jsonl"), &text).unwrap();
    let said = to.runs(&["import", "rooms.jsonl"]).await.good();
    assert!(said.contains("new: 3, that were there already: 0"), "{said}");
    let server = to.serves().await;
    for (room, seen) in rooms.iter().zip(&seen) {
        assert_eq!(&looks(&server.url, room).await, seen);
    }
    // There are ways in, and they are others.
    let state = operator(&server.url).get(&in_room(&rooms[0], "")).await.ok();
    let (cem, _) = session(&server.url, "Cem").await;
    let path = format!("/api/v1/invites/{}/join", state["invite"].as_str().unwrap());
    assert_ne!(state["invite"], rooms[0]["invite"]);
    cem.post(&path, json!({ "password": "sesame" })).await.ok();
    assert_eq!(Client::at(&server.url, cem.token.clone()).id_of("couch").await, rooms[2]["id"]);
    cem.post(&in_room(&rooms[1], "/chat"), json!({ "text": "x" })).await.no();
    let said = to.runs(&["import", "rooms.jsonl"]).await.no();
    assert!(said.contains("a server is running") && said.contains("stop it"), "{said}");
    server.stops().await;

    // Again: all is there. As other rooms than they were: once more beside them, and again all is there.
    fs::write(from.path("rooms.jsonl"), &text).unwrap();
    for place in [&to, &from] {
        let said = place.runs(&["import", "rooms.jsonl"]).await.good();
        assert!(said.contains("new: 0, that were there already: 3"), "{said}");
        let said = place.runs(&["import", "--new-ids", "rooms.jsonl"]).await.good();
        assert!(said.contains("new: 3, that were there already: 0"), "{said}");
        let said = place.runs(&["import", "--new-ids", "rooms.jsonl"]).await.good();
        assert!(said.contains("new: 0, that were there already: 3"), "{said}");
        assert_eq!(count(place, "SELECT count(*) FROM rooms").await, 6);
    }
    let server = to.serves().await;
    assert_eq!(Client::at(&server.url, cem.token).id_of("couch").await, rooms[2]["id"]);
    server.stops().await;
}

#[tokio::test]
async fn what_cannot_be_imported_is_named_and_nothing_of_it_is_there() {
    let (_from, rooms, _, text, ben) = exported().await;
    let to = Place::new(SETTINGS).await;
    let server = to.serves().await;
    let (dana, dana_session) = session(&server.url, "Dana").await;
    Client::at(&server.url, dana.token).makes("couch").await;
    server.stops().await;
    // Whom Discord calls 42 is Ben there, and Dana here.
    let identity = |person: &Value| json!({ "platform": "discord", "subject": "42", "person": person });
    let dana = &dana_session["person"]["id"];
    let mut record = identity(dana);
    record["record"] = json!("identity");
    let owner = dana.as_str().unwrap();
    statement(
        &to,
        format!(
            "INSERT INTO records (kind, key, owner, body) VALUES ('identity', 'discord:42', '{owner}', '{record}')"
        ),
    )
    .await;

    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let change = |line: &str, change: &dyn Fn(&mut Value)| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        change(&mut line);
        line.to_string()
    };
    lines[1] = change(&lines[1], &|line| line["identities"] = json!([identity(&ben)]));
    let whole = lines.clone();
    lines.push("{ no JSON".to_owned());
    lines.push("{\"room\": 7}".to_owned());
    lines.push(change(&whole[1], &|line| {
        line["room"] = json!("01a1fe4c-9000-7000-8000-000000000009");
        line["chat"].as_array_mut().unwrap().reverse();
    }));
    lines.push(change(&whole[2], &|line| {
        line["room"] = json!("01a1fe4c-9000-7000-8000-00000000000a");
        line["state"]["seq"] = json!(0);
    }));
    fs::write(to.path("rooms.jsonl"), lines.join("\n")).unwrap();
    let said = to.runs(&["import", "rooms.jsonl"]).await;
    assert!(
        !said.good && said.out.contains("new: 2, that were there already: 0, that are not imported: 5"),
        "{said:?}"
    );
    for expected in [
        &format!("line 4: room {}: another room is called \"couch\" here", rooms[2]["id"].as_str().unwrap()),
        "line 5: it is no JSON",
        "line 6: it is no room as we write them",
        "line 7: room 01a1fe4c-9000-7000-8000-000000000009: its chat is not in order",
        "line 8: room 01a1fe4c-9000-7000-8000-00000000000a: its numbers are none",
    ] {
        assert!(said.error.contains(expected), "{expected}: {}", said.error);
    }
    assert_eq!(count(&to, "SELECT count(*) FROM rooms").await, 3);
    for table in [
        "SELECT count(*) FROM chat WHERE room NOT IN (SELECT id FROM rooms)",
        "SELECT count(*) FROM snapshots WHERE room NOT IN (SELECT id FROM rooms)",
        "SELECT count(*) FROM records WHERE kind = 'alias' AND unhex(owner, '-') NOT IN (SELECT id FROM rooms)",
    ] {
        assert_eq!(count(&to, table).await, 0, "{table}");
    }
    let server = to.serves().await;
    let state = operator(&server.url).get(&in_room(&rooms[0], "")).await.ok();
    let roles = state["members"].as_array().unwrap();
    assert!(roles.iter().any(|member| member["person"] == *dana && member["role"] == "moderator"), "{roles:?}");
    assert!(!state.to_string().contains(ben.as_str().unwrap()));
    server.stops().await;

    lines[0] =
        lines[0].replace("\"onecouch_export\":1", "\"onecouch_export\":2").replace(env!("CARGO_PKG_VERSION"), "9.1.0");
    fs::write(to.path("later.jsonl"), lines.join("\n")).unwrap();
    let said = to.runs(&["import", "later.jsonl"]).await.no();
    assert!(said.contains("onecouch 9.1.0 wrote it in format 2, and this version reads 1"), "{said}");
    fs::write(to.path("couch.txt"), "hello\n").unwrap();
    let said = to.runs(&["import", "couch.txt"]).await.no();
    assert!(said.contains("its first line is none"), "{said}");
}
