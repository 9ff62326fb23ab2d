//! Frames as RFC 6455 has them, and as it has not, byte by byte against a socket of ours: what is answered, and with which
//! code it is closed. The groups are those that conformance suites have.
//!
//! Where the library that reads is laxer than the RFC, the table says what is held: see `lax`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    hostile_stories::raw_socket::{
        BINARY, CLOSE, CONTINUES, KEY, PING, PONG, RawSocket, TEXT, close, frame, handshake, part, shaped,
    },
    world::{World, in_room},
};

/// The largest frame.
const LIMIT: usize = 64 * 1024;

/// What becomes of a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Comes {
    /// It is heard: so many answers to texts, these pongs, and it goes on.
    Answered(usize, Vec<Vec<u8>>),
    /// The server closes it, with this code.
    Closed(u16),
    /// The client closed it; the server's close frame has this code, or none.
    Ended(Option<u16>),
}
use Comes::{Answered, Closed, Ended};

struct Case {
    name: String,
    bytes: Vec<u8>,
    /// Into how long pieces the bytes are cut on their way.
    pieces: usize,
    comes: Comes,
}

#[derive(Default)]
struct Table(Vec<Case>);

impl Table {
    fn add(&mut self, name: impl Into<String>, bytes: impl AsRef<[u8]>, comes: Comes) {
        self.0.push(Case { name: name.into(), bytes: bytes.as_ref().to_vec(), pieces: usize::MAX, comes });
    }

    /// The same, sent a piece at a time.
    fn chopped(&mut self, name: impl Into<String>, bytes: impl AsRef<[u8]>, pieces: usize, comes: Comes) {
        self.0.push(Case { name: name.into(), bytes: bytes.as_ref().to_vec(), pieces, comes });
    }
}

/// One text is answered, and nothing else.
fn once() -> Comes {
    Answered(1, Vec::new())
}

/// Nothing is answered, and it goes on.
fn nothing() -> Comes {
    Answered(0, Vec::new())
}

fn pongs(payloads: &[&[u8]]) -> Comes {
    Answered(0, payloads.iter().map(|payload| payload.to_vec()).collect())
}

/// A text that is answered with one frame, so long.
fn long(bytes: usize) -> String {
    let text = json!({ "type": "ping", "c": 7 }).to_string();
    format!("{text}{}", " ".repeat(bytes - text.len()))
}

/// The same with something said in it.
fn saying(text: &str) -> String {
    json!({ "type": "ping", "c": 7, "aside": text }).to_string()
}

fn framing(table: &mut Table) {
    for bytes in [40, 125, 126, 127, 128, 1_000, 65_535, LIMIT] {
        table.add(format!("a text of {bytes} bytes"), frame(TEXT, long(bytes)), once());
    }
    for pieces in [1, 2, 7, 13] {
        table.chopped(format!("a text in pieces of {pieces}"), frame(TEXT, long(300)), pieces, once());
    }
    table.chopped("a large text in pieces", frame(TEXT, long(LIMIT)), 997, once());
    table.add("an empty text, which is no frame of ours", frame(TEXT, ""), once());
    table.add("many texts at once", frame(TEXT, long(40)).repeat(100), Answered(100, Vec::new()));
    table.chopped("many texts across pieces", frame(TEXT, long(40)).repeat(20), 31, Answered(20, Vec::new()));
    for bytes in [0, 1, 125, 126, 65_535] {
        table.add(format!("{bytes} bytes that are no text"), frame(BINARY, vec![0xfe; bytes]), Closed(1003));
    }
    table.add("a text without a mask", shaped(0x81, b"{}", 2, None, false), Closed(1002));
    table.add("a ping without a mask", shaped(0x89, b"", 0, None, false), Closed(1002));
    table.add("a close without a mask", shaped(0x88, b"", 0, None, false), Closed(1002));
}

