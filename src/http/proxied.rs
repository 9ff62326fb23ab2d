//! What comes through Discord's proxy: a prefix before the path, a signature in the headers, and pages without an origin.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header, uri::PathAndQuery},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bots::discord::activity::{PAYLOAD, PublicKey, SIGNATURE, Signed, TIMESTAMP};
use engine::refusal::Code;

use super::error::ApiError;
use crate::app::App;

/// What older versions of Discord's SDK put before every path.
const PREFIX: &str = "/.proxy";

/// Takes the prefix away, so that `/.proxy/x` is `/x`: before any route is looked at, for pages, calls and sockets alike.
pub fn without_prefix(uri: &mut Uri) {
    let Some(rest) = uri.path_and_query().and_then(|path| path.as_str().strip_prefix(PREFIX)) else { return };
    let rest = match rest.as_bytes().first() {
        None => "/".to_owned(),
        Some(b'/') => rest.to_owned(),
        Some(b'?') => format!("/{rest}"),
        // `/.proxyx` is a name like any other.
        Some(_) => return,
    };
    let mut parts = uri.clone().into_parts();
    let Ok(path) = PathAndQuery::try_from(rest) else { return };
    parts.path_and_query = Some(path);
    if let Ok(without) = Uri::from_parts(parts) {
        *uri = without;
    }
}

/// Refuses what says that Discord's proxy sent it and is not signed so. What has none of the headers passes: whether the
/// proxy signs is an application's choice, and browsers come without it.
pub async fn signed(State((app, key)): State<(App, PublicKey)>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let said = [SIGNATURE, TIMESTAMP, PAYLOAD].map(|name| text(headers, name));
    // The first two alone are what Discord signs other things with.
    if headers.contains_key(PAYLOAD) {
        let [signature, timestamp, payload] = said;
        let now = app.engine.clock.now().wall.0 / 1000;
        if let Err(unsigned) = (Signed { signature, timestamp, payload }).check(&key, now) {
            tracing::debug!(%unsigned, "a request is not signed as Discord signs");
            return ApiError::from(Code::BadSignature).into_response();
        }
    }
    next.run(request).await
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// What a page without an origin may send.
const SENT: HeaderValue = HeaderValue::from_static("authorization, content-type, idempotency-key");
/// By which methods.
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE");
/// For how long a browser remembers that, in seconds.
const REMEMBERED: HeaderValue = HeaderValue::from_static("600");

/// Lets pages without an origin ask: on phones of one maker Discord shows activities in frames that have none, and a browser
/// takes our own address for a foreign one there. They show a token; cookies are never sent along, for nothing here says that
/// they may be.
pub async fn open_to_frames(request: Request, next: Next) -> Response {
    let opaque = request.headers().get(header::ORIGIN).is_some_and(|origin| origin == "null");
    if !opaque {
        return next.run(request).await;
    }
    let asks_first = request.method() == Method::OPTIONS
        && request.headers().contains_key(HeaderName::from_static("access-control-request-method"));
    let mut response = if asks_first { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if asks_first {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, SENT);
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, REMEMBERED);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_goes_and_nothing_else() {
        for (asked, routed) in [
            ("/.proxy/api/v1/rooms?limit=1", "/api/v1/rooms?limit=1"),
            ("/.proxy/", "/"),
            ("/.proxy", "/"),
            ("/.proxy?frame_id=1", "/?frame_id=1"),
            ("/.proxy/.proxy/x", "/.proxy/x"),
            ("/.proxyx", "/.proxyx"),
            ("/r/.proxy/x", "/r/.proxy/x"),
            ("http://couch.example/.proxy/r/1", "http://couch.example/r/1"),
        ] {
            let mut uri: Uri = asked.parse().unwrap();
            without_prefix(&mut uri);
            assert_eq!(uri.to_string(), routed, "{asked}");
        }
    }
}
