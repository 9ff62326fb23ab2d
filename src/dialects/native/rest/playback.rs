//! Play, pause, seek, skip.

use axum::extract::State;
use engine::command::{Command, SeekTo};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Data, DoneWire, command, visible};
use crate::{
    app::App,
    dialects::native::{frames::SeekFields, wire::PositionWire},
    http::{
        error::{ApiError, ErrorBody},
        extract::{Body, InRoom, Who},
    },
};

/// Where to seek to: one of the fields.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Seek {
    /// As people write it: `1:30`, `90`, `+30`, `-1m`, `50%`.
    #[schema(example = "1:30")]
    to: Option<String>,
    /// In milliseconds or percent.
    #[serde(flatten)]
    fields: SeekFields,
}

/// Where the film stands
#[utoipa::path(get, path = "/api/v1/rooms/{id}/playback", tag = "playback", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<PositionWire>), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn read(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
) -> Result<Data<PositionWire>, ApiError> {
    let (view, _) = visible(&app, &who, room).await?;
    Ok(Data { data: PositionWire::new(&view, app.engine.clock.now()) })
}

/// Play on
#[utoipa::path(post, path = "/api/v1/rooms/{id}/playback/play", tag = "playback", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<DoneWire>), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn play(State(app): State<App>, who: Who, InRoom(room): InRoom) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::Play).await
}

/// Stand still
#[utoipa::path(post, path = "/api/v1/rooms/{id}/playback/pause", tag = "playback", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<DoneWire>), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn pause(State(app): State<App>, who: Who, InRoom(room): InRoom) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::Pause).await
}

/// On to the next item
#[utoipa::path(post, path = "/api/v1/rooms/{id}/playback/skip", tag = "playback", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<DoneWire>), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn skip(State(app): State<App>, who: Who, InRoom(room): InRoom) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::Skip).await
}

/// Seek
#[utoipa::path(post, path = "/api/v1/rooms/{id}/playback/seek", request_body = Seek, tag = "playback", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<DoneWire>), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 422, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn seek(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Body(seek, _): Body<Seek>,
) -> Result<Data<DoneWire>, ApiError> {
    let to = match seek.to {
        Some(text) => bots::grammar::seek(&text)?,
        None => SeekTo::try_from(seek.fields)?,
    };
    command(&app, &who, room, Command::Seek(to)).await
}
