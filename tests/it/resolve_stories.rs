//! What somebody who pastes a link reads: through the network resolver, against the fake internet.

#![expect(clippy::unwrap_used, reason = "a story stops where something is odd")]

mod lists;
mod providers;

use std::time::Duration;

use engine::{
    media::{Media, Player},
    ports::Resolve,
    refusal::{Code, Refusal},
    time::Millis,
};
use onecouch::resolve::{Limits, ResolveSettings, Resolver};
use serde_json::json;

use crate::fake_web::{FILM, FakeWeb, Told};

async fn web() -> (FakeWeb, Resolver) {
    let web = FakeWeb::start().await;
    let resolver = Resolver::new(web.settings()).unwrap();
    (web, resolver)
}

async fn hasty(total: Duration) -> (FakeWeb, Resolver) {
    let web = FakeWeb::start().await;
    let limits = Limits { total, ..Limits::default() };
    let resolver = Resolver::new(ResolveSettings { limits, ..web.settings() }).unwrap();
    (web, resolver)
}

trait Looks {
    async fn sees(&self, link: impl AsRef<str>) -> Media;
    async fn refuses(&self, link: impl AsRef<str>) -> Refusal;
}

impl Looks for Resolver {
    async fn sees(&self, link: impl AsRef<str>) -> Media {
        self.probe(&link.as_ref().parse().unwrap()).await.unwrap()
    }

    async fn refuses(&self, link: impl AsRef<str>) -> Refusal {
        self.probe(&link.as_ref().parse().unwrap()).await.unwrap_err()
    }
}

/// Everything that can be set up is, and answers by itself; whatever hangs, hangs for the time given.
async fn furnished(total: Duration) -> (FakeWeb, Resolver) {
    let web = FakeWeb::start().await;
    let settings = ResolveSettings {
        limits: Limits { total, ..Limits::default() },
        youtube: Some(web.youtube_api()),
        sponsorblock: Some(web.url("/parts/")),
        ..web.settings()
    };
    let resolver = Resolver::new(settings).unwrap();
    (web, resolver)
}

const PLENTY: Duration = Duration::from_secs(5);

/// What a provider in trouble does, one after the other.
fn troubles() -> [Told; 5] {
    [
        Told::status(500),
        Told { raw: Some("<html>no JSON</html>".to_owned()), ..Told::status(200) },
        Told { raw: Some(format!("[{}0]", "0,".repeat(1 << 20))), ..Told::status(200) },
        Told { card: json!({ "items": 7 }), ..Told::status(200) },
        Told { delay: Duration::from_mins(1), ..Told::status(200) },
    ]
}

#[tokio::test]
async fn a_film_tells_its_length_and_title_in_one_request() {
    let (web, resolver) = web().await;
    let media = resolver.sees(web.url("/files/film.mp4#t=3")).await;
    assert_eq!(media.player, Player::Video);
    assert_eq!(media.duration, Some(Millis(12_000)));
    assert_eq!(media.title.as_deref(), Some("A small film"));
    assert_eq!(media.url, web.url("/files/film.mp4").as_str());
    assert_eq!(web.hits(), ["/files/film.mp4 bytes=0-524287"]);
}

#[tokio::test]
async fn a_film_with_its_index_behind_300_mb_tells_its_length_in_two_requests() {
    let (web, resolver) = web().await;
    let media = resolver.sees(web.url("/long/film.mp4")).await;
    assert_eq!(media.duration, Some(Millis(12_000)));
    assert_eq!(media.title.as_deref(), Some("A small film"));
    assert_eq!(web.hits().len(), 2, "{:?}", web.hits());
}

#[tokio::test]
async fn web_films_and_songs_tell_their_length_too() {
    let (web, resolver) = web().await;
    let film = resolver.sees(web.url("/files/film.webm")).await;
    assert_eq!((film.player, film.duration), (Player::Video, Some(Millis(10_000))));
    let song = resolver.sees(web.url("/files/song.mp3")).await;
    assert_eq!(song.player, Player::Audio);
    assert!((8_900..=9_200).contains(&song.duration.unwrap().0), "{song:?}");
    assert_eq!(song.title.as_deref(), Some("A small song"));
    let ogg = resolver.sees(web.url("/files/song.ogg")).await;
    assert_eq!((ogg.player, ogg.duration), (Player::Audio, Some(Millis(7_000))));
}

