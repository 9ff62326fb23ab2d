//! Requests that were good once: what of them is otherwise, and what was answered.

use std::{fmt::Write as _, net::SocketAddr, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{dice::Dice, mutations};

/// How long any answer may take: longer than a handler may.
const ANSWER: Duration = Duration::from_secs(30);

/// A request of some API, as its clients send it.
#[derive(Debug, Clone)]
pub struct Ask {
    pub method: String,
    pub path: String,
    /// Name and value, as they stand in the head.
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Option<Value>,
}

impl Ask {
    /// One with these headers; a body is JSON.
    pub fn new(method: &str, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Self {
        let mut headers: Vec<_> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
        if body.is_some() {
            headers.push(("content-type".to_owned(), b"application/json".to_vec()));
        }
        Self { method: method.to_owned(), path: path.to_owned(), headers, body }
    }
}

/// Bytes that go over a connection of their own.
pub struct Malformed {
    pub bytes: Vec<u8>,
    /// Nothing comes behind them, though they say that something does.
    pub ends: bool,
}

const METHODS: &[&str] =
    &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW", "get", "CONNECT", ""];

const KINDS: &[&str] = &[
    "",
    "application/json; charset=utf-16",
    "application/json; utf-8",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "application/xml",
    "application/octet-stream",
    "application/problem+json",
    "json",
    ";;;",
];

const HEADERS: &[(&str, &str)] = &[
    ("accept", "*/*;q=NaN"),
    ("accept-encoding", "gzip;q=0, br, *"),
    ("accept-language", "ru;q=2, *;q=-1, de;q=0.5;q=2"),
    ("content-encoding", "gzip"),
    ("cookie", "onecouch=%ff; =; ;;"),
    ("cookie", "onecouch=a; onecouch=b"),
    ("expect", "100-continue"),
    ("expect", "the unexpected"),
    ("host", "evil.example"),
    ("host", ""),
    ("idempotency-key", ""),
    ("idempotency-key", "k\u{e9}"),
    ("if-match", "\"x\""),
    ("if-none-match", "*"),
    ("if-range", "x"),
    ("range", "bytes=18446744073709551615-0,-,0-0,-99999999999999999999"),
    ("origin", "null"),
    ("origin", "https://evil.example"),
    ("sec-fetch-site", "cross-site"),
    ("onecouch-act-for", "somebody"),
    ("onecouch-act-for", "\u{7f}"),
    ("onecouch-act-name", "%ff%fe"),
    ("upload-offset", "-1"),
    ("upload-offset", "99999999999999999999"),
    ("x-forwarded-for", "::1, 999.1.1.1, unknown"),
    ("x-http-method-override", "DELETE"),
    ("x-csrf-token", "x"),
    ("x-discord-proxy-payload", "AAAA"),
    ("x-signature-ed25519", "zz"),
    ("x-w2g-api-key", "\u{e9}"),
    ("apikey", ""),
    ("x-api-key", "x"),
    ("x-telegram-bot-api-secret-token", "x"),
    ("upgrade", "websocket"),
    ("connection", "upgrade"),
    ("sec-websocket-key", "x"),
    ("sec-websocket-version", "99"),
    ("transfer-encoding", "gzip"),
    ("transfer-encoding", "chunked, chunked"),
    ("content-length", "-1"),
    ("content-length", "99999999999999999999999"),
    ("content-length", "5, 6"),
    ("te", "trailers"),
    ("trailer", "authorization"),
];

const CREDENTIALS: &[&str] = &[
    "",
    "Bearer",
    "Bearer ",
    "Bearer x",
    "Bearer \u{0}",
    "bearer null",
    "Basic YTpi",
    "Basic ====",
    "Digest username=\"a\"",
    "Token x",
    "Bearer 00000000-0000-0000-0000-000000000000",
];

/// A good request with something in it that is not.
pub fn malformed(dice: &mut Dice, ask: &Ask) -> Malformed {
    let mut ask = ask.clone();
    let mut body = Vec::new();
    let mut framed = None;
    if let Some(value) = &mut ask.body {
        if dice.once_in(2) {
            mutations::value(dice, value);
        }
        body = value.to_string().into_bytes();
    }
    for _ in 0..=dice.below(2) {
        match dice.below(14) {
            0 => ask.method = (*dice.one_of(METHODS)).to_owned(),
            1 | 2 => ask.path = path(dice, &ask.path),
            3 => {
                let mark = if ask.path.contains('?') { '&' } else { '?' };
                let (name, text) =
                    (dice.one_of(&["limit", "before", "name", "q", "url", "w2g_api_key", "x"]), mutations::odd(dice));
                let _ = write!(ask.path, "{mark}{name}={}", written(dice, &text));
            }
            4 | 5 => {
                let (name, value) = dice.one_of(HEADERS);
                if dice.once_in(2) {
                    ask.headers.retain(|(known, _)| known != name);
                }
                ask.headers.push(((*name).to_owned(), value.as_bytes().to_vec()));
            }
            6 => {
                for (name, value) in &mut ask.headers {
                    if ["authorization", "apikey", "x-api-key", "x-w2g-api-key"].contains(&name.as_str()) {
                        *value = dice.one_of(CREDENTIALS).as_bytes().to_vec();
                    }
                }
            }
            7 => {
                if let Some(at) = ask.headers.len().checked_sub(1) {
                    let at = dice.below(at + 1);
                    mutations::bytes(dice, &mut ask.headers[at].1);
                }
            }
            8 => {
                ask.headers.retain(|(name, _)| name != "content-type");
                ask.headers.push(("content-type".to_owned(), dice.one_of(KINDS).as_bytes().to_vec()));
            }
            9 | 10 => mutations::bytes(dice, &mut body),
            11 => body = whole(dice, body),
            12 => framed = Some(dice.below(8)),
            _ => ask.headers.extend((0..dice.below(120)).map(|n| (format!("x-{n}"), b"x".to_vec()))),
        }
    }
    framing(dice, &ask, &body, framed)
}

/// Another whole body: of another form, too deep, too long.
fn whole(dice: &mut Dice, body: Vec<u8>) -> Vec<u8> {
    match dice.below(8) {
        0 => b"[".repeat(10_000),
        1 => b"{\"a\":".repeat(10_000),
        2 => vec![b'x'; 150_000],
        3 => [b"\xff\xfe".to_vec(), String::from_utf8_lossy(&body).encode_utf16().flat_map(u16::to_le_bytes).collect()]
            .concat(),
        4 => [b"{\"title\":\"".to_vec(), vec![b'x'; 64 << 10], b"\"}".to_vec()].concat(),
        5 => b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>".to_vec(),
        6 => b"a=1&a[]=2&a[b][c]=%ff&%00=%&add_items[0][url]=x&add_items[9999999999][url]=y".to_vec(),
        _ => [body.clone(), body].concat(),
    }
}

/// A text as it may stand in a path or a query; sometimes as it may not.
fn written(dice: &mut Dice, text: &str) -> String {
    if dice.once_in(5) {
        return text.replace(['\r', '\n'], "");
    }
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn path(dice: &mut Dice, path: &str) -> String {
    let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
    let at = dice.below(parts.len());
    let odd = mutations::odd(dice);
    match dice.below(7) {
        0 => drop(parts.remove(at)),
        1 => parts.insert(at, parts[at].clone()),
        2 => parts.push(written(dice, &odd)),
        3 => "..".clone_into(&mut parts[at]),
        4 => parts[at] = parts[at].to_uppercase(),
        5 => return format!("//{path}"),
        _ => parts[at] = written(dice, &odd),
    }
    parts.join("/")
}

/// Head and body together. `framed` says in which way their lengths do not fit.
fn framing(dice: &mut Dice, ask: &Ask, body: &[u8], framed: Option<usize>) -> Malformed {
    let mut bytes = format!("{} {} HTTP/1.1\r\nconnection: close\r\n", ask.method, ask.path).into_bytes();
    if !ask.headers.iter().any(|(name, _)| name == "host") {
        bytes.extend(b"host: couch.example\r\n");
    }
    for (name, value) in &ask.headers {
        bytes.extend(name.as_bytes());
        bytes.extend(b": ");
        bytes.extend(value.iter().filter(|byte| !matches!(byte, b'\r' | b'\n')));
        bytes.extend(b"\r\n");
    }
    let length = body.len();
    let says_otherwise =
        ask.headers.iter().any(|(name, _)| matches!(name.as_str(), "content-length" | "transfer-encoding" | "expect"));
    let mut ends = framed.is_some() || says_otherwise;
    match framed {
        Some(0) => bytes.extend(format!("content-length: {}\r\n\r\n", length + 1 + dice.below(1_000)).into_bytes()),
        Some(1) => bytes.extend(format!("content-length: {}\r\n\r\n", length / 2).into_bytes()),
        Some(2) => {
            bytes.extend(format!("content-length: {length}\r\ncontent-length: {}\r\n\r\n", length + 1).into_bytes());
        }
        Some(3) => bytes.extend(format!("transfer-encoding: chunked\r\n\r\n{length:x}\r\n").into_bytes()),
        Some(4) => bytes.extend(b"transfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n"),
        Some(5) => bytes.extend(b"transfer-encoding: chunked\r\n\r\nxyz;=\r\n"),
        Some(6) => bytes
            .extend(format!("transfer-encoding: chunked\r\ncontent-length: {length}\r\n\r\n0\r\n\r\n").into_bytes()),
        Some(_) => bytes.truncate(dice.below(bytes.len())),
        None if says_otherwise => bytes.extend(b"\r\n"),
        None => bytes.extend(format!("content-length: {length}\r\n\r\n").into_bytes()),
    }
    if framed != Some(7) {
        bytes.extend(body);
    }
    // A client that goes in the middle.
    if dice.once_in(40) {
        bytes.truncate(dice.below(bytes.len() + 1));
        ends = true;
    }
    // What keeps the head from its end.
    ends |= ask.method.is_empty() || !bytes.windows(4).any(|end| end == b"\r\n\r\n");
    Malformed { bytes, ends }
}

/// Sends it and reads all that comes; the statuses of it.
pub async fn send(address: SocketAddr, malformed: &Malformed) -> Result<Vec<u16>, String> {
    let talk = async {
        let mut line = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
        // The server may refuse it before it is all there, and close.
        let written = line.write_all(&malformed.bytes).await;
        if malformed.ends && written.is_ok() {
            let _ = line.shutdown().await;
        }
        let mut answer = Vec::new();
        // A reset is an end too.
        let _ = line.read_to_end(&mut answer).await;
        Ok(statuses(&answer))
    };
    timeout(ANSWER, talk).await.unwrap_or_else(|_| Err(format!("nothing for {ANSWER:?}")))
}

pub fn statuses(answer: &[u8]) -> Vec<u16> {
    let mark = b"HTTP/1.1 ";
    let found = answer.windows(mark.len() + 3).filter(|part| part.starts_with(mark));
    found.filter_map(|part| std::str::from_utf8(&part[mark.len()..]).ok()?.parse().ok()).collect()
}
