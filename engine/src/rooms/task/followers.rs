//! The other nodes that follow a room: each turn is told to all of them in one message, and what they are asked to have done here
//! is done once, however often they ask.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use imbl::ordmap::DiffItem;
use tokio::{sync::oneshot, time::Instant};

use super::{RoomTask, Settled};
use crate::{
    command::{Actor, Command},
    event::{Presence, PresenceDelta, Signal},
    ids::{ConnectionId, NodeId, PersonId, RoomId},
    ports::Letter,
    room::{Here, RoomView, Turn},
    rooms::{
        cluster::Cluster,
        wire::{self, End, Hint, Position, Reply, Said, Seats, Told, What, Whole},
    },
};

/// A node that was not heard of for so long follows no more, and who was connected to it is gone. Three of its words may get lost.
pub(in crate::rooms) const SILENCE: Duration = Duration::from_secs(12);
/// How long it is remembered what became of a command: longer than anybody asks again.
const MEMORY: Duration = Duration::from_secs(30);

/// Who is answered.
pub(super) enum Asker {
    /// Somebody on this node.
    Here(oneshot::Sender<Settled>),
    /// Another node, that asked this.
    There(CommandId),
}

/// What is asked, and who is answered.
type Asked = (Box<(Actor, Command)>, Option<Asker>);
/// Which command of which node.
type CommandId = (NodeId, u64);

/// The nodes that follow a room.
pub(super) struct Followers {
    cluster: Arc<Cluster>,
    /// Where they are told what happens.
    subject: String,
    /// Number of the last message, whether anybody heard it or not.
    n: u64,
    /// Who is here, as they were told last.
    here: Here,
    /// Whose votes count, as they were told last.
    voters: Arc<BTreeSet<PersonId>>,
    nodes: BTreeMap<NodeId, Follower>,
    /// Places of nodes that have connections here and were not heard of yet, and until when that is waited for: they followed who
    /// had the room before.
    expected: BTreeMap<u16, Instant>,
    /// What became of commands.
    commands: HashMap<CommandId, Fate>,
    /// When they were asked, the oldest first.
    asked: VecDeque<(Instant, CommandId)>,
}

struct Follower {
    slot: u16,
    heard_at: Instant,
}

/// What became of a command of another node.
enum Fate {
    /// It is being stored. Where it was asked again, the last question is answered.
    Open(Letter),
    Answered(Bytes),
}

impl Followers {
    pub(super) fn new(cluster: Arc<Cluster>, room: RoomId) -> Self {
        Self {
            cluster,
            subject: wire::room_subject(room),
            n: 0,
            here: Here::new(),
            voters: Arc::default(),
            nodes: BTreeMap::new(),
            expected: BTreeMap::new(),
            commands: HashMap::new(),
            asked: VecDeque::new(),
        }
    }

    /// Those who are here on other nodes are waited for, for a while.
    pub(super) fn expect(&mut self, here: &Here) {
        let until = Instant::now() + SILENCE;
        let slots = here.keys().map(|connection| connection.slot()).filter(|slot| *slot != self.cluster.slot);
        self.expected = slots.map(|slot| (slot, until)).collect();
    }

