//! Links of the known sites, in the shapes in which people paste them.

use engine::{
    media::{Media, Player},
    refusal::{Code, Refusal},
};

use crate::resolve::sites;

fn find(link: &str) -> Option<Result<Media, Refusal>> {
    sites::find(&link.parse().unwrap()).map(|found| found.map(|found| found.media))
}

#[track_caller]
fn all_are(player: Player, url: &str, id: &str, links: &[&str]) {
    for link in links {
        let media = find(link)
            .unwrap_or_else(|| panic!("{link} is of a known site"))
            .unwrap_or_else(|no| panic!("{link}: {no}"));
        assert_eq!((media.player, media.url.as_str(), media.provider_id.as_deref()), (player, url, Some(id)), "{link}");
        let again = find(&media.url).unwrap().unwrap();
        assert_eq!(again, media, "the canonical link leads to itself");
    }
}

#[test]
fn every_shape_of_a_youtube_link_is_the_same_video() {
    let links = [
        "https://www.youtube.com/watch?v=eRsGyueVLvQ",
        "http://youtube.com/watch?feature=share&v=eRsGyueVLvQ&t=10s&list=PL1",
        "https://m.youtube.com/watch?v=eRsGyueVLvQ#t=3",
        "https://music.youtube.com/watch?v=eRsGyueVLvQ&si=x",
        "https://WWW.YouTube.com./watch?v=eRsGyueVLvQ",
        "https://youtu.be/eRsGyueVLvQ?si=abc",
        "https://youtu.be//eRsGyueVLvQ/",
        "https://www.youtube.com/shorts/eRsGyueVLvQ",
        "https://www.youtube.com/live/eRsGyueVLvQ?feature=share",
        "https://www.youtube.com/embed/eRsGyueVLvQ?autoplay=1",
        "https://www.youtube-nocookie.com/embed/eRsGyueVLvQ",
        "https://www.youtube.com/v/eRsGyueVLvQ",
        "https://www.youtube.com/e/eRsGyueVLvQ",
        "https://www.youtube.com/attribution_link?a=b&u=%2Fwatch%3Fv%3DeRsGyueVLvQ%26feature%3Dshare",
    ];
    all_are(Player::Youtube, "https://www.youtube.com/watch?v=eRsGyueVLvQ", "eRsGyueVLvQ", &links);
}

#[test]
fn a_vimeo_link_keeps_the_hash_without_which_an_unlisted_video_does_not_play() {
    let open = [
        "https://vimeo.com/22439234",
        "https://player.vimeo.com/video/22439234?autoplay=1",
        "https://vimeo.com/channels/staffpicks/22439234",
        "https://vimeo.com/groups/shorts/videos/22439234",
        "https://vimeo.com/album/1/video/22439234",
        "https://vimeo.com/showcase/1/video/22439234",
        "https://vimeo.com/manage/videos/22439234",
    ];
    all_are(Player::Vimeo, "https://vimeo.com/22439234", "22439234", &open);
    let unlisted = [
        "https://vimeo.com/22439234/0ab1c2d3e4",
        "https://vimeo.com/22439234?h=0ab1c2d3e4",
        "https://player.vimeo.com/video/22439234?h=0ab1c2d3e4&badge=0",
        "https://vimeo.com/22439234/0ab1c2d3e4/privacy",
    ];
    all_are(Player::Vimeo, "https://vimeo.com/22439234/0ab1c2d3e4", "22439234", &unlisted);
}

