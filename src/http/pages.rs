//! The pages: one document for all of them, with what crawlers and chats need to show a link.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use engine::{
    refusal::{Fault, No},
    room::RoomView,
};

use super::{assets, error::internal, extract::ClientAddress};
use crate::app::App;

/// The landing page and a room's page: what they show they ask for.
pub(super) async fn page() -> Response {
    document("onecouch", "Watch together: one link, everybody on the same frame.", None)
}

/// The join card. Looking at it consumes nothing, so chats may unfold the link.
pub(super) async fn join(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    Path(token): Path<String>,
) -> Response {
    match app.engine.invited(&token, &from).await {
        Ok(view) => {
            let url = format!("{}/j/{token}", app.public_url);
            let (title, description) = unfurl(&view);
            document(&title, &description, Some(&url))
        }
        // The page itself says what is wrong, in the reader's words.
        Err(No::Refusal(_)) => {
            let mut page = document("onecouch", "This invite link does not work any more.", None);
            *page.status_mut() = StatusCode::NOT_FOUND;
            page
        }
        Err(No::Fault(fault)) => failed(&fault),
    }
}

/// What a chat shows of an invite link. It may keep it for hours, so nothing here counts.
fn unfurl(view: &RoomView) -> (String, String) {
    let title = format!("Join: {}", view.settings.title);
    let description = match &view.current {
        Some(item) if view.settings.visibility.is_open() || item.media.title.is_some() => {
            format!("On now: {}. Open the link to watch together.", item.media.label())
        }
        _ => "Open the link to watch together.".to_owned(),
    };
    (title.chars().take(67).collect(), description.chars().take(300).collect())
}

fn document(title: &str, description: &str, url: Option<&str>) -> Response {
    let (title, description) = (escape(title), escape(description));
    let mut head = format!(
        "<title>{title}</title>\n<meta name=\"description\" content=\"{description}\">\n\
         <meta name=\"robots\" content=\"noindex\">\n\
         <meta property=\"og:site_name\" content=\"onecouch\">\n<meta property=\"og:type\" content=\"website\">\n\
         <meta property=\"og:title\" content=\"{title}\">\n<meta property=\"og:description\" content=\"{description}\">\n"
    );
    if let Some(url) = url {
        head.push_str(&format!("<meta property=\"og:url\" content=\"{}\">\n", escape(url)));
    }
    assets::page(&head, None)
}

/// A file of the viewer.
pub(super) async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    assets::asset(&format!("assets/{path}"), &headers)
}

/// Everything else: a file that stands at the root (icons, the manifest), or nothing.
pub(super) async fn nothing_here(uri: axum::http::Uri, headers: HeaderMap) -> Response {
    assets::asset(uri.path().trim_start_matches('/'), &headers)
}

/// A text as it stands in HTML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A fault that nobody is told of in JSON: pages.
fn failed(fault: &Fault) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, internal(fault).message).into_response()
}
