//! A client of the native socket: says, does, hears.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest, protocol::CloseFrame},
};

use crate::world::{Caller, PATIENCE, World};

/// How a reading ended.
pub struct End {
    /// The close code, where the server closed.
    pub code: Option<u16>,
    /// All that came.
    pub heard: Vec<Value>,
}

/// Somebody's socket in a room.
pub struct Viewer {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// What came and was not asked for yet, in order.
    heard: Vec<Value>,
    /// The frame it was greeted with.
    pub greeting: Value,
    asked: u32,
}

impl Viewer {
    /// Opens the socket of a room and says hello.
    pub async fn open(world: &World, room: &Value, person: &Caller) -> Self {
        Self::open_with(world, room, json!({ "type": "hello", "token": person.token })).await
    }

    /// Opens the socket with a hello of one's own.
    pub async fn open_with(world: &World, room: &Value, hello: Value) -> Self {
        let mut viewer = Self::connect(world, room["id"].as_str().unwrap()).await;
        viewer.sends(hello).await;
        let greets = |frame: &Value| ["welcome", "resumed"].contains(&frame["type"].as_str().unwrap_or(""));
        viewer.greeting = viewer.hears_any("a greeting", greets).await;
        viewer
    }

    /// Opens the socket and says nothing.
    pub async fn connect(world: &World, room: &str) -> Self {
        Self::connect_to(&world.socket_url(room)).await.unwrap()
    }

    /// Opens the socket as a program does that shows its token with the handshake, and says hello without one.
    pub async fn connect_with(world: &World, room: &Value, person: &Caller) -> Self {
        let mut request = world.socket_url(room["id"].as_str().unwrap()).into_client_request().unwrap();
        let token = format!("Bearer {}", person.token.as_deref().unwrap()).parse().unwrap();
        request.headers_mut().insert("authorization", token);
        let (socket, _) = connect_async(request).await.unwrap();
        let mut viewer = Self { socket, heard: Vec::new(), greeting: Value::Null, asked: 0 };
        viewer.sends(json!({ "type": "hello" })).await;
        viewer.greeting = viewer.hears_any("a greeting", |frame| frame["type"] == "welcome").await;
        viewer
    }

    /// Opens a socket as somebody who comes from an address, by a proxy of ours.
    pub async fn open_from(world: &World, room: &Value, person: &Caller, address: &str) -> Option<Self> {
        let mut request = world.socket_url(room["id"].as_str().unwrap()).into_client_request().unwrap();
        request.headers_mut().insert("x-forwarded-for", address.parse().unwrap());
        let (socket, _) = connect_async(request).await.ok()?;
        let mut viewer = Self { socket, heard: Vec::new(), greeting: Value::Null, asked: 0 };
        viewer.sends(json!({ "type": "hello", "token": person.token })).await;
        viewer.greeting = viewer.hears_any("a greeting", |frame| frame["type"] == "welcome").await;
        Some(viewer)
    }

    /// Opens a socket at an address, unless the server is gone.
    pub async fn connect_to(url: &str) -> Option<Self> {
        let (socket, _) = connect_async(url).await.ok()?;
        Some(Self { socket, heard: Vec::new(), greeting: Value::Null, asked: 0 })
    }

    /// The room as it was when the viewer came.
    pub fn room(&self) -> &Value {
        &self.greeting["room"]
    }

    /// Sends a frame as it is.
    pub async fn sends(&mut self, frame: Value) {
        self.sends_raw(Message::text(frame.to_string())).await;
    }

    /// Sends a frame, unless the server has closed.
    pub async fn try_sends(&mut self, frame: Value) -> Result<(), tokio_tungstenite::tungstenite::Error> {
        self.socket.send(Message::text(frame.to_string())).await
    }

    /// Sends a frame and the close frame together, and does not wait for what comes.
    pub async fn sends_and_leaves(mut self, frame: Value) {
        self.socket.feed(Message::text(frame.to_string())).await.unwrap();
        self.socket.feed(Message::Close(None)).await.unwrap();
        self.socket.flush().await.unwrap();
    }

    /// Closes with a code, and what the server answers to that.
    pub async fn says_goodbye(mut self, code: u16) -> Option<u16> {
        let close = CloseFrame { code: code.into(), reason: "bye".into() };
        self.socket.send(Message::Close(Some(close))).await.unwrap();
        loop {
            match tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("an end in time") {
                Some(Ok(Message::Close(close))) => return close.map(|close| close.code.into()),
                Some(Ok(_)) => {}
                Some(Err(error)) => panic!("the line broke: {error}"),
                None => return None,
            }
        }
    }

