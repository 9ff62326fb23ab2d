//! Its shape of a no: a name, a sentence, and a status of its own choosing.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::{
    refusal::{Code, Fault, No, Refusal},
    room::Permission,
};
use serde_json::{Map, Value, json};

use super::grants;
use crate::http::error::internal;

/// What its handlers give up with.
#[derive(Debug, Clone)]
pub struct OttError {
    /// The status.
    pub status: StatusCode,
    /// Its name of what went wrong; empty where it has none.
    pub name: &'static str,
    /// One sentence.
    pub message: String,
    /// What else stands in the error.
    pub more: Map<String, Value>,
    /// After how many seconds the same would be let through.
    pub retry_after: Option<u64>,
}

impl OttError {
    /// A no of this name.
    pub fn new(status: StatusCode, name: &'static str, message: impl Into<String>) -> Self {
        Self { status, name, message: message.into(), more: Map::new(), retry_after: None }
    }

    /// A no without a name, as some of its calls give it.
    pub fn nameless(status: StatusCode, message: impl Into<String>) -> Self {
        Self::new(status, "", message)
    }

    /// The usual no: 400.
    pub fn bad(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, name, message)
    }

    /// The same, with one more thing in it.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.more.insert(key.to_owned(), value.into());
        self
    }

    /// No token, or none that is good.
    pub fn token(status: StatusCode, message: &str) -> Self {
        Self::new(status, "MissingToken", message)
    }

    /// There is no such room, or none that the asker may know of.
    pub fn no_such_room() -> Self {
        Self::new(StatusCode::NOT_FOUND, "RoomNotFoundException", "Room not found")
    }

    /// Somebody must log in first.
    pub fn unauthorized(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", message)
    }

    /// Switched off by who runs the server.
    pub fn disabled(status: StatusCode, message: &str) -> Self {
        Self::new(status, "FeatureDisabledException", message)
    }

    /// An argument that is not there, or makes no sense.
    pub fn argument(arg: &str, reason: &str) -> Self {
        Self::bad("BadApiArgumentException", format!("Bad API argument: {arg} - {reason}"))
            .with("arg", arg)
            .with("reason", reason)
    }
}

/// The name and the status of each refusal that has one of its own; all others are `Error` with 400.
fn named(code: Code) -> (StatusCode, &'static str) {
    let bad = |name| (StatusCode::BAD_REQUEST, name);
    match code {
        Code::NotSignedIn => bad("MissingToken"),
        Code::BadToken => (StatusCode::UNAUTHORIZED, "MissingToken"),
        // Whom a room does not let in is not told that it is there.
        Code::NoSuchRoom
        | Code::NotAMember
        | Code::RoomPasswordNeeded
        | Code::NoSuchInvite
        | Code::NoRoomHere
        | Code::RoomEnded => (StatusCode::NOT_FOUND, "RoomNotFoundException"),
        Code::NameTaken => bad("RoomNameTakenException"),
        Code::NotAllowed
        | Code::RoleTooHigh
        | Code::GrantTooHigh
        | Code::ScopeMissing
        | Code::Banned
        | Code::Muted
        | Code::RoomClosed
        | Code::NoLinksHere => bad("PermissionDeniedException"),
        Code::AddressBanned => (StatusCode::FORBIDDEN, "PermissionDeniedException"),
        Code::NeedsAccount | Code::NeedsSession | Code::WrongLogin => (StatusCode::UNAUTHORIZED, "Unauthorized"),
        Code::NotHere => bad("ClientNotFoundInRoomException"),
        Code::NoSuchPerson => bad("ClientNotFoundInRoomException"),
        Code::HasHost => bad("BadApiArgumentException"),
        Code::AlreadyQueued => bad("VideoAlreadyQueuedException"),
        Code::NoSuchItem => bad("VideoNotFoundException"),
        Code::BadSubtitles => bad("UnsupportedSubtitleType"),
        Code::SiteRefused | Code::SiteProtected | Code::EmbedLinkNeeded => bad("UnsupportedServiceException"),
        Code::NotMedia => bad("UnsupportedMimeTypeException"),
        Code::BadLink | Code::BadScheme => bad("InvalidAddPreviewInputException"),
        Code::PrivateAddress => bad("LocalFileException"),
        Code::LinkUnreachable | Code::LinkBroken => bad("MissingMetadataException"),
        Code::VideoUnavailable => bad("InvalidVideoIdException"),
        Code::NoSearch | Code::NoLists => bad("FeatureDisabledException"),
        Code::UsernameTaken => bad("UsernameTaken"),
        Code::EmailTaken => bad("AlreadyInUse"),
        Code::PasswordTooShort | Code::BadEmail => bad("ValidationError"),
        Code::PasswordNeeded => bad("CurrentPasswordRequired"),
        Code::WrongPassword => bad("InvalidPassword"),
        Code::NoSuchRecovery => bad("InvalidVerifyKey"),
        Code::SlowDown | Code::SlowMode | Code::TooManySockets => (StatusCode::TOO_MANY_REQUESTS, "TooManyRequests"),
        Code::Busy | Code::NotRead | Code::Stopping | Code::ProviderDown => {
            (StatusCode::SERVICE_UNAVAILABLE, "Unknown")
        }
        Code::MaybeDone => (StatusCode::GATEWAY_TIMEOUT, "Unknown"),
        Code::NotStored => (StatusCode::INSUFFICIENT_STORAGE, "Unknown"),
        _ => bad("Error"),
    }
}

impl From<&Refusal> for OttError {
    fn from(refusal: &Refusal) -> Self {
        let (status, name) = named(refusal.code);
        let mut error = Self::new(status, name, refusal.to_string());
        match refusal.code {
            Code::NotAllowed => {
                // Its clients look for the name of the right; the sentence for people stands beside it.
                let permission = refusal.args.get("permission");
                let permission =
                    Permission::ALL.iter().find(|known| permission.is_some_and(|name| name == known.name()));
                if let Some(name) = permission.and_then(|permission| grants::name(*permission)) {
                    error.more.insert("reason".to_owned(), error.message.into());
                    error.message = format!("Permission denied: {name}");
                }
            }
            Code::HasHost => {
                error = Self::argument("claim", "Room already has owner.");
            }
            _ if name == "RoomNotFoundException" => error = Self::no_such_room(),
            _ => {}
        }
        error.retry_after = refusal.args.get("seconds").and_then(|seconds| seconds.parse().ok());
        error
    }
}

impl From<Refusal> for OttError {
    fn from(refusal: Refusal) -> Self {
        Self::from(&refusal)
    }
}

impl From<Fault> for OttError {
    fn from(fault: Fault) -> Self {
        let fault = match No::from(fault) {
            No::Fault(fault) => fault,
            No::Refusal(refusal) => return refusal.into(),
        };
        let told = internal(&fault);
        let mut error = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Unknown", told.message);
        error.more.extend(told.details);
        error
    }
}

impl From<No> for OttError {
    fn from(no: No) -> Self {
        match no {
            No::Refusal(refusal) => refusal.into(),
            No::Fault(fault) => fault.into(),
        }
    }
}

impl From<Code> for OttError {
    fn from(code: Code) -> Self {
        Refusal::from(code).into()
    }
}

impl IntoResponse for OttError {
    fn into_response(self) -> Response {
        let mut error = Map::new();
        if !self.name.is_empty() {
            error.insert("name".to_owned(), self.name.into());
        }
        error.insert("message".to_owned(), self.message.into());
        error.extend(self.more);
        let mut response = (self.status, Json(json!({ "success": false, "error": error }))).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
