//! Lines that are cut anywhere, fall silent, or carry too little.

use std::{
    cell::Cell,
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    num::NonZeroU32,
    rc::Rc,
    time::Duration,
};

use engine::{ids::RoomId, ports::Trail};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{client_async, tungstenite::Message};

use super::{
    Dice, count,
    proxy::{Plan, Proxy},
};
use crate::{
    viewer::Viewer,
    world::{Caller, PATIENCE, World},
};

/// How many watch at once, each over a line that is cut again and again.
const VIEWERS: usize = 8;
/// The most bytes of a connection that is cut: some greetings and a few dozen events.
const MOST_DOWN: u64 = 15_000;
const MOST_UP: u64 = 1_000;
/// How long a busy machine may take for one connection.
const LONG: Duration = Duration::from_mins(1);

/// Somebody whose line is cut again and again.
struct Cut {
    token: String,
    /// Their number, which stands in what they write.
    number: usize,
    /// The position that they know.
    known: Option<(u64, u64)>,
    /// Each event as it was told, by number.
    applied: BTreeMap<u64, String>,
    /// The rooms that they were given whole: the number, and the last lines.
    given: Vec<(u64, Vec<String>)>,
    /// What they wrote, and what was answered to it: that it is done, or that it is not.
    wrote: HashMap<String, Option<bool>>,
    resumed: u64,
}

/// An event in one line.
fn told(kind: &str, text: Option<&str>) -> String {
    format!("{kind} {}", text.unwrap_or_default())
}

impl Cut {
    /// Connects once, and hears until the line is cut or `is_enough`.
    async fn connects(&mut self, room: &str, address: SocketAddr, is_enough: impl Fn(u64) -> bool) {
        let Ok(stream) = TcpStream::connect(address).await else { return };
        let url = format!("ws://{address}/api/v1/rooms/{room}/ws");
        let Ok((mut socket, _)) = client_async(url, stream).await else { return };
        let resume = self.known.map(|(epoch, seq)| json!({ "epoch": epoch, "seq": seq }));
        let hello = json!({ "type": "hello", "token": self.token, "watches": false, "resume": resume });
        if socket.send(Message::text(hello.to_string())).await.is_err() {
            return;
        }
        let mut heard = 0;
        while let Some(Ok(message)) = socket.next().await {
            let Message::Text(text) = message else { continue };
            let frame: Value = serde_json::from_str(&text).expect("half a frame is none");
            self.hears(&frame);
            if self.known.is_some_and(|(_, seq)| is_enough(seq)) {
                return;
            }
            heard += 1;
            if heard % 3 == 1 {
                let text = format!("{}:{}", self.number, self.wrote.len());
                let say = json!({ "type": "command", "id": text, "do": "say", "text": text });
                self.wrote.insert(text, None);
                if socket.send(Message::text(say.to_string())).await.is_err() {
                    return;
                }
            }
        }
    }

    fn hears(&mut self, frame: &Value) {
        let position = |value: &Value| Some((value["epoch"].as_u64()?, value["seq"].as_u64()?));
        match frame["type"].as_str().unwrap() {
            "welcome" | "snapshot" => {
                let room = &frame["room"];
                self.known = position(room);
                let lines = room["chat"].as_array().unwrap().iter().map(|line| line["text"].as_str().unwrap().into());
                self.given.push((room["seq"].as_u64().unwrap(), lines.collect()));
            }
            "event" => {
                let (epoch, seq) = position(frame).unwrap();
                let known = self.known.expect("an event before the room");
                assert_eq!((epoch, seq), (known.0, known.1 + 1), "a silent gap, or an event twice: {frame}");
                self.known = Some((epoch, seq));
                self.applied.insert(seq, told(frame["kind"].as_str().unwrap(), frame["text"].as_str()));
            }
            "resumed" => self.resumed += 1,
            "ack" => {
                self.wrote.insert(frame["id"].as_str().unwrap().to_owned(), Some(true));
            }
            "refused" => {
                assert_eq!(frame["code"], "busy", "{frame}");
                self.wrote.insert(frame["id"].as_str().unwrap().to_owned(), Some(false));
            }
            _ => {}
        }
    }
}

/// The room's journal, by number.
async fn journal(world: &World, room: RoomId) -> BTreeMap<u64, String> {
    let (mut all, mut before) = (BTreeMap::new(), None);
    loop {
        let trail = Trail { before, limit: 500, person: None, kind: None };
        let page = world.engine().rooms.audit(room, &trail).await.unwrap();
        let Some(last) = page.last() else { return all };
        before = Some(last.seq);
        for event in page {
            let json = serde_json::to_value(&event).unwrap();
            all.insert(event.seq, told(event.kind.name(), json["text"].as_str()));
        }
    }
}

