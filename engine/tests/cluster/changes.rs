//! What one node changes, and others remembered otherwise: names, sessions, who is kept out.

use std::{net::IpAddr, sync::Arc, time::Duration};

use engine::{
    Engine, Settings,
    addresses::NewBan,
    ids::Entropy,
    memory::{MemoryBus, Weather},
    people::Told,
    refusal::{Code, No},
    rooms::Membership,
    secret::Secret,
    table::Table,
};
use futures_util::FutureExt;
use tokio::time::{sleep, timeout};

use crate::nodes::{Cluster, until};

/// Longer than anything is remembered without another look would be no test: nothing here waits that long.
const SOON: Duration = Duration::from_secs(5);

struct Node {
    engine: Engine,
    bus: MemoryBus,
}

fn node(cluster: &Cluster) -> Node {
    let id = Entropy.node();
    let (store, bus) = (cluster.disk.node(id), cluster.bus.line_of_another());
    let membership = Membership { node: id, slot: store.slot(), bus: Arc::new(bus.clone()) };
    let resolve = Arc::new(Table::default());
    let engine = Engine::clustered(Arc::new(store), resolve, cluster.clock, &Settings::default(), membership);
    Node { engine, bus }
}

impl Node {
    async fn knows(&self, token: &Secret) -> Result<Arc<str>, Code> {
        match self.engine.people.by_token(token.reveal()).await {
            Ok(caller) => Ok(caller.person.name),
            Err(No::Refusal(refusal)) => Err(refusal.code),
            Err(No::Fault(fault)) => panic!("{fault}"),
        }
    }
}

/// Both hear each other.
async fn two(cluster: &Cluster) -> (Node, Node) {
    let (one, other) = (node(cluster), node(cluster));
    tokio::task::yield_now().await;
    (one, other)
}

#[tokio::test(start_paused = true)]
async fn who_signs_out_on_one_node_is_signed_out_on_all_and_so_are_their_lines() {
    let cluster = Cluster::new();
    let (one, other) = two(&cluster).await;
    let guest = one.engine.people.guest("Ana").await.unwrap();
    assert_eq!(other.knows(&guest.token).await.as_deref(), Ok("Ana"));
    let mut line = other.engine.people.until_ended(guest.token.reveal());
    assert!(line.ended().now_or_never().is_none());
    one.engine.people.sign_out(guest.token.reveal()).await.unwrap();
    timeout(SOON, line.ended()).await.expect("the line ends");
    assert_eq!(other.knows(&guest.token).await, Err(Code::BadToken));
}

#[tokio::test(start_paused = true)]
async fn who_is_called_otherwise_on_one_node_is_so_on_all() {
    let cluster = Cluster::new();
    let (one, other) = two(&cluster).await;
    let guest = one.engine.people.guest("Ana").await.unwrap();
    assert_eq!(other.knows(&guest.token).await.as_deref(), Ok("Ana"));
    one.engine.people.rename(&guest.person, "Anna").await.unwrap();
    until("she is called so", async || other.knows(&guest.token).await.as_deref() == Ok("Anna")).await;
}

#[tokio::test(start_paused = true)]
async fn who_is_kept_out_of_one_node_is_kept_out_of_all() {
    let cluster = Cluster::new();
    let (one, other) = two(&cluster).await;
    let (theirs, mine): (IpAddr, IpAddr) = ("203.0.113.7".parse().unwrap(), "203.0.113.8".parse().unwrap());
    let ban = NewBan { network: "203.0.113.7", reason: "", until: None };
    let ban = one.engine.addresses.ban(ban, "key".into(), mine, false).await.unwrap();
    until("they are kept out", async || other.engine.addresses.is_banned(theirs)).await;
    one.engine.addresses.lift(ban.id()).await.unwrap();
    until("they may come", async || other.engine.addresses.is_empty()).await;
}

#[tokio::test(start_paused = true)]
async fn who_is_kept_out_is_known_on_all_nodes_half_a_minute_later_though_the_word_of_it_was_lost() {
    let cluster = Cluster::new();
    let (one, other) = two(&cluster).await;
    let (theirs, mine): (IpAddr, IpAddr) = ("203.0.113.7".parse().unwrap(), "203.0.113.8".parse().unwrap());
    sleep(SOON).await;
    cluster.bus.weather(Weather { lost: 1_000, delay: 0 }, 1);
    let ban = NewBan { network: "203.0.113.7", reason: "", until: None };
    one.engine.addresses.ban(ban, "key".into(), mine, false).await.unwrap();
    sleep(SOON).await;
    assert!(!other.engine.addresses.is_banned(theirs), "nobody told it");
    sleep(Duration::from_secs(30)).await;
    assert!(other.engine.addresses.is_banned(theirs));
}

#[tokio::test(start_paused = true)]
async fn a_node_that_was_cut_off_remembers_nothing_of_before() {
    let cluster = Cluster::new();
    let (one, other) = two(&cluster).await;
    let (ana, ben) = (one.engine.people.guest("Ana").await.unwrap(), one.engine.people.guest("Ben").await.unwrap());
    for guest in [&ana, &ben] {
        other.knows(&guest.token).await.unwrap();
    }
    let mut line = other.engine.people.until_ended(ben.token.reveal());
    other.bus.cut(true);
    one.engine.people.sign_out(ana.token.reveal()).await.unwrap();
    one.engine.people.sign_out(ben.token.reveal()).await.unwrap();
    tokio::task::yield_now().await;
    assert_eq!(other.knows(&ana.token).await.as_deref(), Ok("Ana"), "nobody told it");
    other.bus.cut(false);
    assert_eq!(timeout(SOON, line.next()).await, Ok(Told::Changed), "whose line it is must be looked up again");
    assert_eq!(other.knows(&ana.token).await, Err(Code::BadToken));
    assert_eq!(other.knows(&ben.token).await, Err(Code::BadToken));
}
