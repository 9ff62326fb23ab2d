//! Three nodes that share a real PostgreSQL and a real NATS: who has a room, who follows it, and what breaks.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use engine::{
    command::{Actor, Command},
    event::{Door, EventKind},
    ids::{ConnectionId, Entropy, RoomId},
    ports::{Retention, Store},
    refusal::{Code, No},
    room::Visibility,
    rooms::{Done, Heard, Membership, NewRoom, Rooms, RoomsSettings},
    time::Clock,
};
use onecouch::{bus::NatsBus, store::PgStore};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    nats::Nats,
    postgres::{self, Server},
    world::PATIENCE,
};

/// How long a room may be without an owner after the last one died.
const TAKE_OVER: Duration = Duration::from_secs(15);

/// Both servers, and a database.
struct House {
    server: &'static Server,
    database: String,
    nats: Nats,
}

/// One of several nodes.
struct Node {
    rooms: Rooms,
    store: Arc<PgStore>,
    bus: NatsBus,
}

impl House {
    async fn open() -> Option<Self> {
        let server = postgres::shared()?;
        let nats = Nats::start().await?;
        Some(Self { server, database: server.database().await, nats })
    }

    async fn node(&self) -> Node {
        Node::open(&self.server.url(&self.database), &self.nats.url()).await
    }
}

impl Node {
    async fn open(database: &str, nats: &str) -> Self {
        let node = Entropy.node();
        let store = PgStore::open_as_node(database, Retention::default(), node).await.unwrap();
        let bus = NatsBus::connect(nats, "house", &node.to_string()).await.unwrap();
        let clock = Clock::start_at(store.time().await.unwrap());
        let membership = Membership { node, slot: store.slot(), bus: Arc::new(bus.clone()) };
        let store = Arc::new(store);
        let rooms = Rooms::clustered(store.clone(), clock, RoomsSettings::default(), membership);
        Self { rooms, store, bus }
    }

    async fn room(&self, host: &Actor) -> RoomId {
        let mut new = NewRoom::titled(Some("Everywhere".into()));
        new.changes.visibility = Some(Visibility::Public);
        self.rooms.create(host, new).await.unwrap().id
    }

    async fn says(&self, room: RoomId, who: &Actor, text: &str) -> Result<Done, No> {
        let id = Entropy.message();
        self.rooms.command(room, who.clone(), Command::Say { id, text: text.to_owned() }).await
    }

    /// Says it until it is said.
    async fn says_at_last(&self, room: RoomId, who: &Actor, text: &str) -> Done {
        let said = async {
            loop {
                match self.says(room, who, text).await {
                    Ok(done) => return done,
                    Err(No::Refusal(refusal))
                        if matches!(refusal.code, Code::Busy | Code::MaybeDone | Code::NotStored) => {}
                    Err(no) => panic!("{no:?}"),
                }
                sleep(Duration::from_millis(100)).await;
            }
        };
        timeout(2 * TAKE_OVER, said).await.expect("it was never said")
    }

    async fn arrives(&self, room: RoomId, who: &Actor) -> ConnectionId {
        let connection = self.rooms.connection();
        let who = Actor { connection: Some(connection), ..who.clone() };
        let arrive = Command::Arrive { connection, watches: true };
        self.rooms.command(room, who, arrive).await.unwrap();
        connection
    }

    /// What is heard of a room from now on.
    async fn hears(&self, room: RoomId) -> Arc<Mutex<Vec<Arc<Heard>>>> {
        let mut listening = self.rooms.listen(room).await.unwrap();
        let heard: Arc<Mutex<Vec<Arc<Heard>>>> = Arc::default();
        let all = heard.clone();
        tokio::spawn(async move {
            while let Some(turn) = listening.heard.recv().await {
                all.lock().unwrap().push(turn);
            }
        });
        heard
    }

    async fn ends(&self) {
        self.rooms.shutdown().await;
        self.bus.flush().await;
        self.store.close().await;
    }
}

fn person(name: &str) -> Actor {
    Actor {
        person: Entropy.person(),
        name: name.into(),
        door: Door::Viewer,
        connection: None,
        granted: None,
        registered: false,
    }
}

/// Lines that were heard, in order.
fn lines(heard: &Mutex<Vec<Arc<Heard>>>) -> Vec<String> {
    let heard = heard.lock().unwrap();
    let events = heard.iter().flat_map(|turn| &turn.events);
    let line = |kind: &EventKind| if let EventKind::Said(line) = kind { Some(line.text.to_string()) } else { None };
    events.filter_map(|event| line(&event.kind)).collect()
}

