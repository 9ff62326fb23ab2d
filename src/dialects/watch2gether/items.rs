//! What plays and what comes: replaced, added to, read.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::{
    command::Spot,
    intake::Wish,
    media::{Item, Media},
    playlists::{self, Playlist},
    refusal::Refusal,
    room::RoomView,
};
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    Answered,
    call::Call,
    error::W2gError,
    fields::{self, Fields},
    lists::{self, List},
    room,
};
use crate::{
    app::App,
    http::extract::{FirstText, SecondText},
};

/// How many items one call may bring.
pub const ITEMS: usize = 50;
/// How many items were queued.
const QUEUED: HeaderName = HeaderName::from_static("x-w2g-queued");
/// How many were left out because nobody could watch them.
const LEFT_OUT: HeaderName = HeaderName::from_static("x-w2g-left-out");
/// By which a client asks for an answer with something in it.
const DETAILS: &str = "x-w2g-details";

/// `POST /rooms/{streamkey}/sync_update`: this plays now, from its beginning
pub(super) async fn replace(
    State(app): State<App>,
    Extension(call): Extension<Call>,
    headers: HeaderMap,
    FirstText(name): FirstText,
) -> Answered {
    let caller = call.caller_about_items(&app)?;
    caller.may_change()?;
    let found = room::found(&app, &call, caller, &name).await?;
    let link = call.fields.text("item_url")?;
    let link = link.ok_or_else(|| W2gError::field("item_url", "Send the link of a video in item_url."))?;
    if link.chars().any(char::is_whitespace) {
        return Err(W2gError::field("item_url", "item_url is a link. Paste one that begins with https://."));
    }
    let wish = wished(link, call.fields.text("title")?, picture(&call.fields)?);
    let queued = app.engine.intake.queue_from(found.view.id, &found.actor, Some(&call.from), wish, Spot::Now).await;
    queued.map_err(|no| W2gError::from(no).of_link("item_url"))?;
    Ok(quietly(&call, &headers, 1, &[]))
}

/// `POST /rooms/{streamkey}/playlists/{playlist}/playlist_items/sync_update`: these are added
pub(super) async fn append(
    State(app): State<App>,
    Extension(call): Extension<Call>,
    headers: HeaderMap,
    FirstText(name): FirstText,
    SecondText(list): SecondText,
) -> Answered {
    let caller = call.caller_about_items(&app)?;
    caller.may_change()?;
    let found = room::found(&app, &call, caller, &name).await?;
    let wishes = wishes(&call.fields)?;
    let (many, from) = (wishes.len(), Some(call.from.as_str()));
    let bad_link = |no| W2gError::from(no).of_link("add_items");
    match lists::named(&app, &found.view, &list).await? {
        List::Current => {
            let (room, intake) = (found.view.id, &app.engine.intake);
            let queued = intake.queue_many(room, &found.actor, from, wishes, Spot::End).await.map_err(bad_link)?;
            Ok(quietly(&call, &headers, many - queued.left_out.len(), &queued.left_out))
        }
        List::Saved(saved) => {
            lists::fill(&app, &found, &call, *saved, wishes).await.map_err(|error| error.of_link("add_items"))?;
            Ok(quietly(&call, &headers, many, &[]))
        }
    }
}

/// The items that a call brings.
pub fn wishes(fields: &Fields) -> Result<Vec<Wish>, W2gError> {
    let items = fields.list("add_items")?;
    if items.is_empty() || items.len() > ITEMS {
        let message = format!("add_items is a list of 1 to {ITEMS} items. Send more of them with another call.");
        return Err(W2gError::field("add_items", message));
    }
    items.iter().enumerate().map(|(n, item)| wish(n, item)).collect()
}

fn wish(n: usize, item: &Value) -> Result<Wish, W2gError> {
    let of = |name: &str| item.get(name).and_then(fields::text).filter(|text| !text.is_empty());
    let link = if item.is_string() { fields::text(item) } else { of("url") };
    let link = link.filter(|link| !link.is_empty()).ok_or_else(|| {
        W2gError::field(format!("add_items[{n}].url"), "Every item has a link in url. Leave out those that have none.")
    })?;
    let thumbnail = of("thumb").or_else(|| of("thumbnail")).or_else(|| of("img"));
    Ok(wished(link, of("title"), thumbnail))
}

/// A link as a bot wants it: under the title that it gives, where it gives one.
pub fn wished(link: String, title: Option<String>, thumbnail: Option<String>) -> Wish {
    Wish { link, title, title_holds: true, thumbnail, ..Wish::default() }
}

fn picture(fields: &Fields) -> Result<Option<String>, W2gError> {
    Ok(fields.text("thumb")?.or(fields.text("thumbnail")?))
}

