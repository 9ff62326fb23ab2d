//! A small internet on 127.0.0.1: providers' oEmbed endpoints, YouTube's API, a search, SponsorBlock, films, songs, streams,
//! lists of them, and pages that mean harm.
//!
//! Everything is a plain GET; what was asked is kept in order, so that a story can say what was not asked.

#![expect(clippy::unwrap_used, reason = "a story stops where something is odd")]

mod lists;
mod youtube;

use std::{
    collections::HashMap,
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Path, Query, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use engine::secret::Secret;
use flate2::{Compression, write::GzEncoder};
use onecouch::resolve::{Limits, OEmbed, ResolveSettings, YoutubeApi};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

/// A film of 12 s with its index in front, titled "A small film".
pub(crate) const FILM: &[u8] = include_bytes!("assets/film.mp4");
/// A minute of test picture: long enough for browsers to seek in.
pub(crate) const DEMO: &[u8] = include_bytes!("../../assets/demo.mp4");
/// The same with its index behind.
pub(crate) const FILM_TAIL: &[u8] = include_bytes!("assets/film-tail.mp4");
/// A film of 10 s. The reader does not tell its title.
pub(crate) const WEB_FILM: &[u8] = include_bytes!("assets/film.webm");
/// A song of about 9 s, titled "A small song".
pub(crate) const SONG: &[u8] = include_bytes!("assets/song.mp3");
/// A song of 7 s without a title.
pub(crate) const OGG: &[u8] = include_bytes!("assets/song.ogg");

/// Bytes that the long film has between its beginning and the rest.
const GAP: u64 = 300 << 20;

/// What opens the fake of YouTube's API.
pub(crate) const API_KEY: &str = "AIza-a-key-for-stories";

/// The running server; it ends when this is dropped.
pub(crate) struct FakeWeb {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

/// What a provider answers to every question until told otherwise.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    /// The status.
    pub(crate) status: u16,
    /// The whole answer, as the provider would send it.
    pub(crate) card: Value,
    /// How long it thinks.
    pub(crate) delay: Duration,
    /// What it sends instead of the answer: no JSON, or too much of it.
    pub(crate) raw: Option<String>,
}

impl Told {
    /// A good answer with this title.
    pub(crate) fn title(title: &str) -> Self {
        let card = json!({
            "type": "video", "version": "1.0", "title": title,
            "thumbnail_url": "https://pictures.example/1.jpg", "html": "<iframe></iframe>",
        });
        Self::card(card)
    }

    /// A good answer.
    pub(crate) fn card(card: Value) -> Self {
        Self { status: 200, card, delay: Duration::ZERO, raw: None }
    }

    /// A bare status.
    pub(crate) fn status(status: u16) -> Self {
        Self { status, ..Self::card(json!({})) }
    }
}

#[derive(Default)]
struct Shared {
    told: Mutex<HashMap<String, Told>>,
    hits: Mutex<Vec<String>>,
    headers: Mutex<Vec<(String, HeaderMap)>>,
}

impl FakeWeb {
    /// Starts it on a free port.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let app = router(Arc::clone(&shared));
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, shared, server }
    }

    /// `127.0.0.1:port`, as it stands in `resolve.allow_private`.
    pub(crate) fn authority(&self) -> String {
        self.address.to_string()
    }

    /// A link to a path on it.
    pub(crate) fn url(&self, path: &str) -> url::Url {
        format!("http://{}{path}", self.address).parse().unwrap()
    }

    /// Its oEmbed endpoints.
    pub(crate) fn oembed(&self) -> OEmbed {
        OEmbed {
            youtube: self.url("/oembed/youtube"),
            vimeo: self.url("/oembed/vimeo"),
            dailymotion: self.url("/oembed/dailymotion"),
        }
    }

    /// Settings under which it is the internet; whatever hangs, hangs for a second at most.
    pub(crate) fn settings(&self) -> ResolveSettings {
        let limits = Limits { total: Duration::from_secs(5), ..Limits::default() };
        ResolveSettings {
            allow_private: vec![self.authority()],
            oembed: self.oembed(),
            limits,
            ..ResolveSettings::default()
        }
    }

    /// Its copy of YouTube's API, and the key that opens it.
    pub(crate) fn youtube_api(&self) -> YoutubeApi {
        YoutubeApi { url: self.url("/youtube/v3"), key: Secret::new(API_KEY) }
    }

    /// Sets what a provider answers. Nothing set is 404 of the endpoints for titles (`youtube`, `vimeo`, `dailymotion`), of the
    /// search (`search`) and of SponsorBlock (`sponsorblock`); YouTube's API (`youtube-api`) then answers by itself.
    pub(crate) fn tell(&self, provider: &str, told: Told) {
        self.shared.told.lock().unwrap().insert(provider.to_owned(), told);
    }

    /// What was asked so far: path and query, then the range if there was one, as in `/files/film.mp4 bytes=0-1`.
    pub(crate) fn hits(&self) -> Vec<String> {
        self.shared.hits.lock().unwrap().clone()
    }

    /// With which headers a path was asked for.
    pub(crate) fn headers_of(&self, path: &str) -> Vec<HeaderMap> {
        let headers = self.shared.headers.lock().unwrap();
        headers.iter().filter(|(asked, _)| asked == path).map(|(_, headers)| headers.clone()).collect()
    }

    /// A link that leads on to another.
    pub(crate) fn redirect(&self, to: &str) -> url::Url {
        let mut link = self.url("/redirect");
        link.query_pairs_mut().append_pair("to", to);
        link
    }

    /// A link that leads to the film over this many redirects.
    pub(crate) fn hops(&self, count: usize) -> url::Url {
        self.url(&format!("/hops/{count}"))
    }
}

