//! Links that programs build, and pages of others that call.

use reqwest::Method;
use serde_json::json;

use super::{Bot, ask, location, of, open};
use crate::world::World;

#[tokio::test]
async fn every_shape_of_link_leads_to_the_room() {
    let world = World::start().await;
    let bot = Bot::new(&world, "Movie bot").await;
    let room = bot.makes_room(json!({})).await;
    let streamkey = room["streamkey"].as_str().unwrap();
    let invite = bot.post(&of(&room, "/join_room"), json!({})).await.body["access_key"].as_str().unwrap().to_owned();
    let there = location(&open(&world, &of(&room, "")).await).to_owned();
    assert!(there.starts_with("/r/"));
    let mut shapes = vec![
        (format!("/rooms/{streamkey}?lang=en"), there.clone()),
        (format!("/?r={streamkey}"), there.clone()),
        (format!("/?lang=de&r={streamkey}"), there.clone()),
        (format!("/{streamkey}"), there.clone()),
        (format!("/?access_key={invite}"), format!("/j/{invite}")),
        (format!("/?r={streamkey}&access_key={invite}"), there.clone()),
        (format!("/?access_key={streamkey}"), there.clone()),
    ];
    for language in ["en", "de"] {
        for end in ["", "/"] {
            shapes.push((format!("/{language}/room{end}?room_id={streamkey}"), there.clone()));
            shapes.push((format!("/{language}/room{end}?access_key={invite}"), format!("/j/{invite}")));
        }
    }
    for (shape, leads) in &shapes {
        let answer = open(&world, shape).await;
        assert_eq!((answer.status, location(&answer)), (307, leads.as_str()), "{shape}");
    }
    // What leads nowhere says so on a page, and the landing page stays what it is.
    for (shape, status) in [
        ("/", 200),
        ("/?r=", 200),
        ("/?utm_source=x", 200),
        ("/k3v9x0q7m2t5b8n1zd", 404),
        ("/en/room/", 404),
        ("/english/room/?room_id=x", 404),
        ("/en/rooms/?room_id=x", 404),
    ] {
        let answer = open(&world, shape).await;
        assert_eq!(answer.status, status, "{shape}");
        assert!(answer.text.contains("<html"), "{shape}");
    }
    assert_eq!(ask(&world, Method::POST, &format!("/{streamkey}"), |request| request).await.status, 404);
    // A name of nothing leads where a hidden room does: to the page that says so.
    let unknown = open(&world, "/rooms/k3v9x0q7m2t5b8n1zd").await;
    assert_eq!((unknown.status, location(&unknown)), (307, "/r/k3v9x0q7m2t5b8n1zd"));
    let unknown = open(&world, "/?r=nothing%22%3E").await;
    assert_eq!((unknown.status, location(&unknown)), (307, "/r/nothing%22%3E"));
    // A room that is gone leads nowhere either.
    bot.post(&of(&room, "/delete"), json!({})).await;
    assert!([404, 307].contains(&open(&world, &of(&room, "")).await.status));
}

#[tokio::test]
async fn pages_of_others_may_call_with_a_key_and_read_the_answer() {
    let world = World::start().await;
    let bot = Bot::new(&world, "Extension").await;
    let room = bot.makes_room(json!({})).await;
    for path in [
        "/rooms/create.json",
        &of(&room, "/sync_update"),
        &of(&room, ""),
        "/w2g_search/lookup",
        &of(&room, "/playlists/x"),
    ] {
        let asked = ask(&world, Method::OPTIONS, path, |request| {
            request
                .header("origin", "https://video.example")
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "content-type")
        });
        let asked = asked.await;
        assert_eq!(
            (asked.status, &asked.headers["access-control-allow-origin"]),
            (204, &"*".parse().unwrap()),
            "{path}"
        );
        let says = |name: &str| asked.headers[name].to_str().unwrap().to_owned();
        assert!(says("access-control-allow-headers").contains("content-type"), "{path}");
        assert!(says("access-control-allow-methods").contains("POST"), "{path}");
        assert!(!asked.headers.contains_key("access-control-allow-credentials"), "no cookies");
    }
    let answer = bot.post(&of(&room, "/sync_update"), json!({ "item_url": world.link("/files/film.mp4") })).await;
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    // A no can be read as well.
    let refused = super::post(&world, &of(&room, "/sync_update"), json!({})).await;
    assert_eq!((refused.status, &refused.headers["access-control-allow-origin"]), (403, &"*".parse().unwrap()));
}
