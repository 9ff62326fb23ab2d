//! Who asks: by `Authorization: Bearer`, by the WebSocket subprotocol `auth.bearer.<base64>`, or by the cookie `access_token`.
//!
//! A token is one of this server's sessions or keys, whatever door it was made through.

use axum::{
    extract::{FromRequestParts, Request},
    http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts},
    middleware::Next,
    response::Response,
};
use axum_extra::extract::CookieJar;
use base64::{
    Engine as _,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use engine::{
    command::Actor,
    event::Door,
    ids::{Entropy, PersonId, RoomId},
    limits::Rule,
    people::Caller,
    refusal::{Code, No},
    secret::Secret,
};

use super::error::ClipperError;
use crate::{app::App, http::extract::ClientAddress};

/// The cookie that its pages sign in by.
const COOKIE: &str = "access_token";
/// The cookie of the token that a page must send back in [`CSRF_HEADER`]: a foreign page cannot read it.
const CSRF_COOKIE: &str = "csrf_token";
const CSRF_HEADER: HeaderName = HeaderName::from_static("x-csrf-token");
/// What the subprotocol begins with.
const SUBPROTOCOL: &str = "auth.bearer.";

/// Somebody who showed a token that is good.
#[derive(Debug, Clone)]
pub(super) struct Asker {
    /// Who.
    pub(super) caller: Caller,
    /// Their token.
    pub(super) token: Secret,
    /// A browser added it by itself.
    pub(super) by_cookie: bool,
    /// Where they come from, as it is counted against.
    pub(super) address: String,
}

impl Asker {
    /// The same as somebody who asks a room.
    pub(super) async fn actor(&self, app: &App, room: RoomId) -> Result<Actor, No> {
        app.engine.actor(&self.caller, room, Door::Clipper).await
    }

    /// Their identity.
    pub(super) fn person(&self) -> PersonId {
        self.caller.person.id
    }
}

/// Somebody, or nobody: a token that is not good is as good as none.
#[derive(Debug, Clone)]
pub(super) struct MaybeAsker {
    /// Who, where they showed a token that is good.
    pub(super) asker: Option<Asker>,
    /// Where they come from, as it is counted against.
    pub(super) address: String,
}

/// A token as it was shown, and whether a browser added it by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    token: Secret,
    by_cookie: bool,
}

/// What a request shows. The header wins, then the subprotocol, then the cookie.
pub(super) fn shown(headers: &HeaderMap) -> Option<Shown> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = bearer.and_then(|value| value.split_once(' '));
    let bearer = bearer.filter(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty());
    if let Some((_, token)) = bearer {
        return Some(Shown { token: Secret::new(token.trim()), by_cookie: false });
    }
    if let Some(token) = offered(headers).find_map(|protocol| decoded(protocol.strip_prefix(SUBPROTOCOL)?)) {
        return Some(Shown { token, by_cookie: false });
    }
    let jar = CookieJar::from_headers(headers);
    let cookie = jar.get(COOKIE).map(|cookie| cookie.value().to_owned()).filter(|token| !token.is_empty())?;
    Some(Shown { token: Secret::new(cookie), by_cookie: true })
}

/// The subprotocol that the handshake's answer tells back: the one that carries the token, whether it was needed or not. A
/// browser that offered one and is told none goes away.
pub(super) fn echo(headers: &HeaderMap) -> Option<String> {
    let carries = |protocol: &&str| protocol.starts_with(SUBPROTOCOL);
    let read = offered(headers).find(|protocol| protocol.strip_prefix(SUBPROTOCOL).and_then(decoded).is_some());
    read.or_else(|| offered(headers).find(carries)).map(str::to_owned)
}

fn offered(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

/// A token in base64 of either alphabet, with padding or without: `=` may not stand in a subprotocol, so browsers can only
/// send it without.
fn decoded(text: &str) -> Option<Secret> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let either =
        [STANDARD, URL_SAFE].iter().find_map(|alphabet| GeneralPurpose::new(alphabet, config).decode(text).ok());
    let token = String::from_utf8(either?).ok()?;
    (!token.is_empty()).then(|| Secret::new(token))
}

/// Who shows this; nobody where it is not good.
async fn holder(app: &App, shown: Shown, address: String) -> Result<Option<Asker>, ClipperError> {
    match app.engine.people.by_token(shown.token.reveal()).await {
        Ok(caller) => Ok(Some(Asker { caller, token: shown.token, by_cookie: shown.by_cookie, address })),
        Err(No::Refusal(refusal)) if refusal.code == Code::BadToken => Ok(None),
        Err(no) => Err(no.into()),
    }
}

