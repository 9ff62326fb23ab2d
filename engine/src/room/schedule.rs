//! When a room opens and closes, who wants to be told, and when a temporary one is gone.

use serde::{Deserialize, Serialize};

use super::{
    Here, Room, RoomState, Turn,
    playback::Waiting,
    roles::{Permission, Role},
};
use crate::{
    command::Actor,
    event::{Cause, EventKind, Out, Signal, Visit},
    refusal::{Code, Refusal},
    time::{Millis, Now, WallTime},
};

/// How many people may say that they are coming.
const COMING_LIMIT: usize = 5_000;
/// The times at which temporary rooms end are rounded up to this, so that not every event writes another.
const EXPIRY_STEP: i64 = 60_000;

/// Whether a room is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Open.
    #[default]
    Live,
    /// Not open yet: people gather, the film waits.
    Soon,
    /// Over: it can be looked at, nothing goes on.
    Ended,
    /// Hidden: only hosts and co-hosts come in.
    Disabled,
    /// Over, and there is a recording.
    Record,
}

impl Status {
    /// The stable name, as it is stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Soon => "soon",
            Self::Ended => "ended",
            Self::Disabled => "disabled",
            Self::Record => "record",
        }
    }

    /// Whether lists show such a room.
    pub fn is_listed(self) -> bool {
        matches!(self, Self::Live | Self::Soon)
    }

    /// Whether people play, queue and write in such a room.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Live | Self::Soon)
    }
}

/// When a room opens and closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub struct Schedule {
    /// Whether it is open.
    pub status: Status,
    /// When it opens by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<WallTime>,
    /// When it closes by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<WallTime>,
    /// Since when it has its status; none where it had no other, or an older onecouch gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<WallTime>,
}

impl Schedule {
    /// What happens next by itself, and when.
    ///
    /// A time is of its status alone: an opening is only waited for where the room is not open yet, a closing where it is
    /// not closed.
    fn next(&self) -> Option<(WallTime, Status)> {
        let start = self.start.filter(|_| self.status == Status::Soon).map(|start| (start, Status::Live));
        let end = self.end.filter(|_| self.status.is_open()).map(|end| (end, Status::Ended));
        match (start, end) {
            (Some(start), Some(end)) if end.0 < start.0 => Some(end),
            (start, end) => start.or(end),
        }
    }
}

impl RoomState {
    /// When something must happen in this room though nobody asks for it.
    pub fn due_at(&self) -> Option<WallTime> {
        let expiry = self.settings.expires_after.map(|after| {
            let at = (self.touched_at + after).0;
            WallTime(at.saturating_add(EXPIRY_STEP - 1) / EXPIRY_STEP * EXPIRY_STEP)
        });
        let next = self.schedule.next().map(|(at, _)| at);
        [expiry, next].into_iter().flatten().min()
    }
}

impl Room {
    pub(super) fn require_open(&self) -> Result<(), Refusal> {
        match self.view.schedule.status {
            status if status.is_open() => Ok(()),
            Status::Disabled => Err(Code::RoomClosed.into()),
            _ => Err(Code::RoomEnded.into()),
        }
    }

    pub(super) fn set_schedule(
        &mut self,
        now: Now,
        actor: &Actor,
        start: Option<WallTime>,
        end: Option<WallTime>,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.require(actor, Permission::Schedule)?;
        if let (Some(start), Some(end)) = (start, end)
            && end <= start
        {
            return Err(Code::EndsBeforeStart.into());
        }
        let known = self.view.schedule;
        if (known.start, known.end) != (start, end) {
            self.emit(now, Some(actor), EventKind::Scheduled { start, end }, turn);
        }
        let ahead = start.is_some_and(|start| start > now.wall);
        match known.status {
            Status::Live | Status::Ended if ahead => self.turn_to(now, Status::Soon, Some(actor), turn),
            Status::Soon if !ahead => self.turn_to(now, Status::Live, Some(actor), turn),
            _ => {}
        }
        self.keep_schedule(now, turn);
        Ok(())
    }

    pub(super) fn set_status(
        &mut self,
        now: Now,
        actor: &Actor,
        status: Status,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.require(actor, if status == Status::Ended { Permission::End } else { Permission::Schedule })?;
        let Schedule { status: before, start, end, .. } = self.view.schedule;
        if before == status {
            return Ok(());
        }
        // A time that has passed would undo at once what somebody wants now.
        let ahead = |at: Option<WallTime>| at.filter(|at| *at > now.wall);
        let kept = (
            if status == Status::Soon { ahead(start) } else { start },
            ahead(end).or(end.filter(|_| !status.is_open())),
        );
        if kept != (start, end) {
            self.emit(now, Some(actor), EventKind::Scheduled { start: kept.0, end: kept.1 }, turn);
        }
        self.turn_to(now, status, Some(actor), turn);
        Ok(())
    }

