//! A room: the rules of watching together, as a pure state machine.
//!
//! [`Room::apply`] and [`Room::tick`] are the only ways in; the events of a [`Turn`] and [`Room::next_deadline`] are the
//! only ways out. Nothing here reads a clock, makes randomness, waits or speaks to anybody: the present and all identities
//! come in as arguments. A tick too many is harmless.
//!
//! Every lasting change is an [`Event`]; [`Room::evolve`] is the one place that changes lasting state, for an event that
//! just happened as for one that is read back from the journal. So replaying the journal gives the same room.

pub mod chat;
pub mod members;
pub mod playback;
pub mod queue;
pub mod roles;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

pub use self::{
    playback::{Playback, Rate, clock_text},
    roles::{Member, Permission, Preset, Role, Visibility},
};
use crate::{
    command::{Actor, Command},
    event::{Cause, Door, Event, EventKind, Presence, PresenceDelta, Signal},
    ids::{ConnectionId, PersonId, RoomId},
    media::Item,
    ports::{Loaded, RoomHead},
    refusal::{Fault, Refusal},
    time::{Millis, Now, PlayTime, WallTime},
};

/// What a room is made with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Founding {
    /// Its title.
    pub title: Arc<str>,
    /// Who is let in.
    pub visibility: Visibility,
    /// Who may do what.
    pub preset: Preset,
    /// Who made it.
    pub host: PersonId,
    /// The host's name.
    pub host_name: Arc<str>,
    /// The token of its invite link.
    pub invite: Arc<str>,
    /// The code to be spoken.
    pub code: Arc<str>,
}

/// How much a room holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomLimits {
    /// Items in the queue.
    pub queue: usize,
}

impl Default for RoomLimits {
    fn default() -> Self {
        Self { queue: queue::QUEUE_LIMIT }
    }
}

/// All that can be seen of a room at one moment. Cloning it is a dozen reference counts, whatever the room holds.
#[derive(Debug, Clone, PartialEq)]
pub struct RoomView {
    /// The room.
    pub id: RoomId,
    /// Which life of the room this is: another after every load.
    pub epoch: u64,
    /// Number of its last event.
    pub seq: u64,
    /// Its title.
    pub title: Arc<str>,
    /// Who is let in.
    pub visibility: Visibility,
    /// Who may do what.
    pub preset: Preset,
    /// The token of its invite link.
    pub invite: Arc<str>,
    /// The code to be spoken.
    pub code: Arc<str>,
    /// When it was made.
    pub made_at: WallTime,
    /// Where the film stands.
    pub playback: Playback,
    /// What is on.
    pub current: Option<Arc<Item>>,
    /// What comes next.
    pub queue: Arc<Vec<Arc<Item>>>,
    /// Who has a lasting role.
    pub members: Arc<BTreeMap<PersonId, Member>>,
    /// Who is here.
    pub presence: Arc<BTreeMap<ConnectionId, Arc<Presence>>>,
    /// The last lines of chat.
    pub chat: Arc<VecDeque<Arc<Event>>>,
}

impl RoomView {
    /// Where the film stands at `at`, never past its end.
    pub fn position(&self, at: PlayTime) -> Millis {
        let position = self.playback.position_at(at);
        match self.current.as_deref().and_then(|item| item.media.duration) {
            Some(duration) => position.min(duration),
            None => position,
        }
    }

    /// How many people watch, each once however many windows they have open.
    pub fn watching(&self) -> usize {
        let people = self.presence.values().filter(|presence| presence.watches).map(|presence| presence.who.person);
        people.collect::<BTreeSet<_>>().len()
    }
}

/// The lasting state of a room, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// What it was made with, with the title and the rest as they are now.
    pub founding: Founding,
    /// When it was made.
    pub made_at: WallTime,
    /// Number of its last event.
    pub seq: u64,
    /// Where the film stands.
    pub playback: Playback,
    /// What is on.
    pub current: Option<Arc<Item>>,
    /// What comes next.
    pub queue: Vec<Arc<Item>>,
    /// Who has a lasting role.
    pub members: BTreeMap<PersonId, Member>,
}

