//! The power goes out: the real binary, killed in the middle of its work, again and again on the same data.

use std::{
    collections::{BTreeMap, HashSet},
    process::Stdio,
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::world::{Caller, PATIENCE};

/// How many writers talk at once.
const WRITERS: usize = 8;

/// A server in a process of its own.
struct Process {
    child: Child,
    url: String,
}

impl Process {
    async fn start(place: &std::path::Path) -> Self {
        let plenty = "{ burst = 1000000, per_minute = 1000000 }";
        let mut child = Command::new(env!("CARGO_BIN_EXE_onecouch"))
            .current_dir(place)
            .env("ONECOUCH__HTTP__LISTEN", "127.0.0.1:0")
            .env("ONECOUCH__HTTP__METRICS_LISTEN", "")
            .env("ONECOUCH__LIMITS__COMMANDS", plenty)
            .env("ONECOUCH__LIMITS__CHAT", plenty)
            .env("ONECOUCH__LOG__FILTER", "error")
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
        Self { child, url }
    }

    /// As the power does: no word, no last write.
    async fn dies(mut self) {
        self.child.kill().await.unwrap();
    }
}

/// What one writer was told: the numbers whose answer came, and the one it never heard of.
#[derive(Default)]
struct Told {
    answered: Vec<u32>,
    open: Option<u32>,
}

/// Writes numbered lines, one after the other, until nobody answers any more.
async fn writes(caller: Caller, room: String, writer: usize, from: u32) -> Told {
    let mut told = Told::default();
    for n in from.. {
        let body = json!({ "text": format!("{writer} {n}") });
        match caller.try_post(&format!("/api/v1/rooms/{room}/chat"), body).await {
            Some(answer) if answer.status == 201 => told.answered.push(n),
            _ => {
                told.open = Some(n);
                return told;
            }
        }
    }
    told
}

/// All lines of a room, oldest first.
async fn lines(caller: &Caller, room: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut before = String::new();
    loop {
        let page = caller.get(&format!("/api/v1/rooms/{room}/chat?limit=100{before}")).await;
        let lines = page.body["data"].as_array().unwrap();
        all.extend(lines.iter().map(|line| line["text"].as_str().unwrap().to_owned()));
        match page.body["next"].as_str() {
            Some(next) => before = format!("&before={next}"),
            None => break,
        }
    }
    all.reverse();
    all
}

#[tokio::test]
async fn nothing_that_was_answered_is_lost_however_often_it_dies() {
    let kills: u64 = std::env::var("ONECOUCH_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(20);
    let place = tempfile::tempdir().unwrap();
    let mut token = None;
    let mut room = String::new();
    let mut answered: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    let mut open: HashSet<(usize, u32)> = HashSet::new();

    for kill in 0..=kills {
        let process = Process::start(place.path()).await;
        let caller = match &token {
            Some(token) => Caller::new(&process.url, Some(String::clone(token))),
            None => {
                let nobody = Caller::new(&process.url, None);
                let session = nobody.post("/api/v1/sessions", json!({ "name": "Ana" })).await.created();
                token = session["token"].as_str().map(str::to_owned);
                let ana = Caller::new(&process.url, token.clone());
                room = ana.makes_room("Crash").await["id"].as_str().unwrap().to_owned();
                ana
            }
        };

        let kept = lines(&caller, &room).await;
        let mut found: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
        for line in &kept {
            let (writer, n) = line.split_once(' ').unwrap();
            found.entry(writer.parse().unwrap()).or_default().push(n.parse().unwrap());
        }
        for (writer, told) in &answered {
            let found = found.get(writer).cloned().unwrap_or_default();
            assert!(found.is_sorted_by(|a, b| a < b), "writer {writer} is out of order or doubled after kill {kill}");
            let missing: Vec<_> = told.iter().filter(|n| found.binary_search(n).is_err()).collect();
            assert!(missing.is_empty(), "kill {kill}: {missing:?} of writer {writer} were answered and are gone");
            let strange: Vec<_> =
                found.iter().filter(|n| told.binary_search(n).is_err() && !open.contains(&(*writer, **n))).collect();
            assert!(strange.is_empty(), "kill {kill}: {strange:?} of writer {writer} were never written");
        }
        if kill == kills {
            break;
        }

        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let known = answered.get(&writer).and_then(|told| told.last()).copied().unwrap_or(0);
                let unheard = open.iter().filter(|(of, _)| *of == writer).map(|(_, n)| *n).max().unwrap_or(0);
                tokio::spawn(writes(caller.clone(), room.clone(), writer, known.max(unheard) + 1))
            })
            .collect();
        // Spread over the life of a commit and over many of them: 5 to 199 ms.
        tokio::time::sleep(Duration::from_millis(5 + kill * 37 % 195)).await;
        process.dies().await;
        for (writer, task) in writers.into_iter().enumerate() {
            let told = task.await.unwrap();
            answered.entry(writer).or_default().extend(told.answered);
            open.extend(told.open.map(|n| (writer, n)));
        }
    }
    let total: usize = answered.values().map(Vec::len).sum();
    assert!(total > usize::try_from(kills).unwrap(), "only {total} lines were answered: nothing was put to the test");
}

#[tokio::test]
async fn a_second_server_on_the_same_data_is_refused_clearly() {
    let place = tempfile::tempdir().unwrap();
    let first = Process::start(place.path()).await;
    let second = Command::new(env!("CARGO_BIN_EXE_onecouch"))
        .current_dir(place.path())
        .env("ONECOUCH__HTTP__LISTEN", "127.0.0.1:0")
        .output()
        .await
        .unwrap();
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
    let mut process = Process::start(place.path()).await;
    let nobody = Caller::new(&process.url, None);
    nobody.post("/api/v1/sessions", json!({ "name": "Ana" })).await.created();
    let id = process.child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    let status = tokio::time::timeout(Duration::from_secs(5), process.child.wait()).await;
    assert_eq!(status.expect("it did not end within 5 s").unwrap().code(), Some(0));
}
