//! Is it alive, is it ready?

use axum::{extract::State, http::StatusCode};

use crate::app::App;

/// Alive: it answers.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// Ready: the store answers, and the server is not about to stop.
pub(super) async fn readyz(State(app): State<App>) -> (StatusCode, &'static str) {
    if app.stop.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match app.engine.rooms.public(None, 1).await {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(no) => {
            tracing::error!(%no, "not ready: the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n")
        }
    }
}
