//! When a room opens and closes, who is coming, and its end.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use engine::{command::Command, room::Status, time::WallTime};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Data, DoneWire, actor, command,
    refused::{DeedRefused, ReadRefused, WriteRefused},
    spend, visible,
};
use crate::{
    app::App,
    dialects::native::frames::ScheduleFields,
    http::{
        error::ApiError,
        extract::{Body, InRoom, Who},
    },
};

/// A status to give.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SetStatus {
    /// `live`, `soon`, `ended`, `disabled` or `record`.
    #[schema(value_type = String, example = "live")]
    status: Status,
}

/// Somebody who is coming.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComingWire {
    /// The person.
    person: Uuid,
    /// Their name when they said so.
    name: String,
}

/// When the room opens and closes by itself
#[utoipa::path(put, path = "/api/v1/rooms/{id}/schedule",
    request_body(content = ScheduleFields, example = json!({ "start": 4_102_444_800_000_i64, "end": 4_102_452_000_000_i64 })), tag = "life", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<DoneWire>), WriteRefused))]
pub(super) async fn schedule(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Body(fields, _): Body<ScheduleFields>,
) -> Result<Data<DoneWire>, ApiError> {
    let (start, end) = (fields.start.map(WallTime), fields.end.map(WallTime));
    command(&app, &who, room, Command::Schedule { start, end }).await
}

/// Open, end or hide the room now
#[utoipa::path(put, path = "/api/v1/rooms/{id}/status",
    request_body(content = SetStatus, example = json!({ "status": "live" })), tag = "life", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<DoneWire>), WriteRefused))]
pub(super) async fn status(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Body(set, _): Body<SetStatus>,
) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::SetStatus { status: set.status }).await
}

/// Who is coming
#[utoipa::path(get, path = "/api/v1/rooms/{id}/coming", tag = "life", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<Vec<ComingWire>>), ReadRefused))]
pub(super) async fn coming(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
) -> Result<Data<Vec<ComingWire>>, ApiError> {
    let (view, _) = visible(&app, &who, room).await?;
    let wire = view.coming.iter().map(|(person, name)| ComingWire { person: person.0, name: name.to_string() });
    Ok(Data { data: wire.collect() })
}

/// I am coming: tell me when it starts
#[utoipa::path(put, path = "/api/v1/rooms/{id}/coming/me", tag = "life", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<DoneWire>), DeedRefused))]
pub(super) async fn come(State(app): State<App>, who: Who, InRoom(room): InRoom) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::Come { coming: true }).await
}

/// I am not coming after all
#[utoipa::path(delete, path = "/api/v1/rooms/{id}/coming/me", tag = "life", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<DoneWire>), DeedRefused))]
pub(super) async fn stay(State(app): State<App>, who: Who, InRoom(room): InRoom) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::Come { coming: false }).await
}

/// Delete the room and all that is stored of it
#[utoipa::path(delete, path = "/api/v1/rooms/{id}", tag = "rooms", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 204), DeedRefused))]
pub(super) async fn delete(State(app): State<App>, who: Who, InRoom(room): InRoom) -> Result<Response, ApiError> {
    spend(&app, &who)?;
    let actor = actor(&app, &who, room).await?;
    app.engine.rooms.command(room, actor, Command::Delete).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
