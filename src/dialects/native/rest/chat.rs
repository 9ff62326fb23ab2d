//! What people write.

use axum::{extract::State, http::HeaderMap, response::Response};
use engine::refusal::Refusal;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Data, PAGE, PAGE_LIMIT, Page, actor, created, idempotency, visible};
use crate::{
    app::App,
    dialects::native::wire::LineWire,
    http::{
        error::{ApiError, ErrorBody},
        extract::{Body, InRoom, Params, Who},
    },
};

/// A line to write.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Write {
    /// 1 to 2,000 characters.
    #[schema(example = "hello")]
    text: String,
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
    responses((status = 200, body = Page<LineWire>), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 429, body = ErrorBody)))]
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
#[utoipa::path(post, path = "/api/v1/rooms/{id}/chat", request_body = Write, tag = "chat", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key, the same answer")),
    responses((status = 201, body = Data<LineWire>), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn write(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    headers: HeaderMap,
    Body(write, bytes): Body<Write>,
) -> Result<Response, ApiError> {
    let person = who.caller.person.id.to_string();
    let request = [b"chat".as_slice(), room.0.as_bytes(), &bytes];
    let at_work = app.clone();
    idempotency::once(&app, &headers, &person, &request, async move {
        let actor = actor(&at_work, &who, room).await?;
        let done = at_work.say(room, actor, write.text).await?;
        let line = done.events.iter().find_map(|event| LineWire::of(event));
        created(line.ok_or_else(|| engine::refusal::Fault("a line made no event".to_owned()))?)
    })
    .await
}
