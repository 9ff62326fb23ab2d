//! Rooms by the names that OpenTogetherTube gives them.
//!
//! A name is an alias without regard to case. A room that was made elsewhere, or without a name, is called by its identity,
//! which is a UUID as its generated names are.

use std::sync::Arc;

use engine::{
    command::Actor,
    event::Door,
    ids::RoomId,
    people::Caller,
    records::AliasKind,
    refusal::{Code, No, Refusal},
    room::{QueueMode, Restore, RoomView, Visibility, roles},
    rooms::DialectName,
};

use super::error::OttError;
use crate::app::App;

/// Names that its paths need for themselves.
pub const RESERVED: [&str; 4] = ["list", "create", "generate", "premade"];

/// What a room is called that has no title: rooms here have one, its own need none.
pub const UNTITLED: &str = "Untitled";
/// Its words for who is let in.
pub const VISIBILITIES: [&str; 3] = ["public", "unlisted", "private"];
/// Its words for how a queue is ordered.
pub const QUEUE_MODES: [&str; 4] = ["manual", "vote", "loop", "dj"];

/// A room that somebody may be in.
#[derive(Debug, Clone)]
pub struct Found {
    /// Which.
    pub id: RoomId,
    /// All that can be seen of it.
    pub view: Arc<RoomView>,
    /// Who asks.
    pub actor: Actor,
}

/// Whether this could be a room's name: 3 to 32 letters, digits, `_` and `-`, or an identity.
pub fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    (3..=36).contains(&name.len()) && name.bytes().all(plain)
}

/// Whether a new room may have this name.
pub fn is_free(name: &str) -> bool {
    is_name(name) && name.len() <= 32 && !RESERVED.contains(&name) && name.parse::<RoomId>().is_err()
}

/// A name for a room that is made.
pub fn alias(written: &str) -> DialectName {
    DialectName { kind: AliasKind::OpenTogetherTube, value: written.to_ascii_lowercase(), written: written.to_owned() }
}

/// The room of a name, whoever may be in it; nothing where there is none.
pub async fn named(app: &App, name: &str) -> Result<Option<RoomId>, No> {
    if !is_name(name) {
        return Ok(None);
    }
    if let Ok(room) = name.parse() {
        return Ok(Some(room));
    }
    app.engine.rooms.find(AliasKind::OpenTogetherTube, &name.to_ascii_lowercase()).await
}

/// What a room is called.
pub async fn name_of(engine: &engine::Engine, room: RoomId) -> Result<String, No> {
    let name = engine.rooms.name_of(room, AliasKind::OpenTogetherTube).await?;
    Ok(name.unwrap_or_else(|| room.to_string()))
}

/// The same, remembered.
pub async fn name(app: &App, room: RoomId) -> Result<Arc<str>, No> {
    let names = &app.opentogethertube.names;
    if let Some(name) = names.get(&room) {
        return Ok(name);
    }
    let name: Arc<str> = name_of(&app.engine, room).await?.into();
    names.insert(room, name.clone());
    Ok(name)
}

/// The room of a name, for somebody who may be in it. Whom it would not let in is not told that there is one.
pub async fn find(app: &App, caller: &Caller, name: &str) -> Result<Found, OttError> {
    let id = named(app, name).await?.ok_or_else(OttError::no_such_room)?;
    let view = app.engine.rooms.view(id).await?;
    let actor = app.engine.actor(caller, id, Door::OpenTogetherTube).await?;
    match roles::enter(&view, &actor) {
        Ok(_) => Ok(Found { id, view, actor }),
        Err(refusal) => Err(refusal.into()),
    }
}

/// Its word for who is let in.
pub fn visibility(known: Visibility) -> &'static str {
    match known {
        Visibility::Public => "public",
        Visibility::Unlisted => "unlisted",
        Visibility::Invite | Visibility::Private => "private",
    }
}

/// Who is let in, by its word. A room that is for those who were invited anyway stays as it is.
pub fn visible(word: &str, known: Option<Visibility>) -> Result<Visibility, Refusal> {
    Ok(match word {
        "public" => Visibility::Public,
        "unlisted" => Visibility::Unlisted,
        "private" => known.filter(|known| !known.is_open()).unwrap_or(Visibility::Private),
        _ => return Err(Code::BadInput.into()),
    })
}

/// A room's title for its clients: empty where the room was given none.
pub fn title<'a>(view: &'a RoomView, name: &str) -> &'a str {
    let title: &str = &view.settings.title;
    if title == UNTITLED || title == name { "" } else { title }
}

/// A title of its clients for a room: an empty one is none.
pub fn titled(title: &str) -> Arc<str> {
    if title.trim().is_empty() { UNTITLED.into() } else { title.into() }
}

/// Its word for how a queue is ordered. Turns it does not know.
pub fn queue_mode(mode: QueueMode) -> &'static str {
    match mode {
        QueueMode::Manual | QueueMode::Fair => "manual",
        QueueMode::Vote => "vote",
        QueueMode::Loop => "loop",
        QueueMode::Dj => "dj",
    }
}

/// How a queue is ordered, by its word. A queue in turns, which it was told is manual, stays one.
pub fn mode(word: &str, known: Option<QueueMode>) -> Option<QueueMode> {
    Some(match word {
        "manual" => known.filter(|known| *known == QueueMode::Fair).unwrap_or(QueueMode::Manual),
        "vote" => QueueMode::Vote,
        "loop" => QueueMode::Loop,
        "dj" => QueueMode::Dj,
        _ => return None,
    })
}

/// Its number for what becomes of a queue that everybody left.
pub fn restore(known: Restore) -> u8 {
    match known {
        Restore::Never => 0,
        Restore::Prompt => 1,
        Restore::Always => 2,
    }
}

/// What becomes of a queue that everybody left, by its number.
pub fn restored(number: u64) -> Option<Restore> {
    [Restore::Never, Restore::Prompt, Restore::Always].into_iter().find(|known| u64::from(restore(*known)) == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain_and_none_that_paths_need() {
        for good in ["abc", "Film-Night_7", "LIST", &"x".repeat(32)] {
            assert!(is_free(good), "{good}");
        }
        for bad in ["ab", "", "a b", "a/b", "ä-ä-ä", "list", "create", "generate", "premade", &"x".repeat(33)] {
            assert!(!is_free(bad), "{bad}");
        }
        assert!(!is_free("0189c6a2-7a5c-7000-8000-000000000001"), "an identity is not for anybody to take");
    }
}
