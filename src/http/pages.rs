//! The pages: one document for all of them, with what crawlers and chats need to show a link.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use engine::refusal::{Fault, No};

use super::{
    assets,
    error::internal,
    extract::ClientAddress,
    unfurl::{self, Unfurl},
};
use crate::app::App;

/// The landing page, and others that are the same to everybody.
pub(super) async fn page(State(app): State<App>) -> Response {
    document(&app, &Unfurl::of_any_room(""))
}

/// A room's page: what it shows it asks for.
pub(super) async fn room(State(app): State<App>, Path(room): Path<String>) -> Response {
    match unfurl::of_room(&app, &room).await {
        Ok(unfurl) => document(&app, &unfurl),
        Err(No::Refusal(_)) => document(&app, &Unfurl::of_any_room("")),
        Err(No::Fault(fault)) => failed(&fault),
    }
}

/// The join card. Looking at it consumes nothing, so chats may unfold the link.
pub(super) async fn join(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    Path(token): Path<String>,
) -> Response {
    match unfurl::of_invite(&app, &token, &from).await {
        Ok(unfurl) => document(&app, &unfurl),
        // The page itself says what is wrong, in the reader's words.
        Err(No::Refusal(_)) => {
            let mut page = document(&app, &Unfurl::of_any_room(""));
            *page.status_mut() = StatusCode::NOT_FOUND;
            page
        }
        Err(No::Fault(fault)) => failed(&fault),
    }
}

fn document(app: &App, unfurl: &Unfurl) -> Response {
    assets::page(&unfurl.head(&app.public_url), None)
}

/// A file of the viewer.
pub(super) async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    assets::asset(&format!("assets/{path}"), &headers)
}

/// Everything else: a file that stands at the root (icons, the manifest), or nothing.
pub(super) async fn nothing_here(uri: axum::http::Uri, headers: HeaderMap) -> Response {
    assets::asset(uri.path().trim_start_matches('/'), &headers)
}

/// A text as it stands in HTML and XML, without the control characters that XML has no place for.
pub(crate) fn escape(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A fault that nobody is told of in JSON: pages.
fn failed(fault: &Fault) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, internal(fault).message).into_response()
}
