//! What browsers cannot fetch by themselves: through the guarded client, by links that only this server can make.
//!
//! A link is signed when an item of a room is told, and by the rewriting of a playlist that came the same way, and is good
//! for two to three days. So nobody gets an open proxy: what is relayed was queued. Nothing that names somebody goes along, and
//! nothing but media comes back.

mod signer;

use std::{
    io,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use dashmap::DashMap;
use engine::{
    media::Player,
    refusal::{Code, Refusal},
    time::WallTime,
};
use futures_util::{Stream, StreamExt, stream};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    task::spawn_blocking,
    time::{sleep, timeout},
};
use url::Url;

pub use self::signer::{RELAY, Signer};
use super::{
    format::{self, Role},
    playlist,
};
use crate::resolve::{
    Resolver,
    guard::Answer,
    kind::{self, Verdict},
};

/// How long a viewer may take nothing of a stream before it is cut off: a browser whose film is paused asks on from where
/// it stands when it is played again.
const STALL: Duration = Duration::from_secs(120);
/// How much a viewer must take of a stream in each [`SPAN`] after the first one, lest a seat be held for next to nothing:
/// sound of some 9 kbit/s.
const LEAST: u64 = 64 * 1024;
const SPAN: Duration = Duration::from_secs(60);
/// How much of a body is looked at where nobody says what it is: a packet of an MPEG transport stream, and the mark of the
/// next one.
const HEAD: usize = 189;
/// How long the key of an encrypted stream is.
const KEY: u64 = 16;
/// Playlists that are rewritten at once: it takes a processor some milliseconds for each.
const REWRITES: usize = 4;
/// Pieces of a stream that wait for the viewer.
const AHEAD: usize = 8;
/// Bytes of a piece of a rewritten playlist.
const PIECE: usize = 64 * 1024;
/// Streams of one address are at most this part of all, but never fewer than [`A_FEW`].
const SHARE: usize = 4;
const A_FEW: usize = 8;

/// What of a request goes along.
const ASKED: [HeaderName; 2] = [header::RANGE, header::IF_RANGE];
/// What of an answer comes back, besides the type.
const ANSWERED: [HeaderName; 5] =
    [header::CONTENT_LENGTH, header::CONTENT_RANGE, header::ACCEPT_RANGES, header::ETAG, header::LAST_MODIFIED];

/// Passes media through.
pub struct Relay {
    resolver: Arc<Resolver>,
    signer: Arc<Signer>,
    /// How many streams there may be.
    limit: usize,
    streams: Arc<Semaphore>,
    rewrites: Arc<Semaphore>,
    /// How many of them each address has open.
    shares: Arc<DashMap<String, usize>>,
    share: usize,
    /// [`SPAN`]; tests make it short.
    span: Duration,
}

impl Relay {
    /// At most `streams` at once.
    pub fn new(resolver: Arc<Resolver>, signer: Arc<Signer>, streams: usize) -> Self {
        let streams = streams.min(Semaphore::MAX_PERMITS);
        Self {
            resolver,
            signer,
            limit: streams,
            streams: Arc::new(Semaphore::new(streams)),
            rewrites: Arc::new(Semaphore::new(REWRITES)),
            shares: Arc::default(),
            share: (streams / SHARE).max(A_FEW),
            span: SPAN,
        }
    }

    /// Answers a request for a path of [`Signer::path`], without its beginning, for somebody at an address.
    ///
    /// # Errors
    ///
    /// `link_expired`, `busy`, those of the guard, and `not_media` for what is none.
    pub async fn answer(
        &self,
        path: &str,
        from: String,
        asked: &HeaderMap,
        now: WallTime,
    ) -> Result<Response, Refusal> {
        let (link, until) = self.signer.read(path, now)?;
        let seat = self.seat(from)?;
        let guard = self.resolver.guard();
        let mut headers = HeaderMap::new();
        for name in ASKED {
            if let Some(value) = asked.get(&name) {
                headers.insert(name, value.clone());
            }
        }
        let mut answer = guard.stream(&link, &headers).await?;
        if is_packed(&answer) {
            return Err(Refusal::new(Code::LinkBroken).with("status", "in a packed form"));
        }
        let (mut kind, mut first) = (Self::kind_of(&answer), None);
        if kind == Kind::Unsaid {
            // What does not say what it is may be a playlist, or a page: its beginning tells.
            kind = if at_start(&answer) {
                // Told only as long as nothing of the body is read.
                let length = answer.place().1;
                let head = beginning(&mut answer).await;
                first = Some(head.clone());
                if answer.partial() && head.len() < HEAD {
                    // Some browsers ask for two bytes first, which tell nothing.
                    let mut whole = guard.stream(&link, &HeaderMap::new()).await?;
                    let length = whole.place().1;
                    let head = beginning(&mut whole).await;
                    by_beginning(&whole.link, &head, length)
                } else {
                    by_beginning(&answer.link, &head, length)
                }
            } else {
                by_ending(&answer.link)
            };
        }
        match kind {
            Kind::Playlist => {
                if answer.partial() || first.is_some() {
                    answer = guard.stream(&link, &HeaderMap::new()).await?;
                }
                self.playlist(answer, until, seat).await
            }
            Kind::Media(kind) => Ok(pass(answer, first, &kind, seat, self.span)),
            Kind::Nothing | Kind::Unsaid => Err(Code::NotMedia.into()),
        }
    }

