//! How far a move is, for who waits for it: a bar on a terminal, else a line every few seconds.

use std::{
    io::{IsTerminal, stderr},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use tokio::time::Instant;

use crate::store::moving::{Progress, Stage};

/// How often somebody reads how far it is who has no bar.
const EVERY: Duration = Duration::from_secs(5);

const BAR: &str = "{msg:20} {wide_bar} {human_pos} of {human_len}, {per_sec}, {eta} left";

/// What shows it.
#[derive(Debug)]
pub(super) struct Shown {
    bar: Option<ProgressBar>,
    began: Instant,
    /// When it was told last.
    told: Instant,
    /// What it did last, and how many rows of that were done when it began, and when that was.
    stage: Option<(&'static str, u64, Instant)>,
}

impl Shown {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        let bar = stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template(BAR).unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(0).with_style(style)
        });
        Self { bar, began: now, told: now, stage: None }
    }

    /// How long it took until now.
    pub(super) fn took(&self) -> Duration {
        self.began.elapsed()
    }

    pub(super) fn tell(&mut self, progress: Progress) {
        let now = Instant::now();
        let (stage, table) = named(progress.stage);
        let begins = self.stage.is_none_or(|(last, ..)| last != stage);
        if begins {
            self.stage = Some((stage, progress.done, now));
        }
        if let Some(bar) = &self.bar {
            if begins {
                bar.set_length(progress.all);
                bar.reset();
                // What was there before is not what is done in a second.
                bar.set_position(progress.done);
                bar.reset_eta();
            }
            bar.set_message(format!("{stage} {table}"));
            bar.set_position(progress.done);
        } else if begins || now - self.told >= EVERY {
            self.told = now;
            eprintln!("onecouch: {}", self.line(progress, now));
        }
    }

    fn line(&self, progress: Progress, now: Instant) -> String {
        let Progress { stage, done, all } = progress;
        let (stage, table) = named(stage);
        if all == 0 {
            return format!("{stage} {table}");
        }
        let percent = (done * 100).checked_div(all).unwrap_or(100);
        let rate = self.stage.map_or(0, |(_, from, since)| rate(done - from, now - since));
        format!("{stage} {table}: {done} of {all} rows ({percent} %), {rate} a second")
    }

    /// Takes the bar away.
    pub(super) fn ends(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// What it does, and with what.
fn named(stage: Stage) -> (&'static str, &'static str) {
    match stage {
        Stage::Looking => ("looking through", "the file"),
        Stage::Moving(table) => ("moving", table),
        Stage::Comparing(table) => ("comparing", table),
    }
}

/// How many of them in a second.
pub(super) fn rate(rows: u64, took: Duration) -> u64 {
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
    rows.saturating_mul(1_000) / millis
}
