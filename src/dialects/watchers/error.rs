//! Its shape of a no: the status again, one sentence or a list of what is wrong, and the status in words. A code of ours
//! stands beside them.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::refusal::{Code, Fault, No, Refusal};
use serde_json::{Value, json};

use crate::http::error::{ApiError, internal, status};

/// What its handlers give up with.
#[derive(Debug, Clone)]
pub(super) struct WatchersError {
    status: StatusCode,
    /// A sentence, or the list of what is wrong with a body.
    message: Value,
    /// The stable name.
    code: &'static str,
    /// After how many seconds the same would be let through.
    retry_after: Option<u64>,
}

impl WatchersError {
    /// One sentence.
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, message: Value::String(message.into()), code, retry_after: None }
    }

    /// All that is wrong with a body.
    pub(super) fn invalid(problems: Vec<String>) -> Self {
        Self { message: problems.into(), ..Self::new(StatusCode::BAD_REQUEST, Code::BadInput.name(), "") }
    }

    /// No project has this API key.
    pub(super) fn no_project() -> Self {
        Self::new(StatusCode::NOT_FOUND, Code::NoSuchKey.name(), "Project not found")
    }

    /// The secret is missing, or is not the key's.
    pub(super) fn bearer(message: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, Code::BadToken.name(), message)
    }

    /// The key has no room of that name.
    pub(super) fn no_such_room() -> Self {
        let message = "Room not found. Create it with POST /external/room, or by asking for it with GET.";
        Self::new(StatusCode::NOT_FOUND, Code::NoSuchRoom.name(), message)
    }
}

impl From<Refusal> for WatchersError {
    fn from(refusal: Refusal) -> Self {
        let seconds = refusal.args.get("seconds").and_then(|seconds| seconds.parse().ok());
        let no = match refusal.code {
            Code::NoSuchRoom => Self::no_such_room(),
            Code::BadToken | Code::NotSignedIn => Self::bearer("Bearer token is invalid"),
            code if status(code) == StatusCode::BAD_REQUEST => {
                Self { code: code.name(), ..Self::invalid(vec![refusal.to_string()]) }
            }
            code => Self::new(status(code), code.name(), refusal.to_string()),
        };
        Self { retry_after: seconds, ..no }
    }
}

impl From<Fault> for WatchersError {
    fn from(fault: Fault) -> Self {
        let fault = match No::from(fault) {
            No::Fault(fault) => fault,
            No::Refusal(refusal) => return refusal.into(),
        };
        let told = internal(&fault);
        let trace = told.details.get("trace").and_then(Value::as_str).unwrap_or_default();
        let message = format!("{} Trace: {trace}", told.message);
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
    }
}

impl From<No> for WatchersError {
    fn from(no: No) -> Self {
        match no {
            No::Refusal(refusal) => refusal.into(),
            No::Fault(fault) => fault.into(),
        }
    }
}

impl From<ApiError> for WatchersError {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::No(no) => no.into(),
            ApiError::Http { status, code, message } => Self::new(status, code, message),
        }
    }
}

impl IntoResponse for WatchersError {
    fn into_response(self) -> Response {
        let error = self.status.canonical_reason().unwrap_or("Error");
        let body =
            json!({ "statusCode": self.status.as_u16(), "message": self.message, "error": error, "code": self.code });
        let mut response = (self.status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