    /// Sends anything.
    pub async fn sends_raw(&mut self, message: Message) {
        self.socket.send(message).await.unwrap();
    }

    /// Asks for something and waits for the answer: `ack`, `refused` or `reply`.
    pub async fn does(&mut self, mut command: Value) -> Value {
        self.asked += 1;
        let id = format!("c{}", self.asked);
        command["type"] = json!("command");
        command["id"] = json!(id);
        self.sends(command).await;
        self.hears_any("an answer", |frame| frame["id"] == id.as_str() && frame["type"] != "event").await
    }

    /// The same of a server that may be gone: nothing where no answer came. Whatever else comes is not kept.
    pub async fn try_does(&mut self, mut command: Value) -> Option<Value> {
        self.asked += 1;
        let id = format!("c{}", self.asked);
        command["type"] = json!("command");
        command["id"] = json!(id);
        self.try_sends(command).await.ok()?;
        self.next_frame(|frame| frame["id"] == id.as_str() && frame["type"] != "event").await
    }

    /// The next frame that is it; nothing where the server is gone before.
    pub async fn next_frame(&mut self, is_it: impl Fn(&Value) -> bool) -> Option<Value> {
        loop {
            if let Message::Text(text) = self.socket.next().await?.ok()? {
                let frame: Value = serde_json::from_str(&text).unwrap();
                if is_it(&frame) {
                    return Some(frame);
                }
            }
        }
    }

    /// Writes into the chat box.
    pub async fn says(&mut self, text: &str) -> Value {
        self.does(json!({ "do": "say", "text": text })).await
    }

    /// Waits for an event of a kind; whatever else came before it stays for later.
    pub async fn hears(&mut self, kind: &str) -> Value {
        self.hears_any(kind, |frame| frame["type"] == "event" && frame["kind"] == kind).await
    }

    /// Waits for a change of playback by this cause.
    pub async fn hears_playback(&mut self, cause: &str) -> Value {
        self.hears_any(cause, |frame| frame["kind"] == "playback" && frame["cause"] == cause).await
    }

    /// Waits for a frame.
    pub async fn hears_any(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(index) = self.heard.iter().position(&is_it) {
            return self.heard.remove(index);
        }
        let wait = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => {
                        let frame: Value = serde_json::from_str(&text).unwrap();
                        if is_it(&frame) {
                            return frame;
                        }
                        self.heard.push(frame);
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    other => panic!("waiting for {what}, got {other:?}"),
                }
            }
        };
        let frame = tokio::time::timeout(PATIENCE, wait).await;
        frame.unwrap_or_else(|_| panic!("{what} was not heard; heard were {:#?}", self.heard))
    }

    /// Forgets what came and was not asked for.
    pub fn forgets(&mut self) {
        self.heard.clear();
    }

    /// Waits for the server to close, and says with what.
    pub async fn is_closed(&mut self) -> (u16, String) {
        let wait = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Close(Some(CloseFrame { code, reason })))) => {
                        return (u16::from(code), reason.to_string());
                    }
                    Some(Ok(_)) => {}
                    other => panic!("waiting for a close frame, got {other:?}"),
                }
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.expect("the server did not close")
    }

    /// Reads until a frame is the one that is waited for, or the server closes.
    pub async fn hears_until_closed_or(&mut self, is_it: impl Fn(&Value) -> bool) -> End {
        let mut heard = std::mem::take(&mut self.heard);
        let read = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => {
                        heard.push(serde_json::from_str(&text).unwrap());
                        if heard.last().is_some_and(&is_it) {
                            return None;
                        }
                    }
                    Some(Ok(Message::Close(frame))) => return frame.map(|frame| u16::from(frame.code)),
                    Some(Ok(_)) => {}
                    // A connection that is cut because nothing could be written to it has no close frame.
                    None | Some(Err(_)) => return Some(1013),
                }
            }
        };
        let code = tokio::time::timeout(PATIENCE, read).await.expect("neither heard nor closed");
        End { code, heard }
    }

    /// What has come by now and was not asked for. Pings once, so that all that was sent before the pong is here.
    pub async fn heard_so_far(&mut self) -> Vec<Value> {
        self.sends(json!({ "type": "ping", "c": 1 })).await;
        self.hears_any("a pong", |frame| frame["type"] == "pong").await;
        self.heard.clone()
    }

    /// The position it knows, for a reconnect.
    pub fn position(&self, seq: u64) -> Value {
        json!({ "epoch": self.room()["epoch"], "seq": seq })
    }
}