    /// Whether nobody follows, nor may come back to.
    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.expected.is_empty()
    }

    /// When the first of them was silent for too long.
    pub(super) fn silent_at(&self) -> Option<Instant> {
        let nodes = self.nodes.values().map(|node| node.heard_at + SILENCE);
        nodes.chain(self.expected.values().copied()).min()
    }

    /// Forgets who was silent for too long; the places of which nobody is here any more.
    fn forget_silent(&mut self) -> BTreeSet<u16> {
        let now = Instant::now();
        let silent = self.nodes.extract_if(.., |_, node| node.heard_at + SILENCE <= now).map(|(_, node)| node.slot);
        let mut gone: BTreeSet<_> = silent.collect();
        gone.extend(self.expected.extract_if(.., |_, until| *until <= now).map(|(slot, _)| slot));
        gone
    }

    /// Tells what happened in a turn, if anything did.
    pub(super) fn tell(&mut self, view: &RoomView, turn: &Turn, end: End) {
        if self.nodes.is_empty() && end == End::None {
            self.n += 1;
            return;
        }
        let (mut here, mut gone) = (Vec::new(), Vec::new());
        // Who asks for the whole room finds them there.
        let known = if end == End::None { &self.here } else { &view.presence };
        for change in known.diff(&view.presence) {
            match change {
                DiffItem::Add(_, seat) | DiffItem::Update { new: (_, seat), .. } => here.push(seat.clone()),
                DiffItem::Remove(connection, _) => gone.push(*connection),
            }
        }
        let voters = (self.voters != view.voters).then(|| view.voters.clone());
        let nothing = here.is_empty() && gone.is_empty() && voters.is_none();
        if nothing && turn.events.is_empty() && turn.signals.is_empty() && end == End::None {
            return;
        }
        self.n += 1;
        let told = Told {
            node: self.cluster.node,
            epoch: view.epoch,
            n: self.n,
            events: turn.events.clone(),
            signals: turn.signals.iter().map(Hint::from).collect(),
            here,
            gone,
            voters,
            end,
        };
        self.cluster.bus.tell(&self.subject, wire::write(&told));
        self.here = view.presence.clone();
        self.voters = view.voters.clone();
    }

    fn position(&self, view: &RoomView) -> Position {
        Position { epoch: view.epoch, seq: view.seq, n: self.n }
    }

    /// Whether a command is to be done now. Where it was before, who asks again is answered as then.
    fn begins(&mut self, id: CommandId, letter: Letter) -> bool {
        let now = Instant::now();
        while self.asked.front().is_some_and(|(asked, _)| *asked + MEMORY < now) {
            if let Some((_, old)) = self.asked.pop_front() {
                self.commands.remove(&old);
            }
        }
        match self.commands.get_mut(&id) {
            Some(Fate::Open(question)) => *question = letter,
            Some(Fate::Answered(answer)) => letter.answer(&*self.cluster.bus, answer.clone()),
            None => {
                self.commands.insert(id, Fate::Open(letter));
                self.asked.push_back((now, id));
                return true;
            }
        }
        false
    }

    fn answer(&mut self, id: CommandId, settled: Settled, view: &RoomView) {
        let (reply, done) = match settled {
            Settled::Done(done) => (Reply::Done { events: done.events, position: self.position(view) }, true),
            Settled::No(no) => (Reply::No(no), true),
            // The next who has it does it.
            Settled::PutAway(_) => (Reply::NotMine, false),
        };
        let answer = wire::write(&reply);
        let fate =
            if done { self.commands.insert(id, Fate::Answered(answer.clone())) } else { self.commands.remove(&id) };
        if let Some(Fate::Open(letter)) = fate {
            letter.answer(&*self.cluster.bus, answer);
        }
    }
}

impl RoomTask {
    /// Answers whoever asked.
    pub(super) fn answer(&mut self, asker: Asker, settled: Settled) {
        match (asker, &mut self.followers) {
            (Asker::Here(reply), _) => drop(reply.send(settled)),
            (Asker::There(id), Some(followers)) => followers.answer(id, settled, self.room.view()),
            (Asker::There(_), None) => {}
        }
    }

    /// Hears what another node says. Commands of it are given back, to be done as those of this node are.
    pub(super) fn hear_node(&mut self, letter: Letter, said: Said) -> Option<Asked> {
        let from = said.from;
        if let Some(node) = self.followers.as_mut().and_then(|followers| followers.nodes.get_mut(&from)) {
            node.heard_at = Instant::now();
        }
        match said.what {
            What::Follow { slot, knows, seats } => self.be_followed(&letter, from, slot, knows, seats),
            What::Leave => {
                let left = self.followers.as_mut().and_then(|followers| followers.nodes.remove(&from));
                if let Some(node) = left {
                    self.part_with(&BTreeSet::from([node.slot]));
                }
            }
            What::Do { number, epoch, asked } => {
                self.front.asked_at = Instant::now();
                if let Command::Arrive { connection, .. } = asked.1 {
                    self.expect(from, connection);
                }
                let moved = epoch != self.room.view().epoch;
                if let Some(followers) = &mut self.followers {
                    if moved && !followers.commands.contains_key(&(from, number)) {
                        letter.answer(&*followers.cluster.bus, wire::write(&Reply::Moved));
                    } else if followers.begins((from, number), letter) {
                        return Some((asked, Some(Asker::There((from, number)))));
                    }
                }
            }
            What::Hints(hints) => {
                for hint in hints {
                    self.do_now(hint, None);
                }
            }
        }
        None
    }

    /// Somebody comes by a node that was forgotten, or is not known yet: it must say that it follows.
    fn expect(&mut self, from: NodeId, connection: ConnectionId) {
        if let Some(followers) = self.followers.as_mut().filter(|followers| !followers.nodes.contains_key(&from)) {
            followers.expected.insert(connection.slot(), Instant::now() + SILENCE);
        }
    }

