//! Who is here, who may do what, and who may not be here.

use axum::extract::State;
use engine::{
    command::Command,
    ids::PersonId,
    room::{Participant, Permission, Role, roles},
    time::Millis,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Data, DoneWire, command,
    refused::{DeedRefused, ReadRefused, WriteRefused},
    visible,
};
use crate::{
    app::App,
    dialects::native::{
        frames::BanFields,
        wire::{self, MemberWire, PenaltyWire, PresenceWire},
    },
    http::{
        error::ApiError,
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
    /// Who keeps a place whether they are here or not, as clients of Clipper do. It counts for the capacity until they leave or
    /// are shown the door.
    places: Vec<PlaceWire>,
    /// How far those who watch are from the room's time, as they measured it.
    drift: Option<DriftWire>,
}

/// A place that is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceWire {
    /// Whose.
    person: uuid::Uuid,
    /// Their name.
    name: String,
    /// Since when, in Unix milliseconds.
    since: i64,
}

/// How far people are from the room's time.
#[derive(Debug, Serialize, ToSchema)]
pub struct DriftWire {
    /// Half of them are nearer.
    p50_ms: u32,
    /// 95 of a hundred are nearer.
    p95_ms: u32,
}

/// A role to give.
#[derive(Debug, Deserialize, ToSchema)]
pub struct GiveRole {
    /// `guest`, `trusted`, `moderator`, `cohost` or `host`.
    #[schema(value_type = String, example = "cohost")]
    role: Role,
}

/// How long.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Mute {
    /// For ever where null.
    #[schema(example = 600_000)]
    for_ms: Option<i64>,
}

/// Who is here, and who has a role
#[utoipa::path(get, path = "/api/v1/rooms/{id}/members", tag = "members", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<MembersWire>), ReadRefused))]
pub(super) async fn read(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
) -> Result<Data<MembersWire>, ApiError> {
    let (view, _) = visible(&app, &who, room).await?;
    let drift = view.drift().map(|(p50_ms, p95_ms)| DriftWire { p50_ms, p95_ms });
    let kept = view.participants.iter().filter(|(_, place)| place.left.is_none());
    let place = |(person, place): (&PersonId, &Participant)| PlaceWire {
        person: person.0,
        name: place.name.to_string(),
        since: place.since.0,
    };
    let places = kept.map(place).collect();
    Ok(Data { data: MembersWire { members: wire::members(&view), here: wire::here(&view), places, drift } })
}

/// Give somebody a role
#[utoipa::path(put, path = "/api/v1/rooms/{id}/members/{person}/role",
    request_body(content = GiveRole, example = json!({ "role": "moderator" })), tag = "members", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), ("person" = uuid::Uuid, Path, description = "Whom")),
    responses((status = 200, body = Data<DoneWire>), WriteRefused))]
pub(super) async fn give_role(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Second(person): Second,
    Body(give, _): Body<GiveRole>,
) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::SetRole { person: PersonId(person), role: give.role }).await
}

/// Become the host of a room that has none
#[utoipa::path(post, path = "/api/v1/rooms/{id}/claim", tag = "members", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<DoneWire>), DeedRefused))]
pub(super) async fn claim(State(app): State<App>, who: Who, InRoom(room): InRoom) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::Claim).await
}

/// Show somebody the door; they may come again
#[utoipa::path(post, path = "/api/v1/rooms/{id}/members/{person}/kick", tag = "members", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), ("person" = uuid::Uuid, Path, description = "Whom")),
    responses((status = 200, body = Data<DoneWire>), DeedRefused))]
pub(super) async fn kick(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Second(person): Second,
) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::Kick { person: PersonId(person) }).await
}

/// Who is banned
#[utoipa::path(get, path = "/api/v1/rooms/{id}/bans", tag = "members", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<Vec<PenaltyWire>>), ReadRefused))]
pub(super) async fn bans(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
) -> Result<Data<Vec<PenaltyWire>>, ApiError> {
    let (view, actor) = visible(&app, &who, room).await?;
    roles::require(&view, &actor, Permission::Ban)?;
    Ok(Data { data: wire::penalties(&view.bans) })
}

/// Keep somebody out
#[utoipa::path(put, path = "/api/v1/rooms/{id}/bans/{person}",
    request_body(content = BanFields, example = json!({ "for_ms": 3_600_000, "reason": "spoilers" })), tag = "members", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), ("person" = uuid::Uuid, Path, description = "Whom")),
    responses((status = 200, body = Data<DoneWire>), WriteRefused))]
pub(super) async fn ban(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Second(person): Second,
    Body(ban, _): Body<BanFields>,
) -> Result<Data<DoneWire>, ApiError> {
    let until = ban.for_ms.map(|length| app.engine.clock.now().wall + Millis(length));
    command(&app, &who, room, Command::Ban { person: PersonId(person), until, reason: ban.reason }).await
}

/// Let somebody in again
#[utoipa::path(delete, path = "/api/v1/rooms/{id}/bans/{person}", tag = "members", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), ("person" = uuid::Uuid, Path, description = "Whom")),
    responses((status = 200, body = Data<DoneWire>), DeedRefused))]
pub(super) async fn unban(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Second(person): Second,
) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::Unban { person: PersonId(person) }).await
}

/// Keep somebody from writing
#[utoipa::path(put, path = "/api/v1/rooms/{id}/mutes/{person}",
    request_body(content = Mute, example = json!({ "for_ms": 600_000 })), tag = "members", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), ("person" = uuid::Uuid, Path, description = "Whom")),
    responses((status = 200, body = Data<DoneWire>), WriteRefused))]
pub(super) async fn mute(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Second(person): Second,
    Body(mute, _): Body<Mute>,
) -> Result<Data<DoneWire>, ApiError> {
    let until = mute.for_ms.map(|length| app.engine.clock.now().wall + Millis(length));
    command(&app, &who, room, Command::Mute { person: PersonId(person), until }).await
}

/// Let somebody write again
#[utoipa::path(delete, path = "/api/v1/rooms/{id}/mutes/{person}", tag = "members", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), ("person" = uuid::Uuid, Path, description = "Whom")),
    responses((status = 200, body = Data<DoneWire>), DeedRefused))]
pub(super) async fn unmute(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Second(person): Second,
) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::Unmute { person: PersonId(person) }).await
}
