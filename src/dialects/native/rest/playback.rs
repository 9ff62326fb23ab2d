//! Play, pause, seek, skip, back, speed.

use axum::extract::State;
use engine::{
    command::{Deed, SeekTo},
    room::Rate,
    time::Millis,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    Data, DoneWire, command,
    refused::{DeedRefused, ReadRefused, WriteRefused},
    visible,
};
use crate::{
    app::App,
    dialects::native::{frames::SeekFields, wire::PositionWire},
    http::{
        error::ApiError,
        extract::{Body, InRoom, Params, Who},
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

/// When to play.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PlayAfter {
    /// So much later, for a countdown: 0 to 3,600,000.
    #[param(minimum = 0, maximum = 3_600_000)]
    after_ms: Option<i64>,
}

/// How fast.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SetRate {
    /// 0.25 to 4; 1 is as fast as life.
    #[schema(example = 1.25, minimum = 0.25, maximum = 4)]
    rate: f64,
}

/// Where the film stands
#[utoipa::path(get, path = "/api/v1/rooms/{id}/playback", tag = "playback", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<PositionWire>), ReadRefused))]
pub(super) async fn read(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
) -> Result<Data<PositionWire>, ApiError> {
    let (view, _) = visible(&app, &who, room).await?;
    Ok(Data { data: PositionWire::new(&view, app.engine.clock.now(), &app.links) })
}

/// Play on
#[utoipa::path(post, path = "/api/v1/rooms/{id}/playback/play", tag = "playback", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), PlayAfter),
    responses((status = 200, body = Data<DoneWire>), DeedRefused))]
pub(super) async fn play(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Params(query): Params<PlayAfter>,
) -> Result<Data<DoneWire>, ApiError> {
    let after = query.after_ms.map_or(Millis::ZERO, Millis);
    command(&app, &who, room, Deed::Play { after }.into()).await
}

/// Stand still
#[utoipa::path(post, path = "/api/v1/rooms/{id}/playback/pause", tag = "playback", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<DoneWire>), DeedRefused))]
pub(super) async fn pause(State(app): State<App>, who: Who, InRoom(room): InRoom) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Deed::Pause.into()).await
}

/// On to the next item
#[utoipa::path(post, path = "/api/v1/rooms/{id}/playback/skip", tag = "playback", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<DoneWire>), DeedRefused))]
pub(super) async fn skip(State(app): State<App>, who: Who, InRoom(room): InRoom) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Deed::Skip.into()).await
}

/// Back to the item before
#[utoipa::path(post, path = "/api/v1/rooms/{id}/playback/back", tag = "playback", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<DoneWire>), DeedRefused))]
pub(super) async fn back(State(app): State<App>, who: Who, InRoom(room): InRoom) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Deed::Back.into()).await
}

/// Seek
#[utoipa::path(post, path = "/api/v1/rooms/{id}/playback/seek",
    request_body(content = Seek, example = json!({ "position_ms": 1_000 })), tag = "playback", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<DoneWire>), WriteRefused))]
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
    command(&app, &who, room, Deed::Seek { to }.into()).await
}

/// Another speed, for everybody
#[utoipa::path(post, path = "/api/v1/rooms/{id}/playback/rate",
    request_body(content = SetRate, example = json!({ "rate": 1.25 })), tag = "playback", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<DoneWire>), WriteRefused))]
pub(super) async fn rate(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Body(set, _): Body<SetRate>,
) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Deed::SetRate { rate: Rate::of(set.rate)? }.into()).await
}
