//! Parties, their participants, lines and reactions as they are told.

use std::collections::BTreeMap;

use engine::{
    event::{Event, EventKind, Who},
    ids::{PersonId, RoomId},
    media::Item,
    refusal::{Code, No},
    room::{Role, RoomView, Status, Visibility},
    time::{Millis, PlayTime, WallTime},
};
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::app::App;

/// How many people a room without a capacity is said to hold: the most that its clients know.
const MOST: u32 = 1_000;

/// Its words for who is let in. Two of them are the same here: what was said is told back.
const AUDIENCES: [(&str, Visibility); 5] = [
    ("public", Visibility::Public),
    ("friends", Visibility::Unlisted),
    ("invite", Visibility::Unlisted),
    ("private", Visibility::Invite),
    ("private", Visibility::Private),
];

/// Who is let in by one of its words: a private party is for those who have its code.
pub(super) fn visibility(word: &str) -> Option<Visibility> {
    AUDIENCES.iter().find(|(known, _)| *known == word).map(|(_, visibility)| *visibility)
}

/// The word for who is let in.
pub(super) fn audience(view: &RoomView) -> &str {
    let set = &view.settings;
    let said = set.audience.as_deref().filter(|word| visibility(word) == Some(set.visibility));
    let known = || AUDIENCES.iter().find(|(_, visibility)| *visibility == set.visibility).map(|(word, _)| *word);
    said.or_else(known).unwrap_or("private")
}

/// A time: RFC 3339 in UTC.
pub(super) fn time(at: WallTime) -> String {
    // No time that is stored is out of range.
    Timestamp::from_millisecond(at.0).unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The identity of something that has none here, for ever the same.
fn derived(room: RoomId, what: &str) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(room.0.as_bytes());
    hash.update(what);
    let hash = hash.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

/// What somebody is to its clients.
pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Host => "host",
        Role::Cohost => "co-host",
        Role::Guest | Role::Registered | Role::Trusted | Role::Moderator => "viewer",
    }
}

/// The role of somebody in a room: what it remembers, or what their door vouches for while they are here.
pub(super) fn role_of(view: &RoomView, person: PersonId) -> Role {
    let lasting = view.members.get(&person).map(|member| member.role);
    let here = view.presence.values().filter(|seat| seat.who.person == person).map(|seat| seat.role).max();
    lasting.max(here).unwrap_or(Role::Guest)
}

/// Whether somebody takes part: has a place, is here, or runs the room.
pub(super) fn takes_part(view: &RoomView, person: PersonId) -> bool {
    view.has_place(person) || view.is_here(person) || role_of(view, person) >= Role::Cohost
}

/// Whether a party is over.
pub(super) fn is_over(view: &RoomView) -> bool {
    !view.schedule.status.is_open() && view.schedule.status != Status::Disabled
}

/// What opens the party: its spoken code, or where that alone is not enough, the token of its link.
pub(super) fn invite_code(view: &RoomView) -> &str {
    match view.settings.visibility {
        Visibility::Private => &view.invite,
        Visibility::Public | Visibility::Unlisted | Visibility::Invite => &view.code,
    }
}

/// The page that it opens by.
pub(super) fn invite_url(public_url: &str, view: &RoomView) -> String {
    code_url(public_url, invite_code(view))
}

/// The same of a code.
pub(super) fn code_url(public_url: &str, code: &str) -> String {
    format!("{public_url}/watch-parties/{code}")
}

/// Where the film stands, in whole seconds.
pub(super) fn seconds(view: &RoomView, s: PlayTime) -> i64 {
    view.position(s).0 / 1_000
}

/// A party.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Party {
    id: Uuid,
    host_user_id: Uuid,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    playlist_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_clip_id: Option<Uuid>,
    current_position_seconds: i64,
    is_playing: bool,
    visibility: String,
    invite_code: String,
    max_participants: u32,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    participants: Option<Vec<Participant>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clips: Option<Vec<Clip>>,
    #[serde(skip_serializing_if = "is_zero")]
    active_participant_count: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde wants")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// When somebody first joined beside the host.
