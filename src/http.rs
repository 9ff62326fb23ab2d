//! The HTTP side of the host: one list of routes, and what every request goes through.

mod activity;
mod acts;
pub mod assets;
mod barred;
pub mod error;
pub mod extract;
mod headers;
pub mod language;
pub mod listen;
mod media;
pub mod meter;
mod note;
pub mod operator;
pub(crate) mod pages;
pub mod policy;
mod probes;
mod proxied;
pub(crate) mod telegram;
mod telegram_app;
pub(crate) mod unfurl;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Request, State},
    http::{Method, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use engine::refusal::{Code, Fault, No};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};

use self::{error::ApiError, note::Note};
use crate::{
    app::App,
    dialects::{clipper, native, opentogethertube, watch2gether, watchers},
    telemetry::{self, watch::Watch},
};

/// How long a handler may take: more than the slowest link.
const HANDLER: Duration = Duration::from_secs(20);

/// How long a stop waits for Prometheus to read.
const LAST_METRICS: Duration = Duration::from_millis(500);

/// All routes, in one list.
pub fn router(app: App) -> Router {
    let router = Router::new()
        .merge(native::rest::router(&app))
        .merge(opentogethertube::router(&app))
        .merge(watchers::router())
        .merge(clipper::router(&app))
        .merge(watch2gether::router(&app))
        .route("/rooms/{streamkey}", get(pages::rooms))
        .route("/", get(activity::root))
        .route("/activity", get(activity::page))
        .route("/r/{room}", get(pages::room))
        .route("/r/{room}/card.png", get(unfurl::room_picture))
        .route("/j/{token}", get(pages::join))
        .route("/j/{token}/card.png", get(unfurl::invite_picture))
        .route("/card.png", get(unfurl::any_picture))
        .route("/oembed", get(unfurl::oembed))
        .route("/tg", get(telegram_app::page))
        .route("/recover", get(pages::page))
        .route("/operator", get(operator::page))
        .route("/assets/{*path}", get(pages::asset))
        .route("/healthz", get(probes::healthz))
        .route("/readyz", get(probes::readyz))
        .fallback(pages::nothing_here);
    // What Discord's proxy brings.
    let router = match app.proxy_key {
        Some(key) => router.layer(middleware::from_fn_with_state((app.clone(), key), proxied::signed)),
        None => router,
    };
    let (router, films) = match app.activity {
        Some(_) => {
            let frames = middleware::from_fn(proxied::open_to_frames);
            (router.layer(frames.clone()), media::router().layer(frames).layer(middleware::from_fn(media::for_frames)))
        }
        None => (router, media::router()),
    };
    // Few layers, each of several things: whatever is below a layer is cloned for each request, and again for each one further down.
    let calls = ServiceBuilder::new()
        .layer(CompressionLayer::new().gzip(true))
        .layer(middleware::from_fn_with_state(app.clone(), call));
    let all = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state(app.clone(), request))
        .layer(CatchPanicLayer::custom(panicked));
    router.layer(calls).merge(films).layer(all).with_state(app)
}

/// The listener for the person who runs this server.
fn metrics_router(handle: PrometheusHandle, watch: Arc<Watch>) -> Router {
    let render = async move || {
        watch.look().await;
        let text = handle.render() + &telemetry::process::text();
        ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
    };
    Router::new().route("/metrics", get(render))
}

/// The listener for Prometheus, at work.
#[derive(Debug)]
pub struct Metrics {
    stop: CancellationToken,
    done: JoinHandle<()>,
}

impl Metrics {
    /// Answers on a socket of its own.
    pub fn serve(socket: TcpListener, handle: PrometheusHandle, watch: Arc<Watch>) -> Self {
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        let served = axum::serve(socket, metrics_router(handle, watch)).with_graceful_shutdown(stopped);
        let done = tokio::spawn(async move {
            // It ends at the stop alone.
            let _ = served.await;
        });
        Self { stop, done }
    }

    /// Finishes what it is answering.
    pub async fn stop(self) {
        self.stop.cancel();
        let _ = tokio::time::timeout(LAST_METRICS, self.done).await;
    }
}

/// Whatever is asked for.
async fn request(State(app): State<App>, request: Request, next: Next) -> Response {
    let note = Note::of(&request);
    let mut response = match barred::refused(&app, &request) {
        Some(refused) => refused,
        None => next.run(request).await,
    };
    headers::say(response.headers_mut(), app.public_url.starts_with("https://"));
    note.answered(response.status());
    response
}

/// Whatever is asked for but films.
async fn call(State(app): State<App>, request: Request, next: Next) -> Response {
    let locale = language::wanted(request.headers());
    let response = match acts::told(&app, &request) {
        Some(tell) => app.engine.acts.witness(tell, in_time(request, next), acts::outcome).await,
        None => in_time(request, next).await,
    };
    language::translated(response, locale)
}

/// An answer in any case, and in time.
async fn in_time(request: Request, next: Next) -> Response {
    // A call that brings a film takes as long as its line does, and watches over itself.
    if request.method() == Method::PUT && request.uri().path().starts_with("/api/v1/media/uploads/") {
        return next.run(request).await;
    }
    match tokio::time::timeout(HANDLER, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::from(Code::Busy).into_response(),
    }
}

/// Headers and paths of anybody: the proxy's prefix goes, and nothing else of the path.
#[cfg(any(test, fuzzing))]
pub(crate) fn fuzzed(headers: &axum::http::HeaderMap, path: &[u8]) {
    let _ = language::wanted(headers);
    let Ok(uri) = axum::http::Uri::try_from(path) else { return };
    let mut without = uri.clone();
    proxied::without_prefix(&mut without);
    let path = |uri: &axum::http::Uri| uri.path_and_query().map(|path| path.as_str().to_owned()).unwrap_or_default();
    let (before, after) = (path(&uri), path(&without));
    assert!(
        before == after || before.ends_with(after.trim_start_matches('/')) && before.starts_with("/.proxy"),
        "{before}: {after}"
    );
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that the layer wants")]
fn panicked(panic: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    let fault = Fault::new(format!("a handler panicked: {}", text.unwrap_or("without a word")));
    ApiError::No(No::Fault(fault)).into_response()
}
