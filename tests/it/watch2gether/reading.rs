//! Rooms and links, read; and the end of a room.

use reqwest::Method;
use serde_json::json;

use super::{Bot, FIELDS, ask, location, no, of};
use crate::{fake_web::Told, world::World};

#[tokio::test]
async fn a_program_reads_back_what_its_room_is_and_does() {
    let world = World::start().await;
    let (bot, other) = (Bot::new(&world, "Movie bot").await, Bot::new(&world, "Other").await);
    let film = world.link("/files/film.mp4");
    let room = bot.makes_room(json!({ "share": film, "title": "Bunnies" })).await;
    let state = bot.get(&of(&room, "")).await;
    assert_eq!(state.status, 200, "{}", state.text);
    for field in FIELDS {
        assert_eq!(state.body[field], room[field], "{field}");
    }
    assert_eq!(state.body["playlist_items"][0]["title"], "Bunnies");
    assert_eq!(state.body["users"][0], json!({ "nname": "Movie bot", "role": "owner", "online": false }));
    assert_eq!(state.body["url"], world.url(&of(&room, "")));

    let sections = bot.get(&of(&room, "/sync_state")).await.body["state"].clone();
    let section =
        |name: &str| sections.as_array().unwrap().iter().find(|pair| pair[0] == name).unwrap()[1]["payload"].clone();
    let list = section("playlists");
    assert_eq!((&list["selectedPlaylist"], &list["lists"][0]["key"]), (&json!("current"), &json!("current")));
    assert!(list["lists"][0]["shuffle"].is_i64() && list["lists"][0]["is_personal"].is_boolean());
    assert_eq!(section("player")["item"]["url"], film);

    // A program with a body on its GET, and one that shows its key as a bearer.
    let path = of(&room, "");
    let body = ask(&world, Method::GET, &path, |request| {
        request.header("accept", "application/json").json(&json!({ "w2g_api_key": bot.key }))
    });
    assert_eq!(body.await.body["streamkey"], room["streamkey"]);
    for answer in [
        ask(&world, Method::GET, &of(&room, "/playlists/current/playlist_items"), |request| {
            request.bearer_auth(&bot.key)
        })
        .await,
        ask(&world, Method::GET, &of(&room, "/playlists/current/playlist_items"), |request| {
            request.query(&[("w2g_api_key", &bot.key)])
        })
        .await,
    ] {
        assert_eq!(answer.body[0]["url"], film);
    }
    // Who has it already is not told again.
    let path = of(&room, "/playlists/current/playlist_items");
    let tag = bot.get(&path).await.headers["etag"].clone();
    let again =
        ask(&world, Method::GET, &path, |request| request.header("x-api-key", &bot.key).header("if-none-match", &tag))
            .await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));

    for path in ["", "/sync_state", "/playlists", "/playlists/current/playlist_items"] {
        assert_eq!(no(&other.get(&of(&room, path)).await), (403, "not_a_member"), "{path}");
    }
    for path in ["/sync_state", "/playlists", "/playlists/current/playlist_items"] {
        let nobody = ask(&world, Method::GET, &of(&room, path), |request| request).await;
        assert_eq!(no(&nobody), (401, "missing_api_key"), "{path}");
        assert_eq!(no(&bot.get(&format!("/rooms/k3v9x0q7m2t5b8n1zd{path}")).await), (404, "room_not_found"), "{path}");
    }
    // Without a key, or for a browser, it is a page.
    let page = ask(&world, Method::GET, &of(&room, ""), |request| request.header("accept", "application/json")).await;
    assert_eq!(page.status, 307);
    assert!(location(&page).starts_with("/r/"));
    let path = of(&room, "");
    let wrong = ask(&world, Method::GET, &path, |request| {
        request.header("accept", "application/json").header("x-api-key", "nope")
    });
    assert_eq!(no(&wrong.await), (401, "invalid_api_key"));
}

#[tokio::test]
async fn a_link_is_looked_up_without_being_queued() {
    let world = World::start().await;
    world.web.tell("youtube", Told::title("Big Buck Bunny"));
    let film = world.link("/files/film.mp4");
    for request in [
        ask(&world, Method::GET, "/w2g_search/lookup", |request| request.query(&[("url", &film)])).await,
        super::post(&world, "/w2g_search/lookup", json!({ "url": film })).await,
    ] {
        assert_eq!((request.status, &request.body["url"]), (200, &json!(film)), "{}", request.text);
        assert!(request.body["title"].is_string() && request.body["thumb"].is_string());
    }
    let bare = ask(&world, Method::GET, "/w2g_search/lookup", |request| {
        request.query(&[("url", "//www.youtube.com/watch?v=aqz-KE-bpKQ")])
    });
    assert_eq!(bare.await.body["url"], "https://www.youtube.com/watch?v=aqz-KE-bpKQ");
    for (url, code) in [
        ("", "invalid_request"),
        ("two words", "bad_link"),
        ("javascript:alert(1)", "bad_scheme"),
        ("http://127.0.0.1:1/a.mp4", "private_address"),
    ] {
        let refused = ask(&world, Method::GET, "/w2g_search/lookup", |request| request.query(&[("url", url)])).await;
        assert_eq!((no(&refused), &refused.body["field"]), ((400, code), &json!("url")), "{url}");
    }
}

#[tokio::test]
async fn strangers_who_look_links_up_pay_by_their_address() {
    let world =
        World::start_with(|config| config.limits.links_of_address = onecouch::config::Rate { burst: 1, per_minute: 1 })
            .await;
    world.web.tell("youtube", Told::title("Big Buck Bunny"));
    let look = || ask(&world, Method::GET, "/w2g_search/lookup?url=https://youtu.be/aqz-KE-bpKQ", |request| request);
    assert_eq!(look().await.status, 200);
    let refused = look().await;
    assert_eq!(no(&refused), (429, "rate_limited"));
    assert!(refused.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn a_room_ends_when_its_owner_deletes_it() {
    let world = World::start().await;
    let (bot, other) = (Bot::new(&world, "Movie bot").await, Bot::new(&world, "Other").await);
    for by_post in [true, false] {
        let room = bot.makes_room(json!({})).await;
        other.post(&of(&room, "/join_room"), json!({})).await;
        assert_eq!(no(&other.post(&of(&room, "/delete"), json!({})).await), (403, "not_allowed"));
        let ended = if by_post {
            bot.post(&of(&room, "/delete"), json!({})).await
        } else {
            ask(&world, Method::DELETE, &of(&room, ""), |request| request.header("x-api-key", &bot.key)).await
        };
        assert_eq!((ended.status, &ended.body["success"]), (200, &json!(true)), "{}", ended.text);
        assert_eq!(no(&bot.post(&of(&room, "/pause"), json!({})).await), (404, "room_not_found"));
    }
}

#[tokio::test]
async fn what_needs_the_cookies_of_its_pages_is_told_to_use_a_key() {
    let world = World::start().await;
    let body = json!({ "user": { "email": "ana@films.example", "password": "popcorn", "remember_me": 1 } });
    assert_eq!(no(&super::post(&world, "/auth/sign_in.json", body).await), (501, "not_supported"));
    assert_eq!(no(&ask(&world, Method::GET, "/streams", |request| request).await), (501, "not_supported"));
}
