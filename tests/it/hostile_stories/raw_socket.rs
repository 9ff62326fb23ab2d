//! A WebSocket client that speaks bytes: it may say what no library would.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::world::PATIENCE;

/// The key of every handshake.
pub const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
/// With what the payloads are masked.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

pub const CONTINUES: u8 = 0;
pub const TEXT: u8 = 1;
pub const BINARY: u8 = 2;
pub const CLOSE: u8 = 8;
pub const PING: u8 = 9;
pub const PONG: u8 = 10;

/// A frame as a client sends it.
pub fn frame(opcode: u8, payload: impl AsRef<[u8]>) -> Vec<u8> {
    shaped(0x80 | opcode, payload.as_ref(), payload.as_ref().len() as u64, None, true)
}

/// One that is not the last of its message.
pub fn part(opcode: u8, payload: impl AsRef<[u8]>) -> Vec<u8> {
    shaped(opcode, payload.as_ref(), payload.as_ref().len() as u64, None, true)
}

/// A close frame.
pub fn close(code: u16, reason: impl AsRef<[u8]>) -> Vec<u8> {
    frame(CLOSE, [&code.to_be_bytes()[..], reason.as_ref()].concat())
}

/// A frame in full: its first byte, what it says its length is, in how many bytes that is written, and whether it is masked.
pub fn shaped(first: u8, payload: &[u8], length: u64, width: Option<u8>, masked: bool) -> Vec<u8> {
    let mark = if masked { 0x80 } else { 0 };
    let mut bytes = vec![first];
    match width.unwrap_or(if length < 126 {
        0
    } else if length <= 0xffff {
        2
    } else {
        8
    }) {
        0 => bytes.push(mark | u8::try_from(length).unwrap()),
        2 => {
            bytes.push(mark | 0x7e);
            bytes.extend(u16::try_from(length).unwrap().to_be_bytes());
        }
        _ => {
            bytes.push(mark | 0x7f);
            bytes.extend(length.to_be_bytes());
        }
    }
    if masked {
        bytes.extend(MASK);
        bytes.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    } else {
        bytes.extend(payload);
    }
    bytes
}

/// What a server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    pub opcode: u8,
    pub payload: Vec<u8>,
}

impl Heard {
    /// The code of a close frame; none where it has none.
    pub fn code(&self) -> Option<u16> {
        let code = self.payload.get(..2)?;
        (self.opcode == CLOSE).then(|| u16::from_be_bytes([code[0], code[1]]))
    }
}

/// The client.
pub struct RawSocket {
    line: TcpStream,
    /// What came and was not looked at yet.
    came: Vec<u8>,
}

impl RawSocket {
    /// Sends a handshake, and gives back the head of the answer.
    pub async fn asks(address: SocketAddr, head: &str) -> (Self, String) {
        Self::sends_first(address, head.as_bytes()).await
    }

    /// Sends any bytes first, and gives back the head of the answer.
    pub async fn sends_first(address: SocketAddr, first: &[u8]) -> (Self, String) {
        let mut line = TcpStream::connect(address).await.unwrap();
        line.set_nodelay(true).unwrap();
        line.write_all(first).await.unwrap();
        let mut socket = Self { line, came: Vec::new() };
        let head = loop {
            if let Some(end) = socket.came.windows(4).position(|end| end == b"\r\n\r\n") {
                let rest = socket.came.split_off(end + 4);
                break String::from_utf8(std::mem::replace(&mut socket.came, rest)).unwrap();
            }
            assert!(socket.more().await, "no answer to {}", String::from_utf8_lossy(first));
        };
        (socket, head)
    }

    /// Opens a socket.
    pub async fn opens(address: SocketAddr, path: &str, more: &str) -> Self {
        let (socket, answer) = Self::asks(address, &handshake(path, more)).await;
        assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
        socket
    }

    /// Sends bytes; whether the server still takes them.
    pub async fn sends(&mut self, bytes: &[u8]) -> bool {
        self.line.write_all(bytes).await.is_ok()
    }

    /// Whether the server has closed, as far as is known without waiting. Takes what came off the line meanwhile.
    pub fn is_over(&mut self) -> bool {
        let mut bytes = [0; 4096];
        loop {
            match self.line.try_read(&mut bytes) {
                Ok(0) => return true,
                Ok(read) => self.came.extend_from_slice(&bytes[..read]),
                Err(error) => return error.kind() != std::io::ErrorKind::WouldBlock,
            }
        }
    }

    /// Ends its half of the line.
    pub async fn ends(&mut self) {
        let _ = self.line.shutdown().await;
    }

    async fn more(&mut self) -> bool {
        let mut bytes = [0; 4096];
        let read = timeout(PATIENCE, self.line.read(&mut bytes)).await.expect("an answer in time");
        // A reset is an end too.
        let read = read.unwrap_or(0);
        self.came.extend_from_slice(&bytes[..read]);
        read > 0
    }

    /// The next frame; none at the end of the line. What is no frame that a server may send fails the story.
    pub async fn hears(&mut self) -> Option<Heard> {
        loop {
            if let Some(heard) = self.frame() {
                return Some(heard);
            }
            if !self.more().await {
                assert!(self.came.is_empty(), "the line ended within a frame");
                return None;
            }
        }
    }

    fn frame(&mut self) -> Option<Heard> {
        let (first, second) = (*self.came.first()?, *self.came.get(1)?);
        assert_eq!(first & 0xf0, 0x80, "whole frames, without extensions");
        assert_eq!(second & 0x80, 0, "servers mask nothing");
        let (from, long) = match second {
            126 => (4, u64::from(u16::from_be_bytes(self.came.get(2..4)?.try_into().unwrap()))),
            127 => (10, u64::from_be_bytes(self.came.get(2..10)?.try_into().unwrap())),
            short => (2, u64::from(short)),
        };
        let end = from + usize::try_from(long).unwrap();
        if self.came.len() < end {
            return None;
        }
        let rest = self.came.split_off(end);
        let whole = std::mem::replace(&mut self.came, rest);
        Some(Heard { opcode: first & 0x0f, payload: whole[from..].to_vec() })
    }

    /// Waits for the close frame and the end of the line behind it: the code, none where it has none. What came before is
    /// left out. An outer none where the line ended without one.
    pub async fn is_closed(&mut self) -> Option<Option<u16>> {
        while let Some(heard) = self.hears().await {
            if heard.opcode == CLOSE {
                self.sends(&frame(CLOSE, &heard.payload)).await;
                let end = timeout(Duration::from_secs(5), async { while self.more().await {} }).await;
                assert!(end.is_ok(), "the line stays open behind a close frame");
                return Some(heard.code());
            }
        }
        None
    }

    /// Takes what comes until the line ends; the close code, if there was one.
    pub async fn drains(&mut self) -> Option<u16> {
        let mut code = None;
        let all = async {
            while let Some(heard) = self.hears().await {
                code = heard.code().or(code);
            }
        };
        let _ = timeout(PATIENCE, all).await;
        code
    }
}

/// A handshake with these lines more.
pub fn handshake(path: &str, more: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nhost: couch\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
        sec-websocket-version: 13\r\nsec-websocket-key: {KEY}\r\n{more}\r\n"
    )
}
