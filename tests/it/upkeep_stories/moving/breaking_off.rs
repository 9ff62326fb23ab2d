//! Moves that break off, and go on.

use std::{collections::BTreeSet, fs, time::Duration};

use sqlx::Row;
use tokio::time::{Instant, sleep, timeout};

use super::{Place, are_the_same, note, told_to_file};
use crate::{
    postgres::{self, Server},
    upkeep_stories::LONG,
};

const ROOMS: u32 = 200;
const EVENTS: u32 = 400;
const KILLS: u32 = 20;

/// Many rooms with many lines each, in a file that a server made.
pub(super) async fn many(place: &Place, rooms: u32, events: u32) {
    if !place.database().exists() {
        place.runs(&["key", "list"]).await.good();
    }
    let id = "unhex(printf('01a1fe4c90007000800100%010x', i))";
    let event = "json_object('seq', m, 'at', 7 + m, 'by', json_object('person', '01a20176-d233-750a-aff0-fc27f54e2122', \
        'name', 'Ana', 'door', 'api'), 'kind', 'said', 'id', '01a1fe4c-9000-7000-8000-000000000102', \
        'text', 'line ' || m || ' of room ' || i || ', as long as lines of chat are: some seventy characters', 'position', 0)";
    let body = "json_object('seq', 1, 'made_at', i, 'filler', printf('%.*c', 2000, 'x'))";
    told_to_file(
        &place.database(),
        &format!(
            "BEGIN; \
            CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {rooms}) SELECT i FROM n; \
            CREATE TEMP TABLE e AS WITH RECURSIVE e(m) AS (VALUES (1) UNION ALL SELECT m + 1 FROM e WHERE m < {events}) SELECT m FROM e; \
            INSERT INTO rooms (id, epoch, seq, title, public, made_at, run, host, due_at) \
                SELECT {id}, i, {events}, 'Room ' || i, i % 2, i, (SELECT max(id) FROM runs), \
                CASE i % 3 WHEN 0 THEN NULL ELSE randomblob(16) END, CASE i % 5 WHEN 0 THEN i * 4000000000 END FROM n; \
            INSERT INTO snapshots (room, seq, body) SELECT {id}, 1, {body} FROM n; \
            INSERT INTO journal (room, seq, at, kind, person, event) \
                SELECT {id}, m, 7 + m, 'said', unhex('01a20176d233750aaff0fc27f54e2122'), {event} FROM n, e; \
            INSERT INTO chat (room, seq, person, event) \
                SELECT room, seq, person, event FROM journal WHERE seq % 2 = 0; \
            INSERT INTO history (room, seq, person, subject, event) SELECT room, seq, NULL, person, event FROM journal WHERE seq % 50 = 0; \
            INSERT INTO visits (id, room, person, came, gone) SELECT 3 * i, {id}, randomblob(16), i, i + 9 FROM n; \
            INSERT INTO records (kind, key, owner, body, expires_at) SELECT CASE i % 2 WHEN 0 THEN 'person' ELSE 'session' END, \
                printf('%08x-Ä-%d', i, i), CASE i % 3 WHEN 0 THEN NULL ELSE 'owner ' || i END, json_object('n', i), \
                CASE i % 4 WHEN 0 THEN 4000000000000 + i END FROM n; \
            DROP TABLE n; DROP TABLE e; COMMIT"
        ),
    )
    .await;
}

