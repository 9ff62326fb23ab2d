//! What every store promises, told once and asked of each of them.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod file;

use std::{
    collections::BTreeMap,
    future::Future,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use engine::{
    event::{ChatLine, Event, EventKind},
    ids::{Entropy, PersonId, RoomId},
    memory::MemoryStore,
    ports::{Entry, Loaded, RoomHead, Store},
    records::{Alias, AliasKind, Answer, Find, Identity, Key, Person, Place, PlaceId, Platform, Record, Session},
    refusal::Fault,
    room::{Founding, Playback, Preset, Snapshot, Visibility},
    time::{Clock, Millis, PlayTime, WallTime},
};
use onecouch::store::{SqliteStore, StoreError};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;

/// A kind of store, and the place that outlives its processes.
trait World: Sized {
    /// An empty place.
    fn new() -> Self;

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

struct Memory(Option<MemoryStore>);

impl World for Memory {
    fn new() -> Self {
        Self(None)
    }

    async fn open(&mut self) -> Arc<dyn Store> {
        let store = self.0.as_ref().map_or_else(MemoryStore::new, MemoryStore::reopen);
        self.0 = Some(store.clone());
        Arc::new(store)
    }
}

struct Sqlite(TempDir);

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
        Self(tempfile::tempdir().unwrap())
    }

    async fn open(&mut self) -> Arc<dyn Store> {
        Arc::new(open(&self.path()).await.unwrap())
    }
}

async fn open(path: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(&format!("sqlite://{}", path.display())).await
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
        })+
    };
}

// On one thread what is queued without awaiting shares a commit; some stories need that.
stories![
    tokio::test:
    a_room_comes_back_with_all_that_happened_in_order,
    an_unknown_room_is_nothing_and_takes_nothing,
    the_process_that_lost_a_room_cannot_write_to_it,
    a_gap_in_the_numbers_is_refused,
    a_room_cannot_be_founded_twice,
    a_snapshot_takes_the_journal_and_leaves_the_chat,
    a_loaded_room_has_its_last_fifty_lines,
    chat_pages_back_to_the_first_line,
    a_name_belongs_to_the_first_who_claims_it,
    records_are_put_again_and_deleted,
    what_expired_is_gone_and_its_name_is_free,
    records_are_found_by_what_they_belong_to,
    public_rooms_are_listed_newest_first,
    the_last_beat_is_that_of_the_process_that_had_the_room,
    a_closed_store_says_so,
];

stories![
    tokio::test(flavor = "multi_thread", worker_threads = 2):
    many_rooms_at_once_keep_their_order,
];

// The people of the stories.

fn founding(host: PersonId, visibility: Visibility) -> Founding {
    Founding {
        title: "Friday film \"night\" \u{1f37f}".into(),
        visibility,
        preset: Preset::Everyone,
        host,
        host_name: "Ana".into(),
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
        Self { id: Entropy.room(), epoch: 1, seq: 0, founding: founding(Entropy.person(), visibility) }
    }

    /// The room as it is after a load.
    fn taken(&self, loaded: &Loaded) -> Self {
        Self { id: self.id, epoch: loaded.epoch, seq: self.seq, founding: self.founding.clone() }
    }

    fn founding_entry(&mut self) -> Entry {
        let kind = EventKind::Founded(self.founding.clone());
        self.entry(vec![kind])
    }

    fn entry(&mut self, kinds: Vec<EventKind>) -> Entry {
        let mut events = Vec::new();
        for kind in kinds {
            self.seq += 1;
            events.push(Arc::new(Event { seq: self.seq, at: WallTime(1_000), by: None, kind }));
        }
        Entry {
            room: self.id,
            epoch: self.epoch,
            events,
            snapshot: None,
            head: RoomHead {
                id: self.id,
                title: self.founding.title.clone(),
                public: self.founding.visibility == Visibility::Public,
                made_at: WallTime(1_000),
                seq: self.seq,
            },
        }
    }

    fn says(&mut self, text: &str) -> Entry {
        self.entry(vec![said(text)])
    }

    fn is_called(&mut self, title: &str) -> Entry {
        self.founding.title = title.into();
        self.entry(vec![EventKind::Renamed { title: title.into() }])
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::new(Snapshot {
            founding: self.founding.clone(),
            made_at: WallTime(1_000),
            seq: self.seq,
            playback: Playback { position: Millis(83_456), ..Playback::nothing(PlayTime(5)) },
            current: None,
            queue: Vec::new(),
            members: BTreeMap::new(),
        })
    }
}

