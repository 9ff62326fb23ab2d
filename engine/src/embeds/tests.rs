//! Every shape of a link that a platform knows, and what only looks like one.

use super::{clock, embed, seconds};

const HERE: &str = "couch.example";

const FRAMES: &[(&str, &[&str])] = &[
    (
        "https://www.youtube.com/embed/eRsGyueVLvQ",
        &[
            "https://www.youtube.com/watch?v=eRsGyueVLvQ",
            " http://youtube.com/watch?feature=share&v=eRsGyueVLvQ&si=abc&pp=x&utm_source=y&fbclid=z ",
            "//www.youtube.com/watch?v=eRsGyueVLvQ",
            "youtube.com/watch?v=eRsGyueVLvQ",
            "YouTu.be/eRsGyueVLvQ?si=abc",
            "youtube.com:443/watch?v=eRsGyueVLvQ",
            "https://WWW.YOUTUBE.COM./watch?v=eRsGyueVLvQ",
            "https://m.youtube.com/watch?v=eRsGyueVLvQ&t=0",
            "https://music.youtube.com/watch?v=eRsGyueVLvQ",
            "https://youtu.be/eRsGyueVLvQ/",
            "https://www.youtube.com/shorts/eRsGyueVLvQ?feature=share",
            "https://www.youtube.com/live/eRsGyueVLvQ",
            "https://www.youtube.com/embed/eRsGyueVLvQ?autoplay=1",
            "https://www.youtube.com/v/eRsGyueVLvQ",
            "https://www.youtube.com/e/eRsGyueVLvQ",
            "https://www.youtube-nocookie.com/embed/eRsGyueVLvQ",
            "https://www.youtube.com/attribution_link?a=b&u=%2Fwatch%3Fv%3DeRsGyueVLvQ%26feature%3Dshare",
            "https://www.youtube.com/watch?v=eRsGyueVLvQ&list=WL",
        ],
    ),
    (
        "https://www.youtube.com/embed/eRsGyueVLvQ?start=90",
        &[
            "https://youtu.be/eRsGyueVLvQ?t=90",
            "https://youtu.be/eRsGyueVLvQ?t=90s",
            "https://youtu.be/eRsGyueVLvQ?t=1m30s",
            "https://youtu.be/eRsGyueVLvQ?t=1:30",
            "https://www.youtube.com/watch?v=eRsGyueVLvQ&start=90",
            "https://www.youtube.com/watch?time_continue=90&v=eRsGyueVLvQ",
            "https://www.youtube.com/watch?v=eRsGyueVLvQ#t=1m30s",
            "https://www.youtube.com/embed/eRsGyueVLvQ?start=90",
        ],
    ),
    (
        "https://www.youtube.com/embed/eRsGyueVLvQ?start=3723&list=PLabc_-123",
        &[
            "https://www.youtube.com/watch?v=eRsGyueVLvQ&list=PLabc_-123&index=4&t=1h2m3s",
            "https://youtu.be/eRsGyueVLvQ?list=PLabc_-123&t=1:02:03",
        ],
    ),
    (
        "https://www.youtube.com/embed/videoseries?list=PLabc_-123",
        &[
            "https://www.youtube.com/playlist?list=PLabc_-123",
            "https://www.youtube.com/embed/videoseries?list=PLabc_-123&si=x",
            "https://www.youtube.com/watch?list=PLabc_-123",
        ],
    ),
    (
        "https://www.youtube.com/embed/live_stream?channel=UC4QobU6STFB0P71PMvOGN5A",
        &[
            "https://www.youtube.com/channel/UC4QobU6STFB0P71PMvOGN5A/live",
            "https://www.youtube.com/embed/live_stream?channel=UC4QobU6STFB0P71PMvOGN5A",
        ],
    ),
    (
        "https://player.twitch.tv/?channel=some_body&parent=couch.example",
        &[
            "https://www.twitch.tv/some_body",
            "m.twitch.tv/some_body/?ref=x",
            "https://player.twitch.tv/?channel=some_body&parent=other.example&muted=true",
        ],
    ),
    (
        "https://player.twitch.tv/?video=v1234567890&parent=couch.example",
        &[
            "https://www.twitch.tv/videos/1234567890",
            "https://www.twitch.tv/somebody/v/1234567890",
            "https://www.twitch.tv/somebody/video/1234567890",
            "https://player.twitch.tv/?video=1234567890",
        ],
    ),
    (
        "https://player.twitch.tv/?video=v1234567890&parent=couch.example&time=1h2m3s",
        &["https://www.twitch.tv/videos/1234567890?t=1h2m3s", "https://www.twitch.tv/videos/1234567890?t=3723"],
    ),
    (
        "https://clips.twitch.tv/embed?clip=Tall-Clip_1&parent=couch.example",
        &[
            "https://clips.twitch.tv/Tall-Clip_1",
            "https://www.twitch.tv/somebody/clip/Tall-Clip_1?featured=false",
            "https://clips.twitch.tv/embed?clip=Tall-Clip_1",
        ],
    ),
    (
        "https://player.twitch.tv/?collection=aBc123&parent=couch.example",
        &["https://www.twitch.tv/collections/aBc123", "https://player.twitch.tv/?collection=aBc123"],
    ),
    (
        "https://player.kick.com/some-body",
        &["https://kick.com/some-body", "kick.com/some-body", "https://player.kick.com/some-body?autoplay=true"],
    ),
    (
        "https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2Fsome.page%2Fvideos%2F10153231379946729%2F&show_text=false",
        &[
            "https://www.facebook.com/some.page/videos/10153231379946729/",
            "https://web.facebook.com/some.page/videos/a-title/10153231379946729/?mibextid=x",
            "https://m.facebook.com/some.page/videos/vb.20531316728/10153231379946729/",
            "fb.com/some.page/videos/10153231379946729",
        ],
    ),
    (
        "https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2Fwatch%2F%3Fv%3D10153231379946729&show_text=false",
        &[
            "https://www.facebook.com/watch/?v=10153231379946729&ref=sharing",
            "https://www.facebook.com/watch?v=10153231379946729",
            "https://www.facebook.com/video.php?v=10153231379946729",
        ],
    ),
    (
        "https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2Fwatch%2Flive%2F%3Fv%3D10153231379946729&show_text=false",
        &["https://www.facebook.com/watch/live/?ref=watch_permalink&v=10153231379946729"],
    ),
    (
        "https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2Freel%2F10153231379946729&show_text=false",
        &["https://www.facebook.com/reel/10153231379946729/?s=single"],
    ),
    (
        "https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2Fshare%2Fv%2F1AbC%2F&show_text=false",
        &["https://www.facebook.com/share/v/1AbC/?mibextid=x"],
    ),
    (
        "https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Ffb.watch%2Fa1B2-c_%2F&show_text=false",
        &["https://fb.watch/a1B2-c_/", "fb.watch/a1B2-c_"],
    ),
    (
        "https://player.vimeo.com/video/22439234",
        &[
            "https://vimeo.com/22439234",
            "https://www.vimeo.com/22439234?share=copy",
            "https://player.vimeo.com/video/22439234?autoplay=1",
            "https://vimeo.com/channels/staffpicks/22439234",
            "https://vimeo.com/groups/shorts/videos/22439234",
            "https://vimeo.com/album/1/video/22439234",
            "https://vimeo.com/showcase/1/video/22439234",
            "https://vimeo.com/manage/videos/22439234",
        ],
    ),
    (
        "https://player.vimeo.com/video/22439234?h=0ab1c2d3e4",
        &[
            "https://vimeo.com/22439234/0ab1c2d3e4",
            "https://vimeo.com/22439234?h=0ab1c2d3e4",
            "https://vimeo.com/manage/videos/22439234/0ab1c2d3e4",
            "https://vimeo.com/22439234/0ab1c2d3e4/privacy",
        ],
    ),
    (
        "https://player.vimeo.com/video/22439234?h=0ab1c2d3e4#t=90s",
        &["https://vimeo.com/22439234/0ab1c2d3e4#t=1m30s", "https://vimeo.com/22439234/0ab1c2d3e4?t=90"],
    ),
    (
        "https://vimeo.com/event/4154130/embed",
        &["https://vimeo.com/event/4154130", "https://player.vimeo.com/event/4154130/embed"],
    ),
    ("https://vimeo.com/event/4154130/embed/0ab1c2d3e4", &["https://vimeo.com/event/4154130/0ab1c2d3e4"]),
];

