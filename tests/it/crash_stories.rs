//! The power goes out: the real binary, killed in the middle of its work, again and again on the same data.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::Path,
    time::Duration,
};

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    fake_web::FakeWeb,
    opentogethertube::client::Client,
    process::{Process, program},
    viewer::Viewer,
    world::{Caller, in_room},
};

/// How many writers talk at once.
pub(crate) const WRITERS: usize = 8;

/// One of those who write: a guest with deeds of their own, and the host beside them for what only a host may.
#[derive(Clone)]
pub(crate) struct Writer {
    pub(crate) index: usize,
    pub(crate) person: String,
    pub(crate) guest: Caller,
    pub(crate) host: Caller,
    pub(crate) room: String,
    pub(crate) socket: String,
    /// A link into the fake web.
    pub(crate) link: String,
}

/// What became of a writer's deeds while a server lived: those that were answered, in order, and the one that was not.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) answered: Vec<String>,
    pub(crate) unheard: Option<String>,
}

impl Writer {
    /// Does one thing after the other until nobody answers any more.
    pub(crate) async fn writes(self, from: u32, role: String, left_over: Vec<String>) -> Told {
        let mut told = Told::default();
        let _ = self.tries(from, role, left_over, &mut told).await;
        told
    }

    /// Ends at the first deed without an answer.
    async fn tries(&self, from: u32, mut role: String, left_over: Vec<String>, told: &mut Told) -> Option<()> {
        let writer = self.index;
        for item in left_over {
            self.removes(&item, told).await?;
        }
        let mut socket = self.connects().await?;
        for n in from.. {
            let text = format!("{writer} {n}");
            self.asks(&self.guest, Method::POST, "/chat", json!({ "text": text }), format!("said {n}"), told).await?;
            let link = format!("{}?by={writer}&n={n}", self.link);
            let added = json!({ "url": link });
            let added = self.asks(&self.guest, Method::POST, "/queue", added, format!("added {n}"), told).await?;
            let item = added["item"]["id"].as_str().unwrap();

            told.unheard = Some(format!("voted {item}"));
            let answer = socket.try_does(json!({ "do": "vote", "item": item, "up": true })).await?;
            assert_eq!(answer["type"], "ack", "{answer}");
            told.answered.extend(told.unheard.take());

            let titled = json!({ "title": text });
            self.asks(&self.host, Method::PATCH, "", titled, format!("titled {n}"), told).await?;
            role = String::from(if role == "trusted" { "moderator" } else { "trusted" });
            let path = format!("/members/{}/role", self.person);
            self.asks(&self.host, Method::PUT, &path, json!({ "role": role }), format!("became {role}"), told).await?;
            self.removes(item, told).await?;
        }
        None
    }

    async fn removes(&self, item: &str, told: &mut Told) -> Option<()> {
        let path = format!("/queue/{item}");
        self.asks(&self.guest, Method::DELETE, &path, json!({}), format!("removed {item}"), told).await.map(drop)
    }

    async fn connects(&self) -> Option<Viewer> {
        let mut socket = Viewer::connect_to(&self.socket).await?;
        // Who only listens starts no film.
        socket.try_sends(json!({ "type": "hello", "token": self.guest.token, "watches": false })).await.ok()?;
        socket.next_frame(|frame| frame["type"] == "welcome").await?;
        Some(socket)
    }

    /// One deed by REST: the answer's data, or nothing where none came.
    async fn asks(
        &self,
        who: &Caller,
        method: Method,
        path: &str,
        body: Value,
        deed: String,
        told: &mut Told,
    ) -> Option<Value> {
        told.unheard = Some(deed);
        let answer = who.try_send(method, &format!("/api/v1/rooms/{}{path}", self.room), body).await?;
        assert!(answer.status < 300, "{:?}: {}", told.unheard, answer.text);
        told.answered.extend(told.unheard.take());
        Some(answer.body["data"].clone())
    }
}

/// The room's journal, as somebody finds it who looks into the file while no server has it.
#[derive(Default)]
pub(crate) struct Journal {
    /// Number of the last event that was read.
    pub(crate) seq: i64,
    /// What each writer did, in order.
    pub(crate) deeds: BTreeMap<usize, Vec<String>>,
    /// Whose the items are.
    items: HashMap<String, usize>,
    /// What waits in the queue.
    queue: Vec<String>,
    title: String,
    role: BTreeMap<usize, String>,
}