fn said(text: &str) -> EventKind {
    EventKind::Said(ChatLine { id: Entropy.message(), text: text.into(), position: Some(Millis(1_500)) })
}

fn numbers(events: &[Event]) -> Vec<u64> {
    events.iter().map(|event| event.seq).collect()
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
    Record::Alias(Alias { kind, value: value.into(), room })
}

fn place(platform: Platform, chat: i64, room: RoomId) -> Record {
    Record::Place(Place { id: PlaceId { platform, chat, topic: None }, room, card: Some(chat + 1) })
}

fn now() -> WallTime {
    Clock::start().now().wall
}

fn assert_says<T: std::fmt::Debug>(outcome: Result<T, Fault>, words: &str) {
    let fault = outcome.expect_err("it should have been refused");
    assert!(fault.0.contains(words), "{fault} does not speak of {words}");
}

// The stories.

async fn a_room_comes_back_with_all_that_happened_in_order(mut world: impl World) {
    let store = world.open().await;
    let mut room = Held::planned(Visibility::Public);
    let mut told = Vec::new();
    for entry in [
        room.founding_entry(),
        room.entry(vec![said("hallo"), EventKind::Cleared, said("line\nfeed \u{0} \"quoted\" \\ é")]),
        room.is_called("Saturday"),
        room.says("bye"),
    ] {
        told.extend(entry.events.iter().map(|event| Event::clone(event)));
        store.append(entry).await.unwrap();
    }
    let store = world.restart(store).await;
    let back = loaded(&*store, &room).await;
    assert!(back.snapshot.is_none());
    assert_eq!(back.events, told);
    assert_eq!(lines(&back.chat), ["hallo", "line\nfeed \u{0} \"quoted\" \\ é", "bye"]);
}

async fn an_unknown_room_is_nothing_and_takes_nothing(mut world: impl World) {
    let store = world.open().await;
    let mut nowhere = Held::planned(Visibility::Public);
    assert!(store.load(nowhere.id).await.unwrap().is_none());
    nowhere.seq = 1;
    assert_says(store.append(nowhere.says("anybody?")).await, "there is no room");
    assert!(store.load(nowhere.id).await.unwrap().is_none());
    assert!(store.chat(nowhere.id, None, 10).await.unwrap().is_empty());
    assert_eq!(store.get(Key::Person(Entropy.person())).await.unwrap(), None);
}

async fn the_process_that_lost_a_room_cannot_write_to_it(mut world: impl World) {
    let store = world.open().await;
    let mut old = Held::found(&*store, Visibility::Public).await;
    let first = loaded(&*store, &old).await;
    assert_eq!(first.epoch, 2);
    let mut new = old.taken(&first);

    assert_says(store.append(old.says("I still have it")).await, "stale epoch");
    store.append(new.says("it is mine")).await.unwrap();

    let store = world.restart(store).await;
    let second = loaded(&*store, &new).await;
    assert_eq!(second.epoch, 3);
    assert_eq!(lines(&second.chat), ["it is mine"]);
    assert_says(store.append(new.says("late")).await, "stale epoch");
}

async fn a_gap_in_the_numbers_is_refused(mut world: impl World) {
    let store = world.open().await;
    let mut room = Held::found(&*store, Visibility::Public).await;
    let lost = room.says("lost");
    let after = room.says("after it");
    assert_says(store.append(after).await, "needs event 2");
    store.append(lost.clone()).await.unwrap();
    assert_says(store.append(lost).await, "needs event 3");
    room.seq = 2;
    let ahead = room.says("and a snapshot of what was not yet");
    room.seq = 9;
    assert_says(store.append(Entry { snapshot: Some(room.snapshot()), ..ahead }).await, "snapshot at 9");
    assert_eq!(numbers(&loaded(&*store, &room).await.events), [1, 2]);
}

async fn a_room_cannot_be_founded_twice(mut world: impl World) {
    let store = world.open().await;
    let room = Held::found(&*store, Visibility::Public).await;
    let mut again = Held::planned(Visibility::Public);
    again.id = room.id;
    assert_says(store.append(again.founding_entry()).await, "needs event 2");
    assert_eq!(numbers(&loaded(&*store, &room).await.events), [1]);
}