/// What one command or tick brought about.
#[derive(Debug, Clone, Default)]
pub struct Turn {
    /// Lasting, in order.
    pub events: Vec<Arc<Event>>,
    /// Of the moment.
    pub signals: Vec<Signal>,
}

/// The state machine.
#[derive(Debug, Clone)]
pub struct Room {
    /// Lasting state, and who is here.
    view: RoomView,
    /// What the configuration allows.
    limits: RoomLimits,
    /// Presence that is not told yet.
    presence: PresenceDelta,
    /// When it is told.
    presence_due: Option<PlayTime>,
    /// Since when nobody watches; none while somebody does, nobody ever did, or somebody started the film all the same.
    empty_since: Option<PlayTime>,
    /// Connections whose player came to the end of an item of unknown length.
    ended: BTreeSet<ConnectionId>,
}

impl Room {
    /// A new room, and its first event.
    pub fn found(id: RoomId, epoch: u64, now: Now, founding: Founding, limits: RoomLimits) -> (Self, Turn) {
        let mut room = Self::blank(id, epoch, founding.clone(), now.wall, limits);
        let host = Actor {
            person: founding.host,
            name: founding.host_name.clone(),
            door: Door::Api,
            connection: None,
            granted: None,
        };
        let mut turn = Turn::default();
        room.emit(now, Some(&host), EventKind::Founded(founding), &mut turn);
        (room, turn)
    }

    fn blank(id: RoomId, epoch: u64, founding: Founding, made_at: WallTime, limits: RoomLimits) -> Self {
        let host = Member { name: founding.host_name, role: Role::Host };
        let view = RoomView {
            id,
            epoch,
            seq: 0,
            title: founding.title,
            visibility: founding.visibility,
            preset: founding.preset,
            invite: founding.invite,
            code: founding.code,
            made_at,
            playback: Playback::nothing(PlayTime(0)),
            current: None,
            queue: Arc::default(),
            members: Arc::new(BTreeMap::from([(founding.host, host)])),
            presence: Arc::default(),
            chat: Arc::default(),
        };
        Self {
            view,
            limits,
            presence: PresenceDelta::default(),
            presence_due: None,
            empty_since: None,
            ended: BTreeSet::new(),
        }
    }

    /// Stands a stored room up again, where it stood: the clock of a film does not run while nobody holds the room.
    ///
    /// The turn holds the event that says so, where the room was playing.
    pub fn restore(id: RoomId, now: Now, loaded: Loaded, limits: RoomLimits) -> Result<(Self, Turn), Fault> {
        let mut events = loaded.events.into_iter().map(Arc::new).peekable();
        let mut room = if let Some(snapshot) = loaded.snapshot {
            let mut room = Self::blank(id, loaded.epoch, snapshot.founding, snapshot.made_at, limits);
            room.view.seq = snapshot.seq;
            room.view.playback = snapshot.playback;
            room.view.current = snapshot.current;
            room.view.queue = Arc::new(snapshot.queue);
            room.view.members = Arc::new(snapshot.members);
            room
        } else {
            let first = events.peek().ok_or_else(|| Fault(format!("room {id} has neither snapshot nor journal")))?;
            let EventKind::Founded(founding) = &first.kind else {
                return Err(Fault(format!("the journal of room {id} does not begin at its founding")));
            };
            Self::blank(id, loaded.epoch, founding.clone(), first.at, limits)
        };
        room.view.chat = Arc::new(loaded.chat.into_iter().map(Arc::new).collect());
        for event in events {
            if event.seq != room.view.seq + 1 {
                return Err(Fault(format!("the journal of room {id} has no event {}", room.view.seq + 1)));
            }
            room.evolve(&event);
        }
        let mut turn = Turn::default();
        let before = room.view.playback;
        if before.playing {
            // The old process was surely alive at its last beat; what it played after that nobody can have seen for long.
            let alive = loaded.last_beat.unwrap_or(before.at);
            let position = room.view.position(alive.max(before.at));
            let playback = Playback { position, at: now.play, ..before };
            room.emit(now, None, EventKind::Playback { playback, cause: Cause::Restore }, &mut turn);
            room.empty_since = Some(now.play);
        }
        Ok((room, turn))
    }

