//! A key, looked at without touching anything; and the name of the bot that has it.

use axum::{
    Extension, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use engine::{
    people::Caller,
    records::{Person, Scope},
};
use serde_json::json;

use super::{Answered, call::Call, error::W2gError};
use crate::app::App;

/// `GET` and `POST /w2g_key/verify`: whether a key is good, and whose it is
pub(super) async fn verify(Extension(call): Extension<Call>) -> Answered {
    let caller = call.caller()?;
    Ok(told(caller, &caller.person))
}

/// `POST /w2g_key/update`: another name, for the bot whose key it is
pub(super) async fn update(State(app): State<App>, Extension(call): Extension<Call>) -> Answered {
    let caller = call.caller()?;
    caller.may_change()?;
    let name = call.fields.text("name")?;
    let name = name.ok_or_else(|| W2gError::field("name", "Send the new name in name: 1 to 48 characters."))?;
    if caller.registered || caller.acting || Caller::is_operator(caller.person.id) {
        let message = "This key acts in the name of an account, which is renamed by who signs in to it. Make a key of its \
                       own for the bot.";
        return Err(W2gError::new(StatusCode::FORBIDDEN, "needs_session", message));
    }
    let person = app.engine.people.rename(&caller.person, &name).await?;
    Ok(told(caller, &person))
}

fn told(caller: &Caller, person: &Person) -> Response {
    let scopes: Vec<_> = caller.key.iter().flat_map(|key| key.scopes.iter().copied().map(Scope::name)).collect();
    Json(json!({
        "valid": true,
        "can_change_rooms": caller.may_change().is_ok(),
        "name": person.name,
        "user_id": person.id,
        "key_id": caller.key.as_ref().map(|key| key.id.to_string()),
        "scopes": scopes,
    }))
    .into_response()
}
