//! Nodes that share a database: who has which room, for how long, and who may have it next.

use engine::{
    ids::NodeId,
    ports::{LEASE, Post, Renewed, Taken},
};
use sqlx::PgConnection;

use super::*;
use crate::postgres::Server;

/// One of several nodes.
struct Node {
    id: NodeId,
    store: PgStore,
}

async fn node(server: &Server, database: &str) -> Node {
    let id = Entropy.node();
    Node { id, store: PgStore::open_as_node(&server.url(database), Retention::default(), id).await.unwrap() }
}

/// Nothing was heard of a node for as long as its lease lasted.
async fn lapses(hand: &mut PgConnection, node: &Node) {
    let lapse = sqlx::query("UPDATE runs SET lease_until = clock_timestamp() WHERE node = $1").bind(node.id.0);
    assert_eq!(lapse.execute(hand).await.unwrap().rows_affected(), 1);
}

fn here(taken: Taken) -> Loaded {
    match taken {
        Taken::Here(loaded) => *loaded,
        other => panic!("not taken: {other:?}"),
    }
}

fn elsewhere(taken: Taken) -> NodeId {
    match taken {
        Taken::Elsewhere(node) => node,
        other => panic!("not another's: {other:?}"),
    }
}

#[tokio::test]
async fn a_room_is_its_nodes_until_that_lets_go_of_it_or_is_not_heard_of() {
    let Some(server) = postgres::shared() else { return };
    let database = server.database().await;
    let mut hand = server.hand(&database).await;
    let (one, other) = (node(server, &database).await, node(server, &database).await);
    assert_ne!(one.store.slot(), other.store.slot());
    assert!(matches!(other.store.take(Entropy.room()).await.unwrap(), Taken::Nowhere));
    let held = Held::found(&one.store, Visibility::Public).await;
    assert_eq!(elsewhere(other.store.take(held.id).await.unwrap()), one.id, "what a node founds is its own");
    // Let go of in another epoch than it stands in it stays where it is, and so it does by who does not have it.
    one.store.give_up(held.id, 7).await.unwrap();
    other.store.give_up(held.id, 1).await.unwrap();
    assert_eq!(elsewhere(other.store.take(held.id).await.unwrap()), one.id);
    one.store.give_up(held.id, 1).await.unwrap();
    assert_eq!(here(other.store.take(held.id).await.unwrap()).epoch, 2, "at once");
    assert_eq!(elsewhere(one.store.take(held.id).await.unwrap()), other.id);
    lapses(&mut hand, &other).await;
    assert_eq!(here(one.store.take(held.id).await.unwrap()).epoch, 3);
    // Who ends in order lets go of all that is left.
    one.store.close().await;
    assert_eq!(other.store.renew().await.unwrap(), Renewed::TooLate);
    assert_eq!(here(other.store.take(held.id).await.unwrap()).epoch, 4);
    other.store.close().await;
}

#[tokio::test]
async fn a_node_that_was_not_heard_of_is_told_so_and_what_it_lost() {
    let Some(server) = postgres::shared() else { return };
    let database = server.database().await;
    let mut hand = server.hand(&database).await;
    let (one, other) = (node(server, &database).await, node(server, &database).await);
    let (kept, lost) =
        (Held::found(&one.store, Visibility::Public).await, Held::found(&one.store, Visibility::Public).await);
    let all = [(kept.id, 1), (lost.id, 1)];
    assert_eq!(one.store.renew().await.unwrap(), Renewed::InTime);
    assert!(one.store.lost(&all).await.unwrap().is_empty());
    lapses(&mut hand, &one).await;
    let refused = one.store.take(kept.id).await.unwrap_err().to_string();
    assert!(refused.contains("lease"), "{refused}");
    here(other.store.take(lost.id).await.unwrap());
    assert_eq!(one.store.renew().await.unwrap(), Renewed::TooLate);
    assert_eq!(one.store.renew().await.unwrap(), Renewed::InTime);
    assert_eq!(one.store.lost(&all).await.unwrap(), [lost.id]);
    assert_eq!(one.store.lost(&[(Entropy.room(), 1)]).await.unwrap().len(), 1, "what is gone");
    // Of the rest it is the owner as if nothing had been.
    assert_eq!(elsewhere(other.store.take(kept.id).await.unwrap()), one.id);
    // Even where it was forgotten meanwhile.
    sqlx::query("DELETE FROM runs WHERE node = $1 AND id NOT IN (SELECT run FROM rooms)")
        .bind(other.id.0)
        .execute(&mut hand)
        .await
        .unwrap();
    assert_eq!(one.store.renew().await.unwrap(), Renewed::InTime);
    for node in [one, other] {
        node.store.close().await;
    }
}

#[tokio::test]
async fn a_node_that_was_forgotten_is_remembered_when_it_is_heard_of() {
    let Some(server) = postgres::shared() else { return };
    let database = server.database().await;
    let one = node(server, &database).await;
    server.does(&database, "DELETE FROM runs").await;
    assert_eq!(one.store.renew().await.unwrap(), Renewed::TooLate);
    Held::found(&one.store, Visibility::Public).await;
    one.store.close().await;
}

