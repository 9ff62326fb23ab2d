//! A client on a socket of its: shows a token, asks, hears. Of every frame it looks whether it says where the film is.

use std::{collections::VecDeque, sync::Arc};

use engine::{
    command::{Actor, Command, Spot},
    event::Door,
    ids::{Entropy, ItemId, RoomId},
    media::{Media, Player},
    room::{Changes, Preset, RoomView, Visibility},
    rooms::{Done, NewRoom},
    time::Millis,
};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest, handshake::client::Request, protocol::CloseFrame},
};

use super::client::PARTIES;
use crate::world::{Caller, PATIENCE, World};

/// Somebody as who acts in rooms.
pub(crate) async fn actor(world: &World, person: &Caller) -> Actor {
    let caller = world.engine().people.by_token(person.token.as_deref().unwrap()).await.unwrap();
    caller.actor(Door::Clipper)
}

/// Does something in a room.
pub(crate) async fn does(world: &World, room: RoomId, person: &Caller, command: impl Into<Command>) -> Done {
    world.engine().rooms.command(room, actor(world, person).await, command.into()).await.unwrap()
}

/// A party that everybody may join who knows where it is. Its host has a place.
pub(crate) async fn makes_party(world: &World, host: &Caller) -> Arc<RoomView> {
    makes_party_with(world, host, Changes::default()).await
}

/// The same, set otherwise.
pub(crate) async fn makes_party_with(world: &World, host: &Caller, changes: Changes) -> Arc<RoomView> {
    let changes = Changes {
        title: Some("Friday Night Gaming".into()),
        visibility: changes.visibility.or(Some(Visibility::Unlisted)),
        ..changes
    };
    let new = NewRoom { changes, preset: Preset::Hosts, ownerless: false, name: None };
    let view = world.engine().rooms.create(&actor(world, host).await, new).await.unwrap();
    does(world, view.id, host, Command::Join).await.view
}

/// Puts a clip of an hour into the queue.
pub(crate) async fn queues(world: &World, room: RoomId, person: &Caller, name: &str) -> ItemId {
    let item = Entropy.item();
    let media = Media {
        duration: Some(Millis::seconds(3_600)),
        ..Media::bare(format!("https://films.example/{name}.mp4"), Player::Video)
    };
    let actor = actor(world, person).await;
    let add = Command::add(item, media, &actor, world.engine().clock.now().wall, Spot::End);
    does(world, room, person, add).await;
    item
}

/// The handshake of a socket, without a token.
pub(crate) fn handshake(world: &World, party: RoomId) -> Request {
    let url = world.url(&format!("{PARTIES}/{party}/ws")).replacen("http", "ws", 1);
    url.into_client_request().unwrap()
}

/// The same with a header more.
pub(crate) fn with(mut request: Request, name: &'static str, value: &str) -> Request {
    request.headers_mut().insert(name, value.parse().unwrap());
    request
}

/// One of its clients.
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// What came and was not looked at yet.
    heard: VecDeque<Value>,
    party: RoomId,
    /// The subprotocol that was told back.
    pub(crate) protocol: Option<String>,
    /// Where the film was when they came.
    pub(crate) sync: Value,
}

impl Socket {
    /// Opens a socket by a handshake of one's own.
    pub(crate) async fn shakes(party: RoomId, request: Request) -> Self {
        let (stream, answer) = connect_async(request).await.unwrap();
        let protocol = answer.headers().get("sec-websocket-protocol").map(|told| told.to_str().unwrap().to_owned());
        let mut client = Self { stream, heard: VecDeque::new(), party, protocol, sync: Value::Null };
        client.sync = client.next().await;
        assert_eq!(client.sync["type"], "sync");
        client
    }

    /// Opens one as a program does.
    pub(crate) async fn open(world: &World, party: RoomId, person: &Caller) -> Self {
        let bearer = format!("Bearer {}", person.token.as_deref().unwrap());
        Self::shakes(party, with(handshake(world, party), "authorization", &bearer)).await
    }

    /// Takes a place, then opens one.
    pub(crate) async fn join(world: &World, party: RoomId, person: &Caller) -> Self {
        does(world, party, person, Command::Join).await;
        Self::open(world, party, person).await
    }

