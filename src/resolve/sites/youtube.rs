//! YouTube: videos, shorts, live broadcasts. Ids are eleven characters.

use engine::media::{Media, Player};
use url::Url;

use super::{Address, ListName, Playlist, is_id};

pub(super) fn owns(host: &str) -> bool {
    matches!(host, "youtube.com" | "youtu.be" | "music.youtube.com" | "gaming.youtube.com" | "youtube-nocookie.com")
}

pub(super) fn read(address: &Address<'_>) -> Option<Media> {
    id(address, true).and_then(|id| video(&id))
}

/// A video by its id, if it is one.
pub(super) fn video(id: &str) -> Option<Media> {
    is_video(id).then(|| {
        let mut media = Media::bare(format!("https://www.youtube.com/watch?v={id}"), Player::Youtube);
        media.thumbnail = Some(format!("https://i.ytimg.com/vi/{id}/hqdefault.jpg"));
        media.provider_id = Some(id.to_owned());
        media
    })
}

/// Two words of the embed's own have the length of an id.
fn is_video(id: &str) -> bool {
    id.len() == 11 && is_id(id, 11) && !matches!(id, "videoseries" | "live_stream")
}

pub(super) fn playlist(address: &Address<'_>) -> Option<Playlist> {
    let uploads = match address.path.as_slice() {
        // What a channel uploaded is a list whose id is the channel's with another beginning.
        ["channel", id] | ["channel", id, "videos"] if id.len() == 24 && is_id(id, 24) => {
            Some(ListName::Id(format!("UU{}", id.strip_prefix("UC")?)))
        }
        ["user", name] | ["user", name, "videos"] => Some(ListName::User(named(name)?)),
        ["c", name] | ["c", name, "videos"] => Some(ListName::Handle(named(name)?)),
        [name] | [name, "videos"] if name.starts_with('@') => Some(ListName::Handle(named(&name[1..])?)),
        _ => None,
    };
    if let Some(list) = uploads.filter(|_| address.host != "youtu.be") {
        return Some(Playlist { list, video: None });
    }
    let list = address.query("list").filter(|list| is_id(list, 64))?;
    let alone = matches!(address.path.as_slice(), ["playlist"] | ["embed", "videoseries"]);
    let video = if alone { None } else { id(address, false) };
    let shared = !matches!(&*list, "WL" | "LL") && !list.starts_with("RD");
    (alone || (shared && video.is_some())).then_some(Playlist { list: ListName::Id(list), video })
}

/// The name of a channel.
fn named(name: &str) -> Option<String> {
    let fits = (1..=100).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    fits.then(|| name.to_owned())
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
    is_video(&id).then_some(id)
}

fn attributed(address: &Address<'_>) -> Option<String> {
    let inner: Url = address.link.join(&address.query("u")?).ok()?;
    let path = inner.path_segments()?.filter(|part| !part.is_empty()).collect();
    let host = inner.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    owns(host).then(|| id(&Address { host, path, link: &inner }, false))?
}