#[tokio::test]
async fn a_room_that_is_due_wakes_its_own_node_alone() {
    let Some(server) = postgres::shared() else { return };
    let database = server.database().await;
    let mut hand = server.hand(&database).await;
    let (one, other) = (node(server, &database).await, node(server, &database).await);
    let mut held = Held::found(&one.store, Visibility::Public).await;
    let mut entry = held.says("soon");
    entry.head.due_at = Some(WallTime(1));
    one.store.append(entry).await.unwrap();
    let due = async |node: &Node| node.store.due(now(), 10).await.unwrap().len();
    assert_eq!((due(&one).await, due(&other).await), (1, 0));
    lapses(&mut hand, &one).await;
    assert_eq!(due(&other).await, 1, "nobody else would");
    for node in [one, other] {
        node.store.close().await;
    }
}

#[tokio::test]
async fn nodes_and_who_wants_a_database_alone_keep_each_other_out() {
    let Some(server) = postgres::shared() else { return };
    let database = server.database().await;
    let one = node(server, &database).await;
    let alone = async || PgStore::open(&server.url(&database), Retention::default()).await;
    assert!(alone().await.is_err_and(|error| error.is_in_use()));
    one.store.close().await;
    let only = alone().await.unwrap();
    let node = PgStore::open_as_node(&server.url(&database), Retention::default(), Entropy.node()).await;
    assert!(node.is_err_and(|error| error.is_in_use()));
    only.close().await;
}

#[tokio::test]
async fn the_database_tells_the_time_to_all_nodes() {
    let Some(server) = postgres::shared() else { return };
    let database = server.database().await;
    let one = node(server, &database).await;
    let (before, told, after) = (now(), one.store.time().await.unwrap(), now());
    // It is this machine's.
    assert!(before.0 - 50 <= told.0 && told.0 <= after.0 + 50, "{told:?} between {before:?} and {after:?}");
    assert!(LEASE > Duration::from_secs(9));
    one.store.close().await;
}

#[tokio::test]
async fn a_post_is_one_nodes_until_that_leaves_it_or_is_not_heard_of() {
    let Some(server) = postgres::shared() else { return };
    let database = server.database().await;
    let mut hand = server.hand(&database).await;
    let (one, other) = (node(server, &database).await, node(server, &database).await);
    one.store.stands_at("http://one.example/").await.unwrap();
    let hold = async |node: &Node, post| node.store.hold(post).await.unwrap();
    for _ in 0..2 {
        assert!(hold(&one, Post::Discord).await && !hold(&other, Post::Discord).await);
    }
    assert!(hold(&other, Post::Telegram).await, "each for itself");
    let room = Held::found(&one.store, Visibility::Public).await;
    let nodes = one.store.nodes().await.unwrap();
    assert_eq!(nodes.iter().map(|head| head.node).collect::<Vec<_>>(), [one.id, other.id]);
    assert_eq!((&*nodes[0].url, nodes[0].rooms, &nodes[0].posts[..]), ("http://one.example/", 1, &[Post::Discord][..]));
    assert_eq!((nodes[1].rooms, &nodes[1].posts[..]), (0, &[Post::Telegram][..]));
    assert_eq!(other.store.owners(&[room.id]).await.unwrap(), [(room.id, "http://one.example/".into())]);
    // Who does not have it leaves nothing.
    other.store.leave(Post::Discord).await.unwrap();
    assert!(!hold(&other, Post::Discord).await);
    one.store.leave(Post::Discord).await.unwrap();
    assert!(hold(&other, Post::Discord).await && !hold(&one, Post::Discord).await);
    lapses(&mut hand, &other).await;
    assert!(!hold(&other, Post::Telegram).await, "whose own lease is over has nothing");
    assert!(hold(&one, Post::Discord).await && hold(&one, Post::Telegram).await);
    assert_eq!(one.store.nodes().await.unwrap().len(), 1);
    other.store.renew().await.unwrap();
    assert!(!hold(&other, Post::Discord).await, "it was taken meanwhile");
    for node in [one, other] {
        node.store.close().await;
    }
    let left = PgStore::open(&server.url(&database), Retention::default()).await.unwrap();
    assert!(left.hold(Post::Discord).await.unwrap(), "a process that is alone has all");
    left.close().await;
}

#[tokio::test]
async fn a_node_of_a_later_version_waits_until_those_before_it_have_gone() {
    let Some(server) = postgres::shared() else { return };
    let database = server.database().await;
    let one = node(server, &database).await;
    // As if this version knew a migration more than the one that made the tables.
    server
        .does(&database, "DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)")
        .await;
    let later = async || PgStore::open_as_node(&server.url(&database), Retention::default(), Entropy.node()).await;
    let said = later().await.unwrap_err().to_string();
    assert!(said.contains("nodes of an earlier version are using it: stop all of them"), "{said}");
    one.store.close().await;
    let said = later().await.unwrap_err();
    assert!(matches!(said, StoreError::Migration { .. }), "now it is tried: {said}");
}
