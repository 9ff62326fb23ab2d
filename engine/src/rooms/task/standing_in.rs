//! A room whose disk takes nothing: it goes back to what was stored last, and goes on as far as that needs no writing.
//!
//! A film that plays goes on playing, people come and go and hear of each other, and whoever would change something that
//! lasts is told that it could not be stored. The disk is asked again every few seconds at the latest.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use futures_util::{FutureExt, StreamExt, future::BoxFuture};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::{Answer, Ask, Asker, PATIENCE, RECOVERY, RoomTask, Settled, Settling};
use crate::{
    command::{Actor, Command},
    ids::ConnectionId,
    ports::Taken,
    refusal::{Code, Fault, No, Refusal},
    room::{Here, Room, Turn},
    rooms::{Done, wire::What},
    time::PlayTime,
};

/// How long reading the room back may take before what was stored last stands in for it. Usually a disk that refused one
/// write takes the next: then everybody is told the whole room once and not twice.
const AT_ONCE: Duration = Duration::from_millis(200);

/// Reading a room back.
type Load = BoxFuture<'static, Result<Taken, No>>;

/// What a room came back as.
enum Back {
    /// As the disk has it.
    Here(Box<(Room, Turn)>),
    /// Not to this node: another one has it.
    Elsewhere,
    /// Not at all: the server stops.
    Stopped,
}

impl RoomTask {
    /// A commit failed after its events were told: drop the state, read it back, tell everybody what is true.
    pub(super) async fn go_back(&mut self, answer: Option<Answer>) {
        let mut here = self.room.view().presence.clone();
        if let Some(answer) = answer {
            self.refuse(answer, &mut here);
        }
        // What was handed over after the failure stands on it, so the store refuses it too.
        while let Some(Settling { result, answer, visits, .. }) = self.commits.next().await {
            if result.is_err() {
                self.keep_visits(visits);
            }
            if let Some(answer) = answer {
                self.refuse(answer, &mut here);
            }
        }
        self.void = true;
        let back = self.read_back(here).await;
        self.void = false;
        let (room, turn) = match back {
            Back::Here(back) => *back,
            Back::Elsewhere => {
                self.taken = true;
                return;
            }
            Back::Stopped => return,
        };
        if let Some(cluster) = &self.front.shared.cluster {
            cluster.holds(self.front.id, room.view().epoch);
        }
        // What stands in the next time is told under no earlier epoch.
        if turn.events.is_empty() {
            self.stored = Some(Arc::new(room.view().clone()));
        } else if let Some(stored) = &mut self.stored {
            Arc::make_mut(stored).epoch = room.view().epoch;
        }
        self.room = room;
        self.went_back_at = Some(Instant::now());
        self.front.recent.clear();
        // What the return itself brought about is part of the whole that everybody gets now.
        self.journal(&turn, None, None);
        self.count();
        self.publish(Turn::default(), None, true);
    }

    fn refuse(&mut self, answer: Answer, here: &mut Here) {
        // Who came by it was told that they did not, and will not say that they leave.
        if let Some(arrived) = answer.arrived {
            here.remove(&arrived);
            self.room.see(Vec::new(), &[arrived], None);
        }
        self.answer(answer.asker, Settled::No(Code::NotStored.into()));
    }

    /// The room as the disk has it, however long that takes, with everybody in it who is here by then.
    async fn read_back(&mut self, mut here: Here) -> Back {
        let id = self.front.id;
        // A disk that takes a small write may refuse the next one: not again and again without a breath.
        let again = self.went_back_at.is_some_and(|last| last.elapsed() < RECOVERY * 8);
        let mut pause = if again { RECOVERY } else { Duration::ZERO };
        let mut load = self.load_after(pause);
        let mut loaded = if again { None } else { timeout(AT_ONCE, &mut load).await.ok() };
        let mut stands_in = false;
        let mut gone = BTreeSet::new();
        let mut tries = 0_u32;
        let (mut room, mut turn) = loop {
            let outcome = match loaded.take() {
                Some(outcome) => outcome,
                None => {
                    stands_in = stands_in || self.stand_in(&here);
                    match self.serve_until(&mut load, stands_in, &mut gone).await {
                        Some(outcome) => outcome,
                        None => return Back::Stopped,
                    }
                }
            };
            let (now, limits) = (self.front.shared.clock.now(), self.front.shared.settings.limits);
            let shared = self.front.shared.cluster.is_some();
            let restored = match outcome {
                Ok(Taken::Here(loaded)) if shared => {
                    // Other nodes' films went on, and so does this one's.
                    Room::continued(id, now, *loaded, Here::new(), limits).map_err(No::from)
                }
                Ok(Taken::Here(loaded)) => Room::restore(id, now, *loaded, limits).map_err(No::from),
                Ok(Taken::Nowhere) if !shared => Err(Fault::new(format!("room {id} is gone")).into()),
                Ok(Taken::Nowhere | Taken::Elsewhere(_)) => return Back::Elsewhere,
                Err(no) => Err(no),
            };
            match restored {
                Ok(restored) => break restored,
                // Once: the store says how long it lasts.
                Err(no) if tries == 0 => tracing::error!(room = %id, %no, "a room cannot be read back yet"),
                Err(no) => tracing::debug!(room = %id, %no, tries, "a room cannot be read back yet"),
            }
            tries += 1;
            pause = (pause * 2).clamp(RECOVERY, PATIENCE);
            load = self.load_after(pause);
        };
        if tries > 0 {
            tracing::info!(room = %id, tries, "a room was read back");
        }
        if stands_in {
            here = self.room.view().presence.clone();
        }
        for connection in &gone {
            here.remove(connection);
        }
        room.reseat_all(self.front.shared.clock.now(), here, &self.room.view().members, &mut turn);
        Back::Here(Box::new((room, turn)))
    }