fn pings(table: &mut Table) {
    table.add("a ping", frame(PING, ""), pongs(&[b""]));
    table.add("a ping with a word", frame(PING, "hello"), pongs(&[b"hello"]));
    table.add("a ping with bytes", frame(PING, [0, 0xff, 0xfe, 0xfd]), pongs(&[&[0, 0xff, 0xfe, 0xfd]]));
    table.add("the longest ping", frame(PING, [b'x'; 125]), pongs(&[&[b'x'; 125]]));
    table.chopped("the longest ping, byte by byte", frame(PING, [b'x'; 125]), 1, pongs(&[&[b'x'; 125]]));
    table.add("a ping that is too long", frame(PING, [b'x'; 126]), Closed(1002));
    table.add("a pong that nobody asked for", frame(PONG, ""), nothing());
    table.add("the same with a word", frame(PONG, "unasked"), nothing());
    table.add("a pong that is too long", frame(PONG, [b'x'; 126]), Closed(1002));
    table.add("a pong, then a ping", [frame(PONG, "a"), frame(PING, "b")].concat(), pongs(&[b"b"]));
    // A pong may answer the last of several pings: section 5.5.3.
    table.chopped(
        "two pings, one after the other",
        [frame(PING, "a"), frame(PING, "b")].concat(),
        7,
        pongs(&[b"a", b"b"]),
    );
    table.add(
        "a ping and a text",
        [frame(PING, "a"), frame(TEXT, long(40))].concat(),
        Answered(1, vec![b"a".to_vec()]),
    );
}

fn reserved(table: &mut Table) {
    for bits in 1..=7_u8 {
        let first = |opcode: u8| 0x80 | bits << 4 | opcode;
        for (what, opcode) in [("text", TEXT), ("bytes", BINARY), ("ping", PING), ("pong", PONG), ("close", CLOSE)] {
            table.add(
                format!("{what} with the reserved bits {bits:03b}"),
                shaped(first(opcode), b"", 0, None, true),
                Closed(1002),
            );
        }
    }
    let bad = shaped(0xc1, b"{}", 2, None, true);
    table.add("a good text before one with a reserved bit", [frame(TEXT, long(40)), bad].concat(), Closed(1002));
    for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
        table.add(format!("opcode {opcode}"), frame(opcode, ""), Closed(1002));
        table.add(format!("opcode {opcode} with a payload"), frame(opcode, "reserved"), Closed(1002));
    }
    table.add("a reserved opcode that is not the last part", part(4, ""), Closed(1002));
}

fn fragments(table: &mut Table) {
    let text = long(60);
    let (first, rest) = text.split_at(25);
    let both = |between: &[u8]| [part(TEXT, first), between.to_vec(), frame(CONTINUES, rest)].concat();
    table.add("a text in two parts", both(&[]), once());
    table.chopped("the same byte by byte", both(&[]), 1, once());
    table.add("a ping between the parts", both(&frame(PING, "x")), Answered(1, vec![b"x".to_vec()]));
    table.add("a pong between the parts", both(&frame(PONG, "x")), once());
    let each: Vec<u8> = text.bytes().skip(1).take(58).flat_map(|byte| part(CONTINUES, [byte])).collect();
    let all = [part(TEXT, &text[..1]), each, frame(CONTINUES, &text[59..])].concat();
    table.add("a text in parts of a byte", all, once());
    let empty = [part(TEXT, ""), part(CONTINUES, ""), part(CONTINUES, &text), frame(CONTINUES, "")].concat();
    table.add("parts with nothing in them", empty, once());
    table.add("two texts in parts, one after the other", both(&[]).repeat(2), Answered(2, Vec::new()));
    table.add("bytes in parts", [part(BINARY, "a"), frame(CONTINUES, "b")].concat(), Closed(1003));
    table.add("a ping in parts", [part(PING, "a"), frame(CONTINUES, "b")].concat(), Closed(1002));
    table.add("a pong in parts", [part(PONG, "a"), frame(CONTINUES, "b")].concat(), Closed(1002));
    table.add("a close in parts", [part(CLOSE, ""), frame(CONTINUES, "")].concat(), Closed(1002));
    table.add("a part of nothing", frame(CONTINUES, "x"), Closed(1002));
    table.add("a part of nothing that has more", part(CONTINUES, "x"), Closed(1002));
    table.add("a part behind a whole text", [frame(TEXT, long(40)), frame(CONTINUES, "x")].concat(), Closed(1002));
    table.add("a text within a text", [part(TEXT, first), frame(TEXT, rest)].concat(), Closed(1002));
    table.add("a text begun within a text", [part(TEXT, first), part(TEXT, rest)].concat(), Closed(1002));
    table.add("bytes within a text", [part(TEXT, first), frame(BINARY, rest)].concat(), Closed(1002));
    table.add("a close between the parts", both(&close(1000, "")), Ended(Some(1000)));
}

