//! An account: what it is known by, its password, its tie to Discord, and the rooms that are its own.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use engine::{
    people::AccountChange,
    records::{Account, Platform},
    refusal::{Code, No},
    room::{QueueMode, RoomView},
};
use serde_json::{Value, json};

use super::{
    answer,
    auth::Asker,
    error::OttError,
    people::{is_on_discord, is_strong, session, unregistered, weak},
    points, room, spend,
    validate::Fields,
};
use crate::app::App;

/// What reading an account costs.
const READ: u32 = 1;
/// What changing one costs.
const CHANGE: u32 = 10;
/// How many rooms are told at most, the newest first: each is loaded for it.
const ROOMS: usize = 100;

/// The account of whoever asks.
async fn own(app: &App, asker: &Asker) -> Result<Account, OttError> {
    session(asker)?;
    let account = app.engine.people.account(asker.caller.person.id).await?;
    account.ok_or_else(|| OttError::unauthorized("Log in first: this is about an account."))
}

/// `GET /api/user/account`
pub(super) async fn read(State(app): State<App>, asker: Asker) -> Result<Response, OttError> {
    let account = own(&app, &asker).await?;
    points::charge(&app, &asker.address, READ)?;
    let linked = is_on_discord(&app, &asker).await?;
    let fields = json!({
        "username": account.username, "email": account.email, "discordLinked": linked,
        "hasPassword": account.password.is_some(),
    });
    Ok(answer::done(fields))
}

/// `PATCH /api/user/account`
pub(super) async fn change(State(app): State<App>, asker: Asker, form: Fields) -> Result<Response, OttError> {
    let account = own(&app, &asker).await?;
    let (email, password) = (form.optional("email")?, form.optional("newPassword")?);
    let current = form.optional("currentPassword")?.filter(|current| !current.is_empty());
    if email.is_none() && password.is_none() {
        return Err(OttError::bad("ValidationError", "Send email, newPassword, or both."));
    }
    points::charge(&app, &asker.address, CHANGE)?;
    if password.is_some_and(|password| !is_strong(password)) {
        return Err(weak("Error"));
    }
    let change = AccountChange { username: None, email, password };
    app.engine.people.change_account(account.person, current, change).await.map_err(unregistered)?;
    Ok(answer::done(json!({})))
}

/// `DELETE /api/user/account/discord`
pub(super) async fn unlink(State(app): State<App>, asker: Asker) -> Result<Response, OttError> {
    let account = own(&app, &asker).await?;
    points::charge(&app, &asker.address, CHANGE)?;
    match app.engine.people.unlink_platform(account.person, Platform::Discord).await {
        Ok(true) => Ok(answer::done(json!({}))),
        Ok(false) => Err(OttError::bad("DiscordNotLinked", "This account is not linked to Discord.")),
        Err(No::Refusal(refusal)) if refusal.code == Code::PasswordNeeded => {
            let message = "Nothing but Discord leads to this account. Set a password first.";
            Err(OttError::bad("PasswordRequired", message))
        }
        Err(no) => Err(no.into()),
    }
}

/// `GET /api/user/owned-rooms`. Its list stands under `data`, and nowhere else.
pub(super) async fn rooms(State(app): State<App>, asker: Asker) -> Result<Response, OttError> {
    spend(&app, &asker)?;
    let account = own(&app, &asker).await?;
    let heads = app.engine.rooms.hosted(account.person, None, ROOMS).await?;
    let mut data = Vec::with_capacity(heads.len());
    for head in heads {
        match app.engine.rooms.view(head.id).await {
            Ok(view) if view.settings.expires_after.is_none() => {
                data.push(entry(&view, &room::name(&app, view.id).await?));
            }
            Ok(_) => {}
            // It was deleted after it was found.
            Err(No::Refusal(refusal)) if refusal.code == Code::NoSuchRoom => {}
            Err(no) => return Err(no.into()),
        }
    }
    Ok(Json(json!({ "success": true, "data": data })).into_response())
}

/// A room as this list has it: as it is kept, whoever may be in it.
fn entry(view: &RoomView, name: &str) -> Value {
    let mode = match view.settings.queue_mode {
        QueueMode::Fair => QueueMode::Manual,
        known => known,
    };
    json!({
        "name": name, "title": *view.settings.title, "description": *view.settings.about, "isTemporary": false,
        "visibility": room::visibility(view.settings.visibility), "queueMode": mode.name(), "currentSource": null, "users": 0,
    })
}
