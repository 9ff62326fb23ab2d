//! Its addresses of rooms, which lead to the room's page.

use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use engine::{event::Door, ids::RoomId, refusal::No, room::may_enter};

use super::room;
use crate::{
    app::App,
    http::{
        extract::{self, FirstText},
        unfurl::encoded,
    },
};

/// `/room/{name}`, and `/rooms/{name}` where nobody else has that name: to the room's page. A room that the reader may not be in and none at all lead to the
/// same one, which says what to do.
pub async fn named(State(app): State<App>, headers: HeaderMap, FirstText(name): FirstText) -> Response {
    match address(&app, &headers, &name).await {
        Ok(Some(address)) => Redirect::temporary(&address).into_response(),
        Ok(None) => Redirect::temporary(&format!("/r/{}", encoded(&name))).into_response(),
        Err(no) => crate::http::pages::failed(no),
    }
}

/// Where the room of a name is, for who may know that it is there.
///
/// # Errors
///
/// What says nothing of a room: it cannot be looked up.
pub async fn address(app: &App, headers: &HeaderMap, name: &str) -> Result<Option<String>, No> {
    if name.parse::<RoomId>().is_ok() {
        return Ok(Some(format!("/r/{name}")));
    }
    let found = open_to(app, headers, name).await;
    match found {
        Ok(room) => Ok(room.map(|room| format!("/r/{room}"))),
        Err(no) => no.decided().map(|_| None),
    }
}

async fn open_to(app: &App, headers: &HeaderMap, name: &str) -> Result<Option<RoomId>, No> {
    let Some(id) = room::named(app, name).await? else { return Ok(None) };
    let view = app.engine.rooms.view(id).await?;
    if view.settings.visibility.is_open() {
        return Ok(Some(id));
    }
    // A page that is only looked at changes nothing, whatever page leads to it.
    let Some(shown) = extract::credential(headers) else { return Ok(None) };
    let caller = app.engine.people.by_token(shown.token.reveal()).await?;
    let actor = app.engine.actor(&caller, id, Door::Viewer).await?;
    may_enter(&view, &actor)?;
    Ok(Some(id))
}
