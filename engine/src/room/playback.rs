//! Where the film stands: a vector, not a stream of reports.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Room, Turn, schedule::Status, settings::QueueMode};
use crate::{
    command::{Actor, SeekTo},
    event::{Cause, EventKind, Played},
    ids::ItemId,
    media::{Item, Segment},
    refusal::{Code, Refusal},
    time::{Millis, Now, PlayTime},
};

/// How long a room whose last viewer left plays on, so that a reload pauses nobody.
const EMPTY_AFTER: Millis = Millis::seconds(30);
/// A seek farther than this may wait until everybody is there.
const LONG_SEEK: Millis = Millis::seconds(5);
/// What is shorter than this is not seen.
const BLINK: Millis = Millis::seconds(1);
/// The longest countdown to a start.
const COUNTDOWN_LIMIT: Millis = Millis::seconds(3_600);

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

    /// From a factor, if a room may run so fast.
    pub fn of(factor: f64) -> Result<Self, Refusal> {
        if !(0.25..=4.0).contains(&factor) {
            return Err(Code::BadRate.into());
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "250 to 4,000")]
        Ok(Self((factor * 1000.0).round() as u32))
    }

    /// The same, if a room may run so fast: 0.25 to 4 times.
    pub fn checked(self) -> Result<Self, Refusal> {
        if (250..=4_000).contains(&self.0) { Ok(self) } else { Err(Code::BadRate.into()) }
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
    /// Why it stands though nobody paused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<Waiting>,
}

/// What a film waits for that stands though nobody paused it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// For the first viewer.
    Viewer,
    /// For the hour at which the room opens.
    Start,
    /// For those who watch to have loaded it.
    Ready,
    /// For somebody whose player fetches.
    Stall,
}

impl Waiting {
    /// The stable name, as it is stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Start => "start",
            Self::Ready => "ready",
            Self::Stall => "stall",
        }
    }
}

