//! Programs that react to what happens in rooms without a socket.

use engine::ids::{PersonId, WebhookId};
use serde_json::{Value, json};

use crate::{
    fake_receiver::FakeReceiver,
    viewer::Viewer,
    world::{Caller, PATIENCE, World, in_room},
};

/// A server that may send to a receiver, both running.
async fn both() -> (World, FakeReceiver) {
    both_with(|_| ()).await
}

async fn both_with(configure: impl FnOnce(&mut onecouch::config::Config)) -> (World, FakeReceiver) {
    let receiver = FakeReceiver::start().await;
    let world = World::start_with(|config| {
        config.resolve.allow_private.push(receiver.authority());
        configure(config);
    })
    .await;
    (world, receiver)
}

impl Caller {
    async fn makes_webhook(&self, body: Value) -> Value {
        self.post("/api/v1/webhooks", body).await.created()
    }

    async fn says(&self, room: &Value, text: &str) {
        self.post(&in_room(room, "/chat"), json!({ "text": text })).await.created();
    }

    async fn webhooks(&self) -> Vec<Value> {
        self.get("/api/v1/webhooks").await.ok().as_array().unwrap().clone()
    }

    /// Looks at the list until it is as it should be: what is written down after a delivery is told to nobody.
    async fn sees_webhooks(&self, what: &str, are_they: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let end = tokio::time::Instant::now() + PATIENCE;
        loop {
            let webhooks = self.webhooks().await;
            if are_they(&webhooks) {
                return webhooks;
            }
            assert!(tokio::time::Instant::now() < end, "never {what}: {webhooks:?}");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}

fn path_of(webhook: &Value, rest: &str) -> String {
    format!("/api/v1/webhooks/{}{rest}", webhook["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_program_hears_what_happens_signed_and_in_order() {
    let (world, mut receiver) = both().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Friday").await;
    ana.says(&room, "before").await;
    let webhook = ana.makes_webhook(json!({ "url": receiver.url("/hook"), "room": room["id"] })).await;
    let secret = webhook["secret"].as_str().unwrap();
    assert_eq!(secret.len(), 64);
    for line in ["one", "two", "three"] {
        ana.says(&room, line).await;
    }
    let (mut told, mut numbers, mut ids) = (Vec::new(), Vec::new(), Vec::new());
    while told.len() < 3 {
        let delivery = receiver.next().await;
        assert!(delivery.is_signed_with(secret) && !delivery.is_signed_with("another"));
        assert_eq!((delivery.path.as_str(), delivery.header("onecouch-event")), ("/hook", "events"));
        assert_eq!(delivery.header("content-type"), "application/json");
        assert_eq!(delivery.body["id"], delivery.header("onecouch-delivery"));
        assert_eq!((&delivery.body["webhook"], &delivery.body["room"]), (&webhook["id"], &room["id"]));
        assert_eq!(delivery.body["events"][0]["by"]["name"], "Ana");
        told.extend(delivery.told().iter().map(|(kind, text)| format!("{kind} {text}")));
        numbers.extend(delivery.numbers());
        ids.push(delivery.body["id"].clone());
    }
    assert_eq!(told, ["said one", "said two", "said three"]);
    assert!(numbers.is_sorted_by(|one, next| one + 1 == *next), "{numbers:?}");
    let sent = ids.len() as u64;
    ids.dedup();
    assert_eq!(ids.len() as u64, sent, "nothing came twice");

    let webhooks = ana.sees_webhooks("all taken", |all| all[0]["delivered"] == sent).await;
    assert_eq!((&webhooks[0]["state"], &webhooks[0]["last"]["status"]), (&json!("ok"), &json!(204)));
    assert!(webhooks[0].get("secret").is_none());
    assert_eq!(world.person("Ben").await.webhooks().await, [] as [Value; 0]);
}

#[tokio::test]
async fn what_failed_comes_again_before_anything_else() {
    let (world, mut receiver) = both().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Friday").await;
    ana.makes_webhook(json!({ "url": receiver.url("/"), "room": room["id"] })).await;
    receiver.answers(&[500]);
    ana.says(&room, "one").await;
    let first = receiver.next().await;
    ana.says(&room, "two").await;
    ana.sees_webhooks("failing", |all| all[0]["state"] == "failing" && all[0]["last"]["status"] == 500).await;
    let again = receiver.next().await;
    assert_eq!((first.told(), again.told()), (vec![("said", "one")], vec![("said", "one")]));
    assert_eq!(first.body, again.body);
    assert_eq!(receiver.next().await.told(), [("said", "two")]);
    ana.sees_webhooks("mended", |all| all[0]["state"] == "ok" && all[0]["failed"] == 1).await;
}

#[tokio::test]
async fn what_happened_while_nobody_could_tell_it_is_told_after_a_restart() {
    let (mut world, mut receiver) = both().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Friday").await;
    ana.makes_webhook(json!({ "url": receiver.url("/one"), "room": room["id"] })).await;
    ana.makes_webhook(json!({ "url": receiver.url("/all") })).await;
    ana.says(&room, "heard").await;
    ana.sees_webhooks("both taken", |all| all.iter().all(|webhook| webhook["delivered"] == 1)).await;
    receiver.rest();
    receiver.dies().await;
    ana.says(&room, "missed").await;
    let other = ana.makes_room("Saturday").await;
    world.restart().await;
    receiver.comes_back().await;

    let mut told: Vec<(String, String, String)> = Vec::new();
    while told.len() < 3 {
        let delivery = receiver.next().await;
        for (kind, text) in delivery.told() {
            let room = delivery.body["room"].as_str().unwrap();
            told.push((format!("{} {kind}", delivery.path), text.to_owned(), room.to_owned()));
        }
    }
    told.sort();
    let line = |what: &str, text: &str, room: &Value| (what.into(), text.into(), room["id"].as_str().unwrap().into());
    let known =
        [line("/all founded", "", &other), line("/all said", "missed", &room), line("/one said", "missed", &room)];
    assert_eq!(told, known);
}

#[tokio::test]
async fn who_takes_nothing_for_too_long_loses_what_came_and_hears_on() {
    let attempts = std::num::NonZeroU32::new(2).unwrap();
    let (world, mut receiver) = both_with(|config| config.webhooks.attempts = attempts).await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Friday").await;
    ana.makes_webhook(json!({ "url": receiver.url("/"), "room": room["id"] })).await;
    receiver.dies().await;
    ana.says(&room, "lost").await;
    let webhooks = ana.sees_webhooks("given up", |all| all[0]["dropped"] == 1).await;
    assert_eq!((&webhooks[0]["state"], &webhooks[0]["failed"]), (&json!("failing"), &json!(2)));
    assert_eq!(webhooks[0]["last"]["error"], "link_unreachable");
    receiver.comes_back().await;
    ana.says(&room, "heard").await;
    assert_eq!(receiver.hears_until("heard").await, ["heard"]);
    ana.sees_webhooks("mended", |all| all[0]["state"] == "ok" && all[0]["since"].is_null()).await;
}

#[tokio::test]
async fn a_slow_program_delays_no_other() {
    let (world, mut receiver) = both().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Friday").await;
    // Never answers.
    let slow = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let slow_url = format!("http://{}/", slow.local_addr().unwrap());
    assert_eq!(
        ana.post("/api/v1/webhooks", json!({ "url": slow_url })).await.no(),
        (422, "private_address".into()),
        "only what is excepted may be private"
    );
    let link = world.link("/slow");
    ana.makes_webhook(json!({ "url": link, "room": room["id"] })).await;
    ana.makes_webhook(json!({ "url": receiver.url("/"), "room": room["id"] })).await;
    for line in ["one", "two"] {
        ana.says(&room, line).await;
        assert_eq!(receiver.hears_until(line).await, [line]);
    }
}

#[tokio::test]
async fn an_address_that_is_not_public_is_refused_and_no_redirect_is_followed() {
    let (world, mut receiver) = both().await;
    let ana = world.person("Ana").await;
    for (url, status, code) in [
        ("http://127.0.0.1:1/", 422, "private_address"),
        ("http://localhost/", 422, "private_address"),
        ("http://[::1]/", 422, "private_address"),
        ("http://192.168.1.1/", 422, "private_address"),
        ("ftp://bot.example/", 400, "bad_scheme"),
        ("https://ana:secret@bot.example/", 400, "bad_input"),
        ("bot.example", 400, "bad_link"),
    ] {
        assert_eq!(ana.post("/api/v1/webhooks", json!({ "url": url })).await.no(), (status, code.into()), "{url}");
    }
    let odd = json!({ "url": receiver.url("/"), "events": ["sneezed"] });
    let answer = ana.post("/api/v1/webhooks", odd).await;
    assert_eq!(answer.no(), (400, "bad_input".into()));
    assert!(answer.text.contains("sneezed") && answer.text.contains("role_changed"), "{}", answer.text);

    let webhook = ana.makes_webhook(json!({ "url": receiver.url("/here") })).await;
    receiver.answers(&[302]);
    let answer = ana.post(&path_of(&webhook, "/test"), json!({})).await.ok();
    assert_eq!(answer, json!({ "taken": false, "status": 302, "error": null }));
    let answer = ana.post(&path_of(&webhook, "/test"), json!({})).await.ok();
    assert_eq!(answer, json!({ "taken": true, "status": 204, "error": null }));
    let pings = receiver.rest();
    assert_eq!(pings.iter().map(|ping| ping.path.as_str()).collect::<Vec<_>>(), ["/here", "/here"]);
    assert!(pings.iter().all(|ping| ping.header("onecouch-event") == "ping"));
    assert!(pings[0].is_signed_with(webhook["secret"].as_str().unwrap()));
    assert_eq!((&pings[0].body["events"], &pings[0].body["webhook"]), (&json!([]), &webhook["id"]));
    let ben = world.person("Ben").await;
    assert_eq!(ben.post(&path_of(&webhook, "/test"), json!({})).await.no(), (404, "no_such_webhook".into()));
}

#[tokio::test]
async fn one_hears_the_kinds_that_one_asked_for() {
    let (world, mut receiver) = both().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Friday").await;
    let body = json!({ "url": receiver.url("/"), "room": room["id"], "events": ["changed"] });
    ana.makes_webhook(body).await;
    for line in 0..120 {
        ana.says(&room, &line.to_string()).await;
    }
    ana.patch(&in_room(&room, ""), json!({ "title": "Saturday" })).await.ok();
    let delivery = receiver.next().await;
    assert_eq!(delivery.told(), [("changed", "")]);
    assert_eq!(receiver.rest().len(), 0);
}

#[tokio::test]
async fn a_host_hears_of_all_their_rooms_and_of_no_others() {
    let (world, mut receiver) = both().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let old = ana.makes_room("Old").await;
    ana.makes_webhook(json!({ "url": receiver.url("/") })).await;
    let theirs = ben.makes_room("Ben's").await;
    ben.says(&theirs, "not for Ana").await;
    let new = ana.makes_room("New").await;
    let founded = receiver.next().await;
    assert_eq!((founded.told()[0].0, &founded.body["room"]), ("founded", &new["id"]));
    ana.says(&old, "still here").await;
    let said = receiver.next().await;
    assert_eq!((said.told(), &said.body["room"]), (vec![("said", "still here")], &old["id"]));
}

#[tokio::test]
async fn who_is_kept_out_hears_nothing_and_who_never_was_in_makes_none() {
    let (world, mut receiver) = both().await;
    let (ana, ben, cleo) = (world.person("Ana").await, world.person("Ben").await, world.person("Cleo").await);
    let room = ana.makes_room("Friday").await;
    ben.joins(&room).await;
    let body = json!({ "url": receiver.url("/ben"), "room": room["id"] });
    assert_eq!(cleo.post("/api/v1/webhooks", body.clone()).await.no(), (403, "not_a_member".into()));
    let webhook = ben.makes_webhook(body).await;
    ana.says(&room, "for all").await;
    assert_eq!(receiver.hears_until("for all").await, ["for all"]);

    // A room bans whom it knows.
    let _watching = Viewer::open(&world, &room, &ben).await;
    let me = ben.get("/api/v1/people/me").await.ok();
    let ben_id = me["id"].as_str().unwrap();
    let ban = ana.put(&in_room(&room, &format!("/bans/{ben_id}")), json!({})).await;
    assert!(ban.status < 300, "{}", ban.text);
    ana.makes_webhook(json!({ "url": receiver.url("/ana"), "room": room["id"] })).await;
    ana.says(&room, "not for Ben").await;
    assert_eq!(receiver.hears_until("not for Ben").await, ["not for Ben"]);
    // Whatever was sent before this ping lies in front of it.
    ben.post(&path_of(&webhook, "/test"), json!({})).await.ok();
    let heard = receiver.rest();
    assert!(heard.iter().all(|delivery| delivery.path != "/ben" || delivery.told().is_empty()), "{heard:?}");
    let delivered = ben.webhooks().await[0]["delivered"].clone();
    assert_eq!(delivered, 1);
}

#[tokio::test]
async fn a_webhook_ends_with_itself_its_room_its_key_and_its_person() {
    let (world, mut receiver) = both().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Friday").await;
    let webhook = ana.makes_webhook(json!({ "url": receiver.url("/"), "room": room["id"] })).await;
    assert_eq!(ana.delete(&path_of(&webhook, "")).await.status, 204);
    assert_eq!(ana.delete(&path_of(&webhook, "")).await.no(), (404, "no_such_webhook".into()));

    ana.makes_webhook(json!({ "url": receiver.url("/room"), "room": room["id"] })).await;
    ana.makes_webhook(json!({ "url": receiver.url("/all") })).await;
    ana.says(&room, "last").await;
    assert_eq!(receiver.hears_until("last").await, ["last"]);
    let deleted = ana.delete(&in_room(&room, "")).await;
    assert!(deleted.status < 300, "{}", deleted.text);
    let left = ana.sees_webhooks("one left", |all| all.len() == 1).await;
    assert!(left[0]["url"].as_str().unwrap().ends_with("/all"));

    let key = world.bot().post("/api/v1/keys", json!({ "name": "Film bot", "scopes": ["rooms"] })).await.created();
    let bot = Caller::new(&world.url(""), key["secret"].as_str().map(ToOwned::to_owned));
    let made = bot.makes_webhook(json!({ "url": receiver.url("/bot") })).await;
    let person = PersonId(key["person"].as_str().unwrap().parse().unwrap());
    assert_eq!(world.engine().webhooks.of(person).await.unwrap().len(), 1);
    let id: WebhookId = made["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(world.bot().delete(&format!("/api/v1/keys/{}", key["id"].as_str().unwrap())).await.status, 204);
    assert!(world.engine().webhooks.get(id).await.unwrap().is_none());

    let gone = ana.send(reqwest::Method::DELETE, "/api/v1/people/me", |request| request.json(&json!({}))).await;
    assert!(gone.status < 300, "{}", gone.text);
    assert!(world.engine().webhooks.all().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_person_has_so_many_and_a_server_may_have_none() {
    let (mut world, receiver) = both_with(|config| config.webhooks.per_person = 1).await;
    let ana = world.person("Ana").await;
    let body = json!({ "url": receiver.url("/") });
    ana.makes_webhook(body.clone()).await;
    assert_eq!(ana.post("/api/v1/webhooks", body.clone()).await.no(), (409, "too_many_webhooks".into()));
    world.stop().await;

    let (world, receiver) = both_with(|config| config.webhooks.enabled = false).await;
    let ana = world.person("Ana").await;
    let body = json!({ "url": receiver.url("/") });
    assert_eq!(ana.post("/api/v1/webhooks", body).await.no(), (422, "no_webhooks".into()));
}
