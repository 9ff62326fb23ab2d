//! What a link looks like in chats.

use serde_json::{Value, json};

use crate::world::{Caller, World, in_room};

/// The tags of a page's head, by name.
struct Head(String);

impl Head {
    async fn of(caller: &Caller, path: &str) -> Self {
        let page = caller.get(path).await;
        assert_eq!(page.headers["cache-control"], "no-store", "{path}");
        Self(page.text.split("</head>").next().unwrap().to_owned())
    }

    /// What stands in a tag, as a reader of HTML understands it.
    fn tag(&self, name: &str) -> Option<String> {
        let tag = self.0.lines().find(|line| line.contains(&format!("\"{name}\"")))?;
        let value = tag.split_once("content=\"").or_else(|| tag.split_once("href=\""))?.1.split('"').next()?;
        let plain = value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        Some(plain)
    }
}

async fn world() -> (World, Caller, Value) {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Friday film club").await;
    (world, ana, room)
}

fn link(room: &Value) -> String {
    format!("/j/{}", room["invite"].as_str().unwrap())
}

fn page(room: &Value) -> String {
    format!("/r/{}", room["id"].as_str().unwrap())
}

#[tokio::test]
async fn an_invite_link_shows_its_room_and_what_is_on() {
    let (world, ana, room) = world().await;
    ana.post(&in_room(&room, "/queue"), json!({ "url": world.link("/files/film.mp4") })).await.created();
    let head = Head::of(&world.nobody(), &link(&room)).await;
    let tag = |name| head.tag(name).unwrap_or_else(|| panic!("no {name} in {}", head.0));
    assert_eq!(tag("og:title"), "Join: Friday film club");
    assert_eq!(tag("og:description"), "On now: A small film. Open the link to watch together.");
    assert_eq!((tag("og:type"), tag("og:site_name")), ("website".to_owned(), "onecouch".to_owned()));
    assert_eq!(tag("og:url"), world.url(&link(&room)));
    assert_eq!((tag("og:image:width"), tag("og:image:height")), ("1200".to_owned(), "630".to_owned()));
    assert_eq!(tag("og:image:type"), "image/png");
    assert_eq!(tag("og:image:alt"), "You are invited to watch: Friday film club");
    assert_eq!(tag("twitter:card"), "summary_large_image");
    assert_eq!((tag("robots"), tag("theme-color")), ("noindex".to_owned(), "#fa8440".to_owned()));
    assert_eq!(head.0.matches("theme-color").count(), 1);
    for left_out in ["og:video", "twitter:player", "watching"] {
        assert!(!head.0.contains(left_out), "{left_out}");
    }
    // The picture is where the tag says.
    let picture = reqwest::get(tag("og:image")).await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/png");
    assert_eq!(picture.headers()["cache-control"], "public, max-age=600");
    let picture = picture.bytes().await.unwrap();
    assert!(picture.starts_with(b"\x89PNG") && picture.len() < 1_000_000, "{} bytes", picture.len());
    // And so is what is told in JSON.
    let told: Value = reqwest::get(tag("application/json+oembed")).await.unwrap().json().await.unwrap();
    assert_eq!(
        (&told["version"], &told["type"], &told["title"], &told["author_name"], &told["provider_name"]),
        (&json!("1.0"), &json!("link"), &json!("Join: Friday film club"), &json!("Ana"), &json!("onecouch"))
    );
    assert_eq!(told["thumbnail_url"], json!(tag("og:image")));
    // Nobody came in by all that.
    assert_eq!(ana.get(&in_room(&room, "/members")).await.ok()["here"], json!([]));
}

#[tokio::test]
async fn a_long_title_is_cut_between_letters_and_a_wild_one_stays_text() {
    let (world, ana, room) = world().await;
    for title in ["ж".repeat(100), "🍿".repeat(60), "\"><script>alert(1)</script>".to_owned()] {
        let changed = ana.patch(&in_room(&room, ""), json!({ "title": title })).await.ok();
        let title = changed["title"].as_str().unwrap();
        let head = Head::of(&world.nobody(), &link(&room)).await;
        let shown = head.tag("og:title").unwrap();
        assert!(shown.len() <= 67 && shown.starts_with("Join: "), "{shown}");
        let kept = shown.trim_start_matches("Join: ").trim_end_matches('…');
        assert!(title.starts_with(kept) && kept.len() > 20, "{shown}");
        assert!(!head.0.contains("<script>alert"), "{}", head.0);
        let picture = reqwest::get(head.tag("og:image").unwrap()).await.unwrap();
        assert_eq!(picture.status(), 200);
    }
}

