//! The REST half of the native API, as somebody else's program uses it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    viewer::Viewer,
    world::{World, in_room},
};

#[tokio::test]
async fn a_program_makes_a_room_queues_plays_seeks_skips_and_reads_back() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana
        .post("/api/v1/rooms", json!({ "title": "Film club", "url": world.link("/files/film.mp4") }))
        .await
        .created();
    assert_eq!((&room["title"], &room["visibility"]), (&json!("Film club"), &json!("invite")));
    assert_eq!(room["current"]["player"], "video");
    assert_eq!(room["playback"]["waiting"], "viewer", "nobody watches yet: it stands at its start");

    let added = ana.post(&in_room(&room, "/queue"), json!({ "url": world.link("/files/film.webm") })).await.created();
    assert_eq!(added["position"], 1);
    let played = ana.post(&in_room(&room, "/playback/play"), json!({})).await.ok();
    assert_eq!(played["playback"]["playing"], true);
    let paused = ana.post(&in_room(&room, "/playback/pause"), json!({})).await.ok();
    assert_eq!(paused["playback"]["playing"], false);
    for (body, position) in [
        (json!({ "position_ms": 500 }), 500),
        (json!({ "by_ms": 250 }), 750),
        (json!({ "by_ms": -9_000 }), 0),
        (json!({ "to": "0:01" }), 1_000),
        (json!({ "percent": 50 }), room["current"]["duration_ms"].as_i64().unwrap() / 2),
    ] {
        let sought = ana.post(&in_room(&room, "/playback/seek"), body.clone()).await.ok();
        assert_eq!(sought["playback"]["position_ms"], position, "{body}");
    }
    let at = ana.get(&in_room(&room, "/playback")).await.ok();
    assert_eq!(at["now_ms"], room["current"]["duration_ms"].as_i64().unwrap() / 2);
    ana.post(&in_room(&room, "/playback/skip"), json!({})).await.ok();
    let queue = ana.get(&in_room(&room, "/queue")).await.ok();
    assert_eq!((queue["current"]["id"].clone(), queue["queue"].clone()), (added["item"]["id"].clone(), json!([])));

    let line = ana.post(&in_room(&room, "/chat"), json!({ "text": "hello" })).await.created();
    let lines = ana.get(&in_room(&room, "/chat?limit=1")).await;
    assert_eq!(lines.body["data"][0]["id"], line["id"]);
    let reply = ana.post(&in_room(&room, "/commands"), json!({ "line": "/now" })).await.ok();
    assert_eq!(reply["refused"], false);
}

#[tokio::test]
async fn whoever_wrote_a_line_words_it_otherwise_and_everybody_reads_it_so() {
    let mut world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let room = ana.makes_room("Words").await;
    ben.joins(&room).await;
    let mut viewer = Viewer::open(&world, &room, &ana).await;
    let line = ben.post(&in_room(&room, "/chat"), json!({ "text": "helo" })).await.created();
    let path = in_room(&room, &format!("/chat/{}", line["seq"]));
    ben.patch(&path, json!({ "text": "hello" })).await.ok();
    let told = viewer.hears("reworded").await;
    assert_eq!((&told["line"], &told["text"], &told["by"]["name"]), (&line["seq"], &json!("hello"), &json!("Ben")));
    // The same again is nothing.
    let again = ben.patch(&path, json!({ "text": "hello" })).await.ok();
    assert_eq!(again["seq"], told["seq"]);

    // Ana moderates, and still puts no words into his mouth, by neither door.
    assert_eq!(ana.patch(&path, json!({ "text": "I am silly" })).await.no(), (403, "not_allowed".to_owned()));
    let no = viewer.does(json!({ "do": "reword", "line": line["seq"], "text": "I am silly" })).await;
    assert_eq!((&no["type"], &no["code"]), (&json!("refused"), &json!("not_allowed")));
    let nowhere = in_room(&room, "/chat/4000");
    assert_eq!(ben.patch(&nowhere, json!({ "text": "hello" })).await.no(), (404, "no_such_line".to_owned()));
    let mut bens = Viewer::open(&world, &room, &ben).await;
    assert_eq!(bens.room()["chat"][0]["text"], "hello");
    bens.does(json!({ "do": "reword", "line": line["seq"], "text": "hello all" })).await;
    assert_eq!(viewer.hears("reworded").await["text"], "hello all");

    world.restart().await;
    let lines = ana.get(&in_room(&room, "/chat")).await.ok();
    assert_eq!((&lines[0]["text"], &lines[0]["id"]), (&json!("hello all"), &line["id"]));
    assert_eq!(Viewer::open(&world, &room, &ana).await.room()["chat"][0]["text"], "hello all");
}

