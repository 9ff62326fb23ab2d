//! The Mini App: who comes in from Telegram, and whom its word does not help.

use engine::{
    records::{PlaceId, Platform},
    time::{Millis, WallTime},
};
use onecouch::config::Secret;
use serde_json::{Value, json};

use crate::{
    fake_telegram::{FakeTelegram, TOKEN, User, mini_app},
    viewer::Viewer,
    world::{Answer, Caller, World, in_room},
};

const ANA: User = User { id: 4711, name: "Ana" };
const BEN: User = User { id: 815, name: "Ben" };

/// A server with a bot on Telegram.
async fn world() -> (World, FakeTelegram) {
    let telegram = FakeTelegram::start().await;
    let url = telegram.url.clone();
    let world = World::start_with(|config| {
        config.telegram.token = Some(Secret::new(TOKEN));
        config.telegram.api_url = Some(url);
    })
    .await;
    (world, telegram)
}

fn now(world: &World) -> WallTime {
    world.engine().clock.now().wall
}

/// Somebody opens the Mini App; what the page is told.
async fn opens(world: &World, said: &str) -> Answer {
    world.nobody().post("/api/v1/telegram/session", json!({ "init_data": said })).await
}

fn with_token(world: &World, opened: &Value) -> Caller {
    Caller::new(&world.url(""), Some(opened["token"].as_str().unwrap().to_owned()))
}

#[tokio::test]
async fn whoever_opens_a_link_in_telegram_is_in_its_room_as_who_they_are_there() {
    let (world, _telegram) = world().await;
    let host = world.person("Cleo").await;
    let room = host.makes_room("Friday film club").await;
    let invite = room["invite"].as_str().unwrap();
    let answer = opens(&world, &mini_app::opens(&ANA, Some(invite), now(&world))).await;
    assert!(!answer.headers.contains_key("set-cookie"), "a frame's cookie would be the browser's");
    let opened = answer.created();
    assert_eq!((&opened["room"], &opened["invite"], &opened["refused"]), (&room["id"], &room["invite"], &Value::Null));
    assert_eq!(opened["person"]["name"], "Ana");
    let day = now(&world).0 + 24 * 3_600_000;
    assert!((day - 60_000..=day).contains(&opened["expires_at"].as_i64().unwrap()));

    // The same person as in the bot's chats, with what an invite gives.
    let known = world.engine().people.known_as(Platform::Telegram, "4711").await.unwrap().unwrap();
    assert_eq!(opened["person"]["id"], json!(known.0));
    let ana = with_token(&world, &opened);
    ana.get(&in_room(&room, "")).await.ok();
    assert_eq!(ana.patch(&in_room(&room, ""), json!({ "title": "Mine" })).await.no(), (403, "not_allowed".to_owned()));
    // Another link, the same person again.
    let other = host.makes_room("Saturday").await;
    let again = mini_app::opens(&ANA, other["invite"].as_str(), now(&world));
    assert_eq!(opens(&world, &again).await.created()["person"], opened["person"]);
}

#[tokio::test]
async fn what_telegram_did_not_say_just_now_lets_nobody_in() {
    let (world, _telegram) = world().await;
    let said = mini_app::opens(&ANA, None, now(&world));
    let forged = [
        said.replace("4711", "815"),
        format!("{said}&start_param=abc"),
        said.replace("chat_type=group&", ""),
        format!("{said}&user=%7B%22id%22%3A815%7D"),
        mini_app::signed("110201543:another-bot", &[("auth_date", "1".to_owned())]),
        mini_app::opens(&ANA, None, now(&world) + Millis::seconds(600)),
        String::new(),
        "x".repeat(50_000),
    ];
    for said in &forged {
        assert_eq!(opens(&world, said).await.no(), (401, "bad_init_data".to_owned()), "{said:.60}");
    }
    let old = mini_app::opens(&ANA, None, WallTime(now(&world).0 - 3_601_000));
    let answer = opens(&world, &old).await;
    assert_eq!(answer.no(), (401, "init_data_expired".to_owned()));
    assert!(answer.text.contains("open the room from Telegram again"), "{}", answer.text);
    assert_eq!(world.engine().people.known_as(Platform::Telegram, "4711").await.unwrap(), None);
    opens(&world, &said).await.created();
}

