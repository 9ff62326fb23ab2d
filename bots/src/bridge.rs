//! Carries lines between the chats of a room and its web chat, and tells chats what happens in their rooms.
//!
//! Each way can be switched for each place. Nothing goes back where it came from, and nobody is notified by it, but for
//! those who said that they are coming, when the room opens.
//!
//! In: [`Bridge::heard`] says in the room what was written in a chat. Out: a `listener` per room hears what happens there
//! and puts it into the `outbox` of each of its chats on this platform, in the words of `lines`, `notices` and
//! `reminders`. `memory` knows which message is which line, so that edits and deletions are followed both ways; it is
//! bounded and does not outlive the process.

mod lines;
mod listener;
mod memory;
mod notices;
mod outbox;
mod reminders;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use dashmap::{DashMap, mapref::entry::Entry};
use engine::{
    command::{Actor, Command},
    event::{EventKind, Who},
    ids::{Entropy, PersonId, RoomId},
    limits::Rule,
    records::{Place, PlaceId, Platform},
    refusal::No,
    time::{Millis, PlayTime},
};
use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{
    lines::Frame,
    listener::{Listener, Nudge},
    memory::{Memory, Pending, Source},
    outbox::Backlog,
};
use crate::{Core, live_card::Screen};

/// How far apart rooms are taken up after a start, so that it is no flood.
const RESTORE_EVERY: Duration = Duration::from_millis(50);
/// How many rooms are looked at after a start to see whether they are about to open: of those that carry nothing.
const LOOKED_AT: usize = 1_000;
/// How long somebody who asked for something in a chat has what comes of it not told there once more.
const ANSWERED: Millis = Millis::seconds(15);
/// How many who asked are remembered.
const ASKED_KEPT: usize = 512;

/// The bridge of one platform.
#[derive(Clone)]
pub struct Bridge {
    shared: Arc<Shared>,
}

struct Shared {
    core: Core,
    screen: Arc<dyn Screen>,
    platform: Platform,
    stop: CancellationToken,
    tasks: TaskTracker,
    /// The rooms that are listened to.
    rooms: DashMap<RoomId, mpsc::Sender<Nudge>>,
    /// Which room's listener has which chat: when a chat gets another room, both must know.
    homes: DashMap<PlaceId, RoomId>,
    memory: Mutex<Memory>,
    /// Who asked for what where lately, the last one at the end.
    asked: Mutex<VecDeque<(PlaceId, PersonId, PlayTime)>>,
    /// What waits to be written in all chats together.
    backlog: Arc<Backlog>,
}

/// What somebody wrote in a chat.
#[derive(Debug, Clone)]
pub struct Written {
    /// The platform's number of the message.
    pub message: i64,
    /// Who.
    pub actor: Actor,
    /// What, as plain text.
    pub text: String,
    /// Links of what is attached to it.
    pub attachments: Vec<String>,
    /// The message that it answers.
    pub answers: Option<i64>,
}

impl Bridge {
    /// Nothing is carried yet. Ends when `stop` is cancelled.
    pub fn new(core: Core, screen: Arc<dyn Screen>, platform: Platform, stop: CancellationToken) -> Self {
        Self {
            shared: Arc::new(Shared {
                core,
                screen,
                platform,
                stop,
                tasks: TaskTracker::new(),
                rooms: DashMap::new(),
                homes: DashMap::new(),
                memory: Mutex::default(),
                asked: Mutex::default(),
                backlog: Arc::new(Backlog::new(platform)),
            }),
        }
    }

    /// Takes up the places that were bridged before a restart, and those whose rooms are about to open. Goes on behind the
    /// caller's back.
    pub fn restore(&self) {
        let shared = self.shared.clone();
        self.shared.tasks.spawn(async move {
            let places = match shared.core.engine().places.on(shared.platform).await {
                Ok(places) => places,
                Err(no) => return tracing::error!(%no, "bridged chats could not be read back: they stand still"),
            };
            let (mut on, mut off): (Vec<Place>, Vec<Place>) = places.into_iter().partition(is_told);
            for rooms in [&mut on, &mut off] {
                rooms.sort_by_key(|place| place.room);
                rooms.dedup_by_key(|place| place.room);
            }
            for place in on.into_iter().chain(off.into_iter().take(LOOKED_AT)) {
                shared.nudge(place.room, Nudge::Restore);
                tokio::select! {
                    () = shared.stop.cancelled() => return,
                    () = tokio::time::sleep(RESTORE_EVERY) => {}
                }
            }
        });
    }

    /// The room of this chat was spoken of, or the chat's settings changed: what is to be carried is from now on.
    pub fn see(&self, place: &PlaceId, room: RoomId) {
        let before = self.shared.homes.get(place).map(|home| *home);
        for room in before.filter(|before| *before != room).into_iter().chain([room]) {
            // What happens before somebody listens is carried as well.
            let since = self.shared.core.engine().rooms.awake(room).map(|view| view.seq);
            self.shared.nudge(room, Nudge::See(place.clone(), since));
        }
    }

    /// Somebody asks for something by a command in this chat, and the answer will stand there for all to read: what comes
    /// of it within the next seconds is not told there once more. To be called before the command is run; not for buttons
    /// and commands whose answers are for who asked alone.
    pub fn asked(&self, place: &PlaceId, person: PersonId) {
        let now = self.shared.core.engine().clock.play_time();
        let mut asked = self.shared.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.retain(|(_, _, at)| *at + ANSWERED > now);
        if asked.len() == ASKED_KEPT {
            asked.pop_front();
        }
        asked.push_back((place.clone(), person, now));
    }