    /// Does what somebody asks, or says why not; then nothing of it has happened.
    ///
    /// What was due comes first, whatever becomes of the command: nobody seeks in an item that is over. So `turn` may
    /// have grown even where the answer is a refusal.
    pub fn apply(&mut self, now: Now, actor: &Actor, command: Command, turn: &mut Turn) -> Result<(), Refusal> {
        self.tick(now, turn);
        match command {
            Command::Arrive { connection, watches } => self.arrive(now, actor, connection, watches, turn),
            Command::Depart { connection } => {
                self.depart(now, connection, turn);
                Ok(())
            }
            Command::Report { connection, report } => self.report(now, actor, connection, &report, turn),
            Command::Type => self.typing(actor, turn),
            Command::Play => self.play(now, actor, turn),
            Command::Pause => self.pause(now, actor, turn),
            Command::Seek(to) => self.seek(now, actor, to, turn),
            Command::Skip => self.skip(now, actor, turn),
            Command::Pick { item } => self.pick(now, actor, item, turn),
            Command::Add { items, spot } => self.add(now, actor, items, spot, turn),
            Command::Remove { item } => self.remove(now, actor, item, turn),
            Command::Move { item, index } => self.reorder(now, actor, item, index, turn),
            Command::Clear => self.clear(now, actor, turn),
            Command::Describe { item, media } => self.describe(now, actor, item, media, turn),
            Command::Say { id, text } => self.say(now, actor, id, &text, turn),
            Command::Rename { title } => self.rename(now, actor, &title, turn),
            Command::SetVisibility { visibility } => self.set_visibility(now, actor, visibility, turn),
            Command::SetRole { person, role } => self.set_role(now, actor, person, role, turn),
        }
    }

    /// Does what is due by now.
    pub fn tick(&mut self, now: Now, turn: &mut Turn) {
        if self.end_deadline().is_some_and(|due| due <= now.play) {
            self.end(now, turn);
        }
        if self.empty_deadline().is_some_and(|due| due <= now.play) {
            self.stand_still(now, Cause::Empty, None, turn);
            self.empty_since = None;
        }
        if self.presence_due.is_some_and(|due| due <= now.play) {
            self.tell_presence(turn);
        }
    }

    /// When [`Room::tick`] has something to do, if nobody comes before: the one list of a room's timers.
    pub fn next_deadline(&self) -> Option<PlayTime> {
        [self.end_deadline(), self.empty_deadline(), self.presence_due].into_iter().flatten().min()
    }

    /// All that can be seen of it.
    pub fn view(&self) -> &RoomView {
        &self.view
    }

    /// Its lasting state.
    pub fn snapshot(&self) -> Snapshot {
        let view = &self.view;
        let host = view.members.iter().find(|(_, member)| member.role == Role::Host);
        let (host, host_name) =
            host.map_or((PersonId(uuid::Uuid::nil()), "".into()), |(host, member)| (*host, member.name.clone()));
        Snapshot {
            founding: Founding {
                title: view.title.clone(),
                visibility: view.visibility,
                preset: view.preset,
                host,
                host_name,
                invite: view.invite.clone(),
                code: view.code.clone(),
            },
            made_at: view.made_at,
            seq: view.seq,
            playback: view.playback,
            current: view.current.clone(),
            queue: view.queue.to_vec(),
            members: BTreeMap::clone(&view.members),
        }
    }

    /// What lists show of it.
    pub fn head(&self) -> RoomHead {
        RoomHead {
            id: self.view.id,
            title: self.view.title.clone(),
            public: self.view.visibility == Visibility::Public,
            made_at: self.view.made_at,
            seq: self.view.seq,
        }
    }

    /// Whether nothing would be missed if this room were put away until somebody asks for it.
    pub fn is_quiet(&self) -> bool {
        self.view.presence.is_empty() && !self.view.playback.playing && self.presence_due.is_none()
    }

    fn set_visibility(
        &mut self,
        now: Now,
        actor: &Actor,
        visibility: Visibility,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.require(actor, Permission::Settings)?;
        if visibility != self.view.visibility {
            self.emit(now, Some(actor), EventKind::VisibilityChanged { visibility }, turn);
        }
        Ok(())
    }