    /// How many streams are open.
    pub fn open_streams(&self) -> usize {
        self.limit - self.streams.available_permits()
    }

    /// A place among those who are relayed to.
    fn seat(&self, from: String) -> Result<Seat, Refusal> {
        let permit = self.streams.clone().try_acquire_owned().map_err(|_| Refusal::new(Code::Busy))?;
        let mut count = self.shares.entry(from.clone()).or_default();
        if *count >= self.share {
            return Err(Code::Busy.into());
        }
        *count += 1;
        drop(count);
        Ok(Seat { _permit: permit, shares: self.shares.clone(), from })
    }

    fn kind_of(answer: &Answer) -> Kind {
        let said = answer.content_type();
        match (kind::by_type(said.as_deref()), said) {
            (Verdict::Plays(Player::Hls), _) => Kind::Playlist,
            (Verdict::Plays(Player::Dash), _) => Kind::Nothing,
            (Verdict::Plays(_), Some(said)) => Kind::Media(said),
            (_, Some(said)) if said.starts_with("video/") || said.starts_with("audio/") || said == "text/vtt" => {
                Kind::Media(said)
            }
            (Verdict::Unsaid, _) => Kind::Unsaid,
            _ => Kind::Nothing,
        }
    }

    /// A playlist whose links all come through here.
    async fn playlist(&self, answer: Answer, until: i64, seat: Seat) -> Result<Response, Refusal> {
        let from = answer.link.clone();
        let (text, all) = answer.read(usize::MAX).await;
        let text = String::from_utf8(text).ok().filter(|_| all).ok_or(Code::NotMedia)?;
        let turn = self.rewrites.clone().acquire_owned().await.map_err(|_| Refusal::new(Code::Busy))?;
        let (signer, resolver) = (self.signer.clone(), self.resolver.clone());
        let rewriting = spawn_blocking(move || {
            // Kept to the end, also when nobody waits for it any more.
            let _turn = turn;
            // A playlist from outside opens nothing that is within.
            let fenced = !resolver.guard().excepts(&from);
            playlist::rewrite(&text, &from, |link| {
                if fenced && resolver.guard().excepts(link) { link.to_string() } else { signer.path_until(link, until) }
            })
        });
        let text = rewriting.await.ok().flatten().ok_or(Code::NotMedia)?;
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/vnd.apple.mpegurl"));
        // A live one is another one in seconds.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::CONTENT_LENGTH, text.len().into());
        // It is held for its viewer as long as that takes it, as any stream is: there may be much of it.
        let mut rest = Bytes::from(text);
        let pieces = std::iter::from_fn(move || {
            let piece = rest.split_to(rest.len().min(PIECE));
            (!piece.is_empty()).then_some(Ok(piece))
        });
        Ok((headers, Body::from_stream(pump(stream::iter(pieces), seat, self.span))).into_response())
    }
}

/// What an answer is.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Playlist,
    Media(String),
    Unsaid,
    Nothing,
}

/// The media type and the role by a link's name.
fn named(link: &Url) -> Option<(&'static str, Role)> {
    format::of(link.path_segments()?.next_back()?)
}

/// What a part from the middle of something is, where nobody says it: its bytes tell nothing, so that its name must.
fn by_ending(link: &Url) -> Kind {
    match named(link) {
        Some((_, Role::Piece)) if is_key(link) => Kind::Nothing,
        Some((kind, Role::Plays(Player::Video | Player::Audio) | Role::Captions | Role::Piece)) => {
            Kind::Media(kind.to_owned())
        }
        _ => Kind::Nothing,
    }
}