    /// Opens and closes what is due.
    pub(super) fn keep_schedule(&mut self, now: Now, turn: &mut Turn) {
        while let Some((at, status)) = self.view.schedule.next().filter(|(at, _)| *at <= now.wall) {
            tracing::debug!(room = %self.view.id, due = at.0, status = status.name(), "a room's time has come");
            self.turn_to(now, status, None, turn);
        }
    }

    pub(super) fn schedule_due(&self) -> Option<WallTime> {
        self.view.schedule.next().map(|(at, _)| at)
    }

    fn turn_to(&mut self, now: Now, status: Status, by: Option<&Actor>, turn: &mut Turn) {
        let before = self.view.schedule.status;
        self.emit(now, by, EventKind::StatusChanged { status }, turn);
        let playback = self.view.playback;
        if !status.is_open() && (playback.playing || playback.waiting.is_some()) {
            self.stand_still(now, Cause::Closed, by, turn);
        }
        let moving = playback.playing || matches!(playback.waiting, Some(Waiting::Ready | Waiting::Stall));
        if status == Status::Soon && moving {
            self.stand_until(now, Waiting::Start, by, turn);
        }
        if status == Status::Disabled {
            self.turn_out(now, turn);
        }
        if status == Status::Live && before == Status::Soon {
            self.open(now, by, turn);
        }
    }

    /// The hour has come: what stood waiting for it begins.
    fn open(&mut self, now: Now, by: Option<&Actor>, turn: &mut Turn) {
        let waiting = self.view.playback.waiting;
        if waiting == Some(Waiting::Start) || (waiting == Some(Waiting::Viewer) && self.watched()) {
            self.run(now, by, Cause::Start, turn);
        } else if self.view.current.is_none() && !self.view.queue.is_empty() {
            self.advance(now, Cause::Start, by, turn);
        }
    }

    /// Everybody goes who may not be here any more.
    fn turn_out(&mut self, now: Now, turn: &mut Turn) {
        let below: Vec<_> = self
            .view
            .presence
            .values()
            .filter(|presence| presence.role < Role::Cohost)
            .map(|presence| presence.who.person)
            .collect();
        for person in below {
            self.throw_out(now, person, Out::Closed, turn);
        }
    }

    pub(super) fn come(&mut self, now: Now, actor: &Actor, coming: bool, turn: &mut Turn) -> Result<(), Refusal> {
        self.require_entry(actor)?;
        if self.view.coming.contains_key(&actor.person) == coming {
            return Ok(());
        }
        if coming && self.view.coming.len() >= COMING_LIMIT {
            return Err(Refusal::new(Code::RoomFull).with("limit", COMING_LIMIT));
        }
        let (person, name) = (actor.person, actor.name.clone());
        self.emit(now, Some(actor), EventKind::Coming { person, name, coming }, turn);
        Ok(())
    }

    /// When a temporary room that nobody is in is gone.
    pub(super) fn expiry(&self) -> Option<WallTime> {
        let after = self.view.settings.expires_after.filter(|_| self.view.presence.is_empty())?;
        let left = self.left_at.unwrap_or_default();
        Some(self.view.touched_at.max(left) + after)
    }

    pub(super) fn delete(&mut self, now: Now, actor: &Actor, turn: &mut Turn) -> Result<(), Refusal> {
        self.require(actor, Permission::Own)?;
        self.vanish(now, Some(actor), turn);
        Ok(())
    }

    pub(super) fn vanish(&mut self, now: Now, by: Option<&Actor>, turn: &mut Turn) {
        self.emit(now, by, EventKind::Deleted, turn);
        let seats = self.view.presence.values();
        turn.visits.extend(seats.map(|seat| Visit { person: seat.who.person, came: seat.since, left: now.wall }));
        let connections: Vec<_> = self.view.presence.keys().copied().collect();
        if !connections.is_empty() {
            turn.signals.push(Signal::Out { connections, why: Out::Deleted });
        }
        self.view.presence = Here::new();
    }

    /// Whether somebody who is not asked for in so short a time is kept in memory until it is over.
    pub(super) fn expires_soon(&self) -> bool {
        self.view.settings.expires_after.is_some_and(|after| after <= Millis::seconds(600))
    }
}