#[test]
fn twitch_has_channels_recordings_and_clips() {
    let channel = [
        "https://www.twitch.tv/SomeBody",
        "https://m.twitch.tv/somebody",
        "https://twitch.tv/somebody/about",
        "https://player.twitch.tv/?channel=somebody&parent=a.example",
        "https://www.twitch.tv/popout/somebody/chat",
    ];
    all_are(Player::Twitch, "https://www.twitch.tv/somebody", "somebody", &channel);
    let recording = [
        "https://www.twitch.tv/videos/123456789?t=1h",
        "https://www.twitch.tv/somebody/v/123456789",
        "https://www.twitch.tv/somebody/video/123456789",
        "https://player.twitch.tv/?video=v123456789&parent=a.example",
    ];
    all_are(Player::Twitch, "https://www.twitch.tv/videos/123456789", "v123456789", &recording);
    let clip = [
        "https://clips.twitch.tv/BigFunny-Moment_1",
        "https://clips.twitch.tv/embed?clip=BigFunny-Moment_1&parent=a.example",
        "https://www.twitch.tv/somebody/clip/BigFunny-Moment_1?filter=clips",
    ];
    all_are(Player::Twitch, "https://clips.twitch.tv/BigFunny-Moment_1", "clip:BigFunny-Moment_1", &clip);
    assert!(find("https://www.twitch.tv/somebody").unwrap().unwrap().live);
    assert!(!find("https://www.twitch.tv/videos/1").unwrap().unwrap().live);
}

#[test]
fn every_shape_of_a_dailymotion_link_is_the_same_video() {
    let links = [
        "https://www.dailymotion.com/video/x8abcde",
        "https://www.dailymotion.com/video/x8abcde_a-title-of-old_news?playlist=x1",
        "https://www.dailymotion.com/embed/video/x8abcde?autoplay=1",
        "https://geo.dailymotion.com/player.html?video=x8abcde",
        "https://geo.dailymotion.com/player/xf7zn.html?video=x8abcde",
        "https://dai.ly/x8abcde",
    ];
    all_are(Player::Dailymotion, "https://www.dailymotion.com/video/x8abcde", "x8abcde", &links);
}

#[test]
fn pages_of_a_site_that_are_no_video_are_no_media() {
    let pages = [
        "https://www.youtube.com/",
        "https://www.youtube.com/@somebody",
        "https://www.youtube.com/playlist?list=PL1",
        "https://www.youtube.com/watch?v=short",
        "https://www.youtube.com/watch?v=eRsGyueVL%2FQ",
        "https://www.youtube.com/embed/videoseries?list=PL1",
        "https://www.youtube.com/embed/live_stream?channel=UC1",
        "https://youtu.be/",
        "https://vimeo.com/watch",
        "https://vimeo.com/channels/staffpicks",
        "https://www.twitch.tv/directory",
        "https://www.twitch.tv/",
        "https://www.twitch.tv/a-b",
        "https://www.dailymotion.com/eu",
        "https://kick.com/browse",
        "https://kick.com/somebody/videos/0b2c",
        "https://kick.com/a.b",
        "https://www.facebook.com/somebody",
        "https://www.facebook.com/watch/?v=abc",
        "https://www.facebook.com/a%2Fb/videos/1",
        "https://www.tiktok.com/@somebody",
        "https://streamable.com/login",
        "https://www.bilibili.com/video/BV1",
        "https://odysee.com/@Some:1",
        "https://odysee.com/@Some:1/a:title",
    ];
    for page in pages {
        assert_eq!(find(page).unwrap().unwrap_err().code, Code::NotMedia, "{page}");
    }
}

#[test]
fn a_name_of_a_site_elsewhere_in_a_link_means_nothing() {
    let links = [
        "https://evil.example/youtube.com/watch?v=eRsGyueVLvQ",
        "https://youtube.com.evil.example/watch?v=eRsGyueVLvQ",
        "https://notyoutube.com/watch?v=eRsGyueVLvQ",
        "https://evil.example/?u=https://youtu.be/eRsGyueVLvQ",
        "https://climax.com/",
        "https://www.amazon.com/dp/B000",
    ];
    for link in links {
        assert_eq!(find(link), None, "{link}");
    }
}

#[test]
fn sites_that_let_nobody_embed_are_refused_by_name() {
    let refused = [
        ("https://www.instagram.com/reel/C1/", "Instagram"),
        ("https://x.com/somebody/status/1", "X"),
        ("https://mobile.twitter.com/somebody/status/1", "X"),
    ];
    for (link, site) in refused {
        let refusal = find(link).unwrap().unwrap_err();
        assert_eq!((refusal.code, refusal.args["site"].as_str()), (Code::SiteRefused, site), "{link}");
    }
}

