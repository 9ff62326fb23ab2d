//! Making a room, in every way that programs were seen to ask.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Bot, FIELDS, ask, location, no, of, open, post};
use crate::world::{Answer, World};

/// The answer is 200, JSON, and these 23 fields in this order, with the types that strict clients need.
fn is_a_room(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.headers["content-type"], "application/json");
    let places: Vec<usize> = FIELDS.iter().map(|name| answer.text.find(&format!("\"{name}\":")).unwrap()).collect();
    assert!(places.is_sorted(), "not in their order: {}", answer.text);
    let room = answer.body.as_object().unwrap();
    assert_eq!(room.len(), FIELDS.len(), "more than there: {}", answer.text);
    for name in ["id", "playlist_id"] {
        assert!((1..1 << 31).contains(&room[name].as_i64().unwrap()), "{name}: {}", room[name]);
    }
    let streamkey = room["streamkey"].as_str().unwrap();
    assert_eq!(streamkey.len(), 18);
    assert!(streamkey.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{streamkey}");
    let created = room["created_at"].as_str().unwrap();
    assert!(created.len() == 24 && created.ends_with('Z') && created.as_bytes()[19] == b'.', "{created}");
    let nullable = ["persistent_name", "background", "theme_bg"];
    assert!(room.iter().all(|(name, value)| nullable.contains(&name.as_str()) || !value.is_null()), "{}", answer.text);
    assert!(room.iter().filter(|(name, _)| name.starts_with("moderated")).all(|(_, value)| value.is_boolean()));
    answer.body.clone()
}

#[tokio::test]
async fn json_under_any_content_type_or_none_makes_a_room() {
    let world = World::start().await;
    let bot = Bot::new(&world, "Movie bot").await;
    let body = bot.keyed(json!({ "share": world.link("/files/film.mp4"), "bg_color": "#00ff00", "bg_opacity": "50" }));
    for kinds in [
        &["application/json"][..],
        &["application/json; charset=utf-8"],
        &["application/json; utf-8"],
        &["application/json", "application/json"],
        &["application/x-www-form-urlencoded"],
        &["text/plain;charset=UTF-8"],
        &[],
    ] {
        let answer = ask(&world, Method::POST, "/rooms/create.json", |request| {
            let typed = kinds.iter().fold(request, |request, kind| request.header("Content-Type", *kind));
            typed.header("accept", "application/json").body(body.to_string())
        });
        let room = is_a_room(&answer.await);
        assert_eq!((&room["bg_color"], &room["bg_opacity"]), (&json!("#00ff00"), &json!(50.0)), "{kinds:?}");
        let items = bot.get(&of(&room, "/playlists/current/playlist_items")).await.body;
        assert_eq!(items[0]["url"], world.link("/files/film.mp4"), "{kinds:?}");
    }
}

#[tokio::test]
async fn forms_and_queries_make_rooms_too() {
    let world = World::start().await;
    let bot = Bot::new(&world, "Movie bot").await;
    let film = world.link("/files/film.mp4");
    let form = [("w2g_api_key", bot.key.as_str()), ("share", &film), ("bg_opacity", "40"), ("bp_opacity", "9")];
    let room = is_a_room(&ask(&world, Method::POST, "/rooms/create.json", |request| request.form(&form)).await);
    assert_eq!((&room["bg_opacity"], &room["bg_color"]), (&json!(40.0), &json!("FFFFFF")));
    // Everything in the query, by GET and by POST.
    for method in [Method::GET, Method::POST] {
        let path = "/rooms/create.json";
        let room = is_a_room(&ask(&world, method, path, |request| request.query(&form[..2])).await);
        assert_eq!(bot.get(&of(&room, "/playlists/current/playlist_items")).await.body[0]["url"], film);
    }
    // The key alone may stand in a header, in brackets.
    for (name, value) in [
        ("W2G-API-KEY", bot.key.clone()),
        ("x-w2g-api-key", format!("<{}>", bot.key)),
        ("X-Api-Key", bot.key.clone()),
        ("Authorization", format!("Bearer {}", bot.key)),
    ] {
        is_a_room(&ask(&world, Method::POST, "/rooms/create.json", |request| request.header(name, value)).await);
    }
    let bracketed = json!({ "w2g_api_key": format!("<{}>", bot.key) });
    is_a_room(&post(&world, "/rooms/create.json", bracketed).await);
}

