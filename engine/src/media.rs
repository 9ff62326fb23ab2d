//! What can be played, and an entry of a queue.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    event::Who,
    ids::ItemId,
    time::{Millis, WallTime},
};

/// Which kind of player shows a medium.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Player {
    /// A video file that the browser plays by itself (mp4, webm, ogg).
    Video,
    /// A sound file (mp3, ogg, m4a, …).
    Audio,
    /// An HLS playlist.
    Hls,
    /// A DASH manifest.
    Dash,
    /// YouTube's published embed.
    Youtube,
    /// Vimeo's published embed.
    Vimeo,
    /// Twitch's published embed; channels are live.
    Twitch,
    /// Dailymotion's published embed.
    Dailymotion,
}

impl Player {
    /// The stable name, as it is stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Hls => "hls",
            Self::Dash => "dash",
            Self::Youtube => "youtube",
            Self::Vimeo => "vimeo",
            Self::Twitch => "twitch",
            Self::Dailymotion => "dailymotion",
        }
    }
}

/// A medium: where it is, how to play it, and what is known about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// The link in canonical form. Always http or https.
    pub url: String,
    /// The kind of player.
    pub player: Player,
    /// The provider's own id of it (a YouTube video id, a Twitch channel); none for files and manifests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    /// Title, once known; at most 200 characters, without control characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Length, once known; never for live media.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<Millis>,
    /// Link of a still picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<String>,
    /// Has no length and no end by the clock.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub live: bool,
}

impl Media {
    /// A medium of which only the link and the player are known.
    pub fn bare(url: impl Into<String>, player: Player) -> Self {
        Self { url: url.into(), player, provider_id: None, title: None, duration: None, thumbnail: None, live: false }
    }

    /// What to call it: the title, else what its provider calls it, else the last part of the link's path, else its host.
    pub fn label(&self) -> &str {
        if let Some(known) = self.title.as_deref().or(self.provider_id.as_deref()) {
            return known;
        }
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        let path = rest.split(['?', '#']).next().unwrap_or(rest);
        path.rsplit('/').find(|part| !part.is_empty()).unwrap_or(path)
    }
}

/// One entry of a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its identity in the room.
    pub id: ItemId,
    /// What it plays.
    pub media: Arc<Media>,
    /// Who put it there, and through which door.
    pub added_by: Who,
    /// When.
    pub added_at: WallTime,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_is_called_by_the_best_name_that_is_known() {
        let mut media = Media::bare("https://www.youtube.com/watch?v=aqz-KE-bpKQ", Player::Youtube);
        assert_eq!(media.label(), "watch");
        media.provider_id = Some("aqz-KE-bpKQ".to_owned());
        assert_eq!(media.label(), "aqz-KE-bpKQ");
        media.title = Some("Big Buck Bunny".to_owned());
        assert_eq!(media.label(), "Big Buck Bunny");
        assert_eq!(Media::bare("https://films.example/", Player::Video).label(), "films.example");
    }
}