async fn a_snapshot_takes_the_journal_and_leaves_the_chat(mut world: impl World) {
    let store = world.open().await;
    let mut room = Held::found(&*store, Visibility::Public).await;
    store.append(room.says("before")).await.unwrap();
    store.append(room.is_called("Sunday")).await.unwrap();
    // One commit has the snapshot and its neighbours.
    let mut queued = vec![store.append(room.says("just before"))];
    let with = room.says("with it");
    let snapshot = room.snapshot();
    queued.push(store.append(Entry { snapshot: Some(snapshot.clone()), ..with }));
    queued.push(store.append(room.says("after")));
    queued.push(store.append(room.says("and after")));
    for answer in queued {
        answer.await.unwrap();
    }

    let store = world.restart(store).await;
    let back = loaded(&*store, &room).await;
    assert_eq!(back.snapshot.as_ref(), Some(&*snapshot));
    assert_eq!(numbers(&back.events), [6, 7]);
    assert_eq!(lines(&back.chat), ["before", "just before", "with it", "after", "and after"]);

    // The next snapshot replaces it.
    let mut room = room.taken(&back);
    let last = room.says("last");
    store.append(Entry { snapshot: Some(room.snapshot()), ..last }).await.unwrap();
    let back = loaded(&*store, &room).await;
    assert_eq!(back.snapshot.map(|snapshot| snapshot.seq), Some(8));
    assert!(back.events.is_empty());
    assert_eq!(back.chat.len(), 6);
}

async fn a_loaded_room_has_its_last_fifty_lines(mut world: impl World) {
    let store = world.open().await;
    let mut room = Held::found(&*store, Visibility::Public).await;
    let entry = room.entry((0..60).map(|line| said(&line.to_string())).collect());
    store.append(entry).await.unwrap();
    let chat = loaded(&*store, &room).await.chat;
    assert_eq!(chat.len(), 50);
    assert_eq!((lines(&chat)[0], lines(&chat)[49]), ("10", "59"));
}

async fn chat_pages_back_to_the_first_line(mut world: impl World) {
    let store = world.open().await;
    let mut room = Held::found(&*store, Visibility::Public).await;
    let mut other = Held::found(&*store, Visibility::Public).await;
    store.append(other.says("elsewhere")).await.unwrap();
    store.append(room.entry(vec![said("one"), EventKind::Cleared, said("two"), said("three")])).await.unwrap();

    let newest = store.chat(room.id, None, 2).await.unwrap();
    assert_eq!(lines(&newest), ["three", "two"]);
    let older = store.chat(room.id, Some(newest[1].seq), 2).await.unwrap();
    assert_eq!(lines(&older), ["one"]);
    assert!(store.chat(room.id, Some(older[0].seq), 2).await.unwrap().is_empty());
    assert!(store.chat(room.id, None, 0).await.unwrap().is_empty());
    assert_eq!(store.chat(room.id, Some(u64::MAX), usize::MAX).await.unwrap().len(), 3);
}

async fn a_name_belongs_to_the_first_who_claims_it(mut world: impl World) {
    let store = world.open().await;
    let (ana, ben) = (Entropy.room(), Entropy.room());
    assert!(store.claim(vec![alias(AliasKind::Code, "TIGER7", ana)]).await.unwrap());
    let both = vec![alias(AliasKind::Invite, "free", ben), alias(AliasKind::Code, "TIGER7", ben)];
    assert!(!store.claim(both).await.unwrap());
    // All or nothing: the name that was free still is.
    assert_eq!(store.get(Key::Alias(AliasKind::Invite, "free".into())).await.unwrap(), None);
    // The same text in another kind is another name.
    assert!(store.claim(vec![alias(AliasKind::Invite, "TIGER7", ben)]).await.unwrap());

    // Of many who ask at once, one gets it.
    let askers: Vec<_> = (0..20)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(
                async move { store.claim(vec![alias(AliasKind::Code, "RACE42", Entropy.room())]).await.unwrap() },
            )
        })
        .collect();
    let mut winners = 0;
    for asker in askers {
        winners += usize::from(asker.await.unwrap());
    }
    assert_eq!(winners, 1);

    let store = world.restart(store).await;
    let held = store.get(Key::Alias(AliasKind::Code, "TIGER7".into())).await.unwrap();
    assert_eq!(held, Some(alias(AliasKind::Code, "TIGER7", ana)));
    store.delete(Key::Alias(AliasKind::Code, "TIGER7".into())).await.unwrap();
    assert!(store.claim(vec![alias(AliasKind::Code, "TIGER7", ben)]).await.unwrap());
}

