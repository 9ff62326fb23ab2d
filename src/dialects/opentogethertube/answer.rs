//! Good answers: its envelope, its bare ones, and the tag by which a client learns that nothing changed.

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// The largest answer that is looked at for its tag, in bytes: more than a room with a full queue.
const LARGEST: usize = 16 * 1024 * 1024;

/// `{"success": true}` with these fields: at the top, where its server has them, and again under `data`, where its
/// documentation has them.
pub fn done(fields: Value) -> Response {
    Json(envelope(fields)).into_response()
}

/// The same for what was made: 201.
pub fn made(fields: Value) -> Response {
    (StatusCode::CREATED, done(fields)).into_response()
}

fn envelope(fields: Value) -> Value {
    let Value::Object(fields) = fields else { return Value::Null };
    let mut whole = Map::new();
    whole.insert("success".to_owned(), true.into());
    whole.extend(fields.clone());
    whole.insert("data".to_owned(), fields.into());
    whole.into()
}

/// Gives good answers to `GET` a weak tag, and says 304 to who has that answer already.
pub async fn tagged(request: Request, next: Next) -> Response {
    let asked = (request.method() == Method::GET).then(|| request.headers().clone());
    let response = next.run(request).await;
    let kept = |response: &Response| {
        let cache = response.headers().get(header::CACHE_CONTROL).and_then(|value| value.to_str().ok());
        !cache.is_some_and(|cache| cache.contains("no-store"))
    };
    match asked {
        Some(asked) if response.status() == StatusCode::OK && kept(&response) => tag(&asked, response).await,
        _ => response,
    }
}

async fn tag(asked: &HeaderMap, response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let hash = Sha256::digest(&bytes);
    let short = URL_SAFE_NO_PAD.encode(&hash[..12]);
    let tag = format!("W/\"{:x}-{short}\"", bytes.len());
    if let Ok(value) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, value);
    }
    // It depends on who asks: their own program may keep it, and asks each time whether it is still so.
    parts.headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    if has(asked, &tag) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// Whether somebody says that they have what has this tag. Weak and strong ones are the same to a `GET`.
fn has(asked: &HeaderMap, tag: &str) -> bool {
    let tags = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let plain = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    tags.flat_map(|tags| tags.split(',')).any(|known| plain(known) == plain(tag) || known.trim() == "*")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_told_stands_where_the_server_and_where_the_documentation_has_it() {
        assert_eq!(envelope(json!({ "room": "x" })), json!({ "success": true, "room": "x", "data": { "room": "x" } }));
        assert_eq!(envelope(json!({})), json!({ "success": true, "data": {} }));
    }
}
