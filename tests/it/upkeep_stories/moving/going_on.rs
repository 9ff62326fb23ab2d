//! What people, programs and films notice of a move: nothing.

use std::{fs, path::Path, process::Stdio};

use serde_json::{Value, json};
use tokio::process::Command;

use super::{super::migrations, Place, are_the_same, rooms_of};
use crate::{
    fake_receiver::FakeReceiver,
    opentogethertube::client::Client,
    postgres,
    upkeep_stories::Server,
    viewer::Viewer,
    world::{Caller, in_room},
};

/// Where somebody comes from whose address is kept out.
const BAD: &str = "203.0.113.9";

/// What those who were there hold in their hands.
struct House {
    rooms: Vec<Value>,
    ana: Option<String>,
    ben: Option<String>,
    cem: Option<String>,
    key: String,
    streamkey: String,
    invite: Value,
    /// A request that was asked once, and what was answered.
    asked: (Value, String),
}

fn operator(url: &str) -> Caller {
    Caller::new(url, Some("the-key-of-the-operator".to_owned()))
}

async fn guest(url: &str, name: &str) -> (Option<String>, Value) {
    let session = Caller::new(url, None).post("/api/v1/sessions", json!({ "name": name })).await.created();
    (session["token"].as_str().map(str::to_owned), session["person"]["id"].clone())
}

/// A server that may send webhooks to a receiver.
fn serving(place: &Place, receiver: &FakeReceiver) -> Command {
    let web = place.link("/");
    let web = web.trim_start_matches("http://").trim_end_matches('/');
    let mut command = place.command(&["serve"]);
    command.env("ONECOUCH__RESOLVE__ALLOW_PRIVATE", format!("[\"{web}\", \"{}\"]", receiver.authority()));
    command.stderr(Stdio::piped());
    command
}

async fn repeats(ana: &Caller, room: &Value, body: &Value) -> String {
    let request = |request: reqwest::RequestBuilder| request.header("idempotency-key", "once").json(body);
    ana.send(reqwest::Method::POST, &in_room(room, "/queue"), request).await.text
}

/// Lives in an installation: rooms of three doors, all that they and people leave behind.
async fn lives(place: &Place, url: &str, receiver: &FakeReceiver) -> House {
    let ((ana, _), (ben, ben_id), (cem, cem_id)) =
        (guest(url, "Ana").await, guest(url, "Ben").await, guest(url, "Cem").await);
    let as_who = |token: &Option<String>| Caller::new(url, token.clone());
    let (host, visitor, bad) = (as_who(&ana), as_who(&ben), as_who(&cem));
    let account = json!({ "username": "Ana Maria", "email": "ana@example.com", "password": "a long password" });
    host.post("/api/v1/accounts", account).await.created();

    let link = place.link("/files/film.mp4");
    let full = host.post("/api/v1/rooms", json!({ "title": "Voll \u{1f37f}", "url": link })).await.created();
    let hook = json!({ "url": receiver.url("/hook"), "room": full["id"] });
    host.post("/api/v1/webhooks", hook).await.created();
    for who in [&visitor, &bad] {
        who.joins(&full).await;
        who.post(&in_room(&full, "/chat"), json!({ "text": "hello \\ \t \u{1f37f} \"" })).await.created();
    }
    for number in 0..3 {
        host.post(&in_room(&full, "/queue"), json!({ "url": format!("{link}?n={number}") })).await.created();
        visitor.post(&in_room(&full, "/chat"), json!({ "text": format!("line {number}") })).await;
    }
    let said = visitor.post(&in_room(&full, "/chat"), json!({ "text": "mistkae" })).await.created();
    visitor.patch(&in_room(&full, &format!("/chat/{}", said["seq"])), json!({ "text": "mistake" })).await.ok();
    host.post(&in_room(&full, "/playback/skip"), json!({})).await.ok();
    let role = format!("/members/{}/role", ben_id.as_str().unwrap());
    host.put(&in_room(&full, &role), json!({ "role": "moderator" })).await.ok();
    host.put(&in_room(&full, &format!("/bans/{}", cem_id.as_str().unwrap())), json!({ "reason": "shouts" })).await.ok();
    host.patch(&in_room(&full, ""), json!({ "queue_mode": "vote", "password": "sesame" })).await.ok();
    host.post(&in_room(&full, "/playlists"), json!({ "name": "Fridays" })).await.created();
    let invite = json!({ "for_ms": 3_600_000, "note": "for Dana" });
    let invite = host.post(&in_room(&full, "/invites"), invite).await.created();
    let asked = json!({ "url": format!("{link}?once") });
    let answered = repeats(&host, &full, &asked).await;

    let quiet = host.makes_room("Quiet").await;
    let end = jiff::Timestamp::now().as_millisecond() + 36_000_000;
    host.put(&in_room(&quiet, "/schedule"), json!({ "end": end })).await.ok();
    let tube = Client::at(url, ana.clone());
    tube.makes("Couch").await;
    let named = json!({ "id": tube.id_of("couch").await });
    let key =
        operator(url).post("/api/v1/keys", json!({ "name": "Movie bot", "scopes": ["read", "rooms"] })).await.created();
    let key = key["secret"].as_str().unwrap().to_owned();
    let body = json!({ "share": link, "title": "Bunnies", "w2g_api_key": key });
    let together = Caller::new(url, None).post("/rooms/create.json", body).await.body;
    let streamkey = together["streamkey"].as_str().unwrap().to_owned();
    operator(url).post("/api/v1/admin/bans", json!({ "network": "203.0.113.0/24" })).await.created();
    House { rooms: vec![full, quiet, named], ana, ben, cem, key, streamkey, invite, asked: (asked, answered) }
}

