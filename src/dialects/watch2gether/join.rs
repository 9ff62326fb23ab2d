//! Entering a room, which makes the account of a key its member.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
};
use engine::{
    event::Door,
    people::Caller,
    records::Person,
    room::{Permission, RoomView, roles},
};
use serde::Serialize;
use serde_json::json;

use super::{
    Answered,
    call::Call,
    create::{self, guest, set},
    error::W2gError,
    room,
};
use crate::{app::App, http::extract::FirstText};

/// What stands in the path where only an access key names the room.
const DEFAULT: &str = "default";

/// Who somebody is in a room.
#[expect(clippy::struct_excessive_bools, reason = "the fields that its clients know")]
#[derive(Debug, Serialize)]
struct JoinedWire {
    streamkey: String,
    user: serde_json::Value,
    /// A way in to hand on; none for who may not invite.
    access_key: Option<Arc<str>>,
    confirmed_user: bool,
    confirmed_email: bool,
    persistent_name: Option<Arc<str>>,
    owner: bool,
    plus: bool,
    pro: bool,
    location: &'static str,
}

/// `POST /rooms/{streamkey}/join_room`
pub(super) async fn join(
    State(app): State<App>,
    Extension(call): Extension<Call>,
    FirstText(name): FirstText,
) -> Answered {
    let (engine, fields) = (&app.engine, &call.fields);
    let (access_key, wanted) = (fields.text("access_key")?, fields.text("nname")?);
    let keyless = call.is_keyless() && app.watch2gether.keyless_rooms;
    if !keyless {
        call.caller()?.may_change()?;
    }
    let (view, invited) = room_of(&app, &call, &name, access_key.as_deref()).await?;
    let (password, from) = (fields.text("password")?, call.from.as_str());
    let mut headers = HeaderMap::new();
    let caller = if keyless {
        engine.may_come(&view, invited, password.as_deref(), from).await?;
        let (_, guest) = guest(&app, &call, wanted.as_deref().unwrap_or("Guest")).await?;
        engine.people.admit(view.id, guest.person.id).await?;
        set(&mut headers, create::TOKEN, guest.token.reveal());
        Caller::new(guest.person)
    } else {
        let mut caller = call.caller()?.clone();
        engine.admit(&view, caller.person.id, invited, password.as_deref(), from).await?;
        if let Some(wanted) = wanted {
            caller.person = called(&app, &caller, &wanted).await?;
        }
        caller
    };
    let actor = engine.actor(&caller, view.id, Door::Watch2Gether).await?;
    let may_invite = roles::permissions_of(&view, &actor).has(Permission::Invite);
    let owner = view.host().is_some_and(|(host, _)| host == caller.person.id);
    let wire = JoinedWire {
        streamkey: room::streamkey(&app, view.id).await?,
        user: json!({
            "nname": caller.person.name, "role": if owner { "owner" } else { "member" },
            "online": view.is_here(caller.person.id),
        }),
        access_key: if may_invite { Some(view.invite.clone()) } else { access_key.filter(|_| invited).map(Into::into) },
        confirmed_user: caller.registered || caller.key.is_some(),
        confirmed_email: false,
        persistent_name: view.settings.expires_after.is_none().then(|| view.settings.title.clone()),
        owner,
        plus: false,
        pro: false,
        location: "EU",
    };
    set(&mut headers, create::ROOM_URL, &create::address(&app, &wire.streamkey));
    Ok((headers, Json(wire)).into_response())
}

/// The room that the path names or, where that is `default`, the access key; and whether the key lets in.
async fn room_of(
    app: &App,
    call: &Call,
    name: &str,
    access_key: Option<&str>,
) -> Result<(Arc<RoomView>, bool), W2gError> {
    let Some(access_key) = access_key else {
        return Ok((room::any(app, call, name).await?, false));
    };
    let invited = app.engine.invited(access_key, &call.from).await.map_err(W2gError::from);
    let unknown = |error: &W2gError| error.status == StatusCode::NOT_FOUND;
    let invited = invited.map_err(|error| if unknown(&error) { error.about("access_key") } else { error })?;
    if name != DEFAULT && room::any(app, call, name).await?.id != invited.id {
        return Err(W2gError::field("access_key", "This access_key belongs to another room."));
    }
    Ok((invited, true))
}

/// Calls somebody so, where the name is theirs to choose by key: an account is renamed by who signs in to it.
async fn called(app: &App, caller: &Caller, wanted: &str) -> Result<Person, W2gError> {
    let fixed = caller.registered || caller.acting || Caller::is_operator(caller.person.id);
    if fixed || *caller.person.name == *wanted {
        return Ok(caller.person.clone());
    }
    Ok(app.engine.people.rename(&caller.person, wanted).await?)
}
