//! Guessing: what is long cannot be, what is short is too dear, and whoever tries hurts nobody else.

use std::collections::{BTreeMap, HashSet};

use engine::ids::Entropy;
use futures_util::StreamExt;
use onecouch::config::Limits;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    viewer::Viewer,
    world::{Answer, Caller, World, in_room},
};

/// How far the symbols of texts are from being equally frequent: about the alphabet's size where they are.
fn chi_square(texts: &[String], alphabet: usize) -> f64 {
    let mut counts = BTreeMap::new();
    for symbol in texts.iter().flat_map(|text| text.bytes()) {
        *counts.entry(symbol).or_insert(0_u32) += 1;
    }
    assert_eq!(counts.len(), alphabet, "every symbol of the alphabet comes, and no other");
    let all: u32 = counts.values().sum();
    let expected = f64::from(all) / f64::from(u32::try_from(alphabet).unwrap());
    counts.values().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum()
}

#[test]
fn what_opens_something_is_drawn_evenly_and_never_twice() {
    const MANY: usize = 200_000;
    let draw = |count: usize, make: fn() -> String| (0..count).map(|_| make()).collect::<Vec<_>>();
    let different = |texts: &[String]| texts.iter().collect::<HashSet<_>>().len();

    let invites = draw(MANY, || Entropy.invite());
    assert!(invites.iter().all(|text| text.len() == 16));
    assert_eq!(different(&invites), MANY, "16 of 62 symbols: 95 bits");
    // Of 61 degrees of freedom, 140 is beyond what chance does once in ten million runs.
    assert!(chi_square(&invites, 62) < 140.0);

    let tokens = draw(MANY / 10, || Entropy.token());
    assert!(tokens.iter().all(|text| text.len() == 64));
    assert_eq!(different(&tokens), MANY / 10);
    assert!(chi_square(&tokens, 36) < 100.0);

    // 30 bits: of so many about nineteen meet one of the others, as chance has it.
    let codes = draw(MANY, || Entropy.spoken_code());
    assert!(codes.iter().all(|text| text.len() == 6));
    let met = MANY - different(&codes);
    assert!((2..60).contains(&met), "{met} of {MANY} codes came twice");
    assert!(chi_square(&codes, 32) < 95.0);
    // And the symbols of one do not lean on each other: pairs of neighbours are even as well.
    let pairs: Vec<String> = codes.iter().map(|code| code[..2].to_owned()).collect();
    let mut counts = BTreeMap::new();
    for pair in &pairs {
        *counts.entry(pair.as_str()).or_insert(0_u32) += 1;
    }
    let expected = f64::from(u32::try_from(MANY).unwrap()) / 1024.0;
    let spread: f64 = counts.values().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
    assert!(spread < 1_300.0, "{spread}");
}

/// The usual limits, and whoever asks says which address they come from.
async fn world() -> World {
    World::start_with(|config| {
        config.http.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
        let Limits { wrong_invites, wrong_invites_of_all, .. } = Limits::default();
        config.limits.wrong_invites = wrong_invites;
        config.limits.wrong_invites_of_all = wrong_invites_of_all;
    })
    .await
}

async fn from(caller: &Caller, address: &str, method: Method, path: &str, body: &Value) -> Answer {
    caller
        .send(method, path, |request| {
            let request = request.header("x-forwarded-for", address);
            if body.is_null() { request } else { request.json(body) }
        })
        .await
}

/// A guess by one of the ways in which one can be made.
async fn guesses(eve: Caller, address: String, n: usize) -> u16 {
    let (link, code) = (Entropy.invite(), Entropy.spoken_code());
    let (method, path, body) = match n % 7 {
        0 => (Method::GET, format!("/api/v1/invites/{link}"), Value::Null),
        1 => (Method::POST, format!("/api/v1/invites/{link}/join"), json!({})),
        2 => (Method::GET, format!("/j/{link}"), Value::Null),
        3 => (Method::POST, format!("/api/v1/rooms/{code}/join"), json!({})),
        4 => (Method::GET, format!("/api/v1/rooms/{code}"), Value::Null),
        5 => (Method::GET, format!("/api/v1/watch-parties/by-code/{code}"), Value::Null),
        _ => (Method::POST, format!("/api/v1/watch-parties/{code}/join"), json!({})),
    };
    from(&eve, &address, method, &path, &body).await.status
}

/// So many guesses, twenty at a time; how often each status was the answer.
async fn many(eve: &Caller, times: usize, address: impl Fn(usize) -> String) -> BTreeMap<u16, usize> {
    let tries = futures_util::stream::iter((0..times).map(|n| guesses(eve.clone(), address(n), n)));
    tries
        .buffer_unordered(20)
        .fold(BTreeMap::new(), |mut counts, status| async move {
            *counts.entry(status).or_insert(0) += 1;
            counts
        })
        .await
}

