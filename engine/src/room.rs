//! A room: the rules of watching together, as a pure state machine.
//!
//! [`Room::apply`] and [`Room::tick`] are the only ways in; the events of a [`Turn`] and [`Room::next_deadline`] are the
//! only ways out. Nothing here reads a clock, makes randomness, waits or speaks to anybody: the present and all identities
//! come in as arguments. A tick too many is harmless.
//!
//! Every lasting change is an [`Event`]; [`Room::evolve`] is the one place that changes lasting state, for an event that
//! just happened as for one that is read back from the journal. So replaying the journal gives the same room.

mod barrier;
pub mod chat;
mod evolve;
mod failures;
mod members;
mod participants;
pub mod playback;
mod presence;
pub mod queue;
mod replica;
pub mod roles;
pub mod schedule;
pub mod settings;
mod state;
pub mod undo;
pub mod votes;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use self::{barrier::Barrier, chat::Spoken, failures::Failures};
pub use self::{
    playback::{Playback, Rate, Waiting, clock_text},
    roles::{Grants, Permission, Permissions, Preset, Role, Visibility},
    schedule::{Schedule, Status},
    settings::{Changes, QueueMode, Restore, RoomSettings, WaitFor},
    state::{Founding, Here, Host, Member, Participant, Penalty, RoomState, RoomView, Tally},
    undo::Undoable,
    votes::Proposal,
};
use crate::{
    command::{Actor, Command},
    event::{Cause, Door, Event, EventKind, Signal, Visit},
    ids::{ConnectionId, PersonId, RoomId},
    ports::Loaded,
    refusal::{Fault, Refusal},
    time::{Millis, Now, PlayTime, WallTime},
};

/// A wall clock may jump: a timer that follows it looks again at least so often.
const WALL_PATIENCE: Millis = Millis::seconds(30);

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

/// What one command or tick brought about.
#[derive(Debug, Clone, Default)]
pub struct Turn {
    /// Lasting, in order.
    pub events: Vec<Arc<Event>>,
    /// Of the moment.
    pub signals: Vec<Signal>,
    /// For the statistics.
    pub visits: Vec<Visit>,
}

/// The state machine.
#[derive(Debug, Clone)]
pub struct Room {
    /// Lasting state, and who is here.
    view: RoomView,
    /// What the configuration allows.
    limits: RoomLimits,
    /// Connections of which is not told yet how they are now.
    untold: BTreeSet<ConnectionId>,
    /// When that is told.
    presence_due: Option<PlayTime>,
    /// Since when nobody watches; none while somebody does, nobody ever did, or somebody started the film all the same.
    empty_since: Option<PlayTime>,
    /// Since when nobody watches and nobody did anything, where that ends with the queue put away.
    alone_since: Option<PlayTime>,
    /// When the last connection closed, as far as this life of the room knows.
    left_at: Option<WallTime>,
    /// Connections whose player came to the end of an item of unknown length.
    ended: BTreeSet<ConnectionId>,
    /// Whose player cannot show what is on.
    failures: Failures,
    /// For whom the room waits, and how long.
    barrier: Barrier,
    /// Who did something from a chat lately: they vote, too.
    acted: BTreeMap<PersonId, PlayTime>,
    /// Who wrote what lately.
    spoken: Spoken,
    /// Who was made known by name, and has done nothing yet that is remembered.
    introduced: BTreeMap<PersonId, Arc<str>>,
    /// The number of the event that is being taken back.
    undoing: Option<u64>,
    /// It is gone.
    deleted: bool,
}

impl Room {
    /// A new room, and its first event.
    pub fn found(id: RoomId, epoch: u64, now: Now, founding: Founding, limits: RoomLimits) -> (Self, Turn) {
        let mut room = Self::new(id, epoch, RoomState::new(founding.clone(), now.wall), limits);
        let host = founding.host.clone().map(|host| Actor {
            person: host.person,
            name: host.name,
            door: Door::Api,
            connection: None,
            granted: None,
            registered: false,
        });
        let mut turn = Turn::default();
        room.emit(now, host.as_ref(), EventKind::Founded(Box::new(founding)), &mut turn);
        (room, turn)
    }

