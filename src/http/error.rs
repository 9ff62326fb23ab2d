//! Two kinds of no, as the native API says them: decided here, once.

use axum::{
    Json,
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use bots::{Locale, words};
use engine::refusal::{Code, Fault, No, Refusal};
use serde::Serialize;
use utoipa::ToSchema;

use super::meter;

/// What a handler of the native API gives up with.
#[derive(Debug)]
pub enum ApiError {
    /// The engine's no.
    No(No),
    /// A no of HTTP itself: a path, a method, a body that does not fit.
    Http {
        /// The status.
        status: StatusCode,
        /// The code.
        code: &'static str,
        /// The sentence.
        message: String,
    },
}

impl ApiError {
    /// A refusal that is answered before anything else is, in a language.
    pub fn told(refusal: &Refusal, locale: Locale) -> Response {
        answer(status(refusal.code), ErrorWire::new(refusal, locale))
    }
}

impl<E: Into<No>> From<E> for ApiError {
    fn from(no: E) -> Self {
        Self::No(no.into())
    }
}

/// The error part of every answer that is not good.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorWire,
}

/// What went wrong.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ErrorWire {
    /// The stable code.
    pub code: String,
    /// One sentence that names the next step, in the language that was asked for.
    pub message: String,
    /// The arguments of the sentence, as texts.
    #[schema(value_type = Object)]
    pub details: serde_json::Map<String, serde_json::Value>,
}

impl ErrorWire {
    /// A refusal, its sentence in a language.
    pub fn new(refusal: &Refusal, locale: Locale) -> Self {
        let details = refusal.args.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into()));
        Self {
            code: refusal.code.name().to_owned(),
            message: words::refusal(locale, refusal),
            details: details.collect(),
        }
    }
}

/// The answer to a fault: logged here, once, under the trace id that the person is told.
pub fn internal(fault: &Fault) -> ErrorWire {
    let trace = trace_id();
    tracing::error!(%trace, %fault, "something failed");
    ErrorWire {
        code: "internal".to_owned(),
        message:
            "Something went wrong on our side. Try again; if it stays, tell the person who runs this server the trace."
                .to_owned(),
        details: [("trace".to_owned(), trace.into())].into_iter().collect(),
    }
}

/// A short name under which a fault stands in the log.
#[expect(clippy::disallowed_methods, reason = "a trace id is no identity of the engine's")]
pub fn trace_id() -> String {
    format!("{:08x}", rand::random::<u32>())
}

