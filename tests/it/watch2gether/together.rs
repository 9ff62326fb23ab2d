//! One evening: a bot makes a room and posts its link, people come, and all doors see the same.

use serde_json::json;

use super::{Bot, location, of, open};
use crate::{
    viewer::Viewer,
    world::{World, in_room},
};

#[tokio::test]
async fn a_bots_room_plays_when_the_first_comes_and_everybody_sees_what_the_bot_does() {
    let mut world = World::start().await;
    let (film, second, third) =
        (world.link("/files/film.mp4"), world.link("/files/film.webm"), world.link("/files/film.mp4?3"));
    let bot = Bot::new(&world, "Movie bot").await;
    let key = bot.key.clone();
    let room = bot.makes_room(json!({ "share": film, "bg_color": "#204060", "bg_opacity": 40 })).await;
    let page = open(&world, &of(&room, "")).await;
    let native = json!({ "id": location(&page).trim_start_matches("/r/") });

    let ana = world.person("Ana").await;
    let mut viewer = Viewer::open(&world, &native, &ana).await;
    assert_eq!(viewer.room()["current"]["url"], film);
    assert_eq!((&viewer.room()["colour"], &viewer.room()["opacity"]), (&json!("#204060"), &json!(40)));
    if viewer.room()["playback"]["playing"] != true {
        viewer.hears_any("the start", |frame| frame["playback"]["playing"] == true).await;
    }

    bot.post(&of(&room, "/sync_update"), json!({ "item_url": second })).await;
    let replaced = viewer.hears_playback("pick").await;
    assert_eq!((&replaced["by"]["name"], &replaced["by"]["door"]), (&json!("Movie bot"), &json!("watch2gether")));
    bot.post(&of(&room, "/playlists/current/playlist_items/sync_update"), json!({ "add_items": [{ "url": third }] }))
        .await;
    let added = |frame: &serde_json::Value| frame["kind"] == "added" && frame["items"][0]["url"] == third.as_str();
    viewer.hears_any("what was added", added).await;
    let state = ana.get(&in_room(&native, "")).await.ok();
    assert_eq!((&state["current"]["url"], &state["queue"][0]["url"]), (&json!(second), &json!(third)));

    // And the bot sees what people do.
    ana.post(&in_room(&native, "/playback/pause"), json!({})).await.ok();
    assert_eq!(bot.get(&of(&room, "")).await.body["player"]["playing"], false);
    drop(viewer);
    world.restart().await;
    let bot = Bot { world: &world, key };
    let state = bot.get(&of(&room, "")).await.body;
    assert_eq!((&state["id"], &state["player"]["item"]["url"]), (&room["id"], &json!(second)), "all of it lasts");
}
