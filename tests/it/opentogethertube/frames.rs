//! What a room tells: what happened first, then exactly what that changed.

use engine::{
    command::{Command, Deed, SeekTo},
    media::{Category, Segment},
    room::{Changes, QueueMode, Rate, Restore},
    time::Millis,
};
use serde_json::{Value, json};

use super::socket_client::{OttSocket, actor, fields, film, makes_room, makes_room_with, ms, number, video, world};
use crate::viewer::Viewer;

fn actions(frames: &[Value]) -> Vec<String> {
    let word = |frame: &Value| match frame["action"].as_str().unwrap() {
        "event" => format!("event {}", frame["request"]["type"]),
        "sync" => format!("sync {}", fields(frame).join(" ")),
        other => other.to_owned(),
    };
    frames.iter().map(word).collect()
}

#[tokio::test]
async fn each_change_is_an_event_and_then_only_what_it_changed() {
    let world = world().await;
    let ana = world.person("Ana").await;
    makes_room(&world, &ana, "deltas").await;
    let mut client = OttSocket::join(&world, "deltas", &ana).await;

    // What is put into an empty room starts by itself.
    client.asks(json!({ "type": 5, "url": "https://youtu.be/aqz-KE-bpKQ" })).await;
    let added = client.hears_event(5).await;
    assert_eq!(added["request"], json!({ "type": 5, "video": film() }));
    assert_eq!(added["user"]["id"], client.id);
    assert_eq!(added["additional"]["video"]["title"], "Sintel");
    let started = client.next().await;
    assert_eq!(fields(&started), ["currentSource", "isPlaying", "playbackPosition", "playbackSpeed", "queue"]);
    assert_eq!((&started["isPlaying"], &started["queue"]), (&json!(true), &json!([])));
    assert!(number(&started["playbackPosition"]) < 0.5);

    let told = async |client: &mut OttSocket, request: Value| {
        client.asks(request).await;
        client.so_far().await
    };
    let paused = told(&mut client, json!({ "type": 2, "state": false })).await;
    assert_eq!(actions(&paused), ["event 2", "sync isPlaying playbackPosition"]);
    assert_eq!((&paused[0]["request"]["state"], &paused[0]["additional"]), (&json!(false), &json!({})));
    let played = told(&mut client, json!({ "type": 2, "state": true })).await;
    assert_eq!(actions(&played), ["event 2", "sync isPlaying"]);
    let sought = told(&mut client, json!({ "type": 4, "value": 60 })).await;
    assert_eq!(actions(&sought), ["event 4", "sync playbackPosition"]);
    assert_eq!(ms(&sought[0]["request"]["value"]), 60_000);
    assert!(number(&sought[0]["additional"]["prevPosition"]) < 5.0);
    assert_eq!(ms(&sought[1]["playbackPosition"]) / 1_000, 60);
    let faster = told(&mut client, json!({ "type": 16, "speed": 1.5 })).await;
    assert_eq!(actions(&faster), ["sync playbackPosition playbackSpeed"]);
    assert_eq!(faster[0]["playbackSpeed"], 1.5);

    for id in ["jNQXAC9IVRw", "eRsGyueVLvQ", "dQw4w9WgXcQ"] {
        client.asks(json!({ "type": 5, "video": video(id) })).await;
        let added = client.hears_event(5).await;
        assert_eq!(added["request"]["video"], video(id));
        let queued = client.next().await;
        assert_eq!(fields(&queued), ["queue"]);
        assert_eq!(queued["queue"].as_array().unwrap().last().unwrap()["id"], id);
    }
    let video = video("eRsGyueVLvQ");
    let voted = told(&mut client, json!({ "type": 8, "video": video, "add": true })).await;
    assert_eq!(actions(&voted), ["sync voteCounts"]);
    assert_eq!(voted[0]["voteCounts"], json!([["youtubeeRsGyueVLvQ", 1]]));
    let unvoted = told(&mut client, json!({ "type": 8, "video": video, "add": false })).await;
    assert_eq!(unvoted[0]["voteCounts"], json!([["youtubeeRsGyueVLvQ", 0]]), "a count of zero stays listed");
    let moved = told(&mut client, json!({ "type": 7, "fromIdx": 1, "toIdx": 0 })).await;
    assert_eq!(actions(&moved), ["sync queue"]);
    assert_eq!(moved[0]["queue"][0]["id"], "eRsGyueVLvQ");
    // Theirs shuffles and tells nobody.
    let mut order = moved[0]["queue"].clone();
    loop {
        let shuffled = told(&mut client, json!({ "type": 15 })).await;
        if let Some(frame) = shuffled.first() {
            assert_eq!(fields(frame), ["queue"]);
            assert_ne!(frame["queue"], order);
            order = frame["queue"].clone();
            break;
        }
    }
    let edited =
        told(&mut client, json!({ "type": 19, "video": video, "update": { "startAt": 3, "endAt": 9.5 } })).await;
    assert_eq!(actions(&edited), ["event 19", "sync queue"]);
    assert_eq!(edited[0]["request"]["update"], json!({ "startAt": 3.0, "endAt": 9.5 }));
    let removed = told(&mut client, json!({ "type": 6, "video": order[1] })).await;
    assert_eq!(actions(&removed), ["event 6", "sync queue"]);
    assert_eq!(
        (&removed[0]["additional"]["queueIdx"], &removed[0]["request"]["video"]["id"]),
        (&json!(1), &order[1]["id"])
    );

    let skipped = told(&mut client, json!({ "type": 3 })).await;
    assert_eq!(actions(&skipped), ["event 3", "sync currentSource playbackPosition playbackSpeed queue"]);
    assert_eq!(skipped[0]["additional"]["video"]["id"], film()["id"]);
    assert!(number(&skipped[0]["additional"]["prevPosition"]) >= 60.0);
    told(&mut client, json!({ "type": 3 })).await;
    let ended = told(&mut client, json!({ "type": 3 })).await;
    assert_eq!(actions(&ended), ["event 3", "sync currentSource isPlaying playbackPosition playbackSpeed"]);
    let nothing = (&ended[1]["currentSource"], &ended[1]["isPlaying"], number(&ended[1]["playbackPosition"]));
    assert_eq!(nothing, (&json!(null), &json!(false), 0.0));
}

