//! What the measured costs come to: by arithmetic, and by a simulation with queues that draws from the measured spreads. Nothing is
//! started and nothing measured here; the same seed gives the same tables.
//!
//! First the measured machine itself, so that what the simulation says can be held against what was measured; then a million viewers in rooms
//! of ten, and a hundred thousand in one room; then at how much of that load something is full.

mod measured;
mod world;

use std::fmt::Write as _;

use self::{
    measured::{BUSY, COLD, CROWD, SEEN},
    world::{Costs, Outcome, Plan, World},
};

/// Processors of each machine that is thought of.
const CORES: usize = 8;
/// From one of them to another, µs: the same building. Assumed.
const WAY: f64 = 100.0;
/// No more nodes than these are thought of.
const MOST: usize = 200;
/// Of each processor so much is used, so that what comes in bursts does not wait long.
const USED: f64 = 0.6;
/// Commands of a room in a minute. Assumed: somebody says or seeks something, in a room of ten twice a minute, and in a room of a hundred thousand once a second.
const COMMANDS: [f64; 2] = [2.0, 60.0];
/// Where the dice begin.
const SEED: u64 = 20_261_122;

/// What a load asks of each stage, in processors; and what goes over the bus.
#[derive(Debug)]
struct Load {
    nodes: f64,
    nats: f64,
    postgres: f64,
    /// Of the busiest room.
    task: f64,
    /// Messages a second, to NATS and from it.
    messages: [f64; 2],
    /// Bytes a second, the same.
    bytes: [f64; 2],
    /// Durable writes a second.
    writes: f64,
}

/// On how many of so many nodes people are who are dealt at random.
fn spread_over(nodes: f64, people: f64) -> f64 {
    nodes * (1.0 - (1.0 - 1.0 / nodes).powf(people))
}

/// The share of rooms whose people are on so many of the nodes, for each number of them.
fn shares(nodes: usize, people: usize) -> Vec<f64> {
    let mut on = vec![0.0; people.min(nodes) + 1];
    on[0] = 1.0;
    for _ in 0..people {
        let mut next = vec![0.0; on.len()];
        for (count, share) in on.iter().enumerate() {
            let known = count as f64 / nodes as f64;
            next[count] += share * known;
            if let Some(more) = next.get_mut(count + 1) {
                *more += share * (1.0 - known);
            }
        }
        on = next;
    }
    on
}

/// By arithmetic: sums of means, without any waiting.
fn arithmetic(plan: &Plan, costs: &Costs) -> Load {
    let (rooms, people, nodes) = (plan.rooms as f64, plan.people as f64, plan.nodes as f64);
    let on = if plan.gathered { 1.0 } else { spread_over(nodes, people) };
    let commands = rooms * plan.commands;
    // The owner is where the first of them is; a command comes from any of them.
    let remote = if plan.gathered { 0.0 } else { (1.0 - 1.0 / nodes) * (people - 1.0) / people };
    let others = on - 1.0;
    // Once in so many seconds a room says who is here; reports of each node that follows cross in bundles.
    let told = 1.0 / (0.25 + 1.5 / people);
    let reports = people * remote / 1.5;
    let crossing = reports / (reports / others.max(1.0) * 0.05).clamp(1.0, 64.0) + others * 2.0 / 4.0;
    let mut messages = [commands * (2.0 * remote + 1.0), commands * (2.0 * remote + others)];
    let mut bytes = [
        commands * (remote * SEEN.asks_bytes + SEEN.told_bytes),
        commands * (remote * SEEN.asks_bytes + others * SEEN.told_bytes),
    ];
    if others > 0.0 {
        messages = [messages[0] + rooms * (crossing + told), messages[1] + rooms * (crossing + told * others)];
        let report = SEEN.report_bytes;
        // What was reported anywhere is told to every node that follows.
        bytes = [
            bytes[0] + rooms * (reports + people / 1.5) * report,
            bytes[1] + rooms * (reports + people / 1.5 * others) * report,
        ];
    } else {
        (messages, bytes) = ([0.0; 2], [0.0; 2]);
    }
    let own = remote * (costs.asked.mean() - costs.hears.mean())
        + (1.0 - remote) * costs.alone.mean()
        + remote * costs.owner.mean();
    let crowd = people / 1.5 * people * costs.crowding;
    let hears = if others > 0.0 { (crossing + told) * costs.message + reports * costs.report } else { 0.0 };
    let task = plan.commands * costs.owner.mean() + hears + crowd;
    let event = own + others * costs.hears.mean() + people * costs.socket;
    let watch = rooms * people * costs.watching;
    let cross = if others > 0.0 {
        rooms * (2.0 * crossing + told * (1.0 + others)) * costs.message
            + rooms * (reports * costs.report + others * people / 1.5 * costs.told)
    } else {
        0.0
    };
    Load {
        nodes: (commands * event + watch + cross + rooms * crowd) / 1e6,
        nats: (messages[0] + messages[1]) * costs.carried / 1e6,
        // One write in each commit is the most that it can cost.
        postgres: commands * (costs.commit + costs.write) / 1e6,
        task: task / 1e6,
        messages,
        bytes,
        writes: commands,
    }
}

