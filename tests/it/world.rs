//! A whole server in a story: host on a free port, a database of its own, the fakes of the outside beside it.
//!
//! On drop it checks that no task panicked and that no error was logged which the story did not expect.

use std::{
    cell::RefCell,
    fmt::Write as _,
    path::Path,
    sync::{Arc, Mutex, Once},
    time::Duration,
};

use onecouch::{
    config::{Config, Rate, Secret},
    demo,
    host::Host,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use crate::fake_web::FakeWeb;

/// How long a story waits for anything at all.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// A key that stands in every story's configuration.
pub const BOOTSTRAP_KEY: &str = "a-bootstrap-key-for-stories";

/// A running server.
pub struct World {
    host: Option<Host>,
    /// As the server was started; `restart` uses it again.
    pub config: Config,
    /// The web that links lead to.
    pub web: FakeWeb,
    /// Its database.
    place: TempDir,
    client: reqwest::Client,
    errors: Errors,
    _logging: tracing::subscriber::DefaultGuard,
}

/// Errors that were logged, as one text each.
type Errors = Arc<Mutex<Vec<String>>>;

impl World {
    /// A server as a story usually needs it: limits are out of the way, links to the fake web are allowed.
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// The same, configured further.
    pub async fn start_with(configure: impl FnOnce(&mut Config)) -> Self {
        count_panics();
        let errors = Errors::default();
        let logging = tracing::subscriber::set_default(ErrorsOnly(errors.clone()));
        let place = tempfile::tempdir().unwrap();
        let web = FakeWeb::start().await;
        let mut config = Config::default();
        config.http.listen = "127.0.0.1:0".parse().unwrap();
        config.database.url = place.path().join("couch.db").display().to_string();
        config.auth.bootstrap_key = Some(Secret::new(BOOTSTRAP_KEY));
        config.resolve.allow_private = vec![web.authority()];
        config.resolve.oembed = web.oembed();
        let plenty = Rate { burst: 1_000_000, per_minute: 1_000_000 };
        let limits = &mut config.limits;
        for limit in [
            &mut limits.frames,
            &mut limits.commands,
            &mut limits.calls,
            &mut limits.chat,
            &mut limits.chat_of_address,
            &mut limits.rooms,
            &mut limits.guests,
            &mut limits.links,
            &mut limits.links_of_address,
            &mut limits.wrong_invites,
            &mut limits.logins,
        ] {
            *limit = plenty;
        }
        limits.opentogethertube.points = 1_000_000;
        limits.clipper.enabled = false;
        (limits.sockets_per_address, limits.sockets_per_person) = (100_000, 100_000);
        limits.connections_per_address = 100_000;
        configure(&mut config);
        let host = start(&config, place.path()).await;
        // A restarted server listens where it did: clients come back to the same address.
        config.http.listen = host.address;
        let client = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
        Self { host: Some(host), config, web, place, client, errors, _logging: logging }
    }

    fn host(&self) -> &Host {
        self.host.as_ref().unwrap()
    }

    /// Ends the server as SIGTERM does, and starts it again on the same data.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.host = Some(start(&self.config, self.place.path()).await);
    }

    /// Ends the server as SIGTERM does.
    pub async fn stop(&mut self) {
        if let Some(host) = self.host.take() {
            let store = host.store.clone();
            host.stop().await;
            // Where the disk is slow the server does not wait for the last of it: the end of its process would. Here the
            // next server starts within the same process.
            let closed = engine::ports::Store::close(&*store);
            tokio::time::timeout(PATIENCE, closed).await.expect("the database is free");
        }
    }

    /// The server's address, without a slash at the end.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.host().address)
    }

    /// The address of its sockets.
    pub fn socket_url(&self, room: &str) -> String {
        format!("ws://{}/api/v1/rooms/{room}/ws", self.host().address)
    }

    /// A link into the fake web.
    pub fn link(&self, path: &str) -> String {
        self.web.url(path).to_string()
    }

    /// The rules behind it, for what no door shows.
    pub fn engine(&self) -> &engine::Engine {
        &self.host().engine
    }

    /// What this server signs relayed links with.
    pub async fn signer(&self) -> onecouch::media::relay::Signer {
        onecouch::media::relay::Signer::open(&*self.host().store).await.unwrap()
    }

    /// Somebody with a session of their own.
    pub async fn person(&self, name: &str) -> Caller {
        let nobody = self.nobody();
        let session = nobody.post("/api/v1/sessions", json!({ "name": name })).await.created();
        Caller { token: Some(session["token"].as_str().unwrap().to_owned()), ..nobody }
    }

    /// Somebody without a session.
    pub fn nobody(&self) -> Caller {
        Caller { client: self.client.clone(), base: self.url(""), token: None }
    }

    /// Somebody else's bot, with the configured key.
    pub fn bot(&self) -> Caller {
        Caller { client: self.client.clone(), base: self.url(""), token: Some(BOOTSTRAP_KEY.to_owned()) }
    }
}

