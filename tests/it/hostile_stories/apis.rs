//! What clients of each API ask when nothing is wrong: where malformed requests begin.

use reqwest::Method;
use serde_json::{Value, json};

use super::requests::Ask;
use crate::{
    clipper, opentogethertube, watch2gether, watchers,
    world::{Caller, World, in_room},
};

/// What each call of the native API asks, as its own description has it.
pub async fn native(world: &World, ana: &Caller, number: usize) -> Vec<Ask> {
    let document = world.nobody().get("/api/v1/openapi.json").await.body;
    let mallory = world.person("Mallory").await;
    let account = json!({ "username": format!("mallory{number}"), "password": "a long password" });
    mallory.post("/api/v1/accounts", account).await.created();
    let room = mallory.makes_room("Of Mallory").await;
    for film in ["/files/film.webm", "/files/song.mp3"] {
        mallory.post(&in_room(&room, "/queue"), json!({ "url": world.link(film) })).await.created();
    }
    let line = mallory.post(&in_room(&room, "/chat"), json!({ "text": "hello" })).await.created();
    let queue = mallory.get(&in_room(&room, "/queue")).await.ok();
    let other = ana.get("/api/v1/people/me").await.ok();
    let parts = [
        ("{id}", room["id"].as_str().unwrap().to_owned()),
        ("{token}", room["invite"].as_str().unwrap().to_owned()),
        ("{item}", queue["queue"][0]["id"].as_str().unwrap().to_owned()),
        ("{person}", other["id"].as_str().unwrap().to_owned()),
        ("{line}", line["seq"].to_string()),
        ("{proposal}", "1".to_owned()),
        ("{playlist}", "018f6a1c-0000-7000-8000-000000000001".to_owned()),
        ("{upload}", "018f6a1c-0000-7000-8000-000000000002".to_owned()),
    ];
    let bearer = format!("Bearer {}", mallory.token.as_deref().unwrap());
    let mut asks = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, described) in methods.as_object().unwrap() {
            // Whoever ends themself asks nothing more that matters.
            if method == "delete" && path.contains("/me") && !path.contains("coming") {
                continue;
            }
            let path = parts.iter().fold(path.clone(), |path, (hole, part)| path.replace(hole, part));
            let example = described.pointer("/requestBody/content/application~1json/example").cloned();
            let example = example.map(|example| linked(world, &example));
            asks.push(Ask::new(&method.to_uppercase(), &path, &[("authorization", &bearer)], example));
        }
    }
    assert!(asks.len() > 80, "the description has lost its calls");
    asks
}

/// Links of examples, as links into the fake web.
fn linked(world: &World, example: &Value) -> Value {
    let text = example.to_string().replace("https://example.com/clip.mp4", &world.link("/files/film.mp4"));
    serde_json::from_str(&text.replace("https://bot.example/onecouch", &world.link("/files/film.mp4"))).unwrap()
}

