//! The list of what is on and what comes, which needs no secret.

use axum::{
    Json,
    extract::State,
    http::{HeaderName, header},
};
use engine::records::AliasKind;
use serde::Deserialize;
use serde_json::Value;

use super::{auth, error::WatchersError, room};
use crate::{
    app::App,
    http::extract::{ClientAddress, Params},
};

/// Whose rooms.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Query {
    api_key: Option<String>,
}

/// How many of a project's rooms are looked at, the newest first.
const LOOKED_AT: usize = 500;
/// Pages of anybody may ask: what is told needs no secret.
const ANYBODY: [(HeaderName, &str); 1] = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];

/// A project's rooms that are open or will be, by when they open.
pub(super) async fn list(
    State(app): State<App>,
    address: Result<ClientAddress, crate::http::error::ApiError>,
    query: Result<Params<Query>, crate::http::error::ApiError>,
) -> Result<([(HeaderName, &'static str); 1], Json<Vec<Value>>), WatchersError> {
    let (ClientAddress(address), Params(query)) = (address?, query?);
    let key = auth::named(&app, query.api_key.as_deref(), &address).await?;
    let mut listed = Vec::new();
    let mut named = app.engine.rooms.named_under(AliasKind::Watchers, &room::begin(&key)).await?;
    named.sort_unstable_by(|one, other| other.cmp(one));
    // Each is loaded for it, and anybody may ask.
    for id in named.into_iter().take(LOOKED_AT) {
        let Some(view) = room::seen(&app, id).await? else { continue };
        // What was closed to all but who was invited is nobody's to list.
        let open = view.settings.visibility.is_open() && view.settings.password.is_none();
        if open && view.schedule.status.is_listed() {
            listed.push(view);
        }
    }
    // A room without an hour is open since it was made.
    listed.sort_by_key(|view| (view.schedule.start.unwrap_or(view.made_at), view.made_at));
    let mut told = Vec::with_capacity(listed.len());
    for view in listed {
        let name = app.engine.rooms.name_of(view.id, AliasKind::Watchers).await?.unwrap_or_default();
        told.push(room::wire(&app, &view, &name).await?);
    }
    Ok((ANYBODY, Json(told)))
}
