//! From a link to an item in a queue: the one way, whatever the door.
//!
//! A title is never waited for longer than two seconds: what the link alone tells is queued, and the rest is filled in
//! when it comes.

use std::{sync::Arc, time::Duration};

use tokio_util::task::TaskTracker;
use url::Url;

use crate::{
    command::{Actor, Command, Spot},
    ids::{Entropy, ItemId, RoomId},
    media::Media,
    ports::Resolve,
    refusal::{Code, No, Refusal},
    room,
    rooms::{Done, Rooms},
    time::Clock,
};

/// How long who asked waits for what a look at the link tells.
const PATIENCE: Duration = Duration::from_secs(2);
/// The longest link there is.
const LINK_LIMIT: usize = 2_048;

/// Queues links.
#[derive(Clone)]
pub struct Intake {
    rooms: Rooms,
    resolve: Arc<dyn Resolve>,
    clock: Clock,
    /// Looks that go on after the answer.
    looks: TaskTracker,
}

/// What became of a link.
#[derive(Debug, Clone)]
pub struct Queued {
    /// The new item.
    pub item: ItemId,
    /// As the room's command came to.
    pub done: Done,
}

/// What a link is, as far as it is known.
#[derive(Debug)]
pub struct Found {
    media: Media,
    /// The look that goes on.
    rest: Option<Look>,
}

impl Intake {
    pub(crate) fn new(rooms: Rooms, resolve: Arc<dyn Resolve>, clock: Clock) -> Self {
        Self { rooms, resolve, clock, looks: TaskTracker::new() }
    }

    /// Queues a link, or finds media by words where it is none.
    ///
    /// Who may not add is told so before anything is fetched in their name.
    pub async fn queue(&self, room: RoomId, actor: &Actor, link: &str, spot: Spot) -> Result<Queued, No> {
        let view = self.rooms.view(room).await?;
        room::may_add(&view, actor)?;
        let found = self.look(link).await?;
        self.add(room, actor, found, spot).await
    }

    /// Queues what was found.
    pub async fn add(&self, room: RoomId, actor: &Actor, found: Found, spot: Spot) -> Result<Queued, No> {
        let Found { media, rest } = found;
        let item = Entropy.item();
        let command = Command::add(item, media, actor, self.clock.now().wall, spot);
        let done = self.rooms.command(room, actor.clone(), command).await?;
        if let Some(rest) = rest {
            let rooms = self.rooms.clone();
            self.looks.spawn(async move {
                // A look that ends in a refusal leaves the item: its player will say what is wrong with it.
                if let Ok(Ok(media)) = rest.await {
                    let describe = Command::Describe { item, media: Arc::new(media) };
                    let _ = rooms.command(room, room::hand(), describe).await;
                }
            });
        }
        Ok(Queued { item, done })
    }

    /// What a link is: all of it if that is known within two seconds, else what the link alone tells, and the rest to come.
    /// By itself it queues nothing: for a room that is made only if there is something to watch.
    pub async fn look(&self, link: &str) -> Result<Found, No> {
        let url = match parse(link)? {
            Link::Url(url) => url,
            Link::Words(words) => {
                let found = self.resolve.search(words).await?;
                let first = found.into_iter().next().ok_or(Code::NotMedia)?;
                return Ok(Found { media: first, rest: None });
            }
        };
        let guess = self.resolve.recognise(&url)?;
        let resolve = self.resolve.clone();
        let mut look: Look = self.looks.spawn(async move { resolve.probe(&url).await });
        match tokio::time::timeout(PATIENCE, &mut look).await {
            Ok(Ok(media)) => Ok(Found { media: media?, rest: None }),
            Ok(Err(panic)) => Err(crate::refusal::Fault(format!("looking at a link failed: {panic}")).into()),
            Err(_) => match guess {
                Some(media) => Ok(Found { media, rest: Some(look) }),
                None => Err(Code::LinkUnreachable.into()),
            },
        }
    }
}

type Look = tokio::task::JoinHandle<Result<Media, Refusal>>;

/// What people put where a link goes.
enum Link<'a> {
    Url(Url),
    Words(&'a str),
}

fn parse(link: &str) -> Result<Link<'_>, Refusal> {
    let link = link.trim();
    // Angle brackets are how people keep Discord from unfolding a link.
    let link = link.strip_prefix('<').and_then(|link| link.strip_suffix('>')).unwrap_or(link);
    if link.is_empty() {
        return Err(Code::TextEmpty.into());
    }
    if link.len() > LINK_LIMIT {
        return Err(Refusal::new(Code::TextTooLong).with("limit", LINK_LIMIT));
    }
    if link.chars().any(char::is_whitespace) {
        return Ok(Link::Words(link));
    }
    let url = match Url::parse(link) {
        // "youtu.be/x" is what people type, and in "nas.example:8080/x" the host reads like a scheme.
        Err(url::ParseError::RelativeUrlWithoutBase) if link.contains('.') => Url::parse(&format!("https://{link}")),
        Ok(url) if url.scheme().contains('.') => Url::parse(&format!("https://{link}")),
        parsed => parsed,
    };
    let url = url.map_err(|_| Refusal::new(Code::BadLink))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Code::BadScheme.into());
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(Code::BadLink.into());
    }
    Ok(Link::Url(url))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(link: &str) -> String {
        match parse(link) {
            Ok(Link::Url(url)) => url.into(),
            Ok(Link::Words(words)) => format!("words: {words}"),
            Err(refusal) => refusal.code.name().to_owned(),
        }
    }

    #[test]
    fn links_are_read_as_people_write_them() {
        assert_eq!(url(" <https://films.example/a.mp4> "), "https://films.example/a.mp4");
        assert_eq!(url("youtu.be/x"), "https://youtu.be/x");
        assert_eq!(url("nas.example:8080/a.mp4"), "https://nas.example:8080/a.mp4");
        assert_eq!(url("a film about bunnies"), "words: a film about bunnies");
        assert_eq!(url("nonsense"), "bad_link");
        assert_eq!(url("javascript:alert(1)"), "bad_scheme");
        assert_eq!(url("data:text/html,x.y"), "bad_scheme");
        assert_eq!(url("  "), "text_empty");
        assert_eq!(url(&format!("https://films.example/{}", "a".repeat(2_048))), "text_too_long");
    }
}