#[tokio::test]
async fn a_move_that_is_killed_again_and_again_ends_as_one_that_was_not() {
    let Some(databases) = postgres::shared() else { return };
    let place = Place::on_sqlite().await;
    many(&place, ROOMS, EVENTS).await;
    let whole = databases.database().await;
    place.is_on(&databases.url(&whole));
    let from = Instant::now();
    place.moves().await.good();
    // The first kills come early; then as late as it takes until a little more is there.
    let (all, mut mean) = (rows(databases, &whole).await, from.elapsed() / 40);

    let database = databases.database().await;
    place.is_on(&databases.url(&database));
    // By chance, and for whoever wants to see the same again, always the same one.
    let mut dice = 0x2545_f491_4f6c_dd1d_u64;
    let (mut reached, mut last) = (BTreeSet::new(), 0);
    for kill in 0..KILLS {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        let mut child =
            place.command(&["import", "data/onecouch.db"]).stderr(std::process::Stdio::null()).spawn().unwrap();
        sleep(mean.mul_f64((dice % 2_000) as f64 / 1_000.0)).await;
        let _ = child.kill().await;
        timeout(LONG, child.wait()).await.unwrap().unwrap();
        // What is there stays there, and no server takes it for the whole.
        let rows = rows(databases, &database).await;
        assert!(rows >= last, "kill {kill}: {rows} rows, and {last} before");
        let early = rows - last < all / 10 && rows < all - 1;
        mean = mean.mul_f64(if early { 1.3 } else { 0.6 });
        last = rows;
        if let Some((table, behind, ended)) = note(databases, &database).await {
            assert!(!ended, "kill {kill} came too late");
            reached.insert((table, behind));
            let no = place.runs(&["check"]).await.no();
            assert!(no.contains("has a part of") && no.contains("onecouch import /"), "{no}");
        }
    }
    assert!(reached.len() > 4, "all kills came at the same moments: {reached:?}");
    let said = place.moves().await.good();
    assert!(said.contains("of which were there before") && said.contains("are the same"), "{said}");
    let mut hand = databases.hand(&database).await;
    let counts = are_the_same(&place.database(), &mut hand).await;
    let of = |name: &str| counts.iter().find(|(table, _)| *table == name).map(|(_, count)| *count).unwrap();
    assert_eq!(of("journal"), usize::try_from(ROOMS * EVENTS).unwrap());
    // Both number behind what is there.
    for table in ["runs", "visits"] {
        let next = format!("SELECT nextval(pg_get_serial_sequence('{table}', 'id')), max(id) FROM {table}");
        let row = sqlx::raw_sql(sqlx::AssertSqlSafe(next)).fetch_one(&mut hand).await.unwrap();
        assert_eq!(row.get::<i64, _>(0), row.get::<i64, _>(1) + 1, "{table}");
    }
}

/// How many rows are there.
async fn rows(server: &Server, database: &str) -> i64 {
    let mut hand = server.hand(database).await;
    let begun: bool = sqlx::query_scalar("SELECT to_regclass('moved') IS NOT NULL").fetch_one(&mut hand).await.unwrap();
    if !begun {
        return 0;
    }
    let all = "SELECT (SELECT count(*) FROM rooms) + (SELECT count(*) FROM journal) + (SELECT count(*) FROM chat) \
        + (SELECT count(*) FROM history) + (SELECT count(*) FROM visits) + (SELECT count(*) FROM records)";
    sqlx::query_scalar(all).fetch_one(&mut hand).await.unwrap()
}

