//! A token for whoever asks: the one they have, where it is good, else that of a new guest.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{Cookie, SameSite};
use engine::{
    limits::Rule,
    refusal::{Code, No},
};
use serde_json::json;

use super::{
    auth::{COOKIE, shown},
    error::OttError,
    guest_names,
};
use crate::{app::App, http::extract::ClientAddress};

/// `GET /api/auth/grant`. A cookie alone is not looked at: whoever lost the token asks for another one.
pub(super) async fn grant(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    headers: HeaderMap,
) -> Result<Response, OttError> {
    let people = &app.engine.people;
    if let Some((token, false)) = shown(&headers) {
        match people.by_token(token.reveal()).await {
            // A key is nothing for a browser to keep.
            Ok(caller) if caller.key.is_some() => return Ok(Json(json!({ "token": token.reveal() })).into_response()),
            Ok(_) => return Ok(granted(&app, token.reveal())),
            Err(No::Refusal(refusal)) if refusal.code == Code::BadToken => {}
            Err(no) => return Err(no.into()),
        }
    }
    app.engine.limits.take(Rule::Guests, from.as_str(), app.engine.clock.play_time())?;
    let guest = people.guest(&guest_names::name()).await?;
    Ok(granted(&app, guest.token.reveal()))
}

/// A token as an answer and as a cookie, which ends with the browser.
fn granted(app: &App, token: &str) -> Response {
    let cookie = Cookie::build((COOKIE, token.to_owned()))
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.public_url.starts_with("https://"))
        .path("/");
    let mut response = Json(json!({ "token": token })).into_response();
    // Tokens are made of letters and digits.
    if let Ok(cookie) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
