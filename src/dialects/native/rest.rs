//! The REST half of the native dialect: routes, and how answers look. The list of calls is in `docs/API.md`.

mod about;
mod accounts;
mod announcements;
mod chat;
mod commands;
mod costs;
mod discord;
mod docs;
pub mod idempotency;
mod invites;
mod keys;
mod life;
mod media;
mod members;
mod operator;
mod own_sessions;
mod past;
mod people;
mod playback;
mod playlists;
mod queue;
mod refused;
mod rooms;
mod sessions;
mod socket;
mod telegram;
mod votes;
mod webhooks;

use axum::{
    Json, Router,
    http::StatusCode,
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use engine::{
    acts,
    command::{Actor, Command},
    ids::RoomId,
    limits::Rule,
    refusal::No,
    rooms::Done,
};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    http::{
        error::{ApiError, bad_method, no_such_path},
        extract::Who,
        meter::{CostOf, meter},
    },
};

/// A good answer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Data<T> {
    /// What was asked for.
    pub data: T,
}

/// A good answer that is one page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    /// This page.
    pub data: Vec<T>,
    /// What to ask for to get the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T: Serialize> IntoResponse for Data<T> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

impl<T: Serialize> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

/// What a command came to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DoneWire {
    /// Number of the room's last event after it.
    pub seq: u64,
    /// Where the film stands after it.
    pub playback: super::wire::PlaybackWire,
}

impl From<&Done> for DoneWire {
    fn from(done: &Done) -> Self {
        Self { seq: done.view.seq, playback: (&done.view.playback).into() }
    }
}

/// How many a page holds where nobody says.
const PAGE: usize = 50;
/// How many a page holds at most.
const PAGE_LIMIT: usize = 100;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "onecouch",
        version = "1",
        description = "Watch parties: rooms, queues, playback in step. The socket is described in docs/API.md."
    ),
    components(schemas(crate::http::error::ErrorBody))
)]
struct Description;

