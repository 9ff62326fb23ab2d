//! The command line.

use std::{io::Write, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use onecouch::{config::Config, demo, doctor, host::Host, http, keys, telemetry};
use tokio::net::TcpListener;

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
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("onecouch: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(arguments)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("onecouch: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    // Several libraries speak TLS; one provider for all of them. It fails only where one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = Config::read(arguments.config.as_deref())?;
    match arguments.command.unwrap_or(Order::Serve) {
        Order::Doctor => return Ok(doctor::run(&config).await),
        Order::Healthcheck => return Ok(doctor::healthcheck(&config).await),
        Order::Key(order) => {
            for line in keys::run(&config, order).await? {
                say(line);
            }
        }
        order @ (Order::Serve | Order::Demo) => serve(&config, order).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn serve(config: &Config, order: Order) -> anyhow::Result<()> {
    telemetry::start(&config.log)?;
    let metrics = telemetry::metrics()?;
    let demo_place = (order == Order::Demo).then(tempfile::tempdir).transpose()?;
    let host = match &demo_place {
        Some(place) => Host::start_with(&demo::config(config, place.path()), demo::routes(place.path()).await?).await?,
        None => Host::start(config).await?,
    };
    say(format_args!("onecouch is open at {}", host.public_url));
    say(bot_line("Discord", "discord.token", config.discord.token.is_some()));
    say(bot_line("Telegram", "telegram.token", config.telegram.token.is_some()));
    if !config.http.metrics_listen.is_empty() {
        let listener = TcpListener::bind(&config.http.metrics_listen).await;
        match listener {
            Ok(listener) => {
                let engine = host.engine.clone();
                tokio::spawn(async move { axum::serve(listener, http::metrics_router(metrics, engine)).await });
            }
            Err(error) => {
                tracing::warn!(%error, address = config.http.metrics_listen, "no metrics: set http.metrics_listen");
            }
        }
    }
    if order == Order::Demo {
        say(format_args!("the demo room is at {}", demo::start(&host).await?));
    }
    stop_signal().await;
    say("onecouch is stopping");
    host.stop().await;
    Ok(())
}

/// Tells whoever started us; nobody has to listen.
fn say(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn bot_line(name: &str, key: &str, on: bool) -> String {
    if on { format!("{name} is on") } else { format!("{name} is off: set {key} to turn it on") }
}

/// Ctrl-C, or the word of whoever started us.
async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