#[tokio::test]
async fn the_queue_is_moved_picked_from_removed_from_and_cleared() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Queue").await;
    let mut ids = Vec::new();
    for spot in ["end", "end", "end", "next"] {
        let body = json!({ "url": world.link("/files/film.mp4"), "spot": spot });
        ids.push(ana.post(&in_room(&room, "/queue"), body).await.created()["item"]["id"].as_str().unwrap().to_owned());
    }
    let order = async || -> Vec<String> {
        let queue = ana.get(&in_room(&room, "/queue")).await.ok();
        queue["queue"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(order().await, [&*ids[3], &*ids[1], &*ids[2]]);
    ana.patch(&in_room(&room, &format!("/queue/{}", ids[2])), json!({ "index": 0 })).await.ok();
    assert_eq!(order().await, [&*ids[2], &*ids[3], &*ids[1]]);
    ana.delete(&in_room(&room, &format!("/queue/{}", ids[3]))).await.ok();
    ana.post(&in_room(&room, &format!("/queue/{}/play", ids[1])), json!({})).await.ok();
    assert_eq!(order().await, [&*ids[2]]);
    ana.delete(&in_room(&room, "/queue")).await.ok();
    assert!(order().await.is_empty());
    assert_eq!(ana.get(&in_room(&room, "/queue")).await.ok()["current"]["id"], *ids[1]);
}

#[tokio::test]
async fn every_bad_request_gets_a_clear_no_and_harms_nothing() {
    let world = World::start().await;
    let (ana, eve) = (world.person("Ana").await, world.person("Eve").await);
    let room = ana.post("/api/v1/rooms", json!({ "url": world.link("/files/film.mp4") })).await.created();
    let before = ana.get(&in_room(&room, "")).await.ok();
    let nobody = "01a1fd6a-0231-7042-9242-a711f3a4ec3f";

    for (link, no) in [
        ("nonsense", (400, "bad_link")),
        ("", (400, "text_empty")),
        ("ftp://x.example/a.mp4", (400, "bad_scheme")),
        ("javascript:alert(1)", (400, "bad_scheme")),
        ("http://127.0.0.1:1/a.mp4", (422, "private_address")),
        ("http://[::1]/a.mp4", (422, "private_address")),
        ("https://www.netflix.com/watch/1", (422, "site_protected")),
        ("two words", (422, "no_search")),
        (&*world.link("/broken/404"), (422, "link_broken")),
        (&*world.link("/page"), (422, "not_media")),
    ] {
        let answer = ana.post(&in_room(&room, "/queue"), json!({ "url": link })).await;
        assert_eq!(answer.no(), (no.0, no.1.to_owned()), "{link}");
    }
    for (path, body, no) in [
        ("/playback/seek", json!({ "position_ms": 999_999_999 }), (422, "seek_past_end")),
        ("/playback/seek", json!({ "position_ms": -1 }), (400, "bad_time")),
        ("/playback/seek", json!({ "to": "soon" }), (400, "bad_time")),
        ("/playback/seek", json!({}), (400, "bad_input")),
        ("/playback/seek", json!({ "position_ms": 1, "by_ms": 1 }), (400, "bad_input")),
        ("/playback/seek", json!([]), (400, "bad_input")),
        ("/chat", json!({ "text": " \u{200B} " }), (400, "text_empty")),
        ("/chat", json!({ "text": "x".repeat(2_001) }), (400, "text_too_long")),
        ("/queue", json!({ "url": 5 }), (400, "bad_input")),
    ] {
        let answer = ana.post(&in_room(&room, path), body.clone()).await;
        assert_eq!(answer.no(), (no.0, no.1.to_owned()), "{path} {body}");
    }
    assert_eq!(ana.delete(&in_room(&room, &format!("/queue/{nobody}"))).await.no(), (404, "no_such_item".into()));
    assert_eq!(ana.delete(&in_room(&room, "/queue/7")).await.no(), (400, "bad_input".into()));
    assert_eq!(ana.get(&format!("/api/v1/rooms/{nobody}")).await.no(), (404, "no_such_room".into()));
    assert_eq!(ana.get("/api/v1/rooms/xyz").await.no(), (404, "no_such_room".into()));
    assert_eq!(ana.get("/api/v1/nothing").await.no(), (404, "no_such_path".into()));
    assert_eq!(ana.get("/api/v1/rooms?limit=0").await.no(), (400, "bad_input".into()));
    assert_eq!(ana.get("/api/v1/rooms?limit=x").await.no(), (400, "bad_input".into()));
    assert_eq!(ana.put("/api/v1/rooms", json!({})).await.no(), (405, "bad_method".into()));
    assert_eq!(eve.get(&in_room(&room, "")).await.no(), (403, "not_a_member".into()));
    assert_eq!(eve.post(&in_room(&room, "/playback/pause"), json!({})).await.no(), (403, "not_a_member".into()));
    assert_eq!(world.nobody().get(&in_room(&room, "")).await.no(), (401, "not_signed_in".into()));
    assert_eq!(world.nobody().get("/api/v1/invites/nosuchinvite0000").await.no(), (404, "no_such_invite".into()));
    let mut forged = world.nobody();
    forged.token = Some("x".repeat(64));
    assert_eq!(forged.get(&in_room(&room, "")).await.no(), (401, "bad_token".into()));
    assert_eq!(world.nobody().post("/api/v1/sessions", json!({ "name": "" })).await.no(), (400, "text_empty".into()));

    let queue = in_room(&room, "/queue");
    let malformed = ana.send(reqwest::Method::POST, &queue, |request| {
        request.header("content-type", "application/json").body("{\"url\": ")
    });
    assert_eq!(malformed.await.no(), (400, "bad_input".into()));
    let form = ana.send(reqwest::Method::POST, &queue, |request| request.body("url=x"));
    assert_eq!(form.await.no(), (415, "bad_content_type".into()));
    let huge = ana.send(reqwest::Method::POST, &queue, |request| {
        request.header("content-type", "application/json").body(vec![b'x'; 10 * 1024 * 1024])
    });
    assert_eq!(huge.await.no(), (413, "body_too_large".into()));

    assert_eq!(ana.get(&in_room(&room, "")).await.ok(), before, "the room is as it was");
}

#[tokio::test]
async fn the_same_key_has_one_effect_across_a_restart() {
    let mut world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Once").await;
    let add = async |caller: &crate::world::Caller, url: String| {
        let path = in_room(&room, "/queue");
        let send =
            |request: reqwest::RequestBuilder| request.header("idempotency-key", "k1").json(&json!({ "url": url }));
        caller.send(reqwest::Method::POST, &path, send).await
    };
    let first = add(&ana, world.link("/files/film.mp4")).await;
    let (again, twin) =
        tokio::join!(add(&ana, world.link("/files/film.mp4")), add(&ana, world.link("/files/film.mp4")));
    assert_eq!((first.text.as_str(), first.status), (again.text.as_str(), again.status));
    assert_eq!(first.text, twin.text);
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(add(&ana, world.link("/files/film.webm")).await.no(), (409, "idempotency_key_reused".into()));
    world.restart().await;
    assert_eq!(add(&ana, world.link("/files/film.mp4")).await.text, first.text);
    let state = ana.get(&in_room(&room, "")).await.ok();
    assert_eq!((state["queue"].as_array().unwrap().len(), state["current"].is_null()), (0, false));
}

#[tokio::test]
async fn the_bootstrap_key_may_do_everything_and_nobody_else_may() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let room = ana.makes_room("Ana's").await;
    let bot = world.bot();
    bot.post(&in_room(&room, "/queue"), json!({ "url": world.link("/files/film.mp4") })).await.created();
    assert_eq!(bot.patch(&in_room(&room, ""), json!({ "title": "Renamed" })).await.ok()["title"], "Renamed");
    ben.joins(&room).await;
    ben.post(&in_room(&room, "/playback/play"), json!({})).await.ok();
    let no = ben.patch(&in_room(&room, ""), json!({ "title": "Ben's" })).await;
    assert_eq!(no.no(), (403, "not_allowed".into()));
    assert!(no.body["error"]["message"].as_str().unwrap().contains("Ana"), "it names who may: {}", no.text);
}

