//! Rooms: list, make, read, change, end.

use std::sync::Arc;

use axum::{
    Json,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use engine::{
    command::Command,
    event::Door,
    limits::Rule,
    media::Category,
    records::Scope,
    room::{Changes, Permission, Preset, Restore, Role, RoomView, Visibility, roles, settings::TITLE_LIMIT},
    rooms::NewRoom,
    time::Millis,
};
use serde::Serialize;
use serde_json::json;

use super::{
    answer,
    auth::{self, Asker},
    command,
    error::OttError,
    grants, points, room, settings, spend,
    users::{self, UserInfo},
    validate::{self, Check, Fields},
    video::QueueItem,
};
use crate::{app::App, dialects::Dialect, http::extract::FirstText};

/// What it costs to make a room that is gone some time after everybody left.
const TEMPORARY_COST: u32 = 50;
/// What it costs to make one that stays.
const PERMANENT_COST: u32 = 200;
/// After how long without anybody a temporary room is gone: who comes back on the next evening finds it.
const TEMPORARY: Millis = Millis::seconds(24 * 3_600);
/// How short and how long names may be.
const NAME: std::ops::RangeInclusive<usize> = 3..=32;

/// A room, as lists show it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RoomListItem {
    name: Arc<str>,
    title: String,
    description: Arc<str>,
    is_temporary: bool,
    visibility: &'static str,
    queue_mode: &'static str,
    current_source: Option<QueueItem>,
    users: usize,
}

impl RoomListItem {
    fn of(view: &RoomView, name: Arc<str>) -> Self {
        Self {
            title: room::title(view, &name).to_owned(),
            name,
            description: view.settings.about.clone(),
            is_temporary: view.settings.expires_after.is_some(),
            visibility: room::visibility(view.settings.visibility),
            queue_mode: room::queue_mode(view.settings.queue_mode),
            current_source: view.current.as_deref().map(QueueItem::of),
            users: view.presence.len(),
        }
    }
}

/// A whole room.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WholeRoom {
    name: Arc<str>,
    title: String,
    description: Arc<str>,
    is_temporary: bool,
    visibility: &'static str,
    queue_mode: &'static str,
    users: Vec<UserInfo>,
    grants: Vec<(i8, u64)>,
    auto_skip_segment_categories: Vec<Category>,
    restore_queue_behavior: u8,
    enable_vote_skip: bool,
    queue: Vec<QueueItem>,
    has_owner: bool,
}

impl WholeRoom {
    fn of(view: &RoomView, name: Arc<str>) -> Self {
        let set = &view.settings;
        Self {
            title: room::title(view, &name).to_owned(),
            name,
            description: set.about.clone(),
            is_temporary: set.expires_after.is_some(),
            visibility: room::visibility(set.visibility),
            queue_mode: room::queue_mode(set.queue_mode),
            users: users::all(view),
            grants: grants::masks(&set.grants),
            auto_skip_segment_categories: set.skip_segments.iter().copied().collect(),
            restore_queue_behavior: room::restore(set.restore),
            enable_vote_skip: set.vote_skip,
            queue: view.queue.iter().map(|item| QueueItem::of(item)).collect(),
            has_owner: view.host().is_some(),
        }
    }
}

/// The rooms in memory that are public; with a key, all that its holder may be in.
pub(super) async fn list(State(app): State<App>, asker: Asker) -> Result<Response, OttError> {
    spend(&app, &asker)?;
    let by_key = asker.token.is_none();
    let actor = asker.caller.actor(Door::OpenTogetherTube);
    let shown = |view: &Arc<RoomView>| {
        view.head().public || by_key && actor.granted.is_some() && roles::enter(view, &actor).is_ok()
    };
    let mut rooms = Vec::new();
    for view in app.engine.rooms.all_awake().into_iter().filter(shown) {
        rooms.push(RoomListItem::of(&view, room::name(&app, view.id).await?));
    }
    rooms.sort_by(|one, other| other.users.cmp(&one.users).then_with(|| one.name.cmp(&other.name)));
    Ok(Json(rooms).into_response())
}