#[test]
fn sites_that_protect_their_films_are_refused_by_name_and_for_that() {
    let refused = [
        ("https://www.netflix.com/watch/80057281", "Netflix"),
        ("https://www.disneyplus.com/video/1", "Disney+"),
        ("https://www.primevideo.com/detail/1", "Prime Video"),
        ("https://www.amazon.co.uk/gp/video/detail/B000/", "Prime Video"),
        ("https://www.amazon.com/Prime-Video/b?node=1", "Prime Video"),
        ("https://www.hulu.com/watch/1", "Hulu"),
        ("https://play.max.com/video/watch/1", "Max"),
        ("https://www.crunchyroll.com/watch/G1/x", "Crunchyroll"),
        ("https://www.bbc.co.uk/iplayer/episode/b1/x", "BBC iPlayer"),
        ("https://open.spotify.com/track/1", "Spotify"),
    ];
    for (link, site) in refused {
        let refusal = find(link).unwrap().unwrap_err();
        assert_eq!((refusal.code, refusal.args["site"].as_str()), (Code::SiteProtected, site), "{link}");
    }
}

#[test]
fn a_page_whose_embed_has_another_link_says_where_to_find_that() {
    let refusal = find("https://rumble.com/v1a59rb-how-to-embed.html?e9s=x").unwrap().unwrap_err();
    assert_eq!((refusal.code, refusal.args["site"].as_str()), (Code::EmbedLinkNeeded, "Rumble"));
    assert_eq!(find("https://rumble.com/browse").unwrap().unwrap_err().code, Code::NotMedia);
}

#[test]
fn videos_of_sites_that_only_frame_are_embeds_and_say_of_which_site() {
    let embed = |url: &str, id: &str, links: &[&str]| all_are(Player::Embed, url, id, links);
    embed(
        "https://kick.com/somebody",
        "kick:somebody",
        &["https://kick.com/Somebody?x=1", "https://player.kick.com/somebody"],
    );
    let facebook = [
        "https://m.facebook.com/A.Page/videos/some-title/123456789/?ref=x",
        "https://www.facebook.com/A.Page/videos/123456789",
    ];
    embed("https://www.facebook.com/A.Page/videos/123456789/", "facebook:123456789", &facebook);
    let watch = ["https://www.facebook.com/watch/?v=123456789", "https://www.facebook.com/watch/live/?v=123456789"];
    embed("https://www.facebook.com/watch/?v=123456789", "facebook:123456789", &watch);
    embed("https://www.facebook.com/reel/123/", "facebook:123", &["https://www.facebook.com/reel/123?mibextid=x"]);
    embed("https://fb.watch/aB-c1/", "facebook:aB-c1", &["https://fb.watch/aB-c1/?x=1"]);
    let tiktok = ["https://www.tiktok.com/@some.body/video/7301234567890123456?is_from_webapp=1"];
    embed("https://www.tiktok.com/@some.body/video/7301234567890123456", "tiktok:7301234567890123456", &tiktok);
    embed("https://streamable.com/moo12", "streamable:moo12", &["https://streamable.com/e/moo12?autoplay=1"]);
    embed("https://rumble.com/embed/v17j3tt/", "rumble:v17j3tt", &["https://rumble.com/embed/v17j3tt/?pub=3fid3f"]);
    let bilibili = [
        "https://www.bilibili.com/video/BV1xx411c7mD/?spm=1",
        "https://player.bilibili.com/player.html?bvid=BV1xx411c7mD",
    ];
    embed("https://www.bilibili.com/video/BV1xx411c7mD", "bilibili:BV1xx411c7mD", &bilibili);
    embed(
        "https://www.bilibili.com/video/BV1xx411c7mD?p=3",
        "bilibili:BV1xx411c7mD:3",
        &["https://www.bilibili.com/video/BV1xx411c7mD/?p=3"],
    );
    let odysee = ["https://odysee.com/@Some:1a/a-title:2?r=x", "https://odysee.com/$/embed/@Some%3A1a/a-title%3A2"];
    embed("https://odysee.com/@Some:1a/a-title:2", "odysee:@Some:1a/a-title:2", &odysee);
    assert!(find("https://kick.com/somebody").unwrap().unwrap().live);
    assert_eq!(find("https://odysee.com/@Some:1a/a-title:2").unwrap().unwrap().label(), "a title");
}
