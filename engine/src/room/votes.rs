//! Votes: for what comes next, and for what somebody may not do alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use super::{Room, RoomView, Turn, roles::Permission, settings::QueueMode};
use crate::{
    command::{Actor, Deed},
    event::{Door, EventKind, Verdict, Who},
    ids::{ItemId, PersonId},
    refusal::{Code, Refusal},
    time::{Millis, Now, PlayTime, WallTime},
};

/// How long votes on a proposal are counted.
const OPEN_FOR: Millis = Millis::seconds(60);
/// How many proposals may be open at once, and how many of one person.
const PROPOSALS: usize = 8;
const PROPOSALS_EACH: usize = 2;
/// How long somebody who did something from a chat counts as one who votes.
const ACTED_LATELY: Millis = Millis::seconds(600);

/// Something that was put to the vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// What.
    pub deed: Deed,
    /// Who proposed it.
    pub by: Who,
    /// For which item; with another it is void.
    pub item: Option<ItemId>,
    /// Until when votes are counted.
    pub until: WallTime,
    /// Who is for it.
    pub yes: BTreeSet<PersonId>,
    /// Who is against it.
    pub no: BTreeSet<PersonId>,
}

impl Deed {
    /// What one must be allowed to do it.
    pub fn permission(&self) -> Permission {
        match self {
            Self::Play { .. } | Self::Pause => Permission::Playback,
            Self::Seek { .. } => Permission::Seek,
            Self::Skip | Self::Back => Permission::Skip,
            Self::SetRate { .. } => Permission::Rate,
            Self::Pick { .. } => Permission::PlayNow,
            Self::Remove { .. } | Self::Clear => Permission::Remove,
            Self::Shuffle { .. } => Permission::Order,
        }
    }

    /// Whether it is about the item that is on, and means nothing for another.
    fn is_of_the_moment(&self) -> bool {
        matches!(self, Self::Play { .. } | Self::Pause | Self::Seek { .. } | Self::Skip | Self::Back)
    }
}

impl Room {
    /// Does it, if one may; where the room votes on skipping, votes for it.
    pub(super) fn do_deed(&mut self, now: Now, actor: &Actor, deed: &Deed, turn: &mut Turn) -> Result<(), Refusal> {
        self.require_entry(actor)?;
        self.require_open()?;
        let own = matches!(deed, Deed::Remove { item } if self.is_own(actor, *item));
        self.require(actor, if own { Permission::Add } else { deed.permission() })?;
        if *deed == Deed::Skip && self.view.settings.vote_skip && actor.door != Door::Room {
            if self.view.current.is_none() {
                return Err(Code::NothingPlaying.into());
            }
            return match self.proposal_for(deed) {
                Some(known) => self.ballot(now, actor, Some(known), true, turn),
                None => self.put_to_the_vote(now, actor, deed, turn),
            };
        }
        self.perform(now, actor, deed, turn)
    }

    /// Does it, for who was found to be allowed.
    fn perform(&mut self, now: Now, actor: &Actor, deed: &Deed, turn: &mut Turn) -> Result<(), Refusal> {
        match deed {
            Deed::Play { after } => self.play(now, actor, *after, turn),
            Deed::Pause => self.pause(now, actor, turn),
            Deed::Seek { to } => self.seek(now, actor, *to, turn),
            Deed::Skip => self.skip(now, actor, turn),
            Deed::Back => self.back(now, actor, turn),
            Deed::SetRate { rate } => self.set_rate(now, actor, *rate, turn),
            Deed::Pick { item, keep } => self.pick(now, actor, *item, *keep, turn),
            Deed::Remove { item } => self.remove(now, actor, *item, turn),
            Deed::Shuffle { seed } => {
                self.shuffle(now, actor, *seed, turn);
                Ok(())
            }
            Deed::Clear => {
                self.clear(now, actor, turn);
                Ok(())
            }
        }
    }

    fn is_own(&self, actor: &Actor, item: ItemId) -> bool {
        self.view.queue.iter().any(|queued| queued.id == item && queued.added_by.person == actor.person)
    }

    fn proposal_for(&self, deed: &Deed) -> Option<u64> {
        self.view.proposals.iter().find(|(_, known)| known.deed == *deed).map(|(number, _)| *number)
    }

    pub(super) fn propose(&mut self, now: Now, actor: &Actor, deed: &Deed, turn: &mut Turn) -> Result<(), Refusal> {
        self.require_open()?;
        self.require(actor, Permission::Propose)?;
        if self.decides(actor, deed) {
            return self.perform(now, actor, deed, turn);
        }
        match self.proposal_for(deed) {
            Some(known) => self.ballot(now, actor, Some(known), true, turn),
            None => self.put_to_the_vote(now, actor, deed, turn),
        }
    }

