//! Videos as OpenTogetherTube names them: by a service and the service's own id.

use engine::{
    command::SeekTo,
    intake::Wish,
    media::{Item, Media, Player},
    refusal::{Code, Refusal},
    room::RoomView,
    time::Millis,
};
use serde::{Deserialize, Serialize};
use url::Url;

/// Services that can be named, and whether they can be watched here.
const SERVICES: [(&str, bool); 20] = [
    ("youtube", true),
    ("vimeo", true),
    ("direct", true),
    ("hls", true),
    ("dash", true),
    ("twitch", true),
    ("dailymotion", true),
    ("odysee", true),
    ("kick", true),
    ("facebook", true),
    ("tiktok", true),
    ("streamable", true),
    ("bilibili", true),
    ("rumble", true),
    ("tubi", false),
    ("reddit", false),
    ("googledrive", false),
    ("peertube", false),
    ("pluto", false),
    ("invidious", false),
];

/// A video.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoId {
    /// Whose.
    pub service: String,
    /// The service's name of it; the link, for files and manifests.
    pub id: String,
}

impl VideoId {
    /// What a medium is called.
    pub fn of(media: &Media) -> Self {
        let (service, by_link) = match media.player {
            Player::Video | Player::Audio => ("direct", true),
            Player::Hls => ("hls", true),
            Player::Dash => ("dash", true),
            Player::Youtube => ("youtube", false),
            Player::Vimeo => ("vimeo", false),
            Player::Twitch => ("twitch", false),
            Player::Dailymotion => ("dailymotion", false),
            Player::Embed => {
                // Whose it is stands before the colon.
                let named = media.provider_id.as_deref().and_then(|id| id.split_once(':'));
                return match named {
                    Some((service, id)) => Self { service: service.to_owned(), id: id.to_owned() },
                    None => Self { service: "embed".to_owned(), id: media.url.clone() },
                };
            }
        };
        let id = media.provider_id.as_deref().filter(|_| !by_link).unwrap_or(&media.url);
        Self { service: service.to_owned(), id: id.to_owned() }
    }

    /// The link that it stands for.
    pub fn link(&self) -> Result<String, Refusal> {
        let id = &self.id;
        Ok(match self.service.as_str() {
            "youtube" => format!("https://www.youtube.com/watch?v={id}"),
            "vimeo" => format!("https://vimeo.com/{id}"),
            "twitch" if id.bytes().all(|byte| byte.is_ascii_digit()) => format!("https://www.twitch.tv/videos/{id}"),
            "twitch" => format!("https://www.twitch.tv/{id}"),
            "dailymotion" => format!("https://www.dailymotion.com/video/{id}"),
            "direct" | "hls" | "dash" => id.clone(),
            // Its own name of such a video is the link.
            "odysee" if id.starts_with("https://") => id.clone(),
            "odysee" => format!("https://odysee.com/{id}"),
            "kick" => format!("https://kick.com/{id}"),
            "facebook" if !id.bytes().all(|byte| byte.is_ascii_digit()) => format!("https://fb.watch/{id}/"),
            "facebook" => format!("https://www.facebook.com/watch/?v={id}"),
            "tiktok" => format!("https://www.tiktok.com/player/v1/{id}"),
            "streamable" => format!("https://streamable.com/{id}"),
            "bilibili" => match id.split_once(':') {
                Some((id, part)) => format!("https://www.bilibili.com/video/{id}?p={part}"),
                None => format!("https://www.bilibili.com/video/{id}"),
            },
            "rumble" => format!("https://rumble.com/embed/{id}/"),
            other => return Err(Refusal::new(Code::SiteRefused).with("site", other)),
        })
    }

    /// As what somebody wants in the queue.
    ///
    /// # Errors
    ///
    /// `site_refused` where its service cannot be watched here, `video_unavailable` where the service has no such ids.
    pub fn wish(&self, subtitles: Option<String>) -> Result<Wish, Refusal> {
        let link = self.link()?;
        if !self.is_well_formed() {
            return Err(Refusal::new(Code::VideoUnavailable).with("site", &self.service));
        }
        Ok(Wish { link, subtitles, ..Wish::default() })
    }

    /// Whether this is what a medium is called.
    pub fn names(&self, media: &Media) -> bool {
        *self == Self::of(media)
    }

    /// The queued item that it names: the first, where there are several.
    pub fn queued<'a>(&self, view: &'a RoomView) -> Result<&'a Item, Refusal> {
        let found = view.queue.iter().find(|item| self.names(&item.media));
        found.map(AsRef::as_ref).ok_or_else(|| Code::NoSuchItem.into())
    }

    /// Whether the id could be one of its service: a link where the service's names are links, else one word.
    pub fn is_well_formed(&self) -> bool {
        let id = &self.id;
        if matches!(self.service.as_str(), "direct" | "hls" | "dash") || id.starts_with("https://") {
            return Url::parse(id).is_ok_and(|link| matches!(link.scheme(), "http" | "https"));
        }
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        // A channel and a name, or a video and its part, where the site has such.
        let inner: &[u8] = match self.service.as_str() {
            "odysee" => b"@:/%",
            "bilibili" => b":",
            _ => b"",
        };
        (1..=500).contains(&id.len()) && id.bytes().all(|byte| plain(byte) || inner.contains(&byte))
    }

    /// Whether a service can be named at all, though it may not be watched here.
    pub fn is_service(name: &str) -> bool {
        SERVICES.iter().any(|(known, _)| *known == name)
    }
}

/// All services that can be named.
pub fn services() -> impl Iterator<Item = &'static str> {
    SERVICES.iter().map(|(name, _)| *name)
}

