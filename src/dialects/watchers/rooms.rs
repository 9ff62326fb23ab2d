//! Rooms: made, read, changed, opened and closed, deleted.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use engine::{
    command::Command,
    limits::Rule,
    refusal::{Code, No},
    room::{
        Changes, RoomView, Visibility,
        settings::{ABOUT_LIMIT, TITLE_LIMIT},
    },
    rooms::NewRoom,
    time::WallTime,
};

use super::{
    auth::Project,
    ban,
    body::Fields,
    check::{Check, STATUSES},
    error::WatchersError,
    room::{self, RoomName},
};
use crate::app::App;

/// What a body wants of a room.
#[derive(Debug)]
struct Wanted {
    changes: Changes,
    /// When it opens, where that is said.
    start: Option<WallTime>,
    /// When it closes, where that is said.
    end: Option<WallTime>,
}

/// The two names, the links and the announced times, which may be changed at any time as well.
fn described(check: &mut Check<'_>, nullable: bool) -> Changes {
    let picture = check.link("pic", nullable, false);
    if let Some(Some(link)) = &picture
        && !(link.starts_with("https://") || link.starts_with("http://"))
    {
        check.note("pic must be a URL address that begins with https://");
    }
    Changes {
        title: check.short("name", TITLE_LIMIT).map(Into::into),
        about: check.short("about", ABOUT_LIMIT).map(Into::into),
        picture,
        stream_url: check.link("streamUrl", nullable, false),
        source_url: check.link("sourceUrl", nullable, true),
        stream_start: check.time_or_none("streamStartTime"),
        stream_end: check.time_or_none("streamEndTime"),
        ..Changes::default()
    }
}

/// What a body says of a room, and what is wrong with it.
#[cfg(any(test, fuzzing))]
pub(super) fn fuzzed(fields: &Fields, nullable: bool) -> Result<Changes, WatchersError> {
    let mut check = Check::new(&fields.0);
    let changes = described(&mut check, nullable);
    let start = check.time("startTime");
    let wanted = Wanted { changes, start, end: check.time("endTime") };
    sane(&mut check, &wanted, None);
    check.end().map(|()| wanted.changes)
}

/// Make a room, or bring the one of that name up to date: programs run their scripts again.
pub(super) async fn create(
    State(app): State<App>,
    project: Project,
    Fields(fields): Fields,
) -> Result<Response, WatchersError> {
    let mut check = Check::new(&fields);
    let name = check.id("roomId");
    check.needed("name");
    if !fields.contains_key("about") {
        check.note("about must be a string");
    }
    let mut changes = described(&mut check, true);
    changes.voice = check.cast("isSpeak");
    let wanted = Wanted { changes, start: check.time("startTime"), end: check.time("endTime") };
    sane(&mut check, &wanted, None);
    check.end()?;
    if let Some(known) = room::find(&app, &project, name).await? {
        let view = update(&app, &project, &known, wanted).await?;
        return room::answer(&app, StatusCode::OK, &view, name).await;
    }
    match make(&app, &project, name, &wanted).await {
        Ok(view) => room::answer(&app, StatusCode::CREATED, &view, name).await,
        // Somebody made it in this moment.
        Err(No::Refusal(refusal)) if refusal.code == Code::NameTaken => {
            let known = room::needed(&app, &project, name).await?;
            let view = update(&app, &project, &known, wanted).await?;
            room::answer(&app, StatusCode::OK, &view, name).await
        }
        Err(no) => Err(no.into()),
    }
}

/// Look at a room, which is made where there is none.
pub(super) async fn read(
    State(app): State<App>,
    project: Project,
    RoomName(name): RoomName,
) -> Result<Response, WatchersError> {
    if let Some(view) = room::find(&app, &project, &name).await? {
        return room::answer(&app, StatusCode::OK, &view, &name).await;
    }
    project.caller.may_change().map_err(WatchersError::from)?;
    let wanted = Wanted { changes: Changes::default(), start: None, end: None };
    let view = match make(&app, &project, &name, &wanted).await {
        Err(No::Refusal(refusal)) if refusal.code == Code::NameTaken => room::needed(&app, &project, &name).await?,
        made => made?,
    };
    room::answer(&app, StatusCode::OK, &view, &name).await
}

/// Change what it is called and shows. Its status and its hours are not changed here.
pub(super) async fn change(
    State(app): State<App>,
    project: Project,
    RoomName(name): RoomName,
    Fields(fields): Fields,
) -> Result<Response, WatchersError> {
    let mut check = Check::new(&fields);
    if fields.contains_key("name") {
        check.needed("name");
    }
    let mut changes = described(&mut check, false);
    changes.moderation = check.flag("enableModeration");
    changes.profanity_filter = check.flag("enableAntimat");
    let place = check.text("videoPosition", false);
    if place.is_some_and(|place| place.trim().is_empty() || place.chars().count() > 32) {
        check.note("videoPosition must be 1 to 32 characters");
    }
    changes.video_position = place.map(|place| Some(place.into()));
    let wanted = Wanted { changes, start: None, end: None };
    let known = room::find(&app, &project, &name).await?;
    sane(&mut check, &wanted, known.as_deref());
    check.end()?;
    let known = known.ok_or_else(WatchersError::no_such_room)?;
    let view = update(&app, &project, &known, wanted).await?;
    room::answer(&app, StatusCode::OK, &view, &name).await
}

