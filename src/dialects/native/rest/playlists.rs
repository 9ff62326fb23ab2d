//! Saved playlists: one's own, and those of a room.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use engine::{
    command::Actor,
    ids::{PlaylistId, RoomId},
    intake::Wish,
    playlists::{Entry, Owner, Playlist},
    refusal::Refusal,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Data, DoneWire, actor,
    queue::{AddItem, wishes},
    refused::{DeedRefused, OwnReadRefused, ReadRefused, WriteRefused},
    spend, visible,
};
use crate::{
    app::App,
    dialects::native::{frames::SpotField, wire::MediaWire},
    http::{
        error::ApiError,
        extract::{Body, ClientAddress, FirstText, InRoom, Who},
    },
};

/// A playlist, as lists show it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaylistHeadWire {
    /// Its identity.
    id: Uuid,
    /// Its name.
    name: String,
    /// When it was made, in Unix milliseconds.
    made_at: i64,
    /// How many stand in it.
    count: usize,
}

/// A playlist.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaylistWire {
    /// What lists show of it.
    #[serde(flatten)]
    head: PlaylistHeadWire,
    /// The room whose it is; a person's own where null.
    room: Option<Uuid>,
    /// What stands in it, in order.
    entries: Vec<EntryWire>,
}

/// An entry of a playlist.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryWire {
    /// What it plays.
    #[serde(flatten)]
    media: MediaWire,
    /// Where it begins, if not at its beginning.
    start_ms: Option<i64>,
    /// Where it ends, if not at its end.
    end_ms: Option<i64>,
    /// Link of its subtitles.
    #[schema(value_type = Option<String>)]
    subtitles: Option<Arc<str>>,
}

impl From<&Playlist> for PlaylistHeadWire {
    fn from(playlist: &Playlist) -> Self {
        Self {
            id: playlist.id.0,
            name: playlist.name.clone(),
            made_at: playlist.made_at.0,
            count: playlist.entries.len(),
        }
    }
}

impl From<&Playlist> for PlaylistWire {
    fn from(playlist: &Playlist) -> Self {
        let entry = |entry: &Entry| EntryWire {
            media: (&*entry.media).into(),
            start_ms: entry.start.map(|start| start.0),
            end_ms: entry.end.map(|end| end.0),
            subtitles: entry.subtitles.clone(),
        };
        let room = if let Owner::Room(room) = playlist.owner { Some(room.0) } else { None };
        Self { head: playlist.into(), room, entries: playlist.entries.iter().map(entry).collect() }
    }
}

/// A playlist to make.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MakePlaylist {
    /// 1 to 100 characters.
    #[schema(example = "Rainy days")]
    name: String,
    /// What is on in this room and what comes.
    #[schema(example = json!(null))]
    from_room: Option<Uuid>,
    /// Links.
    #[serde(default)]
    items: Vec<AddItem>,
    /// Pasted text: a link per line, M3U, CSV with a column of links, or JSON.
    text: Option<String>,
}

/// What to change of a playlist.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ChangePlaylist {
    /// Another name.
    #[schema(example = "Rainy nights")]
    name: Option<String>,
    /// These instead of what stands in it.
    items: Option<Vec<AddItem>>,
    /// Pasted text, behind what stands in it.
    append: Option<String>,
}

/// Which playlist to queue, and where.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LoadPlaylist {
    /// Which.
    playlist: Uuid,
    /// `end` (default), `next` or `now`.
    #[serde(default)]
    #[schema(value_type = Option<SpotField>)]
    spot: SpotField,
}

/// My playlists
#[utoipa::path(get, path = "/api/v1/playlists", tag = "playlists", security(("token" = [])),
    responses((status = 200, body = Data<Vec<PlaylistHeadWire>>), OwnReadRefused))]
pub(super) async fn list(State(app): State<App>, who: Who) -> Result<Data<Vec<PlaylistHeadWire>>, ApiError> {
    heads(&app, Owner::Person(who.caller.person.id)).await
}

/// A room's playlists
#[utoipa::path(get, path = "/api/v1/rooms/{id}/playlists", tag = "playlists", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<Vec<PlaylistHeadWire>>), ReadRefused))]
pub(super) async fn list_room(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
) -> Result<Data<Vec<PlaylistHeadWire>>, ApiError> {
    visible(&app, &who, room).await?;
    heads(&app, Owner::Room(room)).await
}

async fn heads(app: &App, owner: Owner) -> Result<Data<Vec<PlaylistHeadWire>>, ApiError> {
    let playlists = app.engine.playlists.of(owner).await?;
    Ok(Data { data: playlists.iter().map(PlaylistHeadWire::from).collect() })
}

/// Make a playlist of my own
#[utoipa::path(post, path = "/api/v1/playlists",
    request_body(content = MakePlaylist, example = json!({ "name": "Rainy days", "text": "https://example.com/clip.mp4" })), tag = "playlists", security(("token" = [])),
    responses((status = 201, body = Data<PlaylistWire>), WriteRefused))]
pub(super) async fn make(
    State(app): State<App>,
    who: Who,
    ClientAddress(from): ClientAddress,
    Body(new, _): Body<MakePlaylist>,
) -> Result<Response, ApiError> {
    spend(&app, &who)?;
    let owner = Owner::Person(who.caller.person.id);
    let actor = match new.from_room {
        Some(room) => actor(&app, &who, RoomId(room)).await?,
        None => who.caller.actor(who.door),
    };
    save(&app, &actor, &from, owner, new).await
}