#[tokio::test]
async fn what_java_offers_to_upgrade_to_is_not_taken_for_a_socket() {
    let world = World::start().await;
    let bot = Bot::new(&world, "Java bot").await;
    let answer = ask(&world, Method::POST, "/rooms/create.json", |request| {
        let offered = request.header("Connection", "Upgrade, HTTP2-Settings").header("Upgrade", "h2c");
        offered.header("HTTP2-Settings", "AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA").json(&bot.keyed(json!({})))
    });
    is_a_room(&answer.await);
}

#[tokio::test]
async fn whatever_is_shared_there_is_a_room() {
    let world = World::start().await;
    let bot = Bot::new(&world, "Movie bot").await;
    let film = world.link("/files/film.mp4");
    let other = world.link("/files/film.webm");
    let bare = film.trim_start_matches("http://").to_owned();
    for (share, urls, refused) in [
        (Value::Null, vec![], None),
        (json!(""), vec![], None),
        (json!("none"), vec![], None),
        (json!("a film about bunnies"), vec![], None),
        (json!(film), vec![film.clone()], None),
        (json!(format!("{film},{other}")), vec![film.clone(), other.clone()], None),
        (json!([film, other]), vec![film.clone(), other.clone()], None),
        (json!("javascript:alert(1).mp4"), vec![], Some("bad_scheme")),
        (json!("http://127.0.0.1:1/a.mp4"), vec![], Some("private_address")),
        (json!("https://www.netflix.com/watch/1"), vec![], Some("site_protected")),
        (json!(world.link("/page")), vec![], Some("not_media")),
    ] {
        let answer = bot.post("/rooms/create.json", json!({ "share": share })).await;
        let room = is_a_room(&answer);
        let told = answer.headers.get("x-w2g-share-refused").map(|value| value.to_str().unwrap());
        assert_eq!(told, refused, "{share}");
        let items = bot.get(&of(&room, "/playlists/current/playlist_items")).await.body;
        let queued: Vec<_> = items.as_array().unwrap().iter().map(|item| item["url"].as_str().unwrap()).collect();
        assert_eq!(queued, urls, "{share}");
    }
    // Without its scheme it is looked for over https, where nothing answers here: still a room.
    is_a_room(&bot.post("/rooms/create.json", json!({ "share": bare })).await);
    let titled = json!({ "share": film, "title": "Bunnies", "thumb": "https://pictures.example/b.jpg" });
    let room = bot.makes_room(titled).await;
    let items = bot.get(&of(&room, "/playlists/current/playlist_items")).await.body;
    assert_eq!((&items[0]["title"], &items[0]["thumb"]), (&json!("Bunnies"), &json!("https://pictures.example/b.jpg")));
}

#[tokio::test]
async fn colour_and_opacity_are_echoed_as_they_are_known_and_become_the_rooms() {
    let world = World::start().await;
    let bot = Bot::new(&world, "Movie bot").await;
    for (sent, colour, opacity, wire) in [
        (json!({}), "FFFFFF", json!(100), "\"bg_opacity\":100,"),
        (json!({ "bg_color": "#00FF00" }), "#00FF00", json!(100.0), "\"bg_opacity\":100.0,"),
        (json!({ "bg_color": "a0b1c2", "bg_opacity": "50" }), "#a0b1c2", json!(50.0), "\"bg_opacity\":50.0,"),
        (json!({ "bg_color": "#fff000", "bg_opacity": 0 }), "#fff000", json!(0.0), "\"bg_opacity\":0.0,"),
        (json!({ "bg_color": null, "bg_opacity": "" }), "FFFFFF", json!(100), "\"bg_opacity\":100,"),
    ] {
        let answer = bot.post("/rooms/create.json", sent.clone()).await;
        let room = is_a_room(&answer);
        assert_eq!((&room["bg_color"], &room["bg_opacity"]), (&json!(colour), &opacity), "{sent}");
        assert!(answer.text.contains(wire), "{}", answer.text);
    }
    let room = bot.makes_room(json!({ "bg_color": "#123456", "bg_opacity": 30 })).await;
    let page = open(&world, &of(&room, "")).await;
    let native = bot.native().get(&format!("/api/v1/rooms/{}", location(&page).trim_start_matches("/r/"))).await.ok();
    assert_eq!((&native["colour"], &native["opacity"]), (&json!("#123456"), &json!(30)));
    for (sent, field) in [
        (json!({ "bg_color": "green" }), "bg_color"),
        (json!({ "bg_opacity": "half" }), "bg_opacity"),
        (json!({ "bg_opacity": 101 }), "bg_opacity"),
        (json!({ "bg_opacity": -1 }), "bg_opacity"),
        (json!({ "bg_color": ["#000000"] }), "bg_color"),
        (json!({ "volume": 101 }), "volume"),
    ] {
        let refused = bot.post("/rooms/create.json", sent.clone()).await;
        assert_eq!(no(&refused), (400, "invalid_request"), "{sent}");
        assert_eq!(refused.body["field"], field);
    }
}

