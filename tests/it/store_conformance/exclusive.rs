//! What one node has and no other: asked of nodes in memory, and on PostgreSQL.

use engine::refusal::{Code, No};
use futures_util::FutureExt;
use sqlx::PgConnection;
use tokio::time::{Instant, timeout};

use super::*;

const PATIENCE: Duration = Duration::from_secs(30);

async fn on_server() -> Option<[Arc<dyn Store>; 2]> {
    let server = postgres::shared()?;
    let url = server.url(&server.database().await);
    let node = async || PgStore::open_as_node(&url, Retention::default(), Entropy.node()).await.unwrap();
    Some([Arc::new(node().await), Arc::new(node().await)])
}

fn in_memory() -> [Arc<dyn Store>; 2] {
    let shelves = MemoryStore::new();
    [Arc::new(shelves.node(Entropy.node())), Arc::new(shelves.node(Entropy.node()))]
}

fn is_busy<T>(outcome: Result<T, No>) -> bool {
    matches!(outcome, Err(No::Refusal(refusal)) if refusal.code == Code::Busy)
}

async fn one_has_it_at_a_time([one, other]: [Arc<dyn Store>; 2]) {
    let first = one.exclusive("space", PATIENCE).await.unwrap();
    assert!(first.still().await);
    for store in [&one, &other] {
        assert!(is_busy(store.exclusive("space", Duration::ZERO).await), "on the same node too");
    }
    let beside = other.exclusive("names", Duration::ZERO).await.unwrap();
    // Whoever waits has it when it is given back; whoever waits no more never has it.
    let mut left = Box::pin(other.exclusive("space", PATIENCE));
    assert!(timeout(Duration::from_millis(50), &mut left).await.is_err());
    drop(left);
    let mut waits = Box::pin(other.exclusive("space", PATIENCE));
    assert!((&mut waits).now_or_never().is_none());
    drop(first);
    let second = timeout(PATIENCE, waits).await.unwrap().unwrap();
    assert!(second.still().await && beside.still().await);
    assert!(is_busy(one.exclusive("space", Duration::ZERO).await));
    // Who ends gives all back.
    other.close().await;
    assert!(!second.still().await);
    drop(one.exclusive("names", PATIENCE).await.unwrap());
    let third = one.exclusive("space", PATIENCE).await.unwrap();
    // What was had before is dropped late, and takes nothing away.
    drop((second, beside));
    assert!(third.still().await);
    let gone = other.exclusive("space", Duration::ZERO).await;
    assert!(gone.is_err());
    one.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_nodes_one_has_it_at_a_time() {
    one_has_it_at_a_time(in_memory()).await;
    if let Some(nodes) = on_server().await {
        one_has_it_at_a_time(nodes).await;
    }
}

/// A process that has its store alone waits for nothing.
async fn nobody_waits<W: World>(mut world: W) {
    let store = world.open().await;
    let first = store.exclusive("space", Duration::ZERO).await.unwrap();
    let second = store.exclusive("space", Duration::ZERO).await.unwrap();
    assert!(first.still().await && second.still().await);
    store.close().await;
}

stories!(tokio::test: nobody_waits);

/// Ends the connection that has the locks, as whoever runs the server may.
const CUT: &str = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted \
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

async fn cut(hand: &mut PgConnection) {
    assert!(sqlx::query_scalar::<_, bool>(CUT).fetch_one(hand).await.unwrap(), "somebody had it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_node_had_whose_line_was_lost_it_is_told_not_to_have() {
    let Some(server) = postgres::shared() else { return };
    let database = server.database().await;
    let mut hand = server.hand(&database).await;
    let node =
        async || PgStore::open_as_node(&server.url(&database), Retention::default(), Entropy.node()).await.unwrap();
    let (one, other) = (node().await, node().await);
    let first = one.exclusive("space", PATIENCE).await.unwrap();
    cut(&mut hand).await;
    let second = other.exclusive("space", PATIENCE).await.unwrap();
    assert!(!first.still().await, "another has it");
    assert!(is_busy(one.exclusive("space", Duration::ZERO).await), "and this one goes on");
    drop(first);
    assert!(second.still().await, "whose it was takes nothing from whose it is");
    drop(second);
    let mine = one.exclusive("space", PATIENCE).await.unwrap();
    cut(&mut hand).await;
    // Even where nobody else took it.
    assert!(!mine.still().await);
    for store in [one, other] {
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_who_have_something_and_a_hundred_who_wait_take_one_connection_of_each_node() {
    let Some(server) = postgres::shared() else { return };
    let database = server.database().await;
    let mut hand = server.hand(&database).await;
    let node = async || {
        let store = PgStore::open_as_node(&server.url(&database), Retention::default(), Entropy.node()).await;
        Arc::new(store.unwrap())
    };
    let (one, other) = (node().await, node().await);
    let mut taken = Vec::new();
    for number in 0..100 {
        taken.push(one.exclusive(&format!("key {number}"), PATIENCE).await.unwrap());
    }
    let waiting: Vec<_> = (0..100)
        .map(|number| {
            let other = other.clone();
            tokio::spawn(async move { other.exclusive(&format!("key {number}"), PATIENCE).await.map(drop) })
        })
        .collect();
    assert!(is_busy(other.exclusive("key 7", Duration::from_millis(200)).await));
    let connections =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let connections: i64 = sqlx::query_scalar(connections).fetch_one(&mut hand).await.unwrap();
    // Each node has one that writes beside it; the lease and the readers have none yet.
    assert!(connections <= 4, "{connections}");
    drop(taken);
    for waiting in waiting {
        timeout(PATIENCE, waiting).await.unwrap().unwrap().unwrap();
    }
    one.close().await;
    other.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_away_is_told_as_what_cannot_be_stored() {
    let Some(mut server) = postgres::own(&[]) else { return };
    let database = server.database().await;
    let node = PgStore::open_as_node(&server.url(&database), Retention::default(), Entropy.node()).await;
    let node = Arc::new(node.unwrap());
    let had = node.exclusive("space", PATIENCE).await.unwrap();
    server.ends("QUIT");
    assert!(!had.still().await);
    let outcome = node.exclusive("space", Duration::ZERO).await;
    assert!(matches!(outcome, Err(No::Refusal(refusal)) if refusal.code == Code::NotStored));
    // Those who ask at once do not wait one after the other.
    let asked = Instant::now();
    let all = (0..100).map(|number| {
        let node = node.clone();
        tokio::spawn(async move { node.exclusive(&format!("key {number}"), PATIENCE).await.is_err() })
    });
    for refused in all.collect::<Vec<_>>() {
        assert!(refused.await.unwrap());
    }
    assert!(asked.elapsed() < PATIENCE / 3, "{:?}", asked.elapsed());
    assert!(server.begins());
    let back = async {
        while node.exclusive("space", PATIENCE).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, back).await.expect("it goes on by itself");
    node.close().await;
}