#[tokio::test]
async fn public_rooms_are_listed_page_by_page_and_others_are_not() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    ana.makes_room("Hidden").await;
    for n in 0..3 {
        let body = json!({ "title": format!("Public {n}"), "visibility": "public" });
        ana.post("/api/v1/rooms", body).await.created();
    }
    let first = world.nobody().get("/api/v1/rooms?limit=2").await;
    let titles = |body: &Value| -> Vec<String> {
        body["data"].as_array().unwrap().iter().map(|room| room["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles(&first.body), ["Public 2", "Public 1"]);
    let second =
        world.nobody().get(&format!("/api/v1/rooms?limit=2&after={}", first.body["next"].as_str().unwrap())).await;
    assert_eq!(titles(&second.body), ["Public 0"]);
    assert!(second.body.get("next").is_none());
}

#[tokio::test]
async fn an_invite_lets_in_for_good_and_looking_at_its_card_lets_nobody_in() {
    let mut world = World::start().await;
    let ana = world.person("Ana").await;
    let room =
        ana.post("/api/v1/rooms", json!({ "title": "Night", "url": world.link("/files/film.mp4") })).await.created();
    let invite = room["invite"].as_str().unwrap();
    let card = world.nobody().get(&format!("/api/v1/invites/{invite}")).await.ok();
    assert_eq!((&card["title"], &card["host"], &card["watching"]), (&json!("Night"), &json!("Ana"), &json!(0)));
    let ben = world.person("Ben").await;
    ben.get(&format!("/api/v1/invites/{invite}")).await.ok();
    assert_eq!(ben.get(&in_room(&room, "")).await.no().0, 403);

    let joined = world.nobody().post(&format!("/api/v1/invites/{invite}/join"), json!({ "name": "Cleo" })).await;
    let cookie = joined.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"), "{cookie}");
    let mut cleo = world.nobody();
    cleo.token = Some(joined.ok()["token"].as_str().unwrap().to_owned());
    cleo.get(&in_room(&room, "")).await.ok();
    world.restart().await;
    cleo.get(&in_room(&room, "")).await.ok();
    assert_eq!(world.nobody().post(&format!("/api/v1/invites/{invite}/join"), json!({})).await.no().0, 401);
}

#[tokio::test]
async fn a_foreign_page_cannot_act_by_cookie() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Ana's").await;
    let cookie = format!("onecouch={}", ana.token.clone().unwrap());
    let rename = async |origin: Option<&str>| {
        let send = |request: reqwest::RequestBuilder| {
            let request = request.header("cookie", &cookie).json(&json!({ "title": "Owned" }));
            match origin {
                Some(origin) => request.header("origin", origin),
                None => request,
            }
        };
        world.nobody().send(reqwest::Method::PATCH, &in_room(&room, ""), send).await.status
    };
    assert_eq!(rename(None).await, 403);
    assert_eq!(rename(Some("https://evil.example")).await, 403);
    assert_eq!(rename(Some("null")).await, 403);
    assert_eq!(rename(Some(&format!("{}.evil.example", world.url("")))).await, 403);
    assert_eq!(rename(Some(&world.url(""))).await, 200);
}

#[tokio::test]
async fn too_much_at_once_is_told_to_wait_and_for_how_long() {
    let world = World::start_with(|config| {
        config.limits.wrong_invites = onecouch::config::Rate { burst: 3, per_minute: 1 };
        config.limits.guests = onecouch::config::Rate { burst: 1, per_minute: 1 };
    })
    .await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Ana's").await;
    let no = world.nobody().post("/api/v1/sessions", json!({ "name": "Eve" })).await;
    assert_eq!(no.no(), (429, "slow_down".into()));
    assert!(no.headers["retry-after"].to_str().unwrap().parse::<u32>().unwrap() >= 1);
    for _ in 0..3 {
        assert_eq!(ana.get("/api/v1/rooms/ZZZZZZ").await.status, 404);
    }
    let right = room["code"].as_str().unwrap();
    assert_eq!(
        ana.get(&format!("/api/v1/rooms/{right}")).await.status,
        429,
        "a right guess is not told from a wrong one"
    );
}

#[tokio::test]
async fn the_description_names_every_call_and_the_pages_are_served_offline() {
    let world = World::start().await;
    let document = world.nobody().get("/api/v1/openapi.json").await;
    assert_eq!(document.body["openapi"], "3.1.0");
    let mut described = Vec::new();
    for (path, methods) in document.body["paths"].as_object().unwrap() {
        let path = path.strip_prefix("/api/v1").unwrap();
        described.extend(methods.as_object().unwrap().keys().map(|method| format!("{} {path}", method.to_uppercase())));
    }
    // The table of calls in the documentation, whose first column holds each call in backticks.
    let table =
        include_str!("../../docs/API.md").split("## Calls").nth(1).unwrap().split("## The socket").next().unwrap();
    let mut documented: Vec<String> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(call, _)| call.to_owned()))
        .collect();
    described.sort();
    documented.sort();
    assert_eq!(described, documented, "described and documented calls differ");
    let reader = world.nobody().get("/api/v1/docs").await;
    assert!(reader.text.contains("/api/v1/rooms/{id}/playback/seek"));
    for elsewhere in ["src=", "href=\"http", "url(", "@import"] {
        assert!(!reader.text.contains(elsewhere), "the page asks elsewhere: {elsewhere}");
    }
    assert_eq!(world.nobody().get("/healthz").await.text, "ok\n");
    assert_eq!(world.nobody().get("/readyz").await.status, 200);
}

