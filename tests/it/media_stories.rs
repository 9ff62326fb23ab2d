//! Films of this server: served with ranges and to nobody's harm, listed, queued, found; uploads; subtitles; the relay.

mod relay;
mod subtitles;
mod uploads;

use std::{fs, path::Path};

use onecouch::config::Config;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    fake_web::{FILM, OGG, WEB_FILM},
    viewer::Viewer,
    world::{Answer, Caller, World, in_room},
};

const SRT: &str = "1\r\n00:00:01,000 --> 00:00:02,500\r\nHello <i>there</i>\r\n";

/// A server with a library: two films, a sound, subtitles beside them, and what must not be served.
async fn cinema(configure: impl FnOnce(&mut Config)) -> (World, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let put = |path: &str, bytes: &[u8]| {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    put("A small film.mp4", FILM);
    put("A small film.en.srt", SRT.as_bytes());
    put("A small film.de.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nHallo\n");
    put("shorts/web_film.webm", WEB_FILM);
    put("shorts/song.ogg", OGG);
    put("page.html", b"<script>alert(1)</script>");
    put("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>");
    put(".hidden.mp4", FILM);
    put(".parts/half.mp4", FILM);
    let root = dir.path().to_owned();
    let world = World::start_with(|config| {
        config.media.dir = Some(root);
        configure(config);
    })
    .await;
    (world, dir)
}

/// A file of the library as a browser asks for it.
async fn fetch(world: &World, path: &str, headers: &[(&str, &str)]) -> Fetched {
    asks(world, Method::GET, path, headers).await
}

/// What a browser gets.
struct Fetched {
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: Vec<u8>,
}

impl Fetched {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn asks(world: &World, method: Method, path: &str, headers: &[(&str, &str)]) -> Fetched {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mut request = client.request(method, world.url(path));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Fetched { status, headers, body: response.bytes().await.unwrap().to_vec() }
}

/// Sends a path as it is, which no client library would, and gives back the status.
async fn raw(world: &World, path: &str) -> u16 {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let authority = world.url("").trim_start_matches("http://").to_owned();
    let mut stream = tokio::net::TcpStream::connect(&authority).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let text = String::from_utf8_lossy(&answer);
    text.split_whitespace().nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}

#[tokio::test]
async fn a_film_is_served_in_parts_as_a_player_asks_for_it() {
    let (world, _dir) = cinema(|_| ()).await;
    let film = "/media/files/A%20small%20film.mp4";
    let whole = fetch(&world, film, &[("accept-encoding", "gzip")]).await;
    assert_eq!((whole.status, whole.body.as_slice()), (200, FILM));
    assert_eq!(whole.header("content-type"), "video/mp4");
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert_eq!(whole.header("content-length"), FILM.len().to_string());
    assert_eq!(whole.header("content-encoding"), "", "a film is as small as it can be");
    assert_eq!(whole.header("x-content-type-options"), "nosniff");
    assert_eq!(whole.header("content-security-policy"), "default-src 'none'; sandbox");
    assert!(!whole.header("last-modified").is_empty());
    let tag = whole.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag}");

    let total = FILM.len();
    for (range, from, to) in [("bytes=0-1", 0, 2), ("bytes=100-", 100, total), ("bytes=-7", total - 7, total)] {
        let part = fetch(&world, film, &[("range", range)]).await;
        assert_eq!((part.status, part.body.as_slice()), (206, &FILM[from..to]), "{range}");
        assert_eq!(part.header("content-range"), format!("bytes {from}-{}/{total}", to - 1));
        assert_eq!(part.header("content-type"), "video/mp4");
    }
    assert_eq!(fetch(&world, film, &[("range", &format!("bytes={total}-"))]).await.status, 416);
    let same = fetch(&world, film, &[("range", "bytes=0-1"), ("if-range", &tag)]).await;
    assert_eq!(same.status, 206);
    let other = fetch(&world, film, &[("range", "bytes=0-1"), ("if-range", "\"another\"")]).await;
    assert_eq!((other.status, other.body.len()), (200, total), "a part of another file is of no use");
    let known = fetch(&world, film, &[("if-none-match", &tag)]).await;
    assert_eq!((known.status, known.body.len()), (304, 0));
    let head = asks(&world, Method::HEAD, film, &[]).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), total.to_string());
    let post = asks(&world, Method::POST, film, &[]).await;
    assert_eq!(post.status, 405);
}

