//! Every metric, in one list.

use metrics::{Label, Unit};

/// Something that is counted or measured.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name: what it is about, and its unit; `_total` behind what only grows.
    pub name: &'static str,
    /// How it behaves.
    pub kind: Kind,
    /// What it tells by, and what each of these can be.
    pub labels: &'static [(&'static str, Values)],
    /// One sentence.
    pub help: &'static str,
}

/// How a metric behaves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Only grows, until the process ends.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How many were within each of these bounds, in seconds.
    Histogram(&'static [f64]),
}

impl Kind {
    /// As Prometheus calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram(_) => "histogram",
        }
    }
}

/// What a label can be. Nothing here grows with rooms, people or what they send.
#[derive(Debug, Clone, Copy)]
pub enum Values {
    /// One of these.
    Of(&'static [&'static str]),
    /// The code of a refusal: one of the some hundred of `docs/API.md`.
    Code,
    /// The version of this program.
    Version,
}

/// Doors that commands come through.
pub(super) const DOOR_NAMES: &[&str] =
    &["viewer", "api", "discord", "telegram", "opentogethertube", "watch2gether", "watchers", "clipper", "room"];
const DOORS: Values = Values::Of(DOOR_NAMES);
/// Which part of the server answers a request: see [`api_of`].
pub const API_NAMES: &[&str] = &[
    "native",
    "opentogethertube",
    "watch2gether",
    "watchers",
    "clipper",
    "page",
    "asset",
    "media",
    "probe",
    "telegram",
    "none",
];
const APIS: Values = Values::Of(API_NAMES);
/// The classes of statuses.
pub const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
const PLATFORMS: Values = Values::Of(&["discord", "telegram"]);

/// From a turn in memory to a disk that hangs.
const COMMIT: Kind =
    Kind::Histogram(&[0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0]);
/// From a read in memory to the longest that a handler may take.
const ANSWER: Kind =
    Kind::Histogram(&[0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0]);
/// Other people's servers.
const LOOKUP: Kind = Kind::Histogram(&[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0]);

use Kind::{Counter, Gauge};

const fn metric(
    name: &'static str,
    kind: Kind,
    labels: &'static [(&'static str, Values)],
    help: &'static str,
) -> Metric {
    Metric { name, kind, labels, help }
}

