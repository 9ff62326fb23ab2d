//! What answers tell browsers: what a page may load, who may frame it, what cookies are for.

use std::collections::BTreeMap;

use onecouch::config::Config;
use reqwest::{Method, header::HeaderMap};
use serde_json::json;

use crate::world::{Caller, World};

/// A kind of route, and what its answer says beside what all say: its policy, or how that begins.
const ROUTES: &[(&str, &str)] = &[
    ("/", "default-src 'self'; script-src 'self'; style-src 'self'; "),
    ("/r/00000000-0000-7000-8000-000000000000", "default-src 'self'; script-src 'self'; style-src 'self'; "),
    ("/j/abcdefghijklmnop", "default-src 'self'; script-src 'self'; style-src 'self'; "),
    ("/recover", "default-src 'self'; script-src 'self'; style-src 'self'; "),
    ("/no/such/page", "default-src 'self'; script-src 'self'; style-src 'self'; "),
    ("/activity", "default-src 'self'; script-src 'self'; style-src 'self'; "),
    ("/tg", "default-src 'self'; script-src 'self' https://telegram.org; style-src 'self'; "),
    ("/api/v1/docs", "default-src 'none'; style-src 'sha256-"),
    ("/api/v1/openapi.json", "default-src 'none'; frame-ancestors 'none'"),
    ("/api/v1/about", "default-src 'none'; frame-ancestors 'none'"),
    ("/api/v1/nothing", "default-src 'none'; frame-ancestors 'none'"),
    ("/api/v1/people/me", "default-src 'none'; frame-ancestors 'none'"),
    ("/api/status", "default-src 'none'; frame-ancestors 'none'"),
    ("/api/v1/watch-parties/public", "default-src 'none'; frame-ancestors 'none'"),
    ("/external/room/x", "default-src 'none'; frame-ancestors 'none'"),
    ("/rooms/x/playlists", "default-src 'none'; frame-ancestors 'none'"),
    ("/oembed?url=x", "default-src 'none'; frame-ancestors 'none'"),
    ("/healthz", "default-src 'none'; frame-ancestors 'none'"),
    ("/media/files/x.mp4", "default-src 'none'; frame-ancestors 'none'"),
    ("/media/relay/x", "default-src 'none'; frame-ancestors 'none'"),
    // Loaded by pages, whose policy it is that counts.
    ("/card.png", ""),
    ("/logo.svg", ""),
    ("/manifest.webmanifest", ""),
];

fn said<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

async fn asks(world: &World, path: &str) -> HeaderMap {
    let browser = |request: reqwest::RequestBuilder| request.header("accept", "text/html,*/*;q=0.8");
    world.nobody().send(Method::GET, path, browser).await.headers
}