async fn address(parts: &mut Parts, app: &App) -> Result<String, ClipperError> {
    let ClientAddress(address) = ClientAddress::from_request_parts(parts, app).await?;
    Ok(address)
}

impl FromRequestParts<App> for Asker {
    type Rejection = ClipperError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ClipperError> {
        // Whoever counts calls has looked already.
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let address = address(parts, app).await?;
        let missing = || ClipperError::unauthorized("Missing authentication token");
        let shown = shown(&parts.headers).ok_or_else(missing)?;
        if shown.by_cookie && !parts.method.is_safe() {
            check_csrf(&parts.headers)?;
        }
        let Some(asker) = holder(app, shown, address.clone()).await? else {
            // Whoever tries tokens pays with where they come from.
            let now = app.engine.clock.play_time();
            app.engine.limits.spend(Rule::Calls, address.as_str(), app.costs.read, now).allowed()?;
            return Err(ClipperError::unauthorized("Invalid or expired token"));
        };
        if !parts.method.is_safe() {
            asker.caller.may_change()?;
        }
        Ok(asker)
    }
}

impl FromRequestParts<App> for MaybeAsker {
    type Rejection = ClipperError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ClipperError> {
        let address = address(parts, app).await?;
        let asker = match shown(&parts.headers) {
            Some(shown) => holder(app, shown, address.clone()).await?,
            None => None,
        };
        Ok(Self { asker, address })
    }
}

/// A page that acts by cookie shows that it can read what stands in another.
fn check_csrf(headers: &HeaderMap) -> Result<(), ClipperError> {
    let jar = CookieJar::from_headers(headers);
    let known = jar.get(CSRF_COOKIE).map(axum_extra::extract::cookie::Cookie::value).filter(|token| !token.is_empty());
    let sent = headers.get(CSRF_HEADER).and_then(|value| value.to_str().ok());
    match (known, sent) {
        (Some(known), Some(sent)) if known == sent => Ok(()),
        (_, None) | (None, _) => Err(ClipperError::csrf("CSRF token missing")),
        _ => Err(ClipperError::csrf("CSRF token invalid")),
    }
}

/// Gives out such a token with every look, and tells it in a header as well.
pub(super) async fn csrf(
    axum::extract::State(app): axum::extract::State<App>,
    request: Request,
    next: Next,
) -> Response {
    let safe = request.method().is_safe();
    let known = CookieJar::from_headers(request.headers()).get(CSRF_COOKIE).map(|cookie| cookie.value().to_owned());
    // One of ours, or none: it goes back into a header.
    let known = known.filter(|token| token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let mut response = next.run(request).await;
    if !safe {
        return response;
    }
    let fresh = known.is_none();
    let token = known.unwrap_or_else(|| Entropy.token());
    if fresh {
        let secure = if app.origin.starts_with("https://") { "; Secure" } else { "" };
        let cookie = format!("{CSRF_COOKIE}={token}; Path=/; SameSite=Strict; Max-Age=86400{secure}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    if let Ok(token) = HeaderValue::from_str(&token) {
        response.headers_mut().insert(CSRF_HEADER, token);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(HeaderName, &str)]) -> Option<(String, bool, Option<String>)> {
        let headers = pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        shown(&headers).map(|shown| (shown.token.reveal().to_owned(), shown.by_cookie, echo(&headers)))
    }

    #[test]
    fn the_header_wins_then_the_subprotocol_then_the_cookie() {
        let header = (header::AUTHORIZATION, "bearer one");
        let protocol = (header::SEC_WEBSOCKET_PROTOCOL, "chat, auth.bearer.dHdv");
        let cookie = (header::COOKIE, "a=b; access_token=three");
        let told = Some("auth.bearer.dHdv".to_owned());
        assert_eq!(of(&[header, protocol.clone(), cookie.clone()]), Some(("one".to_owned(), false, told.clone())));
        assert_eq!(of(&[protocol, cookie.clone()]), Some(("two".to_owned(), false, told)));
        assert_eq!(of(&[cookie]), Some(("three".to_owned(), true, None)));
        assert_eq!(of(&[(header::AUTHORIZATION, "Basic eA=="), (header::COOKIE, "access_token=")]), None);
    }

    #[test]
    fn base64_is_read_in_either_alphabet_with_padding_or_without() {
        let token = "ab?>\u{ff}";
        for text in ["YWI/PsO/", "YWI_PsO_", "YQ==", "YQ"] {
            let read = decoded(text).unwrap();
            assert_eq!(read.reveal(), if text.starts_with("YWI") { token } else { "a" }, "{text}");
        }
        for bad in ["", "Y", "YWI*", "/w=="] {
            assert_eq!(decoded(bad), None, "{bad}");
        }
    }
}
