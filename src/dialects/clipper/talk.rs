//! Lines of chat and reactions.

use axum::{extract::State, response::Response};
use engine::{command::Command, refusal::Fault, rooms::Done};
use serde_json::json;

use super::{
    access,
    answer::{done, made},
    auth::{Asker, MaybeAsker},
    body::Fields,
    error::ClipperError,
    party::{Message, Reaction, is_over},
};
use crate::{app::App, http::extract::FirstText};

/// How many of the last lines are told.
const LINES: usize = 100;

/// The last lines, oldest first.
pub(super) async fn messages(
    State(app): State<App>,
    by: MaybeAsker,
    FirstText(id): FirstText,
) -> Result<Response, ClipperError> {
    by.pay(&app, app.costs.read)?;
    let view = access::readable(&app, &id, &by).await?;
    let lines = app.engine.rooms.chat(view.id, None, LINES).await?;
    let messages: Vec<_> = lines.iter().rev().filter_map(|line| Message::of(view.id, line)).collect();
    Ok(done(json!({ "count": messages.len(), "messages": messages })))
}

/// Writes a line.
pub(super) async fn say(
    State(app): State<App>,
    asker: Asker,
    FirstText(id): FirstText,
    fields: Fields,
) -> Result<Response, ClipperError> {
    let text = fields.line("message", 1..=1000)?;
    let text = text.ok_or_else(|| ClipperError::invalid("message must be 1 to 1000 characters"))?.to_owned();
    let (view, actor) = access::as_participant(&app, &id, &asker).await?;
    if is_over(&view) {
        return Err(ClipperError::invalid("party has ended"));
    }
    let said = app.engine.say(view.id, actor, Some(&asker.address), text).await?;
    Ok(made(first(&said, |event| Message::of(view.id, event))?))
}

/// Reacts to what is on.
pub(super) async fn react(
    State(app): State<App>,
    asker: Asker,
    FirstText(id): FirstText,
    fields: Fields,
) -> Result<Response, ClipperError> {
    let emoji = fields.line("emoji", 1..=10)?;
    let emoji = emoji.ok_or_else(|| ClipperError::invalid("emoji must be 1 to 10 characters"))?.to_owned();
    let second = fields.number("video_timestamp")?;
    let (view, actor) = access::as_participant(&app, &id, &asker).await?;
    if is_over(&view) {
        return Err(ClipperError::invalid("party has ended"));
    }
    let reacted = app.engine.rooms.command(view.id, actor, Command::React { emoji }).await?;
    let reaction = first(&reacted, |event| Reaction::of(view.id, event))?;
    Ok(made(reaction.said_at(second)))
}

/// What a command made, as it is told.
fn first<T>(done: &Done, told: impl Fn(&engine::event::Event) -> Option<T>) -> Result<T, Fault> {
    let mut told = done.events.iter().filter_map(|event| told(event));
    told.next().ok_or_else(|| Fault::new("a line or a reaction made no event"))
}