fn texts(table: &mut Table) {
    for text in [
        "κόσμε",
        "\u{0}",
        "\u{7f}",
        "\u{80}",
        "\u{7ff}",
        "\u{800}",
        "\u{ffff}",
        "\u{10000}",
        "\u{10ffff}",
        "\u{fdd0}\u{fffe}",
        "👩‍👩‍👧",
    ] {
        table.add(format!("a text with {text:?}"), frame(TEXT, saying(text)), once());
    }
    let text = saying("κό👩");
    let cut: Vec<u8> =
        text.bytes().enumerate().flat_map(|(n, byte)| part(if n == 0 { TEXT } else { CONTINUES }, [byte])).collect();
    table.add("characters cut by parts", [cut, frame(CONTINUES, "")].concat(), once());
    let bad: &[(&str, &[u8])] = &[
        ("a byte that begins nothing", &[0x80]),
        ("0xff", &[0xff]),
        ("0xfe", &[0xfe]),
        ("a character without its end", &[0xce]),
        ("one of three without its end", &[0xe1, 0xbd]),
        ("one of four without its end", &[0xf0, 0x9f, 0x91]),
        ("too long a form of /", &[0xc0, 0xaf]),
        ("too long a form of NUL", &[0xc0, 0x80]),
        ("too long a form in three", &[0xe0, 0x80, 0xaf]),
        ("too long a form in four", &[0xf0, 0x80, 0x80, 0xaf]),
        ("a surrogate", &[0xed, 0xa0, 0x80]),
        ("a pair of surrogates", &[0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80]),
        ("a character past the last", &[0xf4, 0x90, 0x80, 0x80]),
        ("a form of five", &[0xf8, 0x88, 0x80, 0x80, 0x80]),
        ("a form of six", &[0xfc, 0x84, 0x80, 0x80, 0x80, 0x80]),
    ];
    for (what, bytes) in bad {
        let text = [b"{\"type\":\"ping\",\"aside\":\"", *bytes].concat();
        table.add(format!("a text with {what}"), frame(TEXT, &text), Closed(1007));
        table.add(
            format!("a text in parts with {what}"),
            [part(TEXT, &text), frame(CONTINUES, "")].concat(),
            Closed(1007),
        );
    }
    // As soon as it cannot be a text any more, though it has not ended.
    table.add("a bad byte in a part that has more", part(TEXT, [b'x', 0xff]), Closed(1007));
    table.add(
        "a bad end of a character in the next part",
        [part(TEXT, [0xf4]), part(CONTINUES, [0x90])].concat(),
        Closed(1007),
    );
}

fn closes(table: &mut Table) {
    table.add("a close without a word", frame(CLOSE, ""), Ended(None));
    table.chopped("the same byte by byte", frame(CLOSE, ""), 1, Ended(None));
    for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3999, 4000, 4999] {
        table.add(format!("a close with {code}"), close(code, "bye"), Ended(Some(code)));
    }
    table.add("a close without a reason", close(1000, ""), Ended(Some(1000)));
    table.add("the longest reason", close(1000, "x".repeat(123)), Ended(Some(1000)));
    table.add("a reason that is too long", close(1000, "x".repeat(124)), Closed(1002));
    table.add("half a code", frame(CLOSE, [3]), Closed(1002));
    table.add("a reason that is no text", close(1000, [0xce]), Closed(1007));
    for code in [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535] {
        table.add(format!("a close with {code}, which is none"), close(code, ""), Closed(1002));
    }
    table.add("two closes", [close(1000, ""), close(1001, "")].concat(), Ended(Some(1000)));
    table.add("a text behind a close", [close(1000, ""), frame(TEXT, long(40))].concat(), Ended(Some(1000)));
    table.add("a ping behind a close", [close(1000, ""), frame(PING, "x")].concat(), Ended(Some(1000)));
    table.add("nonsense behind a close", [close(1000, ""), vec![0xff; 300]].concat(), Ended(Some(1000)));
}

