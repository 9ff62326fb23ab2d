//! `onecouch import`: takes in rooms that [`export`](crate::export) wrote, one transaction each. All of an [`installation`] moves
//! by the same command.

pub mod installation;
mod progress;

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
    sync::Arc,
};

use anyhow::{Context, bail, ensure};
use engine::{
    event::{Event, EventKind},
    ids::{Entropy, RoomId},
    ports::{Brought, Landing, Loaded, Store},
    records::{Alias, AliasKind, Identity, Key, Record},
    room::{Room, RoomLimits, chat::LINES_KEPT},
    time::{Clock, WallTime},
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    config::Config,
    export::{FORMAT, Header, Line},
    store::{self, StoreError},
};

/// No room is longer, in bytes: a million lines of chat.
const LINE_LIMIT: u64 = 512 << 20;
/// How often a code is drawn before somebody is told that there are no more.
const DRAWS: usize = 16;

/// What became of an import.
#[derive(Debug, Default)]
pub struct Imported {
    /// Rooms that are there now.
    pub new: usize,
    /// Rooms that were there, from an earlier import or because it is where they come from.
    pub known: usize,
    /// What is wrong with which lines; nothing of those is there.
    pub refused: Vec<String>,
}

/// What became of a line.
enum Outcome {
    New,
    Known,
}

/// Takes in all rooms of a file that can be. With `new_ids` each is another room than it was.
pub async fn run(config: &Config, file: &Path, new_ids: bool) -> anyhow::Result<Imported> {
    let mut lines = BufReader::new(File::open(file).with_context(|| format!("cannot read {}", file.display()))?);
    let header = header(&mut lines).with_context(|| format!("{} is not imported", file.display()))?;
    let store = match store::open(&config.database.url, config.retention.of_store()).await {
        Err(StoreError::InUse { database } | StoreError::NotShared { database }) => {
            bail!("a server is running on {database}: stop it, import, and start it again")
        }
        opened => opened?,
    };
    let imported =
        all(&*store, &mut lines, new_ids.then_some(header.id), RoomLimits { queue: config.limits.queue_items }).await;
    store.close().await;
    imported
}

fn header(lines: &mut impl BufRead) -> anyhow::Result<Header> {
    let none = "its first line is none that onecouch export writes";
    let line = next(lines)?.context(none)?;
    let told: Value = serde_json::from_slice(&line).context(none)?;
    let format = told["onecouch_export"].as_u64().context(none)?;
    if format != u64::from(FORMAT) {
        let version = told["version"].as_str().unwrap_or("another version");
        bail!(
            "onecouch {version} wrote it in format {format}, and this version reads {FORMAT}: import it with a later one"
        );
    }
    serde_json::from_value(told).context(none)
}

/// The next line that is not empty.
fn next(lines: &mut impl BufRead) -> anyhow::Result<Option<Vec<u8>>> {
    loop {
        let mut line = Vec::new();
        let read = lines.by_ref().take(LINE_LIMIT).read_until(b'\n', &mut line)?;
        ensure!(u64::try_from(read)? < LINE_LIMIT, "a line is longer than {} MB", LINE_LIMIT >> 20);
        if read == 0 {
            return Ok(None);
        }
        if !line.trim_ascii().is_empty() {
            return Ok(Some(line));
        }
    }
}

async fn all(
    store: &dyn Store,
    lines: &mut impl BufRead,
    anew: Option<Uuid>,
    limits: RoomLimits,
) -> anyhow::Result<Imported> {
    let (mut imported, clock) = (Imported::default(), Clock::start());
    for number in 2.. {
        let Some(line) = next(lines)? else { break };
        match take(store, &line, anew, limits, clock).await {
            Ok(Outcome::New) => imported.new += 1,
            Ok(Outcome::Known) => imported.known += 1,
            Err(error) => imported.refused.push(format!("line {number}: {error:#}")),
        }
    }
    Ok(imported)
}

