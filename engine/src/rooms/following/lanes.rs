//! What is to be done on another node: one thing after the other for each who asks, so that what is asked again for want of an
//! answer changes places with nothing.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use bytes::Bytes;
use tokio::{sync::oneshot, time::Instant};

use crate::{
    command::{Actor, Command},
    ids::{ConnectionId, NodeId, PersonId},
    ports::Unheard,
    refusal::Code,
    room::RoomView,
    rooms::{FINDING, Settled},
};

/// How long something is tried to be done.
const UNTIL: Duration = Duration::from_secs(4);
/// How long somebody who opens the room waits to be let in: no shorter than it takes until another node has the room. Who asks for anything else has
/// the room before them, and sees that it does not do it.
const COMING: Duration = FINDING;

/// How many may ask at once, and for how much each.
const ASKERS: usize = 1_024;
const EACH: usize = 256;

/// Who asks.
pub(super) type Key = (PersonId, Option<ConnectionId>);
/// Which life of a room: the node that has it, and the epoch.
pub(super) type Life = (NodeId, u64);

/// What somebody wants done.
pub(super) struct Wanted {
    /// Never twice for two commands of one node.
    pub(super) number: u64,
    pub(super) asked: Box<(Actor, Command)>,
    reply: Option<oneshot::Sender<Settled>>,
    until: Instant,
    /// A life of the room that was asked and did not answer: it may have done it.
    pub(super) doubt: Option<Life>,
}

/// What became of asking once.
pub(super) struct Landed {
    pub(super) lane: Key,
    pub(super) life: Life,
    pub(super) answer: Result<Bytes, Unheard>,
}

#[derive(Default)]
struct Lane {
    wanted: VecDeque<Wanted>,
    /// The life that was asked for the first one, while there is no answer.
    flying: Option<Life>,
    /// One before the first is done, and not answered yet.
    ripening: bool,
}

/// What is to be done, for each who asks.
#[derive(Default)]
pub(super) struct Lanes(BTreeMap<Key, Lane>);

impl Wanted {
    pub(super) fn new(number: u64, asked: Box<(Actor, Command)>, reply: Option<oneshot::Sender<Settled>>) -> Self {
        let patience = if matches!(asked.1, Command::Arrive { .. }) { COMING } else { UNTIL };
        Self { number, asked, reply, until: Instant::now() + patience, doubt: None }
    }

    /// Whether asking this life of the room for it does it once at most. What is done twice with the same end may be asked of any.
    pub(super) fn may_be_sent(&self, life: Life) -> bool {
        self.doubt.is_none_or(|doubt| doubt == life) || is_same_twice(&self.asked.1)
    }

    /// What is to be done, where it surely was not, or may be again; itself where it may have been done.
    #[expect(clippy::type_complexity, reason = "it is taken apart where it is asked for")]
    pub(super) fn once_more(self) -> Result<(Box<(Actor, Command)>, Option<oneshot::Sender<Settled>>), Self> {
        if self.doubt.is_none() {
            return Ok((self.asked, self.reply));
        }
        if !is_same_twice(&self.asked.1) {
            return Err(self);
        }
        let Some(reply) = self.reply else { return Ok((self.asked, None)) };
        let (sender, settled) = oneshot::channel();
        tokio::spawn(async move {
            if let Ok(settled) = settled.await {
                let _ = reply.send(in_doubt(settled));
            }
        });
        Ok((self.asked, Some(sender)))
    }

    /// Whether a room shows that it was done, as far as that is not a matter of events.
    pub(super) fn is_seen_in(&self, view: &RoomView) -> bool {
        match &self.asked.1 {
            Command::Arrive { connection, .. } => view.presence.contains_key(connection),
            _ => true,
        }
    }

    /// What becomes of it by the answer of a life of the room.
    pub(super) fn settle_by(self, life: Life, settled: Settled) {
        let other = self.doubt.is_some_and(|doubt| doubt != life);
        self.settle(if other { in_doubt(settled) } else { settled });
    }

    /// Answers who asked, if anybody waits for that.
    pub(super) fn settle(self, settled: Settled) {
        if let Some(reply) = self.reply {
            let _ = reply.send(settled);
        }
    }
}

/// That one refuses says nothing of what another one did before.
fn in_doubt(settled: Settled) -> Settled {
    if matches!(settled, Settled::No(_)) { unknown() } else { settled }
}

/// Whoever had the room died over it, or does not answer: whether it was done is not known.
pub(super) fn unknown() -> Settled {
    Settled::No(Code::MaybeDone.into())
}

