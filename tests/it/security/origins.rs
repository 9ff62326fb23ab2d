//! Pages of other sites, in the browser of somebody who is signed in here: what their scripts and forms can do in that
//! somebody's name. Nothing.

use futures_util::{SinkExt, StreamExt};
use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::{
    clipper::socket_client::makes_party,
    opentogethertube::socket_client::makes_room,
    world::{Caller, PATIENCE, World},
};

/// Where a request says that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
struct From(&'static str, Option<String>);

/// Our own page, none, and all that looks a little like our own.
fn origins(world: &World) -> Vec<From> {
    let own = world.url("");
    let host = own.trim_start_matches("http://");
    let name = host.split(':').next().unwrap();
    vec![
        From("none", None),
        From("own", Some(own.clone())),
        From("evil", Some("https://evil.example".into())),
        From("null", Some("null".into())),
        From("own as a part of another", Some(format!("http://{name}.evil.example"))),
        From("another that ends like own", Some(format!("http://evil{host}"))),
        From("own on another port", Some(format!("https://{name}:444"))),
        From("own without a port", Some(format!("http://{name}"))),
        From("own with a name in front", Some(format!("http://{host}@evil.example"))),
        From("own with a path", Some(format!("{own}/x"))),
        From("nothing", Some(String::new())),
    ]
}

/// How somebody shows who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// By the cookie that their browser adds by itself.
    Cookie,
    /// By a token that the page must know.
    Token,
}

/// A dialect that has sockets.
#[derive(Debug, Clone, Copy)]
enum Spoken {
    Native,
    OpenTogetherTube,
    Clipper,
}

impl Spoken {
    fn cookie(self) -> &'static str {
        match self {
            Self::Native => "onecouch",
            Self::OpenTogetherTube => "token",
            Self::Clipper => "access_token",
        }
    }
}

/// Whether somebody's browser is let into a room through a socket that a page opens.
async fn gets_in(spoken: Spoken, url: &str, who: &Caller, shown: Shown, from: &From) -> bool {
    let token = who.token.as_deref().unwrap();
    let mut request = url.into_client_request().unwrap();
    let headers = request.headers_mut();
    if let From(_, Some(origin)) = from {
        headers.insert("origin", origin.parse().unwrap());
    }
    if shown == Shown::Cookie {
        headers.insert("cookie", format!("{}={token}", spoken.cookie()).parse().unwrap());
    } else if matches!(spoken, Spoken::Clipper) {
        headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
    }
    let Ok((mut socket, _)) = connect_async(request).await else { return false };
    let told = (shown == Shown::Token).then_some(token);
    let first = match spoken {
        Spoken::Native => Some(json!({ "type": "hello", "token": told })),
        Spoken::OpenTogetherTube => Some(json!({ "action": "auth", "token": told })),
        Spoken::Clipper => None,
    };
    if let Some(first) = first {
        socket.send(Message::text(first.to_string())).await.unwrap();
    }
    let answer = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    // Anything that is told of the room.
                    return frame["type"] == "welcome" || frame["type"] == "sync" || frame["action"] == "sync";
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => return false,
            }
        }
    };
    tokio::time::timeout(PATIENCE, answer).await.expect("neither let in nor sent away")
}

