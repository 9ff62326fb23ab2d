//! The way in.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::{
    event::Door,
    ids::RoomId,
    limits::Rule,
    records::Alias,
    refusal::{Code, Refusal},
    room::RoomView,
    secret::Secret,
    time::Millis,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Data,
    refused::{CardRefused, DeedRefused, ReadRefused, WriteRefused},
    rooms::NowWire,
    sessions::{PersonWire, session_cookie},
    spend, visible,
};
use crate::{
    app::App,
    dialects::native::wire::{ScheduleWire, invite_url},
    http::{
        error::ApiError,
        extract::{Body, ClientAddress, FirstText, InRoom, SecondText, Who, shown},
    },
};

/// What an invite shows before one is in.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardWire {
    /// The room.
    room: Uuid,
    /// Its title.
    title: String,
    /// How it stands; nothing of it where the room asks for a password.
    #[serde(flatten)]
    now: NowWire,
    /// When it opens and closes.
    schedule: ScheduleWire,
    /// Whether everybody is there who may be: a seat becomes free when somebody leaves.
    full: bool,
    /// Who made the room.
    host: Option<String>,
    /// Whether the room asks for a password; what is on and who is there is told inside then.
    asks_password: bool,
}

/// How to come in.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct Join {
    /// Makes a guest of that name, or gives you that name where you are a guest already.
    #[schema(example = "Ben")]
    name: Option<String>,
    /// Where the room asks for one.
    #[schema(value_type = Option<String>)]
    password: Option<Secret>,
}

/// An invite.
#[derive(Debug, Serialize, ToSchema)]
pub struct InviteWire {
    /// What the link carries.
    token: String,
    /// The link.
    url: String,
    /// The room's own: taken back, another takes its place.
    own: bool,
    /// Until when it is good, in Unix milliseconds; for ever where null.
    until: Option<i64>,
    /// Who made it, where it is one more.
    by: Option<Uuid>,
    /// What it is for.
    note: Option<String>,
}

impl InviteWire {
    fn new(alias: &Alias, view: &RoomView, public_url: &str) -> Self {
        Self {
            token: alias.value.clone(),
            url: invite_url(public_url, &alias.value),
            own: *alias.value == *view.invite,
            until: alias.until.map(|until| until.0),
            by: alias.by.map(|by| by.0),
            note: alias.note.clone(),
        }
    }
}

/// One more invite.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MakeInvite {
    /// How long it is good; for ever where null.
    #[schema(example = 86_400_000)]
    for_ms: Option<i64>,
    /// What it is for: up to 100 characters.
    note: Option<String>,
}

/// You are in.
#[derive(Debug, Serialize, ToSchema)]
pub struct JoinedWire {
    /// The room.
    room: Uuid,
    /// Who you are there.
    person: PersonWire,
    /// A new session's token, where one was made.
    token: Option<String>,
}

/// The card of an invite
#[utoipa::path(get, path = "/api/v1/invites/{token}", tag = "invites",
    params(("token" = String, Path, description = "What the invite link carries")),
    responses((status = 200, body = Data<CardWire>), CardRefused))]
pub(super) async fn card(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    FirstText(token): FirstText,
) -> Result<Data<CardWire>, ApiError> {
    let view = app.engine.invited(&token, &from).await?;
    let told = view.settings.password.is_none();
    let host = view.members.values().find(|member| member.role == engine::room::Role::Host);
    Ok(Data {
        data: CardWire {
            room: view.id.0,
            title: view.settings.title.to_string(),
            now: if told { NowWire::new(&app, &view) } else { NowWire::default() },
            schedule: view.schedule.into(),
            full: view.is_full_for(None),
            asks_password: !told,
            host: host.map(|host| host.name.to_string()),
        },
    })
}

/// Come in
#[utoipa::path(post, path = "/api/v1/invites/{token}/join",
    request_body(content = Join, example = json!({ "name": "Ben" })), tag = "invites",
    params(("token" = String, Path, description = "What the invite link carries")),
    responses((status = 200, body = Data<JoinedWire>), WriteRefused))]
pub(super) async fn join(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    FirstText(token): FirstText,
    headers: HeaderMap,
    Body(join, _): Body<Join>,
) -> Result<Response, ApiError> {
    let view = app.engine.invited(&token, &from).await?;
    come_in(&app, &view, true, &from, &headers, join).await
}

