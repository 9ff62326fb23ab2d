//! One of several nodes that share a store: its lease, and its ear for what the others say.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use dashmap::DashMap;
use futures_util::StreamExt;
use tokio::{
    sync::{mpsc::error::TrySendError, watch},
    time::{Instant, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    Ask, Rooms, Shared,
    wire::{self, Reply, Said, What},
};
use crate::{
    ids::{NodeId, RoomId},
    ports::{Bus, Letter, Renewed},
    refusal::Fault,
};

/// How often a lease is renewed.
const RENEW_EVERY: Duration = Duration::from_secs(3);
/// How long one renewal may take.
const RENEWAL: Duration = Duration::from_secs(2);
/// How soon it is tried again where that failed.
const AGAIN: Duration = Duration::from_millis(500);
/// How long after its last renewal a node accepts commands for its rooms: less than the [lease](crate::ports::LEASE) by what
/// clocks may differ and a command may take.
const TRUST: Duration = Duration::from_secs(7);

/// What makes a process one of several nodes.
#[derive(Clone)]
pub struct Membership {
    /// Which it is, from its start to its end. Its store holds a lease for it.
    pub node: NodeId,
    /// Its place among the nodes, which no other one that is alive has: part of the numbers of its connections. Place 0 is that of a
    /// process that is alone.
    pub slot: u16,
    /// How it speaks with the others.
    pub bus: Arc<dyn Bus>,
}

/// One of several nodes.
pub(super) struct Cluster {
    pub(super) node: NodeId,
    pub(super) slot: u16,
    pub(super) bus: Arc<dyn Bus>,
    /// When this began: what moments are counted from.
    base: Instant,
    /// When the last renewal that came to a good end was asked for, in ms since then.
    renewed_at: AtomicU64,
    /// Whether the lease is good, for those who wait for that.
    good: watch::Sender<bool>,
    /// The last number of a command that another node was asked to do.
    numbers: AtomicU64,
    /// The rooms that this node has, and their epochs.
    held: DashMap<RoomId, u64>,
    /// Nothing is heard any more.
    silent: CancellationToken,
}

impl Cluster {
    pub(super) fn new(membership: Membership) -> Self {
        let Membership { node, slot, bus } = membership;
        Self {
            node,
            slot,
            bus,
            base: Instant::now(),
            renewed_at: AtomicU64::new(0),
            good: watch::Sender::new(true),
            numbers: AtomicU64::new(0),
            held: DashMap::new(),
            silent: CancellationToken::new(),
        }
    }

    /// Whether this node may accept commands for its rooms. By the monotonic clock, and not by who looks after the lease: a
    /// process that was stopped for a while does not know yet.
    pub(super) fn is_trusted(&self) -> bool {
        *self.good.borrow() && Instant::now() < self.trusted_until()
    }

    fn trusted_until(&self) -> Instant {
        self.base + Duration::from_millis(self.renewed_at.load(Ordering::Relaxed)) + TRUST
    }

    /// Waits until the lease is good, or is not.
    pub(super) async fn until_trusted(&self, trusted: bool) {
        let mut good = self.good.subscribe();
        while self.is_trusted() != trusted {
            // The sender is a part of this: it does not end before.
            let _ = good.changed().await;
        }
    }

    /// A number for a command that another node is asked to do.
    pub(super) fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// This node has a room, in this epoch.
    pub(super) fn holds(&self, room: RoomId, epoch: u64) {
        self.held.insert(room, epoch);
    }

    /// Whether this node has a room.
    pub(super) fn has(&self, room: RoomId) -> bool {
        self.held.contains_key(&room)
    }

    /// It has it no more.
    pub(super) fn lets_go(&self, room: RoomId) {
        self.held.remove(&room);
    }

    /// Hears nothing any more: whoever asks this node is told that nobody is there.
    pub(super) fn fall_silent(&self) {
        self.silent.cancel();
    }

    /// Says something to another node, and hopes.
    pub(super) fn hint(&self, node: NodeId, room: RoomId, what: What) {
        let said = Said { room, from: self.node, what };
        self.bus.tell(&wire::node_subject(node), wire::write(&said));
    }
}

/// How a node is, as far as it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeStanding {
    /// Rooms that it has.
    pub owned: usize,
    /// Rooms in memory that other nodes have.
    pub followed: usize,
    /// For how long it accepts commands for its rooms without renewing its lease.
    pub trusted_for: Duration,
}

impl Rooms {
    /// How this node is; nothing of a process that is alone.
    pub fn node_standing(&self) -> Option<NodeStanding> {
        let cluster = self.shared.cluster.as_deref()?;
        let owned = cluster.held.len();
        let followed = self.shared.loaded.len().saturating_sub(owned);
        let trusted_for = cluster.trusted_until().saturating_duration_since(Instant::now());
        Some(NodeStanding { owned, followed, trusted_for })
    }