    fn load_after(&self, pause: Duration) -> Load {
        let (shared, id) = (self.front.shared.clone(), self.front.id);
        async move {
            sleep(pause).await;
            shared.take(id).await
        }
        .boxed()
    }

    /// Goes back to what was stored last, and tells everybody. False where nothing is known to be stored.
    ///
    /// Its epoch stays, and is the one under which the void events were told. Nothing is numbered under it any more: what
    /// comes after is told under the one that the disk gives, so no number is ever two events to anybody.
    fn stand_in(&mut self, here: &Here) -> bool {
        let Some(stored) = self.stored.clone() else { return false };
        self.room = Room::seen(&stored, here.clone(), self.front.shared.settings.limits);
        self.front.recent.clear();
        self.count();
        self.publish(Turn::default(), None, true);
        true
    }

    /// Serves whoever asks for what needs no writing, until `load` has come to an end. None where the server stops.
    async fn serve_until(
        &mut self,
        load: &mut Load,
        stands_in: bool,
        gone: &mut BTreeSet<ConnectionId>,
    ) -> Option<Result<Taken, No>> {
        let stop = self.front.shared.stop.clone();
        let mut ticks = stands_in;
        loop {
            let due = self.room.next_deadline(self.front.shared.clock.now()).filter(|_| ticks);
            let wake = due.map_or_else(Instant::now, |due| self.front.shared.clock.instant_of(due));
            tokio::select! {
                biased;
                () = stop.cancelled() => return None,
                loaded = &mut *load => return Some(loaded),
                ask = self.front.asks.recv() => {
                    let (asked, by) = match ask? {
                        Ask::Listen { reply } if stands_in => {
                            self.front.listen(reply);
                            continue;
                        }
                        Ask::Command { asked, reply } => (asked, reply.map(Asker::Here)),
                        Ask::Node(said) => {
                            let (letter, said) = *said;
                            if !stands_in && !matches!(said.what, What::Do { .. }) {
                                // Nobody knows what is true, so nobody can be told.
                                self.put_off(&letter);
                                continue;
                            }
                            match self.hear_node(letter, said) {
                                Some(command) => command,
                                None => continue,
                            }
                        }
                        // Whether another node has the room is what it is read back for.
                        Ask::Listen { .. } | Ask::Lost => continue,
                    };
                    if let Command::Depart { connection } = asked.1 {
                        gone.insert(connection);
                    }
                    if stands_in {
                        self.hear_standing_in(&asked.0, &asked.1, by);
                    } else if let Some(by) = by {
                        self.answer(by, Settled::No(Code::NotStored.into()));
                    }
                },
                () = sleep_until(wake), if due.is_some() => {
                    ticks = self.tick_standing_in();
                }
            }
        }
    }

    /// The lease of this node may be over, and another may have the room: it stands in for what it was until that is known. Nobody
    /// is told anything, for nothing changes.
    pub(super) async fn stand_by(&mut self) {
        let Some(cluster) = self.front.shared.cluster.clone() else { return };
        let stop = self.front.shared.stop.clone();
        let mut ticks = true;
        while !self.taken {
            let due = self.room.next_deadline(self.front.shared.clock.now()).filter(|_| ticks);
            let wake = due.map_or_else(Instant::now, |due| self.front.shared.clock.instant_of(due));
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = cluster.until_trusted(true) => return,
                // What was handed over in time is on disk, or is not.
                Some(settling) = self.commits.next(), if !self.commits.is_empty() => self.settle(settling).await,
                ask = self.front.asks.recv() => match ask {
                    Some(ask) => self.hear(ask),
                    None => return,
                },
                () = sleep_until(wake), if due.is_some() => ticks = self.tick_standing_in(),
            }
        }
    }

    /// Does what is due, unless something would have to be written for it; false then, for it is due until that is possible.
    fn tick_standing_in(&mut self) -> bool {
        let mut room = self.room.clone();
        let mut turn = Turn::default();
        room.tick(self.front.shared.clock.now(), &mut turn);
        let unwritten = turn.events.is_empty();
        if unwritten {
            self.adopt(room, turn);
        }
        unwritten
    }

    pub(super) fn hear_standing_in(&mut self, actor: &Actor, command: &Command, asker: Option<Asker>) {
        let settled = match self.try_out(actor, command) {
            Some((room, turn, done)) => {
                self.adopt(room, turn);
                match done {
                    Ok(()) => Settled::Done(Done { events: Vec::new(), view: Arc::new(self.room.view().clone()) }),
                    Err(refusal) => refusal.into(),
                }
            }
            None => Settled::No(Code::NotStored.into()),
        };
        self.tell_nodes();
        if let Some(asker) = asker {
            self.answer(asker, settled);
        }
    }

    /// What a command comes to, unless something would have to be written for it.
    fn try_out(&self, actor: &Actor, command: &Command) -> Option<(Room, Turn, Result<(), Refusal>)> {
        let now = self.front.shared.clock.now();
        // What is due comes before every command, and would be written: for the room it is not time for it yet, then.
        let due = self.room.next_deadline(now).map(|due| PlayTime(due.0 - 1));
        let held = due.filter(|before| *before < now.play);
        [Some(now.play), held].into_iter().flatten().find_map(|play| {
            let (mut room, mut turn) = (self.room.clone(), Turn::default());
            let done = room.apply(crate::time::Now { play, ..now }, actor, command.clone(), &mut turn);
            turn.events.is_empty().then_some((room, turn, done))
        })
    }

    fn adopt(&mut self, room: Room, mut turn: Turn) {
        self.room = room;
        self.keep_visits(std::mem::take(&mut turn.visits));
        self.publish(turn, None, false);
    }
}
