//! Bilibili: videos by their `BV…` id, and the part of one that has several.

use engine::media::Media;

use super::{Address, embed};

pub(super) fn owns(host: &str) -> bool {
    matches!(host, "bilibili.com" | "player.bilibili.com")
}

pub(super) fn read(address: &Address<'_>) -> Option<Media> {
    let id = match (address.host, address.path.as_slice()) {
        ("bilibili.com", ["video", id]) => (*id).to_owned(),
        ("player.bilibili.com", ["player.html"]) => address.query("bvid")?,
        _ => return None,
    };
    let rest = id.strip_prefix("BV")?;
    if rest.len() != 10 || !rest.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let part = address.query("p").filter(|part| matches!(part.parse::<u16>(), Ok(2..=999)));
    let (link, name) = match part {
        Some(part) => (format!("https://www.bilibili.com/video/{id}?p={part}"), format!("{id}:{part}")),
        None => (format!("https://www.bilibili.com/video/{id}"), id.clone()),
    };
    let mut media = embed(link, "bilibili", &name);
    media.title = Some(format!("Bilibili {id}"));
    Some(media)
}
