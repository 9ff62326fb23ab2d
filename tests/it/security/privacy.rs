//! What is nobody else's business is in no answer, whoever asks and whatever dialect they speak; and of a private room nobody
//! learns that it is there.

use std::collections::BTreeSet;

use engine::{
    ids::{Entropy, RoomId},
    records::{PlaceId, Platform},
    room::Visibility,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    opentogethertube::socket_client::{OttSocket, makes_room},
    viewer::Viewer,
    watch2gether::Bot,
    world::{Caller, World, in_room},
};

/// What somebody is on other platforms, where they come from and how to write to them.
const TELEGRAM: &str = "5550199123";
const DISCORD: &str = "1100000000000000777";
const CHAT: i64 = -1_009_988_776_655;
const ADDRESS: &str = "203.0.113.77";
const NETWORK: &str = "2001:db8:77:77";
const MAIL: &str = "ana@hidden.example";

/// Keys that no answer has, but where somebody reads about themself.
const FORBIDDEN: &[&str] = &[
    "ip",
    "ip_address",
    "ipAddress",
    "address",
    "remote_addr",
    "from_address",
    "user_agent",
    "userAgent",
    "email",
    "e_mail",
    "mail",
    "password",
    "password_hash",
    "passwordHash",
    "salt",
    "hash",
    "token_hash",
    "secret_hash",
    "token",
    "access_token",
    "secret",
    "session",
    "sessions",
    "platform_id",
    "platform",
    "platforms",
    "telegram_id",
    "discord_id",
    "discordId",
    "chat_id",
    "external_id",
    "subject",
];

/// The keys of an answer, wherever they stand.
fn keys(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                found.insert(name.clone());
                keys(value, found);
            }
        }
        Value::Array(items) => {
            for item in items {
                keys(item, found);
            }
        }
        _ => {}
    }
}

/// What of an answer should not be in it.
fn wrong_with(what: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let chat = CHAT.to_string();
    for private in [TELEGRAM, DISCORD, &chat, ADDRESS, NETWORK, MAIL, "argon2"] {
        if text.contains(private) {
            wrong.push(format!("{what} tells {private}: {text:.600}"));
        }
    }
    let mut found = BTreeSet::new();
    keys(&serde_json::from_str(text).unwrap_or_default(), &mut found);
    wrong.extend(
        FORBIDDEN.iter().filter(|key| found.contains(**key)).map(|key| format!("{what} has {key:?}: {text:.600}")),
    );
    wrong
}

/// Somebody whom a program acts for, by what they are on a platform.
async fn acts(bot: &Caller, method: Method, path: &str, who: &str, body: Value) -> u16 {
    let send = |request: reqwest::RequestBuilder| {
        let request = request.header("onecouch-act-for", who).header("onecouch-act-name", "Somebody");
        request.header("x-forwarded-for", ADDRESS).json(&body)
    };
    bot.send(method, path, send).await.status
}

struct House {
    world: World,
    ana: Caller,
    ben: Caller,
    /// In OpenTogetherTube's name and ours.
    room: Value,
}

/// A room in which people of all kinds did something, each from an address of their own.
async fn house() -> House {
    let world = World::start_with(|config| config.http.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()]).await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let account = json!({ "username": "ana", "email": MAIL, "password": "correct horse 7" });
    ana.post("/api/v1/accounts", account).await.created();
    let view = makes_room(&world, &ana, "privacy").await;
    let room = json!({ "id": view.id.to_string(), "invite": &*view.invite });
    ben.joins(&room).await;
    let scopes = json!({ "name": "Bridge", "scopes": ["rooms", "act", "platforms"] });
    let key = world.bot().post("/api/v1/keys", scopes).await.created();
    let bot = Caller::new(&world.url(""), Some(key["secret"].as_str().unwrap().to_owned()));
    let join = format!("/api/v1/invites/{}/join", &*view.invite);
    for who in [format!("telegram:{TELEGRAM}"), format!("discord:{DISCORD}")] {
        assert_eq!(acts(&bot, Method::POST, &join, &who, json!({})).await, 200, "{who}");
        assert_eq!(acts(&bot, Method::POST, &in_room(&room, "/chat"), &who, json!({ "text": "hello" })).await, 201);
        let film = json!({ "url": world.link(&format!("/files/film.mp4?{}", who.len())) });
        assert_eq!(acts(&bot, Method::POST, &in_room(&room, "/queue"), &who, film).await, 201);
        assert_eq!(acts(&bot, Method::PUT, &in_room(&room, "/coming/me"), &who, json!({})).await, 200);
    }
    let six = |request: reqwest::RequestBuilder| {
        request.header("x-forwarded-for", format!("{NETWORK}::1")).json(&json!({ "text": "from far away" }))
    };
    ben.send(Method::POST, &in_room(&room, "/chat"), six).await.created();
    let chat = PlaceId { platform: Platform::Telegram, chat: CHAT, topic: None };
    world.engine().places.tie(chat, view.id).await.unwrap();
    House { world, ana, ben, room }
}

