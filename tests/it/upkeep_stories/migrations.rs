//! Databases of all releases, opened by this one; those of later ones, refused; and the power going out in between.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use engine::records::Record;
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection, SqlitePool, migrate::Migrator, sqlite::SqliteConnectOptions};
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use super::{LONG, Place};
use crate::world::{Caller, World, in_room};

const SETTINGS: &str = "[http]\nlisten = \"127.0.0.1:0\"\nmetrics_listen = \"\"";
/// Whose session is in each of the files of `released`.
pub(super) const TOKEN: &str = "fixture0fixture0fixture0fixture0fixture0fixture0fixture0fixture0";
/// All kinds of records that those files have.
const KINDS: usize = 20;

/// All migrations there are, as the directory has them.
pub(super) async fn migrations() -> Migrator {
    Migrator::new(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite"))).await.unwrap()
}

/// What a release with that migration as its last one had stored: the newest file that is not of a later one.
pub(super) fn stored(migration: i64) -> String {
    let directory = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/upkeep_stories/released"));
    let files = fs::read_dir(directory).unwrap().map(|file| file.unwrap().path());
    let number = |path: &PathBuf| path.file_stem().unwrap().to_str().unwrap().parse::<i64>().unwrap();
    let newest = files.filter(|path| number(path) <= migration).max_by_key(number).unwrap();
    fs::read_to_string(newest).unwrap()
}

async fn connect(file: &Path) -> SqliteConnection {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file)).await.unwrap()
}

/// A database as the release made it whose last migration that was.
pub(super) async fn made(file: &Path, migrator: &Migrator, last: i64, content: &str) {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    migrator.run_to(last, &pool).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("BEGIN; {content}; COMMIT"))).execute(&pool).await.unwrap();
    pool.close().await;
}

async fn records(file: &Path) -> Vec<(String, String, Option<String>, String)> {
    let mut file = connect(file).await;
    let all = "SELECT kind, key, owner, body FROM records ORDER BY kind, key";
    let all = sqlx::query_as(all).fetch_all(&mut file).await.unwrap();
    file.close().await.unwrap();
    all
}

#[tokio::test]
async fn what_any_release_stored_is_all_there() {
    let migrator = migrations().await;
    let versions: Vec<i64> = migrator.iter().map(|migration| migration.version).collect();
    assert!(versions.len() >= 5 && versions.is_sorted(), "{versions:?}");
    for last in versions {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("couch.db");
        made(&file, &migrator, last, &stored(last)).await;
        let before = records(&file).await;
        let kinds: BTreeSet<_> = before.iter().map(|(kind, ..)| kind.clone()).collect();
        assert_eq!(kinds.len(), KINDS, "{kinds:?}");
        let mut old = connect(&file).await;
        let rooms = "SELECT id, title, seq, (SELECT count(*) FROM chat WHERE chat.room = rooms.id), \
            (SELECT count(*) FROM journal WHERE journal.room = rooms.id) FROM rooms";
        let rooms: Vec<(Uuid, String, i64, i64, i64)> = sqlx::query_as(rooms).fetch_all(&mut old).await.unwrap();
        // The first release did not keep what was played.
        let played: i64 = if last < 2 {
            0
        } else {
            sqlx::query_scalar("SELECT count(*) FROM history").fetch_one(&mut old).await.unwrap()
        };
        old.close().await.unwrap();
        assert!(!rooms.is_empty());

        let mut world = World::start_with(|config| config.database.url = file.display().to_string()).await;
        let ana = Caller::new(&world.url(""), Some(TOKEN.to_owned()));
        assert_eq!(ana.get("/api/v1/people/me").await.ok()["name"], "Ana", "migration {last}");
        let mut found = 0;
        for (id, title, seq, lines, events) in rooms {
            let room = json!({ "id": id.to_string() });
            let state = ana.get(&in_room(&room, "")).await.ok();
            let told = format!("migration {last}, {title}: {state}");
            assert_eq!(state["title"], title.as_str(), "{told}");
            assert!(state["seq"].as_i64().unwrap() >= seq, "{told}");
            assert!(state["current"]["url"].is_string() && !state["queue"].as_array().unwrap().is_empty(), "{told}");
            assert_eq!(
                (&state["members"][0]["name"], &state["members"][0]["role"]),
                (&json!("Ana"), &json!("host")),
                "{told}"
            );
            assert_eq!(state["playback"]["waiting"], "viewer", "{told}");
            let count = async |what: &str| ana.get(&in_room(&room, what)).await.ok().as_array().unwrap().len();
            assert_eq!(i64::try_from(count("/chat").await).unwrap(), lines, "{told}");
            assert!(i64::try_from(count("/audit").await).unwrap() >= events, "{told}");
            found += count("/history").await;
            // It goes on from there.
            ana.post(&in_room(&room, "/chat"), json!({ "text": "still here" })).await.created();
        }
        assert_eq!(i64::try_from(found).unwrap(), played, "migration {last}");
        let card = ana.get("/api/v1/invites/Fixture0Invite00").await.ok();
        assert!(card["title"].is_string() || card["room"].is_object(), "{card}");
        world.stop().await;

        // Each record is one, under its own key, and belongs to what it says that it belongs to.
        let after = records(&file).await;
        for (kind, key, _, _) in &before {
            let (.., owner, body) = after
                .iter()
                .find(|(k, t, ..)| (k, t) == (kind, key))
                .unwrap_or_else(|| panic!("migration {last}: {kind} {key} is gone"));
            let record: Record = serde_json::from_str(body).unwrap_or_else(|error| panic!("{kind} {key}: {error}"));
            assert_eq!(
                (record.key().kind(), &record.key().text(), &record.owner()),
                (kind.as_str(), key, owner),
                "{body}"
            );
        }
    }
}

