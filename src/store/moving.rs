//! Moving all of an installation from a SQLite file into an empty database of PostgreSQL: row by row, as the [`tables`] of both
//! are the same. Then all of both is read once more and compared.
//!
//! The file is a [`Source`], which nothing changes; the database a [`Target`], which knows how far it is. So
//! whatever breaks off is simply begun again, and goes on.

pub(super) mod packed;
pub(super) mod tables;

use anyhow::{Context, bail, ensure};
use engine::{
    acts::COMMAND_LINE,
    ids::Entropy,
    records::{AdminAct, Outcome, Record},
    time::{Clock, Millis, WallTime},
};
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};

use self::{
    packed::Packed,
    tables::{Cell, TABLES, Table},
};
use super::{
    address::{self, Kind, shown},
    postgres::Target,
    sqlite::{Counts, Source},
};

/// How much of a piece is gathered before it is written, in bytes: a row more than that is in memory at a time.
const PIECE: usize = 4 << 20;
/// How many rows a piece has at most.
const ROWS: u64 = 5_000;

/// What a move does at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Looks whether all of the file can be read.
    Looking,
    /// Writes rows of this table.
    Moving(&'static str),
    /// Compares rows of this table.
    Comparing(&'static str),
}

/// How far a move is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What it does.
    pub stage: Stage,
    /// How many rows are there, or are compared, of all tables.
    pub done: u64,
    /// How many rows there are.
    pub all: u64,
}

/// An installation that was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The file that it was in.
    pub file: String,
    /// The database that it is in, without a password.
    pub database: String,
    /// Each table, and how many rows of it there are, here as there.
    pub rows: Vec<(&'static str, u64)>,
    /// How many people there are.
    pub people: u64,
    /// How many rows were written this time: fewer than all where it had broken off before.
    pub written: u64,
    /// It was all there already, from a move before this one.
    pub before: bool,
}

impl Moved {
    /// How many rows there are.
    pub fn all(&self) -> u64 {
        self.rows.iter().map(|(_, rows)| rows).sum()
    }

    /// How many rows a table has.
    pub fn of(&self, table: &str) -> u64 {
        self.rows.iter().find(|(name, _)| *name == table).map_or(0, |(_, rows)| *rows)
    }
}