#[tokio::test]
async fn a_server_that_goes_away_meanwhile_is_told_and_the_move_goes_on_when_it_is_back() {
    let Some(mut server) = postgres::own(&[]) else { return };
    let place = Place::on_sqlite().await;
    many(&place, ROOMS, EVENTS).await;
    let database = server.database().await;
    place.is_on(&server.url(&database));
    let child = place.command(&["import", "data/onecouch.db"]).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let begun = async {
        while note(&server, &database).await.is_none_or(|(table, ..)| table != "journal") {
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(LONG, begun).await.unwrap();
    server.ends("QUIT");
    let output = timeout(LONG, child.wait_with_output()).await.unwrap().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("the move broke off; what is there stays"), "{said}");
    assert!(said.contains("run the same command again"), "{said}");
    let no = place.moves().await.no();
    assert!(no.contains("cannot be reached") && no.contains("pg_hba.conf"), "{no}");
    assert!(server.begins());
    place.moves().await.good();
    are_the_same(&place.database(), &mut server.hand(&database).await).await;
}

#[tokio::test]
async fn a_target_whose_disk_is_full_is_told_and_the_move_goes_on_when_there_is_room() {
    let Some(databases) = postgres::shared() else { return };
    let place = Place::on_sqlite().await;
    many(&place, 20, 20).await;
    let database = databases.database().await;
    place.is_on(&databases.url(&database));
    // The tables are made by whoever is there first.
    place.runs(&["key", "list"]).await.good();
    let full = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$; \
        CREATE TRIGGER full_disk BEFORE INSERT ON chat EXECUTE FUNCTION full_disk()";
    databases.does(&database, full).await;
    for _ in 0..2 {
        let no = place.moves().await.no();
        assert!(no.contains("No space left on device") && no.contains("run the same command again"), "{no}");
        assert_eq!(note(databases, &database).await.unwrap().0, "journal");
    }
    databases.does(&database, "DROP TRIGGER full_disk ON chat").await;
    place.moves().await.good();
    are_the_same(&place.database(), &mut databases.hand(&database).await).await;
}

#[tokio::test]
async fn the_one_sign_that_postgres_does_not_take_stops_no_move() {
    let Some(databases) = postgres::shared() else { return };
    let place = Place::on_sqlite().await;
    many(&place, 3, 3).await;
    let keys = "INSERT INTO records (kind, key, body) SELECT 'person', 'x' || char(column1) || 'y', '{}' FROM (VALUES (0), (1)); \
        UPDATE rooms SET title = 'a' || char(0) || 'b'";
    told_to_file(&place.database(), keys).await;
    let database = databases.database().await;
    place.is_on(&databases.url(&database));
    place.moves().await.good();
    let mut hand = databases.hand(&database).await;
    let keys = "SELECT key FROM records WHERE key LIKE 'x%' UNION ALL SELECT DISTINCT title FROM rooms";
    let keys: Vec<String> = sqlx::query_scalar(keys).fetch_all(&mut hand).await.unwrap();
    let expected = ["x\u{1}y", "x\u{fffd}y", "a\u{fffd}b"].map(str::to_owned);
    assert_eq!(BTreeSet::from_iter(keys), BTreeSet::from(expected));
}

#[tokio::test]
async fn what_is_not_the_same_in_the_end_is_named_and_no_server_takes_it() {
    let Some(databases) = postgres::shared() else { return };
    let place = Place::on_sqlite().await;
    many(&place, 20, 20).await;
    let database = databases.database().await;
    place.is_on(&databases.url(&database));
    place.runs(&["key", "list"]).await.good();
    let changes = "CREATE FUNCTION changes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
        NEW.event := replace(NEW.event, 'line 4 of room 7,', 'line 4 of room 8,'); RETURN NEW; END $$; \
        CREATE TRIGGER changes BEFORE INSERT ON chat FOR EACH ROW EXECUTE FUNCTION changes()";
    databases.does(&database, changes).await;
    for _ in 0..2 {
        let no = place.moves().await.no();
        assert!(no.contains("is not what is in") && no.contains("make the database anew"), "{no}");
        assert!(
            no.contains("chat (200 rows, and 200 there), from chat 01a1fe4c-9000-7000-8001-000000000007 4 on"),
            "{no}"
        );
        assert!(!no.contains("journal"), "{no}");
    }
    let no = place.runs(&["serve"]).await.no();
    assert!(no.contains("has a part of"), "{no}");
    // A row that is not there, and one that is there too often.
    databases
        .does(
            &database,
            "UPDATE chat SET event = replace(event, 'room 8,', 'room 7,') WHERE event LIKE '%line 4 of room 8,%' \
        AND room = '01a1fe4c-9000-7000-8001-000000000007'; DELETE FROM visits WHERE id = 9; \
        INSERT INTO records (kind, key, body) VALUES ('person', 'zzz', '{}')",
        )
        .await;
    let no = place.moves().await.no();
    assert!(no.contains("visits (20 rows, and 19 there), from visits 9 on"), "{no}");
    assert!(no.contains("records (20 rows, and 21 there)") && !no.contains("chat ("), "{no}");
    assert!(fs::exists(place.database()).unwrap());
}
