//! Several nodes in one process: each with its own end of a store in memory and its own line to a bus.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use engine::{
    command::{Actor, Command},
    ids::{ConnectionId, Entropy, RoomId},
    memory::{MemoryBus, MemoryStore},
    ports::{Bus, Store},
    refusal::{Code, No},
    room::{RoomView, Visibility},
    rooms::{Done, Listening, Membership, Rooms, RoomsSettings},
    time::{Clock, WallTime},
};
use futures_util::StreamExt;
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{sleep, timeout},
};

use crate::house::{TestStore, ana, seen_as};

/// All nodes.
pub struct Cluster {
    pub disk: MemoryStore,
    pub bus: MemoryBus,
    pub clock: Clock,
    settings: RoomsSettings,
}

/// One of them.
pub struct Node {
    pub rooms: Rooms,
    pub store: TestStore,
    pub bus: MemoryBus,
    dead: AtomicBool,
}

impl Cluster {
    pub fn new() -> Self {
        Self::with(RoomsSettings::default())
    }

    pub fn with(settings: RoomsSettings) -> Self {
        let clock = Clock::start_at(WallTime(1_790_000_000_000));
        Self { disk: MemoryStore::new(), bus: MemoryBus::new(), clock, settings }
    }

    pub fn node(&self) -> Node {
        let id = Entropy.node();
        let inner = self.disk.node(id);
        let bus = self.bus.line_of_another();
        let membership = Membership { node: id, slot: inner.slot(), bus: Arc::new(bus.clone()) };
        let store = TestStore::on(inner);
        let rooms = Rooms::clustered(Arc::new(store.clone()), self.clock, self.settings, membership);
        Node { rooms, store, bus, dead: AtomicBool::new(false) }
    }

    pub fn three(&self) -> [Node; 3] {
        [self.node(), self.node(), self.node()]
    }

    /// Which nodes told of a room, by the epoch that they told of.
    pub fn owners(&self, room: RoomId) -> watch::Receiver<BTreeMap<u64, BTreeSet<String>>> {
        let (sender, owners) = watch::channel(BTreeMap::<u64, BTreeSet<String>>::new());
        let bus = self.bus.clone();
        tokio::spawn(async move {
            let mut told = bus.hear(&format!("onecouch.room.{room}")).await.unwrap();
            while let Some(letter) = told.next().await {
                let told: serde_json::Value = serde_json::from_slice(&letter.body).unwrap();
                let (epoch, node) = (told["epoch"].as_u64().unwrap(), told["node"].as_str().unwrap().to_owned());
                sender.send_modify(|owners| {
                    owners.entry(epoch).or_default().insert(node);
                });
            }
        });
        owners
    }
}

impl Node {
    /// A room of ana's on this node.
    pub async fn room(&self) -> RoomId {
        self.rooms.create(&ana(), seen_as(Visibility::Unlisted)).await.unwrap().id
    }

    pub async fn ask(&self, room: RoomId, actor: &Actor, command: impl Into<Command>) -> Result<Done, No> {
        self.rooms.command(room, actor.clone(), command.into()).await
    }

    pub async fn view(&self, room: RoomId) -> Arc<RoomView> {
        self.rooms.view(room).await.unwrap()
    }

    pub async fn listen(&self, room: RoomId) -> Listening {
        self.rooms.listen(room).await.unwrap()
    }

    /// Somebody opens the room in a browser, on this node.
    pub async fn arrives(&self, room: RoomId, actor: &Actor) -> (ConnectionId, Actor) {
        let connection = self.rooms.connection();
        let actor = Actor { connection: Some(connection), ..actor.clone() };
        self.ask(room, &actor, Command::Arrive { connection, watches: true }).await.unwrap();
        (connection, actor)
    }

    /// It dies: nothing that it still does reaches anybody.
    pub fn dies(&self) -> JoinHandle<()> {
        self.dead.store(true, Relaxed);
        self.bus.end();
        self.store.inner.cut(true);
        let rooms = self.rooms.clone();
        tokio::spawn(async move { rooms.shutdown().await })
    }

    pub fn is_dead(&self) -> bool {
        self.dead.load(Relaxed)
    }

    /// Asks until it is done; how often that was refused.
    pub async fn asks_until_done(&self, room: RoomId, actor: &Actor, command: &Command) -> (usize, Done) {
        let mut refused = 0;
        loop {
            match self.ask(room, actor, command.clone()).await {
                Ok(done) => return (refused, done),
                Err(No::Refusal(no)) if matches!(no.code, Code::Busy | Code::MaybeDone | Code::NotStored) => {
                    refused += 1;
                }
                Err(no) => panic!("{no:?}"),
            }
            sleep(Duration::from_millis(100)).await;
        }
    }
}

/// Waits until something is so, for a minute at most.
pub async fn until(what: &str, so: impl AsyncFn() -> bool) {
    let wait = async {
        while !so().await {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(60), wait).await.unwrap_or_else(|_| panic!("it never came about that {what}"));
}

/// Whether two nodes see the same room.
pub fn agree(one: &RoomView, other: &RoomView) -> bool {
    one == other
}

/// How many lines the journal has with these words.
pub async fn lines(store: &dyn Store, room: RoomId, text: &str) -> usize {
    let all = store.chat(room, None, 10_000).await.unwrap();
    all.iter().filter(|event| crate::house::said(event) == Some(text)).count()
}