/// Of OpenTogetherTube.
pub async fn opentogethertube(world: &World, name: &str) -> Vec<Ask> {
    let mallory = opentogethertube::client::Client::account(world, &format!("mal{name}")).await;
    mallory.makes(name).await;
    let bearer = format!("Bearer {}", mallory.token.as_deref().unwrap());
    let video = json!({ "service": "direct", "id": world.link("/files/film.mp4") });
    let rooms = format!("/api/room/{name}");
    let of_room = |rest: &str| format!("{rooms}{rest}");
    let settings = json!({
        "title": "x", "description": "y", "visibility": "unlisted", "queueMode": "vote", "grants": [[0, 128], [1, 5]],
        "autoSkipSegmentCategories": ["intro"], "restoreQueueBehavior": 1, "enableVoteSkip": true,
    });
    let asks: Vec<(Method, String, Option<Value>)> = vec![
        (Method::GET, "/api/room/list".into(), None),
        (Method::POST, "/api/room/generate".into(), Some(json!({ "visibility": "public" }))),
        (
            Method::POST,
            "/api/room/create".into(),
            Some(json!({ "name": "another", "title": "x", "isTemporary": true })),
        ),
        (Method::GET, rooms.clone(), None),
        (Method::PATCH, rooms.clone(), Some(settings)),
        (Method::POST, of_room("/queue"), Some(video.clone())),
        (Method::POST, of_room("/queue"), Some(json!({ "videos": [video, { "service": "hls", "id": "x" }] }))),
        (
            Method::PATCH,
            of_room("/queue"),
            Some(json!({ "video": video, "update": { "startAt": 1.5, "endAt": null } })),
        ),
        (Method::DELETE, of_room("/queue"), Some(video.clone())),
        (Method::POST, of_room("/vote"), Some(video.clone())),
        (Method::DELETE, of_room("/vote"), Some(video.clone())),
        (Method::POST, of_room("/undo"), Some(json!({ "event": { "request": { "type": 4 }, "seq": 3 } }))),
        (Method::GET, format!("/api/data/previewAdd?input={}", world.link("/files/film.mp4")), None),
        (Method::GET, "/api/data/permissions".into(), None),
        (Method::GET, "/api/status".into(), None),
        (Method::GET, "/api/status/metrics".into(), None),
        (Method::GET, "/api/auth/grant".into(), None),
        (Method::GET, "/api/auth/discord/callback?code=a&state=b".into(), None),
        (Method::GET, "/api/user".into(), None),
        (Method::POST, "/api/user".into(), Some(json!({ "username": "Mallory" }))),
        (
            Method::POST,
            "/api/user/register".into(),
            Some(json!({ "username": "m", "email": "m@example.com", "password": "Long one 1" })),
        ),
        (Method::POST, "/api/user/login".into(), Some(json!({ "user": "m@example.com", "password": "wrong" }))),
        (Method::GET, "/api/user/account".into(), None),
        (Method::PATCH, "/api/user/account".into(), Some(json!({ "email": "m@example.org" }))),
        (Method::DELETE, "/api/user/account/discord".into(), None),
        (Method::GET, "/api/user/owned-rooms".into(), None),
        (Method::POST, "/api/user/recover/start".into(), Some(json!({ "email": "m@example.com" }))),
        (
            Method::POST,
            "/api/user/recover/verify".into(),
            Some(json!({ "verifyKey": "x", "newPassword": "Brand-new 2" })),
        ),
    ];
    asks.into_iter()
        .map(|(method, path, body)| Ask::new(method.as_str(), &path, &[("authorization", &bearer)], body))
        .collect()
}

/// Of watchers.io.
pub async fn watchers(world: &World, name: &str) -> Vec<Ask> {
    let program = watchers::client::Program::start(world).await;
    program.post("/external/room", watchers::client::first_version(name)).await.is(201);
    let (key, authorization) = (program.key.unwrap(), program.authorization.unwrap());
    let headers = [("x-api-key", key.as_str()), ("authorization", authorization.as_str())];
    let named = format!("/external/room/{name}");
    let asks = [
        ("POST", "/external/room".to_owned(), Some(watchers::client::newest_version(name))),
        ("POST", "/external/room".to_owned(), Some(watchers::client::first_version("other"))),
        ("GET", named.clone(), None),
        (
            "PATCH",
            named.clone(),
            Some(json!({ "name": "x", "enableModeration": true, "enableAntimat": true, "videoPosition": "top" })),
        ),
        ("POST", "/external/room/speak".to_owned(), Some(json!({ "roomId": name, "isSpeak": true }))),
        ("POST", "/external/room/status".to_owned(), Some(json!({ "roomId": name, "status": "LIVE" }))),
        (
            "POST",
            "/external/ban".to_owned(),
            Some(
                json!({ "userId": "eve", "value": true, "type": 1, "roomId": name, "expires": "2125-08-14T09:00:00Z" }),
            ),
        ),
        (
            "POST",
            "/external/message/send".to_owned(),
            Some(json!({ "userId": "ana", "roomId": name, "text": "hello" })),
        ),
        ("POST", "/user/external/moder".to_owned(), Some(json!({ "userId": "ana", "isModer": true }))),
        ("POST", "/user/external/delete".to_owned(), Some(json!({ "userId": "eve" }))),
        ("GET", format!("/room/premade?apiKey={key}"), None),
        ("GET", "/api/bot/x".to_owned(), None),
        ("GET", "/find/x".to_owned(), None),
        ("GET", "/socket.io/?EIO=4&transport=polling".to_owned(), None),
    ];
    asks.into_iter().map(|(method, path, body)| Ask::new(method, &path, &headers, body)).collect()
}

