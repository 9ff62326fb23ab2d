//! What somebody sees who stands at the door: what is open now, what an invite leads to, and where the bots are.

use std::time::Duration;

use onecouch::config::Secret;
use serde_json::{Value, json};

use crate::{
    fake_discord::{self, FakeDiscord},
    fake_telegram::{self, FakeTelegram},
    viewer::Viewer,
    world::{PATIENCE, World, in_room},
};

/// What somebody reads at the door, once it is what is waited for: presence is told a moment after a greeting.
async fn shown(world: &World, path: &str, is_it: impl Fn(&Value) -> bool) -> Value {
    let read = async {
        loop {
            let seen = world.nobody().get(path).await.ok();
            if is_it(&seen) {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, read).await.expect("it did not come")
}

#[tokio::test]
async fn a_list_of_rooms_says_what_is_on_where_people_are_and_wakes_none() {
    let mut world = World::start().await;
    let ana = world.person("Ana").await;
    let film = world.link("/files/film.mp4");
    let makes = |title: &str| json!({ "title": title, "visibility": "public", "url": film });
    for title in ["Asleep", "Watched"] {
        ana.post("/api/v1/rooms", makes(title)).await.created();
    }
    let secret = json!({ "title": "Secret", "visibility": "public", "url": film, "password": "popcorn" });
    let secret = ana.post("/api/v1/rooms", secret).await.created();
    world.restart().await;

    let listed = world.nobody().get("/api/v1/rooms").await.ok();
    assert!(listed.as_array().unwrap().iter().all(|room| room["now"].is_null()), "{listed}");
    assert_eq!(world.engine().rooms.counts().0, 0, "a list loads no room");

    let watched = listed.as_array().unwrap().iter().find(|room| room["title"] == "Watched").unwrap();
    let _in_secret = Viewer::open(&world, &secret, &ana).await;
    let _viewer = Viewer::open(&world, watched, &ana).await;
    let listed =
        shown(&world, "/api/v1/rooms", |listed| listed.as_array().unwrap().iter().any(|room| !room["now"].is_null()))
            .await;
    let now =
        |title: &str| listed.as_array().unwrap().iter().find(|room| room["title"] == title).unwrap()["now"].clone();
    let seen = now("Watched");
    assert_eq!((&seen["watching"], &seen["names"]), (&json!(1), &json!(["Ana"])), "{seen}");
    assert_eq!(seen["current"]["url"], film.as_str());
    assert!(
        listed.as_array().unwrap().iter().all(|room| room["title"] != "Secret" || room["now"].is_null()),
        "who is behind a password is not told outside"
    );
    assert!(now("Asleep").is_null());
}

#[tokio::test]
async fn an_invite_tells_when_the_room_opens_and_whether_there_is_a_seat() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let room = ana.makes_room("Premiere").await;
    let card = format!("/api/v1/invites/{}", room["invite"].as_str().unwrap());
    let read = async || world.nobody().get(&card).await.ok();

    let before = read().await;
    assert_eq!((&before["schedule"]["status"], &before["full"]), (&json!("live"), &json!(false)));

    let start = world.engine().clock.now().wall.0 + 3_600_000;
    ana.put(&in_room(&room, "/schedule"), json!({ "start": start, "end": null })).await.ok();
    ana.patch(&in_room(&room, ""), json!({ "capacity": 2 })).await.ok();
    let soon = read().await;
    assert_eq!((&soon["schedule"]["status"], &soon["schedule"]["start"]), (&json!("soon"), &json!(start)));
    assert_eq!(soon["full"], false);

    ben.joins(&room).await;
    let _viewer = Viewer::open(&world, &room, &ben).await;
    // The other seat is the host's.
    shown(&world, &card, |card| card["full"] == true).await;
}

#[tokio::test]
async fn the_door_names_the_bots_once_they_are_there() {
    let (discord, telegram) = (FakeDiscord::start().await, FakeTelegram::start().await);
    let alone = World::start().await;
    let about = alone.nobody().get("/api/v1/about").await.ok();
    assert_eq!((&about["name"], &about["version"]), (&json!("onecouch"), &json!(env!("CARGO_PKG_VERSION"))));
    assert!(about["discord"].is_null() && about["telegram"].is_null(), "{about}");

    let world = World::start_with(|config| {
        config.discord.token = Some(Secret::new(fake_discord::TOKEN));
        config.discord.api_url = Some(discord.url());
        config.telegram.token = Some(Secret::new(fake_telegram::TOKEN));
        config.telegram.api_url = Some(telegram.url.clone());
    })
    .await;
    let about =
        shown(&world, "/api/v1/about", |about| about["discord"].is_string() && about["telegram"].is_string()).await;
    let install = format!("https://discord.com/oauth2/authorize?client_id={}", fake_discord::APPLICATION);
    assert!(about["discord"].as_str().unwrap().starts_with(&install), "{about}");
    assert_eq!(about["telegram"], format!("https://t.me/{}?startgroup=true", fake_telegram::BOT));
}
