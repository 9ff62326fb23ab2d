//! One of several nodes: a database and a bus that it shares with the others, and what it knows of them.
//!
//! What a process needs to be one is looked at here before it begins, so that what is set wrongly is said at once and in one sentence:
//! a clock that is wrong, another database or bus than the others have, an address that another node has. From then on the
//! [`Neighbours`] say every few seconds that they are there, and the playback clock is led by the database's.

mod neighbours;

use std::{sync::Arc, time::Duration};

use engine::{
    ids::{Entropy, NodeId},
    ports::{NodeHead, Store},
    refusal::Fault,
    rooms::Membership,
    time::{Clock, Millis, PlayTime, WallTime},
};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

pub use self::neighbours::{Neighbour, Neighbours};
use crate::{
    bus::{BusError, NatsBus},
    config::Config,
    store::{PgStore, StoreError, shown},
};

/// How far this machine's clock may be from the database's: what people are told by it, as when a ban ends, is right to the second or two.
const APART: Millis = Millis::seconds(5);
/// How long nodes that the database knows may take to be heard on the bus: three of their words.
const HEARD_WITHIN: Duration = Duration::from_secs(10);
/// How long it is waited whether a node that is not heard renews its lease. One that does not has died.
const RENEWED_WITHIN: Duration = Duration::from_secs(4);
/// How soon it is looked again.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// How often the playback clock is compared with the database's.
const COMPARE_EVERY: Duration = Duration::from_secs(10);
/// How far apart they may be before somebody should know.
const ODD: Millis = Millis(250);

/// Why a process cannot be one of the nodes, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The database is none, or not there.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The bus is none, or not there.
    #[error(transparent)]
    Bus(#[from] BusError),
    /// What should be in the database could not be read.
    #[error("this node cannot join the others: {0}")]
    Fault(#[from] Fault),
    /// The clocks differ.
    #[error(
        "this machine's clock is {seconds} s {way} that of {database}: have both set by the network (timedatectl set-ntp true)"
    )]
    Clocks {
        /// By how much.
        seconds: i64,
        /// Ahead or behind.
        way: &'static str,
        /// Of which database.
        database: String,
    },
    /// Another node is not on this bus.
    #[error(
        "the node at {url} has the same database and is not heard on the bus: give all nodes the same cluster.nats_url, or this installation a \
         database of its own; where that node is cut off from NATS, start this one when it is back"
    )]
    Unheard {
        /// Where it says that it is.
        url: String,
    },
    /// Another node speaks otherwise.
    #[error(
        "the node at {url} is onecouch {theirs}, and this is {ours}: they do not understand each other. Stop all nodes, then start them with \
         one version",
        ours = env!("CARGO_PKG_VERSION"),
    )]
    OtherVersion {
        /// Where.
        url: String,
        /// Its version.
        theirs: String,
    },
    /// Another node says that it is where this one is.
    #[error("another node that runs says that it is at {url}: cluster.node_url is each node's own")]
    SameAddress {
        /// Where.
        url: String,
    },
}

/// A process as one of several nodes.
pub struct Node {
    /// What makes it one, for the engine.
    pub membership: Membership,
    /// What all share.
    pub store: Arc<PgStore>,
    /// Reads the playback time of all nodes.
    pub clock: Clock,
    /// How it speaks with the others.
    pub bus: NatsBus,
    /// The others.
    pub neighbours: Neighbours,
}

impl Node {
    /// Joins the other nodes, or is the first. Nothing where the configuration names no bus.
    pub async fn join(config: &Config) -> Result<Option<Self>, ClusterError> {
        let (Some(nats), Some(url)) = (&config.cluster.nats_url, &config.cluster.node_url) else { return Ok(None) };
        let node = Entropy.node();
        let store = PgStore::open_as_node(&config.database.url, config.retention.of_store(), node).await?;
        let joined = Self::enter(config, node, url.as_str(), nats.reveal(), &store).await;
        let (bus, neighbours, clock) = match joined {
            Ok(joined) => joined,
            Err(error) => {
                // So that nobody waits for the end of its lease.
                store.close().await;
                return Err(error);
            }
        };
        let membership = Membership { node, slot: store.slot(), bus: Arc::new(bus.clone()) };
        Ok(Some(Self { membership, store: Arc::new(store), clock, bus, neighbours }))
    }

