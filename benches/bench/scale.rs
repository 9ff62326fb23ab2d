//! Large rooms, and many rooms: each figure beside the same one of a small room or an empty server, measured in turn with
//! it. What does not grow with the size has the ratio 1.
//!
//! Large rooms are run here, by the engine on a real database; many rooms by a server of its own.

mod fill;

use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use engine::{
    command::{Command, Deed, SeekTo, Spot},
    ids::{Entropy, RoomId},
    ports::{Entry, Store},
    room::{Room, RoomView, Turn},
    rooms::{Rooms, RoomsSettings},
    time::{Clock, Millis, Now},
};
use onecouch::{
    dialects::{Voice, native::wire::crowd::Crowd},
    links::Links,
    store::SqliteStore,
};

use self::fill::{Draft, LIMITS};
use super::{
    Plan,
    party::Party,
    reads::Connection,
    report::{Table, median, microseconds, milliseconds, quantile},
    viewer::{Desk, Load, Tally},
};

/// Items of the large queue and of its history, and of the small ones.
const ITEMS: [usize; 2] = [10_000, 10];
/// Lines of the long chat, and of the short one.
const LINES: [usize; 2] = [100_000, 100];
/// Rooms of the full server, and of the empty one.
const ROOMS: [usize; 2] = [100_000, 10];
/// Rooms that are loaded when memory is read.
const LOADED: [usize; 3] = [1, 1_000, 10_000];
/// How many rooms are asked for at once to have them loaded.
const AT_ONCE: usize = 8;
/// A page of lines.
const PAGE: usize = 50;
/// How often a room is loaded, a server started.
const STARTS: usize = 5;
/// How often a greeting is made.
const GREETINGS: usize = 20;

/// The figure of the large one, and of the small.
type Both<T> = [T; 2];

/// Measures all of it.
pub async fn run(plan: &Plan, place: &Path, clips: &str, table: &mut Table) -> anyhow::Result<()> {
    let times = if plan.pairs < 10 { 100 } else { 1_000 };
    let stores: Both<_> = ["full", "empty"].map(|name| place.join(name));
    // A runtime of its own: the bench's has one thread, which belongs to the viewers.
    let large = |table: &mut Table| -> anyhow::Result<Both<Vec<RoomId>>> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        runtime.block_on(async {
            large_rooms(&place.join("large"), times, table).await?;
            many_rooms(&stores, times, table).await
        })
    };
    let rooms = std::thread::scope(|scope| scope.spawn(|| large(table)).join());
    let rooms = rooms.map_err(|_| anyhow::anyhow!("the engine's half panicked"))??;
    servers(plan, &stores, &rooms, clips, table).await
}

