//! From a link to an item in a queue: the one way, whatever the door.
//!
//! A title is never waited for longer than two seconds: what the link alone tells is queued, and the rest is filled in
//! when it comes.

use std::{future::Future, sync::Arc, time::Duration};

use futures_util::{StreamExt, stream};
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::{
    command::{Actor, Command, Spot},
    embeds,
    event::{Event, EventKind},
    ids::{CallId, Entropy, ItemId, RoomId},
    limits::{Limits, Rule},
    media::{Category, Item, Media},
    playlists::Entry,
    ports::Resolve,
    refusal::{Code, Fault, No, Refusal},
    room,
    rooms::{Done, Earlier, Rooms},
    text,
    time::{Clock, Millis},
};

/// How many characters of a title are kept.
const TITLE_LIMIT: usize = 200;

/// How long who asked waits for what a look at the link tells.
const PATIENCE: Duration = Duration::from_secs(2);
/// The same for a list, which may come in several pages.
const LIST_PATIENCE: Duration = Duration::from_secs(10);
/// The longest link there is.
const LINK_LIMIT: usize = 2_048;
/// How many links may be queued at once.
pub const MANY: usize = 500;
/// How many of many links are looked at at the same time.
const AT_ONCE: usize = 4;
/// How many of many links are looked at before they are queued, where that is wanted: nobody waits for five hundred.
const LOOKS: usize = 20;
/// How many of many links cost as much as one that is looked at by itself.
const A_DOZEN: usize = 10;

/// Queues links.
#[derive(Clone)]
pub struct Intake {
    rooms: Rooms,
    resolve: Arc<dyn Resolve>,
    limits: Arc<Limits>,
    clock: Clock,
    /// Looks that go on after the answer.
    looks: TaskTracker,
}

/// Something that somebody wants in a queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// A link, or words to search for.
    pub link: String,
    /// What to call it while nobody knows better.
    pub title: Option<String>,
    /// Nobody knows better: that title holds, whatever a look at the link tells.
    pub title_holds: bool,
    /// Link of a still picture while nobody knows a better one.
    pub thumbnail: Option<String>,
    /// Where it begins; what the link itself says, where nothing is said here.
    pub start: Option<Millis>,
    /// Where it ends.
    pub end: Option<Millis>,
    /// Link of its subtitles.
    pub subtitles: Option<String>,
    /// All of the list that the link is part of, and not only what it points to.
    pub whole_list: bool,
    /// One of many is looked at as one by itself is, as far as that goes: what cannot be watched is found out before it is
    /// queued.
    pub looked_at: bool,
}

impl From<&str> for Wish {
    fn from(link: &str) -> Self {
        Self { link: link.to_owned(), ..Self::default() }
    }
}

impl From<&String> for Wish {
    fn from(link: &String) -> Self {
        link.as_str().into()
    }
}

/// What became of links.
#[derive(Debug, Clone)]
pub struct Queued {
    /// The first new item.
    pub item: ItemId,
    /// What of many was left out: its place among them, from 0, and why.
    pub left_out: Vec<(usize, Refusal)>,
    /// As the room's command came to.
    pub done: Done,
}

/// What links are, as far as that is known.
#[derive(Debug)]
pub struct Found {
    pieces: Vec<Piece>,
}

impl Found {
    /// What would be queued, in that order, as far as it is known.
    pub fn media(&self) -> impl Iterator<Item = &Media> {
        self.pieces.iter().map(|piece| &piece.media)
    }

    /// The same, called after a call, if there is one.
    fn called_after(mut self, call: Option<CallId>) -> Self {
        if let Some(call) = call {
            for (place, piece) in (0..).zip(&mut self.pieces) {
                piece.item = call.item(place);
            }
        }
        self
    }
}

/// What one link is.
#[derive(Debug)]
struct Piece {
    item: ItemId,
    media: Media,
    start: Option<Millis>,
    end: Option<Millis>,
    subtitles: Option<String>,
    /// Its title is to stay.
    title_holds: bool,
    /// The look that goes on.
    rest: Rest,
}

/// What is still to be found out.
#[derive(Debug)]
enum Rest {
    /// Nothing.
    Known,
    /// Somebody is looking already.
    Looking(Look),
    /// Somebody must look.
    Unknown(Url),
}

