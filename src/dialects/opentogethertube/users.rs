//! Users: who is in a room, each connection for itself.

use std::sync::Arc;

use crate::websocket::Utf8Bytes;
use engine::{
    event::{Phase, Presence, Who},
    ids::PersonId,
    room::{Role, RoomView},
};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use super::{grants, ids, sync::text};

/// A user as its clients know one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UserInfo {
    /// The connection's; the person's where they act without one.
    pub id: Uuid,
    /// The name.
    pub name: Arc<str>,
    /// Whether they have an account.
    #[serde(rename = "isLoggedIn")]
    pub logged_in: bool,
    /// How their player is doing.
    pub status: &'static str,
    /// What they are, as a number.
    pub role: i8,
}

/// The user that a connection is.
pub fn of_connection(presence: &Presence, _view: &RoomView) -> UserInfo {
    UserInfo {
        id: ids::client_id(presence.connection),
        name: presence.who.name.clone(),
        logged_in: presence.vouched >= Role::Registered,
        status: status(presence.phase),
        role: grants::number(presence.role),
    }
}

/// All who are here.
pub fn all(view: &RoomView) -> Vec<UserInfo> {
    view.presence.values().map(|presence| of_connection(presence, view)).collect()
}

/// The user as whom somebody did something: one of their connections, through the same door where there is one; a user
/// without a connection where they did it from a chat or by REST.
pub fn of_who(who: &Who, view: &RoomView) -> UserInfo {
    let theirs = || view.presence.values().filter(|seat| seat.who.person == who.person);
    let same_door = theirs().find(|seat| seat.who.door == who.door);
    if let Some(seat) = same_door.or_else(|| theirs().next()) {
        return of_connection(seat, view);
    }
    let role = view.members.get(&who.person).map_or(Role::Guest, |member| member.role);
    UserInfo {
        id: who.person.0,
        name: who.name.clone(),
        logged_in: role >= Role::Registered,
        status: status(Phase::Idle),
        role: grants::number(role),
    }
}

/// The ids of a person: of each of their connections; their own where they have none.
pub fn ids_of(person: PersonId, view: &RoomView) -> Vec<Uuid> {
    let theirs = view.presence.values().filter(|seat| seat.who.person == person);
    let ids: Vec<_> = theirs.map(|seat| ids::client_id(seat.connection)).collect();
    if ids.is_empty() { vec![person.0] } else { ids }
}

/// The person of an id: of somebody who is here, or of whoever did something without being here.
pub fn person_of(id: Uuid, view: &RoomView) -> Option<PersonId> {
    match ids::connection_of(id) {
        Some(connection) => view.presence.get(&connection).map(|seat| seat.who.person),
        None => Some(PersonId(id)),
    }
}

/// Its word for how a player is doing.
fn status(phase: Phase) -> &'static str {
    match phase {
        Phase::Idle => "none",
        Phase::Buffering | Phase::Advert => "buffering",
        Phase::Ready | Phase::Blocked => "ready",
        Phase::Failed => "error",
    }
}

/// How a player is doing, by its word.
pub fn phase(word: &str) -> Option<Phase> {
    [Phase::Idle, Phase::Buffering, Phase::Ready, Phase::Failed].into_iter().find(|phase| status(*phase) == word)
}

/// All users, in place of those that were told.
pub fn init(users: &[UserInfo]) -> Utf8Bytes {
    text(&json!({ "action": "user", "update": { "kind": "init", "value": users } }))
}

/// A user who is new, or not as before.
pub fn update(user: &UserInfo) -> Utf8Bytes {
    text(&json!({ "action": "user", "update": { "kind": "update", "value": user } }))
}

/// A user who is gone.
pub fn remove(id: Uuid) -> Utf8Bytes {
    text(&json!({ "action": "user", "update": { "kind": "remove", "value": id } }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_words_for_players_are_four_and_each_is_understood() {
        for word in ["none", "ready", "buffering", "error"] {
            assert_eq!(phase(word).map(status), Some(word));
        }
        assert_eq!(phase("asleep"), None);
    }
}