    fn new(id: RoomId, epoch: u64, state: RoomState, limits: RoomLimits) -> Self {
        Self {
            view: RoomView { id, epoch, state, presence: Here::new(), chat: Arc::default(), voters: Arc::default() },
            limits,
            untold: BTreeSet::new(),
            presence_due: None,
            empty_since: None,
            alone_since: None,
            left_at: None,
            ended: BTreeSet::new(),
            failures: Failures::default(),
            barrier: Barrier::default(),
            acted: BTreeMap::new(),
            spoken: Spoken::default(),
            introduced: BTreeMap::new(),
            undoing: None,
            deleted: false,
        }
    }

    /// Stands a room up from what is stored of it. What changes by that, such as a film that stood still while the server
    /// was down, is an event like any other.
    pub fn restore(id: RoomId, now: Now, loaded: Loaded, limits: RoomLimits) -> Result<(Self, Turn), Fault> {
        let (mut room, last_beat) = Self::read(id, loaded, limits)?;
        let mut turn = Turn::default();
        if room.deleted {
            return Ok((room, turn));
        }
        let before = room.view.playback;
        if before.playing {
            // The old process was surely alive at its last beat; what it played after that nobody can have seen for long.
            let alive = last_beat.unwrap_or(before.at);
            let position = room.view.position(alive.max(before.at));
            let playback = Playback { position, at: now.play, ..before };
            room.emit(now, None, EventKind::Playback { playback, cause: Cause::Restore }, &mut turn);
            room.empty_since = Some(now.play);
        } else {
            room.wait_for_somebody(now, &mut turn);
        }
        // Where it played, somebody was surely there until now. What stood was left when it was last touched, or a room
        // that is only loaded to see whether its time has come would never be gone.
        room.left_at = before.playing.then_some(now.wall);
        room.alone_since = Some(now.play);
        Ok((room, turn))
    }

    /// A room as it is stored, and when the process that had it was last alive.
    fn read(id: RoomId, loaded: Loaded, limits: RoomLimits) -> Result<(Self, Option<PlayTime>), Fault> {
        let mut events = loaded.events.into_iter().map(Arc::new).peekable();
        let state = if let Some(snapshot) = loaded.snapshot {
            snapshot
        } else {
            let first =
                events.peek().ok_or_else(|| Fault::new(format!("room {id} has neither snapshot nor journal")))?;
            let EventKind::Founded(founding) = &first.kind else {
                return Err(Fault::new(format!("the journal of room {id} does not begin at its founding")));
            };
            RoomState::new(Founding::clone(founding), first.at)
        };
        let mut room = Self::new(id, loaded.epoch, state, limits);
        room.view.chat = Arc::new(loaded.chat.into_iter().map(Arc::new).collect());
        for event in events {
            if room.deleted {
                break;
            }
            if event.seq != room.view.seq + 1 {
                return Err(Fault::new(format!("the journal of room {id} has no event {}", room.view.seq + 1)));
            }
            room.evolve(&event);
        }
        Ok((room, loaded.last_beat))
    }

    /// Those it waited for are gone with the old process: it goes on when the first of them is back.
    fn wait_for_somebody(&mut self, now: Now, turn: &mut Turn) {
        let before = self.view.playback;
        if matches!(before.waiting, Some(Waiting::Ready | Waiting::Stall)) {
            let playback = Playback { at: now.play, waiting: Some(Waiting::Viewer), ..before };
            self.emit(now, None, EventKind::Playback { playback, cause: Cause::Restore }, turn);
        }
    }

    /// The room as it was seen, with those in it who are here, and nothing of what it only remembers: what stands in for it
    /// while the disk cannot be read.
    pub(crate) fn seen(view: &RoomView, here: Here, limits: RoomLimits) -> Self {
        let mut room = Self::new(view.id, view.epoch, view.state.clone(), limits);
        room.view = RoomView { presence: here, ..view.clone() };
        room
    }

