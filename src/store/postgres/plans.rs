//! How PostgreSQL goes about what it is told.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Connection, Row};

use super::{PgStore, bring, forget, lease, open, past, posts, read, recall, survey, tables};

#[path = "../../../tests/it/postgres.rs"]
#[expect(dead_code, reason = "the stories need more of it")]
pub(super) mod server;

/// Tables are empty here, and a walk through one of those is the best there is: so it is asked whether there is another way.
const SETTINGS: &str = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; \
    SET enable_bitmapscan = off; \
    SET plan_cache_mode = force_generic_plan";

/// How many bounds there are.
fn bounds(statement: &str) -> usize {
    (1..=12).rev().find(|bound| statement.contains(&format!("${bound}"))).unwrap_or(0)
}

#[tokio::test]
async fn no_statement_walks_a_whole_table() {
    let Some(server) = server::shared() else { return };
    let database = server.database().await;
    let store = PgStore::open(&server.url(&database), engine::ports::Retention::default()).await.unwrap();
    engine::ports::Store::close(&store).await;
    let mut hand = server.hand(&database).await;
    sqlx::raw_sql(SETTINGS).execute(&mut hand).await.unwrap();
    let mut used = BTreeSet::new();
    let written =
        [tables::statements(), past::statements(), forget::statements(), bring::statements(), posts::statements()]
            .concat();
    let read =
        [read::statements(), recall::statements(), survey::statements(), open::statements(), lease::statements()]
            .concat();
    for statement in [written, read].concat() {
        let prepare = AssertSqlSafe(format!("DEALLOCATE ALL; PREPARE asked AS {statement}"));
        sqlx::raw_sql(prepare).execute(&mut hand).await.unwrap();
        let nulls = vec!["NULL"; bounds(statement)].join(", ");
        let nulls = if nulls.is_empty() { nulls } else { format!("({nulls})") };
        let explain = AssertSqlSafe(format!("EXPLAIN (COSTS OFF) EXECUTE asked{nulls}"));
        let steps = sqlx::raw_sql(explain).fetch_all(&mut hand).await.unwrap();
        let steps: Vec<String> = steps.iter().map(|step| step.get(0)).collect();
        for (number, step) in steps.iter().enumerate() {
            let by_index = step.contains("Index Scan") || step.contains("Index Only Scan");
            let bound = steps.get(number + 1).is_some_and(|next| next.contains("Index Cond"));
            if let Some((_, index)) = step.split_once(" using ") {
                used.extend(index.split(' ').next().map(str::to_owned));
            }
            // Of runs and posts there are few.
            let few = ["on runs", "on posts", "on about"].iter().any(|few| step.contains(few));
            let walks = (step.contains("Seq Scan") || by_index && !bound) && !few;
            assert!(!walks, "{step} in {statement}\n{}", steps.join("\n"));
        }
    }
    // Each is there for a statement that would be slow without it, which the steps alone do not tell.
    let named = "SELECT indexname::text FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE '%\\_pkey'";
    let named: Vec<String> = sqlx::query_scalar(named).fetch_all(&mut hand).await.unwrap();
    let unused: Vec<_> = named.iter().filter(|index| !used.contains(*index)).collect();
    assert!(named.len() >= 14 && unused.is_empty(), "no statement uses {unused:?}");
    hand.close().await.unwrap();
}
