//! What its sockets hear: each thing that happens by its name, and where the film is.

use engine::{
    command::{Command, Deed, SeekTo},
    event::Door,
    media::{Category, Segment},
    room::{Changes, Rate, Role},
    time::Millis,
};
use serde_json::{Value, json};

use super::socket_client::{Socket, actor, does, makes_party, makes_party_with, queues, types};
use crate::{viewer::Viewer, world::World};

#[tokio::test]
async fn each_deed_is_told_by_its_name_with_where_the_film_is() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let party = makes_party(&world, &ana).await.id;
    let mut host = Socket::open(&world, party, &ana).await;
    let mut viewer = Socket::join(&world, party, &ben).await;
    let nothing = host.sync.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(nothing, ["is_playing", "party_id", "position", "server_timestamp", "type"]);
    host.hears("participant-joined").await;

    let first = queues(&world, party, &ana, "first").await.0;
    for socket in [&mut host, &mut viewer] {
        socket.hears_just(json!({ "type": "clips-changed", "clip_count": 1, "position": 0, "is_playing": true })).await;
        socket.hears_just(json!({ "type": "skip", "clip_id": first, "position": 0, "is_playing": true })).await;
    }
    // What is asked for is heard by who asked as by the others.
    for (sort, fields, told) in [
        ("pause", json!({}), json!({ "position": 0, "is_playing": false })),
        ("seek", json!({ "position": 120.7 }), json!({ "position": 120, "is_playing": false })),
        ("play", json!({}), json!({ "position": 120, "is_playing": true })),
        // Theirs stops the film here.
        ("seek", json!({ "position": 200 }), json!({ "position": 200, "is_playing": true })),
        ("pause", json!({}), json!({ "position": 200, "is_playing": false })),
    ] {
        host.sends(sort, fields).await;
        let mut expected = json!({ "type": sort, "clip_id": first });
        expected.as_object_mut().unwrap().extend(told.as_object().unwrap().clone());
        for socket in [&mut host, &mut viewer] {
            socket.hears_just(expected.clone()).await;
        }
    }
    // Another speed has no name there: they are told where it is.
    does(&world, party, &ana, Deed::SetRate { rate: Rate(1_500) }).await;
    viewer.hears_just(json!({ "type": "sync", "clip_id": first, "position": 200, "is_playing": false })).await;
    let (second, third) = (queues(&world, party, &ana, "second").await.0, queues(&world, party, &ana, "third").await.0);
    for count in [2, 3] {
        let told = json!({ "type": "clips-changed", "clip_count": count, "position": 200, "is_playing": false });
        viewer.hears_just(told).await;
    }
    for (fields, clip, count) in [(json!({ "clip_id": third }), third, 2), (json!({}), second, 1)] {
        host.sends("skip", fields).await;
        let told = json!({ "type": "clips-changed", "clip_count": count, "position": 0, "is_playing": true });
        viewer.hears_just(told).await;
        viewer.hears_just(json!({ "type": "skip", "clip_id": clip, "position": 0, "is_playing": true })).await;
    }
    host.sends("skip", json!({})).await;
    viewer.hears_just(json!({ "type": "clips-changed", "clip_count": 0, "position": 0, "is_playing": false })).await;
    viewer.hears_just(json!({ "type": "skip", "position": 0, "is_playing": false })).await;
}

