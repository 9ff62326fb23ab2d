//! What only a store on a file can promise: crashes, failing disks, neighbours, versions, addresses.

use super::*;

fn copied(from: &Path, to: &Path) {
    for ending in ["", "-wal"] {
        let of = |path: &Path| PathBuf::from(format!("{}{ending}", path.display()));
        std::fs::copy(of(from), of(to)).unwrap();
    }
}

#[tokio::test]
async fn what_was_answered_survives_a_crash() {
    let mut world = Sqlite::new();
    let store = world.open().await;
    let mut room = Held::found(&*store, Visibility::Public).await;
    store.beat(PlayTime(77)).await.unwrap();
    for line in 0..100 {
        store.append(room.says(&line.to_string())).await.unwrap();
    }
    assert!(store.claim(vec![alias(AliasKind::Code, "ALIVE1", room.id)]).await.unwrap());

    // As the file lies there at this moment; nothing is closed.
    let elsewhere = tempfile::tempdir().unwrap();
    let copy = elsewhere.path().join("copy.db");
    copied(&world.path(), &copy);
    let found = open(&copy).await.unwrap();
    let back = loaded(&found, &room).await;
    assert_eq!(numbers(&back.events), (1..=101).collect::<Vec<_>>());
    assert_eq!(back.last_beat, Some(PlayTime(77)));
    assert!(found.get(Key::Alias(AliasKind::Code, "ALIVE1".into())).await.unwrap().is_some());
    found.close().await;
    store.close().await;
}

