//! The lease of a node, which all that it has hangs on: one row and not one for each room, which would be as many writes every few
//! seconds. It is renewed on a connection of its own: no commit is too large for it.
//!
//! By the server's clock, so that those of the nodes do not matter.

use std::time::Duration;

use engine::{
    ids::{NodeId, RoomId},
    ports::{LEASE, Renewed},
    refusal::Fault,
    time::WallTime,
};
use sqlx::{PgConnection, PgPool};
use tokio::time::Instant;
use uuid::Uuid;

use super::connect::unread;
use crate::store::writer::Failed;

/// How often the server is asked for the time, for the quickest answer.
const TRIES: usize = 5;

/// This node's.
#[derive(Debug)]
pub(super) struct Lease {
    /// The connection by which it is renewed.
    pub(super) pool: PgPool,
    /// The connection by which [posts](super::posts) are taken: one node may wait there for another, and no renewal may.
    pub(super) posts: PgPool,
    pub(super) node: NodeId,
    /// Which row of `runs` it is.
    pub(super) run: i64,
}

/// It was there before, or was forgotten by another node that found it over.
const RENEW: &str = "WITH before AS (SELECT lease_until > clock_timestamp() AS alive FROM runs WHERE id = $1), \
        renewed AS (INSERT INTO runs (id, node, lease_until) OVERRIDING SYSTEM VALUE \
            VALUES ($1, $2, clock_timestamp() + $3 * interval '1 second') \
            ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until) \
    SELECT coalesce((SELECT alive FROM before), false)";

const END: &str = "UPDATE runs SET lease_until = clock_timestamp() WHERE id = $1";

const TIME: &str = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::int8";

impl Lease {
    pub(super) async fn renew(&self) -> Result<Renewed, Fault> {
        let renew = sqlx::query_scalar(RENEW).bind(self.run).bind(self.node.0).bind(LEASE.as_secs_f64());
        let in_time: bool = renew.fetch_one(&self.pool).await.map_err(unrenewed)?;
        Ok(if in_time { Renewed::InTime } else { Renewed::TooLate })
    }

    /// Whatever this node still has, others may have at once.
    pub(super) async fn end(&self) {
        if let Err(error) = sqlx::query(END).bind(self.run).execute(&self.pool).await {
            tracing::debug!(%error, "this node's lease was not ended: others wait until it is over");
        }
        self.pool.close().await;
        self.posts.close().await;
    }

    /// The server's time at this moment, as far as the quickest of a few answers tells.
    pub(super) async fn time(&self) -> Result<WallTime, Fault> {
        let mut best: Option<(Duration, Instant, i64)> = None;
        for _ in 0..TRIES {
            let asked = Instant::now();
            let time: i64 = sqlx::query_scalar(TIME).fetch_one(&self.pool).await.map_err(unread)?;
            let took = asked.elapsed();
            if best.is_none_or(|(quickest, ..)| took < quickest) {
                best = Some((took, asked, time));
            }
        }
        let (took, asked, time) = best.ok_or_else(|| Fault::new("nobody was asked for the time"))?;
        // It was read halfway.
        let since = asked.elapsed().saturating_sub(took / 2).as_millis();
        Ok(WallTime(time.saturating_add(i64::try_from(since).unwrap_or(i64::MAX))))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn unrenewed(error: sqlx::Error) -> Fault {
    Fault::new(format!("the lease cannot be renewed: {error}"))
}

const LIVES: &str = "SELECT coalesce((SELECT lease_until > clock_timestamp() FROM runs WHERE id = $1), false)";

/// Whether the lease of a node is over.
pub(super) async fn is_over(connection: &mut PgConnection, run: i64) -> Result<bool, Failed> {
    let lives: bool = sqlx::query_scalar(LIVES).bind(run).fetch_one(connection).await?;
    Ok(!lives)
}

const LOST: &str = "SELECT held.id FROM unnest($1::uuid[], $2::int8[]) AS held (id, epoch) \
    LEFT JOIN rooms ON rooms.id = held.id WHERE rooms.epoch IS DISTINCT FROM held.epoch";

/// Which of these rooms stand in another epoch by now, or are gone.
pub(super) async fn lost(pool: &PgPool, held: &[(RoomId, u64)]) -> Result<Vec<RoomId>, Fault> {
    let (ids, epochs): (Vec<Uuid>, Vec<i64>) =
        held.iter().map(|(room, epoch)| (room.0, i64::try_from(*epoch).unwrap_or(i64::MAX))).unzip();
    let lost: Vec<Uuid> = sqlx::query_scalar(LOST).bind(ids).bind(epochs).fetch_all(pool).await.map_err(unread)?;
    Ok(lost.into_iter().map(RoomId).collect())
}

/// Only for [`plans`](super::plans).
#[cfg(test)]
pub(super) fn statements() -> Vec<&'static str> {
    vec![RENEW, END, LIVES, LOST]
}