/// Makes a temporary room without a name.
pub(super) async fn generate(
    State(app): State<App>,
    asker: Asker,
    Fields(fields): Fields,
) -> Result<Response, OttError> {
    let mut check = Check::new(&fields);
    let categories = check.categories("autoSkipSegmentCategories");
    check.end()?;
    points::charge(&app, &asker.address, TEMPORARY_COST)?;
    let changes = Changes {
        skip_segments: Some(categories.unwrap_or(Category::ALL.to_vec()).into_iter().collect()),
        ..founding(None, Visibility::Unlisted, true)
    };
    let view = found(&app, &asker, changes, None).await?;
    Ok(answer::made(json!({ "room": view.id })))
}

/// Makes a room of a name.
pub(super) async fn create(State(app): State<App>, asker: Asker, Fields(fields): Fields) -> Result<Response, OttError> {
    let mut check = Check::new(&fields);
    let name = check.needed_text("name");
    check_name(&mut check, name);
    let title = check.line("title", TITLE_LIMIT);
    let description = check.text("description");
    let temporary = check.flag("isTemporary").unwrap_or(true);
    let visibility = check.word("visibility", &room::VISIBILITIES);
    let queue_mode = check.word("queueMode", &room::QUEUE_MODES);
    let categories = check.categories("autoSkipSegmentCategories");
    check.end()?;
    points::charge(&app, &asker.address, if temporary { TEMPORARY_COST } else { PERMANENT_COST })?;
    let visibility = visibility.map_or(Ok(Visibility::Unlisted), |word| room::visible(word, None))?;
    let title = title.filter(|title| !title.trim().is_empty()).unwrap_or(name);
    let changes = Changes {
        about: description.map(Into::into),
        queue_mode: queue_mode.and_then(|word| room::mode(word, None)),
        skip_segments: Some(categories.unwrap_or(Category::ALL.to_vec()).into_iter().collect()),
        ..founding(Some(title), visibility, temporary)
    };
    found(&app, &asker, changes, Some(name)).await?;
    Ok(answer::made(json!({})))
}

/// Notes what is wrong with a name.
fn check_name(check: &mut Check<'_>, name: &str) {
    if name.is_empty() {
        return;
    }
    let length = name.chars().count();
    if length < *NAME.start() {
        check.too_short("name", *NAME.start());
    } else if length > *NAME.end() {
        check.too_long("name", *NAME.end());
    } else if room::RESERVED.contains(&name) {
        check.note("custom", &["name".into()], "This name is reserved", json!({}));
    } else if !room::is_free(name) {
        let message = "Letters, digits, _ and - only";
        check.note("invalid_string", &["name".into()], message, json!({ "validation": "regex" }));
    }
}

/// What its rooms begin with where it is otherwise here.
fn founding(title: Option<&str>, visibility: Visibility, temporary: bool) -> Changes {
    Changes {
        title: Some(title.map_or_else(|| room::UNTITLED.into(), Into::into)),
        visibility: Some(visibility),
        duplicates: Some(false),
        restore: Some(Restore::Prompt),
        expires_after: Some(temporary.then_some(TEMPORARY)),
        ..Changes::default()
    }
}

/// Makes a room. Somebody with an account is its host; what a guest makes is nobody's, until somebody with an account
/// claims it.
async fn found(app: &App, asker: &Asker, changes: Changes, name: Option<&str>) -> Result<Arc<RoomView>, OttError> {
    if app.opentogethertube.points.is_none() {
        // Where no points are counted, rooms are, as at every other door.
        let now = app.engine.clock.play_time();
        app.engine.limits.take_for(Rule::Rooms, asker.caller.person.id, Some(&asker.address), now)?;
    }
    let actor = asker.caller.actor(Door::OpenTogetherTube);
    let ownerless = !asker.caller.registered;
    let new = NewRoom { changes, preset: Preset::Open, ownerless, name: name.map(room::alias) };
    let view = app.engine.rooms.create(&actor, new).await?;
    if ownerless && !view.settings.visibility.is_open() {
        // Else nobody at all could come in.
        app.engine.people.admit(view.id, actor.person).await?;
    }
    Ok(view)
}