/// Moves all that is in a file into a database, or goes on with that where it broke off.
///
/// Nobody else may have either. The log of who runs the server tells of it for as long as its lines are `kept`. Errors say what to
/// do next.
pub async fn installation(
    from: &str,
    to: &str,
    kept: Millis,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> anyhow::Result<Moved> {
    ensure!(
        address::kind(from) == Kind::Sqlite,
        "{} is PostgreSQL: an installation moves from a SQLite file into PostgreSQL, which database.url names, and rooms alone \
         the other way (onecouch export, onecouch import)",
        shown(from)
    );
    ensure!(
        address::kind(to) == Kind::Postgres,
        "database.url is {}, and an installation moves into PostgreSQL: set database.url to postgres://NAME:PASSWORD@HOST/DATABASE; \
         into another file it goes by onecouch backup and onecouch restore, or by copying the file while no server runs",
        shown(to)
    );
    let mut source = Source::open(from).await?;
    let moved = match Target::open(to).await {
        Ok(mut target) => {
            let moved = between(&mut source, &mut target, kept, tell).await;
            target.close().await;
            moved
        }
        Err(error) => Err(error),
    };
    source.close().await;
    moved
}

async fn between(
    source: &mut Source,
    target: &mut Target,
    kept: Millis,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> anyhow::Result<Moved> {
    let (file, database, clock) = (source.path.display().to_string(), target.shown(), Clock::start());
    tell(Progress { stage: Stage::Looking, done: 0, all: 0 });
    let counts = source.counts().await?;
    let mut moved = Moved {
        file: file.clone(),
        database: database.clone(),
        rows: TABLES.iter().map(|table| table.name).zip(counts.rows).collect(),
        people: counts.people,
        written: 0,
        before: false,
    };
    let (mut table, mut behind) = (0, None);
    match target.note().await? {
        None => {
            let filled = target.filled().await?;
            ensure!(
                filled.is_empty(),
                "{database} has something already ({}): an installation moves into an empty database; \
                 make another (CREATE DATABASE), and name that in database.url",
                filled.join(", ")
            );
            source.is_sound().await?;
            target.begins(&source.installation, &file, clock.now().wall).await?;
        }
        Some(note) if note.installation == source.installation && note.ended_at.is_some() => {
            moved.before = true;
            return Ok(moved);
        }
        Some(note) if note.installation == source.installation => (table, behind) = (note.at.table, note.at.behind),
        Some(note) => {
            let when = jiff::Timestamp::from_millisecond(note.begun_at.0).map(|at| format!("{at:.0}"));
            let (when, other) = (when.unwrap_or_default(), &note.file);
            if note.ended_at.is_some() {
                bail!(
                    "{other} was moved to {database} already, on {when}, and {file} is not what that was then: \
                     make another database (CREATE DATABASE), and name it in database.url"
                );
            }
            ensure!(
                *other == file,
                "{database} has a part of {other}, whose move began on {when}: finish that with onecouch import {other}, \
                 or make the database anew (DROP DATABASE, CREATE DATABASE)"
            );
            bail!(
                "{file} changed since its move to {database} began on {when}, as where a server ran on it: \
                 make the database anew (DROP DATABASE, CREATE DATABASE), and move it again"
            );
        }
    }
    let broke_off = "the move broke off; what is there stays: see to what is wrong, and run the same command again, \
        which goes on from there";
    moved.written = write(source, target, (table, behind), &counts, tell).await.context(broke_off)?;
    target.settles().await.context(broke_off)?;
    let differing = compare(source, target, &counts, tell).await.context(broke_off)?;
    ensure!(
        differing.is_empty(),
        "what is in {database} is not what is in {file}: {}; make the database anew (DROP DATABASE, CREATE DATABASE), and move it \
         again",
        differing.join("; ")
    );
    let now = clock.now().wall;
    target.ends(&act(file, now, now + kept), now).await.context(broke_off)?;
    Ok(moved)
}

/// The line that the log has of it.
fn act(file: String, at: WallTime, expires_at: WallTime) -> Record {
    Record::AdminAct(Box::new(AdminAct {
        id: Entropy.act(),
        at,
        by: COMMAND_LINE.into(),
        act: "installation.move".into(),
        on: Some(file),
        about: None,
        from: None,
        outcome: Outcome::Done,
        expires_at,
    }))
}

/// Writes what is not there yet. Answers how many rows that were.
async fn write(
    source: &mut Source,
    target: &mut Target,
    (first, behind): (usize, Option<Vec<Cell>>),
    counts: &Counts,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> anyhow::Result<u64> {
    let before: u64 = counts.rows[..first].iter().sum();
    let there = if behind.is_some() { target.count(&TABLES[first]).await? } else { 0 };
    let (mut progress, mut behind) = (Progress { done: before + there, ..begin(counts) }, behind);
    let from = progress.done;
    for table in &TABLES[first..] {
        progress.stage = Stage::Moving(table.name);
        tell(progress);
        let behind = behind.take();
        let (mut rows, mut piece) = (source.rows(table, behind.as_deref()), Packed::new());
        let mut last = None;
        while let Some(row) = rows.try_next().await? {
            piece.push(&row).with_context(|| named(table, table.key(&row)))?;
            let full = piece.len() >= PIECE || piece.rows >= ROWS;
            last = Some(row);
            if let Some(row) = last.take_if(|_| full) {
                let piece = std::mem::replace(&mut piece, Packed::new());
                progress.done += piece.rows;
                target.takes(table, piece, table.key(&row)).await?;
                tell(progress);
            }
        }
        if let Some(row) = last {
            progress.done += piece.rows;
            target.takes(table, piece, table.key(&row)).await?;
            tell(progress);
        }
    }
    Ok(progress.done - from)
}

fn begin(counts: &Counts) -> Progress {
    Progress { stage: Stage::Moving(TABLES[0].name), done: 0, all: counts.rows.iter().sum() }
}

fn named(table: &Table, key: &[Cell]) -> String {
    let key: Vec<_> = key.iter().map(ToString::to_string).collect();
    format!("{} {}", table.name, key.join(" "))
}

/// What rows come to, whatever order they are in.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sum(u128);

impl Sum {
    fn add(&mut self, row: &[u8]) {
        let hash: [u8; 32] = Sha256::digest(row).into();
        let (half, _) = hash.split_at(16);
        // It is as long as the half of it is.
        self.0 = self.0.wrapping_add(half.try_into().map_or(0, u128::from_be_bytes));
    }
}

/// Reads all of both, and compares rows byte for byte as PostgreSQL has them. Answers what is not the same in words, table by
/// table.
async fn compare(
    source: &mut Source,
    target: &mut Target,
    counts: &Counts,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> anyhow::Result<Vec<String>> {
    /// How often somebody is told.
    const EVERY: u64 = 1_000;
    let (mut progress, mut differing) = (begin(counts), Vec::new());
    for table in &TABLES {
        progress.stage = Stage::Comparing(table.name);
        tell(progress);
        let (mut there, mut here) = (source.rows(table, None), target.rows(table).await?);
        let (mut old, mut new) = (Vec::new(), Vec::new());
        let (mut rows, mut sums, mut first) = ((0_u64, 0_u64), (Sum::default(), Sum::default()), None);
        loop {
            let (one, other) = (there.try_next().await?, here.try_next().await?);
            let Some(row) = one.as_ref().or(other.as_ref()) else { break };
            old.clear();
            new.clear();
            one.iter().try_for_each(|row| packed::put(&mut old, row))?;
            other.iter().try_for_each(|row| packed::put(&mut new, row))?;
            if old != new && first.is_none() {
                first = Some(named(table, table.key(row)));
            }
            // A key with the one sign that PostgreSQL does not take stands elsewhere in the order there: from the first such on all
            // that counts is what they come to.
            if first.is_some() {
                if one.is_some() {
                    sums.0.add(&old);
                }
                if other.is_some() {
                    sums.1.add(&new);
                }
            }
            rows.0 += u64::from(one.is_some());
            rows.1 += u64::from(other.is_some());
            progress.done += u64::from(one.is_some());
            if progress.done.is_multiple_of(EVERY) {
                tell(progress);
            }
        }
        if let Some(first) = first.filter(|_| sums.0 != sums.1 || rows.0 != rows.1) {
            differing.push(format!("{} ({} rows, and {} there), from {first} on", table.name, rows.0, rows.1));
        }
    }
    progress.done = progress.all;
    tell(progress);
    Ok(differing)
}
