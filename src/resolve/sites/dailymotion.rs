//! Dailymotion: ids such as `x8abcde`, sometimes with the title behind an underscore.

use engine::media::{Media, Player};

use super::Address;

pub(super) fn owns(host: &str) -> bool {
    matches!(host, "dailymotion.com" | "geo.dailymotion.com" | "touch.dailymotion.com" | "dai.ly")
}

pub(super) fn read(address: &Address<'_>) -> Option<Media> {
    let id = match (address.host, address.path.as_slice()) {
        ("dai.ly", [id]) => (*id).to_owned(),
        ("dai.ly", _) => return None,
        (_, ["video" | "swf", id] | ["embed" | "swf", "video", id]) => (*id).to_owned(),
        (_, ["hub" | "playlist", ..]) => address.query("video")?,
        ("geo.dailymotion.com", [_] | ["player", _]) => address.query("video")?,
        _ => return None,
    };
    // Old links carry words of the title behind the id.
    let id = id.split('_').next().unwrap_or(&id).to_owned();
    if !(4..=20).contains(&id.len()) || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let mut media = Media::bare(format!("https://www.dailymotion.com/video/{id}"), Player::Dailymotion);
    media.thumbnail = Some(format!("https://www.dailymotion.com/thumbnail/video/{id}"));
    media.provider_id = Some(id);
    Some(media)
}