/// Make a playlist of a room
#[utoipa::path(post, path = "/api/v1/rooms/{id}/playlists",
    request_body(content = MakePlaylist, example = json!({ "name": "Rainy days", "items": [{ "url": "https://example.com/clip.mp4" }] })), tag = "playlists", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 201, body = Data<PlaylistWire>), WriteRefused))]
pub(super) async fn make_room(
    State(app): State<App>,
    who: Who,
    ClientAddress(from): ClientAddress,
    InRoom(room): InRoom,
    Body(new, _): Body<MakePlaylist>,
) -> Result<Response, ApiError> {
    spend(&app, &who)?;
    let actor = actor(&app, &who, room).await?;
    if new.from_room.is_some_and(|other| other != room.0) {
        return Err(Refusal::input("A room saves its own queue: leave from_room out, or name this room.").into());
    }
    save(&app, &actor, &from, Owner::Room(room), new).await
}

async fn save(app: &App, actor: &Actor, from: &str, owner: Owner, new: MakePlaylist) -> Result<Response, ApiError> {
    let playlists = &app.engine.playlists;
    let links = wishes(new.items, new.text.as_deref());
    let playlist = match new.from_room {
        Some(_) if !links.is_empty() => {
            return Err(Refusal::input("Send from_room, or links, and not both.").into());
        }
        Some(room) => {
            let view = app.engine.rooms.view(RoomId(room)).await?;
            playlists.save_queue(&view, owner, actor, &new.name).await?
        }
        None => {
            let entries = entries(app, actor, from, links).await?;
            playlists.make(owner, actor, &new.name, entries).await?
        }
    };
    Ok((StatusCode::CREATED, Json(Data { data: PlaylistWire::from(&playlist) })).into_response())
}

/// What links are by themselves.
async fn entries(app: &App, actor: &Actor, from: &str, links: Vec<Wish>) -> Result<Vec<Entry>, ApiError> {
    if links.is_empty() {
        return Ok(Vec::new());
    }
    Ok(app.engine.intake.entries(actor, Some(from), links).await?)
}

/// A playlist
#[utoipa::path(get, path = "/api/v1/playlists/{playlist}", tag = "playlists", security(("token" = [])),
    params(("playlist" = Uuid, Path, description = "Which")),
    responses((status = 200, body = Data<PlaylistWire>), ReadRefused))]
pub(super) async fn read(
    State(app): State<App>,
    who: Who,
    FirstText(id): FirstText,
) -> Result<Data<PlaylistWire>, ApiError> {
    let (playlist, _) = found(&app, &who, &id).await?;
    Ok(Data { data: PlaylistWire::from(&playlist) })
}

/// Rename a playlist, or fill it otherwise
#[utoipa::path(patch, path = "/api/v1/playlists/{playlist}",
    request_body(content = ChangePlaylist, example = json!({ "name": "Rainy nights", "append": "https://example.com/clip.mp4" })), tag = "playlists", security(("token" = [])),
    params(("playlist" = Uuid, Path, description = "Which")),
    responses((status = 200, body = Data<PlaylistWire>), WriteRefused))]
pub(super) async fn change(
    State(app): State<App>,
    who: Who,
    ClientAddress(from): ClientAddress,
    FirstText(id): FirstText,
    Body(change, _): Body<ChangePlaylist>,
) -> Result<Data<PlaylistWire>, ApiError> {
    spend(&app, &who)?;
    let (playlist, actor) = found(&app, &who, &id).await?;
    let filled = match (change.items, change.append) {
        (None, None) => None,
        (items, append) => {
            let mut kept = if items.is_some() { Vec::new() } else { playlist.entries };
            let links = wishes(items.unwrap_or_default(), append.as_deref());
            kept.extend(entries(&app, &actor, &from, links).await?);
            Some(kept)
        }
    };
    let changed = app.engine.playlists.change(playlist.id, &actor, change.name.as_deref(), filled).await?;
    Ok(Data { data: PlaylistWire::from(&changed) })
}

/// Delete a playlist
#[utoipa::path(delete, path = "/api/v1/playlists/{playlist}", tag = "playlists", security(("token" = [])),
    params(("playlist" = Uuid, Path, description = "Which")),
    responses((status = 204), DeedRefused))]
pub(super) async fn delete(State(app): State<App>, who: Who, FirstText(id): FirstText) -> Result<Response, ApiError> {
    spend(&app, &who)?;
    let (playlist, actor) = found(&app, &who, &id).await?;
    app.engine.playlists.delete(playlist.id, &actor).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Queue all of a playlist
#[utoipa::path(post, path = "/api/v1/rooms/{id}/playlists/load",
    request_body(content = LoadPlaylist, example = json!({ "playlist": "018f6a1c-0000-7000-8000-000000000001", "spot": "end" })), tag = "playlists", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<DoneWire>), WriteRefused))]
pub(super) async fn load(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Body(load, _): Body<LoadPlaylist>,
) -> Result<Data<DoneWire>, ApiError> {
    spend(&app, &who)?;
    let (id, spot) = (PlaylistId(load.playlist), load.spot.into());
    let done = app.engine.load_playlist(id, room, &who.caller, who.door, spot).await?;
    Ok(Data { data: DoneWire::from(&done) })
}

/// A playlist, and who asks for it: in a room's own, with what they are in that room.
async fn found(app: &App, who: &Who, id: &str) -> Result<(Playlist, Actor), ApiError> {
    let id = id.parse().map_err(|_| Refusal::input("A playlist is named by its identity: send a UUID."))?;
    let caller = who.caller.actor(who.door);
    let caller = match app.engine.playlists.owner(id).await? {
        Owner::Room(room) => actor(app, who, room).await?,
        Owner::Person(_) => caller,
    };
    Ok((app.engine.playlists.get(id, &caller).await?, caller))
}
