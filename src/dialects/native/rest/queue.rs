//! What plays next.

use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use engine::{
    command::{Command, Deed},
    event::EventKind,
    ids::{Entropy, ItemId},
    intake::{Queued, Wish},
    lists,
    refusal::{Fault, Refusal},
    time::Millis,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Data, DoneWire, actor, command, created, idempotency,
    refused::{DeedRefused, ReadRefused, WriteRefused},
    spend, visible,
};
use crate::{
    app::App,
    dialects::native::{
        frames::{EditFields, SpotField},
        wire::{ItemWire, items},
    },
    http::{
        error::{ApiError, ErrorWire},
        extract::{Body, ClientAddress, InRoom, Params, Second, Who},
        language::Speaks,
    },
    links::Links,
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
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AddItem {
    /// The link, or words to search for.
    #[schema(example = "https://example.com/clip.mp4")]
    url: String,
    /// What to call it while nobody knows better.
    title: Option<String>,
    /// Where it begins.
    start_ms: Option<i64>,
    /// Where it ends.
    end_ms: Option<i64>,
    /// Link of its subtitles: a `.vtt` or `.srt` file.
    subtitles: Option<String>,
    /// All of the list that the link is part of, and not only what it points to.
    #[serde(default)]
    whole_list: bool,
}

impl From<AddItem> for Wish {
    fn from(add: AddItem) -> Self {
        Self {
            link: add.url,
            title: add.title,
            title_holds: false,
            thumbnail: None,
            start: add.start_ms.map(Millis),
            end: add.end_ms.map(Millis),
            subtitles: add.subtitles,
            whole_list: add.whole_list,
            looked_at: false,
        }
    }
}

/// A link to add, and where.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AddOne {
    /// The link.
    #[serde(flatten)]
    item: AddItem,
    /// `end` (default), `next` or `now`.
    #[serde(default)]
    #[schema(value_type = Option<SpotField>)]
    spot: SpotField,
}

/// Links to add: either of the two.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AddMany {
    /// Up to 500 of them.
    #[serde(default)]
    items: Vec<AddItem>,
    /// Pasted text: a link per line, M3U, CSV with a column of links, or JSON.
    text: Option<String>,
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
    /// How many came with it, where the link is a list.
    count: usize,
    /// Number of the room's last event.
    seq: u64,
}

/// What became of many links.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddedManyWire {
    /// Those that are in the queue now, or on.
    items: Vec<ItemWire>,
    /// Those that are not.
    left_out: Vec<LeftOutWire>,
    /// Number of the room's last event.
    seq: u64,
}

/// A link that was left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeftOutWire {
    /// Its place among those that were sent, from 0.
    index: usize,
    /// Why.
    error: ErrorWire,
}

/// What to change of a queued item.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ChangeItem {
    /// Where it shall stand, from 0; past the end is the end.
    #[schema(example = 0)]
    index: Option<usize>,
    /// What else.
    #[serde(flatten)]
    edit: EditFields,
}

/// Whether what is on goes on after it.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Keep {
    /// What is on goes to the front of the queue, to go on from where it stands.
    keep: Option<bool>,
}

/// What to take back.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct UndoOne {
    /// The number of the event; the last one where null.
    seq: Option<u64>,
}

/// What becomes of the shelf.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Unshelve {
    /// Away with it, instead of back into the queue.
    #[serde(default)]
    discard: bool,
}

/// In which form.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Export {
    /// `m3u` (default) or `json`.
    format: Option<String>,
}

/// What is on and what comes
#[utoipa::path(get, path = "/api/v1/rooms/{id}/queue", tag = "queue", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<QueueWire>), ReadRefused))]
pub(super) async fn read(State(app): State<App>, who: Who, InRoom(room): InRoom) -> Result<Data<QueueWire>, ApiError> {
    let (view, _) = visible(&app, &who, room).await?;
    let current = view.current.as_deref().map(|item| ItemWire::new(item, &app.links));
    Ok(Data { data: QueueWire { current, queue: items(&view.queue, Some(&app.links)) } })
}

/// The queue as a file to keep
#[utoipa::path(get, path = "/api/v1/rooms/{id}/queue/export", tag = "queue", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), Export),
    responses((status = 200, description = "M3U, or JSON that can be sent as `text` again", content((String = "audio/x-mpegurl"), (serde_json::Value = "application/json"))), ReadRefused))]
