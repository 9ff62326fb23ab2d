//! Taking back: what was done lately, and how to make it as it was. The room's own log is what is believed.

use std::{collections::VecDeque, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    Room, RoomState, Turn,
    playback::{Playback, Waiting},
    roles::Permission,
    schedule::Status,
};
use crate::{
    command::Actor,
    event::{Cause, Event, EventKind},
    ids::{ItemId, PersonId},
    media::Item,
    refusal::{Code, Refusal},
    time::{Millis, Now},
};

/// How much can be taken back.
const KEPT: usize = 20;

/// Something that can be taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undoable {
    /// The number of the event.
    pub seq: u64,
    /// Who did it.
    pub person: PersonId,
    /// How it is made as it was.
    pub inverse: Inverse,
}

/// How something is made as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "undo", rename_all = "snake_case")]
pub enum Inverse {
    /// Seek back.
    Seek {
        /// In this item.
        item: ItemId,
        /// To there.
        position: Millis,
    },
    /// Go back to what was on.
    Unskip {
        /// What.
        item: Arc<Item>,
        /// Where it stood.
        position: Millis,
    },
    /// Take out what was put in.
    Unadd {
        /// Which.
        items: Vec<ItemId>,
    },
    /// Put in what was taken out.
    Insert {
        /// In this order.
        items: Vec<Arc<Item>>,
        /// Where.
        index: usize,
    },
    /// Put it where it stood.
    Move {
        /// Which.
        item: ItemId,
        /// Where.
        index: usize,
    },
    /// Put all of them as they stood.
    Order {
        /// All of them.
        items: Vec<ItemId>,
    },
    /// Make an item what it was.
    Edit {
        /// As it was.
        item: Arc<Item>,
    },
}

impl Inverse {
    fn permission(&self) -> Permission {
        match self {
            Self::Seek { .. } => Permission::Seek,
            Self::Unskip { .. } => Permission::Skip,
            Self::Unadd { .. } => Permission::Remove,
            Self::Insert { .. } | Self::Move { .. } | Self::Order { .. } => Permission::Order,
            Self::Edit { .. } => Permission::Edit,
        }
    }

    /// The inverse of what is about to happen to a room; none where it has none.
    fn of(state: &RoomState, kind: &EventKind) -> Option<Self> {
        let index = |item: ItemId| state.queue.iter().position(|queued| queued.id == item);
        match kind {
            EventKind::Playback { playback, cause: Cause::Seek } => {
                Some(Self::Seek { item: playback.item?, position: state.position(playback.at) })
            }
            EventKind::Playback { playback, cause: Cause::Skip | Cause::Pick | Cause::Back } => {
                let item = state.current.clone()?;
                Some(Self::Unskip { position: state.position(playback.at), item })
            }
            EventKind::Added { items, .. } => Some(Self::Unadd { items: items.iter().map(|item| item.id).collect() }),
            EventKind::Removed { item } => {
                let index = index(*item)?;
                Some(Self::Insert { items: vec![state.queue[index].clone()], index })
            }
            EventKind::Cleared => Some(Self::Insert { items: state.queue.to_vec(), index: 0 }),
            EventKind::Moved { item, .. } => Some(Self::Move { item: *item, index: index(*item)? }),
            EventKind::Reordered { .. } => {
                Some(Self::Order { items: state.queue.iter().map(|item| item.id).collect() })
            }
            EventKind::ItemChanged { item } => Some(Self::Edit { item: state.item(item.id)?.clone() }),
            _ => None,
        }
    }
}

/// Notes how an event that is about to happen can be taken back. What nobody did, nobody takes back; what takes something
/// back is not taken back itself, so that pressing twice goes back twice.
pub(super) fn note(state: &mut RoomState, event: &Event) {
    if let Some(undone) = event.undoes {
        if state.undo.iter().any(|known| known.seq == undone) {
            Arc::make_mut(&mut state.undo).retain(|known| known.seq != undone);
        }
        return;
    }
    let Some(by) = &event.by else { return };
    if let Some(inverse) = Inverse::of(state, &event.kind) {
        let undo: &mut VecDeque<_> = Arc::make_mut(&mut state.undo);
        undo.push_back(Arc::new(Undoable { seq: event.seq, person: by.person, inverse }));
        if undo.len() > KEPT {
            undo.pop_front();
        }
    }
}

