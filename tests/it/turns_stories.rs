//! What is judged and then written, on two nodes of one PostgreSQL at once: as if there were one.

use std::{sync::Arc, time::Duration};

use engine::{
    Engine, Settings,
    command::Actor,
    event::Door,
    ids::{Entropy, RoomId},
    memory::MemoryBus,
    ports::{Retention, Store},
    records::{AliasKind, Answer, Key, Platform, Record},
    refusal::{Code, No},
    room::Role,
    rooms::{DialectName, Membership, NewRoom},
    table::Table,
    time::{Clock, Millis},
    uploads::{LEAST, NewUpload, OPEN},
};
use onecouch::store::PgStore;
use tokio::{task::JoinSet, time::timeout};

use crate::{
    postgres::{self, Server},
    world::PATIENCE,
};

/// How many ask each node at once.
const AT_ONCE: usize = 50;
/// How many people bring files, five each where three may be on their way.
const PEOPLE: usize = 20;
/// How many files there is space for: less than all of them may bring.
const SPACE: usize = 50;

/// One of several nodes.
#[derive(Clone)]
struct Node {
    engine: Engine,
    store: Arc<PgStore>,
}

impl Node {
    async fn open(url: &str, bus: &MemoryBus) -> Self {
        let node = Entropy.node();
        let store = Arc::new(PgStore::open_as_node(url, Retention::default(), node).await.unwrap());
        let clock = Clock::start_at(store.time().await.unwrap());
        let membership = Membership { node, slot: store.slot(), bus: Arc::new(bus.line_of_another()) };
        let mut settings = Settings::default();
        settings.uploads.enabled = true;
        settings.uploads.guests = true;
        settings.uploads.total = SPACE as u64 * LEAST;
        let table = Arc::new(Table::default());
        let engine = Engine::clustered(store.clone(), table, clock, &settings, membership);
        Self { engine, store }
    }

    async fn ends(self) {
        self.engine.rooms.shutdown().await;
        self.store.close().await;
    }
}

async fn two(server: &Server) -> [Node; 2] {
    let (url, bus) = (server.url(&server.database().await), MemoryBus::new());
    [Node::open(&url, &bus).await, Node::open(&url, &bus).await]
}

fn somebody() -> Actor {
    Actor {
        person: Entropy.person(),
        name: "Ben".into(),
        door: Door::Viewer,
        connection: None,
        granted: Some(Role::Cohost),
        registered: false,
    }
}

/// What each answered, in no order.
async fn all<T: 'static>(mut asked: JoinSet<T>) -> Vec<T> {
    let mut answers = Vec::new();
    while let Some(answer) = timeout(4 * PATIENCE, asked.join_next()).await.expect("all are answered") {
        answers.push(answer.unwrap());
    }
    answers
}

