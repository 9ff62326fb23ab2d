//! Files that an earlier onecouch wrote.

use engine::{
    ids::Entropy,
    ports::{Retention, Store},
    room::{Permission, Permissions, Preset, Role, Room, RoomLimits, RoomView, Visibility, Waiting},
    time::Clock,
};
use sqlx::{SqlitePool, sqlite::SqliteConnectOptions};
use uuid::Uuid;

use super::{SqliteStore, open::MIGRATIONS};

const ANA: &str = "01a1fe4c-82d0-7703-835f-ba3afd5dba03";
const FILM: &str = "01a1fe54-056c-724f-8c5f-09fc5a02a844";

/// A room as it was first stored: with a snapshot, or with nothing but its journal.
async fn old_room(pool: &SqlitePool, id: Uuid, snapshot: Option<&str>, journal: &[String]) {
    let row = "INSERT INTO rooms (id, epoch, seq, title, public, made_at, run) VALUES (?1, 1, ?2, 'Old', 0, 7, 1)";
    let first = snapshot.map_or(1, |_| 3);
    let last = first + i64::try_from(journal.len()).unwrap() - 1;
    sqlx::query(row).bind(id).bind(last).execute(pool).await.unwrap();
    if let Some(body) = snapshot {
        let row = "INSERT INTO snapshots (room, seq, body) VALUES (?1, 2, ?2)";
        sqlx::query(row).bind(id).bind(body).execute(pool).await.unwrap();
    }
    for (seq, event) in (first..).zip(journal) {
        let begins = format!(r#"{{"seq":{seq},"at":7,"by":{{"person":"{ANA}","name":"Ana","door":"api"}},"#);
        let event = event.replacen('{', &begins, 1);
        let row = "INSERT INTO journal (room, seq, event) VALUES (?1, ?2, ?3)";
        sqlx::query(row).bind(id).bind(seq).bind(event).execute(pool).await.unwrap();
    }
}

async fn room(store: &SqliteStore, id: Uuid) -> RoomView {
    let id = engine::ids::RoomId(id);
    let loaded = store.load(id).await.unwrap().unwrap();
    Room::restore(id, Clock::start().now(), loaded, RoomLimits::default()).unwrap().0.view().clone()
}

#[tokio::test]
async fn rooms_of_the_first_onecouch_are_as_they_were() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("couch.db");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    MIGRATIONS.run_to(1, &pool).await.unwrap();
    sqlx::query("INSERT INTO runs (id) VALUES (1)").execute(&pool).await.unwrap();

    let founding = |title: &str| {
        format!(
            r#""title":"{title}","visibility":"unlisted","preset":"hosts","host":"{ANA}","host_name":"Ana","invite":"I{title}","code":"C{title}""#
        )
    };
    let item = format!(
        r#"{{"id":"{FILM}","media":{{"url":"https://films.example/a.mp4","player":"video"}},"added_by":{{"person":"{ANA}","name":"Ana","door":"api"}},"added_at":7}}"#
    );
    let waits = format!(r#"{{"item":"{FILM}","position":0,"rate":1000,"playing":false,"at":7,"waiting":true}}"#);
    let events = [
        format!(r#"{{"kind":"founded",{}}}"#, founding("B")),
        r#"{"kind":"renamed","title":"Beta"}"#.to_owned(),
        r#"{"kind":"visibility_changed","visibility":"public"}"#.to_owned(),
        format!(r#"{{"kind":"added","item":{item},"index":0}}"#),
        format!(r#"{{"kind":"playback","playback":{waits},"cause":"start"}}"#),
        format!(
            r#"{{"kind":"described","item":"{FILM}","media":{{"url":"https://films.example/a.mp4","player":"video","title":"A film"}}}}"#
        ),
    ];
    let (snapped, journaled) = (Entropy.room().0, Entropy.room().0);
    let snapshot = format!(
        r#"{{"founding":{{{}}},"made_at":7,"seq":2,"playback":{waits},"current":{item},"queue":[],"members":{{"{ANA}":{{"name":"Ana","role":"host"}}}}}}"#,
        founding("A")
    );
    old_room(&pool, snapped, Some(&snapshot), &events[1..2]).await;
    old_room(&pool, journaled, None, &events).await;
    pool.close().await;

    let store = SqliteStore::open(&path.display().to_string(), Retention::default()).await.unwrap();
    for (id, invite, visibility) in [(snapped, "IA", Visibility::Unlisted), (journaled, "IB", Visibility::Public)] {
        let view = room(&store, id).await;
        assert_eq!((&*view.settings.title, &*view.invite, view.settings.visibility), ("Beta", invite, visibility));
        // What came later is granted in no room that was there before.
        let mut grants = Preset::Hosts.grants();
        grants.trusted = grants.trusted.without(Permissions::of(&[Permission::Upload]));
        assert_eq!((view.preset, view.settings.grants), (Preset::Hosts, grants));
        let (host, member) = view.host().unwrap();
        assert_eq!((host.to_string().as_str(), &*member.name, member.role), (ANA, "Ana", Role::Host));
        assert_eq!(view.playback.waiting, Some(Waiting::Viewer));
        assert_eq!(store.hosted(host, None, 9).await.unwrap().len(), 2);
    }
    assert_eq!(room(&store, journaled).await.state.current.unwrap().media.title.as_deref(), Some("A film"));
    store.close().await;
}
