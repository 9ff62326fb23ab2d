//! Random scripts: whatever people do on whatever node while nodes die, stop, and lose their line or their store, what was answered
//! stands in the journal once, each listener hears everything once and in order or is told the whole room, and in the end all see
//! the same.
//!
//! `CLUSTER_SCRIPTS=2000` plays more of them, `CLUSTER_SEED=17` begins elsewhere.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use engine::{
    command::{Actor, Command, Deed, SeekTo, Spot},
    event::{Event, EventKind, Presence, Signal},
    ids::{ConnectionId, ItemId, MessageId, RoomId},
    memory::Weather,
    ports::Store,
    refusal::{Code, No},
    room::RoomView,
    rooms::{Heard, RoomsSettings},
    time::{Millis, WallTime},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use tokio::{
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};
use uuid::Uuid;

use crate::{
    house::{ana, ben, film, person},
    nodes::{Cluster, Node},
};

/// How many scripts are played, and how many things happen in each.
const SCRIPTS: u64 = 60;
const STEPS: usize = 60;

/// What became of something that leaves a trace of its own in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Done,
    Refused,
    Unknown,
}

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Trace {
    Line(MessageId),
    Item(ItemId),
}

/// What came of all of it.
#[derive(Debug, Default)]
struct History {
    answers: BTreeMap<Trace, (RoomId, Answer)>,
    counts: BTreeMap<&'static str, usize>,
    wrong: Vec<String>,
}

type Shared = Arc<Mutex<History>>;

#[test]
fn whatever_breaks_nothing_that_was_answered_is_lost_or_done_twice() {
    let number = |name: &str, default| std::env::var(name).map_or(default, |value| value.parse().unwrap());
    let (first, scripts) = (number("CLUSTER_SEED", 0), number("CLUSTER_SCRIPTS", SCRIPTS));
    let mut counts = BTreeMap::<&str, usize>::new();
    for seed in first..first + scripts {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let history = runtime.block_on(play(seed));
        assert!(history.wrong.is_empty(), "seed {seed}:\n{}", history.wrong.join("\n"));
        for (what, count) in history.counts {
            *counts.entry(what).or_default() += count;
        }
    }
    println!("{counts:?}");
    let unseen = counts.get("unseen").copied().unwrap_or_default();
    assert!(unseen * 50 <= counts["done"], "who does something sees it, but for accidents: {counts:?}");
    if scripts >= SCRIPTS {
        for what in ["died", "stopped", "lost the bus", "lost the store", "done", "refused", "whole", "heard", "taken"]
        {
            assert!(counts.contains_key(what), "these scripts are too tame: {what} never came of them: {counts:?}");
        }
    }
}

/// A node, and who is connected to it.
struct Seated {
    node: Arc<Node>,
    guests: Vec<(RoomId, ConnectionId, Actor)>,
    /// Those who hear its rooms.
    listeners: Vec<Listener>,
    alive: bool,
}

