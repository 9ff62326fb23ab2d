//! Where the film stands: a vector, not a stream of reports.

use serde::{Deserialize, Serialize};

use super::{Room, Turn, roles::Permission};
use crate::{
    command::{Actor, SeekTo},
    event::{Cause, EventKind},
    ids::ItemId,
    media::Item,
    refusal::{Code, Refusal},
    time::{Millis, Now, PlayTime},
};

/// How long a room whose last viewer left plays on, so that a reload pauses nobody.
const EMPTY_AFTER: Millis = Millis::seconds(30);

/// A playback rate in thousandths: 1000 is as fast as life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rate(pub u32);

impl Rate {
    /// As fast as life.
    pub const ONE: Self = Self(1000);

    /// As a factor.
    pub fn factor(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

/// The playback vector: `position(t) = position + rate · (t − at)` while it plays and `t ≥ at`, else `position`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Playback {
    /// What is on; nothing where none.
    pub item: Option<ItemId>,
    /// Where it stood, or will stand, at `at`.
    pub position: Millis,
    /// How fast it moves.
    pub rate: Rate,
    /// Whether it moves.
    pub playing: bool,
    /// When it starts to move; a little in the future, so that everybody starts together.
    pub at: PlayTime,
    /// Stands at its start until the first viewer comes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waiting: bool,
}

impl Playback {
    /// Nothing is on.
    pub fn nothing(at: PlayTime) -> Self {
        Self { item: None, position: Millis::ZERO, rate: Rate::ONE, playing: false, at, waiting: false }
    }

    /// Where the film stands at `t`, not knowing where it ends.
    pub fn position_at(&self, t: PlayTime) -> Millis {
        if !self.playing || t <= self.at {
            return self.position;
        }
        let moved = (t - self.at).0.saturating_mul(i64::from(self.rate.0)) / 1000;
        Millis(self.position.0.saturating_add(moved))
    }

    /// When it reaches `position`, if it moves; at once where it is past that.
    pub fn time_of(&self, position: Millis) -> Option<PlayTime> {
        let ahead = position.0.saturating_sub(self.position.0).max(0);
        if !self.playing || self.rate.0 == 0 {
            return None;
        }
        // Rounded up: at that moment it is there, not a millisecond before.
        let rate = i64::from(self.rate.0);
        let wait = (ahead.saturating_mul(1000) + rate - 1) / rate;
        Some(self.at + Millis(wait))
    }
}

impl Room {
    /// How far ahead a start is set, so that the slowest viewer hears of it in time: half again the round trip that
    /// covers 95 % of them, within bounds; half a second while no one has measured theirs.
    pub fn lead(&self) -> Millis {
        let mut rtts: Vec<u32> = Vec::new();
        let mut watching = false;
        for presence in self.view.presence.values().filter(|presence| presence.watches) {
            watching = true;
            rtts.extend(presence.rtt_ms);
        }
        if !watching {
            return Millis::ZERO;
        }
        if rtts.is_empty() {
            return Millis(500);
        }
        rtts.sort_unstable();
        let p95 = i64::from(rtts[(rtts.len() * 95).div_ceil(100) - 1]);
        Millis((p95 * 3 / 2 + 100).clamp(120, 800))
    }

    pub(super) fn play(&mut self, now: Now, actor: &Actor, turn: &mut Turn) -> Result<(), Refusal> {
        self.require(actor, Permission::Playback)?;
        if self.view.current.is_none() {
            // Play with a queue but nothing on starts the queue.
            let first = self.view.queue.first().ok_or(Code::NothingPlaying)?.id;
            self.start(now, Some(first), Cause::Pick, Some(actor), turn);
            return Ok(());
        }
        if self.view.playback.playing {
            return Ok(());
        }
        self.run_unwatched();
        let playback = Playback { playing: true, waiting: false, at: now.play + self.lead(), ..self.view.playback };
        self.emit(now, Some(actor), EventKind::Playback { playback, cause: Cause::Play }, turn);
        Ok(())
    }

    pub(super) fn pause(&mut self, now: Now, actor: &Actor, turn: &mut Turn) -> Result<(), Refusal> {
        self.require(actor, Permission::Playback)?;
        if self.view.current.is_none() {
            return Err(Code::NothingPlaying.into());
        }
        if self.view.playback.playing || self.view.playback.waiting {
            self.stand_still(now, Cause::Pause, Some(actor), turn);
        }
        Ok(())
    }

    pub(super) fn seek(&mut self, now: Now, actor: &Actor, to: SeekTo, turn: &mut Turn) -> Result<(), Refusal> {
        self.require(actor, Permission::Seek)?;
        let Some(current) = self.view.current.clone() else { return Err(Code::NothingPlaying.into()) };
        let target = self.seek_target(now, &current, to)?;
        let before = self.view.playback;
        let at = if before.playing { now.play + self.lead() } else { now.play };
        let playback = Playback { position: target, at, ..before };
        // Whoever was at the end is not there any more.
        self.ended.clear();
        self.emit(now, Some(actor), EventKind::Playback { playback, cause: Cause::Seek }, turn);
        Ok(())
    }

