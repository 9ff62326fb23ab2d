//! How often calls may be made, and what answers say of it.

use std::num::NonZeroU32;

use onecouch::config::Rate;
use reqwest::Method;
use serde_json::json;

use super::client::{Client, Reply};
use crate::world::World;

/// A server that counts as theirs.
async fn counting() -> World {
    World::start_with(|config| config.limits.clipper.enabled = true).await
}

/// A number in a header.
fn told(reply: &Reply, name: &str) -> Option<i64> {
    reply.headers.get(name).map(|value| value.to_str().unwrap().parse().unwrap())
}

/// That so many calls are let through and the next is not.
async fn lets_through(calls: i64, seconds: i64, mut call: impl AsyncFnMut() -> Reply) {
    for n in 0..calls {
        let reply = call().await;
        assert_ne!(reply.status, 429, "{n} of {calls}: {}", reply.text);
        assert_eq!(told(&reply, "x-ratelimit-limit"), Some(calls), "{}", reply.text);
        assert_eq!(told(&reply, "x-ratelimit-remaining"), Some(calls - 1 - n));
        let reset = told(&reply, "x-ratelimit-reset").unwrap() - jiff::Timestamp::now().as_second();
        assert!((0..=seconds + 1).contains(&reset), "in {reset} s");
        assert_eq!(reply.headers.get("retry-after"), None);
    }
    let no = call().await;
    let wait = told(&no, "retry-after").unwrap();
    assert_eq!(
        (no.status, &no.body),
        (429, &json!({ "error": "Rate limit exceeded. Please try again later.", "retry_after": wait })),
        "bare, as theirs"
    );
    assert!((1..=2 * seconds).contains(&wait), "{wait} s");
    assert_eq!((told(&no, "x-ratelimit-limit"), told(&no, "x-ratelimit-remaining")), (Some(calls), Some(0)));
}

#[tokio::test]
async fn ten_parties_an_hour_are_made_from_one_address() {
    let world = counting().await;
    let (ana, ben) = (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await);
    // It is the address that is counted, and a call that makes no sense as well.
    lets_through(10, 3_600, async || ben.post("", json!({ "title": "t" })).await).await;
    assert_eq!(ana.post("", json!({})).await.status, 429);
    // At the path of the documentation it is the same count.
    let no = ana.send(Method::POST, "/v1/watch-parties", |request| request.json(&json!({ "title": "t" }))).await;
    assert_eq!(no.status, 429);
    // Who shows nothing is told that first, and is not counted.
    let nobody = Client::nobody(&world).post("", json!({})).await;
    assert_eq!((nobody.no().0, nobody.headers.get("x-ratelimit-limit")), (401, None));
}

#[tokio::test]
async fn each_code_has_thirty_joins_an_hour() {
    let world = counting().await;
    let ana = Client::guest(&world, "Ana").await;
    let ((_, one), (_, other)) = (ana.makes().await, ana.makes().await);
    let spellings = [one.clone(), one.to_lowercase()];
    let mut spelled = spellings.iter().cycle();
    lets_through(30, 3_600, async || ana.post(&format!("/{}/join", spelled.next().unwrap()), json!({})).await).await;
    ana.joins(&other).await;
}

#[tokio::test]
async fn calls_of_a_party_are_counted_for_each_party_and_call() {
    let world = counting().await;
    let (ana, ben) = (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await);
    let ((id, code), (other, _)) = (ana.makes().await, ana.makes().await);
    ben.joins(&code).await;
    let user = ben.id().await;
    lets_through(10, 60, async || ana.post(&format!("/{id}/messages"), json!({ "message": "Hello" })).await).await;
    lets_through(30, 60, async || ana.post(&format!("/{id}/react"), json!({ "emoji": "👍" })).await).await;
    lets_through(20, 3_600, async || ana.patch(&format!("/{id}/settings"), json!({})).await).await;
    lets_through(20, 3_600, async || ana.post(&format!("/{id}/kick"), json!({})).await).await;
    lets_through(20, 3_600, async || ana.get(&format!("/{id}/analytics")).await).await;
    let role = format!("/{id}/participants/{user}/role");
    lets_through(20, 3_600, async || ana.post(&role, json!({ "role": "viewer" })).await).await;
    let path = format!("/{id}/participants/{user}");
    lets_through(20, 3_600, async || ana.delete(&path).await).await;
    let stats = format!("/api/v1/users/{user}/watch-party-stats");
    lets_through(20, 3_600, async || ben.send(Method::GET, &stats, |request| request).await).await;
    // Another party is another count, and the same party written otherwise is not.
    ana.post(&format!("/{other}/messages"), json!({ "message": "Hello" })).await.made();
    let written = id.to_uppercase().replace('-', "");
    assert_eq!(ana.post(&format!("/{written}/messages"), json!({ "message": "Hello" })).await.status, 429);
    // Reading is not counted.
    let read = ana.get(&format!("/{id}/messages")).await;
    assert_eq!(read.headers.get("x-ratelimit-limit"), None);
    assert_eq!(read.ok()["count"], 10);
}