fn limits(table: &mut Table) {
    table.add("a text over the limit", frame(TEXT, long(LIMIT + 1)), Closed(1009));
    table.add("ten times the limit", frame(TEXT, long(LIMIT * 10)), Closed(1009));
    table.add("bytes over the limit", frame(BINARY, vec![0; LIMIT + 1]), Closed(1009));
    let parts = [part(TEXT, long(LIMIT)), frame(CONTINUES, " ")].concat();
    table.add("parts that are over the limit together", parts, Closed(1009));
    let parts = [part(TEXT, "{"), part(CONTINUES, " ".repeat(1_000)).repeat(66)].concat();
    table.add("many parts that never end", parts, Closed(1009));
    for length in [LIMIT as u64 + 1, 1 << 30, 1 << 40, i64::MAX as u64, u64::MAX] {
        // Nothing of it has to come.
        table.add(format!("{length} bytes that never come"), shaped(0x81, b"", length, Some(8), true), Closed(1009));
        table.add(format!("{length} bytes of a ping"), shaped(0x89, b"", length, Some(8), true), Closed(1009));
    }
}

/// What the library lets pass, though the RFC does not.
fn lax(table: &mut Table) {
    // Section 5.2: the fewest bytes must be used. What is meant is plain, and nothing hides in it.
    let text = long(40);
    table.add("a short length in two bytes", shaped(0x81, text.as_bytes(), 40, Some(2), true), once());
    table.add("a short length in eight bytes", shaped(0x81, text.as_bytes(), 40, Some(8), true), once());
    table.add("a ping with a long length", shaped(0x89, b"x", 1, Some(2), true), pongs(&[b"x"]));
}

#[tokio::test]
async fn frames_are_answered_or_closed_as_the_rfc_has_it() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Frames").await;
    let mut table = Table::default();
    for group in [framing, pings, reserved, fragments, texts, closes, limits, lax] {
        group(&mut table);
    }
    assert!(table.0.len() > 150);
    let hello = json!({ "type": "hello", "token": ana.token }).to_string();
    let mut wrong = Vec::new();
    for case in &table.0 {
        let mut socket = RawSocket::opens(world.config.http.listen, &in_room(&room, "/ws"), "").await;
        socket.sends(&frame(TEXT, &hello)).await;
        while socket.hears().await.is_none_or(|heard| !text_of(&heard.payload)["type"].is_string()) {}
        let come = what_comes(&mut socket, case).await;
        if come != case.comes {
            wrong.push(format!("{}: {come:?}, not {:?}", case.name, case.comes));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), table.0.len(), wrong.join("\n"));
}

fn text_of(payload: &[u8]) -> Value {
    serde_json::from_slice(payload).unwrap_or(Value::Null)
}

async fn what_comes(socket: &mut RawSocket, case: &Case) -> Comes {
    for piece in case.bytes.chunks(case.pieces.min(case.bytes.len().max(1))) {
        socket.sends(piece).await;
        if case.pieces < 1_000 {
            // So that pieces come as pieces.
            tokio::task::yield_now().await;
        }
    }
    let closes = case.comes.clone();
    if let Ended(_) = closes {
        return socket.is_closed().await.map_or(nothing(), Ended);
    }
    let asks = matches!(closes, Answered(..));
    if asks {
        socket.sends(&frame(TEXT, json!({ "type": "ping", "c": 999 }).to_string())).await;
    }
    let (mut answers, mut ponged) = (0, Vec::new());
    while let Some(heard) = socket.hears().await {
        match heard.opcode {
            PONG => ponged.push(heard.payload),
            CLOSE => {
                let code = heard.code().unwrap_or_default();
                // As the RFC asks: it is said back, and the line ends behind it.
                socket.sends(&close(code, "")).await;
                while socket.hears().await.is_some() {}
                return Closed(code);
            }
            TEXT => {
                let frame = text_of(&heard.payload);
                if frame["type"] == "pong" && frame["c"] == 999 {
                    return Answered(answers, ponged);
                }
                answers += usize::from(["pong", "refused"].contains(&frame["type"].as_str().unwrap_or_default()));
            }
            _ => {}
        }
    }
    Closed(0)
}

#[tokio::test]
async fn a_length_that_is_only_said_costs_nothing() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Frames").await;
    let size = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmPeak:")).unwrap_or("0 kB");
        peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
    };
    let before = size();
    let mut crowd = Vec::new();
    for _ in 0..64 {
        let mut socket = RawSocket::opens(world.config.http.listen, &in_room(&room, "/ws"), "").await;
        socket.sends(&shaped(0x81, b"", 1 << 30, Some(8), true)).await;
        crowd.push(socket);
    }
    for socket in &mut crowd {
        assert_eq!(socket.is_closed().await, Some(Some(1009)));
    }
    // Had room been made for each, it would be 64 GB.
    assert!(size() - before < 8 << 20, "{} kB more", size() - before);
}

