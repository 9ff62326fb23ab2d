//! Somebody who does one thing after the other, by REST and over a socket, and notes what was answered.

use std::{sync::Arc, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{house::Board, watcher::Order};
use crate::{chance::Dice, world::Caller};

/// For how long somebody tries again by the same key.
const TRIES: Duration = Duration::from_secs(25);
/// How soon.
const AGAIN: Duration = Duration::from_millis(100);
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// More than this of one's own does not wait in the queue.
const QUEUED: usize = 3;

/// What became of a deed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// Refused as what may have been done all the same, by this code; or not answered.
    Unknown(String),
}

/// One deed.
#[derive(Debug, Clone)]
pub struct Deed {
    /// As it stands in the journal.
    pub label: String,
    pub outcome: Outcome,
    /// How often it was asked for without an answer that says what became of it, by the same key.
    pub doubts: Vec<String>,
    pub began: Instant,
    pub answered: Instant,
}

pub struct Asker {
    pub number: usize,
    pub room: String,
    pub home: usize,
    pub board: Arc<Board>,
    /// At each node.
    pub callers: Vec<Caller>,
    pub socket: mpsc::Sender<Order>,
    pub dice: Dice,
    pub link: String,
    /// Nobody here touches the film.
    pub plays_on: bool,
    pub stop: CancellationToken,
    /// Items of their own that are surely queued.
    pub items: Vec<String>,
    pub deeds: Vec<Deed>,
    /// How often something was asked for whose trace is not told apart: play, pause and move.
    pub loose: usize,
}

impl Asker {
    /// Does things until it is told to stop. All that was done.
    pub async fn goes_on(mut self) -> Self {
        let mut n = 0;
        while !self.stop.is_cancelled() {
            n += 1;
            let began = Instant::now();
            self.does_something(n).await;
            // Quick enough that much is on its way at each moment, and slow enough for two processors.
            let pause = Duration::from_millis(20 + self.dice.below(100));
            sleep(pause.saturating_sub(began.elapsed()).max(Duration::from_millis(5))).await;
        }
        self
    }

    async fn does_something(&mut self, n: usize) {
        let (by, text) = (self.number, format!("{} {n}", self.number));
        match self.dice.below(if self.plays_on { 70 } else { 100 }) {
            0..25 => {
                let key = Some(format!("said {text}"));
                self.asks(Method::POST, "/chat", json!({ "text": text }), format!("said {text}"), key).await;
            }
            25..40 => self.orders(json!({ "do": "say", "text": text }), format!("said {text}")).await,
            40..55 if self.items.len() < QUEUED => {
                let body = json!({ "url": format!("{}?by={by}&n={n}", self.link) });
                let key = (self.dice.below(2) == 0).then(|| format!("added {text}"));
                if let Some(added) = self.asks(Method::POST, "/queue", body, format!("added {text}"), key).await {
                    self.items.push(added["item"]["id"].as_str().unwrap().to_owned());
                }
            }
            40..55 => {
                let item = self.items.remove(0);
                let (path, label) = (format!("/queue/{item}"), format!("removed {item}"));
                self.asks(Method::DELETE, &path, json!({}), label, None).await;
            }
            55..60 => {
                if let Some(item) = self.items.last() {
                    let path = format!("/queue/{item}");
                    let body = json!({ "index": self.dice.below(4) });
                    self.loose += 1;
                    self.asks(Method::PATCH, &path, body, String::new(), None).await;
                }
            }
            60..70 => {
                drop(self.asks(Method::PATCH, "", json!({ "title": text }), format!("titled {text}"), None).await);
            }
            70..85 => {
                // A place where nobody else goes.
                let position = self.number * 500_000 + n * 10;
                let order = json!({ "do": "seek", "position_ms": position });
                self.orders(order, format!("sought {position}")).await;
            }
            85..92 => {
                self.loose += 1;
                self.orders(json!({ "do": "pause" }), String::new()).await;
            }
            _ => {
                self.loose += 1;
                self.asks(Method::POST, "/playback/play", json!({}), String::new(), None).await;
            }
        }
    }

    fn notes(&mut self, label: String, outcome: Outcome, doubts: Vec<String>, began: Instant) {
        self.deeds.push(Deed { label, outcome, doubts, began, answered: Instant::now() });
    }

    /// One deed by REST, again and again where it has a key; the answer's data.
    async fn asks(
        &mut self,
        method: Method,
        path: &str,
        body: Value,
        label: String,
        key: Option<String>,
    ) -> Option<Value> {
        let path = format!("/api/v1/rooms/{}{path}", self.room);
        let (from, mut doubts) = (Instant::now(), Vec::new());
        loop {
            let began = Instant::now();
            let node = self.board.living(self.home);
            let answer = self.callers[node].try_with(method.clone(), &path, |request| {
                let request = request.timeout(PATIENCE).json(&body);
                if let Some(key) = &key { request.header("Idempotency-Key", key) } else { request }
            });
            let doubt = match answer.await {
                Some(answer) if answer.status < 300 => {
                    self.notes(label, Outcome::Done, doubts, began);
                    return Some(answer.body["data"].clone());
                }
                Some(answer) if [503, 504, 507].contains(&answer.status) => {
                    answer.body["error"]["code"].as_str().unwrap_or_default().to_owned()
                }
                // A deed before, of which nobody knew, had taken it away or brought it.
                Some(answer) if answer.status == 404 || answer.status == 409 => answer.text,
                Some(answer) => {
                    self.board.is_wrong(format!("node {node} answered {label:?}: {} {}", answer.status, answer.text));
                    answer.text
                }
                None => "no answer".to_owned(),
            };
            doubts.push(doubt.trim().to_owned());
            if key.is_none() || from.elapsed() > TRIES || self.stop.is_cancelled() {
                let last = doubts.last().unwrap().clone();
                self.notes(label, Outcome::Unknown(last), doubts, began);
                sleep(AGAIN).await;
                return None;
            }
            sleep(AGAIN).await;
        }
    }

    /// One deed over the socket.
    async fn orders(&mut self, command: Value, label: String) {
        let began = Instant::now();
        let (answer, answered) = oneshot::channel();
        let outcome = if timeout(PATIENCE, self.socket.send(Order { command, answer })).await.is_err() {
            Outcome::Unknown("no line".into())
        } else {
            match timeout(PATIENCE, answered).await {
                Ok(Ok(frame)) if frame["type"] == "ack" => Outcome::Done,
                Ok(Ok(frame)) => {
                    let code = frame["code"].as_str().unwrap();
                    if !["busy", "maybe_done", "not_read", "not_stored", "stopping"].contains(&code) {
                        self.board.is_wrong(format!("{label:?} was refused over a socket: {frame}"));
                    }
                    Outcome::Unknown(code.to_owned())
                }
                _ => Outcome::Unknown("no answer".into()),
            }
        };
        let doubts = if let Outcome::Unknown(why) = &outcome { vec![why.clone()] } else { Vec::new() };
        let failed = !doubts.is_empty();
        self.notes(label, outcome, doubts, began);
        if failed {
            sleep(AGAIN).await;
        }
    }
}