/// The part that needs no server: rooms with much in them.
async fn large_rooms(place: &Path, times: usize, table: &mut Table) -> anyhow::Result<()> {
    fs::create_dir(place)?;
    let store = fill::open(place).await?;
    let now = Clock::start().now();
    eprintln!("rooms of {} and {} items, played and queued", ITEMS[0], ITEMS[1]);
    let mut rooms = Vec::new();
    for count in ITEMS {
        let past = Millis(i64::try_from(count)? * -10_000);
        let mut draft = Draft::found(Now { play: now.play + past, wall: now.wall + past }, count);
        draft.play(count)?;
        draft.queue(count + 1)?;
        draft.vote()?;
        ensure!(draft.holds() == (count, count as u64, 0), "{:?} of {count}", draft.holds());
        rooms.push(fill::keep(&store, draft).await?);
    }
    let name = format!("{} items", ITEMS[0]);
    let rooms: Both<RoomId> = rooms.try_into().map_err(|_| anyhow::anyhow!("two rooms"))?;
    load(&store, &rooms, &name, table).await?;
    alone(&*store, &rooms, &name, times, table).await?;
    let ours = start(&store);
    acknowledged(&ours, &rooms, &name, times, table).await?;
    greeting(&ours, &rooms, &name, table).await?;
    let history = async |room| Ok(ours.history(room, None, PAGE).await?.len());
    page(&rooms, &format!("{name}: {PAGE} of what was played"), times, table, history).await?;
    ours.shutdown().await;
    snapshot(&store, &rooms, &name, table).await?;

    eprintln!("chats of {} and {} lines", LINES[0], LINES[1]);
    let mut rooms = Vec::new();
    for count in LINES {
        let mut draft = Draft::found(now, count);
        draft.say(count)?;
        ensure!(draft.holds() == (0, 0, count as u64), "{:?} of {count}", draft.holds());
        rooms.push(fill::keep(&store, draft).await?);
    }
    let name = format!("{} lines", LINES[0]);
    let rooms: Both<RoomId> = rooms.try_into().map_err(|_| anyhow::anyhow!("two rooms"))?;
    load(&store, &rooms, &name, table).await?;
    let ours = start(&store);
    let say = |_: &RoomView, _| Command::Say { id: Entropy.message(), text: "And did you hear that?".into() };
    command(&ours, &rooms, &format!("{name}: say"), times, table, say).await?;
    let last = async |room| Ok(ours.chat(room, None, PAGE).await?.len());
    page(&rooms, &format!("{name}: the last {PAGE}"), times, table, last).await?;
    // The founding is number 1.
    let first = async |room| Ok(ours.chat(room, Some(PAGE as u64 + 2), PAGE).await?.len());
    page(&rooms, &format!("{name}: the first {PAGE}"), times, table, first).await?;
    ours.shutdown().await;
    store.close().await;
    Ok(())
}

fn start(store: &Arc<SqliteStore>) -> Rooms {
    Rooms::new(store.clone(), Clock::start(), RoomsSettings { limits: LIMITS, ..RoomsSettings::default() })
}

/// How long it takes until a room that is not in memory can be seen.
async fn load(store: &Arc<SqliteStore>, rooms: &Both<RoomId>, name: &str, table: &mut Table) -> anyhow::Result<()> {
    let mut took: Both<Vec<f64>> = Default::default();
    for _ in 0..STARTS {
        let ours = start(store);
        for (room, took) in rooms.iter().zip(&mut took) {
            let from = Instant::now();
            ours.view(*room).await?;
            took.push(milliseconds(from.elapsed()));
        }
        ours.shutdown().await;
    }
    table.both(&format!("{name}: load the room"), "ms", median(&took[0]), median(&took[1]));
    Ok(())
}

/// What is asked for, the n-th time.
fn seek(_: &RoomView, n: usize) -> Command {
    let position = Millis::seconds(if n.is_multiple_of(2) { 60 } else { 70 });
    Command::Do(Deed::Seek { to: SeekTo::At(position) })
}

fn shift(view: &RoomView, n: usize) -> Command {
    let from = n * 7_919 % view.queue.len();
    Command::Move { item: view.queue[from].id, index: (from + 1 + n * 104_729) % view.queue.len() }
}

/// By somebody else than who voted for all of them.
fn vote(view: &RoomView, n: usize) -> Command {
    let item = view.queue[n * 7_919 % view.queue.len()].id;
    Command::Vote { item, up: !view.votes.get(&item).is_some_and(|votes| votes.contains(&fill::voter().person)) }
}

fn add(_: &RoomView, n: usize) -> Command {
    Command::Add { items: vec![fill::item(1_000_000 + n, Clock::start().now())], spot: Spot::End }
}

fn remove(view: &RoomView, _: usize) -> Command {
    Command::Do(Deed::Remove { item: view.queue[view.queue.len() - 1].id })
}

