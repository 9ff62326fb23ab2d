//! All that a room lastingly is, and what of it can be seen.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    ops::Deref,
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use super::{
    playback::Playback,
    roles::{Preset, Role, Visibility},
    schedule::Schedule,
    settings::RoomSettings,
    undo::Undoable,
    votes::Proposal,
};
use crate::{
    event::{Event, Played, Presence},
    ids::{ConnectionId, ItemId, PersonId, RoomId},
    media::Item,
    ports::RoomHead,
    time::{Millis, PlayTime, WallTime},
};

/// What a room is made with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Founding {
    /// What it is set to.
    pub settings: RoomSettings,
    /// By which table its grants began.
    pub preset: Preset,
    /// Who made it, where it belongs to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Host>,
    /// The token of its invite link.
    pub invite: Arc<str>,
    /// The code to be spoken.
    pub code: Arc<str>,
}

/// Whose a room is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: Arc<str>,
}

/// A lasting role, and whose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Their name when they got it.
    pub name: Arc<str>,
    /// What they are.
    pub role: Role,
}

/// Somebody who took a place, or did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// Their name when they came last.
    pub name: Arc<str>,
    /// Since when they first had a place.
    pub since: WallTime,
    /// When they gave it up, or it was taken; none while they have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<WallTime>,
}

/// Somebody who is kept out, or from writing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Penalty {
    /// Their name when it began.
    pub name: Arc<str>,
    /// Until when; for ever where none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<WallTime>,
    /// Why, or nothing.
    pub reason: Arc<str>,
}

/// What was counted since the room was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Lines of chat.
    pub lines: u64,
    /// Reactions.
    pub reactions: u64,
    /// Items that were played.
    pub played: u64,
}

/// The lasting state of a room, as it is stored. Cloning it is two dozen reference counts, whatever the room holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomState {
    /// Number of its last event.
    pub seq: u64,
    /// When it was made.
    pub made_at: WallTime,
    /// When its last event was.
    pub touched_at: WallTime,
    /// What it is set to.
    pub settings: Arc<RoomSettings>,
    /// By which table its grants began.
    pub preset: Preset,
    /// The token of its invite link.
    pub invite: Arc<str>,
    /// The code to be spoken.
    pub code: Arc<str>,
    /// Where the film stands.
    pub playback: Playback,
    /// What is on.
    pub current: Option<Arc<Item>>,
    /// Since when it is on.
    pub current_since: WallTime,
    /// What comes next.
    pub queue: Arc<Vec<Arc<Item>>>,
    /// Who voted for which queued item.
    pub votes: Arc<BTreeMap<ItemId, Arc<BTreeSet<PersonId>>>>,
    /// The queue of those who were here before, while nobody said what shall become of it.
    pub shelf: Arc<Vec<Arc<Item>>>,
    /// What was on, the last one at the end; the rest is in the store.
    pub played: Arc<VecDeque<Arc<Played>>>,
    /// What can be taken back, the last one at the end.
    pub undo: Arc<VecDeque<Arc<Undoable>>>,
    /// What is put to the vote, by the number of the event that did.
    pub proposals: Arc<BTreeMap<u64, Proposal>>,
    /// Who has a lasting role.
    pub members: Arc<BTreeMap<PersonId, Member>>,
    /// Who is kept out.
    pub bans: Arc<BTreeMap<PersonId, Penalty>>,
    /// Who may not write.
    pub mutes: Arc<BTreeMap<PersonId, Penalty>>,
    /// When it opens and closes.
    pub schedule: Schedule,
    /// Who is coming, under which name.
    pub coming: Arc<BTreeMap<PersonId, Arc<str>>>,
    /// Who took a place to keep, and who had one.
    #[serde(default)]
    pub participants: Arc<BTreeMap<PersonId, Participant>>,
    /// When somebody first took a place beside the host.
    #[serde(default)]
    pub joined_at: Option<WallTime>,
    /// What was counted.
    pub tally: Tally,
}

impl RoomState {
    /// Before its first event.
    pub(super) fn new(founding: Founding, made_at: WallTime) -> Self {
        let host = founding.host.map(|host| (host.person, Member { name: host.name, role: Role::Host }));
        Self {
            seq: 0,
            made_at,
            touched_at: made_at,
            settings: Arc::new(founding.settings),
            preset: founding.preset,
            invite: founding.invite,
            code: founding.code,
            playback: Playback::nothing(PlayTime(0)),
            current: None,
            current_since: made_at,
            queue: Arc::default(),
            votes: Arc::default(),
            shelf: Arc::default(),
            played: Arc::default(),
            undo: Arc::default(),
            proposals: Arc::default(),
            members: Arc::new(host.into_iter().collect()),
            bans: Arc::default(),
            mutes: Arc::default(),
            schedule: Schedule::default(),
            coming: Arc::default(),
            participants: Arc::default(),
            joined_at: None,
            tally: Tally::default(),
        }
    }