impl Drop for FakeWeb {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/oembed/{provider}", get(oembed))
        .route("/youtube/v3/{what}", get(youtube::answer_of))
        .route(
            "/invidious/api/v1/search",
            get(async |State(shared): State<Arc<Shared>>| answer(&shared, "search").await),
        )
        .route(
            "/parts/api/skipSegments/{prefix}",
            get(async |State(shared): State<Arc<Shared>>| answer(&shared, "sponsorblock").await),
        )
        .route("/lists/{name}", get(lists::list))
        .route("/files/{name}", get(ranged))
        .route("/made/{name}", get(async |Path(name): Path<String>| made(&name, true).await))
        .route("/closed/{name}", get(async |Path(name): Path<String>| made(&name, false).await))
        .route("/whole/{name}", get(whole))
        .route("/untyped/{name}", get(untyped))
        .route("/long/film.mp4", get(long_film))
        .route("/hls/master.m3u8", get(async || hls("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=64000\nvod.m3u8\n")))
        .route("/hls/vod.m3u8", get(async || hls(VOD)))
        .route("/hls/evening.m3u8", get(async || hls(EVENING)))
        .route("/hls/live.m3u8", get(async || hls("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4.0,\n1.ts\n")))
        .route("/hls/{segment}", get(async || ([(header::CONTENT_TYPE, "video/mp2t")], vec![0x47_u8; 188])))
        .route("/dash/film.mpd", get(async || dash("static")))
        .route("/dash/live.mpd", get(async || dash("dynamic")))
        .route("/subtitles/{name}", get(subtitles))
        .route("/page", get(async || axum::response::Html("<!doctype html><title>A page</title>")))
        .route("/page.mp4", get(async || axum::response::Html("<!doctype html><title>No film</title>")))
        .route("/untyped-page", get(async || "<!DOCTYPE html><html><title>A page</title></html>"))
        .route("/broken/{status}", get(broken))
        .route("/slow", get(slow))
        .route("/dripping.mp3", get(dripping))
        .route("/radio", get(radio))
        .route("/redirect", get(redirect))
        .route("/hops/{count}", get(hops))
        .route("/bomb.m3u8", get(bomb))
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), note))
        .with_state(shared)
}

const VOD: &str = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:6\n#EXTINF:6.0,\n1.ts\n#EXTINF:6.0,\n2.ts\n\
    #EXTINF:3.5,\n3.ts\n#EXT-X-ENDLIST\n";

