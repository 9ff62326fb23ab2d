//! Somebody's socket: it applies what it hears as the page does, and says what must not be.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep, timeout},
};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use super::house::Board;

/// Lines that a client keeps.
const CHAT: usize = 300;
/// By how much a film may seem to have moved: it is told in whole milliseconds, and nodes read one clock as well as they can.
const FILM: f64 = 500.0;

/// Something to be done over a socket.
pub struct Order {
    pub command: Value,
    pub answer: oneshot::Sender<Value>,
}

/// The room as a watcher knows it.
#[derive(Clone)]
pub struct Known {
    pub epoch: u64,
    pub seq: u64,
    pub room: Value,
    /// Who is here, by connection.
    pub here: BTreeMap<u64, Value>,
}

/// What all watchers heard.
#[derive(Default)]
pub struct Heard {
    /// Each event, by room, epoch and number.
    events: HashMap<(String, u64, u64), Value>,
    /// When a line was heard first by each watcher, and since when its socket had been open.
    pub lines: HashMap<String, Vec<(Instant, Instant)>>,
    pub given: u64,
    pub resumed: u64,
    pub told: u64,
    pub disconnected: u64,
    /// How often somebody was told to come back for having read too slowly.
    pub slow: u64,
}

impl Heard {
    /// Events that were told, of a room: epoch, number, and the event.
    pub fn of<'a>(&'a self, room: &'a str) -> impl Iterator<Item = (u64, u64, &'a Value)> {
        self.events.iter().filter(move |((id, ..), _)| id == room).map(|((_, epoch, seq), event)| (*epoch, *seq, event))
    }
}

pub struct Watcher {
    pub name: String,
    pub room: String,
    pub token: String,
    pub home: usize,
    pub board: Arc<Board>,
    pub heard: Arc<Mutex<Heard>>,
    pub known: Arc<Mutex<Option<Known>>>,
    /// Its own number where it is now.
    pub connection: Arc<Mutex<Option<u64>>>,
    pub orders: mpsc::Receiver<Order>,
    /// In this room nobody stops the film.
    pub plays_on: bool,
    /// Where the film would have begun, on the room's clock.
    pub origin: Arc<Mutex<Option<f64>>>,
}

/// What an event leaves of itself, the same for whoever hears it.
fn bare(frame: &Value) -> Value {
    let mut event = frame.clone();
    for name in ["type", "epoch", "s"] {
        event.as_object_mut().unwrap().remove(name);
    }
    event
}

/// What is compared of two rooms.
pub fn compared(room: &Value) -> Value {
    let names = ["title", "volume", "queue", "current", "playback", "tally", "votes", "members", "schedule"];
    let mut shown: serde_json::Map<String, Value> =
        names.iter().map(|name| ((*name).to_owned(), room[*name].clone())).collect();
    let members = shown["members"].as_array_mut().unwrap();
    members.sort_by_key(|member| member["person"].to_string());
    let chat = room["chat"].as_array().unwrap();
    shown.insert("chat".into(), chat[chat.len().saturating_sub(50)..].into());
    shown.into()
}

/// Where two of them differ first.
pub fn difference(one: &Value, two: &Value) -> Option<String> {
    let (one, two) = (compared(one), compared(two));
    let names = one.as_object().unwrap().keys().find(|name| one[*name] != two[*name])?;
    Some(format!("{names}: {} and {}", one[names], two[names]))
}

impl Known {
    fn from(frame: &Value) -> Self {
        let room = frame["room"].clone();
        let here = room["here"].as_array().unwrap().iter();
        let here = here.map(|seat| (seat["connection"].as_u64().unwrap(), seat.clone())).collect();
        Self { epoch: room["epoch"].as_u64().unwrap(), seq: room["seq"].as_u64().unwrap(), room, here }
    }