/// One room: all of it or nothing.
async fn take(
    store: &dyn Store,
    line: &[u8],
    anew: Option<Uuid>,
    limits: RoomLimits,
    clock: Clock,
) -> anyhow::Result<Outcome> {
    let mut told: Value = serde_json::from_slice(line).context("it is no JSON")?;
    let mut others = BTreeMap::new();
    if let Some(export) = anew {
        let room = told["room"].as_str().unwrap_or_default().to_owned();
        let playlists = told["playlists"].as_array().into_iter().flatten();
        let playlists = playlists.filter_map(|playlist| playlist["id"].as_str()).map(str::to_owned);
        for id in std::iter::once(room).chain(playlists) {
            let old: Uuid = id.parse().context("an identity is none")?;
            others.insert(id, again(export, old).to_string());
        }
        if let Some(names) = told.get_mut("names") {
            *names = Value::Array(Vec::new());
        }
    }
    // Somebody whom this installation knows from a platform is who they are here.
    for identity in told["identities"].as_array().into_iter().flatten() {
        let identity: Identity =
            serde_json::from_value(identity.clone()).context("it has no identities as we write them")?;
        if let Some(Record::Identity(known)) =
            store.get(Key::Identity(identity.platform, identity.subject.clone())).await?
        {
            others.insert(identity.person.to_string(), known.person.to_string());
        }
    }
    rename(&mut told, &others);
    // Through its text: numbers that are keys are read from that alone.
    let mut line: Line = serde_json::from_str(&told.to_string()).context("it is no room as we write them")?;
    drop(told);
    check(&line)?;

    for _ in 0..DRAWS {
        let (invite, code) = (Entropy.invite(), Entropy.spoken_code());
        (line.state.invite, line.state.code) = (invite.as_str().into(), code.as_str().into());
        let brought =
            brought(store, &line, [(AliasKind::Invite, invite), (AliasKind::Code, code)], limits, clock).await?;
        match store.bring(brought).await? {
            Landing::Written => return Ok(Outcome::New),
            Landing::There(head) if head.made_at == line.state.made_at && head.seq >= line.state.seq => {
                return Ok(Outcome::Known);
            }
            Landing::There(head) => bail!(
                "room {} is there as it was before, at event {} of {}: delete it first, or import with --new-ids",
                line.room,
                head.seq,
                line.state.seq
            ),
            Landing::Taken(Key::Alias(AliasKind::Code | AliasKind::Invite, _)) => {}
            Landing::Taken(Key::Alias(_, name)) => bail!(
                "room {}: another room is called {name:?} here: rename one of the two, or import with --new-ids, which leaves names out",
                line.room
            ),
            Landing::Taken(key) => {
                bail!("room {}: the {} {} is there already: import with --new-ids", line.room, key.kind(), key.text())
            }
        }
    }
    bail!("room {}: {DRAWS} codes in a row were taken", line.room)
}

/// The same for the same room of the same export, so that a second import finds what the first one made. It sorts by when the
/// room was made, as identities do.
fn again(export: Uuid, old: Uuid) -> Uuid {
    let digest = Sha256::digest([export.as_bytes().as_slice(), old.as_bytes()].concat());
    let mut bytes = *old.as_bytes();
    bytes[6..].copy_from_slice(&digest[..10]);
    bytes[6] = bytes[6] & 0x0f | 0x70;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    Uuid::from_bytes(bytes)
}

