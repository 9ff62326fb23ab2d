//! The listener: what slow, many and patient clients see of it.

use std::{net::SocketAddr, num::NonZeroU32, process::Stdio, time::Duration};

use axum::{Router, extract::ConnectInfo, routing::get};
use onecouch::http::listen::{self, Settings};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    time::{Instant, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    viewer::Viewer,
    world::{Caller, PATIENCE, World},
};

/// A whole request.
const ASK: &str = "GET /healthz HTTP/1.1\r\nhost: couch\r\n\r\n";
/// What a stop may take where nobody is in the middle of something.
const AT_ONCE: Duration = Duration::from_millis(300);

/// A listener without a server behind it, so that its bounds can be short.
struct Door {
    address: SocketAddr,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Door {
    async fn opens(settings: Settings) -> Self {
        let routes = Router::new()
            .route("/healthz", get(async || "fine"))
            .route("/who", get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(listen::serve(listener, routes, settings, stop.clone(), tasks.clone()));
        Self { address, stop, tasks }
    }

    /// Stops, and tells how long it took.
    async fn stops(self) -> Duration {
        let from = Instant::now();
        self.stop.cancel();
        self.tasks.close();
        timeout(PATIENCE, self.tasks.wait()).await.unwrap();
        from.elapsed()
    }
}

/// A client that speaks bytes.
struct Line(BufReader<TcpStream>);

impl Line {
    async fn to(address: SocketAddr) -> Self {
        Self(BufReader::new(TcpStream::connect(address).await.unwrap()))
    }

    async fn writes(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// Reads one answer; gives back its head and its body.
    async fn reads(&mut self) -> (String, String) {
        let read = async {
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                assert!(self.0.read_line(&mut head).await.unwrap() > 0, "the answer broke off: {head}");
            }
            let head = head.to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
            let mut body = vec![0; length.parse().unwrap()];
            self.0.read_exact(&mut body).await.unwrap();
            (head, String::from_utf8(body).unwrap())
        };
        timeout(PATIENCE, read).await.unwrap()
    }

    async fn asks(&mut self) -> String {
        self.writes(ASK).await;
        self.reads().await.0
    }

    /// Waits for the server's close, and tells how long that took.
    async fn is_closed(&mut self) -> Duration {
        let from = Instant::now();
        let mut rest = Vec::new();
        // A reset is a close too.
        let _ = timeout(PATIENCE, self.0.read_to_end(&mut rest)).await.expect("it stays open");
        from.elapsed()
    }
}

fn bounds() -> Settings {
    Settings::new(NonZeroU32::new(100).unwrap())
}

#[tokio::test]
async fn half_a_head_is_closed_after_a_while_and_a_patient_client_is_not() {
    let head = Duration::from_millis(200);
    let door = Door::opens(Settings { head, ..bounds() }).await;
    let mut patient = Line::to(door.address).await;
    assert!(patient.asks().await.starts_with("http/1.1 200"));
    let mut later = Line::to(door.address).await;
    assert!(later.asks().await.starts_with("http/1.1 200"));

    let mut half = Line::to(door.address).await;
    half.writes("GET /healthz HTTP/1.1\r\nhost: co").await;
    let took = half.is_closed().await;
    assert!((head / 2..head * 8).contains(&took), "closed after {took:?}");
    Line::to(door.address).await.is_closed().await;

    // Both have waited longer than a head may take. Half a head counts from its first byte then, too.
    later.writes("GET /heal").await;
    let took = later.is_closed().await;
    assert!((head / 2..head * 8).contains(&took), "closed after {took:?}");
    assert!(patient.asks().await.starts_with("http/1.1 200"));
    assert!(patient.asks().await.starts_with("http/1.1 200"));
}

#[tokio::test]
async fn a_connection_that_asks_nothing_for_long_is_closed() {
    let door = Door::opens(Settings { idle: Duration::from_millis(200), ..bounds() }).await;
    let mut line = Line::to(door.address).await;
    assert!(line.asks().await.starts_with("http/1.1 200"));
    assert!(line.is_closed().await < PATIENCE / 2);
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let door = Door::opens(bounds()).await;
    let mut line = Line::to(door.address).await;
    line.writes(&format!("GET /healthz HTTP/1.1\r\nx: {}", "x".repeat(17_000))).await;
    assert!(line.reads().await.0.starts_with("http/1.1 431"));
    line.is_closed().await;
}

#[tokio::test]
async fn handlers_learn_who_called() {
    let door = Door::opens(bounds()).await;
    let mut line = Line::to(door.address).await;
    let own = line.0.get_ref().local_addr().unwrap().to_string();
    line.writes("GET /who HTTP/1.1\r\nhost: couch\r\n\r\n").await;
    assert_eq!(line.reads().await.1, own);
}

#[tokio::test]
async fn whoever_comes_to_a_full_server_is_told_to_come_back_and_the_others_go_on() {
    let mut world = World::start_with(|config| config.http.connections = NonZeroU32::new(3).unwrap()).await;
    // The caller keeps its connection: that is one.
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Full").await;
    let mut viewer = Viewer::open(&world, &room, &ana).await;
    let mut idle = Line::to(world.config.http.listen).await;
    assert!(idle.asks().await.starts_with("http/1.1 200"));

    for _ in 0..5 {
        let late = Caller::new(&world.url(""), None);
        let no = late.post("/api/v1/sessions", json!({ "name": "x".repeat(50_000) })).await;
        assert_eq!(no.no(), (503, "busy".to_owned()));
        assert_eq!(no.headers["retry-after"], "5");
    }
    let mut late = Line::to(world.config.http.listen).await;
    assert!(late.asks().await.starts_with("http/1.1 200"), "health is told even now");
    late.is_closed().await;

    assert_eq!(viewer.says("we go on").await["type"], "ack");
    assert!(idle.asks().await.starts_with("http/1.1 200"));
    assert!(ana.get("/api/v1/me").await.status < 500);

    // A socket that closes frees its seat.
    drop(viewer);
    let comes_in = async {
        while Caller::new(&world.url(""), None).post("/api/v1/sessions", json!({ "name": "Ben" })).await.status == 503 {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, comes_in).await.unwrap();
    world.stop().await;
}

#[tokio::test]
async fn a_stop_closes_those_who_wait_at_once() {
    let door = Door::opens(bounds()).await;
    let mut silent = Line::to(door.address).await;
    let mut idle = Line::to(door.address).await;
    assert!(idle.asks().await.starts_with("http/1.1 200"));
    let mut half = Line::to(door.address).await;
    half.writes("GET /heal").await;
    let mut next = Line::to(door.address).await;
    next.writes(&format!("{ASK}GET /heal")).await;
    assert!(next.reads().await.0.starts_with("http/1.1 200"));
    let address = door.address;
    let took = door.stops().await;
    assert!(took < AT_ONCE, "the stop took {took:?}");
    for line in [&mut silent, &mut idle, &mut half, &mut next] {
        assert!(line.is_closed().await < AT_ONCE);
    }
    TcpStream::connect(address).await.unwrap_err();
}

#[tokio::test]
async fn a_server_with_a_room_and_a_socket_stops_at_once() {
    let mut world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Quick").await;
    let mut viewer = Viewer::open(&world, &room, &ana).await;
    assert_eq!(viewer.says("hello").await["type"], "ack");
    let from = Instant::now();
    // A browser answers the server's close and goes; so does this viewer.
    let goes = async move { viewer.is_closed().await.0 };
    let ((), code) = tokio::join!(world.stop(), goes);
    assert_eq!(code, 1012);
    assert!(from.elapsed() < AT_ONCE, "the stop took {:?}", from.elapsed());
}

#[tokio::test]
async fn an_answer_under_way_is_finished_before_the_stop() {
    let (begun, go) = (CancellationToken::new(), CancellationToken::new());
    let routes = Router::new().route("/slow", {
        let (begun, go) = (begun.clone(), go.clone());
        get(async move || {
            begun.cancel();
            go.cancelled().await;
            "done"
        })
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    tasks.spawn(listen::serve(listener, routes, bounds(), stop.clone(), tasks.clone()));
    let door = Door { address, stop, tasks };
    let mut line = Line::to(address).await;
    line.writes("GET /slow HTTP/1.1\r\nhost: couch\r\n\r\n").await;
    begun.cancelled().await;
    let (_, answer) = tokio::join!(door.stops(), async {
        // The stop is under way: nobody is let in any more.
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        go.cancel();
        line.reads().await.1
    });
    assert_eq!(answer, "done");
}

#[tokio::test]
async fn where_few_files_may_be_open_the_server_says_so_and_lives() {
    let place = tempfile::tempdir().unwrap();
    let mut child = tokio::process::Command::new("sh")
        .args(["-c", "ulimit -n 260; exec \"$0\"", env!("CARGO_BIN_EXE_onecouch")])
        .current_dir(place.path())
        .env("ONECOUCH__HTTP__LISTEN", "127.0.0.1:0")
        .env("ONECOUCH__HTTP__METRICS_LISTEN", "")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    let opens = async {
        while !log.next_line().await.unwrap().expect("nothing was said").contains("ulimit -n") {}
        loop {
            let line = lines.next_line().await.unwrap().expect("the server ended at its start");
            if let Some(url) = line.strip_prefix("onecouch is open at ") {
                return url.trim_end_matches('/').to_owned();
            }
        }
    };
    let url = timeout(PATIENCE, opens).await.unwrap();
    let address: SocketAddr = url.strip_prefix("http://").unwrap().parse().unwrap();
    let mut crowd = Vec::new();
    for _ in 0..60 {
        let mut line = Line::to(address).await;
        assert!(line.asks().await.starts_with("http/1.1 200"));
        crowd.push(line);
    }
    let mut more = Vec::new();
    for _ in 0..300 {
        more.push(TcpStream::connect(address).await.unwrap());
    }
    // Those who are in go on, whatever the others do.
    for line in &mut crowd {
        assert!(line.asks().await.starts_with("http/1.1 200"));
    }
    drop((more, crowd));
    let comes_in = async {
        let ana = Caller::new(&url, None);
        while ana.try_post("/api/v1/sessions", json!({ "name": "Ana" })).await.is_none_or(|answer| answer.status != 201)
        {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, comes_in).await.unwrap();
    child.kill().await.unwrap();
}
