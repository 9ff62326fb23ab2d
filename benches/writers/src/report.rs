//! Numbers out of many measurements, and the table they stand in.

use std::{fmt::Write as _, time::Duration};

use super::Leg;

/// A ratio whose quartiles lie further apart than this part of its median says more about the machine than about the way.
const NOISE: f64 = 0.3;

/// The value below which `part` (0 to 1) of the values lie; between two values, on the line between them.
fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = sorted.len().saturating_sub(1) as f64 * part;
    let index = place as usize;
    let below = sorted.get(index).copied().unwrap_or(f64::NAN);
    let above = sorted.get(index + 1).copied().unwrap_or(below);
    below + (above - below) * place.fract()
}

pub fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// What the pairs of one way came to.
#[derive(Debug, Default)]
pub struct Figures {
    /// Microseconds of CPU per delivered frame, of each pair.
    cpu: Vec<f64>,
    /// The same, over what the bare loop took in that pair.
    ratios: Vec<f64>,
    /// Milliseconds until the last socket had it, of each round.
    last: Vec<f64>,
}

impl Figures {
    /// One more leg, and the bare loop's CPU per delivered frame in the same pair.
    pub fn push(&mut self, leg: &Leg, bare: f64) {
        self.cpu.push(leg.cpu);
        self.ratios.push(leg.cpu / bare);
        self.last.extend(leg.last.iter().map(|time| time.as_secs_f64() * 1e3));
    }
}

/// A row for each way.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<[String; 6]>,
    noisy: Vec<String>,
}

impl Table {
    /// A way, below the others.
    pub fn push(&mut self, name: &str, figures: &Figures) {
        let [low, middle, high] = [0.25, 0.5, 0.75].map(|part| quantile(&figures.ratios, part));
        if (high - low) / middle > NOISE {
            self.noisy.push(name.to_owned());
        }
        let row = [
            name.to_owned(),
            digits(quantile(&figures.cpu, 0.5)),
            format!("{middle:.2}"),
            format!("{low:.2} to {high:.2}"),
            digits(quantile(&figures.last, 0.5)),
            digits(quantile(&figures.last, 0.99)),
        ];
        eprintln!("  {} µs, ratio {}", row[1], row[2]);
        self.rows.push(row);
    }

    /// What the others are compared with, above them: its ratio is 1 by what a ratio is.
    pub fn first(&mut self, name: &str, figures: &Figures) {
        let row = [
            name.to_owned(),
            digits(quantile(&figures.cpu, 0.5)),
            "1".to_owned(),
            String::new(),
            digits(quantile(&figures.last, 0.5)),
            digits(quantile(&figures.last, 0.99)),
        ];
        self.rows.insert(0, row);
    }

    /// As Markdown.
    pub fn print(&self) -> String {
        let mut text = "| way | CPU per delivered frame, µs | ratio to bare | its quartiles \
                        | until the last socket has it, p50, ms | p99, ms |\n|---|---:|---:|---|---:|---:|\n"
            .to_owned();
        for row in &self.rows {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "| {} |", row.join(" | "));
        }
        for name in &self.noisy {
            let _ = writeln!(text, "\nNoisy: the quartiles of \"{name}\" lie more than 30 % apart. Measure again.");
        }
        text
    }
}

/// Three digits that say something.
fn digits(value: f64) -> String {
    match value.abs() {
        0.0..10.0 => format!("{value:.2}"),
        10.0..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}
