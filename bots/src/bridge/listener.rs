//! Listens to one room for all of its chats on a platform, and writes there what they are to know.
//!
//! It alone holds what waits for them. Each chat has at most one message under way, and none waits for another's.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use engine::{
    event::{Event, EventKind},
    ids::RoomId,
    records::{Place, PlaceId},
    refusal::{Code, No, Refusal},
    room::{RoomView, schedule::Status},
    rooms::{Heard, Listening},
    time::{PlayTime, WallTime},
};
use futures_util::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use tokio::sync::mpsc;

use super::{
    Shared, is_told,
    lines::{self, Told},
    notices::notice,
    outbox::{Job, Outbox, Reminder, pace},
    reminders,
};
use crate::{
    live_card::{Budget, ScreenError},
    words::Locale,
};

/// How long to wait after something failed for an unknown reason; doubled each time, up to [`PATIENCE`].
const AGAIN: Duration = Duration::from_secs(5);
/// The longest such wait.
const PATIENCE: Duration = Duration::from_mins(5);
/// How often one message is tried: some 25 minutes. After that what follows it may be written.
const TRIES: u32 = 10;

/// What a listener is let know.
#[derive(Debug)]
pub(super) enum Nudge {
    /// This chat's room was spoken of, or its settings changed, after the event of this number.
    See(PlaceId, Option<u64>),
    /// The server started, and nobody has told anything of this room yet.
    Restore,
    /// Nothing more is written in this chat.
    Forget(PlaceId),
}

/// The task of one room.
pub(super) struct Listener {
    shared: Arc<Shared>,
    room: RoomId,
    nudges: mpsc::Receiver<Nudge>,
    chats: BTreeMap<PlaceId, Chat>,
    /// The room as it was last seen.
    view: Option<Arc<RoomView>>,
    /// The number of the last event that was told; none while none was heard.
    seq: Option<u64>,
    /// The number of the last event before it was first to be told.
    since: Option<u64>,
    /// Whether the room was open after that event.
    status: Status,
    /// What the room told since the server started is to be told, even where it was before we listened.
    restored: bool,
    /// What is being written, and where.
    flights: FuturesUnordered<BoxFuture<'static, (PlaceId, Job, Sent)>>,
}

/// A chat of the room.
struct Chat {
    place: Place,
    locale: Locale,
    outbox: Outbox,
    budget: Budget,
    /// Failures in a row.
    failures: u32,
    /// Nothing can be written there, until somebody speaks of the room there again.
    gone: bool,
}

/// What came of writing something.
#[derive(Debug)]
enum Sent {
    /// It is there, as this message.
    Said(i64),
    /// A message of ours was changed.
    Changed,
    /// The chat does not want it any more.
    Unwanted,
    /// It could not be.
    Failed(ScreenError),
}

impl Listener {
    pub(super) fn new(shared: Arc<Shared>, room: RoomId, nudges: mpsc::Receiver<Nudge>) -> Self {
        Self {
            shared,
            room,
            nudges,
            chats: BTreeMap::new(),
            view: None,
            seq: None,
            since: None,
            status: Status::Live,
            restored: false,
            flights: FuturesUnordered::new(),
        }
    }

    pub(super) async fn run(mut self) {
        let stop = self.shared.stop.clone();
        loop {
            let ended = tokio::select! {
                () = stop.cancelled() => return,
                ended = self.follow() => ended,
            };
            if ended {
                break;
            }
        }
        // Who nudges from now on finds the channel closed and starts anew; who did so before is heard here.
        self.nudges.close();
        self.shared.rooms.remove_if(&self.room, |_, known| known.is_closed());
        for place in self.chats.keys() {
            self.shared.homes.remove_if(place, |_, home| *home == self.room);
        }
        while let Ok(nudge) = self.nudges.try_recv() {
            self.shared.nudge(self.room, nudge);
        }
    }

