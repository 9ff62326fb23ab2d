//! Moves that do not begin, and what who asked for them is told.

use std::fs;

use engine::{
    ids::Entropy,
    ports::{Retention, Store},
};
use onecouch::store::PgStore;

use super::{Place, breaking_off::many, note, told_to_file};
use crate::postgres::{self, PASSWORD};

/// A place with a small installation, and the address of an empty database that it is to move into.
async fn ready(server: &postgres::Server) -> (Place, String) {
    let place = Place::on_sqlite().await;
    many(&place, 3, 3).await;
    let database = server.database().await;
    place.is_on(&server.url(&database));
    (place, database)
}

fn says(said: &str, parts: &[&str]) {
    for part in parts {
        assert!(said.contains(part), "{part:?} in {said}");
    }
    assert!(!said.contains(PASSWORD), "{said}");
}

#[tokio::test]
async fn what_is_no_installation_does_not_move() {
    let Some(databases) = postgres::shared() else { return };
    let (place, database) = ready(databases).await;
    let imports = async |from: &str| place.runs(&["import", from]).await.no();
    says(&imports("sqlite://nowhere.db").await, &["cannot read nowhere.db", "No such file"]);
    says(&imports("nowhere.db").await, &["cannot read nowhere.db", "No such file"]);
    assert!(!place.path("nowhere.db").exists() && !place.path("nowhere.db.lock").exists());
    says(&imports("sqlite://data").await, &["data is no file"]);
    says(&imports("sqlite:///").await, &["is no file of SQLite's", "sqlite:///var/lib/onecouch/onecouch.db"]);
    fs::write(place.path("text.db"), "no database at all").unwrap();
    fs::write(place.path("empty.db"), "").unwrap();
    for file in ["text.db", "empty.db"] {
        says(&imports(&format!("sqlite://{file}")).await, &[file, "is no SQLite database"]);
        says(&imports(file).await, &[file, "its first line is none that onecouch export writes"]);
    }
    told_to_file(&place.path("others.db"), "CREATE TABLE songs (name TEXT); INSERT INTO songs VALUES ('x')").await;
    says(&imports("others.db").await, &["others.db is no database of onecouch"]);
    let bytes = fs::read(place.database()).unwrap();
    let mut broken = bytes.clone();
    broken[4096 * 3..4096 * 9].fill(0x5a);
    for (name, bytes) in [("short.db", &bytes[..bytes.len() / 2]), ("broken.db", &broken), ("head.db", &bytes[..100])] {
        fs::write(place.path(name), bytes).unwrap();
        says(&imports(name).await, &[name, "malformed"]);
    }
    fs::write(place.path("later.db"), &bytes).unwrap();
    told_to_file(
        &place.path("later.db"),
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
            VALUES (9999, 'later', 1, x'00', 0); PRAGMA user_version = 3007001",
    )
    .await;
    says(&imports("later.db").await, &["onecouch 3.7.1 (migration 9999)", "run onecouch 3.7.1 or a later one"]);
    let url = databases.url(&database);
    says(&imports(&url).await, &["is PostgreSQL", "into PostgreSQL, which database.url names"]);
    let no = place.runs(&["import", "--new-ids", "data/onecouch.db"]).await.no();
    says(&no, &["--new-ids is for what onecouch export printed"]);
    // Nothing of all that is in the database.
    assert_eq!(note(databases, &database).await, None);
    place.moves().await.good();
}

