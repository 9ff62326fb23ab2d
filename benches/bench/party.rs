//! The server under test: the real program, and the calls that fill it with guests and rooms.

use std::{net::SocketAddr, path::Path, process::Command, rc::Rc};

use anyhow::Context;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use super::{
    process::Process,
    viewer::{Desk, Stalled, Tally, Viewer},
};

/// How many calls and handshakes are under way at once.
const AT_ONCE: usize = 64;
/// More than we ever do.
const NO_LIMIT: &str = "1000000000";

/// A running server.
pub struct Party {
    pub process: Process,
    pub address: SocketAddr,
    client: reqwest::Client,
}

impl Party {
    /// Starts a fresh server with its database in `place`; links may lead to `clips`.
    pub fn start(program: &Path, place: &Path, clips: &str) -> anyhow::Result<Self> {
        Self::start_with(program, place, clips, &[])
    }

    /// The same, with more of its environment set.
    pub fn start_with(program: &Path, place: &Path, clips: &str, more: &[(&str, &str)]) -> anyhow::Result<Self> {
        let mut command = Command::new(program);
        for (key, _) in std::env::vars().filter(|(key, _)| key.starts_with("ONECOUCH_")) {
            command.env_remove(key);
        }
        command
            .env("ONECOUCH__HTTP__LISTEN", "127.0.0.1:0")
            .env("ONECOUCH__HTTP__METRICS_LISTEN", "")
            .env("ONECOUCH__DATABASE__URL", format!("sqlite://{}", place.join("onecouch.db").display()))
            .env("ONECOUCH__RESOLVE__ALLOW_PRIVATE", format!("[\"{clips}\"]"))
            .env("ONECOUCH__LOG__FILTER", "warn");
        for limit in [
            "FRAMES",
            "COMMANDS",
            "CALLS",
            "CHAT",
            "CHAT_OF_ADDRESS",
            "ROOMS",
            "GUESTS",
            "LINKS",
            "LINKS_OF_ADDRESS",
            "WRONG_INVITES",
            "WRONG_INVITES_OF_ALL",
        ] {
            command.env(format!("ONECOUCH__LIMITS__{limit}__BURST"), NO_LIMIT);
            command.env(format!("ONECOUCH__LIMITS__{limit}__PER_MINUTE"), NO_LIMIT);
        }
        command.env("ONECOUCH__HTTP__CONNECTIONS", NO_LIMIT);
        for limit in ["CONNECTIONS_PER_ADDRESS", "SOCKETS_PER_ADDRESS", "SOCKETS_PER_PERSON"] {
            command.env(format!("ONECOUCH__LIMITS__{limit}"), NO_LIMIT);
        }
        command.envs(more.iter().copied());
        let (process, url) = Process::start(&mut command, "onecouch is open at http://")?;
        let address = url.trim_end_matches('/').parse().with_context(|| format!("no address: {url}"))?;
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { process, address, client })
    }

    async fn post(&self, path: &str, token: Option<&str>, body: &Value) -> anyhow::Result<Value> {
        let mut request = self.client.post(format!("http://{}/api/v1{path}", self.address)).json(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await?;
        let status = response.status();
        let answer: Value = response.json().await?;
        anyhow::ensure!(status.is_success(), "{path}: {answer}");
        Ok(answer)
    }

    /// Makes so many guests; their tokens.
    pub async fn guests(&self, count: usize) -> anyhow::Result<Vec<String>> {
        let guest = |number: usize| async move {
            let answer = self.post("/sessions", None, &json!({"name": format!("Viewer {number}")})).await?;
            text(&answer, "/data/token")
        };
        stream::iter(0..count).map(guest).buffer_unordered(AT_ONCE).try_collect().await
    }

    /// Makes a room for each of these hosts, with a clip in it; their identities.
    pub async fn rooms(&self, hosts: &[String], clips: &str) -> anyhow::Result<Vec<String>> {
        let url = format!("http://{clips}/clip.mp4");
        let new = json!({"title": "A room to measure", "visibility": "public", "url": url});
        let room = |host: &String| {
            let (host, new) = (host.clone(), &new);
            async move { text(&self.post("/rooms", Some(&host), new).await?, "/data/id") }
        };
        stream::iter(hosts).map(room).buffered(AT_ONCE).try_collect().await
    }

    /// What is on in a room.
    pub async fn item(&self, room: &str, token: &str) -> anyhow::Result<String> {
        let request = self.client.get(format!("http://{}/api/v1/rooms/{room}", self.address)).bearer_auth(token);
        text(&request.send().await?.json().await?, "/data/current/id")
    }

    /// Lets these people in by an invite; the room that it leads to.
    pub async fn join(&self, invite: &str, people: &[String]) -> anyhow::Result<String> {
        let path = &format!("/invites/{invite}/join");
        let join = |token: &String| {
            let token = token.clone();
            async move { self.post(path, Some(&token), &json!({})).await }
        };
        let joined: Vec<Value> = stream::iter(people).map(join).buffer_unordered(AT_ONCE).try_collect().await?;
        text(joined.first().context("nobody joins")?, "/data/room")
    }

    /// Opens a socket for each of these people into a room; returns when each was welcomed.
    pub async fn sockets(&self, room: &str, people: &[String], tally: &Rc<Tally>) -> anyhow::Result<Vec<Viewer>> {
        let path = &format!("/api/v1/rooms/{room}/ws");
        let before = tally.welcomes.get();
        let open = |token: &String| {
            let token = token.clone();
            async move { Viewer::open(self.address, path, &token, tally, None).await }
        };
        let viewers: Vec<Viewer> = stream::iter(people).map(open).buffer_unordered(AT_ONCE).try_collect().await?;
        let all = before + people.len() as u64;
        welcomed(tally, all).await?;
        Ok(viewers)
    }

    /// Opens sockets for these people into a room, of which they read nothing.
    pub async fn stalled(&self, room: &str, people: &[String]) -> anyhow::Result<Vec<Stalled>> {
        let path = &format!("/api/v1/rooms/{room}/ws");
        let open = |token: &String| {
            let token = token.clone();
            async move { Stalled::open(self.address, path, &token).await }
        };
        stream::iter(people).map(open).buffer_unordered(AT_ONCE).try_collect().await
    }

    /// Opens a socket with a closed loop of commands into a room.
    pub async fn desk(&self, room: &str, token: &str, tally: &Rc<Tally>, desk: &Rc<Desk>) -> anyhow::Result<Viewer> {
        let path = format!("/api/v1/rooms/{room}/ws");
        Viewer::open(self.address, &path, token, tally, Some(desk.clone())).await
    }
}

/// Waits until so many were welcomed.
pub async fn welcomed(tally: &Tally, all: u64) -> anyhow::Result<()> {
    for _ in 0..12_000 {
        if tally.welcomes.get() >= all {
            return Ok(());
        }
        anyhow::ensure!(tally.lost.get() == 0, "sockets ended while others joined");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    anyhow::bail!("{} of {all} sockets were welcomed in a minute", tally.welcomes.get())
}

fn text(answer: &Value, pointer: &str) -> anyhow::Result<String> {
    let found = answer.pointer(pointer).and_then(Value::as_str);
    found.map(str::to_owned).with_context(|| format!("no {pointer} in {answer}"))
}
