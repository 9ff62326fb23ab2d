//! What YouTube's Data API tells where a key is set: lengths, what is live, searches, playlists.
//!
//! A search costs a hundred times what everything else here does; the answers are remembered by [`search`](super::search).

use engine::{
    lists::{LIMIT, List},
    media::Media,
    refusal::{Code, Refusal},
    secret::Secret,
    text,
};
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{
    TITLE_LIMIT, manifest,
    provider::{Provider, Trouble, call},
    sites::{self, ListName, Playlist},
};

/// How people call it.
const SITE: &str = "YouTube";
/// How much the API tells at once.
const PAGE: usize = 50;
/// How many times the time for one look the pages of a playlist may take.
const PATIENCE: u32 = 3;

/// Where the API is, and what opens it.
#[derive(Debug, Clone)]
pub struct YoutubeApi {
    /// `https://www.googleapis.com/youtube/v3` but in tests.
    pub url: Url,
    /// The key. It stands in every question, so no question is logged.
    pub key: Secret,
}

/// Asks the API.
#[derive(Debug)]
pub(super) struct Youtube {
    provider: Provider,
    api: YoutubeApi,
}

/// A page of answers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", bound = "T: Deserialize<'de>")]
struct Page<T> {
    #[serde(default = "Vec::new")]
    items: Vec<T>,
    next_page_token: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Hit {
    id: HitId,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct HitId {
    video_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    content_details: HitId,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Video {
    id: String,
    snippet: Snippet,
    content_details: Details,
    status: Status,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Snippet {
    title: String,
    /// `live`, `upcoming` or `none`.
    live_broadcast_content: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Details {
    /// `PT1H2M3S`; `P0D` while it is live.
    duration: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Status {
    embeddable: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Channel {
    content_details: ChannelDetails,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChannelDetails {
    related_playlists: Uploads,
}

#[derive(Debug, Deserialize)]
struct Uploads {
    uploads: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Head {
    snippet: Snippet,
}

impl Youtube {
    pub(super) fn new(api: YoutubeApi, provider: Provider) -> Self {
        Self { provider, api }
    }

    /// One video. None that may be shown here is `video_unavailable`; trouble with the API is for the caller to get around.
    pub(super) async fn video(&self, id: &str) -> Result<Result<Media, Refusal>, Trouble> {
        let found = self.videos(&[id.to_owned()]).await?.pop();
        Ok(found.ok_or_else(|| Refusal::new(Code::VideoUnavailable).with("site", SITE)))
    }

    /// Videos by words, the best first.
    pub(super) async fn search(&self, words: &str, limit: usize) -> Result<Vec<Media>, Refusal> {
        let limit = limit.to_string();
        let question = [
            ("part", "id"),
            ("type", "video"),
            ("videoEmbeddable", "true"),
            ("maxResults", &limit),
            ("q", words),
            ("fields", "items/id/videoId"),
        ];
        let found: Page<Hit> = self.ask("search", &question).await.map_err(|trouble| trouble.refusal(SITE))?;
        let ids: Vec<String> = found.items.into_iter().map(|hit| hit.id.video_id).collect();
        self.videos(&ids).await.map_err(|trouble| trouble.refusal(SITE))
    }

    /// A playlist, without the videos in it that cannot be shown here. None where nobody may read it, but the link names one
    /// of its videos.
    ///
    /// Of a list that breaks off, what there is so far is given back.
    pub(super) async fn playlist(&self, playlist: &Playlist) -> Result<Option<List>, Refusal> {
        let deadline = Instant::now() + self.provider.limits().total * PATIENCE;
        let head = match self.list_of(&playlist.list).await.map_err(|trouble| trouble.refusal(SITE))? {
            Some(id) => self.head(&id).await.map_err(|trouble| trouble.refusal(SITE))?.map(|head| (id, head)),
            None => None,
        };
        let Some((list, head)) = head else {
            return match playlist.video {
                Some(_) => Ok(None),
                None => Err(Refusal::new(Code::VideoUnavailable).with("site", SITE)),
            };
        };
        let mut media: Vec<Media> = Vec::new();
        let mut token = None;
        for _ in 0..LIMIT / PAGE {
            let page = timeout_at(deadline, self.page(&list, token.as_deref()));
            match page.await.unwrap_or(Err(Trouble::Slow)) {
                Ok((videos, next)) => {
                    media.extend(videos);
                    token = next;
                }
                Err(trouble) if media.is_empty() => return Err(trouble.refusal(SITE)),
                Err(trouble) => {
                    tracing::info!(?trouble, read = media.len(), "a playlist of YouTube broke off");
                    break;
                }
            }
            if token.is_none() {
                break;
            }
        }
        media.truncate(LIMIT);
        let first = playlist.video.as_deref();
        let first = first.and_then(|id| media.iter().position(|media| media.provider_id.as_deref() == Some(id)));
        Ok(Some(List { title: text::clipped(&head.snippet.title, TITLE_LIMIT), media, first }))
    }

    /// The id of a list: of what a channel uploaded, the channel tells.
    async fn list_of(&self, name: &ListName) -> Result<Option<String>, Trouble> {
        let whose = match name {
            ListName::Id(id) => return Ok(Some(id.clone())),
            ListName::Handle(handle) => ("forHandle", handle.as_str()),
            ListName::User(name) => ("forUsername", name.as_str()),
        };
        let fields = "items/contentDetails/relatedPlaylists/uploads";
        let found: Page<Channel> =
            self.ask("channels", &[("part", "contentDetails"), whose, ("fields", fields)]).await?;
        Ok(found.items.into_iter().next().map(|channel| channel.content_details.related_playlists.uploads))
    }

    /// What is said of a list as a whole; none of one that there is not, or that is somebody's own.
    async fn head(&self, list: &str) -> Result<Option<Head>, Trouble> {
        let question = [("part", "snippet"), ("id", list), ("fields", "items/snippet/title")];
        let found: Page<Head> = self.ask("playlists", &question).await?;
        Ok(found.items.into_iter().next())
    }

    async fn page(&self, list: &str, token: Option<&str>) -> Result<(Vec<Media>, Option<String>), Trouble> {
        let size = PAGE.to_string();
        let mut question = vec![
            ("part", "contentDetails"),
            ("maxResults", &*size),
            ("playlistId", list),
            ("fields", "nextPageToken,items/contentDetails/videoId"),
        ];
        question.extend(token.map(|token| ("pageToken", token)));
        let page: Page<Line> = self.ask("playlistItems", &question).await?;
        let ids: Vec<String> = page.items.into_iter().map(|line| line.content_details.video_id).collect();
        Ok((self.videos(&ids).await?, page.next_page_token))
    }

    /// What is known of these videos, in their order; those that are gone, private or not to be shown elsewhere are left out.
    async fn videos(&self, ids: &[String]) -> Result<Vec<Media>, Trouble> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let all = ids.join(",");
        let fields = "items(id,snippet(title,liveBroadcastContent),contentDetails/duration,status/embeddable)";
        let question = [("part", "snippet,contentDetails,status"), ("id", &*all), ("fields", fields)];
        let page: Page<Video> = self.ask("videos", &question).await?;
        let told =
            |id: &String| page.items.iter().find(|video| video.id == *id && video.status.embeddable != Some(false));
        Ok(ids.iter().filter_map(told).filter_map(media_of).collect())
    }

    async fn ask<T: for<'de> Deserialize<'de>>(
        &self,
        what: &str,
        question: &[(&str, &str)],
    ) -> Result<Page<T>, Trouble> {
        let mut url = call(&self.api.url, &[what]);
        url.query_pairs_mut().extend_pairs(question).append_pair("key", self.api.key.reveal());
        self.provider.ask(url).await
    }
}

fn media_of(video: &Video) -> Option<Media> {
    let mut media = sites::youtube_video(&video.id)?;
    media.title = text::clipped(&video.snippet.title, TITLE_LIMIT);
    media.live = matches!(&*video.snippet.live_broadcast_content, "live" | "upcoming");
    media.duration =
        manifest::xml_duration(&video.content_details.duration).and_then(manifest::millis).filter(|_| !media.live);
    Some(media)
}