/// Of Watch2Gether.
pub async fn watch2gether(world: &World) -> Vec<Ask> {
    let bot = watch2gether::Bot::new(world, "Mallory").await;
    let room = bot.makes_room(json!({ "share": world.link("/files/film.mp4") })).await;
    let of = |rest: &str| watch2gether::of(&room, rest);
    let link = world.link("/files/film.mp4");
    let asks = [
        (
            "POST",
            "/rooms/create.json".to_owned(),
            Some(json!({ "share": link, "bg_color": "#00ff00", "bg_opacity": "50" })),
        ),
        (
            "POST",
            "/rooms/create".to_owned(),
            Some(json!({ "persistent": true, "persistent_name": "x", "members_only": "1" })),
        ),
        ("GET", format!("/rooms/create.json?share={link}&w2g_api_key={}", bot.key), None),
        (
            "POST",
            of("/sync_update"),
            Some(json!({ "item_url": link, "title": "x", "thumb": "https://x.example/a.png" })),
        ),
        (
            "POST",
            of("/playlists/current/playlist_items/sync_update"),
            Some(json!({ "add_items": [{ "url": link, "title": "A" }] })),
        ),
        ("POST", of("/join_room"), Some(json!({ "nickname": "M" }))),
        ("GET", of("/sync_state"), None),
        ("POST", of("/play"), Some(json!({}))),
        ("POST", of("/pause"), Some(json!({}))),
        ("POST", of("/seek"), Some(json!({ "time": 12.5 }))),
        ("POST", of("/skip"), Some(json!({}))),
        ("POST", of("/previous"), Some(json!({}))),
        ("GET", of("/playlists"), None),
        ("POST", of("/playlists/create"), Some(json!({ "title": "List" }))),
        ("POST", of("/playlists/sync_update"), Some(json!({ "playlist_key": "List" }))),
        ("GET", of("/playlists/current/playlist_items"), None),
        ("POST", of("/playlists/List/clear"), Some(json!({}))),
        ("GET", of("").trim_end_matches('/').to_owned(), None),
        ("GET", format!("/w2g_search/lookup?url={link}"), None),
        ("POST", "/w2g_key/verify".to_owned(), Some(json!({ "w2g_api_key": bot.key }))),
        ("GET", "/streams".to_owned(), None),
    ];
    asks.into_iter().map(|(method, path, body)| Ask::new(method, &path, &[("x-w2g-api-key", &bot.key)], body)).collect()
}

/// Of Clipper.
pub async fn clipper(world: &World, ana: &Caller) -> Vec<Ask> {
    let mallory = clipper::client::Client::guest(world, "Mallory").await;
    let (id, code) = mallory.makes().await;
    let bearer = format!("Bearer {}", mallory.token.as_deref().unwrap());
    let other = ana.get("/api/v1/people/me").await.ok()["id"].as_str().unwrap().to_owned();
    let parties = clipper::client::PARTIES;
    let of = |rest: &str| format!("{parties}/{id}{rest}");
    let party = json!({ "title": "Friday", "visibility": "friends", "max_participants": 20, "password": "secret" });
    let asks = [
        ("POST", parties.to_owned(), Some(party)),
        ("GET", format!("{parties}/history?limit=10&offset=2"), None),
        ("GET", format!("{parties}/public?page=1"), None),
        ("GET", format!("{parties}/trending"), None),
        ("GET", format!("{parties}/by-code/{code}"), None),
        ("GET", of(""), None),
        ("POST", format!("{parties}/{code}/join"), Some(json!({ "password": "secret" }))),
        ("DELETE", of("/leave"), None),
        ("PATCH", of("/settings"), Some(json!({ "title": "x", "max_participants": "30", "password": "" }))),
        ("GET", of("/participants"), None),
        ("DELETE", of(&format!("/participants/{other}")), None),
        ("POST", of(&format!("/participants/{other}/role")), Some(json!({ "role": "co-host" }))),
        ("POST", of("/kick"), Some(json!({ "user_id": other }))),
        ("GET", of("/clips"), None),
        (
            "POST",
            of("/clips"),
            Some(json!({ "clip_id": world.link("/files/film.mp4"), "url": world.link("/files/film.mp4") })),
        ),
        ("GET", of("/messages?limit=5"), None),
        ("POST", of("/messages"), Some(json!({ "message": "hello" }))),
        ("POST", of("/react"), Some(json!({ "emoji": "👍", "video_timestamp": 3.2 }))),
        ("GET", of("/analytics"), None),
        ("GET", of("/ws"), None),
        ("GET", format!("/api/v1/users/{other}/watch-party-stats"), None),
    ];
    asks.into_iter().map(|(method, path, body)| Ask::new(method, &path, &[("authorization", &bearer)], body)).collect()
}
