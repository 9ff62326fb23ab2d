//! A room as its sockets are told it: whole once, then what happened and what that changed.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

use crate::websocket::Utf8Bytes;
use engine::{
    Engine,
    event::{EventKind, Phase, PresenceDelta, Signal},
    ids::{ConnectionId, PersonId},
    refusal::No,
    room::RoomView,
    rooms::Heard,
    time::PlayTime,
};
use serde::Serialize;
use serde_json::json;

use super::{
    events, room,
    state::State,
    users::{self, UserInfo},
};
use crate::dialects::{Frame, Whole};

/// How many users may come, go or change at once before all of them are told anew: a thousand joins stay few messages.
const USERS_AT_ONCE: usize = 8;

/// What was told of a room.
#[derive(Debug)]
pub struct Voice {
    /// What it is called.
    name: String,
    /// As it was told.
    told: Arc<RoomView>,
    /// Who was told to be here, and how.
    users: BTreeMap<ConnectionId, UserInfo>,
}

impl Voice {
    /// Begins to tell of a room from this view on.
    pub async fn of(engine: &Engine, view: &Arc<RoomView>) -> Result<Self, No> {
        let name = room::name_of(engine, view.id).await?;
        Ok(Self { name, told: view.clone(), users: users_of(view) })
    }

    /// What a turn of the room is: what happened, then what it changed, then who came and went.
    pub fn frames(&mut self, heard: &Heard, s: PlayTime) -> Vec<Frame> {
        let view = &heard.view;
        let events = heard.events.iter().filter_map(|event| events::frame(event, &self.told, view, s));
        let mut frames: Vec<_> = events.map(Frame::passing).collect();
        let delta = State::delta(&self.told, view, &self.name, &heard.events, s);
        if delta != State::default() {
            frames.push(Frame::passing(text(&delta)));
        }
        for event in &heard.events {
            match &event.kind {
                EventKind::RoleChanged { person, .. } => self.reseat(*person, view, &mut frames),
                EventKind::United { gone, stays } => {
                    self.reseat(*gone, view, &mut frames);
                    self.reseat(*stays, view, &mut frames);
                }
                _ => {}
            }
        }
        for signal in &heard.signals {
            if let Signal::Presence(delta) = signal {
                self.presence(delta, view, &mut frames);
            }
        }
        self.told = view.clone();
        frames
    }

    /// Somebody has another role: their users have it, too.
    fn reseat(&mut self, person: PersonId, view: &RoomView, frames: &mut Vec<Frame>) {
        for seat in view.presence.values().filter(|seat| seat.who.person == person) {
            if let Some(known) = self.users.get_mut(&seat.connection) {
                let user = users::of_connection(seat, view);
                if *known != user {
                    frames.push(Frame::passing(users::update(&user)));
                    *known = user;
                }
            }
        }
    }

    /// Who came, went and changed. Who came was told so in the greeting.
    fn presence(&mut self, delta: &PresenceDelta, view: &RoomView, frames: &mut Vec<Frame>) {
        let mut changes = 0;
        let mut told = Vec::new();
        // Of one who changed twice only the last counts.
        let here: BTreeMap<_, _> = delta.here.iter().map(|seat| (seat.connection, seat)).collect();
        for (connection, seat) in here {
            let user = users::of_connection(seat, view);
            let except = match self.users.entry(connection) {
                Entry::Occupied(known) if *known.get() == user => continue,
                Entry::Occupied(mut known) => {
                    known.insert(user.clone());
                    None
                }
                Entry::Vacant(place) => {
                    place.insert(user.clone());
                    told.push(Frame { seq: None, except: Some(connection), text: events::joined(&user) });
                    // Who said since how their player is hears that it was heard.
                    Some(connection).filter(|_| seat.phase == Phase::Idle)
                }
            };
            changes += 1;
            told.push(Frame { seq: None, except, text: users::update(&user) });
        }
        for connection in &delta.gone {
            if let Some(user) = self.users.remove(connection) {
                changes += 1;
                told.extend([events::left(&user), users::remove(user.id)].map(Frame::passing));
            }
        }
        if changes > USERS_AT_ONCE {
            frames.push(Frame::passing(self.init()));
        } else {
            frames.append(&mut told);
        }
    }

    fn init(&self) -> Utf8Bytes {
        users::init(&self.users.values().cloned().collect::<Vec<_>>())
    }

    /// The whole room, and who is in it.
    pub fn whole(&self, view: &RoomView, s: PlayTime) -> Whole {
        Whole { room: text(&State::whole(view, &self.name, s)), rest: vec![self.init()] }
    }

    /// All that was told is void.
    pub fn reset(&mut self, view: &Arc<RoomView>) {
        self.told = view.clone();
        self.users = users_of(view);
    }
}

fn users_of(view: &RoomView) -> BTreeMap<ConnectionId, UserInfo> {
    view.presence.values().map(|seat| (seat.connection, users::of_connection(seat, view))).collect()
}

/// What the person who runs the server has to say.
pub fn announcement(text: &str) -> Utf8Bytes {
    self::text(&json!({ "action": "announcement", "text": text }))
}

/// Where the film is.
pub fn position(view: &RoomView, s: PlayTime) -> Utf8Bytes {
    text(&State::at(view, s))
}

/// A frame as text.
pub fn text(frame: &impl Serialize) -> Utf8Bytes {
    // Only a map with keys that are no texts cannot be written, and no frame has one.
    serde_json::to_string(frame).unwrap_or_default().into()
}
