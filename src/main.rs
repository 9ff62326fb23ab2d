//! The command line.

use std::{io::Write, path::PathBuf, process::ExitCode, time::Duration};

use clap::{Parser, Subcommand};
use engine::ids::RoomId;
#[cfg(unix)]
use onecouch::upgrade::{self, Successor, Told};
use onecouch::{
    config::Config,
    demo, doctor, export,
    host::Host,
    http::Metrics,
    import, keys,
    listeners::{Inherited, Listeners},
    supervisor, telemetry, upkeep,
};

/// How long what still runs may take once all is written.
const LAST_MOMENT: Duration = Duration::from_millis(200);

/// One link, everybody on the same frame.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The configuration; the defaults where none is named.
    #[arg(long, global = true, env = "ONECOUCH_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Order>,
}

#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
enum Order {
    /// Run the server (the default).
    Serve,
    /// Run the server with a room that plays already, and two guests in it.
    Demo,
    /// Check tokens, addresses and the data directory, and say what to fix.
    Doctor,
    /// Ask a running server whether it is alive; for container health checks.
    Healthcheck,
    /// Make, list and revoke API keys.
    #[command(subcommand)]
    Key(keys::KeyOrder),
    /// Say whether this version can go on with the configuration and the database, and change nothing.
    Check,
    /// Have a running server become the version that its file is now; nobody who connects is refused.
    Upgrade,
    /// Copy the database, whoever writes to it meanwhile.
    Backup {
        /// Where to; the copy is whole when the file is there.
        file: PathBuf,
        /// Replace the file if it is there.
        #[arg(long)]
        replace: bool,
    },
    /// Put a copy of the database in its place, while no server runs.
    Restore {
        /// What `onecouch backup` made.
        file: PathBuf,
    },
    /// Print rooms as lines of JSON, for another installation.
    Export {
        /// Only this room; may be given several times.
        #[arg(long = "room", value_name = "ID")]
        rooms: Vec<RoomId>,
    },
    /// Take in rooms that `onecouch export` printed, or move all of a SQLite file to PostgreSQL, while no server runs.
    ///
    /// Where FILE is a SQLite database of onecouch, or its address (sqlite:///path/to/onecouch.db), all there is in it moves into the
    /// PostgreSQL that database.url names, which must be empty: rooms, people, sessions, keys, all else. What breaks off goes on
    /// when it is run again. The file stays as it is.
    Import {
        /// What it printed, or the SQLite file.
        file: PathBuf,
        /// Make other rooms of them than they were elsewhere.
        #[arg(long)]
        new_ids: bool,
    },
}

/// What becomes of the process.
enum End {
    Exit(ExitCode),
    /// Another version takes its place.
    #[cfg(unix)]
    Upgrade(Successor, Listeners),
}

fn main() -> ExitCode {
    // Before there are threads: the environment changes.
    let inherited = Inherited::take();
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("onecouch: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let end = runtime.block_on(async { run(arguments, inherited?).await });
    runtime.shutdown_timeout(LAST_MOMENT);
    let error = match end {
        Ok(End::Exit(code)) => return code,
        #[cfg(unix)]
        Ok(End::Upgrade(successor, listeners)) => successor.take_over(&listeners),
        Err(error) => error,
    };
    eprintln!("onecouch: {}", sentence(&error));
    ExitCode::FAILURE
}

/// An error and its causes, each once: several libraries say their cause in their own words already, and so do we.
fn sentence(error: &anyhow::Error) -> String {
    let mut said = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !said.contains(&cause) {
            said = format!("{said}: {cause}");
        }
    }
    said
}

