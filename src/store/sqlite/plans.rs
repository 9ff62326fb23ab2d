//! How SQLite goes about what it is told.

use sqlx::{AssertSqlSafe, Row};

use super::{bring, forget, open, past, read, recall, survey, tables};

#[tokio::test]
async fn no_statement_walks_a_whole_table() {
    let place = tempfile::tempdir().unwrap();
    let opened = open::open(&place.path().join("couch.db").display().to_string()).await.unwrap();
    let written = [tables::statements(), past::statements(), forget::statements(), bring::statements()].concat();
    for statement in [written, read::statements(), recall::statements(), survey::statements()].concat() {
        let explain = AssertSqlSafe(["EXPLAIN QUERY PLAN ", statement].concat());
        for step in sqlx::query(explain).fetch_all(&opened.writer).await.unwrap() {
            let step: String = step.get("detail");
            // How a subquery comes by its rows is a step of its own.
            let walks = step.contains("SCAN") && !step.contains("VIRTUAL TABLE") && !step.contains("(subquery");
            assert!(!walks, "{step} in {statement}");
        }
    }
}
