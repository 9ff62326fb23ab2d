//! The way in.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use engine::{
    event::Door,
    limits::Rule,
    people::SESSION,
    refusal::{Code, Refusal},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Data,
    sessions::{PersonWire, session_cookie},
};
use crate::{
    app::App,
    dialects::native::wire::ItemWire,
    http::{
        error::{ApiError, ErrorBody},
        extract::{Body, ClientAddress, shown},
    },
};

/// What an invite shows before one is in.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardWire {
    /// The room.
    room: Uuid,
    /// Its title.
    title: String,
    /// What is on.
    current: Option<ItemWire>,
    /// Whether it plays.
    playing: bool,
    /// Where it stands now.
    position_ms: i64,
    /// How many people watch.
    watching: usize,
    /// The first few of their names.
    names: Vec<String>,
    /// Who made the room.
    host: Option<String>,
}

/// How to come in.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct Join {
    /// Makes a guest of that name, or gives you that name where you are a guest already.
    #[schema(example = "Ben")]
    name: Option<String>,
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
    responses((status = 200, body = Data<CardWire>), (status = 404, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn card(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    Path(token): Path<String>,
) -> Result<Data<CardWire>, ApiError> {
    let view = app.engine.invited(&token, &from).await?;
    let people: BTreeMap<_, _> =
        view.presence.values().filter(|here| here.watches).map(|here| (here.who.person, &here.who.name)).collect();
    let names = people.values().take(5).map(ToString::to_string).collect();
    let host = view.members.values().find(|member| member.role == engine::room::Role::Host);
    Ok(Data {
        data: CardWire {
            room: view.id.0,
            title: view.title.to_string(),
            current: view.current.as_deref().map(ItemWire::from),
            playing: view.playback.playing,
            position_ms: view.position(app.engine.clock.play_time()).0,
            watching: view.watching(),
            names,
            host: host.map(|host| host.name.to_string()),
        },
    })
}

/// Come in
#[utoipa::path(post, path = "/api/v1/invites/{token}/join", request_body = Join, tag = "invites",
    params(("token" = String, Path, description = "What the invite link carries")),
    responses((status = 200, body = Data<JoinedWire>), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn join(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    Path(token): Path<String>,
    headers: HeaderMap,
    Body(join, _): Body<Join>,
) -> Result<Response, ApiError> {
    let view = app.engine.invited(&token, &from).await?;
    let known = shown(&app, &headers).await?;
    let (person, new) = match (known, join.name) {
        (Some(caller), None) => (caller.person, None),
        // The bootstrap key is nobody's to rename.
        (Some(caller), Some(_)) if caller.granted.is_some() => (caller.person, None),
        (Some(caller), Some(name)) if name == *caller.person.name => (caller.person, None),
        (Some(caller), Some(name)) => (app.engine.people.rename(&caller.person, &name).await?, None),
        (None, Some(name)) => {
            app.engine.limits.take(Rule::Guests, &from, app.engine.clock.play_time())?;
            let guest = app.engine.people.guest(&name).await?;
            (guest.person.clone(), Some(guest))
        }
        (None, None) => return Err(Refusal::new(Code::NotSignedIn).into()),
    };
    app.engine.people.admit(view.id, person.id).await?;
    tracing::debug!(room = %view.id, door = Door::Viewer.name(), "somebody was let in by the invite link");
    let token = new.map(|guest| guest.token.reveal().to_owned());
    let cookie = token.as_ref().map(|token| session_cookie(&app, token, SESSION));
    let mut response =
        Data { data: JoinedWire { room: view.id.0, person: PersonWire::from(&person), token } }.into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