#[tokio::test]
async fn a_client_that_sends_all_fields_back_is_heard_and_moderated_rooms_are() {
    let world = World::start().await;
    let bot = Bot::new(&world, "Net bot").await;
    let mut all = bot.makes_room(json!({})).await;
    assert!(
        all.as_object().unwrap().iter().all(|(name, value)| !name.starts_with("moderated") || *value == json!(false))
    );
    for (name, value) in
        [("playlist_id", json!(7)), ("location", json!("NA")), ("theme_bg", json!("x")), ("deleted", json!(true))]
    {
        all[name] = value;
    }
    for flag in ["moderated", "moderated_playlist", "moderated_item", "moderated_chat", "moderated_suggestions"] {
        let mut sent = all.clone();
        sent[flag] = json!(true);
        let room = is_a_room(&bot.post("/rooms/create.json", sent).await);
        assert_eq!(room[flag], true, "{flag}");
        assert_ne!(room["streamkey"], all["streamkey"]);
    }
    let kept =
        bot.makes_room(json!({ "persistent": "true", "persistent_name": "Film club", "members_only": true })).await;
    assert_eq!(
        (&kept["persistent"], &kept["persistent_name"], &kept["members_only"]),
        (&json!(true), &json!("Film club"), &json!(true))
    );
}

#[tokio::test]
async fn who_follows_to_the_new_room_stands_before_its_page() {
    let world = World::start().await;
    let bot = Bot::new(&world, "Go bot").await;
    let made = bot.post("/rooms/create", json!({})).await;
    assert_eq!(made.status, 303);
    let link = location(&made).to_owned();
    assert_eq!(made.headers["x-room-url"], *link);
    let page = open(&world, link.strip_prefix(&world.url("")).unwrap()).await;
    assert_eq!(page.status, 307);
    assert!(location(&page).starts_with("/r/"), "{}", location(&page));
    let got = ask(&world, Method::GET, "/rooms/create", |request| request.query(&[("w2g_api_key", &bot.key)])).await;
    assert_eq!(got.status, 303);
    // What has no field is in headers: the page, and the invite.
    let made = bot.post("/rooms/create.json", json!({})).await;
    let links = made.headers["link"].to_str().unwrap();
    assert!(links.contains("/r/") && links.contains("/j/") && links.contains("rel=\"invite\""), "{links}");
}

