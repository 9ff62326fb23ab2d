//! Lines of chat in the name of a project's people.

use axum::{Json, extract::State, http::StatusCode};
use engine::{
    event::{ChatLine, Door, EventKind},
    ids::{PersonId, RoomId},
    refusal::Fault,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{auth::Project, body::Fields, check::Check, error::WatchersError, room, times::iso};
use crate::app::App;

/// Write a line.
pub(super) async fn send(
    State(app): State<App>,
    project: Project,
    Fields(fields): Fields,
) -> Result<(StatusCode, Json<Value>), WatchersError> {
    let mut check = Check::new(&fields);
    let (user, name, text) = (check.id("userId"), check.id("roomId"), check.needed("text"));
    check.end()?;
    let view = room::needed(&app, &project, name).await?;
    let caller = project.acting_for(&app, user).await?;
    let actor = app.engine.actor(&caller, view.id, Door::Watchers).await?;
    let done = app.engine.say(view.id, actor, Some(&project.address), text.to_owned()).await?;
    let said = done.events.iter().find_map(|event| match &event.kind {
        EventKind::Said(ChatLine { text, .. }) => Some((event, text)),
        _ => None,
    });
    let (event, text) = said.ok_or_else(|| Fault::new("a line made no event"))?;
    let number = room::number(&app, view.id).await?;
    let person = caller.person.id;
    Ok((
        StatusCode::CREATED,
        Json(json!({
            // The older version promises no more than this.
            "success": true,
            "id": line(number, event.seq),
            "text": text,
            "type": "USER",
            "isVisible": true,
            "isPinned": false,
            "createdAt": iso(event.at),
            "user": { "id": user_number(person), "externalId": user },
            "room": { "id": number, "externalRoomId": name },
            "talker": { "id": talker_number(view.id, person) },
        })),
    ))
}

/// The number of a line among all lines: below 2⁵³, as far as numbers of JSON are whole. A room has two million events
/// before one comes twice.
fn line(room: u64, seq: u64) -> u64 {
    (room << 21 | seq & 0x1f_ffff) & 0x1f_ffff_ffff_ffff
}

/// A number for a person, the same each time.
pub(super) fn user_number(person: PersonId) -> u64 {
    folded(person.0)
}

/// A number for a person in one room.
fn talker_number(room: RoomId, person: PersonId) -> u64 {
    folded(Uuid::from_u128(room.0.as_u128().rotate_left(64) ^ person.0.as_u128()))
}

/// The part of an identity that chance made, below 2⁵³.
fn folded(id: Uuid) -> u64 {
    let (high, low) = id.as_u64_pair();
    (low ^ high.rotate_left(32)) & 0x1f_ffff_ffff_ffff
}
