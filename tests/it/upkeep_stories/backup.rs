//! Copies under load, and putting them back.

use std::{collections::BTreeSet, fs};

use reqwest::Method;
use serde_json::json;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{Place, mode};
use crate::{
    crash_stories::{Journal, WRITERS, Writer},
    world::{Caller, in_room},
};

const SETTINGS: &str = "[http]\nlisten = \"127.0.0.1:0\"\nmetrics_listen = \"\"";

#[tokio::test]
async fn a_copy_under_load_is_a_beginning_of_what_was_answered() {
    let place = Place::new(SETTINGS).await;
    let link = place.link("/files/film.mp4");
    let server = place.serves().await;
    let nobody = Caller::new(&server.url, None);
    let (mut tokens, mut people) = (Vec::new(), Vec::new());
    for name in std::iter::once("Ana".to_owned()).chain((0..WRITERS).map(|writer| format!("Writer {writer}"))) {
        let session = nobody.post("/api/v1/sessions", json!({ "name": name })).await.created();
        tokens.push(session["token"].as_str().map(str::to_owned));
        people.push(session["person"]["id"].as_str().unwrap().to_owned());
    }
    let people = people.split_off(1);
    let ana = Caller::new(&server.url, tokens[0].clone());
    let made = ana.post("/api/v1/rooms", json!({ "title": "Copied", "url": link })).await.created();
    let room = made["id"].as_str().unwrap().to_owned();
    let mut writers = Vec::new();
    for (index, person) in people.iter().enumerate() {
        let guest = Caller::new(&server.url, tokens[index + 1].clone());
        guest.joins(&made).await;
        guest.post(&in_room(&made, "/chat"), json!({ "text": format!("{index} 0") })).await.created();
        ana.put(&in_room(&made, &format!("/members/{person}/role")), json!({ "role": "trusted" })).await.ok();
        let writer = Writer {
            index,
            person: person.clone(),
            guest,
            host: ana.clone(),
            room: room.clone(),
            socket: format!("{}/api/v1/rooms/{room}/ws", server.url.replacen("http", "ws", 1)),
            link: link.clone(),
        };
        writers.push(tokio::spawn(writer.writes(1, "trusted".to_owned(), Vec::new())));
    }

    // Copy after copy while they write. What was in the file before a copy began is in it.
    let mut copies = Vec::new();
    for number in 0..4 {
        let mut before = Journal::default();
        before.read(&place.database(), &room, &people, false).await;
        let copy = place.path(&format!("copy-{number}.db"));
        let said = place.runs(&["backup", &copy.display().to_string()]).await.good();
        assert!(said.contains("rooms: 1") && said.contains("sound"), "{said}");
        assert_eq!(mode(&copy), 0o600);
        copies.push((copy, before));
    }
    server.dies().await;
    let mut told = Vec::new();
    for writer in writers {
        told.push(writer.await.unwrap());
    }

    let mut grown = 0;
    for (number, (copy, before)) in copies.iter().enumerate() {
        let said = place.runs(&["restore", &copy.display().to_string()]).await.good();
        assert!(said.contains("before-restore"), "{said}");
        let mut restored = Journal::default();
        restored.read(&place.database(), &room, &people, true).await;
        assert!(restored.seq >= before.seq && restored.seq >= grown, "copy {number} is older than its beginning");
        grown = restored.seq;
        for (writer, told) in told.iter().enumerate() {
            let (found, early) = (&restored.deeds[&writer], before.deeds.get(&writer).map_or(0, Vec::len));
            let mut answered = vec!["said 0".to_owned(), "became trusted".to_owned()];
            answered.extend(told.answered.iter().chain(&told.unheard).cloned());
            assert!(
                answered.starts_with(found),
                "copy {number}: writer {writer} was told\n{answered:?}\nand did\n{found:?}"
            );
            assert!(found.len() >= early, "copy {number} lacks what writer {writer} had done before it began");
        }
    }
    assert!(grown > 100, "only {grown} events: nothing was put to the test");

    // It serves what was restored, in an epoch that nobody has seen.
    let server = place.serves().await;
    let state = Caller::new(&server.url, tokens[0].clone()).get(&in_room(&made, "")).await.ok();
    assert!(state["seq"].as_i64().unwrap() >= grown);
    assert!(state["epoch"].as_u64().unwrap() > 1_000_000_000, "{}", state["epoch"]);
    server.stops().await;
}

