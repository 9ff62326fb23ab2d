//! The socket half of the native API: a room as its viewers hear it.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    viewer::Viewer,
    world::{World, in_room},
};

#[tokio::test]
async fn what_one_does_the_others_hear_with_who_did_it() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let room = ana.makes_room("Two").await;
    ben.joins(&room).await;
    let mut ana = Viewer::open(&world, &room, &ana).await;
    let mut ben = Viewer::open(&world, &room, &ben).await;
    assert_eq!(ana.greeting["you"]["role"], "host");
    assert_eq!(ben.greeting["you"]["role"], "guest");

    let ack = ana.does(json!({ "do": "add", "url": world.link("/files/film.mp4") })).await;
    assert_eq!(ack["type"], "ack");
    let added = ben.hears("added").await;
    assert_eq!((&added["by"]["name"], &added["by"]["door"]), (&json!("Ana"), &json!("api")));
    let started = ben.hears_playback("start").await;
    assert_eq!(started["playback"]["item"], added["items"][0]["id"]);
    assert!(started["playback"]["at"].as_i64() >= started["s"].as_i64(), "it starts a little in the future");

    ben.does(json!({ "do": "pause" })).await;
    let paused = ana.hears_playback("pause").await;
    assert_eq!(paused["playback"]["playing"], false);
    ben.does(json!({ "do": "seek", "position_ms": 700 })).await;
    assert_eq!(ana.hears_playback("seek").await["playback"]["position_ms"], 700);
    ana.says("hello").await;
    let said = ben.hears("said").await;
    assert_eq!((&said["text"], &said["position_ms"]), (&json!("hello"), &json!(700)));

    ana.sends(json!({ "type": "typing" })).await;
    ben.hears_any("typing", |frame| frame["type"] == "typing" && frame["by"]["name"] == "Ana").await;
    ana.sends(json!({ "type": "report", "phase": "ready", "drift_ms": 4, "rtt_ms": 31 })).await;
    let ready = |frame: &Value| {
        frame["here"]
            .as_array()
            .is_some_and(|here| here.iter().any(|seat| seat["drift_ms"] == 4 && seat["phase"] == "ready"))
    };
    ben.hears_any("ana's drift", |frame| frame["type"] == "presence" && ready(frame)).await;
}

#[tokio::test]
async fn the_chat_box_takes_the_commands_of_the_bots() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Commands").await;
    let mut ana = Viewer::open(&world, &room, &ana).await;
    let clip = world.link("/files/film.mp4");
    for line in [
        format!("/watch {clip}"),
        format!("/queue add {clip}"),
        "/pause".into(),
        "/seek 0:01".into(),
        "/now".into(),
        "/queue".into(),
        "/invite".into(),
        "/help".into(),
        "/skip".into(),
        "/play".into(),
    ] {
        let reply = ana.says(&line).await;
        assert_eq!((&reply["type"], &reply["refused"]), (&json!("reply"), &json!(false)), "{line}: {reply}");
        assert!(reply["text"].as_str().unwrap().len() > 3);
    }
    let no = ana.says("/seek yesterday").await;
    assert_eq!((&no["type"], &no["refused"]), (&json!("reply"), &json!(true)));
    assert!(ana.says("/frobnicate").await["text"].as_str().unwrap().contains("/help"));
}