/// Links that have no frame.
const NOTHING: &[&str] = &[
    "",
    "   ",
    "youtube",
    "rtmp://live.example/app/stream",
    "https://live.example/index.m3u8",
    "https://films.example/film.mp4",
    "https://evil.example/youtube.com/watch?v=eRsGyueVLvQ",
    "https://evil.example/?u=https://www.youtube.com/watch?v=eRsGyueVLvQ",
    "https://youtube.com.evil.example/watch?v=eRsGyueVLvQ",
    "https://notyoutube.com/watch?v=eRsGyueVLvQ",
    "https://youtube.com@evil.example/watch?v=eRsGyueVLvQ",
    "https://youtube.com:8443/watch?v=eRsGyueVLvQ",
    "ftp://www.youtube.com/watch?v=eRsGyueVLvQ",
    "javascript:alert('https://www.youtube.com/watch?v=eRsGyueVLvQ')",
    "https://www.youtube.com/",
    "https://www.youtube.com/@handle/live",
    "https://www.youtube.com/channel/UC4QobU6STFB0P71PMvOGN5A",
    "https://www.youtube.com/channel/short/live",
    "https://www.youtube.com/watch?v=tooshort",
    "https://www.youtube.com/watch?v=eRsGyueVLvQ%22%3E",
    "https://www.youtube.com/watch?v=",
    "https://www.youtube.com/playlist?list=WL",
    "https://www.youtube.com/playlist?list=LL",
    "https://www.youtube.com/playlist?list=a%26b",
    "https://www.youtube.com/attribution_link?u=https%3A%2F%2Fevil.example%2Fwatch%3Fv%3DeRsGyueVLvQ",
    "https://www.youtube.com/attribution_link?u=%2Fattribution_link%3Fu%3D%252Fwatch%253Fv%253DeRsGyueVLvQ",
    "https://www.twitch.tv/",
    "https://www.twitch.tv/videos",
    "https://www.twitch.tv/directory/game/Chess",
    "https://www.twitch.tv/Settings",
    "https://www.twitch.tv/ab",
    "https://www.twitch.tv/popout/somebody/chat",
    "https://www.twitch.tv/somebody/videos",
    "https://www.twitch.tv/videos/12x",
    "https://player.twitch.tv/",
    "https://clips.twitch.tv/",
    "https://kick.com/",
    "https://kick.com/video/5c697a87-afce-4256-b01f-3c8fe71ef5cb",
    "https://kick.com/somebody/videos/5c697a87-afce-4256-b01f-3c8fe71ef5cb",
    "https://kick.com/somebody?clip=clip_01H",
    "https://kick.com/somebody/clips/clip_01H",
    "https://kick.com/categories",
    "https://kick.com/browse",
    "https://kick.com/clips",
    "https://player.kick.com/video/5c697a87-afce-4256-b01f-3c8fe71ef5cb",
    "https://www.facebook.com/",
    "https://www.facebook.com/some.page",
    "https://www.facebook.com/some.page/posts/1",
    "https://www.facebook.com/some.page/videos/",
    "https://www.facebook.com/watch/",
    "https://www.facebook.com/share/p/1AbC/",
    "https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fevil.example%2Freel%2F1",
    "https://fb.watch/",
    "https://vimeo.com/",
    "https://vimeo.com/showcase/123",
    "https://vimeo.com/album/123",
    "https://vimeo.com/ondemand/film",
    "https://vimeo.com/channels/staffpicks",
    "https://vimeo.com/somebody",
    "https://vimeo.com/event/film",
    "https://player.vimeo.com/22439234",
];

