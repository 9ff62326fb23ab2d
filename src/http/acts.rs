//! Hands what may change something to the log of who runs the server, whatever door it comes by. Whether an administrator's
//! credential is shown is found out there; here is only said what such a request is called.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{MatchedPath, Request},
    http::{Method, Uri},
    response::Response,
};
use engine::{
    acts::{Asked, Tell},
    records::Outcome,
    refusal::Refusal,
};

use super::extract::client_ip;
use crate::app::App;

/// What the acts are called that have a name. All others are called by their method and route.
const NAMES: &[(Method, &str, &str)] = &[
    (Method::POST, "/api/v1/keys", "keys.make"),
    (Method::DELETE, "/api/v1/keys/{id}", "keys.revoke"),
    (Method::POST, "/api/v1/announcements", "announce"),
    (Method::POST, "/api/v1/rooms", "rooms.make"),
    (Method::PATCH, "/api/v1/rooms/{id}", "rooms.change"),
    (Method::DELETE, "/api/v1/rooms/{id}", "rooms.delete"),
    (Method::PUT, "/api/v1/rooms/{id}/status", "rooms.status"),
    (Method::PUT, "/api/v1/rooms/{id}/schedule", "rooms.schedule"),
    (Method::PUT, "/api/v1/rooms/{id}/members/{person}/role", "rooms.role"),
    (Method::POST, "/api/v1/rooms/{id}/members/{person}/kick", "rooms.kick"),
    (Method::PUT, "/api/v1/rooms/{id}/bans/{person}", "rooms.ban"),
    (Method::DELETE, "/api/v1/rooms/{id}/bans/{person}", "rooms.unban"),
    (Method::POST, "/api/v1/rooms/{id}/invites", "rooms.invite"),
    (Method::DELETE, "/api/v1/admin/people/{person}", "people.delete"),
    (Method::DELETE, "/api/v1/admin/people/{person}/sessions", "people.sign_out"),
    (Method::DELETE, "/api/v1/admin/people/{person}/sessions/{session}", "people.end_session"),
    (Method::POST, "/api/v1/admin/bans", "bans.make"),
    (Method::DELETE, "/api/v1/admin/bans/{ban}", "bans.lift"),
];

/// What a room tells by itself, in its own log of who did what: the film, the queue, what is said. By the first part of the path
/// behind the room's.
const OF_ROOMS: &[&str] = &[
    "playback",
    "queue",
    "undo",
    "restore",
    "proposals",
    "chat",
    "reactions",
    "commands",
    "coming",
    "items",
    "playlists",
    "join",
];

/// Calls of other people's APIs that change something though their method says that they do not.
const CHANGING: &[&str] = &["/rooms/create", "/rooms/create.json"];

/// Whether a call may be an act.
fn is_act(method: &Method, route: &str) -> bool {
    if method.is_safe() && !CHANGING.contains(&route) {
        return false;
    }
    let rest = route.strip_prefix("/api/v1/rooms/{id}/").and_then(|rest| rest.split('/').next());
    !rest.is_some_and(|rest| OF_ROOMS.contains(&rest))
}

fn name(method: &Method, route: &str) -> String {
    let known = NAMES.iter().find(|(of, path, _)| of == method && *path == route);
    known.map_or_else(|| format!("{method} {route}"), |(.., name)| (*name).to_owned())
}

/// The identities that a path names, in order. Other names may open something, and a log must not.
fn named(route: &str, path: &str) -> Option<String> {
    let is_id = |value: &str| uuid::Uuid::parse_str(value).is_ok() || value.bytes().all(|byte| byte.is_ascii_digit());
    let parts = route.split('/').zip(path.split('/'));
    let values =
        parts.filter(|(hole, value)| hole.starts_with('{') && (is_id(value) || route.starts_with("/api/v1/keys/")));
    let ids: Vec<&str> =
        values.map(|(_, value)| value).filter(|value| !value.is_empty() && value.len() <= 64).collect();
    (!ids.is_empty()).then(|| ids.join("/"))
}

fn asked(method: &Method, route: &str, uri: &Uri, from: IpAddr) -> Asked {
    Asked { act: name(method, route), on: named(route, uri.path()), from: Some(from.to_canonical().to_string()) }
}

/// What an answer says of what came of it.
pub(super) fn outcome(response: &Response) -> Outcome {
    let status = response.status();
    if status.is_server_error() && status != axum::http::StatusCode::SERVICE_UNAVAILABLE {
        return Outcome::Failed;
    }
    if status.is_client_error() || status.is_server_error() {
        let code = response.extensions().get::<Refusal>().map(|refusal| refusal.code.name().to_owned());
        return Outcome::Refused { code: code.unwrap_or_else(|| status.as_u16().to_string()) };
    }
    Outcome::Done
}

/// What the log is told of a request that may be an act; nothing of any other.
pub(super) fn told(app: &App, request: &Request) -> Option<Tell> {
    let route = request.extensions().get::<MatchedPath>();
    if !is_act(request.method(), route.map_or("", MatchedPath::as_str)) {
        return None;
    }
    let (method, uri, route) = (request.method().clone(), request.uri().clone(), route.cloned());
    let from = client_ip(app, request.extensions(), request.headers());
    Some(Arc::new(move || asked(&method, route.as_ref().map_or("", MatchedPath::as_str), &uri, from)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_change_something_is_an_act_unless_the_room_tells_it() {
        for (method, route, is) in [
            (Method::GET, "/api/v1/rooms/{id}", false),
            (Method::DELETE, "/api/v1/rooms/{id}", true),
            (Method::POST, "/api/v1/rooms/{id}/playback/seek", false),
            (Method::POST, "/api/v1/rooms/{id}/invites", true),
            (Method::PUT, "/api/v1/rooms/{id}/call/of/tomorrow", true),
            (Method::POST, "/api/announce", true),
            (Method::GET, "/rooms/create", true),
            (Method::POST, "", true),
        ] {
            assert_eq!(is_act(&method, route), is, "{method} {route}");
        }
    }

    #[test]
    fn a_line_names_whom_it_is_about_and_nothing_that_opens_something() {
        let (room, person) = ("018f6a1c-0000-7000-8000-000000000001", "018f6a1c-0000-7000-8000-000000000002");
        let of_both = format!("{room}/{person}");
        let path = format!("/api/v1/rooms/{room}/bans/{person}");
        assert_eq!(named("/api/v1/rooms/{id}/bans/{person}", &path), Some(of_both));
        assert_eq!(named("/api/v1/rooms/{id}", "/api/v1/rooms/Xy0123456789abcd"), None, "an invite");
        assert_eq!(named("/api/v1/keys/{id}", "/api/v1/keys/abcd0123abcd0123").as_deref(), Some("abcd0123abcd0123"));
        assert_eq!(name(&Method::POST, "/api/v1/keys"), "keys.make");
        assert_eq!(name(&Method::POST, "/api/announce"), "POST /api/announce");
    }
}