/// Prints all of it.
pub fn run(quick: bool) -> String {
    let mut text = String::new();
    machine(&mut text);
    for nodes in [3, 10, 20, 40, 80] {
        let shares = shares(nodes, 10);
        let parts: Vec<_> =
            shares.iter().enumerate().skip(1).map(|(on, share)| format!("{on}: {:.1} %", share * 100.0)).collect();
        say(
            &mut text,
            &format!(
                "- of rooms of 10 on {nodes} nodes, so many are on … nodes: {}; {:.2} in the mean",
                parts.join(", "),
                spread_over(nodes as f64, 10.0)
            ),
        );
    }
    let time = if quick { 1e6 } else { 4e6 };
    for (name, rooms, people, commands, costs) in [
        ("100,000 rooms of 10", 100_000, 10, COMMANDS[0], BUSY),
        ("one room of 100,000", 1, 100_000, COMMANDS[1], CROWD),
    ] {
        for gathered in [false, true] {
            if gathered && rooms == 1 {
                continue;
            }
            let mut plan = Plan {
                nodes: 1,
                cores: CORES,
                together: false,
                rooms,
                people,
                commands: commands / 60.0,
                watches: true,
                gathered,
                way: WAY,
                time: if rooms == 1 { time * 5.0 } else { time },
            };
            // More nodes are more crossing: the fewest that are enough, or those that are the least busy.
            let used =
                |nodes: usize| arithmetic(&Plan { nodes, ..plan.clone() }, &costs).nodes / (nodes * CORES) as f64;
            let least = (1..=MOST).min_by(|one, other| used(*one).total_cmp(&used(*other))).unwrap_or(1);
            plan.nodes = (1..=MOST).find(|nodes| used(*nodes) <= USED).unwrap_or(least);
            let how = if gathered { ", all of a room at one node" } else { ", dealt at random" };
            scenario(&mut text, &format!("{name}{how}"), &plan, &costs);
        }
    }
    text
}

fn say(text: &mut String, line: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{line}");
}

/// The measured machine: three nodes, NATS and PostgreSQL on two processors.
fn machine(text: &mut String) {
    let costs = COLD;
    let plan = Plan {
        nodes: 3,
        cores: 2,
        together: true,
        rooms: 1,
        people: 300,
        commands: 20.0,
        watches: false,
        gathered: false,
        way: 0.0,
        time: 60e6,
    };
    let outcome = World::new(&plan, &costs, SEED).run();
    say(text, "\n### The measured machine\n");
    say(text, "| 300 sockets on three nodes, 20 commands a second | simulated | measured |\n|---|---:|---:|");
    let row = |text: &mut String, name: &str, simulated: f64, was: f64| {
        say(text, &format!("| {name} | {simulated:.2} | {was:.2} |"));
    };
    for (at, part) in [(0, 0.5), (1, 0.99)] {
        row(
            text,
            &format!("until the last socket has it, p{:.0}, ms", part * 100.0),
            outcome.last[at] / 1e3,
            SEEN.last.at(part),
        );
    }
}

