//! Another version takes over while a couch is full.

use std::{
    collections::BTreeSet,
    error::Error,
    io::ErrorKind,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    net::TcpStream,
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{self, Message},
};
use tokio_util::sync::CancellationToken;

use super::{LONG, PROGRAM, Place, Server, free_address};
use crate::{
    fake_telegram::{Chat, FakeTelegram, TOKEN, User},
    world::{Caller, in_room},
};

/// How many watch.
const SOCKETS: usize = 200;
/// How long a film that went on may seem to have stood still or have run ahead: what a call takes on a busy machine.
const SLACK: i64 = 2_500;

fn is_refused(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == ErrorKind::ConnectionRefused) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// What goes wrong for anybody.
#[derive(Default)]
struct Trouble {
    refused: AtomicU64,
}

impl Trouble {
    fn note(&self, error: &(dyn Error + 'static)) {
        if is_refused(error) {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Where a viewer is, as it knows.
#[derive(Debug, Clone, Default, PartialEq)]
struct Seen {
    /// How many times it was greeted.
    greeted: usize,
    /// With which codes its sockets were closed, and after which delays it was to come back.
    closed: Vec<(u16, u64)>,
    epoch: u64,
    seq: u64,
    playback: Value,
}

/// A viewer that does what the page does: follows, and comes back when it is told to.
async fn watches(url: String, token: String, trouble: Arc<Trouble>, seen: watch::Sender<Seen>) {
    loop {
        let mut socket = match connect_async(&url).await {
            Ok((socket, _)) => socket,
            Err(error) => {
                trouble.note(&error);
                if let tungstenite::Error::Io(error) = &error {
                    trouble.note(error);
                }
                sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let position = seen.borrow().clone();
        let resume = (position.greeted > 0).then(|| json!({ "epoch": position.epoch, "seq": position.seq }));
        let hello = json!({ "type": "hello", "token": token, "resume": resume });
        if socket.send(Message::text(hello.to_string())).await.is_err() {
            continue;
        }
        let mut pause = 100;
        while let Some(Ok(message)) = socket.next().await {
            match message {
                Message::Text(text) => {
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    seen.send_if_modified(|seen| seen.hears(&frame));
                }
                Message::Close(Some(close)) => {
                    let why: Value = serde_json::from_str(&close.reason).unwrap_or_default();
                    pause = why["retry_after_ms"].as_u64().unwrap_or(100);
                    seen.send_modify(|seen| seen.closed.push((close.code.into(), pause)));
                }
                _ => {}
            }
        }
        sleep(Duration::from_millis(pause)).await;
    }
}

impl Seen {
    fn hears(&mut self, frame: &Value) -> bool {
        match frame["type"].as_str().unwrap_or_default() {
            "welcome" => {
                let room = &frame["room"];
                (self.epoch, self.seq) = (room["epoch"].as_u64().unwrap(), room["seq"].as_u64().unwrap());
                self.playback = room["playback"].clone();
                self.greeted += 1;
            }
            "resumed" => self.greeted += 1,
            "event" => {
                let seq = frame["seq"].as_u64().unwrap();
                assert_eq!(seq, self.seq + 1, "a viewer missed something, or heard it twice");
                self.seq = seq;
                if frame["kind"] == "playback" {
                    self.playback = frame["playback"].clone();
                }
            }
            _ => return false,
        }
        true
    }
}

/// Writes one line after the other, each until it is answered, and says at the end how many there are. Each call has a
/// connection of its own, or all have one.
async fn writes(
    url: String,
    token: String,
    room: String,
    who: usize,
    trouble: Arc<Trouble>,
    stop: CancellationToken,
) -> u64 {
    let kept = usize::from(who != 0);
    let client = reqwest::Client::builder().pool_max_idle_per_host(kept).timeout(LONG).build().unwrap();
    let mut lines = 0;
    while !stop.is_cancelled() {
        loop {
            let call = client.post(format!("{url}/api/v1/rooms/{room}/chat")).bearer_auth(&token);
            let call = call.header("idempotency-key", format!("writer-{who}-line-{lines}"));
            match call.json(&json!({ "text": format!("{who} {lines}") })).send().await {
                Ok(answer) if answer.status().is_success() => break,
                // It stops, and says so; or it is asked for the same again while it still works on it.
                Ok(answer) => assert!([409, 503].contains(&answer.status().as_u16()), "{:?}", answer.text().await),
                Err(error) => trouble.note(&error),
            }
            sleep(Duration::from_millis(10)).await;
        }
        lines += 1;
    }
    lines
}

/// Knocks and goes away, as quickly as it can.
async fn knocks(address: String, trouble: Arc<Trouble>, stop: CancellationToken) -> u64 {
    let mut times = 0;
    while !stop.is_cancelled() {
        match TcpStream::connect(&address).await {
            Ok(_) => times += 1,
            Err(error) => trouble.note(&error),
        }
        sleep(Duration::from_millis(3)).await;
    }
    times
}

/// Reads the metrics again and again, and is answered each time.
async fn reads_metrics(url: String, trouble: Arc<Trouble>, stop: CancellationToken) -> u64 {
    let client = reqwest::Client::builder().pool_max_idle_per_host(0).timeout(LONG).build().unwrap();
    let mut times = 0;
    while !stop.is_cancelled() {
        match client.get(&url).send().await {
            Ok(answer) => {
                assert_eq!(answer.status(), 200);
                times += 1;
            }
            Err(error) => trouble.note(&error),
        }
        sleep(Duration::from_millis(20)).await;
    }
    times
}

/// Where the film stands by the server's clock.
async fn position(ana: &Caller, room: &Value) -> (i64, Instant) {
    let asked = Instant::now();
    let state = ana.get(&in_room(room, "")).await.ok();
    assert_eq!(state["playback"]["playing"], true, "{}", state["playback"]);
    let at = asked + asked.elapsed() / 2;
    let s = i64::try_from(std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    let playback = &state["playback"];
    (playback["position_ms"].as_i64().unwrap() + (s - playback["at"].as_i64().unwrap()).max(0), at)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_upgrades_under_a_full_couch_refuse_nobody_and_lose_nothing() {
    let metrics = free_address();
    let place =
        Place::new(&format!("[http]\nlisten = \"127.0.0.1:0\"\nmetrics_listen = \"{metrics}\"\nconnections = 5000"))
            .await;
    let mut server = place.serves().await;
    let (pid, url) = (server.pid(), server.url.clone());
    let nobody = Caller::new(&url, None);
    let session = nobody.post("/api/v1/sessions", json!({ "name": "Ana" })).await.created();
    let ana = Caller::new(&url, session["token"].as_str().map(str::to_owned));
    let room =
        ana.post("/api/v1/rooms", json!({ "title": "Full", "url": place.link("/files/demo.mp4") })).await.created();
    let id = room["id"].as_str().unwrap().to_owned();

    let (trouble, stop, mut tasks) = (Arc::new(Trouble::default()), CancellationToken::new(), JoinSet::new());
    let socket = format!("{}/api/v1/rooms/{id}/ws", url.replacen("http", "ws", 1));
    let mut viewers = Vec::new();
    let mut tokens = Vec::new();
    for number in 0..SOCKETS {
        // Ten windows each.
        if number % 10 == 0 {
            let guest = nobody.post("/api/v1/sessions", json!({ "name": format!("Guest {number}") })).await.created();
            tokens.push(guest["token"].as_str().unwrap().to_owned());
            Caller::new(&url, tokens.last().cloned()).joins(&room).await;
        }
        let (seen, viewer) = watch::channel(Seen::default());
        viewers.push(viewer);
        tasks.spawn(watches(socket.clone(), tokens.last().unwrap().clone(), trouble.clone(), seen));
    }
    for viewer in &mut viewers {
        timeout(LONG, viewer.wait_for(|seen| seen.greeted == 1)).await.expect("all came").unwrap();
    }
    ana.post(&in_room(&room, "/playback/play"), json!({})).await.ok();

    let writers: Vec<_> = (0..2)
        .map(|who| {
            tokio::spawn(writes(url.clone(), tokens[who].clone(), id.clone(), who, trouble.clone(), stop.clone()))
        })
        .collect();
    let address = url.strip_prefix("http://").unwrap().to_owned();
    let knocker = tokio::spawn(knocks(address, trouble.clone(), stop.clone()));
    let reader = tokio::spawn(reads_metrics(format!("http://{metrics}/metrics"), trouble.clone(), stop.clone()));

    for upgrade in 1..=2 {
        let (before, then) = position(&ana, &room).await;
        // Another file, as an installer leaves it; the second is started through a shell.
        if upgrade == 1 {
            place.becomes_this_build();
        } else {
            place.becomes(&format!("exec {PROGRAM} \"$@\""));
        }
        let said = place.runs(&["upgrade"]).await.good();
        assert!(said.contains("in the place of") && said.contains(&pid.to_string()), "{said}");
        server.opens().await;
        assert_eq!((server.pid(), server.child.try_wait().unwrap()), (pid, None), "the same process runs");

        let (after, now) = position(&ana, &room).await;
        let elapsed = i64::try_from(now.duration_since(then).as_millis()).unwrap();
        assert!(
            (before - SLACK..=before + elapsed + SLACK).contains(&after),
            "{before} became {after} in {elapsed} ms"
        );
        for viewer in &mut viewers {
            timeout(LONG, viewer.wait_for(|seen| seen.greeted > upgrade)).await.expect("all came back").unwrap();
            let seen = viewer.borrow();
            assert_eq!(seen.closed.len(), upgrade, "{:?}", seen.closed);
            assert_eq!(seen.closed.last().map(|(code, _)| *code), Some(1012));
        }
    }
    stop.cancel();
    let mut lines = Vec::new();
    for writer in writers {
        lines.push(writer.await.unwrap());
    }
    let (connected, read) = (knocker.await.unwrap(), reader.await.unwrap());
    assert!(lines.iter().all(|lines| *lines > 20) && connected > 100 && read > 20, "{lines:?} {connected} {read}");
    assert_eq!(trouble.refused.load(Ordering::Relaxed), 0, "connections were refused");

    // They were not told to come back all at once.
    let delays: BTreeSet<_> =
        viewers.iter().flat_map(|viewer| viewer.borrow().closed.clone()).map(|(_, ms)| ms).collect();
    assert!(delays.len() > SOCKETS / 2 && delays.iter().all(|ms| (250..5_000).contains(ms)), "{delays:?}");

    // What was answered is there, once and in order.
    let mut written = [Vec::new(), Vec::new()];
    let mut before = String::new();
    loop {
        let page = ana.get(&in_room(&room, &format!("/chat?limit=100{before}"))).await.ok();
        let Some(last) = page.as_array().and_then(|page| page.last()) else { break };
        before = format!("&before={}", last["seq"]);
        for line in page.as_array().unwrap() {
            let (who, line) = line["text"].as_str().unwrap().split_once(' ').unwrap();
            written[who.parse::<usize>().unwrap()].push(line.parse::<u64>().unwrap());
        }
    }
    for (written, lines) in written.iter_mut().zip(lines) {
        written.reverse();
        assert!(written.iter().copied().eq(0..lines), "of {lines} lines there are {written:?}");
    }

    // All of them see the same room.
    let state = ana.get(&in_room(&room, "")).await.ok();
    for viewer in &mut viewers {
        let same = |seen: &Seen| json!(seen.seq) == state["seq"] && json!(seen.epoch) == state["epoch"];
        timeout(LONG, viewer.wait_for(same)).await.expect("in sync").unwrap();
        assert_eq!(viewer.borrow().playback, state["playback"]);
    }
    tasks.shutdown().await;
    server.stops().await;
}

#[tokio::test]
async fn what_cannot_go_on_does_not_take_over() {
    let listen = "[http]\nlisten = \"127.0.0.1:0\"\nmetrics_listen = \"\"";
    let place = Place::new(listen).await;
    let mut server = Server::starts({
        let mut command = place.command(&["serve"]);
        command.stderr(Stdio::piped());
        command
    })
    .await;
    let pid = server.pid();
    let alive = Caller::new(&server.url, None);

    std::fs::remove_file(place.program()).unwrap();
    let refused = |expected: &'static str| {
        let place = &place;
        async move {
            // The program that asks need not be the one that is to take over.
            let mut ask = tokio::process::Command::new(PROGRAM);
            let ask = ask.args(["--config", "couch.toml", "upgrade"]).current_dir(place.path(""));
            let said = super::Said::of(timeout(LONG, ask.output()).await.unwrap().unwrap()).no();
            assert!(said.contains("goes on") && said.contains(expected), "{said}");
        }
    };
    refused("cannot be started").await;
    std::fs::write(place.program(), "no program").unwrap();
    refused("cannot be started").await;
    place.becomes("echo 'onecouch: this database is too old for me' >&2; exit 1");
    refused("too old for me").await;
    place.becomes_this_build();
    std::fs::write(place.path("kept"), std::fs::read(place.path("couch.toml")).unwrap()).unwrap();
    place.is_set(&format!("{listen}\npublic_ulr = \"x\""));
    // Who asks reads the same file.
    let said = place.runs(&["upgrade"]).await.no();
    assert!(said.contains("public_url"), "{said}");
    let database = place.database().display().to_string();
    let refusals = || match onecouch::store::holder(&database).unwrap() {
        onecouch::store::Holder::Server(notice) => notice.refused.map_or(0, |(times, _)| times),
        other => panic!("{other:?}"),
    };
    let before = refusals();
    server.is_told(rustix::process::Signal::USR2);
    timeout(LONG, async {
        while refusals() == before {
            sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("it says no");
    std::fs::rename(place.path("kept"), place.path("couch.toml")).unwrap();
    assert_eq!(alive.get("/readyz").await.status, 200);
    assert_eq!((server.pid(), server.child.try_wait().unwrap()), (pid, None));

    // One that says yes and is gone when it counts: what ran goes on, begun anew.
    place.becomes(&format!("[ \"$1\" = check ] && rm -- \"$0\" && exit 0; exec {PROGRAM} \"$@\""));
    let mut ask = tokio::process::Command::new(PROGRAM);
    let ask = ask.args(["--config", "couch.toml", "upgrade"]).current_dir(place.path(""));
    super::Said::of(timeout(LONG, ask.output()).await.unwrap().unwrap()).good();
    assert_eq!(server.pid(), pid);
    assert_eq!(alive.get("/readyz").await.status, 200);
    let log = server.stops().await;
    assert!(log.contains("no upgrade, everything goes on") && log.contains("trying to go on as before"), "{log}");

    let said = super::Said::of({
        let mut ask = tokio::process::Command::new(PROGRAM);
        ask.args(["--config", "couch.toml", "upgrade"]).current_dir(place.path("")).output().await.unwrap()
    });
    assert!(said.no().contains("no server has"));
}

#[tokio::test]
async fn telegram_brings_its_updates_over_an_upgrade() {
    let (telegram, club) = (FakeTelegram::start().await, Chat::group(-100, "Friday film club"));
    let ana = User { id: 7, name: "Ana" };
    let hook = "https://couch.example/telegram/webhook/a";
    let place = Place::new(&format!(
        "[http]\nlisten = \"127.0.0.1:0\"\nmetrics_listen = \"\"\n[telegram]\ntoken = \"{TOKEN}\"\napi_url = \"{}\"\n\
        webhook_url = \"{hook}\"\nwebhook_secret = \"the_operators-own\"",
        telegram.url
    ))
    .await;
    let server = place.serves().await;
    assert_eq!(telegram.webhook().await, hook);
    telegram.routes("https://couch.example", &server.url);
    telegram.hears(&club, &ana, "/help").await;

    // Somebody asks all the time, and nobody waits for the answer before the next one asks.
    let asking = async {
        let mut asked = Vec::new();
        // A group takes twenty answers a minute.
        for _ in 0..12 {
            asked.push(telegram.says(&club, &ana, "/help"));
            sleep(Duration::from_millis(150)).await;
        }
        asked
    };
    let (asked, upgraded) = tokio::join!(asking, place.runs(&["upgrade"]));
    upgraded.good();
    let answered = |asked: &i64| telegram.messages(&club).iter().any(|sent| sent.replies_to == Some(*asked));
    timeout(LONG, async {
        while !asked.iter().all(answered) {
            sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .expect("all are answered");
    let deliveries = telegram.state().deliveries.clone();
    // 503: the bot was on its way out, and Telegram brings it again. None was not taken at all, or taken for a stranger's.
    assert!(deliveries.iter().all(|status| [200, 503].contains(status)), "{deliveries:?}");
    server.stops().await;
}
