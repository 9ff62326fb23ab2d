//! Accounts: a name and a password by which somebody signs in anywhere.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use engine::{
    limits::Rule,
    people::{AccountChange, NewAccount, RECOVERY, Registered},
    records::Account,
    secret::Secret,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Data,
    refused::{FormRefused, OwnWriteRefused},
    sessions::{PersonWire, SessionWire, session_cookie, welcomed},
    spend,
};
use crate::{
    app::App,
    http::{
        error::{ApiError, ErrorBody},
        extract::{Body, ClientAddress, Who, shown},
    },
    recovery,
};

/// An account to be made.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Register {
    /// 1 to 48 characters without `@`; nobody else has it, in capitals or not.
    #[schema(example = "Ana")]
    username: String,
    /// Where a link to a new password can be sent.
    #[schema(example = "ana@example.com")]
    email: Option<String>,
    /// 8 characters or more.
    #[schema(value_type = String)]
    password: Secret,
}

/// An account was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisteredWire {
    /// Who you are: the guest that you were, or somebody new.
    person: PersonWire,
    /// The username.
    username: String,
    /// The e-mail address.
    email: Option<String>,
    /// A new session's token, where you had none.
    token: Option<String>,
}

/// Who signs in.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LogIn {
    /// Username or e-mail address.
    #[schema(example = "Ana")]
    user: String,
    /// The password.
    #[schema(value_type = String)]
    password: Secret,
}

/// What to change of an account.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ChangeAccount {
    /// As in registering; it becomes your name too.
    username: Option<String>,
    /// As in registering; an empty one takes the address away.
    email: Option<String>,
    /// The new one: 8 characters or more.
    #[schema(value_type = Option<String>)]
    password: Option<Secret>,
    /// The password as it is: needed to change the address or the password.
    #[schema(value_type = Option<String>)]
    current_password: Option<Secret>,
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountWire {
    /// The username.
    username: String,
    /// The e-mail address.
    email: Option<String>,
}

impl From<Account> for AccountWire {
    fn from(account: Account) -> Self {
        Self { username: account.username, email: account.email }
    }
}

/// Who forgot their password.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Recover {
    /// Username or e-mail address.
    #[schema(example = "Ana")]
    user: String,
}

/// If there is such a user, a link is on its way.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecoverWire {
    /// How long the link is good.
    good_for_ms: i64,
}

/// A new password.
#[derive(Debug, Deserialize, ToSchema)]
pub struct FinishRecovery {
    /// What stands behind `#` in the link.
    #[schema(value_type = String)]
    token: Secret,
    /// 8 characters or more.
    #[schema(value_type = String)]
    password: Secret,
}

/// Make an account
#[utoipa::path(post, path = "/api/v1/accounts",
    request_body(content = Register, example = json!({ "username": "Ana", "email": "ana@example.com", "password": "a long password" })), tag = "accounts",
    responses((status = 201, body = Data<RegisteredWire>), (status = 403, body = ErrorBody), (status = 409, body = ErrorBody), (status = 503, body = ErrorBody), FormRefused))]
pub(super) async fn register(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    headers: HeaderMap,
    Body(new, _): Body<Register>,
) -> Result<Response, ApiError> {
    let people = &app.engine.people;
    let known = shown(&app, &headers, false).await?;
    match &known {
        Some(caller) => caller.themself()?,
        None => app.engine.limits.take(Rule::Guests, &from, app.engine.clock.play_time())?,
    }
    let account = NewAccount { username: &new.username, email: new.email.as_deref(), password: new.password.reveal() };
    let Registered { person, account, session } =
        people.register(known.as_ref().map(|caller| &caller.person), account, &from).await?;
    let cookie = session.as_ref().map(|session| session_cookie(&app, session.token.reveal(), people.session_length()));
    let data = RegisteredWire {
        person: PersonWire::from(&person),
        username: account.username,
        email: account.email,
        token: session.map(|session| session.token.reveal().to_owned()),
    };
    let mut response = (StatusCode::CREATED, Json(Data { data })).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().insert(axum::http::header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Sign in
#[utoipa::path(post, path = "/api/v1/accounts/login",
    request_body(content = LogIn, example = json!({ "user": "Ana", "password": "a long password" })), tag = "accounts",
    responses((status = 201, body = Data<SessionWire>), (status = 401, body = ErrorBody), FormRefused))]
pub(super) async fn log_in(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    Body(login, _): Body<LogIn>,
) -> Result<Response, ApiError> {
    let session = app.engine.people.log_in(&login.user, login.password.reveal(), &from).await?;
    Ok(welcomed(&app, &session))
}

/// Change my account
#[utoipa::path(patch, path = "/api/v1/people/me/account",
    request_body(content = ChangeAccount, example = json!({ "email": "ana@example.org", "current_password": "a long password" })), tag = "accounts",
    security(("token" = [])),
    responses((status = 200, body = Data<AccountWire>), OwnWriteRefused))]
pub(super) async fn change(
    State(app): State<App>,
    who: Who,
    Body(change, _): Body<ChangeAccount>,
) -> Result<Data<AccountWire>, ApiError> {
    who.caller.themself()?;
    spend(&app, &who)?;
    let current = change.current_password.as_ref().map(Secret::reveal);
    let asked = AccountChange {
        username: change.username.as_deref(),
        email: change.email.as_deref(),
        password: change.password.as_ref().map(Secret::reveal),
    };
    let account = app.engine.people.change_account(who.caller.person.id, current, asked).await?;
    Ok(Data { data: account.into() })
}

/// Ask for a new password
#[utoipa::path(post, path = "/api/v1/accounts/recover",
    request_body(content = Recover, example = json!({ "user": "Ana" })), tag = "accounts",
    responses((status = 202, body = Data<RecoverWire>), FormRefused))]
pub(super) async fn recover(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    Body(recover, _): Body<Recover>,
) -> Result<Response, ApiError> {
    app.engine.people.may_recover(&from)?;
    // Beside the answer, which comes at once for everybody: its time tells nobody whether there is such a user.
    app.tasks.spawn(recovery::tell_owner(app.clone(), recover.user));
    Ok((StatusCode::ACCEPTED, Json(Data { data: RecoverWire { good_for_ms: RECOVERY.0 } })).into_response())
}

/// Set a new password
#[utoipa::path(post, path = "/api/v1/accounts/recover/finish",
    request_body(content = FinishRecovery, example = json!({ "token": "what stands behind # in the link", "password": "another long password" })), tag = "accounts",
    responses((status = 201, body = Data<SessionWire>), (status = 404, body = ErrorBody), FormRefused))]
pub(super) async fn finish(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    Body(finish, _): Body<FinishRecovery>,
) -> Result<Response, ApiError> {
    let people = &app.engine.people;
    let session = people.recover_finish(finish.token.reveal(), finish.password.reveal(), &from, None).await?;
    Ok(welcomed(&app, &session))
}
