//! Odysee: what a channel published, `@channel:1/title:2`.

use engine::media::Media;

use super::{Address, embed};

pub(super) fn owns(host: &str) -> bool {
    host == "odysee.com"
}

pub(super) fn read(address: &Address<'_>) -> Option<Media> {
    let parts: Vec<String> = address.path.iter().map(|part| part.replace("%3A", ":").replace("%3a", ":")).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (channel, claim) = match parts.as_slice() {
        [channel, claim] | ["$", "embed", channel, claim] => (*channel, *claim),
        _ => return None,
    };
    let channel_fits = channel.strip_prefix('@').is_some_and(is_claim);
    (channel_fits && is_claim(claim)).then(|| {
        let name = format!("{channel}/{claim}");
        let mut media = embed(format!("https://odysee.com/{name}"), "odysee", &name);
        // Names in other letters stand escaped: no title is better than that.
        let title = claim.split(':').next().filter(|title| !title.contains('%'));
        media.title = Some(title.map_or_else(|| "Odysee video".to_owned(), |title| title.replace('-', " ")));
        media
    })
}

/// A name and the beginning of its number: `title:2a`. Names in other letters stand escaped.
fn is_claim(text: &str) -> bool {
    let Some((name, number)) = text.split_once(':') else { return false };
    (1..=200).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'%'))
        && (1..=40).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_hexdigit())
}