/// What something of so many bytes is that begins so, where nobody says it.
fn by_beginning(link: &Url, head: &[u8], length: Option<u64>) -> Kind {
    let unnamed = "application/octet-stream";
    match kind::by_bytes(head) {
        Verdict::Plays(Player::Hls) => Kind::Playlist,
        Verdict::Plays(Player::Video | Player::Audio) => Kind::Media(match by_ending(link) {
            Kind::Media(kind) => kind,
            _ => unnamed.to_owned(),
        }),
        Verdict::Plays(_) | Verdict::Nothing => Kind::Nothing,
        // A short head is all there is.
        _ if is_key(link) && head.len() as u64 == KEY && length.is_none_or(|length| length == KEY) => {
            Kind::Media(unnamed.to_owned())
        }
        Verdict::Unsaid => match by_ending(link) {
            Kind::Nothing if is_piece(head) => Kind::Media(unnamed.to_owned()),
            kind => kind,
        },
    }
}

/// Whether a link is named as the key of an encrypted stream.
fn is_key(link: &Url) -> bool {
    link.path().rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("key"))
}

/// Whether pieces of a stream begin so, which do not play by themselves: of MPEG-4, of a transport stream, of captions.
fn is_piece(head: &[u8]) -> bool {
    matches!(head.get(4..8), Some(b"styp" | b"sidx" | b"moof" | b"emsg" | b"prft"))
        || (head.first() == Some(&0x47) && head.get(HEAD - 1) == Some(&0x47))
        || head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).starts_with(b"WEBVTT")
}

/// Whether the body is known to begin at the first byte of the whole.
fn at_start(answer: &Answer) -> bool {
    let range = answer.headers().get(header::CONTENT_RANGE).and_then(|value| value.to_str().ok());
    !answer.partial() || range.is_some_and(|range| range.trim().starts_with("bytes 0-"))
}

/// At least [`HEAD`] bytes of a body, or all there are.
async fn beginning(answer: &mut Answer) -> Bytes {
    let mut head = BytesMut::new();
    while head.len() < HEAD {
        // Where it breaks, it breaks again for the viewer.
        let Ok(Some(piece)) = answer.next().await else { break };
        head.extend_from_slice(&piece);
    }
    head.freeze()
}