#[tokio::test]
async fn a_database_of_a_later_release_is_refused_with_both_versions_and_what_to_do() {
    let place = Place::new(SETTINGS).await;
    place.serves().await.stops().await;
    let mut file = connect(&place.database()).await;
    sqlx::raw_sql(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'00', 0); \
        PRAGMA user_version = 3007001",
    )
    .execute(&mut file)
    .await
    .unwrap();
    file.close().await.unwrap();
    let before = fs::read(place.database()).unwrap();
    let known = migrations().await.iter().map(|migration| migration.version).max().unwrap();
    let ours = format!("this is onecouch {}, which knows migrations up to {known};", env!("CARGO_PKG_VERSION"));
    for command in [&["serve"][..], &["check"], &["key", "list"], &["backup", "copy.db"]] {
        let said = place.runs(command).await.no();
        assert!(said.contains("by onecouch 3.7.1 (migration 9999)") && said.contains(&ours), "{command:?}: {said}");
        assert!(said.contains("run onecouch 3.7.1 or a later one") && said.contains("onecouch restore FILE"), "{said}");
    }
    assert_eq!(fs::read(place.database()).unwrap(), before, "it was changed");
}

/// Many rooms of the first release, so that bringing them up to date takes a while.
fn many() -> String {
    let founding = json!({ "title": "Old", "visibility": "unlisted", "preset": "hosts", "host": "01a20176-d233-750a-aff0-fc27f54e2122",
        "host_name": "Ana", "invite": "I", "code": "C" });
    let by = json!({ "person": "01a20176-d233-750a-aff0-fc27f54e2122", "name": "Ana", "door": "api" });
    let event = |kind: Value| {
        let mut event = json!({ "seq": 0, "at": 7, "by": by });
        event.as_object_mut().unwrap().extend(kind.as_object().unwrap().clone());
        format!("json_set('{event}', '$.seq', m)")
    };
    let mut founded = founding;
    founded["kind"] = json!("founded");
    let said = json!({ "kind": "said", "id": "01a1fe4c-9000-7000-8000-000000000102", "text": "hello", "position": 0 });
    let id = "unhex(printf('01a1fe4c90007000800100%010x', i))";
    format!(
        "INSERT INTO runs (id) VALUES (1); \
        CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {ROOMS}) SELECT i FROM n; \
        CREATE TEMP TABLE e AS WITH RECURSIVE e(m) AS (VALUES (1) UNION ALL SELECT m + 1 FROM e WHERE m < {EVENTS}) SELECT m FROM e; \
        INSERT INTO rooms (id, epoch, seq, title, public, made_at, run) SELECT {id}, 1, {EVENTS}, 'Old', 0, 7, 1 FROM n; \
        INSERT INTO journal (room, seq, event) SELECT {id}, m, CASE m WHEN 1 THEN {} WHEN 2 THEN {} ELSE {} END FROM n, e; \
        INSERT INTO chat (room, seq, event) SELECT room, seq, event FROM journal WHERE seq > 2; \
        DROP TABLE n; DROP TABLE e",
        event(founded),
        event(json!({ "kind": "renamed", "title": "New" })),
        event(said)
    )
}

