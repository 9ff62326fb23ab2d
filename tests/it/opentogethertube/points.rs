//! Points: what calls cost, what answers say of it, and the block.

use reqwest::Method;
use serde_json::json;

use super::client::{Client, Reply};
use crate::world::World;

/// What an answer says is left.
fn left(reply: &Reply) -> Option<u32> {
    reply.headers.get("x-ratelimit-remaining").map(|left| left.to_str().unwrap().parse().unwrap())
}

#[tokio::test]
async fn each_call_costs_what_is_published_and_its_answer_says_what_is_left() {
    let world = World::start_with(|config| config.limits.opentogethertube.points = 1_000).await;
    let (ana, nobody) = (Client::guest(&world, "Ana").await, Client::nobody(&world));
    let film = json!({ "service": "direct", "id": world.link("/files/film.mp4") });
    let mut points = 1_000;
    let preview = format!("/api/data/previewAdd?input={}", world.link("/files/film.mp4"));
    let create = |name: &str, temporary: bool| json!({ "name": name, "isTemporary": temporary });
    for (who, method, path, body, cost) in [
        (&ana, Method::POST, "/api/room/generate", json!({}), 50),
        (&ana, Method::POST, "/api/room/create", create("couch", true), 50),
        (&ana, Method::POST, "/api/room/create", create("lasting", false), 200),
        // A name that is taken still costs, a body that makes no sense does not.
        (&ana, Method::POST, "/api/room/create", create("couch", true), 50),
        (&ana, Method::POST, "/api/room/create", create("x", true), 0),
        (&ana, Method::POST, "/api/room/couch/queue", film.clone(), 5),
        (&ana, Method::POST, "/api/room/couch/queue", film.clone(), 5),
        (&ana, Method::PATCH, "/api/room/couch/queue", film.clone(), 5),
        (&ana, Method::DELETE, "/api/room/couch/queue", film.clone(), 5),
        (&ana, Method::POST, "/api/room/couch/queue", json!({ "videos": [film, film, film] }), 9),
        (&ana, Method::POST, "/api/room/couch/queue", json!({ "videos": [] }), 0),
        (&ana, Method::PATCH, "/api/room/couch", json!({ "title": "Free" }), 0),
        (&ana, Method::GET, "/api/room/couch", json!({}), 0),
        (&nobody, Method::GET, preview.as_str(), json!({}), 5),
        (&nobody, Method::GET, "/api/data/previewAdd?input=some+words", json!({}), 75),
        (&nobody, Method::GET, "/api/data/previewAdd?input=file:///x", json!({}), 75),
        (&nobody, Method::GET, "/api/data/previewAdd?input=", json!({}), 0),
    ] {
        let reply = who.send(method.clone(), path, |request| request.json(&body)).await;
        points -= cost;
        assert_eq!(left(&reply), (cost > 0).then_some(points), "{method} {path}: {} {}", reply.status, reply.text);
        if cost > 0 {
            assert_eq!(reply.headers["x-ratelimit-limit"], "1000");
            let reset = reply.headers["x-ratelimit-reset"].to_str().unwrap();
            assert!(reset.ends_with(" GMT+0000 (Coordinated Universal Time)") && reset.len() == 62, "{reset}");
        }
    }
}

#[tokio::test]
async fn who_asks_for_too_much_gets_nothing_for_the_length_of_the_block() {
    let world = World::start_with(|config| {
        config.limits.opentogethertube.points = 100;
        config.limits.opentogethertube.block_seconds = 77;
    })
    .await;
    let (ana, ben) = (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await);
    ana.makes("one").await;
    ana.makes("two").await;
    // It is the address that is counted.
    let no = ben.post("/api/room/create", json!({ "name": "three" })).await;
    assert_eq!((no.status, no.headers["retry-after"].to_str().unwrap()), (429, "77"));
    assert_eq!(
        no.body,
        json!({ "success": false, "error": { "name": "TooManyRequests", "message": "Too many requests." } })
    );
    assert_eq!((left(&no), &no.headers["x-ratelimit-limit"]), (Some(0), &"100".parse().unwrap()));
    let no = ana.post("/api/room/one/queue", json!({ "url": world.link("/files/film.mp4") })).await;
    assert_eq!(no.no(), (429, "TooManyRequests"));
    assert_eq!(world.web.hits(), Vec::<String>::new(), "it is paid for before the work");
    // What costs nothing goes on.
    ana.reads("one").await;
    assert_eq!(ana.get("/api/room/three").await.no().0, 404);
}

#[tokio::test]
async fn points_are_not_counted_where_they_are_switched_off() {
    let world = World::start_with(|config| {
        config.limits.opentogethertube.points = 1;
        config.limits.opentogethertube.enabled = false;
    })
    .await;
    let ana = Client::guest(&world, "Ana").await;
    let reply = ana.post("/api/room/create", json!({ "name": "couch" })).await;
    assert_eq!(left(&reply), None);
    reply.made();
}

#[tokio::test]
async fn links_count_as_through_all_other_doors() {
    let world = World::start_with(|config| {
        config.limits.links = onecouch::config::Rate { burst: 2, per_minute: 1 };
    })
    .await;
    let (nobody, ana) = (Client::nobody(&world), Client::guest(&world, "Ana").await);
    let preview = format!("/api/data/previewAdd?input={}", world.link("/files/film.mp4"));
    for who in [&nobody, &ana] {
        // Somebody with a token is somebody else than all without one behind the same address.
        for _ in 0..2 {
            who.get(&preview).await.ok();
        }
        let no = who.get(&preview).await;
        assert_eq!(no.no(), (429, "TooManyRequests"));
        assert!(no.headers.contains_key("retry-after"), "{:?}", no.headers);
    }
}