type Look = tokio::task::JoinHandle<Result<Media, Refusal>>;

impl Intake {
    /// Must be called within a tokio runtime.
    pub(crate) fn new(rooms: Rooms, resolve: Arc<dyn Resolve>, limits: Arc<Limits>, clock: Clock) -> Self {
        if let Some(begun) = rooms.begun() {
            tokio::spawn(look_for_parts(rooms.clone(), resolve.clone(), begun));
        }
        Self { rooms, resolve, limits, clock, looks: TaskTracker::new() }
    }

    /// Queues a link for somebody whose address the door does not know.
    pub async fn queue(&self, room: RoomId, actor: &Actor, wish: impl Into<Wish>, spot: Spot) -> Result<Queued, No> {
        self.queue_from(room, actor, None, wish, spot).await
    }

    /// Queues a link, or finds media by words where it is none. `from` is the address it is asked from.
    ///
    /// Who may not add is told so before anything is fetched in their name, and pays nothing.
    pub async fn queue_from(
        &self,
        room: RoomId,
        actor: &Actor,
        from: Option<&str>,
        wish: impl Into<Wish>,
        spot: Spot,
    ) -> Result<Queued, No> {
        self.queue_once(room, actor, from, None, wish, spot).await
    }

    /// The same, once, however often this call is made: who was not answered makes it again.
    pub async fn queue_once(
        &self,
        room: RoomId,
        actor: &Actor,
        from: Option<&str>,
        call: Option<CallId>,
        wish: impl Into<Wish>,
        spot: Spot,
    ) -> Result<Queued, No> {
        let queue = async |call| {
            let view = self.rooms.view(room).await?;
            room::may_add(&view, actor)?;
            let found = self.look(actor, from, wish).await?;
            self.add(room, actor, found.called_after(call), spot).await
        };
        self.once(room, actor, call, queue).await
    }

    /// Queues many links at once, by what they tell by themselves; the rest is filled in when it comes. What cannot be
    /// watched is left out, and said.
    pub async fn queue_many(
        &self,
        room: RoomId,
        actor: &Actor,
        from: Option<&str>,
        wishes: Vec<Wish>,
        spot: Spot,
    ) -> Result<Queued, No> {
        self.queue_many_once(room, actor, from, None, wishes, spot).await
    }

    /// The same, once, however often this call is made: who was not answered makes it again, and is not told what was left out.
    pub async fn queue_many_once(
        &self,
        room: RoomId,
        actor: &Actor,
        from: Option<&str>,
        call: Option<CallId>,
        wishes: Vec<Wish>,
        spot: Spot,
    ) -> Result<Queued, No> {
        let queue = async |call| {
            let view = self.rooms.view(room).await?;
            room::may_add(&view, actor)?;
            let (found, left_out) = self.look_at_many(actor, from, wishes).await?;
            let queued = self.add(room, actor, found.called_after(call), spot).await?;
            Ok(Queued { left_out, ..queued })
        };
        self.once(room, actor, call, queue).await
    }

    /// Queues, unless this call did that before.
    async fn once<F>(
        &self,
        room: RoomId,
        actor: &Actor,
        call: Option<CallId>,
        queue: impl FnOnce(Option<CallId>) -> F,
    ) -> Result<Queued, No>
    where
        F: Future<Output = Result<Queued, No>>,
    {
        let call = match self.rooms.earlier(room, actor.person, call).await? {
            Earlier::Made(events) => return self.queued_before(room, events).await,
            Earlier::Nothing(call) => call,
        };
        let refused = match queue(call).await {
            Ok(queued) => return Ok(queued),
            Err(no) => no,
        };
        // It may have come about only just now.
        match self.rooms.earlier(room, actor.person, call).await {
            Ok(Earlier::Made(events)) => self.queued_before(room, events).await,
            Ok(Earlier::Nothing(_)) | Err(_) => Err(refused),
        }
    }