/// Longer than any story: ten thousand seconds.
const EVENING: &str = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:5000\n#EXTINF:5000.0,\n1.ts\n\
    #EXTINF:5000.0,\n2.ts\n#EXT-X-ENDLIST\n";

async fn note(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let mut hit = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    if let Some(range) = request.headers().get(header::RANGE) {
        hit = format!("{hit} {}", range.to_str().unwrap());
    }
    shared.hits.lock().unwrap().push(hit);
    let asked = (request.uri().path().to_owned(), request.headers().clone());
    shared.headers.lock().unwrap().push(asked);
    next.run(request).await
}

async fn oembed(State(shared): State<Arc<Shared>>, Path(provider): Path<String>) -> Response {
    answer(&shared, &provider).await
}

async fn answer(shared: &Shared, provider: &str) -> Response {
    let told = shared.told.lock().unwrap().get(provider).cloned().unwrap_or(Told::status(404));
    tokio::time::sleep(told.delay).await;
    let status = StatusCode::from_u16(told.status).unwrap();
    match told.raw {
        Some(raw) => (status, raw).into_response(),
        None => (status, Json(told.card)).into_response(),
    }
}

fn asset(name: &str) -> Option<(&'static str, &'static [u8])> {
    Some(match name {
        "film.mp4" => ("video/mp4", FILM),
        "demo.mp4" => ("video/mp4", DEMO),
        "film-tail.mp4" => ("video/mp4", FILM_TAIL),
        "film.webm" => ("video/webm", WEB_FILM),
        "song.mp3" => ("audio/mpeg", SONG),
        "song.ogg" => ("audio/ogg", OGG),
        "noise.mp4" => ("video/mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\x08moov\0\0\0\x01\xff\xff\xff\xff"),
        _ => return None,
    })
}

/// The first and last byte that were asked for.
fn range_of(headers: &HeaderMap, total: u64) -> Option<(u64, u64)> {
    let (first, last) = headers.get(header::RANGE)?.to_str().ok()?.strip_prefix("bytes=")?.split_once('-')?;
    let first = first.parse().ok()?;
    (first < total).then(|| (first, last.parse().unwrap_or(u64::MAX).min(total - 1)))
}

fn partial(kind: &'static str, first: u64, total: u64, body: Vec<u8>) -> Response {
    let range = format!("bytes {first}-{}/{total}", first + body.len() as u64 - 1);
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_RANGE, range)];
    (StatusCode::PARTIAL_CONTENT, headers, body).into_response()
}

async fn ranged(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some((kind, bytes)) = asset(&name) else { return StatusCode::NOT_FOUND.into_response() };
    match range_of(&headers, bytes.len() as u64) {
        Some((first, last)) => {
            let part = &bytes[usize::try_from(first).unwrap()..=usize::try_from(last).unwrap()];
            partial(kind, first, bytes.len() as u64, part.to_vec())
        }
        None => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
    }
}

/// What the browser stories made with ffmpeg, in the folder that `ONECOUCH_STAGE_FILES` names; `open` to other pages or not.
async fn made(name: &str, open: bool) -> Response {
    let Some(folder) = std::env::var_os("ONECOUCH_STAGE_FILES") else { return StatusCode::NOT_FOUND.into_response() };
    let Ok(bytes) = tokio::fs::read(std::path::Path::new(&folder).join(name)).await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("m3u8") => "application/vnd.apple.mpegurl",
        Some("mpd") => "application/dash+xml",
        Some("ts") => "video/mp2t",
        _ => "video/mp4",
    };
    let mut answer = ([(header::CONTENT_TYPE, kind)], bytes).into_response();
    if open {
        answer.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, header::HeaderValue::from_static("*"));
    }
    answer
}

async fn whole(Path(name): Path<String>) -> Response {
    let Some((kind, bytes)) = asset(&name) else { return StatusCode::NOT_FOUND.into_response() };
    ([(header::CONTENT_TYPE, kind)], bytes).into_response()
}

