//! PostgreSQL, NATS, and nodes in processes of their own.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use sqlx::Connection;
use tempfile::TempDir;
use tokio::time::{Instant, sleep, timeout};

use super::line::{Line, Way};
use crate::{
    fake_web::FakeWeb,
    nats::Nats,
    postgres::{self, Server},
    process::{Process, program},
    world::PATIENCE,
};

/// How many nodes there are.
pub const NODES: usize = 3;
/// How long a node may take to start beside others that are busy.
const START: Duration = Duration::from_secs(60);
/// How often it is started where it ends at once.
const STARTS: u32 = 5;
/// How soon: what one leaves behind that ended at its start is another node's for ten seconds.
const AGAIN: Duration = Duration::from_secs(4);

/// How nodes are, for those who come to them: what a balancer before them would know.
pub struct Board {
    pub urls: Vec<String>,
    alive: Vec<AtomicBool>,
    /// How often each was started.
    lives: Vec<AtomicU64>,
    /// What must not have been, as it was noticed.
    wrong: Mutex<Vec<String>>,
    pub began: Instant,
}

impl Board {
    pub fn is_alive(&self, node: usize) -> bool {
        self.alive[node].load(Ordering::SeqCst)
    }

    /// Which life of a node this is; none while it is down.
    pub fn life(&self, node: usize) -> Option<u64> {
        let life = self.lives[node].load(Ordering::SeqCst);
        self.is_alive(node).then_some(life)
    }

    /// This one, or the next that lives.
    pub fn living(&self, home: usize) -> usize {
        (home..home + NODES).map(|node| node % NODES).find(|node| self.is_alive(*node)).unwrap_or(home)
    }

    pub fn is_wrong(&self, mut what: String) {
        what.insert_str(0, &format!("{:.1} s: ", self.began.elapsed().as_secs_f64()));
        let mut wrong = self.wrong.lock().unwrap();
        if wrong.len() < 20 {
            wrong.push(what);
        }
    }

    pub fn wrong(&self) -> Vec<String> {
        self.wrong.lock().unwrap().clone()
    }
}

/// One of the nodes.
pub struct Node {
    pub address: SocketAddr,
    process: Option<Process>,
    /// Where it runs, and what it says that it is.
    place: TempDir,
    /// Its lines to the servers.
    pub database: Line,
    pub bus: Line,
    /// What its earlier lives logged.
    said: String,
}

