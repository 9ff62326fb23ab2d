//! What somebody who pastes a link to a list reads.

use engine::lists::List;

use super::*;

async fn list(resolver: &Resolver, link: impl AsRef<str>) -> Result<Option<List>, Refusal> {
    resolver.list(&link.as_ref().parse().unwrap()).await
}

fn labels(list: &List) -> Vec<&str> {
    list.media.iter().map(Media::label).collect()
}

#[tokio::test]
async fn a_youtube_playlist_is_its_videos_that_can_be_shown() {
    let (_web, resolver) = furnished(PLENTY).await;
    let small = list(&resolver, "https://www.youtube.com/playlist?list=PLsmall").await.unwrap().unwrap();
    assert_eq!((small.title.as_deref(), small.first), (Some("The list PLsmall"), None));
    assert_eq!(labels(&small), ["Sintel & friends", "Big Buck Bunny", "A webcam"]);
    assert_eq!(small.media[1].duration, Some(Millis(635_000)));
    let from = list(&resolver, "https://www.youtube.com/watch?v=aqz-KE-bpKQ&list=PLsmall&index=3").await;
    assert_eq!(from.unwrap().unwrap().first, Some(1));
}

#[tokio::test]
async fn the_page_of_a_channel_is_the_list_of_what_it_uploaded() {
    let (_web, resolver) = furnished(PLENTY).await;
    for page in
        ["channel/UCSMOQeBJ2RAnuFungnQOxLg", "@blender", "@blender/videos", "user/BlenderFoundation", "c/blender"]
    {
        let uploads = list(&resolver, format!("https://www.youtube.com/{page}")).await.unwrap().unwrap();
        assert_eq!(labels(&uploads), ["Sintel & friends"], "{page}");
    }
    let nobody = list(&resolver, "https://www.youtube.com/@nobody").await.unwrap_err();
    assert_eq!(nobody.code, Code::VideoUnavailable);
    for page in ["channel/UCSMOQeBJ2RAnuFungnQOxLg/live", "@blender/about", "feed/trending", "@%3Cx%3E"] {
        assert_eq!(list(&resolver, format!("https://www.youtube.com/{page}")).await.unwrap(), None, "{page}");
    }
}

#[tokio::test]
async fn a_long_playlist_is_read_to_its_500th_video() {
    let (web, resolver) = furnished(PLENTY).await;
    let big = list(&resolver, "https://www.youtube.com/playlist?list=PLbig").await.unwrap().unwrap();
    assert_eq!(big.media.len(), 500);
    assert_eq!(big.media[499].provider_id.as_deref(), Some("video000499"));
    assert_eq!(web.hits().len(), 21);
}

#[tokio::test]
async fn a_playlist_that_nobody_may_read_is_refused_but_the_video_beside_it_is_no_list() {
    let (web, resolver) = furnished(Duration::from_millis(300)).await;
    let refusal = list(&resolver, "https://www.youtube.com/playlist?list=PLprivate").await.unwrap_err();
    assert_eq!(refusal.code, Code::VideoUnavailable);
    assert_eq!(list(&resolver, "https://youtu.be/eRsGyueVLvQ?list=PLprivate").await.unwrap(), None);
    assert_eq!(list(&resolver, "https://youtu.be/eRsGyueVLvQ?list=RDeRsGyueVLvQ").await.unwrap(), None);
    assert_eq!(list(&resolver, "https://www.youtube.com/watch?v=eRsGyueVLvQ&list=WL").await.unwrap(), None);
    for told in troubles() {
        web.tell("youtube-api", told);
        let refusal = list(&resolver, "https://www.youtube.com/playlist?list=PLsmall").await.unwrap_err();
        assert_eq!(refusal.to_string(), "YouTube does not answer at the moment. Try again later.");
    }
}

