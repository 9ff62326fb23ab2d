//! Who is there: watchers and askers spread over the nodes, and what must be true of it in the end.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Write as _,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    asker::{Asker, Deed, Outcome},
    house::{House, NODES},
    watcher::{Heard, Known, Watcher, difference},
};
use crate::{
    chance::Dice,
    world::{Caller, in_room},
};

/// In the first of them nobody touches the film.
pub const ROOMS: usize = 4;
/// How long it may take until all agree again: a dead node is forgotten by who was connected to it after twelve seconds.
const AGREE: Duration = Duration::from_secs(40);

struct Seat {
    room: usize,
    known: Arc<Mutex<Option<Known>>>,
    connection: Arc<Mutex<Option<u64>>>,
}

pub struct Crowd {
    /// As they were made.
    rooms: Vec<Value>,
    /// Persons of the askers, by number.
    people: Vec<String>,
    /// Somebody who may read all, at each node.
    hosts: Vec<Caller>,
    seats: Vec<Seat>,
    heard: Arc<Mutex<Heard>>,
    watching: JoinSet<()>,
    asking: JoinSet<Asker>,
    stop: CancellationToken,
}

/// What a story shows in the end.
pub struct Report {
    /// Deeds that were answered, by room: when they were asked for and when that was.
    pub answered: Vec<Vec<(Instant, Instant)>>,
    pub text: String,
}

impl Crowd {
    pub async fn comes(house: &House, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let session = async |name: String| {
            let nobody = Caller::new(&house.board.urls[0], None);
            let session = nobody.post("/api/v1/sessions", json!({ "name": name })).await.created();
            let token = session["token"].as_str().unwrap().to_owned();
            (session["person"]["id"].as_str().unwrap().to_owned(), token)
        };
        let callers = |token: &str| -> Vec<Caller> {
            house.board.urls.iter().map(|url| Caller::new(url, Some(token.to_owned()))).collect()
        };
        let (_, host) = session("Ana".to_owned()).await;
        let hosts = callers(&host);
        let film = house.web.url("/hls/evening.m3u8").to_string();
        let heard: Arc<Mutex<Heard>> = Arc::default();
        let (mut rooms, mut people, mut seats) = (Vec::new(), Vec::new(), Vec::new());
        let (mut watching, mut asking, stop) = (JoinSet::new(), JoinSet::new(), CancellationToken::new());
        for room in 0..ROOMS {
            // Each room begins at another node.
            let host = &hosts[room % NODES];
            let body =
                json!({ "title": format!("Room {room}"), "url": film, "ready_seek": false, "ready_start": false });
            let made = host.post("/api/v1/rooms", body).await.created();
            let origin = Arc::default();
            for home in 0..NODES {
                let number = people.len();
                let (person, token) = session(format!("Asker {number}")).await;
                let callers = callers(&token);
                callers[home].joins(&made).await;
                // Who was never heard of gets no role.
                let (text, began) = (format!("{number} 0"), Instant::now());
                callers[home].post(&in_room(&made, "/chat"), json!({ "text": text })).await.created();
                let (label, answered) = (format!("said {text}"), Instant::now());
                let first = Deed { label, outcome: Outcome::Done, doubts: Vec::new(), began, answered };
                host.put(&in_room(&made, &format!("/members/{person}/role")), json!({ "role": "cohost" })).await.ok();
                people.push(person);
                let id = made["id"].as_str().unwrap().to_owned();
                let (orders, ordered) = mpsc::channel(1);
                let (known, connection) = (Arc::default(), Arc::default());
                seats.push(Seat { room, known: Arc::clone(&known), connection: Arc::clone(&connection) });
                let watcher = Watcher {
                    name: format!("watcher {number} of room {room}"),
                    room: id.clone(),
                    token,
                    home,
                    board: house.board.clone(),
                    heard: heard.clone(),
                    known,
                    connection,
                    orders: ordered,
                    plays_on: room == 0,
                    origin: Arc::clone(&origin),
                };
                watching.spawn(watcher.watches());
                asking.spawn({
                    let asker = Asker {
                        number,
                        room: id,
                        home,
                        board: house.board.clone(),
                        callers,
                        socket: orders,
                        dice: Dice::new(dice.roll()),
                        link: house.web.url("/hls/vod.m3u8").to_string(),
                        plays_on: room == 0,
                        stop: stop.clone(),
                        items: Vec::new(),
                        deeds: vec![first],
                        loose: 0,
                    };
                    let known = seats.last().unwrap().known.clone();
                    async move {
                        // The first viewer starts the film, which nobody is to take for a fault.
                        let plays = || {
                            known
                                .lock()
                                .unwrap()
                                .as_ref()
                                .is_some_and(|known| known.room["playback"]["playing"] == true)
                        };
                        while !plays() && !asker.stop.is_cancelled() {
                            sleep(Duration::from_millis(10)).await;
                        }
                        asker.goes_on().await
                    }
                });
            }
            rooms.push(made);
        }
        let crowd = Self { rooms, people, hosts, seats, heard, watching, asking, stop };
        crowd.is_in(house).await;
        crowd
    }

