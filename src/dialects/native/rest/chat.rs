//! What people write.

use axum::{extract::State, http::HeaderMap, response::Response};
use engine::{
    command::Command,
    refusal::{Fault, Refusal},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    Data, DoneWire, PAGE, PAGE_LIMIT, Page, actor, command, created, idempotency,
    refused::{DeedRefused, ReadRefused, WriteRefused},
    spend, visible,
};
use crate::{
    app::App,
    dialects::native::wire::LineWire,
    http::{
        error::ApiError,
        extract::{Body, ClientAddress, InRoom, Numbered, Params, Who},
    },
};

/// A line to write.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Write {
    /// 1 to 2,000 characters.
    #[schema(example = "hello")]
    text: String,
}

/// A reaction.
#[derive(Debug, Deserialize, ToSchema)]
pub struct React {
    /// An emoji: 1 to 16 characters.
    #[schema(example = "👏")]
    emoji: String,
}

/// Which page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReadChat {
    /// How many: 1 to 100, 50 where nobody says.
    limit: Option<usize>,
    /// `next` of the page before.
    before: Option<u64>,
}

/// Lines, newest first
#[utoipa::path(get, path = "/api/v1/rooms/{id}/chat", tag = "chat", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), ReadChat),
    responses((status = 200, body = Page<LineWire>), ReadRefused))]
pub(super) async fn read(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Params(query): Params<ReadChat>,
) -> Result<Page<LineWire>, ApiError> {
    visible(&app, &who, room).await?;
    let limit = query.limit.unwrap_or(PAGE);
    if !(1..=PAGE_LIMIT).contains(&limit) {
        return Err(Refusal::input("limit is 1 to 100.").into());
    }
    let lines = app.engine.rooms.chat(room, query.before, limit).await?;
    let next = (lines.len() == limit).then(|| lines.last().map(|line| line.seq.to_string())).flatten();
    Ok(Page { data: lines.iter().filter_map(LineWire::of).collect(), next })
}

/// Write a line
#[utoipa::path(post, path = "/api/v1/rooms/{id}/chat",
    request_body(content = Write, example = json!({ "text": "hello" })), tag = "chat", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key, the same answer")),
    responses((status = 201, body = Data<LineWire>), WriteRefused))]
pub(super) async fn write(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    ClientAddress(from): ClientAddress,
    headers: HeaderMap,
    Body(write, bytes): Body<Write>,
) -> Result<Response, ApiError> {
    let person = who.caller.person.id.to_string();
    let request = [b"chat".as_slice(), room.0.as_bytes(), &bytes];
    let call = idempotency::call(&headers, &person, &request);
    let at_work = app.clone();
    idempotency::once(&app, &headers, &person, &request, async move {
        let actor = actor(&at_work, &who, room).await?;
        // It may have been said before, and the answer to that was not kept.
        let line = at_work.engine.say_as(room, actor, Some(&from), call, write.text).await?;
        created(LineWire::of(&line).ok_or_else(|| Fault::new("a line is of another kind"))?)
    })
    .await
}

/// Give a line of one's own another wording
#[utoipa::path(patch, path = "/api/v1/rooms/{id}/chat/{line}",
    request_body(content = Write, example = json!({ "text": "hello all" })), tag = "chat", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), ("line" = u64, Path, description = "Its `seq`")),
    responses((status = 200, body = Data<DoneWire>), WriteRefused))]
pub(super) async fn reword(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Numbered(line): Numbered,
    ClientAddress(from): ClientAddress,
    Body(write, _): Body<Write>,
) -> Result<Data<DoneWire>, ApiError> {
    let actor = actor(&app, &who, room).await?;
    let done = app.engine.reword(room, &actor, Some(&from), line, write.text).await?;
    Ok(Data { data: DoneWire::from(&done) })
}

/// Take a line away
#[utoipa::path(delete, path = "/api/v1/rooms/{id}/chat/{line}", tag = "chat", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), ("line" = u64, Path, description = "Its `seq`")),
    responses((status = 200, body = Data<DoneWire>), DeedRefused))]
pub(super) async fn erase(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Numbered(line): Numbered,
) -> Result<Data<DoneWire>, ApiError> {
    spend(&app, &who)?;
    let actor = actor(&app, &who, room).await?;
    let done = app.engine.erase(room, &actor, line).await?;
    Ok(Data { data: DoneWire::from(&done) })
}

/// React to what is on
#[utoipa::path(post, path = "/api/v1/rooms/{id}/reactions",
    request_body(content = React, example = json!({ "emoji": "👏" })), tag = "chat", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<DoneWire>), WriteRefused))]
pub(super) async fn react(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Body(react, _): Body<React>,
) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::React { emoji: react.emoji }).await
}
