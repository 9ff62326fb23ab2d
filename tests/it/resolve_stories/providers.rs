//! What YouTube's API, a search and SponsorBlock add where they are set up, and what their troubles cost.

use engine::media::{Category, Segment};

use super::*;

#[tokio::test]
async fn with_a_key_a_youtube_video_tells_its_length_and_whether_it_is_live() {
    let (web, resolver) = furnished(PLENTY).await;
    let film = resolver.sees("https://youtu.be/eRsGyueVLvQ").await;
    assert_eq!((film.title.as_deref(), film.duration), (Some("Sintel & friends"), Some(Millis(888_000))));
    assert_eq!(film.url, "https://www.youtube.com/watch?v=eRsGyueVLvQ");
    let long = resolver.sees("https://youtu.be/longlonglon").await;
    assert_eq!(long.duration, Some(Millis::seconds(26 * 3600)));
    let webcam = resolver.sees("https://youtu.be/liveliveliv").await;
    assert_eq!((webcam.live, webcam.duration), (true, None));
    for gone in ["gonegonegon", "onlyonitown"] {
        let refusal = resolver.refuses(format!("https://youtu.be/{gone}")).await;
        assert_eq!(refusal.code, Code::VideoUnavailable, "{gone}");
    }
    assert!(!web.hits().iter().any(|hit| hit.starts_with("/oembed/")), "{:?}", web.hits());
}

#[tokio::test]
async fn youtubes_api_in_trouble_costs_the_length_only() {
    let (web, resolver) = furnished(Duration::from_millis(300)).await;
    web.tell("youtube", Told::title("Sintel"));
    for told in troubles() {
        web.tell("youtube-api", told.clone());
        let film = resolver.sees("https://youtu.be/eRsGyueVLvQ").await;
        assert_eq!((film.title.as_deref(), film.duration), (Some("Sintel"), None), "{:?}", told.status);
    }
}

#[tokio::test]
async fn words_find_videos_with_their_lengths_and_the_same_words_are_asked_once() {
    let (web, resolver) = furnished(PLENTY).await;
    let found = resolver.search("  Big  BUNNY ").await.unwrap();
    assert_eq!(found.iter().map(Media::label).collect::<Vec<_>>(), ["Big Buck Bunny", "Sintel & friends"]);
    assert_eq!(found[0].duration, Some(Millis(635_000)));
    assert!(web.hits()[0].contains("&maxResults=8&q=big+bunny&"), "{:?}", web.hits());
    let asked = web.hits().len();
    assert_eq!(resolver.search("big bunny").await.unwrap(), found);
    assert_eq!(web.hits().len(), asked);
    assert_eq!(resolver.search("nothing").await.unwrap(), []);
}

#[tokio::test]
async fn an_invidious_server_finds_videos_and_is_asked_rather_than_youtube() {
    let web = FakeWeb::start().await;
    let settings =
        ResolveSettings { search: Some(web.url("/invidious")), youtube: Some(web.youtube_api()), ..web.settings() };
    let resolver = Resolver::new(settings).unwrap();
    let video = |n: usize| json!({ "type": "video", "title": format!("Film {n}"), "videoId": format!("video{n:06}"), "lengthSeconds": 60 });
    let mut hits: Vec<_> = (0..12).map(video).collect();
    hits.insert(0, json!({ "type": "channel", "author": "Somebody" }));
    hits.insert(1, json!({ "type": "video", "title": "A trick", "videoId": "../../evil?" }));
    hits.insert(2, json!("odd"));
    hits.insert(
        3,
        json!({ "type": "video", "title": "A webcam", "videoId": "liveliveliv", "lengthSeconds": 0, "liveNow": true }),
    );
    web.tell("search", Told::card(json!(hits)));
    let found = resolver.search("films").await.unwrap();
    assert_eq!(found.len(), 8);
    assert_eq!((found[0].label(), found[0].live, found[0].duration), ("A webcam", true, None));
    assert_eq!(
        (found[1].url.as_str(), found[1].duration),
        ("https://www.youtube.com/watch?v=video000000", Some(Millis(60_000)))
    );
    assert_eq!(web.hits(), ["/invidious/api/v1/search?q=films&type=video"]);
}