    fn put_to_the_vote(&mut self, now: Now, actor: &Actor, deed: &Deed, turn: &mut Turn) -> Result<(), Refusal> {
        self.check(deed, now)?;
        let open = &self.view.proposals;
        let own = open.values().filter(|known| known.by.person == actor.person).count();
        if open.len() >= PROPOSALS || own >= PROPOSALS_EACH {
            return Err(Refusal::new(Code::TooManyProposals).with("limit", PROPOSALS_EACH));
        }
        self.note_acted(now, actor);
        if !self.voters(now).contains(&actor.person) {
            return Err(Code::NotHere.into());
        }
        let item = self.view.current.as_ref().filter(|_| deed.is_of_the_moment()).map(|item| item.id);
        let (deed, until) = (deed.clone(), now.wall + OPEN_FOR);
        self.emit(now, Some(actor), EventKind::Proposed { deed, until, item }, turn);
        Ok(())
    }

    /// Refuses to vote on what cannot be done anyway.
    fn check(&self, deed: &Deed, now: Now) -> Result<(), Refusal> {
        match deed {
            Deed::Pick { item, .. } | Deed::Remove { item } => self.queue_index(*item).map(drop),
            Deed::Play { .. } if self.view.current.is_none() && self.view.queue.is_empty() => {
                Err(Code::NothingPlaying.into())
            }
            Deed::Play { after } => super::playback::check_countdown(*after),
            Deed::Seek { to } => self.seek_target(now, *to).map(drop),
            Deed::Pause | Deed::Skip if self.view.current.is_none() => Err(Code::NothingPlaying.into()),
            Deed::Back => {
                let last = self.view.played.back().ok_or(Code::NothingBefore)?;
                self.require_place_for(last.item.id)
            }
            Deed::SetRate { rate } => rate.checked().map(drop),
            Deed::Shuffle { .. } | Deed::Clear if self.view.queue.is_empty() => Err(Code::QueueEmpty.into()),
            _ => Ok(()),
        }
    }

    /// Whether somebody's voice is not one of many.
    fn decides(&self, actor: &Actor, deed: &Deed) -> bool {
        self.may(actor, deed.permission()) && !(*deed == Deed::Skip && self.view.settings.vote_skip)
    }

    pub(super) fn ballot(
        &mut self,
        now: Now,
        actor: &Actor,
        proposal: Option<u64>,
        yes: bool,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.require_entry(actor)?;
        self.require_open()?;
        let open = &self.view.proposals;
        let number = match proposal {
            Some(number) => number,
            None if open.len() == 1 => *open.keys().next().ok_or(Code::NoSuchProposal)?,
            None => return Err(Code::NoSuchProposal.into()),
        };
        let known = open.get(&number).ok_or(Code::NoSuchProposal)?.clone();
        if self.decides(actor, &known.deed) {
            let verdict = if yes { Verdict::Passed } else { Verdict::Rejected };
            return self.decide(now, number, verdict, turn);
        }
        self.require(actor, Permission::Vote)?;
        self.note_acted(now, actor);
        if !self.voters(now).contains(&actor.person) {
            return Err(Code::NotHere.into());
        }
        let so_already = if yes { &known.yes } else { &known.no }.contains(&actor.person);
        if !so_already {
            let person = actor.person;
            self.emit(now, Some(actor), EventKind::Balloted { proposal: number, person, yes }, turn);
        }
        Ok(())
    }

    fn decide(&mut self, now: Now, number: u64, verdict: Verdict, turn: &mut Turn) -> Result<(), Refusal> {
        let Some(proposal) = self.view.proposals.get(&number).cloned() else { return Ok(()) };
        // What cannot be done any more is over, whatever became of the votes.
        let possible = verdict != Verdict::Passed || self.check(&proposal.deed, now).is_ok();
        let verdict = if possible { verdict } else { Verdict::Void };
        self.emit(now, None, EventKind::Decided { proposal: number, verdict }, turn);
        if verdict == Verdict::Passed {
            let Who { person, name, door } = proposal.by;
            let actor = Actor { person, name, door, connection: None, granted: None, registered: false };
            return self.perform(now, &actor, &proposal.deed, turn);
        }
        Ok(())
    }

    /// Counts, and ends what has come to its end. Harmless where nothing has.
    pub(super) fn count_votes(&mut self, now: Now, turn: &mut Turn) {
        // One after the other: what passes may end others.
        self.note_voters(now);
        while let Some((number, verdict)) = self.next_verdict(now) {
            // What cannot be done any more when it passes is over, and nobody is waiting for that answer.
            if let Err(refusal) = self.decide(now, number, verdict, turn) {
                tracing::debug!(%refusal, "what passed could not be done any more");
            }
            self.note_voters(now);
        }
    }

    /// What can be seen of a vote is who votes, too: those who did something from a chat are known to the room alone.
    fn note_voters(&mut self, now: Now) {
        let voters = if self.view.proposals.is_empty() { BTreeSet::new() } else { self.voters(now) };
        if *self.view.voters != voters {
            self.view.voters = Arc::new(voters);
        }
    }