/// A server with a film of its own beside the usual routes, at `/demo/clip.mp4`.
async fn start(config: &Config, place: &Path) -> Host {
    Host::start_with(config, demo::routes(place).await.unwrap()).await.unwrap()
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let panics = PANICS.with_borrow_mut(std::mem::take);
        assert!(panics.is_empty(), "tasks panicked: {panics:?}");
        let errors = std::mem::take(&mut *self.errors.lock().unwrap());
        assert!(errors.is_empty(), "errors were logged that the story did not expect: {errors:?}");
    }
}

/// A caller of the REST API.
#[derive(Clone)]
pub struct Caller {
    client: reqwest::Client,
    base: String,
    pub token: Option<String>,
}

/// An answer of the REST API.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
    pub body: Value,
}

impl Answer {
    pub async fn read(response: reqwest::Response) -> reqwest::Result<Self> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Self { status, headers, text, body })
    }

    /// The data of a good answer.
    pub fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.body["data"].clone()
    }

    /// The data of an answer to a call that makes something.
    pub fn created(self) -> Value {
        assert_eq!(self.status, 201, "{}", self.text);
        self.body["data"].clone()
    }

    /// The status and the code of a no. Every no has a sentence.
    pub fn no(&self) -> (u16, String) {
        let message = self.body["error"]["message"].as_str().unwrap_or_default();
        assert!(message.len() > 10, "a no without a sentence: {} {}", self.status, self.text);
        (self.status, self.body["error"]["code"].as_str().unwrap_or_default().to_owned())
    }
}

impl Caller {
    /// A caller of a server at an address.
    pub fn new(base: &str, token: Option<String>) -> Self {
        let client = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
        Self { client, base: base.to_owned(), token }
    }

    /// A request to a server that may be gone: nothing where no whole answer came.
    pub async fn try_send(&self, method: reqwest::Method, path: &str, body: Value) -> Option<Answer> {
        self.try_with(method, path, |request| request.json(&body)).await
    }

    /// The same, made up further.
    pub async fn try_with(
        &self,
        method: reqwest::Method,
        path: &str,
        with: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> Option<Answer> {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        Answer::read(with(request).send().await.ok()?).await.ok()
    }

    /// A post to a server that may be gone: nothing where no whole answer came.
    pub async fn try_post(&self, path: &str, body: Value) -> Option<Answer> {
        self.try_send(reqwest::Method::POST, path, body).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(reqwest::Method::GET, path, |request| request).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(reqwest::Method::POST, path, |request| request.json(&body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(reqwest::Method::PATCH, path, |request| request.json(&body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(reqwest::Method::PUT, path, |request| request.json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(reqwest::Method::DELETE, path, |request| request).await
    }

    /// Any request at all.
    pub async fn send(
        &self,
        method: reqwest::Method,
        path: &str,
        with: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> Answer {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        Answer::read(with(request).send().await.unwrap()).await.unwrap()
    }

    /// Makes a room and gives back its state.
    pub async fn makes_room(&self, title: &str) -> Value {
        self.post("/api/v1/rooms", json!({ "title": title })).await.created()
    }

    /// Comes into a room by its invite.
    pub async fn joins(&self, room: &Value) {
        let path = format!("/api/v1/invites/{}/join", room["invite"].as_str().unwrap());
        self.post(&path, json!({})).await.ok();
    }
}

/// The path of something in a room.
pub fn in_room(room: &Value, rest: &str) -> String {
    format!("/api/v1/rooms/{}{rest}", room["id"].as_str().unwrap())
}

thread_local! {
    /// Panics on this thread, which is this story's alone: its runtime has no other.
    static PANICS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn count_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            PANICS.with_borrow_mut(|panics| panics.push(panic.to_string()));
            before(panic);
        }));
    });
}

/// Keeps errors, drops everything else.
struct ErrorsOnly(Errors);

impl Subscriber for ErrorsOnly {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == Level::ERROR
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        self.0.lock().unwrap().push(text.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, "{field}={value:?} ").unwrap();
    }
}
