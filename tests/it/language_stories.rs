//! Everybody is told no, and answered, in their own language.

use onecouch::config::Rate;
use serde_json::{Value, json};

use crate::{
    viewer::Viewer,
    world::{Answer, Caller, World, in_room},
};

const NO_INVITE: &str = "Dieser Einladungslink gilt nicht mehr. Bitte um einen neuen.";

async fn reads(caller: &Caller, path: &str, languages: &str) -> Answer {
    caller.send(reqwest::Method::GET, path, |request| request.header("accept-language", languages)).await
}

#[tokio::test]
async fn a_no_over_http_is_in_the_language_that_was_asked_for() {
    let world = World::start().await;
    let nobody = world.nobody();
    let path = "/api/v1/invites/aaaaaaaaaaaaaaaa";

    let german = reads(&nobody, path, "fr, de-AT;q=0.9, en;q=0.8").await;
    assert_eq!(german.no(), (404, "no_such_invite".to_owned()));
    assert_eq!(german.body["error"]["message"], NO_INVITE);
    assert_eq!(german.headers["content-language"], "de");

    for languages in ["en", "fr", "de;q=0"] {
        let english = reads(&nobody, path, languages).await;
        assert_eq!(
            english.body["error"]["message"], "This invite link does not work any more. Ask for a new one.",
            "{languages}"
        );
    }
}

#[tokio::test]
async fn a_limit_is_met_in_ones_language_too_and_says_when_to_come_back() {
    let world = World::start_with(|config| config.limits.calls = Rate { burst: 3, per_minute: 1 }).await;
    let nobody = world.nobody();
    let mut last = reads(&nobody, "/api/v1/commands", "ru").await;
    for _ in 0..60 {
        if last.status == 429 {
            break;
        }
        last = reads(&nobody, "/api/v1/commands", "ru").await;
    }
    assert_eq!(last.no(), (429, "slow_down".to_owned()));
    assert!(last.headers.contains_key("retry-after"));
    let message = last.body["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.chars().any(|letter| ('а'..='я').contains(&letter)), "{message}");
}

#[tokio::test]
async fn the_chat_box_is_answered_in_ones_language_and_says_what_commands_do() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Film club").await;

    let listed = reads(&ana, "/api/v1/commands", "es").await.ok();
    let described = |name: &str| {
        let found = listed.as_array().unwrap().iter().find(|command| command["name"] == name);
        found.unwrap()["description"].as_str().unwrap().to_owned()
    };
    assert_eq!(described("pause"), "Pausar para todos.");

    let path = in_room(&room, "/commands");
    let run = |languages: &'static str| {
        ana.send(reqwest::Method::POST, &path, move |request| {
            request.header("accept-language", languages).json(&json!({ "line": "/skip" }))
        })
    };
    let (spanish, english) = (run("es").await.ok(), run("en").await.ok());
    assert_eq!(spanish["text"], "No hay nada en marcha. Añade algo con /watch y un enlace.");
    assert_eq!(english["text"], "Nothing is on. Add something with /watch and a link.");
}

#[tokio::test]
async fn links_that_were_left_out_say_why_in_ones_language() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Film club").await;
    let body = json!({ "items": [{ "url": world.link("/clip.mp4") }, { "url": "ftp://example.com/a.mp4" }] });
    let path = in_room(&room, "/queue/many");
    let answer = ana
        .send(reqwest::Method::POST, &path, |request| request.header("accept-language", "de").json(&body))
        .await
        .created();
    let why = answer["left_out"][0]["error"]["message"].as_str().unwrap();
    assert_eq!(why, bots::words::refusal(bots::Locale::German, &engine::refusal::Code::BadScheme.into()));
}

async fn asks_in_vain(viewer: &mut Viewer) -> String {
    let frame = viewer.does(json!({ "do": "skip" })).await;
    assert_eq!((&frame["type"], &frame["code"]), (&json!("refused"), &json!("nothing_playing")), "{frame}");
    frame["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_socket_speaks_the_language_of_its_hello_and_another_one_when_told() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Film club").await;
    let hello = json!({ "type": "hello", "token": ana.token, "locale": "de-CH" });
    let mut viewer = Viewer::open_with(&world, &room, hello).await;

    assert_eq!(asks_in_vain(&mut viewer).await, "Gerade läuft nichts. Bring etwas mit /watch und einem Link.");
    let reply = viewer.does(json!({ "do": "say", "text": "/skip" })).await;
    assert_eq!(reply["text"], "Gerade läuft nichts. Bring etwas mit /watch und einem Link.");

    viewer.sends(json!({ "type": "locale", "locale": "zh" })).await;
    assert_eq!(asks_in_vain(&mut viewer).await, "没有在播放。用 /watch 加链接添加一个。");

    let mut other = Viewer::open(&world, &room, &ana).await;
    assert_eq!(asks_in_vain(&mut other).await, "Nothing is on. Add something with /watch and a link.");
}

#[tokio::test]
async fn who_may_not_come_in_is_told_why_before_the_line_closes() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let room = ana.makes_room("Film club").await;
    ben.joins(&room).await;
    let mut inside = Viewer::open(&world, &room, &ben).await;
    let person = inside.greeting["you"]["person"].as_str().unwrap().to_owned();
    inside.sends(json!({ "type": "locale", "locale": "de" })).await;
    inside.heard_so_far().await;
    ana.put(&in_room(&room, &format!("/bans/{person}")), json!({})).await.ok();

    let told = |frame: &Value| frame["type"] == "refused" && frame["id"].is_null();
    let end = inside.hears_until_closed_or(|_| false).await;
    assert_eq!(end.code, Some(4403));
    let last = end.heard.last().unwrap();
    assert!(told(last), "{last}");
    assert_eq!((&last["code"], last["message"].as_str().unwrap().starts_with("Du bist")), (&json!("banned"), true));

    let mut again = Viewer::connect(&world, room["id"].as_str().unwrap()).await;
    again.sends(json!({ "type": "hello", "token": ben.token, "locale": "ru" })).await;
    let end = again.hears_until_closed_or(|_| false).await;
    assert_eq!(end.code, Some(4403));
    assert_eq!(end.heard.last().unwrap()["code"], "banned");
}