    /// As `web/src/room-events.ts`, of what happens here.
    fn hears(&mut self, event: &Value) {
        let room = self.room.as_object_mut().unwrap();
        let count = |room: &mut serde_json::Map<String, Value>, name: &str| {
            let tally = room["tally"][name].as_u64().unwrap() + 1;
            room["tally"][name] = tally.into();
        };
        let take = |room: &mut serde_json::Map<String, Value>, item: &Value| {
            let id = item.as_str().unwrap().to_owned();
            room["votes"].as_object_mut().unwrap().remove(&id);
            let queue = room["queue"].as_array_mut().unwrap();
            let place = queue.iter().position(|queued| queued["id"] == id.as_str());
            place.map(|place| queue.remove(place))
        };
        match event["kind"].as_str().unwrap() {
            "said" => {
                let mut line = bare(event);
                line.as_object_mut().unwrap().remove("kind");
                if line.get("by").is_none() {
                    line["by"] = Value::Null;
                }
                let chat = room["chat"].as_array_mut().unwrap();
                chat.push(line);
                let over = chat.len().saturating_sub(CHAT);
                chat.drain(..over);
                count(room, "lines");
            }
            "changed" => {
                for (name, value) in event.as_object().unwrap() {
                    if room.contains_key(name)
                        && !["epoch", "seq", "at", "by", "s", "kind", "type"].contains(&name.as_str())
                    {
                        room.insert(name.clone(), value.clone());
                    }
                }
            }
            "added" => {
                let index = usize::try_from(event["index"].as_u64().unwrap()).unwrap();
                let queue = room["queue"].as_array_mut().unwrap();
                for (n, item) in event["items"].as_array().unwrap().iter().enumerate() {
                    queue.insert(queue.len().min(index + n), item.clone());
                }
            }
            "removed" => drop(take(room, &event["item"])),
            "moved" => {
                let index = usize::try_from(event["index"].as_u64().unwrap()).unwrap();
                let queue = room["queue"].as_array_mut().unwrap();
                if let Some(place) = queue.iter().position(|queued| queued["id"] == event["item"]) {
                    let item = queue.remove(place);
                    queue.insert(queue.len().min(index), item);
                }
            }
            "playback" => {
                let playback = event["playback"].clone();
                if playback["item"] != room["current"]["id"] {
                    let current = playback["item"].is_string().then(|| take(room, &playback["item"])).flatten();
                    room.insert("current".into(), current.unwrap_or_default());
                }
                room.insert("playback".into(), playback);
            }
            "played" => count(room, "played"),
            "role_changed" => {
                let members = room["members"].as_array_mut().unwrap();
                members.retain(|member| member["person"] != event["person"]);
                if event["role"] != "guest" {
                    let member = json!({ "person": event["person"], "name": event["name"], "role": event["role"] });
                    members.push(member);
                }
            }
            _ => {}
        }
    }
}

impl Watcher {
    /// Watches until it is dropped.
    pub async fn watches(mut self) {
        loop {
            let node = self.board.living(self.home);
            if let Some(life) = self.board.life(node) {
                self.connects(node, life).await;
                *self.connection.lock().unwrap() = None;
            }
            // As a page does, in a moment.
            sleep(Duration::from_millis(50)).await;
            while self.orders.try_recv().is_ok() {}
        }
    }

    /// Whether this life of the node, which should go on, is over.
    fn is_over(&self, node: usize, life: u64) -> bool {
        self.board.life(node) != Some(life)
    }