/// Somebody on a node who hears a room for as long as the node lives.
struct Listener {
    room: RoomId,
    /// Who is here, by what was told; nothing while nothing can be heard.
    here: Arc<Mutex<Option<Here>>>,
    task: JoinHandle<()>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Here = BTreeMap<ConnectionId, Arc<Presence>>;

async fn play(seed: u64) -> History {
    let mut rng = StdRng::seed_from_u64(seed);
    let idle = if rng.random_ratio(1, 4) { Millis::seconds(5) } else { Millis::seconds(300) };
    let cluster = Cluster::with(RoomsSettings { idle, ..RoomsSettings::default() });
    let history = Shared::default();
    let mut seats: Vec<_> = cluster.three().into_iter().map(seated).collect();
    let rooms = [seats[0].node.room().await, seats[1].node.room().await];
    let owners = rooms.map(|room| cluster.owners(room));
    if rng.random_ratio(1, 2) {
        let weather = Weather { lost: rng.random_range(0..30), delay: rng.random_range(0..60) };
        cluster.bus.weather(weather, seed);
    }
    for seated in &mut seats {
        listen(seated, &rooms, &history);
    }
    let mut asked = JoinSet::new();
    let mut fresh = seed << 32;
    for _ in 0..STEPS {
        if rng.random_ratio(2, 3) {
            sleep(Duration::from_millis(rng.random_range(0..3_000))).await;
        }
        let at = rng.random_range(0..seats.len());
        let room = rooms[rng.random_range(0..2)];
        match rng.random_range(0..100) {
            0..4 => breaks(&mut seats, at, &cluster, &rooms, &history, rng.random_ratio(1, 2)),
            4..8 => {
                let (bus, seconds) = (seats[at].node.bus.clone(), rng.random_range(1..20));
                if seats[at].alive {
                    count(&history, "lost the bus");
                    bus.cut(true);
                    let node = seats[at].node.clone();
                    asked.spawn(async move {
                        sleep(Duration::from_secs(seconds)).await;
                        if !node.is_dead() {
                            bus.cut(false);
                        }
                    });
                }
            }
            8..12 => {
                let (store, seconds) = (seats[at].node.store.inner.clone(), rng.random_range(1..20));
                if seats[at].alive {
                    count(&history, "lost the store");
                    store.cut(true);
                    let node = seats[at].node.clone();
                    asked.spawn(async move {
                        sleep(Duration::from_secs(seconds)).await;
                        // The dead stay dead.
                        if !node.is_dead() {
                            store.cut(false);
                        }
                    });
                }
            }
            12..14 => seats[at].node.store.spoil_commits(1),
            14 => {
                // The disk is slow to say that it has something.
                let (store, late) = (seats[at].node.store.clone(), rng.random_range(100..4_000));
                store.hold_commits();
                asked.spawn(async move {
                    sleep(Duration::from_millis(late)).await;
                    store.release_commits();
                });
            }
            15..27 => {
                let who = [ana(), ben(), person("eve")][rng.random_range(0..3)].clone();
                let connection = seats[at].node.rooms.connection();
                let actor = Actor { connection: Some(connection), ..who };
                let arrive = Command::Arrive { connection, watches: rng.random_ratio(3, 4) };
                if seats[at].node.rooms.command(room, actor.clone(), arrive).await.is_ok() {
                    seats[at].guests.push((room, connection, actor));
                }
            }
            27..35 => {
                if !seats[at].guests.is_empty() {
                    let guest = rng.random_range(0..seats[at].guests.len());
                    let (room, connection, actor) = seats[at].guests.swap_remove(guest);
                    seats[at].node.rooms.tell_surely(room, actor, Command::Depart { connection }).await;
                }
            }
            _ => {
                for _ in 0..rng.random_range(1..5) {
                    fresh += 1;
                    let (trace, command) = command(&mut rng, fresh);
                    let (node, history) = (seats[at].node.clone(), history.clone());
                    asked.spawn(async move {
                        let answer = node.rooms.command(room, ana(), command).await;
                        let answer = match answer {
                            Ok(done) => {
                                if done.view.seq < done.events.last().map_or(0, |event| event.seq) {
                                    // Its node lost the line, or the letter, before it heard of it.
                                    count(&history, "unseen");
                                }
                                Answer::Done
                            }
                            Err(No::Refusal(no)) if no.code == Code::MaybeDone => Answer::Unknown,
                            Err(No::Refusal(_)) => Answer::Refused,
                            Err(No::Fault(_)) => Answer::Unknown,
                        };
                        let name = match answer {
                            Answer::Done => "done",
                            Answer::Refused => "refused",
                            Answer::Unknown => "unknown",
                        };
                        count(&history, name);
                        if let Some(trace) = trace {
                            history.lock().unwrap().answers.insert(trace, (room, answer));
                        }
                    });
                }
            }
        }
    }
    cluster.bus.weather(Weather::default(), 0);
    let end = async { while asked.join_next().await.is_some() {} };
    if timeout(Duration::from_secs(120), end).await.is_err() {
        wrong(&history, "somebody was never answered");
    }
    for seated in &seats {
        seated.node.store.spoil_commits(0);
    }
    sleep(Duration::from_secs(30)).await;
    check(&cluster, &seats, &rooms, &history).await;
    for owners in owners {
        for (epoch, nodes) in owners.borrow().iter() {
            if *epoch > 1 {
                count(&history, "taken");
            }
            if nodes.len() > 1 {
                wrong(&history, &format!("{nodes:?} told of epoch {epoch}"));
            }
        }
    }
    for seated in &seats {
        seated.listeners.iter().for_each(|listener| listener.task.abort());
        if timeout(Duration::from_secs(30), seated.node.rooms.shutdown()).await.is_err() {
            wrong(&history, "a node does not come to its end");
        }
    }
    std::mem::take(&mut *history.lock().unwrap())
}

fn seated(node: Node) -> Seated {
    Seated { node: Arc::new(node), guests: Vec::new(), listeners: Vec::new(), alive: true }
}

/// A node dies or stops, and another one comes in its place.
fn breaks(seats: &mut [Seated], at: usize, cluster: &Cluster, rooms: &[RoomId], history: &Shared, dies: bool) {
    let seat = &mut seats[at];
    if !seat.alive {
        return;
    }
    seat.alive = false;
    seat.guests.clear();
    seat.listeners.clear();
    if dies {
        count(history, "died");
        seat.node.dies();
    } else {
        count(history, "stopped");
        let node = seat.node.clone();
        tokio::spawn(async move {
            node.rooms.shutdown().await;
            node.bus.end();
        });
    }
    let mut next = seated(cluster.node());
    listen(&mut next, rooms, history);
    seats[at] = next;
}

fn command(rng: &mut StdRng, fresh: u64) -> (Option<Trace>, Command) {
    let id = Uuid::from_u128(u128::from(fresh));
    match rng.random_range(0..10) {
        0..4 => {
            let id = MessageId(id);
            (Some(Trace::Line(id)), Command::Say { id, text: fresh.to_string() })
        }
        4..8 => {
            let Command::Add { items, .. } =
                film(&fresh.to_string(), Millis::seconds(rng.random_range(20..200)), Spot::End)
            else {
                unreachable!()
            };
            let item = Arc::new(engine::media::Item { id: ItemId(id), added_at: WallTime(0), ..(*items[0]).clone() });
            (Some(Trace::Item(item.id)), Command::Add { items: vec![item], spot: Spot::End })
        }
        _ => {
            let deeds = [
                Deed::PLAY,
                Deed::Pause,
                Deed::Skip,
                Deed::Seek { to: SeekTo::By(Millis(rng.random_range(-3_000..9_000))) },
            ];
            (None, deeds[rng.random_range(0..deeds.len())].clone().into())
        }
    }
}

fn count(history: &Shared, what: &'static str) {
    *history.lock().unwrap().counts.entry(what).or_default() += 1;
}

fn wrong(history: &Shared, what: &str) {
    history.lock().unwrap().wrong.push(what.to_owned());
}

/// Who is here, as the whole room says.
fn here_of(view: &RoomView) -> Here {
    view.presence.iter().map(|(connection, seat)| (*connection, seat.clone())).collect()
}

/// Somebody hears each room, and makes sure that nothing is missing nor told twice.
fn listen(seated: &mut Seated, rooms: &[RoomId], history: &Shared) {
    for room in rooms.iter().copied() {
        let (node, history) = (seated.node.clone(), history.clone());
        let told = Arc::new(Mutex::new(None));
        let known_here = told.clone();
        let task = tokio::spawn(async move {
            loop {
                *known_here.lock().unwrap() = None;
                let Ok(mut listening) = node.rooms.listen(room).await else {
                    sleep(Duration::from_millis(500)).await;
                    continue;
                };
                let mut known = listening.view.clone();
                *known_here.lock().unwrap() = Some(here_of(&known));
                if listening.recent.back().is_some_and(|last| last.seq != known.seq) {
                    wrong(&history, "what was before does not end where the room stands");
                }
                while let Some(heard) = listening.heard.recv().await {
                    if heard.reset {
                        count(&history, "whole");
                        if heard.view.epoch < known.epoch {
                            wrong(&history, "an epoch came back");
                        }
                    } else {
                        let mut seq = known.seq;
                        for event in &heard.events {
                            count(&history, "heard");
                            if event.seq != seq + 1 {
                                wrong(&history, &format!("{} was told behind {seq}", event.seq));
                            }
                            seq = event.seq;
                        }
                        if (heard.view.epoch, heard.view.seq) != (known.epoch, seq) {
                            let to = (heard.view.epoch, heard.view.seq);
                            wrong(&history, &format!("from {:?} to {to:?} without a word", (known.epoch, seq)));
                        }
                    }
                    known = heard.view.clone();
                    hear_who_is_here(&mut known_here.lock().unwrap(), &heard);
                }
            }
        });
        seated.listeners.push(Listener { room, here: told, task });
    }
}

fn hear_who_is_here(known: &mut Option<Here>, heard: &Heard) {
    let known = known.get_or_insert_default();
    if heard.reset {
        *known = here_of(&heard.view);
    }
    for signal in &heard.signals {
        if let Signal::Presence(delta) = signal {
            known.retain(|connection, _| !delta.gone.contains(connection));
            known.extend(delta.here.iter().map(|seat| (seat.connection, seat.clone())));
        }
    }
}

async fn check(cluster: &Cluster, seats: &[Seated], rooms: &[RoomId; 2], history: &Shared) {
    let mut traces: BTreeMap<Trace, usize> = BTreeMap::new();
    for room in rooms {
        let journal: Vec<Event> = cluster.disk.events_after(*room, 0, 100_000).await.unwrap();
        if !journal.iter().enumerate().all(|(at, event)| event.seq == at as u64 + 1) {
            wrong(history, "the journal has a gap");
        }
        for event in &journal {
            match &event.kind {
                EventKind::Said(line) => *traces.entry(Trace::Line(line.id)).or_default() += 1,
                EventKind::Added { items, .. } => {
                    for item in items {
                        *traces.entry(Trace::Item(item.id)).or_default() += 1;
                    }
                }
                _ => {}
            }
        }
        let mut views: Vec<Arc<RoomView>> = Vec::new();
        for seated in seats.iter().filter(|seated| seated.alive) {
            match seated.node.rooms.view(*room).await {
                Ok(view) => views.push(view),
                Err(no) => wrong(history, &format!("a room cannot be seen: {no}")),
            }
        }
        for pair in views.windows(2) {
            if pair[0].state != pair[1].state || pair[0].epoch != pair[1].epoch {
                wrong(history, &format!("two nodes see another room:\n{:?}\n{:?}", pair[0], pair[1]));
            } else if pair[0].presence != pair[1].presence {
                wrong(history, &format!("two nodes see others:\n{:?}\n{:?}", pair[0].presence, pair[1].presence));
            } else if pair[0] != pair[1] {
                wrong(history, "two nodes see another chat or other voters");
            }
        }
        let here: BTreeSet<_> = views.iter().flat_map(|view| view.presence.keys().copied()).collect();
        let guests = seats.iter().flat_map(|seated| &seated.guests);
        let connected: BTreeSet<_> =
            guests.filter(|(of, ..)| of == room).map(|(_, connection, _)| *connection).collect();
        if here != connected {
            wrong(history, &format!("here are {here:?}, connected are {connected:?}"));
        }
        for (at, seated) in seats.iter().enumerate().filter(|(_, seated)| seated.alive) {
            for listener in seated.listeners.iter().filter(|listener| listener.room == *room) {
                let told = listener.here.lock().unwrap().clone();
                let seen = views.first().map(|view| here_of(view));
                if told != seen {
                    wrong(history, &format!("who listens on node {at} was told of {told:?}, here are {seen:?}"));
                }
            }
        }
        if views.first().is_some_and(|view| view.seq != journal.len() as u64) {
            wrong(history, "what is seen is not what is stored");
        }
    }
    let mut history = history.lock().unwrap();
    let History { answers, wrong, .. } = &mut *history;
    for (trace, (_, answer)) in answers.iter() {
        let times = traces.get(trace).copied().unwrap_or_default();
        let right = match answer {
            Answer::Done => times == 1,
            Answer::Refused => times == 0,
            Answer::Unknown => times <= 1,
        };
        if !right {
            wrong.push(format!("{trace:?} was answered {answer:?} and is there {times} times"));
        }
    }
}
