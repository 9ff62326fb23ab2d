//! Finding media by words: an Invidious server's search, or YouTube's own where only a key is set.

use std::{sync::Arc, time::Duration};

use engine::{
    media::Media,
    refusal::{Code, Refusal},
    text,
    time::Millis,
};
use moka::sync::Cache;
use serde_json::Value;
use url::Url;

use super::{
    TITLE_LIMIT,
    provider::{Provider, call},
    sites,
    youtube::Youtube,
};

/// How many media a search finds at most.
pub(super) const FOUND: usize = 8;
/// How long what was found is good. A search with a key of YouTube's costs a hundredth of what the key gets for a day.
const FRESH: Duration = Duration::from_secs(24 * 3600);
/// Searches that are remembered.
const REMEMBERED: u64 = 2_000;

/// Asks whoever is configured.
#[derive(Debug)]
pub(super) struct Search {
    provider: Provider,
    /// An Invidious server; asked rather than YouTube.
    server: Option<Url>,
    found: Cache<String, Arc<Vec<Media>>>,
}

impl Search {
    pub(super) fn new(server: Option<Url>, provider: Provider) -> Self {
        let found = Cache::builder().max_capacity(REMEMBERED).time_to_live(FRESH).build();
        Self { provider, server, found }
    }

    /// The best first, at most eight. `no_search` where nobody can be asked, `provider_down` where they do not answer.
    pub(super) async fn find(&self, words: &str, youtube: Option<&Youtube>) -> Result<Vec<Media>, Refusal> {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        if let Some(found) = self.found.get(&words) {
            return Ok(found.to_vec());
        }
        let found = match (&self.server, youtube) {
            (Some(server), _) => self.ask(server, &words).await?,
            (None, Some(youtube)) => youtube.search(&words, FOUND).await?,
            (None, None) => return Err(Code::NoSearch.into()),
        };
        self.found.insert(words, Arc::new(found.clone()));
        Ok(found)
    }

    async fn ask(&self, server: &Url, words: &str) -> Result<Vec<Media>, Refusal> {
        let mut question = call(server, &["api", "v1", "search"]);
        question.query_pairs_mut().append_pair("q", words).append_pair("type", "video");
        let found = self.provider.ask::<Vec<Value>>(question).await;
        let found = found.map_err(|trouble| trouble.refusal("The search"))?;
        Ok(found.iter().filter_map(media_of).take(FOUND).collect())
    }
}

/// One thing found; channels and lists among them are none.
fn media_of(found: &Value) -> Option<Media> {
    if found["type"].as_str().is_some_and(|kind| kind != "video") {
        return None;
    }
    let mut media = sites::youtube_video(found["videoId"].as_str()?)?;
    media.title = found["title"].as_str().and_then(|title| text::clipped(title, TITLE_LIMIT));
    media.live = found["liveNow"] == true;
    let seconds = found["lengthSeconds"].as_i64().filter(|seconds| (1..1_000_000).contains(seconds));
    media.duration = seconds.filter(|_| !media.live).map(Millis::seconds);
    Some(media)
}