/// Whether the body is not what it will be played as.
fn is_packed(answer: &Answer) -> bool {
    answer
        .headers()
        .get(header::CONTENT_ENCODING)
        .is_some_and(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// A stream that is open; another may be opened when it is dropped.
struct Seat {
    _permit: OwnedSemaphorePermit,
    shares: Arc<DashMap<String, usize>>,
    from: String,
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(mut count) = self.shares.get_mut(&self.from) {
            *count = count.saturating_sub(1);
        }
        self.shares.remove_if(&self.from, |_, count| *count == 0);
    }
}

/// The answer as it is, with what of its headers says how to play it.
fn pass(answer: Answer, first: Option<Bytes>, kind: &str, seat: Seat, span: Duration) -> Response {
    let status = answer.status();
    let mut headers = HeaderMap::new();
    for name in ANSWERED {
        if let Some(value) = answer.headers().get(&name) {
            headers.insert(name, value.clone());
        }
    }
    if let Ok(kind) = HeaderValue::from_str(kind) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    // Segments are asked for once by each viewer, and again when they seek back.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=600"));
    let rest = stream::try_unfold(answer, async |mut answer| match answer.next().await {
        Ok(Some(piece)) => Ok(Some((piece, answer))),
        Ok(None) => Ok(None),
        Err(_) => Err(Broken),
    });
    let source = stream::iter(first.map(Ok)).chain(rest);
    (status, headers, Body::from_stream(pump(source, seat, span))).into_response()
}

/// A source that broke off.
struct Broken;

/// The bytes, fetched as fast as they are taken. Where the source breaks or the viewer stalls, or either is slower than
/// anything plays, it ends in an error, so that it is not taken for the whole. The seat is kept until all of it was taken.
fn pump(
    source: impl Stream<Item = Result<Bytes, Broken>> + Send + 'static,
    seat: Seat,
    span: Duration,
) -> impl Stream<Item = io::Result<Bytes>> {
    // Behind the last piece comes nothing, which says that it was the last.
    let (sender, receiver) = mpsc::channel::<Option<Bytes>>(AHEAD);
    tokio::spawn(async move {
        let _seat = seat;
        let taken = AtomicU64::new(0);
        let passing = async {
            let mut source = pin!(source);
            loop {
                let piece = tokio::select! {
                    // The viewer went while the source was silent.
                    () = sender.closed() => return,
                    read = source.next() => match read {
                        Some(Ok(piece)) => Some(piece),
                        Some(Err(Broken)) => return,
                        None => None,
                    },
                };
                let length = piece.as_ref().map(|piece| piece.len() as u64);
                if !matches!(timeout(STALL, sender.send(piece)).await, Ok(Ok(()))) {
                    return;
                }
                let Some(length) = length else { break };
                taken.fetch_add(length, Ordering::Relaxed);
            }
            // Whoever takes the end lets go of it.
            let _ = timeout(STALL, sender.closed()).await;
        };
        tokio::select! {
            () = passing => (),
            () = crawls(&taken, span) => (),
        }
    });
    stream::unfold(Some(receiver), async |state| {
        let mut receiver = state?;
        match receiver.recv().await {
            Some(Some(piece)) => Some((Ok(piece), Some(receiver))),
            Some(None) => None,
            None => Some((Err(io::Error::other("the relayed stream broke off")), None)),
        }
    })
}

/// Is over when less than [`LEAST`] was taken in a span, the first one aside.
async fn crawls(taken: &AtomicU64, span: Duration) {
    sleep(span).await;
    loop {
        let before = taken.load(Ordering::Relaxed);
        sleep(span).await;
        if taken.load(Ordering::Relaxed) - before < LEAST {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::to_bytes, extract::Path, http::StatusCode, routing::get};

    use super::*;
    use crate::resolve::ResolveSettings;

    const NOON: WallTime = WallTime(20_000 * 24 * 3_600 * 1_000);

    /// A relay, and a host of which it gets everything as plain text.
    struct Stage {
        relay: Relay,
        host: String,
    }

    impl Stage {
        async fn open(body: &'static [u8]) -> Self {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let host = listener.local_addr().unwrap().to_string();
            let answer = async move |asked: HeaderMap| {
                let kind = (header::CONTENT_TYPE, "text/plain".to_owned());
                let range = asked.get(header::RANGE).and_then(|range| range.to_str().ok()?.strip_prefix("bytes="));
                let Some((first, last)) = range.and_then(|range| range.split_once('-')) else {
                    return (StatusCode::OK, [kind.clone(), kind], body);
                };
                let (first, last) = (first.parse().unwrap(), last.parse().unwrap_or(body.len() - 1));
                let place = (header::CONTENT_RANGE, format!("bytes {first}-{last}/{}", body.len()));
                (StatusCode::PARTIAL_CONTENT, [kind, place], &body[first..=last])
            };
            // So many bytes each hundredth of a second.
            let endless = async |Path(each): Path<usize>| {
                let pieces = stream::unfold(each, async |each| {
                    sleep(Duration::from_millis(10)).await;
                    Some((Ok::<_, io::Error>(Bytes::from(vec![0; each])), each))
                });
                ([(header::CONTENT_TYPE, "audio/mpeg")], Body::from_stream(pieces))
            };
            let app = Router::new().route("/{*name}", get(answer)).route("/endless/{each}", get(endless));
            tokio::spawn(async move { axum::serve(listener, app).await });
            let settings = ResolveSettings { allow_private: vec![host.clone()], ..ResolveSettings::default() };
            let resolver = Arc::new(Resolver::new(settings).unwrap());
            Self { relay: Relay::new(resolver, Arc::new(Signer::new("a key")), 8), host }
        }

        /// What comes of a file, and as what.
        async fn asks(&self, name: &str, range: Option<&'static str>) -> Result<(String, Bytes), Code> {
            let link = format!("http://{}/{name}", self.host).parse().unwrap();
            let path = self.relay.signer.path(&link, NOON);
            let mut asked = HeaderMap::new();
            if let Some(range) = range {
                asked.insert(header::RANGE, HeaderValue::from_static(range));
            }
            let rest = path.strip_prefix(RELAY).unwrap();
            let answer = self.relay.answer(rest, "1.2.3.4".to_owned(), &asked, NOON).await.map_err(|no| no.code)?;
            let kind = answer.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
            Ok((kind, to_bytes(answer.into_body(), usize::MAX).await.unwrap()))
        }
    }

    #[tokio::test]
    async fn what_nobody_says_what_it_is_must_look_like_media_or_be_named_so() {
        let text = b"user = admin, and a secret";
        let stage = Stage::open(text).await;
        for name in ["settings", "settings.txt", "a.json", "a.jpg", "list.m3u8", "film.mpd", "a.key"] {
            for range in [None, Some("bytes=0-1"), Some("bytes=1-")] {
                assert_eq!(stage.asks(name, range).await, Err(Code::NotMedia), "{name} {range:?}");
            }
        }
        for (name, kind) in [("1.ts", "video/mp2t"), ("a.m4s", "video/iso.segment"), ("a.AAC", "audio/aac")] {
            assert_eq!(stage.asks(name, None).await, Ok((kind.to_owned(), Bytes::from_static(text))), "{name}");
            assert_eq!(stage.asks(name, Some("bytes=1-")).await, Ok((kind.to_owned(), Bytes::from_static(&text[1..]))));
        }
        let unnamed = |body| Ok(("application/octet-stream".to_owned(), Bytes::from_static(body)));
        let film = b"\0\0\0\x20ftypisom and more of it";
        let stage = Stage::open(film).await;
        assert_eq!(stage.asks("film", None).await, unnamed(film));
        assert_eq!(stage.asks("film", Some("bytes=0-1")).await, unnamed(b"\0\0"));
        assert_eq!(stage.asks("film", Some("bytes=1-")).await, Err(Code::NotMedia));
        assert_eq!(Stage::open(b"\0\0\0\x18stypmsdh").await.asks("1", None).await, unnamed(b"\0\0\0\x18stypmsdh"));
        assert_eq!(Stage::open(b"0123456789abcdef").await.asks("a.key", None).await, unnamed(b"0123456789abcdef"));
        assert_eq!(Stage::open(b"0123456789abcdefg").await.asks("a.key", None).await, Err(Code::NotMedia));
        assert_eq!(Stage::open(b"<html>").await.asks("1.ts", None).await, Err(Code::NotMedia));
    }

    #[tokio::test]
    async fn a_playlist_that_names_too_much_is_none_and_rewriting_waits_for_its_turn() {
        let long = format!("#EXTM3U\n{}", "a\n".repeat(20_001));
        let stage = Stage::open(long.leak().as_bytes()).await;
        assert_eq!(stage.asks("list", None).await, Err(Code::NotMedia));
        let stage = Stage::open(b"#EXTM3U\n1.ts\n").await;
        assert!(stage.asks("list", Some("bytes=0-1")).await.is_ok_and(|(kind, _)| kind.ends_with("mpegurl")));
        let turns = stage.relay.rewrites.clone().acquire_many_owned(4).await.unwrap();
        assert!(timeout(Duration::from_millis(200), stage.asks("list", None)).await.is_err());
        drop(turns);
        assert!(stage.asks("list", None).await.is_ok());
    }

    #[tokio::test]
    async fn a_playlist_counts_among_the_streams_until_it_was_taken() {
        let stage = Stage::open(b"#EXTM3U\n1.ts\n").await;
        let link = format!("http://{}/list", stage.host).parse().unwrap();
        let path = stage.relay.signer.path(&link, NOON).strip_prefix(RELAY).unwrap().to_owned();
        let asked = HeaderMap::new();
        let opens = async || stage.relay.answer(&path, "1.2.3.4".to_owned(), &asked, NOON).await;
        let mut held = Vec::new();
        for _ in 0..8 {
            held.push(opens().await.unwrap());
        }
        assert_eq!(opens().await.map(drop).map_err(|no| no.code), Err(Code::Busy));
        let one = held.pop().unwrap();
        let length: usize = one.headers()[header::CONTENT_LENGTH].to_str().unwrap().parse().unwrap();
        assert_eq!(to_bytes(one.into_body(), usize::MAX).await.unwrap().len(), length);
        drop(held);
        // A seat is free when its task hears of it.
        while !stage.relay.shares.is_empty() {
            tokio::task::yield_now().await;
        }
        assert!(opens().await.is_ok());
    }

    #[tokio::test]
    async fn who_takes_next_to_nothing_is_cut_off_after_a_grace() {
        let mut stage = Stage::open(b"").await;
        stage.relay.span = Duration::from_millis(200);
        let path = |name: &str| {
            let link = format!("http://{}/{name}", stage.host).parse().unwrap();
            stage.relay.signer.path(&link, NOON).strip_prefix(RELAY).unwrap().to_owned()
        };
        let asked = HeaderMap::new();
        let opens = async |path: String| stage.relay.answer(&path, "1.2.3.4".to_owned(), &asked, NOON).await.unwrap();
        let second = Duration::from_secs(1);
        // Much that nobody takes, and little that comes.
        let held = opens(path("endless/65536")).await;
        let little = to_bytes(opens(path("endless/16")).await.into_body(), usize::MAX);
        assert!(timeout(5 * second, little).await.is_ok_and(|body| body.is_err()));
        sleep(second).await;
        assert!(stage.relay.shares.is_empty(), "both seats are free");
        drop(held);
        let much = to_bytes(opens(path("endless/65536")).await.into_body(), usize::MAX);
        assert!(timeout(2 * second, much).await.is_err(), "it goes on");
    }
}
