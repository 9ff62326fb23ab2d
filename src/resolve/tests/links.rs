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
        ("https://www.netflix.com/watch/80057281", "Netflix"),
        ("https://www.disneyplus.com/video/1", "Disney+"),
        ("https://www.primevideo.com/detail/1", "Prime Video"),
        ("https://www.amazon.co.uk/gp/video/detail/B000/", "Prime Video"),
        ("https://www.amazon.com/Prime-Video/b?node=1", "Prime Video"),
        ("https://www.hulu.com/watch/1", "Hulu"),
        ("https://play.max.com/video/watch/1", "Max"),
        ("https://open.spotify.com/track/1", "Spotify"),
    ];
    for (link, site) in refused {
        let refusal = find(link).unwrap().unwrap_err();
        assert_eq!((refusal.code, refusal.args["site"].as_str()), (Code::SiteRefused, site), "{link}");
    }
}
