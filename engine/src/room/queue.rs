//! What plays next.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use super::{
    Room, Turn,
    playback::Waiting,
    roles::{Permission, Role},
    settings::{QueueMode, Restore},
};
use crate::{
    command::{Actor, Edit, Spot},
    event::{Cause, EventKind},
    ids::{ItemId, PersonId},
    media::{Item, Media, Segment},
    refusal::{Code, Refusal},
    time::{Millis, Now, PlayTime},
};

/// How many items a queue holds by default.
pub const QUEUE_LIMIT: usize = 500;
/// How long a room that nobody watches and in which nobody does anything keeps its queue, where it does not keep it.
const SHELVED_AFTER: Millis = Millis::seconds(300);
/// The longest link of subtitles.
const SUBTITLES_LIMIT: usize = 2_048;

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
        self.require_open()?;
        let role = self.require(actor, Permission::Add)?;
        match spot {
            Spot::End => {}
            Spot::Next => drop(self.require(actor, Permission::Order)?),
            Spot::Now | Spot::Instead => drop(self.require(actor, Permission::PlayNow)?),
        }
        if items.is_empty() {
            return Err(Refusal::input("There is nothing to add. Send at least one link."));
        }
        // What comes is looked up, not what is there: it is mostly one, and a queue may be long.
        let new: BTreeSet<ItemId> = items.iter().map(|item| item.id).collect();
        let known = self.view.queue.iter().chain(&self.view.current).any(|item| new.contains(&item.id));
        if known || new.len() < items.len() {
            return Err(Refusal::input("An item of that identity is in the room already. Make a new identity."));
        }
        let items = self.without_duplicates(items)?;
        for item in &items {
            check_bounds(item)?;
        }
        let kept = usize::from(spot == Spot::Instead && self.view.current.is_some());
        let room_left = self.limits.queue.saturating_sub(self.view.queue.len() + kept);
        if items.len() > room_left {
            return Err(Refusal::new(Code::QueueFull).with("limit", self.limits.queue));
        }
        if role < Role::Moderator {
            self.require_share(actor, &items)?;
        }
        let first = items[0].id;
        self.insert(now, actor, items, spot, turn);
        if matches!(spot, Spot::Now | Spot::Instead) {
            self.pick(now, actor, first, spot == Spot::Instead, turn)?;
        } else if self.view.current.is_none() {
            self.advance(now, Cause::Start, Some(actor), turn);
        }
        Ok(())
    }

    fn insert(&mut self, now: Now, actor: &Actor, items: Vec<Arc<Item>>, spot: Spot, turn: &mut Turn) {
        let fair = self.view.settings.queue_mode == QueueMode::Fair && spot == Spot::End;
        if !fair || self.view.current.is_none() && self.view.queue.is_empty() {
            let index = if spot == Spot::End { self.view.queue.len() } else { 0 };
            self.emit(now, Some(actor), EventKind::Added { items, index }, turn);
            return;
        }
        for item in items {
            let index = self.fair_index(item.added_by.person);
            self.emit(now, Some(actor), EventKind::Added { items: vec![item], index }, turn);
        }
    }

    /// Where somebody's next item goes in a fair queue: behind those of its round. What is on counts as the first round of
    /// who added it.
    fn fair_index(&self, person: PersonId) -> usize {
        let current = self.view.current.as_ref().map(|item| item.added_by.person);
        let own = self.view.queue.iter().filter(|item| item.added_by.person == person).count();
        let round = own + usize::from(current == Some(person));
        let mut rounds: HashMap<PersonId, usize> = current.map(|person| (person, 1)).into_iter().collect();
        let mut index = 0;
        for (n, item) in self.view.queue.iter().enumerate() {
            let theirs = rounds.entry(item.added_by.person).or_default();
            if *theirs <= round {
                index = n + 1;
            }
            *theirs += 1;
        }
        index
    }

    /// Where the same thing may not stand in the queue twice, what is there already is left out of many, and of one it is
    /// said.
    fn without_duplicates(&self, items: Vec<Arc<Item>>) -> Result<Vec<Arc<Item>>, Refusal> {
        if self.view.settings.duplicates {
            return Ok(items);
        }
        let asked: BTreeSet<_> = items.iter().map(|item| name(&item.media)).collect();
        let there = self.view.queue.iter().chain(&self.view.current).map(|item| name(&item.media));
        let mut known: BTreeSet<_> = there.filter(|name| asked.contains(name)).collect();
        let new: Vec<_> = items.iter().filter(|item| known.insert(name(&item.media))).cloned().collect();
        if new.is_empty() { Err(Code::AlreadyQueued.into()) } else { Ok(new) }
    }

    /// What one person may have waiting.
    fn require_share(&self, actor: &Actor, items: &[Arc<Item>]) -> Result<(), Refusal> {
        let settings = &self.view.settings;
        let own = || self.view.queue.iter().filter(|item| item.added_by.person == actor.person).chain(items);
        if let Some(limit) = settings.items_per_person
            && own().count() > usize::try_from(limit).unwrap_or(usize::MAX)
        {
            return Err(Refusal::new(Code::YourShareIsFull).with("limit", format_args!("{limit} items")));
        }
        if let Some(limit) = settings.minutes_per_person
            && own().filter_map(|item| item.length()).map(|length| length.0).sum::<i64>() > i64::from(limit) * 60_000
        {
            return Err(Refusal::new(Code::YourShareIsFull).with("limit", format_args!("{limit} minutes")));
        }
        Ok(())
    }

    pub(super) fn remove(&mut self, now: Now, actor: &Actor, item: ItemId, turn: &mut Turn) -> Result<(), Refusal> {
        self.queue_index(item)?;
        self.emit(now, Some(actor), EventKind::Removed { item }, turn);
        Ok(())
    }

    pub(super) fn move_to(
        &mut self,
        now: Now,
        actor: &Actor,
        item: ItemId,
        index: usize,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.require_open()?;
        self.require(actor, Permission::Order)?;
        let from = self.queue_index(item)?;
        let index = index.min(self.view.queue.len() - 1);
        if from != index {
            self.emit(now, Some(actor), EventKind::Moved { item, index }, turn);
        }
        Ok(())
    }

    pub(super) fn shuffle(&mut self, now: Now, actor: &Actor, seed: u64, turn: &mut Turn) {
        let mut items: Vec<_> = self.view.queue.iter().map(|item| item.id).collect();
        let mut chance = Chance(seed);
        for last in (1..items.len()).rev() {
            items.swap(last, chance.below(last + 1));
        }
        self.reorder_all(now, Some(actor), items, turn);
    }

    /// The whole queue in another order, if it is another.
    pub(super) fn reorder_all(&mut self, now: Now, by: Option<&Actor>, items: Vec<ItemId>, turn: &mut Turn) {
        if !items.iter().eq(self.view.queue.iter().map(|item| &item.id)) {
            self.emit(now, by, EventKind::Reordered { items }, turn);
        }
    }

    /// The order that a mode begins with.
    pub(super) fn order_by(&mut self, now: Now, actor: &Actor, mode: QueueMode, turn: &mut Turn) {
        let mut queue = self.view.queue.to_vec();
        match mode {
            QueueMode::Vote => queue.sort_by_key(|item| std::cmp::Reverse(self.view.votes_for(item.id))),
            QueueMode::Fair => {
                let current = self.view.current.as_ref().map(|item| (item.added_by.person, 1));
                let mut rounds: BTreeMap<PersonId, usize> = current.into_iter().collect();
                queue.sort_by_cached_key(|item| {
                    let round = rounds.entry(item.added_by.person).or_default();
                    *round += 1;
                    *round
                });
            }
            QueueMode::Manual | QueueMode::Loop | QueueMode::Dj => return,
        }
        let items = queue.iter().map(|item| item.id).collect();
        self.reorder_all(now, Some(actor), items, turn);
    }

    pub(super) fn clear(&mut self, now: Now, actor: &Actor, turn: &mut Turn) {
        if !self.view.queue.is_empty() {
            self.emit(now, Some(actor), EventKind::Cleared, turn);
        }
    }

    /// Changes start, end and subtitles of an item. Whoever added it may.
    pub(super) fn edit(
        &mut self,
        now: Now,
        actor: &Actor,
        item: ItemId,
        edit: &Edit,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.require_open()?;
        self.require_entry(actor)?;
        let known = self.view.item(item).ok_or(Code::NoSuchItem)?.clone();
        if known.added_by.person != actor.person {
            self.require(actor, Permission::Edit)?;
        }
        let mut edited = Item::clone(&known);
        if let Some(start) = edit.start {
            edited.start = start;
        }
        if let Some(end) = edit.end {
            edited.end = end;
        }
        if let Some(subtitles) = &edit.subtitles {
            edited.subtitles = subtitles.as_deref().map(Arc::from);
        }
        check_bounds(&edited)?;
        if edited != *known {
            self.emit(now, Some(actor), EventKind::ItemChanged { item: Arc::new(edited) }, turn);
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
        super::members::require_hand(actor)?;
        let Some(known) = self.view.item(item).cloned() else { return Ok(()) };
        // A look that found no length does not unlearn the one that a player found meanwhile.
        let learnt = known.media.duration.filter(|_| media.duration.is_none() && !media.live);
        let media = if learnt.is_some() { Arc::new(Media { duration: learnt, ..Media::clone(&media) }) } else { media };
        if known.media != media {
            let item = Arc::new(Item { media, ..Item::clone(&known) });
            self.emit(now, None, EventKind::ItemChanged { item }, turn);
        }
        Ok(())
    }

    pub(super) fn segment(
        &mut self,
        now: Now,
        actor: &Actor,
        item: ItemId,
        segments: Arc<[Segment]>,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        super::members::require_hand(actor)?;
        let Some(known) = self.view.item(item).cloned() else { return Ok(()) };
        if known.segments != segments {
            let item = Arc::new(Item { segments, ..Item::clone(&known) });
            self.emit(now, None, EventKind::ItemChanged { item }, turn);
        }
        Ok(())
    }

    /// When the queue of a room that everybody left is put away.
    pub(super) fn shelf_deadline(&self) -> Option<PlayTime> {
        let waits = self.view.playback.playing || self.view.playback.waiting == Some(Waiting::Start);
        let something = self.view.current.is_some() || !self.view.queue.is_empty();
        let kept = self.view.settings.restore == Restore::Always || waits || !something;
        self.alone_since.filter(|_| !kept).map(|since| since + SHELVED_AFTER)
    }

    pub(super) fn shelve(&mut self, now: Now, turn: &mut Turn) {
        let kept = self.view.settings.restore == Restore::Prompt;
        let position = self.view.position(now.play);
        self.emit(now, None, EventKind::Shelved { kept, position }, turn);
    }

    /// Who comes back says what becomes of the shelf.
    pub(super) fn unshelve(
        &mut self,
        now: Now,
        actor: &Actor,
        discarded: bool,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.require_open()?;
        self.require(actor, if discarded { Permission::Remove } else { Permission::Add })?;
        if self.view.shelf.is_empty() {
            return Err(Code::NothingToRestore.into());
        }
        if !discarded && self.view.queue.len() + self.view.shelf.len() > self.limits.queue {
            return Err(Refusal::new(Code::QueueFull).with("limit", self.limits.queue));
        }
        self.emit(now, Some(actor), EventKind::Unshelved { discarded }, turn);
        if !discarded && self.view.current.is_none() {
            self.advance(now, Cause::Start, Some(actor), turn);
        }
        Ok(())
    }
}