/// Puts other identities in the place of some, wherever they stand alone.
fn rename(value: &mut Value, others: &BTreeMap<String, String>) {
    match value {
        _ if others.is_empty() => {}
        Value::String(text) => {
            if let Some(other) = others.get(text) {
                text.clone_from(other);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| rename(value, others)),
        Value::Object(values) => {
            let renamed = std::mem::take(values).into_iter().map(|(key, mut value)| {
                rename(&mut value, others);
                (others.get(&key).cloned().unwrap_or(key), value)
            });
            *values = renamed.collect();
        }
        _ => {}
    }
}

/// What a store takes for granted.
fn check(line: &Line) -> anyhow::Result<()> {
    let last = line.state.seq;
    ensure!((1..=1 << 53).contains(&last) && line.epoch < 1 << 52, "room {}: its numbers are none", line.room);
    let in_order = |name: &str, events: &[Event], fits: fn(&EventKind) -> bool| {
        let ordered = events.is_sorted_by(|one, next| one.seq < next.seq);
        let within = events.iter().all(|event| (1..=last).contains(&event.seq) && fits(&event.kind));
        ensure!(ordered && within, "room {}: its {name} is not in order", line.room);
        Ok(())
    };
    in_order("chat", &line.chat, |kind| matches!(kind, EventKind::Said(_)))?;
    in_order("history", &line.history, |kind| matches!(kind, EventKind::Played(_)))?;
    in_order("journal", &line.journal, |kind| !matches!(kind, EventKind::Deleted))?;
    let mine = |alias: &Alias| alias.room == line.room && alias.kind == AliasKind::OpenTogetherTube;
    ensure!(line.names.iter().all(mine), "room {}: a name is of another room or kind", line.room);
    let uuid = line.room.0;
    ensure!(line.playlists.iter().all(|list| list.owner.uuid() == uuid), "room {}: a playlist is another's", line.room);
    let known = |identity: &Identity| line.people.iter().any(|person| person.id == identity.person);
    ensure!(line.identities.iter().all(known), "room {}: somebody has an identity and no name", line.room);
    Ok(())
}

/// The room as a store takes it.
async fn brought(
    store: &dyn Store,
    line: &Line,
    ways_in: [(AliasKind, String); 2],
    limits: RoomLimits,
    clock: Clock,
) -> anyhow::Result<Brought> {
    let now = clock.now();
    let recent = line.chat.len().saturating_sub(LINES_KEPT);
    let loaded = Loaded {
        epoch: line.epoch,
        snapshot: Some(line.state.clone()),
        events: Vec::new(),
        chat: line.chat[recent..].to_vec(),
        last_beat: None,
    };
    // What cannot stand up is no room.
    let (room, _) = Room::restore(line.room, now, loaded, limits)?;
    let mut head = room.view().head();
    head.seq = line.state.seq;
    let mut new: Vec<Record> = ways_in.into_iter().map(|(kind, value)| alias(line.room, kind, value)).collect();
    new.extend(line.names.iter().cloned().map(Record::Alias));
    new.extend(line.playlists.iter().cloned().map(Record::Playlist));
    for person in &line.people {
        if store.get(Key::Person(person.id)).await?.is_none() {
            new.push(Record::Person(person.clone()));
        }
    }
    for identity in &line.identities {
        if store.get(Key::Identity(identity.platform, identity.subject.clone())).await?.is_none() {
            new.push(Record::Identity(identity.clone()));
        }
    }
    Ok(Brought {
        epoch: line.epoch.max(epoch(now.wall)),
        head,
        state: Arc::new(line.state.clone()),
        chat: line.chat.clone(),
        history: line.history.clone(),
        journal: line.journal.clone(),
        new,
    })
}

/// Above all epochs that there were elsewhere: they are raised by loading, which is less than once a second.
fn epoch(now: WallTime) -> u64 {
    now.0.unsigned_abs() / 1_000
}

fn alias(room: RoomId, kind: AliasKind, value: String) -> Record {
    Record::Alias(Alias { kind, value, room, until: None, by: None, note: None, written: None })
}

/// What to print.
pub fn told(imported: &Imported) -> String {
    format!(
        "rooms that are new: {}, that were there already: {}, that are not imported: {}",
        imported.new,
        imported.known,
        imported.refused.len()
    )
}