    async fn connects(&mut self, node: usize, life: u64) {
        let url = format!("{}/api/v1/rooms/{}/ws", self.board.urls[node].replacen("http", "ws", 1), self.room);
        let Ok(Ok((mut socket, _))) = timeout(Duration::from_secs(10), connect_async(&url)).await else { return };
        let resume = self.known.lock().unwrap().as_ref().map(|known| json!({ "epoch": known.epoch, "seq": known.seq }));
        let hello = json!({ "type": "hello", "token": self.token, "resume": resume });
        if socket.send(Message::text(hello.to_string())).await.is_err() {
            return;
        }
        let (mut greeted, opened) = (false, Instant::now());
        let mut asked: HashMap<String, oneshot::Sender<Value>> = HashMap::new();
        let mut number = 0;
        let mut home = tokio::time::interval(Duration::from_millis(300));
        loop {
            tokio::select! {
                message = socket.next() => match message {
                    Some(Ok(Message::Text(text))) => {
                        let frame: Value = serde_json::from_str(&text).unwrap();
                        match frame["type"].as_str().unwrap() {
                            "ack" | "refused" => {
                                let waits = frame["id"].as_str().and_then(|id| asked.remove(id));
                                if let Some(waits) = waits {
                                    let _ = waits.send(frame);
                                } else if greeted {
                                    self.board.is_wrong(format!("{}: an answer to nothing: {frame}", self.name));
                                }
                            }
                            "welcome" | "resumed" => {
                                greeted = true;
                                *self.connection.lock().unwrap() = frame["you"]["connection"].as_u64();
                                self.hears(&frame, opened);
                            }
                            _ => self.hears(&frame, opened),
                        }
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    end => {
                        // The last word may be on its way to the board.
                        sleep(Duration::from_millis(20)).await;
                        // A node that hears at once what it missed for many seconds has more to tell than an outbox holds.
                        let slow = matches!(&end, Some(Ok(Message::Close(Some(close)))) if u16::from(close.code) == 1013);
                        if slow && greeted {
                            self.heard.lock().unwrap().slow += 1;
                        } else if greeted && !self.is_over(node, life) {
                            self.heard.lock().unwrap().disconnected += 1;
                            self.board.is_wrong(format!("{} was cut off from node {node}, which lives: {end:?}", self.name));
                        }
                        return;
                    }
                },
                Some(order) = self.orders.recv(), if greeted => {
                    number += 1;
                    let id = format!("c{number}");
                    let mut command = order.command;
                    command["type"] = "command".into();
                    command["id"] = id.as_str().into();
                    asked.insert(id, order.answer);
                    if socket.send(Message::text(command.to_string())).await.is_err() {
                        return;
                    }
                }
                _ = home.tick() => {
                    if node != self.home && self.board.is_alive(self.home) && asked.is_empty() {
                        let _ = socket.close(None).await;
                        return;
                    }
                }
            }
        }
    }

    fn hears(&mut self, frame: &Value, opened: Instant) {
        let mut known = self.known.lock().unwrap();
        let mut heard = self.heard.lock().unwrap();
        let now = Instant::now();
        match frame["type"].as_str().unwrap() {
            "welcome" | "snapshot" => {
                let new = Known::from(frame);
                heard.given += 1;
                if let Some(old) = known.as_ref().filter(|old| (old.epoch, old.seq) == (new.epoch, new.seq))
                    && let Some(difference) = difference(&old.room, &new.room)
                {
                    self.board.is_wrong(format!(
                        "{} knew the room otherwise at {} of {}: {difference}",
                        self.name, new.seq, new.epoch
                    ));
                }
                if known.as_ref().is_some_and(|old| new.epoch < old.epoch) {
                    self.board.is_wrong(format!("{} was given an older room", self.name));
                }
                for line in new.room["chat"].as_array().unwrap() {
                    heard.lines.entry(line["text"].as_str().unwrap().to_owned()).or_default().push((now, opened));
                }
                self.sees_film(&new.room["playback"], "the room whole");
                *known = Some(new);
            }
            "event" => {
                let (epoch, seq) = (frame["epoch"].as_u64().unwrap(), frame["seq"].as_u64().unwrap());
                let Some(known) = known.as_mut() else {
                    return self.board.is_wrong(format!("{}: an event before the room", self.name));
                };
                if (epoch, seq) != (known.epoch, known.seq + 1) {
                    let place = (known.epoch, known.seq);
                    self.board.is_wrong(format!("{} stands at {place:?} and hears {frame}", self.name));
                }
                let event = bare(frame);
                heard.told += 1;
                if event["kind"] == "said" {
                    heard.lines.entry(event["text"].as_str().unwrap().to_owned()).or_default().push((now, opened));
                }
                if event["kind"] == "playback" {
                    self.sees_film(&event["playback"], event["cause"].as_str().unwrap());
                }
                let other = heard.events.entry((self.room.clone(), epoch, seq)).or_insert_with(|| event.clone());
                if *other != event {
                    self.board.is_wrong(format!("{} hears {event} where another heard {other}", self.name));
                }
                known.hears(&event);
                (known.epoch, known.seq) = (epoch, seq);
            }
            "resumed" => {
                heard.resumed += 1;
                if let Some(known) = known.as_mut() {
                    let here = frame["here"].as_array().unwrap().iter();
                    known.here = here.map(|seat| (seat["connection"].as_u64().unwrap(), seat.clone())).collect();
                }
            }
            "presence" => {
                if let Some(known) = known.as_mut() {
                    for seat in frame["here"].as_array().unwrap() {
                        known.here.insert(seat["connection"].as_u64().unwrap(), seat.clone());
                    }
                    for gone in frame["gone"].as_array().unwrap() {
                        known.here.remove(&gone.as_u64().unwrap());
                    }
                }
            }
            _ => {}
        }
    }

    /// Where nobody stops it, the film goes on where it is.
    fn sees_film(&self, playback: &Value, cause: &str) {
        if !self.plays_on {
            return;
        }
        let origin = playback["at"].as_f64().unwrap() - playback["position_ms"].as_f64().unwrap();
        let mut first = self.origin.lock().unwrap();
        let first = first.get_or_insert(origin);
        if playback["playing"] != true || (origin - *first).abs() > FILM {
            self.board.is_wrong(format!(
                "{}: the film did not go on ({cause}, by {} ms): {playback}",
                self.name,
                origin - *first
            ));
            *first = origin;
        }
    }
}
