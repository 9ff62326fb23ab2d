//! Log lines and metrics.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing::{Level, Metadata};
use tracing_subscriber::{EnvFilter, Layer, filter::filter_fn, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{Log, LogFormat};

/// Libraries that write below `info` what goes over their lines, tokens and all. Of those nothing finer is logged, whatever the
/// filter says.
const TALKATIVE: &[&str] = &[
    "h2",
    "hyper",
    "hyper_util",
    "lettre",
    "reqwest",
    "serenity",
    "teloxide",
    "teloxide_core",
    "tokio_tungstenite",
    "tungstenite",
];

/// Whether a line may be logged.
fn is_discreet(line: &Metadata<'_>) -> bool {
    let library = line.target().split("::").next().unwrap_or_default();
    *line.level() <= Level::INFO || !TALKATIVE.contains(&library)
}

/// What is logged. A filter that cannot be read is an error that says so.
pub fn filter(log: &Log) -> anyhow::Result<EnvFilter> {
    let filter = EnvFilter::try_new(&log.filter).map_err(|error| {
        anyhow::anyhow!("log.filter is {:?}: {error}. Write info, or onecouch=debug,info", log.filter)
    })?;
    // The drawing library warns of every letter that it takes from another font.
    Ok(filter.add_directive("usvg=error".parse()?))
}

/// Starts logging. A filter that cannot be read is an error that says so.
pub fn start(log: &Log) -> anyhow::Result<()> {
    let filter = filter(log)?;
    let lines = match log.format {
        LogFormat::Lines => tracing_subscriber::fmt::layer().with_target(false).with_writer(std::io::stderr).boxed(),
        LogFormat::Json => tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr).boxed(),
    };
    tracing_subscriber::registry().with(filter).with(lines.with_filter(filter_fn(is_discreet))).try_init()?;
    Ok(())
}

/// Starts counting; once per process.
pub fn metrics() -> anyhow::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new().install_recorder()?;
    metrics::describe_gauge!("onecouch_sockets", "Sockets that are open");
    metrics::describe_gauge!("onecouch_rooms", "Rooms in memory");
    metrics::describe_gauge!("onecouch_rooms_playing", "Rooms that play");
    metrics::describe_counter!("onecouch_frames_written_total", "Frames written to sockets");
    metrics::describe_counter!("onecouch_outbox_overflows_total", "Times that a socket was too slow to read");
    metrics::describe_counter!("onecouch_http_requests_total", "Requests answered, by route and status");
    metrics::describe_counter!("onecouch_webhook_deliveries_total", "Deliveries of webhooks that were taken");
    metrics::describe_counter!("onecouch_webhook_failures_total", "Attempts to deliver that failed");
    metrics::describe_counter!("onecouch_webhook_dropped_events_total", "Events that were given up");
    Ok(handle)
}