    /// Whose it is.
    pub fn host(&self) -> Option<(PersonId, &Member)> {
        self.members.iter().find(|(_, member)| member.role == Role::Host).map(|(person, member)| (*person, member))
    }

    /// Whether somebody has a place that they keep.
    pub fn has_place(&self, person: PersonId) -> bool {
        self.participants.get(&person).is_some_and(|known| known.left.is_none())
    }

    /// How many voted for a queued item.
    pub fn votes_for(&self, item: ItemId) -> usize {
        self.votes.get(&item).map_or(0, |votes| votes.len())
    }

    /// A queued item or the current one.
    pub fn item(&self, item: ItemId) -> Option<&Arc<Item>> {
        self.current.iter().chain(self.queue.iter()).find(|known| known.id == item)
    }

    /// Where the film stands at `at`, never past its end.
    pub fn position(&self, at: PlayTime) -> Millis {
        let position = self.playback.position_at(at);
        match self.current.as_deref().and_then(Item::ends) {
            Some(end) => position.min(end),
            None => position,
        }
    }
}

/// Who is connected. Each turn is seen by others who keep it, and of a map that is copied then a crowd would be copied for each
/// who comes: the copies of this one share all but what changed.
pub type Here = imbl::OrdMap<ConnectionId, Arc<Presence>>;

/// All that can be seen of a room at one moment: its lasting state, and who is here. Cloning it is cheap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoomView {
    /// The room.
    pub id: RoomId,
    /// Which life of the room this is: another after every load.
    pub epoch: u64,
    /// What it lastingly is.
    pub state: RoomState,
    /// Who is here.
    #[serde(with = "seats")]
    pub presence: Here,
    /// The last lines of chat.
    pub chat: Arc<VecDeque<Arc<Event>>>,
    /// Whose votes count, while something is put to the vote; else nobody.
    pub voters: Arc<BTreeSet<PersonId>>,
}

/// Who is here, as another node is told it: a list, for each seat names its connection.
mod seats {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::Here;
    use crate::event::Presence;

    pub(super) fn serialize<S: Serializer>(here: &Here, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(here.values())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Here, D::Error> {
        let seats = Vec::<Arc<Presence>>::deserialize(from)?;
        Ok(seats.into_iter().map(|seat| (seat.connection, seat)).collect())
    }
}

/// A view is read as the state that it shows.
impl Deref for RoomView {
    type Target = RoomState;

    fn deref(&self) -> &RoomState {
        &self.state
    }
}

impl RoomView {
    /// How many people watch, each once however many windows they have open.
    pub fn watching(&self) -> usize {
        let people = self.presence.values().filter(|presence| presence.watches).map(|presence| presence.who.person);
        people.collect::<BTreeSet<_>>().len()
    }

    /// How many people are here, each once.
    pub fn people(&self) -> usize {
        self.presence.values().map(|presence| presence.who.person).collect::<BTreeSet<_>>().len()
    }

    /// Who takes part: who is here, and who has a place that they keep.
    pub fn taking_part(&self) -> BTreeSet<PersonId> {
        let keep = self.participants.iter().filter(|(_, known)| known.left.is_none()).map(|(person, _)| *person);
        self.presence.values().map(|presence| presence.who.person).chain(keep).collect()
    }

    /// Whether somebody is here.
    pub fn is_here(&self, person: PersonId) -> bool {
        self.presence.values().any(|presence| presence.who.person == person)
    }

    /// Whether everybody who may take part does. One seat is the host's, whoever comes first.
    pub fn is_full_for(&self, person: Option<PersonId>) -> bool {
        let Some(capacity) = self.settings.capacity else { return false };
        let mut seated = self.taking_part();
        if person.is_some_and(|person| seated.contains(&person)) {
            return false;
        }
        seated.extend(self.host().map(|(host, _)| host).filter(|host| Some(*host) != person));
        seated.len() >= usize::try_from(capacity).unwrap_or(usize::MAX)
    }

    /// How far those who watch are from the room's time, as they measured it: the median, and what 95 of a hundred hold.
    pub fn drift(&self) -> Option<(u32, u32)> {
        let watching = self.presence.values().filter(|presence| presence.watches && !presence.lagging);
        let mut drifts: Vec<u32> = watching.filter_map(|presence| presence.drift_ms).map(i32::unsigned_abs).collect();
        drifts.sort_unstable();
        let at = |percent: usize| drifts.get((drifts.len() * percent).div_ceil(100).saturating_sub(1)).copied();
        Some((at(50)?, at(95)?))
    }

    /// What lists show of it.
    pub fn head(&self) -> RoomHead {
        RoomHead {
            id: self.id,
            title: self.settings.title.clone(),
            public: self.settings.visibility == Visibility::Public
                && self.settings.password.is_none()
                && self.schedule.status.is_listed(),
            made_at: self.made_at,
            seq: self.seq,
            host: self.host().map(|(host, _)| host),
            due_at: self.due_at(),
        }
    }
}