/// One load: what arithmetic says, what the simulation says, and where each is full.
fn scenario(text: &mut String, name: &str, plan: &Plan, costs: &Costs) {
    let load = arithmetic(plan, costs);
    let cores = (plan.nodes * plan.cores) as f64;
    say(text, &format!("\n### {name}\n"));
    say(text, &format!("{} nodes of {} processors, NATS and PostgreSQL on as many each\n", plan.nodes, plan.cores));
    let viewers = (plan.rooms * plan.people) as f64;
    let gigabytes = (viewers * SEEN.socket_kb) / 1e6;
    say(text, "| of | asked |\n|---|---:|");
    for (of, asked) in [
        ("nodes, processors that work", load.nodes),
        ("NATS, processors that work", load.nats),
        ("PostgreSQL, processors that work", load.postgres),
        ("a room's task, part of its time", load.task),
        ("messages to NATS, per s", load.messages[0]),
        ("messages from NATS, per s", load.messages[1]),
        ("MB to NATS, per s", load.bytes[0] / 1e6),
        ("MB from NATS, per s", load.bytes[1] / 1e6),
        ("durable writes, per s", load.writes),
        ("memory of sockets and rooms on each node, GB", gigabytes / plan.nodes as f64),
        ("sockets on each node", viewers / plan.nodes as f64),
    ] {
        say(text, &format!("| {of} | {} |", digits(asked)));
    }
    let uses = [load.nodes / cores, load.nats / plan.cores as f64, load.postgres / plan.cores as f64, load.task];
    let outcome = World::new(plan, costs, SEED).run();
    say(
        text,
        "\n| stage | used, arithmetic | used, simulated | p50 there, ms | p99 there, ms |\n|---|---:|---:|---:|---:|",
    );
    let expected = [Some(uses[0]), None, Some(uses[1]), Some(uses[2]), Some(uses[3])];
    for (stage, expected) in outcome.stages.iter().zip(expected) {
        let expected = expected.map(|used| format!("{:.1} %", used * 100.0)).unwrap_or_default();
        let [p50, p99] = stage.took.map(|took| digits(took / 1e3));
        say(text, &format!("| {} | {expected} | {:.1} % | {p50} | {p99} |", stage.name, stage.used * 100.0));
    }
    let Outcome { last, answered, commands, .. } = &outcome;
    let way = |both: &[f64; 2]| both.map(|took| digits(took / 1e3)).join(" and ");
    say(
        text,
        &format!(
            "\n{commands} commands: until the last socket has it {} ms at p50 and p99, until it is answered {} ms",
            way(last),
            way(answered)
        ),
    );
    let simulated = full(plan, |tried| {
        let outcome = World::new(&Plan { time: tried.time / 4.0, ..tried.clone() }, costs, SEED).run();
        let most = outcome.stages.into_iter().max_by(|one, other| one.used.total_cmp(&other.used));
        most.map_or((0.0, String::new()), |stage| (stage.used, stage.name))
    });
    let summed = full(plan, |tried| {
        let load = arithmetic(tried, costs);
        let cores = tried.cores as f64;
        let uses = [
            ("the nodes", load.nodes / cores / tried.nodes as f64),
            ("NATS", load.nats / cores),
            ("PostgreSQL", load.postgres / cores),
            ("a room's task", load.task),
        ];
        let most = uses.into_iter().max_by(|one, other| one.1.total_cmp(&other.1));
        most.map_or((0.0, String::new()), |(name, used)| (used, name.to_owned()))
    });
    let [summed, simulated] = [summed, simulated].map(|(times, who)| format!("{who}, at {times:.2} times this load"));
    say(text, &format!("\nFull first: by arithmetic {summed}; by the simulation {simulated}"));
}

/// At how much of a load the first stage is full, on the same machines; and which one that is.
fn full(plan: &Plan, most: impl Fn(&Plan) -> (f64, String)) -> (f64, String) {
    let (mut low, mut high, mut who) = (0.0, 4.0, String::new());
    for _ in 0..8 {
        let middle = f64::midpoint(low, high);
        let some = |count: usize| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of rooms or people")]
            let some = (count as f64 * middle) as usize;
            some.max(1)
        };
        // More rooms where there are many, more people where there is one.
        let (rooms, people) = if plan.rooms > 1 { (some(plan.rooms), plan.people) } else { (1, some(plan.people)) };
        let (used, name) = most(&Plan { rooms, people, ..plan.clone() });
        if used >= 1.0 {
            (high, who) = (middle, name);
        } else {
            low = middle;
        }
    }
    (high, who)
}

fn digits(value: f64) -> String {
    match value.abs() {
        0.0..10.0 => format!("{value:.2}"),
        10.0..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}