#[tokio::test]
async fn nothing_but_media_of_the_library_is_served_however_it_is_asked_for() {
    let (world, dir) = cinema(|_| ()).await;
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.mp4"), FILM).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(outside.path().join("secret.mp4"), dir.path().join("out.mp4")).unwrap();
        std::os::unix::fs::symlink(outside.path(), dir.path().join("folder")).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", dir.path().join("passwd.mp4")).unwrap();
    }
    fs::create_dir(dir.path().join("folder.mp4")).unwrap();
    let secret = outside.path().join("secret.mp4").display().to_string();
    let name = outside.path().file_name().unwrap().to_str().unwrap().to_owned();
    let hostile = [
        String::new(),
        "/".to_owned(),
        ".".to_owned(),
        "..".to_owned(),
        "../../etc/passwd".to_owned(),
        "%2e%2e/%2e%2e/etc/passwd".to_owned(),
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd".to_owned(),
        "..%2f..%2fetc%2fpasswd".to_owned(),
        "%252e%252e%252f%252e%252e%252fetc%252fpasswd".to_owned(),
        "..%5c..%5cetc%5cpasswd".to_owned(),
        "..\\..\\etc\\passwd".to_owned(),
        "....//....//etc/passwd".to_owned(),
        "shorts/../A%20small%20film.mp4".to_owned(),
        "shorts/./song.ogg".to_owned(),
        "shorts%2fsong.ogg".to_owned(),
        "shorts//song.ogg".to_owned(),
        "/shorts/song.ogg".to_owned(),
        "shorts".to_owned(),
        "shorts/".to_owned(),
        "shorts/song.ogg/".to_owned(),
        "%00".to_owned(),
        "A%20small%20film.mp4%00".to_owned(),
        "A%20small%20film.mp4%00.html".to_owned(),
        "A%20small%20film.mp4%2f".to_owned(),
        "%ff%fe.mp4".to_owned(),
        ".hidden.mp4".to_owned(),
        "%2ehidden.mp4".to_owned(),
        ".parts/half.mp4".to_owned(),
        "page.html".to_owned(),
        "picture.svg".to_owned(),
        "out.mp4".to_owned(),
        "folder/secret.mp4".to_owned(),
        "passwd.mp4".to_owned(),
        "folder.mp4".to_owned(),
        secret.clone(),
        secret.replace('/', "%2f"),
        format!("../{name}/secret.mp4"),
        "file:///etc/passwd".to_owned(),
        "C:/Windows/win.ini".to_owned(),
        "a".repeat(3_000),
    ];
    for path in &hostile {
        let status = raw(&world, &format!("/media/files/{path}")).await;
        assert_eq!(status, 404, "{path}");
    }
    assert_eq!(raw(&world, "/media/files/shorts/song.ogg").await, 200, "the others are not refused for nothing");
    for path in ["/media/files/page.html", "/media/files/none.mp4"] {
        let no = fetch(&world, path, &[]).await;
        let text = String::from_utf8_lossy(&no.body).into_owned();
        assert!(no.status == 404 && text.contains("no_such_file") && !text.contains("<script"), "{text}");
    }
}

#[tokio::test]
async fn the_library_is_listed_for_who_has_a_session_and_searched_by_words() {
    let (world, _dir) = cinema(|_| ()).await;
    assert_eq!(world.nobody().get("/api/v1/media").await.no().0, 401);
    let ana = world.person("Ana").await;
    let all = ana.get("/api/v1/media").await;
    let paths: Vec<_> = all.body["data"].as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["A small film.mp4", "shorts/song.ogg", "shorts/web_film.webm"]);
    assert!(all.body.get("next").is_none());
    let film = &all.body["data"][0];
    assert_eq!(film["title"], "A small film");
    assert_eq!(film["player"], "video");
    assert_eq!(film["bytes"], FILM.len());
    assert_eq!(film["duration_ms"], 12_000);
    assert_eq!(film["url"], world.url("/media/files/A%20small%20film.mp4"));
    assert_eq!(
        film["captions"],
        json!([{ "track": 0, "language": "de", "label": null }, { "track": 1, "language": "en", "label": null }])
    );
    assert_eq!((&film["playable"], &film["uploaded"]), (&json!(true), &Value::Null));

    let first = ana.get("/api/v1/media?limit=1").await;
    assert_eq!(first.body["next"], "A small film.mp4");
    let second = ana.get("/api/v1/media?limit=5&after=A%20small%20film.mp4").await;
    assert_eq!(second.body["data"].as_array().unwrap().len(), 2);
    let found = ana.get("/api/v1/media?q=FILM%20web").await;
    assert_eq!(found.body["data"][0]["title"], "web film");
    assert_eq!(found.body["data"].as_array().unwrap().len(), 1);
    assert_eq!(ana.get("/api/v1/media?limit=0").await.no(), (400, "bad_input".to_owned()));

    let bare = World::start().await;
    let ben = bare.person("Ben").await;
    assert_eq!(ben.get("/api/v1/media").await.no(), (404, "no_library".to_owned()));
    assert_eq!(fetch(&bare, "/media/files/A%20small%20film.mp4", &[]).await.status, 404);
}