async fn records_are_put_again_and_deleted(mut world: impl World) {
    let store = world.open().await;
    let id = Entropy.person();
    let named = |name: &str| Record::Person(Person { id, name: name.into(), made_at: WallTime(5) });
    store.put(vec![named("Ana"), named("Ana Maria")]).await.unwrap();
    assert_eq!(store.get(Key::Person(id)).await.unwrap(), Some(named("Ana Maria")));
    store.put(vec![named("O'Brien \"%_\"")]).await.unwrap();
    let store = world.restart(store).await;
    assert_eq!(store.get(Key::Person(id)).await.unwrap(), Some(named("O'Brien \"%_\"")));
    store.delete(Key::Person(id)).await.unwrap();
    store.delete(Key::Person(id)).await.unwrap();
    assert_eq!(store.get(Key::Person(id)).await.unwrap(), None);
}

async fn what_expired_is_gone_and_its_name_is_free(mut world: impl World) {
    let store = world.open().await;
    let person = Entropy.person();
    let session = |token: &str, expires_at| {
        Record::Session(Session { token_hash: token.into(), person, expires_at: WallTime(expires_at) })
    };
    let (past, later) = (now().0 - 1, now().0 + 3_600_000);
    store.put(vec![session("old", past), session("good", later)]).await.unwrap();
    assert_eq!(store.get(Key::Session("old".into())).await.unwrap(), None);
    assert_eq!(store.get(Key::Session("good".into())).await.unwrap(), Some(session("good", later)));

    let answer = |body: &str, expires_at| {
        Record::Answer(Answer {
            key: "k".into(),
            request: "r".into(),
            status: 200,
            body: body.into(),
            expires_at: WallTime(expires_at),
        })
    };
    assert!(store.claim(vec![answer("first", past)]).await.unwrap());
    assert!(store.claim(vec![answer("second", later)]).await.unwrap());
    assert!(!store.claim(vec![answer("third", later)]).await.unwrap());
    assert_eq!(store.get(Key::Answer("k".into())).await.unwrap(), Some(answer("second", later)));
}

async fn records_are_found_by_what_they_belong_to(mut world: impl World) {
    let store = world.open().await;
    let (ana, ben) = (Entropy.room(), Entropy.room());
    let person = Entropy.person();
    let identity =
        |platform, subject: &str, person| Record::Identity(Identity { platform, subject: subject.into(), person });
    let discord = place(Platform::Discord, 11, ana);
    let telegram = place(Platform::Telegram, -100, ana);
    let bens = place(Platform::Discord, 22, ben);
    store.put(vec![telegram.clone(), bens.clone(), discord.clone()]).await.unwrap();
    store
        .put(vec![identity(Platform::Discord, "7", person), identity(Platform::Telegram, "7", Entropy.person())])
        .await
        .unwrap();
    store.put(vec![alias(AliasKind::Invite, "aaa", ana), alias(AliasKind::Code, "bbb", ana)]).await.unwrap();

    assert_eq!(store.find(Find::PlacesOf(ana)).await.unwrap(), [discord.clone(), telegram.clone()]);
    assert_eq!(store.find(Find::PlacesOn(Platform::Discord)).await.unwrap(), [discord.clone(), bens.clone()]);
    assert_eq!(store.find(Find::PlacesOn(Platform::Telegram)).await.unwrap(), std::slice::from_ref(&telegram));
    assert_eq!(store.find(Find::IdentitiesOf(person)).await.unwrap(), [identity(Platform::Discord, "7", person)]);
    let names = [alias(AliasKind::Code, "bbb", ana), alias(AliasKind::Invite, "aaa", ana)];
    assert_eq!(store.find(Find::AliasesOf(ana)).await.unwrap(), names);
    assert!(store.find(Find::AliasesOf(ben)).await.unwrap().is_empty());

    // A chat that is tied to another room belongs to that one alone.
    store.put(vec![place(Platform::Discord, 11, ben)]).await.unwrap();
    assert_eq!(store.find(Find::PlacesOf(ana)).await.unwrap(), [telegram]);
    assert_eq!(store.find(Find::PlacesOf(ben)).await.unwrap(), [place(Platform::Discord, 11, ben), bens]);
}

