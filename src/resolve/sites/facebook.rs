//! Facebook: public videos and reels, whether recorded or live: the link does not tell.

use engine::media::Media;

use super::{Address, embed, is_id, is_number};

pub(super) fn owns(host: &str) -> bool {
    matches!(host, "facebook.com" | "web.facebook.com" | "fb.watch")
}

pub(super) fn read(address: &Address<'_>) -> Option<Media> {
    let (id, link) = match (address.host, address.path.as_slice()) {
        ("fb.watch", [code]) if is_id(code, 40) => ((*code).to_owned(), format!("https://fb.watch/{code}/")),
        ("fb.watch", _) => return None,
        (_, ["watch" | "video.php"] | ["watch", "live"]) => {
            let id = address.query("v")?;
            let link = format!("https://www.facebook.com/watch/?v={id}");
            (id, link)
        }
        (_, ["reel" | "reels", id]) => ((*id).to_owned(), format!("https://www.facebook.com/reel/{id}/")),
        (_, [page, "videos", id] | [page, "videos", _, id]) if is_page(page) => {
            ((*id).to_owned(), format!("https://www.facebook.com/{page}/videos/{id}/"))
        }
        _ => return None,
    };
    if address.host != "fb.watch" && !is_number(&id) {
        return None;
    }
    let mut media = embed(link, "facebook", &id);
    media.title = Some(format!("Facebook video {id}"));
    Some(media)
}

fn is_page(name: &str) -> bool {
    (1..=80).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}
