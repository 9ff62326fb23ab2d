//! What onecouch costs, beside what the machine would charge for the bare work: `cargo bench --bench bench`.
//!
//! Starts the real server as a child, loads it through real sockets, and prints a table. The absolute numbers move with
//! whatever else the machine does; the ratios, each of two measurements right after one another, much less. How to read
//! them, and what they were, stands in `docs/PERFORMANCE.md`. Linux only: CPU and memory are read from `/proc`.
#![expect(clippy::disallowed_methods, reason = "measuring is reading the clock")]

#[cfg(target_os = "linux")]
mod bare;
#[cfg(target_os = "linux")]
mod comeback;
#[cfg(target_os = "linux")]
mod durable;
#[cfg(target_os = "linux")]
mod fanout;
#[cfg(target_os = "linux")]
mod gateway;
#[cfg(target_os = "linux")]
mod nodes;
#[cfg(target_os = "linux")]
mod party;
#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
mod reads;
#[cfg(target_os = "linux")]
mod report;
#[cfg(target_os = "linux")]
mod scale;
#[cfg(target_os = "linux")]
mod simulation;
#[cfg(target_os = "linux")]
mod spread;
#[cfg(target_os = "linux")]
mod viewer;

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("This needs Linux: CPU time and memory are read from /proc.");
}

