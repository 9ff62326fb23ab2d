//! Accepts connections and speaks HTTP/1.1 on them: bounded in number, in the size of a head and in the time it may take.
//!
//! `axum::serve` has no such bounds. The routes are those of [`super::router`]; sockets leave this file with their
//! upgrade, but keep their seat until they close.

mod crowd;

use std::{
    io,
    net::SocketAddr,
    num::NonZeroU32,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
    http::{HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, Sleep, sleep, sleep_until, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::Service;

pub use self::crowd::Crowd;
use self::crowd::Place;
use super::{error::ApiError, proxied};

/// How long a head may take from its first byte, and the first head from the connection's beginning.
const HEAD: Duration = Duration::from_secs(5);
/// How long a connection may wait between two requests. Longer than reverse proxies keep theirs (nginx 60 s, Go 90 s,
/// Caddy 120 s): were it shorter, we would close under a request that is just being sent.
const IDLE: Duration = Duration::from_secs(150);
/// The largest head, in bytes; what is larger is answered 431.
const HEAD_LIMIT: usize = 16 * 1024;
/// Open files kept for what is no connection from outside: the database, calls to other servers, and refusals.
const RESERVE: u64 = 200;
/// How many connections may be told at once that the server is full. Those beyond are closed without a word.
const REFUSALS: usize = 100;
/// How long telling one may take, its request read.
const REFUSAL: Duration = Duration::from_secs(2);
/// How much of a refused body is read, in bytes: a close with bytes unread would destroy the answer on its way.
const REFUSED_BODY: usize = 256 * 1024;
/// What is said where no seat is free.
const FULL: &str = "This server is full. Try again in a few seconds.";
/// What is said where one address has too many of them.
const CROWDED: &str = "Too many connections are open from your address. Close some, or try again in a few seconds.";
/// When a refused client may come back, in seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");
/// How long to wait after the system would not give a connection; usually files have run out, and some must close.
const PAUSE: Duration = Duration::from_millis(100);
/// The same trouble after this long without it is worth another line in the log.
const QUIET: Duration = Duration::from_secs(10);

/// The bounds of a listener.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Connections open at once, sockets among them.
    pub connections: usize,
    /// How long a head may take from its first byte, and the first head from the connection's beginning.
    pub head: Duration,
    /// How long a connection may wait between two requests.
    pub idle: Duration,
    /// Whether Discord's proxy brings requests: paths below its prefix are those without it.
    pub proxied: bool,
    /// How many of them from one address; any number where none.
    pub crowd: Option<Arc<Crowd>>,
}

impl Settings {
    /// The usual bounds, with so many connections; fewer where the system does not allow as many open files. Raises this
    /// process's own limit of open files as far as it may, where it is too low.
    pub fn new(connections: NonZeroU32) -> Self {
        let wanted = u64::from(connections.get());
        let files = files_for(wanted + RESERVE);
        let possible = fitting(wanted, files);
        if possible < wanted {
            tracing::warn!(
                wanted,
                possible,
                files,
                "fewer connections than http.connections says: raise the limit of open files (ulimit -n, LimitNOFILE)"
            );
        }
        let connections = usize::try_from(possible).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self { connections, head: HEAD, idle: IDLE, proxied: false, crowd: None }
    }
}

/// How many connections fit, where so many files may be open. Some always do.
fn fitting(wanted: u64, files: Option<u64>) -> u64 {
    files.map_or(wanted, |files| wanted.min(files - RESERVE.min(files / 2)))
}

/// How many files this process may have open, after trying to make it enough. None: as many as it likes.
#[cfg(unix)]
fn files_for(enough: u64) -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < enough) {
        // Where it may not be raised, it stays, and there are fewer connections.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    }
    getrlimit(Resource::Nofile).current
}

#[cfg(not(unix))]
fn files_for(_: u64) -> Option<u64> {
    None
}