/// All of them, in the order of `docs/METRICS.md`.
pub const METRICS: &[Metric] = &[
    metric("onecouch_rooms", Gauge, &[], "Rooms in memory"),
    metric("onecouch_rooms_playing", Gauge, &[], "Rooms that play"),
    metric("onecouch_people", Gauge, &[], "People in rooms; who is in two counts twice"),
    metric(
        "onecouch_room_connections",
        Gauge,
        &[("door", DOORS)],
        "Connections in rooms, by the door they came through",
    ),
    metric(
        "onecouch_commands_total",
        Counter,
        &[("door", DOORS), ("outcome", Values::Of(&["done", "refused", "failed"]))],
        "Commands to rooms that were answered",
    ),
    metric(
        "onecouch_command_duration_seconds",
        ANSWER,
        &[("door", DOORS)],
        "From a command to its answer, the commit to disk included",
    ),
    metric(
        "onecouch_refusals_total",
        Counter,
        &[("by", Values::Of(&["room", "http", "socket", "opentogethertube"])), ("code", Values::Code)],
        "Refusals, by who told them; one may be told by a room and by HTTP",
    ),
    metric(
        "onecouch_http_requests_total",
        Counter,
        &[("api", APIS), ("status", Values::Of(&CLASSES))],
        "Requests answered",
    ),
    metric(
        "onecouch_http_request_duration_seconds",
        ANSWER,
        &[("api", APIS)],
        "From a request's head to its answer's head",
    ),
    metric("onecouch_connections", Gauge, &[], "TCP connections open, sockets among them"),
    metric("onecouch_connections_limit", Gauge, &[], "How many may be open at once"),
    metric("onecouch_connections_refused_total", Counter, &[], "Connections that were told that the server is full"),
    metric("onecouch_barred_requests_total", Counter, &[], "Requests from addresses that are kept out"),
    metric("onecouch_sockets", Gauge, &[], "WebSockets open in rooms; looked at every few seconds"),
    metric("onecouch_frames_written_total", Counter, &[], "Frames written to sockets"),
    metric("onecouch_outbox_overflows_total", Counter, &[], "Times that a socket was too slow to read"),
    metric("onecouch_store_commit_duration_seconds", COMMIT, &[], "How long a commit took, until it was on disk"),
    metric("onecouch_store_commit_failures_total", Counter, &[], "Commits that failed, all in them refused"),
    metric("onecouch_store_jobs_total", Counter, &[], "Writes that were handed to commits"),
    metric("onecouch_store_queue", Gauge, &[], "Writes that wait for the next commit"),
    metric("onecouch_store_database_bytes", Gauge, &[], "Size of the database file"),
    metric("onecouch_store_wal_bytes", Gauge, &[], "Size of the write-ahead log beside it"),
    metric("onecouch_store_free_bytes", Gauge, &[], "What is free on the disk of the database"),
    metric("onecouch_nodes", Gauge, &[], "Nodes that this one hears, itself among them; 0 where it is alone"),
    metric(
        "onecouch_node_rooms",
        Gauge,
        &[("whose", Values::Of(&["own", "others"]))],
        "Rooms in memory that this node has, and those that others have",
    ),
    metric(
        "onecouch_node_post",
        Gauge,
        &[("post", Values::Of(&["discord", "telegram", "webhooks"]))],
        "1 where this node does it for all",
    ),
    metric(
        "onecouch_node_trusted_seconds",
        Gauge,
        &[],
        "How long this node accepts commands for its rooms without renewing its lease",
    ),
    metric("onecouch_bus_up", Gauge, &[], "1 while the bus between nodes answers"),
    metric("onecouch_bus_lag_seconds", Gauge, &[], "How long this node's own last word was on the bus, there and back"),
    metric(
        "onecouch_bot_configured",
        Gauge,
        &[("platform", PLATFORMS)],
        "1 where a bot has a token, and this node has the bot",
    ),
    metric("onecouch_bot_up", Gauge, &[("platform", PLATFORMS)], "1 while its platform answers the bot"),
    metric("onecouch_bot_cards", Gauge, &[("platform", PLATFORMS)], "Chats whose live card is kept true"),
    metric("onecouch_bot_updates_total", Counter, &[("platform", PLATFORMS)], "What the platform told the bot"),
    metric("onecouch_bot_waits_total", Counter, &[("platform", PLATFORMS)], "Times that the platform asked to wait"),
    metric(
        "onecouch_bridge_waiting",
        Gauge,
        &[("platform", PLATFORMS)],
        "Lines and notices that wait to be written in chats",
    ),
    metric(
        "onecouch_bridge_dropped_total",
        Counter,
        &[("platform", PLATFORMS)],
        "Lines and notices that were never written in a chat: too many waited, or it failed too often",
    ),
    metric(
        "onecouch_lookups_total",
        Counter,
        &[("outcome", Values::Of(&["found", "refused"]))],
        "Links that were looked at",
    ),
    metric("onecouch_lookup_duration_seconds", LOOKUP, &[], "How long looking at a link took"),
    metric("onecouch_webhook_deliveries_total", Counter, &[], "Deliveries of webhooks that were taken"),
    metric("onecouch_webhook_failures_total", Counter, &[], "Attempts to deliver that failed"),
    metric("onecouch_webhook_dropped_events_total", Counter, &[], "Events that were given up"),
    metric("onecouch_relay_streams", Gauge, &[], "Streams that pass through the relay"),
    metric(
        "onecouch_log_lines_total",
        Counter,
        &[("level", Values::Of(&["warn", "error"]))],
        "Lines of the log that somebody should read",
    ),
    metric("onecouch_build_info", Gauge, &[("version", Values::Version)], "1; which version runs"),
    metric("onecouch_tasks", Gauge, &[], "Tasks that are alive"),
    metric("onecouch_task_queue", Gauge, &[], "Tasks that are ready and wait for a thread"),
    metric("process_start_time_seconds", Gauge, &[], "When the program began, in seconds since 1970"),
    metric("process_cpu_seconds_total", Counter, &[], "Processor time; Linux only"),
    metric("process_resident_memory_bytes", Gauge, &[], "Memory that is in use; Linux only"),
    metric("process_open_fds", Gauge, &[], "Files and sockets that are open; Linux only"),
    metric("process_max_fds", Gauge, &[], "How many may be; Unix only"),
];

