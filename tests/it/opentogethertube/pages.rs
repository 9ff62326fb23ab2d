//! Its addresses of rooms, as people have them in old messages.

use reqwest::{Method, header};
use serde_json::json;

use super::client::Client;
use crate::world::World;

/// Where an address leads: another one, or the page itself.
async fn leads(client: &Client, path: &str) -> Option<String> {
    let reply = client.get(path).await;
    let to = reply.headers.get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
    assert_eq!(reply.status, if to.is_some() { 307 } else { 200 }, "{path}: {}", reply.text);
    to
}

#[tokio::test]
async fn each_address_of_a_room_leads_to_its_page() {
    let world = World::start().await;
    let (nobody, ana) = (Client::nobody(&world), Client::guest(&world, "Ana").await);
    ana.makes("Film-Night").await;
    let id = ana.native(&world, "film-night").await["id"].as_str().unwrap().to_owned();
    for path in ["/room/Film-Night", "/room/film-night", "/rooms/FILM-NIGHT", "/r/film-night"] {
        assert_eq!(leads(&nobody, path).await, Some(format!("/r/{id}")), "{path}");
    }
    for path in ["/room", "/rooms"] {
        assert_eq!(leads(&nobody, &format!("{path}/{id}")).await, Some(format!("/r/{id}")));
    }
    assert_eq!(leads(&nobody, &format!("/r/{id}")).await, None);
}

#[tokio::test]
async fn a_hidden_room_and_none_look_alike_but_to_who_may_come_in() {
    let world = World::start().await;
    let person = world.person("Ana").await;
    let (nobody, ana, eve) = (Client::nobody(&world), Client::of(&world, &person), Client::guest(&world, "Eve").await);
    ana.post("/api/room/create", json!({ "name": "secret", "visibility": "private" })).await.made();
    for client in [&nobody, &eve] {
        for path in ["/room", "/rooms"] {
            assert_eq!(leads(client, &format!("{path}/secret")).await, Some("/r/secret".to_owned()));
            assert_eq!(leads(client, &format!("{path}/nosuch")).await, Some("/r/nosuch".to_owned()));
            assert_eq!(leads(client, &format!("{path}/a%20b%2F..%2F")).await, Some("/r/a%20b%2F%2E%2E%2F".to_owned()));
        }
        let (hidden, none) = (client.get("/r/secret").await, client.get("/r/nosuch").await);
        assert_eq!((hidden.status, hidden.text), (none.status, none.text.replace("nosuch", "secret")));
    }
    let cookie = format!("onecouch={}", ana.token.clone().unwrap());
    let with = nobody.send(Method::GET, "/room/secret", |request| request.header(header::COOKIE, cookie)).await;
    let id = with.headers[header::LOCATION].to_str().unwrap().trim_start_matches("/r/");
    assert_eq!(id.len(), 36, "{id}");
}