/// What a room's own turn takes, without a task, a journal or a disk, and with somebody looking at the room before it.
async fn alone(
    store: &dyn Store,
    rooms: &Both<RoomId>,
    name: &str,
    times: usize,
    table: &mut Table,
) -> anyhow::Result<()> {
    let clock = Clock::start();
    let mut standing = Vec::new();
    for room in rooms {
        let loaded = store.load(*room).await?.context("no such room")?;
        standing.push(Room::restore(*room, clock.now(), loaded, LIMITS)?.0);
    }
    let mut turn = |what: &str, command: fn(&RoomView, usize) -> Command| -> anyhow::Result<()> {
        let mut took: Both<Vec<f64>> = Default::default();
        for n in 0..times {
            for (room, took) in standing.iter_mut().zip(&mut took) {
                let (seen, mut turn) = (room.view().clone(), Turn::default());
                let (command, actor) = (command(&seen, n), if what == "vote" { fill::voter() } else { fill::host() });
                let from = Instant::now();
                room.apply(clock.now(), &actor, command, &mut turn)?;
                drop(seen);
                took.push(microseconds(from.elapsed()));
                if what == "add one" {
                    let out = remove(room.view(), n);
                    room.apply(clock.now(), &fill::host(), out, &mut turn)?;
                }
            }
        }
        let name = format!("{name}: {what}, the room's own work, p50");
        table.both(&name, "µs", median(&took[0]), median(&took[1]));
        Ok(())
    };
    turn("seek", seek)?;
    turn("move", shift)?;
    turn("vote", vote)?;
    turn("add one", add)
}

/// From the asking to the answer, which comes after the commit.
async fn acknowledged(
    ours: &Rooms,
    rooms: &Both<RoomId>,
    name: &str,
    times: usize,
    table: &mut Table,
) -> anyhow::Result<()> {
    command(ours, rooms, &format!("{name}: seek"), times, table, seek).await?;
    command(ours, rooms, &format!("{name}: move"), times, table, shift).await?;
    command(ours, rooms, &format!("{name}: vote"), times, table, vote).await?;
    // In turns, so that the small room stays small.
    let adding = |view: &RoomView, n: usize| if n.is_multiple_of(2) { add(view, n) } else { remove(view, n) };
    command(ours, rooms, &format!("{name}: add one, or remove it"), times, table, adding).await
}

async fn command(
    ours: &Rooms,
    rooms: &Both<RoomId>,
    name: &str,
    times: usize,
    table: &mut Table,
    make: impl Fn(&RoomView, usize) -> Command,
) -> anyhow::Result<()> {
    let mut took: Both<Vec<f64>> = Default::default();
    for n in 0..times {
        for (room, took) in rooms.iter().zip(&mut took) {
            let command = make(&*ours.view(*room).await?, n);
            let actor = if matches!(command, Command::Vote { .. }) { fill::voter() } else { fill::host() };
            let from = Instant::now();
            ours.command(*room, actor, command).await?;
            took.push(microseconds(from.elapsed()));
        }
    }
    for (part, value) in [("p50", 0.5), ("p99", 0.99)] {
        table.both(&format!("{name}, {part}"), "µs", quantile(&took[0], value), quantile(&took[1], value));
    }
    Ok(())
}

/// Reading a page of what is in the store.
async fn page(
    rooms: &Both<RoomId>,
    name: &str,
    times: usize,
    table: &mut Table,
    read: impl AsyncFn(RoomId) -> anyhow::Result<usize>,
) -> anyhow::Result<()> {
    let mut took: Both<Vec<f64>> = Default::default();
    let mut lengths = [0; 2];
    for _ in 0..times {
        for ((room, took), length) in rooms.iter().zip(&mut took).zip(&mut lengths) {
            let from = Instant::now();
            *length = read(*room).await?;
            took.push(microseconds(from.elapsed()));
        }
    }
    ensure!(lengths[0] == PAGE, "a page of {} lines", lengths[0]);
    for (part, value) in [("p50", 0.5), ("p99", 0.99)] {
        table.both(&format!("{name}, {part}"), "µs", quantile(&took[0], value), quantile(&took[1], value));
    }
    Ok(())
}

