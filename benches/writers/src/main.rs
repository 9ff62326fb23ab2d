//! What a delivered WebSocket frame costs by the way it is written:
//! `cargo run --release --manifest-path benches/writers/Cargo.toml`.
//!
//! One frame of text goes to many sockets of one process, round after round, once through each library and arrangement,
//! and each time beside a bare loop with one `write(2)` per socket that sends the very same bytes. The absolute numbers
//! move with whatever else the machine does; the ratios, each of two legs that run at the same time, much less. What they
//! were stands in `docs/PERFORMANCE.md`. Linux only: CPU is read from `/proc`.
//!
//! The sockets are written to and never read from: what a library does about what viewers say is not in here.
#![expect(clippy::disallowed_methods, reason = "measuring is reading the clock")]

mod child;
mod generator;
mod report;

use std::{
    fs,
    time::{Duration, Instant},
};

use clap::Parser;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::time::{MissedTickBehavior, interval, sleep};

use child::{Arrangement, Way};
use generator::Server;
use report::{Figures, Table, microseconds};

/// Between two rounds of the same process.
const APART: Duration = Duration::from_millis(50);
/// Rounds of one leg.
const ROUNDS: u32 = 20;
/// Rounds before the first leg, so that both are warm.
const WARMING: u32 = 4;
/// Descriptors beside those of the sockets.
const SPARE_DESCRIPTORS: u64 = 300;

/// Measures ways to write a WebSocket frame beside a bare loop.
#[derive(Debug, Parser)]
struct Arguments {
    /// Sockets that each frame goes to.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..))]
    sockets: u32,
    /// Bytes of text in a frame.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..))]
    bytes: u32,
    /// How often each way is measured beside the bare loop; 10 unless told.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pairs: Option<u32>,
    /// Three pairs of each; for trying out, not for writing down.
    #[arg(long)]
    quick: bool,
    /// One of the processes that are measured.
    #[arg(long, hide = true)]
    child: Option<Way>,
    /// Who writes in it.
    #[arg(long, hide = true, default_value = "in-turn")]
    arrangement: Arrangement,
}

/// All ways but the bare loop, in the order in which they are measured.
const WAYS: [Way; 6] =
    [Way::Axum, Way::Tungstenite, Way::TungsteniteUnbuffered, Way::Fastwebsockets, Way::TokioWebsockets, Way::Own];

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    anyhow::ensure!(cfg!(target_os = "linux"), "this needs Linux: CPU time is read from /proc");
    if let Some(way) = arguments.child {
        return child::run(way, arguments.arrangement);
    }
    anyhow::ensure!(!cfg!(debug_assertions), "this is a debug build, and its figures say nothing: add --release");
    let pairs = arguments.pairs.unwrap_or(if arguments.quick { 3 } else { 10 });
    raise_descriptors(arguments.sockets)?;
    let (from, load) = (Instant::now(), load_average());
    let (mut table, mut floor) = (Table::default(), Figures::default());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        for way in WAYS {
            for arrangement in [Arrangement::InTurn, Arrangement::TaskEach] {
                let name = format!("{}, {}", way.name(), arrangement.name());
                eprintln!("{name}");
                let figures = measure(way, arrangement, &arguments, pairs, &mut floor).await?;
                table.push(&name, &figures);
            }
        }
        anyhow::Ok(())
    })?;
    table.first(Way::Bare.name(), &floor);
    println!("\n{}", machine());
    println!("{}", versions());
    println!(
        "load average {load} before, {} after; {} s; {} sockets; {} bytes of text; {pairs} pairs of {ROUNDS} rounds{}\n",
        load_average(),
        from.elapsed().as_secs(),
        arguments.sockets,
        arguments.bytes,
        if arguments.quick { "; quick" } else { "" }
    );
    println!("{}", table.print());
    Ok(())
}

