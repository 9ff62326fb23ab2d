//! Where I am signed in, and ending it from elsewhere.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use engine::refusal::{Code, Refusal};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Data,
    refused::{OwnDeedRefused, OwnReadRefused},
    spend,
};
use crate::{
    app::App,
    http::{
        error::ApiError,
        extract::{FirstText, Who},
    },
};

/// A session of mine. Its token is told nowhere.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnSessionWire {
    /// What to end it by.
    id: Uuid,
    /// Whether it is this one.
    current: bool,
    /// When it was made, in Unix milliseconds.
    made_at: i64,
    /// Until when it is good.
    expires_at: i64,
}

/// How many were ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndedWire {
    /// How many.
    ended: usize,
}

/// My sessions, the newest first
#[utoipa::path(get, path = "/api/v1/people/me/sessions", tag = "sessions", security(("token" = [])),
    responses((status = 200, body = Data<Vec<OwnSessionWire>>), OwnReadRefused))]
pub(super) async fn list(State(app): State<App>, who: Who) -> Result<Response, ApiError> {
    who.caller.themself()?;
    let people = &app.engine.people;
    let sessions = people.sessions(who.caller.person.id).await?;
    let wire = |session: &engine::records::Session| OwnSessionWire {
        id: session.id(),
        current: people.is_of(session, who.token.reveal()),
        made_at: session.made_at.0,
        expires_at: session.expires_at.0,
    };
    Ok(Json(Data { data: sessions.iter().map(wire).collect::<Vec<_>>() }).into_response())
}

/// End one of my sessions
#[utoipa::path(delete, path = "/api/v1/people/me/sessions/{id}", tag = "sessions", security(("token" = [])),
    params(("id" = String, Path, description = "As in the list")),
    responses((status = 204), OwnDeedRefused))]
pub(super) async fn end(State(app): State<App>, who: Who, FirstText(id): FirstText) -> Result<Response, ApiError> {
    who.caller.themself()?;
    spend(&app, &who)?;
    let id = id.parse().map_err(|_| Refusal::new(Code::NoSuchSession))?;
    app.engine.people.end_session(who.caller.person.id, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// End all my sessions but this one
#[utoipa::path(delete, path = "/api/v1/people/me/sessions", tag = "sessions", security(("token" = [])),
    responses((status = 200, body = Data<EndedWire>), OwnDeedRefused))]
pub(super) async fn end_others(State(app): State<App>, who: Who) -> Result<Data<EndedWire>, ApiError> {
    who.caller.themself()?;
    spend(&app, &who)?;
    let ended = app.engine.people.end_other_sessions(who.caller.person.id, who.token.reveal()).await?;
    Ok(Data { data: EndedWire { ended } })
}