/// All that the doors tell of what there is, but for the moment that it is told at.
async fn looks(url: &str, house: &House) -> Value {
    let (who, ana) = (operator(url), Caller::new(url, house.ana.clone()));
    let mut looks = Vec::new();
    for room in &house.rooms {
        let mut state = who.get(&in_room(room, "")).await.ok();
        state["playback"]["at"] = Value::Null;
        // Each server has an address of its own.
        state["invite_url"] = Value::Null;
        looks.push(state);
        for what in ["/chat", "/history", "/playlists", "/invites", "/bans", "/members", "/queue", "/coming"] {
            looks.push(who.get(&in_room(room, what)).await.body);
        }
        let mut audit = who.get(&in_room(room, "/audit?limit=100")).await.ok();
        for event in audit.as_array_mut().unwrap() {
            if event["kind"] == "playback" {
                event["at"] = Value::Null;
                event["playback"]["at"] = Value::Null;
            }
        }
        looks.push(audit);
    }
    for path in ["/api/v1/people/me", "/api/v1/people/me/rooms", "/api/v1/webhooks"] {
        looks.push(ana.get(path).await.body);
    }
    let mut log = who.get("/api/v1/admin/log").await.ok();
    log.as_array_mut().unwrap().retain(|line| line["act"] != "installation.move");
    looks.push(log);
    for path in ["/api/v1/admin/bans", "/api/v1/admin/people", "/api/v1/admin/rooms"] {
        looks.push(who.get(path).await.body);
    }
    // Each of both servers tells of the film that stood still while nobody was there.
    let webhooks = looks.iter_mut().filter_map(|data| data.get_mut("data")?.as_array_mut()).flatten();
    webhooks.filter(|it| it["delivered"].is_number()).for_each(|webhook| {
        webhook["delivered"] = Value::Null;
        webhook["last"] = Value::Null;
    });
    let text = Value::Array(looks).to_string();
    serde_json::from_str(&text.replace(url, "http://here")).unwrap()
}