#[tokio::test]
async fn a_failed_commit_is_told_to_all_who_wait_and_the_next_one_goes_on() {
    // One failure leaves the transaction to us, the other takes it away from under our hands, as a full disk does.
    let traps = [
        "CREATE TRIGGER trap BEFORE INSERT ON chat WHEN new.event LIKE '%matches%' \
            BEGIN SELECT RAISE(ABORT, 'the disk is on fire'); END",
        "CREATE TRIGGER trap BEFORE INSERT ON chat WHEN new.event LIKE '%matches%' \
            BEGIN SELECT RAISE(ROLLBACK, 'the disk is on fire'); END",
    ];
    for trap in traps {
        let mut world = Sqlite::new();
        let store = world.open().await;
        let mut room = Held::found(&*store, Visibility::Public).await;
        let mut other = Held::found(&*store, Visibility::Public).await;
        let mut hand = world.other_hand().await;
        sqlx::query(trap).execute(&mut hand).await.unwrap();
        hand.close().await.unwrap();

        let (played, after) = (store.append(room.says("who has matches?")), store.append(room.says("oh no")));
        assert_says(played.await, "the disk is on fire");
        // It may have shared the commit or come behind it; either way there is no hole in the journal.
        assert!(after.await.is_err());
        store.append(other.says("all well here")).await.unwrap();

        let back = loaded(&*store, &room).await;
        assert_eq!(numbers(&back.events), [1]);
        let mut room = Held { seq: 1, ..room.taken(&back) };
        store.append(room.says("again")).await.unwrap();
        assert_eq!(lines(&store.chat(room.id, None, 10).await.unwrap()), ["again"]);
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reading_does_not_wait_for_a_write() {
    let mut world = Sqlite::new();
    let store = world.open().await;
    let mut room = Held::found(&*store, Visibility::Public).await;
    let mut hand = world.other_hand().await;
    // Somebody else holds the lock that a commit needs.
    let held = hand.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let stuck = store.append(room.says("waiting"));
    let reading = async {
        // Often enough that the writer is surely waiting during most of them.
        for _ in 0..200 {
            assert_eq!(store.public_rooms(None, 10).await.unwrap()[0].seq, 1);
        }
    };
    tokio::time::timeout(Duration::from_secs(4), reading).await.expect("readers do not wait");
    held.rollback().await.unwrap();
    stuck.await.unwrap();
    assert_eq!(store.public_rooms(None, 10).await.unwrap()[0].seq, 2);
    hand.close().await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn admissions_of_an_older_version_are_found_by_who_was_let_in() {
    let mut world = Sqlite::new();
    let store = world.open().await;
    let admission = Admission { room: Entropy.room(), person: Entropy.person(), at: WallTime(5) };
    store.put(vec![Record::Admission(admission.clone())]).await.unwrap();
    store.close().await;
    let mut hand = world.other_hand().await;
    for statement in [
        "UPDATE records SET owner = substr(key, 1, 36) WHERE kind = 'admission'",
        "DELETE FROM _sqlx_migrations WHERE description = 'admissions by person'",
    ] {
        assert_eq!(sqlx::query(statement).execute(&mut hand).await.unwrap().rows_affected(), 1);
    }
    hand.close().await.unwrap();
    let store = world.open().await;
    let found = store.find(Find::AdmissionsOf(admission.person)).await.unwrap();
    assert_eq!(found, [Record::Admission(admission)]);
    store.close().await;
}

#[tokio::test]
async fn expired_records_leave_the_file() {
    let mut world = Sqlite::new();
    let store = world.open().await;
    let person = Entropy.person();
    let sessions = |expires_at: i64, of: &str| -> Vec<Record> {
        let session = |index| Session {
            token_hash: format!("{of}{index}"),
            person,
            expires_at: WallTime(expires_at),
            made_at: WallTime(1),
            vouched: None,
        };
        (0..10).map(|index| Record::Session(session(index))).collect()
    };
    store.put(sessions(now().0 - 1, "old")).await.unwrap();
    store.put(sessions(now().0 + 3_600_000, "new")).await.unwrap();
    // Each process sweeps as soon as it has time.
    let store = world.restart(store).await;
    let mut hand = world.other_hand().await;
    let left = async {
        loop {
            let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM records").fetch_one(&mut hand).await.unwrap();
            if rows == 10 {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), left).await.expect("the old ones go, the new ones stay");
    hand.close().await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn old_visits_leave_the_file() {
    let mut world = Sqlite::new();
    let store = world.open().await;
    let mut room = Held::found(&*store, Visibility::Public).await;
    let (ana, day) = (Entropy.person(), 24 * 3_600_000);
    let ago = |days: i64| (ana, now().0 - days * day - 1_000, now().0 - days * day);
    store.append(room.is_left(&[ago(500), ago(366), ago(364), ago(1)])).await.unwrap();
    let store = world.restart(store).await;
    let left = async {
        while store.attendance(room.id).await.unwrap().visits != 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), left).await.expect("the old ones go, the new ones stay");
    store.close().await;
}

#[tokio::test]
async fn a_file_of_the_first_days_is_brought_up_to_date() {
    let mut world = Sqlite::new();
    std::fs::create_dir_all(world.path().parent().unwrap()).unwrap();
    let options = SqliteConnectOptions::new().filename(world.path()).create_if_missing(true);
    let mut hand = SqliteConnection::connect_with(&options).await.unwrap();
    let all = sqlx::migrate!("./migrations/sqlite");
    all.run_to(1, &mut hand).await.unwrap();
    let mut room = Held::planned(Visibility::Public);
    let ana = who("Ana");
    let told = [room.founding_entry(), room.hears(&ana, "hi")].map(|entry| entry.events[0].clone());
    sqlx::query("INSERT INTO runs (id) VALUES (1)").execute(&mut hand).await.unwrap();
    sqlx::query("INSERT INTO rooms VALUES (?1, 1, 2, 'Friday', 1, 1000, 1)")
        .bind(room.id.0)
        .execute(&mut hand)
        .await
        .unwrap();
    for event in &told {
        let (seq, text) = (i64::try_from(event.seq).unwrap(), serde_json::to_string(event).unwrap());
        for table in ["INSERT INTO journal VALUES (?1, ?2, ?3)", "INSERT INTO chat VALUES (?1, ?2, ?3)"] {
            if table.contains("journal") || event.seq == 2 {
                sqlx::query(table).bind(room.id.0).bind(seq).bind(&text).execute(&mut hand).await.unwrap();
            }
        }
    }
    hand.close().await.unwrap();

    let store = world.open().await;
    assert_eq!(loaded(&*store, &room).await.events, told.each_ref().map(|event| Event::clone(event)));
    assert_eq!(store.lines_of(ana.person, None, 10).await.unwrap().len(), 1);
    let trail = Trail { limit: 10, person: Some(ana.person), kind: Some("said".into()), ..Trail::default() };
    assert_eq!(numbers(&store.audit(room.id, &trail).await.unwrap()), [2]);
    store.close().await;
}

#[tokio::test]
async fn a_second_process_is_kept_out() {
    let mut world = Sqlite::new();
    let store = world.open().await;
    let error = open(&world.path()).await.unwrap_err();
    assert!(matches!(error, StoreError::InUse { .. }), "{error}");
    assert!(error.to_string().contains("in use by another onecouch"), "{error}");
    // Nor through a link to the same file.
    let link = world.0.path().join("link.db");
    std::os::unix::fs::symlink(world.path(), &link).unwrap();
    assert!(matches!(open(&link).await.unwrap_err(), StoreError::InUse { .. }));
    store.close().await;
    open(&world.path()).await.unwrap().close().await;
}

#[tokio::test]
async fn a_closed_database_is_one_file_and_its_lock() {
    let mut world = Sqlite::new();
    let store = world.open().await;
    Held::found(&*store, Visibility::Public).await;
    store.close().await;
    let mut names: Vec<_> =
        std::fs::read_dir(world.0.path().join("data")).unwrap().map(|file| file.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["couch.db", "couch.db.lock"]);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let mut world = Sqlite::new();
    world.open().await.close().await;
    let mut hand = world.other_hand().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
        VALUES (9999, 'from the future', true, x'00', 0)";
    sqlx::query(newer).execute(&mut hand).await.unwrap();
    hand.close().await.unwrap();
    let error = open(&world.path()).await.unwrap_err();
    assert!(matches!(error, StoreError::Newer { migration: 9999, .. }), "{error}");
    assert!(error.to_string().contains("was written by a newer onecouch"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_opened_says_where_and_what_to_do() {
    let place = tempfile::tempdir().unwrap();
    let garbage = place.path().join("garbage.db");
    std::fs::write(&garbage, "this was never a database, whatever its name says. ".repeat(100)).unwrap();
    let error = open(&garbage).await.unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains("garbage.db") && error.to_string().contains("restore a backup"), "{error}");

    let under_a_file = garbage.join("couch.db");
    let error = open(&under_a_file).await.unwrap_err();
    assert!(matches!(error, StoreError::NotWritable { .. }), "{error}");
    assert!(error.to_string().contains("garbage.db") && error.to_string().contains("write access"), "{error}");

    let directory = place.path().join("directory.db");
    std::fs::create_dir(&directory).unwrap();
    let error = open(&directory).await.unwrap_err();
    assert!(matches!(error, StoreError::NotWritable { .. }), "{error}");

    for url in ["postgres://localhost/couch", "sqlite::memory:", "sqlite://", "", "sqlite:couch.db?mode=ro"] {
        let error = SqliteStore::open(url, Retention::default()).await.unwrap_err();
        assert!(matches!(error, StoreError::Address { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_path_is_written_in_any_of_three_ways() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("couch.db").display().to_string();
    let mut room = None;
    for url in [path.clone(), format!("sqlite:{path}"), format!("sqlite://{path}?mode=rwc")] {
        let store = SqliteStore::open(&url, Retention::default()).await.unwrap();
        match &room {
            None => room = Some(Held::found(&store, Visibility::Public).await),
            Some(room) => assert_eq!(numbers(&loaded(&store, room).await.events), [1]),
        }
        store.close().await;
    }
}
