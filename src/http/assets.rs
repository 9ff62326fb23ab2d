//! The viewer, as `build.rs` put it into this binary: its files, and the one page that every address of it is.
//!
//! Files under `assets/` carry a hash of their content in the name and never change; the page is never stored. Files that the
//! build pressed (`*.gz`) are sent so to whoever takes gzip.

use std::borrow::Cow;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};
use serde_json::Value;

use super::policy::{self, Framed};

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/viewer"]
struct Viewer;

const PAGE: &str = "index.html";
/// The page that Discord shows in a frame.
pub(super) const ACTIVITY: &str = "activity.html";
const HEAD_OPEN: &str = "<!--head-->";
const HEAD_CLOSE: &str = "<!--/head-->";
const BOOT: &str = "<!--boot-->";
const NEVER_CHANGES: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";

/// A file of the viewer by its path without the leading slash (`assets/index-….js`, `logo.svg`); 404 where there is none.
///
/// `headers` are the request's: `If-None-Match` and `Accept-Encoding` are heeded.
pub fn asset(path: &str, headers: &HeaderMap) -> Response {
    // The pages have doors of their own, and a pressed copy is no file of its own.
    let Some(file) = (path != PAGE && path != ACTIVITY && !is_pressed(path)).then(|| Viewer::get(path)).flatten()
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = tag(&file);
    let cache = if path.starts_with("assets/") { NEVER_CHANGES } else { ASK_AGAIN };
    let mut answer = if names(headers, header::IF_NONE_MATCH, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        content(path, file, headers)
    };
    let fields = answer.headers_mut();
    set(fields, header::ETAG, &tag);
    set(fields, header::CACHE_CONTROL, cache);
    set(fields, header::VARY, "accept-encoding");
    set(fields, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    answer
}

/// The page that `/`, `/j/{token}` and `/r/{id}` are; the script in it looks at the address.
///
/// `head` is markup for the `<head>`, already escaped (title, Open Graph); an empty one leaves the product's own title.
/// `boot` is data for the script, found there as `<script type="application/json" id="boot">`.
pub fn page(head: &str, boot: Option<&Value>) -> Response {
    let file = Viewer::get(PAGE);
    let Some(shell) = file.as_ref().and_then(|file| str::from_utf8(&file.data).ok()) else {
        // Not reachable as built: build.rs writes this file or fails.
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut answer = Response::new(Body::from(fill(shell, head, boot)));
    let fields = answer.headers_mut();
    set(fields, header::CONTENT_TYPE, "text/html; charset=utf-8");
    set(fields, header::CACHE_CONTROL, "no-store");
    set(fields, header::CONTENT_SECURITY_POLICY, policy::of(Framed::Never));
    set(fields, header::REFERRER_POLICY, "strict-origin-when-cross-origin");
    set(fields, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    answer
}

/// A page of ours as a text; none where it was not built.
pub(super) fn embedded(path: &str) -> Option<String> {
    Viewer::get(path).and_then(|file| String::from_utf8(file.data.into_owned()).ok())
}

/// A page with its head and its data in it.
pub(super) fn fill(shell: &str, head: &str, boot: Option<&Value>) -> String {
    let mut page = String::with_capacity(shell.len() + head.len());
    let parts = shell.split_once(HEAD_OPEN).and_then(|(before, rest)| Some((before, rest.split_once(HEAD_CLOSE)?)));
    match parts {
        Some((before, (own, after))) => {
            page.push_str(before);
            page.push_str(if head.is_empty() { own } else { head });
            page.push_str(after);
        }
        None => page.push_str(shell),
    }
    let Some(boot) = boot else { return page };
    // In JSON a "<" stands in texts only, and written so it cannot end the element.
    let data = boot.to_string().replace('<', "\\u003c");
    page.replacen(BOOT, &format!(r#"<script type="application/json" id="boot">{data}</script>"#), 1)
}

fn content(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let kind = file.metadata.mimetype().to_owned();
    let kind = if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind };
    let pressed = names(headers, header::ACCEPT_ENCODING, "gzip").then(|| Viewer::get(&format!("{path}.gz"))).flatten();
    let mut answer = Response::new(body(pressed.as_ref().map_or(file.data, |pressed| pressed.data.clone())));
    let fields = answer.headers_mut();
    set(fields, header::CONTENT_TYPE, &kind);
    if pressed.is_some() {
        set(fields, header::CONTENT_ENCODING, "gzip");
    }
    answer
}

fn body(data: Cow<'static, [u8]>) -> Body {
    match data {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    }
}

fn is_pressed(path: &str) -> bool {
    path.strip_suffix(".gz").is_some_and(|plain| Viewer::get(plain).is_some())
}

/// Half of the hash is plenty to tell two versions of a file apart.
fn tag(file: &EmbeddedFile) -> String {
    use std::fmt::Write as _;
    let mut tag = String::from("\"");
    for byte in file.metadata.sha256_hash().iter().take(16) {
        // Writing to a String cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

/// Whether a header that lists names has this one; `q=0` counts as no.
fn names(headers: &HeaderMap, name: header::HeaderName, wanted: &str) -> bool {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).any(|one| {
        let (one, rest) = one.split_once(';').unwrap_or((one, ""));
        let refused = matches!(rest.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000");
        one.trim().trim_start_matches("W/") == wanted && !refused
    })
}

/// Sets a header; a value that is none (which no caller has) is left out.
fn set(fields: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        fields.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use serde_json::json;

    use super::*;

    const SHELL: &str = "<head><!--head--><title>onecouch</title><!--/head--></head><body><!--boot--></body>";

    fn header_of(answer: &Response, name: header::HeaderName) -> &str {
        answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    fn asked(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    /// Any file with a hash in its name; none where only the placeholder is embedded.
    fn hashed() -> Option<String> {
        Viewer::iter()
            .map(Cow::into_owned)
            .find(|path| path.starts_with("assets/index-") && Viewer::get(&format!("{path}.gz")).is_some())
    }

    #[tokio::test]
    async fn the_page_is_never_stored_and_names_its_policy() {
        let answer = page("", None);
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(header_of(&answer, header::CACHE_CONTROL), "no-store");
        assert_eq!(header_of(&answer, header::CONTENT_SECURITY_POLICY), policy::of(Framed::Never));
        assert!(header_of(&answer, header::CONTENT_TYPE).starts_with("text/html"));
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        assert!(String::from_utf8_lossy(&body).contains("<title>onecouch</title>"));
    }

    #[test]
    fn a_card_puts_its_own_title_in_place_of_ours() {
        let page = fill(SHELL, "<title>Join: Movie night</title>", None);
        assert_eq!(page, "<head><title>Join: Movie night</title></head><body><!--boot--></body>");
    }

    #[test]
    fn data_for_the_script_cannot_end_its_element() {
        let page = fill(SHELL, "", Some(&json!({"title": "</script><script>alert(1)"})));
        assert!(page.contains(r#"id="boot">{"title":"\u003c/script>\u003cscript>alert(1)"}</script>"#), "{page}");
        assert_eq!(page.matches("</script>").count(), 1);
    }

    #[test]
    fn a_hashed_file_is_kept_for_ever_and_sent_pressed() {
        let Some(path) = hashed() else { return };
        let answer = asset(&path, &HeaderMap::new());
        assert_eq!(header_of(&answer, header::CACHE_CONTROL), NEVER_CHANGES);
        assert_eq!(header_of(&answer, header::CONTENT_ENCODING), "");
        let answer = asset(&path, &asked(header::ACCEPT_ENCODING, "br;q=1.0, gzip;q=0.8"));
        assert_eq!(header_of(&answer, header::CONTENT_ENCODING), "gzip");
        let answer = asset(&path, &asked(header::ACCEPT_ENCODING, "gzip;q=0"));
        assert_eq!(header_of(&answer, header::CONTENT_ENCODING), "");
    }

    #[test]
    fn who_has_a_file_already_is_not_sent_it_again() {
        let Some(path) = hashed() else { return };
        let first = asset(&path, &HeaderMap::new());
        let again = asset(&path, &asked(header::IF_NONE_MATCH, header_of(&first, header::ETAG)));
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn what_is_no_file_is_not_found() {
        for path in ["", "index.html", "assets/none.js", "../Cargo.toml", "assets/../index.html"] {
            assert_eq!(asset(path, &HeaderMap::new()).status(), StatusCode::NOT_FOUND, "{path}");
        }
    }
}
