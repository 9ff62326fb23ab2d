//! What was measured: the one place where figures of runs go in. Each says which run of which part it is from.

use super::world::Costs;

/// How values are spread: least, p10, p25, p50, p75, p90, p99, most.
#[derive(Debug, Clone, Copy)]
pub struct Spread(pub [f64; 8]);

impl Spread {
    const CUTS: [f64; 8] = [0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1.0];

    /// The value below which a part (0 to 1) of all lie.
    pub fn at(&self, part: f64) -> f64 {
        let above = Self::CUTS.iter().position(|cut| *cut >= part).unwrap_or(7).max(1);
        let (from, to) = (Self::CUTS[above - 1], Self::CUTS[above]);
        let (low, high) = (self.0[above - 1], self.0[above]);
        low + (high - low) * ((part - from) / (to - from)).clamp(0.0, 1.0)
    }

    /// The mean of what is drawn from it.
    pub fn mean(&self) -> f64 {
        let parts = Self::CUTS.windows(2).zip(self.0.windows(2));
        parts.map(|(cuts, values)| (cuts[1] - cuts[0]) * f64::midpoint(values[0], values[1])).sum()
    }
}

/// What a load costs beside CPU, and what the simulation of the measured machine is held against.
#[derive(Debug)]
pub struct Seen {
    /// Bytes of a question and its answer, together; of what is told of an event; of a report, wherever it is told.
    pub asks_bytes: f64,
    pub told_bytes: f64,
    pub report_bytes: f64,
    /// kB of an idle socket, its part of a room of ten included.
    pub socket_kb: f64,
    /// Until the last socket has it on three nodes, ms.
    pub last: Spread,
}

/// Twenty commands a second, each of which wakes who was asleep: `crossing` of 2026-11-22, 3 sockets (a socket's share from 300). For
/// holding the simulation against that same run.
pub const COLD: Costs = Costs {
    asked: Spread([297.0, 298.0, 300.0, 303.0, 332.0, 349.0, 359.0, 360.0]),
    owner: Spread([495.0, 499.0, 505.0, 515.0, 568.0, 600.0, 620.0, 622.0]),
    hears: Spread([73.8, 77.7, 83.7, 93.5, 106.0, 113.0, 118.0, 118.0]),
    alone: Spread([436.0, 449.0, 469.0, 502.0, 588.0, 640.0, 671.0, 674.0]),
    socket: 4.1,
    // 242 µs for 6.7 messages.
    carried: 36.0,
    commit: 395.0,
    write: 16.0,
    flush: COMMIT,
    watching: 0.0,
    message: 0.0,
    report: 0.0,
    told: 0.0,
    crowding: 0.0,
};

/// How long a commit takes, µs: `writing` of that day, one command at a time, on one process; answer and all.
const COMMIT: Spread = Spread([550.0, 710.0, 820.0, 1140.0, 3980.0, 5410.0, 10_400.0, 19_900.0]);

/// A machine with enough to do that what comes together is read, written and stored together: `crossing`, 24 commands at once by 24
/// people, what 72 and 300 sockets have in common; `bus`; PostgreSQL by `writing`, from 7.5 to 59 commands in a commit. Frames are written
/// one at a time all the same. People who watch: `watching`. What is paid for a report from elsewhere, and for one that is told of, is what
/// 900 people in one room cost more on three nodes than on one; what is paid for a message, what rooms of ten cost more beyond that.
pub const BUSY: Costs = Costs {
    asked: around(COLD.asked, 65.0 / 303.0),
    owner: around(COLD.owner, 73.0 / 515.0),
    hears: around(COLD.hears, 15.5 / 93.5),
    alone: around(COLD.alone, 113.0 / 502.0),
    carried: 1.2,
    watching: 66.0,
    message: 30.0,
    report: 20.0,
    told: 7.1,
    // ESTIMATED: `crowd` of an unoptimised build, 91 µs with 1,000 people and 258 with 10,000; an eighth of what it grew by.
    crowding: 0.0023,
    ..COLD
};

/// The same where all who watch are in one room: there is one frame for many who reported, and it is longer.
pub const CROWD: Costs = Costs { watching: 50.0, ..BUSY };

/// `crossing` and `watching` of 2026-11-22: bytes do not depend on the build. An idle socket: docs/PERFORMANCE.md.
pub const SEEN: Seen = Seen {
    asks_bytes: 650.0,
    told_bytes: 360.0,
    report_bytes: 300.0,
    socket_kb: 11.2,
    last: Spread([1.90, 2.39, 2.68, 3.06, 3.37, 4.79, 7.60, 7.98]),
};

/// The same shape, so many times as large.
const fn around(Spread(values): Spread, factor: f64) -> Spread {
    let mut values = values;
    let mut at = 0;
    while at < values.len() {
        values[at] *= factor;
        at += 1;
    }
    Spread(values)
}