impl Journal {
    /// Reads on from the last number, and sees to it that there is no hole and nothing twice.
    pub(crate) async fn read(&mut self, file: &Path, room: &str, people: &[String], check: bool) {
        let mut file = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file)).await.unwrap();
        if check {
            let sound: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut file).await.unwrap();
            assert_eq!(sound, "ok");
        }
        let room: uuid::Uuid = room.parse().unwrap();
        // All of one moment, where a server writes on.
        sqlx::query("BEGIN").execute(&mut file).await.unwrap();
        let events = "SELECT seq, event FROM journal WHERE room = ?1 AND seq > ?2 ORDER BY seq";
        let events: Vec<(i64, String)> =
            sqlx::query_as(events).bind(room).bind(self.seq).fetch_all(&mut file).await.unwrap();
        for (seq, event) in events {
            assert_eq!(seq, self.seq + 1, "the journal has a hole");
            self.seq = seq;
            self.note(&serde_json::from_str(&event).unwrap(), people);
        }
        let count = "SELECT count(*), (SELECT seq FROM rooms WHERE id = ?1) FROM journal WHERE room = ?1";
        let (rows, head): (i64, i64) = sqlx::query_as(count).bind(room).fetch_one(&mut file).await.unwrap();
        assert_eq!((rows, head), (self.seq, self.seq), "events were lost, or the room's row is behind them");
        file.close().await.unwrap();
    }

    fn note(&mut self, event: &Value, people: &[String]) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let numbered = |text: &str| text.split_once(' ').map(|(by, n)| (by.parse().unwrap(), n.to_owned()));
        let item = text(&event["item"]);
        let deed = match event["kind"].as_str().unwrap() {
            "said" => numbered(&text(&event["text"])).map(|(by, n)| (by, format!("said {n}"))),
            "changed" => {
                self.title = text(&event["changes"]["title"]);
                numbered(&self.title).map(|(by, n)| (by, format!("titled {n}")))
            }
            "added" => {
                let (id, link) = (text(&event["items"][0]["id"]), text(&event["items"][0]["media"]["url"]));
                link.split_once("?by=").and_then(|(_, rest)| rest.split_once("&n=")).map(|(by, n)| {
                    let by = by.parse().unwrap();
                    self.queue.push(id.clone());
                    self.items.insert(id, by);
                    (by, format!("added {n}"))
                })
            }
            "voted" => Some((self.items[&item], format!("voted {item}"))),
            "removed" => {
                self.queue.retain(|queued| *queued != item);
                Some((self.items[&item], format!("removed {item}")))
            }
            "role_changed" => {
                let by = people.iter().position(|person| event["person"] == person.as_str()).unwrap();
                self.role.insert(by, text(&event["role"]));
                Some((by, format!("became {}", self.role[&by])))
            }
            _ => None,
        };
        if let Some((by, deed)) = deed {
            self.deeds.entry(by).or_default().push(deed);
        }
    }

    /// The number of a writer's last line.
    fn last_line(&self, writer: usize) -> u32 {
        let lines = self.deeds[&writer].iter().filter_map(|deed| deed.strip_prefix("said "));
        lines.map(|n| n.parse().unwrap()).max().unwrap()
    }
}

