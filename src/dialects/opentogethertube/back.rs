//! The way back by REST: an event of the socket is sent, and what it told is made as it was.

use axum::{extract::State, response::Response};
use engine::{command::Command, refusal::Code};
use serde_json::{Value, json};

use super::{
    answer,
    auth::Asker,
    command,
    error::OttError,
    meant, spend,
    validate::{Check, Fields},
    votes,
};
use crate::{app::App, http::extract::FirstText};

/// Takes back what an event of the room's socket told.
pub(super) async fn take_back(
    State(app): State<App>,
    asker: Asker,
    FirstText(name): FirstText,
    Fields(fields): Fields,
) -> Result<Response, OttError> {
    let event = fields.get("data").and_then(|data| data.get("event")).filter(|event| event.is_object());
    let event = event.ok_or_else(|| OttError::argument("data", "send {\"data\": {\"event\": …}}"))?;
    let mut check = Check::new(&fields);
    if !event["request"]["type"].is_u64() {
        let path = ["data", "event", "request", "type"].map(Value::from);
        check.note("invalid_type", &path, "Expected a number", json!({ "expected": "number" }));
    }
    check.end()?;
    spend(&app, &asker)?;
    let found = votes::present(&app, &asker, &name).await?;
    if is_meant(event) {
        let seq = meant::seq_of(event, &found.view).ok_or(Code::NothingToUndo)?;
        command(&app, &found, Command::Undo { seq: Some(seq) }).await?;
    }
    Ok(answer::done(json!({})))
}

/// Whether what an event told is of a kind that can be taken back; all others are let be.
fn is_meant(event: &Value) -> bool {
    matches!(event["request"]["type"].as_u64(), Some(3..=6 | 19))
}
