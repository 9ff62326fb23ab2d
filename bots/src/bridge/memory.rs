//! Which message of a chat is which line of a room: bounded, and gone with the process.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
};

use engine::{
    command::Actor,
    ids::{MessageId, RoomId},
    records::PlaceId,
};

use super::lines::{Frame, Told};

/// How many messages are remembered each way.
const KEPT: usize = 2_000;

/// A message in a chat.
type At = (PlaceId, i64);

/// What people wrote in chats and what we wrote there.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// What people wrote.
    heard: Bounded<At, Source>,
    /// Where lines came from, by their identity.
    from: Bounded<MessageId, PlaceId>,
    /// What we wrote: the room, and its lines in one message.
    told: Bounded<At, (RoomId, Vec<Told>)>,
    /// In which messages of ours a line stands.
    lines: Bounded<(RoomId, u64), Vec<At>>,
}

/// A message that somebody wrote in a chat.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// The room that it was said in.
    pub room: RoomId,
    /// Who wrote it.
    pub actor: Actor,
    /// What stands around its text in the room.
    pub frame: Frame,
    /// The text itself.
    text: String,
    /// The number of the line; none while it is being said.
    line: Option<u64>,
    /// What became of it meanwhile.
    pending: Pending,
}

/// What became of a message while it was being said in the room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Pending {
    /// Nothing.
    #[default]
    Nothing,
    /// It was written anew.
    Edit(String),
    /// It was deleted.
    Delete,
}

impl Source {
    /// One that is about to be said.
    pub(super) fn new(room: RoomId, actor: Actor, text: String, frame: Frame) -> Self {
        Self { room, actor, frame, text, line: None, pending: Pending::Nothing }
    }
}

impl Memory {
    /// Whether a message is known, whoever wrote it.
    pub(super) fn knows(&self, place: &PlaceId, message: i64) -> bool {
        let at = (place.clone(), message);
        self.heard.get(&at).is_some() || self.told.get(&at).is_some()
    }

    /// A message is about to be said in the room as the line of this identity.
    pub(super) fn hear(&mut self, place: &PlaceId, message: i64, id: MessageId, source: Source) {
        self.from.put(id, place.clone());
        self.heard.put((place.clone(), message), source);
    }

    /// It was said, as this line; what became of it meanwhile.
    pub(super) fn settle(&mut self, place: &PlaceId, message: i64, line: u64) -> Pending {
        let Some(source) = self.heard.get_mut(&(place.clone(), message)) else { return Pending::Nothing };
        source.line = Some(line);
        std::mem::take(&mut source.pending)
    }

    /// It was not said, or is not to be followed any more.
    pub(super) fn forget(&mut self, place: &PlaceId, message: i64) {
        self.heard.take(&(place.clone(), message));
    }

    /// Somebody wrote a message anew; which line it is. None where it is not known, or not said yet.
    pub(super) fn edit(&mut self, place: &PlaceId, message: i64, text: &str) -> Option<(Source, u64)> {
        let source = self.heard.get_mut(&(place.clone(), message))?;
        text.clone_into(&mut source.text);
        let Some(line) = source.line else {
            source.pending = Pending::Edit(text.to_owned());
            return None;
        };
        Some((source.clone(), line))
    }

    /// A message is gone; which line it was. One of ours is not written anew any more.
    pub(super) fn delete(&mut self, place: &PlaceId, message: i64) -> Option<(Source, u64)> {
        let at = (place.clone(), message);
        self.told.take(&at);
        let source = self.heard.get_mut(&at)?;
        let Some(line) = source.line else {
            source.pending = Pending::Delete;
            return None;
        };
        self.heard.take(&at).map(|source| (source, line))
    }

    /// Where a line came from.
    pub(super) fn came_from(&self, id: MessageId) -> Option<&PlaceId> {
        self.from.get(&id)
    }

    /// Who said what in a message, for a quotation of it.
    pub(super) fn excerpt(&self, place: &PlaceId, message: i64) -> Option<(String, String)> {
        let at = (place.clone(), message);
        if let Some(source) = self.heard.get(&at) {
            return Some((source.actor.name.to_string(), source.text.clone())).filter(|(_, text)| !text.is_empty());
        }
        let (_, lines) = self.told.get(&at)?;
        // Of several nobody knows which is meant.
        let [line] = &lines[..] else { return None };
        Some((line.name.clone(), line.text.clone()?))
    }

    /// We wrote these lines of a room in one message.
    pub(super) fn tell(&mut self, place: &PlaceId, message: i64, room: RoomId, lines: Vec<Told>) {
        let at = (place.clone(), message);
        for line in &lines {
            match self.lines.get_mut(&(room, line.seq)) {
                Some(messages) => messages.push(at.clone()),
                None => self.lines.put((room, line.seq), vec![at.clone()]),
            }
        }
        self.told.put(at, (room, lines));
    }

    /// A line reads otherwise, or is gone where none; the messages of ours that must be written anew.
    pub(super) fn reword(&mut self, room: RoomId, seq: u64, text: Option<&str>) -> Vec<At> {
        let mut changed = Vec::new();
        for at in self.lines.get(&(room, seq)).into_iter().flatten() {
            let Some((_, lines)) = self.told.get_mut(at) else { continue };
            for line in lines.iter_mut().filter(|line| line.seq == seq && line.text.as_deref() != text) {
                line.text = text.map(str::to_owned);
                changed.push(at.clone());
            }
        }
        changed
    }

    /// What a message of ours says now; none where it is not known any more.
    pub(super) fn says(&self, place: &PlaceId, message: i64) -> Option<Vec<Told>> {
        self.told.get(&(place.clone(), message)).map(|(_, lines)| lines.clone())
    }

    /// A message of ours is gone.
    pub(super) fn gone(&mut self, place: &PlaceId, message: i64) {
        self.told.take(&(place.clone(), message));
    }
}

/// A map that forgets what came first.
#[derive(Debug)]
struct Bounded<K, V> {
    map: HashMap<K, V>,
    /// The keys, oldest first; some may be gone already.
    order: VecDeque<K>,
}

impl<K, V> Default for Bounded<K, V> {
    fn default() -> Self {
        Self { map: HashMap::new(), order: VecDeque::new() }
    }
}

impl<K: Hash + Eq + Clone, V> Bounded<K, V> {
    fn get(&self, key: &K) -> Option<&V> {
        self.map.get(key)
    }

    fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.map.get_mut(key)
    }

    fn put(&mut self, key: K, value: V) {
        if self.map.insert(key.clone(), value).is_none() {
            self.order.push_back(key);
        }
        while self.order.len() > KEPT {
            if let Some(first) = self.order.pop_front() {
                self.map.remove(&first);
            }
        }
    }

    fn take(&mut self, key: &K) -> Option<V> {
        // Its key stays in the order: to find it would cost more than it holds. One that is put again may so be forgotten
        // a little early.
        self.map.remove(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_first_is_forgotten_first_and_it_never_grows_beyond_its_bound() {
        let mut kept = Bounded::default();
        for number in 0..3 * KEPT {
            kept.put(number, ());
            if number % 2 == 0 {
                kept.take(&number);
            }
        }
        assert!(kept.order.len() <= KEPT && kept.map.len() <= KEPT);
        assert!(kept.get(&(3 * KEPT - 1)).is_some() && kept.get(&1).is_none());
    }
}
