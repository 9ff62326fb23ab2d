//! Who asks: `x-api-key` names the project, which is an API key by its public id, and `Authorization: Bearer` shows its
//! secret.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use engine::{
    command::Actor,
    event::Door,
    ids::RoomId,
    limits::Rule,
    people::Caller,
    refusal::{Code, No},
    secret::Secret,
};

use super::error::WatchersError;
use crate::{app::App, http::extract::ClientAddress};

/// A program that showed both halves of its key.
#[derive(Debug, Clone)]
pub(super) struct Project {
    /// Whom the key acts for by itself: its rooms are theirs.
    pub(super) caller: Caller,
    /// The key's public id.
    pub(super) key: String,
    /// Where it comes from, as it is counted against.
    pub(super) address: String,
}

impl Project {
    /// The program as somebody who asks a room.
    pub(super) async fn actor(&self, app: &App, room: RoomId) -> Result<Actor, No> {
        app.engine.actor(&self.caller, room, Door::Watchers).await
    }

    /// One of its people, known from now on.
    pub(super) async fn acting_for(&self, app: &App, user: &str) -> Result<Caller, No> {
        app.engine.people.act_for(&self.caller, user, None).await
    }
}

impl FromRequestParts<App> for Project {
    type Rejection = WatchersError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, WatchersError> {
        let ClientAddress(address) = ClientAddress::from_request_parts(parts, app).await?;
        let (engine, now) = (&app.engine, app.engine.clock.play_time());
        let safe = parts.method.is_safe();
        let cost = if safe { app.costs.read } else { app.costs.write };
        // Who shows nothing that is good pays by their address, before anything is looked up.
        let strange = || engine.limits.spend(Rule::Calls, address.as_str(), cost, now).allowed();
        let Some(key) = parts.headers.get("x-api-key") else {
            strange()?;
            return Err(WatchersError::no_project());
        };
        let key = key.to_str().map_err(|_| WatchersError::no_project())?.trim().to_owned();
        if key.is_empty() {
            return Err(WatchersError::invalid(vec!["x-api-key should not be empty".to_owned()]));
        }
        let Some(secret) = bearer(&parts.headers) else {
            strange()?;
            return Err(match engine.people.key_called(&key).await? {
                Some(_) => WatchersError::bearer("Bearer token is required"),
                None => WatchersError::no_project(),
            });
        };
        let caller = match engine.people.by_key(&key, secret.reveal()).await {
            Ok(caller) => caller,
            Err(No::Refusal(refusal)) if refusal.code == Code::BadToken => {
                strange()?;
                return Err(match engine.people.key_called(&key).await? {
                    Some(_) => WatchersError::bearer("Bearer token is invalid"),
                    None => WatchersError::no_project(),
                });
            }
            Err(no) => return Err(no.into()),
        };
        engine.limits.spend(Rule::Calls, &caller.person.id, cost, now).allowed()?;
        if !safe {
            caller.may_change()?;
        }
        Ok(Self { caller, key, address })
    }
}

/// The secret behind `Bearer`, also where the word stands twice, as in one of the published samples.
fn bearer(headers: &HeaderMap) -> Option<Secret> {
    let mut words = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_ascii_whitespace().peekable();
    if !words.next()?.eq_ignore_ascii_case("bearer") {
        return None;
    }
    words.next_if(|word| word.eq_ignore_ascii_case("bearer"));
    words.next().map(Secret::new)
}

/// The key that a query names by its public id alone.
pub(super) async fn named(app: &App, key: Option<&str>, address: &str) -> Result<String, WatchersError> {
    let now = app.engine.clock.play_time();
    app.engine.limits.spend(Rule::Calls, address, app.costs.link, now).allowed()?;
    let key = key.ok_or_else(WatchersError::no_project)?.trim();
    if key.is_empty() {
        return Err(WatchersError::new(StatusCode::BAD_REQUEST, Code::BadInput.name(), "apiKey should not be empty"));
    }
    let known = app.engine.people.key_called(key).await?;
    Ok(known.ok_or_else(WatchersError::no_project)?.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_stands_behind_bearer_once_or_twice() {
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, text.parse().unwrap());
            bearer(&headers).map(|secret| secret.reveal().to_owned())
        };
        for good in ["Bearer abc", "bearer abc", "Bearer Bearer abc", "Bearer  bearer  abc"] {
            assert_eq!(read(good).as_deref(), Some("abc"), "{good}");
        }
        for bad in ["", "abc", "Basic abc", "Bearer", "Bearer ", "Bearer Bearer"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