    fn be_followed(&mut self, letter: &Letter, from: NodeId, slot: u16, knows: Option<Position>, seats: Option<Seats>) {
        let Some(followers) = &mut self.followers else { return };
        let bus = followers.cluster.bus.clone();
        if seats.is_none() && !followers.nodes.contains_key(&from) {
            return letter.answer(&*bus, wire::write(&Reply::Strange));
        }
        if followers.nodes.is_empty() {
            followers.here = self.room.view().presence.clone();
            followers.voters = self.room.view().voters.clone();
        }
        followers.nodes.insert(from, Follower { slot, heard_at: Instant::now() });
        followers.expected.remove(&slot);
        let out = seats.map(|seats| self.seat(slot, &seats)).unwrap_or_default();
        let Some(followers) = &mut self.followers else { return };
        // What is only told with the next message is part of the whole, and may be told again.
        let (view, position) = (self.room.view(), followers.position(self.room.view()));
        let reply = if knows == Some(position) {
            Reply::Same
        } else {
            let recent = self.front.recent.iter().cloned().collect();
            Reply::Whole(Box::new(Whole { n: position.n, view: view.clone(), recent }))
        };
        letter.answer(&*bus, wire::write(&reply));
        // Behind the whole room, of which this is no part.
        self.hand_over(Turn { signals: out, ..Turn::default() }, None);
    }

    /// Makes those of a node be here who are connected to it, and nobody else. What is to be said to those who may not.
    fn seat(&mut self, slot: u16, seats: &Seats) -> Vec<Signal> {
        let theirs: BTreeSet<_> = seats.here.iter().map(|seat| seat.connection).collect();
        let gone =
            |known: &ConnectionId| known.slot() == slot && !theirs.contains(known) && !seats.coming.contains(known);
        let gone: Vec<_> = self.room.view().presence.keys().filter(|known| gone(known)).copied().collect();
        self.reseat(&seats.here, gone)
    }

    /// Nobody of these places is here any more.
    pub(super) fn part_with(&mut self, slots: &BTreeSet<u16>) {
        let gone = |known: &ConnectionId| slots.contains(&known.slot());
        let gone: Vec<_> = self.room.view().presence.keys().filter(|known| gone(known)).copied().collect();
        self.reseat(&[], gone);
    }

    fn reseat(&mut self, here: &[Arc<Presence>], gone: Vec<ConnectionId>) -> Vec<Signal> {
        let now = self.front.shared.clock.now();
        let mut turn = Turn::default();
        if self.may_write() {
            for connection in gone {
                self.room.leave_by_itself(now, connection, &mut turn);
            }
            for seat in here {
                self.room.take_back(now, seat, &mut turn);
            }
            let out = turn.signals.extract_if(.., |signal| matches!(signal, Signal::Out { .. })).collect();
            self.hand_over(turn, None);
            self.tell_nodes();
            return out;
        }
        // What follows from their coming and going would have to be written.
        let known = &self.room.view().presence;
        let here: Vec<_> = here.iter().filter(|seat| !known.contains_key(&seat.connection)).cloned().collect();
        if !here.is_empty() || !gone.is_empty() {
            self.room.see(here.clone(), &gone, None);
            turn.signals.push(Signal::Presence(Arc::new(PresenceDelta { here, gone })));
            self.publish(turn, None, false);
        }
        Vec::new()
    }

    /// Whoever asks asks again in a moment.
    pub(super) fn put_off(&self, letter: &Letter) {
        if let Some(followers) = &self.followers {
            letter.answer(&*followers.cluster.bus, wire::write(&Reply::Busy));
        }
    }

    /// Forgets nodes that were silent for too long.
    pub(super) fn forget_silent(&mut self) {
        let silent = self.followers.as_mut().map(|followers| followers.forget_silent()).unwrap_or_default();
        if !silent.is_empty() {
            self.part_with(&silent);
        }
    }

    /// Tells other nodes who is here, where that is another than they know: it is told to people a moment later.
    pub(super) fn tell_nodes(&mut self) {
        if let Some(followers) = &mut self.followers {
            followers.tell(self.room.view(), &Turn::default(), End::None);
        }
    }

    /// Who is here by this node alone.
    pub(super) fn is_own(&self, seat: &Presence) -> bool {
        self.front.shared.cluster.as_ref().is_none_or(|cluster| seat.connection.slot() == cluster.slot)
    }
}
