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
    /// Dailymotion's published embed, which takes no orders from the page around it.
    Dailymotion,
    /// Another site's published embed, which takes none either. Which site stands before the colon in the provider's id.
    Embed,
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
            Self::Embed => "embed",
        }
    }

    /// Whether a page can start, stop and move it. Where none can, everybody starts by hand, and nobody waits for anybody.
    pub fn is_steered(self) -> bool {
        !matches!(self, Self::Dailymotion | Self::Embed)
    }
}

/// A medium: where it is, how to play it, and what is known about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// The link in canonical form. Always http or https.
    pub url: String,
    /// The kind of player.
    pub player: Player,
    /// The provider's own id of it (a YouTube video id, a Twitch channel, `kick:somebody`); none for files and manifests.
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
    /// The subtitles that come with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub captions: Vec<Caption>,
}

/// Subtitles that come with a medium.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caption {
    /// Their link: a `.vtt` or `.srt` file.
    pub url: String,
    /// In which language, as a BCP 47 tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What else tells them apart: `forced`, `sdh`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

impl Media {
    /// A medium of which only the link and the player are known.
    pub fn bare(url: impl Into<String>, player: Player) -> Self {
        Self {
            url: url.into(),
            player,
            provider_id: None,
            title: None,
            duration: None,
            thumbnail: None,
            live: false,
            captions: Vec::new(),
        }
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

macro_rules! categories {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What a part of a video is, as SponsorBlock names it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Category {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl Category {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable name, as it is stored and sent.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

categories! {
    /// Paid promotion.
    Sponsor = "sponsor",
    /// An opening without content.
    Intro = "intro",
    /// Credits, end cards.
    Outro = "outro",
    /// "Subscribe, and ring the bell."
    Interaction = "interaction",
    /// Promotion of one's own.
    Selfpromo = "selfpromo",
    /// Of a music video, what is not music.
    MusicOfftopic = "music_offtopic",
    /// What is coming up, or what came before.
    Preview = "preview",
}

/// A part of a video that a room may skip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// From here.
    pub start: Millis,
    /// To here; later than `start`.
    pub end: Millis,
    /// What it is.
    pub category: Category,
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
    /// Where it begins, if not at its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Millis>,
    /// Where it ends, if not at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Millis>,
    /// Link of its subtitles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtitles: Option<Arc<str>>,
    /// Its parts that may be skipped, in order.
    #[serde(default, skip_serializing_if = "<[Segment]>::is_empty")]
    pub segments: Arc<[Segment]>,
}

impl Item {
    /// A medium from its beginning to its end.
    pub fn new(id: ItemId, media: Media, added_by: Who, added_at: WallTime) -> Self {
        Self {
            id,
            media: Arc::new(media),
            added_by,
            added_at,
            start: None,
            end: None,
            subtitles: None,
            segments: Arc::default(),
        }
    }

    /// The subtitles there are: the link somebody gave it first, then those that come with it.
    pub fn captions(&self) -> impl Iterator<Item = Caption> {
        let own = &self.media.captions;
        let given = self.subtitles.as_deref().filter(|link| !own.iter().any(|caption| caption.url == **link));
        let given = given.map(|link| Caption { url: link.to_owned(), language: None, label: None });
        given.into_iter().chain(own.iter().cloned())
    }

    /// Where it begins.
    pub fn begins(&self) -> Millis {
        self.start.unwrap_or(Millis::ZERO)
    }

    /// Where it ends by the clock, if that is known.
    pub fn ends(&self) -> Option<Millis> {
        match (self.end, self.media.duration) {
            (Some(end), Some(duration)) => Some(end.min(duration)),
            (end, duration) => end.or(duration),
        }
    }

    /// How long it plays, if that is known.
    pub fn length(&self) -> Option<Millis> {
        self.ends().map(|end| Millis((end.0 - self.begins().0).max(0)))
    }
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
