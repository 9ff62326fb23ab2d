//! What was: items that were played, who did what, how many were there; and the rooms of a person.

use axum::extract::State;
use engine::{
    event::{Event, EventKind},
    ids::{PersonId, RoomId},
    ports::Trail,
    refusal::Refusal,
    room::{Permission, roles},
    time::WallTime,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Data, PAGE, PAGE_LIMIT, Page,
    refused::{OwnReadRefused, ReadRefused},
    rooms::HeadWire,
    visible,
};
use crate::{
    app::App,
    dialects::native::wire::{self, PlayedWire, TallyWire},
    http::{
        error::ApiError,
        extract::{InRoom, Params, Who},
    },
};

/// Which page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Before {
    /// How many: 1 to 100, 50 where nobody says.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// `next` of the page before.
    before: Option<u64>,
}

/// Which deeds, and which page of them.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Deeds {
    /// How many: 1 to 100, 50 where nobody says.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// `next` of the page before.
    before: Option<u64>,
    /// Only those of this person.
    person: Option<Uuid>,
    /// Only those of this kind: `playback`, `added`, `role_changed`, …
    kind: Option<String>,
}

/// Which page of rooms.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// How many: 1 to 100, 50 where nobody says.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// `next` of the page before.
    after: Option<Uuid>,
}

/// Which page of visits.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Earlier {
    /// How many: 1 to 100, 50 where nobody says.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// `next` of the page before.
    before: Option<i64>,
}

/// An item that was played.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryWire {
    /// The number of the event.
    seq: u64,
    /// When it was left, in Unix milliseconds.
    at: i64,
    /// What was on.
    #[serde(flatten)]
    played: PlayedWire,
}

/// What was counted in a room.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatsWire {
    /// Different people who were here.
    people: u64,
    /// Visits, each window for itself.
    visits: u64,
    /// The most people who were here at once.
    peak: u64,
    /// How many are here now.
    here: usize,
    /// How long a visit lasted, in the mean.
    mean_stay_ms: i64,
    /// Lines, reactions and items.
    #[serde(flatten)]
    tally: TallyWire,
}

/// A room that somebody was in.
#[derive(Debug, Serialize, ToSchema)]
pub struct VisitedWire {
    /// The room.
    room: Uuid,
    /// When they last left it, in Unix milliseconds.
    left_at: i64,
}

pub(super) fn page(limit: Option<usize>) -> Result<usize, Refusal> {
    let limit = limit.unwrap_or(PAGE);
    if (1..=PAGE_LIMIT).contains(&limit) { Ok(limit) } else { Err(Refusal::input("limit is 1 to 100.")) }
}

/// What was played, newest first
#[utoipa::path(get, path = "/api/v1/rooms/{id}/history", tag = "past", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), Before),
    responses((status = 200, body = Page<HistoryWire>), ReadRefused))]
pub(super) async fn history(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Params(query): Params<Before>,
) -> Result<Page<HistoryWire>, ApiError> {
    visible(&app, &who, room).await?;
    let limit = page(query.limit)?;
    let events = app.engine.rooms.history(room, query.before, limit).await?;
    let next = next(&events, limit);
    let wire = |event: Event| match &event.kind {
        EventKind::Played(played) => {
            Some(HistoryWire { seq: event.seq, at: event.at.0, played: PlayedWire::new(played, None) })
        }
        _ => None,
    };
    Ok(Page { data: events.into_iter().filter_map(wire).collect(), next })
}

/// Who did what, through which door, newest first
#[utoipa::path(get, path = "/api/v1/rooms/{id}/audit", tag = "past", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), Deeds),
    responses((status = 200, body = Page<serde_json::Value>), ReadRefused))]
pub(super) async fn audit(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Params(query): Params<Deeds>,
) -> Result<Page<serde_json::Value>, ApiError> {
    let (view, actor) = visible(&app, &who, room).await?;
    roles::require(&view, &actor, Permission::Audit)?;
    let limit = page(query.limit)?;
    let trail = Trail { before: query.before, limit, person: query.person.map(PersonId), kind: query.kind };
    let events = app.engine.rooms.audit(room, &trail).await?;
    let next = next(&events, limit);
    Ok(Page { data: events.iter().map(wire::event::told).collect(), next })
}

fn next(events: &[Event], limit: usize) -> Option<String> {
    events.last().filter(|_| events.len() == limit).map(|last| last.seq.to_string())
}

/// How many were here, and what they did
#[utoipa::path(get, path = "/api/v1/rooms/{id}/stats", tag = "past", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<StatsWire>), ReadRefused))]
pub(super) async fn stats(State(app): State<App>, who: Who, InRoom(room): InRoom) -> Result<Data<StatsWire>, ApiError> {
    let (view, _) = visible(&app, &who, room).await?;
    let attendance = app.engine.rooms.attendance(&view).await?;
    let visits = i64::try_from(attendance.visits.max(1)).unwrap_or(i64::MAX);
    Ok(Data {
        data: StatsWire {
            people: attendance.people,
            visits: attendance.visits,
            peak: attendance.peak,
            here: view.people(),
            mean_stay_ms: attendance.stayed.0 / visits,
            tally: wire::tally(&view),
        },
    })
}

/// My rooms, newest first
#[utoipa::path(get, path = "/api/v1/people/me/rooms", tag = "people", security(("token" = [])), params(After),
    responses((status = 200, body = Page<HeadWire>), OwnReadRefused))]
pub(super) async fn hosted(
    State(app): State<App>,
    who: Who,
    Params(query): Params<After>,
) -> Result<Page<HeadWire>, ApiError> {
    let limit = page(query.limit)?;
    let heads = app.engine.rooms.hosted(who.caller.person.id, query.after.map(RoomId), limit).await?;
    let next = heads.last().filter(|_| heads.len() == limit).map(|head| head.id.to_string());
    Ok(Page { data: heads.iter().map(|head| HeadWire::new(&app, head)).collect(), next })
}

/// The rooms I was in, the latest first
#[utoipa::path(get, path = "/api/v1/people/me/visits", tag = "people", security(("token" = [])), params(Earlier),
    responses((status = 200, body = Page<VisitedWire>), OwnReadRefused))]
pub(super) async fn visited(
    State(app): State<App>,
    who: Who,
    Params(query): Params<Earlier>,
) -> Result<Page<VisitedWire>, ApiError> {
    let limit = page(query.limit)?;
    let rooms = app.engine.rooms.visited(who.caller.person.id, query.before.map(WallTime), limit).await?;
    let next = rooms.last().filter(|_| rooms.len() == limit).map(|(_, left)| left.0.to_string());
    let wire = rooms.into_iter().map(|(room, left)| VisitedWire { room: room.0, left_at: left.0 });
    Ok(Page { data: wire.collect(), next })
}
