//! A request as this dialect hears it: its fields, whose key it shows, what it costs; and what every answer says to pages.
//!
//! The key stands in the field `w2g_api_key` of the body, else of the query, else in a header. No cookie is looked at, so any
//! page may call.

use axum::{
    body::Body,
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use engine::{
    limits::{Rule, Standing, whole_seconds},
    people::Caller,
    refusal::{Code, No},
};

use super::{Answered, error::W2gError, fields::Fields};
use crate::{
    app::App,
    http::{
        extract::{ClientAddress, read_body},
        meter,
    },
};

/// The headers in which programs were seen to try a key.
const KEY_HEADERS: [&str; 3] = ["w2g-api-key", "x-w2g-api-key", "x-api-key"];
/// What pages of others may send.
const ALLOWED: HeaderValue = HeaderValue::from_static(
    "accept, authorization, content-type, w2g-api-key, x-w2g-api-key, x-api-key, x-w2g-details",
);
/// What they may read beside the answer.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "ratelimit-limit, ratelimit-remaining, ratelimit-reset, retry-after, link, x-room-url, x-w2g-queued, \
     x-w2g-left-out, x-w2g-share-refused, x-w2g-api-key",
);

/// What stands where a key should.
#[derive(Debug, Clone)]
enum Shown {
    Nothing,
    /// No session and no key of this server.
    Wrong,
    Good(Box<Caller>),
    /// It could not be looked up.
    Unknown(W2gError),
}

/// A request.
#[derive(Debug, Clone)]
pub struct Call {
    /// What it says.
    pub fields: Fields,
    /// The address it counts against.
    pub from: String,
    /// It came with a cookie, which is no key.
    with_cookie: bool,
    shown: Shown,
}

impl Call {
    /// Whose key it shows.
    ///
    /// # Errors
    ///
    /// 401 `missing_api_key` or `invalid_api_key`.
    pub fn caller(&self) -> Result<&Caller, W2gError> {
        self.caller_or(StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED)
    }

    /// The same for calls about items, which Watch2Gether answers with 403 where the key is not good.
    pub fn caller_about_items(&self, app: &App) -> Result<&Caller, W2gError> {
        self.caller_or(StatusCode::FORBIDDEN, app.watch2gether.wrong_key())
    }

    fn caller_or(&self, missing: StatusCode, wrong: StatusCode) -> Result<&Caller, W2gError> {
        match &self.shown {
            Shown::Good(caller) => Ok(caller),
            Shown::Unknown(error) => Err(error.clone()),
            Shown::Wrong => Err(W2gError::new(
                wrong,
                "invalid_api_key",
                "This server does not know this API key. Copy it again, or ask the person who runs the server for one.",
            )),
            Shown::Nothing if self.with_cookie => Err(W2gError::new(
                missing,
                "missing_api_key",
                "Cookies are not looked at here. Send your API key in the field w2g_api_key.",
            )),
            Shown::Nothing => {
                Err(W2gError::new(missing, "missing_api_key", "Send your API key in the field w2g_api_key."))
            }
        }
    }

    /// Whether it shows no key at all.
    pub fn is_keyless(&self) -> bool {
        matches!(self.shown, Shown::Nothing)
    }

    /// Takes a request in: reads it, looks its key up and takes what it costs.
    async fn take_in(app: &App, request: Request) -> Result<(Self, Parts, Standing), W2gError> {
        let (mut parts, body) = request.into_parts();
        let body = read_body(body).await?;
        let fields = Fields::read(parts.uri.query(), &parts.headers, &body)?;
        let ClientAddress(from) = ClientAddress::from_request_parts(&mut parts, app).await?;
        let shown = match key(&fields, &parts.headers)? {
            None => Shown::Nothing,
            Some(key) => match app.engine.people.by_token(&key).await {
                Ok(caller) => Shown::Good(Box::new(caller)),
                Err(No::Refusal(refusal)) if refusal.code == Code::BadToken => Shown::Wrong,
                Err(no) => Shown::Unknown(no.into()),
            },
        };
        let (limits, now, cost) = (&app.engine.limits, app.engine.clock.play_time(), cost(app, &parts));
        let standing = match &shown {
            Shown::Good(caller) => limits.spend(Rule::Calls, &caller.person.id, cost, now),
            _ => limits.spend(Rule::Calls, from.as_str(), cost, now),
        };
        standing.allowed()?;
        let with_cookie = parts.headers.contains_key(header::COOKIE);
        Ok((Self { fields, from, with_cookie, shown }, parts, standing))
    }
}

