//! Rooms by the names that a project gives them, and how they are told.

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRequestParts, Path},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use engine::{
    embeds::embed,
    ids::{Entropy, RoomId},
    records::AliasKind,
    refusal::{Code, No},
    room::RoomView,
    rooms::DialectName,
};
use serde_json::{Value, json};

use super::{
    auth::Project,
    check::{Check, STATUSES},
    error::WatchersError,
    times::iso,
};
use crate::app::App;

/// A room's name in a path, decoded.
#[derive(Debug, Clone)]
pub(super) struct RoomName(pub(super) String);

impl FromRequestParts<App> for RoomName {
    type Rejection = WatchersError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, WatchersError> {
        let names = Path::<Vec<(String, String)>>::from_request_parts(parts, app).await;
        let Path(names) =
            names.map_err(|_| WatchersError::invalid(vec!["roomId must be a string in UTF-8".to_owned()]))?;
        // Where a route has no parameter, its last part is the name: `speak`, `status`.
        let last = || parts.uri.path().rsplit('/').next().unwrap_or_default().to_owned();
        let name = names.into_iter().next().map_or_else(last, |(_, value)| value);
        let none = serde_json::Map::new();
        let mut check = Check::new(&none);
        check.fits("roomId", &name);
        check.end()?;
        Ok(Self(name))
    }
}

/// What all names of a key's rooms begin with.
pub(super) fn begin(key: &str) -> String {
    format!("{key}/")
}

/// A name for a room that is made.
pub(super) fn name(key: &str, written: &str) -> DialectName {
    let value = format!("{}{written}", begin(key));
    DialectName { kind: AliasKind::Watchers, value, written: written.to_owned() }
}

/// The room of a name, if the key has one.
pub(super) async fn find(app: &App, project: &Project, written: &str) -> Result<Option<Arc<RoomView>>, No> {
    let DialectName { kind, value, .. } = name(&project.key, written);
    match app.engine.rooms.find(kind, &value).await? {
        Some(room) => seen(app, room).await,
        None => Ok(None),
    }
}

/// A room as it stands; nothing where it is gone, or never came to be.
pub(super) async fn seen(app: &App, room: RoomId) -> Result<Option<Arc<RoomView>>, No> {
    match app.engine.rooms.view(room).await {
        Ok(view) => Ok(Some(view)),
        Err(No::Refusal(refusal)) if refusal.code == Code::NoSuchRoom => Ok(None),
        Err(no) => Err(no),
    }
}

/// The room of a name, which must be there.
pub(super) async fn needed(app: &App, project: &Project, written: &str) -> Result<Arc<RoomView>, WatchersError> {
    find(app, project, written).await?.ok_or_else(WatchersError::no_such_room)
}

/// The number of a room.
pub(super) async fn number(app: &App, room: RoomId) -> Result<u64, No> {
    let draw = || (Entropy.seed() % 0x7fff_ffff + 1).to_string();
    let drawn = app.engine.rooms.name_drawn(room, AliasKind::Number, draw).await?;
    Ok(drawn.parse().unwrap_or_default())
}

/// A room as it is told.
pub(super) async fn wire(app: &App, view: &RoomView, written: &str) -> Result<Value, No> {
    let id = number(app, view.id).await?;
    let (set, schedule) = (&view.settings, view.schedule);
    let status = STATUSES.iter().find(|(_, status)| *status == schedule.status).map(|(word, _)| *word);
    let frame = set.source_url.as_deref().and_then(|page| embed(page, &app.public_url));
    Ok(json!({
        "id": id,
        "externalRoomId": written,
        "roomId": written,
        "status": status,
        "name": set.title,
        "about": (!set.about.is_empty()).then_some(&set.about),
        "isSpeak": set.voice,
        "autoRecord": false,
        // One picture for all sizes.
        "pic": set.picture,
        "pic96": set.picture,
        "pic128": set.picture,
        "pic800": set.picture,
        "isCreatedByAdmin": true,
        "startTime": schedule.start.map(iso),
        "endTime": schedule.end.map(iso),
        "createdAt": iso(view.made_at),
        "isSlowmode": set.slow_mode.0 > 0,
        "slowmodeDelayMS": set.slow_mode.0,
        "record": set.record_url,
        "streamUrl": set.stream_url,
        "sourceUrl": set.source_url,
        "embedUrl": frame,
        "streamStartTime": set.stream_start.map(iso),
        "streamEndTime": set.stream_end.map(iso),
        "enableModeration": set.moderation,
        "enableAntimat": set.profanity_filter,
        "videoPosition": set.video_position.as_deref().unwrap_or("top"),
    }))
}

/// A room as an answer. Where people find its page stands in a header, for the object has no place for it.
pub(super) async fn answer(
    app: &App,
    status: StatusCode,
    view: &RoomView,
    written: &str,
) -> Result<Response, WatchersError> {
    let mut response = (status, Json(wire(app, view, written).await?)).into_response();
    let page = format!("<{}/r/{}>; rel=\"alternate\"; type=\"text/html\"", app.public_url, view.id);
    if let Ok(page) = HeaderValue::from_str(&page) {
        response.headers_mut().insert(header::LINK, page);
    }
    Ok(response)
}
