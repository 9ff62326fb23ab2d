//! Log lines and metrics.
//!
//! [`list`] names every metric there is; `docs/METRICS.md` is that list for people, and a story compares the two with what a
//! server shows. [`process`] and [`watch`] are what is looked up when somebody asks; everything else counts itself where it
//! happens.

pub mod list;
pub mod process;
pub mod watch;

use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::filter_fn,
    layer::{Context, SubscriberExt},
    util::SubscriberInitExt,
};

use self::list::{Kind, METRICS};
use crate::config::{Log, LogFormat};

/// How often what histograms gathered is put into their buckets: it would pile up where nobody asks for it.
const UPKEEP: Duration = Duration::from_secs(5);

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

/// What warns of a line that it cannot read, with the password in it.
const INDISCREET: &str = "sqlx_postgres::options::pgpass";

/// Whether a line may be logged.
fn is_discreet(line: &Metadata<'_>) -> bool {
    let library = line.target().split("::").next().unwrap_or_default();
    (*line.level() <= Level::INFO || !TALKATIVE.contains(&library)) && line.target() != INDISCREET
}

/// What is logged. A filter that cannot be read is an error that says so.
pub fn filter(log: &Log) -> anyhow::Result<EnvFilter> {
    let filter = EnvFilter::try_new(&log.filter).map_err(|error| {
        anyhow::anyhow!("log.filter is {:?}: {error}. Write info, or onecouch=debug,info", log.filter)
    })?;
    // The drawing library warns of every letter that it takes from another font.
    let filter = filter.add_directive("usvg=error".parse()?);
    // And the bus' client of each connection, which the bus itself tells better.
    Ok(filter.add_directive("async_nats=warn".parse()?))
}

/// Starts logging. A filter that cannot be read is an error that says so.
pub fn start(log: &Log) -> anyhow::Result<()> {
    let filter = filter(log)?;
    let lines = match log.format {
        LogFormat::Lines => tracing_subscriber::fmt::layer().with_target(false).with_writer(std::io::stderr).boxed(),
        LogFormat::Json => tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr).boxed(),
    };
    let lines = lines.with_filter(filter_fn(is_discreet));
    tracing_subscriber::registry().with(filter).with(lines).with(Counted).try_init()?;
    Ok(())
}

/// Counts lines of the log that somebody should read, so that an alert can say that there are some.
struct Counted;

impl<S: Subscriber> Layer<S> for Counted {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = match *event.metadata().level() {
            Level::ERROR => "error",
            Level::WARN => "warn",
            _ => return,
        };
        metrics::counter!("onecouch_log_lines_total", "level" => level).increment(1);
    }
}

/// Starts counting; once per process, within a tokio runtime. Every metric without labels, and those whose labels are known
/// beforehand, are there from now on at 0, so that what never happened is not mistaken for what nobody counts.
pub fn metrics() -> anyhow::Result<PrometheusHandle> {
    let mut builder = PrometheusBuilder::new();
    for metric in METRICS {
        if let Kind::Histogram(buckets) = metric.kind {
            builder = builder.set_buckets_for_metric(Matcher::Full(metric.name.to_owned()), buckets)?;
        }
    }
    let handle = builder.install_recorder()?;
    list::introduce();
    process::started();
    let upkeep = handle.clone();
    tokio::spawn(async move {
        let mut round = tokio::time::interval(UPKEEP);
        loop {
            round.tick().await;
            upkeep.run_upkeep();
        }
    });
    Ok(handle)
}