#[tokio::test]
async fn a_handshake_is_answered_as_the_rfc_has_it() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Handshakes").await;
    let path = in_room(&room, "/ws");
    let good = handshake(&path, "");
    let key = format!("sec-websocket-key: {KEY}\r\n");
    let version = "sec-websocket-version: 13\r\n";
    let without = |line: &str| good.replace(line, "");
    let with = |line: &str, other: &str| good.replace(line, other);
    let cases: Vec<(&str, String, u16)> = vec![
        ("a good one", good.clone(), 101),
        ("other letters", with("upgrade: websocket", "Upgrade: WebSocket"), 101),
        ("a connection with two words", with("connection: Upgrade", "connection: keep-alive, Upgrade"), 101),
        ("subprotocols", handshake(&path, "sec-websocket-protocol: chat, superchat\r\n"), 101),
        (
            "an extension",
            handshake(&path, "sec-websocket-extensions: permessage-deflate; client_max_window_bits\r\n"),
            101,
        ),
        ("an origin of others, without a cookie", handshake(&path, "origin: https://evil.example\r\n"), 101),
        ("no key", without(&key), 400),
        ("an empty key", with(&key, "sec-websocket-key:\r\n"), 400),
        ("a short key", with(&key, "sec-websocket-key: AAAA\r\n"), 400),
        ("a long key", with(&key, &format!("sec-websocket-key: {}\r\n", "A".repeat(44))), 400),
        ("a key that is no base64", with(&key, "sec-websocket-key: !!!!!!!!!!!!!!!!!!!!!!==\r\n"), 400),
        ("two keys", handshake(&path, &key), 400),
        ("no version", without(version), 426),
        ("an old version", with(version, "sec-websocket-version: 8\r\n"), 426),
        ("a new version", with(version, "sec-websocket-version: 14\r\n"), 426),
        ("several versions", with(version, "sec-websocket-version: 13, 8\r\n"), 426),
        ("a version that is none", with(version, "sec-websocket-version: x\r\n"), 426),
        ("no upgrade", without("upgrade: websocket\r\n"), 426),
        ("another upgrade", with("upgrade: websocket", "upgrade: h2c"), 426),
        ("no connection", without("connection: Upgrade\r\n"), 426),
        ("another connection", with("connection: Upgrade", "connection: keep-alive"), 426),
        ("HTTP/1.0", with("HTTP/1.1", "HTTP/1.0"), 426),
        ("POST", with("GET", "POST").replace("\r\n\r\n", "\r\ncontent-length: 0\r\n\r\n"), 405),
        ("another room", with(room["id"].as_str().unwrap(), "00000000-0000-0000-0000-000000000000"), 101),
        ("a cookie from elsewhere", handshake(&path, "cookie: onecouch=x\r\norigin: https://evil.example\r\n"), 101),
    ];
    let mut wrong = Vec::new();
    for (name, head, status) in cases {
        let (mut socket, answer) = RawSocket::asks(world.config.http.listen, &head).await;
        let lines: BTreeMap<String, &str> = answer
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .collect();
        let said = answer.split(' ').nth(1).unwrap_or_default();
        if said != status.to_string() {
            wrong.push(format!("{name}: {said}, not {status}"));
            continue;
        }
        let line = |name: &str| lines.get(name).copied();
        match status {
            101 => {
                // RFC 6455, section 1.3.
                assert_eq!(line("sec-websocket-accept"), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{name}");
                assert_eq!(line("sec-websocket-extensions"), None, "{name}");
                assert_eq!(line("sec-websocket-protocol"), None, "{name}");
                socket.sends(&frame(PING, "x")).await;
                assert_eq!(socket.hears().await.map(|heard| heard.payload), Some(b"x".to_vec()), "{name}");
            }
            426 => {
                assert_eq!(line("sec-websocket-version"), Some("13"), "{name}");
                assert_eq!(line("upgrade"), Some("websocket"), "{name}");
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    // Who does not wait for the answer is heard all the same.
    let hello = frame(TEXT, json!({ "type": "hello", "token": ana.token }).to_string());
    let early = [good.as_bytes(), &hello, &frame(PING, "early")].concat();
    let (mut socket, answer) = RawSocket::sends_first(world.config.http.listen, &early).await;
    assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
    while socket.hears().await.expect("the socket goes on").payload != b"early" {}
}
