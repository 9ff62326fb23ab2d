//! What its clients ask for: each request, done and refused. A refusal is silence.

use engine::room::{Changes, WaitFor};
use serde_json::{Value, json};

use super::socket_client::{OttSocket, film, makes_room, makes_room_with, ms, number, video, world};
use crate::world::World;

const NONE: &[Value] = &[];

/// A room with a film on and three videos behind it.
async fn with_a_queue(world: &World, name: &str) -> (OttSocket, OttSocket) {
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    makes_room(world, &ana, name).await;
    let mut owner = OttSocket::join(world, name, &ana).await;
    let videos = json!([film(), video("jNQXAC9IVRw"), video("eRsGyueVLvQ"), video("dQw4w9WgXcQ")]);
    owner.asks(json!({ "type": 5, "videos": videos })).await;
    let added = owner.hears_event(5).await;
    assert_eq!((&added["request"]["videos"], added["additional"]["videos"].as_array().unwrap().len()), (&videos, 4));
    let mut guest = OttSocket::join(world, name, &ben).await;
    // Titles that are found out come later.
    loop {
        owner.so_far().await;
        guest.so_far().await;
        let back = OttSocket::join(world, name, &ana).await;
        let queue = back.room()["queue"].as_array().unwrap();
        if queue.iter().chain([&back.room()["currentSource"]]).all(|item| item["title"] == "Sintel") {
            break;
        }
    }
    owner.so_far().await;
    guest.so_far().await;
    (owner, guest)
}

