//! What who runs the server sees of rooms, whichever node they ask.

use std::{sync::Arc, time::Duration};

use engine::{
    Engine, Settings,
    command::{Actor, Command},
    ids::{Entropy, RoomId},
    memory::MemoryBus,
    refusal::No,
    room::Visibility,
    rooms::{Membership, NewRoom},
    survey::Which,
    table::Table,
};
use tokio::time::{Instant, sleep};

use crate::{
    house::{ana, ben, clip, seen_as},
    nodes::Cluster,
};

struct Node {
    engine: Engine,
    bus: MemoryBus,
}

fn node(cluster: &Cluster) -> Node {
    let id = Entropy.node();
    let (store, bus) = (cluster.disk.node(id), cluster.bus.line_of_another());
    let membership = Membership { node: id, slot: store.slot(), bus: Arc::new(bus.clone()) };
    let table = Arc::new(Table::default());
    let engine = Engine::clustered(Arc::new(store), table, cluster.clock, &Settings::default(), membership);
    Node { engine, bus }
}

impl Node {
    async fn room(&self, title: &str) -> RoomId {
        let mut new: NewRoom = seen_as(Visibility::Unlisted);
        new.changes.title = Some(title.into());
        self.engine.rooms.create(&ana(), new).await.unwrap().id
    }

    /// What is listed: how many people are there, and whether it plays; none where it is asleep.
    async fn lists(&self, search: &str, which: Which, before: Option<RoomId>, limit: usize) -> Vec<Listed> {
        let listed = self.engine.survey_rooms(search, which, before, limit).await.unwrap();
        listed.into_iter().map(|room| (room.head.id, room.awake.map(|now| (now.people, now.playing)))).collect()
    }
}

type Listed = (RoomId, Option<(usize, bool)>);

#[tokio::test(start_paused = true)]
async fn rooms_that_are_in_memory_on_other_nodes_are_listed_as_they_are_there() -> Result<(), No> {
    let cluster = Cluster::new();
    let [one, two, three] = [node(&cluster), node(&cluster), node(&cluster)];
    sleep(Duration::from_secs(1)).await;
    let (first, second, third) = (one.room("First film").await, two.room("Second film").await, two.room("Quiz").await);
    let connection = two.engine.rooms.connection();
    let ben = Actor { connection: Some(connection), ..ben() };
    two.engine.rooms.command(second, ben, Command::Arrive { connection, watches: true }).await?;
    two.engine.rooms.command(second, ana(), clip("film")).await?;
    // Two nodes know it: it is one all the same.
    one.engine.rooms.view(second).await?;
    let (idle, busy) = (Some((0, false)), Some((1, true)));
    for node in [&one, &two, &three] {
        let all = [(third, idle), (second, busy), (first, idle)];
        assert_eq!(node.lists("", Which::All, None, 10).await, all);
        assert_eq!(node.lists("", Which::Awake, None, 10).await, all);
        assert_eq!(node.lists("", Which::Awake, Some(third), 1).await, [(second, busy)]);
        assert_eq!(node.lists("FILM", Which::Awake, None, 10).await, [(second, busy), (first, idle)]);
        assert_eq!(node.lists("", Which::Attended, None, 10).await, [(second, busy)]);
        assert_eq!(node.lists("", Which::Playing, None, 10).await, [(second, busy)]);
        assert_eq!(node.lists("", Which::Asleep, None, 10).await, []);
    }
    // A node that does not answer is not waited for for long, and what it has is not shown.
    two.bus.cut(true);
    let asked = Instant::now();
    assert_eq!(three.lists("", Which::All, None, 10).await, [(third, None), (second, busy), (first, idle)]);
    assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
    Ok(())
}
