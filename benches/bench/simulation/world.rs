//! Rooms, nodes, a bus and a database as queues. A step is taken when its time has come, so that whoever comes first is served first;
//! all that is drawn comes from one seed.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap, VecDeque},
};

use super::measured::Spread;

/// Microseconds since the beginning.
pub type Time = f64;

/// A generator of numbers (SplitMix64): the same ones for the same seed, whatever else changes here.
#[derive(Debug, Clone)]
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to 1.
    fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// One of so many.
    fn of(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % count.max(1) as u64).unwrap_or_default()
    }

    fn draw(&mut self, spread: &Spread) -> f64 {
        let part = self.part();
        spread.at(part)
    }

    /// Until the next of what comes so often per µs, each for itself.
    fn pause(&mut self, rate: f64) -> Time {
        -(1.0 - self.part()).ln() / rate
    }
}

/// What each thing costs, in µs of CPU unless it says otherwise.
#[derive(Debug, Clone)]
pub struct Costs {
    /// A command, at the node that was asked, at the one that has the room, at one that hears of it; without sockets.
    pub asked: Spread,
    pub owner: Spread,
    pub hears: Spread,
    /// A command at a node that has the room and was asked itself.
    pub alone: Spread,
    /// A frame to a socket.
    pub socket: f64,
    /// A message at NATS: coming, or going once.
    pub carried: f64,
    /// A commit at PostgreSQL, and each write in it.
    pub commit: f64,
    pub write: f64,
    /// How long a commit of one write takes, CPU included.
    pub flush: Spread,
    /// Somebody who watches, in a second, at the node of their socket.
    pub watching: f64,
    /// A message between nodes, at who says it and at who hears it.
    pub message: f64,
    /// What the node with the room does for a report of somebody elsewhere.
    pub report: f64,
    /// What a node that follows does for each report that it is told of.
    pub told: f64,
    /// What the room's task does for any report, for each of those who are in the room.
    pub crowding: f64,
}

/// What is simulated.
#[derive(Debug, Clone)]
pub struct Plan {
    pub nodes: usize,
    /// Processors of each machine, those of NATS and of PostgreSQL among them.
    pub cores: usize,
    /// All of them are one machine.
    pub together: bool,
    pub rooms: usize,
    /// People in each.
    pub people: usize,
    /// Commands of a room in a second.
    pub commands: f64,
    /// Everybody reports and pings.
    pub watches: bool,
    /// All who are in a room are sent to the node that has it.
    pub gathered: bool,
    /// From one machine to another, µs.
    pub way: Time,
    /// How long, µs. The first fifth is not counted.
    pub time: Time,
}

/// How often who is here is told, at most, and how long until the next report comes in a room of a few, µs.
const TOLD: Time = 250_000.0;
/// How often a page reports, µs.
const REPORT: Time = 1_500_000.0;
/// How many reports cross in one message, at most, and how long they are gathered, µs.
const BUNDLE: f64 = 64.0;
const GATHER: Time = 50_000.0;
/// The largest piece of work that others wait for, µs.
const PIECE: f64 = 500.0;
/// How many writes share a commit, at most.
const BATCH: usize = 256;
/// How often a node that follows says so, µs; it is answered.
const HEARTBEAT: Time = 4_000_000.0;

/// Processors with one line before them.
#[derive(Debug, Default)]
pub struct Stage {
    free_at: BinaryHeap<Reverse<u64>>,
    busy: f64,
    pub took: Vec<f32>,
}

impl Stage {
    fn new(cores: usize) -> Self {
        Self { free_at: vec![Reverse(0); cores].into(), ..Self::default() }
    }

    /// Serves who came at that time; when it is done. In whole ns, so that times can be put in order.
    fn serve(&mut self, now: Time, service: f64, counts: bool) -> Time {
        let free_at = self.free_at.pop().map_or(0.0, |Reverse(at)| at as f64 / 1e3);
        let done = now.max(free_at) + service;
        self.free_at.push(Reverse(nanoseconds(done)));
        if counts {
            self.busy += service;
            #[expect(clippy::cast_possible_truncation, reason = "a wait of µs, for percentiles")]
            self.took.push((done - now) as f32);
        }
        done
    }

    fn used(&self, time: Time) -> f64 {
        self.busy / time / self.free_at.len() as f64
    }
}

fn nanoseconds(time: Time) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "times are some seconds, and not before 0"
    )]
    let ns = (time * 1e3) as u64;
    ns
}

#[derive(Debug)]
struct Room {
    owner: usize,
    /// Nodes with people of it, and how many.
    seats: Vec<(usize, f64)>,
    /// Its task does one thing after the other.
    busy_until: Time,
}