/// Waits until something is so; nobody tells of it.
async fn until(what: &str, so: impl AsyncFn() -> bool) {
    let wait = async {
        while !so().await {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(4 * PATIENCE, wait).await.unwrap_or_else(|_| panic!("it never came about that {what}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_speaks_on_whichever_node_is_heard_once_on_all() {
    let Some(house) = House::open().await else { return };
    let nodes = [house.node().await, house.node().await, house.node().await];
    let ana = person("Ana");
    let room = nodes[0].room(&ana).await;
    let mut heard = Vec::new();
    let mut connections = Vec::new();
    for node in &nodes {
        connections.push(node.arrives(room, &person("Ben")).await);
        heard.push(node.hears(room).await);
    }
    let mut said = Vec::new();
    for round in 0..30 {
        let text = format!("line {round}");
        let done = nodes[round % 3].says(room, &ana, &text).await.unwrap();
        assert!(done.view.chat.iter().any(|event| event.seq == done.events[0].seq), "who spoke sees it");
        said.push(text);
    }
    for (node, heard) in nodes.iter().zip(&heard) {
        until("all is heard", async || lines(heard).len() >= said.len()).await;
        assert_eq!(lines(heard), said, "each once, in order");
        let view = node.rooms.view(room).await.unwrap();
        assert!(connections.iter().all(|connection| view.presence.contains_key(connection)));
    }
    let chat = nodes[2].store.chat(room, None, 100).await.unwrap();
    assert_eq!(chat.len(), said.len(), "stored once");
    for node in &nodes {
        node.ends().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_ends_hands_its_rooms_over_and_nobody_waits() {
    let Some(house) = House::open().await else { return };
    let (one, two) = (house.node().await, house.node().await);
    let ana = person("Ana");
    let room = one.room(&ana).await;
    two.arrives(room, &person("Ben")).await;
    two.says(room, &ana, "before").await.unwrap();
    let from = Instant::now();
    let ((), done) = tokio::join!(one.ends(), two.says_at_last(room, &ana, "after"));
    assert!(from.elapsed() < TAKE_OVER / 3, "{:?}", from.elapsed());
    assert_eq!(done.view.epoch, 2, "it is another node's");
    let alone = house.node().await;
    assert_eq!(alone.rooms.view(room).await.unwrap().seq, done.view.seq);
    two.ends().await;
    alone.ends().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_a_node_dies_without_a_word_another_has_its_rooms_within_fifteen_seconds() {
    let Some(house) = House::open().await else { return };
    // All that it does is done by these threads, and with them it is gone.
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (url, nats) = (house.server.url(&house.database), house.nats.url());
    let opened = tokio::task::spawn_blocking(move || {
        let one = threads.block_on(Node::open(&url, &nats));
        (threads, one)
    });
    let (threads, one) = opened.await.unwrap();
    let (two, three) = (house.node().await, house.node().await);
    let ana = person("Ana");
    let room = one.room(&ana).await;
    let dead = one.arrives(room, &person("Eve")).await;
    let ben = two.arrives(room, &person("Ben")).await;
    let heard = two.hears(room).await;
    one.says(room, &ana, "last words").await.unwrap();
    three.says(room, &ana, "heard").await.unwrap();
    threads.shutdown_background();
    drop(one);
    let died = Instant::now();
    let done = two.says_at_last(room, &ana, "still here").await;
    println!("a room had no owner for {:?}", died.elapsed());
    assert!(died.elapsed() < TAKE_OVER, "{:?}", died.elapsed());
    assert_eq!(done.view.epoch, 2);
    three.says_at_last(room, &ana, "me too").await;
    until("all is heard", async || lines(&heard).last().is_some_and(|last| last == "me too")).await;
    assert_eq!(lines(&heard), ["last words", "heard", "still here", "me too"]);
    let chat = two.store.chat(room, None, 100).await.unwrap();
    assert_eq!(chat.len(), 4, "nothing is lost, nothing is stored twice");
    until("who was there is gone", async || {
        let view = three.rooms.view(room).await.unwrap();
        !view.presence.contains_key(&dead) && view.presence.contains_key(&ben)
    })
    .await;
    two.ends().await;
    three.ends().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bus_that_is_away_stops_no_film_and_what_was_missed_is_fetched() {
    let Some(mut house) = House::open().await else { return };
    let (one, two) = (house.node().await, house.node().await);
    let ana = person("Ana");
    let room = one.room(&ana).await;
    two.arrives(room, &person("Ben")).await;
    let heard = two.hears(room).await;
    two.says(room, &ana, "before").await.unwrap();
    house.nats.dies().await;
    until("the bus is away", async || !engine::ports::Bus::line(&two.bus).borrow().up).await;
    one.says(room, &ana, "here alone").await.unwrap();
    let no = two.says(room, &ana, "nobody hears").await.unwrap_err();
    assert!(matches!(&no, No::Refusal(refusal) if refusal.code == Code::Busy), "{no:?}");
    assert_eq!(lines(&heard), ["before"]);
    house.nats.comes_back().await;
    let done = two.says_at_last(room, &ana, "back").await;
    assert_eq!(done.view.epoch, 1, "it is still the same node's");
    until("it was fetched", async || lines(&heard).contains(&"back".to_owned())).await;
    assert_eq!(lines(&heard), ["before", "here alone", "back"]);
    one.ends().await;
    two.ends().await;
}