#[tokio::test]
async fn what_is_written_is_told_whatever_door_it_came_through_and_pauses_nobody() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let made = makes_party(&world, &ana).await;
    let party = made.id;
    let mut host = Socket::open(&world, party, &ana).await;
    let mut viewer = Socket::join(&world, party, &ben).await;
    queues(&world, party, &ana, "film").await;
    does(&world, party, &ana, Deed::Seek { to: SeekTo::At(Millis::seconds(90)) }).await;
    host.hears("seek").await;
    viewer.hears("seek").await;
    let ben_is = actor(&world, &ben).await.person.0;

    viewer.sends("chat", json!({ "message": "Great play!" })).await;
    let said = host.next().await;
    let line = &said["chat_message"];
    assert_eq!((&said["type"], &said["is_playing"]), (&json!("chat_message"), &json!(true)));
    assert!((90..95).contains(&said["position"].as_i64().unwrap()), "{said}");
    let expected = json!({
        "id": line["id"], "watch_party_id": party.0, "user_id": ben_is, "username": "Ben", "display_name": "Ben",
        "message": "Great play!", "created_at": line["created_at"],
    });
    assert_eq!(*line, expected);
    assert!(line["created_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(viewer.next().await, said, "who wrote it hears it, too, and the same");

    viewer.sends("reaction", json!({ "emoji": "\u{1f525}", "video_timestamp": 12.34 })).await;
    let told = host.next().await;
    let reaction = &told["reaction"];
    assert_eq!((&told["type"], &told["is_playing"]), (&json!("reaction"), &json!(true)));
    assert_eq!((&reaction["emoji"], &reaction["username"]), (&json!("\u{1f525}"), &json!("Ben")));
    assert_eq!((&reaction["user_id"], &reaction["watch_party_id"]), (&json!(ben_is), &json!(party.0)));
    assert!((90.0..95.0).contains(&reaction["video_timestamp"].as_f64().unwrap()), "{reaction}");
    assert_eq!(viewer.next().await, told);
    // A family of seven characters.
    let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{200d}\u{1f466}";
    viewer.sends("reaction", json!({ "emoji": family })).await;
    assert_eq!(host.next().await["reaction"]["emoji"], family);

    viewer.sends("typing", json!({ "is_typing": true })).await;
    let typing = host.next().await;
    assert_eq!((&typing["type"], &typing["user_id"]), (&json!("typing"), &json!(ben_is)));
    assert_eq!((&typing["is_typing"], &typing["is_playing"]), (&json!(true), &json!(true)));
    viewer.sends("typing", json!({ "is_typing": false })).await;
    viewer.sends("typing", json!({})).await;
    assert_eq!(host.so_far(&world, &ana).await, Vec::<Value>::new());

    // A browser, somebody's program, a chat.
    let native = json!({ "id": party.0 });
    let mut browser = Viewer::open(&world, &native, &ben).await;
    browser.says("from a browser").await;
    assert_eq!(host.next().await["chat_message"]["message"], "from a browser");
    ben.post(&format!("/api/v1/rooms/{party}/chat"), json!({ "text": "from a program" })).await;
    assert_eq!(host.next().await["chat_message"]["message"], "from a program");
    let discord = engine::command::Actor { door: Door::Discord, ..actor(&world, &ben).await };
    world.engine().say(party, discord.clone(), None, "from a chat".to_owned()).await.unwrap();
    assert_eq!(host.next().await["chat_message"]["message"], "from a chat");
    let react = Command::React { emoji: "\u{1f44f}".to_owned() };
    world.engine().rooms.command(party, discord, react).await.unwrap();
    assert_eq!(host.next().await["reaction"]["emoji"], "\u{1f44f}");
}

#[tokio::test]
async fn what_happens_behind_other_doors_is_told_as_if_it_had_been_asked_for_here() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let skip = Changes { skip_segments: Some([Category::Sponsor].into()), ..Changes::default() };
    let party = makes_party_with(&world, &ana, skip).await.id;
    let mut viewer = Socket::join(&world, party, &ben).await;
    let item = queues(&world, party, &ana, "film").await;
    viewer.hears("skip").await;
    let native = json!({ "id": party.0 });
    let mut browser = Viewer::open(&world, &native, &ana).await;
    browser.does(json!({ "do": "pause" })).await;
    assert_eq!(viewer.hears("pause").await["is_playing"], false);
    browser.does(json!({ "do": "seek", "position_ms": 61_900 })).await;
    viewer.hears_just(json!({ "type": "seek", "clip_id": item.0, "position": 61, "is_playing": false })).await;
    let segments = [Segment { start: Millis(70_000), end: Millis(80_000), category: Category::Sponsor }].into();
    let hand = engine::room::hand();
    world.engine().rooms.command(party, hand, Command::Segment { item, segments }).await.unwrap();
    viewer.hears("clips-changed").await;
    browser.does(json!({ "do": "seek", "position_ms": 69_900 })).await;
    viewer.hears("seek").await;
    browser.does(json!({ "do": "play" })).await;
    viewer.hears("play").await;
    assert_eq!(viewer.hears("seek").await["position"], 80, "a part that is skipped");

    // And what is asked for here the others hear.
    let mut host = Socket::open(&world, party, &ana).await;
    host.sends("seek", json!({ "position": 30 })).await;
    let is_it = |frame: &Value| frame["cause"] == "seek" && frame["playback"]["position_ms"] == 30_000;
    assert_eq!(browser.hears_any("Ana's seek", is_it).await["by"]["door"], "clipper");
}

