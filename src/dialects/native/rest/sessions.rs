//! Who you are.

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{Cookie, SameSite};
use engine::{limits::Rule, people::NewSession as Made, records::Person, time::Millis};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Data,
    refused::{FormRefused, OwnDeedRefused, OwnReadRefused},
};
use crate::{
    app::App,
    http::{
        error::ApiError,
        extract::{Body, COOKIE, ClientAddress, Who},
    },
};

/// Who wants in.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewSession {
    /// 1 to 48 characters.
    #[schema(example = "Ana")]
    name: String,
}

/// Somebody.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonWire {
    /// Their identity.
    pub id: Uuid,
    /// Their name.
    pub name: String,
}

impl From<&Person> for PersonWire {
    fn from(person: &Person) -> Self {
        Self { id: person.id.0, name: person.name.to_string() }
    }
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionWire {
    /// Told once. Send it as `Authorization: Bearer`.
    token: String,
    /// Who you are.
    person: PersonWire,
    /// Until when it is good, in Unix milliseconds.
    expires_at: i64,
}

impl From<&Made> for SessionWire {
    fn from(guest: &Made) -> Self {
        Self {
            token: guest.token.reveal().to_owned(),
            person: PersonWire::from(&guest.person),
            expires_at: guest.expires_at.0,
        }
    }
}

/// Make a guest
#[utoipa::path(post, path = "/api/v1/sessions",
    request_body(content = NewSession, example = json!({ "name": "Ana" })), tag = "sessions",
    responses((status = 201, body = Data<SessionWire>), FormRefused))]
pub(super) async fn make(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    Body(new, _): Body<NewSession>,
) -> Result<Response, ApiError> {
    // No idempotency here: a kept answer would be a stored token, and a second guest harms nobody.
    app.engine.limits.take(Rule::Guests, from.as_str(), app.engine.clock.play_time())?;
    let guest = app.engine.people.guest(&new.name).await?;
    Ok(welcomed(&app, &guest))
}

/// The answer to who just got a session.
pub(super) fn welcomed(app: &App, session: &Made) -> Response {
    let cookie = session_cookie(app, session.token.reveal(), app.engine.people.session_length());
    let body = Json(Data { data: SessionWire::from(session) });
    (StatusCode::CREATED, [(header::SET_COOKIE, cookie)], body).into_response()
}

/// The cookie by which a browser shows a session.
pub(super) fn session_cookie(app: &App, token: &str, good_for: Millis) -> HeaderValue {
    let cookie = Cookie::build((COOKIE, token.to_owned()))
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.public_url.starts_with("https://"))
        .path("/");
    // Tokens are made of letters and digits.
    HeaderValue::from_str(&format!("{cookie}; Max-Age={}", good_for.0 / 1000)).unwrap_or(HeaderValue::from_static(""))
}

/// Say who I am
#[utoipa::path(get, path = "/api/v1/sessions/current", tag = "sessions", security(("token" = [])),
    responses((status = 200, body = Data<PersonWire>), OwnReadRefused))]
pub(super) async fn current(who: Who) -> Data<PersonWire> {
    Data { data: PersonWire::from(&who.caller.person) }
}

/// Make my token invalid
#[utoipa::path(delete, path = "/api/v1/sessions/current", tag = "sessions", security(("token" = [])),
    responses((status = 204), OwnDeedRefused))]
pub(super) async fn end(State(app): State<App>, who: Who) -> Result<Response, ApiError> {
    // A key stays good until it is revoked.
    who.caller.themself()?;
    app.engine.people.sign_out(who.token.reveal()).await?;
    let gone = [(header::SET_COOKIE, session_cookie(&app, "", Millis::ZERO))];
    Ok((StatusCode::NO_CONTENT, gone).into_response())
}