#[tokio::test]
async fn each_setting_that_changes_is_told_and_no_other() {
    let world = world().await;
    let ana = world.person("Ana").await;
    makes_room(&world, &ana, "settings").await;
    let mut client = OttSocket::join(&world, "settings", &ana).await;
    for (field, value) in [
        ("title", json!("Another title")),
        ("description", json!("What it is about")),
        ("visibility", json!("public")),
        ("queueMode", json!("vote")),
        ("autoSkipSegmentCategories", json!(["sponsor", "intro"])),
        // Theirs tells nobody.
        ("restoreQueueBehavior", json!(2)),
        ("enableVoteSkip", json!(true)),
    ] {
        client.asks(json!({ "type": 13, "settings": { field: value } })).await;
        let told = client.so_far().await;
        assert_eq!(told, [json!({ "action": "sync", field: value })]);
        client.asks(json!({ "type": 13, "settings": { field: value } })).await;
        assert_eq!(client.so_far().await, Vec::<Value>::new(), "{field} again changes nothing");
    }
    client.asks(json!({ "type": 13, "settings": { "grants": [[0, 128]] } })).await;
    let told = client.so_far().await;
    assert_eq!(actions(&told), ["sync grants"]);
    assert_eq!(told[0]["grants"][0], json!([0, 128]));
    // What is not named stays as it is, grants too; and what is false or empty stays so.
    client
        .asks(json!({ "type": 13, "settings": { "title": "Third", "enableVoteSkip": false, "description": "" } }))
        .await;
    let told = client.so_far().await;
    assert_eq!(told, [json!({ "action": "sync", "title": "Third", "enableVoteSkip": false, "description": "" })]);
    let back = OttSocket::join(&world, "settings", &ana).await;
    assert_eq!((&back.room()["grants"][0], &back.room()["enableVoteSkip"]), (&json!([0, 128]), &json!(false)));
}

#[tokio::test]
async fn what_happens_behind_other_doors_is_told_as_if_it_had_been_asked_for_here() {
    let world = world().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let room = makes_room(&world, &ana, "doors").await;
    let mut client = OttSocket::join(&world, "doors", &ana).await;
    let native = json!({ "id": room.id.0 });
    let mut viewer = Viewer::open(&world, &native, &ben).await;
    let ben_is = client.hears_event(0).await["user"]["id"].clone();

    viewer.does(json!({ "do": "add", "url": "https://youtu.be/aqz-KE-bpKQ" })).await;
    assert_eq!(client.hears_event(5).await["user"]["id"], ben_is);
    client.hears_sync("currentSource").await;
    viewer.does(json!({ "do": "seek", "position_ms": 90_000 })).await;
    let sought = client.hears_event(4).await;
    assert_eq!((number(&sought["request"]["value"]), &sought["user"]["name"]), (90.0, &json!("Ben")));
    assert_eq!(fields(&client.next().await), ["playbackPosition"]);
    viewer.does(json!({ "do": "pause" })).await;
    assert_eq!(client.hears_event(2).await["request"], json!({ "type": 2, "state": false }));
    assert_eq!(fields(&client.next().await), ["isPlaying", "playbackPosition"]);
    viewer.says("hello").await;
    let said = client.hears("chat", |frame| frame["action"] == "chat").await;
    assert_eq!((&said["text"], &said["from"]["id"]), (&json!("hello"), &ben_is));

    // And what is asked for here the others hear.
    client.asks(json!({ "type": 4, "value": 30 })).await;
    let is_it = |frame: &Value| frame["cause"] == "seek" && frame["playback"]["position_ms"] == 30_000;
    assert_eq!(viewer.hears_any("Ana's seek", is_it).await["by"]["door"], "opentogethertube");

    // Who has no connection is shown as the person.
    let dora = world.person("Dora").await;
    let actor = engine::command::Actor { door: engine::event::Door::Discord, ..actor(&world, &dora).await };
    let seek = Command::Do(Deed::Seek { to: SeekTo::At(Millis(10_000)) });
    world.engine().rooms.command(room.id, actor.clone(), seek).await.unwrap();
    let sought = client.hears("Dora's seek", |frame| frame["user"]["name"] == "Dora").await;
    assert_eq!(
        sought["user"],
        json!({ "id": actor.person.0, "name": "Dora", "isLoggedIn": false, "status": "none", "role": 0 })
    );
}