fn code<T>(answer: &Result<T, No>) -> Option<Code> {
    match answer {
        Ok(_) => None,
        Err(No::Refusal(refusal)) => Some(refusal.code),
        Err(No::Fault(fault)) => panic!("{fault}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_many_bring_files_on_two_nodes_at_once_no_more_is_promised_than_there_is() {
    let Some(server) = postgres::shared() else { return };
    let nodes = two(server).await;
    let room = nodes[0].engine.rooms.create(&somebody(), NewRoom::titled(None)).await.unwrap().id;
    nodes[1].engine.rooms.view(room).await.unwrap();
    let people: Vec<Actor> = (0..PEOPLE).map(|_| somebody()).collect();
    let mut asked = JoinSet::new();
    for number in 0..2 * AT_ONCE {
        let (engine, who) = (nodes[number % 2].engine.clone(), people[number / 2 % PEOPLE].clone());
        asked.spawn(async move {
            let id = Entropy.upload();
            let new = NewUpload { id, name: format!("{number}.mp4"), bytes: LEAST, lasting: true };
            engine.uploads.begin(room, &who, new, || u64::MAX).await
        });
    }
    let answers = all(asked).await;
    let known = [None, Some(Code::QuotaFull), Some(Code::TooManyUploads)];
    assert!(answers.iter().all(|answer| known.contains(&code(answer))));
    for who in &people {
        let own = nodes[1].engine.uploads.of(who.person).await.unwrap().len();
        assert!(own <= OPEN, "{own} of one person");
    }
    let promised = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!((promised, nodes[1].engine.uploads.all().await.unwrap().len()), (SPACE, SPACE));
    for node in nodes {
        node.ends().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_brought_on_one_node_in_the_name_of_who_is_being_deleted_on_another() {
    let Some(server) = postgres::shared() else { return };
    let nodes = two(server).await;
    let ben = somebody();
    let room = nodes[0].engine.rooms.create(&ben, NewRoom::titled(None)).await.unwrap().id;
    let brings = async |node: &Node| {
        let new = NewUpload { id: Entropy.upload(), name: "film.mp4".into(), bytes: LEAST, lasting: true };
        node.engine.uploads.begin(room, &ben, new, || u64::MAX).await
    };
    let (brought, leaving) = nodes[0].engine.uploads.leave(ben.person).await.unwrap();
    assert!(brought.is_empty());
    for node in &nodes {
        assert_eq!(code(&brings(node).await), Some(Code::BadToken));
    }
    drop(leaving);
    for node in &nodes {
        brings(node).await.unwrap();
    }
    for node in nodes {
        node.ends().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_is_taken_on_two_nodes_at_once_is_that_of_one_room() {
    let Some(server) = postgres::shared() else { return };
    let nodes = two(server).await;
    for round in 0..20 {
        let mut asked = JoinSet::new();
        for number in 0..8 {
            let engine = nodes[number % 2].engine.clone();
            let written = format!("Name{round}");
            let name = DialectName { kind: AliasKind::OpenTogetherTube, value: written.to_lowercase(), written };
            asked.spawn(async move {
                let new = NewRoom { name: Some(name), ..NewRoom::default() };
                engine.rooms.create(&somebody(), new).await.map(|view| view.id)
            });
        }
        let answers = all(asked).await;
        let made: Vec<RoomId> = answers.iter().filter_map(|answer| answer.as_ref().ok().copied()).collect();
        assert_eq!(made.len(), 1, "in round {round}");
        assert!(answers.iter().filter_map(code).all(|code| code == Code::NameTaken));
        let found = nodes[1].engine.rooms.find(AliasKind::OpenTogetherTube, &format!("name{round}")).await.unwrap();
        assert_eq!(found, Some(made[0]));
    }
    for node in nodes {
        node.ends().await;
    }
}

/// As the door of the native API does it, for each who asks this node.
async fn once(engine: &Engine, key: &str) -> Result<RoomId, No> {
    let _answering = engine.people.answering(key).await?;
    if let Some(known) = engine.people.answer(key).await? {
        return Ok(known.body.parse().unwrap());
    }
    let room = engine.rooms.create(&somebody(), NewRoom::titled(None)).await?.id;
    let expires_at = engine.clock.now().wall + Millis::seconds(60);
    let (key, request) = (key.to_owned(), String::new());
    engine.people.keep_answer(Answer { key, request, status: 201, body: room.to_string(), expires_at }).await?;
    Ok(room)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_at_two_nodes_at_once_makes_one_room() {
    let Some(server) = postgres::shared() else { return };
    let nodes = two(server).await;
    for round in 0..20 {
        let mut asked = JoinSet::new();
        for node in &nodes {
            let engine = node.engine.clone();
            asked.spawn(async move { once(&engine, &format!("key {round}")).await.unwrap() });
        }
        let rooms = all(asked).await;
        assert_eq!(rooms[0], rooms[1], "in round {round}");
    }
    assert_eq!(nodes[0].store.totals().await.unwrap().rooms, 20);
    for node in nodes {
        node.ends().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_node_had_that_died_is_free_at_once() {
    let Some(server) = postgres::shared() else { return };
    let url = server.url(&server.database().await);
    // All that it does is done by this thread, and with that it is gone.
    let thread = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (address, bus) = (url.clone(), MemoryBus::new());
    let line = bus.line_of_another();
    let opened = tokio::task::spawn_blocking(move || {
        let held = thread.block_on(async {
            let node = Node::open(&address, &line).await;
            (node.store.exclusive("uploads/0", PATIENCE).await.unwrap(), node)
        });
        (thread, held)
    });
    let (thread, held) = opened.await.unwrap();
    let node = Node::open(&url, &bus).await;
    let busy = node.store.exclusive("uploads/0", Duration::ZERO).await;
    assert_eq!(code(&busy), Some(Code::Busy));
    thread.shutdown_background();
    node.store.exclusive("uploads/0", PATIENCE).await.unwrap();
    drop(held);
    node.ends().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_changed_on_two_nodes_at_once_is_all_there() {
    let Some(server) = postgres::shared() else { return };
    let nodes = two(server).await;
    let ranks = 10;
    for node in &nodes {
        // Both remember it as it is: of which nothing is set.
        node.engine.places.community(Platform::Discord, 7).await.unwrap();
    }
    let mut asked = JoinSet::new();
    for rank in 0..2 * ranks {
        let engine = nodes[usize::try_from(rank % 2).unwrap()].engine.clone();
        asked.spawn(async move {
            engine.places.set_rank(Platform::Discord, 7, rank, Some(Role::Moderator)).await.map(drop)
        });
    }
    assert!(all(asked).await.iter().all(Result::is_ok));
    let kept = nodes[0].store.get(Key::Community(Platform::Discord, 7)).await.unwrap();
    let Some(Record::Community(community)) = kept else { panic!("{kept:?}") };
    assert_eq!(community.ranks.len(), 2 * usize::try_from(ranks).unwrap());
    for node in nodes {
        node.ends().await;
    }
}
