//! Taking back: which of a room's own events an event message means. Nothing of the message is believed but that.

use engine::{
    ids::ItemId,
    room::{RoomView, Undoable, undo::Inverse},
    time::Millis,
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    requests::kind,
    video::{VideoId, seconds},
};

/// Positions that differ by less are the same, in seconds: a client may have rounded them.
const SAME: f64 = 0.01;

/// The number of the event that somebody wants taken back, as it was told them; nothing where it was no such event, or can
/// be taken back no more.
///
/// Where the message has our number, that is the event, if it is of that sort. Where a client left it out, it is the last
/// one that reads the same.
pub fn seq_of(event: &Value, view: &RoomView) -> Option<u64> {
    let sort = event.get("request")?.get("type")?.as_u64()?;
    let is_it = |known: &Undoable| match event.get("seq") {
        Some(seq) => seq.as_u64() == Some(known.seq) && sort_of(&known.inverse) == Some(sort),
        None => sort_of(&known.inverse) == Some(sort) && reads_so(event, &known.inverse, view),
    };
    view.undo.iter().rev().find(|known| is_it(known)).map(|known| known.seq)
}

/// The type of the request that something takes back.
fn sort_of(inverse: &Inverse) -> Option<u64> {
    match inverse {
        Inverse::Seek { .. } => Some(kind::SEEK),
        Inverse::Unskip { .. } => Some(kind::SKIP),
        Inverse::Unadd { .. } => Some(kind::ADD),
        Inverse::Insert { .. } => Some(kind::REMOVE),
        Inverse::Edit { .. } => Some(kind::EDIT),
        Inverse::Move { .. } | Inverse::Order { .. } => None,
    }
}

/// Whether an event message says what would be made as it was.
fn reads_so(event: &Value, inverse: &Inverse, view: &RoomView) -> bool {
    let more = |name: &str| event.get("additional").and_then(|more| more.get(name));
    let asked = |name: &str| event.get("request").and_then(|request| request.get(name));
    let video = |value: Option<&Value>| VideoId::deserialize(value?).ok();
    let at = |position: Millis| {
        more("prevPosition").and_then(Value::as_f64).is_some_and(|told| (told - seconds(position)).abs() < SAME)
    };
    match inverse {
        Inverse::Seek { position, .. } => at(*position),
        Inverse::Unskip { item, position } => {
            at(*position) && video(more("video")).is_some_and(|video| video.names(&item.media))
        }
        Inverse::Unadd { items } => {
            let told: Vec<VideoId> = match (more("videos").and_then(Value::as_array), more("video")) {
                (Some(videos), _) => videos.iter().filter_map(|told| video(Some(told))).collect(),
                (None, one) => video(one).into_iter().collect(),
            };
            let same = |(told, item): (&VideoId, ItemId)| view.item(item).is_some_and(|item| told.names(&item.media));
            !told.is_empty() && told.len() == items.len() && told.iter().zip(items.iter().copied()).all(same)
        }
        Inverse::Insert { items, index } => {
            let told = more("queueIdx").and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok());
            let video = video(more("video")).or_else(|| video(asked("video")));
            told == Some(*index) && items.len() == 1 && video.is_some_and(|video| video.names(&items[0].media))
        }
        Inverse::Edit { item } => video(asked("video")).is_some_and(|video| video.names(&item.media)),
        Inverse::Move { .. } | Inverse::Order { .. } => false,
    }
}