#[tokio::test]
async fn a_socket_by_cookie_is_for_our_own_page_and_one_by_token_for_all() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let native = ana.makes_room("Native").await;
    let party = makes_party(&world, &ana).await.id;
    makes_room(&world, &ana, "sockets").await;
    let ws = |path: String| world.url(&path).replacen("http", "ws", 1);
    let rooms = [
        (Spoken::Native, world.socket_url(native["id"].as_str().unwrap())),
        (Spoken::OpenTogetherTube, ws("/api/room/sockets".into())),
        (Spoken::Clipper, ws(format!("/api/v1/watch-parties/{party}/ws"))),
    ];
    let mut wrong = Vec::new();
    for (spoken, url) in &rooms {
        for from in origins(&world) {
            for shown in [Shown::Cookie, Shown::Token] {
                // OpenTogetherTube's clients show a token in their first frame, whatever cookie there is.
                let by_cookie = from.0 == "own" && !matches!(spoken, Spoken::OpenTogetherTube);
                let expected = shown == Shown::Token || by_cookie;
                if gets_in(*spoken, url, &ana, shown, &from).await != expected {
                    wrong.push(format!("{spoken:?} by {shown:?} from {from:?}: not {expected}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A request as a browser sends it for a page: with the cookie of who is signed in, and where the page is from.
async fn sends(
    world: &World,
    method: Method,
    path: &str,
    cookie: &str,
    from: &From,
    more: &[(&str, &str)],
) -> (u16, String) {
    let client =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(PATIENCE).build().unwrap();
    let mut request = client.request(method, world.url(path)).header("cookie", cookie).json(&json!({}));
    if let From(_, Some(origin)) = from {
        request = request.header("origin", origin);
    }
    request = more.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// All calls of the native API that change something and ask who it is, with something in each gap of their paths.
async fn unsafe_calls(world: &World) -> Vec<(Method, String)> {
    let document = world.nobody().get("/api/v1/openapi.json").await.body;
    let mut calls = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, call) in methods.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            if method.is_safe() || call.get("security").is_none() {
                continue;
            }
            let filled: String = path
                .split('/')
                .map(|part| if part.starts_with('{') { "00000000-0000-7000-8000-000000000000" } else { part })
                .collect::<Vec<_>>()
                .join("/");
            calls.push((method, filled));
        }
    }
    calls
}

#[tokio::test]
async fn no_call_changes_anything_by_a_cookie_from_another_page() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let cookie = format!("onecouch={}", ana.token.as_deref().unwrap());
    let calls = unsafe_calls(&world).await;
    assert!(calls.len() > 60, "{} calls", calls.len());
    let origins = origins(&world);
    let (own, foreign): (Vec<_>, Vec<_>) = origins.iter().partition(|from| from.0 == "own");
    let mut wrong = Vec::new();
    for (method, path) in &calls {
        let (status, text) = sends(&world, method.clone(), path, &cookie, foreign[1], &[]).await;
        if status != 403 || !text.contains("bad_origin") {
            wrong.push(format!("{method} {path}: {status} {text}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Where a room is really made, whoever asks.
    for from in &foreign {
        let (status, text) = sends(&world, Method::POST, "/api/v1/rooms", &cookie, from, &[]).await;
        assert!(status == 403 && text.contains("bad_origin"), "{from:?}: {status} {text}");
    }
    assert_eq!(ana.get("/api/v1/people/me/rooms").await.ok().as_array().unwrap().len(), 0);
    let path = "/api/v1/rooms";
    assert_ne!(sends(&world, Method::POST, path, &cookie, own[0], &[]).await.0, 403, "our own page may");
}

#[tokio::test]
async fn each_dialect_keeps_foreign_pages_from_acting_by_cookie() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let token = ana.token.as_deref().unwrap();
    let party = makes_party(&world, &ana).await.id;
    makes_room(&world, &ana, "csrf").await;
    let every = format!("onecouch={token}; token={token}; access_token={token}; csrf_token=guessed");
    for from in origins(&world) {
        // OpenTogetherTube's clients that are no browsers name no origin and keep a cookie: a browser always names one.
        let expected = matches!(from.0, "own" | "none");
        let (status, text) = sends(&world, Method::DELETE, "/api/room/csrf/vote", &every, &from, &[]).await;
        assert_eq!(status != 403, expected, "OpenTogetherTube from {from:?}: {status} {text}");

        // Clipper's pages send back a token that a foreign page cannot read, so the origin is not asked for.
        let path = format!("/api/v1/watch-parties/{party}/leave");
        for more in [&[][..], &[("x-csrf-token", "another")]] {
            let (status, text) = sends(&world, Method::DELETE, &path, &every, &from, more).await;
            assert!(status == 403 && text.contains("CSRF"), "Clipper from {from:?}: {status} {text}");
        }

        // The others know no cookie.
        for (method, path) in [
            (Method::POST, "/external/room"),
            (Method::POST, "/external/ban"),
            (Method::POST, "/user/external/delete"),
            (Method::POST, "/rooms/create.json"),
            (Method::POST, "/rooms/x/sync_update"),
        ] {
            let (status, text) = sends(&world, method, path, &every, &from, &[]).await;
            assert!((400..500).contains(&status), "{path} from {from:?}: {status} {text}");
        }
    }
    let view = world.engine().rooms.view(party).await.unwrap();
    assert!(!view.participants.is_empty(), "Ana did not leave");
}

#[tokio::test]
async fn no_page_of_another_origin_reads_what_is_told_by_cookie() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let cookie = format!("onecouch={0}; token={0}; access_token={0}", ana.token.as_deref().unwrap());
    makes_room(&world, &ana, "cors").await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let paths = [
        "/",
        "/r/x",
        "/api/v1/people/me",
        "/api/v1/rooms",
        "/api/v1/openapi.json",
        "/api/v1/watch-parties/history",
        "/api/user",
        "/api/room/cors",
        "/api/status",
        "/external/room/x",
        "/rooms/x",
        "/rooms/create.json",
        "/w2g_key/verify",
        "/media/files/x.mp4",
    ];
    for path in paths {
        for method in [Method::GET, Method::OPTIONS, Method::POST] {
            for origin in ["https://evil.example", "null"] {
                let request = client
                    .request(method.clone(), world.url(path))
                    .header("origin", origin)
                    .header("cookie", &cookie)
                    .header("access-control-request-method", "POST")
                    .header("access-control-request-headers", "authorization");
                let answer = request.send().await.unwrap();
                let said = |headers: &HeaderMap, name: &str| {
                    headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
                };
                let what = format!("{method} {path} from {origin}");
                assert_eq!(said(answer.headers(), "access-control-allow-credentials"), "", "{what}");
                let allowed = said(answer.headers(), "access-control-allow-origin");
                // Watch2Gether's programs run in pages too and show a key; with a star browsers send no cookie.
                let by_key = path.starts_with("/rooms/") || path.starts_with("/w2g");
                assert!(allowed.is_empty() || (allowed == "*" && by_key), "{what}: {allowed}");
            }
        }
    }
}
