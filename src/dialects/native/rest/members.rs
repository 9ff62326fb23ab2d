//! Who is here, and who may do what.

use axum::extract::State;
use engine::{command::Command, ids::PersonId, room::Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Data, DoneWire, command, visible};
use crate::{
    app::App,
    dialects::native::wire::{self, MemberWire, PresenceWire},
    http::{
        error::{ApiError, ErrorBody},
        extract::{Body, InRoom, Second, Who},
    },
};

/// The people of a room.
#[derive(Debug, Serialize, ToSchema)]
pub struct MembersWire {
    /// Who has a lasting role.
    members: Vec<MemberWire>,
    /// Who is here, by connection.
    here: Vec<PresenceWire>,
}

/// A role to give.
#[derive(Debug, Deserialize, ToSchema)]
pub struct GiveRole {
    /// `guest`, `moderator`, `cohost` or `host`.
    #[schema(value_type = String, example = "cohost")]
    role: Role,
}

/// Who is here, and who has a role
#[utoipa::path(get, path = "/api/v1/rooms/{id}/members", tag = "members", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<MembersWire>), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn read(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
) -> Result<Data<MembersWire>, ApiError> {
    let (view, _) = visible(&app, &who, room).await?;
    Ok(Data { data: MembersWire { members: wire::members(&view), here: wire::here(&view) } })
}

/// Give somebody a role
#[utoipa::path(put, path = "/api/v1/rooms/{id}/members/{person}/role", request_body = GiveRole, tag = "members", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), ("person" = uuid::Uuid, Path, description = "Whom")),
    responses((status = 200, body = Data<DoneWire>), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 413, body = ErrorBody),
        (status = 415, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn give_role(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Second(person): Second,
    Body(give, _): Body<GiveRole>,
) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::SetRole { person: PersonId(person), role: give.role }).await
}