/// A good answer: empty, as its clients know it, unless they ask for more.
fn quietly(call: &Call, headers: &HeaderMap, queued: usize, left_out: &[(usize, Refusal)]) -> Response {
    let json =
        headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|text| text.contains("json"));
    let asked = headers.contains_key(DETAILS) || call.fields.flag("details") == Some(true);
    let mut response = if json && asked {
        let left_out = left_out.iter().map(|(index, refusal)| {
            let error = W2gError::from(refusal.clone());
            json!({ "index": index, "error": error.code, "message": error.message })
        });
        let left_out: Vec<Value> = left_out.collect();
        Json(json!({ "success": true, "queued": queued, "left_out": left_out })).into_response()
    } else {
        StatusCode::OK.into_response()
    };
    response.headers_mut().insert(QUEUED, queued.into());
    if !left_out.is_empty() {
        response.headers_mut().insert(LEFT_OUT, left_out.len().into());
    }
    response
}

/// An item of a list.
#[derive(Debug, Serialize)]
pub struct ItemWire {
    id: u32,
    /// What it is known by elsewhere; none in a saved list.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    title: String,
    url: String,
    thumb: String,
    /// Where it begins, in seconds.
    start: i64,
    /// How long it is, in seconds, once that is known.
    duration: Option<f64>,
    active: bool,
    voted: bool,
    visible: bool,
    vote_count: usize,
}

impl ItemWire {
    /// Of an item of a room, for somebody.
    pub fn of(view: &RoomView, item: &Item, person: engine::ids::PersonId) -> Self {
        let active = view.current.as_ref().is_some_and(|current| current.id == item.id);
        let voted = view.votes.get(&item.id).is_some_and(|votes| votes.contains(&person));
        Self {
            id: room::number(item.id.0),
            key: Some(item.id.to_string()),
            active,
            voted,
            vote_count: view.votes_for(item.id),
            ..Self::bare(&item.media, item.begins().0)
        }
    }

    fn saved(n: usize, entry: &playlists::Entry) -> Self {
        let id = u32::try_from(n + 1).unwrap_or(u32::MAX);
        Self { id, ..Self::bare(&entry.media, entry.start.map_or(0, |start| start.0)) }
    }

    fn bare(media: &Arc<Media>, start_ms: i64) -> Self {
        Self {
            id: 0,
            key: None,
            title: title(media),
            url: media.url.clone(),
            thumb: media.thumbnail.clone().unwrap_or_default(),
            start: start_ms / 1000,
            duration: media.duration.map(|length| seconds(length.0)),
            active: false,
            voted: false,
            visible: true,
            vote_count: 0,
        }
    }
}

/// What a medium is called; its link where nobody knows.
pub fn title(media: &Media) -> String {
    media.title.clone().unwrap_or_else(|| media.url.clone())
}

/// Milliseconds in seconds.
#[expect(clippy::cast_precision_loss, reason = "no film is as long")]
pub fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

/// `GET /rooms/{streamkey}/playlists/{playlist}/playlist_items`
pub(super) async fn list(
    State(app): State<App>,
    Extension(call): Extension<Call>,
    headers: HeaderMap,
    FirstText(name): FirstText,
    SecondText(list): SecondText,
) -> Answered {
    let found = room::found(&app, &call, call.caller()?, &name).await?;
    let items = match lists::named(&app, &found.view, &list).await? {
        List::Current => current(&found.view, found.actor.person),
        List::Saved(saved) => in_list(&saved),
    };
    let text = serde_json::to_vec(&items);
    let text = text.map_err(|error| engine::refusal::Fault::new(format!("a list has no JSON: {error}")))?;
    Ok(unless_known(&headers, text))
}

/// What is on and what comes.
pub fn current(view: &RoomView, person: engine::ids::PersonId) -> Vec<ItemWire> {
    view.current.iter().chain(view.queue.iter()).map(|item| ItemWire::of(view, item, person)).collect()
}

fn in_list(list: &Playlist) -> Vec<ItemWire> {
    list.entries.iter().enumerate().map(|(n, entry)| ItemWire::saved(n, entry)).collect()
}

/// JSON under a tag, and nothing where the client has it already.
fn unless_known(headers: &HeaderMap, text: Vec<u8>) -> Response {
    let [a, b, ..] = *Sha256::digest(&text).as_chunks::<8>().0 else { return text.into_response() };
    let tag = format!("\"{:016x}{:016x}\"", u64::from_be_bytes(a), u64::from_be_bytes(b));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let known = known.is_some_and(|known| known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag));
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "application/json")], text).into_response()
    };
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
