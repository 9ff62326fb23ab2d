//! Parts of YouTube videos that their viewers marked as advertising and the like, asked of a SponsorBlock server.
//!
//! Asked is by four digits of the hash of the video's id, so that the server learns which of some hundred videos it is, and
//! no more; and always for all categories, so that one answer serves every room.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use engine::{
    media::{Category, Media, Player, Segment},
    refusal::Refusal,
    segments,
    time::Millis,
};
use moka::{Expiry, sync::Cache};
use reqwest::StatusCode;
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use super::provider::{Provider, Trouble, call};

/// How long an answer is good.
const FRESH: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long "nobody marked anything" is: parts of a new video are marked in its first hours.
const FRESH_NOTHING: Duration = Duration::from_secs(3600);
/// Videos that are remembered.
const REMEMBERED: u64 = 10_000;
/// Parts of one video at most; the ones that are known for most have a dozen.
const PARTS: usize = 200;

/// Asks a SponsorBlock server.
#[derive(Debug)]
pub(super) struct SponsorBlock {
    provider: Provider,
    server: Url,
    known: Cache<String, Arc<Vec<Segment>>>,
}

impl SponsorBlock {
    pub(super) fn new(server: Url, provider: Provider) -> Self {
        let known = Cache::builder().max_capacity(REMEMBERED).expire_after(Freshness).build();
        Self { provider, server, known }
    }

    /// The parts of these categories. A provider that does not answer is `provider_down`, so that one may ask again later.
    pub(super) async fn segments(&self, media: &Media, categories: &[Category]) -> Result<Vec<Segment>, Refusal> {
        let Some(id) = media.provider_id.as_deref().filter(|_| media.player == Player::Youtube && !media.live) else {
            return Ok(Vec::new());
        };
        let known = match self.known.get(id) {
            Some(known) => known,
            None => {
                let parts = self.ask(id).await.map_err(|trouble| trouble.refusal("SponsorBlock"))?;
                let parts = Arc::new(parts);
                self.known.insert(id.to_owned(), parts.clone());
                parts
            }
        };
        let wanted = known.iter().filter(|part| categories.contains(&part.category)).copied().collect();
        Ok(segments::merged(segments::possible(wanted, media.duration)))
    }

    async fn ask(&self, id: &str) -> Result<Vec<Segment>, Trouble> {
        let hash = Sha256::digest(id);
        let prefix = format!("{:02x}{:02x}", hash[0], hash[1]);
        let names: Vec<&str> = Category::ALL.iter().map(|category| category.name()).collect();
        let mut question = call(&self.server, &["api", "skipSegments", &prefix]);
        question
            .query_pairs_mut()
            .append_pair("service", "YouTube")
            .append_pair("categories", &Value::from(names).to_string())
            .append_pair("actionTypes", r#"["skip"]"#);
        let videos: Vec<Value> = match self.provider.ask(question).await {
            Err(Trouble::Status(StatusCode::NOT_FOUND)) => return Ok(Vec::new()),
            answer => answer?,
        };
        let ours = videos.iter().find(|video| video["videoID"] == id);
        let parts = ours.and_then(|video| video["segments"].as_array()).into_iter().flatten();
        Ok(parts.filter_map(part).take(PARTS).collect())
    }
}

/// One part as the server tells it; what makes no sense is none.
fn part(told: &Value) -> Option<Segment> {
    let category = Category::ALL.iter().find(|category| told["category"] == category.name())?;
    if told["actionType"].as_str().is_some_and(|action| action != "skip") {
        return None;
    }
    let at = |place: usize| told["segment"][place].as_f64().and_then(millis);
    let part = Segment { start: at(0)?, end: at(1)?, category: *category };
    // How long the video was when the part was marked; zero where that is not known.
    let duration = told["videoDuration"].as_f64().and_then(millis).filter(|duration| *duration > Millis::ZERO);
    segments::possible(vec![part], duration).pop()
}

/// Seconds as a place in a video: not before its beginning, and within ten years.
fn millis(seconds: f64) -> Option<Millis> {
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    (0.0..10.0 * 366.0 * 86_400.0).contains(&seconds).then(|| Millis((seconds * 1000.0).round() as i64))
}

struct Freshness;

impl Expiry<String, Arc<Vec<Segment>>> for Freshness {
    fn expire_after_create(&self, _: &String, parts: &Arc<Vec<Segment>>, _: Instant) -> Option<Duration> {
        Some(if parts.is_empty() { FRESH_NOTHING } else { FRESH })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_that_makes_no_sense_is_none() {
        let told = |text: &str| part(&serde_json::from_str(text).unwrap());
        let good = r#"{"segment":[1.25,10.0],"category":"music_offtopic","actionType":"skip","videoDuration":0}"#;
        let segment = Segment { start: Millis(1250), end: Millis(10_000), category: Category::MusicOfftopic };
        assert_eq!(told(good), Some(segment));
        for bad in [
            r#"{"segment":[10,1],"category":"intro"}"#,
            r#"{"segment":[-1,1],"category":"intro"}"#,
            r#"{"segment":[null,1],"category":"intro"}"#,
            r#"{"segment":["NaN",1],"category":"intro"}"#,
            r#"{"segment":[1],"category":"intro"}"#,
            r#"{"segment":[0,1e300],"category":"intro"}"#,
            r#"{"segment":[0,100],"category":"intro","videoDuration":50}"#,
            r#"{"segment":[0,1],"category":"filler"}"#,
            r#"{"segment":[0,1],"category":"intro","actionType":"mute"}"#,
            r#"{"segment":[0,1]}"#,
            "[]",
            "7",
        ] {
            assert_eq!(told(bad), None, "{bad}");
        }
    }
}