pub(super) async fn export(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Params(query): Params<Export>,
) -> Result<Response, ApiError> {
    let (view, _) = visible(&app, &who, room).await?;
    let media = view.current.iter().chain(view.queue.iter()).map(|item| &*item.media);
    let (kind, text) = match query.format.as_deref() {
        None | Some("m3u") => ("audio/x-mpegurl", lists::export(media)),
        Some("json") => ("application/json", lists::export_json(media)),
        Some(_) => return Err(Refusal::input("A format is m3u or json.").into()),
    };
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

/// Add a link
#[utoipa::path(post, path = "/api/v1/rooms/{id}/queue",
    request_body(content = AddOne, example = json!({ "url": "https://example.com/clip.mp4", "spot": "end" })), tag = "queue", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key, the same answer")),
    responses((status = 201, body = Data<AddedWire>), WriteRefused))]
pub(super) async fn add(
    State(app): State<App>,
    who: Who,
    ClientAddress(from): ClientAddress,
    InRoom(room): InRoom,
    headers: HeaderMap,
    Body(add, bytes): Body<AddOne>,
) -> Result<Response, ApiError> {
    let person = who.caller.person.id.to_string();
    let request = [b"queue".as_slice(), room.0.as_bytes(), &bytes];
    let call = idempotency::call(&headers, &person, &request);
    let at_work = app.clone();
    idempotency::once(&app, &headers, &person, &request, async move {
        spend(&at_work, &who)?;
        let actor = actor(&at_work, &who, room).await?;
        let intake = &at_work.engine.intake;
        let queued = intake.queue_once(room, &actor, Some(&from), call, add.item, add.spot.into()).await?;
        let added = added(&queued, &at_work.links);
        let item = added.first().cloned().ok_or_else(|| Fault::new("an added item made no event"))?;
        let view = &queued.done.view;
        let index = view.queue.iter().position(|queued| queued.id.0 == item.id);
        created(AddedWire { item, position: index.map_or(0, |index| index + 1), count: added.len(), seq: view.seq })
    })
    .await
}

/// Add many links
#[utoipa::path(post, path = "/api/v1/rooms/{id}/queue/many",
    request_body(content = AddMany, example = json!({ "items": [{ "url": "https://example.com/clip.mp4", "start_ms": 500 }], "spot": "end" })), tag = "queue", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key, the same answer")),
    responses((status = 201, body = Data<AddedManyWire>), WriteRefused))]
pub(super) async fn add_many(
    State(app): State<App>,
    who: Who,
    ClientAddress(from): ClientAddress,
    InRoom(room): InRoom,
    Speaks(locale): Speaks,
    headers: HeaderMap,
    Body(add, bytes): Body<AddMany>,
) -> Result<Response, ApiError> {
    let person = who.caller.person.id.to_string();
    let request = [b"many".as_slice(), room.0.as_bytes(), &bytes];
    let call = idempotency::call(&headers, &person, &request);
    let at_work = app.clone();
    idempotency::once(&app, &headers, &person, &request, async move {
        spend(&at_work, &who)?;
        let actor = actor(&at_work, &who, room).await?;
        let wishes = wishes(add.items, add.text.as_deref());
        let intake = &at_work.engine.intake;
        let queued = intake.queue_many_once(room, &actor, Some(&from), call, wishes, add.spot.into()).await?;
        let left_out = queued.left_out.iter();
        let left_out =
            left_out.map(|(index, refusal)| LeftOutWire { index: *index, error: ErrorWire::new(refusal, locale) });
        created(AddedManyWire {
            left_out: left_out.collect(),
            items: added(&queued, &at_work.links),
            seq: queued.done.view.seq,
        })
    })
    .await
}

/// Links, and those of a pasted text behind them.
pub(super) fn wishes(items: Vec<AddItem>, text: Option<&str>) -> Vec<Wish> {
    let pasted = text.map(lists::parse).unwrap_or_default().into_iter();
    let pasted = pasted.map(|(link, title)| Wish { link, title, ..Wish::default() });
    items.into_iter().map(Wish::from).chain(pasted).collect()
}

fn added(queued: &Queued, links: &Links) -> Vec<ItemWire> {
    let items = queued.done.events.iter().filter_map(|event| match &event.kind {
        EventKind::Added { items, .. } => Some(items),
        _ => None,
    });
    items.flatten().map(|item| ItemWire::new(item, links)).collect()
}