async fn untyped(Path(name): Path<String>) -> Response {
    let bytes = match name.as_str() {
        "list" => VOD.as_bytes(),
        "manifest" => MPD.as_bytes(),
        name => match asset(&format!("{name}.mp4")).or_else(|| asset(name)) {
            Some((_, bytes)) => bytes,
            None => return StatusCode::NOT_FOUND.into_response(),
        },
    };
    ([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response()
}

/// The film with 300 MB of nothing between its first box and the others: its index is far behind.
async fn long_film(headers: HeaderMap) -> Response {
    let first_box = u32::from_be_bytes(FILM_TAIL[..4].try_into().unwrap()) as usize;
    let mut front = FILM_TAIL[..first_box].to_vec();
    front.extend_from_slice(&u32::try_from(GAP).unwrap().to_be_bytes());
    front.extend_from_slice(b"free");
    let rest_at = first_box as u64 + GAP;
    let rest = &FILM_TAIL[first_box..];
    let total = rest_at + rest.len() as u64;
    let Some((first, last)) = range_of(&headers, total) else {
        return StatusCode::RANGE_NOT_SATISFIABLE.into_response();
    };
    let body = (first..=last)
        .map(|at| match at.checked_sub(rest_at) {
            Some(at) => rest[usize::try_from(at).unwrap()],
            None => front.get(usize::try_from(at).unwrap()).copied().unwrap_or(0),
        })
        .collect();
    partial("video/mp4", first, total, body)
}

fn hls(text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, "application/vnd.apple.mpegurl")], text).into_response()
}

/// Subtitles as an old program wrote them, a page, and far too many of them.
async fn subtitles(Path(name): Path<String>) -> Response {
    let cue = "00:00:01,000 --> 00:00:02,000\r\n";
    match name.as_str() {
        "film.srt" => [cue.as_bytes(), b"Fran\xe7ais\r\n"].concat().into_response(),
        "long.srt" => format!("{cue}{}", "much ".repeat(400_000)).into_response(),
        _ => axum::response::Html("<!doctype html><title>No subtitles</title>").into_response(),
    }
}

const MPD: &str = "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" \
    mediaPresentationDuration=\"PT1M5.5S\"><ProgramInformation><Title>A small stream</Title></ProgramInformation></MPD>";

fn dash(kind: &str) -> Response {
    ([(header::CONTENT_TYPE, "application/dash+xml")], MPD.replace("static", kind)).into_response()
}

async fn broken(Path(status): Path<u16>) -> StatusCode {
    StatusCode::from_u16(status).unwrap()
}

/// Never gets to its headers.
async fn slow() {
    std::future::pending::<()>().await;
}

/// Gets to its first bytes and then stands still.
async fn dripping() -> Response {
    let first = futures_util::stream::iter([Ok::<_, Infallible>(Bytes::from_static(&SONG[..4000]))]);
    let body = futures_util::StreamExt::chain(first, futures_util::stream::pending());
    ([(header::CONTENT_TYPE, "audio/mpeg")], Body::from_stream(body)).into_response()
}

async fn radio() -> Response {
    let body = Body::from_stream(futures_util::stream::pending::<Result<Bytes, Infallible>>());
    ([("content-type", "audio/mpeg"), ("icy-name", "Radio  Nowhere"), ("icy-br", "128")], body).into_response()
}

async fn redirect(Query(query): Query<HashMap<String, String>>) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, query["to"].clone())]).into_response()
}

async fn hops(Path(count): Path<usize>) -> Redirect {
    if count <= 1 {
        Redirect::temporary("/files/film.mp4")
    } else {
        Redirect::temporary(&format!("/hops/{}", count - 1))
    }
}

/// 32 MB of a playlist in some kilobytes, whether compression was asked for or not.
async fn bomb() -> Response {
    let mut packed = GzEncoder::new(b"".to_vec(), Compression::fast());
    std::io::Write::write_all(&mut packed, b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n").unwrap();
    let line = vec![b'#'; 1 << 20];
    for _ in 0..32 {
        std::io::Write::write_all(&mut packed, &line).unwrap();
    }
    let headers = [(header::CONTENT_TYPE, "application/vnd.apple.mpegurl"), (header::CONTENT_ENCODING, "gzip")];
    (headers, packed.finish().unwrap()).into_response()
}
