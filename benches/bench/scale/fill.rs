//! Rooms written straight into a store: made by the room's own rules, so that what is loaded later is what a server would
//! have left behind, but many to a commit.

use std::{path::Path, sync::Arc};

use engine::{
    command::{Actor, Command, Deed, Spot},
    event::{Door, Event},
    ids::{Entropy, ItemId, PersonId, RoomId},
    media::{Item, Media, Player},
    ports::{Entry, Retention, Store},
    records::{Alias, AliasKind, Record},
    room::{Founding, Host, Preset, Room, RoomLimits, RoomSettings, Visibility},
    time::{Clock, Millis, Now},
};
use onecouch::store::SqliteStore;
use uuid::Uuid;

/// More than the largest room holds.
pub const LIMITS: RoomLimits = RoomLimits { queue: 50_000 };
/// How many events one entry has.
const EVENTS: usize = 256;
/// How many writes wait at once: half of what the store takes.
const WAITING: usize = 8_192;
/// How long each item was on.
const ON: Millis = Millis(10_000);
/// Of so many rooms one has something due.
const DUE_OF: usize = 10;
/// Longer than any run.
const YEAR: Millis = Millis::seconds(365 * 24 * 3_600);

/// The host of all rooms.
pub fn host() -> Actor {
    actor(1, "Ana")
}

/// Somebody else, who votes.
pub fn voter() -> Actor {
    actor(2, "Ben")
}

fn actor(number: u128, name: &str) -> Actor {
    Actor {
        person: PersonId(Uuid::from_u128(number)),
        name: name.into(),
        door: Door::Api,
        connection: None,
        granted: None,
        registered: true,
    }
}

/// An item as a link to a well-known provider becomes one.
pub fn item(number: usize, now: Now) -> Arc<Item> {
    let name = format!("v{number:010}");
    let media = Media {
        title: Some(format!("The film of number {number}, in a title as long as they are")),
        duration: Some(Millis::seconds(600)),
        thumbnail: Some(format!("https://i.ytimg.com/vi/{name}/hqdefault.jpg")),
        provider_id: Some(name.clone()),
        ..Media::bare(format!("https://www.youtube.com/watch?v={name}"), Player::Youtube)
    };
    Arc::new(Item::new(Entropy.item(), media, host().who(), now.wall))
}

/// Opens the database in `place`, as a server would.
pub async fn open(place: &Path) -> anyhow::Result<Arc<SqliteStore>> {
    let url = format!("sqlite://{}", place.join("onecouch.db").display());
    Ok(Arc::new(SqliteStore::open(&url, Retention::default()).await?))
}

/// A room in the making, and all that happened in it.
pub struct Draft {
    room: Room,
    now: Now,
    events: Vec<Arc<Event>>,
    items: usize,
}

impl Draft {
    /// A public room that began at `now`.
    pub fn found(now: Now, number: usize) -> Self {
        let mut settings = RoomSettings::new(format!("Room {number}").into(), Preset::Everyone);
        settings.visibility = Visibility::Public;
        let host = Some(Host { person: host().person, name: host().name });
        let (invite, code) = (Entropy.invite().into(), format!("R{number:06}").into());
        let founding = Founding { settings, preset: Preset::Everyone, host, invite, code };
        let (room, turn) = Room::found(Entropy.room(), 1, now, founding, LIMITS);
        Self { room, now, events: turn.events, items: 0 }
    }

    fn apply(&mut self, actor: &Actor, command: Command) -> anyhow::Result<()> {
        let mut turn = engine::room::Turn::default();
        self.room.apply(self.now, actor, command, &mut turn)?;
        self.events.extend(turn.events);
        Ok(())
    }

    /// Queues so many; in a new room the first is what is on.
    pub fn queue(&mut self, count: usize) -> anyhow::Result<()> {
        for first in (0..count).step_by(EVENTS) {
            let items = (first..count.min(first + EVENTS)).map(|n| item(self.items + n, self.now)).collect();
            self.apply(&host(), Command::Add { items, spot: Spot::End })?;
        }
        self.items += count;
        Ok(())
    }