/// Everybody does what they did before, with what they have.
async fn goes_on(server: &Server, house: &House, receiver: &mut FakeReceiver, link: &str) {
    let url = &server.url;
    let as_who = |token: &Option<String>| Caller::new(url, token.clone());
    let (ana, ben, cem) = (as_who(&house.ana), as_who(&house.ben), as_who(&house.cem));
    let (full, quiet) = (&house.rooms[0], &house.rooms[1]);
    assert_eq!(repeats(&ana, full, &house.asked.0).await, house.asked.1, "it was asked for once");
    ben.post(&in_room(full, "/chat"), json!({ "text": "after" })).await.created();
    assert_eq!(receiver.hears_until("after").await, ["after"], "what was told before is not told again");
    assert_eq!(cem.post(&in_room(full, "/chat"), json!({ "text": "let me in" })).await.status, 403);
    let login = json!({ "user": "ana@example.com", "password": "a long password" });
    let again = Caller::new(url, None).post("/api/v1/accounts/login", login).await.created();
    let again = Caller::new(url, again["token"].as_str().map(str::to_owned));
    again.patch(&in_room(quiet, ""), json!({ "title": "Quieter" })).await.ok();
    let (dana, _) = guest(url, "Dana").await;
    let path =
        format!("/api/v1/invites/{}/join", house.invite["token"].as_str().or(house.invite["invite"].as_str()).unwrap());
    as_who(&dana).post(&path, json!({ "password": "sesame" })).await.ok();
    assert_eq!(Client::at(url, house.ana.clone()).id_of("couch").await, house.rooms[2]["id"]);
    let keyed = |request: reqwest::RequestBuilder| {
        request.header("accept", "application/json").header("x-w2g-api-key", &house.key)
    };
    let path = format!("/rooms/{}", house.streamkey);
    let room = as_who(&None).send(reqwest::Method::GET, &path, keyed).await;
    assert_eq!((room.status, &room.body["streamkey"]), (200, &json!(house.streamkey)), "{}", room.text);
    let from = |request: reqwest::RequestBuilder| request.header("x-forwarded-for", BAD);
    let no = as_who(&None).send(reqwest::Method::GET, "/api/v1/about", from).await.no();
    assert_eq!(no, (403, "address_banned".to_owned()));

    // And what is new: a room, and somebody who comes and goes, whose visit is numbered behind those before.
    let new = ana.post("/api/v1/rooms", json!({ "title": "New", "url": link })).await.created();
    ana.post(&in_room(&new, "/chat"), json!({ "text": "first" })).await.created();
    let mut viewer = enters(server, full, house.ana.as_deref()).await;
    viewer.says("here").await;
    drop(viewer);
}

async fn enters(server: &Server, room: &Value, token: Option<&str>) -> Viewer {
    let url = server.url.replacen("http", "ws", 1);
    let path = format!("{url}/api/v1/rooms/{}/ws", room["id"].as_str().unwrap());
    let mut viewer = Viewer::connect_to(&path).await.unwrap();
    viewer.sends(json!({ "type": "hello", "token": token })).await;
    viewer.greeting = viewer.hears_any("a welcome", |frame| frame["type"] == "welcome").await;
    viewer
}

