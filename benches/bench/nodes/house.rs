//! What nodes share, and nodes: a PostgreSQL, a NATS server, and as many processes of the program as are wanted.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::Context;
use serde_json::Value;
use tempfile::TempDir;

use super::super::{Plan, party::Party, process::Process};

#[path = "../../../tests/it/postgres.rs"]
#[expect(dead_code, clippy::unwrap_used, reason = "the stories need more of it, and may end where a bench may not")]
mod postgres;

/// How often it is looked whether the NATS server listens, and how many times.
const LOOK: (Duration, u32) = (Duration::from_millis(10), 1_000);

/// Both servers.
pub struct House {
    server: postgres::Server,
    /// The first process of PostgreSQL, whose children do the work.
    postmaster: u32,
    pub nats: Nats,
    program: PathBuf,
    place: TempDir,
    clips: String,
}

impl House {
    /// Starts both. None where one of the programs is missing.
    pub async fn open(plan: &Plan, clips: &str) -> anyhow::Result<Option<Self>> {
        let Some(server) = postgres::own(&[]) else { return Ok(None) };
        let Some(nats) = Nats::start().await? else {
            eprintln!("SKIPPED: it needs nats-server (apt-get install nats-server)");
            return Ok(None);
        };
        let mut hand = server.hand("postgres").await;
        let backend: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut hand).await?;
        let postmaster = parent(&backend.to_string()).context("the server's first process is not to be found")?;
        let (program, clips) = (plan.server.clone(), clips.to_owned());
        Ok(Some(Self { server, postmaster, nats, program, place: tempfile::tempdir()?, clips }))
    }

    /// An empty database.
    pub async fn database(&self) -> String {
        self.server.url(&self.server.database().await)
    }

    /// A process that is alone, on a database of this server.
    pub async fn alone(&self) -> anyhow::Result<Party> {
        let database = self.database().await;
        Party::start_with(&self.program, self.place.path(), &self.clips, &[("ONECOUCH__DATABASE__URL", &database)])
    }

    /// A process that is alone, on a file.
    pub fn on_a_file(&self, name: &str) -> anyhow::Result<Party> {
        let place = self.place.path().join(name);
        fs::create_dir(&place)?;
        Party::start(&self.program, &place, &self.clips)
    }

    /// One of the nodes that share a database.
    pub fn node(&self, database: &str) -> anyhow::Result<Party> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let (listen, url) = (format!("127.0.0.1:{port}"), format!("http://127.0.0.1:{port}"));
        let more = [
            ("ONECOUCH__DATABASE__URL", database),
            ("ONECOUCH__HTTP__LISTEN", &listen),
            ("ONECOUCH__HTTP__PUBLIC_URL", &url),
            ("ONECOUCH__CLUSTER__NODE_URL", &url),
            ("ONECOUCH__CLUSTER__NATS_URL", &self.nats.url),
        ];
        Party::start_with(&self.program, self.place.path(), &self.clips, &more)
    }

    /// Time that all processes of PostgreSQL ran. Of those that ended it is not known.
    pub fn database_cpu(&self) -> anyhow::Result<Duration> {
        let mut ran = Duration::ZERO;
        for entry in fs::read_dir("/proc")? {
            let name = entry?.file_name();
            let Some(id) = name.to_str().filter(|name| name.starts_with(|first: char| first.is_ascii_digit())) else {
                continue;
            };
            if id == self.postmaster.to_string() || parent(id) == Some(self.postmaster) {
                // It may end between the two.
                ran += Process::cpu_of(id).unwrap_or_default();
            }
        }
        Ok(ran)
    }

    /// Transactions that were committed, and times that the log was brought to the disk; what the server says of itself, up to a second late.
    pub async fn commits(&self) -> anyhow::Result<[f64; 2]> {
        let mut hand = self.server.hand("postgres").await;
        let ask = "SELECT (SELECT sum(xact_commit) FROM pg_stat_database)::float8, (SELECT wal_sync FROM pg_stat_wal)::float8";
        let (commits, syncs): (f64, f64) = sqlx::query_as(ask).fetch_one(&mut hand).await?;
        Ok([commits, syncs])
    }
}

/// The process that started another one.
fn parent(id: &str) -> Option<u32> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name stands in brackets and may hold anything; the state and the parent follow.
    text.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}

/// A NATS server.
pub struct Nats {
    pub process: Process,
    pub url: String,
    monitor: String,
    client: reqwest::Client,
    /// Where it writes which ports it took.
    _place: TempDir,
}

/// What went over the bus: messages and bytes to the server, and from it. Bytes are of what is said, without the subjects.
#[derive(Debug, Clone, Copy, Default)]
pub struct Carried {
    pub messages: [f64; 2],
    pub bytes: [f64; 2],
}

impl Carried {
    /// What came to this since `before`.
    pub fn since(self, before: Self) -> Self {
        let less = |now: [f64; 2], then: [f64; 2]| [now[0] - then[0], now[1] - then[1]];
        Self { messages: less(self.messages, before.messages), bytes: less(self.bytes, before.bytes) }
    }

    /// So many times that.
    pub fn times(self, factor: f64) -> Self {
        Self { messages: self.messages.map(|n| n * factor), bytes: self.bytes.map(|n| n * factor) }
    }
}

impl Nats {
    async fn start() -> anyhow::Result<Option<Self>> {
        let tools = concat!(env!("CARGO_MANIFEST_DIR"), "/target/tools/debian/usr/sbin");
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut places = std::env::split_paths(&path).chain(["/usr/sbin".into(), tools.into()]);
        let Some(program) = places.find_map(|place| Some(place.join("nats-server")).filter(|found| found.is_file()))
        else {
            return Ok(None);
        };
        let place = tempfile::tempdir()?;
        let mut command = Command::new(program);
        command.args(["-a", "127.0.0.1", "-p", "-1", "-m", "-1", "--ports_file_dir"]).arg(place.path());
        let process = Process::spawn(command.stdout(Stdio::null()).stderr(Stdio::null()))?;
        let ports = ports(place.path()).await?;
        let first = |name: &str| {
            let url = ports.pointer(&format!("/{name}/0")).and_then(Value::as_str);
            url.map(str::to_owned).with_context(|| format!("no {name} in {ports}"))
        };
        let (url, monitor) = (first("nats")?, first("monitoring")?);
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(Some(Self { process, url, monitor, client, _place: place }))
    }

    /// All that it has carried.
    pub async fn carried(&self) -> anyhow::Result<Carried> {
        let said: Value = self.client.get(format!("{}/varz", self.monitor)).send().await?.json().await?;
        let of = |name: &str| said.get(name).and_then(Value::as_f64).with_context(|| format!("no {name}"));
        Ok(Carried { messages: [of("in_msgs")?, of("out_msgs")?], bytes: [of("in_bytes")?, of("out_bytes")?] })
    }
}

async fn ports(place: &Path) -> anyhow::Result<Value> {
    for _ in 0..LOOK.1 {
        let written = fs::read_dir(place)?.flatten().next().and_then(|file| fs::read(file.path()).ok());
        if let Some(ports) = written.and_then(|text| serde_json::from_slice(&text).ok()) {
            return Ok(ports);
        }
        tokio::time::sleep(LOOK.0).await;
    }
    anyhow::bail!("the NATS server does not say where it listens")
}
