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
    asked: Spread([544.0, 569.0, 596.0, 616.0, 635.0, 669.0, 773.0, 784.0]),
    owner: Spread([815.0, 827.0, 845.0, 864.0, 902.0, 923.0, 1005.0, 1015.0]),
    hears: Spread([135.0, 143.0, 149.0, 155.0, 165.0, 172.0, 184.0, 186.0]),
    alone: Spread([766.0, 806.0, 831.0, 861.0, 879.0, 926.0, 991.0, 998.0]),
    socket: 6.0,
    // 674 µs for 6.7 messages.
    carried: 101.0,
    commit: 1080.0,
    write: 11.0,
    flush: COMMIT,
    watching: 0.0,
    message: 0.0,
    report: 0.0,
    told: 0.0,
    crowding: 0.0,
};

/// How long a commit takes, µs: `writing` of that day, one command at a time, on one process; answer and all.
const COMMIT: Spread = Spread([600.0, 760.0, 820.0, 910.0, 1030.0, 1190.0, 1900.0, 9_360.0]);

/// A machine with enough to do that what comes together is read, written and stored together: `crossing`, 24 commands at once by 24
/// people, what 72 and 300 sockets have in common; `bus`; PostgreSQL by `writing`, from 1 to 103 commands in a commit. Frames are written
/// one at a time all the same. People who watch: `watching`. What is paid for a report from elsewhere, and for one that is told of, is what
/// 900 people in one room cost more on three nodes than on one; what is paid for a message, what rooms of ten cost more beyond that.
pub const BUSY: Costs = Costs {
    asked: around(COLD.asked, 93.0 / 616.0),
    owner: around(COLD.owner, 95.0 / 864.0),
    hears: around(COLD.hears, 26.0 / 155.0),
    alone: around(COLD.alone, 105.0 / 861.0),
    carried: 0.87,
    watching: 102.0,
    message: 44.0,
    report: 29.0,
    told: 11.0,
    // `crowd`: 1.03 µs with 10,000 people and 1.87 with 100,000.
    crowding: 0.000_009_3,
    ..COLD
};

/// The same where all who watch are in one room: there is one frame for many who reported, and it is longer.
pub const CROWD: Costs = Costs { watching: 66.0, ..BUSY };

/// `crossing` and `watching` of 2026-11-22: bytes do not depend on the build. An idle socket: docs/PERFORMANCE.md.
pub const SEEN: Seen = Seen {
    asks_bytes: 650.0,
    told_bytes: 360.0,
    report_bytes: 300.0,
    socket_kb: 11.2,
    last: Spread([2.33, 2.94, 3.20, 3.53, 4.05, 4.57, 5.09, 5.68]),
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
