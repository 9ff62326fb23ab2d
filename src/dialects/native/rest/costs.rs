//! What each call costs, in one place. How many points that is stands in the configuration, in `limits.costs`.

use axum::http::Method;

use crate::app::App;

/// What a call is charged as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Changes nothing.
    Read,
    /// Changes something.
    Write,
    /// Has a link looked at.
    Link,
    /// Makes a room.
    Room,
}

/// The calls that cost something else than their method says.
const TABLE: &[(Method, &str, Kind)] = &[
    (Method::POST, "/api/v1/rooms", Kind::Room),
    (Method::POST, "/api/v1/rooms/{id}/queue", Kind::Link),
    (Method::POST, "/api/v1/rooms/{id}/queue/many", Kind::Link),
    (Method::POST, "/api/v1/playlists", Kind::Link),
    (Method::POST, "/api/v1/rooms/{id}/playlists", Kind::Link),
    (Method::PATCH, "/api/v1/playlists/{playlist}", Kind::Link),
    (Method::GET, "/api/v1/rooms/{id}/items/{item}/subtitles.vtt", Kind::Link),
    (Method::POST, "/api/v1/webhooks", Kind::Link),
    (Method::POST, "/api/v1/webhooks/{id}/test", Kind::Link),
];

/// The paths of the table, so that the list of routes can be held against it.
pub(super) fn paths() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|(_, path, _)| *path)
}

/// What a call costs: by the table, else by whether its method may change anything.
pub(super) fn of(app: &App, method: &Method, route: &str) -> u32 {
    let costs = &app.costs;
    match kind(method, route) {
        Kind::Read => costs.read,
        Kind::Write => costs.write,
        Kind::Link => costs.link,
        Kind::Room => costs.room,
    }
}

fn kind(method: &Method, route: &str) -> Kind {
    let listed = TABLE.iter().find(|(listed, path, _)| listed == method && *path == route);
    listed.map_or(if method.is_safe() { Kind::Read } else { Kind::Write }, |(.., kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_are_cheap_writes_are_dearer_and_what_lasts_or_fetches_is_dearest() {
        assert_eq!(kind(&Method::GET, "/api/v1/rooms"), Kind::Read);
        assert_eq!(kind(&Method::HEAD, "/api/v1/rooms/{id}/queue"), Kind::Read);
        assert_eq!(kind(&Method::POST, "/api/v1/rooms"), Kind::Room);
        assert_eq!(kind(&Method::POST, "/api/v1/rooms/{id}/queue"), Kind::Link);
        assert_eq!(kind(&Method::GET, "/api/v1/rooms/{id}/items/{item}/subtitles.vtt"), Kind::Link);
        assert_eq!(kind(&Method::DELETE, "/api/v1/rooms/{id}/queue"), Kind::Write);
        assert_eq!(kind(&Method::POST, "/api/v1/a/call/of/tomorrow"), Kind::Write);
    }
}
