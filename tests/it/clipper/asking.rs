//! What its clients ask for, good and bad: what is done, and what is said where it is not.

use std::num::NonZeroU32;

use engine::{
    command::Command,
    ids::Entropy,
    room::{Changes, Status},
    time::Millis,
};
use serde_json::{Value, json};

use super::socket_client::{Socket, actor, does, makes_party, makes_party_with, queues, types};
use crate::world::{Caller, World};

#[tokio::test]
async fn numbers_of_any_kind_are_understood_and_no_clock_of_a_client_counts() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let party = makes_party(&world, &ana).await.id;
    let mut host = Socket::open(&world, party, &ana).await;
    queues(&world, party, &ana, "film").await;
    host.sends("pause", json!({})).await;
    host.hears("pause").await;
    // Its own page sends fractions of a second, for which its own server lets the whole command fall.
    for (position, told) in [
        (json!(60.25), 60),
        (json!("90.9"), 90),
        (json!(120), 120),
        (json!(0.0), 0),
        (json!(59.999), 59),
        (json!("7"), 7),
    ] {
        for timestamp in [json!(1_704_067_200.123), json!(1_704_067_200_123_i64), json!("now"), json!(null)] {
            host.sends("seek", json!({ "position": position, "timestamp": timestamp })).await;
            assert_eq!(host.hears("seek").await["position"], told, "{position} {timestamp}");
        }
    }
    // The least that is a command.
    for frame in [r#"{"type":"play"}"#, r#"{"type":"pause","party_id":null}"#] {
        host.sends_raw(tokio_tungstenite::tungstenite::Message::text(frame)).await;
    }
    host.hears("play").await;
    host.hears("pause").await;
}

#[tokio::test]
async fn only_who_runs_the_party_moves_the_film_and_others_are_told_so() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let party = makes_party(&world, &ana).await.id;
    let mut host = Socket::open(&world, party, &ana).await;
    let mut viewer = Socket::join(&world, party, &ben).await;
    queues(&world, party, &ana, "film").await;
    let next = queues(&world, party, &ana, "next").await.0;
    does(&world, party, &ana, engine::command::Deed::Pause).await;
    let before = world.engine().rooms.view(party).await.unwrap();
    host.so_far(&world, &ana).await;
    for (sort, fields) in [
        ("play", json!({})),
        ("pause", json!({})),
        ("seek", json!({ "position": 30 })),
        ("skip", json!({ "clip_id": next })),
        ("skip", json!({})),
    ] {
        viewer.sends(sort, fields).await;
        let (code, message) = viewer.is_refused().await;
        assert_eq!((code.as_str(), message.contains("Ana and co-hosts")), ("UNAUTHORIZED_COMMAND", true), "{message}");
    }
    assert_eq!(types(&host.so_far(&world, &ana).await), Vec::<&str>::new());
    let after = world.engine().rooms.view(party).await.unwrap();
    assert_eq!((after.playback, &after.queue), (before.playback, &before.queue));
    // Whoever may do more hears no worse.
    viewer.sends("sync-request", json!({})).await;
    assert_eq!(viewer.hears("sync").await["is_playing"], false);
}

#[tokio::test]
async fn a_command_for_another_party_moves_neither() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let (one, other) = (makes_party(&world, &ana).await.id, makes_party(&world, &ben).await.id);
    let mut host = Socket::open(&world, one, &ana).await;
    let mut bens = Socket::open(&world, other, &ben).await;
    queues(&world, one, &ana, "one").await;
    queues(&world, other, &ben, "other").await;
    host.hears("skip").await;
    bens.hears("skip").await;
    // Theirs moves the other one, and ends with the whole server where there is none.
    for named in [json!(other.0), json!(Entropy.room().0), json!("ABC234"), json!(""), json!(5)] {
        for sort in ["play", "pause", "sync-request", "chat", "typing", "skip"] {
            host.sends(sort, json!({ "party_id": named, "message": "hello", "is_typing": true })).await;
            assert_eq!(host.is_refused().await.0, "INVALID_COMMAND", "{sort} {named}");
        }
    }
    assert_eq!(types(&bens.so_far(&world, &ben).await), Vec::<&str>::new());
    assert_eq!(types(&host.so_far(&world, &ana).await), Vec::<&str>::new());
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_a_sentence_and_changes_nothing() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let party = makes_party(&world, &ana).await.id;
    let mut host = Socket::open(&world, party, &ana).await;
    host.sends("seek", json!({ "position": 1 })).await;
    assert_eq!(host.is_refused().await.0, "INVALID_COMMAND", "nothing is on");
    host.sends("skip", json!({})).await;
    assert_eq!(host.is_refused().await.0, "INVALID_COMMAND");
    let item = queues(&world, party, &ana, "film").await.0;
    host.sends("pause", json!({})).await;
    host.hears("pause").await;
    for (sort, fields) in [
        ("seek", json!({})),
        ("seek", json!({ "position": -1 })),
        ("seek", json!({ "position": -0.5 })),
        ("seek", json!({ "position": "soon" })),
        ("seek", json!({ "position": null })),
        ("seek", json!({ "position": [1] })),
        ("seek", json!({ "position": 3_601 })),
        ("seek", json!({ "position": 1e300 })),
        ("seek", json!({ "position": u64::MAX })),
        ("skip", json!({ "clip_id": Entropy.item().0 })),
        ("skip", json!({ "clip_id": "" })),
        ("skip", json!({ "clip_id": 5 })),
        ("chat", json!({})),
        ("chat", json!({ "message": "" })),
        ("chat", json!({ "message": "  \u{200b} " })),
        ("chat", json!({ "message": 5 })),
        ("chat", json!({ "message": "\u{e9}".repeat(1_001) })),
        ("reaction", json!({})),
        ("reaction", json!({ "emoji": "" })),
        ("reaction", json!({ "emoji": "x".repeat(11) })),
        ("typing", json!({ "is_typing": "yes" })),
        ("fly", json!({})),
        ("", json!({})),
    ] {
        host.sends(sort, fields.clone()).await;
        let (code, message) = host.is_refused().await;
        assert_eq!((code.as_str(), message.len() > 10), ("INVALID_COMMAND", true), "{sort} {fields}: {message}");
    }
    assert_eq!(types(&host.so_far(&world, &ana).await), Vec::<&str>::new());
    // The longest line there is; theirs counts bytes here.
    host.sends("chat", json!({ "message": "\u{e9}".repeat(1_000) })).await;
    assert_eq!(host.hears("chat_message").await["chat_message"]["message"].as_str().unwrap().chars().count(), 1_000);
    // What is on begins again.
    host.sends("seek", json!({ "position": 60 })).await;
    host.hears("seek").await;
    host.sends("skip", json!({ "clip_id": item })).await;
    assert_eq!(host.hears("seek").await["position"], 0);
}