/// Serves until `stop`. Each connection is a task of `tasks` until it ends or becomes a socket; at the stop those that
/// wait for a request are closed at once, the others after their answer.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: Settings,
    stop: CancellationToken,
    tasks: TaskTracker,
) {
    // Makes the routes now, and not anew for each request.
    let router = router.with_state::<()>(());
    let full_house = refusing(router.clone(), StatusCode::SERVICE_UNAVAILABLE, "busy", FULL);
    let crowded = refusing(router.clone(), StatusCode::TOO_MANY_REQUESTS, "too_many_sockets", CROWDED);
    let seats = Arc::new(Semaphore::new(settings.connections));
    let refusals = Arc::new(Semaphore::new(REFUSALS));
    #[expect(clippy::cast_precision_loss, reason = "nobody has 2^52 connections")]
    metrics::gauge!("onecouch_connections_limit").set(settings.connections as f64);
    let (mut full, mut deaf) = (Trouble::default(), Trouble::default());
    loop {
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                // A frame waits for nobody.
                let _ = stream.set_nodelay(true);
                let place = settings.crowd.as_ref().map(|crowd| crowd.enter(peer.ip()).ok_or(())).transpose();
                let Ok(place) = place else {
                    if let Ok(seat) = refusals.clone().try_acquire_owned() {
                        let seat = Seat::new(seat, None);
                        let refusal = connection(stream, peer, seat, crowded.clone(), settings.clone(), stop.clone());
                        tasks.spawn(timeout(REFUSAL, refusal));
                    }
                    continue;
                };
                if let Ok(seat) = seats.clone().try_acquire_owned() {
                    let seat = Seat::new(seat, place);
                    tasks.spawn(connection(stream, peer, seat, router.clone(), settings.clone(), stop.clone()));
                    continue;
                }
                metrics::counter!("onecouch_connections_refused_total").increment(1);
                if full.is_news(Instant::now()) {
                    let connections = settings.connections;
                    tracing::warn!(connections, "the server is full: new connections are told to come back");
                }
                if let Ok(seat) = refusals.clone().try_acquire_owned() {
                    let seat = Seat::new(seat, None);
                    let refusal = connection(stream, peer, seat, full_house.clone(), settings.clone(), stop.clone());
                    tasks.spawn(timeout(REFUSAL, refusal));
                }
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                if deaf.is_news(Instant::now()) {
                    tracing::error!(%error, "no connection can be accepted; trying on");
                }
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = sleep(PAUSE) => {}
                }
            }
        }
    }
}

/// The client went away before it was accepted; the next one is fine.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// What is said to whom no seat is given. Health is answered as ever: who asks would otherwise restart a server that is only
/// well attended.
fn refusing(router: Router, status: StatusCode, code: &'static str, message: &'static str) -> Router {
    Router::new().fallback(async move |request: Request| {
        let mut response = if request.uri().path() == "/healthz" {
            router.clone().call(request).await.into_response()
        } else {
            // Too large a body is cut off; then so may be the answer.
            let _ = axum::body::to_bytes(request.into_body(), REFUSED_BODY).await;
            let no = ApiError::Http { status, code, message: message.to_owned() };
            let mut response = no.into_response();
            response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
            response
        };
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
    })
}

/// What a connection takes up until it closes.
#[derive(Debug)]
pub struct Seat {
    _one: OwnedSemaphorePermit,
    /// Of those that its address may have.
    _place: Option<Place>,
}

impl Seat {
    /// Counts a connection that took these.
    pub fn new(one: OwnedSemaphorePermit, place: Option<Place>) -> Self {
        metrics::gauge!("onecouch_connections").increment(1.0);
        Self { _one: one, _place: place }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        metrics::gauge!("onecouch_connections").decrement(1.0);
    }
}

