//! What a server shows to Prometheus, and that documents, dashboard and alerts speak of nothing else.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use onecouch::telemetry::list::{METRICS, Values};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::{
    fake_discord::{self, FakeDiscord},
    fake_telegram::{self, FakeTelegram},
    fake_web::FakeWeb,
    viewer::Viewer,
    world::{Caller, PATIENCE, in_room},
};

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A server in a process of its own, for a process counts in one place.
struct Process {
    _child: Child,
    url: String,
    metrics: String,
}

impl Process {
    async fn start(place: &Path, web: &FakeWeb) -> Self {
        Self::start_with(place, &[("ONECOUCH__RESOLVE__ALLOW_PRIVATE", format!("[\"{}\"]", web.authority()))]).await
    }

    async fn start_with(place: &Path, set: &[(&str, String)]) -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_onecouch"))
            .current_dir(place)
            .env("ONECOUCH__HTTP__LISTEN", "127.0.0.1:0")
            .env("ONECOUCH__HTTP__METRICS_LISTEN", free.to_string())
            .env("ONECOUCH__LOG__FILTER", "error")
            .envs(set.iter().map(|(key, value)| (*key, value)))
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let open = async {
            loop {
                let line = lines.next_line().await.unwrap().expect("the server ended at its start");
                if let Some(url) = line.strip_prefix("onecouch is open at ") {
                    return url.trim_end_matches('/').to_owned();
                }
            }
        };
        let url = tokio::time::timeout(PATIENCE, open).await.expect("the server did not open");
        Self { _child: child, url, metrics: format!("http://{free}/metrics") }
    }

    /// Waits until a series has a value. Nobody tells when it does, so it is asked for.
    async fn comes_to(&self, series: &str, value: &str) {
        let wait = async {
            while self.shows().await.text(series) != value {
                tokio::time::sleep(PATIENCE / 100).await;
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("{series} did not become {value}"));
    }

    /// What it shows now.
    async fn shows(&self) -> Shown {
        let mut tries = 0;
        let answer = loop {
            match reqwest::get(&self.metrics).await {
                Ok(answer) => break answer,
                // Its listener for this opens a moment after the other one.
                Err(_) if tries < 100 => tries += 1,
                Err(error) => panic!("{error}"),
            }
            tokio::time::sleep(PATIENCE / 100).await;
        };
        assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
        Shown::read(&answer.text().await.unwrap())
    }
}

/// Metrics as Prometheus reads them.
#[derive(Debug, Default)]
struct Shown {
    /// How each behaves, by its name.
    kinds: BTreeMap<String, String>,
    /// What each is about, by its name.
    helps: BTreeMap<String, String>,
    /// The labels that each was seen with.
    labels: BTreeMap<String, BTreeSet<String>>,
    /// Every line, by name and labels as they stand.
    values: BTreeMap<String, String>,
}

impl Shown {
    fn read(text: &str) -> Self {
        let mut shown = Self::default();
        for line in text.lines().filter(|line| !line.is_empty()) {
            if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').unwrap();
                assert!(shown.kinds.insert(name.to_owned(), kind.to_owned()).is_none(), "{name} is told twice");
            } else if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, help) = help.split_once(' ').unwrap();
                shown.helps.insert(name.to_owned(), help.to_owned());
            } else {
                let (series, value) = line.rsplit_once(' ').unwrap();
                shown.values.insert(series.to_owned(), value.to_owned());
                let (name, labels) = series.split_once('{').unwrap_or((series, ""));
                let parts = ["_bucket", "_sum", "_count"].iter().find_map(|part| name.strip_suffix(part));
                let name = parts.filter(|whole| shown.kinds.contains_key(*whole)).unwrap_or(name);
                let labels = labels.trim_end_matches('}').split(',').filter_map(|label| label.split_once('='));
                let labels = labels.map(|(label, _)| label.to_owned()).filter(|label| label != "le");
                shown.labels.entry(name.to_owned()).or_default().extend(labels);
            }
        }
        shown
    }

    fn text(&self, series: &str) -> &str {
        self.values.get(series).unwrap_or_else(|| panic!("no {series} in {:#?}", self.values.keys()))
    }

    fn of(&self, series: &str) -> f64 {
        self.text(series).parse().unwrap()
    }
}

/// The rows of the table in `docs/METRICS.md`: name, kind, labels.
fn documented() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let text = fs::read_to_string(repository().join("docs/METRICS.md")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    let rows = rows.map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let labels = cells[2].split(',').map(|label| label.trim().trim_matches('`').to_owned());
        let labels = labels.filter(|label| !label.is_empty()).collect();
        (cells[0].trim_end_matches('`').to_owned(), (cells[1].to_owned(), labels))
    });
    rows.collect()
}