/// What it costs, by what it does.
fn cost(app: &App, parts: &Parts) -> u32 {
    let route = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    match route {
        "/rooms/create" | "/rooms/create.json" => app.costs.room,
        "/w2g_search/lookup" => app.costs.link,
        _ if parts.method.is_safe() || route == "/w2g_key/verify" => app.costs.read,
        _ if route.ends_with("/sync_update") => app.costs.link,
        _ => app.costs.write,
    }
}

/// The key that a request shows, without the brackets that some put around it.
fn key(fields: &Fields, headers: &HeaderMap) -> Result<Option<String>, W2gError> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let bearer = || {
        let value = header(header::AUTHORIZATION.as_str())?;
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.to_owned())
    };
    let field = fields.text("w2g_api_key")?;
    let key = field.or_else(|| KEY_HEADERS.iter().find_map(|name| header(name))).or_else(bearer);
    let bare = key.map(|key| {
        let key = key.trim();
        key.strip_prefix('<').and_then(|key| key.strip_suffix('>')).unwrap_or(key).trim().to_owned()
    });
    Ok(bare.filter(|key| !key.is_empty()))
}

/// Whether a request shows anything where a key may stand outside of its body.
pub fn shows_key(parts: &HeaderMap, query: Option<&str>, has_body: bool) -> bool {
    has_body
        || parts.contains_key(header::AUTHORIZATION)
        || KEY_HEADERS.iter().any(|name| parts.contains_key(*name))
        || query.is_some_and(|query| query.contains("w2g_api_key="))
}

/// Around all its routes: takes the request in, and says on the answer what is left and that any page may read it.
pub async fn heard(State(app): State<App>, request: Request, next: Next) -> Response {
    within(&app, request, async |call, mut parts| {
        parts.extensions.insert(call);
        Ok(next.run(Request::from_parts(parts, Body::empty())).await)
    })
    .await
}

/// The same around one piece of work.
pub async fn within(app: &App, request: Request, work: impl AsyncFnOnce(Call, Parts) -> Answered) -> Response {
    if request.method() == Method::OPTIONS {
        return preflight().await;
    }
    let mut response = match Call::take_in(app, request).await {
        Ok((call, parts, standing)) => {
            let mut response = work(call, parts).await.unwrap_or_else(IntoResponse::into_response);
            // A refusal has said it already, of the limit that it met.
            if !response.headers().contains_key("ratelimit-limit") {
                let Standing { limit, remaining, reset, .. } = standing;
                let reset = whole_seconds(reset).unsigned_abs();
                meter::tell(response.headers_mut(), limit.into(), remaining.into(), reset.into());
            }
            response
        }
        Err(error) => error.into_response(),
    };
    open_to_pages(response.headers_mut());
    response
}

fn open_to_pages(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
}

/// What a browser asks before a page of another origin may call.
pub async fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    open_to_pages(headers);
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, DELETE, OPTIONS"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    response
}

/// For methods that a path does not take.
pub async fn bad_method(method: Method) -> W2gError {
    let message = format!("This path does not take {method}. Its calls are listed in docs/API.md.");
    W2gError::new(StatusCode::METHOD_NOT_ALLOWED, "bad_method", message)
}

/// For paths below a room that there are not.
pub async fn no_such_path() -> W2gError {
    let message = "There is nothing at this path. The calls there are, are listed in docs/API.md.";
    W2gError::new(StatusCode::NOT_FOUND, "no_such_path", message)
}

/// For calls of Watch2Gether's own pages that need its cookies.
pub async fn not_supported() -> W2gError {
    let message = "Signing in with a password and cookies is not supported here. Use an API key: it is all that every \
                   call needs.";
    W2gError::new(StatusCode::NOT_IMPLEMENTED, "not_supported", message)
}
