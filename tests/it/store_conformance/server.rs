//! What only a store on a server can promise: neighbours that write too, lines that are cut, servers that go and come back,
//! and what may be in the way at the start.

use engine::refusal::{Code, No};
use onecouch::store;
use sqlx::PgConnection;
use tokio::time::timeout;

use super::*;
use crate::postgres::{PASSWORD, Server};

/// How long what surely happens may take, on a machine that has other work.
const LONG: Duration = Duration::from_secs(60);

async fn alone(server: &Server, database: &str) -> PgStore {
    PgStore::open(&server.url(database), Retention::default()).await.unwrap()
}

async fn with_others(server: &Server, database: &str) -> PgStore {
    PgStore::open_as_node(&server.url(database), Retention::default(), Entropy.node()).await.unwrap()
}

/// Asks until the answer is yes.
async fn until(hand: &mut PgConnection, question: &'static str) {
    let yes = async {
        while !sqlx::query_scalar::<_, bool>(question).fetch_one(&mut *hand).await.unwrap() {
            tokio::task::yield_now().await;
        }
    };
    timeout(LONG, yes).await.expect(question);
}

/// Whether the writer waits for somebody's lock.
const WAITS: &str = "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() \
    AND wait_event_type = 'Lock' AND pid <> pg_backend_pid())";

/// Which process of the server waits for somebody's lock, once it is another than `last`.
async fn waits_after(hand: &mut PgConnection, last: i32) -> i32 {
    let waits = async {
        loop {
            let question = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() \
                AND wait_event_type = 'Lock' AND pid NOT IN (pg_backend_pid(), $1)";
            if let Some(pid) = sqlx::query_scalar(question).bind(last).fetch_optional(&mut *hand).await.unwrap() {
                break pid;
            }
        }
    };
    timeout(LONG, waits).await.expect("it tries again")
}

/// Ends the connection that writes, as whoever runs the server may: it is the one that has the database.
const CUT: &str = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 0 AND granted \
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