/// One way, with a bare loop of its own beside it, whose figures go to `floor` too.
async fn measure(
    way: Way,
    arrangement: Arrangement,
    arguments: &Arguments,
    pairs: u32,
    floor: &mut Figures,
) -> anyhow::Result<Figures> {
    let mut ours = Server::start(way, arrangement, arguments.sockets, arguments.bytes).await?;
    let mut bare = Server::start(Way::Bare, Arrangement::InTurn, arguments.sockets, arguments.bytes).await?;
    pair(&mut ours, &mut bare, WARMING).await?;
    let mut figures = Figures::default();
    for _ in 0..pairs {
        let [ours, bare] = pair(&mut ours, &mut bare, ROUNDS).await?;
        figures.push(&ours, bare.cpu);
        floor.push(&bare, bare.cpu);
    }
    Ok(figures)
}

/// What one process did in one pair.
#[derive(Debug)]
pub struct Leg {
    /// Microseconds of CPU per delivered frame.
    pub cpu: f64,
    /// How long until the last socket had it, per round.
    pub last: Vec<Duration>,
}

/// A leg of each, at the same time: a round of the one falls between two of the other. That way what else the machine does
/// meets both, and a pair takes no longer than a leg. They do not meet each other, as a round is waited for.
async fn pair(ours: &mut Server, bare: &mut Server, rounds: u32) -> anyhow::Result<[Leg; 2]> {
    let before = [ours.cpu()?, bare.cpu()?];
    let mut last = [Vec::new(), Vec::new()];
    let mut due = interval(APART / 2);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for _ in 0..rounds {
        due.tick().await;
        last[0].push(ours.round().await?);
        due.tick().await;
        last[1].push(bare.round().await?);
    }
    // What follows the last write belongs to it. Without rounds they do nothing, so nothing need be taken off.
    sleep(Duration::from_millis(30)).await;
    let frames = ours.sockets() as f64 * f64::from(rounds);
    let per_frame = |server: &Server, before| anyhow::Ok(microseconds(server.cpu()?.saturating_sub(before)) / frames);
    let cpu = [per_frame(ours, before[0])?, per_frame(bare, before[1])?];
    let [our_last, bare_last] = last;
    Ok([Leg { cpu: cpu[0], last: our_last }, Leg { cpu: cpu[1], last: bare_last }])
}

/// Each socket is a descriptor in its server, which inherits our limit; those of two servers at a time have one here.
fn raise_descriptors(sockets: u32) -> anyhow::Result<()> {
    let wanted = 2 * u64::from(sockets) + SPARE_DESCRIPTORS;
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|now| now >= wanted) {
        return Ok(());
    }
    anyhow::ensure!(
        limit.maximum.is_none_or(|most| most >= wanted),
        "{sockets} sockets need {wanted} open files, and this user may have {}: raise it with ulimit -Hn, or say --sockets",
        limit.maximum.unwrap_or_default()
    );
    Ok(setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum })?)
}

fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("unknown").to_owned()
}

/// Processor, number of cores, kernel.
fn machine() -> String {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let names: Vec<&str> = processors
        .lines()
        .filter_map(|line| line.strip_prefix("model name")?.split_once(": ").map(|(_, name)| name))
        .collect();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let system = system.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).unwrap_or("unknown");
    format!(
        "{} cores of {}, Linux {}, {}",
        names.len(),
        names.first().unwrap_or(&"unknown"),
        kernel.trim(),
        system.trim_matches('"')
    )
}

/// What is measured, with the versions that the lock file names.
fn versions() -> String {
    let lock = include_str!("../Cargo.lock");
    let named = ["axum", "tokio-tungstenite", "fastwebsockets", "tokio-websockets", "tokio"].map(|name| {
        let entry = format!("name = \"{name}\"\nversion = \"");
        let version = lock.split_once(&entry).and_then(|(_, rest)| rest.split('"').next()).unwrap_or("unknown");
        format!("{name} {version}")
    });
    named.join(", ")
}