#[derive(Debug, Clone, Copy)]
struct Command {
    room: usize,
    from: usize,
    began: Time,
    /// Nodes whose sockets have not all heard of it.
    waits: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// Somebody in a room says what is to be done.
    Begins(usize),
    /// It is where its room is.
    Arrives(usize),
    /// It was done there, and is told and stored.
    Done(usize),
    /// What came of it is where others are.
    Heard(usize, usize),
    /// It has been stored; then it is known where it was asked.
    Answered(usize),
    Committed(usize),
    /// A room tells who is here, with what was reported since.
    Murmurs(usize),
    /// A node works for so many ns for those who watch.
    Works(usize, u64),
    /// The task of a room does so.
    Reads(usize, u64),
}

/// How a stage did.
#[derive(Debug, Clone)]
pub struct Did {
    pub name: String,
    /// Part of its time that it worked.
    pub used: f64,
    /// How long things took there, waiting included, µs.
    pub took: [f64; 2],
}

/// What came out.
#[derive(Debug)]
pub struct Outcome {
    pub stages: Vec<Did>,
    /// Until the last socket has what came of a command, and until it is answered: p50 and p99, µs.
    pub last: [f64; 2],
    pub answered: [f64; 2],
    pub commands: usize,
}

pub struct World<'a> {
    plan: &'a Plan,
    costs: &'a Costs,
    dice: Dice,
    now: Time,
    /// By when they are due, and in the order in which they came up.
    steps: BinaryHeap<Reverse<(u64, u64, Step)>>,
    number: u64,
    rooms: Vec<Room>,
    stages: Vec<Stage>,
    commands: Vec<Command>,
    /// What waits at each node for its next commit, and what is in the one under way.
    writers: Vec<(VecDeque<usize>, Vec<usize>)>,
    last: Vec<f64>,
    answered: Vec<f64>,
    /// How long tasks of rooms took, and how much of its time the busiest worked.
    tasks: Stage,
    task_busy: Vec<f64>,
}

impl<'a> World<'a> {
    pub fn new(plan: &'a Plan, costs: &'a Costs, seed: u64) -> Self {
        let mut dice = Dice(seed);
        let rooms: Vec<_> = (0..plan.rooms).map(|_| Room::new(plan, &mut dice)).collect();
        let count = if plan.together { 1 } else { plan.nodes + 2 };
        let mut world = Self {
            plan,
            costs,
            dice,
            now: 0.0,
            steps: BinaryHeap::new(),
            number: 0,
            task_busy: vec![0.0; rooms.len()],
            rooms,
            stages: (0..count).map(|_| Stage::new(plan.cores)).collect(),
            commands: Vec::new(),
            writers: vec![Default::default(); plan.nodes],
            last: Vec::new(),
            answered: Vec::new(),
            tasks: Stage::new(1),
        };
        for room in 0..plan.rooms {
            let begins = world.dice.pause(plan.commands / 1e6);
            world.at(begins, Step::Begins(room));
            if plan.watches {
                let told = world.dice.part() * world.every();
                world.at(told, Step::Murmurs(room));
            }
        }
        world
    }

    /// Runs it.
    pub fn run(mut self) -> Outcome {
        while let Some(Reverse((at, _, step))) = self.steps.pop() {
            self.now = at as f64 / 1e3;
            if self.now > self.plan.time {
                break;
            }
            self.take(step);
        }
        self.outcome()
    }

    fn at(&mut self, time: Time, step: Step) {
        self.number += 1;
        self.steps.push(Reverse((nanoseconds(time), self.number, step)));
    }

    fn counts(&self) -> bool {
        self.now > self.plan.time / 5.0
    }

    fn work(&mut self, stage: usize, service: f64) -> Time {
        let (now, counts) = (self.now, self.counts());
        let stage = if self.plan.together { 0 } else { stage };
        self.stages[stage].serve(now, service, counts)
    }

    /// A message crosses to so many; when it has.
    fn carry(&mut self, copies: usize) -> Time {
        let service = self.costs.carried * (1 + copies) as f64;
        let nats = self.plan.nodes;
        self.work(nats, service) + 2.0 * self.plan.way
    }

