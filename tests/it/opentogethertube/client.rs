//! A client of its REST API.

use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};

use crate::world::{BOOTSTRAP_KEY, Caller, PATIENCE, World};

/// Somebody's program.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) base: String,
    /// Shown as `Authorization: Bearer`.
    pub(crate) token: Option<String>,
    /// Shown as `apikey`.
    pub(crate) key: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) body: Value,
}

impl Client {
    /// Somebody who shows this token, or nothing, to a server at an address.
    pub(crate) fn at(base: &str, token: Option<String>) -> Self {
        let http = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
        Self { http: http.build().unwrap(), base: base.to_owned(), token, key: None }
    }

    /// Somebody who shows nothing.
    pub(crate) fn nobody(world: &World) -> Self {
        Self::at(&world.url(""), None)
    }

    /// Somebody with this token.
    pub(crate) fn of(world: &World, person: &Caller) -> Self {
        Self { token: person.token.clone(), ..Self::nobody(world) }
    }

    /// A guest.
    pub(crate) async fn guest(world: &World, name: &str) -> Self {
        Self::of(world, &world.person(name).await)
    }

    /// Somebody with an account.
    pub(crate) async fn account(world: &World, name: &str) -> Self {
        let person = world.person(name).await;
        let account = json!({ "username": name, "password": "a long one for stories" });
        person.post("/api/v1/accounts", account).await.created();
        Self::of(world, &person)
    }

    /// Who runs the server, by the header `apikey`.
    pub(crate) fn operator(world: &World) -> Self {
        Self { key: Some(BOOTSTRAP_KEY.to_owned()), ..Self::nobody(world) }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, |request| request).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, |request| request.json(&body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PATCH, path, |request| request.json(&body)).await
    }

    pub(crate) async fn delete(&self, path: &str, body: Value) -> Reply {
        self.send(Method::DELETE, path, |request| request.json(&body)).await
    }

    /// Any request at all.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        with: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> Reply {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = &self.key {
            request = request.header("apikey", key);
        }
        let response = with(request).send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        Reply { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::Null), text }
    }

    /// Makes a room of this name.
    pub(crate) async fn makes(&self, name: &str) {
        self.post("/api/room/create", json!({ "name": name })).await.made();
    }

    /// A room as it stands.
    pub(crate) async fn reads(&self, name: &str) -> Value {
        self.get(&format!("/api/room/{name}")).await.bare()
    }

    /// The identity of a room that its address leads to.
    pub(crate) async fn id_of(&self, name: &str) -> String {
        let page = self.get(&format!("/room/{name}")).await;
        page.headers["location"].to_str().unwrap().trim_start_matches("/r/").to_owned()
    }

    /// The room as the native API knows it.
    pub(crate) async fn native(&self, world: &World, name: &str) -> Value {
        let id = self.id_of(name).await;
        let caller = Caller::new(&world.url(""), self.token.clone());
        caller.get(&format!("/api/v1/rooms/{id}")).await.ok()
    }
}

impl Reply {
    /// What a good answer holds: the same at its top and under `data`.
    pub(crate) fn done(self, status: u16) -> Value {
        assert_eq!((self.status, &self.body["success"]), (status, &json!(true)), "{}", self.text);
        let mut top = self.body.as_object().unwrap().clone();
        top.remove("success");
        let data = top.remove("data").unwrap();
        assert_eq!(Value::from(top), data, "{}", self.text);
        data
    }

    /// What a good answer holds.
    pub(crate) fn ok(self) -> Value {
        self.done(200)
    }

    /// The same of what was made.
    pub(crate) fn made(self) -> Value {
        self.done(201)
    }

    /// A good answer without an envelope.
    pub(crate) fn bare(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        assert!(self.body["success"].is_null() && self.body["data"].is_null(), "{}", self.text);
        self.body
    }

    /// Status and name of a no. Every no has a sentence.
    pub(crate) fn no(&self) -> (u16, &str) {
        let error = &self.body["error"];
        assert_eq!(self.body["success"], false, "{} {}", self.status, self.text);
        assert!(error["message"].as_str().is_some_and(|message| message.len() > 8), "{}", self.text);
        (self.status, error["name"].as_str().unwrap_or_default())
    }
}
