//! Frames of native clients, down into a room: see [`crate::fuzzing`].

#![expect(clippy::unwrap_used, reason = "a promise that is broken ends the run")]

use engine::{
    command::{Actor, Command, Deed, SeekTo, Spot},
    event::Door,
    ids::{ConnectionId, ItemId, MessageId, PersonId, RoomId},
    media::{Item, Media, Player},
    refusal::Refusal,
    room::{Founding, Host, Preset, Room, RoomLimits, RoomSettings, Turn},
    time::{Millis, Now, PlayTime, WallTime},
};
use uuid::Uuid;

use super::frames::{self, ClientFrame, Do, Other};

/// When it all happens.
const NOW: i64 = 1_700_000_000_000;
/// Commands of one script.
const COMMANDS: usize = 50;

fn at(later: i64) -> Now {
    Now { play: PlayTime(NOW + later), wall: WallTime(NOW + later) }
}

/// Ana's room with three films, one of which is on, and Ana in it.
pub fn room() -> (Room, Actor) {
    let ana = PersonId(Uuid::from_u128(1));
    let host = Some(Host { person: ana, name: "Ana".into() });
    let (invite, code) = ("invite".into(), "ABCDEF".into());
    let founding = Founding { settings: RoomSettings::default(), preset: Preset::default(), host, invite, code };
    let (mut room, mut turn) = Room::found(RoomId(Uuid::from_u128(9)), 1, at(0), founding, RoomLimits::default());
    let connection = Some(ConnectionId(1));
    let actor =
        Actor { person: ana, name: "Ana".into(), door: Door::Viewer, connection, granted: None, registered: true };
    let arrives = Command::Arrive { connection: ConnectionId(1), watches: true };
    room.apply(at(0), &actor, arrives, &mut turn).unwrap();
    for (number, length) in [(20, Some(Millis(60_000))), (21, None), (22, Some(Millis(3_600_000)))] {
        let link = format!("https://films.example/{number}.mp4");
        let media = Media { duration: length, ..Media::bare(link, Player::Video) };
        let add = Command::add(ItemId(Uuid::from_u128(number)), media, &actor, at(0).wall, Spot::End);
        room.apply(at(0), &actor, add, &mut turn).unwrap();
    }
    (room, actor)
}

/// A line is a frame. What is understood is done in a room, where the film stays between its beginning and its end.
pub fn frames(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (mut room, actor) = room();
    let mut turn = Turn::default();
    for (number, line) in text.lines().take(COMMANDS).enumerate() {
        let now = at(i64::try_from(number).unwrap() * 700);
        assert!(frames::id_of(line).is_none_or(|id| id.chars().count() <= 64));
        let command = match frames::read(line) {
            Ok(frame) => match command(frame, now.wall) {
                Ok(command) => command,
                Err(refusal) => return assert!(refusal.to_string().len() < 1_000, "{refusal}"),
            },
            Err(refusal) => {
                assert!(refusal.to_string().len() < 100_000);
                None
            }
        };
        if let Some(command) = command {
            let _ = room.apply(now, &actor, command, &mut turn);
        }
        check(&room, now);
    }
    for later in [1_000_000, 100_000_000, i64::MAX / 4] {
        let now = at(later);
        room.tick(now, &mut turn);
        check(&room, now);
    }
    let state = &room.view().state;
    let kept = serde_json::to_string(state).unwrap();
    assert_eq!(serde_json::from_str::<engine::room::RoomState>(&kept).unwrap(), *state);
}

fn command(frame: ClientFrame, now: WallTime) -> Result<Option<Command>, Refusal> {
    let connection = ConnectionId(1);
    Ok(match frame {
        ClientFrame::Hello(_) | ClientFrame::Ping { .. } | ClientFrame::Locale { .. } => None,
        ClientFrame::Typing => Some(Command::Type),
        ClientFrame::Report(report) => Some(Command::Report { connection, report: report.into() }),
        ClientFrame::Command(command) => match command.what {
            Do::Deed(fields) => {
                let deed = Deed::try_from(fields)?;
                if let Deed::Seek { to: SeekTo::Fraction(fraction) } = deed {
                    assert!(fraction <= 100_000, "{fraction}");
                }
                Some(deed.into())
            }
            Do::Other(other) => match *other {
                Other::Say { text } => Some(Command::Say { id: MessageId(Uuid::from_u128(5)), text }),
                Other::Erase { line } => Some(Command::Erase { line, author: None }),
                Other::Reword { line, text } => Some(Command::Reword { line, author: None, text }),
                Other::Change(change) => Some(Command::Change(Box::new(change.into_changes(None)))),
                other => other.command(now)?,
            },
        },
    })
}

fn check(room: &Room, now: Now) {
    let view = room.view();
    let end = view.current.as_deref().and_then(Item::ends).unwrap_or(Millis(i64::MAX));
    let position = view.position(now.play);
    assert!((Millis::ZERO..=end).contains(&position), "{position:?} of {end:?}");
    assert!((250..=4_000).contains(&view.playback.rate.0), "{:?}", view.playback);
    assert_eq!(view.playback.item, view.current.as_ref().map(|item| item.id));
    let _ = room.next_deadline(now);
}
