//! The state of a room on the wire: all of it, or what of it changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use engine::{
    command::Deed,
    event::{Cause, Event, EventKind},
    ids::{ItemId, PersonId},
    media::{Item, Segment},
    room::{RoomSettings, RoomView},
    time::PlayTime,
};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    grants, room, users,
    video::{QueueItem, VideoId, seconds},
};

/// The state of a room, or what of it changed: as a frame.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(tag = "action", rename = "sync", rename_all = "camelCase")]
pub struct State<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_temporary: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    visibility: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_source: Option<OrNull<QueueItem>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue: Option<Queue<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_playing: Option<bool>,
    #[serde(rename = "playbackPosition", skip_serializing_if = "Option::is_none")]
    position: Option<f64>,
    #[serde(rename = "playbackSpeed", skip_serializing_if = "Option::is_none")]
    speed: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grants: Option<Vec<(i8, u64)>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_owner: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vote_counts: Option<Vec<(String, usize)>>,
    #[serde(rename = "videoSegments", skip_serializing_if = "Option::is_none")]
    segments: Option<Vec<Value>>,
    #[serde(rename = "autoSkipSegmentCategories", skip_serializing_if = "Option::is_none")]
    skipped: Option<Vec<&'static str>>,
    #[serde(rename = "prevQueue", skip_serializing_if = "Option::is_none")]
    shelf: Option<OrNull<Queue<'a>>>,
    #[serde(rename = "restoreQueueBehavior", skip_serializing_if = "Option::is_none")]
    restore: Option<u8>,
    #[serde(rename = "enableVoteSkip", skip_serializing_if = "Option::is_none")]
    vote_skip: Option<bool>,
    #[serde(rename = "votesToSkip", skip_serializing_if = "Option::is_none")]
    skip_votes: Option<Vec<Uuid>>,
}

impl<'a> State<'a> {
    /// All of it.
    pub fn whole(view: &'a RoomView, name: &'a str, s: PlayTime) -> Self {
        let mut state = Self { name: Some(name), has_owner: Some(view.host().is_some()), ..Self::default() };
        state.set(view, name, None);
        state.current_source = Some(source(view));
        state.queue = Some(Queue(&view.queue));
        state.is_playing = Some(view.playback.playing);
        state.position = Some(seconds(view.position(s)));
        state.speed = Some(view.playback.rate.factor());
        state.vote_counts = Some(votes(view, &BTreeMap::new()));
        state.segments = Some(segments(view));
        state.shelf = Some(shelf(view));
        state.skip_votes = Some(skip_votes(view));
        state
    }

    /// Where the film is.
    pub fn at(view: &RoomView, s: PlayTime) -> Self {
        Self { position: Some(seconds(view.position(s))), ..Self::default() }
    }

    /// What of it changed from `told` to `view`, by these events.
    pub fn delta(told: &RoomView, view: &'a RoomView, name: &'a str, events: &[Arc<Event>], s: PlayTime) -> Self {
        let mut state = Self::default();
        let (was, is) = (&told.playback, &view.playback);
        let another = was.item != is.item;
        let sought = |event: &Arc<Event>| matches!(event.kind, EventKind::Playback { cause: Cause::Seek, .. });
        // Who goes on knows where it stood.
        let goes_on = !was.playing && was.position == is.position;
        let elsewhere = was != is && !goes_on || events.iter().any(sought);
        if another || was.rate != is.rate {
            state.speed = Some(is.rate.factor());
        }
        if another || elsewhere || was.rate != is.rate {
            state.position = Some(seconds(view.position(s)));
        }
        state.is_playing = (was.playing != is.playing).then_some(is.playing);
        let (before, current) = (told.current.as_ref(), view.current.as_ref());
        if before.map(Arc::as_ptr) != current.map(Arc::as_ptr) {
            state.current_source = changed(source(view), Some(source(told)));
            state.segments = changed(segments(view), Some(segments(told)));
        }
        if !Arc::ptr_eq(&told.queue, &view.queue) {
            state.queue = Some(Queue(&view.queue));
        }
        if !Arc::ptr_eq(&told.settings, &view.settings) {
            state.set(view, name, Some(told));
        }
        state.has_owner = Some(view.host().is_some())
            .filter(|owned| !Arc::ptr_eq(&told.members, &view.members) && *owned != told.host().is_some());
        state.vote_counts = (!Arc::ptr_eq(&told.votes, &view.votes)).then(|| votes(view, &told.votes));
        state.shelf = (!Arc::ptr_eq(&told.shelf, &view.shelf)).then(|| shelf(view));
        state.skip_votes = Some(skip_votes(view)).filter(|votes| *votes != skip_votes(told));
        state
    }

    /// What the room is set to, as far as it was not before.
    fn set(&mut self, view: &'a RoomView, name: &'a str, before: Option<&RoomView>) {
        let was = || before.map(|before| &*before.settings);
        let settings = &*view.settings;
        self.title = changed(room::title(view, name), before.map(|before| room::title(before, name)));
        self.description = changed(&*settings.about, was().map(|was| &*was.about));
        self.is_temporary = changed(settings.expires_after.is_some(), was().map(|was| was.expires_after.is_some()));
        self.visibility =
            changed(room::visibility(settings.visibility), was().map(|was| room::visibility(was.visibility)));
        self.queue_mode =
            changed(room::queue_mode(settings.queue_mode), was().map(|was| room::queue_mode(was.queue_mode)));
        self.grants = changed(grants::masks(&settings.grants), was().map(|was| grants::masks(&was.grants)));
        self.skipped = changed(skipped(settings), was().map(skipped));
        self.restore = changed(room::restore(settings.restore), was().map(|was| room::restore(was.restore)));
        self.vote_skip = changed(settings.vote_skip, was().map(|was| was.vote_skip));
    }
}