#[tokio::test]
async fn an_installation_moves_and_nobody_notices() {
    let Some(databases) = postgres::shared() else { return };
    let (place, mut receiver) = (Place::on_sqlite().await, FakeReceiver::start().await);
    let server = Server::starts(serving(&place, &receiver)).await;
    let house = lives(&place, &server.url, &receiver).await;
    let viewer = enters(&server, &house.rooms[0], house.ana.as_deref()).await;
    receiver.hears_until("mistkae").await;
    drop(viewer);
    assert_eq!(server.stops().await, "");
    receiver.rest();

    // The power goes out while a film plays.
    let server = Server::starts(serving(&place, &receiver)).await;
    let mut viewer = enters(&server, &house.rooms[0], house.ana.as_deref()).await;
    let item = viewer.room()["current"]["id"].clone();
    assert!(item.is_string(), "{}", viewer.room());
    viewer.does(json!({ "do": "play" })).await;
    operator(&server.url).get(&in_room(&house.rooms[0], "")).await.ok();
    server.dies().await;
    drop(viewer);

    // It stays where it was beside where it goes, so that both can be asked the same.
    let stays = place.copied().await;
    let files = || ["", "-wal"].map(|end| fs::read(place.path(&format!("data/onecouch.db{end}"))).unwrap());
    // It was killed, so what it wrote last is in the log beside the file. That moves too.
    let before = files();
    assert!(!before[1].is_empty());
    let database = databases.database().await;
    place.is_on(&databases.url(&database));
    let said = place.moves().await;
    let told = said.error.clone();
    let said = said.good();
    assert!(files() == before, "the file was changed");
    let mut hand = databases.hand(&database).await;
    let counts = are_the_same(&place.database(), &mut hand).await;
    for (table, count) in &counts {
        assert!(*count > 0 && said.contains(&format!("{table} {count}")), "{table} {count}: {said}");
    }
    assert!(said.contains("are the same, in number and in content") && said.contains("people: 4"), "{said}");
    assert!(said.contains("Start the server") && told.contains("moving runs: 0 of "), "{said}{told}");
    let again = place.moves().await.good();
    assert!(again.contains("already") && again.contains("Start the server"), "{again}");

    let exports = [&stays, &place].map(async |place: &Place| rooms_of(&place.runs(&["export"]).await.good()));
    let [old, new] = exports;
    let (old, new) = (old.await, new.await);
    assert_eq!(old.len(), 4);
    for (old, new) in old.iter().zip(&new) {
        assert_eq!(old, new);
    }
    assert_eq!(old.len(), new.len());

    let (old, new) =
        (Server::starts(serving(&stays, &receiver)).await, Server::starts(serving(&place, &receiver)).await);
    let (here, there) = (looks(&old.url, &house).await, looks(&new.url, &house).await);
    for (here, there) in here.as_array().unwrap().iter().zip(there.as_array().unwrap()) {
        assert_eq!(here, there);
    }
    let log = operator(&new.url).get("/api/v1/admin/log").await.ok();
    assert_eq!(
        (&log[0]["act"], &log[0]["by"], &log[0]["outcome"]),
        (&json!("installation.move"), &json!("command line"), &json!("done"))
    );
    old.stops().await;
    goes_on(&new, &house, &mut receiver, &place.link("/files/film.mp4")).await;
    let log = new.stops().await;
    assert_eq!(log, "");
    let visits: i64 = sqlx::query_scalar("SELECT count(*) FROM visits").fetch_one(&mut hand).await.unwrap();
    let of = |name: &str| counts.iter().find(|(table, _)| *table == name).map(|(_, count)| *count).unwrap();
    assert!(usize::try_from(visits).unwrap() > of("visits"));
    // What is there by now is no move's any more.
    fs::copy(stays.database(), place.database()).unwrap();
    let no = place.moves().await.no();
    assert!(no.contains("was moved to") && no.contains("is not what that was then"), "{no}");
}

#[tokio::test]
async fn what_any_release_stored_moves_by_a_copy_of_it() {
    let Some(databases) = postgres::shared() else { return };
    let migrator = migrations::migrations().await;
    for last in migrator.iter().map(|migration| migration.version) {
        let place = Place::on_sqlite().await;
        fs::create_dir(place.path("data")).unwrap();
        migrations::made(&place.database(), &migrator, last, &migrations::stored(last)).await;
        let stays = place.copied().await;
        let before = fs::read(place.database()).unwrap();
        let database = databases.database().await;
        place.is_on(&databases.url(&database));
        let link = format!("sqlite://{}", place.database().display());
        let said = place.runs(&["import", &link]).await.good();
        assert!(said.contains("are the same"), "migration {last}: {said}");
        assert_eq!(fs::read(place.database()).unwrap(), before, "the file was changed");
        let left: Vec<_> = names(&place.path("data")).into_iter().filter(|name| name.contains("moving")).collect();
        assert!(left.is_empty(), "{left:?}");
        let old = rooms_of(&stays.runs(&["export"]).await.good());
        assert!(!old.is_empty());
        assert_eq!(rooms_of(&place.runs(&["export"]).await.good()), old, "migration {last}");
        let server = place.serves().await;
        let ana = Caller::new(&server.url, Some(migrations::TOKEN.to_owned()));
        assert_eq!(ana.get("/api/v1/people/me").await.ok()["name"], "Ana", "migration {last}");
        server.stops().await;
    }
}

fn names(directory: &Path) -> Vec<String> {
    let names = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().display().to_string());
    names.collect()
}