/// What a medium is known by: its provider's name of it, or its link.
fn name(media: &Media) -> (Option<&'static str>, &str) {
    media.provider_id.as_deref().map_or((None, &media.url), |id| (Some(media.player.name()), id))
}

/// Puts items into this order. What is not named stays behind.
pub(super) fn reorder(queue: &mut [Arc<Item>], items: &[ItemId]) {
    let place: HashMap<ItemId, usize> = items.iter().enumerate().map(|(n, item)| (*item, n)).collect();
    queue.sort_by_key(|item| place.get(&item.id).copied().unwrap_or(usize::MAX));
}

pub(super) fn check_bounds(item: &Item) -> Result<(), Refusal> {
    let begins = item.begins();
    if begins.0 < 0 || item.end.is_some_and(|end| end <= begins) {
        return Err(Code::EndsBeforeStart.into());
    }
    if let Some(duration) = item.media.duration
        && begins >= duration
        && begins > Millis::ZERO
    {
        return Err(Refusal::new(Code::SeekPastEnd)
            .with("duration", super::clock_text(duration))
            .with("duration_ms", duration.0));
    }
    if let Some(link) = &item.subtitles {
        let http = link.starts_with("https://") || link.starts_with("http://");
        let path = link.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        let kind = std::path::Path::new(&path).extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        if !http || link.len() > SUBTITLES_LIMIT || !matches!(kind, "vtt" | "srt") {
            return Err(Code::BadSubtitles.into());
        }
    }
    Ok(())
}

/// A row of numbers that look like chance, from a seed that somebody else drew: the same seed gives the same order, here
/// and when it is looked at later. It decides the order of films, nothing that anybody could want to guess.
struct Chance(u64);

impl Chance {
    /// SplitMix64, by its published constants.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of the first `bound` numbers.
    fn below(&mut self, bound: usize) -> usize {
        // The high half of a product of 128 bits is below the bound, and even enough for any queue.
        let product = u128::from(self.next()) * bound as u128;
        usize::try_from(product >> 64).unwrap_or(0)
    }
}
