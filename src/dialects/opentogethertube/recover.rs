//! A forgotten password. Whether there is such a user is told to nobody: who asks hears that mail is on its way.

use axum::{
    extract::{RawQuery, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use serde_json::json;

use super::{
    answer,
    auth::Asker,
    error::OttError,
    people::{is_strong, session, weak},
    points,
    validate::Fields,
};
use crate::{app::App, recovery};

/// What asking for a link costs.
const START: u32 = 100;
/// What using one costs.
const VERIFY: u32 = 10;

fn invalid(message: &str) -> OttError {
    OttError::bad("ZodValidationError", message)
}

/// `POST /api/user/recover/start`
pub(super) async fn start(State(app): State<App>, asker: Asker, form: Fields) -> Result<Response, OttError> {
    session(&asker)?;
    if app.mail.is_none() {
        let message = "This server sends no mail. Ask the person who runs it for a new password.";
        return Err(OttError::disabled(StatusCode::BAD_REQUEST, message));
    }
    let user = form.filled("email").or_else(|| form.filled("username"));
    let user = user.ok_or_else(|| invalid("Send email or username."))?.to_owned();
    points::charge(&app, &asker.address, START)?;
    app.engine.people.may_recover(&asker.address)?;
    // Beside the answer, which comes at once for everybody: its time tells nobody whether there is such a user.
    app.tasks.spawn(recovery::tell_owner(app.clone(), user));
    Ok(answer::done(json!({})))
}

/// `POST /api/user/recover/verify`. The session becomes the account's, whose other sessions end.
pub(super) async fn verify(State(app): State<App>, asker: Asker, form: Fields) -> Result<Response, OttError> {
    let token = session(&asker)?;
    let (Some(key), Some(password)) = (form.filled("verifyKey"), form.text("newPassword")) else {
        return Err(invalid("Send verifyKey and newPassword."));
    };
    points::charge(&app, &asker.address, VERIFY)?;
    if !is_strong(password) {
        return Err(weak("Error"));
    }
    app.engine.people.recover_finish(key, password, &asker.address, Some(token.reveal())).await?;
    points::refund(&app, &asker.address, START);
    Ok(answer::done(json!({})))
}

/// `GET /passwordreset?verifyKey=…`: its address of the page on which a new password is set, leads to ours.
pub(super) async fn page(RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let key = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "verifyKey");
    let key: String = key.map(|(_, key)| key.chars().filter(char::is_ascii_alphanumeric).collect()).unwrap_or_default();
    // Behind #, so that it stands in no log from here on.
    let to = HeaderValue::from_str(&format!("/recover#{key}")).unwrap_or(HeaderValue::from_static("/recover"));
    (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
}
