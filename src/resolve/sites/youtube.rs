//! YouTube: videos, shorts, live broadcasts. Ids are eleven characters.

use engine::media::{Media, Player};
use url::Url;

use super::{Address, is_id};

pub(super) fn owns(host: &str) -> bool {
    matches!(host, "youtube.com" | "youtu.be" | "music.youtube.com" | "gaming.youtube.com" | "youtube-nocookie.com")
}

pub(super) fn read(address: &Address<'_>) -> Option<Media> {
    id(address, true).map(|id| {
        let mut media = Media::bare(format!("https://www.youtube.com/watch?v={id}"), Player::Youtube);
        media.thumbnail = Some(format!("https://i.ytimg.com/vi/{id}/hqdefault.jpg"));
        media.provider_id = Some(id);
        media
    })
}

fn id(address: &Address<'_>, follow: bool) -> Option<String> {
    let id = match (address.host, address.path.as_slice()) {
        ("youtu.be", [id, ..]) => (*id).to_owned(),
        ("youtu.be", _) => return None,
        (_, ["watch" | "watch_popup"]) => address.query("v")?,
        (_, ["watch" | "shorts" | "live" | "embed" | "v" | "e" | "vi", id, ..]) => (*id).to_owned(),
        // A wrapper around another link of the same site, once.
        (_, ["attribution_link"]) if follow => return attributed(address),
        _ => return None,
    };
    // Two words of the embed's own have the length of an id.
    (id.len() == 11 && is_id(&id, 11) && !matches!(id.as_str(), "videoseries" | "live_stream")).then_some(id)
}

fn attributed(address: &Address<'_>) -> Option<String> {
    let inner: Url = address.link.join(&address.query("u")?).ok()?;
    let path = inner.path_segments()?.filter(|part| !part.is_empty()).collect();
    let host = inner.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    owns(host).then(|| id(&Address { host, path, link: &inner }, false))?
}
