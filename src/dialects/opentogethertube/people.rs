//! Who somebody is: their name, an account for it, in and out.

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use engine::{
    limits::Rule,
    people::{AccountChange, NewAccount, PASSWORD_LEAST, Registered},
    records::{Account, Platform},
    refusal::{Code, No},
    secret::Secret,
    text,
};
use serde_json::{Value, json};

use super::{
    account, announce, answer, auth::Asker, discord, error::OttError, grant, guest_names, points, recover,
    validate::Fields,
};
use crate::app::App;

/// What trying to register costs, also where it comes to nothing.
const REGISTER: u32 = 100;
/// What counts as a class of its own in a password, besides small letters, capitals and digits.
const SIGNS: &str = "!@#$%^&*";
/// How many of the four classes a password has at least.
const CLASSES: usize = 2;

/// All that is about somebody, and not about a room.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/auth/grant", get(grant::grant))
        .route("/api/auth/discord", get(discord::begin))
        .route("/api/auth/discord/callback", get(discord::callback))
        .route("/api/user", get(me).post(rename))
        .route("/api/user/register", post(register))
        .route("/api/user/login", post(log_in))
        .route("/api/user/logout", post(log_out))
        .route("/api/user/account", get(account::read).patch(account::change))
        .route("/api/user/account/discord", delete(account::unlink))
        .route("/api/user/owned-rooms", get(account::rooms))
        .route("/api/user/recover/start", post(recover::start))
        .route("/api/user/recover/verify", post(recover::verify))
        .route("/passwordreset", get(recover::page))
        .route("/api/announce", post(announce::announce))
}

/// The session that somebody asks by.
///
/// # Errors
///
/// `MissingToken` where they showed a key in `apikey` alone, `Unauthorized` where what they showed is no session.
pub(super) fn session(asker: &Asker) -> Result<&Secret, OttError> {
    let message = "Missing auth token. Get a token from /api/auth/grant first.";
    let token = asker.token.as_ref().ok_or_else(|| OttError::token(StatusCode::BAD_REQUEST, message))?;
    asker.caller.themself()?;
    Ok(token)
}

/// Whether a password is good enough for its pages: 8 characters or more, of two classes or more.
pub(super) fn is_strong(password: &str) -> bool {
    let has = |class: fn(char) -> bool| usize::from(password.chars().any(class));
    let classes = has(|c| c.is_ascii_lowercase())
        + has(|c| c.is_ascii_uppercase())
        + has(|c| c.is_ascii_digit())
        + has(|c| SIGNS.contains(c));
    password.chars().count() >= PASSWORD_LEAST && classes >= CLASSES
}

/// Why a password is not good enough.
pub(super) fn weak(name: &'static str) -> OttError {
    let message = format!(
        "A password has {PASSWORD_LEAST} characters or more, of two kinds or more: small letters, capitals, digits, and {SIGNS}"
    );
    OttError::bad(name, message)
}

/// Whether somebody is tied to a self on Discord.
pub(super) async fn is_on_discord(app: &App, asker: &Asker) -> Result<bool, OttError> {
    let identities = app.engine.people.identities(asker.caller.person.id).await?;
    Ok(identities.iter().any(|identity| identity.platform == Platform::Discord))
}

/// What its pages are told of an account after registering and logging in.
fn user(account: &Account) -> Value {
    json!({ "user": { "email": account.email, "username": account.username } })
}

/// `GET /api/user`
pub(super) async fn me(State(app): State<App>, asker: Asker) -> Result<Response, OttError> {
    session(&asker)?;
    let person = &asker.caller.person;
    let me = match app.engine.people.account(person.id).await? {
        Some(account) => {
            let linked = is_on_discord(&app, &asker).await?;
            json!({ "username": account.username, "loggedIn": true, "discordLinked": linked })
        }
        None => json!({ "loggedIn": false, "username": *person.name }),
    };
    Ok(Json(me).into_response())
}

