//! Who takes part: joining, leaving, being shown the door, being made something.

use axum::{extract::State, response::Response};
use engine::{
    command::Command,
    ids::PersonId,
    refusal::{Code, No},
    room::Role,
};
use serde_json::{Value, json};

use super::{
    access,
    answer::{done, said},
    auth::{Asker, MaybeAsker},
    body::Fields,
    error::ClipperError,
    party::{self, Party, invite_url, role_of, seen, takes_part},
};
use crate::{
    app::App,
    http::extract::{FirstText, SecondText},
};

/// Takes part, by a code or a link's token. Who does already is told the same, whatever was set since.
pub(super) async fn join(
    State(app): State<App>,
    asker: Asker,
    FirstText(code): FirstText,
    fields: Fields,
) -> Result<Response, ClipperError> {
    let password = fields.text("password")?.filter(|password| !password.is_empty());
    let view = access::invited(&app, &code, &asker.address).await?;
    let (people, person) = (&app.engine.people, asker.person());
    if takes_part(&view, person) && !view.bans.contains_key(&person) {
        // Also where the room asks for more by now, and they come back later.
        if !people.is_admitted(view.id, person).await? {
            people.admit(view.id, person).await?;
        }
    } else {
        app.engine.admit(&view, person, true, password, &asker.address).await?;
    }
    let actor = asker.actor(&app, view.id).await?;
    let joined = app.engine.rooms.command(view.id, actor, Command::Join).await.map_err(|no| match no {
        // It ended in this moment.
        No::Refusal(no) if matches!(no.code, Code::RoomEnded | Code::RoomClosed | Code::NoSuchRoom) => {
            ClipperError::opens_nothing()
        }
        no => no.into(),
    })?;
    Ok(done(json!({
        "party": Party::whole(&joined.view, app.engine.clock.play_time()),
        "invite_url": invite_url(&app.public_url, &joined.view),
    })))
}

/// Takes part no more. Who never did has left already, and where there is no party nobody is in.
pub(super) async fn leave(
    State(app): State<App>,
    asker: Asker,
    FirstText(id): FirstText,
) -> Result<Response, ClipperError> {
    asker.pay(&app, app.costs.write)?;
    let id = id.parse().map_err(|_| ClipperError::invalid("Invalid party ID"))?;
    if let Some(view) = seen(&app, id).await? {
        let actor = asker.actor(&app, view.id).await?;
        app.engine.rooms.command(view.id, actor, Command::Leave).await?;
    }
    Ok(said("Successfully left watch party"))
}

/// Who takes part.
pub(super) async fn list(
    State(app): State<App>,
    by: MaybeAsker,
    FirstText(id): FirstText,
) -> Result<Response, ClipperError> {
    by.pay(&app, app.costs.read)?;
    let participants = party::participants(&*access::readable(&app, &id, &by).await?);
    Ok(done(json!({ "count": participants.len(), "participants": participants })))
}

/// Shows somebody the door, by a body that names them.
pub(super) async fn kick(
    State(app): State<App>,
    asker: Asker,
    FirstText(id): FirstText,
    fields: Fields,
) -> Result<Response, ClipperError> {
    let named = match fields.get("user_id") {
        Some(Value::String(named)) => named.as_str(),
        Some(_) => return Err(ClipperError::invalid("Invalid participant user ID")),
        None => "",
    };
    out(&app, &asker, &id, named).await
}

/// The same, by a path that does.
pub(super) async fn remove(
    State(app): State<App>,
    asker: Asker,
    FirstText(id): FirstText,
    SecondText(user): SecondText,
) -> Result<Response, ClipperError> {
    out(&app, &asker, &id, &user).await
}

async fn out(app: &App, asker: &Asker, id: &str, user: &str) -> Result<Response, ClipperError> {
    let person = other(asker, user, "Cannot kick yourself")?;
    let (view, actor) = access::as_host(app, id, asker, "kick participants").await?;
    app.engine.rooms.command(view.id, actor, Command::Kick { person }).await.map_err(unknown)?;
    Ok(said("Participant kicked successfully"))
}

/// Makes somebody who takes part a co-host or a viewer, or gives them the party.
pub(super) async fn set_role(
    State(app): State<App>,
    asker: Asker,
    FirstText(id): FirstText,
    SecondText(user): SecondText,
    fields: Fields,
) -> Result<Response, ClipperError> {
    let wanted = match fields.text("role")? {
        Some("host") => Role::Host,
        Some("co-host") => Role::Cohost,
        Some("viewer") => Role::Guest,
        _ => return Err(ClipperError::invalid("role must be co-host, viewer or host")),
    };
    let person = other(&asker, &user, "Cannot change your own role")?;
    let (mut view, actor) = access::as_host(&app, &id, &asker, "change roles").await?;
    if !takes_part(&view, person) {
        return Err(nobody());
    }
    // Whoever is more than a guest and told as a viewer all the same stays what they are.
    if party::role(role_of(&view, person)) != party::role(wanted) {
        let command = Command::SetRole { person, role: wanted };
        view = app.engine.rooms.command(view.id, actor, command).await.map_err(unknown)?.view;
        if party::role(role_of(&view, person)) != party::role(wanted) {
            return Err(ClipperError::invalid("A chat that this party is tied to makes them what they are."));
        }
    }
    let participant = party::participants(&view).into_iter().find(|participant| participant.is(person));
    Ok(done(json!({ "message": "Role updated successfully", "participant": participant })))
}

/// Somebody else than who asks.
fn other(asker: &Asker, user: &str, oneself: &str) -> Result<PersonId, ClipperError> {
    if user.is_empty() {
        return Err(ClipperError::invalid("User ID is required"));
    }
    let person = user.parse().map_err(|_| ClipperError::invalid("Invalid participant user ID"))?;
    if person == asker.person() { Err(ClipperError::invalid(oneself)) } else { Ok(person) }
}

fn nobody() -> ClipperError {
    ClipperError::not_found("participant not found")
}

fn unknown(no: No) -> ClipperError {
    match no {
        No::Refusal(no) if no.code == Code::NoSuchPerson => nobody(),
        no => no.into(),
    }
}
