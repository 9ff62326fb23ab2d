//! Which party a call means, and whether whoever asks may do that with it.

use std::sync::Arc;

use engine::{
    command::Actor,
    people::Caller,
    refusal::{Code, No},
    room::{Role, RoomView, Status, may_enter, roles},
};

use super::{
    auth::{Asker, MaybeAsker},
    error::ClipperError,
    party::{is_over, seen, takes_part},
};
use crate::app::App;

/// How many symbols a spoken code has. A link's token has more.
const SPOKEN: usize = 6;

/// Whether only those who run a room know of it.
pub(super) fn is_hidden(view: &RoomView) -> bool {
    view.schedule.status == Status::Disabled
}

/// The party of an identity in a path.
pub(super) async fn known(app: &App, id: &str) -> Result<Arc<RoomView>, ClipperError> {
    let id = id.parse().map_err(|_| ClipperError::invalid("Invalid party ID"))?;
    seen(app, id).await?.ok_or_else(ClipperError::no_such_party)
}

/// The same, for who may look at it: at an open one anybody, at another who takes part, did, or may come in.
pub(super) async fn readable(app: &App, id: &str, by: &MaybeAsker) -> Result<Arc<RoomView>, ClipperError> {
    let view = known(app, id).await?;
    if may_look(app, &view, by.asker.as_ref()).await? {
        return Ok(view);
    }
    Err(match &by.asker {
        _ if is_hidden(&view) => ClipperError::no_such_party(),
        Some(_) => ClipperError::forbidden("unauthorized: not a participant"),
        None => ClipperError::forbidden("unauthorized: party is private"),
    })
}

/// Whether a party may be looked at.
pub(super) async fn may_look(app: &App, view: &RoomView, asker: Option<&Asker>) -> Result<bool, No> {
    let open = view.settings.visibility.is_open() && view.settings.password.is_none() && !is_hidden(view);
    let Some(asker) = asker else { return Ok(open) };
    let person = asker.person();
    if !view.bans.contains_key(&person) && (open || !is_hidden(view) && view.participants.contains_key(&person)) {
        return Ok(true);
    }
    Ok(may_enter(view, &asker.actor(app, view.id).await?).is_ok())
}

/// The party of an identity, and who asks, where they host it. `what` ends the sentence that says who may.
pub(super) async fn as_host(
    app: &App,
    id: &str,
    asker: &Asker,
    what: &str,
) -> Result<(Arc<RoomView>, Actor), ClipperError> {
    let view = known(app, id).await?;
    let actor = asker.actor(app, view.id).await?;
    match roles::role_of(&view, &actor) {
        Some(Role::Host) => Ok((view, actor)),
        role if is_hidden(&view) && role < Some(Role::Cohost) => Err(ClipperError::no_such_party()),
        _ => Err(ClipperError::forbidden(format!("unauthorized: only host can {what}"))),
    }
}

/// The party of an identity, and who asks, where they take part in it.
pub(super) async fn as_participant(app: &App, id: &str, asker: &Asker) -> Result<(Arc<RoomView>, Actor), ClipperError> {
    let view = known(app, id).await?;
    let actor = asker.actor(app, view.id).await?;
    let runs_it = roles::role_of(&view, &actor) >= Some(Role::Cohost);
    if is_hidden(&view) && !runs_it {
        return Err(ClipperError::no_such_party());
    }
    if !runs_it && !takes_part(&view, asker.person()) {
        return Err(ClipperError::forbidden("Not a participant of this watch party"));
    }
    Ok((view, actor))
}

/// Whether somebody took part once, through whatever door they came.
pub(super) async fn was_in(app: &App, view: &RoomView, caller: &Caller) -> Result<bool, No> {
    let person = caller.person.id;
    let known = view.participants.contains_key(&person) || takes_part(view, person) || caller.is_admin();
    Ok(known || app.engine.people.is_admitted(view.id, person).await?)
}

/// The room that a spoken code or a link's token opens, as it stands. A wrong guess costs `from`, the guesser's address.
pub(super) async fn opened(app: &App, code: &str, from: &str) -> Result<Arc<RoomView>, No> {
    if code.len() == SPOKEN { app.engine.spoken(code, from).await } else { app.engine.invited(code, from).await }
}

/// The party that a code opens and that goes on.
pub(super) async fn invited(app: &App, code: &str, from: &str) -> Result<Arc<RoomView>, ClipperError> {
    match opened(app, code, from).await {
        Ok(view) if !is_over(&view) && !is_hidden(&view) => Ok(view),
        Ok(_) => Err(ClipperError::opens_nothing()),
        Err(No::Refusal(no)) if matches!(no.code, Code::NoSuchInvite | Code::NoSuchRoom) => {
            Err(ClipperError::opens_nothing())
        }
        Err(no) => Err(no.into()),
    }
}