async fn public_rooms_are_listed_newest_first(mut world: impl World) {
    let store = world.open().await;
    let mut rooms = Vec::new();
    for index in 0..5 {
        let visibility = if index == 2 { Visibility::Unlisted } else { Visibility::Public };
        rooms.push(Held::found(&*store, visibility).await);
    }
    let ids = |heads: &[RoomHead]| heads.iter().map(|head| head.id).collect::<Vec<_>>();
    let page = store.public_rooms(None, 3).await.unwrap();
    assert_eq!(ids(&page), [rooms[4].id, rooms[3].id, rooms[1].id]);
    let page = store.public_rooms(Some(rooms[1].id), 3).await.unwrap();
    assert_eq!(ids(&page), [rooms[0].id]);

    // Lists show a room as it is now: its title, its last number, and whether it wants to be shown.
    store.append(rooms[4].is_called("Renamed")).await.unwrap();
    rooms[3].founding.visibility = Visibility::Invite;
    let hidden = rooms[3].entry(vec![EventKind::VisibilityChanged { visibility: Visibility::Invite }]);
    store.append(hidden).await.unwrap();
    rooms[2].founding.visibility = Visibility::Public;
    let public = rooms[2].entry(vec![EventKind::VisibilityChanged { visibility: Visibility::Public }]);
    store.append(public).await.unwrap();
    store.append(rooms[1].says("hi")).await.unwrap();

    let store = world.restart(store).await;
    let heads = store.public_rooms(None, 100).await.unwrap();
    assert_eq!(ids(&heads), [rooms[4].id, rooms[2].id, rooms[1].id, rooms[0].id]);
    assert_eq!((&*heads[0].title, heads[0].seq, heads[0].made_at), ("Renamed", 2, WallTime(1_000)));
    assert_eq!((heads[2].seq, heads[3].seq), (2, 1));
}

async fn the_last_beat_is_that_of_the_process_that_had_the_room(mut world: impl World) {
    let first = world.open().await;
    let room = Held::found(&*first, Visibility::Public).await;
    let quiet = Held::found(&*first, Visibility::Public).await;
    first.beat(PlayTime(900)).await.unwrap();
    first.beat(PlayTime(1_000)).await.unwrap();

    // A process that never asked for the room tells nothing about it.
    let second = world.restart(first).await;
    second.beat(PlayTime(2_000)).await.unwrap();
    let third = world.restart(second).await;
    assert_eq!(loaded(&*third, &room).await.last_beat, Some(PlayTime(1_000)));

    // One that took it does, even if it wrote nothing; and a process that never beat has nothing to tell.
    let fourth = world.restart(third).await;
    assert_eq!(loaded(&*fourth, &room).await.last_beat, None);
    fourth.beat(PlayTime(4_000)).await.unwrap();
    assert_eq!(loaded(&*fourth, &room).await.last_beat, Some(PlayTime(4_000)));
    let (once, twice) = tokio::join!(loaded(&*fourth, &quiet), loaded(&*fourth, &quiet));
    assert_eq!((once.last_beat, twice.last_beat), (Some(PlayTime(1_000)), Some(PlayTime(4_000))));
}

async fn many_rooms_at_once_keep_their_order(mut world: impl World) {
    const ROOMS: usize = 20;
    const EACH: u64 = 25;
    let store = world.open().await;
    let mut rooms = Vec::new();
    for _ in 0..ROOMS {
        rooms.push(Held::found(&*store, Visibility::Public).await);
    }
    let writers: Vec<_> = rooms
        .into_iter()
        .map(|mut room| {
            let store = store.clone();
            tokio::spawn(async move {
                // All called before any is awaited, and awaited from the last to the first: the order of the calls counts.
                let queued: Vec<_> = (0..EACH).map(|line| store.append(room.says(&line.to_string()))).collect();
                for answer in queued.into_iter().rev() {
                    answer.await.unwrap();
                }
                room
            })
        })
        .collect();
    let mut rooms = Vec::new();
    for writer in writers {
        rooms.push(writer.await.unwrap());
    }
    let store = world.restart(store).await;
    for room in &rooms {
        let back = loaded(&*store, room).await;
        assert_eq!(numbers(&back.events), (1..=EACH + 1).collect::<Vec<_>>());
        assert_eq!(lines(&back.chat), (0..EACH).map(|line| line.to_string()).collect::<Vec<_>>());
    }
}

async fn a_closed_store_says_so(mut world: impl World) {
    let store = world.open().await;
    let mut room = Held::found(&*store, Visibility::Public).await;
    // Nobody awaits it, and still it is written before the store lets go.
    drop(store.append(room.says("last words")));
    store.close().await;
    store.close().await;
    assert_says(store.append(room.says("too late")).await, "closed");
    assert_says(store.load(room.id).await, "closed");
    assert_says(store.put(vec![]).await, "closed");
    assert_says(store.get(Key::Session("x".into())).await, "closed");
    let store = world.open().await;
    assert_eq!(lines(&loaded(&*store, &room).await.chat), ["last words"]);
}