/// Whether people may speak.
pub(super) async fn speak(
    State(app): State<App>,
    project: Project,
    Fields(fields): Fields,
) -> Result<Response, WatchersError> {
    let mut check = Check::new(&fields);
    let name = check.id("roomId");
    let voice = check.cast("isSpeak");
    if !fields.contains_key("isSpeak") {
        check.note("isSpeak should not be empty");
    }
    check.end()?;
    let known = room::needed(&app, &project, name).await?;
    let changes = Changes { voice, ..Changes::default() };
    let view = update(&app, &project, &known, Wanted { changes, start: None, end: None }).await?;
    room::answer(&app, StatusCode::CREATED, &view, name).await
}

/// Open it, close it, hide it: from any status to any.
pub(super) async fn status(
    State(app): State<App>,
    project: Project,
    Fields(fields): Fields,
) -> Result<Response, WatchersError> {
    let mut check = Check::new(&fields);
    let name = check.id("roomId");
    let status = check.word("status", &STATUSES);
    check.end()?;
    let known = room::needed(&app, &project, name).await?;
    let mut view = known.clone();
    if let Some(status) = status {
        view = command(&app, &project, &known, Command::SetStatus { status }).await?;
    }
    room::answer(&app, StatusCode::CREATED, &view, name).await
}

/// Delete it; the answer tells it once more.
pub(super) async fn delete(
    State(app): State<App>,
    project: Project,
    RoomName(name): RoomName,
) -> Result<Response, WatchersError> {
    let known = room::needed(&app, &project, &name).await?;
    let answer = room::answer(&app, StatusCode::OK, &known, &name).await?;
    command(&app, &project, &known, Command::Delete).await?;
    Ok(answer)
}

/// Does a command in the project's name.
pub(super) async fn command(
    app: &App,
    project: &Project,
    room: &RoomView,
    command: Command,
) -> Result<Arc<RoomView>, No> {
    let actor = project.actor(app, room.id).await?;
    Ok(app.engine.rooms.command(room.id, actor, command).await?.view)
}

/// Notes what is in the wrong order, with what the room has where it is not said.
fn sane(check: &mut Check<'_>, wanted: &Wanted, known: Option<&RoomView>) {
    if let (Some(start), Some(end)) = (wanted.start, wanted.end)
        && end <= start
    {
        check.note("endTime must be later than startTime");
    }
    let settings = known.map(|known| &known.settings);
    let start = wanted.changes.stream_start.unwrap_or(settings.and_then(|set| set.stream_start));
    let end = wanted.changes.stream_end.unwrap_or(settings.and_then(|set| set.stream_end));
    let touched = wanted.changes.stream_start.is_some() || wanted.changes.stream_end.is_some();
    if let (Some(start), Some(end)) = (start, end)
        && touched
        && end <= start
    {
        check.note("streamEndTime must be later than streamStartTime");
    }
}

async fn make(app: &App, project: &Project, name: &str, wanted: &Wanted) -> Result<Arc<RoomView>, No> {
    let (engine, now) = (&app.engine, app.engine.clock.play_time());
    let actor = project.caller.actor(engine::event::Door::Watchers);
    engine.limits.take_for(Rule::Rooms, actor.person, Some(&project.address), now)?;
    // Whoever the project sends there comes in; lists of this server are no lists of the project's.
    let changes = Changes { visibility: Some(Visibility::Unlisted), ..wanted.changes.clone() };
    let new = NewRoom { changes, name: Some(room::name(&project.key, name)), ..NewRoom::default() };
    let made = engine.rooms.create(&actor, new).await?;
    ban::bar_from(app, project, &made).await?;
    scheduled(app, project, made, wanted).await
}

async fn update(app: &App, project: &Project, known: &RoomView, wanted: Wanted) -> Result<Arc<RoomView>, No> {
    let change = Command::Change(Box::new(wanted.changes.clone()));
    let room = command(app, project, known, change).await?;
    scheduled(app, project, room, &wanted).await
}

/// Sets the hours that are said; those that are not stay. Nothing is asked where they are so already: who opened the room by
/// hand, and runs the script again that made it, wants no other status.
async fn scheduled(app: &App, project: &Project, room: Arc<RoomView>, wanted: &Wanted) -> Result<Arc<RoomView>, No> {
    let known = room.schedule;
    let (start, end) = (wanted.start.or(known.start), wanted.end.or(known.end));
    if (start, end) == (known.start, known.end) {
        return Ok(room);
    }
    command(app, project, &room, Command::Schedule { start, end }).await
}
