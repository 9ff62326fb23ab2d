//! The disk: full, read-only, locked by another program, failing or torn at any write, and the power that goes at any of them.

use std::{
    fs::OpenOptions,
    io::Write,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use tokio::{process::Command, task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{count, faults, faulty};
use crate::{
    crash_stories::Journal,
    fake_web::FakeWeb,
    process::Process,
    viewer::Viewer,
    world::{Answer, Caller, PATIENCE, in_room},
};

/// How many write at once.
const WRITERS: usize = 4;

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It was answered: it is stored.
    Stored,
    /// It was refused as not stored.
    Refused,
    /// Nobody knows.
    Unheard,
}

/// Somebody who writes one line after the other.
#[derive(Clone)]
struct Writer {
    index: usize,
    /// How many lines all of them sent, and know what became of.
    sent: Arc<AtomicUsize>,
    token: Option<String>,
    room: Value,
}

impl Writer {
    /// Writes until nobody answers, or it is to stop: every line, in the order in which they were sent.
    async fn writes(self, url: String, from: u64, stop: CancellationToken) -> Vec<(String, Fate)> {
        let caller = Caller::new(&url, self.token.clone());
        let mut lines = Vec::new();
        for n in from.. {
            if stop.is_cancelled() {
                return lines;
            }
            let line = json!({ "text": format!("{} {n}", self.index) });
            let fate = match caller.try_post(&in_room(&self.room, "/chat"), line).await {
                Some(answer) if answer.status == 201 => Fate::Stored,
                Some(answer) => {
                    assert_eq!(answer.no(), (507, "not_stored".to_owned()), "{}", answer.text);
                    Fate::Refused
                }
                None => Fate::Unheard,
            };
            lines.push((format!("said {n}"), fate));
            self.sent.fetch_add(1, Ordering::Relaxed);
            match fate {
                Fate::Stored => {}
                Fate::Refused => tokio::time::sleep(Duration::from_millis(5)).await,
                Fate::Unheard => return lines,
            }
        }
        lines
    }
}

/// Whether what is stored is what was answered, in order and once. What was refused, or not answered, may be there only
/// behind all that was: a log that was written and not synced is read back where nothing was written over it.
fn is_what_was_told(found: &[String], told: &[(String, Fate)]) -> Result<(), String> {
    let last = told.iter().rposition(|(_, fate)| *fate == Fate::Stored).map_or(0, |last| last + 1);
    let stored: Vec<&String> =
        told[..last].iter().filter(|(_, fate)| *fate == Fate::Stored).map(|(line, _)| line).collect();
    let Some((surely, beyond)) = found.split_at_checked(stored.len()) else {
        return Err(format!("{} of {} that were answered are there", found.len(), stored.len()));
    };
    if !surely.iter().eq(stored) {
        return Err("what was answered is not what is there".to_owned());
    }
    let mut may = told[last..].iter().map(|(line, _)| line);
    if beyond.iter().all(|line| may.any(|known| known == line)) { Ok(()) } else { Err(format!("beyond: {beyond:?}")) }
}

/// A room in which everybody may write, and those who will.
struct Ground {
    place: TempDir,
    web: FakeWeb,
    ana: Option<String>,
    room: Value,
    people: Vec<String>,
    writers: Vec<Writer>,
}

impl Ground {
    /// Made by a server that is sound, and gone.
    async fn lay() -> Self {
        let (place, web) = (tempfile::tempdir().unwrap(), FakeWeb::start().await);
        let process = Process::start(place.path(), &web).await;
        let ground = Self::lay_on(&process, place, web).await;
        process.dies().await;
        ground
    }

    /// Made by this one.
    async fn lay_on(process: &Process, place: TempDir, web: FakeWeb) -> Self {
        let nobody = Caller::new(&process.url, None);
        let somebody = async |name: String| {
            let session = nobody.post("/api/v1/sessions", json!({ "name": name })).await.created();
            (session["token"].as_str().map(str::to_owned), session["person"]["id"].as_str().unwrap().to_owned())
        };
        let ana = somebody("Ana".into()).await.0;
        let host = Caller::new(&process.url, ana.clone());
        let made = json!({ "title": "Disk", "url": web.url("/files/demo.mp4") });
        let room = host.post("/api/v1/rooms", made).await.created();
        let (mut writers, mut people, sent) = (Vec::new(), Vec::new(), Arc::default());
        for index in 0..WRITERS {
            let (token, person) = somebody(format!("Writer {index}")).await;
            Caller::new(&process.url, token.clone()).joins(&room).await;
            writers.push(Writer { index, sent: Arc::clone(&sent), token, room: room.clone() });
            people.push(person);
        }
        Self { place, web, ana, room, people, writers }
    }

    fn file(&self) -> PathBuf {
        self.place.path().join("data/onecouch.db")
    }

    fn id(&self) -> &str {
        self.room["id"].as_str().unwrap()
    }

    fn begins(&self, url: &str, from: u64, stop: &CancellationToken) -> Vec<JoinHandle<Vec<(String, Fate)>>> {
        let all = self.writers.iter().cloned();
        all.map(|writer| tokio::spawn(writer.writes(url.to_owned(), from, stop.clone()))).collect()
    }

    /// The journal as it is by now, read from copies: the file system of a server may be its own, and links to it are followed
    /// by the system alone.
    async fn reads(&self, file: &Path, journal: &mut Journal) {
        let copies = tempfile::tempdir().unwrap();
        for name in ["onecouch.db", "onecouch.db-wal"] {
            let from = file.with_file_name(name);
            if from.exists() {
                std::fs::copy(&from, copies.path().join(name)).unwrap();
            }
        }
        journal.read(&copies.path().join("onecouch.db"), self.id(), &self.people, true).await;
    }

    /// Reads what came since the last reading, and holds it against what the writers were told; how many lines were
    /// answered.
    async fn holds(&self, file: &Path, journal: &mut Journal, told: &[Vec<(String, Fate)>], what: &str) -> usize {
        let before: Vec<usize> = (0..WRITERS).map(|by| journal.deeds.get(&by).map_or(0, Vec::len)).collect();
        self.reads(file, journal).await;
        for (by, told) in told.iter().enumerate() {
            let found = journal.deeds.get(&by).map_or(&[][..], |deeds| &deeds[before[by]..]);
            if let Err(problem) = is_what_was_told(found, told) {
                panic!("{what}: writer {by}: {problem}; told\n{told:?}\nfound\n{found:?}");
            }
        }
        told.iter().flatten().filter(|(_, fate)| *fate == Fate::Stored).count()
    }
}

async fn all(tasks: Vec<JoinHandle<Vec<(String, Fate)>>>) -> Vec<Vec<(String, Fate)>> {
    let mut told = Vec::new();
    for task in tasks {
        told.push(task.await.unwrap());
    }
    told
}

/// How the n-th write goes wrong.
const MODES: [&str; 6] = ["power", "fail", "power", "torn", "full", "every"];

#[tokio::test]
async fn whatever_write_goes_wrong_nothing_that_was_answered_is_lost() {
    let Some(library) = faults() else { return };
    let points = count("ONECOUCH_WRITES", 24);
    let ground = Ground::lay().await;
    let dir = ground.place.path().join("data");
    let mut journal = Journal::default();
    journal.read(&ground.file(), ground.id(), &ground.people, true).await;

    let (mut answered, mut refused, mut unopened, mut sessions) = (0, 0, 0, Vec::new());
    for point in 0..points {
        let mode = MODES[usize::try_from(point).unwrap() % MODES.len()];
        // The first thirty are those of the start; further ones lie in the midst of the work.
        let at = if mode == "every" { 3 + point % 20 } else { 1 + point * 7 % 150 };
        let what = format!("point {point}: {mode} at {at}");
        let settings = [
            ("FAULTS_DIR", dir.display().to_string()),
            ("FAULTS_MODE", mode.to_owned()),
            ("FAULTS_AT", at.to_string()),
            ("FAULTS_FOR", if mode == "full" { "9" } else { "1" }.to_owned()),
            ("FAULTS_SEED", point.to_string()),
        ];
        let command = faulty(&library, &settings);
        let mut told = vec![Vec::new(); WRITERS];
        match Process::start_as(command, ground.place.path(), &ground.web).await {
            Ok(process) => {
                let writing = ground.begins(&process.url, point * 1_000_000, &CancellationToken::new());
                let newcomer = Caller::new(&process.url, None);
                let comes = newcomer.try_post("/api/v1/sessions", json!({ "name": "Eve" })).await;
                if let Some(answer) = comes.filter(|answer| answer.status == 201) {
                    sessions.push(answer.created()["token"].as_str().map(str::to_owned));
                }
                // So long that something was put to the test, however busy this machine is.
                let sent = &ground.writers[0].sent;
                let (enough, end) = (sent.load(Ordering::Relaxed) + 12, Instant::now() + Duration::from_secs(5));
                while sent.load(Ordering::Relaxed) < enough
                    && Instant::now() < end
                    && !writing.iter().all(JoinHandle::is_finished)
                {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                tokio::time::sleep(Duration::from_millis(point * 13 % 90)).await;
                process.dies().await;
                told = all(writing).await;
            }
            // It ended at its start: by the power, or with words.
            Err(said) => {
                unopened += 1;
                assert!(mode == "power" || said.contains("onecouch.db"), "{what}: it ended, and said\n{said}");
            }
        }
        refused += told.iter().flatten().filter(|(_, fate)| *fate == Fate::Refused).count();
        answered += ground.holds(&ground.file(), &mut journal, &told, &what).await;
    }

    // Who was told that they have a session has it.
    let process = Process::start(ground.place.path(), &ground.web).await;
    for token in &sessions {
        Caller::new(&process.url, token.clone()).get("/api/v1/sessions/current").await.ok();
    }
    let mut again = Journal::default();
    again.read(&ground.file(), ground.id(), &ground.people, true).await;
    assert!(again.deeds == journal.deeds, "nothing that was there is gone since");
    println!(
        "{points} writes went wrong: {answered} lines and {} sessions were answered, {refused} lines refused, {unopened} \
         starts ended in words; 0 lost, doubled or reordered",
        sessions.len()
    );
    let points = usize::try_from(points).unwrap();
    assert!(answered > points && refused > 0 && unopened < points / 2, "nothing was put to the test");
}

/// Asks again and again until an answer is as wanted.
async fn until(what: &str, mut ask: impl AsyncFnMut() -> Answer, is_it: impl Fn(&Answer) -> bool) -> Answer {
    let end = Instant::now() + PATIENCE;
    loop {
        let answer = ask().await;
        if is_it(&answer) {
            return answer;
        }
        assert!(Instant::now() < end, "never {what}: {}", answer.text);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What people see of a server while its disk takes nothing, and afterwards. `breaks` and `heals` do that to the disk.
async fn is_lived_through(
    process: &Process,
    ground: &Ground,
    file: &Path,
    breaks: impl FnOnce(),
    heals: impl FnOnce(),
) {
    let ana = Caller::new(&process.url, ground.ana.clone());
    let socket = format!("{}/api/v1/rooms/{}/ws", process.url.replacen("http", "ws", 1), ground.id());
    let enters = async |token: &Option<String>| {
        let mut viewer = Viewer::connect_to(&socket).await.unwrap();
        viewer.sends(json!({ "type": "hello", "token": token })).await;
        viewer.greeting = viewer.hears_any("a greeting", |frame| frame["type"] == "welcome").await;
        viewer
    };
    let mut ben = enters(&ground.writers[0].token).await;
    ana.post(&in_room(&ground.room, "/playback/play"), json!({})).await.ok();
    let playback = async || ana.get(&in_room(&ground.room, "/playback")).await.ok();
    let plays = async || ana.get(&in_room(&ground.room, "/playback")).await;
    until("playing", plays, |answer| answer.body["data"]["playing"] == true).await;
    ana.post(&in_room(&ground.room, "/chat"), json!({ "text": "before" })).await.created();
    let stop = CancellationToken::new();
    let mut journal = Journal::default();
    ground.reads(file, &mut journal).await;
    let writing = ground.begins(&process.url, 0, &stop);
    tokio::time::sleep(Duration::from_millis(100)).await;

    breaks();
    // Whatever must be durable is refused, and the sentence says what to do.
    let say = async || ana.post(&in_room(&ground.room, "/chat"), json!({ "text": "lost" })).await;
    let no = until("refused", say, |answer| answer.status != 201).await;
    assert_eq!(no.no(), (507, "not_stored".to_owned()));
    assert!(no.text.contains("Try again") && no.text.contains("log"), "{}", no.text);
    for (path, body) in [
        (in_room(&ground.room, "/playback/pause"), json!({})),
        (in_room(&ground.room, "/playback/seek"), json!({ "position_ms": 0 })),
        ("/api/v1/sessions".to_owned(), json!({ "name": "Eve" })),
        ("/api/v1/rooms".to_owned(), json!({ "title": "Another" })),
        ("/api/v1/playlists".to_owned(), json!({ "name": "Mine" })),
    ] {
        let answer = ana.post(&path, body).await;
        assert_eq!(answer.no(), (507, "not_stored".to_owned()), "{path}");
    }

    // What can be read can be read, the film plays on, and whoever is here is told what is true.
    for path in ["", "/queue", "/chat", "/members", "/audit"] {
        ana.get(&in_room(&ground.room, path)).await.ok();
    }
    let told = ben.hears_any("the room as it is", |frame| frame["type"] == "snapshot").await;
    assert_eq!(told["room"]["playback"]["playing"], true);
    let first = playback().await;
    assert_eq!(first["playing"], true, "nobody paused it: that was refused");
    let moved = async || ana.get(&in_room(&ground.room, "/playback")).await;
    let from = first["now_ms"].as_i64().unwrap();
    until("moving on", moved, |answer| answer.body["data"]["now_ms"].as_i64().unwrap() > from + 300).await;
    ben.sends(json!({ "type": "ping", "c": 7 })).await;
    ben.hears_any("a pong", |frame| frame["type"] == "pong").await;
    // Who knows the way in comes in, and the others see them come and go.
    let cleo = enters(&ground.writers[1].token).await;
    assert_eq!(cleo.room()["playback"]["playing"], true);
    ben.forgets();
    drop(cleo);
    ben.hears_any("that she left", |frame| frame["gone"].as_array().is_some_and(|gone| !gone.is_empty())).await;

    heals();
    let say = async || ana.post(&in_room(&ground.room, "/chat"), json!({ "text": "kept" })).await;
    until("stored again", say, |answer| answer.status == 201).await;
    ben.hears_any("the line", |frame| {
        frame["text"] == "kept" || frame["room"]["chat"].to_string().contains("\"kept\"")
    })
    .await;
    assert_eq!(playback().await["playing"], true);
    tokio::time::sleep(Duration::from_millis(100)).await;
    stop.cancel();
    let told = all(writing).await;
    let answered = ground.holds(file, &mut journal, &told, "lived through").await;
    let refused = told.iter().flatten().filter(|(_, fate)| *fate == Fate::Refused).count();
    assert!(answered > WRITERS && refused > 0, "{answered} answered, {refused} refused");
    let last = told.iter().all(|lines| lines.iter().any(|(_, fate)| *fate == Fate::Stored));
    assert!(last, "everybody went on");
    let log = process.said();
    assert!(log.contains("nothing can be stored"), "{log}");
    assert!(log.len() < 20_000, "a disk that takes nothing for a while fills the log: {} bytes", log.len());
}

#[tokio::test]
async fn a_full_disk_stops_no_film_and_no_reader_and_it_goes_on_where_there_is_room_again() {
    let (place, web) = (tempfile::tempdir().unwrap(), FakeWeb::start().await);
    let data = place.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let allowed = Command::new("unshare").args(["-m", "true"]).status().await.is_ok_and(|status| status.success());
    if !allowed {
        eprintln!("SKIPPED: a full disk needs leave to mount one (root, and unshare of util-linux)");
        return;
    }
    let mut command = Command::new("unshare");
    let mount = "mount -t tmpfs -o size=3m tmpfs \"$1\" && exec \"$0\"";
    command.args(["-m", "sh", "-c", mount, env!("CARGO_BIN_EXE_onecouch")]).arg(&data);
    let mut process = Process::start_as(command, place.path(), &web).await.unwrap();
    // Its own file system, seen from here.
    let seen = PathBuf::from(format!("/proc/{}/root{}", process.child.id().unwrap(), data.display()));
    let filler = seen.join("filler");
    let ground = Ground::lay_on(&process, place, web).await;
    let fills = || {
        let mut file = OpenOptions::new().create_new(true).append(true).open(&filler).unwrap();
        for size in [64 * 1024, 4096, 1] {
            while file.write_all(&vec![1; size]).is_ok() {}
        }
    };
    let clears = || std::fs::remove_file(&filler).unwrap();
    is_lived_through(&process, &ground, &seen.join("onecouch.db"), fills, clears).await;
    process.is_terminated().await;
    assert_eq!(process.ends_within(Duration::from_secs(5)).await.code(), Some(0));
}

#[tokio::test]
async fn a_disk_that_turned_read_only_is_lived_through_likewise() {
    let Some(library) = faults() else { return };
    let (place, web) = (tempfile::tempdir().unwrap(), FakeWeb::start().await);
    let (dir, switch) = (place.path().join("data"), place.path().join("switch"));
    let settings = [("FAULTS_DIR", dir.display().to_string()), ("FAULTS_SWITCH", switch.display().to_string())];
    let mut process = Process::start_as(faulty(&library, &settings), place.path(), &web).await.unwrap();
    let ground = Ground::lay_on(&process, place, web).await;
    // EROFS.
    let breaks = || std::fs::write(&switch, "30").unwrap();
    let heals = || std::fs::remove_file(&switch).unwrap();
    is_lived_through(&process, &ground, &ground.file(), breaks, heals).await;
    process.is_terminated().await;
    assert_eq!(process.ends_within(Duration::from_secs(5)).await.code(), Some(0));
}

#[tokio::test]
async fn another_program_that_holds_the_database_is_waited_for_and_then_worked_around() {
    let (place, web) = (tempfile::tempdir().unwrap(), FakeWeb::start().await);
    let process = Process::start(place.path(), &web).await;
    let ground = Ground::lay_on(&process, place, web).await;
    let ana = Caller::new(&process.url, ground.ana.clone());
    let say = async |text: &str| ana.post(&in_room(&ground.room, "/chat"), json!({ "text": text })).await;
    let options = SqliteConnectOptions::new().filename(ground.file());
    let mut other = SqliteConnection::connect_with(&options).await.unwrap();

    // For a while: whoever asks waits, and is answered well.
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let asked = Instant::now();
    let (answer, ()) = tokio::join!(say("patient"), async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    });
    answer.created();
    assert!(asked.elapsed() >= Duration::from_millis(500));

    // For longer than anybody should wait: they are told so, and reading goes on all the while.
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let asked = Instant::now();
    let (answer, ()) = tokio::join!(say("impatient"), async {
        for _ in 0..10 {
            ana.get(&in_room(&ground.room, "/chat")).await.ok();
            ana.get(&in_room(&ground.room, "")).await.ok();
        }
        assert!(asked.elapsed() < Duration::from_secs(4), "readers waited for the writer");
    });
    assert_eq!(answer.no(), (507, "not_stored".to_owned()));
    assert!(asked.elapsed() < Duration::from_secs(8), "it took {:?}", asked.elapsed());
    // Known to be in trouble, the room says so at once.
    let asked = Instant::now();
    assert_eq!(say("again").await.no(), (507, "not_stored".to_owned()));
    assert!(asked.elapsed() < Duration::from_secs(1), "it took {:?}", asked.elapsed());

    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    until("stored again", async || say("kept").await, |answer| answer.status == 201).await;
    let chat = ana.get(&in_room(&ground.room, "/chat")).await.ok();
    let texts: Vec<&str> = chat.as_array().unwrap().iter().map(|line| line["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["kept", "patient"]);
    process.dies().await;
}
