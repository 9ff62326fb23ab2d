//! Good answers: its envelope.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::json;

/// `{"success": true, "data": …}`.
pub(super) fn done(data: impl Serialize) -> Response {
    Json(json!({ "success": true, "data": data })).into_response()
}

/// The same for what was made: 201.
pub(super) fn made(data: impl Serialize) -> Response {
    (StatusCode::CREATED, done(data)).into_response()
}

/// The same for what was only done.
pub(super) fn said(message: &'static str) -> Response {
    done(json!({ "message": message }))
}