const ROOMS: i64 = 600;
const EVENTS: i64 = 60;
const KILLS: u32 = 8;

#[tokio::test]
async fn bringing_a_database_up_to_date_may_be_killed_at_any_moment() {
    let place = Place::new(SETTINGS).await;
    let (migrator, old) = (migrations().await, place.path("old.db"));
    made(&old, &migrator, 1, &many()).await;
    fs::create_dir(place.path("data")).unwrap();
    let known = migrator.iter().map(|migration| migration.version).max().unwrap();
    let begins_anew = || {
        for end in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(place.path(&format!("data/onecouch.db{end}")));
        }
        fs::copy(&old, place.database()).unwrap();
    };
    begins_anew();
    let from = Instant::now();
    place.runs(&["key", "list"]).await.good();
    let whole = from.elapsed();

    let mut reached = BTreeSet::new();
    for kill in 0..KILLS {
        begins_anew();
        let mut child = place.command(&["key", "list"]).spawn().unwrap();
        sleep(whole * (2 * kill + 1) / (2 * KILLS)).await;
        let _ = child.kill().await;
        timeout(LONG, child.wait()).await.unwrap().unwrap();
        let said = place.runs(&["check"]).await.good();
        let migration = said.split_once("(migration ").unwrap().1.split(',').next().unwrap().to_owned();
        reached.insert(migration.parse::<i64>().unwrap());
        // The next start goes on from there.
        place.runs(&["key", "list"]).await.good();
        let mut file = connect(&place.database()).await;
        let sound: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut file).await.unwrap();
        let counts = "SELECT (SELECT count(*) FROM rooms WHERE host IS NOT NULL), (SELECT count(*) FROM journal WHERE person IS NOT NULL), \
            (SELECT count(*) FROM journal WHERE kind = 'founded' AND json_type(event, '$.settings') = 'object'), \
            (SELECT count(*) FROM journal WHERE kind = 'changed'), (SELECT count(*) FROM chat WHERE person IS NOT NULL), \
            (SELECT max(version) FROM _sqlx_migrations)";
        let counts: (i64, i64, i64, i64, i64, i64) = sqlx::query_as(counts).fetch_one(&mut file).await.unwrap();
        file.close().await.unwrap();
        let whole = (ROOMS, ROOMS * EVENTS, ROOMS, ROOMS, ROOMS * (EVENTS - 2), known);
        assert_eq!((sound.as_str(), counts), ("ok", whole), "kill {kill}, at migration {migration}");
    }
    assert!(reached.iter().any(|reached| *reached < known), "all kills came too late: {reached:?}");

    // And each room stands up.
    let lines = place.runs(&["export"]).await.good();
    assert_eq!(i64::try_from(lines.lines().count()).unwrap(), ROOMS + 1);
    assert!(
        lines
            .lines()
            .skip(1)
            .all(|line| serde_json::from_str::<Value>(line).unwrap()["state"]["settings"]["title"] == "New")
    );
}