/// A whole room.
pub(super) async fn read(
    State(app): State<App>,
    asker: Asker,
    FirstText(name): FirstText,
) -> Result<Response, OttError> {
    spend(&app, &asker)?;
    let found = room::find(&app, &asker.caller, &name).await?;
    let name = room::name(&app, found.id).await?;
    Ok(Json(WholeRoom::of(&found.view, name)).into_response())
}

/// Changes settings, or makes the asker the owner of a room that has none.
pub(super) async fn change(
    State(app): State<App>,
    asker: Asker,
    FirstText(name): FirstText,
    Fields(fields): Fields,
) -> Result<Response, OttError> {
    let claims = fields.contains_key("claim");
    if claims {
        let mut check = Check::new(&fields);
        if check.flag("claim") == Some(false) {
            let more = json!({ "expected": true, "received": false });
            check.note("invalid_literal", &["claim".into()], "Expected true", more);
        }
        check.end()?;
    } else {
        validate::settings(&fields)?;
    }
    spend(&app, &asker)?;
    let found = room::find(&app, &asker.caller, &name).await?;
    if claims {
        if !asker.caller.registered {
            return Err(OttError::unauthorized("Must be logged in to claim a room."));
        }
        command(&app, &found, Command::Claim).await?;
    } else {
        let changes = settings::changes(&fields, &found.view)?;
        app.engine.change(found.id, found.actor, changes).await?;
    }
    Ok(answer::done(json!({})))
}

/// Ends a room: with `permanent=true` its owner deletes it; else who runs the server sends everybody away.
pub(super) async fn delete(
    State(app): State<App>,
    asker: Asker,
    headers: HeaderMap,
    FirstText(name): FirstText,
    RawQuery(query): RawQuery,
) -> Result<Response, OttError> {
    let query = query.unwrap_or_default();
    let mut query = url::form_urlencoded::parse(query.as_bytes());
    if query.any(|(name, value)| name == "permanent" && value == "true") {
        delete_for_good(&app, &asker, &name).await?;
    } else {
        unload(&app, &headers, &name).await?;
    }
    Ok(answer::done(json!({})))
}

async fn delete_for_good(app: &App, asker: &Asker, name: &str) -> Result<(), OttError> {
    let operator = asker.caller.granted == Some(Role::Host);
    if !asker.caller.registered && !operator {
        return Err(OttError::unauthorized("Must be logged in to delete a room."));
    }
    spend(app, asker)?;
    let found = room::find(app, &asker.caller, name).await?;
    if found.view.settings.expires_after.is_some() {
        return Err(OttError::argument("permanent", "A temporary room goes by itself."));
    }
    roles::require(&found.view, &found.actor, Permission::Own)
        .map_err(|refusal| OttError { status: StatusCode::FORBIDDEN, ..OttError::from(refusal) })?;
    command(app, &found, Command::Delete).await.map(drop)
}

/// A temporary room has nothing beside what is in memory there, so it is gone by that. One that stays is put away here when
/// nobody asks for it any more; its sockets are closed.
async fn unload(app: &App, headers: &HeaderMap, name: &str) -> Result<(), OttError> {
    let key = auth::by_key(app, headers).await?;
    let key = key.filter(|key| key.needs(Scope::Admin).is_ok());
    let key = key.ok_or_else(|| OttError::bad("Unauthorized", "Only who runs this server may unload a room."))?;
    let found = room::find(app, &key, name).await?;
    if found.view.settings.expires_after.is_some() {
        command(app, &found, Command::Delete).await?;
    }
    app.fanout.close(found.id, Dialect::OpenTogetherTube);
    Ok(())
}
