//! Whole servers that are one together: the same rooms, people, bots and webhooks on each, over a real PostgreSQL and a real NATS.

use std::time::Duration;

use onecouch::{
    config::{Config, Secret},
    host::Host,
};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    fake_receiver::FakeReceiver,
    fake_telegram::{FakeTelegram, TOKEN},
    nats::Nats,
    postgres::{self, Server},
    telegram_stories::{ANA, BEN, club},
    viewer::Viewer,
    world::{Caller, PATIENCE, World, in_room},
};

/// Where people reach all nodes, and Telegram brings updates.
const PUBLIC: &str = "https://couch.example";
/// How long something may take that nobody is told of.
const SOON: Duration = Duration::from_secs(20);

/// What nodes share.
struct House {
    server: &'static Server,
    database: String,
    nats: Nats,
}

impl House {
    async fn open() -> Option<Self> {
        let server = postgres::shared()?;
        Some(Self { server, database: server.database().await, nats: Nats::start().await? })
    }

    fn configure(&self, config: &mut Config, name: &str) {
        config.database.url = self.server.url(&self.database);
        config.http.public_url = Some(PUBLIC.parse().unwrap());
        config.cluster.nats_url = Some(Secret::new(self.nats.url()));
        config.cluster.node_url = Some(format!("http://{name}.example:8080").parse().unwrap());
    }

    async fn node(&self, name: &str) -> World {
        self.node_with(name, |_| ()).await
    }

    async fn node_with(&self, name: &str, configure: impl FnOnce(&mut Config)) -> World {
        World::start_with(|config| {
            self.configure(config, name);
            configure(config);
        })
        .await
    }
}

/// The same caller at another node.
fn at(world: &World, caller: &Caller) -> Caller {
    Caller::new(&world.url(""), caller.token.clone())
}

async fn parts(world: &World) -> Value {
    world.bot().get("/api/v1/admin/overview").await.ok()
}

/// How a part of a node is.
async fn part(world: &World, name: &str) -> String {
    let overview = parts(world).await;
    let part = overview["parts"].as_array().unwrap().iter().find(|part| part["name"] == name).unwrap();
    part["state"].as_str().unwrap().to_owned()
}

