//! All people, and the ways in that they have.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use engine::{
    acts,
    ids::PersonId,
    people::Caller,
    records::{ApiKey, Person, Session},
    refusal::{Code, Refusal},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    super::{
        Data, Page,
        keys::KeyWire,
        refused::{OwnDeedRefused, OwnReadRefused},
    },
    page_of, words,
};
use crate::{
    app::App,
    http::{
        error::ApiError,
        extract::{FirstText, Params, SecondText},
        operator::Operator,
    },
};

/// Which people, and which page of them.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct People {
    /// Words of the name, or all of an identity, a username, an e-mail address or `discord:ID`; 64 characters at most.
    search: Option<String>,
    /// How many: 1 to 100, 50 where nobody says.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// `next` of the page before.
    after: Option<Uuid>,
}

/// Somebody in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedPersonWire {
    /// The person.
    id: Uuid,
    /// Their name.
    name: String,
    /// When they first came, in Unix milliseconds.
    made_at: i64,
}

impl From<&Person> for ListedPersonWire {
    fn from(person: &Person) -> Self {
        Self { id: person.id.0, name: person.name.to_string(), made_at: person.made_at.0 }
    }
}

/// A session of somebody's. Its token is told nowhere.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionOfWire {
    /// What to end it by.
    id: Uuid,
    /// When it was made, in Unix milliseconds.
    made_at: i64,
    /// Until when it is good.
    expires_at: i64,
}

impl From<&Session> for SessionOfWire {
    fn from(session: &Session) -> Self {
        Self { id: session.id(), made_at: session.made_at.0, expires_at: session.expires_at.0 }
    }
}

/// Somebody, with all ways in that they have.
#[derive(Debug, Serialize, ToSchema)]
pub struct KnownWire {
    /// Who.
    #[serde(flatten)]
    person: ListedPersonWire,
    /// The name of their account.
    username: Option<String>,
    /// Its address.
    email: Option<String>,
    /// Who they are on chat platforms: `discord:1234`.
    platforms: Vec<String>,
    /// Their sessions, the newest first.
    sessions: Vec<SessionOfWire>,
    /// Keys that act in their name.
    keys: Vec<KeyWire>,
    /// The newest of their rooms, 20 at most.
    rooms: Vec<RoomOfWire>,
}

/// A room of somebody's.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomOfWire {
    /// The room.
    id: Uuid,
    /// Its title.
    title: String,
}

/// How many were ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedOutWire {
    /// How many.
    ended: usize,
}

/// How many rooms of somebody are shown beside them.
const ROOMS: usize = 20;

/// All people, the newest first
#[utoipa::path(get, path = "/api/v1/admin/people", tag = "admin", security(("token" = [])), params(People),
    responses((status = 200, body = Page<ListedPersonWire>), OwnReadRefused))]
pub(in super::super) async fn list(
    State(app): State<App>,
    _: Operator,
    Params(asked): Params<People>,
) -> Result<Page<ListedPersonWire>, ApiError> {
    let limit = page_of(asked.limit)?;
    let search = words(asked.search.as_deref())?;
    let people = app.engine.survey_people(search, asked.after.map(PersonId), limit + 1).await?;
    let next = (people.len() > limit).then(|| people[limit - 1].id.to_string());
    Ok(Page { data: people.iter().take(limit).map(ListedPersonWire::from).collect(), next })
}

/// Somebody, and the ways in that they have
#[utoipa::path(get, path = "/api/v1/admin/people/{person}", tag = "admin", security(("token" = [])),
    params(("person" = String, Path, description = "Their identity")),
    responses((status = 200, body = Data<KnownWire>), OwnDeedRefused))]
pub(in super::super) async fn read(
    State(app): State<App>,
    _: Operator,
    FirstText(person): FirstText,
) -> Result<Data<KnownWire>, ApiError> {
    let known = app.engine.known(person_of(&person)?).await?;
    let rooms = app.engine.rooms.hosted(known.person.id, None, ROOMS).await?;
    let (username, email) = known.account.map(|account| (account.username, account.email)).unzip();
    let platforms = known.identities.iter().map(|one| format!("{}:{}", one.platform.name(), one.subject));
    Ok(Data {
        data: KnownWire {
            person: ListedPersonWire::from(&known.person),
            username,
            email: email.flatten(),
            platforms: platforms.collect(),
            sessions: known.sessions.iter().map(SessionOfWire::from).collect(),
            keys: known.keys.into_iter().map(|key: ApiKey| KeyWire::from(key)).collect(),
            rooms: rooms.iter().map(|head| RoomOfWire { id: head.id.0, title: head.title.to_string() }).collect(),
        },
    })
}

/// End all sessions of somebody's
#[utoipa::path(delete, path = "/api/v1/admin/people/{person}/sessions", tag = "admin", security(("token" = [])),
    params(("person" = String, Path, description = "Their identity")),
    responses((status = 200, body = Data<SignedOutWire>), OwnDeedRefused))]
pub(in super::super) async fn sign_out(
    State(app): State<App>,
    _: Operator,
    FirstText(person): FirstText,
) -> Result<Data<SignedOutWire>, ApiError> {
    let person = there(&app, &person).await?;
    let ended = app.engine.people.end_all_sessions(person).await?;
    acts::about(None, &ended.to_string());
    Ok(Data { data: SignedOutWire { ended } })
}

/// End one session of somebody's
#[utoipa::path(delete, path = "/api/v1/admin/people/{person}/sessions/{session}", tag = "admin", security(("token" = [])),
    params(("person" = String, Path, description = "Their identity"), ("session" = String, Path, description = "As in the list")),
    responses((status = 204), OwnDeedRefused))]
pub(in super::super) async fn end_session(
    State(app): State<App>,
    _: Operator,
    FirstText(person): FirstText,
    SecondText(session): SecondText,
) -> Result<Response, ApiError> {
    let person = there(&app, &person).await?;
    let session = session.parse().map_err(|_| Refusal::new(Code::NoSuchSession))?;
    app.engine.people.end_session(person, session).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Delete somebody: their account, all ways in, what they wrote and brought, and their name wherever it stands
#[utoipa::path(delete, path = "/api/v1/admin/people/{person}", tag = "admin", security(("token" = [])),
    params(("person" = String, Path, description = "Their identity")),
    responses((status = 204), OwnDeedRefused))]
pub(in super::super) async fn delete(
    State(app): State<App>,
    _: Operator,
    FirstText(person): FirstText,
) -> Result<Response, ApiError> {
    let person = there(&app, &person).await?;
    // As where they ask for it themself: what they brought goes before them.
    let _leaving = match &app.dock {
        Some(dock) => Some(dock.clear(person).await?),
        None => None,
    };
    app.engine.leave(person).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn person_of(text: &str) -> Result<PersonId, Refusal> {
    text.parse().map_err(|_| Refusal::new(Code::NoSuchPerson))
}

/// Somebody who is known, and not the bootstrap key itself.
async fn there(app: &App, person: &str) -> Result<PersonId, ApiError> {
    let person = person_of(person)?;
    let known = app.engine.people.called(person).await?;
    if known.is_none() || Caller::is_operator(person) {
        return Err(Refusal::new(Code::NoSuchPerson).into());
    }
    Ok(person)
}
