//! Numbers out of many measurements, and the table they stand in.

use std::{fmt::Write as _, time::Duration};

/// A ratio whose quartiles lie further apart than this part of its median says more about the machine than about us.
const NOISE: f64 = 0.3;

/// The value below which `part` (0 to 1) of the values lie; between two values, on the line between them.
pub fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = sorted.len().saturating_sub(1) as f64 * part;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index into what is in memory")]
    let index = place as usize;
    let below = sorted.get(index).copied().unwrap_or(f64::NAN);
    let above = sorted.get(index + 1).copied().unwrap_or(below);
    below + (above - below) * place.fract()
}

/// The value in the middle.
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

pub fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// One figure of each pair: ours, and the bare loop's right after it.
#[derive(Debug, Default, Clone)]
pub struct Pairs {
    ours: Vec<f64>,
    bare: Vec<f64>,
}

impl Pairs {
    pub fn push(&mut self, ours: f64, bare: f64) {
        self.ours.push(ours);
        self.bare.push(bare);
    }

    fn ratios(&self) -> Vec<f64> {
        self.ours.iter().zip(&self.bare).map(|(ours, bare)| ours / bare).collect()
    }
}

/// How figures are spread: what the simulation draws from.
#[derive(Debug, Default)]
pub struct Spreads {
    rows: Vec<String>,
}

impl Spreads {
    /// Where the values are cut.
    pub const CUTS: [f64; 7] = [0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99];

    /// Whether nothing was measured.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Writes down how values are spread.
    pub fn push(&mut self, name: &str, unit: &str, values: &[f64]) {
        let cuts: Vec<_> = Self::CUTS.iter().chain([&1.0]).map(|cut| digits(quantile(values, *cut))).collect();
        self.rows.push(format!("| {name} | {unit} | {} | {} |", values.len(), cuts.join(" | ")));
    }

    /// As Markdown.
    pub fn print(&self) -> String {
        let heads = "| spread of | unit | values | least | p10 | p25 | p50 | p75 | p90 | p99 | most |";
        format!("{heads}\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n{}\n", self.rows.join("\n"))
    }
}

/// The figures, in the order in which they were measured.
#[derive(Debug)]
pub struct Table {
    /// What the two columns of figures are called.
    heads: [&'static str; 2],
    rows: Vec<[String; 6]>,
    noisy: Vec<String>,
}

impl Table {
    /// An empty one, with what its two columns of figures are called.
    pub fn new(heads: [&'static str; 2]) -> Self {
        Self { heads, rows: Vec::new(), noisy: Vec::new() }
    }

    /// Whether nothing was measured.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// A figure with its bare counterpart: medians, and the median and quartiles of the ratio of each pair.
    pub fn pairs(&mut self, name: &str, unit: &str, pairs: &Pairs) {
        let ratios = pairs.ratios();
        let (low, middle, high) = (quantile(&ratios, 0.25), median(&ratios), quantile(&ratios, 0.75));
        if (high - low) / middle > NOISE {
            self.noisy.push(name.to_owned());
        }
        self.push([
            name.to_owned(),
            unit.to_owned(),
            digits(median(&pairs.ours)),
            digits(median(&pairs.bare)),
            format!("{middle:.2}"),
            format!("{low:.2} to {high:.2}"),
        ]);
    }

    /// A figure with one value each.
    pub fn both(&mut self, name: &str, unit: &str, ours: f64, bare: f64) {
        self.push([
            name.to_owned(),
            unit.to_owned(),
            digits(ours),
            digits(bare),
            format!("{:.2}", ours / bare),
            String::new(),
        ]);
    }

    /// A figure that has no counterpart.
    pub fn alone(&mut self, name: &str, unit: &str, ours: f64) {
        self.push([name.to_owned(), unit.to_owned(), digits(ours), String::new(), String::new(), String::new()]);
    }

    fn push(&mut self, row: [String; 6]) {
        eprintln!("  {} {} {}", row[0], row[2], row[1]);
        self.rows.push(row);
    }

    /// As Markdown.
    pub fn print(&self) -> String {
        let [ours, other] = self.heads;
        let mut text =
            format!("| figure | unit | {ours} | {other} | ratio | its quartiles |\n|---|---|---:|---:|---:|---|\n");
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