/// The status of each code: the table of `docs/API.md`. A new code has none until it is given one here.
pub fn status(code: Code) -> StatusCode {
    match code {
        Code::BadInput
        | Code::BadTime
        | Code::BadLink
        | Code::BadScheme
        | Code::BadRate
        | Code::BadEmail
        | Code::TextEmpty
        | Code::TextTooLong
        | Code::PasswordTooShort
        | Code::EndsBeforeStart => StatusCode::BAD_REQUEST,
        Code::NotSignedIn
        | Code::BadToken
        | Code::WrongLogin
        | Code::BadInitData
        | Code::InitDataExpired
        | Code::InitDataUsed
        | Code::CodeRefused
        | Code::BadSignature => StatusCode::UNAUTHORIZED,
        Code::NotAllowed
        | Code::NotAMember
        | Code::NotHere
        | Code::NotInInstance
        | Code::RoleTooHigh
        | Code::GrantTooHigh
        | Code::NeedsAccount
        | Code::NeedsSession
        | Code::ScopeMissing
        | Code::PasswordNeeded
        | Code::WrongPassword
        | Code::RoomPasswordNeeded
        | Code::WrongRoomPassword
        | Code::RoomClosed
        | Code::Banned
        | Code::Muted
        | Code::NoLinksHere
        | Code::LinkExpired
        | Code::AdminOff
        | Code::AddressBanned => StatusCode::FORBIDDEN,
        Code::NoSuchRoom
        | Code::NoSuchInvite
        | Code::NoRoomHere
        | Code::NoSuchItem
        | Code::NoSuchPerson
        | Code::NoSuchProposal
        | Code::NoSuchLine
        | Code::NoSuchPlaylist
        | Code::NoSuchCommand
        | Code::NoSuchRecovery
        | Code::NoSuchLinkCode
        | Code::NoSuchSession
        | Code::NoSuchKey
        | Code::NoSuchBan
        | Code::NoSuchWebhook
        | Code::NoLibrary
        | Code::NoSuchFile
        | Code::NoSuchUpload => StatusCode::NOT_FOUND,
        Code::NothingPlaying
        | Code::QueueEmpty
        | Code::QueueFull
        | Code::AlreadyQueued
        | Code::YourShareIsFull
        | Code::NothingBefore
        | Code::NothingToUndo
        | Code::NothingToRestore
        | Code::TooManyProposals
        | Code::TooManyPlaylists
        | Code::NameTaken
        | Code::RoomFull
        | Code::RoomEnded
        | Code::HasHost
        | Code::SaidAlready
        | Code::KeyReused
        | Code::UsernameTaken
        | Code::EmailTaken
        | Code::AlreadyRegistered
        | Code::TooManyWebhooks
        | Code::TooManyUploads
        | Code::WrongOffset
        | Code::QuotaFull
        | Code::TwoAccounts
        | Code::BansYourself => StatusCode::CONFLICT,
        Code::FileTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::SeekPastEnd
        | Code::SeekLive
        | Code::LengthUnknown
        | Code::BadSubtitles
        | Code::PrivateAddress
        | Code::LinkUnreachable
        | Code::LinkBroken
        | Code::NotMedia
        | Code::SiteRefused
        | Code::SiteProtected
        | Code::EmbedLinkNeeded
        | Code::VideoUnavailable
        | Code::NoSearch
        | Code::NoLists
        | Code::NoWebhooks
        | Code::UploadsOff
        | Code::NotPlayable
        | Code::NoTelegram
        | Code::ActivityOff => StatusCode::UNPROCESSABLE_ENTITY,
        Code::SlowDown | Code::SlowMode | Code::TooManySockets => StatusCode::TOO_MANY_REQUESTS,
        Code::Busy | Code::NotRead | Code::Stopping | Code::ProviderDown => StatusCode::SERVICE_UNAVAILABLE,
        Code::MaybeDone => StatusCode::GATEWAY_TIMEOUT,
        Code::NotStored => StatusCode::INSUFFICIENT_STORAGE,
    }
}

/// For paths under `/api/v1` that there are not.
pub async fn no_such_path() -> ApiError {
    ApiError::Http {
        status: StatusCode::NOT_FOUND,
        code: "no_such_path",
        message: "There is nothing at this path. Read /api/v1/docs.".to_owned(),
    }
}

/// For methods that a path does not take.
pub async fn bad_method(method: Method) -> ApiError {
    ApiError::Http {
        status: StatusCode::METHOD_NOT_ALLOWED,
        code: "bad_method",
        message: format!("This path does not take {method}. Read /api/v1/docs."),
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match self {
            Self::No(No::Refusal(refusal)) => {
                count(refusal.code.name());
                let mut response = answer(status(refusal.code), ErrorWire::new(&refusal, Locale::English));
                let header = |name| refusal.args.get(name).and_then(|value| HeaderValue::from_str(value).ok());
                if let Some(seconds) = header("seconds") {
                    if let Some(limit) = header("limit") {
                        // Of the limit that was met, whichever it is.
                        meter::tell(response.headers_mut(), limit, 0_u32.into(), seconds.clone());
                    }
                    response.headers_mut().insert(header::RETRY_AFTER, seconds);
                }
                // Whoever knows the reader's language says it again: `language::translate`.
                response.extensions_mut().insert(refusal);
                response
            }
            Self::No(No::Fault(fault)) => answer(StatusCode::INTERNAL_SERVER_ERROR, internal(&fault)),
            Self::Http { status, code, message } => {
                count(code);
                answer(status, ErrorWire { code: code.to_owned(), message, details: serde_json::Map::new() })
            }
        }
    }
}

fn count(code: &'static str) {
    metrics::counter!("onecouch_refusals_total", "by" => "http", "code" => code).increment(1);
}

fn answer(status: StatusCode, error: ErrorWire) -> Response {
    (status, Json(ErrorBody { error })).into_response()
}