    /// Listens and writes, until the room must be listened to anew (false) or there is nothing left to do (true).
    async fn follow(&mut self) -> bool {
        while let Ok(nudge) = self.nudges.try_recv() {
            self.heed(nudge);
        }
        if !self.look().await {
            tokio::time::sleep(AGAIN).await;
            return false;
        }
        let engine = self.shared.core.engine().clone();
        if self.chats.is_empty() {
            return true;
        }
        if !self.tells() && self.is_idle() {
            // Nothing is carried: it is only of interest whether the room is about to open.
            match engine.rooms.view(self.room).await {
                Ok(view) if self.expects(&view) => {}
                Ok(_) | Err(No::Refusal(_)) => return true,
                Err(no) => {
                    tracing::warn!(room = %self.room, %no, "whether a room is about to open could not be read");
                    return true;
                }
            }
        }
        let Listening { view, recent, mut heard } = match engine.rooms.listen(self.room).await {
            Ok(listening) => listening,
            Err(No::Refusal(Refusal { code: Code::NoSuchRoom | Code::Stopping, .. })) => return true,
            Err(no) => {
                tracing::warn!(room = %self.room, %no, "a bridge cannot follow its room yet");
                tokio::time::sleep(AGAIN).await;
                return false;
            }
        };
        self.catch_up(view, &recent).await;
        loop {
            self.send();
            if self.is_idle() && !self.tells() && self.status != Status::Soon {
                return true;
            }
            let wake = self.wake().map(|due| engine.clock.instant_of(due));
            tokio::select! {
                Some((place, job, sent)) = self.flights.next(), if !self.flights.is_empty() => {
                    self.land(&place, &job, sent);
                }
                nudge = self.nudges.recv() => {
                    let Some(nudge) = nudge else { return true };
                    self.heed(nudge);
                    self.look().await;
                }
                turn = heard.recv() => match turn {
                    Some(turn) => self.hear(&turn).await,
                    // The room was put away, or went faster than we: what was told meanwhile is made up for.
                    None => return false,
                },
                () = tokio::time::sleep_until(wake.unwrap_or_else(tokio::time::Instant::now)), if wake.is_some() => {}
            }
        }
    }

    fn heed(&mut self, nudge: Nudge) {
        match nudge {
            Nudge::See(place, since) => {
                self.since = self.since.or(since);
                if let Some(chat) = self.chats.get_mut(&place) {
                    chat.gone = false;
                }
            }
            Nudge::Restore => self.restored = true,
            Nudge::Forget(place) => {
                // What is being written there comes to an end by itself, and is of no interest.
                if let Some(chat) = self.chats.get_mut(&place) {
                    chat.outbox.clear();
                    chat.gone = true;
                }
            }
        }
    }

    /// Reads which chats the room has, and what each is set to; false where that cannot be read.
    async fn look(&mut self) -> bool {
        let places = match self.shared.core.engine().places.of(self.room).await {
            Ok(places) => places,
            Err(no) => {
                tracing::error!(room = %self.room, %no, "which chats a room has could not be read");
                return false;
            }
        };
        let platform = self.shared.platform;
        let mut before = std::mem::take(&mut self.chats);
        for place in places.into_iter().filter(|place| place.id.platform == platform) {
            let locale = place.settings.locale.as_deref().map(Locale::of).unwrap_or_default();
            let chat = match before.remove(&place.id) {
                Some(chat) => Chat { place, locale, ..chat },
                None => Chat {
                    place,
                    locale,
                    outbox: Outbox::new(self.shared.backlog.clone()),
                    budget: Budget::new(pace(platform)),
                    failures: 0,
                    gone: false,
                },
            };
            self.shared.homes.insert(chat.place.id.clone(), self.room);
            self.chats.insert(chat.place.id.clone(), chat);
        }
        for place in before.keys() {
            self.shared.homes.remove_if(place, |_, home| *home == self.room);
        }
        true
    }

    /// Whether any chat is told what happens.
    fn tells(&self) -> bool {
        self.chats.values().any(|chat| is_told(&chat.place))
    }

    /// Whether nothing waits to be written.
    fn is_idle(&self) -> bool {
        self.flights.is_empty() && self.chats.values().all(|chat| chat.outbox.is_empty())
    }

    /// Whether somebody will have to be called.
    fn expects(&self, view: &RoomView) -> bool {
        let wall = self.shared.core.engine().clock.now().wall;
        view.schedule.status == Status::Soon || self.late(view, wall).is_some()
    }

    /// The opening that happened while the server was down, or just before.
    fn late(&self, view: &RoomView, wall: WallTime) -> Option<WallTime> {
        (self.restored && self.seq.is_none()).then(|| reminders::opened_lately(view, wall)).flatten()
    }

    /// Tells what happened since we listened last.
    async fn catch_up(&mut self, view: Arc<RoomView>, recent: &VecDeque<Arc<Event>>) {
        let late = self.late(&view, self.shared.core.engine().clock.now().wall);
        let known = match self.seq {
            Some(seq) => seq.min(view.seq),
            // All of it happened after the start, and nobody was there to tell it.
            None if self.restored => recent.front().map_or(view.seq, |first| first.seq.saturating_sub(1)),
            None => self.since.map_or(view.seq, |since| since.min(view.seq)),
        };
        let first = self.seq.is_none();
        let turned = recent.iter().find(|event| matches!(event.kind, EventKind::StatusChanged { .. }));
        let opened = turned.is_some_and(|event| {
            let opens = matches!(event.kind, EventKind::StatusChanged { status: Status::Live });
            // Only what was about to open opens by itself.
            opens && event.by.is_none() && event.seq > known
        });
        if first {
            self.status = if opened { Status::Soon } else { view.schedule.status };
        }
        // Of what is too long ago for the room to tell, it still knows the last lines.
        let missed: BTreeMap<u64, Arc<Event>> = view
            .chat
            .iter()
            .chain(recent)
            .filter(|event| event.seq > known)
            .map(|event| (event.seq, event.clone()))
            .collect();
        let before = self.view.replace(view.clone()).unwrap_or_else(|| view.clone());
        self.seq = Some(known);
        for event in missed.values() {
            self.tell(event, &before, &view).await;
        }
        if let Some(at) = late.filter(|_| !opened) {
            self.call(&view, at).await;
        }
        self.seq = Some(view.seq);
        self.status = view.schedule.status;
    }

