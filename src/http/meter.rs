//! Every call costs points: who pays them, and what the answer says of it.
//!
//! A dialect lays [`meter`] over its routes with a table of costs. The arithmetic is the engine's, in `engine::limits`.

use axum::{
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use engine::limits::{Rule, Standing, whole_seconds};

use super::{
    error::ApiError,
    extract::{ClientAddress, LookedUp, credential, origin_allowed},
};
use crate::app::App;

/// How many points there are at most. The three names are those of draft-ietf-httpapi-ratelimit-headers up to its sixth
/// version, which is what clients and proxies read today; later versions fold them into one field.
const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
/// How many are left.
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
/// In how many seconds all are there again; on a refusal the same as `Retry-After`, as the draft asks.
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// What a call costs, by its method and the route that it matched.
pub type CostOf = fn(&App, &Method, &str) -> u32;

/// Takes what a call costs before it is looked at, and says on the answer what is left.
pub async fn meter(State((app, cost_of)): State<(App, CostOf)>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let route = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let cost = cost_of(&app, &parts.method, route);
    let standing = pay(&app, &mut parts, cost).await;
    match standing.map(|standing| (standing, standing.allowed())) {
        Ok((standing, Ok(()))) => {
            let mut response = next.run(Request::from_parts(parts, body)).await;
            // A refusal has said it already, of the limit that it met.
            if !response.headers().contains_key(&LIMIT) {
                let Standing { limit, remaining, reset, .. } = standing;
                let reset = whole_seconds(reset).unsigned_abs();
                tell(response.headers_mut(), limit.into(), remaining.into(), reset.into());
            }
            response
        }
        Ok((_, Err(refusal))) => ApiError::from(refusal).into_response(),
        Err(error) => error.into_response(),
    }
}

/// Takes the points from who showed a credential that is good, else from the address. The credential is looked up once
/// for this and for the handler.
async fn pay(app: &App, parts: &mut Parts, cost: u32) -> Result<Standing, ApiError> {
    let (limits, now) = (&app.engine.limits, app.engine.clock.play_time());
    if let Some(credential) = credential(&parts.headers) {
        let caller = app.engine.people.by_token(credential.token.reveal()).await;
        // What a browser adds by itself to a foreign page's request is not its owner's doing.
        let own = !credential.by_cookie || parts.method.is_safe() || origin_allowed(&parts.headers, app);
        let payer = caller.as_ref().ok().filter(|_| own).map(|caller| caller.person.id);
        parts.extensions.insert(LookedUp { credential, caller });
        if let Some(person) = payer {
            return Ok(limits.spend(Rule::Calls, &person, cost, now));
        }
    }
    let ClientAddress(from) = ClientAddress::from_request_parts(parts, app).await?;
    Ok(limits.spend(Rule::Calls, from.as_str(), cost, now))
}

/// Writes the three headers.
pub fn tell(headers: &mut HeaderMap, limit: HeaderValue, remaining: HeaderValue, reset: HeaderValue) {
    headers.insert(LIMIT, limit);
    headers.insert(REMAINING, remaining);
    headers.insert(RESET, reset);
}