    /// Whether what this node has by the store is its own at this moment; a process that is alone has all of it.
    pub(crate) fn is_trusted(&self) -> bool {
        self.shared.cluster.as_deref().is_none_or(Cluster::is_trusted)
    }
}

/// Keeps the lease alive.
pub(super) async fn keep_lease(shared: Arc<Shared>) {
    let Some(cluster) = shared.cluster.as_deref() else { return };
    let mut next = Instant::now();
    let mut failing = false;
    loop {
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = sleep_until(next) => {}
        }
        let asked_at = Instant::now();
        let renewed = renew(&shared, cluster).await;
        if let (Err(fault), false) = (&renewed, failing) {
            // Once: it is tried again at once and for as long as it takes.
            tracing::warn!(%fault, "this node's lease could not be renewed");
        }
        failing = renewed.is_err();
        if renewed.is_ok() {
            let since = asked_at.saturating_duration_since(cluster.base).as_millis();
            cluster.renewed_at.store(u64::try_from(since).unwrap_or(u64::MAX), Ordering::Relaxed);
            next = asked_at + RENEW_EVERY;
            if !cluster.good.send_replace(true) {
                tracing::info!("this node's lease is good again");
            }
        } else {
            next = Instant::now() + AGAIN;
            if !cluster.is_trusted() && cluster.good.send_replace(false) {
                tracing::error!("this node's lease could not be renewed: its rooms stand as they are");
            }
        }
    }
}

async fn renew(shared: &Shared, cluster: &Cluster) -> Result<(), Fault> {
    let late = |_| Fault::new("the store does not answer");
    let trusted = cluster.is_trusted();
    let renewed = timeout(RENEWAL, shared.store.renew()).await.map_err(late)??;
    if renewed == Renewed::InTime && trusted {
        return Ok(());
    }
    // Before anything is accepted again: which rooms others took meanwhile. Of the rest this node is the owner as if nothing had
    // been, and nobody is told anything.
    let held: Vec<_> = cluster.held.iter().map(|held| (*held.key(), *held.value())).collect();
    for room in timeout(RENEWAL, shared.store.lost(&held)).await.map_err(late)?? {
        if let Some(handle) = shared.present(room) {
            // Where the mailbox is full, the room finds out by the first thing that it would store.
            let _ = handle.mailbox.try_send(Ask::Lost);
        }
    }
    Ok(())
}

/// Hears what other nodes say to this one, and puts it into the mailboxes of its rooms.
pub(super) async fn hear_nodes(shared: Arc<Shared>) {
    let Some(cluster) = shared.cluster.as_deref() else { return };
    let subject = wire::node_subject(cluster.node);
    loop {
        if let Ok(mut heard) = cluster.bus.hear(&subject).await {
            loop {
                let letter = tokio::select! {
                    () = cluster.silent.cancelled() => return,
                    letter = heard.next() => letter,
                };
                let Some(letter) = letter else { break };
                match wire::read::<Said>(&letter.body) {
                    Ok(said) => deliver(&shared, cluster, letter, said),
                    Err(fault) => tracing::error!(%fault, "a letter of another node is left unread"),
                }
            }
        }
        // The bus is away, or was.
        tokio::select! {
            () = cluster.silent.cancelled() => return,
            () = tokio::time::sleep(AGAIN) => {}
        }
    }
}

fn deliver(shared: &Arc<Shared>, cluster: &Cluster, letter: Letter, said: Said) {
    let answer = |letter: &Letter, reply: Reply| letter.answer(&*cluster.bus, wire::write(&reply));
    let Some(handle) = shared.present(said.room) else {
        if matches!(said.what, What::Follow { .. }) && !shared.stop.is_cancelled() {
            // The store says that it is here: whoever took it did not wait for it. Nobody else could have it before the next who
            // asks for it on this node.
            let shared = shared.clone();
            tokio::spawn(async move {
                if let Err(no) = shared.handle(said.room).await {
                    tracing::debug!(room = %said.room, %no, "a room that another node thinks is here could not be loaded");
                }
            });
        }
        return answer(&letter, Reply::NotMine);
    };
    match handle.mailbox.try_send(Ask::Node(Box::new((letter, said)))) {
        Err(TrySendError::Full(Ask::Node(node))) => answer(&node.0, Reply::Busy),
        Err(TrySendError::Closed(Ask::Node(node))) => answer(&node.0, Reply::NotMine),
        _ => {}
    }
}
