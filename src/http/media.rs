//! Films that play from here: files of the library with ranges, and what is relayed.
//!
//! Beside the routes that answer in time and pressed: a film takes as long as it takes, and is as small as it can be.

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::get,
};
use engine::refusal::{Code, Refusal};
use tower::ServiceExt;
use tower_http::services::ServeFile;

use super::{error::ApiError, extract::ClientAddress};
use crate::{
    app::App,
    links::FILES,
    media::{library::Opened, place::Place, relay::RELAY},
};

/// Whose pages a browser lets have a film.
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
/// Bytes that are read from the disk at a time.
const READ: usize = 256 * 1024;
/// What a file may do that is opened as a page of its own: nothing.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");
/// Kept, and asked for again: a file may be replaced by one of the same name.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("private, no-cache");

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new().route("/media/files/{*path}", get(file)).route("/media/relay/{*path}", get(relay))
}

/// A file of the library.
async fn file(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    let Some(library) = &app.library else { return Err(Code::NoLibrary.into()) };
    // As it was sent: a slash that is written as %2F is no slash of the path.
    let path = request.uri().path().strip_prefix(FILES).unwrap_or_default();
    let place = Place::of_link(path).ok_or(Refusal::new(Code::NoSuchFile))?;
    let opened = library.file(&place).await?;
    let mut response = if matches(request.headers(), header::IF_NONE_MATCH, &opened.tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        send(request, &opened).await
    };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&opened.tag) {
        headers.insert(header::ETAG, tag);
    }
    if response.status().is_success() {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(opened.kind));
    }
    guarded(response.headers_mut());
    response.headers_mut().insert(header::CACHE_CONTROL, ASK_AGAIN);
    Ok(response)
}

async fn send(mut request: Request, opened: &Opened) -> Response {
    let headers = request.headers_mut();
    // A part of another file than the one that the first part was of is of no use: all of it, then.
    if headers.contains_key(header::IF_RANGE) && !matches(headers, header::IF_RANGE, &opened.tag) {
        headers.remove(header::RANGE);
    }
    // What is known by its tag need not be asked by its hour, which is coarser.
    headers.remove(header::IF_MODIFIED_SINCE);
    match ServeFile::new(&opened.path).with_buf_chunk_size(READ).oneshot(request).await {
        Ok(response) => response.map(axum::body::Body::new),
        Err(never) => match never {},
    }
}

/// What is behind a signed link.
async fn relay(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    request: Request,
) -> Result<Response, ApiError> {
    let Some(relay) = &app.relay else { return Err(Code::LinkExpired.into()) };
    let path = request.uri().path().strip_prefix(RELAY).unwrap_or_default();
    let now = app.engine.clock.now().wall;
    let mut response = relay.answer(path, from, request.headers(), now).await?;
    guarded(response.headers_mut());
    Ok(response)
}

/// Films for frames without an origin too, where this server is an activity: to those our own address is a foreign one.
pub(super) async fn for_frames(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(policy) = response.headers_mut().get_mut(RESOURCE_POLICY) {
        *policy = HeaderValue::from_static("cross-origin");
    }
    response
}

/// Media for pages of ours, and nothing that could be a page itself.
fn guarded(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
}

/// Whether a header that names tags names this one.
fn matches(headers: &HeaderMap, name: HeaderName, tag: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .any(|one| matches!(one.trim().trim_start_matches("W/"), known if known == tag || known == "*"))
}