#[cfg(target_os = "linux")]
pub use linux::Plan;

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    linux::main()
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{
        fs,
        path::PathBuf,
        process::Command,
        time::{Duration, Instant},
    };

    use anyhow::Context;
    use clap::{Parser, ValueEnum};
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    use super::{
        bare, comeback, durable, fanout, gateway,
        nodes::{House, bus, crossing, crowd, takeover, watching, writing},
        process::Process,
        reads,
        report::{Spreads, Table},
        scale, simulation, spread,
    };

    /// Descriptors beside those of the viewers: each of them has one here, and one in the server.
    const SPARE_DESCRIPTORS: u64 = 300;

    /// Measures onecouch beside bare loops that do the same work.
    #[derive(Debug, Parser)]
    struct Arguments {
        /// Sockets in the one big room.
        #[arg(long, default_value_t = 1000)]
        sockets: usize,
        /// Rooms that write at the same time.
        #[arg(long, default_value_t = 100)]
        rooms: usize,
        /// Half a minute instead of two; for trying out, not for writing down.
        #[arg(long)]
        quick: bool,
        /// Which parts to measure; where none is named, `fanout`, `durable`, `reads` and `gateway`.
        #[arg(value_enum)]
        parts: Vec<Part>,
        /// The same.
        #[arg(long, value_enum)]
        only: Vec<Part>,
        /// The server's program.
        #[arg(long, default_value = env!("CARGO_BIN_EXE_onecouch"))]
        server: PathBuf,
        /// A directory on the disk that shall be measured; the system's place for temporary files where none is named.
        #[arg(long)]
        dir: Option<PathBuf>,
        /// Measures a build without optimisation, whose figures say nothing.
        #[arg(long)]
        debug_build: bool,
        /// What `cargo bench` adds.
        #[arg(long, hide = true)]
        bench: bool,
        /// One of the processes that we compare with.
        #[arg(long, hide = true)]
        child: Option<Child>,
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
    enum Part {
        /// One room with many sockets.
        Fanout,
        /// Many rooms that write.
        Durable,
        /// Reading a room over HTTP.
        Reads,
        /// Commands from a chat.
        Gateway,
        /// Ten times as many rooms, with ten sockets each.
        Spread,
        /// Five times as many sockets, after a restart.
        Comeback,
        /// Large rooms, many rooms.
        Scale,
        /// A command that enters at a node which has not its room.
        Crossing,
        /// People who just watch, on several nodes.
        Watching,
        /// What NATS itself does for a message.
        Bus,
        /// A room's own work for a report, with many people in it.
        Crowd,
        /// What the measured costs come to, with very many people; nothing is measured.
        Simulation,
        /// Several nodes that write to one database.
        Writing,
        /// A node goes, and others have its rooms.
        Takeover,
    }

    #[derive(Debug, Clone, Copy, ValueEnum)]
    enum Child {
        Writes,
        Http,
    }

    /// How much to measure.
    #[derive(Debug)]
    pub struct Plan {
        /// The server's program.
        pub server: PathBuf,
        /// Sockets in the one big room.
        pub sockets: usize,
        /// Rooms that write at the same time.
        pub rooms: usize,
        /// How often each pair is measured.
        pub pairs: usize,
        /// How long one leg of a closed loop takes.
        pub leg: Duration,
        /// How long idle sockets are watched: one round of pings, which come every 25 s.
        pub idle: Duration,
    }

    pub fn main() -> anyhow::Result<()> {
        let arguments = Arguments::parse();
        let place = match &arguments.dir {
            Some(dir) => tempfile::tempdir_in(dir),
            None => tempfile::tempdir(),
        };
        let place = place.context("no place for the databases")?;
        match arguments.child {
            Some(Child::Writes) => return bare::writes(),
            Some(Child::Http) => return bare::http(place.path()),
            None => {}
        }
        if cfg!(debug_assertions) && !arguments.debug_build {
            eprintln!(
                "This is a debug build; its figures say nothing. Run cargo bench --bench bench, or add --debug-build."
            );
            return Ok(());
        }
        let plan = Plan {
            server: arguments.server,
            sockets: arguments.sockets.max(2),
            rooms: arguments.rooms.max(1),
            pairs: if arguments.quick { 3 } else { 10 },
            leg: if arguments.quick { Duration::from_millis(500) } else { Duration::from_millis(1500) },
            idle: if arguments.quick { Duration::from_secs(5) } else { Duration::from_secs(25) },
        };
        let mut parts = [arguments.parts, arguments.only].concat();
        if parts.is_empty() {
            parts = vec![Part::Fanout, Part::Durable, Part::Reads, Part::Gateway];
        }
        let only = |part| parts.contains(&part);
        let comeback = if only(Part::Comeback) { comeback::TIMES } else { 1 };
        let spread = if only(Part::Spread) { plan.rooms * 10 * spread::EACH } else { 0 };
        raise_descriptors(spread.max(plan.sockets * comeback))?;
        let together = [Part::Bus, Part::Crossing, Part::Watching, Part::Writing, Part::Takeover].into_iter().any(only);
        let (from, load) = (Instant::now(), load_average());
        let (mut table, mut sizes) = (Table::new(["onecouch", "bare"]), Table::new(["large", "small"]));
        let (mut several, mut stores) = (Table::new(["3 nodes", "1 process"]), Table::new(["PostgreSQL", "SQLite"]));
        let mut spreads = Spreads::default();
        let mut goes = Table::new(["killed", "stopped"]);
        let mut ways = Table::new(["from Discord", "from a socket"]);
        if only(Part::Simulation) {
            println!("{}", simulation::run(arguments.quick));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        tokio::task::LocalSet::new().block_on(&runtime, async {
            let mut child = Command::new(std::env::current_exe()?);
            let (http, clips) = Process::start(child.arg("--child=http"), bare::HTTP_OPEN)?;
            let directory = |name: &str| -> anyhow::Result<PathBuf> {
                let path = place.path().join(name);
                fs::create_dir(&path)?;
                Ok(path)
            };
            if only(Part::Fanout) {
                fanout::run(&plan, &directory("fanout")?, &clips, &mut table).await?;
            }
            if only(Part::Durable) {
                durable::run(&plan, &directory("durable")?, &clips, &mut table).await?;
            }
            if only(Part::Reads) {
                reads::run(&plan, &directory("reads")?, &http, &clips, &mut table).await?;
            }
            if only(Part::Gateway) {
                gateway::run(&plan, &directory("gateway")?, &clips, &mut ways).await?;
            }
            if only(Part::Spread) {
                spread::run(&plan, &directory("spread")?, &clips, &mut table).await?;
            }
            if only(Part::Comeback) {
                comeback::run(&plan, &directory("comeback")?, &clips, &mut table).await?;
            }
            if only(Part::Scale) {
                scale::run(&plan, &directory("scale")?, &clips, &mut sizes).await?;
            }
            if only(Part::Crowd) {
                crowd::run(&mut sizes)?;
            }
            if let Some(house) = if together { House::open(&plan, &clips).await? } else { None } {
                if only(Part::Crossing) {
                    crossing::run(&plan, &house, &clips, &mut several, &mut stores, &mut spreads).await?;
                }
                if only(Part::Bus) {
                    bus::run(&plan, &house, &mut several).await?;
                }
                if only(Part::Watching) {
                    watching::run(&plan, &house, &clips, &mut several).await?;
                }
                if only(Part::Writing) {
                    writing::run(&plan, &house, &clips, &mut several, &mut spreads).await?;
                }
                if only(Part::Takeover) {
                    takeover::run(&plan, &house, &clips, &mut goes, &mut spreads).await?;
                }
            }
            anyhow::Ok(())
        })?;
        println!("\n{}", jiff::Zoned::now().date());
        println!("{}", machine());
        println!(
            "load average {load} before, {} after; {} s; {} sockets; {} build{}\n",
            load_average(),
            from.elapsed().as_secs(),
            plan.sockets,
            if cfg!(debug_assertions) { "debug" } else { "release" },
            if arguments.quick { ", quick" } else { "" }
        );
        for table in [table, ways, sizes, several, stores, goes].iter().filter(|table| !table.is_empty()) {
            println!("{}", table.print());
        }
        if !spreads.is_empty() {
            println!("{}", spreads.print());
        }
        Ok(())
    }

    /// Each socket is a descriptor here, and one in the server, which inherits our limit.
    fn raise_descriptors(sockets: usize) -> anyhow::Result<()> {
        let wanted = 2 * sockets as u64 + SPARE_DESCRIPTORS;
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
}