/// All calls, and their description. Each costs its caller what [`costs`] says.
pub fn router(app: &App) -> Router<App> {
    let (router, description) = OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(about::read))
        .routes(routes!(announcements::announce))
        .routes(routes!(sessions::make))
        .routes(routes!(discord::come_in))
        .routes(routes!(sessions::current, sessions::end))
        .routes(routes!(telegram::open))
        .routes(routes!(accounts::register))
        .routes(routes!(accounts::log_in))
        .routes(routes!(accounts::recover))
        .routes(routes!(accounts::finish))
        .routes(routes!(people::me, people::rename, people::delete))
        .routes(routes!(people::export))
        .routes(routes!(people::link_code))
        .routes(routes!(people::link))
        .routes(routes!(accounts::change))
        .routes(routes!(own_sessions::list, own_sessions::end_others))
        .routes(routes!(own_sessions::end))
        .routes(routes!(keys::list, keys::make))
        .routes(routes!(keys::revoke))
        .routes(routes!(operator::overview::read))
        .routes(routes!(operator::rooms::list))
        .routes(routes!(operator::rooms::read))
        .routes(routes!(operator::people::list))
        .routes(routes!(operator::people::read, operator::people::delete))
        .routes(routes!(operator::people::sign_out))
        .routes(routes!(operator::people::end_session))
        .routes(routes!(operator::bans::list, operator::bans::make))
        .routes(routes!(operator::bans::lift))
        .routes(routes!(operator::log::list))
        .routes(routes!(webhooks::list, webhooks::make))
        .routes(routes!(webhooks::delete))
        .routes(routes!(webhooks::test))
        .routes(routes!(rooms::list, rooms::make))
        .routes(routes!(rooms::read, rooms::change, life::delete))
        .routes(routes!(invites::join_room))
        .routes(routes!(invites::list, invites::make))
        .routes(routes!(invites::revoke))
        .routes(routes!(life::schedule))
        .routes(routes!(life::status))
        .routes(routes!(life::coming))
        .routes(routes!(life::come, life::stay))
        .routes(routes!(playback::read))
        .routes(routes!(playback::play))
        .routes(routes!(playback::pause))
        .routes(routes!(playback::skip))
        .routes(routes!(playback::seek))
        .routes(routes!(playback::back))
        .routes(routes!(playback::rate))
        .routes(routes!(votes::read, votes::propose))
        .routes(routes!(votes::ballot))
        .routes(routes!(queue::read, queue::add, queue::clear))
        .routes(routes!(queue::add_many))
        .routes(routes!(queue::export))
        .routes(routes!(queue::shuffle))
        .routes(routes!(queue::remove, queue::change))
        .routes(routes!(queue::vote, queue::unvote))
        .routes(routes!(queue::undo))
        .routes(routes!(queue::restore))
        .routes(routes!(past::history))
        .routes(routes!(past::audit))
        .routes(routes!(past::stats))
        .routes(routes!(past::hosted))
        .routes(routes!(past::visited))
        .routes(routes!(playlists::list, playlists::make))
        .routes(routes!(playlists::read, playlists::change, playlists::delete))
        .routes(routes!(playlists::list_room, playlists::make_room))
        .routes(routes!(playlists::load))
        .routes(routes!(media::list))
        .routes(routes!(media::uploads))
        .routes(routes!(media::begin))
        .routes(routes!(media::progress, media::bring, media::end))
        .routes(routes!(media::subtitles))
        .routes(routes!(queue::pick))
        .routes(routes!(members::read))
        .routes(routes!(members::give_role))
        .routes(routes!(members::claim))
        .routes(routes!(members::kick))
        .routes(routes!(members::bans))
        .routes(routes!(members::ban, members::unban))
        .routes(routes!(members::mute, members::unmute))
        .routes(routes!(chat::read, chat::write))
        .routes(routes!(chat::reword, chat::erase))
        .routes(routes!(chat::react))
        .routes(routes!(commands::run))
        .routes(routes!(commands::list))
        .routes(routes!(invites::card))
        .routes(routes!(invites::join))
        .split_for_parts();
    debug_assert!(costs::paths().all(|path| description.paths.paths.contains_key(path)), "a cost of no call");
    router
        .route("/api/v1/rooms/{id}/ws", get(socket::open))
        .merge(docs::router(&description))
        .route("/api/v1/{*path}", axum::routing::any(no_such_path))
        .method_not_allowed_fallback(bad_method)
        .layer(middleware::from_fn_with_state((app.clone(), costs::of as CostOf), meter))
}

/// Who asks this room for something.
async fn actor(app: &App, who: &Who, room: RoomId) -> Result<Actor, ApiError> {
    if who.caller.is_admin()
        && let Some(view) = app.engine.rooms.awake(room)
    {
        acts::about(None, &view.settings.title);
    }
    Ok(app.engine.actor(&who.caller, room, who.door).await?)
}

/// Does a command in somebody's name, within what one caller may do.
async fn command(app: &App, who: &Who, room: RoomId, command: Command) -> Result<Data<DoneWire>, ApiError> {
    spend(app, who)?;
    let actor = actor(app, who, room).await?;
    let done = app.engine.rooms.command(room, actor, command).await?;
    Ok(Data { data: DoneWire::from(&done) })
}

/// Counts a command against its caller.
fn spend(app: &App, who: &Who) -> Result<(), No> {
    Ok(app.engine.limits.take(Rule::Commands, &who.caller.person.id, app.engine.clock.play_time())?)
}

/// The room, for somebody who may see it.
async fn visible(
    app: &App,
    who: &Who,
    room: RoomId,
) -> Result<(std::sync::Arc<engine::room::RoomView>, Actor), ApiError> {
    let view = app.engine.rooms.view(room).await?;
    let actor = actor(app, who, room).await?;
    engine::room::may_enter(&view, &actor)?;
    Ok((view, actor))
}

/// An answer that says where what was made is.
fn created<T: Serialize>(data: T) -> Result<(StatusCode, String), ApiError> {
    let body = serde_json::to_string(&Data { data });
    let body = body.map_err(|error| engine::refusal::Fault::new(format!("an answer has no JSON: {error}")))?;
    Ok((StatusCode::CREATED, body))
}
