//! Watch2Gether's API, told by the programs that were written for it: each asks as it was seen to ask there, and knows
//! nothing of this server but its address and a key.

mod creating;
mod items;
mod joining;
mod lists;
mod player;
mod reading;
mod together;
mod ways;

use reqwest::{Method, RequestBuilder, redirect::Policy};
use serde_json::{Value, json};

use crate::world::{Answer, Caller, PATIENCE, World};

/// A program with a key.
pub struct Bot<'a> {
    world: &'a World,
    pub key: String,
}

/// The 23 fields of a room that was made, in their order.
pub const FIELDS: [&str; 23] = [
    "id",
    "streamkey",
    "created_at",
    "persistent",
    "persistent_name",
    "deleted",
    "moderated",
    "location",
    "stream_created",
    "background",
    "moderated_background",
    "moderated_playlist",
    "bg_color",
    "bg_opacity",
    "moderated_item",
    "theme_bg",
    "playlist_id",
    "members_only",
    "moderated_suggestions",
    "moderated_chat",
    "moderated_user",
    "moderated_cam",
    "moderated_videourl",
];

impl<'a> Bot<'a> {
    /// A bot of that name, with a key that may change rooms.
    pub async fn new(world: &'a World, name: &str) -> Self {
        Self::with(world, name, &["read", "rooms"]).await
    }

    /// The same with a key of these scopes.
    pub async fn with(world: &'a World, name: &str, scopes: &[&str]) -> Self {
        let made = world.bot().post("/api/v1/keys", json!({ "name": name, "scopes": scopes })).await.created();
        Self { world, key: made["secret"].as_str().unwrap().to_owned() }
    }

    /// Posts JSON with the key in it.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        post(self.world, path, self.keyed(body)).await
    }

    /// Reads as a program does that shows its key in a header.
    pub async fn get(&self, path: &str) -> Answer {
        ask(self.world, Method::GET, path, |request| {
            request.header("accept", "application/json").header("x-w2g-api-key", &self.key)
        })
        .await
    }

    /// A body with the key in it.
    pub fn keyed(&self, mut body: Value) -> Value {
        body["w2g_api_key"] = json!(self.key);
        body
    }

    /// Makes a room.
    pub async fn makes_room(&self, body: Value) -> Value {
        let answer = self.post("/rooms/create.json", body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.body
    }

    /// The native API in the name of the same key.
    pub fn native(&self) -> Caller {
        Caller::new(&self.world.url(""), Some(self.key.clone()))
    }
}

/// Any request, by a client that follows nothing.
pub async fn ask(
    world: &World,
    method: Method,
    path: &str,
    with: impl FnOnce(RequestBuilder) -> RequestBuilder,
) -> Answer {
    let client = reqwest::Client::builder().timeout(PATIENCE).redirect(Policy::none()).build().unwrap();
    Answer::read(with(client.request(method, world.url(path))).send().await.unwrap()).await.unwrap()
}

/// Posts JSON.
pub async fn post(world: &World, path: &str, body: Value) -> Answer {
    ask(world, Method::POST, path, |request| request.json(&body)).await
}

/// Opens a link as a browser does.
pub async fn open(world: &World, path: &str) -> Answer {
    ask(world, Method::GET, path, |request| request.header("accept", "text/html,*/*;q=0.8")).await
}

/// Where an answer leads.
pub fn location(answer: &Answer) -> &str {
    answer.headers.get("location").unwrap_or_else(|| panic!("leads nowhere: {}", answer.status)).to_str().unwrap()
}

/// The status and the code of a no, which has a sentence and names itself as it is.
pub fn no(answer: &Answer) -> (u16, &str) {
    let message = answer.body["message"].as_str().unwrap_or_default();
    assert!(message.len() > 10, "a no without a sentence: {} {}", answer.status, answer.text);
    assert_eq!(answer.body["status"], answer.status, "{}", answer.text);
    (answer.status, answer.body["error"].as_str().unwrap())
}

/// The path of something in a room.
pub fn of(room: &Value, rest: &str) -> String {
    format!("/rooms/{}{rest}", room["streamkey"].as_str().unwrap())
}
