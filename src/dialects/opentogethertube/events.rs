//! What happened, as its clients are told: the request that somebody made, who made it, and what is needed to take it back.

use crate::websocket::Utf8Bytes;
use engine::{
    event::{Cause, Event, EventKind},
    media::Item,
    room::{RoomView, undo::Inverse},
    time::PlayTime,
};
use serde_json::{Map, Value, json};

use super::{
    requests::kind,
    sync::text,
    users::{self, UserInfo},
    video::{QueueItem, VideoId, seconds},
};

/// The frame of an event; nothing where its clients know no such thing, or hear of it by what it changes.
///
/// `told` is the room before the turn, `view` after it, `s` the present.
pub fn frame(event: &Event, told: &RoomView, view: &RoomView, s: PlayTime) -> Option<Utf8Bytes> {
    if let EventKind::Playback { cause: Cause::Segment(category), .. } = &event.kind {
        let said = format!("Skipped {}", category.name());
        return Some(text(&json!({ "action": "eventcustom", "text": said })));
    }
    let by = users::of_who(event.by.as_ref()?, view);
    if let EventKind::Said(line) = &event.kind {
        return Some(text(&json!({ "action": "chat", "from": by, "text": &*line.text })));
    }
    let (request, additional) = requested(event, told, view, s)?;
    let frame = json!({
        "action": "event",
        "request": request,
        "user": by,
        "additional": additional,
        // Ours: by it an event that is sent back to be taken back is known again.
        "seq": event.seq,
    });
    Some(text(&frame))
}

/// The request that an event comes from, and what stands beside it.
fn requested(event: &Event, told: &RoomView, view: &RoomView, s: PlayTime) -> Option<(Value, Value)> {
    let inverse = view.undo.iter().rev().find(|known| known.seq == event.seq).map(|known| &known.inverse);
    let known = |item| told.item(item).or_else(|| view.item(item));
    Some(match &event.kind {
        EventKind::Playback { cause: Cause::Play, .. } => (json!({ "type": kind::PLAYBACK, "state": true }), json!({})),
        EventKind::Playback { cause: Cause::Pause, .. } => {
            (json!({ "type": kind::PLAYBACK, "state": false }), json!({}))
        }
        EventKind::Playback { playback, cause: Cause::Seek } => {
            let before = match inverse {
                Some(Inverse::Seek { position, .. }) => *position,
                _ => told.position(s),
            };
            let request = json!({ "type": kind::SEEK, "value": seconds(playback.position) });
            (request, json!({ "prevPosition": seconds(before) }))
        }
        EventKind::Playback { cause: Cause::Skip, .. } => {
            let (item, position) = match inverse {
                Some(Inverse::Unskip { item, position }) => (item, *position),
                _ => (told.current.as_ref()?, told.position(s)),
            };
            let more = json!({ "video": QueueItem::of(item), "prevPosition": seconds(position) });
            (json!({ "type": kind::SKIP }), more)
        }
        EventKind::Added { items, .. } => match items.as_slice() {
            [item] => (json!({ "type": kind::ADD, "video": asked(item) }), json!({ "video": QueueItem::of(item) })),
            items => {
                let asked: Vec<_> = items.iter().map(|item| asked(item)).collect();
                let added: Vec<_> = items.iter().map(|item| QueueItem::of(item)).collect();
                (json!({ "type": kind::ADD, "videos": asked }), json!({ "videos": added }))
            }
        },
        EventKind::Removed { item } => {
            let index = match inverse {
                Some(Inverse::Insert { index, .. }) => *index,
                _ => told.queue.iter().position(|queued| queued.id == *item)?,
            };
            let item = known(*item)?;
            let request = json!({ "type": kind::REMOVE, "video": VideoId::of(&item.media) });
            (request, json!({ "video": QueueItem::of(item), "queueIdx": index }))
        }
        EventKind::ItemChanged { item } => {
            let request = json!({
                "type": kind::EDIT,
                "video": VideoId::of(&item.media),
                "update": edited(known(item.id)?, item),
            });
            (request, json!({}))
        }
        _ => return None,
    })
}

/// A video as somebody asks for it.
fn asked(item: &Item) -> Value {
    let VideoId { service, id } = VideoId::of(&item.media);
    let mut asked = json!({ "service": service, "id": id });
    if let Some(subtitles) = &item.subtitles {
        asked["subtitleUrl"] = json!(**subtitles);
    }
    asked
}

/// What was changed of an item.
fn edited(before: &Item, after: &Item) -> Map<String, Value> {
    let mut update = Map::new();
    if before.subtitles != after.subtitles {
        update.insert("subtitleUrl".to_owned(), json!(after.subtitles.as_deref()));
    }
    if before.start != after.start {
        update.insert("startAt".to_owned(), json!(after.start.map(seconds)));
    }
    if before.end != after.end {
        update.insert("endAt".to_owned(), json!(after.end.map(seconds)));
    }
    update
}

/// Somebody came.
pub fn joined(user: &UserInfo) -> Utf8Bytes {
    let info = json!({ "id": user.id, "username": user.name, "status": user.status });
    let request = json!({ "type": kind::JOIN, "info": info });
    text(&json!({ "action": "event", "request": request, "user": user, "additional": {} }))
}

/// Somebody went.
pub fn left(user: &UserInfo) -> Utf8Bytes {
    let request = json!({ "type": kind::LEAVE });
    text(&json!({ "action": "event", "request": request, "user": user, "additional": { "user": user } }))
}
