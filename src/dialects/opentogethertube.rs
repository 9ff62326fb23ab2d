//! OpenTogetherTube's REST API and socket, so that what was written for it works against this server.
//!
//! The contract was worked out from its running server, and its behaviour is a fact; nothing of its source is here. What is
//! its own stays in this folder: names and numbers of roles and rights, statuses and names of errors, the way in which a
//! room's changes are told. Rules are the engine's.

pub mod account;
pub mod announce;
pub mod answer;
pub mod auth;
mod back;
mod data;
pub mod discord;
pub mod error;
pub mod events;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod grant;
pub mod grants;
pub mod guest_names;
pub mod ids;
pub mod meant;
pub mod pages;
pub mod people;
pub mod points;
mod queue;
pub mod recover;
pub mod requests;
pub mod room;
mod rooms;
pub mod settings;
pub mod socket;
pub mod state;
mod status;
pub mod sync;
pub mod users;
pub mod validate;
pub mod video;
mod votes;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    http::{StatusCode, Uri},
    middleware,
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use engine::{
    command::Command,
    ids::RoomId,
    limits::{Policy, Rule},
    refusal::Refusal,
    rooms::Done,
};
use moka::sync::Cache;

use self::{auth::Asker, error::OttError};
use crate::{app::App, http::error::no_such_path};

/// What this dialect keeps beside the rooms.
#[derive(Debug)]
pub struct Kept {
    /// How points are counted; none where they are not.
    pub points: Option<Policy>,
    /// What rooms are called that were asked for lately: a name is for good.
    names: Cache<RoomId, Arc<str>>,
}

impl Kept {
    /// Nothing yet.
    pub fn new(points: Option<Policy>) -> Self {
        let names = Cache::builder().max_capacity(10_000).time_to_live(Duration::from_hours(1)).build();
        Self { points, names }
    }
}

/// A no, as it says it.
pub(super) fn refused(refusal: &Refusal) -> Response {
    OttError::from(refusal).into_response()
}

/// All its routes.
pub fn router(app: &App) -> Router<App> {
    let sockets = middleware::from_fn_with_state(app.clone(), socket::or_socket);
    let api = Router::new()
        .route("/api/room/list", get(rooms::list))
        .route("/api/room/generate", post(rooms::generate))
        .route("/api/room/create", post(rooms::create))
        .route("/api/room/{name}", get(rooms::read).layer(sockets).patch(rooms::change).delete(rooms::delete))
        .route("/api/room/{name}/queue", post(queue::add).patch(queue::edit).delete(queue::remove))
        .route("/api/room/{name}/vote", post(votes::vote).delete(votes::unvote))
        .route("/api/room/{name}/undo", post(back::take_back))
        .route("/api/data/previewAdd", get(data::preview))
        .route("/api/data/permissions", get(data::permissions))
        .route("/api/status", get(status::status))
        .route("/api/status/metrics", get(status::metrics))
        .route("/api", any(nothing))
        .route("/api/", any(nothing))
        .route("/api/{*path}", any(nothing))
        .layer(middleware::from_fn(answer::tagged))
        // Of who somebody is no browser keeps anything.
        .merge(people::routes())
        .method_not_allowed_fallback(nothing)
        .layer(middleware::from_fn(points::told));
    api.route("/room/{name}", get(pages::named))
}

/// For paths and methods that there are not. Who shows no token is told so first, as everywhere.
async fn nothing(uri: Uri, asker: Result<Asker, OttError>) -> Response {
    // The native API begins with that, and says no in its own way.
    if uri.path().trim_end_matches('/') == "/api/v1" {
        return no_such_path().await.into_response();
    }
    let no = OttError::new(StatusCode::NOT_FOUND, "Error", "There is nothing at this path, or not by this method.");
    asker.map_or_else(OttError::into_response, |_| no.into_response())
}

/// Counts a call that costs no points: nobody may ask a room for as much as they like.
fn spend(app: &App, asker: &Asker) -> Result<(), OttError> {
    let now = app.engine.clock.play_time();
    app.engine.limits.take(Rule::Commands, &asker.caller.person.id, now).map_err(OttError::from)
}

/// Does a command in somebody's name.
async fn command(app: &App, found: &room::Found, command: impl Into<Command>) -> Result<Done, OttError> {
    Ok(app.engine.rooms.command(found.id, found.actor.clone(), command.into()).await?)
}