impl Room {
    /// Takes back what somebody did: oneself, as long as one may do such a thing, or anybody for who may do the opposite.
    pub(super) fn undo(&mut self, now: Now, actor: &Actor, seq: Option<u64>, turn: &mut Turn) -> Result<(), Refusal> {
        self.require_entry(actor)?;
        self.require_open()?;
        let known = match seq {
            Some(seq) => self.view.undo.iter().find(|known| known.seq == seq),
            None => self.view.undo.iter().rev().find(|known| self.can_invert(&known.inverse)),
        };
        let known = known.ok_or(Code::NothingToUndo)?.clone();
        if known.person == actor.person {
            self.require_own_way_back(actor, &known.inverse)?;
        } else {
            self.require(actor, known.inverse.permission())?;
        }
        let before = turn.events.len();
        self.undoing = Some(known.seq);
        let undone = self.invert(now, actor, &known.inverse, turn);
        self.undoing = None;
        undone?;
        if turn.events.len() == before {
            // What it was about is gone meanwhile: there is nothing to take back, and nothing to offer again.
            return Err(Code::NothingToUndo.into());
        }
        Ok(())
    }

    /// What was done in somebody's name they may not have been allowed to do: it was voted on, or they were allowed then.
    /// Neither lets them alone undo it now.
    fn require_own_way_back(&self, actor: &Actor, inverse: &Inverse) -> Result<(), Refusal> {
        let own = |item: &Item| item.added_by.person == actor.person;
        let ways: &[Permission] = match inverse {
            Inverse::Seek { .. } => &[Permission::Seek],
            Inverse::Unskip { .. } => &[Permission::Skip, Permission::PlayNow],
            Inverse::Unadd { .. } => &[Permission::Add, Permission::Remove],
            // Who added an item may take it out and change it.
            Inverse::Insert { items, .. } if items.iter().all(|item| own(item)) => {
                &[Permission::Add, Permission::Remove, Permission::Order]
            }
            Inverse::Insert { .. } => &[Permission::Remove, Permission::Order],
            Inverse::Move { .. } => &[Permission::Order],
            // Another mode orders the queue, too.
            Inverse::Order { .. } => &[Permission::Order, Permission::QueueMode],
            Inverse::Edit { item } if own(item) => return Ok(()),
            Inverse::Edit { .. } => &[Permission::Edit],
        };
        if ways.iter().any(|way| self.may(actor, *way)) {
            return Ok(());
        }
        self.require(actor, ways[0]).map(drop)
    }

    /// Whether what it was about is still there to be made as it was.
    fn can_invert(&self, inverse: &Inverse) -> bool {
        let queued = |item: &ItemId| self.queue_index(*item).is_ok();
        match inverse {
            Inverse::Seek { item, .. } => self.view.current.as_ref().is_some_and(|current| current.id == *item),
            Inverse::Unskip { .. } | Inverse::Order { .. } => true,
            Inverse::Unadd { items } => items.iter().any(queued),
            Inverse::Insert { items, .. } => items.iter().any(|item| self.view.item(item.id).is_none()),
            Inverse::Move { item, .. } => queued(item),
            Inverse::Edit { item } => self.view.item(item.id).is_some(),
        }
    }