async fn until(what: &str, so: impl AsyncFn() -> bool) {
    let wait = async {
        while !so().await {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(SOON, wait).await.unwrap_or_else(|_| panic!("it never came about that {what}"));
}

#[tokio::test]
async fn people_meet_in_a_room_whichever_node_they_come_to() {
    let Some(house) = House::open().await else { return };
    let (mut one, mut two) = (house.node("one").await, house.node("two").await);
    let ana = one.person("Ana").await;
    let room = ana.makes_room("Everywhere").await;
    assert!(room["invite_url"].as_str().unwrap_or(PUBLIC).starts_with(PUBLIC), "{room}");
    // Who got a session at one node has it at the other.
    let ana_there = at(&two, &ana);
    assert_eq!(ana_there.get(&in_room(&room, "")).await.ok()["title"], "Everywhere");
    let ben = two.person("Ben").await;
    ben.joins(&room).await;
    let mut bens = Viewer::open(&two, &room, &ben).await;
    let mut anas = Viewer::open(&one, &room, &ana).await;
    anas.says("from one").await;
    assert_eq!(bens.hears("said").await["text"], "from one");
    bens.says("from two").await;
    assert_eq!(anas.hears("said").await["text"], "from one");
    assert_eq!(anas.hears("said").await["text"], "from two");
    // What who runs the server says is heard on all nodes, said on any.
    two.bot().post("/api/v1/announcements", json!({ "text": "Back in five minutes." })).await;
    for viewer in [&mut anas, &mut bens] {
        assert_eq!(
            viewer.hears_any("announcement", |frame| frame["type"] == "announcement").await["text"],
            "Back in five minutes."
        );
    }
    // The node that has the room ends: the other goes on with it.
    one.stop().await;
    until("two has the room", async || {
        ben.post(&in_room(&room, "/chat"), json!({ "text": "still here" })).await.status == 201
    })
    .await;
    two.stop().await;
}

#[tokio::test]
async fn who_is_kept_out_at_one_node_is_out_of_all() {
    let Some(house) = House::open().await else { return };
    let proxied = |config: &mut Config| config.http.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    let (one, two) = (house.node_with("one", proxied).await, house.node_with("two", proxied).await);
    let ana = one.person("Ana").await;
    let room = ana.makes_room("Friday").await;
    let mut eve = Viewer::open_from(&two, &room, &at(&two, &ana), "203.0.113.7").await.unwrap();
    one.bot().post("/api/v1/admin/bans", json!({ "network": "203.0.113.0/24" })).await.created();
    eve.is_closed().await;
    assert!(Viewer::open_from(&two, &room, &at(&two, &ana), "203.0.113.9").await.is_none());
}

#[tokio::test]
async fn a_webhook_hears_of_rooms_of_all_nodes_and_of_each_thing_once() {
    let Some(house) = House::open().await else { return };
    let mut receiver = FakeReceiver::start().await;
    let allowed = |config: &mut Config| config.resolve.allow_private.push(receiver.authority());
    let mut one = house.node_with("one", allowed).await;
    let mut two = house.node_with("two", allowed).await;
    until("one delivers", async || part(&one, "webhooks").await == "ok").await;
    // Whoever delivers, of these two rooms one is another node's.
    let ana = one.person("Ana").await;
    let ana_there = at(&two, &ana);
    let (here, there) = (ana.makes_room("Here").await, ana_there.makes_room("There").await);
    for room in [&here, &there] {
        let body = json!({ "url": receiver.url("/hook"), "room": room["id"] });
        ana_there.post("/api/v1/webhooks", body).await.created();
    }
    let says = async |caller: &Caller, room: &Value, text: &str| {
        caller.post(&in_room(room, "/chat"), json!({ "text": text })).await.created();
    };
    let mut told: Vec<(Value, String)> = Vec::new();
    let mut hears = async |count: usize| {
        while told.len() < count {
            let delivery = receiver.next().await;
            told.extend(delivery.told().into_iter().map(|(_, text)| (delivery.body["room"].clone(), text.to_owned())));
        }
        std::mem::take(&mut told)
    };
    for round in 0..5 {
        let text = format!("line {round}");
        says(&ana, &here, &text).await;
        says(&ana_there, &there, &text).await;
        let mut both = hears(2).await;
        both.sort_by_key(|(room, _)| *room != here["id"]);
        assert_eq!(both, [(here["id"].clone(), text.clone()), (there["id"].clone(), text)]);
    }
    // What is written down after a delivery is told to nobody.
    until("all is written down", async || {
        let webhooks = ana_there.get("/api/v1/webhooks").await.ok();
        webhooks.as_array().unwrap().iter().all(|webhook| webhook["delivered"] == 5)
    })
    .await;
    // Where the node ends that delivers, the other does.
    one.stop().await;
    until("the other has the rooms", async || {
        ana_there.post(&in_room(&here, "/chat"), json!({ "text": "after" })).await.status == 201
    })
    .await;
    assert_eq!(hears(1).await, [(here["id"].clone(), "after".to_owned())]);
    two.stop().await;
}

#[tokio::test]
async fn a_bot_is_on_one_node_and_is_reached_through_any() {
    let Some(house) = House::open().await else { return };
    let telegram = FakeTelegram::start().await;
    let api = telegram.url.clone();
    let bot = |config: &mut Config| {
        config.telegram.token = Some(Secret::new(TOKEN));
        config.telegram.api_url = Some(api.clone());
        config.telegram.webhook_url = Some(format!("{PUBLIC}/telegram/webhook").parse().unwrap());
    };
    let mut one = house.node_with("one", bot).await;
    until("one has the bot", async || part(&one, "telegram").await == "ok").await;
    let mut two = house.node_with("two", bot).await;
    until("two knows that", async || part(&two, "telegram").await == "elsewhere").await;
    telegram.webhook().await;
    // Both tell people where the bot is.
    until("two knows the bot", async || two.nobody().get("/api/v1/about").await.ok()["telegram"].is_string()).await;
    for node in [&one, &two] {
        telegram.routes(PUBLIC, &node.url(""));
        assert!(telegram.hears(&club(), &ANA, "/help").await.contains("/watch"));
    }
    let secret = telegram.state().secret.clone();
    one.stop().await;
    until("two has the bot", async || part(&two, "telegram").await == "ok").await;
    assert_eq!(telegram.state().secret, secret, "what Telegram shows is good at each node");
    telegram.hears(&club(), &BEN, "/help").await;
    two.stop().await;
}

/// Why a server does not start.
async fn refused(config: &Config) -> String {
    match Host::start(config).await {
        Ok(_) => panic!("it started"),
        Err(error) => format!("{error:#}"),
    }
}

#[tokio::test]
async fn what_is_set_wrongly_is_said_at_the_start() {
    let Some(house) = House::open().await else { return };
    let other_bus = Nats::start().await.unwrap();
    let mut one = house.node("one").await;
    let with = |configure: &dyn Fn(&mut Config)| {
        let mut config = one.config.clone();
        config.http.listen = "127.0.0.1:0".parse().unwrap();
        config.cluster.node_url = Some("http://two.example:8080".parse().unwrap());
        configure(&mut config);
        config
    };
    let from = Instant::now();
    let said = refused(&with(&|config| config.cluster.nats_url = Some(Secret::new(other_bus.url())))).await;
    assert!(
        said.contains("the node at http://one.example:8080/ has the same database and is not heard on the bus"),
        "{said}"
    );
    assert!(from.elapsed() < 3 * PATIENCE);
    let said = refused(&with(&|config| config.cluster.node_url = one.config.cluster.node_url.clone())).await;
    assert!(said.contains("another node that runs says that it is at http://one.example:8080/"), "{said}");
    let said = refused(&with(&|config| config.cluster = onecouch::config::Cluster::default())).await;
    assert!(said.contains("is in use by") && said.contains("SCALING.md"), "{said}");
    let said =
        refused(&with(&|config| config.cluster.nats_url = Some(Secret::new("nats://name:secret@127.0.0.1:9")))).await;
    assert!(said.contains("cannot be reached") && !said.contains("secret"), "{said}");
    // None of them was in the way of who comes next.
    let mut two = house.node("two").await;
    one.stop().await;
    two.stop().await;
}

#[tokio::test]
async fn a_node_that_died_does_not_keep_the_next_from_starting() {
    let Some(house) = House::open().await else { return };
    let mut one = house.node("one").await;
    // As one that was killed leaves it.
    let died = "INSERT INTO runs (node, url, lease_until) VALUES (gen_random_uuid(), 'http://dead.example/', now() + interval '1 hour')";
    house.server.does(&house.database, died).await;
    let from = Instant::now();
    let mut two = house.node("two").await;
    assert!(from.elapsed() < PATIENCE, "{:?}", from.elapsed());
    one.stop().await;
    two.stop().await;
}
