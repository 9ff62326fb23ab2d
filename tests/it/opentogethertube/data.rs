//! What a link is before it is added; the list of rights; how the server is.

use onecouch::config::{Config, Secret};
use serde_json::{Value, json};

use super::client::{Client, Reply};
use crate::{
    fake_web::{API_KEY, FakeWeb, Told},
    world::World,
};

async fn asks(client: &Client, input: &str, more: &str) -> Reply {
    let input: String = url::form_urlencoded::byte_serialize(input.as_bytes()).collect();
    client.get(&format!("/api/data/previewAdd?input={input}{more}")).await
}

/// A server that asks the fake of YouTube's API.
async fn furnished() -> World {
    let youtube = FakeWeb::start().await;
    let url = youtube.url("/youtube/v3");
    // It lives as long as the story does.
    std::mem::forget(youtube);
    World::start_with(|config: &mut Config| {
        config.resolve.youtube_key = Some(Secret::new(API_KEY));
        config.resolve.youtube_api_url = url;
    })
    .await
}

/// YouTube and Vimeo know every video.
fn titled(world: &World) {
    for site in ["youtube", "vimeo"] {
        world.web.tell(site, Told::title("A film"));
    }
}

fn ids(result: &Value) -> Vec<&str> {
    result["result"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_link_tells_what_it_is_and_what_it_tells_can_be_added() {
    let world = World::start().await;
    let (nobody, ana) = (Client::nobody(&world), Client::guest(&world, "Ana").await);
    ana.makes("couch").await;
    titled(&world);
    for link in ["/files/film.mp4", "/hls/vod.m3u8", "/dash/film.mpd", "/files/song.mp3"] {
        let reply = asks(&nobody, &format!("  {} ", world.link(link)), "").await;
        let cache = "public, max-age=3600, immutable, stale-while-revalidate=86400";
        assert_eq!(reply.headers["cache-control"], cache);
        let found = reply.ok();
        assert_eq!(ids(&found), [world.link(link)]);
        let item = &found["result"][0];
        assert!(item["title"].is_string() && item["length"].as_f64().is_some_and(|length| length > 1.0), "{item}");
        ana.post("/api/room/couch/queue", item.clone()).await.ok();
    }
    for (link, service) in [
        ("https://youtu.be/dQw4w9WgXcQ", "youtube"),
        ("youtube.com/watch?v=dQw4w9WgXcW", "youtube"),
        ("https://vimeo.com/76979871", "vimeo"),
        ("https://www.twitch.tv/videos/1234567", "twitch"),
        ("https://kick.com/somebody", "kick"),
        ("https://odysee.com/@chan:1/film:2", "odysee"),
        ("https://www.bilibili.com/video/BV1xx411c7mD?p=2", "bilibili"),
        ("https://fb.watch/abcDEF123/", "facebook"),
        ("https://streamable.com/moo12", "streamable"),
    ] {
        let found = asks(&nobody, link, "").await;
        assert_eq!(found.body["result"][0]["service"], service, "{link}: {}", found.text);
        let found = found.ok();
        ana.post("/api/room/couch/queue", found["result"][0].clone()).await.ok();
    }
    let queue = ana.reads("couch").await["queue"].clone();
    assert_eq!(queue.as_array().map(Vec::len), Some(12), "each was added as it was told: {queue}");
}

#[tokio::test]
async fn lists_come_in_pages_and_point_to_what_their_link_points_to() {
    let world = furnished().await;
    let nobody = Client::nobody(&world);
    let big = asks(&nobody, "https://www.youtube.com/playlist?list=PLbig", "").await;
    assert_eq!(big.headers["cache-control"], "public, max-age=604800, immutable, stale-while-revalidate=86400");
    let big = big.ok();
    assert_eq!(ids(&big).len(), 40);
    assert!(big["highlighted"].is_null());
    let small = asks(&nobody, "https://www.youtube.com/watch?v=aqz-KE-bpKQ&list=PLsmall", "").await.ok();
    assert_eq!(small["highlighted"]["title"], "Big Buck Bunny");
    assert!(ids(&small).contains(&"eRsGyueVLvQ"), "{small}");
    // What is one's own alone is no list to anybody else.
    let later = asks(&nobody, "https://www.youtube.com/watch?v=aqz-KE-bpKQ&list=WL", "").await.ok();
    assert_eq!(ids(&later), ["aqz-KE-bpKQ"]);
    let pasted = format!("{}\nno link\nhttps://youtu.be/eRsGyueVLvQ\n", world.link("/files/film.mp4"));
    let pasted = asks(&nobody, &pasted, "").await.ok();
    assert_eq!(ids(&pasted), [&*world.link("/files/film.mp4"), "eRsGyueVLvQ"]);
    assert_eq!(pasted["result"][1]["title"], "Sintel & friends");
}

#[tokio::test]
async fn without_a_key_a_list_is_its_video_or_a_clear_no() {
    let world = World::start().await;
    titled(&world);
    let nobody = Client::nobody(&world);
    let found = asks(&nobody, "https://www.youtube.com/watch?v=aqz-KE-bpKQ&list=PLsmall", "").await.ok();
    assert_eq!((ids(&found), &found["highlighted"]["id"]), (vec!["aqz-KE-bpKQ"], &json!("aqz-KE-bpKQ")));
    let no = asks(&nobody, "https://www.youtube.com/playlist?list=PLsmall", "").await;
    assert_eq!(no.no(), (400, "FeatureDisabledException"));
    assert_eq!(asks(&nobody, "a film about bees", "").await.no(), (400, "FeatureDisabledException"));
}

#[tokio::test]
async fn words_are_searched_for() {
    let world = furnished().await;
    let nobody = Client::nobody(&world);
    let reply = asks(&nobody, "big bunny", "").await;
    assert_eq!(reply.headers["cache-control"], "public, max-age=604800, immutable, stale-while-revalidate=86400");
    assert_eq!(ids(&reply.ok()), ["aqz-KE-bpKQ", "eRsGyueVLvQ"]);
    assert_eq!(ids(&asks(&nobody, "big bunny", "&adapter=youtube").await.ok()).len(), 2);
    assert_eq!(ids(&asks(&nobody, "nothing", "").await.ok()), Vec::<&str>::new());
    let no = asks(&nobody, "big bunny", "&adapter=direct").await;
    assert_eq!(no.no(), (400, "InvalidAddPreviewInputException"));
}

#[tokio::test]
async fn what_cannot_be_shown_is_refused_by_name() {
    let world = World::start().await;
    titled(&world);
    let nobody = Client::nobody(&world);
    for (input, more, name) in [
        ("", "", "BadApiArgumentException"),
        ("   ", "", "BadApiArgumentException"),
        ("ab", "", "InvalidAddPreviewInputException"),
        ("file:///etc/passwd", "", "LocalFileException"),
        ("no\nlinks\nhere", "", "InvalidAddPreviewInputException"),
        ("https://www.netflix.com/watch/1", "", "UnsupportedServiceException"),
        ("https://drive.google.com/file/d/1/view", "", "UnsupportedServiceException"),
        ("https://youtu.be/dQw4w9WgXcQ", "&adapter=vimeo", "UnsupportedServiceException"),
        ("https://youtu.be/dQw4w9WgXcQ", "&adapter=tubi", "UnsupportedServiceException"),
        ("https://youtu.be/dQw4w9WgXcQ", "&adapter=nonsense", "Error"),
        (&*world.link("/page"), "", "UnsupportedMimeTypeException"),
        (&*world.link("/broken/404/a.mp4"), "", "MissingMetadataException"),
    ] {
        assert_eq!(asks(&nobody, input, more).await.no(), (400, name), "{input}");
    }
    assert_eq!(nobody.get("/api/data/previewAdd").await.no(), (400, "BadApiArgumentException"));
    assert_eq!(asks(&nobody, &"x".repeat(3_000), "").await.no().0, 400);
}

#[tokio::test]
async fn no_spelling_of_this_machine_is_asked() {
    let world = World::start_with(|config| config.resolve.allow_private = Vec::new()).await;
    let (nobody, ana) = (Client::nobody(&world), Client::guest(&world, "Ana").await);
    ana.makes("couch").await;
    let port = world.web.authority().rsplit_once(':').unwrap().1.to_owned();
    for host in [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:0:0:1]",
        "0.0.0.0",
        "0",
        "[::]",
        "127.0.0.1.",
        "169.254.169.254",
        "10.0.0.1",
        "192.168.1.1",
    ] {
        for path in ["/files/film.mp4", "/hls/vod.m3u8", "/dash/film.mpd", "/lists/films.json"] {
            let link = format!("http://{host}:{port}{path}");
            let no = asks(&nobody, &link, "").await;
            assert_eq!(no.no(), (400, "LocalFileException"), "{link}");
        }
        let link = format!("http://{host}:{port}/files/film.mp4");
        let no = ana.post("/api/room/couch/queue", json!({ "service": "direct", "id": link })).await;
        assert_eq!(no.no(), (400, "LocalFileException"), "{link}");
        let no = ana.post("/api/room/couch/queue", json!({ "videos": [{ "service": "hls", "id": link }] })).await;
        assert_eq!(no.no(), (400, "LocalFileException"), "{link}");
    }
    for name in ["user@127.0.0.1", "films.example@localhost", "user:word@[::1]"] {
        let link = format!("http://{name}:{port}/files/film.mp4");
        assert_eq!(asks(&nobody, &link, "").await.no(), (400, "Error"), "{link}");
    }
    assert_eq!(world.web.hits(), Vec::<String>::new());
}

#[tokio::test]
async fn a_redirect_to_this_machine_is_not_followed() {
    let world = World::start().await;
    let nobody = Client::nobody(&world);
    for target in ["http://127.0.0.1:1/a.mp4", "http://localhost:1/a.mp4", "http://[::1]:1/a.mp4", "file:///etc/passwd"]
    {
        let no = asks(&nobody, world.web.redirect(target).as_str(), "").await;
        assert_eq!(no.status, 400, "{target}: {}", no.text);
    }
}

#[tokio::test]
async fn the_rights_are_listed_with_bit_and_least_role() {
    let world = World::start().await;
    let list = Client::nobody(&world).get("/api/data/permissions").await.bare();
    assert_eq!(list.as_array().map(Vec::len), Some(27));
    assert_eq!(list[0], json!({ "name": "playback.play-pause", "mask": 1, "minRole": 0 }));
    assert_eq!(list[16], json!({ "name": "manage-users.promote-admin", "mask": 65_536, "minRole": 4 }));
    assert_eq!(list[15]["minRole"], 1);
    assert_eq!(list[24], json!({ "name": "manage-users.kick", "mask": 1 << 24, "minRole": 2 }));
}

#[tokio::test]
async fn the_server_says_that_it_is_well_to_anybody() {
    let world = World::start().await;
    let nobody = Client::nobody(&world);
    assert_eq!(nobody.get("/api/status").await.bare(), json!({ "status": "ok" }));
    Client::guest(&world, "Ana").await.makes("couch").await;
    let metrics = nobody.get("/api/status/metrics").await;
    assert_eq!(
        (metrics.status, metrics.headers["content-type"].to_str().unwrap()),
        (200, "text/plain; version=0.0.4; charset=utf-8")
    );
    assert!(metrics.text.contains("\nonecouch_rooms 1\n"), "{}", metrics.text);
}
