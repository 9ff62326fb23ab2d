//! What plays now, and what is added to it.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Bot, ask, no, of, post};
use crate::{
    fake_web::Told,
    viewer::Viewer,
    world::{Answer, World},
};

const APPEND: &str = "/playlists/current/playlist_items/sync_update";

/// Success is exactly 200 with nothing in it.
fn is_quiet(answer: &Answer) {
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    assert!(answer.headers.get("content-length").is_none_or(|length| length == "0"));
}

async fn urls(bot: &Bot<'_>, room: &Value) -> Vec<String> {
    let items = bot.get(&of(room, "/playlists/current/playlist_items")).await.body;
    items.as_array().unwrap().iter().map(|item| item["url"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_link_replaces_what_plays_and_others_are_added_behind_it() {
    let world = World::start().await;
    let bot = Bot::new(&world, "Movie bot").await;
    let (first, second, third) =
        (world.link("/files/film.mp4"), world.link("/files/film.webm"), world.link("/files/film.mp4?3"));
    let room = bot.makes_room(json!({ "share": first })).await;
    is_quiet(&bot.post(&of(&room, "/sync_update"), json!({ "item_url": second })).await);
    assert_eq!(urls(&bot, &room).await, [&*second], "the first one is left");
    let state = bot.get(&of(&room, "")).await.body;
    assert_eq!((&state["player"]["playing"], &state["player"]["item"]["url"]), (&json!(true), &json!(second)));

    let items = json!([{ "url": third, "title": "Third" }, { "url": first, "title": "", "thumb": "https://p.example/1.jpg" }, { "url": first }]);
    let added = bot.post(&of(&room, APPEND), json!({ "add_items": items })).await;
    is_quiet(&added);
    assert_eq!(added.headers["x-w2g-queued"], "3");
    assert_eq!(urls(&bot, &room).await, [&*second, &*third, &*first, &*first], "duplicates are allowed");
    let listed = bot.get(&of(&room, "/playlists/current/playlist_items")).await.body;
    assert_eq!((&listed[1]["title"], &listed[2]["thumb"]), (&json!("Third"), &json!("https://p.example/1.jpg")));
    assert_eq!(listed[3]["title"], "A small film", "what has no title is looked up");
    assert_eq!((&listed[0]["active"], &listed[1]["active"]), (&json!(true), &json!(false)));
}

#[tokio::test]
async fn both_calls_take_forms_and_any_content_type() {
    let world = World::start().await;
    let bot = Bot::new(&world, "Python bot").await;
    let film = world.link("/files/film.mp4");
    let room = bot.makes_room(json!({})).await;
    let form = [("w2g_api_key", bot.key.as_str()), ("item_url", &film)];
    is_quiet(&ask(&world, Method::POST, &of(&room, "/sync_update"), |request| request.form(&form)).await);
    let body = bot.keyed(json!({ "item_url": film })).to_string();
    for kind in ["application/json; utf-8", "text/plain"] {
        let path = of(&room, "/sync_update");
        let answer =
            ask(&world, Method::POST, &path, |request| request.header("content-type", kind).body(body.clone()));
        is_quiet(&answer.await);
    }
    is_quiet(&ask(&world, Method::POST, &of(&room, "/sync_update"), |request| request.body(body.clone())).await);
    let list = json!([{ "url": film }]).to_string();
    for form in [
        vec![("w2g_api_key", bot.key.as_str()), ("add_items", &list)],
        vec![
            ("w2g_api_key", bot.key.as_str()),
            ("add_items[0][url]", &film),
            ("add_items[0][img]", "https://p.example/1.jpg"),
        ],
    ] {
        is_quiet(&ask(&world, Method::POST, &of(&room, APPEND), |request| request.form(&form)).await);
    }
    assert_eq!(urls(&bot, &room).await.len(), 3);
}

#[tokio::test]
async fn fifty_items_are_taken_at_once_and_one_more_is_not() {
    let world = World::start().await;
    let bot = Bot::new(&world, "Movie bot").await;
    let room = bot.makes_room(json!({})).await;
    let many = |count: usize| -> Vec<Value> {
        (0..count).map(|n| json!({ "url": format!("https://www.youtube.com/watch?v=aqz-KE-bp{n:02}"), "title": format!("{n}") })).collect()
    };
    let refused = bot.post(&of(&room, APPEND), json!({ "add_items": many(51) })).await;
    assert_eq!((no(&refused), &refused.body["field"]), ((400, "invalid_request"), &json!("add_items")));
    assert!(refused.body["message"].as_str().unwrap().contains("50"));
    is_quiet(&bot.post(&of(&room, APPEND), json!({ "add_items": many(50) })).await);
    assert_eq!(urls(&bot, &room).await.len(), 50);
}

#[tokio::test]
async fn a_time_in_a_link_is_where_it_starts_and_a_scheme_may_be_missing() {
    let world = World::start().await;
    world.web.tell("youtube", Told::title("Big Buck Bunny"));
    let bot = Bot::new(&world, "Queue bot").await;
    let room = bot.makes_room(json!({ "share": "https://youtu.be/aqz-KE-bpKQ?t=42" })).await;
    let items = json!([{ "url": "//www.youtube.com/watch?v=aqz-KE-bpKQ&t=7" }, { "url": "youtu.be/aqz-KE-bpKQ" }]);
    is_quiet(&bot.post(&of(&room, APPEND), json!({ "add_items": items })).await);
    let listed = bot.get(&of(&room, "/playlists/current/playlist_items")).await.body;
    let starts: Vec<_> = listed.as_array().unwrap().iter().map(|item| item["start"].as_i64().unwrap()).collect();
    assert_eq!(starts, [42, 7, 0]);
}

#[tokio::test]
async fn what_cannot_be_meant_or_watched_is_named() {
    let world = World::start().await;
    let bot = Bot::new(&world, "Movie bot").await;
    let room = bot.makes_room(json!({})).await;
    let replace = of(&room, "/sync_update");
    for (body, code, field) in [
        (json!({}), "invalid_request", "item_url"),
        (json!({ "item_url": null }), "invalid_request", "item_url"),
        (json!({ "item_url": 7 }), "bad_link", "item_url"),
        (json!({ "item_url": "two words" }), "invalid_request", "item_url"),
        (json!({ "item_url": "ftp://x.example/a.mp4" }), "bad_scheme", "item_url"),
        (json!({ "item_url": "http://127.0.0.1:1/a.mp4" }), "private_address", "item_url"),
        (json!({ "item_url": world.link("/page") }), "not_media", "item_url"),
    ] {
        let answer = bot.post(&replace, body.clone()).await;
        assert_eq!((no(&answer), &answer.body["field"]), ((400, code), &json!(field)), "{body}");
    }
    let append = of(&room, APPEND);
    for (body, field) in [
        (json!({}), "add_items"),
        (json!({ "add_items": [] }), "add_items"),
        (json!({ "add_items": "url" }), "add_items"),
        (json!({ "add_items": { "url": "x" } }), "add_items"),
        (
            json!({ "add_items": [{ "url": world.link("/files/film.mp4") }, { "title": "no link" }] }),
            "add_items[1].url",
        ),
        (json!({ "add_items": [7] }), "add_items[0].url"),
    ] {
        let answer = bot.post(&append, body.clone()).await;
        assert_eq!((no(&answer), &answer.body["field"]), ((400, "invalid_request"), &json!(field)), "{body}");
    }
    // One client puts all of it, and even a header, into the query.
    let query = [
        ("w2g_api_key", bot.key.as_str()),
        ("add_items", "url"),
        ("add_items", "title"),
        ("Accept", "application/json"),
    ];
    let answer = ask(&world, Method::POST, &append, |request| request.query(&query)).await;
    assert_eq!((no(&answer), &answer.body["field"]), ((400, "invalid_request"), &json!("add_items")));
    assert!(urls(&bot, &room).await.is_empty());

    // What can be watched of many is queued; the rest is told to who asks.
    let items =
        json!({ "add_items": [{ "url": world.link("/files/film.mp4") }, { "url": "http://127.0.0.1:1/a.mp4" }] });
    let answer = bot.post(&append, items.clone()).await;
    is_quiet(&answer);
    assert_eq!(
        (&answer.headers["x-w2g-queued"], &answer.headers["x-w2g-left-out"]),
        (&"1".parse().unwrap(), &"1".parse().unwrap())
    );
    let told = ask(&world, Method::POST, &append, |request| {
        request.header("accept", "application/json").header("x-w2g-details", "1").json(&bot.keyed(items.clone()))
    });
    let told = told.await;
    assert_eq!((&told.body["success"], &told.body["queued"]), (&json!(true), &json!(1)));
    assert_eq!(
        (&told.body["left_out"][0]["index"], &told.body["left_out"][0]["error"]),
        (&json!(1), &json!("private_address"))
    );
    let none = bot.post(&append, json!({ "add_items": [{ "url": "http://127.0.0.1:1/a.mp4" }] })).await;
    assert_eq!(no(&none), (400, "private_address"));
}

#[tokio::test]
async fn who_may_not_is_told_why() {
    let world = World::start().await;
    let (bot, other) = (Bot::new(&world, "Movie bot").await, Bot::new(&world, "Stranger").await);
    let reader = Bot::with(&world, "Reader", &["read"]).await;
    let film = world.link("/files/film.mp4");
    let room = bot.makes_room(json!({ "share": film })).await;
    let moderated = bot.makes_room(json!({ "moderated_playlist": true, "moderated_item": true })).await;
    let item = json!({ "item_url": film });
    let items = json!({ "add_items": [{ "url": film }] });
    for (path, body) in [("/sync_update", &item), (APPEND, &items)] {
        let path = |room| of(room, path);
        assert_eq!(no(&post(&world, &path(&room), body.clone()).await), (403, "missing_api_key"));
        let mut bogus = body.clone();
        bogus["w2g_api_key"] = json!("item_url");
        assert_eq!(no(&post(&world, &path(&room), bogus).await), (403, "invalid_api_key"));
        assert_eq!(no(&other.post(&path(&room), body.clone()).await), (403, "not_a_member"));
        assert_eq!(no(&reader.post(&path(&room), body.clone()).await), (403, "scope_missing"));
        other.post(&of(&moderated, "/join_room"), json!({})).await;
        assert_eq!(no(&other.post(&path(&moderated), body.clone()).await).0, 403);
        let gone = json!({ "streamkey": "k3v9x0q7m2t5b8n1zd" });
        assert_eq!(no(&bot.post(&path(&gone), body.clone()).await), (404, "room_not_found"));
    }
    assert_eq!(no(&other.post(&of(&moderated, APPEND), items.clone()).await), (403, "playlist_moderated"));
    let item_moderated = bot.makes_room(json!({ "moderated_item": true })).await;
    other.post(&of(&item_moderated, "/join_room"), json!({})).await;
    assert_eq!(no(&other.post(&of(&item_moderated, "/sync_update"), item.clone()).await), (403, "room_moderated"));
    // Its maker may.
    is_quiet(&bot.post(&of(&moderated, "/sync_update"), item.clone()).await);
    // Who entered is a member.
    assert_eq!(other.post(&of(&room, "/join_room"), json!({})).await.status, 200);
    is_quiet(&other.post(&of(&room, "/sync_update"), item.clone()).await);
    // What people paste where the streamkey belongs.
    let joined = bot.post(&of(&room, "/join_room"), json!({})).await.body;
    let pasted = json!({ "streamkey": joined["access_key"] });
    let answer = bot.post(&of(&pasted, "/sync_update"), item.clone()).await;
    assert_eq!(no(&answer), (404, "room_not_found"));
    assert!(answer.body["message"].as_str().unwrap().contains("access_key"), "{}", answer.text);
    let short = bot.post("/rooms/%F0%9F%8D%BF/sync_update", item).await;
    assert_eq!(no(&short), (404, "room_not_found"));
}

#[tokio::test]
async fn a_wrong_key_can_be_answered_with_401() {
    let world = World::start_with(|config| config.watch2gether.wrong_key_status = 401).await;
    let bot = Bot::new(&world, "Movie bot").await;
    let room = bot.makes_room(json!({})).await;
    let answer = post(&world, &of(&room, "/sync_update"), json!({ "w2g_api_key": "x", "item_url": "y" })).await;
    assert_eq!(no(&answer), (401, "invalid_api_key"));
    assert_eq!(no(&post(&world, &of(&room, "/sync_update"), json!({})).await), (403, "missing_api_key"));
}

#[tokio::test]
async fn what_was_shared_waits_for_the_first_who_opens_the_room() {
    let world = World::start().await;
    let bot = Bot::new(&world, "Movie bot").await;
    let room = bot.makes_room(json!({ "share": world.link("/files/film.mp4") })).await;
    let state = bot.get(&of(&room, "")).await.body;
    assert_eq!((&state["player"]["playing"], &state["player"]["position"]), (&json!(false), &json!(0.0)));
    let page = super::open(&world, &of(&room, "")).await;
    let native = json!({ "id": super::location(&page).trim_start_matches("/r/") });
    let ana = world.person("Ana").await;
    let mut viewer = Viewer::open(&world, &native, &ana).await;
    if viewer.room()["playback"]["playing"] != true {
        viewer.hears_any("the start", |frame| frame["playback"]["playing"] == true).await;
    }
    let state = bot.get(&of(&room, "")).await.body;
    assert_eq!(state["player"]["playing"], true);
    assert_eq!(state["users"][0], json!({ "nname": "Ana", "role": "member", "online": true }));
}
