//! Lists behind links: texts with a link per line, M3U, CSV, JSON, XSPF. YouTube's playlists are [`youtube`](super::youtube)'s.
//!
//! A list is somebody's link, so the guard fetches it; what stands in it is somebody's too, so the guard checks each.

use engine::{
    lists::{self, Entry, LIMIT, List},
    media::{Media, Player},
    ports::Resolve as _,
    refusal::{Code, Refusal},
    text,
};
use futures_util::{StreamExt, stream};
use tokio::time::timeout_at;
use url::Url;

use super::{Resolver, TITLE_LIMIT, guard::Opened, kind, manifest, sites};

/// How many links of a list are looked at, because their text does not tell what they are. Each is a request to a host that
/// whoever wrote the list chose.
const LOOKS: usize = 20;
/// How many of these looks go on at once.
const AT_ONCE: usize = 4;

/// Endings of files that are lists.
const ENDINGS: &[&str] = &["m3u", "m3u8", "txt", "csv", "json", "xspf"];

/// Where a link to a list leads.
pub(super) enum Behind {
    /// To a list of links.
    List(List),
    /// To another site, which was not asked.
    Site(Url),
    /// To something that is no list.
    Other,
}

/// The list behind a link of no known site.
pub(super) async fn look(resolver: &Resolver, link: &Url) -> Result<Behind, Refusal> {
    if matches!(kind::by_name(link), Some(Player::Video | Player::Audio | Player::Dash)) {
        return Ok(Behind::Other);
    }
    let guard = &resolver.guard;
    let deadline = guard.deadline();
    let answer = match guard.open_until(link, None, deadline, |link| sites::find(link).is_some()).await? {
        Opened::Answer(answer) => answer,
        Opened::Stopped(site) => return Ok(Behind::Site(site)),
    };
    let named = is_named_list(link) || is_named_list(&answer.link);
    if !may_be_list(answer.content_type().as_deref(), named) {
        return Ok(Behind::Other);
    }
    let from = answer.link.clone();
    let (body, all) = answer.read(usize::MAX).await;
    let Some((title, entries)) = manifest::aside(move || Ok(read(&body, all, &from))).await? else {
        return Ok(Behind::Other);
    };
    let media = media_of(resolver, entries).await;
    if media.is_empty() {
        return Err(Code::NotMedia.into());
    }
    Ok(Behind::List(List { title, media, first: None }))
}

fn is_named_list(link: &Url) -> bool {
    let ending = link.path().rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&&*ending))
}

/// Whether something of this media type may be a list; what has none is one by its name only.
fn may_be_list(media_type: Option<&str>, named: bool) -> bool {
    match media_type {
        Some("text/plain" | "text/csv" | "application/json" | "application/xspf+xml") => true,
        Some("text/xml" | "application/xml" | "application/octet-stream" | "binary/octet-stream") | None => named,
        other => kind::by_type(other) == kind::Verdict::Plays(Player::Hls),
    }
}

/// The title and the entries of a list; none where the text is something else: a page, a stream's playlist.
fn read(body: &[u8], all: bool, from: &Url) -> Option<(Option<String>, Vec<Entry>)> {
    if body.contains(&0) {
        return None;
    }
    let text = String::from_utf8_lossy(body);
    let mut text = text.trim_start_matches('\u{feff}').trim_start();
    if !all {
        // The last line may be cut, and half a link is another link.
        text = &text[..text.rfind('\n')?];
    }
    if text.starts_with('<') {
        return xspf(text, from);
    }
    if text.starts_with("#EXTM3U") && text.contains("#EXT-X-") {
        return None;
    }
    let entries = lists::parse_at(text, Some(from));
    (!entries.is_empty()).then(|| (lists::title(text), entries))
}

/// XSPF: `playlist/trackList/track/{location, title}`.
fn xspf(text: &str, from: &Url) -> Option<(Option<String>, Vec<Entry>)> {
    // Roxmltree refuses document type definitions, and with them entities that grow.
    let document = roxmltree::Document::parse(text).ok()?;
    let root = document.root_element();
    if root.tag_name().name() != "playlist" {
        return None;
    }
    let child = |node: roxmltree::Node<'_, '_>, name: &str| {
        let child = node.children().find(|child| child.tag_name().name() == name)?;
        child.text().map(|text| text.trim().to_owned())
    };
    let tracks = root.children().filter(|node| node.tag_name().name() == "trackList").flat_map(|list| list.children());
    let entry = |track: roxmltree::Node<'_, '_>| {
        let link = from.join(&child(track, "location")?).ok()?;
        let title = child(track, "title").and_then(|title| text::clipped(&title, TITLE_LIMIT));
        Some((link.into(), title))
    };
    let entries: Vec<Entry> =
        tracks.filter(|node| node.tag_name().name() == "track").filter_map(entry).take(LIMIT).collect();
    (!entries.is_empty()).then(|| (child(root, "title").and_then(|title| text::clipped(&title, TITLE_LIMIT)), entries))
}

/// What the entries are: by their links alone where that tells, else by a look, as far as the looks go.
async fn media_of(resolver: &Resolver, entries: Vec<Entry>) -> Vec<Media> {
    let total = entries.len();
    let mut looks = LOOKS;
    let known = entries.into_iter().filter_map(|(link, title)| {
        let link: Url = link.parse().ok()?;
        let known = resolver.recognise(&link).ok()?;
        if known.is_none() {
            looks = looks.checked_sub(1)?;
        }
        Some((link, title, known))
    });
    let known: Vec<_> = known.collect();
    let deadline = resolver.guard.deadline();
    let mut found = stream::iter(known)
        .map(|(link, title, known)| async move {
            let media = match known {
                Some(media) => Some(media),
                None => timeout_at(deadline, resolver.probe(&link)).await.ok().and_then(Result::ok),
            };
            media.map(|media| Media { title: title.or_else(|| media.title.clone()), ..media })
        })
        .buffered(AT_ONCE);
    let mut media = Vec::new();
    while let Some(next) = found.next().await {
        media.extend(next);
    }
    if media.len() < total {
        tracing::debug!(total, kept = media.len(), "some entries of a list cannot be played, or were not looked at");
    }
    media
}
