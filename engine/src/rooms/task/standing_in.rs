//! A room whose disk takes nothing: it goes back to what was stored last, and goes on as far as that needs no writing.
//!
//! A film that plays goes on playing, people come and go and hear of each other, and whoever would change something that
//! lasts is told that it could not be stored. The disk is asked again every few seconds at the latest.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use futures_util::{FutureExt, StreamExt, future::BoxFuture};
use tokio::{
    sync::oneshot,
    time::{Instant, sleep, sleep_until, timeout},
};

use super::{Answer, Ask, PATIENCE, RECOVERY, RoomTask, Settled, Settling};
use crate::{
    command::{Actor, Command},
    ids::ConnectionId,
    ports::Loaded,
    refusal::{Code, Fault, No, Refusal},
    room::{Here, Room, Turn},
    rooms::Done,
    time::PlayTime,
};

/// How long reading the room back may take before what was stored last stands in for it. Usually a disk that refused one
/// write takes the next: then everybody is told the whole room once and not twice.
const AT_ONCE: Duration = Duration::from_millis(200);

/// Reading a room back.
type Load = BoxFuture<'static, Result<Option<Loaded>, No>>;

impl RoomTask {
    /// A commit failed after its events were told: drop the state, read it back, tell everybody what is true.
    pub(super) async fn go_back(&mut self, answer: Option<Answer>) {
        let mut here = self.room.view().presence.clone();
        let refuse = |answer: Answer, here: &mut Here| {
            // Who came by it was told that they did not, and will not say that they leave.
            if let Some(arrived) = answer.arrived {
                here.remove(&arrived);
            }
            let _ = answer.reply.send(Settled::No(Code::NotStored.into()));
        };
        if let Some(answer) = answer {
            refuse(answer, &mut here);
        }
        // What was handed over after the failure stands on it, so the store refuses it too.
        while let Some(Settling { result, answer, visits, .. }) = self.commits.next().await {
            if result.is_err() {
                self.keep_visits(visits);
            }
            if let Some(answer) = answer {
                refuse(answer, &mut here);
            }
        }
        let Some((room, turn)) = self.read_back(here).await else { return };
        self.room = room;
        self.went_back_at = Some(Instant::now());
        self.recent.clear();
        // What the return itself brought about is part of the whole that everybody gets now.
        self.journal(&turn, None, None);
        self.count();
        self.publish(Turn::default(), None, true);
    }

    /// The room as the disk has it, however long that takes, with everybody in it who is here by then. None where the
    /// server stops.
    async fn read_back(&mut self, mut here: Here) -> Option<(Room, Turn)> {
        let id = self.room.view().id;
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
                    self.serve_until(&mut load, stands_in, &mut gone).await?
                }
            };
            let now = self.shared.clock.now();
            let restored = outcome.and_then(|loaded| {
                let loaded = loaded.ok_or_else(|| Fault(format!("room {id} is gone")))?;
                Ok(Room::restore(id, now, loaded, self.shared.settings.limits)?)
            });
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
        room.reseat_all(self.shared.clock.now(), here, &self.room.view().members, &mut turn);
        Some((room, turn))
    }

    fn load_after(&self, pause: Duration) -> Load {
        let (store, id) = (self.shared.store.clone(), self.room.view().id);
        async move {
            sleep(pause).await;
            store.load(id).await
        }
        .boxed()
    }

    /// Goes back to what was stored last, and tells everybody. False where nothing is known to be stored.
    ///
    /// Its epoch stays, and is the one under which the void events were told. Nothing is numbered under it any more: what
    /// comes after is told under the one that the disk gives, so no number is ever two events to anybody.
    fn stand_in(&mut self, here: &Here) -> bool {
        let Some(stored) = self.stored.clone() else { return false };
        self.room = Room::seen(&stored, here.clone(), self.shared.settings.limits);
        self.recent.clear();
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
    ) -> Option<Result<Option<Loaded>, No>> {
        let stop = self.shared.stop.clone();
        let mut ticks = stands_in;
        loop {
            let due = self.room.next_deadline(self.shared.clock.now()).filter(|_| ticks);
            let wake = due.map_or_else(Instant::now, |due| self.shared.clock.instant_of(due));
            tokio::select! {
                biased;
                () = stop.cancelled() => return None,
                loaded = &mut *load => return Some(loaded),
                ask = self.asks.recv() => match ask? {
                    Ask::Listen { reply } if stands_in => self.listen(reply),
                    Ask::Listen { reply } => drop(reply),
                    Ask::Command { asked, reply } => {
                        let (actor, command) = *asked;
                        if let Command::Depart { connection } = command {
                            gone.insert(connection);
                        }
                        if stands_in {
                            self.hear_standing_in(&actor, &command, reply);
                        } else if let Some(reply) = reply {
                            let _ = reply.send(Settled::No(Code::NotStored.into()));
                        }
                    }
                },
                () = sleep_until(wake), if due.is_some() => {
                    let mut room = self.room.clone();
                    let mut turn = Turn::default();
                    room.tick(self.shared.clock.now(), &mut turn);
                    // What would be written is due until the disk is back.
                    ticks = turn.events.is_empty();
                    if ticks {
                        self.adopt(room, turn);
                    }
                }
            }
        }
    }

    fn hear_standing_in(&mut self, actor: &Actor, command: &Command, reply: Option<oneshot::Sender<Settled>>) {
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
        if let Some(reply) = reply {
            let _ = reply.send(settled);
        }
    }

    /// What a command comes to, unless something would have to be written for it.
    fn try_out(&self, actor: &Actor, command: &Command) -> Option<(Room, Turn, Result<(), Refusal>)> {
        let now = self.shared.clock.now();
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
