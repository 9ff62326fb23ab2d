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

/// Twenty commands a second, each of which wakes who was asleep: `crossing` of 2026-11-22 with an UNOPTIMISED build, 3 sockets (a
/// socket's share from 300), load average above 10. Only for holding the simulation against that same run.
pub const COLD: Costs = Costs {
    asked: Spread([2011.0, 2029.0, 2056.0, 2101.0, 2105.0, 2107.0, 2109.0, 2109.0]),
    owner: Spread([2550.0, 2574.0, 2611.0, 2672.0, 2687.0, 2696.0, 2701.0, 2702.0]),
    hears: Spread([599.0, 603.0, 610.0, 620.0, 650.0, 667.0, 678.0, 679.0]),
    alone: Spread([2883.0, 2893.0, 2908.0, 2932.0, 2946.0, 2954.0, 2959.0, 2959.0]),
    socket: 5.6,
    // 435 µs for 6.8 messages.
    carried: 64.0,
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
const COMMIT: Spread = Spread([870.0, 3100.0, 4290.0, 6790.0, 13_700.0, 21_800.0, 33_700.0, 45_300.0]);

/// A machine with enough to do that what comes together is read, written and stored together.
///
/// Measured of an optimised build: one process's command and frame (`durable` and `fanout` of 2026-11-21 and -22, docs/PERFORMANCE.md).
/// Measured, and not of our build: NATS (`bus`) and PostgreSQL (`writing`). ESTIMATED: what a node pays for what crosses, as that
/// command times what the unoptimised build paid for each part beside its own command; and people who watch, as the frames that `watching`
/// counted, at what a frame in rooms of ten costs, and what crosses for them at an eighth of the unoptimised build's, by which its durable
/// command was dearer. Put what `crossing` and `watching` say of an optimised build here instead.
pub const BUSY: Costs = Costs {
    asked: around(COLD.asked, 51.0 / 2_101.0),
    owner: around(COLD.owner, 65.0 / 2_672.0),
    hears: around(COLD.hears, 15.0 / 620.0),
    alone: around(COLD.alone, 71.0 / 2_932.0),
    // One frame at a time, with the command's own part taken out: bursts are cheaper by far.
    socket: 8.0,
    carried: 1.2,
    watching: 45.0,
    message: 40.0,
    report: 12.0,
    told: 3.5,
    // `crowd`: 91 µs with 1,000 people and 258 with 10,000, unoptimised; an eighth of what it grew by.
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
    last: Spread([4.90, 6.44, 6.87, 9.22, 11.5, 13.8, 17.0, 17.1]),
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
