//! A project's people: made moderators, and forgotten.

use axum::{Json, extract::State, http::StatusCode};
use engine::{command::Command, records::Scope, refusal::No, room::Role};

use super::{auth::Project, body::Fields, check::Check, error::WatchersError, room, rooms};
use crate::app::App;

/// What both calls answer.
type Yes = (StatusCode, Json<bool>);

/// Make somebody a moderator of a room, whether they were there or not.
pub(super) async fn moder(
    State(app): State<App>,
    project: Project,
    Fields(fields): Fields,
) -> Result<Yes, WatchersError> {
    let mut check = Check::new(&fields);
    let (user, name) = (check.id("decryptedUserId"), check.id("roomId"));
    check.end()?;
    let known = room::needed(&app, &project, name).await?;
    let person = project.acting_for(&app, user).await?.person;
    // Who is more already stays that.
    if known.members.get(&person.id).is_none_or(|member| member.role < Role::Moderator) {
        let introduce = Command::Mention { person: person.id, name: person.name.clone() };
        rooms::command(&app, &project, &known, introduce).await?;
        rooms::command(&app, &project, &known, Command::SetRole { person: person.id, role: Role::Moderator }).await?;
    }
    Ok((StatusCode::CREATED, Json(true)))
}

/// Forget somebody: what they wrote, their name wherever it stands, and the way to them.
pub(super) async fn delete(
    State(app): State<App>,
    project: Project,
    Fields(fields): Fields,
) -> Result<Yes, WatchersError> {
    let mut check = Check::new(&fields);
    let user = check.id("userId");
    check.end()?;
    project.caller.needs(Scope::Act).map_err(|refusal| WatchersError::from(No::from(refusal)))?;
    if !app.engine.leave_program(&project.key, user).await? {
        let message = "User not found. Nobody of this userId was ever named by this project.";
        return Err(WatchersError::new(StatusCode::NOT_FOUND, "no_such_person", message));
    }
    Ok((StatusCode::CREATED, Json(true)))
}