    /// What was queued before by a call that nobody answered. Whoever did may have died before it was known what the
    /// links are.
    async fn queued_before(&self, room: RoomId, events: Vec<Arc<Event>>) -> Result<Queued, No> {
        let added = |event: &Arc<Event>| match &event.kind {
            EventKind::Added { items, .. } => items.clone(),
            _ => Vec::new(),
        };
        let items: Vec<_> = events.iter().flat_map(added).collect();
        let item = items.first().ok_or_else(|| Fault::new("what was queued before made no event"))?.id;
        let view = self.rooms.view(room).await?;
        let there = |item: &&Arc<Item>| view.queue.iter().chain(&view.current).any(|there| there.id == item.id);
        let unknown = items.iter().filter(there).filter(|item| item.media.duration.is_none() && !item.media.live);
        self.find_out(room, unknown.filter_map(|item| Piece::unknown(item)).collect());
        Ok(Queued { item, left_out: Vec::new(), done: Done { events, view } })
    }

    /// What many links are by themselves, to be queued later, and what of them cannot be watched: by itself it queues
    /// nothing. Where none can be watched, why the first cannot.
    pub async fn look_at_many(
        &self,
        actor: &Actor,
        from: Option<&str>,
        wishes: Vec<Wish>,
    ) -> Result<(Found, Vec<(usize, Refusal)>), No> {
        let (pieces, left_out) = self.glance_at_all(actor, from, wishes).await?;
        match left_out.first().filter(|_| pieces.is_empty()) {
            Some((_, refusal)) => Err(refusal.clone().into()),
            None => Ok((Found { pieces }, left_out)),
        }
    }

    /// What many links are by themselves, to be kept for later. The first that cannot be watched is refused.
    pub async fn entries(&self, actor: &Actor, from: Option<&str>, wishes: Vec<Wish>) -> Result<Vec<Entry>, No> {
        let (pieces, left_out) = self.glance_at_all(actor, from, wishes).await?;
        if let Some((_, refusal)) = left_out.into_iter().next() {
            return Err(refusal.into());
        }
        let entry = |piece: Piece| Entry {
            media: Arc::new(piece.media),
            start: piece.start,
            end: piece.end,
            subtitles: piece.subtitles.map(Arc::from),
        };
        Ok(pieces.into_iter().map(entry).collect())
    }

    /// Looks at many links, a few at a time and each no longer than it must.
    async fn glance_at_all(
        &self,
        actor: &Actor,
        from: Option<&str>,
        wishes: Vec<Wish>,
    ) -> Result<(Vec<Piece>, Vec<(usize, Refusal)>), No> {
        if wishes.is_empty() || wishes.len() > MANY {
            return Err(Refusal::input(format_args!("Send 1 to {MANY} links at once.")).into());
        }
        for _ in 0..wishes.len().div_ceil(A_DOZEN) {
            self.limits.take_for(Rule::Links, actor.person, from, self.clock.play_time())?;
        }
        let mut looks = LOOKS;
        let wishes: Vec<_> = wishes.into_iter().enumerate().collect();
        let looks = wishes.into_iter().map(|(n, mut wish)| {
            wish.looked_at = wish.looked_at && looks > 0;
            looks -= usize::from(wish.looked_at);
            async move { (n, self.glance(wish).await) }
        });
        let looks: Vec<_> = stream::iter(looks).buffered(AT_ONCE).collect().await;
        let (mut pieces, mut left_out) = (Vec::new(), Vec::new());
        for (n, look) in looks {
            match look {
                Ok(piece) => pieces.push(piece),
                Err(refusal) => left_out.push((n, refusal)),
            }
        }
        Ok((pieces, left_out))
    }

    /// Queues what was found.
    pub async fn add(&self, room: RoomId, actor: &Actor, found: Found, spot: Spot) -> Result<Queued, No> {
        let now = self.clock.now().wall;
        let first = found.pieces.first().map(|piece| piece.item).ok_or(Code::NotMedia)?;
        let items = found.pieces.iter().map(|piece| {
            let item = Item::new(piece.item, piece.media.clone(), actor.who(), now);
            let subtitles = piece.subtitles.as_deref().map(Arc::from);
            Arc::new(Item { start: piece.start, end: piece.end, subtitles, ..item })
        });
        let command = Command::Add { items: items.collect(), spot };
        let done = self.rooms.command(room, actor.clone(), command).await?;
        self.find_out(room, found.pieces);
        Ok(Queued { item: first, left_out: Vec::new(), done })
    }