#[tokio::test]
async fn ten_thousand_guesses_from_one_address_are_refused_and_nobody_else_is() {
    let world = world().await;
    let (ana, eve) = (world.person("Ana").await, world.person("Eve").await);
    let room = ana.makes_room("Guess me").await;
    let mut host = Viewer::open(&world, &room, &ana).await;
    let (mut refused, mut told) = (0, 0);
    for _ in 0..10 {
        let answers = many(&eve, 1_000, |_| "6.6.6.6".to_owned()).await;
        assert!(answers.keys().all(|status| [404, 429].contains(status)), "{answers:?}");
        refused += answers.get(&429).copied().unwrap_or_default();
        told += answers.get(&404).copied().unwrap_or_default();
        // The host's room goes on meanwhile.
        assert_eq!(host.says("still here").await["type"], "ack");
    }
    assert!(refused >= 9_900, "{refused} were refused, {told} were not");
    // And others come in by its link and by its code.
    for (n, name) in ["invite", "code"].into_iter().enumerate() {
        let guest = world.person("Ben").await;
        let path = format!("/api/v1/invites/{}/join", room[name].as_str().unwrap());
        let path = if name == "code" { in_room(&json!({ "id": room["code"] }), "/join") } else { path };
        let answer = from(&guest, &format!("7.7.7.{n}"), Method::POST, &path, &json!({})).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text);
    }
}

#[tokio::test]
async fn guesses_from_a_thousand_addresses_close_no_door_to_who_has_a_link() {
    let world = world().await;
    let (ana, eve) = (world.person("Ana").await, world.person("Eve").await);
    let room = ana.makes_room("Guess me").await;
    let from_then = tokio::time::Instant::now();
    let answers = many(&eve, 3_000, |n| format!("10.6.{}.{}", n / 250 % 4, n % 250)).await;
    // Links may be guessed by each address ten times; codes by all of them together six hundred times a minute.
    let refused = answers.get(&429).copied().unwrap_or_default();
    let codes = (0..3_000).filter(|n| n % 7 > 2).count();
    let allowed = 600 + usize::try_from(from_then.elapsed().as_secs() + 2).unwrap() * 10;
    assert!(refused + allowed >= codes && refused <= codes, "{answers:?}, and {allowed} of {codes} may be let through");
    assert!(answers.keys().all(|status| [404, 429].contains(status)), "{answers:?}");
    let ben = world.person("Ben").await;
    let path = format!("/api/v1/invites/{}/join", room["invite"].as_str().unwrap());
    assert_eq!(from(&ben, "7.7.7.7", Method::POST, &path, &json!({})).await.status, 200);
}

#[tokio::test]
async fn a_link_that_ended_was_taken_back_or_never_was_is_answered_alike() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Ways in").await;
    let makes = async |body: Value| {
        let made = ana.post(&in_room(&room, "/invites"), body).await.created();
        made["token"].as_str().unwrap().to_owned()
    };
    let ended = makes(json!({ "for_ms": 1_000 })).await;
    let taken_back = makes(json!({})).await;
    ana.delete(&in_room(&room, &format!("/invites/{taken_back}"))).await;
    let old = room["invite"].as_str().unwrap().to_owned();
    ana.delete(&in_room(&room, &format!("/invites/{old}"))).await;
    let eve = world.person("Eve").await;
    let is_over = async {
        while eve.get(&format!("/api/v1/invites/{ended}")).await.status == 200 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(crate::world::PATIENCE, is_over).await.unwrap();
    let none = Entropy.invite();
    let told = async |token: &str| {
        let (card, join) = (format!("/api/v1/invites/{token}"), format!("/api/v1/invites/{token}/join"));
        let (card, join) = (eve.get(&card).await, eve.post(&join, json!({})).await);
        let page = world.nobody().get(&format!("/j/{token}")).await;
        let picture = world.nobody().get(&format!("/j/{token}/card.png")).await;
        let named = world.nobody().get(&format!("/api/v1/rooms/{token}/queue")).await;
        let text = |answer: &Answer| (answer.status, answer.text.replace(token, "TOKEN"));
        [text(&card), text(&join), text(&page), text(&picture), text(&named)]
    };
    let expected = told(&none).await;
    assert_eq!(expected[0].0, 404);
    for (what, token) in [("ended", &ended), ("taken back", &taken_back), ("the room's old one", &old)] {
        assert_eq!(told(token).await, expected, "{what}");
    }
}

#[tokio::test]
async fn guesses_at_a_password_come_to_an_end_for_an_account_and_for_an_address() {
    let world = World::start_with(|config| {
        config.http.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
        config.limits.logins = onecouch::config::Rate { burst: 5, per_minute: 1 };
    })
    .await;
    let ana = world.person("Ana").await;
    let body = json!({ "username": "ana", "password": "correct horse 7" });
    ana.post("/api/v1/accounts", body).await.created();
    let eve = world.nobody();
    let tries = async |user: &str, password: &str, address: &str| {
        let body = json!({ "user": user, "password": password });
        from(&eve, address, Method::POST, "/api/v1/accounts/login", &body).await.status
    };
    // From ever other addresses, at one account.
    let mut statuses = Vec::new();
    for n in 0..8 {
        statuses.push(tries("ana", "wrong horse", &format!("6.6.6.{n}")).await);
    }
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429, 429, 429]);
    // From one address, at ever other accounts.
    let mut statuses = Vec::new();
    for n in 0..8 {
        statuses.push(tries(&format!("nobody{n}"), "wrong horse", "9.9.9.9").await);
    }
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429, 429, 429]);
    assert_eq!(ana.get("/api/v1/people/me").await.status, 200, "who is signed in stays so");
}