#[tokio::test]
async fn a_private_room_looks_like_no_room_and_so_does_an_address_that_lets_nobody_in() {
    let (world, ana, room) = world().await;
    let nobody = world.nobody();
    let of = async |path: &str| {
        let head = Head::of(&nobody, path).await;
        ["og:title", "og:description", "og:image", "og:image:alt"].map(|name| head.tag(name).unwrap())
    };
    let no_room = "00000000-0000-7000-8000-000000000000";
    let unknown = of(&format!("/r/{no_room}")).await;
    assert_eq!(unknown[0], "onecouch");
    // By invitation: the address alone tells nothing, the link does.
    assert_eq!(of(&page(&room)).await, unknown);
    assert_eq!(of("/r/anything").await, unknown);
    assert_ne!(of(&link(&room)).await, unknown);
    for (visibility, told) in [("public", true), ("unlisted", true), ("private", false)] {
        ana.patch(&in_room(&room, ""), json!({ "visibility": visibility })).await.ok();
        assert_eq!(of(&page(&room)).await != unknown, told, "{visibility}");
        assert_eq!(of(&link(&room)).await != unknown, told, "{visibility}");
    }
    // The whole head is the same but for the address that was asked for.
    let encoded = |id: &str| id.replace('-', "%2D");
    let id = room["id"].as_str().unwrap();
    let hidden = Head::of(&nobody, &page(&room)).await.0;
    let hidden = hidden.replace(id, no_room).replace(&encoded(id), &encoded(no_room));
    assert_eq!(hidden, Head::of(&nobody, &format!("/r/{no_room}")).await.0);
    // Nor does its picture or its oEmbed tell.
    let picture = async |path: &str| reqwest::get(world.url(path)).await.unwrap().bytes().await.unwrap();
    let plain = picture("/card.png").await;
    assert_eq!(picture(&format!("{}/card.png", link(&room))).await, plain);
    assert_eq!(picture(&format!("{}/card.png", page(&room))).await, plain);
    assert_eq!(picture("/j/AAAAAAAAAAAAAAAA/card.png").await, plain);
    let asked = format!("/oembed?url={}", world.url(&link(&room)));
    let told = nobody.get(&asked).await;
    assert!(told.status == 200 && !told.text.contains("Friday") && !told.text.contains("Ana"), "{}", told.text);
}

#[tokio::test]
async fn what_is_on_behind_a_password_is_not_told_outside() {
    let (world, ana, room) = world().await;
    ana.post(&in_room(&room, "/queue"), json!({ "url": world.link("/files/film.mp4") })).await.created();
    ana.patch(&in_room(&room, ""), json!({ "password": "popcorn" })).await.ok();
    let head = Head::of(&world.nobody(), &link(&room)).await;
    assert_eq!(head.tag("og:title").unwrap(), "Join: Friday film club");
    assert!(!head.0.contains("small film"), "{}", head.0);
}

#[tokio::test]
async fn another_title_is_another_picture_at_another_address() {
    let (world, ana, room) = world().await;
    let picture = async || {
        let url = Head::of(&world.nobody(), &link(&room)).await.tag("og:image").unwrap();
        let bytes = reqwest::get(&url).await.unwrap().bytes().await.unwrap();
        (url, bytes)
    };
    let before = picture().await;
    assert_eq!(picture().await, before);
    ana.patch(&in_room(&room, ""), json!({ "title": "Saturday" })).await.ok();
    let after = picture().await;
    assert!(after.0 != before.0 && after.1 != before.1);
}

#[tokio::test]
async fn oembed_says_what_it_does_not_know() {
    let (world, _ana, room) = world().await;
    let nobody = world.nobody();
    let asks = async |query: String| nobody.get(&format!("/oembed?{query}")).await;
    let url = world.url(&link(&room));
    assert_eq!(asks(format!("url={url}&format=json&maxwidth=400")).await.status, 200);
    assert_eq!(asks(format!("url={url}&format=xml")).await.no(), (501, "no_such_format".to_owned()));
    assert_eq!(asks(String::new()).await.no(), (400, "bad_input".to_owned()));
    assert_eq!(
        asks(format!("url={}", world.url("/j/AAAAAAAAAAAAAAAA"))).await.no(),
        (404, "no_such_invite".to_owned())
    );
    for other in ["https://elsewhere.example/j/x".to_owned(), world.url("/"), world.url("/j/a/b"), "no link".to_owned()]
    {
        assert_eq!(asks(format!("url={other}")).await.no(), (404, "no_such_path".to_owned()), "{other}");
    }
}

#[tokio::test]
async fn whoever_guesses_links_by_their_pictures_is_told_to_wait() {
    let world = World::start_with(|config| {
        config.limits.wrong_invites = onecouch::config::Rate { burst: 3, per_minute: 1 };
    })
    .await;
    let nobody = world.nobody();
    let mut statuses = Vec::new();
    for guess in 0..5 {
        statuses.push(nobody.get(&format!("/j/AAAAAAAAAAAAAAA{guess}/card.png")).await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
}

#[tokio::test]
async fn an_address_of_nothing_is_a_page_to_a_browser_and_nothing_to_a_program() {
    let (world, _, _) = world().await;
    let at = world.url("/nowhere/at/all");
    let browser = reqwest::Client::new().get(&at).header("accept", "text/html,*/*;q=0.8").send().await.unwrap();
    assert_eq!(browser.status(), 404);
    assert!(browser.text().await.unwrap().contains("<title>onecouch"));
    let program = reqwest::get(&at).await.unwrap();
    assert_eq!((program.status().as_u16(), program.text().await.unwrap().as_str()), (404, ""));
}
