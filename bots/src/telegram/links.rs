//! Links in messages: those that stand in the text and those that stand behind words of it.

use teloxide::types::{Message, MessageEntityKind};
use url::Url;

/// How many links of one message count.
const MOST: usize = 20;
/// Hosts that have players here, with all that is below them.
const HOSTS: [&str; 9] = [
    "youtube.com",
    "youtu.be",
    "youtube-nocookie.com",
    "vimeo.com",
    "twitch.tv",
    "dailymotion.com",
    "dai.ly",
    "soundcloud.com",
    "streamable.com",
];
/// How the path of a film ends that a browser plays by itself, or as a stream.
const ENDS: [&str; 12] = ["mp4", "m4v", "webm", "mkv", "mov", "ogv", "m3u8", "mpd", "mp3", "m4a", "ogg", "flac"];

/// The links of a message, in its order.
pub(super) fn of(message: &Message) -> Vec<String> {
    let marked = message.parse_entities().or_else(|| message.parse_caption_entities()).unwrap_or_default();
    let links = marked.iter().filter_map(|entity| match entity.kind() {
        MessageEntityKind::Url => Some(whole(entity.text())),
        MessageEntityKind::TextLink { url } => Some(url.to_string()),
        _ => None,
    });
    links.filter(|link| link.starts_with("http://") || link.starts_with("https://")).take(MOST).collect()
}

/// Telegram marks `youtu.be/x` as a link too.
fn whole(link: &str) -> String {
    if link.contains("://") { link.to_owned() } else { format!("https://{link}") }
}

/// Whether a link looks like one that can be watched. Nobody is asked: an offer that turns out wrong is a no when it is
/// taken.
pub(super) fn watchable(link: &str) -> bool {
    let Ok(url) = Url::parse(link) else { return false };
    let Some(host) = url.host_str() else { return false };
    let host = host.to_ascii_lowercase();
    let below = |known: &str| host.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let path = url.path();
    if HOSTS.iter().any(|known| below(known)) {
        // The front page of a site is nothing to watch.
        return path.len() > 1;
    }
    path.rsplit_once('.').is_some_and(|(_, end)| ENDS.iter().any(|known| known.eq_ignore_ascii_case(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_player_knows_is_offered_and_other_pages_are_not() {
        for link in [
            "https://www.youtube.com/watch?v=eRsGyueVLvQ",
            "https://youtu.be/eRsGyueVLvQ",
            "https://m.twitch.tv/somebody",
            "https://films.example/Sintel.MP4?quality=high",
            "http://radio.example/live/list.m3u8#now",
        ] {
            assert!(watchable(link), "{link}");
        }
        for link in [
            "https://www.youtube.com/",
            "https://notyoutube.com/watch?v=1",
            "https://news.example/mp4",
            "https://news.example/story.html",
            "mailto:ana@films.example",
            "nonsense",
        ] {
            assert!(!watchable(link), "{link}");
        }
    }
}