/// Come into a room whose address you know
#[utoipa::path(post, path = "/api/v1/rooms/{id}/join",
    request_body(content = Join, example = json!({ "name": "Ben", "password": "popcorn" })), tag = "invites",
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<JoinedWire>), WriteRefused))]
pub(super) async fn join_room(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    FirstText(name): FirstText,
    headers: HeaderMap,
    Body(join, _): Body<Join>,
) -> Result<Response, ApiError> {
    let view = match name.parse() {
        Ok(room) => app.engine.rooms.view(room).await?,
        Err(_) if name.len() == 6 => app.engine.spoken(&name, &from).await?,
        Err(_) => app.engine.invited(&name, &from).await?,
    };
    // Whoever knows more than the identity was told by somebody.
    let invited = name.parse::<RoomId>().is_err();
    come_in(&app, &view, invited, &from, &headers, join).await
}

async fn come_in(
    app: &App,
    view: &RoomView,
    invited: bool,
    from: &str,
    headers: &HeaderMap,
    join: Join,
) -> Result<Response, ApiError> {
    let password = join.password.as_ref().map(Secret::reveal);
    let known = shown(app, headers, false).await?;
    let (person, new) = match (known, join.name) {
        (Some(caller), None) => (caller.person, None),
        // A key's person is called as the key is, and whom it acts for as the key's program says.
        (Some(caller), Some(_)) if caller.key.is_some() => (caller.person, None),
        (Some(caller), Some(name)) if name == *caller.person.name => (caller.person, None),
        (Some(caller), Some(name)) => (app.engine.people.rename(&caller.person, &name).await?, None),
        (None, Some(name)) => {
            app.engine.may_come(view, invited, password, from).await?;
            app.engine.limits.take(Rule::Guests, from, app.engine.clock.play_time())?;
            let guest = app.engine.people.guest(&name).await?;
            (guest.person.clone(), Some(guest))
        }
        (None, None) => return Err(Refusal::new(Code::NotSignedIn).into()),
    };
    if new.is_some() {
        // They were found to be welcome before they were anybody.
        app.engine.people.admit(view.id, person.id).await?;
    } else {
        app.engine.admit(view, person.id, invited, password, from).await?;
    }
    tracing::debug!(room = %view.id, door = Door::Viewer.name(), "somebody was let in");
    let token = new.map(|guest| guest.token.reveal().to_owned());
    let cookie = token.as_ref().map(|token| session_cookie(app, token, app.engine.people.session_length()));
    let mut response =
        Data { data: JoinedWire { room: view.id.0, person: PersonWire::from(&person), token } }.into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// The invites of a room
#[utoipa::path(get, path = "/api/v1/rooms/{id}/invites", tag = "invites", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<Vec<InviteWire>>), ReadRefused))]
pub(super) async fn list(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
) -> Result<Data<Vec<InviteWire>>, ApiError> {
    let (view, actor) = visible(&app, &who, room).await?;
    let known = app.engine.invites(&view, &actor).await?;
    Ok(Data { data: known.iter().map(|alias| InviteWire::new(alias, &view, &app.public_url)).collect() })
}

/// One more invite link
#[utoipa::path(post, path = "/api/v1/rooms/{id}/invites",
    request_body(content = MakeInvite, example = json!({ "for_ms": 86_400_000, "note": "for the neighbours" })), tag = "invites", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 201, body = Data<InviteWire>), WriteRefused))]
pub(super) async fn make(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Body(new, _): Body<MakeInvite>,
) -> Result<Response, ApiError> {
    spend(&app, &who)?;
    let (view, actor) = visible(&app, &who, room).await?;
    let until = new.for_ms.map(|length| app.engine.clock.now().wall + Millis(length));
    let alias = app.engine.make_invite(&view, &actor, until, new.note.as_deref()).await?;
    let wire = InviteWire::new(&alias, &view, &app.public_url);
    Ok((StatusCode::CREATED, Json(Data { data: wire })).into_response())
}

/// Take an invite back; of the room's own another is made
#[utoipa::path(delete, path = "/api/v1/rooms/{id}/invites/{token}", tag = "invites", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), ("token" = String, Path, description = "What the link carries")),
    responses((status = 204), DeedRefused))]
pub(super) async fn revoke(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    SecondText(token): SecondText,
) -> Result<Response, ApiError> {
    spend(&app, &who)?;
    let (view, actor) = visible(&app, &who, room).await?;
    app.engine.revoke_invite(&view, &actor, &token).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