    fn id(&self, room: usize) -> &str {
        self.rooms[room]["id"].as_str().unwrap()
    }

    pub fn rooms(&self) -> Vec<String> {
        (0..ROOMS).map(|room| self.id(room).to_owned()).collect()
    }

    /// Waits until everybody is in.
    async fn is_in(&self, house: &House) {
        let all = async {
            while !self.seats.iter().all(|seat| seat.known.lock().unwrap().is_some()) {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(AGREE, all).await.expect("everybody comes in");
        assert!(house.board.wrong().is_empty(), "{:#?}", house.board.wrong());
    }

    /// Whether somebody was answered in each room of something that was asked for just now, by nodes that live.
    pub async fn is_answered(&self, house: &House, within: Duration) -> bool {
        let answered = async {
            for (room, made) in self.rooms.iter().enumerate() {
                let path = in_room(made, "/chat");
                let body = json!({ "text": format!("is anybody there in {room}?") });
                loop {
                    let node = house.living()[room % house.living().len()];
                    let answer = self.hosts[node].try_post(&path, body.clone()).await;
                    if answer.is_some_and(|answer| answer.status == 201) {
                        break;
                    }
                    sleep(Duration::from_millis(100)).await;
                }
            }
        };
        timeout(within, answered).await.is_ok()
    }

    /// Where somebody does not agree, in words.
    async fn disagreement(&self) -> Option<String> {
        for (room, made) in self.rooms.iter().enumerate() {
            let mut truth: Option<Value> = None;
            for (node, host) in self.hosts.iter().enumerate() {
                let Some(answer) = host.try_send(reqwest::Method::GET, &in_room(made, ""), json!({})).await else {
                    return Some(format!("node {node} does not answer"));
                };
                if answer.status != 200 {
                    return Some(format!("node {node}: {}", answer.text));
                }
                let state = answer.body["data"].clone();
                let truth = truth.get_or_insert_with(|| state.clone());
                if (&truth["epoch"], &truth["seq"]) != (&state["epoch"], &state["seq"]) {
                    return Some(format!(
                        "room {room} stands elsewhere on node {node}: {} of {}, not {} of {}",
                        state["seq"], state["epoch"], truth["seq"], truth["epoch"]
                    ));
                }
                if let Some(difference) = difference(truth, &state) {
                    return Some(format!("room {room} on node {node}: {difference}"));
                }
                let here = |state: &Value| -> BTreeSet<u64> {
                    state["here"].as_array().unwrap().iter().filter_map(|seat| seat["connection"].as_u64()).collect()
                };
                let there: BTreeSet<u64> = self
                    .seats
                    .iter()
                    .filter(|seat| seat.room == room)
                    .filter_map(|seat| *seat.connection.lock().unwrap())
                    .collect();
                if here(&state) != there {
                    return Some(format!(
                        "in room {room} by node {node} are {:?}, and in truth {there:?}",
                        here(&state)
                    ));
                }
            }
            let truth = truth.unwrap();
            for (number, seat) in self.seats.iter().enumerate().filter(|(_, seat)| seat.room == room) {
                let known = seat.known.lock().unwrap();
                let known = known.as_ref().unwrap();
                if (truth["epoch"].as_u64().unwrap(), truth["seq"].as_u64().unwrap()) != (known.epoch, known.seq) {
                    return Some(format!(
                        "watcher {number} of room {room} stands at {} of {}, not at {} of {}",
                        known.seq, known.epoch, truth["seq"], truth["epoch"]
                    ));
                }
                if let Some(difference) = difference(&truth, &known.room) {
                    return Some(format!("watcher {number} of room {room}: {difference}"));
                }
                let here: BTreeSet<u64> =
                    truth["here"].as_array().unwrap().iter().filter_map(|seat| seat["connection"].as_u64()).collect();
                if !known.here.keys().eq(&here) {
                    return Some(format!(
                        "watcher {number} of room {room} sees {:?}, here are {here:?}",
                        known.here.keys()
                    ));
                }
            }
        }
        None
    }

    /// The journal of a room as it is stored, oldest first.
    async fn journal(&self, house: &House, room: usize) -> Vec<Value> {
        let mut hand = house.server.hand(&house.database).await;
        let id: uuid::Uuid = self.id(room).parse().unwrap();
        let question = "SELECT seq, event FROM journal WHERE room = $1 ORDER BY seq";
        let rows: Vec<(i64, String)> = sqlx::query_as(question).bind(id).fetch_all(&mut hand).await.unwrap();
        for (n, (seq, _)) in (1..).zip(&rows) {
            assert_eq!(*seq, n, "the journal of room {room} has a hole");
        }
        rows.into_iter().map(|(_, event)| serde_json::from_str(&event).unwrap()).collect()
    }

    /// Everybody falls silent; looks at what was answered, told and stored.
    pub async fn goes(mut self, house: &House) -> Report {
        self.stop.cancel();
        let mut askers = Vec::new();
        let all = async {
            while let Some(asker) = self.asking.join_next().await {
                askers.push(asker.expect("an asker does not panic"));
            }
        };
        timeout(Duration::from_secs(60), all).await.expect("askers come to an end");
        askers.sort_by_key(|asker| asker.number);
        assert!(self.is_answered(house, AGREE).await, "rooms are not answered in the end");
        let from = Instant::now();
        let disagreement = loop {
            let found = self.disagreement().await;
            if found.is_none() || from.elapsed() > AGREE {
                break found;
            }
            sleep(Duration::from_millis(200)).await;
        };
        let agreed = from.elapsed();
        self.watching.abort_all();

        let mut wrong = house.board.wrong();
        wrong.extend(disagreement.map(|what| format!("in the end: {what}")));
        let mut logs = LogLines::default();
        for node in 0..NODES {
            logs.reads(node, &house.said(node), &mut wrong);
        }
        let heard = std::mem::take(&mut *self.heard.lock().unwrap());
        let mut answered = vec![Vec::new(); ROOMS];
        let (mut refusals, mut kinds): (BTreeMap<String, usize>, BTreeMap<String, usize>) = Default::default();
        let (mut unsaid, mut unstored) = (0, 0);
        for (room, answered) in answered.iter_mut().enumerate() {
            let journal = self.journal(house, room).await;
            for asker in askers.iter().filter(|asker| asker.number / NODES == room) {
                let (found, loose) = deeds_of(&journal, asker.number, &self.people[asker.number]);
                unsaid += compare(&found, &asker.deeds, asker.number, &mut wrong);
                if loose > asker.loose {
                    wrong.push(format!(
                        "asker {} asked {} times to play, pause or move, and {loose} are stored",
                        asker.number, asker.loose
                    ));
                }
                for deed in &asker.deeds {
                    for doubt in &deed.doubts {
                        *refusals.entry(doubt.chars().take(60).collect()).or_default() += 1;
                    }
                    if deed.outcome == Outcome::Done {
                        answered.push((deed.began, deed.answered));
                        *kinds.entry(deed.label.split(' ').next().unwrap_or_default().to_owned()).or_default() += 1;
                    }
                }
            }
            for (_, seq, event) in heard.of(self.id(room)) {
                let stored = journal.get(usize::try_from(seq).unwrap() - 1);
                let same = stored.is_some_and(|stored| {
                    stored["kind"] == event["kind"] && stored["at"] == event["at"] && stored["text"] == event["text"]
                });
                unstored += usize::from(!same);
            }
        }
        // How long after its answer a line was heard, by those who were there before.
        let mut late: Vec<Duration> = Vec::new();
        for deed in askers.iter().flat_map(|asker| &asker.deeds).filter(|deed| deed.outcome == Outcome::Done) {
            let Some(text) = deed.label.strip_prefix("said ") else { continue };
            let listeners = heard.lines.get(text).into_iter().flatten().filter(|(_, opened)| *opened < deed.began);
            let mut seen = BTreeMap::new();
            for (at, opened) in listeners {
                let first = seen.entry(*opened).or_insert(*at);
                *first = (*first).min(*at);
            }
            late.extend(seen.values().map(|at| at.saturating_duration_since(deed.answered)));
        }
        let total: usize = kinds.values().sum();
        let mut text = format!(
            "{total} deeds were answered {kinds:?}; 0 lost, reordered or doubled; {unsaid} refused or unheard ones were done all the same; "
        );
        let _ = write!(
            text,
            "refused or unheard: {refusals:?}; {} events told, {unstored} of them never stored, {} times the whole room, {} resumed, {} cut off by a living node, {} told to come back; ",
            heard.told, heard.given, heard.resumed, heard.disconnected, heard.slow
        );
        let _ = write!(
            text,
            "after its answer a line was heard within {}; all agreed {agreed:?} after the end; {} takings of rooms logged; {:?}",
            spread(&mut late),
            logs.takings,
            logs.loud
        );
        assert!(wrong.is_empty(), "{wrong:#?}\n{text}");
        assert!(total > 50, "only {total} deeds: nothing was put to the test");
        Report { answered, text }
    }
}

/// The half, the last hundredth and the most of some times.
pub fn spread(times: &mut [Duration]) -> String {
    times.sort();
    let at = |part: usize| {
        times.get((times.len() * part / 100).min(times.len().saturating_sub(1))).copied().unwrap_or_default()
    };
    format!("p50 {:.3?}, p99 {:.3?}, max {:.3?} (of {})", at(50), at(99), at(100), times.len())
}

/// What somebody did by the journal, in order; and how much of it is not told apart.
fn deeds_of(journal: &[Value], number: usize, person: &str) -> (Vec<String>, usize) {
    let (mut deeds, mut loose) = (Vec::new(), 0);
    for event in journal.iter().filter(|event| event["by"]["person"] == person) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match event["kind"].as_str().unwrap() {
            "said" => deeds.push(format!("said {}", text(&event["text"]))),
            "changed" => deeds.push(format!("titled {}", text(&event["changes"]["title"]))),
            "added" => {
                let link = text(&event["items"][0]["media"]["url"]);
                let n = link.rsplit("&n=").next().unwrap().to_owned();
                deeds.push(format!("added {number} {n}"));
            }
            "removed" => deeds.push(format!("removed {}", text(&event["item"]))),
            "playback" if event["cause"] == "seek" => deeds.push(format!("sought {}", event["playback"]["position"])),
            "playback" | "moved" => loose += 1,
            _ => {}
        }
    }
    (deeds, loose)
}

/// What was answered is there once and in order; what was not is there once at most. How often it is there.
fn compare(found: &[String], deeds: &[Deed], number: usize, wrong: &mut Vec<String>) -> usize {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, label) in found.iter().enumerate() {
        places.entry(label).or_default().push(place);
    }
    let mut unsaid = 0;
    let mut last: Option<usize> = None;
    for deed in deeds.iter().filter(|deed| !deed.label.is_empty()) {
        let there = places.remove(deed.label.as_str()).unwrap_or_default();
        let what = format!("asker {number}: {deed:?}");
        match (&deed.outcome, &there[..]) {
            (Outcome::Done, []) => wrong.push(format!("{what} is lost")),
            (Outcome::Done, [place]) => {
                if deed.doubts.is_empty() && last.is_some_and(|last| *place < last) {
                    wrong.push(format!("{what} stands before what was done before it"));
                }
                last = last.max(Some(*place));
            }
            (Outcome::Unknown(_), []) => {}
            (Outcome::Unknown(_), [_]) => unsaid += 1,
            (_, places) => wrong.push(format!("{what} is there {} times", places.len())),
        }
    }
    let strange: Vec<_> = places.keys().take(3).collect();
    if !strange.is_empty() {
        wrong.push(format!("asker {number} never did {strange:?}"));
    }
    unsaid
}