    async fn enter(
        config: &Config,
        node: NodeId,
        url: &str,
        nats: &str,
        store: &PgStore,
    ) -> Result<(NatsBus, Neighbours, Clock), ClusterError> {
        let time = store.time().await?;
        agree(time, Clock::start().now().wall, &config.database.url)?;
        let installation = store.installation().await?;
        let bus = NatsBus::connect(nats, &installation.simple().to_string(), &node.to_string()).await?;
        let neighbours = Neighbours::around(bus.clone(), node, url);
        let alone = others(store, node).await?.is_empty();
        if !alone {
            are_heard(store, node, url, &neighbours).await?;
        }
        store.stands_at(url).await?;
        // The others' clock rather than the database's, which all are led to alike: for as long as that takes they agree.
        let theirs = if alone { None } else { neighbours.time().await };
        let time = match theirs {
            Some(PlayTime(time)) => WallTime(time),
            None => store.time().await?,
        };
        // All this may have taken as long as its lease is.
        store.renew().await?;
        let clock = Clock::start_at(time);
        neighbours.tells_time(clock);
        Ok((bus, neighbours, clock))
    }

    /// Leads the playback clock by the database's, until the end.
    pub async fn keep_time(store: Arc<PgStore>, clock: Clock, stop: CancellationToken) {
        let mut odd = false;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(COMPARE_EVERY) => {}
            }
            let Ok(time) = store.time().await else { continue };
            let by = Millis(time.0.saturating_sub(clock.play_time().0));
            clock.correct(by);
            let is_odd = by.0.abs() > ODD.0;
            if is_odd && !odd {
                tracing::warn!(
                    ms = by.0,
                    "the database's clock jumped: playback follows it slowly, on all nodes alike"
                );
            }
            odd = is_odd;
        }
    }
}

/// Looks whether this machine's clock is right enough.
fn agree(theirs: WallTime, ours: WallTime, database: &str) -> Result<(), ClusterError> {
    let apart = ours - theirs;
    if apart.0.abs() <= APART.0 {
        return Ok(());
    }
    let way = if apart.0 > 0 { "ahead of" } else { "behind" };
    Err(ClusterError::Clocks { seconds: apart.0.abs() / 1_000, way, database: shown(database) })
}

/// The nodes that the database knows, but for this one.
async fn others(store: &PgStore, node: NodeId) -> Result<Vec<NodeHead>, Fault> {
    Ok(store.nodes().await?.into_iter().filter(|other| other.node != node).collect())
}

/// Waits until all nodes that live are heard on the bus.
async fn are_heard(store: &PgStore, node: NodeId, url: &str, neighbours: &Neighbours) -> Result<(), ClusterError> {
    let from = Instant::now();
    let first = others(store, node).await?;
    let renewed = |other: &NodeHead| {
        let known = first.iter().find(|known| known.node == other.node);
        known.is_none_or(|known| known.lease_until != other.lease_until)
    };
    loop {
        neighbours.call();
        sleep(LOOK_AGAIN).await;
        let now = others(store, node).await?;
        if let Some(same) = now.iter().find(|other| neighbours.hears(other.node) && &*other.url == url) {
            return Err(ClusterError::SameAddress { url: same.url.to_string() });
        }
        if let Some((other, theirs)) =
            neighbours.all().into_iter().find_map(|other| Some((other.url, other.other_version?)))
        {
            return Err(ClusterError::OtherVersion { url: other.to_string(), theirs: theirs.to_string() });
        }
        // One that did not say where it is has not joined: it begins, or ended at its beginning.
        let joined = now.iter().filter(|other| !other.url.is_empty());
        let unheard: Vec<_> = joined.filter(|other| !neighbours.hears(other.node)).collect();
        let living = unheard.iter().find(|other| renewed(other));
        match living {
            Some(other) if from.elapsed() > HEARD_WITHIN => {
                return Err(ClusterError::Unheard { url: other.url.to_string() });
            }
            None if unheard.is_empty() || from.elapsed() > RENEWED_WITHIN => return Ok(()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_wrong_is_told_which_way() {
        let said =
            |ours| agree(WallTime(100_000), WallTime(ours), "postgres://couch@db/couch").map_err(|no| no.to_string());
        said(104_999).unwrap();
        said(95_001).unwrap();
        assert!(said(143_500).unwrap_err().contains("43 s ahead of that of postgres://couch@db/couch"));
        assert!(said(80_000).unwrap_err().contains("20 s behind that of"));
    }
}