/// What is told to be null where there is none of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
struct OrNull<T>(Option<T>);

/// A queue, written as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue<'a>(&'a [Arc<Item>]);

impl Serialize for Queue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|item| QueueItem::of(item)))
    }
}

/// What is so now, where it was not before.
fn changed<T: PartialEq<U>, U>(now: T, before: Option<U>) -> Option<T> {
    if before.is_some_and(|before| now == before) { None } else { Some(now) }
}

fn source(view: &RoomView) -> OrNull<QueueItem> {
    OrNull(view.current.as_deref().map(QueueItem::of))
}

fn skipped(settings: &RoomSettings) -> Vec<&'static str> {
    settings.skip_segments.iter().map(|category| category.name()).collect()
}

/// The parts of what is on that may be skipped.
fn segments(view: &RoomView) -> Vec<Value> {
    let Some(current) = view.current.as_deref() else { return Vec::new() };
    let length = current.media.duration.map(seconds);
    let segment = |part: &Segment| {
        json!({
            "UUID": format!("{}-{}-{}", part.category.name(), part.start.0, part.end.0),
            "category": part.category.name(),
            "startTime": seconds(part.start),
            "endTime": seconds(part.end),
            "videoDuration": length,
        })
    };
    current.segments.iter().map(segment).collect()
}

/// The queue of those who were here before, where there is one.
fn shelf(view: &RoomView) -> OrNull<Queue<'_>> {
    OrNull(Some(Queue(&view.shelf)).filter(|shelf| !shelf.0.is_empty()))
}

/// How many voted for what is queued, by its service and id in one word. What `before` had votes and has none now is told
/// to have none.
fn votes(view: &RoomView, before: &BTreeMap<ItemId, Arc<BTreeSet<PersonId>>>) -> Vec<(String, usize)> {
    if view.votes.is_empty() && before.is_empty() {
        return Vec::new();
    }
    let mut counts = BTreeMap::new();
    for item in view.queue.iter().filter(|item| view.votes.contains_key(&item.id) || before.contains_key(&item.id)) {
        let VideoId { service, id } = VideoId::of(&item.media);
        // The same video may stand in the queue of a room of ours twice.
        *counts.entry(service + &id).or_default() += view.votes_for(item.id);
    }
    counts.into_iter().collect()
}

/// Who is for it that the room skips what is on.
fn skip_votes(view: &RoomView) -> Vec<Uuid> {
    let skip = view.proposals.values().find(|proposal| proposal.deed == Deed::Skip);
    let people = skip.iter().flat_map(|proposal| &proposal.yes);
    people.flat_map(|person| users::ids_of(*person, view)).collect()
}

#[cfg(test)]
mod tests {
    use engine::{
        command::{Actor, Command, Spot},
        event::Door,
        ids::{ConnectionId, Entropy, PersonId},
        media::{Media, Player},
        room::{Changes, Founding, Preset, Restore, Room, RoomLimits, Turn},
        time::{Now, WallTime},
    };

    use super::*;

    fn at(seconds: i64) -> Now {
        Now { play: PlayTime(seconds * 1_000), wall: WallTime(seconds * 1_000) }
    }

    #[test]
    fn the_queue_of_before_is_offered_and_gone_once_it_was_taken() {
        let mut settings = RoomSettings::new("Film night".into(), Preset::Open);
        settings.restore = Restore::Prompt;
        let founding = Founding { settings, preset: Preset::Open, host: None, invite: "i".into(), code: "c".into() };
        let (mut room, _) = Room::found(Entropy.room(), 1, at(0), founding, RoomLimits::default());
        let actor = Actor {
            person: PersonId(Uuid::from_u128(7)),
            name: "Ana".into(),
            door: Door::OpenTogetherTube,
            connection: None,
            granted: Some(engine::room::Role::Host),
            registered: false,
        };
        let told = |room: &mut Room, now, command: Option<Command>| {
            let (before, mut turn) = (room.view().clone(), Turn::default());
            match command {
                Some(command) => room.apply(now, &actor, command, &mut turn).unwrap(),
                None => room.tick(now, &mut turn),
            }
            serde_json::to_value(State::delta(&before, room.view(), "x", &turn.events, now.play)).unwrap()
        };
        let film = Media::bare("https://films.example/a.mp4", Player::Video);
        let add = Command::add(Entropy.item(), film, &actor, WallTime(0), Spot::End);
        let added = told(&mut room, at(1), Some(add));
        assert_eq!(added["currentSource"]["id"], "https://films.example/a.mp4");
        let connection = ConnectionId(1);
        told(&mut room, at(2), Some(Command::Arrive { connection, watches: true }));
        told(&mut room, at(3), Some(Command::Depart { connection }));
        told(&mut room, at(40), None);
        let shelved = told(&mut room, at(400), None);
        assert_eq!((&shelved["currentSource"], &shelved["prevQueue"][0]["service"]), (&json!(null), &json!("direct")));
        assert!(shelved["prevQueue"][0]["startAt"].is_number(), "{shelved}");
        let restored = told(&mut room, at(401), Some(Command::Restore { discard: false }));
        assert_eq!(restored["prevQueue"], json!(null));
        assert!(restored.as_object().unwrap().contains_key("prevQueue"));
        assert_eq!(restored["currentSource"]["id"], "https://films.example/a.mp4");
        // What is set as it was changes nothing.
        let change = Changes { title: Some("Film night".into()), ..Changes::default() };
        let nothing = told(&mut room, at(402), Some(Command::Change(Box::new(change))));
        assert_eq!(nothing, json!({ "action": "sync" }));
    }
}