    /// Makes something happen: numbers it, changes the state by it, and tells it.
    fn emit(&mut self, now: Now, by: Option<&Actor>, kind: EventKind, turn: &mut Turn) {
        let by = by.filter(|actor| actor.door != Door::Room).map(Actor::who);
        let event = Arc::new(Event { seq: self.view.seq + 1, at: now.wall, by, kind });
        self.evolve(&event);
        turn.events.push(event);
    }

    /// The one place that changes lasting state.
    fn evolve(&mut self, event: &Arc<Event>) {
        let view = &mut self.view;
        view.seq = event.seq;
        match &event.kind {
            EventKind::Founded(_) => view.playback.at = PlayTime(0),
            EventKind::RoleChanged { person, name, role } => {
                let members = Arc::make_mut(&mut view.members);
                if *role == Role::Guest {
                    members.remove(person);
                } else {
                    members.insert(*person, Member { name: name.clone(), role: *role });
                }
                self.reseat(*person);
            }
            EventKind::Renamed { title } => view.title = title.clone(),
            EventKind::VisibilityChanged { visibility } => view.visibility = *visibility,
            EventKind::Playback { playback, .. } => {
                if playback.item != view.current.as_ref().map(|item| item.id) {
                    let queue = Arc::make_mut(&mut view.queue);
                    let index = queue.iter().position(|item| Some(item.id) == playback.item);
                    view.current = index.map(|index| queue.remove(index));
                }
                view.playback = *playback;
            }
            EventKind::Added { item, index } => {
                let queue = Arc::make_mut(&mut view.queue);
                queue.insert((*index).min(queue.len()), item.clone());
            }
            EventKind::Removed { item } => Arc::make_mut(&mut view.queue).retain(|queued| queued.id != *item),
            EventKind::Moved { item, index } => {
                let queue = Arc::make_mut(&mut view.queue);
                if let Some(from) = queue.iter().position(|queued| queued.id == *item) {
                    let moved = queue.remove(from);
                    queue.insert((*index).min(queue.len()), moved);
                }
            }
            EventKind::Cleared => view.queue = Arc::default(),
            EventKind::Described { item, media } => {
                let described = |known: &Arc<Item>| Arc::new(Item { media: media.clone(), ..Item::clone(known) });
                if let Some(current) = view.current.as_mut().filter(|current| current.id == *item) {
                    *current = described(current);
                } else if let Some(index) = view.queue.iter().position(|queued| queued.id == *item) {
                    let queue = Arc::make_mut(&mut view.queue);
                    queue[index] = described(&queue[index]);
                }
            }
            EventKind::Said(line) => {
                // A journal that is read back after a snapshot tells lines again that the store gave already.
                let known =
                    view.chat.iter().any(|told| matches!(&told.kind, EventKind::Said(old) if old.id == line.id));
                if !known {
                    let chat = Arc::make_mut(&mut view.chat);
                    chat.push_back(event.clone());
                    if chat.len() > chat::LINES_KEPT {
                        chat.pop_front();
                    }
                }
            }
        }
    }

    /// Somebody's role changed: what the presence of their connections says follows.
    fn reseat(&mut self, person: PersonId) {
        let role = self.view.members.get(&person).map_or(Role::Guest, |member| member.role);
        let presence = Arc::make_mut(&mut self.view.presence);
        for seat in presence.values_mut().filter(|seat| seat.who.person == person) {
            *seat = Arc::new(Presence { role, ..Presence::clone(seat) });
        }
    }
}

impl Turn {
    /// Whether anything came of it.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty() && self.signals.is_empty()
    }
}

/// Whether somebody may see a room.
pub fn may_enter(view: &RoomView, actor: &Actor) -> Result<(), Refusal> {
    roles::require(view, actor, Permission::Enter).map(drop)
}

/// Whether somebody may add to the queue of a room, before anything is fetched in their name.
pub fn may_add(view: &RoomView, actor: &Actor) -> Result<(), Refusal> {
    roles::require(view, actor, Permission::Add).map(drop)
}

/// The room's own hand, for what it does without being asked.
pub fn hand() -> Actor {
    Actor {
        person: PersonId(uuid::Uuid::nil()),
        name: "onecouch".into(),
        door: Door::Room,
        connection: None,
        granted: None,
    }
}
