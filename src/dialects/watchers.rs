//! The room API that watchers.io publishes for servers of its customers, so that what was written for it works against this
//! server.
//!
//! Two versions of it are published, and both are understood at once: a client changes the host and the key, nothing else.
//! What is its own stays in this folder: the names of statuses and fields, times as text, shapes of errors. Rules are the
//! engine's.

mod auth;
mod ban;
mod body;
mod check;
mod elsewhere;
mod error;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod message;
mod people;
mod premade;
mod room;
mod rooms;
mod times;

use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{any, get, post},
};

use self::error::WatchersError;
use crate::app::App;
use engine::refusal::Refusal;

/// A no, as it says it.
pub(super) fn refused(refusal: Refusal) -> Response {
    WatchersError::from(refusal).into_response()
}

/// All its routes.
pub fn router() -> Router<App> {
    let named = || get(rooms::read).patch(rooms::change).delete(rooms::delete);
    Router::new()
        .route("/external/room", post(rooms::create))
        // Rooms may be called as these two calls are: only their POST is something else.
        .route("/external/room/speak", named().post(rooms::speak))
        .route("/external/room/status", named().post(rooms::status))
        .route("/external/room/{roomId}", named())
        .route("/external/ban", post(ban::ban))
        .route("/external/message/send", post(message::send))
        .route("/user/external/moder", post(people::moder))
        .route("/user/external/delete", post(people::delete))
        .route("/room/premade", get(premade::list))
        .route("/api/bot/{*path}", any(elsewhere::bot))
        .route("/find/{apiKey}", any(elsewhere::tech_messages))
        .route("/socket.io/", any(elsewhere::socket))
        .route("/external/{*path}", any(elsewhere::nothing))
        .route("/user/external/{*path}", any(elsewhere::nothing))
        .method_not_allowed_fallback(elsewhere::nothing)
}
