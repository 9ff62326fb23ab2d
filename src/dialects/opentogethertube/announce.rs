//! What the person who runs the server has to say to everybody.

use axum::{extract::State, response::Response};
use engine::text;

use serde_json::json;

use super::{answer, auth::Asker, error::OttError, validate::Fields};
use crate::{app::App, fanout::ANNOUNCEMENT};

/// `POST /api/announce`, by an administrator's key.
pub(super) async fn announce(State(app): State<App>, asker: Asker, form: Fields) -> Result<Response, OttError> {
    if asker.caller.key.is_none() {
        return Err(OttError::bad("MissingApiKey", "Show an administrator's key in the header apikey."));
    }
    if !asker.caller.is_admin() {
        return Err(OttError::bad("InvalidApiKey", "This takes an administrator's key."));
    }
    let said = form.text("text").ok_or_else(|| OttError::argument("text", "missing"))?;
    let said = text::lines(said, ANNOUNCEMENT).map_err(|refusal| OttError::argument("text", &refusal.to_string()))?;
    app.fanout.announce(&said);
    Ok(answer::done(json!({})))
}
