//! Titles and pictures of embedded videos, asked of the providers' oEmbed endpoints.
//!
//! These are configured, not given by people: the [`provider`](super::provider) client asks them.

use engine::{
    media::{Media, Player},
    refusal::{Code, Refusal},
    text,
    time::Millis,
};
use reqwest::StatusCode;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    TITLE_LIMIT,
    provider::{Provider, Trouble},
    sites::Found,
};

/// The endpoints (`resolve.oembed.*`): what they are asked is added as `?url=…&format=json`.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct OEmbed {
    /// YouTube's; `https://www.youtube.com/oembed` by default.
    pub youtube: Url,
    /// Vimeo's; `https://vimeo.com/api/oembed.json` by default.
    pub vimeo: Url,
    /// Dailymotion's; `https://www.dailymotion.com/services/oembed` by default.
    pub dailymotion: Url,
}

impl Default for OEmbed {
    fn default() -> Self {
        let known = |link: &str| Url::parse(link).expect("a link that stands here in full");
        Self {
            youtube: known("https://www.youtube.com/oembed"),
            vimeo: known("https://vimeo.com/api/oembed.json"),
            dailymotion: known("https://www.dailymotion.com/services/oembed"),
        }
    }
}

/// Asks the endpoints.
#[derive(Debug)]
pub(super) struct Asker {
    provider: Provider,
    endpoints: OEmbed,
}

/// The part of an answer that we use. Unknown or odd values must not cost the rest.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Card {
    title: serde_json::Value,
    thumbnail_url: serde_json::Value,
    /// Seconds. Only Vimeo gives it.
    duration: serde_json::Value,
}

impl Asker {
    pub(super) fn new(endpoints: OEmbed, provider: Provider) -> Self {
        Self { provider, endpoints }
    }

    /// What was found by the link, and what the provider says of it. That there is no such video, or that it is not for
    /// everybody, is `video_unavailable`; every other failure only leaves out the title.
    pub(super) async fn ask(&self, found: Found) -> Result<Media, Refusal> {
        let Found { site, mut media } = found;
        let endpoint = match media.player {
            Player::Youtube => &self.endpoints.youtube,
            Player::Vimeo => &self.endpoints.vimeo,
            Player::Dailymotion => &self.endpoints.dailymotion,
            _ => return Ok(media),
        };
        let mut question = endpoint.clone();
        question.query_pairs_mut().append_pair("url", &media.url).append_pair("format", "json");
        match self.provider.ask::<Card>(question).await {
            Ok(card) => fill(&mut media, &card),
            Err(Trouble::Status(status)) if gone(status) => {
                return Err(Refusal::new(Code::VideoUnavailable).with("site", site));
            }
            Err(trouble) => tracing::info!(site, ?trouble, url = media.url, "the provider told no title"),
        }
        Ok(media)
    }
}

/// Statuses by which providers say "no such video", "private" and "not to be embedded".
fn gone(status: StatusCode) -> bool {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND)
}

fn fill(media: &mut Media, card: &Card) {
    media.title = card.title.as_str().and_then(|title| text::clipped(title, TITLE_LIMIT));
    let picture = card.thumbnail_url.as_str().and_then(|link| Url::parse(link).ok());
    if let Some(picture) = picture.filter(|link| link.scheme() == "https") {
        media.thumbnail = Some(picture.into());
    }
    media.duration = card.duration.as_i64().filter(|seconds| (1..1_000_000).contains(seconds)).map(Millis::seconds);
}
