//! Clipper's watch parties: REST and socket, so that what was written for them works against this server.
//!
//! What is its own stays in this folder: its envelope and its exceptions, its three ways to show a token, its words for who is let
//! in and who is what. A party is a room, a clip an item of its queue, a playlist a saved one. Rules are the engine's.

mod access;
mod answer;
mod auth;
mod body;
mod commands;
mod error;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod lists;
mod notice;
mod numbers;
pub mod pages;
mod participants;
mod parties;
mod party;
mod rate;
mod socket;
mod talk;
pub mod voice;

use axum::{
    Router,
    http::Uri,
    middleware,
    response::{IntoResponse, Response},
    routing::{MethodRouter, any, delete, get, patch, post},
};

use self::{error::ClipperError, rate::Rate};
use crate::app::App;
use engine::refusal::Refusal;

/// For paths and methods that there are not.
async fn nothing(uri: Uri) -> ClipperError {
    ClipperError::not_found(&format!("There is nothing at {}, or not by this method.", uri.path()))
}

/// A no, as it says it.
pub(super) fn refused(refusal: Refusal) -> Response {
    ClipperError::from(refusal).into_response()
}

/// All its routes, at the path of its server and at that of its documentation.
pub fn router(app: &App) -> Router<App> {
    let limited = |rate: Rate, route: MethodRouter<App>| {
        route.route_layer(middleware::from_fn_with_state((app.clone(), rate), rate::limited))
    };
    let parties = Router::new()
        .route("/watch-parties", limited(rate::CREATE, post(parties::create)))
        .route("/watch-parties/history", get(lists::history))
        .route("/watch-parties/public", get(lists::public))
        .route("/watch-parties/trending", get(lists::trending))
        .route("/watch-parties/by-code/{code}", get(parties::by_code))
        .route("/watch-parties/{id}", get(parties::read).delete(parties::end))
        .route("/watch-parties/{id}/join", limited(rate::JOIN, post(participants::join)))
        .route("/watch-parties/{id}/leave", delete(participants::leave))
        .route("/watch-parties/{id}/end", post(parties::end))
        .route("/watch-parties/{id}/settings", limited(rate::MANAGE, patch(parties::settings)))
        .route("/watch-parties/{id}/participants", get(participants::list))
        .route("/watch-parties/{id}/participants/{user}", limited(rate::MANAGE, delete(participants::remove)))
        .route("/watch-parties/{id}/participants/{user}/role", limited(rate::MANAGE, post(participants::set_role)))
        .route("/watch-parties/{id}/kick", limited(rate::MANAGE, post(participants::kick)))
        .route("/watch-parties/{id}/clips", get(parties::clips).post(parties::add_clip))
        .route("/watch-parties/{id}/messages", get(talk::messages).merge(limited(rate::CHAT, post(talk::say))))
        .route("/watch-parties/{id}/react", limited(rate::REACT, post(talk::react)))
        .route("/watch-parties/{id}/analytics", limited(rate::MANAGE, get(numbers::analytics)))
        .route("/watch-parties/{id}/ws", get(socket::open))
        .route("/watch-parties/{id}/{*path}", any(nothing))
        .route("/watch-parties/{id}/", any(nothing))
        .route("/watch-parties/", any(nothing))
        .route("/users/{id}/watch-party-stats", limited(rate::MANAGE, get(numbers::stats)))
        .method_not_allowed_fallback(nothing)
        .layer(middleware::from_fn_with_state(app.clone(), auth::csrf));
    Router::new()
        .nest("/api/v1", parties.clone())
        .nest("/v1", parties)
        .route("/watch-parties/{code}", get(pages::invited))
}