#[tokio::test]
async fn a_server_that_knows_no_ranges_costs_nothing_but_the_rest_of_a_large_file() {
    let (web, resolver) = web().await;
    for name in ["film.mp4", "film-tail.mp4", "film.webm", "song.mp3", "song.ogg"] {
        let media = resolver.sees(web.url(&format!("/whole/{name}"))).await;
        assert!(media.duration.is_some(), "{name}");
    }
}

#[tokio::test]
async fn first_bytes_tell_what_a_server_without_types_does_not() {
    let (web, resolver) = web().await;
    let film = resolver.sees(web.url("/untyped/film")).await;
    assert_eq!((film.player, film.duration), (Player::Video, Some(Millis(12_000))));
    assert_eq!(resolver.sees(web.url("/untyped/song.mp3")).await.player, Player::Audio);
    let list = resolver.sees(web.url("/untyped/list")).await;
    assert_eq!((list.player, list.duration), (Player::Hls, Some(Millis(15_500))));
    let manifest = resolver.sees(web.url("/untyped/manifest")).await;
    assert_eq!((manifest.player, manifest.duration), (Player::Dash, Some(Millis(65_500))));
    assert_eq!(resolver.refuses(web.url("/untyped-page")).await.code, Code::NotMedia);
}

#[tokio::test]
async fn a_playlist_lasts_as_long_as_its_first_variant() {
    let (web, resolver) = web().await;
    let media = resolver.sees(web.url("/hls/master.m3u8")).await;
    assert_eq!((media.player, media.duration, media.live), (Player::Hls, Some(Millis(15_500)), false));
    assert_eq!(web.hits(), ["/hls/master.m3u8 bytes=0-524287", "/hls/vod.m3u8"]);
    let live = resolver.sees(web.url("/hls/live.m3u8")).await;
    assert_eq!((live.player, live.duration, live.live), (Player::Hls, None, true));
}

#[tokio::test]
async fn a_manifest_says_its_length_or_that_it_is_live() {
    let (web, resolver) = web().await;
    let media = resolver.sees(web.url("/dash/film.mpd")).await;
    assert_eq!((media.player, media.duration), (Player::Dash, Some(Millis(65_500))));
    assert_eq!(media.title.as_deref(), Some("A small stream"));
    let live = resolver.sees(web.url("/dash/live.mpd")).await;
    assert_eq!((live.player, live.duration, live.live), (Player::Dash, None, true));
}

#[tokio::test]
async fn a_radio_station_is_live_and_nobody_waits_for_its_end() {
    let (web, resolver) = web().await;
    let media = resolver.sees(web.url("/radio")).await;
    assert_eq!((media.player, media.live, media.title.as_deref()), (Player::Audio, true, Some("Radio Nowhere")));
}

#[tokio::test]
async fn a_page_is_no_film_whatever_its_name_says() {
    let (web, resolver) = web().await;
    assert_eq!(resolver.refuses(web.url("/page")).await.code, Code::NotMedia);
    assert_eq!(resolver.refuses(web.url("/page.mp4")).await.code, Code::NotMedia);
}

#[tokio::test]
async fn a_link_that_answers_an_error_is_refused_with_its_status() {
    let (web, resolver) = web().await;
    let refusal = resolver.refuses(web.url("/nowhere")).await;
    assert_eq!(refusal.code, Code::LinkBroken);
    assert_eq!(refusal.to_string(), "That link answers 404. Open it in a browser to check it.");
    assert_eq!(resolver.refuses(web.url("/broken/503")).await.args["status"], "503");
}

