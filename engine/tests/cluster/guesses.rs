//! Guesses that count on all nodes together, and what still counts on each.

use std::{sync::Arc, time::Duration};

use engine::{
    Engine, Settings,
    ids::Entropy,
    limits::Rule,
    memory::{MemoryBus, MemoryStore},
    people::NewAccount,
    refusal::{Code, No, Refusal},
    rooms::Membership,
    table::Table,
    time::PlayTime,
};
use futures_util::StreamExt;
use tokio::time::sleep;

use crate::{house::code, nodes::Cluster};

/// Until all that was told is heard, and the secret is read.
const HEARD: Duration = Duration::from_secs(2);

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

async fn three(cluster: &Cluster) -> [Node; 3] {
    let nodes = [node(cluster), node(cluster), node(cluster)];
    sleep(HEARD).await;
    nodes
}

/// What was told in this moment is heard in it.
async fn told() {
    for _ in 0..5 {
        tokio::task::yield_now().await;
    }
}

impl Node {
    fn takes(&self, rule: Rule, key: &str, at: PlayTime) -> Result<(), Refusal> {
        self.engine.limits.take(rule, key, at)
    }

    fn now(&self) -> PlayTime {
        self.engine.clock.play_time()
    }
}

#[tokio::test(start_paused = true)]
async fn guesses_that_are_spread_over_three_nodes_are_as_many_as_on_one() {
    for (rule, allowance) in [(Rule::Logins, 10), (Rule::WrongInvites, 10), (Rule::WrongInvitesOfAll, 600)] {
        let cluster = Cluster::new();
        let nodes = three(&cluster).await;
        // All in one moment, so that nothing is regained.
        let at = nodes[0].now();
        for guess in 0..allowance {
            nodes[guess % 3].takes(rule, "eve", at).unwrap_or_else(|no| panic!("{rule:?} {guess}: {no}"));
            told().await;
        }
        for node in &nodes {
            assert_eq!(node.takes(rule, "eve", at).unwrap_err().code, Code::SlowDown, "{rule:?}");
            node.takes(rule, "ana", at).unwrap();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn passwords_are_guessed_no_more_often_where_there_are_more_nodes() {
    let cluster = Cluster::new();
    let nodes = three(&cluster).await;
    let new = NewAccount { username: "Ana", email: Some("ana@mail.example"), password: "a good password" };
    nodes[0].engine.people.register(None, new, "198.51.100.1").await.unwrap();
    let mut wrong = 0;
    for guess in 0..30 {
        // Each from an address of its own: what is paid is for the account.
        let from = format!("203.0.113.{guess}");
        match nodes[guess % 3].engine.people.log_in("ana@mail.example", "a guess", &from).await {
            Err(No::Refusal(refusal)) if refusal.code == Code::WrongLogin => wrong += 1,
            Err(No::Refusal(refusal)) => assert_eq!(refusal.code, Code::SlowDown),
            other => panic!("{other:?}"),
        }
        told().await;
    }
    assert_eq!(wrong, 10);
}

#[tokio::test(start_paused = true)]
async fn what_is_right_is_given_back_on_all_nodes() {
    let cluster = Cluster::new();
    let nodes = three(&cluster).await;
    let new = NewAccount { username: "Ana", email: None, password: "a good password" };
    nodes[0].engine.people.register(None, new, "198.51.100.1").await.unwrap();
    for time in 0..30 {
        nodes[time % 3].engine.people.log_in("ana", "a good password", "203.0.113.7").await.unwrap();
        told().await;
    }
    // And no more than was taken.
    let at = nodes[0].now();
    let guesses = (0..30).filter(|guess: &usize| nodes[guess % 3].takes(Rule::Logins, "to ana", at).is_ok()).count();
    assert!(guesses >= 10, "{guesses}");
    sleep(HEARD).await;
    for node in &nodes {
        node.takes(Rule::Logins, "to ana", at).unwrap_err();
    }
}

#[tokio::test(start_paused = true)]
async fn everything_else_is_counted_by_each_node() {
    let cluster = Cluster::new();
    let nodes = three(&cluster).await;
    let at = nodes[0].now();
    let carried = cluster.bus.carried();
    for node in &nodes {
        let taken = (0..100).filter(|_| node.takes(Rule::Commands, "eve", at).is_ok()).count();
        assert_eq!(taken, 20);
        told().await;
    }
    assert_eq!(cluster.bus.carried(), carried, "nobody is told of it");
}

#[tokio::test(start_paused = true)]
async fn while_the_bus_is_away_each_node_counts_alone() {
    let cluster = Cluster::new();
    let nodes = three(&cluster).await;
    let at = nodes[0].now();
    for node in &nodes {
        node.bus.cut(true);
    }
    for node in &nodes {
        let taken = (0..100).filter(|_| node.takes(Rule::Logins, "eve", at).is_ok()).count();
        assert_eq!(taken, 10);
        told().await;
    }
}

#[tokio::test(start_paused = true)]
async fn who_hears_of_guesses_hears_neither_who_nor_what() {
    let cluster = Cluster::new();
    let mut heard = engine::ports::Bus::hear(&cluster.bus, "onecouch.changes").await.unwrap();
    let nodes = three(&cluster).await;
    let guess = nodes[0].engine.people.log_in("Ana@Mail.example", "a guess", "203.0.113.7").await;
    assert_eq!(code(guess), Code::WrongLogin);
    let mut keys = Vec::new();
    for _ in 0..2 {
        let letter = heard.next().await.unwrap();
        let said = String::from_utf8(letter.body.to_vec()).unwrap().to_lowercase();
        assert!(!said.contains("ana") && !said.contains("203.0.113.7"), "{said}");
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        keys.push(said["change"]["guess"]["key"].as_str().unwrap().to_owned());
    }
    assert_ne!(keys[0], keys[1]);
    // Under another secret the same key is another.
    let elsewhere = Cluster::new();
    let mut heard = engine::ports::Bus::hear(&elsewhere.bus, "onecouch.changes").await.unwrap();
    let others = three(&elsewhere).await;
    others[0].takes(Rule::Logins, "from 203.0.113.7", others[0].now()).unwrap();
    let said = String::from_utf8(heard.next().await.unwrap().body.to_vec()).unwrap();
    assert!(!keys.iter().any(|key| said.contains(key)), "{said}");
}

#[tokio::test(start_paused = true)]
async fn nodes_that_cannot_read_the_secret_count_alone_until_they_can() {
    let cluster = Cluster::new();
    let nodes = [node(&cluster), node(&cluster), node(&cluster)];
    for node in &nodes {
        node.store.cut(true);
    }
    sleep(HEARD).await;
    for node in &nodes {
        node.takes(Rule::Logins, "eve", node.now()).unwrap();
        node.store.cut(false);
    }
    sleep(HEARD).await;
    let at = nodes[0].now();
    for guess in 0..10 {
        nodes[guess % 3].takes(Rule::Logins, "ben", at).unwrap();
        told().await;
    }
    nodes[1].takes(Rule::Logins, "ben", at).unwrap_err();
}