#[tokio::test]
async fn what_the_room_does_not_take_is_told_with_the_reason() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let slow = Changes { slow_mode: Some(Millis::seconds(60)), ..Changes::default() };
    let party = makes_party_with(&world, &ana, slow).await.id;
    let mut host = Socket::open(&world, party, &ana).await;
    let mut viewer = Socket::join(&world, party, &ben).await;
    host.hears("participant-joined").await;
    let line = json!({ "message": "hello" });
    viewer.sends("chat", line.clone()).await;
    viewer.hears("chat_message").await;
    viewer.sends("chat", line.clone()).await;
    let slowed = viewer.hears("error").await;
    assert_eq!(slowed["code"], "RATE_LIMITED");
    assert!((1..=60).contains(&slowed["retry_after"].as_i64().unwrap()), "{slowed}");
    let person = actor(&world, &ben).await.person;
    does(&world, party, &ana, Command::Mute { person, until: None }).await;
    for (sort, fields) in [("chat", line.clone()), ("reaction", json!({ "emoji": "x" }))] {
        viewer.sends(sort, fields).await;
        let error = viewer.hears("error").await;
        assert_eq!((&error["code"], &error["retry_after"]), (&json!("UNAUTHORIZED_COMMAND"), &Value::Null));
    }
    viewer.sends("typing", json!({ "is_typing": true })).await;
    host.hears("chat_message").await;
    assert_eq!(types(&host.so_far(&world, &ana).await), Vec::<&str>::new(), "who is mute is not told to write");
    // Who may only look on hears, and does nothing.
    let key = world.bot().post("/api/v1/keys", json!({ "name": "Ears", "scopes": ["read"] })).await.created();
    let ears = Caller::new(&world.url(""), Some(key["secret"].as_str().unwrap().to_owned()));
    let mut ears = Socket::join(&world, party, &ears).await;
    ears.sends("chat", line).await;
    assert_eq!(ears.is_refused().await.0, "UNAUTHORIZED_COMMAND");
    ears.sends("play", json!({})).await;
    assert_eq!(ears.is_refused().await.0, "UNAUTHORIZED_COMMAND");
    assert_eq!(ears.asks().await["is_playing"], false);
    does(&world, party, &ana, Command::SetStatus { status: Status::Soon }).await;
    assert_eq!(ears.asks().await["is_playing"], false);
}

#[tokio::test]
async fn ten_lines_and_thirty_reactions_a_minute_of_each_in_each_party() {
    let world = World::start_with(|config| {
        config.limits.clipper.enabled = true;
        config.limits.clipper.times = NonZeroU32::MIN;
    })
    .await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let (party, other) = (makes_party(&world, &ana).await.id, makes_party(&world, &ana).await.id);
    let mut host = Socket::open(&world, party, &ana).await;
    let mut viewer = Socket::join(&world, party, &ben).await;
    for (sort, field, told, most) in [("chat", "message", "chat_message", 10), ("reaction", "emoji", "reaction", 30)] {
        for n in 0..most {
            viewer.sends(sort, json!({ field: format!("n{n}") })).await;
            viewer.hears(told).await;
            if n % 10 == 9 {
                // What is told is on its way to the disk, and only so much of one socket may be.
                viewer.so_far(&world, &ana).await;
            }
        }
        viewer.sends(sort, json!({ field: "more" })).await;
        let error = viewer.hears("error").await;
        assert_eq!(error["code"], "RATE_LIMITED", "{error}");
        assert!((1..=120).contains(&error["retry_after"].as_i64().unwrap()), "{error}");
        // What was refused is not counted against anybody else, nor against them elsewhere.
        host.sends(sort, json!({ field: "host" })).await;
        let is_it = |frame: &Value| frame["chat_message"]["message"] == "host" || frame["reaction"]["emoji"] == "host";
        while !is_it(&viewer.hears(told).await) {}
    }
    let mut elsewhere = Socket::join(&world, other, &ben).await;
    elsewhere.sends("chat", json!({ "message": "here it is another count" })).await;
    elsewhere.hears("chat_message").await;
    // A second socket is the same person.
    let mut second = Socket::open(&world, party, &ben).await;
    second.sends("chat", json!({ "message": "me again" })).await;
    assert_eq!(second.is_refused().await.0, "RATE_LIMITED");
}
