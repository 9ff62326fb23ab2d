//! Keeping a project's people out: of one room, or of all that the project has and will have.

use axum::{Json, extract::State, http::StatusCode};
use engine::{
    command::Command,
    records::{AliasKind, Person},
    refusal::{Code, No},
    room::RoomView,
    time::WallTime,
};
use serde_json::{Value, json};

use super::{auth::Project, body::Fields, check::Check, error::WatchersError, message, room, rooms, times::naive};
use crate::app::App;

/// Its reasons, by their numbers.
const REASONS: [&str; 9] =
    ["INSULTS", "PERSONAL", "FLOOD", "LINKS", "VIOLENCE", "FRAUD", "NICKNAME", "POLITICAL", "REPEATED"];
/// How many characters of a description are kept: with the reason before it, what a room holds of a reason.
const DESCRIPTION: usize = 180;

/// From where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    App,
    Room,
}

/// Keep somebody out, or let them in again.
pub(super) async fn ban(
    State(app): State<App>,
    project: Project,
    Fields(fields): Fields,
) -> Result<(StatusCode, Json<Value>), WatchersError> {
    let mut check = Check::new(&fields);
    let user = check.id("userId");
    let out = check.cast("value");
    if !check.has("value") {
        check.note("value must be a boolean value");
    }
    let place = check.word("type", &[("IN_APP", Where::App), ("IN_ROOM", Where::Room)]);
    let name = (place == Some(Where::Room)).then(|| check.id("roomId"));
    let until = check.time("expires");
    if out == Some(true) && until.is_some_and(|until| until <= app.engine.clock.now().wall) {
        check.note("expires must be in the future");
    }
    let reason = check.number("reason", 0..=8);
    let description = check.text("description", true);
    if description.is_some_and(|text| text.chars().count() > DESCRIPTION) {
        check.note(format!("description must be shorter than or equal to {DESCRIPTION} characters"));
    }
    check.end()?;
    let out = out.unwrap_or_default();
    let known = match name {
        Some(name) => Some(room::needed(&app, &project, name).await?),
        None => None,
    };
    let person = project.acting_for(&app, user).await?.person;
    if person.id == project.caller.person.id {
        return Err(No::from(Code::RoleTooHigh).into());
    }
    let word = reason.and_then(|number| REASONS.get(usize::try_from(number).ok()?)).copied();
    let why = [word, description].into_iter().flatten().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(": ");
    let penalty = out.then_some((until, why.as_str()));
    match &known {
        Some(known) => set(&app, &project, known, &person, penalty).await?,
        None => everywhere(&app, &project, user, &person, penalty).await?,
    }
    Ok((
        StatusCode::CREATED,
        Json(json!({
            "userId": user,
            "user": { "id": message::user_number(person.id), "externalId": user },
            "value": out,
            "type": if known.is_some() { "IN_ROOM" } else { "IN_APP" },
            "roomId": name,
            "expires": until.map(naive),
            "reason": reason,
            "description": description,
        })),
    ))
}

/// Until when, and why.
type Penalty<'a> = (Option<WallTime>, &'a str);

/// In all rooms of the project. It is remembered before the first of them hears of it: a room that is made meanwhile reads it.
async fn everywhere(
    app: &App,
    project: &Project,
    user: &str,
    person: &Person,
    penalty: Option<Penalty<'_>>,
) -> Result<(), No> {
    let people = &app.engine.people;
    match penalty {
        Some((until, why)) => people.bar(&project.key, user, person.id, until, why.into()).await?,
        None => people.unbar(&project.key, user).await?,
    }
    for id in app.engine.rooms.named_under(AliasKind::Watchers, &room::begin(&project.key)).await? {
        if let Some(view) = room::seen(app, id).await? {
            set(app, project, &view, person, penalty).await?;
        }
    }
    Ok(())
}

/// Keeps those out of a room that was just made whom the project keeps out of all.
pub(super) async fn bar_from(app: &App, project: &Project, made: &RoomView) -> Result<(), No> {
    for barred in app.engine.people.barred_under(&project.key).await? {
        if let Some(caller) = app.engine.people.by_id(barred.person).await? {
            set(app, project, made, &caller.person, Some((barred.until, &barred.reason))).await?;
        }
    }
    Ok(())
}

/// In one room. Who is not kept out of it is let in already.
async fn set(
    app: &App,
    project: &Project,
    room: &RoomView,
    person: &Person,
    penalty: Option<Penalty<'_>>,
) -> Result<(), No> {
    let Person { id, name, .. } = person.clone();
    let Some((until, why)) = penalty else {
        return match rooms::command(app, project, room, Command::Unban { person: id }).await {
            Err(No::Refusal(refusal)) if refusal.code == Code::NoSuchPerson => Ok(()),
            done => done.map(drop),
        };
    };
    rooms::command(app, project, room, Command::Mention { person: id, name }).await?;
    let ban = Command::Ban { person: id, until, reason: why.to_owned() };
    rooms::command(app, project, room, ban).await.map(drop)
}
