//! How it says no: `{"error": code, "message": sentence, "status": number}`, with the field that is wrong where one is.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::{
    refusal::{Code, Fault, No, Refusal},
    room::Permission,
};
use serde_json::{Map, Value};

use crate::http::{
    error::{ApiError, internal, status},
    meter,
};

/// A no.
#[derive(Debug, Clone)]
pub struct W2gError {
    /// The status.
    pub status: StatusCode,
    /// The stable code.
    pub code: &'static str,
    /// One sentence that names the next step.
    pub message: String,
    /// The field that is wrong.
    pub field: Option<String>,
    /// Under which name it stands in the log.
    trace: Option<String>,
    /// How long to wait.
    wait: Option<Box<Wait>>,
}

/// How long to wait until the same is let through.
#[derive(Debug, Clone)]
struct Wait {
    seconds: String,
    /// Of the limit that was met, where it is one of points.
    limit: Option<String>,
}

impl W2gError {
    /// A no with a code of this dialect's own.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), field: None, trace: None, wait: None }
    }

    /// What a field holds cannot be meant.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        let field = Some(field.into());
        Self { field, ..Self::new(StatusCode::BAD_REQUEST, "invalid_request", message) }
    }

    /// A body that cannot be read.
    pub fn body(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", message)
    }

    /// No room has that streamkey.
    pub fn no_such_room(message: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "room_not_found", message)
    }

    /// The key is good, and whose it is was never in the room.
    pub fn not_a_member() -> Self {
        let message = "The account of this key is not in the room. Make the room with this key, or let it in with \
                       POST /rooms/{streamkey}/join_room.";
        Self::new(StatusCode::FORBIDDEN, "not_a_member", message)
    }

    /// The same, said of the field that names a link.
    #[must_use]
    pub fn of_link(mut self, field: &str) -> Self {
        if self.status == StatusCode::BAD_REQUEST {
            self.field = Some(field.to_owned());
        }
        self
    }

    /// The same, said of a field, whatever its status.
    #[must_use]
    pub fn about(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// Whether asking again later may help, so that it is no word about what was asked for.
    pub fn passes(&self) -> bool {
        self.status == StatusCode::TOO_MANY_REQUESTS || self.status.is_server_error()
    }
}

/// What a right that is lacking is called: what of the room only moderators may touch.
fn moderated(permission: Option<&String>) -> &'static str {
    let permission = Permission::ALL.iter().find(|known| permission.is_some_and(|name| name == known.name()));
    match permission {
        Some(Permission::Add | Permission::Remove | Permission::Order | Permission::Edit) => "playlist_moderated",
        Some(Permission::Playback | Permission::Skip | Permission::Seek | Permission::Rate | Permission::PlayNow) => {
            "room_moderated"
        }
        _ => "not_allowed",
    }
}

impl From<Refusal> for W2gError {
    fn from(refusal: Refusal) -> Self {
        let told = match status(refusal.code) {
            // Its clients know 400 as "check what you sent", and 422 not at all.
            StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
            told => told,
        };
        let code = match refusal.code {
            Code::NoSuchRoom => return Self::no_such_room("There is no room with this streamkey. Make a new one."),
            Code::NotAMember | Code::RoomPasswordNeeded => "not_a_member",
            Code::NotAllowed => moderated(refusal.args.get("permission")),
            Code::BadToken => "invalid_api_key",
            Code::BadInput | Code::BadTime => "invalid_request",
            Code::SlowDown | Code::SlowMode | Code::TooManySockets => "rate_limited",
            Code::NoSuchPlaylist => "playlist_not_found",
            other => other.name(),
        };
        let of_limit = |seconds: &String| Wait { seconds: seconds.clone(), limit: refusal.args.get("limit").cloned() };
        let wait = refusal.args.get("seconds").map(of_limit).map(Box::new);
        Self { wait, ..Self::new(told, code, refusal.to_string()) }
    }
}

impl From<Fault> for W2gError {
    fn from(fault: Fault) -> Self {
        let fault = match No::from(fault) {
            No::Fault(fault) => fault,
            No::Refusal(refusal) => return refusal.into(),
        };
        let mut told = internal(&fault);
        let trace = told.details.remove("trace").and_then(|trace| trace.as_str().map(str::to_owned));
        Self { trace, ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", told.message) }
    }
}

impl From<No> for W2gError {
    fn from(no: No) -> Self {
        match no {
            No::Refusal(refusal) => refusal.into(),
            No::Fault(fault) => fault.into(),
        }
    }
}

impl From<Code> for W2gError {
    fn from(code: Code) -> Self {
        Refusal::from(code).into()
    }
}

impl From<ApiError> for W2gError {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::No(no) => no.into(),
            ApiError::Http { status, code, message } => Self::new(status, code, message),
        }
    }
}

impl IntoResponse for W2gError {
    fn into_response(self) -> Response {
        let mut body = Map::new();
        body.insert("error".to_owned(), Value::from(self.code));
        body.insert("message".to_owned(), self.message.into());
        body.insert("status".to_owned(), self.status.as_u16().into());
        body.extend(self.field.map(|field| ("field".to_owned(), Value::from(field))));
        body.extend(self.trace.map(|trace| ("trace".to_owned(), Value::from(trace))));
        let mut response = (self.status, Json(body)).into_response();
        let value = |text: &str| HeaderValue::from_str(text).ok();
        if let Some(wait) = self.wait
            && let Some(seconds) = value(&wait.seconds)
        {
            if let Some(limit) = wait.limit.as_deref().and_then(value) {
                meter::tell(response.headers_mut(), limit, 0_u32.into(), seconds.clone());
            }
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}