#[tokio::test]
async fn a_server_may_allow_so_many_times_as_many_or_count_nothing() {
    let world = World::start_with(|config| {
        config.limits.clipper.enabled = true;
        config.limits.clipper.times = NonZeroU32::new(3).unwrap();
    })
    .await;
    let ana = Client::guest(&world, "Ana").await;
    let reply = ana.post("", json!({ "title": "t" })).await;
    assert_eq!((told(&reply, "x-ratelimit-limit"), told(&reply, "x-ratelimit-remaining")), (Some(30), Some(29)));
    let world = World::start().await;
    let ana = Client::guest(&world, "Ana").await;
    for _ in 0..11 {
        let reply = ana.post("", json!({ "title": "t" })).await;
        assert_eq!((reply.status, reply.headers.get("x-ratelimit-limit")), (201, None));
    }
}

#[tokio::test]
async fn what_they_do_not_count_costs_as_everywhere_here() {
    let world = World::start_with(|config| config.limits.calls = Rate { burst: 29, per_minute: 1 }).await;
    let (ana, ben) = (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await);
    // Their sessions took points of the address. Lists load rooms, and cost as much as a look at a link: ten.
    let nobody = Client::nobody(&world);
    nobody.get("/public").await.ok();
    nobody.get("/trending").await.ok();
    let no = nobody.get("/public").await;
    let wait = told(&no, "retry-after").unwrap();
    assert_eq!((no.status, &no.body["retry_after"], no.body.get("success")), (429, &json!(wait), None));
    // Who says who they are pays for themself.
    ana.get("/history").await.ok();
    ana.get("/history").await.ok();
    assert_eq!(ana.get("/history").await.status, 429);
    assert_eq!(ana.get("/public").await.status, 429);
    // So does what they count, where nothing is counted as theirs: three points for what changes something.
    for _ in 0..9 {
        assert_eq!(ben.post("", json!({})).await.no().0, 400);
    }
    assert_eq!(ben.post("", json!({})).await.status, 429);
}

#[tokio::test]
async fn who_tries_tokens_pays_with_their_address() {
    let world = World::start_with(|config| {
        config.limits.clipper.enabled = true;
        config.limits.calls = Rate { burst: 3, per_minute: 1 };
    })
    .await;
    let nobody = Client::nobody(&world);
    for n in 0..3 {
        let guess = Client { token: Some(format!("{n:064}")), ..nobody.clone() };
        assert_eq!(guess.post("", json!({ "title": "t" })).await.no().0, 401);
    }
    let guess = Client { token: Some("x".repeat(64)), ..nobody };
    let no = guess.post("", json!({ "title": "t" })).await;
    assert_eq!((no.status, no.body.get("success")), (429, None), "{}", no.text);
}

#[tokio::test]
async fn rooms_are_made_within_the_limit_that_holds_for_all_doors() {
    let world = World::start_with(|config| config.limits.rooms = Rate { burst: 1, per_minute: 1 }).await;
    let ana = Client::guest(&world, "Ana").await;
    ana.makes().await;
    let no = ana.post("", json!({ "title": "t" })).await;
    assert_eq!((no.status, no.body.get("success")), (429, None));
    assert!(told(&no, "retry-after").unwrap() > 0);
}

#[tokio::test]
async fn who_guesses_codes_is_told_to_wait_whatever_they_guess() {
    let world = World::start_with(|config| config.limits.wrong_invites = Rate { burst: 3, per_minute: 1 }).await;
    let (ana, eve) = (Client::guest(&world, "Ana").await, Client::guest(&world, "Eve").await);
    let (_, code) = ana.makes().await;
    for wrong in ["AAAAAA", "BBBBBB"] {
        assert_eq!(eve.post(&format!("/{wrong}/join"), json!({})).await.no().0, 404);
    }
    assert_eq!(eve.get("/by-code/CCCCCC").await.no().0, 404);
    for no in [eve.post(&format!("/{code}/join"), json!({})).await, eve.get(&format!("/by-code/{code}")).await] {
        assert_eq!((no.status, no.headers.contains_key("retry-after")), (429, true), "{}", no.text);
    }
    // The page says no more to who guesses.
    assert_eq!(eve.send(Method::GET, &format!("/watch-parties/{code}"), |request| request).await.status, 404);
}
