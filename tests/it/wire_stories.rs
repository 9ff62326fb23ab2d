//! What a viewer's socket tells beyond play and pause: waiting for each other, votes, taking back, being shown the door.

use serde_json::{Value, json};

use crate::{viewer::Viewer, world::World};

/// Says that a player stands ready with an item, knowing the room up to `seq`.
fn ready(item: &Value, seq: &Value) -> Value {
    json!({ "type": "report", "item": item, "phase": "ready", "seq": seq, "hidden": false })
}

#[tokio::test]
async fn a_film_waits_for_those_who_watch_and_an_old_word_of_theirs_does_not_start_it() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let room = ana.makes_room("Ready").await;
    ben.joins(&room).await;
    let mut ana = Viewer::open(&world, &room, &ana).await;
    let mut ben = Viewer::open(&world, &room, &ben).await;
    for viewer in [&mut ana, &mut ben] {
        viewer.sends(json!({ "type": "report", "item": null, "phase": "idle" })).await;
        viewer.sends(json!({ "type": "ping", "c": 1 })).await;
        viewer.hears_any("a pong", |frame| frame["type"] == "pong").await;
    }

    ana.does(json!({ "do": "add", "url": world.link("/files/film.mp4") })).await;
    let start = ben.hears_playback("start").await;
    assert_eq!((&start["playback"]["waiting"], &start["playback"]["playing"]), (&json!("ready"), &json!(false)));
    let item = &start["playback"]["item"];
    ana.sends(ready(item, &start["seq"])).await;
    ben.sends(ready(item, &json!(start["seq"].as_u64().unwrap() - 1))).await;
    ben.sends(ready(item, &start["seq"])).await;
    let runs = ben.hears_playback("ready").await;
    assert_eq!((&runs["playback"]["waiting"], &runs["playback"]["playing"]), (&Value::Null, &json!(true)));
    let waited = runs["at"].as_i64().unwrap() - start["at"].as_i64().unwrap();
    assert!(waited < 2_900, "it would have waited for three seconds, and did for {waited} ms");
}

#[tokio::test]
async fn what_is_set_put_to_the_vote_and_taken_back_is_told_as_the_page_reads_it() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let room = ana.makes_room("Votes").await;
    ben.joins(&room).await;
    let mut ana = Viewer::open(&world, &room, &ana).await;
    let mut ben = Viewer::open(&world, &room, &ben).await;
    assert_eq!(ben.greeting["room"]["queue_mode"], "manual", "settings stand at the top of the room");
    assert!(ben.greeting["you"]["may"].as_array().unwrap().contains(&json!("vote")));

    ana.does(json!({ "do": "change", "title": "Saturday", "vote_skip": true, "vote_percent": 100 })).await;
    let changed = ben.hears("changed").await;
    assert_eq!((&changed["title"], &changed["vote_skip"]), (&json!("Saturday"), &json!(true)));
    assert!(changed.get("visibility").is_none(), "only what changed is told");

    for file in ["film.mp4", "film.webm"] {
        ana.does(json!({ "do": "add", "url": world.link(&format!("/files/{file}")) })).await;
    }
    ben.hears("added").await;
    let queued = ben.hears("added").await;
    ben.does(json!({ "do": "skip" })).await;
    let proposed = ana.hears("proposed").await;
    assert_eq!(proposed["what"], json!({ "do": "skip" }));
    ana.does(json!({ "do": "ballot", "proposal": proposed["seq"], "yes": true })).await;
    let decided = ben.hears("decided").await;
    assert_eq!((&decided["proposal"], &decided["verdict"]), (&proposed["seq"], &json!("passed")));
    ben.hears("played").await;
    let skipped = ben.hears_playback("skip").await;
    assert_eq!(skipped["playback"]["item"], queued["items"][0]["id"]);

    ana.does(json!({ "do": "undo", "seq": skipped["seq"] })).await;
    let back =
        ben.hears_any("an undoing", |frame| frame["undoes"] == skipped["seq"] && frame["kind"] == "playback").await;
    assert_eq!(back["cause"], "back");
}

#[tokio::test]
async fn who_is_shown_the_door_is_told_so_and_may_come_again() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let room = ana.makes_room("Door").await;
    ben.joins(&room).await;
    let mut host = Viewer::open(&world, &room, &ana).await;
    let mut guest = Viewer::open(&world, &room, &ben).await;
    host.does(json!({ "do": "kick", "person": guest.greeting["you"]["person"] })).await;
    let (code, reason) = guest.is_closed().await;
    assert_eq!((code, reason.as_str()), (4410, "You were shown the door. You may come again."));
    assert_eq!(host.hears("kicked").await["name"], "Ben");
}