    async fn hear(&mut self, turn: &Heard) {
        let before = self.view.replace(turn.view.clone()).unwrap_or_else(|| turn.view.clone());
        if turn.reset {
            // What was told last may never have happened. It is not told again, nor taken back.
            self.status = turn.view.schedule.status;
            self.seq = Some(turn.view.seq);
            return;
        }
        for event in &turn.events {
            if self.seq.is_none_or(|seq| event.seq > seq) {
                self.tell(event, &before, &turn.view).await;
                self.seq = Some(event.seq);
            }
        }
    }

    /// Puts what an event is to each chat into its outbox.
    async fn tell(&mut self, event: &Event, before: &RoomView, after: &RoomView) {
        let now = self.shared.core.engine().clock.play_time();
        let mut called = false;
        match &event.kind {
            EventKind::Said(line) => {
                let from = self.shared.memory().came_from(line.id).cloned();
                let Some(by) = &event.by else { return };
                for chat in self.chats.values_mut().filter(|chat| chat.place.settings.lines_out && !chat.gone) {
                    if from.as_ref() != Some(&chat.place.id) {
                        let (name, text) = (by.name.to_string(), Some(line.text.to_string()));
                        chat.outbox.line(Told { seq: event.seq, name, text }, now);
                    }
                }
                return;
            }
            EventKind::Reworded { line, text } => {
                return self.reword(*line, Some(&**text).filter(|text| !text.is_empty()), now);
            }
            EventKind::Erased { line } => return self.reword(*line, None, now),
            EventKind::StatusChanged { status } => {
                let was = std::mem::replace(&mut self.status, *status);
                if was == Status::Soon && *status == Status::Live && !after.coming.is_empty() {
                    self.call(after, event.at).await;
                    called = true;
                }
            }
            _ => {}
        }
        for chat in self.chats.values_mut().filter(|chat| chat.place.settings.notices && !chat.gone && !called) {
            let answered = event.by.as_ref().is_some_and(|by| self.shared.was_asked(&chat.place.id, by));
            if !answered && let Some(notice) = notice(event, before, after, chat.locale) {
                chat.outbox.notice(notice, now);
            }
        }
    }

    /// A line reads otherwise, or is gone where none.
    fn reword(&mut self, line: u64, text: Option<&str>, now: PlayTime) {
        for chat in self.chats.values_mut() {
            chat.outbox.reword(line, text);
        }
        let changed = self.shared.memory().reword(self.room, line, text);
        for (place, message) in changed {
            if let Some(chat) = self.chats.get_mut(&place).filter(|chat| !chat.gone) {
                chat.outbox.redraw(message, now);
            }
        }
    }

    /// Calls those who are coming to a room that opened at this moment.
    async fn call(&mut self, view: &RoomView, at: WallTime) {
        let uncalled = |chat: &&mut Chat| !chat.gone && chat.place.settings.reminded.is_none_or(|last| last < at);
        if !self.chats.values_mut().any(|chat| uncalled(&chat)) {
            return;
        }
        let core = &self.shared.core;
        let called = reminders::coming(core, self.shared.platform, view).await;
        let now = core.engine().clock.play_time();
        for chat in self.chats.values_mut().filter(uncalled) {
            let line = reminders::line(core, view, &called, chat.locale);
            chat.outbox.remind(Reminder { at, line, tried: false }, now);
        }
    }

    /// When something may be written next, if nothing happens before.
    fn wake(&self) -> Option<PlayTime> {
        let waiting = self.chats.values().filter(|chat| !chat.outbox.is_flying());
        waiting.filter_map(|chat| Some(chat.outbox.due()?.max(chat.budget.next()))).min()
    }

