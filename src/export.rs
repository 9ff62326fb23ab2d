//! `onecouch export`: rooms as lines of JSON, for another installation. `docs/EXPORT.md` is the format.
//!
//! What is read is the database as it is at one moment, so that a server may go on meanwhile and nothing of it is touched.

use std::{
    io::{self, Write},
    sync::Arc,
};

use anyhow::{Context, ensure};
use engine::{
    event::{Event, EventKind},
    ids::{Entropy, PersonId, RoomId},
    playlists::Playlist,
    ports::Store,
    records::{Alias, AliasKind, Find, Identity, Key, Person, Record},
    refusal::Fault,
    room::{Room, RoomLimits, RoomState},
    time::{Clock, WallTime},
};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{config::Config, store};

/// The format that is written and read.
pub const FORMAT: u32 = 1;
/// How many rooms are read at once.
const AT_ONCE: usize = 16;
/// How many rooms or lines are asked for at a time.
const PAGE: usize = 1_000;

/// The first line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Header {
    /// The format of the lines behind it.
    pub onecouch_export: u32,
    /// Which export it is.
    pub id: Uuid,
    /// Which version wrote it.
    pub version: String,
    /// When, in Unix milliseconds.
    pub at: WallTime,
}

/// Every other line: a room.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line {
    /// Its identity.
    pub room: RoomId,
    /// The epoch that it stood in.
    pub epoch: u64,
    /// What it lastingly is, without its ways in.
    pub state: RoomState,
    /// All of its chat.
    pub chat: Vec<Event>,
    /// All that was played.
    pub history: Vec<Event>,
    /// What happened, as far back as it is kept.
    pub journal: Vec<Event>,
    /// What OpenTogetherTube's clients call it.
    pub names: Vec<Alias>,
    /// Its playlists.
    pub playlists: Vec<Playlist>,
    /// Who has a lasting role in it.
    pub people: Vec<Person>,
    /// Who those are on Discord and Telegram.
    pub identities: Vec<Identity>,
}

/// Writes these rooms, or all of them where none is named. Answers how many.
pub async fn run(config: &Config, rooms: &[RoomId], to: &mut impl Write) -> anyhow::Result<usize> {
    let still = store::still(&config.database.url).await?;
    let written = write(&*still.store, rooms, to).await;
    still.close().await;
    written
}

/// The same from any store; it raises the epochs there.
async fn write(store: &dyn Store, rooms: &[RoomId], to: &mut impl Write) -> anyhow::Result<usize> {
    let clock = Clock::start();
    let header = Header {
        onecouch_export: FORMAT,
        id: Entropy.room().0,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        at: clock.now().wall,
    };
    put(to, &header)?;
    let (mut count, mut after) = (0, None);
    loop {
        let page = if rooms.is_empty() { store.all_rooms(after, PAGE).await? } else { rooms.to_vec() };
        let lines = stream::iter(&page).map(|room| line(store, *room, clock)).buffered(AT_ONCE);
        let mut lines = std::pin::pin!(lines);
        while let Some(line) = lines.try_next().await? {
            put(to, &line)?;
            count += 1;
        }
        after = page.last().copied();
        if !rooms.is_empty() || page.len() < PAGE {
            to.flush()?;
            return Ok(count);
        }
    }
}

fn put(to: &mut impl Write, line: &impl Serialize) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *to, line)?;
    Ok(to.write_all(b"\n")?)
}

/// All of a room.
async fn line(store: &dyn Store, id: RoomId, clock: Clock) -> anyhow::Result<Line> {
    let loaded = store.load(id).await?.with_context(|| format!("there is no room {id}"))?;
    let (room, turn) = Room::restore(id, clock.now(), loaded, RoomLimits::default())?;
    ensure!(!room.is_deleted(), "room {id} is deleted");
    let view = room.view();
    let mut journal = Vec::new();
    loop {
        let after = journal.last().map_or(0, |event: &Event| event.seq);
        let page = store.events_after(id, after, PAGE).await?;
        let all = page.len() < PAGE;
        journal.extend(page);
        if all {
            break;
        }
    }
    // That a playing film stood still is an event of this reading.
    journal.extend(turn.events.iter().map(|event| Event::clone(event)));
    let mut line = Line {
        room: id,
        epoch: view.epoch,
        state: view.state.clone(),
        chat: backwards(async |before| store.chat(id, before, PAGE).await).await?,
        history: backwards(async |before| store.history(id, before, PAGE).await).await?,
        journal,
        names: records(store, Find::AliasesOf(id), |record| match record {
            Record::Alias(alias) if alias.kind == AliasKind::OpenTogetherTube => Some(alias),
            _ => None,
        })
        .await?,
        playlists: records(store, Find::PlaylistsOf(id.0), |record| match record {
            Record::Playlist(playlist) => Some(playlist),
            _ => None,
        })
        .await?,
        people: Vec::new(),
        identities: Vec::new(),
    };
    for person in view.members.keys() {
        line.people.extend(self::person(store, *person).await?);
        let identities = records(store, Find::IdentitiesOf(*person), |record| match record {
            Record::Identity(identity) => Some(identity),
            _ => None,
        });
        line.identities.extend(identities.await?);
    }
    close(&mut line);
    Ok(line)
}

/// Takes its ways in out of a line: whoever reads it could come in by them.
fn close(line: &mut Line) {
    let none: Arc<str> = "".into();
    (line.state.invite, line.state.code) = (none.clone(), none.clone());
    for event in &mut line.journal {
        match &mut event.kind {
            EventKind::Founded(founding) => (founding.invite, founding.code) = (none.clone(), none.clone()),
            EventKind::InviteRenewed { invite, code } => (*invite, *code) = (none.clone(), none.clone()),
            _ => {}
        }
    }
}

async fn person(store: &dyn Store, person: PersonId) -> Result<Option<Person>, Fault> {
    Ok(match store.get(Key::Person(person)).await? {
        Some(Record::Person(person)) => Some(person),
        _ => None,
    })
}

async fn records<T>(store: &dyn Store, find: Find, of: impl Fn(Record) -> Option<T>) -> Result<Vec<T>, Fault> {
    Ok(store.find(find).await?.into_iter().filter_map(of).collect())
}

/// All pages of a list that is read from its end, put in order.
async fn backwards(page: impl AsyncFn(Option<u64>) -> Result<Vec<Event>, Fault>) -> Result<Vec<Event>, Fault> {
    let mut events: Vec<Event> = Vec::new();
    loop {
        let older = page(events.last().map(|event| event.seq)).await?;
        let all = older.len() < PAGE;
        events.extend(older);
        if all {
            events.reverse();
            return Ok(events);
        }
    }
}

/// To whoever reads what we print.
pub async fn print(config: &Config, rooms: &[RoomId]) -> anyhow::Result<String> {
    let count = run(config, rooms, &mut io::BufWriter::new(io::stdout())).await?;
    Ok(format!(
        "rooms: {count}. Invites, sessions, keys and accounts are not in it; chat, names and platform identities are"
    ))
}
