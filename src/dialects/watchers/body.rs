//! The fields of a body: a JSON object, or a form.

use axum::{
    extract::{FromRequest, Request},
    http::{StatusCode, header},
};
use engine::refusal::Code;
use serde_json::{Map, Value};

use super::error::WatchersError;
use crate::{
    app::App,
    http::{error::ApiError, extract::read_body},
};

/// What was sent. A body of another kind, or none, has no fields.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(pub(super) Map<String, Value>);

impl FromRequest<App> for Fields {
    type Rejection = WatchersError;

    async fn from_request(request: Request, _: &App) -> Result<Self, WatchersError> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let kind = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        let bytes = read_body(request.into_body()).await.map_err(|error| match error {
            ApiError::Http { status: StatusCode::PAYLOAD_TOO_LARGE, code, .. } => {
                let message = "request entity too large: 100 kB at most";
                WatchersError::new(StatusCode::PAYLOAD_TOO_LARGE, code, message)
            }
            other => other.into(),
        })?;
        Self::read(&kind, &bytes)
    }
}

impl Fields {
    /// What a body of this kind says.
    pub(super) fn read(kind: &str, bytes: &[u8]) -> Result<Self, WatchersError> {
        let fields = match kind {
            "application/x-www-form-urlencoded" => {
                url::form_urlencoded::parse(bytes).map(|(name, value)| (name.into_owned(), value.into())).collect()
            }
            kind if kind == "application/json" || kind.ends_with("+json") => of_json(bytes)?,
            _ => Map::new(),
        };
        Ok(Self(fields))
    }
}

fn of_json(bytes: &[u8]) -> Result<Map<String, Value>, WatchersError> {
    if bytes.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    let bad = |message: String| WatchersError::new(StatusCode::BAD_REQUEST, Code::BadInput.name(), message);
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(bad("A body is one JSON object: {…}.".to_owned())),
        Err(error) => Err(bad(format!("The body is not JSON: {error}."))),
    }
}