#[tokio::test]
async fn no_answer_tells_where_people_come_from_who_they_are_elsewhere_or_what_opens_anything() {
    let House { world, ana, ben, room } = house().await;
    let id = room["id"].as_str().unwrap();
    let mut wrong = Vec::new();
    let of_room = [
        "",
        "/queue",
        "/queue/export",
        "/members",
        "/bans",
        "/invites",
        "/playlists",
        "/coming",
        "/proposals",
        "/history",
        "/audit",
        "/stats",
        "/chat",
        "/playback",
    ];
    let of_all =
        ["/api/v1/rooms", "/api/v1/about", "/api/v1/commands", "/api/v1/people/me/rooms", "/api/v1/people/me/visits"];
    let party = format!("/api/v1/watch-parties/{id}");
    let others = [
        format!("/api/v1/rooms/{id}/card"),
        format!("/r/{id}"),
        format!("/j/{}", room["invite"].as_str().unwrap()),
        format!("/api/v1/invites/{}", room["invite"].as_str().unwrap()),
        "/api/room/privacy".to_owned(),
        "/api/room/list".to_owned(),
        "/api/status".to_owned(),
        party.clone(),
        format!("{party}/participants"),
        format!("{party}/messages"),
        format!("{party}/clips"),
        format!("{party}/analytics"),
        "/api/v1/watch-parties/public".to_owned(),
        "/api/v1/watch-parties/history".to_owned(),
        "/readyz".to_owned(),
        "/healthz".to_owned(),
    ];
    let eve = world.person("Eve").await;
    let mut read = 0;
    for (name, who) in [("the host", &ana), ("a guest", &ben), ("a stranger", &eve), ("nobody", &world.nobody())] {
        let paths =
            of_room.iter().map(|rest| in_room(&room, rest)).chain(of_all.map(str::to_owned)).chain(others.clone());
        for path in paths {
            let answer = who.get(&path).await;
            assert!(answer.status < 500, "{path}: {}", answer.text);
            read += usize::from(answer.status == 200);
            // An invite is called a token where invites are managed, and nowhere else.
            let found = wrong_with(&format!("{path} to {name}"), &answer.text);
            wrong.extend(found.into_iter().filter(|no| !(path.ends_with("/invites") && no.contains("has \"token\""))));
        }
    }
    assert!(read >= 60, "{read} answers were read");
    // What is told on sockets: a greeting, and what happens.
    let mut viewer = Viewer::open(&world, &room, &ben).await;
    let mut theirs = OttSocket::join(&world, "privacy", &ana).await;
    viewer.says("hello all").await;
    wrong.extend(wrong_with("the greeting", &viewer.greeting.to_string()));
    for frame in viewer.heard_so_far().await.iter().chain(&theirs.greeting.clone()).chain(&theirs.so_far().await) {
        wrong.extend(wrong_with("a frame", &frame.to_string()));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_program_of_watch2gether_is_told_no_more() {
    let world = World::start_with(|config| config.http.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()]).await;
    let bot = Bot::new(&world, "Movie bot").await;
    let film = world.link("/files/film.mp4");
    let made = bot.makes_room(json!({ "share": film })).await;
    let mut wrong = wrong_with("create", &made.to_string());
    let key = made["streamkey"].as_str().unwrap();
    for path in ["/playlists", "/playlists/current/playlist_items", "/sync_state"] {
        let answer = bot.get(&format!("/rooms/{key}{path}")).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        wrong.extend(wrong_with(path, &answer.text));
        assert!(!answer.text.contains(&bot.key), "{path} tells the key");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_is_known_of_somebody_is_told_to_them_alone() {
    let House { world, ana, ben, .. } = house().await;
    let own = ana.get("/api/v1/people/me").await.ok();
    assert_eq!(own["email"], MAIL);
    for caller in [&ben, &world.nobody()] {
        for path in [
            "/api/v1/people/me",
            "/api/v1/people/me/export",
            "/api/v1/people/me/sessions",
            "/api/v1/keys",
            "/api/v1/webhooks",
        ] {
            let text = caller.get(path).await.text;
            assert!(!text.contains(MAIL) && !text.contains("argon2") && !text.contains("token_hash"), "{path}: {text}");
        }
    }
    // Nor is a hash theirs to see.
    for path in ["/api/v1/people/me/export", "/api/v1/people/me/sessions", "/api/v1/people/me"] {
        let text = ana.get(path).await.text;
        assert!(!text.contains("argon2") && !text.contains("_hash"), "{path}: {text}");
        assert!(!text.contains(ana.token.as_deref().unwrap()), "{path}: {text}");
    }
}

/// Every call of the native API on a room, by method and path with `{id}` in it.
async fn calls_on_rooms(world: &World) -> Vec<(Method, String, Value)> {
    let document = world.nobody().get("/api/v1/openapi.json").await.body;
    let mut calls = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, call) in methods.as_object().unwrap().iter().filter(|_| path.contains("/rooms/{id}")) {
            let example = call.pointer("/requestBody/content/application~1json/example").cloned().unwrap_or(json!({}));
            calls.push((method.to_uppercase().parse().unwrap(), path.clone(), example));
        }
    }
    calls
}

/// A path with something in each gap behind the room's.
fn filled(path: &str, room: &str) -> String {
    let path = path.replacen("{id}", room, 1);
    let part = |part: &str| match part {
        "{token}" => "abcdefghijklmnop".to_owned(),
        "{line}" | "{proposal}" => "7".to_owned(),
        gap if gap.starts_with('{') => "00000000-0000-7000-8000-000000000000".to_owned(),
        other => other.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn a_private_room_is_to_strangers_what_no_room_is() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let hidden = ana.post("/api/v1/rooms", json!({ "title": "Hideout", "visibility": "private" })).await.created();
    let hidden_id = hidden["id"].as_str().unwrap();
    ana.post(&in_room(&hidden, "/queue"), json!({ "url": world.link("/files/film.mp4") })).await.created();
    let none = Entropy.room().to_string();
    let (eve, nobody) = (world.person("Eve").await, world.nobody());
    let mut wrong = Vec::new();
    let calls = calls_on_rooms(&world).await;
    assert!(calls.len() >= 45, "{} calls", calls.len());
    for (method, path, example) in &calls {
        for (who, name) in [(&eve, "Eve"), (&nobody, "nobody")] {
            let ask = async |room: &str| {
                let send = |request: reqwest::RequestBuilder| {
                    if method.is_safe() { request } else { request.json(example) }
                };
                let answer = who.send(method.clone(), &filled(path, room), send).await;
                (answer.status, answer.text.replace(room, "ROOM"))
            };
            let (there, nowhere) = (ask(hidden_id).await, ask(&none).await);
            if there != nowhere || there.0 < 400 {
                wrong.push(format!("{method} {path} to {name}: {there:?}, but of no room {nowhere:?}"));
            }
        }
    }
    for path in [
        "/r/ROOM",
        "/r/ROOM/card.png",
        "/room/ROOM",
        "/api/room/ROOM",
        "/rooms/ROOM",
        "/watch-parties/ROOM",
        "/oembed?format=json&url=ORIGIN/r/ROOM",
    ] {
        let ask = async |room: &str| {
            let answer = eve.get(&path.replace("ROOM", room).replace("ORIGIN", &world.url(""))).await;
            let text = answer.text.replace(room, "ROOM").replace(&room.replace('-', "%2D"), "ROOM");
            (answer.status, text)
        };
        let (there, nowhere) = (ask(hidden_id).await, ask(&none).await);
        if there != nowhere {
            wrong.push(format!("{path}: {there:?}, but of no room {nowhere:?}"));
        }
    }
    // Clipper's clients know a party that is private, and are told no more than that.
    for rest in ["", "/participants", "/messages", "/clips"] {
        let answer = eve.get(&format!("/api/v1/watch-parties/{hidden_id}{rest}")).await;
        if answer.status != 403 || answer.text.contains("Hideout") {
            wrong.push(format!("Clipper's {rest:?}: {} {}", answer.status, answer.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Nor does its socket say so.
    let mut closes = Vec::new();
    for room in [hidden_id, &none] {
        let mut socket = Viewer::connect(&world, room).await;
        socket.sends(json!({ "type": "hello", "token": eve.token })).await;
        closes.push(socket.is_closed().await);
    }
    assert_eq!(closes[0], closes[1]);
    let listed = eve.get("/api/v1/rooms").await.text;
    assert!(!listed.contains(hidden_id) && !listed.contains("Hideout"));
    let view = world.engine().rooms.view(RoomId(hidden_id.parse().unwrap())).await.unwrap();
    assert_eq!(view.settings.visibility, Visibility::Private);
}
