//! A client of its REST API.

use engine::room::RoomView;
use reqwest::{Method, RequestBuilder, header::HeaderMap};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{Caller, PATIENCE, World};

/// Where its server has its routes.
pub(crate) const PARTIES: &str = "/api/v1/watch-parties";

/// Somebody's program.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) base: String,
    /// Shown as `Authorization: Bearer`.
    pub(crate) token: Option<String>,
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
    /// Somebody who shows nothing.
    pub(crate) fn nobody(world: &World) -> Self {
        let http = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
        Self { http: http.build().unwrap(), base: world.url(""), token: None }
    }

    /// Somebody with this token.
    pub(crate) fn of(world: &World, person: &Caller) -> Self {
        Self { token: person.token.clone(), ..Self::nobody(world) }
    }

    /// A guest.
    pub(crate) async fn guest(world: &World, name: &str) -> Self {
        Self::of(world, &world.person(name).await)
    }

    /// A call at a path below the parties.
    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, &format!("{PARTIES}{path}"), |request| request).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, &format!("{PARTIES}{path}"), |request| request.json(&body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PATCH, &format!("{PARTIES}{path}"), |request| request.json(&body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, &format!("{PARTIES}{path}"), |request| request).await
    }

    /// Any request at all.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        with: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Reply {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = with(request).send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        Reply { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::Null), text }
    }

    /// Makes a party with more in its body than a title; the whole answer.
    pub(crate) async fn makes_with(&self, more: Value) -> Value {
        let mut body = json!({ "title": "Friday Night Gaming" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.post("", body).await.made()
    }

    /// Makes a party: its identity and its code.
    pub(crate) async fn makes(&self) -> (String, String) {
        let made = self.makes_with(json!({})).await;
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        (text("id"), text("invite_code"))
    }

    /// Who this is.
    pub(crate) async fn id(&self) -> String {
        let me = self.native().get("/api/v1/people/me").await.ok();
        me["id"].as_str().unwrap().to_owned()
    }

    /// The same person at the native API.
    pub(crate) fn native(&self) -> Caller {
        Caller::new(&self.base, self.token.clone())
    }

    /// A party as it stands.
    pub(crate) async fn reads(&self, id: &str) -> Value {
        self.get(&format!("/{id}")).await.ok()
    }

    /// Joins by a code.
    pub(crate) async fn joins(&self, code: &str) -> Value {
        self.post(&format!("/{code}/join"), json!({})).await.ok()
    }
}

impl Reply {
    /// What the envelope of a good answer holds.
    pub(crate) fn done(self, status: u16) -> Value {
        assert_eq!((self.status, &self.body["success"]), (status, &json!(true)), "{}", self.text);
        self.body["data"].clone()
    }

    pub(crate) fn ok(self) -> Value {
        self.done(200)
    }

    pub(crate) fn made(self) -> Value {
        self.done(201)
    }

    /// The status, the code and the sentence of a no in the envelope.
    pub(crate) fn no(&self) -> (u16, &str, &str) {
        assert_eq!(self.body["success"], json!(false), "{}", self.text);
        let error = &self.body["error"];
        (self.status, error["code"].as_str().unwrap(), error["message"].as_str().unwrap())
    }
}

/// The room as the engine knows it.
pub(crate) async fn room(world: &World, id: &str) -> std::sync::Arc<RoomView> {
    let id = engine::ids::RoomId(Uuid::parse_str(id).unwrap());
    world.engine().rooms.view(id).await.unwrap()
}