    /// How often a room tells who is here: a while after the first report since the last time.
    fn every(&self) -> Time {
        TOLD + REPORT / self.plan.people as f64
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Begins(room) => self.begins(room),
            Step::Arrives(command) => self.arrives(command),
            Step::Done(command) => self.done(command),
            Step::Works(node, ns) => drop(self.work(node, ns as f64 / 1e3)),
            Step::Reads(room, ns) => drop(self.task(room, ns as f64 / 1e3)),
            Step::Heard(command, seat) => self.heard(command, seat),
            Step::Answered(command) => {
                let Command { from, began, room, .. } = self.commands[command];
                let remote = self.rooms[room].owner != from;
                let done = if remote { self.carry(1) } else { self.now };
                if self.counts() {
                    self.answered.push(done - began);
                }
            }
            Step::Committed(node) => {
                for command in std::mem::take(&mut self.writers[node].1) {
                    let now = self.now;
                    self.at(now, Step::Answered(command));
                }
                self.commit(node);
            }
            Step::Murmurs(room) => self.murmurs(room),
        }
    }

    fn begins(&mut self, room: usize) {
        let again = self.now + self.dice.pause(self.plan.commands / 1e6);
        self.at(again, Step::Begins(room));
        let Room { owner, seats, .. } = &self.rooms[room];
        let (owner, waits) = (*owner, seats.len());
        let mut at = self.dice.part() * self.plan.people as f64;
        let from = seats.iter().find(|(_, people)| {
            at -= people;
            at <= 0.0
        });
        let from = from.map_or(owner, |(node, _)| *node);
        let command = self.commands.len();
        self.commands.push(Command { room, from, began: self.now, waits });
        if from == owner {
            let now = self.now;
            self.at(now, Step::Arrives(command));
        } else {
            // Part of what it costs there is for the answer and the event that come back.
            let service = self.dice.draw(&self.costs.asked) - self.dice.draw(&self.costs.hears);
            let read = self.work(from, service.max(0.0));
            let crossed = self.carry(1);
            self.at(crossed.max(read), Step::Arrives(command));
        }
    }

    fn arrives(&mut self, command: usize) {
        let Command { room, from, .. } = self.commands[command];
        let owner = self.rooms[room].owner;
        let cost = if from == owner { &self.costs.alone } else { &self.costs.owner };
        let service = self.dice.draw(cost);
        let done = self.task(room, service);
        self.at(done, Step::Done(command));
    }

    fn done(&mut self, command: usize) {
        let room = self.commands[command].room;
        let owner = self.rooms[room].owner;
        let others = self.rooms[room].seats.iter().filter(|(node, _)| *node != owner).count();
        let told = if others > 0 { self.carry(others) } else { self.now };
        for seat in 0..self.rooms[room].seats.len() {
            let here = self.rooms[room].seats[seat].0 == owner;
            self.at(if here { self.now } else { told }, Step::Heard(command, seat));
        }
        self.writers[owner].0.push_back(command);
        self.commit(owner);
    }

    /// A room's task does something, at the node that has it.
    fn task(&mut self, room: usize, service: f64) -> Time {
        let owner = self.rooms[room].owner;
        let waited = (self.rooms[room].busy_until - self.now).max(0.0);
        let (now, counts) = (self.now, self.counts());
        let done = self.work(owner, service).max(now + waited + service);
        self.rooms[room].busy_until = done;
        if counts {
            self.task_busy[room] += service;
            #[expect(clippy::cast_possible_truncation, reason = "a wait of µs, for percentiles")]
            self.tasks.took.push((done - now) as f32);
        }
        done
    }

    fn heard(&mut self, command: usize, seat: usize) {
        let Command { room, began, .. } = self.commands[command];
        let owner = self.rooms[room].owner;
        let (node, people) = self.rooms[room].seats[seat];
        let heard = if node == owner { 0.0 } else { self.dice.draw(&self.costs.hears) };
        let done = self.work(node, heard + people * self.costs.socket);
        self.commands[command].waits -= 1;
        if self.commands[command].waits == 0 && self.counts() {
            self.last.push(done - began);
        }
    }

    /// The next commit of a node, if there is something to write and none is under way.
    fn commit(&mut self, node: usize) {
        let (waiting, under_way) = &mut self.writers[node];
        if waiting.is_empty() || !under_way.is_empty() {
            return;
        }
        let count = waiting.len().min(BATCH);
        under_way.extend(waiting.drain(..count));
        let cpu = self.costs.commit + self.costs.write * count as f64;
        let disk = (self.dice.draw(&self.costs.flush) - self.costs.commit - self.costs.write).max(0.0);
        let done = self.work(self.plan.nodes + 1, cpu) + disk + 2.0 * self.plan.way;
        self.at(done, Step::Committed(node));
    }

    /// Everybody has reported and pinged as often as they do in that time, and is told of the others.
    fn murmurs(&mut self, room: usize) {
        let every = self.every();
        let again = self.now + every;
        self.at(again, Step::Murmurs(room));
        let owner = self.rooms[room].owner;
        let (mut elsewhere, mut said) = (0, 0.0);
        for seat in 0..self.rooms[room].seats.len() {
            let (node, people) = self.rooms[room].seats[seat];
            let mut service = people * self.costs.watching * every / 1e6;
            if node != owner {
                let reports = people * every / REPORT;
                let bundles = reports / (reports * GATHER / every).clamp(1.0, BUNDLE) + 2.0 * every / HEARTBEAT;
                // What crosses at the owner is for the room's task to read and do.
                said += bundles * self.costs.message + reports * self.costs.report;
                service += (bundles + 1.0) * self.costs.message;
                service += self.plan.people as f64 * every / REPORT * self.costs.told;
                elsewhere += 1;
                let nats = self.plan.nodes;
                self.work(nats, bundles * 2.0 * self.costs.carried);
            }
            self.spread(service, every, |ns| Step::Works(node, ns));
        }
        let people = self.plan.people as f64;
        let crowd = people * every / REPORT * people * self.costs.crowding;
        if elsewhere > 0 || crowd > PIECE {
            self.spread(said + crowd + self.costs.message, every, |ns| Step::Reads(room, ns));
            self.carry(elsewhere);
        }
    }

    /// Work that comes bit by bit, in no larger pieces than a frame to many sockets is.
    fn spread(&mut self, service: f64, over: Time, step: impl Fn(u64) -> Step) {
        let pieces = (service / PIECE).ceil().max(1.0);
        let mut piece = 0.0;
        while piece < pieces {
            let due = self.now + over * piece / pieces;
            self.at(due, step(nanoseconds(service / pieces)));
            piece += 1.0;
        }
    }

    fn outcome(self) -> Outcome {
        let time = self.plan.time * 0.8;
        let quantiles = |took: &mut Vec<f32>| {
            took.sort_by(f32::total_cmp);
            [0.5, 0.99].map(|part| {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "an index into what is in memory"
                )]
                let at = (took.len() as f64 * part) as usize;
                took.get(at.min(took.len().saturating_sub(1))).copied().map_or(f64::NAN, f64::from)
            })
        };
        let mut stages = Vec::new();
        let nodes = if self.plan.together { 0 } else { self.plan.nodes };
        let mut all = self.stages.into_iter();
        let (mut used, mut took) = (Vec::new(), Vec::new());
        for stage in all.by_ref().take(nodes) {
            used.push(stage.used(time));
            took.extend(stage.took);
        }
        if nodes > 0 {
            let mean = used.iter().sum::<f64>() / nodes as f64;
            let most = used.iter().copied().fold(0.0, f64::max);
            let took = quantiles(&mut took);
            stages.push(Did { name: "nodes, all".into(), used: mean, took });
            stages.push(Did { name: "nodes, the busiest".into(), used: most, took });
        }
        for (mut stage, name) in all.zip(if nodes == 0 { ["the machine", ""] } else { ["NATS", "PostgreSQL"] }) {
            stages.push(Did { name: name.into(), used: stage.used(time), took: quantiles(&mut stage.took) });
        }
        let mut tasks = self.tasks;
        let busiest = self.task_busy.iter().copied().fold(0.0, f64::max) / time;
        stages.push(Did { name: "a room's task, the busiest".into(), used: busiest, took: quantiles(&mut tasks.took) });
        #[expect(clippy::cast_possible_truncation, reason = "µs, for percentiles")]
        let of = |values: &[f64]| quantiles(&mut values.iter().map(|value| *value as f32).collect());
        Outcome { stages, last: of(&self.last), answered: of(&self.answered), commands: self.last.len() }
    }
}

impl Room {
    /// Its people come to nodes as a load balancer deals them; the first of them made it.
    fn new(plan: &Plan, dice: &mut Dice) -> Self {
        let owner = dice.of(plan.nodes);
        let mut seats = BTreeMap::new();
        if plan.gathered {
            seats.insert(owner, plan.people as f64);
        } else if plan.people > 1_000 {
            // Of so many each node has its part.
            seats.extend((0..plan.nodes).map(|node| (node, plan.people as f64 / plan.nodes as f64)));
        } else {
            *seats.entry(owner).or_default() += 1.0;
            for _ in 1..plan.people {
                *seats.entry(dice.of(plan.nodes)).or_default() += 1.0;
            }
        }
        Self { owner, seats: seats.into_iter().collect(), busy_until: 0.0 }
    }
}
