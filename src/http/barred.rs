//! Refuses who comes from an address that is kept out, before anything else is looked at and whatever the door; but health is
//! answered to everybody: who asks for it would restart a server that is well.

use axum::{
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use bots::words;
use engine::refusal::{Code, Refusal};

use super::{extract::client_ip, language};
use crate::{app::App, dialects};

/// What those are answered who are kept out. Where nobody is, this is one load of a pointer.
pub(super) fn refused(app: &App, request: &Request) -> Option<Response> {
    let (addresses, path) = (&app.engine.addresses, request.uri().path());
    // Files of the page open nothing, and a page that is open when its socket is closed wants them to say why.
    if addresses.is_empty() || matches!(path, "/healthz" | "/readyz") || path.starts_with("/assets/") {
        return None;
    }
    if !addresses.is_banned(client_ip(app, request.extensions(), request.headers())) {
        return None;
    }
    metrics::counter!("onecouch_barred_requests_total").increment(1);
    let refusal = Refusal::new(Code::AddressBanned);
    let locale = language::wanted(request.headers());
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepts.contains("text/html") {
        let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
        return Some((StatusCode::FORBIDDEN, plain, words::refusal(locale, &refusal)).into_response());
    }
    Some(dialects::refused(request.uri().path(), refusal, locale))
}