/// What nodes logged.
#[derive(Default)]
struct LogLines {
    /// Which node took which room in which epoch.
    taken: HashMap<(String, String), usize>,
    takings: usize,
    /// Errors and warnings, and how often there were any.
    loud: BTreeMap<String, usize>,
}

impl LogLines {
    fn reads(&mut self, node: usize, said: &str, wrong: &mut Vec<String>) {
        let field = |line: &str, name: &str| -> String {
            let value = line.split(&format!("{name}=")).nth(1).unwrap_or_default();
            value.split(' ').next().unwrap_or_default().to_owned()
        };
        for line in said.lines() {
            if line.contains("panicked") {
                wrong.push(format!("node {node}: {line}"));
            }
            if line.contains("this node has this room now") {
                self.takings += 1;
                let key = (field(line, "room"), field(line, "epoch"));
                if let Some(other) = self.taken.insert(key.clone(), node) {
                    wrong.push(format!("nodes {other} and {node} both took {key:?}"));
                }
            }
            if let Some((_, rest)) = line.split_once("ERROR ").or_else(|| line.split_once("WARN ")) {
                let plain = rest
                    .split_once("trace=")
                    .map_or(rest, |(_, fault)| fault.trim_start_matches(|letter| letter != ' '));
                let end = if plain == rest { ['=', ':'] } else { ['\n'; 2] };
                let message: String = plain.split(end).next().unwrap_or_default().chars().take(110).collect();
                *self.loud.entry(message).or_default() += 1;
            }
        }
    }
}
