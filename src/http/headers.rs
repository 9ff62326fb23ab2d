//! What every answer says to browsers, whatever it holds.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// What devices of the reader a page of ours, and any frame in it, may ask for: none of these. Sound, full screen and
/// protected films stay as browsers have them, for players need them.
const DEVICES: HeaderValue = HeaderValue::from_static(
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), display-capture=()",
);
/// Whoever opens a page of ours keeps no hold of it. Windows that players open, to log in for one, keep theirs.
const OPENER: HeaderValue = HeaderValue::from_static("same-origin-allow-popups");
/// The policy of what is no page: opened as one, it does nothing, and nobody frames it.
const NO_PAGE: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
/// For a year only by https. Said where people reach this server so, and of its own name alone: what else stands below that
/// name is not ours to decide.
const BY_HTTPS: HeaderValue = HeaderValue::from_static("max-age=31536000");
const DEVICES_NAME: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_NAME: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Says it on an answer.
pub(super) fn say(headers: &mut HeaderMap, by_https: bool) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("strict-origin-when-cross-origin"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(OPENER_NAME, OPENER);
    headers.insert(DEVICES_NAME, DEVICES);
    if by_https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, BY_HTTPS);
    }
    if !is_loaded_by_pages(headers) {
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(NO_PAGE);
    }
}

/// Scripts, styles, pictures and fonts: a policy says nothing of those, but for a worker's script, which would be bound by it.
fn is_loaded_by_pages(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    ["text/javascript", "application/javascript", "text/css", "image/", "font/", "application/manifest+json"]
        .iter()
        .any(|known| kind.starts_with(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(kind: &'static str, by_https: bool) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        say(&mut headers, by_https);
        headers
    }

    #[test]
    fn what_is_no_page_is_none_and_a_worker_is_not_bound_by_that() {
        assert_eq!(said("application/json", false)[header::CONTENT_SECURITY_POLICY], NO_PAGE);
        assert!(!said("text/javascript; charset=utf-8", false).contains_key(header::CONTENT_SECURITY_POLICY));
    }

    #[test]
    fn https_is_insisted_on_where_people_use_it() {
        assert!(said("text/html", true).contains_key(header::STRICT_TRANSPORT_SECURITY));
        assert!(!said("text/html", false).contains_key(header::STRICT_TRANSPORT_SECURITY));
    }
}
