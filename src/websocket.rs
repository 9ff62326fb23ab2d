//! A WebSocket of a client's: its handshake, what is read from it, what is written to it.
//!
//! Reading, answers to pings and the closing of it are tungstenite's. What we tell goes past its write buffer, straight from the
//! bytes that all sockets of a room share, as many frames in one call as wait: a buffer of its own would have to hold each frame
//! again for each socket, and would stay as large as the largest. What it writes itself goes the same way.

#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod packet;
mod wire;

use std::{fmt, sync::Arc};

use axum::{
    body::Body,
    extract::{FromRequestParts, Request},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
pub use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        error::{CapacityError, ProtocolError},
        handshake::server::create_response,
        protocol::{CloseFrame, Role, WebSocketConfig},
    },
};

use self::wire::Half;
pub use self::{
    packet::Packet,
    wire::{FRAMES, Flushed, Stuck, Wire},
};
use crate::http::listen::Line;

/// The largest frame a client may send, in bytes.
pub const FRAME_LIMIT: usize = 64 * 1024;
/// The library's read buffer per socket: what clients say is short, a report some 200 bytes, and its own default of 128 KiB is
/// zero-filled at every read attempt.
const READ_BUFFER: usize = 512;

/// With what a WebSocket is closed.
pub mod close_code {
    /// All is done.
    pub const NORMAL: u16 = 1000;
    /// The server, or the room, goes.
    pub const AWAY: u16 = 1001;
    /// That is no frame, or none that may stand there.
    pub const PROTOCOL: u16 = 1002;
    /// That kind of frame is not understood.
    pub const UNSUPPORTED: u16 = 1003;
    /// That text is none.
    pub const NOT_TEXT: u16 = 1007;
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
pub struct NoUpgrade {
    /// 426 where it wants no WebSocket, or one of another version; 400 where it wants one and says so wrongly.
    pub status: StatusCode,
    why: String,
}

impl NoUpgrade {
    fn required(why: impl fmt::Display) -> Self {
        Self { status: StatusCode::UPGRADE_REQUIRED, why: why.to_string() }
    }

    fn without_key() -> Self {
        Self { status: StatusCode::BAD_REQUEST, why: "Sec-WebSocket-Key is 16 bytes in base64, once".to_owned() }
    }

    /// Says in an answer's headers what would be one: RFC 6455, section 4.4, and RFC 9110, section 15.5.22.
    pub fn tell(&self, headers: &mut HeaderMap) {
        if self.status == StatusCode::UPGRADE_REQUIRED {
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        }
    }
}

impl fmt::Display for NoUpgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl IntoResponse for NoUpgrade {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.why.clone()).into_response();
        self.tell(response.headers_mut());
        response
    }
}

impl<S: Sync> FromRequestParts<S> for Upgrade {
    type Rejection = NoUpgrade;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, NoUpgrade> {
        let mut asked = Request::new(());
        (*asked.method_mut(), *asked.version_mut()) = (parts.method.clone(), parts.version);
        *asked.headers_mut() = parts.headers.clone();
        let accepted = create_response(&asked).map_err(|error| match error {
            Error::Protocol(ProtocolError::MissingSecWebSocketKey) => NoUpgrade::without_key(),
            error => NoUpgrade::required(error),
        })?;
        if !has_key(&parts.headers) {
            return Err(NoUpgrade::without_key());
        }
        let on = parts.extensions.remove::<OnUpgrade>();
        let on = on.ok_or_else(|| NoUpgrade::required("This connection cannot be upgraded"))?;
        Ok(Self { on, accepted })
    }
}

/// Whether a handshake has the one key that it must have. The library takes any text for one.
fn has_key(headers: &HeaderMap) -> bool {
    let mut keys = headers.get_all(header::SEC_WEBSOCKET_KEY).iter();
    let (key, other) = (keys.next(), keys.next());
    other.is_none() && key.and_then(|key| STANDARD.decode(key).ok()).is_some_and(|key| key.len() == 16)
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
            WebSocket::new(upgraded).await
        };
        (accepted.map(|()| Body::empty()), socket)
    }
}

/// A WebSocket.
pub struct WebSocket {
    /// Apart, so that handing it on moves a pointer: a task keeps room for each hand that it went through.
    ws: Box<WebSocketStream<Half>>,
    wire: Arc<Wire>,
    /// What the client says makes no sense any more.
    lost: bool,
}