fn not_stored(outcome: Result<(), No>) -> bool {
    matches!(outcome, Err(No::Refusal(refusal)) if refusal.code == Code::NotStored)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_nodes_that_claim_a_name_one_gets_it() {
    let Some(server) = postgres::shared() else { return };
    let database = server.database().await;
    let nodes = [with_others(server, &database).await, with_others(server, &database).await].map(Arc::new);
    for round in 0..100 {
        let names: Vec<String> = (0..8).map(|name| format!("RACE{round}-{name}")).collect();
        let claim = |node: Arc<PgStore>, names: Vec<String>| {
            tokio::spawn(async move {
                let mut won = Vec::new();
                for name in names {
                    won.push(node.claim(vec![alias(AliasKind::Code, &name, Entropy.room())]).await.unwrap());
                }
                won
            })
        };
        let both = [claim(nodes[0].clone(), names.clone()), claim(nodes[1].clone(), names)];
        let [first, second] = both;
        for (first, second) in first.await.unwrap().into_iter().zip(second.await.unwrap()) {
            assert_ne!(first, second, "one and only one has the name");
        }
    }
    for node in nodes {
        node.close().await;
    }
}

#[tokio::test]
async fn an_owner_that_was_relieved_writes_nothing_more() {
    let Some(server) = postgres::shared() else { return };
    let database = server.database().await;
    let (first, second) = (with_others(server, &database).await, with_others(server, &database).await);
    let mut held = Held::found(&first, Visibility::Public).await;
    first.append(held.says("mine")).await.unwrap();
    // Nobody heard of it for as long as a lease lasts.
    server.does(&database, "UPDATE runs SET lease_until = clock_timestamp() WHERE id = (SELECT run FROM rooms)").await;
    let back = loaded(&second, &held).await;
    assert_eq!((back.epoch, numbers(&back.events)), (2, vec![1, 2]));
    let mut taken = held.taken(&back);
    assert_says(first.append(held.says("still mine?")).await, "stale epoch");
    second.append(taken.says("no, mine")).await.unwrap();
    // Nor is it made a second time by who believes that it is not there.
    let mut again = Held { epoch: 1, seq: 0, ..held.taken(&back) };
    assert_says(first.append(Entry { epoch: 1, ..again.founding_entry() }).await, "stale epoch");
    assert_eq!(lines(&second.chat(held.id, None, 10).await.unwrap()), ["no, mine", "mine"]);
    first.close().await;
    second.close().await;
}

#[tokio::test]
async fn who_is_in_anothers_way_writes_a_little_later() {
    let Some(server) = postgres::shared() else { return };
    let database = server.database().await;
    let store = alone(server, &database).await;
    let mut rooms = [Held::found(&store, Visibility::Public).await, Held::found(&store, Visibility::Public).await];
    rooms.sort_by_key(|room| room.id);
    let [first, second] = &mut rooms;
    let (mut hand, mut eye) = (server.hand(&database).await, server.hand(&database).await);
    let lock = "SELECT seq FROM rooms WHERE id = $1 FOR UPDATE";
    let mut other = hand.begin().await.unwrap();
    sqlx::query(lock).bind(second.id.0).execute(&mut *other).await.unwrap();
    // Both share a commit: it has the first by now, and wants the second.
    let written = [store.append(first.says("one")), store.append(second.says("two"))];
    until(&mut eye, WAITS).await;
    // Who has that one wants the first. The server ends the wait of whoever began earlier, which is the commit.
    timeout(LONG, sqlx::query(lock).bind(first.id.0).execute(&mut *other)).await.unwrap().unwrap();
    other.commit().await.unwrap();
    for written in written {
        written.await.unwrap();
    }
    store.close().await;
}

#[tokio::test]
async fn a_line_that_is_cut_is_made_anew_and_nobody_notices() {
    let Some(server) = postgres::shared() else { return };
    let database = server.database().await;
    let store = alone(server, &database).await;
    let mut room = Held::found(&store, Visibility::Public).await;
    let (mut hand, mut other) = (server.hand(&database).await, server.hand(&database).await);
    // While nothing is on its way by it.
    sqlx::query(CUT).execute(&mut hand).await.unwrap();
    store.append(room.says("one")).await.unwrap();
    // In the middle of a transaction: it waits for a row that somebody has.
    let mut others = other.begin().await.unwrap();
    sqlx::query("SELECT 1 FROM rooms FOR UPDATE").execute(&mut *others).await.unwrap();
    let written = store.append(room.says("two"));
    until(&mut hand, WAITS).await;
    sqlx::query(CUT).execute(&mut hand).await.unwrap();
    others.rollback().await.unwrap();
    written.await.unwrap();
    // One that is cut twice over is told of.
    let mut others = other.begin().await.unwrap();
    sqlx::query("SELECT 1 FROM rooms FOR UPDATE").execute(&mut *others).await.unwrap();
    let written = store.append(room.says("three"));
    let mut last = 0;
    for _ in 0..2 {
        last = waits_after(&mut hand, last).await;
        sqlx::query("SELECT pg_terminate_backend($1)").bind(last).execute(&mut hand).await.unwrap();
    }
    assert_says(written.await, "cannot write to the database");
    others.rollback().await.unwrap();
    let back = loaded(&store, &room).await;
    assert_eq!(numbers(&back.events), [1, 2, 3]);
    // And the database is still its own.
    let second = PgStore::open(&server.url(&database), Retention::default()).await;
    assert!(second.is_err_and(|error| error.is_in_use()));
    store.close().await;
}

#[tokio::test]
async fn who_lost_the_database_to_another_writes_nothing_to_it() {
    let Some(server) = postgres::shared() else { return };
    let database = server.database().await;
    let store = alone(server, &database).await;
    let error = PgStore::open(&server.url(&database), Retention::default()).await.unwrap_err();
    assert!(error.to_string().contains("in use by another onecouch"), "{error}");
    let room = Held::found(&store, Visibility::Public).await;
    let (mut other, mut hand) = (server.hand(&database).await, server.hand(&database).await);
    // Another waits for it already.
    let owner: (i32, i32) = sqlx::query_as(
        "SELECT classid::int4, objid::int4 FROM pg_locks WHERE locktype = 'advisory' AND objid = 0 AND granted \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    )
    .fetch_one(&mut hand)
    .await
    .unwrap();
    let waits = tokio::spawn(async move {
        let take = "SELECT pg_advisory_lock($1, $2)";
        sqlx::query(take).bind(owner.0).bind(owner.1).execute(&mut other).await.unwrap();
        other
    });
    until(&mut hand, WAITS).await;
    sqlx::query(CUT).execute(&mut hand).await.unwrap();
    let other = waits.await.unwrap();
    let person = || Record::Person(Person { id: Entropy.person(), name: "Ana".into(), made_at: WallTime(5) });
    assert!(not_stored(store.put(vec![person()]).await));
    let records: i64 = sqlx::query_scalar("SELECT count(*) FROM records").fetch_one(&mut hand).await.unwrap();
    assert_eq!(records, 0);
    // Reading takes nothing from anybody.
    assert_eq!(store.all_rooms(None, 10).await.unwrap(), [room.id]);
    other.close().await.unwrap();
    store.put(vec![person()]).await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_server_that_takes_no_more_is_told_and_recovers() {
    let Some(server) = postgres::shared() else { return };
    let database = server.database().await;
    let store = alone(server, &database).await;
    let mut room = Held::found(&store, Visibility::Public).await;
    let mut other = Held::found(&store, Visibility::Public).await;
    // As a full disk is told.
    let trap = "CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
            IF new.event LIKE '%matches%' THEN RAISE 'could not extend file: No space left on device' USING ERRCODE = '53100'; END IF; \
            RETURN new; END $$; \
        CREATE TRIGGER trap BEFORE INSERT ON chat FOR EACH ROW EXECUTE FUNCTION trap()";
    server.does(&database, trap).await;
    let (said, after) = (store.append(room.says("who has matches?")), store.append(room.says("oh no")));
    assert_says(said.await, "No space left on device");
    assert!(after.await.is_err(), "there is no hole in the journal");
    store.append(other.says("all well here")).await.unwrap();
    let back = loaded(&store, &room).await;
    assert_eq!(numbers(&back.events), [1]);

    // Read-only from the next connection on.
    server.does("postgres", &format!("ALTER DATABASE {database} SET default_transaction_read_only = on")).await;
    server.does(&database, CUT).await;
    assert_says(store.append(other.says("hello?")).await, "read-only");
    assert_eq!(lines(&store.chat(other.id, None, 10).await.unwrap()), ["all well here"]);
    server.does("postgres", &format!("ALTER DATABASE {database} RESET default_transaction_read_only")).await;
    server.does(&database, CUT).await;
    let back = loaded(&store, &other).await;
    let mut other = Held { seq: 2, ..other.taken(&back) };
    store.append(other.says("there you are")).await.unwrap();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_answered_is_lost_where_the_server_fails_and_comes_back() {
    let Some(mut server) = postgres::own(&["fsync=on"]) else { return };
    let database = server.database().await;
    let store = Arc::new(alone(&server, &database).await);
    let mut room = Held::found(&*store, Visibility::Public).await;
    let stop = tokio_util::sync::CancellationToken::new();
    let written = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let writes = tokio::spawn({
        let (store, stop, written) = (store.clone(), stop.clone(), written.clone());
        async move {
            let (mut answered, mut faults) = (Vec::new(), 0);
            while !stop.is_cancelled() {
                let text = Entropy.person().to_string();
                if store.append(room.says(&text)).await.is_ok() {
                    answered.push(text);
                    written.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    continue;
                }
                faults += 1;
                // As a room does: it goes back to what is stored, as soon as that can be read.
                if let Ok(back) = store.load(room.id).await {
                    let back = back.unwrap();
                    let last = back.events.last().map_or(0, |event| event.seq);
                    room = Held { seq: last, ..room.taken(&back) };
                }
            }
            (room, answered, faults)
        }
    });
    let more = async |of: u64| {
        let from = written.load(std::sync::atomic::Ordering::Relaxed);
        let more = async {
            while written.load(std::sync::atomic::Ordering::Relaxed) < from + of {
                tokio::task::yield_now().await;
            }
        };
        timeout(LONG, more).await.expect("writes go on");
    };
    for how in ["QUIT", "INT", "QUIT"] {
        more(50).await;
        server.ends(how);
        // Away, whatever is asked is told so, in time.
        assert!(timeout(LONG, store.put(Vec::new())).await.unwrap().is_err());
        let read = timeout(LONG, store.all_rooms(None, 1)).await.unwrap();
        assert_says(read, "cannot read the database");
        assert!(server.begins());
    }
    more(50).await;
    stop.cancel();
    let (room, answered, faults) = writes.await.unwrap();
    assert!(faults > 0, "it was never away");
    let mut told: Vec<String> = Vec::new();
    let chat = store.chat(room.id, None, 1_000_000).await.unwrap();
    told.extend(lines(&chat).into_iter().rev().map(str::to_owned));
    // One whose answer was lost may be there; none that was answered is not, or is there twice, or at another place.
    let known: std::collections::HashSet<_> = answered.iter().collect();
    told.retain(|text| known.contains(text));
    assert_eq!(told, answered);
    let back = loaded(&*store, &room).await;
    assert_eq!(numbers(&back.events), (1..=back.events.len() as u64).collect::<Vec<_>>());
    store.close().await;
}

#[tokio::test]
async fn what_is_in_the_way_is_told_with_what_to_do_and_without_the_password() {
    let Some(server) = postgres::shared() else { return };
    let here = server.address();
    let database = server.database().await;
    let ascii = server.database_with("ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0").await;
    let newer = server.database().await;
    alone(server, &newer).await.close().await;
    let add = "UPDATE about SET version = 7008009; INSERT INTO _sqlx_migrations (version, description, success, checksum, \
        execution_time) VALUES (9999, 'from the future', true, '\\x00', 0)";
    server.does(&newer, add).await;
    let changed = server.database().await;
    alone(server, &changed).await.close().await;
    server.does(&changed, "UPDATE _sqlx_migrations SET checksum = '\\x00'").await;
    let role = format!("may_not_{database}");
    server.does("postgres", &format!("CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'")).await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();

    let cases = [
        (format!("postgres://couch:{PASSWORD}@{closed}/{database}"), "cannot be reached", "pg_hba.conf"),
        (
            format!("postgres://couch:{PASSWORD}x@{here}/{database}"),
            "lets nobody in",
            "the name and password in database.url",
        ),
        (
            format!("postgres://ana:{PASSWORD}@{here}/{database}"),
            "lets nobody in",
            "the name and password in database.url",
        ),
        (format!("postgres://couch:{PASSWORD}@{here}/nowhere"), "is not there", "CREATE DATABASE"),
        (format!("postgres://{role}:{PASSWORD}@{here}/{database}"), "not make or change its tables", "OWNER TO"),
        (server.url(&ascii), "SQL_ASCII", "ENCODING 'UTF8'"),
        (server.url(&newer), "was written by onecouch 7.8.9 (migration 9999)", "pg_restore"),
        (server.url(&changed), "cannot be brought up to date", "restore a backup"),
        (format!("postgres://couch:{PASSWORD}@{here}/{database}?sslmode=require"), "cannot be reached", "sslmode"),
    ];
    for (url, what, to_do) in cases {
        for error in [store::open(&url, Retention::default()).await.map(drop), store::look(&url).await.map(drop)] {
            // Looking needs no rights, and finds nothing in the way of making the tables.
            let Err(error) = error else {
                assert!(url.contains(&role), "{url}");
                continue;
            };
            let said = format!("{error} {error:?}");
            assert!(said.contains(what) && said.contains(to_do), "{said}");
            assert!(!said.contains(PASSWORD), "{said}");
        }
    }
    // Nothing of it is left behind.
    assert_eq!(store::look(&server.url(&database)).await.unwrap(), None);
    alone(server, &database).await.close().await;
    assert_eq!(store::look(&server.url(&database)).await.unwrap().unwrap().rooms, 0);
}

#[tokio::test]
async fn a_role_that_may_only_write_goes_on_with_tables_that_are_there() {
    let Some(server) = postgres::shared() else { return };
    let database = server.database().await;
    alone(server, &database).await.close().await;
    let role = format!("writes_{database}");
    let grant = format!(
        "CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'; \
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
    );
    server.does(&database, &grant).await;
    let url = format!("postgresql://{role}:{PASSWORD}@{}/{database}", server.address());
    let store = PgStore::open(&url, Retention::default()).await.unwrap();
    Held::found(&store, Visibility::Public).await;
    store.close().await;
}

#[tokio::test]
async fn a_database_is_read_as_it_was_while_it_is_written_to() {
    let Some(server) = postgres::shared() else { return };
    let database = server.database().await;
    let store = alone(server, &database).await;
    let mut room = Held::found(&store, Visibility::Public).await;
    store.beat(PlayTime(77)).await.unwrap();
    store.append(room.says("before")).await.unwrap();
    let still = store::still(&server.url(&database)).await.unwrap();
    assert_eq!(still.store.all_rooms(None, 10).await.unwrap(), [room.id]);
    store.append(room.says("after")).await.unwrap();
    Held::found(&store, Visibility::Public).await;
    let back = loaded(&*still.store, &room).await;
    assert_eq!((back.epoch, back.last_beat, numbers(&back.events)), (2, Some(PlayTime(77)), vec![1, 2]));
    assert_eq!(lines(&still.store.chat(room.id, None, 10).await.unwrap()), ["before"]);
    assert_eq!(still.store.all_rooms(None, 10).await.unwrap(), [room.id]);
    assert!(not_stored(still.store.put(Vec::new()).await));
    still.close().await;
    // The room is still its owner's, under the epoch that it had.
    store.append(room.says("and on")).await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn a_letter_that_postgres_does_not_have_stops_nobody() {
    let Some(server) = postgres::shared() else { return };
    let database = server.database().await;
    let store = alone(server, &database).await;
    let mut room = Held::found(&store, Visibility::Public).await;
    store.append(room.is_called("A\0B")).await.unwrap();
    store.append(room.says("C\0D")).await.unwrap();
    store.append(room.entry(vec![reworded(3, "E\0F")])).await.unwrap();
    assert!(store.claim(vec![alias(AliasKind::Code, "G\0H", room.id)]).await.unwrap());
    assert!(!store.claim(vec![alias(AliasKind::Code, "G\0H", room.id)]).await.unwrap());
    assert_eq!(lines(&store.chat(room.id, None, 10).await.unwrap()), ["E\0F"]);
    assert_eq!(store.public_rooms(None, 10).await.unwrap()[0].title, "A\u{fffd}B".into());
    let held = store.get(Key::Alias(AliasKind::Code, "G\0H".into())).await.unwrap();
    assert_eq!(held, Some(alias(AliasKind::Code, "G\0H", room.id)));
    store.append(room.entry(vec![EventKind::Erased { line: 3 }])).await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn expired_records_and_old_visits_leave_the_tables() {
    let Some(server) = postgres::shared() else { return };
    let database = server.database().await;
    let store = alone(server, &database).await;
    let mut room = Held::found(&store, Visibility::Public).await;
    let (person, day) = (Entropy.person(), 24 * 3_600_000);
    let session = |token: &str, expires_at: i64| {
        let (token_hash, expires_at) = (token.to_owned(), WallTime(expires_at));
        Record::Session(Session { token_hash, person, expires_at, made_at: WallTime(1), vouched: None })
    };
    store.put(vec![session("old", now().0 - 1), session("new", now().0 + 3_600_000)]).await.unwrap();
    let ago = |days: i64| (person, now().0 - days * day - 1_000, now().0 - days * day);
    store.append(room.is_left(&[ago(500), ago(364)])).await.unwrap();
    store.close().await;
    let store = alone(server, &database).await;
    let mut hand = server.hand(&database).await;
    until(&mut hand, "SELECT (SELECT count(*) FROM records) = 1 AND (SELECT count(*) FROM visits) = 1").await;
    store.close().await;
}

#[tokio::test]
async fn a_whole_server_keeps_all_in_it_and_the_command_line_knows_it() {
    let Some(server) = postgres::shared() else { return };
    let database = server.database().await;
    let url = server.url(&database);
    let mut world = crate::world::World::start_with(|config| config.database.url.clone_from(&url)).await;
    let ana = world.person("Ana").await;
    let room = ana.post("/api/v1/rooms", serde_json::json!({ "title": "On PostgreSQL" })).await.created();
    world.restart().await;
    let path = crate::world::in_room(&room, "");
    assert_eq!(ana.get(&path).await.ok()["title"], "On PostgreSQL");

    let place = crate::upkeep_stories::Place::new(&format!("[database]\nurl = \"{url}\"")).await;
    let shown = format!("postgres://couch@{}/{database}", server.address());
    let said = place.runs(&["check"]).await.good();
    assert!(said.contains("can go on with") && said.contains(&shown) && said.contains("rooms: 1"), "{said}");
    // Beside the server that has it.
    let exported = place.runs(&["export"]).await.good();
    assert!(exported.contains("On PostgreSQL"), "{exported}");
    std::fs::write(place.path("rooms.jsonl"), exported).unwrap();
    let no = |said: String, words: &str| {
        assert!(said.contains(words) && said.contains(&shown) && !said.contains(PASSWORD), "{said}");
    };
    no(place.runs(&["import", "rooms.jsonl"]).await.no(), "a server is running on");
    no(place.runs(&["backup", "copy.db"]).await.no(), "pg_dump");
    no(place.runs(&["restore", "copy.db"]).await.no(), "pg_restore");
    no(place.runs(&["upgrade"]).await.no(), "SIGUSR2");
    let said = place.runs(&["doctor"]).await;
    assert!(said.out.contains(&format!("ok    {shown} is in use by a running server")), "{said:?}");
    assert!(!said.out.contains(PASSWORD), "{said:?}");
    // The password may stand elsewhere; a line there that is none is not told to anybody.
    let passwords = place.path("passwords");
    std::fs::write(&passwords, format!("hunter2 is no line\n*:*:*:couch:{PASSWORD}\n")).unwrap();
    std::fs::set_permissions(&passwords, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    for (order, words) in [("check", "can go on with"), ("serve", "in use by another onecouch")] {
        let listen = "[http]\nlisten = \"127.0.0.1:0\"\nmetrics_listen = \"\"";
        place.is_set(&format!("{listen}\n[database]\nurl = \"{shown}\""));
        let mut command = place.command(&[order]);
        let said = timeout(LONG, command.env("PGPASSFILE", &passwords).output()).await.unwrap().unwrap();
        let said = format!("{said:?}");
        assert!(said.contains(words) && !said.contains("hunter2") && !said.contains(PASSWORD), "{said}");
    }
    world.stop().await;
    let elsewhere = server.database().await;
    place.is_set(&format!("[database]\nurl = \"{}\"", server.url(&elsewhere)));
    assert!(place.runs(&["import", "rooms.jsonl"]).await.good().contains('1'));
    let said = place.runs(&["check"]).await.good();
    assert!(said.contains("rooms: 1"), "{said}");
    let said = place.runs(&["key", "create", "--name", "ops", "--scope", "read"]).await.good();
    assert!(said.contains("secret"), "{said}");
}

#[tokio::test]
async fn a_database_that_takes_nothing_is_not_opened() {
    let Some(server) = postgres::shared() else { return };
    let database = server.database().await;
    server.does("postgres", &format!("ALTER DATABASE {database} SET default_transaction_read_only = on")).await;
    let error = PgStore::open(&server.url(&database), Retention::default()).await.unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
}
