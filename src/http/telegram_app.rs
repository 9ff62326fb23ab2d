//! The page of the Telegram bot's Mini App: the viewer, which Telegram's own web client may show in a frame.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::Response,
};

use super::{
    assets,
    policy::{self, Framed},
    unfurl::Unfurl,
};
use crate::app::App;

/// Telegram's script, through which a page talks to the app that shows it. It must come before all others.
const SCRIPT: &str = r#"<script src="https://telegram.org/js/telegram-web-app.js"></script>"#;

/// The viewer within Telegram.
pub(super) async fn page(State(app): State<App>) -> Response {
    let head = format!("{}\n{SCRIPT}\n", Unfurl::of_any_room("").head(&app.public_url));
    let mut page = assets::page(&head, None);
    let policy = HeaderValue::from_static(policy::of(Framed::ByTelegram));
    page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    page
}
