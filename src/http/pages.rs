//! The pages: one document for all of them, with what crawlers and chats need to show a link.

use axum::{
    extract::{Path, Request, State},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use engine::{
    ids::RoomId,
    refusal::{Code, No},
};

use super::{
    assets,
    error::{internal, status},
    extract::{ClientAddress, FirstText},
    unfurl::{self, Unfurl},
};
use crate::{
    app::App,
    dialects::{opentogethertube, watch2gether},
};

/// The landing page, and others that are the same to everybody.
pub(super) async fn page(State(app): State<App>) -> Response {
    document(&app, &Unfurl::of_any_room(""))
}

/// A room's page: what it shows it asks for. By a name of OpenTogetherTube's it leads to the room's address, for who may
/// know that it is there.
pub(super) async fn room(State(app): State<App>, headers: HeaderMap, Path(room): Path<String>) -> Response {
    if room.parse::<RoomId>().is_err() {
        match opentogethertube::pages::address(&app, &headers, &room).await {
            Ok(Some(address)) => return Redirect::temporary(&address).into_response(),
            Ok(None) => {}
            Err(no) => return failed(no),
        }
    }
    match unfurl::of_room(&app, &room).await {
        Ok(unfurl) => document(&app, &unfurl),
        Err(no) => match no.decided() {
            Ok(_) => document(&app, &Unfurl::of_any_room("")),
            Err(no) => failed(no),
        },
    }
}

/// A room of two dialects' names: Watch2Gether's, else OpenTogetherTube's.
pub(super) async fn rooms(State(app): State<App>, name: FirstText, request: Request) -> Response {
    match watch2gether::state::read(&app, &name.0, request).await {
        Ok(response) => response,
        Err(request) => opentogethertube::pages::named(State(app), request.headers().clone(), name).await,
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
        Err(no) => match no.decided() {
            // The page itself says what is wrong, in the reader's words.
            Ok(no) if no.code == Code::SlowDown => {
                let mut page = not_found(&app);
                *page.status_mut() = StatusCode::TOO_MANY_REQUESTS;
                page
            }
            Ok(_) => not_found(&app),
            Err(no) => failed(no),
        },
    }
}

/// The page, where an address leads to nothing.
pub(crate) fn not_found(app: &App) -> Response {
    let mut page = document(app, &Unfurl::of_any_room(""));
    *page.status_mut() = StatusCode::NOT_FOUND;
    page
}

fn document(app: &App, unfurl: &Unfurl) -> Response {
    assets::page(&unfurl.head(&app.public_url), None)
}

/// A file of the viewer.
pub(super) async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    assets::asset(&format!("assets/{path}"), &headers)
}

/// Everything else: a file that stands at the root (icons, the manifest), or nothing. To a browser the page says so, in the
/// reader's words.
pub(crate) async fn nothing_here(State(app): State<App>, method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method.is_safe()
        && let Some(there) = watch2gether::pages::elsewhere(&app, &uri).await
    {
        return there;
    }
    let file = assets::asset(uri.path().trim_start_matches('/'), &headers);
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if file.status() != StatusCode::NOT_FOUND || method != Method::GET || !accepts.contains("text/html") {
        return file;
    }
    not_found(&app)
}

/// A text as it stands in HTML and XML, without the control characters that XML has no place for.
pub(crate) fn escape(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// What nobody is told of in JSON: pages.
pub(crate) fn failed(no: No) -> Response {
    match no {
        No::Refusal(refusal) => (status(refusal.code), refusal.to_string()).into_response(),
        No::Fault(fault) => (StatusCode::INTERNAL_SERVER_ERROR, internal(&fault).message).into_response(),
    }
}
