//! A look at a link of no known site: files, HLS, DASH, radio streams.
//!
//! One request tells the kind and brings the beginning; a few more bring what the [`container`] still
//! needs. Whatever goes wrong once the kind is known costs the length or the title, not the link.

use engine::{
    media::{Media, Player},
    refusal::{Code, Refusal},
    text,
};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{
    TITLE_LIMIT,
    container::{self, Sparse, Step},
    file,
    guard::{Answer, Guard, Opened},
    kind::{self, Verdict},
    manifest, sites,
};

/// Bytes of the beginning: room for the indexes of most files and for a picture in front of a song.
const HEAD: usize = 512 * 1024;
/// Bytes of each further piece.
const PIECE: usize = 256 * 1024;
/// Further pieces at most: the index behind the film, then the end of an ogg, and one in reserve.
const PIECES: usize = 3;

/// What there is to say about a file or stream besides its kind.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Its length, if it has one that is cheap to learn.
    pub duration: Option<engine::time::Millis>,
    /// Its title, as it stands in it.
    pub title: Option<String>,
    /// It has no end.
    pub live: bool,
}

/// What a look at a link found.
#[derive(Debug)]
pub enum Look {
    /// A file or a stream.
    Media(Media),
    /// A redirect to a known site, which was not asked: short links of all kinds.
    Site(Url),
}

/// Looks at a link through the guard. Refusals: those of the guard, and `not_media`.
pub async fn look(guard: &Guard, link: &Url) -> Result<Look, Refusal> {
    let deadline = guard.deadline();
    let is_site = |link: &Url| sites::find(link).is_some();
    let opened = match guard.open_until(link, Some((0, HEAD as u64 - 1)), deadline, is_site).await {
        // Some servers know no ranges of what they make up on the fly and say so wrongly.
        Err(refusal) if refusal.args.get("status").is_some_and(|status| status == "416" || status == "501") => {
            guard.open_until(link, None, deadline, is_site).await?
        }
        other => other?,
    };
    match opened {
        Opened::Answer(answer) => look_at(guard, link, answer, deadline).await.map(Look::Media),
        Opened::Stopped(site) => Ok(Look::Site(site)),
    }
}

async fn look_at(guard: &Guard, link: &Url, answer: Answer, deadline: Instant) -> Result<Media, Refusal> {
    let said = kind::by_type(answer.content_type().as_deref());
    if said == Verdict::Nothing {
        return Err(Code::NotMedia.into());
    }
    if is_radio(&answer, said) {
        let station =
            answer.headers().get("icy-name").map(|name| String::from_utf8_lossy(name.as_bytes()).into_owned());
        let mut media = file(link, Player::Audio);
        media.live = true;
        media.title = station.and_then(|name| text::clipped(&name, TITLE_LIMIT));
        return Ok(media);
    }

    let (first, total) = answer.place();
    let from = answer.link.clone();
    let partial = answer.partial();
    // A range that does not begin at the beginning is of no use.
    if first != 0 {
        return said_or_named(said, link).map(|player| file(link, player)).ok_or(Code::NotMedia.into());
    }
    let limit = if matches!(said, Verdict::Plays(Player::Hls | Player::Dash)) { usize::MAX } else { HEAD };
    let (head, all) = answer.read(limit).await;
    let player = match said {
        Verdict::Plays(player) => player,
        _ => match kind::by_bytes(&head) {
            Verdict::Plays(player) => player,
            Verdict::Nothing => return Err(Code::NotMedia.into()),
            Verdict::Unsaid => kind::by_name(&from).or_else(|| kind::by_name(link)).ok_or(Code::NotMedia)?,
        },
    };

    // Everything there is, not only everything of a range.
    let all = all && (!partial || total == Some(head.len() as u64));
    let facts = match player {
        Player::Hls | Player::Dash => {
            // A longer manifest than a piece of a file: asked for again, as a whole.
            let (text, all) =
                if all { (head, true) } else { guard.open(link, None, deadline).await?.read(usize::MAX).await };
            if player == Player::Hls {
                hls(guard, &from, text, all, deadline).await?
            } else {
                within(deadline, manifest::dash(text, all)).await?
            }
        }
        _ => {
            let total = if all { Some(head.len() as u64) } else { total };
            let pieces = if partial && !all { PIECES } else { 0 };
            measure(guard, &from, Sparse::new(head, total), pieces, deadline).await
        }
    };
    let mut media = file(link, player);
    media.duration = facts.duration.filter(|_| !facts.live);
    media.title = facts.title.and_then(|title| text::clipped(&title, TITLE_LIMIT));
    media.live = facts.live;
    Ok(media)
}

fn said_or_named(said: Verdict, link: &Url) -> Option<Player> {
    if let Verdict::Plays(player) = said { Some(player) } else { kind::by_name(link) }
}

/// A station that Icecast or Shoutcast sends: known by its headers before a byte of it is read.
fn is_radio(answer: &Answer, said: Verdict) -> bool {
    let endless = answer.place().1.is_none() && matches!(said, Verdict::Plays(Player::Audio) | Verdict::Unsaid);
    let headers = answer.headers();
    endless && ["icy-name", "icy-br", "icy-metaint", "icy-pub"].iter().any(|name| headers.contains_key(*name))
}

/// A playlist's length: its own, or that of the first variant it names.
async fn hls(guard: &Guard, from: &Url, text: Vec<u8>, all: bool, deadline: Instant) -> Result<Facts, Refusal> {
    match within(deadline, manifest::hls(text, all)).await? {
        manifest::Hls::Media(facts) => Ok(facts),
        manifest::Hls::Master(variant) => {
            let Some(variant) = variant.and_then(|variant| from.join(&variant).ok()) else {
                return Ok(Facts::default());
            };
            let Ok(answer) = guard.open(&variant, None, deadline).await else { return Ok(Facts::default()) };
            let (text, all) = answer.read(usize::MAX).await;
            Ok(match within(deadline, manifest::hls(text, all)).await {
                Ok(manifest::Hls::Media(facts)) => facts,
                _ => Facts::default(),
            })
        }
    }
}

/// A file's length and title out of its beginning and as few further pieces as it needs.
async fn measure(guard: &Guard, from: &Url, mut sparse: Sparse, mut pieces: usize, deadline: Instant) -> Facts {
    loop {
        let Ok(step) = timeout_at(deadline, container::read(sparse.clone())).await else { return Facts::default() };
        let (facts, at) = match step {
            Step::Done(facts) => return facts,
            Step::Missing(facts, _) if pieces == 0 => return facts,
            Step::Missing(facts, at) => (facts, at),
        };
        pieces -= 1;
        let Some(total) = sparse.total() else { return facts };
        // Near the end, all up to the end and what stands just before: readers go back and forth there.
        let piece = PIECE as u64;
        let first = if total.saturating_sub(at) < piece { total.saturating_sub(piece) } else { at };
        let last = first.saturating_add(piece).min(total).saturating_sub(1);
        let Ok(answer) = guard.open(from, Some((first, last)), deadline).await else { return facts };
        if !answer.partial() || answer.place().0 != first {
            return facts;
        }
        let (piece, _) = answer.read(PIECE).await;
        if piece.is_empty() {
            return facts;
        }
        sparse.add(first, piece);
    }
}

/// A parser that takes longer than the whole look may found nothing to play.
async fn within<T>(deadline: Instant, parsed: impl Future<Output = Result<T, Refusal>>) -> Result<T, Refusal> {
    timeout_at(deadline, parsed).await.unwrap_or(Err(Code::NotMedia.into()))
}