#[tokio::test]
async fn nothing_that_was_answered_is_lost_however_often_it_dies() {
    let kills: u64 = std::env::var("ONECOUCH_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(100);
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("data/onecouch.db");
    let web = FakeWeb::start().await;
    let link = web.url("/files/film.mp4").to_string();

    // Ana's room, where a film stands and waits; the others come, say something, and she trusts them.
    let process = Process::start(place.path(), &web).await;
    let nobody = Caller::new(&process.url, None);
    let mut tokens = Vec::new();
    let mut people = Vec::new();
    for name in std::iter::once("Ana".to_owned()).chain((0..WRITERS).map(|writer| format!("Writer {writer}"))) {
        let session = nobody.post("/api/v1/sessions", json!({ "name": name })).await.created();
        tokens.push(session["token"].as_str().map(str::to_owned));
        people.push(session["person"]["id"].as_str().unwrap().to_owned());
    }
    let people = people.split_off(1);
    let ana = Caller::new(&process.url, tokens[0].clone());
    let made = ana.post("/api/v1/rooms", json!({ "title": "Crash", "url": link })).await.created();
    let room = made["id"].as_str().unwrap().to_owned();
    let mut answered: Vec<Vec<String>> = Vec::new();
    for (writer, person) in people.iter().enumerate() {
        let guest = Caller::new(&process.url, tokens[writer + 1].clone());
        guest.joins(&made).await;
        guest.post(&in_room(&made, "/chat"), json!({ "text": format!("{writer} 0") })).await.created();
        ana.put(&in_room(&made, &format!("/members/{person}/role")), json!({ "role": "trusted" })).await.ok();
        answered.push(vec!["said 0".to_owned(), "became trusted".to_owned()]);
    }
    process.dies().await;
    let mut journal = Journal::default();
    journal.read(&file, &room, &people, true).await;

    for kill in 0..kills {
        let process = Process::start(place.path(), &web).await;
        // What it serves is what the file says.
        let ana = Caller::new(&process.url, tokens[0].clone());
        let state = ana.get(&in_room(&made, "")).await.ok();
        let queue: Vec<_> =
            state["queue"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
        assert_eq!(queue, journal.queue, "kill {kill}");
        if !journal.title.is_empty() {
            assert_eq!(state["title"], journal.title.as_str(), "kill {kill}");
        }

        let writers: Vec<_> = (0..WRITERS)
            .map(|index| {
                let writer = Writer {
                    index,
                    person: people[index].clone(),
                    guest: Caller::new(&process.url, tokens[index + 1].clone()),
                    host: ana.clone(),
                    room: room.clone(),
                    socket: format!("{}/api/v1/rooms/{room}/ws", process.url.replacen("http", "ws", 1)),
                    link: link.clone(),
                };
                let left_over = journal.queue.iter().filter(|item| journal.items[*item] == index).cloned().collect();
                let (from, role) = (journal.last_line(index) + 1, journal.role[&index].clone());
                tokio::spawn(writer.writes(from, role, left_over))
            })
            .collect();
        // Spread over the life of a commit and over many of them: 5 to 199 ms.
        tokio::time::sleep(Duration::from_millis(5 + kill * 37 % 195)).await;
        process.dies().await;

        let mut unheard = Vec::new();
        for (writer, task) in writers.into_iter().enumerate() {
            let told = task.await.unwrap();
            answered[writer].extend(told.answered);
            unheard.push(told.unheard);
        }
        journal.read(&file, &room, &people, kill % 10 == 9).await;
        for (writer, unheard) in unheard.into_iter().enumerate() {
            // The deed without an answer was done or not.
            let (told, found) = (&mut answered[writer], &journal.deeds[&writer]);
            if found.len() > told.len() {
                told.extend(unheard);
            }
            assert!(told == found, "kill {kill}: writer {writer} was told\n{told:?}\nand did\n{found:?}");
        }
    }

    // Once more from the beginning: nothing that was there is gone since.
    let mut again = Journal::default();
    again.read(&file, &room, &people, true).await;
    assert!(again.deeds == journal.deeds);
    let total: usize = answered.iter().map(Vec::len).sum();
    let kinds: HashSet<_> = answered.iter().flatten().filter_map(|deed| deed.split(' ').next()).collect();
    assert_eq!(kinds.len(), 6, "{kinds:?}");
    println!("{kills} kills: {total} deeds were answered; 0 lost, doubled or reordered");
    // A machine that does much else gets little done between two of them.
    assert!(total > usize::try_from(kills).unwrap() * 2, "only {total} deeds: nothing was put to the test");
}

#[tokio::test]
async fn a_room_of_opentogethertube_is_found_as_it_was_when_the_server_died() {
    let place = tempfile::tempdir().unwrap();
    let web = FakeWeb::start().await;
    let process = Process::start(place.path(), &web).await;
    let session = Caller::new(&process.url, None).post("/api/v1/sessions", json!({ "name": "Ana" })).await.created();
    let token = session["token"].as_str().map(str::to_owned);
    let ana = Client::at(&process.url, token.clone());
    ana.makes("Couch").await;
    for film in ["demo.mp4", "film.mp4", "song.mp3"] {
        ana.post("/api/room/couch/queue", json!({ "url": web.url(&format!("/files/{film}")) })).await.ok();
    }
    ana.patch("/api/room/couch", json!({ "title": "Film club", "restoreQueueBehavior": 0 })).await.ok();
    let room = json!({ "id": ana.id_of("couch").await });
    let native = Caller::new(&process.url, token.clone());
    native.post(&in_room(&room, "/playback/play"), json!({})).await.ok();
    native.post(&in_room(&room, "/playback/seek"), json!({ "position_ms": 30_000 })).await.ok();
    let before = ana.reads("couch").await;
    assert_eq!(before["queue"].as_array().map(Vec::len), Some(2));
    process.dies().await;

    let process = Process::start(place.path(), &web).await;
    assert_eq!(Client::at(&process.url, token.clone()).reads("couch").await, before);
    let after = Caller::new(&process.url, token).get(&in_room(&room, "")).await.ok();
    assert_eq!(after["current"]["url"], web.url("/files/demo.mp4").as_str());
    let position = after["playback"]["position_ms"].as_i64().unwrap();
    assert!((30_000..40_000).contains(&position), "{position}");
}

#[tokio::test]
async fn a_second_server_on_the_same_data_is_refused_clearly() {
    let place = tempfile::tempdir().unwrap();
    let web = FakeWeb::start().await;
    let first = Process::start(place.path(), &web).await;
    let second =
        program().current_dir(place.path()).env("ONECOUCH__HTTP__LISTEN", "127.0.0.1:0").output().await.unwrap();
    assert!(!second.status.success());
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(said.contains("onecouch.db") && said.contains("another"), "{said}");
    let answer: Value = Caller::new(&first.url, None).get("/readyz").await.body;
    assert_eq!(answer, Value::Null);
    first.dies().await;
}

#[tokio::test]
async fn a_terminated_server_ends_in_time_and_in_order() {
    let place = tempfile::tempdir().unwrap();
    let web = FakeWeb::start().await;
    let mut process = Process::start(place.path(), &web).await;
    let nobody = Caller::new(&process.url, None);
    nobody.post("/api/v1/sessions", json!({ "name": "Ana" })).await.created();
    process.is_terminated().await;
    assert_eq!(process.ends_within(Duration::from_secs(5)).await.code(), Some(0));
}