#[tokio::test]
async fn a_key_that_is_missing_or_wrong_is_told_so_and_makes_nothing() {
    let world = World::start().await;
    let reader = Bot::with(&world, "Reader", &["read"]).await;
    let path = "/rooms/create.json";
    assert_eq!(no(&post(&world, path, json!({})).await), (401, "missing_api_key"));
    assert_eq!(no(&ask(&world, Method::POST, path, |request| request).await), (401, "missing_api_key"));
    assert_eq!(no(&ask(&world, Method::GET, path, |request| request).await), (401, "missing_api_key"));
    let cookie = ask(&world, Method::POST, path, |request| request.header("cookie", "w2g_session_id=1")).await;
    assert!(cookie.body["message"].as_str().unwrap().contains("Cookies"), "{}", cookie.text);
    for key in ["x".repeat(64), "item_url".to_owned(), "ж".to_owned()] {
        let answer = post(&world, path, json!({ "w2g_api_key": key })).await;
        assert_eq!(no(&answer), (401, "invalid_api_key"));
        assert!(!answer.text.contains(&key), "a key is not repeated");
    }
    assert_eq!(no(&reader.post(path, json!({})).await), (403, "scope_missing"));
    for (kind, body) in [("application/json", "{\"share\":"), ("application/json", "share=x"), ("text/plain", "[1]")] {
        let answer = ask(&world, Method::POST, path, |request| request.header("content-type", kind).body(body));
        assert_eq!(no(&answer.await), (400, "invalid_request"), "{body}");
    }
    let huge = ask(&world, Method::POST, path, |request| request.body(vec![b'x'; 3 * 1024 * 1024])).await;
    assert_eq!(no(&huge), (413, "body_too_large"));
    assert_eq!(no(&ask(&world, Method::PUT, path, |request| request).await), (405, "bad_method"));
    let bot = Bot::new(&world, "Link checker").await;
    let looked = ask(&world, Method::HEAD, path, |request| request.query(&[("w2g_api_key", &bot.key)])).await;
    assert_eq!(looked.status, 405, "who only looks makes nothing");
    assert_eq!(world.engine().rooms.counts().0, 0, "no room was made");
}

#[tokio::test]
async fn where_it_is_allowed_rooms_are_made_without_a_key() {
    let world = World::start_with(|config| config.watch2gether.keyless_rooms = true).await;
    let film = world.link("/files/film.mp4");
    let made =
        post(&world, "/rooms/create.json", json!({ "share": film, "title": "Bunnies", "moderated_playlist": true }))
            .await;
    let room = is_a_room(&made);
    is_a_room(&ask(&world, Method::POST, "/rooms/create.json", |request| request).await);
    // Whoever made it may go on by what the answer carries, and nobody is its owner.
    let bot = Bot { world: &world, key: made.headers["x-w2g-api-key"].to_str().unwrap().to_owned() };
    let state = bot.get(&of(&room, "")).await.body;
    assert_eq!(state["player"]["item"]["title"], "Bunnies");
    assert!(state["users"].as_array().unwrap().is_empty());
    assert_eq!(bot.post(&of(&room, "/pause"), json!({})).await.status, 200);
    let moderated = bot.post(&of(&room, "/sync_update"), json!({ "item_url": film })).await;
    assert_eq!(no(&moderated), (403, "playlist_moderated"), "as it was asked for");
    // A link alone makes no room, and a key that is shown must be good.
    assert_eq!(no(&ask(&world, Method::GET, "/rooms/create.json", |request| request).await), (401, "missing_api_key"));
    assert_eq!(no(&post(&world, "/rooms/create.json", json!({ "w2g_api_key": "x" })).await), (401, "invalid_api_key"));
    let joined = post(&world, &of(&room, "/join_room"), json!({ "nname": "Eve" })).await;
    assert_eq!((joined.status, &joined.body["user"]["nname"]), (200, &json!("Eve")), "{}", joined.text);
    assert!(joined.headers.contains_key("x-w2g-api-key"));
}

#[tokio::test]
async fn limits_are_told_in_headers_and_met_with_429() {
    let world = World::start_with(|config| {
        config.limits.calls = onecouch::config::Rate { burst: 1_000, per_minute: 1 };
        config.limits.rooms = onecouch::config::Rate { burst: 2, per_minute: 1 };
    })
    .await;
    let bot = Bot::new(&world, "Movie bot").await;
    let first = bot.post("/rooms/create.json", json!({})).await;
    let left = |answer: &Answer| answer.headers["ratelimit-remaining"].to_str().unwrap().parse::<u64>().unwrap();
    assert!(first.headers.contains_key("ratelimit-limit") && first.headers.contains_key("ratelimit-reset"));
    let second = bot.post("/rooms/create.json", json!({})).await;
    assert_eq!(left(&first) - left(&second), 30, "a room is dear");
    let third = bot.post("/rooms/create.json", json!({})).await;
    assert_eq!(no(&third), (429, "rate_limited"));
    assert!(third.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 0);
    assert_eq!(third.headers["ratelimit-limit"], "2");
}