#[tokio::test]
async fn a_film_of_ours_is_queued_with_all_that_is_known_without_a_request_of_our_own() {
    // Nothing private is allowed here: a look through the guard would be refused.
    let (world, _dir) = cinema(|config| config.resolve.allow_private = Vec::new()).await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Cinema").await;
    let link = world.url("/media/files/A%20small%20film.mp4");
    let added = ana.post(&in_room(&room, "/queue"), json!({ "url": link })).await.created();
    let item = &added["item"];
    assert_eq!((&item["title"], &item["duration_ms"]), (&json!("A small film"), &json!(12_000)));
    assert_eq!(
        item["relay_url"], "/media/files/A%20small%20film.mp4",
        "it plays from here, whatever this server is called"
    );
    assert_eq!(item["subtitles"], world.url("/media/files/A%20small%20film.de.vtt"));
    assert_eq!(item["captions"].as_array().unwrap().len(), 2);
    let viewer = Viewer::open(&world, &room, &ana).await;
    assert_eq!(viewer.greeting["room"]["current"]["relay_url"], item["relay_url"]);

    // By words, from the chat box, though no search is set up.
    let said = ana.post(&in_room(&room, "/commands"), json!({ "line": "/queue add web film" })).await.ok();
    assert_eq!(said["refused"], false, "{said}");
    let queue = ana.get(&in_room(&room, "/queue")).await.ok();
    assert_eq!(queue["queue"][0]["title"], "web film");

    let add = async |path: &str| ana.post(&in_room(&room, "/queue"), json!({ "url": world.url(path) })).await;
    assert_eq!(add("/media/files/none.mp4").await.no(), (404, "no_such_file".to_owned()));
    assert_eq!(add("/media/files/..%2fnone.mp4").await.no(), (404, "no_such_file".to_owned()));
    assert_eq!(add("/media/files/page.html").await.no(), (422, "not_media".to_owned()));
    assert_eq!(add("/healthz").await.no(), (422, "private_address".to_owned()), "the rest of this server is no film");
}

#[tokio::test]
async fn a_film_that_browsers_cannot_play_says_so_before_it_is_queued() {
    let (world, dir) = cinema(|_| ()).await;
    let mut film = WEB_FILM.to_vec();
    let codec = film.windows(5).position(|part| part == b"V_VP8" || part == b"V_VP9").expect("a codec");
    // The name of a codec of the same length in its place.
    film[codec..codec + 5].copy_from_slice(b"A_DTS");
    fs::write(dir.path().join("odd.mkv"), film).unwrap();
    fs::write(dir.path().join("good.mkv"), WEB_FILM).unwrap();
    let ana = world.person("Ana").await;
    let listed = ana.get("/api/v1/media?q=mkv").await.body["data"].clone();
    let playable: Vec<_> = listed.as_array().unwrap().iter().map(|one| (&one["path"], &one["playable"])).collect();
    assert_eq!(playable, [(&json!("good.mkv"), &json!(true)), (&json!("odd.mkv"), &json!(false))]);
    let room = ana.makes_room("Odd").await;
    let answer = ana.post(&in_room(&room, "/queue"), json!({ "url": world.url("/media/files/odd.mkv") })).await;
    assert_eq!(answer.no(), (422, "not_playable".to_owned()));
}

#[tokio::test]
async fn the_doctor_says_what_is_right_with_the_films_and_what_to_mend() {
    use onecouch::doctor::{self, Finding};
    let place = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.http.listen = "127.0.0.1:0".parse().unwrap();
    config.database.url = place.path().join("couch.db").display().to_string();
    let line = async |config: &Config, words: &str| {
        let findings = doctor::look(config).await;
        let found = findings.iter().map(ToString::to_string).find(|line| line.contains(words));
        found.unwrap_or_else(|| panic!("no line with {words}: {findings:#?}"))
    };
    assert!(line(&config, "media.dir is not set").await.starts_with("note"));
    config.media.dir = Some(place.path().to_owned());
    assert!(line(&config, "films are kept in").await.starts_with("ok"));
    (config.media.uploads, config.media.keep_free_mb, config.media.total_mb) = (true, 0, 0);
    assert!(line(&config, "uploads can be written").await.starts_with("ok"));
    assert!(line(&config, "the disk has room for").await.starts_with("ok"));
    config.media.total_mb = u64::MAX;
    assert!(line(&config, "uploads may have media.total_mb").await.starts_with("note"));
    config.media.keep_free_mb = u64::MAX;
    assert!(line(&config, "nothing can be uploaded").await.starts_with("fix"));
    config.media.relay = true;
    assert!(line(&config, "media.relay is on").await.starts_with("note"));
    config.media.dir = Some(place.path().join("none"));
    let findings = doctor::look(&config).await;
    let bad = findings.iter().filter(|finding| matches!(finding, Finding::Bad(_))).count();
    assert!(bad >= 2, "{findings:#?}");
    assert_eq!(
        names(place.path()).iter().filter(|name| name.starts_with(".doctor")).count(),
        0,
        "it leaves nothing behind"
    );
}

/// The names in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Brings a piece.
async fn brings(who: &Caller, upload: &Value, offset: usize, bytes: &[u8]) -> Answer {
    let path = format!("/api/v1/media/uploads/{}?offset={offset}", upload["id"].as_str().unwrap());
    let bytes = bytes.to_vec();
    who.send(Method::PUT, &path, |request| request.header("content-type", "application/octet-stream").body(bytes)).await
}
