//! How often calls may be made: so many of one address and path in a sliding window, as its clients know it.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::{IntoResponse, Response},
};
use engine::{
    limits::{Points, Policy, Rule, Standing, whole_seconds},
    time::{Millis, WallTime},
};
use percent_encoding::percent_decode_str;
use uuid::Uuid;

use super::{
    auth::{Asker, MaybeAsker},
    error::ClipperError,
};
use crate::app::App;

/// Keeps its paths apart from what others count.
const NAME: &str = "clipper";

/// So many calls in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    calls: u32,
    seconds: i64,
}

const HOUR: i64 = 3_600;
const MINUTE: i64 = 60;

/// Making a party.
pub(super) const CREATE: Rate = Rate { calls: 10, seconds: HOUR };
/// Joining one; each code has a count of its own.
pub(super) const JOIN: Rate = Rate { calls: 30, seconds: HOUR };
/// Settings, showing somebody the door, giving a role, analytics and statistics.
pub(super) const MANAGE: Rate = Rate { calls: 20, seconds: HOUR };
/// Lines of chat, on either way.
pub(super) const CHAT: Rate = Rate { calls: 10, seconds: MINUTE };
/// Reactions, on either way.
pub(super) const REACT: Rate = Rate { calls: 30, seconds: MINUTE };

impl Rate {
    /// Counts one for a key; where that key stands. None where nothing is counted.
    pub(super) fn spend(self, app: &App, key: &(impl std::hash::Hash + ?Sized)) -> Option<Standing> {
        let calls = self.calls.saturating_mul(app.clipper?.get());
        let policy = Policy::Sliding(Points { points: calls, per: Millis::seconds(self.seconds) });
        Some(app.engine.limits.spend_by(NAME, policy, key, 1, app.engine.clock.play_time()))
    }
}

impl Asker {
    /// Pays for a call with the points of this server, as calls of its own API are paid for.
    pub(super) fn pay(&self, app: &App, cost: u32) -> Result<(), ClipperError> {
        let now = app.engine.clock.play_time();
        Ok(app.engine.limits.spend(Rule::Calls, &self.person(), cost, now).allowed()?)
    }
}

impl MaybeAsker {
    /// The same: from the address where nobody says who they are.
    pub(super) fn pay(&self, app: &App, cost: u32) -> Result<(), ClipperError> {
        let now = app.engine.clock.play_time();
        match &self.asker {
            Some(asker) => asker.pay(app, cost),
            None => Ok(app.engine.limits.spend(Rule::Calls, self.address.as_str(), cost, now).allowed()?),
        }
    }
}

/// A path as it is counted: the same party is the same, however its name is written.
fn counted(path: &str) -> String {
    let part = |part: &str| {
        let name = percent_decode_str(part).decode_utf8_lossy();
        Uuid::try_parse(&name).map_or_else(|_| name.to_ascii_uppercase(), |id| id.to_string())
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Counts a call of somebody who showed who they are, and says on every answer what is left.
pub(super) async fn limited(State((app, rate)): State<(App, Rate)>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let asker = match Asker::from_request_parts(&mut parts, &app).await {
        Ok(asker) => asker,
        Err(no) => return no.into_response(),
    };
    // As everywhere, too: a path is anything, and each has a count of its own.
    if let Err(no) = asker.pay(&app, if parts.method.is_safe() { app.costs.read } else { app.costs.write }) {
        return no.into_response();
    }
    let standing = rate.spend(&app, &(asker.address.as_str(), counted(parts.uri.path())));
    parts.extensions.insert(asker);
    let mut response = match standing.and_then(|standing| standing.retry_after) {
        Some(wait) => ClipperError::too_many(whole_seconds(wait).unsigned_abs()).into_response(),
        None => next.run(Request::from_parts(parts, body)).await,
    };
    if let Some(standing) = standing {
        tell(response.headers_mut(), standing, app.engine.clock.now().wall);
    }
    response
}

fn tell(headers: &mut HeaderMap, standing: Standing, now: WallTime) {
    headers.insert("x-ratelimit-limit", standing.limit.into());
    headers.insert("x-ratelimit-remaining", standing.remaining.into());
    headers.insert("x-ratelimit-reset", ((now + standing.reset).0.saturating_add(999) / 1_000).into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_party_is_counted_as_one_however_its_name_is_written() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let plain = counted(&format!("/watch-parties/{id}/react"));
        for other in [id.to_uppercase(), id.replace('-', ""), format!("urn:uuid:{id}"), id.replacen('0', "%30", 2)] {
            assert_eq!(counted(&format!("/watch-parties/{other}/react")), plain, "{other}");
        }
        assert_eq!(counted("/watch-parties/abc234/join"), counted("/watch-parties/AB%43234/join"));
        assert_ne!(counted("/watch-parties/ABC234/join"), counted("/watch-parties/ABC235/join"));
    }
}