#[tokio::test]
async fn who_comes_back_gets_exactly_what_was_missed() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let room = ana.makes_room("Back").await;
    ben.joins(&room).await;
    let mut stays = Viewer::open(&world, &room, &ana).await;
    let mut goes = Viewer::open(&world, &room, &ben).await;
    stays.says("one").await;
    let known = goes.hears("said").await["seq"].as_u64().unwrap();
    let position = goes.position(known);
    drop(goes);
    stays.says("two").await;
    stays.says("three").await;

    let hello = json!({ "type": "hello", "token": ben.token, "resume": position });
    let mut back = Viewer::open_with(&world, &room, hello).await;
    assert_eq!(back.greeting["type"], "resumed");
    let missed: Vec<Value> = back.heard_so_far().await.into_iter().filter(|frame| frame["type"] == "event").collect();
    let texts: Vec<&str> = missed.iter().map(|frame| frame["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["two", "three"]);
    assert_eq!(missed[0]["seq"], known + 1);
    stays.says("four").await;
    assert_eq!(back.hears_any("four", |frame| frame["text"] == "four").await["seq"], known + 3);
}

#[tokio::test]
async fn who_knows_another_life_of_the_room_gets_the_whole_room() {
    let mut world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Lives").await;
    let first = Viewer::open(&world, &room, &ana).await;
    let position = first.position(1);
    drop(first);
    world.restart().await;
    let hello = json!({ "type": "hello", "token": ana.token, "resume": position });
    let back = Viewer::open_with(&world, &room, hello).await;
    assert_eq!(back.greeting["type"], "welcome");
    assert!(back.room()["epoch"].as_u64() > room["epoch"].as_u64());
    let hello =
        json!({ "type": "hello", "token": ana.token, "resume": { "epoch": back.room()["epoch"], "seq": 9_999 } });
    assert_eq!(Viewer::open_with(&world, &room, hello).await.greeting["type"], "welcome");
}

#[tokio::test]
async fn a_restart_in_the_middle_of_a_film_finds_it_where_it_was() {
    let mut world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Restart").await;
    let mut viewer = Viewer::open(&world, &room, &ana).await;
    viewer.does(json!({ "do": "add", "url": world.link("/hls/vod.m3u8") })).await;
    viewer.does(json!({ "do": "seek", "position_ms": 2_000 })).await;
    viewer.says("before").await;
    let before = ana.get(&in_room(&room, "/playback")).await.ok();
    world.stop().await;
    let (code, reason) = viewer.is_closed().await;
    assert_eq!(code, 1012);
    assert!(serde_json::from_str::<Value>(&reason).unwrap()["retry_after_ms"].as_u64().unwrap() >= 250, "{reason}");
    world.restart().await;
    let after = ana.get(&in_room(&room, "/playback")).await.ok();
    assert_eq!((&after["playing"], &after["item"]), (&json!(true), &before["item"]));
    let moved = after["now_ms"].as_i64().unwrap() - before["now_ms"].as_i64().unwrap();
    assert!((0..1_500).contains(&moved), "the film moved by {moved} ms");
    let back = Viewer::open(&world, &room, &ana).await;
    assert_eq!(back.room()["chat"][0]["text"], "before");
}

#[tokio::test]
async fn a_full_couch_is_told_in_pieces_and_whole() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Full").await;
    let mut others = Vec::new();
    for _ in 0..99 {
        others.push(Viewer::open(&world, &room, &ana).await);
    }
    let connections = |frame: &Value| -> Vec<u64> {
        frame["here"].as_array().into_iter().flatten().map(|seat| seat["connection"].as_u64().unwrap()).collect()
    };
    let mut last = Viewer::open(&world, &room, &ana).await;
    let mut here = connections(last.room());
    assert!(here.len() <= 64, "{} in one frame", here.len());
    while here.len() < 100 {
        let piece = last.hears_any("the others", |frame| frame["type"] == "presence").await;
        here.extend(connections(&piece));
        here.sort_unstable();
        here.dedup();
    }
    drop(others);
    last.hears_any("that they left", |frame| frame["gone"].as_array().is_some_and(|gone| !gone.is_empty())).await;
}

#[tokio::test]
async fn two_rooms_never_hear_each_other() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let (one, two) = (ana.makes_room("One").await, ana.makes_room("Two").await);
    let mut in_one = Viewer::open(&world, &one, &ana).await;
    let mut in_two = Viewer::open(&world, &two, &ana).await;
    in_one.says("only here").await;
    in_one.does(json!({ "do": "add", "url": world.link("/files/film.mp4") })).await;
    let heard = in_two.heard_so_far().await;
    assert!(heard.iter().all(|frame| frame["type"] == "presence"), "{heard:?}");
}

