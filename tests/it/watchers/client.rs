//! A program that has a key.

use std::time::Duration;

use reqwest::{Method, RequestBuilder, header::HeaderMap};
use serde_json::{Value, json};

use crate::world::{PATIENCE, World};

/// Somebody's program.
#[derive(Clone)]
pub(crate) struct Program {
    pub(crate) http: reqwest::Client,
    pub(crate) base: String,
    /// Shown as `x-api-key`.
    pub(crate) key: Option<String>,
    /// Shown as `Authorization`.
    pub(crate) authorization: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

/// What the first version sends to make a room.
pub(crate) fn first_version(name: &str) -> Value {
    json!({ "roomId": name, "name": "Test text room", "about": "Some text", "isSpeak": false })
}

/// What the newest version sends.
pub(crate) fn newest_version(name: &str) -> Value {
    json!({
        "roomId": name,
        "name": "Live Conference",
        "about": "Annual keynote",
        "isSpeak": "true",
        "pic": "https://cdn.example.com/rooms/123.png",
        "startTime": "2125-08-14T09:00:00.000Z",
        "endTime": "2125-08-14T10:00:00.000Z",
        "streamUrl": "https://player.vimeo.com/video/12345678",
        "sourceUrl": "rtmp://origin.example.com/live/abc",
        "streamStartTime": "2125-08-14T09:02:15.000Z",
        "streamEndTime": "2125-08-14T09:58:44.000Z",
    })
}

impl Program {
    /// A program with a new key of these scopes.
    pub(crate) async fn with(world: &World, scopes: &[&str]) -> Self {
        let made = world.bot().post("/api/v1/keys", json!({ "name": "Cinema", "scopes": scopes })).await.created();
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        Self { key: Some(text("id")), authorization: Some(format!("Bearer {}", text("secret"))), ..Self::nobody(world) }
    }

    /// A program whose key may make rooms and act for people.
    pub(crate) async fn start(world: &World) -> Self {
        Self::with(world, &["rooms", "act"]).await
    }

    /// A program without a key.
    pub(crate) fn nobody(world: &World) -> Self {
        let http = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
        Self { http, base: world.url(""), key: None, authorization: None }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, |request| request).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, |request| request.json(&body)).await
    }

    pub(crate) async fn patch(&self, name: &str, body: Value) -> Reply {
        self.send(Method::PATCH, &format!("/external/room/{name}"), |request| request.json(&body)).await
    }

    pub(crate) async fn delete(&self, name: &str) -> Reply {
        self.send(Method::DELETE, &format!("/external/room/{name}"), |request| request).await
    }

    /// Makes a room.
    pub(crate) async fn makes(&self, body: Value) -> Value {
        self.post("/external/room", body).await.is(201)
    }

    /// A room as it stands.
    pub(crate) async fn reads(&self, name: &str) -> Value {
        self.get(&format!("/external/room/{name}")).await.is(200)
    }

    /// Sets how a room stands.
    pub(crate) async fn sets(&self, name: &str, status: &str) -> Value {
        self.post("/external/room/status", json!({ "roomId": name, "status": status })).await.is(201)
    }

    /// The list of what is on.
    pub(crate) async fn lists(&self) -> Vec<Value> {
        let key = self.key.as_deref().unwrap();
        let listed = Self { key: None, authorization: None, ..self.clone() };
        let listed = listed.get(&format!("/room/premade?apiKey={key}")).await.is(200);
        listed.as_array().unwrap().clone()
    }

    /// A room as the native API knows it, by the page that an answer names.
    pub(crate) async fn native(&self, world: &World, name: &str) -> Value {
        let answer = self.get(&format!("/external/room/{name}")).await;
        let link = answer.headers["link"].to_str().unwrap();
        let id = link.split(['/', '>']).find(|part| part.len() == 36).unwrap_or_else(|| panic!("no page in {link}"));
        world.bot().get(&format!("/api/v1/rooms/{id}")).await.ok()
    }

    /// Any request at all.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        with: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Reply {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(key) = &self.key {
            request = request.header("x-api-key", key);
        }
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        let response = with(request).send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        Reply { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }
}

impl Reply {
    /// What a good answer holds.
    pub(crate) fn is(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// A no in its own shape: the status, and what is said.
    pub(crate) fn no(&self) -> (u16, String) {
        let body = &self.body;
        assert_eq!(body["statusCode"], self.status, "{body}");
        assert!(body["error"].as_str().is_some_and(|error| !error.is_empty()), "{body}");
        assert!(body["code"].as_str().is_some_and(|code| !code.is_empty()), "{body}");
        let said = match &body["message"] {
            Value::Array(list) => list.iter().map(|one| one.as_str().unwrap()).collect::<Vec<_>>().join("; "),
            one => one.as_str().unwrap().to_owned(),
        };
        assert!(!said.is_empty(), "{body}");
        (self.status, said)
    }

    /// Asserts that a body was refused because of these fields.
    pub(crate) fn is_invalid(&self, fields: &[&str]) {
        let (status, said) = self.no();
        assert_eq!(status, 400, "{said}");
        assert!(self.body["message"].is_array(), "{said}");
        for field in fields {
            assert!(said.contains(field), "{field} is not named: {said}");
        }
    }
}

/// Asks again and again until it is so.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, is_so: impl Fn() -> F) {
    let wait = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("in vain: {what}"));
}

/// A body with these fields besides.
pub(crate) fn with(mut body: Value, more: Value) -> Value {
    let (Value::Object(fields), Value::Object(more)) = (&mut body, more) else { panic!("both are objects") };
    fields.extend(more);
    body
}