#[tokio::test]
async fn a_host_that_does_not_answer_in_time_is_unreachable() {
    let (web, resolver) = hasty(Duration::from_millis(300)).await;
    assert_eq!(resolver.refuses(web.url("/slow")).await.code, Code::LinkUnreachable);
    // Nobody listens on port 9 of this machine any more than on a port that was just given back.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let settings = ResolveSettings { allow_private: vec![free.to_string()], ..ResolveSettings::default() };
    let nobody = Resolver::new(settings).unwrap();
    assert_eq!(nobody.refuses(format!("http://{free}/a.mp4")).await.code, Code::LinkUnreachable);
}

#[tokio::test]
async fn a_file_that_stops_in_the_middle_is_still_known_for_what_it_is() {
    let (web, resolver) = hasty(Duration::from_millis(400)).await;
    assert_eq!(resolver.sees(web.url("/dripping.mp3")).await.player, Player::Audio);
}

#[tokio::test]
async fn a_damaged_film_can_be_watched_without_a_length() {
    let (web, resolver) = web().await;
    let media = resolver.sees(web.url("/files/noise.mp4")).await;
    assert_eq!((media.player, media.duration), (Player::Video, None));
}

#[tokio::test]
async fn three_redirects_are_followed_and_a_fourth_is_not() {
    let (web, resolver) = web().await;
    assert_eq!(resolver.sees(web.hops(3)).await.duration, Some(Millis(12_000)));
    assert_eq!(resolver.refuses(web.hops(4)).await.code, Code::LinkBroken);
    assert!(!web.hits().iter().rev().take(3).any(|hit| hit.starts_with("/files/")), "{:?}", web.hits());
}

#[tokio::test]
async fn a_short_link_to_a_known_site_is_that_site_and_the_site_is_not_asked_for_its_page() {
    let (web, resolver) = web().await;
    web.tell("youtube", Told::title("Sintel"));
    let media = resolver.sees(web.redirect("https://youtu.be/eRsGyueVLvQ")).await;
    assert_eq!((media.player, media.title.as_deref()), (Player::Youtube, Some("Sintel")));
    assert_eq!(media.url, "https://www.youtube.com/watch?v=eRsGyueVLvQ");
    let refusal = resolver.refuses(web.redirect("https://www.netflix.com/watch/80057281")).await;
    assert_eq!(refusal.code, Code::SiteProtected);
}

#[tokio::test]
async fn a_redirect_to_another_scheme_is_refused() {
    let (web, resolver) = web().await;
    assert_eq!(resolver.refuses(web.redirect("file:///etc/passwd")).await.code, Code::BadScheme);
    assert_eq!(resolver.refuses(web.redirect("ftp://files.example/a.mp4")).await.code, Code::BadScheme);
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_not_followed() {
    let web = FakeWeb::start().await;
    let inside = FakeWeb::start().await;
    let resolver = Resolver::new(web.settings()).unwrap();
    let port = inside.authority().rsplit(':').next().unwrap().to_owned();
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f000001", "0"] {
        let link = web.redirect(&format!("http://{host}:{port}/files/film.mp4"));
        assert_eq!(resolver.refuses(&link).await.code, Code::PrivateAddress, "{host}");
    }
    assert_eq!(inside.hits(), [""; 0]);
}

#[tokio::test]
async fn a_body_that_unpacks_to_32_mb_is_read_to_1_mib() {
    let (web, resolver) = web().await;
    let guard = resolver.guard();
    let answer = guard.open(&web.url("/bomb.m3u8"), None, guard.deadline()).await.unwrap();
    let (body, all) = answer.read(usize::MAX).await;
    assert_eq!((body.len(), all), (1 << 20, false));
    let media = resolver.sees(web.url("/bomb.m3u8")).await;
    assert_eq!((media.player, media.duration, media.live), (Player::Hls, None, false));
}

