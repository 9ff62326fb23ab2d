//! What nobody counts as it happens, and is looked up when somebody asks for the metrics.

use std::{collections::BTreeMap, sync::Arc};

use engine::{
    Engine,
    ports::{Bus, Post},
};
use tokio::runtime::Handle;

use super::list::DOOR_NAMES;
use crate::{cluster::Node, media::relay::Relay, store::Database};

/// Where it is looked up.
pub struct Watch {
    /// Rooms, and who is in them.
    pub engine: Engine,
    /// The disk.
    pub store: Arc<dyn Database>,
    /// Films that pass through, where any do.
    pub relay: Option<Arc<Relay>>,
    /// The other nodes, where there are any.
    pub node: Option<Arc<Node>>,
}

impl Watch {
    /// Looks at all of it. It costs a walk over the rooms in memory.
    pub async fn look(&self) {
        self.rooms();
        self.node();
        self.disk().await;
        let streams = self.relay.as_ref().map_or(0, |relay| relay.open_streams());
        set("onecouch_relay_streams", streams);
        let runtime = Handle::current().metrics();
        set("onecouch_tasks", runtime.num_alive_tasks());
        set("onecouch_task_queue", runtime.global_queue_depth());
    }

    fn rooms(&self) {
        let rooms = self.engine.rooms.all_own();
        set("onecouch_rooms", rooms.len());
        set("onecouch_rooms_playing", rooms.iter().filter(|view| view.playback.playing).count());
        let mut people = 0;
        let mut by_door: BTreeMap<&str, usize> = DOOR_NAMES.iter().map(|door| (*door, 0)).collect();
        for view in rooms {
            people += view.people();
            for presence in view.presence.values() {
                *by_door.entry(presence.who.door.name()).or_default() += 1;
            }
        }
        set("onecouch_people", people);
        for (door, connections) in by_door {
            metrics::gauge!("onecouch_room_connections", "door" => door).set(connections as f64);
        }
    }

    /// What there is of several nodes; all zeros of a process that is alone.
    fn node(&self) {
        let (Some(node), Some(standing)) = (&self.node, self.engine.rooms.node_standing()) else { return };
        set("onecouch_nodes", node.neighbours.all().len() + 1);
        for (whose, rooms) in [("own", standing.owned), ("others", standing.followed)] {
            metrics::gauge!("onecouch_node_rooms", "whose" => whose).set(rooms as f64);
        }
        for post in Post::ALL {
            let held = if self.engine.posts.has(post) { 1.0 } else { 0.0 };
            metrics::gauge!("onecouch_node_post", "post" => post.name()).set(held);
        }
        metrics::gauge!("onecouch_node_trusted_seconds").set(standing.trusted_for.as_secs_f64());
        metrics::gauge!("onecouch_bus_up").set(if node.bus.line().borrow().up { 1.0 } else { 0.0 });
        if let Some(lag) = node.neighbours.lag() {
            metrics::gauge!("onecouch_bus_lag_seconds").set(lag.as_secs_f64());
        }
    }

    async fn disk(&self) {
        set("onecouch_store_queue", self.store.waiting());
        match self.store.size().await {
            Ok(size) => {
                metrics::gauge!("onecouch_store_database_bytes").set(size.database as f64);
                metrics::gauge!("onecouch_store_wal_bytes").set(size.log as f64);
                if let Some(free) = size.free {
                    metrics::gauge!("onecouch_store_free_bytes").set(free as f64);
                }
            }
            Err(fault) => tracing::debug!(%fault, "the size of the database cannot be told"),
        }
    }
}

fn set(name: &'static str, value: usize) {
    metrics::gauge!(name).set(value as f64);
}
