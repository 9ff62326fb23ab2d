//! Playlists of a room, by key or by name: `current` is the queue, all others are the room's saved ones.

use axum::{Extension, Json, extract::State, response::IntoResponse};
use engine::{
    command::{Deed, Spot},
    event::Door,
    ids::PlaylistId,
    intake::Wish,
    playlists::{Owner, Playlist},
    refusal::No,
    room::RoomView,
};
use serde::Serialize;
use serde_json::json;

use super::{
    Answered,
    call::Call,
    error::W2gError,
    items, player,
    room::{self, Found},
};
use crate::{
    app::App,
    http::extract::{FirstText, SecondText},
};

/// What the queue is called.
pub const CURRENT: &str = "current";

/// A list that a call names.
pub enum List {
    /// What is on and what comes.
    Current,
    /// A saved one.
    Saved(Box<Playlist>),
}

/// The list of a room that has this key or, where none has, this name.
pub async fn named(app: &App, view: &RoomView, name: &str) -> Result<List, W2gError> {
    if name == CURRENT {
        return Ok(List::Current);
    }
    let lists = app.engine.playlists.of(Owner::Room(view.id)).await?;
    let by_key = name.parse::<PlaylistId>().ok();
    let found = lists.into_iter().find(|list| match by_key {
        Some(key) => list.id == key,
        None => list.name.to_lowercase() == name.to_lowercase(),
    });
    found.map(|list| List::Saved(Box::new(list))).ok_or_else(|| {
        let message = "This room has no playlist of that key or name. Look at GET /rooms/{streamkey}/playlists.";
        W2gError::new(axum::http::StatusCode::NOT_FOUND, "playlist_not_found", message)
    })
}

/// A list, as it is told.
#[derive(Debug, Serialize)]
pub struct ListWire {
    title: String,
    key: String,
    shuffle: u8,
    autoplay: bool,
    queue: bool,
    is_personal: bool,
    count: usize,
}

impl ListWire {
    fn saved(list: &Playlist) -> Self {
        Self { title: list.name.clone(), key: list.id.to_string(), queue: false, ..Self::empty(list.entries.len()) }
    }

    fn empty(count: usize) -> Self {
        Self {
            title: "Queue".to_owned(),
            key: CURRENT.to_owned(),
            shuffle: 0,
            autoplay: true,
            queue: true,
            is_personal: false,
            count,
        }
    }
}

/// All lists of a room, the queue first.
pub async fn all(app: &App, view: &RoomView) -> Result<Vec<ListWire>, No> {
    let saved = app.engine.playlists.of(Owner::Room(view.id)).await?;
    let queue = ListWire::empty(view.queue.len() + usize::from(view.current.is_some()));
    Ok([queue].into_iter().chain(saved.iter().map(ListWire::saved)).collect())
}

/// `GET /rooms/{streamkey}/playlists`
pub(super) async fn list(
    State(app): State<App>,
    Extension(call): Extension<Call>,
    FirstText(name): FirstText,
) -> Answered {
    let found = room::found(&app, &call, call.caller()?, &name).await?;
    let lists = all(&app, &found.view).await?;
    Ok(Json(json!({ "lists": lists, "selectedPlaylist": CURRENT })).into_response())
}

/// `POST /rooms/{streamkey}/playlists/create`: an empty one, or with `add_items` in it
pub(super) async fn create(
    State(app): State<App>,
    Extension(call): Extension<Call>,
    FirstText(name): FirstText,
) -> Answered {
    let found = room::to_change(&app, &call, &name).await?;
    let title = call.fields.text("title")?;
    let title = title.ok_or_else(|| W2gError::field("title", "Send the playlist's name in title."))?;
    if title.eq_ignore_ascii_case(CURRENT) || title.parse::<PlaylistId>().is_ok() {
        return Err(W2gError::field("title", "That is the key of a playlist. Choose another name."));
    }
    let entries = if call.fields.value("add_items").is_some() {
        let wishes = items::wishes(&call.fields)?;
        let entries = app.engine.intake.entries(&found.actor, Some(&call.from), wishes).await;
        entries.map_err(|no| W2gError::from(no).of_link("add_items"))?
    } else {
        Vec::new()
    };
    let made = app.engine.playlists.make(Owner::Room(found.view.id), &found.actor, &title, entries).await?;
    Ok(Json(ListWire::saved(&made)).into_response())
}

/// Puts items behind what stands in a saved list.
pub async fn fill(app: &App, found: &Found, call: &Call, list: Playlist, wishes: Vec<Wish>) -> Result<(), W2gError> {
    engine::room::may_add(&found.view, &found.actor).map_err(W2gError::from)?;
    let more = app.engine.intake.entries(&found.actor, Some(&call.from), wishes).await?;
    let entries = list.entries.into_iter().chain(more).collect();
    app.engine.playlists.change(list.id, &found.actor, None, Some(entries)).await?;
    Ok(())
}

/// `POST /rooms/{streamkey}/playlists/sync_update`: what comes is this list from now on; what is on plays on
pub(super) async fn activate(
    State(app): State<App>,
    Extension(call): Extension<Call>,
    FirstText(name): FirstText,
) -> Answered {
    let found = room::to_change(&app, &call, &name).await?;
    let wanted = call.fields.text("active_list")?;
    let wanted =
        wanted.ok_or_else(|| W2gError::field("active_list", "Send the playlist's key or name in active_list."))?;
    if let List::Saved(list) = named(&app, &found.view, &wanted).await? {
        // Nothing is taken away for a list that would bring nothing.
        if list.entries.is_empty() {
            return Err(W2gError::field(
                "active_list",
                "There is nothing in that playlist. Add something to it first.",
            ));
        }
        engine::room::may_add(&found.view, &found.actor).map_err(W2gError::from)?;
        if !found.view.queue.is_empty() {
            room::command(&app, &found, Deed::Clear).await?;
        }
        let caller = call.caller()?;
        app.engine.load_playlist(list.id, found.view.id, caller, Door::Watch2Gether, Spot::End).await?;
    }
    let view = app.engine.rooms.view(found.view.id).await?;
    Ok(player::told(&app, &view, found.actor.person))
}

/// `POST /rooms/{streamkey}/playlists/{playlist}/clear`
pub(super) async fn clear(
    State(app): State<App>,
    Extension(call): Extension<Call>,
    FirstText(name): FirstText,
    SecondText(list): SecondText,
) -> Answered {
    let found = room::to_change(&app, &call, &name).await?;
    match named(&app, &found.view, &list).await? {
        List::Current if found.view.queue.is_empty() => {}
        List::Current => drop(room::command(&app, &found, Deed::Clear).await?),
        List::Saved(list) => {
            drop(app.engine.playlists.change(list.id, &found.actor, None, Some(Vec::new())).await?);
        }
    }
    Ok(room::done())
}

/// `POST /rooms/{streamkey}/playlists/{playlist}/delete`, and `DELETE` on the list
pub(super) async fn delete(
    State(app): State<App>,
    Extension(call): Extension<Call>,
    FirstText(name): FirstText,
    SecondText(list): SecondText,
) -> Answered {
    let found = room::to_change(&app, &call, &name).await?;
    match named(&app, &found.view, &list).await? {
        List::Current => {
            let message = "The queue is always there. Empty it with …/playlists/current/clear.";
            Err(W2gError::new(axum::http::StatusCode::CONFLICT, "not_a_playlist", message))
        }
        List::Saved(list) => {
            app.engine.playlists.delete(list.id, &found.actor).await?;
            Ok(room::done())
        }
    }
}