/// The site of a link that OpenTogetherTube shows and this server does not, where it is one.
pub fn refused_site(link: &Url) -> Option<&'static str> {
    let host = link.host_str()?.trim_end_matches('.');
    let on = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    let sites = [("reddit.com", "Reddit"), ("drive.google.com", "Google Drive"), ("tubitv.com", "Tubi")];
    sites.into_iter().find(|(domain, _)| on(domain)).map(|(_, name)| name)
}

/// An entry of the queue, or what is on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueueItem {
    /// What it is.
    #[serde(flatten)]
    pub video: VideoId,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it is about. Always there where the title is, because its page expects that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'static str>,
    /// How long it is, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<f64>,
    /// A still picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<String>,
    /// The kind of a file, for its player.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime: Option<&'static str>,
    /// The playlist of a stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hls_url: Option<String>,
    /// The manifest of a stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dash_url: Option<String>,
    /// Its subtitles.
    #[serde(rename = "subtitleUrl", skip_serializing_if = "Option::is_none")]
    pub subtitles: Option<String>,
    /// Where it begins, in seconds.
    #[serde(rename = "startAt", skip_serializing_if = "Option::is_none")]
    pub start_at: Option<f64>,
    /// Where it ends, in seconds.
    #[serde(rename = "endAt", skip_serializing_if = "Option::is_none")]
    pub end_at: Option<f64>,
}

impl QueueItem {
    /// A medium by itself.
    pub fn of_media(media: &Media) -> Self {
        let link = || Some(media.url.clone());
        Self {
            video: VideoId::of(media),
            title: Some(media.label().to_owned()),
            description: Some(""),
            length: media.duration.map(seconds),
            thumbnail: media.thumbnail.clone(),
            mime: mime(media),
            hls_url: link().filter(|_| media.player == Player::Hls),
            dash_url: link().filter(|_| media.player == Player::Dash),
            subtitles: None,
            start_at: None,
            end_at: None,
        }
    }

    /// An item of a room.
    pub fn of(item: &Item) -> Self {
        Self {
            subtitles: item.subtitles.as_deref().map(str::to_owned),
            start_at: item.start.map(seconds),
            end_at: item.end.map(seconds),
            ..Self::of_media(&item.media)
        }
    }
}

/// The kind of a file, by the end of its link: what a player is told that cannot find out by itself.
fn mime(media: &Media) -> Option<&'static str> {
    let path = media.url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let end = path.rsplit('.').next().unwrap_or_default();
    match (media.player, end) {
        (Player::Hls, _) => Some("application/x-mpegURL"),
        (Player::Dash, _) => Some("application/dash+xml"),
        (Player::Audio, "ogg" | "oga" | "opus") => Some("audio/ogg"),
        (Player::Audio, "m4a" | "aac") => Some("audio/mp4"),
        (Player::Audio, "wav") => Some("audio/wav"),
        (Player::Audio, "flac") => Some("audio/flac"),
        (Player::Audio, _) => Some("audio/mpeg"),
        (Player::Video, "webm") => Some("video/webm"),
        (Player::Video, "ogv" | "ogg") => Some("video/ogg"),
        (Player::Video, _) => Some("video/mp4"),
        _ => None,
    }
}

/// Its unit of time.
#[expect(clippy::cast_precision_loss, reason = "no film lasts 2^52 ms")]
pub fn seconds(time: Millis) -> f64 {
    time.0 as f64 / 1000.0
}

/// A number of its seconds as ours; nothing where it is none that a film could have: not finite, or past a year.
pub fn millis(seconds: f64) -> Option<Millis> {
    const YEAR: f64 = 366.0 * 86_400.0;
    if !seconds.is_finite() || seconds.abs() > YEAR {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a year of ms at most")]
    Some(Millis((seconds * 1000.0).round() as i64))
}

/// Where a seek goes: earlier than the start is the start, later than the end is the end.
pub fn target(view: &RoomView, value: f64) -> Option<SeekTo> {
    let end = view.current.as_ref().and_then(|item| item.ends());
    let to = Millis(millis(value)?.0.max(0));
    Some(SeekTo::At(end.map_or(to, |end| to.min(end))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_video_and_its_link_are_the_same_thing() {
        let youtube = Media {
            provider_id: Some("dQw4w9WgXcQ".into()),
            ..Media::bare("https://www.youtube.com/watch?v=dQw4w9WgXcQ", Player::Youtube)
        };
        let id = VideoId::of(&youtube);
        assert_eq!((id.service.as_str(), id.id.as_str()), ("youtube", "dQw4w9WgXcQ"));
        assert_eq!(id.link().unwrap(), youtube.url);
        let file = Media::bare("https://films.example/a.mp4", Player::Video);
        assert_eq!(VideoId::of(&file), VideoId { service: "direct".into(), id: file.url.clone() });
        let kick = Media { provider_id: Some("kick:ana".into()), ..Media::bare("https://kick.com/ana", Player::Embed) };
        assert_eq!(VideoId::of(&kick), VideoId { service: "kick".into(), id: "ana".into() });
    }

    #[test]
    fn services_that_cannot_be_watched_are_refused_by_name() {
        for (service, watched) in SERVICES {
            let id = VideoId { service: service.into(), id: "https://films.example/1.mp4".into() };
            assert_eq!(id.link().is_ok(), watched, "{service}");
        }
        assert!(!VideoId::is_service("netflix"));
    }

    #[test]
    fn no_number_makes_a_time_that_there_is_not() {
        for odd in [f64::NAN, f64::INFINITY, 1e300, -1e300] {
            assert_eq!(millis(odd), None);
        }
        assert_eq!(millis(1.5), Some(Millis(1_500)));
    }
}