async fn run(arguments: Arguments, inherited: Inherited) -> anyhow::Result<End> {
    // Several libraries speak TLS; one provider for all of them. It fails only where one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let file = arguments.config.as_deref();
    let config = Config::read(file)?;
    let said = match arguments.command.unwrap_or(Order::Serve) {
        Order::Doctor => return Ok(End::Exit(doctor::run(&config).await)),
        Order::Healthcheck => return Ok(End::Exit(doctor::healthcheck(&config).await)),
        Order::Key(order) => keys::run(&config, order).await?,
        Order::Check => vec![upkeep::check(&config).await?],
        #[cfg(unix)]
        Order::Upgrade => vec![upgrade::ask(&config).await?],
        #[cfg(not(unix))]
        Order::Upgrade => anyhow::bail!("this system has no signals: stop the server and start the other version"),
        Order::Backup { file, replace } => upkeep::backup(&config, &file, replace).await?,
        Order::Restore { file } => upkeep::restore(&config, &file).await?,
        Order::Export { rooms } => {
            // What is printed is the rooms.
            eprintln!("onecouch: {}", export::print(&config, &rooms).await?);
            Vec::new()
        }
        Order::Import { file, new_ids } if import::installation::is_installation(&file) => {
            import::installation::run(&config, &file, new_ids).await?
        }
        Order::Import { file, new_ids } => {
            let imported = import::run(&config, &file, new_ids).await?;
            for refused in &imported.refused {
                eprintln!("onecouch: {refused}");
            }
            say(import::told(&imported));
            let code = if imported.refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
            return Ok(End::Exit(code));
        }
        Order::Demo => return demonstrate(&config, inherited).await,
        Order::Serve => {
            #[cfg(unix)]
            let successor = Successor::of_this(file)?;
            let ((), metrics, mut signals) =
                (telemetry::start(&config.log)?, telemetry::metrics()?, Signals::listen()?);
            let listeners = Listeners::open(&config, inherited)?;
            let host = Host::start_on(&config, axum::Router::new(), listeners.accept()?).await?;
            let metrics = listeners.accept_metrics()?.map(|socket| Metrics::serve(socket, metrics, host.watch.clone()));
            #[cfg(unix)]
            let mut told = Told::serving(&config.database.url, host.engine.clock.now().wall.0);
            announce(&config, &host);
            supervisor::ready();
            #[cfg(unix)]
            while signals.next().await == Asked::Upgrade {
                let checked = tokio::select! {
                    checked = successor.check() => checked,
                    () = signals.stop() => break,
                };
                if let Err(why) = checked {
                    tracing::error!("no upgrade, everything goes on: {why:#}");
                    told.refused(format!("{why:#}"));
                    continue;
                }
                say("onecouch is being upgraded");
                supervisor::upgrading();
                if signals.lasts(host.stop()).await {
                    return Ok(End::Exit(ExitCode::SUCCESS));
                }
                if let Some(metrics) = metrics {
                    metrics.stop().await;
                }
                return Ok(End::Upgrade(successor, listeners));
            }
            #[cfg(not(unix))]
            signals.stop().await;
            // From here on whoever connects is better told that nobody is here.
            drop(listeners);
            stop(host).await;
            drop(metrics);
            Vec::new()
        }
    };
    for line in said {
        say(line);
    }
    Ok(End::Exit(ExitCode::SUCCESS))
}

/// Runs a demo until it is stopped. It keeps nothing, so that there is nothing to upgrade.
async fn demonstrate(config: &Config, inherited: Inherited) -> anyhow::Result<End> {
    let ((), metrics, mut signals) = (telemetry::start(&config.log)?, telemetry::metrics()?, Signals::listen()?);
    let place = tempfile::tempdir()?;
    let config = demo::config(config, place.path());
    let listeners = Listeners::open(&config, inherited)?;
    let host = Host::start_on(&config, demo::routes(place.path()).await?, listeners.accept()?).await?;
    let _metrics = listeners.accept_metrics()?.map(|socket| Metrics::serve(socket, metrics, host.watch.clone()));
    announce(&config, &host);
    say(format_args!("the demo room is at {}", demo::start(&host).await?));
    supervisor::ready();
    signals.stop().await;
    drop(listeners);
    stop(host).await;
    Ok(End::Exit(ExitCode::SUCCESS))
}

async fn stop(host: Host) {
    say("onecouch is stopping");
    supervisor::stopping();
    host.stop().await;
}

fn announce(config: &Config, host: &Host) {
    say(format_args!("onecouch is open at {}", host.public_url));
    say(bot_line("Discord", "discord.token", config.discord.token.is_some()));
    say(bot_line("Telegram", "telegram.token", config.telegram.token.is_some()));
}

/// Tells whoever started us; nobody has to listen.
fn say(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn bot_line(name: &str, key: &str, on: bool) -> String {
    if on { format!("{name} is on") } else { format!("{name} is off: set {key} to turn it on") }
}

/// What whoever started us asks for.
#[cfg(unix)]
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Stop,
    Upgrade,
}

/// Ctrl-C, and the words of whoever started us.
struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    upgrade: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            upgrade: signal(SignalKind::user_defined2())?,
        })
    }

    /// The next one.
    #[cfg(unix)]
    async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.interrupt.recv() => Asked::Stop,
            _ = self.terminate.recv() => Asked::Stop,
            _ = self.upgrade.recv() => Asked::Upgrade,
        }
    }

    /// Waits until the end is asked for.
    #[cfg(unix)]
    async fn stop(&mut self) {
        while self.next().await != Asked::Stop {}
    }

    /// Does something to its end; whether the end of all was asked for meanwhile.
    #[cfg(unix)]
    async fn lasts(&mut self, work: impl Future<Output = ()>) -> bool {
        let (mut work, mut asked) = (std::pin::pin!(work), false);
        loop {
            tokio::select! {
                () = &mut work => return asked,
                () = self.stop(), if !asked => asked = true,
            }
        }
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "as elsewhere")]
    fn listen() -> std::io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    async fn stop(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