pub(super) fn started(view: &RoomView) -> Option<WallTime> {
    view.joined_at
}

/// When it came to its end, where it did.
pub(super) fn ended(view: &RoomView) -> Option<WallTime> {
    is_over(view).then(|| view.schedule.since.unwrap_or(view.touched_at))
}

impl Party {
    /// As lists have it.
    pub(super) fn of(view: &RoomView, s: PlayTime) -> Self {
        Self {
            id: view.id.0,
            host_user_id: view.host().map_or(Uuid::nil(), |(host, _)| host.0),
            title: view.settings.title.to_string(),
            playlist_id: view.settings.playlist.map(|playlist| playlist.0),
            current_clip_id: view.current.as_ref().map(|item| item.id.0),
            current_position_seconds: seconds(view, s),
            is_playing: view.playback.playing,
            visibility: audience(view).to_owned(),
            invite_code: invite_code(view).to_owned(),
            max_participants: view.settings.capacity.unwrap_or(MOST),
            created_at: time(view.made_at),
            started_at: started(view).map(time),
            ended_at: ended(view).map(time),
            participants: None,
            clips: None,
            active_participant_count: view.taking_part().len(),
        }
    }

    /// With who takes part, what is on and what comes next.
    pub(super) fn whole(view: &RoomView, s: PlayTime) -> Self {
        let clips = view.current.iter().chain(view.queue.iter()).map(|item| Clip::of(item)).collect();
        Self { participants: Some(participants(view)), clips: Some(clips), ..Self::of(view, s) }
    }

    /// As somebody sees it who knows this code of it and is not in: what is on behind a password is told inside.
    pub(super) fn outside(view: &RoomView, code: &str, s: PlayTime) -> Self {
        let party = Self { invite_code: code.to_owned(), ..Self::of(view, s) };
        if view.settings.password.is_none() {
            return party;
        }
        let nothing = Self { current_clip_id: None, current_position_seconds: 0, is_playing: false, ..party };
        Self { playlist_id: None, active_participant_count: 0, ..nothing }
    }
}

/// An item of the queue, the current one first. Its clients know clips by their identities alone.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Clip {
    id: Uuid,
    title: String,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbnail_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_seconds: Option<i64>,
}

impl Clip {
    pub(super) fn of(item: &Item) -> Self {
        Self {
            id: item.id.0,
            title: item.media.label().to_owned(),
            url: item.media.url.clone(),
            thumbnail_url: item.media.thumbnail.as_ref().map(ToString::to_string),
            duration_seconds: item.length().map(|Millis(length)| length / 1_000),
        }
    }
}

/// Somebody, as far as a room knows them: of the many fields of its users these are ever filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct User {
    id: Uuid,
    username: String,
    display_name: String,
    avatar_url: Option<String>,
}

impl User {
    pub(super) fn of(person: PersonId, name: &str) -> Self {
        Self { id: person.0, username: name.to_owned(), display_name: name.to_owned(), avatar_url: None }
    }
}

/// Somebody who takes part.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Participant {
    id: Uuid,
    party_id: Uuid,
    user_id: Uuid,
    user: User,
    role: &'static str,
    joined_at: String,
    sync_offset_ms: i32,
}

impl Participant {
    /// Whether this is somebody.
    pub(super) fn is(&self, person: PersonId) -> bool {
        self.user_id == person.0
    }
}

/// What is known of somebody who takes part.
struct Known<'a> {
    name: &'a str,
    role: Role,
    since: WallTime,
    drift: i32,
}

