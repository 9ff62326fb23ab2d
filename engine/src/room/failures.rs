//! An item that no player here can show: the room goes on to the next one, so that a dead link stops nobody for long.

use std::collections::BTreeSet;

use super::{Room, Turn};
use crate::{
    command::Report,
    event::{Cause, Phase},
    ids::{ConnectionId, ItemId},
    time::{Millis, Now, PlayTime},
};

/// How long it stays on: to read why, to try again, and for somebody whose player can show it to come.
const PATIENCE: Millis = Millis::seconds(10);

/// Whose player cannot show what is on. Of the moment: a room that is loaded anew hears it anew.
#[derive(Debug, Clone, Default)]
pub(super) struct Failures {
    /// Which item that was said of.
    item: Option<ItemId>,
    /// Whose player said so.
    of: BTreeSet<ConnectionId>,
    /// Since when that is everybody who watches.
    since: Option<PlayTime>,
}

impl Room {
    /// What a player says of the item that is on.
    pub(super) fn hear_failure(&mut self, now: Now, connection: ConnectionId, report: &Report) {
        if self.failures.item != report.item {
            self.failures = Failures { item: report.item, ..Failures::default() };
        }
        if report.phase == Phase::Failed {
            self.failures.of.insert(connection);
        } else {
            self.failures.of.remove(&connection);
        }
        self.count_failures(now);
    }

    /// Looks again whether anybody can show it: somebody came, left, or said something.
    pub(super) fn count_failures(&mut self, now: Now) {
        let mut watching = self.view.presence.values().filter(|seat| seat.watches).peekable();
        let hopeless = watching.peek().is_some() && watching.all(|seat| self.failures.of.contains(&seat.connection));
        self.failures.since = if hopeless { self.failures.since.or(Some(now.play)) } else { None };
    }

    /// When the room goes on to the next item. Where there is none the item stays: the next one added comes at once.
    pub(super) fn failure_deadline(&self) -> Option<PlayTime> {
        let on = self.failures.item.is_some() && self.failures.item == self.view.playback.item;
        let goes = on && self.view.playback.playing && !self.view.queue.is_empty();
        // Who could not play it while it stood has as long as everybody else once it runs.
        let since = self.failures.since.filter(|_| goes)?;
        Some(since.max(self.view.playback.at) + PATIENCE)
    }

    /// On to the next item, whatever the queue's mode: what cannot be shown does not come round again.
    pub(super) fn give_up(&mut self, now: Now, turn: &mut Turn) {
        self.note_played(now, turn);
        let next = self.view.queue.first().map(|item| item.id);
        self.start(now, next, Cause::Failed, None, turn);
    }
}
