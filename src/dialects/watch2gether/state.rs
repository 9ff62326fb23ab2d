//! A room, read back.

use axum::body::HttpBody as _;
use axum::{
    Extension, Json,
    extract::{Request, State},
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use serde::Serialize;
use serde_json::json;

use super::{
    Answered,
    call::{self, Call},
    create,
    items::{self, ItemWire},
    lists,
    player::PlayerWire,
    room::{self, RoomWire, UserWire},
};
use crate::{
    app::App,
    http::{extract::FirstText, pages::failed},
};

/// A whole room.
#[derive(Debug, Serialize)]
struct StateWire {
    #[serde(flatten)]
    room: RoomWire,
    title: std::sync::Arc<str>,
    url: String,
    player: PlayerWire,
    playlist_items: Vec<ItemWire>,
    users: Vec<UserWire>,
}

/// `GET /rooms/{streamkey}`: the room as JSON for a program that shows a key, and the way to its page for everybody else.
///
/// # Errors
///
/// The request, unread, where no room has this streamkey: others have names at this address too.
pub async fn read(app: &App, name: &str, request: Request) -> Result<Response, Request> {
    let room = match room::named(app, name).await {
        Ok(Some(room)) => room,
        Ok(None) => return Err(request),
        Err(no) => return no.decided().err().map(failed).ok_or(request),
    };
    let headers = request.headers();
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let reads_json = accepts.contains("application/json") && !accepts.contains("text/html");
    let shows_key = call::shows_key(headers, request.uri().query(), !request.body().is_end_stream());
    if !reads_json || !shows_key {
        return Ok(Redirect::temporary(&format!("/r/{room}")).into_response());
    }
    Ok(call::within(app, request, async |call, _| state(app, &call, name).await).await)
}

async fn state(app: &App, call: &Call, name: &str) -> Answered {
    let found = room::found(app, call, call.caller()?, name).await?;
    let (view, person) = (&found.view, found.actor.person);
    let room = RoomWire::of(app, view).await?;
    let state = StateWire {
        title: view.settings.title.clone(),
        url: create::address(app, &room.streamkey),
        player: PlayerWire::of(app, view, person),
        playlist_items: items::current(view, person),
        users: room::users(view),
        room,
    };
    Ok(Json(state).into_response())
}

/// `GET /rooms/{streamkey}/sync_state`: the room in sections
pub(super) async fn sync_state(
    State(app): State<App>,
    Extension(call): Extension<Call>,
    FirstText(name): FirstText,
) -> Answered {
    let found = room::found(&app, &call, call.caller()?, &name).await?;
    let (view, person) = (&found.view, found.actor.person);
    let lists = lists::all(&app, view).await?;
    let room = RoomWire::of(&app, view).await?;
    let player = PlayerWire::of(&app, view, person);
    Ok(Json(json!({ "state": [
        ["room", { "payload": room }],
        ["player", { "payload": player }],
        ["playlists", { "payload": { "lists": lists, "selectedPlaylist": lists::CURRENT } }],
        ["playlist_items", { "payload": { "items": items::current(view, person) } }],
        ["users", { "payload": { "users": room::users(view) } }],
    ] }))
    .into_response())
}