/// Who takes part: the host first, then as they came. Each place, seat and role is looked at once.
pub(super) fn participants(view: &RoomView) -> Vec<Participant> {
    let mut people: BTreeMap<PersonId, Known<'_>> = BTreeMap::new();
    for (person, place) in view.participants.iter().filter(|(_, place)| place.left.is_none()) {
        let known = Known { name: &place.name, role: Role::Guest, since: place.since, drift: 0 };
        people.insert(*person, known);
    }
    for seat in view.presence.values() {
        let first = Known { name: &seat.who.name, role: seat.role, since: seat.since, drift: 0 };
        let known = people.entry(seat.who.person).or_insert(first);
        known.name = &seat.who.name;
        known.role = known.role.max(seat.role);
        known.since = known.since.min(seat.since);
        known.drift = seat.drift_ms.filter(|drift| drift.abs() > known.drift.abs()).unwrap_or(known.drift);
    }
    for (person, member) in view.members.iter() {
        if let Some(known) = people.get_mut(person) {
            known.role = known.role.max(member.role);
        }
    }
    let mut people: Vec<_> = people.into_iter().collect();
    people.sort_by_key(|(person, known)| (known.role != Role::Host, known.since, *person));
    let participant = |(person, known): (PersonId, Known<'_>)| Participant {
        id: derived(view.id, &person.to_string()),
        party_id: view.id.0,
        user_id: person.0,
        user: User::of(person, known.name),
        role: role(known.role),
        joined_at: time(known.since),
        sync_offset_ms: known.drift,
    };
    people.into_iter().map(participant).collect()
}

/// A line of chat.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Message {
    id: Uuid,
    watch_party_id: Uuid,
    user_id: Uuid,
    username: String,
    display_name: String,
    #[expect(clippy::struct_field_names, reason = "what it is called there")]
    message: String,
    created_at: String,
}

impl Message {
    /// One that stands in an event; nothing where that is something else.
    pub(super) fn of(room: RoomId, event: &Event) -> Option<Self> {
        let EventKind::Said(line) = &event.kind else { return None };
        let (person, name) = author(event.by.as_ref());
        Some(Self {
            id: line.id.0,
            watch_party_id: room.0,
            user_id: person,
            username: name.clone(),
            display_name: name,
            message: line.text.to_string(),
            created_at: time(event.at),
        })
    }
}

/// A reaction.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Reaction {
    id: Uuid,
    watch_party_id: Uuid,
    user_id: Uuid,
    username: String,
    emoji: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    video_timestamp: Option<f64>,
    created_at: String,
}

impl Reaction {
    /// One that stands in an event; nothing where that is something else.
    pub(super) fn of(room: RoomId, event: &Event) -> Option<Self> {
        let EventKind::Reacted { emoji, position } = &event.kind else { return None };
        let (person, name) = author(event.by.as_ref());
        Some(Self {
            id: derived(room, &event.seq.to_string()),
            watch_party_id: room.0,
            user_id: person,
            username: name,
            emoji: emoji.to_string(),
            // Two decimals, as there.
            #[expect(clippy::cast_precision_loss, reason = "no film lasts 2^52 ms")]
            video_timestamp: position.map(|Millis(position)| (position / 10) as f64 / 100.0),
            created_at: time(event.at),
        })
    }

    /// The same, where whoever reacted said at which second of the film: that is told back to them.
    pub(super) fn said_at(self, second: Option<f64>) -> Self {
        Self { video_timestamp: second.map(|second| (second * 100.0).round() / 100.0).or(self.video_timestamp), ..self }
    }
}

fn author(by: Option<&Who>) -> (Uuid, String) {
    by.map_or((Uuid::nil(), "Somebody".to_owned()), |by| (by.person.0, by.name.to_string()))
}

/// The room of an identity; nothing where there is none.
pub(super) async fn seen(app: &App, room: RoomId) -> Result<Option<std::sync::Arc<RoomView>>, No> {
    match app.engine.rooms.view(room).await {
        Ok(view) => Ok(Some(view)),
        Err(No::Refusal(refusal)) if refusal.code == Code::NoSuchRoom => Ok(None),
        Err(no) => Err(no),
    }
}
