//! What libFuzzer runs of this crate, and its unit tests on the corpus: see docs/CONTRIBUTING.md. Each takes any bytes and
//! panics where a promise is broken. Bodies that need the inside of something stand there.

#![expect(clippy::unwrap_used, reason = "a promise that is broken ends the run")]

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

pub use crate::{
    dialects::{
        clipper::fuzzing::{bodies as clipper_bodies, frames as clipper_frames},
        native::fuzzing::frames as native_frames,
        opentogethertube::fuzzing::requests as opentogethertube_requests,
        watch2gether::fuzzing::fields as watch2gether_fields,
        watchers::fuzzing::bodies as watchers_bodies,
    },
    resolve::fuzzing::{container, links, manifests},
    websocket::fuzzing::{packets, websocket},
};
use crate::{
    http::extract,
    media::{place::Place, playlist, webvtt::webvtt},
};

#[cfg(test)]
#[path = "../fuzz/replay.rs"]
mod replay;

/// Subtitles in whatever form. What comes out is WebVTT with no tags but three, and is itself what comes of it.
pub fn subtitles(data: &[u8]) {
    let Some(made) = webvtt(data) else { return };
    assert!(made.starts_with("WEBVTT"), "{made:.80?}");
    assert!(!made.contains(['\0', '\r']), "{made:.80?}");
    assert!(made.len() <= 200 + data.len() * 12, "{} bytes of {}", made.len(), data.len());
    assert_eq!(webvtt(made.as_bytes()).as_ref(), Some(&made));
    if data.windows(6).any(|part| part == b"WEBVTT") || data.starts_with(b"\xff\xfe") || data.starts_with(b"\xfe\xff") {
        return;
    }
    // Of SubRip nothing is kept as it is.
    for line in made.lines().filter(|line| !line.contains(" --> ")) {
        let mut rest = line;
        for tag in ["<b>", "</b>", "<i>", "</i>", "<u>", "</u>"] {
            assert!(!rest.contains("-->"), "{line:?}");
            rest = rest.trim_start_matches(tag);
        }
        let bare = ["<b>", "</b>", "<i>", "</i>", "<u>", "</u>"]
            .iter()
            .fold(line.to_owned(), |text, tag| text.replace(tag, ""));
        assert!(!bare.contains(['<', '>']), "{line:?}");
    }
}

/// A playlist that is relayed: no link in it leads past the relay.
pub fn playlists(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let from = Url::parse("https://films.example/a/master.m3u8?t=1").unwrap();
    let Some(made) = playlist::rewrite(&text, &from, |_| "/relay/x".to_owned()) else { return };
    assert!(made.starts_with("#EXT"), "{made:.80?}");
    // Players begin a line at each of these.
    for line in made.split(['\n', '\r']).filter(|line| !line.starts_with('#')) {
        let leads = from.join(line.trim()).is_ok_and(|link| matches!(link.scheme(), "http" | "https"));
        assert!(line.trim().is_empty() || line == "/relay/x" || !leads || line.len() > 1_000, "{line:.200?}");
    }
}

/// Paths into the library: none leads out of it, and each is written as it is read.
pub fn places(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for place in [Place::new(&text), Place::of_link(&text)].into_iter().flatten() {
        let root = std::path::Path::new("/films");
        let under = place.under(root);
        assert!(under.starts_with(root) && under != root, "{}", under.display());
        assert!(under.components().all(|part| !matches!(part, std::path::Component::ParentDir)), "{}", under.display());
        assert_eq!(Place::of_link(&place.link()).as_ref(), Some(&place), "{}", place.link());
        assert!(!place.as_str().chars().any(char::is_control), "{place}");
    }
}

/// Headers, a line each: whoever is no proxy of ours is believed nothing about an address.
pub fn headers(data: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n').take(100) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = (HeaderName::from_bytes(&line[..colon]), HeaderValue::from_bytes(&line[colon + 1..]));
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    extract::fuzzed(&headers);
    crate::http::fuzzed(&headers, data);
}

#[cfg(test)]
mod tests {
    use super::replay::replay;

    #[test]
    fn links_lead_where_they_may_whatever_is_pasted() {
        replay("links", super::links);
    }

    #[test]
    fn manifests_are_read_whatever_stands_in_them() {
        replay("manifests", super::manifests);
    }

    #[test]
    fn files_are_read_whatever_stands_in_them() {
        replay("container", super::container);
    }

    #[test]
    fn subtitles_are_text_whatever_they_were() {
        replay("subtitles", super::subtitles);
    }

    #[test]
    fn a_relayed_playlist_leads_nowhere_else_whatever_it_says() {
        replay("playlists", super::playlists);
    }

    #[test]
    fn a_path_stays_in_the_library_whatever_it_is() {
        replay("places", super::places);
    }

    #[test]
    fn headers_are_read_whatever_they_say() {
        replay("headers", super::headers);
    }

    #[test]
    fn frames_of_ours_keep_a_room_whole_whatever_they_ask() {
        replay("native_frames", super::native_frames);
    }

    #[test]
    fn frames_of_clipper_are_understood_or_refused() {
        replay("clipper_frames", super::clipper_frames);
    }

    #[test]
    fn bodies_of_clipper_are_understood_or_refused() {
        replay("clipper_bodies", super::clipper_bodies);
    }

    #[test]
    fn requests_of_opentogethertube_are_understood_or_refused() {
        replay("opentogethertube_requests", super::opentogethertube_requests);
    }

    #[test]
    fn fields_of_watch2gether_are_understood_or_refused() {
        replay("watch2gether_fields", super::watch2gether_fields);
    }

    #[test]
    fn bodies_of_watchers_are_understood_or_refused() {
        replay("watchers_bodies", super::watchers_bodies);
    }

    #[test]
    fn packets_are_read_as_they_were_written() {
        replay("packets", super::packets);
    }

    #[test]
    fn a_websocket_is_read_the_same_in_one_piece_and_in_many() {
        replay("websocket", super::websocket);
    }
}
