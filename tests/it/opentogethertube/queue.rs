//! What comes next: added, given subtitles, removed.

use serde_json::{Value, json};

use super::client::Client;
use crate::{fake_web::Told, viewer::Viewer, world::World};

/// A room of this name with a film on, so that what is added waits.
async fn couch(world: &World) -> Client {
    let ana = Client::guest(world, "Ana").await;
    ana.makes("couch").await;
    ana.post("/api/room/couch/queue", json!({ "url": world.link("/files/demo.mp4") })).await.ok();
    ana
}

/// The videos that wait, as service and id.
async fn queue(client: &Client) -> Vec<(String, String)> {
    let room = client.reads("couch").await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    room["queue"].as_array().unwrap().iter().map(|item| (text(&item["service"]), text(&item["id"]))).collect()
}

#[tokio::test]
async fn videos_are_added_by_link_by_id_and_several_at_once() {
    let world = World::start().await;
    let ana = couch(&world).await;
    let native = ana.native(&world, "couch").await;
    assert_eq!(native["current"]["url"], world.link("/files/demo.mp4"), "what comes into an empty room is on");
    assert!(queue(&ana).await.is_empty());
    for site in ["youtube", "vimeo"] {
        world.web.tell(site, Told::title("A film"));
    }
    ana.post("/api/room/couch/queue", json!({ "service": "direct", "id": world.link("/files/film.mp4") })).await.ok();
    ana.post("/api/room/couch/queue", json!({ "service": "youtube", "id": "dQw4w9WgXcQ", "startAt": 5 })).await.ok();
    let many = json!({ "videos": [
        { "service": "vimeo", "id": "76979871" },
        { "service": "hls", "id": world.link("/hls/vod.m3u8"), "subtitleUrl": world.link("/subtitles/film.vtt") },
    ] });
    assert_eq!(ana.post("/api/room/couch/queue", many).await.ok(), json!({}));
    let file = world.link("/files/film.mp4");
    let list = world.link("/hls/vod.m3u8");
    let expected = [("direct", &*file), ("youtube", "dQw4w9WgXcQ"), ("vimeo", "76979871"), ("hls", &*list)];
    assert_eq!(queue(&ana).await, expected.map(|(service, id)| (service.to_owned(), id.to_owned())));
    let items = ana.reads("couch").await["queue"].clone();
    assert_eq!(
        items[0],
        json!({ "service": "direct", "id": file, "title": "A small film", "description": "", "length": 12.0, "mime": "video/mp4" })
    );
    assert!(items[1]["startAt"].is_null(), "that is not accepted here");
    assert_eq!(
        (&items[3]["hls_url"], &items[3]["subtitleUrl"]),
        (&json!(list), &json!(world.link("/subtitles/film.vtt")))
    );
}

#[tokio::test]
async fn the_same_video_waits_once_and_what_cannot_be_watched_is_dropped() {
    let world = World::start().await;
    let ana = couch(&world).await;
    let demo = json!({ "service": "direct", "id": world.link("/files/demo.mp4") });
    let film = json!({ "service": "direct", "id": world.link("/files/film.mp4") });
    ana.post("/api/room/couch/queue", film.clone()).await.ok();
    for known in [&demo, &film] {
        let no = ana.post("/api/room/couch/queue", known.clone()).await;
        assert_eq!(no.no(), (400, "VideoAlreadyQueuedException"));
    }
    let gone = json!({ "service": "direct", "id": world.link("/broken/404/film.mp4") });
    let song = json!({ "service": "direct", "id": world.link("/files/song.mp3") });
    let tubi = json!({ "service": "tubi", "id": "12345" });
    let many = json!({ "videos": [tubi, film, gone, song, song] });
    let told = ana.post("/api/room/couch/queue", many).await.ok();
    let left: Vec<_> =
        told["leftOut"].as_array().unwrap().iter().map(|left| (&left["index"], &left["error"]["name"])).collect();
    assert_eq!(
        left,
        [(&json!(0), &json!("UnsupportedServiceException")), (&json!(2), &json!("MissingMetadataException"))],
        "nothing is queued that nobody can reach"
    );
    assert_eq!(queue(&ana).await.len(), 2);
    // Where nothing of it is new, or nothing can be watched, that is said.
    let no = ana.post("/api/room/couch/queue", json!({ "videos": [film, song] })).await;
    assert_eq!(no.no(), (400, "VideoAlreadyQueuedException"));
    let no = ana.post("/api/room/couch/queue", json!({ "videos": [tubi] })).await;
    assert_eq!(no.no(), (400, "UnsupportedServiceException"));
    let no = ana.post("/api/room/couch/queue", json!({ "videos": [gone] })).await;
    assert_eq!(no.no(), (400, "MissingMetadataException"));
}