/// `POST /api/user`
pub(super) async fn rename(State(app): State<App>, asker: Asker, form: Fields) -> Result<Response, OttError> {
    session(&asker)?;
    let name = form
        .text("username")
        .ok_or_else(|| OttError::nameless(StatusCode::BAD_REQUEST, "Missing argument (username)"))?;
    let (caller, people) = (&asker.caller, &app.engine.people);
    app.engine.limits.take(Rule::Commands, &caller.person.id, app.engine.clock.play_time())?;
    let renamed = if caller.registered {
        let change = AccountChange { username: Some(name), ..AccountChange::default() };
        people.change_account(caller.person.id, None, change).await.map(|_| ())
    } else {
        people.rename(&caller.person, name).await.map(|_| ())
    };
    match renamed {
        Ok(()) => Ok(answer::done(json!({}))),
        Err(No::Refusal(refusal)) if matches!(refusal.code, Code::TextEmpty | Code::TextTooLong) => {
            let message = format!("A username has 1 to {} characters.", text::NAME_LIMIT);
            Err(OttError::bad("LengthOutOfRangeException", message))
        }
        Err(no) => Err(no.into()),
    }
}

/// `POST /api/user/register`
pub(super) async fn register(State(app): State<App>, asker: Asker, form: Fields) -> Result<Response, OttError> {
    session(&asker)?;
    let missing = |field| OttError::bad("ValidationError", format!("{field} is missing."));
    let username = form.text("username").ok_or_else(|| missing("username"))?;
    let password = form.text("password").ok_or_else(|| missing("password"))?;
    let email = form.optional("email")?;
    points::charge(&app, &asker.address, REGISTER)?;
    if !is_strong(password) {
        return Err(weak("ValidationError"));
    }
    let new = NewAccount { username, email, password };
    let registered = app.engine.people.register(Some(&asker.caller.person), new, &asker.address).await;
    let Registered { account, .. } = registered.map_err(unregistered)?;
    Ok(answer::made(user(&account)))
}

/// Why an account could not be made, by the names that its pages know.
pub(super) fn unregistered(no: No) -> OttError {
    let No::Refusal(refusal) = &no else { return no.into() };
    let mut error = OttError::from(refusal);
    match refusal.code {
        Code::UsernameTaken => error = named(error, "AlreadyInUse").with("fields", vec!["username"]),
        Code::EmailTaken => error = named(error, "AlreadyInUse").with("fields", vec!["email"]),
        Code::TextEmpty | Code::TextTooLong | Code::BadInput | Code::AlreadyRegistered => {
            error = named(error, "ValidationError");
        }
        _ => {}
    }
    error
}

fn named(error: OttError, name: &'static str) -> OttError {
    OttError { name, ..error }
}

/// `POST /api/user/login`. Whether there is such a user is not told.
pub(super) async fn log_in(State(app): State<App>, asker: Asker, form: Fields) -> Result<Response, OttError> {
    let token = session(&asker)?;
    let no = |message| OttError::nameless(StatusCode::UNAUTHORIZED, message);
    let user_named = ["user", "email", "username"].into_iter().find_map(|field| form.filled(field));
    let (Some(name), Some(password)) = (user_named, form.filled("password")) else {
        return Err(no("Either the user or password was not provided."));
    };
    let people = &app.engine.people;
    let person = match people.become_account(token.reveal(), name, password, &asker.address).await {
        Ok(person) => person,
        Err(No::Refusal(refusal)) if refusal.code == Code::WrongLogin => {
            return Err(no("The user or the password is wrong."));
        }
        Err(error) => return Err(error.into()),
    };
    let account = people.account(person.id).await?.ok_or_else(|| no("This account was deleted meanwhile."))?;
    Ok(answer::done(user(&account)))
}

/// `POST /api/user/logout`. The token stays, and is that of a guest who was never here.
pub(super) async fn log_out(State(app): State<App>, asker: Asker) -> Result<Response, OttError> {
    let token = session(&asker)?;
    if !asker.caller.registered {
        return Err(OttError::nameless(StatusCode::BAD_REQUEST, "Not logged in."));
    }
    app.engine.people.become_guest(token.reveal(), &guest_names::name()).await?;
    Ok(answer::done(json!({})))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_enough_and_of_two_kinds() {
        for good in ["abcdefg1", "ABCDEFGh", "1234567!", "ab!!!!!!", "pass Word"] {
            assert!(is_strong(good), "{good}");
        }
        for bad in ["", "abcdefgh", "12345678", "Abcdef1", "????????", "aaaaaaaa?"] {
            assert!(!is_strong(bad), "{bad}");
        }
    }
}