#[tokio::test]
async fn a_client_that_goes_away_and_tries_again_makes_one_room() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    // The host of this link is slower than the client is patient.
    let body = json!({ "title": "Once", "visibility": "public", "url": world.link("/dripping.mp3") });
    let hasty = reqwest::Client::builder().timeout(Duration::from_millis(200)).build().unwrap();
    for _ in 0..3 {
        let request = hasty.post(world.url("/api/v1/rooms")).bearer_auth(ana.token.clone().unwrap());
        request.header("idempotency-key", "k").json(&body).send().await.unwrap_err();
    }
    let patient = ana
        .send(reqwest::Method::POST, "/api/v1/rooms", |request| request.header("idempotency-key", "k").json(&body))
        .await;
    let rooms = world.nobody().get("/api/v1/rooms").await.body;
    assert_eq!(rooms["data"].as_array().unwrap().len(), 1, "{rooms}");
    assert_eq!(rooms["data"][0]["id"], patient.created()["id"]);
}

#[tokio::test]
async fn a_link_that_cannot_be_watched_makes_no_room() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let body = json!({ "url": world.link("/broken/404"), "visibility": "public" });
    assert_eq!(ana.post("/api/v1/rooms", body).await.no(), (422, "link_broken".into()));
    assert_eq!(world.nobody().get("/api/v1/rooms").await.body["data"], json!([]));
}