    /// Somebody wrote in a chat. Says it in the room where the chat's lines go there; a no is told to nobody.
    pub async fn heard(&self, place: &PlaceId, written: Written) {
        let Some(tied) = self.reads(place).await else { return };
        let room = tied.room;
        let Written { message, actor, text, attachments, answers } = written;
        let actor = tied.settings.vouched(actor);
        let (id, said) = {
            let mut memory = self.shared.memory();
            if memory.knows(place, message) {
                // Our own hand, or told twice.
                return;
            }
            let quote = answers.and_then(|answered| memory.excerpt(place, answered));
            let frame = Frame::new(quote, &attachments);
            let Some(said) = frame.around(&text) else { return };
            let id = Entropy.message();
            memory.hear(place, message, id, Source::new(room, actor.clone(), text, frame));
            (id, said)
        };
        match self.say(room, &actor, Command::Say { id, text: said }).await {
            Ok(Some(line)) => {
                let pending = self.shared.memory().settle(place, message, line);
                match pending {
                    Pending::Nothing => {}
                    Pending::Edit(text) => self.edited(place, message, &text).await,
                    Pending::Delete => self.deleted(place, &[message]).await,
                }
            }
            Ok(None) => {}
            Err(no) => {
                self.shared.memory().forget(place, message);
                log(place, &no, "a line of a chat was not said in its room");
            }
        }
    }

    /// They wrote it anew.
    pub async fn edited(&self, place: &PlaceId, message: i64, text: &str) {
        let Some(room) = self.reads(place).await.map(|tied| tied.room) else { return };
        let Some((source, line)) = self.shared.memory().edit(place, message, text) else { return };
        if source.room != room {
            return;
        }
        let engine = self.shared.core.engine();
        let done = match source.frame.around(text) {
            Some(said) => engine.reword(room, &source.actor, None, line, said).await,
            None => engine.erase(room, &source.actor, line).await,
        };
        if let Err(no) = done {
            log(place, &no, "an edit in a chat was not followed in its room");
        }
    }

    /// Messages are gone. Followed also where the chat's lines are not read any more.
    pub async fn deleted(&self, place: &PlaceId, messages: &[i64]) {
        for message in messages {
            let Some((source, line)) = self.shared.memory().delete(place, *message) else { continue };
            if let Err(no) = self.shared.core.engine().erase(source.room, &source.actor, line).await {
                log(place, &no, "a deletion in a chat was not followed in its room");
            }
        }
    }

    /// The chat is gone, or known by another identity: nothing more is written there.
    pub fn forget(&self, place: &PlaceId) {
        if let Some((_, room)) = self.shared.homes.remove(place) {
            self.shared.nudge(room, Nudge::Forget(place.clone()));
        }
    }

    /// Waits until all of its tasks have ended, after `stop`.
    pub async fn finished(&self) {
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }

    /// A chat whose lines go to its room.
    async fn reads(&self, place: &PlaceId) -> Option<Place> {
        match self.shared.core.engine().places.get(place).await {
            Ok(place) => place.filter(|place| place.settings.lines_in),
            Err(no) => {
                tracing::error!(%place, %no, "whether a chat's lines are read could not be read: they are not");
                None
            }
        }
    }

    /// As [`engine::Engine::say`] does it, but for the identity of the line, which is remembered before the room tells of
    /// it. The number of the line.
    async fn say(&self, room: RoomId, actor: &Actor, command: Command) -> Result<Option<u64>, No> {
        let engine = self.shared.core.engine();
        engine.limits.take_for(Rule::Chat, actor.person, None, engine.clock.play_time())?;
        let done = engine.rooms.command(room, actor.clone(), command).await?;
        let said = done.events.iter().find(|event| matches!(event.kind, EventKind::Said(_)));
        Ok(said.map(|event| event.seq))
    }
}

impl Shared {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody asked for this in this very chat and reads the answer there.
    fn was_asked(&self, place: &PlaceId, by: &Who) -> bool {
        if by.door != self.platform.door() {
            return false;
        }
        let now = self.core.engine().clock.play_time();
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().any(|(where_, who, at)| where_ == place && *who == by.person && *at + ANSWERED > now)
    }

    /// Lets a room's listener know; starts it where there is none.
    fn nudge(self: &Arc<Self>, room: RoomId, nudge: Nudge) {
        if self.stop.is_cancelled() {
            return;
        }
        let mut nudge = nudge;
        let entry = self.rooms.entry(room);
        if let Entry::Occupied(known) = &entry {
            match known.get().try_send(nudge) {
                // Where so many wait that this one finds no place, all chats are looked at anyhow.
                Ok(()) | Err(mpsc::error::TrySendError::Full(_)) => return,
                Err(mpsc::error::TrySendError::Closed(unheard)) => nudge = unheard,
            }
        }
        let (nudges, heard) = mpsc::channel(64);
        // The channel is empty and open.
        let _ = nudges.try_send(nudge);
        drop(entry.insert_entry(nudges));
        self.tasks.spawn(Listener::new(self.clone(), room, heard).run());
    }
}

/// Whether what happens in the room is told in this chat.
fn is_told(place: &Place) -> bool {
    place.settings.lines_out || place.settings.notices
}

/// What was not done, for who looks for the reason. A refusal is everyday: somebody is muted, or writes too fast.
fn log(place: &PlaceId, no: &No, what: &str) {
    match no {
        No::Refusal(refusal) => tracing::debug!(%place, %refusal, "{what}"),
        No::Fault(fault) => tracing::error!(%place, %fault, "{what}"),
    }
}

#[cfg(test)]
mod stories;
