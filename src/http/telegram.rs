//! Where Telegram brings updates, for the bot to work on.

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri},
    routing::post,
};
use bots::telegram::webhook::NotTaken;

use crate::{config::Telegram, frontends::TelegramDoor};

/// What Telegram shows so that nobody else can bring updates.
const SECRET: &str = "X-Telegram-Bot-Api-Secret-Token";
/// How large an update may be, in bytes: some are a few kilobytes, as a message brings the one along that it answers.
const LIMIT: usize = 256 * 1024;

/// The route of the webhook. Its path is the operator's, below [`Telegram::WEBHOOK`].
pub(crate) fn router(door: TelegramDoor) -> Router {
    Router::new()
        .route(Telegram::WEBHOOK, post(take))
        .route(&format!("{}/{{*path}}", Telegram::WEBHOOK), post(take))
        .layer(DefaultBodyLimit::max(LIMIT))
        .with_state(door)
}

async fn take(State(door): State<TelegramDoor>, uri: Uri, headers: HeaderMap, body: Bytes) -> StatusCode {
    if uri.path() != door.path() {
        return StatusCode::NOT_FOUND;
    }
    match door.take(headers.get(SECRET).map(HeaderValue::as_bytes), body).await {
        Ok(()) => StatusCode::OK,
        Err(NotTaken::Stranger) => StatusCode::UNAUTHORIZED,
        // Telegram brings it again.
        Err(NotTaken::Full | NotTaken::Away) => StatusCode::SERVICE_UNAVAILABLE,
    }
}
