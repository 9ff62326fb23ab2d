//! A client of OpenTogetherTube's socket: shows a token, asks, hears.

use std::{collections::VecDeque, sync::Arc};

use engine::{
    command::Actor,
    event::Door,
    room::{Changes, Preset, Restore, RoomView, Visibility},
    rooms::NewRoom,
};
use futures_util::{SinkExt, StreamExt};
use onecouch::dialects::opentogethertube::room;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, protocol::CloseFrame},
};

use crate::{
    fake_web::Told,
    world::{Caller, PATIENCE, World},
};

/// Somebody as who acts in rooms.
pub async fn actor(world: &World, person: &Caller) -> Actor {
    let caller = world.engine().people.by_token(person.token.as_deref().unwrap()).await.unwrap();
    caller.actor(Door::OpenTogetherTube)
}

/// A room as its clients make one, of this name.
pub async fn makes_room(world: &World, owner: &Caller, name: &str) -> Arc<RoomView> {
    makes_room_with(world, owner, name, Changes::default()).await
}

/// The same, set otherwise.
pub async fn makes_room_with(world: &World, owner: &Caller, name: &str, changes: Changes) -> Arc<RoomView> {
    let changes = Changes {
        title: changes.title.or(Some("Film night".into())),
        visibility: changes.visibility.or(Some(Visibility::Unlisted)),
        duplicates: Some(false),
        restore: changes.restore.or(Some(Restore::Prompt)),
        ..changes
    };
    let new = NewRoom { changes, preset: Preset::Open, ownerless: false, name: Some(room::alias(name)) };
    world.engine().rooms.create(&actor(world, owner).await, new).await.unwrap()
}

/// A server on which YouTube's videos have a title.
pub async fn world() -> World {
    let world = World::start().await;
    world.web.tell("youtube", Told::title("Sintel"));
    world
}

/// One of those videos.
pub fn video(id: &str) -> Value {
    json!({ "service": "youtube", "id": id })
}

/// One that is on in many stories. How long it is nobody knows, so it lasts for any of them.
pub fn film() -> Value {
    video("aqz-KE-bpKQ")
}

/// A number in a frame, whichever way it is written.
pub fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// A time in a frame, in whole milliseconds.
pub fn ms(value: &Value) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "no story lasts for years")]
    let whole = (number(value) * 1000.0).round() as i64;
    whole
}

/// The names of a frame's fields, without its action.
pub fn fields(frame: &Value) -> Vec<&str> {
    frame.as_object().unwrap().keys().map(String::as_str).filter(|name| *name != "action").collect()
}

/// One of its clients.
pub struct OttSocket {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// What came and was not looked at yet.
    heard: VecDeque<Value>,
    /// All that it was greeted with, in order.
    pub greeting: Vec<Value>,
    /// What it is called.
    pub id: String,
    marks: u32,
}

impl OttSocket {
    /// Opens a socket and says nothing.
    pub async fn connect(world: &World, name: &str) -> Self {
        let url = world.url(&format!("/api/room/{name}")).replacen("http", "ws", 1);
        let (socket, _) = connect_async(url).await.unwrap();
        Self { socket, heard: VecDeque::new(), greeting: Vec::new(), id: String::new(), marks: 0 }
    }

    /// Comes into a room.
    pub async fn join(world: &World, name: &str, person: &Caller) -> Self {
        let mut client = Self::connect(world, name).await;
        client.sends(json!({ "action": "auth", "token": person.token })).await;
        loop {
            let frame = client.next().await;
            client.greeting.push(frame);
            if client.greeting.last().unwrap()["action"] == "you" {
                client.id = client.greeting.last().unwrap()["info"]["id"].as_str().unwrap().to_owned();
                return client;
            }
        }
    }

    /// The room as it was when they came.
    pub fn room(&self) -> &Value {
        &self.greeting[0]
    }

    /// Sends a frame.
    pub async fn sends(&mut self, frame: Value) {
        self.sends_raw(Message::text(frame.to_string())).await;
    }

    /// Sends anything.
    pub async fn sends_raw(&mut self, message: Message) {
        self.socket.send(message).await.unwrap();
    }

    /// The same, unless the server has closed.
    pub async fn try_sends(&mut self, frame: Value) -> bool {
        self.socket.send(Message::text(frame.to_string())).await.is_ok()
    }

    /// Asks the room for something. No answer comes.
    pub async fn asks(&mut self, request: Value) {
        self.sends(json!({ "action": "req", "request": request })).await;
    }

    /// The next frame, whatever it is.
    pub async fn next(&mut self) -> Value {
        if let Some(frame) = self.heard.pop_front() {
            return frame;
        }
        let wait = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    other => panic!("waiting for a frame, got {other:?}"),
                }
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.expect("no frame came")
    }

    /// The next frame that is it. Those before it are let go.
    pub async fn hears(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let mut others = Vec::new();
        let wait = async {
            loop {
                let frame = self.next().await;
                if is_it(&frame) {
                    return frame;
                }
                others.push(frame);
            }
        };
        let heard = tokio::time::timeout(PATIENCE / 2, wait).await;
        heard.unwrap_or_else(|_| panic!("{what} was not heard; heard were {others:#?}"))
    }

    /// The next event of a type.
    pub async fn hears_event(&mut self, sort: u64) -> Value {
        let is_it = |frame: &Value| frame["action"] == "event" && frame["request"]["type"] == sort;
        self.hears(&format!("event {sort}"), is_it).await
    }

    /// The next sync that has this field.
    pub async fn hears_sync(&mut self, field: &str) -> Value {
        self.hears(&format!("a sync of {field}"), |frame| frame["action"] == "sync" && frame.get(field).is_some()).await
    }

    /// The next that is told of users in this way: `init`, `update` or `remove`.
    pub async fn hears_user(&mut self, kind: &str) -> Value {
        let is_it = |frame: &Value| frame["action"] == "user" && frame["update"]["kind"] == kind;
        self.hears(kind, is_it).await["update"]["value"].take()
    }

    /// All that came since it was last looked and that the room did before it hears a line that is written now. What is
    /// told of users comes when it comes, and is left out.
    pub async fn so_far(&mut self) -> Vec<Value> {
        self.marks += 1;
        let mark = format!("mark {} of {}", self.marks, self.id);
        self.asks(json!({ "type": 11, "text": mark })).await;
        let mut heard = Vec::new();
        loop {
            let frame = self.next().await;
            if frame["text"] == mark.as_str() {
                return heard;
            }
            let join = frame["action"] == "event" && frame["request"]["type"].as_u64().is_some_and(|sort| sort < 2);
            let others = frame["text"].as_str().is_some_and(|text| text.starts_with("mark "));
            if frame["action"] != "user" && !join && !others {
                heard.push(frame);
            }
        }
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

    /// Leaves.
    pub async fn leaves(mut self) {
        self.socket.close(None).await.unwrap();
    }
}
