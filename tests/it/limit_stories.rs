//! How much is too much, told through every door: what is refused, what is said about it, and who is not hurt by it.

use futures_util::StreamExt;
use onecouch::config::{Config, Limits, Rate};
use serde_json::json;
use tokio_tungstenite::{connect_async, tungstenite::Error};

use crate::{
    viewer::Viewer,
    world::{Answer, Caller, World, in_room},
};

/// So many, and next to nothing regained while a story lasts.
fn only(burst: u32) -> Rate {
    Rate { burst, per_minute: 1 }
}

/// A header as a number.
fn number(answer: &Answer, name: &str) -> u64 {
    let value = answer.headers.get(name).unwrap_or_else(|| panic!("no {name}: {:?}", answer.headers));
    value.to_str().unwrap().parse().unwrap()
}

/// What an answer says is left.
fn left(answer: &Answer) -> u64 {
    number(answer, "ratelimit-remaining")
}

#[tokio::test]
async fn every_answer_says_what_is_left_and_dear_calls_take_more() {
    let world = World::start_with(|config| config.limits.calls = only(100)).await;
    let ana = world.person("Ana").await;
    let read = ana.get("/api/v1/sessions/current").await;
    assert_eq!((number(&read, "ratelimit-limit"), left(&read)), (100, 99));
    assert_eq!(number(&read, "ratelimit-reset"), 60, "one of a hundred is back after a minute");
    assert!(!read.headers.contains_key("retry-after"));

    let made = ana.post("/api/v1/rooms", json!({ "title": "Dear" })).await;
    assert_eq!(left(&made), 69);
    let room = made.created();
    let added = ana.post(&in_room(&room, "/queue"), json!({ "url": world.link("/files/film.mp4") })).await;
    assert_eq!((added.status, left(&added)), (201, 59));
    assert_eq!(left(&ana.post(&in_room(&room, "/playback/pause"), json!({})).await), 56);
    // A no costs as much, whoever says it.
    assert_eq!(left(&ana.get("/api/v1/nothing").await), 55);
    assert_eq!(left(&ana.put("/api/v1/rooms", json!({})).await), 52);
    assert_eq!(left(&ana.get(&in_room(&room, "/queue?x")).await), 51);
    assert_eq!(left(&ana.post(&in_room(&room, "/chat"), json!([])).await), 48);
    assert_eq!(left(&ana.get("/api/v1/openapi.json").await), 47);
    // Who shows nothing pays by address; the session was made that way.
    assert_eq!(left(&world.nobody().get("/api/v1/rooms").await), 96);
    let page = world.nobody().get("/").await;
    assert!(!page.headers.contains_key("ratelimit-limit"), "pages are not counted");
}

#[tokio::test]
async fn strangers_share_what_their_address_has_and_take_nothing_from_who_signed_in() {
    let world = World::start_with(|config| config.limits.calls = only(5)).await;
    let ana = world.person("Ana").await;
    let mut forged = world.nobody();
    forged.token = Some("x".repeat(64));
    assert_eq!(left(&world.nobody().get("/api/v1/rooms").await), 1);
    let wrong = forged.get("/api/v1/sessions/current").await;
    assert_eq!((wrong.status, left(&wrong)), (401, 0), "a token that is none pays by address");

    for caller in [&forged, &world.nobody()] {
        let no = caller.get("/api/v1/rooms").await;
        assert_eq!(no.no(), (429, "slow_down".into()));
        assert_eq!((number(&no, "ratelimit-limit"), left(&no)), (5, 0));
        assert!((55..=60).contains(&number(&no, "retry-after")), "{:?}", no.headers);
        assert_eq!(number(&no, "retry-after"), number(&no, "ratelimit-reset"));
        let details = &no.body["error"]["details"];
        assert_eq!(details["seconds"].as_str(), no.headers["retry-after"].to_str().ok());
        let wait: u64 = details["retry_after_ms"].as_str().unwrap().parse().unwrap();
        assert_eq!(wait.div_ceil(1000), number(&no, "retry-after"));
    }
    assert_eq!(left(&ana.get("/api/v1/rooms").await), 4);
}

#[tokio::test]
async fn a_foreign_page_cannot_spend_what_its_visitor_has() {
    let world = World::start_with(|config| config.limits.calls = only(100)).await;
    let ana = world.person("Ana").await;
    let by_cookie = async |method: reqwest::Method, path: &str, origin: &str| {
        let cookie = format!("onecouch={}", ana.token.clone().unwrap());
        let with = |request: reqwest::RequestBuilder| {
            request.header("cookie", cookie).header("origin", origin).json(&json!({ "title": "Hers" }))
        };
        world.nobody().send(method, path, with).await
    };
    let foreign = by_cookie(reqwest::Method::POST, "/api/v1/rooms", "https://evil.example").await;
    assert_eq!((foreign.status, left(&foreign)), (403, 67), "paid by the address, as was the session");
    let own = by_cookie(reqwest::Method::POST, "/api/v1/rooms", &world.url("")).await;
    assert_eq!((own.status, left(&own)), (201, 70));
    let read = by_cookie(reqwest::Method::GET, "/api/v1/sessions/current", &world.url("")).await;
    assert_eq!((read.status, left(&read)), (200, 69));
}

