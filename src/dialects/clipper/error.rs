//! Its shape of a no: a code and a sentence in its envelope, and two that stand bare.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::refusal::{Code, Fault, No, Refusal};
use serde_json::json;

use crate::http::error::{ApiError, internal, status};

/// What its handlers give up with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ClipperError {
    pub(super) status: StatusCode,
    /// Its name of what went wrong.
    pub(super) code: &'static str,
    /// One sentence.
    pub(super) message: String,
    /// After how many seconds the same would be let through: such an answer has no envelope.
    retry_after: Option<u64>,
    /// Whether it stands without the envelope and the code.
    bare: bool,
}

impl ClipperError {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), retry_after: None, bare: false }
    }

    /// Something that was sent makes no sense.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "INVALID_REQUEST", message)
    }

    /// Nobody showed who they are, or nobody that is known.
    pub(super) fn unauthorized(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", message)
    }

    /// Somebody may not.
    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "FORBIDDEN", message)
    }

    /// There is none.
    pub(super) fn not_found(message: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", message)
    }

    /// The party is over, or never was.
    pub(super) fn no_such_party() -> Self {
        Self::not_found("watch party not found")
    }

    /// A code that opens nothing, or nothing any more.
    pub(super) fn opens_nothing() -> Self {
        Self::not_found("Watch party not found or has ended")
    }

    /// A page acts by cookie and shows no token against foreign pages, or another one.
    pub(super) fn csrf(message: &str) -> Self {
        Self { bare: true, ..Self::forbidden(message) }
    }

    /// Too many calls.
    pub(super) fn too_many(seconds: u64) -> Self {
        let message = "Rate limit exceeded. Please try again later.";
        let no = Self::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", message);
        Self { retry_after: Some(seconds), ..no }
    }
}

/// The name of each refusal among its codes; of all others the status decides.
fn named(code: Code) -> (StatusCode, &'static str) {
    let forbidden = |name| (StatusCode::FORBIDDEN, name);
    match code {
        Code::NotSignedIn | Code::BadToken => (StatusCode::UNAUTHORIZED, "UNAUTHORIZED"),
        Code::RoomFull => forbidden("PARTY_FULL"),
        Code::RoomPasswordNeeded => forbidden("PASSWORD_REQUIRED"),
        Code::WrongRoomPassword => forbidden("INVALID_PASSWORD"),
        code => match status(code) {
            status @ (StatusCode::NOT_FOUND | StatusCode::GONE) => (status, "NOT_FOUND"),
            status @ (StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED) => (status, "FORBIDDEN"),
            status if status.is_server_error() => (status, "INTERNAL_ERROR"),
            _ => (StatusCode::BAD_REQUEST, "INVALID_REQUEST"),
        },
    }
}

impl From<Refusal> for ClipperError {
    fn from(refusal: Refusal) -> Self {
        if status(refusal.code) == StatusCode::TOO_MANY_REQUESTS {
            let seconds = refusal.args.get("seconds").and_then(|seconds| seconds.parse().ok());
            return Self { message: refusal.to_string(), ..Self::too_many(seconds.unwrap_or(1)) };
        }
        let (status, name) = named(refusal.code);
        match refusal.code {
            Code::NoSuchRoom => Self::no_such_party(),
            Code::RoomPasswordNeeded => Self::new(status, name, "This watch party requires a password"),
            Code::WrongRoomPassword => Self::new(status, name, "Incorrect password"),
            Code::NotAMember => Self::new(status, name, "unauthorized: not a participant"),
            Code::RoomEnded => Self::new(status, name, "party has ended"),
            Code::RoomFull => {
                let most = refusal.args.get("limit").map_or("", String::as_str);
                Self::new(status, name, format!("party is full: {most}/{most} participants"))
            }
            _ => Self::new(status, name, refusal.to_string()),
        }
    }
}

impl From<Code> for ClipperError {
    fn from(code: Code) -> Self {
        Refusal::from(code).into()
    }
}

impl From<Fault> for ClipperError {
    fn from(fault: Fault) -> Self {
        let fault = match No::from(fault) {
            No::Fault(fault) => fault,
            No::Refusal(refusal) => return refusal.into(),
        };
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", internal(&fault).message)
    }
}

impl From<No> for ClipperError {
    fn from(no: No) -> Self {
        match no {
            No::Refusal(refusal) => refusal.into(),
            No::Fault(fault) => fault.into(),
        }
    }
}

impl From<ApiError> for ClipperError {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::No(no) => no.into(),
            ApiError::Http { status, message, .. } => Self::new(status, "INVALID_REQUEST", message),
        }
    }
}

impl IntoResponse for ClipperError {
    fn into_response(self) -> Response {
        let Self { status, code, message, retry_after, bare } = self;
        let body = match retry_after {
            Some(seconds) => json!({ "error": message, "retry_after": seconds }),
            None if bare => json!({ "error": message }),
            None => json!({ "success": false, "error": { "code": code, "message": message } }),
        };
        let mut response = (status, Json(body)).into_response();
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