#[tokio::test]
async fn every_kind_of_route_tells_browsers_what_it_may_do() {
    let world = World::start().await;
    let mut wrong = Vec::new();
    for (path, policy) in ROUTES {
        let headers = asks(&world, path).await;
        let told = said(&headers, "content-security-policy");
        if !told.starts_with(policy) || (policy.is_empty() && !told.is_empty()) {
            wrong.push(format!("{path}: the policy is {told:?}"));
        }
        if told.contains("unsafe-inline") || told.contains("unsafe-eval") {
            wrong.push(format!("{path}: {told}"));
        }
        let framed = told.split("; ").find(|part| part.starts_with("frame-ancestors")).unwrap_or_default();
        let expected = match *path {
            "/tg" => "frame-ancestors https://web.telegram.org",
            _ if policy.is_empty() => "",
            _ => "frame-ancestors 'none'",
        };
        if framed != expected {
            wrong.push(format!("{path}: {framed:?}, not {expected:?}"));
        }
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "strict-origin-when-cross-origin"),
            ("cross-origin-opener-policy", "same-origin-allow-popups"),
            ("strict-transport-security", ""),
            ("server", ""),
            ("x-powered-by", ""),
        ] {
            if said(&headers, name) != value {
                wrong.push(format!("{path}: {name} is {:?}", said(&headers, name)));
            }
        }
        let devices = said(&headers, "permissions-policy");
        if !["camera=()", "microphone=()", "geolocation=()"].iter().all(|none| devices.contains(none)) {
            wrong.push(format!("{path}: permissions-policy is {devices:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn https_is_insisted_on_where_it_is_the_public_address() {
    let world = World::start_with(|config| {
        config.http.public_url = Some("https://couch.example".parse().unwrap());
    })
    .await;
    for (path, _) in ROUTES {
        assert_eq!(said(&asks(&world, path).await, "strict-transport-security"), "max-age=31536000", "{path}");
    }
}

/// A cookie's name, and its attributes in order.
fn cookie(text: &str) -> (String, BTreeMap<String, String>) {
    let mut parts = text.split("; ").map(|part| part.split_once('=').unwrap_or((part, "")));
    let (name, _) = parts.next().unwrap();
    (name.to_owned(), parts.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect())
}

async fn cookies(world: &World) -> Vec<(String, BTreeMap<String, String>)> {
    let nobody = world.nobody();
    let made = nobody.post("/api/v1/sessions", json!({ "name": "Ana" })).await;
    let token = made.body["data"]["token"].as_str().unwrap().to_owned();
    let ana = Caller::new(&world.url(""), Some(token));
    let room = ana.makes_room("Cookies").await;
    let join = format!("/api/v1/invites/{}/join", room["invite"].as_str().unwrap());
    let account = json!({ "username": "ana", "password": "correct horse 7" });
    let login = json!({ "user": "ana", "password": "correct horse 7" });
    let answers = [
        made,
        nobody.post(&join, json!({ "name": "Ben" })).await,
        nobody.post("/api/v1/accounts", account).await,
        nobody.post("/api/v1/accounts/login", login).await,
        ana.delete("/api/v1/sessions/current").await,
        nobody.get("/api/auth/grant").await,
        nobody.get("/api/v1/watch-parties/public").await,
    ];
    let all = answers.iter().map(|answer| {
        let set = said(&answer.headers, "set-cookie");
        assert!(!set.is_empty(), "no cookie: {} {}", answer.status, answer.text);
        cookie(set)
    });
    all.collect()
}

#[tokio::test]
async fn cookies_go_to_this_server_alone_and_by_https_alone_where_it_has_that() {
    for address in [None, Some("http://couch.example"), Some("https://couch.example")] {
        let public = |config: &mut Config| config.http.public_url = address.map(|url| url.parse().unwrap());
        let world = World::start_with(public).await;
        let by_https = address.is_some_and(|url| url.starts_with("https"));
        let told = cookies(&world).await;
        let names: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["onecouch", "onecouch", "onecouch", "onecouch", "onecouch", "token", "csrf_token"]);
        for (name, attributes) in told {
            let what = format!("{name} at {address:?}: {attributes:?}");
            assert_eq!(attributes.contains_key("secure"), by_https, "{what}");
            assert_eq!(attributes["path"], "/", "{what}");
            assert!(!attributes.contains_key("domain"), "{what}");
            // A page must read the token that it sends back, and nobody else's page is sent it.
            let readable = name == "csrf_token";
            assert_eq!(attributes.contains_key("httponly"), !readable, "{what}");
            assert_eq!(attributes["samesite"], if readable { "Strict" } else { "Lax" }, "{what}");
        }
    }
}

#[tokio::test]
async fn no_text_of_anybody_ends_a_header_or_begins_another() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let lines = "a\r\nset-cookie: onecouch=stolen\r\n\r\n<script>";
    let room = ana.post("/api/v1/rooms", json!({ "title": lines })).await;
    assert!(room.status == 201 || room.status == 400, "{}", room.text);
    let nobody = world.nobody();
    for path in [
        "/api/v1/rooms/%0d%0aset-cookie:x=1/queue",
        "/r/%0d%0aset-cookie:x=1",
        "/j/%0d%0aset-cookie:x=1",
        "/room/%0d%0aset-cookie:x=1",
        "/rooms/%0d%0aset-cookie:x=1",
        "/api/auth/discord?redirect=/%0d%0aset-cookie:x=1",
        "/watch-parties/%0d%0aset-cookie:x=1",
        "/media/files/%0d%0aset-cookie:x=1.mp4",
    ] {
        let answer = nobody.send(Method::GET, path, |request| request.header("accept-language", "de\u{a0}")).await;
        assert!(
            answer.headers.get("set-cookie").is_none_or(|cookie| !cookie.to_str().unwrap().contains("x=1")),
            "{path}"
        );
        assert!(answer.status < 500, "{path}: {}", answer.status);
    }
}