/// Every name of ours that stands in a text.
fn names_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
    let names = words.filter(|word| word.starts_with("onecouch_") || word.starts_with("process_"));
    names.map(str::to_owned).collect()
}

fn files_below(directory: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, into);
        } else {
            into.push(path);
        }
    }
}

/// A server where a little of everything happened, and what it shows then.
#[tokio::test]
async fn the_table_of_metrics_is_what_a_server_shows() {
    let place = tempfile::tempdir().unwrap();
    let web = FakeWeb::start().await;
    let server = Process::start(place.path(), &web).await;
    let fresh = server.shows().await;
    assert_eq!(
        fresh.text(r#"onecouch_commands_total{door="viewer",outcome="failed"}"#),
        "0",
        "there before it happens"
    );

    let nobody = Caller::new(&server.url, None);
    let session = nobody.post("/api/v1/sessions", json!({ "name": "Ana" })).await.created();
    let token = session["token"].as_str().unwrap().to_owned();
    let ana = Caller::new(&server.url, Some(token.clone()));
    let room = ana.makes_room("Friday").await;
    let added = ana.post(&in_room(&room, "/queue"), json!({ "url": web.url("/files/film.mp4").as_str() })).await;
    assert!((200..300).contains(&added.status), "{}", added.text);
    let socket = format!("{}/api/v1/rooms/{}/ws", server.url.replacen("http", "ws", 1), room["id"].as_str().unwrap());
    let mut viewer = Viewer::connect_to(&socket).await.unwrap();
    viewer.sends(json!({ "type": "hello", "token": token })).await;
    viewer.hears_any("a greeting", |frame| frame["type"] == "welcome").await;
    viewer.does(json!({ "do": "pause" })).await;
    let no = ana.post(&in_room(&room, "/playback/seek"), json!({})).await;
    assert_eq!(no.status, 400, "{}", no.text);
    nobody.send(Method::GET, "/nowhere", |request| request).await;

    let shown = server.shows().await;
    let table = documented();
    let names = |of: &BTreeMap<String, _>| of.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&shown.kinds), table.keys().cloned().collect::<Vec<_>>(), "docs/METRICS.md and /metrics differ");
    for (name, (kind, labels)) in &table {
        assert_eq!(shown.kinds[name], *kind, "{name}");
        assert_eq!(shown.labels.get(name).cloned().unwrap_or_default(), *labels, "{name}");
        assert!(shown.helps.contains_key(name), "{name} has no help");
    }

    assert_eq!(shown.text("onecouch_rooms"), "1");
    assert_eq!(shown.text("onecouch_people"), "1");
    assert_eq!(shown.text(r#"onecouch_room_connections{door="api"}"#), "1");
    assert!(shown.of(r#"onecouch_commands_total{door="api",outcome="done"}"#) >= 1.0);
    assert!(shown.of(r#"onecouch_http_requests_total{api="native",status="2xx"}"#) >= 3.0);
    assert!(shown.of(r#"onecouch_refusals_total{by="http",code="bad_input"}"#) >= 1.0);
    assert_eq!(shown.text(r#"onecouch_lookups_total{outcome="found"}"#), "1");
    assert!(shown.of("onecouch_store_commit_duration_seconds_count") >= 3.0);
    assert!(shown.of(r#"onecouch_store_commit_duration_seconds_bucket{le="+Inf"}"#) >= 3.0);
    // What was just written stands in the log yet.
    assert!(shown.of("onecouch_store_database_bytes") >= 4_096.0);
    assert!(shown.of("onecouch_store_wal_bytes") > 4_096.0);
    assert!(shown.of("onecouch_store_free_bytes") > 0.0);
    assert!(shown.of("onecouch_connections") >= 1.0);
    assert!(shown.of("onecouch_frames_written_total") >= 1.0);
    assert_eq!(shown.text(r#"onecouch_bot_configured{platform="discord"}"#), "0");
    assert!(shown.of("process_open_fds") > 5.0);
    assert!(shown.of("process_resident_memory_bytes") > 1e6);
    assert!(shown.of("process_start_time_seconds") > 1.7e9);
    assert!(shown.values.len() < 700, "{} series of a server that did next to nothing", shown.values.len());
}

/// What the alert for bots looks at.
#[tokio::test]
async fn a_bot_is_up_while_its_platform_answers() {
    let place = tempfile::tempdir().unwrap();
    let (discord, telegram) = (FakeDiscord::start().await, FakeTelegram::start().await);
    let set = [
        ("ONECOUCH__DISCORD__TOKEN", fake_discord::TOKEN.to_owned()),
        ("ONECOUCH__DISCORD__APPLICATION_ID", fake_discord::APPLICATION.to_string()),
        ("ONECOUCH__DISCORD__API_URL", discord.url().to_string()),
        ("ONECOUCH__TELEGRAM__TOKEN", fake_telegram::TOKEN.to_owned()),
        ("ONECOUCH__TELEGRAM__API_URL", telegram.url.to_string()),
    ];
    let server = Process::start_with(place.path(), &set).await;
    for platform in ["discord", "telegram"] {
        server.comes_to(&format!("onecouch_bot_up{{platform=\"{platform}\"}}"), "1").await;
        let shown = server.shows().await;
        assert_eq!(shown.text(&format!("onecouch_bot_configured{{platform=\"{platform}\"}}")), "1");
    }
    discord.goes_down();
    server.comes_to("onecouch_bot_up{platform=\"discord\"}", "0").await;
    discord.comes_back();
    server.comes_to("onecouch_bot_up{platform=\"discord\"}", "1").await;
    assert!(server.shows().await.of("onecouch_bot_updates_total{platform=\"discord\"}") > 0.0);
}

#[test]
fn the_table_of_metrics_is_the_list_in_the_program() {
    let table = documented();
    for metric in METRICS {
        let (kind, labels) =
            table.get(metric.name).unwrap_or_else(|| panic!("{} is not in docs/METRICS.md", metric.name));
        assert_eq!(kind, metric.kind.name(), "{}", metric.name);
        assert_eq!(*labels, metric.labels.iter().map(|(label, _)| (*label).to_owned()).collect(), "{}", metric.name);
    }
    assert_eq!(table.len(), METRICS.len(), "docs/METRICS.md has more than there is");
    let text = fs::read_to_string(repository().join("docs/METRICS.md")).unwrap();
    for (label, values) in METRICS.iter().flat_map(|metric| metric.labels) {
        if let Values::Of(values) = values {
            for value in *values {
                assert!(
                    text.contains(&format!("`{value}`")),
                    "docs/METRICS.md does not say that {label} can be {value}"
                );
            }
        }
    }
}

/// A metric that is counted somewhere and listed nowhere would be found only where it happens.
#[test]
fn what_is_counted_in_the_sources_is_listed() {
    let known: BTreeSet<_> = METRICS.iter().map(|metric| metric.name).collect();
    let mut files = Vec::new();
    for below in ["src", "bots/src", "engine/src"] {
        files_below(&repository().join(below), &mut files);
    }
    let mut counted = 0;
    for file in files.iter().filter(|file| file.extension().is_some_and(|kind| kind == "rs")) {
        let text = fs::read_to_string(file).unwrap();
        for start in ["counter!(\"", "gauge!(\"", "histogram!(\""] {
            for rest in text.split(start).skip(1) {
                let name = rest.split('"').next().unwrap();
                assert!(known.contains(name), "{}: {name} is not in src/telemetry/list.rs", file.display());
                counted += 1;
            }
        }
    }
    assert!(counted > 30, "{counted}");
}

#[test]
fn the_dashboard_and_the_alerts_speak_of_metrics_that_there_are() {
    let table = documented();
    let known = |name: &str| {
        let whole = ["_bucket", "_sum", "_count"].iter().find_map(|part| name.strip_suffix(part)).unwrap_or(name);
        table.contains_key(name) || table.get(whole).is_some_and(|(kind, _)| kind == "histogram")
    };
    let dashboard = fs::read_to_string(repository().join("deploy/grafana/onecouch.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&dashboard).unwrap();
    let mut shown = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().into_iter().flatten() {
            shown.extend(names_in(target["expr"].as_str().unwrap()));
        }
    }
    for name in &shown {
        assert!(known(name), "the dashboard shows {name}, which there is not");
    }
    for metric in METRICS {
        let histogram = format!("{}_bucket", metric.name);
        assert!(
            shown.contains(metric.name) || shown.contains(&histogram),
            "the dashboard does not show {}",
            metric.name
        );
    }
    let alerts = fs::read_to_string(repository().join("deploy/prometheus/alerts.yml")).unwrap();
    let rules = names_in(&alerts);
    assert!(rules.len() > 8, "{rules:?}");
    for name in rules {
        assert!(known(&name), "an alert looks at {name}, which there is not");
    }
}