#[tokio::test]
async fn what_cannot_be_added_is_refused_by_name() {
    let world = World::start().await;
    let ana = couch(&world).await;
    let before = ana.reads("couch").await;
    for (body, name) in [
        (json!({}), "ZodValidationError"),
        (json!({ "videos": "all" }), "ZodValidationError"),
        (json!({ "service": "youtube" }), "ZodValidationError"),
        (json!({ "service": "netflix", "id": "1" }), "ZodValidationError"),
        (json!({ "url": "two words" }), "ZodValidationError"),
        (json!({ "service": "reddit", "id": "1" }), "UnsupportedServiceException"),
        (json!({ "url": "https://www.reddit.com/r/videos" }), "UnsupportedServiceException"),
        (json!({ "url": "https://tubitv.com/movies/1" }), "UnsupportedServiceException"),
        (json!({ "url": "https://www.netflix.com/watch/1" }), "UnsupportedServiceException"),
        (json!({ "service": "youtube", "id": "not an id" }), "InvalidVideoIdException"),
        (json!({ "service": "youtube", "id": "x&list=PLsmall" }), "InvalidVideoIdException"),
        (json!({ "service": "youtube", "id": "../../etc" }), "InvalidVideoIdException"),
        (json!({ "service": "direct", "id": "two words" }), "InvalidVideoIdException"),
        (json!({ "service": "direct", "id": "file:///etc/passwd" }), "InvalidVideoIdException"),
        (json!({ "url": "nonsense" }), "InvalidAddPreviewInputException"),
        (json!({ "url": "javascript:alert(1)" }), "InvalidAddPreviewInputException"),
        (json!({ "url": world.link("/page") }), "UnsupportedMimeTypeException"),
        (json!({ "url": world.link("/broken/404/a.mp4") }), "MissingMetadataException"),
        (
            json!({ "service": "direct", "id": world.link("/files/film.mp4"), "subtitleUrl": "https://a.example/b.ass" }),
            "UnsupportedSubtitleType",
        ),
    ] {
        let no = ana.post("/api/room/couch/queue", body.clone()).await;
        assert_eq!(no.no(), (400, name), "{body}");
    }
    let clip = json!({ "service": "youtube", "id": "dQw4w9WgXcQ" });
    assert_eq!(ana.post("/api/room/nowhere/queue", clip).await.no(), (404, "RoomNotFoundException"));
    assert_eq!(ana.reads("couch").await, before);
}

#[tokio::test]
async fn who_may_not_is_told_which_right_is_missing() {
    let world = World::start().await;
    let (ana, ben) = (Client::account(&world, "ana").await, Client::guest(&world, "Ben").await);
    ana.makes("couch").await;
    for link in ["demo.mp4", "film.mp4"] {
        ana.post("/api/room/couch/queue", json!({ "url": world.link(&format!("/files/{link}")) })).await.ok();
    }
    ana.patch("/api/room/couch", json!({ "grants": [[0, 0]] })).await.ok();
    let film =
        json!({ "service": "direct", "id": world.link("/files/film.mp4"), "subtitleUrl": "https://a.example/b.vtt" });
    let denied = |no: &super::client::Reply, right: &str| {
        assert_eq!(no.no(), (400, "PermissionDeniedException"));
        assert_eq!(no.body["error"]["message"], format!("Permission denied: {right}"));
    };
    denied(
        &ben.post("/api/room/couch/queue", json!({ "url": world.link("/files/song.mp3") })).await,
        "manage-queue.add",
    );
    denied(&ben.patch("/api/room/couch/queue", film.clone()).await, "manage-queue.edit");
    denied(&ben.delete("/api/room/couch/queue", film).await, "manage-queue.remove");
    assert!(!world.web.hits().iter().any(|hit| hit.contains("song")), "nothing is fetched for who may not add it");
}

#[tokio::test]
async fn queued_videos_get_subtitles_and_go() {
    let world = World::start().await;
    let ana = couch(&world).await;
    let link = world.link("/files/film.mp4");
    let film = |subtitles: Value| json!({ "service": "direct", "id": link, "subtitleUrl": subtitles });
    let nobody =
        json!({ "service": "direct", "id": "https://a.example/b.mp4", "subtitleUrl": "https://a.example/b.vtt" });
    assert_eq!(ana.patch("/api/room/couch/queue", nobody.clone()).await.no(), (400, "VideoNotFoundException"));
    assert_eq!(ana.delete("/api/room/couch/queue", nobody).await.no(), (400, "VideoNotFoundException"));
    ana.post("/api/room/couch/queue", json!({ "service": "direct", "id": link })).await.ok();
    let subtitles = async || ana.reads("couch").await["queue"][0]["subtitleUrl"].clone();
    ana.patch("/api/room/couch/queue", film(json!("https://a.example/b.vtt"))).await.ok();
    assert_eq!(subtitles().await, "https://a.example/b.vtt");
    let no = ana.patch("/api/room/couch/queue", film(json!("https://a.example/b.txt"))).await;
    assert_eq!(no.no(), (400, "UnsupportedSubtitleType"));
    assert_eq!(ana.patch("/api/room/couch/queue", film(json!("nonsense"))).await.no(), (400, "ZodValidationError"));
    assert_eq!(subtitles().await, "https://a.example/b.vtt");
    ana.patch("/api/room/couch/queue", film(Value::Null)).await.ok();
    assert_eq!(subtitles().await, Value::Null);
    assert_eq!(
        ana.delete("/api/room/couch/queue", json!({ "service": "direct" })).await.no(),
        (400, "ZodValidationError")
    );
    ana.delete("/api/room/couch/queue", film(Value::Null)).await.ok();
    assert!(queue(&ana).await.is_empty());
}

#[tokio::test]
async fn the_queue_and_the_place_in_the_film_survive_the_server() {
    let mut world = World::start().await;
    let (person, ana) = (world.person("Ana").await, couch(&world).await);
    let room = ana.native(&world, "couch").await;
    let mut viewer = Viewer::open(&world, &room, &person).await;
    viewer.does(json!({ "do": "pause" })).await;
    viewer.does(json!({ "do": "seek", "position_ms": 30_000 })).await;
    ana.post("/api/room/couch/queue", json!({ "url": world.link("/files/film.mp4") })).await.ok();
    let before = queue(&ana).await;
    drop(viewer);
    world.restart().await;
    assert_eq!(queue(&ana).await, before);
    let after = ana.native(&world, "couch").await;
    assert_eq!(after["playback"]["position_ms"], 30_000, "no clock ran while nobody was there");
    assert_eq!(after["current"]["url"], world.link("/files/demo.mp4"));
}
