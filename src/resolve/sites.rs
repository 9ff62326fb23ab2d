//! Sites that are known by their links: those whose published player we embed, and those that let nobody embed theirs.
//!
//! Links are read as links, never as text: `evil.example/youtube.com` is no YouTube. One file per site; the list is here.

mod bilibili;
mod dailymotion;
mod facebook;
mod kick;
mod odysee;
mod refused;
mod rumble;
mod streamable;
mod tiktok;
mod twitch;
mod vimeo;
mod youtube;

use engine::{
    media::{Media, Player},
    refusal::{Code, Refusal},
};
use url::Url;

/// A medium of a known site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The site's name, as people write it.
    pub site: &'static str,
    /// The medium: canonical link, provider's id, a picture where the id alone gives it.
    pub media: Media,
}

/// A site: whether a host is one of its own, and what a link on it shows.
struct Site {
    name: &'static str,
    owns: fn(&str) -> bool,
    read: fn(&Address<'_>) -> Option<Media>,
    /// Whether a link shows a video that only another link of the same site could be embedded by.
    hides: fn(&Address<'_>) -> bool,
}

impl Site {
    const fn new(name: &'static str, owns: fn(&str) -> bool, read: fn(&Address<'_>) -> Option<Media>) -> Self {
        Self { name, owns, read, hides: |_| false }
    }
}

const SITES: &[Site] = &[
    Site::new("YouTube", youtube::owns, youtube::read),
    Site::new("Vimeo", vimeo::owns, vimeo::read),
    Site::new("Twitch", twitch::owns, twitch::read),
    Site::new("Dailymotion", dailymotion::owns, dailymotion::read),
    Site::new("Kick", kick::owns, kick::read),
    Site::new("Facebook", facebook::owns, facebook::read),
    Site::new("TikTok", tiktok::owns, tiktok::read),
    Site::new("Streamable", streamable::owns, streamable::read),
    Site::new("Bilibili", bilibili::owns, bilibili::read),
    Site::new("Odysee", odysee::owns, odysee::read),
    Site { hides: rumble::hides, ..Site::new("Rumble", rumble::owns, rumble::read) },
];

/// The sites whose frames take no orders, as they stand before the colon of a provider's id ([`Player::Embed`]).
pub const EMBEDS: &[&str] = &["kick", "facebook", "tiktok", "streamable", "bilibili", "odysee", "rumble"];

/// What a link shows, if it is on a known site. On such a site, pages that are no video are `not_media`: the page of a
/// channel, of a playlist, of settings. Sites that let nobody embed are `site_refused`, those that protect their films
/// `site_protected`.
pub fn find(link: &Url) -> Option<Result<Found, Refusal>> {
    let address = address(link)?;
    if let Some((site, why)) = refused::find(&address) {
        return Some(Err(Refusal::new(why).with("site", site)));
    }
    let site = SITES.iter().find(|site| (site.owns)(address.host))?;
    Some(match (site.read)(&address) {
        Some(media) => Ok(Found { site: site.name, media }),
        None if (site.hides)(&address) => Err(Refusal::new(Code::EmbedLinkNeeded).with("site", site.name)),
        None => Err(Code::NotMedia.into()),
    })
}

/// A medium of a site whose frame takes no orders; `site` is one of [`EMBEDS`].
fn embed(link: String, site: &str, id: &str) -> Media {
    let mut media = Media::bare(link, Player::Embed);
    media.provider_id = Some(format!("{site}:{id}"));
    media
}

/// A playlist of YouTube.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Playlist {
    /// Which one.
    pub list: ListName,
    /// The video in it that the link points to.
    pub video: Option<String>,
}

/// How a link names a playlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListName {
    /// By its id.
    Id(String),
    /// What the channel of this handle uploaded.
    Handle(String),
    /// What the channel of this user name uploaded; names are what channels had before handles.
    User(String),
}

/// The playlist that a link names, if it is one of YouTube's; the page of a channel is the list of what it uploaded. Mixes and
/// one's own "watch later" are none beside a video: nobody else can read them.
pub fn playlist(link: &Url) -> Option<Playlist> {
    let address = address(link)?;
    youtube::owns(address.host).then(|| youtube::playlist(&address))?
}

/// A video of YouTube by its id.
pub(super) fn youtube_video(id: &str) -> Option<Media> {
    youtube::video(id)
}

fn address(link: &Url) -> Option<Address<'_>> {
    let host = link.host_str()?.trim_end_matches('.');
    let host = ["www.", "m."].iter().find_map(|prefix| host.strip_prefix(prefix)).unwrap_or(host);
    Some(Address { host, path: link.path_segments()?.filter(|part| !part.is_empty()).collect(), link })
}

/// A link in the parts by which sites tell their pages apart.
struct Address<'a> {
    /// The host without `www.` or `m.`, in small letters.
    host: &'a str,
    /// The parts of the path, without empty ones.
    path: Vec<&'a str>,
    link: &'a Url,
}

impl Address<'_> {
    /// The first value of a query parameter.
    fn query(&self, name: &str) -> Option<String> {
        self.link.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

/// Whether a text is 1 to `limit` long and made of letters, digits, `_` and `-` only.
fn is_id(text: &str, limit: usize) -> bool {
    (1..=limit).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// Whether a text is a number of at most 18 digits.
fn is_number(text: &str) -> bool {
    (1..=18).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}