#[tokio::test]
async fn what_telegram_said_is_good_once_also_over_a_restart_and_at_the_same_moment() {
    let (mut world, _telegram) = world().await;
    let said = mini_app::opens(&ANA, None, now(&world));
    let (one, two) = tokio::join!(opens(&world, &said), opens(&world, &said));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 401]);
    // Written in another order it is the same.
    let mut fields: Vec<&str> = said.split('&').collect();
    fields.reverse();
    assert_eq!(opens(&world, &fields.join("&")).await.no(), (401, "init_data_used".to_owned()));
    world.restart().await;
    assert_eq!(opens(&world, &said).await.no(), (401, "init_data_used".to_owned()));
    opens(&world, &mini_app::opens(&BEN, None, now(&world))).await.created();
}

#[tokio::test]
async fn a_link_that_leads_nowhere_says_why_and_who_one_is_all_the_same() {
    let (world, _telegram) = world().await;
    let host = world.person("Cleo").await;
    let room = host.makes_room("Friday film club").await;
    let invite = room["invite"].as_str().unwrap();
    let opened = opens(&world, &mini_app::opens(&ANA, Some("AAAAAAAAAAAAAAAA"), now(&world))).await.created();
    assert_eq!((&opened["room"], &opened["refused"]["code"]), (&Value::Null, &json!("no_such_invite")));

    host.patch(&in_room(&room, ""), json!({ "password": "popcorn" })).await.ok();
    let opened = opens(&world, &mini_app::opens(&ANA, Some(invite), now(&world) + Millis(1000))).await.created();
    assert_eq!((&opened["room"], &opened["refused"]["code"]), (&Value::Null, &json!("room_password_needed")));
    let ana = with_token(&world, &opened);
    let path = format!("/api/v1/rooms/{invite}/join");
    assert_eq!(ana.post(&path, json!({ "password": "popcorn" })).await.ok()["person"], opened["person"]);

    let _here = Viewer::open(&world, &room, &ana).await;
    let person = opened["person"]["id"].as_str().unwrap();
    host.put(&in_room(&room, &format!("/bans/{person}")), json!({})).await.ok();
    let opened = opens(&world, &mini_app::opens(&ANA, Some(invite), now(&world) + Millis(2000))).await.created();
    assert_eq!((&opened["room"], &opened["refused"]["code"]), (&Value::Null, &json!("banned")));
}

#[tokio::test]
async fn without_a_link_one_is_in_the_room_of_ones_private_chat_with_the_bot() {
    let (world, _telegram) = world().await;
    let opened = opens(&world, &mini_app::opens(&ANA, None, now(&world))).await.created();
    assert_eq!((&opened["room"], &opened["refused"]), (&Value::Null, &Value::Null));

    let room = with_token(&world, &opened).makes_room("Mine").await;
    let chat = PlaceId { platform: Platform::Telegram, chat: ANA.id, topic: None };
    let id = room["id"].as_str().unwrap().parse().unwrap();
    world.engine().places.tie(chat, id).await.unwrap();
    let opened = opens(&world, &mini_app::opens(&ANA, None, now(&world) + Millis(1000))).await.created();
    assert_eq!(opened["room"], room["id"]);
    // Nobody else's.
    let opened = opens(&world, &mini_app::opens(&BEN, None, now(&world))).await.created();
    assert_eq!(opened["room"], Value::Null);
}

#[tokio::test]
async fn a_server_without_a_bot_says_what_to_do_instead() {
    let world = World::start().await;
    let said = mini_app::opens(&ANA, None, now(&world));
    let answer = opens(&world, &said).await;
    assert_eq!(answer.no(), (422, "no_telegram".to_owned()));
    assert!(answer.text.contains("Open the room in a browser"), "{}", answer.text);
}

#[tokio::test]
async fn telegrams_web_client_may_show_the_page_and_no_other_page_may_be_shown() {
    let (world, _telegram) = world().await;
    let page = world.nobody().get("/tg").await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-ancestors https://web.telegram.org"), "{policy}");
    assert!(policy.contains("script-src 'self' https://telegram.org;"), "{policy}");
    assert!(!page.headers.contains_key("x-frame-options"));
    let script = page.text.find("https://telegram.org/js/telegram-web-app.js").unwrap();
    assert!(page.text.match_indices("<script").all(|(at, _)| at + 13 >= script), "another script comes first");
    for other in ["/", "/r/x", "/j/x", "/recover"] {
        let page = world.nobody().get(other).await;
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("telegram"), "{other}: {policy}");
        assert!(!page.text.contains("telegram-web-app"), "{other}");
    }
}