    fn seek_target(&self, now: Now, current: &Item, to: SeekTo) -> Result<Millis, Refusal> {
        if current.media.live {
            return Err(Code::SeekLive.into());
        }
        let duration = current.media.duration;
        let target = match to {
            SeekTo::At(position) => position,
            SeekTo::By(distance) => Millis(self.view.position(now.play).0.saturating_add(distance.0).max(0)),
            SeekTo::Fraction(part) => {
                let duration = duration.ok_or(Code::LengthUnknown)?;
                Millis(duration.0.saturating_mul(i64::from(part.min(100_000))) / 100_000)
            }
        };
        if target.0 < 0 {
            return Err(Refusal::new(Code::BadTime).with("input", format_args!("{} ms", target.0)));
        }
        // Without a known length a day is taken as the longest film there is, so that arithmetic stays sane.
        let end = duration.unwrap_or(Millis::seconds(24 * 3600));
        if target > end {
            return Err(Refusal::new(Code::SeekPastEnd).with("duration", clock_text(end)).with("duration_ms", end.0));
        }
        Ok(target)
    }

    pub(super) fn skip(&mut self, now: Now, actor: &Actor, turn: &mut Turn) -> Result<(), Refusal> {
        self.require(actor, Permission::Skip)?;
        if self.view.current.is_none() {
            return Err(Code::NothingPlaying.into());
        }
        self.advance(now, Cause::Skip, Some(actor), turn);
        Ok(())
    }

    pub(super) fn pick(&mut self, now: Now, actor: &Actor, item: ItemId, turn: &mut Turn) -> Result<(), Refusal> {
        self.require(actor, Permission::Order)?;
        self.queue_index(item)?;
        self.start(now, Some(item), Cause::Pick, Some(actor), turn);
        Ok(())
    }

    /// The current item came to its end.
    pub(super) fn end(&mut self, now: Now, turn: &mut Turn) {
        let cause = if self.view.queue.is_empty() { Cause::End } else { Cause::Start };
        self.advance(now, cause, None, turn);
    }

    /// On to the next item, or to nothing.
    pub(super) fn advance(&mut self, now: Now, cause: Cause, by: Option<&Actor>, turn: &mut Turn) {
        let next = self.view.queue.first().map(|item| item.id);
        self.start(now, next, cause, by, turn);
    }

    /// Puts a queued item on. One that was not asked for by itself waits for the first viewer.
    pub(super) fn start(&mut self, now: Now, item: Option<ItemId>, cause: Cause, by: Option<&Actor>, turn: &mut Turn) {
        let waiting = item.is_some() && cause != Cause::Pick && !self.watched();
        let playing = item.is_some() && !waiting;
        if playing {
            self.run_unwatched();
        }
        let at = if playing { now.play + self.lead() } else { now.play };
        let playback = Playback { item, playing, at, waiting, ..Playback::nothing(at) };
        self.ended.clear();
        self.emit(now, by, EventKind::Playback { playback, cause }, turn);
    }

    /// Somebody starts the film though everybody left: they know that, so it runs until somebody came and left again.
    fn run_unwatched(&mut self) {
        self.empty_since = None;
    }

    pub(super) fn stand_still(&mut self, now: Now, cause: Cause, by: Option<&Actor>, turn: &mut Turn) {
        let position = self.view.position(now.play);
        let playback = Playback { position, playing: false, waiting: false, at: now.play, ..self.view.playback };
        self.emit(now, by, EventKind::Playback { playback, cause }, turn);
    }

    /// The first viewer came: what stood waiting for one starts.
    pub(super) fn start_for_first_viewer(&mut self, now: Now, turn: &mut Turn) {
        if self.view.playback.waiting {
            let playback = Playback { playing: true, waiting: false, at: now.play + self.lead(), ..self.view.playback };
            self.emit(now, None, EventKind::Playback { playback, cause: Cause::Arrival }, turn);
        }
    }

    /// When the current item ends by the clock.
    pub(super) fn end_deadline(&self) -> Option<PlayTime> {
        let duration = self.view.current.as_deref()?.media.duration?;
        self.view.playback.time_of(duration)
    }

    /// When a room that everybody left stops playing.
    pub(super) fn empty_deadline(&self) -> Option<PlayTime> {
        let live = self.view.current.as_deref().is_some_and(|item| item.media.live);
        let since = self.empty_since.filter(|_| self.view.playback.playing && !live)?;
        Some(since + EMPTY_AFTER)
    }
}

/// A length as people write it: `1:30`, `2:05:09`.
pub fn clock_text(length: Millis) -> String {
    let seconds = length.0.max(0) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}