#[tokio::test]
async fn a_video_of_a_provider_has_the_title_that_the_provider_tells() {
    let (web, resolver) = web().await;
    web.tell("youtube", Told::title("  Sintel\u{202e} – the film "));
    web.tell("dailymotion", Told::title("A day"));
    let mut vimeo = Told::title("The mountain");
    vimeo.card["duration"] = 189.into();
    web.tell("vimeo", vimeo);

    let film = resolver.sees("https://youtu.be/eRsGyueVLvQ?si=abc&t=30").await;
    assert_eq!(film.url, "https://www.youtube.com/watch?v=eRsGyueVLvQ");
    assert_eq!(film.title.as_deref(), Some("Sintel – the film"));
    assert_eq!(film.provider_id.as_deref(), Some("eRsGyueVLvQ"));
    assert_eq!(film.thumbnail.as_deref(), Some("https://pictures.example/1.jpg"));
    let mountain = resolver.sees("https://vimeo.com/22439234").await;
    assert_eq!((mountain.title.as_deref(), mountain.duration), (Some("The mountain"), Some(Millis(189_000))));
    assert_eq!(resolver.sees("https://dai.ly/x8abcde").await.title.as_deref(), Some("A day"));
    assert_eq!(
        web.hits()[0],
        "/oembed/youtube?url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3DeRsGyueVLvQ&format=json"
    );
}

#[tokio::test]
async fn a_video_that_is_gone_or_private_is_refused_with_the_site() {
    let (web, resolver) = web().await;
    for status in [401, 403, 404] {
        web.tell("youtube", Told::status(status));
        let refusal = resolver.refuses("https://youtu.be/eRsGyueVLvQ").await;
        assert_eq!(refusal.to_string(), "YouTube has no such video, or it is private. Try another one.");
    }
}

#[tokio::test]
async fn a_provider_in_trouble_costs_the_title_only() {
    let (web, resolver) = hasty(Duration::from_millis(300)).await;
    let link = "https://vimeo.com/22439234";
    let troubles = [
        Told::status(500),
        Told::status(429),
        Told { delay: Duration::from_mins(1), ..Told::title("Too late") },
        Told { card: json!({"title": 7, "thumbnail_url": "javascript:alert(1)"}), ..Told::title("") },
        Told { card: json!("no object"), ..Told::title("") },
    ];
    for told in troubles {
        web.tell("vimeo", told.clone());
        let media = resolver.sees(link).await;
        assert_eq!((media.url.as_str(), media.title, media.thumbnail), (link, None, None), "{told:?}");
    }
}

#[tokio::test]
async fn a_twitch_channel_is_live_and_called_by_its_name_without_asking_anybody() {
    let (web, resolver) = web().await;
    let media = resolver.sees("https://m.twitch.tv/SomeBody").await;
    assert_eq!((media.title.as_deref(), media.live), (Some("somebody"), true));
    assert_eq!(web.hits(), [""; 0]);
}

#[tokio::test]
async fn the_link_alone_is_read_without_asking_anybody() {
    let (web, resolver) = web().await;
    let read = |link: &str| resolver.recognise(&link.parse().unwrap());
    assert_eq!(read(web.url("/files/film.mp4").as_str()).unwrap().unwrap().player, Player::Video);
    assert_eq!(read("https://films.example/a.m3u8").unwrap().unwrap().player, Player::Hls);
    assert_eq!(read("https://youtu.be/eRsGyueVLvQ").unwrap().unwrap().player, Player::Youtube);
    assert_eq!(read("https://films.example/watch/1").unwrap(), None);
    assert_eq!(read("ftp://films.example/a.mp4").unwrap_err().code, Code::BadScheme);
    assert_eq!(read("http://192.168.1.4/a.mp4").unwrap_err().code, Code::PrivateAddress);
    assert_eq!(read("https://ana:secret@films.example/a.mp4").unwrap_err().code, Code::BadInput);
    let refusal = read("https://www.netflix.com/watch/80057281").unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "Netflix protects its films, so that only its own pages can play them. Use another source."
    );
    assert_eq!(web.hits(), [""; 0]);
}

#[tokio::test]
async fn searching_is_not_set_up() {
    let (_web, resolver) = web().await;
    assert_eq!(resolver.search("sintel").await.unwrap_err().code, Code::NoSearch);
    assert!(FILM.len() < 60_000, "the films stay small");
}
