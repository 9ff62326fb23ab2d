//! What every store promises, told once and asked of each of them.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

use std::{
    future::Future,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use engine::{
    event::{ChatLine, Door, Event, EventKind, Played, Visit, Who},
    ids::{CallId, Entropy, PersonId, RoomId},
    media::{Item, Media, Player},
    memory::MemoryStore,
    ports::{Attendance, Brought, Change, Entry, Landing, Loaded, Retention, RoomHead, Store, Trail},
    records::{
        Admission, Alias, AliasKind, Answer, Find, Identity, Key, Person, Place, PlaceId, PlaceSettings, Platform,
        Record, Session,
    },
    room::{Changes, Founding, Host, Playback, Preset, Role, Room, RoomLimits, RoomSettings, RoomState, Visibility},
    time::{Clock, Millis, Now, PlayTime, WallTime},
};
use onecouch::store::{PgStore, SqliteStore, StoreError};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

use crate::postgres;

/// A kind of store, and the place that outlives its processes.
trait World: Sized {
    /// An empty place.
    fn new() -> Self;

    /// What the processes from now on keep, and for how long.
    fn keep(&mut self, retention: Retention);

    /// The first process.
    fn open(&mut self) -> impl Future<Output = Arc<dyn Store>>;

    /// Ends one process in order, and starts the next.
    fn restart(&mut self, store: Arc<dyn Store>) -> impl Future<Output = Arc<dyn Store>> {
        async move {
            store.close().await;
            self.open().await
        }
    }
}

#[derive(Default)]
struct Memory(Option<MemoryStore>, Retention);

impl World for Memory {
    fn new() -> Self {
        Self::default()
    }

    fn keep(&mut self, retention: Retention) {
        self.1 = retention;
    }

    async fn open(&mut self) -> Arc<dyn Store> {
        let store = self.0.as_ref().map_or_else(|| MemoryStore::keeping(self.1), MemoryStore::reopen);
        self.0 = Some(store.clone());
        Arc::new(store)
    }
}

struct Sqlite(TempDir, Retention);

impl Sqlite {
    fn path(&self) -> PathBuf {
        self.0.path().join("data").join("couch.db")
    }

    /// Somebody else at the file, such as a person with the sqlite3 program.
    async fn other_hand(&self) -> SqliteConnection {
        SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(self.path())).await.unwrap()
    }
}

impl World for Sqlite {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap(), Retention::default())
    }

    fn keep(&mut self, retention: Retention) {
        self.1 = retention;
    }

    async fn open(&mut self) -> Arc<dyn Store> {
        let url = format!("sqlite://{}", self.path().display());
        Arc::new(SqliteStore::open(&url, self.1).await.unwrap())
    }
}

/// A database of the server that all stories share; none before it is opened.
struct Postgres(Option<String>, Retention);

impl World for Postgres {
    fn new() -> Self {
        Self(None, Retention::default())
    }

    fn keep(&mut self, retention: Retention) {
        self.1 = retention;
    }

    async fn open(&mut self) -> Arc<dyn Store> {
        let server = postgres::shared().expect("it was there when the story began");
        if self.0.is_none() {
            self.0 = Some(server.url(&server.database().await));
        }
        Arc::new(PgStore::open(self.0.as_ref().unwrap(), self.1).await.unwrap())
    }
}

async fn open(path: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(&format!("sqlite://{}", path.display()), Retention::default()).await
}

/// Every story is asked of every store.
macro_rules! stories {
    ($runtime:meta: $($story:ident),+ $(,)?) => {
        $(mod $story {
            #[$runtime]
            async fn in_memory() {
                super::$story(<super::Memory as super::World>::new()).await;
            }

            #[$runtime]
            async fn on_sqlite() {
                super::$story(<super::Sqlite as super::World>::new()).await;
            }

            #[$runtime]
            async fn on_postgres() {
                if crate::postgres::shared().is_some() {
                    super::$story(<super::Postgres as super::World>::new()).await;
                }
            }
        })+
    };
}

mod exclusive;
mod file;
mod forgetting;
mod leases;
mod lists;
mod past;
mod records;
mod rooms;
mod server;
mod survey;
mod visits;

// The people of the stories.

fn founding(host: PersonId, visibility: Visibility) -> Founding {
    let settings = RoomSettings::new("Friday film \"night\" \u{1f37f}".into(), Preset::Everyone);
    Founding {
        settings: RoomSettings { visibility, ..settings },
        preset: Preset::Everyone,
        host: Some(Host { person: host, name: "Ana".into() }),
        invite: Entropy.invite().into(),
        code: Entropy.spoken_code().into(),
    }
}

/// A room as the process that holds it sees it.
struct Held {
    id: RoomId,
    epoch: u64,
    seq: u64,
    founding: Founding,
    /// When what it tells happens.
    at: WallTime,
    due_at: Option<WallTime>,
}

impl Held {
    /// A new room, made and on disk.
    async fn found(store: &dyn Store, visibility: Visibility) -> Self {
        let mut room = Self::planned(visibility);
        let founding = room.founding_entry();
        store.append(founding).await.unwrap();
        room
    }

    fn planned(visibility: Visibility) -> Self {
        Self {
            id: Entropy.room(),
            epoch: 1,
            seq: 0,
            founding: founding(Entropy.person(), visibility),
            at: WallTime(1_000),
            due_at: None,
        }
    }

