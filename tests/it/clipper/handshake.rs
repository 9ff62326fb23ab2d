//! Who gets a socket, by what they show, and what is answered who gets none.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use engine::{
    command::Command,
    ids::Entropy,
    room::{Changes, Status, Visibility},
};
use reqwest::Method;
use serde_json::json;

use super::{
    client::{Client, PARTIES, Reply},
    socket_client::{Socket, actor, does, handshake, makes_party, makes_party_with, with},
};
use crate::world::{BOOTSTRAP_KEY, Caller, World};

/// A handshake that is answered by something else than a socket.
async fn knocks(world: &World, who: &Caller, path: &str, headers: &[(&str, &str)]) -> Reply {
    let upgrade = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let headers = upgrade.iter().chain(headers);
    let client = Client::of(world, who);
    client
        .send(Method::GET, path, |request| {
            headers.fold(request, |request, (name, value)| request.header(*name, *value))
        })
        .await
}

#[tokio::test]
async fn a_token_is_shown_in_three_ways_and_the_subprotocol_is_told_back() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let party = makes_party(&world, &ana).await.id;
    let token = ana.token.as_deref().unwrap();
    let socket = Socket::open(&world, party, &ana).await;
    assert_eq!(socket.protocol, None);
    // Theirs takes base64 with padding alone, which no browser can send for two of three lengths.
    for text in
        [STANDARD.encode(token), STANDARD_NO_PAD.encode(token), URL_SAFE.encode(token), URL_SAFE_NO_PAD.encode(token)]
    {
        let protocol = format!("auth.bearer.{text}");
        let request = with(handshake(&world, party), "sec-websocket-protocol", &protocol);
        assert_eq!(Socket::shakes(party, request).await.protocol, Some(protocol));
    }
    let protocol = format!("auth.bearer.{}", STANDARD_NO_PAD.encode(token));
    let several = with(handshake(&world, party), "sec-websocket-protocol", &format!("clips.v1, {protocol}"));
    assert_eq!(Socket::shakes(party, several).await.protocol, Some(protocol.clone()));
    // Where another way wins, a browser that offered it is told it all the same.
    let both = with(handshake(&world, party), "sec-websocket-protocol", &protocol);
    let both = with(both, "authorization", &format!("Bearer {BOOTSTRAP_KEY}"));
    assert_eq!(Socket::shakes(party, both).await.protocol, Some(protocol));
    let cookie = with(handshake(&world, party), "cookie", &format!("theme=dark; access_token={token}"));
    let cookie = with(cookie, "origin", &world.url(""));
    assert_eq!(Socket::shakes(party, cookie).await.protocol, None);
    // The path of its documentation is the same.
    let url = world.url(&format!("/v1/watch-parties/{party}/ws")).replacen("http", "ws", 1);
    let alias = tokio_tungstenite::tungstenite::client::IntoClientRequest::into_client_request(url).unwrap();
    Socket::shakes(party, with(alias, "authorization", &format!("Bearer {token}"))).await;
}

#[tokio::test]
async fn a_page_of_another_origin_gets_none_by_cookie() {
    let world = World::start().await;
    let (ana, nobody) = (world.person("Ana").await, world.nobody());
    let party = makes_party(&world, &ana).await.id;
    let token = ana.token.as_deref().unwrap();
    let (path, cookie) = (format!("{PARTIES}/{party}/ws"), format!("access_token={token}"));
    for headers in [&[("cookie", cookie.as_str()), ("origin", "https://evil.example")][..], &[("cookie", &cookie)]] {
        assert_eq!(knocks(&world, &nobody, &path, headers).await.no().0, 403, "{headers:?}");
    }
    // A token that a page shows by itself may come from anywhere.
    let protocol = format!("auth.bearer.{}", STANDARD_NO_PAD.encode(token));
    let elsewhere = with(handshake(&world, party), "origin", "https://clips.example");
    Socket::shakes(party, with(elsewhere, "sec-websocket-protocol", &protocol)).await;
}