#[tokio::test]
async fn what_is_no_place_to_move_to_is_told_with_what_to_do() {
    let Some(databases) = postgres::shared() else { return };
    let (place, database) = ready(databases).await;
    let closed = super::super::free_address();
    let here = databases.address();
    for (url, parts) in [
        ("sqlite://data/other.db".to_owned(), ["moves into PostgreSQL", "onecouch backup and onecouch restore"]),
        (format!("postgres://couch:{PASSWORD}@{closed}/{database}"), ["cannot be reached", "pg_hba.conf"]),
        (format!("postgres://couch:{PASSWORD}x@{here}/{database}"), ["lets nobody in", "database.url"]),
        (format!("postgres://couch:{PASSWORD}@{here}/nowhere"), ["is not there", "CREATE DATABASE"]),
    ] {
        place.is_on(&url);
        says(&place.moves().await.no(), &parts);
    }
    let newer = databases.database().await;
    PgStore::open(&databases.url(&newer), Retention::default()).await.unwrap().close().await;
    let later = "UPDATE about SET version = 7008009; INSERT INTO _sqlx_migrations (version, description, success, checksum, \
        execution_time) VALUES (9999, 'from the future', true, '\\x00', 0)";
    databases.does(&newer, later).await;
    place.is_on(&databases.url(&newer));
    says(&place.moves().await.no(), &["was written by onecouch 7.8.9 (migration 9999)"]);

    // One that has something.
    let full = databases.database().await;
    place.is_on(&databases.url(&full));
    place.runs(&["key", "create", "--name", "Bot", "--scope", "read"]).await.good();
    says(&place.moves().await.no(), &["has something already (records)", "an empty database", "CREATE DATABASE"]);
    assert_eq!(note(databases, &full).await, None);

    // One that somebody has: a server, or a node.
    place.is_on(&databases.url(&database));
    let store = PgStore::open(&databases.url(&database), Retention::default()).await.unwrap();
    says(&place.moves().await.no(), &["a server is running on postgres://", "stop it, and move then"]);
    store.close().await;
    let node = PgStore::open_as_node(&databases.url(&database), Retention::default(), Entropy.node()).await.unwrap();
    says(&place.moves().await.no(), &["a server is running on postgres://", "stop it, and move then"]);
    node.close().await;
    // That one was there and left nothing is in nobody's way.
    place.moves().await.good();
}

#[tokio::test]
async fn a_file_that_a_server_has_does_not_move_and_one_that_it_had_meanwhile_neither() {
    let Some(databases) = postgres::shared() else { return };
    let (place, database) = ready(databases).await;
    let is_here = async || place.is_on(&databases.url(&database));
    place.is_set(super::SQLITE);
    let server = place.serves().await;
    is_here().await;
    says(&place.moves().await.no(), &["a server is running on", "onecouch.db: stop it, and move it then"]);
    server.stops().await;
    assert_eq!(note(databases, &database).await, None);

    // A move that broke off, in the middle.
    place.runs(&["key", "list"]).await.good();
    let breaks = "CREATE FUNCTION breaks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$; \
        CREATE TRIGGER breaks BEFORE INSERT ON history EXECUTE FUNCTION breaks()";
    databases.does(&database, breaks).await;
    told_to_file(&place.database(), "INSERT INTO history (room, seq, event) SELECT room, seq, event FROM journal")
        .await;
    says(&place.moves().await.no(), &["the move broke off"]);
    databases.does(&database, "DROP TRIGGER breaks ON history").await;
    for command in [&["serve"][..], &["check"], &["export"], &["key", "list"], &["import", "rooms.jsonl"]] {
        fs::write(
            place.path("rooms.jsonl"),
            "{\"onecouch_export\":1,\"id\":\"01a1fe4c-9000-7000-8000-000000000001\",\"version\":\"0\",\"at\":0}",
        )
        .unwrap();
        let finish =
            format!("finish that with onecouch import {}", fs::canonicalize(place.database()).unwrap().display());
        says(&place.runs(command).await.no(), &["has a part of", &finish, "make the database anew"]);
    }
    // Another installation does not go on where this one was.
    let other = Place::on_sqlite().await;
    many(&other, 3, 3).await;
    other.is_on(&databases.url(&database));
    says(&other.moves().await.no(), &["has a part of", "whose move began on", "finish that with onecouch import /"]);
    // Nor does this one, once a server ran on its file.
    let before = place.copied().await;
    place.is_set(super::SQLITE);
    place.serves().await.stops().await;
    is_here().await;
    says(&place.moves().await.no(), &["changed since its move to", "make the database anew", "and move it again"]);
    // As it was it goes on, wherever it lies.
    fs::copy(before.database(), place.database()).unwrap();
    place.moves().await.good();
    // By then it is whole, and somebody else's.
    says(&other.moves().await.no(), &["was moved to", "make another database"]);
}