#[tokio::test]
async fn a_refusal_speaks_of_the_limit_that_was_met() {
    let world = World::start_with(|config| config.limits.guests = only(2)).await;
    let sign_in = async || world.nobody().post("/api/v1/sessions", json!({ "name": "Eve" })).await;
    assert!(left(&sign_in().await) > 1_000, "calls are plenty here");
    sign_in().await.created();
    let no = sign_in().await;
    assert_eq!((no.status, number(&no, "ratelimit-limit"), left(&no)), (429, 2, 0));
    assert_eq!(number(&no, "retry-after"), number(&no, "ratelimit-reset"));
}

/// Reads as somebody who claims to come from `address`.
async fn from(world: &World, address: &str) -> Answer {
    let says = |request: reqwest::RequestBuilder| request.header("x-forwarded-for", address);
    world.nobody().send(reqwest::Method::GET, "/api/v1/rooms", says).await
}

#[tokio::test]
async fn an_address_that_somebody_made_up_is_not_a_new_one_but_a_proxy_of_ours_is_believed() {
    let world = World::start_with(|config| config.limits.calls = only(3)).await;
    for n in 0..6 {
        let status = from(&world, &format!("9.9.9.{n}")).await.status;
        assert_eq!(status, if n < 3 { 200 } else { 429 }, "call {n}");
    }
    let proxied = World::start_with(|config| {
        config.limits.calls = only(1);
        config.http.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    for (address, status) in [
        ("9.9.9.1", 200),
        ("9.9.9.2", 200),
        ("6.6.6.6, 9.9.9.1", 429),
        ("2001:db8:1:2:3::4", 200),
        ("2001:db8:1:2:ffff::", 429),
        ("2001:db8:1:3::4", 200),
    ] {
        assert_eq!(from(&proxied, address).await.status, status, "{address}");
    }
}

#[tokio::test]
async fn an_honest_bot_never_notices() {
    let world = World::start_with(|config| {
        let Limits { calls, commands, costs, .. } = Limits::default();
        (config.limits.calls, config.limits.commands, config.limits.costs) = (calls, commands, costs);
    })
    .await;
    let bot = world.bot();
    let room = bot.makes_room("Bot's").await;
    bot.post(&in_room(&room, "/queue"), json!({ "url": world.link("/files/film.mp4") })).await.created();
    let room = &room;
    let calls = (0..100).map(|n| {
        let bot = bot.clone();
        async move {
            match n % 10 {
                0 => bot.post(&in_room(room, "/playback/pause"), json!({})).await.status,
                _ => bot.get(&in_room(room, "/playback")).await.status,
            }
        }
    });
    let statuses = futures_util::future::join_all(calls).await;
    assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
}

/// Several people in one room, who all come from here.
async fn crowd(world: &World, size: usize) -> (serde_json::Value, Vec<Caller>) {
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Crowd").await;
    let mut people = vec![ana];
    for n in 1..size {
        let guest = world.person(&format!("Guest {n}")).await;
        guest.joins(&room).await;
        people.push(guest);
    }
    (room, people)
}

#[tokio::test]
async fn many_guests_from_one_address_are_one_flooder_in_the_chat() {
    let world = World::start_with(|config| config.limits.chat_of_address = only(3)).await;
    let (room, people) = crowd(&world, 4).await;
    for guest in &people[..2] {
        guest.post(&in_room(&room, "/chat"), json!({ "text": "spam" })).await.created();
    }
    let mut third = Viewer::open(&world, &room, &people[2]).await;
    assert_eq!(third.says("spam").await["type"], "ack");
    assert_eq!(third.says("spam").await["code"], "slow_down");
    let no = people[3].post(&in_room(&room, "/chat"), json!({ "text": "spam" })).await;
    assert_eq!((no.no(), number(&no, "ratelimit-limit")), ((429, "slow_down".into()), 3));
    assert_eq!(third.does(json!({ "do": "pause" })).await["code"], "nothing_playing", "all else goes on");
}

#[tokio::test]
async fn a_flooder_in_the_chat_is_one_person_whatever_the_door() {
    let world = World::start_with(|config| config.limits.chat = only(2)).await;
    let (room, people) = crowd(&world, 2).await;
    let mut ana = Viewer::open(&world, &room, &people[0]).await;
    assert_eq!(ana.says("one").await["type"], "ack");
    people[0].post(&in_room(&room, "/chat"), json!({ "text": "two" })).await.created();
    assert_eq!(ana.says("three").await["code"], "slow_down");
    people[1].post(&in_room(&room, "/chat"), json!({ "text": "hello" })).await.created();
}

#[tokio::test]
async fn links_are_paid_for_once_by_person_and_by_address_through_every_door() {
    let world = World::start_with(|config| {
        config.limits.links = only(2);
        config.limits.links_of_address = only(4);
    })
    .await;
    let (room, people) = crowd(&world, 3).await;
    let link = json!({ "url": world.link("/files/film.mp4") });
    let queue = in_room(&room, "/queue");
    assert_eq!(people[0].post(&queue, json!({ "url": "nonsense" })).await.no().1, "bad_link", "that costs nothing");
    people[0].post("/api/v1/rooms", link.clone()).await.created();
    people[0].post(&queue, link.clone()).await.created();
    assert_eq!(people[0].post(&queue, link.clone()).await.no(), (429, "slow_down".into()));
    assert_eq!(people[0].post("/api/v1/rooms", link.clone()).await.no(), (429, "slow_down".into()));

    let mut ben = Viewer::open(&world, &room, &people[1]).await;
    let watch = format!("/watch {}", world.link("/files/film.mp4"));
    assert_eq!(ben.does(json!({ "do": "add", "url": link["url"] })).await["type"], "ack");
    assert_eq!(ben.says(&watch).await["refused"], false);
    let no = ben.says(&watch).await;
    assert!(no["text"].as_str().unwrap().starts_with("That was a lot at once."), "{no}");

    // The third has asked for nothing yet, but four were looked at for this address.
    let mut cleo = Viewer::open(&world, &room, &people[2]).await;
    assert_eq!(cleo.does(json!({ "do": "add", "url": link["url"] })).await["code"], "slow_down");
    assert_eq!(cleo.says(&watch).await["refused"], true);
    let reply = people[2].post(&in_room(&room, "/commands"), json!({ "line": watch })).await.ok();
    assert_eq!(reply["refused"], true);
    assert_eq!(people[2].get(&queue).await.ok()["queue"].as_array().unwrap().len(), 2, "three were added, one is on");
}

/// Opens a socket and leaves it at that.
async fn knock(world: &World, room: &serde_json::Value) -> Result<Viewerless, Error> {
    Ok(connect_async(world.socket_url(room["id"].as_str().unwrap())).await?.0)
}

type Viewerless = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

#[tokio::test]
async fn one_address_has_so_many_sockets_and_one_that_ends_makes_room() {
    let world = World::start_with(|config: &mut Config| config.limits.sockets_per_address = 2).await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Doors").await;
    let _stays = Viewer::open(&world, &room, &ana).await;
    let mut silent = knock(&world, &room).await.unwrap();
    let Err(Error::Http(no)) = knock(&world, &room).await else { panic!("a third socket was opened") };
    assert_eq!((no.status().as_u16(), &no.headers()["retry-after"]), (429, &"10".parse().unwrap()));
    let body = String::from_utf8(no.body().clone().unwrap_or_default()).unwrap();
    assert!(body.is_empty() || body.contains("too_many_sockets"), "{body}");
    ana.get(&in_room(&room, "")).await.ok();

    // The server lets go of its end last.
    silent.close(None).await.unwrap();
    while let Some(Ok(_)) = silent.next().await {}
    knock(&world, &room).await.unwrap();
}

#[tokio::test]
async fn one_person_has_so_many_sockets_but_the_key_of_the_house_listens_everywhere() {
    let world = World::start_with(|config| config.limits.sockets_per_person = 1).await;
    let (room, people) = crowd(&world, 2).await;
    let _first = Viewer::open(&world, &room, &people[0]).await;
    let mut second = Viewer::connect(&world, room["id"].as_str().unwrap()).await;
    second.sends(json!({ "type": "hello", "token": people[0].token })).await;
    let (code, reason) = second.is_closed().await;
    assert_eq!(code, 4429);
    assert!(reason.contains("Close one") && reason.ends_with("wait 10 s."), "{reason}");
    let _other = Viewer::open(&world, &room, &people[1]).await;
    let (_one, _two) =
        (Viewer::open(&world, &room, &world.bot()).await, Viewer::open(&world, &room, &world.bot()).await);
}

#[tokio::test]
async fn the_description_says_of_every_call_that_it_may_be_too_much() {
    let world = World::start().await;
    let document = world.nobody().get("/api/v1/openapi.json").await.body;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, call) in methods.as_object().unwrap() {
            assert!(call["responses"].get("429").is_some(), "{method} {path}");
        }
    }
}