/// Tells the recorder of all of them, and sets those to 0 whose labels are known.
pub(super) fn introduce() {
    for metric in METRICS {
        match metric.kind {
            Counter => metrics::describe_counter!(metric.name, metric.help),
            Gauge => metrics::describe_gauge!(metric.name, metric.help),
            Kind::Histogram(_) => metrics::describe_histogram!(metric.name, Unit::Seconds, metric.help),
        }
        // What the system does not tell is not there, rather than 0.
        if metric.name.starts_with("process_") {
            continue;
        }
        for labels in combinations(metric.labels) {
            match metric.kind {
                Counter => metrics::counter!(metric.name, labels).absolute(0),
                Gauge => metrics::gauge!(metric.name, labels).set(0.0),
                Kind::Histogram(_) => drop(metrics::histogram!(metric.name, labels)),
            }
        }
    }
    metrics::gauge!("onecouch_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

/// Every way in which the labels can be set; none where one of them is not known beforehand.
fn combinations(labels: &[(&'static str, Values)]) -> Vec<Vec<Label>> {
    let mut all = vec![Vec::new()];
    for (name, values) in labels {
        let Values::Of(values) = values else { return Vec::new() };
        all = all
            .iter()
            .flat_map(|before| {
                values.iter().map(move |value| {
                    let mut labels = before.clone();
                    labels.push(Label::from_static_parts(name, value));
                    labels
                })
            })
            .collect();
    }
    all
}

/// Which part of the server a route belongs to, for counting.
pub fn api_of(route: Option<&str>) -> &'static str {
    let Some(route) = route else { return "none" };
    let within = |prefixes: &[&str]| prefixes.iter().any(|prefix| route.starts_with(prefix));
    if within(&["/api/v1/watch-parties", "/v1/watch-parties"]) || route.ends_with("/watch-party-stats") {
        "clipper"
    } else if within(&["/api/v1/"]) {
        "native"
    } else if within(&["/external/", "/user/external/", "/room/premade", "/api/bot/", "/find/", "/socket.io/"])
        || route == "/external/room"
    {
        "watchers"
    } else if within(&["/api/", "/room/", "/passwordreset"]) {
        "opentogethertube"
    } else if within(&["/rooms/"]) {
        "watch2gether"
    } else if within(&["/assets/"]) {
        "asset"
    } else if within(&["/media/"]) {
        "media"
    } else if within(&["/telegram/"]) {
        "telegram"
    } else if matches!(route, "/healthz" | "/readyz") {
        "probe"
    } else {
        "page"
    }
}

/// Which of the [`CLASSES`] a status is of.
pub fn class_of(status: u16) -> usize {
    usize::from(status / 100).clamp(1, CLASSES.len()) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_prometheus_wants_them() {
        for Metric { name, kind, labels, help } in METRICS {
            assert!(name.starts_with("onecouch_") || name.starts_with("process_"), "{name}");
            assert_eq!(*kind == Counter, name.ends_with("_total"), "{name}");
            assert_eq!(matches!(kind, Kind::Histogram(_)), name.ends_with("_duration_seconds"), "{name}");
            assert!(!help.is_empty() && !help.ends_with('.'), "{name}");
            for (label, values) in *labels {
                assert!(!matches!(*label, "le" | "quantile" | "job" | "instance"), "{name} {label}");
                if let Values::Of(values) = values {
                    assert!((2..=12).contains(&values.len()), "{name} {label}");
                }
            }
        }
        let names: std::collections::BTreeSet<_> = METRICS.iter().map(|metric| metric.name).collect();
        assert_eq!(names.len(), METRICS.len(), "one is there twice");
    }

    #[test]
    fn routes_count_where_they_belong() {
        for (route, api) in [
            ("/api/v1/rooms/{room}", "native"),
            ("/api/v1/watch-parties/{id}", "clipper"),
            ("/api/v1/users/{id}/watch-party-stats", "clipper"),
            ("/api/room/{name}", "opentogethertube"),
            ("/external/room", "watchers"),
            ("/room/premade", "watchers"),
            ("/rooms/{streamkey}/play", "watch2gether"),
            ("/readyz", "probe"),
            ("/r/{room}", "page"),
            ("/", "page"),
        ] {
            assert_eq!(api_of(Some(route)), api, "{route}");
        }
        assert_eq!(api_of(None), "none");
    }
}