/// One connection, from its first byte to its last, or to its upgrade.
async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    seat: Seat,
    router: Router,
    settings: Settings,
    stop: CancellationToken,
) {
    let told = Arc::new(Told::default());
    let (by_proxy, head, idle) = (settings.proxied, settings.head, settings.idle);
    let service = service_fn(|mut request: hyper::Request<Incoming>| {
        told.asked.store(true, Ordering::Relaxed);
        request.extensions_mut().insert(ConnectInfo(peer));
        if by_proxy {
            proxied::without_prefix(request.uri_mut());
        }
        router.clone().call(request)
    });
    let line = Line { stream, told: told.clone(), seat };
    let served = http1::Builder::new()
        .timer(HeadTimer { told: told.clone(), head, idle })
        .header_read_timeout(head)
        .max_buf_size(HEAD_LIMIT)
        .serve_connection(TokioIo::new(line), service)
        .with_upgrades();
    let mut served = pin!(served);
    tokio::select! {
        // How a connection ends is the client's affair: it broke, it was slow, it spoke something else.
        _ = served.as_mut() => return,
        () = stop.cancelled() => {}
    }
    // hyper closes by itself what waits between two requests, but would wait for a first one that has begun.
    if told.asked.load(Ordering::Relaxed) {
        served.as_mut().graceful_shutdown();
        let _ = served.await;
    }
}

/// What the parts of one connection tell each other.
#[derive(Debug, Default)]
struct Told {
    /// A whole head was read, ever.
    asked: AtomicBool,
    /// Something was read since the wait for the present head began.
    heard: AtomicBool,
}

/// The connection itself.
pub(crate) struct Line {
    stream: TcpStream,
    told: Arc<Told>,
    /// Here and not with the task, because a socket outlives the task and still is a connection.
    seat: Seat,
}

impl Line {
    /// What is left of it when it becomes a socket.
    pub(crate) fn into_parts(self) -> (TcpStream, Seat) {
        (self.stream, self.seat)
    }
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, into);
        if into.filled().len() > before {
            self.told.heard.store(true, Ordering::Relaxed);
        }
        read
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// The timer that hyper measures heads with, its only one. hyper begins to measure at the end of the last answer and so
/// would close connections that just wait for their next request; this one lets them wait, and measures from the first
/// byte.
#[derive(Debug)]
struct HeadTimer {
    told: Arc<Told>,
    head: Duration,
    idle: Duration,
}

impl hyper::rt::Timer for HeadTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn hyper::rt::Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: std::time::Instant) -> Pin<Box<dyn hyper::rt::Sleep>> {
        self.told.heard.store(false, Ordering::Relaxed);
        let idle = self.told.asked.load(Ordering::Relaxed);
        let until = if idle { Instant::now() + self.idle } else { deadline.into() };
        Box::pin(HeadSleep { told: self.told.clone(), head: self.head, idle, sleep: Box::pin(sleep_until(until)) })
    }

    fn now(&self) -> std::time::Instant {
        Instant::now().into_std()
    }
}

/// Ends when the client has taken too long.
struct HeadSleep {
    told: Arc<Told>,
    head: Duration,
    /// Nothing of the head has come.
    idle: bool,
    sleep: Pin<Box<Sleep>>,
}

impl Future for HeadSleep {
    type Output = ();

    /// hyper polls this after each read that did not end the head.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.idle && self.told.heard.load(Ordering::Relaxed) {
            self.idle = false;
            let until = Instant::now() + self.head;
            self.sleep.as_mut().reset(until);
        }
        self.sleep.as_mut().poll(cx)
    }
}

impl hyper::rt::Sleep for HeadSleep {}

/// Something that comes in bursts and is worth one line each.
#[derive(Debug, Default)]
struct Trouble {
    last: Option<Instant>,
}

impl Trouble {
    /// It happened; is it a while since it last did?
    fn is_news(&mut self, now: Instant) -> bool {
        self.last.replace(now).is_none_or(|last| now - last > QUIET)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_everything_else() {
        assert_eq!(fitting(20_000, None), 20_000);
        assert_eq!(fitting(20_000, Some(1_048_576)), 20_000);
        assert_eq!(fitting(20_000, Some(1_024)), 824);
        assert_eq!(fitting(20_000, Some(64)), 32, "some must remain");
        assert_eq!(fitting(50, Some(1_024)), 50);
    }

    #[test]
    fn a_burst_of_trouble_is_one_line() {
        let (mut trouble, mut now) = (Trouble::default(), Instant::now());
        assert!(trouble.is_news(now));
        for _ in 0..200 {
            now += PAUSE;
            assert!(!trouble.is_news(now));
        }
        assert!(trouble.is_news(now + QUIET * 2));
    }
}
