//! Refuses who comes from an address that is kept out, before anything else is looked at and whatever the door; but health is
//! answered to everybody: who asks for it would restart a server that is well.

use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bots::words;
use engine::refusal::{Code, Refusal};

use super::{extract::client_ip, language};
use crate::{app::App, dialects};

/// Refuses those who are kept out. Where nobody is, this is one load of a pointer.
pub(super) async fn barred(State(app): State<App>, request: Request, next: Next) -> Response {
    let (addresses, path) = (&app.engine.addresses, request.uri().path());
    // Files of the page open nothing, and a page that is open when its socket is closed wants them to say why.
    if addresses.is_empty() || matches!(path, "/healthz" | "/readyz") || path.starts_with("/assets/") {
        return next.run(request).await;
    }
    if !addresses.is_banned(client_ip(&app, request.extensions(), request.headers())) {
        return next.run(request).await;
    }
    metrics::counter!("onecouch_barred_requests_total").increment(1);
    let refusal = Refusal::new(Code::AddressBanned);
    let locale = language::wanted(request.headers());
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepts.contains("text/html") {
        let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
        return (StatusCode::FORBIDDEN, plain, words::refusal(locale, &refusal)).into_response();
    }
    dialects::refused(request.uri().path(), refusal, locale)
}
