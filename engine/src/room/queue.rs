//! What plays next.

use std::sync::Arc;

use super::{Room, Turn, roles::Permission};
use crate::{
    command::{Actor, Spot},
    event::{Cause, Door, EventKind},
    ids::ItemId,
    media::{Item, Media},
    refusal::{Code, Refusal},
    time::Now,
};

/// How many items a queue holds by default.
pub const QUEUE_LIMIT: usize = 500;

impl Room {
    pub(super) fn queue_index(&self, item: ItemId) -> Result<usize, Refusal> {
        self.view.queue.iter().position(|queued| queued.id == item).ok_or_else(|| Code::NoSuchItem.into())
    }

    pub(super) fn add(
        &mut self,
        now: Now,
        actor: &Actor,
        items: Vec<Arc<Item>>,
        spot: Spot,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.require(actor, Permission::Add)?;
        if spot != Spot::End {
            self.require(actor, Permission::Order)?;
        }
        let Some(first) = items.first().map(|item| item.id) else {
            return Err(Refusal::input("There is nothing to add. Send at least one link."));
        };
        let room_left = self.limits.queue.saturating_sub(self.view.queue.len());
        if items.len() > room_left {
            return Err(Refusal::new(Code::QueueFull).with("limit", self.limits.queue));
        }
        let taken = |id: ItemId| self.view.queue.iter().chain(self.view.current.iter()).any(|queued| queued.id == id);
        if items
            .iter()
            .enumerate()
            .any(|(n, item)| taken(item.id) || items[..n].iter().any(|other| other.id == item.id))
        {
            return Err(Refusal::input("An item of that identity is in the room already. Make a new identity."));
        }
        let start = match spot {
            Spot::End => self.view.queue.len(),
            Spot::Next | Spot::Now => 0,
        };
        for (n, item) in items.into_iter().enumerate() {
            self.emit(now, Some(actor), EventKind::Added { item, index: start + n }, turn);
        }
        if spot == Spot::Now {
            self.start(now, Some(first), Cause::Pick, Some(actor), turn);
        } else if self.view.current.is_none() {
            self.advance(now, Cause::Start, Some(actor), turn);
        }
        Ok(())
    }

    pub(super) fn remove(&mut self, now: Now, actor: &Actor, item: ItemId, turn: &mut Turn) -> Result<(), Refusal> {
        self.require(actor, Permission::Remove)?;
        self.queue_index(item)?;
        self.emit(now, Some(actor), EventKind::Removed { item }, turn);
        Ok(())
    }

    pub(super) fn reorder(
        &mut self,
        now: Now,
        actor: &Actor,
        item: ItemId,
        index: usize,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.require(actor, Permission::Order)?;
        let from = self.queue_index(item)?;
        let index = index.min(self.view.queue.len() - 1);
        if from != index {
            self.emit(now, Some(actor), EventKind::Moved { item, index }, turn);
        }
        Ok(())
    }

    pub(super) fn clear(&mut self, now: Now, actor: &Actor, turn: &mut Turn) -> Result<(), Refusal> {
        self.require(actor, Permission::Remove)?;
        if !self.view.queue.is_empty() {
            self.emit(now, Some(actor), EventKind::Cleared, turn);
        }
        Ok(())
    }

    /// What became known of an item later: only the room itself may say so, and an item that is gone is no mistake.
    pub(super) fn describe(
        &mut self,
        now: Now,
        actor: &Actor,
        item: ItemId,
        media: Arc<Media>,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        if actor.door != Door::Room {
            return Err(Refusal::input("Items are described by the server."));
        }
        let known = self.view.queue.iter().chain(self.view.current.iter()).find(|queued| queued.id == item);
        let Some(known) = known else { return Ok(()) };
        // A look that found no length does not unlearn the one that a player found meanwhile.
        let learnt = known.media.duration.filter(|_| media.duration.is_none() && !media.live);
        let media = if learnt.is_some() { Arc::new(Media { duration: learnt, ..Media::clone(&media) }) } else { media };
        if known.media != media {
            self.emit(now, None, EventKind::Described { item, media }, turn);
        }
        Ok(())
    }
}