#[tokio::test]
async fn no_token_is_ever_written_down() {
    let mut world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Secrets").await;
    let join = format!("/api/v1/invites/{}/join", room["invite"].as_str().unwrap());
    let ben = world.nobody().post(&join, json!({ "name": "Ben" })).await.ok();
    let keyed =
        |request: reqwest::RequestBuilder| request.header("idempotency-key", "k").json(&json!({ "name": "Cleo" }));
    let cleo = world.nobody().send(reqwest::Method::POST, "/api/v1/sessions", keyed).await.created();
    let tokens =
        [ana.token.clone().unwrap(), ben["token"].as_str().unwrap().into(), cleo["token"].as_str().unwrap().into()];
    let read = |world: &World| {
        let place = std::path::Path::new(&world.config.database.url).parent().unwrap().to_owned();
        std::fs::read_dir(place)
            .unwrap()
            .flat_map(|file| std::fs::read(file.unwrap().path()).unwrap())
            .collect::<Vec<u8>>()
    };
    let running = read(&world);
    world.stop().await;
    let stopped = read(&world);
    for token in tokens {
        for bytes in [&running, &stopped] {
            assert!(!bytes.windows(token.len()).any(|part| part == token.as_bytes()), "a token is in the database");
        }
    }
    assert!(stopped.windows(4).any(|part| part == b"Cleo"), "the right files were read");
}

#[tokio::test]
async fn guesses_sent_at_once_cost_as_much_as_one_after_the_other() {
    let world = World::start_with(|config| {
        config.limits.wrong_invites = onecouch::config::Rate { burst: 5, per_minute: 1 };
    })
    .await;
    let ana = world.person("Ana").await;
    let guesses = (0..60).map(|n| {
        let ana = ana.clone();
        async move { ana.get(&format!("/api/v1/rooms/AAAA{n:02}")).await.status }
    });
    let statuses = futures_util::future::join_all(guesses).await;
    assert_eq!(statuses.iter().filter(|status| **status == 404).count(), 5, "{statuses:?}");
}
