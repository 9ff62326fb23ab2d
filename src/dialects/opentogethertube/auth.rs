//! Who asks: by `Authorization: Bearer`, by the cookie `token`, or by a key in the header `apikey`.
//!
//! A token is one of this server's sessions or keys, whatever door it was made through.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use axum_extra::extract::CookieJar;
use engine::{
    people::Caller,
    records::Scope,
    refusal::{Code, No},
    secret::Secret,
};

use super::error::OttError;
use crate::{
    app::App,
    http::extract::{ClientAddress, origin_allowed},
};

/// The name of its cookie.
pub const COOKIE: &str = "token";

/// Somebody who showed a token or a key that is good.
#[derive(Debug, Clone)]
pub struct Asker {
    /// Who.
    pub caller: Caller,
    /// The token of their session; none where they showed a key in `apikey`.
    pub token: Option<Secret>,
    /// Where they come from, as it is counted against.
    pub address: String,
}

/// A token as it was shown, and whether a browser added it by itself. The header wins.
pub fn shown(headers: &HeaderMap) -> Option<(Secret, bool)> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = bearer.filter(|value| value.starts_with("Bearer")).and_then(|value| value.split(' ').nth(1));
    if let Some(token) = bearer.filter(|token| !token.is_empty()) {
        return Some((Secret::new(token), false));
    }
    let jar = CookieJar::from_headers(headers);
    let cookie = jar.get(COOKIE).map(|cookie| cookie.value().to_owned()).filter(|token| !token.is_empty())?;
    let token = percent_encoding::percent_decode_str(&cookie).decode_utf8_lossy().into_owned();
    Some((Secret::new(token), true))
}

/// Whose key stands in `apikey`, where one does. It is looked at before any token.
///
/// # Errors
///
/// `Error` with 400 where it is none that may do anything in rooms.
pub async fn by_key(app: &App, headers: &HeaderMap) -> Result<Option<Caller>, OttError> {
    let Some(key) = headers.get("apikey") else { return Ok(None) };
    let invalid = || OttError::bad("Error", "apikey is invalid");
    let key = key.to_str().map_err(|_| invalid())?;
    match app.engine.people.by_token(key).await {
        // A session is no key: who shows one shows it as a token.
        Ok(caller) if caller.key.is_some() && caller.needs(Scope::Rooms).is_ok() => Ok(Some(caller)),
        Ok(_) => Err(invalid()),
        Err(No::Refusal(refusal)) if refusal.code == Code::BadToken => Err(invalid()),
        Err(no) => Err(no.into()),
    }
}

impl FromRequestParts<App> for Asker {
    type Rejection = OttError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, OttError> {
        let address = ClientAddress::from_request_parts(parts, app).await;
        let address = address.map(|ClientAddress(address)| address).unwrap_or_default();
        if let Some(caller) = by_key(app, &parts.headers).await? {
            return Ok(Self { caller, token: None, address });
        }
        let Some((token, by_cookie)) = shown(&parts.headers) else {
            let message = "Missing auth token. Get a token from /api/auth/grant first.";
            return Err(OttError::token(StatusCode::BAD_REQUEST, message));
        };
        // Browsers say where a page comes from that asks for a change. What is no browser sends no cookie by itself.
        let foreign = parts.headers.contains_key(header::ORIGIN) && !origin_allowed(&parts.headers, app);
        if by_cookie && foreign && !parts.method.is_safe() {
            let message = "A page of another origin cannot act by cookie. Send the token as Authorization: Bearer.";
            return Err(OttError::new(StatusCode::FORBIDDEN, "Unauthorized", message));
        }
        let caller = match app.engine.people.by_token(token.reveal()).await {
            Ok(caller) => caller,
            Err(No::Refusal(refusal)) if refusal.code == Code::BadToken => {
                let message = "Missing valid auth token. Get a token from /api/auth/grant first.";
                return Err(OttError::token(StatusCode::UNAUTHORIZED, message));
            }
            Err(no) => return Err(no.into()),
        };
        if !parts.method.is_safe() {
            caller.may_change().map_err(|refusal| OttError::from(&refusal))?;
        }
        Ok(Self { caller, token: Some(token), address })
    }
}
