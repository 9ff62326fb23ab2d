//! A WebSocket of a client's: its handshake, what is read from it, what is written to it.
//!
//! Reading, answers to pings and the closing of it are tungstenite's. What we tell goes past its write buffer, straight from the
//! bytes that all sockets of a room share, as many frames in one call as wait: a buffer of its own would have to hold each frame
//! again for each socket, and would stay as large as the largest.

mod packet;

use std::{fmt, time::Duration};

use axum::{
    body::Body,
    extract::{FromRequestParts, Request},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use bytes::Buf;
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt;
pub use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        error::CapacityError,
        handshake::server::create_response,
        protocol::{CloseFrame, Role, WebSocketConfig},
    },
};

pub use self::packet::{Packet, Packets};

/// The largest frame a client may send, in bytes.
pub const FRAME_LIMIT: usize = 64 * 1024;
/// The library's read buffer per socket: what clients say is short, and its own default of 128 KiB is zero-filled at every
/// read attempt.
const READ_BUFFER: usize = 1024;
/// How long a write may make no progress.
const WRITE: Duration = Duration::from_secs(10);
/// How long all that waits may take, however little at a time is taken of it.
const PATIENCE: Duration = Duration::from_mins(1);

/// With what a WebSocket is closed.
pub mod close_code {
    /// All is done.
    pub const NORMAL: u16 = 1000;
    /// The server, or the room, goes.
    pub const AWAY: u16 = 1001;
    /// That kind of frame is not understood.
    pub const UNSUPPORTED: u16 = 1003;
    /// Too much that makes no sense.
    pub const POLICY: u16 = 1008;
    /// A frame is too large.
    pub const SIZE: u16 = 1009;
    /// Something failed here.
    pub const ERROR: u16 = 1011;
    /// The server starts again.
    pub const RESTART: u16 = 1012;
    /// Come back later.
    pub const AGAIN: u16 = 1013;
}

/// A request that wants to be a WebSocket, and may be.
pub struct Upgrade {
    on: OnUpgrade,
    accepted: axum::http::Response<()>,
}

/// Why a request cannot become one.
#[derive(Debug)]
pub struct NoUpgrade(String);

impl fmt::Display for NoUpgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl IntoResponse for NoUpgrade {
    fn into_response(self) -> Response {
        (StatusCode::UPGRADE_REQUIRED, self.0).into_response()
    }
}

impl<S: Sync> FromRequestParts<S> for Upgrade {
    type Rejection = NoUpgrade;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NoUpgrade> {
        let mut asked = Request::new(());
        (*asked.method_mut(), *asked.version_mut()) = (parts.method.clone(), parts.version);
        *asked.headers_mut() = parts.headers.clone();
        let accepted = create_response(&asked).map_err(|error| NoUpgrade(error.to_string()))?;
        let on = parts.extensions.remove::<OnUpgrade>();
        let on = on.ok_or_else(|| NoUpgrade("This connection cannot be upgraded".to_owned()))?;
        Ok(Self { on, accepted })
    }
}

impl Upgrade {
    /// Speaks a subprotocol, which must be one that the client offered.
    #[must_use]
    pub fn protocol(mut self, protocol: Option<&str>) -> Self {
        if let Some(protocol) = protocol.and_then(|protocol| HeaderValue::from_str(protocol).ok()) {
            self.accepted.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, protocol);
        }
        self
    }

    /// The answer to the handshake, and the socket once that is sent; none where the client was gone by then.
    pub fn accept(self) -> (Response, impl Future<Output = Option<WebSocket>> + Send + 'static) {
        let Self { on, accepted } = self;
        let socket = async move {
            let upgraded = on.await.ok()?;
            Some(WebSocket::new(upgraded).await)
        };
        (accepted.map(|()| Body::empty()), socket)
    }
}

/// A WebSocket.
pub struct WebSocket {
    /// Apart, so that handing it on moves a pointer: a task keeps room for each hand that it went through.
    ws: Box<WebSocketStream<TokioIo<Upgraded>>>,
    /// The library may have something to write: an answer to a ping, of which the line did not take all yet.
    owes: bool,
    /// A frame may be written in part: nothing may come behind it.
    broken: bool,
}

/// A peer that is gone, or takes nothing.
#[derive(Debug)]
pub struct Stuck;

impl WebSocket {
    async fn new(upgraded: Upgraded) -> Self {
        let config = WebSocketConfig::default()
            .max_message_size(Some(FRAME_LIMIT))
            .max_frame_size(Some(FRAME_LIMIT))
            .read_buffer_size(READ_BUFFER)
            // It answers pings and closes, and nothing else.
            .write_buffer_size(0);
        let ws = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
        Self { ws: Box::new(ws), owes: false, broken: false }
    }

    /// The next message; none after the last. Nothing is lost where the wait is given up and begun again.
    pub async fn next(&mut self) -> Option<Result<Message, Error>> {
        let message = self.ws.next().await;
        self.owes |= matches!(message, Some(Ok(Message::Ping(_) | Message::Close(_))));
        message
    }

    /// Writes all that waits, in as few calls as the system allows.
    ///
    /// # Errors
    ///
    /// [`Stuck`] where nothing of it could be written for ten seconds. Then the socket is of no more use: a frame may have
    /// been written in part.
    pub async fn write(&mut self, packets: &mut Packets) -> Result<(), Stuck> {
        // Taken back at the end: a write that is given up half way leaves it standing.
        if std::mem::replace(&mut self.broken, true) {
            return Err(Stuck);
        }
        tokio::time::timeout(PATIENCE, self.write_all(packets)).await.unwrap_or(Err(Stuck))?;
        self.broken = false;
        Ok(())
    }

    async fn write_all(&mut self, packets: &mut Packets) -> Result<(), Stuck> {
        if self.owes {
            // It comes first, or it would stand in the middle of a frame.
            in_time(self.ws.flush()).await?;
            self.owes = false;
        }
        let io = self.ws.get_mut();
        while !packets.is_empty() {
            let written = if packets.len() == 1 {
                in_time(io.write(packets.chunk())).await.inspect(|written| packets.advance(*written))?
            } else {
                in_time(io.write_buf(packets)).await?
            };
            if written == 0 {
                return Err(Stuck);
            }
        }
        // A line of TCP holds nothing back.
        Ok(())
    }

    /// Closes it. What the client says until it has closed as well is of no matter.
    pub async fn close(&mut self, code: u16, reason: String) {
        if self.broken {
            return;
        }
        let close = CloseFrame { code: code.into(), reason: reason.into() };
        if (*self.ws).close(Some(close)).await.is_ok() {
            self.drain().await;
        }
    }

    /// Lets the closing come to its end. Where a frame was written in part no answer to it may follow, and the line just ends.
    pub async fn drain(&mut self) {
        if self.broken {
            return;
        }
        while let Some(Ok(_)) = self.ws.next().await {}
    }
}

/// Whether a read failed for a frame that is too large: only that deserves an answer.
pub fn is_too_large(error: &Error) -> bool {
    matches!(error, Error::Capacity(CapacityError::MessageTooLong { .. }))
}

async fn in_time<T, E>(write: impl Future<Output = Result<T, E>>) -> Result<T, Stuck> {
    match tokio::time::timeout(WRITE, write).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(_)) | Err(_) => Err(Stuck),
    }
}