    fn invert(&mut self, now: Now, actor: &Actor, inverse: &Inverse, turn: &mut Turn) -> Result<(), Refusal> {
        match inverse {
            Inverse::Seek { item, position } => {
                if self.view.current.as_ref().is_some_and(|current| current.id == *item) {
                    self.seek_to(now, actor, *position, turn);
                }
            }
            Inverse::Unskip { item, position } => {
                self.return_to(now, actor, item.clone(), *position, Cause::Back, turn)?;
            }
            Inverse::Unadd { items } => {
                for item in items {
                    if self.queue_index(*item).is_ok() {
                        self.emit(now, Some(actor), EventKind::Removed { item: *item }, turn);
                    }
                }
            }
            Inverse::Insert { items, index } => {
                let gone = items.iter().filter(|item| self.view.item(item.id).is_none()).cloned();
                let items: Vec<_> = gone.collect();
                if self.view.queue.len() + items.len() > self.limits.queue {
                    return Err(Refusal::new(Code::QueueFull).with("limit", self.limits.queue));
                }
                if !items.is_empty() {
                    let index = (*index).min(self.view.queue.len());
                    self.emit(now, Some(actor), EventKind::Added { items, index }, turn);
                    if self.view.current.is_none() {
                        self.advance(now, Cause::Start, Some(actor), turn);
                    }
                }
            }
            Inverse::Move { item, index } => {
                if self.queue_index(*item).is_ok() {
                    let index = (*index).min(self.view.queue.len() - 1);
                    self.emit(now, Some(actor), EventKind::Moved { item: *item, index }, turn);
                }
            }
            Inverse::Order { items } => {
                // What came since stays behind what was there.
                let place = |item: &Arc<Item>| items.iter().position(|known| *known == item.id).unwrap_or(usize::MAX);
                let mut queue = self.view.queue.to_vec();
                queue.sort_by_key(place);
                let items = queue.iter().map(|item| item.id).collect();
                self.reorder_all(now, Some(actor), items, turn);
            }
            Inverse::Edit { item } => {
                if let Some(known) = self.view.item(item.id).cloned() {
                    // What became known of it meanwhile stays.
                    let (start, end, subtitles) = (item.start, item.end, item.subtitles.clone());
                    let as_it_was = Item { start, end, subtitles, ..Item::clone(&known) };
                    super::queue::check_bounds(&as_it_was)?;
                    if as_it_was != *known {
                        self.emit(now, Some(actor), EventKind::ItemChanged { item: Arc::new(as_it_was) }, turn);
                    }
                }
            }
        }
        Ok(())
    }

    /// Back to an item that was on: what is on now waits before all others, from where it stands.
    pub(super) fn return_to(
        &mut self,
        now: Now,
        actor: &Actor,
        item: Arc<Item>,
        position: Millis,
        cause: Cause,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        let id = item.id;
        let position = item.ends().map_or(position, |end| position.min(end));
        if self.view.current.as_ref().is_some_and(|current| current.id == id) {
            self.seek_to(now, actor, position, turn);
            return Ok(());
        }
        self.require_place_for(id)?;
        // In nobody's name: they are parts of the way back, and taken back with it.
        if self.queue_index(id).is_ok() {
            self.emit(now, None, EventKind::Removed { item: id }, turn);
        }
        let waits = self.view.settings.ready_start && self.has_to_wait(&item);
        let mut items = vec![item];
        items.extend(self.current_to_keep(now));
        self.emit(now, None, EventKind::Added { items, index: 0 }, turn);
        let before = self.view.playback;
        let paused = before.item.is_some() && !before.playing && before.waiting.is_none();
        let waiting = if paused {
            None
        } else if self.view.schedule.status == Status::Soon {
            Some(Waiting::Start)
        } else if before.waiting == Some(Waiting::Viewer) {
            before.waiting
        } else {
            waits.then_some(Waiting::Ready)
        };
        let playing = !paused && waiting.is_none();
        let at = if playing { now.play + self.lead() } else { now.play };
        let playback = Playback { item: Some(id), position, rate: before.rate, playing, at, waiting };
        self.ended.clear();
        self.set_playback(now, Some(actor), playback, cause, turn);
        if waiting == Some(Waiting::Ready) {
            self.wait_until_ready(now, self.view.settings.ready_patience);
        }
        Ok(())
    }

    /// Whether the queue takes what is on, where another item comes from elsewhere.
    pub(super) fn require_place_for(&self, item: ItemId) -> Result<(), Refusal> {
        let grows = self.view.current.is_some() && self.queue_index(item).is_err();
        if grows && self.view.queue.len() >= self.limits.queue {
            return Err(Refusal::new(Code::QueueFull).with("limit", self.limits.queue));
        }
        Ok(())
    }
}
