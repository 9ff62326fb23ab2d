//! The REST half of the native dialect: routes, and how answers look. The list of calls is in `docs/API.md`.

mod chat;
mod commands;
mod docs;
pub mod idempotency;
mod invites;
mod members;
mod playback;
mod queue;
mod rooms;
mod sessions;
mod socket;

use axum::{
    Json, Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use engine::{
    command::{Actor, Command},
    ids::RoomId,
    limits::Rule,
    refusal::No,
    rooms::Done,
};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    http::{
        error::{ApiError, bad_method, no_such_path},
        extract::Who,
    },
};

/// A good answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Data<T> {
    /// What was asked for.
    pub data: T,
}

/// A good answer that is one page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    /// This page.
    pub data: Vec<T>,
    /// What to ask for to get the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T: Serialize> IntoResponse for Data<T> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

impl<T: Serialize> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

/// What a command came to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DoneWire {
    /// Number of the room's last event after it.
    pub seq: u64,
    /// Where the film stands after it.
    pub playback: super::wire::PlaybackWire,
}

impl From<&Done> for DoneWire {
    fn from(done: &Done) -> Self {
        Self { seq: done.view.seq, playback: (&done.view.playback).into() }
    }
}

/// How many a page holds where nobody says.
const PAGE: usize = 50;
/// How many a page holds at most.
const PAGE_LIMIT: usize = 100;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "onecouch",
        version = "1",
        description = "Watch parties: rooms, queues, playback in step. The socket is described in docs/API.md."
    ),
    components(schemas(crate::http::error::ErrorBody))
)]
struct Description;

/// All calls, and their description.
pub fn router() -> Router<App> {
    let (router, description) = OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(sessions::make))
        .routes(routes!(sessions::current, sessions::end))
        .routes(routes!(rooms::list, rooms::make))
        .routes(routes!(rooms::read, rooms::change))
        .routes(routes!(playback::read))
        .routes(routes!(playback::play))
        .routes(routes!(playback::pause))
        .routes(routes!(playback::skip))
        .routes(routes!(playback::seek))
        .routes(routes!(queue::read, queue::add, queue::clear))
        .routes(routes!(queue::remove, queue::reorder))
        .routes(routes!(queue::pick))
        .routes(routes!(members::read))
        .routes(routes!(members::give_role))
        .routes(routes!(chat::read, chat::write))
        .routes(routes!(commands::run))
        .routes(routes!(commands::list))
        .routes(routes!(invites::card))
        .routes(routes!(invites::join))
        .split_for_parts();
    router
        .route("/api/v1/rooms/{id}/ws", get(socket::open))
        .merge(docs::router(&description))
        .route("/api/v1/{*path}", axum::routing::any(no_such_path))
        .method_not_allowed_fallback(bad_method)
}

/// Who asks this room for something.
async fn actor(app: &App, who: &Who, room: RoomId) -> Result<Actor, ApiError> {
    Ok(app.engine.actor(&who.caller, room, who.door).await?)
}

/// Does a command in somebody's name, within what one caller may do.
async fn command(app: &App, who: &Who, room: RoomId, command: Command) -> Result<Data<DoneWire>, ApiError> {
    spend(app, who)?;
    let actor = actor(app, who, room).await?;
    let done = app.engine.rooms.command(room, actor, command).await?;
    Ok(Data { data: DoneWire::from(&done) })
}

/// Counts a command against its caller.
fn spend(app: &App, who: &Who) -> Result<(), No> {
    let key = who.caller.person.id.to_string();
    Ok(app.engine.limits.take(Rule::Commands, &key, app.engine.clock.play_time())?)
}

/// The room, for somebody who may see it.
async fn visible(
    app: &App,
    who: &Who,
    room: RoomId,
) -> Result<(std::sync::Arc<engine::room::RoomView>, Actor), ApiError> {
    let view = app.engine.rooms.view(room).await?;
    let actor = actor(app, who, room).await?;
    engine::room::may_enter(&view, &actor)?;
    Ok((view, actor))
}

/// An answer that says where what was made is.
fn created<T: Serialize>(data: T) -> Result<(StatusCode, String), ApiError> {
    let body = serde_json::to_string(&Data { data });
    let body = body.map_err(|error| engine::refusal::Fault(format!("an answer has no JSON: {error}")))?;
    Ok((StatusCode::CREATED, body))
}