/// The room as text, as the first who comes after a change is greeted with it and as GET answers.
async fn greeting(ours: &Rooms, rooms: &Both<RoomId>, name: &str, table: &mut Table) -> anyhow::Result<()> {
    let links = Links::new("http://127.0.0.1:8080", None, Clock::start());
    let mut took: Both<Vec<f64>> = Default::default();
    let mut lengths = [0.0; 2];
    for _ in 0..GREETINGS {
        for ((room, took), length) in rooms.iter().zip(&mut took).zip(&mut lengths) {
            let view = ours.view(*room).await?;
            let from = Instant::now();
            let whole = Voice::Native(Crowd::of(&view)).room(&view, &links, Clock::start().play_time());
            took.push(milliseconds(from.elapsed()));
            *length = whole.room.len() as f64 / 1e3;
        }
    }
    table.both(&format!("{name}: make a greeting"), "ms", median(&took[0]), median(&took[1]));
    table.both(&format!("{name}: its size"), "kB", lengths[0], lengths[1]);
    Ok(())
}

/// The commit that holds a whole state: written once in as many events as the queue is long, 256 at least.
async fn snapshot(store: &Arc<SqliteStore>, rooms: &Both<RoomId>, name: &str, table: &mut Table) -> anyhow::Result<()> {
    let mut took: Both<Vec<f64>> = Default::default();
    for _ in 0..STARTS {
        for (room, took) in rooms.iter().zip(&mut took) {
            let loaded = store.load(*room).await?.context("no such room")?;
            let epoch = loaded.epoch;
            let (room, turn) = Room::restore(*room, Clock::start().now(), loaded, LIMITS)?;
            let view = room.view();
            let snapshot = Some(Arc::new(view.state.clone()));
            let entry =
                Entry { room: view.id, epoch, events: turn.events, snapshot, head: view.head(), visits: Vec::new() };
            let from = Instant::now();
            store.append(entry).await?;
            took.push(milliseconds(from.elapsed()));
        }
    }
    table.both(&format!("{name}: write the whole state"), "ms", median(&took[0]), median(&took[1]));
    Ok(())
}

/// Fills the two databases that servers are started on, and asks them what a server asks twice a second.
async fn many_rooms(
    places: &Both<impl AsRef<Path>>,
    times: usize,
    table: &mut Table,
) -> anyhow::Result<Both<Vec<RoomId>>> {
    let (mut rooms, mut sizes): (Both<Vec<RoomId>>, Both<u64>) = Default::default();
    let mut stores = Vec::new();
    for (place, (count, rooms)) in places.iter().zip(ROOMS.into_iter().zip(&mut rooms)) {
        eprintln!("{count} rooms");
        fs::create_dir(place.as_ref())?;
        let store = fill::open(place.as_ref()).await?;
        *rooms = fill::plain(&store, count).await?;
        stores.push(store);
    }
    let mut took: Both<Vec<f64>> = Default::default();
    for _ in 0..times {
        for (store, took) in stores.iter().zip(&mut took) {
            let from = Instant::now();
            store.due(Clock::start().now().wall, 256).await?;
            took.push(microseconds(from.elapsed()));
        }
    }
    let name = format!("{} rooms: which are due, p50", ROOMS[0]);
    table.both(&name, "µs", median(&took[0]), median(&took[1]));
    for ((store, place), size) in stores.iter().zip(places).zip(&mut sizes) {
        store.close().await;
        *size = fs::metadata(place.as_ref().join("onecouch.db"))?.len();
    }
    let bytes = (sizes[0] - sizes[1]) as f64 / (ROOMS[0] - ROOMS[1]) as f64;
    table.alone("disk per stored room", "kB", bytes / 1e3);
    Ok(rooms)
}