#[tokio::test]
async fn a_pong_is_stamped_and_tells_where_the_room_is() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Clock").await;
    let mut ana = Viewer::open(&world, &room, &ana).await;
    ana.sends(json!({ "type": "ping", "c": 5120.25 })).await;
    let pong = ana.hears_any("a pong", |frame| frame["type"] == "pong").await;
    assert_eq!((&pong["c"], &pong["seq"], &pong["epoch"]), (&json!(5120.25), &ana.room()["seq"], &ana.room()["epoch"]));
    assert!(pong["s"].as_i64() >= ana.greeting["s"].as_i64());
}

#[tokio::test]
async fn bad_frames_are_told_what_is_wrong_and_the_room_is_unharmed() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Frames").await;
    let mut viewer = Viewer::open(&world, &room, &ana).await;
    for bad in
        ["nonsense", "{}", "[]", "null", r#"{"type":"fly"}"#, r#"{"type":"command"}"#, r#"{"type":"hello"}"#, "\u{0}"]
    {
        viewer.sends_raw(Message::text(bad)).await;
        let no = viewer.hears_any("a no", |frame| frame["type"] == "refused").await;
        assert_eq!(no["code"], "bad_input", "{bad}");
        assert!(no["message"].as_str().unwrap().len() > 10);
    }
    for bad in [json!({ "do": "fly" }), json!({ "do": "seek" }), json!({ "do": "remove", "item": "x" })] {
        assert_eq!(viewer.does(bad.clone()).await["code"], "bad_input", "{bad}");
    }
    assert_eq!(viewer.does(json!({ "do": "pause" })).await["code"], "nothing_playing");
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    viewer.sends_raw(Message::text(deep)).await;
    viewer.hears_any("a no", |frame| frame["type"] == "refused").await;
    assert_eq!(viewer.says("still here").await["type"], "ack");

    let closes = async |first: Message| {
        let mut socket = Viewer::connect(&world, room["id"].as_str().unwrap()).await;
        socket.sends_raw(first).await;
        socket.is_closed().await.0
    };
    assert_eq!(closes(Message::text(r#"{"type":"ping","c":1}"#)).await, 4400);
    assert_eq!(closes(Message::text("hello")).await, 4400);
    assert_eq!(closes(Message::text(r#"{"type":"hello"}"#)).await, 4401);
    assert_eq!(closes(Message::text(r#"{"type":"hello","token":"x"}"#)).await, 4401);
    assert_eq!(closes(Message::binary(vec![1, 2, 3])).await, 1003);
    assert_eq!(closes(Message::text("x".repeat(70_000))).await, 1009);
    let eve = world.person("Eve").await;
    assert_eq!(closes(Message::text(json!({ "type": "hello", "token": eve.token }).to_string())).await, 4403);
    viewer.sends_raw(Message::binary(vec![0; 10])).await;
    assert_eq!(viewer.is_closed().await.0, 1003);
    let gone = tokio_tungstenite::connect_async(world.socket_url("xyz")).await;
    assert!(gone.unwrap_err().to_string().contains("404"));
}

#[tokio::test]
async fn ten_thousand_commands_a_second_are_refused_and_then_closed() {
    let world = World::start_with(|config| {
        config.limits.commands = onecouch::config::Limits::default().commands;
        config.limits.frames = onecouch::config::Limits::default().frames;
    })
    .await;
    let (ana, eve) = (world.person("Ana").await, world.person("Eve").await);
    let room = ana.post("/api/v1/rooms", json!({ "url": world.link("/files/film.mp4") })).await.created();
    eve.joins(&room).await;
    let mut calm = Viewer::open(&world, &room, &ana).await;
    let mut flood = Viewer::open(&world, &room, &eve).await;
    for n in 0..10_000 {
        let frame = json!({ "type": "command", "id": format!("f{n}"), "do": "seek", "position_ms": n % 1_000 });
        if flood.try_sends(frame).await.is_err() {
            break;
        }
    }
    assert_eq!(flood.is_closed().await.0, 4429);
    let ack = calm.says("calm").await;
    assert_eq!(ack["type"], "ack");
    let sought = calm.heard_so_far().await.iter().filter(|frame| frame["cause"] == "seek").count();
    assert!((1..200).contains(&sought), "{sought} of 10,000 seeks came through");
}

#[tokio::test]
async fn a_reader_that_is_too_slow_gets_the_whole_room_and_hurts_nobody() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let room = ana.makes_room("Slow").await;
    ben.joins(&room).await;
    let mut slow = Viewer::open(&world, &room, &ben).await;
    let mut ana = Viewer::open(&world, &room, &ana).await;
    // Far more than the kernel keeps for a reader that does not read.
    let long = "x".repeat(1_900);
    for n in 0..6_000 {
        ana.sends(json!({ "type": "command", "id": format!("l{n}"), "do": "say", "text": long })).await;
        // As many at once as a socket may have under way.
        if n % 30 == 29 {
            let id = format!("l{n}");
            ana.hears_any("an answer", |frame| frame["id"] == *id).await;
            ana.forgets();
        }
    }
    let last = ana.says("the last").await["seq"].as_u64().unwrap();
    let caught_up = |frame: &Value| {
        frame["room"]["seq"].as_u64().is_some_and(|seq| seq >= last)
            || frame["seq"].as_u64().is_some_and(|seq| seq >= last)
    };
    let end = slow.hears_until_closed_or(caught_up).await;
    let snapshots = end.heard.iter().filter(|frame| frame["type"] == "snapshot").count();
    assert!(snapshots >= 1 || end.code == Some(1013), "{snapshots} snapshots, closed with {:?}", end.code);
    assert_eq!(ana.says("fine").await["type"], "ack");
}

#[tokio::test]
async fn who_closes_is_told_that_it_was_heard() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.post("/api/v1/rooms", json!({})).await.created();
    let mut stays = Viewer::open(&world, &room, &ana).await;
    for code in [1000, 1001, 4123] {
        let goes = Viewer::open(&world, &room, &ana).await;
        assert_eq!(goes.says_goodbye(code).await, Some(code));
    }
    // Also who says nothing before.
    assert_eq!(Viewer::connect(&world, room["id"].as_str().unwrap()).await.says_goodbye(1000).await, Some(1000));
    stays.hears_any("that they went", |frame| frame["gone"].as_array().is_some_and(|gone| !gone.is_empty())).await;
}

/// Answers to pings are the library's to write, and frames are ours: neither stands in the middle of the other.
#[tokio::test]
async fn pings_are_answered_between_frames_of_every_length() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.post("/api/v1/rooms", json!({ "url": world.link("/files/film.mp4") })).await.created();
    let mut viewer = Viewer::open(&world, &room, &ana).await;
    for long in [1, 60, 125, 400, 1_900] {
        for n in 0..20_u8 {
            viewer.sends_raw(Message::Ping(vec![n; usize::from(n) * 6].into())).await;
            viewer.sends(json!({ "type": "command", "id": format!("{long}-{n}"), "do": "reword", "line": 1, "text": "x".repeat(long) })).await;
        }
        for n in 0..20 {
            let id = format!("{long}-{n}");
            viewer.hears_any("an answer", |frame| frame["id"] == id.as_str()).await;
        }
    }
}

#[tokio::test]
async fn a_command_and_goodbye_in_one_breath_is_still_done() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.post("/api/v1/rooms", json!({ "url": world.link("/files/film.mp4") })).await.created();
    let mut stays = Viewer::open(&world, &room, &ana).await;
    for n in 1..=20 {
        let goes = Viewer::open(&world, &room, &ana).await;
        let seek = json!({ "type": "command", "id": "last", "do": "seek", "position_ms": n * 100 });
        goes.sends_and_leaves(seek).await;
        assert_eq!(stays.hears_playback("seek").await["playback"]["position_ms"], n * 100);
    }
}
