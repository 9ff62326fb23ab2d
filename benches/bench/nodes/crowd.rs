//! What a room's own task does for one report, however many people report: the engine alone, without a line or a disk. One task
//! does this for all who are in a room, so this is where a very large room ends.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use engine::{
    command::{Actor, Command, Report},
    event::{Door, Phase},
    ids::{ConnectionId, Entropy, PersonId},
    media::{Item, Media, Player},
    room::{Founding, Preset, Room, RoomLimits, RoomSettings, Turn, Visibility},
    time::{Clock, Millis, Now},
};
use uuid::Uuid;

use super::super::report::{Table, microseconds};

/// People of the room, and of the one that it is compared with.
const PEOPLE: [u64; 4] = [100, 1_000, 10_000, 100_000];
/// For how long reports are measured.
const TIME: Duration = Duration::from_secs(2);
/// Each of them reports so often.
const REPORT: f64 = 1_500.0;

fn actor(number: u64) -> Actor {
    Actor {
        person: PersonId(Uuid::from_u128(number.into())),
        name: format!("Viewer {number}").into(),
        door: Door::Viewer,
        connection: Some(ConnectionId(number)),
        granted: None,
        registered: false,
    }
}

/// Measures rooms of several sizes beside the smallest.
pub fn run(table: &mut Table) -> anyhow::Result<()> {
    let mut small = None;
    for people in PEOPLE {
        let took = reports(people)?;
        let small = *small.get_or_insert(took);
        table.both(
            &format!("{people} people in a room: its task, per report; beside: {}", PEOPLE[0]),
            "µs",
            took,
            small,
        );
    }
    Ok(())
}

/// µs per report.
fn reports(people: u64) -> anyhow::Result<f64> {
    let mut now = Clock::start().now();
    let mut settings = RoomSettings::new("A crowd".into(), Preset::Open);
    settings.visibility = Visibility::Public;
    let founding = Founding { settings, preset: Preset::Open, host: None, invite: "i".into(), code: "c".into() };
    let (mut room, _) = Room::found(Entropy.room(), 1, now, founding, RoomLimits::default());
    let media =
        Media { duration: Some(Millis::seconds(6_000)), ..Media::bare("https://example.org/film.mp4", Player::Video) };
    let item = Arc::new(Item::new(Entropy.item(), media, actor(1).who(), now.wall));
    let mut turn = Turn::default();
    room.apply(now, &actor(1), Command::Add { items: vec![item], spot: engine::command::Spot::End }, &mut turn)?;
    for number in 1..=people {
        let arrives = Command::Arrive { connection: ConnectionId(number), watches: true };
        room.apply(now, &actor(number), arrives, &mut Turn::default())?;
    }
    let item = room.view().current.as_ref().map(|item| item.id);
    item.context("nothing is on")?;
    let actors: Vec<_> = (1..=people).map(actor).collect();
    let begun = now;
    room.tick(later(begun, 1_000.0), &mut Turn::default());
    let from = Instant::now();
    let mut number = 0;
    while from.elapsed() < TIME {
        number += 1;
        // Everybody in turn, evenly over the time between two reports of one.
        let actor = usize::try_from(number * 7_919 % people)?;
        let report = Report {
            item,
            phase: Phase::Ready,
            hidden: false,
            drift_ms: Some(i32::try_from(number % 41)?),
            rtt_ms: Some(31),
            seq: Some(room.view().seq),
            duration: None,
            ended: false,
        };
        now = later(begun, 1_000.0 + number as f64 * REPORT / people as f64);
        let mut turn = Turn::default();
        let actor = actors.get(actor).context("nobody")?;
        room.apply(
            now,
            actor,
            Command::Report { connection: actor.connection.context("no line")?, report },
            &mut turn,
        )?;
        if room.next_deadline(now).is_some_and(|due| due <= now.play) {
            room.tick(now, &mut turn);
        }
        std::hint::black_box(turn);
    }
    Ok(microseconds(from.elapsed()) / number as f64)
}

fn later(now: Now, ms: f64) -> Now {
    #[expect(clippy::cast_possible_truncation, reason = "some seconds")]
    let ms = Millis(ms as i64);
    Now { play: now.play + ms, wall: now.wall + ms }
}
