//! Who becomes another self, or leaves for good, on one node, while they are in a room on another.

use std::{sync::Arc, time::Duration};

use engine::{
    Engine, Settings,
    command::{Actor, Command},
    event::Door,
    ids::{Entropy, RoomId},
    memory::{MemoryBus, MemoryStore},
    people::NewSession,
    refusal::Code,
    room::Visibility,
    rooms::Membership,
    table::Table,
};
use tokio::time::{Instant, sleep};

use crate::{
    house::{ana, code, seen_as},
    nodes::{Cluster, until},
};

struct Node {
    engine: Engine,
    store: MemoryStore,
    bus: MemoryBus,
}

fn node(cluster: &Cluster) -> Node {
    let id = Entropy.node();
    let (store, bus) = (cluster.disk.node(id), cluster.bus.line_of_another());
    let membership = Membership { node: id, slot: store.slot(), bus: Arc::new(bus.clone()) };
    let table = Arc::new(Table::default());
    let engine = Engine::clustered(Arc::new(store.clone()), table, cluster.clock, &Settings::default(), membership);
    Node { engine, store, bus }
}

impl Node {
    /// A room of somebody else's, which nobody here was ever in.
    async fn room(&self) -> RoomId {
        self.engine.rooms.create(&ana(), seen_as(Visibility::Unlisted)).await.unwrap().id
    }

    async fn arrives(&self, room: RoomId, who: &NewSession) {
        let connection = self.engine.rooms.connection();
        let caller = self.engine.people.by_token(who.token.reveal()).await.unwrap();
        let actor = Actor { connection: Some(connection), ..caller.actor(Door::Viewer) };
        let arrive = Command::Arrive { connection, watches: true };
        self.engine.rooms.command(room, actor, arrive).await.unwrap();
    }
}

/// Three nodes that hear each other.
async fn three(cluster: &Cluster) -> [Node; 3] {
    let nodes = [node(cluster), node(cluster), node(cluster)];
    sleep(Duration::from_secs(1)).await;
    nodes
}

#[tokio::test(start_paused = true)]
async fn who_turns_out_to_be_banned_is_out_of_rooms_on_all_nodes() {
    let cluster = Cluster::new();
    let [one, two, three] = three(&cluster).await;
    let (phone, desk) =
        (two.engine.people.guest("Phone").await.unwrap(), one.engine.people.guest("Desk").await.unwrap());
    // One has the room that two follows, and three the other one.
    let rooms = [one.room().await, three.room().await];
    for room in rooms {
        two.arrives(room, &desk).await;
        let (person, reason) = (desk.person.id, String::new());
        let ban = Command::Ban { person, until: None, reason };
        two.engine.rooms.command(room, ana(), ban).await.unwrap();
        two.arrives(room, &phone).await;
    }
    let made = one.engine.people.link_code(desk.person.id).await.unwrap();
    let linked = three.engine.link(phone.person.id, made.code.reveal(), "203.0.113.7").await.unwrap();
    assert_eq!((linked.person.id, linked.gone), (desk.person.id, phone.person.id));
    for room in rooms {
        until("they are out", async || !two.engine.rooms.view(room).await.unwrap().is_here(phone.person.id)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn who_leaves_for_good_on_one_node_is_forgotten_by_the_rooms_of_all() {
    let cluster = Cluster::new();
    let [one, two, three] = three(&cluster).await;
    let eve = two.engine.people.guest("Eve").await.unwrap();
    let room = three.room().await;
    two.arrives(room, &eve).await;
    assert!(three.engine.rooms.view(room).await.unwrap().is_here(eve.person.id));
    one.engine.leave(eve.person.id).await.unwrap();
    let view = three.engine.rooms.view(room).await.unwrap();
    assert!(!view.is_here(eve.person.id), "{:?}", view.presence);
}

#[tokio::test(start_paused = true)]
async fn who_cannot_be_asked_after_leaves_nowhere_until_they_can() {
    let cluster = Cluster::new();
    let [one, two, three] = three(&cluster).await;
    let eve = two.engine.people.guest("Eve").await.unwrap();
    let room = three.room().await;
    two.arrives(room, &eve).await;
    one.bus.cut(true);
    assert_eq!(code(one.engine.leave(eve.person.id).await), Code::Busy);
    assert!(one.engine.people.by_token(eve.token.reveal()).await.is_ok(), "they may ask again");
    one.bus.cut(false);
    // A node that is gone is waited for as little as there is of it.
    three.store.cut(true);
    three.bus.end();
    sleep(Duration::from_secs(20)).await;
    let asked = Instant::now();
    one.engine.leave(eve.person.id).await.unwrap();
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    assert!(!two.engine.rooms.view(room).await.unwrap().is_here(eve.person.id));
}