    /// Does what somebody asks, or says why not; then nothing of it has happened.
    ///
    /// What was due comes first, whatever becomes of the command: nobody seeks in an item that is over. So `turn` may
    /// have grown even where the answer is a refusal.
    pub fn apply(&mut self, now: Now, actor: &Actor, command: Command, turn: &mut Turn) -> Result<(), Refusal> {
        self.tick(now, turn);
        if self.deleted {
            return Err(crate::refusal::Code::NoSuchRoom.into());
        }
        let done = self.dispatch(now, actor, command, turn);
        if done.is_ok() && !turn.events.is_empty() {
            self.note_acted(now, actor);
            self.alone_since = (!self.watched()).then_some(now.play);
        }
        self.count_votes(now, turn);
        done
    }

    fn dispatch(&mut self, now: Now, actor: &Actor, command: Command, turn: &mut Turn) -> Result<(), Refusal> {
        match command {
            Command::Arrive { connection, watches } => self.arrive(now, actor, connection, watches, turn),
            Command::Introduce { connection } => self.introduce(now, actor, connection, turn),
            Command::Depart { connection } => {
                self.depart(now, connection, turn);
                Ok(())
            }
            Command::Report { connection, report } => self.report(now, actor, connection, &report, turn),
            Command::Join => self.join(now, actor, turn),
            Command::Leave => {
                self.leave(now, actor, turn);
                Ok(())
            }
            Command::Type => self.typing(actor, turn),
            Command::Do(deed) => self.do_deed(now, actor, &deed, turn),
            Command::Propose(deed) => self.propose(now, actor, &deed, turn),
            Command::Ballot { proposal, yes } => self.ballot(now, actor, proposal, yes, turn),
            Command::Add { items, spot } => self.add(now, actor, items, spot, turn),
            Command::Move { item, index } => self.move_to(now, actor, item, index, turn),
            Command::Edit { item, edit } => self.edit(now, actor, item, &edit, turn),
            Command::Vote { item, up } => self.vote(now, actor, item, up, turn),
            Command::Undo { seq } => self.undo(now, actor, seq, turn),
            Command::Restore { discard } => self.unshelve(now, actor, discard, turn),
            Command::Describe { item, media } => self.describe(now, actor, item, media, turn),
            Command::Segment { item, segments } => self.segment(now, actor, item, segments, turn),
            Command::Say { id, text } => self.say(now, actor, id, &text, turn),
            Command::Erase { line, author } => self.erase(now, actor, line, author, turn),
            Command::Reword { line, author, text } => self.reword(now, actor, line, author, &text, turn),
            Command::React { emoji } => self.react(now, actor, &emoji, turn),
            Command::Change(changes) => self.change(now, actor, *changes, turn),
            Command::SetRole { person, role } => self.set_role(now, actor, person, role, turn),
            Command::Mention { person, name } => self.mention(actor, person, name),
            Command::Claim => self.claim(now, actor, turn),
            Command::Kick { person } => self.kick(now, actor, person, turn),
            Command::Ban { person, until, reason } => self.ban(now, actor, person, until, &reason, turn),
            Command::Unban { person } => self.unban(now, actor, person, turn),
            Command::Mute { person, until } => self.mute(now, actor, person, until, turn),
            Command::Unmute { person } => self.unmute(now, actor, person, turn),
            Command::RenewInvite { invite, code } => self.renew_invite(now, actor, invite, code, turn),
            Command::Schedule { start, end } => self.set_schedule(now, actor, start, end, turn),
            Command::SetStatus { status } => self.set_status(now, actor, status, turn),
            Command::Come { coming } => self.come(now, actor, coming, turn),
            Command::Forget { person } => self.forget(now, actor, person, turn),
            Command::Unite { gone, stays } => self.unite(now, actor, gone, stays, turn),
            Command::Delete => self.delete(now, actor, turn),
        }
    }