#[tokio::test]
async fn without_a_key_a_playlist_is_refused_with_what_to_do() {
    let (web, resolver) = web().await;
    for link in [
        "https://www.youtube.com/playlist?list=PLsmall",
        "https://youtu.be/eRsGyueVLvQ?list=PLsmall",
        web.redirect("https://www.youtube.com/playlist?list=PLsmall").as_str(),
    ] {
        let refusal = list(&resolver, link).await.unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "Playlists of YouTube need a key of that site, which is not set up on this server. Paste the videos one by one."
        );
    }
}

#[tokio::test]
async fn a_list_behind_a_link_is_read_in_every_shape() {
    let (web, resolver) = web().await;
    let film = web.url("/files/film.mp4").to_string();
    let read = async |name: &str| list(&resolver, web.url(name)).await.unwrap().unwrap();
    let m3u = read("/lists/films.m3u").await;
    assert_eq!((m3u.title.as_deref(), labels(&m3u)), (Some("Films"), vec!["The first", "film.webm"]));
    assert_eq!(m3u.media[0].url, film);
    let text = read("/lists/films.txt").await;
    assert_eq!((text.media[0].url.as_str(), text.media[1].player), (&*film, Player::Youtube));
    assert_eq!(labels(&read("/lists/films.json").await), ["The first", "22439234"]);
    assert_eq!(labels(&read("/lists/films.csv").await), ["One, two"]);
    let songs = read("/lists/films.xspf").await;
    assert_eq!((songs.title.as_deref(), labels(&songs)), (Some("Songs"), vec!["A song"]));
    assert_eq!(songs.media[0].player, Player::Audio);
}

#[tokio::test]
async fn links_of_a_list_that_do_not_tell_what_they_are_are_looked_at_and_only_some_of_them() {
    let (web, resolver) = web().await;
    let stations = list(&resolver, web.url("/lists/stations")).await.unwrap().unwrap();
    assert_eq!((labels(&stations), stations.media[0].live), (vec!["A station"], true));
    let crowd = list(&resolver, web.url("/lists/crowd.txt")).await.unwrap().unwrap();
    assert_eq!(crowd.media.len(), 20);
    let looks: std::collections::BTreeSet<_> =
        web.hits().into_iter().filter(|hit| hit.starts_with("/untyped/")).collect();
    assert_eq!(looks.len(), 20);
}

#[tokio::test]
async fn a_list_leads_nobody_into_the_servers_own_network() {
    let (web, resolver) = web().await;
    assert_eq!(list(&resolver, web.url("/lists/inside.txt")).await.unwrap_err().code, Code::NotMedia);
    assert_eq!(web.hits(), ["/lists/inside.txt"]);
    assert_eq!(list(&resolver, "http://192.168.1.4/films.m3u").await.unwrap_err().code, Code::PrivateAddress);
    assert_eq!(list(&resolver, "https://www.netflix.com/browse").await.unwrap_err().code, Code::SiteProtected);
}

#[tokio::test]
async fn what_is_no_list_is_none() {
    let (web, resolver) = web().await;
    for path in [
        "/files/film.mp4",
        "/hls/vod.m3u8",
        "/hls/master.m3u8",
        "/page",
        "/radio",
        "/lists/prose.txt",
        "/lists/manifest.json",
        "/untyped/film",
    ] {
        assert_eq!(list(&resolver, web.url(path)).await.unwrap(), None, "{path}");
    }
    assert_eq!(list(&resolver, "https://youtu.be/eRsGyueVLvQ").await.unwrap(), None);
    assert_eq!(list(&resolver, "https://vimeo.com/showcase/1").await.unwrap(), None);
    assert_eq!(list(&resolver, web.url("/nowhere.m3u")).await.unwrap_err().code, Code::LinkBroken);
}

#[tokio::test]
async fn a_list_without_an_end_is_read_as_far_as_it_may() {
    let (web, resolver) = web().await;
    let endless = list(&resolver, web.url("/lists/endless.txt")).await.unwrap().unwrap();
    assert_eq!(endless.media.len(), 500);
    let (web, resolver) = hasty(Duration::from_millis(300)).await;
    assert_eq!(list(&resolver, web.url("/slow")).await.unwrap_err().code, Code::LinkUnreachable);
}
