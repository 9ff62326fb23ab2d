//! Is it alive, is it ready?

use axum::{extract::State, http::StatusCode};

use crate::app::App;

/// Alive: it answers.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// Ready: the store answers, and the server is not about to stop. A bus that is away makes no node unready: it is away for all, and
/// films go on.
pub(super) async fn readyz(State(app): State<App>) -> (StatusCode, &'static str) {
    if app.stop.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match app.engine.rooms.public(None, 1).await {
        Ok(_) if bus_is_away(&app) => (StatusCode::OK, "ready, but the bus between nodes is away\n"),
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(no) => {
            tracing::error!(%no, "not ready: the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n")
        }
    }
}

fn bus_is_away(app: &App) -> bool {
    app.engine.rooms.bus().is_some_and(|bus| !bus.line().borrow().up)
}
