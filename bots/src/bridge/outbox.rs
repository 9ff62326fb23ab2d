//! What waits to be written in one chat: in order, put together where it must wait, bounded.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
};

use engine::{
    ids::RoomId,
    records::Platform,
    time::{Millis, PlayTime, WallTime},
};

use super::{
    lines::{self, Told},
    notices::Notice,
};
use crate::{
    live_card::{Line, Pace},
    say,
    words::Locale,
};

/// How long what is done waits for more of it, so that a flurry is one message.
const GATHERED: Millis = Millis::seconds(3);
/// How much may wait in one chat, and in all chats of a platform together; beyond that the oldest of the chat goes. A chat
/// with nothing waiting has a place all the same: a few that are gone for long silence no other.
const BOUND: usize = 100;
const BOUND_IN_ALL: usize = 1_000;

/// How often lines may be written in a chat, beside its card.
pub(super) fn pace(platform: Platform) -> Pace {
    match platform {
        Platform::Telegram => Pace { between: Millis::seconds(3), per_minute: 10 },
        Platform::Discord => Pace { between: Millis::seconds(1), per_minute: 30 },
    }
}

/// What waits in all chats of a platform together, and what was too much for it: the metrics have both.
#[derive(Debug)]
pub(super) struct Backlog {
    platform: Platform,
    waiting: AtomicUsize,
    /// Since the start.
    dropped: AtomicU64,
}

impl Backlog {
    pub(super) fn new(platform: Platform) -> Self {
        Self { platform, waiting: AtomicUsize::new(0), dropped: AtomicU64::new(0) }
    }

    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Relaxed)
    }

    #[cfg(test)]
    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Relaxed)
    }

    fn come(&self, count: usize) {
        let waiting = self.waiting.fetch_add(count, Relaxed) + count;
        self.tell(waiting);
    }

    fn go(&self, count: usize) {
        let waiting = self.waiting.fetch_sub(count, Relaxed).saturating_sub(count);
        self.tell(waiting);
    }

    fn lose(&self, count: usize) {
        self.dropped.fetch_add(count as u64, Relaxed);
        metrics::counter!("onecouch_bridge_dropped_total", "platform" => self.platform.name()).increment(count as u64);
    }

    fn tell(&self, waiting: usize) {
        let waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
        metrics::gauge!("onecouch_bridge_waiting", "platform" => self.platform.name()).set(waiting);
    }
}

/// What waits in one chat.
#[derive(Debug)]
pub(super) struct Outbox {
    slots: VecDeque<Slot>,
    /// How many of the first are being written at this moment.
    flying: usize,
    /// How many were too many and are gone, since somebody was told.
    dropped: usize,
    /// How many of those are being told of at this moment.
    telling: usize,
    /// How much waits in all chats together.
    backlog: Arc<Backlog>,
}

#[derive(Debug)]
struct Slot {
    entry: Entry,
    /// Not before this, unless something stands behind it.
    due: PlayTime,
}

#[derive(Debug)]
enum Entry {
    Line(Told),
    Notice(Notice),
    /// A message of ours says something else now.
    Redraw(i64),
    Reminder(Reminder),
}

/// Calls people when a room opens.
#[derive(Debug, Clone)]
pub(super) struct Reminder {
    /// Which opening it is: when it was.
    pub at: WallTime,
    /// What is written.
    pub line: Line,
    /// It was tried: it is written down that they were called, and nobody else did.
    pub tried: bool,
}

/// One message to write.
#[derive(Debug, Clone)]
pub(super) enum Job {
    /// Lines of people, and which they are.
    Lines(Line, Vec<Told>),
    /// What was done.
    Notices(Line),
    /// A call.
    Remind(Reminder),
    /// Whatever that message of ours says now.
    Redraw(i64),
}

