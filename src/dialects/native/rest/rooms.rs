//! Rooms: make, list, read, change.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::{
    command::Spot,
    ids::RoomId,
    limits::Rule,
    ports::RoomHead,
    refusal::{Fault, Refusal},
    room::{Preset, RoomView},
    rooms::NewRoom,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Data, PAGE, PAGE_LIMIT, Page, created, idempotency,
    refused::{ListRefused, ReadRefused, WriteRefused},
    spend, visible,
};
use crate::{
    app::App,
    dialects::native::wire::{ItemWire, RoomWire, settings::ChangeRoom},
    http::{
        error::ApiError,
        extract::{Body, ClientAddress, InRoom, Params, Who},
    },
};

/// A room to make.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MakeRoom {
    /// Queued at once.
    #[schema(example = "https://example.com/clip.mp4")]
    url: Option<String>,
    /// Who may do what to begin with: `everyone` (default), `open` or `hosts`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "everyone")]
    preset: Preset,
    /// What else is set; your name gives a title where there is none.
    #[serde(flatten)]
    settings: ChangeRoom,
}

/// A public room, as lists show it.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeadWire {
    /// The room.
    id: Uuid,
    /// Its title.
    title: String,
    /// When it was made, in Unix milliseconds.
    made_at: i64,
    /// How it stands; absent where nobody is there, and where it asks for a password.
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<NowWire>,
}

/// How a room stands.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct NowWire {
    /// What is on.
    current: Option<ItemWire>,
    /// Whether it plays.
    playing: bool,
    /// Where it stands now.
    position_ms: i64,
    /// How many people watch.
    watching: usize,
    /// The first few of their names.
    names: Vec<String>,
}

impl NowWire {
    pub(super) fn new(app: &App, view: &RoomView) -> Self {
        let here = view.presence.values().filter(|here| here.watches);
        let people: BTreeMap<_, _> = here.map(|here| (here.who.person, &here.who.name)).collect();
        Self {
            current: view.current.as_deref().map(ItemWire::abroad),
            playing: view.playback.playing,
            position_ms: view.position(app.engine.clock.play_time()).0,
            watching: view.watching(),
            names: people.values().take(5).map(ToString::to_string).collect(),
        }
    }
}

impl HeadWire {
    /// A room in a list, and how it stands where it is awake: a list must not wake rooms.
    pub(super) fn new(app: &App, head: &RoomHead) -> Self {
        let awake = app.engine.rooms.awake(head.id);
        let shown = awake.filter(|view| view.settings.password.is_none() && view.watching() > 0);
        let now = shown.map(|view| NowWire::new(app, &view));
        Self { id: head.id.0, title: head.title.to_string(), made_at: head.made_at.0, now }
    }
}

/// Which page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListRooms {
    /// How many: 1 to 100, 50 where nobody says.
    limit: Option<usize>,
    /// `next` of the page before.
    after: Option<Uuid>,
}

/// Make a room
#[utoipa::path(post, path = "/api/v1/rooms",
    request_body(content = MakeRoom, example = json!({ "title": "Friday film club", "visibility": "public", "url": "https://example.com/clip.mp4" })), tag = "rooms", security(("token" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key, the same answer")),
    responses((status = 201, body = Data<RoomWire>), WriteRefused))]
pub(super) async fn make(
    State(app): State<App>,
    who: Who,
    ClientAddress(from): ClientAddress,
    headers: HeaderMap,
    Body(new, bytes): Body<MakeRoom>,
) -> Result<Response, ApiError> {
    let person = who.caller.person.id.to_string();
    let at_work = app.clone();
    // Boxed: a room's settings are large to move about.
    let work = Box::pin(async move { found(&at_work, &who, &from, new).await });
    idempotency::once(&app, &headers, &person, &[b"rooms", &bytes], work).await
}

async fn found(app: &App, who: &Who, from: &str, new: MakeRoom) -> Result<(StatusCode, String), ApiError> {
    let (engine, now) = (&app.engine, app.engine.clock.play_time());
    let actor = who.caller.actor(who.door);
    engine.limits.take_for(Rule::Rooms, actor.person, Some(from), now)?;
    // A link that cannot be watched makes no room.
    let film = match &new.url {
        Some(url) => Some(engine.intake.look(&actor, Some(from), url).await?),
        None => None,
    };
    let changes = app.changes(new.settings).await?;
    let room = NewRoom { changes, preset: new.preset, ..NewRoom::default() };
    let mut view = engine.rooms.create(&actor, room).await?;
    if let Some(film) = film {
        view = engine.intake.add(view.id, &actor, film, Spot::End).await?.done.view;
    }
    created(RoomWire::new(&view, &app.links))
}

/// Public rooms, newest first
#[utoipa::path(get, path = "/api/v1/rooms", tag = "rooms", params(ListRooms),
    responses((status = 200, body = Page<HeadWire>), ListRefused))]
pub(super) async fn list(State(app): State<App>, Params(query): Params<ListRooms>) -> Result<Page<HeadWire>, ApiError> {
    let limit = query.limit.unwrap_or(PAGE);
    if !(1..=PAGE_LIMIT).contains(&limit) {
        return Err(Refusal::input("limit is 1 to 100.").into());
    }
    let heads = app.engine.rooms.public(query.after.map(RoomId), limit).await?;
    let next = (heads.len() == limit).then(|| heads.last().map(|head| head.id.to_string())).flatten();
    Ok(Page { data: heads.iter().map(|head| HeadWire::new(&app, head)).collect(), next })
}

/// A room's whole state
#[utoipa::path(get, path = "/api/v1/rooms/{id}", tag = "rooms", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<RoomWire>), ReadRefused))]
pub(super) async fn read(State(app): State<App>, who: Who, InRoom(room): InRoom) -> Result<Response, ApiError> {
    let (view, _) = visible(&app, &who, room).await?;
    let text = match app.texts.get(&room) {
        Some((known, text)) if Arc::ptr_eq(&known, &view) => text,
        _ => {
            let wire = Data { data: RoomWire::new(&view, &app.links) };
            let text = serde_json::to_vec(&wire).map_err(|error| Fault::new(format!("a room has no JSON: {error}")))?;
            let text = Bytes::from(text);
            app.texts.insert(room, (view, text.clone()));
            text
        }
    };
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// Change a room's settings
#[utoipa::path(patch, path = "/api/v1/rooms/{id}",
    request_body(content = ChangeRoom, example = json!({ "title": "Friday film club", "queue_mode": "vote", "vote_skip": true })), tag = "rooms", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<RoomWire>), WriteRefused))]
pub(super) async fn change(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Body(change, _): Body<ChangeRoom>,
) -> Result<Data<RoomWire>, ApiError> {
    spend(&app, &who)?;
    let (_, actor) = visible(&app, &who, room).await?;
    let done = app.engine.change(room, actor, app.changes(change).await?).await?;
    Ok(Data { data: RoomWire::new(&done.view, &app.links) })
}