/// Empty the queue
#[utoipa::path(delete, path = "/api/v1/rooms/{id}/queue", tag = "queue", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<DoneWire>), DeedRefused))]
pub(super) async fn clear(State(app): State<App>, who: Who, InRoom(room): InRoom) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Deed::Clear.into()).await
}

/// Put the queue into an order of chance
#[utoipa::path(post, path = "/api/v1/rooms/{id}/queue/shuffle", tag = "queue", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<DoneWire>), DeedRefused))]
pub(super) async fn shuffle(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Deed::Shuffle { seed: Entropy.seed() }.into()).await
}

/// Remove an item
#[utoipa::path(delete, path = "/api/v1/rooms/{id}/queue/{item}", tag = "queue", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), ("item" = uuid::Uuid, Path, description = "The item")),
    responses((status = 200, body = Data<DoneWire>), DeedRefused))]
pub(super) async fn remove(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Second(item): Second,
) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Deed::Remove { item: ItemId(item) }.into()).await
}

/// Put an item elsewhere, or change where it begins and ends
#[utoipa::path(patch, path = "/api/v1/rooms/{id}/queue/{item}",
    request_body(content = ChangeItem, example = json!({ "index": 0 })), tag = "queue", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), ("item" = uuid::Uuid, Path, description = "The item")),
    responses((status = 200, body = Data<DoneWire>), WriteRefused))]
pub(super) async fn change(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Second(item): Second,
    Body(change, _): Body<ChangeItem>,
) -> Result<Data<DoneWire>, ApiError> {
    let item = ItemId(item);
    let edits = change.edit != EditFields::default();
    let moved = change.index.map(|index| Command::Move { item, index });
    match (moved, edits) {
        (Some(moved), false) => command(&app, &who, room, moved).await,
        (None, true) => command(&app, &who, room, Command::Edit { item, edit: change.edit.into() }).await,
        (None, false) => Err(Refusal::input("Say what to change: index, start_ms, end_ms or subtitles.").into()),
        // One call, one effect: half of it could be refused after the other half was done.
        (Some(_), true) => Err(Refusal::input("Move it with one call and change it with another.").into()),
    }
}

/// Play an item now
#[utoipa::path(post, path = "/api/v1/rooms/{id}/queue/{item}/play", tag = "queue", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), ("item" = uuid::Uuid, Path, description = "The item"), Keep),
    responses((status = 200, body = Data<DoneWire>), DeedRefused))]
pub(super) async fn pick(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Second(item): Second,
    Params(query): Params<Keep>,
) -> Result<Data<DoneWire>, ApiError> {
    let keep = query.keep.unwrap_or(false);
    command(&app, &who, room, Deed::Pick { item: ItemId(item), keep }.into()).await
}

/// Vote for an item
#[utoipa::path(put, path = "/api/v1/rooms/{id}/queue/{item}/vote", tag = "queue", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), ("item" = uuid::Uuid, Path, description = "The item")),
    responses((status = 200, body = Data<DoneWire>), DeedRefused))]
pub(super) async fn vote(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Second(item): Second,
) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::Vote { item: ItemId(item), up: true }).await
}

/// Take a vote back
#[utoipa::path(delete, path = "/api/v1/rooms/{id}/queue/{item}/vote", tag = "queue", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), ("item" = uuid::Uuid, Path, description = "The item")),
    responses((status = 200, body = Data<DoneWire>), DeedRefused))]
pub(super) async fn unvote(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Second(item): Second,
) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::Vote { item: ItemId(item), up: false }).await
}

/// Take the last change back, or one by its number
#[utoipa::path(post, path = "/api/v1/rooms/{id}/undo",
    request_body(content = UndoOne, example = json!({ "seq": null })), tag = "queue", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<DoneWire>), WriteRefused))]
pub(super) async fn undo(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Body(undo, _): Body<UndoOne>,
) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::Undo { seq: undo.seq }).await
}

/// Bring the queue of those before back, or throw it away
#[utoipa::path(post, path = "/api/v1/rooms/{id}/restore",
    request_body(content = Unshelve, example = json!({ "discard": false })), tag = "queue", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<DoneWire>), WriteRefused))]
pub(super) async fn restore(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Body(shelf, _): Body<Unshelve>,
) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::Restore { discard: shelf.discard }).await
}
