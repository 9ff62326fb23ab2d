//! What OpenTogetherTube's clients ask a room for: see [`crate::fuzzing`].

use serde_json::Value;
use url::Url;

use super::{requests, validate::Fields, video::VideoId};
use crate::dialects::native::fuzzing::room;

/// A request, as a frame has it or as a body is. What it adds is a link of the web.
pub fn requests(data: &[u8]) {
    let _ = Fields::read("application/x-www-form-urlencoded", data);
    let _ = Fields::read("application/json", data);
    let Ok(request) = serde_json::from_slice::<Value>(data) else { return };
    let view = room().0.view().clone();
    for link in requests::fuzzed(&request, &view) {
        let url = Url::parse(&link).unwrap_or_else(|error| panic!("{link:?}: {error}"));
        assert!(matches!(url.scheme(), "http" | "https"), "{link:?}");
    }
    if let Ok(video) = serde_json::from_value::<VideoId>(request) {
        let _ = (video.queued(&view).is_ok(), video.link().is_ok());
    }
}