    /// Goes on looking, at the pace of a few at a time.
    fn find_out(&self, room: RoomId, pieces: Vec<Piece>) {
        let (rooms, resolve) = (self.rooms.clone(), self.resolve.clone());
        self.looks.spawn(async move {
            let looks = pieces.into_iter().map(|piece| find_out(&rooms, &resolve, room, piece));
            stream::iter(looks).buffer_unordered(AT_ONCE).collect::<()>().await;
        });
    }

    /// What a link is: all of it if that is known within two seconds, else what the link alone tells, and the rest to come.
    /// By itself it queues nothing: for a room that is made only if there is something to watch.
    ///
    /// Each look is paid for, once, by who asks and by the address they come from where the door knows it. What is no link
    /// costs nothing.
    pub async fn look(&self, actor: &Actor, from: Option<&str>, wish: impl Into<Wish>) -> Result<Found, No> {
        let wish = wish.into();
        let link = parse(&wish.link)?;
        self.limits.take_for(Rule::Links, actor.person, from, self.clock.play_time())?;
        let url = match link {
            Link::Url(url) => url,
            Link::Words(words) => {
                let found = self.resolve.search(words).await?;
                let first = found.into_iter().next().ok_or(Code::NotMedia)?;
                return Ok(Found { pieces: vec![Piece::new(first, &wish, None, Rest::Known)] });
            }
        };
        if wish.whole_list
            && let Some(list) = self.list(&url).await?
        {
            return Ok(list);
        }
        match self.look_at(&url, &wish).await {
            // What is nothing to play by itself may be a list of what is.
            Err(No::Refusal(refusal)) if refusal.code == Code::NotMedia && !wish.whole_list => {
                self.list(&url).await?.ok_or_else(|| refusal.into())
            }
            found => found,
        }
    }

    /// What a link is, for who is nobody here: the address alone pays for it. Nothing comes of words.
    pub async fn glimpse(&self, from: &str, link: &str) -> Result<Media, No> {
        let Link::Url(url) = parse(link)? else { return Err(Code::BadLink.into()) };
        self.limits.take(Rule::LinksOfAddress, from, self.clock.play_time())?;
        let found = self.look_at(&url, &Wish::default()).await?;
        Ok(found.pieces.into_iter().next().ok_or(Code::NotMedia)?.media)
    }

    /// Looks for media by words, for who wants to choose. It is paid for as a look is.
    pub async fn search(&self, actor: &Actor, from: Option<&str>, words: &str) -> Result<Vec<Media>, No> {
        self.limits.take_for(Rule::Links, actor.person, from, self.clock.play_time())?;
        Ok(self.resolve.search(words.trim()).await?)
    }

    async fn look_at(&self, url: &Url, wish: &Wish) -> Result<Found, No> {
        let guess = self.resolve.recognise(url)?;
        let mut look = self.probe(url);
        let piece = match tokio::time::timeout(PATIENCE, &mut look).await {
            Ok(Ok(media)) => Piece::new(media?, wish, Some(url), Rest::Known),
            Ok(Err(panic)) => return Err(Fault::new(format!("looking at a link failed: {panic}")).into()),
            Err(_) => match guess {
                Some(media) => Piece::new(media, wish, Some(url), Rest::Looking(look)),
                None => return Err(Code::LinkUnreachable.into()),
            },
        };
        Ok(Found { pieces: vec![piece] })
    }

    /// A look that goes on, whoever waits for it.
    fn probe(&self, url: &Url) -> Look {
        let (resolve, asked) = (self.resolve.clone(), url.clone());
        self.looks.spawn(async move { resolve.probe(&asked).await })
    }

    /// The list that a link is, or that what it leads to stands in.
    async fn list(&self, url: &Url) -> Result<Option<Found>, Refusal> {
        let list = tokio::time::timeout(LIST_PATIENCE, self.resolve.list(url)).await;
        let Some(list) = list.map_err(|_| Refusal::new(Code::LinkUnreachable))?? else { return Ok(None) };
        let pieces = list.media.into_iter().map(|media| Piece::new(media, &Wish::default(), None, Rest::Known));
        let pieces: Vec<_> = pieces.collect();
        if pieces.is_empty() { Err(Code::NotMedia.into()) } else { Ok(Some(Found { pieces })) }
    }