fn ids(queue: &Value) -> Vec<&str> {
    queue.as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_may_not_be_done_is_not_done_and_nothing_is_said() {
    let world = world().await;
    let (mut owner, mut guest) = with_a_queue(&world, "refused").await;
    owner.asks(json!({ "type": 13, "settings": { "grants": [[0, 128], [1, 128], [2, 128]] } })).await;
    owner.hears_sync("grants").await;
    guest.so_far().await;
    let first = video("jNQXAC9IVRw");
    let before = owner.so_far().await.len();
    assert_eq!(before, 0);
    for request in [
        json!({ "type": 2, "state": false }),
        json!({ "type": 3 }),
        json!({ "type": 4, "value": 5 }),
        json!({ "type": 5, "video": video("xxxxxxxxxxx") }),
        json!({ "type": 5, "videos": [video("xxxxxxxxxxx")] }),
        json!({ "type": 5, "url": "https://youtu.be/xxxxxxxxxxx" }),
        json!({ "type": 6, "video": first }),
        json!({ "type": 7, "fromIdx": 0, "toIdx": 1 }),
        json!({ "type": 8, "video": first, "add": true }),
        json!({ "type": 9, "targetClientId": guest.id, "role": 4 }),
        json!({ "type": 13, "settings": { "title": "Mine" } }),
        json!({ "type": 13, "settings": { "grants": [[0, 134_217_727]] } }),
        json!({ "type": 14, "video": first }),
        json!({ "type": 15 }),
        json!({ "type": 16, "speed": 2 }),
        json!({ "type": 17 }),
        json!({ "type": 17, "discard": true }),
        json!({ "type": 18, "clientId": owner.id }),
        json!({ "type": 19, "video": first, "update": { "startAt": 5 } }),
    ] {
        guest.asks(request.clone()).await;
        assert_eq!(guest.so_far().await, NONE, "{request}");
    }
    // What they may is done.
    guest.asks(json!({ "type": 11, "text": "I may talk" })).await;
    assert_eq!(guest.so_far().await[0]["text"], "I may talk");
}

#[tokio::test]
async fn what_makes_no_sense_changes_nothing() {
    let world = world().await;
    let (mut owner, _guest) = with_a_queue(&world, "nonsense").await;
    let known = video("jNQXAC9IVRw");
    for request in [
        json!({ "type": 2 }),
        json!({ "type": 2, "state": "yes" }),
        json!({ "type": 4 }),
        json!({ "type": 4, "value": null }),
        json!({ "type": 4, "value": "abc" }),
        json!({ "type": 4, "value": {} }),
        json!({ "type": 4, "value": 1e300 }),
        json!({ "type": 5 }),
        json!({ "type": 5, "video": 5 }),
        json!({ "type": 5, "videos": [] }),
        json!({ "type": 5, "url": "" }),
        json!({ "type": 5, "url": "http://127.0.0.1:1/a.mp4" }),
        json!({ "type": 5, "url": "http://localhost/a.mp4" }),
        json!({ "type": 5, "video": { "service": "tubi", "id": "1" } }),
        json!({ "type": 5, "video": { "service": "netflix", "id": "1" } }),
        json!({ "type": 5, "video": { "service": "direct", "id": "file:///etc/passwd" } }),
        // It is there already.
        json!({ "type": 5, "video": known }),
        json!({ "type": 6, "video": video("nothing") }),
        json!({ "type": 7, "fromIdx": 0, "toIdx": 99 }),
        json!({ "type": 7, "fromIdx": 99, "toIdx": 0 }),
        json!({ "type": 7, "fromIdx": -1, "toIdx": 0 }),
        json!({ "type": 8, "video": known }),
        json!({ "type": 8, "video": film(), "add": true }),
        json!({ "type": 9, "targetClientId": "nobody", "role": 2 }),
        json!({ "type": 9, "targetClientId": owner.id, "role": 99 }),
        json!({ "type": 11, "text": "" }),
        json!({ "type": 11, "text": "x".repeat(3_000) }),
        json!({ "type": 11, "text": 5 }),
        json!({ "type": 12 }),
        json!({ "type": 12, "event": null }),
        json!({ "type": 13 }),
        json!({ "type": 13, "settings": { "queueMode": "random" } }),
        json!({ "type": 13, "settings": { "visibility": "hidden" } }),
        json!({ "type": 13, "settings": { "title": 5 } }),
        json!({ "type": 13, "settings": { "title": "ok", "owner": "me" } }),
        json!({ "type": 14, "video": film() }),
        json!({ "type": 16, "speed": 0 }),
        json!({ "type": 16, "speed": -1 }),
        json!({ "type": 16, "speed": 1000 }),
        json!({ "type": 16, "speed": "fast" }),
        json!({ "type": 18, "clientId": "nobody" }),
        json!({ "type": 18, "clientId": owner.id }),
        json!({ "type": 19, "video": known, "update": { "startAt": "x" } }),
        json!({ "type": 19, "video": known, "update": { "subtitleUrl": "https://films.example/a.exe" } }),
        json!({ "type": 0, "info": { "id": owner.id, "username": "Mallory" } }),
        json!({ "type": 1 }),
        json!({ "type": 10, "info": { "id": owner.id, "username": "Mallory" } }),
        json!({ "type": 99 }),
        json!({ "type": "2" }),
        json!({}),
    ] {
        owner.asks(request.clone()).await;
        assert_eq!(owner.so_far().await, NONE, "{request}");
    }
    // Before the start is the start.
    owner.asks(json!({ "type": 4, "value": -5 })).await;
    let sought = owner.so_far().await;
    assert_eq!(ms(&sought[0]["request"]["value"]), 0);
}

#[tokio::test]
async fn play_now_puts_what_is_on_before_all_others_and_it_goes_on_from_there() {
    let world = world().await;
    let (mut owner, _guest) = with_a_queue(&world, "play-now").await;
    owner.asks(json!({ "type": 2, "state": false })).await;
    owner.asks(json!({ "type": 4, "value": 40 })).await;
    owner.so_far().await;
    owner.asks(json!({ "type": 14, "video": video("eRsGyueVLvQ") })).await;
    let told = owner.so_far().await;
    // What is found out of a video later is told in a sync of its own.
    let sync = told.iter().find(|frame| frame["currentSource"]["id"] == "eRsGyueVLvQ").unwrap();
    assert_eq!(ids(&sync["queue"]), ["aqz-KE-bpKQ", "jNQXAC9IVRw", "dQw4w9WgXcQ"]);
    assert_eq!(ms(&sync["queue"][0]["startAt"]), 40_000);
    let position = ms(&sync["playbackPosition"]);
    assert!(position < 5_000, "it starts at its beginning: {position}");

    // Also one that was not queued.
    owner.asks(json!({ "type": 14, "video": video("M7lc1UVf-VE") })).await;
    let sync = owner.hears("the new one", |frame| frame["currentSource"]["id"] == "M7lc1UVf-VE").await;
    assert_eq!(ids(&sync["queue"]), ["eRsGyueVLvQ", "aqz-KE-bpKQ", "jNQXAC9IVRw", "dQw4w9WgXcQ"]);
}

#[tokio::test]
async fn a_skip_that_is_voted_on_is_counted_shown_and_can_be_taken_back() {
    let world = world().await;
    let (mut owner, mut guest) = with_a_queue(&world, "vote-skip").await;
    owner.asks(json!({ "type": 13, "settings": { "enableVoteSkip": true } })).await;
    owner.hears_sync("enableVoteSkip").await;
    guest.hears_sync("enableVoteSkip").await;
    let cara = world.person("Cara").await;
    let _third = OttSocket::join(&world, "vote-skip", &cara).await;
    guest.asks(json!({ "type": 3 })).await;
    assert_eq!(owner.hears_sync("votesToSkip").await, json!({ "action": "sync", "votesToSkip": [guest.id] }));
    // It can be taken back, and given again.
    guest.asks(json!({ "type": 3 })).await;
    assert_eq!(owner.hears_sync("votesToSkip").await["votesToSkip"], json!([]));
    guest.asks(json!({ "type": 3 })).await;
    assert_eq!(owner.hears_sync("votesToSkip").await["votesToSkip"], json!([guest.id]));
    // Half of those who are here are enough.
    owner.asks(json!({ "type": 3 })).await;
    let skipped = owner.hears_event(3).await;
    assert_eq!(skipped["additional"]["video"]["id"], film()["id"]);
    let sync = owner.hears_sync("currentSource").await;
    assert_eq!((&sync["currentSource"]["id"], &sync["votesToSkip"]), (&json!("jNQXAC9IVRw"), &json!([])));
}

#[tokio::test]
async fn roles_are_given_by_who_may() {
    let world = world().await;
    let (mut owner, guest) = with_a_queue(&world, "roles").await;
    for (role, told) in [(2, 2), (3, 3), (4, 4), (1, 0)] {
        owner.asks(json!({ "type": 9, "targetClientId": guest.id, "role": role })).await;
        let user = owner.hears("a role", |frame| frame["update"]["value"]["role"] == told).await;
        assert_eq!(user["update"]["value"]["id"], guest.id, "{role}");
    }
    owner.asks(json!({ "type": 9, "targetClientId": guest.id, "role": -1 })).await;
    assert_eq!(owner.so_far().await, NONE, "nobody is made the owner");
}

#[tokio::test]
async fn what_an_event_told_can_be_taken_back_by_who_may_and_once() {
    let world = world().await;
    let (mut owner, mut guest) = with_a_queue(&world, "undo").await;
    let queue = ["jNQXAC9IVRw", "eRsGyueVLvQ", "dQw4w9WgXcQ"];
    // With our number in the event, and as a client sends it that knows no such field.
    for keeps_number in [true, false] {
        let send_back = |mut event: Value| {
            if !keeps_number {
                event.as_object_mut().unwrap().remove("seq");
            }
            json!({ "type": 12, "event": event })
        };
        owner.asks(json!({ "type": 6, "video": video("eRsGyueVLvQ") })).await;
        let removed = owner.hears_event(6).await;
        guest.so_far().await;
        owner.so_far().await;
        owner.asks(send_back(removed.clone())).await;
        assert_eq!(ids(&owner.hears_sync("queue").await["queue"]), queue);
        owner.so_far().await;
        // A second time there is nothing to take back.
        owner.asks(send_back(removed)).await;
        assert_eq!(owner.so_far().await, NONE);

        owner.asks(json!({ "type": 4, "value": 20 })).await;
        owner.so_far().await;
        owner.asks(json!({ "type": 2, "state": false })).await;
        owner.asks(json!({ "type": 4, "value": 300 })).await;
        let sought = owner.hears("a seek", |frame| frame["request"]["value"] == json!(300.0)).await;
        owner.so_far().await;
        owner.asks(send_back(sought)).await;
        let back = owner.hears_sync("playbackPosition").await;
        assert!((20.0..25.0).contains(&number(&back["playbackPosition"])), "{back}");

        owner.asks(json!({ "type": 3 })).await;
        let skipped = owner.hears_event(3).await;
        owner.so_far().await;
        owner.asks(send_back(skipped)).await;
        let back = owner.hears_sync("currentSource").await;
        assert_eq!((&back["currentSource"]["id"], ids(&back["queue"])), (&film()["id"], queue.to_vec()));
        assert!(number(&back["playbackPosition"]) > 15.0);

        owner.asks(json!({ "type": 5, "video": video("M7lc1UVf-VE") })).await;
        let added = owner.hears_event(5).await;
        owner.so_far().await;
        owner.asks(send_back(added)).await;
        assert_eq!(ids(&owner.hears_sync("queue").await["queue"]), queue);
        owner.so_far().await;
    }
}

#[tokio::test]
async fn an_event_that_was_made_up_takes_nothing_back_and_puts_nothing_in() {
    let world = world().await;
    let (mut owner, mut guest) = with_a_queue(&world, "forged").await;
    owner.asks(json!({ "type": 6, "video": video("eRsGyueVLvQ") })).await;
    let removed = owner.hears_event(6).await;
    owner.asks(json!({ "type": 13, "settings": { "grants": [[0, 128], [1, 128], [2, 128]] } })).await;
    owner.so_far().await;
    guest.so_far().await;
    let user = removed["user"].clone();
    let forged = |request: Value, additional: Value| json!({ "action": "event", "request": request, "user": user, "additional": additional });
    let evil = video("evilevilevi");
    for event in [
        // A true one, of somebody who may not.
        removed.clone(),
        forged(json!({ "type": 6, "video": evil }), json!({ "video": evil, "queueIdx": 0 })),
        forged(json!({ "type": 3 }), json!({ "video": evil, "prevPosition": 5 })),
        forged(json!({ "type": 5, "video": video("jNQXAC9IVRw") }), json!({ "video": video("jNQXAC9IVRw") })),
        forged(json!({ "type": 4, "value": 5 }), json!({ "prevPosition": 1 })),
        json!({ "request": { "type": 4 }, "seq": removed["seq"] }),
        json!({ "request": { "type": 6 }, "seq": 1 }),
        json!({ "request": 5 }),
        json!([]),
    ] {
        guest.asks(json!({ "type": 12, "event": event })).await;
        assert_eq!(guest.so_far().await, NONE, "{event}");
        if event["user"] != json!(null) && event != removed {
            owner.asks(json!({ "type": 12, "event": event })).await;
            assert_eq!(owner.so_far().await, NONE, "{event}");
        }
    }
}

#[tokio::test]
async fn what_is_queued_can_be_given_subtitles_and_lose_them() {
    let world = world().await;
    let ana = world.person("Ana").await;
    makes_room(&world, &ana, "edits").await;
    let mut client = OttSocket::join(&world, "edits", &ana).await;
    client.asks(json!({ "type": 5, "videos": [film(), video("jNQXAC9IVRw")] })).await;
    client.hears_event(5).await;
    client.asks(json!({ "type": 19, "video": video("jNQXAC9IVRw"), "update": { "subtitleUrl": "https://films.example/a.vtt" } })).await;
    let edited = client.hears_event(19).await;
    assert_eq!(edited["request"]["update"], json!({ "subtitleUrl": "https://films.example/a.vtt" }));
    let told = client.hears_sync("queue").await;
    assert_eq!(told["queue"].as_array().unwrap().last().unwrap()["subtitleUrl"], "https://films.example/a.vtt");
    client.asks(json!({ "type": 19, "video": video("jNQXAC9IVRw"), "update": { "subtitleUrl": null } })).await;
    let told = client.hears_event(19).await;
    assert_eq!(told["request"]["update"], json!({ "subtitleUrl": null }));
}

#[tokio::test]
async fn players_of_its_clients_hold_nobody_up() {
    let world = world().await;
    let ana = world.person("Ana").await;
    let changes = Changes { wait_for: Some(WaitFor::All), ready_start: Some(true), ..Changes::default() };
    let room = makes_room_with(&world, &ana, "barrier", changes).await;
    let mut client = OttSocket::join(&world, "barrier", &ana).await;
    client.asks(json!({ "type": 5, "video": film() })).await;
    let started = client.hears_sync("currentSource").await;
    assert_eq!(started["isPlaying"], true);
    for status in ["ready", "buffering", "none", "error", "asleep"] {
        client.sends(json!({ "action": "status", "status": status })).await;
    }
    client.sends(json!({ "action": "status", "status": "buffering" })).await;
    let user = client.hears("a status", |frame| frame["update"]["value"]["status"] == "buffering").await;
    assert_eq!(user["update"]["value"]["id"], client.id);
    // A room waits 0.7 s before it stands still for one of its own players, and 1.5 s before it starts without one.
    client.asks(json!({ "type": 5, "video": video("jNQXAC9IVRw") })).await;
    client.hears_event(5).await;
    tokio::time::sleep(std::time::Duration::from_millis(900)).await;
    client.asks(json!({ "type": 3 })).await;
    let told = client.so_far().await;
    assert!(told.iter().all(|frame| frame["isPlaying"] != json!(false)), "{told:#?}");
    let view = world.engine().rooms.view(room.id).await.unwrap();
    assert!(view.playback.playing && view.playback.waiting.is_none());
    // And it starts as soon as its clients hear of it.
    assert!(world.engine().clock.play_time() >= view.playback.at);
}