#[tokio::test]
async fn while_it_plays_the_position_counts_and_who_comes_late_is_told_it() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let party = makes_party(&world, &ana).await.id;
    let mut host = Socket::open(&world, party, &ana).await;
    queues(&world, party, &ana, "film").await;
    // So that a second is short.
    does(&world, party, &ana, Deed::SetRate { rate: Rate(4_000) }).await;
    host.sends("seek", json!({ "position": 100 })).await;
    assert_eq!(host.hears("seek").await["position"], 100);
    while host.asks().await["position"].as_i64().unwrap() < 102 {}
    let late = Socket::join(&world, party, &ben).await;
    assert!(late.sync["position"].as_i64().unwrap() >= 102, "{}", late.sync);
    assert_eq!(late.sync["is_playing"], true);
    host.sends("pause", json!({})).await;
    let paused = host.hears("pause").await;
    assert!(paused["position"].as_i64().unwrap() >= 102, "{paused}");
    assert_eq!(
        (host.asks().await["position"].clone(), paused["is_playing"].clone()),
        (paused["position"].clone(), json!(false))
    );
}

#[tokio::test]
async fn who_asks_is_told_where_the_film_is_and_nobody_else_is() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let party = makes_party(&world, &ana).await.id;
    let mut host = Socket::open(&world, party, &ana).await;
    let mut viewer = Socket::join(&world, party, &ben).await;
    let item = queues(&world, party, &ana, "film").await;
    host.sends("pause", json!({})).await;
    host.hears("pause").await;
    viewer.hears("pause").await;
    viewer.sends("sync-request", json!({ "timestamp": 1_704_067_200_123.5 })).await;
    viewer.hears_just(json!({ "type": "sync", "clip_id": item.0, "position": 0, "is_playing": false })).await;
    viewer.sends("ping", json!({})).await;
    viewer.hears_just(json!({ "type": "pong", "position": 0, "is_playing": false })).await;
    assert_eq!(types(&host.so_far(&world, &ana).await), Vec::<&str>::new());
    // What changes nothing is told to who asked for it alone.
    host.sends("pause", json!({})).await;
    host.hears_just(json!({ "type": "sync", "clip_id": item.0, "position": 0, "is_playing": false })).await;
    assert_eq!(types(&viewer.so_far(&world, &ana).await), ["chat_message"; 0]);
}

#[tokio::test]
async fn a_role_is_told_to_everybody_and_counts_at_once() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let party = makes_party(&world, &ana).await.id;
    let mut host = Socket::open(&world, party, &ana).await;
    let mut viewer = Socket::join(&world, party, &ben).await;
    host.hears("participant-joined").await;
    queues(&world, party, &ana, "film").await;
    let person = actor(&world, &ben).await.person;
    does(&world, party, &ana, Command::SetRole { person, role: Role::Moderator }).await;
    does(&world, party, &ana, Command::SetRole { person, role: Role::Cohost }).await;
    for socket in [&mut host, &mut viewer] {
        let told = socket.hears("participant-role-changed").await;
        let ben = json!({ "user_id": person.0, "display_name": "Ben", "role": "co-host" });
        assert_eq!((&told["participant"], &told["user_id"]), (&ben, &json!(person.0)));
    }
    // Theirs looks at the role when the socket is opened.
    viewer.sends("pause", json!({})).await;
    host.hears("pause").await;
    does(&world, party, &ana, Command::SetRole { person, role: Role::Host }).await;
    let mut roles = Vec::new();
    for _ in 0..2 {
        let told = host.hears("participant-role-changed").await["participant"].take();
        roles.push((told["display_name"].as_str().unwrap().to_owned(), told["role"].as_str().unwrap().to_owned()));
    }
    roles.sort();
    assert_eq!(roles, [("Ana".to_owned(), "co-host".to_owned()), ("Ben".to_owned(), "host".to_owned())]);
}

#[tokio::test]
async fn an_announcement_is_heard_in_every_party() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let party = makes_party(&world, &ana).await.id;
    let mut host = Socket::open(&world, party, &ana).await;
    world.bot().post("/api/v1/announcements", json!({ "text": "Back in a minute." })).await.ok();
    let told = json!({ "type": "announcement", "message": "Back in a minute.", "position": 0, "is_playing": false });
    host.hears_just(told).await;
}