#[test]
fn every_shape_of_a_link_leads_to_the_same_frame_and_a_frame_to_itself() {
    for (frame, links) in FRAMES {
        for link in *links {
            assert_eq!(embed(link, HERE).as_deref(), Some(*frame), "{link}");
        }
        assert_eq!(embed(frame, HERE).as_deref(), Some(*frame), "the frame itself");
    }
}

#[test]
fn what_only_looks_like_a_platform_has_no_frame() {
    for link in NOTHING {
        assert_eq!(embed(link, HERE), None, "{link}");
    }
}

#[test]
fn twitch_plays_on_the_host_that_shows_it_and_nowhere_else() {
    let frame = |host: &str| embed("https://www.twitch.tv/somebody", host);
    let on = |host: &str| Some(format!("https://player.twitch.tv/?channel=somebody&parent={host}"));
    assert_eq!(frame("couch.example:8443"), on("couch.example"));
    assert_eq!(frame("https://Couch.example/"), on("couch.example"));
    assert_eq!(frame("127.0.0.1:8080"), on("127.0.0.1"));
    assert_eq!(frame("a&b=c"), None);
    assert_eq!(frame(""), None);
    assert!(embed("https://vimeo.com/22439234", "").is_some());
}

#[test]
fn times_are_read_as_platforms_write_them() {
    for (text, at) in
        [("90", 90), ("90s", 90), ("1m30s", 90), ("1h2m3s", 3723), ("1:02:03", 3723), ("2:05", 125), ("2h", 7200)]
    {
        assert_eq!(seconds(text), Some(at), "{text}");
    }
    for text in ["", "s", "-5", "1.5", "1s2m", "1:2:3:4", "4294967296", "99999999h", "1:", "soon"] {
        assert_eq!(seconds(text), None, "{text}");
    }
    assert_eq!([clock(3), clock(63), clock(3603)], ["3s", "1m3s", "1h0m3s"]);
}
