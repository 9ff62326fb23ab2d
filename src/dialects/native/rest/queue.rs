//! What plays next.

use axum::{extract::State, http::HeaderMap, response::Response};
use engine::{command::Command, ids::ItemId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Data, DoneWire, actor, command, created, idempotency, spend, visible};
use crate::{
    app::App,
    dialects::native::{frames::SpotField, wire::ItemWire},
    http::{
        error::{ApiError, ErrorBody},
        extract::{Body, InRoom, Second, Who},
    },
};

/// What is on and what comes.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueWire {
    /// What is on.
    current: Option<ItemWire>,
    /// What comes, in order.
    queue: Vec<ItemWire>,
}

/// A link to add.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AddItem {
    /// The link.
    #[schema(example = "https://example.com/clip.mp4")]
    url: String,
    /// `end` (default), `next` or `now`.
    #[serde(default)]
    #[schema(value_type = Option<SpotField>)]
    spot: SpotField,
}

/// What became of a link.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddedWire {
    /// The item, as far as it is known by now.
    item: ItemWire,
    /// Its place in the queue from 1; 0 where it is on.
    position: usize,
    /// Number of the room's last event.
    seq: u64,
}

/// Where to put an item.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MoveItem {
    /// From 0; past the end is the end.
    index: usize,
}

/// What is on and what comes
#[utoipa::path(get, path = "/api/v1/rooms/{id}/queue", tag = "queue", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<QueueWire>), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn read(State(app): State<App>, who: Who, InRoom(room): InRoom) -> Result<Data<QueueWire>, ApiError> {
    let (view, _) = visible(&app, &who, room).await?;
    let current = view.current.as_deref().map(ItemWire::from);
    Ok(Data { data: QueueWire { current, queue: view.queue.iter().map(|item| ItemWire::from(&**item)).collect() } })
}

/// Add a link
#[utoipa::path(post, path = "/api/v1/rooms/{id}/queue", request_body = AddItem, tag = "queue", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key, the same answer")),
    responses((status = 201, body = Data<AddedWire>), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 422, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn add(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    headers: HeaderMap,
    Body(add, bytes): Body<AddItem>,
) -> Result<Response, ApiError> {
    let person = who.caller.person.id.to_string();
    let request = [b"queue".as_slice(), room.0.as_bytes(), &bytes];
    let at_work = app.clone();
    idempotency::once(&app, &headers, &person, &request, async move {
        spend(&at_work, &who)?;
        let actor = actor(&at_work, &who, room).await?;
        let done = at_work.queue(room, &actor, &add.url, add.spot.into()).await?;
        let added = done.events.iter().find_map(|event| match &event.kind {
            engine::event::EventKind::Added { item, .. } => Some(item.clone()),
            _ => None,
        });
        let added = added.ok_or_else(|| engine::refusal::Fault("an added item made no event".to_owned()))?;
        let index = done.view.queue.iter().position(|item| item.id == added.id);
        created(AddedWire { item: (&*added).into(), position: index.map_or(0, |index| index + 1), seq: done.view.seq })
    })
    .await
}

/// Empty the queue
#[utoipa::path(delete, path = "/api/v1/rooms/{id}/queue", tag = "queue", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<DoneWire>), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn clear(State(app): State<App>, who: Who, InRoom(room): InRoom) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::Clear).await
}

/// Remove an item
#[utoipa::path(delete, path = "/api/v1/rooms/{id}/queue/{item}", tag = "queue", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), ("item" = uuid::Uuid, Path, description = "The item")),
    responses((status = 200, body = Data<DoneWire>), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn remove(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Second(item): Second,
) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::Remove { item: ItemId(item) }).await
}

/// Put an item elsewhere
#[utoipa::path(patch, path = "/api/v1/rooms/{id}/queue/{item}", request_body = MoveItem, tag = "queue", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), ("item" = uuid::Uuid, Path, description = "The item")),
    responses((status = 200, body = Data<DoneWire>), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 413, body = ErrorBody),
        (status = 415, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn reorder(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Second(item): Second,
    Body(to, _): Body<MoveItem>,
) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::Move { item: ItemId(item), index: to.index }).await
}

/// Play an item now
#[utoipa::path(post, path = "/api/v1/rooms/{id}/queue/{item}/play", tag = "queue", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), ("item" = uuid::Uuid, Path, description = "The item")),
    responses((status = 200, body = Data<DoneWire>), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn pick(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Second(item): Second,
) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::Pick { item: ItemId(item) }).await
}