impl WebSocket {
    async fn new(upgraded: Upgraded) -> Option<Self> {
        // What serves connections gave it that line.
        let parts = upgraded.downcast::<TokioIo<Line>>().ok()?;
        let (stream, seat) = parts.io.into_inner().into_parts();
        let wire = Arc::new(Wire::new(stream, seat));
        // What it read too much is copied: else its whole buffer would stay.
        let read = parts.read_buf.to_vec();
        let ws = WebSocketStream::from_partially_read(Half(wire.clone()), read, Role::Server, Some(config())).await;
        Some(Self { ws: Box::new(ws), wire, lost: false })
    }

    /// Its line, for whoever else writes to it.
    pub fn wire(&self) -> &Arc<Wire> {
        &self.wire
    }

    /// The next message; none after the last. Nothing is lost where the wait is given up and begun again. What the library
    /// answers with is sent by [`answer`](Self::answer).
    pub async fn next(&mut self) -> Option<Result<Message, Error>> {
        let message = self.ws.next().await;
        self.lost |= matches!(&message, Some(Err(error)) if fault(error).is_some());
        message
    }

    /// Writes these behind what waits, and waits until all is written.
    ///
    /// # Errors
    ///
    /// [`Stuck`] where nothing could be written for ten seconds, or not all in a minute.
    pub async fn write(&mut self, packets: impl IntoIterator<Item = Packet>) -> Result<(), Stuck> {
        self.wire.put(packets);
        self.wire.flushed().await
    }

    /// Writes what a room greets with, before what it told since the [hold](Wire::hold).
    ///
    /// # Errors
    ///
    /// As of a [write](Self::write).
    pub async fn greet(&mut self, packets: impl IntoIterator<Item = Packet>) -> Result<(), Stuck> {
        self.wire.release(packets);
        self.wire.flushed().await
    }

    /// Sends what the library answers a ping with.
    ///
    /// # Errors
    ///
    /// As of a [write](Self::write).
    pub async fn answer(&mut self) -> Result<(), Stuck> {
        self.ws.flush().await.map_err(|_| Stuck)?;
        self.wire.flushed().await
    }

    /// Closes it. What the client says until it has closed as well is of no matter.
    pub async fn close(&mut self, code: u16, reason: String) {
        let close = CloseFrame { code: code.into(), reason: reason.into() };
        if (*self.ws).close(Some(close)).await.is_ok() {
            self.drain().await;
        }
    }

    /// Lets the closing come to its end.
    pub async fn drain(&mut self) {
        if self.wire.flushed().await.is_err() {
            return;
        }
        while let Some(Ok(_)) = self.next().await {}
        let flushed = self.wire.flushed().await;
        if self.lost && flushed.is_ok() {
            // Were the rest left unread, the system would take the close frame back that is on its way.
            let line = self.ws.get_mut();
            let mut thrown_away = [0; 512];
            if line.shutdown().await.is_ok() {
                while matches!(line.read(&mut thrown_away).await, Ok(1..)) {}
            }
        }
    }
}

/// How its reading is bounded.
fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .max_message_size(Some(FRAME_LIMIT))
        .max_frame_size(Some(FRAME_LIMIT))
        .read_buffer_size(READ_BUFFER)
        // It answers pings and closes, and nothing else.
        .write_buffer_size(0)
}

/// With what a socket is closed of which a read failed, and why. None where the line is gone: nobody would hear it.
pub fn fault(error: &Error) -> Option<(u16, &'static str)> {
    match error {
        Error::Capacity(CapacityError::MessageTooLong { .. }) => {
            Some((close_code::SIZE, "That frame is too large: 64 KiB at most."))
        }
        Error::Utf8(_) => Some((close_code::NOT_TEXT, "That text is not UTF-8.")),
        Error::Protocol(
            ProtocolError::ResetWithoutClosingHandshake
            | ProtocolError::ReceivedAfterClosing
            | ProtocolError::SendAfterClosing,
        ) => None,
        Error::Protocol(_) => Some((close_code::PROTOCOL, "That is no frame, or none that may stand there.")),
        _ => None,
    }
}