/// Servers on the two databases.
async fn servers(
    plan: &Plan,
    places: &Both<impl AsRef<Path>>,
    rooms: &Both<Vec<RoomId>>,
    clips: &str,
    table: &mut Table,
) -> anyhow::Result<()> {
    eprintln!("servers with {} rooms and with {}", ROOMS[0], ROOMS[1]);
    let [mut ready, mut cold, mut resident, mut commands]: [Both<Vec<f64>>; 4] = Default::default();
    for turn in 0..STARTS {
        for side in 0..2 {
            let from = Instant::now();
            let party = Party::start(&plan.server, places[side].as_ref(), clips)?;
            let mut connection = Connection::open(party.address).await?;
            connection.get(format!("GET /readyz HTTP/1.1\r\nHost: {}\r\n\r\n", party.address).as_bytes()).await?;
            ready[side].push(milliseconds(from.elapsed()));
            resident[side].push(party.process.resident()?);
            let guest = party.guests(1).await?;
            let token = guest.first().context("no guest")?;
            let all = &rooms[side];
            for n in 0..ROOMS[1] {
                let room = all[(turn * ROOMS[1] + n) * 997 % all.len()];
                let ask = ask(&format!("/api/v1/rooms/{room}"), token, &party);
                let from = Instant::now();
                connection.get(&ask).await?;
                cold[side].push(microseconds(from.elapsed()));
            }
            commands[side].extend(seeks(&party, &guest, clips, plan.leg / 2).await?);
            party.process.stop()?;
        }
    }
    let name = format!("{} rooms", ROOMS[0]);
    table.both(&format!("{name}: start, until it is ready"), "ms", median(&ready[0]), median(&ready[1]));
    table.both(&format!("{name}: resident memory when ready"), "kB", median(&resident[0]), median(&resident[1]));
    for (part, value) in [("p50", 0.5), ("p99", 0.99)] {
        let both = |took: &Both<Vec<f64>>| (quantile(&took[0], value), quantile(&took[1], value));
        let (large, small) = both(&commands);
        table.both(&format!("{name}: seek over a socket, {part}"), "µs", large, small);
        let (large, small) = both(&cold);
        table.both(&format!("{name}: GET of a room that is not loaded, {part}"), "µs", large, small);
    }
    memory(plan, places[0].as_ref(), &rooms[0], clips, table).await
}

fn ask(path: &str, token: &str, party: &Party) -> Vec<u8> {
    let address = party.address;
    format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n").into_bytes()
}

/// One seek after the other, each sent when the one before is answered; how long each took, in microseconds.
async fn seeks(party: &Party, host: &[String], clips: &str, time: Duration) -> anyhow::Result<Vec<f64>> {
    let rooms = party.rooms(host, clips).await?;
    let (room, host) = (rooms.first().context("no room")?, host.first().context("no host")?);
    let (tally, load) = (Tally::default().into(), std::rc::Rc::new(Load::default()));
    let desk = Desk::new(&load);
    let socket = party.desk(room, host, &tally, &desk).await?;
    super::party::welcomed(&tally, 1).await?;
    load.running.set(true);
    desk.send()?;
    tokio::time::sleep(time).await;
    load.running.set(false);
    while load.in_flight.get() > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    ensure!(load.refused.get() == 0 && tally.lost.get() == 0, "seeks were refused");
    drop(socket);
    let took = load.took.take();
    // The first ones found the room waiting for its viewer.
    Ok(took.into_iter().skip(20).map(microseconds).collect())
}

/// What a room in memory that nobody is in keeps.
async fn memory(plan: &Plan, place: &Path, rooms: &[RoomId], clips: &str, table: &mut Table) -> anyhow::Result<()> {
    let party = Party::start(&plan.server, place, clips)?;
    let guest = party.guests(1).await?;
    let token = guest.first().context("no guest")?;
    let mut connections = Vec::new();
    for _ in 0..AT_ONCE {
        connections.push(Connection::open(party.address).await?);
    }
    let (mut loaded, mut before) = (0, 0.0);
    for upto in LOADED {
        // Not the whole room: its text would be kept for a minute beside it.
        let asks: Vec<_> = rooms[loaded..upto].iter().collect();
        for some in asks.chunks(AT_ONCE) {
            let gets = connections.iter_mut().zip(some).map(|(connection, room)| {
                let ask = ask(&format!("/api/v1/rooms/{room}/playback"), token, &party);
                async move { connection.get(&ask).await }
            });
            futures_util::future::try_join_all(gets).await?;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        let resident = party.process.resident()?;
        if loaded > 0 {
            let each = (resident - before) / (upto - loaded) as f64;
            table.alone(&format!("resident memory per idle loaded room, from {loaded} to {upto}"), "kB", each);
        }
        (loaded, before) = (upto, resident);
    }
    party.process.stop()
}
