//! Subtitles of what is on, as WebVTT, for those who may be in the room.

use serde_json::json;

use super::{cinema, fetch};
use crate::world::in_room;

#[tokio::test]
async fn subtitles_beside_a_film_come_as_webvtt_by_token_or_by_cookie() {
    let (world, _dir) = cinema(|_| ()).await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Subtitles").await;
    let link = world.url("/media/files/A%20small%20film.mp4");
    let added = ana.post(&in_room(&room, "/queue"), json!({ "url": link })).await.created();
    let item = added["item"]["id"].as_str().unwrap();

    let german = ana.get(&in_room(&room, "/items/current/subtitles.vtt")).await;
    assert_eq!((german.status, german.text.contains("Hallo")), (200, true), "{}", german.text);
    assert_eq!(german.headers["content-type"], "text/vtt; charset=utf-8");
    let path = in_room(&room, &format!("/items/{item}/subtitles.vtt?track=1"));
    let english = ana.get(&path).await;
    assert_eq!(english.text, "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nHello <i>there</i>\n");

    let cookie = format!("onecouch={}", ana.token.as_deref().unwrap());
    let track = fetch(&world, &path, &[("cookie", &cookie)]).await;
    assert_eq!((track.status, track.body), (200, english.text.into_bytes()), "as a track of the page asks for it");

    assert_eq!(world.nobody().get(&path).await.no().0, 401);
    let eve = world.person("Eve").await;
    assert_eq!(eve.get(&path).await.no(), (403, "not_a_member".to_owned()));
    let beyond = in_room(&room, &format!("/items/{item}/subtitles.vtt?track=2"));
    assert_eq!(ana.get(&beyond).await.no(), (422, "bad_subtitles".to_owned()));
    for none in ["/items/none/subtitles.vtt", "/items/00000000-0000-0000-0000-000000000000/subtitles.vtt"] {
        assert_eq!(ana.get(&in_room(&room, none)).await.no(), (404, "no_such_item".to_owned()));
    }
}

#[tokio::test]
async fn subtitles_behind_a_link_come_through_the_guard_and_are_asked_for_once() {
    let (world, _dir) = cinema(|_| ()).await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Links").await;
    let add = async |subtitles: String| {
        let film = json!({ "url": world.link("/files/film.mp4"), "subtitles": subtitles, "spot": "now" });
        ana.patch(&in_room(&room, ""), json!({ "duplicates": true })).await.ok();
        let added = ana.post(&in_room(&room, "/queue"), film).await.created();
        assert_eq!(added["item"]["captions"][0]["track"], 0);
        in_room(&room, &format!("/items/{}/subtitles.vtt", added["item"]["id"].as_str().unwrap()))
    };
    let path = add(world.link("/subtitles/film.srt")).await;
    for _ in 0..2 {
        let told = ana.get(&path).await;
        assert_eq!(told.text, "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nFrançais\n");
    }
    let asked = world.web.hits().iter().filter(|hit| hit.starts_with("/subtitles/film.srt")).count();
    assert_eq!(asked, 1, "what was read is remembered");

    let page = add(world.link("/subtitles/page.srt")).await;
    assert_eq!(ana.get(&page).await.no(), (422, "bad_subtitles".to_owned()));
    let long = add(world.link("/subtitles/long.srt")).await;
    assert_eq!(ana.get(&long).await.no(), (422, "bad_subtitles".to_owned()));
    let private = add("http://127.0.0.2:9/film.srt".to_owned()).await;
    assert_eq!(ana.get(&private).await.no(), (422, "private_address".to_owned()));
}
