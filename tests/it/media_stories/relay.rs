//! What browsers cannot fetch by themselves comes through here, and nothing else does.

use engine::time::WallTime;
use onecouch::{config::Config, media::relay::Signer};
use serde_json::{Value, json};

use super::{Fetched, cinema, fetch};
use crate::{
    fake_web::{FILM, Told},
    viewer::Viewer,
    world::{Caller, in_room},
};

fn relaying(config: &mut Config) {
    config.media.relay = true;
}

/// Queues a link, and gives back by which path it is relayed.
async fn queues(who: &Caller, room: &Value, link: &str) -> String {
    let added = who.post(&in_room(room, "/queue"), json!({ "url": link })).await.created();
    added["item"]["relay_url"].as_str().expect("a relay_url").to_owned()
}

fn told(no: &Fetched) -> (u16, String) {
    let body: Value = serde_json::from_slice(&no.body).unwrap();
    (no.status, body["error"]["code"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_film_passes_through_in_parts_and_takes_nothing_along() {
    let (mut world, _dir) = cinema(relaying).await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Relay").await;
    let path = queues(&ana, &room, &world.link("/files/film.mp4")).await;
    assert!(path.starts_with("/media/relay/"), "{path}");
    let viewer = Viewer::open(&world, &room, &ana).await;
    assert_eq!(viewer.greeting["room"]["current"]["relay_url"], path, "the same for everybody");

    let cookie = format!("onecouch={}", ana.token.as_deref().unwrap());
    let headers = [
        ("cookie", cookie.as_str()),
        ("authorization", "Bearer secret"),
        ("referer", "https://couch.example/r/x"),
        ("accept-encoding", "gzip"),
    ];
    let whole = fetch(&world, &path, &headers).await;
    assert_eq!((whole.status, whole.body.as_slice()), (200, FILM));
    assert_eq!(whole.header("content-type"), "video/mp4");
    assert_eq!(whole.header("x-content-type-options"), "nosniff");
    assert_eq!(whole.header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(whole.header("set-cookie"), "");
    let part = fetch(&world, &path, &[("range", "bytes=100-199")]).await;
    assert_eq!((part.status, part.body.as_slice()), (206, &FILM[100..200]));
    assert_eq!(part.header("content-range"), format!("bytes 100-199/{}", FILM.len()));
    let asked = world.web.headers_of("/files/film.mp4");
    for name in ["cookie", "authorization", "referer", "x-forwarded-for"] {
        assert!(asked.iter().all(|headers| !headers.contains_key(name)), "{name} went along");
    }
    let head = super::asks(&world, reqwest::Method::HEAD, &path, &[]).await;
    assert_eq!((head.status, head.header("content-length")), (200, FILM.len().to_string().as_str()));

    world.restart().await;
    assert_eq!(fetch(&world, &path, &[]).await.status, 200, "a link outlives a restart");
}

#[tokio::test]
async fn a_stream_comes_with_all_that_its_playlists_name() {
    let (world, _dir) = cinema(relaying).await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Stream").await;
    let path = queues(&ana, &room, &world.link("/hls/master.m3u8")).await;
    let master = fetch(&world, &path, &[]).await;
    assert_eq!((master.status, master.header("content-type")), (200, "application/vnd.apple.mpegurl"));
    assert_eq!(master.header("cache-control"), "no-store");
    let line = |text: &[u8]| {
        let text = String::from_utf8_lossy(text).into_owned();
        text.lines().find(|line| line.starts_with("/media/relay/")).map(str::to_owned)
    };
    let variant = fetch(&world, &line(&master.body).unwrap(), &[("range", "bytes=0-1")]).await;
    let text = String::from_utf8_lossy(&variant.body).into_owned();
    assert!(variant.status == 200 && text.contains("#EXTINF:3.5") && text.contains("#EXT-X-ENDLIST"), "{text}");
    assert!(text.lines().all(|line| line.starts_with('#') || line.starts_with("/media/relay/")), "{text}");
    let segment = fetch(&world, &line(&variant.body).unwrap(), &[]).await;
    assert_eq!((segment.status, segment.header("content-type"), segment.body.len()), (200, "video/mp2t", 188));
}

#[tokio::test]
async fn nobody_gets_an_open_proxy() {
    let (world, _dir) = cinema(relaying).await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Closed").await;
    let path = queues(&ana, &room, &world.link("/files/film.mp4")).await;

    // Nothing but what this server signed, and as long as that is good.
    let stranger = Signer::new("a key of mine");
    let link = world.web.url("/files/film.mp4");
    let now = world.engine().clock.now().wall;
    for forged in [
        stranger.path(&link, now),
        path.replace("/media/relay/", "/media/relay/9"),
        path[..path.len() - 2].to_owned(),
        "/media/relay/".to_owned() + "x",
        format!("/media/relay/{link}"),
        "/media/relay/1/2/aHR0cDovLzEyNy4wLjAuMQ".to_owned(),
    ] {
        assert_eq!(told(&fetch(&world, &forged, &[]).await), (403, "link_expired".to_owned()), "{forged}");
    }
    let ours = world.signer().await;
    let old = ours.path(&link, WallTime(now.0 - 4 * 24 * 3_600_000));
    assert_eq!(told(&fetch(&world, &old, &[]).await), (403, "link_expired".to_owned()));

    // What was signed is still fetched through the guard, at every hop, and must be a film.
    let asked = world.web.hits().len();
    for (link, code) in [
        ("http://127.0.0.1:1/film.mp4".to_owned(), "private_address"),
        ("http://[::1]/film.mp4".to_owned(), "private_address"),
        ("http://169.254.169.254/latest/meta-data/film.mp4".to_owned(), "private_address"),
        (world.url("/media/files/A%20small%20film.mp4"), "private_address"),
        (world.web.redirect("http://127.0.0.1:1/film.mp4").to_string(), "private_address"),
        (world.web.hops(9).to_string(), "link_broken"),
        (world.link("/page"), "not_media"),
        (world.link("/untyped-page"), "not_media"),
        (world.link("/dash/film.mpd"), "not_media"),
        (world.link("/broken/500"), "link_broken"),
    ] {
        let path = ours.path(&link.parse().unwrap(), now);
        assert_eq!(told(&fetch(&world, &path, &[]).await), (422, code.to_owned()), "{link}");
    }
    assert!(world.web.hits().len() > asked);
    let untyped = ours.path(&world.web.url("/untyped/film"), now);
    let untyped = fetch(&world, &untyped, &[]).await;
    assert_eq!(
        (untyped.status, untyped.header("content-type"), untyped.body.as_slice()),
        (200, "application/octet-stream", FILM)
    );
    let listed = ours.path(&world.web.url("/untyped/list"), now);
    assert_eq!(fetch(&world, &listed, &[]).await.header("content-type"), "application/vnd.apple.mpegurl");

    // Off, there are no links, and none works.
    let (off, _dir) = cinema(|_| ()).await;
    let ben = off.person("Ben").await;
    let room = ben.makes_room("Off").await;
    let added = ben.post(&in_room(&room, "/queue"), json!({ "url": off.link("/files/film.mp4") })).await.created();
    assert_eq!(added["item"]["relay_url"], Value::Null);
    assert_eq!(told(&fetch(&off, &path, &[]).await), (403, "link_expired".to_owned()));
}

#[tokio::test]
async fn embedded_players_and_manifests_of_dash_are_not_relayed_and_streams_have_a_limit() {
    let (world, _dir) = cinema(|config| {
        relaying(config);
        config.media.relay_streams = std::num::NonZeroU32::MIN;
    })
    .await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Few").await;
    world.web.tell("youtube", Told::title("Big Buck Bunny"));
    for link in [world.link("/dash/film.mpd"), "https://www.youtube.com/watch?v=aqz-KE-bpKQ".to_owned()] {
        let added = ana.post(&in_room(&room, "/queue"), json!({ "url": link })).await.created();
        assert_eq!(added["item"]["relay_url"], Value::Null, "{link}");
    }
    let radio = queues(&ana, &room, &world.link("/radio")).await;
    let endless = reqwest::get(world.url(&radio)).await.unwrap();
    assert_eq!(endless.status(), 200);
    let film = queues(&ana, &room, &world.link("/files/film.mp4")).await;
    assert_eq!(told(&fetch(&world, &film, &[]).await), (503, "busy".to_owned()));
    drop(endless);
    // The seat is free when the server notices.
    while fetch(&world, &film, &[]).await.status == 503 {
        tokio::task::yield_now().await;
    }
}