#[tokio::test]
async fn who_gets_none_is_told_why_before_it_is_one() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let party = makes_party(&world, &ana).await.id;
    let path = |party: &str| format!("{PARTIES}/{party}/ws");
    let here = path(&party.to_string());
    let no = |reply: &Reply| {
        let (status, code, message) = reply.no();
        (status, code.to_owned(), message.to_owned())
    };
    let is = |status: u16, code: &str, message: &str| (status, code.to_owned(), message.to_owned());
    let missing = is(401, "UNAUTHORIZED", "Missing authentication token");
    let bad = is(401, "UNAUTHORIZED", "Invalid or expired token");
    let (nobody, forged) = (world.nobody(), Caller::new(&world.url(""), Some("x".repeat(64))));
    assert_eq!(no(&knocks(&world, &nobody, &here, &[]).await), missing);
    assert_eq!(no(&knocks(&world, &forged, &here, &[]).await), bad);
    let protocol = format!("auth.bearer.{}", STANDARD_NO_PAD.encode("x".repeat(64)));
    assert_eq!(no(&knocks(&world, &nobody, &here, &[("sec-websocket-protocol", &protocol)]).await), bad);
    let odd = [("sec-websocket-protocol", "auth.bearer.%%%")];
    assert_eq!(no(&knocks(&world, &nobody, &here, &odd).await), missing);
    // What stands in an address is read by too many.
    let query = format!("{here}?token={0}&access_token={0}", ana.token.as_deref().unwrap());
    assert_eq!(no(&knocks(&world, &nobody, &query, &[]).await), missing);

    let no_party = is(404, "NOT_FOUND", "Watch party not found or has ended");
    assert_eq!(no(&knocks(&world, &ana, &path("ABC234"), &[]).await), is(400, "INVALID_REQUEST", "Invalid party ID"));
    assert_eq!(no(&knocks(&world, &ana, &path(&Entropy.room().to_string()), &[]).await), no_party);
    let stranger = is(403, "FORBIDDEN", "Not a participant of this watch party");
    assert_eq!(no(&knocks(&world, &ben, &here, &[]).await), stranger);
    does(&world, party, &ben, Command::Join).await;
    let plain = Client::of(&world, &ben).get(&format!("/{party}/ws")).await;
    assert_eq!((plain.no().0, plain.no().1), (400, "INVALID_REQUEST"));
    drop(Socket::open(&world, party, &ben).await);
    does(&world, party, &ben, Command::Leave).await;
    // Nobody's connection is here any more when the room says so.
    let mut host = Socket::open(&world, party, &ana).await;
    while world.engine().rooms.view(party).await.unwrap().is_here(actor(&world, &ben).await.person) {
        host.asks().await;
    }
    assert_eq!(no(&knocks(&world, &ben, &here, &[]).await), stranger);

    does(&world, party, &ben, Command::Join).await;
    let person = actor(&world, &ben).await.person;
    does(&world, party, &ana, Command::Ban { person, until: None, reason: String::new() }).await;
    assert_eq!(no(&knocks(&world, &ben, &here, &[]).await), stranger);
    // A place in a party that is hidden is kept, and leads nowhere.
    let cas = world.person("Cas").await;
    does(&world, party, &cas, Command::Join).await;
    does(&world, party, &ana, Command::SetStatus { status: Status::Disabled }).await;
    assert_eq!(no(&knocks(&world, &cas, &here, &[]).await), no_party);
    does(&world, party, &ana, Command::SetStatus { status: Status::Ended }).await;
    for who in [&ana, &ben] {
        assert_eq!(no(&knocks(&world, who, &here, &[]).await), no_party);
    }
}

#[tokio::test]
async fn a_full_party_and_too_many_sockets_are_told_by_a_status() {
    let world = World::start_with(|config| config.limits.sockets_per_person = 2).await;
    let (ana, ben, cas) = (world.person("Ana").await, world.person("Ben").await, world.person("Cas").await);
    let changes = Changes { capacity: Some(Some(2)), ..Changes::default() };
    let party = makes_party_with(&world, &ana, changes).await.id;
    let path = format!("{PARTIES}/{party}/ws");
    // A co-host needs no place, but a seat.
    let cas_is = actor(&world, &cas).await;
    let mention = Command::Mention { person: cas_is.person, name: cas_is.name };
    does(&world, party, &ana, mention).await;
    let cohost = Command::SetRole { person: cas_is.person, role: engine::room::Role::Cohost };
    does(&world, party, &ana, cohost).await;
    does(&world, party, &ben, Command::Join).await;
    let reply = knocks(&world, &cas, &path, &[]).await;
    assert_eq!((reply.no().0, reply.no().1), (403, "PARTY_FULL"));

    let _two = (Socket::open(&world, party, &ana).await, Socket::open(&world, party, &ana).await);
    let reply = knocks(&world, &ana, &path, &[]).await;
    assert_eq!((reply.status, &reply.body["retry_after"]), (429, &json!(10)), "{}", reply.text);
    assert!(reply.body["error"].is_string() && reply.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn who_runs_the_party_needs_no_place_and_who_was_let_in_elsewhere_does() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let made = ana.makes_room("Elsewhere").await;
    ben.joins(&made).await;
    let party = made["id"].as_str().unwrap().parse().unwrap();
    let socket = Socket::open(&world, party, &ana).await;
    assert_eq!((&socket.sync["position"], &socket.sync["is_playing"]), (&json!(0), &json!(false)));
    Socket::open(&world, party, &world.bot()).await;
    let path = format!("{PARTIES}/{party}/ws");
    assert_eq!(knocks(&world, &ben, &path, &[]).await.no().0, 403);
    let actor = world.engine().people.by_token(ben.token.as_deref().unwrap()).await.unwrap();
    let actor = world.engine().actor(&actor, party, engine::event::Door::Clipper).await.unwrap();
    world.engine().rooms.command(party, actor, Command::Join).await.unwrap();
    Socket::open(&world, party, &ben).await;
    let view = world.engine().rooms.view(party).await.unwrap();
    assert_eq!(view.settings.visibility, Visibility::Invite);
}
