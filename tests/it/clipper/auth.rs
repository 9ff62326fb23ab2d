//! Who asks: tokens, cookies and what protects them, keys; paths that there are not.

use reqwest::{Method, RequestBuilder, header};
use serde_json::{Value, json};

use super::client::{Client, PARTIES, Reply};
use crate::world::World;

const MISSING: (u16, &str, &str) = (401, "UNAUTHORIZED", "Missing authentication token");
const INVALID: (u16, &str, &str) = (401, "UNAUTHORIZED", "Invalid or expired token");

async fn makes(client: &Client, with: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Reply {
    client.send(Method::POST, PARTIES, |request| with(request.json(&json!({ "title": "t" })))).await
}

#[tokio::test]
async fn who_shows_nothing_or_something_wrong_is_told_which() {
    let world = World::start().await;
    let nobody = Client::nobody(&world);
    let bad = Client { token: Some("x".repeat(64)), ..nobody.clone() };
    let (id, user) = (super::parties::NONE, super::parties::NONE);
    for (method, path) in [
        (Method::POST, PARTIES.to_owned()),
        (Method::POST, format!("{PARTIES}/ABC234/join")),
        (Method::DELETE, format!("{PARTIES}/{id}/leave")),
        (Method::POST, format!("{PARTIES}/{id}/end")),
        (Method::DELETE, format!("{PARTIES}/{id}")),
        (Method::PATCH, format!("{PARTIES}/{id}/settings")),
        (Method::POST, format!("{PARTIES}/{id}/kick")),
        (Method::DELETE, format!("{PARTIES}/{id}/participants/{user}")),
        (Method::POST, format!("{PARTIES}/{id}/participants/{user}/role")),
        (Method::POST, format!("{PARTIES}/{id}/clips")),
        (Method::POST, format!("{PARTIES}/{id}/messages")),
        (Method::POST, format!("{PARTIES}/{id}/react")),
        (Method::GET, format!("{PARTIES}/{id}/analytics")),
        (Method::GET, format!("{PARTIES}/history")),
        (Method::GET, format!("/api/v1/users/{user}/watch-party-stats")),
    ] {
        let with = |request: RequestBuilder| if method == Method::GET { request } else { request.json(&json!({})) };
        assert_eq!(nobody.send(method.clone(), &path, with).await.no(), MISSING, "{method} {path}");
        assert_eq!(bad.send(method.clone(), &path, with).await.no(), INVALID, "{method} {path}");
    }
    for authorization in ["Basic YTpi", "Bearer", "Bearer  "] {
        let no = makes(&nobody, |request| request.header(header::AUTHORIZATION, authorization)).await;
        assert_eq!(no.no(), MISSING, "{authorization}");
    }
    let token = Client::guest(&world, "Ana").await.token.unwrap();
    let in_query = nobody.send(Method::POST, &format!("{PARTIES}?token={token}&access_token={token}"), |r| r).await;
    assert_eq!(in_query.no(), MISSING, "never by a query");
    makes(&nobody, |request| request.header(header::AUTHORIZATION, format!("bEARER {token}"))).await.made();
}

#[tokio::test]
async fn where_nobody_need_say_who_they_are_a_bad_token_is_as_good_as_none() {
    let world = World::start().await;
    let (ana, nobody) = (Client::guest(&world, "Ana").await, Client::nobody(&world));
    let made = ana.makes_with(json!({ "visibility": "public" })).await;
    let (id, code) = (made["id"].as_str().unwrap(), made["invite_code"].as_str().unwrap());
    let (closed, _) = ana.makes().await;
    for token in ["x", "not a token", &"x".repeat(64)] {
        let bad = Client { token: Some(token.to_owned()), ..nobody.clone() };
        for path in [
            format!("/{id}"),
            format!("/{id}/participants"),
            format!("/{id}/messages"),
            format!("/{id}/clips"),
            format!("/by-code/{code}"),
            "/public".to_owned(),
            "/trending".to_owned(),
        ] {
            bad.get(&path).await.ok();
        }
        let no = bad.get(&format!("/{closed}")).await;
        assert_eq!(no.no(), (403, "FORBIDDEN", "unauthorized: party is private"));
    }
}

#[tokio::test]
async fn a_page_acts_by_cookie_and_shows_that_it_is_the_one() {
    let world = World::start().await;
    let (ana, nobody) = (Client::guest(&world, "Ana").await, Client::nobody(&world));
    let token = ana.token.clone().unwrap();
    let access = format!("access_token={token}");
    // Any look gives the token against foreign pages, as a cookie that pages can read and in a header.
    let look =
        nobody.send(Method::GET, &format!("{PARTIES}/public"), |request| request.header("cookie", &access)).await;
    let csrf = look.headers["x-csrf-token"].to_str().unwrap().to_owned();
    let set = look.headers["set-cookie"].to_str().unwrap();
    assert!(
        set.starts_with(&format!("csrf_token={csrf}; Path=/; SameSite=Strict")) && !set.contains("HttpOnly"),
        "{set}"
    );
    let both = format!("{access}; csrf_token={csrf}");
    // Who has one keeps it.
    let again =
        nobody.send(Method::GET, &format!("{PARTIES}/history"), |request| request.header("cookie", &both)).await;
    assert_eq!((again.status, again.headers["x-csrf-token"].to_str().unwrap()), (200, csrf.as_str()));
    assert_eq!(again.headers.get("set-cookie"), None);

    for (cookie, sent, sentence) in [
        (access.as_str(), None, "CSRF token missing"),
        (both.as_str(), None, "CSRF token missing"),
        (access.as_str(), Some(csrf.as_str()), "CSRF token missing"),
        (both.as_str(), Some("another"), "CSRF token invalid"),
        (both.as_str(), Some(""), "CSRF token invalid"),
    ] {
        let no = makes(&nobody, |request| {
            let request = request.header("cookie", cookie);
            if let Some(sent) = sent { request.header("x-csrf-token", sent) } else { request }
        });
        let no = no.await;
        assert_eq!((no.status, &no.body), (403, &json!({ "error": sentence })), "bare: {cookie} {sent:?}");
    }
    let made = makes(&nobody, |request| request.header("cookie", &both).header("x-csrf-token", &csrf)).await.made();
    assert_eq!(made["party"]["participants"][0]["user"]["username"], "Ana");
    // A header wins over a cookie, and needs no such token.
    makes(&ana, |request| request.header("cookie", "access_token=nonsense")).await.made();
}

#[tokio::test]
async fn a_key_of_this_server_is_a_token_too_and_one_that_reads_changes_nothing() {
    let world = World::start().await;
    let key = async |scopes: Value| {
        let made = world.bot().post("/api/v1/keys", json!({ "name": "Cinema", "scopes": scopes })).await.created();
        Client { token: made["secret"].as_str().map(str::to_owned), ..Client::nobody(&world) }
    };
    let (program, reader) = (key(json!(["rooms"])).await, key(json!(["read"])).await);
    let (id, code) = program.makes().await;
    assert_eq!(program.reads(&id).await["participants"][0]["user"]["username"], "Cinema");
    reader.get("/history").await.ok();
    reader.get("/public").await.ok();
    for no in [
        makes(&reader, |request| request).await,
        reader.post(&format!("/{code}/join"), json!({})).await,
        reader.delete(&format!("/{id}/leave")).await,
        reader.post(&format!("/{id}/end"), json!({})).await,
    ] {
        assert_eq!((no.no().0, no.no().1), (403, "FORBIDDEN"), "{}", no.text);
    }
    // Who runs the server hosts every party.
    let operator = Client::of(&world, &world.bot());
    assert_eq!(operator.reads(&id).await["id"], id);
    operator.delete(&format!("/{id}")).await.ok();
}

#[tokio::test]
async fn a_session_that_ends_is_good_no_more() {
    let world = World::start().await;
    let ana = Client::guest(&world, "Ana").await;
    let (id, _) = ana.makes().await;
    ana.native().delete("/api/v1/sessions/current").await;
    assert_eq!(ana.post(&format!("/{id}/end"), json!({})).await.no(), INVALID);
    assert_eq!(ana.get(&format!("/{id}")).await.no().2, "unauthorized: party is private");
}

#[tokio::test]
async fn the_path_of_the_documentation_leads_to_the_same() {
    let world = World::start().await;
    let ana = Client::guest(&world, "Ana").await;
    let body = json!({ "title": "Movie Night", "visibility": "private" });
    let made = ana.send(Method::POST, "/v1/watch-parties", |request| request.json(&body)).await.made();
    let id = made["id"].as_str().unwrap();
    let read = ana.send(Method::GET, &format!("/v1/watch-parties/{id}"), |request| request).await.ok();
    assert_eq!(read, ana.reads(id).await);
    let path = format!("/v1/users/{}/watch-party-stats", ana.id().await);
    assert_eq!(ana.send(Method::GET, &path, |request| request).await.ok()["total_parties_hosted"], 1);
}

#[tokio::test]
async fn what_there_is_not_is_told_in_the_envelope() {
    let world = World::start().await;
    let ana = Client::guest(&world, "Ana").await;
    let (id, _) = ana.makes().await;
    for base in ["/api/v1", "/v1"] {
        for (method, path) in [
            (Method::GET, "/watch-parties".to_owned()),
            (Method::GET, "/watch-parties/".to_owned()),
            (Method::PUT, format!("/watch-parties/{id}")),
            (Method::GET, format!("/watch-parties/{id}/end")),
            (Method::GET, format!("/watch-parties/{id}/nothing")),
            (Method::GET, format!("/watch-parties/{id}/participants/{id}/nothing/at/all")),
            (Method::GET, format!("/watch-parties/{id}/participants/")),
            (Method::GET, format!("/watch-parties/{id}/")),
            (Method::GET, "/watch-parties/history/of/all".to_owned()),
            (Method::GET, "/watch-parties/by-code/ABC234/more".to_owned()),
            (Method::POST, "/watch-parties/public".to_owned()),
            (Method::POST, format!("/users/{id}/watch-party-stats")),
        ] {
            let no = ana.send(method.clone(), &format!("{base}{path}"), |request| request).await;
            assert_eq!((no.no().0, no.no().1), (404, "NOT_FOUND"), "{method} {base}{path}");
        }
    }
    // What is beside it is the native API's, as ever.
    let no = ana.native().get("/api/v1/watch-party").await;
    assert_eq!(no.no().0, 404);
    let too_much = ana.post("", json!({ "title": "t", "more": "x".repeat(110_000) })).await;
    assert_eq!((too_much.no().0, too_much.no().1), (413, "INVALID_REQUEST"));
}