impl Outbox {
    pub(super) fn new(backlog: Arc<Backlog>) -> Self {
        Self { slots: VecDeque::new(), flying: 0, dropped: 0, telling: 0, backlog }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    pub(super) fn is_flying(&self) -> bool {
        self.flying > 0
    }

    /// When the next message may be written, as far as it is up to us; a moment in the past means now.
    pub(super) fn due(&self) -> Option<PlayTime> {
        let first = self.slots.front()?;
        let all_gather = self.slots.iter().all(|slot| matches!(slot.entry, Entry::Notice(_)));
        Some(if all_gather { first.due } else { PlayTime(i64::MIN) })
    }

    pub(super) fn line(&mut self, line: Told, now: PlayTime) {
        self.push(Entry::Line(line), now);
    }

    /// What was done; replaces what it makes pointless to tell.
    pub(super) fn notice(&mut self, notice: Notice, now: PlayTime) {
        let waiting = self.slots.len() > self.flying;
        if waiting
            && notice.key.is_some()
            && let Some(Slot { entry: Entry::Notice(last), .. }) = self.slots.back_mut()
            && last.key == notice.key
        {
            *last = notice;
            return;
        }
        self.push(Entry::Notice(notice), now + GATHERED);
    }

    pub(super) fn remind(&mut self, reminder: Reminder, now: PlayTime) {
        let same = |slot: &Slot| matches!(&slot.entry, Entry::Reminder(known) if known.at == reminder.at);
        if !self.slots.iter().any(same) {
            self.push(Entry::Reminder(reminder), now);
        }
    }

    pub(super) fn redraw(&mut self, message: i64, now: PlayTime) {
        let same = |slot: &Slot| matches!(slot.entry, Entry::Redraw(known) if known == message);
        if !self.slots.iter().skip(self.flying).any(same) {
            self.push(Entry::Redraw(message), now);
        }
    }

    /// A line that may wait here reads otherwise now, or is gone where none.
    pub(super) fn reword(&mut self, seq: u64, text: Option<&str>) {
        let of_line = |slot: &Slot| matches!(&slot.entry, Entry::Line(line) if line.seq == seq);
        let Some(index) = self.slots.iter().position(of_line) else { return };
        if index >= self.flying && text.is_none() {
            self.remove(index);
        } else if let Entry::Line(line) = &mut self.slots[index].entry {
            line.text = text.map(str::to_owned);
        }
    }

    /// The next message; what it is made of stays here until [`landed`](Self::landed).
    pub(super) fn take(&mut self, locale: Locale, room: RoomId) -> Option<Job> {
        let (job, flying) = match &mut self.slots.front_mut()?.entry {
            Entry::Redraw(message) => (Job::Redraw(*message), 1),
            Entry::Reminder(reminder) => {
                let job = Job::Remind(reminder.clone());
                reminder.tried = true;
                (job, 1)
            }
            Entry::Line(_) => {
                let told: Vec<Told> = self.first(|entry| match entry {
                    Entry::Line(line) => {
                        Some((line.clone(), line.text.as_ref()?.chars().count() + line.name.len() + 3))
                    }
                    _ => None,
                });
                let count = told.len();
                (Job::Lines(lines::message(&told).unwrap_or_default(), told), count)
            }
            Entry::Notice(_) => {
                let told: Vec<Notice> = self.first(|entry| match entry {
                    Entry::Notice(notice) => Some((notice.clone(), notice.text.chars().count() + 1)),
                    _ => None,
                });
                let text = told.iter().map(|notice| notice.text.as_str()).collect::<Vec<_>>().join("\n");
                let buttons = told.iter().rev().find(|notice| !notice.buttons.is_empty());
                let buttons = buttons.map(|notice| notice.buttons.clone()).unwrap_or_default();
                (Job::Notices(Line { text, buttons, room: Some(room), ..Line::default() }), told.len())
            }
        };
        self.flying = flying;
        self.telling = self.dropped;
        Some(match job {
            Job::Lines(line, told) if self.dropped > 0 => Job::Lines(self.confess(locale, line), told),
            Job::Notices(line) if self.dropped > 0 => Job::Notices(self.confess(locale, line)),
            Job::Lines(..) | Job::Notices(_) => job,
            Job::Remind(_) | Job::Redraw(_) => {
                self.telling = 0;
                job
            }
        })
    }

    /// As many of the first as one message holds, one at least.
    fn first<T>(&self, wanted: impl Fn(&Entry) -> Option<(T, usize)>) -> Vec<T> {
        let mut left = Line::LIMIT;
        let mut taken = Vec::new();
        for slot in &self.slots {
            let Some((item, cost)) = wanted(&slot.entry) else { break };
            if cost > left && !taken.is_empty() {
                break;
            }
            left = left.saturating_sub(cost);
            taken.push(item);
        }
        taken
    }

    /// Says first how much is left out.
    fn confess(&self, locale: Locale, line: Line) -> Line {
        let left_out = say!(locale, "bridge-dropped", count = self.dropped);
        let text = match line.name {
            Some(name) => format!("{left_out}\n{name}: {}", line.text),
            None => format!("{left_out}\n{}", line.text),
        };
        Line { name: None, text, ..line }
    }

    /// What was taken last is written, or will never be; the lines that were in it, as they read now.
    pub(super) fn landed(&mut self) -> Vec<Told> {
        let count = std::mem::take(&mut self.flying);
        self.dropped -= std::mem::take(&mut self.telling);
        self.backlog.go(count);
        let line = |slot: Slot| if let Entry::Line(line) = slot.entry { Some(line) } else { None };
        self.slots.drain(..count).filter_map(line).collect()
    }

    /// What was taken last was not written, and will be tried again.
    pub(super) fn failed(&mut self) {
        self.flying = 0;
        self.telling = 0;
        // What was taken away meanwhile need not be written at all.
        while let Some(gone) =
            self.slots.iter().position(|slot| matches!(&slot.entry, Entry::Line(line) if line.text.is_none()))
        {
            self.remove(gone);
        }
    }

    /// What was taken last could not be written however often it was tried.
    pub(super) fn give_up(&mut self) {
        self.telling = 0;
        let lost = self.flying;
        self.landed();
        self.dropped += lost;
        self.backlog.lose(lost);
    }

    /// Nothing of it can be written.
    pub(super) fn clear(&mut self) {
        self.backlog.go(self.slots.len());
        self.slots.clear();
        (self.flying, self.telling, self.dropped) = (0, 0, 0);
    }

    fn push(&mut self, entry: Entry, due: PlayTime) {
        let full = self.slots.len() >= BOUND || self.backlog.waiting() >= BOUND_IN_ALL;
        let oldest =
            |(index, slot): (usize, &Slot)| matches!(slot.entry, Entry::Line(_) | Entry::Notice(_)).then_some(index);
        if full && let Some(index) = self.slots.iter().enumerate().skip(self.flying).find_map(oldest) {
            self.remove(index);
            self.dropped += 1;
            self.backlog.lose(1);
        }
        self.backlog.come(1);
        self.slots.push_back(Slot { entry, due });
    }

    fn remove(&mut self, index: usize) {
        if self.slots.remove(index).is_some() {
            self.backlog.go(1);
        }
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.backlog.go(self.slots.len());
    }
}