#[tokio::test]
async fn a_search_in_trouble_says_so_and_is_asked_again_the_next_time() {
    let web = FakeWeb::start().await;
    let limits = Limits { total: Duration::from_millis(300), ..Limits::default() };
    let settings = ResolveSettings { search: Some(web.url("/invidious/")), limits, ..web.settings() };
    let resolver = Resolver::new(settings).unwrap();
    for told in troubles() {
        web.tell("search", told);
        assert_eq!(resolver.search("films").await.unwrap_err().code, Code::ProviderDown);
    }
    web.tell("search", Told::card(json!([])));
    assert_eq!(resolver.search("films").await.unwrap(), []);
}

fn sintel() -> Media {
    Media {
        provider_id: Some("eRsGyueVLvQ".to_owned()),
        duration: Some(Millis(888_000)),
        ..Media::bare("https://www.youtube.com/watch?v=eRsGyueVLvQ", Player::Youtube)
    }
}

#[tokio::test]
async fn marked_parts_of_a_video_are_told_by_category_and_asked_for_once() {
    let (web, resolver) = furnished(PLENTY).await;
    let part = |from: f64, to: f64, category: &str| json!({ "segment": [from, to], "category": category, "actionType": "skip" });
    web.tell(
        "sponsorblock",
        Told::card(json!([
            { "videoID": "another0000", "segments": [part(1.0, 800.0, "sponsor")] },
            { "videoID": "eRsGyueVLvQ", "segments": [
                part(60.0, 90.5, "sponsor"), part(0.0, 10.0, "intro"), part(85.0, 100.0, "selfpromo"),
                part(880.0, 889.0, "outro"), part(900.0, 950.0, "outro"), part(5.0, 5.0, "intro"), part(0.0, 3.0, "filler"), 7,
            ] },
        ])),
    );
    let told = |start, end, category| Segment { start: Millis(start), end: Millis(end), category };
    let sponsors = resolver.segments(&sintel(), &[Category::Sponsor]).await.unwrap();
    assert_eq!(sponsors, [told(60_000, 90_500, Category::Sponsor)]);
    assert_eq!(
        resolver.segments(&sintel(), Category::ALL).await.unwrap(),
        [
            told(0, 10_000, Category::Intro),
            told(60_000, 100_000, Category::Sponsor),
            told(880_000, 888_000, Category::Outro)
        ]
    );
    assert_eq!(resolver.segments(&sintel(), &[]).await.unwrap(), []);
    assert_eq!(web.hits().len(), 1);
    let hit = &web.hits()[0];
    // The first four digits of the SHA-256 of the id, and not the id.
    assert!(hit.starts_with("/parts/api/skipSegments/0ae6?"), "{hit}");
    assert!(!hit.contains("eRsGyueVLvQ"), "{hit}");
    let film = Media::bare("https://films.example/a.mp4", Player::Video);
    assert_eq!(resolver.segments(&film, Category::ALL).await.unwrap(), []);
    assert_eq!(web.hits().len(), 1);
}

#[tokio::test]
async fn a_video_of_which_nobody_marked_anything_has_no_parts() {
    let (web, resolver) = furnished(PLENTY).await;
    assert_eq!(resolver.segments(&sintel(), Category::ALL).await.unwrap(), []);
    assert_eq!(resolver.segments(&sintel(), Category::ALL).await.unwrap(), []);
    assert_eq!(web.hits().len(), 1, "404 is an answer");
    let bare = Resolver::new(web.settings()).unwrap();
    assert_eq!(bare.segments(&sintel(), Category::ALL).await.unwrap(), [], "nobody is asked unless it is set up");
    assert_eq!(web.hits().len(), 1);
}

#[tokio::test]
async fn sponsorblock_in_trouble_says_so_and_is_asked_again_the_next_time() {
    let (web, resolver) = furnished(Duration::from_millis(300)).await;
    for told in troubles() {
        web.tell("sponsorblock", told);
        assert_eq!(resolver.segments(&sintel(), Category::ALL).await.unwrap_err().code, Code::ProviderDown);
    }
    web.tell("sponsorblock", Told::card(json!([{ "videoID": "eRsGyueVLvQ", "segments": null }])));
    assert_eq!(resolver.segments(&sintel(), Category::ALL).await.unwrap(), []);
}