#[tokio::test]
async fn nothing_is_overwritten_that_nobody_said_could_be() {
    let place = Place::new(SETTINGS).await;
    let said = place.runs(&["backup", "copy.db"]).await.no();
    assert!(said.contains("there is no database"), "{said}");
    place.serves().await.stops().await;
    fs::write(place.path("copy.db"), "mine").unwrap();
    let said = place.runs(&["backup", "copy.db"]).await.no();
    assert!(said.contains("there already") && said.contains("--replace"), "{said}");
    assert_eq!(fs::read_to_string(place.path("copy.db")).unwrap(), "mine");
    place.runs(&["backup", "--replace", "copy.db"]).await.good();
    assert!(fs::read(place.path("copy.db")).unwrap().starts_with(b"SQLite format 3"));
    assert_eq!(mode(&place.path("copy.db")), 0o600);
    let said = place.runs(&["backup", "nowhere/copy.db"]).await.no();
    assert!(said.contains("nowhere/copy.db"), "{said}");
    let left: Vec<_> = fs::read_dir(place.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("part")), "{left:?}");
}

#[tokio::test]
async fn a_server_that_runs_and_a_copy_that_is_none_are_refused_and_what_was_there_stays() {
    let place = Place::new(SETTINGS).await;
    let server = place.serves().await;
    let ana = Caller::new(&server.url, None).post("/api/v1/sessions", json!({ "name": "Ana" })).await.created();
    let token = ana["token"].as_str().map(str::to_owned);
    let ana = Caller::new(&server.url, token.clone());
    let room = ana.makes_room("Kept").await;
    place.runs(&["backup", "copy.db"]).await.good();
    let said = place.runs(&["restore", "copy.db"]).await.no();
    assert!(said.contains("a server is running") && said.contains("stop it"), "{said}");
    assert_eq!(ana.send(Method::GET, &in_room(&room, ""), |request| request).await.status, 200);
    server.stops().await;

    // Damaged in the middle, cut off, something else, another program's, and of a later version.
    let whole = fs::read(place.path("copy.db")).unwrap();
    let mut damaged = whole.clone();
    for byte in &mut damaged[whole.len() / 2..whole.len() / 2 + 6_000] {
        *byte = !*byte;
    }
    fs::write(place.path("damaged.db"), damaged).unwrap();
    fs::write(place.path("cut.db"), &whole[..whole.len() / 2]).unwrap();
    fs::write(place.path("text.db"), "no database").unwrap();
    let make = async |name: &str, statements: &str| {
        let options = SqliteConnectOptions::new().filename(place.path(name)).create_if_missing(true);
        let mut file = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned())).execute(&mut file).await.unwrap();
        file.close().await.unwrap();
    };
    make("other.db", "CREATE TABLE films (id INTEGER PRIMARY KEY)").await;
    fs::write(place.path("later.db"), &whole).unwrap();
    make(
        "later.db",
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
        VALUES (9999, 'later', 1, x'00', 0); PRAGMA user_version = 3007001",
    )
    .await;
    let before = fs::read(place.database()).unwrap();
    for (file, expected) in [
        ("nothing.db", "cannot read"),
        ("damaged.db", "damaged"),
        ("cut.db", "damaged"),
        ("text.db", "damaged"),
        ("other.db", "no database of onecouch"),
        ("later.db", "onecouch 3.7.1 (migration 9999)"),
        ("data/onecouch.db", "is the database itself"),
    ] {
        let said = place.runs(&["restore", file]).await.no();
        assert!(said.contains(expected), "{file}: {said}");
        assert_eq!(fs::read(place.database()).unwrap(), before, "{file}");
    }
    let left: BTreeSet<_> = fs::read_dir(place.path("data")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");

    // Copied as files while it was open, with a log beside it: that is put back too.
    let server = place.serves().await;
    Caller::new(&server.url, token.clone()).patch(&in_room(&room, ""), json!({ "title": "In the log" })).await.ok();
    for end in ["", "-wal"] {
        fs::copy(place.path(&format!("data/onecouch.db{end}")), place.path(&format!("raw.db{end}"))).unwrap();
    }
    server.dies().await;
    place.runs(&["restore", "copy.db"]).await.good();
    let server = place.serves().await;
    let title = async |server: &super::Server| {
        Caller::new(&server.url, token.clone()).get(&in_room(&room, "")).await.ok()["title"].clone()
    };
    assert_eq!(title(&server).await, "Kept");
    server.stops().await;
    place.runs(&["restore", "raw.db"]).await.good();
    let server = place.serves().await;
    assert_eq!(title(&server).await, "In the log");
    server.stops().await;
}