    fn next_verdict(&self, now: Now) -> Option<(u64, Verdict)> {
        if self.view.proposals.is_empty() {
            return None;
        }
        let voters = self.voters(now);
        let current = self.view.current.as_ref().map(|item| item.id);
        let needed = votes_needed(voters.len(), self.view.settings.vote_percent);
        let verdict = |proposal: &Proposal| {
            let count = |side: &BTreeSet<PersonId>| side.intersection(&voters).count();
            let (yes, no) = (count(&proposal.yes), count(&proposal.no));
            if proposal.item.is_some_and(|item| Some(item) != current) || self.require_open().is_err() {
                Some(Verdict::Void)
            } else if yes >= needed {
                Some(Verdict::Passed)
            } else if !voters.is_empty() && voters.len().saturating_sub(no) < needed {
                // Where nobody votes, as after a restart, it is open until its time is over.
                Some(Verdict::Rejected)
            } else if proposal.until <= now.wall {
                Some(Verdict::Expired)
            } else {
                None
            }
        };
        self.view.proposals.iter().find_map(|(number, known)| Some((*number, verdict(known)?)))
    }

    /// Who votes: those who watch, and those who did something from a chat lately.
    pub(super) fn voters(&self, now: Now) -> BTreeSet<PersonId> {
        let watching = self.view.presence.values().filter(|presence| presence.watches);
        let watching = watching.map(|presence| presence.who.person);
        let acted = self.acted.iter().filter(|(_, at)| **at + ACTED_LATELY > now.play).map(|(person, _)| *person);
        watching.chain(acted).collect()
    }

    /// Remembers who did something from a chat.
    pub(super) fn note_acted(&mut self, now: Now, actor: &Actor) {
        if matches!(actor.door, Door::Discord | Door::Telegram) {
            self.acted.insert(actor.person, now.play);
            if self.acted.len() > 1_000 {
                self.acted.retain(|_, at| *at + ACTED_LATELY > now.play);
            }
        }
    }

    /// When somebody who did something from a chat does not count any more, while that matters.
    pub(super) fn voters_deadline(&self, now: PlayTime) -> Option<PlayTime> {
        let acted = self.acted.values().filter(|_| !self.view.proposals.is_empty());
        acted.map(|at| *at + ACTED_LATELY).filter(|due| *due > now).min()
    }

    pub(super) fn vote_deadline(&self) -> Option<WallTime> {
        self.view.proposals.values().map(|proposal| proposal.until).min()
    }

    /// A vote for what comes next, or taken back; in a queue by votes the item finds its new place.
    pub(super) fn vote(
        &mut self,
        now: Now,
        actor: &Actor,
        item: ItemId,
        up: bool,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.require_open()?;
        self.require(actor, Permission::Vote)?;
        let from = self.queue_index(item)?;
        let voted = self.view.votes.get(&item).is_some_and(|votes| votes.contains(&actor.person));
        if voted == up {
            return Ok(());
        }
        self.emit(now, Some(actor), EventKind::Voted { item, person: actor.person, up }, turn);
        if self.view.settings.queue_mode == QueueMode::Vote {
            let own = self.view.votes_for(item);
            let others = self.view.queue.iter().filter(|queued| queued.id != item);
            let index = others.take_while(|queued| self.view.votes_for(queued.id) >= own).count();
            // Among equals it stays where it was: behind those that were before it, before the others.
            let index = if up { index } else { self.last_place(item, own, from) };
            if index != from {
                self.emit(now, None, EventKind::Moved { item, index }, turn);
            }
        }
        Ok(())
    }

    /// Where an item that lost a vote stands: before the first that it does not beat any more.
    fn last_place(&self, item: ItemId, own: usize, from: usize) -> usize {
        let others: Vec<_> = self.view.queue.iter().filter(|queued| queued.id != item).collect();
        let beaten = others[from.min(others.len())..].iter().take_while(|queued| self.view.votes_for(queued.id) > own);
        from.min(others.len()) + beaten.count()
    }
}

/// How many votes make a proposal pass: of so many voters, and one at least.
fn votes_needed(voters: usize, percent: u8) -> usize {
    (voters * usize::from(percent)).div_ceil(100).max(1)
}

impl RoomView {
    /// How many votes make one of the open proposals pass.
    pub fn votes_needed(&self) -> usize {
        votes_needed(self.voters.len(), self.settings.vote_percent)
    }

    /// How many of those whose votes count are for a proposal, and how many against it.
    pub fn tally(&self, proposal: &Proposal) -> (usize, usize) {
        let count = |side: &BTreeSet<PersonId>| side.intersection(&self.voters).count();
        (count(&proposal.yes), count(&proposal.no))
    }
}

/// What voting changes in the lasting state.
pub(super) fn proposed(
    proposals: &mut Arc<BTreeMap<u64, Proposal>>,
    number: u64,
    by: &Who,
    deed: &Deed,
    until: WallTime,
    item: Option<ItemId>,
) {
    let proposal = Proposal {
        deed: deed.clone(),
        by: by.clone(),
        item,
        until,
        yes: BTreeSet::from([by.person]),
        no: BTreeSet::new(),
    };
    Arc::make_mut(proposals).insert(number, proposal);
}
