//! What one node at a time does for all, and the nodes that there are.

use std::sync::Arc;

use engine::{
    ids::{NodeId, RoomId},
    ports::{NodeHead, Post},
    refusal::Fault,
    time::WallTime,
};
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

use super::connect::unread;
use super::lease::Lease;

/// There is a row to lock.
const NAME: &str = "INSERT INTO posts (name) VALUES ($1) ON CONFLICT DO NOTHING";

const LOCK: &str = "SELECT run FROM posts WHERE name = $1 FOR UPDATE";

/// Read behind that lock: who renewed meanwhile keeps it.
const HOLD: &str = "UPDATE posts SET run = $2 WHERE name = $1 \
    AND (run = $2 OR run IS NULL OR run NOT IN (SELECT id FROM runs WHERE lease_until > clock_timestamp())) \
    AND $2 IN (SELECT id FROM runs WHERE lease_until > clock_timestamp())";

const LEAVE: &str = "UPDATE posts SET run = NULL WHERE name = $1 AND run = $2";

const STANDS_AT: &str = "UPDATE runs SET url = $2 WHERE id = $1";

const NODES: &str = "SELECT node, coalesce(url, '') AS url, (extract(epoch FROM began) * 1000)::int8 AS began, \
        (extract(epoch FROM lease_until) * 1000)::int8 AS lease_until, \
        (SELECT count(*) FROM rooms WHERE rooms.run = runs.id AND NOT rooms.free) AS rooms, \
        (SELECT coalesce(array_agg(name), '{}') FROM posts WHERE posts.run = runs.id) AS posts \
    FROM runs WHERE lease_until > clock_timestamp() AND node IS NOT NULL ORDER BY id";

const OWNERS: &str = "SELECT rooms.id, coalesce(runs.url, '') FROM rooms JOIN runs ON runs.id = rooms.run \
    WHERE rooms.id = ANY($1) AND NOT rooms.free AND runs.lease_until > clock_timestamp()";

const INSTALLATION: &str = "SELECT installation FROM about";

#[derive(FromRow)]
struct NodeRow {
    node: Uuid,
    url: String,
    began: i64,
    lease_until: i64,
    rooms: i64,
    posts: Vec<String>,
}

impl Lease {
    /// Takes a post, or keeps it.
    pub(super) async fn hold(&self, post: Post) -> Result<bool, Fault> {
        // To its end, however long who asks waits: a transaction that is dropped halfway would keep its lock.
        let held = tokio::spawn(hold(self.posts.clone(), self.run, post)).await;
        held.map_err(|error| Fault::new(format!("nobody knows who has a post: {error}")))?.map_err(unread)
    }

    pub(super) async fn leave(&self, post: Post) -> Result<(), Fault> {
        let leave = sqlx::query(LEAVE).bind(post.name()).bind(self.run);
        leave.execute(&self.posts).await.map_err(unread)?;
        Ok(())
    }

    /// Says to all who look where this node is.
    pub(super) async fn stands_at(&self, url: &str) -> Result<(), Fault> {
        sqlx::query(STANDS_AT).bind(self.run).bind(url).execute(&self.posts).await.map_err(unread)?;
        Ok(())
    }
}

async fn hold(pool: PgPool, run: i64, post: Post) -> Result<bool, sqlx::Error> {
    let mut transaction = pool.begin().await?;
    sqlx::query(NAME).bind(post.name()).execute(&mut *transaction).await?;
    sqlx::query(LOCK).bind(post.name()).execute(&mut *transaction).await?;
    let taking = sqlx::query(HOLD).bind(post.name()).bind(run);
    let held = taking.execute(&mut *transaction).await?.rows_affected() == 1;
    transaction.commit().await?;
    Ok(held)
}

/// All nodes whose leases are good.
pub(super) async fn nodes(pool: &PgPool) -> Result<Vec<NodeHead>, Fault> {
    let rows: Vec<NodeRow> = sqlx::query_as(NODES).fetch_all(pool).await.map_err(unread)?;
    let head = |row: NodeRow| NodeHead {
        node: NodeId(row.node),
        url: Arc::from(row.url),
        began: WallTime(row.began),
        lease_until: WallTime(row.lease_until),
        rooms: row.rooms.unsigned_abs(),
        posts: Post::ALL.into_iter().filter(|post| row.posts.iter().any(|name| name == post.name())).collect(),
    };
    Ok(rows.into_iter().map(head).collect())
}

/// Which of these rooms nodes have that are alive, with their addresses.
pub(super) async fn owners(pool: &PgPool, rooms: &[RoomId]) -> Result<Vec<(RoomId, Arc<str>)>, Fault> {
    let ids: Vec<Uuid> = rooms.iter().map(|room| room.0).collect();
    let owners: Vec<(Uuid, String)> = sqlx::query_as(OWNERS).bind(ids).fetch_all(pool).await.map_err(unread)?;
    Ok(owners.into_iter().map(|(room, url)| (RoomId(room), url.into())).collect())
}

/// Which installation this database is, whoever shares a bus with it.
pub(super) async fn installation(pool: &PgPool) -> Result<Uuid, Fault> {
    sqlx::query_scalar(INSTALLATION).fetch_one(pool).await.map_err(unread)
}

/// Only for [`plans`](super::plans).
#[cfg(test)]
pub(super) fn statements() -> Vec<&'static str> {
    vec![NAME, LOCK, HOLD, LEAVE, STANDS_AT, NODES, OWNERS, INSTALLATION]
}