/// All of it. It ends when this is dropped.
pub struct House {
    pub nodes: Vec<Node>,
    pub board: Arc<Board>,
    pub web: FakeWeb,
    pub server: Server,
    pub database: String,
    pub nats: Nats,
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl House {
    /// Nothing where there is no PostgreSQL or no NATS; that is said.
    pub async fn open() -> Option<Self> {
        let server = tokio::task::spawn_blocking(|| postgres::own(&["fsync=on"])).await.unwrap()?;
        let database = server.database().await;
        let nats = Nats::start().await?;
        let web = FakeWeb::start().await;
        let port = server.address().rsplit(':').next().unwrap().parse().unwrap();
        let mut nodes = Vec::new();
        for _ in 0..NODES {
            nodes.push(Node {
                address: ([127, 0, 0, 1], free_port()).into(),
                process: None,
                place: tempfile::tempdir().unwrap(),
                database: Line::to(port).await,
                bus: Line::to(nats.port).await,
                said: String::new(),
            });
        }
        let board = Board {
            urls: nodes.iter().map(|node| format!("http://{}", node.address)).collect(),
            alive: (0..NODES).map(|_| AtomicBool::new(false)).collect(),
            lives: (0..NODES).map(|_| AtomicU64::new(0)).collect(),
            wrong: Mutex::default(),
            began: Instant::now(),
        };
        let mut house = Self { nodes, board: Arc::new(board), web, server, database, nats };
        for node in 0..NODES {
            house.starts(node).await;
        }
        Some(house)
    }

    /// Starts a node, where it was.
    pub async fn starts(&mut self, index: usize) {
        let node = &mut self.nodes[index];
        assert!(node.process.is_none());
        let own = node.database.address.to_string();
        let database = self.server.url(&self.database).replace(&self.server.address(), &own);
        for attempt in 1.. {
            let mut command = program();
            command
                .env("ONECOUCH__HTTP__LISTEN", node.address.to_string())
                .env("ONECOUCH__HTTP__PUBLIC_URL", "https://couch.example")
                .env("ONECOUCH__DATABASE__URL", &database)
                .env("ONECOUCH__CLUSTER__NATS_URL", format!("nats://{}", node.bus.address))
                .env("ONECOUCH__CLUSTER__NODE_URL", format!("http://{}", node.address))
                .env("ONECOUCH__LOG__FILTER", "warn,engine::rooms=info")
                .env("NO_COLOR", "1");
            let started = timeout(START, Process::start_as(command, node.place.path(), &self.web)).await;
            match started.expect("a node starts in time") {
                Ok(process) => {
                    node.process = Some(process);
                    break;
                }
                // Where a server does not answer in time it ends, and whoever supervises it starts it again a little later.
                Err(said) => {
                    assert!(attempt < STARTS, "node {index} ended at its start: {said}");
                    sleep(AGAIN).await;
                }
            }
        }
        self.board.lives[index].fetch_add(1, Ordering::SeqCst);
        self.board.alive[index].store(true, Ordering::SeqCst);
    }

    /// Kills a node as the power does.
    pub async fn kills(&mut self, index: usize) {
        self.board.alive[index].store(false, Ordering::SeqCst);
        let mut process = self.nodes[index].process.take().expect("it runs");
        process.child.kill().await.unwrap();
        self.keeps(index, &process).await;
    }

    /// Ends a node in order.
    pub async fn ends(&mut self, index: usize) {
        self.board.alive[index].store(false, Ordering::SeqCst);
        let mut process = self.nodes[index].process.take().expect("it runs");
        process.is_terminated().await;
        let status = process.ends_within(START).await;
        if !status.success() {
            self.board.is_wrong(format!("node {index} ended with {status}"));
        }
        self.keeps(index, &process).await;
    }

    /// Stops a node in the middle of whatever it does, or lets it go on.
    pub async fn signals(&mut self, index: usize, signal: &str) {
        self.nodes[index].process.as_ref().expect("it runs").is_told(signal).await;
    }

    async fn keeps(&mut self, index: usize, process: &Process) {
        // What it wrote last is read by another task.
        let mut said = process.said();
        loop {
            sleep(Duration::from_millis(5)).await;
            let now = process.said();
            if now == said {
                break;
            }
            said = now;
        }
        self.nodes[index].said.push_str(&said);
    }

    /// All that a node logged.
    pub fn said(&self, index: usize) -> String {
        let node = &self.nodes[index];
        node.said.clone() + &node.process.as_ref().map(Process::said).unwrap_or_default()
    }

    pub fn living(&self) -> Vec<usize> {
        (0..NODES).filter(|node| self.board.is_alive(*node)).collect()
    }

    /// Cuts a node off.
    pub fn cuts(&self, index: usize, what: &str, way: Way) {
        let node = &self.nodes[index];
        if what != "bus" {
            node.database.is(way);
        }
        if what != "database" {
            node.bus.is(way);
        }
    }

    /// Which node has each room, by the store; none where it said that it let go.
    pub async fn owners(&self) -> Vec<(String, Option<usize>)> {
        let ask = async {
            let mut hand = self.server.hand(&self.database).await;
            let question = "SELECT rooms.id::text, CASE WHEN free THEN NULL ELSE runs.url END FROM rooms JOIN runs ON runs.id = rooms.run";
            let rows: Vec<(String, Option<String>)> = sqlx::query_as(question).fetch_all(&mut hand).await.unwrap();
            let _ = hand.close().await;
            rows
        };
        let rows = timeout(PATIENCE, ask).await.expect("the store answers");
        let node = |url: String| self.board.urls.iter().position(|known| url.trim_end_matches('/') == known);
        rows.into_iter().map(|(room, url)| (room, url.and_then(node))).collect()
    }

    /// Ends PostgreSQL: `INT` in order, `QUIT` as if the machine had failed.
    pub fn database_ends(&mut self, how: &str) {
        tokio::task::block_in_place(|| self.server.ends(how));
    }

    pub fn database_begins(&mut self) {
        assert!(tokio::task::block_in_place(|| self.server.begins()));
    }
}