    /// Starts to write whatever may be written now.
    fn send(&mut self) {
        let now = self.shared.core.engine().clock.play_time();
        for chat in self.chats.values_mut() {
            let due = chat.outbox.due().is_some_and(|due| due <= now) && chat.budget.next() <= now;
            if !due || chat.outbox.is_flying() {
                continue;
            }
            let Some(job) = chat.outbox.take(chat.locale, self.room) else { continue };
            let (shared, room, place) = (self.shared.clone(), self.room, chat.place.id.clone());
            self.flights.push(Box::pin(async move {
                let sent = fly(&shared, room, &place, &job).await;
                (place, job, sent)
            }));
        }
    }

    /// Something was written, or was not.
    fn land(&mut self, place: &PlaceId, job: &Job, sent: Sent) {
        let now = self.shared.core.engine().clock.play_time();
        let Some(chat) = self.chats.get_mut(place).filter(|chat| chat.outbox.is_flying()) else { return };
        if !matches!(sent, Sent::Unwanted | Sent::Failed(ScreenError::Gone | ScreenError::RetryAfter(_))) {
            chat.budget.spend(now);
        }
        match sent {
            Sent::Said(message) => {
                let told = chat.outbox.landed();
                let current: Vec<(u64, Option<String>)> =
                    told.iter().map(|line| (line.seq, line.text.clone())).collect();
                if let Job::Lines(_, written) = job {
                    let mut memory = self.shared.memory();
                    memory.tell(place, message, self.room, written.clone());
                    // What was changed while it was on its way.
                    let mut changed = false;
                    for (seq, text) in current {
                        changed |= memory
                            .reword(self.room, seq, text.as_deref())
                            .iter()
                            .any(|(at, number)| at == place && *number == message);
                    }
                    drop(memory);
                    if changed {
                        chat.outbox.redraw(message, now);
                    }
                }
                chat.recovered();
            }
            Sent::Changed => {
                chat.outbox.landed();
                chat.recovered();
            }
            Sent::Unwanted => drop(chat.outbox.landed()),
            Sent::Failed(ScreenError::RetryAfter(wait)) => {
                chat.outbox.failed();
                chat.budget.hold(now, wait);
            }
            Sent::Failed(ScreenError::Gone) => match job {
                Job::Redraw(message) => {
                    self.shared.memory().gone(place, *message);
                    chat.outbox.landed();
                }
                _ => {
                    tracing::info!(%place, "nothing can be written in a chat any more");
                    chat.outbox.clear();
                    chat.gone = true;
                }
            },
            Sent::Failed(ScreenError::Failed(problem)) => {
                if chat.failures == 0 {
                    tracing::warn!(%place, problem, "a line could not be written in a chat: trying again");
                }
                chat.budget.hold(now, (AGAIN * 2_u32.pow(chat.failures.min(6))).min(PATIENCE));
                chat.failures = chat.failures.saturating_add(1);
                if chat.failures % TRIES == 0 {
                    tracing::error!(%place, problem, "a line was not written in a chat however often it was tried");
                    chat.outbox.give_up();
                } else {
                    chat.outbox.failed();
                }
            }
        }
    }
}

impl Chat {
    fn recovered(&mut self) {
        if std::mem::take(&mut self.failures) > 0 {
            tracing::info!(place = %self.place.id, "lines are written in a chat again");
        }
    }
}

/// Writes one message, if the chat still wants it.
async fn fly(shared: &Shared, room: RoomId, place: &PlaceId, job: &Job) -> Sent {
    let places = &shared.core.engine().places;
    let settings = match places.get(place).await {
        Ok(Some(now)) if now.room == room => now.settings,
        Ok(_) => return Sent::Unwanted,
        Err(no) => return Sent::Failed(ScreenError::Failed(no.to_string())),
    };
    let done = match job {
        Job::Lines(line, _) if settings.lines_out => shared.screen.say(place, line).await.map(Sent::Said),
        Job::Notices(line) if settings.notices => shared.screen.say(place, line).await.map(Sent::Said),
        Job::Lines(..) | Job::Notices(_) => return Sent::Unwanted,
        Job::Remind(Reminder { at, line, tried }) => {
            if !tried {
                if settings.reminded.is_some_and(|last| last >= *at) {
                    return Sent::Unwanted;
                }
                // Before they are called: a process that dies in between calls nobody twice.
                if let Err(no) = places.change(place, |settings| settings.reminded = Some(*at)).await {
                    tracing::error!(%place, %no, "that people were called could not be written down");
                }
            }
            shared.screen.say(place, line).await.map(Sent::Said)
        }
        Job::Redraw(message) => {
            let told = shared.memory().says(place, *message);
            let Some(told) = told else { return Sent::Unwanted };
            match lines::message(&told) {
                Some(line) => shared.screen.reword(place, *message, &line).await,
                None => shared.screen.erase(place, *message).await,
            }
            .map(|()| Sent::Changed)
        }
    };
    done.unwrap_or_else(Sent::Failed)
}
