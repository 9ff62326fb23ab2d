//! Places that people keep, whether a connection of theirs is open or not: for doors whose clients join first and connect then.

use std::sync::Arc;

use super::{Participant, Role, Room, RoomState, Turn};
use crate::{
    command::Actor,
    event::{EventKind, Out},
    ids::PersonId,
    refusal::{Code, Refusal},
    time::{Now, WallTime},
};

/// How many participants a room remembers, those who left among them.
const REMEMBERED: usize = 10_000;

impl Room {
    /// Gives somebody a place to keep, where the room is open and not full.
    pub(super) fn join(&mut self, now: Now, actor: &Actor, turn: &mut Turn) -> Result<(), Refusal> {
        self.require_entry(actor)?;
        if self.view.has_place(actor.person) {
            return Ok(());
        }
        self.require_open()?;
        self.require_seat(actor)?;
        if self.view.participants.values().filter(|known| known.left.is_none()).count() >= REMEMBERED {
            return Err(Refusal::new(Code::RoomFull).with("limit", REMEMBERED));
        }
        let (person, name) = (actor.person, actor.name.clone());
        self.emit(now, Some(actor), EventKind::Joined { person, name }, turn);
        Ok(())
    }

    /// Takes it back, and closes what they have open through the same door. Who has none has left already.
    pub(super) fn leave(&mut self, now: Now, actor: &Actor, turn: &mut Turn) {
        let person = actor.person;
        if self.view.has_place(person) {
            self.emit(now, Some(actor), EventKind::Left { person }, turn);
        }
        self.close_those(now, |seat| seat.who.person == person && seat.who.door == actor.door, Out::Left, turn);
    }
}

impl RoomState {
    pub(super) fn take_place(&mut self, person: PersonId, name: &Arc<str>, at: WallTime) {
        if self.members.get(&person).is_none_or(|member| member.role != Role::Host) {
            self.joined_at.get_or_insert(at);
        }
        let participants = Arc::make_mut(&mut self.participants);
        if participants.len() >= REMEMBERED && !participants.contains_key(&person) {
            // Who left longest ago is forgotten for it.
            let left = participants.iter().filter_map(|(who, known)| known.left.map(|left| (left, *who)));
            if let Some((_, longest)) = left.min() {
                participants.remove(&longest);
            }
        }
        let known =
            participants.entry(person).or_insert_with(|| Participant { name: name.clone(), since: at, left: None });
        known.name = name.clone();
        known.left = None;
    }

    pub(super) fn give_place_up(&mut self, person: PersonId, at: WallTime) {
        if self.has_place(person)
            && let Some(known) = Arc::make_mut(&mut self.participants).get_mut(&person)
        {
            known.left = Some(at);
        }
    }
}