/// Whether a command that was done changes nothing when it is done again.
fn is_same_twice(command: &Command) -> bool {
    matches!(
        command,
        Command::Arrive { .. }
            | Command::Introduce { .. }
            | Command::Depart { .. }
            | Command::Report { .. }
            | Command::Type
            | Command::Mention { .. }
            | Command::Describe { .. }
            | Command::Segment { .. }
            | Command::Forget { .. }
            | Command::Unite { .. }
            // A line has an identity, and there is one of each.
            | Command::Say { .. }
    )
}

impl Lane {
    /// Whether its first waits to be sent.
    fn waits(&self) -> bool {
        self.flying.is_none() && !self.ripening
    }

    fn is_over(&self) -> bool {
        self.wanted.is_empty() && self.waits()
    }
}

impl Lanes {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether more is asked for than can wait.
    pub(super) fn is_full_for(&self, actor: &Actor) -> bool {
        let lane = self.0.get(&(actor.person, actor.connection));
        self.0.len() >= ASKERS || lane.is_some_and(|lane| lane.wanted.len() >= EACH)
    }

    /// One more thing to be done, behind all that the same one asked for.
    pub(super) fn add(&mut self, wanted: Wanted) -> Key {
        let actor = &wanted.asked.0;
        let key = (actor.person, actor.connection);
        self.0.entry(key).or_default().wanted.push_back(wanted);
        key
    }

    /// The first of a lane, if it waits to be sent.
    pub(super) fn first(&self, key: &Key) -> Option<&Wanted> {
        self.0.get(key).filter(|lane| lane.waits())?.wanted.front()
    }

    pub(super) fn first_mut(&mut self, key: &Key) -> Option<&mut Wanted> {
        self.0.get_mut(key)?.wanted.front_mut()
    }

    /// Whose first waits to be sent.
    pub(super) fn waiting(&self) -> Vec<Key> {
        self.0.iter().filter(|(_, lane)| lane.waits()).map(|(key, _)| *key).collect()
    }

    /// The first is on its way.
    pub(super) fn fly(&mut self, key: &Key, life: Life) {
        if let Some(lane) = self.0.get_mut(key) {
            lane.flying = Some(life);
        }
    }

    /// It is not any more.
    pub(super) fn landed(&mut self, key: &Key) {
        if let Some(lane) = self.0.get_mut(key) {
            lane.flying = None;
        }
    }

    /// Takes the first of a lane out.
    pub(super) fn pop(&mut self, key: &Key) -> Option<Wanted> {
        let first = self.0.get_mut(key)?.wanted.pop_front();
        self.tidy(key);
        first
    }

    /// Takes the first out, which is done; the next waits until it is answered.
    pub(super) fn take_to_ripen(&mut self, key: &Key) -> Option<Wanted> {
        let lane = self.0.get_mut(key)?;
        let first = lane.wanted.pop_front()?;
        lane.ripening = true;
        Some(first)
    }

    pub(super) fn ripened(&mut self, key: &Key) {
        if let Some(lane) = self.0.get_mut(key) {
            lane.ripening = false;
        }
        self.tidy(key);
    }

    fn tidy(&mut self, key: &Key) {
        if self.0.get(key).is_some_and(Lane::is_over) {
            self.0.remove(key);
        }
    }

    /// When the first of those that wait has waited for too long.
    pub(super) fn until(&self) -> Option<Instant> {
        let waiting = self.0.values().filter(|lane| lane.waits());
        waiting.filter_map(|lane| lane.wanted.front()).map(|wanted| wanted.until).min()
    }

    /// Takes those out that have waited for too long.
    pub(super) fn expire(&mut self, now: Instant) -> Vec<Wanted> {
        let mut expired = Vec::new();
        for lane in self.0.values_mut().filter(|lane| lane.waits()) {
            while lane.wanted.front().is_some_and(|wanted| wanted.until <= now) {
                expired.extend(lane.wanted.pop_front());
            }
        }
        self.0.retain(|_, lane| !lane.is_over());
        expired
    }

    /// Connections that want to come.
    pub(super) fn arriving(&self) -> BTreeSet<ConnectionId> {
        let wanted = self.0.values().flat_map(|lane| &lane.wanted);
        let arriving = wanted.filter_map(|wanted| match wanted.asked.1 {
            Command::Arrive { connection, .. } => Some(connection),
            _ => None,
        });
        arriving.collect()
    }

    /// All that is to be done. What is on its way may have been done.
    pub(super) fn into_wanted(self) -> impl Iterator<Item = Wanted> {
        self.0.into_values().flat_map(|mut lane| {
            if let (Some(life), Some(first)) = (lane.flying, lane.wanted.front_mut()) {
                first.doubt.get_or_insert(life);
            }
            lane.wanted
        })
    }
}