    /// The room as it is after a load.
    fn taken(&self, loaded: &Loaded) -> Self {
        Self { epoch: loaded.epoch, founding: self.founding.clone(), ..*self }
    }

    fn founding_entry(&mut self) -> Entry {
        let kind = EventKind::Founded(Box::new(self.founding.clone()));
        self.entry(vec![kind])
    }

    fn entry(&mut self, kinds: Vec<EventKind>) -> Entry {
        self.entry_by(None, kinds)
    }

    fn entry_by(&mut self, by: Option<&Who>, kinds: Vec<EventKind>) -> Entry {
        let mut events = Vec::new();
        for kind in kinds {
            self.seq += 1;
            events.push(Arc::new(Event { seq: self.seq, at: self.at, by: by.cloned(), undoes: None, kind }));
        }
        Entry {
            room: self.id,
            epoch: self.epoch,
            events,
            snapshot: None,
            head: RoomHead {
                id: self.id,
                title: self.founding.settings.title.clone(),
                public: self.founding.settings.visibility == Visibility::Public,
                made_at: WallTime(1_000),
                seq: self.seq,
                host: self.founding.host.as_ref().map(|host| host.person),
                due_at: self.due_at,
            },
            visits: Vec::new(),
        }
    }

    fn says(&mut self, text: &str) -> Entry {
        self.entry(vec![said(text)])
    }

    fn hears(&mut self, who: &Who, text: &str) -> Entry {
        self.entry_by(Some(who), vec![said(text)])
    }

    fn plays(&mut self, added_by: &Who, link: &str) -> Entry {
        let item = Arc::new(item(added_by, link));
        self.entry(vec![EventKind::Played(Played { item, position: Millis(60_000), since: WallTime(500) })])
    }

    fn is_left(&mut self, visits: &[(PersonId, i64, i64)]) -> Entry {
        let visit = |(person, came, left): &(PersonId, i64, i64)| Visit {
            person: *person,
            came: WallTime(*came),
            left: WallTime(*left),
        };
        Entry { visits: visits.iter().map(visit).collect(), ..self.entry(Vec::new()) }
    }

    fn is_called(&mut self, title: &str) -> Entry {
        self.founding.settings.title = title.into();
        self.changes(Changes { title: Some(title.into()), ..Changes::default() })
    }

    fn is_shown_to(&mut self, visibility: Visibility) -> Entry {
        self.founding.settings.visibility = visibility;
        self.changes(Changes { visibility: Some(visibility), ..Changes::default() })
    }

    fn changes(&mut self, changes: Changes) -> Entry {
        self.entry(vec![EventKind::Changed { changes: Box::new(changes) }])
    }

    fn with_snapshot(&self, entry: Entry) -> Entry {
        Entry { snapshot: Some(self.snapshot()), ..entry }
    }

    fn snapshot(&self) -> Arc<RoomState> {
        let at = Now { play: PlayTime(0), wall: WallTime(1_000) };
        let (room, _) = Room::found(self.id, 1, at, self.founding.clone(), RoomLimits::default());
        Arc::new(RoomState {
            seq: self.seq,
            playback: Playback { position: Millis(83_456), ..Playback::nothing(PlayTime(5)) },
            ..room.view().state.clone()
        })
    }
}

fn who(name: &str) -> Who {
    Who { person: Entropy.person(), name: name.into(), door: Door::Viewer }
}

fn item(added_by: &Who, link: &str) -> Item {
    Item::new(Entropy.item(), Media::bare(link, Player::Video), added_by.clone(), WallTime(2))
}

fn said(text: &str) -> EventKind {
    EventKind::Said(ChatLine { id: Entropy.message(), text: text.into(), position: Some(Millis(1_500)) })
}

fn reworded(line: u64, text: &str) -> EventKind {
    EventKind::Reworded { line, text: text.into() }
}

fn numbers(events: &[Event]) -> Vec<u64> {
    events.iter().map(|event| event.seq).collect()
}

/// The numbers of what the audit has, newest first.
async fn audited(store: &dyn Store, room: &Held) -> Vec<u64> {
    numbers(&store.audit(room.id, &Trail { limit: 1_000, ..Trail::default() }).await.unwrap())
}

fn lines(events: &[Event]) -> Vec<&str> {
    let mut lines = Vec::new();
    for event in events {
        let EventKind::Said(line) = &event.kind else { panic!("{event:?} in the chat") };
        lines.push(&*line.text);
    }
    lines
}

async fn loaded(store: &dyn Store, room: &Held) -> Loaded {
    store.load(room.id).await.unwrap().expect("the room is there")
}

fn alias(kind: AliasKind, value: &str, room: RoomId) -> Record {
    Record::Alias(Alias { kind, value: value.into(), room, until: None, by: None, note: None, written: None })
}

fn place(platform: Platform, chat: i64, room: RoomId) -> Record {
    let id = PlaceId { platform, chat, topic: None };
    Record::Place(Place { id, room, card: Some(chat + 1), settings: PlaceSettings::default() })
}

fn now() -> WallTime {
    Clock::start().now().wall
}

fn assert_says<T: std::fmt::Debug, E: std::fmt::Display>(outcome: Result<T, E>, words: &str) {
    let fault = outcome.expect_err("it should have been refused");
    assert!(fault.to_string().contains(words), "{fault} does not speak of {words}");
}