#[tokio::test]
async fn a_part_that_is_skipped_is_told_by_name() {
    let world = world().await;
    let ana = world.person("Ana").await;
    let skip = Changes { skip_segments: Some([Category::Sponsor].into()), ..Changes::default() };
    let room = makes_room_with(&world, &ana, "segments", skip).await;
    let mut client = OttSocket::join(&world, "segments", &ana).await;
    client.asks(json!({ "type": 5, "video": film() })).await;
    client.hears_sync("currentSource").await;
    let item = world.engine().rooms.view(room.id).await.unwrap().playback.item.unwrap();
    let part = Segment { start: Millis(20_000), end: Millis(40_000), category: Category::Sponsor };
    let segment = Command::Segment { item, segments: [part].into() };
    world.engine().rooms.command(room.id, engine::room::hand(), segment).await.unwrap();
    let told = client.hears_sync("videoSegments").await;
    assert_eq!(fields(&told), ["videoSegments"]);
    let part = &told["videoSegments"][0];
    assert_eq!(
        (number(&part["startTime"]), number(&part["endTime"]), &part["category"]),
        (20.0, 40.0, &json!("sponsor"))
    );
    client.asks(json!({ "type": 4, "value": 19.9 })).await;
    client.hears_event(4).await;
    let skipped = client.hears("a skip", |frame| frame["action"] == "eventcustom").await;
    assert_eq!(skipped, json!({ "action": "eventcustom", "text": "Skipped sponsor" }));
    let there = client.next().await;
    assert_eq!((fields(&there), number(&there["playbackPosition"]).floor()), (vec!["playbackPosition"], 40.0));
}

#[tokio::test]
async fn nothing_that_changes_right_after_a_message_is_lost() {
    let world = world().await;
    let ana = world.person("Ana").await;
    let room = makes_room(&world, &ana, "lost").await;
    let mut client = OttSocket::join(&world, "lost", &ana).await;
    client.asks(json!({ "type": 5, "video": film() })).await;
    client.hears_sync("currentSource").await;
    let actor = actor(&world, &ana).await;
    let mut state = client.room().clone();
    for n in 0..50_u32 {
        let commands = [
            Command::Do(Deed::Seek { to: SeekTo::At(Millis(i64::from(n) * 1_000)) }),
            Command::Do(if n % 2 == 0 { Deed::Pause } else { Deed::PLAY }),
            Command::Do(Deed::SetRate { rate: Rate(500 + n) }),
            Command::Change(Box::new(Changes { title: Some(format!("Title {n}").into()), ..Changes::default() })),
        ];
        for command in commands {
            world.engine().rooms.command(room.id, actor.clone(), command).await.unwrap();
        }
    }
    for frame in client.so_far().await {
        if frame["action"] == "sync" {
            state.as_object_mut().unwrap().extend(frame.as_object().unwrap().clone());
        }
    }
    let whole = OttSocket::join(&world, "lost", &ana).await;
    for field in ["title", "isPlaying", "playbackSpeed"] {
        assert_eq!(state[field], whole.room()[field], "{field}");
    }
    assert!((number(&state["playbackPosition"]) - number(&whole.room()["playbackPosition"])).abs() < 1.0);
}

#[tokio::test]
async fn the_queue_of_those_who_were_here_before_is_offered_and_taken_or_not() {
    let world = world().await;
    let ana = world.person("Ana").await;
    let room =
        makes_room_with(&world, &ana, "shelf", Changes { restore: Some(Restore::Prompt), ..Changes::default() }).await;
    let mut client = OttSocket::join(&world, "shelf", &ana).await;
    client.asks(json!({ "type": 17 })).await;
    assert_eq!(client.so_far().await, Vec::<Value>::new(), "there is nothing to restore");
    // A mode of ours that its clients do not know is told as the nearest.
    let fair = Changes { queue_mode: Some(QueueMode::Fair), ..Changes::default() };
    let change = Command::Change(Box::new(fair));
    world.engine().rooms.command(room.id, actor(&world, &ana).await, change).await.unwrap();
    assert_eq!(client.so_far().await, Vec::<Value>::new(), "manual before and after");
}
