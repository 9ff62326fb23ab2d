//! Somebody's program that takes webhooks: a small server that keeps what came and answers as it is told.

#![expect(clippy::unwrap_used, reason = "a story stops where something is odd")]

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::{net::TcpListener, sync::mpsc, task::JoinHandle};

use crate::world::PATIENCE;

/// One request, as it came.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The path it was sent to.
    pub path: String,
    headers: HeaderMap,
    text: String,
    /// Its body.
    pub body: Value,
}

impl Delivery {
    /// A header, as a text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no header {name}")).to_str().unwrap()
    }

    /// Whether it was signed with this secret.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let signed = format!("{}.{}", self.header("onecouch-timestamp"), self.text);
        self.header("onecouch-signature") == format!("v1={}", hmac(secret.as_bytes(), signed.as_bytes()))
    }

    /// Its events, each as kind and text of what was said.
    pub fn told(&self) -> Vec<(&str, &str)> {
        let events = self.body["events"].as_array().unwrap();
        events
            .iter()
            .map(|event| (event["kind"].as_str().unwrap(), event["text"].as_str().unwrap_or_default()))
            .collect()
    }

    /// The numbers of its events.
    pub fn numbers(&self) -> Vec<u64> {
        self.body["events"].as_array().unwrap().iter().map(|event| event["seq"].as_u64().unwrap()).collect()
    }
}

/// RFC 2104 with SHA-256, written out: what a receiver in any language does.
fn hmac(key: &[u8], message: &[u8]) -> String {
    assert!(key.len() <= 64, "a longer key would have to be hashed first");
    let pad = |with: u8| (0..64).map(move |at| key.get(at).copied().unwrap_or(0) ^ with);
    let inner = Sha256::digest(pad(0x36).chain(message.iter().copied()).collect::<Vec<u8>>());
    let outer = Sha256::digest(pad(0x5c).chain(inner.iter().copied()).collect::<Vec<u8>>());
    outer.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// A program that can be reached, and ended.
pub struct FakeReceiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    came: mpsc::UnboundedReceiver<Delivery>,
    server: Option<JoinHandle<()>>,
}

struct Shared {
    /// What the next requests are answered; 204 when there is nothing.
    answers: Mutex<VecDeque<u16>>,
    came: mpsc::UnboundedSender<Delivery>,
}

impl FakeReceiver {
    /// Starts it on a free port.
    pub async fn start() -> Self {
        let (sender, came) = mpsc::unbounded_channel();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut receiver =
            Self { address, shared: Arc::new(Shared { answers: Mutex::default(), came: sender }), came, server: None };
        receiver.serve(listener);
        receiver
    }

    fn serve(&mut self, listener: TcpListener) {
        let app = Router::new().fallback(take).with_state(self.shared.clone());
        self.server = Some(tokio::spawn(async move { axum::serve(listener, app).await.unwrap() }));
    }

    /// `127.0.0.1:port`, as it stands in `resolve.allow_private`.
    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    /// Where it takes webhooks.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Answers the next requests so.
    pub fn answers(&self, statuses: &[u16]) {
        self.shared.answers.lock().unwrap().extend(statuses);
    }

    /// The next request.
    pub async fn next(&mut self) -> Delivery {
        tokio::time::timeout(PATIENCE, self.came.recv()).await.expect("nothing was delivered").unwrap()
    }

    /// What is said, line by line, until a line comes.
    pub async fn hears_until(&mut self, last: &str) -> Vec<String> {
        let mut lines = Vec::new();
        while lines.last().is_none_or(|line| line != last) {
            let delivery = self.next().await;
            lines.extend(delivery.told().iter().filter(|told| told.0 == "said").map(|told| told.1.to_owned()));
        }
        lines
    }

    /// What came and was not looked at.
    pub fn rest(&mut self) -> Vec<Delivery> {
        std::iter::from_fn(|| self.came.try_recv().ok()).collect()
    }

    /// Ends it with all its connections.
    pub async fn dies(&mut self) {
        if let Some(server) = self.server.take() {
            server.abort();
            let _ = server.await;
        }
    }

    /// Starts it again where it was.
    pub async fn comes_back(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.serve(listener);
    }
}

impl Drop for FakeReceiver {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            server.abort();
        }
    }
}

async fn take(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let text = String::from_utf8(body.to_vec()).unwrap();
    let body = serde_json::from_str(&text).unwrap();
    let _ = shared.came.send(Delivery { path: uri.path().to_owned(), headers, text, body });
    let status = shared.answers.lock().unwrap().pop_front().unwrap_or(204);
    // One connection a request, so that none outlives the server.
    let headers = [(header::CONNECTION, "close"), (header::LOCATION, "/elsewhere")];
    (StatusCode::from_u16(status).unwrap(), headers).into_response()
}
