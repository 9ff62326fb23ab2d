//! Votes for what comes next.

use axum::{extract::State, response::Response};
use engine::{command::Command, refusal::Code};
use serde_json::json;

use super::{
    answer,
    auth::Asker,
    command,
    error::OttError,
    queue::video_in,
    room::{self, Found},
    spend,
    validate::Fields,
};
use crate::{app::App, http::extract::FirstText};

/// A vote for a queued video.
pub(super) async fn vote(
    State(app): State<App>,
    asker: Asker,
    FirstText(name): FirstText,
    Fields(fields): Fields,
) -> Result<Response, OttError> {
    cast(&app, &asker, &name, &fields, true).await
}

/// Takes it back.
pub(super) async fn unvote(
    State(app): State<App>,
    asker: Asker,
    FirstText(name): FirstText,
    Fields(fields): Fields,
) -> Result<Response, OttError> {
    cast(&app, &asker, &name, &fields, false).await
}

async fn cast(
    app: &App,
    asker: &Asker,
    name: &str,
    fields: &serde_json::Map<String, serde_json::Value>,
    up: bool,
) -> Result<Response, OttError> {
    let video = video_in(fields)?;
    spend(app, asker)?;
    let found = present(app, asker, name).await?;
    let item = video.queued(&found.view)?.id;
    command(app, &found, Command::Vote { item, up }).await?;
    Ok(answer::done(json!({})))
}

/// The room, for somebody who has a connection in it: others have no voice there.
pub(super) async fn present(app: &App, asker: &Asker, name: &str) -> Result<Found, OttError> {
    let found = room::find(app, &asker.caller, name).await?;
    if found.view.is_here(found.actor.person) { Ok(found) } else { Err(Code::NotHere.into()) }
}
