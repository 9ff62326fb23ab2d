//! What is published beside the room API and not spoken here, and paths that there are not: said clearly.

use axum::response::IntoResponse;
use axum::{
    http::{Method, StatusCode, Uri},
    response::Response,
};

use super::error::WatchersError;

/// Its bots: another API, of which the half is not published.
pub(super) async fn bot() -> WatchersError {
    absent("The bot API is not spoken here. Write with POST /external/message/send instead.")
}

/// What everybody wrote, in pages.
pub(super) async fn tech_messages() -> WatchersError {
    absent("The tech-messages API is not spoken here. Read chat with GET /api/v1/rooms/{id}/chat instead.")
}

/// Its sockets.
pub(super) async fn socket() -> WatchersError {
    absent(
        "Socket.IO is not spoken here. Open the WebSocket /api/v1/rooms/{id}/ws, or write with POST /external/message/send.",
    )
}

fn absent(message: &str) -> WatchersError {
    WatchersError::new(StatusCode::NOT_IMPLEMENTED, "not_implemented", message)
}

/// For paths and methods that there are not.
pub(super) async fn nothing(method: Method, uri: Uri) -> Response {
    let message = format!("Cannot {method} {}. Read docs/API.md for what there is.", uri.path());
    WatchersError::new(StatusCode::NOT_FOUND, "no_such_path", message).into_response()
}