    /// Does what is due by now.
    pub fn tick(&mut self, now: Now, turn: &mut Turn) {
        if self.deleted {
            return;
        }
        if self.expiry().is_some_and(|due| due <= now.wall) {
            return self.vanish(now, None, turn);
        }
        self.keep_schedule(now, turn);
        self.end_penalties(now, turn);
        if self.barrier_deadline().is_some_and(|due| due <= now.play) {
            self.stop_waiting(now, turn);
        }
        if self.segment_deadline(now.play).is_some_and(|due| due <= now.play) {
            self.skip_segment(now, turn);
        }
        if self.end_deadline().is_some_and(|due| due <= now.play) {
            self.end(now, turn);
        }
        if self.failure_deadline().is_some_and(|due| due <= now.play) {
            self.give_up(now, turn);
        }
        if self.empty_deadline().is_some_and(|due| due <= now.play) {
            self.stand_still(now, Cause::Empty, None, turn);
            self.empty_since = None;
        }
        if self.shelf_deadline().is_some_and(|due| due <= now.play) {
            self.shelve(now, turn);
        }
        self.count_votes(now, turn);
        if self.presence_due.is_some_and(|due| due <= now.play) {
            self.tell_presence(turn);
        }
    }

    /// When [`Room::tick`] has something to do, if nobody comes before: the one list of a room's timers.
    pub fn next_deadline(&self, now: Now) -> Option<PlayTime> {
        if self.deleted {
            return None;
        }
        let play = [
            self.end_deadline(),
            self.failure_deadline(),
            self.segment_deadline(now.play),
            self.voters_deadline(now.play),
            self.barrier_deadline(),
            self.empty_deadline(),
            self.shelf_deadline(),
            self.presence_due,
        ];
        let wall = [self.schedule_due(), self.expiry(), self.penalty_deadline(), self.vote_deadline()];
        let wall = wall.into_iter().flatten().min();
        let wall = wall.map(|due| now.play + Millis(due.0.saturating_sub(now.wall.0).clamp(0, WALL_PATIENCE.0)));
        play.into_iter().flatten().chain(wall).min()
    }

    /// All that can be seen of it.
    pub fn view(&self) -> &RoomView {
        &self.view
    }

    /// Whether it is gone.
    pub fn is_deleted(&self) -> bool {
        self.deleted
    }

    /// Whether nothing would be missed if this room were put away until somebody asks for it.
    pub fn is_quiet(&self) -> bool {
        self.view.presence.is_empty()
            && !self.view.playback.playing
            && self.presence_due.is_none()
            && self.shelf_deadline().is_none()
            && !self.expires_soon()
    }

    /// Makes something happen: numbers it, changes the state by it, and tells it.
    fn emit(&mut self, now: Now, by: Option<&Actor>, kind: EventKind, turn: &mut Turn) {
        let by = by.filter(|actor| actor.door != Door::Room).map(Actor::who);
        let event = Arc::new(Event { seq: self.view.seq + 1, at: now.wall, by, undoes: self.undoing, kind });
        self.evolve(&event);
        turn.events.push(event);
    }
}

impl Turn {
    /// Whether anything came of it.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty() && self.signals.is_empty() && self.visits.is_empty()
    }
}

/// Whether somebody may see a room.
pub fn may_enter(view: &RoomView, actor: &Actor) -> Result<(), Refusal> {
    roles::enter(view, actor).map(drop)
}

/// Whether somebody may add to the queue of a room, before anything is fetched in their name.
pub fn may_add(view: &RoomView, actor: &Actor) -> Result<(), Refusal> {
    roles::require(view, actor, Permission::Add).map(drop)
}

/// Refuses who may not bring films of their own in this room.
pub fn may_upload(view: &RoomView, actor: &Actor) -> Result<(), Refusal> {
    roles::require(view, actor, Permission::Upload).map(drop)
}

/// The room's own hand, for what it does without being asked.
pub fn hand() -> Actor {
    Actor {
        person: PersonId(uuid::Uuid::nil()),
        name: "onecouch".into(),
        door: Door::Room,
        connection: None,
        granted: None,
        registered: false,
    }
}