    /// What one of many links is by itself; only where it says nothing, a look.
    async fn glance(&self, wish: Wish) -> Result<Piece, Refusal> {
        let Link::Url(url) = parse(&wish.link)? else { return Err(Code::BadLink.into()) };
        if let Some(media) = self.resolve.recognise(&url)? {
            if !wish.looked_at {
                return Ok(Piece::new(media, &wish, Some(&url), Rest::Unknown(url.clone())));
            }
            let mut look = self.probe(&url);
            return match tokio::time::timeout(PATIENCE, &mut look).await {
                Ok(Ok(known)) => Ok(Piece::new(known?, &wish, Some(&url), Rest::Known)),
                Ok(Err(_)) => Ok(Piece::new(media, &wish, Some(&url), Rest::Known)),
                // What is still looked at is described when more is known.
                Err(_) => Ok(Piece::new(media, &wish, Some(&url), Rest::Looking(look))),
            };
        }
        let look = tokio::time::timeout(PATIENCE, self.resolve.probe(&url)).await;
        let media = look.map_err(|_| Refusal::new(Code::LinkUnreachable))??;
        Ok(Piece::new(media, &wish, Some(&url), Rest::Known))
    }
}

impl Piece {
    /// One that is queued already, of which more may be known.
    fn unknown(item: &Item) -> Option<Self> {
        let rest = Rest::Unknown(Url::parse(&item.media.url).ok()?);
        let media = Media::clone(&item.media);
        Some(Self { item: item.id, media, start: None, end: None, subtitles: None, title_holds: false, rest })
    }

    fn new(mut media: Media, wish: &Wish, url: Option<&Url>, rest: Rest) -> Self {
        let given = wish.title.as_deref().and_then(|title| text::clipped(title, TITLE_LIMIT));
        let title_holds = wish.title_holds && given.is_some();
        if media.title.is_none() || title_holds {
            media.title = given;
        }
        if media.thumbnail.is_none() {
            let is_picture = |link: &String| {
                let web = link.starts_with("https://") || link.starts_with("http://");
                web && link.len() <= LINK_LIMIT && !link.chars().any(|c| c.is_control() || c.is_whitespace())
            };
            media.thumbnail = wish.thumbnail.clone().filter(is_picture);
        }
        Self {
            item: Entropy.item(),
            start: wish.start.or_else(|| url.and_then(embeds::start_of).filter(|_| !media.live)),
            end: wish.end,
            subtitles: wish.subtitles.clone().or_else(|| media.captions.first().map(|caption| caption.url.clone())),
            media,
            title_holds,
            rest,
        }
    }
}

/// Finds out the rest of what a queued link is.
async fn find_out(rooms: &Rooms, resolve: &Arc<dyn Resolve>, room: RoomId, piece: Piece) {
    let Piece { item, media, title_holds, rest, .. } = piece;
    let look = match rest {
        Rest::Known => None,
        Rest::Looking(look) => look.await.ok(),
        Rest::Unknown(url) => Some(resolve.probe(&url).await),
    };
    // A look that ends in a refusal leaves the item: its player will say what is wrong with it.
    if let Some(Ok(known)) = look {
        let title = if title_holds { media.title } else { known.title.clone().or(media.title) };
        let thumbnail = known.thumbnail.clone().or(media.thumbnail);
        let describe = Command::Describe { item, media: Arc::new(Media { title, thumbnail, ..known }) };
        let _ = rooms.command(room, room::hand(), describe).await;
    }
}

/// Asks for the parts that may be skipped of what is on and what comes next, in rooms that skip any. It is told of a room
/// whenever another item begins there.
async fn look_for_parts(rooms: Rooms, resolve: Arc<dyn Resolve>, mut begun: mpsc::Receiver<RoomId>) {
    while let Some(room) = begun.recv().await {
        let Ok(view) = rooms.view(room).await else { continue };
        for item in view.current.iter().chain(view.queue.first()).filter(|item| item.segments.is_empty()) {
            match resolve.segments(&item.media, Category::ALL).await {
                Ok(segments) if !segments.is_empty() => {
                    let segment = Command::Segment { item: item.id, segments: segments.into() };
                    let _ = rooms.command(room, room::hand(), segment).await;
                }
                Ok(_) => {}
                Err(refusal) => tracing::debug!(%refusal, "nobody could say which parts may be skipped"),
            }
        }
    }
}

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