    /// Plays so many, each for ten seconds.
    pub fn play(&mut self, count: usize) -> anyhow::Result<()> {
        for _ in 0..count {
            self.queue(1)?;
            self.now = Now { play: self.now.play + ON, wall: self.now.wall + ON };
            self.apply(&host(), Command::Do(Deed::Skip))?;
        }
        Ok(())
    }

    /// A vote for each item of the queue.
    pub fn vote(&mut self) -> anyhow::Result<()> {
        let queue: Vec<ItemId> = self.room.view().queue.iter().map(|item| item.id).collect();
        queue.into_iter().try_for_each(|item| self.apply(&host(), Command::Vote { item, up: true }))
    }

    /// So many lines of chat.
    pub fn say(&mut self, count: usize) -> anyhow::Result<()> {
        (0..count).try_for_each(|n| {
            let text = format!("Line {n}: did you see that? It is about as long as what people write.");
            self.apply(&host(), Command::Say { id: Entropy.message(), text })
        })
    }

    /// How much it holds: in the queue, of what was played, and lines of chat.
    pub fn holds(&self) -> (usize, u64, u64) {
        let view = self.room.view();
        (view.queue.len(), view.tally.played, view.tally.lines)
    }

    /// What a store has to be told, and the room. Its state is written down at the end, as when a room is put away.
    fn entries(self, due: bool) -> (RoomId, Vec<Entry>) {
        let view = self.room.view();
        let mut head = view.head();
        head.due_at = due.then_some(self.now.wall + YEAR);
        let blank = Entry { room: view.id, epoch: 1, events: Vec::new(), snapshot: None, head, visits: Vec::new() };
        let entry = |events: &[Arc<Event>]| Entry { events: events.to_vec(), ..blank.clone() };
        let mut entries: Vec<_> = self.events.chunks(EVENTS).map(entry).collect();
        if let Some(last) = entries.last_mut() {
            last.snapshot = Some(Arc::new(view.state.clone()));
        }
        (view.id, entries)
    }
}

/// Writes a room; which it is.
pub async fn keep(store: &SqliteStore, draft: Draft) -> anyhow::Result<RoomId> {
    let (room, entries) = draft.entries(false);
    append(store, entries).await?;
    Ok(room)
}

/// Writes so many small rooms, each with a clip that is on and the names that it is found by. One of ten is due in a year.
pub async fn plain(store: &SqliteStore, count: usize) -> anyhow::Result<Vec<RoomId>> {
    let (now, mut rooms) = (Clock::start().now(), Vec::with_capacity(count));
    while rooms.len() < count {
        let (mut entries, mut names) = (Vec::new(), Vec::new());
        for number in rooms.len()..count.min(rooms.len() + WAITING) {
            let mut draft = Draft::found(now, number);
            draft.queue(1)?;
            let view = draft.room.view();
            let name = |kind, value: &str| {
                Record::Alias(Alias {
                    kind,
                    value: value.to_owned(),
                    room: view.id,
                    until: None,
                    by: None,
                    note: None,
                    written: None,
                })
            };
            names.extend([name(AliasKind::Invite, &view.invite), name(AliasKind::Code, &view.code)]);
            let (room, written) = draft.entries(number.is_multiple_of(DUE_OF));
            rooms.push(room);
            entries.extend(written);
        }
        append(store, entries).await?;
        store.put(names).await?;
    }
    Ok(rooms)
}

async fn append(store: &SqliteStore, entries: Vec<Entry>) -> anyhow::Result<()> {
    let mut entries = entries.into_iter().peekable();
    while entries.peek().is_some() {
        let pending: Vec<_> = entries.by_ref().take(WAITING).map(|entry| store.append(entry)).collect();
        for written in pending {
            written.await?;
        }
    }
    Ok(())
}
