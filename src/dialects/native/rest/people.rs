//! Who I am: names, selves elsewhere, and all that is known of me.

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::{
    records::{Identity, Scope},
    secret::Secret,
    time::Millis,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Data,
    refused::{OwnDeedRefused, OwnReadRefused, OwnWriteRefused},
    sessions::{PersonWire, session_cookie},
    spend,
};
use crate::{
    app::App,
    http::{
        error::ApiError,
        extract::{Body, ClientAddress, MaybeBody, Who},
    },
};

/// Who I am. What concerns the account is told to sessions only, not to keys.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeWire {
    /// My identity.
    id: Uuid,
    /// My name.
    name: String,
    /// Whether I have an account.
    registered: bool,
    /// Its username.
    username: Option<String>,
    /// Its e-mail address.
    email: Option<String>,
    /// The chat platforms that I am known on.
    platforms: Vec<PlatformWire>,
    /// The public id of the key that was shown.
    key: Option<String>,
    /// What that key may do: `read`, `rooms`, `act`, `platforms`, `admin`.
    scopes: Vec<&'static str>,
}

/// A self on a chat platform.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlatformWire {
    /// `discord` or `telegram`.
    platform: &'static str,
    /// The platform's id of me.
    subject: String,
}

impl From<Identity> for PlatformWire {
    fn from(identity: Identity) -> Self {
        Self { platform: identity.platform.name(), subject: identity.subject }
    }
}

/// Another name.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Rename {
    /// 1 to 48 characters. The username of an account stays.
    #[schema(example = "Ana")]
    name: String,
}

/// The wish to be deleted.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct Delete {
    /// Needed where there is an account.
    #[schema(value_type = Option<String>)]
    password: Option<Secret>,
}

/// A code, told once.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkCodeWire {
    /// 6 symbols.
    #[schema(example = "K7PQ2M")]
    code: String,
    /// Until when it is good, in Unix milliseconds.
    expires_at: i64,
}

/// A code that was made on another side.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Link {
    /// As it was read: capitals, spaces and hyphens are of no matter.
    #[schema(example = "k7p q2m")]
    code: String,
}

/// Who I am now.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkedWire {
    /// The one who is left.
    person: PersonWire,
    /// The one who is no more.
    gone: Uuid,
    /// Rooms that the one who is no more was let into: their hosts may have a role to give to the one who is left.
    rooms: Vec<Uuid>,
}

/// Say who I am
#[utoipa::path(get, path = "/api/v1/people/me", tag = "people", security(("token" = [])),
    responses((status = 200, body = Data<MeWire>), OwnReadRefused))]
pub(super) async fn me(State(app): State<App>, who: Who) -> Result<Data<MeWire>, ApiError> {
    let (caller, people) = (who.caller, &app.engine.people);
    let (account, identities) = match &caller.key {
        Some(_) => (None, Vec::new()),
        None => (people.account(caller.person.id).await?, people.identities(caller.person.id).await?),
    };
    let (username, email) = account.map(|account| (account.username, account.email)).unzip();
    let scopes = caller.key.iter().flat_map(|key| key.scopes.iter().copied().map(Scope::name)).collect();
    Ok(Data {
        data: MeWire {
            id: caller.person.id.0,
            name: caller.person.name.to_string(),
            registered: caller.registered,
            username,
            email: email.flatten(),
            platforms: identities.into_iter().map(PlatformWire::from).collect(),
            key: caller.key.as_ref().map(|key| key.id.to_string()),
            scopes,
        },
    })
}

/// Change my name
#[utoipa::path(patch, path = "/api/v1/people/me",
    request_body(content = Rename, example = json!({ "name": "Ana" })), tag = "people", security(("token" = [])),
    responses((status = 200, body = Data<PersonWire>), OwnWriteRefused))]
pub(super) async fn rename(
    State(app): State<App>,
    who: Who,
    Body(new, _): Body<Rename>,
) -> Result<Data<PersonWire>, ApiError> {
    who.caller.themself()?;
    spend(&app, &who)?;
    let person = app.engine.people.rename(&who.caller.person, &new.name).await?;
    Ok(Data { data: PersonWire::from(&person) })
}

/// Delete me
#[utoipa::path(delete, path = "/api/v1/people/me",
    request_body(content = Option<Delete>, example = json!({ "password": "a long password" })), tag = "people", security(("token" = [])),
    responses((status = 204), OwnWriteRefused))]
pub(super) async fn delete(
    State(app): State<App>,
    who: Who,
    MaybeBody(delete): MaybeBody<Delete>,
) -> Result<Response, ApiError> {
    who.caller.themself()?;
    let person = who.caller.person.id;
    app.engine.people.may_delete(person, delete.password.as_ref().map(Secret::reveal)).await?;
    // What they brought goes with them, and before them: by the records of who is gone no file could be found any more.
    let _leaving = match &app.dock {
        Some(dock) => Some(dock.clear(person).await?),
        None => None,
    };
    app.engine.leave(person).await?;
    let gone = [(header::SET_COOKIE, session_cookie(&app, "", Millis::ZERO))];
    Ok((StatusCode::NO_CONTENT, gone).into_response())
}

/// All that is known of me, as one document
#[utoipa::path(get, path = "/api/v1/people/me/export", tag = "people", security(("token" = [])),
    responses((status = 200, body = Data<serde_json::Value>), OwnReadRefused))]
pub(super) async fn export(State(app): State<App>, who: Who) -> Result<Response, ApiError> {
    who.caller.themself()?;
    spend(&app, &who)?;
    let data = app.engine.everything(who.caller.person.id).await?;
    let file = HeaderValue::from_static("attachment; filename=\"onecouch.json\"");
    Ok(([(header::CONTENT_DISPOSITION, file)], Json(Data { data })).into_response())
}

/// Ask for a code that makes another self one with me
#[utoipa::path(post, path = "/api/v1/people/me/link-codes", tag = "people", security(("token" = [])),
    responses((status = 201, body = Data<LinkCodeWire>), OwnDeedRefused))]
pub(super) async fn link_code(State(app): State<App>, who: Who) -> Result<Response, ApiError> {
    who.caller.themself()?;
    spend(&app, &who)?;
    let made = app.engine.people.link_code(who.caller.person.id).await?;
    let data = LinkCodeWire { code: made.code.reveal().to_owned(), expires_at: made.expires_at.0 };
    Ok((StatusCode::CREATED, Json(Data { data })).into_response())
}

/// Become one with the self that asked for a code
#[utoipa::path(post, path = "/api/v1/people/me/link",
    request_body(content = Link, example = json!({ "code": "k7p q2m" })), tag = "people", security(("token" = [])),
    responses((status = 200, body = Data<LinkedWire>), OwnWriteRefused))]
pub(super) async fn link(
    State(app): State<App>,
    who: Who,
    ClientAddress(from): ClientAddress,
    Body(link, _): Body<Link>,
) -> Result<Data<LinkedWire>, ApiError> {
    who.caller.themself()?;
    spend(&app, &who)?;
    let linked = app.engine.link(who.caller.person.id, &link.code, &from).await?;
    let rooms = linked.rooms.iter().map(|room| room.0).collect();
    Ok(Data { data: LinkedWire { person: PersonWire::from(&linked.person), gone: linked.gone.0, rooms } })
}