#[tokio::test]
async fn who_is_cut_off_anywhere_misses_nothing_and_hears_nothing_twice() {
    let connections = count("ONECOUCH_CUTS", 300);
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let body = json!({ "title": "Cut", "url": world.link("/files/demo.mp4") });
    let room = ana.post("/api/v1/rooms", body).await.created();
    let id = room["id"].as_str().unwrap().to_owned();
    let mut dice = Dice::new(connections);
    let plan = move |_| {
        let side = dice.below(3);
        let (up, down) = (dice.of_any_size(MOST_UP), dice.of_any_size(MOST_DOWN));
        Plan { up: (side != 0).then_some(up), down: (side != 1).then_some(down), reset: dice.below(2) == 0 }
    };
    let proxy = Proxy::to(world.config.http.listen, plan).await;

    let mut viewers = Vec::new();
    for number in 0..VIEWERS {
        let person = world.person(&format!("Viewer {number}")).await;
        person.joins(&room).await;
        let token = person.token.unwrap();
        let (applied, given, wrote) = Default::default();
        viewers.push(Cut { token, number, known: None, applied, given, wrote, resumed: 0 });
    }
    let left = Rc::new(Cell::new(connections));
    let (over, address) = (Rc::new(Cell::new(false)), proxy.address);
    // The room changes all the while, through a line of its own.
    let talks = async {
        let mut talker = Viewer::open(&world, &room, &ana).await;
        let mut n = 0;
        while !over.get() {
            n += 1;
            let seek = json!({ "do": "seek", "position_ms": n % 60_000 });
            let say = json!({ "do": "say", "text": format!("ana {n}") });
            assert_eq!(talker.does(if n % 4 == 0 { seek } else { say }).await["type"], "ack");
            talker.forgets();
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let watching = viewers.iter_mut().map(|viewer| {
        let (left, id) = (left.clone(), id.clone());
        async move {
            while left.get() > 0 {
                left.set(left.get() - 1);
                timeout(LONG, viewer.connects(&id, address, |_| false)).await.expect("a line was never cut");
            }
        }
    });
    let watch = async {
        futures_util::future::join_all(watching).await;
        over.set(true);
    };
    tokio::join!(talks, watch);

    // In the end everybody comes back over a line that holds.
    let room_id = RoomId(id.parse().unwrap());
    let end = world.engine().rooms.view(room_id).await.unwrap().seq;
    for viewer in &mut viewers {
        let address = world.config.http.listen;
        let caught_up = viewer.connects(&id, address, |seq| seq >= end);
        timeout(PATIENCE, caught_up).await.expect("somebody never caught up");
    }
    let truth = journal(&world, room_id).await;
    assert!(truth.keys().copied().eq(1..=truth.len() as u64), "the journal has a hole");
    let lines: Vec<(u64, &str)> =
        truth.iter().filter_map(|(seq, told)| Some((*seq, told.strip_prefix("said ")?))).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for (_, line) in &lines {
        *counts.entry(line).or_default() += 1;
    }
    let (mut resumed, mut given, mut applied, mut answered) = (0, 0, 0, 0);
    for viewer in &viewers {
        for (seq, told) in &viewer.applied {
            assert_eq!(truth.get(seq), Some(told), "event {seq} of viewer {}", viewer.number);
        }
        for (seq, chat) in &viewer.given {
            let upto = lines.partition_point(|(at, _)| at <= seq);
            let last = lines[upto.saturating_sub(chat.len())..upto].iter().map(|(_, line)| *line);
            assert!(chat.iter().map(String::as_str).eq(last), "the whole room at {seq} is not the room");
        }
        for (line, answer) in &viewer.wrote {
            let found = counts.get(line.as_str()).copied().unwrap_or_default();
            assert!(found <= 1 && answer.is_none_or(|done| done == (found == 1)), "{line}, {answer:?}: {found} times");
            answered += usize::from(*answer == Some(true));
        }
        resumed += viewer.resumed;
        given += viewer.given.len();
        applied += viewer.applied.len();
    }
    println!(
        "{connections} connections, {} cut as planned: {resumed} went on where they were, {given} were given the whole room, \
         {applied} events told one by one, {answered} own lines answered; 0 gaps, 0 doubled",
        proxy.cuts()
    );
    assert!(
        proxy.cuts() > connections * 9 / 10 && resumed > connections / 20 && given > 0,
        "nothing was put to the test"
    );
}

#[tokio::test]
async fn who_falls_silent_without_a_word_is_let_go_and_their_places_are_free_again() {
    let world = World::start_with(|config| {
        config.http.silence_s = NonZeroU32::new(2).unwrap();
        config.limits.sockets_per_person = 1;
    })
    .await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let room = ana.makes_room("Silence").await;
    ben.joins(&room).await;
    let id = room["id"].as_str().unwrap();
    let mut ana = Viewer::open(&world, &room, &ana).await;
    let proxy = Proxy::to(world.config.http.listen, |_| Plan::default()).await;
    let through = format!("ws://{}/api/v1/rooms/{id}/ws", proxy.address);
    let hello = json!({ "type": "hello", "token": ben.token });
    let mut silent = Viewer::connect_to(&through).await.unwrap();
    silent.sends(hello.clone()).await;
    silent.hears_any("a greeting", |frame| frame["type"] == "welcome").await;
    let came =
        |frame: &Value| frame["here"].as_array().is_some_and(|here| here.iter().any(|seat| seat["name"] == "Ben"));
    ana.hears_any("that he came", came).await;

    // Nobody ends the line: it just carries nothing any more. Who answers pings stays.
    proxy.silence.cancel();
    let mut second = Viewer::connect(&world, id).await;
    second.sends(hello.clone()).await;
    assert_eq!(second.is_closed().await.0, 4429, "his one place is taken");
    let gone = |frame: &Value| frame["gone"].as_array().is_some_and(|gone| !gone.is_empty());
    timeout(Duration::from_secs(6), ana.hears_any("that he is gone", gone)).await.expect("he was not let go in time");
    let mut back = Viewer::open_with(&world, &room, hello).await;
    assert_eq!(back.says("here again").await["type"], "ack");
    assert_eq!(ana.says("still here").await["type"], "ack");
}

#[tokio::test]
async fn a_silent_line_gives_its_connection_back_to_a_full_server() {
    let world = World::start_with(|config| {
        config.http.silence_s = NonZeroU32::new(1).unwrap();
        config.http.connections = NonZeroU32::new(2).unwrap();
    })
    .await;
    // The caller keeps its connection: that is one.
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Full").await;
    let proxy = Proxy::to(world.config.http.listen, |_| Plan::default()).await;
    let mut silent =
        Viewer::connect_to(&format!("ws://{}/api/v1/rooms/{}/ws", proxy.address, room["id"].as_str().unwrap()))
            .await
            .unwrap();
    silent.sends(json!({ "type": "hello", "token": ana.token })).await;
    silent.hears_any("a greeting", |frame| frame["type"] == "welcome").await;
    let comes = async || Caller::new(&world.url(""), None).post("/api/v1/sessions", json!({ "name": "Ben" })).await;
    assert_eq!(comes().await.no(), (503, "busy".to_owned()));
    proxy.silence.cancel();
    let comes_in = async {
        while comes().await.status == 503 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(Duration::from_secs(6), comes_in).await.expect("the connection was never given back");
}

/// As much as the system keeps for somebody who takes nothing, and then some.
const FULL: u64 = 9 << 19;

#[tokio::test]
async fn who_takes_nothing_is_let_go_within_ten_seconds_and_the_others_hear_everything() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let room = ana.makes_room("Stuck").await;
    ben.joins(&room).await;
    // A line that keeps next to nothing for its reader, who reads the greeting and no more.
    let line = tokio::net::TcpSocket::new_v4().unwrap();
    line.set_recv_buffer_size(4_096).unwrap();
    let line = line.connect(world.config.http.listen).await.unwrap();
    let (mut stuck, _) = client_async(world.socket_url(room["id"].as_str().unwrap()), line).await.unwrap();
    let hello = json!({ "type": "hello", "token": ben.token, "watches": false });
    stuck.send(Message::text(hello.to_string())).await.unwrap();
    let greeting: Value = serde_json::from_str(stuck.next().await.unwrap().unwrap().to_text().unwrap()).unwrap();
    let connection = greeting["you"]["connection"].clone();
    assert!(connection.is_u64(), "{greeting}");
    let mut fast = Viewer::open(&world, &room, &ben).await;
    let mut talker = Viewer::open(&world, &room, &ana).await;

    let long = "x".repeat(1_900);
    let (mut seq, mut told, mut full, mut asked) = (talker.room()["seq"].as_u64().unwrap(), 0, None, 0);
    let end = tokio::time::Instant::now() + Duration::from_mins(2);
    let waited = 'gone: loop {
        assert!(tokio::time::Instant::now() < end, "who takes nothing was never let go");
        for _ in 0..20 {
            asked += 1;
            talker.sends(json!({ "type": "command", "id": format!("{asked}"), "do": "say", "text": long })).await;
        }
        let id = asked.to_string();
        talker.hears_any("an answer", |frame| frame["id"] == *id).await;
        talker.forgets();
        // Whoever reads hears each of them, one by one.
        let last = seq + 20;
        while seq < last {
            let frame = fast.hears_any("the next event", |frame| frame["type"] != "pong").await;
            if frame["type"] == "presence" {
                if frame["gone"].as_array().is_some_and(|gone| gone.contains(&connection)) {
                    break 'gone full.map_or(Duration::ZERO, |full: tokio::time::Instant| full.elapsed());
                }
                continue;
            }
            assert_eq!((&frame["type"], &frame["seq"]), (&json!("event"), &json!(seq + 1)));
            seq += 1;
            told += 1_900;
        }
        if told >= FULL {
            full.get_or_insert_with(tokio::time::Instant::now);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    println!("let go {waited:?} after its line was surely full");
    assert!(waited < Duration::from_millis(11_500), "let go after {waited:?}");
    // It may come back, and is given the whole room; all others went on.
    assert_eq!(talker.says("fine").await["type"], "ack");
    drop(stuck);
    let back = Viewer::open(&world, &room, &ben).await;
    assert!(back.room()["seq"].as_u64().unwrap() >= seq);
}
