//! A room as its sockets are told it: one object for each thing that happens, with where the film is after it.

use std::{collections::BTreeMap, sync::Arc};

use engine::{
    event::{Cause, Door, Event, EventKind, Out, Signal},
    ids::{ConnectionId, PersonId},
    room::{Role, RoomView},
    rooms::Heard,
    time::PlayTime,
};

use super::{
    notice::{Notice, kind},
    party::{self, Message, Reaction},
};
use crate::{
    dialects::{Frame, Whole},
    websocket::Utf8Bytes,
};

/// How many people may come, go or change at once and be told one by one. Its clients know no list of them, and a crowd told
/// one by one is more than any socket takes at once.
const ONE_BY_ONE: usize = 16;

/// Somebody who takes part, as they were told.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Someone {
    name: Arc<str>,
    role: Role,
}

/// What was told of a room.
#[derive(Debug)]
pub struct Voice {
    /// As it was told.
    told: Arc<RoomView>,
    /// Who was told to take part: each once, whether by a place, a connection or several.
    people: BTreeMap<PersonId, Someone>,
}

impl Voice {
    /// Begins to tell of a room from this view on.
    pub fn of(view: &Arc<RoomView>) -> Self {
        Self { told: view.clone(), people: people(view) }
    }

    /// What a turn of the room is: who came and went, then what is on, then what was said.
    pub fn frames(&mut self, heard: &Heard, s: PlayTime) -> Vec<Frame> {
        let view = &heard.view;
        let mut frames = Vec::new();
        let gone = heard.events.iter().any(|event| matches!(event.kind, EventKind::Deleted));
        if !gone {
            self.tell_people(view, s, &mut frames);
        }
        let mut tell = |notice: Notice| frames.push(Frame::passing(notice.text()));
        if clips_changed(&self.told, view) {
            let count = view.current.iter().count() + view.queue.len();
            tell(Notice::new(kind::CLIPS, view, s).clips(count));
        }
        if let Some(kind) = moved(&self.told, view, &heard.events) {
            tell(Notice::of_film(kind, view, s));
        }
        for event in &heard.events {
            if let Some(line) = Message::of(view.id, event) {
                tell(Notice::new(kind::CHAT, view, s).chat(line));
            }
            if let Some(reaction) = Reaction::of(view.id, event) {
                tell(Notice::new(kind::REACTION, view, s).reaction(reaction));
            }
        }
        for signal in &heard.signals {
            if let Signal::Typing(who) = signal {
                tell(Notice::new(kind::TYPING, view, s).typing(who.person));
            }
        }
        self.told = view.clone();
        frames
    }

    /// Who takes part now and did not, who does no more, and who may do more or less.
    fn tell_people(&mut self, view: &RoomView, s: PlayTime, frames: &mut Vec<Frame>) {
        let told = &self.told;
        if told.presence.ptr_eq(&view.presence)
            && Arc::ptr_eq(&told.participants, &view.participants)
            && Arc::ptr_eq(&told.members, &view.members)
        {
            return;
        }
        let now = people(view);
        let before = std::mem::replace(&mut self.people, now);
        let mut changes = Vec::new();
        for (person, known) in before.iter().filter(|(person, _)| !self.people.contains_key(person)) {
            changes.push((kind::LEFT, *person, known));
        }
        for (person, someone) in &self.people {
            match before.get(person) {
                None => changes.push((kind::JOINED, *person, someone)),
                Some(known) if party::role(known.role) != party::role(someone.role) => {
                    changes.push((kind::ROLE, *person, someone));
                }
                Some(_) => {}
            }
        }
        if changes.len() > ONE_BY_ONE {
            frames.push(Frame::passing(self.crowd(view, s)));
            return;
        }
        for (kind, person, someone) in changes {
            let text = Notice::new(kind, view, s).about(person, &someone.name, someone.role).text();
            let except = greeted(view, person).filter(|_| kind == kind::JOINED);
            frames.push(Frame { seq: None, except, text });
        }
    }

    fn crowd(&self, view: &RoomView, s: PlayTime) -> Utf8Bytes {
        Notice::new(kind::CROWD, view, s).people(self.people.len()).text()
    }

    /// Where the film is; and, for who could not follow, that others may take part than they know.
    pub fn whole(&self, view: &RoomView, s: PlayTime) -> Whole {
        Whole { room: Notice::of_film(kind::SYNC, view, s).text(), rest: vec![self.crowd(view, s)] }
    }

    /// All that was told is void.
    pub fn reset(&mut self, view: &Arc<RoomView>) {
        *self = Self::of(view);
    }

    /// What the person who runs the server has to say.
    pub fn announcement(&self, text: &str, s: PlayTime) -> Utf8Bytes {
        Notice::new(kind::ANNOUNCEMENT, &self.told, s).says(text).text()
    }
}

/// Who takes part, with their best role. One walk through all who are here: a room may be large, and this is done whenever
/// somebody comes.
fn people(view: &RoomView) -> BTreeMap<PersonId, Someone> {
    let lasting = |person: &PersonId| view.members.get(person).map_or(Role::Guest, |member| member.role);
    let keep = view.participants.iter().filter(|(_, known)| known.left.is_none());
    let keep = keep.map(|(person, known)| (*person, Someone { name: known.name.clone(), role: lasting(person) }));
    let mut people: BTreeMap<_, _> = keep.collect();
    for seat in view.presence.values() {
        let person = seat.who.person;
        let new = || Someone { name: seat.who.name.clone(), role: lasting(&person) };
        let someone = people.entry(person).or_insert_with(new);
        someone.name = seat.who.name.clone();
        someone.role = someone.role.max(seat.role);
    }
    people
}

/// The connection that somebody came by and takes part by: it was told so in its greeting.
fn greeted(view: &RoomView, person: PersonId) -> Option<ConnectionId> {
    let first = view.presence.values().find(|seat| seat.who.person == person)?;
    (first.who.door == Door::Clipper && !view.has_place(person)).then_some(first.connection)
}

fn clips_changed(told: &RoomView, view: &RoomView) -> bool {
    let on = |view: &RoomView| view.current.as_ref().map(Arc::as_ptr);
    on(told) != on(view) || !Arc::ptr_eq(&told.queue, &view.queue) && told.queue != view.queue
}

/// What became of the film, by the name of its frame; nothing where it goes on as it did.
fn moved(told: &RoomView, view: &RoomView, events: &[Arc<Event>]) -> Option<&'static str> {
    let (was, is) = (&told.playback, &view.playback);
    let sought = |event: &Arc<Event>| match event.kind {
        EventKind::Playback { cause, .. } => matches!(cause, Cause::Seek | Cause::Segment(_)),
        _ => false,
    };
    if was.item != is.item {
        Some(kind::SKIP)
    } else if events.iter().any(sought) {
        Some(kind::SEEK)
    } else if was.playing != is.playing {
        Some(if is.playing { kind::PLAY } else { kind::PAUSE })
    } else {
        (was != is).then_some(kind::SYNC)
    }
}

/// A party that is over has no sockets.
pub fn over(view: &RoomView) -> Option<Out> {
    party::is_over(view).then_some(Out::Ended)
}