    /// Sends a frame of this type, with these fields.
    pub(crate) async fn sends(&mut self, sort: &str, more: Value) {
        let mut frame = json!({ "type": sort, "party_id": self.party.0, "timestamp": 1_704_067_200 });
        frame.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.sends_raw(Message::text(frame.to_string())).await;
    }

    /// Sends anything.
    pub(crate) async fn sends_raw(&mut self, message: Message) {
        self.stream.send(message).await.unwrap();
    }

    /// The next frame, whatever it is.
    pub(crate) async fn next(&mut self) -> Value {
        if let Some(frame) = self.heard.pop_front() {
            return frame;
        }
        let wait = async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    other => panic!("waiting for a frame, got {other:?}"),
                }
            }
        };
        let frame: Value = tokio::time::timeout(PATIENCE, wait).await.expect("no frame came");
        assert!(frame["position"].is_u64() && frame["is_playing"].is_boolean(), "{frame}");
        assert!(frame["type"].is_string() && frame["party_id"] == json!(self.party.0), "{frame}");
        assert!(frame["server_timestamp"].as_i64().unwrap() > 1_600_000_000, "{frame}");
        frame
    }

    /// The next frame of a type. Those before it are let go.
    pub(crate) async fn hears(&mut self, sort: &str) -> Value {
        let mut others = Vec::new();
        let wait = async {
            loop {
                let frame = self.next().await;
                if frame["type"] == sort {
                    return frame;
                }
                others.push(frame);
            }
        };
        let heard = tokio::time::timeout(PATIENCE / 2, wait).await;
        heard.unwrap_or_else(|_| panic!("no {sort} was heard; heard were {others:#?}"))
    }

    /// The next frame, which is just this beside what every frame says of the party and the time.
    pub(crate) async fn hears_just(&mut self, expected: Value) {
        let mut frame = self.next().await;
        let fields = frame.as_object_mut().unwrap();
        fields.remove("server_timestamp");
        fields.remove("party_id");
        assert_eq!(frame, expected);
    }

    /// The next error: its code and sentence.
    pub(crate) async fn is_refused(&mut self) -> (String, String) {
        let error = self.hears("error").await;
        let text = |name: &str| error[name].as_str().unwrap().to_owned();
        (text("code"), text("message"))
    }

    /// Where the film is, as it is told to who asks.
    pub(crate) async fn asks(&mut self) -> Value {
        self.sends("sync-request", json!({})).await;
        self.hears("sync").await
    }

    /// All that came since it was last looked and that the room did before it hears this line.
    pub(crate) async fn so_far(&mut self, world: &World, writer: &Caller) -> Vec<Value> {
        let mark = format!("mark {}", Entropy.message());
        let actor = actor(world, writer).await;
        world.engine().say(self.party, actor, None, mark.clone()).await.unwrap();
        let mut heard = Vec::new();
        loop {
            let frame = self.next().await;
            let line = &frame["chat_message"]["message"];
            if *line == mark.as_str() {
                return heard;
            }
            if !line.as_str().is_some_and(|line| line.starts_with("mark ")) {
                heard.push(frame);
            }
        }
    }

    /// Waits for the server to close: all that came before, and the code.
    pub(crate) async fn is_closed(&mut self) -> (Vec<Value>, u16) {
        let mut heard: Vec<_> = self.heard.drain(..).collect();
        let wait = async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Message::Close(Some(CloseFrame { code, .. })))) => return u16::from(code),
                    Some(Ok(Message::Text(text))) => heard.push(serde_json::from_str(&text).unwrap()),
                    Some(Ok(_)) => {}
                    other => panic!("waiting for a close frame, got {other:?}"),
                }
            }
        };
        let code = tokio::time::timeout(PATIENCE, wait).await.expect("the server did not close");
        (heard, code)
    }

    /// Leaves.
    pub(crate) async fn leaves(mut self) {
        self.stream.close(None).await.unwrap();
    }
}

/// The types of frames.
pub(crate) fn types(frames: &[Value]) -> Vec<&str> {
    frames.iter().map(|frame| frame["type"].as_str().unwrap()).collect()
}