impl Playback {
    /// Nothing is on.
    pub fn nothing(at: PlayTime) -> Self {
        Self { item: None, position: Millis::ZERO, rate: Rate::ONE, playing: false, at, waiting: None }
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
    /// covers 95 % of them, within bounds; half a second while no one has measured theirs. Whose player starts as soon as it
    /// hears of it needs none.
    pub fn lead(&self) -> Millis {
        let mut rtts: Vec<u32> = Vec::new();
        let mut watching = false;
        for presence in self.view.presence.values().filter(|presence| presence.is_in_step()) {
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

    /// How far ahead the start of an item is set. Where the queue goes round and round, what is too short to be seen gets a
    /// moment: else it would start again a thousand times a second.
    pub(super) fn start_lead(&self, item: &Item) -> Millis {
        let round = matches!(self.view.settings.queue_mode, QueueMode::Loop | QueueMode::Dj);
        let blink = item.length().is_some_and(|length| length < BLINK);
        if round && blink { self.lead().max(BLINK) } else { self.lead() }
    }

    /// The vector changes, and with another item or position all that anybody waited for.
    pub(super) fn set_playback(
        &mut self,
        now: Now,
        by: Option<&Actor>,
        playback: Playback,
        cause: Cause,
        turn: &mut Turn,
    ) {
        self.emit(now, by, EventKind::Playback { playback, cause }, turn);
        self.barrier.begin_anew(self.view.seq);
    }

    pub(super) fn play(&mut self, now: Now, actor: &Actor, after: Millis, turn: &mut Turn) -> Result<(), Refusal> {
        check_countdown(after)?;
        if self.view.current.is_none() {
            // Play with a queue but nothing on starts the queue.
            let first = self.view.queue.first().ok_or(Code::NothingPlaying)?.id;
            self.start(now, Some(first), Cause::Pick, Some(actor), turn);
            if after == Millis::ZERO {
                return Ok(());
            }
        }
        let before = self.view.playback;
        if before.playing && after == Millis::ZERO {
            return Ok(());
        }
        self.run_unwatched();
        let position = self.view.position(now.play);
        if self.view.settings.ready_resume
            && after == Millis::ZERO
            && before.waiting.is_none()
            && self.has_to_wait_here()
        {
            let playback = Playback { position, playing: false, waiting: Some(Waiting::Ready), at: now.play, ..before };
            self.set_playback(now, Some(actor), playback, Cause::Play, turn);
            self.wait_until_ready(now, self.view.settings.ready_patience);
            return Ok(());
        }
        let at = now.play + self.lead().max(after);
        let playback = Playback { position, playing: true, waiting: None, at, ..before };
        self.set_playback(now, Some(actor), playback, Cause::Play, turn);
        Ok(())
    }

    pub(super) fn pause(&mut self, now: Now, actor: &Actor, turn: &mut Turn) -> Result<(), Refusal> {
        if self.view.current.is_none() {
            return Err(Code::NothingPlaying.into());
        }
        if self.view.playback.playing || self.view.playback.waiting.is_some() {
            self.stand_still(now, Cause::Pause, Some(actor), turn);
        }
        Ok(())
    }

    pub(super) fn seek(&mut self, now: Now, actor: &Actor, to: SeekTo, turn: &mut Turn) -> Result<(), Refusal> {
        let target = self.seek_target(now, to)?;
        self.seek_to(now, actor, target, turn);
        Ok(())
    }

    /// Goes there; a long way may wait until everybody is there.
    pub(super) fn seek_to(&mut self, now: Now, actor: &Actor, target: Millis, turn: &mut Turn) {
        let mut before = self.view.playback;
        if before.waiting == Some(Waiting::Stall) {
            // Whose player fetches fetches something else now: it runs, and stands again for whoever needs that.
            before = Playback { playing: true, waiting: None, ..before };
        }
        // Whoever was at the end is not there any more.
        self.ended.clear();
        let far = (target.0 - self.view.position(now.play).0).abs() > LONG_SEEK.0;
        if before.playing && far && self.view.settings.ready_seek && self.has_to_wait_here() {
            let waiting = Some(Waiting::Ready);
            let playback = Playback { position: target, playing: false, waiting, at: now.play, ..before };
            self.set_playback(now, Some(actor), playback, Cause::Seek, turn);
            self.wait_until_ready(now, self.view.settings.ready_patience);
            return;
        }
        let at = if before.playing { now.play + self.lead() } else { now.play };
        let waited = self.barrier_deadline().filter(|_| before.waiting == Some(Waiting::Ready));
        let playback = Playback { position: target, at, ..before };
        self.set_playback(now, Some(actor), playback, Cause::Seek, turn);
        if let Some(deadline) = waited {
            // It still waits, for the new place, and no longer than it would have.
            self.wait_until_ready(now, deadline - now.play);
        }
    }

    pub(super) fn seek_target(&self, now: Now, to: SeekTo) -> Result<Millis, Refusal> {
        let current = self.view.current.as_deref().ok_or(Code::NothingPlaying)?;
        if current.media.live {
            return Err(Code::SeekLive.into());
        }
        let end = current.ends();
        let target = match to {
            SeekTo::At(position) => position,
            SeekTo::By(distance) => Millis(self.view.position(now.play).0.saturating_add(distance.0).max(0)),
            SeekTo::Fraction(part) => {
                let length = current.media.duration.ok_or(Code::LengthUnknown)?;
                Millis(length.0.saturating_mul(i64::from(part.min(100_000))) / 100_000)
            }
        };
        if target.0 < 0 {
            return Err(Refusal::new(Code::BadTime).with("input", format_args!("{} ms", target.0)));
        }
        // Without a known length a day is taken as the longest film there is, so that arithmetic stays sane.
        let end = end.unwrap_or(Millis::seconds(24 * 3600));
        if target > end {
            return Err(Refusal::new(Code::SeekPastEnd).with("duration", clock_text(end)).with("duration_ms", end.0));
        }
        Ok(target)
    }

    pub(super) fn set_rate(&mut self, now: Now, actor: &Actor, rate: Rate, turn: &mut Turn) -> Result<(), Refusal> {
        let rate = rate.checked()?;
        let before = self.view.playback;
        if before.rate == rate {
            return Ok(());
        }
        let position = self.view.position(now.play);
        // A countdown goes on as it was.
        let at = before.at.max(now.play);
        let playback = Playback { position, rate, at, ..before };
        self.emit(now, Some(actor), EventKind::Playback { playback, cause: Cause::Rate }, turn);
        Ok(())
    }

    pub(super) fn skip(&mut self, now: Now, actor: &Actor, turn: &mut Turn) -> Result<(), Refusal> {
        if self.view.current.is_none() {
            return Err(Code::NothingPlaying.into());
        }
        self.advance(now, Cause::Skip, Some(actor), turn);
        Ok(())
    }

    /// Back to what was on before; what is on now waits before all others.
    pub(super) fn back(&mut self, now: Now, actor: &Actor, turn: &mut Turn) -> Result<(), Refusal> {
        let last = self.view.played.back().ok_or(Code::NothingBefore)?.item.clone();
        let begins = last.begins();
        self.return_to(now, actor, last, begins, Cause::Back, turn)
    }

    pub(super) fn pick(
        &mut self,
        now: Now,
        actor: &Actor,
        item: ItemId,
        keep: bool,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.queue_index(item)?;
        if keep && let Some(current) = self.current_to_keep(now) {
            // In nobody's name: it is a part of the choice, and taken back with it.
            self.emit(now, None, EventKind::Added { items: vec![current], index: 0 }, turn);
        } else {
            self.note_played(now, turn);
        }
        self.start(now, Some(item), Cause::Pick, Some(actor), turn);
        Ok(())
    }

    /// What is on, as an item that goes on from where it stands.
    pub(super) fn current_to_keep(&self, now: Now) -> Option<Arc<Item>> {
        let current = self.view.current.as_ref()?;
        if current.media.live {
            return Some(current.clone());
        }
        let start = Some(self.view.position(now.play)).filter(|position| *position > Millis::ZERO);
        Some(Arc::new(Item { start, ..Item::clone(current) }))
    }

    /// What is on is left.
    pub(super) fn note_played(&mut self, now: Now, turn: &mut Turn) {
        if let Some(item) = self.view.current.clone() {
            let (position, since) = (self.view.position(now.play), self.view.current_since);
            self.emit(now, None, EventKind::Played(Played { item, position, since }), turn);
        }
    }

    /// The current item came to its end.
    pub(super) fn end(&mut self, now: Now, turn: &mut Turn) {
        let cause = if self.view.queue.is_empty() { Cause::End } else { Cause::Start };
        self.advance(now, cause, None, turn);
    }

    /// On to the next item, or to nothing, as the queue's mode has it.
    pub(super) fn advance(&mut self, now: Now, cause: Cause, by: Option<&Actor>, turn: &mut Turn) {
        let mode = self.view.settings.queue_mode;
        let alone = self.view.queue.is_empty();
        if let Some(current) = self.view.current.clone() {
            if mode == QueueMode::Dj || (mode == QueueMode::Loop && alone) {
                let (position, at) = (current.begins(), now.play + self.start_lead(&current));
                let waiting = if self.view.schedule.status == Status::Soon {
                    Some(Waiting::Start)
                } else if by.is_none() && !self.watched() && self.view.schedule.start.is_none() {
                    Some(Waiting::Viewer)
                } else {
                    None
                };
                let playback = Playback { position, playing: waiting.is_none(), at, waiting, ..self.view.playback };
                self.ended.clear();
                return self.set_playback(now, by, playback, Cause::Again, turn);
            }
            self.note_played(now, turn);
            if mode == QueueMode::Loop {
                let index = self.view.queue.len();
                self.emit(now, None, EventKind::Added { items: vec![current], index }, turn);
            }
        }
        let next = self.view.queue.first().map(|item| item.id);
        self.start(now, next, cause, by, turn);
    }

    /// Puts a queued item on. One that was not asked for by itself waits for the first viewer, in a room that is not open
    /// yet for its hour, and otherwise until those who watch have loaded it.
    pub(super) fn start(&mut self, now: Now, item: Option<ItemId>, cause: Cause, by: Option<&Actor>, turn: &mut Turn) {
        let first = self.view.current.is_none();
        let next = item.and_then(|item| self.view.queue.iter().find(|queued| queued.id == item).cloned());
        let begins = next.as_ref().map_or(Millis::ZERO, |next| next.begins());
        let waiting = if next.is_none() {
            None
        } else if self.view.schedule.status == Status::Soon {
            Some(Waiting::Start)
        } else if cause != Cause::Pick && !self.watched() && self.view.schedule.start.is_none() {
            Some(Waiting::Viewer)
        } else if self.view.settings.ready_start && next.as_ref().is_some_and(|next| self.has_to_wait(next)) {
            Some(Waiting::Ready)
        } else {
            None
        };
        let playing = next.is_some() && waiting.is_none();
        if playing {
            self.run_unwatched();
        }
        let lead = next.as_ref().map_or(Millis::ZERO, |next| self.start_lead(next));
        let at = if playing { now.play + lead } else { now.play };
        let rate = self.view.playback.rate;
        let item = next.map(|next| next.id);
        let playback = Playback { item, position: begins, rate, playing, at, waiting };
        self.ended.clear();
        self.set_playback(now, by, playback, cause, turn);
        if waiting == Some(Waiting::Ready) {
            let patience = self.view.settings.ready_patience;
            self.wait_until_ready(now, if first { Millis(patience.0 * 2) } else { patience });
        }
    }

    /// Somebody starts the film though everybody left: they know that, so it runs until somebody came and left again.
    fn run_unwatched(&mut self) {
        self.empty_since = None;
    }

    /// What plays or waits for something stands where it is, and waits for something else.
    pub(super) fn stand_until(&mut self, now: Now, waiting: Waiting, by: Option<&Actor>, turn: &mut Turn) {
        let position = self.view.position(now.play);
        let before = self.view.playback;
        let playback = Playback { position, playing: false, waiting: Some(waiting), at: now.play, ..before };
        self.set_playback(now, by, playback, Cause::Closed, turn);
    }

    pub(super) fn stand_still(&mut self, now: Now, cause: Cause, by: Option<&Actor>, turn: &mut Turn) {
        let position = self.view.position(now.play);
        let playback = Playback { position, playing: false, waiting: None, at: now.play, ..self.view.playback };
        self.set_playback(now, by, playback, cause, turn);
    }

    /// The first viewer came: what stood waiting for one starts, in a room that is open.
    pub(super) fn start_for_first_viewer(&mut self, now: Now, turn: &mut Turn) {
        if self.view.playback.waiting == Some(Waiting::Viewer) && self.view.schedule.status != Status::Soon {
            self.run(now, None, Cause::Arrival, turn);
        }
    }

    /// When the current item ends by the clock.
    pub(super) fn end_deadline(&self) -> Option<PlayTime> {
        let end = self.view.current.as_deref()?.ends()?;
        self.view.playback.time_of(end)
    }

    /// The next part to skip: one that begins ahead of where somebody last put the film, and is not over. Who seeks into a
    /// part wants to see it, and nothing that becomes known or wanted later goes back.
    fn next_segment(&self, now: PlayTime) -> Option<&Segment> {
        let wanted = &self.view.settings.skip_segments;
        if wanted.is_empty() || !self.view.playback.playing {
            return None;
        }
        let (from, at) = (self.view.playback.position, self.view.position(now));
        let current = self.view.current.as_deref()?;
        let last = current.ends().unwrap_or(Millis(i64::MAX));
        let ahead = current.segments.iter().filter(|part| part.start >= from && part.start < last);
        let real = ahead.filter(|part| part.end > part.start.max(at));
        real.filter(|part| wanted.contains(&part.category)).min_by_key(|part| part.start)
    }

    pub(super) fn segment_deadline(&self, now: PlayTime) -> Option<PlayTime> {
        self.view.playback.time_of(self.next_segment(now)?.start)
    }

    pub(super) fn skip_segment(&mut self, now: Now, turn: &mut Turn) {
        let Some(Segment { mut end, category, .. }) = self.next_segment(now.play).copied() else { return };
        let Some(current) = self.view.current.as_deref() else { return };
        // Parts that run into each other are one: nobody wants to see the rest of the second.
        while let Some(part) = current.segments.iter().find(|part| {
            part.start <= end && part.end > end && self.view.settings.skip_segments.contains(&part.category)
        }) {
            end = part.end;
        }
        let end = current.ends().map_or(end, |last| end.min(last));
        let playback = Playback { position: end, at: now.play, ..self.view.playback };
        self.emit(now, None, EventKind::Playback { playback, cause: Cause::Segment(category) }, turn);
    }

    /// When a room that everybody left stops playing. One that was announced for this hour goes on.
    pub(super) fn empty_deadline(&self) -> Option<PlayTime> {
        let live = self.view.current.as_deref().is_some_and(|item| item.media.live);
        let announced = self.view.schedule.start.is_some();
        let since = self.empty_since.filter(|_| self.view.playback.playing && !live && !announced)?;
        Some(since + EMPTY_AFTER)
    }
}

pub(super) fn check_countdown(after: Millis) -> Result<(), Refusal> {
    if (0..=COUNTDOWN_LIMIT.0).contains(&after.0) {
        return Ok(());
    }
    Err(Refusal::input("A countdown is up to an hour long."))
}

/// A length as people write it: `1:30`, `2:05:09`.
pub fn clock_text(length: Millis) -> String {
    let seconds = length.0.max(0) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}
